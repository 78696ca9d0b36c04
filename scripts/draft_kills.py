"""Kills server, tab, browser, network and sign-in while somebody types, and counts what was lost: ``make draft-kills``.

Several typists write into the session note of a patient each, in real browsers on the server that ``fivefold admin run`` starts. At a random
moment of each round something dies under them; then the page is opened again, what it offers is put back, and compared with what was typed, key by
key. Nothing older than two seconds may be missing. A run of a thousand takes a quarter of an hour; nothing here is a timed test.
"""

import argparse
import asyncio
import contextlib
import os
import random
import shutil
import signal
import socket
import string
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

from playwright.async_api import async_playwright
from tests.support.browser import FLAGS

LOST_AT_MOST = 2.0
KINDS = ("tab", "network", "sign-in", "browser", "server")
START_SECONDS = 600
# After the death of a tab somebody opens the page again; nobody is quicker than this.
BACK_AFTER = 0.5
# The page opens what the device has kept before it shows it; on a busy machine that takes its time, and is no loss.
OFFERED_AFTER = 0.3
OFFERED_WITHIN = 20.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--typists", type=int, default=6)
    parser.add_argument("--seed", type=int, default=20261126)
    parser.add_argument("--kind", choices=KINDS, action="append", help="let only this die (several: give it again)")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fivefold-kills-", ignore_cleanup_errors=True) as folder:
        os.environ.update({"FIVEFOLD_DATA": folder, "FIVEFOLD_LOG_LEVEL": "ERROR"})
        os.environ["DJANGO_SETTINGS_MODULE"] = "fivefold.web.settings.local"
        done: list[Round] = []
        try:
            with contextlib.closing(Server(Path(folder))) as server:
                asyncio.run(run(server, Path(folder), asked.rounds, asked.typists, asked.seed, asked.kind or KINDS, done))
        finally:
            report(done)
    if any(one.seconds_lost > LOST_AT_MOST for one in done):
        raise SystemExit("Something older than two seconds was lost.")


@dataclass
class Round:
    """What died, how much was typed, and what was missing afterwards."""

    kind: str
    typed: int
    lost: int
    seconds_lost: float
    came_from: str


class Server:
    """The app as ``fivefold admin run`` starts it, killed without warning and started again."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.base = f"http://localhost:{self.port}"
        self.log = (folder / "server.log").open("ab")
        self.process: subprocess.Popen[bytes] | None = None
        self.lock = asyncio.Lock()
        self.start("--synthetic")

    def start(self, *more: str) -> None:
        command = [str(Path(sys.executable).with_name("fivefold")), "admin", "run", "--port", str(self.port), *more]
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log, start_new_session=True)
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.2)
        raise SystemExit("The server did not start. Its words are in server.log of the data folder.")

    def kill(self) -> None:
        """Every process of the server at once, in the middle of whatever it does."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def close(self) -> None:
        self.kill()
        self.log.close()


@dataclass
class Typist:
    """Somebody who writes into one patient's note, in a browser of their own."""

    number: int
    user: int
    page_of_note: str
    folder: Path
    context: Any = None
    page: Any = None
    session: str = ""
    keys: list[tuple[float, str]] = field(default_factory=list)

    @property
    def words(self) -> str:
        return "".join(key for _, key in self.keys)


async def run(server: Server, folder: Path, rounds: int, typists: int, seed: int, kinds: Sequence[str], done: list[Round]) -> None:
    """All rounds, shared out among the typists; each goes into ``done``, so that what was found is told although a later one fails."""
    chosen = random.Random(seed)
    who = await asyncio.to_thread(_cast, typists)
    queue = [chosen.choice(kinds) for _ in range(rounds)]
    async with async_playwright() as playwright:
        crew = [Typist(number, user, page, folder / f"profile-{number}") for number, (user, page) in enumerate(who)]
        for typist in crew:
            await _browser(playwright, server, typist)

        async def work(typist: Typist) -> None:
            own = random.Random(f"{seed} {typist.number}")
            while queue:
                done.append(await one_round(playwright, server, typist, queue.pop(), own))
                if len(done) % 50 == 0:
                    print(f"{len(done)} of {rounds}", flush=True)

        await asyncio.gather(*(work(typist) for typist in crew))
        for typist in crew:
            await typist.context.close()


