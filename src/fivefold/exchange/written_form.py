"""The written form of results: how each value stands in JSON, how it is read back, and the schema of both.

One description of each class serves all three, so that they cannot drift apart. A class is written as its fields in
their order, under their names; ``WRITTEN`` holds the exceptions.
"""

import dataclasses
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cache
from operator import attrgetter
from pathlib import PurePath
from typing import Annotated, Any

from fivefold.concepts.basis import Basis, parse_basis
from fivefold.concepts.phase import CriterionReading, PhaseReading
from fivefold.concepts.plan import FirstQuestion, Flip
from fivefold.concepts.scores import ImpairmentReading
from fivefold.concepts.walking import is_named_tuple
from fivefold.knowledge.decoding import OneOf

CRITERION_WORDS = {True: "met", False: "not_met", None: "unknown"}
CRITERION_ANSWERS = {word: answer for answer, word in CRITERION_WORDS.items()}
KNOWN_WORDS = {True: "known", False: "unknown"}

CriterionWord = Annotated[str, OneOf(tuple(CRITERION_WORDS.values()))]
KnownWord = Annotated[str, OneOf(tuple(KNOWN_WORDS.values()))]


class NotReadable(ValueError):
    """A written value that is not what it should be; ``path`` is filled from the inside out."""

    def __init__(self, expected: str, found: object) -> None:
        super().__init__(expected)
        self.expected, self.found = expected, found
        self.path: list[str] = []


@dataclass(frozen=True)
class WrittenField:
    """One key of a written object: the type it is written as, what stands there, and the attributes it gives back.

    ``put`` is None for what follows from the rest and is only checked to be there. ``attribute`` is set where the value
    stands as it is, perhaps under another key.
    """

    key: str
    type: Any
    get: Callable[[Any], Any]
    put: Callable[[Any], dict[str, Any]] | None
    attribute: str = ""


@dataclass(frozen=True)
class Resume:
    """What to go back to after a crisis."""

    modules: tuple[str, ...]
    text: str


def field_as(name: str, type_: Any, *, key: str = "") -> WrittenField:
    """A field that stands as it is, perhaps under another key."""
    return WrittenField(key or name, type_, attrgetter(name), lambda value: {name: value}, name)


def _phase_fields(fields: list[WrittenField]) -> list[WrittenField]:
    resume = WrittenField(
        "resume",
        Resume,
        lambda reading: Resume(reading.resume, reading.resume_text),
        lambda written: {"resume": written.modules, "resume_text": written.text},
    )
    return [*(part for part in fields if not part.key.startswith("resume")), resume]


def _criterion_fields(fields: list[WrittenField]) -> list[WrittenField]:
    status = WrittenField("status", CriterionWord, lambda reading: CRITERION_WORDS[reading.met], lambda word: {"met": CRITERION_ANSWERS[word]})
    changed = {"text": dataclasses.replace(_named(fields, "text"), key="criterion"), "met": status}
    return [changed.get(part.key, part) for part in fields]


def _impairment_fields(fields: list[WrittenField]) -> list[WrittenField]:
    status = WrittenField("status", KnownWord, lambda reading: KNOWN_WORDS[reading.is_known], None)
    return [*fields[:4], status, *fields[4:]]


def _question_fields(fields: list[WrittenField]) -> list[WrittenField]:
    decides = WrittenField(
        "decides",
        tuple[str, ...],
        lambda question: (question.decides,) if question.decides else (),
        lambda written: {"decides": written[0] if written else ""},
    )
    return [decides if part.key == "decides" else part for part in fields]


def _flip_fields(fields: list[WrittenField]) -> list[WrittenField]:
    return [dataclasses.replace(part, key="from") if part.key == "start" else part for part in fields]


def _named(fields: list[WrittenField], key: str) -> WrittenField:
    return next(part for part in fields if part.key == key)


WRITTEN: dict[type, Callable[[list[WrittenField]], list[WrittenField]]] = {
    PhaseReading: _phase_fields,
    CriterionReading: _criterion_fields,
    ImpairmentReading: _impairment_fields,
    FirstQuestion: _question_fields,
    Flip: _flip_fields,
}


