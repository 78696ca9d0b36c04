"""The paper forms of a document: a tagged PDF/UA-1, and DOCX. Both print the same content, and both say what state it is in."""

from typing import Any

from fivefold.documents.clinical.blocks import Chart, Composed
from fivefold.documents.clinical.chart_picture import draw_svg
from fivefold.documents.clinical.kinds import KINDS
from fivefold.documents.typesetting import longest_text, typeset

# Characters: a text longer than this may not fit on one page of a narrow column, so that rows must be allowed to break.
LONG = 900
# The type of a document in points, the share of its column that a chart takes, and the air in a row of a table; a document for a single page takes the first of
# them in which it fits, the smallest when none is enough. A patient's stays larger.
SIZES = ((9.6, 1.0, 0.5), (9.0, 1.0, 0.5), (8.4, 0.88, 0.4), (7.8, 0.78, 0.3))
SIZES_OF_PLAIN = ((11.2, 1.0, 0.5), (10.4, 1.0, 0.5), (9.6, 0.9, 0.4), (9.0, 0.8, 0.3))


def print_pdf(document: Composed, state: str) -> bytes:
    """The document on A4. ``state`` says in words whether it is signed, by whom and when; it stands on every page."""
    content = document.content()
    charts = iter(block for part in document.parts for block in part.blocks if isinstance(block, Chart))
    for part in content["parts"]:
        for block in part["blocks"]:
            if block["kind"] == "chart":
                block["url"] = draw_svg(next(charts))  # a drawing keeps its form; its texts are escaped where it is made
    sizes = SIZES_OF_PLAIN if document.plain else SIZES
    kind = KINDS.get(document.kind)  # a reading of the command line is no kind of clinical document
    chosen = {"sizes": sizes if kind is not None and kind.is_one_page else sizes[:1]}
    return typeset("document.typ", _grouped(content) | {"state": state, "long": longest_text(content) > LONG} | chosen, on=document.on)


def _grouped(content: dict[str, Any]) -> dict[str, Any]:
    """Charts that follow each other stand side by side."""
    for part in content["parts"]:
        blocks: list[dict[str, Any]] = []
        for block in part["blocks"]:
            if block["kind"] != "chart":
                blocks.append(block)
            elif blocks and blocks[-1]["kind"] == "charts":
                blocks[-1]["charts"].append(block)
            else:
                blocks.append({"kind": "charts", "charts": [block]})
        part["blocks"] = blocks
    return content
