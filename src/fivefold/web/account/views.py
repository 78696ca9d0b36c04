"""Pages about one's own account, the page of an invitation, and drafts of forms."""

import uuid
from http import HTTPStatus
from typing import Any

from allauth.account import views as allauth_account
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fivefold.concepts.errors import FivefoldError
from fivefold.services import drafts, own_access, people, sign_in_links
from fivefold.services.access import Actor, Permission
from fivefold.web.account.forms import JoinForm, password_rules
from fivefold.web.errors import fields_of_draft
from fivefold.web.limits import limited
from fivefold.web.middleware import leaves_nothing
from fivefold.web.pages import Open, PageRequest, page
from fivefold.web.ui.templatetags.ui import day

BY_PASSWORD = "allauth.account.auth_backends.AuthenticationBackend"


@page(Open.TO_SIGNED_IN)
def account(request: PageRequest) -> HttpResponseBase:
    """One's own account; of a patient it stands among their own pages."""
    if request.actor.role == "patient":
        return redirect("my_data")
    return render(request, "account/account.html", {"has_second_factor": people.has_second_factor(request.actor.user)})


@page(Open.TO_STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def unsent(request: PageRequest) -> HttpResponseBase:
    """What was typed and never sent: go on with it, or throw it away."""
    if request.method == "POST":
        drafts.drop_draft(request.actor, page=request.POST.get("page", ""), writing=request.POST.get("writing", ""))
        return redirect("unsent")
    return render(request, "account/unsent.html", {"drafts": drafts.see_drafts(request.actor)})


@page(Open.TO_SIGNED_IN)
@require_GET
def stay(request: PageRequest) -> HttpResponseBase:
    """Somebody says that they are still there."""
    return HttpResponse(status=204)


@page(Open.TO_ALL)
@require_http_methods(["GET", "POST"])
@limited("join")
@limited("link", of="token")
def join(request: PageRequest, token: str) -> HttpResponseBase:
    """Join a clinic by invitation, or get back in with a link from a colleague."""
    try:
        invitation = people.open_invitation(token)
    except people.InvitationOver as error:
        return render(request, "account/invitation_over.html", {"message": str(error)}, status=410)
    form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = _accept(form, token)
        if user is not None:
            return _let_in(request, user)
    told = {"form": form, "invitation": invitation, "begins": people.begins_a_clinic(invitation), "rules": password_rules()}
    return render(request, "account/join.html", told, status=422 if form.errors else 200)


def _let_in(request: PageRequest, user: Any) -> HttpResponseBase:
    """Sign somebody in who has shown all they have to show; whoever has a second factor shows it as at any other time."""
    request.session.flush()
    if people.has_second_factor(user):
        messages.success(request, _("Your password counts from now on. Sign in with it and with your second factor."))
        return redirect("account_login")
    login(request, user, backend=BY_PASSWORD)
    messages.success(request, _("Welcome. You are signed in."))
    return redirect("home")


def _accept(form: JoinForm, token: str) -> Any:
    try:
        return people.accept_invitation(token, password=form.cleaned_data["password1"])
    except ValidationError as error:
        form.add_error("password1", error)
    except FivefoldError as error:
        form.add_error(None, str(error))
    return None


@page(Open.TO_ALL)
def sign_out(request: PageRequest) -> HttpResponseBase:
    """Signing out; of a patient's own pages nothing stays in the browser."""
    actor: Actor | None = request.actor
    is_patient = actor is not None and actor.may(Permission.OWN_PAGES)
    answer: HttpResponseBase = allauth_account.logout(request)
    return leaves_nothing(to_sign_in(request)) if is_patient and request.method == "POST" else answer


def to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """Where a patient is led who has left: the sign-in on the way to their own pages, which says nothing of what they are."""
    return redirect_to_login(reverse("my_today"))


@page(Open.TO_STAFF)
@require_POST
def notice_seen(request: PageRequest, notice_id: uuid.UUID) -> HttpResponseBase:
    """Somebody has seen that a link was made for their account, or for that of a colleague."""
    sign_in_links.confirm_notice(request.actor, notice_id=notice_id)
    return redirect("home")


@page(Open.TO_STAFF)
@require_http_methods(["GET", "POST"])
@limited("draft")
def draft(request: PageRequest) -> HttpResponseBase:
    """Keep what is being typed on a page, or give it back."""
    if request.method == "POST":
        return _keep(request)
    wanted = request.GET.get("page", "")
    kept = drafts.see_draft(request.actor, page=wanted)
    device = drafts.device_key(request.actor, page=wanted)
    answer = {"key": device.key, "slot": device.slot, "token": get_token(request), "throw_away": _("Throw it away"), "put_back": _("Put it back")}
    answer["device_words"] = _("You had begun to write here, and this device has kept what had not reached the server.")
    answer["put_back_device"] = _("Put back what this device has kept")
    return JsonResponse(answer | {"drafts": [{"fields": one.fields, "writing": one.writing, "words": _begun(one)} for one in kept]})


def _begun(kept: drafts.KeptDraft) -> str:
    when = {"day": day(kept.kept_at), "time": date_format(timezone.localtime(kept.kept_at), "H:i")}
    return _("You had begun to write here (%(day)s, %(time)s) and it was not saved.") % when


# What a draft was answered with: the script says each in words.
ANSWERS = {drafts.Kept.KEPT: HTTPStatus.NO_CONTENT, drafts.Kept.TAKEN: HTTPStatus.CONFLICT, drafts.Kept.TOO_LONG: HTTPStatus.REQUEST_ENTITY_TOO_LARGE}


def _keep(request: PageRequest) -> HttpResponse:
    fields = fields_of_draft(request.POST)
    if fields is None:
        return HttpResponse(status=400)
    about = {name: request.POST.get(name, "") for name in ("page", "once", "writing")}
    return HttpResponse(status=ANSWERS[drafts.keep_draft(request.actor, fields=fields, **about)])


def name_tried(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str:
    """The account that somebody tries to open, however its address is written; what may be a patient's name only as it is kept."""
    given = (credentials or {}).get("email") or (request.POST.get("login", "") if request is not None else "")
    return own_access.name_to_count(str(given).strip().casefold()[:254])


def locked_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Too many failed tries for one account from one place."""
    return render(request, "account/locked_out.html", status=429)
