"""What supervision looks like to each: a supervisor's people and their patients, a therapist's own questions, one patient, one meeting."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import TypeVar

from django.db.models import Count, Q, QuerySet

from fivefold.records import clock
from fivefold.records.models import CareRelation, Patient, SupervisionDecision, SupervisionMeeting, SupervisionQuestion, TreatmentSession, User
from fivefold.services.access import Actor, NoSuchPatient, Permission, clinical_act, patient_for, patients_of, reaches
from fivefold.services.caseload_list import SeenRow, lines_of
from fivefold.services.supervision import NoSuchMeeting, may_take_part, running, supervisees_of
from fivefold.services.supervision_topics import Topic, topics_of, topics_of_patient, waiting_notes

# So many of what has ended are shown, the latest first; what is open is always shown.
ENDED_SHOWN = 20
NOTES_SHOWN = 25
MEETINGS_SHOWN = 12
PATIENTS_ON_A_PAGE = 50


@dataclass(frozen=True)
class SeenQuestion:
    """A question with its state (``open``, ``answered`` or ``withdrawn``) and, when it has ended, what was said, by whom and when."""

    id: uuid.UUID
    patient_id: uuid.UUID
    patient_name: str
    session_id: uuid.UUID | None
    session_number: int
    text: str
    author: str
    is_own: bool
    at: datetime
    state: str
    answer: str = ""
    ended_by: str = ""
    ended_at: datetime | None = None


@dataclass(frozen=True)
class SeenDecision:
    """Something agreed with its state (``open``, ``late``, ``done`` or ``dropped``): who does it, until when and on which page."""

    id: uuid.UUID
    patient_id: uuid.UUID
    patient_name: str
    meeting_id: uuid.UUID
    on: date
    supervisor: str
    text: str
    by: str
    until: date | None
    where: str
    state: str
    words: str = ""
    ended_by: str = ""
    ended_at: datetime | None = None


@dataclass(frozen=True)
class SeenMeeting:
    """A meeting: its day, who led it, who was there, and whether its minutes are this person's to write."""

    id: uuid.UUID
    on: date
    supervisor: str
    present: tuple[str, ...]
    is_own: bool


@dataclass(frozen=True)
class WaitingNote:
    """A signed note that waits for a second signature."""

    patient_id: uuid.UUID
    patient_name: str
    session_id: uuid.UUID
    number: int
    on: date
    author: str


@dataclass(frozen=True)
class Supervisee:
    """Somebody whose patients one supervises: how many, how many of them need safety first, and how many questions are open."""

    id: int
    name: str
    patients: int
    in_danger: int
    questions: int


@dataclass(frozen=True)
class SupervisionSheet:
    """The page of one person: as a supervisor (``supervisees``, ``notes`` of ``waiting``), and as somebody who brings questions."""

    supervisees: tuple[Supervisee, ...]
    notes: tuple[WaitingNote, ...]
    waiting: int
    questions: tuple[SeenQuestion, ...]
    agreed: tuple[SeenDecision, ...]
    meetings: tuple[SeenMeeting, ...]
    today: date


@dataclass(frozen=True)
class SupervisedCaseload:
    """A page of one supervisee's patients that one supervises, by need, with what to talk about; ``found`` says how many there are.

    ``behind`` rows are as of an earlier day.
    """

    person: User
    rows: tuple[tuple[SeenRow, tuple[Topic, ...]], ...]
    questions: tuple[SeenQuestion, ...]
    behind: int
    today: date
    found: int
    page: int
    pages: int


@dataclass(frozen=True)
class PatientSupervision:
    """Supervision about one patient: what to talk about, questions and agreements (open first), and what this person may do."""

    patient: Patient
    topics: tuple[Topic, ...]
    questions: tuple[SeenQuestion, ...]
    agreed: tuple[SeenDecision, ...]
    sessions: tuple[tuple[uuid.UUID, int, date], ...]
    may_ask: bool
    may_answer: bool
    may_end: bool


