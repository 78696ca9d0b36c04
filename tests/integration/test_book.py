"""The readable book: nothing of the knowledge base is left out, on the page or on paper, and both can be read by everybody."""

import io
import re
from functools import cache
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise

from pypdf import PdfReader
from pypdf.generic import Destination
from tests.support.pdf_ua import pdf_ua_problems

from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.documents.book import book_html, book_pdf
from fivefold.knowledge.loader import load_base


@cache
def knowledge() -> KnowledgeBase:
    return load_base()


@cache
def page() -> str:
    return book_html(knowledge())


@cache
def text() -> str:
    """The words of the page without markup, spaces made even."""
    body = re.sub(r"<style>.*?</style>", "", page(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", "", body)).split())


@cache
def printed() -> bytes:
    return book_pdf(knowledge())


@cache
def paper() -> PdfReader:
    return PdfReader(io.BytesIO(printed()))


def even(words: str) -> str:
    return " ".join(words.split())


def bookmarks() -> list[str]:
    def titles(entries: list[object]) -> list[str]:
        return [
            title for entry in entries for title in (titles(entry) if isinstance(entry, list) else [str(entry.title)] if isinstance(entry, Destination) else [])
        ]

    return titles(list(paper().outline))


# -- nothing is left out -------------------------------------------------------------------------------------------------


def test_book_holds_every_specific_module_with_all_its_parts() -> None:
    for module in knowledge().modules.values():
        parts = [
            module.name, module.summary, module.target.text, module.dose.text, module.exit.text, *module.stance, *module.homework_ideas, *module.materials,
            *module.pitfalls, *module.goals, module.patient.why, module.patient.what_we_do,
            *(claim.text for claim in (*module.indications, *module.cautions, *module.exit.criteria)),
            *(one.do for one in module.interventions), *(one.because for one in module.prerequisites), *(one.text for one in module.evidence),
            *(words for _, stage in module.change_stages.each() for words in (stage.patient_state, *stage.therapist_work)),
            *(words for step in module.outline for words in (step.focus, *step.steps)),
            module.tailoring.low.text, module.tailoring.moderate.text, module.tailoring.high.text,
        ]  # fmt: skip
        missing = [part for part in parts if even(part) not in text()]
        assert missing == [], module.id


def test_book_holds_every_general_module_with_all_its_parts() -> None:
    for module in knowledge().general_modules.values():
        claims = (*module.goals, *module.attained, *module.red_flags, *module.repair_steps)
        parts = [module.name, module.summary, module.session_check, *module.failures, *module.stance, *(claim.text for claim in claims)]
        assert [part for part in parts if even(part) not in text()] == [], module.id


def test_book_holds_every_worked_example_as_a_dialogue() -> None:
    modules = (*knowledge().modules.values(), *knowledge().general_modules.values())

    assert page().count('<dl class="dialogue">') == len(modules)
    for module in modules:
        turns = [turn.says for turn in module.dialogue.turns]
        assert [says for says in (module.dialogue.setting, *turns, module.dialogue.shows) if even(says) not in text()] == [], module.id


def test_book_holds_phases_rules_impairments_and_programmes() -> None:
    base = knowledge()
    parts = [
        *(words for phase in base.phases.values() for words in (phase.summary, *(one.text for one in (*phase.entry, *phase.exit, *phase.avoid)))),
        *(words for rule in base.overrides for words in (rule.name, rule.question, rule.effect, rule.cleared_by)),
        *(words for one in base.impairments.values() for words in (one.summary, one.plain_summary, *one.anchors.values())),
        *(words for rule in base.progress.rules for words in (rule.name, rule.condition, rule.action)),
        *(claim.text for claim in (*base.principles.principles, *base.principles.honesty, *base.progress.trajectories, *base.progress.ruptures)),
        *(words for one in base.tailoring.settings for words in (one.name, one.low, one.moderate, one.high)),
        *(words for one in base.protocols.values() for words in (one.name, one.summary, *(part.text for part in one.components), *one.needs, *one.adherence)),
        *(gate.text for gate in base.gates.gates),
        base.selection.text,
    ]  # fmt: skip
    assert [part for part in parts if even(part) not in text()] == []


def test_good_psychiatric_management_is_told_in_full() -> None:
    gpm = knowledge().protocols["gpm"]
    claims = (*gpm.when_useful, *gpm.limits, *gpm.stance, *gpm.safety, *gpm.medication, *gpm.exit, *gpm.notes, *gpm.entry, *gpm.stop_rules, *gpm.comorbidity)
    parts = [*(claim.text for claim in claims), *(words for one in gpm.expected_change for words in (one.target, one.mechanism, one.if_not))]

    assert [part for part in parts if even(part) not in text()] == []


def test_book_lists_every_instrument_with_its_licence_class() -> None:
    for instrument in knowledge().instruments.values():
        assert f'id="instrument-{instrument.id}"' in page(), instrument.id
        assert even(instrument.full_name) in text()


def test_book_shows_no_item_of_an_instrument_that_may_not_be_shown() -> None:
    for instrument in knowledge().instruments.values():
        if instrument.items and not instrument.licence.letter.items_may_ship:
            assert instrument.items.texts == ()


def test_book_lists_every_source() -> None:
    for source in knowledge().sources.values():
        assert f'id="{source.id}"' in page() and even(source.citation) in text(), source.id


def test_both_indexes_lead_to_every_impairment_and_therapy() -> None:
    index = page()[page().index('<section id="index-impairments"') :]
    therapies = {name for one in knowledge().modules.values() for step in one.interventions for name in step.adapted_from}

    assert all(f'href="#impairment-{key}"' in index for key in knowledge().impairments)
    assert all(name.replace("_", " ") in unescape(index) for name in therapies)


# -- the page can be read by everybody -----------------------------------------------------------------------------------


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.headings: list[int] = []
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.ids += [found["id"] or ""] if "id" in found else []
        self.headings += [int(tag[1])] if re.fullmatch(r"h[1-6]", tag) else []
        self.links += [found["href"] or ""] if tag == "a" else []
        self.loaded += [value for name, value in attrs if name in ("src", "srcset") and value]
        self.loaded += [found["href"] or ""] if tag == "link" else []


@cache
def parsed() -> _Reader:
    reader = _Reader()
    reader.feed(page())
    return reader


def test_page_loads_nothing_from_anywhere() -> None:
    assert [address for address in parsed().loaded if not address.startswith("data:")] == []
    assert "<script" not in page()
    assert re.findall(r"url\((?!data:)", page()) == []


def test_every_link_inside_the_book_leads_somewhere() -> None:
    places = set(parsed().ids)

    assert len(places) == len(parsed().ids)
    assert [link for link in parsed().links if link.startswith("#") and link[1:] not in places] == []


def test_headings_never_skip_a_level() -> None:
    levels = parsed().headings

    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_page_names_its_language_and_offers_a_way_past_the_contents() -> None:
    assert '<html lang="en">' in page()
    assert '<a class="skip" href="#book">' in page()


# -- paper ---------------------------------------------------------------------------------------------------------------


def test_paper_is_tagged_with_title_and_language() -> None:
    catalogue = paper().trailer["/Root"]

    assert catalogue["/MarkInfo"]["/Marked"] and catalogue["/Lang"] == "en"
    assert pdf_ua_problems(printed()) == []
    assert paper().metadata is not None and paper().metadata.title == "The book of Integrated Modular Treatment"
    assert b"pdfuaid:part" in catalogue["/Metadata"].get_object().get_data()
    assert 150 < len(paper().pages) < 500


def test_paper_has_a_bookmark_for_every_phase_module_rule_and_programme() -> None:
    base, marks = knowledge(), set(bookmarks())

    wanted = [f"{one.id} {one.name}" for one in (*base.general_modules.values(), *base.modules.values())]
    wanted += [f"{phase.id.value} {phase.name}" for phase in base.phases.values()] + [f"{rule.code} {rule.name}" for rule in base.overrides]
    assert [title for title in wanted if title not in marks] == []
    assert all(any(mark.startswith(protocol.name) for mark in marks) for protocol in base.protocols.values())


def test_paper_begins_each_module_on_a_page_of_its_own() -> None:
    first = [page.extract_text().split("\n")[1] for page in paper().pages[30:60]]

    assert sum(bool(re.match(r"S\d\d ", line)) for line in first) >= 4
