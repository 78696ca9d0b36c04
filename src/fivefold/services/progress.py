"""What was measured of a patient and what was done, over the whole time, gathered in one act."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.plan import Override
from fivefold.concepts.progress import DatedValue, DoesNotKnow, Series
from fivefold.concepts.vocabulary import WORKING_STAGES, Direction, OverrideStatus
from fivefold.engine.planning import understand
from fivefold.engine.progress.event_counts import EventCount
from fivefold.engine.progress.overview import ScaleProgress, read_progress
from fivefold.engine.progress.percent_of_baseline import percent_of_baseline
from fivefold.records import clock
from fivefold.records.models import CurveRelease, OwnItem, Patient, PlanReview, PlanVersion
from fivefold.services.access import Actor, Permission, clinical_act, patient_for
from fivefold.services.diary_trends import DailyCourse, daily_courses
from fivefold.services.event_courses import event_courses, sessions_of
from fivefold.services.expected_courses import Expected, expected_of
from fivefold.services.feedback_use import note_look
from fivefold.services.goal_course import Attainment, attainment, ratings_of, wordings_of
from fivefold.services.knowledge import knowledge
from fivefold.services.measure_forms import OWN
from fivefold.services.record_file import KnownFact, read_facts, read_record

# What is marked on the time axis: what may explain a turn of a curve.
MARKED_EVENTS = ("self_harm", "suicide_attempt", "suicidal_communication", "crisis", "admission", "emergency_visit", "loss", "separation")


# Stands where the id of an instrument stands, for ratings by a clinician.
RATED = "rated"


@dataclass(frozen=True)
class Stretch:
    """A module under way from one day to another; ``until`` is None while it goes on."""

    module: str
    name: str
    since: date
    until: date | None


@dataclass(frozen=True)
class Mark:
    """Something that happened on one day: an event, a signed plan with its phase, a session."""

    kind: str
    on: date
    words: str


@dataclass(frozen=True)
class SeenProgress:
    """Measures with what may be said of each, the modules and marks on the same time, and rules that no score clears."""

    patient: Patient
    today: date
    measures: tuple[ScaleProgress, ...]
    modules: tuple[Stretch, ...]
    marks: tuple[Mark, ...]
    active: tuple[Override, ...]
    attained: tuple[Attainment, ...]
    own_names: Mapping[str, str]
    expected: Mapping[tuple[str, str], Expected]
    daily: tuple[DailyCourse, ...]
    events: tuple[EventCount, ...]
    released: frozenset[str]


@clinical_act(Permission.SEE_RECORD, view=True)
def see_progress(actor: Actor, *, patient_id: uuid.UUID) -> SeenProgress:
    """Everything dated that is known of a patient, as far as it speaks of change."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    note_look(actor, patient, "progress")
    today = clock.today()
    read = read_facts(patient)
    assessment = read_record(patient, today, read=read)
    facts = read.counting()
    own = own_items_of(patient)
    goals = wordings_of(patient.goals.select_related("author").order_by("recorded_at", "id"))
    held_or_not = sessions_of(patient)
    measures = read_progress(assessment, knowledge())
    sessions = [Mark("session" if one.came == "came" else "no_session", one.on, one.came) for one in held_or_not]
    return SeenProgress(
        patient=patient,
        today=today,
        measures=(*own_progress(own, facts, knowledge()), *measures, *rated_progress(facts, knowledge())),
        modules=tuple(stretches(facts)),
        marks=tuple(sorted((*_events(facts), *_plans(patient), *sessions, *_reviews(patient)), key=lambda mark: mark.on)),
        active=tuple(rule for rule in understand(assessment, knowledge()).overrides if rule.status is OverrideStatus.ACTIVE),
        attained=attainment(goals, ratings_of(patient, goals)),
        own_names={f"{RATED}_{part.id}": _("%(name)s, rated by clinicians") % {"name": part.name} for part in knowledge().impairments.values()}
        | own_names_of(own),
        daily=daily_courses(patient, today),
        events=event_courses(assessment, held_or_not, knowledge()),
        expected=expected_of(patient, measures, [mark.on for mark in sessions if mark.kind == "session" and mark.on <= today]),
        released=released_to(patient),
    )


def own_items_of(patient: Patient) -> list[OwnItem]:
    """The questions in the patient's own words, every wording of them, the oldest first."""
    return list(OwnItem.objects.filter(clinic_id=patient.clinic_id, patient=patient).order_by("recorded_at", "pk"))


def own_names_of(items: Iterable[OwnItem]) -> dict[str, str]:
    """The newest wording of each such question, by its series."""
    return {str(row.series): row.words for row in items}


