"""Effects: what an active rule does to the plan, and that nothing outranks it."""

from datetime import date
from typing import Any

import pytest
from tests.support.builders import (
    a_decision,
    a_report,
    a_score,
    an_assessment,
    an_event,
    declined,
    exploring,
    knowledge,
    match_of,
    phase,
    plan_of,
    resting,
    settled,
    status,
    statuses,
    texts,
    with_changes,
)

from fivefold.concepts.vocabulary import MatchStatus, PhaseId
from fivefold.engine.planning import PlanOptions, make_plan

NOW, NEXT, LATER = MatchStatus.NOW, MatchStatus.NEXT, MatchStatus.LATER
SUSPENDED, BLOCKED, CAUTIONED = MatchStatus.SUSPENDED, MatchStatus.BLOCKED, MatchStatus.CAUTIONED
WORK = {"depression": 3, "abandonment_rejection_sensitivity": 3, "identity": 3, "ptsd": 3}
URGENT = {"imminent": True}
VIOLENT = {"harm_to_others": True}


# ---- R1 and R2 ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("flag", [URGENT, VIOLENT])
def test_raised_suicide_risk_or_violence_is_safety_work_and_nothing_else(flag: dict[str, bool]) -> None:
    plan = plan_of(exploring(risk=flag, ratings=WORK))

    assert plan.phase.overall is PhaseId.P1
    assert set(plan.phase.by_domain.values()) == {PhaseId.P1}
    assert [match.id for match in plan.with_status(NOW)] == ["S01", "S02"]
    assert plan.timeline == ()


@pytest.mark.parametrize("flag", [URGENT, VIOLENT])
def test_indicated_work_is_suspended_and_the_rest_stays_unclear_or_not_indicated(flag: dict[str, bool]) -> None:
    found = statuses(an_assessment(risk=flag, ratings={"depression": 3, "submissiveness": 0}))

    assert found["S17"] is SUSPENDED
    assert found["S20"] is MatchStatus.NOT_INDICATED
    assert found["S24"] is MatchStatus.UNCLEAR


def test_work_under_way_is_suspended_with_the_rule_that_says_so() -> None:
    match = match_of(exploring(risk=URGENT, modules={"S19": "exploration"}), "S19")

    assert (match.status, match.running) == (SUSPENDED, True)
    assert [reason.rule for reason in match.because if not reason.supports] == ["rule.override.R1"]


def test_resting_module_stays_suspended_in_safety_work() -> None:
    assert status(exploring(risk=URGENT, modules=(resting("S19"),)), "S19") is SUSPENDED


def test_what_has_been_maintained_stays_done_in_safety_work() -> None:
    assert status(exploring(risk=URGENT), "S10") is MatchStatus.DONE


def test_safety_plan_returns_although_it_was_done_before() -> None:
    assert status(settled(risk=URGENT), "S02") is NOW
    assert status(settled(), "S02") is MatchStatus.DONE


@pytest.mark.parametrize("name", ["S01", "S02"])
def test_safety_work_under_a_hard_rule_cannot_be_wished_away(name: str) -> None:
    assert status(an_assessment(risk=URGENT, modules=(declined(name),)), name) is NOW
    assert status(an_assessment(risk=URGENT, not_wanted=(name, "suicidality", "self_harm")), name) is NOW


def test_asking_about_suicide_cannot_be_declined_at_any_time() -> None:
    assert status(an_assessment(ratings={"suicidality": 2}, not_wanted=("S01",)), "S01") is NOW


def test_actions_have_deadlines_the_soonest_first() -> None:
    actions = plan_of(an_assessment(risk=URGENT)).actions

    assert [action.by_when for action in actions] == [
        "within 24 hours, by 2026-11-23",
        "within 24 to 72 hours, by 2026-11-25",
        "within 72 hours, by 2026-11-25",
    ]
    assert {action.rule for action in actions} == {"R1"}


def test_deadlines_count_from_the_day_a_rule_became_active_and_say_when_it_is_past() -> None:
    earlier = PlanOptions(with_stability=False, active_since=(("R1", date(2026, 11, 20)),))
    actions = make_plan(an_assessment(risk=URGENT), knowledge(), earlier).actions

    assert [action.by_when for action in actions] == [
        "within 24 hours, overdue since 2026-11-21",
        "within 24 to 72 hours, by 2026-11-23",
        "within 72 hours, by 2026-11-23",
    ]


