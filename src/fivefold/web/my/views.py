"""The patient's own pages. Whose they are follows from who is signed in, never from an address or a form."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from fivefold.services import own_access, own_pages
from fivefold.services.access import Permission, own_record
from fivefold.web.middleware import leaves_nothing
from fivefold.web.pages import PageRequest, page
from fivefold.web.ui.context import OWN_PHONE


def show(request: PageRequest, template: str, tab: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page with the bar below it; ``tab`` is the page that is marked there."""
    own_phone = request.session.get(OWN_PHONE)
    offline = bool(own_phone) and own_pages.keeps_copy(own_record(request.actor))
    shown = {"tab": tab, "own_phone": own_phone, "phone_is_known": own_phone is not None, "offline": offline, **context}
    return render(request, f"my/{template}.html", shown, status=status)


# ---- My data -------------------------------------------------------------------------------------------------------------


@page(Permission.OWN_PAGES)
@require_safe
def data(request: PageRequest) -> HttpResponseBase:
    """This phone, who reads, and the way out."""
    return show(request, "data", "my_data", {"seen": own_pages.see_today(request.actor, patient_id=own_record(request.actor))})


@page(Permission.OWN_PAGES)
@require_POST
def phone(request: PageRequest) -> HttpResponseBase:
    """Whether this phone is theirs alone. Only then does anything stay on it, and the way in stays open for longer."""
    is_own = request.POST.get("phone") == "own"
    request.session[OWN_PHONE] = is_own
    request.session.set_expiry(settings.FIVEFOLD_OWN_PHONE_SECONDS if is_own else 0)
    messages.success(request, _("Noted. You can change it here at any time."))
    answer = redirect("my_data" if is_own else "my_today")
    return answer if is_own else leaves_nothing(answer)


@page(Permission.OWN_ENTRIES)
@require_POST
def close(request: PageRequest) -> HttpResponseBase:
    """They do not want these pages any more."""
    own_access.end_my_pages(request.actor, patient_id=own_record(request.actor))
    logout(request)
    return leaves_nothing(redirect("account_login"))
