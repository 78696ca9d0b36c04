"""Progress in a real browser: accessible at every width, with its tables, and never wider than the window."""

import re
from datetime import timedelta

import pytest
from tests.support.browser import UNFOLD, Open, page_problems
from tests.support.clinic import Cast


@pytest.fixture
def measured(cast: Cast) -> Cast:
    """Rosa with two measures over half a year, one form with two items missing, a module, a crisis, and a danger that no score clears."""
    from fivefold.records import clock
    from fivefold.services.assessments import record_facts
    from fivefold.services.record_file import NewFact

    today = clock.today()
    facts = [NewFact("risk", "new_plan_or_means", True, today), NewFact("module", "S08", {"id": "S08", "stage": "exploration"}, today - timedelta(days=90))]
    facts.append(NewFact("event", "crisis", {"kind": "crisis", "date": (today - timedelta(days=52)).isoformat()}, today - timedelta(days=52)))
    facts.append(NewFact("score", "phq9", {"instrument": "phq9", "items": [1, 1, None, None, 0, 0, 0, 0, 0]}, today - timedelta(days=85)))
    for place, (phq9, alliance) in enumerate(((22, 40), (18, 44), (9, 52), (6, 55))):
        on = today - timedelta(days=160 - 50 * place)
        facts.append(NewFact("score", "phq9", {"instrument": "phq9", "value": phq9}, on))
        facts.append(NewFact("score", "waisr", {"instrument": "waisr", "value": alliance}, on))
    record_facts(cast.amina, patient_id=cast.rosa.pk, facts=facts)
    return cast


def test_progress_is_accessible_and_fits_and_its_curves_are_read_by_pointer_keys_and_finger(visit: Open, measured: Cast) -> None:
    from playwright.sync_api import expect

    page = visit(f"/patients/{measured.rosa.pk}/progress", "amina", has_touch=True)
    panel = page.locator(".panel:has(#m-phq9-total)")
    curve, said, at_rest = panel.locator(".curve"), panel.get_by_role("status"), panel.locator(".readout .rest")
    height = panel.bounding_box()["height"]

    # At rest the newest value stands there; nothing speaks yet.
    expect(at_rest).to_contain_text(": 6, mild.")
    assert said.text_content() == ""

    # One tab stop with a name and a place; what is heard is the sentence in the polite region.
    page.locator(".safety a").focus()
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    expect(focused).to_have_role("slider")
    expect(focused).to_have_accessible_name(re.compile(r"^Curve of .+: \d values, .+ to .+$"))
    curve.focus()
    expect(said).to_contain_text(": 6, mild.")
    expect(curve).to_have_attribute("aria-valuetext", "value 5 of 5")
    page.keyboard.press("Home")
    expect(said).to_contain_text(": 22, severe.")
    page.keyboard.press("ArrowLeft")
    expect(curve).to_have_attribute("aria-valuetext", "value 1 of 5")
    for _step in range(2):
        page.keyboard.press("ArrowRight")
    expect(said).to_contain_text("no score, 2 items are missing.")
    assert panel.locator(".cursor-dot").get_attribute("d") == ""
    page.keyboard.press("ArrowRight")
    expect(said).to_have_text(re.compile(r": 9, mild\. Within two weeks: crisis \(.+\)\.$"))
    assert panel.bounding_box()["height"] == height
    page.keyboard.press("Escape")
    expect(said).to_have_text("")
    expect(at_rest).to_be_visible()

    # The pointer reads the nearest day and leaves nothing behind; a tap stays.
    box = curve.bounding_box()
    page.mouse.move(box["x"] + 12, box["y"] + 30)
    expect(said).to_contain_text(": 22, severe.")
    page.mouse.move(box["x"] + 12, box["y"] - 200)
    expect(said).to_have_text("")
    page.touchscreen.tap(box["x"] + box["width"] - 5, box["y"] + 30)
    expect(said).to_contain_text(": 6, mild.")
    assert panel.bounding_box()["height"] == height

    # On paper there is no readout.
    page.emulate_media(media="print")
    expect(panel.locator(".readout")).to_be_hidden()
    page.emulate_media(media="screen")

    # With a value read and everything open.
    page.evaluate(UNFOLD)
    assert page_problems(page) == []
    # Two measures, and the counts of an event.
    assert page.locator(".panel .curve").count() == 3
    assert page.locator(".safety").count() == 1


# What of a drawn thing is left without colour: how it is drawn, its dashes, how wide, its ends, and whether it is an area.
WITHOUT_COLOUR = """() => [...document.querySelectorAll(".panel > svg:is(.curve, .axis)")].map(svg => [...svg.children].map(one => {
    const style = getComputedStyle(one), way = [...new Set((one.getAttribute("d") || "").replace(/[^A-Za-z]/g, ""))].join("");
    const looks = [one.tagName, way, style.strokeDasharray, style.strokeWidth, style.strokeLinecap, style.fill !== "none"];
    return [one.getAttribute("class") || one.tagName, looks.join(" ")];
}))"""


def test_printed_in_grey_no_line_and_no_mark_is_told_from_another_by_its_colour_alone(visit: Open, measured: Cast) -> None:
    page = visit(f"/patients/{measured.rosa.pk}/progress", "amina")
    page.emulate_media(media="print")

    pictures = page.evaluate(WITHOUT_COLOUR)

    kinds = {name.split()[0] for picture in pictures for name, _way in picture}
    assert {"grid", "cutoff", "polyline", "point", "event"} <= kinds
    for picture in pictures:
        looks: dict[str, set[str]] = {}
        for name, way in picture:
            looks.setdefault(way, set()).add(name)
        assert [names for names in looks.values() if len(names) > 1] == []
