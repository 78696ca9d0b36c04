"""How the rules of signals serve the clinic, and when somebody works."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fivefold.services import clinic_hours, signal_list
from fivefold.services.access import Permission, require
from fivefold.services.feedback_use import see_feedback_use
from fivefold.services.patients import NotAcceptable
from fivefold.services.plans import ChangedMeanwhile
from fivefold.services.safety_net_sheet import see_safety_net
from fivefold.web.pages import PageRequest, page
from fivefold.web.signals.forms import HoursForm
from fivefold.web.signals.words import net_words, waited_words

FIELDS = {"Days": "days", "Closes": "closes", "Closed on": "closed_on", "Out of hours": "out_of_hours", "Duty": "duty"}


@page(Permission.SEE_CLINIC)
@require_http_methods(["GET", "HEAD", "POST"])
def signals(request: PageRequest) -> HttpResponseBase:
    """Each rule with how often it was raised, read and of use; and the clinic's hours."""
    hours = clinic_hours.see_hours(request.actor)
    form = HoursForm(request.POST if request.method == "POST" else None, initial=HoursForm.of(hours))
    if request.method == "POST":
        require(request.actor, Permission.MANAGE_SETTINGS)
        if form.is_valid():
            try:
                clinic_hours.change_hours(request.actor, **form.given)
            except NotAcceptable as error:
                form.add_error(FIELDS.get(error.field), str(error))
            except ChangedMeanwhile as error:
                form.add_error(None, str(error))
                form.data = {
                    **{name: request.POST.getlist(name) if name == "days" else request.POST.get(name) for name in request.POST},
                    "version": str(error.version),
                }
            else:
                messages.success(request, _("The hours are saved."))
                return redirect("clinic_signals")
    context = {
        "part": "clinic",
        "tab": "clinic_signals",
        "counts": [(one, waited_words(one.hours_to_seen)) for one in signal_list.see_rule_counts(request.actor)],
        "use": see_feedback_use(request.actor),
        "net": net_words(see_safety_net(request.actor)),
        "form": form,
        "hours": hours,
        "has_mail": bool(settings.EMAIL_HOST),
    }
    return render(request, "signals/clinic.html", context, status=422 if form.errors else 200)
