"""What is measured when: batteries of measures as the knowledge base states them, and what they propose for one patient."""

from dataclasses import dataclass
from enum import StrEnum

from fivefold.concepts.basis import Basis, Quantity
from fivefold.concepts.vocabulary import PhaseId


class Rhythm(StrEnum):
    """How often something is measured; ``every`` goes with a number of days."""

    EVERY_SESSION = "every_session"
    EVERY = "every"
    AT_REVIEW = "at_review"
    ONCE = "once"


@dataclass(frozen=True)
class BatteryMeasure:
    """One measure of a battery: which instrument, how often, and why. ``every`` is stated with the rhythm ``every`` alone."""

    instrument: str
    rhythm: Rhythm
    because: str
    basis: Basis
    every: Quantity | None = None

    def __post_init__(self) -> None:
        if (self.rhythm is Rhythm.EVERY) != (self.every is not None):
            raise ValueError("a number of days goes with the rhythm 'every', and with no other")
        if self.every is not None and (self.every.unit != "days" or not 1 <= self.every.value <= 400):
            raise ValueError(f"every {self.every.value:g} {self.every.unit} is not a rhythm: expected 1 to 400 days")

    @property
    def days(self) -> int | None:
        """Days between two measurements, None for rhythms that follow sessions or reviews."""
        return None if self.every is None else int(self.every.value)


@dataclass(frozen=True)
class MeasureBattery:
    """What is measured in a programme, a phase, or while a module is under way; a battery that names several asks for one of each."""

    id: str
    name: str
    measures: tuple[BatteryMeasure, ...]
    basis: Basis
    protocols: tuple[str, ...] = ()
    phases: tuple[PhaseId, ...] = ()
    modules: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not (self.protocols or self.phases or self.modules):
            raise ValueError(f"battery {self.id!r} is for no programme, phase or module")


@dataclass(frozen=True)
class BatteryFile:
    """``rules/batteries.yaml``: all batteries, and the days that every questionnaire shares.

    ``answer_days``: how long a questionnaire may be answered. ``late_days``: how long answers that were given in time may still come
    in from a device without a connection. ``before_review``: how long before a review its measures are due. ``early_share``: from
    which share of its rhythm on a result that came early answers for the next one. ``remind_before``: how long before the last day of a
    questionnaire somebody who wants it is reminded again.
    """

    batteries: tuple[MeasureBattery, ...]
    answer_days: Quantity
    late_days: Quantity
    before_review: Quantity
    early_share: Quantity
    remind_before: Quantity


@dataclass(frozen=True)
class ProposedMeasure:
    """One measure that batteries ask for, at the shortest of their rhythms, with every battery that asks for it."""

    instrument: str
    rhythm: Rhythm
    days: int | None
    because: tuple[str, ...]
    batteries: tuple[str, ...]
    basis: Basis


def rhythm_words(rhythm: Rhythm, days: int | None) -> str:
    """A rhythm in words: ``every week``, ``every 5 weeks``, ``every 10 days``, ``every session``, ``before a review``, ``once``."""
    if rhythm is Rhythm.EVERY_SESSION:
        return "every session"
    if rhythm is Rhythm.AT_REVIEW:
        return "before a review"
    if days is None or rhythm is Rhythm.ONCE:
        return "once"
    if days == 7:
        return "every week"
    return f"every {days // 7} weeks" if days % 7 == 0 else f"every {days} days" if days > 1 else "every day"
