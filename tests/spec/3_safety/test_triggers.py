"""Triggers: for every rule where it fires, where it just does not, and what is asked when nobody knows.

``asked_and_clear`` has been asked everything today and nothing applies, so what is said on top of it stands alone.
"""

from dataclasses import replace
from typing import Any

import pytest
from tests.support.builders import (
    a_report,
    a_score,
    an_assessment,
    an_event,
    answers,
    asked_and_clear,
    coming,
    knowledge,
    only_item,
    override,
    override_status,
    plan_of,
    settled,
)

from fivefold.concepts.assessment import PatientFacts
from fivefold.concepts.vocabulary import OverrideKind, OverrideStatus

ACTIVE, TO_ASK = OverrideStatus.ACTIVE, OverrideStatus.TO_ASK
CODES = sorted({rule.code for rule in knowledge().overrides}, key=lambda code: int(code[1:]))

FIRES: list[tuple[str, dict[str, Any]]] = [
    ("R1", {"risk": {"imminent": True}}),
    ("R1", {"risk": {"new_plan_or_means": True}}),
    ("R1", {"risk": {"acute_on_chronic": True}}),
    ("R1", {"scores": (only_item("cssrs", 4, 1),)}),
    ("R1", {"scores": (only_item("cssrs", 5, 1),)}),
    ("R1", {"scores": (answers("cssrs", 0, 0, 0, 0, 0, 1, 1),)}),
    ("R1", {"scores": (a_score("cssrs", 3),)}),
    ("R1", {"events": (an_event("suicide_attempt", 28),)}),
    ("R1", {"events": (an_event("suicidal_communication", 0),)}),
    ("R1", {"events": (an_event("overdose", 5),)}),
    ("R1", {"ratings": {"suicidality": 3.5}}),
    ("R2", {"risk": {"harm_to_others": True}}),
    ("R2", {"risk": {"named_victim_or_weapon": True}}),
    ("R2", {"events": (an_event("violence", 28),)}),
    ("R2", {"events": (an_event("threat", 1),)}),
    ("R2", {"dependants": {"present": True, "safe": False}}),
    ("R3", {"risk": {"psychosis": True}}),
    ("R3", {"risk": {"mania": True}}),
    ("R3", {"risk": {"delirium": True}}),
    ("R3", {"risk": {"intoxication": True}}),
    ("R3", {"risk": {"severe_withdrawal": True}}),
    ("R4", {"risk": {"medical_red_flag": True}}),
    ("R4", {"events": (an_event("overdose", 3),)}),
    ("R5", {"risk": {"ongoing_abuse": True}}),
    ("R5", {"events": (an_event("abuse", 28),)}),
    ("R5", {"events": (an_event("victimisation", 2),)}),
    ("R6", {"events": (an_event("self_harm", 61),)}),
    ("R6", {"events": (an_event("suicide_attempt", 61, assessed=True),)}),
    ("R6", {"events": (an_event("self_harm", within=56, count=3),)}),
    ("R7", {"readiness": {"urges_controllable_with_cues": False}}),
    ("R7", {"readiness": {"tolerates_strong_emotion": False}}),
    ("R8", {"risk": {"dependence": True}}),
    ("R8", {"scores": (a_score("audit", 20),)}),
    ("R8", {"scores": (a_score("dudit", 25),)}),
    ("R8", {"events": (an_event("intoxicated_session", 28), an_event("intoxicated_session", 14), an_event("intoxicated_session", 7))}),
    ("R9", {"risk": {"loses_orientation_in_session": True}}),
    ("R9", {"scores": (a_score("des2", 30),)}),
    ("R10", {"general": {"G2": "red"}}),
    ("R10", {"scores": (a_score("waisr", 35),)}),
    ("R10", {"scores": (a_score("srs", 27.9),)}),
    ("R10", {"scores": (answers("srs", 10, 6.9, 10, 10),)}),
    ("R10", {"planned_sessions": 4, "missed_sessions": 2}),
    ("R10", {"events": (an_event("missed_session", 0), an_event("missed_session", 7))}),
    ("R11", {"context": {"agreement": False}}),
    ("R11", {"context": {"contact_route": False}}),
    ("R11", {"context": {"safe_housing": False}}),
    ("R12", {"risk": {"sudden_improvement": True}}),
    ("R12", {"risk": {"leave_taking": True}}),
    ("R12", {"events": (an_event("loss", 28),)}),
    ("R12", {"events": (an_event("therapist_absence", 10),)}),
    ("R12", {"upcoming": (coming("discharge", 28),)}),
    ("R12", {"upcoming": (coming("leave", 1),)}),
    ("R12", {"upcoming": (coming("end_of_treatment", 0),)}),
    ("R12", {"upcoming": (coming("discharge"),)}),
    ("R13", {"expected_reports": (a_report(4, False),)}),
    ("R13", {"expected_reports": (a_report(0, False),)}),
    *[("R14", {"adaptations": (name,)}) for name in knowledge().adaptations],
    ("R14", {"age": 17.9}),
]  # fmt: skip

