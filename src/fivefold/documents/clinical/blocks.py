"""What a clinical document consists of, before it has a form: parts with headings, and blocks of text, lists, tables and pictures.

One content is read by three printers (page, PDF, DOCX), so that no format says more or less than another. It is kept with the record
as JSON: ``stored`` and ``Composed.read`` are each other's inverse.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Paragraph:
    """A text. ``style`` is plain, lead, note (small), or words (of the patient, as they said them)."""

    text: str
    style: str = "plain"


@dataclass(frozen=True)
class Bullets:
    """A list; ``numbered`` where the order matters."""

    items: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True)
class Rows:
    """Values with their labels, such as a name or a day."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Table:
    """A table with a heading for every column; the first cell of a row names the row. ``widths`` are shares of the page."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]


@dataclass(frozen=True)
class Heading:
    """A heading inside a part."""

    text: str


@dataclass(frozen=True)
class PenLines:
    """Empty labelled lines, to be filled in by hand: two labels side by side."""

    labels: tuple[str, ...]


@dataclass(frozen=True)
class Chart:
    """One measure over time. ``points`` are days and values, None where a measure was given and has no score: a gap stays a gap.

    ``lower_is_better`` says which way is good; ``cutoff`` and ``band`` (lowest and highest value that error leaves possible) are None
    where they are not known or not shown. ``alt`` says in a sentence what the picture shows.
    """

    name: str
    points: tuple[tuple[str, float | None], ...]
    minimum: float
    maximum: float
    lower_is_better: bool
    best: str
    worst: str
    alt: str
    cutoff: float | None = None
    cutoff_word: str = ""
    band: tuple[float, float] | None = None


Block = Paragraph | Bullets | Rows | Table | Heading | PenLines | Chart
KINDS: dict[str, type[Block]] = {"paragraph": Paragraph, "bullets": Bullets, "rows": Rows, "table": Table, "heading": Heading, "pen": PenLines, "chart": Chart}
NAMES = {model: name for name, model in KINDS.items()}


@dataclass(frozen=True)
class Part:
    """One part of a document; ``id`` is its place in the kind's table, "" for what every document of the kind has around its parts."""

    id: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Composed:
    """A document as content: what stands at its head, its parts in order, and what stands at its foot.

    ``about`` names whom it is about in the running foot of each page; ``plain`` asks for large type and few lines.
    """

    kind: str
    title: str
    lead: str
    about: str
    on: date
    head: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    foot: tuple[str, ...] = ()
    language: str = "en"
    plain: bool = False

    def stored(self) -> str:
        """As it is kept; the same content always gives the same text."""
        kept = asdict(self) | {"on": self.on.isoformat(), "parts": [_stored_part(part) for part in self.parts]}
        return json.dumps(kept, ensure_ascii=False, sort_keys=True)

    @property
    def hash(self) -> str:
        """SHA-256 of the stored text: two documents with the same hash say the same."""
        return hashlib.sha256(self.stored().encode()).hexdigest()

    @classmethod
    def read(cls, stored: str) -> "Composed":
        """A document as it was kept."""
        kept: dict[str, Any] = json.loads(stored)
        parts = tuple(Part(part["id"], part["title"], tuple(_read_block(block) for block in part["blocks"])) for part in kept.pop("parts"))
        head = tuple((label, value) for label, value in kept.pop("head"))
        return cls(**kept | {"on": date.fromisoformat(kept["on"]), "parts": parts, "head": head, "foot": tuple(kept["foot"])})

    def content(self) -> dict[str, Any]:
        """The same as plain values, for a template; every block says its kind."""
        found: dict[str, Any] = json.loads(self.stored())
        return found


def _stored_part(part: Part) -> dict[str, Any]:
    blocks = [asdict(block) | {"kind": NAMES[type(block)]} for block in part.blocks]
    return {"id": part.id, "title": part.title, "blocks": blocks}


def _read_block(kept: Mapping[str, Any]) -> Block:
    values = {name: _as_tuples(value) for name, value in kept.items() if name != "kind"}
    return KINDS[kept["kind"]](**values)


def _as_tuples(value: Any) -> Any:
    return tuple(_as_tuples(part) for part in value) if isinstance(value, list) else value


def texts_of(document: Composed, *, own_words: bool = True) -> Iterator[tuple[str, str]]:
    """Every text with the title of the part it stands in; without ``own_words`` what patients said themselves is left out."""
    yield "", document.title
    yield "", document.lead
    for label, value in document.head:
        yield "", label
        yield "", value
    for part in document.parts:
        yield part.title, part.title
        for block in part.blocks:
            if own_words or not (isinstance(block, Paragraph) and block.style == "words"):
                yield from ((part.title, text) for text in _texts(block))
    yield from (("", text) for text in document.foot)


def _texts(block: Block) -> Iterator[str]:
    match block:
        case Paragraph() | Heading():
            yield block.text
        case Bullets():
            yield from block.items
        case Rows():
            yield from (text for row in block.rows for text in row)
        case Table():
            yield from block.header
            yield from (cell for row in block.rows for cell in row)
        case PenLines():
            yield from block.labels
        case Chart():
            yield from (block.name, block.best, block.worst, block.alt, block.cutoff_word)


def with_texts(document: Composed, change: Any) -> Composed:
    """The document with every text changed by a function, for instance a name taken out."""

    def visit(value: Any) -> Any:
        if isinstance(value, str):
            return change(value)
        if isinstance(value, list):
            return [visit(part) for part in value]
        if isinstance(value, dict):
            return {name: part if name in ("kind", "id", "on", "style", "language", "points") else visit(part) for name, part in value.items()}
        return value

    return Composed.read(json.dumps(visit(document.content()), ensure_ascii=False))
