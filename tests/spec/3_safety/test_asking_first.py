"""Asking first: a short list of what must be known before anything else."""

from tests.support.builders import an_answer, an_assessment, an_event, asked_and_clear, plan_of, settled, with_changes


def asked(plan_codes: object) -> list[str]:
    return [question.because[0] for question in plan_of(plan_codes).ask_first]  # type: ignore[arg-type]


def test_hard_rules_are_asked_first_and_in_order() -> None:
    assert asked(an_assessment())[:5] == ["R1", "R2", "R3", "R4", "R5"]


def test_at_most_seven_questions_come_first() -> None:
    much = an_assessment(ratings={"self_harm": 3, "ptsd": 3, "alliance_problem": 3}, age=None, diagnoses=("borderline_pd",))

    assert len(asked(much)) == 7


def test_recorded_sign_comes_before_everything_but_the_suicide_question() -> None:
    assert asked(an_assessment(events=(an_event("loss", 3),)))[:3] == ["R1", "R12", "R2"]


def test_every_question_says_what_it_decides() -> None:
    for question in plan_of(an_assessment(ratings={"emotion_regulation": 3})).ask_first:
        assert question.question.endswith("?")
        assert question.decides


def test_answered_today_is_not_asked_again() -> None:
    assert asked(settled()) == []


def test_answered_long_ago_is_asked_again() -> None:
    old = {name: an_answer(False, ago=60) for name in ("imminent", "new_plan_or_means", "acute_on_chronic")}

    assert asked(with_changes(settled(), risk=old)) == ["R1"]


def test_unknown_general_module_is_asked_with_what_it_opens() -> None:
    waiting = with_changes(asked_and_clear(ratings={"suicidality": 0, "emotion_regulation": 3}), general={"G2": "attained", "G4": "attained"})

    questions = plan_of(waiting).ask_first
    assert [(question.because, question.decides) for question in questions] == [(("G1",), "opens S07")]
