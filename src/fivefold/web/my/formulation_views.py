"""How we understand it: the lines that the team has shown, and what I say of them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fivefold.services import own_formulation
from fivefold.services.access import Permission, own_record
from fivefold.services.formulation_replies import SeenReply
from fivefold.services.own_formulation import MyFormulation
from fivefold.services.patients import NotAcceptable
from fivefold.web.limits import limited
from fivefold.web.my.views import show
from fivefold.web.my.words import FITS_WORDS, kindly
from fivefold.web.pages import PageRequest, page

LONGEST_NUMBER = 9


@page(Permission.OWN_ENTRIES)
@require_http_methods(["GET", "HEAD", "POST"])
@limited("entries")
def formulation(request: PageRequest) -> HttpResponseBase:
    """The lines, and what I say of one of them or of all."""
    if request.method != "POST":
        return _formulation(request)
    given: dict[str, Any] = {name: _number(request.POST.get(name, "")) for name in ("number", "place")}
    given |= {name: request.POST.get(name, "") for name in ("fits", "words")}
    try:
        own_formulation.say_of_my_formulation(request.actor, patient_id=own_record(request.actor), once=request.POST.get("once"), **given)  # type: ignore[call-arg]
    except NotAcceptable as error:
        return _formulation(request, kindly(error), given)
    messages.success(request, _("Kept. You can talk about it when you meet."))
    return redirect("my_formulation")


def _number(typed: str) -> int:
    """A number of the page; one that no page has for anything else."""
    return int(typed) if typed.isdecimal() and len(typed) <= LONGEST_NUMBER else -1


def _formulation(request: PageRequest, trouble: str = "", typed: dict[str, Any] | None = None) -> HttpResponse:
    seen = own_formulation.see_my_formulation(request.actor, patient_id=own_record(request.actor))
    return show(request, "formulation", "my_map", shown_formulation(seen, typed or {}) | {"trouble": trouble}, 422 if trouble else 200)


def shown_formulation(seen: MyFormulation, typed: dict[str, Any]) -> dict[str, Any]:
    """Each line, and the whole, with what can be said and what was said; what was ``typed`` and not kept stands where it was typed."""
    rows = [_row(place, line, reply, typed) for place, line, reply in seen.lines]
    if seen.shared is not None:
        rows.append(_row(own_formulation.WHOLE, "", seen.whole, typed))
    return {"seen": seen, "rows": rows, "choices": FITS_WORDS.items()}


def _row(place: int, line: str, reply: SeenReply | None, typed: dict[str, Any]) -> dict[str, Any]:
    mine = typed if typed.get("place") == place else {}
    said = FITS_WORDS[reply.fits] if reply else ""
    return {"place": place, "line": line, "reply": reply, "said": said, "fits": mine.get("fits", ""), "words": mine.get("words", "")}
