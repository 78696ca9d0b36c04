"""Order: prerequisites come first, few modules run at once, and what is under way goes on."""

from typing import Any

import pytest
from tests.support.builders import (
    a_decision,
    an_answer,
    an_assessment,
    an_event,
    asked_and_clear,
    declined,
    exploring,
    match_of,
    plan_of,
    resting,
    settled,
    status,
    statuses,
    texts,
    with_changes,
)

from fivefold.concepts.vocabulary import MatchStatus, StageId

NOW, NEXT, LATER, DONE = MatchStatus.NOW, MatchStatus.NEXT, MatchStatus.LATER, MatchStatus.DONE
NOT_INDICATED = MatchStatus.NOT_INDICATED


# ---- Prerequisites ---------------------------------------------------------------------------------------------------------------


def test_prerequisite_without_an_indication_of_its_own_is_pulled_in_with_that_reason() -> None:
    found = match_of(settled(ratings={"anger": 3}), "S09")

    assert found.status is NOW
    assert "Not indicated by itself: it comes before S15." in texts(found)


def test_module_waits_for_its_prerequisite_and_is_next_while_that_runs() -> None:
    found = match_of(settled(ratings={"anger": 3}), "S15")

    assert (found.status, found.waits_for) == (NEXT, ("S09",))
    assert "Comes after S09" in texts(found)


def test_chain_of_prerequisites_is_pulled_in_as_a_whole() -> None:
    found = statuses(settled(ratings={"intimacy": 3}, previous="P4"))

    assert {name: found[name] for name in ("S07", "S08", "S10", "S19", "S22")} == {"S07": NOW, "S08": NEXT, "S10": LATER, "S19": LATER, "S22": LATER}


@pytest.mark.parametrize(("stage", "expected"), [("exploration", NEXT), ("alternatives", NEXT), ("generalisation", NOW), ("maintained", NOW)])
def test_prerequisite_has_come_far_enough_when_it_is_being_generalised(stage: str, expected: MatchStatus) -> None:
    assert status(settled(ratings={"anger": 3}, modules={"S09": stage}), "S15") is expected


@pytest.mark.parametrize(("stage", "expected"), [("exploration", NEXT), ("alternatives", NOW)])
def test_safety_plan_has_come_far_enough_when_it_can_be_used(stage: str, expected: MatchStatus) -> None:
    assert status(settled(ratings={"self_harm": 3}, modules={"S02": stage}), "S04") is expected


def test_prerequisite_that_does_not_apply_to_this_patient_is_not_waited_for() -> None:
    skilled = exploring(ratings={"ptsd": 3})

    assert status(skilled, "S27") is NOW
    assert "S14" in match_of(with_changes(skilled, risk={"loses_orientation_in_session": True}, overruled=(a_decision("R9"),)), "S27").waits_for


RECORDED: list[tuple[dict[str, Any], bool]] = [
    ({"risk": {"imminent": False, "new_plan_or_means": False, "acute_on_chronic": False}}, True),
    ({"risk": {name: an_answer(False, ago=7) for name in ("imminent", "new_plan_or_means", "acute_on_chronic")}}, True),
    ({"risk": {name: an_answer(False, ago=8) for name in ("imminent", "new_plan_or_means", "acute_on_chronic")}}, False),
    ({"risk": {"imminent": False, "new_plan_or_means": False}}, False),
    ({"risk": {"imminent": False, "new_plan_or_means": False, "acute_on_chronic": None}}, False),
    ({"cleared": (a_decision("R1"),)}, True),
    ({"cleared": (a_decision("R1", 1),)}, False),
    ({"events": (an_event("self_harm", 0, assessed=True),)}, True),
    ({"events": (an_event("self_harm", 1, assessed=True),)}, False),
    ({}, False),
]


