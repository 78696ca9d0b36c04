"""Hypothesis strategies for whole assessments: as values, and as the mapping that a file holds.

An example starts from one of a few lives (nothing known, all asked, well on in treatment, in crisis) and has sensible and
hostile things said on top of it, in any combination. Whatever is drawn, the reader accepts its written form.
"""

import json
from datetime import date
from random import Random
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from fivefold.concepts.assessment import (
    Assessment,
    Clearance,
    DiagnosisRecord,
    EarlierTreatment,
    EventRecord,
    ExpectedReport,
    MedicationRecord,
    ModuleRecord,
    OtherResult,
    PatientFacts,
    PauseRecord,
    Rating,
    ResilienceStatement,
    RiskAnswer,
    ScoreEntry,
    TreatmentFrame,
    UpcomingRecord,
)
from fivefold.concepts.instrument import Instrument, Items
from fivefold.concepts.vocabulary import (
    ADAPTATIONS,
    CONTEXT_QUESTIONS,
    COURSES,
    DIAGNOSES,
    DIAGNOSIS_STATUSES,
    EVENT_KINDS,
    MEDICATION_CLASSES,
    READINESS_QUESTIONS,
    RISK_QUESTIONS,
    SETTINGS,
    UPCOMING_KINDS,
    GeneralState,
    PhaseId,
    ResilienceLevel,
    StageId,
)
from tests.support.builders import AS_OF, GENERAL, an_assessment, asked_and_clear, days_ago, exploring, knowledge, settled, with_changes

IMPAIRMENTS = tuple(knowledge().impairments)
MODULES = tuple(knowledge().modules)
CODES = tuple(f"R{number}" for number in range(1, 14))
COMPONENTS = tuple(component.id for component in knowledge().tailoring.components)
# Kinds that some rule reads are drawn more often than the rest.
TELLING_EVENTS = (
    "self_harm", "suicide_attempt", "suicidal_communication", "overdose", "crisis", "admission", "emergency_visit", "discharge", "violence",
    "threat", "intoxicated_session", "missed_session", "loss", "abuse",
)  # fmt: skip
TELLING_INSTRUMENTS = ("bsl23", "cssrs", "phq9", "gad7", "des2", "audit", "dudit", "pcl5", "ders16", "waisr", "srs", "isi", "edeq", "scoff", "wsas", "sofas",
                       "uppsp", "pdsicd11", "brs", "lpfsbf2", "zanbpd", "core10", "rses", "ecrr")  # fmt: skip
NOTES = st.sampled_from(("", "weekly", 'she said: "no"', "yes: #1, [x] {y} & *z", "ä ß 心", "a\nb", "null", "2026-11-22"))

ages_in_days = st.one_of(st.sampled_from((0, 1, 7, 28, 29, 61, 62, 91, 92)), st.integers(0, 1500))
past_days = ages_in_days.map(days_ago)
maybe_past = st.one_of(st.none(), past_days)
three_valued = st.sampled_from((True, False, None))
severities = st.one_of(st.sampled_from((0.0, 1.0, 2.0, 3.0, 4.0)), st.floats(0, 4).map(lambda level: round(level, 2)))
stages = st.one_of(st.none(), st.sampled_from(tuple(StageId)))


def some_of(names: tuple[str, ...], most: int) -> SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(names), unique=True, max_size=most).map(tuple)


def answers_to(names: tuple[str, ...], most: int | None = None) -> SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(names), three_valued, max_size=most or len(names))


# ---- Parts as values ----------------------------------------------------------------------------------------------------


def ratings() -> SearchStrategy[Rating]:
    return st.builds(Rating, severity=st.one_of(severities, severities, severities, st.none()), note=NOTES, on=maybe_past, decides=st.booleans())


def risk_answers() -> SearchStrategy[RiskAnswer]:
    return st.builds(RiskAnswer, value=three_valued, on=st.one_of(st.none(), st.none(), past_days))


def events(kinds: tuple[str, ...] = (*TELLING_EVENTS, *EVENT_KINDS)) -> SearchStrategy[EventRecord]:
    spans = st.one_of(ages_in_days.map(lambda days: (days, days)), ages_in_days.map(lambda days: (0, days)), st.just((None, None)))
    return st.tuples(st.sampled_from(kinds), st.integers(1, 4), spans, three_valued, NOTES).map(
        lambda drawn: EventRecord(drawn[0], drawn[1], drawn[2][0], drawn[2][1], drawn[3], drawn[4])
    )


