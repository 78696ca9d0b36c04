"""Supervision in the synthetic clinic: questions brought, meetings, what was agreed, second signatures, and ratings of sessions."""

from collections.abc import Sequence
from datetime import timedelta

from fivefold.records import clock
from fivefold.records.models import Role, SupervisionMeeting, SupervisionQuestion, TreatmentSession
from fivefold.services import fidelity, sessions, supervision
from fivefold.services.access import Actor
from fivefold.services.patients import NotAcceptable
from fivefold.services.synthetic.course import Course
from fivefold.services.synthetic.words import AGREED, QUESTIONS

# Every third of the patients who are supervised is spoken of; every second question is still open.
SPOKEN_OF, LEFT_OPEN = 3, 2
DAYS_TO_DO_IT = 14
# So many notes of each therapist still wait for a second signature.
LEFT_WAITING = 2

# Sessions that are drawn of each of the first therapists, and of these observed; the therapists rate themselves a little higher.
DRAWN, OBSERVED, RATED_THERAPISTS = 3, 2, 2
DRAWN_FROM = timedelta(days=60)

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


def rate_some(people: People) -> None:
    """Sessions of two therapists are drawn; the supervisor has watched some, and the therapists have rated those themselves as well."""
    supervisor = people[Role.SUPERVISOR][0]
    watched = {user.pk for user in supervision.supervisees_of(supervisor)}
    for therapist in [one for one in people[Role.THERAPIST] if one.user.pk in watched][:RATED_THERAPISTS]:
        today = clock.today()
        try:
            sample = fidelity.draw_sample(supervisor, user_id=therapist.user.pk, since=today - DRAWN_FROM, until=today, count=DRAWN)
        except NotAcceptable:
            continue  # a small clinic has nothing to draw from
        drawn = sorted((one.session for one in sample.sessions.select_related("session")), key=lambda row: (row.on, row.pk))
        for place, session in enumerate(drawn[:OBSERVED]):
            _rate(supervisor, session, place, seen_by="recording")
            _rate(therapist, session, place, higher=1)


def _rate(actor: Actor, session: TreatmentSession, place: int, *, seen_by: str = "", higher: int = 0) -> None:
    items = fidelity.see_rating(actor, patient_id=session.patient_id, session_id=session.pk).items
    given = {item.id: min(3, 1 + (place + number) % 2 + higher) if (number + place) % 7 else None for number, item in enumerate(items)}
    fidelity.rate_session(actor, patient_id=session.patient_id, session_id=session.pk, answers=given, seen_by=seen_by)
