"""The plan builder: the plan with its choices, something tried out beside it, programmes side by side, and what signing needs."""

import uuid
from dataclasses import dataclass, replace
from datetime import date, datetime
from operator import itemgetter
from typing import Any

from fivefold.concepts.assessment import Assessment
from fivefold.concepts.plan import Alternative, PhasedPlan, PlanRevision
from fivefold.concepts.vocabulary import GeneralState, ResilienceLevel
from fivefold.engine.comparing import own_column
from fivefold.engine.pacing import Pacing, pace_plan
from fivefold.engine.planning import PlanOptions, make_plan
from fivefold.engine.replanning import propose_revision
from fivefold.records import clock
from fivefold.records.models import Patient, PlanVersion
from fivefold.services.access import Actor, Permission, clinical_act, patient_for, reaches
from fivefold.services.knowledge import knowledge
from fivefold.services.plan_choices import PlanChoices
from fivefold.services.plan_questions import AskedModules, asked_at_signing
from fivefold.services.plans import (
    Hole,
    ProposedPlan,
    choices_of,
    draft_of,
    hindrances,
    holes_of,
    latest_review,
    not_to_be_declined,
    passed_gates,
    startable,
    work_out,
)
from fivefold.services.protocols import MODULAR, PLACE, ChosenProtocol, chosen_protocols, treatment_protocols
from fivefold.services.record_file import NewFact, read_record
from fivefold.services.review_day import with_review_day

WITH_DRAWS = PlanOptions(protocols=())


@dataclass(frozen=True)
class Trial:
    """What is tried out: each part is left as it is on record when it is None or empty."""

    sessions_per_week: float | None = None
    sessions_available: float | None = None
    resilience: ResilienceLevel | None = None
    rated: str = ""
    level: int | None = None
    general_module: str = ""
    state: GeneralState | None = None
    wanted_first: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is tried out."""
        return not self.as_changes()

    def as_changes(self, priorities: tuple[str, ...] = ()) -> tuple[str, ...]:
        """The trial as changes of the assessment file."""
        found = [f"treatment.{name}={value:g}" for name, value in self._sessions()]
        if self.resilience:
            found.append(f"resilience.level={self.resilience.value}")
        if self.rated and self.level is not None:
            found.append(f"ratings.{self.rated}={self.level}")
        if self.general_module and self.state:
            found.append(f"general_modules.{self.general_module}={self.state.value}")
        if self.wanted_first:
            found.append(f"preferences.priorities=[{', '.join(dict.fromkeys([self.wanted_first, *priorities]))}]")
        return tuple(found)

    def as_facts(self, on: date, priorities: tuple[str, ...] = ()) -> list[NewFact]:
        """The trial as facts of the record, for when it is kept."""
        found = [NewFact("treatment", name, value, on) for name, value in self._sessions()]
        if self.resilience:
            found.append(NewFact("resilience", "level", self.resilience.value, on))
        if self.rated and self.level is not None:
            found.append(NewFact("rating", self.rated, {"severity": self.level}, on))
        if self.general_module and self.state:
            found.append(NewFact("general_module", self.general_module, self.state.value, on))
        if self.wanted_first:
            found.append(NewFact("preference", "priorities", list(dict.fromkeys([self.wanted_first, *priorities])), on))
        return found

    def _sessions(self) -> list[tuple[str, float]]:
        both = (("sessions_per_week", self.sessions_per_week), ("sessions_available", self.sessions_available))
        return [(name, value) for name, value in both if value is not None]


@dataclass(frozen=True)
class Tried:
    """What a trial makes of the plan: the difference, and the sessions before."""

    trial: Trial
    difference: PlanRevision
    pacing_before: Pacing


@dataclass(frozen=True)
class Board:
    """The plan builder as it stands. ``plan`` is with the choices and, when something is tried out, with the trial.

    ``fixed`` modules cannot be left out; ``startable`` ones wait for general modules alone and may be begun with a reason;
    ``past`` says what those begun by choice wait for in the proposal.
    """

    patient: Patient
    known: ProposedPlan
    plan: PhasedPlan
    choices: PlanChoices
    difference: PlanRevision
    tried: Tried | None
    on_record: Trial
    pacing: Pacing
    draft_version: int
    changed_by: str
    changed_at: datetime | None
    signed_number: int
    signed_by: str
    signed_at: datetime | None
    review_on: date | None
    holes: tuple[Hole, ...]
    hindrances: tuple[str, ...]
    fixed: frozenset[str]
    startable: frozenset[str]
    past: dict[str, tuple[str, ...]]
    programme: ChosenProtocol | None
    may_change: bool
    may_sign: bool
    today: date


@clinical_act(Permission.SEE_RECORD, view=True)
def see_board(actor: Actor, *, patient_id: uuid.UUID) -> Board:
    """The plan of today with the draft's choices."""
    return _board(actor, patient_for(actor, patient_id, Permission.SEE_RECORD))