def series_name(series: Series, own: Mapping[str, str]) -> str:
    """What a series is called on every page, the therapist's and the patient's."""
    if series.scale in own:
        return own[series.scale]
    instrument = knowledge().instruments[series.instrument]
    scale = instrument.scale(series.scale)
    return instrument.name if len(instrument.scales) == 1 or scale is None else f"{instrument.name}, {scale.name}"


def series_key(series: Series) -> str:
    """What a series is kept by where something is decided about it."""
    return f"{series.instrument}.{series.scale}"


def released_to(patient: Patient) -> frozenset[str]:
    """The keys of the series that the patient sees; none until somebody of the team says so."""
    rows = CurveRelease.objects.filter(clinic_id=patient.clinic_id, patient=patient).order_by("recorded_at", "pk").values_list("series", "given")
    return frozenset(key for key, given in dict(rows).items() if given)


def own_progress(items: Sequence[OwnItem], facts: Iterable[KnownFact], base: KnowledgeBase) -> tuple[ScaleProgress, ...]:
    """The questions in the patient's own words as series like any other. Nobody knows their error, so that no change is called real."""
    values: dict[str, list[DatedValue]] = {}
    for fact in facts:
        if fact.kind == "own_rating":
            values.setdefault(fact.key, []).append(DatedValue(fact.true_on, float(fact.value)))
    newest = {str(row.series): row for row in items}
    unknown = DoesNotKnow(
        "Nobody knows the error of a question in somebody's own words, so that no difference is called a change: look at it together.",
        ("the patient's own view of what has changed",),
    )
    found = []
    for key, row in newest.items():
        if key in values:
            direction = Direction.HIGHER_IS_WORSE if row.better == "low" else Direction.HIGHER_IS_BETTER
            series = Series(OWN, key, "points", 0, 10, direction, tuple(sorted(values[key], key=lambda one: one.on)))
            found.append(ScaleProgress(series, False, unknown, percent_of_baseline(series, base.progress), unknown, (), unknown, 0))
    return tuple(found)


def rated_progress(facts: Iterable[KnownFact], base: KnowledgeBase) -> tuple[ScaleProgress, ...]:
    """A clinician's ratings of an impairment, from 0 to 4, as series; those rated on two days or more. Nobody knows their error."""
    values: dict[str, dict[date, float]] = {}
    for fact in facts:
        level = fact.value.get("severity") if isinstance(fact.value, dict) else fact.value
        if fact.kind == "rating" and fact.key in base.impairments and isinstance(level, int | float) and not isinstance(level, bool):
            values.setdefault(fact.key, {})[fact.true_on] = float(level)
    unknown = DoesNotKnow(
        "Nobody knows the error of these ratings, so that no difference is called a change: say what you have seen.",
        ("a measure of the same thing",),
    )
    found = []
    for key, rated in values.items():
        if len(rated) > 1:
            dated = tuple(DatedValue(on, value) for on, value in sorted(rated.items()))
            series = Series(RATED, f"{RATED}_{key}", "points", 0, 4, Direction.HIGHER_IS_WORSE, dated)
            found.append(ScaleProgress(series, False, unknown, percent_of_baseline(series, base.progress), unknown, (), unknown, 0))
    return tuple(found)


def stretches(facts: Iterable[KnownFact]) -> Iterable[Stretch]:
    """When each module was under way: from a working stage to the next entry that says otherwise."""
    entries: dict[str, list[KnownFact]] = {}
    for fact in facts:
        if fact.kind == "module" and isinstance(fact.value, dict):
            entries.setdefault(fact.key, []).append(fact)
    for name, told in entries.items():
        module = knowledge().modules.get(name)
        begun: date | None = None
        for fact in told:
            works = fact.value.get("stage") in WORKING_STAGES and not fact.value.get("paused")
            if works and begun is None:
                begun = fact.true_on
            elif not works and begun is not None:
                yield Stretch(name, module.short_name if module else name, begun, fact.true_on)
                begun = None
        if begun is not None:
            yield Stretch(name, module.short_name if module else name, begun, None)


def _events(facts: Iterable[KnownFact]) -> Iterable[Mark]:
    return (Mark(fact.key, fact.true_on, fact.key) for fact in facts if fact.kind == "event" and fact.key in MARKED_EVENTS)


def _plans(patient: Patient) -> Iterable[Mark]:
    rows = PlanVersion.objects.filter(clinic_id=patient.clinic_id, patient=patient).order_by("number").values_list("number", "as_of", "phase")
    return (Mark("plan", on, phase) for _number, on, phase in rows)


def _reviews(patient: Patient) -> Iterable[Mark]:
    """Decisions about the plan, and the days on which they were looked back at."""
    rows = PlanReview.objects.filter(clinic_id=patient.clinic_id, patient=patient).order_by("number").values_list("on", "decision", "look_back__on")
    for on, decision, looked_back in rows:
        yield Mark(f"review_{decision}", on, decision)
        if looked_back is not None:
            yield Mark("look_back", looked_back, decision)