@cache
def written_fields(type_: Any) -> tuple[WrittenField, ...]:
    """The keys of a class as it is written, in order."""
    hints = typing.get_type_hints(type_, include_extras=True)
    fields = [field_as(name, hints[name], key=key) for name, key in _names_and_keys(type_)]
    arrange = WRITTEN.get(type_)
    return tuple(arrange(fields) if arrange else fields)


def _names_and_keys(type_: Any) -> list[tuple[str, str]]:
    """The fields of a dataclass or a named tuple, each with the key it is written under."""
    if is_named_tuple(type_):
        return [(name, name) for name in type_._fields]
    return [(part.name, part.metadata.get("key", part.name)) for part in dataclasses.fields(type_)]


# ---- Writing ---------------------------------------------------------------------------------------------------------

Write = Callable[[Any], Any]
Read = Callable[[Any], Any]
AS_IT_IS = (str, int, float, bool, type(None))


def write(value: Any, type_: Any = None) -> Any:
    """A value in its written form: mappings, lists, texts, numbers, truth values and None."""
    if type_ is None and type(value) is tuple:
        return [write(part) for part in value]
    if type_ is None and type(value) is dict:
        return {key: write(part) for key, part in value.items()}
    chosen: Any = type_ or type(value)
    return writer_of(chosen)(value)


@cache
def writer_of(type_: Any) -> Write:
    """The writing function of a type, made once."""
    return _writer(type_) or _as_it_is


def _as_it_is(value: Any) -> Any:
    return value


@cache
def _writer(type_: Any) -> Write | None:
    """The writing function of a type, None where the value stands as it is."""
    base, args = _unwrapped(type_)
    if base in AS_IT_IS:
        return None
    if base is date:
        return date.isoformat
    if base is Basis or (isinstance(base, type) and issubclass(base, PurePath)):
        return str
    if base is tuple:
        return _list_writer(args)
    if base is dict:
        return _mapping_writer(*args)
    if base is types.UnionType:
        return _optional_writer(args)
    if isinstance(base, type) and issubclass(base, Enum):
        return lambda member: member.value
    if dataclasses.is_dataclass(base) or is_named_tuple(base):
        return _object_writer(base)
    raise TypeError(f"no written form for {type_!r}")


def _unwrapped(type_: Any) -> tuple[Any, tuple[Any, ...]]:
    origin = typing.get_origin(type_)
    if origin is Annotated:
        return _unwrapped(type_.__origin__)
    if origin in (types.UnionType, typing.Union):
        return types.UnionType, typing.get_args(type_)
    return origin or type_, typing.get_args(type_)


def _list_writer(args: tuple[Any, ...]) -> Write:
    if len(args) == 2 and args[1] is Ellipsis:
        inner = _writer(args[0])
        return (lambda values: [inner(value) for value in values]) if inner else list
    inners = [writer_of(arg) for arg in args]
    return lambda values: [inner(value) for inner, value in zip(inners, values, strict=True)]


def _mapping_writer(key_type: Any, value_type: Any) -> Write:
    key_writer, inner = writer_of(key_type), writer_of(value_type)
    return lambda values: {str(key_writer(key)): inner(value) for key, value in values.items()}


def _optional_writer(args: tuple[Any, ...]) -> Write | None:
    parts = [part for part in args if part is not type(None)]
    if all(part in AS_IT_IS for part in parts):
        return None
    inner = writer_of(parts[0])
    if len(parts) == 1:
        return lambda value: None if value is None else inner(value)
    choices = [(_unwrapped(part)[0], writer_of(part)) for part in parts]

    def write_one_of(value: Any) -> Any:
        """A result or the reason why there is none, each by its own kind."""
        return None if value is None else next((write for kind, write in choices if isinstance(value, kind)), inner)(value)

    return write_one_of


def _object_writer(type_: Any) -> Write:
    fields = written_fields(type_)
    keys = [part.key for part in fields]
    changed = [(part.key, inner) for part in fields if (inner := _writer(part.type)) is not None]
    names = [part.attribute for part in fields]
    fetch = attrgetter(*names) if len(names) > 1 and all(names) else lambda value: [part.get(value) for part in fields]

    def write_object(value: Any) -> dict[str, Any]:
        # All values at once, and then only those that change: a plan has thousands of fields, and most stand as they are.
        written = dict(zip(keys, fetch(value), strict=True))
        for key, inner in changed:
            written[key] = inner(written[key])
        return written

    return write_object


