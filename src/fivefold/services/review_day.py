"""By which day a signed plan is looked at again: as it was signed, or as the last review that kept it has said since."""

from datetime import date
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from fivefold.records.models import Patient, PlanReview, PlanVersion


def with_review_day(rows: QuerySet[PlanVersion]) -> QuerySet[Any]:
    """The plans with ``review_day``: the day that the newest review since the signature has set, else the one that was signed."""
    of_it = {"clinic_id": OuterRef("clinic_id"), "patient_id": OuterRef("patient_id"), "recorded_at__gte": OuterRef("signed_at")}
    kept = PlanReview.objects.filter(decision="keep", review_on__isnull=False, **of_it).order_by("-number")
    return rows.annotate(review_day=Coalesce(Subquery(kept.values("review_on")[:1]), "review_on"))


def review_day_of(patient: Patient) -> date | None:
    """By which day the newest signed plan is looked at again; None before the first."""
    rows = PlanVersion.objects.filter(clinic_id=patient.clinic_id, patient=patient).order_by("-number")
    found: date | None = with_review_day(rows).values_list("review_day", flat=True).first()
    return found
