"""The shell of the page: fonts, style and script inside the file, and a policy that forbids everything else."""

from functools import cache

from fivefold.documents.html.inlined import ASSETS, policy_of, style_of
from fivefold.documents.html.markup import Html, fill

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


@cache
def script() -> str:
    return (ASSETS / "plan.js").read_text("utf-8")


def page(*, title: str, kind: str, links: tuple[tuple[str, str], ...], main: Html, footer: Html) -> Html:
    """The whole file. ``links`` are (anchor, word) for the line of links on top."""
    nav = [fill('<a href="#{}">{}</a>', anchor, word) for anchor, word in links]
    # Style and script are our own files and must not be escaped: browsers read both as they stand.
    style = style_of("plan")
    return fill(_SHELL, policy_of(style, script()), title, Html(style), Html(script()), kind, nav, main, footer)
