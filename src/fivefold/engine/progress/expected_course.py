"""The expected course of a measure over sessions, and when a score lies beyond what it allows."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from statistics import NormalDist

from fivefold.concepts.basis import Basis
from fivefold.concepts.progress import DoesNotKnow, Series
from fivefold.concepts.rules import ProgressFile
from fivefold.concepts.vocabulary import Direction

RULE = "rule.progress.expected_curve"


@dataclass(frozen=True)
class GrowthCurve:
    """A two-level growth curve in log session number: y = start + slope * ln(session) + error, sessions from 1.

    ``start`` and ``slope`` are what is expected of this person, intake values already put in; their variances and covariance say
    how people differ, ``residual`` how scores scatter around a person's own curve (a variance). ``cases`` is the number of
    people behind it, None when its source does not tell; ``sessions`` and ``starts`` are the ranges it was made from.

    Raises ValueError for variances that cannot be, and for ranges that are empty or begin before session 1.
    """

    start: float
    slope: float
    start_variance: float
    slope_variance: float
    covariance: float
    residual: float
    cases: int | None
    sessions: tuple[int, int]
    starts: tuple[float, float]
    basis: Basis

    def __post_init__(self) -> None:
        if min(self.start_variance, self.slope_variance) < 0 or self.residual <= 0:
            raise ValueError("a variance is below 0, or the residual is not above it")
        if self.covariance**2 > self.start_variance * self.slope_variance * (1 + 1e-9):
            raise ValueError(f"a covariance of {self.covariance:g} is larger than its two variances allow")
        if not 1 <= self.sessions[0] <= self.sessions[1] or not self.starts[0] <= self.starts[1]:
            raise ValueError(f"sessions {self.sessions} or starts {self.starts} are no range from session 1 onwards")

    def expected(self, session: int) -> float:
        """What is expected at a session: start + slope * ln(session)."""
        return self.start + self.slope * math.log(session)

    def spread(self, session: int) -> float:
        """The SD of a single score around it: sqrt(z'Tz + residual), z = (1, ln session)."""
        time = math.log(session)
        return math.sqrt(self.start_variance + 2 * time * self.covariance + time**2 * self.slope_variance + self.residual)


class CourseStatus(StrEnum):
    """Where a score lies against the expected course. Both last ones are shown in amber: red is for safety alone."""

    WITHIN = "within the expected course"
    BEHIND = "less change than expected"
    NOT_ON_TRACK = "not on track"


@dataclass(frozen=True)
class CourseReading:
    """A score against its expected course: what was expected, the two lines, and the share (0-100) of people who do better there."""

    session: int
    expected: float
    behind_line: float
    not_on_track_line: float
    people_better: float
    status: CourseStatus
    cases: int
    basis: tuple[Basis, ...]


def failure_boundary(curve: GrowthCurve, session: int, share: float, direction: Direction) -> float:
    """The score at which a session lies at the edge of a two-sided interval that holds ``share`` percent of people.

    expected + q * spread towards the worse end, with q the standard normal quantile of (1 + share) / 2. Source: the Trier
    descriptions and Finch, Lambert and Schaalje 2001, as told in the product dossier, 3.1 and 3.2.
    """
    reach = NormalDist().inv_cdf((1 + share / 100) / 2) * curve.spread(session)
    return curve.expected(session) + (reach if direction is Direction.HIGHER_IS_WORSE else -reach)


def updated_curve(curve: GrowthCurve, observed: Sequence[tuple[int, float]]) -> GrowthCurve:
    """The curve after a person's own scores (session, value), by empirical Bayes; their order makes no difference.

    One score at a time: S = z'Tz + residual, gain = Tz / S, coefficients + gain * (value - expected), T - gain z'T. What is left
    out, a missing score, changes nothing and leaves the curve as unsure as it was. Worked example: the effects that the R package lme4
    prints of one person in its data sleepstudy.
    """
    for session, value in observed:
        time = math.log(session)
        along_start = curve.start_variance + time * curve.covariance
        along_slope = curve.covariance + time * curve.slope_variance
        total = along_start + time * along_slope + curve.residual
        surprise = value - curve.expected(session)
        curve = replace(
            curve,
            start=curve.start + along_start / total * surprise,
            slope=curve.slope + along_slope / total * surprise,
            start_variance=max(0.0, curve.start_variance - along_start**2 / total),
            slope_variance=max(0.0, curve.slope_variance - along_slope**2 / total),
            covariance=curve.covariance - along_start * along_slope / total,
        )
    return curve


def read_course(curve: GrowthCurve, observed: Sequence[tuple[int, float | None]], direction: Direction, rules: ProgressFile) -> CourseReading | DoesNotKnow:
    """The last score of (session, value) against the course expected before it was known.

    Behind: beyond the 68 percent interval on the worse side; not on track: beyond the 80 percent one. A score on a line lies
    within it. Nothing is said when fewer people stand behind the curve than the rule asks for or their number is unknown, when
    the session or the first score lies outside what it was made from, and without a score.
    """
    rule = rules.rule(RULE)
    known = [(session, value) for session, value in observed if value is not None]
    if not known:
        return DoesNotKnow("There is no score to compare.", ("a score",))
    refusal = _outside(curve, known, int(rule.number("least_cases").value))
    if refusal or curve.cases is None:
        return DoesNotKnow(refusal or "", (), len(known))
    session, value = known[-1]
    behind, off = (failure_boundary(curve, session, rule.number(name).value, direction) for name in ("yellow", "red"))
    sign = 1 if direction is Direction.HIGHER_IS_WORSE else -1
    status = CourseStatus.NOT_ON_TRACK if sign * (value - off) > 0 else CourseStatus.BEHIND if sign * (value - behind) > 0 else CourseStatus.WITHIN
    share = NormalDist().cdf(sign * (value - curve.expected(session)) / curve.spread(session))
    return CourseReading(
        session=session,
        expected=round(curve.expected(session), 6),
        behind_line=round(behind, 6),
        not_on_track_line=round(off, 6),
        people_better=round(100 * share, 1),
        status=status,
        cases=curve.cases,
        basis=tuple(dict.fromkeys((curve.basis, rule.basis))),
    )


def by_session(series: Series, held_on: Sequence[date]) -> tuple[tuple[int, float], ...]:
    """The scores of a series with the number of the session each belongs to: how many had been held by its day, at least 1.

    ``held_on``: days of the sessions that took place, oldest first. Of several scores between two sessions the last one counts. Nothing
    where no session is on record: the curve runs over sessions.
    """
    if not held_on:
        return ()
    found = {max(1, bisect_right(held_on, score.on)): score.value for score in series.scores}
    return tuple(sorted(found.items()))


def _outside(curve: GrowthCurve, known: Sequence[tuple[int, float]], least: int) -> str:
    """Why the curve says nothing of these scores, or an empty text."""
    if curve.cases is None:
        return "How many people stand behind the expected course is not stated."
    if curve.cases < least:
        return f"Only {curve.cases} people stand behind the expected course; {least} are asked for."
    if not curve.sessions[0] <= known[-1][0] <= curve.sessions[1]:
        return f"Session {known[-1][0]} lies outside sessions {curve.sessions[0]} to {curve.sessions[1]}, from which the course was made."
    if not curve.starts[0] <= known[0][1] <= curve.starts[1]:
        return f"The first score lies outside {curve.starts[0]:g} to {curve.starts[1]:g}, from which the course was made."
    return ""
