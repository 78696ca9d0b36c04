"""The diary: every entry kept exactly once and shown as it was written, help at once, and the team told by rules that nothing suppresses."""

import json
import random
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.support.clinic import Cast, open_own_pages

from fivefold.records.models import ClinicalFact, DiaryEntry, RefusedAnswer, SignalEvent, SignalState
from fivefold.services import diary, diary_summary, own_pages
from fivefold.services.access import AccessDenied, Actor, NoSuchPatient, ReasonMissing
from fivefold.services.assessments import record_facts, withdraw_fact
from fivefold.services.diary import KeyTaken, NewEntry
from fivefold.services.diary_content import checked_card
from fivefold.services.diary_risk import Usual, told_from
from fivefold.services.knowledge import knowledge
from fivefold.services.own_access import end_my_pages
from fivefold.services.patients import NotAcceptable, add_patient, end_care
from fivefold.services.plans import ChangedMeanwhile
from fivefold.services.record_file import NewFact
from fivefold.services.safety_net import look_at

SignIn = Callable[[str], Client]
ITEMS = ("sadness", "joy", "urge_die", "urge_hurt", "hurt", "attempt", "urge_quit", "sleep", "skill_pause")
NOW = datetime(2026, 11, 20, 20, tzinfo=UTC)


@pytest.fixture
def rosa(cast: Cast) -> Actor:
    """Rosa with a diary and her own pages."""
    diary.set_card(cast.amina, patient_id=cast.rosa.pk, items=ITEMS, own=[("skill", "I used: the red box")], is_for_crisis=False, version=0)
    return open_own_pages(cast)


def entry(answers: dict[str, Any] | None = None, **more: Any) -> NewEntry:
    today = timezone.localdate()
    given: dict[str, Any] = {"client_id": uuid.uuid4(), "card": 1, "about_on": today, "made_on": today, "made_at": timezone.now()}
    return NewEntry(**(given | {"answers": answers if answers is not None else {"sadness": "2"}} | more))


def write(cast: Cast, actor: Actor, one: NewEntry) -> diary.Receipt:
    return diary.record_entry(actor, patient_id=cast.rosa.pk, entry=one)


def seen(cast: Cast) -> list[diary.SeenEntry]:
    return diary.entries_of(cast.rosa)


def told(cast: Cast) -> int:
    """How often the team was told about danger."""
    return SignalEvent.objects.filter(patient=cast.rosa, step__in=("raised", "again")).count()


# ---- The card ------------------------------------------------------------------------------------------------------------


def test_question_about_acting_on_it_comes_with_the_urge_whatever_was_ticked(cast: Cast) -> None:
    card = checked_card(["urge_die", "sadness"], [], is_for_crisis=False)

    assert [item.id for item in card.items] == ["sadness", "urge_die", "intent"]


@pytest.mark.parametrize(("count", "fits"), [(2, False), (3, True), (8, True), (9, False)])
def test_card_for_a_hard_time_has_three_to_eight_questions(count: int, fits: bool) -> None:
    names = [item.id for item in knowledge().diary.items if not item.goes_with and item.id != "urge_die"][:count]

    if fits:
        assert len(checked_card(names, [], is_for_crisis=True).items) == count
    else:
        with pytest.raises(NotAcceptable, match="3 to 8"):
            checked_card(names, [], is_for_crisis=True)


def test_entries_keep_the_card_they_were_made_with(cast: Cast, rosa: Actor) -> None:
    write(cast, rosa, entry({"sadness": "4", "own_0": "yes"}))
    diary.set_card(cast.amina, patient_id=cast.rosa.pk, items=["anger"], own=[], is_for_crisis=False, version=1)

    write(cast, rosa, entry({"anger": "1"}, card=2))
    write(cast, rosa, entry({"joy": "3"}, card=1))
    with pytest.raises(ChangedMeanwhile):
        diary.set_card(cast.amina, patient_id=cast.rosa.pk, items=["joy"], own=[], is_for_crisis=False, version=1)

    assert sorted(len(one.card.items) for one in seen(cast)) == [1, 11, 11]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"sadness": "6"}, "0 to 5"),
        ({"sadness": "2.5"}, "0 to 5"),
        ({"sadness": "-1"}, "0 to 5"),
        ({"sadness": "NaN"}, "0 to 5"),
        ({"hurt": "100"}, "0 to 99"),
        ({"sleep": "25"}, "0 to 24"),
        ({"intent": "maybe"}, "answers shown"),
        ({"attempt": "unknown"}, "answers shown"),
        ({"nonsense": "1"}, "questions of the card"),
        ({}, "at least one answer"),
        ({"sadness": ""}, "at least one answer"),
    ],
)
def test_answer_that_is_none_is_refused_in_words(cast: Cast, rosa: Actor, answers: dict[str, Any], expected: str) -> None:
    with pytest.raises(NotAcceptable, match=expected):
        write(cast, rosa, entry(answers))

    assert seen(cast) == []


