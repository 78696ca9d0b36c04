"""Criteria: the small declarative form in which the knowledge base states conditions.

A criterion is a tree of frozen nodes. It says nothing about how it is evaluated; ``engine.criteria`` does that,
three-valued, and puts each node into plain English.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from fivefold.concepts.basis import Basis
from fivefold.concepts.vocabulary import GeneralState, PhaseId, ResilienceLevel, Severity, StageId


class Comparison(StrEnum):
    """How a number is held against a threshold."""

    AT_LEAST = "at_least"
    ABOVE = "above"
    AT_MOST = "at_most"
    BELOW = "below"


@dataclass(frozen=True)
class Criterion:
    """Base of all criteria."""

    @cached_property
    def leaves(self) -> "tuple[Criterion, ...]":
        """The leaves of the tree, from left to right; a leaf is its own. Worked out once for each node."""
        parts = getattr(self, "of", None)
        if parts is None:
            return (self,)
        if isinstance(parts, Criterion):
            return parts.leaves
        return tuple(leaf for part in parts for leaf in part.leaves)


@dataclass(frozen=True)
class AllOf(Criterion):
    """Every part holds."""

    of: tuple[Criterion, ...] = field(metadata={"key": "all"})


@dataclass(frozen=True)
class AnyOf(Criterion):
    """At least one part holds."""

    of: tuple[Criterion, ...] = field(metadata={"key": "any"})


@dataclass(frozen=True)
class NotOf(Criterion):
    """The part does not hold; unknown stays unknown."""

    of: Criterion = field(metadata={"key": "not"})


@dataclass(frozen=True)
class AtLeastOf(Criterion):
    """At least ``count`` of the parts hold."""

    count: int
    of: tuple[Criterion, ...]
    basis: Basis


@dataclass(frozen=True)
class ImpairmentAtLeast(Criterion):
    """The profile's level of an impairment is at least this word."""

    impairment: str
    level: Severity


@dataclass(frozen=True)
class ImpairmentBelow(Criterion):
    """The profile's level of an impairment is below this word."""

    impairment: str
    level: Severity


@dataclass(frozen=True)
class ImpairmentUnknown(Criterion):
    """Nothing is known of the impairment; never itself unknown."""

    impairment: str


@dataclass(frozen=True)
class ScoreIs(Criterion):
    """The newest score of a scale compared with a threshold, in the scale's unit."""

    instrument: str
    scale: str
    comparison: Comparison
    value: float
    basis: Basis


@dataclass(frozen=True)
class ItemIs(Criterion):
    """The newest answer to one item compared with a threshold."""

    instrument: str
    number: int
    comparison: Comparison
    value: float
    basis: Basis


@dataclass(frozen=True)
class CriterionMet(Criterion):
    """A DSM-5 criterion of borderline personality disorder as judged by a clinician."""

    number: int


@dataclass(frozen=True)
class Diagnosed(Criterion):
    """A diagnosis a clinician has recorded with one of these statuses."""

    code: str
    statuses: tuple[str, ...] = ("current", "suspected")


@dataclass(frozen=True)
class EventWithin(Criterion):
    """At least ``times`` events of these kinds in the last ``days`` (None: ever), the last day included."""

    kinds: tuple[str, ...]
    days: int | None
    times: int
    unassessed: bool
    basis: Basis | None


@dataclass(frozen=True)
class NoEventFor(Criterion):
    """No event of these kinds in the last ``days``; unknown unless something says so."""

    kinds: tuple[str, ...]
    days: int
    basis: Basis


@dataclass(frozen=True)
class UpcomingWithin(Criterion):
    """Something announced within ``days``; undated counts until a date says otherwise."""

    kinds: tuple[str, ...]
    days: int
    basis: Basis


@dataclass(frozen=True)
class Stated(Criterion):
    """A yes/no answer of the assessment, by group (risk, readiness, context, carers, dependants) and name."""

    group: str
    name: str
    wanted: bool


@dataclass(frozen=True)
class GeneralAtLeast(Criterion):
    """A general module has reached this state."""

    module: str
    state: GeneralState


@dataclass(frozen=True)
class GeneralIs(Criterion):
    """A general module is in exactly this state; ``unknown`` may be asked for and is then never itself unknown."""

    module: str
    state: GeneralState


@dataclass(frozen=True)
class ModuleReached(Criterion):
    """A specific module has reached a change stage; ``None`` as module means any of them."""

    module: str | None
    stage: StageId


@dataclass(frozen=True)
class OverrideActive(Criterion):
    """An override is active or waits to be asked (then unknown)."""

    code: str


@dataclass(frozen=True)
class PhaseAtLeast(Criterion):
    """The phase read now is this one or a later one."""

    phase: PhaseId


@dataclass(frozen=True)
class PreviousPhase(Criterion):
    """The phase stated in the assessment is one of these."""

    phases: tuple[PhaseId, ...]


@dataclass(frozen=True)
class CourseIs(Criterion):
    """The stated course is one of these words."""

    courses: tuple[str, ...]


@dataclass(frozen=True)
class OnMedication(Criterion):
    """A current drug of one of these classes."""

    classes: tuple[str, ...]


@dataclass(frozen=True)
class InSetting(Criterion):
    """The setting is one of these."""

    settings: tuple[str, ...]


@dataclass(frozen=True)
class HasAdaptation(Criterion):
    """One of these adaptations is recorded, or follows from the age."""

    adaptations: tuple[str, ...]


@dataclass(frozen=True)
class ResilienceIs(Criterion):
    """The level of resilience."""

    level: ResilienceLevel


@dataclass(frozen=True)
class HasPriority(Criterion):
    """The patient has named this impairment as a priority; silence counts as no."""

    impairment: str


@dataclass(frozen=True)
class NumberIs(Criterion):
    """A number of the assessment compared with a threshold."""

    name: str
    comparison: Comparison
    value: float
    unit: str
    basis: Basis


@dataclass(frozen=True)
class ReportDue(Criterion):
    """An expected self-report has not arrived: ``overdue`` when known to be missing, ``due`` when nobody knows."""

    state: str


@dataclass(frozen=True)
class NumberUnknown(Criterion):
    """A number of the assessment is not known at all; never itself unknown."""

    name: str
