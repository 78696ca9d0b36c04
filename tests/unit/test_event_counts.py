"""Events by week or month: counted where the day is known well enough, zero only where somebody asked, a gap otherwise."""

from datetime import date, timedelta
from typing import Any

import pytest

from fivefold.concepts.assessment import EventRecord
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.engine.progress.event_counts import EventCount, Look, count_events
from fivefold.library import load_knowledge

# A Wednesday.
TODAY = date(2026, 7, 15)


@pytest.fixture(scope="module")
def base() -> KnowledgeBase:
    return load_knowledge()


def happened(kind: str, on: date, until: date | None = None, count: int = 1) -> EventRecord:
    return EventRecord(kind, count, (TODAY - on).days, (TODAY - (until or on)).days)


def count(base: KnowledgeBase, *events: EventRecord, looks: Any = ()) -> EventCount:
    [one] = count_events(events, TODAY, base.progress, looks)
    return one


def values(one: EventCount) -> list[tuple[date, float | None]]:
    return [(value.on, value.value) for value in one.series.values]


def test_short_record_is_counted_by_week_and_a_week_nobody_asked_about_is_a_gap(base: KnowledgeBase) -> None:
    asked = [Look(date(2026, 7, 6), date(2026, 7, 9)), Look(date(2026, 6, 29), date(2026, 7, 1))]

    one = count(base, happened("self_harm", date(2026, 6, 16)), happened("self_harm", date(2026, 6, 20), count=2), looks=asked)

    # Three of seven days of the week before last were asked about, which is too little to call it none.
    weeks = [(date(2026, 6, 21), 3.0), (date(2026, 6, 28), None), (date(2026, 7, 5), None), (date(2026, 7, 12), 0.0)]
    assert (one.by, values(one), one.running, one.total) == ("week", weeks, 0, 3)


def test_long_record_is_counted_by_month_and_the_month_that_runs_is_not_drawn(base: KnowledgeBase) -> None:
    one = count(base, happened("crisis", date(2025, 11, 30)), happened("crisis", date(2026, 2, 1)), happened("crisis", TODAY))

    assert one.by == "month" and one.running == 1
    assert [on for on, _value in values(one)] == [
        date(2025, 11, 30),
        date(2025, 12, 31),
        *(date(2026, month, day) for month, day in enumerate((31, 28, 31, 30, 31, 30), 1)),
    ]
    assert [value for _on, value in values(one)] == [1, None, None, 1, None, None, None, None]


def test_event_without_a_day_that_is_known_well_enough_is_told_and_not_drawn(base: KnowledgeBase) -> None:
    vague = happened("self_harm", date(2026, 6, 27), date(2026, 6, 30), count=4)

    one = count(base, happened("self_harm", date(2026, 6, 16)), vague, EventRecord("self_harm"))

    assert (one.unplaced, one.total) == (5, 6) and [value for _on, value in values(one) if value] == [1.0]


def test_who_was_asked_about_one_kind_said_nothing_of_another_and_a_loss_is_not_counted(base: KnowledgeBase) -> None:
    looks = [Look(TODAY - timedelta(days=21), TODAY, ("missed_session",))]

    kinds = count_events(
        [happened("missed_session", date(2026, 6, 30)), happened("self_harm", date(2026, 6, 30)), happened("loss", date(2026, 6, 30))],
        TODAY, base.progress, looks,
    )  # fmt: skip

    assert {one.kind: [value for _on, value in values(one)] for one in kinds} == {"self_harm": [None, 1, None], "missed_session": [0, 1, 0]}


def test_nothing_on_record_is_no_series(base: KnowledgeBase) -> None:
    assert count_events([], TODAY, base.progress, [Look(TODAY - timedelta(days=60), TODAY)]) == ()
