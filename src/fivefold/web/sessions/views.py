"""The pages of the hour: prepare and write one session, read signed ones, contacts between sessions, process notes."""

import uuid
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from fivefold.concepts.errors import InputRefused
from fivefold.services import drafts
from fivefold.services import process_notes as own_notes
from fivefold.services import sessions as acts
from fivefold.services.access import Permission
from fivefold.services.patients import NotAcceptable
from fivefold.services.session_note import OWN, Safety, arrange
from fivefold.services.session_words import ORIGIN_WORDS
from fivefold.web.pages import PageRequest, page
from fivefold.web.patients.words import view_of
from fivefold.web.sessions.agenda import agenda_of
from fivefold.web.sessions.forms import BEGAN_BY, CAME, HOW, MEETINGS, AmendForm, ContactForm, CosignForm, ProcessNoteForm, SessionForm, chosen
from fivefold.web.ui.templatetags.ui import day

# From so much on a record counts as older than the first session in it.
LONG_BEFORE = timedelta(days=28)
STYLES = (("soap", gettext_lazy("SOAP")), ("dap", gettext_lazy("DAP")), ("birp", gettext_lazy("BIRP")), ("free", gettext_lazy("in one piece")))
HEADINGS = {
    "Subjective": gettext_lazy("Subjective"),
    "Objective": gettext_lazy("Objective"),
    "Assessment": gettext_lazy("Assessment"),
    "Plan": gettext_lazy("Plan"),
    "Data": gettext_lazy("Data"),
    "Behaviour": gettext_lazy("Behaviour"),
    "Intervention": gettext_lazy("Intervention"),
    "Response": gettext_lazy("Response"),
    "Note": gettext_lazy("Note"),
}
# What the services call a field, and what the form does.
FIELDS = {
    "Day": "on", "Session": "came", "Minutes": "minutes", "Suicide and self-harm": "safety", "Something new": "safety", "Since last time": "safety",
    "Next session": "next_on", "Goals": "goals", "Other than planned": "departed", "Why": "departed_why",
}  # fmt: skip


