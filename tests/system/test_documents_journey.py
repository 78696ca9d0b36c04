"""Documents in a real browser: made from the record with what they disclose before one's eyes, signed, read at every width."""

from datetime import timedelta
from typing import Any

import pytest
from tests.support.browser import UNFOLD, Open, accessibility_problems
from tests.support.clinic import Cast
from tests.support.known_patient import known_patient


@pytest.fixture
def sam(cast: Cast) -> Any:
    """A patient of Amina with a signed plan and a measure that fell."""
    from fivefold.records import clock
    from fivefold.services.assessments import record_facts
    from fivefold.services.plans import sign_plan
    from fivefold.services.record_file import NewFact

    patient = known_patient(cast.amina)
    today = clock.today()
    scores = [
        NewFact("score", "bsl23", {"instrument": "bsl23", "value": value}, today - timedelta(days=ago)) for ago, value in ((60, 2.5), (30, 2.0), (2, 1.2))
    ]
    record_facts(cast.amina, patient_id=patient.pk, facts=scores)
    sign_plan(cast.amina, patient_id=patient.pk, version=0, patient_view="agrees")
    return patient


def test_letter_is_made_signed_and_taken_by_keyboard_alone(visit: Open, sam: Any) -> None:
    from playwright.sync_api import expect

    page = visit(f"/patients/{sam.pk}/documents", "amina")
    page.get_by_role("link", name="Letter to the referrer").press("Enter")
    expect(page.locator(".tells")).not_to_contain_text("scores")
    page.get_by_label("What has changed").focus()
    page.keyboard.press("Space")
    page.get_by_label("To", exact=True).fill("Dr Weiss, River Lane 1")
    page.get_by_role("button", name="Show it so").press("Enter")
    expect(page.locator(".tells")).to_contain_text("scores of questionnaires")
    expect(page.locator(".paper")).to_contain_text("Dr Weiss, River Lane 1")
    page.get_by_role("button", name="Make version 1").press("Enter")
    expect(page.locator("main .head")).to_contain_text("not signed")
    assert page.get_by_role("link", name="PDF").count() == 0
    page.get_by_label("Why you sign it without the consent").fill("The ward asked for it tonight")
    page.get_by_role("button", name="Sign it").press("Enter")
    expect(page.get_by_role("link", name="PDF")).to_be_visible()
    with page.expect_download() as taken:
        page.get_by_role("link", name="DOCX").press("Enter")
    assert taken.value.suggested_filename == "letter-1.docx"
    assert page.troubles == []  # type: ignore[attr-defined]


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_pages_are_accessible_and_fit(visit: Open, cast: Cast, sam: Any, width: int, scheme: str) -> None:
    from fivefold.services.documents import make_document

    row = make_document(cast.amina, patient_id=sam.pk, kind="progress_patient", chosen=frozenset({"goals"}))
    page = visit(f"/patients/{sam.pk}/documents", "amina", width=width, scheme=scheme)
    for path in ("", f"/{row.pk}", "/new/letter", "/new/case_pack"):
        page.goto(page.url.partition("/documents")[0] + f"/documents{path}")
        page.evaluate(UNFOLD)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert accessibility_problems(page) == [], path
    assert page.troubles == []  # type: ignore[attr-defined]
