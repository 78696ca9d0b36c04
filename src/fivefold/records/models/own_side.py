"""The patient's own side: the account with which a patient reaches their own record and no other, and the links that open it."""

from typing import ClassVar

from django.db import models

from fivefold.records import clock
from fivefold.records.models.base import ClinicScoped
from fivefold.records.models.people import Patient, User

WHY_ENDED = [("team", "ended by the care team"), ("care", "care ended"), ("patient", "the patient did not want it any more")]


class PatientAccount(ClinicScoped):
    """A sign-in that is bound to exactly one record, from when to when. What somebody signs in with is kept as its blind index alone.

    An account that has ended is not opened again: whoever is invited once more gets a new one.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="accounts")
    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="patient_account")
    started_at = models.DateTimeField(default=clock.now, editable=False)
    renewed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=10, choices=WHY_ENDED, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["patient"], condition=models.Q(ended_at__isnull=True), name="one_running_account_for_each_patient")
        ]


class PatientInvitation(ClinicScoped):
    """A link that opens a patient's own pages once, until it expires; only its hash is kept. A newer one takes its place.

    With one that ``signs_in`` nothing is chosen anew: it is a way in, once, beside name and password.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="invitations")
    token_hash = models.CharField(max_length=64, unique=True)
    signs_in = models.BooleanField(default=False)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)


class OwnReminder(ClinicScoped):
    """What a patient wants their own phone to remind them of, and when. One row for each patient; nobody but the patient changes it.

    ``told_at`` is when they were reminded last, so that no other page or phone does it again on that day; ``put_off_until`` is their own
    wish. Quiet hours and pauses stand in ``ReminderWish``, because they hold for every way.
    """

    patient = models.OneToOneField(Patient, on_delete=models.PROTECT, related_name="own_reminder")
    diary = models.BooleanField(default=False)
    questions = models.BooleanField(default=False)
    session = models.BooleanField(default=False)
    days = models.CharField(max_length=10, choices=[("daily", "every day"), ("weekdays", "Monday to Friday")], default="daily")
    at = models.TimeField()
    put_off_until = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(default=clock.now, editable=False)


class OwnLook(ClinicScoped):
    """Under which name and picture a patient's own pages stand on their phone. One row for each patient; nobody but the patient changes it."""

    patient = models.OneToOneField(Patient, on_delete=models.PROTECT, related_name="own_look")
    name = models.CharField(max_length=20)
    picture = models.CharField(max_length=20)
    changed_at = models.DateTimeField(default=clock.now, editable=False)


class PatientPlace(ClinicScoped):
    """Where a patient lives, for the numbers to call in danger; "" is where the clinic is. One row for each patient, written by either side."""

    patient = models.OneToOneField(Patient, on_delete=models.PROTECT, related_name="living_place")
    lives_in = models.CharField(max_length=20, blank=True)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(default=clock.now)
