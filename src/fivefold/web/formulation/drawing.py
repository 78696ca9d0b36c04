"""The drawing of a formulation: causes and triggers left, problems in the middle, loops right, strengths below. Whole numbers only.

The server draws it, so that it needs no script; the same in words stands beside it (``words.in_words``).
"""

import textwrap
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from fivefold.services.formulation_content import FormulationContent, Node, NodeKind
from fivefold.web.formulation.words import kind_word

WIDTH, GAP, MARGIN = 196, 66, 36
ROOM, LINE, HEAD, FOOT = 16, 18, 27, 11  # between boxes; a line of text; above and below the text of a box
LETTERS, MOST_LINES = 22, 6
BELOW = 54
SPREAD = 11  # between two links that meet a box on the same side
BOW = 30  # of the two ways between a loop and what it keeps going: the one above, the other below
COLUMNS = ((NodeKind.CAUSE, NodeKind.TRIGGER), (NodeKind.PROBLEM,), (NodeKind.LOOP,))


@dataclass(frozen=True)
class Box:
    """A node at its place, its words in lines of the drawing."""

    node: Node
    kind: str
    column: int
    x: int
    y: int
    height: int
    lines: tuple[tuple[int, str], ...]
    width: int = WIDTH

    @property
    def middle(self) -> tuple[int, int]:
        return self.x + self.width // 2, self.y + self.height // 2

    @property
    def text_x(self) -> int:
        return self.x + 13

    @property
    def kind_y(self) -> int:
        return self.y + 18


@dataclass(frozen=True)
class Arrow:
    """A link as a path; ``said`` is its sentence, ``kind`` that of the node it comes from."""

    path: str
    kind: NodeKind
    said: str


