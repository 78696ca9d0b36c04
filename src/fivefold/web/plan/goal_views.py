"""Goals in the patient's words: written down with five levels before the work starts, revised by a new wording, closed."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from fivefold.services import drafts
from fivefold.services import goals as acts
from fivefold.services.access import Permission
from fivefold.services.knowledge import knowledge
from fivefold.services.plans import ChangedMeanwhile
from fivefold.web.pages import PageRequest, page
from fivefold.web.plan.forms import GoalForm
from fivefold.web.plan.rating_views import lines, steps


@page(Permission.SEE_RECORD)
@require_http_methods(["GET", "HEAD", "POST"])
def goals(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """The goals that are worked on, and a form for a new one."""
    sheet = acts.see_goal_sheet(request.actor, patient_id=patient_id)
    form = GoalForm(request.POST if request.method == "POST" else None, modules=sheet.modules, initial=_taken_up(request.GET.get("idea", "")))
    if form.is_bound and form.is_valid():
        acts.set_goal(request.actor, patient_id=patient_id, once=request.POST.get("once"), **form.given)  # type: ignore[call-arg]
        drafts.drop_draft(request.actor, page=request.path, writing=request.POST.get("writing", ""))
        messages.success(request, _("The goal is written down. Rate it when you look at it together."))
        return redirect("goals", patient_id=patient_id)
    return render(request, "plan/goals.html", _context(sheet, form), status=422 if form.errors else 200)


def _context(sheet: acts.GoalSheet, form: GoalForm) -> dict[str, Any]:
    return {
        "tab": "goals",
        "part": "caseload",
        "patient": sheet.patient,
        "sheet": sheet,
        "goals": [_row(goal) for goal in sheet.goals],
        "closed": sheet.closed,
        "attained": sheet.attained[0] if sheet.attained else None,
        "attained_before": sheet.attained[1:],
        "basis": sheet.rule.citation or sheet.rule.basis.words,
        "form": form,
        "ideas": _ideas(sheet),
    }


def _ideas(sheet: acts.GoalSheet) -> list[tuple[str, list[tuple[str, str]]]]:
    """Goals of the library for the modules of today's plan: the name of each module, and of each goal a key and its words."""
    modules = [knowledge().modules[name] for name in sheet.ideas]
    return [(module.short_name, [(f"{module.id}-{place}", words) for place, words in enumerate(module.goals)]) for module in modules if module.goals]


def _taken_up(key: str) -> dict[str, str]:
    """What a goal of the library fills into the form; nothing for a key that names none."""
    name, _dash, place = key.partition("-")
    goals = knowledge().modules[name].goals if name in knowledge().modules else ()
    return {"words": goals[int(place)], "module": name} if place.isascii() and place.isdigit() and int(place) < len(goals) else {}


def _row(goal: acts.ToldGoal) -> dict[str, Any]:
    return {"goal": goal, "steps": steps(goal.seen), "ratings": lines(goal), "values": goal.seen.course, **_belongs(goal.seen.row.module)}


def _belongs(name: str) -> dict[str, Any]:
    """The phase in which the module of a goal is worked on, and the measures that follow it; nothing for a goal without one."""
    module = knowledge().modules.get(name)
    if module is None:
        return {"phase": "", "measured": ""}
    names = dict.fromkeys(knowledge().instruments[use.instrument].name for use in module.measures if use.instrument)
    return {"phase": knowledge().phases[module.phase].name, "measured": ", ".join(names)}


@page(Permission.CHANGE_RECORD)
@require_http_methods(["GET", "HEAD", "POST"])
def revise(request: PageRequest, patient_id: uuid.UUID, goal_id: uuid.UUID) -> HttpResponseBase:
    """Another wording in place of the present one, which stays readable."""
    sheet = acts.see_goal_sheet(request.actor, patient_id=patient_id)
    goal = next((one for one in sheet.goals if one.seen.row.pk == goal_id), None)
    if goal is None and request.method != "POST":
        raise Http404
    initial = _initial(goal) if goal else {}
    form = GoalForm(request.POST if request.method == "POST" else None, modules=sheet.modules, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            acts.set_goal(request.actor, patient_id=patient_id, replaces=goal_id, once=request.POST.get("once"), **form.given)  # type: ignore[call-arg]
        except ChangedMeanwhile as changed:
            return _merge(request, sheet, form, goal_id, changed)
        drafts.drop_draft(request.actor, page=request.path, writing=request.POST.get("writing", ""))
        messages.success(request, _("The new wording counts from now on; the earlier one stays readable."))
        return redirect("goals", patient_id=patient_id)
    return render(request, "plan/goal.html", _context(sheet, form) | {"goal": goal}, status=422 if form.errors else 200)


def _merge(request: PageRequest, sheet: acts.GoalSheet, form: GoalForm, goal_id: uuid.UUID, changed: ChangedMeanwhile) -> HttpResponseBase:
    """Both wordings on one page: saving again takes the place of the newest one, which stays readable like every other."""
    newest = next((one for one in sheet.goals if any(old.row.pk == goal_id for old in one.earlier)), None)
    if newest is None:
        raise changed
    address = reverse("goal_revise", kwargs={"patient_id": sheet.patient.pk, "goal_id": newest.seen.row.pk})
    context = {"theirs": newest, "their_levels": steps(newest.seen), "who": changed.who, "address": address}
    return render(request, "plan/goal.html", _context(sheet, form) | context, status=409)


def _initial(goal: acts.ToldGoal) -> dict[str, Any]:
    row = goal.seen.row
    levels = dict(zip(GoalForm.LEVEL_FIELDS, goal.seen.levels, strict=True))
    return {"words": goal.seen.words, **levels, "module": row.module, "weight": str(row.weight), "shared": row.shared}


@page(Permission.CHANGE_RECORD)
@require_POST
def close(request: PageRequest, patient_id: uuid.UUID, goal_id: uuid.UUID) -> HttpResponseBase:
    """Reached, or no longer wanted: the goal stays readable below."""
    acts.close_goal(request.actor, patient_id=patient_id, goal_id=goal_id, once=request.POST.get("once"))  # type: ignore[call-arg]
    messages.success(request, _("Closed. The goal stays readable below."))
    return redirect("goals", patient_id=patient_id)
