"""Signals: raised once for each matter, seen, handed on, acted on, put off, closed; danger by what a clinician has recorded alone."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from tests.support.clinic import Cast

TODAY_SAID = "Not met today; we spoke for ten minutes and agreed on a call tomorrow."


@contextmanager
def at(cast: Cast, moment: datetime) -> Iterator[None]:
    """Acts of the cast's clinic at another time; it counts as invented meanwhile."""
    from fivefold.records import clock
    from fivefold.records.models import Clinic

    Clinic.objects.filter(pk=cast.amina.clinic.pk).update(synthetic=True)
    cast.amina.clinic.synthetic = True
    with clock.acting_at(moment):
        yield


def answered(cast: Cast, mark: str = "response 1", item: int = 9) -> Any:
    """A positive answer of Rosa's, as a form on her phone stores it."""
    from fivefold.records import clock
    from fivefold.services.signals import RiskAnswer, raise_risk_answers

    return raise_risk_answers(cast.rosa, [RiskAnswer("phq9", item, "thoughts of being better off dead")], on=clock.today(), mark=mark)


def track(cast: Cast, mark: str = "bsl23 2026-03-01", key: str = "bsl23.total") -> Any:
    """A measure of Rosa's that does not move."""
    from fivefold.concepts.signals import SeenMatter
    from fivefold.library import load_knowledge
    from fivefold.services.signals import raise_signal

    rule = load_knowledge().signals.rule("rule.signal.not_on_track")
    return raise_signal(cast.rosa, SeenMatter(rule, key, "Less than 0.3 SD for the better by week 6.", mark, date(2026, 3, 1), 7))


def state(signal: Any) -> Any:
    from fivefold.records.models import SignalState

    return SignalState.objects.get(signal=signal)


def steps(signal: Any) -> list[str]:
    return list(signal.events.order_by("number").values_list("step", flat=True))


def act(name: str, cast: Cast, signal: Any, who: str = "amina", **more: Any) -> Any:
    from fivefold.services import signal_acts

    if name != "see_signal":
        more.setdefault("version", state(signal).version)
    return getattr(signal_acts, name)(cast.people[who], patient_id=cast.rosa.pk, signal_id=signal.pk, **more)


def reassess(cast: Cast, *, suicidal: bool = False) -> None:
    """Amina asks every question of the rule about suicide and records the answers."""
    from fivefold.library import load_knowledge
    from fivefold.records import clock
    from fivefold.services.assessments import answer_risk
    from fivefold.services.risk_questions import questions_of

    names = [name for rule in load_knowledge().overrides if rule.code == "R1" for name in questions_of(rule)]
    answer_risk(cast.amina, patient_id=cast.rosa.pk, answers=dict.fromkeys(names, suicidal), on=clock.today())


# ---- Raising --------------------------------------------------------------------------------------------------------------


def test_a_positive_answer_of_a_patient_raises_one_signal_without_any_member_of_staff(cast: Cast) -> None:
    from fivefold.records.models import AuditEntry, CaseloadRow, SignalEvent
    from fivefold.services.signals import Shown

    first, again = answered(cast), answered(cast)

    assert first.pk == again.pk and steps(first) == ["raised"]
    assert (first.kind, first.origin, state(first).owner) == ("safety", "patient", cast.amina.user)
    said = Shown.read(SignalEvent.objects.get(signal=first).content)
    assert "PHQ-9, question 9: thoughts of being better off dead" in said.seen and said.action.startswith("Speak with the patient today")
    row = CaseloadRow.objects.get(patient=cast.rosa)
    assert row.signal == "safety" and row.need >= 10_000
    entry = AuditEntry.objects.get(act="raise_signal")
    assert (entry.user_id, entry.role, entry.patient_id) == (None, "system", cast.rosa.pk) and "dead" not in str(entry.detail)


def test_no_positive_answer_raises_nothing(cast: Cast) -> None:
    from fivefold.services.signals import raise_risk_answers

    assert raise_risk_answers(cast.rosa, [], on=date(2026, 3, 1), mark="response 1") is None


