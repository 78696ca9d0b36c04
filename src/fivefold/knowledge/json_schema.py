"""JSON Schemas of the files that people write, made from the very types that the decoder reads.

A schema helps an editor while somebody types; it says which keys, words and limits there are. What only the whole file
can tell (dates in order, one result for one day) the program checks itself when it reads the file.

A type with a decoding function of its own is described here or beside that function: ``describe`` names the other
types by which it may be written.
"""

import dataclasses
import re
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from fivefold.concepts.basis import SOURCE_PATTERN, Basis, BasisKind
from fivefold.concepts.vocabulary import Severity
from fivefold.concepts.walking import is_named_tuple
from fivefold.knowledge.decoding import INTEGER, MAX_TEXT, UNKNOWN_WORDS, YES_NO, Between, Length, OneOf, Pattern, field_plans

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]
Describe = Callable[["SchemaWriter"], Schema]

YES_NO_WORDS = [*dict.fromkeys(word.lower() for word in YES_NO), *(word for word in YES_NO if word != word.lower())]
NOTHING: Schema = {"type": "null"}
BASIS_KINDS = [kind.value for kind in BasisKind if kind is not BasisKind.SOURCE]


@dataclass(frozen=True)
class SchemaField:
    """One key of an object: its type, and whether it must be there."""

    key: str
    type: Any
    required: bool
    description: str = ""


@typing.runtime_checkable
class DescribesItself(typing.Protocol):
    """A reader in ``Annotated`` that knows its own schema, for instance because it holds limits."""

    def schema(self, writer: "SchemaWriter", /) -> Schema: ...


def fields_in_files(type_: Any) -> list[SchemaField]:
    """The keys of a dataclass as its files hold them."""
    return [SchemaField(plan.key, plan.type, plan.required) for plan in field_plans(type_)]


class SchemaWriter:
    """Writes the schema of a type; every class is written once, under ``$defs``, and referred to from then on."""

    def __init__(self, described: Mapping[Any, Describe], fields_of: Callable[[Any], list[SchemaField]] = fields_in_files) -> None:
        self._described = described
        self._fields_of = fields_of
        self._definitions: dict[str, Schema] = {}

    def document(self, type_: Any, *, title: str, identifier: str = "", description: str = "") -> Schema:
        """The whole schema document of a type."""
        root = self.write(type_)
        head: Schema = {"$schema": DIALECT}
        if identifier:
            head["$id"] = identifier
        head["title"] = title
        if description:
            head["description"] = description
        if list(root) == ["$ref"]:
            root = self._definitions.pop(root["$ref"].removeprefix("#/$defs/"))
        if description:
            root = {key: value for key, value in root.items() if key != "description"}
        return {**head, **root, "$defs": dict(sorted(self._definitions.items()))}

    def write(self, type_: Any) -> Schema:
        """The schema of a type, a reference where it is a class."""
        if type_ in self._described:
            return self._described[type_](self)
        origin = typing.get_origin(type_)
        if origin is typing.Annotated:
            return self._limited(type_.__origin__, type_.__metadata__[0])
        if origin in (types.UnionType, typing.Union):
            return self._either(typing.get_args(type_))
        if origin is tuple:
            return self._list(typing.get_args(type_))
        if origin is dict:
            return self._mapping(*typing.get_args(type_))
        if is_named_tuple(type_) or (dataclasses.is_dataclass(type_) and isinstance(type_, type)):
            return self.refer(type_.__name__.lstrip("_"), lambda: self._object(type_))
        if isinstance(type_, type) and issubclass(type_, Enum):
            return {"enum": [member.value for member in type_]}
        raise TypeError(f"no schema for {type_!r}")

    def refer(self, name: str, make: Callable[[], Schema]) -> Schema:
        """A reference to a named part, which is written at the first use; parts may hold each other."""
        if name not in self._definitions:
            self._definitions[name] = {}
            self._definitions[name] = make()
        return {"$ref": f"#/$defs/{name}"}

    def any_of(self, *alternatives: Any) -> Schema:
        """Any one of these types."""
        return {"anyOf": [self.write(alternative) for alternative in alternatives]}

    def _either(self, parts: tuple[Any, ...]) -> Schema:
        schemas = [NOTHING if part is type(None) else self.write(part) for part in parts]
        return {"anyOf": schemas}

    def _list(self, args: tuple[Any, ...]) -> Schema:
        if len(args) == 2 and args[1] is Ellipsis:
            return {"type": "array", "items": self.write(args[0])}
        return {"type": "array", "prefixItems": [self.write(arg) for arg in args], "items": False, "minItems": len(args)}

    def _mapping(self, key_type: Any, value_type: Any) -> Schema:
        schema: Schema = {"type": "object", "additionalProperties": self.write(value_type)}
        names = self._names(key_type)
        return {**schema, "propertyNames": names} if names else schema

    def _names(self, key_type: Any) -> Schema:
        """What the keys of a mapping may be: keys are texts, also where they mean numbers."""
        if typing.get_origin(key_type) is typing.Annotated:
            limit = key_type.__metadata__[0]
            if isinstance(limit, Between) and key_type.__origin__ is int:
                return {"enum": [str(number) for number in range(int(limit.low), int(limit.high) + 1)]}
        if key_type is int:
            return {"pattern": f"^{INTEGER.pattern}$"}
        return {} if key_type is str else self.write(key_type)

    def _object(self, type_: Any) -> Schema:
        fields = self._fields_of(type_)
        schema: Schema = {"type": "object"}
        if type_.__doc__ and not type_.__doc__.startswith(f"{type_.__name__}("):
            schema["description"] = _plain(type_.__doc__)
        schema["properties"] = {part.key: self._property(part) for part in fields}
        required = [part.key for part in fields if part.required]
        return {**schema, **({"required": required} if required else {}), "additionalProperties": False}

    def _property(self, part: SchemaField) -> Schema:
        return {"description": part.description, **self.write(part.type)} if part.description else self.write(part.type)

    def _limited(self, base: Any, limit: Any) -> Schema:
        if isinstance(limit, DescribesItself):
            return limit.schema(self)
        if limit in self._described:
            return self._described[limit](self)
        if isinstance(limit, OneOf):
            return {"enum": list(limit.words)}
        return {**self.write(base), **_limit(limit)}


