"""Our keys held against totals that other people's programs gave (``scripts/scoring_beside_another.py --write``), in every run."""

import json
from datetime import date
from pathlib import Path

import pytest

from fivefold.concepts.assessment import ScoreEntry
from fivefold.engine.scoring import score_entry
from fivefold.library import load_knowledge

KEPT: dict[str, list[tuple[str, int]]] = json.loads(Path(__file__).with_name("independent_totals.json").read_text(encoding="utf-8"))


def test_what_others_said_of_four_instruments_is_kept() -> None:
    assert {one.partition(" ")[0] for one in KEPT} == {"phq9", "gad7", "cesd", "rses"}
    assert all(len(sets) == 200 and len({answers for answers, _total in sets}) > 190 for sets in KEPT.values())


@pytest.mark.parametrize("whose", KEPT)
def test_our_totals_are_theirs(whose: str) -> None:
    instrument = load_knowledge().instruments[whose.partition(" ")[0]]
    scale = instrument.scale("total") or instrument.scales[0]

    for answers, total in KEPT[whose]:
        scores = score_entry(ScoreEntry(instrument.id, items=tuple(map(float, answers))), instrument, date(2026, 11, 1))
        assert next(score.value for score in scores if score.scale == scale.id) == total, answers
