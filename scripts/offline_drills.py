"""Random sessions of the diary on a phone: lost, doubled, late and overtaken requests, kills, wrong clocks: ``make offline-drills``.

The page, ``queue.js`` and ``diary.js`` are the app's own, in a real browser; behind them stands the app's own service with its database.
Only the network between is made here, request by request. Every entry that the phone said it has must be stored exactly once at the end; one
that was cut off before the phone said so, at most once; and what is counted on the page is what was entered. The queue asks for one thing at
a time: what is reordered arrives at the app after a later request of the same phone. Several phones, each in a time zone of its own, are at
it at once, and each does many sessions in one page. Nothing here is a timed test.
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
# What the network does to one request, and how often: the question or the answer is lost, it comes twice, it comes late, it comes after a
# later one though the phone believes it lost, or a copy of it comes after a later one.
FAULTS = {"none": 40, "lost": 16, "answer_lost": 14, "twice": 8, "late": 6, "overtaken": 8, "copy_overtaken": 8}
LATE_MS = 20
# So many sessions a phone does before what is stored is looked at.
AT_ONCE = 10
MOST_ENTRIES = 4
# Phones whose clock is right, a year behind, a year and a day ahead, or set to the night of a change of the clock.
CLOCKS = {"right": 0, "behind": -365 * 86_400_000, "ahead": 366 * 86_400_000}
ZONES = ("Europe/Berlin", "America/New_York", "Pacific/Auckland", "UTC")
CHANGES = ("2026-03-29T00:59:58Z", "2026-10-25T00:59:58Z", "2026-11-01T05:59:58Z")  # within their last seconds

# One session: a phone (a frame with the page in it) is opened, written on, killed, opened again; at the end the network is good.
SESSION = """window.session = async (session) => {
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
  await window.network(false);
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
  await window.network(true);
  const queue = () => frame.contentWindow.myQueue.waiting();
  const empty = await until(async () => { if (!(await queue()).length) return true; await frame.contentWindow.myQueue.flush(); return false; }, 120000);
  const refused = (await queue()).map((one) => one.note);
  frame.remove();
  return { told, empty, refused };
};
window.sessions = async (all) => { const found = []; for (const one of all) found.push(await window.session(one)); return found; };
null;  // a function would be called
"""
# Begun on every phone, then waited for on each: meanwhile the others go on.
BEGIN = "(all) => { window.found = null; window.sessions(all).then((found) => { window.found = found; }, (trouble) => { window.found = String(trouble); }); }"


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
    """Between one phone and the app: faults by chance while it is not told to be good."""

    def __init__(self, ask: Callable[[str, str, dict[str, str]], tuple[int, str, str]], chance: random.Random, tally: Tally) -> None:
        self.ask, self.chance, self.tally, self.is_good = ask, chance, tally, False
        self.under_way: list[tuple[str, str, dict[str, str]]] = []

    def __call__(self, route: "Route") -> None:
        """One request of the page."""
        asked = route.request
        path = asked.url.removeprefix(BASE)
        if path != SYNC:
            return route.fulfill(status=200, content_type="text/html", body=EMPTY) if path == "/drill" else route.abort()
        fault = "none" if self.is_good else self.chance.choices(list(FAULTS), list(FAULTS.values()))[0]
        sent = (asked.method, asked.post_data or "", asked.headers)
        if asked.method == "GET" and "overtaken" in fault:
            fault = "none"
        self.tally.requests[fault] += 1
        if fault == "lost":
            return route.abort()
        if fault == "overtaken":
            self.under_way.append(sent)
            return route.abort()
        if fault == "late":
            time.sleep(LATE_MS / 1000)
        status, kind, body = self.ask(*sent)
        if fault == "twice":
            status, kind, body = self.ask(*sent)
        if asked.method == "POST":
            self.arrive()
        if fault == "copy_overtaken":
            self.under_way.append(sent)
        return route.abort() if fault == "answer_lost" else route.fulfill(status=status, content_type=kind, body=body)

    def arrive(self) -> None:
        """What was under way comes now, after what was sent later."""
        late, self.under_way = self.under_way, []
        for sent in late:
            self.ask(*sent)


def drill(
    browser: "Browser", client: Any, count: Callable[[], Counter[str]], sessions: int, seed: int, say: Callable[[str], None] = lambda line: None
) -> Tally:
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

    html = _page(client)
    phones = [_phone(browser, zone, Network(ask, chance, tally), html) for zone in ZONES]
    each, told = sessions // len(ZONES), 0
    for start in range(0, each, AT_ONCE):
        _turn(phones, min(AT_ONCE, each - start), chance, tally, count)
        say("\n".join([f"{tally.sessions} sessions, {tally.entries} entries, {len(tally.wrong)} wrong", *tally.wrong[told:]]))
        told = len(tally.wrong)
    for page, _network in phones:
        page.context.close()
    return tally


def _phone(browser: "Browser", zone: str, network: Network, html: str) -> "tuple[Page, Network]":
    """A phone with a memory of its own, in a time zone of its own."""
    page = browser.new_context(timezone_id=zone, service_workers="block").new_page()
    page.route("**/*", network)
    page.goto(f"{BASE}/drill")
    page.expose_function("network", lambda is_good: setattr(network, "is_good", is_good))
    page.evaluate("(page) => { window.PAGE = page; }", html)
    page.evaluate(SESSION)
    return page, network


def _turn(phones: "Sequence[tuple[Page, Network]]", each: int, chance: random.Random, tally: Tally, count: Callable[[], Counter[str]]) -> None:
    """So many sessions on every phone, all phones at once; then every entry is looked for."""
    drawn = [[_drawn(chance, tally) for _number in range(each)] for _phone in phones]
    for (page, _network), sessions in zip(phones, drawn, strict=True):
        page.evaluate(BEGIN, sessions)
    found = []
    for page, network in phones:
        page.wait_for_function("window.found !== null", timeout=600_000)
        found.append(page.evaluate("window.found"))
        network.arrive()
    stored = count()
    for sessions, ends in zip(drawn, found, strict=True):
        assert isinstance(ends, list), ends
        for session, end in zip(sessions, ends, strict=True):
            _judge(session, end, stored, tally)


def _drawn(chance: random.Random, tally: Tally) -> dict[str, Any]:
    tally.sessions += 1
    names = [f"s{tally.sessions}e{place}" for place in range(chance.randint(1, MOST_ENTRIES))]
    entries = [
        {"note": name, "sadness": str(chance.randint(0, 5)), "kill": chance.choice(["", "", "told", "at once"]), "after": chance.choice([0, 1, 5, 20])}
        for name in names
    ]
    return {"name": tally.sessions, "entries": entries, "shift": _shift(chance)}


def _judge(session: dict[str, Any], found: dict[str, Any], stored: Counter[str], tally: Tally) -> None:
    entries = session["entries"]
    tally.entries += len(entries)
    tally.told += len(found["told"])
    tally.kills += sum(bool(entry["kill"]) for entry in entries)
    for name in (entry["note"] for entry in entries):
        least = 1 if name in found["told"] else 0
        if not least <= stored[name] <= 1:
            tally.wrong.append(f"{name}: stored {stored[name]} times, told {'yes' if least else 'no'}, waiting {found['refused']}, {entries}")
    if not found["empty"]:
        tally.wrong.append(f"session {session['name']}: entries stayed on the phone: {found['refused']}")


def _page(client: Any) -> str:
    """Today as the app makes it for a phone that is theirs alone, with its own scripts in it and no style or picture."""
    folder = Path(__file__).parent.parent / "src/fivefold/web/ui/static/fivefold"
    made = client.get(TODAY).content.decode()
    assert 'data-offline="yes"' in made, "the page is not one of a phone that stores entries"
    without = re.sub(r"<(link|script src)[^>]*>(</script>)?", "", made)
    scripts = "".join(f"<script>{(folder / name).read_text(encoding='utf-8')}</script>" for name in ("queue.js", "diary.js"))
    return without.replace("</body>", scripts + "</body>")


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
