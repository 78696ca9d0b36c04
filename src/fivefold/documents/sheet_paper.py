"""A reading as a tagged PDF/UA-1 document, printed as the clinical documents are."""

from collections.abc import Iterator
from dataclasses import replace

from fivefold.documents.book import PRINTED_ON
from fivefold.documents.clinical import blocks as paper
from fivefold.documents.clinical.printing import print_pdf
from fivefold.documents.sheets import (
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
    under_title,
    with_lists,
)
from fivefold.documents.text_names import day

SAFETY_FIRST, AT_A_GLANCE = "Safety first", "At a glance"


def print_paper(sheet: Sheet, occasion: Occasion) -> bytes:
    """The sheet on A4."""
    alarms = tuple(block for block in sheet.blocks if isinstance(block, Line) and block.tone is Tone.ALARM)
    first = (_part(Heading(SAFETY_FIRST), alarms),) if alarms else ()
    rest = replace(under_title(sheet), blocks=tuple(block for block in under_title(sheet).blocks if block not in alarms))
    parts = (*first, *(_part(heading or Heading(AT_A_GLANCE), blocks) for heading, blocks in parts_of(rest)))
    foot = tuple(text for text in (occasion.limits, occasion.release) if text)
    document = paper.Composed("reading", sheet.title, "", occasion.about or "Fivefold", occasion.on or PRINTED_ON, (), parts, foot)
    return print_pdf(document, f"As of {day(occasion.on)}" if occasion.on else occasion.release or sheet.title)


def _part(heading: Heading, blocks: tuple[Block, ...]) -> paper.Part:
    note = (paper.Paragraph(heading.remark, "note"),) if heading.remark else ()
    return paper.Part("", heading.name, (*note, *(found for block in with_lists(blocks) for found in _blocks(block))))


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
