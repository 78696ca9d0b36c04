"""The worked cases: published ones against their expected plan, fictional ones against two independent keyings."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from scripts.agreement import CASES, broken_statements, load_cases, load_later, read_disagreements

from fivefold.concepts.plan import PhasedPlan
from fivefold.concepts.vocabulary import MatchStatus, OverrideStatus
from fivefold.documents.text_plan import render_text
from fivefold.engine.agreement import agreement_of
from fivefold.library import load_knowledge, plan, read_assessment

PUBLISHED = sorted((CASES / "published").glob("*.assessment.yaml"))
PLANNED = (MatchStatus.NOW, MatchStatus.NEXT, MatchStatus.LATER, MatchStatus.CAUTIONED)
RAISED = (OverrideStatus.ACTIVE, OverrideStatus.TO_ASK)
KNOWLEDGE = load_knowledge()


def expected_of(path: Path) -> dict[str, Any]:
    name = path.name.replace(".assessment.yaml", ".expected.yaml")
    return dict(yaml.safe_load(path.with_name(name).read_text(encoding="utf-8")))


@pytest.fixture(params=PUBLISHED, ids=lambda path: path.name.split(".")[0])
def case(request: pytest.FixtureRequest) -> tuple[PhasedPlan, dict[str, Any]]:
    return plan(read_assessment(request.param, KNOWLEDGE), KNOWLEDGE), expected_of(request.param)


def test_there_are_four_published_cases_and_at_least_24_fictional_ones() -> None:
    fictional = list((CASES / "vignettes").glob("*.assessment.yaml"))

    assert len(PUBLISHED) == 4
    assert len(fictional) >= 24


def test_published_case_has_the_expected_phase_and_is_withheld_only_where_it_must(case: tuple[PhasedPlan, dict[str, Any]]) -> None:
    result, expected = case

    assert result.phase.overall.value in [expected["phase"]["primary"], *expected["phase"]["alternates"]]
    assert (result.withheld is not None) is (expected["withheld"] == "yes")


def test_published_case_has_the_expected_modules(case: tuple[PhasedPlan, dict[str, Any]]) -> None:
    result, expected = case
    status = {match.id: match.status for match in result.modules}

    assert [name for name in expected["must_now"] if status[name] is not MatchStatus.NOW] == []
    assert [name for name in expected.get("must_plan", []) if status[name] not in PLANNED] == []
    assert [name for name in expected.get("must_plan_or_unclear", []) if status[name] not in (*PLANNED, MatchStatus.UNCLEAR)] == []
    assert [name for name in expected.get("must_keep", []) if status[name] not in (*PLANNED, MatchStatus.DONE)] == []
    assert [name for name in expected["must_not_now"] if status[name] is MatchStatus.NOW] == []
    for name, words in expected.get("expect_status", {}).items():
        assert status[name].value in words


def test_published_case_has_the_expected_overrides(case: tuple[PhasedPlan, dict[str, Any]]) -> None:
    result, expected = case
    raised = {override.code for override in result.overrides if override.status in RAISED}
    active = {override.code for override in result.overrides if override.status is OverrideStatus.ACTIVE}
    cleared = {override.code for override in result.overrides if override.status is OverrideStatus.CLEARED}

    assert set(expected["overrides_required"]) <= raised
    assert set(expected.get("overrides_active", [])) <= active
    assert not set(expected["overrides_forbidden"]) & active
    assert not set(expected.get("soft_overrides_forbidden", [])) & active
    assert set(expected.get("soft_overrides_cleared", [])) <= cleared


def test_published_case_meets_what_most_judges_would_expect(case: tuple[PhasedPlan, dict[str, Any]]) -> None:
    result, expected = case
    status = {match.id: match.status for match in result.modules}
    planned = (*PLANNED, MatchStatus.SUSPENDED, MatchStatus.UNCLEAR)
    emphasised = {module.id for module in result.general_modules if module.emphasis}

    assert [name for name in (*expected.get("soft_plan", []), *expected.get("soft_queue", [])) if status[name] not in planned] == []
    assert [name for name in expected.get("soft_now", []) if status[name] not in (MatchStatus.NOW, MatchStatus.NEXT)] == []
    assert [name for name in expected.get("soft_not_now", []) if status[name] is MatchStatus.NOW] == []
    assert len(emphasised & set(expected["general_emphasis"])) >= 3


def test_no_text_of_a_published_case_promises_safety(case: tuple[PhasedPlan, dict[str, Any]]) -> None:
    result, expected = case
    text = render_text(result, KNOWLEDGE, colour=False).lower()

    assert "suicid" in text
    for words in expected["never_text"]:
        assert words not in text


def test_every_statement_of_both_keyings_holds_or_its_reason_is_recorded() -> None:
    standing = read_disagreements()["standing"]

    broken = [f"{case.name} {letter} {text}" for case in load_cases(KNOWLEDGE) for letter in "AB" for text in broken_statements(case, letter)]

    assert [text for text in broken if text not in standing] == []
    assert [text for text in standing if text not in broken] == []


def test_every_statement_of_a_later_second_key_holds_or_its_reason_is_recorded() -> None:
    reasons = read_disagreements()["later"]
    cases = [case for folder in ("published", "practice") for case in load_later(KNOWLEDGE, CASES / folder)]

    broken = [f"{case.name} D {text}" for case in cases for text in broken_statements(case, "D")]

    assert len(cases) == 6 and set(broken) == set(reasons)


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        # Cohen (1960) by hand: 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no gives 0.4.
        ([("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15, 0.4),
        ([("y", "y"), ("n", "n")], 1.0),
        ([("y", "n"), ("n", "y")], -1.0),
    ],
)
def test_kappa_agrees_with_values_worked_out_by_hand(pairs: list[tuple[str, str]], expected: float) -> None:
    value, _, total = agreement_of(pairs)

    assert value == pytest.approx(expected)
    assert total == len(pairs)


def test_kappa_is_not_defined_where_nothing_varies() -> None:
    assert agreement_of([("y", "y"), ("y", "y")])[0] is None
