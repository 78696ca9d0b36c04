"""The signals of the day and of one patient, and what is done with each."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from fivefold.concepts.errors import FivefoldError
from fivefold.services import feedback, signal_acts, signal_list
from fivefold.services.access import AccessDenied, NoSuchPatient, Permission
from fivefold.services.patients import NotAcceptable
from fivefold.services.plans import ChangedMeanwhile
from fivefold.services.signal_list import Digest, SeenSignal, SignalSheet
from fivefold.web.pages import PageRequest, page
from fivefold.web.signals.forms import ActForm, CloseForm, HandForm, PutOffForm, ReleaseForm
from fivefold.web.signals.words import LEVEL_WORDS, MISSING_WORDS, ORIGIN_WORDS, PAGE_OF, STATUS_WORDS, STEP_WORDS, grounds, net_words
from fivefold.web.ui.nav import patient_url


@page(Permission.SEE_CASELOAD)
@require_safe
def digest(request: PageRequest) -> HttpResponseBase:
    """What somebody has to read today, and no more than can be read."""
    seen = signal_list.open_digest(request.actor)
    context = {
        "part": "digest",
        "seen": seen,
        "lead": _lead(seen),
        "net": net_words(seen.net) if seen.net else None,
        "safety": [_card(one) for one in seen.safety],
        "standing": [(one, _(one.text)) for one in seen.standing],
        "groups": [(patient_id, name, [_card(one) for one in ones]) for patient_id, name, ones in seen.grouped],
    }
    return render(request, "signals/digest.html", context)


def _lead(seen: Digest) -> str:
    """How many there are, in one sentence."""
    if not seen.safety and not seen.course and not seen.standing:
        if seen.elsewhere:
            return _("No signal is told to you now.")
        return _("Nothing waits for you now. That nothing was seen is not a sign that all is well.")
    many, course = len(seen.safety) + len(seen.standing), len(seen.course) + seen.more
    if not many:
        return ngettext("%(n)d matter about the course of treatment.", "%(n)d matters about the course of treatment.", course) % {"n": course}
    danger = ngettext("%(n)d matter about danger", "%(n)d matters about danger", many) % {"n": many}
    others = ngettext("%(n)d about the course of treatment", "%(n)d about the course of treatment", course) % {"n": course}
    return _("%(danger)s, %(others)s.") % {"danger": danger, "others": others}


def _card(one: SeenSignal) -> dict[str, Any]:
    """One signal in words, with the way to where its action is done."""
    route, to = PAGE_OF[one.rule.page]
    return {
        "id": one.id,
        "patient_id": one.patient_id,
        "patient": one.patient_name,
        "name": one.rule.name,
        "is_safety": one.is_safety,
        "mark": "safety" if one.is_safety else "watch",
        "shown": one.shown,
        "url": patient_url(route, one.patient_id),
        "to": to,
        "status": STATUS_WORDS[one.status],
        "grounds": grounds(one),
        "origin": ORIGIN_WORDS[one.origin],
        "level": LEVEL_WORDS[one.level],
        "basis": one.rule.basis.words,
        "missing": MISSING_WORDS.get(one.missing, ""),
        "steps": [(step, STEP_WORDS[step.step]) for step in one.steps],
        "signal": one,
    }


# ---- One patient ---------------------------------------------------------------------------------------------------------


@page(Permission.SEE_RECORD)
@require_safe
def signals(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """The open signals of one patient with what can be done, and those that were closed."""
    return _show(request, signal_list.see_signals(request.actor, patient_id=patient_id))


def _show(
    request: PageRequest,
    sheet: SignalSheet,
    wrong: tuple[uuid.UUID, str, Form] | None = None,
    told: ChangedMeanwhile | None = None,
    release_form: Form | None = None,
    status: int = 200,
) -> HttpResponseBase:
    context = {
        "tab": "signals",
        "part": "caseload",
        "patient": sheet.patient,
        "sheet": sheet,
        "danger": _(sheet.danger) if sheet.danger else "",
        "cards": [_with_forms(one, sheet, wrong) for one in sheet.open],
        "closed": [_card(one) for one in sheet.closed],
        "release_form": release_form or ReleaseForm(initial=_release(sheet), prefix="release"),
        "is_release_wrong": release_form is not None,
        "told_words": feedback.NOT_ON_TRACK_WORDS,
        "changed": told,
    }
    return render(request, "signals/signals.html", context, status=status)


def _release(sheet: SignalSheet) -> dict[str, Any]:
    """The other answer than the one that holds."""
    return {"version": sheet.release.version, "given": "no" if sheet.release.given else "yes"}


def _with_forms(one: SeenSignal, sheet: SignalSheet, wrong: tuple[uuid.UUID, str, Form] | None) -> dict[str, Any]:
    """A card with the forms of this signal; the one that was refused keeps what was typed."""

    def start(name: str) -> dict[str, Any]:
        return {"initial": {"version": one.version}, "auto_id": _auto_id(one.id, name)}

    shown: dict[str, Form] = {"act": ActForm(**start("act")), "close": CloseForm(**start("close")), "hand": HandForm(people=sheet.can_own, **start("hand"))}
    if not one.is_safety:
        shown["put_off"] = PutOffForm(**start("put_off"))
    if wrong is not None and wrong[0] == one.id:
        shown[wrong[1]] = wrong[2]
    return {**_card(one), "forms": shown, "wrong": wrong[1] if wrong is not None and wrong[0] == one.id else ""}


def _auto_id(signal_id: uuid.UUID, name: str) -> str:
    """Ids of fields of their own for each form of each signal, so that a label names its own field."""
    return f"id_{signal_id.hex[:8]}_{name}_%s"


@page(Permission.SEE_RECORD)
@require_POST
def seen(request: PageRequest, patient_id: uuid.UUID, signal_id: uuid.UUID) -> HttpResponseBase:
    """Note that it was seen."""
    try:
        noted = signal_acts.see_signal(request.actor, patient_id=patient_id, signal_id=signal_id)
    except signal_acts.NoSuchSignal as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, _("Noted that you have seen it.") if noted else _("It has been seen already, or it is not yours to see; nothing was changed.")
        )
    return redirect("signals", patient_id=patient_id)


@page(Permission.SEE_RECORD)
@require_POST
def hand(request: PageRequest, patient_id: uuid.UUID, signal_id: uuid.UUID) -> HttpResponseBase:
    """Hand it to somebody who can act on it."""
    people = signal_list.see_signals(request.actor, patient_id=patient_id).can_own
    return _do(request, patient_id, signal_id, "hand", HandForm(request.POST, people=people), signal_acts.assign_signal, _("Handed on."))


@page(Permission.CHANGE_RECORD)
@require_POST
def act(request: PageRequest, patient_id: uuid.UUID, signal_id: uuid.UUID) -> HttpResponseBase:
    """Write down what was done."""
    return _do(
        request, patient_id, signal_id, "act", ActForm(request.POST), signal_acts.act_on_signal, _("Written down. The signal stays open until you close it.")
    )


@page(Permission.CHANGE_RECORD)
@require_POST
def put_off(request: PageRequest, patient_id: uuid.UUID, signal_id: uuid.UUID) -> HttpResponseBase:
    """Put it off until a day."""
    return _do(
        request, patient_id, signal_id, "put_off", PutOffForm(request.POST), signal_acts.snooze_signal, _("Put off. It comes back by itself on that day.")
    )


@page(Permission.CHANGE_RECORD)
@require_POST
def close(request: PageRequest, patient_id: uuid.UUID, signal_id: uuid.UUID) -> HttpResponseBase:
    """Close it with what came of it."""
    return _do(request, patient_id, signal_id, "close", CloseForm(request.POST), signal_acts.close_signal, _("Closed."))


def _do(request: PageRequest, patient_id: uuid.UUID, signal_id: uuid.UUID, name: str, form: Form, do: Callable[..., object], done: str) -> HttpResponseBase:
    """One act on a signal, or the page again with what was wrong and nothing lost."""
    form.auto_id = _auto_id(signal_id, name)
    told = None
    status = 422
    if form.is_valid():
        try:
            do(request.actor, patient_id=patient_id, signal_id=signal_id, once=request.POST.get("once"), **form.cleaned_data)
        except ChangedMeanwhile as changed:
            told, status = changed, 409
        except (AccessDenied, NoSuchPatient):
            raise
        except FivefoldError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, done)
            return redirect("signals", patient_id=patient_id)
    sheet = signal_list.see_signals(request.actor, patient_id=patient_id)
    if told is not None:
        form.data = {**form.data.dict(), "version": str(told.version)}  # type: ignore[attr-defined]  # what was typed, on what stands now
    return _show(request, sheet, (signal_id, name, form), told, status=status)


@page(Permission.CHANGE_RECORD)
@require_POST
def release(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """Decide whether this patient may read about the course."""
    form = ReleaseForm(request.POST, prefix="release")
    status = 422
    if form.is_valid():
        try:
            feedback.release_feedback(request.actor, patient_id=patient_id, **form.cleaned_data)
        except ChangedMeanwhile as changed:
            form.add_error(None, f"{changed} " + "; ".join(str(words) for words in changed.theirs.values()))
            form.data = {**request.POST.dict(), "release-version": str(changed.version)}
            status = 409
        except NotAcceptable as error:
            form.add_error("reason", str(error))
        else:
            messages.success(request, _("Decided, and noted in the record."))
            return redirect("signals", patient_id=patient_id)
    return _show(request, signal_list.see_signals(request.actor, patient_id=patient_id), release_form=form, status=status)
