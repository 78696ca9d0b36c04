"""Reminders: chosen by the patient, looked at in the moment in which they would come, once a day, never at night, and put off without a word."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from tests.support.clinic import Cast, open_own_pages

from fivefold.records import clock
from fivefold.records.models import AuditEntry, Clinic, OwnReminder, ReminderWish
from fivefold.services import diary, own_reminders, reminders
from fivefold.services.access import AccessDenied, NoSuchPatient
from fivefold.services.measures import give_out
from fivefold.services.own_reminders import ReminderChoice
from fivefold.services.patients import NotAcceptable
from fivefold.services.reminders import Wish

SignIn = Callable[[str], Client]
EVENING = ReminderChoice(frozenset({"diary"}), at=time(19))
QUIET = Wish(quiet_from=time(21, 30), quiet_until=time(9))
# Anything that would tell what it is about to whoever looks over a shoulder.
CLINICAL = re.compile(r"diary|therap|clinic|fivefold|question|session|mood|health|plan", re.IGNORECASE)


def at(hour: int, minute: int = 0, days: int = 0) -> datetime:
    """A moment of today by the clinic's clock, or of a day after it."""
    return timezone.make_aware(datetime.combine(timezone.localdate() + timedelta(days=days), time(hour, minute)))


@pytest.fixture
def rosa(cast: Cast) -> Cast:
    """Rosa with a diary and pages of her own, who wants to be reminded of it at seven in the evening."""
    me = open_own_pages(cast)
    diary.set_card(cast.amina, patient_id=cast.rosa.pk, items=["sadness"], own=[], is_for_crisis=False, version=0)
    own_reminders.choose_my_reminder(me, patient_id=cast.rosa.pk, choice=EVENING, wish=QUIET)
    # Only an invented clinic lives at another time than now.
    Clinic.objects.filter(pk=me.clinic.pk).update(synthetic=True)
    for actor in (cast.amina, me):
        actor.clinic.synthetic = True
    return cast


def taken(cast: Cast, moment: datetime) -> bool:
    with clock.acting_at(moment):
        return own_reminders.take_my_reminder(cast.people["self"], patient_id=cast.rosa.pk)


def write(cast: Cast, moment: datetime) -> None:
    with clock.acting_at(moment):
        on = clock.today()
        entry = diary.NewEntry(uuid4(), 1, on, on, moment, {"sadness": "1"})
        diary.record_entry(cast.people["self"], patient_id=cast.rosa.pk, entry=entry)


@pytest.mark.parametrize(("hour", "minute", "comes"), [(18, 59, False), (19, 0, True), (21, 29, True), (21, 30, False), (22, 30, False), (3, 0, False)])
def test_reminder_comes_from_its_hour_on_and_never_in_quiet_hours(rosa: Cast, hour: int, minute: int, comes: bool) -> None:
    assert taken(rosa, at(hour, minute)) is comes


def test_nobody_is_reminded_of_what_is_done_and_writing_anything_is_enough(rosa: Cast) -> None:
    write(rosa, at(12))

    assert taken(rosa, at(19)) is False
    assert taken(rosa, at(19, days=1)) is True


def test_reminder_is_given_once_a_day_however_many_pages_ask(rosa: Cast) -> None:
    assert [taken(rosa, at(19, minute)) for minute in (0, 5, 10)] == [True, False, False]
    assert taken(rosa, at(19, days=1)) is True


def test_put_off_for_an_hour_it_comes_again_and_until_tomorrow_it_does_not(rosa: Cast) -> None:
    me, mine = rosa.people["self"], rosa.rosa.pk
    assert taken(rosa, at(19))
    with clock.acting_at(at(19, 10)):
        own_reminders.put_off_my_reminder(me, patient_id=mine, how="hour")
    assert [taken(rosa, at(20, minute)) for minute in (0, 11)] == [False, True]
    with clock.acting_at(at(20, 15)):
        own_reminders.put_off_my_reminder(me, patient_id=mine, how="tomorrow")

    assert [taken(rosa, moment) for moment in (at(21), at(18, days=1), at(19, days=1))] == [False, False, True]


