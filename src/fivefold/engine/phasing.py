"""Where the person is now: a phase for each domain and overall; the lowest sets the priority of sessions."""

from dataclasses import replace
from datetime import date, timedelta

from fivefold.concepts.assessment import ModuleRecord
from fivefold.concepts.criterion_words import Describer
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.phase import CriterionReading, PhaseCriterion, PhaseReading
from fivefold.concepts.plan import Override
from fivefold.concepts.rules import OverrideRule, ReadingRule
from fivefold.concepts.vocabulary import DomainId, PhaseId
from fivefold.engine.criteria import evaluate, leaves
from fivefold.engine.facts import Facts
from fivefold.engine.safety import active_rules

SYMPTOM_DOMAINS = (DomainId.D1, DomainId.D2)


def read_phase(facts: Facts, overrides: tuple[Override, ...], knowledge: KnowledgeBase, describer: Describer) -> PhaseReading:
    """The phase reading; overrides come first and cannot be outranked.

    Crisis returns to safety or containment for every domain; otherwise symptoms and regulation are read from their own
    rules and relationships and self may stand further on.
    """
    moving = [rule for rule in active_rules(overrides, knowledge) if rule.effects.moves_to_phase is not None]
    rules = knowledge.phase_reading
    if moving:
        return _everywhere(PhaseId.P1, _moved_because(moving), tuple(rule.id for rule in moving), facts, knowledge, describer)
    if evaluate(rules.containment.when, facts) is True:
        because = _said(rules.containment, facts, describer)
        return _everywhere(PhaseId.P2, because, (rules.containment.id,), facts, knowledge, describer)
    return _beyond_crisis(facts, knowledge, describer)


def _moved_because(moving: list[OverrideRule]) -> tuple[str, ...]:
    return tuple(f"{rule.code} is active: {rule.name[0].lower()}{rule.name[1:]}." for rule in moving)


def _said(rule: ReadingRule, facts: Facts, describer: Describer) -> tuple[str, ...]:
    decisive = [describer.describe(leaf) for leaf in leaves(rule.when) if evaluate(leaf, facts) is True]
    return (rule.text + (f" Here: {'; '.join(decisive)}." if decisive else ""),)


def _everywhere(phase: PhaseId, because: tuple[str, ...], rules: tuple[str, ...], facts: Facts, knowledge: KnowledgeBase, describer: Describer) -> PhaseReading:
    return _reading(dict.fromkeys(knowledge.domains, phase), because, rules, facts, knowledge, describer)


def _beyond_crisis(facts: Facts, knowledge: KnowledgeBase, describer: Describer) -> PhaseReading:
    rules = knowledge.phase_reading
    reached, because, used = _reached(facts, knowledge, describer)
    symptoms = reached
    if reached.order > PhaseId.P3.order and evaluate(rules.back_to_regulation.when, facts) is True:
        symptoms = PhaseId.P3
        because, used = because + _said(rules.back_to_regulation, facts, describer), (*used, rules.back_to_regulation.id)
    by_domain = {domain: symptoms if domain in SYMPTOM_DOMAINS else reached for domain in knowledge.domains}
    return _reading(by_domain, because, used, facts, knowledge, describer)


def _reached(facts: Facts, knowledge: KnowledgeBase, describer: Describer) -> tuple[PhaseId, tuple[str, ...], tuple[str, ...]]:
    """How far the work has come: the phase last recorded, unless what is known now shows more; at least the floor."""
    rules = knowledge.phase_reading
    previous = facts.assessment.previous_phase
    reached, because, used = rules.floor, (rules.floor_text,), ("rule.phase.floor",)
    if previous is not None and previous.order > reached.order:
        reached, because, used = previous, (f"The phase was last recorded as {knowledge.phases[previous].name.lower()}.",), ("rule.phase.previous",)
    for phase, rule in ((PhaseId.P5, rules.integration), (PhaseId.P4, rules.exploration)):
        if phase.order > reached.order and evaluate(rule.when, facts) is True:
            return phase, _said(rule, facts, describer), (rule.id,)
    return reached, because, used


def _reading(
    by_domain: dict[DomainId, PhaseId],
    because: tuple[str, ...],
    rules: tuple[str, ...],
    facts: Facts,
    knowledge: KnowledgeBase,
    describer: Describer,
) -> PhaseReading:
    overall = min(by_domain.values(), key=lambda phase: phase.order)
    known = replace(facts, phase=overall, unrecorded_modules=None)
    phase = knowledge.phases[overall]
    paused = tuple(sorted(record.id for record in facts.assessment.modules.values() if _to_resume(record)))
    return PhaseReading(
        overall=overall,
        by_domain=by_domain,
        because=because,
        rules=rules,
        entry=tuple(read_criterion(part, known, knowledge, describer) for part in phase.entry),
        exit=tuple(read_criterion(part, known, knowledge, describer) for part in phase.exit),
        resume=paused,
        resume_text=knowledge.phase_reading.resume_text if paused else "",
    )


def _to_resume(record: ModuleRecord) -> bool:
    return record.paused is not None and not record.declined_by_patient and not record.declined_by_clinician


def read_criterion(part: PhaseCriterion, facts: Facts, knowledge: KnowledgeBase, describer: Describer) -> CriterionReading:
    """One entry or exit criterion held against the facts, with what would settle it when it is not known.

    A measure that was filled in lately settles nothing more: what is missing then is something else, which the question asks.
    """
    met = evaluate(part.when, facts)
    open_leaves = [describer.describe(leaf) for leaf in leaves(part.when) if evaluate(leaf, facts) is None]
    because = "" if met is not None else "Not known: " + "; ".join(dict.fromkeys(open_leaves)) + "."
    since = facts.assessment.as_of - timedelta(days=knowledge.policy.plan.result_holds.value)
    settle = tuple(name for name in part.settle_with if facts.scored_on.get(name, date.min) < since) if met is None else ()
    return CriterionReading(part.id, part.text, met, because, settle, part.question if met is None else "", part.basis)
