"""Acts about a patient's own reminders: what their phone reminds them of and when, whether something still waits, and putting it off.

Nothing is kept of what was not done, and nothing is counted. Whether a reminder is still needed is looked at in the moment in which it
would be given; one that was given is not given again on that day, unless the patient has put it off. Quiet hours and pauses hold for
messages by e-mail as well, which ``reminder_rounds`` sends.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from fivefold.records import clock
from fivefold.records.models import Consent, OwnReminder, Patient
from fivefold.services.access import Actor, Permission, clinical_act, patient_for
from fivefold.services.diary import card_of, entries_of
from fivefold.services.own_pages import next_session_of, questionnaires_of
from fivefold.services.patients import NotAcceptable
from fivefold.services.reminders import ABOUT, Wish, clock_time, has_agreed, is_offered, keep_wish, quiet_until, wish_of

DAYS = ("daily", "weekdays")
# Nobody is reminded at night, whatever is asked; within this each chooses a time, and hours that stay quiet.
EARLIEST, LATEST, NIGHT = time(7), time(21, 30), time(22)
HOURS = tuple(time(hour, minute) for hour in range(EARLIEST.hour, LATEST.hour + 1) for minute in (0, 30))
PUT_OFF = ("hour", "tomorrow")


@dataclass(frozen=True)
class ReminderChoice:
    """What somebody is reminded of by their phone (nothing: it is off), on which days, and from what time on."""

    about: frozenset[str] = frozenset()
    days: str = "daily"
    at: time = time(19)


@dataclass(frozen=True)
class MyReminder:
    """What was chosen, what holds for every way, until when it is put off, and what waits now; ``was_told`` whether they were reminded today."""

    patient: Patient
    choice: ReminderChoice
    wish: Wish
    mail_is_offered: bool
    put_off_until: datetime | None = None
    waits: tuple[str, ...] = ()
    was_told: bool = False

    @property
    def is_on(self) -> bool:
        """Whether there is anything to be reminded of."""
        return bool(self.choice.about)


def reminder_of(patient: Patient) -> MyReminder:
    """How it stands, for acts that have checked access already."""
    mine = _chosen(patient)
    return replace(mine, waits=_waits(patient, mine.choice.about)) if mine.is_on else mine


def _chosen(patient: Patient) -> MyReminder:
    """What was chosen and told; what waits is not looked at."""
    row = OwnReminder.objects.filter(clinic_id=patient.clinic_id, patient=patient).first()
    offered, wish = is_offered(patient.clinic), wish_of(patient)
    if row is None:
        return MyReminder(patient, ReminderChoice(), wish, offered)
    choice = ReminderChoice(frozenset(name for name in ABOUT if getattr(row, name)), row.days, row.at)
    put_off = row.put_off_until if row.put_off_until and row.put_off_until > clock.now() else None
    was_told = row.told_at is not None and timezone.localdate(row.told_at) == clock.today()
    return MyReminder(patient, choice, wish, offered, put_off, was_told=was_told)


def _waits(patient: Patient, about: Collection[str]) -> tuple[str, ...]:
    """What of it still waits now: a diary of today that is not begun, questions that are open, a session tomorrow."""
    today = clock.today()
    found = {
        "diary": "diary" in about and card_of(patient) is not None and not entries_of(patient, today),
        "questions": "questions" in about and bool(questionnaires_of(patient)),
        "session": "session" in about and next_session_of(patient, today) == today + timedelta(days=1),
    }
    return tuple(name for name in ABOUT if found[name])


def is_to_remind(patient: Patient) -> bool:
    """Whether the phone is to remind just now: the hour has come, nothing was told today, and something still waits."""
    mine = _chosen(patient)
    return mine.is_on and _is_the_hour(mine) and bool(_waits(patient, mine.choice.about))


def _is_the_hour(mine: MyReminder) -> bool:
    """Whether the hour that was chosen has come and is not quiet, and nothing was put off or told today."""
    now, choice = timezone.localtime(clock.now()), mine.choice
    if mine.was_told or mine.put_off_until is not None or (choice.days == "weekdays" and now.weekday() > 4):
        return False
    return choice.at <= now.time() < NIGHT and quiet_until(now, mine.wish) is None


def waits_by_mail(patient: Patient) -> tuple[str, ...]:
    """Of which diary or session to write just now to whoever wants it by e-mail. A phone that has told them today is enough."""
    mine = _chosen(patient)
    wanted = mine.wish.about - {"questions"} if mine.wish.wanted else frozenset[str]()
    return _waits(patient, wanted) if wanted and _is_the_hour(mine) else ()


def was_written_to(patient: Patient) -> None:
    """An e-mail reminded them: the phone does not do it as well today."""
    OwnReminder.objects.filter(clinic_id=patient.clinic_id, patient=patient).update(told_at=clock.now())


# ---- The patient's acts --------------------------------------------------------------------------------------------------


@clinical_act(Permission.OWN_PAGES, view=True)
def see_my_reminder(actor: Actor, *, patient_id: uuid.UUID) -> MyReminder:
    """What one is reminded of, and when."""
    return reminder_of(patient_for(actor, patient_id, Permission.OWN_PAGES))


@clinical_act(Permission.OWN_ENTRIES)
def choose_my_reminder(actor: Actor, *, patient_id: uuid.UUID, choice: ReminderChoice, wish: Wish) -> None:
    """Say what one wants to be reminded of and when, by which way, and when never; nothing at all turns it off.

    Wanting e-mail is agreeing to it. Where none is sent here, what was said of it stays. Raises ChangedMeanwhile, NotAcceptable.
    """
    patient = patient_for(actor, patient_id, Permission.OWN_ENTRIES)
    if not choice.about | wish.about <= set(ABOUT) or choice.days not in DAYS:
        raise NotAcceptable("Reminder", _("one of the answers shown. Load the page again"))
    if choice.at not in HOURS:
        raise NotAcceptable("Time", _("a time that is shown, never at night; %(at)s is not") % {"at": f"{choice.at:%H:%M}"})
    has_its_hour = bool(choice.about) or (wish.wanted and bool(wish.about - {"questions"}))
    if has_its_hour and quiet_until(clock_time(clock.today(), choice.at), replace(wish, paused_until=None)) is not None:
        raise NotAcceptable("Time", _("a time outside your quiet hours; %(at)s is in them") % {"at": f"{choice.at:%H:%M}"})
    _keep_mail(actor, patient, wish)
    kept = {name: name in choice.about for name in ABOUT} | {"days": choice.days, "at": choice.at, "changed_at": clock.now(), "put_off_until": None}
    OwnReminder.objects.update_or_create(clinic=actor.clinic, patient=patient, defaults=kept)


def _keep_mail(actor: Actor, patient: Patient, wish: Wish) -> None:
    agreed = has_agreed(patient)
    if not is_offered(actor.clinic):
        now = wish_of(patient)
        wish = replace(wish, wanted=now.wanted and agreed, address=now.address, about=now.about)
    elif wish.wanted and not agreed:
        Consent(clinic=actor.clinic, patient=patient, purpose="messages", given=True, on=clock.today(), author=actor.user).save()
    keep_wish(patient, wish, author=actor.user)


@clinical_act(Permission.OWN_ENTRIES)
def put_off_my_reminder(actor: Actor, *, patient_id: uuid.UUID, how: str) -> None:
    """Not now: again in an hour, or not before tomorrow. It costs nothing and is counted nowhere."""
    patient = patient_for(actor, patient_id, Permission.OWN_ENTRIES)
    if how not in PUT_OFF:
        raise NotAcceptable("Reminder", _("one of the answers shown. Load the page again"))
    tomorrow = clock_time(clock.today(), time()) + timedelta(days=1)
    until = {"put_off_until": clock.now() + timedelta(hours=1), "told_at": None} if how == "hour" else {"put_off_until": tomorrow}
    OwnReminder.objects.filter(clinic=actor.clinic, patient=patient).update(**until)


@clinical_act(Permission.OWN_ENTRIES)
def take_my_reminder(actor: Actor, *, patient_id: uuid.UUID) -> bool:
    """Whether to remind now; if so, it counts as given, and is given by no other page or phone today."""
    patient = patient_for(actor, patient_id, Permission.OWN_ENTRIES)
    if not is_to_remind(patient):
        return False
    OwnReminder.objects.filter(clinic=actor.clinic, patient=patient).update(told_at=clock.now())
    return True


# ---- What pages and phones ask for, of which nothing is written down -----------------------------------------------------


def reminder_waits(patient_id: uuid.UUID) -> bool:
    """Whether a phone is to remind just now; it learns nothing else."""
    return is_to_remind(Patient.objects.select_related("clinic").get(pk=patient_id))


def may_put_off(patient_id: uuid.UUID) -> bool:
    """Whether they were reminded today of what still waits."""
    mine = reminder_of(Patient.objects.select_related("clinic").get(pk=patient_id)) if reminds(patient_id) else None
    return mine is not None and mine.was_told and mine.put_off_until is None and bool(mine.waits)


def reminds(patient_id: uuid.UUID) -> bool:
    """Whether the patient wants to be reminded of anything by their phone."""
    return OwnReminder.objects.filter(Q(diary=True) | Q(questions=True) | Q(session=True), patient_id=patient_id).exists()
