"""The patient's own pages: my map, my skills, my data. Whose they are follows from who is signed in, never from an address or a form."""

import json
import re
import uuid
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from fivefold.services import diary, own_access, own_pages, own_reminders, own_view
from fivefold.services.access import Permission, own_record
from fivefold.services.own_look import look_of
from fivefold.services.patients import NotAcceptable
from fivefold.services.plans import ChangedMeanwhile
from fivefold.web.account.views import to_sign_in
from fivefold.web.limits import limited
from fivefold.web.middleware import leaves_nothing
from fivefold.web.my.look_views import look_choices
from fivefold.web.my.reminder_views import changed_words, sent_choice, shown_reminder
from fivefold.web.my.words import AGREED_TO, kindly
from fivefold.web.pages import PageRequest, page
from fivefold.web.ui.context import OWN_PHONE

NEW_EACH_TIME = re.compile(rb'name="(?:csrfmiddlewaretoken|once|client_id)" value="[^"]*"')


def show(request: PageRequest, template: str, tab: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page with the bar below it; ``tab`` is the page that is marked there."""
    own_phone = request.session.get(OWN_PHONE)
    offline = bool(own_phone) and own_pages.keeps_copy(own_record(request.actor))
    reminds = offline and own_reminders.reminds(own_record(request.actor))
    shown = {"tab": tab, "own_phone": own_phone, "phone_is_known": own_phone is not None, "offline": offline, "reminds": reminds, **context}
    is_passing = bool(len(messages.get_messages(request)))
    answer = render(request, f"my/{template}.html", shown, status=status)
    # By this the worker tells the pages of two people on one phone apart; it says nothing of either.
    answer["X-Own-Pages"] = salted_hmac("fivefold.own-pages", str(request.actor.user.pk), algorithm="sha256").hexdigest()[:24]
    answer["X-Own-Keeps"] = "yes" if offline else "no"
    if offline and request.method == "GET":
        # By this it tells whether a page says something else than the copy on the phone; keys that are new each time say nothing.
        answer["X-Own-Says"] = sha256(NEW_EACH_TIME.sub(b"", answer.content)).hexdigest()[:24]
    if is_passing:
        answer["X-Own-Passing"] = "yes"
    return answer


# ---- My map and my skills ------------------------------------------------------------------------------------------------


@page(Permission.OWN_PAGES)
@require_safe
def my_map(request: PageRequest) -> HttpResponseBase:
    """Where I am, what we do and why, what comes next."""
    seen = own_view.see_my_map(request.actor, patient_id=own_record(request.actor))
    return show(request, "map", "my_map", {"seen": seen})


@page(Permission.OWN_ENTRIES)
@require_POST
@limited("entries")
def ask(request: PageRequest) -> HttpResponseBase:
    """A question or another view of something on the map, in one tap: it is brought up in the next session."""
    seen = own_view.see_my_map(request.actor, patient_id=own_record(request.actor))
    names = {part.id: part.name for part in (*seen.now, *seen.next)}
    about = names.get(request.POST.get("about", ""), _("our map"))
    sees_otherwise = request.POST.get("say") == "object"
    words = _("I see this differently: %(about)s") if sees_otherwise else _("I have a question about: %(about)s")
    diary.bring_up(request.actor, patient_id=own_record(request.actor), words=words % {"about": about}, once=request.POST.get("once"))  # type: ignore[call-arg]
    messages.success(request, _("Written down for your next session. You can add to it under Today."))
    return redirect("my_map")


@page(Permission.OWN_PAGES)
@require_safe
def skills(request: PageRequest) -> HttpResponseBase:
    """What helps in the moment, and what we practise."""
    seen = own_view.see_my_skills(request.actor, patient_id=own_record(request.actor))
    return show(request, "skills", "my_skills", {"seen": seen})


# ---- My data -------------------------------------------------------------------------------------------------------------


@page(Permission.OWN_PAGES)
@require_safe
def data(request: PageRequest) -> HttpResponseBase:
    """This phone, who reads and who has looked, what I agreed to, and the way out."""
    mine = own_record(request.actor)
    return _data(request, mine, shown_reminder(own_reminders.see_my_reminder(request.actor, patient_id=mine)))


def _data(request: PageRequest, mine: uuid.UUID, reminder: dict[str, Any], trouble: str = "", status: int = 200) -> HttpResponse:
    kept = own_view.see_my_data(request.actor, patient_id=mine)
    context: dict[str, Any] = {
        "reminder": reminder,
        "trouble": trouble,
        "seen": own_pages.see_readers(request.actor, patient_id=mine),
        "kept": kept,
        "look_choices": look_choices(look_of(request.actor.user)),
        "agreed": [(AGREED_TO[one.purpose], one) for one in kept.consents],
    }
    return show(request, "data", "my_data", context, status)


@page(Permission.OWN_ENTRIES)
@require_POST
@limited("entries")
def choose_reminder(request: PageRequest) -> HttpResponseBase:
    """What I want to be reminded of, when, by which way, and when never. What cannot be kept stays on the page, with what is wrong."""
    mine = own_record(request.actor)
    try:
        choice, wish = sent_choice(request.POST)
        own_reminders.choose_my_reminder(request.actor, patient_id=mine, choice=choice, wish=wish)
    except (NotAcceptable, ChangedMeanwhile) as error:
        stands = own_reminders.see_my_reminder(request.actor, patient_id=mine)
        refused = isinstance(error, NotAcceptable)
        return _data(request, mine, shown_reminder(stands, request.POST), kindly(error) if refused else changed_words(stands), 422 if refused else 409)
    messages.success(request, _("Kept.") if choice.about or wish.wanted else _("Kept. You are not reminded of anything."))
    return redirect("my_data")


@page(Permission.OWN_ENTRIES)
@require_POST
def consent(request: PageRequest) -> HttpResponseBase:
    """I agree, or no longer."""
    given = request.POST.get("given") == "yes"
    try:
        own_view.say_my_consent(request.actor, patient_id=own_record(request.actor), purpose=request.POST.get("purpose", ""), given=given)
    except NotAcceptable as error:
        messages.error(request, kindly(error))
    else:
        messages.success(request, _("Written down."))
    answer = redirect("my_data")
    return answer if given else leaves_nothing(answer)


@page(Permission.OWN_PAGES)
@require_POST
@limited("download")
def download(request: PageRequest) -> HttpResponseBase:
    """Everything I wrote and agreed to, as a file. Its name says nothing about anybody."""
    taken = own_view.take_my_data(request.actor, patient_id=own_record(request.actor))
    answer = HttpResponse(json.dumps(taken, ensure_ascii=False, indent=1), content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return answer


@page(Permission.OWN_PAGES)
@require_POST
def phone(request: PageRequest) -> HttpResponseBase:
    """Whether this phone is theirs alone. Only then does anything stay on it, and the way in stays open for longer."""
    is_own = request.POST.get("phone") == "own"
    request.session[OWN_PHONE] = is_own
    request.session.set_expiry(settings.FIVEFOLD_OWN_PHONE_SECONDS if is_own else 0)
    messages.success(request, _("Noted. You can change it here at any time."))
    answer = redirect("my_data" if is_own else "my_today")
    return answer if is_own else leaves_nothing(answer)


@page(Permission.OWN_ENTRIES)
@require_POST
def close(request: PageRequest) -> HttpResponseBase:
    """They do not want these pages any more."""
    own_access.end_my_pages(request.actor, patient_id=own_record(request.actor))
    logout(request)
    return leaves_nothing(to_sign_in(request))
