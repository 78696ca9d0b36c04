"""The page of help, and the first steps that are put away and brought back."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from fivefold.services import tour
from fivefold.web.pages import Open, PageRequest, page
from fivefold.web.ui.terms import TERMS
from fivefold.web.ui.tour import steps_of


@page(Open.TO_STAFF)
@require_safe
def help_page(request: PageRequest) -> HttpResponseBase:
    """First steps of one's role, terms, keys."""
    terms = sorted(((str(term.name), term.meaning) for term in TERMS.values()), key=lambda term: term[0].casefold())
    return render(request, "help/help.html", {"part": "help", "steps": steps_of(request.actor), "terms": terms})


@page(Open.TO_STAFF)
@require_POST
def end_tour(request: PageRequest) -> HttpResponseBase:
    """The first steps are read."""
    tour.end_tour(request.actor)
    messages.success(request, _("Put away. The first steps stay under Help."))
    return redirect("home")


@page(Open.TO_STAFF)
@require_POST
def begin_tour_again(request: PageRequest) -> HttpResponseBase:
    """The first steps are wanted again."""
    tour.begin_tour_again(request.actor)
    return redirect("home")
