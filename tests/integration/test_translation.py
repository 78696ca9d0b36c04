"""The app in another language: every text of its pages goes through gettext and is in the catalogue.

Pages are shown under an invented translation that puts each text of the catalogue in brackets and leaves out of them what is
filled in. What then stands outside brackets was never offered for translation. Allowed there is what is no text of the app:
clinical knowledge and what the engine says of a patient from it (translated with the knowledge base), names, numbers and ids.
"""

import ast
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import timedelta
from enum import Enum
from gettext import GNUTranslations
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Literal
from zoneinfo import available_timezones

import allauth
import django
import pytest
import yaml
from django.test import Client
from pypdf import PdfReader
from scripts.catalogue import CATALOGUE, Message, all_messages, catalogue
from tests.support.clinic import Cast
from tests.support.plan_samples import bare_plan, sample_plan, withheld_plan
from tests.support.routes import address_of, every_route

import fivefold
from fivefold.concepts.basis import Basis, BasisKind
from fivefold.concepts.errors import shorten
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.plan import PhasedPlan
from fivefold.concepts.vocabulary import EvidenceClass
from fivefold.documents import language
from fivefold.documents.book import write_book
from fivefold.documents.pdf_plan import render_pdf
from fivefold.exchange.cases import worked_cases
from fivefold.knowledge.loader import load_base

SignIn = Callable[[str], Client]
OPENS, CLOSES = "⟦", "⟧"
PLACEHOLDER = re.compile(r"%\(\w+\)[-+0 #]*[\d.]*[a-z]|%[sdgf]|\{\w+\}")
BETWEEN = "\0"
IN_BRACKETS = re.compile(f"{OPENS}[^{OPENS}{CLOSES}]*{CLOSES}", re.DOTALL)
SAID_ASIDE = ("aria-label", "alt", "title", "placeholder", "data-label", "data-draft", "data-say")
# The name of the program, file formats, codes.
NO_WORDS = {"fivefold", "five", "fold", "utc", "pdf", "json", "dsm"}
# Single words of the knowledge base: units, bands and rhythms of instruments, settings of the tailoring.
KNOWLEDGE_WORDS = {
    "points", "mean", "minimal", "mild", "moderate", "severe", "low", "medium", "high", "weekly", "monthly", "offer", "standard", "one", "two", "fixed",
}  # fmt: skip
RULE = re.compile(r"\brule\.[\w.]+")
# Those of the package for signing in have translations of their own; pages that answer with a file or a redirect have no text.
# The pages of the book are translated with the knowledge base, as the book in one file is.
LEAVE_OUT = ("sign-in", "sign-out", "join", "healthz", "readyz", "library/<", "training")
SHORTEST_FOREIGN = 8
# A name of the code, no text for people; one that a page shows was forgotten.
ID = re.compile(r"[a-z0-9_.+]*")
ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")
NAMED_BY_ID = re.compile(r"\b[SGRP]\d{1,2}(?:-\d)?\b")
WORD = re.compile(r"[^\W\d_]{2,}")


@pytest.fixture(scope="module")
def messages() -> dict[Message, set[str]]:
    return all_messages()


@pytest.fixture
def invented(monkeypatch: pytest.MonkeyPatch, messages: Mapping[Message, set[str]]) -> Iterator[None]:
    """The app in the invented language. Days that are kept as they are written were written in another one."""
    from django.utils import translation

    from fivefold.web.ui.templatetags.ui import _day

    _day.cache_clear()

    known = {(message.text, message.context) for message in messages}
    plurals = {(message.text, message.plural): message for message in messages if message.plural}

    def bracketed(text: str, context: str = "") -> str:
        if (text, context) not in known or not text.strip():
            return text
        return OPENS + PLACEHOLDER.sub(lambda found: CLOSES + found[0] + OPENS, text) + CLOSES

    def of_number(one: str, many: str, number: int) -> str:
        chosen = one if number == 1 else many
        return OPENS + PLACEHOLDER.sub(lambda found: CLOSES + found[0] + OPENS, chosen) + CLOSES if (one, many) in plurals else chosen

    monkeypatch.setattr(translation._trans, "gettext", bracketed)
    monkeypatch.setattr(translation._trans, "ngettext", of_number)
    monkeypatch.setattr(translation._trans, "pgettext", lambda context, text: bracketed(text, context))
    yield
    _day.cache_clear()


