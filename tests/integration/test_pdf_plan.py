"""The printed plan: a valid, tagged document that says what it must, keeps text as text, and never says more to the patient."""

import io
import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Literal

import pytest
from pypdf import PdfReader
from tests.support.pdf_ua import pdf_ua_problems
from tests.support.plan_samples import bare_plan, poisoned, sample_plan, withheld_plan

from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.plan import PhasedPlan
from fivefold.concepts.vocabulary import MatchStatus
from fivefold.documents.pdf_plan import render_pdf
from fivefold.documents.typesetting import ASSETS, PLACEHOLDER, make_printable, printable
from fivefold.engine.planning import make_plan
from fivefold.exchange.assessment_reader import read_assessment
from fivefold.knowledge.loader import KNOWLEDGE_FOLDER, load_base

Copy = Literal["clinician", "patient"]
COPIES: tuple[Copy, Copy] = ("clinician", "patient")
VIGNETTES = sorted((KNOWLEDGE_FOLDER / "cases" / "vignettes").glob("*.assessment.yaml"))
PARTS = (
    "1 People, dates, version, consent", "2 Diagnoses, with their source", "3 Severity and risk", "4 Formulation in five lines", "5 Impairments",
    "6 Phase now", "7 Modules", "8 Goals, with attainment levels", "9 Measures and timetable", "10 Safety plan", "11 Alternatives considered",
    "12 The patient", "13 Next review", "14 Plain copy",
)  # fmt: skip
CODES = re.compile(r"\b[PGSRL]\d{1,2}[a-d]?\b|\d\s?%|\brule\.|\bRCT")
TYPST_AND_HTML = "#strong[x] *b* _i_ `raw` $x^2$ <b>html</b> @ref #panic() // c"


@cache
def knowledge() -> KnowledgeBase:
    return load_base()


