"""Words and marks of the printed documents: every status is a shape and a word, so that a grey print loses nothing.

The words are those of the HTML page: a therapist who reads one and a supervisor who reads the other speak about the same.
"""

from datetime import date

from fivefold.concepts.basis import Basis
from fivefold.concepts.plan import Spread
from fivefold.concepts.vocabulary import Answer, CoverageStatus, GeneralState, MatchStatus, OverrideStatus, PhaseId
from fivefold.documents.html.formats import MONTHS
from fivefold.documents.html.words import COVERAGE_WORDS, GENERAL_WORDS, MATCH_WORDS, MET_WORDS, OVERRIDE_WORDS
from fivefold.documents.language import say, say_number, to_say

STATUS_MARKS = {
    MatchStatus.NOW: "●",
    MatchStatus.NEXT: "▷",
    MatchStatus.LATER: "○",
    MatchStatus.UNCLEAR: "?",
    MatchStatus.BLOCKED: "✕",
    MatchStatus.SUSPENDED: "‖",
    MatchStatus.CAUTIONED: "▲",
    MatchStatus.DONE: "✓",
    MatchStatus.NOT_INDICATED: "–",
}
STATE_MARKS = {
    GeneralState.RED: "▲",
    GeneralState.NOT_STARTED: "○",
    GeneralState.STARTED: "◔",
    GeneralState.PROVISIONAL: "◑",
    GeneralState.ATTAINED: "●",
    GeneralState.UNKNOWN: "?",
}
COVERAGE_MARKS = {
    CoverageStatus.NOW: "●",
    CoverageStatus.LATER: "○",
    CoverageStatus.DEFERRED: "‖",
    CoverageStatus.REFUSED: "◇",
    CoverageStatus.BELOW_THRESHOLD: "–",
    CoverageStatus.UNKNOWN: "?",
}
OVERRIDE_MARKS = {
    OverrideStatus.ACTIVE: "▲",
    OverrideStatus.TO_ASK: "?",
    OverrideStatus.CLEARED: "✓",
    OverrideStatus.OVERRULED: "◇",
}
ANSWER_MARKS = {True: "✓", False: "○", None: "?"}
RESILIENCE_NAMES = {
    "bounce_back": to_say("bouncing back"),
    "personality_severity": to_say("severity of personality difficulty"),
    "crisis_recovery": to_say("recovery from crises"),
    "functioning": to_say("everyday functioning"),
    "supports_and_assets": to_say("supports and assets"),
}
PHASES = tuple(PhaseId)
SHORT_MONTHS = (
    to_say("Jan"), to_say("Feb"), to_say("Mar"), to_say("Apr"), to_say("May"), to_say("Jun"), to_say("Jul"), to_say("Aug"), to_say("Sep"), to_say("Oct"),
    to_say("Nov"), to_say("Dec"),
)  # fmt: skip


def status_words(status: MatchStatus) -> str:
    """The state of a module as shape and word."""
    return f"{STATUS_MARKS[status]} {say(MATCH_WORDS[status])}"


def state_words(state: GeneralState) -> str:
    """The state of a general module as shape and word."""
    return f"{STATE_MARKS[state]} {say(GENERAL_WORDS[state])}"


def coverage_words(status: CoverageStatus) -> str:
    """How an impairment is answered, as shape and word."""
    return f"{COVERAGE_MARKS[status]} {say(COVERAGE_WORDS[status])}"


def override_words(status: OverrideStatus) -> str:
    """The state of a safety rule as shape and word."""
    return f"{OVERRIDE_MARKS[status]} {say(OVERRIDE_WORDS[status])}"


def answer_words(met: Answer) -> str:
    """Whether a criterion is met, as shape and word."""
    return f"{ANSWER_MARKS[met]} {say(MET_WORDS[met])}"


def number(value: float) -> str:
    """A number as people write it: at most two decimals, none that say nothing."""
    return f"{round(value, 2):g}"


def day(value: date) -> str:
    """A date that nobody reads as another day: 22 November 2026."""
    return say("{day} {month} {year}", day=value.day, month=say(MONTHS[value.month - 1]), year=value.year)


def short_day(value: date) -> str:
    """A day where its year is told beside it: 22 Nov."""
    return say("{day} {month}", day=value.day, month=say(SHORT_MONTHS[value.month - 1]))


def spread(value: Spread, unit: str) -> str:
    """A range with its usual value: ``12 to 24 sessions, usually 16``."""
    least, usual, most = number(value.min), number(value.usual), number(value.max)
    if least == most:
        return f"{usual} {unit}"
    if usual in (least, most):
        return say("{least} to {most} {unit}", least=least, most=most, unit=unit)
    return say("{least} to {most} {unit}, usually {usual}", least=least, most=most, unit=unit, usual=usual)


def count(amount: int, thing: str) -> str:
    """A number with its noun."""
    return f"{amount} {thing}" if amount == 1 else f"{amount} {thing}s"


def age(days: int) -> str:
    """How old something is."""
    if days == 0:
        return say("same day")
    return say_number("{count} day old", "{count} days old", days)


def short_basis(basis: Basis) -> str:
    """A basis in a table; the document explains the words once."""
    if basis.source is None:
        return basis.kind.value.replace("_", " ")
    return f"{basis.source} ({basis.locator})" if basis.locator else basis.source


def therapies(names: tuple[str, ...]) -> str:
    """The therapies something is adapted from."""
    return joined([name.replace("_", " ") for name in names])


JOINED_BY = (to_say("and"), to_say("or"))


def joined(parts: list[str] | tuple[str, ...], last: str = "and") -> str:
    """A list in a sentence."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {say(last)} {parts[-1]}"
