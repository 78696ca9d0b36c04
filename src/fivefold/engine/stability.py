"""How sure is the advice, given measurement error?

Profiles are drawn from their standard errors with a fixed seed, modules are matched again, and for each module the share
of draws with the same status is reported. A draw changes levels only; overrides, phase and answers are not subject to
measurement error and stay as they are.

The draws are matched together, as arrays, by the same rules: what a module becomes when it is wanted is asked once of
``matching.place_module``; which modules are wanted, which run, and how many at once is then counted for all draws. A test
compares this with matching each draw by itself.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from fivefold.concepts import criteria as c
from fivefold.concepts.scores import ImpairmentReading
from fivefold.concepts.vocabulary import Answer, MatchStatus
from fivefold.engine.criteria import leaves
from fivefold.engine.matching import (
    IN_PLAN,
    Frame,
    Placement,
    counts,
    indicated_by,
    indication,
    is_declined,
    is_running,
    place_module,
    selection_terms,
)
from fivefold.engine.prepared import Prepared

SEED = 20260101
CODE = {status: index for index, status in enumerate(MatchStatus)}
NOW, NEXT, LATER, DONE = (CODE[status] for status in (MatchStatus.NOW, MatchStatus.NEXT, MatchStatus.LATER, MatchStatus.DONE))
UNCLEAR, NOT_INDICATED = CODE[MatchStatus.UNCLEAR], CODE[MatchStatus.NOT_INDICATED]
IN_PLAN_CODES = [CODE[status] for status in IN_PLAN]
Floats = NDArray[np.float64]
Codes = NDArray[np.int8]
Flags = NDArray[np.bool_]


def agreement_shares(
    readings: tuple[ImpairmentReading, ...], placements: dict[str, Placement], frame: Frame, prepared: Prepared, draws: int
) -> dict[str, float]:
    """For each module the share of draws (0-1) in which it has the status it has in the plan."""
    known = [reading for reading in readings if reading.level is not None]
    if not known or draws <= 0:
        return dict.fromkeys(placements, 1.0)
    levels = draw_levels(known, draws)
    statuses = match_draws({reading.id: levels[:, index] for index, reading in enumerate(known)}, frame, prepared)
    return {name: round(float(np.mean(statuses[name] == CODE[placement.status])), 3) for name, placement in placements.items()}


def draw_levels(known: list[ImpairmentReading], draws: int) -> Floats:
    """Levels of every draw, one row each, within 0-4 as the scale is."""
    generator = np.random.Generator(np.random.PCG64(SEED))
    centre = np.array([reading.level for reading in known], dtype=np.float64)
    spread = np.array([reading.standard_error for reading in known], dtype=np.float64)
    return np.clip(centre + spread * generator.standard_normal((draws, len(known))), 0.0, 4.0)


def match_draws(levels: dict[str, Floats], frame: Frame, prepared: Prepared) -> dict[str, Codes]:
    """The status code of every module in every draw."""
    draws = len(next(iter(levels.values())))
    wanted, unknown = _wanted(levels, frame, prepared, draws)
    statuses: dict[str, Codes] = {}
    for name in prepared.order:
        statuses[name] = _placed(name, wanted[name], unknown[name], statuses, frame, prepared)
    _limit(statuses, levels, frame, prepared, draws)
    for name in prepared.order:
        missing = frame.missing.get(name, ())
        if missing:
            statuses[name][(statuses[name] == NEXT) & ~_all_run(missing, statuses)] = LATER
    return statuses


def relevant_levels(prepared: Prepared, name: str) -> tuple[str, ...]:
    """The impairments whose level can change a module's indication."""
    part = prepared.modules[name]
    read = [leaf.impairment for leaf in leaves(part.module.indicated_when) if isinstance(leaf, c.ImpairmentAtLeast | c.ImpairmentBelow)]
    return tuple(dict.fromkeys(read))


def _wanted(levels: dict[str, Floats], frame: Frame, prepared: Prepared, draws: int) -> tuple[dict[str, Flags], dict[str, Flags]]:
    """In which draws each module is wanted (indicated, running, brought or pulled in), and in which that is unknown."""
    wanted: dict[str, Flags] = {}
    unknown: dict[str, Flags] = {}
    for name in prepared.modules:
        yes, open_ = _indications(name, levels, frame, prepared, draws)
        if name in frame.brought or is_running(frame, name):
            yes = np.ones(draws, dtype=bool)
        wanted[name], unknown[name] = yes, open_
    # What waits for a prerequisite pulls it in; later modules first, so that one pass is enough.
    for name in reversed(prepared.order):
        if not is_declined(frame, name):
            for other in frame.missing.get(name, ()):
                wanted[other] = wanted[other] | wanted[name]
    return wanted, unknown


