"""Which measures batteries propose for one patient, and when each is due. Days in, days out; no clock."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta

from fivefold.concepts.measure_plan import BatteryMeasure, MeasureBattery, ProposedMeasure, Rhythm
from fivefold.concepts.vocabulary import PhaseId

# From the most to the least frequent; between two of the kind "every", the fewer days.
ORDER = (Rhythm.EVERY_SESSION, Rhythm.EVERY, Rhythm.AT_REVIEW, Rhythm.ONCE)


def propose_measures(batteries: Iterable[MeasureBattery], *, protocol: str, phase: PhaseId | None, modules: Collection[str]) -> tuple[ProposedMeasure, ...]:
    """What the batteries for this programme, phase and these running modules ask for, each instrument once.

    Where several ask for the same, the most frequent rhythm holds and all reasons are given. ``phase`` None: not known, so that no
    battery of a phase is taken.
    """
    wanted: dict[str, list[tuple[MeasureBattery, BatteryMeasure]]] = {}
    for battery in batteries:
        if _applies(battery, protocol, phase, modules):
            for measure in battery.measures:
                wanted.setdefault(measure.instrument, []).append((battery, measure))
    return tuple(_proposed(instrument, asked) for instrument, asked in wanted.items())


def _applies(battery: MeasureBattery, protocol: str, phase: PhaseId | None, modules: Collection[str]) -> bool:
    """Every kind of condition that a battery states must be met by one of those it names."""
    return (
        (not battery.protocols or protocol in battery.protocols)
        and (not battery.phases or phase in battery.phases)
        and (not battery.modules or any(name in modules for name in battery.modules))
    )


def _proposed(instrument: str, asked: list[tuple[MeasureBattery, BatteryMeasure]]) -> ProposedMeasure:
    most = min((measure for _, measure in asked), key=lambda measure: (ORDER.index(measure.rhythm), measure.days or 0))
    because = tuple(dict.fromkeys(measure.because for _, measure in asked))
    return ProposedMeasure(instrument, most.rhythm, most.days, because, tuple(dict.fromkeys(battery.id for battery, _ in asked)), most.basis)


def next_due(
    rhythm: Rhythm,
    *,
    days: int | None,
    since: date,
    last: date | None,
    last_session: date | None,
    next_session: date | None,
    review_on: date | None,
    before_review: int,
    early_share: float,
    today: date,
) -> date | None:
    """The day on which a measure is due next; None when nothing is due by this rhythm, or nobody knows when.

    ``last`` is the day of the newest result, None without one. ``every``: counted from the newest result, so that a late one moves the
    next and none is asked for twice; a result up to ``1 - early_share`` of the rhythm early counts. ``every_session``: for the next
    session as soon as the one before has passed without a newer result. ``at_review``: ``before_review`` days before the review,
    unless a result lies within that time.
    """
    if rhythm is Rhythm.ONCE:
        return None if last is not None and last >= since else since
    if rhythm is Rhythm.EVERY:
        assert days is not None  # a schedule of this rhythm has its days
        return since if last is None or last < since - timedelta(days=round(days * (1 - early_share))) else last + timedelta(days=days)
    if rhythm is Rhythm.EVERY_SESSION:
        if last is not None and (last_session is None or last > last_session):
            return None
        return max(since, next_session or today)
    if review_on is None:
        return None
    opens = max(since, review_on - timedelta(days=before_review))
    return None if last is not None and last >= review_on - timedelta(days=before_review) else opens
