"""Hand-made plans for tests of documents: realistic content, every status, no engine needed."""

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date
from enum import Enum
from typing import Any, TypeVar

from fivefold.concepts.basis import COMPUTED, GENERAL_KNOWLEDGE, PROPOSAL, Basis, parse_basis
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.phase import CriterionReading, PhaseReading
from fivefold.concepts.plan import (
    Alternative,
    Coverage,
    FirstQuestion,
    Flip,
    GeneralReading,
    LifeGoal,
    ModuleMatch,
    NextMeasure,
    Override,
    PhasedPlan,
    PlannedAction,
    PlannedDose,
    PlannedIntervention,
    Profile,
    Reason,
    ResilienceReading,
    Review,
    SelectionTerms,
    SettlingMeasure,
    Spread,
    TimelineEntry,
    Withheld,
)
from fivefold.concepts.scores import Evidence, ImpairmentReading, RiskSign, ScaleScore
from fivefold.concepts.vocabulary import (
    CoverageStatus,
    Direction,
    DomainId,
    GeneralState,
    MatchStatus,
    OverrideStatus,
    PhaseId,
    ResilienceLevel,
    StageId,
)

Value = TypeVar("Value")
HOSTILE = """</style></script><script>alert(1)</script><img src=x onerror="alert(2)">' " & javascript:"""

STATUSES = {
    MatchStatus.NOW: ("S04", "S08", "S07"),
    MatchStatus.NEXT: ("S09", "S10", "S15"),
    MatchStatus.CAUTIONED: ("S27",),
    MatchStatus.UNCLEAR: ("S18", "S14"),
    MatchStatus.BLOCKED: ("S19", "S22"),
    MatchStatus.SUSPENDED: ("S26",),
    MatchStatus.LATER: ("S20", "S24", "S28", "S30", "S31", "S33", "S34"),
    MatchStatus.DONE: ("S02", "S03", "S16"),
}
RUNNING = {"S04": StageId.EXPLORATION, "S08": StageId.ALTERNATIVES}
WAITS = {
    "S09": ("S08",), "S10": ("S09", "G6", "R7"), "S15": ("S09",), "S22": ("R5",), "S19": ("R5",), "S26": ("G2",), "S27": ("R6", "R7"),
    "S20": ("P4",), "S31": ("P5", "S26"), "S34": ("an agreed date for the end",),
}  # fmt: skip
AGAINST = {
    "S19": "Someone is hurting or threatening the patient now (R5): exploratory work is closed while safety and advocacy come first.",
    "S22": "Someone is hurting or threatening the patient now (R5): exploratory work is closed while safety and advocacy come first.",
    "S26": "Paused since 12 November: a crisis. Go back to the map of selves first.",
    "S27": "Self-harm 9 days ago (R6): trauma work is not started within two months of it.",
}
SETTLE = {
    "S18": (SettlingMeasure("edeq", 12.0), SettlingMeasure("scoff", 1.0)),
    "S14": (SettlingMeasure("des2", 8.0), SettlingMeasure("", 1.0, "Does the patient lose orientation in the session?")),
}
LEVELS = {
    "self_harm": (3.2, 0.35), "suicidality": (1.6, 0.4), "crisis": (1.2, 0.45), "depression": (2.4, 0.5), "sleep": (1.1, 0.6),
    "emotion_awareness": (2.9, 0.4), "emotion_regulation": (3.4, 0.25), "distress_tolerance": (3.1, 0.5), "anger": (2.2, 0.9),
    "impulsivity": (1.3, 0.5), "abandonment_rejection_sensitivity": (3.6, 0.5), "submissiveness": (2.1, 0.6), "intimacy": (2.5, 0.7),
    "mentalizing": (2.2, 0.6), "shame_self_criticism": (3.0, 0.5), "identity": (2.6, 0.6), "agency": (2.0, 0.7), "ptsd": (2.8, 0.3),
    "motivation_low": (0.4, 0.5),
}  # fmt: skip


