"""What a book is made of: chapters of sections of blocks of lines, before anybody decides whether it is a web page or paper.

Both renderers read this one tree, so that page and paper cannot say different things.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from fivefold.concepts.basis import Basis, Claim, Quantity, SpreadQuantity
from fivefold.concepts.criteria import Criterion
from fivefold.concepts.criterion_words import Describer
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.documents import pdf_words as words


@dataclass(frozen=True)
class Span:
    """Text of one kind. ``anchor`` leads to a place of the book (or is one, with ``=`` before it), ``url`` out of it.

    ``style`` is empty, strong, note, code (never broken at a line's end) or paged (paper adds the page of the anchor).
    """

    text: str
    style: str = ""
    anchor: str = ""
    url: str = ""


Line = tuple[Span, ...]


@dataclass(frozen=True)
class Paragraph:
    """One paragraph; ``style`` is empty, lead or note."""

    line: Line
    style: str = ""


@dataclass(frozen=True)
class Bullets:
    """A list; ``ordered`` when the order is part of the meaning."""

    items: tuple[Line, ...]
    ordered: bool = False


@dataclass(frozen=True)
class Table:
    """A table with a header; the first cell of each row names the row. ``widths`` are shares. Cells hold lines."""

    header: tuple[str, ...]
    rows: tuple[tuple[Line | Bullets, ...], ...]
    widths: tuple[float, ...]


@dataclass(frozen=True)
class Conversation:
    """A worked example: where it happens, who says what, and what it shows."""

    setting: str
    turns: tuple[tuple[str, str], ...]
    shows: str


@dataclass(frozen=True)
class Section:
    """A heading with what stands under it. ``anchor`` is unique in the book; ``own_page``: on paper it begins a page."""

    anchor: str
    title: str
    blocks: tuple["Block", ...]
    own_page: bool = False


Block = Paragraph | Bullets | Table | Conversation | Section


@dataclass(frozen=True)
class Book:
    """The whole book."""

    title: str
    subtitle: str
    lead: str
    chapters: tuple[Section, ...]


_CODE = re.compile(r"\b[GSRPL]\d{1,3}[a-d]?\b")


class Pen:
    """Writes lines: links every code that the book explains, and sets the basis behind every claim."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self.knowledge = knowledge
        self._places = _places(knowledge)
        self._describe = Describer(knowledge).describe

    def text(self, text: str, style: str = "") -> Line:
        """Plain text with its codes as links."""
        spans: list[Span] = []
        end = 0
        for match in _CODE.finditer(text):
            if match.group() not in self._places:
                continue
            spans += [Span(text[end : match.start()], style)] if match.start() > end else []
            spans.append(Span(match.group(), style, anchor=match.group()))
            end = match.end()
        return (*spans, Span(text[end:], style)) if end < len(text) else tuple(spans)

    def basis(self, basis: Basis) -> Line:
        """A basis as a note behind a claim."""
        if basis.source is None:
            return (Span(f" [{words.short_basis(basis)}]", "note"),)
        return (Span(" [", "note"), *self.text(words.short_basis(basis), "note"), Span("]", "note"))

    def say(self, text: str, basis: Basis | None = None) -> Line:
        """A claim with its basis."""
        return self.text(text) + (self.basis(basis) if basis else ())

    def claim(self, claim: Claim) -> Line:
        """One claim."""
        return self.say(claim.text, claim.basis)

    def claims(self, claims: Iterable[Claim]) -> Bullets:
        """A list of claims."""
        return Bullets(tuple(self.claim(claim) for claim in claims))

    def texts(self, texts: Iterable[str], ordered: bool = False) -> Bullets:
        """A list of texts without a basis of their own."""
        return Bullets(tuple(self.text(text) for text in texts), ordered)

    def labelled(self, label: str, line: Line) -> Line:
        """A line with its name before it."""
        return (Span(f"{label}: ", "strong"), *line)

    def quantity(self, value: Quantity) -> Line:
        """A number with unit, basis and remark; a unit that explains itself (``0 light to 2 heavy``) stands in brackets."""
        remark = f": {value.text}" if value.text else ""
        unit = f"({value.unit})" if value.unit[:1].isdigit() else value.unit
        if value.value == 1 and unit in ("weeks", "days", "months", "minutes", "years"):
            unit = unit.removesuffix("s")
        return self.say(f"{words.number(value.value)} {unit}{remark}", value.basis)

    def spread(self, value: SpreadQuantity) -> Line:
        """A range with unit and basis."""
        least, usual, most = words.number(value.min), words.number(value.usual), words.number(value.max)
        shown = f"{usual} {value.unit}" if least == most else f"{least} to {most} {value.unit}, usually {usual}"
        return self.say(shown, value.basis)

    def criterion(self, criterion: Criterion) -> Line:
        """A criterion in plain English."""
        phrase = self._describe(criterion)
        return self.text(phrase[:1].upper() + phrase[1:] + ".")

    def module(self, key: str, style: str = "") -> Line:
        """A module as a link with its name."""
        name = self.knowledge.name_of(key)
        return (Span(key if name == key else f"{key} {name}", style, anchor=key if key in self._places else ""),)

    def modules(self, keys: Iterable[str]) -> Line:
        """Modules in a row."""
        return joined(self.module(key) for key in keys)

    def impairment(self, key: str) -> Line:
        """An impairment as a link."""
        found = self.knowledge.impairments.get(key)
        return (Span(found.name.lower() if found else key, anchor=impairment_anchor(key) if found else ""),)

    def impairments(self, keys: Iterable[str]) -> Line:
        """Impairments in a row."""
        return joined(self.impairment(key) for key in keys)

    def instrument(self, key: str) -> Line:
        """An instrument as a link."""
        found = self.knowledge.instruments.get(key)
        return (Span(found.name if found else key, anchor=instrument_anchor(key) if found else ""),)


def joined(lines: Iterable[Line], between: str = ", ") -> Line:
    """Lines one after the other."""
    spans: list[Span] = []
    for line in lines:
        spans += [Span(between), *line] if spans else line
    return tuple(spans)


def plain(text: str) -> Line:
    """A line of plain text."""
    return (Span(text),)


def impairment_anchor(key: str) -> str:
    """Where an impairment is described."""
    return f"impairment-{key}"


def instrument_anchor(key: str) -> str:
    """Where an instrument is listed."""
    return f"instrument-{key}"


def protocol_anchor(key: str) -> str:
    """Where a programme is described."""
    return f"protocol-{key}"


def filled(*blocks: Block | None) -> tuple[Block, ...]:
    """The blocks that have something to say."""
    return tuple(block for block in blocks if block is not None and not _is_empty(block))


def _is_empty(block: Block) -> bool:
    if isinstance(block, Paragraph):
        return not block.line
    if isinstance(block, Bullets):
        return not block.items
    if isinstance(block, Table):
        return not block.rows
    return isinstance(block, Section) and not block.blocks


def _places(knowledge: KnowledgeBase) -> frozenset[str]:
    """Every code that the book explains somewhere."""
    phases = (phase.value for phase in knowledge.phases)
    rules = (rule.code for rule in knowledge.overrides)
    return frozenset((*phases, *rules, *knowledge.general_modules, *knowledge.modules, *knowledge.sources))
