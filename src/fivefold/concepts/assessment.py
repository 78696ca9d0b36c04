"""What is known of one patient at one date: the input of the main job.

Everything is optional except ``as_of`` and the patient; what is absent is unknown, never zero and never "no".
"""

from dataclasses import dataclass, field
from datetime import date

from fivefold.concepts.vocabulary import Answer, GeneralState, PhaseId, ResilienceLevel, StageId


@dataclass(frozen=True)
class PatientFacts:
    """Age in years: an exact ``age``, or a range, or neither when unknown."""

    age: float | None = None
    age_from: float | None = None
    age_to: float | None = None
    language: str = "en"
    adaptations: tuple[str, ...] = ()


@dataclass(frozen=True)
class DiagnosisRecord:
    """A diagnosis as somebody recorded it; never derived from a score."""

    code: str
    status: str = "current"
    source: str = ""
    text: str = ""


@dataclass(frozen=True)
class Rating:
    """A clinician's severity for one impairment, None when rated as not known. ``decides``: it overrules scores."""

    severity: float | None
    note: str = ""
    source: str = "clinician"
    on: date | None = None
    decides: bool = False


@dataclass(frozen=True)
class ScoreEntry:
    """One result of an instrument: a total, scale values, item answers (None: not answered), or a published band."""

    instrument: str
    on: date | None = None
    value: float | None = None
    scales: dict[str, float] = field(default_factory=dict)
    items: tuple[float | None, ...] | None = None
    band: str | None = None


@dataclass(frozen=True)
class OtherResult:
    """A result kept as a note and never scored."""

    name: str
    value: float | str
    on: date | None = None


@dataclass(frozen=True)
class EventRecord:
    """Something that happened.

    ``days_ago_from`` and ``days_ago_to`` bound when it happened, in days before ``as_of``; both None when unknown.
    An exact date has equal bounds. ``count`` events lie in that span.
    """

    kind: str
    count: int = 1
    days_ago_from: int | None = None
    days_ago_to: int | None = None
    assessed: Answer = None
    note: str = ""


@dataclass(frozen=True)
class UpcomingRecord:
    """Something announced; ``days_ahead`` is None when undated."""

    kind: str
    days_ahead: int | None = None
    note: str = ""


@dataclass(frozen=True)
class ExpectedReport:
    """A self-report that was due; ``overdue`` is False while the date lies ahead."""

    instrument: str
    due: date
    received: Answer
    overdue: bool


@dataclass(frozen=True)
class RiskAnswer:
    """The answer to one risk question, with the day it was given (None: the day of the assessment)."""

    value: Answer
    on: date | None = None
    by: str = ""


@dataclass(frozen=True)
class Clearance:
    """A clinician's recorded reassessment of a code, or a recorded decision to overrule an advisory one."""

    code: str
    on: date
    by: str
    reason: str


@dataclass(frozen=True)
class ResilienceStatement:
    """Level as a clinician sees it, and the points 0-2 of the components that are known."""

    level: ResilienceLevel | None = None
    components: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class MedicationRecord:
    """One drug by class; ``target`` empty when no target symptom is recorded."""

    drug_class: str
    target: str = ""
    since: date | None = None
    stopped: date | None = None


@dataclass(frozen=True)
class PauseRecord:
    """Why and since when a module rests."""

    reason: str
    since: date | None = None


@dataclass(frozen=True)
class ModuleRecord:
    """Where one specific module stands for this patient."""

    id: str
    stage: StageId | None = None
    since: date | None = None
    paused: PauseRecord | None = None
    declined_by_patient: bool = False
    declined_by_clinician: bool = False
    deferred_reason: str = ""


@dataclass(frozen=True)
class EarlierTreatment:
    """An earlier or current treatment and what came of it."""

    treatment: str
    sessions: float | None = None
    weeks: float | None = None
    outcome: str | None = None


@dataclass(frozen=True)
class TreatmentFrame:
    """What is available and wanted."""

    protocol: str = "imt"
    sessions_per_week: float | None = None
    sessions_available: float | None = None
    session_minutes: float | None = None
    weeks_in_treatment: float | None = None
    formats: tuple[str, ...] = ()


@dataclass(frozen=True)
class Assessment:
    """One patient at one date."""

    as_of: date
    patient: PatientFacts
    id: str = ""
    setting: str | None = None
    diagnoses: tuple[DiagnosisRecord, ...] = ()
    criteria: dict[int, Answer] = field(default_factory=dict)
    ratings: dict[str, Rating] = field(default_factory=dict)
    scores: tuple[ScoreEntry, ...] = ()
    other_results: tuple[OtherResult, ...] = ()
    events: tuple[EventRecord, ...] = ()
    upcoming: tuple[UpcomingRecord, ...] = ()
    expected_reports: tuple[ExpectedReport, ...] = ()
    risk: dict[str, RiskAnswer] = field(default_factory=dict)
    cleared: tuple[Clearance, ...] = ()
    overruled: tuple[Clearance, ...] = ()
    readiness: dict[str, Answer] = field(default_factory=dict)
    resilience: ResilienceStatement = field(default_factory=ResilienceStatement)
    context: dict[str, Answer] = field(default_factory=dict)
    hours_of_role: float | None = None
    carers: dict[str, Answer] = field(default_factory=dict)
    dependants: dict[str, Answer] = field(default_factory=dict)
    medication: tuple[MedicationRecord, ...] | None = None
    planned_sessions: float | None = None
    missed_sessions: float | None = None
    general_modules: dict[str, GeneralState] = field(default_factory=dict)
    previous_phase: PhaseId | None = None
    previous_since: date | None = None
    modules: dict[str, ModuleRecord] = field(default_factory=dict)
    history: tuple[EarlierTreatment, ...] = ()
    course: str | None = None
    priorities: tuple[str, ...] = ()
    not_wanted: tuple[str, ...] = ()
    treatment: TreatmentFrame = field(default_factory=TreatmentFrame)
