"""What comes from a device on which somebody was signed in when their own pages were closed: no entry any more, and its danger is told all the same.

There is nobody to act for: the account has ended, and nothing of the record is shown. Whose entry it is follows from the account that the
device was signed in to, never from what it sends.
"""

from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction
from django.utils import timezone

from fivefold.records.models import Patient, PatientAccount
from fivefold.services.crisis_contacts import contacts_for, crisis_words_of
from fivefold.services.diary import NewEntry, keep_what_was_refused
from fivefold.services.knowledge import knowledge_of
from fivefold.services.measure_answers import Help


@dataclass(frozen=True)
class AfterTheEnd:
    """What became of an entry that came after the end: ``help`` when help is to be shown at once, None otherwise."""

    help: Help | None


def has_ended(user_id: int) -> bool:
    """Whether this was the account of a patient, and has ended while the record is still there."""
    return _ended(user_id) is not None


def tell_after_the_end(user_id: int, *, entry: NewEntry) -> AfterTheEnd:
    """Keep apart what an entry says about danger, and tell the care team, or the lead where nobody treats any more; once for each entry."""
    with transaction.atomic():
        account = _ended(user_id)
        if account is None:
            return AfterTheEnd(None)
        patient = Patient.objects.select_for_update(no_key=True).get(pk=account.patient_id)
        clinic = account.clinic
        with knowledge_of(clinic), timezone.override(_zone(clinic.time_zone)):
            if not keep_what_was_refused(patient, entry, why="closed"):
                return AfterTheEnd(None)
            return AfterTheEnd(Help(crisis_words_of(clinic), contacts_for(patient)))


def _ended(user_id: int) -> PatientAccount | None:
    here = PatientAccount.objects.filter(user_id=user_id, ended_at__isnull=False, patient__erased_at__isnull=True)
    return here.select_related("clinic").first()


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
