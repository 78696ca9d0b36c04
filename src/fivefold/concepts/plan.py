"""The plan and everything that explains it.

A plan is a proposal. Every part carries the rules, inputs and basis it rests on, and every module appears once, the
excluded ones with their reason. What a plan holds by the dozen is a named tuple: it cannot be changed either, and is made
in a third of the time of a frozen dataclass.
"""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from fivefold.concepts.basis import Basis
from fivefold.concepts.phase import PhaseReading
from fivefold.concepts.scores import ImpairmentReading, RiskSign, ScaleScore
from fivefold.concepts.vocabulary import (
    CoverageStatus,
    DomainId,
    EvidenceClass,
    GeneralState,
    MatchStatus,
    OverrideKind,
    OverrideStatus,
    PhaseId,
    ResilienceLevel,
    StageId,
)


class Reason(NamedTuple):
    """One reason for or against: the rule, the sentence, the inputs it read, and its basis. ``supports`` is False against."""

    rule: str
    text: str
    inputs: tuple[str, ...]
    basis: Basis
    supports: bool = True


class Flip(NamedTuple):
    """The smallest change of one input that would change a module's status, and what it would become."""

    input: str
    start: str
    to: str
    becomes: MatchStatus


class SettlingMeasure(NamedTuple):
    """A way to settle what is unknown: an instrument, or a question (then ``instrument`` is empty)."""

    instrument: str
    minutes: float
    question: str = ""


@dataclass(frozen=True)
class PlannedAction:
    """Something a person must do by a time, and the rule that asks for it."""

    what: str
    by_when: str
    rule: str
    basis: Basis


class FirstQuestion(NamedTuple):
    """What must be asked before anything else."""

    question: str
    because: tuple[str, ...]
    decides: str


class Override(NamedTuple):
    """One risk rule as it stands for this patient."""

    code: str
    rule: str
    name: str
    status: OverrideStatus
    kind: OverrideKind
    because: tuple[str, ...]
    effect: str
    cleared_by: str
    basis: Basis


@dataclass(frozen=True)
class Withheld:
    """Why no automatic plan may be made, and what is needed instead."""

    reason_codes: tuple[str, ...]
    message: str
    needs: tuple[str, ...]


@dataclass(frozen=True)
class ResilienceReading:
    """Level of resilience with the components behind it; ``assumed`` when it is not known."""

    level: ResilienceLevel
    assumed: bool
    set_by_clinician: bool
    total: float | None
    components: dict[str, float]
    text: str
    basis: Basis


@dataclass(frozen=True)
class Profile:
    """The impairment profile of one person at one date; ``severity_band`` of the personality difficulty or None."""

    severity_band: str | None
    severity_basis: str
    resilience: ResilienceReading
    impairments: tuple[ImpairmentReading, ...]


class GeneralReading(NamedTuple):
    """A general module now: its state, whether it deserves emphasis, why, and repair steps when it is lost."""

    id: str
    name: str
    state: GeneralState
    emphasis: bool
    because: tuple[Reason, ...]
    repair: tuple[str, ...]
    question: str
    patient_name: str


class SelectionTerms(NamedTuple):
    """The terms of the selection score of one module, in points."""

    severity: float
    priority: float
    phase_fit: float
    enabling: float
    burden: float
    total: float


class Spread(NamedTuple):
    """A range: least, usual, most."""

    min: float
    usual: float
    max: float


@dataclass(frozen=True)
class PlannedDose:
    """Sessions and weeks of a module, after tailoring to resilience."""

    sessions: Spread
    weeks: Spread
    minutes: Spread
    text: str
    basis: Basis
    pace: float


@dataclass(frozen=True)
class PlannedIntervention:
    """One intervention as the plan shows it."""

    name: str
    text: str
    adapted_from: tuple[str, ...]
    evidence: EvidenceClass
    basis: Basis


@dataclass(frozen=True)
class ModuleMatch:
    """What the plan says of one specific module.

    ``agreement`` is the share of draws that give the same status under measurement error, None when not computed.
    """

    id: str
    name: str
    short_name: str
    domain: DomainId
    phase: PhaseId
    status: MatchStatus
    running: bool
    rank: int | None
    because: tuple[Reason, ...]
    waits_for: tuple[str, ...]
    settle_with: tuple[SettlingMeasure, ...]
    flips_if: tuple[Flip, ...]
    agreement: float | None
    selection: SelectionTerms | None
    dose: PlannedDose
    change_stage: StageId | None
    goals: tuple[str, ...]
    interventions: tuple[PlannedIntervention, ...]
    tailoring: str
    cautions: tuple[str, ...]
    patient_name: str
    patient_words: str
    sources: tuple[str, ...]
    treats: tuple[str, ...]
    declined: bool

    def placed(
        self,
        *,
        status: MatchStatus,
        running: bool,
        declined: bool,
        rank: int | None,
        because: tuple[Reason, ...],
        waits_for: tuple[str, ...],
        settle_with: tuple[SettlingMeasure, ...],
        flips_if: tuple[Flip, ...],
        agreement: float | None,
        selection: SelectionTerms | None,
        change_stage: StageId | None,
    ) -> "ModuleMatch":
        """The same module as one patient's plan places it.

        What no patient changes is copied whole: setting twenty-five frozen fields one by one was a twelfth of a plan's time.
        """
        found = object.__new__(ModuleMatch)
        found.__dict__.update(
            self.__dict__,
            status=status,
            running=running,
            declined=declined,
            rank=rank,
            because=because,
            waits_for=waits_for,
            settle_with=settle_with,
            flips_if=flips_if,
            agreement=agreement,
            selection=selection,
            change_stage=change_stage,
        )
        return found


