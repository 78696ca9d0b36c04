"""The plan as JSON, in the published shape, and back without loss.

The shape is a public contract (``docs/reference/plan.schema.json``): other programs read it.
"""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from fivefold.concepts.errors import InputRefused, Problem, shorten
from fivefold.concepts.plan import PhasedPlan
from fivefold.exchange.written_form import WRITTEN, NotReadable, WrittenField, read, write, writer_of

MAX_TEXT = 20_000_000
ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)
REMEDY = "Give it a plan that `fivefold plan --format json` has written, unchanged."


@dataclass(frozen=True)
class AssessmentIdentity:
    """Which assessment the plan was made from."""

    id: str
    as_of: date


@dataclass(frozen=True)
class KnowledgeIdentity:
    """Which knowledge the plan was made with."""

    version: str
    content_hash: str


@dataclass(frozen=True)
class EngineIdentity:
    """Which version of the rules' engine made the plan."""

    version: str


GROUPS = (
    WrittenField(
        "assessment",
        AssessmentIdentity,
        lambda plan: AssessmentIdentity(plan.assessment_id, plan.as_of),
        lambda part: {"assessment_id": part.id, "as_of": part.as_of},
    ),
    WrittenField(
        "knowledge",
        KnowledgeIdentity,
        lambda plan: KnowledgeIdentity(plan.knowledge_version, plan.knowledge_hash),
        lambda part: {"knowledge_version": part.version, "knowledge_hash": part.content_hash},
    ),
    WrittenField("engine", EngineIdentity, lambda plan: EngineIdentity(plan.engine_version), lambda part: {"engine_version": part.version}),
)
GROUPED = ("assessment_id", "as_of", "knowledge_version", "knowledge_hash", "engine_version")
ORDER = (
    "protocol", "summary", "withheld", "ask_first", "actions", "overrides", "phase", "profile", "general_modules", "modules", "timeline",
    "coverage", "next_best_measures", "review", "alternatives", "life_goals", "concurrent_limit", "settings", "adaptations", "scores",
    "risk_signs", "limits",
)  # fmt: skip


def _plan_fields(fields: list[WrittenField]) -> list[WrittenField]:
    rest = {part.key: part for part in fields if part.key not in GROUPED}
    # A field that is new in the plan and not yet in the order still reaches the reader, at the end.
    return [*GROUPS, *(rest.pop(key) for key in ORDER), *rest.values()]


WRITTEN[PhasedPlan] = _plan_fields


def plan_to_dict(plan: PhasedPlan) -> dict[str, Any]:
    """The plan as mappings, lists, texts, numbers and None, in the published shape."""
    written: dict[str, Any] = writer_of(PhasedPlan)(plan)
    return written


def plan_to_json(plan: PhasedPlan) -> str:
    """The plan as JSON text: one line for each key, and one for each module; the same plan gives the same bytes."""
    return lines_of_json(plan_to_dict(plan), ("modules",))


def lines_of_json(written: dict[str, Any], unfolded: tuple[str, ...] = ()) -> str:
    """JSON text with a line for each key and for each entry of the ``unfolded`` lists: easy to compare line by line."""
    lines = []
    for key, value in written.items():
        entries = "[\n  " + ",\n  ".join(map(compact_json, value)) + "\n]" if key in unfolded and value else ""
        lines.append(f'"{key}": {entries or compact_json(value)}')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def compact_json(value: Any) -> str:
    """JSON on one line, with the letters as they are."""
    return ENCODER.encode(value)


def looks_like_a_plan(raw: bytes) -> bool:
    """Whether bytes begin as a plan does, and not as an assessment."""
    return raw.lstrip().startswith(b"{") and b'"assessment"' in raw[:200]


def plan_from_json(text: str, file: str = "plan") -> PhasedPlan:
    """The plan that ``plan_to_json`` wrote; raises InputRefused with what is wrong and where."""
    try:
        plan: PhasedPlan = read(_loaded(text, file), PhasedPlan)
    except NotReadable as error:
        key = "".join(error.path).lstrip(".")
        raise InputRefused([Problem(file, 0, key, shorten(repr(error.found)), shorten(error.expected, 200), REMEDY)]) from None
    return plan


def _loaded(text: str, file: str) -> Any:
    if len(text) > MAX_TEXT:
        raise InputRefused([Problem(file, 0, "", f"{len(text):,} characters", f"at most {MAX_TEXT:,}", REMEDY)])
    try:
        return json.loads(text, parse_constant=_no_number)
    except RecursionError:
        raise InputRefused([Problem(file, 0, "", "very deep nesting", "a plan as JSON", REMEDY)]) from None
    except ValueError as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 0
        raise InputRefused([Problem(file, line, "", shorten(str(error)), "a plan as JSON", REMEDY)]) from None


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def written_json(value: Any) -> str:
    """Any result as JSON text: a mapping with a line for each key, a list with a line for each entry."""
    written = write(value)
    if isinstance(written, dict):
        return lines_of_json(written)
    return "[\n" + ",\n".join(map(compact_json, written)) + "\n]\n"
