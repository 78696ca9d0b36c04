"""The own pages as the patient sees them, beside the record: the same templates, made so that nothing on them can be sent or followed."""

import re
import uuid
from typing import Any

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from fivefold.services.access import Permission
from fivefold.services.diary_content import Answers
from fivefold.services.own_preview import SeenAsPatient, see_as_patient
from fivefold.web.my.course_views import shown_course
from fivefold.web.my.diary_form import card_rows
from fivefold.web.my.formulation_views import shown_formulation
from fivefold.web.my.goal_views import shown_goals
from fivefold.web.pages import PageRequest, page

PAGES = {
    "today": _("Today"),
    "map": _("My map"),
    "goals": _("My goals"),
    "skills": _("Skills"),
    "formulation": _("How we understand it"),
    "course": _("How it went"),
}
CONTENT = re.compile(r"<main[^>]*>(.*)</main>", re.DOTALL)
# What could be sent, followed or run; words of the patient stand escaped in the page and are never touched by this.
TAKEN_OUT = re.compile(r"<script\b[^>]*>.*?</script>|<input type=\"hidden\"[^>]*>", re.DOTALL)
LED_SOMEWHERE = re.compile(r"(<(?:a|button)\b[^>]*?)\s(?:href|formaction)=(?:\"[^\"]*\"|'[^']*')")
FORM = re.compile(r"<(/?)form\b[^>]*>")


@page(Permission.SEE_RECORD)
@require_safe
def preview(request: PageRequest, patient_id: uuid.UUID, name: str = "today") -> HttpResponseBase:
    """One of the own pages, read-only."""
    if name not in PAGES:
        raise Http404
    seen = see_as_patient(request.actor, patient_id=patient_id)
    shown = only_to_read(render_to_string(f"my/{name}.html", _context(seen, name), request=request))
    context = {"tab": "own_side", "part": "caseload", "patient": seen.patient, "pages": PAGES.items(), "name": name, "shown": shown}
    return render(request, "own_side/preview.html", context)


def _context(seen: SeenAsPatient, name: str) -> dict[str, Any]:
    if name == "today":
        card = seen.today.card
        rows = card_rows(card, Answers({}, ""), {}) if card else []
        return {"seen": seen.today, "rows": rows, "typed": {}, "diary_words": {}, "needs_help": False}
    if name == "goals":
        return shown_goals(seen.goals)
    if name == "formulation":
        return shown_formulation(seen.formulation, {})
    if name == "course":
        return shown_course(seen.course)
    return {"seen": seen.map if name == "map" else seen.skills}


def only_to_read(whole: str) -> SafeString:
    """The content of a page without forms, targets, hidden fields and scripts; ``whole`` is a page of ours, rendered and escaped."""
    found = CONTENT.search(whole)
    content = TAKEN_OUT.sub("", found[1] if found else "")
    return mark_safe(FORM.sub(r"<\1div>", LED_SOMEWHERE.sub(r"\1", content)))  # our own template, escaped by it