def test_it_is_raised_in_the_transaction_of_the_answer_or_not_at_all(cast: Cast) -> None:
    from fivefold.records.models import AuditEntry, Signal

    with pytest.raises(RuntimeError, match="the answer was not stored"), transaction.atomic():
        answered(cast)
        raise RuntimeError("the answer was not stored")

    assert not Signal.objects.exists() and not AuditEntry.objects.filter(act="raise_signal").exists()


def test_another_positive_answer_on_an_open_signal_has_to_be_seen_anew(cast: Cast) -> None:
    signal = answered(cast)
    act("see_signal", cast, signal)
    act("act_on_signal", cast, signal, note=TODAY_SAID)

    assert answered(cast, "response 2").pk == signal.pk
    assert steps(signal) == ["raised", "seen", "acted", "again"]
    assert state(signal).status == "raised" and state(signal).due_at is not None


def test_the_database_itself_refuses_a_second_open_signal_on_one_matter(cast: Cast) -> None:
    from fivefold.records.models import Signal, SignalState

    open_one = state(answered(cast))
    twin = Signal(clinic=cast.rosa.clinic, patient=cast.rosa, kind="safety", rule=open_one.rule, matter=open_one.matter, number=2, origin="program")
    twin.save()
    open_one.pk, open_one.signal = None, twin

    with pytest.raises(IntegrityError), transaction.atomic():
        SignalState.objects.bulk_create([open_one])


def test_steps_are_added_and_never_changed(cast: Cast) -> None:
    from fivefold.records.models import SignalEvent
    from fivefold.records.models.base import NeverChanged

    event = SignalEvent.objects.get(signal=answered(cast))
    event.step = "closed"

    with pytest.raises(NeverChanged):
        event.save()
    with pytest.raises(NeverChanged):
        SignalEvent.objects.all().delete()


def test_what_was_seen_lies_sealed(cast: Cast) -> None:
    from fivefold.records.models import SignalEvent

    sealed = bytes(SignalEvent.objects.get(signal=answered(cast)).content_sealed)

    assert sealed and b"PHQ" not in sealed and b"dead" not in sealed


# ---- Danger ---------------------------------------------------------------------------------------------------------------


def test_danger_is_never_put_off(cast: Cast) -> None:
    from fivefold.records import clock
    from fivefold.services.signal_acts import StaysOpen

    signal = answered(cast)

    with pytest.raises(StaysOpen) as refused:
        act("snooze_signal", cast, signal, until=clock.today() + timedelta(days=3), reason="We meet on Thursday anyway.")
    assert refused.value.code == "never_put_off" and state(signal).status == "raised"


def test_danger_is_closed_only_after_every_safety_question_was_asked_since(cast: Cast) -> None:
    from fivefold.services.signal_acts import StaysOpen

    reassess(cast)  # before the answer: it says nothing about it
    signal = answered(cast)
    act("see_signal", cast, signal)
    act("act_on_signal", cast, signal, note=TODAY_SAID)
    with pytest.raises(StaysOpen) as refused:
        act("close_signal", cast, signal, outcome="settled", note=TODAY_SAID)
    assert refused.value.code == "reassess" and state(signal).is_open

    reassess(cast, suicidal=True)
    act("close_signal", cast, signal, outcome="settled", note=TODAY_SAID)

    assert not state(signal).is_open and steps(signal)[-1] == "closed"


def test_clearing_that_was_taken_back_closes_no_danger(cast: Cast) -> None:
    from fivefold.records import clock
    from fivefold.services.assessments import record_facts, withdraw_fact
    from fivefold.services.record_file import NewFact
    from fivefold.services.signal_acts import StaysOpen

    signal = answered(cast)
    today = clock.today()
    cleared = NewFact("cleared", "R1", {"rule": "R1", "on": today.isoformat(), "by": "Amina Okafor"}, today)
    [fact] = record_facts(cast.amina, patient_id=cast.rosa.pk, facts=[cleared])
    withdraw_fact(cast.amina, patient_id=cast.rosa.pk, fact_id=fact.pk, reason="wrong record")

    with pytest.raises(StaysOpen):
        act("close_signal", cast, signal, outcome="settled", note=TODAY_SAID)


def test_after_a_reassessment_a_new_positive_answer_raises_the_matter_again_and_the_old_one_does_not(cast: Cast) -> None:
    signal = answered(cast)
    reassess(cast)
    act("close_signal", cast, signal, outcome="settled", note=TODAY_SAID)

    assert answered(cast) is None  # the same answer once more
    second = answered(cast, "response 2")

    assert second.pk != signal.pk and second.number == 2 and state(second).is_open