@page(Permission.SEE_RECORD)
@require_http_methods(["GET", "HEAD", "POST"])
def workspace(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """One screen through the hour; signing locks the note."""
    seen = acts.see_workspace(request.actor, patient_id=patient_id)
    form = SessionForm(request.POST if request.method == "POST" else None, seen)
    if form.is_bound and form.is_valid():
        done = _sign(request, patient_id, form)
        if done is not None:
            return done
    return render(request, "sessions/workspace.html", _workspace(seen, form), status=422 if form.errors else 200)


def _sign(request: PageRequest, patient_id: uuid.UUID, form: SessionForm) -> HttpResponseBase | None:
    """Where to go after signing, or None with the problem in the form."""
    try:
        acts.sign_session(request.actor, patient_id=patient_id, report=form.report, once=request.POST.get("once"))  # type: ignore[call-arg]
    except NotAcceptable as error:
        form.add_error(FIELDS.get(error.field), str(error))
        return None
    except InputRefused as refused:
        form.add_error(None, str(refused))
        return None
    drafts.drop_draft(request.actor, page=request.path, writing=request.POST.get("writing", ""))
    if form.report.safety is Safety.SOMETHING_NEW or form.report.events:
        messages.warning(request, _("Signed. Something new was told: go through the safety questions now, before you close the day."))
        return redirect("assessment_safety", patient_id=patient_id)
    messages.success(request, _("Signed and locked. What comes later can be written beside it."))
    return redirect("sessions", patient_id=patient_id)


def _workspace(seen: acts.Workspace, form: SessionForm) -> dict[str, Any]:
    view = view_of(seen.plan, shared=False)
    return {
        "tab": "session",
        "part": "caseload",
        "patient": seen.patient,
        "seen": seen,
        "form": form,
        "agenda": agenda_of(seen, view),
        "phase": view.phase_name(seen.plan.phase.overall),
        "phase_id": seen.plan.phase.overall.value,
        "last": _note(seen.last, "free") if seen.last else None,
    }


def _note(one: acts.SeenSession, style: str) -> dict[str, Any]:
    """A signed session in the words of a page."""
    arranged = arrange(one.content.lines, style, one.style.own)
    # The headings of the clinic's own style are its words, and stand as they were written.
    parts = [(heading if style == OWN else HEADINGS[heading], [(line, ORIGIN_WORDS[line.origin]) for line in lines]) for heading, lines in arranged]
    beside = [(addition, ORIGIN_WORDS[addition.origin]) for addition in one.additions]
    return {"one": one, "row": one.row, "parts": parts, "beside": beside, "came": chosen(CAME, one.row.came), "meeting": chosen(MEETINGS, one.row.meeting)}


@page(Permission.SEE_RECORD)
@require_http_methods(["GET", "HEAD"])
def sessions(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """All sessions and the contacts between them, the latest first."""
    seen = acts.see_sessions(request.actor, patient_id=patient_id)
    return render(request, "sessions/sessions.html", _list(seen, ContactForm(None, seen.today)))


def _list(seen: acts.SessionList, form: ContactForm) -> dict[str, Any]:
    held = [(one.row.on, 1, _note(one, "free"), None) for one in seen.sessions]
    between = [(one.row.on, 0, None, (one, chosen(HOW, one.row.how), chosen(BEGAN_BY, one.row.began_by))) for one in seen.contacts]
    rows = sorted([*held, *between], key=lambda entry: entry[:2], reverse=True)
    return {
        "tab": "session",
        "part": "caseload",
        "patient": seen.patient,
        "seen": seen,
        "form": form,
        "rows": [(note, contact) for _on, _kind, note, contact in rows],
        "written_since": _written_since(seen),
    }


def _written_since(seen: acts.SessionList) -> date | None:
    """The day of the first session here, where the record is weeks older: what was before it was written elsewhere, or not."""
    first = min((one.row.on for one in seen.sessions), default=None)
    began = localdate(seen.patient.created_at)
    return first if first is not None and first - began > LONG_BEFORE else None


@page(Permission.CHANGE_RECORD)
@require_POST
def contact(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """Write a contact between sessions down."""
    seen = acts.see_sessions(request.actor, patient_id=patient_id)
    form = ContactForm(request.POST, seen.today)
    known: dict[str, Any] = {"patient_id": patient_id, "once": request.POST.get("once")}
    if form.is_valid() and _accepted(form, lambda given: acts.record_contact(request.actor, **known, **given)):
        messages.success(request, _("Written down."))
        return redirect("assessment_safety" if form.cleaned_data["is_danger"] or form.cleaned_data["how"] == "crisis" else "sessions", patient_id=patient_id)
    return render(request, "sessions/sessions.html", _list(seen, form), status=422)


def _accepted(form: Form, act: Any) -> bool:
    """Whether an act took what the form holds; what it refuses is told in the form."""
    try:
        act(form.cleaned_data)
    except NotAcceptable as error:
        form.add_error(None, str(error))
    except InputRefused as refused:
        form.add_error(None, str(refused))
    return not form.errors


@page(Permission.SEE_RECORD)
@require_http_methods(["GET", "HEAD", "POST"])
def signed(request: PageRequest, patient_id: uuid.UUID, session_id: uuid.UUID) -> HttpResponseBase:
    """A signed note in the style that is wanted, what stands beside it, and a form to write more beside it."""
    one = acts.see_session(request.actor, patient_id=patient_id, session_id=session_id)
    form = AmendForm(request.POST if request.method == "POST" else None)
    known: dict[str, Any] = {"patient_id": patient_id, "session_id": session_id, "once": request.POST.get("once")}
    if form.is_bound and form.is_valid() and _accepted(form, lambda given: acts.amend_session(request.actor, **known, **given)):
        messages.success(request, _("Added to the note. The note itself stays as it was signed."))
        return redirect(request.path)
    styles = (*STYLES, (OWN, _("our own"))) if one.style.own else STYLES
    wanted = request.GET.get("style", one.style.first)
    style = wanted if wanted in dict(styles) else "free"
    context = {
        "tab": "session",
        "part": "caseload",
        "patient": one.row.patient,
        "note": _note(one, style),
        "style": style,
        "styles": styles,
        "form": form,
        "cosign": CosignForm(),
        "title": _("Session %(n)d, %(on)s") % {"n": one.row.number, "on": day(one.row.on)},
        "is_own": one.row.author_id == request.actor.user.pk,
    }
    return render(request, "sessions/signed.html", context, status=422 if form.errors else 200)


@page(Permission.COSIGN)
@require_POST
def cosign(request: PageRequest, patient_id: uuid.UUID, session_id: uuid.UUID) -> HttpResponseBase:
    """A supervisor's signature under somebody else's note."""
    words = request.POST.get("words", "")
    acts.cosign_session(request.actor, patient_id=patient_id, session_id=session_id, words=words, once=request.POST.get("once"))  # type: ignore[call-arg]
    messages.success(request, _("Co-signed."))
    return redirect("session_signed", patient_id=patient_id, session_id=session_id)


@page(Permission.PROCESS_NOTES)
@require_http_methods(["GET", "HEAD", "POST"])
def process_notes(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """One's own process notes, which no other page, copy or search knows."""
    form = ProcessNoteForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        own_notes.write_process_note(  # type: ignore[call-arg]
            request.actor, patient_id=patient_id, text=form.cleaned_data["text"], once=request.POST.get("once")
        )
        drafts.drop_draft(request.actor, page=request.path, writing=request.POST.get("writing", ""))
        messages.success(request, _("Written down, for you alone."))
        return redirect(request.path)
    seen = own_notes.see_process_notes(request.actor, patient_id=patient_id)
    context = {"tab": "session", "part": "caseload", "patient": seen.patient, "notes": seen.notes, "form": form}
    return render(request, "sessions/process_notes.html", context, status=422 if form.errors else 200)
