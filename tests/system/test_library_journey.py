"""The library in a real browser: accessible, at every width, by keyboard, on paper, and from a patient's page and back."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from tests.support.browser import page_problems
from tests.support.clinic import Cast
from tests.support.known_patient import known_patient

from fivefold.services.clinic_notes import write_note

Open = Callable[..., Any]
PAGES = (
    "/library",
    "/library/search",
    "/library/glossary",
    "/library/our-caseload",
    "/library/phases/P2",
    "/library/general-modules/G2",
    "/library/specific-modules",
    "/library/specific-modules/S04",
    "/library/specific-modules/S27",
    "/library/impairments",
    "/library/impairments/self_harm",
    "/library/instruments",
    "/library/instruments/phq9",
    "/library/protocols/gpm",
    "/library/safety-rules",
    "/library/rules",
    "/library/sources",
    "/library/notes/S04",
    "/library/notes/S04/versions",
)

# Long pages of the same parts as the others: axe takes minutes over them; their width is looked at all the same.
LONG = ("/library/glossary", "/library/specific-modules/S27", "/library/safety-rules", "/library/rules", "/library/sources")


@pytest.fixture
def noted(cast: Cast) -> Cast:
    """A note of two versions beside one module."""
    write_note(cast.lea, module="S04", text="Skills group on Tuesdays, room 3.", version=0)
    write_note(cast.bruno, module="S04", text="Skills group on Tuesdays at four, room 3.\n\nChain sheets lie in the yellow drawer.", version=1)
    return cast


def keep_picture(page: Any, name: str) -> None:
    """A picture of the whole page for somebody to look at, where LIBRARY_PICTURES says so."""
    folder = os.environ.get("LIBRARY_PICTURES")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_axe_finds_nothing_and_nothing_needs_sideways_scrolling(visit: Open, noted: Cast) -> None:
    found = {}
    for path in PAGES:
        page = visit(path, "lea")
        found[path] = page_problems(page, ask_axe=path not in LONG)
        keep_picture(page, path.strip("/").replace("/", "_"))
        page.context.close()

    assert {path: problems for path, problems in found.items() if problems} == {}


def test_search_by_keyboard_alone_without_scripts_leads_to_the_module(visit: Open, noted: Cast) -> None:
    page = visit("/library", "amina", java_script_enabled=False)

    page.get_by_label("What is it about?").focus()
    page.keyboard.type("panic when left alone")
    page.keyboard.press("Enter")
    page.wait_for_url("**/library/search")
    keep_picture(page, "search_found_1280")
    page.get_by_role("link", name="S19 Attachment insecurity, rejection sensitivity and core conflict").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/library/specific-modules/S19")

    assert page.get_by_role("heading", level=1).inner_text().strip().startswith("S19")


def test_results_are_accessible_at_every_width(visit: Open, noted: Cast) -> None:
    page = visit("/library/search", "amina", width=360, scheme="dark")

    page.get_by_label("What is it about?").fill("dissosiation when she is alone")
    page.get_by_label("What is it about?").press("Enter")
    page.wait_for_selector(".results")
    keep_picture(page, "search_found_360")

    assert page_problems(page) == []


def test_from_the_plan_to_the_book_and_back_to_the_same_module(visit: Open, noted: Cast) -> None:
    sam = known_patient(noted.amina)
    page = visit(f"/patients/{sam.pk}/plan", "amina")

    page.locator("#s-S04").click()
    page.locator("#m-S04 .in-library a").click()
    page.wait_for_url("**/library/specific-modules/S04")
    page.get_by_role("link", name="Back to the plan").click()
    page.wait_for_url(f"**/patients/{sam.pk}/plan#m-S04")

    assert page.troubles == []


def test_paper_holds_the_note_and_the_text_but_no_navigation(visit: Open, noted: Cast) -> None:
    page = visit("/library/specific-modules/S04", "lea")

    page.emulate_media(media="print")
    keep_picture(page, "print_S04")

    assert not page.locator("nav.contents").is_visible()
    assert not page.get_by_role("link", name="Change it").is_visible()
    assert page.get_by_text("Chain sheets lie in the yellow drawer.").is_visible()
    assert page.get_by_role("heading", name="Session by session").is_visible()
