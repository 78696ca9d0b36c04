"""Differences: what would change a status, what differs between two plans, and that nothing differs without a reason."""

import pytest
from tests.support.builders import (
    a_decision,
    a_score,
    an_assessment,
    an_event,
    asked_and_clear,
    exploring,
    knowledge,
    match_of,
    plan_of,
    settled,
    with_changes,
)

from fivefold.concepts.vocabulary import MatchStatus, OverrideStatus, PhaseId
from fivefold.engine.planning import PlanOptions, make_plan
from fivefold.engine.replanning import propose_revision, release_impact, what_if

# ---- The smallest change -----------------------------------------------------------------------------------------------------------


def test_module_that_is_not_indicated_says_what_would_indicate_it() -> None:
    (flip,) = match_of(settled(ratings={"attention_rumination": 1}), "S11").flips_if

    assert (flip.input, flip.to, flip.becomes) == ("impairment.attention_rumination", "moderate (1.5 or more)", MatchStatus.NOW)
    assert plan_of(settled(ratings={"attention_rumination": 1.5})).match("S11").status is flip.becomes


def test_change_that_would_indicate_a_module_counts_with_what_must_come_before_it() -> None:
    (flip,) = match_of(settled(), "S13").flips_if

    assert (flip.input, flip.becomes) == ("impairment.impulsivity", MatchStatus.NEXT)
    assert plan_of(settled(ratings={"impulsivity": 1.5})).match("S13").status is MatchStatus.NEXT


def test_unclear_module_says_what_it_becomes_when_the_unknown_is_known() -> None:
    (flip,) = match_of(asked_and_clear(), "S16").flips_if

    assert (flip.input, flip.start) == ("impairment.sleep", "unknown")
    assert plan_of(asked_and_clear(ratings={"sleep": 1.5})).match("S16").status is flip.becomes


def test_module_in_the_plan_says_what_would_take_it_out() -> None:
    flips = {flip.input: flip for flip in match_of(settled(ratings={"shame_self_criticism": 2}), "S28").flips_if}

    assert flips["impairment.shame_self_criticism"].becomes is MatchStatus.NOT_INDICATED


def test_module_that_another_one_needs_is_not_said_to_fall_out() -> None:
    # S08 would stay, because S10 comes after it.
    alone, needed = (match_of(settled(ratings={"emotion_awareness": 2, **more}), "S08").flips_if for more in ({}, {"emotion_regulation": 2}))

    assert [flip.input for flip in alone] == ["impairment.emotion_awareness"]
    assert needed == ()


def test_module_that_waits_for_one_general_module_says_so() -> None:
    waiting = asked_and_clear(ratings={"suicidality": 0, "emotion_awareness": 0, "emotion_regulation": 3}, general={"G1": "attained", "G2": "provisional"})

    flip = match_of(waiting, "S07").flips_if[0]
    assert (flip.input, flip.start, flip.to, flip.becomes) == ("general_modules.G4", "unknown", "started", MatchStatus.NOW)


def test_advice_names_the_recorded_decision_that_would_open_the_work() -> None:
    advised = exploring(ratings={"ptsd": 3}, readiness={"tolerates_strong_emotion": False})

    (flip,) = match_of(advised, "S27").flips_if
    assert (flip.input, flip.becomes) == ("override.R7", MatchStatus.NOW)
    assert plan_of(with_changes(advised, overruled=(a_decision("R7"),))).match("S27").status is flip.becomes


@pytest.mark.parametrize("said", [{"risk": {"imminent": True}}, {"risk": {"ongoing_abuse": True}}])
def test_hard_rule_is_never_offered_as_something_to_change(said: dict[str, dict[str, bool]]) -> None:
    assert match_of(exploring(ratings={"intimacy": 3}, **said), "S22").flips_if == ()


# ---- What-if and revisions ---------------------------------------------------------------------------------------------------------


def test_same_assessment_gives_no_change() -> None:
    revision = propose_revision(plan_of(exploring(ratings={"ptsd": 3})), plan_of(exploring(ratings={"ptsd": 3})))

    assert revision.is_empty
    assert revision.summary == "No change."


def test_change_of_a_level_that_moves_nothing_is_no_change_of_plan() -> None:
    revision = propose_revision(plan_of(settled(ratings={"anger": 0})), plan_of(settled(ratings={"anger": 1})))

    assert revision.is_empty
    assert revision.levels_changed == ("anger: 0.0 (none) to 1.0 (mild)",)


