"""Measures of a patient: what is planned and due, a questionnaire from its issue to its result, and what a positive risk answer does."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.support.clinic import Cast

from fivefold.concepts.errors import FivefoldError
from fivefold.records import clock
from fivefold.records.models import OWN, AuditEntry, CaseloadRow, ClinicalFact, MeasureAnswer, MeasureRequest, MeasureStep, SignalEvent, SignalState
from fivefold.services import measure_answers, measures
from fivefold.services.assessments import answer_risk, record_facts, see_record
from fivefold.services.instruments import record_permission
from fivefold.services.measure_answers import FormChanged, NoSuchAnswer, NothingAnswered, NotOpen, finish, open_form, save_item
from fivefold.services.measure_due import COMING_DAYS
from fivefold.services.measure_forms import NoFormHere
from fivefold.services.measures import cancel_request, enter_paper, give_out, plan_measure, see_measures, see_request, set_own_item, take_proposed
from fivefold.services.patients import NotAcceptable, end_care
from fivefold.services.plans import ChangedMeanwhile
from fivefold.services.record_file import NewFact
from fivefold.services.signal_watch import pass_on_everywhere

pytestmark = pytest.mark.django_db


def give(cast: Cast, instrument: str = "phq9", route: str = "link") -> MeasureRequest:
    return give_out(cast.amina, patient_id=cast.rosa.pk, instrument=instrument, route=route)


def tap(request: MeasureRequest, item: int, value: float | None, client: str = "", **more: Any) -> measure_answers.Saved:
    return save_item(request.pk, item=item, value=value, form_hash=request.form_hash, client_id=client or f"{item}-{value}", **more)


def answer_all(request: MeasureRequest, values: list[float]) -> measure_answers.Finished:
    for item, value in enumerate(values, start=1):
        tap(request, item, value)
    return finish(request.pk)


def scores(cast: Cast) -> list[ClinicalFact]:
    return list(ClinicalFact.objects.filter(patient=cast.rosa, kind="score", corrected_by__isnull=True).order_by("recorded_at"))


def seen(cast: Cast) -> measures.SeenMeasures:
    return see_measures(cast.amina, patient_id=cast.rosa.pk)


def expire(request: MeasureRequest, ago: timedelta = timedelta(hours=1)) -> None:
    MeasureRequest._base_manager.filter(pk=request.pk).update(expires_at=timezone.now() - ago)


# ---- What is planned and due -------------------------------------------------------------------------------------------------------


def test_planned_measure_is_due_until_there_is_a_result_and_never_reminded_of_after_it(cast: Cast) -> None:
    plan_measure(cast.amina, patient_id=cast.rosa.pk, instrument="phq9", rhythm="every", every_days=14, route="room")
    assert [(one.schedule.instrument, one.state) for one in seen(cast).due] == [("phq9", "due")]

    record_facts(cast.amina, patient_id=cast.rosa.pk, facts=[NewFact("score", "phq9", {"instrument": "phq9", "value": 9}, clock.today())])

    [after] = seen(cast).due
    assert (after.state, after.due_on) == ("later", clock.today() + timedelta(days=14))


def test_measure_that_was_given_out_is_awaited_then_missed_and_no_longer_missed_once_it_came_by_another_way(cast: Cast) -> None:
    plan_measure(cast.amina, patient_id=cast.rosa.pk, instrument="gad7", rhythm="every", every_days=14, route="link")
    request = give(cast, "gad7")
    assert [one.state for one in seen(cast).due] == ["open"]

    expire(request)
    assert [(one.state, one.request.state) for one in seen(cast).due if one.request] == [("missed", "missed")]

    record_facts(cast.amina, patient_id=cast.rosa.pk, facts=[NewFact("score", "gad7", {"instrument": "gad7", "value": 9}, clock.today())])
    assert [one.state for one in seen(cast).due] == ["later"]


def test_plan_is_changed_by_a_new_row_that_names_the_one_that_was_shown(cast: Cast) -> None:
    first = plan_measure(cast.amina, patient_id=cast.rosa.pk, instrument="phq9", rhythm="every", every_days=14, route="room")
    with pytest.raises(ChangedMeanwhile):
        plan_measure(cast.amina, patient_id=cast.rosa.pk, instrument="phq9", rhythm="once", route="room")

    second = plan_measure(cast.amina, patient_id=cast.rosa.pk, instrument="phq9", rhythm="every_session", route="room", replaces=first.pk)

    assert [one.schedule.pk for one in seen(cast).due] == [second.pk]
    measures.end_measure(cast.amina, patient_id=cast.rosa.pk, schedule_id=second.pk)
    assert seen(cast).due == ()
    with pytest.raises(ChangedMeanwhile):
        measures.end_measure(cast.amina, patient_id=cast.rosa.pk, schedule_id=second.pk)


@pytest.mark.parametrize(
    ("rhythm", "days", "route", "what"),
    [("daily", None, "room", "How often"), ("every", None, "room", "Days"), ("every", 0, "room", "Days"), ("once", None, "pigeon", "How it is given")],
)
def test_plan_that_says_nothing_is_refused_with_what_was_expected(cast: Cast, rhythm: str, days: int | None, route: str, what: str) -> None:
    with pytest.raises(NotAcceptable, match=what):
        plan_measure(cast.amina, patient_id=cast.rosa.pk, instrument="phq9", rhythm=rhythm, every_days=days, route=route)


def test_batteries_propose_and_a_clinician_takes_what_is_wanted(cast: Cast) -> None:
    proposed = {one.instrument for one in seen(cast).proposed}
    assert {"bsl23", "srs"} <= proposed

    assert take_proposed(cast.amina, patient_id=cast.rosa.pk, instruments=["bsl23"]) == 1

    [planned] = seen(cast).due
    assert (planned.schedule.instrument, planned.schedule.route, planned.schedule.basis) == ("bsl23", "score", "battery.imt")
    assert "bsl23" not in {one.instrument for one in seen(cast).proposed}
    assert planned.due_on == clock.today() and COMING_DAYS == 7


# ---- Items that may be shown -------------------------------------------------------------------------------------------------------


def test_items_without_a_licence_are_shown_only_once_the_clinic_has_loaded_them(cast: Cast) -> None:
    with pytest.raises(NoFormHere, match="may not be shown here"):
        give(cast, "wsas")
    assert "wsas" not in seen(cast).showable

    items = tuple(f"our own line {number}" for number in range(1, 6))
    record_permission(cast.lea, instrument="wsas", licence="letter of the author, 2026, for this clinic", items=items)
    request = give(cast, "wsas")

    assert [item.text for item in open_form(request.pk).form.items] == list(items)
    assert "wsas" in seen(cast).showable


def test_answer_to_another_wording_is_refused_and_what_was_answered_stays(cast: Cast) -> None:
    items = tuple(f"line {number}" for number in range(1, 6))
    record_permission(cast.lea, instrument="wsas", licence="letter of the author, 2026, for this clinic", items=items)
    request = give(cast, "wsas")
    tap(request, 1, 4)
    record_permission(cast.lea, instrument="wsas", licence="letter of the author, 2026, for this clinic", items=("another first line", *items[1:]))

    with pytest.raises(FormChanged):
        tap(request, 2, 4)

    [kept] = MeasureAnswer.objects.filter(request=request)
    assert kept.form_hash == request.form_hash != open_form(request.pk).form.hash


# ---- From the first answer to the result -------------------------------------------------------------------------------------------


def test_finished_questionnaire_is_one_result_of_the_record_said_to_be_the_patients(cast: Cast) -> None:
    request = give(cast, "gad7")
    done = answer_all(request, [1, 2, 1, 0, 3, 1, 1])

    [fact] = scores(cast)
    assert fact.value == {"instrument": "gad7", "items": [1, 2, 1, 0, 3, 1, 1]}
    assert (fact.source, fact.pk, done.missing) == ("patient", done.fact_id, ())
    assert [entry.items for entry in see_record(cast.amina, patient_id=cast.rosa.pk).assessment.scores] == [(1, 2, 1, 0, 3, 1, 1)]
    assert seen(cast).requests[0].state == "finished"


def test_nothing_is_a_score_before_the_end_and_gaps_stay_gaps(cast: Cast) -> None:
    request = give(cast, "gad7")
    tap(request, 1, 3)
    tap(request, 3, 2)
    assert scores(cast) == []

    done = finish(request.pk)

    assert done.missing == (2, 4, 5, 6, 7)
    assert scores(cast)[0].value["items"] == [3, None, 2, None, None, None, None]


def test_mis_tap_is_put_right_by_another_answer_and_both_are_kept(cast: Cast) -> None:
    request = give(cast, "gad7")
    tap(request, 1, 3)
    tap(request, 1, 1)
    tap(request, 2, 2)
    tap(request, 2, None)

    assert open_form(request.pk).answers == {1: 1, 2: None}
    assert MeasureAnswer.objects.filter(request=request).count() == 4
    assert see_request(cast.amina, patient_id=cast.rosa.pk, request_id=request.pk).corrections == 2


def test_same_tap_sent_twice_is_kept_once_and_finishing_twice_gives_one_result(cast: Cast) -> None:
    request = give(cast, "gad7")
    tap(request, 1, 3, client="a")
    tap(request, 1, 3, client="a")
    first, second = finish(request.pk), finish(request.pk)

    assert MeasureAnswer.objects.filter(request=request).count() == 1
    assert first == second and len(scores(cast)) == 1


@pytest.mark.parametrize(("item", "value"), [(0, 1), (8, 1), (1, 4), (1, -1), (1, 1.5)], ids=str)
def test_answer_that_is_none_of_the_possible_ones_is_refused_with_its_question(cast: Cast, item: int, value: float) -> None:
    request = give(cast, "gad7")

    with pytest.raises(NoSuchAnswer, match=f"Question {item}: .*expected"):
        tap(request, item, value)
    with pytest.raises(NothingAnswered):
        finish(request.pk)


def test_questionnaire_that_is_unknown_finished_cancelled_expired_or_of_an_ended_care_gives_one_answer(cast: Cast) -> None:
    finished, cancelled, expired = give(cast, "gad7"), give(cast, "phq9"), give(cast, "brs")
    answer_all(finished, [0] * 7)
    cancel_request(cast.amina, patient_id=cast.rosa.pk, request_id=cancelled.pk, reason="not now")
    expire(expired)
    last = give(cast, "rses")
    end_care(cast.amina, patient_id=cast.rosa.pk, on=clock.today(), reason="completed")

    said = set()
    for wrong in (finished.pk, cancelled.pk, expired.pk, last.pk, cast.rosa.pk):
        with pytest.raises(NotOpen) as refused:
            open_form(wrong)
        with pytest.raises(NotOpen):
            save_item(wrong, item=1, value=0, form_hash=last.form_hash, client_id="x")
        said.add(str(refused.value))
    assert len(said) == 1


def test_answers_given_in_time_without_a_connection_arrive_late_and_say_so(cast: Cast) -> None:
    request = give(cast, "gad7")
    tap(request, 1, 1)
    expire(request)
    before = timezone.now() - timedelta(hours=3)

    with pytest.raises(NotOpen):
        tap(request, 2, 1)
    with pytest.raises(NotOpen):
        tap(request, 2, 1, device_at=timezone.now())
    tap(request, 2, 1, device_at=before)
    finish(request.pk)

    assert [answer.late for answer in MeasureAnswer.objects.filter(request=request).order_by("item")] == [False, True]

    other = give(cast, "phq9")
    tap(other, 1, 1)
    expire(other, timedelta(days=8))
    with pytest.raises(NotOpen):
        tap(other, 2, 1, device_at=timezone.now() - timedelta(days=9))
    expire(other, timedelta(days=6))
    assert not tap(other, 2, 1, device_at=timezone.now() - timedelta(days=9)).needs_help


def test_questionnaire_given_twice_by_one_way_is_the_same_one(cast: Cast) -> None:
    assert give(cast).pk == give(cast).pk
    assert give(cast, route="paper").pk != give(cast).pk


def test_paper_is_typed_in_as_a_whole_or_not_at_all(cast: Cast) -> None:
    request = give(cast, "gad7", "paper")
    with pytest.raises(NoSuchAnswer, match="Question 3"):
        enter_paper(cast.amina, patient_id=cast.rosa.pk, request_id=request.pk, answers=[1, 1, 9, 1, 1, 1, 1])
    assert not MeasureAnswer.objects.exists()

    enter_paper(cast.amina, patient_id=cast.rosa.pk, request_id=request.pk, answers=[1, 1, None, 1, 1, 1, 1])

    assert {answer.entered_by for answer in MeasureAnswer.objects.all()} == {cast.amina.user}
    assert scores(cast)[0].value["items"][2] is None


# ---- Danger ------------------------------------------------------------------------------------------------------------------------


def signal(cast: Cast) -> tuple[str, str]:
    row = CaseloadRow.objects.get(patient=cast.rosa)
    return row.signal, row.next_page


def test_positive_risk_answer_of_an_unfinished_questionnaire_reaches_record_caseload_and_trail_at_once(cast: Cast) -> None:
    request = give(cast)
    assert not tap(request, 1, 3).needs_help
    assert signal(cast)[0] != "safety"

    saved = tap(request, 9, 1)

    assert saved.needs_help and open_form(request.pk).needs_help
    assert signal(cast) == ("safety", "assessment_safety")
    [fragment] = scores(cast)
    assert (fragment.source, fragment.value["items"]) == ("unfinished", [None] * 8 + [1])
    known = see_record(cast.amina, patient_id=cast.rosa.pk)
    from fivefold.engine.scoring import score_assessment
    from fivefold.services.knowledge import knowledge

    assert {score.value for score in score_assessment(known.assessment, knowledge())} == {None}
    assert AuditEntry.objects.filter(act="positive_risk_answer", patient_id=cast.rosa.pk).count() == 1
    assert [one.item for one in seen(cast).positive] == [9]


def test_zero_to_a_risk_item_raises_nothing_and_no_screen_calls_it_safe(cast: Cast) -> None:
    saved = tap(give(cast), 9, 0)

    assert not saved.needs_help
    assert signal(cast)[0] != "safety" and scores(cast) == []


def test_positive_answer_that_is_changed_by_another_tap_still_counts_until_a_clinician_has_asked(cast: Cast) -> None:
    request = give(cast)
    tap(request, 9, 2)
    tap(request, 9, 0)
    answer_all(request, [0] * 8)

    assert scores(cast)[0].value["items"][8] == 0
    [positive] = seen(cast).positive
    assert positive.taken_back
    assert signal(cast)[0] == "safety"

    answer_risk(cast.amina, patient_id=cast.rosa.pk, answers={"imminent": False, "new_plan_or_means": False, "acute_on_chronic": False}, on=clock.today())

    assert seen(cast).positive == ()
    assert signal(cast)[0] != "safety"


def test_answers_of_an_unfinished_questionnaire_become_part_of_its_result_and_do_not_stand_beside_it(cast: Cast) -> None:
    request = give(cast)
    tap(request, 9, 1)
    done = answer_all(request, [1, 1, 1, 1, 1, 1, 1, 1, 1])

    [fact] = scores(cast)
    assert fact.pk == done.fact_id and fact.value["items"] == [1] * 9
    assert fact.corrects is not None and fact.corrects.source == "unfinished"


def test_risk_screen_that_was_left_in_the_middle_stays_incomplete_and_is_followed_up(cast: Cast) -> None:
    request = give(cast)
    tap(request, 1, 1)
    assert seen(cast).open_risk == ()

    expire(request)
    assert [(one.row.instrument, one.open_risk) for one in seen(cast).open_risk] == [("phq9", (9,))]

    answer_all(give(cast), [0] * 9)
    assert seen(cast).open_risk == ()


def left_screens(cast: Cast) -> list[SignalState]:
    pass_on_everywhere()
    pass_on_everywhere()
    return list(SignalState.objects.filter(patient=cast.rosa, matter="incomplete_risk_screen:phq9"))


def test_risk_screen_that_was_left_in_the_middle_and_never_sent_is_told_once_its_days_have_passed(cast: Cast) -> None:
    request = give(cast)
    tap(request, 1, 1)
    assert left_screens(cast) == []

    expire(request)

    [state] = left_screens(cast)
    assert (state.kind, state.status, state.version, state.owner_id) == ("safety", "raised", 1, cast.amina.user.pk)
    assert "question 9 was left without an answer" in SignalEvent.objects.get(signal_id=state.pk).content


@pytest.mark.parametrize("what", ["its risk question was answered", "a later one was answered", "a clinician has asked", "it was not begun", "care has ended"])
def test_risk_screen_with_nothing_left_to_ask_is_not_told(cast: Cast, what: str) -> None:
    request = give(cast)
    if what != "it was not begun":
        tap(request, 1, 1)
    if what == "its risk question was answered":
        tap(request, 9, 0)
    expire(request)
    if what == "a later one was answered":
        answer_all(give(cast), [0] * 9)
    elif what == "a clinician has asked":
        answer_risk(cast.amina, patient_id=cast.rosa.pk, answers={"imminent": False}, on=clock.today())
    elif what == "care has ended":
        end_care(cast.amina, patient_id=cast.rosa.pk, on=clock.today(), reason="completed")

    assert left_screens(cast) == []


def test_result_of_the_same_day_with_a_positive_answer_is_not_replaced_by_one_without(cast: Cast) -> None:
    record_facts(cast.amina, patient_id=cast.rosa.pk, facts=[NewFact("score", "phq9", {"instrument": "phq9", "items": [1] * 9}, clock.today())])

    done = answer_all(give(cast), [0] * 9)

    assert done.fact_id is None
    assert [fact.value["items"] for fact in scores(cast)] == [[1] * 9]
    assert MeasureAnswer.objects.count() == 9


def test_positive_answer_is_kept_and_shown_although_the_record_cannot_be_worked_out(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(FivefoldError):
        pass

    def refuse(*_: object, **__: object) -> None:
        raise Broken

    monkeypatch.setattr("fivefold.services.measure_answers.add_facts", refuse)
    request = give(cast)

    assert tap(request, 9, 1).needs_help

    assert MeasureAnswer.objects.get(request=request).risk
    assert signal(cast) == ("safety", "assessment_safety")


# ---- Own questions -----------------------------------------------------------------------------------------------------------------


def test_worse_answer_on_the_same_questionnaire_is_told_anew(cast: Cast) -> None:
    request = give(cast)
    for value in (1, 3):
        tap(request, 9, value)
        tap(request, 9, value)

    assert SignalEvent.objects.filter(patient=cast.rosa, step__in=("raised", "again")).count() == 2


def test_answers_to_own_questions_never_slip_to_another_one_when_a_question_is_mended(cast: Cast) -> None:
    def ask(words: str, **more: Any) -> Any:
        return set_own_item(cast.amina, patient_id=cast.rosa.pk, words=words, low="not at all", high="very", better="low", **more)

    numb = ask("How numb was I?")
    ask("How lonely was I?")
    request = give(cast, OWN)
    tap(request, 1, 9)
    ask("How numb was I today?", replaces=numb.pk)

    opened = open_form(request.pk)

    assert [item.text for item in opened.form.items] == ["How lonely was I?", "How numb was I today?"]
    assert opened.answers == {}
    with pytest.raises(NothingAnswered):
        finish(request.pk)


def test_own_questions_become_a_series_that_a_mended_word_does_not_break(cast: Cast) -> None:
    first = set_own_item(cast.amina, patient_id=cast.rosa.pk, words="How numb was I?", low="here", high="far away", better="low")
    answer_all(give(cast, "own"), [7])
    mended = set_own_item(cast.amina, patient_id=cast.rosa.pk, words="How numb was I today?", low="here", high="far away", better="low", replaces=first.pk)
    answer_all(give(cast, "own"), [4])

    ratings = ClinicalFact.objects.filter(patient=cast.rosa, kind="own_rating").order_by("recorded_at")
    assert [(fact.key, fact.value) for fact in ratings] == [(str(first.series), 7), (str(first.series), 4)]
    assert [item.pk for item in seen(cast).own] == [mended.pk]


def test_own_questions_are_at_most_five_and_each_says_what_its_ends_mean(cast: Cast) -> None:
    with pytest.raises(NotAcceptable, match="10 means"):
        set_own_item(cast.amina, patient_id=cast.rosa.pk, words="Numb?", low="here", high=" ", better="low")
    with pytest.raises(NotAcceptable, match="at least one question"):
        give(cast, "own")
    for number in range(5):
        set_own_item(cast.amina, patient_id=cast.rosa.pk, words=f"Question {number}", low="no", high="yes", better="low")
    with pytest.raises(NotAcceptable, match="at most 5"):
        set_own_item(cast.amina, patient_id=cast.rosa.pk, words="One more", low="no", high="yes", better="low")


def test_steps_of_a_questionnaire_name_who_did_them_and_it_ends_once(cast: Cast) -> None:
    request = give(cast, "gad7")
    answer_all(request, [0] * 7)

    assert [(step.step, step.author) for step in MeasureStep.objects.filter(request=request).order_by("recorded_at")] == [("begun", None), ("finished", None)]
    with pytest.raises(NotOpen):
        cancel_request(cast.amina, patient_id=cast.rosa.pk, request_id=request.pk)
    assert isinstance(request.expires_at, datetime)


# ---- Where what was measured is used -----------------------------------------------------------------------------------------------


def test_own_question_is_a_series_in_progress_of_which_no_difference_is_called_a_change(cast: Cast) -> None:
    from fivefold.concepts.progress import DoesNotKnow
    from fivefold.services.progress import see_progress

    item = set_own_item(cast.amina, patient_id=cast.rosa.pk, words="How numb was I?", low="here", high="far away", better="low")
    days = [clock.today() - timedelta(days=ago) for ago in (14, 7, 0)]
    facts = [NewFact("own_rating", str(item.series), value, on, source="patient") for value, on in zip((8, 6, 3), days, strict=True)]
    record_facts(cast.amina, patient_id=cast.rosa.pk, facts=facts)

    found = see_progress(cast.amina, patient_id=cast.rosa.pk)

    [own] = [one for one in found.measures if one.series.instrument == "own"]
    assert [(entry.on, entry.value) for entry in own.series.values] == list(zip(days, (8, 6, 3), strict=True))
    assert isinstance(own.change, DoesNotKnow) and found.own_names[own.series.scale] == "How numb was I?"


def test_agenda_of_the_hour_names_what_is_due_and_a_positive_answer_first(cast: Cast, sign_in: Any) -> None:
    plan_measure(cast.amina, patient_id=cast.rosa.pk, instrument="gad7", rhythm="every", every_days=14, route="room")
    tap(give(cast), 9, 1)

    shown = sign_in("amina").get(f"/patients/{cast.rosa.pk}/session").content.decode()

    assert "Fill in GAD-7" in shown and "Due today; not answered yet" in shown
    assert shown.index("A risk question was answered yes: ask") < shown.index("Fill in GAD-7")


def test_agenda_names_a_risk_question_that_was_left_out_and_calls_it_no_all_clear(cast: Cast, sign_in: Any) -> None:
    request = give(cast)
    tap(request, 1, 1)
    expire(request)

    shown = sign_in("amina").get(f"/patients/{cast.rosa.pk}/session").content.decode()

    assert "A risk question was left out: ask it" in shown and "no all-clear" in shown
