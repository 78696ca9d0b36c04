"""Walking through a frozen value: every part with the path it has in its file."""

import dataclasses
from collections.abc import Iterator
from functools import cache
from typing import Any

from fivefold.concepts.basis import Basis

Part = tuple[str, Any]


def walk(value: Any, path: str = "") -> Iterator[Part]:
    """Every dataclass and every text inside a value, outermost first, each with its path of keys and positions.

    A basis is one line in a file and therefore has no parts here.
    """
    # A stack instead of recursion: the linter walks a hundred thousand values, and this is its inner loop.
    stack: list[Part] = [(path, value)]
    while stack:
        place, part = stack.pop()
        kind: object = type(part)
        if kind is str:
            yield place, part
        elif kind is tuple:
            stack.extend([(f"{place}[{index}]", part[index]) for index in range(len(part) - 1, -1, -1)])
        elif kind is dict:
            stack.extend([(f"{place}.{key}" if place else str(key), part[key]) for key in reversed(part)])
        elif (keys := _keys(kind)) is not None:
            yield place, part
            stack.extend([(f"{place}.{key}" if place else key, getattr(part, name)) for name, key in keys])


def is_named_tuple(kind: object) -> bool:
    """Whether a type is a named tuple: a value with named fields, and no list."""
    return isinstance(kind, type) and issubclass(kind, tuple) and hasattr(kind, "_fields")


@cache
def _keys(kind: object) -> tuple[tuple[str, str], ...] | None:
    """Names and file keys of a dataclass's fields, last first; None for a type without parts."""
    if not dataclasses.is_dataclass(kind):
        return None
    if kind is Basis:
        return ()
    return tuple((part.name, part.metadata.get("key", part.name)) for part in reversed(dataclasses.fields(kind)))
