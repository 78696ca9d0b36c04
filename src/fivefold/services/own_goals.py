"""Acts about the patient's own goals: in their words, rated by them, read by the team or locked."""

import uuid
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from fivefold.records import clock
from fivefold.records.models import Goal, GoalRating, OwnGoal, OwnGoalRating, Patient
from fivefold.services.access import Actor, Permission, clinical_act, patient_for
from fivefold.services.goal_course import ratings_of, wordings_of
from fivefold.services.goal_ratings import NewRating, rate_shared_goal
from fivefold.services.goals import NoSuchGoal, SeenGoal, goals_of
from fivefold.services.own_goal_course import SeenOwnGoal, all_goals, newest_rows
from fivefold.services.own_pages import readers_of
from fivefold.services.patients import NotAcceptable

LONGEST_GOAL, LONGEST_NOTE, MOST_LEVEL, MOST_GOALS = 600, 1000, 10, 20


@dataclass(frozen=True)
class AgreedGoal:
    """A goal that was agreed with the team, with five levels in words, and the ratings by the patient that count, the latest first."""

    goal: SeenGoal
    ratings: tuple[tuple[date, str], ...]


@dataclass(frozen=True)
class MyGoals:
    """One's own goals, and those agreed with the team."""

    patient: Patient
    readers: tuple[str, ...]
    own: tuple[SeenOwnGoal, ...]
    agreed: tuple[AgreedGoal, ...]


def agreed_of(patient: Patient) -> tuple[AgreedGoal, ...]:
    """Goals agreed with the team and shown to the patient, for acts that have checked access already."""
    shared = [goal for goal in goals_of(patient) if goal.row.shared]
    rows = Goal.objects.filter(clinic_id=patient.clinic_id, patient=patient).select_related("author").order_by("recorded_at", "id")
    ratings = ratings_of(patient, wordings_of(rows))
    mine = {name: tuple((one.on, one.meaning) for one in seen if one.state == "counts" and one.rated_by == "patient") for name, seen in ratings.items()}
    return tuple(AgreedGoal(goal, mine.get(goal.row.pk, ())) for goal in shared)


# ---- The patient's side --------------------------------------------------------------------------------------------------


@clinical_act(Permission.OWN_PAGES, view=True)
def see_my_goals(actor: Actor, *, patient_id: uuid.UUID) -> MyGoals:
    """All of one's own goals, the locked ones among them, and the shared ones that were agreed with the team."""
    patient = patient_for(actor, patient_id, Permission.OWN_PAGES)
    return MyGoals(patient, readers_of(patient), all_goals(patient, with_private=True), agreed_of(patient))


@clinical_act(Permission.OWN_ENTRIES)
def write_my_goal(actor: Actor, *, patient_id: uuid.UUID, words: str, private: bool) -> OwnGoal:
    """Write down a goal of one's own. With a lock nobody in the team sees it."""
    patient = patient_for(actor, patient_id, Permission.OWN_ENTRIES)
    if sum(not row.closed for row, _chain in newest_rows(patient)) >= MOST_GOALS:
        raise NotAcceptable("Goals", _("at most %(most)s goals at a time. Let one go first") % {"most": MOST_GOALS})
    return _write(actor, patient, words, private=private)


@clinical_act(Permission.OWN_ENTRIES)
def change_my_goal(actor: Actor, *, patient_id: uuid.UUID, goal_id: uuid.UUID, words: str, private: bool, closed: bool = False) -> OwnGoal:
    """Other words, the lock put on or taken off, or the end of a goal. What was rated under the lock stays locked."""
    patient = patient_for(actor, patient_id, Permission.OWN_ENTRIES)
    old = _mine(patient, goal_id)
    return _write(actor, patient, words, private=private, closed=closed, replaces=old)


@clinical_act(Permission.OWN_ENTRIES)
def rate_my_goal(actor: Actor, *, patient_id: uuid.UUID, goal_id: uuid.UUID, level: int, words: str = "") -> OwnGoalRating:
    """Say where one stands with a goal of one's own today; another answer on the same day takes its place."""
    patient = patient_for(actor, patient_id, Permission.OWN_ENTRIES)
    goal = _mine(patient, goal_id)
    if not 0 <= level <= MOST_LEVEL:
        raise NotAcceptable("Number", _("a number from 0 to 10"))
    row = OwnGoalRating(clinic=actor.clinic, patient=patient, goal=goal, level=level, on=clock.today(), author=actor.user)
    row.words = _note(words)
    row.save()
    return row


@clinical_act(Permission.OWN_ENTRIES)
def rate_my_agreed_goal(actor: Actor, *, patient_id: uuid.UUID, goal_id: uuid.UUID, level: int, words: str = "") -> GoalRating:
    """Say which level an agreed goal has reached today, as the patient sees it; raises NoSuchGoal for one that the team keeps to itself."""
    patient = patient_for(actor, patient_id, Permission.OWN_ENTRIES)
    return rate_shared_goal(actor, patient, NewRating(goal_id, level, _note(words)))


def _write(actor: Actor, patient: Patient, words: str, *, private: bool, closed: bool = False, replaces: OwnGoal | None = None) -> OwnGoal:
    if not words.strip() or len(words) > LONGEST_GOAL:
        raise NotAcceptable("Goal", _("what you want, at most %(most)s letters and signs") % {"most": LONGEST_GOAL})
    row = OwnGoal(clinic=actor.clinic, patient=patient, private=private, closed=closed, replaces=replaces, author=actor.user)
    row.words = words.strip()
    row.save()
    return row


def _note(words: str) -> str:
    if len(words) > LONGEST_NOTE:
        raise NotAcceptable("Words", _("at most %(most)s letters and signs") % {"most": LONGEST_NOTE})
    return words.strip()


def _mine(patient: Patient, goal_id: uuid.UUID) -> OwnGoal:
    """The newest row of an open goal, by the id of that row; raises NoSuchGoal."""
    found = next((row for row, _chain in newest_rows(patient) if row.pk == goal_id and not row.closed), None)
    if found is None:
        raise NoSuchGoal
    return found
