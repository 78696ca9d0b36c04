"""The phase: where a person is now, by domain and overall; the lowest sets the priority of sessions."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.support.builders import ATTAINED, an_assessment, an_event, asked_and_clear, coming, exploring, knowledge, phase, plan_of, settled

from fivefold.concepts.criterion_words import Describer
from fivefold.concepts.phase import CriterionReading
from fivefold.concepts.vocabulary import DomainId, PhaseId
from fivefold.engine.facts import gather_facts
from fivefold.engine.phasing import read_criterion

P2, P3, P4, P5 = PhaseId.P2, PhaseId.P3, PhaseId.P4, PhaseId.P5

MOVES_NO_PHASE: list[dict[str, Any]] = [
    {"risk": {"psychosis": True}},
    {"risk": {"medical_red_flag": True}},
    {"risk": {"ongoing_abuse": True}},
    {"readiness": {"tolerates_strong_emotion": False}},
    {"risk": {"dependence": True}},
    {"risk": {"loses_orientation_in_session": True}},
    {"planned_sessions": 4, "missed_sessions": 4},
    {"context": {"agreement": False}},
    {"risk": {"sudden_improvement": True}},
    {"adaptations": ("older_adult",)},
]


def test_treatment_that_does_not_start_in_crisis_begins_with_regulation() -> None:
    assert phase(an_assessment()) is P3


@pytest.mark.parametrize("said", MOVES_NO_PHASE, ids=lambda said: next(iter(said)))
def test_only_suicide_risk_and_violence_move_the_phase_by_themselves(said: dict[str, Any]) -> None:
    assert phase(exploring(**said)) is P4


@pytest.mark.parametrize(
    "said",
    [
        {"ratings": {"crisis": 1.5}},
        {"events": (an_event("crisis", 28),)},
        {"events": (an_event("emergency_visit", 0),)},
        {"events": (an_event("admission", 10),)},
        {"events": (an_event("discharge", 28),)},
    ],
)
def test_crisis_without_imminent_risk_is_containment(said: dict[str, Any]) -> None:
    assert phase(exploring(**said)) is P2


@pytest.mark.parametrize(
    "said",
    [
        {"ratings": {"crisis": 1.4}},
        {"events": (an_event("crisis", 29),)},
        {"events": (an_event("discharge", 29),)},
        {"events": (an_event("crisis"),)},
        {"upcoming": (coming("discharge", 3),)},
        {"context": {"agreement": False}, "ratings": {"no_agreement": 4}},
    ],
)
def test_less_than_that_is_not_containment(said: dict[str, Any]) -> None:
    assert phase(settled(**said)).order >= P3.order


def test_phase_last_recorded_stands_until_something_says_otherwise() -> None:
    assert phase(an_assessment(previous="P4")) is P4
    assert phase(an_assessment(previous="P5")) is P5


@pytest.mark.parametrize("word", ["P1", "P2"])
def test_past_crisis_does_not_hold_a_person(word: str) -> None:
    assert phase(an_assessment(previous=word)) is P3


@pytest.mark.parametrize(
    "said",
    [
        {"events": (an_event("self_harm", 61),)},
        {"events": (an_event("suicide_attempt", 61, assessed=True),)},
        {"ratings": {"self_harm": 2}},
        {"ratings": {"suicidality": 3}},
        {"ratings": {"emotion_regulation": 3}},
        {"ratings": {"impulsivity": 3}},
    ],
)
def test_dysregulation_goes_back_to_regulation_and_leaves_relationships_and_self_where_they_are(said: dict[str, Any]) -> None:
    reading = plan_of(exploring(**said)).phase

    assert reading.by_domain == {DomainId.D1: P3, DomainId.D2: P3, DomainId.D3: P4, DomainId.D4: P4}
    assert reading.overall is P3


@pytest.mark.parametrize("said", [{"events": (an_event("self_harm", 62),)}, {"ratings": {"self_harm": 1, "suicidality": 2, "emotion_regulation": 2}}])
def test_less_than_that_leaves_exploration_where_it_is(said: dict[str, Any]) -> None:
    assert phase(exploring(**said)) is P4


def test_exploration_is_read_from_regulation_and_the_ground_without_a_record() -> None:
    ground = asked_and_clear(ratings={"emotion_regulation": 1, "self_harm": 0, "suicidality": 1}, general=ATTAINED)

    assert phase(ground) is P4


@pytest.mark.parametrize(
    "missing",
    [
        {"general": {"G3": "provisional"}},
        {"general": {"G5": "red"}},
        {"ratings": {"emotion_regulation": 2}},
    ],
)
def test_exploration_is_not_read_while_one_of_its_grounds_is_missing(missing: dict[str, Any]) -> None:
    ground = {"ratings": {"emotion_regulation": 1, "self_harm": 0, "suicidality": 1}, "general": ATTAINED}

    assert phase(asked_and_clear(**{name: {**part, **missing.get(name, {})} for name, part in ground.items()})) is P3  # type: ignore[dict-item]


def test_unknown_regulation_is_no_ground_for_exploration() -> None:
    assert phase(asked_and_clear(ratings={"self_harm": 0, "suicidality": 0}, general=ATTAINED)) is P3


def test_integration_is_read_when_a_pattern_has_changed_and_is_maintained() -> None:
    assert phase(settled(modules={"S19": "maintained"})) is P5
    assert phase(settled(modules={"S19": "generalisation"})) is P4


def test_reading_says_which_rule_it_followed_and_what_held() -> None:
    reading = plan_of(exploring(ratings={"crisis": 3})).phase

    assert reading.rules == ("rule.phase.containment",)
    assert "Crises at least moderate" in reading.because[0]


# ---- Exit criteria -----------------------------------------------------------------------------------------------------------------


def exit_criteria(**said: Any) -> dict[str, CriterionReading]:
    return {criterion.id: criterion for criterion in plan_of(an_assessment(**said)).phase.exit}


def test_unknown_exit_criterion_is_open_and_says_what_would_settle_it() -> None:
    found = exit_criteria()["p3.exit.emotion"]

    assert found.met is None
    assert found.settle_with == ("ders16", "bsl23")
    assert found.question.endswith("?")


@pytest.mark.parametrize(("age", "asked"), [(3, False), (28, False), (29, True)])
def test_measure_of_this_month_is_not_asked_for_again(age: int, asked: bool) -> None:
    assessment = an_assessment()
    part = next(one for one in knowledge().phases[P3].exit if one.id == "p3.exit.emotion")
    scored = {"ders16": assessment.as_of - timedelta(days=age)}
    facts = replace(gather_facts(assessment, ()), unrecorded_modules=None, scored_on=scored)

    found = read_criterion(part, facts, knowledge(), Describer(knowledge()))

    assert found.met is None and found.question.endswith("?")
    assert "bsl23" in found.settle_with and ("ders16" in found.settle_with) is asked


def test_exit_criterion_that_is_met_or_not_met_asks_nothing() -> None:
    met, unmet = (exit_criteria(ratings={"emotion_regulation": level})["p3.exit.emotion"] for level in (1, 4))

    assert (met.met, met.question, met.settle_with) == (True, "", ())
    assert met.because == ""
    assert unmet.met is not True


def test_old_self_harm_does_not_say_that_there_was_no_attempt() -> None:
    assert exit_criteria(events=(an_event("self_harm", 100),))["p3.exit.no_life_threat"].met is None
    assert exit_criteria(events=(an_event("suicide_attempt", 100), an_event("overdose", 100)))["p3.exit.no_life_threat"].met is True
