"""Sending reminders: a round of the worker (``fivefold admin reminders``), clinic by clinic.

Whether a reminder is still needed is asked at the moment it would be sent, not when it was planned: what has been answered, taken back,
no longer wanted or no longer agreed to is not sent. A try that fails is made again later; one that never arrives becomes a signal.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from fivefold.concepts.signals import SeenMatter, Watch
from fivefold.records import clock
from fivefold.records.models import Clinic, MeasureRequest, Patient, Reminder, ReminderWish
from fivefold.services import audit, mail
from fivefold.services.knowledge import knowledge, knowledge_of
from fivefold.services.measure_doors import link_token
from fivefold.services.measure_rounds import give_out_planned
from fivefold.services.measure_states import request_states
from fivefold.services.own_reminders import waits_by_mail, was_written_to
from fivefold.services.reminders import has_agreed, is_offered, quiet_until, settle_undelivered
from fivefold.services.signal_watch import in_every_clinic
from fivefold.services.signals import raise_signal

# The routes on which somebody has to come by themselves.
REMINDED = ("portal", "link")
# Nobody is reminded of what they were given a moment ago, and may just be answering.
SETTLES = timedelta(hours=1)
# After each try that failed, how long until the next; after the last nobody tries any more.
WAITS = (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=6), timedelta(hours=12))


@dataclass(frozen=True)
class Round:
    """What a round did: questionnaires given out as planned, reminders sent, not needed any more, and given up."""

    given_out: int = 0
    sent: int = 0
    not_needed: int = 0
    failed: int = 0
    clinics: tuple[int, ...] = ()


def remind_everywhere() -> Round:
    """A round in every clinic. What goes wrong in one of them stops no other."""
    done, wrong = in_every_clinic(remind)
    totals = {name: sum(getattr(one, name) for one in done) for name in ("given_out", "sent", "not_needed", "failed")}
    return Round(**totals, clinics=wrong)


def remind(clinic: Clinic) -> Round:
    """Give out what is planned and due, note what is to be reminded of, and send what is still needed."""
    with knowledge_of(clinic), timezone.override(clinic.time_zone):
        given_out = give_out_planned(clinic)
        if not is_offered(clinic):
            return Round(given_out)
        _note_occasions(clinic)
        waiting = Reminder.objects.filter(clinic=clinic, state="waiting", next_try_at__lte=clock.now()).order_by("next_try_at", "pk")
        ends = [_take_on(clinic, key) for key in list(waiting.values_list("pk", flat=True))]
    return Round(given_out, ends.count("sent"), ends.count("not_needed"), ends.count("failed"))


# ---- What there is to be reminded of ------------------------------------------------------------------------------------


def _note_occasions(clinic: Clinic) -> None:
    """A row for every occasion that has come, for whoever wants reminders and has agreed to them."""
    Reminder.objects.filter(clinic=clinic, on__lt=clock.today()).delete()  # that a diary was not written is kept nowhere
    wishes = ReminderWish.objects.filter(clinic=clinic, wanted=True, patient__closed_at__isnull=True, patient__erased_at__isnull=True)
    for wish in wishes.select_related("patient", "patient__clinic").order_by("pk"):
        if has_agreed(wish.patient):
            made = {"clinic": clinic, "patient": wish.patient, "next_try_at": clock.now()}
            for request, occasion in _occasions(wish.patient) if wish.questions else ():
                Reminder.objects.get_or_create(request=request, occasion=occasion, defaults=made)
            for occasion in waits_by_mail(wish.patient):
                Reminder.objects.get_or_create(patient=wish.patient, occasion=occasion, on=clock.today(), request=None, defaults=made)


def _occasions(patient: Patient) -> Iterator[tuple[MeasureRequest, str]]:
    now, before = clock.now(), timedelta(days=knowledge().batteries.remind_before.value)
    rows = MeasureRequest.objects.filter(clinic_id=patient.clinic_id, patient=patient, route__in=REMINDED, expires_at__gt=now)
    for state in request_states(patient, rows=list(rows.order_by("recorded_at", "pk"))):
        if state.is_open and now >= state.row.recorded_at + SETTLES:
            yield state.row, "ending" if now >= state.row.expires_at - before else "given"


# ---- Sending ------------------------------------------------------------------------------------------------------------


def _take_on(clinic: Clinic, key: UUID) -> str:
    """Try one reminder; gives its state afterwards. Before the mail goes out its try is written down, so that nobody else sends it as well."""
    with transaction.atomic():
        row = Reminder.objects.select_for_update(skip_locked=True, of=("self",)).select_related("request", "patient", "patient__clinic").filter(
            pk=key, state="waiting", next_try_at__lte=clock.now()
        ).first()  # fmt: skip
        if row is None:
            return ""
        wish = ReminderWish.objects.filter(clinic=clinic, patient=row.patient, wanted=True).first()
        why = _why_not(row, wish)
        if why or wish is None:
            return mail.end(row, "not_needed", why)
        later = quiet_until(timezone.localtime(clock.now()), wish)
        if later is not None:
            Reminder.objects.filter(pk=row.pk).update(next_try_at=later)
            return "waiting"
        row.tries += 1
        last = row.tries > len(WAITS)
        row.next_try_at = clock.now() + WAITS[min(row.tries, len(WAITS)) - 1]
        row.save(update_fields=["tries", "next_try_at"])
    problem = _send(row, wish.address)
    with transaction.atomic():
        if problem is None:
            settle_undelivered(row.patient)
            if row.request is None:
                was_written_to(row.patient)
            audit.record_system(clinic, "send_reminder", patient_id=row.patient_id, reminder=str(row.pk))
            return mail.end(row, "sent")
        if not last and not mail.is_refused_for_good(problem):
            Reminder.objects.filter(pk=row.pk).update(why=type(problem).__name__)
            return "waiting"
        _tell_undelivered(row)
        return mail.end(row, "failed", type(problem).__name__)


def _why_not(row: Reminder, wish: ReminderWish | None) -> str:
    """Why a reminder is not needed, or not to be sent, any more; "" where it is."""
    if row.request is not None:
        [state] = request_states(row.patient, rows=[row.request])
        if not state.is_open:
            return state.state
    if row.patient.closed_at is not None or row.patient.erased_at is not None:
        return "care has ended"
    if wish is None or not (wish.questions if row.request is not None else getattr(wish, row.occasion)):
        return "not wanted"
    if not has_agreed(row.patient):
        return "not agreed to"
    # Of a day: done meanwhile, told by the phone, put off, or its hour is over. Quiet hours until the next day end it as well.
    return "" if row.request is not None or row.occasion in waits_by_mail(row.patient) else "no longer waits"


def _send(row: Reminder, address: str) -> OSError | None:
    with override(row.patient.language or settings.LANGUAGE_CODE):
        return mail.send(row, address, _("A note for you"), _words(row), failing="a reminder was not sent")


def _words(row: Reminder) -> str:
    """What the message says: that something waits, where, and until when. Nothing in it tells of treatment."""
    request = row.request
    if request is None:
        said = _(
            "Hello,\n\nsomething that you wanted to be reminded of today waits for you here:\n%(where)s\n\n"
            "When you do it is up to you. To be reminded at other times, or no longer, change it on your pages.\n"
            "Nobody reads answers to this message.\n"
        )
        return said % {"where": mail.app_address(reverse("my_today"))}
    path = reverse("questionnaire", args=[link_token(request.pk)]) if request.route == "link" else reverse("my_today")
    told = {"where": mail.app_address(path), "until": date_format(timezone.localtime(request.expires_at), "j F")}
    return (
        _(
            "Hello,\n\nsomething that you wanted to be reminded of waits for you here until %(until)s:\n%(where)s\n\n"
            "When you do it is up to you. To be reminded at other times, or no longer, tell us or change it on your pages.\n"
            "Nobody reads answers to this message.\n"
        )
        % told
    )


def _tell_undelivered(row: Reminder) -> None:
    rule = knowledge().signals.watching(Watch.UNDELIVERED_REMINDER)
    seen = _("A reminder could not be delivered after %(n)d tries.") % {"n": row.tries} if row.tries > 1 else _("The mail server refused the address.")
    raise_signal(row.patient, SeenMatter(rule, "", seen, str(row.pk), clock.today()))
