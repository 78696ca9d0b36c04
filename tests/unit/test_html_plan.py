"""The HTML plan: safe whatever stands in it, complete, honest, and kind when it is read together."""

import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from tests.support.plan_samples import HOSTILE, bare_plan, poisoned, sample_plan, withheld_plan

from fivefold import documents
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.plan import PhasedPlan
from fivefold.concepts.vocabulary import EVIDENCE_WORDS, CoverageStatus, MatchStatus, OverrideStatus, PhaseId
from fivefold.documents.html.markup import Html, fill, safe
from fivefold.documents.html.words import COVERAGE_WORDS, MATCH_WORDS, MATCH_WORDS_TOGETHER, OVERRIDE_WORDS
from fivefold.documents.html_plan import render_html
from fivefold.library import load_knowledge, plan, read_assessment

FOLDER = Path(documents.__file__).parent
VIGNETTES = sorted((FOLDER.parent / "knowledge_base" / "cases" / "vignettes").glob("*.assessment.yaml"))
MakePlan = Callable[[KnowledgeBase], PhasedPlan]
RED = {"safety", "safety-red", "deadlines", "by-when"}
VOID = {"meta", "link", "br", "img", "input", "hr"}
ALLOWED = {
    "html", "head", "meta", "link", "title", "style", "script", "body", "header", "nav", "main", "section", "footer", "h1", "h2", "h3", "h4",
    "a", "b", "div", "p", "span", "small", "ul", "ol", "li", "dl", "dt", "dd", "details", "summary", "button",
    "table", "caption", "thead", "tbody", "tr", "th", "td", "svg", "g", "path", "circle", "rect", "line", "text",
}  # fmt: skip


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    above: tuple["Element", ...]

    @property
    def classes(self) -> set[str]:
        return set(self.attributes.get("class", "").split())


@dataclass
class Page(HTMLParser):
    """A parsed page: its elements with what stands above each, and the text a reader sees or hears."""

    source: str
    elements: list[Element] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    comments: int = 0

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[Element] = []
        self.feed(self.source)
        assert not self._open, f"never closed: {[element.tag for element in self._open]}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, tuple(self._open))
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}, tuple(self._open)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open[-1].tag == tag, f"</{tag}> closes <{self._open[-1].tag}>"
        self._open.pop()

    def handle_comment(self, data: str) -> None:
        self.comments += 1

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1].tag not in ("style", "script"):
            self.texts.append(data)

    @property
    def words(self) -> str:
        titles = [element.attributes.get("title", "") + " " + element.attributes.get("aria-label", "") for element in self.elements]
        return " ".join(" ".join(self.texts + titles).split())

    def section(self, anchor: str) -> str:
        """The words of the element with this id."""
        start = self.source.index(f'id="{anchor}"')
        inside = self.source[self.source.index(">", start) + 1 : self.source.index("</section>", start)]
        return " ".join(unescape(re.sub(r"<[^>]*>", " ", inside)).split())


@pytest.fixture(scope="module")
def knowledge() -> KnowledgeBase:
    return load_knowledge()


@pytest.fixture(scope="module")
def clinician(knowledge: KnowledgeBase) -> Page:
    return Page(render_html(sample_plan(knowledge), knowledge))


@pytest.fixture(scope="module")
def together(knowledge: KnowledgeBase) -> Page:
    return Page(render_html(sample_plan(knowledge), knowledge, shared_view=True))


# --- Whatever stands in it -------------------------------------------------------------------------------------------


def test_text_is_escaped_unless_it_was_built_as_html() -> None:
    assert safe("<b>'\"&") == "&lt;b&gt;&#x27;&quot;&amp;"
    assert fill("<i>{}</i>", fill("<b>{}</b>", "<")) == "<i><b>&lt;</b></i>"
    assert fill("{}", ["<", None, 3, Html("<br>")]) == "&lt;3<br>"


def test_control_characters_and_direction_marks_are_shown_as_replaced() -> None:
    assert safe("a\x00b\u202ec\ud800d\n") == "a\ufffdb\ufffdc\ufffdd\n"


def test_braces_in_a_value_are_only_text() -> None:
    assert fill("{}", "{0.__class__} {}") == "{0.__class__} {}"


