"""Whether feedback is used: feedback on the course helps only where somebody looks at it before the hour.

Counted for a whole clinic and never by person: who looked is kept with the record, and nobody is ranked by it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import connection

from fivefold.records import clock
from fivefold.records.models import ClinicalFact, FeedbackLook, Patient, Role, TreatmentSession
from fivefold.services.access import Actor, Permission, clinical_act

COUNTED_DAYS = 90
# So many sessions are looked at, the newest, and results of their patients alone; a page must not grow with a clinic.
MOST_SESSIONS = 200
# A result counts as new for the first session that is known of somebody when it is no older than this.
NEW_FOR = timedelta(days=28)
# Under so many patients no share is told: it would speak of single people.
LEAST_PATIENTS = 5


def note_look(actor: Actor, patient: Patient, page: str) -> None:
    """Keep that somebody who treats or supervises opened what the measures say, once a day; a part of acts that have checked access."""
    # Outside of a transaction a page is shown although nothing can be written just now.
    if actor.role in (Role.THERAPIST, Role.SUPERVISOR) and connection.in_atomic_block:
        look = FeedbackLook(clinic_id=patient.clinic_id, patient=patient, user=actor.user, page=page, on=clock.today())
        FeedbackLook.objects.bulk_create([look], ignore_conflicts=True)


@dataclass(frozen=True)
class FeedbackUse:
    """Sessions that followed a new result, and before how many of them it had been opened; the same by patient.

    ``patients_opened`` counts patients of whom it was opened before one of these sessions at least.
    """

    sessions: int
    opened: int
    patients: int
    patients_opened: int

    @property
    def is_told(self) -> bool:
        """Whether there are enough patients for a share."""
        return self.patients >= LEAST_PATIENTS


@clinical_act(Permission.SEE_CLINIC, view=True)
def see_feedback_use(actor: Actor) -> FeedbackUse:
    """How feedback was used in the last three months, or in the newest sessions of a large clinic."""
    since = clock.today() - timedelta(days=COUNTED_DAYS)
    held = TreatmentSession.objects.filter(clinic=actor.clinic, came="came", on__gte=since, on__lte=clock.today())
    sessions = sorted(held.order_by("-recorded_at").values_list("patient_id", "on")[:MOST_SESSIONS])
    first = min((on for _patient, on in sessions), default=since) - NEW_FOR
    # With nobody it is asked for nobody, so that the page makes the same queries in every clinic.
    here = {"clinic": actor.clinic, "patient__in": {patient for patient, _on in sessions} or {UUID(int=0)}}
    results = ClinicalFact.objects.filter(kind__in=("score", "own_rating"), withdrawn=False, true_on__gte=first, **here)
    looks = FeedbackLook.objects.filter(on__gte=first, **here)
    return count_use(sessions, _by_patient(results.values_list("patient_id", "true_on")), _by_patient(looks.values_list("patient_id", "on")))


def _by_patient(rows: Iterable[tuple[UUID, date]]) -> dict[UUID, list[date]]:
    found: dict[UUID, list[date]] = {}
    for patient, on in rows:
        found.setdefault(patient, []).append(on)
    return found


def count_use(sessions: Iterable[tuple[UUID, date]], results: dict[UUID, list[date]], looks: dict[UUID, list[date]]) -> FeedbackUse:
    """Count sessions (by patient, then day) after a new result, and those before which it was opened.

    Both lie after the session before and no later than the day of the session itself: of a look on that day nobody knows whether it came
    before the hour, and it counts as having come before.
    """
    followed: list[tuple[UUID, bool]] = []
    before: tuple[UUID, date] | None = None
    for patient, on in sessions:
        since = before[1] if before is not None and before[0] == patient else on - NEW_FOR
        before = (patient, on)
        if any(since < day <= on for day in results.get(patient, ())):
            followed.append((patient, any(since < day <= on for day in looks.get(patient, ()))))
    return FeedbackUse(
        sessions=len(followed),
        opened=sum(opened for _patient, opened in followed),
        patients=len({patient for patient, _opened in followed}),
        patients_opened=len({patient for patient, opened in followed if opened}),
    )
