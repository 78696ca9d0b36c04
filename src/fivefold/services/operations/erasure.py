"""Erasing a record: asked for, decided by one person, carried out by another, and remembered without content.

Two people look at it: whoever decided does not carry it out. In a clinic with one lead nobody else could; there the same person
may, ``ALONE_DAYS`` after the decision, and the audit trail says that nobody else looked.
"""

import uuid
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Model, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from fivefold.concepts.errors import FivefoldError
from fivefold.records import clock
from fivefold.records.models import CareStep, DoneOnce, ErasureStep, Membership, Patient, ProcessNote
from fivefold.services import audit
from fivefold.services.access import ROLE_PERMISSIONS, Actor, Permission, ReasonMissing, clinical_act, patient_for
from fivefold.services.operations.erased import remember_erased
from fivefold.services.operations.retention import keep_until
from fivefold.services.operations.rows import STAYS, count_rows_of, models_about_patients, remove_rows_of

LEAST_REASON = 10
# How long somebody waits who decides and carries out alone: long enough for second thoughts, for a stolen session to be noticed,
# and for somebody to come back from a holiday. A proposal of ours.
ALONE_DAYS = 14
# Process notes go as well, but their number is nobody's business; what stays is not among what goes.
NOT_COUNTED = {ProcessNote.__name__, *(model.__name__ for model in STAYS)}
END_REQUEST = ("refused", "withdrawn", "erased")
END_DECISION = ("kept", "refused", "withdrawn", "hold", "erased")


class CannotErase(FivefoldError):
    """A record may not be erased, or its erasure not be decided, yet. For the person at the screen; the page tells the hindrances."""

    def __init__(self, hindrances: tuple["Hindrance", ...]) -> None:
        self.hindrances = hindrances
        super().__init__(_("The record cannot be erased now. Its page of erasure says what stands against it."))


class StepDoesNotFit(FivefoldError):
    """A step that does not follow from those before it, with the field it is about and a code. For the person at the screen.

    ``not_yet`` (received on a day to come), ``asked`` (a request is open), ``not_asked``, ``decided``, ``not_decided``, ``not_held``,
    ``review`` (a day to look at a hold again that is past, or without a hold).
    """

    def __init__(self, field: str, code: str) -> None:
        self.field, self.code = field, code
        super().__init__(_("This step does not follow from those before it. The page of erasure says which do."))


@dataclass(frozen=True)
class Hindrance:
    """What stands against an erasure, as a code, with the day, the person and the reason that belong to it.

    ``held`` (since ``on``, set by ``who``, because of ``why``), ``open`` (care goes on), ``kept`` (until ``on``), ``undecided``,
    ``same_person`` (somebody else carries it out), ``wait`` (alone, from ``on``).
    """

    code: str
    on: date | None = None
    who: str = ""
    why: str = ""


@dataclass(frozen=True)
class TakenStep:
    """One step of an erasure: which, on which day, why, who took it, and for a legal hold when to look at it again."""

    step: str
    on: date
    reason: str
    author: str
    author_id: int
    recorded_at: datetime
    review_on: date | None = None


@dataclass(frozen=True)
class ErasureCheck:
    """What stands against erasing the record now, what would go, how it was asked for, and every step so far, the newest first.

    ``rows`` leaves psychotherapy process notes out: whether there are any, and how many, is as confidential as what they say.
    """

    patient: Patient
    asked_on: date | None
    decision: TakenStep | None
    hold: TakenStep | None
    hindrances: tuple[Hindrance, ...]
    rows: dict[str, int]
    steps: tuple[TakenStep, ...]

    @property
    def may_go(self) -> bool:
        """Whether nothing stands against it."""
        return not self.hindrances

    @property
    def next_steps(self) -> tuple[str, ...]:
        """The steps that follow from those so far; ``erased`` has a form of its own."""
        may_be_decided = not any(one.code in ("held", "open", "kept") for one in self.hindrances)
        request = ("asked",) if self.asked_on is None else ("refused", "withdrawn")
        decision = ("kept",) if self.decision is not None else ("decided",) if may_be_decided else ()
        return (*request, *decision, "hold", *(("free",) if self.patient.legal_hold else ()))

    @property
    def is_late(self) -> bool:
        """Whether the day by which an open request has to be answered is past."""
        return self.answer_by is not None and self.answer_by < clock.today()

    @property
    def answer_by(self) -> date | None:
        """Until when an open request has to be answered where the GDPR applies: one month after it was received (Art. 12(3))."""
        return month_after(self.asked_on) if self.asked_on is not None else None


def month_after(day: date) -> date:
    """The same day of the next month, or its last one."""
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


# ---- Steps ---------------------------------------------------------------------------------------------------------------


