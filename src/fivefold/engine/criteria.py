"""Evaluating criteria, three-valued, and finding the smallest change that turns them.

True is yes, False is no, None is not known (Kleene). Nothing here knows any clinical content.
"""

from collections.abc import Callable
from operator import itemgetter
from typing import Any, NamedTuple

from fivefold.concepts import criteria as c
from fivefold.concepts.assessment import EventRecord
from fivefold.concepts.basis import PROPOSAL, Basis
from fivefold.concepts.criterion_words import days_words
from fivefold.concepts.scores import level_word
from fivefold.concepts.vocabulary import (
    GENERAL_STATE_ORDER,
    STAGE_ORDER,
    Answer,
    GeneralState,
    OverrideStatus,
)
from fivefold.engine.facts import UNBOUNDED, Facts, has_adaptation

COUNTS_AS_SELF_HARM = ("suicide_attempt", "overdose")

# ---- Three-valued evaluation ----------------------------------------------------------------------------------------


def evaluate(node: c.Criterion, facts: Facts) -> Answer:
    """Whether a criterion holds: True, False, or None when it is not known."""
    return _EVALUATE[type(node)](node, facts)


def _all(node: c.AllOf, facts: Facts) -> Answer:
    result: Answer = True
    for part in node.of:
        answer = _EVALUATE[type(part)](part, facts)
        if answer is False:
            return False
        if answer is None:
            result = None
    return result


def _any(node: c.AnyOf, facts: Facts) -> Answer:
    result: Answer = False
    for part in node.of:
        answer = _EVALUATE[type(part)](part, facts)
        if answer is True:
            return True
        if answer is None:
            result = None
    return result


def _not(node: c.NotOf, facts: Facts) -> Answer:
    answer = evaluate(node.of, facts)
    return None if answer is None else not answer


def _at_least_of(node: c.AtLeastOf, facts: Facts) -> Answer:
    answers = [evaluate(part, facts) for part in node.of]
    sure, possible = answers.count(True), answers.count(True) + answers.count(None)
    return True if sure >= node.count else (None if possible >= node.count else False)


def _level_at_least(node: c.ImpairmentAtLeast, facts: Facts) -> Answer:
    level = facts.levels.get(node.impairment)
    return None if level is None else level >= node.level - 0.5


def _level_below(node: c.ImpairmentBelow, facts: Facts) -> Answer:
    level = facts.levels.get(node.impairment)
    return None if level is None else level < node.level - 0.5


def _score(node: c.ScoreIs, facts: Facts) -> Answer:
    value = facts.scores.get((node.instrument, node.scale))
    return _unsaid(facts) if value is None else compare(node.comparison, value, node.value)


def _item(node: c.ItemIs, facts: Facts) -> Answer:
    value = facts.items.get((node.instrument, node.number))
    return _unsaid(facts) if value is None else compare(node.comparison, value, node.value)


def _unsaid(facts: Facts) -> Answer:
    return False if facts.quiet else None


def compare(comparison: c.Comparison, value: float, threshold: float) -> bool:
    """A number held against a threshold."""
    if comparison is c.Comparison.AT_LEAST:
        return value >= threshold
    if comparison is c.Comparison.ABOVE:
        return value > threshold
    if comparison is c.Comparison.AT_MOST:
        return value <= threshold
    return value < threshold


def _criterion_met(node: c.CriterionMet, facts: Facts) -> Answer:
    answer = facts.assessment.criteria.get(node.number)
    return _unsaid(facts) if answer is None else answer


def _diagnosed(node: c.Diagnosed, facts: Facts) -> Answer:
    statuses = [record.status for record in facts.assessment.diagnoses if record.code == node.code]
    if any(status in node.statuses for status in statuses):
        return True
    return False if statuses else _unsaid(facts)


