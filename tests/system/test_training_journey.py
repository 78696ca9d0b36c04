"""Training in a real browser: a case is practised with the keyboard alone, what was missed is said first, and every page is accessible."""

from typing import Any

import pytest
from tests.support.browser import UNFOLD, Open, page_problems
from tests.support.clinic import Cast

from fivefold.concepts.training import CaseChoice, TrainingPlace
from fivefold.concepts.vocabulary import PhaseId

CASE = "v05-pregnant"


@pytest.fixture
def made(cast: Cast) -> Any:
    """An attempt of Amina that missed what is dangerous, shared with Bruno."""
    from fivefold.services import training

    choice = CaseChoice(PhaseId.P3, places={"S10": TrainingPlace.NOW})
    made = training.record_attempt(cast.amina, case=CASE, choice=choice, words="I would wait for the midwife")
    training.share_attempt(cast.amina, attempt_id=made, with_user=cast.bruno.user.pk)
    return made


def test_case_is_practised_with_the_keyboard_alone(visit: Open, cast: Cast) -> None:
    page = visit(f"/training/cases/{CASE}", "amina")
    keys = page.keyboard
    for field, key, times in (
        ("rule_R1_0", "ArrowRight", 1),
        ("rule_R14_0", "ArrowRight", 2),
        ("place_S01_3", "ArrowRight", 1),
        ("place_S02_3", "ArrowRight", 1),
    ):
        page.locator(f"#id_{field}").focus()
        for _time in range(times):
            keys.press(key)
    page.locator("#id_phase_2").focus()
    keys.press("Space")
    page.locator("#id_words").focus()
    keys.type("She broke off; ask again first.")
    keys.press("Tab")
    keys.press("Enter")
    page.wait_for_url("**/training/attempts/*")

    # R3 and R4 were left out: they stand first, before the counts and the modules.
    missed = page.locator("section.missed > div > .items > li .item b").all_inner_texts()
    assert [name.split()[0] for name in missed] == ["R3", "R4"]
    first = page.locator("main h2").first
    assert "Safety first" in first.inner_text()
    assert page.get_by_text("She broke off; ask again first.").is_visible()
    assert page.troubles == []  # type: ignore[attr-defined]


def test_every_page_is_accessible_and_fits(visit: Open, made: Any) -> None:
    case, attempt = f"/training/cases/{CASE}", f"/training/attempts/{made}"
    found = {}
    for path in ("/training", case, attempt, "/training/reading"):
        page = visit(path, "amina")
        page.evaluate(UNFOLD)
        found[path] = page_problems(page)
        page.close()

    assert {path: what for path, what in found.items() if what} == {}


def test_page_marked_as_read_in_the_library_leads_on_to_the_next(visit: Open, cast: Cast) -> None:
    page = visit("/library/reading", "amina", width=360)
    page.get_by_role("button", name="Mark as read").press("Enter")
    page.wait_for_url("**/training/reading*")

    assert "1 of" in page.inner_text(".lead")
    assert page.get_by_role("link", name="Next: Principles").is_visible()
    assert page.locator("#reading .mark-done").count() == 1 and page.locator("#principles .mark-done").count() == 0


def test_supervisor_reads_what_was_shared_and_cannot_share_it_on(visit: Open, made: Any) -> None:
    page = visit("/training", "bruno")
    page.get_by_role("link", name="Noor, 31: five months pregnant").first.click()
    page.wait_for_url(f"**/training/attempts/{made}")

    assert "Amina Okafor shares this attempt" in page.inner_text("main")
    assert page.get_by_role("button", name="Share").count() == 0
