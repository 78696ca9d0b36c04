"""Acts of supervision: questions brought to it, meetings, what was agreed, and what became of both.

What is agreed changes no plan and no record: it names the page on which somebody does it, by an act of its own. A supervisor reaches
the patients in a ``supervises`` relation and no others; a therapist reads what concerns the patients they treat.
"""

import uuid
from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from fivefold.concepts.errors import FivefoldError
from fivefold.records import clock
from fivefold.records.models import (
    WHERE,
    CareRelation,
    Patient,
    SupervisionDecision,
    SupervisionMeeting,
    SupervisionQuestion,
    SupervisionStep,
    TreatmentSession,
    User,
)
from fivefold.services.access import AccessDenied, Actor, Permission, ReasonMissing, clinical_act, patient_for, patients_of, reaches
from fivefold.services.patients import NotAcceptable
from fivefold.services.sessions import NoSuchSession

LONGEST_QUESTION, LONGEST_AGREED, LONGEST_ANSWER = 1000, 1000, 2000
LEAST_REASON = 10
OLDEST_MEETING, LATEST_DAY = timedelta(days=3650), timedelta(days=3650)


class NoSuchQuestion(FivefoldError):
    """There is no such question in this record. For the person at the screen."""

    def __init__(self) -> None:
        super().__init__(_("There is no such question about this patient. Load the page again and choose one of those shown."))


class NoSuchMeeting(FivefoldError):
    """There is no such meeting for this person. For the person at the screen."""

    def __init__(self) -> None:
        super().__init__(_("There is no such meeting among yours. Choose one from the page Supervision."))


class NothingAgreed(FivefoldError):
    """There is no such agreement in this record. For the person at the screen."""

    def __init__(self) -> None:
        super().__init__(_("There is no such agreement about this patient. Load the page again and choose one of those shown."))


class HasEnded(FivefoldError):
    """Something was to be ended that has ended. For the person at the screen."""

    def __init__(self) -> None:
        super().__init__(_("This was answered or closed meanwhile, and stays as it is. Load the page again."))


def running() -> Q:
    """A care relation that has not ended."""
    return Q(ended_at__isnull=True) | Q(ended_at__gt=timezone.now())


def supervisees_of(actor: Actor) -> list[User]:
    """Whoever treats a patient this person supervises, by name; never oneself."""
    treating = CareRelation.objects.filter(running(), clinic=actor.clinic, kind="treats", patient__in=patients_of(actor, Permission.SUPERVISE))
    return list(User.objects.filter(pk__in=treating.values("user_id")).exclude(pk=actor.user.pk).order_by("name", "pk"))


# ---- Questions -----------------------------------------------------------------------------------------------------------


@clinical_act(Permission.CHANGE_RECORD)
def ask_question(actor: Actor, *, patient_id: uuid.UUID, text: str, session_id: uuid.UUID | None = None) -> SupervisionQuestion:
    """Note what you want to talk about in supervision; with a signed session if it came up there. Raises NotAcceptable or NoSuchSession."""
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    words = _words("Question", text, LONGEST_QUESTION)
    session = TreatmentSession.objects.filter(clinic=actor.clinic, patient=patient, pk=session_id).first() if session_id else None
    if session_id and session is None:
        raise NoSuchSession
    row = SupervisionQuestion(clinic=actor.clinic, patient=patient, session=session, author=actor.user)
    row.text = words
    row.save()
    return row


@clinical_act(Permission.CHANGE_RECORD)
def withdraw_question(actor: Actor, *, patient_id: uuid.UUID, question_id: uuid.UUID) -> SupervisionStep:
    """Take your own question back; it stays readable. Raises NoSuchQuestion or HasEnded."""
    question = _open_question(actor, patient_id, question_id)
    if question.author_id != actor.user.pk:
        raise NoSuchQuestion
    return _end(actor, question.patient, "withdrawn", "", question=question)


@clinical_act(Permission.SUPERVISE)
def answer_question(actor: Actor, *, patient_id: uuid.UUID, question_id: uuid.UUID, words: str) -> SupervisionStep:
    """Write down what supervision said to a question. Raises NotAcceptable, NoSuchQuestion or HasEnded."""
    said = _words("Answer", words, LONGEST_ANSWER)
    question = _open_question(actor, patient_id, question_id)
    return _end(actor, question.patient, "answered", said, question=question)


def _open_question(actor: Actor, patient_id: uuid.UUID, question_id: uuid.UUID) -> SupervisionQuestion:
    rows = SupervisionQuestion.objects.filter(clinic=actor.clinic, patient_id=patient_id, pk=question_id)
    question = rows.select_related("patient").first()
    if question is None:
        raise NoSuchQuestion
    if SupervisionStep.objects.filter(question=question).exists():
        raise HasEnded
    return question


