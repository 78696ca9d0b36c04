"""The diary: one's own page of today, what was written, corrections; and the device that sends what it has kept."""

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fivefold.concepts.errors import FivefoldError
from fivefold.services import diary, own_pages, own_reminders, own_view
from fivefold.services.access import Permission, own_record
from fivefold.services.after_the_end import tell_after_the_end
from fivefold.services.diary import KeyTaken, NewEntry, NoCard, SeenEntry
from fivefold.services.diary_content import Answers, Card
from fivefold.services.measure_answers import NotOpen
from fivefold.services.patients import NotAcceptable
from fivefold.web.limits import limited
from fivefold.web.measures.answering import Door, fill_in, not_open, take_answer
from fivefold.web.my.after_the_end import after_the_end
from fivefold.web.my.diary_form import card_rows
from fivefold.web.my.views import show
from fivefold.web.my.words import FITS_WORDS, kindly
from fivefold.web.pages import PageRequest, page
from fivefold.web.ui.context import OWN_PHONE

MOST_AT_ONCE = 50
REFUSALS = (NotAcceptable, NoCard, KeyTaken)
# What diary.js says; a script has no translations of its own.
SCRIPT_WORDS = {
    "kept": gettext_lazy("Kept. Thank you for writing it down."),
    "sending": gettext_lazy("Sending."),
    "waits": gettext_lazy("Not sent yet: {n}. It is kept on this phone and is sent when there is a network."),
    "here": gettext_lazy("Not sent yet: {n}. Keep this page open. It is sent when there is a network."),
    "waits_signed_out": gettext_lazy("Not sent yet: {n}. You are signed out. It is kept on this phone: sign in again, and it is sent."),
    "here_signed_out": gettext_lazy("Not sent yet: {n}. You are signed out. Keep this page open and sign in on another one. Then it is sent."),
    "empty": gettext_lazy("Choose at least one answer, or write a few words."),
}
NOT_ANSWERS = ("csrfmiddlewaretoken", "once", "client_id", "card", "about_on", "made_on", "made_at", "note", "corrects")


# ---- After the end ---------------------------------------------------------------------------------------------------------


def _closed() -> str:
    return _("Your own pages are closed. What you wrote now is not in your diary.")


@limited("entries")
def _form_after_the_end(request: PageRequest, account: int) -> HttpResponseBase:
    """A form that was open when the pages were closed."""
    entry = _any_day(request.POST.dict())
    opened = tell_after_the_end(account, entry=entry).help if entry is not None else None
    return render(request, "my/closed.html", {"message": _closed(), "opened": opened, "bare": True}, status=410)


@limited("entries")
def _device_after_the_end(request: PageRequest, account: int) -> HttpResponseBase:
    """What a device has kept: each entry is refused, and what it says about danger is told."""
    if request.method == "GET":
        return JsonResponse({"token": get_token(request), "account": account})
    sent = _entries_of(request)
    if sent is None or sent[0] != account:
        return JsonResponse({"results": []}, status=400 if sent is None else 409)
    return JsonResponse({"results": [_refused_after_the_end(account, one) for one in sent[1]]})


def _refused_after_the_end(account: int, sent: dict[str, Any]) -> dict[str, Any]:
    entry = _any_day(sent)
    needs_help = entry is not None and tell_after_the_end(account, entry=entry).help is not None
    return {"id": str(sent.get("client_id"))[:60], "state": "refused", "words": _closed(), "help": needs_help}


# ---- Today ---------------------------------------------------------------------------------------------------------------


@after_the_end(_form_after_the_end)
@page(Permission.OWN_PAGES)
@require_http_methods(["GET", "HEAD", "POST"])
@limited("entries")
def today(request: PageRequest) -> HttpResponseBase:
    """What today asks; without a script the form is sent here."""
    if request.method != "POST":
        return _today(request, {}, "", "help" in request.GET)
    try:
        receipt = diary.record_entry(request.actor, patient_id=own_record(request.actor), entry=_sent(request.POST.dict()))
    except REFUSALS as error:
        needs_help = _told_all_the_same(request, own_record(request.actor), request.POST.dict())
        return _today(request, request.POST.dict(), kindly(error), needs_help)
    messages.success(request, _("Kept. Thank you for writing it down."))
    return _to_help() if receipt.needs_help else redirect("my_today")


def _to_help() -> HttpResponseBase:
    """Today with help on top. The address says so: a page that lies on the phone would not know, and is not taken for this address."""
    return redirect(f"{reverse('my_today')}?help=1")


