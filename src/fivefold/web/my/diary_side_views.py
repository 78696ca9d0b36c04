"""The diary beside the record: what stood out, the entries, the card, and what is usual for this person."""

import uuid

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from fivefold.services import diary as acts
from fivefold.services.access import Permission, ReasonMissing
from fivefold.services.diary_summary import SeenDiary, see_diary
from fivefold.services.patients import NotAcceptable
from fivefold.web.my.diary_side_forms import CardForm, UsualForm
from fivefold.web.my.diary_views import spoken
from fivefold.web.pages import PageRequest, page


@page(Permission.SEE_RECORD)
@require_http_methods(["GET", "HEAD", "POST"])
def diary(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """What stood out, and the card to change."""
    seen = see_diary(request.actor, patient_id=patient_id)
    form = CardForm(request.POST if request.method == "POST" else None, seen)
    if form.is_bound and form.is_valid():
        try:
            acts.set_card(request.actor, patient_id=patient_id, once=request.POST.get("once"), **form.given_values)  # type: ignore[call-arg]
        except NotAcceptable as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved. The patient sees the new questions from now on; earlier entries keep theirs."))
            return redirect("diary", patient_id=patient_id)
    return _diary(request, seen, form, UsualForm(None, seen))


def _diary(request: PageRequest, seen: SeenDiary, form: CardForm, usual: UsualForm) -> HttpResponse:
    context = {
        "tab": "diary",
        "part": "caseload",
        "patient": seen.patient,
        "seen": seen,
        "form": form,
        "usual": usual,
        "listed": [(entry, spoken(entry.card, entry.answers)) for entry in seen.entries],
    }
    return render(request, "own_side/diary.html", context, status=422 if form.errors or usual.errors else 200)


@page(Permission.CHANGE_RECORD)
@require_POST
def usual(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """What is usual for this person, until when and why."""
    seen = see_diary(request.actor, patient_id=patient_id)
    form = UsualForm(request.POST, seen)
    if form.is_valid():
        try:
            acts.set_usual(request.actor, patient_id=patient_id, once=request.POST.get("once"), **form.cleaned_data)  # type: ignore[call-arg]
        except (NotAcceptable, ReasonMissing) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Written down, with your name. Intent and acts are told as before."))
            return redirect("diary", patient_id=patient_id)
    return _diary(request, seen, CardForm(None, seen), form)
