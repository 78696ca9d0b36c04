"""Documents made from the record, what is hidden in them, and what became of them. Nothing of it is changed afterwards."""

from typing import ClassVar

from django.db import models

from fivefold.records.models.base import AppendOnly, Sealed
from fivefold.records.models.clinical import PlanVersion
from fivefold.records.models.formulation import Formulation
from fivefold.records.models.people import Patient, User


class ClinicalDocument(AppendOnly):
    """One version of a document of a kind, as it was made from the record: sealed content, and a hash over it.

    ``discloses`` holds the categories of data in it, ``parts`` the optional parts that were chosen. ``plan`` and ``formulation`` are
    the versions it was made from, None where the kind or the record has none. The PDF and the DOCX are printed from ``content``.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=20)
    number = models.PositiveIntegerField()
    content = Sealed()
    content_sealed = models.BinaryField(default=b"")
    content_hash = models.CharField(max_length=64)
    discloses = models.JSONField(default=list)
    parts = models.JSONField(default=list)
    hides_name = models.BooleanField(default=False)
    plan = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    formulation = models.ForeignKey(Formulation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    knowledge_version = models.CharField(max_length=40)
    knowledge_hash = models.CharField(max_length=64)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["clinic", "patient", "kind", "number"], name="one_document_for_each_number")]


class HiddenWords(AppendOnly):
    """What a clinician has listed beside a patient's name as telling who it is, one on each line; the newest list counts.

    In a document told without the name the made-up name stands for ``names``, and a mark that something is left out for ``words``.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="hidden_words")
    names = Sealed()
    names_sealed = models.BinaryField(default=b"")
    words = Sealed()
    words_sealed = models.BinaryField(default=b"")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")


class DocumentStep(AppendOnly):
    """What became of a document: signed by a clinician, agreed by the patient on a day, or withdrawn with a reason."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="document_steps")
    document = models.ForeignKey(ClinicalDocument, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=12, choices=[("signed", "signed"), ("agreed", "agreed by the patient"), ("withdrawn", "withdrawn")])
    on = models.DateField()
    reason = Sealed()
    reason_sealed = models.BinaryField(default=b"")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["clinic", "document", "step"], name="each_step_of_a_document_once")]
