"""How fast the patient's pages are on an old phone with a slow network: ``make phone-speed`` (needs Chromium; a minute and a half).

The app runs as it does for a clinic, with the invented clinic in a folder that is thrown away. A real browser with its processor slowed down
four times, and 150 ms and 1.6 Mbit/s to the app, does what a patient does: first view, sign-in, the pages of the bar one after the other, and
the safety plan without any network. Ends with 1 when a goal is not met. Run it on a quiet machine: it measures.
"""

import argparse
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
SLOWER, LATENCY, DOWN, UP = 4, 150, 1_600_000 / 8, 750_000 / 8
PHONE = {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
FIRST_VIEW, NEXT_PAGE, OFFLINE_PLAN, FIRST_LOAD = 2500.0, 200.0, 1000.0, 150_000.0
# When something was painted last before the first tap, by the browser's own account, in ms from the start of the navigation.
LARGEST = """() => new Promise((done) => {
  let last = 0;
  const seen = new PerformanceObserver((list) => { for (const one of list.getEntries()) last = one.startTime; });
  seen.observe({ type: "largest-contentful-paint", buffered: true });
  setTimeout(() => done(last), 600);
})"""
# The moment of the tap itself: what the driver does before it is not the phone's.
NOTE_THE_TAP = """() => addEventListener("click", (event) => {
  sessionStorage.setItem("tapped", String(performance.timeOrigin + event.timeStamp));
}, { capture: true, once: true })"""
PAINTED = "() => performance.timeOrigin + performance.getEntriesByName('first-contentful-paint')[0].startTime"


@dataclass(frozen=True)
class Figure:
    """One figure beside its goal."""

    what: str
    value: float
    goal: float
    unit: str

    @property
    def holds(self) -> bool:
        return self.value <= self.goal


@contextmanager
def app() -> Iterator[tuple[str, str]]:
    """The app with the invented clinic, on a free port; gives its address and the password of the demo accounts."""
    folder = tempfile.mkdtemp(prefix="fivefold-phone-")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FIVEFOLD_", "DATABASE_"))}
    environment = {**kept, "FIVEFOLD_DATA": folder, "FIVEFOLD_SECRET_KEY": secrets.token_urlsafe(48), "PYTHONUNBUFFERED": "1"}
    log = Path(folder) / "run.log"
    with log.open("w", encoding="utf-8") as stream:
        command = [str(Path(sys.executable).with_name("fivefold")), "admin", "run", "--synthetic", "--port", str(port)]
        running = subprocess.Popen(command, env=environment, stdout=stream, stderr=subprocess.STDOUT, cwd=ROOT)
        try:
            _wait(f"http://127.0.0.1:{port}/healthz", running, log)
            said = re.search(r"password of all demo accounts: (\S+)", log.read_text(encoding="utf-8"))
            assert said is not None, "the app did not say the password of its demo accounts"
            yield f"http://localhost:{port}", said[1]
        finally:
            running.terminate()
            running.wait(timeout=20)
            shutil.rmtree(folder, ignore_errors=True)


def _wait(address: str, running: "subprocess.Popen[bytes]", log: Path) -> None:
    for _second in range(1800):
        if running.poll() is not None:
            raise SystemExit(f"The app ended by itself:\n{log.read_text(encoding='utf-8')[-2000:]}")
        try:
            urllib.request.urlopen(address, timeout=2).close()
        except OSError:
            time.sleep(1)
        else:
            return
    raise SystemExit("The app did not answer within half an hour.")


class Phone:
    """An old phone with a slow network, in a browser of its own; counts what travels to it."""

    def __init__(self, browser: Any) -> None:
        self.context = browser.new_context(**PHONE)
        self.page: Page = self.context.new_page()
        self.tools = self.context.new_cdp_session(self.page)
        self.bytes = 0.0
        self.tools.send("Network.enable")
        self.tools.on("Network.loadingFinished", self._arrived)
        self.slow()

    def slow(self) -> None:
        """Slow down processor and network."""
        self.tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        self.tools.send("Network.emulateNetworkConditions", {"offline": False, "latency": LATENCY, "downloadThroughput": DOWN, "uploadThroughput": UP})

    def _arrived(self, told: dict[str, Any]) -> None:
        self.bytes += told["encodedDataLength"]

    def first(self, address: str) -> tuple[float, float]:
        """Open an address; gives when its largest part was painted (ms) and how many bytes travelled."""
        self.bytes = 0.0
        self.page.goto(address, wait_until="networkidle")
        return float(self.page.evaluate(LARGEST)), self.bytes

    def next(self, path: str) -> float:
        """Tap a link of the bar; gives how long it took until the next page was painted, in ms."""
        link = self.page.locator(f'nav.tabbar a[href="{path}"]')
        link.wait_for()
        self.page.evaluate(NOTE_THE_TAP)
        link.click(no_wait_after=True)
        self.page.wait_for_url(f"**{path}")
        self.page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length > 0")
        painted = float(self.page.evaluate(PAINTED))
        self.page.wait_for_load_state("networkidle")
        return painted - float(self.page.evaluate("() => sessionStorage.getItem('tapped')"))


def measure(browser: Any, base: str, name: str, password: str) -> list[Figure]:
    """What one patient does on one phone that has never been here."""
    phone = Phone(browser)
    page = phone.page
    view, travelled = phone.first(f"{base}/my/today")  # leads to the sign-in
    figures = [Figure("first view: the sign-in", view, FIRST_VIEW, "ms"), Figure("first view: bytes that travel", travelled, FIRST_LOAD, "bytes")]
    page.fill("[name=login]", name)
    page.fill("[name=password]", password)
    page.locator("form:has([name=password]) button").first.click()
    page.wait_for_url("**/my/today**")
    page.wait_for_load_state("networkidle")
    view, more = phone.first(f"{base}/my/today")
    figures += [
        Figure("today, with what the sign-in left in the cache", view, FIRST_VIEW, "ms"),
        Figure("sign-in and today: bytes", travelled + more, FIRST_LOAD, "bytes"),
    ]
    page.goto(f"{base}/my/data")
    page.get_by_role("button", name="It is mine alone").first.click()
    page.wait_for_load_state("networkidle")
    page.goto(f"{base}/my/today", wait_until="networkidle")
    page.wait_for_function("() => caches.open('my-1').then((one) => one.match('/my/plan')).then(Boolean)", timeout=60_000)
    page.reload(wait_until="networkidle")
    bar = page.locator("nav.tabbar a").evaluate_all("(all) => all.map((one) => one.getAttribute('href'))")
    took = [phone.next(path) for path in (*bar[1:], *bar, bar[0])]  # each page twice, as a patient goes to and fro
    figures += [Figure("next pages, median", median(took), NEXT_PAGE, "ms"), Figure("next pages, slowest", max(took), NEXT_PAGE, "ms")]
    figures.append(Figure("the safety plan without a network", _offline_plan(phone, base), OFFLINE_PLAN, "ms"))
    phone.context.close()
    return figures


def _offline_plan(phone: Phone, base: str) -> float:
    """Until the plan is painted, with no network at all."""
    phone.context.set_offline(True)
    phone.page.goto(f"{base}/my/plan")
    phone.page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length > 0")
    painted = float(phone.page.evaluate("() => performance.getEntriesByName('first-contentful-paint')[0].startTime"))
    assert phone.page.locator("a[href^='tel:']").count(), "the plan without a network has no number to call"
    phone.context.set_offline(False)
    return painted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="phones that have never been here, one after the other; medians are told")
    asked = parser.parse_args()
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program, "Chromium is not installed: apt-get install chromium"
    with app() as (base, password), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        runs = [measure(browser, base, "patient@synthetic.example", password) for _number in range(asked.runs)]
        browser.close()
    figures = [Figure(ones[0].what, median(one.value for one in ones), ones[0].goal, ones[0].unit) for ones in zip(*runs, strict=True)]
    for one in figures:
        print(f"{one.what:<50} {one.value:>9,.0f} {one.unit:<5} goal {one.goal:>9,.0f}  {'' if one.holds else 'NOT MET'}")
    raise SystemExit(int(not all(one.holds for one in figures)))


if __name__ == "__main__":
    main()
