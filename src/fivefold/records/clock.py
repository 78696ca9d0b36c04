"""The time of acts: now, except where a synthetic clinic's past is being made.

A moved clock reaches acts of clinics that are marked as synthetic and no others: whatever is audited checks it
(``services.audit``), and every act is audited.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

TICK = timedelta(milliseconds=1)


@dataclass
class _Moved:
    """A moment that moves on a little each time it is asked for, so that what is done in turn keeps its order."""

    moment: datetime

    def next(self) -> datetime:
        self.moment += TICK
        return self.moment


_moved: ContextVar[_Moved | None] = ContextVar("moved clock", default=None)


def now() -> datetime:
    """The moment an act happens."""
    moved = _moved.get()
    return moved.next() if moved is not None else timezone.now()


def today() -> date:
    """The day an act happens, in the time zone of the installation."""
    return timezone.localdate(now())


def is_moved() -> bool:
    """Whether acts are being dated to another time."""
    return _moved.get() is not None


@contextmanager
def acting_at(moment: datetime) -> Iterator[None]:
    """Date acts to another moment; for the history of synthetic clinics alone."""
    token = _moved.set(_Moved(moment))
    try:
        yield
    finally:
        _moved.reset(token)
