"""Signals: something seen in a record that somebody should act on, and the rules that say what is watched.

A rule names what is watched (``Watch``); the engine says whether it was seen. A signal is never a diagnosis, it lowers no risk,
and none is meant for the patient's eyes.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from fivefold.concepts.basis import Basis, Claim, Quantity
from fivefold.concepts.errors import UnknownThing
from fivefold.concepts.progress import Sureness
from fivefold.concepts.rules import NamedNumber

WORKING_HOURS, WORKING_DAYS, DAYS = "working hours", "working days", "days"


# The parameters that the engine asks for by name.
SIGNAL_NUMBERS = {
    "sudden_loss": ("recent",),
    "sudden_gain": ("recent",),
    "alliance": ("recent", "signs"),
    "not_on_track": ("signs",),
    "expected_course": ("in_use", "newest_days"),
}
LONGEST_MARK = 120


class SignalKind(StrEnum):
    """Danger, or the course of treatment. Red belongs to the first alone."""

    SAFETY = "safety"
    PROGRESS = "progress"


class Watch(StrEnum):
    """What a rule watches; each has one function in the engine, or is told by who sees it (``TOLD_ELSEWHERE``)."""

    POSITIVE_RISK_ITEM = "positive_risk_item"
    INCOMPLETE_RISK_SCREEN = "incomplete_risk_screen"
    MISSING_REPORT = "missing_report"
    MISSED_CONTACT = "missed_contact"
    MISSED_DEADLINE = "missed_deadline"
    NOT_ON_TRACK = "not_on_track"
    EXPECTED_COURSE = "expected_course"
    DETERIORATION = "deterioration"
    SUDDEN_LOSS = "sudden_loss"
    SUDDEN_GAIN = "sudden_gain"
    ALLIANCE = "alliance"
    HIGH_AND_FLAT = "high_and_flat"
    DROPOUT = "dropout"
    DOSE = "dose"
    TIMETABLE = "timetable"
    CRISIS_REVIEW = "crisis_review"
    TEAM_REVIEW = "team_review"
    REVIEW_OVERDUE = "review_overdue"
    PHASE_REACHED = "phase_reached"
    LOOK_BACK = "look_back"
    UNDELIVERED_REMINDER = "undelivered_reminder"


# What no assessment tells of: whoever sees it raises it, and lets it pass.
TOLD_ELSEWHERE = (Watch.MISSED_CONTACT, Watch.MISSED_DEADLINE, Watch.UNDELIVERED_REMINDER)


class Closing(StrEnum):
    """What must be on record before a signal may be closed: a reassessment, what somebody did, or the word of who closes it."""

    REASSESSMENT = "reassessment"
    ACT = "act"
    WORD = "word"


@dataclass(frozen=True)
class SignalRule:
    """One rule: what is watched, why it matters, the one thing to do, how soon somebody should have seen it and done something.

    ``seen_within`` and ``acted_within`` are in working hours or days; ``quiet`` is how long nothing is said of the same matter
    once it has been closed. ``numbers_of`` is the rule of measured change whose numbers it uses, ``code`` the risk rule whose
    questions a reassessment answers.
    """

    id: str
    name: str
    kind: SignalKind
    watch: Watch
    why: str
    action: str
    page: str
    closing: Closing
    seen_within: Quantity
    acted_within: Quantity
    quiet: Quantity
    basis: Basis
    opens_review: bool = False
    numbers_of: str = ""
    code: str = ""
    parameters: tuple[NamedNumber, ...] = ()
    notes: tuple[Claim, ...] = ()

    def number(self, number_id: str) -> NamedNumber:
        """The parameter with this id; raises UnknownThing."""
        found = next((one for one in self.parameters if one.id == number_id), None)
        if found is None:
            raise UnknownThing(f"parameter of {self.id}", number_id, [one.id for one in self.parameters])
        return found

    @property
    def is_safety(self) -> bool:
        """Whether it is about danger."""
        return self.kind is SignalKind.SAFETY


@dataclass(frozen=True)
class DigestRule:
    """How much of the course of treatment a therapist is shown at once; what is about danger is always shown whole."""

    most: Quantity
    longest_snooze: Quantity


@dataclass(frozen=True)
class ReviewStep:
    """One step of a guided review: what is asked, where to look for the answer, and the modules that it may lead to."""

    id: str
    name: str
    question: str
    look_at: str
    page: str
    basis: Basis
    leads_to: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReviewRule:
    """The steps of a guided review in their order, and after how many days it is usually, and at the latest, looked back."""

    steps: tuple[ReviewStep, ...]
    look_back: Quantity
    latest_look_back: Quantity


@dataclass(frozen=True)
class SignalFile:
    """Every rule, and how much is shown."""

    signals: tuple[SignalRule, ...]
    digest: DigestRule
    review: ReviewRule

    def rule(self, rule_id: str) -> SignalRule:
        """The rule with this id; raises UnknownThing."""
        found = next((rule for rule in self.signals if rule.id == rule_id), None)
        if found is None:
            raise UnknownThing("rule of signals", rule_id, [rule.id for rule in self.signals])
        return found

    def watching(self, watch: Watch) -> SignalRule:
        """The rule that watches this: the linter asks for one for every watch."""
        return next(rule for rule in self.signals if rule.watch is watch)


@dataclass(frozen=True)
class SeenMatter:
    """What a rule saw in one record: the matter it is about, in words, from how many values up to which day, and how sure.

    ``key`` is what makes it one matter (a scale, a report, a target), stable from day to day. ``mark`` says which evidence it
    rests on: with the same mark nothing new was seen.
    """

    rule: SignalRule
    key: str
    seen: str
    mark: str
    on: date
    n: int = 0
    sure: Sureness | None = None
    doubts: tuple[str, ...] = ()
    action: str = ""

    @property
    def matter(self) -> str:
        """The name of the matter: the rule and what it is about."""
        return f"{self.rule.watch.value}:{self.key}" if self.key else self.rule.watch.value

    @property
    def to_do(self) -> str:
        """The one suggested action: that of this matter, or that of its rule."""
        return self.action or self.rule.action


@dataclass(frozen=True)
class NotJudged:
    """A matter of which nothing can be said now: an open signal on it stays, and none is raised."""

    rule: SignalRule
    key: str
    because: str
    settled_by: tuple[str, ...] = field(default=())

    @property
    def matter(self) -> str:
        """The name of the matter, as in ``SeenMatter``."""
        return f"{self.rule.watch.value}:{self.key}" if self.key else self.rule.watch.value
