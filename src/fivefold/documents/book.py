"""The readable book of Integrated Modular Treatment, printed from the knowledge base: as a web page and as a PDF.

Both are made from one tree of blocks, so they say the same. Nothing is left out of the knowledge base but the scoring keys and
items of instruments, which have their own files and licences.
"""

from datetime import date
from typing import Any

from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.documents.book_blocks import Block, Book, Bullets, Conversation, Line, Paragraph, Pen, Section, Span, Table
from fivefold.documents.book_html import render_book
from fivefold.documents.book_indexes import impairment_index, sources_chapter, therapy_index
from fivefold.documents.book_rules import (
    impairments_chapter,
    instruments_chapter,
    progress_chapter,
    protocols_chapter,
    rules_chapter,
    safety_chapter,
)
from fivefold.documents.book_treatment import general_chapter, phases_chapter, principles_chapter, reading_chapter, specific_chapter
from fivefold.documents.typesetting import typeset

CHAPTERS = (
    reading_chapter, principles_chapter, phases_chapter, general_chapter, specific_chapter, impairments_chapter, safety_chapter, rules_chapter,
    progress_chapter, protocols_chapter, instruments_chapter, sources_chapter, impairment_index, therapy_index,
)  # fmt: skip
# A PDF needs a date, and the same knowledge must give the same bytes: a knowledge base carries no clock.
PRINTED_ON = date(2026, 1, 1)


def write_book(knowledge: KnowledgeBase) -> Book:
    """The book as a tree, before it becomes a page or paper."""
    pen = Pen(knowledge)
    release = knowledge.release
    return Book(
        title="The book of Integrated Modular Treatment",
        subtitle=f"Knowledge release {release.version} · {release.content_hash[:12]}",
        lead="Phases, modules, rules and programmes for borderline personality disorder, as Fivefold knows them: every claim with its basis, "
        "every intervention with its evidence. A working text for clinicians who decide for themselves.",
        chapters=tuple(chapter(knowledge, pen) for chapter in CHAPTERS),
    )


def book_html(knowledge: KnowledgeBase) -> str:
    """The book as one self-contained, accessible HTML page that loads nothing."""
    return render_book(write_book(knowledge))


def book_pdf(knowledge: KnowledgeBase) -> bytes:
    """The book as a tagged PDF/UA-1 document with contents, bookmarks and page numbers in its indexes."""
    book = write_book(knowledge)
    content = {
        "title": book.title,
        "subtitle": book.subtitle,
        "lead": book.lead,
        "chapters": [_block(chapter) for chapter in book.chapters],
    }
    return typeset("book.typ", content, on=PRINTED_ON)


# -- the tree as content of a template -----------------------------------------------------------------------------------


def _block(block: Block) -> dict[str, Any]:
    """One block with its kind, so that the template can choose its form."""
    if isinstance(block, Section):
        inside = [_block(part) for part in block.blocks]
        return {"kind": "section", "anchor": block.anchor, "title": block.title, "own_page": block.own_page, "blocks": inside}
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "style": block.style, "line": _line(block.line)}
    if isinstance(block, Bullets):
        return {"kind": "bullets", "ordered": block.ordered, "items": [_line(item) for item in block.items]}
    if isinstance(block, Table):
        rows = [[_cell(cell) for cell in row] for row in block.rows]
        return {"kind": "table", "header": list(block.header), "widths": list(block.widths), "rows": rows}
    assert isinstance(block, Conversation)
    turns = [{"who": who.capitalize(), "says": says} for who, says in block.turns]
    return {"kind": "conversation", "setting": block.setting, "turns": turns, "shows": block.shows}


def _cell(cell: Line | Bullets) -> dict[str, Any]:
    return _block(cell) if isinstance(cell, Bullets) else {"kind": "line", "line": _line(cell)}


def _line(line: Line) -> list[Any]:
    """A line as short JSON: plain spans are bare strings."""
    return [span.text if span == Span(span.text) else {"t": span.text, "s": span.style, "a": span.anchor, "url": span.url} for span in line]
