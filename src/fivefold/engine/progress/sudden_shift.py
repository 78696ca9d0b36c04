"""Sudden gains and losses between two sessions."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from fivefold.concepts.progress import DatedValue, DoesNotKnow, Grounds, MeasurementError, Score, Series
from fivefold.concepts.rules import ProgressFile, ProgressRule

RULE = "rule.progress.sudden_shift"
FEW_AROUND = "Fewer than three scores stand on one side of the shift."


class ShiftKind(StrEnum):
    """Which way a series jumped."""

    GAIN = "gain"
    LOSS = "loss"


@dataclass(frozen=True)
class SuddenShift:
    """A jump between two sessions in a row: ``size`` in units and ``percent`` of the score before, both above 0.

    ``percent`` is None where the score before lay at the best end. ``reversed_on`` is the day on which half of it was lost
    again, None when that has not been seen.
    """

    kind: ShiftKind
    before: Score
    after: Score
    size: float
    percent: float | None
    reversed_on: date | None
    grounds: Grounds


def find_sudden_shifts(series: Series, error: MeasurementError, rules: ProgressFile) -> tuple[SuddenShift, ...] | DoesNotKnow:
    """Every sudden gain and loss of a series, oldest first; an empty tuple when it was looked for and none was found.

    Between two sessions in a row, both with a score: (1) a difference of at least the reliable change; (2) at least a quarter
    of the score before; (3) |mean before - mean after| > t * pooled SD, with up to three scores on each side and at least two,
    t for their number and no 1/n factor. Criteria: Tang and DeRubeis 1999 (J Consult Clin Psychol 67:894-904), in the form
    that adjusts t for missing scores and takes the reliable change as the first cut. Scores are read as distances from the
    best end of the scale, and losses as the mirror of gains; both are ours.

    Entries keep their places: a missing score closes no gap, and two scores that lie too many days apart are not two sessions in
    a row. Where no two sessions can be judged, nothing is known.
    """
    rule = rules.rule(RULE)
    places = [index for index in range(len(series.values) - 1) if _sides(series.values, index, rule) is not None]
    scores = series.scores
    if not places:
        return DoesNotKnow("No two sessions in a row have enough scores around them.", ("two scores before and two after",), len(scores), series.last)
    found = (_shift_at(series, index, error, rule) for index in places)
    return tuple(shift for shift in found if shift is not None)


Sides = tuple[list[float], list[float]]


def _sides(values: Sequence[DatedValue], index: int, rule: ProgressRule) -> Sides | None:
    """The scores up to and after a place, None when the two sessions or their neighbours are missing."""
    size, least = int(rule.number("scores_each_side").value), int(rule.number("least_each_side").value)
    apart = (values[index + 1].on - values[index].on).days
    if values[index].value is None or values[index + 1].value is None or apart > rule.number("longest_gap").value:
        return None
    before = [entry.value for entry in values[max(0, index + 1 - size) : index + 1] if entry.value is not None]
    after = [entry.value for entry in values[index + 1 : index + 1 + size] if entry.value is not None]
    return (before, after) if min(len(before), len(after)) >= least else None


def _shift_at(series: Series, index: int, error: MeasurementError, rule: ProgressRule) -> SuddenShift | None:
    sides = _sides(series.values, index, rule)
    before, after = _score(series.values[index]), _score(series.values[index + 1])
    assert sides is not None, "only judged places are asked for"
    worse = series.worse_by(before.value, after.value)
    start = series.burden(before.value)
    large = round(abs(worse) - error.reliable_from, 6) >= 0 and round(abs(worse) - rule.number("share").value / 100 * start, 6) >= 0
    if not large or not _stands_out(series, sides, worse, rule):
        return None
    few = min(map(len, sides)) < int(rule.number("scores_each_side").value)
    scores = series.scores
    return SuddenShift(
        kind=ShiftKind.LOSS if worse > 0 else ShiftKind.GAIN,
        before=before,
        after=after,
        size=round(abs(worse), 6),
        percent=round(100 * abs(worse) / start, 6) if start > 0 else None,
        reversed_on=_reversed_on(series, index + 1, worse, rule),
        grounds=Grounds(len(scores), scores[-1].on, (*((FEW_AROUND,) if few else ()), *error.doubts), (rule.basis, *error.basis)),
    )


def _stands_out(series: Series, sides: Sides, worse: float, rule: ProgressRule) -> bool:
    """The third criterion, and that the means moved the same way as the two sessions."""
    before, after = sides
    freedom = len(before) + len(after) - 2
    pooled = math.sqrt((_squares(before) + _squares(after)) / freedom)
    moved = series.worse_by(math.fsum(before) / len(before), math.fsum(after) / len(after))
    return moved * worse > 0 and abs(moved) > rule.number(f"t_{freedom}").value * pooled


def _squares(values: list[float]) -> float:
    mean = math.fsum(values) / len(values)
    return math.fsum((value - mean) ** 2 for value in values)


def _reversed_on(series: Series, index: int, worse: float, rule: ProgressRule) -> date | None:
    after = _score(series.values[index])
    lost = rule.number("reversal").value / 100 * abs(worse)
    for entry in series.values[index + 1 :]:
        if entry.value is not None and round(-math.copysign(1, worse) * series.worse_by(after.value, entry.value) - lost, 6) >= 0:
            return entry.on
    return None


def _score(entry: DatedValue) -> Score:
    assert entry.value is not None, "only entries with a score are judged"
    return Score(entry.on, entry.value)