def test_no_score_and_no_silence_lets_danger_pass(cast: Cast) -> None:
    from fivefold.services.signals import let_pass

    danger, course = answered(cast), track(cast)

    assert let_pass(cast.rosa, []) == 1
    assert state(danger).is_open and not state(course).is_open and steps(course) == ["raised", "closed"]


def test_a_matter_that_cannot_be_judged_or_is_worked_on_stays(cast: Cast) -> None:
    from fivefold.concepts.signals import NotJudged
    from fivefold.library import load_knowledge
    from fivefold.services.signals import let_pass

    rule = load_knowledge().signals.rule("rule.signal.not_on_track")
    unknown, worked_on = track(cast), track(cast, key="phq9.total")
    act("act_on_signal", cast, worked_on, note=TODAY_SAID)

    assert let_pass(cast.rosa, [NotJudged(rule, "bsl23.total", "There are too few scores.")]) == 0
    assert state(unknown).is_open and state(worked_on).is_open


# ---- The course of treatment ----------------------------------------------------------------------------------------------


def test_a_closed_matter_is_quiet_for_its_time_and_returns_with_something_new(cast: Cast) -> None:
    began = datetime(2026, 3, 2, 9, tzinfo=UTC)
    with at(cast, began):
        signal = track(cast)
        act("close_signal", cast, signal, outcome="known_before", note="")
    with at(cast, began + timedelta(days=20)):
        assert track(cast, "bsl23 2026-03-20") is None
    with at(cast, began + timedelta(days=43)):
        assert track(cast) is None  # nothing new
        assert track(cast, "bsl23 2026-04-12").number == 2


def test_it_is_put_off_until_a_day_at_most_four_weeks_ahead(cast: Cast) -> None:
    from fivefold.records import clock
    from fivefold.services.patients import NotAcceptable

    signal, today = track(cast), clock.today()

    for until in (today, today + timedelta(days=29)):
        with pytest.raises(NotAcceptable):
            act("snooze_signal", cast, signal, until=until, reason="The holidays explain it; we look again after.")
    act("snooze_signal", cast, signal, until=today + timedelta(days=28), reason="The holidays explain it; we look again after.")
    assert (state(signal).status, state(signal).snoozed_until) == ("snoozed", today + timedelta(days=28))
    assert track(cast, "bsl23 2026-03-08").pk == signal.pk and state(signal).status == "snoozed"


# ---- Passed on ------------------------------------------------------------------------------------------------------------


def test_unseen_it_is_passed_on_level_by_level_while_somebody_works(cast: Cast) -> None:
    from fivefold.services.signals import pass_on

    friday = datetime(2026, 3, 6, 15, 50, tzinfo=UTC)  # ten minutes before the clinic closes in Berlin
    with at(cast, friday):
        signal = answered(cast)
        late = track(cast)
    with at(cast, friday + timedelta(days=1)):
        assert pass_on(cast.amina.clinic) == 0  # on Saturday nobody works; the page says so
    monday = datetime(2026, 3, 9, 8, 6, tzinfo=UTC)
    for hour, level in ((0, 1), (1, 2), (2, 2)):
        with at(cast, monday + timedelta(hours=hour)):
            pass_on(cast.amina.clinic)
            assert state(signal).level == level
    assert steps(signal) == ["raised", "escalated", "escalated"] and state(late).level == 0


def test_who_is_not_told_yet_can_look_without_stopping_the_clock(cast: Cast) -> None:
    signal = answered(cast)

    assert not act("see_signal", cast, signal, "bruno") and not act("see_signal", cast, signal, "lea")
    assert state(signal).status == "raised" and act("see_signal", cast, signal)
    assert not act("see_signal", cast, signal)  # once is enough
    assert steps(signal) == ["raised", "seen"]


def test_a_signal_of_a_patient_whom_nobody_treats_goes_to_the_lead_at_once(cast: Cast) -> None:
    from fivefold.records import clock
    from fivefold.records.models import CareRelation

    CareRelation.objects.filter(patient=cast.rosa, kind="treats").update(ended_at=clock.now())

    signal = answered(cast)

    assert (state(signal).owner, state(signal).level) == (None, 2) and act("see_signal", cast, signal, "lea")