def upcoming() -> SearchStrategy[UpcomingRecord]:
    return st.builds(UpcomingRecord, kind=st.sampled_from(UPCOMING_KINDS), days_ahead=st.one_of(st.none(), st.integers(0, 200)))


def reports() -> SearchStrategy[ExpectedReport]:
    days = st.integers(-30, 60)
    return st.tuples(st.sampled_from(("phq9", "bsl23")), days, three_valued).map(
        lambda drawn: ExpectedReport(drawn[0], days_ago(drawn[1]), drawn[2], drawn[1] >= 0)
    )


def decisions(codes: tuple[str, ...]) -> SearchStrategy[Clearance]:
    return st.builds(Clearance, code=st.sampled_from(codes), on=past_days, by=st.sampled_from(("Amina", "Bruno")), reason=st.sampled_from(("seen", "asked")))


def module_records() -> SearchStrategy[ModuleRecord]:
    paused = st.one_of(st.none(), st.none(), st.none(), st.just(PauseRecord("crisis")))
    rarely = st.sampled_from((False, False, False, True))
    return st.builds(
        ModuleRecord, id=st.sampled_from(MODULES), stage=stages, since=maybe_past, paused=paused, declined_by_patient=rarely, declined_by_clinician=rarely
    )


def patients() -> SearchStrategy[PatientFacts]:
    given = st.one_of(
        st.tuples(st.integers(18, 80).map(float)),
        st.tuples(st.integers(18, 80).map(float)),
        st.tuples(st.sampled_from((None, 17.5, 18.0, 66.0))),
        st.tuples(st.none(), st.sampled_from((None, 16.0, 20.0)), st.sampled_from((None, 17.0, 30.0))),
    )
    return st.tuples(given, st.one_of(st.just(()), st.just(()), st.just(()), some_of(ADAPTATIONS, 2))).map(lambda drawn: _patient(*drawn))


def _patient(ages: tuple[float | None, ...], adaptations: tuple[str, ...]) -> PatientFacts:
    age, low, high = (*ages, None, None)[:3]
    if low is not None and high is not None and low > high:
        low, high = high, low
    known = age if age is not None else low
    return PatientFacts(age, low, high, adaptations=tuple(name for name in adaptations if name != "under_18" or known is None or known < 18))


# ---- Scores ---------------------------------------------------------------------------------------------------------------


def scores(names: tuple[str, ...] = (*TELLING_INSTRUMENTS * 2, *knowledge().instruments)) -> SearchStrategy[ScoreEntry]:
    """One possible result of an instrument: a value, scale values, answers with gaps, or a band."""
    return st.sampled_from(names).flatmap(lambda name: _ENTRIES[name])


def _entries_of(instrument: Instrument) -> SearchStrategy[ScoreEntry]:
    main = instrument.scale("total") or instrument.scales[0]
    chosen = st.lists(st.sampled_from(instrument.scales), min_size=1, max_size=3, unique_by=lambda scale: scale.id)
    ways: list[SearchStrategy[dict[str, Any]]] = [
        values_of(main.range.min, main.range.max).map(lambda value: {"value": value}),
        st.tuples(chosen, st.floats(0, 1)).map(lambda drawn: {"scales": {part.id: _between(part.range.min, part.range.max, drawn[1]) for part in drawn[0]}}),
    ]
    if instrument.can_score_items and instrument.items is not None:
        ways.append(answered(instrument.items).map(lambda items: {"items": items}))
    if main.bands:
        ways.append(st.sampled_from(main.bands).map(lambda band: {"band": band.name}))
    return st.tuples(st.one_of(ways), maybe_past).map(lambda drawn: ScoreEntry(instrument.id, drawn[1], **drawn[0]))


def values_of(low: float, high: float) -> SearchStrategy[float]:
    return st.floats(0, 1).map(lambda share: _between(low, high, share))


def _between(low: float, high: float, share: float) -> float:
    return min(high, max(low, round(low + share * (high - low), 2)))


