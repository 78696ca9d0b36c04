"""Growth curves from the courses of earlier people, and how far such a curve is off for people it has not seen.

The model is the one of ``expected_course.GrowthCurve``: y = start + slope * ln(session) + error, where people differ in start and slope
(Finch, Lambert and Schaalje 2001 and the Trier descriptions, as told in the product dossier, 3.1 and 3.2). Nothing here is a forecast for
a patient to see.
"""

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from fivefold.concepts.basis import Basis
from fivefold.concepts.instrument import Scale
from fivefold.concepts.progress import DoesNotKnow
from fivefold.concepts.rules import ProgressFile
from fivefold.concepts.vocabulary import Direction
from fivefold.engine.progress.expected_course import GrowthCurve, failure_boundary, updated_curve
from fivefold.engine.progress.nearest import Neighbour, NeighbourBand, Value, neighbour_band
from fivefold.engine.progress.other_methods import SampleFigures

MOST_STEPS = 5_000
CLOSE_ENOUGH = 1e-12
FOLDS = 5


@dataclass(frozen=True)
class PastCourse:
    """One earlier person without a name: (session from 1, score), oldest first, and what else was known at the start."""

    scores: tuple[tuple[int, float], ...]
    at_start: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class SlopePrior:
    """What published trajectories let expect of the slope (units for one unit of ln session) before own data are there: a normal prior."""

    mean: float
    variance: float


def fit_growth(cases: Sequence[PastCourse], basis: Basis, prior: SlopePrior | None = None) -> GrowthCurve | DoesNotKnow:
    """The curve of these courses: maximum likelihood by the ECME algorithm, exact for courses of unequal length and with gaps.

    With z = (1, ln session), and for each person A = Z'Z and b = Z'y: fixed effects by generalised least squares, then the variances of
    start and slope and the residual from the posterior moments of each person (Laird and Ware 1982; Liu and Rubin 1994, general
    knowledge). The prior enters the least squares as one more observation of the slope. People with one score count; they tell of the
    start alone. Unknown where fewer than three people have two scores, because spread and error cannot be told apart then.
    """
    known = [case for case in cases if case.scores]
    several = [case for case in known if len({session for session, _ in case.scores}) > 1]
    if len(several) < 3 or sum(len(case.scores) for case in several) <= 2 * len(several):
        return DoesNotKnow("A course over sessions needs people with several scores.", ("more people with three scores or more",), len(several))
    moments = _Moments.of(known)
    fixed, spread, residual = moments.fit(prior)
    sessions = [session for case in known for session, _ in case.scores]
    starts = [case.scores[0][1] for case in known]
    return GrowthCurve(
        start=float(fixed[0]),
        slope=float(fixed[1]),
        start_variance=float(spread[0, 0]),
        slope_variance=float(spread[1, 1]),
        covariance=float(spread[0, 1]),
        residual=float(residual),
        cases=len(known),
        sessions=(min(sessions), max(sessions)),
        starts=(min(starts), max(starts)),
        basis=basis,
    )


def published_slope(scale: Scale, rules: ProgressFile) -> SlopePrior | None:
    """The slope that published change lets expect on a scale; None where its SD is not known.

    A change for the better of so many SD by a session s is a slope of that over ln(s). What the numbers rest on stands with
    ``rule.progress.expected_curve``.
    """
    if scale.sd is None:
        return None
    rule = rules.rule("rule.progress.expected_curve")
    unit = scale.sd.value / math.log(rule.number("prior_session").value)
    better = -1 if scale.direction is Direction.HIGHER_IS_WORSE else 1
    return SlopePrior(better * rule.number("prior_change").value * unit, (rule.number("prior_spread").value * unit) ** 2)


