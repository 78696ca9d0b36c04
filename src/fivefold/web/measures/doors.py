"""The doors to a questionnaire that need no account: a signed link, a screen that was handed over, and a tablet of the waiting room.

On a screen that was handed over nobody is signed in: the therapist's session has ended, and what the browser still knows is which
questionnaire is open and how the therapist comes back. No page of the record opens from there.
"""

import time
import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth import load_backend, login, logout
from django.contrib.auth.hashers import check_password, make_password
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from fivefold.services.measure_answers import NotOpen
from fivefold.services.measure_doors import clinic_of_device, request_of_code, request_of_token
from fivefold.services.measures import ROOM_HOURS
from fivefold.web.limits import limited
from fivefold.web.measures.answering import Door, fill_in, not_open, take_answer
from fivefold.web.pages import Open, PageRequest, page

# What the browser of a shared screen knows: which questionnaire is open, and on a handed-over one how its owner comes back.
HERE = "questionnaire"
COOKIE = "fivefold_kiosk"
COOKIE_AGE = 365 * 24 * 3600
MOST_TRIES = 5
KIOSK_IDLE, ROOM_IDLE = 120, 600
FORM = require_http_methods(["GET", "HEAD", "POST"])


# ---- A link ------------------------------------------------------------------------------------------------------------------------


@page(Open.TO_ALL)
@FORM
@limited("questionnaire", methods=("GET", "POST"))
def by_link(request: PageRequest, token: str) -> HttpResponseBase:
    """A questionnaire behind a link: on the patient's own device, without an account."""
    door = Door("link", reverse("questionnaire", args=[token]), reverse("questionnaire_answer", args=[token]), "device")
    try:
        return fill_in(request, request_of_token(token), door)
    except NotOpen as error:
        return not_open(request, error)


@page(Open.TO_ALL)
@require_POST
@limited("answer")
def answer_by_link(request: PageRequest, token: str) -> HttpResponseBase:
    """Keep one answer given behind a link."""
    try:
        return take_answer(request, request_of_token(token))
    except NotOpen as error:
        return JsonResponse({"kept": False, "message": str(error)}, status=404)


# ---- A shared screen: handed over in the room, or a tablet ---------------------------------------------------------------------------


def hand_over_screen(request: PageRequest, request_id: uuid.UUID, return_code: str, back_url: str) -> HttpResponseBase:
    """End the therapist's session on this screen and open the questionnaire; the code, or the password, leads back."""
    user_id, backend = request.user.pk, str(request.session.get("_auth_user_backend", settings.AUTHENTICATION_BACKENDS[-1]))
    logout(request)
    request.session[HERE] = {
        "request": str(request_id),
        "route": "room",
        "user": user_id,
        "backend": backend,
        "code": make_password(return_code),
        "tries": 0,
        "back": back_url,
        "until": int(time.time()) + ROOM_HOURS * 3600,
    }
    return redirect("answer")


@page(Open.TO_ALL)
@FORM
@limited("questionnaire", methods=("GET", "POST"))
def on_shared_screen(request: PageRequest) -> HttpResponseBase:
    """The questionnaire that is open on this screen; nothing of a record can be reached from here."""
    here = _here(request)
    if here is None:
        return not_open(request, NotOpen())
    is_kiosk = here["route"] == "kiosk"
    leave = reverse("answer_leave")
    door = Door(here["route"], reverse("answer"), reverse("answer_item"), "nothing", leave, KIOSK_IDLE if is_kiosk else ROOM_IDLE)
    return fill_in(request, uuid.UUID(here["request"]), door)


@page(Open.TO_ALL)
@require_POST
@limited("answer")
def answer_on_shared_screen(request: PageRequest) -> HttpResponseBase:
    """Keep one answer given on a shared screen."""
    here = _here(request)
    if here is None:
        return JsonResponse({"kept": False, "message": str(NotOpen())}, status=404)
    return take_answer(request, uuid.UUID(here["request"]))


def _here(request: HttpRequest) -> dict[str, Any] | None:
    """What is open on this screen. Somebody who is signed in has no questionnaire open: they would be answering for a patient."""
    found = request.session.get(HERE)
    return found if isinstance(found, dict) and not request.user.is_authenticated else None


@page(Open.TO_ALL)
@FORM
@limited("leave")
def leave(request: PageRequest) -> HttpResponseBase:
    """The way back from a shared screen: a tablet to its first page, a handed-over screen by its code to whoever handed it over."""
    here = _here(request)
    if here is None:
        return redirect("account_login")
    if here["route"] == "kiosk":
        request.session.flush()
        return redirect("kiosk")
    problem = ""
    if request.method == "POST":
        user = _owner(request, here)
        if user is not None:
            back = str(here["back"])
            request.session.flush()
            login(request, user, backend=str(here["backend"]))
            return redirect(back)
        problem = _("That is not the code. Try again, or sign in with your password.")
    context = {"problem": problem, "may_try": _may_try(here), "back": here["back"], "bare": True}
    return render(request, "measures/leave.html", context, status=422 if problem else 200)


def _may_try(here: dict[str, Any]) -> bool:
    """Whether the code still counts: a few tries, and for the hours of a handed-over screen."""
    return int(here["tries"]) < MOST_TRIES and time.time() < float(here["until"])


def _owner(request: PageRequest, here: dict[str, Any]) -> Any:
    """Who handed the screen over, if the code is right; each wrong one counts."""
    if not _may_try(here):
        return None
    if check_password(str(request.POST.get("code", "")).strip()[:20], str(here["code"])):
        return load_backend(str(here["backend"])).get_user(here["user"])
    request.session[HERE] = {**here, "tries": int(here["tries"]) + 1}
    return None


@page(Open.TO_ALL)
@FORM
@limited("kiosk_code")
def kiosk(request: PageRequest) -> HttpResponseBase:
    """The first page of a registered tablet: somebody types the code that they were given."""
    secret = request.COOKIES.get(COOKIE, "")
    clinic = clinic_of_device(secret)
    if clinic is None:
        return render(request, "measures/no_kiosk.html", {"bare": True}, status=404)
    problem = ""
    if request.method == "POST":
        try:
            found = request_of_code(secret, str(request.POST.get("code", ""))[:40])
        except NotOpen as error:
            problem = str(error)
        else:
            request.session.flush()
            request.session[HERE] = {"request": str(found), "route": "kiosk"}
            return redirect("answer")
    return render(request, "measures/kiosk.html", {"clinic_name": clinic.name, "problem": problem, "bare": True}, status=422 if problem else 200)


def remember_kiosk(answer: HttpResponseBase, secret: str) -> HttpResponseBase:
    """Let this browser know that it is a tablet of the clinic."""
    answer.set_cookie(COOKIE, secret, max_age=COOKIE_AGE, httponly=True, samesite="Strict", secure=settings.SESSION_COOKIE_SECURE)
    return answer
