"""Messages that danger waits: to whom and when, by a real mail server, one that refuses, and one that is not there."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_string
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from tests.integration.test_safety_net import MONDAY, kinds, net, signal_of, through_the_door
from tests.integration.test_signals import act, at, state, steps
from tests.support.clinic import Cast
from tests.support.mail import MailServer, mail_server

NIGHT = MONDAY - timedelta(hours=7)  # two o'clock
MINUTE = timedelta(minutes=1)


@pytest.fixture
def server(settings: LazySettings) -> Iterator[MailServer]:
    with mail_server() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS, settings.EMAIL_TIMEOUT = "127.0.0.1", running.port, False, 5
        settings.FIVEFOLD_PUBLIC_URL, settings.DEFAULT_FROM_EMAIL = "https://app.example", "notes@mail.example"
        yield running


@pytest.fixture
def cast(cast: Cast, server: MailServer) -> Cast:
    """The cast, in a clinic that has set the route by e-mail and has somebody on duty at night."""
    from fivefold.services import clinic_hours

    hours = vars(clinic_hours.see_hours(cast.lea)) | {"by_mail": True, "duty": "duty@clinic.example"}
    clinic_hours.change_hours(cast.lea, **hours)
    for actor in cast.people.values():
        actor.clinic.refresh_from_db()
    cast.rosa.refresh_from_db()
    return cast


def send(cast: Cast) -> Any:
    from fivefold.services.notice_delivery import send_notices

    return send_notices(cast.amina.clinic)


def timer(cast: Cast) -> None:
    """What ``fivefold admin signals --late`` does."""
    from fivefold.services.signal_watch import pass_on_everywhere

    assert pass_on_everywhere().clinics == ()


def names(server: MailServer) -> list[str]:
    return [address.partition("@")[0] for address, _text in server.taken]


def test_danger_is_written_to_who_treats_then_to_each_next_and_to_nobody_once_it_was_opened(cast: Cast, server: MailServer) -> None:
    with at(cast, MONDAY):
        through_the_door(cast)
        assert send(cast).sent == 1 and names(server) == ["amina"]
    with at(cast, MONDAY + 16 * MINUTE):
        timer(cast)
        assert names(server) == ["amina", "bruno"]
    with at(cast, MONDAY + 32 * MINUTE):
        timer(cast)
        assert names(server) == ["amina", "bruno", "lea"]
    with at(cast, MONDAY + 40 * MINUTE):
        act("see_signal", cast, signal_of(cast), "lea")
        timer(cast)
        assert len(server.taken) == 3
    assert steps(signal_of(cast)) == ["raised", "sent", "escalated", "sent", "escalated", "sent", "seen"]
    assert [event.to.name for event in signal_of(cast).events.filter(step="sent").order_by("number")] == ["Amina Okafor", "Bruno Keller", "Lea Winter"]


def test_a_message_says_that_something_waits_and_nothing_about_anybody(cast: Cast, server: MailServer) -> None:
    with at(cast, MONDAY):
        through_the_door(cast)
        send(cast)
    [(_to, said)] = server.taken
    message = message_from_string(said)
    body = message.get_payload(decode=True).decode()
    assert "https://app.example/signals" in body and "Something waits for you" in message["Subject"]
    secret = ("Rosa", "Amina", "river", "phq", "PHQ", "suicid", "danger", "risk", "patient", "therap", "clinic.example/", str(cast.rosa.pk))
    assert [word for word in secret if word in body or word in message["Subject"]] == [] and str(signal_of(cast).pk) not in said


def test_at_night_whoever_is_on_duty_is_written_to_and_by_day_not(cast: Cast, server: MailServer) -> None:
    with at(cast, NIGHT):
        through_the_door(cast)
        send(cast)
    assert names(server) == ["amina", "duty"]


def test_a_message_that_is_refused_for_now_is_tried_again_then_a_step_and_the_next_is_told_at_once(cast: Cast, server: MailServer, sign_in: Any) -> None:
    server.is_busy = True
    with at(cast, MONDAY):
        through_the_door(cast)
        send(cast)
        send(cast)  # not before its time
        assert server.calls == 1 and state(signal_of(cast)).level == 0
    with at(cast, MONDAY + 3 * MINUTE):
        send(cast)
    with at(cast, MONDAY + 9 * MINUTE):
        done = send(cast)
        assert (done.failed, server.calls) == (1, 3)
        assert steps(signal_of(cast)) == ["raised", "not_sent", "escalated"] and state(signal_of(cast)).level == 1
        assert kinds(cast) == {"unreached": 1}
        said = sign_in("lea").get("/clinic/signals").content.decode()
        assert "could not be delivered" in said and "Rosa" not in said
        assert [names(server), server.calls] == [[], 3]
    server.is_busy = False
    with at(cast, MONDAY + 10 * MINUTE):
        timer(cast)
        assert names(server) == ["bruno"] and net(cast).holds


def test_an_address_that_is_refused_for_good_is_a_step_at_the_first_try_and_the_next_is_told_in_the_same_minute(cast: Cast, server: MailServer) -> None:
    server.refused = {"amina@clinic.example"}
    with at(cast, MONDAY):
        through_the_door(cast)
        done = send(cast)
        assert (done.failed, server.calls) == (1, 1)
        assert steps(signal_of(cast)) == ["raised", "not_sent", "escalated"] and kinds(cast) == {"unreached": 1}
        timer(cast)
        assert names(server) == ["bruno"] and net(cast).holds


@pytest.mark.parametrize("hangs_up", [True, False])
def test_a_server_that_is_not_there_costs_the_answer_nothing_and_the_message_comes_later_once(
    cast: Cast, server: MailServer, settings: LazySettings, hangs_up: bool
) -> None:
    server.hangs_up = hangs_up
    settings.EMAIL_PORT = server.port if hangs_up else 9  # nobody listens there
    with at(cast, MONDAY):
        through_the_door(cast)
        assert (send(cast).sent, net(cast).answers, net(cast).holds) == (0, 1, True)
    server.hangs_up, settings.EMAIL_PORT = False, server.port
    with at(cast, MONDAY + 3 * MINUTE):
        timer(cast)
        timer(cast)
    assert names(server) == ["amina"]


def test_answers_that_keep_coming_are_one_message_until_it_was_sent_and_somebody_who_left_gets_none(cast: Cast, server: MailServer) -> None:
    from fivefold.records.models import Membership

    with at(cast, MONDAY):
        for _turn in range(3):
            through_the_door(cast)
        assert (send(cast).sent, names(server)) == (1, ["amina"])
        through_the_door(cast)
        Membership.objects.filter(user=cast.amina.user).update(ended_at=MONDAY)
        done = send(cast)
    assert (done.sent, done.not_needed, names(server)) == (0, 1, ["amina"])


@pytest.mark.django_db(transaction=True)
def test_it_is_sent_at_once_beside_the_page_and_by_two_at_once_only_once(cast: Cast, server: MailServer, settings: LazySettings) -> None:
    import time
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connections

    from fivefold.records.models import SignalNotice

    settings.FIVEFOLD_SENDS_AT_ONCE = True
    through_the_door(cast)
    end = time.monotonic() + 20
    while SignalNotice.objects.filter(state="waiting").exists() and time.monotonic() < end:
        time.sleep(0.05)
    assert names(server)[:1] == ["amina"]

    settings.FIVEFOLD_SENDS_AT_ONCE = False
    before = len(server.taken)
    through_the_door(cast)
    waiting = SignalNotice.objects.filter(state="waiting").count()

    def one(_number: int) -> None:
        send(cast)
        connections.close_all()

    with ThreadPoolExecutor(2) as both:
        list(both.map(one, range(2)))
    assert len(server.taken) - before == waiting > 0


def test_a_clinic_that_has_not_set_the_route_sends_nothing(cast: Cast, server: MailServer) -> None:
    from fivefold.records.models import SignalNotice
    from fivefold.services import clinic_hours

    clinic_hours.change_hours(cast.lea, **vars(clinic_hours.see_hours(cast.lea)) | {"by_mail": False})
    cast.rosa.clinic.refresh_from_db()
    with at(cast, MONDAY):
        through_the_door(cast)
        timer(cast)
    assert not SignalNotice.objects.exists() and not server.calls


def test_the_lead_sets_the_route_on_the_page_of_signals(cast: Cast, sign_in: Callable[[str], Client]) -> None:
    from fivefold.records.models import Clinic

    version = Clinic.objects.get(pk=cast.lea.clinic.pk).settings["version"]
    form = {"days": ["0", "1"], "opens": "08:00", "closes": "16:00", "version": version}
    assert sign_in("lea").post("/clinic/signals", {**form, "by_mail": "on", "duty": "no address"}).status_code == 422
    assert sign_in("lea").post("/clinic/signals", {**form, "by_mail": "on", "duty": "night@clinic.example"}).status_code == 302
    kept = Clinic.objects.get(pk=cast.lea.clinic.pk).settings
    assert (kept["signals_by_mail"], kept["duty_mail"]) == (True, "night@clinic.example")
