"""Indication: a module is for an impairment; unknown is never absent."""

import re
from typing import Any

import pytest
from tests.support.builders import (
    a_rating,
    a_score,
    a_treatment,
    an_assessment,
    an_event,
    asked_and_clear,
    knowledge,
    match_of,
    plan_of,
    settled,
    status,
    texts,
)

from fivefold.concepts.vocabulary import MatchStatus
from fivefold.exchange.plan_json import plan_to_json

NOW, NEXT, LATER = MatchStatus.NOW, MatchStatus.NEXT, MatchStatus.LATER
UNCLEAR, NOT_INDICATED = MatchStatus.UNCLEAR, MatchStatus.NOT_INDICATED
PLANNED = (NOW, NEXT, LATER)
BY_LEVEL = [
    ("anger", "S15"), ("self_harm", "S04"), ("distress_tolerance", "S09"), ("emotion_regulation", "S10"), ("depression", "S17"), ("anxiety", "S17"),
    ("dissociation", "S14"), ("sleep", "S16"), ("substance_use", "S06"), ("eating", "S18"), ("ptsd", "S27"), ("submissiveness", "S20"),
    ("abandonment_rejection_sensitivity", "S19"), ("hostility_conflict", "S21"), ("intimacy", "S22"), ("social_avoidance", "S23"), ("mentalizing", "S24"),
    ("maladaptive_schemas", "S25"), ("identity", "S26"), ("emptiness", "S26"), ("shame_self_criticism", "S28"), ("constricted_life_role", "S30"),
    ("agency", "S31"), ("impulsivity", "S13"), ("attention_rumination", "S11"), ("emotion_awareness", "S08"), ("restricted_expression", "S08"),
    ("compulsivity", "S12"), ("callousness", "S21"), ("psychotic_like", "S14"), ("crisis", "S03"), ("medication_problem", "S05"),
]  # fmt: skip


@pytest.mark.parametrize(("impairment", "module"), BY_LEVEL)
def test_moderate_level_indicates_the_module_and_less_does_not(impairment: str, module: str) -> None:
    quiet = {"diagnoses": (), "medication": ()}

    assert status(settled(ratings={impairment: 2}, **quiet), module) in PLANNED
    assert status(settled(ratings={impairment: 1}, **quiet), module) is NOT_INDICATED


@pytest.mark.parametrize(("impairment", "module"), BY_LEVEL)
def test_unknown_level_leaves_the_module_unclear_with_a_way_to_settle_it(impairment: str, module: str) -> None:
    unknown = settled(ratings={impairment: a_rating(None)})

    found = match_of(unknown, module)
    assert found.status is UNCLEAR
    assert found.settle_with
    assert "Not known" in texts(found)


def test_edge_between_words_lies_half_way() -> None:
    assert status(settled(ratings={"anger": 1.5}), "S15") in PLANNED
    assert status(settled(ratings={"anger": 1.49}), "S15") is NOT_INDICATED


def test_mild_suicidality_keeps_the_suicidality_response_and_the_safety_plan() -> None:
    mild = asked_and_clear(ratings={"suicidality": 1, "self_harm": 0})

    assert {status(mild, "S01"), status(mild, "S02")} == {NOW}
    assert status(settled(ratings={"suicidality": 0}), "S01") is NOT_INDICATED


def test_no_reason_of_a_plan_calls_a_danger_none() -> None:
    plan = plan_of(settled(ratings={"suicidality": 0, "self_harm": 0, "anger": 0}))

    said = [part for part in re.split(r"[.;]", plan_to_json(plan)) if re.search(r"suicid|self-harm", part, re.IGNORECASE)]

    assert "is not seen (0" in plan_to_json(plan)
    assert [part for part in said if re.search(r"\bis none\b|\(none\)|: none\b|\bto none\b", part, re.IGNORECASE)] == []


