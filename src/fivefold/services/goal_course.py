"""How goals have gone: their ratings as they count, and one T-score for each day on which something was rated.

Only reads; the acts are in ``goal_ratings``. A level means what the wording says that was rated: when a new wording changes
the five levels, the ratings of the old ones stay readable and count no more.
"""

import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from fivefold.concepts.basis import Basis
from fivefold.engine.goal_attainment import goal_attainment_t
from fivefold.records.models import Goal, GoalRating, Patient
from fivefold.services.knowledge import knowledge

LEVELS = (-2, -1, 0, 1, 2)
RULE = "rule.progress.goal_attainment"


@dataclass(frozen=True)
class SeenRating:
    """One line of a goal's ratings; ``state`` is counts, other_scale (the levels have changed since), corrected, withdrawn, or
    withdrawal (the line that withdrew another). ``meaning`` is what the level said when it was rated.
    """

    id: uuid.UUID
    goal_id: uuid.UUID
    level: int
    meaning: str
    on: date
    rated_by: str
    note: str
    author: str
    recorded_at: datetime
    state: str


@dataclass(frozen=True)
class Attainment:
    """The T-score of the goals worked on as of a day: from how many of them, because a goal without a rating is left out."""

    t: float
    on: date
    rated: int
    goals: int


@dataclass(frozen=True)
class AttainmentRule:
    """What the T-score is and what it rests on, in the words of the knowledge base."""

    condition: str
    action: str
    notes: tuple[str, ...]
    basis: Basis
    citation: str


@dataclass(frozen=True)
class Wordings:
    """A goal with its earlier wordings, the newest first, and when closed the row that closed it in front.

    ``written`` is the wording that counts: closing a goal keeps its words, so that the row that closes it is none.
    ``same_scale`` are the wordings with its five levels, first written down on the day ``since``.
    """

    rows: tuple[Goal, ...]
    levels: dict[uuid.UUID, tuple[str, ...]]

    @property
    def newest(self) -> Goal:
        return self.rows[0]

    @property
    def written(self) -> Goal:
        return self.rows[1] if self.newest.closed and len(self.rows) > 1 else self.newest

    @property
    def same_scale(self) -> frozenset[uuid.UUID]:
        return frozenset(name for name, levels in self.levels.items() if levels == self.levels[self.written.pk])

    @property
    def since(self) -> date:
        return min(timezone.localdate(row.recorded_at) for row in self.rows if row.pk in self.same_scale)


def wordings_of(rows: Iterable[Goal]) -> tuple[Wordings, ...]:
    """All goals of a record with their history, the oldest goal first."""
    by_id = {row.pk: row for row in rows}
    replaced = {row.replaces_id for row in by_id.values() if row.replaces_id}
    return tuple(_wordings(row, by_id) for row in by_id.values() if row.pk not in replaced)


def _wordings(newest: Goal, rows: dict[uuid.UUID, Goal]) -> Wordings:
    chain = [newest]
    while chain[-1].replaces_id in rows:
        chain.append(rows[chain[-1].replaces_id])
    return Wordings(tuple(chain), {row.pk: tuple(json.loads(row.levels)) for row in chain})


def ratings_of(patient: Patient, goals: Sequence[Wordings]) -> dict[uuid.UUID, tuple[SeenRating, ...]]:
    """The ratings of each goal by the id of its newest row, the newest rating first; for acts that have checked access already."""
    rows = GoalRating.objects.filter(clinic_id=patient.clinic_id, patient=patient).select_related("author", "corrected_by").order_by("-on", "-recorded_at")
    by_goal: dict[uuid.UUID, list[GoalRating]] = {}
    for row in rows:
        by_goal.setdefault(row.goal_id, []).append(row)
    return {goal.newest.pk: _seen(goal, [row for one in goal.rows for row in by_goal.get(one.pk, ())]) for goal in goals}


def _seen(goal: Wordings, rows: Iterable[GoalRating]) -> tuple[SeenRating, ...]:
    same_scale = goal.same_scale
    found = [
        SeenRating(
            row.pk, row.goal_id, row.level, goal.levels[row.goal_id][row.level - LEVELS[0]], row.on, row.rated_by, row.note, row.author.name,
            row.recorded_at, _state(row, same_scale),
        )
        for row in rows
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.on, one.recorded_at), reverse=True))


def _state(row: GoalRating, same_scale: frozenset[uuid.UUID]) -> str:
    answer = getattr(row, "corrected_by", None)
    if row.withdrawn:
        return "withdrawal"
    if answer is not None:
        return "withdrawn" if answer.withdrawn else "corrected"
    return "counts" if row.goal_id in same_scale else "other_scale"


def counting(ratings: Sequence[SeenRating], until: date | None = None) -> SeenRating | None:
    """The newest rating that counts, of a day or of any; None when there is none."""
    return next((one for one in ratings if one.state == "counts" and (until is None or one.on <= until)), None)


def attainment(goals: Sequence[Wordings], ratings: dict[uuid.UUID, tuple[SeenRating, ...]]) -> tuple[Attainment, ...]:
    """The T-score of the goals that are worked on today, for each day on which one of them was rated, the latest day first."""
    open_goals = [goal for goal in goals if not goal.newest.closed]
    days = {one.on for goal in open_goals for one in ratings[goal.newest.pk] if one.state == "counts"}
    return tuple(_attained(open_goals, ratings, day) for day in sorted(days, reverse=True))


def _attained(goals: Sequence[Wordings], ratings: dict[uuid.UUID, tuple[SeenRating, ...]], day: date) -> Attainment:
    found = [(one, goal.written.weight) for goal in goals if (one := counting(ratings[goal.newest.pk], day)) is not None]
    t = goal_attainment_t([one.level for one, _ in found], [weight for _, weight in found])
    return Attainment(round(t, 1), day, len(found), len(goals))


def attainment_rule() -> AttainmentRule:
    """What the knowledge base says of the T-score."""
    rule = next(rule for rule in knowledge().progress.rules if rule.id == RULE)
    source = knowledge().sources.get(rule.basis.source or "")
    return AttainmentRule(rule.condition, rule.action, tuple(note.text for note in rule.notes), rule.basis, source.citation if source else "")
