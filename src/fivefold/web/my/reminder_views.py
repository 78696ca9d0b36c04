"""A patient's own reminders: the choice, the phone that asks whether something still waits, and putting it off."""

from datetime import date, time
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, JsonResponse, QueryDict
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from fivefold.services import own_reminders
from fivefold.services.access import Permission, own_record
from fivefold.services.own_reminders import ABOUT, DAYS, ReminderChoice
from fivefold.services.patients import NotAcceptable
from fivefold.services.plans import ChangedMeanwhile
from fivefold.services.reminders import Wish
from fivefold.web.limits import limited
from fivefold.web.my.reminder import HOURS, LONGEST_TITLE, calendar_file
from fivefold.web.my.words import kindly
from fivefold.web.pages import PageRequest, page


def shown_reminder(mine: own_reminders.MyReminder) -> dict[str, Any]:
    """The choice as a form shows it."""
    about = {"diary": _("my diary, when nothing is written that day"), "questions": _("questions that wait for me"), "session": _("the day before we meet")}
    days = {"daily": _("every day"), "weekdays": _("Monday to Friday")}
    return {
        "mine": mine,
        "hours": HOURS,
        "at": f"{mine.choice.at:%H:%M}",
        "about": [(name, about[name], name in mine.choice.about) for name in ABOUT],
        "days": [(name, days[name]) for name in DAYS],
        "quiet": (("quiet_from", _("from"), mine.wish.quiet_from), ("quiet_until", _("to"), mine.wish.quiet_until)),
    }


@page(Permission.OWN_ENTRIES)
@require_POST
@limited("entries")
def choose(request: PageRequest) -> HttpResponseBase:
    """What I want to be reminded of, when, by which way, and when never."""
    patient_id = own_record(request.actor)
    try:
        choice, wish = _sent(request.POST)
        own_reminders.choose_my_reminder(request.actor, patient_id=patient_id, choice=choice, wish=wish)
    except ValueError:
        messages.error(request, _("Choose a time for each."))
    except (NotAcceptable, ChangedMeanwhile) as error:
        messages.error(request, kindly(error))
    else:
        messages.success(request, _("Kept.") if choice.about or wish.wanted else _("Kept. You are not reminded of anything."))
    return redirect("my_data")


def _sent(sent: QueryDict) -> tuple[ReminderChoice, Wish]:
    """The choice as the form sends it; raises ValueError for what is no time, day or number."""
    at, quiet_from, quiet_until = (time.fromisoformat(sent.get(name, "")) for name in ("at", "quiet_from", "quiet_until"))
    paused = sent.get("paused_until", "")
    wish = Wish(
        wanted="by_mail" in sent,
        address=sent.get("address", ""),
        quiet_from=quiet_from,
        quiet_until=quiet_until,
        paused_until=date.fromisoformat(paused) if paused else None,
        version=int(sent.get("version", "")[:9]),
    )
    return ReminderChoice(frozenset(sent.getlist("about")), sent.get("days", ""), at), wish


@page(Permission.OWN_PAGES)
@require_safe
def due(request: PageRequest) -> HttpResponseBase:
    """What the phone asks for: whether something waits just now, and the key with which it may say so. Nothing else."""
    return JsonResponse({"due": own_reminders.reminder_waits(own_record(request.actor)), "token": get_token(request)})


@page(Permission.OWN_ENTRIES)
@require_POST
@limited("entries")
def take(request: PageRequest) -> HttpResponseBase:
    """The phone is about to remind; it is told once more whether to, with words that say nothing."""
    remind = own_reminders.take_my_reminder(request.actor, patient_id=own_record(request.actor))
    words = {"title": _("Notes"), "words": _("You have something waiting."), "hour": _("In one hour"), "tomorrow": _("Tomorrow")}
    return JsonResponse({"remind": remind, **words} if remind else {"remind": False})


@page(Permission.OWN_ENTRIES)
@require_POST
@limited("entries")
def later(request: PageRequest) -> HttpResponseBase:
    """Not now."""
    try:
        own_reminders.put_off_my_reminder(request.actor, patient_id=own_record(request.actor), how=request.POST.get("how", ""))
    except NotAcceptable as error:
        messages.error(request, kindly(error))
    else:
        messages.success(request, _("All right. Not now."))
    # With words to read, from the server: when it is slow, the worker shows the phone's own copy of the bare address.
    return redirect(reverse("my_today") + "?fresh")


@page(Permission.OWN_PAGES)
@require_POST
@limited("download")
def calendar(request: PageRequest) -> HttpResponseBase:
    """A reminder for the phone's own calendar. Neither its name nor its words say what it is for, unless the patient writes it."""
    title = request.POST.get("title", "").strip()[:LONGEST_TITLE] or _("Notes")
    try:
        made = calendar_file(title, request.POST.get("at", ""), request.POST.get("often", ""), timezone.localdate())
    except ValueError:
        messages.error(request, _("Choose a time and how often."))
        return redirect("my_data")
    answer = HttpResponse(made, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="notes.ics"'
    return answer