@dataclass(frozen=True)
class MeetingSheet:
    """One meeting with what it agreed about patients in reach; for its supervisor also whom it can be about, with their open questions."""

    meeting: SeenMeeting
    agreed: tuple[SeenDecision, ...]
    patients: tuple[tuple[uuid.UUID, str, int], ...]


@dataclass(frozen=True)
class MeetingAbout:
    """A meeting of one's own as a place for minutes about a patient: its day, and who can do what is agreed."""

    id: uuid.UUID
    on: date
    people: tuple[tuple[int, str], ...]


# ---- Pages ---------------------------------------------------------------------------------------------------------------


@clinical_act(Permission.SEE_SUPERVISION, view=True)
def see_supervision(actor: Actor) -> SupervisionSheet:
    """Everything about supervision that concerns this person."""
    own = patients_of(actor, Permission.CHANGE_RECORD) if actor.may(Permission.CHANGE_RECORD) else Patient.objects.none()
    notes = waiting_notes(actor) if actor.may(Permission.COSIGN) else TreatmentSession.objects.none()
    first = notes.select_related("patient", "author").order_by("recorded_at", "pk")[:NOTES_SHOWN]
    return SupervisionSheet(
        supervisees=_supervisees(actor),
        notes=tuple(WaitingNote(one.patient_id, one.patient.name, one.pk, one.number, one.on, one.author.name) for one in first),
        waiting=notes.count(),
        questions=_open_first(_questions(actor, SupervisionQuestion.objects.filter(clinic=actor.clinic, patient__in=own, author=actor.user))),
        agreed=_open_first(_decisions(SupervisionDecision.objects.filter(clinic=actor.clinic, patient__in=own))),
        meetings=_meetings(actor),
        today=clock.today(),
    )


def _supervisees(actor: Actor) -> tuple[Supervisee, ...]:
    """Each with their numbers, in three queries however many there are. By name: nobody is ranked."""
    people = supervisees_of(actor)
    reached = patients_of(actor, Permission.SUPERVISE).filter(closed_at__isnull=True)
    treating = CareRelation.objects.filter(running(), clinic=actor.clinic, kind="treats", patient__in=reached)
    pairs = set(treating.values_list("user_id", "patient_id", "patient__caseload__signal"))
    asked: dict[int, int] = {}
    for author in SupervisionQuestion.objects.filter(clinic=actor.clinic, patient__in=reached, end__isnull=True).values_list("author_id", flat=True):
        asked[author] = asked.get(author, 0) + 1
    return tuple(
        Supervisee(
            id=person.pk,
            name=person.name,
            patients=sum(user == person.pk for user, _patient, _signal in pairs),
            in_danger=sum(user == person.pk and signal == "safety" for user, _patient, signal in pairs),
            questions=asked.get(person.pk, 0),
        )
        for person in people
    )


@clinical_act(Permission.SEE_SUPERVISION, view=True)
def see_supervisee(actor: Actor, *, user_id: int, page: int = 1) -> SupervisedCaseload:
    """The patients of one supervisee that this person supervises; raises NoSuchPatient when there are none. A page beyond the last gives it."""
    person = next((one for one in supervisees_of(actor) if one.pk == user_id), None)
    if person is None:
        raise NoSuchPatient
    reached = _patients_treated_by(actor, [person.pk])
    lines = lines_of(actor, reached, page=page, count=PATIENTS_ON_A_PAGE)
    topics = topics_of(actor, lines.rows)
    asked = SupervisionQuestion.objects.filter(clinic=actor.clinic, patient__in=reached, author=person, end__isnull=True)
    return SupervisedCaseload(
        person=person,
        rows=tuple((row, topics[row.id]) for row in lines.rows),
        questions=_questions(actor, asked),
        behind=lines.behind,
        today=clock.today(),
        found=lines.found,
        page=lines.page,
        pages=lines.pages,
    )


