"""Random sessions of the diary on a phone: lost, doubled, late and overtaken requests, kills, wrong clocks: ``make offline-drills``.

The page, ``queue.js`` and ``diary.js`` are the app's own, in a real browser; behind them stands the app's own service with its database.
Only the network between is made here: a server on this machine that loses, doubles, delays and reorders what it is asked, on real
connections. Every entry that the phone said it has must be stored exactly once at the end; one that was cut off before the phone said so,
at most once; and what is counted on the page is what was entered. The queue asks for one thing at a time: what is reordered arrives at the
app after a later request of the same phone. Several phones, each in a time zone of its own, are at it at once, and each does many sessions
in one page. A page is closed, or killed so that it can do nothing more. Nothing here is a timed test, and nothing waits by the clock.
"""

import argparse
import json
import logging
import os
import random
import re
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

EMPTY = "<!doctype html><title>drill</title><body></body>"
SYNC, TODAY = "/my/diary/sync", "/my/today"
GOOD, BAD, FOUND = "/drill/network?good", "/drill/network?bad", "/drill/found"
ASKED_OF_US = (SYNC, GOOD, BAD, FOUND)
# What the network does to one request, and how often: the question or the answer is lost, it comes twice, it comes late, it comes after a
# later one though the phone believes it lost, or a copy of it comes after a later one.
FAULTS = {"none": 40, "lost": 16, "answer_lost": 14, "twice": 8, "late": 6, "overtaken": 8, "copy_overtaken": 8}
LATE_MS = 20
# So many sessions a phone does before what is stored is looked at.
AT_ONCE = 10
MOST_ENTRIES = 4
# Nothing asked for so long: the browser has died.
SILENT_S = 600
# Phones whose clock is right, a year behind, a year and a day ahead, or set to the night of a change of the clock.
CLOCKS = {"right": 0, "behind": -365 * 86_400_000, "ahead": 366 * 86_400_000}
ZONES = ("Europe/Berlin", "America/New_York", "Pacific/Auckland", "UTC")
CHANGES = ("2026-03-29T00:59:58Z", "2026-10-25T00:59:58Z", "2026-11-01T05:59:58Z")  # within their last seconds

