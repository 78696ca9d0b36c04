"""Pages that say what went wrong and what to do. They never say whether somebody else's patient exists."""

import json
import logging
from urllib.parse import urlsplit

from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.defaults import bad_request

from fivefold.concepts.errors import FivefoldError, InputRefused
from fivefold.services import drafts
from fivefold.services.access import AccessDenied, Actor, NoSuchPatient, SentTwice
from fivefold.services.outages import is_outage
from fivefold.services.plans import ChangedMeanwhile

log = logging.getLogger("fivefold.web")
NEVER_KEPT = ("csrfmiddlewaretoken", "once", "writing", "password", "oldpassword", "password1", "password2", "credential", "code", "login")


def page_for(request: HttpRequest, error: Exception) -> HttpResponse | None:
    """The page of an error, or None for one that nobody expected (it becomes the page of status 500)."""
    if isinstance(error, NoSuchPatient | Http404):
        return not_found(request)
    if isinstance(error, AccessDenied):
        return render(request, "errors/403.html", {"message": str(error)}, status=403)
    if isinstance(error, ChangedMeanwhile | SentTwice):
        yours = [(name, value) for name, value in typed(request.POST) if name != "version"]
        context = {"message": str(error), "yours": yours, "theirs": getattr(error, "theirs", None), "back": page_of_form(request)}
        return render(request, "errors/409.html", context, status=409)
    if isinstance(error, InputRefused):
        return render(request, "errors/422.html", {"problems": error.problems, "back": page_of_form(request)}, status=422)
    if isinstance(error, FivefoldError):
        log.warning("refused", extra={"event": type(error).__name__})
        return render(request, "errors/422.html", {"message": str(error), "back": page_of_form(request)}, status=422)
    if is_outage(error):
        log.error("outage", exc_info=error, extra={"request_id": getattr(request, "id", "")})
        return render(request, "errors/503.html", {"yours": typed(request.POST), "back": page_of_form(request)}, status=503)
    if isinstance(error, ReauthenticationRequired):
        return None  # allauth asks for the password once more and goes on
    # Only its kind and its place are written down: the words of an error could be a patient's.
    log.error("unexpected", exc_info=error, extra={"request_id": getattr(request, "id", "")})
    return None


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """One page for what does not exist and for what is not theirs."""
    return render(request, "errors/404.html", status=404)


def only_takes_a_form(request: HttpRequest, refused: HttpResponseNotAllowed) -> HttpResponse:
    """An address that takes what a form sends was opened as a page: by going back, by loading anew, or after signing in."""
    answer = render(request, "errors/405.html", status=405)
    answer["Allow"] = refused["Allow"]
    return answer


def cannot_be_read(request: HttpRequest) -> HttpResponse:
    """What was sent holds a character that is no part of any text."""
    message = _("What was sent holds a character that no text has (a NUL). Remove what was pasted, type it, and send it again.")
    return render(request, "errors/422.html", {"message": message, "back": page_of_form(request)}, status=400)


def not_understood(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that is refused before any page reads it; one that is too large gets a page that says so."""
    if isinstance(exception, RequestDataTooBig):
        millions = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1_000_000
        message = _("What was sent is longer than %(n)d million characters, which no form here needs. Nothing has been saved. Go back and send less at once.")
        return _too_large(request, message % {"n": millions})
    if isinstance(exception, TooManyFieldsSent | TooManyFilesSent):
        return _too_large(request, _("What was sent has more fields than any form here. Nothing has been saved. Go back and send less at once."))
    return bad_request(request, exception)


def _too_large(request: HttpRequest, message: str) -> HttpResponse:
    return render(request, "errors/422.html", {"message": message, "back": page_of_form(request)}, status=413)


def went_wrong(request: HttpRequest) -> HttpResponse:
    """Something nobody expected."""
    context = {"request_id": getattr(request, "id", "")}
    try:
        return render(request, "errors/500.html", context, status=500)
    except Exception as error:
        # What is gone may be the database, and with it who is signed in: the page is made without.
        log.error("error page", exc_info=error, extra=context)
        return HttpResponse(render_to_string("errors/500_alone.html", context), status=500)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from a page that was opened before somebody signed in or out."""
    actor: Actor | None = getattr(request, "actor", None)
    return render(request, "errors/old_page.html", {"back": page_of_form(request), "yours": typed(request.POST) if actor else []}, status=403)


def typed(form: QueryDict) -> list[tuple[str, str]]:
    """What somebody typed into a form, without secrets and machinery."""
    return [(name, value) for name in form if name not in NEVER_KEPT for value in form.getlist(name) if value.strip()]


def page_of_form(request: HttpRequest) -> str:
    """The page on which a form stood, of this site alone; the request's own address otherwise."""
    if request.method != "POST":
        return str(request.get_full_path())
    return page_of_link(request) or str(request.path)


def page_of_link(request: HttpRequest) -> str:
    """The page of this site from which somebody has come; empty when it was another or none."""
    came_from = str(request.META.get("HTTP_REFERER", ""))
    if not url_has_allowed_host_and_scheme(came_from, allowed_hosts={request.get_host()}):
        return ""
    parts = urlsplit(came_from)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def keep_what_was_typed(request: HttpRequest, actor: Actor) -> None:
    """Keep the fields of a form that came too late as a draft of whoever typed them; a draft that came too late stays what it is."""
    if request.path == reverse("drafts"):
        fields, page = fields_of_draft(request.POST), request.POST.get("page", "")
    else:
        fields, page = typed(request.POST), urlsplit(page_of_form(request)).path
    if fields:
        drafts.keep_draft(actor, page=page, fields=fields, writing=request.POST.get("writing", ""))


def fields_of_draft(sent: QueryDict) -> list[tuple[str, str]] | None:
    """The fields of a draft as the script sends them; None for what no script of ours has sent."""
    try:
        fields = [(str(name), str(value)) for name, value in json.loads(sent.get("fields", "[]"))]
        json.dumps(fields, ensure_ascii=False).encode()
    except (ValueError, TypeError, RecursionError):  # no JSON, another shape, half characters, or deeper than anybody types
        return None
    return fields
