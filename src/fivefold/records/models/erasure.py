"""The way of an erasure: asked for, refused or withdrawn with a reason, decided, carried out by somebody else. It outlives the record it is about."""

from django.db import models

from fivefold.records.models.base import AppendOnly, Sealed
from fivefold.records.models.people import Patient, User


class ErasureStep(AppendOnly):
    """One step of an erasure; the reason is sealed and goes with the record when that is erased.

    ``on`` is the day a request was received, or of the step itself; ``review_on`` the day to look at a legal hold again.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="erasure_steps")
    step = models.CharField(
        max_length=12,
        choices=[
            ("asked", "asked for"),
            ("refused", "refused"),
            ("withdrawn", "withdrawn"),
            ("decided", "decided that it is to be erased"),
            ("kept", "decision taken back"),
            ("hold", "legal hold set"),
            ("free", "legal hold lifted"),
            ("erased", "carried out"),
        ],
    )
    on = models.DateField()
    review_on = models.DateField(null=True, blank=True)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = Sealed()
    reason_sealed = models.BinaryField(default=b"")
