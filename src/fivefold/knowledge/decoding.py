"""From a tree of nodes to frozen values, driven by their types; all problems are collected, none is raised.

A type is turned once into a small decoding function. Unknown keys are refused, required keys are asked for, and a
value that its own class refuses becomes a problem with the line where it stands. A node of the wrong kind is never
converted: what stands in the file is what it says, or it is refused.
"""

import dataclasses
import difflib
import math
import re
import types
import typing
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, IntEnum
from typing import Any

from fivefold.concepts.basis import Basis, parse_basis
from fivefold.concepts.errors import Problem, shorten
from fivefold.concepts.vocabulary import Severity
from fivefold.knowledge.strict_yaml import MAX_PROBLEMS, Node, one_line

MAX_TEXT = 10_000
INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,14})")
NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,20})?([eE][-+]?[0-9]{1,2})?")
ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
YES_NO = {"yes": True, "Yes": True, "true": True, "True": True, "no": False, "No": False, "false": False, "False": False}
UNKNOWN_WORDS = ("unknown", "Unknown")


class _Invalid:
    """Stands where a value could not be made; its problem is recorded."""

    def __repr__(self) -> str:
        return "INVALID"


INVALID = _Invalid()


@dataclass(frozen=True)
class Between:
    """Limit of a number, ends included; put it into ``Annotated``."""

    low: float
    high: float


@dataclass(frozen=True)
class OneOf:
    """A closed list of words; put it into ``Annotated``."""

    words: tuple[str, ...]


@dataclass(frozen=True)
class Length:
    """Limit of the characters of a text, ends included; put it into ``Annotated``."""

    low: int
    high: int


@dataclass(frozen=True)
class Pattern:
    """The form of a text, with its name for a message; put it into ``Annotated``."""

    regex: str
    name: str


@dataclass
class Run:
    """One file being decoded: its name, the problems found so far, and the line of every path.

    With ``keep_going`` a list or mapping with wrong parts is still built from the right ones, so that later checks see
    those: a wrong part is its default, or INVALID where it has none. Who sets it must look at ``problems`` afterwards.
    """

    file: str
    problems: list[Problem] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    keep_going: bool = False

    @property
    def is_full(self) -> bool:
        """Whether there are more problems than anybody reads; decoding then stops."""
        return len(self.problems) >= MAX_PROBLEMS

    def problem(self, line: int, path: str, value: str, expected: str, remedy: str) -> _Invalid:
        """Record a problem and return INVALID, so that a decoder can end with it."""
        self.problems.append(Problem(self.file, line, one_line(path, 120), value, expected, remedy))
        return INVALID

    def at(self, path: str, value: object, expected: str, remedy: str) -> None:
        """Record a problem for a path that was decoded earlier."""
        shown = repr(shorten(value)) if isinstance(value, str) else shorten(value)
        self.problem(self.line_of(path), path, shown, expected, remedy)

    def line_of(self, path: str) -> int:
        """The line of a path, or of the nearest path above it."""
        while path and path not in self.lines:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.lines.get(path, 1)


Decode = Callable[[Run, Node, str], Any]
_CACHE: dict[Any, Decode] = {}
_CUSTOM: dict[Any, Decode] = {}


def register(type_: Any, decode: Decode) -> None:
    """Give a type its own decoding function."""
    _CUSTOM[type_] = decode
    _CACHE.pop(type_, None)


def decode(run: Run, node: Node, type_: Any, path: str = "") -> Any:
    """The value of ``type_`` at this node, or INVALID with its problems recorded in ``run``."""
    return decoder_for(type_)(run, node, path)


def decoder_for(type_: Any) -> Decode:
    """The decoding function of a type, made once."""
    found = _CACHE.get(type_)
    if found is None:
        found = _CACHE[type_] = _guarded(_CUSTOM.get(type_) or _make(type_))
    return found