def sample_plan(knowledge: KnowledgeBase) -> PhasedPlan:
    """A plan in the third phase with every status of a module and every status of an override."""
    return PhasedPlan(
        assessment_id="rosa-d-2026-11",
        as_of=date(2026, 11, 25),
        knowledge_version=knowledge.release.version,
        knowledge_hash=knowledge.release.content_hash,
        engine_version="1.0.0",
        protocol="imt",
        withheld=None,
        ask_first=_questions(),
        actions=(PlannedAction("Telephone within 48 hours and ask how the patient is", "within 48 hours, by 2026-11-27", "R13", PROPOSAL),),
        overrides=_overrides(knowledge),
        phase=_phase(knowledge),
        profile=_profile(knowledge),
        scores=_scores(),
        risk_signs=(RiskSign("phq9", 9, "thoughts of being better off dead: several days", date(2026, 11, 20), 5),),
        general_modules=_general(knowledge),
        modules=_modules(knowledge),
        life_goals=(LifeGoal("Choir on Tuesdays, for one song", "S30", PROPOSAL), LifeGoal("Ask about the evening course", "S30", PROPOSAL)),
        timeline=_timeline(),
        coverage=_coverage(knowledge),
        next_best_measures=(NextMeasure("scoff", "SCOFF", 1, ("S18",), False), NextMeasure("des2", "DES-II", 8, ("S14", "S27"), True)),
        review=Review(date(2027, 2, 20), 90, "A plan is looked at again after 90 days at the latest."),
        alternatives=_alternatives(),
        concurrent_limit=2,
        settings={"sessions": "one or two a week", "structure": "60 to 40", "homework": "one or two", "pace": "standard"},
        adaptations=("Older adult: Check physical illness, drugs and cognition; larger print, slower pace.",),
        summary="Crises are rarer and shorter. The work now is to notice feelings early and to turn them down; closeness and trust come next.",
        limits=tuple(claim.text for claim in knowledge.principles.honesty),
    )


def withheld_plan(knowledge: KnowledgeBase) -> PhasedPlan:
    """The same person with a plan that may not be made automatically."""
    withheld = Withheld(
        ("R3", "pregnancy"),
        "No automatic plan is made: signs of psychosis and a pregnancy need another pathway first.",
        ("Medical or psychiatric assessment today", "Perinatal mental health service"),
    )
    return replace(sample_plan(knowledge), withheld=withheld)


def bare_plan(knowledge: KnowledgeBase) -> PhasedPlan:
    """A plan of which almost nothing is known: everything that may be empty is empty."""
    full = sample_plan(knowledge)
    unknown = tuple(reading._replace(level=None, standard_error=None, evidence=(), discordant=False) for reading in full.profile.impairments)
    resilience = replace(full.profile.resilience, assumed=True, total=None, components={})
    return replace(
        full, ask_first=(), actions=(), overrides=(), risk_signs=(), scores=(), modules=(), life_goals=(), timeline=(), coverage=(),
        next_best_measures=(), alternatives=(), settings={}, adaptations=(), limits=(),
        profile=replace(full.profile, impairments=unknown, resilience=resilience, severity_band=None),
        phase=replace(full.phase, overall=PhaseId.P5, by_domain={}, because=(), entry=(), exit=(), resume=(), resume_text=""),
    )  # fmt: skip


def field_names(value: Any) -> tuple[str, ...]:
    """The fields of a value that has any: a dataclass or a named tuple."""
    if is_dataclass(value):
        return tuple(part.name for part in fields(value))
    return value._fields if isinstance(value, tuple) and hasattr(value, "_fields") else ()


def parts_of(value: Any) -> Iterator[Any]:
    """Every dataclass and named tuple inside a value, and the value itself."""
    if names := field_names(value):
        yield value
        inner: Iterable[Any] = [getattr(value, name) for name in names]
    else:
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else ()
    for part in inner:
        yield from parts_of(part)


def poisoned(value: Value) -> Value:
    """The same value with hostile markup after every text in it, however deep."""
    return _poison(value)  # type: ignore[no-any-return]  # rebuilt with the same types