def test_questions_and_the_day_before_a_session_wait_only_where_they_were_chosen(rosa: Cast) -> None:
    me, mine = rosa.people["self"], rosa.rosa.pk
    write(rosa, at(9))
    give_out(rosa.amina, patient_id=mine, instrument="phq9", route="portal")
    assert taken(rosa, at(19)) is False

    own_reminders.choose_my_reminder(me, patient_id=mine, choice=ReminderChoice(frozenset({"questions"}), at=time(19)), wish=replace(QUIET, version=1))

    assert taken(rosa, at(19)) is True


def test_off_is_off(rosa: Cast, sign_in: SignIn) -> None:
    sent = {"days": "daily", "at": "19:00", "quiet_from": "21:30", "quiet_until": "09:00", "version": "1"}
    sign_in("self").post("/my/data/reminder", sent)

    assert OwnReminder.objects.get().diary is False
    assert taken(rosa, at(19)) is False


@pytest.mark.parametrize(
    ("choice", "quiet"),
    [
        (ReminderChoice(frozenset({"diary"}), at=time(23)), QUIET),
        (ReminderChoice(frozenset({"diary"}), at=time(19)), Wish(quiet_from=time(18), quiet_until=time(20))),
        (ReminderChoice(frozenset({"weight"}), at=time(19)), QUIET),
        (ReminderChoice(frozenset({"diary"}), days="hourly", at=time(19)), QUIET),
    ],
)
def test_night_quiet_hours_and_what_is_not_offered_are_refused(rosa: Cast, choice: ReminderChoice, quiet: Wish) -> None:
    with pytest.raises(NotAcceptable):
        own_reminders.choose_my_reminder(rosa.people["self"], patient_id=rosa.rosa.pk, choice=choice, wish=replace(quiet, version=1))
    assert own_reminders.reminder_of(rosa.rosa).choice == EVENING


def test_who_wants_mail_has_agreed_to_it_and_whoever_wrote_it_down_meanwhile_is_not_overwritten(rosa: Cast, sign_in: SignIn, settings: Any) -> None:
    mine, sent = (
        rosa.rosa.pk,
        {"days": "daily", "at": "19:00", "quiet_from": "21:30", "quiet_until": "09:00", "by_mail": "questions", "address": "me@mail.example"},
    )
    sign_in("self").post("/my/data/reminder", sent | {"version": "1"})
    assert "me@mail.example" not in sign_in("self").get("/my/data").content.decode()  # this clinic sends none, and asks for no address

    settings.EMAIL_HOST = "mail.example"
    Clinic.objects.filter(pk=rosa.amina.clinic.pk).update(settings={"reminders_by_mail": True})
    sign_in("self").post("/my/data/reminder", sent | {"version": "2"})
    assert reminders.wish_of(rosa.rosa).address == "me@mail.example" and reminders.has_agreed(rosa.rosa)
    reminders.set_reminders(rosa.amina, patient_id=mine, wanted=False, address="", quiet_from=time(20), quiet_until=time(8), version=3)
    late = sign_in("self").post("/my/data/reminder", sent | {"version": "3"}).content.decode()

    assert "changed meanwhile, by Amina" in late and "no e-mail" in late and "me@mail.example" in late and reminders.wish_of(rosa.rosa).wanted is False


def test_pause_holds_for_the_phone_as_well(rosa: Cast) -> None:
    until = replace(QUIET, version=1, paused_until=timezone.localdate())
    own_reminders.choose_my_reminder(rosa.people["self"], patient_id=rosa.rosa.pk, choice=EVENING, wish=until)

    assert [taken(rosa, at(19)), taken(rosa, at(19, days=1))] == [False, True]