@dataclass(frozen=True)
class Drawing:
    """Boxes and arrows on a field of so many units."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


@dataclass(frozen=True)
class _End:
    """Where a link meets a box: at its left, right, top or bottom side."""

    box: Box
    side: str


def draw(content: FormulationContent) -> Drawing | None:
    """The drawing; None when there is nothing to draw."""
    if not content.nodes:
        return None
    boxes = _columns(content)
    tall = max((box.y + box.height for box in boxes), default=MARGIN - BELOW)
    wide = max((box.column for box in boxes), default=0) + 1
    boxes += _strengths(content, wide, tall + BELOW)
    return Drawing(
        width=2 * MARGIN + wide * (WIDTH + GAP) - GAP,
        height=max(box.y + box.height for box in boxes) + MARGIN,
        boxes=tuple(boxes),
        arrows=tuple(_arrows(content, {box.node.id: box for box in boxes})),
    )


def _columns(content: FormulationContent) -> list[Box]:
    """The columns that hold something, each in the middle of the tallest."""
    beside = _beside(content)
    columns = [sorted(nodes, key=beside.__getitem__) for kinds in COLUMNS if (nodes := [node for kind in kinds for node in content.of_kind(kind)])]
    heights = [sum(map(_height, nodes)) + ROOM * (len(nodes) - 1) for nodes in columns]
    boxes = []
    for column, nodes in enumerate(columns):
        y = MARGIN + (max(heights) - heights[column]) // 2
        for node in nodes:
            boxes.append(_box(node, column, y))
            y += _height(node) + ROOM
    return boxes


def _beside(content: FormulationContent) -> dict[Node, float]:
    """How far down each node belongs: at the problems it is linked with, so that few arrows cross; without any at the end."""
    place = {node.id: number for number, node in enumerate(content.of_kind(NodeKind.PROBLEM))}
    linked: dict[str, list[int]] = {node.id: [place[node.id]] if node.id in place else [] for node in content.nodes}
    for link in content.links:
        for one, other in ((link.start, link.end), (link.end, link.start)):
            if other in place and one not in place:
                linked[one].append(place[other])
    return {node: sum(linked[node.id]) / len(linked[node.id]) if linked[node.id] else len(place) for node in content.nodes}


def _strengths(content: FormulationContent, wide: int, y: int) -> list[Box]:
    """Rows below everything else, each in the middle."""
    nodes, boxes = content.of_kind(NodeKind.STRENGTH), list[Box]()
    for first in range(0, len(nodes), wide):
        row = nodes[first : first + wide]
        boxes += [_box(node, column, y) for column, node in enumerate(row, (wide - len(row)) // 2)]
        y += max(map(_height, row)) + ROOM
    return boxes


def _wrapped(words: str) -> list[str]:
    return textwrap.wrap(words, LETTERS, max_lines=MOST_LINES, placeholder=" …")


def _height(node: Node) -> int:
    return HEAD + LINE * len(_wrapped(node.words)) + FOOT


def _box(node: Node, column: int, y: int) -> Box:
    lines = tuple((y + HEAD + LINE * place + 13, text) for place, text in enumerate(_wrapped(node.words)))
    return Box(node, kind_word(node), column, MARGIN + column * (WIDTH + GAP), y, _height(node), lines)


# ---- Arrows --------------------------------------------------------------------------------------------------------------


def _arrows(content: FormulationContent, boxes: dict[str, Box]) -> Iterable[Arrow]:
    floor = max((box.y + box.height for box in boxes.values() if box.node.kind is not NodeKind.STRENGTH), default=0)
    ends = [_sides(boxes[link.start], boxes[link.end]) for link in content.links]
    many = Counter((end.box.node.id, end.side) for pair in ends for end in pair)
    met: Counter[tuple[str, str]] = Counter()
    for link, pair in zip(content.links, ends, strict=True):
        points = []
        for end in pair:
            key = (end.box.node.id, end.side)
            points.append(_point(end, met[key], many[key]))
            met[key] += 1
        start, stop = boxes[link.start], boxes[link.end]
        path = _loop(start, stop) if _is_loop(start, stop) else _path(points, (pair[0].side, pair[1].side), floor)
        yield Arrow(path, start.node.kind, f"{start.node.words} – {link.words} – {stop.node.words}")


def _sides(start: Box, stop: Box) -> tuple[_End, _End]:
    """Which sides a link joins: those that face each other; within a column it bows out to the left, far back it goes below."""
    below = NodeKind.STRENGTH
    if start.node.kind is not stop.node.kind and below in (start.node.kind, stop.node.kind):
        up = start.node.kind is below
        return _End(start, "top" if up else "bottom"), _End(stop, "bottom" if up else "top")
    if start.column == stop.column:
        return _End(start, "left"), _End(stop, "left")
    if stop.column - start.column == -2:
        return _End(start, "bottom"), _End(stop, "bottom")
    return (_End(start, "right"), _End(stop, "left")) if start.column < stop.column else (_End(start, "left"), _End(stop, "right"))


def _point(end: _End, place: int, many: int) -> tuple[int, int]:
    """The place on a side; several links share it, one beside the other as far as there is room."""
    x, y = end.box.middle
    room = end.box.height if end.side in ("left", "right") else end.box.width
    shift = round((place - (many - 1) / 2) * min(SPREAD, (room - 16) / max(many, 1)))
    if end.side in ("left", "right"):
        return (end.box.x if end.side == "left" else end.box.x + end.box.width), y + shift
    return x + shift, (end.box.y if end.side == "top" else end.box.y + end.box.height)


def _is_loop(start: Box, stop: Box) -> bool:
    """Whether a link joins a loop with its neighbour on the left."""
    return (
        abs(start.column - stop.column) == 1
        and NodeKind.LOOP in (start.node.kind, stop.node.kind)
        and NodeKind.STRENGTH not in (start.node.kind, stop.node.kind)
    )


def _loop(start: Box, stop: Box) -> str:
    """There above the middle, back below it: both together go round."""
    way = 1 if start.column < stop.column else -1
    x1, x2 = (start.x + start.width, stop.x) if way == 1 else (start.x, stop.x + stop.width)
    y1, y2 = (box.middle[1] - way * min(box.height // 4, 14) for box in (start, stop))
    third = (x2 - x1) // 3
    return f"M{x1} {y1}C{x1 + third} {y1 - way * BOW} {x2 - third} {y2 - way * BOW} {x2} {y2}"


def _path(points: list[tuple[int, int]], sides: tuple[str, str], floor: int) -> str:
    """A curve that leaves and meets its boxes at right angles; one that comes from below and goes there passes below the columns."""
    (x1, y1), (x2, y2) = points
    leaves, arrives = sides
    if leaves == arrives == "bottom":
        return f"M{x1} {y1}C{x1} {floor + BELOW} {x2} {floor + BELOW} {x2} {y2}"
    bend = {"left": (-1, 0), "right": (1, 0), "top": (0, -1), "bottom": (0, 1)}
    reach = MARGIN - 6 if leaves == arrives else max(24, (abs(x2 - x1) if leaves in ("left", "right") else abs(y2 - y1)) // 2)
    (dx1, dy1), (dx2, dy2) = bend[leaves], bend[arrives]
    return f"M{x1} {y1}C{x1 + dx1 * reach} {y1 + dy1 * reach} {x2 + dx2 * reach} {y2 + dy2 * reach} {x2} {y2}"
