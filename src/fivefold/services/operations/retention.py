"""Retention: which closed records have been kept as long as the clinic must, and which may not go yet."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from fivefold.records import clock
from fivefold.records.models import Clinic, Patient
from fivefold.services.access import Actor, Permission, clinical_act

# Years after the end of care. Ten is what several countries ask of psychotherapists; a clinic sets its own duty.
USUAL_YEARS = 10
FORTHCOMING_DAYS = 90


@dataclass(frozen=True)
class RetentionRow:
    """A closed record by its id, with the day until which it must be kept."""

    patient_id: str
    closed_on: date
    keep_until: date
    legal_hold: bool

    @property
    def state(self) -> str:
        """``held``, ``over`` (may be erased), ``soon`` or ``kept``."""
        if self.legal_hold:
            return "held"
        days = (self.keep_until - clock.today()).days
        return "over" if days < 0 else "soon" if days <= FORTHCOMING_DAYS else "kept"


def retention_years(clinic: Clinic) -> int:
    """For how many years after the end of care a clinic keeps a record."""
    years = clinic.settings.get("retention_years", USUAL_YEARS)
    return years if isinstance(years, int) and 0 <= years <= 100 else USUAL_YEARS


def keep_until(patient: Patient) -> date | None:
    """The last day of the duty to keep a record; None while care goes on."""
    if patient.closed_at is None:
        return None
    closed = timezone.localdate(patient.closed_at)
    year = closed.year + retention_years(patient.clinic)
    try:
        return closed.replace(year=year)
    except ValueError:  # the 29th of February
        return date(year, 3, 1)


def retention_rows(clinic: Clinic) -> list[RetentionRow]:
    """Every closed record of a clinic by the day on which it may go, the earliest first."""
    closed = Patient.objects.filter(clinic=clinic, closed_at__isnull=False, erased_at__isnull=True).select_related("clinic")
    rows = []
    for patient in closed.iterator():
        until = keep_until(patient)
        assert until is not None and patient.closed_at is not None  # only closed records are looked at
        rows.append(RetentionRow(str(patient.pk), timezone.localdate(patient.closed_at), until, patient.legal_hold))
    return sorted(rows, key=lambda row: (row.keep_until, row.patient_id))


@clinical_act(Permission.SEE_CLINIC, view=True)
def see_retention(actor: Actor) -> list[RetentionRow]:
    """The retention report of the own clinic: ids and days, no names."""
    return retention_rows(actor.clinic)


def retention_of_all() -> Iterator[tuple[int, list[RetentionRow]]]:
    """The retention report of every clinic, by its id, for the operator."""
    for clinic in Clinic.objects.order_by("pk"):
        yield clinic.pk, retention_rows(clinic)
