"""The picture of the map in the README, drawn from a fictional case: ``python scripts/pictures.py`` (needs Chromium)."""

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from fivefold.documents.html_plan import render_html
from fivefold.library import load_knowledge, plan, read_assessment

ROOT = Path(__file__).resolve().parent.parent
CASE = ROOT / "src/fivefold/knowledge_base/cases/vignettes/v13-not-yet-the-memories.assessment.yaml"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


def main() -> None:
    knowledge = load_knowledge()
    page_text = render_html(plan(read_assessment(CASE, knowledge), knowledge), knowledge)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder) / "plan.html"
        file.write_text(page_text, encoding="utf-8")
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        page = browser.new_page(viewport={"width": 1180, "height": 900})
        page.goto(file.as_uri())
        page.locator("#map").screenshot(path=str(ROOT / "docs/pictures/map.png"))
        browser.close()


if __name__ == "__main__":
    main()
