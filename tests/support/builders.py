"""Small builders of assessments: one thing said, the rest unknown; and short ways to ask a plan.

Days count back from ``AS_OF``. A number stands for a rating, True and False for an answer, a word for a state or stage.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from fivefold.concepts.assessment import (
    Assessment,
    Clearance,
    DiagnosisRecord,
    EarlierTreatment,
    EventRecord,
    ExpectedReport,
    ModuleRecord,
    PatientFacts,
    PauseRecord,
    Rating,
    ResilienceStatement,
    RiskAnswer,
    ScoreEntry,
    UpcomingRecord,
)
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.plan import ModuleMatch, Override, PhasedPlan
from fivefold.concepts.scores import ImpairmentReading, ScaleScore
from fivefold.concepts.vocabulary import (
    CONTEXT_QUESTIONS,
    READINESS_QUESTIONS,
    RISK_QUESTIONS,
    Answer,
    CoverageStatus,
    GeneralState,
    MatchStatus,
    OverrideStatus,
    PhaseId,
    ResilienceLevel,
    StageId,
)
from fivefold.engine.planning import PlanOptions, make_plan, understand
from fivefold.engine.scoring import score_assessment
from fivefold.library import load_knowledge

AS_OF = date(2026, 11, 22)
GENERAL = ("G1", "G2", "G3", "G4", "G5", "G6")
ATTAINED = dict.fromkeys(GENERAL, "attained")
WITHOUT_DRAWS = PlanOptions(with_stability=False)


@cache
def knowledge() -> KnowledgeBase:
    """The shipped knowledge base, loaded once for all tests of a process."""
    return load_knowledge()


def days_ago(days: int) -> date:
    return AS_OF - timedelta(days=days)


# ---- Parts ------------------------------------------------------------------------------------------------------------


def a_rating(severity: float | None, *, ago: int | None = None, decides: bool = False) -> Rating:
    return Rating(severity, on=None if ago is None else days_ago(ago), decides=decides)


def an_event(kind: str, ago: int | None = None, *, within: int | None = None, count: int = 1, assessed: Answer = None) -> EventRecord:
    """Something that happened ``ago`` days ago, or some time ``within`` so many days; with neither the date is unknown."""
    if within is not None:
        return EventRecord(kind, count, 0, within, assessed)
    return EventRecord(kind, count, ago, ago, assessed)


def coming(kind: str, ahead: int | None = None) -> UpcomingRecord:
    return UpcomingRecord(kind, ahead)


def a_report(due_ago: int, received: Answer, instrument: str = "phq9") -> ExpectedReport:
    return ExpectedReport(instrument, days_ago(due_ago), received, due_ago >= 0)


def an_answer(value: Answer, *, ago: int | None = None) -> RiskAnswer:
    return RiskAnswer(value, None if ago is None else days_ago(ago))


def a_decision(code: str, ago: int = 0) -> Clearance:
    """A clinician's recorded reassessment, or a recorded decision to overrule."""
    return Clearance(code, days_ago(ago), "Amina", "seen and asked")


def a_score(instrument: str, value: float | None = None, *, ago: int | None = None, band: str | None = None, **scales: float) -> ScoreEntry:
    return ScoreEntry(instrument, None if ago is None else days_ago(ago), value, scales, None, band)


def answers(instrument: str, *items: float | None, ago: int | None = None) -> ScoreEntry:
    return ScoreEntry(instrument, None if ago is None else days_ago(ago), items=items)


def only_item(instrument: str, number: int, answer: float, *, ago: int | None = None) -> ScoreEntry:
    """A form on which one item is answered and all others are not."""
    items = knowledge().instruments[instrument].items
    assert items is not None
    return answers(instrument, *(answer if place == number else None for place in range(1, items.count + 1)), ago=ago)


def resting(name: str, stage: str | None = "exploration", reason: str = "crisis") -> ModuleRecord:
    return ModuleRecord(name, StageId(stage) if stage else None, paused=PauseRecord(reason))


def declined(name: str, *, by_clinician: bool = False, stage: str | None = None) -> ModuleRecord:
    return ModuleRecord(name, StageId(stage) if stage else None, declined_by_patient=not by_clinician, declined_by_clinician=by_clinician)


def a_treatment(outcome: str | None) -> EarlierTreatment:
    return EarlierTreatment("an earlier treatment", outcome=outcome)


# ---- Whole assessments --------------------------------------------------------------------------------------------------


def an_assessment(**said: Any) -> Assessment:
    """An assessment of an adult in which only this is said."""
    return with_changes(Assessment(AS_OF, PatientFacts(age=31), id="spec"), **said)


