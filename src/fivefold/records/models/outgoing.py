"""What every message by e-mail that waits to be sent has in common."""

from django.db import models

from fivefold.records import clock
from fivefold.records.models.base import ClinicScoped

OUTGOING_STATES = ("waiting", "sent", "not_needed", "failed")


class Outgoing(ClinicScoped):
    """A message on its way: from when on, how often it was tried, and how it ended. No word of it and no address is kept.

    ``why`` names what kind of error the last try met, or why the message was not needed any more.
    """

    state = models.CharField(max_length=10, choices=[(name, name.replace("_", " ")) for name in OUTGOING_STATES], default="waiting")
    next_try_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    why = models.CharField(max_length=60, blank=True)
    made_at = models.DateTimeField(default=clock.now, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