def _indications(name: str, levels: dict[str, Floats], frame: Frame, prepared: Prepared, draws: int) -> tuple[Flags, Flags]:
    """Indication in every draw, asked once for each combination of severity words that its levels take."""
    read = [impairment for impairment in relevant_levels(prepared, name) if impairment in levels]
    if not read:
        answer = indication(prepared.modules[name], frame)
        return np.full(draws, answer is True), np.full(draws, answer is None)
    words = [np.minimum(4, (levels[impairment] + 0.5).astype(np.int64)) for impairment in read]
    combined = sum(word * 5**place for place, word in enumerate(words))
    unique, inverse = np.unique(combined, return_inverse=True)
    answers = [_answer_for(int(code), read, name, frame, prepared) for code in unique]
    yes = np.array([answer is True for answer in answers])[inverse.reshape(-1)]
    open_ = np.array([answer is None for answer in answers])[inverse.reshape(-1)]
    return yes, open_


def _answer_for(code: int, read: list[str], name: str, frame: Frame, prepared: Prepared) -> Answer:
    levels = dict(frame.facts.levels)
    for impairment in read:
        code, word = divmod(code, 5)
        levels[impairment] = float(word)
    return indicated_by(prepared.modules[name], replace(frame.facts, levels=levels), replace(frame.quiet, levels=levels))


def _placed(name: str, wanted: Flags, unknown: Flags, statuses: dict[str, Codes], frame: Frame, prepared: Prepared) -> Codes:
    part = prepared.modules[name]
    near = _status_if(part.module.id, True, MatchStatus.NOW, frame, prepared)
    far = _status_if(part.module.id, True, MatchStatus.LATER, frame, prepared)
    missing = frame.missing.get(name, ())
    runs = _all_run(missing, statuses) if missing else np.ones(len(wanted), dtype=bool)
    status = np.where(runs, near, far)
    status = np.where(
        wanted, status, np.where(unknown, _status_if(name, None, MatchStatus.NOW, frame, prepared), _status_if(name, False, MatchStatus.NOW, frame, prepared))
    )
    return status.astype(np.int8)


def _status_if(name: str, indicated: Answer, others: MatchStatus, frame: Frame, prepared: Prepared) -> int:
    """The code of the status that the reference gives to one module, were all others in this status."""
    placed = dict.fromkeys(prepared.modules, Placement(others))
    return CODE[place_module(prepared.modules[name], indicated, None, frame, placed, explained=False).status]


def _all_run(names: tuple[str, ...], statuses: dict[str, Codes]) -> Flags:
    running: Flags = np.logical_and.reduce([(statuses[name] == NOW) | (statuses[name] == DONE) for name in names])
    return running


def _limit(statuses: dict[str, Codes], levels: dict[str, Floats], frame: Frame, prepared: Prepared, draws: int) -> None:
    """Let at most ``frame.limit`` counted modules run in each draw, by the order of the selection rule."""
    names = sorted(name for name in prepared.modules if counts(prepared, name) and (statuses[name] == NOW).any())
    if not names:
        return
    planned = {name: np.isin(statuses[name], IN_PLAN_CODES) for name in prepared.modules}
    keys = np.stack([_sort_key(name, levels, planned, statuses, frame, prepared, draws) for name in names], axis=1)
    # A stable sort keeps the order of ids where everything else is equal, as the reference does.
    order = np.argsort(keys, axis=1, kind="stable")
    position = np.empty_like(order)
    np.put_along_axis(position, order, np.arange(len(names))[None, :].repeat(draws, axis=0), axis=1)
    for index, name in enumerate(names):
        if not is_running(frame, name):
            statuses[name][(statuses[name] == NOW) & (position[:, index] >= frame.limit)] = NEXT


def _sort_key(
    name: str, levels: dict[str, Floats], planned: dict[str, Flags], statuses: dict[str, Codes], frame: Frame, prepared: Prepared, draws: int
) -> Floats:
    part, rule = prepared.modules[name], prepared.knowledge.selection
    fixed = selection_terms(part, frame, set(), prepared)
    severity = np.zeros(draws)
    known = [levels[impairment] for impairment in part.module.treats if impairment in levels]
    if known:
        severity = rule.severity_weight.value * (np.maximum.reduce(known) - rule.severity_centre.value) / rule.severity_spread.value
    enabling = np.minimum(rule.enabling_maximum.value, np.sum([planned[other] for other in part.unlocks], axis=0)) if part.unlocks else np.zeros(draws)
    total = np.round(severity + fixed.priority + fixed.phase_fit + enabling - fixed.burden, 4)
    key = -total - fixed.priority * 1e-6 - (1e6 if is_running(frame, name) else 0.0)
    return np.where(statuses[name] == NOW, key, np.inf)
