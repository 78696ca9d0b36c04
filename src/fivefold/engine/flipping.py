"""The smallest single changes that would alter a module's status, and what it would become."""

from dataclasses import dataclass, replace

from fivefold.concepts.plan import Flip
from fivefold.concepts.vocabulary import Answer, GeneralState, MatchStatus
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
    place_module,
    with_facts,
)
from fivefold.engine.prepared import Prepared, PreparedModule

SHOWN = 2


@dataclass(frozen=True)
class Board:
    """All placements of one patient, of which a trial changes one thing. ``at_once`` are the counted modules that run now."""

    frame: Frame
    placements: dict[str, Placement]
    prepared: Prepared
    at_once: tuple[str, ...]


def make_board(frame: Frame, placements: dict[str, Placement], prepared: Prepared) -> Board:
    """The board of one patient."""
    at_once = tuple(name for name, placement in placements.items() if placement.status is MatchStatus.NOW and counts(prepared, name))
    return Board(frame, placements, prepared, at_once)


def flips_of(name: str, board: Board) -> tuple[Flip, ...]:
    """At most two changes of one input, the smallest first. Hard rules are not offered as something to flip.

    What a module becomes is said with everything else as it is: a change that also moves the phase or raises a question
    may move it further.
    """
    part, placement = board.prepared.modules[name], board.placements[name]
    status = placement.status
    if status in (MatchStatus.NOT_INDICATED, MatchStatus.UNCLEAR):
        return _into_plan(part, placement, board)
    if status is MatchStatus.CAUTIONED:
        return _caution_flip(part, board)
    if status in (MatchStatus.NOW, MatchStatus.NEXT, MatchStatus.LATER):
        return (*_gate_flip(part, placement, board), *_out_of_plan(part, placement, board))[:SHOWN]
    return ()


def _into_plan(part: PreparedModule, placement: Placement, board: Board) -> tuple[Flip, ...]:
    if placement.declined:
        return ()
    facts = board.frame.facts
    change = smallest_flip(part.module.indicated_when, facts, True)
    if change is not None and change.input.startswith("risk."):
        # A danger is no way to indicate a module.
        change = smallest_flip(part.module.indicated_when, facts, True, leaving_out=board.prepared.hard_questions)
    return (_flip(change, _status_if_wanted(part, board.frame, board)),) if change is not None else ()


def _flip(change: InputChange, becomes: MatchStatus) -> Flip:
    return Flip(change.input, change.start, change.to, becomes)


def _status_if_wanted(part: PreparedModule, frame: Frame, board: Board) -> MatchStatus:
    """What the module would be were it indicated: with what must come before it pulled in, and the number at once applied."""
    pulled: dict[str, Placement] = {}
    _pull(part, frame, pulled, board)
    status = _trial(part, True, None, frame, pulled, board).status
    return _with_limit(part, status, pulled, board)


def _trial(part: PreparedModule, indicated: Answer, pulled_by: list[str] | None, frame: Frame, pulled: dict[str, Placement], board: Board) -> Placement:
    placed = {**board.placements, **pulled} if pulled else board.placements
    return place_module(part, indicated, pulled_by, frame, placed, explained=False)


def _pull(part: PreparedModule, frame: Frame, pulled: dict[str, Placement], board: Board) -> None:
    """Put into ``pulled`` what the module needs and the plan does not hold yet, each thing after what it needs itself."""
    for name in frame.missing.get(part.module.id, ()):
        if pulled.get(name, board.placements[name]).status not in IN_PLAN:
            need = board.prepared.modules[name]
            if not is_declined(frame, name):
                _pull(need, frame, pulled, board)
            found = _trial(need, indication(need, frame), [part.module.id], frame, pulled, board)
            found.status = _with_limit(need, found.status, pulled, board)
            pulled[name] = found


def _with_limit(part: PreparedModule, status: MatchStatus, pulled: dict[str, Placement], board: Board) -> MatchStatus:
    if status is not MatchStatus.NOW or not counts(board.prepared, part.module.id):
        return status
    running = {name for name in board.at_once if name not in pulled}
    running.update(name for name, other in pulled.items() if other.status is MatchStatus.NOW and counts(board.prepared, name))
    return MatchStatus.NOW if len(running - {part.module.id}) < board.frame.limit else MatchStatus.NEXT


def _out_of_plan(part: PreparedModule, placement: Placement, board: Board) -> tuple[Flip, ...]:
    name, frame = part.module.id, board.frame
    record = frame.facts.assessment.modules.get(name)
    resting = record is not None and record.paused is not None
    if placement.running or resting or placement.pulled or name in frame.brought or (name == SUICIDALITY_RESPONSE and frame.facts.signs):
        return ()
    if _is_needed(part, board):
        return ()
    change = smallest_flip(part.module.indicated_when, frame.facts, False)
    return (_flip(change, MatchStatus.NOT_INDICATED),) if change is not None else ()


def _is_needed(part: PreparedModule, board: Board) -> bool:
    """Whether another module would pull this one in, were it not indicated itself."""
    missing = board.frame.missing
    return any(part.module.id in missing[other] and _is_wanted(other, board) for other in part.unlocks)


def _is_wanted(name: str, board: Board) -> bool:
    frame = board.frame
    return (board.placements[name].status in (*IN_PLAN, MatchStatus.BLOCKED) or is_running(frame, name)) and not is_declined(frame, name)


def _gate_flip(part: PreparedModule, placement: Placement, board: Board) -> tuple[Flip, ...]:
    """A waiting module for which one general module is all that is missing."""
    waits = placement.waits_for
    if placement.status is MatchStatus.NOW or len(waits) != 1 or placement.declined or placement.questions:
        return ()
    gate = next((gate for gate in part.gates if gate.module == waits[0]), None)
    if gate is None:
        return ()
    facts = board.frame.facts
    assessment = facts.assessment
    current = assessment.general_modules.get(gate.module, GeneralState.UNKNOWN)
    reached = replace(assessment, general_modules={**assessment.general_modules, gate.module: gate.state})
    frame = with_facts(board.frame, replace(facts, assessment=reached), board.prepared)
    becomes = _with_limit(part, _trial(part, True, None, frame, {}, board).status, {}, board)
    return (Flip(f"general_modules.{gate.module}", current.value, gate.state.value, becomes),) if becomes is not placement.status else ()


def _caution_flip(part: PreparedModule, board: Board) -> tuple[Flip, ...]:
    """A module that one rule alone advises against, and what a recorded decision would make of it."""
    name, cautioned = part.module.id, board.frame.cautioned
    codes = dict.fromkeys(rule.code for rule in cautioned[name])
    if len(codes) != 1:
        return ()
    without = replace(board.frame, cautioned={other: rules for other, rules in cautioned.items() if other != name})
    becomes = _status_if_wanted(part, without, board)
    return tuple(Flip(f"override.{code}", "active", "overruled with a recorded reason", becomes) for code in codes)
