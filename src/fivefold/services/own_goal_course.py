"""How the patient's own goals stand; only reads, the acts are in ``own_goals``.

Of a goal with a lock nothing goes to anybody but the patient: ``shared_goals`` and ``shared_rows`` are all that staff, their pages and
the copy of the record are given.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Model, QuerySet
from django.utils import timezone

from fivefold.records.models import OwnGoal, OwnGoalRating, Patient


@dataclass(frozen=True)
class OwnRating:
    """Where a goal stood on a day, from 0 to 10, and what was said of it."""

    on: date
    level: int
    words: str


@dataclass(frozen=True)
class SeenOwnGoal:
    """A goal as it stands: its newest wording and its ratings, one for a day, the latest first."""

    id: uuid.UUID
    words: str
    private: bool
    written_on: date
    ratings: tuple[OwnRating, ...]

    @property
    def levels(self) -> list[float | None]:
        """The levels over time, the earliest first."""
        return [float(one.level) for one in reversed(self.ratings)]


def shared_goals(patient: Patient) -> tuple[SeenOwnGoal, ...]:
    """The patient's own goals without a lock, with what was said of them while they had none; for acts that have checked access already."""
    return all_goals(patient, with_private=False)


def shared_rows(model: type[Model], patient: Patient) -> QuerySet[Model]:
    """The rows of ``OwnGoal`` or ``OwnGoalRating`` that the team may read: of goals that have no lock now, what was written without one."""
    open_chains = [one.pk for newest, chain in newest_rows(patient) if not newest.private for one in chain if not one.private]
    name = "pk__in" if model is OwnGoal else "goal_id__in"
    return model._base_manager.filter(patient=patient, **{name: open_chains})


def all_goals(patient: Patient, *, with_private: bool) -> tuple[SeenOwnGoal, ...]:
    """Goals that are open; those with a lock only for the patient's own pages."""
    ratings: dict[uuid.UUID, list[OwnGoalRating]] = {}
    for rating in OwnGoalRating.objects.filter(clinic_id=patient.clinic_id, patient=patient).order_by("-on", "-recorded_at"):
        ratings.setdefault(rating.goal_id, []).append(rating)
    return tuple(
        _seen(newest, chain, ratings, with_private) for newest, chain in newest_rows(patient) if not newest.closed and (with_private or not newest.private)
    )


def _seen(newest: OwnGoal, chain: Sequence[OwnGoal], ratings: dict[uuid.UUID, list[OwnGoalRating]], with_private: bool) -> SeenOwnGoal:
    readable = [row for row in chain if with_private or not row.private]
    found = [rating for row in readable for rating in ratings.get(row.pk, ())]
    return SeenOwnGoal(newest.pk, newest.words, newest.private, timezone.localdate(readable[0].recorded_at), _by_day(found))


def _by_day(rows: Iterable[OwnGoalRating]) -> tuple[OwnRating, ...]:
    days: dict[date, OwnRating] = {}
    for row in sorted(rows, key=lambda row: (row.on, row.recorded_at), reverse=True):
        days.setdefault(row.on, OwnRating(row.on, row.level, row.words))
    return tuple(days.values())


def newest_rows(patient: Patient) -> list[tuple[OwnGoal, list[OwnGoal]]]:
    """Each goal by its newest row, with all its rows, the earliest first; the oldest goal first."""
    rows = {row.pk: row for row in OwnGoal.objects.filter(clinic_id=patient.clinic_id, patient=patient).order_by("recorded_at", "pk")}
    follower = {row.replaces_id: row for row in rows.values() if row.replaces_id}
    found = []
    for row in rows.values():
        if row.replaces_id is None:
            chain = [row]
            while chain[-1].pk in follower:
                chain.append(follower[chain[-1].pk])
            found.append((chain[-1], chain))
    return found