@dataclass(frozen=True)
class _Moments:
    """All that the likelihood needs of each person, a value for each in every array, with time = ln(session).

    ``n``: scores; the sums of ``t``: time, ``tt``: time squared, ``y``: score, ``ty``: time x score, ``yy``: score squared. With them
    A = ((n, t), (t, tt)) and b = (y, ty). The two by two algebra is written out, because general routines take minutes for ten thousand people.
    """

    n: np.ndarray
    t: np.ndarray
    tt: np.ndarray
    y: np.ndarray
    ty: np.ndarray
    yy: np.ndarray

    @classmethod
    def of(cls, cases: Sequence[PastCourse]) -> "_Moments":
        sums = np.zeros((6, len(cases)))
        for place, case in enumerate(cases):
            time = np.log([session for session, _ in case.scores])
            y = np.array([value for _, value in case.scores])
            sums[:, place] = len(y), time.sum(), time @ time, y.sum(), time @ y, y @ y
        return cls(*sums)

    def fit(self, prior: SlopePrior | None) -> tuple[np.ndarray, np.ndarray, float]:
        """Fixed effects, covariance of start and slope, and residual variance, at the maximum of the likelihood."""
        total = float(self.n.sum())
        mean = float(self.y.sum()) / total
        variance = max(float(self.yy.sum()) / total - mean**2, 1e-6)
        spread, residual = np.diag([variance / 2, variance / 20]), variance / 2
        before = -math.inf
        fixed = np.array([mean, 0.0])
        for _ in range(MOST_STEPS):
            known = _Posterior.of(self, spread, residual)
            fixed = known.fixed(prior)
            effect = known.effect(fixed)
            away = self.y - self.n * fixed[0] - self.t * fixed[1], self.ty - self.t * fixed[0] - self.tt * fixed[1]
            explained = (away[0] * effect[0] + away[1] * effect[1]) / residual
            logs = self.n * math.log(2 * math.pi * residual) + np.log(known.determinant)
            likelihood = -0.5 * float((logs + self._squares(*fixed) / residual - explained).sum())
            if abs(likelihood - before) < CLOSE_ENOUGH * (abs(likelihood) + 1):
                break
            before = likelihood
            spread = known.spread(effect)
            squares = self._squares(fixed[0] + effect[0], fixed[1] + effect[1])
            residual = float((squares + self.n * known.p00 + 2 * self.t * known.p01 + self.tt * known.p11).sum()) / total
        return fixed, spread, residual

    def _squares(self, start: np.ndarray | float, slope: np.ndarray | float) -> np.ndarray:
        """The squared distances of each person's scores from a line, summed."""
        of_line: np.ndarray = start * (self.n * start + 2 * self.t * slope) + self.tt * slope**2
        return np.asarray(self.yy - 2 * (start * self.y + slope * self.ty) + of_line)


