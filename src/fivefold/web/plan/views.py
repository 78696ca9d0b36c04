"""The plan builder: columns, choices with reasons, what if, and programmes side by side."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from fivefold.concepts.errors import InputRefused
from fivefold.documents.html.view import View
from fivefold.services import assessments, plan_board, plans
from fivefold.services.access import Permission
from fivefold.services.caseload import is_danger
from fivefold.services.plan_board import Trial
from fivefold.services.plan_choices import CHOICE_WORDS, Choice, How, PlanChoices
from fivefold.web.limits import limited
from fivefold.web.pages import PageRequest, page
from fivefold.web.patients.words import view_of
from fivefold.web.plan import beside, board
from fivefold.web.plan.forms import ChoiceForm, ProtocolForm, TrialForm

TRIAL_FIELDS = ("sessions_per_week", "sessions_available", "resilience", "rated", "level", "general_module", "state", "wanted_first")


@page(Permission.SEE_RECORD)
@require_safe
def plan(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """The plan as it stands with the choices made so far."""
    return _show(request, plan_board.see_board(request.actor, patient_id=patient_id))


def _show(
    request: PageRequest, seen: plan_board.Board, *, form: TrialForm | None = None, refused: ChoiceForm | None = None, status: int = 200
) -> HttpResponseBase:
    view = view_of(seen.plan, shared=False)
    form = form or _trial_form(view, None, seen.on_record)
    answered, needed, unknown = board.coverage_counts(seen.plan, seen.holes)
    context: dict[str, Any] = {
        "tab": "plan",
        "part": "caseload",
        "patient": seen.patient,
        "board": seen,
        "plan": seen.plan,
        "here": view.phase(seen.plan.phase.overall),
        "protocol": view.protocol_name(),
        "danger": [item for item in seen.plan.overrides if is_danger(item)],
        "columns": board.columns(seen, view),
        "aside": board.aside(seen, view),
        "least": board.least_sure(seen.plan),
        "chosen": board.chosen(seen.choices, view, seen.past),
        "own_difference": board.difference_words(view, seen.difference),
        "pacing": board.pacing_lines(view, seen.pacing, seen.tried.pacing_before if seen.tried else None),
        "rows": board.coverage_rows(seen.plan, seen.choices, view),
        "holes": board.hole_rows(seen.holes, view),
        "answered": answered,
        "needed": needed,
        "unknown": unknown,
        "unknown_names": board.unknown_names(seen.plan, view),
        "form": form,
        "refused": refused,
    }
    if seen.tried:
        context |= {
            "difference": board.difference_words(view, seen.tried.difference),
            "kept": _as_fields(form),
            "tried_words": _tried_words(view, seen.tried.trial),
        }
    return render(request, "plan/plan.html", context, status=status)


# ---- What if ------------------------------------------------------------------------------------------------------------


def _trial_form(view: View, data: Any, on_record: Trial) -> TrialForm:
    known = view.knowledge
    impairments = sorted(((name, item.name) for name, item in known.impairments.items()), key=lambda item: item[1])
    modules = [(match.id, match.short_name) for match in view.plan.modules if match.rank is not None]
    general = [(reading.id, reading.name) for reading in view.plan.general_modules]
    form = TrialForm(data, impairments=impairments, general=general, wishes=[(_("A module"), modules), (_("Work on"), impairments)])
    for name in ("sessions_per_week", "sessions_available"):
        value = getattr(on_record, name)
        form.fields[name].widget.attrs["placeholder"] = _("not known") if value is None else f"{value:g}"
    return form


def _as_fields(form: TrialForm) -> list[tuple[str, str]]:
    return [(name, str(form.data.get(name, ""))) for name in TRIAL_FIELDS if form.data.get(name)]


def _tried_words(view: View, trial: Trial) -> list[str]:
    found = []
    if trial.sessions_per_week is not None:
        found.append(_("sessions a week: %(n)g") % {"n": trial.sessions_per_week})
    if trial.sessions_available is not None:
        found.append(_("sessions available: %(n)g") % {"n": trial.sessions_available})
    if trial.resilience:
        found.append(_("resilience: %(level)s") % {"level": _(trial.resilience.value)})
    if trial.rated:
        found.append(_("%(name)s rated %(level)d") % {"name": view.impairment_name(trial.rated), "level": trial.level})
    if trial.general_module and trial.state:
        found.append(f"{view.module_name(trial.general_module)}: {_(trial.state.value.replace('_', ' '))}")
    if trial.wanted_first:
        name = view.module_name(trial.wanted_first) if trial.wanted_first in view.knowledge.modules else view.impairment_name(trial.wanted_first)
        found.append(_("the patient wants first: %(name)s") % {"name": name})
    return found


@page(Permission.SEE_RECORD)
@require_POST
@limited("what_if")
def try_out(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """The plan as it would be; nothing is saved. Posted, because what is tried stands in no address."""
    seen = plan_board.see_board(request.actor, patient_id=patient_id)
    form = _trial_form(view_of(seen.plan, shared=False), request.POST, seen.on_record)
    if not form.is_valid():
        return _show(request, seen, form=form, status=422)
    return _show(request, plan_board.try_out(seen, form.trial), form=form)


@page(Permission.CHANGE_RECORD)
@require_POST
def keep_trial(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """Record what was tried as true today: facts of the record like any other, with author and day."""
    seen = plan_board.see_board(request.actor, patient_id=patient_id)
    form = _trial_form(view_of(seen.plan, shared=False), request.POST, seen.on_record)
    if not form.is_valid():
        return _show(request, seen, form=form, status=422)
    facts = plan_board.facts_of_trial(request.actor, patient_id=patient_id, trial=form.trial)
    if facts:
        assessments.record_facts(request.actor, patient_id=patient_id, facts=facts)
        messages.success(request, _("Recorded as true today. The plan below rests on it."))
    return redirect("plan", patient_id=patient_id)


# ---- Choices ------------------------------------------------------------------------------------------------------------


@page(Permission.CHANGE_RECORD)
@require_POST
def choose(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """Put a module first, off, or leave it out, each with a reason; or take that back."""
    form = ChoiceForm(request.POST)
    if not form.is_valid():
        return _show(request, plan_board.see_board(request.actor, patient_id=patient_id), refused=form, status=422)
    choice, version = form.choice, form.cleaned_data["version"]
    try:
        plans.change_choice(request.actor, patient_id=patient_id, choice=choice, version=version)
    except plans.ChangedMeanwhile as changed:
        return _merge(request, patient_id, choice, changed)
    except plans.CannotBegin as refused:
        seen = plan_board.see_board(request.actor, patient_id=patient_id)
        form.add_error("reason", board.named(view_of(seen.plan, shared=False), str(refused)))
        return _show(request, seen, refused=form, status=422)
    except InputRefused as refused:
        form.add_error("reason", " ".join(f"{problem.key}: expected {problem.expected}. {problem.remedy}" for problem in refused.problems))
        return _show(request, plan_board.see_board(request.actor, patient_id=patient_id), refused=form, status=422)
    messages.success(request, _("Taken back. The proposal stands again.") if choice.how is How.UNDO else _("Kept with its reason. The plan below rests on it."))
    return redirect("plan", patient_id=patient_id)


def _merge(request: PageRequest, patient_id: uuid.UUID, choice: Choice, changed: plans.ChangedMeanwhile) -> HttpResponseBase:
    """Both versions side by side; nothing of either is lost, and one click keeps what is right."""
    seen = plan_board.see_board(request.actor, patient_id=patient_id)
    view = view_of(seen.plan, shared=False)
    theirs = seen.choices.about(choice.target)
    context = {
        "tab": "plan",
        "part": "caseload",
        "patient": seen.patient,
        "who": changed.who,
        "version": seen.draft_version,
        "choice": choice,
        "yours": board.chosen(PlanChoices().with_choice(choice), view),
        "name": view.impairment_name(choice.target) if choice.target in view.knowledge.impairments else view.module_name(choice.target),
        "is_undo": choice.how is How.UNDO,
        "theirs": board.chosen(seen.choices, view),
        "same_thing": theirs,
        "same_words": CHOICE_WORDS[theirs.how] if theirs else "",
        "merged": board.chosen(seen.choices.with_choice(choice), view),
    }
    return render(request, "plan/merge.html", context, status=409)


# ---- Programmes side by side --------------------------------------------------------------------------------------------


@page(Permission.SEE_RECORD)
@require_safe
def compare(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """Other programmes beside the plan for this patient: what each covers, leaves out, takes and needs. Never a ranking."""
    return _compare(request, patient_id, request.GET.getlist("with"))


@page(Permission.CHANGE_RECORD)
@require_POST
def choose_protocol(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """Another programme for this patient, with a reason; choosing again takes it back."""
    form = ProtocolForm(request.POST)
    if form.is_valid():
        assessments.choose_protocol(request.actor, patient_id=patient_id, once=request.POST.get("once"), **form.cleaned_data)  # type: ignore[call-arg]
        messages.success(request, _("Chosen, and kept with its reason. The map and the plan name it from now on."))
        return redirect("plan_compare", patient_id=patient_id)
    return _compare(request, patient_id, request.POST.getlist("with"), form)


def _compare(request: PageRequest, patient_id: uuid.UUID, names: Sequence[str], refused: ProtocolForm | None = None) -> HttpResponseBase:
    asked = tuple(dict.fromkeys(names))[: beside.MOST] or beside.BY_DEFAULT
    seen = plan_board.see_beside(request.actor, patient_id=patient_id, protocols=asked)
    view = view_of(seen.plan, shared=False)
    shown = [item.protocol for item in seen.others]
    context = {
        "tab": "plan",
        "part": "caseload",
        "patient": seen.patient,
        "columns": beside.columns(seen, view),
        "rows": beside.rows(seen, view),
        "programmes": [(name, title, name in shown) for name, title in seen.programmes],
        "shown": shown,
        "last": seen.choices[0] if seen.choices else None,
        "earlier": seen.choices[1:],
        "most": beside.MOST,
        "refused": refused,
    }
    return render(request, "plan/compare.html", context, status=422 if refused else 200)
