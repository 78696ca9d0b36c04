"""Help where it is needed: the first steps of each role, terms explained where they are first used, pages with nothing on them."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from tests.support.clinic import Cast

import fivefold

SignIn = Callable[[str], Client]
FIRST_PAGE = {"amina": "/caseload", "bruno": "/caseload", "lea": "/caseload", "adrian": "/clinic", "olga": "/audit"}
TEMPLATES = Path(fivefold.__file__).parent / "web"
# What somebody new must find explained on each page, where it is first used.
EXPLAINED = {
    "map": ("Phase", "Safety rule (override)", "To ask", "Safety plan", "Specific module", "General module", "Basis", "Stability"),
    "profile": ("Impairment profile", "Impairment", "Level", "Basis", "Discordant", "Resilience level", "Band"),
    "plan": ("Phased plan", "What if", "Specific module", "Coverage", "Gate", "Stability", "Dose"),
    "plan/compare": ("Programme (protocol)",),
    "plan/sign": ("Phased plan",),
    "goals": ("Goal attainment",),
    "session": ("Phase", "Specific module", "Stage of change", "General module"),
    "assessment": ("Impairment", "Instrument", "Level"),
    "assessment/safety": ("Safety rule (override)",),
    "assessment/ratings": ("Anchor of a level",),
    "assessment/context": ("Resilience level",),
    "assessment/scores": ("Instrument",),
    "assessment/scores/phq9": ("Licence class",),
}


@pytest.fixture
def known(cast: Cast) -> Cast:
    """Rosa with ratings that disagree with a score."""
    from fivefold.records import clock
    from fivefold.services.assessments import record_facts
    from fivefold.services.record_file import NewFact

    day = clock.today() - timedelta(days=3)
    facts = [
        *(NewFact("rating", name, {"severity": level}, day) for name, level in {"self_harm": 3, "emotion_awareness": 2, "depression": 0}.items()),
        NewFact("score", "phq9", {"instrument": "phq9", "value": 24}, day),
        *(NewFact("general_module", name, "attained", day) for name in ("G1", "G2", "G3")),
    ]
    record_facts(cast.amina, patient_id=cast.rosa.pk, facts=facts)
    return cast


# ---- First steps --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", FIRST_PAGE)
def test_first_page_of_each_role_shows_its_first_steps(sign_in: SignIn, who: str) -> None:
    from fivefold.web.ui.tour import STEPS

    client = sign_in(who)
    answer = client.get("/", follow=True)

    text = answer.content.decode()
    assert answer.request["PATH_INFO"] == FIRST_PAGE[who]
    steps = STEPS[answer.context["actor"].role]
    assert all(str(step.text).replace("'", "&#x27;") in text for step in steps)
    assert {step.url: client.get(step.url).status_code for step in steps if step.url} == {step.url: 200 for step in steps if step.url}


@pytest.mark.parametrize("who", FIRST_PAGE)
def test_first_steps_that_are_put_away_stay_away_until_they_are_wanted_again(sign_in: SignIn, who: str) -> None:
    sign_in(who).post("/help/first-steps/end")
    later = sign_in(who)

    assert "First steps" not in later.get(FIRST_PAGE[who]).content.decode()
    assert "First steps" in later.get("/help").content.decode()

    later.post("/help/first-steps/again")

    assert "First steps" in later.get(FIRST_PAGE[who]).content.decode()


def test_first_steps_fold_to_one_line_where_somebody_is_in_danger(sign_in: SignIn, cast: Cast) -> None:
    from fivefold.records import clock
    from fivefold.services.assessments import record_facts
    from fivefold.services.record_file import NewFact

    calm = sign_in("amina").get("/caseload").content.decode()
    record_facts(cast.amina, patient_id=cast.rosa.pk, facts=[NewFact("risk", "new_plan_or_means", True, clock.today())])
    danger = sign_in("amina").get("/caseload").content.decode()

    assert '<details open><summary><h2 id="tour-h">' in calm
    assert '<details><summary><h2 id="tour-h">' in danger
    assert "Understood, put this away" in danger


def test_putting_away_is_for_oneself_alone(sign_in: SignIn) -> None:
    sign_in("amina").post("/help/first-steps/end")

    assert "First steps" in sign_in("teo").get("/caseload").content.decode()


def test_first_steps_change_nothing_when_somebody_only_looks(sign_in: SignIn) -> None:
    client = sign_in("amina")

    assert client.get("/help/first-steps/end").status_code == 405
    assert "First steps" in client.get("/caseload").content.decode()


def test_help_is_for_those_who_are_signed_in(client: Client, db: None) -> None:
    assert client.get("/help")["Location"] == "/sign-in?next=/help"


# ---- Terms --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", EXPLAINED)
def test_terms_are_explained_on_the_page_that_uses_them(sign_in: SignIn, known: Cast, page: str) -> None:
    text = sign_in("amina").get(f"/patients/{known.rosa.pk}/{page}").content.decode()

    assert [name for name in EXPLAINED[page] if f"What “{name}” means" not in text] == []


def test_terms_are_explained_in_the_words_of_the_glossary() -> None:
    from fivefold.web.ui.terms import TERMS

    glossary = (Path(__file__).parents[2] / "GLOSSARY.md").read_text("utf-8")

    assert [name for name, term in TERMS.items() if f"**{name}**" not in glossary or str(term.meaning) not in glossary] == []


def test_every_term_is_used_and_every_used_term_is_known() -> None:
    from fivefold.web.ui.terms import TERMS

    used = {name for file in TEMPLATES.rglob("*.html") for name in re.findall(r'{% term "([^"]+)" %}', file.read_text("utf-8"))}

    assert used == set(TERMS)


def test_explanation_opens_without_a_script(sign_in: SignIn, known: Cast) -> None:
    text = sign_in("amina").get(f"/patients/{known.rosa.pk}/profile").content.decode()

    opened = re.findall(r'<button type="button" class="term" popovertarget="([^"]+)" aria-label="[^"]+">', text)
    assert opened
    assert [key for key in opened if f'id="{key}" popover' not in text] == []


def test_help_lists_every_term_for_those_who_see_records(sign_in: SignIn) -> None:
    from fivefold.web.ui.terms import TERMS

    text = sign_in("amina").get("/help").content.decode()

    assert [name for name, term in TERMS.items() if str(term.name) not in text] == []


# ---- Nothing there yet --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "address", "says"),
    [
        ("teo", "/caseload", "Take on a patient: a name or initials are enough to begin."),
        ("bruno", "/caseload", "Ask your clinic lead to add you to the care team"),
        ("vera", "/caseload", "Patients are taken on by therapists. Invite one"),
        ("olga", "/audit?act=nothing", "No entry fits. Ask for less."),
        ("lea", "/clinic/knowledge", "There is no other one at present."),
        ("amina", "/patients/{rosa}/plan/versions", "No plan has been signed yet."),
        ("amina", "/patients/{rosa}/map", "Nothing has been asked yet."),
        ("amina", "/patients/{rosa}/plan/compare", "Rate or measure something first."),
        ("amina", "/patients/{rosa}/profile", "Nothing is known here yet."),
    ],
)
def test_page_with_nothing_on_it_says_what_to_do(sign_in: SignIn, cast: Cast, who: str, address: str, says: str) -> None:
    from fivefold.records.models import CareRelation

    CareRelation.objects.filter(user=cast.bruno.user).delete()

    assert says in sign_in(who).get(address.replace("{rosa}", str(cast.rosa.pk))).content.decode()
