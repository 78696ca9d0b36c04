"""Urges and moods of the diary over the whole time, for the page of progress: medians of weeks, and what is usual for this person now.

A usual level never reaches a risk rule: what speaks of danger is told by the answer itself, at once.
"""

import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from fivefold.concepts.own_pages import SCALED
from fivefold.concepts.progress import DatedValue, DoesNotKnow, Series, Sign
from fivefold.engine.progress.baseline import PersonalBaseline, early_warning, jump_above_baseline, personal_baseline
from fivefold.records.models import Patient
from fivefold.services.diary import card_of, entries_of
from fivefold.services.diary_summary import series_of_item
from fivefold.services.knowledge import knowledge


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
    card = card_of(patient)
    if card is None:
        return ()
    entries, rules = entries_of(patient), knowledge().progress
    found = []
    for item in card[1].items:
        if item.kind not in SCALED:
            continue
        series = series_of_item(item, entries)
        if series.values:
            signs = tuple(sign for sign in (jump_above_baseline(series, today, rules), early_warning(series, today, rules)) if isinstance(sign, Sign))
            found.append(DailyCourse(item.words, by_week(series), len(series.values), personal_baseline(series, today, rules), signs))
    return tuple(found)


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