# One session: a phone (a frame with the page in it) is opened, written on, closed or killed, opened again; at the end the network is good.
# What the page says is read in the moment in which it says it, so that a kill comes right behind it.
SESSION = """window.session = async (session) => {
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  const phone = () => new Promise((done) => {
    const frame = document.createElement("iframe");
    const early = `const Real = Date, by = ${session.shift};
      window.Date = class extends Real {
        constructor(...given) { super(...(given.length ? given : [Real.now() + by])); }
        static now() { return Real.now() + by; }
      };
      const dies = (event) => { if (window.isKilled) event.stopImmediatePropagation(); };
      for (const kind of ["pagehide", "visibilitychange"]) addEventListener(kind, dies, true);`;
    const script = `<script>{ ${early} }</scr` + `ipt>`;
    frame.srcdoc = window.PAGE.replace("<head>", "<head><base href='/my/today'>" + script);
    frame.onload = () => done(frame);
    document.body.append(frame);
  });
  const told = [];
  const telling = (frame, note) => new Promise((done) => {
    const page = frame.contentDocument;
    const { sending } = JSON.parse(page.getElementById("diary-words").textContent);
    let isSent = false;
    const seen = (node) => {
      if (node.data === sending) isSent = true; // what was said before is about an earlier entry
      else if (isSent && /Not sent yet|Kept/.test(node.data)) { if (!told.includes(note)) told.push(note); done(true); }
    };
    new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach(seen))).observe(page.querySelector(".kept"), { childList: true });
    setTimeout(done, 30000);
  });
  await fetch("/drill/network?bad");
  let frame = await phone();
  for (const entry of session.entries) {
    const form = frame.contentDocument.querySelector("form[data-diary]");
    form.querySelector(`[name=sadness][value="${entry.sadness}"]`).checked = true;
    form.querySelector("[name=note]").value = entry.note;
    form.querySelector("[name=note]").dispatchEvent(new Event("input", { bubbles: true })); // what was said of the one before goes
    const spoke = telling(frame, entry.note);
    form.requestSubmit();
    await (entry.kill === "at once" ? pause(entry.after) : spoke);
    if (entry.kill) {
      frame.contentWindow.isKilled = entry.dies;
      frame.remove();
      frame = await phone();
    }
  }
  await fetch("/drill/network?good");
  const queue = frame.contentWindow.myQueue;
  for (let tries = 0; (await queue.waiting()).length && tries < 50; tries += 1) await queue.flush();
  const refused = (await queue.waiting()).map((one) => one.note);
  frame.remove();
  return { told, refused };
};
window.sessions = async (all) => { const found = []; for (const one of all) found.push(await window.session(one)); return found; };
null;  // a function would be called
"""
# Begun on every phone; each says by itself when it is through.
BEGIN = """(all) => {
  const say = (found) => fetch("/drill/found", { method: "POST", body: JSON.stringify(found) });
  window.sessions(all).then(say, (trouble) => say(String(trouble.stack || trouble)));
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


@dataclass(frozen=True)
class Asked:
    """One request of a phone, and where its answer is waited for: status, kind and text, or None for a connection that ends without one."""

    phone: str
    method: str
    path: str
    body: str
    answer: SimpleQueue[tuple[int, str, str] | None] = field(default_factory=SimpleQueue)
    is_late: bool = False


class Network:
    """Between one phone and the app: faults by chance while it is not told to be good."""

    def __init__(self, ask: Callable[[Asked], tuple[int, str, str]], chance: random.Random, tally: Tally) -> None:
        self.ask, self.chance, self.tally, self.is_good = ask, chance, tally, False
        self.under_way: list[Asked] = []

    def pass_on(self, asked: Asked, later: SimpleQueue[Asked]) -> None:
        """One request of the page; ``later`` takes one that is to come again."""
        fault = "none" if self.is_good or asked.is_late else self.chance.choices(list(FAULTS), list(FAULTS.values()))[0]
        if asked.method == "GET" and "overtaken" in fault:
            fault = "none"
        if not asked.is_late:
            self.tally.requests[fault] += 1
        if fault == "late":
            again = Asked(asked.phone, asked.method, asked.path, asked.body, asked.answer, is_late=True)
            return threading.Timer(LATE_MS / 1000, later.put, (again,)).start()
        if fault in ("lost", "overtaken"):
            self.under_way += [asked] if fault == "overtaken" else []
            return asked.answer.put(None)
        answer = self.ask(asked)
        if fault == "twice":
            answer = self.ask(asked)
        if asked.method == "POST":
            self.arrive()
        if fault == "copy_overtaken":
            self.under_way.append(asked)
        return asked.answer.put(None if fault == "answer_lost" else answer)

    def arrive(self) -> None:
        """What was under way comes now, after what was sent later."""
        late, self.under_way = self.under_way, []
        for asked in late:
            self.ask(asked)


@contextmanager
def _server() -> Iterator[tuple[SimpleQueue[Asked], int]]:
    """What the phones ask, each under a name of its own, and at which port; whoever takes a question out answers it."""
    questions: SimpleQueue[Asked] = SimpleQueue()

    class Handler(BaseHTTPRequestHandler):
        def _take(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
            asked = Asked(self.headers["host"].partition(".")[0], self.command, self.path, body)
            if self.path in ASKED_OF_US:
                questions.put(asked)
            else:  # the page that the phones stand in, and its icon
                asked.answer.put((200, "text/html", EMPTY))
            if (answer := asked.answer.get()) is None:
                return
            status, kind, text = answer
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = _take  # noqa: N815  # the names that the server calls

        def log_message(self, *_args: object) -> None:
            """Nothing: faults are what this is for."""

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:  # a page that was killed waits for no answer
                return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield questions, server.server_port
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Phone:
    """A phone with a memory and a time zone of its own."""

    name: str
    page: "Page"
    network: Network


def drill(
    browser: "Browser", client: Any, count: Callable[[], Counter[str]], sessions: int, seed: int, say: Callable[[str], None] = lambda line: None
) -> Tally:
    """So many sessions; ``client`` is a signed-in test client of the app, ``count`` gives how often each note is stored and counts."""
    tally, chance = Tally(), random.Random(seed)

    def ask(asked: Asked) -> tuple[int, str, str]:
        answer = client.get(SYNC) if asked.method == "GET" else client.post(SYNC, asked.body, content_type="application/json")
        return answer.status_code, answer["Content-Type"], answer.content.decode()

    html = _page(client)
    logging.disable(logging.INFO)  # a line for each of a hundred thousand requests
    with _server() as (questions, port):
        phones = {f"phone{number}": Network(ask, chance, tally) for number in range(len(ZONES))}
        opened = [_opened(browser, name, zone, network, port, html) for (name, network), zone in zip(phones.items(), ZONES, strict=True)]
        each, told = sessions // len(ZONES), 0
        for start in range(0, each, AT_ONCE):
            _turn(opened, questions, min(AT_ONCE, each - start), chance, tally, count)
            say("\n".join([f"{tally.sessions} sessions, {tally.entries} entries, {len(tally.wrong)} wrong", *tally.wrong[told:]]))
            told = len(tally.wrong)
        for phone in opened:
            phone.page.context.close()
    logging.disable(logging.NOTSET)
    return tally


def _opened(browser: "Browser", name: str, zone: str, network: Network, port: int, html: str) -> Phone:
    page = browser.new_context(timezone_id=zone, service_workers="block", viewport={"width": 360, "height": 640}).new_page()
    page.goto(f"http://{name}.localhost:{port}/drill")
    page.evaluate("(page) => { window.PAGE = page; }", html)
    page.evaluate(SESSION)
    return Phone(name, page, network)


def _turn(phones: Sequence[Phone], questions: SimpleQueue[Asked], each: int, chance: random.Random, tally: Tally, count: Callable[[], Counter[str]]) -> None:
    """So many sessions on every phone, all phones at once; then every entry is looked for."""
    drawn = {phone.name: [_drawn(chance, tally) for _number in range(each)] for phone in phones}
    for phone in phones:
        phone.page.evaluate(BEGIN, drawn[phone.name])
    found = _answered(phones, questions)
    for phone in phones:
        phone.network.arrive()
    stored = count()
    for name, ends in found.items():
        assert isinstance(ends, list), ends
        for session, end in zip(drawn[name], ends, strict=True):
            _judge(session, end, stored, tally)


def _answered(phones: Sequence[Phone], questions: SimpleQueue[Asked]) -> dict[str, Any]:
    """Answer whatever the phones ask, one after the other, until each has said what it found."""
    networks, found = {phone.name: phone.network for phone in phones}, {}
    while len(found) < len(phones):
        asked = questions.get(timeout=SILENT_S)
        network = networks[asked.phone]
        if asked.path == SYNC:
            network.pass_on(asked, questions)
            continue
        if asked.path == FOUND:
            found[asked.phone] = json.loads(asked.body)
        else:
            network.is_good = asked.path == GOOD
        asked.answer.put((200, "text/plain", ""))
    return found


def _drawn(chance: random.Random, tally: Tally) -> dict[str, Any]:
    tally.sessions += 1
    names = [f"s{tally.sessions}e{place}" for place in range(chance.randint(1, MOST_ENTRIES))]
    return {"name": tally.sessions, "entries": [_entry(name, chance) for name in names], "shift": _shift(chance)}


def _entry(name: str, chance: random.Random) -> dict[str, Any]:
    """One entry: whether the page ends when it has spoken of it or before, and whether it is closed or dies."""
    kill, after = chance.choice(["", "", "told", "at once"]), chance.choice([0, 1, 5, 20])
    return {"note": name, "sadness": str(chance.randint(0, 5)), "kill": kill, "after": after, "dies": chance.random() < 1 / 2}


def _judge(session: dict[str, Any], found: dict[str, Any], stored: Counter[str], tally: Tally) -> None:
    entries = session["entries"]
    tally.entries += len(entries)
    tally.told += len(found["told"])
    tally.kills += sum(bool(entry["kill"]) for entry in entries)
    for name in (entry["note"] for entry in entries):
        least = 1 if name in found["told"] else 0
        if not least <= stored[name] <= 1:
            tally.wrong.append(f"{name}: stored {stored[name]} times, told {'yes' if least else 'no'}, shift {session['shift']}, {entries}")
    if found["refused"]:
        tally.wrong.append(f"session {session['name']}: entries stayed on the phone: {found['refused']}, shift {session['shift']}, {entries}")


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
    """Run the sessions in several processes, each on a database of its own; ends with 1 when one entry broke the rule."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=20261126, help="of the first process; the others count on from it")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args(given)
    command = [sys.executable, "-m", "pytest", "-n", "0", "-q", "-s", "-p", "no:cacheprovider", "tests/system/test_offline_drills.py"]
    begun = []
    for number in range(asked.jobs):
        of_one = {"OFFLINE_DRILL_SESSIONS": str(-(-asked.sessions // asked.jobs)), "OFFLINE_DRILL_SEED": str(asked.seed + number)}
        begun.append(subprocess.Popen(command, env=os.environ | of_one))
    ends = [one.wait() for one in begun]
    sys.exit(int(any(ends)))


if __name__ == "__main__":
    main()
