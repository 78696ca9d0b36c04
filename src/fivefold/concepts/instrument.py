"""Questionnaires and ratings: what an instrument is, how it is scored, and what may be shipped of it."""

from dataclasses import dataclass, field
from enum import StrEnum

from fivefold.concepts.basis import Basis, Claim, Quantity
from fivefold.concepts.vocabulary import Direction, LicenceClass


class ScoringMethod(StrEnum):
    """How item answers become a scale value."""

    SUM = "sum"
    MEAN = "mean"
    MEAN_TIMES_TEN = "mean_times_ten"
    WEIGHTED = "weighted"
    TRIAGE = "triage"
    GAS_T = "gas_t"


class MissingRule(StrEnum):
    """What happens when answers are missing, up to ``Missing.max`` of them."""

    PRORATE = "prorate"
    NONE = "none"


class Boundary(StrEnum):
    """To which band a score exactly on an edge belongs."""

    UPPER = "upper"
    LOWER = "lower"


@dataclass(frozen=True)
class ScaleRange:
    """Lowest and highest possible value of a scale, in ``unit``."""

    min: float
    max: float
    unit: str
    basis: Basis

    def __post_init__(self) -> None:
        if not self.min < self.max:
            raise ValueError(f"a range from {self.min:g} to {self.max:g} is empty")


@dataclass(frozen=True)
class Missing:
    """At most ``max`` items may be missing; more, and the scale is unscored."""

    max: int
    rule: MissingRule
    text: str
    basis: Basis


@dataclass(frozen=True)
class Band:
    """A named band that begins at ``start``; ``severity`` is the level of problem it stands for, if it stands for one."""

    start: float = field(metadata={"key": "from"})
    name: str = ""
    severity: int | None = None


class NormGroup(StrEnum):
    """Which side of the clinical cut-off a reference group stands for."""

    CLINICAL = "clinical"
    FUNCTIONAL = "functional"


@dataclass(frozen=True)
class Cutoff:
    """A published threshold, from above (``at_least``) or from below (``at_most``).

    ``clinical``: it parts the clinical from the ordinary range, and so decides whether a reliable change is a recovery.
    """

    means: str
    basis: Basis
    at_least: float | None = None
    at_most: float | None = None
    group: str = field(default="", metadata={"key": "for"})
    clinical: bool = False

    def __post_init__(self) -> None:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("a cut-off needs exactly one of at_least and at_most")


@dataclass(frozen=True)
class Reliability:
    """One reliability coefficient, 0 to 1."""

    kind: str
    value: float
    basis: Basis
    text: str = ""


@dataclass(frozen=True)
class Norm:
    """A reference group's mean and standard deviation, where known; ``group`` says for which side it may be used, if for one."""

    text: str
    basis: Basis
    mean: float | None = None
    sd: float | None = None
    group: NormGroup | None = None


@dataclass(frozen=True)
class Scale:
    """One scale of an instrument. Without ``items`` only score entry works."""

    id: str
    name: str
    method: ScoringMethod
    range: ScaleRange
    direction: Direction
    items: tuple[int, ...] = ()
    reversed: tuple[int, ...] = ()
    weights: tuple[float, ...] = ()
    missing: Missing | None = None
    bands: tuple[Band, ...] = ()
    bands_basis: Basis | None = None
    boundary: Boundary = Boundary.UPPER
    cutoffs: tuple[Cutoff, ...] = ()
    reliability: tuple[Reliability, ...] = ()
    sd: Quantity | None = None
    reliable_change: Quantity | None = None
    norms: tuple[Norm, ...] = ()
    text: str = ""
    rule: Claim | None = None

    def __post_init__(self) -> None:
        starts = [band.start for band in self.bands]
        if starts != sorted(set(starts)):
            raise ValueError(f"the bands of scale {self.id!r} do not ascend")
        if not set(self.reversed) <= set(self.items):
            raise ValueError(f"scale {self.id!r} reverses items it does not hold")
        if self.bands and self.bands_basis is None:
            raise ValueError(f"the bands of scale {self.id!r} have no bands_basis")
        if len(set(self.items)) != len(self.items):
            raise ValueError(f"scale {self.id!r} names an item twice")

    def band_of(self, value: float) -> Band | None:
        """The band a value falls into, by the scale's own boundary rule; None without bands or below the first."""
        found: Band | None = None
        for band in self.bands:
            inside = value >= band.start if self.boundary is Boundary.UPPER or found is None else value > band.start
            if inside:
                found = band
        return found


@dataclass(frozen=True)
class Items:
    """The items of an instrument. ``texts`` stand here only where the licence class allows it."""

    count: int
    minimum: int
    maximum: int
    options: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    text_source: str = ""
    item_maximum: dict[int, int] = field(default_factory=dict)
    item_options: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def maximum_of(self, number: int) -> int:
        """Highest possible answer to one item (items count from 1)."""
        return self.item_maximum.get(number, self.maximum)

    def allows(self, number: int, answer: float) -> bool:
        """Whether an answer is possible for one item."""
        allowed = self.item_options.get(number)
        if allowed is not None:
            return answer in allowed
        return self.minimum <= answer <= self.maximum_of(number)


@dataclass(frozen=True)
class Licence:
    """Licence class with what it asks for."""

    letter: LicenceClass = field(metadata={"key": "class"})
    text: str = ""
    attribution: str = ""
    basis: Basis | None = None


@dataclass(frozen=True)
class RiskItem:
    """An item whose answer from ``at_least`` upwards always counts as a risk sign, even in an incomplete form."""

    item: int
    at_least: float
    text: str
    basis: Basis


@dataclass(frozen=True)
class Frequency:
    """How often an instrument is usually given; ``value`` in ``unit``, None when given once or on occasion."""

    text: str
    basis: Basis
    value: float | None = None
    unit: str = ""


@dataclass(frozen=True)
class KeyCheck:
    """Who has read the scoring key: two independent readings are asked for."""

    first: str
    second: str


@dataclass(frozen=True)
class Instrument:
    """One questionnaire, interview or rating."""

    id: str
    name: str
    full_name: str
    version: int
    measures: str
    status: str
    respondent: str
    minutes: Quantity
    every: Frequency
    licence: Licence
    scales: tuple[Scale, ...]
    checked: KeyCheck
    items: Items | None = None
    recall: Quantity | None = None
    recall_text: str = ""
    recode: dict[str, dict[int, dict[int, int]]] = field(default_factory=dict)
    risk_items: tuple[RiskItem, ...] = ()
    notes: tuple[Claim, ...] = ()

    def scale(self, scale_id: str) -> Scale | None:
        """The scale with this id, or None."""
        for scale in self.scales:  # asked for each score of each record, and most have one scale
            if scale.id == scale_id:
                return scale
        return None

    @property
    def can_score_items(self) -> bool:
        """Whether answers, not only totals, can be entered."""
        return self.items is not None and any(scale.items for scale in self.scales)
