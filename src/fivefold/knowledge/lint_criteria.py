"""Whether anything can satisfy a criterion.

Every quantity a criterion speaks of has a range. Inside an ``all``, the parts about one quantity must leave room. What
is reported is never merely unlikely: no assessment whatsoever could make it true.
"""

import math
from collections.abc import Iterator

from fivefold.concepts import criteria as c
from fivefold.concepts.errors import Problem, shorten
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.vocabulary import GENERAL_STATE_ORDER, GeneralState
from fivefold.knowledge.lint_files import Files, problem

STEP = 1e-9
Bounds = tuple[str, float, float]


def check_satisfiability(base: KnowledgeBase, files: Files) -> Iterator[Problem]:
    """Every criterion that nothing can satisfy."""
    for file, path, node in files.criteria():
        if isinstance(node, c.AtLeastOf) and node.count > len(node.of):
            yield problem(file, path, f"{node.count} of {len(node.of)}", "a count the list can reach", "Lower the count.")
            continue
        found = _contradiction(base, node)
        if found:
            yield problem(file, path, found, "a criterion that something can satisfy", "Correct the threshold.")


def _contradiction(base: KnowledgeBase, node: c.Criterion) -> str:
    """The quantity for which a criterion leaves no room, or an empty text; an inner ``all`` is part of the outer one."""
    room: dict[str, tuple[float, float]] = {}
    for part in _joined(node):
        for name, low, high in _bounds(base, part):
            old_low, old_high = room.get(name, (-math.inf, math.inf))
            room[name] = (max(low, old_low), min(high, old_high))
    return next((shorten(f"{name} {_from(low)} and {_to(high)}") for name, (low, high) in room.items() if low > high), "")


def _from(low: float) -> str:
    edge = round(low, 6)
    return f"{'above' if low > edge else 'at least'} {edge:g}"


def _to(high: float) -> str:
    edge = round(high, 6) + 0.0
    return f"{'below' if high < edge else 'at most'} {edge:g}"


def _joined(node: c.Criterion) -> Iterator[c.Criterion]:
    if isinstance(node, c.AllOf):
        for part in node.of:
            yield from _joined(part)
    else:
        yield node


def _bounds(base: KnowledgeBase, node: c.Criterion) -> Iterator[Bounds]:
    """The quantities a criterion speaks of, each with the values that satisfy it."""
    match node:
        case c.ImpairmentAtLeast():
            yield node.impairment, node.level.lower_edge, 4.0
        case c.ImpairmentBelow():
            yield node.impairment, 0.0, node.level.lower_edge - STEP
        case c.ScoreIs():
            instrument = base.instruments.get(node.instrument)
            scale = instrument.scale(node.scale) if instrument else None
            if scale is not None:
                yield _compared(f"{node.instrument} {node.scale}", node.comparison, node.value, scale.range.min, scale.range.max)
        case c.ItemIs():
            instrument = base.instruments.get(node.instrument)
            if instrument is not None and instrument.items is not None:
                top = instrument.items.maximum_of(node.number)
                yield _compared(f"{node.instrument} item {node.number}", node.comparison, node.value, instrument.items.minimum, top)
        case c.NumberIs():
            yield _compared(node.name, node.comparison, node.value, 0, math.inf)
        case c.Stated():
            yield f"{node.group} {node.name} (no 0, yes 1)", float(node.wanted), float(node.wanted)
        case c.GeneralAtLeast() if node.state in GENERAL_STATE_ORDER:
            yield f"{node.module} (red 0 to attained 4)", float(GENERAL_STATE_ORDER[node.state]), math.inf
        case c.GeneralIs() if node.state is not GeneralState.UNKNOWN:
            yield f"{node.module} (red 0 to attained 4)", float(GENERAL_STATE_ORDER[node.state]), float(GENERAL_STATE_ORDER[node.state])
        case c.EventWithin(kinds=(kind,)):
            yield f"days since {kind}", 0.0, math.inf if node.days is None else float(node.days)
        case c.NoEventFor():
            for kind in node.kinds:
                yield f"days since {kind}", node.days + STEP, math.inf


def _compared(name: str, comparison: c.Comparison, value: float, low: float, high: float) -> Bounds:
    match comparison:
        case c.Comparison.AT_LEAST:
            return name, max(low, value), high
        case c.Comparison.ABOVE:
            return name, max(low, value + STEP), high
        case c.Comparison.AT_MOST:
            return name, low, min(high, value)
        case c.Comparison.BELOW:
            return name, low, min(high, value - STEP)
