"""The rules of the knowledge base that are not modules: overrides, gates, selection, tailoring, readings, progress."""

from dataclasses import dataclass, field
from functools import cached_property

from fivefold.concepts.basis import Basis, Claim, Quantity
from fivefold.concepts.criteria import AnyOf, Criterion, Stated
from fivefold.concepts.errors import UnknownThing
from fivefold.concepts.vocabulary import GeneralState, OverrideKind, PhaseId, ResilienceLevel


@dataclass(frozen=True)
class ActionRule:
    """Something a person must do, within a time."""

    what: str
    within: Quantity
    text: str = ""


@dataclass(frozen=True)
class OverrideEffects:
    """What an active override does to the plan, as data."""

    moves_to_phase: PhaseId | None = None
    withholds: bool = False
    suspends_phases: tuple[PhaseId, ...] = ()
    blocks: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    pauses_phases: tuple[PhaseId, ...] = ()
    brings: tuple[str, ...] = ()
    repairs: tuple[str, ...] = ()


@dataclass(frozen=True)
class OverrideRule:
    """One risk rule. ``ask_when`` absent means: an unknown trigger is always asked."""

    id: str
    code: str
    name: str
    kind: OverrideKind
    order: int
    trigger: Criterion
    question: str
    decides: str
    effect: str
    effects: OverrideEffects
    actions: tuple[ActionRule, ...]
    cleared_by: str
    clearance_answers_for: Quantity
    basis: Basis
    ask_when: Criterion | None = None
    notes: tuple[Claim, ...] = ()

    @cached_property
    def asking_parts(self) -> tuple[tuple[Criterion, tuple[Stated, ...]], ...]:
        """The parts of the trigger that hold questions of the rule's own, each with its questions."""
        parts = self.trigger.of if isinstance(self.trigger, AnyOf) else (self.trigger,)
        asked = [(part, tuple(leaf for leaf in part.leaves if isinstance(leaf, Stated))) for part in parts]
        return tuple((part, questions) for part, questions in asked if questions)


@dataclass(frozen=True)
class AdaptationRule:
    """What an adaptation means and which service or form of treatment is needed instead."""

    id: str
    name: str
    withholds: bool
    needs: str
    basis: Basis


@dataclass(frozen=True)
class OverrideFile:
    """All risk rules and adaptations."""

    overrides: tuple[OverrideRule, ...]
    adaptations: tuple[AdaptationRule, ...]


@dataclass(frozen=True)
class GateNeed:
    """A general module must be in at least this state."""

    module: str
    at_least: GeneralState


@dataclass(frozen=True)
class GateRule:
    """What the general modules must be like for specific modules of a phase to begin."""

    id: str
    phase: PhaseId
    text: str
    needs: tuple[GateNeed, ...]
    not_red: tuple[str, ...]
    basis: Basis


@dataclass(frozen=True)
class GateFile:
    """Gates by phase, the phases that a red general module pauses, and the question that settles an unknown one."""

    gates: tuple[GateRule, ...]
    red_pauses: tuple[PhaseId, ...]
    red_pauses_basis: Basis
    questions: dict[str, str]


@dataclass(frozen=True)
class SelectionRule:
    """How modules that may start now are put in order. All numbers are proposals."""

    id: str
    text: str
    basis: Basis
    severity_weight: Quantity
    severity_centre: Quantity
    severity_spread: Quantity
    priority_points: Quantity
    phase_fit_same: Quantity
    phase_fit_earlier: Quantity
    enabling_maximum: Quantity
    burden_weight: Quantity
    alternatives_shown: Quantity


@dataclass(frozen=True)
class ResilienceComponent:
    """One component of the resilience composite, 0 to 2 points, with how scores become points."""

    id: str
    name: str
    text: str
    basis: Basis
    instrument: str | None = None
    scale: str = "total"
    points: tuple[tuple[float, float], ...] = ()
    question: str = ""
    strength: str = ""


@dataclass(frozen=True)
class ResilienceBand:
    """From this sum upwards the level holds."""

    level: ResilienceLevel
    start: float = field(metadata={"key": "from"})
    basis: Basis = field(default=None)  # type: ignore[assignment]  # required in the file; a default may not follow one otherwise


@dataclass(frozen=True)
class TailoringSetting:
    """One row of the dose and style table."""

    id: str
    name: str
    low: str
    moderate: str
    high: str
    basis: Basis


@dataclass(frozen=True)
class LevelNumbers:
    """A number for each level of resilience."""

    low: float
    moderate: float
    high: float
    unit: str
    basis: Basis

    def at(self, level: ResilienceLevel) -> float:
        """The number for one level."""
        return {ResilienceLevel.LOW: self.low, ResilienceLevel.MODERATE: self.moderate, ResilienceLevel.HIGH: self.high}[level]


