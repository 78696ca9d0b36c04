"""Opens the pages of a prepared clinic on the server that ``fivefold admin run`` starts, one by one and all at once.

Part of ``scripts/bench_app.py``. Times are taken at the browser's end, so that they hold everything: the server, its queue and this machine's
network stack. The browsers run on the machine of the server and take their share of its processors.
"""

import gzip
import http.client
import json
import re
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin

HOST = "localhost"
# Any token will do that stands in the cookie and in the form: what is measured is not the protection.
TOKEN = "a" * 32
START_SECONDS = 60
WARM_UP = 6
TOO_MANY = 429
# Documents are limited to some a minute for each person (``FIVEFOLD_LIMITS``): they are opened less often, and the rest of a minute waited for.
MOST_DOCUMENTS, WARM_UP_DOCUMENTS = 10, 2
# Servers close a connection on which nothing comes for a while, and browsers open another.
REST_SECONDS = 2
PAGE_GOAL, WHAT_IF_GOAL, FIRST_LOAD_GOAL = 120, 150, 200_000
# One turn of a therapist: what is opened of one patient, with what is posted on the way.
LEVELS = dict.fromkeys(("much_less", "less", "hoped", "more", "much_more"), "what one could see")
GOAL = {"words": "to sleep through", "weight": "1", **LEVELS}
WHAT_IF = {"sessions_per_week": "2", "rated": "anger", "level": "4"}
TURN: tuple[tuple[str, dict[str, str]], ...] = (
    ("/caseload", {}),
    ("/patients/{patient}/map", {}),
    ("/patients/{patient}/session", {}),
    ("/patients/{patient}/assessment", {}),
    ("/patients/{patient}/profile", {}),
    ("/patients/{patient}/plan", {}),
    ("/patients/{patient}/plan/try", WHAT_IF),
    ("/patients/{patient}/goals", GOAL),
)


