"""What every template can read: who is acting, the clinic, the navigation."""

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from fivefold.services.access import Permission
from fivefold.services.drafts import WRITING
from fivefold.services.own_look import Look, look_of
from fivefold.services.sign_in_links import see_notices
from fivefold.web.ui.nav import entries, my_entries

# Where the own pages are: whoever is on the way to them is shown neither the name of the program nor what it is for.
OWN_ADDRESS = "/my/"
# Set where somebody said that a phone is theirs alone.
OWN_PHONE = "own_phone"

# What fivefold.js and drafts.js say; a script has no translations of its own.
SCRIPT_WORDS = {
    "kept": _("Draft kept."),
    "taken": _("Not kept: this form has been sent. Load the page again before you write on; this device keeps what you have typed since."),
    "signed_out": _("Not kept: you are signed out. Sign in in another tab, then go on."),
    "refused": _("Not kept: it could not be written at the moment. Your text is still here."),
    "offline": _("Not kept: no connection. Your text is still here."),
    "key_refused": _("That did not work: the key was not recognised, or the question was closed. Try again, or sign in another way."),
    "session": _("Session"),
    "idle": _("You will be signed out in two minutes, because nothing has happened here. What you typed is kept."),
    "stay": _("Stay signed in"),
}

# What queue.js says, to a patient.
QUEUE_WORDS = {"unsent": _("Not sent yet: {n}. If you go on, this is lost. Go on all the same?")}


def shell(request: HttpRequest) -> dict[str, Any]:
    """The actor and what surrounds every page."""
    actor = getattr(request, "actor", None)
    is_patient = actor is not None and actor.may(Permission.OWN_PAGES)
    return {
        "actor": actor,
        "clinic": actor.clinic if actor else None,
        "nav": entries(actor) if actor else [],
        "my_nav": my_entries() if is_patient else [],
        "is_quiet": is_patient or _leads_to_own_pages(request),
        "look": SimpleLazyObject(partial(look_of, actor.user)) if actor and is_patient else Look(),
        "notices": partial(see_notices, actor) if actor and not is_patient else (),
        "idle_seconds": 0 if request.session.get(OWN_PHONE) else settings.FIVEFOLD_IDLE_SECONDS,
        "writing": _writing(request),
        "script_words": SCRIPT_WORDS,
        "queue_words": QUEUE_WORDS,
    }


def _leads_to_own_pages(request: HttpRequest) -> bool:
    """Whether this is an own page, or a page of signing in on the way to one."""
    return any(path.startswith(OWN_ADDRESS) for path in (request.path, request.GET.get("next", ""), request.POST.get("next", "")))


def _writing(request: HttpRequest) -> str:
    """Which writing (``keep_draft``) a form that comes back with what was typed belongs to; the script begins a new one otherwise."""
    sent = request.POST.get("writing", "") if request.method == "POST" else ""
    return sent if WRITING.fullmatch(sent) else ""
