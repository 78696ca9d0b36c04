"""Gates: general modules are conditions that can be lost; safety and containment never wait for them."""

from typing import Any

import pytest
from tests.support.builders import ATTAINED, an_assessment, asked_and_clear, exploring, knowledge, match_of, plan_of, settled, status, texts, with_changes

from fivefold.concepts.vocabulary import MatchStatus

NOW, NEXT, LATER, SUSPENDED = MatchStatus.NOW, MatchStatus.NEXT, MatchStatus.LATER, MatchStatus.SUSPENDED
REGULATION = asked_and_clear(
    ratings={"suicidality": 0, "emotion_awareness": 0, "emotion_regulation": 3}, general={"G1": "attained", "G2": "provisional", "G4": "started"}
)
EXPLORATION = exploring(ratings={"shame_self_criticism": 3})
INTEGRATION = exploring(previous="P5", ratings={"identity": 3})


def test_regulation_needs_agreement_a_provisional_alliance_and_validation_begun() -> None:
    assert status(REGULATION, "S07") is NOW


@pytest.mark.parametrize(("name", "state"), [("G1", "provisional"), ("G1", "red"), ("G2", "started"), ("G2", "red"), ("G4", "not_started")])
def test_regulation_is_next_while_one_of_these_is_known_not_to_be_far_enough(name: str, state: str) -> None:
    found = match_of(with_changes(REGULATION, general={name: state}), "S07")

    assert (found.status, found.waits_for) == (NEXT, (name,))
    assert f"{name} not far enough yet." in texts(found)


@pytest.mark.parametrize("name", ["G1", "G2", "G4"])
def test_unknown_general_module_gives_next_with_the_question_that_settles_it(name: str) -> None:
    known = {gate: state for gate, state in {"G1": "attained", "G2": "provisional", "G4": "started"}.items() if gate != name}

    found = match_of(asked_and_clear(ratings={"suicidality": 0, "emotion_regulation": 3}, general=known), "S07")
    assert (found.status, found.waits_for) == (NEXT, (name,))
    assert [measure.question for measure in found.settle_with] == [knowledge().gates.questions[name]]


@pytest.mark.parametrize("name", ["G3", "G5", "G6"])
def test_regulation_does_not_wait_for_the_other_general_modules(name: str) -> None:
    assert status(with_changes(REGULATION, general={name: "not_started"}), "S07") is NOW


@pytest.mark.parametrize("name", ["G1", "G2", "G3", "G4"])
def test_exploration_needs_the_first_four_attained(name: str) -> None:
    assert status(EXPLORATION, "S28") is NOW
    assert status(with_changes(EXPLORATION, general={name: "provisional"}), "S28") is NEXT


@pytest.mark.parametrize("name", ["G5", "G6"])
def test_exploration_goes_on_while_reflection_and_motivation_are_not_lost(name: str) -> None:
    assert status(with_changes(EXPLORATION, general={name: "not_started"}), "S28") is NOW
    assert status(with_changes(EXPLORATION, general={name: "red"}), "S28") is LATER


@pytest.mark.parametrize("name", list(ATTAINED))
def test_integration_needs_all_six_attained(name: str) -> None:
    assert status(INTEGRATION, "S26") is NOW
    assert status(with_changes(INTEGRATION, general={name: "provisional"}), "S26") is NEXT


def test_module_that_lacks_a_gate_and_a_prerequisite_comes_later() -> None:
    found = match_of(asked_and_clear(ratings={"suicidality": 0, "anger": 3}, general={"G1": "started"}), "S15")

    assert found.status is LATER
    assert {"S09", "G1"} <= set(found.waits_for)


@pytest.mark.parametrize("name", list(ATTAINED))
def test_lost_general_module_pauses_exploration_under_way_and_inserts_repair(name: str) -> None:
    plan = plan_of(exploring(ratings={"shame_self_criticism": 3}, modules={"S28": "exploration"}, general={name: "red"}))

    assert plan.match("S28").status is SUSPENDED
    assert name in plan.match("S28").waits_for
    assert next(found for found in plan.general_modules if found.id == name).repair


def test_lost_general_module_never_pauses_safety_containment_or_regulation_under_way() -> None:
    plan = plan_of(
        exploring(general=dict.fromkeys(ATTAINED, "red"), ratings={"suicidality": 2, "sleep": 3, "anger": 3}, modules={"S15": "exploration", "S02": "queued"})
    )

    assert {plan.match(name).status for name in ("S01", "S02", "S16", "S15")} == {NOW}


EXEMPT = [name for name, module in knowledge().modules.items() if module.gate_exempt]


def test_exactly_the_safety_and_containment_modules_are_exempt() -> None:
    assert [name for name, module in knowledge().modules.items() if module.phase.value in ("P1", "P2")] == EXEMPT


@pytest.mark.parametrize(
    ("name", "impairment"),
    [("S01", "suicidality"), ("S02", "self_harm"), ("S03", "crisis"), ("S05", "medication_problem"), ("S06", "substance_use"), ("S16", "sleep")],
)
def test_safety_and_containment_never_wait_for_general_modules(name: str, impairment: str) -> None:
    assert status(asked_and_clear(ratings={impairment: 3}, general=dict.fromkeys(ATTAINED, "red")), name) is NOW


@pytest.mark.parametrize(("name", "impairment"), [("S03", "crisis"), ("S05", "medication_problem"), ("S06", "substance_use")])
def test_exemption_never_lifts_the_suicidality_response(name: str, impairment: str) -> None:
    found = match_of(an_assessment(ratings={impairment: 3}), name)

    assert (found.status, found.waits_for) == (NEXT, ("S01",))


def test_attained_ground_opens_nothing_that_is_not_indicated() -> None:
    assert plan_of(settled()).with_status(NOW) == ()


def test_first_contact_has_the_safety_modules_now_and_says_what_opens_the_rest() -> None:
    first = an_assessment(diagnoses=("borderline_pd",), ratings={"self_harm": 3, "emotion_regulation": 3})

    plan = plan_of(first)
    assert [match.id for match in plan.with_status(NOW)] == ["S01", "S02"]
    assert {name for match in plan.with_status(NEXT) for name in match.waits_for} == {"G1", "G2", "G4", "S02"}
    assert [match for match in plan.with_status(NEXT) if not match.settle_with] == []


@pytest.mark.parametrize("said", [{"general": dict.fromkeys(ATTAINED, "red")}, {"readiness": {"tolerates_strong_emotion": False}}, {"not_wanted": ("S19",)}])
def test_only_a_hard_rule_blocks(said: dict[str, Any]) -> None:
    soft = exploring(ratings={"ptsd": 4, "abandonment_rejection_sensitivity": 3}, **said)

    assert plan_of(soft).with_status(MatchStatus.BLOCKED) == ()
    assert len(plan_of(with_changes(soft, risk={"ongoing_abuse": True})).with_status(MatchStatus.BLOCKED)) == 11
