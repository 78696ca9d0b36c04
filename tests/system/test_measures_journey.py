"""Questionnaires in a browser: without a connection and through a closed tab, on a tablet with a risk answer, and for every eye and hand."""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.support.browser import UNFOLD, Open, accessibility_problems
from tests.support.clinic import Cast

from fivefold.records.models import CaseloadRow, ClinicalFact, MeasureAnswer, MeasureRequest
from fivefold.services.measure_answers import save_item
from fivefold.services.measure_doors import kiosk_code, link_token, register_device
from fivefold.services.measures import give_out, plan_measure, set_own_item

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]
PICTURES = os.environ.get("TEST_PICTURES", "")


def given(cast: Cast, route: str, instrument: str = "phq9") -> MeasureRequest:
    return give_out(cast.amina, patient_id=cast.rosa.pk, instrument=instrument, route=route)


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def question(page: Page, number: int) -> Any:
    return page.locator(f"#q{number}")


def test_answers_given_without_a_connection_survive_a_closed_tab_and_are_sent_once(visit: Open, cast: Cast) -> None:
    request = given(cast, "link", "gad7")
    address = f"/q/{link_token(request.pk)}"
    page = visit(address)
    context = page.context
    question(page, 1).get_by_role("radio").first.focus()
    page.keyboard.press("2")
    expect(page.locator("[data-said]")).to_have_text("Kept.")
    expect(question(page, 2).get_by_role("radio").first).to_be_focused()

    context.set_offline(True)
    page.keyboard.press("1")
    page.keyboard.press("3")
    expect(page.locator("[data-said]")).to_contain_text("No connection")
    assert MeasureAnswer.objects.filter(request=request).count() == 1
    page.close()
    context.set_offline(False)

    again = context.new_page()
    again.goto(page.url)
    expect(again.locator("[data-said]")).to_have_text("Kept.")
    expect(question(again, 3).get_by_role("radio", name="Nearly every day")).to_be_checked()
    question(again, 3).get_by_role("button", name="Take this answer back").click()
    for number in range(3, 7):
        question(again, number).get_by_text("Several days").click()
    expect(again.locator("[data-count]")).to_have_text("6 of 7")
    again.get_by_role("button", name="Send my answers").click()
    expect(again.locator("[data-left]")).to_contain_text("Not answered yet: 7")
    assert accessibility_problems(again) == []
    picture(again, "link-1280")
    again.get_by_role("button", name="Send without them").click()
    expect(again.get_by_role("heading", name="Thank you")).to_be_visible()

    assert ClinicalFact.objects.get(kind="score").value["items"] == [2, 1, 1, 1, 1, 1, None]
    # Three taps by keyboard, one taken back, four by mouse: each is there once, and nothing is left on the device.
    assert MeasureAnswer.objects.filter(request=request).count() == 8
    assert again.evaluate("Object.keys(localStorage).filter(key => key.startsWith('questionnaire.')).length") == 0


def test_tablet_raises_the_signal_before_the_patient_leaves_the_page_and_remembers_nothing(visit: Open, cast: Cast) -> None:
    clinic = cast.amina.clinic
    clinic.settings = {**clinic.settings, "crisis_words": "Night line of the river practice: 0000 111 222"}
    clinic.save()
    request = given(cast, "kiosk")
    page = visit("/kiosk", width=360)
    page.context.add_cookies([{"name": "fivefold_kiosk", "value": register_device(cast.lea, name="Window"), "url": page.url.rsplit("/", 1)[0]}])
    page.goto(page.url)
    assert fits(page) and accessibility_problems(page) == []
    picture(page, "kiosk-360")
    page.get_by_label("Code").fill(kiosk_code(request.pk).lower())
    page.get_by_role("button", name="Begin").click()

    expect(page.locator(".question:visible")).to_have_count(1)
    assert fits(page)
    picture(page, "tablet-question-360")
    for _ in range(8):
        page.get_by_role("radio", name="Not at all").locator("visible=true").check()
        page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Back", exact=True).click()
    expect(page.locator("[data-place-now]")).to_have_text("8 of 9")
    page.get_by_role("radio", name="More than half the days").locator("visible=true").check()
    page.get_by_role("button", name="Next").click()
    page.locator("#q9").get_by_role("radio", name="Several days").check()

    expect(page.get_by_role("alert")).to_contain_text("Thank you for saying this")
    expect(page.get_by_role("alert")).to_contain_text("0000 111 222")
    expect(page.locator("[data-said]")).to_have_text("Kept.")
    assert CaseloadRow.objects.get(patient=cast.rosa).signal == "safety"
    assert fits(page) and accessibility_problems(page) == []
    picture(page, "tablet-help-360")
    assert page.evaluate("localStorage.length") == 0

    page.get_by_role("button", name="Send my answers").click()
    expect(page.get_by_text("Your answers have arrived.")).to_be_visible()
    expect(page.get_by_text("Thank you for saying this")).to_be_visible()
    picture(page, "tablet-done-360")
    page.get_by_role("link", name="Done").click()
    page.goto(page.url.rsplit("/", 1)[0] + "/answer")
    expect(page.get_by_role("heading", name="This questionnaire is not open")).to_be_visible()
    assert ClinicalFact.objects.filter(kind="score", corrected_by=None).get().value["items"] == [0] * 7 + [2, 1]


