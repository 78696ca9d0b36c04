"""A chain analysis in a real browser: from the hour, with the keyboard alone and links put in order, to the note where it is ticked."""

from typing import Any

import pytest
from tests.support.browser import UNFOLD, Open, accessibility_problems
from tests.support.clinic import Cast
from tests.support.known_patient import known_patient


@pytest.fixture
def sam(cast: Cast) -> Any:
    """A patient of Amina with a plan for now."""
    return known_patient(cast.amina)


def test_chain_is_written_from_the_session_by_keyboard_put_in_order_and_ticked_into_the_note(visit: Open, cast: Cast, sam: Any) -> None:
    page = visit(f"/patients/{sam.pk}/session", "amina")
    keys = page.keyboard
    page.get_by_role("link", name="Begin a chain analysis").press("Enter")
    page.wait_for_url("**/chains/new?session=1")
    typed = {"behaviour": "Wrote eleven messages", "prompt": "She cancelled", "link-0-words": "Wrote one", "link-1-words": "She has had enough"}
    for field, words in typed.items():
        page.locator(f"#id_{field}").focus()
        keys.type(words)
    page.locator("#id_link-1-strength").focus()
    keys.type("80")
    page.get_by_role("button", name="up : link 2").press("Enter")
    page.wait_for_function("document.querySelector('#id_link-0-words').value === 'She has had enough'")
    assert page.locator("#id_link-0-strength").input_value() == "80"
    assert page.locator("#id_behaviour").input_value() == "Wrote eleven messages"
    page.locator("#id_link-0-instead").focus()
    keys.type("Ask her one question")
    keys.press("Enter")
    page.get_by_text("Saved. A correction is a new version").wait_for()

    page.goto(page.url.partition("/chains")[0] + "/session")
    tick = page.get_by_label("Chain analysis of")
    assert not tick.is_checked()
    tick.focus()
    keys.press("Space")
    page.locator("#id_safety_0").focus()
    keys.press("Space")
    page.get_by_role("button", name="Sign and lock").press("Enter")
    page.wait_for_url("**/sessions*")
    page.evaluate(UNFOLD)

    assert "Wrote eleven messages. Instead: Ask her one question." in page.inner_text("main")
    assert page.troubles == []  # type: ignore[attr-defined]


def test_pages_are_accessible_and_fit_a_phone_and_the_drawing_is_said_in_words(visit: Open, cast: Cast, sam: Any) -> None:
    from fivefold.records import clock
    from fivefold.services.chain_content import ChainContent, ChainLink, ChainLinkKind
    from fivefold.services.chains import save_chain

    links = (ChainLink(ChainLinkKind.FEELING, "Fear, then shame " * 6, 90, "Say it inside: this is shame"), ChainLink(ChainLinkKind.EVENT, "x" * 200))
    content = ChainContent("Cut the left forearm", "No answer", "self_harm", "No sleep", links, "Quiet", "Ashamed", "Told her sister", "No answer is the end")
    save_chain(cast.amina, patient_id=sam.pk, content=content, on=clock.today())
    found = {}
    for path, width, scheme in (("", 360, "dark"), ("/1", 360, "dark"), ("/1/next", 360, "dark"), ("/1", 1280, "light")):
        page = visit(f"/patients/{sam.pk}/chains{path}", "amina", width=width, scheme=scheme)
        found[path, width] = (accessibility_problems(page), page.evaluate("document.documentElement.scrollWidth") > width, page.troubles)  # type: ignore[attr-defined]

    assert {path: what for path, what in found.items() if what != ([], False, [])} == {}
    assert page.locator(".chain-drawing g").count() == page.locator(".chain-words > li").count() == 8
    assert "the safety rules do not see it" in page.inner_text("main")
