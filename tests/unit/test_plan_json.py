"""The plan as JSON: the published shape, the same bytes each time, and back without loss."""

import json
from dataclasses import fields
from functools import cache

import pytest
from tests.support.plan_samples import bare_plan, field_names, parts_of, sample_plan, withheld_plan

from fivefold import load_knowledge, plan, read_assessment
from fivefold.concepts.errors import InputRefused
from fivefold.concepts.plan import Coverage, Flip, ModuleMatch, PhasedPlan, Reason, Spread
from fivefold.concepts.scores import Evidence, ImpairmentReading
from fivefold.exchange.cases import worked_cases
from fivefold.exchange.plan_json import ORDER, looks_like_a_plan, plan_from_json, plan_to_dict, plan_to_json, written_json

KNOWLEDGE = load_knowledge()
CASES = worked_cases()
CONTRACT = {
    "assessment", "knowledge", "engine", "withheld", "ask_first", "actions", "overrides", "phase", "profile", "general_modules", "modules",
    "timeline", "coverage", "next_best_measures", "review", "alternatives",
}  # fmt: skip
MODULE_KEYS = {
    "id", "status", "running", "rank", "because", "waits_for", "settle_with", "flips_if", "agreement", "dose", "change_stage", "goals",
    "interventions", "patient_words", "sources",
}  # fmt: skip


@cache
def plan_of(case, draws=0):
    return plan(read_assessment(case.assessment, KNOWLEDGE), KNOWLEDGE, draws=draws)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_plan_comes_back_from_json_as_it_was(case):
    made = plan_of(case, draws=20)

    text = plan_to_json(made)

    assert plan_from_json(text) == made
    assert plan_to_json(plan_from_json(text)) == text


@pytest.mark.parametrize("make", [sample_plan, withheld_plan, bare_plan], ids=lambda make: make.__name__)
def test_plans_with_everything_and_with_nothing_come_back(make):
    made = make(KNOWLEDGE)

    assert plan_from_json(plan_to_json(made)) == made


def test_json_holds_every_key_of_the_contract():
    written = plan_to_dict(plan_of(CASES[0]))

    assert set(written) >= CONTRACT
    assert written["assessment"] == {"id": "01-claire-physician", "as_of": "2026-11-22"}
    assert set(written["knowledge"]) == {"version", "content_hash"}
    assert set(written["modules"][0]) >= MODULE_KEYS
    assert {module["id"] for module in written["modules"]} == set(KNOWLEDGE.modules)


def test_criteria_answer_in_the_words_of_the_contract():
    written = plan_to_dict(plan_of(CASES[0]))

    assert {criterion["status"] for criterion in written["phase"]["exit"]} <= {"met", "not_met", "unknown"}
    assert {reading["status"] for reading in written["profile"]["impairments"]} == {"known", "unknown"}
    flips = [flip for module in written["modules"] for flip in module["flips_if"]]
    assert flips and all(set(flip) == {"input", "from", "to", "becomes"} for flip in flips)


def test_every_field_of_a_plan_has_its_place():
    written = plan_to_dict(plan_of(CASES[0]))

    assert list(written) == ["assessment", "knowledge", "engine", *ORDER]
    assert len(ORDER) + 5 == len(fields(PhasedPlan))


def test_each_module_has_a_line_so_that_plans_can_be_compared_by_line():
    lines = plan_to_json(plan_of(CASES[0])).splitlines()

    modules = [line for line in lines if line.startswith('  {"id": "S')]
    assert len(modules) == len(KNOWLEDGE.modules)
    assert all(json.loads(line.strip().rstrip(",")) for line in modules)


def changed(change):
    written = plan_to_dict(plan_of(CASES[0]))
    change(written)
    return json.dumps(written)


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        ("{", "", "a plan as JSON"),
        ("[]", "", "a mapping with assessment"),
        ('{"phase": NaN}', "", "a plan as JSON"),
        ("[" * 100_000, "", "a plan as JSON"),
        (changed(lambda plan: plan.pop("modules")), "", "exactly the keys"),
        (changed(lambda plan: plan.update(extra=1)), "", "exactly the keys"),
        (changed(lambda plan: plan["phase"].update(overall="P9")), "phase.overall", "one of P1"),
        (changed(lambda plan: plan["modules"][3].update(rank="first")), "modules[3].rank", "a whole number"),
        (changed(lambda plan: plan["review"].update(next_on="soon")), "review.next_on", "a date"),
        (changed(lambda plan: plan["phase"]["exit"][0].update(status="perhaps")), "phase.exit[0].status", "a known word"),
    ],
    ids=["cut off", "a list", "no number", "deep", "a key missing", "a key too many", "a wrong phase", "a wrong type", "a wrong date", "a wrong word"],
)  # fmt: skip
def test_what_is_no_plan_is_refused_with_its_place(text, key, expected):
    with pytest.raises(InputRefused) as refused:
        plan_from_json(text, file="old.json")

    problem = refused.value.problems[0]
    assert problem.file == "old.json"
    assert problem.key == key
    assert problem.expected.startswith(expected)


def test_a_plan_is_told_from_an_assessment_by_its_beginning():
    assert looks_like_a_plan(plan_to_json(plan_of(CASES[0])).encode())
    assert not looks_like_a_plan(b'{"as_of": "2026-11-22", "patient": {}}')
    assert not looks_like_a_plan(b"as_of: 2026-11-22\n")


def test_lists_of_results_are_written_with_a_line_each():
    made = plan_of(CASES[0])

    assert len(json.loads(written_json(made.overrides))) == len(made.overrides)
    assert written_json(made.overrides).count("\n") == len(made.overrides) + 2


def test_a_single_part_of_a_plan_is_written_with_its_keys():
    (reason, *_) = plan_of(CASES[0]).modules[0].because

    assert list(json.loads(written_json(reason))) == ["rule", "text", "inputs", "basis", "supports"]


def test_nothing_in_a_plan_can_be_changed():
    found = {type(value): value for value in parts_of(sample_plan(KNOWLEDGE))}

    assert {PhasedPlan, ModuleMatch, Reason, Flip, Spread, Coverage, ImpairmentReading, Evidence} <= set(found)
    for value in found.values():
        for name in (field_names(value)[0], "invented"):
            with pytest.raises(AttributeError):
                setattr(value, name, "changed")
