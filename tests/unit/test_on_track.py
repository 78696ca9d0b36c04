"""The rational default: each sign where it shows and where it just does not, and what unknown weeks mean."""

from dataclasses import replace

import pytest
from tests.support.builders import knowledge
from tests.support.measured import invented_scale, mirrored, weekly

from fivefold.concepts.basis import GENERAL_KNOWLEDGE
from fivefold.concepts.instrument import Band
from fivefold.concepts.progress import DoesNotKnow
from fivefold.engine.progress.on_track import TrackReading, TrackStatus, read_track
from fivefold.engine.progress.reliable_change import change_between_ends

RULES = knowledge().progress
# SD 10 and a reliable change of 12: 0.3 SD is 3 points.
SCALE = replace(invented_scale(sd=10, retest=None, reliable_change=12), bands=(Band(0, "mild", 1), Band(60, "high", 3)), bands_basis=GENERAL_KNOWLEDGE)


def read(before: float, now: float, weeks: float | None) -> TrackReading | DoesNotKnow:
    series = weekly(before, now)
    return read_track(series, SCALE, change_between_ends(series, SCALE, RULES), weeks, RULES)


@pytest.mark.parametrize(
    ("before", "now", "weeks", "status"),
    [
        (80, 78, 5.9, TrackStatus.NOTHING_SEEN),
        (80, 78, 6, TrackStatus.LOOK),
        (80, 77, 6, TrackStatus.NOTHING_SEEN),
        (80, 77, 12, TrackStatus.LOOK),
        (80, 68, 12, TrackStatus.NOTHING_SEEN),
        (80, 78, 12, TrackStatus.REVIEW),
        (80, 92, 1, TrackStatus.REVIEW),
        (55, 61, 1, TrackStatus.LOOK),
        (55, 59, 1, TrackStatus.NOTHING_SEEN),
        (80, 92, None, TrackStatus.REVIEW),
        (55, 61, None, TrackStatus.LOOK),
    ],
)
def test_signs_are_counted(before: float, now: float, weeks: float | None, status: TrackStatus) -> None:
    found = read(before, now, weeks)

    assert isinstance(found, TrackReading)
    assert found.status is status


def test_nothing_seen_while_weeks_are_unknown_is_not_known() -> None:
    assert isinstance(read(80, 60, None), DoesNotKnow)


def test_sign_that_was_seen_says_what_was_not_judged() -> None:
    found = read(80, 92, None)

    assert isinstance(found, TrackReading)
    assert found.not_judged == ("How long treatment has lasted is not known.",)


@pytest.mark.parametrize(("now", "seen"), [(50, True), (49, False)])
def test_who_lies_in_the_ordinary_range_need_not_move(now: float, seen: bool) -> None:
    series, scale = weekly(now, now), invented_scale(sd=10, retest=None, reliable_change=12, cutoff=50)

    found = read_track(series, scale, change_between_ends(series, scale, RULES), 12, RULES)

    assert isinstance(found, TrackReading)
    assert bool(found.seen) is seen


def test_unknown_change_stays_unknown() -> None:
    unknown = DoesNotKnow("No figures.")

    assert read_track(weekly(80, 60), SCALE, unknown, 12, RULES) is unknown


def test_scale_that_points_the_other_way_is_read_its_way() -> None:
    series = mirrored(weekly(80, 92))
    scale = replace(invented_scale(sd=10, retest=None, reliable_change=12, direction=series.direction))

    found = read_track(series, scale, change_between_ends(series, scale, RULES), 1, RULES)

    assert isinstance(found, TrackReading)
    assert found.seen == ("A reliable deterioration.",)
