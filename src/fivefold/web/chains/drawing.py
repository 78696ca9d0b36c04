"""The drawing of a chain: its steps from the top down, each with its strength and with what could be done instead. Whole numbers only.

The server draws it, so that it needs no script; narrow enough for a telephone. The same stands beside it in words.
"""

import textwrap
from dataclasses import dataclass

from django.utils.translation import gettext as _

from fivefold.services.chain_content import ChainContent
from fivefold.web.chains.words import ChainStep, steps_of

WIDTH, MARGIN, GAP = 308, 6, 24
LINE, HEAD, FOOT = 18, 27, 11  # a line of text; above and below the text of a box
LETTERS, MOST_LINES = 36, 5
BAR = 7  # the height of the bar of a strength
SCALE = 100


@dataclass(frozen=True)
class ChainBox:
    """A step at its place, its words in lines of the drawing; ``instead`` lines stand below them, ``bar`` is the length of the strength."""

    step: ChainStep
    y: int
    height: int
    lines: tuple[tuple[int, str], ...]
    instead: tuple[tuple[int, str], ...]
    bar: int | None
    x: int = MARGIN
    width: int = WIDTH

    @property
    def text_x(self) -> int:
        return self.x + 13

    @property
    def name_y(self) -> int:
        return self.y + 18

    @property
    def bar_x(self) -> int:
        return self.x + self.width - 13 - SCALE

    @property
    def bar_y(self) -> int:
        return self.y + 11

    @property
    def bottom(self) -> int:
        return self.y + self.height


@dataclass(frozen=True)
class ChainDrawing:
    """Boxes and the arrows between them on a field of so many units."""

    width: int
    height: int
    boxes: tuple[ChainBox, ...]
    arrows: tuple[str, ...]
    bar_height: int = BAR
    scale: int = SCALE


def draw(content: ChainContent) -> ChainDrawing:
    """The drawing of a chain."""
    boxes: list[ChainBox] = []
    y = MARGIN
    for step in steps_of(content):
        boxes.append(_box(step, y))
        y = boxes[-1].bottom + GAP
    middle = MARGIN + WIDTH // 2
    arrows = tuple(f"M{middle} {one.bottom}V{one.bottom + GAP - 2}" for one in boxes[:-1])
    return ChainDrawing(WIDTH + 2 * MARGIN, y - GAP + MARGIN, tuple(boxes), arrows)


def _box(step: ChainStep, y: int) -> ChainBox:
    words = _wrapped(step.words)
    instead = _wrapped(_("Instead: %(words)s") % {"words": step.instead}) if step.instead else []
    lines = tuple((y + HEAD + LINE * place + 13, text) for place, text in enumerate(words))
    below = y + HEAD + LINE * len(words) + 5
    return ChainBox(
        step,
        y,
        HEAD + LINE * (len(words) + len(instead)) + FOOT + (5 if instead else 0),
        lines,
        tuple((below + LINE * place + 13, text) for place, text in enumerate(instead)),
        step.strength,
    )


def _wrapped(words: str) -> list[str]:
    return textwrap.wrap(" ".join(words.split()), LETTERS, max_lines=MOST_LINES, placeholder=" …")
