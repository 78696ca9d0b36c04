"""The screens of the hour as those see them who do not write there: supervisor, lead and patient, accessible at every width."""

from typing import Any

import pytest
from tests.support.browser import UNFOLD, Open, page_problems
from tests.support.clinic import Cast, open_own_pages
from tests.support.full_record import full_record


@pytest.fixture
def pages(cast: Cast) -> dict[str, str]:
    """The screens of a record with something on each of them."""
    sam, ids = full_record(cast)
    open_own_pages(cast, sam)
    base = f"/patients/{sam.pk}"
    return {
        "workspace": f"{base}/session",
        "sessions": f"{base}/sessions",
        "signed note": f"{base}/sessions/{ids['session_id']}",
        "formulation": f"{base}/formulation",
        "goals": f"{base}/goals",
        "golden thread": f"{base}/goals/{ids['goal_id']}/thread",
        "documents": f"{base}/documents",
        "document": f"{base}/documents/{ids['document_id']}",
        "supervision": f"{base}/supervision",
    }


@pytest.mark.parametrize("who", ["bruno", "lea"])
def test_screens_of_the_hour_are_accessible_to_whoever_reads_them(visit: Open, pages: dict[str, str], who: str) -> None:
    found: dict[str, Any] = {}
    for name, path in pages.items():
        page = visit(path, who)
        page.evaluate(UNFOLD)
        found[name] = page_problems(page)
        assert page.locator("form.write, form#edit").count() == 0, name  # whoever reads finds no form of whoever treats
        page.context.close()

    assert {name: problems for name, problems in found.items() if problems} == {}


def test_patient_says_what_fits_by_keyboard_and_the_therapist_reads_it_beside_the_line(visit: Open, pages: dict[str, str]) -> None:
    page = visit("/my/formulation", "self", width=360)
    page.locator("input[name=fits]").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.type("Only when it is evening.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("You said on").wait_for()
    page.context.close()

    page = visit(pages["formulation"], "amina")
    assert "Only when it is evening." in page.inner_text("blockquote.lines")
    assert page.troubles == []  # type: ignore[attr-defined]
