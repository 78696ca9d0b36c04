"""Make the fonts of the printed documents from web fonts (a developer's tool, run once; needs fonttools and brotli).

Typst reads only static TrueType here: it picks no weight from a variable web font. So each weight that the templates use
becomes one file. The extended Latin letters (ł, ő, ş) come as a second family that the templates name after the first, and
DejaVu Sans stands behind both for Greek, Cyrillic, Hebrew, Arabic, arrows and signs.

``coverage.json`` lists the code points that both the text and the heading fonts can draw: PDF/UA-1 refuses a document with a missing
glyph, and a name in a script that we cannot draw must not cost a clinician the plan.

    python scripts/make_document_fonts.py FOLDER_WITH_LATIN_WOFF2 FOLDER_WITH_LATIN_EXT_WOFF2 DEJAVU_SANS_TTF
"""

import json
import shutil
import sys
import unicodedata
from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

TARGET = Path(__file__).resolve().parent.parent / "src" / "fivefold" / "documents" / "assets" / "fonts"
WEIGHTS = {"figtree": (400, 600), "fraunces": (500, 600)}
WEIGHT_NAMES = {400: "Regular", 500: "Medium", 600: "SemiBold"}
UNDRAWABLE = ("Cc", "Cs", "Co", "Cn")
REFUSED = (0xFEFF,)  # PDF/UA-1 forbids the byte order mark in text


def rename(font: TTFont, family: str, weight: int) -> None:
    """Give the font a family and a weight by which a template can ask for it."""
    style = WEIGHT_NAMES[weight]
    names = {1: f"{family} {style}", 2: "Regular", 4: f"{family} {style}", 6: f"{family}-{style}".replace(" ", ""), 16: family, 17: style}
    for name_id, text in names.items():
        font["name"].setName(text, name_id, 3, 1, 0x409)
        font["name"].setName(text, name_id, 1, 0, 0)
    font["OS/2"].usWeightClass = weight
    font["OS/2"].fsSelection = 0x40
    font["head"].macStyle = 0


def make_instances(web_font: Path, stem: str, family: str) -> None:
    """One static file for each weight."""
    for weight in WEIGHTS[stem]:
        font = instantiateVariableFont(TTFont(web_font), {"wght": weight})
        font.flavor = None
        rename(font, family, weight)
        font.save(TARGET / f"{family.replace(' ', '')}-{WEIGHT_NAMES[weight]}.ttf")


def points_of(stem: str) -> set[int]:
    """Code points that every weight of one family, with the fonts behind it, can draw."""
    fonts = [set(TTFont(path).getBestCmap()) for path in TARGET.glob(f"{stem}-*.ttf")]
    behind = [set(TTFont(path).getBestCmap()) for path in (*TARGET.glob(f"{stem}More-*.ttf"), TARGET / "DejaVuSans.ttf")]
    return set.intersection(*fonts) | set.union(*behind)


def coverage() -> list[list[int]]:
    """Ranges of code points, ends included, that text and headings can draw and a reader can copy."""
    ranges: list[list[int]] = []
    for point in sorted(points_of("Figtree") & points_of("Fraunces")):
        if point in REFUSED or unicodedata.category(chr(point)) in UNDRAWABLE:
            continue
        if ranges and point == ranges[-1][1] + 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    return ranges


def main(latin: Path, extended: Path, fallback: Path) -> None:
    """Write every font and the coverage beside it."""
    TARGET.mkdir(parents=True, exist_ok=True)
    for stem in WEIGHTS:
        make_instances(latin / f"{stem}.woff2", stem, stem.title())
        # Not "Ext": Typst reads that as a style word and drops it from the family.
        make_instances(extended / f"{stem}-latin-ext-wght-normal.woff2", stem, f"{stem.title()} More")
    shutil.copyfile(fallback, TARGET / "DejaVuSans.ttf")
    (TARGET / "coverage.json").write_text(json.dumps(coverage(), separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:4]))
