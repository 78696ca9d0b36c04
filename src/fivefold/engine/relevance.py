"""How far modules answer what a caseload needs, and the smallest set of modules that answers all of it.

The idea is that of relevance mapping (Chorpita 2011: how many young people are covered by the treatments there are) *(pointer: known,
not re-opened here)*; what counts as a need is ours. It says what has a module, and nothing on how well that works.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil

from fivefold.concepts.vocabulary import CoverageStatus

# Of the search for the smallest set. Thirty-five modules and as many impairments take some hundred; past this the set may not be the smallest.
MOST_STEPS = 50_000

Needs = Mapping[str, Mapping[str, CoverageStatus]]
Sets = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class SmallestSet:
    """Modules that together answer all that any of them answers, in the order in which they answer most; ``is_smallest``: proven to be so."""

    names: tuple[str, ...]
    is_smallest: bool


@dataclass(frozen=True)
class NeededImpairment:
    """An impairment that patients need an answer to: how many, how their plans answer it, and what answers it in general."""

    impairment: str
    patients: int
    plans: Mapping[CoverageStatus, int]
    by_ground: bool
    modules: tuple[str, ...]

    @property
    def is_answerable(self) -> bool:
        return self.by_ground or bool(self.modules)


@dataclass(frozen=True)
class LearningStep:
    """One more module of the smallest set: with it and those before, so many needs have an answer, and so many patients an answer to each."""

    module: str
    needs: int
    patients: int


@dataclass(frozen=True)
class RelevanceMap:
    """What a caseload needs and how far it has an answer. ``patients`` are those with a need; needs are counted for each patient.

    ``wholly`` are patients each of whose needs has an answer, ``partly`` those with an answer to some. The impairments are sorted by
    how many need them; ``from_ground`` counts the needs that general modules answer before any specific module is learned.
    """

    patients: int
    needs: int
    answerable: int
    wholly: int
    partly: int
    impairments: tuple[NeededImpairment, ...]
    smallest: SmallestSet
    from_ground: int
    steps: tuple[LearningStep, ...]

    @property
    def uncovered(self) -> tuple[NeededImpairment, ...]:
        """Impairments that nothing answers."""
        return tuple(one for one in self.impairments if not one.is_answerable)


def map_relevance(needs: Needs, modules: Sets, ground: frozenset[str]) -> RelevanceMap:
    """The map of ``needs`` (for each patient the impairments at or above the threshold, and how the plan answers each).

    ``modules`` says for each specific module which impairments it treats, ``ground`` which ones general modules treat.
    """
    wanting = {patient: frozenset(wanted) for patient, wanted in needs.items() if wanted}
    wanted = frozenset().union(*wanting.values())
    answered = ground.union(*modules.values())
    smallest = smallest_set((wanted & answered) - ground, modules)
    return RelevanceMap(
        patients=len(wanting),
        needs=sum(map(len, wanting.values())),
        answerable=_needs_in(wanting, answered),
        wholly=_wholly_in(wanting, answered),
        partly=sum(bool(one & answered) and not one <= answered for one in wanting.values()),
        impairments=tuple(sorted((_needed(name, needs, modules, ground) for name in wanted), key=lambda one: (-one.patients, one.impairment))),
        smallest=smallest,
        from_ground=_needs_in(wanting, ground),
        steps=_steps(smallest.names, wanting, modules, ground),
    )


def _needed(name: str, needs: Needs, modules: Sets, ground: frozenset[str]) -> NeededImpairment:
    stands = [wanted[name] for wanted in needs.values() if name in wanted]
    plans = {status: stands.count(status) for status in CoverageStatus if status in stands}
    return NeededImpairment(name, len(stands), plans, name in ground, tuple(module for module, treats in modules.items() if name in treats))


def _needs_in(wanting: Sets, answered: frozenset[str]) -> int:
    return sum(len(one & answered) for one in wanting.values())


def _wholly_in(wanting: Sets, answered: frozenset[str]) -> int:
    return sum(one <= answered for one in wanting.values())


def _steps(names: Iterable[str], wanting: Sets, modules: Sets, ground: frozenset[str]) -> tuple[LearningStep, ...]:
    """The modules one after the other, at each step the one that adds most needs; of equals the first by name."""
    left, answered, steps = set(names), ground, []
    while left:
        known = answered
        name = min(left, key=lambda module: (-_needs_in(wanting, known | modules[module]), module))
        left.remove(name)
        answered |= modules[name]
        steps.append(LearningStep(name, _needs_in(wanting, answered), _wholly_in(wanting, answered)))
    return tuple(steps)


# ---- The smallest set ----------------------------------------------------------------------------------------------------


def smallest_set(wanted: frozenset[str], sets: Sets) -> SmallestSet:
    """The fewest of the sets that hold together all of ``wanted``, which one of them has to hold each of; of equals the first by name.

    Sets that another holds whole are left out first; then the thing that the fewest sets hold is decided first, and a branch is left
    when even the largest sets could not make it shorter than what is known.
    """
    search = _Search(_undominated({name: held & wanted for name, held in sorted(sets.items())}))
    search.known = _greedy(wanted, search.sets)
    search.go(wanted, ())
    return SmallestSet(tuple(sorted(search.known)), search.steps <= MOST_STEPS)


def _undominated(sets: Sets) -> dict[str, frozenset[str]]:
    """Without those that hold nothing, or nothing beyond another; of two that hold the same the first stays."""
    kept: dict[str, frozenset[str]] = {}
    for name, held in sorted(sets.items(), key=lambda one: (-len(one[1]), one[0])):
        if held and not any(held <= other for other in kept.values()):
            kept[name] = held
    return kept


def _greedy(wanted: frozenset[str], sets: Sets) -> tuple[str, ...]:
    """A set that is good enough to begin with: always the one that adds most."""
    left, found = wanted, list[str]()
    while left:
        rest = left
        name = min(sets, key=lambda one: (-len(sets[one] & rest), one))
        found.append(name)
        left -= sets[name]
    return tuple(found)


class _Search:
    """Branch and bound over the sets; ``known`` is the smallest found so far."""

    def __init__(self, sets: Sets) -> None:
        self.sets = sets
        self.known: tuple[str, ...] = ()
        self.steps = 0

    def go(self, left: frozenset[str], chosen: tuple[str, ...]) -> None:
        self.steps += 1
        if self.steps > MOST_STEPS:
            return
        if not left:
            self.known = chosen if len(chosen) < len(self.known) else self.known
            return
        largest = max(len(held & left) for held in self.sets.values())
        if len(chosen) + ceil(len(left) / largest) >= len(self.known):
            return
        rarest = min(left, key=lambda thing: (sum(thing in held for held in self.sets.values()), thing))
        holding = [name for name, held in self.sets.items() if rarest in held]
        for name in sorted(holding, key=lambda one: (-len(self.sets[one] & left), one)):
            self.go(left - self.sets[name], (*chosen, name))
