"""Treatment programmes in one format, so that they can be laid beside each other for one patient."""

from dataclasses import dataclass, field

from fivefold.concepts.basis import Basis, Claim, Quantity, SpreadQuantity
from fivefold.concepts.criteria import Criterion
from fivefold.concepts.treatment_module import EvidenceClaim


@dataclass(frozen=True)
class ProtocolStage:
    """One stage of a programme."""

    id: str
    name: str
    goal: str
    basis: Basis
    entry: str = ""
    exit: str = ""
    weeks: SpreadQuantity | None = None


@dataclass(frozen=True)
class ProtocolComponent:
    """One part of a programme; ``modules`` names the modules that do the same work. ``when``: chosen only then."""

    id: str
    name: str
    text: str
    kind: str
    basis: Basis
    modules: tuple[str, ...] = ()
    impairments: tuple[str, ...] = ()
    minutes: SpreadQuantity | None = None
    per_week: Quantity | None = None
    stage: str = ""
    when: Criterion | None = None


@dataclass(frozen=True)
class ProtocolDose:
    """What the whole programme costs."""

    text: str
    sessions: SpreadQuantity
    weeks: SpreadQuantity


@dataclass(frozen=True)
class ConditionalClaim:
    """A claim that may be tested on a patient."""

    text: str
    basis: Basis
    when: Criterion | None = None


@dataclass(frozen=True)
class ProtocolRole:
    """Who does what."""

    role: str
    does: str


@dataclass(frozen=True)
class ComorbidityRule:
    """Which condition is treated first: ``bpd_first``, ``other_first`` or ``unclear``."""

    condition: str
    order: str
    text: str
    basis: Basis


@dataclass(frozen=True)
class ExpectedChange:
    """What should have moved by when, and what to do if it has not."""

    target: str
    mechanism: str
    if_not: str
    basis: Basis
    by: Quantity
    start: Quantity | None = field(default=None, metadata={"key": "from"})
    impairments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Borrowed:
    """What IMT takes from the programme."""

    modules: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Parameter:
    """A number a clinic may set, for instance a cut-off of a selector."""

    id: str
    value: float
    unit: str
    text: str
    basis: Basis


@dataclass(frozen=True)
class Protocol:
    """A treatment programme."""

    id: str
    name: str
    short_name: str
    version: int
    status: str
    kind: str
    summary: str
    stages: tuple[ProtocolStage, ...]
    components: tuple[ProtocolComponent, ...]
    dose: ProtocolDose
    minimum_weeks: Quantity
    stop_rules: tuple[ConditionalClaim, ...]
    expected_change: tuple[ExpectedChange, ...]
    adherence: tuple[str, ...]
    evidence: tuple[EvidenceClaim, ...]
    when_useful: tuple[Claim, ...] = ()
    limits: tuple[Claim, ...] = ()
    entry: tuple[ConditionalClaim, ...] = ()
    exit: tuple[Claim, ...] = ()
    needs: tuple[str, ...] = ()
    roles: tuple[ProtocolRole, ...] = ()
    stance: tuple[Claim, ...] = ()
    safety: tuple[Claim, ...] = ()
    medication: tuple[Claim, ...] = ()
    comorbidity: tuple[ComorbidityRule, ...] = ()
    instruments: tuple[str, ...] = ()
    borrowed_by_imt: Borrowed | None = None
    parameters: tuple[Parameter, ...] = ()
    notes: tuple[Claim, ...] = ()