def _board(actor: Actor, patient: Patient) -> Board:
    today = clock.today()
    draft = draft_of(patient)
    choices = choices_of(draft)
    known = work_out(patient, choices, with_draws=True, today=today, protocols=())
    last = _last_signed(patient)
    return Board(
        patient=patient,
        known=known,
        plan=known.plan,
        choices=choices,
        difference=known.difference,
        tried=None,
        on_record=_on_record(known),
        pacing=_pacing(known.plan, known.record),
        draft_version=known.draft_version,
        changed_by=draft.changed_by.name if draft else "",
        changed_at=draft.changed_at if draft else None,
        signed_number=last.number if last else 0,
        signed_by=last.signed_by.name if last else "",
        signed_at=last.signed_at if last else None,
        review_on=last.review_day if last else None,
        holes=holes_of(known.plan, choices),
        hindrances=(*hindrances(known.plan, choices), *known.held_words),
        fixed=not_to_be_declined(known.plan),
        startable=startable(known.plan, known.facts),
        past=passed_gates(known.proposal, known.applied),
        programme=next(iter(chosen_protocols(patient)), None),
        may_change=reaches(actor, patient, Permission.CHANGE_RECORD),
        may_sign=reaches(actor, patient, Permission.SIGN_PLAN),
        today=today,
    )


def try_out(board: Board, trial: Trial) -> Board:
    """The board as it would be with something tried out; nothing is read again and nothing is saved.

    Raises InputRefused when what is tried is not possible.
    """
    if trial.is_empty:
        return board
    record, choices = board.known.record, board.choices
    changes = (*board.known.applied.as_changes(record), *_after_choices(trial, choices, record))
    changed = read_record(board.patient, board.today, changes=changes, read=board.known.facts)
    plan = make_plan(changed, knowledge(), WITH_DRAWS)
    return replace(
        board,
        plan=plan,
        tried=Tried(trial, propose_revision(board.known.plan, plan), board.pacing),
        pacing=_pacing(plan, changed),
        holes=holes_of(plan, choices),
        hindrances=(*hindrances(plan, choices), *board.known.held_words),
        fixed=not_to_be_declined(plan),
        startable=board.startable & startable(plan, board.known.facts),
    )


def _after_choices(trial: Trial, choices: PlanChoices, record: Assessment) -> tuple[str, ...]:
    """A wish that is tried out comes before what was put first already."""
    return trial.as_changes((*choices.first, *record.priorities))


def _pacing(plan: PhasedPlan, record: Assessment) -> Pacing:
    return pace_plan(plan, record.treatment.sessions_per_week, record.treatment.sessions_available)


def _on_record(known: ProposedPlan) -> Trial:
    record, resilience = known.record, known.plan.profile.resilience
    return Trial(record.treatment.sessions_per_week, record.treatment.sessions_available, None if resilience.assumed else resilience.level)


def _last_signed(patient: Patient) -> Any:
    found = with_review_day(PlanVersion.objects.filter(clinic_id=patient.clinic_id, patient=patient)).select_related("signed_by")
    return found.defer("proposal_sealed").order_by("-number").first()


@clinical_act(Permission.CHANGE_RECORD, view=True)
def facts_of_trial(actor: Actor, *, patient_id: uuid.UUID, trial: Trial) -> list[NewFact]:
    """What would be recorded if a trial were kept; recording it is an act of its own (``assessments.record_facts``)."""
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    today = clock.today()
    return trial.as_facts(today, read_record(patient, today).priorities)


# ---- Side by side --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Beside:
    """The plan as a column and other programmes as columns, in the order asked for: information, never a ranking.

    ``own`` holds the modules of the plan, whichever programme was chosen; a chosen one stands beside it, before those asked for.
    ``choices`` are all choices of a programme, the one that holds first; ``treatments`` are those that can be chosen.
    """

    patient: Patient
    plan: PhasedPlan
    own: Alternative
    others: tuple[Alternative, ...]
    programmes: tuple[tuple[str, str], ...]
    holds: str
    choices: tuple[ChosenProtocol, ...]
    treatments: frozenset[str]
    may_change: bool


@clinical_act(Permission.SEE_RECORD, view=True)
def see_beside(actor: Actor, *, patient_id: uuid.UUID, protocols: tuple[str, ...]) -> Beside:
    """Other programmes laid beside the plan for this patient; unknown names are left out."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    chosen = chosen_protocols(patient)
    holds = chosen[0].id if chosen else MODULAR
    # The plan's modules are those of the modular programme; asked for as such, what was chosen can be laid beside them.
    modular = _as_modular(choices_of(draft_of(patient))) if holds != MODULAR else None
    known = work_out(patient, modular, protocols=tuple(dict.fromkeys([holds, *protocols])))
    return Beside(
        patient=patient,
        plan=known.plan,
        own=own_column(known.plan, knowledge()),
        others=known.plan.alternatives,
        programmes=tuple(sorted(((name, item.name) for name, item in knowledge().protocols.items() if name != MODULAR), key=itemgetter(1))),
        holds=holds,
        choices=chosen,
        treatments=treatment_protocols(),
        may_change=reaches(actor, patient, Permission.CHANGE_RECORD),
    )


def _as_modular(choices: PlanChoices) -> PlanChoices:
    return replace(choices, changes={**choices.changes, f"{PLACE['kind']}.{PLACE['key']}": MODULAR})


# ---- Before signing ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ToSign:
    """What somebody signs: the board, the days between which the next review lies, and what the formulation asks."""

    board: Board
    proposed_review: date
    last_review: date
    asked: AskedModules


@clinical_act(Permission.SIGN_PLAN, view=True)
def see_before_signing(actor: Actor, *, patient_id: uuid.UUID) -> ToSign:
    """The plan as it would be signed now."""
    patient = patient_for(actor, patient_id, Permission.SIGN_PLAN)
    board = _board(actor, patient)
    last = latest_review(board.plan)
    return ToSign(board, min(max(board.plan.review.next_on, _day_after(board.today)), last), last, asked_at_signing(patient, board.plan))


def _day_after(today: date) -> date:
    """The first day on which a review can lie."""
    return date.fromordinal(today.toordinal() + 1)
