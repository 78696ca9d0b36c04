"""The JSON Schema of the plan, from the same description that writes it."""

from datetime import date
from typing import Any

from fivefold.concepts.basis import Basis
from fivefold.concepts.plan import PhasedPlan
from fivefold.exchange import plan_json  # noqa: F401  (describes how the whole plan is written)
from fivefold.exchange.written_form import written_fields
from fivefold.knowledge.json_schema import Describe, Schema, SchemaField, SchemaWriter, write_basis

IDENTIFIER = "urn:fivefold:schema:plan"
DESCRIPTION = (
    "A proposal for one patient at one date: it supports clinicians, is no medical device and decides nothing. "
    "Every key is always there; what is not known is null or the word unknown."
)
DESCRIBED: dict[Any, Describe] = {
    str: lambda _: {"type": "string"},
    int: lambda _: {"type": "integer"},
    float: lambda _: {"type": "number"},
    bool: lambda _: {"type": "boolean"},
    date: lambda _: {"type": "string", "format": "date"},
    Basis: lambda writer: writer.refer("Basis", write_basis),
}


def _fields(type_: Any) -> list[SchemaField]:
    return [SchemaField(part.key, part.type, required=True) for part in written_fields(type_)]


def plan_schema() -> Schema:
    """The JSON Schema of what ``fivefold plan --format json`` writes."""
    return SchemaWriter(DESCRIBED, _fields).document(PhasedPlan, title="Fivefold plan", identifier=IDENTIFIER, description=DESCRIPTION)