@dataclass
class Browser:
    """One connection that is kept, with the cookie of one session."""

    port: int
    cookie: str = ""
    connection: http.client.HTTPConnection | None = None
    used: float = 0.0

    def open(self, address: str, form: dict[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body; a connection that broke is an error and raises."""
        if self.connection is None or time.perf_counter() - self.used > REST_SECONDS:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Host": HOST, "X-Forwarded-Proto": "https", "Accept-Encoding": "gzip", "Cookie": f"{self.cookie}; __Host-csrf={TOKEN}"}
        if form:
            sent = urlencode({**form, "csrfmiddlewaretoken": TOKEN})
            headers |= {"Origin": f"https://{HOST}", "Content-Type": "application/x-www-form-urlencoded"}
            self.connection.request("POST", address, sent, headers)
        else:
            self.connection.request("GET", address, headers=headers)
        answer = self.connection.getresponse()
        body = answer.read()
        self.used = time.perf_counter()
        return answer.status, {name.casefold(): value for name, value in answer.getheaders()}, body


@contextmanager
def server(folder: Path, port: int) -> Iterator[None]:
    """The app as ``fivefold admin run`` starts it, until the end of the block."""
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen([str(Path(sys.executable).with_name("fivefold")), "admin", "run", "--port", str(port)], stdout=log, stderr=log)
        try:
            _wait_until_ready(process, port)
            yield
        finally:
            process.terminate()
            process.wait(30)


def _wait_until_ready(process: "subprocess.Popen[bytes]", port: int) -> None:
    for _ in range(START_SECONDS * 4):
        if process.poll() is not None:
            raise SystemExit("The server ended while it was starting. Its words are in server.log of the data folder.")
        try:
            if Browser(port).open("/readyz")[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.25)
    raise SystemExit(f"The server did not answer within {START_SECONDS} s.")


# ---- One by one ------------------------------------------------------------------------------------------------------------


@dataclass
class Timed:
    """A page with the milliseconds of each time it was opened."""

    page: dict[str, Any]
    ms: list[float] = field(default_factory=list)

    @property
    def usual(self) -> float:
        return statistics.median(self.ms)

    @property
    def p95(self) -> float:
        return percentile(self.ms, 95)


def percentile(values: list[float], share: int) -> float:
    """The smallest value that so many of a hundred do not exceed."""
    return sorted(values)[max(0, -(-len(values) * share // 100) - 1)]


def time_pages(found: dict[str, Any], port: int, times: int) -> list[Timed]:
    """Every page opened so often, in turn through the patients looked at, after a few times that do not count."""
    browsers = {role: Browser(port, f"{found['cookie']}={cookie}") for role, cookie in found["cookies"].items()}
    return [_time_page(page, browsers[page["role"]], times) for page in found["pages"]]


def _time_page(page: dict[str, Any], browser: Browser, times: int) -> Timed:
    timed = Timed(page)
    warm_up, times = (WARM_UP_DOCUMENTS, min(times, MOST_DOCUMENTS)) if page["kind"] == "document" else (WARM_UP, times)
    for number in range(warm_up + times):
        address = page["addresses"][number % len(page["addresses"])]
        started = time.perf_counter()
        status, headers, _ = browser.open(address, page["form"])
        if status == TOO_MANY:
            time.sleep(int(headers["retry-after"]))
            started = time.perf_counter()
            status, headers, _ = browser.open(address, page["form"])
        passed = 1000 * (time.perf_counter() - started)
        if status != 200:
            raise SystemExit(f"{page['route']} answered {status}")
        if number >= warm_up:
            timed.ms.append(passed)
    return timed


def print_pages(timed: list[Timed]) -> None:
    """One line for each page, the slowest first, and which of them miss a goal."""
    print(f"  {'page':66} {'who':10} {'p50 ms':>7} {'p95 ms':>7}   queries small/large")
    for one in sorted(timed, key=lambda one: -one.p95):
        page = one.page
        name = page["route"].replace("patients/<uuid:patient_id>", "…") or "/"
        sent = f" ({', '.join(page['form'])})" if page["form"] else ""
        small, large = page["queries"]["small"], page["queries"]["large"]
        print(f"  {name + sent:66} {page['role']:10} {one.usual:7.1f} {one.p95:7.1f}   {small}/{large}{'' if small == large else '  GROWS'} {_missed(one)}")
    pages = [one for one in timed if one.page["kind"] == "page"]
    print(f"  {len(pages)} pages, the slowest p95 {max(one.p95 for one in pages):.0f} ms", flush=True)


def _missed(one: Timed) -> str:
    goal = {"page": PAGE_GOAL, "what-if": WHAT_IF_GOAL}.get(one.page["kind"])
    return f"  {one.page['kind']}" if goal is None else "" if one.p95 <= goal else f"  NOT MET (goal {goal} ms)"


# ---- First load ------------------------------------------------------------------------------------------------------------


def first_load(found: dict[str, Any], port: int) -> tuple[int, int]:
    """Bytes of the caseload and of everything it loads, as they travel; and how many files."""
    browser = Browser(port, f"{found['cookie']}={found['cookies']['therapist']}")
    seen: dict[str, int] = {}
    waiting = ["/caseload"]
    while waiting:
        address = waiting.pop()
        status, headers, body = browser.open(address)
        if status != 200:
            raise SystemExit(f"{address} answered {status}")
        seen[address] = len(body)
        text = (gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body).decode("utf-8", "ignore")
        waiting += [part for part in loaded_by(address, text, headers.get("content-type", "")) if part not in seen and part not in waiting]
    return sum(seen.values()), len(seen)


def loaded_by(address: str, text: str, kind: str) -> list[str]:
    """What a page or a style sheet makes the browser load at once."""
    if kind.startswith("text/html"):
        found = re.findall(r'<(?:link|script|img)\b[^>]*?(?:href|src)="([^"]+)"', text)
    else:
        found = re.findall(r'url\("?([^")]+)"?\)', text) if kind.startswith("text/css") else []
    return [urljoin(address, part) for part in found if not part.startswith(("data:", "#"))]


# ---- All at once -----------------------------------------------------------------------------------------------------------


@dataclass
class Clicks:
    """What came of many clicking at once."""

    ms: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0


def click_at_once(found: dict[str, Any], port: int, turns: int) -> Clicks:
    """Every therapist goes through their own patients, one click after the other without a pause."""
    clicks = Clicks()
    gate = threading.Barrier(len(found["clicks"]) + 1)
    threads = [threading.Thread(target=_click, args=(one, found["cookie"], port, turns, gate, clicks)) for one in found["clicks"]]
    for thread in threads:
        thread.start()
    gate.wait()
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    clicks.seconds = time.perf_counter() - started
    return clicks


def _click(one: dict[str, Any], cookie: str, port: int, turns: int, gate: threading.Barrier, clicks: Clicks) -> None:
    browser = Browser(port, f"{cookie}={one['cookie']}")
    gate.wait()
    for turn in range(turns):
        for pattern, form in TURN:
            address = pattern.format(patient=one["patients"][turn % len(one["patients"])])
            started = time.perf_counter()
            try:
                status = browser.open(address, form)[0]
            except (OSError, http.client.HTTPException) as error:
                clicks.errors.append(f"{pattern}: {type(error).__name__}")
                browser.connection = None
                continue
            clicks.ms.append(1000 * (time.perf_counter() - started))
            if status >= 400:
                clicks.errors.append(f"{pattern}: {status}")


def print_clicks(clicks: Clicks, therapists: int) -> None:
    """How many clicks, how fast, and what went wrong."""
    many = len(clicks.ms)
    print(f"  {therapists} therapists at once, no pause between clicks: {many} clicks in {clicks.seconds:.0f} s, {many / clicks.seconds:.0f} a second")
    print(f"  p50 {statistics.median(clicks.ms):.0f} ms, p95 {percentile(clicks.ms, 95):.0f} ms; {len(clicks.errors)} errors, goal 0", flush=True)
    for what in sorted(set(clicks.errors)):
        print(f"    {clicks.errors.count(what)} x {what}")


def measure(folder: Path, port: int, times: int, turns: int) -> None:
    """Start the server on a prepared folder and print everything that is measured from outside."""
    found = json.loads((folder / "bench.json").read_text(encoding="utf-8"))
    with server(folder, port):
        print_pages(time_pages(found, port, times))
        size, files = first_load(found, port)
        goal = FIRST_LOAD_GOAL / 1000
        print(f"  first load (the caseload with all it needs): {size / 1000:.0f} kB in {files} files as they travel; goal under {goal:.0f} kB")
        print_clicks(click_at_once(found, port, turns), len(found["clicks"]))
