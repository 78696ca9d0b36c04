"""Scale values: answers in, numbers out, with the missing-item rule beside them."""

import pytest
from tests.support.builders import AS_OF, a_score, an_assessment, answers, knowledge, plan_of, score_of

from fivefold.concepts.errors import InstrumentMismatch
from fivefold.engine.scoring import score_entry


def test_sum_scale_adds_its_answers() -> None:
    score = score_of(answers("phq9", 1, 2, 3, 0, 1, 2, 3, 0, 1))

    assert (score.value, score.missing, score.prorated) == (13, (), False)


def test_mean_scale_takes_the_mean() -> None:
    score = score_of(answers("bsl23", *[2] * 22, 4))

    assert score.value == pytest.approx(48 / 23, abs=1e-6)


def test_reversed_items_count_from_the_other_end() -> None:
    # Five of the ten items of the RSES are reversed; an answer of 0 to all of them counts 3 five times.
    assert score_of(answers("rses", *[0] * 10)).value == 15


def test_recoded_items_count_as_their_key_says() -> None:
    # Item 7 of the RFQ-8 counts from the disagreeing end, the five others of the scale from the agreeing end.
    score = score_of(answers("rfq8", 4, 7, 4, 7, 7, 7, 1, 7))

    assert score.value == 3


def test_clinical_score_of_the_core_om_is_ten_times_the_mean() -> None:
    score = score_of(answers("coreom", *[1] * 34))

    assert score.value == pytest.approx(10 * (26 * 1 + 8 * 3) / 34, abs=1e-6)


def test_missing_answer_is_never_counted_as_zero() -> None:
    score = score_of(answers("phq9", 2, 2, 2, 2, 2, 2, 2, 2, None))

    assert (score.value, score.prorated, score.missing) == (18, True, (9,))


def test_more_missing_answers_than_the_rule_allows_give_no_score_and_name_the_items() -> None:
    score = score_of(answers("phq9", 2, 2, None, 2, 2, None, 2, 2, 2))

    assert (score.value, score.band, score.missing) == (None, None, (3, 6))
    assert score.missing_rule


def test_form_without_an_answer_has_no_score() -> None:
    assert score_of(answers("wsas", *[None] * 5)).value is None


def test_gap_in_one_scale_leaves_the_other_scales_scored() -> None:
    items = [3.0] * 16
    clarity = knowledge().instruments["ders16"].scale("clarity")
    assert clarity is not None
    gap = [None if number == clarity.items[0] else answer for number, answer in enumerate(items, start=1)]

    assert score_of(answers("ders16", *gap), "clarity").value is None
    assert score_of(answers("ders16", *gap), "goals").value == 9
    assert score_of(answers("ders16", *gap), "total").value == 48


@pytest.mark.parametrize(
    ("instrument", "value", "band"),
    [
        ("phq9", 4, "minimal"),
        ("phq9", 5, "mild"),
        ("phq9", 9, "mild"),
        ("phq9", 10, "moderate"),
        ("phq9", 19, "moderately severe"),
        ("phq9", 20, "severe"),
        ("audit", 19, "harmful"),
        ("audit", 20, "possible dependence"),
        ("pdsicd11", 11, "below mild"),
        ("pdsicd11", 12, "mild"),
        ("pdsicd11", 16, "moderate"),
        ("pdsicd11", 19, "severe"),
    ],
)
def test_band_begins_at_its_lower_bound(instrument: str, value: float, band: str) -> None:
    assert score_of(a_score(instrument, value)).band == band


@pytest.mark.parametrize(("value", "band"), [(0, "none or low"), (0.28, "none or low"), (0.29, "mild"), (1.07, "mild"), (1.08, "moderate"), (3.48, "extreme")])
def test_corrected_bands_of_the_bsl23_include_their_upper_bound(value: float, band: str) -> None:
    assert score_of(a_score("bsl23", value)).band == band


def test_published_band_without_a_number_keeps_the_band_and_has_no_value() -> None:
    score = score_of(a_score("phq9", band="moderate"))

    assert (score.value, score.band, score.band_severity) == (None, "moderate", 2)


def test_total_that_was_entered_is_taken_as_it_is() -> None:
    assert score_of(a_score("bsl23", 2.41)).value == 2.41


def test_bare_total_speaks_of_the_total_and_of_no_other_scale() -> None:
    scores = plan_of(an_assessment(scores=(a_score("ders16", 58),))).scores

    assert [score.scale for score in scores] == ["total"]


def test_standard_error_follows_from_spread_and_retest_reliability() -> None:
    # BSL-23: SD 0.80, retest 0.84.
    assert score_of(a_score("bsl23", 2)).standard_error == pytest.approx(0.8 * (1 - 0.84) ** 0.5)


def test_answers_of_another_instrument_are_refused() -> None:
    with pytest.raises(InstrumentMismatch):
        score_entry(a_score("phq9", 5), knowledge().instruments["gad7"], AS_OF)


@pytest.mark.parametrize(
    ("items", "level"),
    [
        ((0, 0, 0, 0, 0, 0, 0), 0),
        ((1, 0, 0, 0, 0, 0, 0), 1),
        ((1, 1, 1, 0, 0, 0, 0), 2),
        ((1, 1, 1, 1, 0, 0, 0), 3),
        ((0, 0, 0, 0, 0, 1, 0), 2),
        ((0, 0, 0, 0, 0, 1, None), 3),
        ((1, 0, 0, None, 0, 0, 0), None),
        ((1, 0, 0, 1, None, None, None), 3),
    ],
)
def test_suicide_screener_is_triaged_at_its_worst_and_is_open_while_a_gap_could_raise_it(items: tuple[float | None, ...], level: float | None) -> None:
    assert score_of(answers("cssrs", *items), "triage").value == level
