"""The pages of supervision that are about several patients: one's people, one of them, and the minutes of a meeting."""

import uuid
from typing import Any

from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from fivefold.concepts.errors import FivefoldError
from fivefold.services import supervision as acts
from fivefold.services import supervision_pages as pages
from fivefold.services.access import Permission
from fivefold.web.pages import PageRequest, page, page_number
from fivefold.web.supervision.forms import MeetingForm
from fivefold.web.supervision.words import STATES, agreed_lines, patient_line


@page(Permission.SEE_SUPERVISION)
@require_safe
def supervision(request: PageRequest) -> HttpResponseBase:
    """Whoever one supervises, notes that wait, one's own questions, what was agreed, and meetings."""
    sheet = pages.see_supervision(request.actor)
    return _show(request, sheet, _meeting_form(sheet, None))


def _meeting_form(sheet: pages.SupervisionSheet, data: Any) -> MeetingForm | None:
    people = [(one.id, one.name) for one in sheet.supervisees]
    return MeetingForm(data, people, sheet.today) if people else None


def _show(request: PageRequest, sheet: pages.SupervisionSheet, form: MeetingForm | None, status: int = 200) -> HttpResponseBase:
    context = {
        "part": "supervision",
        "sheet": sheet,
        "form": form,
        "questions": [(one, *STATES[one.state]) for one in sheet.questions],
        "agreed": agreed_lines(sheet.agreed),
    }
    return render(request, "supervision/supervision.html", context, status=status)


@page(Permission.SEE_SUPERVISION)
@require_POST
def begin(request: PageRequest) -> HttpResponseBase:
    """Begin the minutes of a meeting."""
    sheet = pages.see_supervision(request.actor)
    form = _meeting_form(sheet, request.POST)
    if form is None:
        raise Http404
    if form.is_valid():
        try:
            # Sent twice, the act gives the id of the first.
            done = acts.begin_meeting(request.actor, once=request.POST.get("once"), **form.cleaned_data)  # type: ignore[call-arg]
        except FivefoldError as error:
            form.add_error(None, str(error))
        else:
            return redirect("supervision_meeting", meeting_id=getattr(done, "pk", done))
    return _show(request, sheet, form, 422)


@page(Permission.SEE_SUPERVISION)
@require_safe
def supervisee(request: PageRequest, user_id: int) -> HttpResponseBase:
    """The patients of one supervisee with what to talk about."""
    seen = pages.see_supervisee(request.actor, user_id=user_id, page=page_number(request.GET.get("page", "")))
    context = {"part": "supervision", "seen": seen, "patients": [patient_line(row, topics) for row, topics in seen.rows]}
    return render(request, "supervision/supervisee.html", context)


@page(Permission.SEE_SUPERVISION)
@require_safe
def meeting(request: PageRequest, meeting_id: uuid.UUID) -> HttpResponseBase:
    """The minutes of a meeting, and for its supervisor the patients they can be about."""
    try:
        sheet = pages.see_meeting(request.actor, meeting_id=meeting_id)
    except acts.NoSuchMeeting:
        raise Http404 from None
    return render(request, "supervision/meeting.html", {"part": "supervision", "sheet": sheet, "agreed": agreed_lines(sheet.agreed)})
