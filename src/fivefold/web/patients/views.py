"""Pages of one patient."""

import uuid

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fivefold.services import care_team, drafts, patients, plans
from fivefold.services import patient_map as maps
from fivefold.services.access import Permission
from fivefold.services.access import break_glass as open_without_relation
from fivefold.web.limits import limited
from fivefold.web.pages import PageRequest, page
from fivefold.web.patients import map_page, profile_page, words
from fivefold.web.patients.forms import MemberForm
from fivefold.web.ui.reason import ReasonForm


@page(Permission.SEE_RECORD)
@require_safe
def patient_map(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """The map: where we are, what we do, what comes, what opens it. With ``?shared=1`` in the patient's words."""
    seen = maps.see_map(request.actor, patient_id=patient_id)
    shared = request.GET.get("shared") == "1"
    view = words.view_of(seen.plan, shared=shared, is_empty=seen.is_empty)
    context = {
        "tab": "patient_map",
        "part": "caseload",
        "patient": seen.patient,
        "seen": seen,
        "plan": seen.plan,
        "here": view.phase(seen.plan.phase.overall),
        "drawing": words.drawing(view),
        "next_phase": map_page.next_phase_name(view),
        "parts": map_page.parts(view, shared=shared),
        "safety_plan": map_page.safety_plan_words(seen),
        "safety_steps": map_page.safety_plan_parts(view, shared=shared),
        "protocol": view.protocol_name(),
    }
    if shared:
        context |= {"counts": map_page.check_counts(view), "reasons": map_page.shared_reasons(view)}
        return render(request, "patients/shared_map.html", context)
    lines = map_page.safety_lines(view)
    questions, more = map_page.first_questions(seen.plan)
    context |= {
        "safety_lines": lines,
        "red": [line for line in lines if line.is_red],
        "active": [line for line in lines if line.is_active and not line.is_red],
        "step": map_page.next_step(seen, may_change=request.actor.may(Permission.CHANGE_RECORD)),
        "changed": map_page.changed(view, seen),
        "how_often": map_page.how_often(seen),
        "deadlines": map_page.deadlines(view),
        "questions": questions,
        "more_questions": more,
        "checks": map_page.checks(view),
        "reasons": map_page.reasons_for_now(view),
        "agreement": None if seen.is_empty else map_page.least_agreement(seen.plan),
    }
    return render(request, "patients/map.html", context)


@page(Permission.SEE_RECORD)
@require_safe
def profile(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """The impairment profile with its error and evidence, and what would settle the rest."""
    known = plans.see_plan(request.actor, patient_id=patient_id, with_draws=False)
    view = words.view_of(known.plan, shared=False)
    context = {
        "tab": "patient_profile",
        "part": "caseload",
        "patient": known.patient,
        "plan": known.plan,
        "groups": profile_page.groups(view),
        "known": sum(item.is_known for item in known.plan.profile.impairments),
        "unknown": profile_page.unknown_count(known.plan),
        "discordant": sum(item.discordant for item in known.plan.profile.impairments),
        "settling": profile_page.settling(view),
        "resilience": known.plan.profile.resilience,
        "resilience_word": profile_page.resilience_word(known.plan.profile.resilience),
        "how_known": profile_page.how_known(known.plan.profile.resilience),
        "components": profile_page.components(view),
        "changes": profile_page.changes(view),
        "scores": profile_page.scores(view),
    }
    return render(request, "patients/profile.html", context)


# ---- Care team -----------------------------------------------------------------------------------------------------------


@page(Permission.SEE_RECORD)
@require_safe
def team(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """Who cares for the patient, and who has looked without a relation."""
    return _team(request, patient_id, None)


def _team(request: PageRequest, patient_id: uuid.UUID, sent: MemberForm | None) -> HttpResponseBase:
    seen = care_team.see_team(request.actor, patient_id=patient_id)
    form = sent or MemberForm(None, seen.candidates)
    context = {"tab": "patient_team", "part": "caseload", "patient": seen.patient, "team": seen, "form": form}
    return render(request, "patients/team.html", context, status=422 if sent else 200)


@page(Permission.CARE_TEAM)
@require_POST
def add_member(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """Somebody joins the care team."""
    candidates = care_team.see_team(request.actor, patient_id=patient_id).candidates
    form = MemberForm(request.POST, candidates)
    if not form.is_valid():
        return _team(request, patient_id, form)
    given = form.cleaned_data
    name = care_team.add_member(request.actor, patient_id=patient_id, user_id=int(given["person"]), kind=given["kind"])
    messages.success(request, _("%(name)s is in the care team and reaches this record from now on.") % {"name": name})
    return redirect("patient_team", patient_id=patient_id)


@page(Permission.CARE_TEAM)
@require_POST
def end_relation(request: PageRequest, patient_id: uuid.UUID, relation_id: uuid.UUID) -> HttpResponseBase:
    """Somebody leaves the care team; from their next request on they no longer reach the record."""
    patients.end_care_relation(request.actor, patient_id=patient_id, relation_id=relation_id)
    if care_team.see_team(request.actor, patient_id=patient_id).has_therapist:
        messages.success(request, _("The relation has ended."))
    else:
        messages.warning(request, _("The relation has ended. Nobody treats this patient now: add somebody to the care team."))
    return redirect("patient_team", patient_id=patient_id)


@page(Permission.BREAK_GLASS)
@require_http_methods(["GET", "HEAD", "POST"])
@limited("open_record")
def break_glass(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """Open one record, known by its link, without a care relation. The form says nothing about the patient."""
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        open_without_relation(request.actor, patient_id=patient_id, reason=form.cleaned_data["reason"], hours=int(form.cleaned_data["hours"]))
        drafts.drop_draft(request.actor, page=request.path, writing=request.POST.get("writing", ""))
        messages.success(request, _("The record is open to you for a short time. The care team sees your name and your reason."))
        return redirect("patient_map", patient_id=patient_id)
    return render(request, "patients/without_relation.html", {"part": "caseload", "form": form}, status=422 if form.errors else 200)
