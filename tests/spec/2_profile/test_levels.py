"""Levels: every piece of evidence speaks for a level with an error; together they give one level, or none."""

import math

import pytest
from tests.support.builders import a_rating, a_score, an_assessment, exploring, knowledge, override_status, reading, settled, status

from fivefold.concepts.assessment import DiagnosisRecord
from fivefold.concepts.scores import Evidence
from fivefold.concepts.vocabulary import MatchStatus, OverrideStatus
from fivefold.exchange.assessment_reader import read_assessment_text

RATING_ERROR = knowledge().policy.profile.rating_error.value
HALF_LIFE = knowledge().impairments["self_harm"].half_life.value
MET = knowledge().impairments["self_harm"].criteria[0]


def evidence(impairment: str, **said: object) -> tuple[Evidence, ...]:
    return reading(an_assessment(**said), impairment).evidence


def test_impairment_of_which_nobody_speaks_is_unknown_not_zero() -> None:
    found = reading(an_assessment(), "anger")

    assert (found.level, found.standard_error, found.is_known, found.evidence) == (None, None, False, ())


def test_rating_of_not_known_is_unknown() -> None:
    assert reading(an_assessment(ratings={"anger": a_rating(None)}), "anger").level is None


def test_rating_may_say_in_a_file_that_nobody_knows_and_keep_its_note() -> None:
    head = "as_of: 2026-11-22\npatient: {age: 31}\n"

    written = read_assessment_text(head + 'ratings: {anger: {severity: unknown, note: "not asked", source: nurse, date: 2026-11-01}}', knowledge())
    assert written.ratings["anger"].note == "not asked"
    assert reading(written, "anger").level is None


def test_single_rating_is_the_level() -> None:
    found = reading(an_assessment(ratings={"anger": 3}), "anger")

    assert (found.level, found.standard_error) == (3, RATING_ERROR)


@pytest.mark.parametrize(("value", "level"), [(0, 0), (5, 0.5), (10, 1.5), (12.5, 2.0), (15, 2.5), (20, 3.5), (27, 4)])
def test_score_speaks_for_the_level_on_its_line_between_the_stated_points(value: float, level: float) -> None:
    assert reading(an_assessment(scores=(a_score("phq9", value),)), "depression").level == pytest.approx(level)


def test_low_score_of_a_scale_on_which_high_is_good_speaks_for_a_high_level() -> None:
    worse, better = (reading(an_assessment(scores=(a_score("rses", value),)), "shame_self_criticism").level for value in (5, 25))

    assert worse is not None
    assert better is not None
    assert worse > 3 > 1 > better


def test_published_band_speaks_for_its_severity() -> None:
    (piece,) = evidence("depression", scores=(a_score("phq9", band="moderate"),))

    assert (piece.kind, piece.level) == ("band", 2)


def test_pieces_are_weighed_by_how_sure_they_are() -> None:
    found = reading(an_assessment(ratings={"self_harm": 4}, criteria={5: True}), "self_harm")

    sure, unsure = 1 / RATING_ERROR**2, 1 / MET.error**2
    assert found.level == pytest.approx((sure * 4 + unsure * MET.level) / (sure + unsure), abs=1e-4)


def test_evidence_one_half_life_old_weighs_half() -> None:
    (fresh,) = evidence("self_harm", ratings={"self_harm": 4})
    (old,) = evidence("self_harm", ratings={"self_harm": a_rating(4, ago=int(HALF_LIFE))})

    assert old.weight == pytest.approx(fresh.weight / 2)
    assert old.standard_error == pytest.approx(fresh.standard_error * math.sqrt(2))


def test_age_alone_never_changes_the_level_of_a_single_piece() -> None:
    assert reading(an_assessment(ratings={"self_harm": a_rating(4, ago=900)}), "self_harm").level == 4


def test_rating_that_decides_overrules_the_scores_and_keeps_them_in_sight() -> None:
    found = reading(an_assessment(ratings={"depression": a_rating(0, decides=True)}, scores=(a_score("phq9", 24),)), "depression")

    assert found.level == 0
    assert [piece.kind for piece in found.evidence] == ["rating", "score"]
    assert found.discordant


def test_rating_that_does_not_decide_is_one_voice_among_others() -> None:
    found = reading(an_assessment(ratings={"depression": 0}, scores=(a_score("phq9", 24),)), "depression")

    assert found.level is not None
    assert 0 < found.level < 3.5


def test_pieces_more_than_one_level_apart_disagree_and_make_the_level_less_sure() -> None:
    agreeing = reading(an_assessment(ratings={"self_harm": 3}, criteria={5: True}), "self_harm")
    disagreeing = reading(an_assessment(ratings={"self_harm": 3.1}, criteria={5: True}), "self_harm")

    assert (agreeing.discordant, disagreeing.discordant) == (False, True)
    assert agreeing.standard_error is not None
    assert disagreeing.standard_error == pytest.approx(1.5 * agreeing.standard_error, abs=1e-3)


def test_calm_form_does_not_rule_out_what_a_clinician_sees() -> None:
    calm = settled(ratings={"emotion_regulation": 3}, scores=(a_score("bsl23", 0.2), a_score("ders16", 18)))

    assert status(calm, "S10") is MatchStatus.UNCLEAR
    assert status(settled(ratings={"emotion_regulation": a_rating(1, decides=True)}, scores=(a_score("bsl23", 3.9),)), "S10") is MatchStatus.NOT_INDICATED


def test_criterion_judged_absent_is_no_evidence_of_a_low_level() -> None:
    assert evidence("self_harm", criteria={5: False}) == ()


@pytest.mark.parametrize(("word", "known"), [("current", True), ("suspected", True), ("past", False), ("ruled_out", False)])
def test_only_a_current_or_suspected_diagnosis_speaks(word: str, known: bool) -> None:
    found = reading(an_assessment(diagnoses=(DiagnosisRecord("ptsd", word),)), "ptsd")

    assert found.is_known is known


def test_safety_rules_read_the_worst_piece_never_the_average() -> None:
    alarmed = exploring(ratings={"suicidality": 4}, scores=(a_score("cssrs", 0),))

    level = reading(alarmed, "suicidality").level
    assert level is not None
    assert level < 3.5
    assert override_status(alarmed, "R1") is OverrideStatus.ACTIVE
