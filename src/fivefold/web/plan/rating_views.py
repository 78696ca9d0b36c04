"""How far goals have come: rated together with day, rater and note; corrected by a new entry, or withdrawn."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from fivefold.services import drafts, goal_ratings
from fivefold.services import goals as acts
from fivefold.services.access import Permission
from fivefold.services.goal_course import LEVELS, SeenRating
from fivefold.web.pages import PageRequest, page
from fivefold.web.plan.rating_forms import NUMBERS, RATERS, RatingForm, RatingsForm, WithdrawForm

STATES: dict[str, tuple[str, str | Promise]] = {
    "counts": ("good", gettext_lazy("counts")),
    "other_scale": ("none", gettext_lazy("given on earlier levels, does not count")),
    "corrected": ("none", gettext_lazy("corrected since")),
    "withdrawn": ("blocked", gettext_lazy("withdrawn")),
    "withdrawal": ("blocked", gettext_lazy("withdraws the rating")),
}
RATER_WORDS = dict(RATERS)


@dataclass(frozen=True)
class RatingLine:
    """One rating in words."""

    rating: SeenRating
    number: str
    by: str | Promise
    mark: str
    word: str | Promise
    counts: bool


@dataclass(frozen=True)
class Step:
    """One of the five levels of a goal; ``here`` is the one that was reached last."""

    number: str
    text: str
    here: bool


def lines(goal: acts.ToldGoal) -> list[RatingLine]:
    """Every rating of a goal, the newest first."""
    return [_line(one) for one in goal.ratings]


def _line(rating: SeenRating) -> RatingLine:
    mark, word = STATES[rating.state]
    return RatingLine(rating, NUMBERS[rating.level], RATER_WORDS[rating.rated_by], mark, word, rating.state == "counts")


def steps(goal: acts.SeenGoal) -> list[Step]:
    """The five levels with the one that was reached."""
    reached = goal.reached.level if goal.reached else None
    return [Step(NUMBERS[level], text, level == reached) for level, text in zip(LEVELS, goal.levels, strict=True)]


def _context(sheet: acts.GoalSheet) -> dict[str, Any]:
    return {"tab": "goals", "part": "caseload", "patient": sheet.patient, "sheet": sheet}


@page(Permission.CHANGE_RECORD)
@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """All goals that are worked on, each with its five levels to choose from."""
    sheet = acts.see_goal_sheet(request.actor, patient_id=patient_id)
    form = RatingsForm(request.POST if request.method == "POST" else None, goals=sheet.goals, today=sheet.today)
    if form.is_bound and form.is_valid():
        goal_ratings.rate_goals(request.actor, patient_id=patient_id, once=request.POST.get("once"), **form.given)  # type: ignore[call-arg]
        drafts.drop_draft(request.actor, page=request.path, writing=request.POST.get("writing", ""))
        messages.success(request, _("Rated. Every rating stays readable below its goal."))
        return redirect("goals", patient_id=patient_id)
    return render(request, "plan/rate.html", _context(sheet) | {"form": form}, status=422 if form.errors else 200)


@page(Permission.CHANGE_RECORD)
@require_http_methods(["GET", "HEAD", "POST"])
def rating(request: PageRequest, patient_id: uuid.UUID, rating_id: uuid.UUID) -> HttpResponseBase:
    """One rating: written anew in place of this one, or withdrawn with a reason."""
    sheet = acts.see_goal_sheet(request.actor, patient_id=patient_id)
    goal, known = _found(sheet, rating_id)
    is_withdrawal = request.POST.get("do") == "withdraw"
    form = RatingForm(request.POST if request.method == "POST" and not is_withdrawal else None, goal=goal, rating=known, today=sheet.today)
    withdrawal = WithdrawForm(request.POST if is_withdrawal else None)
    if _done(request, patient_id, rating_id, form, withdrawal):
        return redirect("goals", patient_id=patient_id)
    context = _context(sheet) | {"goal": goal, "line": _line(known), "form": form, "withdrawal": withdrawal}
    return render(request, "plan/rating.html", context, status=422 if form.errors or withdrawal.errors else 200)


def _found(sheet: acts.GoalSheet, rating_id: uuid.UUID) -> tuple[acts.ToldGoal, SeenRating]:
    found = ((goal, one) for goal in (*sheet.goals, *sheet.closed) for one in goal.ratings if one.id == rating_id)
    goal, known = next(found, (None, None))
    if goal is None or known is None:
        raise Http404
    return goal, known


def _done(request: PageRequest, patient_id: uuid.UUID, rating_id: uuid.UUID, form: RatingForm, withdrawal: WithdrawForm) -> bool:
    """Whether what was sent has been written down."""
    once: Any = {"once": request.POST.get("once")}
    if withdrawal.is_bound and withdrawal.is_valid():
        goal_ratings.withdraw_rating(request.actor, patient_id=patient_id, rating_id=rating_id, reason=withdrawal.cleaned_data["reason"], **once)
        messages.success(request, _("Withdrawn. The rating stays readable with the reason."))
    elif form.is_bound and form.is_valid():
        goal_ratings.correct_rating(request.actor, patient_id=patient_id, **form.given(rating_id), **once)
        messages.success(request, _("Corrected. The earlier rating stays readable."))
    else:
        return False
    return True