@pytest.mark.parametrize("shared_view", [False, True])
@pytest.mark.parametrize("make", [sample_plan, withheld_plan])
def test_hostile_text_anywhere_in_a_plan_stays_text(knowledge: KnowledgeBase, make: MakePlan, shared_view: bool) -> None:
    page = Page(render_html(poisoned(make(knowledge)), knowledge, shared_view=shared_view))

    assert HOSTILE in page.words or shared_view
    assert_nothing_runs(page)


@pytest.mark.parametrize("shared_view", [False, True])
def test_hostile_text_anywhere_in_the_knowledge_stays_text(knowledge: KnowledgeBase, shared_view: bool) -> None:
    names = ("sources", "domains", "impairments", "phases", "modules", "general_modules", "protocols", "instruments", "adaptations")
    parts: dict[str, Any] = {name: {key: poisoned(value) for key, value in getattr(knowledge, name).items()} for name in names}
    hostile = replace(knowledge, **parts)

    page = Page(render_html(sample_plan(knowledge), hostile, shared_view=shared_view))

    assert HOSTILE in page.words
    assert_nothing_runs(page)


def assert_nothing_runs(page: Page) -> None:
    assert {element.tag for element in page.elements} <= ALLOWED
    assert sum(element.tag == "script" for element in page.elements) == 1
    assert sum(element.tag == "style" for element in page.elements) == 1
    assert page.comments == 0
    for element in page.elements:
        assert not any(name.startswith("on") or name in ("style", "src", "srcdoc", "action") for name in element.attributes), element
        assert element.attributes.get("href", "#").startswith("#") or element.attributes["href"] == "data:,"


# --- One file, no network --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shared_view", [False, True])
def test_the_page_names_no_other_place(knowledge: KnowledgeBase, shared_view: bool) -> None:
    text = render_html(sample_plan(knowledge), knowledge, shared_view=shared_view)

    assert not re.search(r"https?:|//[a-z]|@import", re.sub(r"base64,[\w+/=]+", "", text).replace("// ", ""))
    assert all(address.startswith("data:font/woff2;base64,") for address in re.findall(r"url\(([^)]*)\)", text))
    assert text.count("data:font/woff2;base64,") == 2


def test_the_policy_allows_exactly_this_style_and_this_script(clinician: Page) -> None:
    policy = next(element.attributes["content"] for element in clinician.elements if element.attributes.get("http-equiv") == "Content-Security-Policy")

    for tag in ("style", "script"):
        inside = re.search(rf"<{tag}>(.*?)</{tag}>", clinician.source, re.DOTALL)
        assert inside
        assert f"{tag}-src 'sha256-{b64encode(sha256(inside[1].encode()).digest()).decode()}'" in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy


def test_both_typefaces_carry_their_licence() -> None:
    for font in ("figtree", "fraunces"):
        assert (FOLDER / "assets" / f"{font}.woff2").is_file()
        assert "SIL OPEN FONT LICENSE Version 1.1" in (FOLDER / "assets" / f"{font}.OFL.txt").read_text("utf-8")


@pytest.mark.parametrize("shared_view", [False, True])
def test_the_same_plan_gives_the_same_page(knowledge: KnowledgeBase, shared_view: bool) -> None:
    made = sample_plan(knowledge)

    assert render_html(made, knowledge, shared_view=shared_view) == render_html(made, knowledge, shared_view=shared_view)


# --- Complete --------------------------------------------------------------------------------------------------------


def test_every_status_of_a_module_is_told_in_words(clinician: Page, together: Page) -> None:
    assert all(MATCH_WORDS[status] in clinician.section("map") for status in MatchStatus if status is not MatchStatus.NOW)
    assert "can begin now" in clinician.section("map")
    assert "exploring" in clinician.section("map")
    assert all(MATCH_WORDS_TOGETHER[status] in together.section("map") for status in MatchStatus if status is not MatchStatus.NOT_INDICATED)


def test_every_status_of_an_override_and_of_coverage_is_told_in_words(clinician: Page) -> None:
    assert all(OVERRIDE_WORDS[status] in clinician.section("safety") for status in OverrideStatus)
    assert all(COVERAGE_WORDS[status] in clinician.section("coverage").lower() for status in CoverageStatus)


