"""Acts about patients as such: taking somebody on, the care team, consent, ending care."""

import uuid
from datetime import date

from django.db import transaction

from fivefold.concepts.errors import FivefoldError
from fivefold.records import clock
from fivefold.records.crypto import keyring
from fivefold.records.models import CareRelation, CaseloadRow, Consent, Patient, User
from fivefold.services import caseload
from fivefold.services.access import Actor, Permission, clinical_act, patient_for

PURPOSES = tuple(str(purpose) for purpose, _ in Consent._meta.get_field("purpose").choices or ())


class NotAcceptable(FivefoldError):
    """An entry that cannot be used. For the person at the screen."""

    def __init__(self, field: str, expected: str) -> None:
        super().__init__(f"{field}: expected {expected}.")
        self.field = field


@clinical_act(Permission.ADD_PATIENT)
def add_patient(actor: Actor, *, name: str, birth_year: int | None, language: str = "en", reference: str = "", synthetic: bool = False) -> Patient:
    """Take somebody on: the patient, the care relation with whoever adds them, and an empty caseload row."""
    if not name.strip():
        raise NotAcceptable("Name", "a name or an initial by which you know the person")
    patient = Patient(clinic=actor.clinic, birth_year=checked_birth_year(birth_year), language=language, synthetic=synthetic or actor.clinic.synthetic)
    patient.name = name.strip()
    patient.reference = reference.strip()
    patient.name_index = keyring().blind_index(name, "patient name")
    patient.save()
    CareRelation.objects.create(clinic=actor.clinic, patient=patient, user=actor.user, kind="treats")
    CaseloadRow.objects.create(
        patient=patient,
        clinic=actor.clinic,
        need=500,
        signal="new",
        signal_text="No signed plan yet",
        next_action="Begin the assessment: safety questions first",
    )
    return patient


def checked_birth_year(year: int | None) -> int | None:
    """A year in which somebody alive can have been born, or None for not known; raises NotAcceptable."""
    this_year = clock.today().year
    if year is not None and not this_year - 120 <= year <= this_year:
        raise NotAcceptable("Year of birth", f"a year from {this_year - 120} to {this_year}")
    return year


@clinical_act(Permission.CARE_TEAM)
def add_to_care_team(actor: Actor, *, patient_id: uuid.UUID, user: User, kind: str = "treats") -> CareRelation:
    """Give somebody of the clinic a care relation with the patient."""
    patient = patient_for(actor, patient_id, Permission.CARE_TEAM)
    if not user.memberships.filter(clinic=actor.clinic, ended_at__isnull=True).exists():
        raise NotAcceptable("Person", "somebody who works in this clinic")
    relation, _ = CareRelation.objects.get_or_create(clinic=actor.clinic, patient=patient, user=user, kind=kind, ended_at=None)
    return relation


@clinical_act(Permission.CARE_TEAM)
def end_care_relation(actor: Actor, *, patient_id: uuid.UUID, relation_id: uuid.UUID) -> None:
    """End a care relation now; from the next request on the person no longer reaches the record."""
    CareRelation.objects.filter(clinic=actor.clinic, patient_id=patient_id, pk=relation_id, ended_at__isnull=True).update(ended_at=clock.now())


@clinical_act(Permission.CHANGE_RECORD)
def record_consent(actor: Actor, *, patient_id: uuid.UUID, purpose: str, given: bool, on: date, note: str = "") -> Consent:
    """Record a consent or its withdrawal, for one purpose and with its day; raises NotAcceptable for another purpose or a day to come."""
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    if purpose not in PURPOSES:
        raise NotAcceptable("Purpose", f"one of {', '.join(PURPOSES)}")
    if on > clock.today():
        raise NotAcceptable("Day", "today or an earlier day, on which the person said so")
    consent = Consent(clinic=actor.clinic, patient=patient, purpose=purpose, given=given, on=on, author=actor.user)
    consent.note = note
    consent.save()
    return consent


@clinical_act(Permission.CHANGE_RECORD)
def end_care(actor: Actor, *, patient_id: uuid.UUID) -> None:
    """Close the record of a patient whose care has ended; it stays readable for those who treated them."""
    with transaction.atomic():
        patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
        patient.closed_at = clock.now()
        patient.save(update_fields=["closed_at"])


@clinical_act(Permission.CHANGE_RECORD)
def take_up_care_again(actor: Actor, *, patient_id: uuid.UUID) -> None:
    """Open a closed record again: the person came back, or it was closed by mistake. The caseload shows what holds now."""
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    patient.closed_at = None
    patient.save(update_fields=["closed_at"])
    caseload.refresh(patient)
