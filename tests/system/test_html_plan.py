"""The HTML plan in a real browser: accessible, calm at every width, without a network, and complete on paper.

Nothing here is skipped: without Chromium the tests fail and say what is missing.
"""

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from tests.support.browser import accessibility_problems
from tests.support.plan_samples import bare_plan, sample_plan, withheld_plan

from fivefold.documents.html_plan import render_html
from fivefold.library import load_knowledge

PAGES = ("clinician", "together", "withheld")
# Everything open, and of the modules one of each status: they are alike, and axe takes long over many.
UNFOLD = """() => {
    document.querySelectorAll("details:not(.mod)").forEach(item => { item.open = true })
    const seen = new Set()
    document.querySelectorAll(".mod").forEach(item => { if (!seen.has(item.className)) { seen.add(item.className); item.open = true } })
    document.querySelectorAll(".fold").forEach(item => item.click())
}"""
WIDTHS = (320, 360, 1024, 1920)


@pytest.fixture(scope="module")
def browser(chromium: Browser) -> Browser:
    """The one browser of this process: Playwright cannot be started twice in it."""
    return chromium


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    knowledge = load_knowledge()
    folder = tmp_path_factory.mktemp("plans")
    made = {
        "clinician": render_html(sample_plan(knowledge), knowledge),
        "together": render_html(sample_plan(knowledge), knowledge, shared_view=True),
        "withheld": render_html(replace(bare_plan(knowledge), withheld=withheld_plan(knowledge).withheld), knowledge),
    }
    for name, text in made.items():
        (folder / f"{name}.html").write_text(text, "utf-8")
    return folder


def show(browser: Browser, file: Path, width: int = 1280, scheme: str = "light", scripts: bool = True) -> Page:
    """The page as shown, with a list ``troubles`` of console messages and requests that should never come."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=scripts)  # type: ignore[arg-type]
    page = context.new_page()
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("request", lambda request: None if request.url.startswith(("file:", "data:")) else troubles.append(request.url))
    page.goto(file.as_uri())
    page.evaluate("document.fonts.ready.then(() => true)")
    page.troubles = troubles  # type: ignore[attr-defined]
    return page


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_with_everything_unfolded(browser: Browser, pages: Path, name: str, width: int, scheme: str) -> None:
    page = show(browser, pages / f"{name}.html", width, scheme)
    page.evaluate(UNFOLD)

    found = accessibility_problems(page)

    page.context.close()
    assert found == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_no_width_needs_sideways_scrolling_and_nothing_is_asked_of_a_network(browser: Browser, pages: Path, name: str, width: int) -> None:
    page = show(browser, pages / f"{name}.html", width)
    page.evaluate(UNFOLD)

    wide = page.evaluate("document.documentElement.scrollWidth")
    fonts = page.evaluate("[...document.fonts].filter(font => font.status === 'loaded').map(font => font.family).sort()")

    troubles = page.troubles  # type: ignore[attr-defined]
    page.context.close()
    assert wide <= width
    assert fonts == ["Figtree", "Fraunces"]
    assert troubles == []


def test_on_a_phone_the_present_phase_comes_first_and_open(browser: Browser, pages: Path) -> None:
    page = show(browser, pages / "clinician.html", 360)
    phases = page.locator(".phase")

    assert "here" in (phases.first.get_attribute("class") or "")
    assert phases.first.locator(".phase-body").is_visible()
    assert not phases.nth(1).locator(".phase-body").is_visible()

    phases.nth(1).locator(".fold").click()

    assert phases.nth(1).locator(".phase-body").is_visible()
    assert phases.nth(1).locator(".fold").get_attribute("aria-expanded") == "true"
    page.context.close()


def test_wide_screens_show_the_way_from_left_to_right(browser: Browser, pages: Path) -> None:
    page = show(browser, pages / "clinician.html", 1280)

    boxes = [place.bounding_box() for place in page.locator(".phase").all()]

    page.context.close()
    left = [box["x"] for box in boxes if box]
    assert left == sorted(left)
    assert len({round(box["y"]) for box in boxes if box}) == 1
    assert max(boxes, key=lambda box: box["width"] if box else 0) == boxes[2]


def test_a_tile_leads_to_its_module_and_unfolds_it(browser: Browser, pages: Path) -> None:
    page = show(browser, pages / "clinician.html")

    page.locator('.tile[href="#m-S04"]').focus()
    page.keyboard.press("Enter")

    page.wait_for_selector("#m-S04[open]")
    assert page.locator("#m-S04 .methods").is_visible()
    page.context.close()


def test_everything_can_be_read_without_scripts(browser: Browser, pages: Path) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 900}, java_script_enabled=False)
    page = context.new_page()
    page.goto((pages / "clinician.html").as_uri())

    shown = [place.is_visible() for place in page.locator(".phase-body").all()]
    button = page.locator("#unfold").is_visible()

    context.close()
    assert all(shown)
    assert not button


def test_paper_is_light_and_shows_the_reasons_of_what_runs_now(browser: Browser, pages: Path) -> None:
    page = show(browser, pages / "clinician.html", 1280, "dark")
    page.emulate_media(media="print", color_scheme="dark")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")

    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    opened = page.locator("#m-S04").get_attribute("open")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    closed = page.locator("#m-S04").get_attribute("open")

    page.context.close()
    assert background == "rgb(255, 255, 255)"
    assert opened is not None
    assert closed is None