def _patients_treated_by(actor: Actor, users: Sequence[int]) -> QuerySet[Patient]:
    """Patients this person supervises and one of these treats."""
    treated = CareRelation.objects.filter(running(), clinic=actor.clinic, kind="treats", user_id__in=users)
    return patients_of(actor, Permission.SUPERVISE).filter(pk__in=treated.values("patient_id"))


@clinical_act(Permission.SEE_RECORD, view=True)
def see_patient_supervision(actor: Actor, *, patient_id: uuid.UUID) -> PatientSupervision:
    """Supervision about one patient."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    rows = lines_of(actor, Patient.objects.filter(clinic=actor.clinic, pk=patient.pk)).rows
    may_ask = reaches(actor, patient, Permission.CHANGE_RECORD)
    sessions = TreatmentSession.objects.filter(clinic=actor.clinic, patient=patient, came="came").order_by("-on", "-number") if may_ask else ()
    return PatientSupervision(
        patient=patient,
        topics=topics_of_patient(actor, patient, rows[0] if rows else None),
        questions=_open_first(questions_of(actor, patient)),
        agreed=_open_first(minutes(actor, patient)),
        sessions=tuple((one.pk, one.number, one.on) for one in sessions[:NOTES_SHOWN]),
        may_ask=may_ask,
        may_answer=reaches(actor, patient, Permission.SUPERVISE),
        may_end=may_take_part(actor, patient),
    )


@clinical_act(Permission.SEE_SUPERVISION, view=True)
def see_meeting(actor: Actor, *, meeting_id: uuid.UUID) -> MeetingSheet:
    """One meeting: to its supervisor, and to those who were there, each with what concerns their patients. Raises NoSuchMeeting."""
    row = SupervisionMeeting.objects.filter(clinic=actor.clinic, pk=meeting_id).select_related("author").first()
    if row is None or actor.user.pk not in (row.author_id, *row.present):
        raise NoSuchMeeting
    is_own = row.author_id == actor.user.pk
    permission = Permission.SUPERVISE if is_own else Permission.SEE_RECORD
    agreed = SupervisionDecision.objects.filter(clinic=actor.clinic, meeting=row, patient__in=patients_of(actor, permission))
    about = _patients_treated_by(actor, row.present) if is_own else Patient.objects.none()
    asked = about.annotate(asked=Count("supervision_questions", filter=Q(supervision_questions__end__isnull=True)))
    return MeetingSheet(
        meeting=_meeting(actor, row, _names([row])),
        agreed=_decisions(agreed),
        patients=tuple(sorted(((one.pk, one.name, one.asked) for one in asked), key=lambda part: part[1].casefold())),
    )


@clinical_act(Permission.SUPERVISE, view=True)
def see_minutes(actor: Actor, *, patient_id: uuid.UUID, meeting_id: uuid.UUID) -> MeetingAbout:
    """A meeting this person leads, as a place for minutes about a patient; raises NoSuchMeeting when nobody was there who treats them."""
    row = SupervisionMeeting.objects.filter(clinic=actor.clinic, author=actor.user, pk=meeting_id).first()
    if row is None or not _patients_treated_by(actor, row.present).filter(pk=patient_id).exists():
        raise NoSuchMeeting
    names = _names([row])
    return MeetingAbout(row.pk, row.on, tuple((user, names[user]) for user in (*row.present, row.author_id) if user in names))


# ---- For other pages and documents ---------------------------------------------------------------------------------------


def open_questions(actor: Actor, patient: Patient) -> tuple[SeenQuestion, ...]:
    """The questions about a patient that supervision has not answered yet, the oldest first; raises NoSuchPatient."""
    return tuple(one for one in questions_of(actor, patient) if one.state == "open")


def questions_of(actor: Actor, patient: Patient) -> tuple[SeenQuestion, ...]:
    """Every question about a patient, the oldest first; raises NoSuchPatient."""
    reached = patient_for(actor, patient.pk, Permission.SEE_RECORD)
    return _questions(actor, SupervisionQuestion.objects.filter(clinic=actor.clinic, patient=reached))


def minutes(actor: Actor, patient: Patient) -> tuple[SeenDecision, ...]:
    """What meetings have agreed about a patient, the oldest first; raises NoSuchPatient."""
    reached = patient_for(actor, patient.pk, Permission.SEE_RECORD)
    return _decisions(SupervisionDecision.objects.filter(clinic=actor.clinic, patient=reached))


# ---- Rows in words -------------------------------------------------------------------------------------------------------


def _questions(actor: Actor, rows: QuerySet[SupervisionQuestion]) -> tuple[SeenQuestion, ...]:
    found = rows.select_related("patient", "author", "session", "end", "end__author").order_by("recorded_at", "pk")
    return tuple(_question(actor, row) for row in found)


def _question(actor: Actor, row: SupervisionQuestion) -> SeenQuestion:
    end = getattr(row, "end", None)
    return SeenQuestion(
        id=row.pk,
        patient_id=row.patient_id,
        patient_name=row.patient.name,
        session_id=row.session_id,
        session_number=row.session.number if row.session else 0,
        text=row.text,
        author=row.author.name,
        is_own=row.author_id == actor.user.pk,
        at=row.recorded_at,
        state=end.step if end else "open",
        answer=end.words if end else "",
        ended_by=end.author.name if end else "",
        ended_at=end.recorded_at if end else None,
    )


def _decisions(rows: QuerySet[SupervisionDecision]) -> tuple[SeenDecision, ...]:
    found = rows.select_related("patient", "by", "meeting", "meeting__author", "end", "end__author").order_by("meeting__on", "recorded_at", "pk")
    today = clock.today()
    return tuple(_decision(row, today) for row in found)


def _decision(row: SupervisionDecision, today: date) -> SeenDecision:
    end = getattr(row, "end", None)
    is_late = row.until is not None and row.until < today
    return SeenDecision(
        id=row.pk,
        patient_id=row.patient_id,
        patient_name=row.patient.name,
        meeting_id=row.meeting_id,
        on=row.meeting.on,
        supervisor=row.meeting.author.name,
        text=row.text,
        by=row.by.name,
        until=row.until,
        where=row.where,
        state=end.step if end else "late" if is_late else "open",
        words=end.words if end else "",
        ended_by=end.author.name if end else "",
        ended_at=end.recorded_at if end else None,
    )


Seen = TypeVar("Seen", bound=SeenQuestion | SeenDecision)


def _open_first(rows: Iterable[Seen]) -> tuple[Seen, ...]:
    """What is open, the oldest first; then the latest of what has ended."""
    known = list(rows)
    ended = sorted((one for one in known if one.ended_at is not None), key=lambda one: str(one.ended_at), reverse=True)
    return (*(one for one in known if one.ended_at is None), *ended[:ENDED_SHOWN])


def _meetings(actor: Actor) -> tuple[SeenMeeting, ...]:
    """The latest meetings this person led or was at."""
    rows = SupervisionMeeting.objects.filter(clinic=actor.clinic).select_related("author").order_by("-on", "-recorded_at")
    own = list(islice((row for row in rows if actor.user.pk in (row.author_id, *row.present)), MEETINGS_SHOWN))
    names = _names(own)
    return tuple(_meeting(actor, row, names) for row in own)


def _names(meetings: Iterable[SupervisionMeeting]) -> dict[int, str]:
    """Everybody who led or was at one of the meetings."""
    users = {user for row in meetings for user in (row.author_id, *row.present)}
    return dict(User.objects.filter(pk__in=users).values_list("pk", "name"))


def _meeting(actor: Actor, row: SupervisionMeeting, names: dict[int, str]) -> SeenMeeting:
    present = tuple(names[user] for user in row.present if user in names)
    return SeenMeeting(row.pk, row.on, row.author.name, present, row.author_id == actor.user.pk)