@clinical_act(Permission.ERASE_RECORD)
def ask_for_erasure(actor: Actor, *, patient_id: uuid.UUID, on: date, reason: str) -> ErasureStep:
    """Note that the patient has asked for their record to be erased, on which day the request was received, and how.

    Raises StepDoesNotFit for a day to come, and while a request is open: its time to answer does not begin anew.
    """
    patient = patient_for(actor, patient_id, Permission.ERASE_RECORD)
    if on > clock.today():
        raise StepDoesNotFit("on", "not_yet")
    if _open_request(_steps(patient)) is not None:
        raise StepDoesNotFit("step", "asked")
    return _take_step(actor, patient, "asked", on, reason)


@clinical_act(Permission.ERASE_RECORD)
def refuse_erasure(actor: Actor, *, patient_id: uuid.UUID, reason: str) -> ErasureStep:
    """Note that an open request was refused, with the reason the patient was given."""
    return _end_request(actor, patient_id, "refused", reason)


@clinical_act(Permission.ERASE_RECORD)
def withdraw_erasure(actor: Actor, *, patient_id: uuid.UUID, reason: str) -> ErasureStep:
    """Note that the patient has taken an open request back."""
    return _end_request(actor, patient_id, "withdrawn", reason)


def _end_request(actor: Actor, patient_id: uuid.UUID, step: str, reason: str) -> ErasureStep:
    patient = patient_for(actor, patient_id, Permission.ERASE_RECORD)
    if _open_request(_steps(patient)) is None:
        raise StepDoesNotFit("step", "not_asked")
    return _take_step(actor, patient, step, clock.today(), reason)


@clinical_act(Permission.ERASE_RECORD)
def decide_erasure(actor: Actor, *, patient_id: uuid.UUID, reason: str) -> ErasureStep:
    """Decide that the record is to be erased; somebody else carries it out.

    Raises CannotErase while care goes on, the duty to keep lasts or a legal hold lies on it, and StepDoesNotFit when it is decided:
    a second decision would begin the time of waiting anew.
    """
    patient = patient_for(actor, patient_id, Permission.ERASE_RECORD)
    steps = _steps(patient)
    against = tuple(_against_any_erasure(patient, steps))
    if against:
        raise CannotErase(against)
    if _standing_decision(patient, steps) is not None:
        raise StepDoesNotFit("step", "decided")
    return _take_step(actor, patient, "decided", clock.today(), reason)


@clinical_act(Permission.ERASE_RECORD)
def keep_record(actor: Actor, *, patient_id: uuid.UUID, reason: str) -> ErasureStep:
    """Take the decision to erase back: the record stays. A request of the patient stays open and has to be answered."""
    patient = patient_for(actor, patient_id, Permission.ERASE_RECORD)
    if _standing_decision(patient, _steps(patient)) is None:
        raise StepDoesNotFit("step", "not_decided")
    return _take_step(actor, patient, "kept", clock.today(), reason)


@clinical_act(Permission.ERASE_RECORD)
def set_legal_hold(actor: Actor, *, patient_id: uuid.UUID, held: bool, reason: str, review_on: date | None = None) -> None:
    """Set or lift a legal hold: while it lasts nothing of the record is erased, whoever asks.

    ``review_on`` is the day on which to look at it again; a hold never ends by itself. One that lies on the record may be set anew,
    with another reason or day. A decision to erase falls with it. Raises StepDoesNotFit when a hold is lifted that was never set.
    """
    patient = patient_for(actor, patient_id, Permission.ERASE_RECORD)
    if not held and not patient.legal_hold:
        raise StepDoesNotFit("step", "not_held")
    if review_on is not None and (not held or review_on <= clock.today()):
        raise StepDoesNotFit("review_on", "review")
    _take_step(actor, patient, "hold" if held else "free", clock.today(), reason, review_on)
    Patient.objects.filter(pk=patient.pk).update(legal_hold=held)


def _take_step(actor: Actor, patient: Patient, step: str, on: date, reason: str, review_on: date | None = None) -> ErasureStep:
    if len(reason.strip()) < LEAST_REASON:
        raise ReasonMissing
    taken = ErasureStep(clinic=actor.clinic, patient=patient, step=step, on=on, author=actor.user, review_on=review_on)
    taken.reason = reason.strip()
    taken.save()
    return taken


# ---- What stands against it ----------------------------------------------------------------------------------------------


@clinical_act(Permission.ERASE_RECORD, view=True)
def check_erasure(actor: Actor, *, patient_id: uuid.UUID) -> ErasureCheck:
    """What would stand against this person erasing the record now, and what would go."""
    return _check(actor, patient_for(actor, patient_id, Permission.ERASE_RECORD))


def _check(actor: Actor, patient: Patient) -> ErasureCheck:
    steps = _steps(patient)
    asked, decision = _open_request(steps), _standing_decision(patient, steps)
    against = (*_against_any_erasure(patient, steps), *_against_this_person(actor, decision))
    rows = {name: count for name, count in count_rows_of(patient.pk).items() if name not in NOT_COUNTED}
    hold = _hold(steps) if patient.legal_hold else None
    return ErasureCheck(patient, asked.on if asked else None, decision, hold, against, rows, steps)


