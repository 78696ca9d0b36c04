"""What a patient has agreed to, and how long the record is kept: the sheet behind the record's page."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from fivefold.records import clock
from fivefold.records.models import CareStep, Consent, Patient, User
from fivefold.services.access import Actor, Permission, clinical_act, patient_for, reaches
from fivefold.services.operations.retention import keep_until, retention_years
from fivefold.services.patients import PURPOSES, care_began


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
class CareEntry:
    """Care ended on a day, with a reason of ``END_REASONS``, or was taken up again; an old end has no reason and no author."""

    step: str
    on: date
    reason: str
    note: str
    author: str
    recorded_at: datetime


@dataclass(frozen=True)
class RecordSheet:
    """Consents by purpose, every end of care (the newest step first), and until when the record must be kept (None while care goes on)."""

    patient: Patient
    today: date
    purposes: tuple[Purpose, ...]
    care: tuple[CareEntry, ...]
    care_began: date
    keep_until: date | None
    years: int
    may_change: bool
    may_export: bool

    @property
    def end(self) -> CareEntry | None:
        """The end that counts now; None while care goes on."""
        return self.care[0] if self.care and self.care[0].step == "ended" else None

    @property
    def has_died(self) -> bool:
        """Whether care ended because the person died."""
        return self.end is not None and self.end.reason == "died"


@clinical_act(Permission.SEE_RECORD, view=True)
def see_record_sheet(actor: Actor, *, patient_id: uuid.UUID) -> RecordSheet:
    """Consents, end of care and retention of one patient."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    return RecordSheet(
        patient=patient,
        today=clock.today(),
        purposes=_purposes(patient),
        care=_care(patient),
        care_began=care_began(patient),
        keep_until=keep_until(patient),
        years=retention_years(actor.clinic),
        may_change=reaches(actor, patient, Permission.CHANGE_RECORD),
        may_export=reaches(actor, patient, Permission.EXPORT_RECORD),
    )


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


def _care(patient: Patient) -> tuple[CareEntry, ...]:
    rows = CareStep.objects.filter(clinic_id=patient.clinic_id, patient=patient).select_related("author").order_by("-recorded_at")
    return tuple(CareEntry(row.step, row.on, row.reason, row.note, row.author.name if row.author else "", row.recorded_at) for row in rows)
