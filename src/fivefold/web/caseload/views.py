"""The caseload and what begins there."""

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fivefold.services import care_team, caseload_list, drafts, patients
from fivefold.services.access import Actor, Permission, is_done
from fivefold.services.patients import NotAcceptable
from fivefold.web.caseload import presenters
from fivefold.web.caseload.forms import NewPatientForm, OpenByNameForm
from fivefold.web.limits import limited
from fivefold.web.pages import PageRequest, page, page_number
from fivefold.web.ui.nav import patient_url

LONGEST_SEARCH = 120
FIELDS = {"Name": "name", "Year of birth": "birth_year"}


@page(Permission.SEE_CASELOAD)
@require_http_methods(["GET", "HEAD", "POST"])
@limited("search")
def caseload(request: PageRequest) -> HttpResponseBase:
    """One row for each patient by need. A search is sent by POST, because a name must not stand in an address."""
    filters = presenters.read_filters(request.POST if request.method == "POST" else request.GET)
    # Not again with each letter of a search: that would look for what has passed ten times in a second.
    see = caseload_list.see_caseload if request.method == "POST" else caseload_list.open_caseload
    seen = see(request.actor, search=filters.search, signal=filters.signal, phase=filters.phase, page=filters.page)
    context = {
        "part": "caseload",
        "seen": seen,
        "filters": filters,
        "lines": presenters.lines(seen),
        "signals": presenters.signal_choices(seen, filters),
        "phases": presenters.phase_choices(seen, filters),
        "lead": presenters.lead_sentence(seen),
        "found": presenters.found_words(seen),
        "behind": presenters.behind_words(seen),
        "shows_therapists": request.actor.role != "therapist",
    }
    return render(request, "caseload/caseload.html", context)


@page(Permission.SEE_CASELOAD)
@require_safe
def ended(request: PageRequest) -> HttpResponseBase:
    """Records whose care has ended: to read on, or to take somebody on again."""
    seen = caseload_list.see_closed(request.actor, page=page_number(request.GET.get("page", "")))
    return render(request, "caseload/ended.html", {"part": "caseload", "seen": seen})


@page(Permission.SEE_CASELOAD)
@require_POST
@limited("search")
def jump(request: PageRequest) -> HttpResponseBase:
    """Patients and pages whose name holds what was typed, for the field that is reached with Ctrl+K."""
    search = request.POST.get("q", "").strip()[:LONGEST_SEARCH]
    found = caseload_list.find_patients(request.actor, search=search)
    own = [{"name": name, "url": patient_url("patient_map", pk), "what": presenters.phase_name(phase)} for pk, name, phase in found]
    entries = own + presenters.places_to_jump(request.actor, search)
    words = ngettext("%(many)d found", "%(many)d found", len(entries)) if entries else _("Nobody among those you care for, and no page.")
    return JsonResponse({"entries": entries, "words": words % {"many": len(entries)} if entries else words})


@page(Permission.ADD_PATIENT)
@require_http_methods(["GET", "HEAD", "POST"])
def new_patient(request: PageRequest) -> HttpResponseBase:
    """Take somebody on and go straight to the safety questions."""
    sent = request.POST if request.method == "POST" else None
    alike = caseload_list.find_alike(request.actor, name=sent.get("name", "")[:LONGEST_SEARCH]) if sent is not None else []
    if sent is not None and alike and is_done(request.actor, "add_patient", sent.get("once")):
        alike = []  # it came twice, and who is alike is who was taken on by the first: looked for after the names, so that both are seen
    form = NewPatientForm(sent, ask_whether_other=bool(alike))
    if form.is_bound and form.is_valid() and alike and not form.cleaned_data["is_other"]:
        form.add_error("is_other", _("You care for somebody of this name, or nearly this name. Open that record, or tick this and go on."))
    if form.is_bound and form.is_valid():
        patient_id = _add(request.actor, form, request.POST.get("once"))
        if patient_id is not None:
            drafts.drop_draft(request.actor, page=request.path, writing=request.POST.get("writing", ""))
            messages.success(request, _("%(name)s is on your caseload. Safety questions come first.") % {"name": form.cleaned_data["name"]})
            return redirect(patient_url("assessment_safety", patient_id))
    return render(request, "caseload/new_patient.html", {"part": "caseload", "form": form, "alike": alike}, status=422 if form.errors else 200)


def _add(actor: Actor, form: Form, once: str | None) -> object:
    """The id of the patient, or None with the problem told at its field."""
    given = form.cleaned_data
    wanted = {"name": given["name"], "birth_year": given["birth_year"], "language": given["language"], "reference": given["reference"]}
    try:
        patient = patients.add_patient(actor, **wanted, once=once)  # type: ignore[call-arg]  # the act's wrapper takes it
    except NotAcceptable as error:
        _tell(form, error)
        return None
    return getattr(patient, "pk", patient)


def _tell(form: Form, error: NotAcceptable) -> None:
    """What was entered, and what was expected, at the field it belongs to."""
    name = FIELDS.get(error.field)
    entered = str(form.data.get(name, "")) if name else ""
    form.add_error(name, _("You entered “%(value)s”. %(expected)s") % {"value": entered, "expected": error} if entered else str(error))


@page(Permission.BREAK_GLASS)
@require_http_methods(["GET", "HEAD", "POST"])
@limited("open_record")
def open_by_name(request: PageRequest) -> HttpResponseBase:
    """Open the record of somebody one has no relation to, by the exact name, with a reason and for a short time."""
    form = OpenByNameForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        patient_id = _open(request.actor, form)
        if patient_id is not None:
            drafts.drop_draft(request.actor, page=request.path, writing=request.POST.get("writing", ""))
            messages.success(request, _("The record is open to you for a short time. The care team sees your name and your reason."))
            return redirect(patient_url("patient_map", patient_id))
    return render(request, "caseload/without_relation.html", {"part": "caseload", "form": form}, status=422 if form.errors else 200)


def _open(actor: Actor, form: Form) -> object:
    given = form.cleaned_data
    try:
        found = care_team.open_by_name(actor, name=given["name"], birth_year=given["birth_year"], reason=given["reason"], hours=int(given["hours"]))
    except NotAcceptable as error:
        _tell(form, error)
        return None
    if found is None:
        form.add_error("name", _("There is no record of this clinic with exactly this name and year of birth. Check the spelling; the attempt was noted."))
    return found
