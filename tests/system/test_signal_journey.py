"""Not on track, a review, a changed plan, and a look-back: the whole way in a browser, on a phone and on a desk."""

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.support.browser import UNFOLD, accessibility_problems
from tests.support.clinic import Cast
from tests.support.known_patient import known_patient

pytestmark = pytest.mark.django_db(transaction=True)
PICTURES = os.environ.get("PICTURES_TO")


@pytest.fixture
def sam(cast: Cast) -> Any:
    """A patient of Amina with a signed plan, a measure that is reliably worse, and a positive answer from the phone."""
    from fivefold.records import clock
    from fivefold.records.models import CareRelation
    from fivefold.services.assessments import record_facts
    from fivefold.services.plans import sign_plan
    from fivefold.services.record_file import NewFact
    from fivefold.services.signals import RiskAnswer, raise_risk_answers

    patient = known_patient(cast.amina)
    CareRelation.objects.create(clinic=cast.amina.clinic, patient=patient, user=cast.bruno.user, kind="supervises")
    sign_plan(cast.amina, patient_id=patient.pk, version=0, patient_view="agrees")
    values = {60: 10, 46: 11, 32: 15, 18: 19}
    facts = [NewFact("score", "phq9", {"instrument": "phq9", "value": value}, clock.today() - timedelta(days=ago)) for ago, value in values.items()]
    record_facts(cast.amina, patient_id=patient.pk, facts=facts)
    raise_risk_answers(patient, [RiskAnswer("phq9", 9)], on=clock.today(), mark="response 1")
    return patient


def looked_at(page: Any, name: str) -> list[str]:
    """What axe and the browser complain of on a page, opened wide; with a folder for pictures, its picture."""
    page.evaluate(UNFOLD)
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*accessibility_problems(page), *page.troubles, *(["wider than the screen"] if wide > 0 else [])]


def test_from_the_signal_to_the_changed_plan_and_the_look_back(visit: Any, cast: Cast, sam: Any) -> None:
    from django.utils import timezone

    from fivefold.records import clock
    from fivefold.records.models import Clinic, LookBack, PlanVersion
    from fivefold.services.assessments import record_facts
    from fivefold.services.record_file import NewFact

    page = visit("/signals", "amina", width=360)
    assert looked_at(page, "digest-360") == []
    page.get_by_role("link", name="Open a review").first.click()

    assert looked_at(page, "review-360") == []
    page.get_by_role("group", name="Has there been as much treatment as was planned?").get_by_label("something to work on").check()
    page.get_by_label("Change the plan").check()
    page.get_by_label("Reason", exact=True).fill("Too much at once: one small task, and the diary once a day.")
    page.get_by_role("button", name="Write the review down").click()
    page.wait_for_url("**/plan")
    assert page.get_by_text("The review is written down. Change the plan here and sign it").is_visible()

    # The plan is changed as the review says, and signed again with the patient.
    desk = visit(f"/patients/{sam.pk}/plan", "amina", width=1440)
    card = desk.locator(".columns .col-now [data-card]:not([data-card=S01], [data-card=S02])").first
    put_off = card.get_attribute("data-card")
    card.locator(".mwhy > summary").focus()
    desk.keyboard.press("ArrowRight")
    desk.keyboard.type("one small task at a time")
    desk.keyboard.press("Enter")
    desk.wait_for_selector(f'.col-later [data-card="{put_off}"] .choice')
    desk.locator('.plan-do a.main[href$="/plan/sign"]').click()
    desk.locator('input[name="patient_view"]').first.check()
    desk.locator("form[data-draft] button.main").click()
    desk.wait_for_url("**/map")
    assert PlanVersion.objects.filter(patient=sam).count() == 2

    page.goto(page.url.replace("/plan", "/progress"))
    assert "review: the plan is changed" in page.content()

    # Seven weeks later, as far as the record goes: the clinic's clock is moved for the act alone.
    Clinic.objects.filter(pk=cast.amina.clinic.pk).update(synthetic=True)
    later = timezone.make_aware(datetime.combine(clock.today() + timedelta(days=44), datetime.min.time().replace(hour=10)))
    cast.amina.clinic.synthetic = True
    with clock.acting_at(later):
        record_facts(cast.amina, patient_id=sam.pk, facts=[NewFact("score", "phq9", {"instrument": "phq9", "value": 9}, later.date())])
    from fivefold.records.models import SignalState

    assert SignalState.objects.get(patient=sam, matter__startswith="look_back").is_open
    desk = visit(f"/patients/{sam.pk}/reviews/1", "amina", scheme="dark")
    assert looked_at(desk, "look-back-1280-dark") == []
    desk.get_by_label("in part").check()
    desk.get_by_role("button", name="Look back now").click()
    desk.get_by_text("no proof that the change moved it").wait_for()
    assert LookBack.objects.get().followed == "partly" and not SignalState.objects.get(patient=sam, matter__startswith="look_back").is_open


