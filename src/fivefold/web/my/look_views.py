"""The name and picture under which the own pages stand on a phone: choosing them, and the file that a phone reads when it puts them there."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from fivefold.services import own_look
from fivefold.services.access import Permission, own_record
from fivefold.services.own_look import NAMES, PICTURES, Look
from fivefold.services.patients import NotAcceptable
from fivefold.web.limits import limited
from fivefold.web.my.words import kindly
from fivefold.web.pages import Open, PageRequest, page
from fivefold.web.ui.context import OWN_ADDRESS

PAPER = "#f6f3ec"
NAME_OF_PICTURE = {
    "wave": gettext_lazy("a wave"),
    "leaf": gettext_lazy("a leaf"),
    "sun": gettext_lazy("a sun"),
    "hills": gettext_lazy("hills"),
    "dots": gettext_lazy("dots"),
}


def look_choices(now: Look) -> dict[str, Any]:
    """What can be chosen, as a form shows it."""
    pictures = [(Look(now.name, picture), NAME_OF_PICTURE[picture], picture == now.picture) for picture in PICTURES]
    return {"names": [(name, name == now.name) for name in NAMES], "pictures": pictures}


@page(Open.TO_ALL)
@require_safe
def manifest(request: PageRequest, name: str, picture: str) -> HttpResponseBase:
    """How the own pages stand on a phone under this name and picture. It holds nothing of anybody: a phone asks for it without saying who it is."""
    look = Look(name, picture)
    if not look.is_offered:
        raise Http404
    drawn = {"src": static(f"fivefold/look/{picture}.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}
    painted = {"src": static(f"fivefold/look/{picture}-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "any maskable"}
    told = {
        "id": OWN_ADDRESS,
        "name": name,
        "short_name": name,
        "start_url": reverse("my_today"),
        "scope": OWN_ADDRESS,
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": [drawn, painted],
    }
    return JsonResponse(told, content_type="application/manifest+json")


@page(Permission.OWN_ENTRIES)
@require_POST
@limited("entries")
def choose(request: PageRequest) -> HttpResponseBase:
    """Choose a name and a picture."""
    look = Look(request.POST.get("name", ""), request.POST.get("picture", ""))
    try:
        own_look.choose_my_look(request.actor, patient_id=own_record(request.actor), look=look)
    except NotAcceptable as error:
        messages.error(request, kindly(error))
    else:
        messages.success(request, _("Kept. If these pages are on your home screen, put them there again to see it."))
    return redirect("my_data")