def answered(items: Items) -> SearchStrategy[tuple[float | None, ...]]:
    """Answers to every item, with gaps in some forms."""
    return st.tuples(chances(), st.sampled_from((0.0, 0.0, 0.1, 0.9))).map(lambda drawn: _answers(items, *drawn))


def chances() -> SearchStrategy[Random]:
    """A seeded source of chance: one draw, however much it is asked for."""
    return st.integers(0, 2**32 - 1).map(Random)


def _answers(items: Items, chance: Random, gaps: float) -> tuple[float | None, ...]:
    def one(number: int) -> float | None:
        if chance.random() < gaps:
            return None
        options = items.item_options.get(number)
        return float(chance.choice(options)) if options else float(chance.randint(items.minimum, items.maximum_of(number)))

    return tuple(one(number) for number in range(1, items.count + 1))


_ENTRIES = {instrument.id: _entries_of(instrument) for instrument in knowledge().instruments.values()}


def _one_a_day(entries: list[ScoreEntry]) -> tuple[ScoreEntry, ...]:
    """At most one result of an instrument a day, where no date means the day of the assessment."""
    return tuple({(entry.instrument, entry.on or AS_OF): entry for entry in entries}.values())


# ---- Whole assessments --------------------------------------------------------------------------------------------------


def _lives() -> tuple[Assessment, ...]:
    patterns = dict.fromkeys(("S07", "S08", "S09", "S10", "S15", "S19"), "maintained")
    work = {"abandonment_rejection_sensitivity": 3, "identity": 3, "shame_self_criticism": 2, "ptsd": 3, "depression": 2, "anger": 2}
    return (
        an_assessment(),
        an_assessment(diagnoses=("borderline_pd",), ratings={"self_harm": 3, "suicidality": 2, "emotion_regulation": 3, "anger": 3, "emotion_awareness": 2}),
        asked_and_clear(general={"G1": "attained", "G2": "provisional", "G4": "started"}, ratings={"emotion_regulation": 3, "distress_tolerance": 2}),
        settled(),
        exploring(ratings=work),
        exploring(ratings=work, events=(EventRecord("self_harm", 2, 20, 20, True),)),
        settled(previous="P5", modules=patterns, ratings=work),
        asked_and_clear(ratings={"crisis": 3, "suicidality": 1, "sleep": 2}, events=(EventRecord("crisis", 1, 3, 3, True),), previous="P4"),
    )


LIVES = _lives()


CARERS = ({}, {"available": True}, {"available": True, "consent": True}, {"available": True, "consent": False}, {"available": False})
DEPENDANTS = ({}, {"present": True}, {"present": True, "safe": False}, {"present": True, "safe": True}, {"present": False})
STATES = tuple(state for state in GeneralState if state is not GeneralState.UNKNOWN)


def diagnoses() -> SearchStrategy[DiagnosisRecord]:
    return st.builds(DiagnosisRecord, st.sampled_from(tuple(DIAGNOSES)), st.sampled_from(DIAGNOSIS_STATUSES), NOTES, st.just("x"))


def drugs() -> SearchStrategy[MedicationRecord]:
    return st.builds(MedicationRecord, st.sampled_from(MEDICATION_CLASSES), st.sampled_from(("", "sleep")))


def treatments() -> SearchStrategy[EarlierTreatment]:
    return st.builds(EarlierTreatment, st.just("DBT"), outcome=st.sampled_from((None, "improved", "unchanged", "deteriorated")))


def frames() -> SearchStrategy[TreatmentFrame]:
    return st.builds(TreatmentFrame, weeks_in_treatment=st.sampled_from((None, 4.0, 25.9, 26.0, 80.0)), sessions_available=st.sampled_from((None, 10.0)))


def resilience() -> SearchStrategy[ResilienceStatement]:
    points = st.dictionaries(st.sampled_from(COMPONENTS), st.sampled_from((0.0, 0.5, 1.0, 2.0)))
    return st.one_of(
        st.builds(ResilienceStatement, level=st.sampled_from((None, *ResilienceLevel))),
        st.builds(ResilienceStatement, components=points),
    )


def some(part: SearchStrategy[Any], most: int, unique_by: Any = None) -> SearchStrategy[tuple[Any, ...]]:
    return st.lists(part, max_size=most, unique_by=unique_by).map(tuple)


