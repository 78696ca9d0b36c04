"""Supervision about one patient: what to talk about, questions and their answers, what was agreed."""

import uuid
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from fivefold.concepts.errors import FivefoldError
from fivefold.services import drafts
from fivefold.services import supervision as acts
from fivefold.services import supervision_pages as pages
from fivefold.services.access import AccessDenied, NoSuchPatient, Permission
from fivefold.web.pages import PageRequest, page
from fivefold.web.supervision.forms import AnswerForm, DecisionForm, EndForm, QuestionForm
from fivefold.web.supervision.words import STATES, agreed_lines, topic_lines


@page(Permission.SEE_RECORD)
@require_http_methods(["GET", "HEAD", "POST"])
def of_patient(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """What to talk about, and the form of a question."""
    seen = pages.see_patient_supervision(request.actor, patient_id=patient_id)
    if request.method != "POST":
        return _show(request, seen, QuestionForm(None, seen.sessions, request.GET.get("session", "")))
    form = QuestionForm(request.POST, seen.sessions)
    if form.is_valid() and _done(form, lambda: acts.ask_question(request.actor, patient_id=patient_id, once=request.POST.get("once"), **form.cleaned_data)):  # type: ignore[call-arg]
        drafts.drop_draft(request.actor, page=request.path, writing=request.POST.get("writing", ""))
        messages.success(request, _("Written down. Whoever supervises this patient sees it."))
        return redirect("patient_supervision", patient_id=patient_id)
    return _show(request, seen, form, status=422)


def _done(form: Form, act: Any) -> bool:
    """Whether an act took what the form holds; what it refuses is told in the form."""
    try:
        act()
    except (AccessDenied, NoSuchPatient):
        raise
    except FivefoldError as error:
        form.add_error(None, str(error))
    return not form.errors


@page(Permission.SUPERVISE)
@require_http_methods(["GET", "HEAD", "POST"])
def minutes(request: PageRequest, patient_id: uuid.UUID, meeting_id: uuid.UUID) -> HttpResponseBase:
    """What a meeting agrees about the patient, written beside what there is to talk about; one agreement at a time."""
    try:
        meeting = pages.see_minutes(request.actor, patient_id=patient_id, meeting_id=meeting_id)
    except acts.NoSuchMeeting:
        raise Http404 from None
    seen = pages.see_patient_supervision(request.actor, patient_id=patient_id)
    form = DecisionForm(request.POST if request.method == "POST" else None, meeting.people, seen.questions)
    known: dict[str, Any] = {"patient_id": patient_id, "meeting_id": meeting_id, "once": request.POST.get("once")}
    if form.is_bound and form.is_valid() and _done(form, lambda: acts.record_decision(request.actor, **known, **form.cleaned_data)):
        drafts.drop_draft(request.actor, page=request.path, writing=request.POST.get("writing", ""))
        messages.success(request, _("Written down. Nothing else has changed: whoever does it does it on the page that is named."))
        return redirect("supervision_meeting", meeting_id=meeting_id)
    return _show(request, seen, form, meeting=meeting, status=422 if form.errors else 200)


def _show(
    request: PageRequest,
    seen: pages.PatientSupervision,
    form: Form,
    *,
    answering: tuple[uuid.UUID, Form] | None = None,
    meeting: pages.MeetingAbout | None = None,
    status: int = 200,
) -> HttpResponseBase:
    answers = {one.id: AnswerForm(auto_id=f"id_{one.id}_%s") for one in seen.questions if one.state == "open"}
    ends = {one.id: EndForm(auto_id=f"id_{one.id}_%s") for one in seen.agreed if one.ended_at is None}
    forms: dict[uuid.UUID, Form] = {**answers, **ends, **(dict([answering]) if answering else {})}
    context = {
        "tab": "patient_supervision",
        "part": "caseload",
        "patient": seen.patient,
        "seen": seen,
        "topics": topic_lines(seen.patient.pk, seen.topics),
        "questions": [(one, *STATES[one.state], forms.get(one.id)) for one in seen.questions],
        "agreed": [(line, forms.get(line.seen.id)) for line in agreed_lines(seen.agreed)],
        "form": form,
        "meeting": meeting,
    }
    return render(request, "supervision/patient.html", context, status=status)


@page(Permission.SEE_RECORD)
@require_POST
def end_question(request: PageRequest, patient_id: uuid.UUID, question_id: uuid.UUID) -> HttpResponseBase:
    """Answer a question, or take one's own back."""
    known: dict[str, Any] = {"patient_id": patient_id, "question_id": question_id, "once": request.POST.get("once")}
    if "withdraw" in request.POST:
        acts.withdraw_question(request.actor, **known)
        messages.success(request, _("Taken back. It stays readable."))
        return redirect("patient_supervision", patient_id=patient_id)
    form = AnswerForm(request.POST, auto_id=f"id_{question_id}_%s")
    seen = pages.see_patient_supervision(request.actor, patient_id=patient_id)
    if not seen.may_answer:
        raise AccessDenied(Permission.SUPERVISE)
    if form.is_valid() and _done(form, lambda: acts.answer_question(request.actor, words=form.cleaned_data["words"], **known)):
        drafts.drop_draft(request.actor, page=request.path, writing=request.POST.get("writing", ""))
        messages.success(request, _("Answered."))
        return redirect("patient_supervision", patient_id=patient_id)
    return _show(request, seen, QuestionForm(None, seen.sessions), answering=(question_id, form), status=422)


@page(Permission.SEE_RECORD)
@require_POST
def end_decision(request: PageRequest, patient_id: uuid.UUID, decision_id: uuid.UUID) -> HttpResponseBase:
    """Say that something agreed is done or dropped."""
    form = EndForm(request.POST, auto_id=f"id_{decision_id}_%s")
    known: dict[str, Any] = {"patient_id": patient_id, "decision_id": decision_id, "once": request.POST.get("once")}
    seen = pages.see_patient_supervision(request.actor, patient_id=patient_id)
    if form.is_valid() and _done(form, lambda: acts.end_decision(request.actor, **known, **form.cleaned_data)):
        drafts.drop_draft(request.actor, page=request.path, writing=request.POST.get("writing", ""))
        messages.success(request, _("Written down."))
        return redirect("patient_supervision", patient_id=patient_id)
    return _show(request, seen, QuestionForm(None, seen.sessions), answering=(decision_id, form), status=422)
