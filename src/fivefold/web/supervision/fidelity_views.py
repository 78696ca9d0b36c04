"""Fidelity: one therapist's page, the same beside what has changed, drawing a sample, and rating a session."""

import uuid
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from fivefold.concepts.errors import FivefoldError
from fivefold.concepts.progress import Change, DoesNotKnow
from fivefold.engine.progress.overview import ScaleProgress
from fivefold.services import drafts
from fivefold.services import fidelity as acts
from fivefold.services.access import AccessDenied, NoSuchPatient, Permission
from fivefold.services.fidelity_outcome import see_fidelity_beside_outcome
from fivefold.services.knowledge import knowledge
from fivefold.services.sessions import NoSuchSession
from fivefold.web.pages import PageRequest, page
from fivefold.web.progress.views import CHANGE_WORDS, SURE_WORDS
from fivefold.web.supervision.fidelity_forms import SEEN, RatingForm, SampleForm, deviation_word


@page(Permission.SEE_SUPERVISION)
@require_http_methods(["GET", "HEAD", "POST"])
def fidelity(request: PageRequest, user_id: int) -> HttpResponseBase:
    """Ratings, deviations and samples of one therapist, for that therapist and for whoever supervises them."""
    sheet = acts.see_fidelity(request.actor, user_id=user_id)
    if request.method == "POST" and sheet.is_own:
        raise Http404
    start = {"since": sheet.today - timedelta(days=acts.DAYS_OF_A_SAMPLE), "until": sheet.today, "count": int(knowledge().fidelity.sample_sessions.value)}
    form = None if sheet.is_own else SampleForm(request.POST if request.method == "POST" else None, initial=start)
    if form is not None and form.is_bound and form.is_valid():
        try:
            acts.draw_sample(request.actor, user_id=user_id, once=request.POST.get("once"), **form.cleaned_data)  # type: ignore[call-arg]
        except (AccessDenied, NoSuchPatient):
            raise
        except FivefoldError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Drawn. Rate each before you look at any other rating of it."))
            return redirect("fidelity", user_id=user_id)
    context = {
        "part": "supervision",
        "sheet": sheet,
        "form": form,
        "rules": knowledge().fidelity,
        "highest": knowledge().fidelity.highest,
        "rows": [(one, [(rating, SEEN.get(rating.seen_by, "")) for rating in one.ratings]) for one in sheet.sessions],
        "deviations": [(one, deviation_word(one.kind)) for one in sheet.deviations],
    }
    return render(request, "supervision/fidelity.html", context, status=422 if form is not None and form.errors else 200)


@page(Permission.SEE_SUPERVISION)
@require_safe
def beside_outcome(request: PageRequest, user_id: int) -> HttpResponseBase:
    """How observers rated the sessions of one therapist, and beside it what has changed for the patients of these sessions."""
    sheet = see_fidelity_beside_outcome(request.actor, user_id=user_id)
    rows = [(one, _changed(one.measure) if one.measure else None) for one in sheet.rows]
    context = {"part": "supervision", "sheet": sheet, "rows": rows, "highest": knowledge().fidelity.highest}
    return render(request, "supervision/outcome.html", context)


def _changed(measure: ScaleProgress) -> dict[str, Any]:
    """A measure's name, how many results it has, its first and last, and what they say of change: a mark, a word, and why it is not known."""
    series, change = measure.series, measure.change
    instrument = knowledge().instruments[series.instrument]
    scale = instrument.scale(series.scale)
    name = instrument.name if len(instrument.scales) == 1 or scale is None else f"{instrument.name}, {scale.name}"
    ends = {"first": f"{round(series.scores[0].value, 2):g}", "last": f"{round(series.scores[-1].value, 2):g}", "on": series.scores[-1].on}
    found = {"name": name, "n": len(series.scores), **ends}
    if isinstance(change, DoesNotKnow):
        return found | {"mark": "unknown", "word": _("not known"), "why": change.because}
    return found | _known(change)


def _known(change: Change) -> dict[str, Any]:
    mark, word = CHANGE_WORDS[change.word]
    return {"mark": mark, "word": _("%(word)s, %(sure)s") % {"word": word, "sure": SURE_WORDS[change.grounds.sure]}, "why": ""}


@page(Permission.SEE_RECORD)
@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: PageRequest, patient_id: uuid.UUID, session_id: uuid.UUID) -> HttpResponseBase:
    """The checklist of one session, and one's own rating once it is given."""
    try:
        sheet = acts.see_rating(request.actor, patient_id=patient_id, session_id=session_id)
    except NoSuchSession:
        raise Http404 from None
    form = RatingForm(request.POST if request.method == "POST" else None, sheet) if sheet.given is None else None
    if form is not None and form.is_bound and form.is_valid() and _rated(request, sheet, form):
        drafts.drop_draft(request.actor, page=request.path, writing=request.POST.get("writing", ""))
        messages.success(request, _("Written down. It stays as it is."))
        return redirect("session_rate", patient_id=patient_id, session_id=session_id)
    context = {
        "tab": "session",
        "part": "caseload",
        "patient": sheet.patient,
        "sheet": sheet,
        "form": form,
        "rules": knowledge().fidelity,
        "highest": knowledge().fidelity.highest,
        "seen": SEEN.get(sheet.given.seen_by, "") if sheet.given else "",
        "points": [(value, point.name, point.anchor) for value, point in enumerate(knowledge().fidelity.points)],
    }
    return render(request, "supervision/rate.html", context, status=422 if form is not None and form.errors else 200)


def _rated(request: PageRequest, sheet: acts.RatingSheet, form: RatingForm) -> bool:
    known: dict[str, Any] = {"patient_id": sheet.patient.pk, "session_id": sheet.session.pk, "once": request.POST.get("once")}
    try:
        acts.rate_session(request.actor, answers=form.answers, seen_by=form.cleaned_data.get("seen_by", ""), remark=form.cleaned_data["remark"], **known)
    except (AccessDenied, NoSuchPatient):
        raise
    except FivefoldError as error:
        form.add_error(None, str(error))
        return False
    return True
