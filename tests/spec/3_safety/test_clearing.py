"""Clearing and overruling: only a recorded decision ends a rule, and only as long as nothing new comes after it."""

from typing import Any

import pytest
from tests.support.builders import (
    a_decision,
    a_report,
    a_score,
    an_answer,
    an_assessment,
    an_event,
    answers,
    asked_and_clear,
    coming,
    exploring,
    only_item,
    override,
    override_status,
    phase,
    plan_of,
    settled,
    status,
    with_changes,
)

from fivefold.concepts.assessment import Assessment
from fivefold.concepts.vocabulary import MatchStatus, OverrideStatus, PhaseId

ACTIVE, TO_ASK, CLEARED, OVERRULED = OverrideStatus.ACTIVE, OverrideStatus.TO_ASK, OverrideStatus.CLEARED, OverrideStatus.OVERRULED


# ---- Clearing ---------------------------------------------------------------------------------------------------------------


def test_recorded_reassessment_clears_what_came_before_it() -> None:
    cleared = settled(events=(an_event("suicide_attempt", 5),), cleared=(a_decision("R1", 3),))

    found = override(cleared, "R1")
    assert found is not None
    assert found.status is CLEARED
    assert "Cleared by Amina on 2026-11-19: seen and asked" in found.because
    assert phase(cleared) is not PhaseId.P1


def test_reassessment_on_the_day_of_the_act_covers_it() -> None:
    assert override_status(settled(events=(an_event("suicide_attempt", 3),), cleared=(a_decision("R1", 3),)), "R1") is CLEARED


@pytest.mark.parametrize(
    "new",
    [
        {"events": (an_event("suicide_attempt", 2),)},
        {"risk": {"imminent": an_answer(True, ago=1)}},
        {"risk": {"new_plan_or_means": True}},
        {"scores": (only_item("cssrs", 4, 1, ago=2),)},
    ],
)
def test_something_new_after_the_reassessment_reopens_it(new: dict[str, Any]) -> None:
    assert override_status(settled(cleared=(a_decision("R1", 3),), **new), "R1") is ACTIVE


def test_reassessment_answers_the_open_questions_for_a_week() -> None:
    assert override_status(an_assessment(cleared=(a_decision("R1", 7),)), "R1") is CLEARED
    assert override_status(an_assessment(cleared=(a_decision("R1", 8),)), "R1") is TO_ASK


def test_better_form_never_clears_what_an_earlier_one_raised() -> None:
    raised = only_item("cssrs", 4, 1, ago=5)
    better = answers("cssrs", *[0] * 7)

    assert override_status(settled(scores=(raised, better)), "R1") is ACTIVE
    assert override_status(settled(scores=(raised, better), cleared=(a_decision("R1", 4),)), "R1") is CLEARED


def test_worst_form_after_the_reassessment_counts_not_the_newest() -> None:
    forms = (only_item("cssrs", 5, 1, ago=2), answers("cssrs", *[0] * 7))

    assert override_status(settled(scores=forms, cleared=(a_decision("R1", 3),)), "R1") is ACTIVE


def test_known_assessed_act_does_not_hold_a_person_in_safety_work() -> None:
    known = settled(ratings={"self_harm": 2, "suicidality": 2}, events=(an_event("suicide_attempt", 20, assessed=True),))

    plan = plan_of(known)
    assert plan.phase.overall is PhaseId.P3
    assert override_status(known, "R1") is None
    assert override_status(known, "R6") is ACTIVE


def test_chronic_risk_that_was_assessed_and_cleared_does_not_hold_the_phase_until_something_new() -> None:
    chronic = settled(ratings={"suicidality": 3}, risk={"acute_on_chronic": an_answer(True, ago=30)}, cleared=(a_decision("R1", 20),))

    assert phase(chronic) is PhaseId.P3
    assert phase(with_changes(chronic, events=(an_event("suicidal_communication", 2),))) is PhaseId.P1


def test_safety_plan_stays_active_after_the_clearing_of_a_known_act() -> None:
    known = with_changes(asked_and_clear(ratings={"suicidality": 2, "self_harm": 2}), events=(an_event("suicide_attempt", 20),), cleared=(a_decision("R1", 3),))

    assert {status(known, "S01"), status(known, "S02")} == {MatchStatus.NOW}


CLEARABLE: list[tuple[str, dict[str, Any]]] = [
    ("R2", {"dependants": {"present": True, "safe": False}}),
    ("R2", {"risk": {"harm_to_others": True}}),
    ("R3", {"risk": {"mania": True}}),
    ("R4", {"risk": {"medical_red_flag": True}}),
    ("R5", {"risk": {"ongoing_abuse": True}}),
    ("R6", {"events": (an_event("self_harm", 10),)}),
    ("R7", {"readiness": {"tolerates_strong_emotion": False}}),
    ("R8", {"risk": {"dependence": True}}),
    ("R9", {"scores": (a_score("des2", 40),)}),
    ("R10", {"general": {"G2": "red"}}),
    ("R11", {"context": {"safe_housing": False}}),
    ("R12", {"upcoming": (coming("discharge", 5),)}),
    ("R12", {"events": (an_event("loss", 4),)}),
    ("R13", {"expected_reports": (a_report(3, False),)}),
]


