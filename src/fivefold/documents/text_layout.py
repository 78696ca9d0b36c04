"""Text for a terminal: wrapping, headings, tables and bars. Colour only adds to what the words already say."""

import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

RESET = "\x1b[0m"
BOLD, DIM, RED, CYAN = "\x1b[1m", "\x1b[2m", "\x1b[1;31m", "\x1b[36m"
# What a terminal of letters only can show instead of drawing and typographic characters.
IN_LETTERS = str.maketrans({
    "‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "−": "-", "…": "...", "×": "x", "±": "+-", "→": "->", "≥": ">=", "≤": "<=",
    "█": "#", "▒": ":", "░": ".", "│": "|", "─": "-", "▲": "^", "●": "*", "▷": ">", "○": "o", "✓": "x", "‖": "=", "✕": "x", "•": "-", "\u00a0": " ",
})  # fmt: skip
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
# Bars and tables need this much; a narrower terminal wraps by itself.
NARROWEST = 78
BAR_CELLS = 16


@dataclass(frozen=True)
class Paper:
    """What text is written on: its width in characters, and whether it may show colour and drawing characters."""

    width: int = 80
    colour: bool = False
    drawing: bool = False

    def _ink(self, code: str, text: str) -> str:
        return f"{code}{text}{RESET}" if self.colour and text else text

    def strong(self, text: str) -> str:
        return self._ink(BOLD, text)

    def quiet(self, text: str) -> str:
        return self._ink(DIM, text)

    def accent(self, text: str) -> str:
        return self._ink(CYAN, text)

    def alarm(self, text: str) -> str:
        """Red, kept for safety."""
        return self._ink(RED, text)

    def letters(self, text: str) -> str:
        """The text with drawing characters where they may be shown, in plain letters otherwise."""
        return text if self.drawing else text.translate(IN_LETTERS)

    def wrap(self, text: str, first: str = "", rest: str | None = None) -> list[str]:
        """Lines of at most the width; ``first`` begins the first line, ``rest`` (as many blanks by default) the others."""
        following = " " * len(first) if rest is None else rest
        # Plain letters can be longer than what they stand for, so they are chosen before lines are measured.
        lines = textwrap.wrap(self.letters(text), self.width, initial_indent=first, subsequent_indent=following, break_on_hyphens=False)
        return lines or [first.rstrip()]

    def heading(self, title: str, note: str = "") -> list[str]:
        """A heading after an empty line, with a note at its right where there is room."""
        if note and len(title) + len(note) + 2 <= self.width:
            return ["", self.strong(title) + self.quiet(note.rjust(self.width - len(title)))]
        return ["", self.strong(title), *(self.quiet(line) for line in (self.wrap(note) if note else ()))]

    def rule(self) -> str:
        return self.quiet("─" * self.width)

    def bar(self, level: float, most: float = 4.0) -> str:
        """A bar of fixed length for a level from 0 to ``most``."""
        filled = round(BAR_CELLS * level / most)
        return "│" + "█" * filled + "░" * (BAR_CELLS - filled) + "│"

    def ends(self, left: str, right: str) -> str:
        """Two texts at both ends of a line, the right one on a line of its own where there is no room."""
        left, right = self.letters(left), self.letters(right)
        room = self.width - visible(left) - visible(right)
        return f"{left}{' ' * room}{right}" if room >= 2 else f"{left}\n{' ' * max(0, self.width - visible(right))}{right}"


def visible(text: str) -> int:
    """How many characters of a text are seen."""
    return len(ESCAPES.sub("", text))


def way_strip(stations: Sequence[str], here: int, paper: Paper) -> list[str]:
    """Stations in order as a way, with the place ``here`` (0 is the first) marked in brackets, capitals and words."""
    labels = [f"[{name}]" if place == here else name for place, name in enumerate(stations)]
    if sum(map(len, labels)) + 3 * (len(labels) - 1) > paper.width:
        return [f"  {label}{'   <- you are here' if place == here else ''}" for place, label in enumerate(labels)]
    start = sum(len(label) + 3 for label in labels[:here])
    mark = "▲ you are here"
    column = min(start + 1, paper.width - len(mark))
    shown = [paper.accent(paper.strong(label)) if place == here else label for place, label in enumerate(labels)]
    return [" ─ ".join(shown), " " * column + paper.accent(mark)]


def table(paper: Paper, titles: Sequence[str], rows: Iterable[Sequence[str]], *, indent: str = "  ", most: int = 30) -> list[str]:
    """A table whose columns are as wide as they need, the last one taking what is left and wrapping."""
    cells = [[paper.letters(cell) for cell in row] for row in rows]
    if not cells:
        return []
    measured = [list(titles), *cells] if titles else cells
    widths = [min(most, max(len(row[column]) for row in measured)) for column in range(len(cells[0]) - 1)]
    lines = [paper.quiet(line) for line in _row(paper, titles, widths, indent)] if titles else []
    for row in cells:
        lines += _row(paper, row, widths, indent)
    return lines


def _row(paper: Paper, row: Sequence[str], widths: Sequence[int], indent: str) -> list[str]:
    """One row: every cell wrapped into its column."""
    left = len(indent) + sum(widths) + 2 * len(widths)
    wrapped = [textwrap.wrap(cell, width, break_on_hyphens=False) or [""] for cell, width in zip(row, widths, strict=False)]
    wrapped.append(textwrap.wrap(row[-1], max(12, paper.width - left), break_on_hyphens=False) or [""])
    height = max(map(len, wrapped))
    lines = []
    for index in range(height):
        parts = [(cell[index] if index < len(cell) else "").ljust(width) for cell, width in zip(wrapped, [*widths, 0], strict=True)]
        lines.append((indent + "  ".join(parts)).rstrip())
    return lines