JUST_NOT: list[tuple[str, dict[str, Any]]] = [
    ("R1", {"scores": (answers("cssrs", 1, 1, 1, 0, 0, 1, 0),)}),
    ("R1", {"events": (an_event("suicide_attempt", 29),)}),
    ("R1", {"events": (an_event("suicide_attempt", 1, assessed=True),)}),
    ("R1", {"events": (an_event("self_harm", 1),)}),
    ("R1", {"ratings": {"suicidality": 3.4}}),
    ("R2", {"events": (an_event("violence", 29),)}),
    ("R2", {"events": (an_event("threat", 1, assessed=True),)}),
    ("R2", {"dependants": {"present": True, "safe": True}}),
    ("R2", {"ratings": {"anger": 4, "hostility_conflict": 4}}),
    ("R3", {"ratings": {"psychotic_like": 4}}),
    ("R4", {"events": (an_event("overdose", 4),)}),
    ("R4", {"events": (an_event("overdose", 1, assessed=True),)}),
    ("R5", {"events": (an_event("abuse", 29),)}),
    ("R6", {"events": (an_event("self_harm", 62),)}),
    ("R8", {"scores": (a_score("audit", 19), a_score("dudit", 24))}),
    ("R8", {"events": (an_event("intoxicated_session", 28), an_event("intoxicated_session", 14), an_event("intoxicated_session", 29))}),
    ("R9", {"scores": (a_score("des2", 29.9),)}),
    ("R10", {"planned_sessions": 4, "missed_sessions": 1}),
    ("R10", {"events": (an_event("missed_session", 7), an_event("missed_session", 29))}),
    ("R12", {"events": (an_event("loss", 29),)}),
    ("R12", {"upcoming": (coming("discharge", 29),)}),
    ("R12", {"upcoming": (coming("court_date", 3),)}),
    ("R13", {"expected_reports": (a_report(4, True),)}),
    ("R13", {"expected_reports": (a_report(-1, False),)}),
    ("R14", {"age": 18}),
]  # fmt: skip


def named(cases: list[tuple[str, dict[str, Any]]]) -> list[str]:
    return [f"{code}-{next(iter(said))}-{number}" for number, (code, said) in enumerate(cases)]


@pytest.mark.parametrize(("code", "said"), FIRES, ids=named(FIRES))
def test_rule_is_active_where_its_trigger_holds(code: str, said: dict[str, Any]) -> None:
    found = override(asked_and_clear(**said), code)

    assert found is not None
    assert found.status is ACTIVE
    assert found.because


@pytest.mark.parametrize(("code", "said"), JUST_NOT, ids=named(JUST_NOT))
def test_rule_is_absent_where_its_trigger_just_does_not_hold(code: str, said: dict[str, Any]) -> None:
    assert override_status(settled(**said), code) is None


def test_nothing_applies_where_everything_was_asked_today() -> None:
    assert plan_of(settled()).overrides == ()


UNKNOWN_IS_ASKED: list[tuple[str, dict[str, Any]]] = [
    ("R1", {}),
    ("R2", {}),
    ("R3", {}),
    ("R4", {}),
    ("R5", {}),
    ("R6", {"ratings": {"self_harm": 1}}),
    ("R6", {"ratings": {"ptsd": 1}}),
    ("R6", {"diagnoses": ("ptsd",)}),
    ("R6", {"modules": {"S27": "recognition"}}),
    ("R6", {"events": (an_event("self_harm"),)}),
    ("R6", {"events": (an_event("self_harm", within=104 * 7),)}),
    ("R7", {"ratings": {"ptsd": 1}}),
    ("R7", {"ratings": {"self_harm": 1}}),
    ("R8", {}),
    ("R8", {"ratings": {"substance_use": 2}}),
    ("R9", {"ratings": {"ptsd": 1}}),
    ("R9", {"ratings": {"self_harm": 1}}),
    ("R10", {"ratings": {"alliance_problem": 2}}),
    ("R10", {"ratings": {"alliance_problem": 3}}),
    ("R10", {"scores": (a_score("waisr", 36),)}),
    ("R10", {"scores": (answers("srs", 7, 7, 7, 7),)}),
    ("R11", {}),
    ("R11", {"context": {"agreement": True, "contact_route": True}}),
    ("R13", {"expected_reports": (a_report(4, None),)}),
    ("R14", {"age": None}),
]  # fmt: skip