def _steps(patient: Patient) -> tuple[TakenStep, ...]:
    """The newest first."""
    rows = ErasureStep.objects.filter(clinic_id=patient.clinic_id, patient=patient).select_related("author").order_by("-recorded_at")
    return tuple(TakenStep(row.step, row.on, row.reason, row.author.name, row.author_id, row.recorded_at, row.review_on) for row in rows)


def _latest(steps: tuple[TakenStep, ...], *names: str) -> TakenStep | None:
    return next((step for step in steps if step.step in names), None)


def _open_request(steps: tuple[TakenStep, ...]) -> TakenStep | None:
    last = _latest(steps, "asked", *END_REQUEST)
    return last if last is not None and last.step == "asked" else None


def _hold(steps: tuple[TakenStep, ...]) -> TakenStep | None:
    last = _latest(steps, "hold", "free")
    return last if last is not None and last.step == "hold" else None


def _standing_decision(patient: Patient, steps: tuple[TakenStep, ...]) -> TakenStep | None:
    """The decision that counts: nothing has ended it, and care has not been taken up since (what it was about is another record then)."""
    last = _latest(steps, "decided", *END_DECISION)
    if last is None or last.step != "decided":
        return None
    later = CareStep.objects.filter(clinic_id=patient.clinic_id, patient=patient, step="again", recorded_at__gt=last.recorded_at)
    return None if later.exists() else last


def _against_any_erasure(patient: Patient, steps: tuple[TakenStep, ...]) -> Iterator[Hindrance]:
    until = keep_until(patient)
    if patient.legal_hold:
        hold = _hold(steps)
        yield Hindrance("held", hold.on, hold.author, hold.reason) if hold else Hindrance("held")
    if until is None:
        yield Hindrance("open")
    elif until >= clock.today():
        yield Hindrance("kept", until)


def _against_this_person(actor: Actor, decision: TakenStep | None) -> Iterator[Hindrance]:
    if decision is None:
        yield Hindrance("undecided")
    elif decision.author_id == actor.user.pk:
        alone_from = timezone.localdate(decision.recorded_at) + timedelta(days=ALONE_DAYS)
        if _others_who_could(actor, decision.recorded_at):
            yield Hindrance("same_person", decision.on, decision.author)
        elif clock.today() < alone_from:
            yield Hindrance("wait", alone_from, decision.author)


def _others_who_could(actor: Actor, since: datetime) -> bool:
    """Whether anybody else of the clinic may erase records, or could after ``since``: ending a colleague's role opens no way around them."""
    roles = [role for role, permissions in ROLE_PERMISSIONS.items() if Permission.ERASE_RECORD in permissions]
    could = Membership.objects.filter(clinic=actor.clinic, role__in=roles, user__is_active=True).filter(Q(ended_at__isnull=True) | Q(ended_at__gt=since))
    return could.exclude(user=actor.user).exists()


# ---- Carrying it out -----------------------------------------------------------------------------------------------------


@clinical_act(Permission.ERASE_RECORD)
def erase_record(actor: Actor, *, patient_id: uuid.UUID, reason: str) -> int:
    """Erase a record for good: sealed texts, facts, plans, goals, notes, names. Gives the number of rows that went.

    That it was erased, by whom and when stays, and the audit trail stays with ids alone. What stands against it is read while the
    record is this act's alone (``clinical_act`` waits for its turn), so that a hold comes before it or not at all. Raises CannotErase.
    """
    patient = patient_for(actor, patient_id, Permission.ERASE_RECORD)
    check = _check(actor, patient)
    if check.hindrances or check.decision is None:
        raise CannotErase(check.hindrances)
    _take_step(actor, patient, "erased", clock.today(), reason)
    if check.decision.author_id == actor.user.pk:
        audit.record(actor, "erase_record_alone", patient_id=patient.pk, waited_days=ALONE_DAYS)
    removed = remove_rows_of(patient.pk, erased_at=clock.now())
    transaction.on_commit(lambda: _leave_nothing_behind(patient.pk))
    return removed or 0


@clinical_act(Permission.SEE_CLINIC, view=True)
def has_erased(actor: Actor, *, key: str) -> bool:
    """Whether this person has erased a record with this key: a form that is sent twice finds no patient any more."""
    return bool(key) and DoneOnce.objects.filter(clinic=actor.clinic, user=actor.user, act=erase_record.__name__, key=key).exists()


def _leave_nothing_behind(patient_id: uuid.UUID) -> None:
    """Remember the erasure beside the backups, and clear what databases keep of removed rows for a while.

    SQLite overwrites freed pages by itself (secure_delete); its log of changes is emptied here. PostgreSQL is asked to clear up.
    """
    remember_erased(patient_id)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        elif not connection.in_atomic_block:
            models: list[type[Model]] = [*models_about_patients(), Patient]
            for model in models:
                cursor.execute(f"VACUUM {connection.ops.quote_name(model._meta.db_table)}")
