"""Supervision: questions brought to it, meetings, what was agreed about a patient, and what became of it. Rows are only added."""

from typing import ClassVar

from django.db import models

from fivefold.records.models.base import AppendOnly, Sealed
from fivefold.records.models.people import Patient, User
from fivefold.records.models.sessions import TreatmentSession

STEPS = ("answered", "withdrawn", "done", "dropped")
# The page on which what was agreed is done: an agreement changes nothing by itself.
WHERE = ("session", "assessment_safety", "assessment", "formulation", "plan", "goals", "patient_team", "elsewhere")


class SupervisionQuestion(AppendOnly):
    """What somebody wants to talk about in supervision, about one patient; ``session`` is the signed session it came up in, if any."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="supervision_questions")
    session = models.ForeignKey(TreatmentSession, on_delete=models.PROTECT, null=True, blank=True, related_name="supervision_questions")
    text = Sealed()
    text_sealed = models.BinaryField(default=b"")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")


class SupervisionMeeting(AppendOnly):
    """A meeting of a supervisor (``author``) with those named in ``present`` (ids of users) on a day.

    It holds no words: what is said about a patient is a row of that patient's (``SupervisionDecision``) and goes with their record.
    """

    on = models.DateField()
    present = models.JSONField(default=list)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["clinic", "-on"], name="meetings_of_clinic")]


class SupervisionDecision(AppendOnly):
    """What a meeting agreed about one patient: who does what, until when, and on which page it is done (``where``)."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="supervision_decisions")
    meeting = models.ForeignKey(SupervisionMeeting, on_delete=models.PROTECT, related_name="decisions")
    text = Sealed()
    text_sealed = models.BinaryField(default=b"")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    until = models.DateField(null=True, blank=True)
    where = models.CharField(max_length=20, choices=[(name, name.replace("_", " ")) for name in WHERE])
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")


class SupervisionStep(AppendOnly):
    """What became of a question (answered, withdrawn) or of something agreed (done, dropped); each ends once."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="supervision_steps")
    question = models.OneToOneField(SupervisionQuestion, on_delete=models.PROTECT, null=True, blank=True, related_name="end")
    decision = models.OneToOneField(SupervisionDecision, on_delete=models.PROTECT, null=True, blank=True, related_name="end")
    step = models.CharField(max_length=12, choices=[(name, name) for name in STEPS])
    words = Sealed()
    words_sealed = models.BinaryField(default=b"")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(question__isnull=False, decision__isnull=True, step__in=("answered", "withdrawn"))
                | models.Q(question__isnull=True, decision__isnull=False, step__in=("done", "dropped")),
                name="step_about_one_thing",
            )
        ]
