"""The smallest single changes that would alter a module's status, and what it would become."""

from dataclasses import replace

from fivefold.concepts.plan import Flip
from fivefold.concepts.vocabulary import GeneralState, MatchStatus
from fivefold.engine.criteria import InputChange, smallest_flip
from fivefold.engine.matching import (
    IN_PLAN,
    SUICIDALITY_RESPONSE,
    Frame,
    Placement,
    counts,
    indication,
    is_declined,
    is_running,
    missing_prerequisites,
    place_module,
)
from fivefold.engine.prepared import Prepared, PreparedModule

SHOWN = 2


def flips_of(name: str, placement: Placement, frame: Frame, placements: dict[str, Placement], prepared: Prepared) -> tuple[Flip, ...]:
    """At most two changes of one input, the smallest first. Hard rules are not offered as something to flip.

    What a module becomes is said with everything else as it is: a change that also moves the phase or raises a question
    may move it further.
    """
    part = prepared.modules[name]
    status = placement.status
    if status in (MatchStatus.NOT_INDICATED, MatchStatus.UNCLEAR):
        return _into_plan(part, placement, frame, placements, prepared)
    if status is MatchStatus.CAUTIONED:
        return _caution_flip(part, frame, placements, prepared)
    if status in (MatchStatus.NOW, MatchStatus.NEXT, MatchStatus.LATER):
        return (*_gate_flip(part, placement, frame, placements, prepared), *_out_of_plan(part, placement, frame, placements, prepared))[:SHOWN]
    return ()


def _into_plan(part: PreparedModule, placement: Placement, frame: Frame, placements: dict[str, Placement], prepared: Prepared) -> tuple[Flip, ...]:
    if placement.declined:
        return ()
    change = smallest_flip(part.module.indicated_when, frame.facts, True)
    if change is not None and change.input.startswith("risk."):
        # A danger is no way to indicate a module.
        change = smallest_flip(part.module.indicated_when, frame.facts, True, leaving_out=prepared.hard_questions)
    return (_flip(change, _status_if_wanted(part, frame, placements, prepared)),) if change is not None else ()


def _flip(change: InputChange, becomes: MatchStatus) -> Flip:
    return Flip(change.input, change.start, change.to, becomes)


def _status_if_wanted(part: PreparedModule, frame: Frame, placements: dict[str, Placement], prepared: Prepared) -> MatchStatus:
    """What the module would be were it indicated: with what must come before it pulled in, and the number at once applied."""
    placed = dict(placements)
    _pull(part, frame, placed, prepared)
    return _with_limit(part, place_module(part, True, None, frame, placed).status, frame, placed, prepared)


def _pull(part: PreparedModule, frame: Frame, placed: dict[str, Placement], prepared: Prepared) -> None:
    """Put into ``placed`` what the module needs and the plan does not hold yet, each thing after what it needs itself."""
    for name in missing_prerequisites(part, frame):
        if placed[name].status not in IN_PLAN:
            need = prepared.modules[name]
            if not is_declined(frame, name):
                _pull(need, frame, placed, prepared)
            found = place_module(need, indication(need, frame.facts), [part.module.id], frame, placed)
            found.status = _with_limit(need, found.status, frame, placed, prepared)
            placed[name] = found


def _with_limit(part: PreparedModule, status: MatchStatus, frame: Frame, placed: dict[str, Placement], prepared: Prepared) -> MatchStatus:
    if status is not MatchStatus.NOW or not counts(prepared, part.module.id):
        return status
    running = [name for name, other in placed.items() if other.status is MatchStatus.NOW]
    taken = sum(counts(prepared, name) for name in running if name != part.module.id)
    return MatchStatus.NOW if taken < frame.limit else MatchStatus.NEXT


def _out_of_plan(part: PreparedModule, placement: Placement, frame: Frame, placements: dict[str, Placement], prepared: Prepared) -> tuple[Flip, ...]:
    name = part.module.id
    record = frame.facts.assessment.modules.get(name)
    resting = record is not None and record.paused is not None
    if placement.running or resting or placement.pulled or name in frame.brought or (name == SUICIDALITY_RESPONSE and frame.facts.signs):
        return ()
    if _is_needed(name, frame, placements, prepared):
        return ()
    change = smallest_flip(part.module.indicated_when, frame.facts, False)
    return (_flip(change, MatchStatus.NOT_INDICATED),) if change is not None else ()


def _is_needed(name: str, frame: Frame, placements: dict[str, Placement], prepared: Prepared) -> bool:
    """Whether another module would pull this one in, were it not indicated itself."""
    return any(
        _is_wanted(other, frame, placements) and name in missing_prerequisites(prepared.modules[other], frame) for other in prepared.modules[name].unlocks
    )


def _is_wanted(name: str, frame: Frame, placements: dict[str, Placement]) -> bool:
    return (placements[name].status in (*IN_PLAN, MatchStatus.BLOCKED) or is_running(frame, name)) and not is_declined(frame, name)


def _gate_flip(part: PreparedModule, placement: Placement, frame: Frame, placements: dict[str, Placement], prepared: Prepared) -> tuple[Flip, ...]:
    """A waiting module for which one general module is all that is missing."""
    waits = placement.waits_for
    if placement.status is MatchStatus.NOW or len(waits) != 1 or placement.declined or placement.questions:
        return ()
    gate = next((gate for gate in part.gates if gate.module == waits[0]), None)
    if gate is None:
        return ()
    assessment = frame.facts.assessment
    current = assessment.general_modules.get(gate.module, GeneralState.UNKNOWN)
    reached = replace(assessment, general_modules={**assessment.general_modules, gate.module: gate.state})
    then = place_module(part, True, None, replace(frame, facts=replace(frame.facts, assessment=reached)), placements)
    becomes = _with_limit(part, then.status, frame, placements, prepared)
    return (Flip(f"general_modules.{gate.module}", current.value, gate.state.value, becomes),) if becomes is not placement.status else ()


def _caution_flip(part: PreparedModule, frame: Frame, placements: dict[str, Placement], prepared: Prepared) -> tuple[Flip, ...]:
    """A module that one rule alone advises against, and what a recorded decision would make of it."""
    name = part.module.id
    codes = dict.fromkeys(rule.code for rule in frame.cautioned[name])
    if len(codes) != 1:
        return ()
    without = replace(frame, cautioned={other: rules for other, rules in frame.cautioned.items() if other != name})
    becomes = _status_if_wanted(part, without, placements, prepared)
    return tuple(Flip(f"override.{code}", "active", "overruled with a recorded reason", becomes) for code in codes)
