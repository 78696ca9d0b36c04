"""A reading as a tagged PDF/UA-1 document, printed as the clinical documents are."""

from collections.abc import Iterator
from dataclasses import replace

from fivefold.documents.book import PRINTED_ON
from fivefold.documents.clinical import blocks as paper
from fivefold.documents.clinical.printing import print_pdf
from fivefold.documents.sheets import (  # the kinds of blocks above, what is done with them here
    Block,
    Entry,
    Fact,
    Grid,
    Heading,
    Item,
    Items,
    Level,
    Line,
    Name,
    Occasion,
    Sheet,
    Tone,
    Verbatim,
    Way,
    is_numbered,
    parts_of,
    with_lists,
)
from fivefold.documents.text_names import day

SAFETY_FIRST, AT_A_GLANCE = "Safety first", "At a glance"


def print_paper(sheet: Sheet, occasion: Occasion) -> bytes:
    """The sheet on A4."""
    alarms = tuple(block for block in sheet.blocks if isinstance(block, Line) and block.tone is Tone.ALARM)
    rest = replace(sheet, blocks=tuple(block for block in sheet.blocks if block not in alarms))
    first = (paper.Part("", SAFETY_FIRST, tuple(found for block in alarms for found in _blocks(block))),) if alarms else ()
    parts = (*first, *(_part(heading, blocks, sheet) for heading, blocks in parts_of(rest)))
    foot = (occasion.limits, occasion.release)
    document = paper.Composed("reading", sheet.title, "", occasion.about or "Fivefold", occasion.on or PRINTED_ON, (), parts, foot)
    return print_pdf(document, f"As of {day(occasion.on)}" if occasion.on else occasion.release)


def _part(heading: Heading | None, blocks: tuple[Block, ...], sheet: Sheet) -> paper.Part:
    title = AT_A_GLANCE if heading is None else f"{heading.title}: {heading.about}" if heading.about else heading.title
    note = (paper.Paragraph(heading.note, "note"),) if heading is not None and heading.note and not heading.note.startswith("[x]") else ()
    shown = [block for block in blocks if not (isinstance(block, Name) and block.text == sheet.title)]
    return paper.Part("", title, (*note, *(found for block in with_lists(shown) for found in _blocks(block))))


def _blocks(block: Block | Items) -> Iterator[paper.Block]:
    match block:
        case tuple():
            yield paper.Bullets(tuple(map(_item, block)), is_numbered(block))
        case Line():
            yield paper.Paragraph(block.text, "lead" if block.tone in (Tone.STRONG, Tone.ALARM) else "note" if block.tone is Tone.QUIET else "plain")
        case Name():
            yield paper.Heading(block.text)
        case Entry():
            yield paper.Rows(((block.name, block.value),))
        case Fact():
            yield paper.Rows(((block.label, block.value),))
        case Level():
            yield paper.Rows(((block.name, block.words),))
        case Way():
            yield paper.Bullets(tuple(f"{name} (you are here)" if place == block.here else name for place, name in enumerate(block.stations)), numbered=True)
        case Grid():
            yield paper.Table(tuple(title.capitalize() for title in block.titles), block.rows, _widths(block))
        case Verbatim():
            yield from (paper.Paragraph(line, "note") for line in block.lines)
        case Heading():
            raise AssertionError("a heading begins a part and never stands inside one")


def _item(item: Item) -> str:
    word = f"{item.word.capitalize()}: " if item.word else ""
    return " ".join((f"{word}{item.line.text}", *(f"[{line.text}]" if line.tone is Tone.QUIET else line.text for line in item.more)))


def _widths(grid: Grid) -> tuple[int, ...]:
    """Shares of the page by what the columns hold, none narrower than a short word."""
    longest = [max(len(cell) for cell in (title, *(row[column] for row in grid.rows))) for column, title in enumerate(grid.titles)]
    return tuple(max(10, min(60, length)) for length in longest)