@pytest.mark.parametrize(("code", "said"), CLEARABLE, ids=[f"{code}-{next(iter(said))}" for code, said in CLEARABLE])
def test_every_rule_but_r14_can_be_cleared_by_a_reassessment_of_today(code: str, said: dict[str, Any]) -> None:
    assert override_status(settled(**said), code) is ACTIVE
    assert override_status(settled(**said, cleared=(a_decision(code),)), code) is CLEARED


def test_contact_after_a_missing_report_clears_it_until_the_next_one_is_missing() -> None:
    missing = settled(expected_reports=(a_report(5, False),), cleared=(a_decision("R13", 3),))

    assert override_status(missing, "R13") is CLEARED
    assert override_status(with_changes(missing, expected_reports=(a_report(5, False), a_report(1, False))), "R13") is ACTIVE


@pytest.mark.parametrize("said", [{"dependants": {"present": True, "safe": False}}, {"risk": {"harm_to_others": True}}])
def test_danger_that_a_file_states_without_a_date_is_of_today_and_reopens_an_earlier_reassessment(said: dict[str, Any]) -> None:
    assert override_status(settled(**said, cleared=(a_decision("R2", 1),)), "R2") is ACTIVE


# ---- Answers grow old ---------------------------------------------------------------------------------------------------------


def test_old_no_is_no_answer_for_today() -> None:
    old = asked_and_clear(risk={"psychosis": an_answer(False, ago=8)}, ratings={"suicidality": 0})

    assert override_status(old, "R3") is TO_ASK
    assert override_status(with_changes(old, risk={"psychosis": an_answer(False, ago=7)}), "R3") is None


def test_old_yes_still_stands() -> None:
    assert override_status(settled(risk={"mania": an_answer(True, ago=300)}), "R3") is ACTIVE


def test_silence_on_other_signs_is_no_reason_to_ask_again_once_the_questions_were_answered_today() -> None:
    today = asked_and_clear(ratings={"suicidality": 1})
    last_week = with_changes(today, risk={"imminent": an_answer(False, ago=6)})

    assert override_status(today, "R1") is None
    assert override_status(last_week, "R1") is TO_ASK


# ---- Overruling ---------------------------------------------------------------------------------------------------------------


def ready_for_trauma_work(**said: Any) -> Assessment:
    return exploring(ratings={"ptsd": 3}, **said)


def test_overruled_advice_no_longer_holds_up_the_work() -> None:
    advised = ready_for_trauma_work(events=(an_event("self_harm", 30),), previous="P4")
    overruled = with_changes(advised, overruled=(a_decision("R6", 2),))

    assert status(advised, "S27") is MatchStatus.CAUTIONED
    assert override_status(overruled, "R6") is OVERRULED
    assert status(overruled, "S27") is not MatchStatus.CAUTIONED


def test_reason_of_the_decision_is_kept() -> None:
    found = override(ready_for_trauma_work(events=(an_event("self_harm", 30),), overruled=(a_decision("R6", 2),)), "R6")

    assert found is not None
    assert found.because[-1] == "Overruled by Amina on 2026-11-20: seen and asked"


def test_act_after_the_decision_reopens_the_advice() -> None:
    later = ready_for_trauma_work(events=(an_event("self_harm", 30), an_event("self_harm", 1)), overruled=(a_decision("R6", 2),))

    assert override_status(later, "R6") is ACTIVE
    assert status(later, "S27") is MatchStatus.CAUTIONED


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("R7", {"readiness": {"urges_controllable_with_cues": False}}),
        ("R8", {"risk": {"dependence": True}}),
        ("R9", {"risk": {"loses_orientation_in_session": True}}),
        ("R10", {"planned_sessions": 4, "missed_sessions": 2}),
        ("R11", {"context": {"safe_housing": False}}),
        ("R12", {"upcoming": (coming("end_of_treatment"),)}),
        ("R13", {"expected_reports": (a_report(9, False),)}),
    ],
)
def test_state_that_was_known_to_the_decision_stays_overruled_while_the_decision_is_fresh(code: str, said: dict[str, Any]) -> None:
    assert override_status(settled(**said, overruled=(a_decision(code, 2),)), code) is OVERRULED


def test_old_decision_on_a_state_that_goes_on_must_be_taken_again() -> None:
    assert override_status(settled(context={"safe_housing": False}, overruled=(a_decision("R11", 28),)), "R11") is OVERRULED
    assert override_status(settled(context={"safe_housing": False}, overruled=(a_decision("R11", 29),)), "R11") is ACTIVE


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("R1", {"risk": {"imminent": True}}),
        ("R2", {"risk": {"harm_to_others": True}}),
        ("R3", {"risk": {"psychosis": True}}),
        ("R4", {"risk": {"medical_red_flag": True}}),
        ("R5", {"risk": {"ongoing_abuse": True}}),
        ("R14", {"adaptations": ("pregnancy",)}),
    ],
)
def test_hard_rule_cannot_be_overruled(code: str, said: dict[str, Any]) -> None:
    assert override_status(settled(**said, overruled=(a_decision(code),)), code) is ACTIVE


def test_newest_of_several_decisions_counts() -> None:
    records = (a_decision("R1", 10), a_decision("R1", 1))

    assert override_status(settled(events=(an_event("suicide_attempt", 5),), cleared=records), "R1") is CLEARED
    assert override_status(settled(events=(an_event("suicide_attempt", 5),), cleared=records[:1]), "R1") is ACTIVE
