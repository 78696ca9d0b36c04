"""The Django app of the shell."""

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_login_failed
from django.utils.translation import get_language, gettext, ngettext

from fivefold.documents.language import speak


class UiConfig(AppConfig):
    """Templates, static files and components."""

    name = "fivefold.web.ui"

    def ready(self) -> None:
        user_login_failed.connect(_forget, dispatch_uid="fivefold forgets old failures")
        speak(gettext, ngettext, get_language)


def _forget(**kwargs: Any) -> None:
    from fivefold.services.people import forget_old_failures  # noqa: PLC0415  # models are there from here on

    forget_old_failures()
