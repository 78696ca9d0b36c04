"""Opening hours: spans of time counted while somebody works, tried at every hour of a year."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from fivefold.concepts.basis import PROPOSAL, Quantity
from fivefold.services.working_hours import OpeningHours, opening_hours

BERLIN = ZoneInfo("Europe/Berlin")
HOURS = OpeningHours()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def hours(value: float) -> Quantity:
    return Quantity(value, "working hours", PROPOSAL)


def days(value: float) -> Quantity:
    return Quantity(value, "working days", PROPOSAL)


@pytest.mark.parametrize(
    ("moment", "span", "expected"),
    [
        ("2026-03-02T10:00", hours(0.25), "2026-03-02T10:15"),  # a Monday morning
        ("2026-03-02T16:50", hours(0.25), "2026-03-03T09:05"),  # ten minutes are left on Monday
        ("2026-03-06T16:50", hours(0.25), "2026-03-09T09:05"),  # Friday evening: Monday morning
        ("2026-03-07T02:00", hours(0.25), "2026-03-09T09:15"),  # Saturday night counts from the opening
        ("2026-03-02T05:00", hours(4), "2026-03-02T13:00"),
        ("2026-03-02T17:00", hours(1), "2026-03-03T10:00"),  # the end of opening is not open
        ("2026-03-06T10:00", days(1), "2026-03-09T10:00"),
        ("2026-03-28T10:00", days(2), "2026-04-01T09:00"),  # over the night in which the clock goes forward
    ],
)
def test_a_span_is_counted_while_somebody_works(moment: str, span: Quantity, expected: str) -> None:
    assert HOURS.after(at(moment), span) == at(expected)


def test_a_day_on_which_nobody_works_is_left_out() -> None:
    closed = OpeningHours(closed_on=frozenset({date(2026, 3, 3)}))

    assert closed.after(at("2026-03-02T16:30"), hours(1)) == at("2026-03-04T09:30")


def test_at_every_hour_of_a_year_a_signal_is_due_while_somebody_works_and_never_earlier_than_asked() -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    for _ in range(366 * 24):
        due = HOURS.after(moment, hours(0.25))
        assert HOURS.is_open_on(due.astimezone(BERLIN).date()) and time(9) <= due.astimezone(BERLIN).time() <= time(17)
        assert moment + timedelta(minutes=15) <= due <= moment + timedelta(days=4)
        moment += timedelta(hours=1)


def test_a_clinic_that_never_opens_counts_as_open_all_the_time() -> None:
    never = OpeningHours(days=())

    assert never.after(at("2026-03-02T10:00"), hours(0.25)) == at("2026-03-02T10:15")
    assert never.after(at("2026-03-02T10:00"), days(2)) == at("2026-03-04T10:00")


def test_a_span_ends_where_nothing_opens_any_more() -> None:
    mondays = OpeningHours(days=(0,), closed_on=frozenset(date(2026, 11, 30) + timedelta(weeks=week) for week in range(12)))

    assert mondays.after(at("2026-11-23T16:00"), hours(4)) == at("2026-11-23T17:00")


def test_hours_are_kept_in_the_settings_and_usual_where_nothing_was_said() -> None:
    kept = {"opening_hours": {"days": [0, 6], "opens": "08:00", "closes": "12:30", "closed_on": ["2026-12-25"]}}

    read = opening_hours(kept, "Europe/Paris")

    assert (read.days, read.opens, read.closes, read.zone) == ((0, 6), time(8), time(12, 30), "Europe/Paris")
    assert not read.is_open_on(date(2026, 12, 25)) and opening_hours({}, "Europe/Berlin") == HOURS
