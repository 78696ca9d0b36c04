"""What a learner chose for a case, held against each keying and against the plan of the engine, item by item.

Each keying is one opinion and the engine a third; none of them is the truth. Safety comes first: a safety rule that a keying demands
and the learner did not raise stands before everything else, and nothing that was chosen elsewhere makes up for it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum
from typing import NamedTuple

from fivefold.concepts.plan import ModuleMatch, PhasedPlan, Reason
from fivefold.concepts.training import IN_THE_PLAN, CaseChoice, Demand, Keying, Raised, TrainingPlace
from fivefold.concepts.vocabulary import MatchStatus, OverrideStatus

PHASE, WITHHELD = "phase", "withheld"
_RAISED = (Raised.ACTIVE, Raised.TO_ASK)
_SENTENCE = re.compile(r"(?<=[.;:])\s+(?=[A-Z])")


class Subject(StrEnum):
    """What an item is about."""

    RULE = "rule"
    WITHHELD = "withheld"
    PHASE = "phase"
    MODULE = "module"


class Outcome(IntEnum):
    """How a choice stands to an opinion, the gravest first. ``ELSEWHERE`` is another time or place without more."""

    MISSED_SAFETY = 0
    IN_SPITE = 1
    MISSED = 2
    ELSEWHERE = 3
    AGREED = 4


class InSpiteOf(StrEnum):
    """What stands in the way of what was chosen, by the engine's own reasons."""

    OVERRIDE = "override"
    GATE = "gate"
    UNKNOWN = "unknown"
    DONE = "done"
    NO_INDICATION = "no_indication"


@dataclass(frozen=True)
class Statement:
    """One thing that a keying demands, and how the choice stands to it. ``name`` is a rule's code, a module's id, or the subject."""

    subject: Subject
    name: str
    demand: Demand
    outcome: Outcome


@dataclass(frozen=True)
class KeyComparison:
    """A choice held against one keying."""

    keyer: str
    statements: tuple[Statement, ...]

    @property
    def agreed(self) -> int:
        """How many statements of the keying the choice agrees with."""
        return sum(one.outcome is Outcome.AGREED for one in self.statements)

    @property
    def missed_rules(self) -> tuple[str, ...]:
        """Safety rules that the keying demands and that were not raised as it demands."""
        return tuple(dict.fromkeys(one.name for one in self.statements if one.outcome is Outcome.MISSED_SAFETY))

    @property
    def is_full(self) -> bool:
        """Whether the choice agrees with every statement."""
        return self.agreed == len(self.statements)

    @property
    def standing(self) -> tuple[int, int]:
        """For comparing two choices with one keying, more is nearer to it: safety rules not missed, then statements agreed with."""
        return -len(self.missed_rules), self.agreed

    def about(self, subject: Subject, name: str) -> tuple[Statement, ...]:
        """What the keying demands of one item; nothing where it leaves it open."""
        return tuple(one for one in self.statements if one.subject is subject and one.name == name)


def compare_with_key(choice: CaseChoice, keying: Keying) -> KeyComparison:
    """Every statement of a keying with how the choice stands to it: safety rules first, then the phase, then modules."""
    return KeyComparison(keying.keyer, tuple(_statements(choice, keying)))


def _statements(choice: CaseChoice, keying: Keying) -> Iterator[Statement]:
    missed, spite, agreed = Outcome.MISSED_SAFETY, Outcome.IN_SPITE, Outcome.AGREED
    for code in keying.active:
        yield Statement(Subject.RULE, code, Demand.ACTIVE, agreed if choice.raised_as(code) is Raised.ACTIVE else missed)
    for code in keying.raised:
        yield Statement(Subject.RULE, code, Demand.RAISED, agreed if choice.raised_as(code) in _RAISED else missed)
    for code in keying.never_active:
        yield Statement(Subject.RULE, code, Demand.NEVER_ACTIVE, agreed if choice.raised_as(code) is not Raised.ACTIVE else spite)
    demand = Demand.WITHHELD if keying.withheld else Demand.NOT_WITHHELD
    against = Outcome.MISSED if keying.withheld else spite
    yield Statement(Subject.WITHHELD, WITHHELD, demand, agreed if choice.withheld is keying.withheld else against)
    yield Statement(Subject.PHASE, PHASE, Demand.PHASE, agreed if choice.phase in keying.phases else Outcome.ELSEWHERE)
    for module in keying.must_now:
        place = choice.place_of(module)
        later = Outcome.ELSEWHERE if place in IN_THE_PLAN else Outcome.MISSED
        yield Statement(Subject.MODULE, module, Demand.NOW, agreed if place is TrainingPlace.NOW else later)
    for module in keying.must_plan:
        yield Statement(Subject.MODULE, module, Demand.PLAN, agreed if choice.place_of(module) in IN_THE_PLAN else Outcome.MISSED)
    for module in keying.must_not_now:
        yield Statement(Subject.MODULE, module, Demand.NOT_NOW, spite if choice.place_of(module) is TrainingPlace.NOW else agreed)


