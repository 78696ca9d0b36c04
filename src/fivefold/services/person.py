"""The year of birth: corrected when it was wrong or not known, with every earlier one readable."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from fivefold.records import clock
from fivefold.records.models import ClinicalFact, Patient
from fivefold.services import caseload
from fivefold.services.access import Actor, Permission, clinical_act, patient_for, reaches
from fivefold.services.patients import checked_birth_year
from fivefold.services.plans import ChangedMeanwhile
from fivefold.services.record_file import read_record

KIND = "birth_year"


@dataclass(frozen=True)
class YearChange:
    """One correction; a year that was or is not known is None."""

    before: int | None
    after: int | None
    author: str
    recorded_at: datetime


@dataclass(frozen=True)
class Person:
    """The patient with every correction of the year of birth, the newest first, and whether this person may correct it."""

    patient: Patient
    changes: tuple[YearChange, ...]
    may_change: bool


@clinical_act(Permission.SEE_RECORD, view=True)
def see_person(actor: Actor, *, patient_id: uuid.UUID) -> Person:
    """The year of birth as it stands and as it was."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    rows = ClinicalFact.objects.filter(clinic=actor.clinic, patient=patient, kind=KIND).select_related("author").order_by("-recorded_at")
    changes = tuple(YearChange(row.value["before"], row.value["after"], row.author.name, row.recorded_at) for row in rows)
    may_change = reaches(actor, patient, Permission.CHANGE_RECORD)
    return Person(patient, changes, may_change)


@clinical_act(Permission.CHANGE_RECORD)
def correct_birth_year(actor: Actor, *, patient_id: uuid.UUID, birth_year: int | None, seen: int | None) -> None:
    """Write another year of birth, or None for not known; ``seen`` is the one that was shown.

    Raises ChangedMeanwhile when another stands by now, NotAcceptable for a year nobody alive was born in, and InputRefused when
    the record says something that cannot be true at that age.
    """
    found = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    patient = Patient.objects.select_for_update().get(clinic=actor.clinic, pk=found.pk)
    if patient.birth_year != seen:
        raise ChangedMeanwhile({"year of birth": patient.birth_year or "not known"}, 0, _("the year of birth"))
    patient.birth_year = checked_birth_year(birth_year)
    if patient.birth_year == seen:
        return
    today = clock.today()
    assessment = read_record(patient, today)
    patient.save(update_fields=["birth_year"])
    ClinicalFact(clinic=actor.clinic, patient=patient, kind=KIND, value={"before": seen, "after": patient.birth_year}, true_on=today, author=actor.user).save()
    caseload.refresh(patient, assessment=assessment)