def text_of(pdf: bytes) -> str:
    """All text in one line: a column may break a sentence anywhere."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).replace("\u200b", "").split())


def rendered(plan: PhasedPlan, copy: Copy = "clinician") -> str:
    return text_of(render_pdf(plan, knowledge(), copy=copy))


def squeezed(text: str) -> str:
    """Text without spaces: a line that breaks after a hyphen gives one that was not written."""
    return re.sub(r"\s", "", text)


# -- the file ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("copy", COPIES)
def test_document_is_tagged_and_has_title_and_language(copy: Copy) -> None:
    made = render_pdf(sample_plan(knowledge()), knowledge(), copy=copy)
    reader = PdfReader(io.BytesIO(made))

    assert pdf_ua_problems(made) == []
    catalogue = reader.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"] == "en"
    assert "/StructTreeRoot" in catalogue
    assert catalogue["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None and "reatment plan" in (reader.metadata.title or "")
    assert b"pdfuaid:part" in catalogue["/Metadata"].get_object().get_data()


@pytest.mark.parametrize("copy", COPIES)
def test_document_is_a4(copy: Copy) -> None:
    pages = PdfReader(io.BytesIO(render_pdf(sample_plan(knowledge()), knowledge(), copy=copy))).pages

    assert {(round(page.mediabox.width), round(page.mediabox.height)) for page in pages} == {(595, 842)}


def test_picture_of_the_phases_has_a_text_alternative() -> None:
    pdf = render_pdf(sample_plan(knowledge()), knowledge())

    alternatives = [_alternative(part) for part in _structure(pdf) if part.get("/S") == "/Figure"]
    assert len(alternatives) == 1
    assert "five phases" in alternatives[0] and "the treatment is here" in alternatives[0]


def test_same_plan_gives_the_same_bytes() -> None:
    plan = sample_plan(knowledge())

    assert render_pdf(plan, knowledge()) == render_pdf(plan, knowledge())


# -- the clinician's copy ------------------------------------------------------------------------------------------------


def test_clinician_copy_holds_the_fourteen_parts_in_order_after_safety() -> None:
    text = rendered(sample_plan(knowledge()))

    places = [text.index(part) for part in ("Safety first", *PARTS)]
    assert places == sorted(places)


def test_clinician_copy_says_on_every_page_that_it_is_a_proposal() -> None:
    plan = sample_plan(knowledge())
    pages = PdfReader(io.BytesIO(render_pdf(plan, knowledge()))).pages

    for number, page in enumerate(pages, start=1):
        text = page.extract_text()
        assert "Proposal for a clinician to decide on" in text
        assert f"Page {number} of {len(pages)}" in text
        assert "25 November 2026" in text and f"knowledge {plan.knowledge_version}" in text


def test_modules_of_now_show_why_steps_dose_and_source() -> None:
    plan = sample_plan(knowledge())
    text = squeezed(rendered(plan))

    for match in plan.with_status(MatchStatus.NOW):
        assert squeezed(match.name) in text
        for part in (*(reason.text for reason in match.because), *(step.text for step in match.interventions), match.dose.text, *match.goals):
            assert squeezed(part) in text


def test_every_other_module_is_named_with_its_state() -> None:
    plan = sample_plan(knowledge())
    text = squeezed(rendered(plan))

    assert all(squeezed(match.name) in text for match in plan.modules)


def test_overrides_impairments_and_sources_are_shown() -> None:
    plan = sample_plan(knowledge())
    text = rendered(plan)

    assert all(rule.code in text for rule in plan.overrides)
    known = [reading for reading in plan.profile.impairments if reading.is_known]
    assert known and all(squeezed(knowledge().impairments[reading.id].name) in squeezed(text) for reading in known)
    assert "Not known:" in text
    cited = {source for match in plan.with_status(MatchStatus.NOW) for source in match.sources}
    assert all(squeezed(knowledge().sources[source].citation) in squeezed(text) for source in cited)


def test_of_a_measure_taken_often_the_newest_value_is_printed_and_how_many_there_are() -> None:
    from fivefold.documents.pdf_clinician import ClinicianCopy

    plan = sample_plan(knowledge())
    first = plan.scores[0]
    earlier = [replace(first, value=first.minimum, age_days=first.age_days + 7 * number) for number in range(1, 30)]

    rows = ClinicianCopy(replace(plan, scores=(*earlier, *plan.scores)), knowledge()).newest_scores()

    assert len(rows) == len({(one.instrument, one.scale) for one in plan.scores})
    assert rows[0] == ClinicianCopy(plan, knowledge()).score(first) | {"name": f"{rows[0]['name'].split(', newest')[0]}, newest of 30"}


def test_what_the_program_cannot_know_is_a_labelled_line() -> None:
    text = rendered(sample_plan(knowledge()))

    for label in ("Patient, date of birth", "Consent to treatment", "In the patient's own words", "Clinician, date", "Who has a copy"):
        assert label in text.replace("’", "'")
    assert "to be filled in by hand" in text


def test_goals_have_five_blank_levels() -> None:
    text = rendered(sample_plan(knowledge()))

    assert all(level in text for level in ("−2 much less", "−1 somewhat less", "0 expected", "+1 somewhat more", "+2 much more"))


def test_withheld_plan_says_so_before_anything_else() -> None:
    plan = withheld_plan(knowledge())
    text = rendered(plan)

    assert plan.withheld is not None
    assert text.index(plan.withheld.message) < text.index(PARTS[0])
    assert all(need in text for need in plan.withheld.needs)


@pytest.mark.parametrize("copy", COPIES)
def test_plan_of_which_almost_nothing_is_known_is_printed(copy: Copy) -> None:
    text = rendered(bare_plan(knowledge()), copy)

    assert "low risk" not in text.lower() and "no risk" not in text.lower().replace("that there is no risk", "")


# -- the patient's copy --------------------------------------------------------------------------------------------------


def test_patient_copy_says_why_in_plain_words_and_what_it_cannot_do() -> None:
    plan = sample_plan(knowledge())
    text = rendered(plan, "patient")

    for match in plan.with_status(MatchStatus.NOW):
        assert match.patient_name in text and squeezed(match.patient_words) in squeezed(text)
    for heading in ("Where I am now", "What comes next", "If things get hard", "What this paper cannot do", "Emergency number where I live"):
        assert heading in text
    assert knowledge().phases[plan.phase.overall].patient.name in text


@pytest.mark.parametrize("path", VIGNETTES, ids=lambda path: path.name.split("-")[0])
def test_patient_copy_has_no_codes_scores_or_predictions(path: Path) -> None:
    plan = make_plan(read_assessment(path, knowledge()), knowledge())

    text = rendered(plan, "patient")

    assert CODES.findall(text) == []
    assert not any(score.value is not None and f"{score.value:g} " in text for score in plan.scores if score.value and score.value > 31)
    assert plan.assessment_id not in text and plan.summary not in text


def test_patient_copy_uses_no_red() -> None:
    template = (ASSETS / "plan_patient.typ").read_text("utf-8")

    assert "safety)" not in template and "rgb(" not in template


def test_what_the_patient_declined_is_not_offered_again() -> None:
    plan = sample_plan(knowledge())
    declined = replace(plan.with_status(MatchStatus.NOW)[0], declined=True)
    text = rendered(replace(plan, modules=tuple(declined if match.id == declined.id else match for match in plan.modules)), "patient")

    assert text.index(declined.patient_name) > text.index("You have said no to this")


# -- text stays text -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("copy", COPIES)
def test_markup_in_every_text_stays_text(copy: Copy) -> None:
    text = rendered(poisoned(sample_plan(knowledge())), copy)

    assert "<script>alert(1)</script>" in text


@pytest.mark.parametrize("copy", COPIES)
def test_typst_markup_in_free_text_stays_text(copy: Copy) -> None:
    plan = sample_plan(knowledge())
    goal = replace(plan.life_goals[0], text=TYPST_AND_HTML)

    assert TYPST_AND_HTML in rendered(replace(plan, life_goals=(goal,)), copy)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Łukasz Müller – ≥ 3 → 4, Иван, Ιωάννης", "Łukasz Müller – ≥ 3 → 4, Иван, Ιωάννης"),
        ("明日 fine", f"{PLACEHOLDER}{PLACEHOLDER} fine"),
        ("no\u202ereversal\ufeff", "noreversal"),
        ("control\x00mark\x1b", f"control{PLACEHOLDER}mark{PLACEHOLDER}"),
    ],
)
def test_text_is_printed_as_far_as_fonts_reach(given: str, shown: str) -> None:
    assert printable(given)[0] == shown


def test_unprintable_characters_are_counted_and_owned_up_to() -> None:
    plan = replace(sample_plan(knowledge()), summary="明日 🫠")

    text = rendered(plan)

    assert "3 characters of the text given could not be printed" in text


@pytest.mark.parametrize(
    "given", ["w" * 400, "שלום עולם مرحبا بالعالم", "👩\u200d👩\u200d👧 😀", "a\nb\tc", "Long text. " * 4000], ids=["word", "rtl", "emoji", "lines", "pages"]
)
def test_awkward_text_does_not_cost_anyone_the_document(given: str) -> None:
    plan = sample_plan(knowledge())
    cautions = tuple(replace(match, cautions=(given,)) for match in plan.modules)

    for copy in COPIES:
        assert render_pdf(replace(plan, summary=given, modules=cautions), knowledge(), copy=copy).startswith(b"%PDF-")


def test_long_words_may_break_but_addresses_stay_whole() -> None:
    content, _ = make_printable({"text": "w" * 100, "url": "https://doi.org/" + "x" * 100})

    assert "\u200b" in content["text"] and "\u200b" not in content["url"]


def test_fonts_can_draw_all_that_the_coverage_promises() -> None:
    ranges = json.loads((ASSETS / "fonts" / "coverage.json").read_text("utf-8"))
    every = " ".join(chr(point) for first, last in ranges for point in range(first, last + 1))

    # PDF/UA-1 refuses a document with a missing glyph: it would raise here.
    assert render_pdf(replace(sample_plan(knowledge()), summary=every), knowledge()).startswith(b"%PDF-")


# -- the structure tree --------------------------------------------------------------------------------------------------


def _structure(pdf: bytes) -> list[dict[str, object]]:
    """Every element of the structure tree."""
    root = PdfReader(io.BytesIO(pdf)).trailer["/Root"]["/StructTreeRoot"]
    found, waiting = [], [root]
    while waiting:
        part = waiting.pop().get_object()
        kids = part.get("/K", []) if hasattr(part, "get") else []
        found += [part] if hasattr(part, "get") and "/S" in part else []
        waiting += [kid for kid in (kids if isinstance(kids, list) else [kids]) if hasattr(kid.get_object(), "get")]
    return found


def _alternative(part: dict[str, object]) -> str:
    """The text alternative, which the format may keep as an attribute of the element."""
    return str(part.get("/Alt", ""))
