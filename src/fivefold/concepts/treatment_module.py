"""Treatment modules: the general conditions of treatment and the specific units of work."""

from dataclasses import dataclass, field

from fivefold.concepts.basis import Basis, Claim, Quantity, SpreadQuantity
from fivefold.concepts.criteria import Criterion
from fivefold.concepts.vocabulary import DomainId, EvidenceClass, PhaseId, StageId


@dataclass(frozen=True)
class Intervention:
    """One thing a therapist does, with the therapies it is adapted from and its evidence class."""

    name: str
    do: str
    adapted_from: tuple[str, ...]
    evidence: EvidenceClass
    basis: Basis
    stages: tuple[StageId, ...] = ()


@dataclass(frozen=True)
class EvidenceClaim:
    """One statement about evidence with its class."""

    text: str
    code: EvidenceClass
    basis: Basis


@dataclass(frozen=True)
class DialogueTurn:
    """One turn of a worked example; ``who`` is therapist, patient or another person in the room."""

    who: str
    says: str


@dataclass(frozen=True)
class Dialogue:
    """A worked example in our own words."""

    setting: str
    turns: tuple[DialogueTurn, ...]
    shows: str


@dataclass(frozen=True)
class MeasureUse:
    """What tracks the module: an instrument of the knowledge base or a diary target."""

    use: str
    instrument: str | None = None
    diary: str | None = None

    def __post_init__(self) -> None:
        if (self.instrument is None) == (self.diary is None):
            raise ValueError("a measure needs exactly one of instrument and diary")


@dataclass(frozen=True)
class Prerequisite:
    """Another module that comes first, always or only ``when`` a criterion holds."""

    module: str
    because: str
    when: Criterion | None = None


@dataclass(frozen=True)
class ChangeStage:
    """One of the four change stages as this module goes through it; ``share_of_sessions`` is 0 to 1."""

    patient_state: str
    therapist_work: tuple[str, ...]
    signs_of_completion: tuple[Claim, ...]
    share_of_sessions: Quantity


@dataclass(frozen=True)
class ChangeStages:
    """The four stages, in order."""

    recognition: ChangeStage
    exploration: ChangeStage
    alternatives: ChangeStage
    generalisation: ChangeStage

    def __post_init__(self) -> None:
        total = sum(stage.share_of_sessions.value for _, stage in self.each())
        if abs(total - 1) > 0.011:
            raise ValueError(f"the shares of the four stages add up to {total:g}, not 1")

    def each(self) -> tuple[tuple[StageId, ChangeStage], ...]:
        """Stage ids with their stages, in order."""
        return (
            (StageId.RECOGNITION, self.recognition),
            (StageId.EXPLORATION, self.exploration),
            (StageId.ALTERNATIVES, self.alternatives),
            (StageId.GENERALISATION, self.generalisation),
        )


@dataclass(frozen=True)
class OutlineStep:
    """One session or block of sessions as a colleague would explain it."""

    sessions: str
    stage: StageId
    focus: str
    steps: tuple[str, ...]
    homework: str = ""


@dataclass(frozen=True)
class Dose:
    """How much of the module: sessions, minutes a session, and weeks, each as a range."""

    text: str
    sessions: SpreadQuantity
    minutes: SpreadQuantity
    weeks: SpreadQuantity


@dataclass(frozen=True)
class ExitRule:
    """When the module has done its work."""

    text: str
    criteria: tuple[Claim, ...]


@dataclass(frozen=True)
class ByResilience:
    """How the module changes with the level of resilience."""

    low: Claim
    moderate: Claim
    high: Claim


@dataclass(frozen=True)
class PatientWords:
    """The module in plain words, reading age about twelve."""

    name: str
    why: str
    what_we_do: str
    how_long: str = ""


@dataclass(frozen=True)
class AgreementPart:
    """One part of a treatment agreement in words for both sides: a heading, and points that a clinic may word anew."""

    title: str
    points: tuple[Claim, ...]


@dataclass(frozen=True)
class StartCondition:
    """Something besides gates and prerequisites that must hold before the module starts, with the question that settles it."""

    when: Criterion
    question: str
    basis: Basis


@dataclass(frozen=True)
class SpecificModule:
    """A connected series of interventions with one dysfunctional target."""

    id: str
    slug: str
    version: int
    name: str
    short_name: str
    summary: str
    status: str
    domain: DomainId
    phase: PhaseId
    gate_exempt: bool
    target: Claim
    treats: tuple[str, ...]
    indications: tuple[Claim, ...]
    indicated_when: Criterion
    cautions: tuple[Claim, ...]
    prerequisites: tuple[Prerequisite, ...]
    interventions: tuple[Intervention, ...]
    change_stages: ChangeStages
    outline: tuple[OutlineStep, ...]
    stance: tuple[str, ...]
    dialogue: Dialogue
    homework_ideas: tuple[str, ...]
    materials: tuple[str, ...]
    pitfalls: tuple[str, ...]
    dose: Dose
    exit: ExitRule
    goals: tuple[str, ...]
    measures: tuple[MeasureUse, ...]
    evidence: tuple[EvidenceClaim, ...]
    tailoring: ByResilience
    burden: Quantity
    patient: PatientWords
    also_helps: tuple[str, ...] = ()
    start_conditions: tuple[StartCondition, ...] = ()


@dataclass(frozen=True)
class EmphasisRule:
    """When a general module deserves emphasis, with a weight in points."""

    when: Criterion
    weight: Quantity
    because: str


@dataclass(frozen=True)
class GeneralModule:
    """A continuous condition of treatment: attained, lost, repaired; it gates specific modules."""

    id: str
    slug: str
    version: int
    name: str
    short_name: str
    summary: str
    status: str
    target: Claim
    goals: tuple[Claim, ...]
    interventions: tuple[Intervention, ...]
    attained: tuple[Claim, ...]
    red_flags: tuple[Claim, ...]
    failures: tuple[str, ...]
    repair_steps: tuple[Claim, ...]
    session_check: str
    stance: tuple[str, ...]
    dialogue: Dialogue
    measures: tuple[MeasureUse, ...]
    evidence: tuple[EvidenceClaim, ...]
    patient: PatientWords
    emphasis_when: tuple[EmphasisRule, ...] = field(default_factory=tuple)
    treats: tuple[str, ...] = ()
    agreement: tuple[AgreementPart, ...] = ()