def _event(node: c.EventWithin, facts: Facts) -> Answer:
    sure = possible = 0
    for kind in node.kinds:
        for event in facts.events.get(kind, ()):
            if node.unassessed and event.assessed is True:
                continue
            if _surely_within(event, node.days):
                sure += event.count
            elif _possibly_within(event, node.days):
                possible += event.count
    if sure >= node.times:
        return True
    if sure + possible >= node.times:
        return None
    if facts.quiet or _ruled_out_by_rating(node.kinds, facts) or all(_on_record(kind, node.kinds, facts) for kind in node.kinds):
        # The newest act of each kind on record is older, or has been assessed: that answers the question.
        return False
    return None


def _on_record(kind: str, asked: tuple[str, ...], facts: Facts) -> bool:
    """Whether the file speaks of acts of this kind. Asked for self-harm, the newest on record speaks of attempts, too; never the other way round."""
    return kind in facts.events or (kind in COUNTS_AS_SELF_HARM and "self_harm" in asked and "self_harm" in facts.events)


def _surely_within(event: EventRecord, days: int | None) -> bool:
    return days is None or (event.days_ago_to is not None and event.days_ago_to <= days)


def _possibly_within(event: EventRecord, days: int | None) -> bool:
    return days is None or event.days_ago_from is None or event.days_ago_from <= days


def _ruled_out_by_rating(kinds: tuple[str, ...], facts: Facts) -> bool:
    """An impairment of the same name that is known to be absent now says that there was no such event."""
    for kind in kinds:
        level = facts.levels.get(kind)
        if level is not None and level < 0.5:
            return True
    return False


def _no_event(node: c.NoEventFor, facts: Facts) -> Answer:
    answer = _event(c.EventWithin(node.kinds, node.days, 1, False, node.basis), facts)
    return None if answer is None else not answer


def _upcoming(node: c.UpcomingWithin, facts: Facts) -> Answer:
    for coming in facts.assessment.upcoming:
        if coming.kind in node.kinds and (coming.days_ahead is None or coming.days_ahead <= node.days):
            return True
    return False if facts.assessment.upcoming else _unsaid(facts)


def _stated(node: c.Stated, facts: Facts) -> Answer:
    if node.group == "risk":
        given = facts.assessment.risk.get(node.name)
        answer = given.value if given else None
    else:
        answer = getattr(facts.assessment, node.group).get(node.name)
    if answer is None:
        return False if facts.quiet and node.wanted else None
    return bool(answer == node.wanted)


def _general_at_least(node: c.GeneralAtLeast, facts: Facts) -> Answer:
    state = facts.assessment.general_modules.get(node.module)
    return None if state is None else GENERAL_STATE_ORDER[state] >= GENERAL_STATE_ORDER[node.state]


def _general_is(node: c.GeneralIs, facts: Facts) -> Answer:
    state = facts.assessment.general_modules.get(node.module)
    if node.state is GeneralState.UNKNOWN:
        return state is None
    return None if state is None else state is node.state


def _module_reached(node: c.ModuleReached, facts: Facts) -> Answer:
    wanted = STAGE_ORDER[node.stage]
    records = facts.assessment.modules
    if not records:
        return facts.unrecorded_modules
    chosen = records.values() if node.module is None else [records[node.module]] if node.module in records else []
    if any(record.stage is not None and STAGE_ORDER[record.stage] >= wanted for record in chosen):
        return True
    if any(record.stage is None and not (record.declined_by_patient or record.declined_by_clinician) for record in chosen) and wanted > 0:
        return None
    if node.stage.value == "queued" and chosen:
        return True
    return False if chosen else facts.unrecorded_modules


def _override(node: c.OverrideActive, facts: Facts) -> Answer:
    status = facts.overrides.get(node.code)
    if status is OverrideStatus.TO_ASK:
        return _unsaid(facts)
    return status is OverrideStatus.ACTIVE


def _phase(node: c.PhaseAtLeast, facts: Facts) -> Answer:
    return None if facts.phase is None else facts.phase.order >= node.phase.order


def _previous(node: c.PreviousPhase, facts: Facts) -> Answer:
    return None if facts.assessment.previous_phase is None else facts.assessment.previous_phase in node.phases


def _course(node: c.CourseIs, facts: Facts) -> Answer:
    return _unsaid(facts) if facts.assessment.course is None else facts.assessment.course in node.courses


