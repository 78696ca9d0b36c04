"""What is measured when: batteries propose, and days follow from what there is."""

from datetime import date
from itertools import product

import pytest

from fivefold import load_knowledge
from fivefold.concepts.basis import Basis, BasisKind, Quantity
from fivefold.concepts.measure_plan import BatteryMeasure, Rhythm, rhythm_words
from fivefold.concepts.vocabulary import PhaseId
from fivefold.engine.measure_plan import next_due, propose_measures

TODAY = date(2026, 6, 15)
BATTERIES = load_knowledge().batteries.batteries
OURS = Basis(BasisKind.PROPOSAL)


def due(rhythm: Rhythm, **given: object) -> date | None:
    usual = {
        "days": None,
        "since": TODAY,
        "last": None,
        "last_session": None,
        "next_session": None,
        "review_on": None,
        "before_review": 7,
        "early_share": 0.75,
        "today": TODAY,
    }
    return next_due(rhythm, **(usual | given))  # type: ignore[arg-type]


def proposed(protocol: str = "imt", phase: PhaseId | None = PhaseId.P3, modules: tuple[str, ...] = ()) -> dict[str, tuple[Rhythm, int | None]]:
    return {one.instrument: (one.rhythm, one.days) for one in propose_measures(BATTERIES, protocol=protocol, phase=phase, modules=modules)}


def test_programme_phase_and_running_module_each_bring_their_measures() -> None:
    found = proposed(modules=("S27",))

    assert found["bsl23"] == (Rhythm.EVERY, 7)
    assert found["ders16"] == (Rhythm.EVERY, 28)
    assert found["pcl5"] == (Rhythm.EVERY, 7)
    assert "pcl5" not in proposed()


def test_unknown_phase_brings_no_measure_of_a_phase() -> None:
    assert "ders16" not in proposed(phase=None)
    assert "bsl23" in proposed(phase=None)


def test_instrument_that_several_ask_for_is_proposed_once_at_the_most_frequent_with_every_reason() -> None:
    found = propose_measures(BATTERIES, protocol="imt", phase=PhaseId.P1, modules=("S04", "S14", "S27"))

    assert len({one.instrument for one in found}) == len(found)
    [dissociation] = [one for one in found if one.instrument == "dss4"]
    assert dissociation.rhythm is Rhythm.EVERY_SESSION
    assert len(dissociation.because) == len(dissociation.batteries) == 2


def test_every_battery_is_reached_by_some_patient() -> None:
    everywhere = [
        name
        for protocol, phase in product(("imt", "gpm"), PhaseId)
        for one in propose_measures(BATTERIES, protocol=protocol, phase=phase, modules=tuple(load_knowledge().modules))
        for name in one.batteries
    ]

    assert set(everywhere) == {battery.id for battery in BATTERIES}


@pytest.mark.parametrize(
    ("last", "expected"),
    [(None, TODAY), (date(2026, 6, 1), date(2026, 6, 15)), (date(2026, 6, 14), date(2026, 6, 28))],
    ids=["never", "a rhythm ago", "yesterday"],
)
def test_measure_every_two_weeks_is_counted_from_the_newest_result(last: date | None, expected: date) -> None:
    assert due(Rhythm.EVERY, days=14, last=last, since=date(2026, 6, 15) if last is None else date(2026, 5, 1)) == expected


def test_result_that_came_a_little_before_the_schedule_began_counts_and_an_old_one_does_not() -> None:
    assert due(Rhythm.EVERY, days=28, last=date(2026, 6, 10)) == date(2026, 7, 8)
    assert due(Rhythm.EVERY, days=28, last=date(2026, 4, 1)) == TODAY


def test_measure_of_every_session_is_due_once_the_session_before_has_passed() -> None:
    assert due(Rhythm.EVERY_SESSION, last=date(2026, 6, 8), last_session=date(2026, 6, 8), next_session=date(2026, 6, 18)) == date(2026, 6, 18)
    assert due(Rhythm.EVERY_SESSION, last=date(2026, 6, 14), last_session=date(2026, 6, 8)) is None
    assert due(Rhythm.EVERY_SESSION) == TODAY


def test_measure_of_a_review_is_due_a_week_before_it_and_without_a_review_nobody_knows() -> None:
    review = date(2026, 7, 30)

    assert due(Rhythm.AT_REVIEW, review_on=review) == date(2026, 7, 23)
    assert due(Rhythm.AT_REVIEW, review_on=review, last=date(2026, 7, 24)) is None
    assert due(Rhythm.AT_REVIEW, review_on=review, last=date(2026, 7, 22)) == date(2026, 7, 23)
    assert due(Rhythm.AT_REVIEW) is None


def test_measure_asked_for_once_is_not_asked_for_again() -> None:
    assert due(Rhythm.ONCE, last=date(2026, 6, 14)) == TODAY
    assert due(Rhythm.ONCE, last=TODAY) is None


@pytest.mark.parametrize(
    ("rhythm", "every"), [(Rhythm.EVERY, None), (Rhythm.ONCE, 7.0), (Rhythm.EVERY, 0.0)], ids=["days are missing", "days do not belong", "no days"]
)
def test_rhythm_without_its_days_or_with_days_it_does_not_have_is_refused(rhythm: Rhythm, every: float | None) -> None:
    with pytest.raises(ValueError, match="rhythm"):
        BatteryMeasure("phq9", rhythm, "because", OURS, None if every is None else Quantity(every, "days", OURS))


def test_rhythm_is_said_in_words() -> None:
    said = [rhythm_words(Rhythm.EVERY, days) for days in (1, 7, 10, 14)]

    assert said == ["every day", "every week", "every 10 days", "every 2 weeks"]
    assert rhythm_words(Rhythm.EVERY_SESSION, None) == "every session"
