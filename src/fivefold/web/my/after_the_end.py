"""A device on which somebody was signed in when their own pages were closed: what it still sends is looked at for danger, and nothing else."""

from collections.abc import Callable
from functools import wraps
from typing import cast

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponseBase

from fivefold.services.after_the_end import has_ended
from fivefold.web.pages import Page, PageRequest

Answer = Callable[[PageRequest, int], HttpResponseBase]


def after_the_end(answer: Answer, *, methods: tuple[str, ...] = ("POST",)) -> Callable[[Page], Page]:
    """Let ``answer`` take the place of a page for a device whose account has ended; it is given the id of the account."""

    def wrap(view: Page) -> Page:
        @wraps(view)
        def run(request: HttpRequest, /, *args: object, **kwargs: object) -> HttpResponseBase:
            account = _account(request) if request.method in methods else None
            return view(request, *args, **kwargs) if account is None else answer(cast(PageRequest, request), account)

        return cast(Page, run)

    return wrap


def _account(request: HttpRequest) -> int | None:
    """The account this device was signed in to, where that has ended. Who signs out, or was signed out, takes it along."""
    if request.user.is_authenticated:
        return None
    known = str(request.session.get(SESSION_KEY, ""))
    return int(known) if known.isdigit() and has_ended(int(known)) else None