def test_handed_over_screen_and_the_pages_of_measures_work_for_every_eye_and_hand(visit: Open, cast: Cast) -> None:
    rosa = cast.rosa.pk
    plan_measure(cast.amina, patient_id=rosa, instrument="phq9", rhythm="every", every_days=14, route="room")
    plan_measure(cast.amina, patient_id=rosa, instrument="bsl23", rhythm="every", every_days=7, route="score")
    set_own_item(cast.amina, patient_id=rosa, words="How far away was I today?", low="here", high="behind glass", better="low")
    risky = given(cast, "link")
    save_item(risky.pk, item=9, value=1, form_hash=risky.form_hash, client_id="a")
    page = visit(f"/patients/{rosa}/measures", "amina")
    page.evaluate(UNFOLD)
    assert accessibility_problems(page) == [] and fits(page)
    picture(page, "measures-1280")
    page.set_viewport_size({"width": 360, "height": 800})
    assert fits(page)
    picture(page, "measures-360")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(page.url + f"/given/{risky.pk}")
    assert accessibility_problems(page) == [] and fits(page)
    picture(page, "given-link-1280")

    page.goto(page.url.rsplit("/given", 1)[0])
    page.locator("#now-what").select_option("own")
    page.locator("#now-how").select_option("room")
    page.get_by_role("button", name="Give out", exact=True).click()
    page.get_by_label("A return code").fill("4831")
    page.get_by_role("button", name="Hand over").click()
    expect(page.get_by_text("How far away was I today?")).to_be_visible()
    page.get_by_role("button", name="Fill the screen").click()
    page.wait_for_function("document.fullscreenElement !== null")
    expect(page.get_by_role("button", name="Fill the screen")).to_be_hidden()
    page.evaluate("document.exitFullscreen()")
    expect(page.get_by_role("button", name="Fill the screen")).to_be_visible()
    page.emulate_media(color_scheme="dark")
    assert accessibility_problems(page) == []
    picture(page, "own-1280-dark")
    page.context.set_offline(True)
    page.get_by_role("group").get_by_text("7", exact=True).click()
    expect(page.locator("[data-said]")).to_contain_text("Stay on this page")
    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("link", name="back to the record").click(no_wait_after=True)
    expect(page.get_by_role("button", name="Send my answers")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("[data-said]")).to_have_text("Kept.")
    assert asked == ["beforeunload"]  # what is kept nowhere else is not left behind without a question
    page.get_by_role("button", name="Send my answers").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    page.get_by_role("link", name="back to the record").click()
    assert accessibility_problems(page) == []
    page.get_by_label("Your return code").fill("4831")
    page.get_by_role("button", name="Back to the record").click()
    expect(page.get_by_role("heading", name="Own questions")).to_be_visible()
    assert ClinicalFact.objects.get(kind="own_rating").value == 7
    assert [one for one in page.troubles if "ERR_INTERNET_DISCONNECTED" not in one] == []  # type: ignore[attr-defined]
