"""What holds for every series: moved, stretched, turned round, thinned out, and never a diagnosis."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.builders import knowledge
from tests.support.measured import BETTER, SEEN, WORSE, invented_scale, mirrored, weekly

from fivefold.concepts.instrument import Scale
from fivefold.concepts.progress import Change, ClinicalCutoff, DatedValue, DoesNotKnow, MeasurementError, Series, Sign
from fivefold.concepts.vocabulary import DIAGNOSES
from fivefold.concepts.walking import walk
from fivefold.engine.progress.alliance import below_own_mean, fallen_rating, high_and_flat, low_rating, missed_sessions
from fivefold.engine.progress.baseline import early_warning, jump_above_baseline, personal_baseline
from fivefold.engine.progress.clinical_cutoff import clinical_cutoff
from fivefold.engine.progress.expected_course import GrowthCurve, read_course, updated_curve
from fivefold.engine.progress.measurement import measurement_error
from fivefold.engine.progress.percent_of_baseline import percent_of_baseline
from fivefold.engine.progress.reliable_change import change_between_ends
from fivefold.engine.progress.sudden_shift import find_sudden_shifts
from fivefold.engine.progress.volatile import change_of_means

RULES = knowledge().progress
ERROR = MeasurementError(3.6, 10, None, 1.96, (), ())
scores = st.integers(min_value=0, max_value=100)
gaps = st.one_of(st.none(), scores)
series_with_gaps = st.lists(gaps, max_size=24)
full_series = st.lists(scores, min_size=2, max_size=16)


def words(found: object) -> object:
    """What a reading says, without its numbers."""
    if isinstance(found, Change):
        return found.word, found.possible
    return type(found)


def moved(series: Series, by: int, times: int = 1) -> Series:
    values = tuple(DatedValue(entry.on, None if entry.value is None else entry.value * times + by) for entry in series.values)
    return replace(series, minimum=series.minimum * times + by, maximum=series.maximum * times + by, values=values)


def scale_of(**figures: Any) -> Scale:
    return invented_scale(sd=None, retest=None, **figures)


@given(series_with_gaps, st.integers(-50, 50))
def test_moving_a_scale_changes_no_word(values: list[int | None], by: int) -> None:
    series = weekly(*values)
    here, there = scale_of(reliable_change=10, cutoff=50), scale_of(reliable_change=10, cutoff=50 + by, low=by, high=100 + by)

    for change in (change_between_ends, change_of_means):
        assert words(change(series, here, RULES)) == words(change(moved(series, by), there, RULES))
    assert find_sudden_shifts(series, ERROR, RULES).__class__ is find_sudden_shifts(moved(series, by), ERROR, RULES).__class__


@given(series_with_gaps, st.integers(2, 5))
def test_stretching_a_scale_changes_no_word(values: list[int | None], times: int) -> None:
    series = weekly(*values)
    here, there = scale_of(reliable_change=10, cutoff=50), scale_of(reliable_change=10 * times, cutoff=50 * times, high=100 * times)

    for change in (change_between_ends, change_of_means):
        assert words(change(series, here, RULES)) == words(change(moved(series, 0, times), there, RULES))
    assert percent_of_baseline(series, RULES) == percent_of_baseline(moved(series, 0, times), RULES)


@given(series_with_gaps)
def test_turning_a_scale_round_mirrors_everything(values: list[int | None]) -> None:
    series = weekly(*values)
    turned = mirrored(series)
    here, there = scale_of(reliable_change=10, cutoff=60), scale_of(reliable_change=10, cutoff=40, direction=BETTER)
    day = series.values[-1].on if series.values else None

    for change in (change_between_ends, change_of_means):
        assert words(change(series, here, RULES)) == words(change(turned, there, RULES))
    assert percent_of_baseline(series, RULES) == percent_of_baseline(turned, RULES)
    assert isinstance(below_own_mean(series, RULES), Sign) == isinstance(below_own_mean(turned, RULES), Sign)
    shifts, mirror = find_sudden_shifts(series, ERROR, RULES), find_sudden_shifts(turned, ERROR, RULES)
    if isinstance(shifts, tuple) and isinstance(mirror, tuple):
        assert [(one.kind, one.size, one.reversed_on) for one in shifts] == [(one.kind, one.size, one.reversed_on) for one in mirror]
    if day is not None:
        for look in (jump_above_baseline, early_warning):
            assert type(look(series, day, RULES)) is type(look(turned, day, RULES))


@given(st.lists(st.none(), max_size=20))
def test_nothing_in_gives_nothing_known_out(values: list[None]) -> None:
    series = weekly(*values, direction=BETTER, instrument="srs")
    day = weekly(1).values[0].on
    unknown = DoesNotKnow("Nothing.")

    for found in (
        change_between_ends(series, invented_scale(direction=BETTER), RULES),
        change_of_means(series, invented_scale(direction=BETTER), RULES),
        percent_of_baseline(series, RULES),
        find_sudden_shifts(series, ERROR, RULES),
        personal_baseline(series, day, RULES),
        jump_above_baseline(series, day, RULES),
        early_warning(series, day, RULES),
        low_rating(series, RULES),
        fallen_rating(series, ERROR, RULES),
        below_own_mean(series, RULES),
        high_and_flat(series, unknown, RULES),
    ):
        assert isinstance(found, DoesNotKnow)


@given(full_series, st.data())
def test_fewer_scores_are_never_surer(values: list[int], data: st.DataObject) -> None:
    kept = data.draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values)))
    thinned = weekly(*[value if keep else None for value, keep in zip(values, kept, strict=True)])
    full = weekly(*values)
    scale = scale_of(reliable_change=10, cutoff=50)

    before, after = change_between_ends(full, scale, RULES), change_between_ends(thinned, scale, RULES)

    assert isinstance(before, Change)
    if isinstance(after, Change):
        assert len(after.grounds.doubts) >= len(before.grounds.doubts)
        assert after.grounds.n <= before.grounds.n
    if isinstance(find_sudden_shifts(full, ERROR, RULES), DoesNotKnow):
        assert isinstance(find_sudden_shifts(thinned, ERROR, RULES), DoesNotKnow)


@given(st.lists(st.tuples(st.integers(1, 20), scores), max_size=8), st.integers(1, 20), st.integers(0, 8))
def test_curve_with_fewer_own_scores_is_never_narrower(observed: list[tuple[int, int]], session: int, kept: int) -> None:
    curve = GrowthCurve(80, -6, 64, 9, -4, 36, cases=300, sessions=(1, 20), starts=(0, 100), basis=SEEN)

    assert updated_curve(curve, observed[:kept]).spread(session) >= updated_curve(curve, observed).spread(session) - 1e-9


@given(st.lists(st.sampled_from([True, False]), min_size=1, max_size=6), st.data())
def test_forgotten_attendance_never_becomes_an_all_clear(attended: list[bool], data: st.DataObject) -> None:
    forgotten = data.draw(st.integers(0, len(attended) - 1))
    day = weekly(1).values[0].on
    thinned = [None if index == forgotten else one for index, one in enumerate(attended)]

    if isinstance(missed_sessions(attended, day, RULES), Sign):
        assert missed_sessions(thinned, day, RULES) is not None
    else:
        assert not isinstance(missed_sessions(thinned, day, RULES), Sign)


@given(full_series)
def test_error_band_holds_the_score_and_widens_with_the_error(values: list[int]) -> None:
    narrow, wide = (measurement_error(scale_of(reliable_change=figure), RULES) for figure in (5, 10))
    assert isinstance(narrow, MeasurementError)
    assert isinstance(wide, MeasurementError)

    for value in values:
        assert wide.band(value)[0] < narrow.band(value)[0] < value < narrow.band(value)[1] < wide.band(value)[1]


NAMES = re.compile("|".join(rf"\b{re.escape(name.replace('_', ' '))}\b" for name in (*DIAGNOSES, *DIAGNOSES.values())), re.IGNORECASE)
SCALES = [(instrument, scale) for instrument in knowledge().instruments.values() for scale in instrument.scales]


@pytest.mark.parametrize(("instrument", "scale"), SCALES, ids=[f"{instrument.id}.{scale.id}" for instrument, scale in SCALES])
def test_score_never_becomes_a_diagnosis(instrument: Any, scale: Scale) -> None:
    """Every scale of the base, at its worst for months: no text of any reading names a disorder, and no field is one."""
    if scale.direction not in (WORSE, BETTER):
        with pytest.raises(ValueError, match="no better end"):
            Series(instrument.id, scale.id, scale.range.unit, scale.range.min, scale.range.max, scale.direction, ())
        return
    best, worst = (scale.range.min, scale.range.max) if scale.direction is WORSE else (scale.range.max, scale.range.min)
    series = weekly(*[best] * 8, *[worst] * 8, low=scale.range.min, high=scale.range.max, direction=scale.direction, instrument=instrument.id, scale=scale.id)
    curve = GrowthCurve(best, 0, 1, 1, 0, 1, 300, (1, 20), (scale.range.min, scale.range.max), SEEN)
    error = measurement_error(scale, RULES)
    day = series.values[-1].on + timedelta(days=1)

    readings = [
        error,
        clinical_cutoff(scale, RULES),
        change_between_ends(series, scale, RULES),
        change_of_means(series, scale, RULES),
        percent_of_baseline(series, RULES),
        find_sudden_shifts(series, error, RULES) if isinstance(error, MeasurementError) else error,
        personal_baseline(series, day, RULES),
        low_rating(series, RULES),
        fallen_rating(series, error, RULES),
        below_own_mean(series, RULES),
        read_course(curve, [(1, best), (16, worst)], scale.direction, RULES),
    ]

    for path, part in walk(tuple(readings)):
        assert "diagnos" not in path
        if isinstance(part, str):
            assert not NAMES.search(part), part
            assert "diagnos" not in part.lower()
    assert not isinstance(readings[1], ClinicalCutoff) or readings[1].basis
