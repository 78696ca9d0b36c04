"""The clinic's page of tablets for the waiting room: which there are, making this device one, and ending one."""

import uuid

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fivefold.services.access import Permission
from fivefold.services.measure_doors import end_device, register_device, see_devices
from fivefold.services.patients import NotAcceptable
from fivefold.web.measures.doors import remember_kiosk
from fivefold.web.pages import PageRequest, page


@page(Permission.MANAGE_SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def tablets(request: PageRequest) -> HttpResponseBase:
    """Registering signs out: a tablet of the waiting room is nobody's screen."""
    problem = ""
    if request.method == "POST" and request.POST.get("do") == "end":
        try:
            end_device(request.actor, device_id=uuid.UUID(str(request.POST.get("device", ""))))
            messages.success(request, _("Ended. That tablet opens nothing any more."))
            return redirect("clinic_tablets")
        except ValueError:
            problem = _("There is no such tablet. Load the page again.")
    elif request.method == "POST":
        try:
            secret = register_device(request.actor, name=str(request.POST.get("name", "")))
        except NotAcceptable as error:
            problem = str(error)
        else:
            logout(request)
            return remember_kiosk(redirect("kiosk"), secret)
    context = {"part": "clinic", "tab": "clinic_tablets", "devices": see_devices(request.actor), "problem": problem, "name": request.POST.get("name", "")}
    return render(request, "measures/tablets.html", context, status=422 if problem else 200)
