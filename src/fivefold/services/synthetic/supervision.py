"""Supervision in the synthetic clinic: questions brought, meetings, what was agreed, and notes signed by a second person."""

from collections.abc import Sequence
from datetime import timedelta

from fivefold.records import clock
from fivefold.records.models import Role, SupervisionMeeting, SupervisionQuestion, TreatmentSession
from fivefold.services import sessions, supervision
from fivefold.services.access import Actor
from fivefold.services.synthetic.course import Course
from fivefold.services.synthetic.words import AGREED, QUESTIONS

# Every third of the patients who are supervised is spoken of; every second question is still open.
SPOKEN_OF, LEFT_OPEN = 3, 2
DAYS_TO_DO_IT = 14
# So many notes of each therapist still wait for a second signature.
LEFT_WAITING = 2

People = dict[str, list[Actor]]


def ask_and_agree(courses: Sequence[Course], people: People, *, rounds: int) -> None:
    """One meeting of the supervisor with each therapist about some of their patients; ``rounds`` counts the meetings before."""
    supervisor = people[Role.SUPERVISOR][0]
    spoken_of = [course for place, course in enumerate(courses) if place % SPOKEN_OF == rounds % SPOKEN_OF]
    for therapist in people[Role.THERAPIST]:
        own = [course for course in spoken_of if course.therapist.user.pk == therapist.user.pk]
        if not own:
            continue
        asked = [_ask(course, place + rounds) for place, course in enumerate(own)]
        meeting = supervision.begin_meeting(supervisor, on=clock.today(), present=[therapist.user.pk])
        for place, (course, question) in enumerate(zip(own, asked, strict=True)):
            if (place + rounds) % LEFT_OPEN == 0:
                _agree(supervisor, therapist, meeting, course, question, place + rounds)


def _ask(course: Course, place: int) -> SupervisionQuestion:
    assert course.patient is not None  # somebody who is supervised has come
    latest = TreatmentSession.objects.filter(patient=course.patient, came="came").order_by("-number").first()
    return supervision.ask_question(
        course.therapist, patient_id=course.patient.pk, text=QUESTIONS[place % len(QUESTIONS)], session_id=latest.pk if latest else None
    )


def _agree(supervisor: Actor, therapist: Actor, meeting: SupervisionMeeting, course: Course, question: SupervisionQuestion, place: int) -> None:
    assert course.patient is not None  # somebody who is supervised has come
    words, where = AGREED[place % len(AGREED)]
    decision = supervision.record_decision(
        supervisor,
        patient_id=course.patient.pk,
        meeting_id=meeting.pk,
        text=words,
        by=therapist.user.pk,
        until=clock.today() + timedelta(days=DAYS_TO_DO_IT),
        where=where,
        question_id=question.pk,
    )
    if place % 4 == 1:
        supervision.end_decision(course.therapist, patient_id=course.patient.pk, decision_id=decision.pk, step="done", words="Done in the same week.")


def cosign_earlier_notes(courses: Sequence[Course], people: People) -> None:
    """The supervisor has signed the earlier notes of everybody; the latest of each therapist wait."""
    supervisor = people[Role.SUPERVISOR][0]
    for therapist in people[Role.THERAPIST]:
        own = [course.patient.pk for course in courses if course.patient is not None and course.therapist.user.pk == therapist.user.pk]
        notes = list(TreatmentSession.objects.filter(patient_id__in=own, author=therapist.user).order_by("recorded_at"))
        for note in notes[:-LEFT_WAITING]:
            sessions.cosign_session(supervisor, patient_id=note.patient_id, session_id=note.pk)
