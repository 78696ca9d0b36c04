"""The schedule: when each module is expected to run, in weeks as ranges."""

import pytest
from tests.support.builders import an_assessment, exploring, plan_of, settled

from fivefold.concepts.plan import TimelineEntry
from fivefold.concepts.vocabulary import MatchStatus

SKILLED = {"S07": "maintained", "S08": "maintained", "S09": "maintained"}
MUCH = {"emotion_regulation": 3, "anger": 3, "impulsivity": 3, "depression": 3}


def weeks(**said: object) -> dict[str, TimelineEntry]:
    return {entry.module: entry for entry in plan_of(settled(**said)).timeline}


@pytest.mark.parametrize(("level", "places"), [("low", 1), ("moderate", 2), ("high", 3)])
def test_never_more_at_once_than_resilience_allows(level: str, places: int) -> None:
    entries = list(weeks(ratings=MUCH, modules=SKILLED, resilience=level).values())

    at_once = [sum(other.from_week.usual <= entry.from_week.usual < other.to_week.usual for other in entries) for entry in entries]
    assert max(at_once) == places


def test_module_starts_when_its_prerequisite_has_ended() -> None:
    found = weeks(ratings={"anger": 3})

    assert found["S15"].from_week == found["S09"].to_week


def test_later_phase_starts_when_the_work_of_the_earlier_one_has_ended() -> None:
    found = weeks(ratings={"emotion_regulation": 3, "anger": 3, "shame_self_criticism": 3}, modules=SKILLED)

    assert found["S28"].from_week.usual >= max(found["S10"].to_week.usual, found["S15"].to_week.usual)


def test_safety_and_containment_start_today_and_take_no_place() -> None:
    found = weeks(ratings={**MUCH, "sleep": 3, "suicidality": 1}, modules=SKILLED, resilience="low")

    assert {found["S01"].from_week.usual, found["S16"].from_week.usual, found["S10"].from_week.usual} == {0}


def test_module_under_way_has_less_ahead_of_it_the_further_it_has_come() -> None:
    ends = [weeks(modules={"S15": stage})["S15"].to_week.usual for stage in ("recognition", "exploration", "alternatives", "generalisation")]

    assert ends == sorted(ends, reverse=True)
    assert ends[-1] == ends[0] / 4


def test_place_falls_free_only_when_few_enough_still_run() -> None:
    plan = plan_of(settled(ratings=MUCH, modules={**SKILLED, "S10": "generalisation", "S13": "recognition"}, resilience="low"))

    found = {entry.module: entry for entry in plan.timeline}
    assert found["S13"].to_week.usual > found["S10"].to_week.usual
    assert min(found[name].from_week.usual for name in ("S15", "S17")) == found["S13"].to_week.usual


def test_work_under_way_in_a_later_phase_keeps_its_place() -> None:
    plan = plan_of(exploring(ratings={"depression": 3}, modules={"S28": "exploration", "S19": "exploration"}))

    found = {entry.module: entry for entry in plan.timeline}
    assert plan.match("S28").status is MatchStatus.NOW
    assert found["S28"].from_week.usual == found["S19"].from_week.usual == 0
    assert found["S17"].from_week.usual >= min(found["S28"].to_week.usual, found["S19"].to_week.usual)


def test_every_span_is_a_range() -> None:
    for entry in weeks(ratings=MUCH).values():
        assert entry.from_week.min <= entry.from_week.usual <= entry.from_week.max
        assert entry.to_week.min <= entry.to_week.usual <= entry.to_week.max


def test_unclear_modules_have_no_place_in_time() -> None:
    assert [entry.module for entry in plan_of(an_assessment()).timeline] == ["S01"]
