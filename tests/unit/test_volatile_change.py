"""Means of three weekly scores: when they may be formed, and when a change counts."""

import pytest
from tests.support.builders import knowledge
from tests.support.measured import invented_scale, weekly

from fivefold.concepts.progress import Change, ChangeWord, DoesNotKnow
from fivefold.engine.progress.volatile import UNCONFIRMED, change_of_means, is_volatile, means_of_three

RULES = knowledge().progress
SCALE = invented_scale(sd=None, retest=None, reliable_change=10, cutoff=64)


def changed(*values: float | None) -> Change:
    found = change_of_means(weekly(*values), SCALE, RULES)
    assert isinstance(found, Change), found
    return found


def test_means_roll_over_three_scores_in_a_row() -> None:
    assert [window.mean for window in means_of_three(weekly(30, 60, 90, 30), RULES)] == [60, 60]


def test_three_scores_too_far_apart_give_no_mean() -> None:
    assert means_of_three(weekly(30, None, None, 60, None, 90), RULES) == ()


def test_one_good_week_is_no_change() -> None:
    assert changed(80, 80, 80, 80, 80, 80, 60).word is ChangeWord.UNCHANGED


def test_change_counts_when_two_means_in_a_row_show_it() -> None:
    assert changed(80, 80, 80, 70, 70, 70, 70).word is ChangeWord.IMPROVED


def test_change_of_the_newest_mean_alone_is_possible_and_says_so() -> None:
    change = changed(80, 80, 80, 80, 80, 65, 65)

    assert (change.word, change.possible) == (ChangeWord.UNCHANGED, ChangeWord.IMPROVED)
    assert UNCONFIRMED in change.grounds.doubts


def test_deterioration_needs_the_same_confirmation() -> None:
    assert changed(50, 50, 50, 60, 60, 60, 60).word is ChangeWord.DETERIORATED
    assert changed(50, 50, 50, 50, 50, 65, 65).possible is ChangeWord.DETERIORATED


def test_recovery_needs_both_means_past_the_cutoff() -> None:
    assert changed(80, 80, 80, 60, 60, 60, 60).word is ChangeWord.RECOVERED
    change = changed(80, 80, 80, 65, 65, 65, 60)
    assert (change.word, change.possible) == (ChangeWord.IMPROVED, ChangeWord.RECOVERED)


def test_six_scores_hold_one_mean_and_confirm_nothing() -> None:
    change = changed(80, 80, 80, 60, 60, 60)

    assert (change.word, change.possible) == (ChangeWord.UNCHANGED, ChangeWord.RECOVERED)


@pytest.mark.parametrize("values", [(), (80, 80, 80, 60, 60), (80, 80, 80, None, None, 60, 60), (80, None, None, 80, None, 80, 60, 60, 60, 60)])
def test_too_few_or_too_scattered_scores_are_not_known(values: tuple[float | None, ...]) -> None:
    assert isinstance(change_of_means(weekly(*values), SCALE, RULES), DoesNotKnow)


def test_scale_without_error_figures_is_not_known() -> None:
    found = change_of_means(weekly(*[50] * 8), invented_scale(sd=None), RULES)

    assert isinstance(found, DoesNotKnow)
    assert found.settled_by


@pytest.mark.parametrize(("instrument", "volatile"), [("bsl23", True), ("phq9", False), ("zanbpdself", False), ("gaf", False)])
def test_measures_given_weekly_are_volatile(instrument: str, volatile: bool) -> None:
    assert is_volatile(knowledge().instrument(instrument), RULES) is volatile
