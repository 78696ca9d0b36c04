"""Which questionnaires to give in the minutes there are: those that decide most, without asking the same twice."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fivefold.concepts.plan import NextMeasure


@dataclass(frozen=True)
class Battery:
    """Measures for a number of minutes; each names the modules that no measure before it decides."""

    minutes: float
    used: float
    measures: tuple[NextMeasure, ...]

    @property
    def decides(self) -> int:
        """How many open modules the whole battery decides."""
        return sum(len(measure.decides) for measure in self.measures)


def choose_battery(measures: Sequence[NextMeasure], minutes: float) -> Battery:
    """Take, again and again, the measure that decides most modules not yet decided for each minute, while time is left.

    Ties go to the earlier of ``measures``, which come in the order of what they decide.
    """
    decided: set[str] = set()
    chosen: list[NextMeasure] = []
    used = 0.0
    while True:
        fitting = [replace(one, decides=tuple(name for name in one.decides if name not in decided)) for one in measures if one.minutes <= minutes - used]
        useful = [one for one in fitting if one.decides]
        if not useful:
            return Battery(minutes, used, tuple(chosen))
        best = max(useful, key=lambda one: len(one.decides) / max(1.0, one.minutes))
        chosen.append(best)
        decided |= set(best.decides)
        used += best.minutes
