"""All addresses of the app, from its own table, so that a new page cannot be forgotten."""

import re
import uuid
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

# Parts that are known by their name: a page of the library that every release has.
NAMED = {"chapter": "specific-modules", "name": "S04", "module": "S04", "case": "v04-crisis-paused-module"}
SAMPLES = {"uuid": str(uuid.UUID(int=7)), "int": "7", "slug": "phq9", "str": "x", "path": "x"}


def every_route(patterns: list[Any] | None = None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Each route as it is written, with its view."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLResolver):
            yield from every_route(entry.url_patterns, prefix + str(entry.pattern))
        else:
            assert isinstance(entry, URLPattern)
            yield prefix + str(entry.pattern), entry.callback


def address_of(route: str, **known: object) -> str:
    """An address of a route: the named parts as given, a sample for every other."""

    def fill(part: re.Match[str]) -> str:
        kind, name = part[1] or "str", part[2]
        return str(known.get(name, NAMED.get(name, SAMPLES[kind])))

    return "/" + re.sub(r"<(?:(\w+):)?(\w+)>", fill, route)
