"""The one door to Typst: a template and its content in, a tagged PDF/UA-1 document out.

Content travels as one JSON text and reaches the page as strings, so nothing in it is ever read as markup. Fonts come only
from ``assets/fonts``: the same content gives the same bytes on every machine.
"""

import json
import re
import threading
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

import typst

from fivefold.documents.language import language, say, say_number

ASSETS = Path(__file__).resolve().parent / "assets"
PLACEHOLDER = "\N{WHITE SQUARE}"
LONGEST_WORD = 28
BREAK = "\N{ZERO WIDTH SPACE}"

# One Typst compiler may be used by one thread at a time ("Already borrowed" otherwise).
_TURN = threading.Lock()


def typeset(template: str, content: Mapping[str, Any], *, on: date) -> bytes:
    """A PDF of ``template`` (a file of ``assets``) filled with ``content``, dated ``on``.

    Characters no shipped font can draw become a square, and the template is told their number as ``unprintable``: PDF/UA-1
    refuses a missing glyph, and a name in another script must not cost anyone the document. Beside its content every template
    is given ``paper``: the language, and what all printed documents say in it.
    """
    clean, unprintable = make_printable(content)
    paper, _ = make_printable(_paper_words(unprintable))
    inputs = {"content": json.dumps({**clean, "unprintable": unprintable, "paper": paper}, ensure_ascii=False)}
    noon = datetime.combine(on, time(12), UTC)
    with _TURN:
        pages = _compiler(template).compile(format="pdf", sys_inputs=inputs, pdf_standards="ua-1", timestamp=int(noon.timestamp()))
    assert isinstance(pages, bytes)  # the binding's type also knows pictures, which come as a list of pages
    return pages


def _paper_words(unprintable: int) -> dict[str, str]:
    """What every printed document says in the reader's language; ``page`` keeps its places, which only the template can fill."""
    return {
        "language": language(),
        "page": say("Page {page} of {pages}"),
        "unprintable": say("Some letters could not be printed and stand here as □."),
        "unprintable_counted": say_number(
            "{count} character of the text given could not be printed with the fonts of this document; it stands here as □.",
            "{count} characters of the text given could not be printed with the fonts of this document; they stand here as □.",
            unprintable,
        ),
    }


def picture_of(drawing: str, *, dots_per_inch: float = 160) -> bytes:
    """A drawing (SVG of 360 by 150) as PNG, with our fonts; for formats that take pictures alone."""
    clean, _unprintable = make_printable({"url": drawing})
    with _TURN:
        picture = _compiler("picture.typ").compile(format="png", ppi=dots_per_inch, sys_inputs={"content": json.dumps(clean, ensure_ascii=False)})
    assert isinstance(picture, bytes)  # one page
    return picture


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(ASSETS / "fonts")])


@cache
def _compiler(template: str) -> typst.Compiler:
    """The compiler of one template; it keeps fonts and the parsed template between documents."""
    return typst.Compiler(str(ASSETS / template), root=str(ASSETS), font_paths=_fonts())


# -- text that can be printed --------------------------------------------------------------------------------------------
#
# Removed without a trace: marks that only steer other characters. Direction overrides among them could turn a sentence of
# a clinical document round.
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]")
_LONG_WORD = re.compile(rf"[^\s{BREAK}]{{{LONGEST_WORD + 1},}}")
_SPACES = re.compile(r"[^\S\n]+")


def make_printable(content: Any) -> tuple[Any, int]:
    """``content`` with every text printable, and how many characters had to be replaced by a square.

    What stands under a key ``url`` is a target and not a text: it keeps its form.
    """
    replaced = 0

    def visit(value: Any) -> Any:
        nonlocal replaced
        if isinstance(value, str):
            text, count = printable(value)
            replaced += count
            return text
        if isinstance(value, Mapping):
            return {key: part if key == "url" else visit(part) for key, part in value.items()}
        if isinstance(value, list | tuple):
            return [visit(part) for part in value]
        return value

    return visit(content), replaced


def longest_text(content: Any) -> int:
    """Characters of the longest text anywhere in ``content``."""
    if isinstance(content, str):
        return len(content)
    if isinstance(content, Mapping):
        return max((longest_text(part) for part in content.values()), default=0)
    if isinstance(content, list | tuple):
        return max((longest_text(part) for part in content), default=0)
    return 0


def without_marks(text: str) -> str:
    """A text without the marks that are not seen and only steer others: what is read is what stands there."""
    return _INVISIBLE.sub("", text)


def printable(text: str) -> tuple[str, int]:
    """One text as the fonts can draw it: no control marks, words that fit a column, a square for what cannot be drawn."""
    if text.isascii() and text.isprintable() and len(text) <= LONGEST_WORD:
        return text, 0
    visible = _SPACES.sub(" ", without_marks(text))
    drawn, count = _undrawable().subn(PLACEHOLDER, visible)
    return _LONG_WORD.sub(_breakable, drawn), count


def _breakable(word: re.Match[str]) -> str:
    """A long word with places where a line may break; without them it would run over the edge of its column."""
    text = word.group()
    return BREAK.join(text[start : start + LONGEST_WORD] for start in range(0, len(text), LONGEST_WORD))


@cache
def _undrawable() -> re.Pattern[str]:
    """Every character outside the coverage of the shipped fonts, line feeds and our own break aside."""
    ranges = json.loads((ASSETS / "fonts" / "coverage.json").read_text(encoding="utf-8"))
    covered = "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)
    return re.compile(f"[^{covered}\n{BREAK}]")
