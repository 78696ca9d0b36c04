"""The one way from a value to HTML: everything is escaped unless it was built here.

Sections write their markup as literal shapes and hand values to ``fill``. A value can reach the page in no other way, so a
forgotten escape is not possible. Inside an attribute a shape must quote its place: ``<a href="{}">``.
"""

import re
from collections.abc import Iterable
from html import escape

Value = object
"""What ``fill`` takes: text, numbers, None for nothing, Html, or an iterable of these."""

# Control characters are no text, and invisible direction marks can make a line read as another; neither may stay.
_NOT_TEXT = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff"
_REPLACED = re.compile(f"[{_NOT_TEXT}]")
_NEEDS_CARE = re.compile(f"[&<>\"'{_NOT_TEXT}]")


class Html(str):
    """Text that is HTML already. Made by ``fill`` and ``join`` only."""

    __slots__ = ()


NOTHING = Html("")


def safe(value: Value) -> str:
    """``value`` as HTML: text escaped, Html as it is, None as nothing, the parts of an iterable one after the other."""
    if type(value) is Html:
        return value
    if isinstance(value, str):
        return escape(_REPLACED.sub("\ufffd", value)) if _NEEDS_CARE.search(value) else value
    if value is None:
        return ""
    if isinstance(value, Iterable):
        return "".join(map(safe, value))
    return escape(str(value))


def fill(shape: str, *values: Value) -> Html:
    """A literal HTML ``shape`` with each ``{}`` replaced by the next value, escaped."""
    return Html(shape.format(*map(safe, values)))


def join(parts: Iterable[Value], between: str = "") -> Html:
    """Parts one after the other with ``between``, which is escaped as well."""
    return Html(safe(between).join(filter(None, map(safe, parts))))


def bullets(shape: str, values: Iterable[Value]) -> Html:
    """A list of ``values`` inside ``shape`` (which holds the ``ul`` or ``ol``), or nothing when there are none."""
    items = "".join([f"<li>{safe(value)}</li>" for value in values])
    return fill(shape, Html(items)) if items else NOTHING


def card(anchor: str, heading: Value, *content: Value, kind: str = "card") -> Html:
    """A section of the page with its heading."""
    shape = '<section class="{}" id="{}" aria-labelledby="{}-h"><h2 id="{}-h">{}</h2>{}</section>'
    return fill(shape, kind, anchor, anchor, anchor, heading, content)


def calm_card(anchor: str, icon: Html, heading: str, text: str) -> Html:
    """A quiet section of one icon and one paragraph."""
    shape = '<section class="card calm-note" id="{}" aria-labelledby="{}-h">{}<div><h2 id="{}-h">{}</h2><p>{}</p></div></section>'
    return fill(shape, anchor, anchor, icon, anchor, heading, text)


def note(*parts: Value) -> Html:
    """A line in small, muted letters."""
    return fill('<p class="note">{}</p>', parts)
