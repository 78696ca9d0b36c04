"""Reminders: sent to whoever wants them and to nobody else, still needed when they are sent, silent at night, and told when they do not arrive.

The messages go through Django's own SMTP back end to a mail server on this machine.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from tests.support.clinic import Cast, open_own_pages
from tests.support.mail import MailServer, mail_server

from fivefold.records import clock
from fivefold.records.models import AuditEntry, Clinic, Consent, MeasureRequest, OwnReminder, Reminder, ReminderWish, SignalState, TreatmentSession
from fivefold.services import diary, measure_answers, measures, own_reminders, reminder_rounds, reminders
from fivefold.services.measures import give_out, plan_measure
from fivefold.services.own_reminders import ReminderChoice
from fivefold.services.patients import NotAcceptable, record_consent
from fivefold.services.plans import ChangedMeanwhile
from fivefold.services.reminder_rounds import Round, remind, remind_everywhere

pytestmark = pytest.mark.django_db
ADDRESS = "rosa@mail.example"
SignIn = Callable[[str], Client]


@pytest.fixture
def server(settings: Any, cast: Cast) -> Iterator[MailServer]:
    """A mail server in the settings, and a clinic that has switched reminders on."""
    cast.amina.clinic.settings["reminders_by_mail"] = True
    cast.amina.clinic.save()
    with mail_server() as found:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", found.port, False
        settings.DEFAULT_FROM_EMAIL, settings.FIVEFOLD_PUBLIC_URL = "notes@mail.example", "https://app.example"
        yield found


def agree(cast: Cast, *, given: bool = True) -> None:
    record_consent(cast.amina, patient_id=cast.rosa.pk, purpose="messages", given=given, on=timezone.localdate())


def want(cast: Cast, **changed: Any) -> ReminderWish:
    """Agreed to and wanted, at any hour unless ``changed`` says otherwise."""
    if not reminders.has_agreed(cast.rosa):
        agree(cast)
    wish = {"wanted": True, "address": ADDRESS, "quiet_from": time(), "quiet_until": time(), "version": reminders.wish_of(cast.rosa).version} | changed
    return reminders.set_reminders(cast.amina, patient_id=cast.rosa.pk, **wish)


def given(cast: Cast, *, ago: timedelta = timedelta(hours=2), left: timedelta = timedelta(days=6), route: str = "link") -> MeasureRequest:
    """A questionnaire that was given out a while ago."""
    row = give_out(cast.amina, patient_id=cast.rosa.pk, instrument="phq9", route=route)
    MeasureRequest._base_manager.filter(pk=row.pk).update(recorded_at=timezone.now() - ago, expires_at=timezone.now() + left)
    return row


def test_message_says_that_something_waits_and_nothing_of_what_or_of_whom(cast: Cast, server: MailServer) -> None:
    want(cast)
    request = given(cast)

    assert remind(cast.amina.clinic) == Round(sent=1) and remind(cast.amina.clinic) == Round()

    [(to, text)] = server.taken
    assert to == ADDRESS
    assert f"https://app.example/q/{measures_token(request)}" in text.replace("=\n", "") and "Auto-Submitted: auto-generated" in text
    for word in ("phq", "questionnaire", "depress", cast.rosa.name, cast.amina.clinic.name, "therap", "clinic", "treat", "Fivefold"):
        assert word.casefold() not in text.casefold().replace("fivefold@", ""), word
    assert [entry.patient_id for entry in AuditEntry.objects.filter(act="send_reminder")] == [cast.rosa.pk]


def measures_token(request: MeasureRequest) -> str:
    return measures_doors().link_token(request.pk)


def measures_doors() -> Any:
    from fivefold.services import measure_doors

    return measure_doors


def test_second_one_comes_before_the_last_day_and_none_after_it(cast: Cast, server: MailServer) -> None:
    want(cast)
    request = given(cast)
    remind(cast.amina.clinic)

    MeasureRequest._base_manager.filter(pk=request.pk).update(expires_at=timezone.now() + timedelta(hours=40))
    assert remind(cast.amina.clinic).sent == 1
    MeasureRequest._base_manager.filter(pk=request.pk).update(expires_at=timezone.now() - timedelta(hours=1))

    assert remind(cast.amina.clinic) == Round() and len(server.taken) == 2
    assert sorted(Reminder.objects.values_list("occasion", "state")) == [("ending", "sent"), ("given", "sent")]


@pytest.mark.parametrize("what", ["answered", "taken_back", "no_wish", "no_consent"])
def test_whether_it_is_needed_is_asked_when_it_is_sent(cast: Cast, server: MailServer, what: str) -> None:
    want(cast)
    request = given(cast)
    server.is_busy = True
    remind(cast.amina.clinic)
    assert Reminder.objects.get().state == "waiting"
    server.is_busy = False
    if what == "answered":
        for item in range(1, 10):
            measure_answers.save_item(request.pk, item=item, value=0, form_hash=request.form_hash, client_id=str(item))
        measure_answers.finish(request.pk)
    elif what == "taken_back":
        measures.cancel_request(cast.amina, patient_id=cast.rosa.pk, request_id=request.pk)
    elif what == "no_wish":
        want(cast, wanted=False)
    else:
        agree(cast, given=False)
    Reminder.objects.update(next_try_at=timezone.now())

    assert remind(cast.amina.clinic) == Round(not_needed=1)

    assert server.taken == [] and Reminder.objects.get().why in ("finished", "cancelled", "not wanted", "not agreed to")


def test_nothing_is_sent_without_a_mail_server_a_switch_a_wish_or_just_after_it_was_given(cast: Cast, server: MailServer, settings: Any) -> None:
    given(cast)
    assert remind(cast.amina.clinic) == Round()
    want(cast)
    settings.EMAIL_HOST = ""
    assert remind(cast.amina.clinic) == Round()
    settings.EMAIL_HOST = "127.0.0.1"
    cast.amina.clinic.settings["reminders_by_mail"] = False
    assert remind(cast.amina.clinic) == Round()
    cast.amina.clinic.settings["reminders_by_mail"] = True
    MeasureRequest._base_manager.update(recorded_at=timezone.now())
    assert remind(cast.amina.clinic) == Round()

    assert server.taken == [] and not Reminder.objects.exists()
    MeasureRequest._base_manager.update(recorded_at=timezone.now() - timedelta(hours=2))
    assert remind(cast.amina.clinic) == Round(sent=1)


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-03-28 19:59", None),
        ("2026-03-28 20:00", "2026-03-29 08:00"),
        ("2026-03-29 01:30", "2026-03-29 08:00"),
        ("2026-03-29 07:59", "2026-03-29 08:00"),
        ("2026-03-29 08:00", None),
    ],
)
def test_night_is_quiet_by_the_clock_of_the_clinic_also_when_the_clock_is_changed(at: str, until: str | None) -> None:
    wish = ReminderWish(wanted=True, quiet_from=time(20), quiet_until=time(8))
    berlin = ZoneInfo("Europe/Berlin")

    with timezone.override("Europe/Berlin"):
        found = reminder_rounds.quiet_until(datetime.fromisoformat(at).replace(tzinfo=berlin), wish)

    assert found == (datetime.fromisoformat(until).replace(tzinfo=berlin) if until else None)


def test_what_falls_into_quiet_hours_or_a_pause_is_sent_after_them(cast: Cast, server: MailServer) -> None:
    now = timezone.localtime()
    want(cast, quiet_from=(now - timedelta(hours=1)).time(), quiet_until=(now + timedelta(hours=1)).time())
    given(cast)
    assert remind(cast.amina.clinic) == Round()
    assert timedelta(minutes=50) < Reminder.objects.get().next_try_at - timezone.now() <= timedelta(hours=1)

    want(cast, paused_until=now.date() + timedelta(days=2))
    Reminder.objects.update(next_try_at=timezone.now())
    assert remind(cast.amina.clinic) == Round()
    assert timezone.localtime(Reminder.objects.get().next_try_at).date() == now.date() + timedelta(days=3)

    want(cast)
    Reminder.objects.update(next_try_at=timezone.now())
    assert remind(cast.amina.clinic) == Round(sent=1) and len(server.taken) == 1


def test_one_that_does_not_arrive_is_tried_again_and_told_in_the_end_until_the_address_is_changed(cast: Cast, server: MailServer, sign_in: SignIn) -> None:
    want(cast)
    given(cast)
    server.is_busy = True
    for tries in range(1, 7):
        done = remind(cast.amina.clinic)
        assert Reminder.objects.get().tries == tries and done.failed == (tries == 6)
        assert remind(cast.amina.clinic) == Round(), "not before its next time"
        Reminder.objects.update(next_try_at=timezone.now())

    state = SignalState.objects.get(matter="undelivered_reminder")
    assert (state.is_open, state.kind, Reminder.objects.get().state) == (True, "progress", "failed")
    assert "Reminders do not arrive" in sign_in("amina").get(f"/patients/{cast.rosa.pk}/signals").content.decode()
    assert "could not be delivered" in sign_in("amina").get(f"/patients/{cast.rosa.pk}/measures/reminders").content.decode()

    want(cast, address="rosa.new@mail.example")
    state.refresh_from_db()
    assert not state.is_open


def test_address_that_is_refused_for_good_is_told_at_once_and_the_watch_lets_it_stand(cast: Cast, server: MailServer) -> None:
    from fivefold.services.signal_watch import watch_all

    server.refused.add(ADDRESS)
    want(cast)
    given(cast)

    assert remind(cast.amina.clinic) == Round(failed=1)
    watch_all(cast.amina.clinic)

    assert Reminder.objects.get().tries == 1 and SignalState.objects.filter(matter="undelivered_reminder", is_open=True).count() == 1


def test_address_is_kept_sealed_and_only_while_reminders_are_wanted(cast: Cast) -> None:
    with pytest.raises(NotAcceptable, match="agrees to messages"):
        reminders.set_reminders(
            cast.amina, patient_id=cast.rosa.pk, wanted=True, address=ADDRESS, quiet_from=time(20), quiet_until=time(8), version=0
        )  # fmt: skip
    row = want(cast)
    assert ADDRESS.encode() not in bytes(row.address_sealed)
    with pytest.raises(NotAcceptable, match="E-mail"):
        want(cast, address="rosa")
    with pytest.raises(ChangedMeanwhile):
        want(cast, version=0)

    want(cast, wanted=False)

    assert bytes(ReminderWish.objects.get().address_sealed) == b"" and reminders.wish_of(cast.rosa).version == 2
    assert Consent.objects.filter(purpose="messages").count() == 1


def test_team_writes_down_what_the_patient_said_and_the_lead_switches_it_on(cast: Cast, server: MailServer, sign_in: SignIn) -> None:
    page, amina = f"/patients/{cast.rosa.pk}/measures/reminders", sign_in("amina")
    sent = {"wanted": "on", "address": ADDRESS, "quiet_from": "21:00", "quiet_until": "09:00", "version": 0}
    refused = amina.post(page, sent)
    assert refused.status_code == 422 and "agrees to messages" in refused.content.decode()
    agree(cast)

    assert amina.post(page, sent).status_code == 302

    assert (reminders.wish_of(cast.rosa).address, reminders.wish_of(cast.rosa).quiet_from) == (ADDRESS, time(21))
    assert sign_in("bruno").post(page, sent | {"version": 1}).status_code in (403, 404)
    lea = sign_in("lea")
    shown = lea.get("/clinic/settings").content.decode()
    assert 'name="reminders_by_mail"' in shown and "checked" in shown


# ---- Given out by itself -----------------------------------------------------------------------------------------------------------


def test_what_is_planned_for_own_pages_is_given_out_when_it_is_due_and_again_after_a_missed_one(cast: Cast) -> None:
    open_own_pages(cast)
    plan_measure(cast.amina, patient_id=cast.rosa.pk, instrument="phq9", rhythm="every", every_days=7, route="portal")
    plan_measure(cast.amina, patient_id=cast.rosa.pk, instrument="gad7", rhythm="every", every_days=7, route="room")

    assert remind_everywhere().given_out == 1 and remind_everywhere().given_out == 0

    row = MeasureRequest.objects.get()
    assert (row.instrument, row.route, row.author) == ("phq9", "portal", cast.amina.user)
    assert AuditEntry.objects.filter(act="give_out_planned").count() == 1
    for missed in range(1, 4):
        newest = MeasureRequest.objects.order_by("-recorded_at").first()
        assert newest is not None
        MeasureRequest._base_manager.filter(pk=newest.pk).update(expires_at=timezone.now() - timedelta(hours=1))
        assert remind_everywhere().given_out == 0, "not before its rhythm has come round"
        MeasureRequest._base_manager.filter(pk=newest.pk).update(due_on=timezone.localdate() - timedelta(days=7))
        assert remind_everywhere().given_out == (missed < 3), "and not for ever"


# ---- Of a diary and of a session -----------------------------------------------------------------------------------------

EVENING = datetime.combine(timezone.now().date() + timedelta(days=1), time(19, 5), tzinfo=ZoneInfo("Europe/Berlin"))
OF_A_DAY = frozenset({"diary", "session"})


def choose(cast: Cast, **changed: Any) -> None:
    """Rosa, who has a diary and a session tomorrow evening, wants to be written to about both at seven."""
    me = open_own_pages(cast)
    diary.set_card(cast.amina, patient_id=cast.rosa.pk, items=["sadness"], own=[], is_for_crisis=False, version=0)
    wish = {"wanted": True, "address": ADDRESS, "about": OF_A_DAY, "quiet_from": time(21), "quiet_until": time(8)} | changed
    own_reminders.choose_my_reminder(me, patient_id=cast.rosa.pk, choice=ReminderChoice(at=time(19)), wish=reminders.Wish(**wish))
    Clinic.objects.filter(pk=cast.amina.clinic.pk).update(synthetic=True)
    cast.amina.clinic.synthetic = cast.people["self"].clinic.synthetic = True


def round_at(cast: Cast, moment: datetime) -> Round:
    with clock.acting_at(moment):
        return remind(cast.amina.clinic)


def write(cast: Cast, moment: datetime) -> None:
    with clock.acting_at(moment):
        on = clock.today()
        diary.record_entry(cast.people["self"], patient_id=cast.rosa.pk, entry=diary.NewEntry(uuid4(), 1, on, on, moment, {"sadness": "1"}))


def test_diary_that_is_not_written_is_written_about_once_from_its_hour_on_in_words_that_say_nothing(cast: Cast, server: MailServer) -> None:
    choose(cast, about=frozenset({"diary"}))

    rounds = [round_at(cast, EVENING + timedelta(minutes=minutes)) for minutes in (-10, 0, 15, 30)]

    assert [one.sent for one in rounds] == [0, 1, 0, 0]
    [(to, text)] = server.taken
    assert to == ADDRESS and "https://app.example/my/today" in text.replace("=\n", "")
    for word in ("diary", "session", "therap", "clinic", "treat", "health", cast.rosa.name, cast.amina.clinic.name):
        assert word.casefold() not in text.casefold(), word


def test_who_has_written_or_was_told_by_the_phone_or_has_put_it_off_gets_no_mail(cast: Cast, server: MailServer) -> None:
    choose(cast)
    write(cast, EVENING - timedelta(hours=3))
    assert round_at(cast, EVENING) == Round()  # written, and no session tomorrow

    later = EVENING + timedelta(days=1)
    OwnReminder.objects.update(told_at=later - timedelta(minutes=3))
    assert round_at(cast, later) == Round()
    OwnReminder.objects.update(told_at=None, put_off_until=later + timedelta(hours=9))
    assert round_at(cast, later) == Round()
    OwnReminder.objects.update(put_off_until=None)
    assert round_at(cast, later).sent == 1
    assert (OwnReminder.objects.get().told_at or EVENING) >= later  # the phone does not tell it as well


def test_whether_a_mail_of_a_day_is_needed_is_asked_when_it_is_sent_and_nothing_of_it_is_kept_the_next_day(cast: Cast, server: MailServer) -> None:
    choose(cast)
    server.is_busy = True
    round_at(cast, EVENING)
    assert Reminder.objects.get().state == "waiting"
    server.is_busy = False
    write(cast, EVENING + timedelta(minutes=2))

    assert round_at(cast, EVENING + timedelta(minutes=20)) == Round(not_needed=1)
    round_at(cast, EVENING + timedelta(days=1, hours=-9))

    assert server.taken == [] and not Reminder.objects.exists()


def test_session_is_written_about_on_the_evening_before_it(cast: Cast, server: MailServer) -> None:
    choose(cast, about=frozenset({"session"}))
    tomorrow = EVENING.date() + timedelta(days=1)
    with clock.acting_at(EVENING - timedelta(days=1)):
        plan_next_session(cast, tomorrow)

    assert [round_at(cast, EVENING + timedelta(days=days)).sent for days in (-1, 0, 1)] == [0, 1, 0]


def plan_next_session(cast: Cast, on: date) -> None:
    told = {"number": 1, "on": clock.today(), "meeting": "individual", "came": "yes", "next_on": on}
    row = TreatmentSession(clinic=cast.amina.clinic, patient=cast.rosa, author=cast.amina.user, **told)
    row.content = "{}"
    row.save()


@pytest.mark.parametrize("hours", [2, 4])
def test_no_mail_of_a_day_comes_in_quiet_hours_or_at_night(cast: Cast, server: MailServer, hours: int) -> None:
    choose(cast)

    assert round_at(cast, EVENING + timedelta(hours=hours)) == Round() and server.taken == []


def test_mail_of_a_day_is_the_patients_choice_and_the_teams_form_leaves_it(cast: Cast, server: MailServer, sign_in: SignIn) -> None:
    choose(cast, about=frozenset({"diary"}))
    shown = sign_in("self").get("/my/data").content.decode()
    assert 'name="by_mail" value="diary" checked' in shown and 'name="by_mail" value="questions">' in shown

    want(cast)

    assert reminders.wish_of(cast.rosa).about == {"diary", "questions"}
    sent = {"days": "daily", "at": "19:00", "quiet_from": "21:00", "quiet_until": "08:00", "address": ADDRESS, "by_mail": ["session"], "version": "2"}
    sign_in("self").post("/my/data/reminder", sent)
    assert reminders.wish_of(cast.rosa).about == {"session"}
    with pytest.raises(NotAcceptable):
        choose_in_the_night(cast)


def choose_in_the_night(cast: Cast) -> None:
    wish = reminders.Wish(True, ADDRESS, OF_A_DAY, time(18), time(8), version=3)
    own_reminders.choose_my_reminder(cast.people["self"], patient_id=cast.rosa.pk, choice=ReminderChoice(at=time(19)), wish=wish)


def test_page_says_which_ways_of_reminding_there_are(cast: Cast, sign_in: SignIn) -> None:
    open_own_pages(cast)

    assert "No e-mail and no text message is sent from here." in sign_in("self").get("/my/data").content.decode()
