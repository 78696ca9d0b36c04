"""Goal attainment scaling: one T-score from the levels that a person's own goals have reached."""

import math
from collections.abc import Sequence

LOWEST, HIGHEST = -2, 2
RHO = 0.3
AS_EXPECTED = 50.0


def goal_attainment_t(levels: Sequence[float], weights: Sequence[float] | None = None, *, rho: float = RHO) -> float:
    """The T-score of goals at levels -2 (much less than hoped for) to +2 (much better), 50 when all are as hoped for.

    T = 50 + 10 * sum(w x) / sqrt((1 - rho) * sum(w^2) + rho * (sum w)^2), where x is a goal's level, w its weight (all
    equal when left out) and rho the correlation assumed between goals. Source: Kiresuk and Sherman's method as in L85 of
    ``sources.yaml``, whose erratum corrects a formula that circulates in a misprinted form. Worked examples: goals of equal weight whose T the
    R package gasr prints (its README); the one with weights is our own arithmetic. With few goals T is noisy:
    always show each goal beside it.

    Every goal needs a level; a goal without one is left out by the caller, who says so. Raises ValueError for a level
    outside -2 to 2, a weight that is not above 0, no goal at all, or lists of different lengths.
    """
    used = list(weights) if weights is not None else [1.0] * len(levels)
    if not levels or len(used) != len(levels):
        raise ValueError(f"{len(levels)} levels and {len(used)} weights: at least one goal is needed, and one weight for each")
    if not all(LOWEST <= level <= HIGHEST for level in levels):
        raise ValueError(f"levels {list(levels)}: each must lie from {LOWEST} to {HIGHEST}")
    if not all(weight > 0 for weight in used):
        raise ValueError(f"weights {used}: each must be above 0")
    reached = math.fsum(weight * level for weight, level in zip(used, levels, strict=True))
    spread = (1 - rho) * math.fsum(weight**2 for weight in used) + rho * math.fsum(used) ** 2
    return AS_EXPECTED + 10 * reached / math.sqrt(spread)
