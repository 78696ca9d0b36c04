"""Around danger: two plans kept apart, whom a patient gives theirs to, and conversations about suicide with contact until it is cleared."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone
from tests.support.clinic import Cast, open_own_pages
from tests.support.known_patient import known_patient

from fivefold.records import clock
from fivefold.records.models import ClinicalFact, CrisisCarePlan, Patient, RiskConversation, SafetyPlanShare, SignalEvent, SignalState
from fivefold.services import crisis_care, risk_conversations, safety_plan_shares, safety_plans, signal_acts
from fivefold.services.access import AccessDenied, NoSuchPatient
from fivefold.services.assessments import ReassessmentNeeded, answer_risk, clear_override, withdraw_fact
from fivefold.services.knowledge import knowledge
from fivefold.services.patients import NotAcceptable, add_patient, end_care
from fivefold.services.plans import ChangedMeanwhile
from fivefold.services.risk_conversations import NewConversation, follow_up_of
from fivefold.services.risk_questions import contact_within, questions_of
from fivefold.services.safety_plan_content import PlanContent, PlanEntry
from fivefold.services.signal_acts import StaysOpen
from fivefold.services.signal_watch import pass_on_everywhere

SignIn = Callable[[str], Client]
CARE = {"call": "Dr Weiss, 0151 1, days\nCrisis team, 0151 2, nights", "means": "the sister keeps the tablets", "helps": "a quiet room"}
PARTS = {"usual": "thoughts most days for years", "now": "the break-up on Monday", "means": "tablets are with the sister", "reasons": "same as in spring"}
NOS = {"imminent": False, "new_plan_or_means": False, "acute_on_chronic": False}


@pytest.fixture
def sam(cast: Cast) -> Patient:
    """A patient with pages of their own and a safety plan."""
    sam = known_patient(cast.amina)
    open_own_pages(cast, sam)
    plan = PlanContent({"alone": (PlanEntry("Cold water on my hands", 8),)})
    safety_plans.write_safety_plan(cast.amina, patient_id=sam.pk, content=plan, version=0)
    return sam


# ---- Whom the patient gives it to ----------------------------------------------------------------------------------------


def test_patient_names_who_gets_the_plan_and_takes_it_back_and_both_days_stay(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    browser = sign_in("self")
    browser.post("/my/plan/share", {"person": "My sister", "how": "card", "once": "a"})
    browser.post("/my/plan/share", {"person": "My sister", "how": "card", "once": "a"})
    (share,) = safety_plan_shares.shares_of(sam)

    assert "My sister" in browser.get("/my/plan").content.decode()
    assert "My sister" in sign_in("amina").get(f"/patients/{sam.pk}/safety-plan").content.decode()
    browser.post(f"/my/plan/share/{share.id}/end", {"once": "b"})

    (ended,) = safety_plan_shares.shares_of(sam)
    assert (ended.on, ended.ended_on) == (timezone.localdate(), timezone.localdate())
    assert "no longer, since" in browser.get("/my/plan").content.decode()
    assert all(b"sister" not in bytes(row.person_sealed) for row in SafetyPlanShare.objects.all())


@pytest.mark.parametrize(("person", "how"), [("", "card"), ("  ", "card"), ("x" * 121, "card"), ("My sister", "by mail")])
def test_nobody_without_a_name_or_by_another_way_is_put_on_the_list(cast: Cast, sam: Patient, sign_in: SignIn, person: str, how: str) -> None:
    assert sign_in("self").post("/my/plan/share", {"person": person, "how": how}).status_code == 422
    assert not SafetyPlanShare.objects.exists()


def test_staff_give_it_to_nobody_and_foreign_and_unknown_people_get_one_answer(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    with pytest.raises(AccessDenied):
        safety_plan_shares.share_my_plan(cast.amina, patient_id=sam.pk, person="x", how="card")
    other = add_patient(cast.amina, name="Ada B.", birth_year=1990)
    theirs = open_own_pages(cast, other, key="ada", name="green-teapot")
    foreign = safety_plan_shares.share_my_plan(theirs, patient_id=other.pk, person="Her mother", how="copy")

    answers = [sign_in("self").post(f"/my/plan/share/{key}/end", {}) for key in (foreign.pk, uuid4())]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert "Her mother" not in answers[0].content.decode()
    assert safety_plan_shares.shares_of(other)[0].ended_on is None


# ---- The team's plan -----------------------------------------------------------------------------------------------------


def care(cast: Cast, sam: Patient, version: int = 0, **more: Any) -> CrisisCarePlan:
    given = {"parts": CARE, "review_on": timezone.localdate() + timedelta(days=14), "version": version} | more
    return crisis_care.write_crisis_care_plan(cast.amina, patient_id=sam.pk, **given)


def test_team_writes_whom_to_call_in_which_order_in_versions(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    care(cast, sam)
    care(cast, sam, 1, parts=CARE | {"worsens": "waiting"})

    sheet = crisis_care.see_crisis_care_plan(cast.amina, patient_id=sam.pk)
    page = sign_in("amina").get(f"/patients/{sam.pk}/crisis-care-plan").content.decode()

    assert sheet.newest is not None and sheet.newest.calls == ("Dr Weiss, 0151 1, days", "Crisis team, 0151 2, nights")
    assert page.index("<li>Dr Weiss") < page.index("<li>Crisis team")
    assert "not written yet" in page  # an open part is not an empty one
    with pytest.raises(ChangedMeanwhile):
        care(cast, sam, 1)


def test_page_keeps_what_was_typed_when_somebody_else_saved_first(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    care(cast, sam)
    sent = {**dict.fromkeys(crisis_care.PARTS, ""), "call": "Somebody else", "review_on": timezone.localdate().isoformat(), "version": "0"}

    answer = sign_in("amina").post(f"/patients/{sam.pk}/crisis-care-plan", sent)

    assert answer.status_code == 409
    assert "Somebody else" in answer.content.decode() and 'name="version" value="1"' in answer.content.decode()


def test_the_two_plans_are_kept_apart(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    care(cast, sam, parts=CARE | {"means": "zebra-lantern"})

    own = "".join(sign_in("self").get(path).content.decode() for path in ("/my/plan", "/my/today", "/my/map", "/my/data"))
    taken = sign_in("self").post("/my/data/download").content.decode()

    assert "zebra-lantern" not in own + taken
    assert sign_in("self").get(f"/patients/{sam.pk}/crisis-care-plan").status_code in (403, 404)
    assert sign_in("chidi").get(f"/patients/{sam.pk}/crisis-care-plan").status_code == 404
    with pytest.raises((AccessDenied, NoSuchPatient)):
        crisis_care.write_crisis_care_plan(cast.bruno, patient_id=sam.pk, parts=CARE, review_on=timezone.localdate(), version=0)


@pytest.mark.parametrize("wrong", [{"parts": {"call": " "}}, {"parts": CARE | {"helps": "x" * 2001}}, {"review_on": timezone.localdate() - timedelta(days=1)}])
def test_care_plan_that_cannot_be_used_is_refused(cast: Cast, sam: Patient, wrong: dict[str, Any]) -> None:
    with pytest.raises(NotAcceptable):
        care(cast, sam, **wrong)


# ---- Conversations -------------------------------------------------------------------------------------------------------


def spoke(cast: Cast, sam: Patient, answers: dict[str, bool | None] | None = None, *, hours: float | None = 24, **more: Any) -> RiskConversation:
    at = clock.now() + timedelta(hours=hours) if hours is not None else None
    new = NewConversation(more.pop("parts", PARTS), NOS if answers is None else answers, more.pop("decision", "closer"), at, **more)
    return risk_conversations.record_risk_conversation(cast.amina, patient_id=sam.pk, new=new)


def safety(sam: Patient) -> list[SignalState]:
    return [state for state in SignalState.objects.filter(patient=sam, kind="safety") if state.is_open]


@pytest.mark.parametrize("name", risk_conversations.QUESTIONS)
def test_yes_reaches_the_safety_rules_and_asks_for_contact(cast: Cast, sam: Patient, sign_in: SignIn, name: str) -> None:
    spoke(cast, sam, NOS | {name: True})

    fact = ClinicalFact.objects.filter(patient=sam, kind="risk", key=name).latest("recorded_at")
    agenda = sign_in("amina").get(f"/patients/{sam.pk}/session").content.decode()
    rules = sign_in("amina").get(f"/patients/{sam.pk}/assessment/safety").content.decode()

    assert fact.value in (True, "yes") and fact.source == "clinician"
    assert "Contact is agreed until a clinician clears it" in agenda
    assert "Same-day contact" in rules


def test_question_left_open_is_incomplete_and_no_no(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    spoke(cast, sam, NOS | {"imminent": None})

    assert ClinicalFact.objects.filter(patient=sam, kind="risk", key="imminent").latest("recorded_at").value == "unknown"
    assert "Incomplete: a question was not answered" in sign_in("amina").get(f"/patients/{sam.pk}/suicide-conversations").content.decode()
    with pytest.raises(NotAcceptable):
        spoke(cast, sam, NOS | {"imminent": None}, hours=None, clears=True)


def test_only_a_recorded_reassessment_clears_and_something_new_opens_it_again(cast: Cast, sam: Patient) -> None:
    spoke(cast, sam, NOS | {"new_plan_or_means": True})
    with pytest.raises(ReassessmentNeeded):
        spoke(cast, sam)
    assert follow_up_of(sam) is not None and RiskConversation.objects.count() == 1

    spoke(cast, sam, hours=None, clears=True, parts=PARTS | {"reasons": "the tablets are gone, went through it twice"})

    assert follow_up_of(sam) is None
    assert ClinicalFact.objects.get(patient=sam, kind="cleared", key="R1").note == "the tablets are gone, went through it twice"
    spoke(cast, sam, NOS | {"imminent": True})
    assert follow_up_of(sam) is not None


@pytest.mark.parametrize(("late", "fits"), [(-60, True), (60, False)])
def test_next_contact_lies_within_the_hours_of_the_safety_rule(cast: Cast, sam: Patient, late: int, fits: bool) -> None:
    hours = contact_within()[0] + late / 3600

    if fits:
        assert spoke(cast, sam, hours=hours).next_contact_at is not None
    else:
        with pytest.raises(NotAcceptable):
            spoke(cast, sam, hours=hours)


@pytest.mark.parametrize("hours", [None, -1])
def test_without_contact_and_without_clearing_nothing_is_written(cast: Cast, sam: Patient, hours: float | None) -> None:
    before = ClinicalFact.objects.count()

    with pytest.raises(NotAcceptable):
        spoke(cast, sam, NOS | {"imminent": True}, hours=hours)

    assert (RiskConversation.objects.count(), ClinicalFact.objects.count()) == (0, before)


def test_contact_that_has_passed_is_told_until_it_is_cleared(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    spoke(cast, sam)
    QuerySet(RiskConversation).update(next_contact_at=timezone.now() - timedelta(minutes=1))  # time goes by

    assert follow_up_of(sam) is not None and follow_up_of(sam).is_past  # type: ignore[union-attr]
    assert "Contact was due: no clinician has cleared it" in sign_in("amina").get(f"/patients/{sam.pk}/session").content.decode()


def missed_contact(sam: Patient) -> SignalState | None:
    return SignalState.objects.filter(patient=sam, matter="missed_contact").order_by("-told_at").first()


def test_contact_that_has_passed_is_a_signal_about_danger_once_and_the_next_conversation_answers_it(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    spoke(cast, sam)
    pass_on_everywhere()
    assert missed_contact(sam) is None
    QuerySet(RiskConversation).update(next_contact_at=timezone.now() - timedelta(minutes=1))  # time goes by

    pass_on_everywhere()
    pass_on_everywhere()
    text = sign_in("amina").get("/signals").content.decode()

    state = missed_contact(sam)
    assert state is not None and (state.kind, state.status, state.version) == ("safety", "raised", 1) and state.due_at is not None
    assert "An agreed contact has passed" in text and "no conversation has been written down since" in text
    spoke(cast, sam)
    state = missed_contact(sam)
    assert state is not None and (state.status, state.is_open, state.due_at) == ("acted", True, None)


def test_that_nobody_answered_the_telephone_ends_no_missed_contact(cast: Cast, sam: Patient) -> None:
    spoke(cast, sam)
    QuerySet(RiskConversation).update(next_contact_at=timezone.now() - timedelta(minutes=1))
    pass_on_everywhere()
    state = missed_contact(sam)
    assert state is not None

    signal_acts.see_signal(cast.amina, patient_id=sam.pk, signal_id=state.pk)
    work_on(cast, state, "act_on_signal", note="Phoned, no answer.")

    state.refresh_from_db()
    assert (state.status, state.due_at is not None) == ("seen", True)  # goes on to be read and passed on
    with pytest.raises(StaysOpen) as stays:
        work_on(cast, state, "close_signal", outcome="settled", note="Phoned, no answer.")
    assert stays.value.code == "contact"


@pytest.mark.parametrize("answered", ["a conversation", "a recorded reassessment"])
def test_missed_contact_is_closed_once_the_patient_was_spoken_with_or_a_clinician_has_cleared_it(cast: Cast, sam: Patient, answered: str) -> None:
    spoke(cast, sam)
    QuerySet(RiskConversation).update(next_contact_at=timezone.now() - timedelta(minutes=1))
    pass_on_everywhere()
    state = missed_contact(sam)
    assert state is not None
    if answered == "a conversation":
        spoke(cast, sam)
    else:
        clear_override(cast.amina, patient_id=sam.pk, code="R1", reason="seen in the ward, went through it with her")

    work_on(cast, state, "close_signal", outcome="settled", note="Spoken with her at length.")

    assert not [one for one in safety(sam) if one.matter == "missed_contact"]


def work_on(cast: Cast, state: SignalState, act: str, **more: Any) -> None:
    state.refresh_from_db()
    getattr(signal_acts, act)(cast.amina, patient_id=state.patient_id, signal_id=state.pk, version=state.version, **more)


def answered_yes(cast: Cast, sam: Patient, *, hours_ago: float) -> None:
    """A yes on the page of the safety questions, and no conversation."""
    fresh = answer_risk(cast.amina, patient_id=sam.pk, answers=NOS | {"imminent": True}, on=timezone.localdate())
    QuerySet(ClinicalFact).filter(pk__in=[fact.pk for fact in fresh]).update(recorded_at=timezone.now() - timedelta(hours=hours_ago))  # time goes by


def test_yes_without_a_conversation_is_told_once_its_hours_have_passed(cast: Cast, sam: Patient) -> None:
    answered_yes(cast, sam, hours_ago=contact_within()[0] + 0.1)

    assert pass_on_everywhere().clinics == ()
    pass_on_everywhere()

    state = missed_contact(sam)
    assert state is not None and (state.kind, state.status, state.version) == ("safety", "raised", 1)
    assert "answered with yes" in SignalEvent.objects.get(signal_id=state.pk).content
    with pytest.raises(StaysOpen):
        work_on(cast, state, "close_signal", outcome="settled", note="It will be all right.")


@pytest.mark.parametrize("what", ["its hours have not passed", "a conversation", "a reassessment", "taken back as a slip", "care has ended"])
def test_yes_that_somebody_has_taken_up_is_not_told(cast: Cast, sam: Patient, what: str) -> None:
    answered_yes(cast, sam, hours_ago=contact_within()[0] + (-0.1 if what == "its hours have not passed" else 0.1))
    if what == "a conversation":
        spoke(cast, sam, NOS | {"imminent": True})
    elif what == "a reassessment":
        clear_override(cast.amina, patient_id=sam.pk, code="R1", reason="spoken with her at length")
    elif what == "taken back as a slip":
        yes = ClinicalFact.objects.get(patient=sam, kind="risk", key="imminent", source="clinician", value=True)
        withdraw_fact(cast.amina, patient_id=sam.pk, fact_id=yes.pk, reason="entered in the wrong record")
    elif what == "care has ended":
        end_care(cast.amina, patient_id=sam.pk, on=timezone.localdate(), reason="completed")

    pass_on_everywhere()

    assert missed_contact(sam) is None


TIMED = {"R2": ("harm_to_others", 24), "R3": ("mania", 24), "R4": ("medical_red_flag", 24), "R5": ("ongoing_abuse", 72)}


def yes_to(cast: Cast, sam: Patient, name: str, hours_ago: float) -> None:
    QuerySet(ClinicalFact).filter(patient=sam).update(recorded_at=timezone.now() - timedelta(hours=hours_ago + 1))  # what was known before
    answers = {one: one == name for rule in knowledge().overrides if name in (asked := questions_of(rule)) for one in asked}
    fresh = answer_risk(cast.amina, patient_id=sam.pk, answers=answers, on=timezone.localdate())
    for number, fact in enumerate(sorted(fresh, key=lambda one: one.key != name)):  # the yes is the first of them
        at = timezone.now() - timedelta(hours=hours_ago) + timedelta(milliseconds=number)
        QuerySet(ClinicalFact).filter(pk=fact.pk).update(recorded_at=at)


def missed_deadlines(sam: Patient) -> list[SignalState]:
    return [one for one in SignalState.objects.filter(patient=sam) if one.matter.startswith("missed_deadline")]


@pytest.mark.parametrize("code", TIMED)
def test_time_of_a_safety_rule_that_passes_without_a_reassessment_is_told_once_and_only_that_closes_it(cast: Cast, sam: Patient, code: str) -> None:
    name, hours = TIMED[code]
    yes_to(cast, sam, name, hours + 0.1)

    assert pass_on_everywhere().clinics == ()
    pass_on_everywhere()

    [state] = missed_deadlines(sam)
    assert (state.matter, state.kind, state.status, state.version) == (f"missed_deadline:{code}", "safety", "raised", 1)
    assert "Due was: " in SignalEvent.objects.get(signal_id=state.pk).content
    work_on(cast, state, "act_on_signal", note="Phoned, no answer.")
    with pytest.raises(StaysOpen) as stays:
        work_on(cast, state, "close_signal", outcome="settled", note="It will be all right.")
    assert stays.value.code == "reassess"
    clear_override(cast.amina, patient_id=sam.pk, code=code, reason="spoken with her at length")
    work_on(cast, state, "close_signal", outcome="settled", note="Spoken with her at length.")
    pass_on_everywhere()
    assert [one.is_open for one in missed_deadlines(sam)] == [False]


@pytest.mark.parametrize("code", TIMED)
@pytest.mark.parametrize("what", ["its hours have not passed", "a reassessment", "taken back as a slip", "care has ended"])
def test_time_of_a_safety_rule_that_somebody_has_kept_is_not_told(cast: Cast, sam: Patient, code: str, what: str) -> None:
    name, hours = TIMED[code]
    yes_to(cast, sam, name, hours + (-0.1 if what == "its hours have not passed" else 0.1))
    if what == "a reassessment":
        clear_override(cast.amina, patient_id=sam.pk, code=code, reason="spoken with her at length")
    elif what == "taken back as a slip":
        yes = ClinicalFact.objects.get(patient=sam, kind="risk", key=name, source="clinician", value=True)
        withdraw_fact(cast.amina, patient_id=sam.pk, fact_id=yes.pk, reason="entered in the wrong record")
    elif what == "care has ended":
        end_care(cast.amina, patient_id=sam.pk, on=timezone.localdate(), reason="completed")

    pass_on_everywhere()

    assert missed_deadlines(sam) == []


def test_yes_about_suicide_is_told_as_a_missed_contact_alone(cast: Cast, sam: Patient) -> None:
    answered_yes(cast, sam, hours_ago=contact_within()[0] + 0.1)

    pass_on_everywhere()

    assert missed_contact(sam) is not None and missed_deadlines(sam) == []


def test_contact_that_has_passed_is_told_to_who_opens_the_signals_of_the_day_though_no_timer_runs(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    spoke(cast, sam)
    spoke(cast, sam, clears=True, hours=None)
    QuerySet(RiskConversation).filter(number=1).update(next_contact_at=timezone.now() - timedelta(minutes=1))
    assert "An agreed contact has passed" not in sign_in("amina").get("/signals").content.decode()  # a reassessment has cleared it

    spoke(cast, sam)
    QuerySet(RiskConversation).filter(number=3).update(next_contact_at=timezone.now() - timedelta(minutes=1))
    assert "An agreed contact has passed" in sign_in("amina").get("/signals").content.decode()


@pytest.mark.parametrize("left_out", risk_conversations.ASKED_FOR)
def test_what_must_be_written_is_asked_for_and_nothing_typed_is_lost(cast: Cast, sam: Patient, sign_in: SignIn, left_out: str) -> None:
    at = timezone.localtime() + timedelta(hours=5)
    sent = dict.fromkeys(risk_conversations.QUESTIONS, "no") | PARTS | {"decision": "closer", "next_contact_at": f"{at:%Y-%m-%dT%H:%M}", left_out: ""}

    answer = sign_in("amina").post(f"/patients/{sam.pk}/suicide-conversations", sent)

    assert answer.status_code == 422
    assert all(words in answer.content.decode() for name, words in PARTS.items() if name != left_out)
    assert not RiskConversation.objects.exists()


def test_next_contact_is_asked_for_unless_a_reassessment_clears_it(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    browser, page = sign_in("amina"), f"/patients/{sam.pk}/suicide-conversations"
    sent = dict.fromkeys(risk_conversations.QUESTIONS, "no") | PARTS | {"decision": "as_before"}

    label = re.search(r'<label for="id_next_contact_at">(.*?)</label>', browser.get(page).content.decode())
    without, cleared = browser.post(page, sent), browser.post(page, sent | {"clears": "on"})

    assert label is not None and "optional" not in label[1]
    assert without.status_code == 422 and b"Needed, unless the reassessment below clears it." in without.content
    assert cleared.status_code == 302 and RiskConversation.objects.get().next_contact_at is None


def test_form_that_is_sent_twice_is_one_conversation_and_no_level_is_named(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    at, browser = timezone.localtime() + timedelta(hours=5), sign_in("amina")
    sent = dict.fromkeys(risk_conversations.QUESTIONS, "no") | PARTS | {"decision": "as_before", "next_contact_at": f"{at:%Y-%m-%dT%H:%M}", "once": "k"}

    browser.post(f"/patients/{sam.pk}/suicide-conversations", sent)
    browser.post(f"/patients/{sam.pk}/suicide-conversations", sent)
    page = browser.get(f"/patients/{sam.pk}/suicide-conversations").content.decode()

    assert RiskConversation.objects.count() == 1
    assert not re.search(r"\b(low|no|medium|moderate|high)[- ]risk\b", page, re.IGNORECASE)
    assert b"break-up" not in bytes(RiskConversation.objects.get().content_sealed)


def test_nobody_out_of_reach_reads_or_writes_a_conversation(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    spoke(cast, sam)

    assert sign_in("chidi").get(f"/patients/{sam.pk}/suicide-conversations").status_code == 404
    assert sign_in("self").get(f"/patients/{sam.pk}/suicide-conversations").status_code in (403, 404)
    assert "break-up" not in sign_in("self").post("/my/data/download").content.decode()
    with pytest.raises((AccessDenied, NoSuchPatient)):
        risk_conversations.record_risk_conversation(cast.bruno, patient_id=sam.pk, new=NewConversation(PARTS, NOS, "closer", clock.now()))
