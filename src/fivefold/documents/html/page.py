"""The shell of the page: fonts, style and script inside the file, and a policy that forbids everything else."""

from base64 import b64encode
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from fivefold.documents.html.markup import Html, fill

ASSETS = Path(__file__).resolve().parent.parent / "assets"

_SHELL = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>{}</title>
<style>{}</style>
<script>{}</script>
</head>
<body class="{}">
<a class="skip" href="#plan">Skip to the plan</a>
<header class="bar"><div class="logo">five<b>fold</b></div><nav aria-label="On this page">{}</nav></header>
<main id="plan" tabindex="-1">{}</main>
{}
</body>
</html>
"""


@lru_cache(maxsize=1)
def style() -> str:
    """The style sheet with both typefaces inside it."""
    text = (ASSETS / "plan.css").read_text("utf-8")
    for font in ("figtree", "fraunces"):
        text = text.replace(f"{font}.woff2", "data:font/woff2;base64," + b64encode((ASSETS / f"{font}.woff2").read_bytes()).decode("ascii"))
    return text


@lru_cache(maxsize=1)
def script() -> str:
    return (ASSETS / "plan.js").read_text("utf-8")


@lru_cache(maxsize=1)
def policy() -> str:
    """A content security policy that allows exactly this style, this script and the fonts inside the file; no network at all."""
    return f"default-src 'none'; style-src {_hash(style())}; script-src {_hash(script())}; font-src data:; img-src data:; base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode('utf-8')).digest()).decode('ascii')}'"


def page(*, title: str, kind: str, links: tuple[tuple[str, str], ...], main: Html, footer: Html) -> Html:
    """The whole file. ``links`` are (anchor, word) for the line of links on top."""
    nav = [fill('<a href="#{}">{}</a>', anchor, word) for anchor, word in links]
    # Style and script are our own files and must not be escaped: browsers read both as they stand.
    return fill(_SHELL, policy(), title, Html(style()), Html(script()), kind, nav, main, footer)
