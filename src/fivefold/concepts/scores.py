"""Results of scoring: values, what is missing, and the level of an impairment that follows.

What every plan holds by the dozen is a named tuple, as in ``plan.py``.
"""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from fivefold.concepts.basis import Basis
from fivefold.concepts.vocabulary import Direction, DomainId, Severity, severity_of

# Impairments that are dangers, and the word for one that shows in nothing that is known.
DANGERS = ("suicidality", "self_harm")
NOT_SEEN = "not seen"


def level_word(impairment: str, level: float) -> str:
    """The word for a level of an impairment; a danger that was not seen is never called none, because that would read as the absence of a risk."""
    severity = severity_of(level)
    return NOT_SEEN if severity is Severity.NONE and impairment in DANGERS else severity.word


@dataclass(frozen=True)
class ScaleScore:
    """One scored scale; ``value`` is None when too many answers are missing (then ``missing`` names the items).

    ``standard_error`` is in the scale's own unit, None when no standard deviation or reliability is stated.
    """

    instrument: str
    scale: str
    value: float | None
    minimum: float
    maximum: float
    unit: str
    direction: Direction
    band: str | None
    band_severity: int | None
    prorated: bool
    missing: tuple[int, ...]
    missing_rule: str
    standard_error: float | None
    on: date | None
    age_days: int
    basis: Basis


@dataclass(frozen=True)
class RiskSign:
    """A positive answer to a risk item; it counts even when the form is incomplete."""

    instrument: str
    item: int
    text: str
    on: date | None
    age_days: int


class Evidence(NamedTuple):
    """One piece of evidence for an impairment: what it is, the level it speaks for, how sure and how old."""

    kind: str
    text: str
    level: float
    standard_error: float
    weight: float
    age_days: int
    decides: bool
    basis: Basis

    @property
    def has_age(self) -> bool:
        """Whether it grows old: a criterion or a diagnosis holds until somebody changes it."""
        return self.kind not in ("criterion", "diagnosis")


class ImpairmentReading(NamedTuple):
    """One impairment as it is known; ``level`` and ``standard_error`` (0-4) are None when nothing is known."""

    id: str
    domain: DomainId
    level: float | None
    standard_error: float | None
    discordant: bool
    evidence: tuple[Evidence, ...]

    @property
    def is_known(self) -> bool:
        return self.level is not None

    @property
    def word(self) -> str:
        """The level in a word."""
        return "not known" if self.level is None else level_word(self.id, self.level)

    @property
    def likely_range(self) -> tuple[float, float] | None:
        """What measurement error leaves possible: 1.96 standard errors either way within 0-4; None when nothing is known."""
        if self.level is None or self.standard_error is None:
            return None
        return max(0.0, self.level - 1.96 * self.standard_error), min(4.0, self.level + 1.96 * self.standard_error)
