"""Every instrument scored one by one and all at once, and what a broken set of answers is told."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from fivefold import load_knowledge
from fivefold.concepts.assessment import ScoreEntry
from fivefold.concepts.errors import InputRefused
from fivefold.concepts.instrument import Instrument, ScoringMethod
from fivefold.engine.scoring import score_entry
from fivefold.engine.scoring_batch import score_batch
from fivefold.exchange.assessment_reader import read_assessment_text

BASE = load_knowledge()
SCORED = [one for one in BASE.instruments.values() if one.can_score_items and one.id != "gas"]
RESPONSES = 400
MUTATIONS = 100
CONTINUOUS = 10  # from so wide a range on, answers may lie between whole numbers
TODAY = date(2026, 11, 1)


def answers_of(instrument: Instrument, count: int, seed: int) -> np.ndarray:
    """Random possible answers; in every second response some are missing, in some all."""
    rng = np.random.default_rng([seed, *instrument.id.encode()])
    known = instrument.items
    assert known is not None
    columns = []
    for number in range(1, known.count + 1):
        allowed = known.item_options.get(number) or range(known.minimum, known.maximum_of(number) + 1)
        columns.append(rng.choice(list(allowed), size=count).astype(float))
    answers = np.column_stack(columns)
    share = rng.choice([0.0, 0.0, 0.03, 0.15, 1.0], size=(count, 1), p=[0.3, 0.2, 0.3, 0.18, 0.02])
    answers[rng.random(answers.shape) < share] = np.nan
    return answers


@pytest.mark.parametrize("instrument", SCORED, ids=lambda one: one.id)
def test_all_at_once_gives_what_one_by_one_gives_to_the_last_digit(instrument: Instrument) -> None:
    answers = answers_of(instrument, RESPONSES, 7)
    expected: dict[str, list[float]] = {scale.id: [] for scale in instrument.scales if scale.items}
    for row in answers:
        items = tuple(None if np.isnan(answer) else float(answer) for answer in row)
        for score in score_entry(ScoreEntry(instrument.id, items=items), instrument, TODAY):
            expected[score.scale].append(np.nan if score.value is None else score.value)

    for scale in instrument.scales:
        if scale.items and scale.method is not ScoringMethod.GAS_T:
            np.testing.assert_array_equal(score_batch(instrument, scale, answers), expected[scale.id], err_msg=scale.id)


def test_answers_of_another_form_and_scales_without_a_key_are_refused() -> None:
    phq9 = BASE.instruments["phq9"]

    with pytest.raises(ValueError, match="9 columns for phq9"):
        score_batch(phq9, phq9.scales[0], np.zeros((3, 7)))
    with pytest.raises(ValueError, match="not scored from items"):
        score_batch(phq9, replace(phq9.scales[0], items=(), reversed=()), np.zeros((3, 9)))


# ---- Broken answer sets ------------------------------------------------------------------------------------------------------------

Broken = tuple[dict[str, object], str]


def too_few(items: list[object], instrument: Instrument, rng: np.random.Generator) -> Broken:
    place = int(rng.integers(len(items)))
    return {"items": items[:place] + items[place + 1 :]}, f"{len(items)} answers for {instrument.id}"


def too_many(items: list[object], instrument: Instrument, rng: np.random.Generator) -> Broken:
    return {"items": [*items, *([None] * int(rng.integers(1, 4)))]}, f"{len(items)} answers for {instrument.id}"


def out_of_range(items: list[object], instrument: Instrument, rng: np.random.Generator) -> Broken:
    known = instrument.items
    assert known is not None
    place = int(rng.integers(len(items)))
    wrong = known.maximum_of(place + 1) + int(rng.integers(1, 90)) if rng.random() < 0.5 else known.minimum - int(rng.integers(1, 90))
    return {"items": [*items[:place], wrong, *items[place + 1 :]]}, f"for item {place + 1} of {instrument.id}"


def between_two_answers(items: list[object], instrument: Instrument, rng: np.random.Generator) -> Broken:
    known = instrument.items
    assert known is not None
    place = int(rng.integers(len(items)))
    if known.maximum_of(place + 1) - known.minimum >= CONTINUOUS:
        return out_of_range(items, instrument, rng)
    return {"items": [*items[:place], known.minimum + 0.5, *items[place + 1 :]]}, f"for item {place + 1} of {instrument.id}"


def no_number(items: list[object], _instrument: Instrument, rng: np.random.Generator) -> Broken:
    place = int(rng.integers(len(items)))
    return {"items": [*items[:place], rng.choice(["yes", "often", "3 or 4"]), *items[place + 1 :]]}, "number"


def two_ways_at_once(items: list[object], _instrument: Instrument, _rng: np.random.Generator) -> Broken:
    return {"items": items, "value": 3}, "exactly one of value, scales, items and band"


def of_another_instrument(items: list[object], _instrument: Instrument, rng: np.random.Generator) -> Broken:
    return {"items": items, "instrument": f"{rng.choice(['phq', 'gad', 'xx'])}{int(rng.integers(100, 999))}"}, "a known instrument"


MUTATE: tuple[Callable[[list[object], Instrument, np.random.Generator], Broken], ...] = (
    too_few, too_many, out_of_range, between_two_answers, no_number, two_ways_at_once, of_another_instrument,
)  # fmt: skip


def broken_sets(instrument: Instrument) -> Iterator[Broken]:
    rng = np.random.default_rng([11, *instrument.id.encode()])
    for number, row in enumerate(answers_of(instrument, MUTATIONS, 11)):
        items: list[object] = [None if np.isnan(answer) else float(answer) for answer in row]
        yield MUTATE[number % len(MUTATE)](items, instrument, rng)


def refusals_of(scores: list[dict[str, object]]) -> dict[int, str]:
    """What is said of each result of a file, by its place; nothing where all are taken."""
    written = {"as_of": TODAY.isoformat(), "patient": {}, "scores": scores}
    try:
        read_assessment_text(json.dumps(written), BASE, file="case")
    except InputRefused as refused:
        said: dict[int, str] = {}
        for problem in refused.problems:
            place = int(problem.key.removeprefix("scores[").partition("]")[0])
            said[place] = said.get(place, "") + f"{problem.value} expected {problem.expected}. {problem.remedy} "
        return said
    return {}


@pytest.mark.parametrize("instrument", SCORED, ids=lambda one: one.id)
def test_each_of_a_hundred_broken_answer_sets_is_refused_with_what_is_wrong_with_it(instrument: Instrument) -> None:
    sets = list(broken_sets(instrument))
    wrong = []
    for start in range(0, MUTATIONS, 10):
        part = sets[start : start + 10]
        scores = [{"instrument": instrument.id, "date": (TODAY - timedelta(days=start + n)).isoformat(), **one} for n, (one, _) in enumerate(part)]
        said = refusals_of(scores)
        wrong += [(expected, said.get(place)) for place, (_, expected) in enumerate(part) if expected not in said.get(place, "")]

    assert len(sets) == MUTATIONS
    assert wrong == []


def test_second_result_of_an_instrument_on_one_day_is_refused() -> None:
    for instrument in SCORED:
        items = [None if np.isnan(answer) else float(answer) for answer in answers_of(instrument, 1, 3)[0]]
        one = {"instrument": instrument.id, "date": TODAY.isoformat(), "items": items}

        assert "again" in refusals_of([one, one])[1]
