"""The main flow in one place: scores, safety, profile, phase, matches, plan. Each step is a function of the ones before."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from fivefold.concepts.assessment import Assessment
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.phase import PhaseReading
from fivefold.concepts.plan import (
    FirstQuestion,
    LifeGoal,
    ModuleMatch,
    Override,
    PhasedPlan,
    PlannedAction,
    Profile,
    ResilienceReading,
    Review,
)
from fivefold.concepts.scores import ImpairmentReading, RiskSign, ScaleScore
from fivefold.concepts.vocabulary import MatchStatus, OverrideStatus, PhaseId, StageId
from fivefold.engine import ENGINE_VERSION
from fivefold.engine.comparing import SHOWN_BY_DEFAULT, compare_protocols
from fivefold.engine.coverage import check_coverage
from fivefold.engine.facts import Facts, gather_facts, recorded_adaptations
from fivefold.engine.flipping import Board, flips_of, make_board
from fivefold.engine.grounding import gate_questions, read_general_modules
from fivefold.engine.matching import IN_PLAN, Frame, Placement, make_frame, match_modules
from fivefold.engine.measures import next_best_measures, settling_measures
from fivefold.engine.phasing import read_phase
from fivefold.engine.prepared import Prepared, PreparedModule, prepare
from fivefold.engine.profiling import build_readings, disputed_levels, known_levels, worst_levels
from fivefold.engine.safety import active_codes, deadline, find_overrides, first_questions, planned_actions, sign_overrides, withholding
from fivefold.engine.scoring import risk_signs, score_assessment
from fivefold.engine.sequencing import sequence_plan
from fivefold.engine.summary import summarise
from fivefold.engine.tailoring import read_resilience, read_severity, settings_for

LIFE_OUTSIDE = ("S30", "S31")
CRISIS_PHASES = (PhaseId.P1, PhaseId.P2)
# Days that a record knows beside those of its rules: safety or containment work goes on; its two reviews count from then.
CRISIS_WORK, CRISIS_REVIEW, TEAM_REVIEW = "crisis work", "crisis review", "team review"


@dataclass(frozen=True)
class PlanOptions:
    """What may be left out to be faster, which programmes are laid beside the plan, and how many next measures are named (None: by policy).

    ``active_since`` are the days on which risk rules became active, by code, where a record knows them: deadlines count from
    then. CRISIS_REVIEW and TEAM_REVIEW are the days from which the reviews of safety and containment work count. Without a day
    they count from the day of the assessment.
    """

    with_stability: bool = True
    draws: int | None = None
    protocols: tuple[str, ...] = SHOWN_BY_DEFAULT
    measures: int | None = None
    active_since: tuple[tuple[str, date], ...] = ()


DEFAULT_OPTIONS = PlanOptions()


@dataclass(frozen=True)
class Understanding:
    """Everything worked out about the patient before modules are matched."""

    facts: Facts
    scores: tuple[ScaleScore, ...]
    signs: tuple[RiskSign, ...]
    overrides: tuple[Override, ...]
    readings: tuple[ImpairmentReading, ...]
    resilience: ResilienceReading
    phase: PhaseReading


def understand(assessment: Assessment, knowledge: KnowledgeBase) -> Understanding:
    """Scores, overrides, profile and phase of an assessment, in that order of authority.

    Safety rules read the worst single piece of evidence for each impairment, never an average.
    """
    prepared = prepare(knowledge)
    scores = score_assessment(assessment, knowledge)
    signs = risk_signs(assessment, knowledge)
    readings = build_readings(assessment, scores, knowledge)
    facts = gather_facts(assessment, scores)
    facts.signs = signs
    facts.levels = worst_levels(readings)
    overrides = sign_overrides(find_overrides(facts, scores, knowledge, prepared.describer), signs)
    resilience = read_resilience(assessment, scores, knowledge)
    facts = replace(
        facts,
        levels=known_levels(readings),
        disputed=disputed_levels(readings),
        overrides=active_codes(overrides),
        resilience=None if resilience.assumed else resilience.level,
    )
    phase = read_phase(facts, overrides, knowledge, prepared.describer)
    return Understanding(replace(facts, phase=phase.overall), scores, signs, overrides, readings, resilience, phase)


def make_plan(assessment: Assessment, knowledge: KnowledgeBase, options: PlanOptions = DEFAULT_OPTIONS) -> PhasedPlan:
    """The phased plan of an assessment, with reasons. A proposal: a clinician decides."""
    prepared = prepare(knowledge)
    known = understand(assessment, knowledge)
    limit = int(knowledge.tailoring.concurrent_modules.at(known.resilience.level))
    frame = make_frame(known.facts, known.overrides, known.phase.overall, prepared, limit)
    placements = match_modules(frame, prepared)
    return _assemble(assessment, known, frame, placements, prepared, options)


def _assemble(
    assessment: Assessment, known: Understanding, frame: Frame, placements: dict[str, Placement], prepared: Prepared, options: PlanOptions
) -> PhasedPlan:
    knowledge = prepared.knowledge
    general = read_general_modules(known.facts, known.overrides, knowledge)
    withheld = withholding(known.overrides, assessment, knowledge)
    shares = _shares(known, placements, frame, prepared, options)
    doses = {name: part.matches[known.resilience.level].dose for name, part in prepared.modules.items()}
    board = make_board(frame, placements, prepared)
    modules = tuple(_match(name, placement, board, shares, known) for name, placement in _in_plan_order(placements))
    actions = _actions(known, assessment, knowledge, dict(options.active_since))
    questions = first_questions(known.overrides, knowledge, _open_gates(placements, knowledge))
    plan = PhasedPlan(
        assessment_id=assessment.id,
        as_of=assessment.as_of,
        knowledge_version=knowledge.release.version,
        knowledge_hash=knowledge.release.content_hash,
        engine_version=ENGINE_VERSION,
        protocol=assessment.treatment.protocol,
        withheld=withheld,
        ask_first=questions,
        actions=actions,
        overrides=known.overrides,
        phase=known.phase,
        profile=_profile(assessment, known),
        scores=known.scores,
        risk_signs=known.signs,
        general_modules=general,
        modules=modules,
        life_goals=_life_goals(known, placements, prepared),
        timeline=() if withheld or _in_crisis(known) else sequence_plan(placements, doses, frame, prepared),
        coverage=check_coverage(known.readings, placements, general, prepared),
        next_best_measures=next_best_measures(placements, known.facts, prepared, options.measures),
        review=_review(assessment, known, knowledge),
        alternatives=compare_protocols(known.facts, known.readings, prepared, options.protocols, assessment.treatment.protocol),
        concurrent_limit=frame.limit,
        settings=settings_for(known.resilience.level, knowledge.tailoring),
        adaptations=tuple(f"{rule.name}: {rule.needs}" for name in recorded_adaptations(assessment) if (rule := knowledge.adaptations.get(name))),
        summary="",
        limits=tuple(claim.text for claim in knowledge.principles.honesty),
    )
    return replace(plan, summary=summarise(plan, knowledge))


def _in_crisis(known: Understanding) -> bool:
    """In safety work the plan is the checklist of today; a timetable would mislead."""
    return known.phase.overall is PhaseId.P1


def _shares(known: Understanding, placements: dict[str, Placement], frame: Frame, prepared: Prepared, options: PlanOptions) -> dict[str, float]:
    if not options.with_stability:
        return {}
    from fivefold.engine.stability import agreement_shares  # noqa: PLC0415  # arrays are loaded only where draws are wanted

    draws = options.draws if options.draws is not None else int(prepared.knowledge.policy.plan.stability_draws.value)
    return agreement_shares(known.readings, placements, frame, prepared, draws)


def _in_plan_order(placements: dict[str, Placement]) -> list[tuple[str, Placement]]:
    """What is in the plan by rank, then the rest by id."""
    return sorted(placements.items(), key=lambda item: (item[1].rank is None, item[1].rank or 0, item[0]))


def _match(name: str, placement: Placement, board: Board, shares: dict[str, float], known: Understanding) -> ModuleMatch:
    part = board.prepared.modules[name]
    return part.matches[known.resilience.level].placed(
        status=placement.status,
        running=placement.running,
        declined=placement.declined,
        rank=placement.rank,
        because=tuple(placement.because),
        waits_for=tuple(dict.fromkeys(placement.waits_for)),
        settle_with=settling_measures(part, placement, board.prepared),
        flips_if=flips_of(name, board),
        agreement=shares.get(name),
        selection=placement.selection,
        change_stage=_stage(name, placement, known),
    )


def _stage(name: str, placement: Placement, known: Understanding) -> StageId | None:
    record = known.facts.assessment.modules.get(name)
    if record is not None and record.stage is not None:
        return record.stage
    return StageId.RECOGNITION if placement.status is MatchStatus.NOW else (StageId.QUEUED if placement.status in IN_PLAN else None)


def _profile(assessment: Assessment, known: Understanding) -> Profile:
    band, source = read_severity(known.scores, assessment)
    return Profile(band, source, known.resilience, known.readings)


def _actions(known: Understanding, assessment: Assessment, knowledge: KnowledgeBase, since: dict[str, date]) -> tuple[PlannedAction, ...]:
    actions = list(planned_actions(known.overrides, assessment.as_of, knowledge, since))
    if known.phase.overall is PhaseId.P2:
        reading = knowledge.phase_reading
        for rule, begun in ((reading.crisis_review, since.get(CRISIS_REVIEW)), (reading.crisis_team_review, since.get(TEAM_REVIEW))):
            actions.append(PlannedAction(rule.what, deadline(rule, assessment.as_of, begun)[1], "rule.phase.containment", rule.within.basis))
    return tuple(actions)


def _open_gates(placements: dict[str, Placement], knowledge: KnowledgeBase) -> tuple[FirstQuestion, ...]:
    """Questions on general modules that alone hold up modules of the present phase."""
    waiting: dict[str, list[str]] = {}
    for name, placement in placements.items():
        if placement.status is MatchStatus.NEXT:
            for other in placement.waits_for:
                if other in knowledge.gates.questions:
                    waiting.setdefault(other, []).append(name)
    return gate_questions(waiting, knowledge)


def _life_goals(known: Understanding, placements: dict[str, Placement], prepared: Prepared) -> tuple[LifeGoal, ...]:
    """Small goals for life outside treatment stand in every plan from the start, outside crisis."""
    if known.phase.overall is PhaseId.P1:
        return ()
    goals = []
    for name in LIFE_OUTSIDE:
        part: PreparedModule = prepared.modules[name]
        if placements[name].status not in (MatchStatus.BLOCKED, MatchStatus.DONE):
            goals.append(LifeGoal(part.matches[known.resilience.level].tailoring, name, part.module.tailoring.low.basis))
    return tuple(goals[:1])


def _review(assessment: Assessment, known: Understanding, knowledge: KnowledgeBase) -> Review:
    every = int(knowledge.policy.plan.review_every.value)
    if known.phase.overall in CRISIS_PHASES:
        hours, _ = deadline(knowledge.phase_reading.crisis_review, assessment.as_of)
        return Review(assessment.as_of + timedelta(hours=hours), every, "Crisis work is reviewed after 72 hours.")
    if any(override.status is OverrideStatus.ACTIVE for override in known.overrides):
        return Review(assessment.as_of + timedelta(days=28), every, "A risk rule is active: looked at again after four weeks, sooner if anything changes.")
    return Review(assessment.as_of + timedelta(days=every), every, "Regular review.")
