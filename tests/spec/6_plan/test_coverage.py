"""Coverage: every impairment has an answer, now, later, deferred or refused; none is silently dropped."""

from typing import Any

import pytest
from tests.support.builders import an_assessment, asked_and_clear, coverage, declined, exploring, knowledge, plan_of, settled

from fivefold.concepts.vocabulary import CoverageStatus

ANSWERS: list[tuple[str, str, dict[str, Any], CoverageStatus, tuple[str, ...]]] = [
    ("runs", "depression", {"ratings": {"depression": 3}}, CoverageStatus.NOW, ("S17",)),
    ("waits for its turn", "anger", {"ratings": {"anger": 3}}, CoverageStatus.LATER, ("S15",)),
    ("is just at the threshold", "anger", {"ratings": {"anger": 1.5}}, CoverageStatus.LATER, ("S15",)),
    ("was refused", "anger", {"ratings": {"anger": 3}, "modules": (declined("S15"),)}, CoverageStatus.REFUSED, ("S15",)),
    ("is cautioned", "ptsd", {"ratings": {"ptsd": 3}, "readiness": {"tolerates_strong_emotion": False}}, CoverageStatus.DEFERRED, ("S27",)),
    ("is closed", "intimacy", {"ratings": {"intimacy": 3}, "risk": {"ongoing_abuse": True}}, CoverageStatus.DEFERRED, ("S22",)),
    ("is suspended", "depression", {"ratings": {"depression": 3}, "risk": {"imminent": True}}, CoverageStatus.DEFERRED, ("S17",)),
    ("was worked through", "anger", {"ratings": {"anger": 3}, "modules": {"S15": "maintained"}}, CoverageStatus.DEFERRED, ("S15",)),
    ("lacks carers", "family_burden", {"ratings": {"family_burden": 3}, "carers": {"available": False}}, CoverageStatus.DEFERRED, ("S32",)),
    ("asks for carers", "family_burden", {"ratings": {"family_burden": 3}}, CoverageStatus.DEFERRED, ("S32",)),
    ("is general work", "alliance_problem", {"ratings": {"alliance_problem": 3}}, CoverageStatus.NOW, ("G2",)),
    ("is below the threshold", "anger", {"ratings": {"anger": 1}}, CoverageStatus.BELOW_THRESHOLD, ()),
]  # fmt: skip


@pytest.mark.parametrize(("what", "impairment", "said", "expected", "by"), ANSWERS, ids=[answer[0] for answer in ANSWERS])
def test_impairment_is_answered_by_the_module_that(what: str, impairment: str, said: dict[str, Any], expected: CoverageStatus, by: tuple[str, ...]) -> None:
    assert coverage(settled(**said), impairment) == (expected, by)


def test_unknown_impairment_is_unknown_and_not_dropped() -> None:
    assert coverage(an_assessment(), "anger") == (CoverageStatus.UNKNOWN, ())


def test_every_answer_gives_its_reason() -> None:
    plan = plan_of(asked_and_clear(ratings=dict.fromkeys(knowledge().impairments, 3)))

    assert [entry.impairment for entry in plan.coverage] == list(knowledge().impairments)
    assert [entry for entry in plan.coverage if not entry.because or not entry.by] == []


def test_module_that_only_helps_is_not_counted_as_the_answer() -> None:
    # S09 helps with many things but treats only distress and self-harm.
    assert "S09" not in coverage(exploring(ratings={"anger": 3}, modules={"S09": "exploration"}), "anger")[1]
