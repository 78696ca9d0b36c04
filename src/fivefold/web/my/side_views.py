"""Pages beside a record about the patient's own pages: opening them together, how they stand, closing them."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from fivefold.services import own_access, own_course
from fivefold.services.access import Permission
from fivefold.services.patients import NotAcceptable
from fivefold.services.plans import ChangedMeanwhile
from fivefold.web.limits import limited
from fivefold.web.my.forms import InvitePatientForm
from fivefold.web.my.pictures import picture_of
from fivefold.web.pages import PageRequest, page, whole_address

LINK = "own_link_to_show"
WHY_WORDS = {"team": gettext_lazy("closed by the care team"), "care": gettext_lazy("care ended"), "patient": gettext_lazy("the patient closed them")}


@page(Permission.SEE_RECORD)
@require_http_methods(["GET", "HEAD", "POST"])
@limited("invite")
def own_side(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """How the patient's own pages stand; after the form, the link, once."""
    seen = own_access.see_own_access(request.actor, patient_id=patient_id)
    form = InvitePatientForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            token = own_access.invite_patient(request.actor, patient_id=patient_id, agreed=form.agreed)
        except (own_access.NoConsent, own_access.CareIsOver) as error:
            form.add_error(None, str(error))
        else:
            request.session[LINK] = {"patient": str(patient_id), "address": _address(request, token), "signs_in": False}
            return redirect("own_side", patient_id=patient_id)
    return _own_side(request, seen, form)


def _own_side(
    request: PageRequest, seen: own_access.OwnAccess, form: InvitePatientForm, trouble: str = "", status: int = 200, ticked: Any = None
) -> HttpResponse:
    """The page; ``ticked`` are the curves that somebody chose and that could not be kept."""
    link: dict[str, Any] = request.session.pop(LINK, None) or {}
    address = link.get("address", "") if link.get("patient") == str(seen.patient.pk) else ""
    choices = own_course.see_curve_choices(request.actor, patient_id=seen.patient.pk)
    context = {
        "tab": "own_side",
        "part": "caseload",
        "patient": seen.patient,
        "access": seen,
        "form": form,
        "link": address,
        "link_signs_in": link.get("signs_in"),
        "picture": picture_of(address) if address else "",
        "ended": [(when, WHY_WORDS.get(why, why)) for when, why in seen.ended],
        "choices": choices,
        "ticked": choices.released if ticked is None else ticked,
        "most_curves": own_course.MOST_CURVES,
        "trouble": trouble,
    }
    return render(request, "own_side/own_side.html", context, status=422 if form.errors else status)


def _address(request: PageRequest, token: str, route: str = "my_join") -> str:
    return whole_address(request, reverse(route, kwargs={"token": token}))


@page(Permission.CHANGE_RECORD)
@require_POST
def curves(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """Which curves of their own answers the patient sees."""
    version = request.POST.get("version", "")
    given = {"released": request.POST.getlist("curve"), "version": int(version) if version.isdecimal() and len(version) < 10 else -1}
    try:
        own_course.release_curves(request.actor, patient_id=patient_id, **given)  # type: ignore[arg-type]  # put together above
    except (NotAcceptable, ChangedMeanwhile) as error:
        seen = own_access.see_own_access(request.actor, patient_id=patient_id)
        told = f"{error} " + _("The patient sees now: %(curves)s.") % error.theirs if isinstance(error, ChangedMeanwhile) else str(error)
        return _own_side(request, seen, InvitePatientForm(None), told, 409 if isinstance(error, ChangedMeanwhile) else 422, given["released"])
    messages.success(request, _("Saved. The patient sees these curves from now on, and no other."))
    return redirect(reverse("own_side", kwargs={"patient_id": patient_id}) + "#curves")


@page(Permission.CHANGE_RECORD)
@require_POST
@limited("invite")
def sign_in_link(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """A link with which the patient signs in once; shown once."""
    try:
        token = own_access.make_own_sign_in_link(request.actor, patient_id=patient_id)
    except (own_access.NoOwnPages, own_access.CareIsOver) as error:
        messages.error(request, str(error))
    else:
        request.session[LINK] = {"patient": str(patient_id), "address": _address(request, token, "my_enter"), "signs_in": True}
    return redirect("own_side", patient_id=patient_id)


@page(Permission.CHANGE_RECORD)
@require_POST
def withdraw(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """The open link works no more."""
    own_access.withdraw_link(request.actor, patient_id=patient_id)
    messages.success(request, _("The link no longer works."))
    return redirect("own_side", patient_id=patient_id)


@page(Permission.CHANGE_RECORD)
@require_POST
def end(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """The patient's own pages are closed."""
    own_access.end_own_access(request.actor, patient_id=patient_id)
    messages.success(request, _("Closed from the next click on. What was written there stays in the record."))
    return redirect("own_side", patient_id=patient_id)
