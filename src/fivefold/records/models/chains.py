"""Chain analyses: how one occurrence of a behaviour came about, in versions."""

from typing import ClassVar

from django.db import models

from fivefold.records.models.base import AppendOnly, Sealed
from fivefold.records.models.people import Patient, User


class ChainAnalysis(AppendOnly):
    """One version of one chain; the newest of a chain counts, every earlier one stays readable. ``content`` is sealed.

    ``number`` is that of the chain in the record, ``version`` that of its correction. ``session_number`` is the session it was made
    in, which is signed later or never; None when it was made in none.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="chain_analyses")
    number = models.PositiveIntegerField()
    version = models.PositiveIntegerField()
    on = models.DateField()
    session_number = models.PositiveIntegerField(null=True, blank=True)
    module = models.CharField(max_length=4, blank=True)
    content = Sealed()
    content_sealed = models.BinaryField(default=b"")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["clinic", "patient", "number", "version"], name="one_chain_for_each_version")]
