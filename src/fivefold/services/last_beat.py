"""When the path of a risk answer was walked last in a clinic, by its audit trail, and how that ended."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from fivefold.records import clock
from fivefold.records.models import AuditEntry, Clinic

BEAT, MISSED = "heart_beat", "heart_beat_missed"
# A day, and what a timer may be late.
EVERY = timedelta(hours=26)


@dataclass(frozen=True)
class LastBeat:
    """The newest heart-beat of a clinic; ``at`` is None where there was none ever: then no timer is set up."""

    at: datetime | None
    was_alive: bool
    step: str

    @property
    def is_missed(self) -> bool:
        """Whether somebody has to look: the newest ended on its way, or none has come for longer than a day."""
        return self.at is not None and (not self.was_alive or clock.now() - self.at > EVERY)


def last_beat(clinic: Clinic) -> LastBeat:
    """The newest heart-beat of a clinic."""
    entry = AuditEntry.objects.filter(clinic=clinic, act__in=(BEAT, MISSED)).order_by("-number").first()
    if entry is None:
        return LastBeat(None, False, "")
    return LastBeat(entry.at, entry.act == BEAT, str(entry.detail.get("step", "")))