def is_known(value: object) -> bool:
    """Whether a value could be made, for checks after ``keep_going``."""
    return value is not INVALID


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint at the word that was probably meant, or an empty text; case and punctuation do not count."""
    words = {_bare(candidate): candidate for candidate in known}
    close = difflib.get_close_matches(_bare(word[:100]), list(words), n=1, cutoff=0.7)
    return f" Did you mean {words[close[0]]}?" if close else ""


def _bare(word: str) -> str:
    return re.sub(r"[\W_]", "", word.lower())


def _guarded(inner: Decode) -> Decode:
    """A node whose problem is already recorded is not reported again."""
    return lambda run, node, path: INVALID if node.value is None else inner(run, node, path)


def _make(type_: Any) -> Decode:
    origin = typing.get_origin(type_)
    if origin is typing.Annotated:
        return _limited(type_.__origin__, type_.__metadata__)
    if origin in (types.UnionType, typing.Union):
        return _optional(type_)
    if origin is tuple:
        return _tuple(typing.get_args(type_))
    if origin is dict:
        return _mapping(*typing.get_args(type_))
    if dataclasses.is_dataclass(type_):
        return _dataclass(type_)
    if isinstance(type_, type) and issubclass(type_, Enum):
        return _enum(type_)
    raise TypeError(f"no decoding for {type_!r}")


def decode_text(run: Run, node: Node, path: str) -> Any:
    """A text of at most ``MAX_TEXT`` characters; an empty plain value is not one."""
    if not node.is_text or node.is_null:
        return run.problem(node.line, path, node.shown, "a text", "Write the text after the key, in quotes if it is short.")
    if len(node.value) > MAX_TEXT:
        return run.problem(node.line, path, f"{len(node.value):,} characters", f"at most {MAX_TEXT:,} characters", "Shorten the text.")
    return node.value.strip()


def decode_integer(run: Run, node: Node, path: str) -> Any:
    """A whole number without leading zeros."""
    if node.is_text and node.plain and INTEGER.fullmatch(node.value):
        return int(node.value)
    return run.problem(node.line, path, node.shown, "a whole number", "Write digits only, without quotes or leading zeros.")


def decode_number(run: Run, node: Node, path: str) -> Any:
    """A finite decimal number."""
    if node.is_text and node.plain and NUMBER.fullmatch(node.value):
        value = float(node.value)
        if math.isfinite(value):
            return value
    return run.problem(node.line, path, node.shown, "a number", "Write digits with a point, without quotes, units or leading zeros.")


def decode_yes_no(run: Run, node: Node, path: str) -> Any:
    """yes or no, as words or as true and false."""
    if node.is_text and node.value in YES_NO:
        return YES_NO[node.value]
    return run.problem(node.line, path, node.shown, "yes or no", "Write yes or no.")


def decode_answer(run: Run, node: Node, path: str) -> Any:
    """yes, no or unknown; an empty value is unknown."""
    if node.is_null or (node.is_text and node.value in UNKNOWN_WORDS):
        return None
    if node.is_text and node.value in YES_NO:
        return YES_NO[node.value]
    return run.problem(node.line, path, node.shown, "yes, no or unknown", "Write one of these three words.")


def decode_date(run: Run, node: Node, path: str) -> Any:
    """A calendar date, year-month-day."""
    if node.is_text and ISO_DATE.fullmatch(node.value):
        try:
            return date.fromisoformat(node.value)
        except ValueError:
            pass
    return run.problem(node.line, path, node.shown, "a date such as 2026-11-22", "Write year-month-day of a day that exists.")


def decode_basis(run: Run, node: Node, path: str) -> Any:
    """The one-line form of a basis."""
    if node.is_text:
        try:
            return parse_basis(node.value)
        except ValueError as error:
            return run.problem(node.line, path, node.shown, str(error).removeprefix("expected "), "Say where this comes from.")
    return run.problem(node.line, path, node.shown, "a basis", "Write L<number>, general_knowledge, proposal or computed.")


def decode_severity(run: Run, node: Node, path: str) -> Any:
    """A severity word."""
    words = [level.word for level in Severity]
    if node.is_text and node.value in words:
        return Severity(words.index(node.value))
    return run.problem(node.line, path, node.shown, "one of " + ", ".join(words), "Use the word, not a number.")


register(str, decode_text)
register(int, decode_integer)
register(float, decode_number)
register(bool, decode_yes_no)
register(date, decode_date)
register(Basis, decode_basis)
register(Severity, decode_severity)
register(bool | None, decode_answer)


def _optional(type_: Any) -> Decode:
    parts = [part for part in typing.get_args(type_) if part is not type(None)]
    if parts == [float, str]:
        return lambda run, node, path: float(node.value) if node.plain and NUMBER.fullmatch(node.value) else decode_text(run, node, path)
    if len(parts) != 1:
        raise TypeError(f"no decoding for {type_!r}")
    inner = decoder_for(parts[0])
    return lambda run, node, path: None if node.is_null else inner(run, node, path)


def _limited(base: Any, limits: tuple[Any, ...]) -> Decode:
    inner = decoder_for(base)
    limit = limits[0]
    if callable(limit):
        return typing.cast(Decode, limit)

    def check(run: Run, node: Node, path: str) -> Any:
        value = inner(run, node, path)
        if value is INVALID or value is None:
            return value
        refused = _outside(limit, value)
        return run.problem(node.line, path, node.shown, *refused) if refused else value

    return check


def _outside(limit: Any, value: Any) -> tuple[str, str] | None:
    """What was expected and what to do, when a value lies outside its limit."""
    match limit:
        case OneOf(words):
            return None if value in words else ("one of " + ", ".join(words), "Use a word of the list." + nearest(value, words))
        case Between(low, high):
            return None if low <= value <= high else (f"a number from {low:g} to {high:g}", "Correct the number.")
        case Length(low, high):
            return None if low <= len(value) <= high else (f"a text of {low} to {high:,} characters", "Write a text of this length.")
        case Pattern(regex, name):
            return None if re.fullmatch(regex, value) else (name, "Correct the text.")
    raise TypeError(f"no limit {limit!r}")


def _tuple(args: tuple[Any, ...]) -> Decode:
    if len(args) == 2 and args[1] is Ellipsis:
        return _list(args[0])
    inners = [decoder_for(arg) for arg in args]

    def fixed(run: Run, node: Node, path: str) -> Any:
        if not isinstance(node.value, list) or len(node.value) != len(inners):
            return run.problem(node.line, path, node.shown, f"a list of {len(inners)}", "Write them in square brackets.")
        values = [inner(run, part, f"{path}[{index}]") for index, (inner, part) in enumerate(zip(inners, node.value, strict=True))]
        return INVALID if INVALID in values else tuple(values)

    return fixed


def _list(item: Any) -> Decode:
    inner = decoder_for(item)

    def read(run: Run, node: Node, path: str) -> Any:
        if not isinstance(node.value, list):
            return run.problem(node.line, path, node.shown, "a list", "Put the entries into square brackets or on lines with dashes.")
        values: list[Any] = []
        for index, part in enumerate(node.value):
            if run.is_full:
                break
            place = f"{path}[{index}]"
            run.lines[place] = part.line
            values.append(inner(run, part, place))
        return tuple(values) if run.keep_going or INVALID not in values else INVALID

    return read


def _mapping(key_type: Any, value_type: Any) -> Decode:
    key_decoder, inner = decoder_for(key_type), decoder_for(value_type)

    def read(run: Run, node: Node, path: str) -> Any:
        if not isinstance(node.value, dict):
            return run.problem(node.line, path, node.shown, "a mapping of keys", "Write key: value lines.")
        values: dict[Any, Any] = {}
        valid = True
        for name, (line, part) in node.value.items():
            if run.is_full:
                break
            place = f"{path}.{name}" if path else name
            run.lines[place] = line
            key = key_decoder(run, Node(name, line, plain=True), place)
            value = inner(run, part, place)
            valid = valid and key is not INVALID and value is not INVALID
            if key is not INVALID:
                values[key] = value
        return values if run.keep_going or valid else INVALID

    return read


def _enum(type_: Any) -> Decode:
    words = {str(member.value): member for member in type_}

    def read(run: Run, node: Node, path: str) -> Any:
        if node.is_text and node.value in words:
            return words[node.value]
        hint = nearest(node.value, words) if node.is_text else ""
        return run.problem(node.line, path, node.shown, "one of " + ", ".join(words), "Use a word of the list." + hint)

    if issubclass(type_, IntEnum):
        raise TypeError(f"no decoding for {type_!r}")
    return read


@dataclass(frozen=True)
class FieldPlan:
    """How one field of a dataclass is read: its key in the file, its decoder, and whether it must be there."""

    name: str
    key: str
    type: Any
    required: bool


def field_plans(type_: Any) -> list[FieldPlan]:
    """The fields of a dataclass as they stand in files."""
    hints = typing.get_type_hints(type_, include_extras=True)
    return [
        FieldPlan(
            name=part.name,
            key=part.metadata.get("key", part.name),
            type=hints[part.name],
            required=part.metadata.get("required", part.default is dataclasses.MISSING and part.default_factory is dataclasses.MISSING),
        )
        for part in dataclasses.fields(type_)
    ]


def _dataclass(type_: Any) -> Decode:
    plans = {plan.key: (plan, decoder_for(plan.type)) for plan in field_plans(type_)}
    required = [plan.key for plan, _ in plans.values() if plan.required]

    def read(run: Run, node: Node, path: str) -> Any:
        if not isinstance(node.value, dict):
            return run.problem(node.line, path, node.shown, "a mapping with " + ", ".join(required or plans), "Write key: value lines.")
        values: dict[str, Any] = {}
        valid = True
        for key, (line, part) in node.value.items():
            if run.is_full:
                break
            place = f"{path}.{key}" if path else key
            run.lines[place] = line
            known = plans.get(key)
            if known is None:
                valid = False
                run.problem(line, place, f"the key {shorten(key)!r}", "one of " + ", ".join(plans), "Remove or rename the key." + nearest(key, plans))
                continue
            value = known[1](run, part, place)
            if value is INVALID:
                valid = False
            else:
                values[known[0].name] = value
        for key in required:
            if key not in node.value:
                valid = False
                place = f"{path}.{key}" if path else key
                run.problem(node.line, place, "nothing", f"the key {key}", "Add it: it is required here.")
        built = _build(run, node, path, type_, values) if valid else INVALID
        return _partial(type_, values) if built is INVALID and run.keep_going else built

    return read


def _build(run: Run, node: Node, path: str, type_: Any, values: dict[str, Any]) -> Any:
    try:
        return type_(**values)
    except ValueError as error:
        return run.problem(node.line, path, node.shown, f"values that fit together: {error}", "Correct the values named.")


def _partial(type_: Any, values: dict[str, Any]) -> Any:
    """An instance for checks only: parts that could not be made are their default or INVALID, and nothing is refused."""
    made = object.__new__(type_)
    for part in dataclasses.fields(type_):
        default = part.default_factory() if part.default_factory is not dataclasses.MISSING else part.default
        absent = INVALID if default is dataclasses.MISSING else default
        object.__setattr__(made, part.name, values.get(part.name, absent))
    return made
