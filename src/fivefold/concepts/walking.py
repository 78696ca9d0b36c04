"""Walking through a frozen value: every part with the path it has in its file."""

import dataclasses
from collections.abc import Iterator
from enum import Enum
from typing import Any

from fivefold.concepts.criteria import Criterion


def walk(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every dataclass and every text inside a value, outermost first, each with its path of keys and positions."""
    if isinstance(value, str) and not isinstance(value, Enum):
        yield path, value
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        yield path, value
        for part in dataclasses.fields(value):
            key = part.metadata.get("key", part.name)
            yield from walk(getattr(value, part.name), f"{path}.{key}" if path else key)
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from walk(item, f"{path}[{index}]")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from walk(item, f"{path}.{key}" if path else str(key))


def criteria_in(value: Any) -> Iterator[tuple[str, Criterion]]:
    """Every criterion inside a value with its path."""
    for path, part in walk(value):
        if isinstance(part, Criterion):
            yield path, part
