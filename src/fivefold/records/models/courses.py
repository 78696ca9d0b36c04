"""Expected courses: what a clinic's own treatments let expect of a measure over sessions. Derived from records; made anew by ``admin rebuild``."""

from typing import ClassVar

from django.db import models

from fivefold.records.models.people import Patient


class PastScores(models.Model):
    """The scores of one scale of a patient by session, ``[[session, score], ...]``: whom somebody is compared with. Derived; goes with the record."""

    id = models.BigAutoField(primary_key=True)
    clinic = models.ForeignKey("records.Clinic", on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+")
    instrument = models.CharField(max_length=40)
    scale = models.CharField(max_length=40)
    scores = models.JSONField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["patient", "instrument", "scale"], name="past_scores_once")]
        indexes: ClassVar = [models.Index(fields=["clinic", "instrument", "scale"], name="past_scores_of_clinic")]


class ExpectedCourse(models.Model):
    """The growth curve of one scale in one clinic, with its errors for people who were left out. Of many people, and of nobody by name."""

    id = models.BigAutoField(primary_key=True)
    clinic = models.ForeignKey("records.Clinic", on_delete=models.CASCADE, related_name="+")
    instrument = models.CharField(max_length=40)
    scale = models.CharField(max_length=40)
    curve = models.JSONField()
    errors = models.JSONField()
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["clinic", "instrument", "scale"], name="one_expected_course")]