@dataclass(frozen=True)
class _Posterior:
    """What is known of each person's start and slope once T, the covariance of both, and the residual s are given.

    M = I + A T / s, whose inverse needs no inverse of T: at the edge T has none. Then the posterior covariance is P = T M^-1, the weight of
    a person in the least squares M^-1 A / s, and what they pull towards M^-1 b / s.
    """

    covariance: np.ndarray
    determinant: np.ndarray
    p00: np.ndarray
    p01: np.ndarray
    p11: np.ndarray
    w00: np.ndarray
    w01: np.ndarray
    w11: np.ndarray
    pull: tuple[np.ndarray, np.ndarray]

    @classmethod
    def of(cls, people: _Moments, covariance: np.ndarray, residual: float) -> "_Posterior":
        (c00, c01), (_, c11) = covariance
        m00, m01 = 1 + (people.n * c00 + people.t * c01) / residual, (people.n * c01 + people.t * c11) / residual
        m10, m11 = (people.t * c00 + people.tt * c01) / residual, 1 + (people.t * c01 + people.tt * c11) / residual
        determinant = m00 * m11 - m01 * m10
        i00, i01, i10, i11 = m11 / determinant, -m01 / determinant, -m10 / determinant, m00 / determinant
        return cls(
            covariance=covariance,
            determinant=determinant,
            p00=c00 * i00 + c01 * i10,
            p01=c00 * i01 + c01 * i11,
            p11=c01 * i01 + c11 * i11,
            w00=(i00 * people.n + i01 * people.t) / residual,
            w01=(i00 * people.t + i01 * people.tt) / residual,
            w11=(i10 * people.t + i11 * people.tt) / residual,
            pull=((i00 * people.y + i01 * people.ty) / residual, (i10 * people.y + i11 * people.ty) / residual),
        )

    def fixed(self, prior: SlopePrior | None) -> np.ndarray:
        """Start and slope of all people by generalised least squares; the prior is one more observation of the slope."""
        w01 = float(self.w01.sum())
        precision = np.array([[float(self.w00.sum()), w01], [w01, float(self.w11.sum())]])
        toward = np.array([float(one.sum()) for one in self.pull])
        if prior is not None:
            precision[1, 1] += 1 / prior.variance
            toward[1] += prior.mean / prior.variance
        return np.linalg.solve(precision, toward)

    def effect(self, fixed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """How far each person's start and slope lie from those of all."""
        start = self.pull[0] - self.w00 * fixed[0] - self.w01 * fixed[1]
        slope = self.pull[1] - self.w01 * fixed[0] - self.w11 * fixed[1]
        (c00, c01), (_, c11) = self.covariance
        return c00 * start + c01 * slope, c01 * start + c11 * slope

    def spread(self, effect: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
        """The covariance of start and slope that these effects, and what is not known of them, amount to."""
        start, slope = effect
        both = float((start * slope + self.p01).mean())
        return np.array([[float((start**2 + self.p00).mean()), both], [both, float((slope**2 + self.p11).mean())]])


# ---- How far it is off for people it has not seen ------------------------------------------------------------------------------


@dataclass(frozen=True)
class HoldOut:
    """Mean absolute errors, in the unit of the scale, for people who were left out when the method was made.

    ``n`` people, ``predictions`` later scores. ``from_start``: the curve that knows the first score alone; ``from_all``: that knows every
    earlier score; ``neighbours``: the middle of those alike at the start, for ``neighbours_n`` scores, the others abstained; ``last``: the
    score before, carried forward; ``mean``: the others' mean at that session. ``beyond_yellow`` and ``beyond_red`` are the shares
    (0-100) of later scores on the worse side of the two lines, which a calibrated curve has at 16 and 10. None: nothing to say.
    """

    n: int
    predictions: int
    from_start: float | None
    from_all: float | None
    neighbours: float | None
    neighbours_n: int
    last: float | None
    mean: float | None
    beyond_yellow: float | None
    beyond_red: float | None


def hold_out(
    cases: Sequence[PastCourse],
    direction: Direction,
    ranges: Mapping[str, float],
    rules: ProgressFile,
    basis: Basis,
    *,
    prior: SlopePrior | None = None,
    folds: int = FOLDS,
) -> HoldOut:
    """Each person predicted by a curve and by neighbours from which they were left out; fold by place modulo ``folds``."""
    errors: dict[str, list[float]] = {name: [] for name in ("start", "all", "near", "last", "mean")}
    beyond: dict[str, list[bool]] = {"yellow": [], "red": []}
    people = 0
    for curve, others, left_out in each_fold(cases, basis, prior, folds):
        for case in left_out:
            people += len(case.scores) > 1
            _add_errors(case, curve, others, direction, ranges, rules, errors, beyond)
    share: Callable[[list[bool]], float | None] = lambda found: round(100 * statistics.fmean(found), 1) if found else None  # noqa: E731
    error: Callable[[str], float | None] = lambda name: round(statistics.fmean(errors[name]), 3) if errors[name] else None  # noqa: E731
    return HoldOut(
        people,
        len(errors["start"]),
        error("start"),
        error("all"),
        error("near"),
        len(errors["near"]),
        error("last"),
        error("mean"),
        share(beyond["yellow"]),
        share(beyond["red"]),
    )


Fold = tuple[GrowthCurve, list[PastCourse], list[PastCourse]]


def each_fold(cases: Sequence[PastCourse], basis: Basis, prior: SlopePrior | None = None, folds: int = FOLDS) -> list[Fold]:
    """For each fold the curve of the others, the others, and those who were left out; folds whose others make no curve are left out."""
    found: list[Fold] = []
    for fold in range(folds):
        others = [case for place, case in enumerate(cases) if place % folds != fold]
        curve = fit_growth(others, basis, prior)
        if not isinstance(curve, DoesNotKnow):
            found.append((curve, others, [case for place, case in enumerate(cases) if place % folds == fold]))
    return found


def _add_errors(
    case: PastCourse,
    curve: GrowthCurve,
    others: Sequence[PastCourse],
    direction: Direction,
    ranges: Mapping[str, float],
    rules: ProgressFile,
    errors: dict[str, list[float]],
    beyond: dict[str, list[bool]],
) -> None:
    known_start = updated_curve(curve, case.scores[:1])
    rule = rules.rule("rule.progress.expected_curve")
    sign = 1 if direction is Direction.HIGHER_IS_WORSE else -1
    for place, (session, value) in enumerate(case.scores[1:], start=1):
        errors["start"].append(abs(value - known_start.expected(session)))
        errors["all"].append(abs(value - updated_curve(curve, case.scores[:place]).expected(session)))
        errors["last"].append(abs(value - case.scores[place - 1][1]))
        band = band_at(case, session, others, ranges, rules)
        if not isinstance(band, DoesNotKnow):
            errors["near"].append(abs(value - band.middle))
        there = [score for other in others for on, score in other.scores if on == session]
        if there:
            errors["mean"].append(abs(value - statistics.fmean(there)))
        for name, found in beyond.items():
            found.append(sign * (value - failure_boundary(known_start, session, rule.number(name).value, direction)) > 0)


def band_at(case: PastCourse, session: int, others: Sequence[PastCourse], ranges: Mapping[str, float], rules: ProgressFile) -> NeighbourBand | DoesNotKnow:
    """The neighbours' scores at a session, of those who have one within a tenth of it; ranges in the unit of each number."""
    return neighbour_band(at_start(case), [Neighbour(at_start(other), score_at(other, session)) for other in others], ranges, rules)


def at_start(case: PastCourse) -> dict[str, Value]:
    """What is known at the start: the first score, and what else was given."""
    return {**case.at_start, "first score": case.scores[0][1]}


def score_at(case: PastCourse, session: int) -> float | None:
    """The score after the first that lies nearest to a session, None where none lies within a tenth of it (at least one session)."""
    near = [(abs(on - session), on, value) for on, value in case.scores[1:] if abs(on - session) <= max(1, session // 10)]
    return min(near)[2] if near else None


def sample_figures(cases: Sequence[PastCourse], reliability: float) -> SampleFigures | DoesNotKnow:
    """What other methods of reliable change need of a group: means and SDs of first and last scores, and their correlation.

    From people with two scores or more. ``reliability`` is that of the scale, taken for both times. Unknown where fewer than three people
    have two scores, or all of them the same.
    """
    pairs = [(case.scores[0][1], case.scores[-1][1]) for case in cases if len(case.scores) > 1]
    first, last = [one for one, _ in pairs], [one for _, one in pairs]
    if len(pairs) < 3 or len(set(first)) < 2 or len(set(last)) < 2:
        return DoesNotKnow("The group needs three people with two different scores.", ("more people with two scores",), len(pairs))
    return SampleFigures(
        reliability=reliability,
        sd_before=statistics.stdev(first),
        mean_before=statistics.fmean(first),
        mean_after=statistics.fmean(last),
        sd_after=statistics.stdev(last),
        reliability_after=reliability,
        correlation=max(-1.0, min(1.0, statistics.correlation(first, last))),
    )
