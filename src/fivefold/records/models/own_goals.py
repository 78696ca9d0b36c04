"""Goals that a patient writes by themselves, and where they say they stand with them. A goal with a lock is the patient's alone."""

from typing import ClassVar

from django.db import models

from fivefold.records.models.base import AppendOnly, Sealed
from fivefold.records.models.people import Patient, User


class OwnGoal(AppendOnly):
    """One wording of a goal of the patient's own; a change, a lock put on or taken off, and its end are each a new row.

    Of a goal whose newest row is ``private`` no act of staff reads anything, and no export but the patient's own holds it.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="own_goals")
    words = Sealed()
    words_sealed = models.BinaryField(default=b"")
    private = models.BooleanField()
    closed = models.BooleanField(default=False)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")


class OwnGoalRating(AppendOnly):
    """Where the patient says they stand with a goal on a day, from 0 to 10; of several on a day the newest counts.

    ``goal`` is the row as it was then: what was said under a lock stays the patient's when the lock is taken off.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="own_goal_ratings")
    goal = models.ForeignKey(OwnGoal, on_delete=models.PROTECT, related_name="ratings")
    level = models.PositiveSmallIntegerField()
    on = models.DateField()
    words = Sealed()
    words_sealed = models.BinaryField(default=b"")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(level__lte=10), name="level_of_an_own_goal")]