def _medication(node: c.OnMedication, facts: Facts) -> Answer:
    drugs = facts.assessment.medication
    if drugs is None:
        return _unsaid(facts)
    return any(drug.drug_class in node.classes and (drug.stopped is None or drug.stopped > facts.assessment.as_of) for drug in drugs)


def _number(node: c.NumberIs, facts: Facts) -> Answer:
    bounds = facts.numbers.get(node.name)
    if bounds is None:
        return _unsaid(facts)
    low, high = bounds
    at_low, at_high = compare(node.comparison, low, node.value), compare(node.comparison, high, node.value)
    if at_low == at_high:
        return at_low
    return _unsaid(facts)


def _report(node: c.ReportDue, facts: Facts) -> Answer:
    due = [report for report in facts.assessment.expected_reports if report.overdue and report.received is not True]
    if node.state == "due":
        return bool(due)
    if any(report.received is False for report in due):
        return True
    return None if due else False


_EVALUATE: dict[type[c.Criterion], Callable[[Any, Facts], Answer]] = {
    c.AllOf: _all,
    c.AnyOf: _any,
    c.NotOf: _not,
    c.AtLeastOf: _at_least_of,
    c.ImpairmentAtLeast: _level_at_least,
    c.ImpairmentBelow: _level_below,
    c.ImpairmentUnknown: lambda node, facts: node.impairment not in facts.levels,
    c.ScoreIs: _score,
    c.ItemIs: _item,
    c.CriterionMet: _criterion_met,
    c.Diagnosed: _diagnosed,
    c.EventWithin: _event,
    c.NoEventFor: _no_event,
    c.UpcomingWithin: _upcoming,
    c.Stated: _stated,
    c.GeneralAtLeast: _general_at_least,
    c.GeneralIs: _general_is,
    c.ModuleReached: _module_reached,
    c.OverrideActive: _override,
    c.PhaseAtLeast: _phase,
    c.PreviousPhase: _previous,
    c.CourseIs: _course,
    c.OnMedication: _medication,
    c.InSetting: lambda node, facts: None if facts.assessment.setting is None else facts.assessment.setting in node.settings,
    c.HasAdaptation: lambda node, facts: has_adaptation(facts.assessment, node.adaptations),
    c.ResilienceIs: lambda node, facts: None if facts.resilience is None else facts.resilience is node.level,
    c.HasPriority: lambda node, facts: node.impairment in facts.assessment.priorities,
    c.NumberIs: _number,
    c.NumberUnknown: lambda node, facts: node.name not in facts.numbers,
    c.ReportDue: _report,
}


# ---- Leaves and inputs ------------------------------------------------------------------------------------------------


def leaves(node: c.Criterion) -> tuple[c.Criterion, ...]:
    """The leaves of a criterion, from left to right."""
    return node.leaves


def input_of(leaf: c.Criterion) -> str:
    """The name of the input a leaf reads, for instance ``impairment.self_harm`` or ``score.phq9.total``."""
    return _INPUT[type(leaf)](leaf)


