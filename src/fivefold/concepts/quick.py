"""Frozen values that are made by the thousand for one plan: the same dataclasses, filled in one step.

A frozen dataclass sets each field through ``object.__setattr__``; for the few classes of which a plan makes hundreds, that
was a twentieth of its time (``make bench --only stages``). They stay frozen: only their making is shorter.
"""

import dataclasses
from typing import Any, TypeVar

T = TypeVar("T")


def quick(cls: type[T]) -> type[T]:
    """Give a frozen dataclass without ``__post_init__`` an ``__init__`` that fills its fields at once."""
    fields = dataclasses.fields(cls)  # type: ignore[arg-type]  # only dataclasses are decorated
    defaults = {field.name: field.default for field in fields if field.default is not dataclasses.MISSING}
    parameters = ", ".join(f"{field.name}=_defaults[{field.name!r}]" if field.name in defaults else field.name for field in fields)
    lines = "".join(f"\n    values[{field.name!r}] = {field.name}" for field in fields)
    space: dict[str, Any] = {"_defaults": defaults}
    exec(f"def __init__(self, {parameters}):\n    values = self.__dict__{lines}", space)
    cls.__init__ = space["__init__"]  # type: ignore[method-assign]  # that is the point
    return cls
