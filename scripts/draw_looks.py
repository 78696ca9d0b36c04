"""Draw the pictures of the own pages as PNG from their SVG: phones that do not take SVG get the same picture (needs Chromium; some seconds).

Square and without round corners, as a home screen wants them: it cuts the corners itself.
"""

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "src/fivefold/web/ui/static/fivefold/look"
SIZES = (180, 512)


def main() -> None:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program, "Chromium is not installed: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        for drawn in sorted(FOLDER.glob("*.svg")):
            square = drawn.read_text(encoding="utf-8").replace(' rx="112"', "")
            for size in SIZES:
                page = browser.new_page(viewport={"width": size, "height": size})
                page.set_content(f"<style>body{{margin:0}}svg{{display:block;width:{size}px;height:{size}px}}</style>{square}")
                page.screenshot(path=FOLDER / f"{drawn.stem}-{size}.png")
                page.close()
        browser.close()


if __name__ == "__main__":
    main()
