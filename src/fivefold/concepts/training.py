"""Practice on invented and published cases: what a keying demands of a case, and what a learner chooses for it.

A keying says what a reader of the clinical texts would demand, before the program was run on the case. Two keyings of one case are
two opinions; where they differ both stand. What a keying does not mention it leaves open.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from fivefold.concepts.vocabulary import PhaseId


class TrainingPlace(StrEnum):
    """Where a learner puts a specific module."""

    NOW = "now"
    NEXT = "next"
    LATER = "later"
    NOT_NOW = "not_now"


IN_THE_PLAN = (TrainingPlace.NOW, TrainingPlace.NEXT, TrainingPlace.LATER)


class Raised(StrEnum):
    """What a learner says of a safety rule: it holds, it has to be asked first, or neither."""

    ACTIVE = "active"
    TO_ASK = "to_ask"
    NOT_RAISED = "not_raised"


class Demand(StrEnum):
    """What a keying demands of a module, of a safety rule, of the phase, or of withholding."""

    NOW = "now"
    PLAN = "plan"
    NOT_NOW = "not_now"
    RAISED = "raised"
    ACTIVE = "active"
    NEVER_ACTIVE = "never_active"
    PHASE = "phase"
    WITHHELD = "withheld"
    NOT_WITHHELD = "not_withheld"


@dataclass(frozen=True)
class Keying:
    """One reading of a case. ``keyer`` is "A" or "B" of the vignettes, "C" for the first key of a case to practise on, "" for that of a
    published one, "D" for the second of either. ``reader`` says who that was and what they had seen, where the key tells it.

    ``phases`` holds the phase, then others that would be right too. ``must_plan`` is now, next or later; ``must_not_now`` any place but
    now. Of the safety rules ``raised`` have to be active or asked, ``active`` have to be active, ``never_active`` must not be.
    ``notes`` are the keyer's own words.
    """

    keyer: str
    phases: tuple[PhaseId, ...]
    withheld: bool
    must_now: tuple[str, ...] = ()
    must_plan: tuple[str, ...] = ()
    must_not_now: tuple[str, ...] = ()
    raised: tuple[str, ...] = ()
    active: tuple[str, ...] = ()
    never_active: tuple[str, ...] = ()
    emphasis: tuple[str, ...] = ()
    confidence: str = ""
    notes: str = ""
    reader: str = ""

    @property
    def modules(self) -> frozenset[str]:
        """The specific modules it speaks of, for now, for the plan, or against now."""
        return frozenset((*self.must_now, *self.must_plan, *self.must_not_now))


@dataclass(frozen=True)
class CaseChoice:
    """What a learner chose: the phase, whether an automatic plan is held back, safety rules, and places of modules.

    A rule that is not in ``raised`` was not raised, a module that is not in ``places`` is not for now.
    """

    phase: PhaseId
    withheld: bool = False
    raised: Mapping[str, Raised] = field(default_factory=dict)
    places: Mapping[str, TrainingPlace] = field(default_factory=dict)

    def raised_as(self, code: str) -> Raised:
        """What was said of a safety rule."""
        return self.raised.get(code, Raised.NOT_RAISED)

    def place_of(self, module: str) -> TrainingPlace:
        """Where a module was put."""
        return self.places.get(module, TrainingPlace.NOT_NOW)