@dataclass(frozen=True)
class TailoringRule:
    """Resilience composite, its bands, and what each level changes."""

    id: str
    basis: Basis
    components: tuple[ResilienceComponent, ...]
    bands: tuple[ResilienceBand, ...]
    minimum_components: Quantity
    assumed_level: ResilienceLevel
    assumed_text: str
    concurrent_modules: LevelNumbers
    pace: LevelNumbers
    settings: tuple[TailoringSetting, ...]
    cautions: tuple[Claim, ...]


@dataclass(frozen=True)
class ReadingRule:
    """One rule of the phase reading."""

    id: str
    text: str
    when: Criterion
    basis: Basis


@dataclass(frozen=True)
class PhaseReadingRules:
    """How the phase is read, in the order in which the rules are tried."""

    containment: ReadingRule
    back_to_regulation: ReadingRule
    exploration: ReadingRule
    integration: ReadingRule
    floor: PhaseId
    floor_text: str
    crisis_review: ActionRule
    crisis_team_review: ActionRule
    crisis_return: ReadingRule
    second_return: Quantity
    resume_text: str
    basis: Basis


@dataclass(frozen=True)
class ProfileRules:
    """How evidence is weighed; errors in levels 0-4."""

    rating_error: Quantity
    score_error: Quantity
    validity_error: Quantity
    band_error: Quantity
    discordant_from: Quantity
    discordant_widening: Quantity
    largest_error: Quantity
    smallest_error: Quantity


@dataclass(frozen=True)
class PlanRules:
    """Numbers of the plan that belong to no other rule."""

    indicated_from: Quantity
    review_every: Quantity
    result_holds: Quantity
    questions_first: Quantity
    emphasised_general_modules: Quantity
    stability_draws: Quantity
    next_measures: Quantity
    sessions_per_week: Quantity
    severity_bands: tuple[str, ...]


@dataclass(frozen=True)
class PolicyFile:
    """Profile and plan numbers."""

    profile: ProfileRules
    plan: PlanRules


@dataclass(frozen=True)
class NamedNumber:
    """One parameter of a progress rule."""

    id: str
    value: float
    unit: str
    basis: Basis
    text: str = ""


@dataclass(frozen=True)
class ProgressRule:
    """One rule of measured change: what is watched, from which numbers, and the one action it asks for."""

    id: str
    name: str
    kind: str
    condition: str
    action: str
    basis: Basis
    parameters: tuple[NamedNumber, ...] = ()
    notes: tuple[Claim, ...] = ()

    def number(self, number_id: str) -> NamedNumber:
        """The parameter with this id; raises UnknownThing."""
        for one in self.parameters:
            if one.id == number_id:
                return one
        raise UnknownThing(f"parameter of {self.id}", number_id, [one.id for one in self.parameters])


# The parameters of progress rules that the engine asks for by name.
PROGRESS_NUMBERS: dict[str, tuple[str, ...]] = {
    "rule.progress.reliable_change": ("z", "rounding"),
    "rule.progress.other_methods": ("hageman_arrindell",),
    "rule.progress.recovered": ("cutoff_distance",),
    "rule.progress.three_week_mean": ("weeks", "confirmations", "longest_span", "volatile_up_to"),
    "rule.progress.percent_of_baseline": (),
    "rule.progress.event_counts": ("weeks_up_to", "covers_back", "known_share"),
    "rule.progress.sudden_shift": ("share", "scores_each_side", "least_each_side", "t_2", "t_3", "t_4", "reversal", "longest_gap"),
    "rule.progress.expected_curve": ("yellow", "red", "least_cases", "prior_change", "prior_session", "prior_spread"),
    "rule.progress.neighbours": ("least", "most", "farthest"),
    "rule.progress.rational_default": ("early_week", "early_move", "late_week"),
    "rule.progress.timetable": (),
    "rule.progress.dose_check": ("share", "week"),
    "rule.progress.dropout_watch": ("first_part",),
    "rule.progress.personal_baseline": (
        "window", "least_entries", "expires_after", "usual_share", "jump", "smallest_jump", "warning_of", "warning_from", "spread_factor",
    ),
    "rule.progress.rupture_session": ("srs_total", "srs_drop", "srs_item_red", "srs_item_ask", "waisr_total", "missed", "missed_of"),
    "rule.progress.below_own_mean": ("distance", "least_ratings"),
    "rule.progress.silent_start": ("sessions",),
    "rule.progress.high_and_flat": ("sessions", "high", "flat"),
}  # fmt: skip


@dataclass(frozen=True)
class ProgressFile:
    """Definitions, rules and published trajectories of change."""

    rules: tuple[ProgressRule, ...]
    trajectories: tuple[Claim, ...]
    ruptures: tuple[Claim, ...]

    def rule(self, rule_id: str) -> ProgressRule:
        """The rule of measured change with this id; raises UnknownThing."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise UnknownThing("rule of measured change", rule_id, [rule.id for rule in self.rules])


@dataclass(frozen=True)
class PrincipleFile:
    """The principles of IMT that the rules encode, and what the tool may and may not claim."""

    principles: tuple[Claim, ...]
    honesty: tuple[Claim, ...]
