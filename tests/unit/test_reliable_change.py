"""Reliable and clinically significant change between two scores, and what stands in the way of a word."""

from datetime import timedelta

import pytest
from tests.support.builders import knowledge
from tests.support.measured import BETTER, START, invented_scale, mirrored, weekly
from tests.support.published import HAMD_OF_FORTY

from fivefold.concepts.instrument import NormGroup, Scale
from fivefold.concepts.progress import Change, ChangeWord, ClinicalCutoff, DatedValue, DoesNotKnow, MeasurementError, Series, Sureness
from fivefold.concepts.vocabulary import Direction
from fivefold.engine.progress.clinical_cutoff import clinical_cutoff
from fivefold.engine.progress.measurement import measurement_error
from fivefold.engine.progress.percent_of_baseline import PercentOfBaseline, percent_of_baseline
from fivefold.engine.progress.reliable_change import change_between_ends

RULES = knowledge().progress
CLINICAL, FUNCTIONAL = NormGroup.CLINICAL, NormGroup.FUNCTIONAL


def changed(series: Series, **figures: object) -> Change:
    """The change of a series on a scale with these figures; it must be known."""
    found = change_between_ends(series, invented_scale(direction=series.direction, **figures), RULES)  # type: ignore[arg-type]  # figures of many kinds
    assert isinstance(found, Change), found
    return found


def test_worked_example_of_jacobson_and_truax_is_reproduced() -> None:
    # Jacobson and Truax 1991: SD 7.5, r .80, 32.5 before and 47.5 after where more is better (product.md 3.6 prints the mirror).
    scale = invented_scale(sd=7.5, retest=0.80)
    error = measurement_error(scale, RULES)
    change = changed(weekly(47.5, 32.5))

    assert isinstance(error, MeasurementError)
    assert error.standard_error == pytest.approx(3.354, abs=0.0005)
    assert error.reliable_from == pytest.approx(9.297, abs=0.0005)
    assert change.index == pytest.approx(-3.162, abs=0.0005)


def test_printed_example_of_another_program_is_reproduced_to_its_last_digit() -> None:
    # The help page of define_crit1_cutoff in the R package suddengains (Wiedemann, Thew, Stott and Ehlers 2020, doi 10.1371/journal.pone.0230276)
    # prints for an SD of 10.5 and a reliability of .931: 2.758124, 3.900577 and 7.645131.
    error = measurement_error(invented_scale(sd=10.5, retest=0.931), RULES)

    assert isinstance(error, MeasurementError)
    assert [f"{value:.6f}" for value in (error.standard_error, error.standard_error * 2**0.5, error.reliable_from)] == ["2.758124", "3.900577", "7.645131"]


@pytest.mark.parametrize(
    ("norms", "kind", "value"),
    [
        # The same paper's groups: clinical 40, ordinary 60, both with SD 7.5, more is better.
        ([(CLINICAL, 40, 7.5)], "a", 55),
        ([(FUNCTIONAL, 60, 7.5)], "b", 45),
        ([(CLINICAL, 40, 7.5), (FUNCTIONAL, 60, 7.5)], "c", 50),
    ],
)
def test_three_cutoffs_of_jacobson_and_truax(norms: list[tuple[NormGroup, float, float]], kind: str, value: float) -> None:
    found = clinical_cutoff(invented_scale(norms=norms, direction=BETTER), RULES)

    assert isinstance(found, ClinicalCutoff)
    assert found.kind == kind
    assert found.value == pytest.approx(value)


def test_cutoff_c_lies_nearer_to_the_group_with_the_smaller_spread() -> None:
    # Computed by hand from the norms in whodas12.yaml: (3.6 * 6.3 + 7.1 * 1.4) / 10.7.
    found = clinical_cutoff(knowledge().instrument("whodas12").scales[0], RULES)

    assert isinstance(found, ClinicalCutoff)
    assert found.value == pytest.approx(3.0486, abs=0.0001)


def test_marked_cutoff_comes_before_one_from_norms() -> None:
    found = clinical_cutoff(invented_scale(cutoff=64, norms=[(CLINICAL, 80, 10), (FUNCTIONAL, 40, 10)]), RULES)

    assert isinstance(found, ClinicalCutoff)
    assert (found.kind, found.value, found.doubts) == ("published", 64, ())


@pytest.mark.parametrize(
    ("before", "now", "word"),
    [
        (80, 60, ChangeWord.RECOVERED),
        (80, 64, ChangeWord.IMPROVED),  # the cut-off itself is clinical
        (80, 70, ChangeWord.IMPROVED),
        (80, 71, ChangeWord.UNCHANGED),
        (80, 89, ChangeWord.UNCHANGED),
        (80, 90, ChangeWord.DETERIORATED),
        (60, 50, ChangeWord.IMPROVED),  # who began in the ordinary range cannot recover
        (66, 60, ChangeWord.UNCHANGED),  # crossing the cut-off within error is no recovery
    ],
)
def test_word_needs_a_reliable_change_and_recovery_a_crossing_as_well(before: float, now: float, word: ChangeWord) -> None:
    assert changed(weekly(before, now), retest=None, sd=None, reliable_change=10, cutoff=64).word is word


def test_reversed_direction_mirrors_the_word() -> None:
    series = weekly(80, 60)

    change = changed(mirrored(series), cutoff=36)

    assert change.word is changed(series, cutoff=64).word is ChangeWord.RECOVERED


