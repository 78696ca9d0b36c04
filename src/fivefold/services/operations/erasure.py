"""Erasing a record: asked for, checked against legal hold and the duty to keep, carried out, and remembered without content."""

import uuid
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.db.models import Model

from fivefold.concepts.errors import FivefoldError
from fivefold.records import clock
from fivefold.records.models import ErasureStep, Patient
from fivefold.services.access import Actor, Permission, ReasonMissing, clinical_act, patient_for
from fivefold.services.operations.erased import remember_erased
from fivefold.services.operations.retention import keep_until
from fivefold.services.operations.rows import count_rows_of, models_about_patients, remove_rows_of

LEAST_REASON = 10
ENDS = ("refused", "withdrawn", "erased")


class CannotErase(FivefoldError):
    """A record may not be erased yet; ``reasons`` holds all hindrances. For the person at the screen."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        self.reasons = reasons
        super().__init__("The record cannot be erased now. " + " ".join(reasons))


@dataclass(frozen=True)
class ErasureCheck:
    """What stands against erasing a record now, what would go, how it was asked for, and every step so far, the newest first."""

    patient: Patient
    asked_on: date | None
    hindrances: tuple[str, ...]
    rows: dict[str, int]
    steps: tuple["TakenStep", ...] = ()

    @property
    def may_go(self) -> bool:
        """Whether nothing stands against it."""
        return not self.hindrances


@dataclass(frozen=True)
class TakenStep:
    """One step of an erasure: which, on which day, why, and who took it."""

    step: str
    on: date
    reason: str
    author: str


@clinical_act(Permission.ERASE_RECORD)
def ask_for_erasure(actor: Actor, *, patient_id: uuid.UUID, on: date, reason: str) -> ErasureStep:
    """Note that the patient has asked for their record to be erased, on which day and how."""
    return _take_step(actor, patient_id, "asked", on, reason)


@clinical_act(Permission.ERASE_RECORD)
def refuse_erasure(actor: Actor, *, patient_id: uuid.UUID, reason: str) -> ErasureStep:
    """Note that a request was refused, with the reason the patient was given."""
    return _take_step(actor, patient_id, "refused", clock.today(), reason)


@clinical_act(Permission.ERASE_RECORD)
def withdraw_erasure(actor: Actor, *, patient_id: uuid.UUID, reason: str) -> ErasureStep:
    """Note that the patient has taken the request back."""
    return _take_step(actor, patient_id, "withdrawn", clock.today(), reason)


@clinical_act(Permission.ERASE_RECORD)
def set_legal_hold(actor: Actor, *, patient_id: uuid.UUID, held: bool, reason: str) -> None:
    """Set or lift a legal hold: while it lasts nothing of the record is erased, whoever asks."""
    patient = patient_for(actor, patient_id, Permission.ERASE_RECORD)
    _take_step(actor, patient_id, "hold" if held else "free", clock.today(), reason)
    Patient.objects.filter(pk=patient.pk).update(legal_hold=held)


def _take_step(actor: Actor, patient_id: uuid.UUID, step: str, on: date, reason: str) -> ErasureStep:
    if len(reason.strip()) < LEAST_REASON:
        raise ReasonMissing
    patient = patient_for(actor, patient_id, Permission.ERASE_RECORD)
    taken = ErasureStep(clinic=actor.clinic, patient=patient, step=step, on=on, author=actor.user)
    taken.reason = reason.strip()
    taken.save()
    return taken


@clinical_act(Permission.ERASE_RECORD, view=True)
def check_erasure(actor: Actor, *, patient_id: uuid.UUID) -> ErasureCheck:
    """What would stand against erasing the record now, and what would go."""
    patient = patient_for(actor, patient_id, Permission.ERASE_RECORD)
    return _check(patient)


def _check(patient: Patient) -> ErasureCheck:
    rows = list(ErasureStep.objects.filter(patient=patient).select_related("author").order_by("-recorded_at"))
    last = next((row for row in rows if row.step in ("asked", *ENDS)), None)
    asked_on = last.on if last is not None and last.step == "asked" else None
    steps = tuple(TakenStep(row.step, row.on, row.reason, row.author.name) for row in rows)
    return ErasureCheck(patient, asked_on, tuple(_hindrances(patient, asked_on)), count_rows_of(patient.pk), steps)


def _hindrances(patient: Patient, asked_on: date | None) -> list[str]:
    found = []
    until = keep_until(patient)
    if patient.legal_hold:
        found.append("A legal hold lies on it; whoever set it must lift it first.")
    if until is None:
        found.append("Care has not ended; end it first.")
    elif until >= clock.today():
        found.append(f"The duty to keep it lasts until {until.isoformat()}.")
    if asked_on is None and (until is None or until >= clock.today()):
        found.append("Nobody has asked for it; note the patient's request first.")
    return found


@clinical_act(Permission.ERASE_RECORD)
def erase_record(actor: Actor, *, patient_id: uuid.UUID, reason: str) -> int:
    """Erase a record for good: sealed texts, facts, plans, goals, notes, names. Gives the number of rows that went.

    That it was erased, by whom and when stays, and the audit trail stays with ids alone. Raises CannotErase.
    """
    patient = patient_for(actor, patient_id, Permission.ERASE_RECORD)
    check = _check(patient)
    if not check.may_go:
        raise CannotErase(check.hindrances)
    _take_step(actor, patient_id, "erased", clock.today(), reason)
    removed = remove_rows_of(patient.pk, erased_at=clock.now())
    transaction.on_commit(lambda: _leave_nothing_behind(patient.pk))
    return removed or 0


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