@pytest.fixture
def lived(cast: Cast) -> Cast:
    """Rosa with all that pages can show: levels, scores, dangers, a signed plan with a choice, a formulation, goals, consents, colleagues."""
    from fivefold.concepts.vocabulary import RISK_QUESTIONS
    from fivefold.records import clock
    from fivefold.services import care_team, formulation, goals, own_formulation, plans
    from fivefold.services.assessments import record_facts
    from fivefold.services.formulation_content import FormulationContent, Link, Node, NodeKind
    from fivefold.services.patients import record_consent
    from fivefold.services.plan_choices import Choice, How
    from fivefold.services.record_file import NewFact

    day = clock.today() - timedelta(days=3)
    facts = [
        *(NewFact("rating", name, {"severity": level}, day) for name, level in LEVELS.items()),
        *(NewFact("general_module", name, "attained", day) for name in ("G1", "G2", "G3", "G4", "G5", "G6")),
        *(NewFact("risk", name, name == "new_plan_or_means", day) for name in RISK_QUESTIONS),
        NewFact("score", "phq9", {"instrument": "phq9", "value": 21}, day),
        NewFact("treatment", "sessions_per_week", 1, day),
        NewFact("preference", "priorities", ["anger"], day),
        NewFact("module", "S04", {"id": "S04", "stage": "exploration"}, day),
    ]
    who, rosa = cast.amina, cast.rosa.pk
    record_facts(who, patient_id=rosa, facts=facts)
    plans.change_choice(who, patient_id=rosa, choice=Choice("S09", How.DEFER, "Xxx"), version=0)
    plans.sign_plan(who, patient_id=rosa, version=1, patient_view="partly", patient_words="Xx")
    goals.set_goal(who, patient_id=rosa, words="Xx", levels=["Xx"] * 5)
    nodes = (Node("0000000a", NodeKind.PROBLEM, "Xx", "anger", ("S09",)), Node("0000000b", NodeKind.LOOP, "Xx"), Node("0000000c", NodeKind.STRENGTH, "Xx"))
    links = (Link("0000000a", "0000000b", "Xx"),)
    for version in range(2):
        content = FormulationContent(nodes[: 2 + version], links)
        formulation.save_formulation(who, patient_id=rosa, content=content, lines="Xx", version=version)
    own_formulation.share_formulation(who, patient_id=rosa, number=2)
    formulation.comment_formulation(who, patient_id=rosa, number=2, node="0000000a", text="Xx")
    record_consent(who, patient_id=rosa, purpose="treatment", given=True, on=day, note="Xx")
    care_team.open_by_name(cast.teo, name="Rosa D.", birth_year=None, reason="Xxxxxxxxxxxx", hours=1)
    return cast


LEVELS = {"self_harm": 3, "emotion_awareness": 2, "anger": 2, "depression": 2}


def test_catalogue_is_up_to_date(messages: Mapping[Message, set[str]]) -> None:
    assert CATALOGUE.read_text(encoding="utf-8") == catalogue(messages)


def test_catalogue_misses_a_text_that_is_new(messages: Mapping[Message, set[str]]) -> None:
    more = {**messages, Message("A text that nobody has written yet"): {"web/nowhere.py"}}

    assert CATALOGUE.read_text(encoding="utf-8") != catalogue(more)


def test_what_refusals_say_at_the_screen_goes_through_gettext() -> None:
    services = Path(fivefold.__file__).parent / "services"
    found = [f"{file.name}: {name}" for file in services.rglob("*.py") for name in hard_refusals(ast.parse(file.read_text(encoding="utf-8")))]

    assert found == []


def hard_refusals(tree: ast.Module) -> Iterator[str]:
    """Classes of refusals for the person at the screen whose words stand in the code as they are."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and "For the person at the screen" in (ast.get_docstring(node) or ""):
            calls = [call for call in ast.walk(node) if isinstance(call, ast.Call) and ast.unparse(call.func) == "super().__init__"]
            if any(isinstance(call.args[0], ast.Constant | ast.JoinedStr) for call in calls if call.args):
                yield node.name


def test_what_an_entry_should_have_been_goes_through_gettext(messages: Mapping[Message, set[str]]) -> None:
    services = Path(fivefold.__file__).parent / "services"
    calls = [(file.name, call) for file in services.rglob("*.py") for call in calls_of("NotAcceptable", ast.parse(file.read_text(encoding="utf-8")))]

    assert calls
    assert [f"{name}:{call.lineno}" for name, call in calls if isinstance(call.args[1], ast.Constant | ast.JoinedStr)] == []
    fields_named = {call.args[0].value for _, call in calls if isinstance(call.args[0], ast.Constant)}
    assert fields_named - {message.text for message in messages} == set()


def calls_of(name: str, tree: ast.Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == name)


class Texts(HTMLParser):
    """What a page says: its text and what is said aside, for a screen reader or in an empty field."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.within: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.within.append(tag)
        self.found += [value for name, value in attributes if name in SAID_ASIDE and value]

    def handle_endtag(self, tag: str) -> None:
        while self.within and self.within.pop() != tag:
            pass

    def handle_data(self, text: str) -> None:
        if not {"script", "style", "code", "pre"} & set(self.within[-2:]):
            self.found.append(text)


