"""The schema of criteria, made by the functions that read them.

Each reading function of ``criteria_form`` is run once for every way through it with a form that only writes down what
is asked for. So a new kind of criterion is in the schema as soon as it can be read.
"""

from typing import Annotated, Any

from fivefold.concepts.basis import PROPOSAL, Basis
from fivefold.concepts.criteria import Comparison, Criterion
from fivefold.knowledge.criteria_form import DAYS_IN, FORMS, Build, _Form
from fivefold.knowledge.decoding import INVALID, Between, OneOf, Run
from fivefold.knowledge.json_schema import Schema, SchemaWriter, describe
from fivefold.knowledge.strict_yaml import Node

SPAN = Annotated[int, Between(0, 10_000)]


class _Recorder(_Form):
    """Stands in for a criterion that is being read: writes down every key with its type, and follows given answers to ``has``."""

    def __init__(self, writer: SchemaWriter, head: str, present: list[bool]) -> None:
        super().__init__(Run(""), Node({}, 0), "", head)
        self.writer = writer
        self.properties: dict[str, Schema] = {}
        self.required: list[str] = []
        self.one_of: list[str] = []
        self._present = list(present)
        self.asked = 0

    def take(self, key: str, type_: Any, default: Any = INVALID) -> Any:
        self._note(key, self.writer.write(type_), needed=default is INVALID)
        return default

    def has(self, key: str) -> bool:
        self.asked += 1
        return self._present[self.asked - 1] if self.asked <= len(self._present) else False

    def words(self, key: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
        self._note(key, self.writer.any_of(Annotated[str, OneOf(allowed)], tuple[Annotated[str, OneOf(allowed)], ...]), needed=True)
        return allowed[:1]

    def comparison(self) -> tuple[Comparison, float, Basis]:
        self.one_of = [word.value for word in Comparison]
        for key in self.one_of:
            self._note(key, self.writer.write(float), needed=False)
        self.take("basis", Basis)
        return Comparison.AT_LEAST, 0, PROPOSAL

    def days(self, key: str) -> Any:
        units = {unit: self.writer.write(SPAN) for unit in DAYS_IN}
        self._note(key, {"type": "object", "properties": units, "additionalProperties": False, "minProperties": 1, "maxProperties": 1}, needed=True)
        return 1

    def _note(self, key: str, schema: Schema, *, needed: bool) -> None:
        self.properties[key] = schema
        if needed:
            self.required.append(key)

    def schema(self) -> Schema:
        made: Schema = {"type": "object", "properties": self.properties, "required": self.required, "additionalProperties": False}
        return {**made, "oneOf": [{"required": [key]} for key in self.one_of]} if self.one_of else made


def _ways(writer: SchemaWriter, head: str, build: Build) -> list[Schema]:
    """One schema for every way through a reading function: each question ``has`` is once answered yes and once no."""
    found: list[Schema] = []
    open_ways: list[list[bool]] = [[]]
    while open_ways:
        present = open_ways.pop()
        recorder = _Recorder(writer, head, present)
        build(recorder)
        if recorder.asked > len(present):
            open_ways += [[*present, False], [*present, True]]
        else:
            found.append(recorder.schema())
    return found


def _criterion(writer: SchemaWriter) -> Schema:
    def write() -> Schema:
        ways = [way for head, build in FORMS.items() for way in _ways(writer, head, build)]
        return {"description": "A condition, yes, no or not known; recognised by its leading key.", "anyOf": ways}

    return writer.refer("Criterion", write)


describe(Criterion, _criterion)