def choice_of(keying: Keying) -> CaseChoice:
    """The plainest choice that agrees with every statement of a keying that does not contradict itself."""
    raised = dict.fromkeys(keying.raised, Raised.TO_ASK) | dict.fromkeys(keying.active, Raised.ACTIVE)
    places = dict.fromkeys(keying.must_plan, TrainingPlace.NEXT) | dict.fromkeys(keying.must_now, TrainingPlace.NOW)
    return CaseChoice(keying.phases[0], keying.withheld, raised, places)


# ---- The engine, a third opinion -----------------------------------------------------------------------------------------

# Which places say the same as a status of the engine; the first is the nearest.
SAME_PLACE: dict[MatchStatus, tuple[TrainingPlace, ...]] = {
    MatchStatus.NOW: (TrainingPlace.NOW,),
    MatchStatus.NEXT: (TrainingPlace.NEXT,),
    MatchStatus.LATER: (TrainingPlace.LATER,),
    MatchStatus.CAUTIONED: (TrainingPlace.LATER, TrainingPlace.NEXT),
    MatchStatus.SUSPENDED: (TrainingPlace.LATER, TrainingPlace.NEXT, TrainingPlace.NOT_NOW),
    MatchStatus.BLOCKED: (TrainingPlace.NOT_NOW, TrainingPlace.LATER),
    MatchStatus.UNCLEAR: (TrainingPlace.NOT_NOW, TrainingPlace.LATER),
    MatchStatus.DONE: (TrainingPlace.LATER, TrainingPlace.NOT_NOW),
    MatchStatus.NOT_INDICATED: (TrainingPlace.NOT_NOW,),
}
_STANDS_BEFORE = {
    MatchStatus.BLOCKED: InSpiteOf.OVERRIDE,
    MatchStatus.SUSPENDED: InSpiteOf.OVERRIDE,
    MatchStatus.CAUTIONED: InSpiteOf.OVERRIDE,
    MatchStatus.UNCLEAR: InSpiteOf.UNKNOWN,
    MatchStatus.DONE: InSpiteOf.DONE,
    MatchStatus.NOT_INDICATED: InSpiteOf.NO_INDICATION,
}


def place_beside(place: TrainingPlace, match: ModuleMatch) -> tuple[Outcome, InSpiteOf | None]:
    """How a place stands to the engine's status, and what the engine sees in its way where it was chosen for now."""
    if place in SAME_PLACE[match.status]:
        return Outcome.AGREED, None
    if match.status is MatchStatus.NOW:
        return (Outcome.ELSEWHERE if place in IN_THE_PLAN else Outcome.MISSED), None
    if place is TrainingPlace.NOW:
        # What is due next or later waits for a gate, a prerequisite or its phase.
        return Outcome.IN_SPITE, _STANDS_BEFORE.get(match.status, InSpiteOf.GATE)
    # What belongs to a later phase may be left out for today; what is indicated now and left out is missed.
    return (Outcome.ELSEWHERE if place in IN_THE_PLAN or match.status is MatchStatus.LATER else Outcome.MISSED), None


def rule_beside(raised: Raised, status: OverrideStatus | None) -> Outcome:
    """How what was said of a safety rule stands to the engine; None where the engine does not raise it."""
    wanted = {OverrideStatus.ACTIVE: Raised.ACTIVE, OverrideStatus.TO_ASK: Raised.TO_ASK}.get(status, Raised.NOT_RAISED) if status else Raised.NOT_RAISED
    if raised is wanted:
        return Outcome.AGREED
    if wanted is Raised.ACTIVE or (wanted is Raised.TO_ASK and raised is Raised.NOT_RAISED):
        return Outcome.MISSED_SAFETY
    return Outcome.IN_SPITE if raised is Raised.ACTIVE else Outcome.ELSEWHERE