def _poison(value: Any) -> Any:
    if isinstance(value, Enum | Basis):
        return value
    if isinstance(value, str):
        return value + HOSTILE
    if names := field_names(value):
        return type(value)(**{name: _poison(getattr(value, name)) for name in names})
    if isinstance(value, tuple):
        return tuple(_poison(part) for part in value)
    if isinstance(value, dict):
        return {_poison(key): _poison(part) for key, part in value.items()}
    return value


def _questions() -> tuple[FirstQuestion, ...]:
    return (
        FirstQuestion(
            "A loss stands near: how are thoughts of suicide today, whatever the scores say?",
            ("Discharge of her sister from hospital on 2 December", "BSL-23 fell by 0.9 in one week"),
            "whether risk has changed although scores fell",
        ),
        FirstQuestion("What does the patient want from treatment?", ("G6",), "opens S10, S15"),
        FirstQuestion("Is there dependence on alcohol or drugs?", ("AUDIT-C 6 of 12",), "whether substance work comes first"),
    )


OVERRIDE_STATES = {
    "R5": (OverrideStatus.ACTIVE, ("Partner threatened her on 18 November",)),
    "R6": (OverrideStatus.ACTIVE, ("Self-harm on 16 November, 9 days ago, assessed 20 November",)),
    "R12": (OverrideStatus.TO_ASK, ("Anniversary on 2 December", "BSL-23 fell by 0.9 in one week")),
    "R8": (OverrideStatus.TO_ASK, ("AUDIT-C 6 of 12",)),
    "R1": (OverrideStatus.CLEARED, ("Reassessed by M. Okafor on 20 November",)),
    "R10": (OverrideStatus.OVERRULED, ("The dip was named and repaired in session 17",)),
}


def _overrides(knowledge: KnowledgeBase) -> tuple[Override, ...]:
    rules = {rule.code: rule for rule in reversed(knowledge.overrides)}
    return tuple(
        Override(code, rules[code].id, rules[code].name, status, rules[code].kind, because, rules[code].effect, rules[code].cleared_by, rules[code].basis)
        for code, (status, because) in OVERRIDE_STATES.items()
    )


def _phase(knowledge: KnowledgeBase) -> PhaseReading:
    answers = (True, False, None, True)
    reasons = ("none reported since August", "down by half: two a month, four before", "no DERS-16 since June", "seen in session 16")
    exit_readings = tuple(
        CriterionReading(rule.id, rule.text, met, because, rule.settle_with, rule.question, rule.basis)
        for rule, met, because in zip(knowledge.phases[PhaseId.P3].exit, answers, reasons, strict=False)
    )
    entry = knowledge.phases[PhaseId.P3].entry[0]
    return PhaseReading(
        overall=PhaseId.P3,
        by_domain={DomainId.D1: PhaseId.P3, DomainId.D2: PhaseId.P3, DomainId.D3: PhaseId.P4, DomainId.D4: PhaseId.P3},
        because=("The crisis has settled: mild, three weeks of diary.", "Emotion regulation is severe, self-harm is severe."),
        rules=("rule.phase.floor", "rule.phase.back_to_regulation"),
        entry=(CriterionReading(entry.id, entry.text, True, "crises mild", (), entry.question, entry.basis),),
        exit=exit_readings,
        resume=("S26",),
        resume_text="Start again with the map of selves that was on the table on 12 November.",
    )


def _profile(knowledge: KnowledgeBase) -> Profile:
    readings = tuple(_reading(key, knowledge.domain_of[key]) for key in knowledge.impairments)
    resilience = ResilienceReading(
        ResilienceLevel.MODERATE, False, False, 4.5,
        {"bounce_back": 1.0, "personality_severity": 0.5, "crisis_recovery": 1.0, "supports_and_assets": 1.0},
        "Two specific modules at a time, standard pace.", COMPUTED,
    )  # fmt: skip
    return Profile("moderate", "PDS-ICD-11 14 of 32, 20 November 2026", resilience, readings)


