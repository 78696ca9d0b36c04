"""Fidelity: what is rated of a session, on which scale, and how far two observers agree."""

from dataclasses import dataclass
from enum import StrEnum

from fivefold.concepts.basis import Basis, Claim, Quantity


@dataclass(frozen=True)
class FidelityPoint:
    """One point of the scale with what it means in things one can see; its place among the points, from 0, is its value."""

    name: str
    anchor: str


@dataclass(frozen=True)
class StanceItem:
    """One item of the stance that every session is rated on; ``general`` is the general module it shows."""

    id: str
    general: str
    text: str
    basis: Basis


@dataclass(frozen=True)
class DeviationKind:
    """One way in which a session can differ from plan or module, on purpose and with a reason."""

    id: str
    name: str


@dataclass(frozen=True)
class FidelityFile:
    """``rules/fidelity.yaml``: the scale, the stance items, kinds of deviations, and what must be said beside ratings.

    ``least_sessions``: how many sessions two observers must both have rated before their agreement is told. ``sample_sessions``: how
    many sessions a drawn sample has unless somebody says otherwise. ``interval``: the share of the interval around the agreement.
    """

    points: tuple[FidelityPoint, ...]
    stance: tuple[StanceItem, ...]
    deviations: tuple[DeviationKind, ...]
    inflated: Claim
    module_items: Claim
    least_sessions: Quantity
    sample_sessions: Quantity
    interval: Quantity
    basis: Basis

    def __post_init__(self) -> None:
        if len(self.points) < 2:
            raise ValueError(f"a scale has two points at least, found {len(self.points)}")
        if not 0 < self.interval.value < 1:
            raise ValueError(f"an interval of {self.interval.value:g} is no share between 0 and 1")

    @property
    def highest(self) -> int:
        """The highest point of the scale."""
        return len(self.points) - 1


class ItemKind(StrEnum):
    """What an item is about: the stance of every session, that of another programme, or a module's stance or work."""

    STANCE = "stance"
    PROGRAMME_STANCE = "programme_stance"
    MODULE_STANCE = "module_stance"
    MODULE_WORK = "module_work"


@dataclass(frozen=True)
class ChecklistItem:
    """One item as a rater meets it; ``about`` is the module or the programme, ``basis`` where it comes from."""

    id: str
    kind: ItemKind
    about: str
    text: str
    basis: Basis


@dataclass(frozen=True)
class FidelityScore:
    """The mean of the items that applied, on the scale of the points; ``mean`` is None when none did."""

    mean: float | None
    rated: int
    not_applicable: int


@dataclass(frozen=True)
class Agreement:
    """How far raters agree who all rated the same targets.

    ``single`` is ICC(2,1): raters as a sample, one rating, absolute agreement; ``low`` and ``high`` bound its interval (None where it
    cannot be worked out). ``one_way`` is ICC(1,1) and ``fixed`` is ICC(3,1). All are None when the targets do not differ at all.
    """

    targets: int
    raters: int
    single: float | None
    low: float | None
    high: float | None
    one_way: float | None
    fixed: float | None
