"""Dose, dropout watch, and the timetable of a programme: whether treatment happens, and moves, as it was meant to.

Shares and counts against the numbers of each rule, no statistics: the examples in the tests are our own arithmetic.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from fivefold.concepts.progress import DoesNotKnow, Grounds, Sign
from fivefold.concepts.protocol import ExpectedChange, Protocol
from fivefold.concepts.rules import ProgressFile
from fivefold.engine.progress.alliance import missed_sessions

DOSE = "rule.progress.dose_check"
DROPOUT = "rule.progress.dropout_watch"
SILENT = "rule.progress.silent_start"


def dose_check(planned: int | None, held: int | None, weeks: float | None, as_of: date, rules: ProgressFile) -> Sign | DoesNotKnow | None:
    """Fewer than 60 percent of the planned sessions held, from week 8 on; None before that week, or when enough were held.

    ``planned`` and ``held`` count sessions up to the day. Numbers: ``rule.progress.dose_check``, our proposal.
    """
    rule = rules.rule(DOSE)
    share, week = rule.number("share"), rule.number("week")
    if weeks is None or planned is None or held is None or planned <= 0:
        missing = [name for name, value in (("weeks in treatment", weeks), ("sessions planned", planned), ("sessions held", held)) if not value]
        return DoesNotKnow("How much of the planned treatment has happened is not known.", tuple(missing))
    if weeks < week.value or 100 * held >= share.value * planned:
        return None
    return Sign(DOSE, f"{held} of {planned} planned sessions were held.", rule.action, Grounds(held, as_of, (), (share.basis, week.basis)))


def dropout_watch(
    feedback: Sequence[bool | None], attended: Sequence[bool | None], planned: int | None, as_of: date, rules: ProgressFile
) -> Sign | DoesNotKnow | None:
    """Signs before which people have stopped coming: no feedback at the first three sessions, or two of four missed.

    ``feedback`` and ``attended`` are by session, oldest first, None where nobody knows. No probability is named: the best
    published models are weak. Most stop in the first quarter (L34), which the sign says when it falls there. None when both
    were looked at and neither shows.
    """
    rule = rules.rule(DROPOUT)
    silent, missed = _silent_start(feedback, rules), missed_sessions(attended, as_of, rules)
    seen = [silent] if isinstance(silent, str) else []
    seen += [missed.seen] if isinstance(missed, Sign) else []
    if not seen:
        return next((answer for answer in (silent, missed) if isinstance(answer, DoesNotKnow)), None)
    first_part = rule.number("first_part")
    if planned and 100 * len(attended) <= first_part.value * planned:
        seen.append("This is the part of treatment in which most people stop.")
    return Sign(DROPOUT, " ".join(seen), rule.action, Grounds(len(attended), as_of, (), (rule.basis, first_part.basis)))


def _silent_start(feedback: Sequence[bool | None], rules: ProgressFile) -> str | DoesNotKnow | None:
    count = int(rules.rule(SILENT).number("sessions").value)
    first = feedback[:count]
    if any(first):
        return None
    if len(first) < count or None in first:
        return DoesNotKnow(f"Whether there was feedback at the first {count} sessions is not known.", ("feedback after each session",), len(first))
    return f"There was no feedback at the first {count} sessions."


class ExpectedStatus(StrEnum):
    """Where one expected change of a programme stands."""

    NOT_DUE = "not due yet"
    MOVED = "has moved"
    NOT_MOVED = "due and has not moved"
    UNKNOWN = "due, and nobody knows"


@dataclass(frozen=True)
class TimetableReading:
    """One expected change with where it stands; ``action`` is what the programme says to do when it has not moved."""

    expected: ExpectedChange
    status: ExpectedStatus
    action: str


def read_timetable(protocol: Protocol, weeks: float, moved: Mapping[str, bool | None]) -> tuple[TimetableReading, ...]:
    """Every expected change of a programme after some weeks, in its order.

    ``moved`` tells by target whether it has moved; a target that is left out is unknown, never unmoved. An action is named once
    the upper date has come and the target is known not to have moved.
    """
    return tuple(_timetable_row(expected, weeks, moved.get(expected.target)) for expected in protocol.expected_change)


def _timetable_row(expected: ExpectedChange, weeks: float, moved: bool | None) -> TimetableReading:
    if moved:
        return TimetableReading(expected, ExpectedStatus.MOVED, "")
    if weeks < expected.by.value:
        return TimetableReading(expected, ExpectedStatus.NOT_DUE, "")
    if moved is None:
        return TimetableReading(expected, ExpectedStatus.UNKNOWN, "")
    return TimetableReading(expected, ExpectedStatus.NOT_MOVED, expected.if_not)
