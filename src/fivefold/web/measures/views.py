"""The pages of measures in a record: what is due, planned and given out, one questionnaire, its paper, and handing the screen over."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fivefold.services import measures as acts
from fivefold.services.access import Permission
from fivefold.services.measure_answers import NoSuchAnswer, NothingAnswered, NotOpen
from fivefold.services.measure_doors import link_token
from fivefold.services.measure_forms import NoFormHere
from fivefold.services.measure_paper import paper_form
from fivefold.services.patients import NotAcceptable
from fivefold.web.assessment.score_page import parse_row
from fivefold.web.measures import page as words
from fivefold.web.measures.doors import hand_over_screen
from fivefold.web.measures.forms import FIELDS, ROUTES, HandOverForm, OwnForm, PlanForm, ways_for
from fivefold.web.measures.qr import qr_code
from fivefold.web.pages import PageRequest, page, whole_address

FORM = require_http_methods(["GET", "HEAD", "POST"])


# ---- The page ----------------------------------------------------------------------------------------------------------------------


@page(Permission.SEE_RECORD)
@FORM
def measures(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """What is due, planned, given out and missed; planning it otherwise, and taking over what the batteries propose."""
    plan = PlanForm(request.POST if request.POST.get("do") == "plan" else None, prefix="plan", initial={"rhythm": "every", "every_days": 14, "route": "room"})
    if request.method == "POST":
        done = _change(request, patient_id, plan)
        if done is not None:
            return done
    return _page(request, patient_id, plan=plan)


def _page(request: PageRequest, patient_id: uuid.UUID, *, plan: Form | None = None, own: Form | None = None) -> HttpResponseBase:
    seen = acts.see_measures(request.actor, patient_id=patient_id)
    plan = plan or PlanForm(None, prefix="plan", initial={"rhythm": "every", "every_days": 14, "route": "room"})
    own = own or OwnForm(None, prefix="own", initial={"better": "low"})
    context = {
        "tab": "measures", "part": "caseload", "patient": seen.patient, "seen": seen, "lines": words.lines(seen), "offers": words.offers(seen),
        "given": words.given_lines(seen.requests), "positive": words.positive_words(seen), "open_risk": words.open_risk_words(seen),
        "due": sum(one.is_due for one in seen.due), "plan_form": plan, "own_form": own, "showable": words.showable(seen), "readers": words.readers(seen),
        "ways": [(route, ROUTES[route]) for route in ways_for(has_own_pages=seen.has_own_pages)],
    }  # fmt: skip
    return render(request, "measures/measures.html", context, status=422 if plan.errors or own.errors else 200)


def _change(request: PageRequest, patient_id: uuid.UUID, plan: PlanForm) -> HttpResponseBase | None:
    """What was sent from the page; None with the problem in the form."""
    do, sent = request.POST.get("do"), request.POST
    if do == "take":
        taken = acts.take_proposed(request.actor, patient_id=patient_id, instruments=sent.getlist("instrument"), once=sent.get("once"))  # type: ignore[call-arg]
        messages.success(request, ngettext("One measure planned.", "%(n)d measures planned.", int(taken)) % {"n": int(taken)})
    elif do == "end":
        acts.end_measure(request.actor, patient_id=patient_id, schedule_id=_uuid(sent.get("schedule")))
        messages.success(request, _("No longer planned. What was measured stays."))
    elif plan.is_valid():
        chosen = plan.cleaned_data
        planned = acts.see_measures(request.actor, patient_id=patient_id).due
        standing = next((one.schedule.pk for one in planned if one.schedule.instrument == chosen["instrument"]), None)
        if not _try(plan, lambda: acts.plan_measure(request.actor, patient_id=patient_id, replaces=standing, **chosen)):
            return None
        messages.success(request, _("%(name)s is planned.") % {"name": words.name_of(chosen["instrument"])})
    else:
        return None
    return redirect("measures", patient_id=patient_id)


def _try(form: Form, act: Callable[[], object]) -> bool:
    """Do the act, or write what is wrong beside the field."""
    try:
        act()
    except NotAcceptable as error:
        field = FIELDS.get(error.field)
        form.add_error(field if field in form.fields else None, str(error))
    except NoFormHere as error:
        form.add_error("route" if "route" in form.fields else None, str(error))
    else:
        return True
    return False


def _uuid(written: object) -> uuid.UUID:
    try:
        return uuid.UUID(str(written))
    except ValueError:
        raise Http404 from None


@page(Permission.CHANGE_RECORD)
@require_POST
def own(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """Add, mend or end a question in the patient's own words."""
    if request.POST.get("do") == "end":
        acts.end_own_item(request.actor, patient_id=patient_id, item_id=_uuid(request.POST.get("item")))
        messages.success(request, _("No longer asked. What was answered stays in Progress."))
        return redirect("measures", patient_id=patient_id)
    form = OwnForm(request.POST, prefix="own")
    replaces = _uuid(request.POST["item"]) if request.POST.get("item") else None
    if form.is_valid() and _try(form, lambda: acts.set_own_item(request.actor, patient_id=patient_id, replaces=replaces, **form.cleaned_data)):
        messages.success(request, _("The question is kept in the patient's words."))
        return redirect("measures", patient_id=patient_id)
    return _page(request, patient_id, own=form)


# ---- One questionnaire -------------------------------------------------------------------------------------------------------------