def changes() -> SearchStrategy[dict[str, Any]]:
    """Anything that may be said of a patient, in any combination."""
    return st.fixed_dictionaries(
        {},
        optional={
            "patient": patients(),
            "setting": st.sampled_from((None, *SETTINGS)),
            "diagnoses": some(diagnoses(), 3),
            "criteria": st.dictionaries(st.integers(1, 9), three_valued, max_size=9),
            "ratings": st.dictionaries(st.sampled_from(IMPAIRMENTS), ratings(), max_size=8),
            "scores": st.lists(scores(), max_size=4).map(_one_a_day),
            "other_results": some(st.builds(OtherResult, st.just("Beck inventory"), st.sampled_from((12.0, "high")), maybe_past), 1),
            "events": some(events(), 5),
            "upcoming": some(upcoming(), 2),
            "expected_reports": some(reports(), 2, lambda report: (report.instrument, report.due)),
            "risk": st.dictionaries(st.sampled_from(RISK_QUESTIONS), risk_answers(), max_size=5),
            "cleared": some(decisions(CODES), 3),
            "overruled": some(decisions(CODES[5:]), 3),
            "readiness": answers_to(READINESS_QUESTIONS),
            "resilience": resilience(),
            "context": answers_to(CONTEXT_QUESTIONS),
            "carers": st.sampled_from(CARERS),
            "dependants": st.sampled_from(DEPENDANTS),
            "medication": st.one_of(st.none(), some(drugs(), 3)),
            "general": st.dictionaries(st.sampled_from(GENERAL), st.sampled_from(STATES)),
            "previous_phase": st.sampled_from((None, *PhaseId)),
            "modules": some(module_records(), 5, lambda record: record.id),
            "history": some(treatments(), 3),
            "course": st.sampled_from((None, *COURSES)),
            "treatment": frames(),
        },
    )


def wishes() -> SearchStrategy[dict[str, tuple[str, ...]]]:
    """Priorities in the patient's order, and what is not wanted; never the same."""
    wanted, refused = some_of((*IMPAIRMENTS, *MODULES), 3), some_of((*IMPAIRMENTS, *MODULES, "group"), 2)
    return st.tuples(wanted, refused).map(
        lambda drawn: {"priorities": drawn[0], "not_wanted": tuple(sorted(name for name in drawn[1] if name not in drawn[0]))}
    )


def attendance() -> SearchStrategy[dict[str, float | None]]:
    drawn = st.tuples(st.integers(0, 12), st.floats(0, 1)).map(
        lambda pair: {"planned_sessions": float(pair[0]), "missed_sessions": float(int(pair[0] * pair[1]))}
    )
    return st.one_of(st.just({}), drawn)


def assessments(lives: tuple[Assessment, ...] = LIVES) -> SearchStrategy[Assessment]:
    """Whole assessments as values."""
    return st.tuples(st.sampled_from(lives), changes(), wishes(), attendance()).map(lambda drawn: with_changes(drawn[0], **drawn[1], **drawn[2], **drawn[3]))


# ---- The written form -----------------------------------------------------------------------------------------------------


