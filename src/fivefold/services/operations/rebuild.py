"""Making what is derived anew from facts and plans: nothing is lost by it, and it mends whatever went out of step."""

import time
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from fivefold.concepts.errors import FivefoldError
from fivefold.engine.progress.expected_course import RULE
from fivefold.records import clock
from fivefold.records.models import Clinic, ExpectedCourse, Patient, TreatmentSession
from fivefold.services import caseload, expected_courses
from fivefold.services.knowledge import knowledge, knowledge_of

# Seconds after each record in which others write: SQLite has one writer, and gives way to nobody who only waits.
REST = 0.02


@dataclass(frozen=True)
class Rebuilt:
    """How many caseload rows were made anew, and for which patients (by id) it could not be done."""

    rows: int
    failed: tuple[str, ...]


def rebuild_caseload(clinic: Clinic | None = None) -> Rebuilt:
    """Work out the caseload row of every open patient, of one clinic or of all."""
    rows, failed = 0, []
    for one in [clinic] if clinic is not None else list(Clinic.objects.order_by("pk")):
        with knowledge_of(one):
            for pk in list(Patient.objects.filter(clinic=one, closed_at__isnull=True, erased_at__isnull=True).values_list("pk", flat=True)):
                try:
                    _rebuild(pk)
                    rows += 1
                except FivefoldError:
                    failed.append(str(pk))
                time.sleep(REST)
    return Rebuilt(rows, tuple(failed))


def make_courses() -> int:
    """Work out the expected courses of every clinic anew; gives how many there are."""
    return sum(expected_courses.make_courses(clinic) for clinic in Clinic.objects.order_by("pk"))


def courses_are_old() -> bool:
    """Whether a clinic that is large enough for expected courses has none of the last day: one PC may have no timer of the night."""
    yesterday, least = clock.now() - timedelta(days=1), int(knowledge().progress.rule(RULE).number("least_cases").value)
    for clinic in Clinic.objects.order_by("pk"):
        treated = TreatmentSession.objects.filter(clinic=clinic, came="came").values("patient_id").distinct().count()
        if treated >= least and not ExpectedCourse.objects.filter(clinic=clinic, made_at__gte=yesterday).exists():
            return True
    return False


def _rebuild(pk: UUID) -> None:
    """Between two changes of the record, so that no newer signal is written over by one that was worked out before it."""
    with transaction.atomic():
        caseload.refresh(Patient.objects.select_for_update(no_key=True).get(pk=pk))
