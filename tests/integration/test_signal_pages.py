"""The pages of signals: the digest of the day, what is done with each, and how the rules serve the clinic."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.support.clinic import Cast
from tests.support.known_patient import known_patient

SignIn = Callable[[str], Client]
DONE = "We spoke on the telephone and agreed on Thursday."


def raise_progress(patient: Any, rule: str, key: str = "") -> Any:
    from fivefold.concepts.signals import SeenMatter
    from fivefold.library import load_knowledge
    from fivefold.services.signals import raise_signal

    seen = f"Seen by {rule} {key}, due on 2026-02-20."
    return raise_signal(patient, SeenMatter(load_knowledge().signals.rule(f"rule.signal.{rule}"), key, seen, "mark", date(2026, 3, 1), 7))


def raise_danger(patient: Any) -> Any:
    from fivefold.records import clock
    from fivefold.services.signals import RiskAnswer, raise_risk_answers

    return raise_risk_answers(patient, [RiskAnswer("phq9", 9)], on=clock.today(), mark="response 1")


def url(signal: Any, act: str) -> str:
    return f"/patients/{signal.patient_id}/signals/{signal.pk}/{act}"


def version(signal: Any) -> int:
    from fivefold.records.models import SignalState

    return SignalState.objects.get(signal=signal).version


def test_the_digest_shows_danger_whole_and_at_most_five_matters_of_the_course(cast: Cast, sign_in: SignIn) -> None:
    for number in range(7):
        raise_progress(cast.rosa, "timetable", f"gpm.{number}")
    for _ in range(6):
        raise_danger(known_patient(cast.amina, name=f"Patient {_}"))

    text = sign_in("amina").get("/signals").content.decode()

    assert "6 matters about danger, 7 about the course of treatment." in text
    assert text.count("card signal danger") == 6 and text.count("Seen by timetable") == 5 and "2 more matters about the course wait" in text
    assert text.index("A positive answer to a risk question") < text.index("Seen by timetable")


def test_who_leads_is_told_how_many_need_safety_first_though_no_signal_is_theirs(cast: Cast, sign_in: SignIn) -> None:
    raise_danger(cast.rosa)
    raise_danger(known_patient(cast.amina, name="Another"))

    text = sign_in("lea").get("/signals").content.decode()
    theirs = sign_in("amina").get("/signals").content.decode()

    assert "No signal is told to you now." in text and "Nothing waits for you" not in text
    assert "2 patients in your reach need safety first" in text and '/caseload?signal=safety"' in text
    assert "in your reach" not in theirs  # it stands there whole


@pytest.mark.parametrize(
    ("hours", "words"),
    [(None, "–"), (0.0, "under 1\u00a0h"), (0.9, "under 1\u00a0h"), (1.2, "1\u00a0h"), (47.6, "48\u00a0h"), (49.0, "2 days"), (168.0, "7 days")],
)
def test_how_long_something_waited_is_told_in_the_unit_people_use(hours: float | None, words: str) -> None:
    from fivefold.web.signals.words import waited_words

    assert waited_words(hours) == words


def test_each_is_told_what_is_theirs(cast: Cast, sign_in: SignIn) -> None:
    raise_progress(cast.rosa, "dose")

    told = {name: "Seen by dose" in sign_in(name).get("/signals").content.decode() for name in ("amina", "teo", "bruno", "lea", "chidi", "vera")}

    assert told == {"amina": True, "teo": False, "bruno": False, "lea": False, "chidi": False, "vera": False}


def test_red_stands_at_danger_alone(cast: Cast, sign_in: SignIn) -> None:
    raise_progress(cast.rosa, "deterioration")
    for page in ("/signals", f"/patients/{cast.rosa.pk}/signals"):
        text = sign_in("amina").get(page).content.decode()
        assert "mark-safety" not in text and "danger" not in text.split("<main")[1].split("</main>")[0].replace("about danger", "")


def test_days_are_written_as_people_write_them(cast: Cast, sign_in: SignIn) -> None:
    raise_progress(cast.rosa, "review_overdue")

    for page in ("/signals", f"/patients/{cast.rosa.pk}/signals", f"/patients/{cast.rosa.pk}/review"):
        text = sign_in("amina").get(page).content.decode()
        assert "due on 20 February 2026" in text and "2026-02-20" not in text


def test_what_happens_out_of_hours_is_written_down_or_said_to_be_missing(cast: Cast, sign_in: SignIn) -> None:
    amina, lea = sign_in("amina"), sign_in("lea")
    assert "has not written down what happens" in amina.get("/signals").content.decode()

    fields = {
        "version": 0,
        "days": ["0", "1", "2", "3"],
        "opens": "08:00",
        "closes": "16:00",
        "closed_on": "2026-12-25",
        "out_of_hours": "The duty line: 1234.",
    }
    assert lea.post("/clinic/signals", fields).status_code == 302
    cast.amina.clinic.refresh_from_db()

    for page in ("/signals", f"/patients/{cast.rosa.pk}/signals"):
        assert "The duty line: 1234." in amina.get(page).content.decode()
    again = lea.post("/clinic/signals", fields)
    assert again.status_code == 422 and "Somebody else has changed these settings" in again.content.decode()
    wrong = lea.post("/clinic/signals", {**fields, "version": 1, "closes": "07:00", "closed_on": "Christmas"})
    assert wrong.status_code == 422 and "Found “Christmas”, expected a day such as 2026-12-25." in wrong.content.decode()


def test_it_is_seen_acted_on_and_closed_from_the_page(cast: Cast, sign_in: SignIn) -> None:
    signal, amina = raise_progress(cast.rosa, "alliance"), sign_in("amina")

    assert amina.post(url(signal, "seen")).status_code == 302
    assert amina.post(url(signal, "act"), {"note": DONE, "version": version(signal)}).status_code == 302
    assert amina.post(url(signal, "close"), {"outcome": "settled", "note": "", "version": version(signal)}).status_code == 302

    assert list(signal.events.order_by("number").values_list("step", flat=True)) == ["raised", "seen", "acted", "closed"]
    text = amina.get(f"/patients/{cast.rosa.pk}/signals").content.decode()
    assert f"<q>{DONE}</q>" in text and f"{DONE}." not in text  # what somebody wrote keeps its own full stop
    assert "Nothing is open now. That nothing was seen is not a sign that all is well." in text


def test_active_danger_stands_on_the_page_though_no_signal_is_open(cast: Cast, sign_in: SignIn) -> None:
    from fivefold.records import clock
    from fivefold.services.assessments import record_facts
    from fivefold.services.record_file import NewFact

    amina, page = sign_in("amina"), f"/patients/{cast.rosa.pk}/signals"
    assert "This stands until" not in amina.get(page).content.decode()

    record_facts(cast.amina, patient_id=cast.rosa.pk, facts=[NewFact("risk", "new_plan_or_means", True, clock.today())])

    text = amina.get(page).content.decode()
    assert "Nothing is open now." in text
    assert "Suicide risk, newly raised</b>. This stands until the safety questions are answered anew" in text
    today = " ".join(amina.get("/signals").content.decode().split())
    assert "1 matter about danger" in today and f'href="/patients/{cast.rosa.pk}/signals">Rosa D.</a>: Suicide risk, newly raised.' in today
    assert "Danger that stands" not in sign_in("bruno").get("/signals").content.decode()


def test_danger_cannot_be_closed_from_the_page_before_the_questions_were_asked_and_no_word_is_lost(cast: Cast, sign_in: SignIn) -> None:
    signal, amina = raise_danger(cast.rosa), sign_in("amina")

    answer = amina.post(url(signal, "close"), {"outcome": "settled", "note": DONE, "version": version(signal)})

    assert answer.status_code == 422 and DONE in answer.content.decode() and "Ask the safety questions and record the answers first" in answer.content.decode()
    assert "Put it off" not in amina.get(f"/patients/{cast.rosa.pk}/signals").content.decode()
    assert amina.post(url(signal, "put-off"), {"until": "2030-01-01", "reason": DONE, "version": version(signal)}).status_code == 422


def test_two_who_act_on_one_signal_get_a_clear_answer_and_no_word_is_lost(cast: Cast, sign_in: SignIn) -> None:
    from fivefold.records.models import CareRelation

    CareRelation.objects.create(clinic=cast.rosa.clinic, patient=cast.rosa, user=cast.teo.user, kind="covers")
    signal = raise_progress(cast.rosa, "dropout")
    shown = version(signal)
    sign_in("teo").post(url(signal, "act"), {"note": "I have called her.", "version": shown})

    answer = sign_in("amina").post(url(signal, "close"), {"outcome": "false_alarm", "note": DONE, "version": shown})

    text = answer.content.decode()
    assert answer.status_code == 409 and "Somebody else has changed this signal meanwhile." in text
    assert "Teo Brandt" in text and "I have called her." in text and DONE in text
    assert f'name="version" value="{version(signal)}"' in text


def test_it_comes_back_on_the_day_until_which_it_was_put_off(cast: Cast, sign_in: SignIn) -> None:
    from fivefold.records import clock
    from fivefold.records.models import SignalState

    signal, amina = raise_progress(cast.rosa, "sudden_gain", "phq9"), sign_in("amina")
    until = clock.today() + timedelta(days=5)
    assert amina.post(url(signal, "put-off"), {"until": until.isoformat(), "reason": DONE, "version": version(signal)}).status_code == 302
    assert "Seen by sudden_gain" not in amina.get("/signals").content.decode()

    SignalState.objects.filter(signal=signal).update(snoozed_until=clock.today())
    assert "Seen by sudden_gain" in amina.get("/signals").content.decode()


def test_the_lead_sees_which_rule_cries_wolf(cast: Cast, sign_in: SignIn) -> None:
    from fivefold.services.signal_acts import close_signal
    from fivefold.services.signal_list import see_rule_counts

    for key, outcome in (("gpm.1", "false_alarm"), ("gpm.2", "false_alarm"), ("gpm.3", "settled")):
        signal = raise_progress(cast.rosa, "timetable", key)
        close_signal(cast.amina, patient_id=cast.rosa.pk, signal_id=signal.pk, outcome=outcome, note="", version=1)
    raise_progress(cast.rosa, "dose")

    counts = {one.rule.watch.value: one for one in see_rule_counts(cast.lea)}

    wolf = counts["timetable"]
    assert (wolf.raised, wolf.useful, wolf.false_alarms, wolf.open) == (3, 1, 2, 0) and counts["dose"].open == 1
    text = sign_in("lea").get("/clinic/signals").content.decode()
    assert "Rosa" not in text and "The programme expected change by now" in text
    assert sign_in("amina").get("/clinic/signals").status_code == 403
