"""Acts about goals: the patient's own words with five levels written down before the work starts. A change is a new goal."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from fivefold.concepts.errors import FivefoldError
from fivefold.concepts.vocabulary import WORKING_STAGES
from fivefold.records import clock
from fivefold.records.models import ClinicalFact, Goal, Patient
from fivefold.services.access import Actor, Permission, clinical_act, patient_for, reaches
from fivefold.services.goal_course import (
    LEVELS,
    Attainment,
    AttainmentRule,
    SeenRating,
    Wordings,
    attainment,
    attainment_rule,
    counting,
    ratings_of,
    wordings_of,
)
from fivefold.services.knowledge import knowledge
from fivefold.services.own_goal_course import SeenOwnGoal, shared_goals
from fivefold.services.patients import NotAcceptable
from fivefold.services.plans import ChangedMeanwhile, work_out

LONGEST_WORDS, LONGEST_LEVEL = 600, 300


@dataclass(frozen=True)
class SeenGoal:
    """A goal with its five levels, from much less than hoped for to much better, and the last rating that counts.

    ``course`` holds the levels of all ratings that count, the oldest first.
    """

    row: Goal
    words: str
    levels: tuple[str, ...]
    reached: SeenRating | None = None
    course: tuple[int, ...] = ()


@dataclass(frozen=True)
class ToldGoal:
    """A goal with its history: who wrote it when, its earlier wordings, and whether its work had begun when it was written.

    ``state`` is open, or closed for one that is no longer worked on. ``written_late`` is None without a module. ``ratings`` are
    all of them, the newest first, those that count no more included; ``rated_from`` is the first day that can be rated.
    """

    seen: SeenGoal
    module_name: str
    author: str
    written_at: datetime
    earlier: tuple[SeenGoal, ...]
    state: str
    written_late: bool | None
    ratings: tuple[SeenRating, ...]
    rated_from: date


@dataclass(frozen=True)
class GoalSheet:
    """All goals of a patient, how far they have come, the modules a goal can belong to, and whether this person may change them.

    ``own`` are goals the patient wrote by themselves and shares, ``ideas`` the modules of today's plan, whose goals can be taken up.
    ``attained`` holds the T-score of the goals worked on for each day with a rating, the latest first.
    """

    patient: Patient
    today: date
    goals: tuple[ToldGoal, ...]
    closed: tuple[ToldGoal, ...]
    attained: tuple[Attainment, ...]
    rule: AttainmentRule
    modules: tuple[tuple[str, str], ...]
    ideas: tuple[str, ...]
    own: tuple[SeenOwnGoal, ...]
    may_change: bool


@clinical_act(Permission.CHANGE_RECORD)
def set_goal(
    actor: Actor,
    *,
    patient_id: uuid.UUID,
    words: str,
    levels: Sequence[str],
    module: str = "",
    weight: int = 1,
    shared: bool = True,
    replaces: uuid.UUID | None = None,
) -> Goal:
    """Write a goal down; with ``replaces`` it takes the place of an earlier one, which stays readable."""
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    _check(words, levels, weight)
    if module and module not in knowledge().modules:
        raise NotAcceptable("Module", _("one of the modules, or none"))
    goal = Goal(
        clinic=actor.clinic, patient=patient, author=actor.user, module=module, weight=weight, shared=shared, replaces=_earlier(actor, patient_id, replaces)
    )
    goal.words = words.strip()
    goal.levels = json.dumps([level.strip() for level in levels], ensure_ascii=False)
    goal.save()
    return goal


def _check(words: str, levels: Sequence[str], weight: int) -> None:
    if not words.strip() or len(words) > LONGEST_WORDS:
        raise NotAcceptable("Goal", _("the goal in the patient's words, at most %(most)s characters") % {"most": LONGEST_WORDS})
    if any(len(level) > LONGEST_LEVEL for level in levels):
        raise NotAcceptable("Levels", _("at most %(most)s characters for each level") % {"most": LONGEST_LEVEL})
    if len(levels) != len(LEVELS) or not all(level.strip() for level in levels):
        raise NotAcceptable("Levels", _("five levels, from much less than hoped for to much better, each in things one could see"))
    if not 1 <= weight <= 4:
        raise NotAcceptable("Weight", _("a number from 1 to 4"))


def _earlier(actor: Actor, patient_id: uuid.UUID, goal_id: uuid.UUID | None) -> Goal | None:
    return None if goal_id is None else _to_replace(actor, patient_id, goal_id)


def _to_replace(actor: Actor, patient_id: uuid.UUID, goal_id: uuid.UUID) -> Goal:
    """The goal as it stands; raises NoSuchGoal, or ChangedMeanwhile when it has been replaced or closed already."""
    found = Goal.objects.filter(clinic=actor.clinic, patient_id=patient_id, pk=goal_id).first()
    if found is None:
        raise NoSuchGoal
    newer = Goal.objects.filter(clinic=actor.clinic, patient_id=patient_id, replaces=found).select_related("author").first()
    if newer is not None or found.closed:
        now = newer or found
        levels = dict(zip(map(str, LEVELS), json.loads(now.levels), strict=True))
        raise ChangedMeanwhile({"goal": now.words, **levels, **({"closed": "yes"} if now.closed else {})}, 0, _("this goal"), now.author.name)
    return found


class NoSuchGoal(FivefoldError):
    """There is no such goal in this record. For the person at the screen."""

    def __init__(self) -> None:
        super().__init__(_("There is no such goal in this record. Load the page of goals again and choose one of those shown."))


@clinical_act(Permission.CHANGE_RECORD)
def close_goal(actor: Actor, *, patient_id: uuid.UUID, goal_id: uuid.UUID) -> Goal:
    """Say that a goal is no longer worked on, because it is reached or no longer wanted; it stays readable."""
    old = _to_replace(actor, patient_id, goal_id)
    closed = Goal(
        clinic=actor.clinic, patient_id=patient_id, author=actor.user, module=old.module, weight=old.weight, shared=old.shared, replaces=old, closed=True
    )
    closed.words, closed.levels = old.words, old.levels
    closed.save()
    return closed


@clinical_act(Permission.SEE_RECORD, view=True)
def see_goals(actor: Actor, *, patient_id: uuid.UUID) -> list[SeenGoal]:
    """The goals that are worked on, the oldest first."""
    return goals_of(patient_for(actor, patient_id, Permission.SEE_RECORD))


def goals_of(patient: Patient) -> list[SeenGoal]:
    """Goals that are worked on, for acts that have checked access already."""
    goals = [goal for goal in _wordings(patient) if not goal.newest.closed]
    ratings = ratings_of(patient, goals)
    return [_seen(goal.written, ratings[goal.newest.pk]) for goal in goals]


def _wordings(patient: Patient) -> tuple[Wordings, ...]:
    return wordings_of(Goal.objects.filter(clinic_id=patient.clinic_id, patient=patient).select_related("author").order_by("recorded_at", "id"))


@clinical_act(Permission.SEE_RECORD, view=True)
def see_goal_sheet(actor: Actor, *, patient_id: uuid.UUID) -> GoalSheet:
    """All goals with their history, the modules of the plan they can belong to, and what was closed."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    goals = _wordings(patient)
    ratings = ratings_of(patient, goals)
    begun = _begun(patient)
    planned = tuple(match.id for match in work_out(patient, protocols=()).plan.modules if match.rank is not None)
    told = [_told(goal, ratings[goal.newest.pk], begun) for goal in goals]
    return GoalSheet(
        patient=patient,
        today=clock.today(),
        goals=tuple(goal for goal in told if goal.state == "open"),
        closed=tuple(goal for goal in told if goal.state == "closed"),
        attained=attainment(goals, ratings),
        rule=attainment_rule(),
        modules=tuple((name, knowledge().modules[name].short_name) for name in dict.fromkeys([*planned, *knowledge().modules])),
        ideas=planned,
        own=shared_goals(patient),
        may_change=reaches(actor, patient, Permission.CHANGE_RECORD),
    )


