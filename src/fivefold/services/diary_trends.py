"""Urges and moods of the diary over the whole time, for the page of progress: medians of weeks, and what is usual for this person now.

A usual level never reaches a risk rule: what speaks of danger is told by the answer itself, at once.
"""

import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from fivefold.concepts.own_pages import SCALED, DiaryItem
from fivefold.concepts.progress import DatedValue, DoesNotKnow, Series, Sign
from fivefold.concepts.vocabulary import Direction
from fivefold.engine.progress.baseline import PersonalBaseline, early_warning, jump_above_baseline, personal_baseline
from fivefold.engine.progress.event_counts import LEAST_TOP, EventCount
from fivefold.records.models import Patient
from fivefold.services.diary import SeenEntry, card_of, entries_of
from fivefold.services.diary_risk import level_of
from fivefold.services.diary_summary import series_of_item
from fivefold.services.knowledge import knowledge

# The kind of item that asks how often.
COUNT = "count"


@dataclass(frozen=True)
class DailyCourse:
    """One item of the diary over time: ``weeks`` holds the median of each week on its last entry's day, a week without entries as a gap.

    ``usual`` and ``signs`` are read from the single entries of the last four weeks.
    """

    words: str
    weeks: Series
    entries: int
    usual: PersonalBaseline | DoesNotKnow
    signs: tuple[Sign, ...]


def daily_courses(patient: Patient, today: date) -> tuple[DailyCourse, ...]:
    """Every urge and mood that the diary asks about now and that has been answered, as a part of acts that have checked access already."""
    return diary_over_time(patient, today)[0]


def diary_over_time(patient: Patient, today: date) -> tuple[tuple[DailyCourse, ...], tuple[tuple[str, EventCount], ...]]:
    """``daily_courses``, and what the diary counts (words and counts by week); the entries are read once for both."""
    card = card_of(patient)
    if card is None:
        return (), ()
    entries, items = entries_of(patient), card[1].items
    counts = ((item.words, weekly_count(item, entries, today)) for item in items if item.kind == COUNT)
    return tuple(_courses(items, entries, today)), tuple((words, count) for words, count in counts if count is not None)


def weekly_count(item: DiaryItem, entries: Iterable[SeenEntry], today: date) -> EventCount | None:
    """The answers to one item that counts, added up by calendar week; a week without an answer is a gap, never a zero. None without any."""
    weeks: dict[date, float] = {}
    for entry in entries:
        if item.id in entry.answers.values:
            monday = entry.about_on - timedelta(days=entry.about_on.weekday())
            weeks[monday] = weeks.get(monday, 0) + level_of(item, entry.answers.values[item.id])
    if not weeks:
        return None
    this, first = today - timedelta(days=today.weekday()), min(weeks)
    mondays = [first + timedelta(days=7 * place) for place in range((this - first).days // 7)]
    values = tuple(DatedValue(monday + timedelta(days=6), weeks.get(monday)) for monday in mondays)
    top = max([LEAST_TOP, *weeks.values()])
    series = Series("diary", item.id, "a week", 0, top, Direction.HIGHER_IS_WORSE, values)
    return EventCount(item.id, "week", series, round(weeks.get(this, 0)), 0)


def _courses(items: Iterable[DiaryItem], entries: list[SeenEntry], today: date) -> Iterable[DailyCourse]:
    rules = knowledge().progress
    for item in items:
        if item.kind not in SCALED:
            continue
        series = series_of_item(item, entries)
        if series.values:
            signs = tuple(sign for sign in (jump_above_baseline(series, today, rules), early_warning(series, today, rules)) if isinstance(sign, Sign))
            yield DailyCourse(item.words, by_week(series), len(series.values), personal_baseline(series, today, rules), signs)


def by_week(series: Series) -> Series:
    """The median of each calendar week of a series; a week without a score between two that have one is a gap."""
    weeks: dict[date, list[tuple[date, float]]] = {}
    for score in series.scores:
        weeks.setdefault(score.on - timedelta(days=score.on.weekday()), []).append((score.on, score.value))
    values = tuple(_medians(weeks))
    return Series(series.instrument, series.scale, series.unit, series.minimum, series.maximum, series.direction, values)


def _medians(weeks: dict[date, list[tuple[date, float]]]) -> Iterable[DatedValue]:
    before: date | None = None
    for monday, scores in sorted(weeks.items()):
        if before is not None and monday - before > timedelta(days=7):
            yield DatedValue(before + timedelta(days=7), None)
        yield DatedValue(scores[-1][0], statistics.median(value for _on, value in scores))
        before = monday
