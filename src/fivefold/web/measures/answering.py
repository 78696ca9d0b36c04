"""The questionnaire as a patient meets it, by whichever door: one form, one place that saves, one page at the end.

To put a questionnaire on another page (the patient's own app): call ``fill_in(request, request_id, Door(...))`` for the page and the form
without script, and ``take_answer(request, request_id)`` for the address that keeps one answer; both check nothing about who asks, so check
that first. The form itself is ``measures/_form.html`` with ``sheet_of(open_form(...), door)`` as ``sheet``; ``measures.js`` and
``measures.css`` belong to it.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive
from django.utils.translation import gettext as _

from fivefold.concepts.errors import FivefoldError
from fivefold.services.measure_answers import (
    Finished,
    FormChanged,
    Help,
    NoSuchAnswer,
    NotOpen,
    OpenForm,
    finish,
    help_after_refusal,
    open_form,
    save_item,
    tell_what_was_refused,
)
from fivefold.services.measure_forms import FormItem, NoFormHere

SCALE_FROM = 8  # from so many numbers on, the answers stand in one row of digits


@dataclass(frozen=True)
class Door:
    """How a patient came in: where answers are kept and sent, whether the device may remember unsent ones, and who else uses it.

    ``keeps``: ``device`` keeps what was not sent yet until it is sent; ``nothing`` for a shared device. ``idle_seconds``: after so long
    without a touch a shared screen goes back to ``leave_url``; 0 for one's own device.
    """

    route: str
    send_url: str
    save_url: str
    keeps: str
    leave_url: str = ""
    idle_seconds: int = 0

    @property
    def is_shared(self) -> bool:
        """Whether the screen is the clinic's, with somebody at hand. One's own pages are not, though they may keep nothing either."""
        return self.route in ("room", "kiosk")


@dataclass(frozen=True)
class Choice:
    """One answer to choose: its value as it is sent, its words, its digit on the keyboard, and whether it is chosen."""

    value: str
    label: str
    digit: str
    has_words: bool
    chosen: bool


@dataclass(frozen=True)
class Question:
    """One question of the form with its choices, or a field for a number where there are too many."""

    number: int
    text: str
    choices: tuple[Choice, ...]
    is_scale: bool
    low: int
    high: int
    low_words: str
    high_words: str
    value: str
    risk_from: str
    error: str

    @property
    def name(self) -> str:
        return f"item{self.number}"


@dataclass(frozen=True)
class Sheet:
    """Everything the form shows."""

    opened: OpenForm
    door: Door
    questions: tuple[Question, ...]
    trouble: tuple[str, ...]

    @property
    def is_shared(self) -> bool:
        """Whether somebody else uses this screen."""
        return self.door.is_shared


def sheet_of(opened: OpenForm, door: Door, typed: Mapping[str, str] | None = None, errors: Mapping[int, str] | None = None) -> Sheet:
    """The form as it is shown: with what was answered, or with what was typed and refused."""
    wrong = errors or {}
    questions = tuple(_question(item, opened, typed, wrong.get(item.number, "")) for item in opened.form.items)
    return Sheet(opened, door, questions, tuple(wrong.values()))


def _question(item: FormItem, opened: OpenForm, typed: Mapping[str, str] | None, error: str) -> Question:
    known = opened.answers.get(item.number)
    value = typed.get(f"item{item.number}", "") if typed is not None else "" if known is None else f"{known:g}"
    shifted = item.choices[0].value if item.choices else 0
    choices = tuple(
        Choice(str(one.value), one.label, str(one.value) if shifted >= 0 and one.value < 10 else "", one.has_words, str(one.value) == value)
        for one in item.choices
    )
    return Question(
        number=item.number, text=item.text, choices=choices, is_scale=len(choices) >= SCALE_FROM and not any(one.has_words for one in choices),
        low=item.low, high=item.high, low_words=item.low_words, high_words=item.high_words, value=value,
        risk_from="" if item.risk_from is None else f"{item.risk_from:g}", error=error,
    )  # fmt: skip


# ---- The page, and the form without script -------------------------------------------------------------------------------------------


def fill_in(request: HttpRequest, request_id: uuid.UUID, door: Door) -> HttpResponseBase:
    """The page of a questionnaire; sent without script it keeps every answer and closes it."""
    try:
        opened = open_form(request_id)
        if request.method == "POST":
            return _send(request, opened, door)
        return _form_page(request, sheet_of(opened, door))
    except (NotOpen, NoFormHere):  # why it may not be shown any more is the clinic's matter
        return not_open(request, NotOpen(), door, help_after_refusal(request_id) if _told_refused(request, request_id, "ended") else None)


def _told_refused(request: HttpRequest, request_id: uuid.UUID, why: str) -> bool:
    """Whether a form that is not taken speaks of danger: that is told all the same, once however often it is sent."""
    told = False
    for name, written in request.POST.items() if request.method == "POST" else ():
        number = name.removeprefix("item")
        if name.startswith("item") and number.isascii() and number.isdigit() and isinstance(written, str) and written.strip():
            try:
                item, value = int(number[:4]), _number(0, written.strip())
            except NoSuchAnswer:
                continue
            told |= tell_what_was_refused(request_id, item=item, value=value, client_id=f"form {item} {value:g}", why=why)
    return told


def _send(request: HttpRequest, opened: OpenForm, door: Door) -> HttpResponseBase:
    """Keep what the form holds as far as it is new, then close the questionnaire."""
    typed = {name: value.strip() for name, value in request.POST.items() if name.startswith("item") and isinstance(value, str)}
    errors = _keep_all(opened, typed, str(request.POST.get("form", "")))
    if errors:
        # To another wording nothing is kept; what it says of danger is.
        told = str(request.POST.get("form", "")) != opened.form.hash and _told_refused(request, opened.request_id, "wording")
        # Opened anew: an answer that was kept just now may ask for help.
        anew = open_form(opened.request_id)
        return _form_page(request, sheet_of(replace(anew, needs_help=anew.needs_help or told), door, typed, errors), status=422)
    try:
        done = finish(opened.request_id)
    except NotOpen:
        raise
    except FivefoldError as error:
        return _form_page(request, sheet_of(open_form(opened.request_id), door, typed, {0: str(error)}), status=422)
    return _done_page(request, opened, done, door)


def _keep_all(opened: OpenForm, typed: Mapping[str, str], form_hash: str) -> dict[int, str]:
    errors: dict[int, str] = {}
    for item in opened.form.items:
        written = typed.get(f"item{item.number}", "")
        known = opened.answers.get(item.number)
        if written == ("" if known is None else f"{known:g}"):
            continue
        try:
            # What is not in the form was answered by script and is not taken back here.
            if written:
                save_item(opened.request_id, item=item.number, value=_number(item.number, written), form_hash=form_hash, client_id=uuid.uuid4().hex)
        except (NoSuchAnswer, FormChanged) as error:
            errors[item.number] = str(error)
    return errors


def _number(item: int, written: str) -> float:
    try:
        value = float(written.replace(",", "."))
    except ValueError:
        raise NoSuchAnswer(item, written, _("a number")) from None
    if value != value or abs(value) > 1000:
        raise NoSuchAnswer(item, written, _("a number"))
    return value


def _form_page(request: HttpRequest, sheet: Sheet, status: int = 200) -> HttpResponseBase:
    return render(request, "measures/fill_in.html", {"sheet": sheet, "bare": True}, status=status)


def _done_page(request: HttpRequest, opened: OpenForm, done: Finished, door: Door) -> HttpResponseBase:
    context = {"opened": opened, "done": done, "door": door, "needs_help": done.needs_help, "bare": True}
    return render(request, "measures/done.html", context)


def not_open(request: HttpRequest, error: NotOpen, door: Door | None = None, help_now: Help | None = None) -> HttpResponseBase:
    """One page for a questionnaire that never was, is finished, was taken back or has expired; with help for who has just spoken of danger."""
    return render(request, "measures/not_open.html", {"message": str(error), "door": door, "opened": help_now, "bare": True}, status=404)


# ---- One answer, sent by script ---------------------------------------------------------------------------------------------------------


def take_answer(request: HttpRequest, request_id: uuid.UUID) -> HttpResponseBase:
    """Keep one answer: ``item``, ``value`` ("" takes it back), ``form`` (hash), ``client`` and ``at``. Says whether help is to be shown."""
    sent = request.POST
    try:
        item = int(str(sent.get("item", "")) if str(sent.get("item", "")).isascii() and len(str(sent.get("item", ""))) < 5 else "")
    except ValueError:
        return JsonResponse({"kept": False, "message": _("No such question. Load the page again.")}, status=422)
    written, client = str(sent.get("value", "")).strip(), str(sent.get("client", ""))
    try:
        value = _number(item, written) if written else None
        device_at = _moment(str(sent.get("at", "")))
        saved = save_item(request_id, item=item, value=value, form_hash=str(sent.get("form", "")), client_id=client, device_at=device_at)
    except (NotOpen, NoFormHere, FormChanged) as error:
        # A link that is over answers as one that never was, but for somebody who has just spoken of danger.
        is_other = isinstance(error, FormChanged)
        told = tell_what_was_refused(request_id, item=item, value=value, client_id=client, why="wording" if is_other else "ended")
        message = str(error if is_other else NotOpen())
        return JsonResponse({"kept": False, "message": message, **({"help": True} if told else {})}, status=409 if is_other else 404)
    except NoSuchAnswer as error:
        return JsonResponse({"kept": False, "message": str(error)}, status=422)
    return JsonResponse({"kept": True, "help": saved.needs_help})


def _moment(written: str) -> datetime | None:
    """When a device says that it was answered; nothing it says is an error."""
    try:
        found = parse_datetime(written[:40])
    except (ValueError, OverflowError):
        return None
    return None if found is None or is_naive(found) else found