def test_without_a_cutoff_nobody_is_called_recovered_and_it_says_why() -> None:
    change = changed(weekly(80, 5))

    assert change.word is ChangeWord.IMPROVED
    assert isinstance(change.cutoff, DoesNotKnow)
    assert "published cut-off" in change.cutoff.settled_by[0]


@pytest.mark.parametrize(
    ("scale", "missing"),
    [
        (invented_scale(sd=None), ["standard deviation"]),
        (invented_scale(retest=None), ["reliability"]),
        (invented_scale(sd=None, retest=None), ["standard deviation", "reliability"]),
    ],
)
def test_missing_figures_give_no_word_and_are_named(scale: Scale, missing: list[str]) -> None:
    found = change_between_ends(weekly(80, 10), scale, RULES)

    assert isinstance(found, DoesNotKnow)
    assert [word for word in ("standard deviation", "reliability") if any(word in part for part in found.settled_by)] == missing
    assert (found.n, found.last) == (2, START + timedelta(days=7))


@pytest.mark.parametrize("values", [(), (None, None), (40, None), (None, 40, None)])
def test_fewer_than_two_scores_are_no_change_and_not_unchanged(values: tuple[float | None, ...]) -> None:
    assert isinstance(change_between_ends(weekly(*values), invented_scale(), RULES), DoesNotKnow)


def test_larger_of_two_figures_counts_and_between_them_a_change_is_possible() -> None:
    # BSL-23: 0.54 stated from internal consistency, 0.887 from SD 0.80 and retest .84.
    scale = knowledge().instrument("bsl23").scales[0]
    found = change_between_ends(weekly(2.5, 1.8, low=0, high=4), scale, RULES)

    assert isinstance(found, Change)
    assert found.reliable_from == pytest.approx(0.887, abs=0.001)
    assert (found.word, found.possible) == (ChangeWord.UNCHANGED, ChangeWord.IMPROVED)


def test_figures_that_differ_by_rounding_are_the_stated_one() -> None:
    # ZAN-BPD self-report: 7 stated, 7.2 from SD 6.5 and alpha .84.
    error = measurement_error(knowledge().instrument("zanbpdself").scales[0], RULES)

    assert isinstance(error, MeasurementError)
    assert (error.reliable_from, error.possible_from) == (7, None)


def test_error_band_is_z_standard_errors_either_way() -> None:
    change = changed(weekly(47.5, 32.5))

    assert change.band == pytest.approx((32.5 - 1.96 * 3.3541, 32.5 + 1.96 * 3.3541), abs=0.001)


def test_a_doubt_more_is_never_surer() -> None:
    firmest = changed(weekly(80, 60), cutoff=64)
    doubtful = changed(weekly(80, 60), norms=[(CLINICAL, 80, 10), (FUNCTIONAL, 40, 10)])

    assert firmest.grounds.sure is Sureness.FAIR
    assert doubtful.grounds.sure is Sureness.TENTATIVE


def test_statement_carries_count_last_day_and_basis() -> None:
    change = changed(weekly(80, None, 60, None), cutoff=64)

    assert (change.grounds.n, change.grounds.last) == (2, START + timedelta(days=14))
    assert "L62" in {str(basis) for basis in change.grounds.basis}


@pytest.mark.parametrize(
    "wrong",
    [
        {"minimum": 100, "maximum": 100},
        {"direction": Direction.NEITHER},
        {"values": (DatedValue(START, 101),)},
        {"values": (DatedValue(START, float("nan")),)},
        {"values": (DatedValue(START, 5), DatedValue(START - timedelta(days=1), 5))},
    ],
)
def test_series_that_makes_no_sense_cannot_be_built(wrong: dict[str, object]) -> None:
    right = {"instrument": "i", "scale": "s", "unit": "points", "minimum": 0, "maximum": 100, "direction": BETTER, "values": ()}

    with pytest.raises(ValueError):
        Series(**{**right, **wrong})  # type: ignore[arg-type]  # wrong on purpose


@pytest.mark.parametrize(("values", "percent"), [((80, 40), 50), ((80, 80), 100), ((40, 60), 150), ((40, 0), 0)])
def test_percent_of_baseline_is_what_is_left(values: tuple[float, ...], percent: float) -> None:
    found = percent_of_baseline(weekly(*values), RULES)

    assert isinstance(found, PercentOfBaseline)
    assert found.percent == percent


def test_percent_of_baseline_gives_the_numbers_of_people_that_another_program_prints() -> None:
    # cs_percentage of the R package clinicalsignificance prints of these forty people 16 with half or less left, 24 between and none with 30 percent
    # more or worse (github.com/pedscience/clinicalsignificance, tests/testthat/_snaps/cs_percentage.md).
    left = [percent_of_baseline(weekly(*pair), RULES) for pair in HAMD_OF_FORTY]

    percents = [one.percent for one in left if isinstance(one, PercentOfBaseline)]

    assert (sum(one <= 50 for one in percents), sum(50 < one < 130 for one in percents), sum(one >= 130 for one in percents)) == (16, 24, 0)


@pytest.mark.parametrize("values", [(), (50,), (0, 20), (50, None)])
def test_percent_of_nothing_is_not_known(values: tuple[float | None, ...]) -> None:
    assert isinstance(percent_of_baseline(weekly(*values), RULES), DoesNotKnow)
