"""The six general modules now: state, emphasis, repair. They are the ground under every phase."""

from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.plan import FirstQuestion, GeneralReading, Override, Reason
from fivefold.concepts.vocabulary import GeneralState
from fivefold.engine.criteria import evaluate
from fivefold.engine.facts import Facts
from fivefold.engine.safety import active_rules


def read_general_modules(facts: Facts, overrides: tuple[Override, ...], knowledge: KnowledgeBase) -> tuple[GeneralReading, ...]:
    """One reading for each general module; the few with the highest sum of emphasis points are emphasised."""
    states = facts.assessment.general_modules
    sums, because = {}, {}
    for module in knowledge.general_modules.values():
        fired = [rule for rule in module.emphasis_when if evaluate(rule.when, facts) is True]
        sums[module.id] = sum(rule.weight.value for rule in fired)
        because[module.id] = tuple(Reason(f"rule.emphasis.{module.id}", rule.because, (), rule.weight.basis) for rule in fired)
    limit = int(knowledge.policy.plan.emphasised_general_modules.value)
    chosen = sorted((name for name, points in sums.items() if points > 0), key=lambda name: (-sums[name], name))[:limit]
    repaired = {name for rule in active_rules(overrides, knowledge) for name in rule.effects.repairs}
    return tuple(
        GeneralReading(
            id=module.id,
            name=module.name,
            state=(state := states.get(module.id, GeneralState.UNKNOWN)),
            emphasis=module.id in chosen,
            because=because[module.id],
            repair=tuple(step.text for step in module.repair_steps) if state is GeneralState.RED or module.id in repaired else (),
            question=knowledge.gates.questions[module.id] if state is GeneralState.UNKNOWN else "",
            patient_name=module.patient.name,
        )
        for module in knowledge.general_modules.values()
    )


def gate_questions(waiting: dict[str, list[str]], knowledge: KnowledgeBase) -> tuple[FirstQuestion, ...]:
    """The question that settles each unknown general module, the one that opens most modules first."""
    ordered = sorted(waiting.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(FirstQuestion(knowledge.gates.questions[name], (name,), "opens " + ", ".join(modules)) for name, modules in ordered)
