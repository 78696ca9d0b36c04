"""Filling the synthetic clinic: forty courses lived side by side, day by day, and what colleagues did."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import numpy as np
from django.utils import timezone

from fivefold.records import clock
from fivefold.records.models import Clinic, Membership, Role
from fivefold.services import access, assessments, audit, caseload, demo, patients
from fivefold.services.access import Actor
from fivefold.services.knowledge import knowledge
from fivefold.services.passed_hours import catch_up
from fivefold.services.synthetic.course import Course
from fivefold.services.synthetic.names import invent_name
from fivefold.services.synthetic.own_side import OwnSide, own_sides
from fivefold.services.synthetic.practice import practise
from fivefold.services.synthetic.removal import NotSynthetic, remove_records
from fivefold.services.synthetic.stories import STORIES
from fivefold.services.synthetic.supervision import ask_and_agree, cosign_earlier_notes, rate_some

SEED = 5
PATIENTS = 40
OPEN_WEEKS = 110
HANDED_OVER = "slow-and-steady"  # this patient changed therapists on the way
NOT_SUPERVISED = 4  # every fourth patient, counted from the first
# Whose crisis numbers its patients see.
PLACE = "EU"
FIRST_MEETING = 17  # days ago; what was agreed then was to be done within two weeks
OPENED_IN_NEED = "new-plan"  # a colleague on call opened this record yesterday
Report = Callable[[str], object]


def build_synthetic_clinic(seed: int = SEED, patients: int = PATIENTS, *, today: date | None = None) -> Clinic:
    """The synthetic clinic with its people and up to two years of history before ``today``; one that is there is made anew."""
    clinic = demo.make_demo_clinic(is_server=False)
    remove_records(clinic)
    fill_clinic(clinic, seed=seed, count=patients, today=today)
    return clinic


def fill_clinic(clinic: Clinic, *, seed: int = SEED, count: int = PATIENTS, today: date | None = None, report: Report | None = None) -> None:
    """Give a synthetic clinic its patients and their history; one that is complete stays as it is.

    The same seed gives the same history, told from today. A clinic that was interrupted while being made is made anew.
    """
    if not clinic.synthetic:
        raise NotSynthetic
    if is_complete(clinic):
        return
    remove_records(clinic)
    tell = report or (lambda _: None)
    tell(f"Making {count} invented patients with up to two years of history; this takes about half a minute.")
    day = today or clock.today()
    people = _people(clinic, day)
    courses = _courses(seed, count, people, day)
    _live(courses, people, day, tell)
    _let_colleagues_act(courses, people, day)
    practise(people, day)
    for course in courses:
        if course.patient is not None and course.story.closed_days_ago is None:
            caseload.refresh(course.patient, day)
    _complete(clinic, seed)
    with clock.acting_at(timezone.now() if day == clock.today() else timezone.make_aware(datetime.combine(day, time(18)))):
        catch_up(clinic)


def is_complete(clinic: Clinic) -> bool:
    """Whether a synthetic clinic was filled to its end."""
    return bool(clinic.settings.get("synthetic", {}).get("complete"))


def _live(courses: list[Course], people: dict[str, list[Actor]], today: date, tell: Report) -> None:
    """Every day of every patient, in the order of the calendar, so that the audit trail is in that order too."""
    lives: list[Course | OwnSide] = [*courses, *own_sides(courses, today)]
    days = sorted(((on, life) for life in lives for on in life.days()), key=lambda pair: (pair[0], pair[1].place))
    meets_on = today - timedelta(days=FIRST_MEETING)
    have_met = False
    for number, (on, course) in enumerate(days, start=1):
        if not have_met and on >= meets_on:
            _meet(courses, people, meets_on)
            have_met = True
        is_new = course.patient is None
        course.visit(on)
        if is_new and isinstance(course, Course) and course.place % NOT_SUPERVISED:
            _supervise(course, people, on)
        if number % 200 == 0:
            tell(f"{number} of {len(days)} days")


def _meet(courses: list[Course], people: dict[str, list[Actor]], on: date) -> None:
    """A meeting of supervision before the first patient of the day."""
    with clock.acting_at(timezone.make_aware(datetime.combine(on, time(7, 45)))):
        ask_and_agree(_supervised(courses), people, rounds=0)


def _supervised(courses: list[Course]) -> list[Course]:
    return [course for course in courses if course.patient is not None and course.place % NOT_SUPERVISED]


def _complete(clinic: Clinic, seed: int) -> None:
    release = knowledge().release
    clinic.knowledge_version, clinic.knowledge_hash = release.version, release.content_hash
    clinic.settings = {**clinic.settings, "synthetic": {"seed": seed, "complete": True}, "crisis_place": PLACE}
    clinic.save(update_fields=["settings", "knowledge_version", "knowledge_hash"])


# ---- People --------------------------------------------------------------------------------------------------------------


def _people(clinic: Clinic, today: date) -> dict[str, list[Actor]]:
    """The people of the clinic by role, who have been there since before its first patient."""
    opened = timezone.make_aware(datetime.combine(today - timedelta(weeks=OPEN_WEEKS), time(8)))
    Clinic.objects.filter(pk=clinic.pk).update(created_at=opened)
    members = Membership.objects.filter(clinic=clinic)
    members.update(started_at=opened)
    with clock.acting_at(opened):
        audit.record_system(clinic, "open_synthetic_clinic")
    people: dict[str, list[Actor]] = {}
    for member in members.select_related("user").order_by("id"):
        people.setdefault(member.role, []).append(Actor(member.user, clinic, member.role))
    return people


# ---- Patients ------------------------------------------------------------------------------------------------------------


def _courses(seed: int, count: int, people: dict[str, list[Actor]], today: date) -> list[Course]:
    taken: set[str] = set()
    naming = np.random.default_rng([seed, 0])
    courses = []
    for place in range(count):
        story = STORIES[place % len(STORIES)]
        name = invent_name(naming, taken)
        taken.add(name)
        therapist = people[Role.THERAPIST][place % len(people[Role.THERAPIST])]
        courses.append(Course(story, place, name, therapist, today, knowledge(), np.random.default_rng([seed, place + 1])))
    return courses


def _let_colleagues_act(courses: list[Course], people: dict[str, list[Actor]], today: date) -> None:
    """The last days of the team: supervision, a hand-over, a record opened in need, and care that has ended."""
    yesterday = timezone.make_aware(datetime.combine(today - timedelta(days=1), time(17)))
    with clock.acting_at(yesterday):
        supervised = _supervised(courses)
        for course in supervised[::5]:
            assert course.patient is not None  # who is supervised has come
            assessments.see_record(people[Role.SUPERVISOR][0], patient_id=course.patient.pk)
        cosign_earlier_notes(supervised, people)
        ask_and_agree(supervised, people, rounds=1)
        rate_some(people)
        for course in courses:
            if course.patient is None:
                continue
            if course.story.closed_days_ago is not None:
                patients.end_care(course.therapist, patient_id=course.patient.pk, on=clock.today(), reason="completed")
            if course.story.id == HANDED_OVER:
                _hand_over(course, people)
            if course.story.id == OPENED_IN_NEED:
                _open_in_need(course, people)


def _supervise(course: Course, people: dict[str, list[Actor]], on: date) -> None:
    """The supervisor joins the care team after the first visit."""
    assert course.patient is not None  # they have just come
    with clock.acting_at(course.moment(on) + timedelta(minutes=5)):
        patients.add_to_care_team(people[Role.LEAD][0], patient_id=course.patient.pk, user=people[Role.SUPERVISOR][0].user, kind="supervises")


def _hand_over(course: Course, people: dict[str, list[Actor]]) -> None:
    assert course.patient is not None  # the caller has looked
    lead, old = people[Role.LEAD][0], course.patient.care_team.filter(kind="treats").get()
    new = next(actor for actor in people[Role.THERAPIST] if actor.user.pk != old.user_id)
    patients.add_to_care_team(lead, patient_id=course.patient.pk, user=new.user)
    patients.end_care_relation(lead, patient_id=course.patient.pk, relation_id=old.pk)


def _open_in_need(course: Course, people: dict[str, list[Actor]]) -> None:
    assert course.patient is not None  # the caller has looked
    on_call = next(actor for actor in people[Role.THERAPIST] if actor.user.pk != course.therapist.user.pk)
    access.break_glass(on_call, patient_id=course.patient.pk, reason="On call; the patient rang in danger and the therapist could not be reached.")
