"""Random sessions of the diary on a phone: lost, doubled and late requests, kills, wrong clocks: ``make offline-drills``.

The page, ``queue.js`` and ``diary.js`` are the app's own, in a real browser; behind them stands the app's own service with its database.
Only the network between is made here, request by request. Every entry that the phone said it has must be stored exactly once at the end; one
that was cut off before the phone said so, at most once; and what is counted on the page is what was entered. The queue asks for one thing at
a time, so that nothing is reordered here but what a page sends while it is left. Nothing here is a timed test.
"""

import argparse
import contextvars
import json
import os
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

BASE = "http://localhost"
EMPTY = "<!doctype html><title>drill</title><body></body>"
SYNC, TODAY = "/my/diary/sync", "/my/today"
# What the network does to one request, and how often: the answer or the question is lost, it comes twice, it comes late.
FAULTS = {"none": 45, "lost": 20, "answer_lost": 15, "twice": 10, "late": 10}
LATE_MS = 40
MOST_ENTRIES = 4
# Phones whose clock is right, a year behind, a year and a day ahead, or set to the night of a change of the clock.
CLOCKS = {"right": 0, "behind": -365 * 86_400_000, "ahead": 366 * 86_400_000}
ZONES = ("Europe/Berlin", "America/New_York", "Pacific/Auckland", "UTC")
CHANGES = ("2026-03-29T00:59:58Z", "2026-10-25T00:59:58Z", "2026-11-01T05:59:58Z")  # within their last seconds

# One session: a phone (a frame with the page in it) is opened, written on, killed, opened again; at the end the network is good.
SESSION = """async (session) => {
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  const until = async (test, ms) => {
    for (const end = performance.now() + ms; performance.now() < end; await pause(5)) if (await test()) return true;
    return false;
  };
  const phone = () => new Promise((done) => {
    const frame = document.createElement("iframe");
    const wrong = `const Real = Date, by = ${session.shift};
      window.Date = class extends Real {
        constructor(...given) { super(...(given.length ? given : [Real.now() + by])); }
        static now() { return Real.now() + by; }
      };`;
    const shift = `<script>{ ${wrong} }</scr` + `ipt>`;
    frame.srcdoc = window.PAGE.replace("<head>", "<head><base href='/my/today'>" + shift);
    frame.onload = () => done(frame);
    document.body.append(frame);
  });
  const said = (frame) => frame.contentDocument.querySelector(".kept").textContent;
  const told = [];
  let frame = await phone();
  for (const entry of session.entries) {
    await until(() => frame.contentWindow.myQueue && frame.contentDocument.querySelector("form[data-diary]"), 5000);
    const form = frame.contentDocument.querySelector("form[data-diary]");
    form.querySelector(`[name=sadness][value="${entry.sadness}"]`).checked = true;
    form.querySelector("[name=note]").value = entry.note;
    form.querySelector("[name=note]").dispatchEvent(new Event("input", { bubbles: true })); // what was said of the one before goes
    form.requestSubmit();
    const spoke = until(() => /Not sent yet|Kept/.test(said(frame)), 3000);
    if (entry.kill === "at once") await pause(entry.after);
    else if (await spoke) told.push(entry.note);
    if (entry.kill) { frame.remove(); frame = await phone(); }
  }
  await window.goodNetwork();
  const queue = () => frame.contentWindow.myQueue.waiting();
  const empty = await until(async () => { if (!(await queue()).length) return true; await frame.contentWindow.myQueue.flush(); return false; }, 20000);
  const refused = (await queue()).map((one) => one.note);
  frame.remove();
  return { told, empty, refused };
}"""


@dataclass
class Tally:
    """What was done in all sessions, and every entry that broke the rule."""

    sessions: int = 0
    entries: int = 0
    told: int = 0
    requests: Counter[str] = field(default_factory=Counter)
    kills: int = 0
    wrong: list[str] = field(default_factory=list)


class Network:
    """Between the phone and the app: faults by chance until it is told to be good."""

    def __init__(self, ask: Callable[[str, str, dict[str, str]], tuple[int, str, str]], chance: random.Random, tally: Tally) -> None:
        self.ask, self.chance, self.tally, self.is_good = ask, chance, tally, False

    def __call__(self, route: "Route") -> None:
        """One request of the page."""
        asked = route.request
        path = asked.url.removeprefix(BASE)
        if path != SYNC:
            return (
                route.fulfill(status=200, content_type="text/html", body="<!doctype html><title>drill</title><body></body>")
                if path == "/drill"
                else route.abort()
            )
        fault = "none" if self.is_good else self.chance.choices(list(FAULTS), list(FAULTS.values()))[0]
        self.tally.requests[fault] += 1
        if fault == "lost":
            return route.abort()
        if fault == "late":
            time.sleep(LATE_MS / 1000)
        status, kind, body = self.ask(asked.method, asked.post_data or "", asked.headers)
        if fault == "twice":
            status, kind, body = self.ask(asked.method, asked.post_data or "", asked.headers)
        return route.abort() if fault == "answer_lost" else route.fulfill(status=status, content_type=kind, body=body)