def _today(request: PageRequest, typed: Mapping[str, str], trouble: str, needs_help: bool) -> HttpResponse:
    seen = own_pages.see_today(request.actor, patient_id=own_record(request.actor))
    context = {
        "seen": seen,
        "rows": card_rows(seen.card, Answers({}, ""), typed) if seen.card else [],
        "client_id": typed.get("client_id") or str(uuid.uuid4()),
        "typed": typed,
        "trouble": trouble,
        "needs_help": needs_help,
        "diary_words": SCRIPT_WORDS,
        "may_put_off": own_reminders.may_put_off(own_record(request.actor)),
    }
    return show(request, "today", "my_today", context, 422 if trouble else 200)


def _told_all_the_same(request: PageRequest, mine: uuid.UUID, sent: Mapping[str, Any]) -> bool:
    """What an entry says about danger is told though the entry cannot be kept; True when help is to be shown at once."""
    entry = _any_day(sent)
    return entry is not None and diary.tell_what_was_refused(request.actor, patient_id=mine, entry=entry)


def _any_day(sent: Mapping[str, Any]) -> NewEntry | None:
    """What an entry answers, whatever day it names; None for what is no entry."""
    today = timezone.localdate().isoformat()
    try:
        return _sent({**sent, "about_on": today, "made_on": today, "made_at": "", "corrects": ""})
    except NotAcceptable:
        return None


def _sent(sent: Mapping[str, Any]) -> NewEntry:
    """An entry as a form or a device sends it; raises NotAcceptable for what is none. What the clock says is taken as it is."""
    try:
        made_at = datetime.fromisoformat(str(sent.get("made_at") or timezone.now().isoformat()))
        made_at = made_at if made_at.tzinfo else made_at.replace(tzinfo=UTC)
        made_at.astimezone(UTC)
        answers = sent.get("answers")
        return NewEntry(
            client_id=uuid.UUID(str(sent["client_id"])),
            card=min(int(str(sent["card"])[:9]), 2**31 - 1),
            about_on=date.fromisoformat(str(sent["about_on"])),
            made_on=date.fromisoformat(str(sent.get("made_on") or timezone.localdate(made_at).isoformat())),
            made_at=made_at,
            answers=answers if isinstance(answers, dict) else {name: value for name, value in sent.items() if name not in NOT_ANSWERS},
            note=str(sent.get("note") or ""),
            corrects=uuid.UUID(str(sent["corrects"])) if sent.get("corrects") else None,
        )
    except (KeyError, ValueError, OverflowError):
        raise NotAcceptable("Diary", _("the day and the answers as the page sends them. Load the page again")) from None


# ---- The device ----------------------------------------------------------------------------------------------------------


@after_the_end(_device_after_the_end, methods=("GET", "POST"))
@page(Permission.OWN_ENTRIES)
@require_http_methods(["GET", "POST"])
@limited("entries")
def sync(request: PageRequest) -> HttpResponseBase:
    """What a device has kept: each entry on its own, and for each what became of it. First the device asks for the key of the form."""
    mine = own_record(request.actor)
    if request.method == "GET":
        return JsonResponse({"token": get_token(request), "account": request.actor.user.pk})
    sent = _entries_of(request)
    if sent is None or sent[0] != request.actor.user.pk:
        return JsonResponse({"results": []}, status=400 if sent is None else 409)
    return JsonResponse({"results": [_received(request, mine, one) for one in sent[1]]})


def _entries_of(request: HttpRequest) -> tuple[object, list[dict[str, Any]]] | None:
    """The account a device names and the entries it sends; None for what is none."""
    try:
        sent = json.loads(request.body)
        return sent.get("account"), [dict(one) for one in sent["entries"]][:MOST_AT_ONCE]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _received(request: PageRequest, mine: uuid.UUID, sent: dict[str, Any]) -> dict[str, Any]:
    key = str(sent.get("client_id"))[:60]
    try:
        receipt = diary.record_entry(request.actor, patient_id=mine, entry=_sent(sent))
    except REFUSALS as error:
        return {"id": key, "state": "refused", "words": kindly(error), "help": _told_all_the_same(request, mine, sent)}
    except FivefoldError as error:
        return {"id": key, "state": "refused", "words": kindly(error)}
    return {"id": key, "state": "kept" if receipt.is_new else "known", "help": receipt.needs_help}


# ---- What was written ----------------------------------------------------------------------------------------------------


@page(Permission.OWN_PAGES)
@require_safe
def entries(request: PageRequest) -> HttpResponseBase:
    """My entries of the last two weeks."""
    seen = own_pages.see_my_diary(request.actor, patient_id=own_record(request.actor))
    return show(request, "diary", "my_today", {"seen": seen, "listed": [(entry, spoken(entry.card, entry.answers)) for entry in seen.entries]})


@page(Permission.OWN_PAGES)
@require_safe
def words(request: PageRequest) -> HttpResponseBase:
    """All I wrote, to read or print."""
    seen = own_view.read_my_words(request.actor, patient_id=own_record(request.actor))
    said = [(one, FITS_WORDS[one.fits]) for one in seen.replies]
    return show(request, "words", "my_data", {"seen": seen, "listed": list(_written_out(seen.entries)), "said": said})


