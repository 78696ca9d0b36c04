"""Acts about how far goals have come: rating them, correcting a rating by a new one, withdrawing one that was a mistake."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from fivefold.concepts.errors import FivefoldError
from fivefold.records import clock
from fivefold.records.models import Goal, GoalRating, Patient
from fivefold.services.access import Actor, Permission, clinical_act, patient_for
from fivefold.services.goal_course import LEVELS, Wordings, wordings_of
from fivefold.services.goals import NoSuchGoal
from fivefold.services.patients import NotAcceptable
from fivefold.services.plan_choices import LONGEST_REASON
from fivefold.services.plans import ChangedMeanwhile, checked_reason

RATERS = ("together", "patient", "therapist")
LONGEST_NOTE = LONGEST_REASON


@dataclass(frozen=True)
class NewRating:
    """One goal as it is rated; ``goal_id`` is the wording that was looked at, ``level`` lies from -2 to +2."""

    goal_id: uuid.UUID
    level: int
    note: str = ""


class NoSuchRating(FivefoldError):
    """There is no such rating in this record. For the person at the screen."""

    def __init__(self) -> None:
        super().__init__(_("There is no such rating in this record. Load the page of goals again and choose one of those shown."))


@clinical_act(Permission.CHANGE_RECORD)
def rate_goals(actor: Actor, *, patient_id: uuid.UUID, on: date, rated_by: str, ratings: Sequence[NewRating]) -> list[GoalRating]:
    """Write down which level each goal has reached on a day, all of them or none.

    Raises ChangedMeanwhile when a goal was given another wording or closed since it was looked at: the level was chosen by
    words that no longer hold.
    """
    patient = _locked(actor, patient_id)
    if not ratings:
        raise NotAcceptable("Ratings", _("a level for at least one goal"))
    goals = _goals(patient)
    return [_rate(actor, patient, _as_looked_at(goals, one.goal_id), one, on, rated_by) for one in ratings]


def _locked(actor: Actor, patient_id: uuid.UUID) -> Patient:
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    return patient


def _goals(patient: Patient) -> tuple[Wordings, ...]:
    return wordings_of(Goal.objects.filter(clinic_id=patient.clinic_id, patient=patient).select_related("author").order_by("recorded_at", "id"))


def _as_looked_at(goals: Sequence[Wordings], goal_id: uuid.UUID) -> Wordings:
    goal = next((one for one in goals if any(row.pk == goal_id for row in one.rows)), None)
    if goal is None:
        raise NoSuchGoal
    newest = goal.newest
    if newest.pk != goal_id:
        raise ChangedMeanwhile({"goal": newest.words, **({"closed": "yes"} if newest.closed else {})}, 0, _("this goal"), newest.author.name)
    if newest.closed:
        raise NoSuchGoal
    return goal


def _rate(actor: Actor, patient: Patient, goal: Wordings, new: NewRating, on: date, rated_by: str, corrects: GoalRating | None = None) -> GoalRating:
    _check(goal, new, on, rated_by)
    row = GoalRating(clinic=actor.clinic, patient=patient, goal_id=new.goal_id, level=new.level, on=on, rated_by=rated_by, author=actor.user, corrects=corrects)
    row.note = new.note.strip()
    row.save()
    return row


def _check(goal: Wordings, new: NewRating, on: date, rated_by: str) -> None:
    if new.level not in LEVELS:
        raise NotAcceptable("Level", _("one of the five levels, from -2 to +2"))
    if rated_by not in RATERS:
        raise NotAcceptable("Rated by", _("together, the patient or the therapist"))
    if not goal.since <= on <= clock.today():
        raise NotAcceptable(
            "Day", _("a day from %(first)s, when the levels were written, to %(last)s") % {"first": goal.since.isoformat(), "last": clock.today().isoformat()}
        )
    if len(new.note.strip()) > LONGEST_NOTE:
        raise NotAcceptable("Note", _("at most %(most)s characters") % {"most": LONGEST_NOTE})


def rate_shared_goal(actor: Actor, patient: Patient, rating: NewRating) -> GoalRating:
    """The patient's own rating of a goal that is shown to them, today; a part of acts that have checked access already."""
    goal = _as_looked_at(_goals(patient), rating.goal_id)
    if not goal.newest.shared:
        raise NoSuchGoal
    return _rate(actor, patient, goal, rating, clock.today(), "patient")


# ---- Corrections ---------------------------------------------------------------------------------------------------------


@clinical_act(Permission.CHANGE_RECORD)
def correct_rating(actor: Actor, *, patient_id: uuid.UUID, rating_id: uuid.UUID, level: int, on: date, rated_by: str, note: str = "") -> GoalRating:
    """Write a rating anew in place of an earlier one, which stays readable. Raises ChangedMeanwhile when it no longer counts."""
    patient = _locked(actor, patient_id)
    old = _to_correct(patient, rating_id)
    goal = next(one for one in _goals(patient) if any(row.pk == old.goal_id for row in one.rows))
    if old.goal_id not in goal.same_scale:
        raise NotAcceptable("Rating", _("one on the levels that hold now: this one was given on earlier levels and is only read"))
    return _rate(actor, patient, goal, NewRating(old.goal_id, level, note), on, rated_by, old)


@clinical_act(Permission.CHANGE_RECORD)
def withdraw_rating(actor: Actor, *, patient_id: uuid.UUID, rating_id: uuid.UUID, reason: str) -> GoalRating:
    """Say that a rating should not have been written; it stays readable beside the reason."""
    patient = _locked(actor, patient_id)
    old = _to_correct(patient, rating_id)
    row = GoalRating(
        clinic=actor.clinic,
        patient=patient,
        goal_id=old.goal_id,
        level=old.level,
        on=old.on,
        rated_by=old.rated_by,
        author=actor.user,
        corrects=old,
        withdrawn=True,
    )
    row.note = checked_reason(reason)
    row.save()
    return row


def _to_correct(patient: Patient, rating_id: uuid.UUID) -> GoalRating:
    found = GoalRating.objects.filter(clinic_id=patient.clinic_id, patient=patient, pk=rating_id, withdrawn=False).first()
    if found is None:
        raise NoSuchRating
    newer = GoalRating.objects.filter(clinic_id=patient.clinic_id, patient=patient, corrects=found).select_related("author").first()
    if newer is not None:
        theirs = {"withdrawn": "yes", "reason": newer.note} if newer.withdrawn else {"level": newer.level, "on": newer.on.isoformat(), "note": newer.note}
        raise ChangedMeanwhile(theirs, 0, _("this rating"), newer.author.name)
    return found
