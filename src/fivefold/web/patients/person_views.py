"""The person as such: the year of birth, which decides whether a plan may be made at all."""

import uuid

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fivefold.concepts.errors import InputRefused, Problem
from fivefold.services import drafts, person
from fivefold.services.access import Permission
from fivefold.services.patients import NotAcceptable
from fivefold.web.pages import PageRequest, page
from fivefold.web.patients.forms import BirthYearForm


@page(Permission.SEE_RECORD)
@require_http_methods(["GET", "HEAD", "POST"])
def birth_year(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """The year of birth, a form for another one, and what stood before."""
    seen = person.see_person(request.actor, patient_id=patient_id)
    form = BirthYearForm(request.POST if request.method == "POST" else None, seen=seen.patient.birth_year)
    if form.is_bound and form.is_valid() and _corrected(request, patient_id, form):
        drafts.drop_draft(request.actor, page=request.path, writing=request.POST.get("writing", ""))
        messages.success(request, _("Corrected. Map and plan rest on it from now on."))
        return redirect("patient_birth_year", patient_id=patient_id)
    context = {"tab": "record", "part": "caseload", "patient": seen.patient, "seen": seen, "form": form}
    return render(request, "patients/birth_year.html", context, status=422 if form.errors else 200)


def _corrected(request: PageRequest, patient_id: uuid.UUID, form: BirthYearForm) -> bool:
    """Whether the year was written down; what stands against it is told at its field."""
    given = form.cleaned_data
    try:
        person.correct_birth_year(
            request.actor,
            patient_id=patient_id,
            birth_year=given["birth_year"],
            seen=given["seen"],
            once=request.POST.get("once"),  # type: ignore[call-arg]
        )
    except NotAcceptable as error:
        form.add_error("birth_year", _("You entered “%(value)s”. %(expected)s") % {"value": given["birth_year"], "expected": error})
    except InputRefused as error:
        form.add_error("birth_year", " ".join(_told(problem) for problem in error.problems))
    else:
        return True
    return False


def _told(problem: Problem) -> str:
    return _("The record says “%(value)s”; at that age it expects %(expected)s. %(remedy)s") % {
        "value": problem.value.replace("_", " "), "expected": problem.expected, "remedy": problem.remedy,
    }  # fmt: skip
