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


class SafetyPlanShare(AppendOnly):
    """Somebody to whom the patient gives their plan, in the patient's words, by their own hand; ``withdrawn`` takes it back from a day on.

    Nothing is sent from here: what is kept is whom the patient chose, how they hand it over, and until when that holds.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="safety_plan_shares")
    person = Sealed()
    person_sealed = models.BinaryField(default=b"")
    how = models.CharField(max_length=10, choices=[("card", "a printed card"), ("together", "read together"), ("copy", "a copy they keep")])
    on = models.DateField()
    withdrawn = models.BooleanField(default=False)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")


class CrisisCarePlan(AppendOnly):
    """One version of the team's crisis care plan: whom to call in which order, means, what helps and what does not; for staff alone."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="crisis_care_plans")
    number = models.PositiveIntegerField()
    content = Sealed()
    content_sealed = models.BinaryField(default=b"")
    review_on = models.DateField()
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["clinic", "patient", "number"], name="one_crisis_care_plan_for_each_number")]


class RiskConversation(AppendOnly):
    """A conversation about suicide: what was found, what was decided and why, and by when there is contact again.

    ``next_contact_at`` is None where the clinician recorded a reassessment that clears the follow-up (``clears``); without one it is set.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="risk_conversations")
    number = models.PositiveIntegerField()
    content = Sealed()
    content_sealed = models.BinaryField(default=b"")
    clears = models.BooleanField(default=False)
    next_contact_at = models.DateTimeField(null=True, blank=True)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clinic", "patient", "number"], name="one_risk_conversation_for_each_number"),
            models.CheckConstraint(condition=models.Q(clears=True) | models.Q(next_contact_at__isnull=False), name="follow_up_until_cleared"),
        ]
