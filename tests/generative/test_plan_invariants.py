"""What holds for every plan, whatever is said of a patient."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st
from tests.support import strategies
from tests.support.builders import AS_OF, a_decision, knowledge, only_item, plan_of, with_changes
from tests.support.plan_samples import parts_of
from tests.support.strategies import assessments, chances, in_any_order, to_yaml, written

import fivefold
from fivefold.concepts.assessment import Assessment, EventRecord, Rating, RiskAnswer, ScoreEntry
from fivefold.concepts.plan import ModuleMatch, Override, PhasedPlan, Reason, TimelineEntry
from fivefold.concepts.vocabulary import CoverageStatus, Direction, MatchStatus, OverrideStatus, PhaseId
from fivefold.engine.matching import IN_PLAN, counts
from fivefold.engine.prepared import prepare
from fivefold.exchange.assessment_reader import read_assessment_text

NOW, BLOCKED, SUSPENDED = MatchStatus.NOW, MatchStatus.BLOCKED, MatchStatus.SUSPENDED
RAISED = (OverrideStatus.ACTIVE, OverrideStatus.TO_ASK)
LATE_PHASES = (PhaseId.P3, PhaseId.P4, PhaseId.P5)
EXPLORATORY = tuple(f"S{number}" for number in range(19, 30))


# ---- What the tests ask of a plan ----------------------------------------------------------------------------------------


def status_of(plan: PhasedPlan) -> dict[str, MatchStatus]:
    return {match.id: match.status for match in plan.modules}


def raised(plan: PhasedPlan) -> set[str]:
    return {override.rule for override in plan.overrides if override.status in RAISED}


def active(plan: PhasedPlan) -> set[str]:
    return {override.code for override in plan.overrides if override.status is OverrideStatus.ACTIVE}


def late_now(plan: PhasedPlan) -> set[str]:
    return {match.id for match in plan.modules if match.status is NOW and match.phase in LATE_PHASES}


def without(assessment: Assessment, *codes: str) -> Assessment:
    """The same assessment without a decision on these codes."""
    return replace(
        assessment,
        cleared=tuple(part for part in assessment.cleared if part.code not in codes),
        overruled=tuple(part for part in assessment.overruled if part.code not in codes),
    )


# ---- Overrides cannot be outranked ---------------------------------------------------------------------------------------


@given(assessments(), st.sampled_from(("imminent", "new_plan_or_means", "acute_on_chronic", "harm_to_others", "named_victim_or_weapon")))
def test_no_regulation_exploration_or_integration_runs_while_suicide_or_violence_is_raised(assessment: Assessment, flag: str) -> None:
    plan = plan_of(with_changes(without(assessment, "R1", "R2"), risk={flag: True}))

    assert plan.phase.overall is PhaseId.P1
    assert late_now(plan) == set()
    assert {plan.match("S01").status, plan.match("S02").status} == {NOW}
    assert plan.timeline == ()


@given(assessments())
def test_exploratory_and_trauma_work_is_closed_while_abuse_goes_on(assessment: Assessment) -> None:
    plan = plan_of(with_changes(without(assessment, "R5"), risk={"ongoing_abuse": True}))

    assert {plan.match(name).status for name in EXPLORATORY} == {BLOCKED}


@given(
    assessments(),
    st.sampled_from(
        (
            ("R3", {"risk": {"psychosis": True}}),
            ("R3", {"risk": {"mania": True}}),
            ("R3", {"risk": {"severe_withdrawal": True}}),
            ("R4", {"risk": {"medical_red_flag": True}}),
            ("R14", {"adaptations": ("pregnancy",)}),
            ("R14", {"age": 17.0}),
        )
    ),
)
def test_no_automatic_plan_is_made_in_an_emergency_or_where_another_service_is_needed(assessment: Assessment, case: tuple[str, dict[str, Any]]) -> None:
    code, said = case

    plan = plan_of(with_changes(without(assessment, "R3", "R4"), **said))

    assert plan.withheld is not None
    assert code in plan.withheld.reason_codes
    assert plan.timeline == ()
    assert len(plan.modules) == len(knowledge().modules)


@given(assessments())
def test_what_an_active_rule_forbids_never_runs(assessment: Assessment) -> None:
    plan = plan_of(assessment)
    rules = {rule.id: rule for rule in knowledge().overrides}

    for override in plan.overrides:
        if override.status is OverrideStatus.ACTIVE:
            effects = rules[override.rule].effects
            forbidden = {*effects.blocks, *effects.cautions}
            forbidden |= {match.id for match in plan.modules if match.phase in (*effects.suspends_phases, *effects.pauses_phases)}
            exempt = {name for name, module in knowledge().modules.items() if module.gate_exempt}
            assert [name for name in forbidden - exempt if plan.match(name).status is NOW] == []


# ---- A risk more is never a plan less safe -------------------------------------------------------------------------------


FLAGS = st.sampled_from(strategies.RISK_QUESTIONS)
RECENT = st.tuples(st.sampled_from((0, 3, 20, 28)), st.sampled_from(strategies.TELLING_EVENTS)).map(lambda drawn: EventRecord(drawn[1], 1, drawn[0], drawn[0]))
UNDATED = st.sampled_from(strategies.TELLING_EVENTS).map(EventRecord)
RISK_ITEMS = [(name, item.item) for name, instrument in knowledge().instruments.items() for item in instrument.risk_items]


def with_risk_item(assessment: Assessment, chosen: tuple[str, int]) -> Assessment:
    """The same assessment with one more form on which only a risk item is answered, and positively."""
    name, number = chosen
    items = knowledge().instruments[name].items
    assert items is not None
    if any(part.instrument == name and part.on in (None, AS_OF) for part in assessment.scores):
        return assessment  # one form of an instrument a day
    return replace(assessment, scores=(*assessment.scores, only_item(name, number, items.maximum_of(number))))


RISKS = st.one_of(
    FLAGS.map(lambda name: lambda before: with_changes(before, risk={name: RiskAnswer(True)})),
    st.one_of(RECENT, UNDATED).map(lambda event: lambda before: replace(before, events=(*before.events, event))),
    st.sampled_from(RISK_ITEMS).map(lambda chosen: lambda before: with_risk_item(before, chosen)),
)


@given(assessments(), RISKS)
def test_adding_a_risk_never_makes_a_plan_less_safe(assessment: Assessment, add: Any) -> None:
    before, after = plan_of(assessment), plan_of(add(assessment))

    assert raised(before) <= raised(after)
    assert before.withheld is None or after.withheld is not None
    assert after.phase.overall.order <= before.phase.overall.order
    for name in ("S01", "S02"):
        assert before.match(name).status is not NOW or after.match(name).status is NOW
    answers = {match.id for match in after.modules if is_answer_to_the_risk(before.match(match.id), match)}
    assert late_now(after) - late_now(before) <= answers | free_places(before, after)


def is_answer_to_the_risk(before: ModuleMatch, after: ModuleMatch) -> bool:
    """Whether the added risk itself is a reason for the module: self-harm for its analysis, lost orientation for grounding."""
    told = {reason.text for reason in before.because}
    return any(reason.supports and reason.text not in told for reason in after.because)


def free_places(before: PhasedPlan, after: PhasedPlan) -> set[str]:
    """Modules that only waited for a place, as long as no more of them run than before."""
    waited = {match.id for match in before.modules if any(reason.rule == "rule.tailoring" for reason in match.because)}
    return waited if len(late_now(after)) <= len(late_now(before)) else set()


# ---- What is worse is not treated less -----------------------------------------------------------------------------------


def treating(impairment: str) -> list[str]:
    return [name for name, module in knowledge().modules.items() if impairment in module.treats]


def kept(before: PhasedPlan, after: PhasedPlan, impairment: str) -> list[str]:
    """Modules that treated the impairment and have fallen out of the plan without a hard rule that says so."""
    return [name for name in treating(impairment) if before.match(name).status in IN_PLAN and after.match(name).status not in (*IN_PLAN, BLOCKED)]


@given(assessments(), st.data())
def test_a_worse_rating_never_removes_the_module_that_treats_it(assessment: Assessment, data: st.DataObject) -> None:
    rated = sorted(name for name, rating in assessment.ratings.items() if rating.severity is not None)
    assume(rated)
    name = data.draw(st.sampled_from(rated))
    rating = assessment.ratings[name]
    assert rating.severity is not None
    worse = data.draw(st.floats(rating.severity, 4.0))

    before, after = plan_of(assessment), plan_of(replace(assessment, ratings={**assessment.ratings, name: replace(rating, severity=worse)}))

    assert kept(before, after, name) == []
    assert raised(before) <= raised(after)


@given(assessments(), strategies.scores(), st.floats(0, 1))
def test_a_worse_score_never_removes_the_module_that_treats_it(assessment: Assessment, entry: Any, share: float) -> None:
    scale = knowledge().instruments[entry.instrument].scale("total") or knowledge().instruments[entry.instrument].scales[0]
    value = entry.value if entry.value is not None else scale.range.min
    assume(scale.direction is not Direction.NEITHER)
    worst = scale.range.max if scale.direction is Direction.HIGHER_IS_WORSE else scale.range.min
    others = tuple(part for part in assessment.scores if part.instrument != entry.instrument)

    def with_value(number: float) -> Assessment:
        return replace(assessment, scores=(*others, replace(entry, value=number, scales={}, items=None, band=None)))

    before, after = plan_of(with_value(value)), plan_of(with_value(value + share * (worst - value)))

    assert [name for name in knowledge().impairments if kept(before, after, name)] == []
    assert [
        pair
        for pair in zip(before.profile.impairments, after.profile.impairments, strict=True)
        if pair[0].level is not None and (pair[1].level or 0) < pair[0].level
    ] == []


# ---- Order never matters -------------------------------------------------------------------------------------------------


@given(assessments(), chances())
def test_the_order_of_a_file_never_matters(assessment: Assessment, chance: Random) -> None:
    mapping = written(assessment)
    other = in_any_order(mapping, chance)

    first, second = (plan_of(read_assessment_text(to_yaml(form), knowledge())) for form in (mapping, other))

    assert repr(first) == repr(second)


@given(assessments(), chances())
def test_the_order_of_values_never_matters(assessment: Assessment, chance: Random) -> None:
    def mixed(value: Any) -> Any:
        parts = list(value.items() if isinstance(value, dict) else value)
        chance.shuffle(parts)
        return dict(parts) if isinstance(value, dict) else tuple(parts)

    names = ("diagnoses", "criteria", "ratings", "scores", "events", "upcoming", "risk", "cleared", "overruled", "general_modules", "modules", "history")
    other = replace(assessment, **{name: mixed(getattr(assessment, name)) for name in names})

    first, second = plan_of(assessment), plan_of(other)

    assert sorted(map(repr, first.scores)) == sorted(map(repr, second.scores))
    assert repr(replace(first, scores=())) == repr(replace(second, scores=()))


@given(assessments())
def test_the_written_form_gives_the_same_plan_as_the_values(assessment: Assessment) -> None:
    assume(not (assessment.risk.get("imminent") and any(part.code == "R1" for part in assessment.cleared)))

    read = read_assessment_text(to_yaml(written(assessment)), knowledge())

    first, second = plan_of(assessment), plan_of(read)
    assert status_of(first) == status_of(second)
    assert [(part.rule, part.status) for part in first.overrides] == [(part.rule, part.status) for part in second.overrides]


# ---- Unknown is never absent, and nothing is dropped ---------------------------------------------------------------------


@given(assessments())
def test_unknown_is_never_read_as_not_indicated(assessment: Assessment) -> None:
    """Were an unknown impairment at its worst and the module indicated by it, the module cannot be ruled out today."""
    plan = plan_of(assessment)
    unknown = {reading.id for reading in plan.profile.impairments if not reading.is_known}

    for name in sorted(unknown):
        ruled_out = [match for match in treating(name) if plan.match(match).status is MatchStatus.NOT_INDICATED]
        if ruled_out:
            worst = plan_of(with_changes(assessment, ratings={name: Rating(4.0, decides=True)}))
            assert [
                match for match in ruled_out if any(f"impairment.{name}" in reason.inputs for reason in worst.match(match).because if reason.supports)
            ] == []


@given(assessments())
def test_every_impairment_is_answered_and_none_silently_dropped(assessment: Assessment) -> None:
    plan = plan_of(assessment)
    answers = {entry.impairment: entry for entry in plan.coverage}
    status = status_of(plan)

    assert list(answers) == list(knowledge().impairments)
    for reading in plan.profile.impairments:
        entry = answers[reading.id]
        if reading.level is None:
            assert entry.status is CoverageStatus.UNKNOWN
        elif reading.level < 1.5:
            assert entry.status is CoverageStatus.BELOW_THRESHOLD
        else:
            assert entry.status in (CoverageStatus.NOW, CoverageStatus.LATER, CoverageStatus.DEFERRED, CoverageStatus.REFUSED)
            assert entry.by
            assert entry.because
            if entry.status is CoverageStatus.NOW:
                assert any(status.get(name, NOW) is NOW for name in entry.by)


@given(assessments())
def test_every_module_stands_in_the_plan_once_with_a_reason(assessment: Assessment) -> None:
    plan = plan_of(assessment)

    assert sorted(match.id for match in plan.modules) == sorted(knowledge().modules)
    assert [match.id for match in plan.modules if not match.because] == []
    ranked = [match for match in plan.modules if match.rank is not None]
    assert [match.rank for match in ranked] == list(range(1, len(ranked) + 1))
    assert {match.id for match in ranked} == {match.id for match in plan.with_status(*IN_PLAN)}
    order = [MatchStatus.NOW, MatchStatus.NEXT, MatchStatus.LATER, MatchStatus.CAUTIONED, MatchStatus.SUSPENDED]
    assert [order.index(match.status) for match in ranked] == sorted(order.index(match.status) for match in ranked)


@given(assessments())
def test_every_reason_names_its_rule_says_a_sentence_and_has_a_basis(assessment: Assessment) -> None:
    plan = plan_of(assessment)

    reasons = [part for part in parts_of(plan) if isinstance(part, Reason)]
    assert [reason for reason in reasons if not (reason.rule and reason.text.strip() and reason.basis)] == []
    overrides = [part for part in parts_of(plan) if isinstance(part, Override)]
    assert [part for part in overrides if not part.because or not part.effect or not part.cleared_by] == []


@given(assessments())
def test_no_plan_ever_says_that_a_risk_is_low(assessment: Assessment) -> None:
    text = repr(plan_of(assessment)).lower()

    assert "low risk" not in text
    assert "no risk" not in text


# ---- The schedule --------------------------------------------------------------------------------------------------------


@given(assessments())
def test_the_schedule_respects_prerequisites_phases_and_the_number_at_once(assessment: Assessment) -> None:
    plan = plan_of(assessment)
    entries = {entry.module: entry for entry in plan.timeline}
    prepared = prepare(knowledge())
    under_way = {match.id for match in plan.modules if match.running and match.status is NOW}
    counted = [entry for entry in entries.values() if counts(prepared, entry.module)]

    for entry in counted:
        if entry.module not in under_way:
            assert starts_after_what_it_needs(entry, entries, assessment)
            earlier = [other for other in counted if other.phase.order < entry.phase.order and entry.phase.order > plan.phase.overall.order]
            assert all(other.to_week.usual <= entry.from_week.usual for other in earlier)
            assert sum(runs_at(other, entry.from_week.usual) for other in counted) <= plan.concurrent_limit
    assert [name for name in entries if plan.match(name).status not in (NOW, MatchStatus.NEXT, MatchStatus.LATER) or plan.match(name).declined] == []
    assert [entry for entry in entries.values() if not is_possible(entry)] == []


def starts_after_what_it_needs(entry: TimelineEntry, entries: dict[str, TimelineEntry], assessment: Assessment) -> bool:
    modules = knowledge().modules
    needs = [need.module for need in modules[entry.module].prerequisites if need.module in entries and not modules[need.module].gate_exempt]
    return all(entries[name].to_week.usual <= entry.from_week.usual for name in needs)


def runs_at(entry: TimelineEntry, week: float) -> bool:
    return entry.from_week.usual <= week < entry.to_week.usual


def is_possible(entry: TimelineEntry) -> bool:
    return 0 <= entry.from_week.usual < entry.to_week.usual and entry.from_week.min <= entry.from_week.usual <= entry.from_week.max


@given(assessments())
def test_no_more_modules_run_than_resilience_allows_beyond_those_under_way(assessment: Assessment) -> None:
    plan = plan_of(assessment)
    running = [match for match in plan.modules if match.status is NOW and counts(prepare(knowledge()), match.id)]

    assert len(running) <= max(plan.concurrent_limit, sum(match.running for match in running))


# ---- A better score clears nothing ---------------------------------------------------------------------------------------


@given(assessments(), st.sampled_from(("cssrs", "phq9", "bsl23", "audit", "des2")))
def test_better_form_of_today_never_ends_a_hard_rule(assessment: Assessment, name: str) -> None:
    items = knowledge().instruments[name].items
    assert items is not None
    best = ScoreEntry(name, None, items=tuple(float(items.minimum) for _ in range(items.count)))
    earlier = tuple(part for part in assessment.scores if part.instrument != name or part.on not in (None, AS_OF))
    before = replace(assessment, scores=earlier)

    raised_before = {override.code for override in plan_of(before).overrides if override.status is OverrideStatus.ACTIVE and int(override.code[1:]) <= 5}
    raised_after = {override.code for override in plan_of(replace(before, scores=(*earlier, best))).overrides if override.status is OverrideStatus.ACTIVE}

    assert raised_before <= raised_after


@given(assessments(), st.sampled_from(strategies.CODES), st.integers(0, 40))
def test_only_a_decision_on_a_rule_ends_it(assessment: Assessment, code: str, ago: int) -> None:
    """Decisions on other rules change nothing of this one."""
    alone = without(assessment, *(other for other in strategies.CODES if other != code))
    others = tuple(a_decision(other, ago) for other in strategies.CODES if other != code)

    first = [part for part in plan_of(alone).overrides if part.code == code]
    second = [part for part in plan_of(replace(alone, cleared=(*alone.cleared, *others))).overrides if part.code == code]

    assert first == second


# ---- The same input gives the same plan ----------------------------------------------------------------------------------

PROGRAM = """
import hashlib, sys
from pathlib import Path
from fivefold.library import load_knowledge, plan, read_assessment
knowledge = load_knowledge()
for path in sorted(Path(sys.argv[1]).rglob("*.assessment.yaml")):
    print(path.name, hashlib.sha256(repr(plan(read_assessment(path, knowledge), knowledge, draws=100)).encode()).hexdigest())
"""


def plans_in_a_process(seed: str) -> str:
    """The plans of all worked cases, as digests, from a process with its own order of sets."""
    cases = Path(fivefold.__file__).parent / "knowledge_base" / "cases"
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(cases)], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True)
    return done.stdout


def test_two_processes_give_the_same_bytes() -> None:
    first, second = plans_in_a_process("1"), plans_in_a_process("4242")

    assert first.count("\n") >= 28
    assert first == second


@given(assessments())
def test_planning_twice_gives_the_same_plan_and_leaves_the_assessment_as_it_was(assessment: Assessment) -> None:
    told = repr(assessment)

    first, second = plan_of(assessment), plan_of(assessment)

    assert repr(first) == repr(second)
    assert repr(assessment) == told