def outside_brackets(page: str, allowed: list[str]) -> list[str]:
    """Texts of a page of which something was not offered for translation: what is left of them."""
    reading = Texts()
    reading.feed(page)
    # A translation may hold markup, so that its brackets stand in different pieces of the page.
    left = BETWEEN.join(reading.found)
    while left != (left := IN_BRACKETS.sub(" ", left)):
        pass
    return sorted({text for piece in left.split(BETWEEN) if (text := _own_words(piece, allowed))})


def _own_words(text: str, allowed: list[str]) -> str:
    """What is left of a text without all that is allowed."""
    left = RULE.sub(" ", " ".join(text.split()).casefold())
    if not WORD.search(left):
        return ""
    for known in allowed:
        if known in left:
            left = re.sub(rf"(?<!\w){re.escape(known)}(?!\w)", " ", left)
    return " ".join(left.split()) if any(word not in NO_WORDS | KNOWLEDGE_WORDS for word in WORD.findall(left)) else ""


def every_string(value: Any, seen: set[int]) -> Iterator[str]:
    """Every text within values of the knowledge base or of a plan."""
    if isinstance(value, str):
        if not isinstance(value, Enum) and not ID.fullmatch(value) and (len(value) > 3 or value.isupper()):
            yield value
    elif id(value) in seen:
        return
    elif is_dataclass(value):
        seen.add(id(value))
        for one in fields(value):
            yield from every_string(getattr(value, one.name), seen)
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from every_string(key, seen)
            yield from every_string(one, seen)
    elif isinstance(value, list | tuple | set | frozenset):
        for one in value:
            yield from every_string(one, seen)


def allowed_texts(cast: Cast) -> list[str]:
    """Knowledge, what the engine says of Rosa, and names; the longest first."""
    from fivefold.services import plans
    from fivefold.services.knowledge import knowledge
    from fivefold.services.spelling import spelled

    known = plans.work_out(cast.rosa, with_draws=True)
    found = set(every_string([knowledge(), known.plan, known.proposal, known.difference], set()))
    # Names stand on the pages where knowledge holds ids.
    found |= {part for text in found for part in IN_BRACKETS.split(spelled(text))}
    for actor in cast.people.values():
        found |= {actor.user.name, actor.user.email, actor.clinic.name}
    # The book is knowledge, and so is how sure each piece of it is.
    found |= {
        basis.words
        for basis in (Basis(BasisKind.GENERAL_KNOWLEDGE), Basis(BasisKind.PROPOSAL), *(Basis(BasisKind.SOURCE, name) for name in knowledge().sources))
    }
    # So are the worked cases, which are practised on, and the names of what there is to read.
    for case in worked_cases():
        found |= {text for text in (case.title, case.story, case.left_open, case.source) if text}
        found |= set(every_string([yaml.safe_load(case.assessment.read_text())], set()))
    found |= {chapter.title for chapter in write_book(knowledge()).chapters} | {", crisis"}  # the last is why a case has paused a module
    found.add(knowledge().release.content_hash[:12])
    found |= {"Rosa D.", "Xxxxxxxxxxxx", "Xxx", "Xx"} | {zone.replace("_", " ") for zone in available_timezones()} | set(texts_of_packages())
    # Days and ids within what the engine says are written out by the app.
    pieces = {part.strip(" ,;:().") for text in found for part in NAMED_BY_ID.split(text) if NAMED_BY_ID.search(text)}
    whole = {" ".join(part.split()).casefold() for text in found | pieces for part in ISO_DAY.split(text)}
    return sorted((text for text in whole if WORD.search(text)), key=len, reverse=True)


def texts_of_packages() -> Iterator[str]:
    """What the framework and the package for signing in say, for which both bring translations."""
    for folder in (Path(django.__file__).parent / "conf", Path(django.__file__).parent / "contrib" / "auth", Path(allauth.__file__).parent):
        with (folder / "locale" / "de" / "LC_MESSAGES" / "django.mo").open("rb") as file:
            known = GNUTranslations(file)._catalog  # type: ignore[attr-defined]  # a catalogue has no other list of its texts
        for key in known:
            yield from (part for part in PLACEHOLDER.split(key if isinstance(key, str) else key[0]) if len(part) >= SHORTEST_FOREIGN)
    yield "characters."  # a plural, of which catalogues name the singular alone


def pages_of(client: Client, cast: Cast) -> Iterator[tuple[str, str]]:
    """Every page that somebody can open, with its text."""
    for route, _view in every_route():
        if route.startswith(LEAVE_OUT):
            continue
        address = address_of(route, patient_id=cast.rosa.pk, number=1, kind="pdf")
        answer = client.get(address)
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            yield route, answer.content.decode()