def _written_out(entries: Iterable[SeenEntry]) -> Iterator[tuple[SeenEntry, SafeString]]:
    """Each entry with its answers as they stand on the page. Years of a diary give the same few lines again and again: each is made once."""
    lines: dict[tuple[str, str], SafeString] = {}
    for entry in entries:
        said = spoken(entry.card, entry.answers)
        for one in said:
            if one not in lines:
                lines[one] = format_html("<dt>{}</dt><dd>{}</dd>", *one)
        yield entry, format_html_join("", "{}", ((lines[one],) for one in said))


def spoken(card: Card, answers: Answers) -> list[tuple[str, str]]:
    """Answers in words, in the order of the card."""
    words = {"yes": _("yes"), "no": _("no"), "unknown": _("I do not know")}
    return [(item.words, words.get(str(answers.values[item.id]), f"{answers.values[item.id]}")) for item in card.items if item.id in answers.values]


@after_the_end(_form_after_the_end)
@page(Permission.OWN_ENTRIES)
@require_http_methods(["GET", "HEAD", "POST"])
@limited("entries")
def correct(request: PageRequest, client_id: uuid.UUID) -> HttpResponseBase:
    """Write an entry anew, or take it back; the first one stays in the record."""
    mine = own_record(request.actor)
    if request.method == "POST" and "withdraw" in request.POST:
        diary.withdraw_entry(request.actor, patient_id=mine, client_id=client_id, key=_key(request.POST.get("client_id")))
        messages.success(request, _("Taken back. It counts no more."))
        return redirect("my_diary")
    entry = own_pages.see_my_entry(request.actor, patient_id=mine, client_id=client_id)
    seen = own_pages.see_today(request.actor, patient_id=mine)
    typed, trouble, needs_help = request.POST.dict(), "", False
    if request.method == "POST":
        try:
            receipt = diary.record_entry(request.actor, patient_id=mine, entry=_sent({**typed, "corrects": str(client_id)}))
        except REFUSALS as error:
            trouble, needs_help = kindly(error), _told_all_the_same(request, mine, typed)
        else:
            messages.success(request, _("Corrected."))
            return _to_help() if receipt.needs_help else redirect("my_diary")
    context = {
        "seen": seen,
        "entry": entry,
        "rows": card_rows(entry.card, entry.answers, typed),
        "entry_card_number": entry.card_number,
        "client_id": typed.get("client_id") or str(uuid.uuid4()),
    }
    context |= {"typed": typed or {"note": entry.answers.note}, "trouble": trouble, "needs_help": needs_help}
    return show(request, "correct", "my_today", context, 422 if trouble else 200)


def _key(given: str | None) -> uuid.UUID:
    try:
        return uuid.UUID(str(given))
    except ValueError:
        return uuid.uuid4()


@page(Permission.OWN_ENTRIES)
@require_POST
@limited("entries")
def bring_up(request: PageRequest) -> HttpResponseBase:
    """What I want to speak about next time."""
    try:
        diary.bring_up(request.actor, patient_id=own_record(request.actor), words=request.POST.get("words", ""), once=request.POST.get("once"))  # type: ignore[call-arg]
    except NotAcceptable as error:
        messages.error(request, kindly(error))
    else:
        messages.success(request, _("Written down for your next session."))
    return redirect("my_today")


# ---- Questionnaires ------------------------------------------------------------------------------------------------------


@page(Permission.OWN_ENTRIES)
@require_http_methods(["GET", "HEAD", "POST"])
@limited("entries")
def questionnaire(request: PageRequest, request_id: uuid.UUID) -> HttpResponseBase:
    """A questionnaire that my team has asked me to fill in."""
    address, keep = reverse("my_questionnaire", args=[request_id]), reverse("my_questionnaire_answer", args=[request_id])
    door = Door("portal", address, keep, "device" if request.session.get(OWN_PHONE) else "nothing", reverse("my_today"))
    try:
        return fill_in(request, own_pages.open_my_questionnaire(request.actor, patient_id=own_record(request.actor), request_id=request_id), door)
    except NotOpen as error:
        return not_open(request, error, door)


@page(Permission.OWN_ENTRIES)
@require_POST
@limited("answer")
def questionnaire_answer(request: PageRequest, request_id: uuid.UUID) -> HttpResponseBase:
    """Keep one answer; what speaks of danger is told with it."""
    try:
        return take_answer(request, own_pages.open_my_questionnaire(request.actor, patient_id=own_record(request.actor), request_id=request_id))
    except NotOpen as error:
        return JsonResponse({"kept": False, "message": str(error)}, status=404)
