"""The way in and the quick way out: the link that opens a patient's own pages, and the page that shows nothing."""

from typing import Any

from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from fivefold.services import own_access
from fivefold.services.patients import NotAcceptable
from fivefold.web.account.forms import OwnJoinForm, password_rules
from fivefold.web.account.views import BY_PASSWORD
from fivefold.web.limits import limited
from fivefold.web.pages import Open, PageRequest, page


@page(Open.TO_ALL)
@require_http_methods(["GET", "POST"])
@limited("join")
@limited("link", of="token")
def join(request: PageRequest, token: str) -> HttpResponseBase:
    """Choose a name and a password, and the own pages are open."""
    try:
        own_access.open_link(token)
    except own_access.LinkOver as error:
        return render(request, "my/link_over.html", {"message": str(error)}, status=410)
    form = OwnJoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = _joined(form, token)
        if user is not None:
            request.session.flush()
            login(request, user, backend=BY_PASSWORD)
            return redirect("my_data")
    return render(request, "my/join.html", {"form": form, "rules": password_rules()}, status=422 if form.errors else 200)


@page(Open.TO_ALL)
@require_http_methods(["GET", "HEAD", "POST"])
@limited("join")
@limited("link", of="token")
def enter(request: PageRequest, token: str) -> HttpResponseBase:
    """Sign in once by a link. To look at the page uses nothing up: a program that opens links before somebody does would."""
    try:
        if request.method != "POST":
            own_access.open_link(token, signs_in=True)
            return render(request, "my/enter.html")
        user = own_access.sign_in_by_link(token)
    except own_access.LinkOver as error:
        return render(request, "my/link_over.html", {"message": str(error)}, status=410)
    request.session.flush()
    login(request, user, backend=BY_PASSWORD)
    return redirect("my_today")


def _joined(form: OwnJoinForm, token: str) -> Any:
    sent = form.cleaned_data
    try:
        return own_access.join_as_patient(token, name=sent["name"], password=sent["password1"])
    except ValidationError as error:
        form.add_error("password1", error)
    except NotAcceptable as error:
        form.add_error("name", str(error))
    except own_access.LinkOver as error:
        form.add_error(None, str(error))
    return None


@page(Open.TO_ALL)
@require_safe
def away(request: PageRequest) -> HttpResponseBase:
    """A page that shows nothing of anybody: where the quick way out leads."""
    return render(request, "my/away.html")


@page(Open.TO_ALL)
@require_safe
def worker(request: PageRequest) -> HttpResponseBase:
    """The script that shows one's own pages without a network; it holds nothing of anybody."""
    return render(request, "my/worker.js", content_type="text/javascript")
