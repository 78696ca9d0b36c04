"""Reminders by e-mail as somebody wants them: agreed to, to which address, and when not. They are sent by ``reminder_rounds``.

Nothing is sent unless the installation has a mail server, the clinic has switched it on, and the patient has agreed to messages and wants
them. A message says that something waits and where: no name, no clinic, no questionnaire.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from fivefold.concepts.signals import Watch
from fivefold.records import clock
from fivefold.records.models import QUIET_FROM, QUIET_UNTIL, Clinic, Consent, Patient, Reminder, ReminderWish, SignalState, User
from fivefold.services.access import Actor, Permission, clinical_act, patient_for, reaches
from fivefold.services.patients import NotAcceptable, checked_address
from fivefold.services.plans import ChangedMeanwhile
from fivefold.services.signals import CLOSED, take_step

MOST_SHOWN = 10
# Questions that wait are not put off for ever by a slip in a year.
LONGEST_PAUSE = timedelta(days=366)
# What there is to be reminded of.
ABOUT = ("diary", "questions", "session")


@dataclass(frozen=True)
class Wish:
    """How somebody wants to be reminded by e-mail, and of what of ``ABOUT``; ``version`` is 0 where nothing was ever said."""

    wanted: bool = False
    address: str = ""
    about: frozenset[str] = frozenset({"questions"})
    quiet_from: time = QUIET_FROM
    quiet_until: time = QUIET_UNTIL
    paused_until: date | None = None
    author: str = ""
    changed_at: datetime | None = None
    version: int = 0


@dataclass(frozen=True)
class SeenReminders:
    """The wish, whether reminders can be sent here at all and were agreed to, and what became of the newest ones."""

    patient: Patient
    wish: Wish
    is_offered: bool
    has_agreed: bool
    newest: tuple[Reminder, ...]
    may_change: bool


def is_offered(clinic: Clinic) -> bool:
    """Whether this installation has a mail server and the clinic has switched reminders on."""
    return bool(settings.EMAIL_HOST) and bool(clinic.settings.get("reminders_by_mail"))


def has_agreed(patient: Patient) -> bool:
    """Whether the patient has agreed to messages and reminders, by what was said last."""
    said = Consent.objects.filter(clinic_id=patient.clinic_id, patient=patient, purpose="messages").order_by("-on", "-recorded_at")
    return bool(said.values_list("given", flat=True).first())


def wish_of(patient: Patient) -> Wish:
    """What the patient wants now."""
    row = ReminderWish.objects.filter(clinic_id=patient.clinic_id, patient=patient).select_related("author").first()
    if row is None:
        return Wish()
    about = frozenset(name for name in ABOUT if getattr(row, name))
    return Wish(row.wanted, row.address, about, row.quiet_from, row.quiet_until, row.paused_until, row.author.name, row.changed_at, row.version)


def quiet_until(local: datetime, wish: ReminderWish | Wish) -> datetime | None:
    """Until when nothing is sent, as a moment of the clinic's clock; None where something may be sent now."""
    if wish.paused_until is not None and local.date() <= wish.paused_until:
        # No further than a pause may last: what was kept before there was a limit may end with the calendar itself.
        last = min(wish.paused_until, local.date() + LONGEST_PAUSE)
        return clock_time(last + timedelta(days=1), wish.quiet_until)
    begins, ends, now = wish.quiet_from, wish.quiet_until, local.time()
    if begins == ends:
        return None
    if begins < ends:
        return clock_time(local.date(), ends) if begins <= now < ends else None
    if now < ends:
        return clock_time(local.date(), ends)
    return clock_time(local.date() + timedelta(days=1), ends) if now >= begins else None


def clock_time(day: date, at: time) -> datetime:
    """The moment at which the clinic's clock shows a time of a day."""
    return timezone.make_aware(datetime.combine(day, at))


@clinical_act(Permission.SEE_RECORD, view=True)
def see_reminders(actor: Actor, *, patient_id: uuid.UUID) -> SeenReminders:
    """How a patient is reminded, and what became of it."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    newest = Reminder.objects.filter(clinic=actor.clinic, patient=patient, request__isnull=False).exclude(state="waiting", tries=0).select_related("request")
    return SeenReminders(
        patient=patient,
        wish=wish_of(patient),
        is_offered=is_offered(actor.clinic),
        has_agreed=has_agreed(patient),
        newest=tuple(newest.order_by("-made_at", "-pk")[:MOST_SHOWN]),
        may_change=reaches(actor, patient, Permission.CHANGE_RECORD),
    )


@clinical_act(Permission.CHANGE_RECORD)
def set_reminders(
    actor: Actor, *, patient_id: uuid.UUID, wanted: bool, address: str, quiet_from: time, quiet_until: time, paused_until: date | None = None, version: int
) -> ReminderWish:
    """Write down what a patient said about being reminded of questionnaires. Of what else they are reminded they choose themselves.

    Raises ChangedMeanwhile, NotAcceptable.
    """
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    about = wish_of(patient).about | {"questions"}
    wish = Wish(wanted, address, about, quiet_from, quiet_until, paused_until, version=version)
    return keep_wish(patient, wish, author=actor.user)


def keep_wish(patient: Patient, wish: Wish, *, author: User) -> ReminderWish:
    """Keep what is wanted now, as a part of acts that have checked access; an address stays only while reminders are wanted.

    ``wish.version`` is that of the page it was said on. Raises ChangedMeanwhile, NotAcceptable.
    """
    now = wish_of(patient)
    if now.version != wish.version:
        theirs = {"reminders": _("yes") if now.wanted else _("no"), "address": now.address}
        raise ChangedMeanwhile(theirs, now.version, _("how this patient is reminded"), now.author)
    latest = clock.today() + LONGEST_PAUSE
    if wish.paused_until is not None and wish.paused_until > latest:
        said = {"value": wish.paused_until.isoformat(), "latest": latest.isoformat()}
        raise NotAcceptable("Pause", _("a day up to %(latest)s, and %(value)s is later: a pause can be made longer when it ends") % said)
    address = wish.address.strip() if wish.wanted else ""
    if wish.wanted:
        checked_address("E-mail", address, _("an address such as name@mail.example"))
        if not has_agreed(patient):
            raise NotAcceptable("Reminders", _("that the patient agrees to messages and reminders: write it down on the page of the record first"))
    ReminderWish.objects.filter(clinic_id=patient.clinic_id, patient=patient).delete()
    times = {"quiet_from": wish.quiet_from, "quiet_until": wish.quiet_until, "paused_until": wish.paused_until}
    about = {name: name in wish.about for name in ABOUT}
    row = ReminderWish(clinic_id=patient.clinic_id, patient=patient, wanted=wish.wanted, author=author, version=now.version + 1, **times, **about)
    row.address = address
    row.save()
    settle_undelivered(patient)
    return row


def settle_undelivered(patient: Patient) -> None:
    """Let the signal that reminders do not arrive pass: one arrived, or the wish was changed."""
    matter = Watch.UNDELIVERED_REMINDER.value
    for state in SignalState.objects.select_related("signal").filter(clinic_id=patient.clinic_id, patient=patient, is_open=True, matter=matter):
        take_step(state, "closed", CLOSED | {"closed_at": clock.now()}, outcome="passed")