@page(Permission.CHANGE_RECORD)
@require_POST
def give(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """Give one questionnaire out, and go to the page that says how."""
    instrument, route = str(request.POST.get("instrument", "")), str(request.POST.get("route", ""))
    try:
        row = acts.give_out(request.actor, patient_id=patient_id, instrument=instrument, route=route)
    except (NotAcceptable, NoFormHere, acts.NobodyToAsk) as error:
        messages.warning(request, str(error))
        return redirect("measures", patient_id=patient_id)
    return redirect("measures_given", patient_id=patient_id, request_id=row.pk)


@page(Permission.SEE_RECORD)
@FORM
def given(request: PageRequest, patient_id: uuid.UUID, request_id: uuid.UUID) -> HttpResponseBase:
    """One questionnaire: the way to the patient while it is open, its answers, typing in paper, and taking it back."""
    trouble: list[str] = []
    if request.method == "POST" and request.POST.get("do") == "cancel":
        try:
            acts.cancel_request(request.actor, patient_id=patient_id, request_id=request_id, reason=str(request.POST.get("reason", "")))
            messages.success(request, _("Taken back. It can no longer be answered."))
            return redirect("measures", patient_id=patient_id)
        except NotOpen as error:
            trouble = [str(error)]
    elif request.method == "POST":
        trouble = _enter(request, patient_id, request_id)
        if not trouble:
            return redirect("measures_given", patient_id=patient_id, request_id=request_id)
    seen = _see(request, patient_id, request_id)
    context = _given_context(request, seen) | {"trouble": trouble, "typed": str(request.POST.get("row", ""))[:2000]}
    return render(request, "measures/given.html", context, status=422 if trouble else 200)


def _see(request: PageRequest, patient_id: uuid.UUID, request_id: uuid.UUID) -> acts.SeenRequest:
    try:
        return acts.see_request(request.actor, patient_id=patient_id, request_id=request_id)
    except acts.NoSuchRequest:
        raise Http404 from None


def _given_context(request: PageRequest, seen: acts.SeenRequest, hand_over: HandOverForm | None = None) -> dict[str, Any]:
    row, form = seen.state.row, seen.form
    link = _link(request, row.pk) if row.route == "link" and seen.state.is_open else ""
    return {
        "tab": "measures", "part": "caseload", "patient": seen.patient, "seen": seen, "form": form, "name": words.name_of(row.instrument),
        "line": words.given_lines([seen.state])[0], "link": link, "hand_over": hand_over or HandOverForm(),
        "qr": qr_code(link, _("QR code of the link")) if link else "", "kiosk_address": whole_address(request, reverse("kiosk")),
        "answers": [(item, seen.answers.get(item.number), _answer_words(item, seen.answers.get(item.number))) for item in form.items] if form else [],
    }  # fmt: skip


def _answer_words(item: Any, value: float | None) -> str:
    if value is None:
        return _("no answer")
    return next((choice.label for choice in item.choices if choice.value == value and choice.has_words), "")


def _link(request: PageRequest, request_id: uuid.UUID) -> str:
    return whole_address(request, reverse("questionnaire", args=[link_token(request_id)]))


def _enter(request: PageRequest, patient_id: uuid.UUID, request_id: uuid.UUID) -> list[str]:
    """Type in a paper questionnaire from its digits in order; what is wrong with them, or nothing."""
    seen = _see(request, patient_id, request_id)
    if seen.form is None:
        return [_("The questions may not be shown here any more: enter the score.")]
    row = parse_row(str(request.POST.get("row", "")), len(seen.form.items))
    wrong = [
        _("Answer %(n)d: found “%(value)s”, expected a number, or - where nothing was ticked.") % {"n": n, "value": one}
        for n, one in enumerate(row, start=1)
        if isinstance(one, str)
    ]
    if wrong:
        return wrong
    answers = [one for one in row if not isinstance(one, str)]
    try:
        done = acts.enter_paper(request.actor, patient_id=patient_id, request_id=request_id, answers=answers)
    except (NoSuchAnswer, NothingAnswered, NotAcceptable, NotOpen) as error:
        return [str(error)]
    if done.needs_help:
        messages.warning(request, _("A risk question was answered yes. Ask about it now, before anything else."))
    else:
        messages.success(request, _("Entered. The result stands in the record."))
    return []


@page(Permission.SEE_RECORD)
@require_safe
def printed(request: PageRequest, patient_id: uuid.UUID, request_id: uuid.UUID) -> HttpResponseBase:
    """The questionnaire on paper: without a name, with what belongs on it."""
    seen = _see(request, patient_id, request_id)
    if seen.form is None:
        raise Http404
    context = {"seen": seen, "form": seen.form, "name": words.name_of(seen.state.row.instrument), "clinic_name": request.actor.clinic.name, "bare": True}
    return render(request, "measures/paper.html", context)


@page(Permission.SEE_RECORD)
@require_safe
def paper(request: PageRequest, patient_id: uuid.UUID, request_id: uuid.UUID) -> HttpResponseBase:
    """The same as a document to print."""
    try:
        document = paper_form(request.actor, patient_id=patient_id, request_id=request_id)
    except (acts.NoSuchRequest, NoFormHere):
        raise Http404 from None
    answer = HttpResponse(document, content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="questionnaire.pdf"'
    return answer


@page(Permission.CHANGE_RECORD)
@require_POST
def hand_over(request: PageRequest, patient_id: uuid.UUID, request_id: uuid.UUID) -> HttpResponseBase:
    """End the therapist's session on this screen and open the questionnaire on it, and nothing else."""
    form = HandOverForm(request.POST)
    seen = _see(request, patient_id, request_id)
    if not form.is_valid() or not seen.state.is_open or seen.state.row.route != "room":
        if form.is_valid():
            form.add_error(None, _("This questionnaire is not open on a screen any more. Give it out again."))
        return render(request, "measures/given.html", _given_context(request, seen, form), status=422)
    acts.hand_over(request.actor, patient_id=patient_id, request_id=request_id)
    back = reverse("measures_given", kwargs={"patient_id": patient_id, "request_id": request_id})
    return hand_over_screen(request, request_id, form.cleaned_data["code"], back)
