"""Fidelity beside outcome: of each patient whose sessions observers have rated, how they were rated and what has changed.

The two stand beside each other and nothing is worked out from them: one therapist has far too few patients for a relation, chance
chose the sessions, and people get better or worse for many reasons. Ratings that this person may not see yet are not counted.
"""

import uuid
from dataclasses import dataclass

from fivefold.engine.progress.overview import ALLIANCE, ScaleProgress, read_progress
from fivefold.records import clock
from fivefold.records.models import Patient, User
from fivefold.services.access import Actor, Permission, clinical_act
from fivefold.services.fidelity import RatedSession, rated_sessions
from fivefold.services.knowledge import knowledge
from fivefold.services.record_file import read_facts_of, read_record

# Those with the latest ratings: their whole records are read.
MOST_PATIENTS = 5


@dataclass(frozen=True)
class BesideOutcome:
    """One patient: the mean of all observers' means over ``rated`` sessions, and the measure with most results (None without one of two)."""

    patient_id: uuid.UUID
    patient_name: str
    mean: float
    rated: int
    measure: ScaleProgress | None


@dataclass(frozen=True)
class OutcomeSheet:
    """The page of one therapist; ``left_out`` counts patients with ratings beyond those shown."""

    person: User
    is_own: bool
    rows: tuple[BesideOutcome, ...]
    left_out: int


@clinical_act(Permission.SEE_SUPERVISION, view=True)
def see_fidelity_beside_outcome(actor: Actor, *, user_id: int) -> OutcomeSheet:
    """Oneself, or somebody whose patients one supervises; raises NoSuchPatient for anybody else."""
    person, sessions = rated_sessions(actor, user_id)
    means: dict[uuid.UUID, list[float]] = {}
    for session in sessions:
        given = _observed(session)
        if given:
            means.setdefault(session.patient_id, []).append(sum(given) / len(given))
    chosen = list(means)[:MOST_PATIENTS]
    found = {patient.pk: patient for patient in Patient.objects.filter(clinic=actor.clinic, pk__in=chosen)}
    patients = [found[key] for key in chosen]
    today = clock.today()
    rows = tuple(
        BesideOutcome(
            patient_id=patient.pk,
            patient_name=patient.name,
            mean=sum(means[patient.pk]) / len(means[patient.pk]),
            rated=len(means[patient.pk]),
            measure=_most_measured(read_progress(read_record(patient, today, read=read), knowledge())),
        )
        for patient, read in zip(patients, read_facts_of(patients), strict=True)
    )
    return OutcomeSheet(person, person.pk == actor.user.pk, rows, len(means) - len(chosen))


def _observed(session: RatedSession) -> list[float]:
    """What observers gave; a therapist's own rating stands for none of them."""
    return [one.score.mean for one in session.ratings if not one.is_self and one.score.mean is not None]


def _most_measured(measures: tuple[ScaleProgress, ...]) -> ScaleProgress | None:
    """The measure of symptoms with most results, the first of several: chosen by a rule, so that nobody chooses it for what it shows."""
    several = [one for one in measures if len(one.series.scores) > 1 and one.series.instrument not in ALLIANCE]
    return max(several, key=lambda one: len(one.series.scores), default=None)