def test_what_was_not_answered_is_no_zero(cast: Cast, rosa: Actor) -> None:
    write(cast, rosa, entry({"sadness": "0", "joy": ""}))

    assert dict(seen(cast)[0].answers.values) == {"sadness": 0}


# ---- Exactly once --------------------------------------------------------------------------------------------------------


def test_entry_that_is_sent_twice_is_kept_and_told_once(cast: Cast, rosa: Actor) -> None:
    one = entry({"attempt": "yes"})

    receipts = [write(cast, rosa, one) for _ in range(3)]

    assert [receipt.is_new for receipt in receipts] == [True, False, False]
    assert all(receipt.needs_help for receipt in receipts)
    assert (len(seen(cast)), told(cast)) == (1, 1)


def test_key_that_another_entry_has_takes_nothing_away(cast: Cast, rosa: Actor) -> None:
    one = entry({"sadness": "1"})
    write(cast, rosa, one)

    with pytest.raises(KeyTaken):
        write(cast, rosa, replace(one, answers={"sadness": "5"}))

    assert dict(seen(cast)[0].answers.values) == {"sadness": 1}


def test_correction_is_a_new_row_and_counts_whatever_comes_first(cast: Cast, rosa: Actor) -> None:
    first = entry({"sadness": "1"})
    second = entry({"sadness": "4"}, corrects=first.client_id)
    third = entry({"sadness": "3"}, corrects=second.client_id)

    for one in (third, first, second):
        write(cast, rosa, one)

    assert [dict(one.answers.values) for one in seen(cast)] == [{"sadness": 3}]
    assert seen(cast)[0].is_corrected
    assert DiaryEntry.objects.count() == 3


def test_entry_taken_back_counts_no_more_and_stays(cast: Cast, rosa: Actor) -> None:
    one, key = entry(), uuid.uuid4()
    write(cast, rosa, one)

    for _ in range(2):
        diary.withdraw_entry(rosa, patient_id=cast.rosa.pk, client_id=one.client_id, key=key)

    assert seen(cast) == []
    assert DiaryEntry.objects.count() == 2


def test_key_of_another_patient_is_no_key_here(cast: Cast, rosa: Actor) -> None:
    other = add_patient(cast.amina, name="Other", birth_year=1990)
    diary.set_card(cast.amina, patient_id=other.pk, items=ITEMS, own=[], is_for_crisis=False, version=0)
    theirs, one = open_own_pages(cast, other, key="other", name="other-name"), entry()
    write(cast, rosa, one)

    assert diary.record_entry(theirs, patient_id=other.pk, entry=one).is_new
    with pytest.raises(diary.NoSuchEntry):
        diary.withdraw_entry(theirs, patient_id=other.pk, client_id=uuid.uuid4(), key=uuid.uuid4())
    with pytest.raises(NoSuchPatient):
        write(cast, theirs, entry())


# ---- Days ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "late"), [(0, False), (1, True), (14, True)])
def test_late_entry_keeps_both_days_and_is_marked(cast: Cast, rosa: Actor, days: int, late: bool) -> None:
    about = timezone.localdate() - timedelta(days=days)

    write(cast, rosa, entry(about_on=about))

    assert (seen(cast)[0].about_on, seen(cast)[0].made_on, seen(cast)[0].is_late) == (about, timezone.localdate(), late)


@pytest.mark.parametrize("days", [-2, 15])
def test_day_to_come_or_long_gone_is_a_slip(cast: Cast, rosa: Actor, days: int) -> None:
    with pytest.raises(NotAcceptable, match="a day from"):
        write(cast, rosa, entry(about_on=timezone.localdate() - timedelta(days=days)))


def test_entry_that_waited_on_the_phone_for_weeks_is_taken_as_it_was_made(cast: Cast, rosa: Actor) -> None:
    made = timezone.now() - timedelta(days=40)
    on = timezone.localdate(made)

    write(cast, rosa, entry(about_on=on, made_on=on, made_at=made))

    assert (seen(cast)[0].is_late, seen(cast)[0].came_later) == (False, True)


