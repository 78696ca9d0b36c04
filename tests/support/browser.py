"""A real browser on the running app: somebody of the cast signed in, with a note of everything the browser complains of."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.clinic import Cast

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Everything that opens, but for menus: an open one lies over the page.
UNFOLD = "document.querySelectorAll('details:not(.menu)').forEach(one => { one.open = true })"
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
    """What axe finds, the serious and the smaller things, each as rule and place."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})
    return [f"{one['id']} ({one['impact']}): {node['target']}" for one in found.response["violations"] for node in one["nodes"]]
