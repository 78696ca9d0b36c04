"""The book cut into pages for a reader who looks something up: a page for each chapter, phase, module, impairment, programme and instrument.

The words are those of the book. What a page adds stands apart from them: how sure its statements are, and the sources it leans on.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from fivefold.concepts.basis import Basis, BasisKind
from fivefold.concepts.knowledge_base import KnowledgeBase, KnownSource
from fivefold.concepts.treatment_module import EvidenceClaim, Intervention
from fivefold.concepts.vocabulary import EvidenceClass
from fivefold.concepts.walking import walk
from fivefold.documents.book import CHAPTERS
from fivefold.documents.book_blocks import Block, Bullets, Line, Paragraph, Pen, Section, Span, Table
from fivefold.documents.book_instruments import instrument_chapter
from fivefold.documents.book_rules import instruments_chapter

# Chapters of which each entry has a page of its own; sections inside that only group entries begin with one of GROUPS.
SPLIT = ("phases", "general-modules", "specific-modules", "impairments", "protocols", "instruments")
GROUPS = ("domain-", "instruments-")
PREFIXES = ("impairment-", "protocol-", "instrument-")


@dataclass(frozen=True)
class Place:
    """Where a page stands: its chapter, and its name in it; empty for the chapter's own page."""

    chapter: str
    name: str = ""


@dataclass(frozen=True)
class BookPage:
    """One page. ``bases`` and ``evidence`` count the statements of each kind, most frequent first; ``sources`` are those it names."""

    place: Place
    section: Section
    chapter_title: str
    bases: tuple[tuple[BasisKind, int], ...] = ()
    evidence: tuple[tuple[EvidenceClass, int], ...] = ()
    sources: tuple[KnownSource, ...] = ()

    @property
    def parts(self) -> tuple[Section, ...]:
        """The headings of the page, in order."""
        return tuple(block for block in self.section.blocks if isinstance(block, Section))


@dataclass(frozen=True)
class PagedBook:
    """All pages in the order of reading, and on which page each anchor of the book stands."""

    knowledge: KnowledgeBase
    pages: dict[Place, BookPage]
    places: dict[str, Place]

    def after(self, place: Place, step: int) -> BookPage | None:
        """The page before (-1) or after (1) an entry within its chapter; None at its ends."""
        inside = [other for other in self.pages if other.chapter == place.chapter and other.name]
        if place not in inside:
            return None
        index = inside.index(place) + step
        return self.pages[inside[index]] if 0 <= index < len(inside) else None


def write_pages(knowledge: KnowledgeBase) -> PagedBook:
    """The whole book as pages."""
    pen = Pen(knowledge)
    written = [instrument_chapter if chapter is instruments_chapter else chapter for chapter in CHAPTERS]
    pages: dict[Place, BookPage] = {}
    for chapter in (write(knowledge, pen) for write in written):
        for place, section in _cut(chapter):
            pages[place] = _page(place, section, chapter.title, knowledge)
    # A group of a chapter, such as a domain, stands on the chapter's own page; an entry on its own.
    places = {anchor: place for place, page in reversed(pages.items()) for anchor in _anchors(page.section)}
    return PagedBook(knowledge, pages, places)


def _cut(chapter: Section) -> Iterator[tuple[Place, Section]]:
    """The chapter's own page, a list where its entries have pages, and then those."""
    if chapter.anchor not in SPLIT:
        yield Place(chapter.anchor), chapter
        return
    yield Place(chapter.anchor), Section(chapter.anchor, chapter.title, tuple(_listed(chapter.blocks)))
    for entry in _entries(chapter.blocks):
        yield Place(chapter.anchor, _name(entry.anchor)), entry


def _is_group(block: Section) -> bool:
    return block.anchor.startswith(GROUPS)


def _entries(blocks: Iterable[Block]) -> Iterator[Section]:
    for block in blocks:
        if isinstance(block, Section) and _is_group(block):
            yield from _entries(block.blocks)
        elif isinstance(block, Section):
            yield block


def _listed(blocks: Iterable[Block]) -> Iterator[Block]:
    """The same blocks with each entry as one line of a list, groups kept."""
    lines: list[Line] = []
    for block in blocks:
        if not isinstance(block, Section):
            yield block
        elif _is_group(block):
            yield Section(block.anchor, block.title, tuple(_listed(block.blocks)))
        else:
            lines.append(_entry_line(block))
    if lines:
        yield Bullets(tuple(lines))


def _entry_line(entry: Section) -> Line:
    first = next((block.line for block in entry.blocks if isinstance(block, Paragraph)), ())
    return (Span(entry.title, anchor=entry.anchor), Span(". "), *first)


def _name(anchor: str) -> str:
    for prefix in PREFIXES:
        anchor = anchor.removeprefix(prefix)
    return anchor


# -- what a page adds ----------------------------------------------------------------------------------------------------


def _page(place: Place, section: Section, chapter_title: str, knowledge: KnowledgeBase) -> BookPage:
    value = _value(place, knowledge)
    bases = Counter(part.kind for _, part in walk(value) if isinstance(part, Basis))
    return BookPage(
        place,
        section,
        chapter_title,
        tuple(sorted(bases.items(), key=lambda one: -one[1])),
        tuple(sorted(_evidence(value).items(), key=lambda one: list(EvidenceClass).index(one[0]))),
        tuple(knowledge.sources[key] for key in _sources(section, knowledge)) if place.name else (),
    )


def _value(place: Place, knowledge: KnowledgeBase) -> Any:
    """The entry of the knowledge base that a page tells; None for a chapter."""
    phases = {phase.value: found for phase, found in knowledge.phases.items()}
    shelves: dict[str, dict[str, Any]] = {
        "phases": phases,
        "general-modules": dict(knowledge.general_modules),
        "specific-modules": dict(knowledge.modules),
        "impairments": dict(knowledge.impairments),
        "protocols": dict(knowledge.protocols),
        "instruments": dict(knowledge.instruments),
    }
    return shelves.get(place.chapter, {}).get(place.name)


def _evidence(value: Any) -> Counter[EvidenceClass]:
    parts = [part for _, part in walk(value)]
    return Counter([part.code for part in parts if isinstance(part, EvidenceClaim)] + [part.evidence for part in parts if isinstance(part, Intervention)])


def _sources(section: Section, knowledge: KnowledgeBase) -> list[str]:
    """The sources that a page names, in the order of the list of literature."""
    named = {span.anchor for span in _spans(section)}
    return [key for key in knowledge.sources if key in named]


def _anchors(section: Section) -> Iterator[str]:
    """Every anchor that stands on a page."""
    yield section.anchor
    for block in section.blocks:
        if isinstance(block, Section):
            yield from _anchors(block)
    yield from (span.anchor[1:] for span in _spans(section) if span.anchor.startswith("="))


def _spans(block: Block) -> Iterator[Span]:
    if isinstance(block, Section):
        for part in block.blocks:
            yield from _spans(part)
    elif isinstance(block, Paragraph):
        yield from block.line
    elif isinstance(block, Bullets):
        for item in block.items:
            yield from item
    elif isinstance(block, Table):
        for cell in (cell for row in block.rows for cell in row):
            yield from _spans(cell) if isinstance(cell, Bullets) else cell
