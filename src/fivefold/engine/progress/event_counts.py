"""Events counted by week or month: self-harm, crises, visits, missed sessions, as series like the others.

A time of which nobody asked is a gap and never a zero: silence says nothing. Counts lower no risk; a month without an event clears nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fivefold.concepts.assessment import EventRecord
from fivefold.concepts.progress import DatedValue, Series
from fivefold.concepts.rules import ProgressFile
from fivefold.concepts.vocabulary import Direction

RULE = "rule.progress.event_counts"
# Countable, and better when there are fewer; a loss or a move is marked on the time axis and not counted.
COUNTED_KINDS = (
    "suicide_attempt", "self_harm", "overdose", "suicidal_communication", "crisis", "emergency_visit", "admission", "violence",
    "intoxicated_session", "missed_session",
)  # fmt: skip
EVENTS = "events"
# A drawing reaches this high at least, so that a single event does not look like the worst there can be.
LEAST_TOP = 4
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Look:
    """A day on which somebody asked what had happened, and from which day on that answers for; for all kinds where ``kinds`` is empty."""

    since: date
    on: date
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class EventCount:
    """How often something happened, by calendar week or month (``by``); each count stands on the last day of its time.

    ``series`` holds the times that are over, None where nobody asked; ``running`` is the count of the present one so far. ``unplaced``
    counts events whose day is not known well enough to belong to one of them.
    """

    kind: str
    by: str
    series: Series
    running: int
    unplaced: int

    @property
    def total(self) -> int:
        """All of them, placed or not."""
        return round(sum(score.value for score in self.series.scores)) + self.running + self.unplaced


def count_events(events: Iterable[EventRecord], as_of: date, rules: ProgressFile, looks: Sequence[Look] = ()) -> tuple[EventCount, ...]:
    """Every countable kind that is on record, in the order of ``COUNTED_KINDS``.

    ``looks`` tell of which time somebody asked; a time is known when an event of its kind lies in it, or when at least the share of its
    days that the rule names was asked about. By week up to the length of record that the rule names, by month beyond.
    """
    rule = rules.rule(RULE)
    told = [event for event in events if event.kind in COUNTED_KINDS]
    days = [as_of - timedelta(days=event.days_ago_from) for event in told if event.days_ago_from is not None]
    days += [look.since for look in looks]
    if not told or not days:
        return ()
    first = min(*days, as_of)
    by = "week" if (as_of - first).days <= 7 * rule.number("weeks_up_to").value else "month"
    times = list(_times(first, as_of, by))
    found = []
    for kind in COUNTED_KINDS:
        own = [event for event in told if event.kind == kind]
        if own:
            asked = [look for look in looks if not look.kinds or kind in look.kinds]
            found.append(_count(kind, own, times, as_of, by, asked, rule.number("known_share").value / 100))
    return tuple(found)


def _count(
    kind: str, events: list[EventRecord], times: list[tuple[date, date]], as_of: date, by: str, looks: list[Look], share: float
) -> EventCount:  # fmt: skip
    counts: dict[date, int] = {}
    unplaced = 0
    for event in events:
        place = _place(event, times, as_of)
        if place is None:
            unplaced += event.count
        else:
            counts[place] = counts.get(place, 0) + event.count
    running = counts.get(times[-1][0], 0)
    values = tuple(DatedValue(until, _known(counts.get(since), since, until, looks, share)) for since, until in times[:-1])
    top = max([LEAST_TOP, *(value.value for value in values if value.value is not None)])
    return EventCount(kind, by, Series(EVENTS, f"{EVENTS}_{kind}", f"a {by}", 0, top, Direction.HIGHER_IS_WORSE, values), running, unplaced)


def _place(event: EventRecord, times: list[tuple[date, date]], as_of: date) -> date | None:
    """The first day of the time in which an event surely lies, None where it may lie in another."""
    if event.days_ago_from is None or event.days_ago_to is None:
        return None
    earliest, latest = as_of - timedelta(days=event.days_ago_from), as_of - timedelta(days=event.days_ago_to)
    return next((since for since, until in times if since <= earliest and latest <= until), None)


def _known(count: int | None, since: date, until: date, looks: list[Look], share: float) -> float | None:
    """The count of one time; 0 only where enough of it was asked about, None where nobody knows."""
    if count is not None:
        return float(count)
    days = (until - since).days + 1
    asked = {since + timedelta(days=day) for day in range(days) if any(look.since <= since + timedelta(days=day) <= look.on for look in looks)}
    return 0.0 if len(asked) >= share * days and asked else None


def _times(first: date, last: date, by: str) -> Iterator[tuple[date, date]]:
    """Calendar weeks (from Monday) or months from the one of the first day to the one of the last, each with its first and last day."""
    since = first - timedelta(days=first.weekday()) if by == "week" else first.replace(day=1)
    while since <= last:
        following = since + timedelta(days=7) if by == "week" else (since.replace(day=28) + timedelta(days=4)).replace(day=1)
        yield since, following - ONE_DAY
        since = following
