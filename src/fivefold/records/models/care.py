"""Each end of care, and each time care was taken up again: facts that stay, whatever comes after them."""

from typing import ClassVar

from django.db import models

from fivefold.records.models.base import AppendOnly, Sealed
from fivefold.records.models.people import Patient, User

END_REASONS = [
    ("completed", "completed as planned"),
    ("agreed", "ended early by agreement"),
    ("stopped", "stopped coming"),
    ("moved", "moved or transferred"),
    ("died", "died"),
    ("other", "another reason"),
]


class CareStep(AppendOnly):
    """Care ended on a day for a reason, or was taken up again; ``Patient.closed_at`` follows the last of them.

    An end that was recorded before such steps were kept has neither a reason nor an author.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="care_steps")
    step = models.CharField(max_length=12, choices=[("ended", "care ended"), ("again", "care taken up again")])
    on = models.DateField()
    reason = models.CharField(max_length=12, choices=END_REASONS, blank=True)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    note = Sealed()
    note_sealed = models.BinaryField(default=b"")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["clinic", "patient", "recorded_at"], name="care_steps_of_patient")]
