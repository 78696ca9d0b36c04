"""Nearest neighbours: who was most alike at the start, and how their scores went. The explainable companion of the curve."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fivefold.concepts.progress import DoesNotKnow
from fivefold.concepts.rules import ProgressFile

RULE = "rule.progress.neighbours"
Value = float | str | None


@dataclass(frozen=True)
class Neighbour:
    """One earlier person without a name: what was known at the start, and the score at the session asked about, if any."""

    at_start: Mapping[str, Value]
    score: float | None


@dataclass(frozen=True)
class NeighbourBand:
    """Quartiles of the neighbours' scores with their number and the distance of the farthest (0 alike, 1 unlike)."""

    lower: float
    middle: float
    upper: float
    n: int
    farthest: float


def gower_distance(one: Mapping[str, Value], other: Mapping[str, Value], ranges: Mapping[str, float]) -> float | DoesNotKnow:
    """The mean difference over the variables known of both, 0 alike to 1 unlike.

    Numbers: |a - b| / range; words: 0 when the same, else 1; a variable that is missing on either side is left out. Gower 1971,
    as told in the product dossier, 3.1. Worked example: the printed distances of five loans in Bruce, Bruce and Gedeck, Practical
    Statistics for Data Scientists (2nd edition, page 323), from the R package cluster. Unknown when nothing is known of both. Raises
    KeyError for a number without a range.
    """
    parts = [
        _difference(one[name], other[name], ranges, name) for name in sorted(one.keys() & other.keys()) if one[name] is not None and other[name] is not None
    ]
    if not parts:
        return DoesNotKnow("Nothing is known of both people.", ("the same things known at the start",))
    return sum(parts) / len(parts)


def neighbour_band(person: Mapping[str, Value], others: Sequence[Neighbour], ranges: Mapping[str, float], rules: ProgressFile) -> NeighbourBand | DoesNotKnow:
    """Quartiles of the scores of the most alike people who have one, at most as many as the rule takes.

    Ties of distance keep the order of ``others``. Nothing is said from fewer people than the rule asks for, or when only people
    farther away than it allows are left: then nobody was alike. Numbers: our proposal; the example of the band is our own arithmetic.
    """
    rule = rules.rule(RULE)
    limit, least, most = rule.number("farthest").value, int(rule.number("least").value), int(rule.number("most").value)
    near = []
    for other in others:
        distance = gower_distance(person, other.at_start, ranges)
        if other.score is not None and not isinstance(distance, DoesNotKnow) and distance <= limit:
            near.append((distance, other.score))
    near = sorted(near, key=lambda found: found[0])[:most]
    if len(near) < least:
        return DoesNotKnow(f"{len(near)} people were alike enough; {least} are asked for.", ("more people like this one",), len(near))
    scores = sorted(score for _, score in near)
    return NeighbourBand(_quantile(scores, 0.25), _quantile(scores, 0.5), _quantile(scores, 0.75), len(near), near[-1][0])


def _difference(one: Value, other: Value, ranges: Mapping[str, float], name: str) -> float:
    if isinstance(one, str) or isinstance(other, str):
        return float(one != other)
    assert one is not None and other is not None, "missing values are left out before"
    return abs(one - other) / ranges[name]


def _quantile(ordered: Sequence[float], share: float) -> float:
    """The value below which a share lies, between two neighbours in proportion."""
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])
