"""What every template can read: who is acting, the clinic, the navigation."""

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from fivefold.services.sign_in_links import see_notices
from fivefold.web.ui.nav import entries

# What fivefold.js and drafts.js say; a script has no translations of its own.
SCRIPT_WORDS = {
    "kept": _("Draft kept."),
    "signed_out": _("Not kept: you are signed out. Sign in in another tab, then go on."),
    "refused": _("Not kept: it could not be written at the moment. Your text is still here."),
    "offline": _("Not kept: no connection. Your text is still here."),
    "key_refused": _("That did not work: the key was not recognised, or the question was closed. Try again, or sign in another way."),
    "session": _("Session"),
    "idle": _("You will be signed out in two minutes, because nothing has happened here. What you typed is kept."),
    "stay": _("Stay signed in"),
}


def shell(request: HttpRequest) -> dict[str, Any]:
    """The actor and what surrounds every page."""
    actor = getattr(request, "actor", None)
    return {
        "actor": actor,
        "clinic": actor.clinic if actor else None,
        "nav": entries(actor) if actor else [],
        "notices": partial(see_notices, actor) if actor else (),
        "idle_seconds": settings.FIVEFOLD_IDLE_SECONDS,
        "script_words": SCRIPT_WORDS,
    }
