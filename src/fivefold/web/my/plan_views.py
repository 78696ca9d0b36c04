"""The safety plan: the patient's own page, and the page beside the record; both write the same versions."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fivefold.services import crisis_contacts, safety_plan_shares, safety_plans
from fivefold.services.access import Permission, own_record
from fivefold.services.patients import NotAcceptable
from fivefold.services.plans import ChangedMeanwhile
from fivefold.web.limits import limited
from fivefold.web.my.forms import PractiseForm, SafetyPlanForm
from fivefold.web.my.views import show
from fivefold.web.my.words import kindly
from fivefold.web.pages import PageRequest, page


def _saved(form: SafetyPlanForm, act: Callable[..., object], request: PageRequest, patient_id: uuid.UUID) -> bool:
    """Whether the plan was kept; what cannot be is said in the form."""
    if not form.is_valid():
        return False
    sent: dict[str, Any] = {"patient_id": patient_id, "content": form.content, "version": form.cleaned_data["version"]}
    try:
        act(request.actor, **sent, once=request.POST.get("once"))
    except NotAcceptable as error:
        form.add_error(None, kindly(error))
        return False
    return True


# ---- The patient's page --------------------------------------------------------------------------------------------------


@page(Permission.OWN_PAGES)
@require_safe
def plan(request: PageRequest) -> HttpResponseBase:
    """What I do if things get hard, and whom I can call."""
    return _plan(request, None)


def _plan(request: PageRequest, sent: PractiseForm | None, share_trouble: str = "") -> HttpResponse:
    seen = safety_plans.see_my_safety_plan(request.actor, patient_id=own_record(request.actor))
    context = {"seen": seen, "practise": sent or PractiseForm(None, seen.today), "share_trouble": share_trouble}
    return show(request, "plan", "my_plan", context, 422 if sent or share_trouble else 200)


@page(Permission.OWN_ENTRIES)
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: PageRequest) -> HttpResponseBase:
    """Write or change my plan."""
    mine = own_record(request.actor)
    seen = safety_plans.see_my_safety_plan(request.actor, patient_id=mine)
    form = SafetyPlanForm(request.POST if request.method == "POST" else None, seen)
    if form.is_bound and _saved(form, safety_plans.write_my_safety_plan, request, mine):
        messages.success(request, _("Saved. Your therapist sees it as well."))
        return redirect("my_plan")
    return show(request, "plan_write", "my_plan", {"seen": seen, "form": form}, 422 if form.errors else 200)


@page(Permission.OWN_ENTRIES)
@require_POST
def practised(request: PageRequest) -> HttpResponseBase:
    """I went through my plan, or used it."""
    mine = own_record(request.actor)
    form = PractiseForm(request.POST, safety_plans.see_my_safety_plan(request.actor, patient_id=mine).today)
    if not form.is_valid():
        return _plan(request, form)
    safety_plans.note_my_practice(request.actor, patient_id=mine, once=request.POST.get("once"), **form.cleaned_data)  # type: ignore[call-arg]
    messages.success(request, _("Written down. You can talk about it when you meet."))
    return redirect("my_plan")


@page(Permission.OWN_ENTRIES)
@require_POST
@limited("entries")
def share(request: PageRequest) -> HttpResponseBase:
    """Somebody gets my plan from me."""
    given = {"person": request.POST.get("person", ""), "how": request.POST.get("how", "")}
    try:
        safety_plan_shares.share_my_plan(request.actor, patient_id=own_record(request.actor), once=request.POST.get("once"), **given)  # type: ignore[call-arg]
    except NotAcceptable as error:
        return _plan(request, None, kindly(error))
    messages.success(request, _("Written down. You hand it over yourself."))
    return redirect("my_plan")


@page(Permission.OWN_ENTRIES)
@require_POST
@limited("entries")
def unshare(request: PageRequest, share_id: uuid.UUID) -> HttpResponseBase:
    """Somebody should have my plan no longer."""
    try:
        safety_plan_shares.withdraw_my_share(request.actor, patient_id=own_record(request.actor), share_id=share_id, once=request.POST.get("once"))  # type: ignore[call-arg]
    except safety_plan_shares.NoSuchShare as error:
        return _plan(request, None, str(error))
    messages.success(request, _("Written down. If they keep a copy, ask for it back."))
    return redirect("my_plan")


@page(Permission.OWN_ENTRIES)
@require_POST
@limited("entries")
def place(request: PageRequest) -> HttpResponseBase:
    """I live in this place: its numbers are mine."""
    try:
        crisis_contacts.say_my_place(request.actor, patient_id=own_record(request.actor), **_place_sent(request))
    except (NotAcceptable, ChangedMeanwhile) as error:
        messages.error(request, kindly(error))
    else:
        messages.success(request, _("Kept. These are your numbers now."))
    return redirect("my_plan")


def _place_sent(request: PageRequest) -> dict[str, Any]:
    """Place and version as the form sends them; a version that is none fits no place."""
    version = request.POST.get("version", "")
    return {"place": request.POST.get("place", ""), "version": int(version) if version.isdecimal() and len(version) < 10 else -1}


# ---- Beside the record ---------------------------------------------------------------------------------------------------


@page(Permission.SEE_RECORD)
@require_http_methods(["GET", "HEAD", "POST"])
def side(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """The plan as therapist and patient write it together."""
    seen = safety_plans.see_safety_plan(request.actor, patient_id=patient_id)
    form = SafetyPlanForm(request.POST if request.method == "POST" else None, seen)
    if form.is_bound and _saved(form, safety_plans.write_safety_plan, request, patient_id):
        messages.success(request, _("Saved as a new version; the patient sees it on their own pages."))
        return redirect("safety_plan", patient_id=patient_id)
    return _side(request, seen, form, PractiseForm(None, seen.today))


def _side(request: PageRequest, seen: safety_plans.SeenSafetyPlan, form: SafetyPlanForm, practise: PractiseForm) -> HttpResponse:
    context = {"tab": "safety_plan", "part": "caseload", "patient": seen.patient, "seen": seen, "form": form, "practise": practise}
    return render(request, "own_side/safety_plan.html", context, status=422 if form.errors or practise.errors else 200)


@page(Permission.CHANGE_RECORD)
@require_POST
def side_practised(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """It was practised in the session, or used since."""
    seen = safety_plans.see_safety_plan(request.actor, patient_id=patient_id)
    form = PractiseForm(request.POST, seen.today)
    if not form.is_valid():
        return _side(request, seen, SafetyPlanForm(None, seen), form)
    safety_plans.note_practice(request.actor, patient_id=patient_id, once=request.POST.get("once"), **form.cleaned_data)  # type: ignore[call-arg]
    messages.success(request, _("Written down."))
    return redirect("safety_plan", patient_id=patient_id)


@page(Permission.CHANGE_RECORD)
@require_POST
def side_place(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """Where the patient lives, as they said it."""
    try:
        crisis_contacts.set_place(request.actor, patient_id=patient_id, **_place_sent(request))
    except (NotAcceptable, ChangedMeanwhile) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Saved. The patient sees the numbers of this place."))
    return redirect(reverse("safety_plan", kwargs={"patient_id": patient_id}) + "#calls-h")