def test_pause_ends_within_a_year_and_one_kept_before_that_rule_breaks_nothing(rosa: Cast) -> None:
    mine, forever = rosa.rosa.pk, Wish(quiet_from=time(21, 30), quiet_until=time(9), paused_until=date.max, version=1)

    with pytest.raises(NotAcceptable, match="9999-12-31"):
        own_reminders.choose_my_reminder(rosa.people["self"], patient_id=mine, choice=EVENING, wish=forever)
    hours = {"quiet_from": time(20), "quiet_until": time(8)}
    with pytest.raises(NotAcceptable, match="Pause"):
        reminders.set_reminders(rosa.amina, patient_id=mine, wanted=False, address="", **hours, paused_until=date.max, version=1)

    ReminderWish.objects.filter(patient=rosa.rosa).update(paused_until=date.max)
    assert not taken(rosa, at(20))


@pytest.mark.parametrize(
    ("changed", "status", "says"),
    [
        ({"quiet_from": "NaN"}, 422, "you wrote “NaN”"),
        ({"quiet_from": "10:00", "quiet_until": "20:00"}, 422, "19:30 is in them"),
        ({"at": "03:00"}, 422, "03:00 is not"),
        ({"paused_until": "9999-12-31"}, 422, "9999-12-31 is later"),
        ({"paused_until": "1e999"}, 422, "you wrote “1e999”"),
        ({"version": "7"}, 409, "quiet from 21:30 to 09:00, at 19:00"),
    ],
)
def test_what_cannot_be_kept_stays_on_the_page_as_it_was_typed_with_what_is_wrong(
    rosa: Cast, sign_in: SignIn, changed: dict[str, str], status: int, says: str
) -> None:
    typed = {"about": ["questions"], "at": "19:30", "days": "weekdays", "quiet_from": "22:00", "quiet_until": "07:30", "version": "1", **changed}

    answer = sign_in("self").post("/my/data/reminder", typed)

    page = answer.content.decode()
    assert answer.status_code == status and says in page
    assert 'value="questions" checked' in page and 'value="diary" checked' not in page and '<option value="weekdays" selected' in page
    assert [f'value="{typed[name]}"' in page for name in ("quiet_from", "quiet_until")] == [True, True]
    assert typed.get("paused_until", "") in page
    assert own_reminders.reminder_of(rosa.rosa).choice == EVENING


def test_phone_learns_that_something_waits_and_not_what_and_its_asking_leaves_no_trace(rosa: Cast, sign_in: SignIn) -> None:
    phone, before = sign_in("self"), AuditEntry.objects.count()
    OwnReminder.objects.update(at=time(0))
    ReminderWish.objects.update(quiet_from=time(0), quiet_until=time(0))
    due = timezone.localtime().time() < time(22)

    asked = phone.get("/my/reminder/due").json()
    assert AuditEntry.objects.count() == before
    got = phone.post("/my/reminder/take").json()

    assert set(asked) == {"due", "token"} and asked["due"] is due is got["remind"]
    assert not CLINICAL.search(" ".join(str(value) for name, value in got.items() if name != "icon"))
    assert not due or phone.get("/my/today").content.decode().count('name="how"') == 2
    assert phone.post("/my/reminder/later", {"how": "never"}).status_code == 302
    assert phone.post("/my/reminder/later", {"how": "tomorrow"}).status_code == 302
    assert OwnReminder.objects.get().put_off_until is not None


def test_reminders_are_the_patients_own(rosa: Cast, sign_in: SignIn) -> None:
    for who in ("amina", "lea"):
        with pytest.raises(AccessDenied):
            own_reminders.see_my_reminder(rosa.people[who], patient_id=rosa.rosa.pk)
        assert sign_in(who).get("/my/reminder/due").status_code == 403
    with pytest.raises(NoSuchPatient):
        own_reminders.take_my_reminder(rosa.people["self"], patient_id=uuid4())


def test_nothing_counts_days_in_a_row(rosa: Cast, sign_in: SignIn) -> None:
    for days in (-2, -1, 0):
        write(rosa, at(8, days=days))

    pages = " ".join(sign_in("self").get(path).content.decode() for path in ("/my/today", "/my/data", "/my/diary"))

    assert not re.search(r"streak|in a row|missed|well done|keep it up", pages, re.IGNORECASE)
