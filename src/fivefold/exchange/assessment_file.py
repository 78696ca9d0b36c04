"""The assessment file as it is written: one type for each part of it.

These types say what a file may hold; ``assessment_reader`` turns them into an ``Assessment``. The JSON Schema of the
input is generated from them.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any

from fivefold.concepts.vocabulary import (
    ADAPTATIONS,
    COURSES,
    DIAGNOSES,
    DIAGNOSIS_STATUSES,
    EVENT_KINDS,
    MEDICATION_CLASSES,
    SETTINGS,
    UPCOMING_KINDS,
    Answer,
    GeneralState,
    PhaseId,
    ResilienceLevel,
    StageId,
)
from fivefold.knowledge.decoding import INVALID, MAX_TEXT, UNKNOWN_WORDS, Between, Length, OneOf, Pattern, Run, decode, decoder_for, register
from fivefold.knowledge.strict_yaml import Node

Day = date  # the key in the files is called date, too
FORMATS = ("individual", "group", "telephone", "video", "family", "online")
CLEARABLE = tuple(f"R{number}" for number in range(1, 14))
ADVISORY = tuple(f"R{number}" for number in range(6, 14))
MODULE_IDS = tuple(f"S{number:02d}" for number in range(1, 36))
GENERAL_IDS = tuple(f"G{number}" for number in range(1, 7))
FilledText = Annotated[str, Length(1, MAX_TEXT)]
Language = Annotated[str, Pattern(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", "a language code such as en")]


@dataclass(frozen=True)
class NumberOrUnknown:
    """A number, or the word unknown (then None)."""

    value: float | None


@dataclass(frozen=True)
class _NumberOrUnknownReader:
    """Reads a number within limits, or the word unknown; says the same in a JSON Schema."""

    low: float
    high: float

    def __call__(self, run: Run, node: Node, path: str) -> Any:
        if node.is_null or (node.is_text and node.value in UNKNOWN_WORDS):
            return NumberOrUnknown(None)
        value = decoder_for(Annotated[float, Between(self.low, self.high)])(run, node, path)
        return value if value is INVALID else NumberOrUnknown(value)

    def schema(self, _writer: object, /) -> dict[str, Any]:
        return {"anyOf": [{"type": "number", "minimum": self.low, "maximum": self.high}, {"enum": [*UNKNOWN_WORDS, None]}]}


AgeYears = Annotated[NumberOrUnknown, _NumberOrUnknownReader(0, 120)]


@dataclass(frozen=True)
class PatientPart:
    """Who the patient is, as far as the plan needs it."""

    age: AgeYears = NumberOrUnknown(None)
    age_from: Annotated[float, Between(0, 120)] | None = None
    age_to: Annotated[float, Between(0, 120)] | None = None
    language: Language = "en"
    adaptations: tuple[Annotated[str, OneOf(ADAPTATIONS)], ...] = ()

    def __post_init__(self) -> None:
        if self.age_from is not None and self.age_to is not None and self.age_from > self.age_to:
            raise ValueError(f"age_from {self.age_from:g} is above age_to {self.age_to:g}")
        if self.age.value is not None and (self.age_from is not None or self.age_to is not None):
            raise ValueError("age and age_from or age_to together; keep one of them")


@dataclass(frozen=True)
class DiagnosisPart:
    """One diagnosis with who made it."""

    code: Annotated[str, OneOf(tuple(DIAGNOSES))]
    status: Annotated[str, OneOf(DIAGNOSIS_STATUSES)] = "current"
    source: str = ""
    text: str = ""

    def __post_init__(self) -> None:
        if self.code == "other" and not self.text:
            raise ValueError("the code other needs a text")


@dataclass(frozen=True)
class RatingPart:
    """A clinician's rating: a mapping, a bare number, or the word unknown."""

    severity: float | None
    note: str = ""
    source: str = "clinician"
    date: Day | None = None
    decides: bool = False


SEVERITY_READER = _NumberOrUnknownReader(0, 4)


@dataclass(frozen=True)
class RatingMapping:
    """A rating with its note, author and date."""

    severity: Annotated[NumberOrUnknown, SEVERITY_READER] = field(default=NumberOrUnknown(None), metadata={"required": True})
    note: str = ""
    source: str = "clinician"
    date: Day | None = None
    decides: bool = False


