"""What the patient's own pages are made of: parts of a safety plan, crisis contacts, diary items with their risk rules, small helps."""

from dataclasses import dataclass
from datetime import date

from fivefold.concepts.basis import Basis, Quantity
from fivefold.concepts.errors import UnknownThing

# Kinds of diary items, and the highest answer of each; yes_no, skill and intent have words of their own.
STRONGEST, MOST_TIMES, MOST_HOURS = 5, 99, 24
DIARY_KINDS = ("emotion", "urge", "intent", "count", "yes_no", "hours", "skill")
SCALED = ("emotion", "urge")
# What is looked at first: danger to life, then what gets in the way of therapy, then how life is.
ORDERS = ("life", "therapy", "quality")
# Which side of usual is looked at in a pattern, and the kinds of items that have a side.
SIDES, WITH_SIDES = ("lower", "higher"), ("emotion", "urge", "hours", "count")


@dataclass(frozen=True)
class PlanPart:
    """One part of a safety plan. ``enough`` entries are asked for, never demanded; ``rated`` parts ask how likely it is to be done."""

    id: str
    name: str
    question: str
    example: str
    hint: str
    enough: Quantity
    rated: bool
    has_number: bool


@dataclass(frozen=True)
class SafetyPlanForm:
    """The parts of a safety plan, its label, and when to look at it and practise it again."""

    label: str
    parts: tuple[PlanPart, ...]
    remake_below: Quantity
    look_again_after: Quantity
    practise_after: Quantity
    nobody_reads: str

    def part(self, name: str) -> PlanPart:
        """The part with this id; raises UnknownThing."""
        found = next((part for part in self.parts if part.id == name), None)
        if found is None:
            raise UnknownThing("part of the safety plan", name, [part.id for part in self.parts])
        return found


@dataclass(frozen=True)
class CrisisContact:
    """A number to call, when somebody answers it, and the day on which it was looked at last."""

    name: str
    number: str
    open: str
    kind: str
    basis: Basis
    reviewed_on: date
    note: str = ""


@dataclass(frozen=True)
class CrisisPlace:
    """A country or region with its numbers, the emergency number first."""

    id: str
    name: str
    contacts: tuple[CrisisContact, ...]


@dataclass(frozen=True)
class CrisisFile:
    """Numbers by place, and for how long one is taken to be right without being looked at again."""

    good_for: Quantity
    places: tuple[CrisisPlace, ...]

    def place(self, name: str) -> CrisisPlace | None:
        """The place with this id, or None."""
        return next((place for place in self.places if place.id == name), None)


@dataclass(frozen=True)
class DiaryItem:
    """One question of a diary card. ``risk`` names its rule; ``goes_with`` another item without which it is not asked."""

    id: str
    kind: str
    words: str
    order: str
    risk: str = ""
    goes_with: str = ""


@dataclass(frozen=True)
class DiarySet:
    """A card to begin with."""

    id: str
    name: str
    items: tuple[str, ...]
    is_for_crisis: bool


@dataclass(frozen=True)
class DiaryRiskRule:
    """From which answer on help is shown and a signal raised; ``event`` is what it is in the record, "" for none."""

    id: str
    about: str
    help_from: Quantity
    signal_from: Quantity
    may_have_usual: bool
    event: str = ""


@dataclass(frozen=True)
class DiaryPattern:
    """Two items that are counted together: on days on which ``when`` lay on one side of usual, how often ``then`` lay above usual."""

    id: str
    when: str
    side: str
    then: str


@dataclass(frozen=True)
class DiaryFile:
    """Diary items, cards to begin with, the rules of risk, and the patterns that are looked for (never shown to the patient).

    A pattern is offered from ``pattern_least_days`` days on either side on, within the last ``pattern_within`` days, where the share of
    days differs by ``pattern_difference`` percentage points at least.
    """

    items: tuple[DiaryItem, ...]
    sets: tuple[DiarySet, ...]
    most_items: Quantity
    least_in_crisis: Quantity
    most_in_crisis: Quantity
    late_days: Quantity
    risk_rules: tuple[DiaryRiskRule, ...]
    usual_for: Quantity
    most_usual: Quantity
    patterns: tuple[DiaryPattern, ...]
    pattern_least_days: Quantity
    pattern_within: Quantity
    pattern_difference: Quantity

    def item(self, name: str) -> DiaryItem | None:
        """The item with this id, or None."""
        return next((item for item in self.items if item.id == name), None)

    def rule(self, name: str) -> DiaryRiskRule | None:
        """The risk rule with this id, or None."""
        return next((rule for rule in self.risk_rules if rule.id == name), None)


@dataclass(frozen=True)
class Helper:
    """A small help for the moment: steps to follow, for breathing with the length of a breath."""

    id: str
    name: str
    what_for: str
    kind: str
    seconds: Quantity
    steps: tuple[str, ...]
    basis: Basis
    breath_in: Quantity | None = None
    breath_out: Quantity | None = None


@dataclass(frozen=True)
class HelperFile:
    """All small helps, in the order in which they are offered."""

    helpers: tuple[Helper, ...]
