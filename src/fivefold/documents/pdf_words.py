"""Words and marks of the printed documents: every status is a shape and a word, so that a grey print loses nothing.

The words are those of the HTML page: a therapist who reads one and a supervisor who reads the other speak about the same.
"""

from datetime import date

from fivefold.concepts.basis import Basis, BasisKind
from fivefold.concepts.plan import Spread
from fivefold.concepts.vocabulary import Answer, CoverageStatus, Direction, GeneralState, MatchStatus, OverrideKind, OverrideStatus, PhaseId
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
DIRECTION_NAMES = {
    Direction.HIGHER_IS_WORSE: to_say("higher is worse"),
    Direction.HIGHER_IS_BETTER: to_say("higher is better"),
    Direction.NEITHER: to_say("neither"),
}
OVERRIDE_KINDS = {OverrideKind.HARD: to_say("hard"), OverrideKind.ADVISORY: to_say("advisory")}
BASIS_KINDS = {
    BasisKind.SOURCE: to_say("source"),
    BasisKind.GENERAL_KNOWLEDGE: to_say("general knowledge"),
    BasisKind.PROPOSAL: to_say("proposal"),
    BasisKind.COMPUTED: to_say("computed"),
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


# What a range counts: one figure (one, several), a range, and a range with its usual value.
SPREADS = {
    "sessions": (
        (to_say("{count} session"), to_say("{count} sessions")), to_say("{least} to {most} sessions"),
        to_say("{least} to {most} sessions, usually {usual}"),
    ),
    "minutes": (
        (to_say("{count} minute"), to_say("{count} minutes")), to_say("{least} to {most} minutes"),
        to_say("{least} to {most} minutes, usually {usual}"),
    ),
    "weeks": (
        (to_say("{count} week"), to_say("{count} weeks")), to_say("{least} to {most} weeks"), to_say("{least} to {most} weeks, usually {usual}"),
    ),
}  # fmt: skip


def spread(value: Spread, unit: str) -> str:
    """A range of a ``unit`` of ``SPREADS`` with its usual value: ``12 to 24 sessions, usually 16``."""
    (one, many), two_ends, with_usual = SPREADS[unit]
    least, usual, most = number(value.min), number(value.usual), number(value.max)
    if least == most:
        return say_number(one, many, int(usual)) if usual.isdigit() else say(many, count=usual)
    if usual in (least, most):
        return say(two_ends, least=least, most=most)
    return say(with_usual, least=least, most=most, usual=usual)


def minutes(value: float) -> str:
    """How long something takes."""
    return say("{number} min", number=number(value))


def with_error(value: float, error: float | None) -> str:
    """A number with its 95% error (half the width of the interval), where that is known."""
    return number(value) if error is None else say("{value} ± {error}", value=number(value), error=number(error))


def age(days: int) -> str:
    """How old something is."""
    if days == 0:
        return say("same day")
    return say_number("{count} day old", "{count} days old", days)


def rule_of_action(rule: str) -> str:
    """Which rule asks for something by a time: a safety rule by its code, what the phase asks for in words."""
    return rule if rule.startswith("R") else say("crisis work")


def short_basis(basis: Basis) -> str:
    """A basis in a table; the document explains the words once."""
    if basis.source is None:
        return say(BASIS_KINDS[basis.kind])
    return f"{basis.source} ({basis.locator})" if basis.locator else basis.source


def therapies(names: tuple[str, ...]) -> str:
    """The therapies something is adapted from."""
    return joined([say(name.replace("_", " ")) for name in names])


JOINED_BY = {"and": to_say("{before} and {last}"), "or": to_say("{before} or {last}")}


def joined(parts: list[str] | tuple[str, ...], last: str = "and") -> str:
    """A list in a sentence."""
    if len(parts) < 2:
        return "".join(parts)
    return say(JOINED_BY[last], before=", ".join(parts[:-1]), last=parts[-1])
