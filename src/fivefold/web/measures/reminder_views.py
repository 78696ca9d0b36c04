"""How a patient is reminded of what waits: what they said, written down by the team, and what became of the newest reminders."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from fivefold.services import reminders as acts
from fivefold.services.access import Permission
from fivefold.services.patients import NotAcceptable
from fivefold.web.measures.forms import ReminderForm
from fivefold.web.measures.page import name_of
from fivefold.web.pages import PageRequest, page

STATES = {
    "waiting": ("watch", gettext_lazy("not delivered yet, tried again")),
    "sent": ("done", gettext_lazy("sent")),
    "not_needed": ("none", gettext_lazy("no longer needed")),
    "failed": ("watch", gettext_lazy("could not be delivered")),
}
FIELDS = {"E-mail": "address", "Reminders": "wanted", "Pause": "paused_until"}


@page(Permission.SEE_RECORD)
@require_http_methods(["GET", "HEAD", "POST"])
def reminders(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """Whether, where to and when not; and what became of the newest ones."""
    seen = acts.see_reminders(request.actor, patient_id=patient_id)
    form = ReminderForm(request.POST if request.method == "POST" else None, initial=vars(seen.wish))
    if form.is_bound and form.is_valid():
        try:
            acts.set_reminders(request.actor, patient_id=patient_id, **form.cleaned_data)
            messages.success(request, _("Kept. What is sent from now on follows it."))
            return redirect("measures_reminders", patient_id=patient_id)
        except NotAcceptable as error:
            form.add_error(FIELDS.get(error.field), str(error))
    newest = [(name_of(one.request.instrument), one.ended_at or one.made_at, *STATES[one.state]) for one in seen.newest if one.request]
    context = {
        "tab": "measures",
        "part": "caseload",
        "patient": seen.patient,
        "seen": seen,
        "form": form,
        "newest": newest,
        "has_mail": bool(settings.EMAIL_HOST),
    }
    return render(request, "measures/reminders.html", context, status=422 if form.errors else 200)
