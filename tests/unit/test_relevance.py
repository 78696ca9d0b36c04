"""What a caseload needs and what answers it: counted by hand, and the smallest set held against trying all of them."""

from itertools import combinations
from random import Random

import pytest

from fivefold.concepts.vocabulary import CoverageStatus
from fivefold.engine import relevance
from fivefold.engine.relevance import LearningStep, map_relevance, smallest_set

NOW, LATER, DEFERRED = CoverageStatus.NOW, CoverageStatus.LATER, CoverageStatus.DEFERRED


def sets(**held: str) -> dict[str, frozenset[str]]:
    return {name: frozenset(letters) for name, letters in held.items()}


def test_smallest_set_of_the_published_kind_of_example_is_two() -> None:
    """Always taking what adds most, and of equals the first, would take three."""
    found = smallest_set(frozenset("abcdef"), sets(M1="abc", M2="ad", M3="be", M4="cf", M5="def"))

    assert found.names == ("M1", "M5") and found.is_smallest


def test_smallest_set_is_found_where_taking_most_each_time_is_longer() -> None:
    held = sets(A="abcd", B="abe", C="cdf")

    assert smallest_set(frozenset("abcdef"), held).names == ("B", "C")


@pytest.mark.parametrize("seed", range(25))
def test_no_smaller_set_exists(seed: int) -> None:
    chance = Random(seed)
    held = {f"M{place}": frozenset(chance.sample("abcdefghij", chance.randint(1, 4))) for place in range(9)}
    wanted = frozenset().union(*held.values())

    found = smallest_set(wanted, held)

    assert wanted <= frozenset().union(*(held[name] for name in found.names))
    assert not any(wanted <= frozenset().union(*(held[name] for name in fewer)) for fewer in combinations(held, len(found.names) - 1))


def test_search_that_takes_too_long_gives_a_set_and_says_that_it_may_not_be_the_smallest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relevance, "MOST_STEPS", 1)
    held = sets(A="abcd", B="abe", C="cdf")

    found = smallest_set(frozenset("abcdef"), held)

    assert found.names == ("A", "B", "C") and not found.is_smallest


def test_map_counts_needs_for_each_patient_and_says_what_nothing_answers() -> None:
    needs = {"p": {"harm": NOW, "anger": LATER}, "q": {"harm": DEFERRED, "lonely": DEFERRED}, "r": {"lonely": DEFERRED}, "s": {}}
    found = map_relevance(needs, {"S1": frozenset({"harm"}), "S2": frozenset({"anger", "harm"})}, frozenset({"doubt"}))

    assert (found.patients, found.needs, found.answerable, found.wholly, found.partly) == (3, 5, 3, 1, 1)
    assert [one.impairment for one in found.uncovered] == ["lonely"]
    assert [(one.impairment, one.patients, dict(one.plans), one.modules) for one in found.impairments] == [
        ("harm", 2, {NOW: 1, DEFERRED: 1}, ("S1", "S2")),
        ("lonely", 2, {DEFERRED: 2}, ()),
        ("anger", 1, {LATER: 1}, ("S2",)),
    ]
    assert found.smallest.names == ("S2",) and found.steps == (LearningStep("S2", 3, 1),)


def test_what_the_ground_answers_needs_no_module_and_is_counted_first() -> None:
    found = map_relevance({"p": {"doubt": NOW, "harm": NOW}}, {"S1": frozenset({"doubt"}), "S2": frozenset({"harm"})}, frozenset({"doubt"}))

    assert found.from_ground == 1 and found.smallest.names == ("S2",) and found.steps == (LearningStep("S2", 2, 1),)


def test_caseload_without_needs_needs_nothing() -> None:
    found = map_relevance({"p": {}}, {"S1": frozenset({"harm"})}, frozenset())

    assert (found.patients, found.needs, found.impairments, found.smallest.names, found.steps) == (0, 0, (), (), ())
