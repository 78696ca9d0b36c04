"""The hour: what prepares it, signing it once, what of it reaches the record, and what stands beside a signed note."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.support.clinic import Cast
from tests.support.known_patient import known_patient

SignIn = Callable[[str], Client]


@pytest.fixture
def sam(cast: Cast) -> Any:
    """A patient of Amina with a plan for now, supervised by Bruno."""
    from fivefold.records.models import CareRelation

    patient = known_patient(cast.amina)
    CareRelation.objects.create(clinic=cast.amina.clinic, patient=patient, user=cast.bruno.user, kind="supervises")
    return patient


def today() -> date:
    from fivefold.records import clock

    return clock.today()


def report(**changes: Any) -> Any:
    from fivefold.services.session_note import Safety, SessionReport

    return replace(SessionReport(on=today(), meeting="in_person", came="came", safety=Safety.NOTHING_NEW), **changes)


def sign(cast: Cast, patient: Any, **changes: Any) -> Any:
    from fivefold.services.sessions import sign_session

    return sign_session(cast.amina, patient_id=patient.pk, report=report(**changes))


def workspace(cast: Cast, patient: Any) -> Any:
    from fivefold.services.sessions import see_workspace

    return see_workspace(cast.amina, patient_id=patient.pk)


def facts(patient: Any, kind: str) -> list[Any]:
    from fivefold.records.models import ClinicalFact

    return [row.value for row in ClinicalFact.objects.filter(patient=patient, kind=kind).order_by("recorded_at")]


def lines(session: Any) -> list[Any]:
    from fivefold.services.session_note import read_content

    return list(read_content(session.content).lines)


# ---- What prepares the hour ------------------------------------------------------------------------------------------------


def test_agenda_begins_with_danger_and_goes_on_with_what_was_left_open(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    from fivefold.services.session_note import NewHomework, Safety

    sign(cast, sam, safety=Safety.NOT_ASKED, homework=(NewHomework("a line a day"),), agreed="we meet at nine from now on")
    sign_in("amina")

    agenda = sign_in("amina").get(f"/patients/{sam.pk}/session").context["agenda"]
    texts = [item.text for item in agenda]

    assert "Ask about suicide and self-harm" in texts
    assert texts.index("Ask about suicide and self-harm") < texts.index("Homework: a line a day") < texts.index("Agreed last time: we meet at nine from now on")


def test_agenda_is_red_for_danger_alone_and_not_for_what_a_crisis_asks_for(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    from fivefold.services.assessments import answer_risk, record_facts
    from fivefold.services.record_file import NewFact

    def marks() -> dict[str, str]:
        agenda = sign_in("amina").get(f"/patients/{sam.pk}/session").context["agenda"]
        return {item.text.partition(":")[0]: item.mark for item in agenda}

    record_facts(cast.amina, patient_id=sam.pk, facts=[NewFact("rating", "crisis", {"severity": 3}, today())])
    assert marks()["Review the crisis with the patient and decide what comes next"] == "watch"

    answer_risk(cast.amina, patient_id=sam.pk, answers={"imminent": True}, on=today())
    assert marks()["Same-day contact with a person who can assess"] == "safety"


def test_steps_of_an_earlier_session_are_not_proposed_again(cast: Cast, sam: Any) -> None:
    from fivefold.services.session_note import ModuleWork

    block = workspace(cast, sam).blocks[0]
    step = block.outline[0].steps[0]
    sign(cast, sam, work=(ModuleWork(block.match.id, steps=(step,)),))

    again = next(one for one in workspace(cast, sam).blocks if one.match.id == block.match.id)

    assert step in again.done
    assert again.has_begun and not block.has_begun


@pytest.mark.parametrize(("weeks", "is_told"), [(1, False), (20, True)])
def test_list_says_from_when_on_sessions_are_in_an_older_record(cast: Cast, sign_in: SignIn, weeks: int, is_told: bool) -> None:
    from fivefold.records.models import Patient

    sign(cast, cast.rosa)
    Patient.objects.filter(pk=cast.rosa.pk).update(created_at=timezone.now() - timedelta(weeks=weeks))

    text = sign_in("amina").get(f"/patients/{cast.rosa.pk}/sessions").content.decode()

    assert ("are not in this record, which is older" in text) is is_told


def test_step_that_points_to_another_module_says_its_name_on_the_page_and_in_the_note(cast: Cast, sam: Any) -> None:
    from fivefold.services.session_note import ModuleWork
    from fivefold.services.session_words import lines_of
    from fivefold.web.sessions.forms import SessionForm

    seen = workspace(cast, sam)
    block = seen.blocks[0]
    step = "Review what S08 gave."
    changed = replace(seen, blocks=(replace(block, outline=(replace(block.outline[0], steps=(step,)),)),))
    form = SessionForm(None, changed)

    assert form.fields[f"steps_{block.match.id}"].choices == [(step, "Review what “Knowing what I feel” gave.")]  # type: ignore[attr-defined]
    lines = [line.text for line in lines_of(report(work=(ModuleWork(block.match.id, steps=(step,)),)), {})]
    assert f"{block.module.short_name}, step taken: Review what “Knowing what I feel” gave." in lines


# ---- Signing ---------------------------------------------------------------------------------------------------------------


def test_one_signature_writes_note_stage_ground_event_attendance_and_next_day(cast: Cast, sam: Any) -> None:
    from fivefold.concepts.vocabulary import GeneralState, StageId
    from fivefold.records.models import CaseloadRow
    from fivefold.services.session_note import ModuleWork, Origin, Safety

    module = workspace(cast, sam).blocks[0].match.id
    week = today() + timedelta(days=7)
    session = sign(
        cast,
        sam,
        safety=Safety.SOMETHING_NEW,
        events=(("self_harm", today() - timedelta(days=1)),),
        pulse={"G2": GeneralState.RED},
        work=(ModuleWork(module, stage=StageId.EXPLORATION, words="went through Sunday"),),
        brought="I cut on Sunday",
        next_on=week,
    )

    said = {(line.origin, line.text) for line in lines(session)}
    assert (Origin.PATIENT, "I cut on Sunday") in said
    assert (Origin.CLINICIAN, "went through Sunday") in said
    assert facts(sam, "module")[-1] == {"id": module, "stage": "exploration", "since": today().isoformat()}
    assert facts(sam, "general_module")[-1] == "red"
    assert facts(sam, "event") == [{"kind": "self_harm", "date": (today() - timedelta(days=1)).isoformat()}]
    assert facts(sam, "attendance")[-1] == {"planned": 1, "missed": 0}
    assert CaseloadRow.objects.get(patient=sam).next_contact == week


def test_danger_told_in_the_hour_reaches_the_safety_rules_and_the_caseload(cast: Cast, sam: Any) -> None:
    from fivefold.records.models import CaseloadRow
    from fivefold.services.plans import work_out
    from fivefold.services.session_note import Safety

    before = {override.code for override in work_out(sam).plan.overrides if override.status == "active"}
    sign(cast, sam, safety=Safety.SOMETHING_NEW, events=(("suicide_attempt", today()),))
    after = {override.code for override in work_out(sam).plan.overrides if override.status == "active"}

    assert after - before
    assert CaseloadRow.objects.get(patient=sam).signal == "safety"


def test_what_cannot_be_true_saves_nothing_and_says_what_is_expected(cast: Cast, sam: Any) -> None:
    from fivefold.records.models import TreatmentSession
    from fivefold.services.patients import NotAcceptable
    from fivefold.services.session_note import HomeworkReview, ModuleWork, NewHomework, Safety

    wrong = [
        {"on": today() + timedelta(days=1)},
        {"safety": None},
        {"safety": Safety.SOMETHING_NEW},
        {"came": "missed"},
        {"events": (("self_harm", today() + timedelta(days=1)),)},
        {"events": (("loss", today()),)},
        {"work": (ModuleWork("S29"),)},
        {"work": (ModuleWork(workspace(cast, sam).blocks[0].match.id, steps=("a step of another book",)),)},
        {"reviews": (HomeworkReview("00000000-0000-0000-0000-000000000000", "done"),)},
        {"homework": (NewHomework("  "),)},
        {"goals": ("00000000-0000-0000-0000-000000000000",)},
        {"next_on": today()},
        {"minutes": 601},
        {"brought": "x" * 4001},
        {"meeting": "by owl"},
    ]
    for changes in wrong:
        with pytest.raises(NotAcceptable) as refused:
            sign(cast, sam, **changes)
        assert "expected" in str(refused.value)

    assert not TreatmentSession.objects.exists()
    assert not facts(sam, "attendance")


def test_module_that_is_not_for_now_cannot_be_begun_from_the_hour(cast: Cast, sam: Any) -> None:
    """Gates are seen on the plan page; the hour is no way around them."""
    from fivefold.concepts.vocabulary import MatchStatus
    from fivefold.services.patients import NotAcceptable
    from fivefold.services.session_note import ModuleWork

    others = [match.id for match in workspace(cast, sam).plan.modules if match.status is not MatchStatus.NOW]
    assert others
    for name in others:
        with pytest.raises(NotAcceptable):
            sign(cast, sam, work=(ModuleWork(name),))


def test_hour_proposes_no_module_of_a_plan_that_is_not_made(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    from fivefold.records.models import Patient
    from fivefold.services.assessments import record_facts
    from fivefold.services.record_file import NewFact

    record_facts(cast.amina, patient_id=sam.pk, facts=[NewFact("rating", "depression", 3.0, timezone.localdate())])
    before = {block.match.id for block in workspace(cast, sam).blocks if not block.has_begun}
    Patient.objects.filter(pk=sam.pk).update(birth_year=timezone.now().year - 16)
    sam.refresh_from_db()

    seen = workspace(cast, sam)
    page = sign_in("amina").get(f"/patients/{sam.pk}/map").content.decode()

    assert seen.plan.withheld is not None
    assert all(block.has_begun or block.match.phase.value == "P1" for block in seen.blocks)
    assert any(seen.plan.match(name).phase.value != "P1" for name in before)  # there was something to leave out
    assert "information only" in page and "The work now" not in page


def test_stage_goes_on_from_where_it_was_and_keeps_its_beginning(cast: Cast, sam: Any) -> None:
    from fivefold.concepts.vocabulary import StageId
    from fivefold.services.session_note import ModuleWork

    module = workspace(cast, sam).blocks[0].match.id
    first = today() - timedelta(days=2)
    sign(cast, sam, on=first, work=(ModuleWork(module),))
    sign(cast, sam, on=today() - timedelta(days=1), work=(ModuleWork(module),))
    sign(cast, sam, work=(ModuleWork(module, stage=StageId.EXPLORATION),))

    told = facts(sam, "module")
    assert [(value["stage"], value["since"]) for value in told] == [("recognition", first.isoformat()), ("exploration", first.isoformat())]


def test_next_stage_is_proposed_when_every_sign_of_this_one_has_been_seen_and_a_clinician_moves_it(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    from fivefold.concepts.vocabulary import StageId
    from fivefold.services.readiness import see_readiness
    from fivefold.services.session_note import ModuleWork

    block = workspace(cast, sam).blocks[0]
    name, stages = block.match.id, dict(block.module.change_stages.each())
    signs = tuple(sign.text for sign in stages[StageId.RECOGNITION].signs_of_completion)
    sign(cast, sam, work=(ModuleWork(name, signs=signs[:-1], words="begun"),))
    assert workspace(cast, sam).blocks[0].proposed is None

    sign(cast, sam, work=(ModuleWork(name, signs=signs[-1:], words="seen"),))

    after = workspace(cast, sam).blocks[0]
    assert (after.match.id, after.stage, after.proposed) == (name, StageId.RECOGNITION, StageId.EXPLORATION)
    told = next(one for one in see_readiness(cast.amina, patient_id=sam.pk).stages if one.module.id == name)
    assert (told.signs, told.proposed) == (tuple((sign, True) for sign in signs), StageId.EXPLORATION)
    page = sign_in("amina").get(f"/patients/{sam.pk}/session").content.decode()
    assert "Proposed next: exploring" in page and "(proposed: the signs of the stage before are seen)" in page
    assert "Proposed next: exploring" in sign_in("amina").get(f"/patients/{sam.pk}/readiness").content.decode()

    sign(cast, sam, work=(ModuleWork(name, stage=StageId.EXPLORATION),))
    moved = workspace(cast, sam).blocks[0]
    assert (moved.stage, moved.proposed) == (StageId.EXPLORATION, None)


@pytest.mark.parametrize(
    ("entered", "came", "told"),
    [
        (None, ("came",), {"planned": 1, "missed": 0}),
        (None, ("missed", "came", "cancelled_by_patient", "cancelled_by_us"), {"planned": 2, "missed": 1}),
        (None, ("missed", "came", "cancelled_by_patient", "missed", "came"), {"planned": 4, "missed": 2}),
        (None, ("missed", "came", "came", "came", "came"), {"planned": 4, "missed": 0}),
        ((4, 2), ("came",), {"planned": 4, "missed": 2}),
        ((4, 2), ("came", "came", "came"), {"planned": 4, "missed": 1}),
        ((4, 2), ("came", "came", "came", "came"), {"planned": 4, "missed": 0}),
    ],
)
def test_attendance_follows_the_last_four_and_forgets_no_absence_early(cast: Cast, sam: Any, entered: Any, came: tuple[str, ...], told: dict[str, int]) -> None:
    from fivefold.services.assessments import record_facts
    from fivefold.services.record_file import NewFact

    if entered:
        value = {"planned": entered[0], "missed": entered[1]}
        record_facts(cast.amina, patient_id=sam.pk, facts=[NewFact("attendance", "", value, today() - timedelta(days=9))])
    for number, how in enumerate(came):
        on = today() - timedelta(days=len(came) - number - 1)
        sign(cast, sam, on=on, came=how, safety=report().safety if how == "came" else None)

    assert facts(sam, "attendance")[-1] == told


def test_homework_stays_open_until_it_was_done_or_dropped(cast: Cast, sam: Any) -> None:
    from fivefold.services.session_note import HomeworkReview, NewHomework

    sign(cast, sam, homework=(NewHomework("one walk"), NewHomework("one line")))
    walk, line = workspace(cast, sam).homework
    sign(cast, sam, reviews=(HomeworkReview(str(walk.id), "done"), HomeworkReview(str(line.id), "partly", "only on Monday")))

    assert [task.words for task in workspace(cast, sam).homework] == ["one line"]


# ---- The page --------------------------------------------------------------------------------------------------------------


def filled(sam: Any, **changes: str) -> dict[str, str]:
    return {"on": today().isoformat(), "meeting": "in_person", "came": "came", "safety": "nothing_new", "about": str(sam.pk), **changes}


def test_form_of_another_patient_is_refused_and_nothing_typed_is_lost(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    from fivefold.records.models import TreatmentSession

    answer = sign_in("amina").post(f"/patients/{cast.rosa.pk}/session", filled(sam, brought="about Sam alone"))

    assert answer.status_code == 422
    assert "filled in for another patient" in answer.content.decode()
    assert "about Sam alone" in answer.content.decode()
    assert not TreatmentSession.objects.exists()


def test_form_sent_twice_is_one_session(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    from fivefold.records.models import TreatmentSession

    browser = sign_in("amina")
    for _ in range(2):
        assert browser.post(f"/patients/{sam.pk}/session", filled(sam, once="a-key")).status_code == 302

    assert TreatmentSession.objects.filter(patient=sam).count() == 1


def test_something_new_leads_to_the_safety_questions(sam: Any, sign_in: SignIn) -> None:
    answer = sign_in("amina").post(f"/patients/{sam.pk}/session", filled(sam, safety="something_new", event_self_harm="on"))

    assert answer["Location"] == f"/patients/{sam.pk}/assessment/safety"


def test_missing_answer_about_danger_is_asked_for_and_keeps_the_rest(sam: Any, sign_in: SignIn) -> None:
    answer = sign_in("amina").post(f"/patients/{sam.pk}/session", filled(sam, safety="", seen="slept in the chair"))

    assert answer.status_code == 422
    assert "whether you asked today" in answer.content.decode()
    assert "slept in the chair" in answer.content.decode()


def test_supervisor_reads_and_signs_too_but_writes_no_session(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    session = sign(cast, sam, brought="as it was said")
    browser = sign_in("bruno")

    page = browser.get(f"/patients/{sam.pk}/sessions/{session.pk}").content.decode()
    signed = browser.post(f"/patients/{sam.pk}/sessions/{session.pk}/cosign", {"words": "agreed", "once": "k"})
    written = browser.post(f"/patients/{sam.pk}/session", filled(sam))
    after = browser.get(f"/patients/{sam.pk}/sessions/{session.pk}").content.decode()

    assert "as it was said" in page and "Write beside" not in page
    assert signed.status_code == 302 and written.status_code == 403
    assert "Co-signed by Bruno Keller" in after


def test_nobody_co_signs_their_own_note(cast: Cast, sam: Any) -> None:
    from fivefold.records.models import TreatmentSession
    from fivefold.services.access import AccessDenied
    from fivefold.services.sessions import OwnSignature, cosign_session

    session = sign(cast, sam)
    with pytest.raises(AccessDenied):
        cosign_session(cast.amina, patient_id=sam.pk, session_id=session.pk)
    own = TreatmentSession(clinic=cast.bruno.clinic, patient=sam, number=2, on=today(), meeting="in_person", came="came", author=cast.bruno.user)
    own.content = session.content  # from a time when he was a therapist here
    own.save()
    with pytest.raises(OwnSignature):
        cosign_session(cast.bruno, patient_id=sam.pk, session_id=own.pk)


# ---- Beside a signed note ----------------------------------------------------------------------------------------------------


def test_signed_note_cannot_be_changed_and_an_amendment_stands_beside_it(cast: Cast, sam: Any) -> None:
    from fivefold.records.models.base import NeverChanged
    from fivefold.services.access import ReasonMissing
    from fivefold.services.sessions import amend_session, see_session

    session = sign(cast, sam, seen="calm")
    session.content = "{}"
    with pytest.raises(NeverChanged):
        session.save()
    with pytest.raises(NeverChanged):
        session.delete()
    with pytest.raises(ReasonMissing):
        amend_session(cast.amina, patient_id=sam.pk, session_id=session.pk, text="tense, not calm", reason="typo")
    amend_session(cast.amina, patient_id=sam.pk, session_id=session.pk, text="tense, not calm", reason="I had written it too early")

    seen = see_session(cast.amina, patient_id=sam.pk, session_id=session.pk)
    assert "calm" in [line.text for line in seen.content.lines]
    assert [(one.kind, one.text, one.author) for one in seen.additions] == [("amended", "tense, not calm", "Amina Okafor")]


def test_whose_each_line_is_goes_with_it_through_amendment_second_signature_page_copy_and_paper(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    """What the patient said, what a clinician wrote, what was ticked: told in words wherever the line is read."""
    from pypdf import PdfReader

    from fivefold.services.goals import set_goal
    from fivefold.services.operations.record_export import export_record, export_record_pdf

    levels = ["a", "b", "c", "d", "e"]
    goal = set_goal(cast.amina, patient_id=sam.pk, words="stay out of the kitchen", levels=levels)
    session = sign(cast, sam, brought="I cut on Sunday", went="closer to the urge", goals=(str(goal.pk),))
    page, amina = f"/patients/{sam.pk}/sessions/{session.pk}", sign_in("amina")
    amina.post(page, {"text": "It was Saturday", "origin": "patient", "reason": "she corrected the day"})
    sign_in("bruno").post(f"{page}/cosign", {"words": "seen by me"})
    assert amina.post(page, {"text": "x", "origin": "computed", "reason": "nobody may say this"}).status_code == 422

    shown = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", amina.get(page).content.decode()))
    for line in (
        "I cut on Sunday the patient said", "closer to the urge written by the clinician", "The session took place. from what was ticked",
        "It was Saturday the patient said", "seen by me written by the clinician",
    ):  # fmt: skip
        assert line in shown, line
    thread = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", amina.get(f"/patients/{sam.pk}/goals/{goal.pk}/thread").content.decode()))
    assert "I cut on Sunday the patient said" in thread and "closer to the urge written by the clinician" in thread
    record = export_record(cast.amina, patient_id=sam.pk)
    assert {line["origin"] for line in record["sessions"][0]["content"]["lines"]} == {"patient", "clinician", "computed"}
    assert [(one["kind"], one["origin"]) for one in record["session_additions"]] == [("amended", "patient"), ("cosigned", "clinician")]
    paper = " ".join(" ".join(one.extract_text() for one in PdfReader(BytesIO(export_record_pdf(cast.amina, patient_id=sam.pk))).pages).split())
    assert "amended (the patient): It was Saturday. Why: she corrected the day" in paper
    assert "(clinician): seen by me" in paper and "the patient I cut on Sunday" in paper


def test_session_of_another_patient_or_clinic_is_not_found(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    session = sign(cast, sam)

    assert sign_in("amina").get(f"/patients/{cast.rosa.pk}/sessions/{session.pk}").status_code in (404, 422)
    assert sign_in("chidi").get(f"/patients/{sam.pk}/sessions/{session.pk}").status_code == 404


@pytest.mark.parametrize("style", ["soap", "dap", "birp", "free", "limerick"])
def test_every_line_stands_once_in_every_style(cast: Cast, sam: Any, style: str) -> None:
    from fivefold.services.session_note import arrange

    module = workspace(cast, sam).blocks[0]
    from fivefold.services.session_note import ModuleWork, NewHomework

    work = ModuleWork(module.match.id, steps=module.outline[0].steps[:1], words="done together")
    known = lines(sign(cast, sam, brought="a", seen="b", went="c", agreed="d", work=(work,), homework=(NewHomework("e"),)))

    arranged = [line for _heading, part in arrange(known, style) for line in part]

    assert sorted(line.text for line in arranged) == sorted(line.text for line in known)


@pytest.mark.parametrize("headings", [("A", "", "B", "", "C"), ("", "", "", "Last but one", ""), ("A", "B", "C", "D", "E"), ("", "", "", "", "")])
def test_every_line_stands_once_under_the_headings_of_a_clinic(headings: tuple[str, ...]) -> None:
    from fivefold.services.session_note import ClinicStyle, Line, Origin, Role, arrange

    known = [Line(role, Origin.CLINICIAN, role.value) for role in Role]

    arranged = arrange(known, "own", ClinicStyle("own", headings).own)

    assert [line.text for _heading, part in arranged for line in part] == [role.value for role in Role]
    assert [heading for heading, _part in arranged] == ([one for one in headings if one] or ["Note"])


def test_signed_note_is_shown_first_as_the_clinic_writes_it(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    from fivefold.services.clinic import change_settings
    from fivefold.services.session_note import ClinicStyle

    session = sign(cast, sam, brought="A walk.", agreed="Another walk.")
    page = f"/patients/{sam.pk}/sessions/{session.pk}"
    before = sign_in("amina").get(page).content.decode()
    own = ClinicStyle("own", ("What <i>you</i> told", "", "", "", "Plan"))
    change_settings(cast.lea, name="Practice", time_zone="Europe/Berlin", crisis_words="", notes=own, version=0)

    shown, as_soap = sign_in("amina").get(page).content.decode(), sign_in("amina").get(f"{page}?style=soap").content.decode()

    assert "Subjective" in before
    assert "our own" not in before
    assert "What &lt;i&gt;you&lt;/i&gt; told" in shown
    assert "Subjective" not in shown
    assert "Subjective" in as_soap


def test_text_of_a_note_is_sealed_and_hostile_text_stays_text(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    from django.db import connection

    session = sign(cast, sam, brought="<script>alert(7319)</script>")
    with connection.cursor() as cursor:
        cursor.execute("SELECT content_sealed FROM records_treatmentsession")
        stored = bytes(cursor.fetchone()[0])

    assert b"7319" not in stored
    for page in (f"sessions/{session.pk}", "sessions", "session"):
        assert "<script>alert(7319)" not in sign_in("amina").get(f"/patients/{sam.pk}/{page}").content.decode()


# ---- Contacts, process notes, thread -----------------------------------------------------------------------------------------


def test_crisis_contact_is_an_event_of_the_record_and_leads_to_the_safety_questions(sam: Any, sign_in: SignIn) -> None:
    form = {"on": today().isoformat(), "how": "crisis", "began_by": "patient", "words": "called from the bridge", "is_danger": "on", "once": "c"}

    answer = sign_in("amina").post(f"/patients/{sam.pk}/contacts", form)

    assert answer["Location"].endswith("/assessment/safety")
    assert {value["kind"] for value in facts(sam, "event")} == {"crisis", "suicidal_communication"}
    assert "called from the bridge" in sign_in("amina").get(f"/patients/{sam.pk}/sessions").content.decode()


def test_process_notes_are_seen_by_their_author_alone_and_are_in_no_copy(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    from fivefold.records.models import CareRelation
    from fivefold.services.operations.record_export import as_json, export_record

    CareRelation.objects.create(clinic=cast.teo.clinic, patient=sam, user=cast.teo.user, kind="treats")
    sign_in("amina").post(f"/patients/{sam.pk}/process-notes", {"text": "canary 4471", "once": "p"})

    assert "canary 4471" in sign_in("amina").get(f"/patients/{sam.pk}/process-notes").content.decode()
    assert "canary 4471" not in sign_in("teo").get(f"/patients/{sam.pk}/process-notes").content.decode()
    assert sign_in("bruno").get(f"/patients/{sam.pk}/process-notes").status_code == 403
    assert sign_in("lea").get(f"/patients/{sam.pk}/process-notes").status_code == 403
    assert "canary 4471" not in as_json(export_record(cast.amina, patient_id=sam.pk))


def test_session_shows_where_each_goal_stands_and_how_it_came_there(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    from fivefold.services.goal_ratings import NewRating, rate_goals
    from fivefold.services.goals import set_goal

    goal = set_goal(cast.amina, patient_id=sam.pk, words="stay out of the kitchen", levels=["a", "b", "c", "d", "e"])
    set_goal(cast.amina, patient_id=sam.pk, words="ring my sister", levels=["a", "b", "c", "d", "e"])
    for level in (-1, 1):
        rate_goals(cast.amina, patient_id=sam.pk, on=today(), rated_by="together", ratings=[NewRating(goal.pk, level)])
    page = re.sub(r"\s+", " ", sign_in("amina").get(f"/patients/{sam.pk}/session").content.decode())

    assert re.search(r"stay out of the kitchen</a> <span><svg.*?</svg>.*?<b>\+1</b>", page)
    assert re.search(r"ring my sister</a> <small[^>]*>not rated yet", page)


def test_from_a_goal_one_reads_impairment_module_sessions_ratings_and_decisions(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    from fivefold.services.goal_ratings import NewRating, rate_goals
    from fivefold.services.goals import set_goal
    from fivefold.services.golden_thread import see_thread
    from fivefold.services.plan_choices import Choice, How
    from fivefold.services.plans import change_choice, sign_plan
    from fivefold.services.session_note import ModuleWork

    plan = workspace(cast, sam).plan
    known = {reading.id for reading in plan.profile.impairments if reading.is_known}
    module = next(block.match.id for block in workspace(cast, sam).blocks if known.intersection(block.match.treats))
    goal = set_goal(cast.amina, patient_id=sam.pk, words="stop the cutting", levels=list("abcde"), module=module)
    sign(cast, sam, on=today() - timedelta(days=2), seen="nothing about it")
    by_module = sign(cast, sam, on=today() - timedelta(days=1), work=(ModuleWork(module),))
    by_mark = sign(cast, sam, goals=(str(goal.pk),), brought="slept till six")
    version = change_choice(cast.amina, patient_id=sam.pk, choice=Choice(module, How.FIRST, "it is what she asks for"), version=0)
    sign_plan(cast.amina, patient_id=sam.pk, version=version, patient_view="agrees")
    rate_goals(cast.amina, patient_id=sam.pk, on=today(), rated_by="together", ratings=[NewRating(goal.pk, 1, "")])
    newer = set_goal(cast.amina, patient_id=sam.pk, words="stop the cutting for good", levels=list("abcde"), module=module, replaces=goal.pk)

    seen = see_thread(cast.amina, patient_id=sam.pk, goal_id=goal.pk)
    page = sign_in("amina").get(f"/patients/{sam.pk}/goals/{newer.pk}/thread").content.decode()

    assert [worked.session.pk for worked in seen.sessions] == [by_mark.pk, by_module.pk]
    assert [match.id for match in seen.modules] == [module]
    assert known.intersection(plan.match(module).treats) == {reading.id for reading in seen.impairments}
    assert all(reading.evidence for reading in seen.impairments)
    assert [rating.level for rating in seen.ratings] == [1]
    assert [(one.number, one.choice.reason) for one in seen.decisions] == [(1, "it is what she asks for")]
    for told in ("stop the cutting for good", "slept till six", "it is what she asks for"):
        assert told in page


def test_goal_names_phase_and_measures_and_its_thread_has_what_was_answered_item_by_item(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    from fivefold.services.assessments import record_facts
    from fivefold.services.goals import set_goal
    from fivefold.services.golden_thread import see_thread
    from fivefold.services.knowledge import knowledge
    from fivefold.services.record_file import NewFact

    module = next(name for name, one in knowledge().modules.items() if any(use.instrument == "phq9" for use in one.measures))
    goal = set_goal(cast.amina, patient_id=sam.pk, words="get up in the morning", levels=list("abcde"), module=module)
    by_total = NewFact("score", "phq9", {"instrument": "phq9", "value": 18}, today() - timedelta(days=20))
    by_items = NewFact("score", "phq9", {"instrument": "phq9", "items": [2, 1, 1, 2, 1, 1, 1, 1, 0]}, today() - timedelta(days=3))
    short = NewFact("score", "phq9", {"instrument": "phq9", "items": [2, None, None, None, None, None, None, 1, 0]}, today() - timedelta(days=1))
    record_facts(cast.amina, patient_id=sam.pk, facts=[by_total, by_items, short])

    shown = sign_in("amina").get(f"/patients/{sam.pk}/goals").content.decode()
    one = knowledge().modules[module]
    names = dict.fromkeys(knowledge().instruments[use.instrument].name for use in one.measures if use.instrument)
    assert f"Belongs to {knowledge().phases[one.phase].name}." in shown and f"Measured by {', '.join(names)}." in shown
    [measured] = [one for one in see_thread(cast.amina, patient_id=sam.pk, goal_id=goal.pk).measures if one.instrument == "phq9"]

    assert measured.values == ((today() - timedelta(days=20), 18), (today() - timedelta(days=3), 10))


def test_goal_that_nothing_works_on_says_so(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    from fivefold.services.goals import set_goal

    goal = set_goal(cast.amina, patient_id=sam.pk, words="a dog", levels=list("abcde"))

    assert "No module of the plan works on this goal" in sign_in("amina").get(f"/patients/{sam.pk}/goals/{goal.pk}/thread").content.decode()


def test_copy_of_the_record_holds_the_sessions(cast: Cast, sam: Any) -> None:
    from fivefold.services.operations.record_export import as_json, export_record, export_record_pdf
    from fivefold.services.sessions import record_contact

    sign(cast, sam, brought="for the copy")
    record_contact(cast.amina, patient_id=sam.pk, on=today(), how="call", began_by="us", words="asked how it went")
    record = json.loads(as_json(export_record(cast.amina, patient_id=sam.pk)))

    assert "for the copy" in [line["text"] for line in record["sessions"][0]["content"]["lines"]]
    assert record["contacts"][0]["words"] == "asked how it went"
    assert export_record_pdf(cast.amina, patient_id=sam.pk).startswith(b"%PDF")


# ---- What was typed and not sent ---------------------------------------------------------------------------------------------


def test_recovery_list_shows_what_was_typed_whose_it_is_and_leads_back(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    page, browser = f"/patients/{sam.pk}/session", sign_in("amina")
    browser.post("/drafts", {"page": page, "fields": json.dumps([["about", str(sam.pk)], ["brought", "she laughed for once"]])})

    text = browser.get("/account/unsent").content.decode()

    assert f'href="{page}"' in text and "Sam T." in text and "she laughed for once" in text
    assert "she laughed" not in sign_in("teo").get("/account/unsent").content.decode()
    browser.post("/account/unsent", {"page": page})
    assert "Nothing is waiting." in browser.get("/account/unsent").content.decode()


def test_recovery_list_shows_nothing_of_a_record_out_of_reach_and_no_foreign_address(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    from fivefold.records.models import CareRelation

    browser = sign_in("amina")
    browser.post("/drafts", {"page": f"/patients/{sam.pk}/session", "fields": json.dumps([["brought", "canary of a draft"]])})
    for address in ("//elsewhere.example/", "javascript:alert(1)", "https://elsewhere.example/"):
        browser.post("/drafts", {"page": address, "fields": json.dumps([["note", "led away from here"]])})
    CareRelation.objects.filter(patient=sam, user=cast.amina.user).update(ended_at=timezone.now())

    text = browser.get("/account/unsent").content.decode()

    assert "canary" not in text and "Sam T." not in text
    assert "led away" not in text
