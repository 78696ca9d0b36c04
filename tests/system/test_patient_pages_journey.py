"""Caseload, new patient, map, profile and team in a real browser: by keyboard, accessible, at every width.

Nothing here is skipped: without Chromium the tests fail and say what is missing.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from tests.support.browser import UNFOLD, page_problems
from tests.support.clinic import Cast

PAGES = (
    "/caseload",
    "/patients/new",
    "/patients/without-relation",
    "{rosa}/map",
    "{rosa}/map?shared=1",
    "{rosa}/profile",
    "{rosa}/record",
    "{rosa}/record/erasure",
    "{rosa}/team",
)
FOR_LEADS = ("{rosa}/record/erasure", "{rosa}/team")
Open = Callable[..., Page]


@pytest.fixture
def browser(chromium: Browser) -> Browser:
    """The one browser of a process: a second one beside it cannot be started."""
    return chromium


@pytest.fixture
def open_page(browser: Browser, live_server: Any, cast: Cast) -> Iterator[Open]:
    """A page of the running app as somebody of the cast sees it; it fails on any message of the console."""
    from django.conf import settings
    from django.test import Client

    contexts = []

    def show(path: str, who: str = "amina", width: int = 1280, scheme: str = "light", scripts: bool = True) -> Page:
        client = Client()
        client.force_login(cast.people[who].user, backend="allauth.account.auth_backends.AuthenticationBackend")
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=scripts)  # type: ignore[arg-type]
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        contexts.append(context)
        page = context.new_page()
        page.troubles = []  # type: ignore[attr-defined]
        page.on("console", lambda message: page.troubles.append(message.text))  # type: ignore[attr-defined]
        page.on("pageerror", lambda error: page.troubles.append(str(error)))  # type: ignore[attr-defined]
        page.goto(live_server.url + path.replace("{rosa}", f"/patients/{cast.rosa.pk}"))
        return page

    yield show
    for context in contexts:
        context.close()


@pytest.fixture
def known(cast: Cast) -> Cast:
    """Rosa as she is known after two visits, with a danger that is active."""
    from fivefold.records import clock
    from fivefold.services.assessments import record_facts
    from fivefold.services.goals import set_goal
    from fivefold.services.record_file import NewFact

    day = clock.today() - timedelta(days=3)
    facts = [
        *(NewFact("rating", name, {"severity": level}, day) for name, level in {"self_harm": 3, "emotion_awareness": 2, "anger": 0, "depression": 0}.items()),
        NewFact("score", "phq9", {"instrument": "phq9", "value": 21}, day),
        NewFact("module", "S04", {"id": "S04", "stage": "exploration"}, day),
        NewFact("risk", "new_plan_or_means", True, day),
        NewFact("general_module", "G2", "red", day),
    ]
    record_facts(cast.amina, patient_id=cast.rosa.pk, facts=facts)
    set_goal(cast.amina, patient_id=cast.rosa.pk, words="Get through the evening", levels=["a", "b", "c", "d", "e"])
    return cast


def test_no_page_has_problems_with_everything_unfolded(open_page: Open, known: Cast) -> None:
    found = {}
    for path in PAGES:
        page = open_page(path, who="lea" if path in FOR_LEADS else "amina")
        page.evaluate(UNFOLD)
        found[path] = page_problems(page)
        page.context.close()

    assert found == {path: [] for path in PAGES}


@pytest.fixture
def ended(known: Cast) -> Cast:
    """Rosa, whose record was kept for its years and lies under a legal hold, with a request whose day is past."""
    from django.utils import timezone

    from fivefold.records.models import Patient
    from fivefold.services import patients
    from fivefold.services.operations import erasure

    day, rosa = timezone.localdate(), known.rosa.pk
    patients.record_consent(known.amina, patient_id=rosa, purpose="letters", given=True, on=day)
    patients.end_care(known.amina, patient_id=rosa, on=day, reason="other", note="Went to live by the sea.")
    Patient.objects.filter(pk=rosa).update(closed_at=timezone.now() - timedelta(days=366 * 11))
    erasure.ask_for_erasure(known.lea, patient_id=rosa, on=day - timedelta(days=40), reason="By letter, signed by hand.")
    erasure.set_legal_hold(known.lea, patient_id=rosa, held=True, reason="The court has asked for it.", review_on=day + timedelta(days=30))
    return known


def test_record_that_is_closed_and_held_is_accessible_and_fits(open_page: Open, ended: Cast) -> None:
    for path, who in (("{rosa}/record", "amina"), ("{rosa}/record/erasure", "lea")):
        page = open_page(path, who=who)
        page.evaluate(UNFOLD)

        assert page_problems(page) == []


def test_consents_span_the_width_of_the_page(open_page: Open, known: Cast) -> None:
    page = open_page("{rosa}/record")

    sizes = [page.locator(f"[aria-labelledby={name}]").bounding_box()["width"] for name in ("agreed-h", "end-h")]  # type: ignore[index]

    assert sizes[0] > 2 * sizes[1]


def test_paper_has_the_safety_rules_unfolded_and_the_map_in_one_piece(open_page: Open, known: Cast) -> None:
    page = open_page("{rosa}/map")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")

    assert page.locator(".guard details").count() == page.locator(".guard details[open]").count() > 0
    assert page.locator("details.more[open]").count() == 0 < page.locator("details.more").count()
    # On A4 across, with margins of 12 mm, there are 186 mm for the map: 703 CSS pixels.
    page.set_viewport_size({"width": 1032, "height": 703})
    assert page.locator(".path").bounding_box()["height"] < 703  # type: ignore[index]


def test_jump_leads_to_a_patient(open_page: Open, cast: Cast) -> None:
    page = open_page("/patients/new")

    page.keyboard.press("Control+k")
    page.keyboard.type("ros")
    page.wait_for_selector("#jump-list [aria-selected=true]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/map")

    assert str(cast.rosa.pk) in page.url
    assert "ros" not in page.url.removeprefix("http://").split("/", 1)[1].replace(str(cast.rosa.pk), "")


def test_without_scripts_search_filter_and_map_still_work(open_page: Open, known: Cast) -> None:
    page = open_page("/patients/new", scripts=False)

    page.fill("#jump", "rosa")
    page.press("#jump", "Enter")
    assert page.locator(".caseload .name").all_inner_texts() == ["Rosa D."]
    page.click("label:has(input[name=signal][value=safety])")
    page.click("button.go")
    assert page.locator(".caseload .name").all_inner_texts() == ["Rosa D."]
    page.click(".caseload .name")

    assert page.locator(".phase-body").first.is_visible()
    page.click("#safety-plan > summary")
    assert page.locator("#safety-plan ol").is_visible()


def test_filter_answers_while_typing_and_keeps_the_focus(open_page: Open, known: Cast) -> None:
    page = open_page("/caseload")

    page.focus("#filter-q")
    page.keyboard.type("nobody here")
    page.wait_for_selector("#list .empty")

    assert page.evaluate("document.activeElement.id") == "filter-q"
    assert page.url.endswith("/caseload")


def test_tile_opens_its_reasons(open_page: Open, known: Cast) -> None:
    page = open_page("{rosa}/map")

    page.click(".here .tile.is-now >> nth=0")

    reasons = page.locator(page.evaluate("location.hash"))
    assert reasons.get_attribute("open") is not None
    assert reasons.locator(".mod-body").is_visible()


def test_head_of_a_record_leaves_a_phone_room_and_keeps_the_safety_plan_in_sight(open_page: Open) -> None:
    page = open_page("{rosa}/map", width=360)

    begins = page.locator("main").evaluate("main => main.getBoundingClientRect().top")
    assert begins <= 200
    assert page.locator(".pages-line").get_by_role("link", name="Safety plan").is_visible()
    assert not page.get_by_role("link", name="Formulation").is_visible()

    page.get_by_role("button", name="Map (all pages of this record)").click()

    assert page.locator("#record-pages a").count() == 17
    assert page.get_by_role("link", name="Formulation").is_visible()
    page.keyboard.press("Escape")
    assert not page.get_by_role("link", name="Formulation").is_visible()


def test_on_a_phone_the_present_phase_comes_first_the_others_unfold_and_terms_are_told_beside_their_sign(open_page: Open, known: Cast) -> None:
    page = open_page("{rosa}/map", width=360)
    phases = page.locator(".phase")

    assert "here" in (phases.first.get_attribute("class") or "")
    assert not phases.nth(1).locator(".phase-body").is_visible()
    phases.nth(1).locator(".fold").click()
    assert phases.nth(1).locator(".phase-body").is_visible()

    sign = page.locator(".term:visible").first
    sign.click()
    told, at = page.locator(".term-words:popover-open").bounding_box(), sign.bounding_box()
    assert told and at
    assert min(abs(told["y"] - at["y"] - at["height"]), abs(at["y"] - told["y"] - told["height"])) < 20
    assert told["x"] >= 0 and told["x"] + told["width"] <= 360


def test_therapist_and_patient_look_at_the_same_places_in_two_languages(open_page: Open, known: Cast) -> None:
    page = open_page("{rosa}/map")
    places = page.locator(".tile").evaluate_all("all => all.map(one => one.hash)")

    page.click("text=Look together")

    assert page.locator("h1").inner_text() == "Getting safe"
    assert page.locator(".tile").evaluate_all("all => all.map(one => one.hash)") == places
    assert page.locator(".is-red").count() == 0
