"""What carries the plan: general modules to emphasise, goals for life outside, and when to look again."""

from typing import Any

import pytest
from tests.support.builders import AS_OF, ATTAINED, an_assessment, an_event, exploring, knowledge, plan_of, settled

from fivefold.concepts.vocabulary import GeneralState, PhaseId


def emphasised(**said: Any) -> list[str]:
    return [found.id for found in plan_of(settled(**said)).general_modules if found.emphasis]


EMPHASIS: list[tuple[dict[str, Any], str]] = [
    ({"risk": {"imminent": True}}, "G1"),
    ({"risk": {"harm_to_others": True}}, "G1"),
    ({"ratings": {"alliance_problem": 2}}, "G2"),
    ({"planned_sessions": 4, "missed_sessions": 2}, "G2"),
    *[({"setting": place}, "G3") for place in ("ward", "forensic", "residential", "care_home")],
    ({"ratings": {"emotion_regulation": 3}}, "G4"),
    ({"ratings": {"shame_self_criticism": 3}}, "G4"),
    ({"ratings": {"motivation_low": 2}}, "G6"),
    ({"ratings": {"no_agreement": 2}}, "G6"),
    ({"ratings": {"no_agreement": 2}}, "G1"),
]


@pytest.mark.parametrize(("said", "name"), EMPHASIS)
def test_general_module_is_emphasised_where_it_is_needed(said: dict[str, Any], name: str) -> None:
    assert name not in emphasised()
    assert name in emphasised(**said)


@pytest.mark.parametrize(
    "said", [{"setting": "outpatient"}, {"ratings": {"alliance_problem": 1}}, {"ratings": {"emotion_regulation": 2, "shame_self_criticism": 2}}]
)
def test_less_than_that_emphasises_nothing(said: dict[str, Any]) -> None:
    assert emphasised(**said) == []


@pytest.mark.parametrize(("phase", "name"), [("P3", "G1"), ("P3", "G2"), ("P4", "G3"), ("P5", "G5"), ("P5", "G6")])
def test_general_module_that_the_phase_needs_and_that_is_not_attained_is_emphasised(phase: str, name: str) -> None:
    ground = {**ATTAINED, name: "not_started"}

    found = plan_of(settled(previous=phase, general=ground))
    assert found.phase.overall is PhaseId(phase)
    assert name in [part.id for part in found.general_modules if part.emphasis]


def test_at_most_four_general_modules_are_emphasised() -> None:
    much = {"alliance_problem": 3, "emotion_regulation": 3, "motivation_low": 3, "no_agreement": 3, "mentalizing": 3}

    assert len(emphasised(ratings=much, setting="ward", general=dict.fromkeys(ATTAINED, "not_started"))) == 4


def test_emphasis_gives_its_reasons() -> None:
    found = next(part for part in plan_of(settled(setting="ward")).general_modules if part.id == "G3")

    assert [reason.rule for reason in found.because] == ["rule.emphasis.G3"]


def test_unknown_general_module_is_unknown_and_comes_with_its_question() -> None:
    found = plan_of(an_assessment()).general_modules

    assert {part.state for part in found} == {GeneralState.UNKNOWN}
    assert [part.question for part in found] == [knowledge().gates.questions[part.id] for part in found]


# ---- Life outside treatment -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("assessment", [an_assessment(), settled(), exploring(ratings={"crisis": 3})], ids=["unknown", "settled", "containment"])
def test_small_goal_for_life_outside_stands_in_every_plan_from_the_start(assessment: Any) -> None:
    assert [goal.from_module for goal in plan_of(assessment).life_goals] == ["S30"]


def test_no_goals_are_set_in_safety_work() -> None:
    assert plan_of(an_assessment(risk={"imminent": True})).life_goals == ()


# ---- Reviews ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ({}, 90),
        ({"risk": {"imminent": True}}, 3),
        ({"ratings": {"crisis": 3}}, 3),
        ({"risk": {"dependence": True}}, 28),
        ({"events": (an_event("loss", 3),)}, 28),
    ],
)
def test_plan_is_looked_at_again_sooner_the_more_there_is_to_watch(said: dict[str, Any], days: int) -> None:
    review = plan_of(settled(**said)).review

    assert (review.next_on - AS_OF).days == days
    assert review.every_days == 90
    assert review.because
