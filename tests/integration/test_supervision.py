"""Supervision: whom it reaches, what there is to talk about, questions, minutes that change nothing, and notes that wait for a signature."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from tests.support.clinic import Cast
from tests.support.known_patient import known_patient

SignIn = Callable[[str], Client]


@pytest.fixture
def sam(cast: Cast) -> Any:
    """A patient of Amina's with a plan for now, supervised by Bruno."""
    patient = known_patient(cast.amina)
    supervise(cast, patient)
    return patient


def supervise(cast: Cast, patient: Any, who: str = "bruno") -> Any:
    from fivefold.records.models import CareRelation

    return CareRelation.objects.create(clinic=cast.amina.clinic, patient=patient, user=cast.people[who].user, kind="supervises")


def ask(cast: Cast, patient: Any, text: str = "What do I miss when she goes quiet?", **more: Any) -> Any:
    from fivefold.services.supervision import ask_question

    return ask_question(cast.amina, patient_id=patient.pk, text=text, **more)


def meet(cast: Cast, who: str = "bruno") -> Any:
    from fivefold.records import clock
    from fivefold.services.supervision import begin_meeting

    return begin_meeting(cast.people[who], on=clock.today(), present=[cast.amina.user.pk])


def agree(cast: Cast, patient: Any, meeting: Any = None, **changes: Any) -> Any:
    from fivefold.records import clock
    from fivefold.services.supervision import record_decision

    given: dict[str, Any] = {
        "text": "Look at the chain again, slower",
        "by": cast.amina.user.pk,
        "until": clock.today() + timedelta(days=14),
        "where": "session",
    }
    return record_decision(cast.bruno, patient_id=patient.pk, meeting_id=(meeting or meet(cast)).pk, **(given | changes))


def of_patient(cast: Cast, patient: Any, who: str = "bruno") -> Any:
    from fivefold.services.supervision_pages import see_patient_supervision

    return see_patient_supervision(cast.people[who], patient_id=patient.pk)


def topics(cast: Cast, patient: Any) -> list[Any]:
    """What Bruno finds to talk about; the page shows the same, but a page is no act of another day."""
    from fivefold.records.models import Patient
    from fivefold.services.caseload_list import lines_of
    from fivefold.services.supervision_topics import topics_of_patient

    [row] = lines_of(cast.bruno, Patient.objects.filter(pk=patient.pk)).rows
    return list(topics_of_patient(cast.bruno, patient, row))


def kinds(cast: Cast, patient: Any) -> list[str]:
    return [topic.kind for topic in topics(cast, patient)]


def sign(cast: Cast, patient: Any, who: str = "amina") -> Any:
    from fivefold.records import clock
    from fivefold.services.session_note import Safety, SessionReport
    from fivefold.services.sessions import sign_session

    report = SessionReport(on=clock.today(), meeting="in_person", came="came", safety=Safety.NOTHING_NEW, brought="A quiet week")
    return sign_session(cast.people[who], patient_id=patient.pk, report=report)


# ---- Whom it reaches -----------------------------------------------------------------------------------------------------


def test_supervisor_reaches_those_they_supervise_and_nobody_by_another_relation(cast: Cast, sam: Any) -> None:
    from fivefold.records.models import CareRelation
    from fivefold.services.access import NoSuchPatient
    from fivefold.services.supervision import answer_question
    from fivefold.services.supervision_pages import see_supervisee, see_supervision

    question = ask(cast, sam)
    CareRelation.objects.filter(patient=cast.rosa, user=cast.bruno.user).update(kind="covers")
    [supervisee] = see_supervision(cast.bruno).supervisees
    seen = see_supervisee(cast.bruno, user_id=cast.amina.user.pk)

    assert (supervisee.name, supervisee.patients, supervisee.questions) == ("Amina Okafor", 1, 1)
    assert [row.name for row, _topics in seen.rows] == ["Sam T."]
    for who, person in (("bruno", cast.teo), ("teo", cast.amina), ("amina", cast.amina)):
        with pytest.raises(NoSuchPatient):
            see_supervisee(cast.people[who], user_id=person.user.pk)
    CareRelation.objects.filter(patient=sam, user=cast.bruno.user).update(kind="covers")
    with pytest.raises(NoSuchPatient):
        answer_question(cast.bruno, patient_id=sam.pk, question_id=question.pk, words="Ask her")


