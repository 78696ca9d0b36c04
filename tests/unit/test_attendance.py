"""Dose, dropout watch and the timetable of a programme."""

import pytest
from tests.support.builders import knowledge
from tests.support.measured import START

from fivefold.concepts.progress import DoesNotKnow, Sign
from fivefold.engine.progress.attendance import ExpectedStatus, dose_check, dropout_watch, read_timetable

RULES = knowledge().progress
GPM = knowledge().protocols["gpm"]
DISTRESS, BEHAVIOUR = (expected.target for expected in GPM.expected_change[:2])


@pytest.mark.parametrize(
    ("planned", "held", "weeks", "expected"),
    [(10, 5, 8, Sign), (10, 6, 8, type(None)), (10, 2, 7.9, type(None)), (None, 5, 8, DoesNotKnow), (10, None, 8, DoesNotKnow), (10, 5, None, DoesNotKnow)],
)
def test_dose_is_checked_from_its_week(planned: int | None, held: int | None, weeks: float | None, expected: type) -> None:
    assert isinstance(dose_check(planned, held, weeks, START, RULES), expected)


def test_no_session_held_is_a_known_number() -> None:
    assert isinstance(dose_check(8, 0, 8, START, RULES), Sign)


@pytest.mark.parametrize(
    ("feedback", "attended", "expected"),
    [
        ((False, False, False), (True, True, True), Sign),
        ((False, False, True), (True, True, True), type(None)),
        ((True,), (False, True, False), Sign),
        ((False, False), (True, True), DoesNotKnow),
        ((None, False, False), (True, True, True), DoesNotKnow),
        ((None, False, False), (False, False), Sign),
        ((True,), (), DoesNotKnow),
    ],
)
def test_dropout_is_watched_by_silence_and_missed_sessions(feedback: tuple[bool | None, ...], attended: tuple[bool | None, ...], expected: type) -> None:
    assert isinstance(dropout_watch(feedback, attended, 40, START, RULES), expected)


@pytest.mark.parametrize(("planned", "early"), [(12, True), (11, False), (None, False)])
def test_sign_in_the_first_quarter_says_so(planned: int | None, early: bool) -> None:
    found = dropout_watch((False,) * 3, (True,) * 3, planned, START, RULES)

    assert isinstance(found, Sign)
    assert ("most people stop" in found.seen) is early


@pytest.mark.parametrize(
    ("weeks", "moved", "status"),
    [
        (2.9, None, ExpectedStatus.NOT_DUE),
        (2.9, False, ExpectedStatus.NOT_DUE),
        (3, False, ExpectedStatus.NOT_MOVED),
        (3, None, ExpectedStatus.UNKNOWN),
        (1, True, ExpectedStatus.MOVED),
        (30, True, ExpectedStatus.MOVED),
    ],
)
def test_timetable_of_gpm_for_distress(weeks: float, moved: bool | None, status: ExpectedStatus) -> None:
    first = read_timetable(GPM, weeks, {DISTRESS: moved})[0]

    assert first.status is status
    assert first.action == (GPM.expected_change[0].if_not if status is ExpectedStatus.NOT_MOVED else "")


def test_target_nobody_spoke_of_is_unknown_and_never_unmoved() -> None:
    rows = {row.expected.target: row.status for row in read_timetable(GPM, 80, {DISTRESS: False})}

    assert rows[BEHAVIOUR] is ExpectedStatus.UNKNOWN
    assert list(rows) == [expected.target for expected in GPM.expected_change]


def test_every_timetable_counts_weeks() -> None:
    units = {expected.by.unit for protocol in knowledge().protocols.values() for expected in protocol.expected_change}

    assert units == {"weeks"}