def _reading(key: str, domain: DomainId) -> ImpairmentReading:
    if key not in LEVELS:
        return ImpairmentReading(key, domain, None, None, False, ())
    level, error = LEVELS[key]
    score = Evidence("score", "DERS-16 62 of 80", min(4.0, level + 0.3), 0.5, 0.6, 5, False, parse_basis("L61, corrected bands"))
    rating = Evidence("rating", "rated by the clinician: severe", level, 0.4, 0.4, 40, key == "self_harm", GENERAL_KNOWLEDGE)
    return ImpairmentReading(key, domain, level, error, key == "anger", (score, rating))


def _scores() -> tuple[ScaleScore, ...]:
    worse = Direction.HIGHER_IS_WORSE
    on = date(2026, 11, 20)
    return (
        ScaleScore("bsl23", "total", 1.87, 0, 4, "mean", worse, "high", 3, True, (7,), "up to 2 missing", 0.19, on, 5, parse_basis("L61, corrected bands")),
        ScaleScore("pcl5", "total", None, 0, 80, "points", worse, None, None, False, (3, 4, 9, 11), "none may be missing", None, on, 5, GENERAL_KNOWLEDGE),
    )


def _general(knowledge: KnowledgeBase) -> tuple[GeneralReading, ...]:
    states = (GeneralState.ATTAINED, GeneralState.RED, GeneralState.PROVISIONAL, GeneralState.STARTED, GeneralState.NOT_STARTED, GeneralState.UNKNOWN)
    return tuple(
        GeneralReading(
            module.id, module.name, state, state is GeneralState.RED,
            (Reason(f"{module.id}.state", "Session rating fell from 37 to 31 last week.", ("srs",), COMPUTED, state is not GeneralState.RED),),
            tuple(step.text for step in module.repair_steps) if state is GeneralState.RED else (),
            module.session_check if state is GeneralState.UNKNOWN else "", module.patient.name,
        )
        for module, state in zip(knowledge.general_modules.values(), states, strict=True)
    )  # fmt: skip


def _modules(knowledge: KnowledgeBase) -> tuple[ModuleMatch, ...]:
    status_of = {key: status for status, keys in STATUSES.items() for key in keys}
    order = [key for keys in STATUSES.values() for key in keys]
    rest = [key for key in knowledge.modules if key not in status_of]
    return tuple(_match(knowledge, key, status_of.get(key, MatchStatus.NOT_INDICATED), rank) for rank, key in enumerate(order + rest, 1))


def _match(knowledge: KnowledgeBase, key: str, status: MatchStatus, rank: int) -> ModuleMatch:
    module = knowledge.modules[key]
    reasons = [
        Reason(f"rule.match.{key}", claim.text, (f"impairment.{module.treats[0]}", "event.self_harm+suicide_attempt", "score.pcl5.total"), claim.basis)
        for claim in module.indications[:3]
    ]
    if status is MatchStatus.NOT_INDICATED:
        reasons = [Reason(f"{key}.indicated_when", f"Nothing of this is at moderate or more: {', '.join(module.treats)}.", module.treats, COMPUTED, False)]
    if key in AGAINST:
        reasons.append(Reason("rule.override.R6", AGAINST[key], ("self_harm",), parse_basis("L54, gates"), False))
    return ModuleMatch(
        id=key, name=module.name, short_name=module.short_name, domain=module.domain, phase=module.phase, status=status, running=key in RUNNING,
        rank=rank if status in (MatchStatus.NOW, MatchStatus.NEXT) else None, because=tuple(reasons), waits_for=WAITS.get(key, ()),
        settle_with=SETTLE.get(key, ()), flips_if=(Flip(f"impairment.{module.treats[0]}", "3.2 (severe)", "mild (below 1.5)", MatchStatus.NOT_INDICATED),),
        agreement=None if status is MatchStatus.NOT_INDICATED else 0.94,
        selection=SelectionTerms(6.1, 3.0, 2.0, 1.5, -0.5, 12.1) if status is MatchStatus.NOW else None,
        dose=_dose(knowledge, key), change_stage=RUNNING.get(key, StageId.MAINTAINED if status is MatchStatus.DONE else None), goals=module.goals,
        interventions=tuple(PlannedIntervention(item.name, item.do, item.adapted_from, item.evidence, item.basis) for item in module.interventions),
        tailoring=module.tailoring.moderate.text, cautions=tuple(claim.text for claim in module.cautions), patient_name=module.patient.name,
        patient_words=module.patient.why, sources=tuple(claim.basis.source for claim in module.evidence if claim.basis.source),
        treats=module.treats, declined=key == "S33",
    )  # fmt: skip