def test_every_module_of_a_plan_is_on_the_map_with_its_reasons(knowledge: KnowledgeBase, clinician: Page) -> None:
    for match in sample_plan(knowledge).modules:
        assert match.short_name in clinician.section("map")
        assert all(reason.text in clinician.words for reason in match.because)


def test_one_phase_is_marked_as_the_present_one(clinician: Page) -> None:
    here = [element for element in clinician.elements if element.attributes.get("aria-current")]

    assert [element.classes for element in here] == [{"phase", "p3", "here"}]
    assert clinician.section("map").count("you are here") == 1


def test_a_module_unfolds_into_what_a_clinician_needs_to_check(clinician: Page) -> None:
    part = clinician.source[clinician.source.index('id="m-S04"') : clinician.source.index('id="m-S08"')]

    for words in (
        "For",
        "It would change if",
        "94 of 100 draws",
        "12 to 24 sessions, usually 16",
        "adapted from DBT",
        "Cautions",
        "Tailored",
        "Goals",
        "exploring",
    ):
        assert words in part
    assert any(words in part for words in EVIDENCE_WORDS.values())
    assert 'href="#src-L46"' in part


def test_codes_are_spelled_out_where_a_reader_needs_a_name(clinician: Page) -> None:
    assert "waits for Knowing what I feel" in clinician.section("map")
    assert "Urges or strong emotion cannot yet be managed (R7)" in clinician.words
    assert "Opens Emotion regulation skills, Anger and aggression" in clinician.section("ask-first")
    assert "by 27 November 2026" in clinician.section("actions")


def test_unknown_impairments_are_named_and_never_drawn(knowledge: KnowledgeBase, clinician: Page) -> None:
    bars = clinician.source[clinician.source.index('<table class="profile"') : clinician.source.index('<div class="unknown"')]

    assert ">Substance use<" not in bars
    assert "Substance use" in clinician.section("profile")
    assert bars.count('class="levels"') == sum(reading.is_known for reading in sample_plan(knowledge).profile.impairments)


def test_error_lines_end_at_the_edge_of_the_scale(clinician: Page) -> None:
    places = [float(value) for value in re.findall(r'(?:x1|x2|x|width)="([\d.-]+)%"', clinician.source)]

    assert places
    assert all(0 <= place <= 100 for place in places)


def test_every_number_of_the_profile_says_where_it_comes_from(clinician: Page) -> None:
    assert "2 pieces, 5 days old" in clinician.section("profile")
    assert "source L61 (corrected bands)" in clinician.section("profile")
    assert "evidence disagrees" in clinician.section("profile")
    assert "Kleindienst et al. 2020" in clinician.section("sources")


@pytest.mark.parametrize("shared_view", [False, True])
@pytest.mark.parametrize("make", [sample_plan, withheld_plan, bare_plan])
def test_every_link_leads_somewhere_and_every_id_is_given_once(knowledge: KnowledgeBase, make: MakePlan, shared_view: bool) -> None:
    page = Page(render_html(make(knowledge), knowledge, shared_view=shared_view))
    ids = [element.attributes["id"] for element in page.elements if "id" in element.attributes]
    targets = {element.attributes["href"][1:] for element in page.elements if element.attributes.get("href", "").startswith("#")}
    named = {name for element in page.elements for name in (element.attributes.get("aria-labelledby"), element.attributes.get("aria-controls")) if name}

    assert len(ids) == len(set(ids))
    assert targets | named <= set(ids)


@pytest.mark.parametrize("phase", list(PhaseId))
def test_any_phase_can_be_the_present_one(knowledge: KnowledgeBase, phase: PhaseId) -> None:
    made = sample_plan(knowledge)
    made = replace(made, phase=replace(made.phase, overall=phase))

    page = Page(render_html(made, knowledge))

    assert f"phases at-{phase}" in page.source
    assert page.section("map").count("you are here") == 1


def test_release_and_engine_stand_at_the_end(knowledge: KnowledgeBase, clinician: Page) -> None:
    footer = clinician.source[clinician.source.index("<footer>") :]

    assert knowledge.release.version in footer
    assert knowledge.release.content_hash in footer
    assert "engine 1.0.0" in footer


# --- Honest ----------------------------------------------------------------------------------------------------------


def test_the_plan_calls_itself_a_proposal(clinician: Page) -> None:
    assert "Proposal for a clinician to decide on" in clinician.words
    assert "Information, never a ranking" in clinician.section("alternatives")


