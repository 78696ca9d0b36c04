"""From matches to a schedule: when each module is expected to run, in weeks as ranges.

A plan is a sequence of slots. As many specific modules as resilience allows run side by side; a module starts when a
slot is free, its prerequisites have come far enough, and the phase before it has done its work. What is under way has its
slot already. Gate-exempt modules run beside everything and take no slot.
"""

from dataclasses import dataclass

from fivefold.concepts.plan import PlannedDose, Spread, TimelineEntry
from fivefold.concepts.vocabulary import STAGE_ORDER, MatchStatus, PhaseId, StageId
from fivefold.engine.matching import Frame, Placement
from fivefold.engine.prepared import Prepared

SCHEDULED = (MatchStatus.NOW, MatchStatus.NEXT, MatchStatus.LATER)
ZERO = Spread(0.0, 0.0, 0.0)


@dataclass
class _Slot:
    """One place for a specific module; free from these weeks on."""

    free: Spread = ZERO


def sequence_plan(placements: dict[str, Placement], doses: dict[str, PlannedDose], frame: Frame, prepared: Prepared) -> tuple[TimelineEntry, ...]:
    """The expected course of every planned module, phase by phase, in the order in which modules start.

    Declined modules, those that hard rules close, and those that wait for such a module have no place in time.
    """
    planned = _with_a_place(placements, frame, prepared)
    under_way = [name for name in planned if _is_under_way(placements[name]) and not prepared.modules[name].module.gate_exempt]
    entries = {name: _entry(name, prepared.modules[name].module.phase, ZERO, doses[name], frame) for name in under_way}
    slots = _slots(list(entries.values()), frame.limit)
    waiting: dict[PhaseId, list[str]] = {}
    for name in planned:
        if name not in entries:
            waiting.setdefault(prepared.modules[name].module.phase, []).append(name)
    for phase, members in sorted(waiting.items()):
        exempt = [name for name in members if prepared.modules[name].module.gate_exempt]
        counted = [name for name in members if not prepared.modules[name].module.gate_exempt]
        for name in _in_order(exempt, placements, prepared):
            entries[name] = _entry(name, phase, ZERO, doses[name], frame)
        earliest = max((slot.free for slot in slots), key=lambda free: free.usual) if _opens_new_phase(phase, frame, entries, prepared) else ZERO
        for name in _in_order(counted, placements, prepared):
            slot = min(slots, key=lambda place: place.free.usual)
            start = _later(slot.free, _later(_ready(name, entries, prepared), earliest))
            entries[name] = _entry(name, phase, start, doses[name], frame)
            slot.free = entries[name].to_week
    return tuple(sorted(entries.values(), key=lambda entry: (entry.from_week.usual, entry.phase.order, placements[entry.module].rank or 999)))


def _with_a_place(placements: dict[str, Placement], frame: Frame, prepared: Prepared) -> list[str]:
    """The modules that can be put in time: planned, not declined, and so is everything that must come first."""
    found: dict[str, None] = {}
    for name in prepared.order:
        placement = placements[name]
        if placement.status not in SCHEDULED or placement.declined:
            continue
        needs = () if _is_under_way(placement) else frame.missing.get(name, ())
        if not needs or all(need in found for need in needs):
            found[name] = None
    return [name for name in placements if name in found]


def _is_under_way(placement: Placement) -> bool:
    """Running now; a module that is parked until its phase begins waits for its turn."""
    return placement.running and placement.status is MatchStatus.NOW


def _slots(under_way: list[TimelineEntry], limit: int) -> list[_Slot]:
    """The places at once. Where more is under way than there are places, one falls free when less than that many still run."""
    ends = sorted((entry.to_week for entry in under_way), key=lambda end: end.usual)[-limit:]
    return [_Slot(end) for end in ends] + [_Slot() for _ in range(limit - len(ends))]


def _opens_new_phase(phase: PhaseId, frame: Frame, entries: dict[str, TimelineEntry], prepared: Prepared) -> bool:
    """Whether modules of this phase wait until the counted modules of earlier phases have ended."""
    earlier = [name for name in entries if not prepared.modules[name].module.gate_exempt and entries[name].phase.order < phase.order]
    return phase.order > frame.phase.order and bool(earlier)


def _in_order(names: list[str], placements: dict[str, Placement], prepared: Prepared) -> list[str]:
    """By rank, with every prerequisite before what waits for it."""
    waiting = sorted(names, key=lambda name: (placements[name].rank or 999, prepared.place[name]))
    if len(names) < 2 or not any(need.module in waiting for name in names for need in prepared.modules[name].needs):
        return waiting
    ordered: list[str] = []
    while waiting:
        ready = next((name for name in waiting if not any(need.module in waiting and need.module != name for need in prepared.modules[name].needs)), waiting[0])
        ordered.append(ready)
        waiting.remove(ready)
    return ordered


def _ready(name: str, entries: dict[str, TimelineEntry], prepared: Prepared) -> Spread:
    """The weeks by which the prerequisites have ended; gate-exempt ones (a safety plan) need only have begun."""
    ready = ZERO
    for need in prepared.modules[name].needs:
        other = entries.get(need.module)
        if other is not None and not prepared.modules[need.module].module.gate_exempt:
            ready = _later(ready, other.to_week)
    return ready


def _later(left: Spread, right: Spread) -> Spread:
    if right is ZERO or left is right:
        return left
    return Spread(*map(max, left, right))


def _entry(name: str, phase: PhaseId, start: Spread, dose: PlannedDose, frame: Frame) -> TimelineEntry:
    share, weeks = _share_left(name, frame), dose.weeks
    end = Spread(round(start.min + weeks.min * share, 1), round(start.usual + weeks.usual * share, 1), round(start.max + weeks.max * share, 1))
    return TimelineEntry(phase, name, start, end)


def _share_left(name: str, frame: Frame) -> float:
    """How much of a module that is under way still lies ahead: four quarters at the first stage, one at the last."""
    record = frame.facts.assessment.modules.get(name)
    if record is None or record.stage is None or record.stage in (StageId.QUEUED, StageId.MAINTAINED, StageId.ABANDONED):
        return 1.0
    return (5 - STAGE_ORDER[record.stage]) / 4