def test_it_is_handed_to_somebody_who_can_act_and_to_nobody_else(cast: Cast) -> None:
    from fivefold.records.models import CareRelation
    from fivefold.services.patients import NotAcceptable

    signal = answered(cast)
    for nobody in ("bruno", "lea", "teo", "chidi"):
        with pytest.raises(NotAcceptable):
            act("assign_signal", cast, signal, to=cast.people[nobody].user.pk)
    CareRelation.objects.create(clinic=cast.rosa.clinic, patient=cast.rosa, user=cast.teo.user, kind="covers")

    act("assign_signal", cast, signal, "lea", to=cast.teo.user.pk, note="Amina is away this week.")

    assert (state(signal).owner, state(signal).status) == (cast.teo.user, "raised")


# ---- Who, and two at once -------------------------------------------------------------------------------------------------


def test_who_supervises_or_leads_closes_nothing_and_who_has_no_relation_finds_nothing(cast: Cast) -> None:
    from fivefold.services.access import AccessDenied, NoSuchPatient
    from fivefold.services.signal_acts import NoSuchSignal

    signal = track(cast)
    for who, refusal in (("bruno", AccessDenied), ("lea", AccessDenied), ("teo", NoSuchPatient), ("chidi", NoSuchPatient)):
        with pytest.raises(refusal):
            act("close_signal", cast, signal, who, outcome="settled", note="")
        with pytest.raises(refusal):
            act("act_on_signal", cast, signal, who, note=TODAY_SAID)
    signal.pk = uuid.uuid4()
    with pytest.raises(NoSuchSignal):
        act("see_signal", cast, signal)


def test_the_second_of_two_is_told_what_the_first_did(cast: Cast) -> None:
    from fivefold.services.plans import ChangedMeanwhile

    signal = track(cast)
    shown = state(signal).version
    act("act_on_signal", cast, signal, note=TODAY_SAID)

    with pytest.raises(ChangedMeanwhile) as told:
        act("close_signal", cast, signal, outcome="false_alarm", note="", version=shown)
    assert told.value.theirs == {"step": "acted on", "note": TODAY_SAID} and told.value.who == "Amina Okafor"
    assert state(signal).is_open


def test_that_it_was_seen_or_passed_on_meanwhile_stops_nobody(cast: Cast) -> None:
    signal = track(cast)
    shown = state(signal).version
    act("see_signal", cast, signal)

    act("close_signal", cast, signal, outcome="settled", note="", version=shown)

    assert not state(signal).is_open


# ---- Every record at once -------------------------------------------------------------------------------------------------


def test_what_time_alone_makes_true_is_raised_for_every_record_and_nothing_twice(cast: Cast) -> None:
    from tests.support.known_patient import known_patient

    from fivefold.records import clock
    from fivefold.records.models import PlanVersion, SignalEvent, SignalState
    from fivefold.services.plans import sign_plan
    from fivefold.services.signal_watch import watch_all

    sam = known_patient(cast.amina)
    sign_plan(cast.amina, patient_id=sam.pk, version=0, patient_view="agrees")
    assert watch_all(cast.amina.clinic).open == 0
    with at(cast, datetime.now(UTC) + timedelta(days=100)):
        assert PlanVersion.objects.get(patient=sam).review_on < clock.today()
        first = watch_all(cast.amina.clinic)
        steps_taken = SignalEvent.objects.count()
        again = watch_all(cast.amina.clinic)

    assert (first.patients, first.failed) == (2, ()) and first.open == again.open >= 1
    assert SignalState.objects.filter(patient=sam, matter="review_overdue", is_open=True).exists() and SignalEvent.objects.count() == steps_taken


def test_the_command_for_a_timer_passes_on_and_watches(cast: Cast) -> None:
    from fivefold.services.signal_watch import pass_on_everywhere, watch_everywhere

    with at(cast, datetime(2026, 3, 2, 9, tzinfo=UTC)):
        answered(cast)
    with at(cast, datetime(2026, 3, 2, 13, tzinfo=UTC)):
        assert pass_on_everywhere().signals == 1
    assert watch_everywhere().patients == 1