@pytest.mark.parametrize("years", [-30, 1, 70])
def test_wrong_clock_of_a_phone_loses_nothing(cast: Cast, rosa: Actor, years: int) -> None:
    moment = timezone.now() + timedelta(days=365 * years)
    on = timezone.localdate(moment) if years < 0 else timezone.localdate()

    write(cast, rosa, entry(about_on=on, made_on=timezone.localdate(moment), made_at=moment))

    assert len(seen(cast)) == 1
    assert seen(cast)[0].made_on <= timezone.localdate()


@pytest.mark.parametrize(("clock_days", "page_turned", "ago"), [(-365, False, 0), (-365, False, 1), (366, True, 0), (366, True, 1), (-3, False, 0)])
def test_entry_of_a_page_on_a_phone_with_a_wrong_clock_is_about_the_day_that_was_meant(
    cast: Cast, rosa: Actor, clock_days: int, page_turned: bool, ago: int
) -> None:
    """The page has the day from us, and turns to the phone's own where that is later."""
    today, moment = timezone.localdate(), timezone.now() + timedelta(days=clock_days)
    shown = timezone.localdate(moment) if page_turned else today

    write(cast, rosa, entry(about_on=shown - timedelta(days=ago), made_on=timezone.localdate(moment), made_at=moment))

    assert seen(cast)[0].about_on == today - timedelta(days=ago)
    assert seen(cast)[0].about_on <= seen(cast)[0].made_on <= today


@pytest.mark.parametrize("moment", ["2026-03-29T01:30:00+00:00", "2026-10-25T00:30:00+00:00", "2026-10-25T01:30:00+00:00", "2025-12-31T23:59:59-10:00"])
def test_change_of_the_clock_and_other_zones_keep_the_day_the_patient_lived(cast: Cast, rosa: Actor, moment: str) -> None:
    at = datetime.fromisoformat(moment)
    on = at.date()

    write(cast, rosa, entry(about_on=on, made_on=on, made_at=at))

    assert (seen(cast)[0].about_on, seen(cast)[0].made_on, seen(cast)[0].made_at) == (on, on, at)


# ---- Danger --------------------------------------------------------------------------------------------------------------

CASES = [
    ({"urge_die": "0", "intent": "no"}, False, 0),
    ({"urge_die": "1"}, True, 0),
    ({"urge_die": "2", "intent": "no"}, True, 0),
    ({"urge_die": "3"}, True, 1),
    ({"urge_die": "0", "intent": "yes"}, True, 1),
    ({"intent": "unknown"}, True, 1),
    ({"urge_hurt": "2"}, False, 0),
    ({"urge_hurt": "3"}, True, 0),
    ({"urge_hurt": "4"}, True, 0),
    ({"urge_hurt": "5"}, True, 1),
    ({"hurt": "0", "attempt": "no"}, False, 0),
    ({"hurt": "1"}, True, 1),
    ({"attempt": "yes"}, True, 1),
    ({"urge_quit": "5", "sadness": "5"}, False, 0),
]


@pytest.mark.parametrize(("answers", "helps", "tells"), CASES)
def test_help_is_shown_and_the_team_told_from_the_level_of_the_rule_on(cast: Cast, rosa: Actor, answers: dict[str, Any], helps: bool, tells: int) -> None:
    receipt = write(cast, rosa, entry(answers))

    assert (receipt.needs_help, told(cast)) == (helps, tells)


@pytest.mark.parametrize(("level", "tells"), [(3, 0), (4, 1), (5, 1)])
def test_usual_urge_raises_no_signal_and_a_jump_above_it_does(cast: Cast, rosa: Actor, level: int, tells: int) -> None:
    until = timezone.localdate() + timedelta(days=30)
    diary.set_usual(cast.amina, patient_id=cast.rosa.pk, item="urge_die", level=3, until=until, reason="chronic, assessed together")

    receipt = write(cast, rosa, entry({"urge_die": level, "intent": "no"}))

    assert told(cast) == tells
    assert receipt.needs_help


@pytest.mark.parametrize("answers", [{"urge_die": "1", "intent": "yes"}, {"intent": "unknown"}, {"attempt": "yes"}, {"hurt": "2"}])
def test_nothing_usual_suppresses_intent_or_an_act(cast: Cast, rosa: Actor, answers: dict[str, Any]) -> None:
    until = timezone.localdate() + timedelta(days=30)
    for item in ("urge_die", "urge_hurt"):
        diary.set_usual(cast.amina, patient_id=cast.rosa.pk, item=item, level=4, until=until, reason="chronic, assessed together")

    write(cast, rosa, entry(answers))

    assert told(cast) == 1


