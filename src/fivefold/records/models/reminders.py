"""Reminders: how somebody wants to be reminded, and each reminder with what became of it. No word of a message is kept."""

from datetime import time
from typing import ClassVar

from django.db import models

from fivefold.records import clock
from fivefold.records.models.base import ClinicScoped, Sealed
from fivefold.records.models.measures import MeasureRequest
from fivefold.records.models.outgoing import Outgoing
from fivefold.records.models.people import Patient, User

QUIET_FROM, QUIET_UNTIL = time(20), time(8)


class ReminderWish(ClinicScoped):
    """Whether a patient wants reminders by e-mail, of what, where to, and when not: one row, and no old address beside it.

    Nothing is sent between ``quiet_from`` and ``quiet_until`` by the clinic's clock (the same twice: no quiet hours), nor up to and on the
    day ``paused_until``. ``author`` is the patient themselves, or whoever of the team wrote it down for them.
    """

    patient = models.OneToOneField(Patient, on_delete=models.PROTECT, related_name="reminder_wish")
    wanted = models.BooleanField()
    diary = models.BooleanField(default=False)
    questions = models.BooleanField(default=True)
    session = models.BooleanField(default=False)
    address = Sealed()
    address_sealed = models.BinaryField(default=b"")
    quiet_from = models.TimeField(default=QUIET_FROM)
    quiet_until = models.TimeField(default=QUIET_UNTIL)
    paused_until = models.DateField(null=True, blank=True)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(default=clock.now)


class Reminder(Outgoing):
    """One reminder: of a questionnaire that waits, or of a diary or a session on a day.

    ``occasion`` is ``given`` (a questionnaire has been given out) or ``ending`` (its last days have come), or ``diary`` or ``session`` with
    the day ``on``; of each there is one. Those of a diary or a session are thrown away when their day is over: what was not done is not kept.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="reminders")
    request = models.ForeignKey(MeasureRequest, null=True, on_delete=models.PROTECT, related_name="reminders")
    occasion = models.CharField(max_length=8, choices=[("given", "given out"), ("ending", "its last days"), ("diary", "diary"), ("session", "session")])
    on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["request", "occasion"], name="one_reminder_for_each_occasion"),
            models.UniqueConstraint(
                fields=["patient", "occasion", "on"], condition=models.Q(request__isnull=True), name="one_reminder_for_each_occasion_of_a_day"
            ),
            models.CheckConstraint(
                condition=models.Q(request__isnull=False, on__isnull=True) | models.Q(request__isnull=True, on__isnull=False),
                name="reminder_of_a_questionnaire_or_a_day",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["clinic", "state", "next_try_at"], name="reminders_to_send")]
