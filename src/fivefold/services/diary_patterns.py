"""Patterns of the diary for the formulation: how often two things went together, by day, as a count and never as a cause.

"Usual" is this person's own median over the same days. Values in, values out; nothing is written anywhere by itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from fivefold.concepts.own_pages import DiaryFile, DiaryItem, DiaryPattern
from fivefold.services.diary import SeenEntry


@dataclass(frozen=True)
class DayCount:
    """On so many days of so many."""

    days: int
    of: int

    @property
    def percent(self) -> float:
        """The share in percent."""
        return 100 * self.days / self.of


@dataclass(frozen=True)
class FoundPattern:
    """A pattern with its counts: ``with_it`` on days on that side of usual, ``without`` on the others; from which day to which.

    ``left_out`` are days of that time with an entry but without an answer to both.
    """

    pattern: DiaryPattern
    when: DiaryItem
    then: DiaryItem
    with_it: DayCount
    without: DayCount
    left_out: int
    first: date
    last: date


def find_patterns(diary: DiaryFile, entries: Sequence[SeenEntry], today: date) -> tuple[FoundPattern, ...]:
    """The patterns that the counts bear out, the largest difference first; none where there are too few days on either side."""
    since = today - timedelta(days=diary.pattern_within.value)
    recent = [entry for entry in entries if since < entry.about_on <= today]
    found = [one for pattern in diary.patterns if (one := _count(diary, pattern, recent)) is not None]
    return tuple(sorted(found, key=lambda one: one.without.percent - one.with_it.percent))


def _count(diary: DiaryFile, pattern: DiaryPattern, entries: Sequence[SeenEntry]) -> FoundPattern | None:
    when, then = diary.item(pattern.when), diary.item(pattern.then)
    assert when is not None and then is not None  # the knowledge base is checked when it is loaded
    causes, effects = _by_day(when, entries, low=pattern.side == "lower"), _by_day(then, entries, low=False)
    both = sorted(causes.keys() & effects.keys())
    if not both:
        return None
    usual, high = median(causes[day] for day in both), median(effects[day] for day in both)
    is_beyond = {day: causes[day] < usual if pattern.side == "lower" else causes[day] > usual for day in both}
    beyond, others = ([day for day in both if is_beyond[day] is side] for side in (True, False))
    if min(len(beyond), len(others)) < diary.pattern_least_days.value:
        return None
    with_it, without = (DayCount(sum(effects[day] > high for day in days), len(days)) for days in (beyond, others))
    if with_it.percent - without.percent < diary.pattern_difference.value:
        return None
    written = len({entry.about_on for entry in entries})
    return FoundPattern(pattern, when, then, with_it, without, written - len(both), both[0], both[-1])


def _by_day(item: DiaryItem, entries: Iterable[SeenEntry], *, low: bool) -> Mapping[date, float]:
    """One value a day: the highest that was written, or the lowest. A day without an answer is none."""
    days: dict[date, float] = {}
    for entry in entries:
        value = entry.answers.values.get(item.id)
        if isinstance(value, int | float):
            known = days.get(entry.about_on, float(value))
            days[entry.about_on] = min(known, float(value)) if low else max(known, float(value))
    return days