def record_attempt(cast: Cast) -> ClinicalFact:
    today = timezone.localdate()
    return record_facts(
        cast.amina,
        patient_id=cast.rosa.pk,
        facts=[NewFact("event", "suicide_attempt", {"kind": "suicide_attempt", "date": today.isoformat()}, today)],
    )[0]


def call_usual(cast: Cast) -> None:
    until = timezone.localdate() + timedelta(days=30)
    diary.set_usual(cast.amina, patient_id=cast.rosa.pk, item="urge_die", level=4, until=until, reason="chronic, assessed together")


@pytest.mark.parametrize(("when", "tells"), [("before", 0), ("after", 1), ("never", 0), ("taken back", 0)])
def test_attempt_ends_what_was_called_usual_before_it(cast: Cast, rosa: Actor, sign_in: SignIn, when: str, tells: int) -> None:
    if when == "before":
        record_attempt(cast)
    call_usual(cast)
    if when in ("after", "taken back"):
        fact = record_attempt(cast)
        if when == "taken back":
            withdraw_fact(cast.amina, patient_id=cast.rosa.pk, fact_id=fact.pk, reason="entered in the wrong record")
    before = told(cast)

    write(cast, rosa, entry({"urge_die": "4", "intent": "no"}))

    assert told(cast) - before == tells
    assert [one.wrong for one in look_at(cast.rosa.clinic).breaches] == []
    page = sign_in("amina").get(f"/patients/{cast.rosa.pk}/diary").content.decode()
    assert ("usual up to 4" in page) is not bool(tells)
    assert "An attempt that is recorded ends it." in page


