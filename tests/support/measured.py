"""Small builders of measured change: weekly series, and scales with exactly the figures a claim is about."""

from collections.abc import Sequence
from datetime import date, timedelta

from fivefold.concepts.basis import GENERAL_KNOWLEDGE, Basis, BasisKind, Quantity
from fivefold.concepts.instrument import Cutoff, Norm, NormGroup, Reliability, Scale, ScaleRange, ScoringMethod
from fivefold.concepts.progress import DatedValue, Series
from fivefold.concepts.vocabulary import Direction

START = date(2026, 1, 5)
SEEN = Basis(BasisKind.SOURCE, "L62")
WORSE, BETTER = Direction.HIGHER_IS_WORSE, Direction.HIGHER_IS_BETTER


def weekly(
    *values: float | None, low: float = 0, high: float = 100, direction: Direction = WORSE, every: int = 7, instrument: str = "invented", scale: str = "total"
) -> Series:
    """A series of one value each week from ``START``; None is a week without a score."""
    entries = tuple(DatedValue(START + timedelta(days=every * week), value) for week, value in enumerate(values))
    return Series(instrument, scale, "points", low, high, direction, entries)


def mirrored(series: Series) -> Series:
    """The same course on a scale that points the other way."""
    direction = BETTER if series.direction is WORSE else WORSE
    turned = tuple(DatedValue(entry.on, None if entry.value is None else series.minimum + series.maximum - entry.value) for entry in series.values)
    return Series(series.instrument, series.scale, series.unit, series.minimum, series.maximum, direction, turned)


def invented_scale(
    *,
    sd: float | None = 7.5,
    retest: float | None = 0.80,
    reliable_change: float | None = None,
    cutoff: float | None = None,
    norms: Sequence[tuple[NormGroup, float, float]] = (),
    direction: Direction = WORSE,
    low: float = 0,
    high: float = 100,
) -> Scale:
    """A scale of an invented instrument, from 0 to 100 points, with the figures that are given and no others."""
    marked = (
        Cutoff("clinical range", SEEN, at_least=cutoff if direction is WORSE else None, at_most=cutoff if direction is BETTER else None, clinical=True)
        if cutoff is not None
        else None
    )
    return Scale(
        id="total",
        name="Total",
        method=ScoringMethod.SUM,
        range=ScaleRange(low, high, "points", GENERAL_KNOWLEDGE),
        direction=direction,
        cutoffs=() if marked is None else (marked,),
        reliability=() if retest is None else (Reliability("retest", retest, SEEN),),
        sd=None if sd is None else Quantity(sd, "points", SEEN),
        reliable_change=None if reliable_change is None else Quantity(reliable_change, "points", SEEN),
        norms=tuple(Norm("a group", SEEN, mean, spread, group) for group, mean, spread in norms),
    )
