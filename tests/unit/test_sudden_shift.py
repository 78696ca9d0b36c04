"""Sudden gains and losses: each criterion where it just holds and where it just does not. Examples computed by hand."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.support.builders import knowledge
from tests.support.measured import START, mirrored, weekly

from fivefold.concepts.progress import DoesNotKnow, MeasurementError, Series
from fivefold.engine.progress.sudden_shift import FEW_AROUND, ShiftKind, SuddenShift, find_sudden_shifts

RULES = knowledge().progress


def shifts(series: Series, reliable_from: float = 10) -> tuple[SuddenShift, ...]:
    found = find_sudden_shifts(series, MeasurementError(3.6, reliable_from, None, 1.96, (), ()), RULES)
    assert not isinstance(found, DoesNotKnow), found
    return found


def test_sudden_gain_is_found_with_its_size_and_share() -> None:
    # Means 30 and 15, pooled SD 1: 15 is more than 2.776.
    (gain,) = shifts(weekly(30, 31, 29, 15, 14, 16))

    assert (gain.kind, gain.before.value, gain.after.value, gain.size) == (ShiftKind.GAIN, 29, 15, 14)
    assert gain.percent == pytest.approx(48.275862)
    assert gain.before.on == START + timedelta(days=14)


@pytest.mark.parametrize(
    ("values", "kind", "size"),
    [
        ((32, 31, 33, 5, 6, 7), ShiftKind.GAIN, 28),
        ((None, 31, 33, 5, None, 7), ShiftKind.GAIN, 28),
        ((5, None, 7, 16, 12, 14), ShiftKind.LOSS, 9),
    ],
)
def test_printed_examples_of_another_program_are_found(values: tuple[float | None, ...], kind: ShiftKind, size: float) -> None:
    # The help page of check_interval in the R package suddengains prints these as sudden gains and a sudden loss at a cut-off of 7, the
    # second from two scores on each side and the third from two before and three after (at a critical value of 3.182).
    (shift,) = shifts(weekly(*values), reliable_from=7)

    assert (shift.kind, shift.size) == (kind, size)


@pytest.mark.parametrize(("after", "found"), [(19, 1), (20, 0)])
def test_first_criterion_is_the_reliable_change(after: float, found: int) -> None:
    assert len(shifts(weekly(30, 31, 29, after, after, after))) == found


@pytest.mark.parametrize(("after", "found"), [(60, 1), (60.5, 0)])
def test_second_criterion_is_a_quarter_of_the_score_before(after: float, found: int) -> None:
    assert len(shifts(weekly(80, 80, 80, after, after, after))) == found


@pytest.mark.parametrize(("values", "found"), [((30, 24, 28, 15, 14, 16), 1), ((30, 18, 28, 15, 22, 9), 0)])
def test_third_criterion_sets_the_shift_against_the_scatter_around_it(values: tuple[float, ...], found: int) -> None:
    assert len(shifts(weekly(*values))) == found


def test_fewer_scores_around_it_ask_for_a_larger_shift() -> None:
    # Pooled SD 3: two scores on each side ask for 4.303 * 3 = 12.9 between the means, which are 12 apart.
    assert shifts(weekly(30, 36, 21, 21 + 3 * 2**0.5)) == ()


def test_shift_with_two_scores_on_a_side_says_so() -> None:
    (gain,) = shifts(weekly(30, 30, 15, 15))

    assert FEW_AROUND in gain.grounds.doubts


def test_sudden_loss_is_told_as_one() -> None:
    (loss,) = shifts(weekly(15, 14, 16, 31, 29, 30))

    assert (loss.kind, loss.size) == (ShiftKind.LOSS, 15)


def test_scale_that_points_the_other_way_gives_the_same_shift() -> None:
    series = weekly(30, 31, 29, 15, 14, 16)

    assert [(shift.kind, shift.size, shift.percent) for shift in shifts(mirrored(series))] == [
        (shift.kind, shift.size, shift.percent) for shift in shifts(series)
    ]


def test_gain_half_lost_again_names_the_day() -> None:
    (gain,) = shifts(weekly(30, 31, 29, 15, 14, 16, 23))

    assert gain.reversed_on == START + timedelta(days=42)
    assert shifts(weekly(30, 31, 29, 15, 14, 16, 20))[0].reversed_on is None


def test_missing_score_closes_no_gap() -> None:
    assert shifts(weekly(30, 31, 29, None, 15, 14, 16)) == ()
    assert len(shifts(weekly(30, None, 29, 15, None, 16))) == 1


@pytest.mark.parametrize(("days", "found"), [(21, 1), (22, 0)])
def test_scores_many_days_apart_are_not_two_sessions_in_a_row(days: int, found: int) -> None:
    series = weekly(30, 31, 29, 15, 14, 16)
    later = tuple(replace(entry, on=entry.on + timedelta(days=days - 7)) for entry in series.values[3:])

    assert len(shifts(replace(series, values=(*series.values[:3], *later)))) == found


@pytest.mark.parametrize("values", [(), (30,), (30, 15, 15), (30, 30, 15), (30, None, 15, None, 15)])
def test_too_few_scores_are_not_known_rather_than_no_shift(values: tuple[float | None, ...]) -> None:
    found = find_sudden_shifts(weekly(*values), MeasurementError(3.6, 10, None, 1.96, (), ()), RULES)

    assert isinstance(found, DoesNotKnow)