def test_law_expects_an_answer_to_be_told_that_an_attempt_made_unusual(cast: Cast, rosa: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    call_usual(cast)
    record_attempt(cast)
    monkeypatch.setattr(diary, "raise_risk_answers", lambda *given, **named: None)

    write(cast, rosa, entry({"urge_die": "4", "intent": "no"}))

    assert [one.wrong.value for one in look_at(cast.rosa.clinic).breaches] == ["not_told"]


@pytest.mark.parametrize(("intent", "tells"), [({"intent": "no"}, 0), ({}, 1)])
def test_urge_is_as_usual_only_where_acting_on_it_was_answered_with_no(cast: Cast, rosa: Actor, intent: dict[str, str], tells: int) -> None:
    until = timezone.localdate() + timedelta(days=30)
    diary.set_usual(cast.amina, patient_id=cast.rosa.pk, item="urge_die", level=4, until=until, reason="chronic, assessed together")

    write(cast, rosa, entry({"urge_die": "4", **intent}))

    assert told(cast) == tells


@pytest.mark.parametrize(("days", "level"), [(0, 4), (1, 3)])
def test_what_is_usual_expires_by_itself(days: int, level: int) -> None:
    rule, on = knowledge().diary.rule("suicide_urge"), date(2026, 11, 20)
    assert rule is not None

    assert told_from(rule, Usual(3, on), on + timedelta(days=days)) == level


def test_usual_is_bounded_takes_a_reason_and_is_for_urges_alone(cast: Cast, rosa: Actor) -> None:
    today, mine = timezone.localdate(), {"patient_id": cast.rosa.pk}
    good: dict[str, Any] = {"item": "urge_die", "level": 3, "until": today, "reason": "assessed together today"}

    for wrong in (
        {"level": 5},
        {"until": today + timedelta(days=31)},
        {"until": today - timedelta(days=1)},
        {"item": "intent"},
        {"item": "hurt"},
        {"until": None},
    ):
        with pytest.raises(NotAcceptable):
            diary.set_usual(cast.amina, **mine, **(good | wrong))
    with pytest.raises(ReasonMissing):
        diary.set_usual(cast.amina, **mine, **(good | {"reason": "so"}))
    with pytest.raises(AccessDenied):
        diary.set_usual(rosa, **mine, **good)
    diary.set_usual(cast.amina, **mine, **good)
    diary.set_usual(cast.amina, **mine, **(good | {"level": None}))

    assert diary.usual_of(cast.rosa, today) == {}


def test_signal_and_entry_are_there_together_or_not_at_all(cast: Cast, rosa: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(diary, "raise_risk_answers", broken)
    with pytest.raises(RuntimeError):
        write(cast, rosa, entry({"attempt": "yes"}))

    assert DiaryEntry.objects.count() == 0


def test_correcting_a_positive_answer_takes_no_signal_away(cast: Cast, rosa: Actor) -> None:
    first = entry({"urge_die": "5"})
    write(cast, rosa, first)

    write(cast, rosa, entry({"urge_die": "0"}, corrects=first.client_id))

    assert SignalState.objects.get(patient=cast.rosa, kind="safety").is_open


def test_what_happened_stands_in_the_record_as_told_by_the_patient(cast: Cast, rosa: Actor) -> None:
    write(cast, rosa, entry({"hurt": "2"}))

    fact = ClinicalFact.objects.get(patient=cast.rosa, kind="event")

    assert (fact.key, fact.source, fact.author_id) == ("self_harm", "patient", rosa.user.pk)


# ---- Before the session --------------------------------------------------------------------------------------------------


def test_look_before_the_session_tells_danger_first_then_therapy_then_life(cast: Cast, rosa: Actor) -> None:
    today = timezone.localdate()
    for back in range(20, 4, -1):
        on = today - timedelta(days=back)
        made = timezone.now() - timedelta(days=back)
        write(cast, rosa, entry({"sadness": "1", "urge_quit": "0"}, about_on=on, made_on=on, made_at=made))
    write(cast, rosa, entry({"sadness": "5", "urge_quit": "4", "hurt": "1", "urge_die": "1"}))

    look = diary_summary.look_at_diary(cast.rosa)

    assert [line.order for line in look.stood_out] == sorted((line.order for line in look.stood_out), key=["life", "therapy", "quality"].index)
    assert {"life", "therapy", "quality"} == {line.order for line in look.stood_out}
    assert [line.is_danger for line in look.stood_out][:2] == [True, False]
    assert any("left open" in line.words for line in look.stood_out)


def test_too_few_entries_to_compare_are_told_as_such(cast: Cast, rosa: Actor) -> None:
    write(cast, rosa, entry({"urge_die": "4", "intent": "no", "urge_hurt": "0", "hurt": "0", "attempt": "no"}))

    [line] = diary_summary.look_at_diary(cast.rosa).stood_out

    assert "needs" in line.why


def test_agenda_of_the_session_holds_what_stood_out_and_what_the_patient_brings(cast: Cast, rosa: Actor, sign_in: SignIn) -> None:
    before = sign_in("amina").get(f"/patients/{cast.rosa.pk}/session").content.decode()
    write(cast, rosa, entry({"attempt": "yes", "urge_quit": "1"}))
    diary.bring_up(rosa, patient_id=cast.rosa.pk, words="My mother came")

    after = sign_in("amina").get(f"/patients/{cast.rosa.pk}/session").content.decode()

    assert "No diary entry since" in before
    assert "No diary entry since" not in after
    assert after.index("Diary: I tried to end my life") < after.index("My mother came")


@pytest.mark.parametrize("who", ["teo", "adrian", "olga", "chidi", "vera"])
def test_nobody_else_reads_the_diary(cast: Cast, rosa: Actor, who: str) -> None:
    for act in (diary_summary.see_diary, own_pages.see_my_diary, own_pages.see_today):
        with pytest.raises((AccessDenied, NoSuchPatient)):
            act(cast.people[who], patient_id=cast.rosa.pk)


# ---- Pages and the device ------------------------------------------------------------------------------------------------


def device(one: NewEntry, **more: Any) -> dict[str, Any]:
    sent = {"client_id": str(one.client_id), "card": one.card, "about_on": one.about_on.isoformat(), "made_on": one.made_on.isoformat()}
    return sent | {"made_at": one.made_at.isoformat(), "answers": dict(one.answers), "note": one.note} | more


def post(browser: Client, account: int, entries: list[Any]) -> Any:
    return browser.post("/my/diary/sync", json.dumps({"account": account, "entries": entries}), content_type="application/json")


@pytest.mark.parametrize("path", ["/my/today", "/my/diary/{entry}/correct", "/my/goals"])
def test_that_nobody_reads_at_night_stands_wherever_something_is_written(cast: Cast, rosa: Actor, sign_in: SignIn, path: str) -> None:
    receipt = write(cast, rosa, entry({"sadness": "2"}))

    page = sign_in("self").get(path.format(entry=receipt.client_id)).content.decode()

    assert "Nobody reads it at night" in page


@pytest.mark.parametrize("path", ["diary", "measures"])
def test_who_writes_an_own_question_is_told_that_no_answer_to_it_tells_of_danger(cast: Cast, rosa: Actor, sign_in: SignIn, path: str) -> None:
    page = sign_in("amina").get(f"/patients/{cast.rosa.pk}/{path}").content.decode()

    assert "An own question is not known to the safety rules" in page


def test_device_is_told_for_each_entry_what_became_of_it(cast: Cast, rosa: Actor, sign_in: SignIn) -> None:
    browser, good = sign_in("self"), entry({"urge_die": "4"})

    answer = post(browser, rosa.user.pk, [device(good), device(entry({"sadness": "9"})), {"client_id": "x"}, device(good)])

    assert [one["state"] for one in answer.json()["results"]] == ["kept", "refused", "refused", "known"]
    assert answer.json()["results"][0]["help"] is True
    assert len(seen(cast)) == 1


@pytest.mark.parametrize(
    "slip", [{"about_on": "2020-01-01"}, {"about_on": "soon"}, {"note": "x" * 50_000}, {"card": 7}, {"answers": {"attempt": "yes", "sadness": "9"}}]
)
def test_entry_that_cannot_be_kept_tells_of_danger_all_the_same_and_once(cast: Cast, rosa: Actor, sign_in: SignIn, slip: dict[str, Any]) -> None:
    browser, sent = sign_in("self"), device(entry({"attempt": "yes"})) | slip

    first, again = (post(browser, rosa.user.pk, [sent]).json()["results"][0] for _ in range(2))

    assert (first["state"], first["help"]) == (again["state"], again["help"]) == ("refused", True)
    assert told(cast) == 1
    assert seen(cast) == []


def test_slip_without_danger_tells_nobody(cast: Cast, rosa: Actor, sign_in: SignIn) -> None:
    answer = post(sign_in("self"), rosa.user.pk, [device(entry({"sadness": "5"})) | {"about_on": "2020-01-01"}])

    assert answer.json()["results"][0]["help"] is False
    assert told(cast) == 0


def test_page_keeps_what_was_typed_and_shows_help_where_an_entry_is_refused(cast: Cast, rosa: Actor, sign_in: SignIn) -> None:
    browser, one = sign_in("self"), entry()
    write(cast, rosa, one)
    sent = {"client_id": str(uuid.uuid4()), "card": "1", "about_on": "2020-01-01", "attempt": "yes", "note": "a hard evening"}

    for address in ("/my/today", f"/my/diary/{one.client_id}/correct"):
        answer = browser.post(address, sent)
        assert answer.status_code == 422
        assert answer.context["needs_help"] is True
        assert "a hard evening" in answer.content.decode()
    assert told(cast) == 1


def test_help_follows_a_positive_answer_by_the_address_itself(cast: Cast, rosa: Actor, sign_in: SignIn) -> None:
    browser, today = sign_in("self"), timezone.localdate().isoformat()
    sent = {"client_id": str(uuid.uuid4()), "card": "1", "about_on": today, "attempt": "yes"}

    first = browser.post("/my/today", sent)
    again = browser.post(f"/my/diary/{sent['client_id']}/correct", sent | {"client_id": str(uuid.uuid4())})

    for answer in (first, again):
        assert answer["Location"] == "/my/today?help=1"
        # However often the page is loaded, and whatever another page took from the session meanwhile.
        assert browser.get(answer["Location"]).context["needs_help"] is True
        assert browser.get(answer["Location"]).context["needs_help"] is True
    assert browser.get("/my/today").context["needs_help"] is False


def test_what_another_account_left_on_the_device_is_not_taken(cast: Cast, rosa: Actor, sign_in: SignIn) -> None:
    answer = post(sign_in("self"), rosa.user.pk + 1, [device(entry())])

    assert answer.status_code == 409
    assert seen(cast) == []


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"entries": 5}', '{"entries": [5]}', "[" * 3000, '{"account": 1, "entries": [{"card": 1e999}]}'])
def test_nonsense_from_a_device_breaks_nothing(cast: Cast, rosa: Actor, sign_in: SignIn, body: str) -> None:
    answer = sign_in("self").post("/my/diary/sync", body, content_type="application/json")

    assert answer.status_code in (200, 400, 409)


def test_without_a_script_the_form_does_the_same(cast: Cast, rosa: Actor, sign_in: SignIn) -> None:
    browser, today = sign_in("self"), timezone.localdate().isoformat()
    sent = {"client_id": str(uuid.uuid4()), "card": "1", "about_on": today, "urge_die": "3", "note": "a hard evening"}

    answers = [browser.post("/my/today", sent, follow=True) for _ in range(2)]

    assert "Many people here know such hours" in answers[0].content.decode()
    assert "tel:112" in answers[0].content.decode()
    assert len(seen(cast)) == 1
    assert browser.post("/my/today", {**sent, "client_id": str(uuid.uuid4()), "urge_die": "7"}).status_code == 422
    assert "a hard evening" in browser.get("/my/diary").content.decode()
    assert 'data-count="1"' in browser.get("/my/diary").content.decode()


@pytest.mark.django_db
def test_who_writes_of_danger_without_a_script_after_the_session_has_ended_meets_a_page_that_says_what_to_do(client: Client) -> None:
    sent = {"client_id": str(uuid.uuid4()), "card": "1", "about_on": timezone.localdate().isoformat(), "attempt": "yes"}

    page = client.post("/my/today", sent, follow=True)

    assert page.redirect_chain[-1][0].startswith("/sign-in")
    assert "If you need help now" in page.content.decode() and "sign in, and write it once more" in page.content.decode()
    assert "If you need help now" not in client.get("/sign-in?next=/caseload").content.decode()
    slip = client.post("/sign-in", {"login": "nobody@example.org", "password": "not this one", "next": "/my/today"})
    assert "If you need help now" in slip.content.decode()  # a mistyped password takes nothing of it away


ENDED: dict[str, Callable[[Cast, Actor], Any]] = {
    "the patient gave their pages up": lambda cast, rosa: end_my_pages(rosa, patient_id=cast.rosa.pk),
    "care has ended": lambda cast, rosa: end_care(cast.amina, patient_id=cast.rosa.pk, on=timezone.localdate(), reason="completed"),
}


@pytest.mark.parametrize("how", ENDED)
@pytest.mark.parametrize("with_script", [True, False])
def test_entry_that_comes_after_the_own_pages_or_care_ended_is_no_entry_and_its_danger_is_told_once(
    cast: Cast, rosa: Actor, sign_in: SignIn, how: str, with_script: bool
) -> None:
    browser, late = sign_in("self"), device(entry({"attempt": "yes", "sadness": "4"}))
    assert browser.get("/my/today").status_code == 200
    ENDED[how](cast, rosa)

    for _turn in range(2):
        if with_script:
            assert browser.get("/my/diary/sync").json()["account"] == rosa.user.pk
            [said] = post(browser, rosa.user.pk, [late]).json()["results"]
            assert (said["id"], said["state"], said["help"]) == (late["client_id"], "refused", True) and "closed" in said["words"]
        else:
            page = browser.post("/my/today", {**{name: str(value) for name, value in late.items() if name != "answers"}, **late["answers"]})
            assert page.status_code == 410 and "tel:112" in page.content.decode() and "closed" in page.content.decode()

    [kept] = RefusedAnswer.objects.all()
    assert (kept.patient_id, kept.source, kept.why) == (cast.rosa.pk, "diary", "closed")
    assert (told(cast), seen(cast)) == (1, [])
    net = look_at(cast.rosa.clinic)
    assert net.holds and net.answers == 1


def test_entry_after_the_end_without_danger_tells_nobody_and_one_that_was_kept_before_is_not_told_again(cast: Cast, rosa: Actor, sign_in: SignIn) -> None:
    browser, kept = sign_in("self"), entry({"attempt": "yes"})
    assert browser.get("/my/today").status_code == 200
    write(cast, rosa, kept)
    end_my_pages(rosa, patient_id=cast.rosa.pk)

    said = post(browser, rosa.user.pk, [device(entry({"sadness": "2"})), device(kept), {"client_id": "x"}]).json()["results"]

    assert [one["help"] for one in said] == [False, True, False]
    assert told(cast) == 1 and not RefusedAnswer.objects.exists()


def test_who_never_was_signed_in_or_had_signed_out_gets_no_answer_of_the_end(cast: Cast, rosa: Actor, client: Client, sign_in: SignIn) -> None:
    late = [device(entry({"attempt": "yes"}))]
    stranger, signed_out = Client(), sign_in("self")
    signed_out.post("/sign-out")
    own = sign_in("self")
    end_my_pages(rosa, patient_id=cast.rosa.pk)

    for browser in (stranger, signed_out):
        assert browser.get("/my/diary/sync").status_code == 302
        assert post(browser, rosa.user.pk, late).status_code == 302
    assert post(own, cast.amina.user.pk, late).status_code == 409
    assert told(cast) == 0


def test_entry_of_another_and_one_that_does_not_exist_get_the_same_answer(cast: Cast, rosa: Actor, sign_in: SignIn) -> None:
    other = add_patient(cast.amina, name="Other", birth_year=1990)
    diary.set_card(cast.amina, patient_id=other.pk, items=ITEMS, own=[], is_for_crisis=False, version=0)
    theirs, one = open_own_pages(cast, other, key="other", name="other-name"), entry()
    diary.record_entry(theirs, patient_id=other.pk, entry=one)
    browser = sign_in("self")

    foreign, unknown = (browser.get(f"/my/diary/{key}/correct") for key in (one.client_id, uuid.uuid4()))

    assert foreign.status_code == unknown.status_code == 422
    assert foreign.context["message"] == unknown.context["message"]


def test_therapist_sets_up_the_card_and_reads_what_stood_out(cast: Cast, rosa: Actor, sign_in: SignIn) -> None:
    browser, address = sign_in("amina"), f"/patients/{cast.rosa.pk}/diary"
    write(cast, rosa, entry({"attempt": "yes"}, note="It was loud"))
    diary.bring_up(rosa, patient_id=cast.rosa.pk, words="My mother came")

    page = browser.get(address).content.decode()

    assert all(words in page for words in ("I tried to end my life", "It was loud", "My mother came"))
    assert browser.post(address, {"version": "1", "items": ["joy"], "own_0": "Sang", "kind_0": "skill"}).status_code == 302
    assert browser.post(address, {"version": "2", "items": ["joy"], "is_for_crisis": "on"}).status_code == 422
    until = (timezone.localdate() + timedelta(days=9)).isoformat()
    usual = {"version": "0", "item": "urge_die", "level": "2", "until": until, "reason": "assessed together today"}
    assert browser.post(f"{address}/usual", usual).status_code == 302
    both = browser.post(f"{address}/usual", {**usual, "level": "3", "reason": "assessed by me on the same page"})
    assert both.status_code == 409
    assert all(words in both.content.decode() for words in ("assessed together today", "assessed by me on the same page"))
    assert diary.usual_of(cast.rosa, timezone.localdate())["urge_die"].level == 2
    assert sign_in("bruno").post(address, {"version": "2", "items": ["joy"]}).status_code == 403


# ---- Offline: requests dropped, doubled, late, and the app killed in the middle -------------------------------------------


class Phone:
    """The queue of diary.js: an entry is put away first, sent in a batch, and dropped when the server says that it has it."""

    def __init__(self, chance: random.Random) -> None:
        self.chance, self.queue, self.made, self.in_flight = chance, {}, [], []

    def write(self, number: int) -> None:
        one = entry({"sadness": str(number % 6)}, note=f"entry {number}")
        if self.made and self.chance.random() < 0.2:
            one = replace(one, corrects=self.made[-1].client_id)
        self.queue[one.client_id] = one
        self.made.append(one)

    def flush(self, server: Callable[[NewEntry], Any]) -> None:
        """One try to send: the request may get lost, the answer may get lost, an old request may arrive (again) now, the app may be killed."""
        batch = list(self.queue.values())
        self.chance.shuffle(batch)
        fate = self.chance.choice(("arrives", "arrives", "request lost", "answer lost", "late", "killed"))
        if self.in_flight and self.chance.random() < 0.5:
            for one in self.in_flight.pop():
                server(one)
        if fate == "request lost":
            return
        if fate == "late":
            self.in_flight.append(batch)
            return
        sent = batch[: self.chance.randint(0, len(batch))] if fate == "killed" else batch
        for one in sent:
            server(one)
        if fate == "arrives":
            for one in sent:
                del self.queue[one.client_id]

    def settle(self, server: Callable[[NewEntry], Any]) -> None:
        """At last there is a network: everything that waits arrives, what was on its way as well."""
        for batch in (*self.in_flight, list(self.queue.values())):
            for one in batch:
                server(one)
        self.queue.clear()


def offline_session(seed: int, server: Callable[[NewEntry], Any]) -> list[NewEntry]:
    chance = random.Random(seed)
    phone = Phone(chance)
    for number in range(chance.randint(1, 4)):
        phone.write(number)
        for _ in range(chance.randint(0, 2)):
            phone.flush(server)
    phone.settle(server)
    return phone.made


def test_every_entry_of_ten_thousand_offline_sessions_is_kept_exactly_once() -> None:
    """The way of an entry without a database: the queue as in the browser, and a store with the one key that the table has."""
    wrong = []
    for seed in range(10_000):
        store: dict[uuid.UUID, str] = {}
        made = offline_session(seed, lambda one, store=store: store.setdefault(one.client_id, one.note))  # type: ignore[misc]
        if [store.get(one.client_id) for one in made] != [one.note for one in made] or len(store) != len(made):
            wrong.append(seed)

    assert wrong == []


def test_every_entry_of_offline_sessions_is_stored_exactly_once_by_the_service(cast: Cast, rosa: Actor) -> None:
    made = [one for seed in range(40) for one in offline_session(seed, lambda one: write(cast, rosa, one))]

    assert DiaryEntry.objects.count() == len(made) > 60
    corrected = {one.corrects for one in made if one.corrects}
    assert {one.client_id for one in seen(cast)} == {one.client_id for one in made if one.client_id not in corrected}
