"""Domains of impairment, their parts, and what speaks for each."""

from dataclasses import dataclass, field

from fivefold.concepts.basis import Basis, Claim, Quantity
from fivefold.concepts.vocabulary import DomainId


@dataclass(frozen=True)
class Indicator:
    """How a scale's score speaks for an impairment: piecewise linear through (score, level) points.

    Levels are 0-4; a band's lower edge sits at half-levels (moderate begins at 1.5). Scores outside the points take the
    nearest end.
    """

    instrument: str
    scale: str
    points: tuple[tuple[float, float], ...]
    unit: str
    basis: Basis

    def __post_init__(self) -> None:
        scores = [point[0] for point in self.points]
        levels = [point[1] for point in self.points]
        if len(self.points) < 2 or scores != sorted(set(scores)):
            raise ValueError("the scores of the points must ascend and be at least two")
        if levels not in (sorted(levels), sorted(levels, reverse=True)):
            raise ValueError("the levels of the points must never turn back")
        if not all(0 <= level <= 4 for level in levels):
            raise ValueError("a level must lie from 0 to 4")


@dataclass(frozen=True)
class CriterionIndicator:
    """A met DSM-5 criterion speaks for this level with this standard error."""

    dsm5: int
    level: float
    error: float
    basis: Basis


@dataclass(frozen=True)
class DiagnosisIndicator:
    """A current diagnosis speaks for this level with this standard error."""

    code: str
    level: float
    error: float
    basis: Basis


@dataclass(frozen=True)
class Impairment:
    """One part of a domain of impairment."""

    id: str
    name: str
    plain_name: str
    summary: str
    plain_summary: str
    anchors: dict[int, str]
    anchors_basis: Basis
    half_life: Quantity
    clinical_signals: tuple[Claim, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    criteria: tuple[CriterionIndicator, ...] = ()
    diagnoses: tuple[DiagnosisIndicator, ...] = ()

    def __post_init__(self) -> None:
        if sorted(self.anchors) != [0, 1, 2, 3, 4]:
            raise ValueError("anchors are needed for 0, 1, 2, 3 and 4")


@dataclass(frozen=True)
class ImpairmentDomain:
    """A group of impairments treated for its own sake; ``order`` runs from most to least changeable."""

    id: DomainId
    name: str
    plain_name: str
    order: int
    summary: str
    basis: Basis


@dataclass(frozen=True)
class DomainFile:
    """One file of impairments: its domain and the parts."""

    domain: ImpairmentDomain
    impairments: tuple[Impairment, ...] = field(default_factory=tuple)
