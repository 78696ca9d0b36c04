"""Safety drills, a small sample of ``make drills``: the right people are told, in order and in time, whatever goes wrong."""

import random

import pytest
from tests.support import drills

pytestmark = pytest.mark.django_db
SAMPLE = 20


def test_drills_of_every_door_and_trouble_miss_nobody_and_raise_no_false_alarm() -> None:
    report = drills.run(drills.make_clinic(), SAMPLE, seed=7)

    assert report.missed == report.wrong == report.false_alarms == []
    assert set(drills.DOORS) | set(drills.AFTER) <= set(report.by) and report.positive >= 12


def test_the_times_that_the_drills_expect_are_those_of_the_rule() -> None:
    from fivefold.library import load_knowledge

    rule = load_knowledge().signals.rule("rule.signal.positive_risk_item")
    assert [(one.value * 60, one.unit) for one in (rule.seen_within, rule.acted_within)] == [
        (drills.SEEN_WITHIN, "working hours"),
        (drills.ACTED_WITHIN, "working hours"),
    ]


def test_drills_that_are_drawn_reach_every_hour_of_the_week() -> None:
    hours = {(one.at.weekday(), one.at.hour) for one in drills.drawn(3000, random.Random(1))}
    assert len(hours) == 7 * 24


@pytest.mark.parametrize(
    ("breaks", "after"),
    [
        ("fivefold.services.signals.hours_of", "nobody looks"),
        ("fivefold.services.signal_acts.what_is_missing", "nobody answers the phone"),
        ("fivefold.services.signals.owner_of", "it is asked about and closed"),
    ],
)
def test_a_program_that_tells_too_late_or_nobody_is_found(monkeypatch: pytest.MonkeyPatch, breaks: str, after: str) -> None:
    from fivefold.services.working_hours import OpeningHours

    broken = {
        "fivefold.services.signals.hours_of": lambda clinic: OpeningHours(days=(1, 2, 3), zone="Europe/Berlin"),
        "fivefold.services.signal_acts.what_is_missing": lambda *given: "",
        "fivefold.services.signals.owner_of": lambda patient: None,
    }[breaks]
    clinic = drills.make_clinic()
    one = drills.Drill("a link at home", "the highest", after, drills.WEEKS[0].replace(hour=10, second=30))
    monkeypatch.setattr(drills, "drawn", lambda count, draw: iter([one]))
    monkeypatch.setattr(breaks, broken)
    report = drills.run(clinic, 1, seed=1)

    assert report.missed or report.wrong
