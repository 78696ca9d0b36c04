"""Nearest neighbours: the distance of the worked example, and when nobody was alike."""

import pytest
from tests.support.builders import knowledge

from fivefold.concepts.progress import DoesNotKnow
from fivefold.engine.progress.nearest import Neighbour, NeighbourBand, Value, gower_distance, neighbour_band

RULES = knowledge().progress
RANGES = {"severity": 40.0, "age": 60.0}
A: dict[str, Value] = {"severity": 20.0, "age": 30.0, "sex": "m"}
B: dict[str, Value] = {"severity": 28.0, "age": 18.0, "sex": "f"}


def test_distance_of_the_worked_example() -> None:
    # Product dossier, 3.1.
    assert gower_distance(A, B, RANGES) == pytest.approx(0.4667, abs=0.00005)


def test_printed_distances_of_another_program_are_reproduced_to_the_last_digit() -> None:
    # Bruce, Bruce and Gedeck, Practical Statistics for Data Scientists, 2nd edition, page 323: five loans, and what daisy(x, metric = "gower") of the
    # R package cluster prints of them.
    rows = [
        (1.00, 2.39320, "RENT", "car"),
        (5.55, 4.57170, "OWN", "small_business"),
        (18.08, 9.71600, "RENT", "other"),
        (10.08, 12.21520, "RENT", "debt_consolidation"),
        (7.06, 3.90888, "RENT", "other"),
    ]
    loans: list[dict[str, Value]] = [dict(zip(("dti", "payment", "home", "purpose"), row, strict=True)) for row in rows]
    ranges = {"dti": 18.08 - 1.00, "payment": 12.21520 - 2.39320}

    found = [[f"{gower_distance(one, other, ranges):.7f}" for other in loans[:place]] for place, one in enumerate(loans)]

    assert found[1:] == [
        ["0.6220479"],
        ["0.6863877", "0.8143398"],
        ["0.6329040", "0.7608561", "0.4307083"],
        ["0.3772789", "0.5389727", "0.3091088", "0.5056250"],
    ]


def test_variable_missing_on_either_side_is_left_out() -> None:
    assert gower_distance(A, {**B, "age": None}, RANGES) == pytest.approx(0.6)
    assert gower_distance({**A, "age": None}, B, RANGES) == pytest.approx(0.6)


def test_distance_is_the_same_both_ways_and_nothing_to_oneself() -> None:
    assert gower_distance(A, B, RANGES) == gower_distance(B, A, RANGES)
    assert gower_distance(A, A, RANGES) == 0


def test_people_of_whom_nothing_common_is_known_have_no_distance() -> None:
    assert isinstance(gower_distance({"age": 20.0}, {"sex": "f"}, RANGES), DoesNotKnow)


def test_band_is_the_quartiles_of_those_who_were_alike() -> None:
    others = [Neighbour(A, float(score)) for score in (10, 20, 30, 40, 50)] + [Neighbour(B, 99.0), Neighbour(A, None)]

    assert neighbour_band(A, others, RANGES, RULES) == NeighbourBand(20, 30, 40, 5, 0.0)


@pytest.mark.parametrize("others", [[], [Neighbour(A, 10.0)] * 4, [Neighbour(B, 10.0)] * 50, [Neighbour(A, None)] * 50])
def test_nothing_is_said_from_too_few_or_from_people_unlike(others: list[Neighbour]) -> None:
    assert isinstance(neighbour_band(A, others, RANGES, RULES), DoesNotKnow)


def test_the_most_alike_are_taken() -> None:
    near, far = Neighbour(A, 10.0), Neighbour({**A, "age": 36.0}, 90.0)

    found = neighbour_band(A, [far] * 40 + [near] * 30, RANGES, RULES)

    assert found == NeighbourBand(10, 10, 10, 30, 0.0)
