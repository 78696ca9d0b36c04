"""From a signal to a changed plan and back: guided reviews, look-backs, and what a patient may be told of the course."""

from typing import ClassVar

from django.db import models

from fivefold.records.models.base import AppendOnly, Sealed
from fivefold.records.models.people import Clinic, Patient, User

DECISIONS = [("change", "the plan is changed"), ("keep", "the plan is kept"), ("wait", "decided later")]
MOVED = [("better", "reliably better"), ("same", "within error"), ("worse", "reliably worse"), ("unknown", "not known")]
FOLLOWED = [("yes", "yes"), ("partly", "in part"), ("no", "no"), ("unknown", "not known")]


class PlanReview(AppendOnly):
    """One guided review: what was found at each step, what the program proposed, and what was decided, with the reason.

    ``content`` is sealed: the steps with their answers, and the proposed difference as it was shown. ``measure`` is the scale that is
    looked back at (instrument and scale), empty where there is none. ``review_on`` is the day by which a plan that was kept is looked at
    again; none where it was not kept, or none was signed.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="reviews")
    number = models.PositiveIntegerField()
    on = models.DateField()
    content = Sealed()
    content_sealed = models.BinaryField(default=b"")
    decision = models.CharField(max_length=10, choices=DECISIONS)
    reason = Sealed()
    reason_sealed = models.BinaryField(default=b"")
    measure = models.CharField(max_length=80, blank=True)
    look_back_on = models.DateField(null=True, blank=True)
    review_on = models.DateField(null=True, blank=True)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["clinic", "patient", "number"], name="one_review_for_each_number")]


class LookBack(AppendOnly):
    """The answer to a look-back: whether the measure moved, as the program worked it out, and whether the plan was followed.

    ``content`` is sealed: the numbers behind it, and what was done meanwhile.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="look_backs")
    review = models.OneToOneField(PlanReview, on_delete=models.PROTECT, related_name="look_back")
    on = models.DateField()
    moved = models.CharField(max_length=10, choices=MOVED)
    followed = models.CharField(max_length=10, choices=FOLLOWED)
    content = Sealed()
    content_sealed = models.BinaryField(default=b"")
    note = Sealed()
    note_sealed = models.BinaryField(default=b"")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")


class FeedbackRelease(AppendOnly):
    """Whether this patient may be told that treatment is not on track: nobody is, until a clinician says so; the newest row counts."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="feedback_releases")
    given = models.BooleanField()
    reason = Sealed()
    reason_sealed = models.BinaryField(default=b"")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")


class FeedbackLook(models.Model):
    """Somebody opened what the measures of a patient say: which page, on which day. It is counted for the clinic, and goes with the record."""

    id = models.BigAutoField(primary_key=True)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    page = models.CharField(max_length=10, choices=[("progress", "progress"), ("signals", "signals")])
    on = models.DateField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["clinic", "patient", "user", "page", "on"], name="one_look_a_day")]
        indexes: ClassVar = [models.Index(fields=["clinic", "on"], name="looks_of_clinic")]


class CurveRelease(AppendOnly):
    """Whether this patient sees one curve of their own answers, by its series (instrument and scale); of a series the newest row counts."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="curve_releases")
    series = models.CharField(max_length=120)
    given = models.BooleanField()
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