class TimelineEntry(NamedTuple):
    """When a module is expected to run, in weeks from the date of the plan."""

    phase: PhaseId
    module: str
    from_week: Spread
    to_week: Spread


class Coverage(NamedTuple):
    """How the plan answers one impairment: status, the modules that answer, and the reason."""

    impairment: str
    status: CoverageStatus
    by: tuple[str, ...]
    because: str


@dataclass(frozen=True)
class NextMeasure:
    """An instrument that would decide open modules, in minutes of the patient's time."""

    instrument: str
    name: str
    minutes: float
    decides: tuple[str, ...]
    score_entry_only: bool


@dataclass(frozen=True)
class Review:
    """When the plan is looked at again."""

    next_on: date
    every_days: int
    because: str


@dataclass(frozen=True)
class Alternative:
    """Another programme laid beside the plan: information, never a ranking."""

    protocol: str
    name: str
    covers: tuple[str, ...]
    leaves_out: tuple[str, ...]
    sessions: Spread
    weeks: Spread
    needs: tuple[str, ...]
    chosen_components: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class LifeGoal:
    """A small goal for life outside treatment, present from the start."""

    text: str
    from_module: str
    basis: Basis


@dataclass(frozen=True)
class PhasedPlan:
    """The whole proposal for one patient at one date."""

    assessment_id: str
    as_of: date
    knowledge_version: str
    knowledge_hash: str
    engine_version: str
    protocol: str
    withheld: Withheld | None
    ask_first: tuple[FirstQuestion, ...]
    actions: tuple[PlannedAction, ...]
    overrides: tuple[Override, ...]
    phase: PhaseReading
    profile: Profile
    scores: tuple[ScaleScore, ...]
    risk_signs: tuple[RiskSign, ...]
    general_modules: tuple[GeneralReading, ...]
    modules: tuple[ModuleMatch, ...]
    life_goals: tuple[LifeGoal, ...]
    timeline: tuple[TimelineEntry, ...]
    coverage: tuple[Coverage, ...]
    next_best_measures: tuple[NextMeasure, ...]
    review: Review
    alternatives: tuple[Alternative, ...]
    concurrent_limit: int
    settings: dict[str, str]
    adaptations: tuple[str, ...]
    summary: str
    limits: tuple[str, ...]

    def match(self, module_id: str) -> ModuleMatch:
        """The match of one specific module; raises KeyError."""
        for match in self.modules:
            if match.id == module_id:
                return match
        raise KeyError(module_id)

    def with_status(self, *statuses: MatchStatus) -> tuple[ModuleMatch, ...]:
        """Modules with one of these statuses, in the order of the plan."""
        return tuple(match for match in self.modules if match.status in statuses)

    def is_information(self, match: ModuleMatch) -> bool:
        """Whether a module is shown as information alone: no plan is made, and it is neither safety work nor under way already."""
        return self.withheld is not None and not match.running and match.phase is not PhaseId.P1

    @property
    def can_be_signed(self) -> bool:
        """Whether every impairment that needs an answer has one and nothing withholds the plan."""
        return self.withheld is None and all(entry.status is not CoverageStatus.UNKNOWN for entry in self.coverage if entry.by or entry.because)


@dataclass(frozen=True)
class StatusChange:
    """One module whose status differs between two plans."""

    module: str
    name: str
    before: MatchStatus
    after: MatchStatus
    because: str


@dataclass(frozen=True)
class PlanRevision:
    """The difference between two plans with reasons; empty changes mean no change."""

    phase_before: PhaseId
    phase_after: PhaseId
    changes: tuple[StatusChange, ...]
    overrides_added: tuple[str, ...]
    overrides_gone: tuple[str, ...]
    levels_changed: tuple[str, ...]
    concurrent_before: int
    concurrent_after: int
    summary: str

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed."""
        return (
            self.phase_before is self.phase_after
            and not self.changes
            and not self.overrides_added
            and not self.overrides_gone
            and self.concurrent_before == self.concurrent_after
        )
