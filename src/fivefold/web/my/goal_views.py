"""My goals: one's own, with a lock or without, and those agreed with the team; each is rated on the page."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from fivefold.services import own_goals
from fivefold.services.access import Permission, own_record
from fivefold.services.goal_course import LEVELS
from fivefold.services.goals import NoSuchGoal
from fivefold.services.patients import NotAcceptable
from fivefold.services.plans import ChangedMeanwhile
from fivefold.web.limits import limited
from fivefold.web.my.views import show
from fivefold.web.my.words import kindly
from fivefold.web.pages import PageRequest, page


@page(Permission.OWN_ENTRIES)
@require_http_methods(["GET", "HEAD", "POST"])
@limited("entries")
def goals(request: PageRequest) -> HttpResponseBase:
    """What I want, and where it stands."""
    if request.method != "POST":
        return _goals(request)
    words, private = request.POST.get("words", ""), request.POST.get("private") == "yes"
    said = _("Kept, with a lock. Only you see it.") if private else _("Kept. You can talk about it when you meet.")
    return _kept(request, own_goals.write_my_goal, said, words=words, private=private)


def _goals(request: PageRequest, trouble: str = "") -> HttpResponse:
    seen = own_goals.see_my_goals(request.actor, patient_id=own_record(request.actor))
    said = {"trouble": trouble, "typed": request.POST.get("words", "") if trouble else ""}
    return show(request, "goals", "my_map", shown_goals(seen) | said, 422 if trouble else 200)


def shown_goals(seen: own_goals.MyGoals) -> dict[str, Any]:
    """Goals with the numbers or levels that can be chosen."""
    own = [{"goal": goal, "numbers": range(own_goals.MOST_LEVEL + 1)} for goal in seen.own]
    return {"seen": seen, "own": own, "agreed": [{"one": one, "levels": list(zip(LEVELS, one.goal.levels, strict=True))} for one in seen.agreed]}


def _kept(request: PageRequest, act: Callable[..., object], said: str, **given: object) -> HttpResponseBase:
    try:
        act(request.actor, patient_id=own_record(request.actor), once=request.POST.get("once"), **given)
    except NotAcceptable as error:
        return _goals(request, kindly(error))
    except (ChangedMeanwhile, NoSuchGoal):
        return _goals(request, _("This goal is not here any more, or its words are new. Look at it once more."))
    messages.success(request, said)
    return redirect("my_goals")


@page(Permission.OWN_ENTRIES)
@require_POST
@limited("entries")
def change(request: PageRequest, goal_id: uuid.UUID) -> HttpResponseBase:
    """Other words, a lock put on or taken off, or the goal let go."""
    given = {"words": request.POST.get("words", ""), "private": request.POST.get("private") == "yes", "closed": request.POST.get("closed") == "yes"}
    return _kept(request, own_goals.change_my_goal, _("Changed."), goal_id=goal_id, **given)


@page(Permission.OWN_ENTRIES)
@require_POST
@limited("entries")
def rate(request: PageRequest, goal_id: uuid.UUID) -> HttpResponseBase:
    """Where a goal of mine is today."""
    return _kept(request, own_goals.rate_my_goal, _("Kept."), goal_id=goal_id, level=_level(request), words=request.POST.get("words", ""))


@page(Permission.OWN_ENTRIES)
@require_POST
@limited("entries")
def rate_agreed(request: PageRequest, goal_id: uuid.UUID) -> HttpResponseBase:
    """Where a goal that we agreed on is today, as I see it."""
    return _kept(request, own_goals.rate_my_agreed_goal, _("Kept."), goal_id=goal_id, level=_level(request), words=request.POST.get("words", ""))


def _level(request: PageRequest) -> int:
    """The number as it was chosen; one that no page offers for anything else."""
    given = request.POST.get("level", "")
    return int(given) if given in {str(number) for number in (*LEVELS, *range(own_goals.MOST_LEVEL + 1))} else own_goals.MOST_LEVEL + 1
