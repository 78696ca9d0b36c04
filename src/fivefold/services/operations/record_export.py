"""One patient's whole record as values that another program, or the patient, can read."""

import json
import uuid
from collections.abc import Callable
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from fivefold.documents.language import to_say
from fivefold.documents.pdf_record import render_record
from fivefold.records import clock
from fivefold.records.models import (
    BreakGlass,
    CareRelation,
    CareStep,
    CaseloadRow,
    ChainAnalysis,
    ClinicalDocument,
    ClinicalFact,
    Consent,
    Contact,
    CurveRelease,
    DeclinedSuggestion,
    DocumentStep,
    ErasureStep,
    FeedbackLook,
    FeedbackRelease,
    FidelityRating,
    Formulation,
    FormulationComment,
    FormulationShare,
    Goal,
    GoalRating,
    HiddenWords,
    Homework,
    HomeworkLook,
    LookBack,
    MeasureAnswer,
    MeasureRequest,
    MeasureSchedule,
    MeasureStep,
    OwnGoal,
    OwnGoalRating,
    OwnItem,
    PastScores,
    Patient,
    PlanDraft,
    PlanReview,
    PlanVersion,
    ProcessNote,
    SampledSession,
    SessionAddition,
    SessionDeviation,
    Signal,
    SignalEvent,
    SignalState,
    SupervisionDecision,
    SupervisionQuestion,
    SupervisionStep,
    TreatmentSession,
    User,
)
from fivefold.services.access import Actor, Permission, clinical_act, patient_for
from fivefold.services.knowledge import knowledge
from fivefold.services.operations.record_export_own import OWN_SECTIONS, at_of, name_of, written_by_whom
from fivefold.services.own_goal_course import shared_rows

FORMAT = "fivefold.record/1"
# Tables about a patient that no export holds, each with its reason. Every other one has a section below; a test compares.
LEFT_OUT: dict[type[Model], str] = {
    ProcessNote: to_say("psychotherapy process notes are kept apart from the record and leave their table in no way"),
    FidelityRating: to_say("ratings of sessions tell how somebody works, and nothing about the patient"),
    SampledSession: to_say("which sessions chance has chosen to be rated tells nothing about the patient"),
    CaseloadRow: to_say("a copy of what stands in the other sections, made for speed"),
    SignalState: to_say("a copy of what the steps on each signal say, made for speed"),
    FeedbackLook: to_say("who opened what the measures say, counted for the clinic"),
    PastScores: to_say("a copy of scores by session, made for speed"),
}


def _rows(model: type[Model], patient: Patient) -> QuerySet[Model]:
    """The rows of a table about a patient; a goal with a lock is in the patient's own download and nowhere else."""
    found = shared_rows(model, patient) if model in (OwnGoal, OwnGoalRating) else model._base_manager.filter(patient=patient)
    return found.order_by("pk")


@clinical_act(Permission.EXPORT_RECORD, view=True)
def export_record(actor: Actor, *, patient_id: uuid.UUID) -> dict[str, Any]:
    """The whole record of a patient, corrected and withdrawn entries included, as plain values for JSON."""
    patient = patient_for(actor, patient_id, Permission.EXPORT_RECORD)
    people = dict(User.objects.filter(memberships__clinic=actor.clinic).values_list("pk", "name"))
    sections = {name: [read(row, people) for row in _rows(model, patient)] for model, (name, read) in SECTIONS.items()}
    for rows in sections.values():
        rows.sort(key=lambda row: str(row.get("recorded_at", "")))
    return {
        "format": FORMAT,
        "made_on": clock.today().isoformat(),
        "clinic": actor.clinic.name,
        "synthetic": patient.synthetic,
        "patient": _patient(patient),
        **sections,
        "left_out": sorted(f"{model.__name__}: {reason}" for model, reason in LEFT_OUT.items()),
    }


def as_json(record: dict[str, Any]) -> str:
    """An exported record as JSON text."""
    return json.dumps(record, ensure_ascii=False, indent=1)


@clinical_act(Permission.EXPORT_RECORD, view=True)
def export_record_pdf(actor: Actor, *, patient_id: uuid.UUID) -> bytes:
    """The whole record of a patient as a readable, tagged PDF."""
    return render_record(export_record(actor, patient_id=patient_id), knowledge(), on=clock.today())


# ---- Sections ------------------------------------------------------------------------------------------------------------

People = dict[int, str]
Reader = Callable[[Any, People], dict[str, Any]]