# ---- Danger that was acted on without a reassessment ------------------------------------------------------------------------


def test_that_nobody_answered_the_telephone_ends_no_danger_and_it_is_passed_on_again(cast: Cast) -> None:
    from fivefold.services.signal_list import see_digest
    from fivefold.services.signals import pass_on

    monday = datetime(2026, 3, 9, 9, tzinfo=UTC)  # ten o'clock in Berlin
    with at(cast, monday):
        signal = answered(cast)
        act("see_signal", cast, signal)
        act("act_on_signal", cast, signal, note="Phoned, no answer.")
        assert state(signal).status == "seen" and [one.id for one in see_digest(cast.amina).safety] == [signal.pk]
    with at(cast, monday + timedelta(hours=3)):
        assert pass_on(cast.amina.clinic) == 0
    with at(cast, monday + timedelta(hours=4, minutes=1)):
        assert pass_on(cast.amina.clinic) == 1
    assert steps(signal) == ["raised", "seen", "acted", "escalated"] and state(signal).level == 1


def test_once_the_questions_were_asked_danger_that_was_seen_waits_for_its_closing_word_alone(cast: Cast) -> None:
    from fivefold.services.signal_list import see_digest
    from fivefold.services.signals import pass_on

    monday = datetime(2026, 3, 9, 9, tzinfo=UTC)
    with at(cast, monday):
        signal = answered(cast)
        act("see_signal", cast, signal)
        act("act_on_signal", cast, signal, note="Phoned, no answer.")
        reassess(cast)
        assert (state(signal).status, state(signal).due_at) == ("acted", None) and not see_digest(cast.amina).safety
    with at(cast, monday + timedelta(days=2)):
        assert pass_on(cast.amina.clinic) == 0
    act("close_signal", cast, signal, outcome="settled", note=TODAY_SAID)


def test_a_signal_whose_rule_left_the_base_is_shown_under_its_old_id_and_danger_stays_danger(cast: Cast) -> None:
    from fivefold.records.models import SignalState
    from fivefold.services.signal_list import see_digest
    from fivefold.services.signals import open_safety, pass_on

    with at(cast, datetime(2026, 3, 9, 9, tzinfo=UTC)):
        signal, course = answered(cast), track(cast)
    SignalState.objects.filter(pk=signal.pk).update(rule="rule.signal.of_old")
    SignalState.objects.filter(pk=course.pk).update(rule="rule.signal.older", matter="not_watched_now:x")
    with at(cast, datetime(2026, 3, 9, 10, tzinfo=UTC)):
        assert pass_on(cast.amina.clinic) == 1
        seen = see_digest(cast.amina)
        assert [(one.rule.id, one.rule.name) for one in (*seen.safety, *seen.course)] == [("rule.signal.of_old",) * 2, ("rule.signal.older",) * 2]
        told = open_safety(cast.rosa)
        assert told is not None and told.pk == signal.pk


# ---- Put off, and back ------------------------------------------------------------------------------------------------------


def test_what_was_put_off_comes_back_on_its_day_and_is_passed_on_where_nobody_reads_it(cast: Cast) -> None:
    from fivefold.services.signal_list import see_digest
    from fivefold.services.signals import pass_on

    began = datetime(2026, 3, 2, 9, tzinfo=UTC)
    with at(cast, began):
        signal = track(cast)
        act("snooze_signal", cast, signal, until=date(2026, 3, 10), reason="The holidays explain it; we look again after.")
    with at(cast, datetime(2026, 3, 9, 9, tzinfo=UTC)):
        assert not see_digest(cast.amina).course and pass_on(cast.amina.clinic) == 0
    with at(cast, datetime(2026, 3, 10, 9, tzinfo=UTC)):
        assert [one.id for one in see_digest(cast.amina).course] == [signal.pk] and pass_on(cast.amina.clinic) == 0
    with at(cast, datetime(2026, 3, 18, 9, tzinfo=UTC)):  # its rule gives five working days
        assert pass_on(cast.amina.clinic) == 1 and state(signal).level == 1


# ---- Told again, asked about, and passed by itself ----------------------------------------------------------------------------


