"""The book as pages: everything of it stands on one of them, every link leads to a place that is there, and each says how sure it is."""

from collections.abc import Iterator
from functools import cache

import pytest

from fivefold.concepts.basis import BasisKind
from fivefold.documents.book import write_book
from fivefold.documents.book_blocks import Block, Bullets, Conversation, Paragraph, Section
from fivefold.documents.book_html import render_blocks
from fivefold.documents.book_pages import PagedBook, Place, write_pages
from fivefold.knowledge.loader import load_base


@cache
def pages() -> PagedBook:
    return write_pages(load_base())


def texts(block: Block) -> Iterator[str]:
    """Every text of a block, line by line."""
    if isinstance(block, Section):
        yield block.title
        for part in block.blocks:
            yield from texts(part)
    elif isinstance(block, Conversation):
        yield from (block.setting, *(says for _, says in block.turns), block.shows)
    elif isinstance(block, Paragraph):
        yield "".join(span.text for span in block.line)
    else:
        lines = block.items if isinstance(block, Bullets) else [cell for row in block.rows for cell in row]
        for line in lines:
            yield from texts(line) if isinstance(line, Bullets) else ["".join(span.text for span in line)]


def page_text(chapter: str, name: str = "") -> str:
    return "\n".join(texts(pages().pages[Place(chapter, name)].section))


def links(block: Block) -> set[str]:
    found: set[str] = set()
    if isinstance(block, Section):
        return {anchor for part in block.blocks for anchor in links(part)}
    if isinstance(block, Conversation):
        return found
    lines = [block.line] if isinstance(block, Paragraph) else block.items if isinstance(block, Bullets) else [cell for row in block.rows for cell in row]
    for line in lines:
        found |= links(line) if isinstance(line, Bullets) else {span.anchor for span in line if span.anchor and not span.anchor.startswith("=")}
    return found


def test_everything_of_the_book_stands_on_a_page() -> None:
    on_pages = {line for page in pages().pages.values() for line in texts(page.section)}
    told_apart = {"instruments"}  # one table in the book, a page each here
    missing = [line for chapter in write_book(load_base()).chapters if chapter.anchor not in told_apart for line in texts(chapter) if line not in on_pages]

    assert missing == []


def test_every_link_of_every_page_leads_to_a_place_that_is_there() -> None:
    lost = {(place, anchor) for place, page in pages().pages.items() for anchor in links(page.section) if anchor not in pages().places}
    ids = [f'id="{anchor}"' for anchor, place in pages().places.items() if anchor != pages().pages[place].section.anchor]
    rendered = "".join(render_blocks(page.section.blocks, 2, str) for page in pages().pages.values())

    assert lost == set()
    assert [mark for mark in ids if mark not in rendered] == []


def test_there_is_a_page_for_each_phase_module_impairment_programme_and_instrument() -> None:
    base = load_base()
    wanted = [
        *(Place("phases", phase.value) for phase in base.phases), *(Place("general-modules", key) for key in base.general_modules),
        *(Place("specific-modules", key) for key in base.modules), *(Place("impairments", key) for key in base.impairments),
        *(Place("protocols", key) for key in base.protocols), *(Place("instruments", key) for key in base.instruments),
    ]  # fmt: skip

    assert [place for place in wanted if place not in pages().pages] == []


def test_page_of_a_module_counts_how_sure_its_statements_are_and_names_its_sources() -> None:
    page = pages().pages[Place("specific-modules", "S04")]
    counts = dict(page.bases)

    assert counts[BasisKind.GENERAL_KNOWLEDGE] > 10
    assert sum(number for _, number in page.evidence) == len(load_base().modules["S04"].interventions) + len(load_base().modules["S04"].evidence)
    assert [source.id for source in page.sources] == ["L46"]


def test_module_says_what_opens_it_and_an_exempt_one_says_that_it_never_waits() -> None:
    base = load_base()
    waiting = next(one for one in base.modules.values() if not one.gate_exempt and any(rule.phase is one.phase for rule in base.gates.gates))
    exempt = next(one for one in base.modules.values() if one.gate_exempt)

    assert "Gate: " in page_text("specific-modules", waiting.id)
    assert "Gate: " not in page_text("specific-modules", exempt.id)
    assert "never waits for general modules" in page_text("specific-modules", exempt.id)


def test_start_condition_stands_with_its_question() -> None:
    module = next(one for one in load_base().modules.values() if one.start_conditions)

    assert module.start_conditions[0].question in page_text("specific-modules", module.id)


def test_impairment_names_the_modules_that_answer_it() -> None:
    text = page_text("impairments", "self_harm")

    assert "Treated by: " in text
    assert "S04" in text


@pytest.mark.parametrize("part", ["Class A", "Scoring and bands", "Speaks for: ", "the answers added up; 0 to 27", "risk sign", "moderately severe"])
def test_instrument_tells_licence_scoring_bands_and_use(part: str) -> None:
    assert part in page_text("instruments", "phq9")


def test_pages_before_and_after_stay_within_the_chapter() -> None:
    book = pages()

    assert book.after(Place("phases", "P1"), -1) is None
    assert book.after(Place("phases", "P5"), 1) is None
    following = book.after(Place("phases", "P1"), 1)
    assert following is not None
    assert following.place == Place("phases", "P2")
    assert book.after(Place("rules"), 1) is None


def test_link_without_an_address_stays_text() -> None:
    section = pages().pages[Place("specific-modules", "S04")].section

    assert "<a href" not in render_blocks(section.blocks, 2, lambda anchor: "")
