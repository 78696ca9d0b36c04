"""A patient's own reminders: the choice, the phone that asks whether something still waits, and putting it off."""

from datetime import date, time
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, JsonResponse, QueryDict
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from fivefold.services import own_reminders
from fivefold.services.access import Permission, own_record
from fivefold.services.own_look import look_of
from fivefold.services.own_reminders import DAYS, ReminderChoice
from fivefold.services.patients import NotAcceptable
from fivefold.services.reminders import ABOUT, Wish
from fivefold.web.limits import limited
from fivefold.web.my.reminder import HOURS, LONGEST_TITLE, calendar_file
from fivefold.web.my.words import kindly
from fivefold.web.pages import PageRequest, page


def shown_reminder(mine: own_reminders.MyReminder, typed: QueryDict | None = None) -> dict[str, Any]:
    """The choice as a form shows it: as it stands, or as it was ``typed`` and not kept."""
    about = {"diary": _("my diary, when nothing is written that day"), "questions": _("questions that wait for me"), "session": _("the day before we meet")}
    days = {"daily": _("every day"), "weekdays": _("Monday to Friday")}
    value = typed.dict() if typed is not None else _standing(mine)
    chosen = frozenset(typed.getlist("about")) if typed is not None else mine.choice.about
    by_mail = frozenset(typed.getlist("by_mail")) if typed is not None else mine.wish.about if mine.wish.wanted else frozenset[str]()
    return {
        "mine": mine,
        "hours": HOURS,
        "value": value,
        "about": [(name, about[name], name in chosen) for name in ABOUT],
        "by_mail": [(name, about[name], name in by_mail) for name in ABOUT],
        "days": [(name, days[name]) for name in DAYS],
        "quiet": (("quiet_from", _("from"), value.get("quiet_from", "")), ("quiet_until", _("to"), value.get("quiet_until", ""))),
    }


def _standing(mine: own_reminders.MyReminder) -> dict[str, str]:
    """What stands, as the fields of the form hold it."""
    wish = mine.wish
    times = {"at": mine.choice.at, "quiet_from": wish.quiet_from, "quiet_until": wish.quiet_until}
    return {
        **{name: f"{at:%H:%M}" for name, at in times.items()},
        "days": mine.choice.days,
        "address": wish.address,
        "paused_until": wish.paused_until.isoformat() if wish.paused_until else "",
    }


def sent_choice(sent: QueryDict) -> tuple[ReminderChoice, Wish]:
    """The choice as the form sends it; raises NotAcceptable for what is no time or day."""
    at, quiet_from, quiet_until = (_read(time, sent.get(name, ""), _("a time such as 20:00")) for name in ("at", "quiet_from", "quiet_until"))
    paused, version = sent.get("paused_until", ""), sent.get("version", "")
    wish = Wish(
        wanted="by_mail" in sent,
        about=frozenset(sent.getlist("by_mail")),
        address=sent.get("address", ""),
        quiet_from=quiet_from,
        quiet_until=quiet_until,
        paused_until=_read(date, paused, _("a day such as 2027-01-31")) if paused else None,
        # A version that nobody gave is none that stands: the page is shown anew.
        version=int(version) if version.isdecimal() and len(version) < 10 else -1,
    )
    return ReminderChoice(frozenset(sent.getlist("about")), sent.get("days", ""), at), wish


def _read(kind: Any, written: str, expected: str) -> Any:
    """A day or a time as it was written; raises NotAcceptable with what was."""
    try:
        return kind.fromisoformat(written)
    except ValueError:
        found = _("%(expected)s; you wrote “%(value)s”") % {"expected": expected, "value": written[:20]}
        raise NotAcceptable("Time", found) from None


def changed_words(mine: own_reminders.MyReminder) -> str:
    """That it was changed meanwhile, and what stands now, beside what was typed."""
    wish, value = mine.wish, _standing(mine)
    stands = _("quiet from %(quiet_from)s to %(quiet_until)s, at %(at)s") % value
    if wish.paused_until:
        stands += "; " + _("a break up to and on %(paused_until)s") % value
    if mine.mail_is_offered:
        stands += "; " + (_("e-mail to %(address)s") % value if wish.wanted else _("no e-mail"))
    return _("This was changed meanwhile, by %(who)s. It stands now: %(stands)s. What you chose is below, and not kept yet.") % {
        "who": wish.author or _("somebody else"),
        "stands": stands,
    }


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
    look = look_of(request.actor.user)
    shown = {"title": look.name, "icon": static(f"fivefold/look/{look.picture}-180.png")}
    words = {**shown, "words": _("You have something waiting."), "hour": _("In one hour"), "tomorrow": _("Tomorrow")}
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
    title = request.POST.get("title", "").strip()[:LONGEST_TITLE] or look_of(request.actor.user).name
    try:
        made = calendar_file(title, request.POST.get("at", ""), request.POST.get("often", ""), timezone.localdate())
    except ValueError:
        messages.error(request, _("Choose a time and how often."))
        return redirect("my_data")
    answer = HttpResponse(made, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="notes.ics"'
    return answer
