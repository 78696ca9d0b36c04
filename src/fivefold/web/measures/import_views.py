"""The page on which results from elsewhere are pasted."""

import uuid

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from fivefold.concepts.errors import InputRefused, Problem
from fivefold.services import measure_import
from fivefold.services.access import Permission
from fivefold.services.measures import see_measures
from fivefold.web.pages import PageRequest, page

MOST_SHOWN = 30


@page(Permission.CHANGE_RECORD)
@require_http_methods(["GET", "HEAD", "POST"])
def import_results(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """All of it or nothing: every problem is named with its row, and what was pasted stays."""
    text, trouble = "", []
    if request.method == "POST":
        text = str(request.POST.get("text", ""))
        try:
            done = measure_import.import_results(request.actor, patient_id=patient_id, text=text)
        except InputRefused as refused:
            trouble = [_("%(where)s: found “%(value)s”, expected %(expected)s. %(remedy)s") % _words(one) for one in refused.problems[:MOST_SHOWN]]
        else:
            many = len(done.results)
            messages.success(request, ngettext("One result recorded.", "%(n)d results recorded.", many) % {"n": many})
            if done.signs:
                messages.warning(request, _("A risk question was answered yes in them. Ask about it now."))
            return redirect("assessment_safety" if done.signs else "measures", patient_id=patient_id)
    seen = see_measures(request.actor, patient_id=patient_id)
    context = {"tab": "measures", "part": "caseload", "patient": seen.patient, "text": text, "trouble": trouble}
    return render(request, "measures/import.html", context, status=422 if trouble else 200)


def _words(problem: Problem) -> dict[str, str]:
    """A problem as values of a sentence."""
    return {"where": problem.key.replace("_", " ") or _("The text"), "value": problem.value, "expected": problem.expected, "remedy": problem.remedy}
