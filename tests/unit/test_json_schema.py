"""The published schemas: what Fivefold reads and writes is valid, what it refuses for its form is not."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from tests.support.plain_values import plain_values

from fivefold import load_knowledge, plan, read_assessment
from fivefold.exchange.assessment_schema import assessment_schema
from fivefold.exchange.cases import worked_cases
from fivefold.exchange.plan_json import plan_to_dict
from fivefold.exchange.plan_schema import plan_schema
from fivefold.knowledge.file_kinds import FILE_KINDS
from fivefold.knowledge.json_schema import json_schema
from fivefold.knowledge.loader import KNOWLEDGE_FOLDER

KNOWLEDGE = load_knowledge()
ASSESSMENT = Draft202012Validator(assessment_schema(KNOWLEDGE))
PLAN = Draft202012Validator(plan_schema())
REFERENCE = Path("docs/reference")


def problems(validator: Draft202012Validator, value: Any) -> list[str]:
    return [f"{list(error.absolute_path)}: {error.message}" for error in validator.iter_errors(value)]


def minimal(**more: Any) -> dict[str, Any]:
    return {"as_of": "2026-11-22", "patient": {}, **more}


@pytest.mark.parametrize("case", worked_cases(), ids=lambda case: case.id)
def test_every_worked_case_is_valid_and_so_is_its_plan(case):
    written = plain_values(case.assessment.read_text(encoding="utf-8"), case.id)

    made = plan_to_dict(plan(read_assessment(case.assessment, KNOWLEDGE), KNOWLEDGE, draws=0))

    assert problems(ASSESSMENT, written) == []
    assert problems(PLAN, made) == []


@pytest.mark.parametrize(
    "more",
    [
        {"ratings": {"anger": 7}},
        {"ratings": {"angre": 2}},
        {"ratings": {"anger": {"note": "no severity"}}},
        {"risk": {"imminent": "maybe"}},
        {"risk": {"cleared": [{"code": "R14", "date": "2026-11-22", "by": "x", "reason": "y"}]}},
        {"criteria": [1, 1]},
        {"criteria": {"10": "yes"}},
        {"scores": [{"instrument": "PHQ-9", "value": 3}]},
        {"events": [{"kind": "self-harm"}]},
        {"events": [{"kind": "self_harm", "weeks_ago": -1}]},
        {"modules": [{"id": "S36"}]},
        {"general_modules": {"G1": "good"}},
        {"resilience": {"level": "medium"}},
        {"patient": {"age": "thirty"}},
        {"surprise": 1},
    ],
    ids=str,
)
def test_a_wrong_word_number_or_key_is_not_valid(more):
    assert problems(ASSESSMENT, minimal(**more))


@pytest.mark.parametrize("answer", ["yes", "no", "unknown", True, False, None, {"value": "yes", "date": "2026-11-22", "by": "me"}], ids=str)
def test_every_way_of_answering_a_risk_question_is_valid(answer):
    assert problems(ASSESSMENT, minimal(risk={"imminent": answer})) == []


def test_only_the_date_and_the_patient_are_required():
    assert problems(ASSESSMENT, minimal()) == []
    assert problems(ASSESSMENT, {"patient": {}})
    assert problems(ASSESSMENT, {"as_of": "2026-11-22"})


@pytest.mark.parametrize("kind", FILE_KINDS, ids=lambda kind: kind.pattern)
def test_every_knowledge_file_is_valid(kind):
    schema = json_schema(kind.type, title=kind.pattern)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)

    for path in sorted(KNOWLEDGE_FOLDER.glob(kind.pattern)):
        assert problems(validator, plain_values(path.read_text(encoding="utf-8"), path.name)) == [], path.name


def test_a_criterion_without_its_basis_is_not_valid():
    validator = Draft202012Validator(json_schema(_specific_module(), title="module")["$defs"]["Criterion"] | {"$defs": _definitions()})

    assert problems(validator, {"score": "pcl5", "at_least": 31, "basis": "L77"}) == []
    assert problems(validator, {"score": "pcl5", "at_least": 31})
    assert problems(validator, {"score": "pcl5", "at_least": 31, "below": 40, "basis": "L77"})
    assert problems(validator, {"not": {"event": "self_harm", "within": {"weeks": 8}, "basis": "proposal"}}) == []
    assert problems(validator, {"event": "self_harm", "within": {"fortnights": 4}, "basis": "proposal"})


def _specific_module() -> type:
    return next(kind.type for kind in FILE_KINDS if kind.pattern.startswith("modules/specific"))


def _definitions() -> dict[str, Any]:
    definitions: dict[str, Any] = json_schema(_specific_module(), title="module")["$defs"]
    return definitions


@pytest.mark.parametrize(("name", "schema"), [("assessment", assessment_schema(KNOWLEDGE)), ("plan", plan_schema())], ids=["assessment", "plan"])
def test_the_published_schema_is_the_one_of_this_version(name, schema):
    assert json.loads((REFERENCE / f"{name}.schema.json").read_text(encoding="utf-8")) == schema
