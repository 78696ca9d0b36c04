"""A crisis in the middle of good work: back for the shortest time, and then on with what was interrupted."""

from tests.support.builders import AS_OF, an_event, exploring, match_of, plan_of, resting, status, statuses, texts, with_changes

from fivefold.concepts.vocabulary import MatchStatus, PhaseId

INTERRUPTED = exploring(ratings={"abandonment_rejection_sensitivity": 3}, modules=(resting("S19"),))
IN_CRISIS = with_changes(INTERRUPTED, ratings={"crisis": 3}, events=(an_event("crisis", 2, assessed=True),))


def test_containment_runs_and_exploration_waits() -> None:
    found = statuses(IN_CRISIS)

    assert plan_of(IN_CRISIS).phase.overall is PhaseId.P2
    assert found["S03"] is MatchStatus.NOW
    assert found["S19"] is MatchStatus.LATER


def test_plan_names_what_to_go_back_to_and_how() -> None:
    reading = plan_of(IN_CRISIS).phase

    assert reading.resume == ("S19",)
    assert "chain analysis" in reading.resume_text


def test_module_under_way_is_parked_not_lost() -> None:
    parked = match_of(with_changes(IN_CRISIS, modules={"S19": "exploration"}), "S19")

    assert (parked.status, parked.running) == (MatchStatus.LATER, True)
    assert "Parked" in texts(parked)


def test_parked_module_waits_for_its_turn_in_the_schedule() -> None:
    plan = plan_of(with_changes(IN_CRISIS, modules={"S19": "exploration"}, ratings={"depression": 3}))

    weeks = {entry.module: entry for entry in plan.timeline}
    assert weeks["S19"].from_week.usual >= weeks["S17"].to_week.usual > 0


def test_after_the_crisis_the_interrupted_module_runs_again_with_a_chain_analysis_first() -> None:
    match = match_of(INTERRUPTED, "S19")

    assert match.status is MatchStatus.NOW
    assert "chain analysis" in texts(match)


def test_crisis_work_is_reviewed_after_three_days_and_by_the_team_after_two_weeks() -> None:
    plan = plan_of(IN_CRISIS)

    assert (plan.review.next_on - AS_OF).days == 3
    assert [action.by_when for action in plan.actions] == ["within 72 hours, by 2026-11-25", "within 14 days, by 2026-12-06"]


def test_general_modules_keep_running_in_a_crisis() -> None:
    assert {found.state.value for found in plan_of(IN_CRISIS).general_modules} == {"attained"}


def test_declined_module_is_not_offered_for_resuming() -> None:
    from dataclasses import replace

    refused = with_changes(IN_CRISIS, modules=(replace(resting("S19"), declined_by_patient=True),))

    assert plan_of(refused).phase.resume == ()
    assert status(refused, "S19") is MatchStatus.LATER
