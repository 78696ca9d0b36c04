"""What can be worked out once for a knowledge base and used for every patient.

Nothing here depends on a patient. Prepared values are kept with their knowledge base and found again by identity.
"""

import weakref
from dataclasses import dataclass

from fivefold.concepts import criteria as c
from fivefold.concepts.basis import Basis
from fivefold.concepts.criterion_words import Describer
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.plan import ModuleMatch, PlannedDose, PlannedIntervention, SettlingMeasure, Spread
from fivefold.concepts.treatment_module import Prerequisite, SpecificModule
from fivefold.concepts.vocabulary import GENERAL_STATE_ORDER, GeneralState, MatchStatus, OverrideKind, ResilienceLevel
from fivefold.concepts.walking import walk
from fivefold.engine.criteria import basis_of, input_of, leaves


@dataclass(frozen=True)
class PreparedLeaf:
    """One leaf of an indication with its words, the input it reads, and its basis; ``impairment`` is empty where it reads none.

    ``said`` are the words as the start of a sentence, ``sentence`` as a whole one.
    """

    leaf: c.Criterion
    text: str
    said: str
    sentence: str
    input: str
    inputs: tuple[str]
    impairment: str
    basis: Basis


@dataclass(frozen=True)
class GateState:
    """One general module that a module waits for, with the least state that will do."""

    module: str
    state: GeneralState


@dataclass(frozen=True)
class PreparedModule:
    """A specific module with everything about it that no patient changes."""

    module: SpecificModule
    leaves: tuple[PreparedLeaf, ...]
    gates: tuple[GateState, ...]
    not_red: tuple[str, ...]
    red_pauses: bool
    needs: tuple[Prerequisite, ...]
    matches: dict[ResilienceLevel, ModuleMatch]
    settling: tuple[SettlingMeasure, ...]
    unlocks: tuple[str, ...]
    burden: float
    rule: str
    gate_rule: str
    gate_basis: Basis


@dataclass(frozen=True)
class Prepared:
    """A knowledge base made ready."""

    knowledge: KnowledgeBase
    describer: Describer
    modules: dict[str, PreparedModule]
    order: tuple[str, ...]
    place: dict[str, int]
    general_for: dict[str, tuple[str, ...]]
    treating: dict[str, tuple[str, ...]]
    hard_questions: frozenset[str]


_KEPT: dict[int, Prepared] = {}


def prepare(knowledge: KnowledgeBase) -> Prepared:
    """The prepared form of a knowledge base, made once for each loaded base."""
    kept = _KEPT.get(id(knowledge))
    if kept is None or kept.knowledge is not knowledge:
        kept = _KEPT[id(knowledge)] = _make(knowledge)
        weakref.finalize(knowledge, _KEPT.pop, id(knowledge), None)
    return kept


def _make(knowledge: KnowledgeBase) -> Prepared:
    describer = Describer(knowledge)
    unlocks: dict[str, list[str]] = {}
    for module in knowledge.modules.values():
        for need in module.prerequisites:
            unlocks.setdefault(need.module, []).append(module.id)
    treating = {name: tuple(module.id for module in knowledge.modules.values() if name in module.treats) for name in knowledge.impairments}
    general_for = {name: tuple(module.id for module in knowledge.general_modules.values() if name in module.treats) for name in knowledge.impairments}
    modules = {module.id: _prepare_module(module, knowledge, describer, tuple(unlocks.get(module.id, ()))) for module in knowledge.modules.values()}
    order = _dependency_order(knowledge)
    place = {name: index for index, name in enumerate(order)}
    return Prepared(knowledge, describer, modules, order, place, general_for, treating, _hard_questions(knowledge))


def _hard_questions(knowledge: KnowledgeBase) -> frozenset[str]:
    """The inputs of the hard rules' risk questions."""
    hard = [rule for rule in knowledge.overrides if rule.kind is OverrideKind.HARD]
    return frozenset(input_of(leaf) for rule in hard for leaf in leaves(rule.trigger) if isinstance(leaf, c.Stated))


def _dependency_order(knowledge: KnowledgeBase) -> tuple[str, ...]:
    """Module ids with every prerequisite before what waits for it; otherwise in the order of the base."""
    done: dict[str, None] = {}
    waiting = list(knowledge.modules.values())
    while waiting:
        ready = [module for module in waiting if all(need.module in done or need.module not in knowledge.modules for need in module.prerequisites)]
        for module in ready or waiting:
            done[module.id] = None
        waiting = [module for module in waiting if module.id not in done]
    return tuple(done)


def _prepare_module(module: SpecificModule, knowledge: KnowledgeBase, describer: Describer, unlocks: tuple[str, ...]) -> PreparedModule:
    gates, not_red, rule, basis = _gates(module, knowledge)
    found = tuple(_prepare_leaf(leaf, describer) for leaf in leaves(module.indicated_when))
    return PreparedModule(
        module=module,
        leaves=found,
        gates=gates,
        not_red=not_red,
        red_pauses=module.phase in knowledge.gates.red_pauses,
        needs=tuple(need for need in module.prerequisites if need.module in knowledge.modules),
        matches={level: _match_at(module, level, knowledge) for level in ResilienceLevel},
        settling=_settling(module, knowledge),
        unlocks=unlocks,
        burden=knowledge.selection.burden_weight.value * module.burden.value,
        rule=f"rule.match.{module.id}",
        gate_rule=rule,
        gate_basis=basis,
    )


