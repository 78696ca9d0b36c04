"""The record as such: what the person agreed to, a copy of everything, the end of care, and erasure."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from fivefold.services import consents, patients
from fivefold.services.access import NoSuchPatient, Permission
from fivefold.services.operations import erasure as erasing
from fivefold.services.operations.record_export import as_json, export_record, export_record_pdf
from fivefold.web.limits import limited
from fivefold.web.pages import PageRequest, page
from fivefold.web.patients.erasure_words import MISFITS, hindrance_words
from fivefold.web.patients.forms import END_REASONS, PURPOSES, STEP_WORDS, TABLE_WORDS, ConsentForm, EndForm, EraseForm, ErasureStepForm

# Steps of an erasure that take a reason and nothing else.
PLAIN_STEPS: dict[str, Callable[..., object]] = {
    "refused": erasing.refuse_erasure,
    "withdrawn": erasing.withdraw_erasure,
    "decided": erasing.decide_erasure,
    "kept": erasing.keep_record,
}


@page(Permission.SEE_RECORD)
@require_http_methods(["GET", "HEAD", "POST"])
def record(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """Consents with their days, a form for the next one, copies of the record, and the end of care."""
    sheet = consents.see_record_sheet(request.actor, patient_id=patient_id)
    sent = request.POST if request.method == "POST" else None
    form = ConsentForm(sent, today=sheet.today)
    if form.is_bound and form.is_valid():
        patients.record_consent(request.actor, patient_id=patient_id, once=request.POST.get("once"), **form.given_values)  # type: ignore[call-arg]
        messages.success(request, _("Written down. What was said before stays readable."))
        return redirect("record", patient_id=patient_id)
    return _record(request, sheet, form, EndForm(None, sheet.today, sheet.care_began))


def _record(request: PageRequest, sheet: consents.RecordSheet, form: ConsentForm, end: EndForm) -> HttpResponseBase:
    purposes, reasons = dict(PURPOSES), dict(END_REASONS)
    context = {
        "tab": "record",
        "part": "caseload",
        "patient": sheet.patient,
        "sheet": sheet,
        "agreed": [(purposes[purpose.id], purpose) for purpose in sheet.purposes],
        "care": [(reasons.get(entry.reason, ""), entry) for entry in sheet.care],
        "form": form,
        "end": end,
    }
    return render(request, "patients/record.html", context, status=422 if form.errors or end.errors else 200)


@page(Permission.CHANGE_RECORD)
@require_POST
def end_care(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """Care has ended: the record is closed and stays readable for those who treated the person."""
    sheet = consents.see_record_sheet(request.actor, patient_id=patient_id)
    end = EndForm(request.POST, sheet.today, sheet.care_began)
    if not end.is_valid():
        return _record(request, sheet, ConsentForm(None, today=sheet.today), end)
    patients.end_care(request.actor, patient_id=patient_id, once=request.POST.get("once"), **end.cleaned_data)  # type: ignore[call-arg]
    messages.success(request, _("Written down. The record is closed and stays readable; it no longer stands on the caseload."))
    return redirect("record", patient_id=patient_id)


@page(Permission.CHANGE_RECORD)
@require_POST
def take_up_again(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """The person is back, or the record was closed by mistake."""
    patients.take_up_care_again(request.actor, patient_id=patient_id, once=request.POST.get("once"))  # type: ignore[call-arg]
    messages.success(request, _("The record is open again. Ask the safety questions first: what was known may be old."))
    return redirect("record", patient_id=patient_id)


@page(Permission.EXPORT_RECORD)
@require_POST
@limited("download")
def copy(request: PageRequest, patient_id: uuid.UUID, form: str) -> HttpResponseBase:
    """The whole record, for other programs (``json``) or to read (``pdf``). It is sent, never an address that could be passed on."""
    if form == "pdf":
        answer = HttpResponse(export_record_pdf(request.actor, patient_id=patient_id), content_type="application/pdf")
    elif form == "json":
        answer = HttpResponse(as_json(export_record(request.actor, patient_id=patient_id)), content_type="application/json; charset=utf-8")
    else:
        raise Http404
    # The name of a file travels further than its content: it says nothing about anybody.
    answer["Content-Disposition"] = f'attachment; filename="record.{form}"'
    return answer


# ---- Erasure -------------------------------------------------------------------------------------------------------------


@page(Permission.ERASE_RECORD)
@require_http_methods(["GET", "HEAD", "POST"])
def erasure(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """What stands against erasing the record, the steps so far, and a form for the next one."""
    check = erasing.check_erasure(request.actor, patient_id=patient_id)
    form = ErasureStepForm(request.POST if request.method == "POST" else None, check.next_steps)
    if form.is_bound and form.is_valid() and _is_taken(request, patient_id, form):
        messages.success(request, _("Noted, with your name and the day."))
        return redirect("record_erasure", patient_id=patient_id)
    return _erasure(request, check, form, EraseForm(None))


def _is_taken(request: PageRequest, patient_id: uuid.UUID, form: ErasureStepForm) -> bool:
    """Take the step; where it does not fit, the form says why."""
    try:
        _take_step(request, patient_id, form.cleaned_data)
    except erasing.StepDoesNotFit as misfit:
        form.add_error(misfit.field, str(MISFITS[misfit.code]))
    except erasing.CannotErase as error:
        form.add_error("step", " ".join(map(hindrance_words, error.hindrances)))
    return form.is_valid()


def _take_step(request: PageRequest, patient_id: uuid.UUID, sent: dict[str, Any]) -> None:
    step = sent["step"]
    given: dict[str, Any] = {"patient_id": patient_id, "reason": sent["reason"], "once": request.POST.get("once")}
    if step == "asked":
        erasing.ask_for_erasure(request.actor, on=sent["on"], **given)
    elif step in ("hold", "free"):
        erasing.set_legal_hold(request.actor, held=step == "hold", review_on=sent["review_on"], **given)
    else:
        PLAIN_STEPS[step](request.actor, **given)


def _erasure(request: PageRequest, check: erasing.ErasureCheck, form: ErasureStepForm, last: EraseForm) -> HttpResponseBase:
    context = {
        "tab": "record",
        "part": "caseload",
        "patient": check.patient,
        "check": check,
        "alone_days": erasing.ALONE_DAYS,
        "hindrances": [hindrance_words(one) for one in check.hindrances],
        "steps": [(STEP_WORDS.get(one.step, one.step), one) for one in check.steps],
        "rows": [(TABLE_WORDS.get(name, name), count) for name, count in check.rows.items() if count],
        "form": form,
        "last": last,
    }
    return render(request, "patients/erasure.html", context, status=422 if form.errors or last.errors else 200)


@page(Permission.ERASE_RECORD)
@require_POST
def erase_now(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """For good. What stands against it is checked once more by the act itself."""
    form = EraseForm(request.POST)
    if form.is_valid():
        try:
            _erase(request, patient_id, form.cleaned_data["reason"])
        except erasing.CannotErase:
            form.add_error(None, _("It was not erased: something stands against it now."))
        else:
            messages.success(request, _("The record is erased. That it was, by whom and when stays in the audit."))
            return redirect("clinic")
    check = erasing.check_erasure(request.actor, patient_id=patient_id)
    return _erasure(request, check, ErasureStepForm(None, check.next_steps), form)


def _erase(request: PageRequest, patient_id: uuid.UUID, reason: str) -> None:
    """Erase it; the second of two clicks finds it gone already and is answered like the first."""
    once = request.POST.get("once", "")
    try:
        erasing.erase_record(request.actor, patient_id=patient_id, reason=reason, once=once)  # type: ignore[call-arg]
    except NoSuchPatient:
        if not erasing.has_erased(request.actor, key=once):
            raise