def test_danger_is_worked_through_by_keyboard_and_every_page_is_readable(visit: Any, cast: Cast, sam: Any) -> None:
    from fivefold.records.models import SignalState

    page = visit(f"/patients/{sam.pk}/signals", "amina")
    assert looked_at(page, "signals-1280") == []
    danger = page.locator("article.danger")
    assert danger.count() == 1 and not danger.get_by_text("Put it off").count()
    danger.get_by_role("button", name="I have seen it").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Noted that you have seen it.").wait_for()
    assert SignalState.objects.get(patient=sam, kind="safety").status == "seen"
    page.evaluate(UNFOLD)
    danger = page.locator("article.danger")
    danger.get_by_label("acted on and settled").check()
    danger.get_by_label("Words").fill("We spoke, and she is with her sister tonight.")
    danger.get_by_role("button", name="Close it").click()
    page.get_by_text("Ask the safety questions and record the answers first").wait_for()
    assert "We spoke, and she is with her sister tonight." in page.content()

    for name, path, width, scheme in (
        ("signals-360-dark", f"/patients/{sam.pk}/signals", 360, "dark"),
        ("readiness-360", f"/patients/{sam.pk}/readiness", 360, "light"),
        ("readiness-1280", f"/patients/{sam.pk}/readiness", 1280, "light"),
        ("digest-1280", "/signals", 1280, "light"),
        ("review-1280", f"/patients/{sam.pk}/review", 1280, "light"),
    ):
        assert looked_at(visit(path, "amina", width=width, scheme=scheme), name) == [], name
    assert looked_at(visit("/clinic/signals", "lea", width=360), "clinic-360") == []
    assert looked_at(visit("/clinic/signals", "lea"), "clinic-1280") == []


def test_of_two_who_act_on_one_signal_one_act_is_stored_and_the_other_person_reads_it_with_their_own_words_kept(visit: Any, cast: Cast, sam: Any) -> None:
    from fivefold.records.models import CareRelation, SignalEvent, SignalState

    CareRelation.objects.create(clinic=cast.amina.clinic, patient=sam, user=cast.teo.user, kind="covers")
    state = SignalState.objects.get(patient=sam, matter__startswith="deterioration")
    card, act = f"#signal-{state.pk}", f'form[action$="/{state.pk}/act"]'
    amina, teo = visit(f"/patients/{sam.pk}/signals", "amina"), visit(f"/patients/{sam.pk}/signals", "teo")
    for page in (amina, teo):
        page.evaluate(UNFOLD)

    teo.locator(card).locator(act).get_by_label("What did you do?").fill("I have called her; she comes on Thursday.")
    teo.locator(card).locator(act).get_by_role("button").click()
    teo.get_by_text("Written down. The signal stays open until you close it.").first.wait_for()
    amina.locator(card).locator(act).get_by_label("What did you do?").fill("I have written to her.")
    amina.locator(card).locator(act).get_by_role("button").click()
    amina.get_by_text("Somebody else has changed this signal meanwhile.").wait_for()

    assert amina.get_by_text("I have called her; she comes on Thursday.").first.is_visible() and amina.get_by_text("Teo Brandt").first.is_visible()
    assert amina.locator(card).locator(act).get_by_label("What did you do?").input_value() == "I have written to her."
    assert [one.author for one in SignalEvent.objects.filter(signal=state.signal, step="acted")] == [cast.teo.user]