def _patient(patient: Patient) -> dict[str, Any]:
    return {
        "id": str(patient.pk),
        "name": patient.name,
        "reference": patient.reference,
        "birth_year": patient.birth_year,
        "language": patient.language,
        "taken_on_at": at_of(patient.created_at),
        "closed_at": at_of(patient.closed_at) if patient.closed_at else None,
        "legal_hold": patient.legal_hold,
    }


def _fact(row: ClinicalFact, people: People) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "kind": row.kind,
        "key": row.key,
        "value": row.value,
        "note": row.note,
        "true_on": row.true_on.isoformat(),
        "recorded_at": at_of(row.recorded_at),
        "author": name_of(people, row.author_id),
        "source": row.source,
        "corrects": str(row.corrects_id) if row.corrects_id else None,
        "withdrawn": row.withdrawn,
    }


def _plan(row: PlanVersion, people: People) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "number": row.number,
        "as_of": row.as_of.isoformat(),
        "protocol": row.protocol,
        "phase": row.phase,
        "knowledge": {"version": row.knowledge_version, "content_hash": row.knowledge_hash},
        "engine": row.engine_version,
        "signed_by": name_of(people, row.signed_by_id),
        "signed_at": at_of(row.signed_at),
        "recorded_at": at_of(row.recorded_at),
        "review_on": row.review_on.isoformat(),
        "patient_view": row.patient_view,
        "patient_words": row.patient_words,
        "decisions": json.loads(row.decisions or "{}"),
        "plan": json.loads(row.proposal or "{}"),
    }


def _draft(row: PlanDraft, people: People) -> dict[str, Any]:
    return {
        "choices": json.loads(row.content or "{}"),
        "version": row.version,
        "changed_by": name_of(people, row.changed_by_id),
        "recorded_at": at_of(row.changed_at),
    }


def _goal(row: Goal, people: People) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "words": row.words,
        "levels": json.loads(row.levels or "[]"),
        "module": row.module,
        "weight": row.weight,
        "shared": row.shared,
        **written_by_whom(row, people),
        "replaces": str(row.replaces_id) if row.replaces_id else None,
        "closed": row.closed,
    }


def _rating(row: GoalRating, people: People) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "goal": str(row.goal_id),
        "level": row.level,
        "on": row.on.isoformat(),
        "rated_by": row.rated_by,
        "note": row.note,
        **written_by_whom(row, people),
        "corrects": str(row.corrects_id) if row.corrects_id else None,
        "withdrawn": row.withdrawn,
    }


def _formulation(row: Formulation, people: People) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "number": row.number,
        "content": json.loads(row.content),
        "lines": row.lines,
        **written_by_whom(row, people),
        "replaces": str(row.replaces_id) if row.replaces_id else None,
    }


def _declined(row: DeclinedSuggestion, people: People) -> dict[str, Any]:
    return {"key": row.key, "words": row.words, "reason": row.reason, "offered_again": row.offered_again, **written_by_whom(row, people)}


def _formulation_comment(row: FormulationComment, people: People) -> dict[str, Any]:
    return {
        "formulation": str(row.formulation_id),
        "node": row.node,
        "text": row.text,
        **written_by_whom(row, people),
    }


def _formulation_share(row: FormulationShare, people: People) -> dict[str, Any]:
    return {"formulation": str(row.formulation_id) if row.formulation_id else None, **written_by_whom(row, people)}


def _hidden_words(row: HiddenWords, people: People) -> dict[str, Any]:
    return {"names": row.names.splitlines(), "words": row.words.splitlines(), **written_by_whom(row, people)}


def _document(row: ClinicalDocument, people: People) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "kind": row.kind,
        "number": row.number,
        "content": json.loads(row.content),
        "content_hash": row.content_hash,
        "discloses": row.discloses,
        "parts": row.parts,
        "hides_name": row.hides_name,
        "plan": str(row.plan_id) if row.plan_id else None,
        "formulation": str(row.formulation_id) if row.formulation_id else None,
        "knowledge": {"version": row.knowledge_version, "content_hash": row.knowledge_hash},
        **written_by_whom(row, people),
    }


def _document_step(row: DocumentStep, people: People) -> dict[str, Any]:
    return {"document": str(row.document_id), "step": row.step, "on": row.on.isoformat(), "reason": row.reason, **written_by_whom(row, people)}


def _chain(row: ChainAnalysis, people: People) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "number": row.number,
        "version": row.version,
        "on": row.on.isoformat(),
        "session_number": row.session_number,
        "module": row.module,
        "content": json.loads(row.content),
        **written_by_whom(row, people),
        "replaces": str(row.replaces_id) if row.replaces_id else None,
    }


