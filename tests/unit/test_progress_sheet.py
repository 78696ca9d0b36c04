"""Measured change as a reader sees it, from a whole assessment."""

import json
from datetime import date
from typing import Any

import pytest
from tests.support.builders import AS_OF, days_ago, knowledge

from fivefold.concepts.assessment import Assessment, EventRecord, PatientFacts, ScoreEntry, TreatmentFrame
from fivefold.concepts.progress import Change, ChangeWord, DoesNotKnow
from fivefold.documents.progress_sheet import progress_sheet
from fivefold.documents.sheets import told_first
from fivefold.documents.text_layout import Paper
from fivefold.documents.text_sheet import print_text
from fivefold.engine.progress.overview import read_progress
from fivefold.exchange.plan_json import written_json
from fivefold.library import safety


def case(*scores: ScoreEntry, **more: Any) -> Assessment:
    return Assessment(AS_OF, PatientFacts(age=30), scores=scores, **more)


def weeks_of(instrument: str, *values: float) -> list[ScoreEntry]:
    """One score a week, the last a week ago."""
    return [ScoreEntry(instrument, days_ago(7 * (len(values) - index)), value) for index, value in enumerate(values)]


def text_of(assessment: Assessment) -> str:
    base = knowledge()
    sheet = told_first(progress_sheet(read_progress(assessment, base), base), safety(assessment, base))
    return " ".join(print_text(sheet, Paper()).split())


def test_change_is_said_with_its_numbers_its_count_and_its_doubts() -> None:
    text = text_of(case(ScoreEntry("phq9", date(2026, 8, 1), 19), ScoreEntry("phq9", date(2026, 11, 20), 9)))

    assert "PHQ-9 recovered (tentative)" in text
    assert "2 scores, the last on 20 November 2026" in text
    assert "A difference is reliable from 6; this one is 10." in text
    assert "Rests on: general knowledge, to be checked by a clinician, source L78." in text
    assert "Doubts 1, 2 and 3, below." in text
    assert "1 Two single scores are compared; single weeks swing." in text


def test_weekly_measure_is_read_as_means_of_three() -> None:
    (measure,) = read_progress(case(*weeks_of("bsl23", 3, 3, 3, 1.5, 1.5, 1.5, 1.5)), knowledge())

    assert measure.as_means
    assert isinstance(measure.change, Change)
    assert measure.change.word is ChangeWord.IMPROVED


def test_scores_may_stand_in_any_order_and_those_without_a_day_are_counted_only() -> None:
    first, last = weeks_of("phq9", 20, 8)
    (measure,) = read_progress(case(last, first, ScoreEntry("phq9", None, 27)), knowledge())

    assert [score.value for score in measure.series.scores] == [20, 8]
    assert measure.undated == 1


def test_unscored_form_keeps_its_place_as_a_gap() -> None:
    answers = ScoreEntry("phq9", days_ago(3), items=(2, None, None, None, None, 1, 0, 1, 0))

    assert "1 occasion without a score" in text_of(case(*weeks_of("phq9", 20, 8), answers))


@pytest.mark.parametrize("scores", [(), weeks_of("phq9", 20)])
def test_one_score_is_no_change_and_says_so(scores: list[ScoreEntry]) -> None:
    assert "nothing can be said of change" in text_of(case(*scores))


def test_scale_without_error_figures_says_what_it_would_take() -> None:
    text = text_of(case(*weeks_of("scoff", 3, 0)))

    assert "SCOFF not known" in text
    assert "a reliability, best over time" in text


def test_falling_risk_screen_is_never_shown_as_change_for_the_better() -> None:
    screens = [ScoreEntry("cssrs", days_ago(days), items=answers) for days, answers in ((30, (1, 1, 1, 1, 1, 1, 1)), (3, (0, 0, 0, 0, 0, 0, 0)))]

    assert read_progress(case(*screens), knowledge()) == ()


def test_active_risk_rule_comes_first_and_a_better_score_clears_nothing() -> None:
    attempt = EventRecord("suicide_attempt", days_ago_from=5, days_ago_to=5)
    text = text_of(case(*weeks_of("phq9", 24, 4), events=(attempt,)))

    assert text.startswith("! R1 ")
    assert "A better score clears no risk rule" in text


def test_measure_that_does_not_move_asks_for_a_review() -> None:
    text = text_of(case(*weeks_of("phq9", 20, 19.5), treatment=TreatmentFrame(weeks_in_treatment=13)))

    assert "No reliable change for the better by week 12. This asks for: a review of the plan." in text


def test_rating_of_the_alliance_is_not_held_to_a_course() -> None:
    text = text_of(case(*weeks_of("srs", 39, 39), treatment=TreatmentFrame(weeks_in_treatment=13)))

    assert "asks for" not in text


def test_two_signs_of_one_rule_ask_for_one_action() -> None:
    assert text_of(case(*weeks_of("srs", 40, 34))).count("Notice, invite, validate") == 1


def test_json_holds_results_and_reasons_alike() -> None:
    found = json.loads(written_json(read_progress(case(*weeks_of("phq9", 20, 8), *weeks_of("scoff", 3, 0)), knowledge())))

    assert found[0]["change"]["word"] == "recovered"
    assert found[1]["change"]["because"].startswith("Nothing tells")


def test_every_shipped_instrument_can_be_read_without_an_error() -> None:
    scores = [
        entry
        for instrument in knowledge().instruments.values()
        for scale in instrument.scales
        for entry in (
            ScoreEntry(instrument.id, days_ago(60), scales={scale.id: scale.range.max}),
            ScoreEntry(instrument.id, AS_OF, scales={scale.id: scale.range.min}),
        )
    ]

    found = read_progress(case(*scores), knowledge())

    assert len(found) > 50
    assert all(isinstance(one.change, Change | DoesNotKnow) for one in found)
