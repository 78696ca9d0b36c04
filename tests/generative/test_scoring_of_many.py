"""Every instrument scored one by one and all at once, and what a broken set of answers is told."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from tests.support.clinic import Cast

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
AT_ONE_DOOR = 30  # for each instrument, beside the hundred
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
# What is said of a set whose fault is that another one of the same day stands before it.
AGAIN = "again"


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


def given_twice(items: list[object], _instrument: Instrument, _rng: np.random.Generator) -> Broken:
    return {"items": items}, AGAIN


MUTATE: tuple[Callable[[list[object], Instrument, np.random.Generator], Broken], ...] = (
    too_few, too_many, out_of_range, between_two_answers, no_number, two_ways_at_once, of_another_instrument, given_twice,
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
        scores: list[dict[str, object]] = []
        places = []
        for day, (one, expected) in enumerate(sets[start : start + 10], start=start):
            entry = {"instrument": instrument.id, "date": (TODAY - timedelta(days=day)).isoformat(), **one}
            scores += [entry, entry] if expected == AGAIN else [entry]
            places.append((len(scores) - 1, expected))
        said = refusals_of(scores)
        wrong += [(expected, said.get(place)) for place, expected in places if expected not in said.get(place, "")]
        wrong += [("sound", said[place]) for place in said if place not in dict(places)]

    assert len(sets) == MUTATIONS
    assert wrong == []


# ---- Broken answer sets at the doors of the app --------------------------------------------------------------------------------------


def response_of(items: list[object], instrument: Instrument, day: date) -> dict[str, Any]:
    """A FHIR answer set that would be taken, unless nothing in it is answered."""
    return {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "questionnaire": f"urn:fivefold:questionnaire:{instrument.id}|{instrument.version}",
        "authored": day.isoformat(),
        "item": [{"linkId": str(number), "answer": [{"valueDecimal": value}]} for number, value in enumerate(items, start=1) if value is not None],
    }


def question_answered_twice(sound: dict[str, Any], _instrument: Instrument, rng: np.random.Generator) -> tuple[list[dict[str, Any]], str]:
    again = sound["item"][int(rng.integers(len(sound["item"])))]
    return [{**sound, "item": [*sound["item"], again]}], "each question once"


def result_given_twice(sound: dict[str, Any], instrument: Instrument, _rng: np.random.Generator) -> tuple[list[dict[str, Any]], str]:
    return [sound, sound], f"{instrument.id} of {sound['authored']} again"


def of_another_version(sound: dict[str, Any], instrument: Instrument, rng: np.random.Generator) -> tuple[list[dict[str, Any]], str]:
    other = rng.choice([str(instrument.version + int(rng.integers(1, 9))), "draft", f"{instrument.version}.1", ""])
    return [{**sound, "questionnaire": f"urn:fivefold:questionnaire:{instrument.id}|{other}"}], f"version {instrument.version} of {instrument.id}"


AT_THE_DOOR = (question_answered_twice, result_given_twice, of_another_version)


@pytest.mark.django_db
def test_sets_of_another_version_or_with_something_twice_are_refused_for_every_instrument_and_nothing_is_recorded(cast: Cast) -> None:
    from fivefold.records.models import ClinicalFact
    from fivefold.services.measure_import import import_results

    wrong = []
    for instrument in SCORED:
        rng = np.random.default_rng([13, *instrument.id.encode()])
        rows: list[dict[str, Any]] = []
        expected: dict[int, str] = {}
        for number, answers in enumerate(answers_of(instrument, AT_ONE_DOOR, 13)):
            items: list[object] = [instrument.items.minimum if place == 0 or np.isnan(one) else float(one) for place, one in enumerate(answers)]  # type: ignore[union-attr]
            broken, says = AT_THE_DOOR[number % len(AT_THE_DOOR)](response_of(items, instrument, TODAY - timedelta(days=number)), instrument, rng)
            rows += broken
            expected[len(rows)] = says
        with pytest.raises(InputRefused) as refused:
            import_results(cast.amina, patient_id=cast.rosa.pk, text=json.dumps(rows))
        said: dict[int, str] = {}
        for problem in refused.value.problems:
            said[problem.line or 0] = said.get(problem.line or 0, "") + f"{problem.value} expected {problem.expected}. "
        wrong += [(instrument.id, row, says, said.get(row)) for row, says in expected.items() if says not in said.get(row, "")]
        wrong += [(instrument.id, row, "sound", words) for row, words in said.items() if row not in expected]

    assert wrong == []
    assert not ClinicalFact.objects.filter(patient=cast.rosa, kind="score").exists()


@pytest.mark.django_db
def test_answers_to_the_form_of_another_version_are_refused_for_every_instrument_and_nothing_is_kept(cast: Cast) -> None:
    from fivefold.records.models import MeasureAnswer
    from fivefold.services.instruments import record_permission
    from fivefold.services.measure_answers import FormChanged, save_item
    from fivefold.services.measure_forms import instrument_form
    from fivefold.services.measures import give_out

    for instrument in SCORED:
        assert instrument.items is not None
        texts = instrument.items.texts or tuple(f"line {number}" for number in range(1, instrument.items.count + 1))
        if not instrument.items.texts:
            record_permission(cast.lea, instrument=instrument.id, licence="letter of the author, 2026, for this clinic", items=texts)
        request = give_out(cast.amina, patient_id=cast.rosa.pk, instrument=instrument.id, route="link")
        assert request.form_hash == instrument_form(instrument, texts).hash
        other = instrument_form(replace(instrument, version=instrument.version + 1), texts).hash
        for item in {1, instrument.items.count}:
            with pytest.raises(FormChanged):
                save_item(request.pk, item=item, value=instrument.items.minimum, form_hash=other, client_id=f"{item}")

    assert not MeasureAnswer.objects.filter(patient=cast.rosa).exists()