_INPUT: dict[type[c.Criterion], Callable[[Any], str]] = {
    c.ImpairmentAtLeast: lambda leaf: f"impairment.{leaf.impairment}",
    c.ImpairmentBelow: lambda leaf: f"impairment.{leaf.impairment}",
    c.ImpairmentUnknown: lambda leaf: f"impairment.{leaf.impairment}",
    c.ScoreIs: lambda leaf: f"score.{leaf.instrument}.{leaf.scale}",
    c.ItemIs: lambda leaf: f"item.{leaf.instrument}.{leaf.number}",
    c.CriterionMet: lambda leaf: f"criteria.{leaf.number}",
    c.Diagnosed: lambda leaf: f"diagnosis.{leaf.code}",
    c.EventWithin: lambda leaf: "event." + "+".join(leaf.kinds),
    c.NoEventFor: lambda leaf: "event." + "+".join(leaf.kinds),
    c.UpcomingWithin: lambda leaf: "upcoming." + "+".join(leaf.kinds),
    c.Stated: lambda leaf: f"{leaf.group}.{leaf.name}",
    c.GeneralAtLeast: lambda leaf: f"general_modules.{leaf.module}",
    c.GeneralIs: lambda leaf: f"general_modules.{leaf.module}",
    c.ModuleReached: lambda leaf: f"modules.{leaf.module or 'any'}",
    c.OverrideActive: lambda leaf: f"override.{leaf.code}",
    c.PhaseAtLeast: lambda leaf: "phase",
    c.PreviousPhase: lambda leaf: "previous.phase",
    c.CourseIs: lambda leaf: "course",
    c.OnMedication: lambda leaf: "medication." + "+".join(leaf.classes),
    c.InSetting: lambda leaf: "setting",
    c.HasAdaptation: lambda leaf: "patient.adaptations",
    c.ResilienceIs: lambda leaf: "resilience.level",
    c.HasPriority: lambda leaf: "preferences.priorities",
    c.NumberIs: lambda leaf: f"number.{leaf.name}",
    c.NumberUnknown: lambda leaf: f"number.{leaf.name}",
    c.ReportDue: lambda leaf: "expected_reports",
}


def basis_of(leaf: c.Criterion) -> Basis:
    """The basis of a leaf's threshold; words of our own severity scale are proposals."""
    return getattr(leaf, "basis", None) or PROPOSAL


# ---- The smallest change of one input -----------------------------------------------------------------------------------


class InputChange(NamedTuple):
    """A change of one input that turns a criterion: from what it is to what it would have to be; ``size`` orders changes."""

    input: str
    start: str
    to: str
    size: float


# Kinds of nodes, made once: a union written in place would be made anew at every look.
BRANCHES = (c.AnyOf, c.AllOf)
LEVEL_LEAVES = (c.ImpairmentAtLeast, c.ImpairmentBelow)
NUMBER_LEAVES = (c.ScoreIs, c.ItemIs, c.NumberIs)


class _LeafFlip(NamedTuple):
    """A leaf that could turn, and how big a change of its input that would be; put into words only if it is the smallest."""

    size: float
    input: str
    leaf: c.Criterion
    wanted: bool


_SIZE_THEN_INPUT = itemgetter(0, 1)


def smallest_flip(node: c.Criterion, facts: Facts, wanted: bool, *, leaving_out: frozenset[str] = frozenset()) -> InputChange | None:
    """The smallest change of one input that makes the criterion ``wanted``, or None when no single input can."""
    if evaluate(node, facts) is wanted:
        return None
    found = _flips(node, facts, wanted)
    if leaving_out:
        found = [flip for flip in found if flip.input not in leaving_out]
    smallest = min(found, key=_SIZE_THEN_INPUT, default=None)
    return _in_words(smallest, facts) if smallest is not None else None


def _flips(node: c.Criterion, facts: Facts, wanted: bool) -> list[_LeafFlip]:
    """The leaves that could each turn a node which is not yet ``wanted``."""
    size_of = _SIZE_OF.get(type(node))
    if size_of is not None:
        return [_LeafFlip(size_of(node, facts), input_of(node), node, wanted)]
    if isinstance(node, c.NotOf):
        return _flips(node.of, facts, not wanted)
    if isinstance(node, BRANCHES):
        if isinstance(node, c.AnyOf) is wanted:
            # Any part will do, and none is as wanted yet: the whole would be.
            return [flip for part in node.of for flip in _flips(part, facts, wanted)]
        # Every part that stands in the way must turn: one input can do that only if it is the only one.
        open_parts = [part for part in node.of if evaluate(part, facts) is not wanted]
        if len(open_parts) == 1:
            return _flips(open_parts[0], facts, wanted)
        if _read_one_input(open_parts):
            parts = [_flips(part, facts, wanted) for part in open_parts]
            return [max((flip for flips in parts for flip in flips), key=lambda flip: flip.size)] if all(parts) else []
    # One answer among several that are counted, and leaves whose input is not to be changed.
    return []


