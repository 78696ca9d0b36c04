"""The book as one web page: fonts and style inside the file, no script, a policy that forbids the network."""

from collections.abc import Callable, Iterable

from fivefold.documents.book_blocks import Block, Book, Bullets, Conversation, Line, Paragraph, Section, Span, Table
from fivefold.documents.html.inlined import policy_of, style_of
from fivefold.documents.html.markup import Html, fill, join

_SHELL = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>{}</title>
<style>{}</style>
</head>
<body>
<a class="skip" href="#book">Skip to the book</a>
<nav aria-label="Contents"><p class="logo">five<b>fold</b></p><ol>{}</ol></nav>
<main id="book" tabindex="-1"><header><h1>{}</h1><p class="release">{}</p><p class="lead">{}</p></header>{}</main>
</body>
</html>
"""
_DEEPEST_HEADING = 6
Lead = Callable[[str], str]
"""Where a link to an anchor of the book leads; an empty address leaves its words without a link."""


def render_book(book: Book) -> str:
    """The whole page."""
    contents = [_entry(chapter) for chapter in book.chapters]
    chapters = render_blocks(book.chapters, 2, "#{}".format)
    style = style_of("book")
    return fill(_SHELL, policy_of(style), book.title, Html(style), contents, book.title, book.subtitle, book.lead, chapters)


def render_blocks(blocks: Iterable[Block], level: int, lead: Lead) -> Html:
    """Blocks as HTML, sections among them with headings of this level (1 to 6); ``lead`` gives the address of an anchor."""
    return join(_block(block, level, lead) for block in blocks)


def _entry(section: Section) -> Html:
    """One chapter of the contents with the sections that have a name of their own."""
    inside = [part for part in section.blocks if isinstance(part, Section)]
    nested = fill("<ol>{}</ol>", [fill('<li><a href="#{}">{}</a></li>', part.anchor, part.title) for part in inside]) if inside else None
    return fill('<li><a href="#{}">{}</a>{}</li>', section.anchor, section.title, nested)


def _section(section: Section, level: int, lead: Lead) -> Html:
    heading = min(level, _DEEPEST_HEADING)
    page = ' class="page"' if section.own_page else ""
    shape = f'<section id="{{}}"{page}><h{heading}>{{}}</h{heading}>{{}}</section>'
    return fill(shape, section.anchor, section.title, render_blocks(section.blocks, level + 1, lead))


def _block(block: Block, level: int, lead: Lead) -> Html:
    if isinstance(block, Section):
        return _section(block, level, lead)
    if isinstance(block, Paragraph):
        return fill(f'<p class="{block.style}">{{}}</p>' if block.style else "<p>{}</p>", _line(block.line, lead))
    if isinstance(block, Bullets):
        return _bullets(block, lead)
    if isinstance(block, Table):
        return _table(block, lead)
    return _conversation(block)


def _bullets(block: Bullets, lead: Lead) -> Html:
    shape = "<ol>{}</ol>" if block.ordered else "<ul>{}</ul>"
    return fill(shape, [fill("<li>{}</li>", _line(item, lead)) for item in block.items])


def _table(table: Table, lead: Lead) -> Html:
    """A table that becomes a list of cards on a phone. Roles stand in full: a style sheet that lays cells out as blocks takes them away."""
    head = [fill('<th scope="col" role="columnheader">{}</th>', name) for name in table.header]
    rows = [
        fill('<tr role="row">{}</tr>', [_cell(cell, name, index, lead) for index, (cell, name) in enumerate(zip(row, table.header, strict=True))])
        for row in table.rows
    ]
    shape = (
        '<table role="table"><thead role="rowgroup"><tr role="row">{}</tr></thead><tbody role="rowgroup">{}</tbody></table>'
    )  # fmt: skip
    return fill(shape, head, rows)


def _cell(cell: Line | Bullets, column: str, index: int, lead: Lead) -> Html:
    """One cell; it carries the name of its column for the phone."""
    inside = _bullets(cell, lead) if isinstance(cell, Bullets) else _line(cell, lead)
    if index == 0:
        return fill('<th scope="row" role="rowheader" data-column="{}">{}</th>', column, inside)
    return fill('<td role="cell" data-column="{}">{}</td>', column, inside)


def _conversation(block: Conversation) -> Html:
    turns = [fill('<div class="turn {}"><dt>{}</dt><dd>{}</dd></div>', who, who.capitalize(), says) for who, says in block.turns]
    return fill('<p class="setting">{}</p><dl class="dialogue">{}</dl><p class="shows"><b>What it shows:</b> {}</p>', block.setting, turns, block.shows)


def _line(line: Line, lead: Lead) -> Html:
    return join(_span(span, lead) for span in line)


def _span(span: Span, lead: Lead) -> Html:
    text = fill("{}", span.text)
    if span.style == "strong":
        text = fill("<b>{}</b>", text)
    elif span.style in ("note", "code"):
        text = fill(f'<span class="{span.style}">{{}}</span>', text)
    if span.url:
        return fill('<a href="{}" rel="noreferrer">{}</a>', span.url, text)
    if span.anchor.startswith("="):
        return fill('<span id="{}">{}</span>', span.anchor[1:], text)
    address = lead(span.anchor) if span.anchor else ""
    return fill('<a href="{}">{}</a>', address, text) if address else text