def _seen(row: Goal, ratings: tuple[SeenRating, ...] = ()) -> SeenGoal:
    course = tuple(one.level for one in reversed(ratings) if one.state == "counts")
    return SeenGoal(row, row.words, tuple(json.loads(row.levels)), counting(ratings), course)


def _told(goal: Wordings, ratings: tuple[SeenRating, ...], begun: dict[str, date]) -> ToldGoal:
    row = goal.newest
    module = knowledge().modules.get(row.module)
    late = begun.get(row.module, date.max) < goal.written.recorded_at.date() if row.module else None
    return ToldGoal(
        seen=_seen(row, ratings),
        module_name=module.short_name if module else "",
        author=row.author.name,
        written_at=row.recorded_at,
        earlier=tuple(_seen(one) for one in goal.rows[1:] if one is not goal.written),
        state="closed" if row.closed else "open",
        written_late=late,
        ratings=ratings,
        rated_from=goal.since,
    )


def _begun(patient: Patient) -> dict[str, date]:
    """The day on which the work on each module was first said to be under way."""
    facts = ClinicalFact.objects.filter(clinic_id=patient.clinic_id, patient=patient, kind="module", withdrawn=False).order_by("true_on")
    first: dict[str, date] = {}
    for key, value, on in facts.values_list("key", "value", "true_on"):
        if isinstance(value, dict) and value.get("stage") in WORKING_STAGES:
            first.setdefault(key, on)
    return first