def _dose(knowledge: KnowledgeBase, key: str) -> PlannedDose:
    dose = knowledge.modules[key].dose
    spreads = [Spread(part.min, part.usual, part.max) for part in (dose.sessions, dose.weeks, dose.minutes)]
    return PlannedDose(spreads[0], spreads[1], spreads[2], dose.text, dose.weeks.basis, 1.0)


def _timeline() -> tuple[TimelineEntry, ...]:
    rows = (
        (PhaseId.P3, "S07", 0, 0, 1, 3, 4, 8), (PhaseId.P3, "S08", 0, 0, 1, 4, 6, 10), (PhaseId.P3, "S04", 0, 0, 1, 12, 20, 30),
        (PhaseId.P3, "S09", 4, 6, 10, 10, 14, 22), (PhaseId.P3, "S10", 10, 14, 22, 20, 28, 40), (PhaseId.P3, "S15", 10, 20, 30, 22, 32, 48),
        (PhaseId.P4, "S20", 20, 30, 44, 30, 46, 66), (PhaseId.P4, "S28", 26, 36, 50, 40, 56, 76), (PhaseId.P5, "S31", 40, 56, 76, 52, 72, 100),
        (PhaseId.P5, "S34", 50, 70, 98, 60, 80, 110),
    )  # fmt: skip
    return tuple(TimelineEntry(phase, key, Spread(a, b, c), Spread(d, e, f)) for phase, key, a, b, c, d, e, f in rows)


def _coverage(knowledge: KnowledgeBase) -> tuple[Coverage, ...]:
    states = {
        "self_harm": (CoverageStatus.NOW, ("S04",), "Self-harm reduction is running."), "ptsd": (CoverageStatus.DEFERRED, ("S27",), "Closed for now by R6."),
        "depression": (CoverageStatus.LATER, ("S17", "S30"), "Follows emotion regulation."), "agency": (CoverageStatus.LATER, ("S31",), "Fifth phase."),
        "anger": (CoverageStatus.LATER, ("S15",), "After distress tolerance."), "crisis": (CoverageStatus.BELOW_THRESHOLD, (), "Mild."),
        "identity": (CoverageStatus.REFUSED, ("S26",), "Not wanted by the patient at present."),
    }  # fmt: skip
    unknown = (CoverageStatus.UNKNOWN, (), "")
    return tuple(Coverage(key, *states.get(key, unknown)) for key in knowledge.impairments)


def _alternatives() -> tuple[Alternative, ...]:
    return (
        Alternative(
            "gpm", "Good Psychiatric Management", ("self_harm", "abandonment_rejection_sensitivity", "constricted_life_role"), ("ptsd", "identity"),
            Spread(10, 52, 78), Spread(10, 52, 78), ("One clinician with an hour a week", "A colleague to consult"),
            ("Frame and goals", "Getting a life"), ("May be enough for most people; more is added when it is not.",),
        ),
        Alternative(
            "moba", "Cut-off to module rule in the manner of MoBa", ("emotion_regulation", "mentalizing"), ("self_harm",),
            Spread(16, 20, 24), Spread(16, 20, 26), ("Two indicative questionnaires",), (), (),
        ),
    )  # fmt: skip


__all__ = ["HOSTILE", "bare_plan", "poisoned", "sample_plan", "withheld_plan"]