def test_answers_that_keep_coming_do_not_put_off_that_somebody_else_is_told(cast: Cast) -> None:
    from fivefold.services.signals import pass_on

    monday = datetime(2026, 3, 9, 9, tzinfo=UTC)
    with at(cast, monday):
        signal = answered(cast)
    for minutes in (5, 10, 14):
        with at(cast, monday + timedelta(minutes=minutes)):
            answered(cast, f"response at {minutes}")
    with at(cast, monday + timedelta(minutes=16)):
        assert pass_on(cast.amina.clinic) == 1 and state(signal).level == 1


def test_a_talk_of_last_week_that_is_written_down_today_clears_nothing_of_today(cast: Cast) -> None:
    from fivefold.records import clock
    from fivefold.services.assessments import record_facts
    from fivefold.services.record_file import NewFact
    from fivefold.services.signal_acts import StaysOpen

    signal = answered(cast)
    earlier = clock.today() - timedelta(days=6)
    record_facts(cast.amina, patient_id=cast.rosa.pk, facts=[NewFact("cleared", "R1", {}, earlier, note="Asked on the telephone.")])

    with pytest.raises(StaysOpen):
        act("close_signal", cast, signal, outcome="settled", note=TODAY_SAID)


def test_what_passed_by_itself_is_told_again_at_once_when_it_is_seen_again(cast: Cast) -> None:
    from fivefold.services.signals import let_pass

    with at(cast, datetime(2026, 3, 2, 9, tzinfo=UTC)):
        track(cast)
        assert let_pass(cast.rosa, []) == 1
        second = track(cast)
    assert second is not None and second.number == 2 and state(second).is_open


# ---- Passing on, clinic by clinic ---------------------------------------------------------------------------------------------


