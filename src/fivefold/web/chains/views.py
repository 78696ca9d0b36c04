"""The pages of chain analyses: the list of a record, one chain drawn and in words, its versions, and the form of the next one."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from fivefold.services import chains as acts
from fivefold.services import drafts
from fivefold.services.access import Permission
from fivefold.services.chain_starts import see_diary_start
from fivefold.services.chains import LONGEST_TEXT
from fivefold.services.diary import NoSuchEntry
from fivefold.services.patients import NotAcceptable
from fivefold.services.plans import ChangedMeanwhile
from fivefold.web.chains.drawing import draw
from fivefold.web.chains.forms import ChainForm, Typed
from fivefold.web.chains.words import steps_of
from fivefold.web.pages import PageRequest, page

# Buttons that change what stands in the form and save nothing.
CHANGES = ("add", "remove", "up", "down")


def _frame(patient: Any) -> dict[str, Any]:
    return {"tab": "session", "part": "caseload", "patient": patient}


@page(Permission.SEE_RECORD)
@require_safe
def chains(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """Every chain analysis of a record, the latest first."""
    seen = acts.see_chains(request.actor, patient_id=patient_id)
    return render(request, "chains/chains.html", {**_frame(seen.patient), "seen": seen})


def _sheet(request: PageRequest, patient_id: uuid.UUID, number: int | None) -> acts.ChainSheet:
    try:
        return acts.see_chain(request.actor, patient_id=patient_id, number=number)
    except acts.NoSuchChain:
        raise Http404 from None


@page(Permission.SEE_RECORD)
@require_safe
def chain(request: PageRequest, patient_id: uuid.UUID, number: int) -> HttpResponseBase:
    """One chain as it counts."""
    sheet = _sheet(request, patient_id, number)
    return _show(request, sheet, sheet.versions[0])


@page(Permission.SEE_RECORD)
@require_safe
def version(request: PageRequest, patient_id: uuid.UUID, number: int, version: int) -> HttpResponseBase:
    """One version as it was written."""
    sheet = _sheet(request, patient_id, number)
    found = next((one for one in sheet.versions if one.version == version), None)
    if found is None:
        raise Http404
    return _show(request, sheet, found)


def _show(request: PageRequest, sheet: acts.ChainSheet, seen: acts.SeenChain) -> HttpResponseBase:
    names = dict(sheet.modules)
    context = {
        **_frame(sheet.patient),
        "sheet": sheet,
        "seen": seen,
        "is_newest": seen is sheet.versions[0],
        "drawing": draw(seen.content),
        "steps": steps_of(seen.content),
        "module": names.get(seen.module, seen.module),
    }
    return render(request, "chains/chain.html", context)


@page(Permission.CHANGE_RECORD)
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: PageRequest, patient_id: uuid.UUID, number: int | None = None) -> HttpResponseBase:
    """Write a chain, or the next version of one. Buttons that move links save nothing."""
    sheet = _sheet(request, patient_id, number)
    if not sheet.may_change:
        raise Http404
    if request.method != "POST":
        typed = Typed.of(sheet.newest.content if sheet.newest else None)
        for draft in drafts.see_draft(request.actor, page=request.path):
            typed = typed.at_least(draft.fields)
        shown = _asked_session(request, sheet) | _asked_entry(request, sheet)
        return _form(request, ChainForm(typed, sheet, shown=shown))
    typed = Typed.read(request.POST)
    if any(name in request.POST for name in CHANGES):
        typed = _changed(request, typed)
        ours = (*CHANGES, "once", "writing")
        around = [(name, value) for name, values in request.POST.lists() for value in values if not name.startswith("link-") and name not in ours]
        kept = [pair for pair in around if pair[0] != "csrfmiddlewaretoken"]
        drafts.keep_draft(request.actor, page=request.path, fields=[*kept, *typed.fields()], writing=request.POST.get("writing", ""))
        return _form(request, ChainForm(typed, sheet, shown=_shown(request)), is_typed=True)
    form = ChainForm(typed, sheet, request.POST)
    if not form.is_valid():
        return _form(request, form, is_typed=True, status=422)
    return _save(request, sheet, form)


def _asked_session(request: PageRequest, sheet: acts.ChainSheet) -> dict[str, Any]:
    """The session from whose page somebody comes, for a new chain."""
    asked = request.GET.get("session", "")
    known = {str(number) for number, _on in sheet.sessions}
    return {"session": asked} if sheet.newest is None and asked in known else {}


def _asked_entry(request: PageRequest, sheet: acts.ChainSheet) -> dict[str, Any]:
    """The diary entry from which somebody comes, for a new chain: what the patient entered, marked as theirs, to be talked through."""
    asked = request.GET.get("entry", "")
    if not asked or sheet.newest is not None:
        return {}
    try:
        start = see_diary_start(request.actor, patient_id=sheet.patient.pk, client_id=uuid.UUID(asked))
    except (ValueError, NoSuchEntry):
        raise Http404 from None
    coming = str(sheet.sessions[0][0])
    return {"on": start.on, "behaviour": start.behaviour, "kind": start.kind, "vulnerability": start.entered[:LONGEST_TEXT], "session": coming}


def _shown(request: PageRequest) -> dict[str, Any]:
    """What was typed around the links, as it stands."""
    sent = request.POST
    shown: dict[str, Any] = {name: sent.get(name, "") for name in sent if not name.startswith("link-")}
    return shown | {"shows": sent.getlist("shows"), "is_event": "is_event" in sent}


def _changed(request: PageRequest, typed: Typed) -> Typed:
    """A link more or less, or one in another place; a button that names none changes nothing."""
    if "add" in request.POST:
        return typed.with_link()
    action = next(name for name in CHANGES if name in request.POST)
    place = request.POST[action]
    if not (place.isascii() and place.isdigit()) or len(place) > 2:
        return typed
    return typed.without(int(place)) if action == "remove" else typed.moved(int(place), -1 if action == "up" else 1)


def _save(request: PageRequest, sheet: acts.ChainSheet, form: ChainForm) -> HttpResponseBase:
    patient_id, number = sheet.patient.pk, sheet.newest.number if sheet.newest else None
    known: dict[str, Any] = {"patient_id": patient_id, "number": number, "content": form.content, **form.frame}
    try:
        acts.save_chain(request.actor, once=request.POST.get("once"), **known)  # type: ignore[call-arg]
    except NotAcceptable as error:
        form.problems.append(str(error))
        return _form(request, form, is_typed=True, status=422)
    except ChangedMeanwhile as changed:
        # What was typed stays and takes the place of the newest when it is saved again; that one is a link away.
        again = ChainForm(form.typed, _sheet(request, patient_id, number), shown=_shown(request) | {"version": changed.version})
        return _form(request, again, is_typed=True, changed=changed, status=409)
    drafts.drop_draft(request.actor, page=request.path, writing=request.POST.get("writing", ""))
    if form.frame["is_event"]:
        messages.warning(request, _("Saved, and entered as an event. Go through the safety questions now, before you close the day."))
        return redirect("assessment_safety", patient_id=patient_id)
    messages.success(request, _("Saved. A correction is a new version; the earlier ones stay readable."))
    return redirect("chain", patient_id=patient_id, number=number) if number else redirect("chains", patient_id=patient_id)


def _form(request: PageRequest, form: ChainForm, *, is_typed: bool = False, changed: ChangedMeanwhile | None = None, status: int = 200) -> HttpResponseBase:
    context = {**_frame(form.sheet.patient), "sheet": form.sheet, "form": form, "is_typed": is_typed, "changed": changed, "last": len(form.links) - 1}
    return render(request, "chains/form.html", context, status=status)
