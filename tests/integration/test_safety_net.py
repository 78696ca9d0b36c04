"""The law of the safety net: every positive answer stands in one state with somebody named, and whatever breaks it is found."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.integration.test_signals import act, at, entered, reassess, state
from tests.support.clinic import Cast

MONDAY = datetime(2026, 3, 9, 9, tzinfo=UTC)
NOTE = "We spoke, and the plan holds until tomorrow."


def net(cast: Cast) -> Any:
    from fivefold.services.safety_net import look_at

    return look_at(cast.amina.clinic)


def kinds(cast: Cast) -> dict[str, int]:
    return {wrong.value: count for wrong, count in net(cast).by_kind.items()}


def stands(cast: Cast) -> dict[str, int]:
    return {stand.value: count for stand, count in net(cast).stands.items() if count}


def through_the_door(cast: Cast, value: int = 2) -> Any:
    """Rosa answers question 9 of the PHQ-9 on her own phone."""
    from fivefold.services.measure_answers import save_item
    from fivefold.services.measures import give_out

    request = give_out(cast.amina, patient_id=cast.rosa.pk, instrument="phq9", route="link")
    save_item(request.pk, item=9, value=value, form_hash=request.form_hash, client_id=uuid.uuid4().hex)
    return request


def signal_of(cast: Cast) -> Any:
    from fivefold.records.models import Signal

    return Signal.objects.filter(patient=cast.rosa, matter="positive_risk_item").order_by("-number")[0]


def test_every_answer_is_counted_in_the_one_state_in_which_it_stands(cast: Cast) -> None:
    with at(cast, MONDAY):
        through_the_door(cast)
        assert stands(cast) == {"unseen": 1}
        act("see_signal", cast, signal_of(cast))
        assert stands(cast) == {"seen": 1}
        act("act_on_signal", cast, signal_of(cast), note="Phoned, no answer.")
        assert stands(cast) == {"seen": 1}
        entered(cast, 2, days_ago=1)
        assert stands(cast) == {"unseen": 2}  # of two answers told by one signal each is counted
        act("see_signal", cast, signal_of(cast))
        reassess(cast)
        assert stands(cast) == {"acted": 2}
        act("close_signal", cast, signal_of(cast), outcome="settled", note=NOTE)
        entered(cast, 2, days_ago=9)
    with at(cast, MONDAY + timedelta(hours=1)):
        found = net(cast)
        assert found.holds and found.answers == 3 and stands(cast) == {"closed": 2, "asked": 1}


def test_an_answer_that_nobody_was_told_of_is_found_named_by_id_alone_and_told(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from fivefold.services import measure_answers
    from fivefold.services.safety_net_run import look_everywhere

    with at(cast, MONDAY):
        monkeypatch.setattr(measure_answers, "_tell_danger", lambda *given: None)  # the error that the law is there for
        request = through_the_door(cast)
        monkeypatch.undo()
        [breach] = net(cast).breaches
        assert (breach.wrong, breach.patient_id, breach.source) == ("not_told", cast.rosa.pk, "questionnaire")
        assert breach.key == str(request.answers.get().pk)
    with at(cast, MONDAY + timedelta(hours=2)):
        looked = look_everywhere()
        assert looked.told == {cast.amina.clinic.pk: 1} and state(signal_of(cast)).status == "raised"
    with at(cast, MONDAY + timedelta(hours=2, minutes=5)):
        again = look_everywhere()
        assert not again.told and net(cast).holds and stands(cast) == {"unseen": 1}


@pytest.mark.parametrize("what", ["its owner left and it is with no lead", "nobody else will be told", "it counts as acted on without a reassessment"])
def test_what_waits_with_nobody_or_for_nothing_goes_to_the_lead(cast: Cast, what: str) -> None:
    from fivefold.services.safety_net_run import look_everywhere
    from fivefold.services.signal_list import see_digest

    with at(cast, MONDAY):
        through_the_door(cast)
        BROKEN[what][0](cast, signal_of(cast))
        assert not see_digest(cast.lea).safety
        assert look_everywhere().told == {cast.amina.clinic.pk: 1}
        assert [one.id for one in see_digest(cast.lea).safety] == [signal_of(cast).pk]
        assert net(cast).holds and not look_everywhere().told


def test_another_answer_later_does_not_hide_one_that_was_lost(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from fivefold.services import measure_answers

    with at(cast, MONDAY):
        monkeypatch.setattr(measure_answers, "_tell_danger", lambda *given: None)
        through_the_door(cast)
        monkeypatch.undo()
    with at(cast, MONDAY + timedelta(hours=1)):
        through_the_door(cast, 3)
        assert kinds(cast) == {"not_told": 1} and stands(cast) == {"unseen": 1}


BROKEN: dict[str, tuple[Callable[[Cast, Any], Any], str]] = {
    "its owner left and it is with no lead": (lambda cast, found: _leave(cast, "amina"), "nobody"),
    "the last lead left": (lambda cast, found: (_set(found, level=2, owner=None, due_at=None), _leave(cast, "lea")), "nobody"),
    "the program closed it": (lambda cast, found: _set(found, is_open=False, status="closed"), "closed_by_nobody"),
    "no timer runs": (lambda cast, found: _set(found, due_at=MONDAY - timedelta(hours=2)), "not_passed_on"),
    "nobody else will be told": (lambda cast, found: _set(found, due_at=None), "stuck"),
    "it counts as acted on without a reassessment": (lambda cast, found: _set(found, due_at=None, status="acted"), "stuck"),
}


def _set(found: Any, **more: Any) -> None:
    from fivefold.records.models import SignalState

    SignalState.objects.filter(pk=found.pk).update(**more)


def _leave(cast: Cast, who: str) -> None:
    from fivefold.records.models import Membership

    Membership.objects.filter(user=cast.people[who].user).update(ended_at=MONDAY)


@pytest.mark.parametrize("what", BROKEN)
def test_what_breaks_the_law_is_found(cast: Cast, what: str) -> None:
    breaks, expected = BROKEN[what]
    with at(cast, MONDAY):
        through_the_door(cast)
        assert net(cast).holds
        breaks(cast, signal_of(cast))
        assert kinds(cast) == {expected: 1}


def test_a_diary_entry_of_which_nobody_was_told_is_found_and_one_that_is_usual_is_none(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.support.clinic import open_own_pages

    from fivefold.services import diary

    diary.set_card(cast.amina, patient_id=cast.rosa.pk, items=("sadness", "urge_die", "attempt"), own=[], is_for_crisis=False, version=0)
    rosa = open_own_pages(cast)
    today = timezone.localdate()

    def write(**answers: str) -> None:
        one = diary.NewEntry(client_id=uuid.uuid4(), card=1, about_on=today, made_on=today, made_at=timezone.now(), answers=answers)
        diary.record_entry(rosa, patient_id=cast.rosa.pk, entry=one)

    write(sadness="5", urge_die="0")
    assert net(cast).answers == 0
    write(attempt="yes")
    assert stands(cast) == {"unseen": 1}
    monkeypatch.setattr(diary, "_signal", lambda *given: None)
    write(urge_die="5")
    found = net(cast)
    assert [(one.wrong, one.source) for one in found.breaches] == [("not_told", "diary")] and found.answers == 2


SignIn = Callable[[str], Client]


def _has_ended(cast: Cast, request: Any) -> None:
    from fivefold.records.models import MeasureRequest

    MeasureRequest._base_manager.filter(pk=request.pk).update(expires_at=timezone.now() - timedelta(days=30))


def _care_has_ended(cast: Cast, request: Any) -> None:
    from fivefold.services.patients import end_care

    end_care(cast.amina, patient_id=cast.rosa.pk, on=timezone.localdate(), reason="completed")


REFUSED: dict[str, tuple[Callable[[Cast, Any], Any], str]] = {
    "it has ended": (_has_ended, "ended"),
    "its wording is another": (lambda cast, request: None, "wording"),
    "care has ended": (_care_has_ended, "ended"),
}


@pytest.mark.parametrize("how", REFUSED)
@pytest.mark.parametrize("with_script", [True, False])
def test_a_positive_answer_that_is_refused_is_kept_told_once_and_counted_by_the_law(cast: Cast, client: Client, how: str, with_script: bool) -> None:
    from fivefold.records.models import MeasureAnswer, RefusedAnswer, SignalEvent
    from fivefold.services.measure_doors import link_token
    from fivefold.services.measures import give_out

    request = give_out(cast.amina, patient_id=cast.rosa.pk, instrument="phq9", route="link")
    happens, why = REFUSED[how]
    happens(cast, request)
    wording = "of another wording" if why == "wording" else request.form_hash
    address, sent = f"/q/{link_token(request.pk)}", {"item9": "2", "item1": "1", "form": wording}
    if with_script:
        address, sent = f"{address}/answer", {"item": "9", "value": "2", "form": wording, "client": "tap 1"}
    for _turn in range(2):
        said = client.post(address, sent)
        assert said.status_code in (404, 409, 422)
        assert said.json()["help"] if with_script else "Thank you for saying this" in said.content.decode()

    [kept] = RefusedAnswer.objects.all()
    assert (kept.patient_id, kept.source, kept.why) == (cast.rosa.pk, "questionnaire", why) and '"answer": "2"' in kept.content
    assert SignalEvent.objects.filter(step__in=("raised", "again")).count() == 1 and not MeasureAnswer.objects.exists()
    assert (net(cast).answers, stands(cast), net(cast).holds) == (1, {"unseen": 1}, True)


@pytest.mark.parametrize("with_script", [True, False])
def test_a_positive_answer_to_a_questionnaire_that_may_not_be_shown_any_more_is_told_and_help_is_shown(cast: Cast, client: Client, with_script: bool) -> None:
    from fivefold.records.models import RefusedAnswer
    from fivefold.services.instruments import end_permission, record_permission
    from fivefold.services.measure_doors import link_token
    from fivefold.services.measures import give_out

    lines = tuple(f"our own line {number}" for number in range(1, 24))
    record_permission(cast.lea, instrument="bsl23", licence="letter of the author, 2026, for this clinic", items=lines)
    request = give_out(cast.amina, patient_id=cast.rosa.pk, instrument="bsl23", route="link")
    end_permission(cast.lea, instrument="bsl23")
    address, sent = f"/q/{link_token(request.pk)}", {"item5": "4", "form": request.form_hash}
    if with_script:
        address, sent = f"{address}/answer", {"item": "5", "value": "4", "form": request.form_hash, "client": "tap 1"}

    opened, said = client.get(f"/q/{link_token(request.pk)}"), client.post(address, sent)

    assert (opened.status_code, said.status_code) == (404, 404)
    assert said.json()["help"] if with_script else "Thank you for saying this" in said.content.decode()
    assert "clinic lead" not in opened.content.decode() + said.content.decode()  # whose matter it is, is none of the patient's
    assert RefusedAnswer.objects.get().why == "ended" and stands(cast) == {"unseen": 1} and net(cast).holds


def test_an_answer_in_the_own_pages_that_comes_too_late_is_told_and_a_foreign_one_tells_nothing(cast: Cast, sign_in: SignIn) -> None:
    from tests.support.clinic import open_own_pages

    from fivefold.records.models import RefusedAnswer
    from fivefold.services.measures import give_out

    open_own_pages(cast)
    request = give_out(cast.amina, patient_id=cast.rosa.pk, instrument="phq9", route="portal")
    foreign = give_out(cast.amina, patient_id=cast.rosa.pk, instrument="phq9", route="link")
    _has_ended(cast, request)
    browser, sent = sign_in("self"), {"item": "9", "value": "3", "form": request.form_hash, "client": "tap 1"}

    assert browser.post(f"/my/questions/{request.pk}/answer", sent).json()["help"] is True
    assert "help" not in browser.post(f"/my/questions/{foreign.pk}/answer", sent).json()
    assert "help" not in browser.post(f"/my/questions/{uuid.uuid4()}/answer", sent).json()
    assert RefusedAnswer.objects.count() == 1 and stands(cast) == {"unseen": 1}


def test_a_refused_diary_entry_stands_in_the_law_and_the_same_key_with_other_words_is_told_anew(cast: Cast) -> None:
    from tests.support.clinic import open_own_pages

    from fivefold.records.models import RefusedAnswer
    from fivefold.services import diary

    diary.set_card(cast.amina, patient_id=cast.rosa.pk, items=("sadness", "urge_die", "attempt"), own=[], is_for_crisis=False, version=0)
    rosa, key, today = open_own_pages(cast), uuid.uuid4(), timezone.localdate()
    for answers in ({"urge_die": "5"}, {"urge_die": "5"}, {"attempt": "yes"}):
        one = diary.NewEntry(client_id=key, card=1, about_on=today + timedelta(days=40), made_on=today, made_at=timezone.now(), answers=answers)
        assert diary.tell_what_was_refused(rosa, patient_id=cast.rosa.pk, entry=one)

    assert RefusedAnswer.objects.count() == 2 and (stands(cast), net(cast).holds) == ({"unseen": 2}, True)


def test_the_clinic_page_says_where_answers_stand_and_what_is_wrong(cast: Cast, sign_in: SignIn) -> None:
    through_the_door(cast)
    said = sign_in("lea").get("/clinic/signals").content.decode()
    assert "1 positive answer" in said and "Each of them stands with somebody." in said
    _set(signal_of(cast), due_at=None)
    said = sign_in("lea").get("/clinic/signals").content.decode()
    assert "The safety net does not hold." in said and "Rosa" not in said
    assert "The safety net does not hold." in sign_in("lea").get("/signals").content.decode()
    assert "The safety net does not hold." not in sign_in("amina").get("/signals").content.decode()


# ---- The heart-beat ---------------------------------------------------------------------------------------------------------------


def rows() -> dict[str, int]:
    """How many rows every table has but those of the audit trail."""
    from django.apps import apps

    return {model.__name__: model._base_manager.count() for model in apps.get_app_config("records").get_models() if "Audit" not in model.__name__}


@pytest.mark.django_db(transaction=True)
def test_the_path_is_walked_and_committed_to_its_end_and_nothing_invented_stays(cast: Cast) -> None:
    from fivefold.records.models import AuditEntry, Clinic
    from fivefold.services.heart_beat import beat
    from fivefold.services.installation import verify_audit

    before, clinics = rows(), list(Clinic.objects.all())
    done = beat(cast.amina.clinic)

    assert (done.is_alive, done.step) == (True, "") and rows() == before and list(Clinic._base_manager.all()) == clinics
    assert list(AuditEntry.objects.order_by("number").values_list("act", flat=True))[-1] == "heart_beat"
    assert not AuditEntry.objects.filter(act__in=("raise_signal", "save_item", "close_signal")).exists()
    assert all(not problems for _clinic, _count, problems in verify_audit())


def test_a_walk_that_is_not_committed_is_a_missed_beat(cast: Cast) -> None:
    from fivefold.services.heart_beat import beat

    # Around this test lies a transaction that is never committed, and the walk finds that out.
    done = beat(cast.amina.clinic)

    assert (done.is_alive, done.step) == (False, "commit")


@pytest.mark.django_db(transaction=True)
def test_what_a_killed_walk_has_left_is_in_no_list_and_goes_with_the_next(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from fivefold.records.models import Clinic
    from fivefold.services import heart_beat
    from fivefold.services.caseload_list import see_caseload
    from fivefold.services.safety_net_run import look_everywhere

    before = rows()
    monkeypatch.setattr(heart_beat, "remove_synthetic", lambda clinic: None)  # killed before it could clear up
    with at(cast, MONDAY):
        heart_beat.beat(cast.amina.clinic)
        monkeypatch.undo()
        assert Clinic._base_manager.filter(beats_for=cast.amina.clinic.pk).count() == 1
        assert not Clinic.objects.filter(name=heart_beat.NAME).exists()
        assert [net.clinic for net in look_everywhere().nets] == list(Clinic.objects.order_by("pk").values_list("pk", flat=True))
        assert heart_beat.NAME not in {row.name for row in see_caseload(cast.lea).rows}
    with at(cast, MONDAY + timedelta(hours=24)):
        assert heart_beat.beat(cast.amina.clinic).is_alive and rows() == before


WALLS: dict[str, tuple[str, str, Any, str]] = {
    "the signal is not raised": ("fivefold.services.measure_answers", "_tell_danger", lambda *given: None, "signal"),
    "no help is shown": ("fivefold.services.measure_answers", "Saved", lambda item, risk: type("Saved", (), {"needs_help": False})(), "answer"),
    "the digest is empty": ("fivefold.services.heart_beat", "waits_for", lambda actor: set(), "digest"),
    "nobody passes on": ("fivefold.services.heart_beat", "pass_on_one", lambda *given: False, "pass on"),
    "danger closes without a question": ("fivefold.services.signal_acts", "what_is_missing", lambda *given: "", "act"),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", WALLS)
def test_a_path_that_is_broken_anywhere_is_a_missed_beat_that_names_the_step(cast: Cast, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    import importlib

    from fivefold.services.heart_beat import beat
    from fivefold.services.last_beat import last_beat

    module, name, instead, step = WALLS[what]
    monkeypatch.setattr(importlib.import_module(module), name, instead)
    before = rows()
    done = beat(cast.amina.clinic)

    assert (done.is_alive, done.step) == (False, step) and rows() == before
    assert last_beat(cast.amina.clinic).is_missed


@pytest.mark.django_db(transaction=True)
def test_a_missed_beat_is_told_to_the_lead_and_to_whoever_runs_the_machine(cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    from fivefold.services import heart_beat
    from fivefold.services.installation import _safety_net

    assert "has not run here yet" in sign_in("lea").get("/clinic/signals").content.decode()
    assert "does not hold" not in sign_in("lea").get("/signals").content.decode()
    monkeypatch.setattr(heart_beat, "waits_for", lambda actor: set())
    heart_beat.beat(cast.amina.clinic)
    for page in ("/signals", "/clinic/signals"):
        said = sign_in("lea").get(page).content.decode()
        assert "The safety net does not hold." in said and "at the step “digest”" in said
    assert any(one.state == "bad" and "not proved alive" in one.what for one in _safety_net())
    monkeypatch.undo()
    heart_beat.beat(cast.amina.clinic)
    assert "Proved alive last" in sign_in("lea").get("/clinic/signals").content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_beat_that_does_not_come_for_longer_than_a_day_is_missed(cast: Cast) -> None:
    from fivefold.services.heart_beat import beat
    from fivefold.services.last_beat import last_beat

    with at(cast, MONDAY):
        assert beat(cast.amina.clinic).is_alive
    with at(cast, MONDAY + timedelta(hours=25)):
        assert not last_beat(cast.amina.clinic).is_missed
    with at(cast, MONDAY + timedelta(hours=27)):
        assert last_beat(cast.amina.clinic).is_missed
