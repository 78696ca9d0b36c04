"""A reading as one self-contained page: fonts and style inside the file, no script, a policy that forbids the network."""

from collections.abc import Iterable

from fivefold.documents.html.inlined import policy_of, style_of
from fivefold.documents.html.markup import NOTHING, Html, fill, join
from fivefold.documents.sheet_markdown import told
from fivefold.documents.sheets import (
    ASKS_FOR,
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

MOST = 4.0
_SHELL = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>{}</title>
<style>{}</style>
</head>
<body>
<header><p class="logo">five<b>fold</b></p></header>
<main><h1>{}</h1><p class="told">{}</p>{}</main>
<footer>{}</footer>
</body>
</html>
"""
_LEVEL = (
    '<p class="level"><b>{}</b><svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect class="whole" width="100" height="8"/>'
    '<rect class="part" width="{}" height="8"/></svg><span>{}</span></p>'
)


def print_page(sheet: Sheet, occasion: Occasion) -> str:
    """The whole file."""
    parts = [_part(heading, blocks, sheet.title) for heading, blocks in parts_of(under_title(sheet))]
    foot = [fill("<p>{}</p>", text) for text in (occasion.limits, occasion.release) if text]
    style = style_of("sheet")
    return fill(_SHELL, policy_of(style), f"{sheet.title} · Fivefold", Html(style), sheet.title, told(occasion), parts, foot)


def _part(heading: Heading | None, blocks: Iterable[Block], title: str) -> Html:
    inside = [_block(block) for block in with_lists(blocks)]
    if heading is None:
        return fill("<section>{}</section>", inside)
    name = fill("<h2>{}</h2>", heading.name) if heading.name != title else NOTHING
    remark = fill('<p class="note">{}</p>', heading.remark) if heading.remark else NOTHING
    return fill("<section>{}{}{}</section>", name, remark, inside)


def _block(block: Block | Items) -> Html:
    match block:
        case tuple():
            return fill("<ol>{}</ol>" if is_numbered(block) else "<ul>{}</ul>", [_item(item) for item in block])
        case Line():
            return _line(block)
        case Name():
            return fill("<h3>{}</h3>", block.text)
        case Entry():
            return fill('<h3 class="entry">{} <span>{}</span></h3>', block.name, block.value)
        case Fact():
            return fill('<p class="fact"><span>{}</span> <b>{}</b></p>', block.label, block.value)
        case Level():
            return fill(_LEVEL, block.name, f"{100 * block.level / MOST:.0f}", block.words)
        case Way():
            return fill('<ol class="way">{}</ol>', [_station(name, place == block.here) for place, name in enumerate(block.stations)])
        case Grid():
            return _grid(block)
        case Verbatim():
            return fill("<pre>{}</pre>", "\n".join(block.lines))
        case Heading():
            raise AssertionError("a heading begins a part and never stands inside one")


def _item(item: Item) -> Html:
    word = fill('<b class="box">{}:</b> ', item.word.capitalize()) if item.word else NOTHING
    return fill("<li>{}{}{}</li>", word, item.line.text, [_line(line) for line in item.more])


def _line(line: Line) -> Html:
    if line.tone is Tone.ALARM:
        return fill('<p class="alarm"><b>{}</b></p>', line.text)
    if line.tone is Tone.STRONG:
        return fill('<p class="lead">{}</p>', line.text)
    kind = "asks" if line.mark == ASKS_FOR else "care" if line.mark else "note" if line.tone is Tone.QUIET else ""
    return fill('<p class="{}">{}</p>', kind, line.text) if kind else fill("<p>{}</p>", line.text)


def _station(name: str, is_here: bool) -> Html:
    return fill('<li aria-current="step"><b>{}</b> <span>you are here</span></li>', name) if is_here else fill("<li>{}</li>", name)


def _grid(grid: Grid) -> Html:
    """A table that becomes a list of cards on a phone. Roles stand in full: a style sheet that lays cells out as blocks takes them away."""
    titles = [title.capitalize() for title in grid.titles]
    head = [fill('<th scope="col" role="columnheader">{}</th>', title) for title in titles]
    rows = [
        fill('<tr role="row"><th scope="row" role="rowheader">{}</th>{}</tr>', row[0],
             [fill('<td role="cell" data-column="{}">{}</td>', title, cell) for title, cell in zip(titles[1:], row[1:], strict=True)])
        for row in grid.rows
    ]  # fmt: skip
    shape = '<table role="table"><thead role="rowgroup"><tr role="row">{}</tr></thead><tbody role="rowgroup">{}</tbody></table>'
    return fill(shape, join(head), join(rows))
