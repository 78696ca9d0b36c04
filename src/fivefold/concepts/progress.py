"""Measured change: a series of dated values, and what may honestly be said of it.

Every statement carries what it rests on (``Grounds``), or is a ``DoesNotKnow`` that names what would settle it. None of
them is a diagnosis, and none of them lowers a risk: a score that falls clears nothing.
"""

import math
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from fivefold.concepts.basis import Basis
from fivefold.concepts.vocabulary import Direction


class ChangeWord(StrEnum):
    """What a difference between two scores may be called."""

    RECOVERED = "recovered"
    IMPROVED = "improved"
    UNCHANGED = "unchanged"
    DETERIORATED = "deteriorated"


class Sureness(StrEnum):
    """How far a statement can be leaned on, by the number of doubts that stand beside it: two or more, one, none."""

    TENTATIVE = "tentative"
    FAIR = "fair"
    FIRM = "firm"


@dataclass(frozen=True)
class Grounds:
    """What a statement rests on: ``n`` values up to the day ``last``, the doubts that remain, and every basis used."""

    n: int
    last: date
    doubts: tuple[str, ...]
    basis: tuple[Basis, ...]

    @property
    def sure(self) -> Sureness:
        """How sure the statement is; another doubt never makes it surer."""
        return (Sureness.FIRM, Sureness.FAIR, Sureness.TENTATIVE)[min(2, len(self.doubts))]


@dataclass(frozen=True)
class DoesNotKnow:
    """Stands where a result would stand: why nothing is said, and what would settle it. It is not "unchanged"."""

    because: str
    settled_by: tuple[str, ...] = ()
    n: int = 0
    last: date | None = None


@dataclass(frozen=True)
class DatedValue:
    """One occasion; ``value`` is None where the measure was due or given and has no score. A gap stays a gap.

    ``missing`` counts the unanswered items that left it without a score; 0 where there is a score, or where nobody knows why there is none.
    """

    on: date
    value: float | None
    missing: int = 0


@dataclass(frozen=True)
class Score:
    """A value that is there, with its day."""

    on: date
    value: float


@dataclass(frozen=True)
class Series:
    """The values of one scale for one person, oldest first; two on one day stand in the order in which they were given.

    Raises ValueError for an empty range, days that go back, a value that is no number or lies outside the range, and a
    scale of which neither end is the better one.
    """

    instrument: str
    scale: str
    unit: str
    minimum: float
    maximum: float
    direction: Direction
    values: tuple[DatedValue, ...]

    def __post_init__(self) -> None:
        if not self.minimum < self.maximum:
            raise ValueError(f"a range from {self.minimum:g} to {self.maximum:g} is empty")
        if self.direction is Direction.NEITHER:
            raise ValueError(f"{self.instrument}.{self.scale} has no better end, so that no change on it is better or worse")
        days = [entry.on for entry in self.values]
        if days != sorted(days):
            raise ValueError(f"the days of {self.instrument}.{self.scale} go back; the oldest comes first")
        for entry in self.values:
            if entry.value is not None and not (math.isfinite(entry.value) and self.minimum <= entry.value <= self.maximum):
                raise ValueError(f"{entry.value} does not lie within {self.minimum:g} to {self.maximum:g}")

    @cached_property
    def scores(self) -> tuple[Score, ...]:
        """The values that are there, without the gaps. Put together once: a page of three years asks for them hundreds of times."""
        return tuple(Score(entry.on, entry.value) for entry in self.values if entry.value is not None)

    @property
    def last(self) -> date | None:
        """The day of the last value that is there."""
        return self.scores[-1].on if self.scores else None

    def worse_by(self, before: float, now: float) -> float:
        """By how many units ``now`` is worse than ``before``; negative when it is better."""
        return now - before if self.direction is Direction.HIGHER_IS_WORSE else before - now

    def burden(self, value: float) -> float:
        """How far a value lies from the best end of its scale, 0 at the best."""
        return value - self.minimum if self.direction is Direction.HIGHER_IS_WORSE else self.maximum - value


@dataclass(frozen=True)
class Sign:
    """Something seen that somebody should act on: the rule, what was seen, and the one action that the rule asks for."""

    rule: str
    seen: str
    action: str
    grounds: Grounds


@dataclass(frozen=True)
class MeasurementError:
    """What of a difference may be error: the standard error of one score, and the difference from which it is reliable.

    ``possible_from`` is the lower of two figures that the instrument's file allows, None where there is only one: a
    difference between the two is a possible change.
    """

    standard_error: float
    reliable_from: float
    possible_from: float | None
    z: float
    doubts: tuple[str, ...]
    basis: tuple[Basis, ...]

    def band(self, value: float) -> tuple[float, float]:
        """The error band around one score: ``z`` standard errors either way."""
        return value - self.z * self.standard_error, value + self.z * self.standard_error


@dataclass(frozen=True)
class ClinicalCutoff:
    """The value that parts the clinical from the ordinary range. It says where a score lies, never what a person has.

    ``kind`` is a, b or c after Jacobson and Truax, or ``published``. The value itself belongs to the clinical side.
    """

    value: float
    kind: str
    doubts: tuple[str, ...]
    basis: tuple[Basis, ...]


@dataclass(frozen=True)
class Change:
    """A difference between two scores, or two means of scores, and the word for it.

    ``index`` is the difference over its standard error, in the scale's own direction; ``possible`` is the word that the
    lower of two figures for reliable change would give, where it differs; ``cutoff`` may be unknown, and then nobody is
    called recovered.
    """

    word: ChangeWord
    before: float
    now: float
    difference: float
    index: float
    reliable_from: float
    possible: ChangeWord | None
    band: tuple[float, float]
    cutoff: ClinicalCutoff | DoesNotKnow
    grounds: Grounds