UNKNOWN_IS_NOT_ASKED: list[tuple[str, dict[str, Any]]] = [
    ("R6", {}),
    ("R6", {"ratings": {"self_harm": 0, "ptsd": 0}}),
    ("R7", {}),
    ("R8", {"ratings": {"substance_use": 1}}),
    ("R9", {}),
    ("R10", {}),
    ("R10", {"ratings": {"alliance_problem": 1}}),
    ("R11", {"context": {"agreement": True, "contact_route": True, "safe_housing": True}}),
    ("R12", {}),
    ("R13", {}),
    ("R14", {}),
]


@pytest.mark.parametrize(("code", "said"), UNKNOWN_IS_ASKED, ids=named([(code, said or {"nothing": 0}) for code, said in UNKNOWN_IS_ASKED]))
def test_unknown_is_asked_where_asking_helps_now(code: str, said: dict[str, Any]) -> None:
    found = override(an_assessment(**said), code)

    assert found is not None
    assert found.status is TO_ASK
    assert found.because


@pytest.mark.parametrize(("code", "said"), UNKNOWN_IS_NOT_ASKED, ids=named([(code, said or {"nothing": 0}) for code, said in UNKNOWN_IS_NOT_ASKED]))
def test_unknown_is_not_asked_where_it_decides_nothing(code: str, said: dict[str, Any]) -> None:
    assert override_status(an_assessment(**said), code) is None


def test_act_of_unknown_date_leaves_the_question_open_never_absent() -> None:
    assert override_status(settled(events=(an_event("self_harm"),)), "R6") is TO_ASK
    assert override_status(settled(events=(an_event("suicide_attempt"),)), "R1") is TO_ASK


def test_old_attempt_says_nothing_of_the_newest_self_harm() -> None:
    assert override_status(an_assessment(ratings={"self_harm": 3}, events=(an_event("suicide_attempt", 200),)), "R6") is TO_ASK


def test_newest_self_harm_on_record_answers_for_attempts_too() -> None:
    assert override_status(an_assessment(ratings={"self_harm": 1}, events=(an_event("self_harm", 200),)), "R6") is None


def test_age_that_may_be_under_eighteen_is_asked() -> None:
    span = replace(an_assessment(), patient=PatientFacts(age_from=16, age_to=20))
    assert override_status(span, "R14") is TO_ASK
    assert override_status(replace(span, patient=PatientFacts(age_to=17)), "R14") is ACTIVE
    assert override_status(replace(span, patient=PatientFacts(age_from=18)), "R14") is None


def test_two_records_of_absences_that_differ_are_read_at_the_worse() -> None:
    absences = (an_event("missed_session", 3), an_event("missed_session", 10))

    assert override_status(settled(planned_sessions=4, missed_sessions=0, events=absences), "R10") is ACTIVE


@pytest.mark.parametrize("code", CODES)
def test_rules_one_to_five_are_hard_and_the_rest_advisory(code: str) -> None:
    kinds = {rule.kind for rule in knowledge().overrides if rule.code == code}

    if code == "R14":
        assert kinds == {OverrideKind.HARD, OverrideKind.ADVISORY}
    else:
        assert kinds == {OverrideKind.HARD if int(code[1:]) <= 5 else OverrideKind.ADVISORY}


def test_better_scores_do_not_silence_a_sign() -> None:
    better = settled(risk={"sudden_improvement": True}, scores=(a_score("bsl23", 3.0, ago=14), a_score("bsl23", 0.1), answers("phq9", *[0] * 9)))

    plan = plan_of(better)
    assert [found.code for found in plan.overrides] == ["R12"]
    assert plan.match("S01").status.value == "now"
    assert plan.ask_first[0].because == ("R12",)
