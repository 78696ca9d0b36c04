"""The patient map: everything that therapist and patient look at together, gathered in one act."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from fivefold.concepts.plan import PhasedPlan, PlanRevision
from fivefold.concepts.vocabulary import StageId
from fivefold.engine.replanning import propose_revision
from fivefold.exchange.plan_json import plan_from_json
from fivefold.records import clock
from fivefold.records.models import CaseloadRow, ClinicalFact, Patient, PlanVersion, SafetyPlan
from fivefold.services.access import Actor, Permission, clinical_act, patient_for
from fivefold.services.goals import SeenGoal, goals_of
from fivefold.services.plans import hindrances, work_out
from fivefold.services.protocols import ChosenProtocol, chosen_protocols
from fivefold.services.review_day import with_review_day

SAFETY_PLAN = "S02"


@dataclass(frozen=True)
class SignedPlan:
    """The plan that holds: who signed it when, until when, what the patient said, and what differs today."""

    number: int
    signed_by: str
    signed_at: datetime
    review_on: date
    patient_view: str
    days_to_review: int
    protocol: str
    difference: PlanRevision


@dataclass(frozen=True)
class SafetyPlanState:
    """What is known of the patient's safety plan: its stage, or None, the day it was last looked at, and the version that is written here.

    ``version`` is 0 where none is written in this record: the plan may still be on paper.
    """

    stage: StageId | None
    looked_at: date | None
    version: int = 0
    written_on: date | None = None


@dataclass(frozen=True)
class SeenMap:
    """The map as it stands today.

    ``next_action`` and ``next_page`` are those of the caseload, so that both pages say the same; ``week`` counts from the
    day the patient was taken on.
    """

    patient: Patient
    plan: PhasedPlan
    signed: SignedPlan | None
    hindrances: tuple[str, ...]
    safety_plan: SafetyPlanState
    goals: tuple[SeenGoal, ...]
    programme: ChosenProtocol | None
    week: int
    sessions_per_week: float | None
    next_action: str
    next_page: str
    next_session: date | None
    is_empty: bool


@clinical_act(Permission.SEE_RECORD, view=True)
def see_map(actor: Actor, *, patient_id: uuid.UUID) -> SeenMap:
    """Today's plan with the choices of the draft, the signed plan beside it, safety plan and goals."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    today = clock.today()
    known = work_out(patient, with_draws=True, today=today)
    row = CaseloadRow.objects.filter(clinic=actor.clinic, patient=patient).first()
    return SeenMap(
        patient=patient,
        plan=known.plan,
        signed=_signed(patient, known.plan, today),
        hindrances=(*hindrances(known.plan, known.choices), *known.held_words),
        safety_plan=_safety_plan(patient),
        goals=tuple(goals_of(patient)),
        programme=next(iter(chosen_protocols(patient)), None),
        week=max(1, (today - patient.created_at.date()).days // 7 + 1),
        sessions_per_week=_sessions_per_week(patient),
        next_action=row.next_action if row else "",
        next_page=row.next_page if row else "patient_map",
        next_session=row.next_contact if row else None,
        is_empty=row is None or row.last_contact is None,
    )


def _signed(patient: Patient, plan: PhasedPlan, today: date) -> SignedPlan | None:
    """The newest signed plan and its difference to what would be proposed today."""
    signed = with_review_day(PlanVersion.objects.filter(clinic_id=patient.clinic_id, patient=patient))
    found = signed.select_related("signed_by").order_by("-number").first()
    if found is None:
        return None
    difference = propose_revision(plan_from_json(found.proposal), plan)
    return SignedPlan(
        found.number, found.signed_by.name, found.signed_at, found.review_day, found.patient_view, (found.review_day - today).days, found.protocol, difference
    )


def _safety_plan(patient: Patient) -> SafetyPlanState:
    written = SafetyPlan.objects.filter(clinic_id=patient.clinic_id, patient=patient).order_by("-number").only("number", "recorded_at").first()
    here = (written.number, timezone.localdate(written.recorded_at)) if written is not None else (0, None)
    fact = _newest_fact(patient, "module", SAFETY_PLAN)
    if fact is None or not isinstance(fact.value, dict):
        return SafetyPlanState(None, None, *here)
    stage = fact.value.get("stage")
    return SafetyPlanState(StageId(stage) if stage else None, fact.true_on, *here)


def _sessions_per_week(patient: Patient) -> float | None:
    fact = _newest_fact(patient, "treatment", "sessions_per_week")
    return float(fact.value) if fact is not None and isinstance(fact.value, int | float) else None


def _newest_fact(patient: Patient, kind: str, key: str) -> ClinicalFact | None:
    found = ClinicalFact.objects.filter(clinic_id=patient.clinic_id, patient=patient, kind=kind, key=key, corrected_by__isnull=True, withdrawn=False)
    return found.order_by("-true_on", "-recorded_at").first()
