"""Risk items: a positive answer counts even in a form that cannot be scored."""

import pytest
from tests.support.builders import an_assessment, answers, knowledge, only_item, override, plan_of, settled, status, texts

from fivefold.concepts.vocabulary import MatchStatus

RISK_ITEMS = [(name, risk) for name, instrument in knowledge().instruments.items() for risk in instrument.risk_items]


def test_positive_item_nine_counts_where_all_other_answers_are_missing() -> None:
    plan = plan_of(settled(scores=(only_item("phq9", 9, 1),)))

    assert [score.value for score in plan.scores] == [None]
    assert [(sign.instrument, sign.item) for sign in plan.risk_signs] == [("phq9", 9)]
    assert plan.match("S01").status is MatchStatus.NOW


@pytest.mark.parametrize(("name", "risk"), RISK_ITEMS, ids=[f"{name}-{risk.item}" for name, risk in RISK_ITEMS])
def test_every_risk_item_brings_the_suicidality_response_whatever_the_rating_says(name: str, risk: object) -> None:
    item, least = risk.item, risk.at_least  # type: ignore[attr-defined]

    plan = plan_of(settled(scores=(only_item(name, item, least),)))

    assert plan.match("S01").status is MatchStatus.NOW
    assert f"item.{name}.{item}" in {part for reason in plan.match("S01").because for part in reason.inputs}


def test_answer_of_zero_is_no_sign() -> None:
    plan = plan_of(settled(scores=(only_item("phq9", 9, 0),)))

    assert plan.risk_signs == ()
    assert plan.match("S01").status is MatchStatus.NOT_INDICATED


def test_unanswered_risk_item_is_no_sign_and_no_answer() -> None:
    plan = plan_of(an_assessment(scores=(answers("phq9", 1, 1, 1, 1, 1, 1, 1, 1, None),)))

    assert plan.risk_signs == ()
    assert plan.match("S01").status is MatchStatus.NOW


def test_newest_answer_to_a_risk_item_counts() -> None:
    earlier, later = only_item("phq9", 9, 2, ago=30), only_item("phq9", 9, 0, ago=1)

    assert plan_of(settled(scores=(earlier, later))).risk_signs == ()
    assert [sign.age_days for sign in plan_of(settled(scores=(earlier,))).risk_signs] == [30]


def test_later_form_that_leaves_the_item_out_does_not_silence_the_earlier_answer() -> None:
    earlier, later = only_item("phq9", 9, 2, ago=30), only_item("phq9", 1, 0, ago=1)

    assert status(settled(scores=(earlier, later)), "S01") is MatchStatus.NOW


def test_positive_risk_item_is_named_with_the_question_that_must_be_asked() -> None:
    found = override(an_assessment(scores=(only_item("phq9", 9, 1),)), "R1")

    assert found is not None
    assert found.because[0] == "phq9 item 9 was answered positively"


def test_reason_says_which_form_and_which_item() -> None:
    plan = plan_of(settled(scores=(only_item("core10", 6, 3),)))

    assert "ore10 item 6 was answered positively" in texts(plan.match("S01"))
