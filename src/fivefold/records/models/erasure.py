"""The way of an erasure: asked for, refused or withdrawn with a reason, carried out. It outlives the record it is about."""

from django.db import models

from fivefold.records.models.base import AppendOnly, Sealed
from fivefold.records.models.people import Patient, User


class ErasureStep(AppendOnly):
    """One step of an erasure; the reason is sealed and goes with the record when that is erased."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="erasure_steps")
    step = models.CharField(
        max_length=12,
        choices=[
            ("asked", "asked for"),
            ("refused", "refused"),
            ("withdrawn", "withdrawn"),
            ("hold", "legal hold set"),
            ("free", "legal hold lifted"),
            ("erased", "carried out"),
        ],
    )
    on = models.DateField()
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = Sealed()
    reason_sealed = models.BinaryField(default=b"")
