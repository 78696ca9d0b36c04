"""Beginning a module past its gates: a clinician's choice with a reason, kept beside the proposal, never past a hard rule."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader
from tests.support.clinic import Cast

SignIn = Callable[[str], Client]
# Waits for the alliance (G2) alone; waits for the safety plan (S02) as well.
HELD, HELD_TWICE = "S07", "S09"


@pytest.fixture
def gated(cast: Cast) -> Cast:
    """Rosa with answered safety questions; the alliance is not begun, so that regulation waits for it."""
    from fivefold.concepts.vocabulary import RISK_QUESTIONS
    from fivefold.records import clock
    from fivefold.services.assessments import record_facts
    from fivefold.services.record_file import NewFact

    day = clock.today() - timedelta(days=1)
    states = {"G1": "attained", "G2": "not_started", "G3": "attained", "G4": "attained", "G5": "attained", "G6": "attained"}
    facts = [
        NewFact("rating", "self_harm", {"severity": 3}, day),
        NewFact("rating", "emotion_awareness", {"severity": 2}, day),
        *(NewFact("general_module", name, state, day) for name, state in states.items()),
        *(NewFact("risk", name, False, day) for name in RISK_QUESTIONS),
    ]
    record_facts(cast.amina, patient_id=cast.rosa.pk, facts=facts)
    return cast


def record(cast: Cast, kind: str, key: str, value: object) -> None:
    from fivefold.records import clock
    from fivefold.services.assessments import record_facts
    from fivefold.services.record_file import NewFact

    record_facts(cast.amina, patient_id=cast.rosa.pk, facts=[NewFact(kind, key, value, clock.today())])


def begin(cast: Cast, module: str = HELD, version: int = 0, reason: str = "the alliance grows by doing it") -> int:
    from fivefold.services.plan_choices import Choice, How
    from fivefold.services.plans import change_choice

    return change_choice(cast.amina, patient_id=cast.rosa.pk, choice=Choice(module, How.BEGIN, reason), version=version)


def board(cast: Cast) -> Any:
    from fivefold.services.plan_board import see_board

    return see_board(cast.amina, patient_id=cast.rosa.pk)


def test_module_that_waits_for_a_gate_is_begun_with_a_reason_and_the_proposal_is_kept(sign_in: SignIn, gated: Cast) -> None:
    amina = sign_in("amina")
    assert board(gated).plan.match(HELD).status == "next"

    answer = amina.post(
        f"/patients/{gated.rosa.pk}/plan/choose", {"target": HELD, "how": "begin", "reason": "the alliance <b>grows</b> by doing it", "version": 0}
    )

    assert answer.status_code == 302
    seen = board(gated)
    assert seen.plan.match(HELD).status == "now"
    assert seen.past == {HELD: ("G2",)}
    text = amina.get(f"/patients/{gated.rosa.pk}/plan").content.decode()
    card = text.split(f'id="m-{HELD}"')[1].split('id="m-')[0]
    assert "begun by choice" in card
    assert "the alliance &lt;b&gt;grows&lt;/b&gt; by doing it" in card
    assert "The proposal: it waits for" in card
    assert "Already under way" not in card


def test_choice_is_taken_back_and_the_module_waits_again(gated: Cast) -> None:
    from fivefold.services.plan_choices import Choice, How
    from fivefold.services.plans import change_choice

    version = begin(gated)

    change_choice(gated.amina, patient_id=gated.rosa.pk, choice=Choice(HELD, How.UNDO), version=version)

    assert board(gated).plan.match(HELD).status == "next"


def test_only_what_waits_for_a_gate_alone_offers_to_begin(sign_in: SignIn, gated: Cast) -> None:
    text = sign_in("amina").get(f"/patients/{gated.rosa.pk}/plan").content.decode()

    offered = {module for module in (HELD, HELD_TWICE, "S01", "S02") if 'value="begin"' in text.split(f'id="m-{module}"')[1].split('id="m-')[0]}
    assert offered == {HELD}


def test_supervisor_begins_nothing(sign_in: SignIn, gated: Cast) -> None:
    bruno = sign_in("bruno")

    answer = bruno.post(f"/patients/{gated.rosa.pk}/plan/choose", {"target": HELD, "how": "begin", "reason": "not mine to say", "version": 0})

    assert answer.status_code == 403
    assert 'value="begin"' not in bruno.get(f"/patients/{gated.rosa.pk}/plan").content.decode()


def test_module_that_waits_for_another_module_is_refused_and_the_reason_stays_in_the_form(sign_in: SignIn, gated: Cast) -> None:
    answer = sign_in("amina").post(f"/patients/{gated.rosa.pk}/plan/choose", {"target": HELD_TWICE, "how": "begin", "reason": "she asks for it", "version": 0})

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "waits for general modules alone" in text
    assert "she asks for it" in text
    assert board(gated).choices.is_empty


def test_next_module_that_waits_for_another_module_is_not_held_by_a_gate(gated: Cast) -> None:
    from fivefold.services.plans import CannotBegin

    record(gated, "general_module", "G2", "attained")
    waiting = board(gated).plan.match(HELD_TWICE)
    assert (waiting.status, waiting.waits_for) == ("next", ("S02",))

    with pytest.raises(CannotBegin, match="It waits for S02"):
        begin(gated, HELD_TWICE)


def test_module_with_an_open_question_of_its_own_is_not_held_by_a_gate_alone(gated: Cast) -> None:
    from dataclasses import replace

    from fivefold.services.plans import START_QUESTION, startable

    seen = board(gated)
    plan = seen.plan
    held = plan.match(HELD)
    asked = replace(held, because=(*held.because, held.because[-1]._replace(rule=START_QUESTION)))
    assert HELD in startable(plan, seen.known.facts)

    plan = replace(plan, modules=tuple(asked if match is held else match for match in plan.modules))

    assert HELD not in startable(plan, seen.known.facts)


def test_rule_of_open_questions_is_the_one_the_engine_gives() -> None:
    from pathlib import Path

    from fivefold import engine
    from fivefold.services.plans import START_QUESTION

    assert f'"{START_QUESTION}"' in (Path(engine.__path__[0]) / "matching.py").read_text()


@pytest.mark.parametrize("reason", ["", "  ", "x"])
def test_nothing_is_begun_without_a_reason(gated: Cast, reason: str) -> None:
    from fivefold.services.patients import NotAcceptable

    with pytest.raises(NotAcceptable, match="a reason in a few words"):
        begin(gated, reason=reason)


# ---- Never past a hard rule ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "code"), [("imminent", "R1"), ("harm_to_others", "R2"), ("psychosis", "R3"), ("medical_red_flag", "R4"), ("ongoing_abuse", "R5")]
)
def test_nothing_is_begun_while_a_hard_rule_is_active(gated: Cast, question: str, code: str) -> None:
    from fivefold.services.plans import CannotBegin

    record(gated, "risk", question, True)

    with pytest.raises(CannotBegin, match=code):
        begin(gated)
    assert board(gated).startable == frozenset()


def test_nothing_is_begun_while_a_question_of_a_hard_rule_is_open(gated: Cast) -> None:
    from fivefold.services.plans import CannotBegin

    record(gated, "risk", "ongoing_abuse", "unknown")

    with pytest.raises(CannotBegin, match=r"question open \(R5\)"):
        begin(gated)


def test_answers_that_are_too_old_count_as_open(gated: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from fivefold.records import clock
    from fivefold.services.plans import CannotBegin

    later = clock.today() + timedelta(days=40)
    monkeypatch.setattr(clock, "today", lambda: later)

    with pytest.raises(CannotBegin, match="R1, R2, R3, R4, R5"):
        begin(gated)


def test_hard_rule_that_comes_later_holds_what_was_begun_by_choice(gated: Cast) -> None:
    begin(gated)

    record(gated, "risk", "imminent", True)

    assert board(gated).plan.match(HELD).status == "suspended"


def test_choices_that_are_saved_whole_do_not_pass_a_hard_rule_either(gated: Cast) -> None:
    from fivefold.services.plan_choices import PlanChoices
    from fivefold.services.plans import CannotBegin, save_choices

    record(gated, "risk", "imminent", True)

    with pytest.raises(CannotBegin):
        save_choices(gated.amina, patient_id=gated.rosa.pk, choices=PlanChoices(begun={HELD: "whatever the rules say"}), version=0)


def test_choices_that_are_saved_whole_need_a_reason_and_a_module_too(gated: Cast) -> None:
    from fivefold.services.patients import NotAcceptable
    from fivefold.services.plan_choices import PlanChoices
    from fivefold.services.plans import save_choices

    for begun in ({HELD: " "}, {"S99": "no such module"}):
        with pytest.raises(NotAcceptable):
            save_choices(gated.amina, patient_id=gated.rosa.pk, choices=PlanChoices(begun=begun), version=0)


def test_nothing_is_begun_while_the_age_is_not_known(gated: Cast) -> None:
    from fivefold.services.person import correct_birth_year
    from fivefold.services.plans import CannotBegin

    correct_birth_year(gated.amina, patient_id=gated.rosa.pk, birth_year=None, seen=1997)

    with pytest.raises(CannotBegin, match="R14"):
        begin(gated)


def test_nothing_is_begun_with_a_minor_nor_does_what_was_begun_go_on(gated: Cast) -> None:
    from fivefold.records import clock
    from fivefold.services.person import correct_birth_year
    from fivefold.services.plans import CannotBegin

    version = begin(gated)

    correct_birth_year(gated.amina, patient_id=gated.rosa.pk, birth_year=clock.today().year - 15, seen=1997)

    assert board(gated).plan.withheld is not None
    assert board(gated).plan.match(HELD).status == "next"
    with pytest.raises(CannotBegin):
        begin(gated, version=version)


@pytest.mark.parametrize(("days_ago", "opens"), [(0, True), (1, False)])
def test_positive_risk_item_after_the_answers_opens_the_question_again(gated: Cast, days_ago: int, opens: bool) -> None:
    from fivefold.records import clock
    from fivefold.services.assessments import record_facts
    from fivefold.services.record_file import NewFact

    day = clock.today() - timedelta(days=days_ago)
    value = {"instrument": "phq9", "items": [0] * 8 + [1]}
    record_facts(gated.amina, patient_id=gated.rosa.pk, facts=[NewFact("score", "phq9", value, day)])

    assert board(gated).plan.risk_signs
    assert (HELD not in board(gated).startable) is opens


def test_choice_rests_when_an_answer_has_grown_old_and_the_plan_is_not_signed_with_it(gated: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from fivefold.records import clock
    from fivefold.services.plans import CannotSign, sign_plan

    version = begin(gated)
    later = clock.today() + timedelta(days=40)
    monkeypatch.setattr(clock, "today", lambda: later)

    seen = board(gated)
    assert seen.plan.match(HELD).status == "next"
    assert (seen.choices.begun, seen.past) == ({HELD: "the alliance grows by doing it"}, {})
    with pytest.raises(CannotSign, match="Begun by choice, but held"):
        sign_plan(gated.amina, patient_id=gated.rosa.pk, version=version, patient_view="agrees")


def test_choice_that_rests_holds_again_when_the_question_is_answered(gated: Cast) -> None:
    begin(gated)
    record(gated, "risk", "ongoing_abuse", "unknown")
    assert board(gated).plan.match(HELD).status == "next"

    record(gated, "risk", "ongoing_abuse", False)

    assert board(gated).plan.match(HELD).status == "now"


def test_page_says_that_a_choice_rests_and_that_signing_waits(sign_in: SignIn, gated: Cast) -> None:
    begin(gated)
    record(gated, "risk", "ongoing_abuse", "unknown")

    text = sign_in("amina").get(f"/patients/{gated.rosa.pk}/plan").content.decode()

    card = text.split(f'id="m-{HELD}"')[1].split('id="m-')[0]
    assert "It rests: what came since comes first." in card
    assert "the alliance grows by doing it" in card
    assert "Begun by choice, but held as things stand" in text


def test_trial_does_not_begin_what_rests(gated: Cast) -> None:
    from fivefold.services.plan_board import Trial, try_out

    begin(gated)
    record(gated, "risk", "ongoing_abuse", "unknown")

    tried = try_out(board(gated), Trial(sessions_per_week=2))

    assert tried.plan.match(HELD).status == "next"
    assert tried.startable == frozenset()


def test_same_form_sent_twice_or_on_an_older_draft_begins_nothing_more(gated: Cast) -> None:
    from fivefold.services.plans import ChangedMeanwhile

    begin(gated)

    with pytest.raises(ChangedMeanwhile):
        begin(gated, reason="another reason from another window")

    assert board(gated).choices.begun == {HELD: "the alliance grows by doing it"}


# ---- What the record says comes first ----------------------------------------------------------------------------------


def test_stage_on_record_is_not_set_back_by_the_choice(gated: Cast) -> None:
    begin(gated)

    record(gated, "module", HELD, {"id": HELD, "stage": "alternatives"})

    assert board(gated).plan.match(HELD).change_stage == "alternatives"


# ---- Signed -------------------------------------------------------------------------------------------------------------


def test_signed_plan_keeps_choice_reason_and_what_it_went_past(sign_in: SignIn, gated: Cast) -> None:
    from fivefold.services.plans import see_version, sign_plan

    version = begin(gated)
    sign_plan(gated.amina, patient_id=gated.rosa.pk, version=version, patient_view="agrees")
    record(gated, "general_module", "G2", "attained")

    signed = see_version(gated.amina, patient_id=gated.rosa.pk, number=1)

    assert signed.choices.begun == {HELD: "the alliance grows by doing it"}
    assert signed.past == {HELD: ("G2",)}
    text = sign_in("amina").get(f"/patients/{gated.rosa.pk}/plan/versions/1").content.decode()
    assert "begun, although it waits for" in text
    assert "the alliance grows by doing it" in text
    assert board(gated).past == {}


@pytest.mark.parametrize(("copy", "told"), [("clinician", True), ("patient", False)])
def test_decision_stands_in_the_clinicians_copy_alone(sign_in: SignIn, gated: Cast, copy: str, told: bool) -> None:
    from fivefold.services.plans import sign_plan

    sign_plan(gated.amina, patient_id=gated.rosa.pk, version=begin(gated), patient_view="agrees")

    answer = sign_in("amina").get(f"/patients/{gated.rosa.pk}/plan/versions/1/{copy}.pdf")
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages).split())

    assert ("begun by choice; waits for" in text) is told
    assert ("the alliance grows by doing it" in text) is told


def test_signed_plan_of_before_there_was_this_choice_is_still_read(gated: Cast) -> None:
    import json

    from fivefold.services.plan_choices import PlanChoices

    stored = json.loads('{"changes": {}, "declined": {"S16": "later"}, "deferred": {}, "first": {}, "left_open": {}, "protocol": ""}')

    assert PlanChoices.from_stored(stored) == PlanChoices(declined={"S16": "later"})