@pytest.mark.parametrize(("said", "recorded"), RECORDED)
def test_suicidality_response_counts_as_done_once_a_risk_assessment_of_this_contact_is_recorded(said: dict[str, Any], recorded: bool) -> None:
    waiting = an_assessment(ratings={"medication_problem": 3, "suicidality": 1}, **said)

    assert status(waiting, "S05") is (NOW if recorded else NEXT)
    assert status(waiting, "S01") is NOW


# ---- How many at once ------------------------------------------------------------------------------------------------------------

SKILLED = {"S02": "maintained", "S07": "maintained", "S08": "maintained", "S09": "maintained"}
MUCH = {"emotion_regulation": 3, "anger": 3, "impulsivity": 3, "depression": 3}


def test_modules_beyond_the_number_at_once_are_next_and_say_why() -> None:
    plan = plan_of(settled(ratings=MUCH, modules=SKILLED))

    assert [match.id for match in plan.with_status(NOW)] == ["S10", "S13"]
    assert [match.id for match in plan.with_status(NEXT)] == ["S15", "S17"]
    assert "2 at once is the most" in texts(plan.match("S17"))


def test_safety_and_containment_do_not_count_against_the_number_at_once() -> None:
    plan = plan_of(settled(ratings={**MUCH, "suicidality": 2, "sleep": 3, "substance_use": 3}, modules=SKILLED, resilience="low"))

    assert [match.id for match in plan.with_status(NOW)] == ["S01", "S06", "S16", "S10"]


def test_what_is_under_way_keeps_its_place_before_what_could_start() -> None:
    plan = plan_of(settled(ratings={**MUCH, "attention_rumination": 2}, modules={**SKILLED, "S11": "exploration"}, resilience="low"))

    assert [match.id for match in plan.with_status(NOW)] == ["S11"]


def test_more_modules_under_way_than_resilience_allows_are_not_stopped() -> None:
    plan = plan_of(settled(ratings=MUCH, modules={**SKILLED, "S10": "exploration", "S13": "recognition", "S15": "alternatives"}, resilience="low"))

    assert {match.id for match in plan.with_status(NOW)} == {"S10", "S13", "S15"}


def test_module_that_waited_for_one_without_a_place_comes_later() -> None:
    found = statuses(
        settled(ratings={"anger": 2, "emotion_regulation": 4, "impulsivity": 2}, modules={"S07": "maintained", "S08": "maintained"}, resilience="low")
    )

    assert (found["S10"], found["S09"], found["S15"]) == (NOW, NEXT, LATER)


def test_priority_of_the_patient_moves_a_module_up() -> None:
    plain, wished = (plan_of(settled(ratings=MUCH, modules=SKILLED, resilience="low", priorities=names)) for names in ((), ("depression",)))

    assert [match.id for match in plain.with_status(NOW)] == ["S10"]
    assert [match.id for match in wished.with_status(NOW)] == ["S17"]
    terms = wished.match("S17").selection
    assert terms is not None
    assert terms.priority == 3


def test_rank_follows_status_and_leaves_no_gap() -> None:
    plan = plan_of(settled(ratings={**MUCH, "shame_self_criticism": 3, "sleep": 2}, modules={"S07": "maintained"}))

    ranked = [match for match in plan.modules if match.rank is not None]
    order = (NOW, NEXT, LATER)
    assert [match.rank for match in ranked] == list(range(1, len(ranked) + 1))
    assert [order.index(match.status) for match in ranked] == sorted(order.index(match.status) for match in ranked)


# ---- Phase ---------------------------------------------------------------------------------------------------------------------------


def test_work_of_a_later_phase_comes_later_and_says_which() -> None:
    found = match_of(settled(ratings={"shame_self_criticism": 3, "emotion_regulation": 3}, modules={"S08": "maintained"}), "S28")

    assert (found.status, found.waits_for) == (LATER, ("P4",))


def test_work_of_an_earlier_phase_can_still_run() -> None:
    assert status(exploring(ratings={"depression": 3}), "S17") is NOW