def _session(row: TreatmentSession, people: People) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "number": row.number,
        "on": row.on.isoformat(),
        "meeting": row.meeting,
        "came": row.came,
        "minutes": row.minutes,
        "phase": row.phase,
        "modules": row.modules,
        "content": json.loads(row.content),
        "next_on": row.next_on.isoformat() if row.next_on else None,
        **written_by_whom(row, people),
    }


def _addition(row: SessionAddition, people: People) -> dict[str, Any]:
    return {
        "session": str(row.session_id),
        "kind": row.kind,
        "origin": row.origin,
        "text": row.text,
        "reason": row.reason,
        **written_by_whom(row, people),
    }


def _homework(row: Homework, people: People) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "session": str(row.session_id),
        "module": row.module,
        "words": row.words,
        **written_by_whom(row, people),
    }


def _look(row: HomeworkLook, people: People) -> dict[str, Any]:
    return {
        "homework": str(row.homework_id),
        "session": str(row.session_id),
        "went": row.went,
        "words": row.words,
        **written_by_whom(row, people),
    }


def _contact(row: Contact, people: People) -> dict[str, Any]:
    return {
        "on": row.on.isoformat(),
        "how": row.how,
        "began_by": row.began_by,
        "minutes": row.minutes,
        "words": row.words,
        **written_by_whom(row, people),
    }


def _question(row: SupervisionQuestion, people: People) -> dict[str, Any]:
    return {"id": str(row.pk), "session": str(row.session_id) if row.session_id else None, "text": row.text, **written_by_whom(row, people)}


def _decision(row: SupervisionDecision, people: People) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "on": row.meeting.on.isoformat(),
        "text": row.text,
        "by": name_of(people, row.by_id),
        "until": row.until.isoformat() if row.until else None,
        "where": row.where,
        **written_by_whom(row, people),
    }


def _end(row: SupervisionStep, people: People) -> dict[str, Any]:
    about = {"question": str(row.question_id)} if row.question_id else {"decision": str(row.decision_id)}
    return {**about, "step": row.step, "words": row.words, **written_by_whom(row, people)}


def _deviation(row: SessionDeviation, people: People) -> dict[str, Any]:
    return {"session": str(row.session_id), "kind": row.kind, "reason": row.reason, **written_by_whom(row, people)}


def _consent(row: Consent, people: People) -> dict[str, Any]:
    return {
        "purpose": row.purpose,
        "given": row.given,
        "on": row.on.isoformat(),
        "note": row.note,
        **written_by_whom(row, people),
    }


def _relation(row: CareRelation, people: People) -> dict[str, Any]:
    return {
        "person": name_of(people, row.user_id),
        "kind": row.kind,
        "recorded_at": at_of(row.started_at),
        "ended_at": at_of(row.ended_at) if row.ended_at else None,
    }


def _care(row: CareStep, people: People) -> dict[str, Any]:
    return {
        "step": row.step,
        "on": row.on.isoformat(),
        "reason": row.reason,
        "note": row.note,
        "author": name_of(people, row.author_id) if row.author_id is not None else "",
        "recorded_at": at_of(row.recorded_at),
    }


def _schedule(row: MeasureSchedule, people: People) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "instrument": row.instrument,
        "rhythm": row.rhythm,
        "every_days": row.every_days,
        "route": row.route,
        "since": row.since.isoformat(),
        "until": row.until.isoformat() if row.until else None,
        "basis": row.basis,
        "ended": row.ended,
        **written_by_whom(row, people),
        "replaces": str(row.replaces_id) if row.replaces_id else None,
    }


def _request(row: MeasureRequest, people: People) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "instrument": row.instrument,
        "form_hash": row.form_hash,
        "route": row.route,
        "due_on": row.due_on.isoformat(),
        "expires_at": at_of(row.expires_at),
        **written_by_whom(row, people),
    }


def _measure_step(row: MeasureStep, people: People) -> dict[str, Any]:
    return {
        "request": str(row.request_id),
        "step": row.step,
        "reason": row.reason,
        "result": str(row.fact_id) if row.fact_id else None,
        "author": name_of(people, row.author_id) if row.author_id is not None else _("the patient"),
        "recorded_at": at_of(row.recorded_at),
    }


def _answer(row: MeasureAnswer, people: People) -> dict[str, Any]:
    return {
        "request": str(row.request_id),
        "item": row.item,
        "value": row.value,
        "form_hash": row.form_hash,
        "device_at": at_of(row.device_at) if row.device_at else None,
        "late": row.late,
        "risk": row.risk,
        "entered_by": name_of(people, row.entered_by_id) if row.entered_by_id is not None else _("the patient"),
        "recorded_at": at_of(row.recorded_at),
    }