def test_revision_names_every_module_that_moves_with_the_new_reason() -> None:
    revision = propose_revision(plan_of(settled()), plan_of(settled(ratings={"depression": 3})))

    (change,) = revision.changes
    assert (change.module, change.before, change.after) == ("S17", MatchStatus.NOT_INDICATED, MatchStatus.NOW)
    assert change.because == "Depression at least moderate: it is severe (3.0 of 4)."


def test_revision_names_phase_rules_and_the_number_at_once() -> None:
    revision = propose_revision(plan_of(exploring()), plan_of(exploring(risk={"imminent": True}, resilience="low")))

    assert (revision.phase_before, revision.phase_after) == (PhaseId.P4, PhaseId.P1)
    assert revision.overrides_added == ("R1 active",)
    assert (revision.concurrent_before, revision.concurrent_after) == (2, 1)
    assert "The phase moves from P4 to P1." in revision.summary


def test_rule_that_is_cleared_is_named_as_gone_and_as_cleared() -> None:
    raised = settled(events=(an_event("suicide_attempt", 5),))

    revision = propose_revision(plan_of(raised), plan_of(with_changes(raised, cleared=(a_decision("R1"),))))
    assert "R1 active" in revision.overrides_gone
    assert "R1 cleared" in revision.overrides_added


def test_what_if_leaves_the_first_plan_as_it_was() -> None:
    before = plan_of(settled())

    found = what_if(before, settled(ratings={"depression": 3}), knowledge())
    assert before.match("S17").status is MatchStatus.NOT_INDICATED
    assert found.plan.match("S17").status is MatchStatus.NOW
    assert [change.module for change in found.revision.changes] == ["S17"]


def test_same_release_changes_no_plan() -> None:
    impact = release_impact([an_assessment(), exploring()], knowledge(), knowledge())

    assert (impact.assessments, impact.changed) == (2, {})


# ---- How sure the advice is -----------------------------------------------------------------------------------------------------------


def test_status_that_no_level_decides_is_the_same_in_every_draw() -> None:
    plan = make_plan(settled(risk={"ongoing_abuse": True}), knowledge(), PlanOptions(draws=200))

    assert plan.match("S19").agreement == 1


def test_level_at_the_edge_is_less_sure_than_one_far_from_it() -> None:
    edge, far = (make_plan(settled(ratings={"sleep": level}), knowledge(), PlanOptions(draws=500)).match("S16").agreement for level in (1.6, 4))

    assert edge is not None
    assert far is not None
    assert edge < 0.7 < 0.99 < far


def test_draws_are_left_out_where_nobody_wants_them() -> None:
    assert {match.agreement for match in plan_of(settled()).modules} == {None}


# ---- What to measure, and what else there is -----------------------------------------------------------------------------------------


def test_next_measure_decides_most_open_modules_for_each_minute() -> None:
    found = plan_of(an_assessment()).next_best_measures

    worth = [len(measure.decides) / max(1, measure.minutes) for measure in found]
    assert worth == sorted(worth, reverse=True)
    assert 0 < len(found) <= 5


def test_nothing_needs_to_be_measured_where_everything_is_known() -> None:
    assert plan_of(settled()).next_best_measures == ()


def test_alternative_says_what_it_covers_and_what_it_leaves_out_and_never_ranks() -> None:
    (gpm,) = plan_of(settled(ratings={"self_harm": 3, "intimacy": 3})).alternatives

    assert gpm.protocol == "gpm"
    assert {*gpm.covers, *gpm.leaves_out} == {"self_harm", "intimacy"}
    assert gpm.needs


def test_plan_says_from_which_knowledge_and_engine_it_comes() -> None:
    plan = plan_of(settled())

    assert (plan.knowledge_version, plan.knowledge_hash) == (knowledge().release.version, knowledge().release.content_hash)
    assert plan.engine_version


def test_overruled_advice_stays_in_sight() -> None:
    plan = plan_of(settled(scores=(a_score("des2", 40),), overruled=(a_decision("R9"),)))

    assert [(found.code, found.status) for found in plan.overrides] == [("R9", OverrideStatus.OVERRULED)]
