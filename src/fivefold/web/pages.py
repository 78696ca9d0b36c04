"""How a page is declared: each view says which permission it needs, and one that says nothing is never reached."""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect, render

from fivefold.services.access import AccessDenied, Actor, Permission, require
from fivefold.services.mail import app_address
from fivefold.services.people import actor_for
from fivefold.web.errors import only_takes_a_form

P = ParamSpec("P")


class Open(StrEnum):
    """For pages that need no permission of a role."""

    TO_ALL = "to_all"
    TO_SIGNED_IN = "to_signed_in"
    TO_STAFF = "to_staff"


Needed = Permission | Open
View = Callable[..., HttpResponseBase]


class PageRequest(HttpRequest):
    """A request of somebody who is signed in."""

    actor: Actor


def whole_address(request: HttpRequest, path: str) -> str:
    """The address to hand to somebody: that which the operator has named, or the one under which this page was asked for."""
    return app_address(path) if settings.FIVEFOLD_PUBLIC_URL else request.build_absolute_uri(path)


class Page(Protocol):
    """A view with its declaration."""

    needs: Needed

    def __call__(self, request: HttpRequest, /, *args: object, **kwargs: object) -> HttpResponseBase: ...


def page(needs: Needed) -> Callable[[Callable[Concatenate[PageRequest, P], HttpResponseBase]], Page]:
    """Declare what a view needs: a permission of the actor's role, or ``Open.TO_ALL``, ``Open.TO_SIGNED_IN`` or ``Open.TO_STAFF``.

    The relationship to a patient is checked by the service that the view calls.
    """

    def declare(view: Callable[Concatenate[PageRequest, P], HttpResponseBase]) -> Page:
        @wraps(view)
        def run(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            refused = None if needs is Open.TO_ALL else _refuse(request, needs)
            if refused is not None:
                return refused
            answer = view(cast(PageRequest, request), *args, **kwargs)
            return only_takes_a_form(request, answer) if isinstance(answer, HttpResponseNotAllowed) else answer

        run.needs = needs  # type: ignore[attr-defined]  # read by the middleware and by the access tests
        return cast(Page, run)

    return declare


def page_number(written: str) -> int:
    """Which page of several was asked for; the first where what is written is no number."""
    return int(written) if written.isascii() and written.isdigit() and len(written) < 7 else 1


def _refuse(request: HttpRequest, needs: Needed) -> HttpResponse | None:
    """The answer to somebody who may not see the page; raises AccessDenied for the wrong role."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path() if request.method in ("GET", "HEAD") else request.path)
    # allauth takes up an interrupted request again with a new object, which has not passed the middleware.
    actor: Actor | None = getattr(request, "actor", None) or actor_for(request.user)
    request.actor = actor  # type: ignore[attr-defined]
    if actor is None:
        return render(request, "errors/no_clinic.html", status=403)
    if getattr(request, "must_add_second_factor", False) and not getattr(request.resolver_match, "url_name", "").startswith(("mfa_", "account_")):
        return redirect("mfa_index")
    if needs is Open.TO_STAFF and actor.may(Permission.OWN_PAGES):
        raise AccessDenied(Permission.SEE_LIBRARY)
    if isinstance(needs, Permission):
        require(actor, needs)
    return None
