"""What a patient is asked to fill in: what is planned, each questionnaire that was given out, and each answer as it came.

Scores are kept in one place alone: a finished questionnaire becomes a ``ClinicalFact`` like every other result.
"""

from typing import ClassVar

from django.db import models

from fivefold.records.models.base import AppendOnly, ClinicScoped, Sealed
from fivefold.records.models.people import Patient, User

# How a questionnaire reaches the patient.
ROUTES = ("room", "kiosk", "link", "paper", "portal", "score")
# What happens to a questionnaire that was given out; after one of the last two nothing more is awaited. That its days have passed is
# read from the clock, so that no job has to run for it.
STEPS = ("begun", "finished", "cancelled")
ENDING_STEPS = ("finished", "cancelled")
# Stands where the id of an instrument stands: the questions in the patient's own words are a form like any other.
OWN = "own"
RHYTHMS = ("every_session", "every", "at_review", "once")


class MeasureSchedule(AppendOnly):
    """What is to be measured of one patient, how often and by which route; a change or an end is a new row that names the old one.

    ``instrument`` is an id of the knowledge base, or ``own`` for the questions in the patient's words. ``every_days`` counts with
    the rhythm ``every`` alone. ``basis`` says where it comes from: a battery of the knowledge base by its id, or ``own`` choice.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="measure_schedules")
    instrument = models.CharField(max_length=40)
    rhythm = models.CharField(max_length=16, choices=[(name, name.replace("_", " ")) for name in RHYTHMS])
    every_days = models.PositiveSmallIntegerField(null=True, blank=True)
    route = models.CharField(max_length=8, choices=[(name, name) for name in ROUTES])
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    basis = models.CharField(max_length=60, default="own")
    ended = models.BooleanField(default=False)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["clinic", "patient", "instrument"], name="schedule_of_patient")]


class MeasureRequest(AppendOnly):
    """One questionnaire that was given out: which, in which wording (``form_hash``), by which route, and until when it may be answered.

    ``code`` is what a patient types at a kiosk, kept as a keyed hash; "" for other routes. What became of it are its steps.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="measure_requests")
    schedule = models.ForeignKey(MeasureSchedule, on_delete=models.PROTECT, null=True, blank=True, related_name="requests")
    instrument = models.CharField(max_length=40)
    form_hash = models.CharField(max_length=64)
    route = models.CharField(max_length=8, choices=[(name, name) for name in ROUTES])
    due_on = models.DateField()
    expires_at = models.DateTimeField()
    code = models.CharField(max_length=64, blank=True, db_index=True)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["clinic", "patient", "-due_on"], name="requests_of_patient")]


class MeasureStep(AppendOnly):
    """Something that happened to a questionnaire that was given out. It ends once: finished or cancelled.

    ``author`` is empty where the patient or the time did it. ``fact`` is the result that a finished one became.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="measure_steps")
    request = models.ForeignKey(MeasureRequest, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=10, choices=[(name, name) for name in STEPS])
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = Sealed()
    reason_sealed = models.BinaryField(default=b"")
    fact = models.ForeignKey("records.ClinicalFact", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clinic", "request"], condition=models.Q(step__in=ENDING_STEPS), name="a_request_ends_once"),
        ]


class MeasureAnswer(AppendOnly):
    """One answer to one item as it was given, kept the moment it came; another answer to the same item is a new row.

    ``value`` is None when an answer was taken back. ``client_id`` is chosen by the device for each tap: sent twice, it is kept once.
    ``device_at`` is what the device says, which may be wrong; ``late`` when it came long after that, or after the last day.
    ``risk``: it answered a risk item positively. That stays, whatever is answered to the same item afterwards.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="measure_answers")
    request = models.ForeignKey(MeasureRequest, on_delete=models.PROTECT, related_name="answers")
    item = models.PositiveSmallIntegerField()
    value = models.FloatField(null=True, blank=True)
    form_hash = models.CharField(max_length=64)
    client_id = models.CharField(max_length=64)
    device_at = models.DateTimeField(null=True, blank=True)
    late = models.BooleanField(default=False)
    risk = models.BooleanField(default=False)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["clinic", "request", "client_id"], name="a_tap_counts_once")]


class OwnItem(AppendOnly):
    """A question in the patient's own words, rated from 0 to 10, with what both ends mean; a change or an end is a new row.

    ``better`` says which end is the better one: ``low`` or ``high``. Ratings are facts of the kind ``own_rating``, keyed by the id of
    the first wording (``series``), so that a mended word does not break the line.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="own_items")
    series = models.UUIDField()
    words = Sealed()
    words_sealed = models.BinaryField(default=b"")
    low = Sealed()
    low_sealed = models.BinaryField(default=b"")
    high = Sealed()
    high_sealed = models.BinaryField(default=b"")
    better = models.CharField(max_length=4, choices=[("low", "low"), ("high", "high")])
    ended = models.BooleanField(default=False)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")


class KioskDevice(ClinicScoped):
    """A tablet that a clinic has registered for its waiting room. It knows a secret of which the hash is kept, and no patient."""

    name = models.CharField(max_length=80)
    secret_hash = models.CharField(max_length=64, unique=True)
    registered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    registered_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)
