"""Another programme laid beside the plan for this patient: what it covers, leaves out, costs and needs. Never a ranking."""

from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.plan import Alternative, PhasedPlan, Spread
from fivefold.concepts.protocol import Protocol, ProtocolComponent
from fivefold.concepts.scores import ImpairmentReading
from fivefold.concepts.vocabulary import CoverageStatus, MatchStatus
from fivefold.engine.criteria import evaluate
from fivefold.engine.facts import Facts
from fivefold.engine.pacing import pace_plan
from fivefold.engine.prepared import Prepared

SHOWN_BY_DEFAULT = ("gpm",)
ANSWERED = (CoverageStatus.NOW, CoverageStatus.LATER)
LEFT_OUT = (CoverageStatus.DEFERRED, CoverageStatus.REFUSED)


def compare_protocols(
    facts: Facts, readings: tuple[ImpairmentReading, ...], prepared: Prepared, protocols: tuple[str, ...], chosen: str
) -> tuple[Alternative, ...]:
    """One column for each named programme other than the chosen one, in the order named."""
    threshold = prepared.knowledge.policy.plan.indicated_from.value - 0.5
    present = [reading.id for reading in readings if reading.level is not None and reading.level >= threshold]
    return tuple(
        lay_beside(prepared.knowledge.protocols[name], facts, present, prepared.knowledge)
        for name in protocols
        if name in prepared.knowledge.protocols and name != chosen
    )


def lay_beside(protocol: Protocol, facts: Facts, present: list[str], knowledge: KnowledgeBase) -> Alternative:
    """What one programme does for the impairments that are present."""
    chosen = [part for part in protocol.components if _applies(part, facts)]
    treated = {name for part in chosen for name in _treats(part, knowledge)}
    dose = protocol.dose
    return Alternative(
        protocol=protocol.id,
        name=protocol.name,
        covers=tuple(name for name in present if name in treated),
        leaves_out=tuple(name for name in present if name not in treated),
        sessions=Spread(dose.sessions.min, dose.sessions.usual, dose.sessions.max),
        weeks=Spread(dose.weeks.min, dose.weeks.usual, dose.weeks.max),
        needs=protocol.needs,
        chosen_components=tuple(part.name for part in chosen),
        notes=tuple(rule.text for rule in protocol.stop_rules if rule.when is not None and evaluate(rule.when, facts) is True),
    )


def _applies(part: ProtocolComponent, facts: Facts) -> bool:
    return part.when is None or evaluate(part.when, facts) is True


def _treats(part: ProtocolComponent, knowledge: KnowledgeBase) -> tuple[str, ...]:
    if part.impairments:
        return part.impairments
    return tuple(name for module in part.modules if module in knowledge.modules for name in knowledge.modules[module].treats)


def own_column(plan: PhasedPlan, knowledge: KnowledgeBase) -> Alternative:
    """The plan itself in the shape of the programmes laid beside it, so that they can be read side by side."""
    protocol = knowledge.protocols[plan.protocol]
    ends = [entry.to_week for entry in plan.timeline]
    weeks = Spread(*(max((getattr(end, part) for end in ends), default=0.0) for part in ("min", "usual", "max")))
    return Alternative(
        protocol=protocol.id,
        name=protocol.name,
        covers=tuple(entry.impairment for entry in plan.coverage if entry.status in ANSWERED),
        leaves_out=tuple(entry.impairment for entry in plan.coverage if entry.status in LEFT_OUT),
        sessions=pace_plan(plan, None, None).sessions,
        weeks=weeks,
        needs=protocol.needs,
        chosen_components=tuple(match.short_name for match in plan.with_status(MatchStatus.NOW, MatchStatus.NEXT) if not match.declined),
        notes=(),
    )
