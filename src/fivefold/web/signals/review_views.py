"""The guided review, the look-back, and the criteria of a phase."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fivefold.concepts.vocabulary import PhaseId
from fivefold.documents.html.words import STAGE_WORDS
from fivefold.services import look_backs, reviews
from fivefold.services import readiness as acts
from fivefold.services.access import Permission, require
from fivefold.services.knowledge import knowledge
from fivefold.services.patients import NotAcceptable
from fivefold.services.plans import ChangedMeanwhile
from fivefold.services.reviews import NoSuchReview, SeenReview
from fivefold.web.pages import PageRequest, page
from fivefold.web.signals.forms import DetourForm, LookBackForm, PhaseForm, ReviewForm
from fivefold.web.signals.views import _card
from fivefold.web.signals.words import ANSWER_WORDS, DECIDED_WORDS, FOLLOWED_WORDS, MOVED_WORDS, PAGE_OF
from fivefold.web.ui.nav import module_url, patient_url

REVIEW_FIELDS = {"Decision": "decision", "Reason": "reason", "Measure": "measure", "Look back": "look_back_on", "Review": "review_on"}


@page(Permission.SEE_RECORD)
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """Look at what stands in the way step by step, and decide about the plan."""
    sheet = reviews.see_review(request.actor, patient_id=patient_id)
    usual = knowledge().signals.review.look_back.value
    given: dict[str, Any] = {"steps": sheet.steps, "measures": sheet.measures, "today": sheet.today, "usual": usual, "again": sheet.next_review}
    if request.method != "POST":
        return _show_review(request, sheet, ReviewForm(initial={"version": sheet.version, "seen": ReviewForm.shown(sheet.signals)}, **given))
    require(request.actor, Permission.CHANGE_RECORD)
    form, told = ReviewForm(request.POST, **given), None
    if form.is_valid():
        try:
            row = reviews.record_review(request.actor, patient_id=patient_id, once=request.POST.get("once"), **form.given)  # type: ignore[call-arg]
        except NotAcceptable as error:
            form.add_error(REVIEW_FIELDS.get(error.field), str(error))
        except ChangedMeanwhile as changed:
            told = changed
            form.data = {**request.POST.dict(), "version": str(changed.version), "seen": ReviewForm.shown(sheet.signals)}
        else:
            return _after(request, patient_id, form.given["decision"], getattr(row, "number", 0))
    return _show_review(request, sheet, form, told, status=409 if told else 422)


def _after(request: PageRequest, patient_id: uuid.UUID, decision: str, number: int) -> HttpResponseBase:
    if decision == "change":
        messages.success(request, _("The review is written down. Change the plan here and sign it; the look-back comes by itself."))
        return redirect("plan", patient_id=patient_id)
    messages.success(request, _("The review is written down."))
    return redirect("look_back", patient_id=patient_id, number=number) if number else redirect("review", patient_id=patient_id)


def _show_review(
    request: PageRequest, sheet: reviews.ReviewSheet, form: ReviewForm, told: ChangedMeanwhile | None = None, status: int = 200
) -> HttpResponseBase:
    context = {
        "tab": "signals",
        "part": "caseload",
        "patient": sheet.patient,
        "sheet": sheet,
        "form": form,
        "asking": [_card(one) for one in sheet.signals],
        "steps": [(step, answer, words, _way(sheet.patient.pk, step.page), _leads(step.leads_to)) for step, answer, words in form.asked],
        "reviews": [_review_words(one, sheet) for one in sheet.reviews],
        "changed": told,
    }
    return render(request, "signals/review.html", context, status=status)


def _way(patient_id: uuid.UUID, name: str) -> tuple[str, str]:
    route, words = PAGE_OF[name]
    return patient_url(route, patient_id), str(words)


def _leads(names: tuple[str, ...]) -> list[tuple[str, str]]:
    """Modules a step may lead to, by name, with their page in the library."""
    known = knowledge()
    short = {name: part.short_name for name, part in known.general_modules.items()} | {name: part.short_name for name, part in known.modules.items()}
    return [(module_url(name), short[name]) for name in names if name in short]


def _review_words(one: SeenReview, sheet: reviews.ReviewSheet) -> dict[str, Any]:
    return {
        "review": one,
        "decision": DECIDED_WORDS[one.decision],
        "due": one.is_due(sheet.today),
        "moved": MOVED_WORDS[one.looked_back.moved] if one.looked_back else None,
    }


@page(Permission.SEE_RECORD)
@require_http_methods(["GET", "HEAD", "POST"])
def look_back(request: PageRequest, patient_id: uuid.UUID, number: int) -> HttpResponseBase:
    """One review, and what has become of it."""
    form = LookBackForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        require(request.actor, Permission.CHANGE_RECORD)
    told = None
    try:
        if form.is_bound and form.is_valid():
            try:
                look_backs.answer_look_back(request.actor, patient_id=patient_id, number=number, once=request.POST.get("once"), **form.cleaned_data)  # type: ignore[call-arg]
            except ChangedMeanwhile as changed:
                told = changed
            else:
                messages.success(request, _("Looked back, and written down."))
                return redirect("look_back", patient_id=patient_id, number=number)
        sheet = look_backs.see_look_back(request.actor, patient_id=patient_id, number=number)
    except NoSuchReview:
        raise Http404 from None
    names = {step.id: step.name for step in knowledge().signals.review.steps}
    seen = sheet.review.looked_back
    context = {
        "tab": "signals",
        "part": "caseload",
        "patient": sheet.patient,
        "sheet": sheet,
        "review": sheet.review,
        "form": form,
        "answers": [(names.get(one.step, one.step), ANSWER_WORDS[one.answer], one.words) for one in sheet.review.answers],
        "decision": DECIDED_WORDS[sheet.review.decision],
        "moved": MOVED_WORDS[seen.moved if seen else sheet.moved.moved],
        "followed": FOLLOWED_WORDS[seen.followed] if seen else "",
        "changed": told,
    }
    return render(request, "signals/look_back.html", context, status=409 if told else 422 if form.errors else 200)


@page(Permission.SEE_RECORD)
@require_http_methods(["GET", "HEAD", "POST"])
def readiness(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """What is met, not met and not known, the step that is confirmed, and what rests."""
    sheet = acts.see_readiness(request.actor, patient_id=patient_id)
    if "detour" in request.POST:
        return _take_detour(request, sheet)
    form, status = _phase_form(sheet, request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        require(request.actor, Permission.CHANGE_RECORD)
        status = 422
        if form.is_valid():
            try:
                acts.confirm_phase(request.actor, patient_id=patient_id, once=request.POST.get("once"), **form.cleaned_data)  # type: ignore[call-arg]
            except (NotAcceptable, acts.NotForward) as error:
                form.add_error("phase" if isinstance(error, acts.NotForward) or error.field == "Phase" else "reason", str(error))
            except ChangedMeanwhile as changed:
                form.add_error(None, f"{changed} " + "; ".join(f"{name}: {words}" for name, words in changed.theirs.items()))
                form.data = {**request.POST.dict(), "seen": sheet.seen}
                status = 409
            else:
                messages.success(request, _("Confirmed, with today's date."))
                return redirect("readiness", patient_id=patient_id)
    return _show_readiness(request, sheet, form, _detour_form(sheet), status=status)


def _take_detour(request: PageRequest, sheet: acts.Readiness) -> HttpResponseBase:
    require(request.actor, Permission.CHANGE_RECORD)
    form = _detour_form(sheet, request.POST)
    if form.is_valid():
        try:
            acts.take_detour(request.actor, patient_id=sheet.patient.pk, once=request.POST.get("once"), **form.cleaned_data)  # type: ignore[call-arg]
        except NotAcceptable as error:
            form.add_error("module" if error.field == "Module" else "words", str(error))
        else:
            messages.success(request, _("It rests from today; its way back stands below."))
            return redirect("readiness", patient_id=sheet.patient.pk)
    return _show_readiness(request, sheet, _phase_form(sheet), form, status=422)


def _detour_form(sheet: acts.Readiness, data: Any = None) -> DetourForm:
    return DetourForm(data, modules=[(one.module.id, one.module.short_name) for one in sheet.stages if not one.module.gate_exempt])


def _phase_form(sheet: acts.Readiness, data: Any = None) -> PhaseForm:
    here = sheet.reading.overall
    phases = [(one.value, _phase_choice(one, here)) for one in PhaseId if one.order <= here.order + 1]
    return PhaseForm(data, phases=phases, initial={"seen": sheet.seen})


def _show_readiness(request: PageRequest, sheet: acts.Readiness, form: PhaseForm, detour: DetourForm, *, status: int) -> HttpResponseBase:
    here = sheet.reading.overall
    context = {
        "tab": "signals",
        "part": "caseload",
        "patient": sheet.patient,
        "stages": [(one, _(STAGE_WORDS[one.stage]), _(STAGE_WORDS[one.proposed]) if one.proposed else "") for one in sheet.stages],
        "sheet": sheet,
        "form": form,
        "detour": detour,
        "phase": knowledge().phases[here],
        "next": knowledge().phases[sheet.next_phase] if sheet.next_phase else None,
        "groups": [
            ("done", _("Met"), sheet.met),
            ("open", _("Not met"), sheet.not_met),
            ("unknown", _("Not known"), sheet.not_known),
        ],
        "settles": {one.id: [knowledge().instruments[name].name for name in one.settle_with if name in knowledge().instruments] for one in sheet.not_known},
        "confirmed": [(knowledge().phases[one.phase].name, one) for one in sheet.confirmed],
    }
    return render(request, "signals/readiness.html", context, status=status)


def _phase_choice(one: PhaseId, here: PhaseId) -> str:
    name = knowledge().phases[one].name
    if one is here:
        return _("Stay in %(name)s") % {"name": name.lower()}
    return _("Forward to %(name)s") % {"name": name.lower()} if one.order > here.order else _("Back to %(name)s") % {"name": name.lower()}