def _end(
    actor: Actor, patient: Patient, step: str, words: str, *, question: SupervisionQuestion | None = None, decision: SupervisionDecision | None = None
) -> SupervisionStep:
    row = SupervisionStep(clinic=actor.clinic, patient=patient, question=question, decision=decision, step=step, author=actor.user)
    row.words = words
    row.save()
    return row


def _words(field: str, text: str, longest: int) -> str:
    words = text.replace("\r\n", "\n").strip()
    if not 0 < len(words) <= longest:
        raise NotAcceptable(field, _("words, at most %(most)d characters; found %(found)d") % {"most": longest, "found": len(words)})
    return words


# ---- Meetings and what they agree ----------------------------------------------------------------------------------------


@clinical_act(Permission.SEE_SUPERVISION)
def begin_meeting(actor: Actor, *, on: date, present: Sequence[int]) -> SupervisionMeeting:
    """Begin the minutes of a meeting with people you supervise; raises NotAcceptable."""
    today = clock.today()
    if on > today or on < today - OLDEST_MEETING:
        raise NotAcceptable("Day", _("a day that is not ahead, found %(found)s") % {"found": on.isoformat()})
    names = {user.pk for user in supervisees_of(actor)}
    if not present or not names.issuperset(present):
        raise NotAcceptable("Who", _("one or more of those whose patients you supervise"))
    meeting = SupervisionMeeting(clinic=actor.clinic, on=on, present=sorted(set(present)), author=actor.user)
    meeting.save()
    return meeting


@clinical_act(Permission.SUPERVISE)
def record_decision(
    actor: Actor,
    *,
    patient_id: uuid.UUID,
    meeting_id: uuid.UUID,
    text: str,
    by: int,
    until: date | None,
    where: str,
    question_id: uuid.UUID | None = None,
) -> SupervisionDecision:
    """Write down what a meeting of yours agreed about a patient; with ``question_id`` it answers that question too.

    Raises NotAcceptable, NoSuchMeeting, NoSuchQuestion or HasEnded. Nothing but these minutes changes.
    """
    patient = patient_for(actor, patient_id, Permission.SUPERVISE)
    meeting = SupervisionMeeting.objects.filter(clinic=actor.clinic, author=actor.user, pk=meeting_id).first()
    if meeting is None:
        raise NoSuchMeeting
    if not CareRelation.objects.filter(running(), clinic=actor.clinic, patient=patient, kind="treats", user_id__in=meeting.present).exists():
        raise NotAcceptable("Patient", _("a patient of somebody who was there"))
    words = _words("What was agreed", text, LONGEST_AGREED)
    if by not in {actor.user.pk, *meeting.present}:
        raise NotAcceptable("Who does it", _("somebody who was there"))
    if where not in WHERE:
        raise NotAcceptable("Where it is done", _("one of the pages shown"))
    if until is not None and not meeting.on <= until <= meeting.on + LATEST_DAY:
        raise NotAcceptable("Until", _("a day from the meeting on, found %(found)s") % {"found": until.isoformat()})
    row = SupervisionDecision(clinic=actor.clinic, patient=patient, meeting=meeting, by_id=by, until=until, where=where, author=actor.user)
    row.text = words
    row.save()
    if question_id is not None:
        _end(actor, patient, "answered", words, question=_open_question(actor, patient_id, question_id))
    return row


@clinical_act(Permission.SEE_RECORD)
def end_decision(actor: Actor, *, patient_id: uuid.UUID, decision_id: uuid.UUID, step: str, words: str = "") -> SupervisionStep:
    """Say that something agreed is done, or is dropped with a reason: for whoever treats or supervises the patient.

    Raises AccessDenied for others who read the record, NothingAgreed, HasEnded, NotAcceptable or ReasonMissing.
    """
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    if not may_take_part(actor, patient):
        raise AccessDenied(Permission.SUPERVISE)
    if step not in ("done", "dropped"):
        raise NotAcceptable("Step", _("done or dropped"))
    said = words.strip()
    if len(said) > LONGEST_ANSWER:
        raise NotAcceptable("Words", _("at most %(most)d characters") % {"most": LONGEST_ANSWER})
    if step == "dropped" and len(said) < LEAST_REASON:
        raise ReasonMissing
    decision = SupervisionDecision.objects.filter(clinic=actor.clinic, patient=patient, pk=decision_id).first()
    if decision is None:
        raise NothingAgreed
    if SupervisionStep.objects.filter(decision=decision).exists():
        raise HasEnded
    return _end(actor, patient, step, said, decision=decision)


def may_take_part(actor: Actor, patient: Patient) -> bool:
    """Whether this person treats or supervises the patient now."""
    return reaches(actor, patient, Permission.CHANGE_RECORD) or reaches(actor, patient, Permission.SUPERVISE)
