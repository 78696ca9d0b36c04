"""Pages about danger beside the record, for staff alone: the team's crisis care plan, and conversations about suicide."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fivefold.services import crisis_care, risk_conversations
from fivefold.services.access import Permission, ReasonMissing
from fivefold.services.assessments import ReassessmentNeeded
from fivefold.services.patients import NotAcceptable
from fivefold.services.plans import ChangedMeanwhile
from fivefold.services.risk_conversations import SeenConversation
from fivefold.web.my.danger_forms import CARE_WORDS, CONVERSATION_WORDS, DECISION_WORDS, QUESTION_WORDS, CarePlanForm, ConversationForm
from fivefold.web.pages import PageRequest, page


@page(Permission.SEE_RECORD)
@require_http_methods(["GET", "HEAD", "POST"])
def care_plan(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """Whom the team calls in a crisis, and what helps; apart from the patient's own plan."""
    sheet = crisis_care.see_crisis_care_plan(request.actor, patient_id=patient_id)
    form = CarePlanForm(request.POST if request.method == "POST" else None, sheet)
    changed = None
    if form.is_bound and form.is_valid():
        try:
            given: dict[str, Any] = {"patient_id": patient_id, "once": request.POST.get("once"), **form.given}
            crisis_care.write_crisis_care_plan(request.actor, **given)
        except NotAcceptable as error:
            form.add_error(None, str(error))
        except ChangedMeanwhile as error:
            changed = error
            form.data = {**request.POST.dict(), "version": str(error.version)}
        else:
            messages.success(request, _("Saved as a new version. The patient does not see it; tell them what is in it."))
            return redirect("crisis_care_plan", patient_id=patient_id)
    parts = [(words[0], sheet.newest.parts.get(name, "")) for name, words in CARE_WORDS.items() if name != "call"] if sheet.newest else []
    context = {**_frame(sheet.patient), "sheet": sheet, "form": form, "parts": parts, "changed": changed}
    return render(request, "own_side/crisis_care.html", context, status=409 if changed else 422 if form.errors else 200)


def _frame(patient: Any) -> dict[str, Any]:
    return {"tab": "safety_plan", "part": "caseload", "patient": patient}


@page(Permission.SEE_RECORD)
@require_http_methods(["GET", "HEAD", "POST"])
def conversations(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """Conversations about suicide, and contact until a clinician clears it."""
    form = ConversationForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            given: dict[str, Any] = {"patient_id": patient_id, "new": form.given, "once": request.POST.get("once")}
            risk_conversations.record_risk_conversation(request.actor, **given)
        except (NotAcceptable, ReassessmentNeeded, ReasonMissing) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Written down. The answers reach the safety rules; look at what they ask for now."))
            return redirect("assessment_safety", patient_id=patient_id)
    sheet = risk_conversations.see_risk_conversations(request.actor, patient_id=patient_id)
    context = {**_frame(sheet.patient), "sheet": sheet, "form": form, "listed": [(one, _said(one)) for one in sheet.conversations]}
    return render(request, "own_side/conversations.html", context, status=422 if form.errors else 200)


def _said(seen: SeenConversation) -> dict[str, Any]:
    """A conversation in the words of its form."""
    words = {True: _("yes"), False: _("no"), None: _("not known, or not asked")}
    return {
        "answers": [(QUESTION_WORDS[name], words[seen.answers.get(name)], seen.answers.get(name)) for name in QUESTION_WORDS],
        "parts": [(label[0], seen.parts[name]) for name, label in CONVERSATION_WORDS.items() if seen.parts.get(name)],
        "decision": dict(DECISION_WORDS)[seen.decision],
    }
