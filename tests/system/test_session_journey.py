"""The hour in a real browser: prepared at a glance, written by keyboard, kept when the tab dies, accessible at every width."""

from typing import Any

import pytest
from tests.support.browser import UNFOLD, Open, page_problems
from tests.support.clinic import Cast
from tests.support.known_patient import known_patient

# A clinician who knows the form moves and decides about so fast; typing is counted at 40 words a minute.
SECONDS_A_CLICK, SECONDS_A_KEY = 2.0, 0.3
SECONDS_TO_WRITE = 120
# What this device holds, letter by letter, and how many entries that are.
ON_THE_DEVICE = """() => new Promise((done) => {
  const asked = indexedDB.open("fivefold-drafts");
  asked.onsuccess = () => {
    const all = asked.result.transaction("drafts").objectStore("drafts").getAll();
    const letters = (value) => (value?.byteLength === undefined ? String(value) : new TextDecoder("latin1").decode(value));
    all.onsuccess = () => { asked.result.close(); done(all.result.map((entry) => Object.values(entry).map(letters).join(" "))); };
  };
})"""
KEEPS_ONE, KEEPS_NOTHING = (f"async () => (await ({ON_THE_DEVICE})()).length === {many}" for many in (1, 0))


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


def test_what_is_typed_beside_an_offered_draft_takes_its_place_nowhere(visit: Open, sam: Any) -> None:
    page = visit(f"/patients/{sam.pk}/session", "amina")
    page.get_by_label("What the patient brought").fill("the first evening")
    page.locator(".saved", has_text="kept").wait_for()
    context, address = page.context, page.url
    page.close()
    second = context.new_page()
    second.goto(address)
    second.locator(".draft button").first.wait_for()
    second.get_by_label("What the patient brought").fill("something else first")
    second.locator(".saved", has_text="kept").wait_for()
    assert second.locator(".draft").is_visible()
    second.close()
    third = context.new_page()
    third.goto(address)

    third.locator(".draft button", has_text="Put it back").nth(1).click()

    assert third.get_by_label("What the patient brought").input_value() == "the first evening"
    third.locator(".saved", has_text="kept").wait_for()
    third.get_by_text("asked, nothing new was told", exact=True).click()
    third.get_by_role("button", name="Sign and lock").click()
    third.wait_for_url("**/sessions")
    third.goto(address.replace(f"/patients/{sam.pk}/session", "/account/unsent"))
    # Signed is the one that was put back; the other is nobody's but the writer's to throw away.
    assert "something else first" in third.inner_text("main")
    assert "the first evening" not in third.inner_text("main")


def test_two_tabs_write_each_to_their_own_patient_and_a_form_in_the_wrong_tab_is_refused(visit: Open, cast: Cast, sam: Any) -> None:
    from fivefold.records.models import TreatmentSession

    brought, before = "What the patient brought", TreatmentSession.objects.count()
    first = visit(f"/patients/{sam.pk}/session", "amina")
    second = first.context.new_page()
    second.goto(first.url.replace(str(sam.pk), str(cast.rosa.pk)))
    for turn in range(3):
        for tab, whose in ((first, "of Sam"), (second, "of Rosa")):
            tab.bring_to_front()
            tab.get_by_label(brought).press_sequentially(f"{whose} {turn}. ")
    for tab in (first, second):
        tab.locator(".saved", has_text="kept").wait_for()
        tab.get_by_text("asked, nothing new was told", exact=True).first.click()
    # The address of the other patient under a form that was filled in for this one.
    first.evaluate("(other) => { document.querySelector('form.write').action = other }", second.url)
    first.get_by_role("button", name="Sign and lock").click()
    first.get_by_text("filled in for another patient").wait_for()
    assert "of Sam 2" in first.get_by_label(brought).input_value()
    assert TreatmentSession.objects.count() == before

    second.get_by_role("button", name="Sign and lock").click()
    second.wait_for_url("**/sessions")

    written = TreatmentSession.objects.filter(patient=cast.rosa).get()
    assert "of Rosa 2" in written.content and "Sam" not in written.content
    assert TreatmentSession.objects.filter(patient=sam).count() == before
    second.goto(second.url.replace(f"/patients/{cast.rosa.pk}/sessions", "/account/unsent"))
    assert "of Sam 0" in second.inner_text("main") and "of Rosa" not in second.inner_text("main")


