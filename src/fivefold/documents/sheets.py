"""A reading before it has a form: what one command of the main job says, as headings, lines, entries and tables.

Text, page, PDF and Markdown are printed from one sheet, so that no form says more or less than another. Depth counts steps of
indentation on a terminal; a page uses it only to tell what belongs to the line above.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from fivefold.concepts.plan import Override
from fivefold.concepts.vocabulary import OverrideStatus

BULLET, TAKE_CARE, ASKS_FOR = "-", "!", ">"
MET, NOT_MET, NOT_KNOWN = "[x]", "[ ]", "[?]"
MARK_WORDS = {MET: "met", NOT_MET: "not met", NOT_KNOWN: "not known"}


class Tone(StrEnum):
    """How a line speaks. ``ALARM`` is red and kept for safety."""

    PLAIN = "plain"
    STRONG = "strong"
    QUIET = "quiet"
    ALARM = "alarm"


@dataclass(frozen=True)
class Heading:
    """The begin of a part; ``about`` is the name of what it is about, ``note`` a remark beside it.

    ``has_key``: the note is the key to the boxes of a terminal; a page, a PDF and Markdown say what they mean in words.
    """

    title: str
    note: str = ""
    about: str = ""
    has_key: bool = False

    @property
    def name(self) -> str:
        """Title and what it is about, where there is no terminal to set them apart."""
        return f"{self.title}: {self.about}" if self.about else self.title

    @property
    def remark(self) -> str:
        """The note, unless it explains what only a terminal shows."""
        return "" if self.has_key else self.note


@dataclass(frozen=True)
class Line:
    """A text of one paragraph; ``mark`` stands before it (``-``, ``!``, ``>``, a box, a number); ``apart`` leaves room above."""

    text: str
    mark: str = ""
    depth: int = 1
    tone: Tone = Tone.PLAIN
    apart: bool = False


@dataclass(frozen=True)
class Name:
    """A name over what follows."""

    text: str
    depth: int = 0
    apart: bool = False


@dataclass(frozen=True)
class Entry:
    """A named thing with its value at the other end of the line."""

    name: str
    value: str
    apart: bool = False


@dataclass(frozen=True)
class Fact:
    """A label with its value; ``is_strong`` where the value is what one looks for."""

    label: str
    value: str
    is_strong: bool = False


@dataclass(frozen=True)
class Level:
    """A level from 0 (none) to 4 (extreme) as a bar, and in words."""

    name: str
    level: float
    words: str


@dataclass(frozen=True)
class Way:
    """Stations in order and the place (0 is the first) where one is."""

    stations: tuple[str, ...]
    here: int


@dataclass(frozen=True)
class Grid:
    """A table; the first cell of a row names the row. ``most``: widest column but the last, in characters; a terminal shows ``titles`` if ``is_titled``."""

    titles: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    most: int = 30
    is_titled: bool = False


@dataclass(frozen=True)
class Verbatim:
    """Lines that are kept as they are: a path, a command."""

    lines: tuple[str, ...]
    apart: bool = False
    depth: int = 1


Block = Heading | Line | Name | Entry | Fact | Level | Way | Grid | Verbatim


@dataclass(frozen=True)
class Sheet:
    """One reading: what it is, and what it says in order."""

    title: str
    blocks: tuple[Block, ...]

    @classmethod
    def of(cls, title: str, blocks: Iterable[Block]) -> "Sheet":
        return cls(title, tuple(blocks))


def listed(title: str, texts: Sequence[str]) -> list[Block]:
    """A part that is a list; nothing where there is nothing to list."""
    return [Heading(title), *(Line(text, BULLET) for text in texts)] if texts else []


def told_first(sheet: Sheet, rules: Iterable[Override]) -> Sheet:
    """The sheet with the active risk rules before everything else."""
    active = [Line(f"{rule.code} {rule.name}: active.", TAKE_CARE, 0, Tone.ALARM) for rule in rules if rule.status is OverrideStatus.ACTIVE]
    return replace(sheet, blocks=(*active, *sheet.blocks))


def under_title(sheet: Sheet) -> Sheet:
    """The sheet for a form that sets its title above everything: without the same name once more."""
    return replace(sheet, blocks=tuple(block for block in sheet.blocks if not (isinstance(block, Name) and block.text == sheet.title)))


def parts_of(sheet: Sheet) -> Iterator[tuple[Heading | None, tuple[Block, ...]]]:
    """The parts with their headings; what stands before the first heading has none."""
    heading: Heading | None = None
    inside: list[Block] = []
    for block in sheet.blocks:
        if not isinstance(block, Heading):
            inside.append(block)
            continue
        if heading is not None or inside:
            yield heading, tuple(inside)
        heading, inside = block, []
    if heading is not None or inside:
        yield heading, tuple(inside)


# ---- What a page and a PDF need beside the terminal ----------------------------------------------------------------------


@dataclass(frozen=True)
class Occasion:
    """What a sheet on paper says of itself: whom it is about (an id, "" if nobody), its day, the release behind it ("" if none was read), its limits."""

    about: str
    on: date | None
    release: str
    limits: str


@dataclass(frozen=True)
class Item:
    """A line of a list with the deeper lines that belong to it."""

    line: Line
    more: tuple[Line, ...] = ()

    @property
    def word(self) -> str:
        """What its box says, in a word; "" for a bullet or a number."""
        return MARK_WORDS.get(self.line.mark, "")


Items = tuple[Item, ...]


def with_lists(blocks: Iterable[Block]) -> Iterator[Block | Items]:
    """The blocks with marked lines that follow each other gathered into lists."""
    items: list[Item] = []
    for block in blocks:
        if isinstance(block, Line) and items and not block.mark and block.depth > items[-1].line.depth:
            items[-1] = replace(items[-1], more=(*items[-1].more, block))
            continue
        is_item = isinstance(block, Line) and block.mark not in ("", TAKE_CARE, ASKS_FOR)
        if items and not (is_item and isinstance(block, Line) and _is_number(block) == _is_number(items[-1].line)):
            yield tuple(items)
            items = []
        if is_item and isinstance(block, Line):
            items.append(Item(block))
        else:
            yield block
    if items:
        yield tuple(items)


def is_numbered(items: Items) -> bool:
    """Whether the marks are numbers."""
    return _is_number(items[0].line)


def _is_number(line: Line) -> bool:
    return line.mark.strip().isdigit()