def test_no_deadline_lies_later_than_one_that_counts_from_today() -> None:
    tomorrow = PlanOptions(with_stability=False, active_since=(("R1", date(2026, 11, 23)),))

    assert make_plan(an_assessment(risk=URGENT), knowledge(), tomorrow).actions == plan_of(an_assessment(risk=URGENT)).actions


# ---- R3, R4, R14 ----------------------------------------------------------------------------------------------------------------

WITHHELD: list[tuple[str, dict[str, Any]]] = [
    ("R3", {"risk": {"mania": True}}),
    ("R4", {"risk": {"medical_red_flag": True}}),
    *[("R14", {"adaptations": (name,)}) for name in ("pregnancy", "postpartum", "intellectual_disability", "language_barrier", "custodial", "court_ordered")],
    ("R14", {"age": 16}),
]


@pytest.mark.parametrize(("code", "said"), WITHHELD)
def test_no_automatic_plan_is_made_and_the_safety_part_is_still_shown(code: str, said: dict[str, Any]) -> None:
    plan = plan_of(exploring(ratings={**WORK, "suicidality": 2}, **said))

    assert plan.withheld is not None
    assert plan.withheld.reason_codes == (code,)
    assert plan.withheld.needs
    assert plan.match("S01").status is NOW
    assert len(plan.general_modules) == 6
    assert plan.timeline == ()


@pytest.mark.parametrize("said", [{"risk": {"psychosis": True}}, {"risk": {"medical_red_flag": True}}])
def test_emergency_withholds_the_plan_and_moves_no_phase(said: dict[str, Any]) -> None:
    assert phase(exploring(**said)) is phase(exploring())


def test_other_matches_are_shown_as_information_where_the_plan_is_withheld() -> None:
    plain, withheld = (statuses(exploring(ratings=WORK, **said)) for said in ({}, {"adaptations": ("pregnancy",)}))

    assert withheld == plain


def test_lead_sentence_of_a_withheld_plan_names_safety_work_alone() -> None:
    plain, withheld = (plan_of(exploring(ratings={**WORK, "suicidality": 2}, **said)).summary for said in ({}, {"adaptations": ("pregnancy",)}))

    assert "The work now:" in plain and "information only" not in plain
    assert "Safety work: suicidality: ask and respond" in withheld and "information only" in withheld
    assert "The work now:" not in withheld and "Next, as soon as" not in withheld


@pytest.mark.parametrize("name", ["borderline_intellectual_functioning", "older_adult", "capacity_concern", "sensory_or_motor"])
def test_adapting_word_lists_an_adaptation_and_never_withholds(name: str) -> None:
    plan = plan_of(settled(adaptations=(name,)))

    assert plan.withheld is None
    assert [(found.code, found.kind.value) for found in plan.overrides] == [("R14", "advisory")]
    assert len(plan.adaptations) == 1


# ---- R5 ---------------------------------------------------------------------------------------------------------------------------


def test_ongoing_abuse_closes_all_exploratory_and_trauma_work() -> None:
    found = statuses(exploring(risk={"ongoing_abuse": True}, ratings=WORK, modules={"S19": "exploration"}))

    assert {found[f"S{number}"] for number in range(19, 30)} == {BLOCKED}
    assert found["S17"] is NOW
    assert found["S18"] is not BLOCKED


def test_ongoing_abuse_moves_no_phase() -> None:
    assert phase(exploring(risk={"ongoing_abuse": True})) is PhaseId.P4


# ---- R6 to R9 -----------------------------------------------------------------------------------------------------------------------

ADVISED: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    ("R6", {"events": (an_event("self_harm", 40),)}, ("S27",)),
    ("R7", {"readiness": {"urges_controllable_with_cues": False}}, ("S27",)),
    ("R8", {"risk": {"dependence": True}}, ("S12", "S27")),
    ("R9", {"risk": {"loses_orientation_in_session": True}}, ("S27",)),
]