def test_form_that_was_sent_and_comes_back_out_of_the_cache_is_loaded_anew(visit: Open, sam: Any) -> None:
    page = visit(f"/patients/{sam.pk}/session", "amina")
    page.wait_for_load_state("networkidle")
    page.get_by_text("asked, nothing new was told", exact=True).click()
    # An answer without a page leaves this one as it is, as the browser's cache keeps it.
    page.route("**/session", lambda route: route.fulfill(status=204) if route.request.method == "POST" else route.continue_())
    once = page.locator("[name=once]").first.input_value()
    page.get_by_role("button", name="Sign and lock").click()
    with page.expect_navigation():
        page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")

    assert page.locator("[name=once]").first.input_value() != once


def test_draft_of_a_form_that_was_sent_is_not_called_kept(visit: Open, cast: Cast, sam: Any) -> None:
    from fivefold.records.models import DoneOnce

    page = visit(f"/patients/{sam.pk}/session", "amina")
    page.wait_for_load_state("networkidle")
    DoneOnce.objects.create(clinic=cast.amina.clinic, user=cast.amina.user, act="a", key=page.locator("[name=once]").first.input_value(), result={"value": ""})

    page.get_by_label("What the patient brought").fill("typed after it was sent")

    page.locator(".saved", has_text="this form has been sent").wait_for()
    page.wait_for_function(KEEPS_ONE)


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
    page.wait_for_function(KEEPS_ONE)
    on_the_device = " ".join(page.evaluate(ON_THE_DEVICE))
    assert "cellar" not in on_the_device
    assert str(sam.pk) not in on_the_device
    address, context = page.url, page.context
    page.close()
    again = context.new_page()
    again.goto(address)

    again.get_by_role("button", name="Put back what this device has kept").click()

    assert again.get_by_label("What the patient brought").input_value() == "typed in the cellar"
    again.locator(".saved", has_text="Draft kept").wait_for()
    again.wait_for_function(KEEPS_NOTHING)


def test_form_that_was_taken_leaves_nothing_on_the_device(visit: Open, sam: Any) -> None:
    page = visit(f"/patients/{sam.pk}/session", "amina")
    page.wait_for_load_state("networkidle")
    page.route("**/drafts", lambda route: route.abort())
    page.get_by_text("asked, nothing new was told", exact=True).click()
    page.wait_for_function(KEEPS_ONE)
    page.get_by_role("button", name="Sign and lock").click()
    page.wait_for_url("**/sessions")

    page.wait_for_function(KEEPS_NOTHING)


def test_somebody_who_signs_out_leaves_nothing_on_the_device(visit: Open, sam: Any) -> None:
    page = visit(f"/patients/{sam.pk}/session", "amina")
    page.wait_for_load_state("networkidle")
    page.route("**/drafts", lambda route: route.abort())
    page.get_by_label("What the patient brought").fill("on a shared machine")
    page.wait_for_function(KEEPS_ONE)
    page.locator(".menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in*")

    assert page.evaluate(ON_THE_DEVICE) == []


def test_pages_of_the_hour_are_accessible_and_do_not_scroll_sideways(visit: Open, sam: Any) -> None:
    for path in ("session", "sessions", f"sessions/{sam.session.pk}", "process-notes"):
        page = visit(f"/patients/{sam.pk}/{path}", "amina")
        page.evaluate(UNFOLD)
        assert page_problems(page) == [], path
        page.context.close()
