"""Does the plan fit the sessions there are? The dose of every planned module against sessions a week and sessions in all.

It changes no status: what is needed is chosen by need, and what there is not enough time for is named.
"""

from dataclasses import dataclass

from fivefold.concepts.plan import PhasedPlan, Spread, TimelineEntry

NONE = Spread(0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Pacing:
    """Sessions that the planned modules still need, if each session serves one module, beside what there is.

    ``weeks`` is None when it is not known how many sessions a week there are. ``beyond`` names the modules that no longer
    fit into ``available``, by their usual dose and in the order of the timeline; empty when ``available`` is not known.
    """

    sessions: Spread
    per_week: float | None
    weeks: Spread | None
    available: float | None
    beyond: tuple[str, ...]

    @property
    def fits(self) -> bool | None:
        """Whether the usual dose of everything planned fits, None when it is not known how many sessions there are."""
        return None if self.available is None else self.sessions.usual <= self.available


def pace_plan(plan: PhasedPlan, per_week: float | None, available: float | None) -> Pacing:
    """The sessions of everything on the timeline; work that has begun counts with what is left of it."""
    needs = [(entry.module, _sessions_left(plan, entry)) for entry in plan.timeline]
    total = NONE
    beyond = []
    for name, need in needs:
        total = Spread(total.min + need.min, total.usual + need.usual, total.max + need.max)
        if available is not None and total.usual > available:
            beyond.append(name)
    total = Spread(round(total.min), round(total.usual), round(total.max))
    weeks = Spread(*(round(count / per_week) for count in (total.min, total.usual, total.max))) if per_week else None
    return Pacing(total, per_week, weeks, available, tuple(beyond))


def _sessions_left(plan: PhasedPlan, entry: TimelineEntry) -> Spread:
    dose = plan.match(entry.module).dose
    whole = dose.weeks.usual
    share = min(1.0, (entry.to_week.usual - entry.from_week.usual) / whole) if whole else 1.0
    return Spread(dose.sessions.min * share, dose.sessions.usual * share, dose.sessions.max * share)
