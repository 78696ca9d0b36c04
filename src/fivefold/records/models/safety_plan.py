"""The patient's own safety plan in versions, and each time it was practised or used."""

from typing import ClassVar

from django.db import models

from fivefold.records.models.base import AppendOnly, Sealed
from fivefold.records.models.people import Patient, User

WRITTEN_BY = [("patient", "the patient"), ("therapist", "the therapist, together with the patient")]


class SafetyPlan(AppendOnly):
    """One version of the plan; the newest counts, every earlier one stays. ``content`` is sealed: entries by part, and the label."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="safety_plans")
    number = models.PositiveIntegerField()
    content = Sealed()
    content_sealed = models.BinaryField(default=b"")
    written_by = models.CharField(max_length=10, choices=WRITTEN_BY)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["clinic", "patient", "number"], name="one_safety_plan_for_each_number")]


class SafetyPlanUse(AppendOnly):
    """A day on which the plan was practised, or used for real, with what helped or got in the way."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="safety_plan_uses")
    plan = models.ForeignKey(SafetyPlan, on_delete=models.PROTECT, related_name="uses")
    kind = models.CharField(max_length=10, choices=[("practised", "practised"), ("used", "used")])
    on = models.DateField()
    words = Sealed()
    words_sealed = models.BinaryField(default=b"")
    written_by = models.CharField(max_length=10, choices=WRITTEN_BY)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
