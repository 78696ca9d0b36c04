"""How far two readings of the same things agree: Cohen's kappa, and what two keyings of a case demand of each thing.

Cohen J. A coefficient of agreement for nominal scales. Educational and Psychological Measurement 1960; 20: 37-46.
"""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from fivefold.concepts.training import Keying

Pair = tuple[str, str]


class Agreement(NamedTuple):
    """``share`` of the ``pairs`` that are the same, 0 to 1, and ``kappa``, at most 1; None where nothing varies or nothing was compared."""

    kappa: float | None
    share: float | None
    pairs: int


def agreement_of(pairs: Iterable[Pair]) -> Agreement:
    """Cohen's kappa of pairs of words, unweighted."""
    counted = Counter(pairs)
    total = sum(counted.values())
    if not total:
        return Agreement(None, None, 0)
    observed = sum(count for (left, right), count in counted.items() if left == right) / total
    lefts = Counter({word: sum(count for (left, _), count in counted.items() if left == word) for word, _ in counted})
    rights = Counter({word: sum(count for (_, right), count in counted.items() if right == word) for _, word in counted})
    chance = sum(lefts[word] * rights[word] for word in lefts) / total**2
    return Agreement(None if chance == 1 else (observed - chance) / (1 - chance), observed, total)


def demand_on_module(keying: Keying, module: str) -> str:
    """What a keying demands of one module, in one word."""
    if module in keying.must_now:
        return "now"
    if module in keying.must_not_now:
        return "not now"
    return "in the plan" if module in keying.must_plan else "no demand"


def demand_on_rule(keying: Keying, code: str) -> str:
    """What a keying demands of one safety rule, in one word."""
    if code in keying.active:
        return "active"
    return "raised" if code in keying.raised else "not demanded"