def test_a_withheld_plan_says_why_and_what_is_needed(knowledge: KnowledgeBase) -> None:
    banner = Page(render_html(withheld_plan(knowledge), knowledge)).section("withheld")

    for words in ("No automatic plan", "Pregnancy", "severe withdrawal (R3)", "Perinatal mental health service"):
        assert words in banner


def test_a_plan_without_findings_never_speaks_of_low_or_no_risk(knowledge: KnowledgeBase) -> None:
    words = Page(render_html(bare_plan(knowledge), knowledge)).words

    assert "keep asking" in words
    assert not re.search(r"(?i)\b(no|low|without) risk\b", words)


def test_red_is_for_safety_and_deadlines_only(clinician: Page, together: Page) -> None:
    for element in clinician.elements:
        if element.classes & RED:
            assert {place.attributes.get("id") for place in (*element.above, element)} & {"safety", "actions"}, element
    assert not any(element.classes & RED for element in together.elements)


def test_the_style_sheet_gives_red_to_safety_and_deadlines_only() -> None:
    css = re.sub(r"/\*.*?\*/", "", (FOLDER / "assets" / "plan.css").read_text("utf-8"), flags=re.DOTALL)
    red_rules = [selector.strip() for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", css) if "var(--safety)" in body or "var(--safety-wash)" in body]

    assert red_rules
    for selectors in red_rules:
        assert all(re.search(r"\.safety|\.deadlines|\.by-when|\.override", selector) for selector in selectors.split(",")), selectors


def test_a_state_never_stands_in_colour_alone(clinician: Page) -> None:
    for element in clinician.elements:
        if element.tag == "svg" and "icon" in element.classes:
            assert element.attributes["aria-hidden"] == "true"
    words = clinician.section("map")
    for state in ("holds", "strained: repair first", "holds, provisionally", "begun", "not begun", "not known"):
        assert state in words


# --- Read together ---------------------------------------------------------------------------------------------------


def assert_nothing_but_plain_words(page: Page, knowledge: KnowledgeBase) -> None:
    assert not re.search(r"\b[RSGPDL]\d{1,3}\b", page.words), re.findall(r".{30}\b[RSGPDL]\d{1,3}\b.{30}", page.words)
    assert "%" not in page.words
    for words in ("of 100", "draws", "standard error", "rule.", "our proposal", "source L", "score entry", "exit criteri", "severe", "cut-off"):
        assert words not in page.words.lower()
    names = [re.escape(instrument.name) for instrument in knowledge.instruments.values()]
    assert not re.search(rf"(?<![\w-])(?:{'|'.join(names)})(?![\w-])", page.words)
    assert not re.search(r"\bweeks? \d", page.words)


def test_the_shared_view_has_no_codes_scores_or_predictions(together: Page, knowledge: KnowledgeBase) -> None:
    assert_nothing_but_plain_words(together, knowledge)
    assert "Suicide risk, newly raised" not in together.words
    assert "rosa-d-2026-11" not in together.words


def test_the_shared_view_speaks_the_patients_words(together: Page) -> None:
    for words in (
        "Steadying feelings",
        "Other ways than hurting myself",
        "first: Finding words for feelings",
        "If it gets hard",
        "much trouble",
        "we are here",
    ):
        assert words in together.words
    assert "you chose not to, for now" in together.section("map")


def test_both_views_have_one_map(clinician: Page, together: Page) -> None:
    def places(page: Page) -> list[tuple[str, ...]]:
        return [(*sorted(element.classes), element.attributes.get("href", "")) for element in page.elements if element.classes & {"phase", "tile", "strip"}]

    assert places(clinician) == places(together)


@pytest.mark.parametrize("path", VIGNETTES, ids=lambda path: path.name.split(".")[0])
def test_real_plans_render_in_both_views(path: Path, knowledge: KnowledgeBase) -> None:
    made = plan(read_assessment(path, knowledge), knowledge)

    clinicians = Page(render_html(made, knowledge))
    shared = Page(render_html(made, knowledge, shared_view=True))

    assert made.summary in clinicians.words
    assert_nothing_runs(clinicians)
    assert_nothing_but_plain_words(shared, knowledge)
