"""What happens around every request: its id and log line, the end of idle sessions, and who is acting."""

import logging
import secrets
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import tzinfo
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.signals import got_request_exception
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone

from fivefold.concepts.errors import FivefoldError
from fivefold.services import drafts, people
from fivefold.services.access import Actor, Permission
from fivefold.services.knowledge import knowledge_of
from fivefold.services.outages import DatabaseTrouble
from fivefold.web import errors, metrics
from fivefold.web.ui.context import OWN_PHONE

log = logging.getLogger("fivefold.web")
GetResponse = Callable[[HttpRequest], HttpResponse]
SEEN, BEGAN = "seen_at", "began_at"
SEEN_EVERY = 30
STEP_BACK = 60
OPEN_ROUTES = ("healthz", "readyz", "metrics")


def describe_request(get_response: GetResponse) -> GetResponse:
    """Give each request an id, keep its page out of every cache, and write one line about it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        request.id = secrets.token_hex(6)  # type: ignore[attr-defined]
        if settings.FIVEFOLD_BEHIND_PROXY and request.META.get("HTTP_X_FORWARDED_FOR"):
            # The last address is the one our own proxy has seen; those before it are only claimed.
            request.META["REMOTE_ADDR"] = request.META["HTTP_X_FORWARDED_FOR"].rsplit(",", 1)[-1].strip()
        response = get_response(request)
        response["X-Request-ID"] = request.id  # type: ignore[attr-defined]
        response["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        if not request.path.startswith(settings.STATIC_URL):
            response["Cache-Control"] = "no-store"
        _note(request, response.status_code, time.perf_counter() - started)
        return response

    return middleware


def _note(request: HttpRequest, status: int, seconds: float) -> None:
    """One line of log and one count in the metrics; none for whoever watches, and for files."""
    match = request.resolver_match
    route = match.route if match else "(none)"
    if route in OPEN_ROUTES or request.path.startswith(settings.STATIC_URL):
        return
    metrics.note_request(request, status, seconds)
    actor = getattr(request, "actor", None)
    log.info(
        "request",
        extra={
            "request_id": request.id,  # type: ignore[attr-defined]
            "method": request.method,
            "route": route,
            "status": status,
            "ms": round(1000 * seconds),
            "role": actor.role if actor else "",
        },
    )


def end_idle_session(get_response: GetResponse) -> GetResponse:
    """Sign somebody out who has done nothing for a while or was signed in for a working day. What they had sent is kept for them."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return get_response(request)
        now = int(time.time())
        seen = request.session.get(SEEN)
        idle, age = _limits(request)
        if not _lasts(seen, now, idle):
            return _sign_out(request, "idle")
        if not _lasts(request.session.setdefault(BEGAN, now), now, age):
            return _sign_out(request, "age")
        if seen is None or now - seen >= SEEN_EVERY:
            request.session[SEEN] = now
        return get_response(request)

    return middleware  # type: ignore[return-value]


def _limits(request: HttpRequest) -> tuple[int, int]:
    """How long somebody may do nothing, and be signed in at all: a patient longer, on a phone that they said is theirs alone."""
    if request.session.get(OWN_PHONE):
        return settings.FIVEFOLD_OWN_PHONE_SECONDS, 4 * settings.FIVEFOLD_OWN_PHONE_SECONDS
    return settings.FIVEFOLD_IDLE_SECONDS, settings.SESSION_COOKIE_AGE


def _lasts(since: int | None, now: int, seconds: int) -> bool:
    """Whether so many seconds have not passed. A time that lies ahead means that the clock was set back: nobody knows how much has."""
    return since is None or -STEP_BACK <= now - since <= seconds


def _sign_out(request: HttpRequest, why: str) -> HttpResponseBase:
    actor = people.actor_for(request.user)
    if actor is not None and request.method == "POST":
        with suppress(FivefoldError):  # for a record out of reach there is nothing to keep
            errors.keep_what_was_typed(request, actor)
    # On a phone of their own an entry may wait that has not been sent: it stays there, and is sent when they are back.
    leaves = actor is not None and actor.may(Permission.OWN_PAGES) and not request.session.get(OWN_PHONE)
    logout(request)
    request.session["ended_for"] = why
    answer = redirect_to_login(errors.page_of_form(request))
    return leaves_nothing(answer) if leaves else answer


def leaves_nothing(answer: HttpResponseBase) -> HttpResponseBase:
    """Ask the browser to forget what it keeps of the app: pages, entries that were sent, and the worker that shows them offline."""
    answer["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def _zone(name: str) -> tzinfo:
    """The time zone of a clinic. One that this machine does not know (any more) is no reason to close the record: `doctor` tells it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        log.warning("unknown time zone", extra={"event": "zone"})
        return timezone.get_default_timezone()


def note_database_error(request: HttpRequest, error: BaseException | None) -> None:
    """Remember for the metrics that an error of the database ended the request."""
    if isinstance(error, DatabaseTrouble):
        request.database_error = type(error).__name__  # type: ignore[attr-defined]


@receiver(got_request_exception)
def _outside_of_views(sender: object, request: HttpRequest | None = None, **_: object) -> None:
    """What breaks before a view runs, such as looking up who is signed in."""
    if request is not None:
        note_database_error(request, sys.exc_info()[1])


def _wants_factor(actor: Actor) -> bool:
    """Whether somebody has to add a second factor first. A patient reaches one record, their own, and need not."""
    return settings.FIVEFOLD_SECOND_FACTOR and not actor.may(Permission.OWN_PAGES) and not people.has_second_factor(actor.user)


class ActorMiddleware:
    """Work out who is acting, refuse views that declare nothing, and turn refusals into pages."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        actor = people.actor_for(request.user) if request.user.is_authenticated else None
        request.actor = actor  # type: ignore[attr-defined]
        if actor is None:
            return self.get_response(request)
        request.must_add_second_factor = _wants_factor(actor)  # type: ignore[attr-defined]
        with timezone.override(_zone(actor.clinic.time_zone)), knowledge_of(actor.clinic):
            response = self.get_response(request)
        is_staff = not actor.may(Permission.OWN_PAGES)
        if is_staff and request.method == "POST" and response.status_code == 302 and not request.must_add_second_factor:  # type: ignore[attr-defined]
            # The script takes away what the device had kept of this form, and no earlier: a form may get lost on its way.
            taken = drafts.device_key(actor, page=urlsplit(errors.page_of_form(request)).path).slot
            response.set_cookie("fivefold-taken", taken, max_age=60, secure=request.is_secure(), samesite="Strict")
        return response

    def process_view(self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any) -> HttpResponse | None:
        """Deny by default: a view that declares no permission does not run. Neither does one that was sent what no database takes."""
        if any("\x00" in value for sent in (request.GET, request.POST) for name in sent for value in (name, *sent.getlist(name))):
            return errors.cannot_be_read(request)
        if hasattr(view, "needs"):
            return None
        log.error("view without a declared permission", extra={"event": f"{view.__module__}.{getattr(view, '__name__', '')}"})
        return errors.not_found(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page that tells what to do about an error we know."""
        note_database_error(request, error)
        return errors.page_for(request, error)
