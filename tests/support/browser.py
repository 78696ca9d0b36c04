"""A real browser on the running app: somebody of the cast signed in, with a note of everything the browser complains of."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.clinic import Cast

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# The browser looks up its maker's names by itself, whatever the page is: without these every journey would seem to leave the machine.
OWN_NAMES = "--host-resolver-rules=MAP *.google.com ~NOTFOUND, MAP *.googleapis.com ~NOTFOUND, MAP *.gvt1.com ~NOTFOUND"
FLAGS = [
    OWN_NAMES,
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Everything that opens, but for menus: an open one lies over the page. Of rows that share a name one alone stays open otherwise.
UNFOLD = "document.querySelectorAll('details:not(.menu)').forEach(one => { one.removeAttribute('name'); one.open = true })"
Open = Callable[..., "Page"]


@pytest.fixture(scope="session")
def chromium() -> "Iterator[Browser]":
    """One browser for all tests of a process. Without Chromium they fail and say what is missing."""
    from playwright.sync_api import expect, sync_playwright

    # As long as the browser itself waits: five seconds are short on a machine that runs two of them.
    expect.set_options(timeout=30_000)

    # Playwright runs a loop of its own beside the tests; the database is used between its calls, never within them.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program, "Chromium is not installed: apt-get install chromium"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield started
        started.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def visit(chromium: "Browser", live_server: Any, cast: Cast) -> "Iterator[Open]":
    """``visit("/clinic", "lea")`` gives the page; ``page.troubles`` holds what the browser complained of."""
    contexts = []

    def show(path: str, who: str = "", width: int = 1280, scheme: str = "light", **options: Any) -> "Page":
        # By name, not by number: passkeys belong to a name.
        base = live_server.url.replace("127.0.0.1", "localhost")
        context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, **options)  # type: ignore[arg-type]
        if who:
            context.add_cookies([{"name": "fivefold", "value": session_of(cast, who), "url": base}])
        contexts.append(context)
        page = context.new_page()
        page.troubles = []  # type: ignore[attr-defined]
        page.on("console", lambda message: page.troubles.append(message.text) if message.type in ("error", "warning") else None)  # type: ignore[attr-defined]
        page.on("pageerror", lambda error: page.troubles.append(str(error)))  # type: ignore[attr-defined]
        page.on("request", lambda asked: None if asked.url.startswith((base, "data:")) else page.troubles.append(f"asked {asked.url}"))  # type: ignore[attr-defined]
        page.goto(base + path)
        return page

    yield show
    for context in contexts:
        context.close()


def session_of(cast: Cast, who: str) -> str:
    """The cookie of somebody who is signed in."""
    from django.test import Client

    client = Client()
    client.force_login(cast.people[who].user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client.cookies["fivefold"].value


def accessibility_problems(page: "Page") -> list[str]:
    """What axe finds, the serious and the smaller things, each as rule, place and the beginning of the element.

    Of what is in order only the rules are told and not every element: on a long page that list takes as long as the looking.
    """
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}).response
    assert found["passes"], "axe has looked at nothing"
    return [f"{one['id']} ({one['impact']}): {node['target']} {node['html'][:160]}" for one in found["violations"] for node in one["nodes"]]


# Labels of cells that stand over what follows, on a phone: they are drawn by the style sheet, so no width of the page tells of them.
LABELS_OUTSIDE = """() => [...document.querySelectorAll("table.stack td[data-label]")].filter(cell => cell.offsetParent).filter(cell => {
    const style = getComputedStyle(cell, "::before");
    return style.position === "absolute" || parseFloat(style.height) > cell.clientHeight + 1;
}).map(cell => cell.dataset.label)"""


def page_problems(page: "Page", *, fewer: str = "", ask_axe: bool = True) -> list[str]:
    """What is wrong with an open page: it is wider than a screen, axe finds something on a dark phone or a light desktop, the console complains.

    ``fewer`` is a script that takes away what is there many times, before axe looks.
    """
    page.emulate_media(reduced_motion="reduce")
    problems = []
    for width in (320, 360, 1024, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        size = page.evaluate("document.documentElement.scrollWidth")
        problems += [f"{size} wide on a screen of {width}"] if size > width else []
        problems += [f"on a screen of {width} the label {label!r} is higher than its cell" for label in page.evaluate(LABELS_OUTSIDE)]
    if fewer:
        page.evaluate(fewer)
    for width, scheme in ((360, "dark"), (1280, "light")) if ask_axe else ():
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 900})
        problems += [f"at {width}, {scheme}: {problem}" for problem in accessibility_problems(page)]
    return problems + list(page.troubles)  # type: ignore[attr-defined]
