"""What of a difference may be error, from what an instrument's file states of its scale."""

import math
from collections.abc import Iterator

from fivefold.concepts.basis import Basis, BasisKind
from fivefold.concepts.instrument import Reliability, Scale
from fivefold.concepts.progress import DoesNotKnow, MeasurementError
from fivefold.concepts.rules import ProgressFile
from fivefold.engine.scoring import preferred_reliability

RULE = "rule.progress.reliable_change"
INTERNAL = "The error comes from internal consistency alone, which does not see that scores swing from week to week."
UNSEEN = "The figures behind the error are general knowledge or ours; they have not been read in a source."


def measurement_error(scale: Scale, rules: ProgressFile) -> MeasurementError | DoesNotKnow:
    """The standard error of one score and the smallest reliable difference, in the scale's unit.

    SEM = SD * sqrt(1 - r); the standard error of a difference is SEM * sqrt(2); a difference is reliable from z times that.
    Formula: Jacobson and Truax 1991 (J Consult Clin Psychol 59:12-19), with z from the rule. A retest coefficient is taken
    before internal consistency. Where the file states a reliable change as well, the larger of the two figures counts, and a
    difference between them is a possible change; figures that differ by rounding only are one figure, the stated one.

    Without a stated reliable change both the SD and a reliability below 1 are needed; the answer names what is missing.
    """
    z = rules.rule(RULE).number("z")
    computed, used = _computed(scale, z.value)
    stated = scale.reliable_change.value if scale.reliable_change else None
    if computed is None and stated is None:
        return DoesNotKnow("Nothing tells how large the measurement error of this scale is.", tuple(_missing(scale)))
    figures = _figures(computed, stated, rules)
    reliable_from = max(figures)
    basis = (z.basis, *_basis(scale, used))
    return MeasurementError(
        standard_error=reliable_from / (z.value * math.sqrt(2)),
        reliable_from=reliable_from,
        possible_from=min(figures) if len(figures) > 1 else None,
        z=z.value,
        doubts=tuple(_doubts(scale, used)),
        basis=basis,
    )


def _computed(scale: Scale, z: float) -> tuple[float | None, Reliability | None]:
    reliability = preferred_reliability(scale)
    if reliability is None or scale.sd is None:
        return None, None
    return z * math.sqrt(2) * scale.sd.value * math.sqrt(1 - reliability.value), reliability


def _figures(computed: float | None, stated: float | None, rules: ProgressFile) -> list[float]:
    if computed is None or stated is None:
        return [figure for figure in (computed, stated) if figure is not None]
    rounding = rules.rule(RULE).number("rounding").value / 100
    return [stated] if abs(computed - stated) <= rounding * stated else [computed, stated]


def _missing(scale: Scale) -> Iterator[str]:
    if scale.sd is None:
        yield "the standard deviation of the scale in a fitting group"
    if preferred_reliability(scale) is None:
        yield "a reliability, best over time"


def _basis(scale: Scale, used: Reliability | None) -> Iterator[Basis]:
    if used is not None and scale.sd is not None:
        yield used.basis
        yield scale.sd.basis
    if scale.reliable_change is not None:
        yield scale.reliable_change.basis


def _doubts(scale: Scale, used: Reliability | None) -> Iterator[str]:
    if used is not None and used.kind == "alpha":
        yield INTERNAL
    if any(basis.kind in (BasisKind.GENERAL_KNOWLEDGE, BasisKind.PROPOSAL) for basis in _basis(scale, used)):
        yield UNSEEN
