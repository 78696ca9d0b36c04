"""Everything a criterion may read, laid out for fast look-up, for one assessment.

Missing stays missing: a look-up gives None for what nobody has said.
"""

from dataclasses import dataclass, field, replace
from datetime import date

from fivefold.concepts.assessment import Assessment, EventRecord
from fivefold.concepts.scores import RiskSign, ScaleScore
from fivefold.concepts.vocabulary import ADAPTATIONS, WITHHOLDING_ADAPTATIONS, Answer, Direction, OverrideStatus, PhaseId, ResilienceLevel

Bounds = tuple[float, float]
UNBOUNDED: Bounds = (0.0, float("inf"))


@dataclass
class Facts:
    """What is known of one patient at one date, as criteria see it.

    ``levels`` holds only known impairments; ``disputed`` the worst evidence for those whose evidence disagrees. ``quiet``
    makes signs that nobody has mentioned count as absent; it is set where the impairment they speak for is itself known.
    ``unrecorded_modules`` is the answer for modules without a record. ``signs`` are positive answers to risk items;
    ``oldest_denial`` is the day of the oldest dated "no" to a risk question, ``scored_on`` that of the newest dated score of each instrument.
    """

    assessment: Assessment
    scores: dict[tuple[str, str], float]
    items: dict[tuple[str, int], float]
    events: dict[str, list[EventRecord]]
    numbers: dict[str, Bounds]
    levels: dict[str, float] = field(default_factory=dict)
    disputed: dict[str, float] = field(default_factory=dict)
    overrides: dict[str, OverrideStatus] = field(default_factory=dict)
    phase: PhaseId | None = None
    resilience: ResilienceLevel | None = None
    quiet: bool = False
    unrecorded_modules: Answer = False
    signs: tuple[RiskSign, ...] = ()
    oldest_denial: date | None = None
    scored_on: dict[str, date] = field(default_factory=dict)


def gather_facts(assessment: Assessment, scores: tuple[ScaleScore, ...]) -> Facts:
    """The facts of an assessment before anything is derived from them; of each scale the newest score counts."""
    by_scale: dict[tuple[str, str], float] = {}
    newest: dict[tuple[str, str], date] = {}
    scored_on: dict[str, date] = {}
    for score in scores:
        key = (score.instrument, score.scale)
        on = score.on or assessment.as_of
        if score.value is not None and on >= newest.get(key, date.min):
            newest[key], by_scale[key] = on, score.value
        if score.value is not None and score.on is not None:
            scored_on[score.instrument] = max(score.on, scored_on.get(score.instrument, date.min))
    events: dict[str, list[EventRecord]] = {}
    for event in assessment.events:
        events.setdefault(event.kind, []).append(event)
    denials = [answer.on for answer in assessment.risk.values() if answer.value is False and answer.on is not None]
    return Facts(assessment, by_scale, _items(assessment), events, _numbers(assessment), oldest_denial=min(denials, default=None), scored_on=scored_on)


def facts_after(facts: Facts, day: date, scores: tuple[ScaleScore, ...], *, undated_until: date) -> Facts:
    """The same facts reduced to what came after a day: what a decision on that day cannot have covered.

    Undated answers and scores count as given on the day of the assessment, unless the decision covers them: on that day
    and up to ``undated_until`` a state without a date (no safe housing, a discharge that stands near) was known to it.
    """
    assessment = facts.assessment
    as_of, age_of_day = assessment.as_of, (assessment.as_of - day).days
    covered = as_of <= undated_until
    undated = day if covered else as_of
    newer = replace(
        assessment,
        risk={name: answer for name, answer in assessment.risk.items() if (answer.on or undated) > day},
        events=tuple(event for event in assessment.events if event.days_ago_from is not None and event.days_ago_from < age_of_day),
        expected_reports=tuple(report for report in assessment.expected_reports if report.due > day),
        scores=tuple(entry for entry in assessment.scores if (entry.on or undated) > day),
        ratings={name: rating for name, rating in assessment.ratings.items() if (rating.on or undated) > day},
    )
    if covered:
        newer = replace(newer, upcoming=(), readiness={}, context={}, dependants={}, general_modules={}, planned_sessions=None, missed_sessions=None)
    fresh = gather_facts(newer, tuple(score for score in scores if (score.on or undated) > day))
    fresh.levels = {name: level for name, level in facts.levels.items() if name in newer.ratings}
    fresh.quiet = True
    return fresh


