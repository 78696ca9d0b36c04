"""Signing a plan, and signed plans: as they were, what differs between them, and on paper."""

import uuid
from datetime import date, timedelta
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from fivefold.services import drafts, plan_board, plans
from fivefold.services.access import Permission
from fivefold.services.goals import see_goals
from fivefold.services.plan_choices import PlanChoices
from fivefold.web.limits import limited
from fivefold.web.pages import PageRequest, page
from fivefold.web.patients.words import drawing, view_of
from fivefold.web.plan import board
from fivefold.web.plan.forms import VIEWS, SignForm

COPIES = ("clinician", "patient")
VIEW_WORDS = dict(VIEWS)


@page(Permission.SIGN_PLAN)
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """What is signed, what the patient thinks of it, and when it is looked at again."""
    seen = plan_board.see_before_signing(request.actor, patient_id=patient_id)
    initial = {"review_on": seen.proposed_review, "version": seen.board.draft_version, "after": seen.board.signed_number}
    data = request.POST if request.method == "POST" else None
    form = SignForm(data, initial=initial, first=seen.board.today + timedelta(days=1), last=seen.last_review, asked=seen.asked.modules)
    if form.is_bound and form.is_valid():
        answer = _sign(request, patient_id, form)
        if answer is not None:
            return answer
        seen = plan_board.see_before_signing(request.actor, patient_id=patient_id)
    return render(request, "plan/sign.html", _signing(request, seen, form), status=422 if form.errors else 200)


def _sign(request: PageRequest, patient_id: uuid.UUID, form: SignForm) -> HttpResponseBase | None:
    given = form.cleaned_data
    try:
        plans.sign_plan(
            request.actor,
            patient_id=patient_id,
            version=given["version"],
            after=given["after"],
            patient_view=given["patient_view"],
            patient_words=given["patient_words"],
            review_on=given["review_on"],
            about_formulation=form.answers,
            once=request.POST.get("once"),  # type: ignore[call-arg]  # taken by every clinical act
        )
    except plans.CannotSign as error:
        form.add_error(None, str(error))
        return None
    except plans.ChangedMeanwhile as error:
        form.add_error(None, str(error))
        form.add_error(None, _("Below is the plan as it is now. What you wrote is still here: look once more, then sign."))
        now = plan_board.see_before_signing(request.actor, patient_id=patient_id).board
        fresh = request.POST.copy()
        fresh["version"], fresh["after"] = str(now.draft_version), str(now.signed_number)
        form.data = fresh
        return None
    drafts.drop_draft(request.actor, page=request.path, writing=request.POST.get("writing", ""))
    messages.success(request, _("Signed. This is the plan that holds now."))
    return redirect("patient_map", patient_id=patient_id)


def _signing(request: PageRequest, seen: plan_board.ToSign, form: SignForm) -> dict[str, Any]:
    now = seen.board
    view = view_of(now.plan, shared=False)
    answered, needed, unknown = board.coverage_counts(now.plan, now.holes)
    return {
        "tab": "plan",
        "part": "caseload",
        "patient": now.patient,
        "board": now,
        "plan": now.plan,
        "columns": board.columns(now, view),
        "chosen": board.chosen(now.choices, view, now.past),
        "rows": board.coverage_rows(now.plan, now.choices, view),
        "holes": board.hole_rows(now.holes, view),
        "answered": answered,
        "needed": needed,
        "unknown": unknown,
        "goals": see_goals(request.actor, patient_id=now.patient.pk),
        "form": form,
        "asked": seen.asked,
    }


# ---- Signed plans -------------------------------------------------------------------------------------------------------


@page(Permission.SEE_RECORD)
@require_safe
def versions(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """Every signed plan, the newest first."""
    patient, listed = plans.see_version_list(request.actor, patient_id=patient_id)
    rows = [(row, VIEW_WORDS.get(row.patient_view, ""), row.number - 1) for row in listed]
    return render(request, "plan/versions.html", {"tab": "plan", "part": "caseload", "patient": patient, "rows": rows})


@page(Permission.SEE_RECORD)
@require_safe
def version(request: PageRequest, patient_id: uuid.UUID, number: int) -> HttpResponseBase:
    """A signed plan as it was signed."""
    seen = _found(request, patient_id, number)
    view = view_of(seen.plan, shared=False)
    names = {match.id: match.short_name for match in seen.plan.modules}
    columns, aside = board.signed_columns(seen, view)
    context = {
        "tab": "plan",
        "part": "caseload",
        "patient": seen.patient,
        "version": seen,
        "plan": seen.plan,
        "view_words": VIEW_WORDS.get(seen.patient_view, ""),
        "chosen_on": date.fromisoformat(seen.programme["on"]) if seen.programme else None,
        "here": view.phase(seen.plan.phase.overall),
        "protocol": view.protocol_name(),
        "drawing": drawing(view),
        "columns": columns,
        "aside": aside,
        "chosen": board.chosen(seen.choices, view, seen.past),
        "said": [(names.get(name, name), seen.said.answers.get(name, "")) for name in (*seen.said.answers, *seen.said.left)],
        "rows": board.coverage_rows(seen.plan, seen.choices, view),
        "older": seen.number - 1,
    }
    return render(request, "plan/version.html", context)


def _found(request: PageRequest, patient_id: uuid.UUID, number: int) -> plans.SignedVersion:
    try:
        return plans.see_version(request.actor, patient_id=patient_id, number=number)
    except plans.NoSuchPlan as error:
        raise Http404 from error


@page(Permission.SEE_RECORD)
@require_safe
def difference(request: PageRequest, patient_id: uuid.UUID, earlier: int, later: int) -> HttpResponseBase:
    """What differs between two signed plans."""
    try:
        found = plans.compare_versions(request.actor, patient_id=patient_id, earlier=earlier, later=later)
    except plans.NoSuchPlan as error:
        raise Http404 from error
    view = view_of(found.later.plan, shared=False)
    names = [view_of(found.earlier.plan, shared=False).protocol_name(), view.protocol_name()]
    context = {
        "tab": "plan",
        "part": "caseload",
        "patient": found.later.patient,
        "earlier": found.earlier,
        "later": found.later,
        "difference": board.difference_words(view, found.revision),
        "programmes": names if names[0] != names[1] else None,
        "added": _choices(found.choices_added, view),
        "gone": _choices(found.choices_gone, view),
        "earlier_view": VIEW_WORDS.get(found.earlier.patient_view, ""),
        "later_view": VIEW_WORDS.get(found.later.patient_view, ""),
    }
    return render(request, "plan/difference.html", context)


def _choices(choices: tuple[Any, ...], view: Any) -> list[Any]:
    found = PlanChoices()
    for choice in choices:
        found = found.with_choice(choice)
    return board.chosen(found, view)


@page(Permission.EXPORT_RECORD)
@require_safe
@limited("download", methods=("GET",))
def document(request: PageRequest, patient_id: uuid.UUID, number: int, copy: str) -> HttpResponseBase:
    """A signed plan as PDF, for the clinician or for the patient."""
    if copy not in COPIES:
        raise Http404
    kind = cast(plans.Copy, copy)
    try:
        taken = plans.take_document(request.actor, patient_id=patient_id, number=number, copy=kind)
    except plans.NoSuchPlan as error:
        raise Http404 from error
    answer = HttpResponse(plans.print_document(taken, kind), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="plan-{number}-{copy}.pdf"'
    return answer
