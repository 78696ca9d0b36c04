"""What documents are made from: values of the record, read once, without a database and without process notes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.plan import PhasedPlan
from fivefold.engine.progress.overview import ScaleProgress


@dataclass(frozen=True)
class Person:
    """The patient as documents name them; ``born`` is a year, None when not known. ``stand_in`` is the made-up name."""

    name: str
    reference: str
    born: int | None
    stand_in: str
    is_synthetic: bool = False


@dataclass(frozen=True)
class KnownDiagnosis:
    """A diagnosis with who recorded it, from which source and when; never one that follows from a score."""

    name: str
    status: str
    source: str
    text: str
    on: date
    by: str


@dataclass(frozen=True)
class SignedPlan:
    """A plan as it was signed; ``decided`` holds what the clinician decided beside the proposal: about what, how, why."""

    number: int
    plan: PhasedPlan
    decided: tuple[tuple[str, str, str], ...]
    signed_by: str
    signed_on: date
    review_on: date
    patient_view: str
    patient_words: str


@dataclass(frozen=True)
class KnownFormulation:
    """The formulation in its newest version: the patient's lines, and nodes (kind, words) and links (start, words, end)."""

    number: int
    lines: tuple[str, ...]
    nodes: tuple[tuple[str, str], ...]
    links: tuple[tuple[str, str, str], ...]
    author: str
    on: date


@dataclass(frozen=True)
class KnownGoal:
    """A goal that is worked on; ``reached`` is the last level that counts with its meaning and day, None when it was never rated."""

    words: str
    levels: tuple[str, ...]
    module: str
    shared: bool
    reached: tuple[int, str, date] | None


@dataclass(frozen=True)
class Under:
    """A module under way from one day to another; ``until`` is None while it goes on."""

    module: str
    since: date
    until: date | None


@dataclass(frozen=True)
class Hours:
    """The sessions that are signed: how many took place, were missed, or were cancelled by the patient in good time; their usual length;
    the first, the last and the next.
    """

    held: int = 0
    missed: int = 0
    cancelled: int = 0
    minutes: int | None = None
    first: date | None = None
    last: date | None = None
    next: date | None = None


@dataclass(frozen=True)
class Supervised:
    """What supervision has of this patient: open questions, and minutes (day, text), the latest first."""

    questions: tuple[str, ...] = ()
    minutes: tuple[tuple[date, str], ...] = ()


@dataclass(frozen=True)
class Hidden:
    """What else tells who a patient is: other ``names`` of theirs, and ``words`` such as a place, an employer, somebody's name."""

    names: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class DocumentSources:
    """Everything that documents about one patient draw on, as it was known on the day ``on``.

    ``now`` is the plan of that day, ``signed`` the newest signed one (None before the first). ``consents`` says for each purpose
    whether it was given, None when nobody has asked. ``agreed_on`` is the day on which a treatment agreement was last recorded.
    """

    knowledge: KnowledgeBase
    on: date
    clinic: str
    author: str
    person: Person
    team: tuple[tuple[str, str], ...]
    consents: Mapping[str, tuple[bool, date] | None]
    diagnoses: tuple[KnownDiagnosis, ...]
    now: PhasedPlan
    signed: SignedPlan | None
    formulation: KnownFormulation | None
    goals: tuple[KnownGoal, ...]
    measures: tuple[ScaleProgress, ...]
    under_way: tuple[Under, ...]
    hours: Hours
    per_week: float | None
    agreed_on: date | None
    supervised: Supervised = field(default_factory=Supervised)
    hidden: Hidden = field(default_factory=Hidden)

    @property
    def plan(self) -> PhasedPlan:
        """The plan that documents speak of: the one that was signed last, or that of today before the first."""
        return self.signed.plan if self.signed else self.now


Words = Mapping[str, str]
