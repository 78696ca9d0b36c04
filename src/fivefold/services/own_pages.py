"""Acts of a patient on their own pages: what they see of their own record, and nothing else."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from fivefold.records import clock
from fivefold.records.models import CareRelation, Consent, Patient
from fivefold.services.access import Actor, Permission, clinical_act, patient_for
from fivefold.services.safety_plans import plan_label


@dataclass(frozen=True)
class MyToday:
    """What stands on the first page: the name they are called by, the moment, and who reads what they write."""

    patient: Patient
    today: date
    now: datetime
    readers: tuple[str, ...]
    plan_label: str


@clinical_act(Permission.OWN_PAGES, view=True)
def see_today(actor: Actor, *, patient_id: uuid.UUID) -> MyToday:
    """The first page of one's own pages."""
    patient = patient_for(actor, patient_id, Permission.OWN_PAGES)
    return MyToday(patient=patient, today=clock.today(), now=clock.now(), readers=readers_of(patient), plan_label=plan_label(patient))


def readers_of(patient: Patient) -> tuple[str, ...]:
    """The names of those who treat the patient now."""
    rows = CareRelation.objects.filter(clinic_id=patient.clinic_id, patient=patient, kind="treats", ended_at__isnull=True)
    return tuple(rows.order_by("started_at").values_list("user__name", flat=True))


def keeps_copy(patient_id: uuid.UUID) -> bool:
    """Whether the patient has agreed that a copy of their pages lies on their own phone."""
    last = Consent.objects.filter(patient_id=patient_id, purpose="offline_copy").order_by("-on", "-recorded_at").values_list("given", flat=True).first()
    return bool(last)