def facts_at_worst(facts: Facts, scores: tuple[ScaleScore, ...]) -> Facts:
    """The same facts with the worst instead of the newest result where the file holds several of one instrument."""
    names = [entry.instrument for entry in facts.assessment.scores]
    if len(set(names)) == len(names):
        return facts
    days = {(entry.instrument, entry.on) for entry in facts.assessment.scores}
    by_scale = dict(facts.scores)
    for score in scores:
        key = (score.instrument, score.scale)
        if score.value is not None and key in by_scale and (score.instrument, score.on) in days:
            choose = min if score.direction is Direction.HIGHER_IS_BETTER else max
            by_scale[key] = choose(by_scale[key], score.value)
    items = dict(facts.items)
    for entry in facts.assessment.scores:
        for number, answer in enumerate(entry.items or (), start=1):
            if answer is not None:
                items[(entry.instrument, number)] = max(answer, items[(entry.instrument, number)])
    return replace(facts, scores=by_scale, items=items)


def _items(assessment: Assessment) -> dict[tuple[str, int], float]:
    found: dict[tuple[str, int], float] = {}
    for entry in sorted(assessment.scores, key=lambda entry: entry.on or assessment.as_of):
        for number, answer in enumerate(entry.items or (), start=1):
            if answer is not None:
                found[(entry.instrument, number)] = answer
    return found


def _exactly(value: float | None) -> Bounds | None:
    return None if value is None else (value, value)


def _numbers(assessment: Assessment) -> dict[str, Bounds]:
    answers = assessment.criteria.values()
    yes = sum(answer is True for answer in answers)
    no = sum(answer is False for answer in answers)
    found: dict[str, Bounds | None] = {
        "age": _age(assessment),
        "criteria_count": (float(yes), 9.0 - no) if assessment.criteria else None,
        "missed_of_last_four": _missed_of_last_four(assessment),
        "missed_sessions": _exactly(assessment.missed_sessions),
        "planned_sessions": _exactly(assessment.planned_sessions),
        "hours_of_role": _exactly(assessment.hours_of_role),
        "sessions_available": _exactly(assessment.treatment.sessions_available),
        "sessions_per_week": _exactly(assessment.treatment.sessions_per_week),
        "weeks_in_treatment": _weeks_in_treatment(assessment),
        **_treatments(assessment),
        **_drugs(assessment),
    }
    return {name: bounds for name, bounds in found.items() if bounds is not None}


def _age(assessment: Assessment) -> Bounds | None:
    patient = assessment.patient
    if patient.age is not None:
        return patient.age, patient.age
    if patient.age_from is None and patient.age_to is None:
        return None
    return patient.age_from or 0.0, patient.age_to if patient.age_to is not None else 130.0


def _missed_of_last_four(assessment: Assessment) -> Bounds | None:
    planned, missed = assessment.planned_sessions, assessment.missed_sessions
    absences = [event for event in assessment.events if event.kind == "missed_session" and event.days_ago_to is not None and event.days_ago_to <= 28]
    listed = min(4.0, float(sum(event.count for event in absences)))
    if planned is None or missed is None:
        return (listed, 4.0) if listed else None
    # Where the two records disagree, the one with more absences counts.
    least = max(listed, missed if planned <= 4 else missed - (planned - 4))
    return least, max(least, min(4.0, missed + max(0.0, 4 - planned)))


def _weeks_in_treatment(assessment: Assessment) -> Bounds | None:
    stated = assessment.treatment.weeks_in_treatment
    if stated is not None:
        return stated, stated
    starts = [record.since for record in assessment.modules.values() if record.since] + ([assessment.previous_since] if assessment.previous_since else [])
    return ((assessment.as_of - min(starts)).days / 7, float("inf")) if starts else None


def _treatments(assessment: Assessment) -> dict[str, Bounds | None]:
    if not assessment.history:
        return {}
    unhelped = sum(part.outcome in ("unchanged", "deteriorated") for part in assessment.history)
    open_ones = sum(part.outcome is None for part in assessment.history)
    count = float(len(assessment.history))
    return {"unhelped_treatments": (float(unhelped), float(unhelped + open_ones)), "earlier_treatments": (count, count)}


def _drugs(assessment: Assessment) -> dict[str, Bounds | None]:
    if assessment.medication is None:
        return {}
    current = [drug for drug in assessment.medication if drug.stopped is None or drug.stopped > assessment.as_of]
    without = float(sum(not drug.target for drug in current))
    return {"medication_count": (float(len(current)), float(len(current))), "medication_without_target": (without, without)}


def has_adaptation(assessment: Assessment, names: tuple[str, ...]) -> bool:
    """Whether one of these adaptations is recorded; under_18 also follows from the age."""
    if any(name in assessment.patient.adaptations for name in names):
        return True
    bounds = _age(assessment)
    return "under_18" in names and bounds is not None and bounds[1] < 18


def recorded_adaptations(assessment: Assessment) -> tuple[str, ...]:
    """The adaptations a file records, in the order of the field's list."""
    return tuple(name for name in ADAPTATIONS if name in assessment.patient.adaptations)


def withholding_adaptations(assessment: Assessment) -> tuple[str, ...]:
    """The adaptations of this patient for which no automatic plan is made."""
    return tuple(name for name in WITHHOLDING_ADAPTATIONS if has_adaptation(assessment, (name,)))
