"""What was measured of a patient and what was done, over the whole time, gathered in one act."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.plan import Override
from fivefold.concepts.progress import DatedValue, DoesNotKnow, Series, Sign
from fivefold.concepts.vocabulary import WORKING_STAGES, Direction, OverrideStatus
from fivefold.engine.progress.attendance import TimetableReading, dose_check, dropout_watch
from fivefold.engine.progress.course import Course, course_from
from fivefold.engine.progress.event_counts import EventCount
from fivefold.engine.progress.overview import ScaleProgress
from fivefold.engine.progress.percent_of_baseline import percent_of_baseline
from fivefold.engine.progress.signals import timetable_of
from fivefold.records import clock
from fivefold.records.models import CurveRelease, OwnItem, Patient, PlanReview, PlanVersion
from fivefold.services.access import Actor, Permission, clinical_act, patient_for
from fivefold.services.diary_trends import DailyCourse, diary_over_time
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
    diary_counts: tuple[tuple[str, EventCount], ...]
    programme: "Programme"
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
    daily, counts = diary_over_time(patient, today)
    course = course_from(assessment, knowledge(), [(one.on, one.came) for one in held_or_not if one.on <= today])
    measures = course.measures
    sessions = [Mark("session" if one.came == "came" else "no_session", one.on, one.came) for one in held_or_not]
    return SeenProgress(
        patient=patient,
        today=today,
        measures=(*own_progress(own, facts, knowledge()), *measures, *rated_progress(facts, knowledge())),
        modules=tuple(stretches(facts)),
        marks=tuple(sorted((*_events(facts), *_plans(patient), *sessions, *_reviews(patient)), key=lambda mark: mark.on)),
        active=tuple(rule for rule in course.overrides if rule.status is OverrideStatus.ACTIVE),
        attained=attainment(goals, ratings_of(patient, goals)),
        own_names={f"{RATED}_{part.id}": _("%(name)s, rated by clinicians") % {"name": part.name} for part in knowledge().impairments.values()}
        | own_names_of(own),
        daily=daily,
        diary_counts=counts,
        events=event_courses(assessment, held_or_not, knowledge()),
        programme=_programme(course),
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


@dataclass(frozen=True)
class Programme:
    """The programme with what it expects by now, and how many of its sessions took place; ``weeks`` is None where nobody knows since when."""

    name: str
    weeks: float | None
    timetable: tuple[TimetableReading, ...]
    planned: int | None
    held: int | None
    signs: tuple[Sign, ...]


def _programme(course: Course) -> Programme:
    """What was expected of the programme so far, and what of attendance stands out."""
    base = knowledge()
    protocol = base.protocols.get(course.assessment.treatment.protocol)
    looked = (
        dose_check(course.planned, course.held, course.weeks, course.today, base.progress),
        dropout_watch(course.feedback, course.attended, course.planned, course.today, base.progress),
    )
    signs = tuple(sign for sign in looked if isinstance(sign, Sign))
    return Programme(protocol.short_name if protocol else "", course.weeks, timetable_of(course, base), course.planned, course.held, signs)


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