@pytest.mark.parametrize("who", ["amina", "bruno", "lea", "adrian", "olga"])
def test_every_text_of_every_page_is_offered_for_translation(sign_in: SignIn, lived: Cast, invented: None, who: str) -> None:
    allowed = allowed_texts(lived)
    client = sign_in(who)

    pages = dict(pages_of(client, lived))

    assert pages
    left = {route: outside_brackets(page, allowed) for route, page in pages.items()}
    assert "\n".join(f"{route}: {text}" for route, texts in left.items() for text in texts) == ""


# ---- On paper ------------------------------------------------------------------------------------------------------------

Make = Callable[[KnowledgeBase], PhasedPlan]
# Points: what stands above or below is a running head or foot, which would cut in two a text that goes on over the page.
FOOT, HEAD = 45, 792


def printed(pdf: bytes) -> tuple[str, str]:
    """What a document says on its pages and in its title, and what it says at the head and foot of each page."""
    body, running = [], list[str]()

    def keep(text: str, page_at: list[float], text_at: list[float], _font: Any, _size: Any) -> None:
        height = text_at[5] * page_at[3] + page_at[5]
        (body if FOOT < height < HEAD else running).append(text)

    reader = PdfReader(io.BytesIO(pdf))
    body.append(f"{reader.metadata.title if reader.metadata else ''}\n")
    for page in reader.pages:
        page.extract_text(visitor_text=keep)
        body.append("\n")
    return "".join(body).replace("\u200b", ""), "".join(running).replace("\u200b", "")


def unmarked(text: str, allowed: Iterable[str]) -> list[str]:
    """What of a printed text stands outside brackets and is nothing that is allowed; a line may break anywhere."""
    left = text
    while left != (left := IN_BRACKETS.sub(" | ", left)):
        pass
    left = RULE.sub(" ", " ".join(left.split()).casefold())
    squeezed = left.replace(" ", "")
    for known in sorted({"".join(one.split()).casefold() for one in allowed}, key=len, reverse=True):
        if WORD.search(known) and known in squeezed:
            left = re.sub(r"(?<!\w)" + r"\s*".join(map(re.escape, known)) + r"(?!\w)", " | ", left)
    return sorted({piece.strip() for piece in left.split("|") if any(word not in NO_WORDS | KNOWLEDGE_WORDS for word in WORD.findall(piece))})


def no_texts_of(plan: PhasedPlan) -> set[str]:
    """What is no text of a printed plan itself: knowledge (in English until it is translated where it stands), what the engine says
    of a patient from it, codes and versions."""
    codes = {code.value for code in EvidenceClass} | {plan.engine_version, plan.knowledge_hash[:12], plan.assessment_id, shorten(plan.assessment_id)}
    return set(every_string([load_base(), plan], set())) | codes | {"Xxx"}


@pytest.mark.parametrize("copy", ["clinician", "patient"])
@pytest.mark.parametrize("make", [sample_plan, withheld_plan, bare_plan])
def test_every_text_of_a_printed_plan_is_offered_for_translation(invented: None, make: Make, copy: Literal["clinician", "patient"]) -> None:
    plan = make(load_base())

    body, running = printed(render_pdf(plan, load_base(), copy=copy, decided=[("Xxx", "Xxx", "Xxx")]))

    assert body.startswith(OPENS) and OPENS in running
    assert unmarked(body, no_texts_of(plan)) == []
    assert unmarked(running, no_texts_of(plan)) == []


def test_every_text_of_a_printed_record_is_offered_for_translation(lived: Cast, invented: None) -> None:
    from fivefold.services.operations.record_export import export_record_pdf

    body, running = printed(export_record_pdf(lived.amina, patient_id=lived.rosa.pk))

    # Besides names, the patient's words and knowledge: how her record is numbered and the code of her language.
    allowed = {*allowed_texts(lived), lived.rosa.name, lived.rosa.reference, lived.rosa.language}
    assert body.startswith(OPENS) and OPENS in running
    assert unmarked(body, allowed) == []
    assert unmarked(running, allowed) == []


@pytest.mark.parametrize("copy", ["clinician", "patient"])
def test_printed_plan_says_in_which_language_it_speaks(monkeypatch: pytest.MonkeyPatch, copy: Literal["clinician", "patient"]) -> None:
    monkeypatch.setattr(language, "_language", lambda: "pl-pl")

    pdf = render_pdf(bare_plan(load_base()), load_base(), copy=copy)

    assert PdfReader(io.BytesIO(pdf)).trailer["/Root"]["/Lang"] == "pl"