def with_changes(assessment: Assessment, **said: Any) -> Assessment:
    """The same assessment with more said; mappings are added to, everything else is replaced."""
    changes: dict[str, Any] = {}
    for name, value in said.items():
        match name:
            case "ratings":
                given = {key: part if isinstance(part, Rating) else Rating(part) for key, part in value.items()}
                changes[name] = {**assessment.ratings, **given}
            case "risk":
                given = {key: part if isinstance(part, RiskAnswer) else RiskAnswer(part) for key, part in value.items()}
                changes[name] = {**assessment.risk, **given}
            case "general":
                changes["general_modules"] = {**assessment.general_modules, **{key: GeneralState(state) for key, state in value.items()}}
            case "modules":
                changes[name] = {**assessment.modules, **_records(value)}
            case "context" | "carers" | "dependants" | "readiness" | "criteria":
                changes[name] = {**getattr(assessment, name), **value}
            case "age":
                changes["patient"] = replace(assessment.patient, age=value)
            case "adaptations":
                changes["patient"] = replace(assessment.patient, adaptations=value)
            case "resilience":
                changes[name] = ResilienceStatement(ResilienceLevel(value)) if isinstance(value, str) else value
            case "previous":
                changes["previous_phase"] = PhaseId(value)
            case "diagnoses":
                changes[name] = tuple(DiagnosisRecord(part) if isinstance(part, str) else part for part in value)
            case _:
                changes[name] = value
    return replace(assessment, **changes)


def _records(value: Mapping[str, str] | tuple[ModuleRecord, ...]) -> dict[str, ModuleRecord]:
    if isinstance(value, Mapping):
        return {name: ModuleRecord(name, StageId(stage)) for name, stage in value.items()}
    return {record.id: record for record in value}


def asked_and_clear(**said: Any) -> Assessment:
    """Every question has been asked today and nothing applies; no impairment is known yet."""
    nothing = an_assessment(
        risk=dict.fromkeys(RISK_QUESTIONS, False),
        dependants={"present": False},
        context=dict.fromkeys(CONTEXT_QUESTIONS, True),
        readiness=dict.fromkeys(READINESS_QUESTIONS, True),
        resilience="moderate",
        planned_sessions=4,
        missed_sessions=0,
    )
    return with_changes(nothing, **said)


def settled(**said: Any) -> Assessment:
    """As ``asked_and_clear``, every impairment rated none, safety plan in use, and all general modules attained."""
    quiet = asked_and_clear(ratings=dict.fromkeys(knowledge().impairments, 0.0), modules={"S02": "maintained"}, general=ATTAINED, medication=())
    return with_changes(quiet, **said)


def exploring(**said: Any) -> Assessment:
    """As ``settled``, in exploration, with the skills modules done that exploration builds on."""
    skills = dict.fromkeys(("S07", "S08", "S09", "S10", "S15"), "maintained")
    return with_changes(settled(previous="P4", modules=skills), **said)


# ---- Asking a plan ------------------------------------------------------------------------------------------------------


def plan_of(assessment: Assessment) -> PhasedPlan:
    return make_plan(assessment, knowledge(), WITHOUT_DRAWS)


def statuses(assessment: Assessment) -> dict[str, MatchStatus]:
    return {match.id: match.status for match in plan_of(assessment).modules}


def status(assessment: Assessment, module: str) -> MatchStatus:
    return plan_of(assessment).match(module).status


def match_of(assessment: Assessment, module: str) -> ModuleMatch:
    return plan_of(assessment).match(module)


def override(assessment: Assessment, code: str) -> Override | None:
    """The override with this code, the first where a code stands twice; None when it is not present."""
    return next((found for found in understand(assessment, knowledge()).overrides if found.code == code), None)


def override_status(assessment: Assessment, code: str) -> OverrideStatus | None:
    found = override(assessment, code)
    return found.status if found else None


def phase(assessment: Assessment) -> PhaseId:
    return understand(assessment, knowledge()).phase.overall


def reading(assessment: Assessment, impairment: str) -> ImpairmentReading:
    return next(found for found in understand(assessment, knowledge()).readings if found.id == impairment)


def coverage(assessment: Assessment, impairment: str) -> tuple[CoverageStatus, tuple[str, ...]]:
    found = next(entry for entry in plan_of(assessment).coverage if entry.impairment == impairment)
    return found.status, found.by


def score_of(entry: ScoreEntry, scale: str = "total") -> ScaleScore:
    return next(found for found in score_assessment(an_assessment(scores=(entry,)), knowledge()) if found.scale == scale)


def texts(match: ModuleMatch) -> str:
    """All reasons of a module as one text."""
    return " ".join(reason.text for reason in match.because)
