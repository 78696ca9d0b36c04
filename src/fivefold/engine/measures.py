"""Which instrument would decide most, for each minute of the patient's time."""

from fivefold.concepts.plan import NextMeasure, SettlingMeasure
from fivefold.concepts.vocabulary import MatchStatus
from fivefold.engine.criteria import evaluate
from fivefold.engine.facts import Facts
from fivefold.engine.matching import Placement
from fivefold.engine.prepared import Prepared, PreparedModule


def settling_measures(part: PreparedModule, placement: Placement, prepared: Prepared) -> tuple[SettlingMeasure, ...]:
    """What would settle an unclear or waiting module: instruments with their minutes, then questions."""
    if placement.status is not MatchStatus.UNCLEAR and not placement.questions and not placement.waits_for:
        return ()
    found = part.settling if placement.status is MatchStatus.UNCLEAR else ()
    questions = [prepared.knowledge.gates.questions[name] for name in placement.waits_for if name in prepared.knowledge.gates.questions]
    return (*found, *(SettlingMeasure("", 1.0, question) for question in (*placement.questions, *questions)))


def next_best_measures(placements: dict[str, Placement], facts: Facts, prepared: Prepared, most: int | None = None) -> tuple[NextMeasure, ...]:
    """Instruments that speak for impairments nobody knows, by open modules decided for each minute.

    A module counts when it is unclear and the instrument speaks for an impairment that it treats or for a score it asks for.
    At most ``most`` are named, by the policy of the knowledge base when it is None.
    """
    knowledge = prepared.knowledge
    decides: dict[str, list[str]] = {}
    for name, placement in placements.items():
        if placement.status is not MatchStatus.UNCLEAR:
            continue
        part = prepared.modules[name]
        for instrument in dict.fromkeys((*_asked_for(part, facts), *_speaking_for(part, facts, prepared))):
            decides.setdefault(instrument, []).append(name)
    measures = [
        NextMeasure(name, knowledge.instruments[name].name, knowledge.instruments[name].minutes.value, tuple(modules), not _has_items(name, prepared))
        for name, modules in decides.items()
        if knowledge.instruments[name].respondent in ("patient", "interview", "clinician")
    ]
    measures.sort(key=lambda measure: (-len(measure.decides) / max(1.0, measure.minutes), measure.minutes, measure.instrument))
    return tuple(measures[: int(knowledge.policy.plan.next_measures.value) if most is None else most])


def _asked_for(part: PreparedModule, facts: Facts) -> list[str]:
    return [found.input.split(".")[1] for found in part.leaves if found.input.startswith(("score.", "item.")) and evaluate(found.leaf, facts) is None]


def _speaking_for(part: PreparedModule, facts: Facts, prepared: Prepared) -> list[str]:
    unknown = [name for name in part.module.treats if name not in facts.levels]
    return [indicator.instrument for name in unknown for indicator in prepared.knowledge.impairments[name].indicators]


def _has_items(name: str, prepared: Prepared) -> bool:
    instrument = prepared.knowledge.instruments[name]
    return instrument.items is not None and bool(instrument.items.texts)