def _limit(limit: Any) -> Schema:
    match limit:
        case Between(low, high):
            return {"minimum": _number(low), "maximum": _number(high)}
        case Length(low, high):
            return {"minLength": low, "maxLength": high}
        case Pattern(regex, name):
            return {"pattern": f"^(?:{regex})$", "description": name}
    raise TypeError(f"no schema for the limit {limit!r}")


def _number(value: float) -> float:
    return int(value) if float(value).is_integer() else value


def _plain(docstring: str) -> str:
    """The first paragraph of a docstring without its marks for code."""
    first = docstring.strip().split("\n\n")[0]
    return re.sub(r"`+", "", " ".join(first.split()))


def write_basis() -> Schema:
    """The schema of the one-line form of a basis."""
    return {
        "description": "Where this comes from: L<number> of sources.yaml with an optional place after a comma, or one of the words.",
        "type": "string",
        "anyOf": [{"enum": BASIS_KINDS}, {"pattern": SOURCE_PATTERN.pattern}],
    }


# ---- What the files are written with -------------------------------------------------------------------------------

_DESCRIBED: dict[Any, Describe] = {
    str: lambda _: {"type": "string", "maxLength": MAX_TEXT},
    int: lambda _: {"type": "integer"},
    float: lambda _: {"type": "number"},
    # An editor that reads YAML 1.1 turns the word yes into a truth value, one that reads 1.2 keeps the word: both are right.
    bool: lambda _: {"enum": [*YES_NO_WORDS, True, False]},
    bool | None: lambda _: {"enum": [*YES_NO_WORDS, *UNKNOWN_WORDS, True, False, None]},
    date: lambda _: {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
    Basis: lambda writer: writer.refer("Basis", write_basis),
    Severity: lambda _: {"enum": [level.word for level in Severity]},
}


def describe(type_: Any, schema: Describe) -> None:
    """Describe a type, or a limit or reader that stands in ``Annotated``, that has a decoding function of its own."""
    _DESCRIBED[type_] = schema


def json_schema(type_: Any, *, title: str, identifier: str = "", description: str = "") -> Schema:
    """The JSON Schema (2020-12) of a file that holds one value of ``type_``."""
    # Criteria describe themselves by their own reading functions; loaded here so that every caller has them.
    from fivefold.knowledge import criteria_schema  # noqa: F401, PLC0415

    return SchemaWriter(_DESCRIBED).document(type_, title=title, identifier=identifier, description=description)