def _cast(count: int) -> list[tuple[int, str]]:
    """So many patients with somebody who treats them: the number of the user, and the page of the note."""
    import django

    django.setup()
    from fivefold.records.models import CareRelation

    found = CareRelation.objects.filter(kind="treats", ended_at__isnull=True, patient__closed_at__isnull=True)
    pairs = list(found.order_by("patient_id").values_list("user_id", "patient_id")[:count])
    if len(pairs) < count:
        raise SystemExit(f"The synthetic clinic has {len(pairs)} patients in treatment; ask for fewer typists than {count}.")
    return [(user, f"/patients/{patient}/session") for user, patient in pairs]


def _sign_in(user: int) -> str:
    """A session as the sign-in page would make it."""
    from django.test import Client

    from fivefold.records.models import User

    client = Client()
    client.force_login(User.objects.get(pk=user), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client.cookies["fivefold"].value


def _sign_out(key: str) -> None:
    from django.contrib.sessions.models import Session

    Session.objects.filter(pk=key).delete()


async def _browser(playwright: Any, server: Server, typist: Typist) -> None:
    """A browser with a profile on disk, so that its own death can be tried as well."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        raise SystemExit("Chromium is not installed: apt-get install chromium")
    typist.context = await playwright.chromium.launch_persistent_context(typist.folder, executable_path=program, args=FLAGS, headless=True)
    await _new_session(server, typist)


async def _new_session(server: Server, typist: Typist) -> None:
    typist.session = await asyncio.to_thread(_sign_in, typist.user)
    await typist.context.add_cookies([{"name": "fivefold", "value": typist.session, "url": server.base}])


async def one_round(playwright: Any, server: Server, typist: Typist, kind: str, chosen: random.Random) -> Round:
    """Type, let something die, come back, and compare."""
    await _open_empty(server, typist)
    end = asyncio.get_running_loop().create_task(asyncio.sleep(chosen.uniform(0.5, 6.0)))
    typist.keys = []
    await _type_until(typist, end, chosen)
    died = await KILLS[kind](playwright, server, typist, chosen)
    await asyncio.sleep(BACK_AFTER)
    back, came_from = await _come_back(server, typist)
    kept = next((at for at, (one, other) in enumerate(zip(back, typist.words, strict=False)) if one != other), min(len(back), len(typist.words)))
    missing = typist.keys[kept:]
    return Round(kind, len(typist.keys), len(missing), died - missing[0][0] if missing else 0.0, came_from)


async def _open_empty(server: Server, typist: Typist) -> None:
    """The page of the note, with what an earlier round has left thrown away."""
    typist.page = await typist.context.new_page()
    await _go(server, typist)
    box = typist.page.locator(".draft")
    with contextlib.suppress(Exception):
        await box.wait_for(timeout=100)
        await box.locator("button.link").click()
        await box.wait_for(state="detached")
    await typist.page.get_by_label("What the patient brought").focus()


async def _go(server: Server, typist: Typist) -> None:
    """Open the page, as often as it takes while the server is down."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        with contextlib.suppress(Exception):
            async with typist.page.expect_response(lambda answer: "/drafts?" in answer.url, timeout=20_000) as offered:
                await typist.page.goto(server.base + typist.page_of_note, wait_until="load")
            if (await offered.value).status == HTTPStatus.OK and typist.page.url.endswith("/session"):
                await asyncio.sleep(OFFERED_AFTER)
                return
        # An answer to the old sign-in may come after the new one and take its cookie along. The page for signing in offers no drafts.
        if "/sign-in" in typist.page.url:
            await _new_session(server, typist)
        await asyncio.sleep(0.5)
    raise SystemExit(f"The page of the note did not open again ({typist.page.url.split('?')[0].rsplit('/', 1)[-1]}).")


async def _type_until(typist: Typist, end: "asyncio.Task[None]", chosen: random.Random) -> None:
    """Keys with the gaps of somebody who types, and now and then a pause to think."""
    while not end.done():
        await _press(typist, chosen)
        await asyncio.sleep(chosen.uniform(1.0, 2.5) if chosen.random() < 0.03 else chosen.uniform(0.04, 0.2))


async def _press(typist: Typist, chosen: random.Random) -> None:
    key = chosen.choice(string.ascii_lowercase + "     ")
    await typist.page.keyboard.press("Space" if key == " " else key)
    typist.keys.append((time.monotonic(), key))


async def _type_on(typist: Typist, chosen: random.Random) -> None:
    """Somebody does not notice at once and types on for a while."""
    await _type_until(typist, asyncio.get_running_loop().create_task(asyncio.sleep(chosen.uniform(0.2, 4.0))), chosen)


async def _tab(playwright: Any, server: Server, typist: Typist, chosen: random.Random) -> float:
    died = time.monotonic()
    await typist.page.close(run_before_unload=False)
    return died


async def _network(playwright: Any, server: Server, typist: Typist, chosen: random.Random) -> float:
    await typist.context.set_offline(True)
    await _type_on(typist, chosen)
    died = await _tab(playwright, server, typist, chosen)
    await typist.context.set_offline(False)
    return died


async def _sign_in_ends(playwright: Any, server: Server, typist: Typist, chosen: random.Random) -> float:
    await asyncio.to_thread(_sign_out, typist.session)
    await _type_on(typist, chosen)
    died = await _tab(playwright, server, typist, chosen)
    await _new_session(server, typist)
    return died


async def _browser_dies(playwright: Any, server: Server, typist: Typist, chosen: random.Random) -> float:
    found = await asyncio.to_thread(_processes, str(typist.folder))
    died = time.monotonic()
    for process in found:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    with contextlib.suppress(Exception):
        await typist.context.close()
    for lock in typist.folder.glob("Singleton*"):
        lock.unlink(missing_ok=True)
    await _browser(playwright, server, typist)
    return died


def _processes(words: str) -> list[int]:
    """All processes that were started with these words."""
    found = []
    for place in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            if words in (place / "cmdline").read_text(errors="replace"):
                found.append(int(place.name))
    return found


async def _server_dies(playwright: Any, server: Server, typist: Typist, chosen: random.Random) -> float:
    async with server.lock:
        await asyncio.to_thread(server.kill)
        await _type_on(typist, chosen)
        died = await _tab(playwright, server, typist, chosen)
        await asyncio.to_thread(server.start)
    return died


KILLS: dict[str, Callable[[Any, Server, Typist, random.Random], Awaitable[float]]] = {
    "tab": _tab,
    "network": _network,
    "sign-in": _sign_in_ends,
    "browser": _browser_dies,
    "server": _server_dies,
}


async def _come_back(server: Server, typist: Typist) -> tuple[str, str]:
    """What the page gives back, and who had kept it."""
    typist.page = await typist.context.new_page()
    await _go(server, typist)
    box = typist.page.locator(".draft")
    came_from = "nowhere"
    with contextlib.suppress(Exception):
        await box.wait_for(timeout=OFFERED_WITHIN * 1000 if len(typist.keys) > 1 else 1000)
        latest = box.locator("button").first
        came_from = "device" if "device" in await latest.inner_text() else "server"
        await latest.click()
    back = await typist.page.get_by_label("What the patient brought").input_value()
    await typist.page.close()
    return back, came_from


def report(done: list[Round]) -> None:
    """One line for each kind of death."""
    kinds: dict[str, list[Round]] = defaultdict(list)
    for one in done:
        kinds[one.kind].append(one)
    print(f"{len(done)} kills while {sum(one.typed for one in done)} keys were typed")
    for kind in KINDS:
        rounds = kinds[kind]
        if rounds:
            worst = max(one.seconds_lost for one in rounds)
            lost, kept_by = sum(one.lost for one in rounds), Counter(one.came_from for one in rounds)
            print(f"  {kind:<8} {len(rounds):>5} kills, {lost:>5} keys lost, the oldest {worst:.2f} s before; given back by {dict(kept_by)}")


if __name__ == "__main__":
    main()
