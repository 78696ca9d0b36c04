"""The smallest single changes that would alter a module's status, and what it would become."""

from fivefold.concepts.plan import Flip
from fivefold.concepts.vocabulary import GENERAL_STATE_ORDER, GeneralState, MatchStatus
from fivefold.engine.criteria import InputChange, smallest_flip
from fivefold.engine.matching import Frame, Placement, counts, place_module
from fivefold.engine.prepared import Prepared, PreparedModule

SHOWN = 2


def flips_of(name: str, placement: Placement, frame: Frame, placements: dict[str, Placement], prepared: Prepared) -> tuple[Flip, ...]:
    """At most two changes of one input, the smallest first. Hard rules are not offered as something to flip."""
    part = prepared.modules[name]
    status = placement.status
    if status in (MatchStatus.NOT_INDICATED, MatchStatus.UNCLEAR):
        return _into_plan(part, placement, frame, placements, prepared)
    if status is MatchStatus.CAUTIONED:
        return tuple(Flip(f"override.{code}", "active", "overruled with a recorded reason", _without_caution(part, frame)) for code in placement.waits_for[:1])
    if status in (MatchStatus.NOW, MatchStatus.NEXT, MatchStatus.LATER):
        return (*_gate_flip(part, placement, frame, placements, prepared), *_out_of_plan(part, placement, frame))[:SHOWN]
    return ()


def _into_plan(part: PreparedModule, placement: Placement, frame: Frame, placements: dict[str, Placement], prepared: Prepared) -> tuple[Flip, ...]:
    change = smallest_flip(part.module.indicated_when, frame.facts, True)
    if change is None or placement.declined:
        return ()
    return (_flip(change, _status_if_indicated(part, frame, placements, prepared)),)


def _flip(change: InputChange, becomes: MatchStatus) -> Flip:
    return Flip(change.input, change.start, change.to, becomes)


def _status_if_indicated(part: PreparedModule, frame: Frame, placements: dict[str, Placement], prepared: Prepared) -> MatchStatus:
    """What the module would be with everything else as it is."""
    trial = place_module(part, True, None, frame, placements)
    if trial.status is MatchStatus.NOW and counts(prepared, part.module.id):
        taken = sum(other.status is MatchStatus.NOW and counts(prepared, name) for name, other in placements.items())
        return MatchStatus.NOW if taken < frame.limit else MatchStatus.NEXT
    return trial.status


def _out_of_plan(part: PreparedModule, placement: Placement, frame: Frame) -> tuple[Flip, ...]:
    if placement.running or placement.pulled or part.module.id in frame.brought:
        return ()
    change = smallest_flip(part.module.indicated_when, frame.facts, False)
    return (_flip(change, MatchStatus.NOT_INDICATED),) if change is not None else ()


def _gate_flip(part: PreparedModule, placement: Placement, frame: Frame, placements: dict[str, Placement], prepared: Prepared) -> tuple[Flip, ...]:
    """A waiting module for which one general module is all that is missing."""
    waits = placement.waits_for
    if placement.status is MatchStatus.NOW or len(waits) != 1 or placement.declined or placement.questions:
        return ()
    gate = next((gate for gate in part.gates if gate.module == waits[0]), None)
    if gate is None:
        return ()
    current = frame.facts.assessment.general_modules.get(gate.module, GeneralState.UNKNOWN)
    if current is not GeneralState.UNKNOWN and GENERAL_STATE_ORDER[current] >= GENERAL_STATE_ORDER[gate.state]:
        return ()
    taken = sum(other.status is MatchStatus.NOW and counts(prepared, name) for name, other in placements.items())
    becomes = MatchStatus.NOW if taken < frame.limit else MatchStatus.NEXT
    if becomes is placement.status:
        return ()
    return (Flip(f"general_modules.{gate.module}", current.value, gate.state.value, becomes),)


def _without_caution(part: PreparedModule, frame: Frame) -> MatchStatus:
    return MatchStatus.LATER if part.module.phase.order > frame.phase.order else MatchStatus.NEXT
