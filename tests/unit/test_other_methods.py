"""Other methods of reliable change: each formula on one example, what each lacks, and that they disagree."""

from dataclasses import replace

import pytest
from tests.support.builders import knowledge
from tests.support.measured import BETTER, weekly
from tests.support.published import GDS_OF_COUPLES, HAMD_OF_FORTY

from fivefold.concepts.progress import ChangeWord, DoesNotKnow
from fivefold.engine.progress.growth import PastCourse, sample_figures
from fivefold.engine.progress.other_methods import Method, MethodComparison, MethodResult, SampleFigures, compare_methods

RULES = knowledge().progress
# The person and the group of Jacobson and Truax 1991 (SD 7.5, r .80, 32.5 and 47.5, more is better); what is after is invented.
SERIES = weekly(32.5, 47.5, direction=BETTER)
FULL = SampleFigures(reliability=0.8, sd_before=7.5, mean_before=40, mean_after=45, sd_after=7.5, reliability_after=0.5, correlation=0.5)


def compared(figures: SampleFigures) -> MethodComparison:
    found = compare_methods(SERIES, figures, RULES)
    assert isinstance(found, MethodComparison)
    return found


@pytest.mark.parametrize(
    ("method", "index"),
    [
        # The first is the published one; the others are computed by hand from the formulas, and hold each formula in its last digit.
        (Method.JACOBSON_TRUAX, 3.162),
        (Method.GULLIKSEN_LORD_NOVICK, 3.000),
        (Method.HSU_LINN_LORD, 1.889),
        (Method.EDWARDS_NUNNALLY, 4.025),
        (Method.NUNNALLY_KOTSCH, 2.271),
        (Method.HAGEMAN_ARRINDELL, 2.994),
    ],
)
def test_formula_of_each_method(method: Method, index: float) -> None:
    result = compared(FULL).results[method]

    assert isinstance(result, MethodResult)
    assert result.index == pytest.approx(index, abs=0.0005)


@pytest.mark.parametrize(
    ("method", "of_forty", "of_couples"),
    [
        (Method.JACOBSON_TRUAX, (29, 10, 1), (14, 12, 0)),
        (Method.EDWARDS_NUNNALLY, (32, 5, 3), (17, 9, 0)),
        (Method.HSU_LINN_LORD, (12, 16, 12), (7, 11, 8)),
        (Method.GULLIKSEN_LORD_NOVICK, (29, 10, 1), (16, 10, 0)),
        (Method.NUNNALLY_KOTSCH, (28, 11, 1), (16, 10, 0)),
        (Method.HAGEMAN_ARRINDELL, (32, 7, 1), (17, 9, 0)),
    ],
)
def test_every_method_gives_the_numbers_of_people_that_another_program_prints(
    method: Method, of_forty: tuple[int, int, int], of_couples: tuple[int, int, int]
) -> None:
    # Improved (with recovered), unchanged and deteriorated, as the R package clinicalsignificance prints them at a reliability of .80; for Nunnally and
    # Kotsch of .50 afterwards in the forty (github.com/pedscience/clinicalsignificance, tests/testthat/_snaps/cs_distribution.md and
    # clinical_significance.md).
    assert counted(HAMD_OF_FORTY, method, reliability_after=0.5) == of_forty
    assert counted(GDS_OF_COUPLES, method, reliability_after=0.8) == of_couples


def counted(people: tuple[tuple[float, float], ...], method: Method, *, reliability_after: float) -> tuple[int, int, int]:
    group = sample_figures([PastCourse(((1, before), (2, after))) for before, after in people], 0.8)
    assert isinstance(group, SampleFigures)
    found = [compare_methods(weekly(before, after), replace(group, reliability_after=reliability_after), RULES) for before, after in people]
    words = [one.results[method].word for one in found if isinstance(one, MethodComparison)]  # type: ignore[union-attr]  # every figure is known
    return words.count(ChangeWord.IMPROVED), words.count(ChangeWord.UNCHANGED), words.count(ChangeWord.DETERIORATED)


def test_methods_disagree_about_one_person_and_the_warning_stands_beside_them() -> None:
    comparison = compared(FULL)
    words = {method: result.word for method, result in comparison.results.items() if isinstance(result, MethodResult)}

    assert words[Method.HSU_LINN_LORD] is ChangeWord.UNCHANGED
    assert words[Method.JACOBSON_TRUAX] is ChangeWord.IMPROVED
    assert not comparison.agree
    assert "For research only" in comparison.warning


def test_only_hageman_and_arrindell_has_a_quantile_of_its_own() -> None:
    critical = {method: result.critical for method, result in compared(FULL).results.items() if isinstance(result, MethodResult)}

    assert critical.pop(Method.HAGEMAN_ARRINDELL) == 1.65
    assert set(critical.values()) == {1.96}


def test_method_says_what_it_lacks_and_the_others_go_on() -> None:
    results = compared(SampleFigures(reliability=0.8, sd_before=7.5)).results

    assert [method for method, result in results.items() if isinstance(result, MethodResult)] == [Method.JACOBSON_TRUAX]
    lacking = results[Method.HAGEMAN_ARRINDELL]
    assert isinstance(lacking, DoesNotKnow)
    assert "the SD after" in lacking.settled_by


def test_difference_that_is_all_error_says_nothing() -> None:
    assert isinstance(compared(replace(FULL, correlation=0.95)).results[Method.HAGEMAN_ARRINDELL], DoesNotKnow)
    assert isinstance(compared(replace(FULL, correlation=1)).results[Method.HAGEMAN_ARRINDELL], DoesNotKnow)


def test_worse_on_a_scale_where_less_is_better_is_deteriorated() -> None:
    found = compare_methods(weekly(32.5, 47.5), FULL, RULES)

    assert isinstance(found, MethodComparison)
    result = found.results[Method.JACOBSON_TRUAX]
    assert isinstance(result, MethodResult)
    assert result.word is ChangeWord.DETERIORATED


def test_one_score_is_no_difference() -> None:
    assert isinstance(compare_methods(weekly(32.5, None), FULL, RULES), DoesNotKnow)


@pytest.mark.parametrize("wrong", [{"sd_before": 0}, {"reliability": 1}, {"sd_after": -1}, {"correlation": 1.1}, {"reliability_after": -0.1}])
def test_figures_that_cannot_be_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError):
        replace(FULL, **wrong)