def _match_at(module: SpecificModule, level: ResilienceLevel, knowledge: KnowledgeBase) -> ModuleMatch:
    """What a plan says of a module at a level of resilience, before anybody's plan has placed it."""
    return ModuleMatch(
        id=module.id,
        name=module.name,
        short_name=module.short_name,
        domain=module.domain,
        phase=module.phase,
        status=MatchStatus.NOT_INDICATED,
        running=False,
        rank=None,
        because=(),
        waits_for=(),
        settle_with=(),
        flips_if=(),
        agreement=None,
        selection=None,
        dose=planned_dose(module, level, knowledge),
        change_stage=None,
        goals=module.goals,
        interventions=tuple(PlannedIntervention(part.name, part.do, part.adapted_from, part.evidence, part.basis) for part in module.interventions),
        tailoring=getattr(module.tailoring, level.value).text,
        cautions=tuple(claim.text for claim in module.cautions),
        patient_name=module.patient.name,
        patient_words=module.patient.why,
        sources=_sources(module),
        treats=module.treats,
        declined=False,
    )


def _prepare_leaf(leaf: c.Criterion, describer: Describer) -> PreparedLeaf:
    text, name = describer.describe(leaf), input_of(leaf)
    impairment = name.removeprefix("impairment.") if name.startswith("impairment.") else ""
    return PreparedLeaf(leaf, text, text[0].upper() + text[1:], as_sentence(text), name, (name,), impairment, basis_of(leaf))


def as_sentence(text: str) -> str:
    """The text with a capital letter and a full stop."""
    return text[0].upper() + text[1:] + ("" if text.endswith(".") else ".")


def _gates(module: SpecificModule, knowledge: KnowledgeBase) -> tuple[tuple[GateState, ...], tuple[str, ...], str, Basis]:
    """The general modules a module waits for: the gate of its phase and its own prerequisites; exempt modules wait for none."""
    rule = next((gate for gate in knowledge.gates.gates if gate.phase is module.phase), None)
    if module.gate_exempt:
        return (), (), "", knowledge.gates.red_pauses_basis
    wanted = {need.module: need.at_least for need in rule.needs} if rule else {}
    for need in module.prerequisites:
        if need.module in knowledge.general_modules and need.module not in wanted:
            wanted[need.module] = GeneralState.PROVISIONAL
    ordered = sorted(wanted.items(), key=lambda item: (item[0], GENERAL_STATE_ORDER[item[1]]))
    gates = tuple(GateState(name, state) for name, state in ordered)
    return gates, rule.not_red if rule else (), rule.id if rule else "", rule.basis if rule else knowledge.gates.red_pauses_basis


def planned_dose(module: SpecificModule, level: ResilienceLevel, knowledge: KnowledgeBase) -> PlannedDose:
    """The dose of a module at a pace: weeks stretch with the pace, sessions too, minutes stay."""
    pace = knowledge.tailoring.pace.at(level)
    dose = module.dose
    return PlannedDose(
        sessions=_spread(dose.sessions.min * pace, dose.sessions.usual * pace, dose.sessions.max * pace),
        weeks=_spread(dose.weeks.min * pace, dose.weeks.usual * pace, dose.weeks.max * pace),
        minutes=_spread(dose.minutes.min, dose.minutes.usual, dose.minutes.max),
        text=dose.text,
        basis=dose.sessions.basis,
        pace=pace,
    )


def _spread(low: float, usual: float, high: float) -> Spread:
    return Spread(float(round(low)) or 1.0, float(round(usual)) or 1.0, float(round(high)) or 1.0)


def _sources(module: SpecificModule) -> tuple[str, ...]:
    found = {part.source for _, part in walk(module) if isinstance(part, Basis) and part.source}
    return tuple(sorted(found, key=lambda source: (int("".join(filter(str.isdigit, source))), source)))


def _settling(module: SpecificModule, knowledge: KnowledgeBase) -> tuple[SettlingMeasure, ...]:
    """Instruments that would say more about what the module treats, the shortest first; where there is none, a question."""
    named: dict[str, None] = {}
    for leaf in leaves(module.indicated_when):
        if isinstance(leaf, c.ScoreIs | c.ItemIs):
            named[leaf.instrument] = None
    for name in module.treats:
        for indicator in knowledge.impairments[name].indicators:
            named[indicator.instrument] = None
    if not named:
        names = ", ".join(knowledge.impairments[name].name.lower() for name in module.treats)
        return (SettlingMeasure("", 2.0, f"Rate it with the patient: {names}."),)
    found = [SettlingMeasure(name, knowledge.instruments[name].minutes.value) for name in named]
    return tuple(sorted(found, key=lambda way: (way.minutes, way.instrument))[:3])
