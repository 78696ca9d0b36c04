"""The pages of training: what there is to practise, one case, the feedback, and the way through the library."""

import uuid
from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fivefold.concepts.errors import UnknownThing
from fivefold.documents.book_pages import Place
from fivefold.services import drafts
from fivefold.services import training as acts
from fivefold.services.access import Permission
from fivefold.services.patients import NotAcceptable
from fivefold.services.training_cases import TrainingCase
from fivefold.web.library.shelf import url_of
from fivefold.web.pages import PageRequest, page
from fivefold.web.training.feedback import agreement_rows, in_words
from fivefold.web.training.forms import AttemptForm, ShareForm
from fivefold.web.training.known import known_of

FRAME = {"part": "training"}
LEAST_CASES = 2  # a theme of one case alone would name the case


@page(Permission.SEE_LIBRARY)
@require_safe
def desk(request: PageRequest) -> HttpResponseBase:
    """What to practise next, all cases, one's own attempts and what has been practised."""
    seen = acts.see_desk(request.actor)
    base = seen.book.knowledge
    phase, theme = request.GET.get("phase", ""), request.GET.get("theme", "")
    tries = Counter(one.case for one in seen.attempts)
    last = {one.case: one.at for one in reversed(seen.attempts)}
    shown = [case for case in seen.book.cases if (not phase or case.phase.value == phase) and (not theme or theme in case.themes)]
    titles = {case.id: case.title for case in seen.book.cases}
    reading = acts.see_reading_path(request.actor)
    context = {
        **FRAME,
        "tab": "desk",
        "seen": seen,
        "cases": [(case, tries[case.id], last.get(case.id)) for case in shown],
        "phases": [(key.value, one.name) for key, one in base.phases.items()],
        "themes": _themes(seen.book.cases, base),
        "phase": phase,
        "theme": theme,
        "attempts": [(one, titles.get(one.case, one.case)) for one in seen.attempts],
        "shared": [(one, titles.get(one.case, one.case)) for one in seen.shared],
        "by_phase": [(base.phases[key].name, key.value, found) for found in seen.phases for key in base.phases if key.value == found.name],
        "by_module": _modules(seen, base),
        "agreement": agreement_rows(seen.book.agreement),
        "keyed_twice": seen.book.agreement.cases,
        "reading": reading,
        "next_page": url_of(reading.next.place) if reading.next else "",
    }
    return render(request, "training/desk.html", context)


def _modules(seen: acts.TrainingDesk, knowledge: Any) -> list[dict[str, Any]]:
    """Every specific module with what was practised of it (None for nothing yet), on how many cases it can be, and its page in the library."""
    found = {one.name: one for one in seen.modules}
    return [
        {
            "id": name,
            "name": module.short_name,
            "found": found.get(name),
            "cases": len(seen.book.about(name)),
            "url": url_of(Place("specific-modules", name)),
        }
        for name, module in knowledge.modules.items()
    ]


def _themes(cases: tuple[TrainingCase, ...], knowledge: Any) -> list[tuple[str, str]]:
    many = Counter(theme for case in cases for theme in case.themes)
    return sorted(((name, knowledge.impairments[name].name) for name, count in many.items() if count >= LEAST_CASES), key=lambda one: one[1])


@page(Permission.SEE_LIBRARY)
@require_http_methods(["GET", "HEAD", "POST"])
def practise(request: PageRequest, case: str) -> HttpResponseBase:
    """Read one case, and choose; the answers are shown when the choice has been kept."""
    try:
        book, found = acts.open_case(request.actor, case=case)
    except UnknownThing:
        raise Http404 from None
    form = AttemptForm(request.POST if request.method == "POST" else None, book.knowledge)
    if form.is_bound and form.is_valid():
        try:
            kept = acts.record_attempt(  # type: ignore[call-arg]
                request.actor, case=case, choice=form.choice, words=form.cleaned_data["words"], once=request.POST.get("once")
            )
        except NotAcceptable as error:
            form.add_error(None, str(error))
        else:
            drafts.drop_draft(request.actor, page=request.path, writing=request.POST.get("writing", ""))
            return redirect("training_attempt", attempt_id=kept)
    context = {**FRAME, "tab": "desk", "case": found, "known": known_of(found.assessment, book.knowledge), "form": form}
    return render(request, "training/case.html", context, status=422 if form.errors else 200)


@page(Permission.SEE_LIBRARY)
@require_safe
def attempt(request: PageRequest, attempt_id: uuid.UUID) -> HttpResponseBase:
    """The feedback on one attempt."""
    return render(request, "training/attempt.html", _feedback(_seen(request, attempt_id)))


def _seen(request: PageRequest, attempt_id: uuid.UUID) -> acts.ReviewedAttempt:
    try:
        return acts.see_attempt(request.actor, attempt_id=attempt_id)
    except acts.NoSuchAttempt:
        raise Http404 from None


def _feedback(seen: acts.ReviewedAttempt, form: ShareForm | None = None) -> dict[str, Any]:
    shared = {key for key, _name in seen.shared_with}
    others = tuple(one for one in seen.supervisors if one[0] not in shared)
    return {
        **FRAME,
        "tab": "desk",
        "seen": seen,
        "case": seen.case,
        "said": in_words(seen),
        "form": form or (ShareForm(None, others) if others else None),
        "agreement": agreement_rows(seen.book.agreement),
        "keyed_twice": seen.book.agreement.cases,
    }


@page(Permission.SEE_LIBRARY)
@require_POST
def share(request: PageRequest, attempt_id: uuid.UUID) -> HttpResponseBase:
    """Share one's own attempt with a supervisor, or no longer."""
    seen = _seen(request, attempt_id)
    ends = "end" in request.POST
    form = ShareForm(request.POST, seen.shared_with if ends else seen.supervisors)
    if form.is_valid():
        try:
            acts.share_attempt(request.actor, attempt_id=attempt_id, with_user=form.cleaned_data["with_user"], given=not ends)
        except acts.NoSuchAttempt:
            raise Http404 from None
        except NotAcceptable as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("No longer shared.") if ends else _("Shared. It can be taken back at any time."))
            return redirect("training_attempt", attempt_id=attempt_id)
    return render(request, "training/attempt.html", _feedback(seen, form), status=422)


@page(Permission.SEE_LIBRARY)
@require_http_methods(["GET", "HEAD", "POST"])
def reading(request: PageRequest) -> HttpResponseBase:
    """The way through the library, with one's own marks."""
    if request.method == "POST":
        chapter, _slash, name = request.POST.get("place", "").partition("/")
        try:
            acts.mark_read(request.actor, place=Place(chapter, name), read=request.POST.get("read") == "yes")
        except UnknownThing:
            raise Http404 from None
        return redirect(f"{request.path}#{chapter}")
    path = acts.see_reading_path(request.actor)
    context = {
        **FRAME,
        "tab": "reading",
        "path": path,
        "chapters": [(chapter, [(step, url_of(step.place), f"{step.place.chapter}/{step.place.name}") for step in chapter.steps]) for chapter in path.chapters],
        "next_page": url_of(path.next.place) if path.next else "",
    }
    return render(request, "training/reading.html", context)
