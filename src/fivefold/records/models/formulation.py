"""How one patient's difficulties hang together, as it was understood at a time: versions, what was said about them, and by whom."""

from typing import ClassVar

from django.db import models

from fivefold.records.models.base import AppendOnly, Sealed
from fivefold.records.models.people import Patient, User


class Formulation(AppendOnly):
    """One version of a case formulation; the newest counts, every earlier one stays readable.

    ``content`` is sealed: nodes and links with the words for them. ``lines`` is sealed: at most five, as the patient says it.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="formulations")
    number = models.PositiveIntegerField()
    content = Sealed()
    content_sealed = models.BinaryField(default=b"")
    lines = Sealed()
    lines_sealed = models.BinaryField(default=b"")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["clinic", "patient", "number"], name="one_formulation_for_each_number")]


class DeclinedSuggestion(AppendOnly):
    """That something the record offered does not belong into the formulation, with the reason; ``offered_again`` takes that back."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="declined_suggestions")
    key = models.CharField(max_length=80)
    words = Sealed()
    words_sealed = models.BinaryField(default=b"")
    reason = Sealed()
    reason_sealed = models.BinaryField(default=b"")
    offered_again = models.BooleanField(default=False)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")


class FormulationComment(AppendOnly):
    """What a colleague says about one node of a version, or about the whole (then ``node`` is empty)."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="formulation_comments")
    formulation = models.ForeignKey(Formulation, on_delete=models.PROTECT, related_name="comments")
    node = models.CharField(max_length=8, blank=True)
    text = Sealed()
    text_sealed = models.BinaryField(default=b"")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")


class FormulationShare(AppendOnly):
    """That the patient sees the lines of one version, or, without a version, no longer any; the newest row counts."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="formulation_shares")
    formulation = models.ForeignKey(Formulation, on_delete=models.PROTECT, null=True, blank=True, related_name="shares")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")


class FormulationReply(AppendOnly):
    """What the patient says of one line that was shared with them, or of the whole (then ``line`` is 0); of one line the newest counts."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="formulation_replies")
    formulation = models.ForeignKey(Formulation, on_delete=models.PROTECT, related_name="replies")
    line = models.PositiveSmallIntegerField()
    fits = models.CharField(max_length=6, choices=[("fits", "it fits"), ("partly", "it fits in part"), ("not", "it does not fit")])
    words = Sealed()
    words_sealed = models.BinaryField(default=b"")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(line__lte=5), name="line_of_a_formulation")]