def _own_item(row: OwnItem, people: People) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "series": str(row.series),
        "words": row.words,
        "low": row.low,
        "high": row.high,
        "better": row.better,
        "ended": row.ended,
        **written_by_whom(row, people),
        "replaces": str(row.replaces_id) if row.replaces_id else None,
    }


def _opening(row: BreakGlass, people: People) -> dict[str, Any]:
    return {"person": name_of(people, row.user_id), "reason": row.reason, "recorded_at": at_of(row.recorded_at), "until": at_of(row.until)}


def _step(row: ErasureStep, people: People) -> dict[str, Any]:
    return {
        "step": row.step,
        "on": row.on.isoformat(),
        "review_on": row.review_on.isoformat() if row.review_on else None,
        "reason": row.reason,
        **written_by_whom(row, people),
    }


def _signal(row: Signal, people: People) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "kind": row.kind,
        "rule": row.rule,
        "matter": row.matter,
        "number": row.number,
        "origin": row.origin,
        "recorded_at": at_of(row.recorded_at),
    }


def _signal_step(row: SignalEvent, people: People) -> dict[str, Any]:
    return {
        "signal": str(row.signal_id),
        "number": row.number,
        "step": row.step,
        "seen": json.loads(row.content) if row.content else None,
        "note": row.note,
        "outcome": row.outcome,
        "until": row.until.isoformat() if row.until else None,
        "to": name_of(people, row.to_id) if row.to_id is not None else "",
        "author": name_of(people, row.author_id) if row.author_id is not None else "",
        "recorded_at": at_of(row.recorded_at),
    }


def _review(row: PlanReview, people: People) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "number": row.number,
        "on": row.on.isoformat(),
        "content": json.loads(row.content),
        "decision": row.decision,
        "reason": row.reason,
        "measure": row.measure,
        "look_back_on": row.look_back_on.isoformat() if row.look_back_on else None,
        "review_on": row.review_on.isoformat() if row.review_on else None,
        **written_by_whom(row, people),
    }


def _look_back(row: LookBack, people: People) -> dict[str, Any]:
    return {
        "review": str(row.review_id),
        "on": row.on.isoformat(),
        "moved": row.moved,
        "followed": row.followed,
        "content": json.loads(row.content),
        "note": row.note,
        **written_by_whom(row, people),
    }


def _release(row: FeedbackRelease, people: People) -> dict[str, Any]:
    return {"given": row.given, "reason": row.reason, **written_by_whom(row, people)}


def _curve(row: CurveRelease, people: People) -> dict[str, Any]:
    return {"series": row.series, "given": row.given, **written_by_whom(row, people)}


SECTIONS: dict[type[Model], tuple[str, Reader]] = {
    CareRelation: ("care_team", _relation),
    CareStep: ("care", _care),
    Consent: ("consents", _consent),
    ClinicalFact: ("facts", _fact),
    Goal: ("goals", _goal),
    GoalRating: ("goal_ratings", _rating),
    PlanVersion: ("plans", _plan),
    PlanDraft: ("plan_draft", _draft),
    Formulation: ("formulations", _formulation),
    DeclinedSuggestion: ("declined_suggestions", _declined),
    FormulationComment: ("formulation_comments", _formulation_comment),
    FormulationShare: ("formulation_shares", _formulation_share),
    ChainAnalysis: ("chain_analyses", _chain),
    TreatmentSession: ("sessions", _session),
    SessionAddition: ("session_additions", _addition),
    Homework: ("homework", _homework),
    HomeworkLook: ("homework_reviews", _look),
    Contact: ("contacts", _contact),
    MeasureSchedule: ("measure_schedules", _schedule),
    MeasureRequest: ("questionnaires", _request),
    MeasureStep: ("questionnaire_steps", _measure_step),
    MeasureAnswer: ("questionnaire_answers", _answer),
    OwnItem: ("own_questions", _own_item),
    SessionDeviation: ("session_deviations", _deviation),
    SupervisionQuestion: ("supervision_questions", _question),
    SupervisionDecision: ("supervision_decisions", _decision),
    SupervisionStep: ("supervision_steps", _end),
    Signal: ("signals", _signal),
    SignalEvent: ("signal_steps", _signal_step),
    ClinicalDocument: ("documents", _document),
    DocumentStep: ("document_steps", _document_step),
    HiddenWords: ("hidden_words", _hidden_words),
    PlanReview: ("plan_reviews", _review),
    LookBack: ("look_backs", _look_back),
    FeedbackRelease: ("feedback_releases", _release),
    CurveRelease: ("curve_releases", _curve),
    BreakGlass: ("opened_in_need", _opening),
    ErasureStep: ("erasure", _step),
    **OWN_SECTIONS,
}
