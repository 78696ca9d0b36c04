"""What a patient has agreed to, and how long the record is kept: the sheet behind the record's page."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from fivefold.records import clock
from fivefold.records.models import Consent, Patient, User
from fivefold.services.access import Actor, Permission, clinical_act, patient_for, patients_of
from fivefold.services.operations.retention import keep_until, retention_years
from fivefold.services.patients import PURPOSES


@dataclass(frozen=True)
class ConsentEntry:
    """One line: given or withdrawn, from which day, who wrote it down and when."""

    given: bool
    on: date
    note: str
    author: str
    recorded_at: datetime


@dataclass(frozen=True)
class Purpose:
    """One purpose with everything ever said about it, the newest first; nothing said yet is neither given nor refused."""

    id: str
    entries: tuple[ConsentEntry, ...]

    @property
    def standing(self) -> ConsentEntry | None:
        """What counts now: the entry of the latest day, of one day the one recorded last; None when nobody has asked."""
        return self.entries[0] if self.entries else None


@dataclass(frozen=True)
class RecordSheet:
    """Consents by purpose, the end of care, and until when the record must be kept (None while care goes on)."""

    patient: Patient
    today: date
    purposes: tuple[Purpose, ...]
    keep_until: date | None
    years: int
    may_change: bool
    may_export: bool


@clinical_act(Permission.SEE_RECORD, view=True)
def see_record_sheet(actor: Actor, *, patient_id: uuid.UUID) -> RecordSheet:
    """Consents, end of care and retention of one patient."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    return RecordSheet(
        patient=patient,
        today=clock.today(),
        purposes=_purposes(patient),
        keep_until=keep_until(patient),
        years=retention_years(actor.clinic),
        may_change=_may(actor, patient, Permission.CHANGE_RECORD),
        may_export=_may(actor, patient, Permission.EXPORT_RECORD),
    )


def _may(actor: Actor, patient: Patient, permission: Permission) -> bool:
    return actor.may(permission) and patients_of(actor, permission).filter(pk=patient.pk).exists()


def _purposes(patient: Patient) -> tuple[Purpose, ...]:
    rows = list(Consent.objects.filter(clinic_id=patient.clinic_id, patient=patient).order_by("-on", "-recorded_at"))
    names = dict(User.objects.filter(pk__in={row.author_id for row in rows}).values_list("pk", "name"))
    return tuple(
        Purpose(
            purpose,
            tuple(ConsentEntry(row.given, row.on, row.note, names.get(row.author_id, ""), row.recorded_at) for row in rows if row.purpose == purpose),
        )
        for purpose in PURPOSES
    )
