"""The hour in a real browser: prepared at a glance, written by keyboard, kept when the tab dies, accessible at every width."""

from typing import Any

import pytest
from tests.support.browser import UNFOLD, Open, page_problems
from tests.support.clinic import Cast
from tests.support.known_patient import known_patient

# A clinician who knows the form moves and decides about so fast; typing is counted at 40 words a minute.
SECONDS_A_CLICK, SECONDS_A_KEY = 2.0, 0.3
SECONDS_TO_WRITE = 120


@pytest.fixture
def sam(cast: Cast) -> Any:
    """A patient with a plan for now and one signed session."""
    from fivefold.records import clock
    from fivefold.services.session_note import NewHomework, Safety, SessionReport
    from fivefold.services.sessions import sign_session

    patient = known_patient(cast.amina)
    report = SessionReport(on=clock.today(), meeting="in_person", came="came", safety=Safety.NOT_ASKED, homework=(NewHomework("one line a day"),))
    patient.session = sign_session(cast.amina, patient_id=patient.pk, report=report)
    return patient


def test_session_is_written_in_two_minutes_and_signed(visit: Open, sam: Any, capsys: pytest.CaptureFixture[str]) -> None:
    page, clicks = visit(f"/patients/{sam.pk}/session", "amina"), 0
    told = "It was a quiet week, one bad evening."
    for label in ("asked, nothing new was told", "partly"):
        page.get_by_text(label, exact=True).first.click()
        clicks += 1
    page.locator("details.module[open] .steps input").first.check()
    page.locator("details.module[open] .chips input").first.check()
    page.get_by_label("What the patient brought").fill(told)
    clicks += 3
    page.get_by_role("button", name="Sign and lock").click()
    clicks += 1
    page.wait_for_url("**/sessions")

    seconds = SECONDS_A_CLICK * clicks + SECONDS_A_KEY * len(told)
    with capsys.disabled():
        print(f"\na session written: {clicks} clicks, {len(told)} keys; about {seconds:.0f} s of a clinician's time")
    assert "Session 2" in page.inner_text("main")
    assert seconds < SECONDS_TO_WRITE
    assert page.troubles == []  # type: ignore[attr-defined]


def test_whole_form_is_reached_and_sent_by_keyboard(visit: Open, sam: Any) -> None:
    page = visit(f"/patients/{sam.pk}/session", "amina")
    page.locator("#id_safety_0").focus()
    page.keyboard.press("Space")
    for _ in range(200):
        if page.evaluate("document.activeElement?.matches('.write button.main')"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sessions")


def test_what_was_typed_is_given_back_after_the_tab_died(visit: Open, sam: Any) -> None:
    from fivefold.records.models import FormDraft

    page = visit(f"/patients/{sam.pk}/session", "amina")
    page.get_by_label("What the patient brought").fill("she laughed once")
    page.get_by_text("asked, nothing new was told", exact=True).click()
    page.locator(".saved", has_text="kept").wait_for()
    page.close()
    assert FormDraft.objects.count() == 1

    again = visit(f"/patients/{sam.pk}/session", "amina")
    again.locator(".draft button").first.click()

    assert again.get_by_label("What the patient brought").input_value() == "she laughed once"
    assert again.locator("#id_safety_0").is_checked()


def test_words_that_did_not_reach_the_server_are_still_in_the_form(visit: Open, sam: Any) -> None:
    page = visit(f"/patients/{sam.pk}/session", "amina")
    page.context.set_offline(True)
    page.get_by_label("What the patient brought").fill("no network in this room")
    page.locator(".saved", has_text="still here").wait_for()

    assert page.get_by_label("What the patient brought").input_value() == "no network in this room"


def test_device_gives_back_what_never_reached_the_server_and_lets_nobody_read_it(visit: Open, sam: Any) -> None:
    page = visit(f"/patients/{sam.pk}/session", "amina")
    page.wait_for_load_state("networkidle")
    # No network as the page sees it: a browser may still deliver, once it has one, what a page sent at its end.
    page.evaluate("() => { globalThis.fetch = () => Promise.reject(new TypeError('no network')) }")
    page.get_by_label("What the patient brought").fill("typed in the cellar")
    page.wait_for_function("localStorage.length === 1")
    on_the_device = str(page.evaluate("JSON.stringify(localStorage)"))
    assert "cellar" not in on_the_device
    assert str(sam.pk) not in on_the_device
    address, context = page.url, page.context
    page.close()
    again = context.new_page()
    again.goto(address)

    again.get_by_role("button", name="Put back what this device has kept").click()

    assert again.get_by_label("What the patient brought").input_value() == "typed in the cellar"
    again.locator(".saved", has_text="Draft kept").wait_for()
    again.wait_for_function("localStorage.length === 0")


def test_form_that_was_taken_leaves_nothing_on_the_device(visit: Open, sam: Any) -> None:
    page = visit(f"/patients/{sam.pk}/session", "amina")
    page.wait_for_load_state("networkidle")
    page.route("**/drafts", lambda route: route.abort())
    page.get_by_text("asked, nothing new was told", exact=True).click()
    page.wait_for_function("localStorage.length === 1")
    page.get_by_role("button", name="Sign and lock").click()
    page.wait_for_url("**/sessions")

    page.wait_for_function("localStorage.length === 0")


def test_somebody_who_signs_out_leaves_nothing_on_the_device(visit: Open, sam: Any) -> None:
    page = visit(f"/patients/{sam.pk}/session", "amina")
    page.wait_for_load_state("networkidle")
    page.route("**/drafts", lambda route: route.abort())
    page.get_by_label("What the patient brought").fill("on a shared machine")
    page.wait_for_function("localStorage.length === 1")
    page.locator(".menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in*")

    assert page.evaluate("localStorage.length") == 0


def test_pages_of_the_hour_are_accessible_and_do_not_scroll_sideways(visit: Open, sam: Any) -> None:
    for path in ("session", "sessions", f"sessions/{sam.session.pk}", "process-notes"):
        page = visit(f"/patients/{sam.pk}/{path}", "amina")
        page.evaluate(UNFOLD)
        assert page_problems(page) == [], path
        page.context.close()