def written(assessment: Assessment) -> dict[str, Any]:
    """The mapping of a file that states this assessment; contradictions that no file may hold are left out."""
    patient = {"age": assessment.patient.age, "age_from": assessment.patient.age_from, "age_to": assessment.patient.age_to}
    context = {**assessment.context, "hours_of_role": assessment.hours_of_role}
    mapping: dict[str, Any] = {
        "as_of": assessment.as_of,
        "id": assessment.id,
        "patient": {**_said(patient), "adaptations": list(assessment.patient.adaptations)},
        "setting": assessment.setting,
        "diagnoses": [{"code": part.code, "status": part.status, "source": part.source, "text": part.text} for part in assessment.diagnoses],
        "criteria": assessment.criteria,
        "ratings": {name: _rating(part) for name, part in assessment.ratings.items()},
        "scores": [_score(part) for part in assessment.scores],
        "other_results": [_said({"name": part.name, "value": part.value, "date": part.on}) for part in assessment.other_results],
        "events": [_event(part) for part in assessment.events],
        "upcoming": [_said({"kind": part.kind, "date": _ahead(part.days_ahead)}) for part in assessment.upcoming],
        "expected_reports": [{"instrument": part.instrument, "due": part.due, "received": part.received} for part in assessment.expected_reports],
        "risk": _risk(assessment),
        "trauma_readiness": assessment.readiness,
        "resilience": _said({"level": assessment.resilience.level, "components": assessment.resilience.components}),
        "context": _said(context),
        "carers": assessment.carers,
        "dependants": assessment.dependants,
        "medication": None if assessment.medication is None else [{"class": part.drug_class, "target": part.target} for part in assessment.medication],
        "attendance": None if assessment.planned_sessions is None else {"planned": assessment.planned_sessions, "missed": assessment.missed_sessions or 0},
        "general_modules": assessment.general_modules,
        "previous": None if assessment.previous_phase is None else {"phase": assessment.previous_phase},
        "modules": [_module(part) for part in assessment.modules.values()],
        "history": [_said({"treatment": part.treatment, "outcome": part.outcome}) for part in assessment.history],
        "course": assessment.course,
        "preferences": {"priorities": list(assessment.priorities), "not_wanted": list(assessment.not_wanted)},
        "treatment": _said({"weeks_in_treatment": assessment.treatment.weeks_in_treatment, "sessions_available": assessment.treatment.sessions_available}),
    }
    return {name: part for name, part in mapping.items() if part not in (None, "", [], {})}


def _said(part: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in part.items() if value not in (None, {})}


def _ahead(days: int | None) -> date | None:
    return None if days is None else days_ago(-days)


def _rating(part: Rating) -> Any:
    if part.severity is None and not part.note and part.on is None:
        return "unknown"
    severity: Any = "unknown" if part.severity is None else part.severity
    return _said({"severity": severity, "note": part.note, "date": part.on, "decides": part.decides})


def _score(part: ScoreEntry) -> dict[str, Any]:
    items = None if part.items is None else list(part.items)
    written_entry = _said({"instrument": part.instrument, "date": part.on, "value": part.value, "scales": part.scales, "band": part.band})
    return written_entry if items is None else {**written_entry, "items": items}


def _event(part: EventRecord) -> dict[str, Any]:
    said = _said({"kind": part.kind, "count": part.count, "assessed": part.assessed, "note": part.note})
    if part.days_ago_to is None:
        return {**said, "when": "unknown"}
    return {**said, "date": days_ago(part.days_ago_to)} if part.days_ago_from == part.days_ago_to else {**said, "within_weeks": part.days_ago_to / 7}


def _module(part: ModuleRecord) -> dict[str, Any]:
    paused = {"reason": part.paused.reason} if part.paused else None
    said = _said({"id": part.id, "stage": part.stage, "since": part.since, "paused": paused})
    return {**said, "declined_by_patient": part.declined_by_patient, "declined_by_clinician": part.declined_by_clinician}


def _risk(assessment: Assessment) -> dict[str, Any]:
    answers = {name: part.value if part.on is None else {"value": part.value, "date": part.on} for name, part in assessment.risk.items()}
    contradicts = answers.get("imminent") is True
    cleared = [part for part in assessment.cleared if not (contradicts and part.code == "R1" and part.on == assessment.as_of)]
    return {
        **answers,
        **({"cleared": [_decision(part) for part in cleared]} if cleared else {}),
        **({"overruled": [_decision(part) for part in assessment.overruled]} if assessment.overruled else {}),
    }


def _decision(part: Clearance) -> dict[str, Any]:
    return {"code": part.code, "date": part.on, "by": part.by, "reason": part.reason}


def to_yaml(value: Any) -> str:
    """A value in the flow style of YAML, with the words yes, no and unknown."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {to_yaml(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(to_yaml(part) for part in value) + "]"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return f"{value:g}" if float(f"{value:g}") == value else repr(value)
    return value if value == "unknown" else json.dumps(value, ensure_ascii=False)


def in_any_order(value: Any, chance: Random, name: str = "") -> Any:
    """The same mapping with its keys and lists in another order, except where order has a meaning."""
    if isinstance(value, dict):
        keys = list(value)
        chance.shuffle(keys)
        return {key: in_any_order(value[key], chance, str(key)) for key in keys}
    if isinstance(value, list) and name not in ("items", "priorities"):
        parts = [in_any_order(part, chance) for part in value]
        chance.shuffle(parts)
        return parts
    return value
