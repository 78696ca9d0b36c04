"""The golden thread of one goal on a page."""

import uuid
from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from fivefold.services.access import Permission
from fivefold.services.goals import NoSuchGoal
from fivefold.services.golden_thread import GoldenThread, see_thread
from fivefold.services.knowledge import knowledge
from fivefold.services.plan_choices import CHOICE_WORDS
from fivefold.services.session_words import ORIGIN_WORDS
from fivefold.web.pages import PageRequest, page


@page(Permission.SEE_RECORD)
@require_safe
def thread(request: PageRequest, patient_id: uuid.UUID, goal_id: uuid.UUID) -> HttpResponseBase:
    """From the goal to what is behind it, and to everything that was done for it."""
    try:
        seen = see_thread(request.actor, patient_id=patient_id, goal_id=goal_id)
    except NoSuchGoal:
        raise Http404 from None
    context = {
        "tab": "goals",
        "part": "caseload",
        "patient": seen.patient,
        "seen": seen,
        "sessions": [(one, [(line, ORIGIN_WORDS[line.origin]) for line in one.lines]) for one in seen.sessions],
        "impairments": list(_impairments(seen)),
        "decisions": [(one, knowledge().modules[one.choice.target].short_name, CHOICE_WORDS[one.choice.how]) for one in seen.decisions],
        "measures": [(one, [value for _day, value in one.values], one.values[-1]) for one in seen.measures],
        "levels": [one.level for one in reversed(seen.ratings)],
    }
    return render(request, "plan/thread.html", context)


def _impairments(seen: GoldenThread) -> Iterator[dict[str, Any]]:
    """Each impairment with its error in levels and the evidence it rests on, the weightiest first."""
    for reading in seen.impairments:
        evidence = sorted(reading.evidence, key=lambda piece: -piece.weight)
        yield {
            "name": knowledge().impairments[reading.id].name,
            "level": reading.level,
            "error": 1.96 * (reading.standard_error or 0),
            "evidence": [(piece.text, piece.age_days, piece.basis.words) for piece in evidence],
        }