def test_unknown_suicidality_is_one_minute_of_asking_and_moves_no_phase() -> None:
    late = settled(previous="P5", ratings={"suicidality": a_rating(None)})

    assert status(late, "S01") is NOW
    assert plan_of(late).phase.overall.value == "P5"


def test_diagnosis_of_the_disorder_brings_the_safety_plan_and_psychoeducation() -> None:
    diagnosed = asked_and_clear(diagnoses=("borderline_pd",))

    assert status(diagnosed, "S02") is NOW
    assert status(diagnosed, "S07") is NEXT


@pytest.mark.parametrize(("days", "expected"), [(91, True), (92, False)])
def test_self_harm_within_three_months_indicates_its_analysis(days: int, expected: bool) -> None:
    assert (status(settled(events=(an_event("self_harm", days),)), "S04") in PLANNED) is expected


@pytest.mark.parametrize(
    ("module", "score", "above", "below"),
    [
        ("S17", "phq9", 15, 4),
        ("S17", "gad7", 15, 4),
        ("S06", "audit", 8, 2),
        ("S06", "dudit", 6, 1),
        ("S14", "des2", 30, 5),
        ("S16", "isi", 15, 5),
        ("S18", "edeq", 2.8, 0.5),
        ("S27", "pcl5", 31, 10),
        ("S30", "wsas", 20, 3),
    ],
)
def test_published_cut_off_indicates_the_module_by_itself(module: str, score: str, above: float, below: float) -> None:
    high, low = (match_of(asked_and_clear(scores=(a_score(score, value),)), module) for value in (above, below))

    assert any(f"score.{score}.total" in reason.inputs for reason in high.because if reason.supports)
    assert high.status in (*PLANNED, MatchStatus.CAUTIONED)
    assert low.status in (UNCLEAR, NOT_INDICATED)


STUCK: list[tuple[dict[str, Any], bool]] = [
    ({"course": "deteriorated"}, True),
    ({"course": "unchanged", "treatment": 26.0}, True),
    ({"course": "unchanged", "treatment": 25.9}, False),
    ({"course": "improved", "treatment": 80.0}, False),
    ({"history": (a_treatment("unchanged"), a_treatment("deteriorated"))}, True),
    ({"history": (a_treatment("unchanged"), a_treatment("improved"))}, False),
]


@pytest.mark.parametrize(("said", "expected"), STUCK)
def test_deterioration_or_standstill_brings_the_stuck_case_review(said: dict[str, Any], expected: bool) -> None:
    from fivefold.concepts.assessment import TreatmentFrame

    weeks = {"treatment": TreatmentFrame(weeks_in_treatment=said["treatment"])} if "treatment" in said else {}

    assert (status(settled(**{**said, **weeks}), "S35") is NOW) is expected


def test_unclear_module_names_the_shortest_instruments_that_would_settle_it() -> None:
    found = match_of(an_assessment(), "S18")

    minutes = [measure.minutes for measure in found.settle_with if measure.instrument]
    assert found.settle_with[0].instrument == "scoff"
    assert minutes == sorted(minutes)


def test_reason_gives_the_level_that_was_read() -> None:
    assert "Anger at least moderate: it is severe (3.0 of 4)." in texts(match_of(settled(ratings={"anger": 3}), "S15"))


def test_module_that_is_not_indicated_says_what_it_asked_for() -> None:
    found = match_of(settled(), "S15")

    assert texts(found) == "None of its indications holds. Asked for: Anger at least moderate: it is none (0.0 of 4)."


def test_known_level_decides_where_nobody_mentions_other_signs() -> None:
    # Nothing is said of the ISI or of item 3 of the PHQ-9; a clinician's rating of sleep is enough.
    assert status(asked_and_clear(ratings={"sleep": 0}), "S16") is NOT_INDICATED
    assert status(asked_and_clear(), "S16") is UNCLEAR


def test_every_module_is_there_once_whatever_is_known() -> None:
    for assessment in (an_assessment(), settled()):
        assert sorted(match.id for match in plan_of(assessment).modules) == sorted(knowledge().modules)
