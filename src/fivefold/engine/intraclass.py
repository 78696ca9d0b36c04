"""Agreement of raters: intraclass correlations from the two-way table of ratings, with an interval.

Formulas: Shrout & Fleiss 1979, Psychological Bulletin 86, 420-428 (cases 1 to 3, single ratings, and the interval of case 2 with
Satterthwaite's degrees of freedom); the interval is the one of McGraw & Wong 1996 for ICC(A,1) as well *(both pointers: known, not
re-opened here; the published table of the first is a test)*.
"""

from collections.abc import Sequence
from math import exp, lgamma, log, log1p

import numpy as np

from fivefold.concepts.fidelity import Agreement

STEPS = 200  # of the continued fraction and of the search; both end far earlier
CLOSE = 1e-12


def intraclass(ratings: Sequence[Sequence[float]], share: float = 0.95) -> Agreement:
    """The agreement in a table with one row for each target (n >= 2) and one column for each rater (k >= 2), none missing.

    With BMS, JMS and EMS the mean squares between targets, between raters, and of what is left:
    ICC(2,1) = (BMS - EMS) / (BMS + (k-1) EMS + k (JMS - EMS) / n). It can be negative: raters then differ more on one target than
    targets differ. Raises ValueError for a table of another form.
    """
    table = np.asarray(ratings, dtype=float)
    if table.ndim != 2 or table.shape[0] < 2 or table.shape[1] < 2 or not np.isfinite(table).all():
        raise ValueError("expected a table of at least two targets by two raters with no rating missing")
    n, k = table.shape
    grand, targets, raters = table.mean(), table.mean(axis=1), table.mean(axis=0)
    between = k * float(((targets - grand) ** 2).sum()) / (n - 1)
    judges = n * float(((raters - grand) ** 2).sum()) / (k - 1)
    left = float(((table - targets[:, None] - raters[None, :] + grand) ** 2).sum()) / ((n - 1) * (k - 1))
    within = float(((table - targets[:, None]) ** 2).sum()) / (n * (k - 1))
    if between <= CLOSE and within <= CLOSE:
        return Agreement(n, k, None, None, None, None, None)
    single = _share(between - left, between + (k - 1) * left + k * (judges - left) / n)
    low, high = _interval(n, k, (between, judges, left), single, share)
    return Agreement(n, k, single, low, high, _share(between - within, between + (k - 1) * within), _share(between - left, between + (k - 1) * left))


def _share(part: float, whole: float) -> float | None:
    return part / whole if abs(whole) > CLOSE else None


def _interval(n: int, k: int, squares: tuple[float, float, float], single: float | None, share: float) -> tuple[float | None, float | None]:
    """The bounds of ICC(2,1); None twice where nothing is left to work them out from."""
    between, judges, left = squares
    if single is None or left <= CLOSE:
        return None, None
    ratio, rest = judges / left, n * (1 + (k - 1) * single) - k * single
    freedom = (k - 1) * (n - 1) * (k * single * ratio + rest) ** 2 / ((n - 1) * (k * single * ratio) ** 2 + rest**2)
    tail = 1 - (1 - share) / 2
    lower, upper = f_quantile(tail, n - 1, freedom), f_quantile(tail, freedom, n - 1)
    about = k * judges + (k * n - k - n) * left
    low = n * (between - lower * left) / (lower * about + n * between)
    high = n * (upper * between - left) / (about + n * upper * between)
    return low, high


# ---- Fisher's F ----------------------------------------------------------------------------------------------------------


def f_quantile(probability: float, first: float, second: float) -> float:
    """The value below which F with these degrees of freedom (above 0, whole or not) lies with a probability between 0 and 1."""
    low, high = 0.0, 1.0
    for _ in range(STEPS):
        # F = x second / ((1 - x) first) for x of a beta distribution with half the degrees of freedom.
        middle = (low + high) / 2
        if incomplete_beta(middle, first / 2, second / 2) < probability:
            low = middle
        else:
            high = middle
        if high - low < CLOSE * high:
            break
    middle = (low + high) / 2
    return middle * second / ((1 - middle) * first)


def incomplete_beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function for x from 0 to 1, by its continued fraction (Lentz's way of working it out)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    # The fraction is quick on one side of the mean; the other side is the same with the parts exchanged.
    return front * _fraction(x, a, b) / a if x < (a + 1) / (a + b + 2) else 1 - front * _fraction(1 - x, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    tiny = 1e-300
    c, d = 1.0, 1 / max(abs(1 - (a + b) * x / (a + 1)), tiny) * (1 if 1 - (a + b) * x / (a + 1) >= 0 else -1)
    value = d
    for m in range(1, STEPS):
        for part in (m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)), -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))):
            d, c = 1 + part * d, 1 + part / c
            d, c = 1 / (d if abs(d) > tiny else tiny), c if abs(c) > tiny else tiny
            value *= d * c
        if abs(d * c - 1) < CLOSE:
            break
    return value
