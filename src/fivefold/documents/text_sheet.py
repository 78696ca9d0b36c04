"""A reading as text for a terminal or a file: bars, boxes and tables that fit the width."""

from collections.abc import Callable, Sequence

from fivefold.documents.sheets import Block, Entry, Fact, Grid, Heading, Level, Line, Name, Sheet, Tone, Verbatim, Way
from fivefold.documents.text_layout import Paper, table, way_strip

STEP = 2
NAME_WIDTH = 33


def print_text(sheet: Sheet, paper: Paper) -> str:
    """A sheet as one text that ends with a line break."""
    return finish(paper, [line for block in sheet.blocks for line in _lines(block, paper)])


def finish(paper: Paper, lines: Sequence[str]) -> str:
    """Lines as one text that ends with a line break."""
    return paper.letters("\n".join(lines).lstrip("\n") + "\n")


def _lines(block: Block, paper: Paper) -> list[str]:
    match block:
        case Heading():
            title = f"{block.title.upper()}  {block.about}" if block.about else block.title.upper()
            return paper.heading(title, block.note)
        case Line():
            return _line(block, paper)
        case Name():
            return [*_room(block.apart), " " * STEP * block.depth + paper.strong(block.text)]
        case Entry():
            return [*_room(block.apart), *paper.ends(f"  {paper.strong(block.name)}", block.value).split("\n")]
        case Fact():
            return [f"{block.label}: {paper.strong(block.value) if block.is_strong else block.value}"]
        case Level():
            return [f"    {block.name:<{NAME_WIDTH}} {paper.accent(paper.bar(block.level))} {block.words}"]
        case Way():
            return [*way_strip(block.stations, block.here, paper), ""]
        case Grid():
            return table(paper, block.titles if block.is_titled else (), block.rows, most=block.most)
        case Verbatim():
            return [*_room(block.apart), *(" " * STEP * block.depth + line for line in block.lines)]


def _room(apart: bool) -> list[str]:
    return [""] if apart else []


def _line(line: Line, paper: Paper) -> list[str]:
    inks: dict[Tone, Callable[[str], str]] = {Tone.PLAIN: paper.letters, Tone.STRONG: paper.strong, Tone.QUIET: paper.quiet, Tone.ALARM: paper.alarm}
    begin = " " * STEP * line.depth + (f"{line.mark} " if line.mark else "")
    return [*_room(line.apart), *map(inks[line.tone], paper.wrap(line.text, begin))]