def drill(browser: "Browser", client: Any, count: Callable[[], Counter[str]], sessions: int, seed: int) -> Tally:
    """So many sessions; ``client`` is a signed-in test client of the app, ``count`` gives how often each note is stored and counts."""
    tally, chance = Tally(), random.Random(seed)

    # The browser calls from a context of its own, in which the app would not find its database.
    here = contextvars.copy_context()

    def ask(method: str, body: str, headers: dict[str, str]) -> tuple[int, str, str]:
        return here.run(answer_of, method, body, headers)

    def answer_of(method: str, body: str, headers: dict[str, str]) -> tuple[int, str, str]:
        if method == "GET":
            answer = client.get(SYNC)
        else:
            answer = client.post(SYNC, body, content_type="application/json", headers={"x-csrftoken": headers.get("x-csrftoken", "")})
        return answer.status_code, answer["Content-Type"], answer.content.decode()

    network = Network(ask, chance, tally)
    for zone in ZONES:
        context = browser.new_context(timezone_id=zone, service_workers="block")
        page = context.new_page()
        page.route("**/*", network)
        page.goto(f"{BASE}/drill")
        page.expose_function("goodNetwork", lambda: setattr(network, "is_good", True))
        page.evaluate("(page) => { window.PAGE = page; }", _page(client))
        for _number in range(sessions // len(ZONES)):
            _session(page, network, chance, tally, count)
        context.close()
    return tally


def _page(client: Any) -> str:
    """Today as the app makes it for a phone that is theirs alone, with its own scripts in it and no style or picture."""
    folder = Path(__file__).parent.parent / "src/fivefold/web/ui/static/fivefold"
    made = client.get(TODAY).content.decode()
    assert 'data-offline="yes"' in made, "the page is not one of a phone that stores entries"
    without = re.sub(r"<(link|script src)[^>]*>(</script>)?", "", made)
    scripts = "".join(f"<script>{(folder / name).read_text(encoding='utf-8')}</script>" for name in ("queue.js", "diary.js"))
    return without.replace("</body>", scripts + "</body>")


def _session(page: "Page", network: Network, chance: random.Random, tally: Tally, count: Callable[[], Counter[str]]) -> None:
    network.is_good = False
    tally.sessions += 1
    names = [f"s{tally.sessions}e{place}" for place in range(chance.randint(1, MOST_ENTRIES))]
    entries = [
        {"note": name, "sadness": str(chance.randint(0, 5)), "kill": chance.choice(["", "", "told", "at once"]), "after": chance.choice([0, 1, 5, 20])}
        for name in names
    ]
    found = page.evaluate(SESSION, {"entries": entries, "shift": _shift(chance)})
    tally.entries += len(entries)
    tally.told += len(found["told"])
    tally.kills += sum(bool(entry["kill"]) for entry in entries)
    stored = count()
    for name in names:
        least = 1 if name in found["told"] else 0
        if not least <= stored[name] <= 1:
            tally.wrong.append(f"{name}: stored {stored[name]} times, told {'yes' if least else 'no'}, waiting {found['refused']}, {entries}")
    if not found["empty"]:
        tally.wrong.append(f"session {tally.sessions}: entries stayed on the phone: {found['refused']}")


def _shift(chance: random.Random) -> int:
    """How far the phone's clock is from ours, in milliseconds."""
    kind = chance.choice([*CLOCKS, "change"])
    if kind != "change":
        return CLOCKS[kind]
    night = datetime.fromisoformat(chance.choice(CHANGES))
    return int((night - datetime.now(UTC)).total_seconds() * 1000)


def stored_notes(patient: Any) -> Callable[[], Counter[str]]:
    """How often each note is stored, read from the rows themselves; only new rows are opened."""
    from fivefold.records.models import DiaryEntry  # noqa: PLC0415  # once Django is set up

    notes: Counter[str] = Counter()
    known: set[Any] = set()
    since = [datetime.min.replace(tzinfo=UTC)]

    def count() -> Counter[str]:
        for row in DiaryEntry.objects.filter(patient=patient, recorded_at__gte=since[0]).order_by("recorded_at"):
            since[0] = row.recorded_at
            if row.pk not in known:
                known.add(row.pk)
                notes[json.loads(row.content)["note"]] += 1
        return notes

    return count


def report(tally: Tally, seconds: float) -> None:
    """The figures of a run."""
    print(f"{tally.sessions} sessions, {tally.entries} entries, {tally.kills} times killed, {seconds:.0f} s")
    print("requests: " + ", ".join(f"{name.replace('_', ' ')} {number}" for name, number in tally.requests.most_common()))
    print(f"told as kept or waiting: {tally.told}; wrong: {len(tally.wrong)}")
    print("\n".join(tally.wrong[:20]))


def main(given: Sequence[str] | None = None) -> None:
    """Run the sessions on a database of their own; ends with 1 when one entry broke the rule."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=20261126)
    asked = parser.parse_args(given)
    import pytest  # noqa: PLC0415  # only where the sessions are run by hand

    os.environ.update({"OFFLINE_DRILL_SESSIONS": str(asked.sessions), "OFFLINE_DRILL_SEED": str(asked.seed)})
    sys.exit(pytest.main(["-n", "0", "-q", "-s", "-p", "no:cacheprovider", "tests/system/test_offline_drills.py"]))


if __name__ == "__main__":
    main()