# ---- Under way, resting, done, declined --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", ["recognition", "exploration", "alternatives", "generalisation"])
def test_module_under_way_goes_on_even_where_a_gate_has_become_unknown(stage: str) -> None:
    found = match_of(an_assessment(modules={"S15": stage}), "S15")

    assert (found.status, found.running, found.change_stage) == (NOW, True, StageId(stage))


def test_module_that_starts_now_begins_with_recognition() -> None:
    assert match_of(settled(ratings={"depression": 3}), "S17").change_stage is StageId.RECOGNITION


def test_queued_module_is_not_under_way() -> None:
    found = match_of(an_assessment(ratings={"depression": 3}, modules={"S17": "queued"}), "S17")

    assert (found.status, found.running) == (NEXT, False)


def test_resting_module_without_a_stage_is_taken_up_again() -> None:
    assert status(exploring(modules=(resting("S28", stage=None),)), "S28") is NOW


def test_maintained_module_is_done_and_stays_available() -> None:
    found = match_of(settled(modules={"S15": "maintained"}), "S15")

    assert found.status is DONE
    assert "stays available" in texts(found)


def test_suicidality_response_that_was_done_returns_with_each_new_sign() -> None:
    done = settled(modules={"S01": "maintained"})

    assert status(done, "S01") is DONE
    assert status(with_changes(done, events=(an_event("loss", 2),)), "S01") is NOW
    assert status(with_changes(done, ratings={"suicidality": 1}), "S01") is NOW


@pytest.mark.parametrize(
    "said",
    [
        {"modules": (declined("S15"),)},
        {"modules": (declined("S15", by_clinician=True),)},
        {"modules": {"S15": "abandoned"}},
        {"not_wanted": ("S15",)},
        {"not_wanted": ("anger",)},
    ],
)
def test_declined_module_waits_and_is_asked_about_again(said: dict[str, Any]) -> None:
    found = match_of(settled(ratings={"anger": 3}, **said), "S15")

    assert (found.status, found.declined) == (LATER, True)
    assert "ask again at the review" in texts(found)


def test_wish_not_to_work_on_one_thing_leaves_modules_that_also_treat_another() -> None:
    assert not match_of(settled(ratings={"distress_tolerance": 3}, not_wanted=("self_harm",)), "S09").declined


def test_declined_module_pulls_nothing_into_the_plan() -> None:
    found = statuses(settled(ratings={"anger": 3}, modules=(declined("S15"),)))

    assert found["S09"] is NOT_INDICATED


def test_declined_prerequisite_pulls_nothing_further_into_the_plan() -> None:
    found = statuses(exploring(ratings={"intimacy": 3}, modules=(declined("S10"),)))
    nothing_done = statuses(settled(previous="P4", ratings={"intimacy": 3}, modules=(declined("S10"),)))

    assert {found["S19"], found["S22"], nothing_done["S19"], nothing_done["S10"]} == {LATER}
    assert {nothing_done["S07"], nothing_done["S08"]} == {NOT_INDICATED}


def test_module_behind_a_declined_one_has_no_place_in_time() -> None:
    plan = plan_of(settled(ratings={"anger": 3}, modules=(declined("S09"),)))

    assert plan.match("S15").status is LATER
    assert "S15" not in {entry.module for entry in plan.timeline}


# ---- Carers -----------------------------------------------------------------------------------------------------------------------------


def test_work_with_carers_runs_with_consent_and_is_next_with_the_question_without() -> None:
    agreed, unknown = (match_of(asked_and_clear(carers={"available": True, **said}), "S32") for said in ({"consent": True}, {}))

    assert agreed.status is NOW
    assert unknown.status is NEXT
    assert [measure.question for measure in unknown.settle_with] == ["Does the patient agree that carers are involved, and in what?"]


def test_work_with_carers_never_runs_against_the_patients_will() -> None:
    assert status(asked_and_clear(carers={"available": True, "consent": False}), "S32") is not NOW
