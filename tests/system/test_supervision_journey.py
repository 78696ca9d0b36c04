"""Supervision in a real browser: a question is brought, answered in a meeting and closed; accessible at every width."""

from typing import Any

import pytest
from tests.support.browser import UNFOLD, Open, page_problems
from tests.support.clinic import Cast
from tests.support.known_patient import known_patient


@pytest.fixture
def sam(cast: Cast) -> Any:
    """A patient of Amina's, supervised by Bruno, with a signed session and a question."""
    from fivefold.records import clock
    from fivefold.records.models import CareRelation
    from fivefold.services.session_note import Safety, SessionReport
    from fivefold.services.sessions import sign_session
    from fivefold.services.supervision import ask_question

    patient = known_patient(cast.amina)
    CareRelation.objects.create(clinic=cast.amina.clinic, patient=patient, user=cast.bruno.user, kind="supervises")
    report = SessionReport(on=clock.today(), meeting="in_person", came="came", safety=Safety.NOTHING_NEW, brought="A quiet week")
    session = sign_session(cast.amina, patient_id=patient.pk, report=report)
    ask_question(cast.amina, patient_id=patient.pk, text="What do I miss when the room goes quiet?", session_id=session.pk)
    return patient


def test_question_is_answered_in_a_meeting_and_what_was_agreed_is_closed(visit: Open, sam: Any) -> None:
    page = visit("/supervision", "bruno")
    assert "One note waits for your signature" in page.inner_text(".lead")
    page.get_by_role("button", name="Begin the minutes").click()
    page.get_by_role("link", name="Sam T.", exact=True).click()
    page.locator("#id_question_id").select_option(index=1)
    page.locator("#id_text").fill("Say aloud that it went quiet, and wait")
    page.locator("#id_where").select_option("session")
    page.locator("#id_text").press("Tab")
    page.get_by_role("button", name="Write it down").click()
    page.get_by_text("Nothing else has changed").wait_for()
    assert page.troubles == []  # type: ignore[attr-defined]
    page.close()

    page = visit("/supervision", "amina")
    assert "answered" in page.inner_text("section:has(#asked-h)")
    page.locator("section:has(#agreed-h)").get_by_role("link", name="Sam T.", exact=True).click()
    page.get_by_text("Done, or dropped").click()
    page.get_by_role("button", name="It is done").click()
    page.get_by_text("Written down.").wait_for()

    assert "Done: Amina Okafor" in page.inner_text("section:has(#agreed-h)")
    assert page.troubles == []  # type: ignore[attr-defined]


def test_therapist_rates_a_session_themselves_by_keyboard(visit: Open, sam: Any) -> None:
    from fivefold.records.models import FidelityRating, TreatmentSession

    session = TreatmentSession.objects.get(patient=sam)
    page = visit(f"/patients/{sam.pk}/sessions/{session.pk}", "amina")
    page.get_by_role("link", name="How it was done").click()
    first = page.locator("fieldset input[type=radio]").first
    first.focus()
    names = page.eval_on_selector_all("fieldset input[type=radio]", "all => [...new Set(all.map(one => one.name))]")
    for _ in names:
        page.keyboard.press("Space")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Tab")
    page.get_by_role("button", name="Give this rating").focus()
    page.keyboard.press("Enter")
    page.get_by_text("It stays as it is.").wait_for()

    assert "Self-rated: 1.0 of 3" in page.inner_text("main")
    assert [answer["value"] for answer in FidelityRating.objects.get().answers] == [1] * len(names)
    assert page.troubles == []  # type: ignore[attr-defined]


def test_pages_of_supervision_are_accessible_and_do_not_scroll_sideways(cast: Cast, visit: Open, sam: Any) -> None:
    from fivefold.records import clock
    from fivefold.services.fidelity import draw_sample, rate_session, see_rating
    from fivefold.services.supervision import begin_meeting, record_decision

    meeting = begin_meeting(cast.bruno, on=clock.today(), present=[cast.amina.user.pk])
    for where in ("session", "elsewhere"):
        agreed: dict[str, Any] = {"text": "Look at the chain again", "by": cast.amina.user.pk, "until": clock.today(), "where": where}
        record_decision(cast.bruno, patient_id=sam.pk, meeting_id=meeting.pk, **agreed)
    [drawn] = draw_sample(cast.bruno, user_id=cast.amina.user.pk, since=clock.today(), until=clock.today(), count=1).sessions.all()
    items = see_rating(cast.amina, patient_id=sam.pk, session_id=drawn.session_id).items
    rate_session(cast.amina, patient_id=sam.pk, session_id=drawn.session_id, answers={item.id: 2 for item in items})
    rating, fidelity = f"/patients/{sam.pk}/sessions/{drawn.session_id}/rating", f"/supervision/fidelity/{cast.amina.user.pk}"
    record = f"/patients/{sam.pk}/supervision"
    places = [
        "/supervision",
        f"/supervision/people/{cast.amina.user.pk}",
        f"/supervision/meetings/{meeting.pk}",
        record,
        f"{record}/meetings/{meeting.pk}",
        rating,
        fidelity,
    ]
    for who, path in (*(("bruno", place) for place in places), ("amina", "/supervision"), ("amina", record), ("amina", fidelity)):
        page = visit(path, who)
        page.evaluate(UNFOLD)
        assert page_problems(page) == [], (who, path)
        page.close()
    rate_session(cast.bruno, patient_id=sam.pk, session_id=drawn.session_id, answers={item.id: 1 for item in items}, seen_by="recording")
    beside = visit(f"{fidelity}/outcome", "amina")
    assert "1.0 of 3 in one session" in beside.inner_text("main")
    assert page_problems(beside) == []
