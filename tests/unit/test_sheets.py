"""A reading says the same in every form, and hostile text stays text in each."""

import io
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from html import unescape

import pytest
from pypdf import PdfReader
from tests.support.pdf_ua import pdf_ua_problems

from fivefold import library
from fivefold.concepts.plan import PhasedPlan
from fivefold.documents.explanation_sheet import explained, explanation_sheet
from fivefold.documents.progress_sheet import progress_sheet
from fivefold.documents.reading_sheets import alternatives_sheet, matches_sheet, phase_sheet, profile_sheet, scores_sheet
from fivefold.documents.sheet_markdown import print_markdown
from fivefold.documents.sheet_page import print_page
from fivefold.documents.sheet_paper import print_paper
from fivefold.documents.sheets import BULLET, Block, Entry, Fact, Grid, Heading, Level, Line, Name, Occasion, Sheet, Verbatim, Way, told_first
from fivefold.documents.text_layout import Paper
from fivefold.documents.text_sheet import print_text
from fivefold.exchange.cases import find_case

KNOWLEDGE = library.load_knowledge()
CASES = ("01", "03", "v05", "v25")
OCCASION = Occasion("a case", date(2026, 11, 22), "Knowledge 1.0.0.", "A proposal.")
# The key to the boxes of a terminal, and "you are here" of a way that does not fit; a page says both in words of its own.
OF_THE_TERMINAL = {"known", "here"}


@cache
def plan_of(name: str) -> PhasedPlan:
    return library.plan(library.read_assessment(find_case(name).assessment, KNOWLEDGE), KNOWLEDGE, draws=0)


def sheets_of(name: str) -> Iterator[Sheet]:
    case, plan = library.read_assessment(find_case(name).assessment, KNOWLEDGE), plan_of(name)
    yield scores_sheet(library.score(case, KNOWLEDGE), KNOWLEDGE)
    yield profile_sheet(plan.profile, KNOWLEDGE)
    yield phase_sheet(plan.phase, KNOWLEDGE)
    yield matches_sheet(plan, KNOWLEDGE)
    yield alternatives_sheet(library.compare(case, KNOWLEDGE, list(KNOWLEDGE.protocols)), KNOWLEDGE)
    yield progress_sheet(library.progress(case, KNOWLEDGE), KNOWLEDGE)
    for part in ("S01", "S10", "G2", "anger"):
        yield explanation_sheet(plan, explained(plan, part), KNOWLEDGE)


def words(text: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Za-z]{4,}|\d+(?:\.\d+)?", text)}


def seen_in_page(page: str) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", page.split("</style>")[1]))


def seen_in_pdf(raw: bytes) -> str:
    pages = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(raw)).pages)
    return pages.replace("\N{ZERO WIDTH SPACE}", "")


@pytest.mark.parametrize("name", CASES)
def test_every_form_says_what_the_text_says(name: str) -> None:
    for sheet in sheets_of(name):
        told = told_first(sheet, plan_of(name).overrides)
        said = words(print_text(told, Paper(width=5000, drawing=True))) - OF_THE_TERMINAL

        assert said <= words(seen_in_page(print_page(told, OCCASION))), sheet.title
        assert said <= words(print_markdown(told, OCCASION).replace("\\", "")), sheet.title


def test_paper_says_what_the_text_says() -> None:
    told = told_first(phase_sheet(plan_of("01").phase, KNOWLEDGE), plan_of("01").overrides)

    said = words(print_text(told, Paper(width=5000, drawing=True))) - OF_THE_TERMINAL

    made = print_paper(told, OCCASION)
    assert said <= words(seen_in_pdf(made))
    assert pdf_ua_problems(made) == []


def test_what_is_met_is_said_in_a_word_and_not_by_a_sign_alone() -> None:
    page = print_page(phase_sheet(plan_of("01").phase, KNOWLEDGE), OCCASION)

    assert re.search(r'<b class="box">(Met|Not met|Not known):</b>', page)
    assert "[x]" not in page and "[?]" not in page


HOSTILE = "<script>alert(1)</script> ](http://a.b) `x` #let x = 1 | **bold**"


def hostile() -> Sheet:
    blocks: tuple[Block, ...] = (
        Name(HOSTILE), Fact(HOSTILE, HOSTILE), Heading(HOSTILE, HOSTILE, HOSTILE), Line(HOSTILE), Line(HOSTILE, BULLET), Entry(HOSTILE, HOSTILE),
        Level(HOSTILE, 2.0, HOSTILE), Way((HOSTILE, "there"), 0), Grid(("what", "why"), ((HOSTILE, HOSTILE),)), Verbatim((HOSTILE,)),
    )  # fmt: skip
    return Sheet("A title", blocks)


def test_hostile_text_stays_text_in_every_form() -> None:
    page, markdown, paper = print_page(hostile(), OCCASION), print_markdown(hostile(), OCCASION), print_paper(hostile(), OCCASION)

    assert "<script>" not in page and page.count("&lt;script&gt;") == 16
    outside_code = re.sub(r"^```$.*?^```$", "", markdown, flags=re.DOTALL | re.MULTILINE)
    assert not re.search(r"(?<!\\)<script|(?<!\\)\]\(http|(?<!\\)`x|\*\*bold", outside_code)
    assert seen_in_pdf(paper).count("<script>") >= 10


def test_a_page_loads_nothing_and_needs_no_script() -> None:
    page = print_page(hostile(), OCCASION)

    assert "default-src 'none'" in unescape(page)
    assert not re.search(r"<(script|link rel=\"stylesheet\"|img|iframe)", page)
    assert not re.search(r"\sstyle=|\son\w+=", page.split("</style>")[1])
