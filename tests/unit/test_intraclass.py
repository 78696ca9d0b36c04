"""Agreement of raters: the published table, another way of working it out, and what cannot be told."""

from math import nan

import numpy as np
import pytest

from fivefold.engine.intraclass import f_quantile, incomplete_beta, intraclass

# Shrout & Fleiss 1979, table 2: six targets by four judges.
PUBLISHED = ((9, 2, 5, 8), (6, 1, 3, 2), (8, 4, 6, 8), (7, 1, 2, 6), (10, 5, 6, 9), (6, 2, 4, 7))


def test_published_table_gives_the_published_correlations() -> None:
    found = intraclass(PUBLISHED)

    assert (found.targets, found.raters) == (6, 4)
    assert [round(value or 0, 2) for value in (found.one_way, found.single, found.fixed)] == [0.17, 0.29, 0.71]
    # As the R package psych prints them for the same table.
    assert (found.low, found.high) == (pytest.approx(0.019, abs=0.001), pytest.approx(0.761, abs=0.001))


@pytest.mark.parametrize("seed", range(12))
def test_mean_squares_of_a_linear_model_give_the_same(seed: int) -> None:
    """Sums of squares from least squares with dummy columns: no mean of a row or column is taken."""
    rng = np.random.default_rng(seed)
    n, k = int(rng.integers(2, 15)), int(rng.integers(2, 6))
    table = rng.normal(0, rng.uniform(0.1, 3), (n, 1)) + rng.normal(0, 1, (1, k)) + rng.normal(0, rng.uniform(0.2, 2), (n, k))
    target, rater = np.repeat(np.eye(n), k, axis=0), np.tile(np.eye(k), (n, 1))

    def left(*columns: np.ndarray) -> float:
        design = np.hstack([np.ones((n * k, 1)), *columns])
        fitted = design @ np.linalg.lstsq(design, table.ravel(), rcond=None)[0]
        return float(((table.ravel() - fitted) ** 2).sum())

    between = (left(rater) - left(target, rater)) / (n - 1)
    judges = (left(target) - left(target, rater)) / (k - 1)
    error, within = left(target, rater) / ((n - 1) * (k - 1)), left(target) / (n * (k - 1))
    found = intraclass(table.tolist())

    assert found.single == pytest.approx((between - error) / (between + (k - 1) * error + k * (judges - error) / n), abs=1e-9)
    assert found.one_way == pytest.approx((between - within) / (between + (k - 1) * within), abs=1e-9)
    assert found.fixed == pytest.approx((between - error) / (between + (k - 1) * error), abs=1e-9)
    assert found.low is not None and found.high is not None and found.single is not None
    assert found.low <= found.single <= found.high


def test_rater_who_is_always_higher_lowers_agreement_but_not_consistency() -> None:
    alike = [(1.0, 1.1), (2.0, 1.9), (3.0, 3.2), (1.5, 1.4), (2.5, 2.6)]
    shifted = [(one, other + 1) for one, other in alike]

    assert (intraclass(shifted).single or 0) < (intraclass(alike).single or 0) - 0.3
    assert intraclass(shifted).fixed == pytest.approx(intraclass(alike).fixed)


def test_targets_that_do_not_differ_tell_nothing_and_perfect_agreement_has_no_interval() -> None:
    nothing = intraclass([(2, 2), (2, 2), (2, 2)])
    perfect = intraclass([(1, 1), (2, 2), (3, 3)])

    assert (nothing.single, nothing.low, nothing.high) == (None, None, None)
    assert (perfect.single, perfect.low, perfect.high) == (1, None, None)


@pytest.mark.parametrize("table", [[(1, 2)], [(1,), (2,)], [], [(1, 2), (nan, 1)]])
def test_table_with_too_little_or_a_hole_is_refused(table: list[tuple[float, ...]]) -> None:
    with pytest.raises(ValueError, match="two targets by two raters"):
        intraclass(table)


@pytest.mark.parametrize(
    ("probability", "first", "second", "expected"),
    # Values of printed tables of F: upper 5 %, 2.5 % and 1 %.
    [(0.95, 5, 15, 2.901), (0.95, 1, 1, 161.45), (0.975, 5, 10, 4.236), (0.975, 10, 5, 6.619), (0.99, 3, 20, 4.938), (0.95, 120, 120, 1.352)],
)
def test_quantiles_of_f_are_those_of_the_tables(probability: float, first: float, second: float, expected: float) -> None:
    assert f_quantile(probability, first, second) == pytest.approx(expected, rel=5e-4)


def test_incomplete_beta_ends_at_its_ends_and_is_its_own_mirror() -> None:
    assert (incomplete_beta(0, 2, 3), incomplete_beta(1, 2, 3)) == (0, 1)
    assert incomplete_beta(0.3, 1, 1) == pytest.approx(0.3)
    assert incomplete_beta(0.2, 2.5, 7) == pytest.approx(1 - incomplete_beta(0.8, 7, 2.5))
    assert incomplete_beta(0.5, 40, 40) == pytest.approx(0.5)
