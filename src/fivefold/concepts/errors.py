"""Errors and problems, by who can act on them.

Problems in data are values that are collected and shown together; exceptions are for wrong calls. The wording lives
here, inside the classes. No message ever contains a name, an answer to a question, or free text about a person: the
value shown is the one that breaks a rule, shortened.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing wrong in one file: where, what was found, what was expected, and what to do.

    ``line`` counts from 1 and is 0 when no line can be named. ``key`` is the path of keys, for instance
    ``scores[2].items``. ``value`` is the offending value, shortened.
    """

    file: str
    line: int
    key: str
    value: str
    expected: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        found = f" found {self.value}," if self.value else ""
        return f"{place}: {self.key or '(whole file)'}:{found} expected {self.expected}. {self.remedy}"


class FivefoldError(Exception):
    """Base of all errors that Fivefold raises on purpose."""


class InputRefused(FivefoldError):
    """An assessment or another user's file cannot be used; ``problems`` holds all of them at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        super().__init__(f"{count} problem{'s' if count != 1 else ''} in the input")


class KnowledgeRefused(FivefoldError):
    """The knowledge base is not valid; for its author. ``problems`` holds all of them at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        super().__init__(f"{count} problem{'s' if count != 1 else ''} in the knowledge base")


class UnknownThing(FivefoldError):
    """A wrong call: an id that the knowledge base does not hold."""

    def __init__(self, kind: str, name: str, known: Sequence[str]) -> None:
        shown = ", ".join(list(known)[:12]) + (", ..." if len(known) > 12 else "")
        super().__init__(f"There is no {kind} {name!r}. Known: {shown}.")


class InstrumentMismatch(FivefoldError):
    """A wrong call: answers given for one instrument were scored with another."""

    def __init__(self, given: str, instrument: str) -> None:
        super().__init__(f"Answers to {given!r} cannot be scored with {instrument!r}; choose the instrument they were given for.")


def shorten(value: object, limit: int = 60) -> str:
    """A value as it may stand in a message: one line, at most ``limit`` characters."""
    text = " ".join(str(value).split())
    return text if len(text) <= limit else text[: limit - 3] + "..."
