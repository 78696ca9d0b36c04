"""The loop: a signal, a guided review, a decision with its reason, a mark on the time axis, and a look-back by the statistics."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape
from tests.support.clinic import Cast
from tests.support.known_patient import known_patient

SignIn = Callable[[str], Client]
REASON = "What we tried was too much at once; we go back to one small task."


@pytest.fixture
def sam(cast: Cast) -> Any:
    """A patient of Amina, with a signed plan of eight weeks ago whose PHQ-9 has become reliably worse."""
    from fivefold.records.models import CareRelation
    from fivefold.services.plans import sign_plan

    patient = known_patient(cast.amina)
    CareRelation.objects.create(clinic=cast.amina.clinic, patient=patient, user=cast.bruno.user, kind="supervises")
    sign_plan(cast.amina, patient_id=patient.pk, version=0, patient_view="agrees")
    scores(cast, patient, {56: 10, 42: 11, 28: 14, 7: 19})
    return patient


def today() -> date:
    from fivefold.records import clock

    return clock.today()


def scores(cast: Cast, patient: Any, by_age: dict[int, float]) -> None:
    from fivefold.services.assessments import record_facts
    from fivefold.services.record_file import NewFact

    facts = [NewFact("score", "phq9", {"instrument": "phq9", "value": value}, today() - timedelta(days=ago)) for ago, value in by_age.items()]
    record_facts(cast.amina, patient_id=patient.pk, facts=facts)


def state(patient: Any, watch: str) -> Any:
    from fivefold.records.models import SignalState

    return SignalState.objects.filter(patient=patient, matter__startswith=watch).order_by("-raised_at").first()


def review(cast: Cast, patient: Any, decision: str = "keep", who: str = "amina", **more: Any) -> Any:
    from fivefold.services.reviews import StepAnswer, record_review

    given: dict[str, Any] = {
        "answers": [StepAnswer("alliance", "fine"), StepAnswer("dose", "to_work_on", "Two of four were missed.")],
        "decision": decision,
        "reason": REASON,
        "measure": "phq9.total",
        "look_back_on": None,
        "version": 0,
        **more,
    }
    return record_review(cast.people[who], patient_id=patient.pk, **given)


def page(patient: Any, more: str = "") -> str:
    return f"/patients/{patient.pk}/{more}"


# ---- The review -----------------------------------------------------------------------------------------------------------


def test_a_worse_score_raises_the_signal_and_the_review_begins_with_it(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    from fivefold.services.reviews import see_review

    sheet = see_review(cast.amina, patient_id=sam.pk)

    assert [one.rule.id for one in sheet.signals] == ["rule.signal.deterioration"]
    assert [step.id for step in sheet.steps] == ["alliance", "motivation", "stressors", "diagnosis_medication", "formulation", "dose", "module_fit"]
    assert sheet.proposed.number == 1 and sheet.proposed.lines and ("phq9.total", "PHQ-9") in sheet.measures
    text = sign_in("amina").get(page(sam, "review")).content.decode()
    assert "PHQ-9: reliably worse" in text and "Beside the signed plan 1" in text


def test_the_proposed_difference_has_the_names_of_the_map_and_tells_a_reason_once() -> None:
    from fivefold.concepts.plan import StatusChange
    from fivefold.concepts.vocabulary import MatchStatus
    from fivefold.services.reviews import changes_in_words

    rule = "A safety rule stands before it."
    changes = [
        StatusChange("S04", "Self-harm reduction by chain analysis", MatchStatus.NOT_INDICATED, MatchStatus.BLOCKED, rule),
        StatusChange("S03", "Crisis containment", MatchStatus.NOT_INDICATED, MatchStatus.NOW, "Crises are extreme."),
        StatusChange("S06", "Substance use", MatchStatus.NOW, MatchStatus.SUSPENDED, rule),
    ]

    assert changes_in_words(changes) == [
        f"Self-harm: chain analysis, not indicated → closed for now; Substance use, now → rests. {rule}",
        "Crisis containment, not indicated → now. Crises are extreme.",
    ]


def test_a_decision_closes_the_signals_that_asked_and_is_marked_on_the_time_axis(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    from fivefold.services.progress import see_progress

    row = review(cast, sam, "change")

    closed = state(sam, "deterioration")
    steps = list(closed.signal.events.order_by("number").values_list("step", "outcome"))
    assert not closed.is_open and steps[-2:] == [
        ("acted", ""),
        ("closed", "plan_changed"),
    ]
    assert row.look_back_on == today() + timedelta(days=42)
    assert ("review_change", today()) in [(mark.kind, mark.on) for mark in see_progress(cast.amina, patient_id=sam.pk).marks]
    assert "review: the plan is changed" in sign_in("amina").get(page(sam, "progress")).content.decode()


def test_a_review_that_waits_asks_for_no_look_back_and_its_signal_comes_back_by_itself(cast: Cast, sam: Any) -> None:
    from fivefold.records.models import SignalEvent

    row = review(cast, sam, "wait", look_back_on=today() + timedelta(days=9))

    waits = state(sam, "deterioration")
    assert row.look_back_on is None and waits.is_open and waits.due_at is not None
    assert (waits.status, waits.snoozed_until) == ("snoozed", today() + timedelta(days=9))
    assert REASON in SignalEvent.objects.get(signal=waits.signal, step="snoozed").note
    review(cast, sam, "wait", version=1)
    assert state(sam, "deterioration").snoozed_until == today() + timedelta(days=28)


def test_a_review_closes_only_the_signals_that_its_page_has_shown(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    from fivefold.concepts.signals import SeenMatter
    from fivefold.library import load_knowledge
    from fivefold.services.reviews import see_review
    from fivefold.services.signals import raise_signal

    seen = {one.id: one.version for one in see_review(cast.amina, patient_id=sam.pk).signals}
    assert " ".join(f"{key}:{version}" for key, version in seen.items()) in sign_in("amina").get(page(sam, "review")).content.decode()
    rules = load_knowledge().signals
    late = raise_signal(sam, SeenMatter(rules.rule("rule.signal.dose"), "", "Four of eight sessions took place.", "dose 1", today(), 8))
    again = raise_signal(sam, SeenMatter(rules.rule("rule.signal.deterioration"), "", "GAD-7 as well.", "another measure", today(), 4))
    assert late is not None and again is not None and again.pk in seen

    review(cast, sam, seen=seen)

    assert state(sam, "dose").is_open and state(sam, "deterioration").is_open
    review(cast, sam, version=1, seen={one.id: one.version for one in see_review(cast.amina, patient_id=sam.pk).signals})
    assert not state(sam, "dose").is_open and not state(sam, "deterioration").is_open


def test_a_step_without_an_answer_is_not_known_and_both_proposal_and_decision_are_kept(cast: Cast, sam: Any) -> None:
    from fivefold.services.reviews import reviews_of

    review(cast, sam)
    [seen] = reviews_of(sam)

    assert {one.step: one.answer for one in seen.answers} == {
        "alliance": "fine", "motivation": "not_known", "stressors": "not_known", "diagnosis_medication": "not_known",
        "formulation": "not_known", "dose": "to_work_on", "module_fit": "not_known",
    }  # fmt: skip
    assert seen.proposed and seen.reason == REASON and seen.signals == ("Reliably worse",)


def test_the_second_of_two_reviews_at_once_is_told_what_the_first_decided(cast: Cast, sam: Any) -> None:
    from fivefold.services.plans import ChangedMeanwhile

    review(cast, sam)
    with pytest.raises(ChangedMeanwhile) as told:
        review(cast, sam, "change")
    assert told.value.theirs == {"decision": "the plan is kept", "reason": REASON}


@pytest.mark.parametrize(("wrong", "field"), [({"decision": "later"}, "Decision"), ({"measure": "zz.total"}, "Measure"), ({"reason": "no"}, "Reason")])
def test_what_cannot_be_used_is_refused_and_nothing_is_written(cast: Cast, sam: Any, wrong: dict[str, Any], field: str) -> None:
    from fivefold.records.models import PlanReview
    from fivefold.services.patients import NotAcceptable

    with pytest.raises(NotAcceptable) as refused:
        review(cast, sam, **wrong)
    assert refused.value.field == field and not PlanReview.objects.exists() and state(sam, "deterioration").is_open


# ---- When the plan is looked at again ----------------------------------------------------------------------------------------


def test_a_plan_that_was_kept_is_looked_at_again_by_its_new_day_on_every_page(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    from fivefold.records import clock
    from fivefold.records.models import CaseloadRow, Clinic, PlanVersion
    from fivefold.services.caseload_list import see_caseload
    from fivefold.services.own_view import agreed_plan
    from fivefold.services.patient_map import see_map
    from fivefold.services.plan_board import see_board
    from fivefold.services.sessions import see_workspace
    from fivefold.services.signal_watch import watch_all

    Clinic.objects.filter(pk=cast.amina.clinic.pk).update(synthetic=True)
    cast.amina.clinic.refresh_from_db()
    due = PlanVersion.objects.get().review_on
    own = {"patient_id": sam.pk}

    with at_noon(due + timedelta(days=1)):
        watch_all(cast.amina.clinic)
        late = next(row for row in see_caseload(cast.amina).rows if row.id == sam.pk)
        told = state(sam, "review_overdue")
        again = today() + timedelta(days=30)
        review(cast, sam, review_on=again)
        row = next(row for row in see_caseload(cast.amina).rows if row.id == sam.pk)
        agreed, signed = agreed_plan(sam), see_map(cast.amina, **own).signed
        assert agreed is not None and signed is not None
        days = [row.review_on, agreed.review_on, signed.review_on, see_board(cast.amina, **own).review_on, see_workspace(cast.amina, **own).review_on]
        watch_all(cast.amina.clinic)
        told.refresh_from_db()
    assert (late.is_overdue, row.is_overdue, told.is_open) == (True, False, False)
    assert days == [again] * 5
    assert CaseloadRow.objects.get(patient=sam).review_on == again

    with at_noon(again + timedelta(days=1)):
        watch_all(cast.amina.clinic)
        assert state(sam, "review_overdue").is_open  # and when that day has passed, it is told anew
        assert next(row for row in see_caseload(cast.amina).rows if row.id == sam.pk).is_overdue
    assert clock.today() < due  # the plan as it was signed keeps its own day
    assert PlanVersion.objects.get().review_on == due


def at_noon(day: date) -> Any:
    from datetime import datetime, time

    from django.utils import timezone

    from fivefold.records import clock

    return clock.acting_at(timezone.make_aware(datetime.combine(day, time(12))))


def test_a_new_plan_or_another_decision_has_no_day_of_an_earlier_review(cast: Cast, sam: Any) -> None:
    from fivefold.services.plans import sign_plan
    from fivefold.services.review_day import review_day_of

    signed = review_day_of(sam)
    for number, decision in enumerate(("change", "wait")):
        review(cast, sam, decision, review_on=today() + timedelta(days=3), version=number)
        assert review_day_of(sam) == signed
    review(cast, sam, review_on=today() + timedelta(days=3), version=2)
    assert review_day_of(sam) == today() + timedelta(days=3)
    again = sign_plan(cast.amina, patient_id=sam.pk, version=0, patient_view="agrees", review_on=today() + timedelta(days=60))
    assert review_day_of(sam) == again.review_on == today() + timedelta(days=60)


@pytest.mark.parametrize("days", [-1, 0, 91])
def test_a_kept_plan_is_looked_at_again_within_ninety_days(cast: Cast, sam: Any, sign_in: SignIn, days: int) -> None:
    from fivefold.records.models import PlanReview
    from fivefold.services.reviews import see_review

    shown = see_review(cast.amina, patient_id=sam.pk)
    assert shown.next_review is not None
    sent = {"decision": "keep", "reason": REASON, "version": "0", "seen": "", "review_on": str(today() + timedelta(days=days)), "once": "a"}
    answer = sign_in("amina").post(page(sam, "review"), sent)
    assert (answer.status_code, PlanReview.objects.count()) == (422, 0)
    assert "at most 90 days" in answer.content.decode() and REASON in answer.content.decode()


def test_before_the_first_signature_a_review_sets_no_day(cast: Cast, sign_in: SignIn) -> None:
    from fivefold.services.review_day import review_day_of

    assert "look at it again on" not in sign_in("amina").get(page(cast.rosa, "review")).content.decode()
    assert review(cast, cast.rosa, measure="").review_on is None
    assert review_day_of(cast.rosa) is None


def test_only_who_treats_reviews(cast: Cast, sam: Any) -> None:
    from fivefold.services.access import AccessDenied, NoSuchPatient

    for who, refusal in (("bruno", AccessDenied), ("lea", AccessDenied), ("teo", NoSuchPatient)):
        with pytest.raises(refusal):
            review(cast, sam, who=who)


# ---- Looking back ---------------------------------------------------------------------------------------------------------


def reviewed_earlier(cast: Cast, patient: Any, days: int = 50, **more: Any) -> None:
    """A review some days back, as it was written then."""
    from datetime import datetime

    from django.utils import timezone

    from fivefold.records import clock
    from fivefold.records.models import Clinic

    Clinic.objects.filter(pk=cast.amina.clinic.pk).update(synthetic=True)
    cast.amina.clinic.synthetic = True
    moment = timezone.make_aware(datetime.combine(today() - timedelta(days=days), datetime.min.time().replace(hour=10)))
    with clock.acting_at(moment):
        review(cast, patient, **more)


def test_the_look_back_comes_by_itself_and_says_by_the_statistics_whether_it_moved(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    from fivefold.services import look_backs
    from fivefold.services.signal_watch import look_backs_of

    reviewed_earlier(cast, sam)
    scores(cast, sam, {2: 4})  # 10 before the review, 4 now: more than the 6 points from which a difference counts
    assert state(sam, "look_back").is_open and look_backs_of(sam)
    assert "It is time to look back" in sign_in("amina").get("/signals").content.decode()

    sheet = look_backs.see_look_back(cast.amina, patient_id=sam.pk, number=1)
    assert sheet.moved.moved == "better" and "from 10 to 4" in sheet.moved.said and sheet.moved.doubts
    look_backs.answer_look_back(cast.amina, patient_id=sam.pk, number=1, followed="partly", note="The holidays came between.")

    assert not state(sam, "look_back").is_open and not look_backs_of(sam)
    text = sign_in("amina").get(page(sam, "reviews/1")).content.decode()
    assert "reliably better" in text and "in part" in text and "no proof that the change moved it" in text


def test_a_look_back_without_values_on_both_sides_does_not_know(cast: Cast, sam: Any) -> None:
    from fivefold.services.look_backs import see_look_back

    review(cast, sam)

    moved = see_look_back(cast.amina, patient_id=sam.pk, number=1).moved
    assert moved.moved == "unknown" and "before the review and one after" in moved.said


def test_a_look_back_is_answered_once(cast: Cast, sam: Any) -> None:
    from fivefold.services.look_backs import answer_look_back
    from fivefold.services.plans import ChangedMeanwhile

    reviewed_earlier(cast, sam)
    answer_look_back(cast.amina, patient_id=sam.pk, number=1, followed="yes", note="")
    with pytest.raises(ChangedMeanwhile):
        answer_look_back(cast.amina, patient_id=sam.pk, number=1, followed="no", note="")


# ---- Phases ---------------------------------------------------------------------------------------------------------------


def test_criteria_are_met_not_met_or_not_known_with_what_settles_them(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    from fivefold.services.readiness import see_readiness

    sheet = see_readiness(cast.amina, patient_id=sam.pk)

    assert len(sheet.met) + len(sheet.not_met) + len(sheet.not_known) == len(sheet.reading.exit) > 0
    assert all(one.settle_with or one.question or one.because for one in sheet.not_known)
    text = sign_in("amina").get(page(sam, "readiness")).content.decode()
    assert all(escape(one.text) in text for one in sheet.reading.exit)


def test_the_page_says_what_nobody_was_asked_about_danger(cast: Cast, sign_in: SignIn) -> None:
    from fivefold.services.patients import add_patient
    from fivefold.services.readiness import see_readiness

    unasked = add_patient(cast.amina, name="Noor V.", birth_year=1988)
    sheet = see_readiness(cast.amina, patient_id=unasked.pk)
    text = sign_in("amina").get(page(unasked, "readiness")).content.decode()

    assert sheet.dangers == () and len(sheet.to_ask) > 3
    assert all(escape(name) in text for name in sheet.to_ask) and "nothing can be said on:" in text


def test_a_step_is_confirmed_forward_by_one_or_back_and_stays_with_its_reason(cast: Cast, sam: Any) -> None:
    from fivefold.services.patients import NotAcceptable
    from fivefold.services.readiness import confirm_phase, see_readiness

    here = see_readiness(cast.amina, patient_id=sam.pk)
    assert here.reading.overall == "P3"
    with pytest.raises(NotAcceptable):
        confirm_phase(cast.amina, patient_id=sam.pk, phase="P5", reason=REASON, seen="")
    confirm_phase(cast.amina, patient_id=sam.pk, phase="P4", reason=REASON, seen="")

    now = see_readiness(cast.amina, patient_id=sam.pk)
    assert [(one.phase, one.on, one.reason, one.author) for one in now.confirmed] == [("P4", today(), REASON, "Amina Okafor")]
    confirm_phase(cast.amina, patient_id=sam.pk, phase="P3", reason=REASON, seen=now.seen)
    assert [one.phase for one in see_readiness(cast.amina, patient_id=sam.pk).confirmed] == ["P3", "P4"]


def test_no_step_forward_while_a_hard_rule_is_active_and_none_past_a_colleague(cast: Cast, sam: Any) -> None:
    from fivefold.services.assessments import answer_risk
    from fivefold.services.plans import ChangedMeanwhile
    from fivefold.services.readiness import NotForward, confirm_phase

    confirm_phase(cast.amina, patient_id=sam.pk, phase="P3", reason=REASON, seen="")
    with pytest.raises(ChangedMeanwhile):
        confirm_phase(cast.amina, patient_id=sam.pk, phase="P4", reason=REASON, seen="")
    answer_risk(cast.amina, patient_id=sam.pk, answers={"imminent": True}, on=today())
    from fivefold.services.readiness import see_readiness

    sheet = see_readiness(cast.amina, patient_id=sam.pk)
    assert sheet.reading.overall == "P1" and sheet.dangers
    with pytest.raises(NotForward):
        confirm_phase(cast.amina, patient_id=sam.pk, phase="P2", reason=REASON, seen=sheet.seen)


def test_what_rests_has_a_way_back(cast: Cast, sam: Any) -> None:
    from fivefold.services.assessments import record_facts
    from fivefold.services.readiness import see_readiness
    from fivefold.services.record_file import NewFact

    since = (today() - timedelta(days=5)).isoformat()
    value = {"id": "S07", "stage": "exploration", "paused": {"reason": "crisis", "since": since}}
    record_facts(cast.amina, patient_id=sam.pk, facts=[NewFact("module", "S07", value, today())])

    [one] = see_readiness(cast.amina, patient_id=sam.pk).parked
    assert one.module.id == "S07" and one.stage == "exploration" and one.way_back
    assert see_readiness(cast.amina, patient_id=sam.pk).reading.resume == ("S07",)


def test_crisis_parks_what_was_under_way_at_its_stage_and_it_is_taken_up_again_there_with_a_chain_analysis_first(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    from fivefold.concepts.vocabulary import StageId
    from fivefold.records.models import ClinicalFact
    from fivefold.services.assessments import record_facts, withdraw_fact
    from fivefold.services.progress import see_progress
    from fivefold.services.readiness import confirm_phase, see_readiness
    from fivefold.services.record_file import NewFact
    from fivefold.services.session_note import ModuleWork, Safety, SessionReport
    from fivefold.services.sessions import record_contact, see_workspace, sign_session

    def hour(*work: ModuleWork) -> None:
        sign_session(cast.amina, patient_id=sam.pk, report=SessionReport(today(), "in_person", "came", None, safety=Safety.NOTHING_NEW, work=work))

    def block() -> Any:
        return next((one for one in see_workspace(cast.amina, patient_id=sam.pk).blocks if one.match.id == name), None)

    name = next(one.match.id for one in see_workspace(cast.amina, patient_id=sam.pk).blocks if one.module.phase == "P3" and not one.module.gate_exempt)
    hour(ModuleWork(name, stage=StageId.EXPLORATION))
    record_contact(cast.amina, patient_id=sam.pk, on=today(), how="crisis", began_by="patient", words="could not stay alone", is_danger=False)
    record_facts(cast.amina, patient_id=sam.pk, facts=[NewFact("rating", "crisis", {"severity": 3}, today())])

    assert see_readiness(cast.amina, patient_id=sam.pk).reading.overall == "P2" and block() is None
    sign_in("amina").post(page(sam, "readiness"), {"phase": "P2", "reason": REASON, "seen": "", "once": "back"})

    sheet = see_readiness(cast.amina, patient_id=sam.pk)
    [resting] = sheet.parked
    assert (resting.module.id, resting.reason, resting.since, resting.stage) == (name, "crisis", today(), "exploration")
    assert [(one.module, one.until) for one in see_progress(cast.amina, patient_id=sam.pk).modules if one.module == name] == [(name, today())]

    for fact in ClinicalFact.objects.filter(patient=sam, corrected_by__isnull=True, key="crisis"):
        withdraw_fact(cast.amina, patient_id=sam.pk, fact_id=fact.pk, reason="it was another person")
    confirm_phase(cast.amina, patient_id=sam.pk, phase="P3", reason=REASON, seen=sheet.seen)

    again = block()
    assert (again.has_begun, again.stage) == (True, StageId.EXPLORATION)
    assert any("chain analysis" in reason.text for reason in again.match.because)
    hour(ModuleWork(name, words="went through the night"))
    assert see_readiness(cast.amina, patient_id=sam.pk).parked == ()
    assert [(one.until) for one in see_progress(cast.amina, patient_id=sam.pk).modules if one.module == name][-1] is None


@pytest.mark.parametrize(("days", "reason"), [(0, "crisis"), (28, "crisis"), (29, "step_back"), (None, "step_back")])
def test_step_back_rests_modules_because_of_a_crisis_within_the_days_of_the_knowledge_base(cast: Cast, sam: Any, days: int | None, reason: str) -> None:
    from fivefold.services.assessments import record_facts
    from fivefold.services.readiness import confirm_phase, see_readiness
    from fivefold.services.record_file import NewFact

    facts = [NewFact("module", "S07", {"id": "S07", "stage": "exploration"}, today())]
    if days is not None:
        facts.append(NewFact("event", "self_harm", {"kind": "self_harm", "date": (today() - timedelta(days=days)).isoformat()}, today() - timedelta(days=days)))
    record_facts(cast.amina, patient_id=sam.pk, facts=facts)

    confirm_phase(cast.amina, patient_id=sam.pk, phase="P1", reason=REASON, seen="")

    assert {one.reason.replace(" ", "_") for one in see_readiness(cast.amina, patient_id=sam.pk).parked} == {reason}


def test_detour_lets_one_module_rest_for_what_interferes_and_keeps_its_way_back(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    from fivefold.services.assessments import record_facts
    from fivefold.services.readiness import see_readiness
    from fivefold.services.record_file import NewFact

    for name in ("S01", "S07"):
        record_facts(cast.amina, patient_id=sam.pk, facts=[NewFact("module", name, {"id": name, "stage": "exploration"}, today())])
    client, words = sign_in("amina"), "Her flat is lost; housing first."

    assert 'value="S07"' in client.get(page(sam, "readiness")).content.decode()
    assert client.post(page(sam, "readiness"), {"detour": "yes", "module": "S01", "words": words, "once": "a"}).status_code == 422  # safety never rests
    assert client.post(page(sam, "readiness"), {"detour": "yes", "module": "S07", "words": "", "once": "b"}).status_code == 422
    client.post(page(sam, "readiness"), {"detour": "yes", "module": "S07", "words": words, "once": "c"})

    sheet = see_readiness(cast.amina, patient_id=sam.pk)
    [resting] = sheet.parked
    assert (resting.module.id, resting.reason, resting.words, resting.stage) == ("S07", "interference", words, "exploration")
    assert resting.way_back and sheet.reading.resume == ("S07",) and "S07" not in {one.module.id for one in sheet.stages}
    assert words in client.get(page(sam, "readiness")).content.decode()
    assert sign_in("bruno").post(page(sam, "readiness"), {"detour": "yes", "module": "S07", "words": words, "once": "d"}).status_code in (403, 404)


# ---- What a patient may read ----------------------------------------------------------------------------------------------


def test_nothing_of_the_course_is_for_the_patient_until_a_clinician_releases_it(cast: Cast, sam: Any) -> None:
    from fivefold.records.models import AuditEntry
    from fivefold.services.feedback import NOT_ON_TRACK_WORDS, release_feedback, words_for_patient

    assert state(sam, "deterioration").is_open and words_for_patient(sam) == ""
    release_feedback(cast.amina, patient_id=sam.pk, given=True, reason="We spoke about it, and she asked for it.", version=0)
    assert words_for_patient(sam) == NOT_ON_TRACK_WORDS and AuditEntry.objects.filter(act="release_feedback", patient_id=sam.pk).exists()
    release_feedback(cast.amina, patient_id=sam.pk, given=False, reason="It made her feel judged; we speak instead.", version=1)
    assert words_for_patient(sam) == ""


def test_released_words_are_plain_and_name_no_number_and_no_signal(cast: Cast, sam: Any) -> None:
    import re

    from tests.support.reading_age import grade

    from fivefold.services.feedback import NOT_ON_TRACK_WORDS

    assert not re.search(r"\d|score|worse|track|PHQ", str(NOT_ON_TRACK_WORDS)) and grade(str(NOT_ON_TRACK_WORDS)) <= 7


def test_only_who_treats_releases_and_nobody_past_a_colleague(cast: Cast, sam: Any) -> None:
    from fivefold.services.access import AccessDenied
    from fivefold.services.feedback import release_feedback
    from fivefold.services.plans import ChangedMeanwhile

    with pytest.raises(AccessDenied):
        release_feedback(cast.bruno, patient_id=sam.pk, given=True, reason=REASON, version=0)
    release_feedback(cast.amina, patient_id=sam.pk, given=True, reason=REASON, version=0)
    with pytest.raises(ChangedMeanwhile):
        release_feedback(cast.amina, patient_id=sam.pk, given=False, reason=REASON, version=0)


def test_the_signal_of_a_look_back_is_closed_by_its_answer_alone(cast: Cast, sam: Any) -> None:
    from fivefold.services.look_backs import answer_look_back
    from fivefold.services.signal_acts import StaysOpen, act_on_signal, close_signal

    reviewed_earlier(cast, sam)
    scores(cast, sam, {2: 4})
    due = state(sam, "look_back")
    named = {"patient_id": sam.pk, "signal_id": due.pk}
    act_on_signal(cast.amina, note="We spoke about it.", version=due.version, **named)
    with pytest.raises(StaysOpen) as refused:
        close_signal(cast.amina, outcome="settled", note="", version=state(sam, "look_back").version, **named)
    assert refused.value.code == "look_back" and state(sam, "look_back").is_open

    answer_look_back(cast.amina, patient_id=sam.pk, number=1, followed="yes", note="")
    assert not state(sam, "look_back").is_open