def _read_rating(run: Run, node: Node, path: str) -> Any:
    if not isinstance(node.value, dict):
        value = SEVERITY_READER(run, node, path)
        return value if value is INVALID else RatingPart(value.value)
    found = decode(run, node, RatingMapping, path)
    if found is INVALID:
        return INVALID
    return RatingPart(found.severity.value, found.note, found.source, found.date, found.decides)


register(RatingPart, _read_rating)


@dataclass(frozen=True)
class ScorePart:
    """One result: exactly one of value, scales, items and band."""

    instrument: FilledText
    date: Day | None = None
    value: float | None = None
    scales: dict[str, float] = field(default_factory=dict)
    items: tuple[float | None, ...] | None = None
    band: str | None = None
    note: str = ""

    def __post_init__(self) -> None:
        given = [self.value is not None, bool(self.scales), self.items is not None, self.band is not None]
        if sum(given) != 1:
            raise ValueError("exactly one of value, scales, items and band is needed")


@dataclass(frozen=True)
class OtherResultPart:
    """A result kept as a note."""

    name: FilledText
    value: float | str
    date: Day | None = None


@dataclass(frozen=True)
class EventPart:
    """Something that happened; when: a date, weeks_ago, days_ago, within_weeks with a count, or ``when: unknown``."""

    kind: Annotated[str, OneOf(EVENT_KINDS)]
    date: Day | None = None
    weeks_ago: Annotated[float, Between(0, 5200)] | None = None
    days_ago: Annotated[int, Between(0, 36500)] | None = None
    within_weeks: Annotated[float, Between(0, 5200)] | None = None
    when: Annotated[str, OneOf(("unknown",))] | None = None
    count: Annotated[int, Between(1, 10000)] = 1
    assessed: Answer = None
    note: str = ""

    def __post_init__(self) -> None:
        given = [name for name in ("date", "weeks_ago", "days_ago", "within_weeks", "when") if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(f"the time is given twice ({', '.join(given)}); keep one")


@dataclass(frozen=True)
class UpcomingPart:
    """Something announced; the date may be absent."""

    kind: Annotated[str, OneOf(UPCOMING_KINDS)]
    date: Day | None = None
    note: str = ""


@dataclass(frozen=True)
class ReportPart:
    """A self-report that was due."""

    instrument: FilledText
    due: Day
    received: Answer = None


@dataclass(frozen=True)
class RiskPart:
    """The answer to a risk question: a word, or a mapping with date and author."""

    value: Answer
    date: Day | None = None
    by: str = ""


@dataclass(frozen=True)
class RiskMapping:
    """An answer with its date and author."""

    value: Answer = field(default=None, metadata={"required": True})
    date: Day | None = None
    by: str = ""
    note: str = ""


def _read_risk(run: Run, node: Node, path: str) -> Any:
    if not isinstance(node.value, dict):
        value = decode(run, node, Answer, path)
        return value if value is INVALID else RiskPart(value)
    found = decode(run, node, RiskMapping, path)
    return found if found is INVALID else RiskPart(found.value, found.date, found.by)


register(RiskPart, _read_risk)


@dataclass(frozen=True)
class ClearancePart:
    """A recorded reassessment."""

    code: Annotated[str, OneOf(CLEARABLE)]
    date: Day
    by: FilledText
    reason: FilledText


@dataclass(frozen=True)
class OverrulePart:
    """A recorded decision to overrule an advisory code."""

    code: Annotated[str, OneOf(ADVISORY)]
    date: Day
    by: FilledText
    reason: FilledText


@dataclass(frozen=True)
class RiskSection:
    """The risk questions, each yes, no or unknown; cleared and overruled codes."""

    imminent: RiskPart | None = None
    new_plan_or_means: RiskPart | None = None
    acute_on_chronic: RiskPart | None = None
    sudden_improvement: RiskPart | None = None
    leave_taking: RiskPart | None = None
    harm_to_others: RiskPart | None = None
    named_victim_or_weapon: RiskPart | None = None
    ongoing_abuse: RiskPart | None = None
    psychosis: RiskPart | None = None
    mania: RiskPart | None = None
    delirium: RiskPart | None = None
    intoxication: RiskPart | None = None
    severe_withdrawal: RiskPart | None = None
    dependence: RiskPart | None = None
    medical_red_flag: RiskPart | None = None
    loses_orientation_in_session: RiskPart | None = None
    cleared: tuple[ClearancePart, ...] = ()
    overruled: tuple[OverrulePart, ...] = ()


@dataclass(frozen=True)
class ReadinessPart:
    """Readiness for trauma work."""

    top_goal: Answer = None
    urges_controllable_with_cues: Answer = None
    tolerates_strong_emotion: Answer = None
    no_serious_interfering_behaviour: Answer = None


Points = Annotated[NumberOrUnknown, _NumberOrUnknownReader(0, 2)]


@dataclass(frozen=True)
class ComponentsPart:
    """Points 0 to 2 of the resilience components."""

    bounce_back: Points = NumberOrUnknown(None)
    personality_severity: Points = NumberOrUnknown(None)
    crisis_recovery: Points = NumberOrUnknown(None)
    functioning: Points = NumberOrUnknown(None)
    supports_and_assets: Points = NumberOrUnknown(None)


@dataclass(frozen=True)
class ResiliencePart:
    """Level as the clinician sets it, or components, or both."""

    level: ResilienceLevel | None = None
    components: ComponentsPart | None = None


def level_or_unknown(run: Run, node: Node, path: str) -> Any:
    """A level of resilience, or the word unknown (then None)."""
    if node.is_null or (node.is_text and node.value == "unknown"):
        return None
    return decode(run, node, ResilienceLevel, path)


@dataclass(frozen=True)
class ResilienceMapping:
    """The level as the clinician sets it, or the points of its components."""

    level: Annotated[ResilienceLevel | None, level_or_unknown] = None
    components: ComponentsPart | None = None
    bounce_back: Points = NumberOrUnknown(None)
    personality_severity: Points = NumberOrUnknown(None)
    crisis_recovery: Points = NumberOrUnknown(None)
    functioning: Points = NumberOrUnknown(None)
    supports_and_assets: Points = NumberOrUnknown(None)


def _read_resilience(run: Run, node: Node, path: str) -> Any:
    if not isinstance(node.value, dict):
        level = level_or_unknown(run, node, path)
        return level if level is INVALID else ResiliencePart(level)
    found = decode(run, node, ResilienceMapping, path)
    if found is INVALID:
        return INVALID
    if found.components is not None and not node.value.keys() <= {"level", "components"}:
        return run.problem(node.line, path, node.shown, "the components in one place", "Move all of them under components.")
    loose = ComponentsPart(found.bounce_back, found.personality_severity, found.crisis_recovery, found.functioning, found.supports_and_assets)
    return ResiliencePart(found.level, found.components or loose)


register(ResiliencePart, _read_resilience)


@dataclass(frozen=True)
class ContextPart:
    """Frame and life around the treatment."""

    agreement: Answer = None
    contact_route: Answer = None
    safe_housing: Answer = None
    confidant: Answer = None
    role: Answer = None
    hours_of_role: Annotated[NumberOrUnknown, _NumberOrUnknownReader(0, 168)] = NumberOrUnknown(None)


@dataclass(frozen=True)
class CarersPart:
    """Carers, and whether the patient consents to involve them."""

    available: Answer = None
    consent: Answer = None


@dataclass(frozen=True)
class DependantsPart:
    """Children or others who depend on the patient."""

    present: Answer = None
    safe: Answer = None


@dataclass(frozen=True)
class MedicationPart:
    """One drug by class."""

    drug_class: Annotated[str, OneOf(MEDICATION_CLASSES)] = field(metadata={"key": "class"})
    target: str | None = None
    since: Day | None = None
    stopped: Day | None = None
    name: str = ""


@dataclass(frozen=True)
class AttendancePart:
    """Planned and missed sessions, of the last ones looked at."""

    planned: Annotated[int, Between(0, 1000)]
    missed: Annotated[int, Between(0, 1000)]

    def __post_init__(self) -> None:
        if self.missed > self.planned:
            raise ValueError(f"missed {self.missed} is more than planned {self.planned}")


@dataclass(frozen=True)
class GeneralStatesPart:
    """State of the six general modules."""

    G1: GeneralState = GeneralState.UNKNOWN
    G2: GeneralState = GeneralState.UNKNOWN
    G3: GeneralState = GeneralState.UNKNOWN
    G4: GeneralState = GeneralState.UNKNOWN
    G5: GeneralState = GeneralState.UNKNOWN
    G6: GeneralState = GeneralState.UNKNOWN


@dataclass(frozen=True)
class PreviousPart:
    """The phase as it was last recorded."""

    phase: PhaseId
    since: Day | None = None


@dataclass(frozen=True)
class PausedPart:
    """Why a module rests."""

    reason: FilledText
    since: Day | None = None


@dataclass(frozen=True)
class ModulePart:
    """One specific module under way, resting, done or declined."""

    id: Annotated[str, OneOf(MODULE_IDS)]
    stage: StageId | None = None
    since: Day | None = None
    paused: PausedPart | None = None
    declined_by_patient: bool = False
    declined_by_clinician: bool = False
    deferred_reason: str = ""


@dataclass(frozen=True)
class HistoryPart:
    """An earlier treatment."""

    treatment: FilledText
    sessions: Annotated[float, Between(0, 5000)] | None = None
    weeks: Annotated[float, Between(0, 2600)] | None = None
    outcome: Annotated[str, OneOf(("improved", "unchanged", "deteriorated", "unknown"))] | None = None


@dataclass(frozen=True)
class PreferencesPart:
    """What the patient wants first and does not want; impairment ids, module ids or formats."""

    priorities: tuple[str, ...] = ()
    not_wanted: tuple[str, ...] = ()


@dataclass(frozen=True)
class TreatmentPart:
    """What is available."""

    protocol: str = "imt"
    sessions_per_week: Annotated[float, Between(0, 14)] | None = None
    sessions_available: Annotated[float, Between(0, 2000)] | None = None
    session_minutes: Annotated[float, Between(5, 300)] | None = None
    weeks_in_treatment: Annotated[float, Between(0, 2600)] | None = None
    formats: tuple[Annotated[str, OneOf(FORMATS)], ...] = ()


@dataclass(frozen=True)
class CriteriaPart:
    """DSM-5 criteria: a list of those met (the rest unknown), or a mapping of number to yes, no or unknown."""

    answers: dict[int, Answer]


def _read_criteria(run: Run, node: Node, path: str) -> Any:
    number = Annotated[int, Between(1, 9)]
    if isinstance(node.value, list):
        met = decode(run, node, tuple[number, ...], path)
        if met is not INVALID and len(set(met)) < len(met):
            return run.problem(node.line, path, "a number twice", "each criterion once", "Remove the second, or correct its number.")
        return met if met is INVALID else CriteriaPart(dict.fromkeys(met, True))
    if not isinstance(node.value, dict):
        return run.problem(node.line, path, node.shown, "a list of the criteria met, or number: answer lines", "Write for instance [1, 5, 7].")
    answers = decode(run, node, dict[number, Answer], path)
    return answers if answers is INVALID else CriteriaPart(answers)


register(CriteriaPart, _read_criteria)


@dataclass(frozen=True)
class CourseWord:
    """The course so far, None when unknown."""

    value: str | None


def _read_course(run: Run, node: Node, path: str) -> Any:
    if node.is_null or (node.is_text and node.value == "unknown"):
        return CourseWord(None)
    value = decode(run, node, Annotated[str, OneOf((*COURSES, "unknown"))], path)
    return value if value is INVALID else CourseWord(value)


register(CourseWord, _read_course)


@dataclass(frozen=True)
class AssessmentFile:
    """The whole file. Only ``as_of`` and ``patient`` are required."""

    as_of: Day
    patient: PatientPart = field(default=PatientPart(), metadata={"required": True})
    id: Annotated[str, Length(0, 80)] = ""
    setting: Annotated[str, OneOf((*SETTINGS, "unknown"))] | None = None
    diagnoses: tuple[DiagnosisPart, ...] = ()
    criteria: CriteriaPart = CriteriaPart({})
    ratings: dict[str, RatingPart] = field(default_factory=dict)
    scores: tuple[ScorePart, ...] = ()
    other_results: tuple[OtherResultPart, ...] = ()
    events: tuple[EventPart, ...] = ()
    upcoming: tuple[UpcomingPart, ...] = ()
    expected_reports: tuple[ReportPart, ...] = ()
    risk: RiskSection = RiskSection()
    trauma_readiness: ReadinessPart = ReadinessPart()
    resilience: ResiliencePart = ResiliencePart()
    context: ContextPart = ContextPart()
    carers: CarersPart = CarersPart()
    dependants: DependantsPart = DependantsPart()
    medication: tuple[MedicationPart, ...] | None = None
    attendance: AttendancePart | None = None
    general_modules: GeneralStatesPart = GeneralStatesPart()
    previous: PreviousPart | None = None
    modules: tuple[ModulePart, ...] = ()
    history: tuple[HistoryPart, ...] = ()
    course: CourseWord = CourseWord(None)
    preferences: PreferencesPart = PreferencesPart()
    treatment: TreatmentPart = TreatmentPart()
