"""Fidelity: how sessions were done, rated by the therapist and by observers of a drawn sample, and where they differed from plan on purpose."""

from typing import ClassVar

from django.db import models

from fivefold.records.models.base import AppendOnly, Sealed
from fivefold.records.models.people import Patient, User
from fivefold.records.models.sessions import TreatmentSession

RATED_BY = ("self", "observer")
# What an observer has seen. A note is not among them: it tells what its author thinks was done.
SEEN_BY = ("recording", "sat_in", "role_play")


class FidelitySample(AppendOnly):
    """Sessions of one therapist that chance has chosen: from which days and how many, and the seed that gives the same again."""

    therapist = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField()
    pool = models.PositiveIntegerField()
    seed = models.BigIntegerField()
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")


class SampledSession(AppendOnly):
    """One session of a sample; a session is drawn once."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="sampled_sessions")
    sample = models.ForeignKey(FidelitySample, on_delete=models.PROTECT, related_name="sessions")
    session = models.OneToOneField(TreatmentSession, on_delete=models.PROTECT, related_name="sampled")


class FidelityRating(AppendOnly):
    """One person's rating of one session. ``answers`` holds each item as it was worded then, with its point or None for not applicable."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="fidelity_ratings")
    session = models.ForeignKey(TreatmentSession, on_delete=models.PROTECT, related_name="fidelity_ratings")
    rated_by = models.CharField(max_length=10, choices=[(name, name) for name in RATED_BY])
    seen_by = models.CharField(max_length=10, blank=True, choices=[(name, name.replace("_", " ")) for name in SEEN_BY])
    answers = models.JSONField(default=list)
    remark = Sealed()
    remark_sealed = models.BinaryField(default=b"")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["session", "author"], name="one_rating_of_a_session_by_each")]


class SessionDeviation(AppendOnly):
    """Where a session differed from plan or module, and why: flexibility that is told, not a fault."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="session_deviations")
    session = models.ForeignKey(TreatmentSession, on_delete=models.PROTECT, related_name="deviations")
    kind = models.CharField(max_length=20)
    reason = Sealed()
    reason_sealed = models.BinaryField(default=b"")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
