"""A reading as Markdown (CommonMark with tables); nothing from the assessment is read as markup."""

from collections.abc import Iterator

from fivefold.documents.markdown_plan import escape, table
from fivefold.documents.sheets import (
    Block,
    Entry,
    Fact,
    Grid,
    Heading,
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
    under_title,
    with_lists,
)
from fivefold.documents.text_names import day


def print_markdown(sheet: Sheet, occasion: Occasion) -> str:
    """A sheet as one Markdown text with its day and its limits."""
    lines = [f"# {escape(sheet.title)}", *(("", escape(told(occasion))) if told(occasion) else ())]
    for block in with_lists(under_title(sheet).blocks):
        lines += ["", *_lines(block)]
    foot = [line for text in (occasion.limits, occasion.release) if text for line in ("", escape(text))]
    return "\n".join([*lines, "", "---", *foot]) + "\n"


def told(occasion: Occasion) -> str:
    """Whom and which day the sheet is about; nothing where it is about nobody."""
    return " ".join(f"{part}." for part in (occasion.about, day(occasion.on) if occasion.on else "") if part)


def _lines(block: Block | Items) -> Iterator[str]:
    match block:
        case tuple():
            for place, item in enumerate(block, 1):
                mark = f"{place}." if is_numbered(block) else "-"
                word = f"{item.word.capitalize()}: " if item.word else ""
                yield f"{mark} {word}{escape(item.line.text)}"
                yield from (f"{' ' * (len(mark) + 1)}- {escape(line.text)}" for line in item.more)
        case Heading():
            yield f"## {escape(block.name)}"
            if block.remark:
                yield from ("", escape(block.remark) + ".")
        case Line():
            yield f"**{escape(block.text)}**" if block.tone in (Tone.STRONG, Tone.ALARM) else escape(block.text)
        case Name():
            yield f"### {escape(block.text)}"
        case Entry():
            yield f"**{escape(block.name)}:** {escape(block.value)}"
        case Fact():
            yield f"{escape(block.label)}: **{escape(block.value)}**"
        case Level():
            yield f"**{escape(block.name)}:** {escape(block.words)}"
        case Way():
            yield " → ".join(f"**{escape(name)} (you are here)**" if place == block.here else escape(name) for place, name in enumerate(block.stations))
        case Grid():
            yield from table([title.capitalize() for title in block.titles], block.rows)[1:]
        case Verbatim():
            yield from ("```", *block.lines, "```")