# ---- Reading back ----------------------------------------------------------------------------------------------------


@cache
def reader_of(type_: Any) -> Read:
    """The function that reads a written value of a type back, made once; it raises NotReadable."""
    base, args = _unwrapped(type_)
    if base in AS_IT_IS:
        return _plain_reader(base)
    if base is date:
        return _text_reader(date.fromisoformat, "a date")
    if base is Basis:
        return _text_reader(parse_basis, "a basis")
    if base is tuple:
        return _list_reader(args)
    if base is dict:
        return _mapping_reader(*args)
    if base is types.UnionType:
        return _optional_reader(args)
    if isinstance(base, type) and issubclass(base, Enum):
        return _enum_reader(base)
    return _object_reader(base)


def _plain_reader(base: Any) -> Read:
    accepted = (int, float) if base is float else (base,)
    name = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}[base]

    def read(value: Any) -> Any:
        if type(value) not in accepted:
            raise NotReadable(name, value)
        return value

    return read


def _text_reader(parse: Callable[[str], Any], name: str) -> Read:
    def read(value: Any) -> Any:
        try:
            return parse(value)
        except (TypeError, ValueError, AttributeError):
            raise NotReadable(name, value) from None

    return read


def _enum_reader(base: type[Enum]) -> Read:
    members = {member.value: member for member in base}

    def read(value: Any) -> Any:
        if not isinstance(value, str | int) or value not in members:
            raise NotReadable("one of " + ", ".join(map(str, members)), value)
        return members[value]

    return read


def _optional_reader(args: tuple[Any, ...]) -> Read:
    readers = [reader_of(part) for part in args if part is not type(None)]
    inner = readers[0] if len(readers) == 1 else _as_it_is
    return lambda value: None if value is None else inner(value)


def _list_reader(args: tuple[Any, ...]) -> Read:
    inner = reader_of(args[0])

    def read(value: Any) -> Any:
        if not isinstance(value, list):
            raise NotReadable("a list", value)
        parts: list[Any] = []
        try:
            for part in value:
                parts.append(inner(part))  # how many were read tells where it stopped
        except NotReadable as error:
            error.path.insert(0, f"[{len(parts)}]")
            raise
        return tuple(parts)

    return read


def _mapping_reader(key_type: Any, value_type: Any) -> Read:
    key_reader, inner = reader_of(key_type), reader_of(value_type)

    def read(value: Any) -> Any:
        if not isinstance(value, dict):
            raise NotReadable("a mapping", value)
        parts: dict[Any, Any] = {}
        key: Any = None
        try:
            for key, part in value.items():
                parts[key_reader(key)] = inner(part)
        except NotReadable as error:
            error.path.insert(0, f".{key}")
            raise
        return parts

    return read


def _object_reader(type_: Any) -> Read:
    fields = {part.key: (reader_of(part.type), part.put) for part in written_fields(type_)}
    each = [(key, inner, put) for key, (inner, put) in fields.items()]

    def read(value: Any) -> Any:
        if not isinstance(value, dict):
            raise NotReadable("a mapping with " + ", ".join(fields), value)
        if value.keys() != fields.keys():
            strange = [key for key in value if key not in fields] or [key for key in fields if key not in value]
            raise NotReadable("exactly the keys " + ", ".join(fields), f"the key {strange[0]}, not known or missing")
        attributes: dict[str, Any] = {}
        key = ""
        # One guard around all fields and not one around each: a plan has thousands.
        try:
            for key, inner, put in each:
                found = inner(value[key])
                if put is not None:
                    attributes |= _put(put, found)
        except NotReadable as error:
            error.path.insert(0, f".{key}")
            raise
        return type_(**attributes)

    return read


def _put(put: Callable[[Any], dict[str, Any]], value: Any) -> dict[str, Any]:
    try:
        return put(value)
    except (KeyError, IndexError):
        raise NotReadable("a known word", value) from None


def read(value: Any, type_: Any) -> Any:
    """A value of ``type_`` from its written form; raises NotReadable."""
    return reader_of(type_)(value)