def _read_one_input(parts: list[c.Criterion]) -> bool:
    """Whether all leaves of the parts read the same input; most differ at once, so that few names are made."""
    first, *others = [leaf for part in parts for leaf in leaves(part)]
    name = input_of(first)
    return all(input_of(leaf) == name for leaf in others)


def _level_distance(leaf: c.ImpairmentAtLeast | c.ImpairmentBelow, facts: Facts) -> float:
    level = facts.levels.get(leaf.impairment)
    return 1.0 if level is None else abs(level - (leaf.level - 0.5))


def _number_distance(leaf: c.ScoreIs | c.ItemIs | c.NumberIs, facts: Facts) -> float:
    """Scores differ in range: known scores are compared by their distance relative to the threshold."""
    value = _value_of(leaf, facts)
    return 1.2 if value is None else abs(value - leaf.value) / max(1.0, abs(leaf.value)) * 4


# How big a change would turn a leaf: levels and numbers by their distance, the rest by kind.
_SIZE_OF: dict[type[c.Criterion], Callable[[Any, Facts], float]] = {
    c.ImpairmentAtLeast: _level_distance,
    c.ImpairmentBelow: _level_distance,
    c.ScoreIs: _number_distance,
    c.ItemIs: _number_distance,
    c.NumberIs: _number_distance,
    c.Stated: lambda leaf, facts: 1.0,
    c.EventWithin: lambda leaf, facts: 2.0,
    c.CourseIs: lambda leaf, facts: 1.5,
    c.CriterionMet: lambda leaf, facts: 1.5,
    c.Diagnosed: lambda leaf, facts: 1.5,
    c.OnMedication: lambda leaf, facts: 1.5,
}


def _value_of(leaf: c.ScoreIs | c.ItemIs | c.NumberIs, facts: Facts) -> float | None:
    if isinstance(leaf, c.ScoreIs):
        return facts.scores.get((leaf.instrument, leaf.scale))
    if isinstance(leaf, c.ItemIs):
        return facts.items.get((leaf.instrument, leaf.number))
    low, high = facts.numbers.get(leaf.name, UNBOUNDED)
    return low if low == high else None


def _in_words(flip: _LeafFlip, facts: Facts) -> InputChange:
    leaf, wanted = flip.leaf, flip.wanted
    if isinstance(leaf, LEVEL_LEAVES):
        start, to = _level_words(leaf, facts, wanted)
    elif isinstance(leaf, NUMBER_LEAVES):
        value = _value_of(leaf, facts)
        upwards = (leaf.comparison in (c.Comparison.AT_LEAST, c.Comparison.ABOVE)) is wanted
        start, to = "unknown" if value is None else f"{value:g}", f"{leaf.value:g} or {'more' if upwards else 'less'}"
    elif isinstance(leaf, c.Stated):
        current = _stated(leaf, facts)
        start = "unknown" if current is None else ("yes" if current == leaf.wanted else "no")
        to = "yes" if leaf.wanted is wanted else "no"
    elif isinstance(leaf, c.EventWithin):
        within = "one" if leaf.days is None else f"one in the last {days_words(leaf.days)}"
        start, to = ("none recorded", within) if wanted else ("recorded", "none in that time")
    elif isinstance(leaf, c.CourseIs):
        words = " or ".join(leaf.courses)
        start, to = facts.assessment.course or "unknown", words if wanted else f"not {words}"
    else:
        start, to = ("no or unknown", "yes") if wanted else ("yes", "no")
    return InputChange(flip.input, start, to, flip.size)


def _level_words(leaf: c.ImpairmentAtLeast | c.ImpairmentBelow, facts: Facts, wanted: bool) -> tuple[str, str]:
    edge = leaf.level.value - 0.5
    upwards = wanted is isinstance(leaf, c.ImpairmentAtLeast)
    level = facts.levels.get(leaf.impairment)
    target = level_word(leaf.impairment, edge if upwards else max(0.0, edge - 0.1))
    start = "unknown" if level is None else f"{level:.1f} ({level_word(leaf.impairment, level)})"
    return start, f"{target} ({edge:g} or more)" if upwards else f"{target} (below {edge:g})"