# ---- Item by item ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class KeyersView:
    """What one keyer demands of an item, how the choice stands to each demand, and the sentences of the notes that speak of it."""

    keyer: str
    statements: tuple[Statement, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class ReviewedItem:
    """One item beside every opinion. ``engine`` is its status there, "" where it says nothing; ``differ``: the keyings do not say the same."""

    subject: Subject
    name: str
    keyers: tuple[KeyersView, ...]
    engine: str
    engine_outcome: Outcome
    in_spite_of: InSpiteOf | None
    reasons: tuple[Reason, ...]
    differ: bool

    @property
    def outcome(self) -> Outcome:
        """The gravest of what the keyings say; where none says anything, that of the engine."""
        said = [one.outcome for keyer in self.keyers for one in keyer.statements]
        return min(said) if said else self.engine_outcome

    @property
    def is_missed_safety(self) -> bool:
        """Whether it is a safety rule that some opinion raises, the engine included, and the learner did not."""
        return self.subject is Subject.RULE and Outcome.MISSED_SAFETY in (self.outcome, self.engine_outcome)

    @property
    def is_keyed(self) -> bool:
        """Whether any keying demands something of it."""
        return any(keyer.statements for keyer in self.keyers)


@dataclass(frozen=True)
class Feedback:
    """A choice beside all opinions: the comparison with each keying, and every item that somebody said something about."""

    comparisons: tuple[KeyComparison, ...]
    items: tuple[ReviewedItem, ...]

    @property
    def missed_rules(self) -> tuple[str, ...]:
        """Safety rules that were missed by any opinion, the engine included: said before everything else."""
        return tuple(item.name for item in self.items if item.is_missed_safety)

    @property
    def agrees_with_all(self) -> bool:
        """Whether the choice agrees with every statement of every keying."""
        return all(one.is_full for one in self.comparisons)


def give_feedback(choice: CaseChoice, keyings: Sequence[Keying], plan: PhasedPlan) -> Feedback:
    """What was chosen beside every keying and the plan: missed safety rules first, then other rules, the phase, and modules by gravity."""
    comparisons = tuple(compare_with_key(choice, keying) for keying in keyings)
    beside = tuple(zip(keyings, comparisons, strict=True))
    items = [*_rules(choice, beside, plan), *_frame(choice, beside, plan), *_modules(choice, beside, plan)]
    return Feedback(comparisons, tuple(sorted(items, key=_gravity)))


def _gravity(item: ReviewedItem) -> tuple[bool, bool, int, bool, Outcome]:
    """Safety rules that were missed first, those that a keying demands before those of the engine alone; then by subject and outcome,
    what a keying speaks of before what the engine alone says.
    """
    is_missed_by_key = item.is_keyed and item.outcome is Outcome.MISSED_SAFETY
    return not is_missed_by_key, not item.is_missed_safety, list(Subject).index(item.subject), not item.is_keyed, item.outcome


Beside = tuple[tuple[Keying, KeyComparison], ...]


def _rules(choice: CaseChoice, beside: Beside, plan: PhasedPlan) -> Iterator[ReviewedItem]:
    engine = {code: override for override in reversed(plan.overrides) for code in [override.code]}
    named = {one.name for _keying, found in beside for one in found.statements if one.subject is Subject.RULE and one.demand is not Demand.NEVER_ACTIVE}
    wrongly = {one.name for _keying, found in beside for one in found.statements if one.subject is Subject.RULE and one.outcome is not Outcome.AGREED}
    for code in sorted(named | wrongly | set(engine) | set(choice.raised), key=_code_order):
        override = engine.get(code)
        status = override.status if override else None
        basis = [Reason(override.rule, text, (), override.basis) for text in override.because] if override else []
        yield _item(Subject.RULE, code, beside, status.value if status else "", rule_beside(choice.raised_as(code), status), reasons=tuple(basis))


def _code_order(code: str) -> tuple[int, str]:
    digits = code[1:]
    return (int(digits) if digits.isdigit() else 0), code


def _frame(choice: CaseChoice, beside: Beside, plan: PhasedPlan) -> Iterator[ReviewedItem]:
    held = plan.withheld is not None
    outcome = Outcome.AGREED if choice.withheld is held else Outcome.MISSED if held else Outcome.IN_SPITE
    yield _item(Subject.WITHHELD, WITHHELD, beside, (Demand.WITHHELD if held else Demand.NOT_WITHHELD).value, outcome)
    same = Outcome.AGREED if choice.phase is plan.phase.overall else Outcome.ELSEWHERE
    yield _item(Subject.PHASE, PHASE, beside, plan.phase.overall.value, same)


def _modules(choice: CaseChoice, beside: Beside, plan: PhasedPlan) -> Iterator[ReviewedItem]:
    for match in plan.modules:
        place = choice.place_of(match.id)
        outcome, spite = place_beside(place, match)
        item = _item(Subject.MODULE, match.id, beside, match.status.value, outcome, spite, tuple(match.because))
        if item.is_keyed or place is not TrainingPlace.NOT_NOW or outcome is not Outcome.AGREED:
            yield item


def _item(
    subject: Subject, name: str, beside: Beside, engine: str, outcome: Outcome, spite: InSpiteOf | None = None, reasons: tuple[Reason, ...] = ()
) -> ReviewedItem:
    keyers = tuple(KeyersView(keying.keyer, found.about(subject, name), sentences_about(keying.notes, name)) for keying, found in beside)
    demands = {tuple(one.demand for one in keyer.statements) for keyer in keyers}
    said = {keying.phases for keying, _found in beside} if subject is Subject.PHASE else demands
    return ReviewedItem(subject, name, keyers, engine, outcome, spite, reasons, differ=len(said) > 1)


def sentences_about(notes: str, name: str) -> tuple[str, ...]:
    """The sentences of a keyer's notes that name a module or a rule."""
    wanted = re.compile(rf"\b{re.escape(name)}\b")
    return tuple(one for one in _SENTENCE.split(notes) if wanted.search(one))


# ---- What has been practised ---------------------------------------------------------------------------------------------


class Practice(NamedTuple):
    """One attempt: what was chosen, the keyings of its case, and the day."""

    choice: CaseChoice
    keyings: Sequence[Keying]
    on: date


@dataclass(frozen=True)
class Practised:
    """How often something was met in practice, how often the choice agreed with every keying that speaks of it, and the last day."""

    name: str
    attempts: int
    agreed: int
    last: date | None


def practised_rules(attempts: Iterable[Practice]) -> Practised:
    """Attempts, and those in which no safety rule that a keying demands was missed."""
    return _counted("", [(not any(compare_with_key(one.choice, key).missed_rules for key in one.keyings), one.on) for one in attempts])


def practised_phases(attempts: Iterable[Practice]) -> tuple[Practised, ...]:
    """For each phase that a keying gives a case: attempts at such cases, and those that chose a phase all keyings accept."""
    found: dict[str, list[tuple[bool, date]]] = {}
    for one in attempts:
        agreed = all(one.choice.phase in key.phases for key in one.keyings)
        for phase in {key.phases[0].value for key in one.keyings}:
            found.setdefault(phase, []).append((agreed, one.on))
    return tuple(_counted(name, found[name]) for name in sorted(found))


def practised_modules(attempts: Iterable[Practice]) -> tuple[Practised, ...]:
    """For each module that a keying speaks of: attempts at such cases, and those that agreed with every keying about it."""
    found: dict[str, list[tuple[bool, date]]] = {}
    for one in attempts:
        by_module: dict[str, bool] = {}
        for statement in (said for key in one.keyings for said in compare_with_key(one.choice, key).statements if said.subject is Subject.MODULE):
            by_module[statement.name] = by_module.get(statement.name, True) and statement.outcome is Outcome.AGREED
        for name, agreed in by_module.items():
            found.setdefault(name, []).append((agreed, one.on))
    return tuple(_counted(name, found[name]) for name in sorted(found))


def _counted(name: str, outcomes: Sequence[tuple[bool, date]]) -> Practised:
    return Practised(name, len(outcomes), sum(agreed for agreed, _on in outcomes), max((on for _agreed, on in outcomes), default=None))


def next_case(cases: Sequence[tuple[str, Sequence[Keying]]], attempts: Sequence[tuple[str, CaseChoice]]) -> str | None:
    """The case to practise next: never tried before, of the phase that was practised least; when all were tried, the one longest ago
    that did not agree with every keying. ``attempts`` are oldest first. None when every last attempt agreed with all.
    """
    tried = {name for name, _choice in attempts}
    keys = dict(cases)
    met: dict[str, int] = {}
    for name in tried & keys.keys():
        phase = keys[name][0].phases[0].value
        met[phase] = met.get(phase, 0) + 1
    fresh = [(met.get(keyings[0].phases[0].value, 0), place, name) for place, (name, keyings) in enumerate(cases) if keyings and name not in tried]
    if fresh:
        return min(fresh)[2]
    # The last attempt at a case counts, in the order of those last attempts.
    last: dict[str, CaseChoice] = {}
    for name, choice in attempts:
        last.pop(name, None)
        last[name] = choice
    open_again = [name for name, choice in last.items() if name in keys and not all(compare_with_key(choice, one).is_full for one in keys[name])]
    return open_again[0] if open_again else None