def test_what_goes_wrong_in_one_clinic_stops_no_other_and_the_log_names_the_kind_of_error_alone(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from fivefold.services import signal_watch
    from fivefold.services.signals import pass_on

    def half(clinic: Any, **more: Any) -> int:
        if clinic.pk == cast.chidi.clinic.pk:
            raise LookupError("Rosa D.")
        return pass_on(clinic, **more)

    with at(cast, datetime(2026, 3, 2, 9, tzinfo=UTC)):
        answered(cast)
    # The clinic that fails comes first, so that the other is reached in spite of it.
    monkeypatch.setattr(signal_watch, "pass_on", half)
    with at(cast, datetime(2026, 3, 2, 13, tzinfo=UTC)):
        done = signal_watch.pass_on_everywhere()

    assert (done.signals, done.clinics) == (1, (cast.chidi.clinic.pk,))
    said = [record for record in caplog.records if "worked through" in record.getMessage()]
    assert [getattr(record, "event", "") for record in said] == [f"LookupError in clinic {cast.chidi.clinic.pk}"]
    assert "Rosa" not in caplog.text and not any(record.exc_info for record in said)


def test_a_record_is_read_again_when_its_turn_comes_so_that_nothing_stale_is_raised(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.support.known_patient import known_patient

    from fivefold.records.models import SignalState
    from fivefold.services import signal_watch
    from fivefold.services.plans import sign_plan, work_out

    sam = known_patient(cast.amina)
    sign_plan(cast.amina, patient_id=sam.pk, version=0, patient_view="agrees")
    with at(cast, datetime.now(UTC) + timedelta(days=100)):
        is_news = signal_watch._is_news

        def meanwhile(*given: Any) -> bool:
            """Between reading and writing somebody signs a new plan: the review is no longer overdue."""
            found = is_news(*given)
            if found:
                monkeypatch.setattr(signal_watch, "_is_news", is_news)
                sign_plan(cast.amina, patient_id=sam.pk, version=work_out(sam).draft_version, patient_view="agrees")
            return found

        monkeypatch.setattr(signal_watch, "_is_news", meanwhile)
        signal_watch.watch_all(cast.amina.clinic)
        assert not SignalState.objects.filter(patient=sam, matter="review_overdue", is_open=True).exists()


# ---- Answers that the staff enters --------------------------------------------------------------------------------------------


def entered(cast: Cast, ninth: int, days_ago: int = 0) -> None:
    """Amina types in a PHQ-9 that Rosa filled in on paper."""
    from fivefold.records import clock
    from fivefold.services.assessments import record_facts
    from fivefold.services.record_file import NewFact

    fact = NewFact("score", "phq9", {"instrument": "phq9", "items": [1] * 8 + [ninth]}, clock.today() - timedelta(days=days_ago))
    record_facts(cast.amina, patient_id=cast.rosa.pk, facts=[fact])


def test_a_positive_answer_from_paper_is_told_though_its_day_was_told_and_closed_before(cast: Cast) -> None:
    from fivefold.records.models import SignalState

    with at(cast, datetime(2026, 3, 9, 9, tzinfo=UTC)):
        first = answered(cast)
        reassess(cast)
        act("close_signal", cast, first, outcome="settled", note=TODAY_SAID)
    with at(cast, datetime(2026, 3, 9, 12, tzinfo=UTC)):
        entered(cast, 0, days_ago=1)
        assert not SignalState.objects.filter(is_open=True).exists()
        entered(cast, 2)

    second = SignalState.objects.select_related("signal").get(is_open=True, kind="safety")
    assert (second.signal.number, second.signal.origin, steps(second.signal)) == (2, "staff", ["raised"])


def test_an_old_answer_that_is_entered_after_the_questions_were_asked_raises_nothing(cast: Cast) -> None:
    from fivefold.records.models import SignalState

    with at(cast, datetime(2026, 3, 9, 9, tzinfo=UTC)):
        reassess(cast)
        entered(cast, 2, days_ago=5)
    assert not SignalState.objects.filter(is_open=True, matter="positive_risk_item").exists()


# ---- The end of care, and one word for one matter ------------------------------------------------------------------------------


def test_danger_that_stands_open_when_care_ends_stays_with_its_owner_and_goes_to_the_lead(cast: Cast) -> None:
    from fivefold.records import clock
    from fivefold.services.patients import end_care
    from fivefold.services.signal_list import count_signals, see_digest
    from fivefold.services.signals import pass_on

    monday = datetime(2026, 3, 9, 9, tzinfo=UTC)
    with at(cast, monday):
        cast.rosa.created_at = monday
        cast.rosa.save(update_fields=["created_at"])
        signal, course = answered(cast), track(cast)
        act("see_signal", cast, signal)
        end_care(cast.amina, patient_id=cast.rosa.pk, on=clock.today(), reason="completed")
        for who in (cast.amina, cast.lea):
            seen = see_digest(who)
            assert [one.id for one in seen.safety] == [signal.pk] and not seen.course and count_signals(who) == (1, 0)
    with at(cast, monday + timedelta(days=7)):
        assert pass_on(cast.amina.clinic) == 1 and state(course).level == 0
    assert steps(signal)[:3] == ["raised", "seen", "escalated"] and state(signal).owner == cast.amina.user


def test_a_positive_answer_has_one_word_on_the_caseload_while_its_signal_is_open_and_after(cast: Cast) -> None:
    from fivefold.library import load_knowledge
    from fivefold.records.models import CaseloadRow
    from fivefold.services import caseload

    rule = load_knowledge().signals.rule("rule.signal.positive_risk_item")
    words = []
    answered(cast)
    words.append(CaseloadRow.objects.get(patient=cast.rosa))
    caseload.mark_danger(cast.rosa)
    words.append(CaseloadRow.objects.get(patient=cast.rosa))
    words.append(caseload.refresh(cast.rosa))

    assert {(row.signal, row.signal_text) for row in words} == {("safety", rule.name)}
    assert {row.next_page for row in words[1:]} == {"assessment_safety"}


# ---- Many at once is the same as one by one -------------------------------------------------------------------------------------


def test_a_record_is_taken_up_by_the_look_at_many_exactly_where_the_look_at_one_would_take_a_step(cast: Cast) -> None:
    from fivefold.concepts.signals import NotJudged, SeenMatter
    from fivefold.library import load_knowledge
    from fivefold.records import clock
    from fivefold.records.models import SignalEvent, SignalState
    from fivefold.services import signal_watch
    from fivefold.services.patients import add_patient

    rules = load_knowledge().signals
    slow, risk = rules.rule("rule.signal.not_on_track"), rules.rule("rule.signal.positive_risk_item")
    began = datetime(2026, 3, 2, 9, tzinfo=UTC)
    day = began.date()
    seen, newer = SeenMatter(slow, "", "It does not move.", "one", day, 7), SeenMatter(slow, "", "It does not move.", "two", day + timedelta(days=8), 8)
    later = SeenMatter(slow, "", "It does not move.", "three", day + timedelta(days=50), 9)
    danger, again = (SeenMatter(risk, "", "Answered positively: one.", mark, on, 1) for mark, on in (("a", day), ("b", day + timedelta(days=8))))
    unknown = NotJudged(slow, "", "There are too few scores.")

    def close(patient: Any) -> None:
        from fivefold.services.signal_acts import close_signal

        found = SignalState.objects.get(patient=patient, is_open=True)
        close_signal(cast.amina, patient_id=patient.pk, signal_id=found.pk, outcome="settled", note=TODAY_SAID, version=found.version)

    def do(patient: Any, *judged: Any) -> None:
        signal_watch._raise_and_let_pass(patient, judged)

    def put(patient: Any, status: str) -> None:
        SignalState.objects.filter(patient=patient, is_open=True).update(status=status)

    # What happened to a record on the first day, what is judged of it afterwards, after how many days, and whether that takes a step.
    cases: list[tuple[Any, tuple[Any, ...], int, bool]] = [
        (lambda one: None, (seen,), 0, True),
        (lambda one: None, (unknown,), 0, False),
        (lambda one: do(one, seen), (seen,), 3, False),
        (lambda one: do(one, seen), (newer,), 8, True),
        (lambda one: do(one, seen), (), 3, True),
        (lambda one: do(one, seen), (unknown,), 3, False),
        (lambda one: (do(one, seen), put(one, "acted")), (), 3, False),
        (lambda one: (do(one, seen), close(one)), (newer,), 8, False),
        (lambda one: (do(one, seen), close(one)), (later,), 50, True),
        (lambda one: (do(one, seen), do(one)), (seen,), 1, True),
        (lambda one: do(one, danger), (danger,), 3, False),
        (lambda one: do(one, danger), (again,), 8, True),
        (lambda one: do(one, danger), (), 3, False),
    ]
    for number, (before, judged, days, expected) in enumerate(cases):
        with at(cast, began):
            patient = add_patient(cast.amina, name=f"Case {number}", birth_year=1990)
            before(patient)
        with at(cast, began + timedelta(days=days)):
            standing = signal_watch._standing(cast.amina.clinic, [patient.pk])[patient.pk]
            taken_up = signal_watch._is_news(standing, judged, clock.now())
            steps_before = SignalEvent.objects.count()
            do(patient, *judged)
        assert (number, taken_up, SignalEvent.objects.count() > steps_before) == (number, expected, expected)


# ---- When a page or a signal fails ----------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_what_a_page_passes_on_stays_passed_on_though_the_page_fails(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from fivefold.services import signal_list

    monday = datetime(2026, 3, 9, 9, tzinfo=UTC)
    with at(cast, monday):
        signal = answered(cast)
    with at(cast, monday + timedelta(hours=1)):
        monkeypatch.setattr(signal_list, "_told_to", lambda actor: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            signal_list.open_digest(cast.amina)
    assert (steps(signal), state(signal).level) == (["raised", "escalated"], 1)


def test_a_signal_that_cannot_be_passed_on_holds_up_no_other_and_is_said(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from fivefold.services import signal_list, signals
    from fivefold.services.patients import add_patient
    from fivefold.services.signal_watch import pass_on_everywhere

    monday = datetime(2026, 3, 9, 9, tzinfo=UTC)
    other = add_patient(cast.amina, name="Ines T.", birth_year=1990)
    with at(cast, monday):
        broken = answered(cast)
        fine = signals.raise_risk_answers(other, [signals.RiskAnswer("phq9", 9)], on=date(2026, 3, 9), mark="response 2")
    real = signals.pass_on_one
    monkeypatch.setattr(signals, "pass_on_one", lambda clinic, key, patient: 1 / 0 if key == broken.pk else real(clinic, key, patient))
    with at(cast, monday + timedelta(hours=1)):
        assert len(signal_list.open_digest(cast.amina).safety) == 2
        assert (state(broken).level, state(fine).level) == (0, 1)
        assert pass_on_everywhere().clinics == (cast.amina.clinic.pk,)