@pytest.mark.parametrize(("code", "said", "names"), ADVISED)
def test_advice_cautions_what_it_names_and_says_why(code: str, said: dict[str, Any], names: tuple[str, ...]) -> None:
    plan = plan_of(exploring(ratings={"ptsd": 3, "restricted_expression": 3, "shame_self_criticism": 3}, **said))

    assert {match.id for match in plan.with_status(CAUTIONED)} == set(names)
    for name in names:
        assert code in plan.match(name).waits_for
        assert "without a recorded reason" in texts(plan.match(name))


def test_recent_self_harm_leaves_other_exploratory_work_open() -> None:
    # Self-harm takes the phase back to regulation, so exploratory work waits for its phase, not for the rule.
    found = match_of(exploring(ratings={"shame_self_criticism": 3}, events=(an_event("self_harm", 40),)), "S28")

    assert (found.status, found.waits_for) == (LATER, ("P4",))


def test_dependence_brings_substance_work_without_a_score() -> None:
    found = match_of(settled(risk={"dependence": True}), "S06")

    assert found.status is NOW
    assert "R8 brings it" in texts(found)


def test_lost_orientation_brings_the_work_on_dissociation_first() -> None:
    found = statuses(exploring(ratings={"ptsd": 3, "shame_self_criticism": 3}, scores=(a_score("des2", 45),)))

    assert found["S14"] is NOW
    assert found["S27"] is CAUTIONED


def test_open_question_on_an_advisory_rule_is_asked_before_the_work_it_names_begins() -> None:
    found = match_of(exploring(ratings={"ptsd": 3}, events=(an_event("self_harm"),)), "S27")

    assert found.status is NEXT
    assert found.waits_for == ("R6",)


# ---- R10 to R13 -----------------------------------------------------------------------------------------------------------------------


def test_strained_alliance_pauses_exploration_and_never_regulation_or_safety() -> None:
    strained = exploring(planned_sessions=4, missed_sessions=2, ratings={**WORK, "suicidality": 1, "sleep": 3})

    found = statuses(strained)
    assert found["S19"] is LATER
    assert {found["S17"], found["S16"], found["S01"]} == {NOW}
    assert "R10" in match_of(strained, "S19").waits_for


def test_strained_alliance_asks_for_repair_and_a_call_within_two_days() -> None:
    plan = plan_of(exploring(planned_sessions=4, missed_sessions=2))

    assert [(action.what, action.by_when) for action in plan.actions] == [("Telephone the patient", "within 48 hours, by 2026-11-24")]
    assert next(found for found in plan.general_modules if found.id == "G2").repair


def test_missing_frame_leaves_safety_containment_and_regulation_only() -> None:
    found = statuses(exploring(context={"safe_housing": False}, ratings=WORK))

    assert found["S17"] is NOW
    assert {found["S19"], found["S26"]} == {LATER}


def test_sign_that_scores_may_mislead_brings_the_question_about_suicide() -> None:
    plan = plan_of(exploring(events=(an_event("loss", 3),)))

    assert plan.match("S01").status is NOW
    assert plan.phase.overall is PhaseId.P4
    assert plan.ask_first[0].because == ("R12",)


def test_missing_report_is_a_call_and_never_a_zero() -> None:
    plan = plan_of(settled(expected_reports=(a_report(2, False),)))

    assert plan.match("S01").status is NOW
    assert [action.what for action in plan.actions] == ["Telephone the patient about the missing report"]


def test_hard_rule_stands_above_every_advisory_decision() -> None:
    plan = plan_of(exploring(risk={"ongoing_abuse": True}, ratings={"ptsd": 4}, priorities=("ptsd", "S27"), overruled=(a_decision("R6"), a_decision("R7"))))

    assert plan.match("S27").status is BLOCKED


def test_rules_stand_side_by_side() -> None:
    found = statuses(with_changes(exploring(risk={"imminent": True, "ongoing_abuse": True, "dependence": True}, ratings=WORK)))

    assert {found["S01"], found["S02"], found["S06"]} == {NOW}
    assert found["S19"] is BLOCKED
    assert found["S17"] is SUSPENDED
