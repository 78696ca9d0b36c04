"""The summary of a batch: one line for each file."""

from collections.abc import Sequence
from dataclasses import dataclass

from fivefold.documents.text_layout import Paper
from fivefold.documents.text_sheet import finish

LONGEST_NAME = 34


@dataclass(frozen=True)
class SummaryRow:
    """One file: its name, the phase, a remark such as ``withheld (R3)``, and the modules now with their names."""

    name: str
    phase: str
    remark: str
    modules: tuple[str, ...]


def render_summary(rows: Sequence[SummaryRow], counts: str, paper: Paper) -> str:
    """One line for each file, fitted to the width, and the counts at the end."""
    width = min(LONGEST_NAME, max(len(row.name) for row in rows))
    lines = []
    for row in rows:
        left = f"{_shortened(row.name, width):<{width}}  {row.phase:<2}  "
        lines.append((left + _fitted(row, paper.width - len(left))).rstrip())
    return finish(paper, [*lines, "", counts])


def _fitted(row: SummaryRow, width: int) -> str:
    """The remark and as many modules as there is room for; the rest is counted."""
    text = f"{row.remark}: " if row.remark and row.modules else row.remark
    for position, module in enumerate(row.modules):
        rest = len(row.modules) - position - 1
        more = f" +{rest} more" if rest else ""
        longer = text + ("; " if position else "") + module
        if len(longer) + len(more) > width:
            return f"{text} +{rest + 1} more" if position else _shortened(longer, width)
        text = longer
    return _shortened(text, width)


def _shortened(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 3] + "..."
