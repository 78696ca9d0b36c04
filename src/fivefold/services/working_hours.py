"""The clinic's opening hours, and moments counted in them: pure, so that every hour of the year can be tried."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fivefold.concepts.basis import Quantity
from fivefold.concepts.signals import WORKING_HOURS

# So far ahead an opening is looked for; a clinic that opens on no day within it counts as open all the time.
LONGEST_CLOSURE = 60


@dataclass(frozen=True)
class OpeningHours:
    """On which weekdays (Monday is 0) somebody works, from when to when, and the single days on which nobody does."""

    days: tuple[int, ...] = (0, 1, 2, 3, 4)
    opens: time = time(9)
    closes: time = time(17)
    closed_on: frozenset[date] = frozenset()
    zone: str = "Europe/Berlin"

    def is_open_on(self, day: date) -> bool:
        """Whether somebody works on a day."""
        return day.weekday() in self.days and day not in self.closed_on

    def is_open_at(self, moment: datetime) -> bool:
        """Whether somebody works at a moment."""
        local = moment.astimezone(ZoneInfo(self.zone))
        return self.is_open_on(local.date()) and self.opens <= local.time() < self.closes

    def next_opening(self, moment: datetime) -> datetime:
        """The moment itself while the clinic is open, otherwise when it opens next."""
        if self.is_open_at(moment):
            return moment
        local = moment.astimezone(ZoneInfo(self.zone))
        first = local.date() if local.time() < self.opens else local.date() + timedelta(days=1)
        day = next((day for ahead in range(LONGEST_CLOSURE) if self.is_open_on(day := first + timedelta(days=ahead))), None)
        return moment if day is None else self._at(day, self.opens)

    def after(self, moment: datetime, span: Quantity) -> datetime:
        """The moment at which a span of opening time has passed: hours that were open, or so many days at the same time of day."""
        now = self.next_opening(moment)
        if not self.is_open_at(now):
            return moment + timedelta(hours=span.value if span.unit == WORKING_HOURS else 24 * span.value)
        if span.unit == WORKING_HOURS:
            return self._after_hours(now, timedelta(hours=span.value))
        return self._after_days(now, int(span.value))

    def _after_hours(self, now: datetime, left: timedelta) -> datetime:
        while True:
            end = self._at(now.astimezone(ZoneInfo(self.zone)).date(), self.closes)
            if now + left <= end:
                return now + left
            left -= end - now
            now = self.next_opening(end)
            if now <= end:  # nothing opens within sight: waiting longer would pass nothing on
                return end

    def _after_days(self, now: datetime, days: int) -> datetime:
        local = now.astimezone(ZoneInfo(self.zone))
        day = local.date()
        for _ in range(days):
            day = self.next_opening(self._at(day, self.closes)).astimezone(ZoneInfo(self.zone)).date()
        return self._at(day, local.time())

    def _at(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, ZoneInfo(self.zone))


def opening_hours(settings: dict[str, Any], zone: str) -> OpeningHours:
    """The opening hours as a clinic's settings keep them; weekdays from nine to five where it has said nothing."""
    kept = settings.get("opening_hours", {})
    usual = OpeningHours()
    return OpeningHours(
        days=tuple(kept.get("days", usual.days)),
        opens=time.fromisoformat(kept["opens"]) if "opens" in kept else usual.opens,
        closes=time.fromisoformat(kept["closes"]) if "closes" in kept else usual.closes,
        closed_on=frozenset(date.fromisoformat(day) for day in kept.get("closed_on", ())),
        zone=zone,
    )
