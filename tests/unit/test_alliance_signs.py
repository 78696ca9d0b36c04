"""Signs of a rupture: each where it shows, where it just does not, and where nothing is known."""

import pytest
from tests.support.builders import knowledge
from tests.support.measured import BETTER, START, weekly

from fivefold.concepts.progress import Change, ChangeWord, DoesNotKnow, Grounds, MeasurementError, Series, Sign
from fivefold.engine.progress.alliance import below_own_mean, fallen_rating, high_and_flat, low_rating, missed_sessions
from fivefold.engine.progress.measurement import measurement_error

RULES = knowledge().progress
UNKNOWN = DoesNotKnow("No figure.")
Found = Sign | DoesNotKnow | None


def srs(*values: float | None, scale: str = "total") -> Series:
    return weekly(*values, low=0, high=40 if scale == "total" else 10, direction=BETTER, instrument="srs", scale=scale)


def wai(*values: float | None) -> Series:
    return weekly(*values, low=12, high=60, direction=BETTER, instrument="waisr")


def changed(word: ChangeWord, possible: ChangeWord | None = None) -> Change:
    return Change(word, 50, 60, 10, 2, 9, possible, (55, 65), UNKNOWN, Grounds(6, START, (), ()))


def kind(found: Found) -> str:
    return "unknown" if isinstance(found, DoesNotKnow) else "sign" if found else "nothing"


@pytest.mark.parametrize(
    ("series", "expected"),
    [
        (srs(40, 36), "sign"),
        (srs(40, 36.1), "nothing"),
        (srs(8.9, scale="relationship"), "sign"),
        (srs(9, scale="relationship"), "nothing"),
        (wai(35), "sign"),
        (wai(36), "nothing"),
        (weekly(1, direction=BETTER), "nothing"),
        (srs(), "unknown"),
        (srs(None), "unknown"),
    ],
)
def test_low_rating(series: Series, expected: str) -> None:
    assert kind(low_rating(series, RULES)) == expected


def test_line_under_seven_names_the_lower_mark() -> None:
    found = low_rating(srs(6.5, scale="overall"), RULES)

    assert isinstance(found, Sign)
    assert "under 7" in found.seen
    assert found.action.startswith("Notice, invite")


@pytest.mark.parametrize(("values", "expected"), [((40, 35), "sign"), ((40, 35.1), "nothing"), ((40,), "unknown"), ((40, None), "unknown")])
def test_fall_of_the_session_rating(values: tuple[float | None, ...], expected: str) -> None:
    assert kind(fallen_rating(srs(*values), UNKNOWN, RULES)) == expected


@pytest.mark.parametrize(("values", "expected"), [((50, 43), "sign"), ((50, 44), "nothing"), ((43, 50), "nothing")])
def test_fall_of_the_alliance_by_its_reliable_change(values: tuple[float, ...], expected: str) -> None:
    error = measurement_error(knowledge().instrument("waisr").scales[0], RULES)

    assert isinstance(error, MeasurementError)
    assert kind(fallen_rating(wai(*values), error, RULES)) == expected


def test_fall_without_error_figures_is_not_known() -> None:
    assert kind(fallen_rating(wai(50, 20), UNKNOWN, RULES)) == "unknown"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        # Mean 38, SD 1.155 by hand: two SDs below is 35.69.
        ((37, 39, 37, 39, 35.6), "sign"),
        ((37, 39, 37, 39, 35.8), "nothing"),
        ((37, 39, 37, 39, 40), "nothing"),
        ((37, 39, 39, 30), "unknown"),
        ((38, 38, 38, 38, 30), "unknown"),
    ],
)
def test_rating_far_below_the_own_mean(values: tuple[float, ...], expected: str) -> None:
    assert kind(below_own_mean(srs(*values), RULES)) == expected


@pytest.mark.parametrize(
    ("values", "symptoms", "expected"),
    [
        ((39, 40, 40, 40, 40), changed(ChangeWord.DETERIORATED), "sign"),
        ((40, 40, 40, 40, 40), changed(ChangeWord.UNCHANGED, ChangeWord.DETERIORATED), "sign"),
        ((40, 40, 40, 40, 40), changed(ChangeWord.UNCHANGED), "nothing"),
        ((40, 40, 40, 40, 40), UNKNOWN, "unknown"),
        ((40, 40, 40, 40), changed(ChangeWord.DETERIORATED), "unknown"),
        ((40, 40, None, 40, 40, 40), changed(ChangeWord.DETERIORATED), "unknown"),
        ((37, 40, 40, 40, 40), changed(ChangeWord.DETERIORATED), "nothing"),
        ((35, 35, 35, 35, 35), changed(ChangeWord.DETERIORATED), "nothing"),
    ],
)
def test_high_and_flat_ratings_while_symptoms_worsen(values: tuple[float | None, ...], symptoms: Change | DoesNotKnow, expected: str) -> None:
    assert kind(high_and_flat(srs(*values), symptoms, RULES)) == expected


@pytest.mark.parametrize(
    ("attended", "expected"),
    [
        ((True, False, True, False), "sign"),
        ((False, False), "sign"),
        ((False, True, True, True, False), "nothing"),
        ((True, None, False, True), "unknown"),
        ((None, None, False, False), "sign"),
        ((True, None, True, True), "nothing"),
        ((), "unknown"),
    ],
)
def test_two_of_four_sessions_missed(attended: tuple[bool | None, ...], expected: str) -> None:
    assert kind(missed_sessions(attended, START, RULES)) == expected