def test_colleague_among_therapists_can_supervise_and_is_told_of_no_notes_to_sign(cast: Cast, sam: Any) -> None:
    from fivefold.services.access import NoSuchPatient
    from fivefold.services.supervision import answer_question, ask_question
    from fivefold.services.supervision_pages import see_supervision

    supervise(cast, sam, "teo")
    sign(cast, sam)
    question = ask(cast, sam)
    answer_question(cast.teo, patient_id=sam.pk, question_id=question.pk, words="Wait with her")
    with pytest.raises(NoSuchPatient):
        ask_question(cast.teo, patient_id=sam.pk, text="May I ask as well?")

    assert of_patient(cast, sam).questions[0].ended_by == "Teo Brandt"
    assert see_supervision(cast.teo).waiting == 0 and see_supervision(cast.bruno).waiting == 1


def test_lead_and_others_have_no_page_of_supervision(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    assert [sign_in(who).get("/supervision").status_code for who in ("amina", "bruno", "lea", "adrian", "olga")] == [200, 200, 403, 403, 403]


# ---- Questions -----------------------------------------------------------------------------------------------------------


def test_question_is_open_until_it_is_answered_once_or_taken_back(cast: Cast, sam: Any) -> None:
    from fivefold.services.supervision import HasEnded, NoSuchQuestion, answer_question, withdraw_question
    from fivefold.services.supervision_pages import open_questions

    first, second = ask(cast, sam), ask(cast, sam, "And when she laughs?", session_id=sign(cast, sam).pk)
    assert [one.text for one in open_questions(cast.bruno, sam)] == [first.text, second.text]
    answer_question(cast.bruno, patient_id=sam.pk, question_id=first.pk, words="Ask what just happened")
    withdraw_question(cast.amina, patient_id=sam.pk, question_id=second.pk)
    with pytest.raises(HasEnded):
        answer_question(cast.bruno, patient_id=sam.pk, question_id=first.pk, words="Once more")
    with pytest.raises(NoSuchQuestion):
        answer_question(cast.bruno, patient_id=cast.rosa.pk, question_id=second.pk, words="Of another patient")

    assert open_questions(cast.bruno, sam) == ()
    seen = {one.text: one for one in of_patient(cast, sam, "amina").questions}
    assert (seen[first.text].state, seen[first.text].answer, seen[first.text].ended_by) == ("answered", "Ask what just happened", "Bruno Keller")
    assert (seen[second.text].state, seen[second.text].session_number) == ("withdrawn", 1)


def test_only_who_asked_takes_a_question_back(cast: Cast, sam: Any) -> None:
    from fivefold.records.models import CareRelation
    from fivefold.services.supervision import NoSuchQuestion, withdraw_question

    CareRelation.objects.create(clinic=cast.amina.clinic, patient=sam, user=cast.teo.user, kind="covers")
    question = ask(cast, sam)

    with pytest.raises(NoSuchQuestion):
        withdraw_question(cast.teo, patient_id=sam.pk, question_id=question.pk)


def test_question_and_answer_go_through_their_pages_and_nothing_typed_is_lost(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    amina, bruno, address = sign_in("amina"), sign_in("bruno"), f"/patients/{sam.pk}/supervision"
    session = sign(cast, sam)
    assert f'value="{session.pk}" selected' in amina.get(address, {"session": str(session.pk)}).content.decode()
    assert amina.post(address, {"text": "x" * 1001}).status_code == 422
    for _ in range(2):
        assert amina.post(address, {"text": "What is <b>mine</b> here?", "session_id": str(session.pk), "once": "k"}).status_code == 302
    [question] = of_patient(cast, sam).questions
    assert "What is &lt;b&gt;mine&lt;/b&gt; here?" in bruno.get(address).content.decode()

    refused = bruno.post(f"{address}/questions/{question.id}", {"words": "y" * 2001})
    assert refused.status_code == 422 and "y" * 2001 in refused.content.decode()
    assert amina.post(f"{address}/questions/{question.id}", {"words": "I answer myself"}).status_code == 403
    assert bruno.post(f"{address}/questions/{question.id}", {"words": "Less than you think"}).status_code == 302
    assert "Less than you think" in amina.get("/supervision").content.decode()


# ---- Minutes -------------------------------------------------------------------------------------------------------------


def test_minutes_change_nothing_but_themselves(cast: Cast, sam: Any) -> None:
    from django.apps import apps

    tables = [model for model in apps.get_app_config("records").get_models() if not model.__name__.startswith(("Supervision", "Audit"))]
    meeting = meet(cast)
    before = {model: list(model._base_manager.order_by("pk").values()) for model in tables}
    agree(cast, sam, meeting, where="plan", text="Take the module on anger forward")

    assert {model.__name__ for model in tables if list(model._base_manager.order_by("pk").values()) != before[model]} == set()


def test_agreement_answers_its_question_and_is_late_after_its_day_until_somebody_closes_it(cast: Cast, sam: Any) -> None:
    from fivefold.records import clock
    from fivefold.services.access import ReasonMissing
    from fivefold.services.supervision import HasEnded, end_decision
    from fivefold.services.supervision_pages import minutes

    question = ask(cast, sam)
    on_its_day = agree(cast, sam, until=clock.today(), question_id=question.pk)
    assert of_patient(cast, sam).questions[0].answer == on_its_day.text
    assert [one.state for one in minutes(cast.amina, sam)] == ["open"] and "agreed" not in kinds(cast, sam)
    with clock.acting_at(clock.now() + timedelta(days=1)):
        assert [one.state for one in minutes(cast.amina, sam)] == ["late"]
        assert [one.count for one in topics(cast, sam) if one.kind == "agreed"] == [1]
    with pytest.raises(ReasonMissing):
        end_decision(cast.amina, patient_id=sam.pk, decision_id=on_its_day.pk, step="dropped", words="no")
    end_decision(cast.amina, patient_id=sam.pk, decision_id=on_its_day.pk, step="done", words="She saw it herself")
    with pytest.raises(HasEnded):
        end_decision(cast.bruno, patient_id=sam.pk, decision_id=on_its_day.pk, step="dropped", words="of no use any more")

    assert [(one.state, one.words) for one in minutes(cast.bruno, sam)] == [("done", "She saw it herself")]


def test_minutes_are_about_patients_of_those_present_by_those_present(cast: Cast, sam: Any) -> None:
    from fivefold.records import clock
    from fivefold.services.access import AccessDenied, NoSuchPatient, break_glass
    from fivefold.services.patients import NotAcceptable
    from fivefold.services.supervision import NoSuchMeeting, begin_meeting, end_decision

    teos = known_patient(cast.teo, "Ute")
    supervise(cast, teos)
    meeting = meet(cast)
    wrong: list[tuple[Any, dict[str, Any], type[Exception]]] = [
        (teos, {}, NotAcceptable),
        (sam, {"by": cast.teo.user.pk}, NotAcceptable),
        (sam, {"where": "nowhere"}, NotAcceptable),
        (sam, {"text": " "}, NotAcceptable),
        (sam, {"until": clock.today() - timedelta(days=1)}, NotAcceptable),
        (known_patient(cast.amina, "Unsupervised"), {}, NoSuchPatient),
    ]
    for patient, changes, refusal in wrong:
        with pytest.raises(refusal):
            agree(cast, patient, meeting, **changes)
    for on, present in ((clock.today() + timedelta(days=1), [cast.amina.user.pk]), (clock.today(), []), (clock.today(), [cast.lea.user.pk])):
        with pytest.raises(NotAcceptable):
            begin_meeting(cast.bruno, on=on, present=present)
    with pytest.raises(NoSuchMeeting):
        supervise(cast, sam, "teo")
        agree(cast, sam, meet(cast, "teo"))
    decision = agree(cast, sam, meeting)
    with pytest.raises(AccessDenied):
        end_decision(cast.lea, patient_id=sam.pk, decision_id=decision.pk, step="done")
    break_glass(cast.teo, patient_id=cast.rosa.pk, reason="on call, asked by the ward")
    with pytest.raises(AccessDenied):
        end_decision(cast.teo, patient_id=cast.rosa.pk, decision_id=decision.pk, step="done")


def test_meeting_shows_each_what_concerns_their_patients_and_nothing_to_strangers(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    from fivefold.records import clock
    from fivefold.services.supervision import begin_meeting, record_decision

    teos = known_patient(cast.teo, "Ute")
    supervise(cast, teos)
    both = [cast.amina.user.pk, cast.teo.user.pk]
    meeting = begin_meeting(cast.bruno, on=clock.today(), present=both)
    agree(cast, sam, meeting, text="About Sam alone")
    record_decision(cast.bruno, patient_id=teos.pk, meeting_id=meeting.pk, text="About Ute alone", by=both[1], until=None, where="elsewhere")
    address = f"/supervision/meetings/{meeting.pk}"

    texts = {who: sign_in(who).get(address).content.decode() for who in ("amina", "teo", "bruno")}
    assert ["About Sam alone" in texts[who] for who in ("amina", "teo", "bruno")] == [True, False, True]
    assert ["About Ute alone" in texts[who] for who in ("amina", "teo", "bruno")] == [False, True, True]
    written = f"/patients/{sam.pk}/supervision/meetings/{meeting.pk}"
    assert [sign_in(who).get(written).status_code for who in ("bruno", "amina", "teo")] == [200, 404, 404]
    assert sign_in("bruno").get(f"/patients/{cast.rosa.pk}/supervision/meetings/{uuid.uuid4()}").status_code == 404
    assert sign_in("bruno").get(f"/supervision/meetings/{uuid.uuid4()}").status_code == 404
    cast.people["uma"] = _colleague(cast)
    assert sign_in("uma").get(address).status_code == 404


def _colleague(cast: Cast) -> Any:
    from fivefold.records.models import Membership, User
    from fivefold.services.access import Actor

    user = User.objects.create_user("uma@clinic.example", name="Uma Nowak")
    Membership.objects.create(clinic=cast.amina.clinic, user=user, role="supervisor")
    return Actor(user, cast.amina.clinic, "supervisor")


def test_minutes_are_written_through_the_pages(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    bruno, amina = sign_in("bruno"), sign_in("amina")
    question = ask(cast, sam)
    assert bruno.post("/supervision/meetings", {"on": "2026-02-30", "present": [cast.amina.user.pk]}).status_code == 422
    assert bruno.post("/supervision/meetings", {"on": "2026-01-05", "present": [cast.lea.user.pk]}).status_code == 422
    sent = {"on": "2026-01-05", "present": [str(cast.amina.user.pk)], "once": "twice"}
    begun = [bruno.post("/supervision/meetings", sent)["Location"] for _ in range(2)]
    assert begun[0] == begun[1]

    given = {"question_id": str(question.pk), "text": "Speak of the silence", "where": "session", "until": "", "by": str(cast.amina.user.pk)}
    address = f"/patients/{sam.pk}{begun[0]}"
    assert address in bruno.get(begun[0]).content.decode()
    refused = bruno.post(address, given | {"text": "z" * 1001})
    assert refused.status_code == 422 and "z" * 1001 in refused.content.decode()
    assert bruno.post(address, given)["Location"] == begun[0]
    text = unescape(amina.get("/supervision").content.decode())
    assert "Speak of the silence" in text and f"/patients/{sam.pk}/session" in text and "5 Jan" in text

    [decision] = of_patient(cast, sam).agreed
    address = f"/patients/{sam.pk}/supervision/agreed/{decision.id}"
    short = amina.post(address, {"step": "dropped", "words": "no use"})
    assert short.status_code == 422 and "no use" in short.content.decode()
    assert amina.post(address, {"step": "done"}).status_code == 302


def test_patients_of_a_supervisee_are_shown_by_need_some_at_a_time(cast: Cast, sam: Any, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    from fivefold.services import supervision_pages

    monkeypatch.setattr(supervision_pages, "PATIENTS_ON_A_PAGE", 1)
    browser = sign_in("bruno")

    pages = [browser.get(f"/supervision/people/{cast.amina.user.pk}", {"page": page}) for page in ("1", "2", "9", "x")]

    shown = [[row.id for row, _topics in answer.context["seen"].rows] for answer in pages]
    assert {tuple(shown[0]), tuple(shown[1])} == {(sam.pk,), (cast.rosa.pk,)}
    assert shown[2] == shown[1] and shown[3] == shown[0]
    assert "2 patients you supervise" in pages[0].content.decode() and "page 1 of 2" in pages[0].content.decode()


# ---- What to talk about --------------------------------------------------------------------------------------------------


def test_danger_comes_first_and_consent_is_asked_for_until_it_is_recorded(cast: Cast, sam: Any) -> None:
    from fivefold.records import clock
    from fivefold.services.assessments import record_facts
    from fivefold.services.patients import record_consent
    from fivefold.services.record_file import NewFact
    from fivefold.services.supervision_pages import see_supervisee

    ask(cast, sam)
    assert kinds(cast, sam)[:2] == ["consent", "question"] == [topic.kind for topic in of_patient(cast, sam).topics][:2]
    record_facts(cast.amina, patient_id=sam.pk, facts=[NewFact("risk", "imminent", True, clock.today())])
    record_consent(cast.amina, patient_id=sam.pk, purpose="supervision", given=True, on=clock.today())
    found = kinds(cast, sam)
    [(row, topics)] = [pair for pair in see_supervisee(cast.bruno, user_id=cast.amina.user.pk).rows if pair[0].id == sam.pk]

    assert found[0] == "safety" and "consent" not in found and "question" in found
    assert topics[0].kind == "safety" and topics[0].name == row.signal_text


def test_module_stands_still_when_one_stage_lasts_longer_than_the_whole_module_usually_takes(cast: Cast, sam: Any) -> None:
    from fivefold.records import clock
    from fivefold.services.assessments import record_facts
    from fivefold.services.knowledge import knowledge
    from fivefold.services.record_file import NewFact

    longest = int(knowledge().modules["S04"].dose.weeks.max)

    def told(stage: str, weeks: int, **more: Any) -> None:
        on = clock.today() - timedelta(weeks=weeks)
        value = {"id": "S04", "stage": stage, "since": on.isoformat(), **more}
        record_facts(cast.amina, patient_id=sam.pk, facts=[NewFact("module", "S04", value, on)])

    told("recognition", longest + 9)
    told("exploration", longest)
    assert "standstill" not in kinds(cast, sam)
    with clock.acting_at(clock.now() + timedelta(weeks=1)):
        [found] = [topic for topic in topics(cast, sam) if topic.kind == "standstill"]
        assert found.weeks == longest + 1 and found.on == clock.today() - timedelta(weeks=longest + 1)
    told("exploration", 0, paused={"reason": "a crisis", "since": clock.today().isoformat()})
    with clock.acting_at(clock.now() + timedelta(weeks=longest + 2)):
        assert "standstill" not in kinds(cast, sam)


def test_open_questions_of_the_formulation_and_an_overdue_review_are_talked_about(cast: Cast, sam: Any) -> None:
    from fivefold.records import clock
    from fivefold.services.formulation import save_formulation
    from fivefold.services.formulation_content import FormulationContent, Node, NodeKind
    from fivefold.services.plans import sign_plan

    assert not {"untreated", "unexplained", "review"} & set(kinds(cast, sam))
    content = FormulationContent((Node("0000000a", NodeKind.PROBLEM, "I cut"),))
    save_formulation(cast.amina, patient_id=sam.pk, content=content, lines="", version=0)
    signed = sign_plan(cast.amina, patient_id=sam.pk, version=0, patient_view="agrees")

    assert {"untreated", "unexplained"} <= set(kinds(cast, sam)) and "review" not in kinds(cast, sam)
    days = (signed.review_on - clock.today()).days
    with clock.acting_at(clock.now() + timedelta(days=days)):
        assert "review" not in kinds(cast, sam)
    with clock.acting_at(clock.now() + timedelta(days=days + 1)):
        assert "review" in kinds(cast, sam)


def test_note_waits_for_the_supervisor_who_was_there_when_it_was_signed_until_it_is_signed(cast: Cast, sam: Any) -> None:
    from fivefold.records.models import CareRelation
    from fivefold.services.sessions import cosign_session
    from fivefold.services.supervision_pages import see_supervision

    CareRelation.objects.filter(patient=sam, user=cast.bruno.user).delete()
    sign(cast, sam)
    supervise(cast, sam)
    assert see_supervision(cast.bruno).waiting == 0
    later = sign(cast, sam)
    sheet = see_supervision(cast.bruno)
    assert [(note.patient_name, note.number) for note in sheet.notes] == [("Sam T.", 2)] and "cosign" in kinds(cast, sam)
    cosign_session(cast.bruno, patient_id=sam.pk, session_id=later.pk)

    assert see_supervision(cast.bruno).waiting == 0 and "cosign" not in kinds(cast, sam)


# ---- Part of the record --------------------------------------------------------------------------------------------------


def test_supervision_is_in_the_copy_of_the_record_and_goes_with_it(cast: Cast, sam: Any) -> None:
    from fivefold.documents.pdf_record import record_content
    from fivefold.records import clock
    from fivefold.records.models import SupervisionDecision, SupervisionMeeting, SupervisionQuestion, SupervisionStep
    from fivefold.services.knowledge import knowledge
    from fivefold.services.operations.record_export import export_record
    from fivefold.services.operations.rows import remove_rows_of
    from fivefold.services.supervision import end_decision

    question = ask(cast, sam)
    decision = agree(cast, sam, question_id=question.pk)
    end_decision(cast.amina, patient_id=sam.pk, decision_id=decision.pk, step="done", words="It helped")
    record = export_record(cast.amina, patient_id=sam.pk)

    assert [row["text"] for row in record["supervision_questions"]] == [question.text]
    assert [(row["text"], row["by"], row["where"]) for row in record["supervision_decisions"]] == [(decision.text, "Amina Okafor", "session")]
    assert {row["words"] for row in record["supervision_steps"]} == {decision.text, "It helped"}
    printed = record_content(record, knowledge())["supervision"]
    assert [row[1] for row in printed] == ["agreed", "question"] and "It helped" in printed[0][4]
    assert b"quiet" not in SupervisionQuestion.objects.get().text_sealed

    remove_rows_of(sam.pk, erased_at=clock.now())
    assert [model._base_manager.count() for model in (SupervisionQuestion, SupervisionDecision, SupervisionStep)] == [0, 0, 0]
    assert SupervisionMeeting.objects.count() == 1
