"""Coverage: every impairment at or above its threshold is answered now, later, or deferred with a reason."""

from fivefold.concepts.plan import Coverage, GeneralReading
from fivefold.concepts.scores import ImpairmentReading
from fivefold.concepts.vocabulary import CoverageStatus, MatchStatus
from fivefold.engine.matching import Placement
from fivefold.engine.prepared import Prepared

ANSWERED_NOW = (MatchStatus.NOW,)
ANSWERED_OR_DONE = (MatchStatus.NOW, MatchStatus.DONE)
ANSWERED_LATER = (MatchStatus.NEXT, MatchStatus.LATER)
DEFERRED = (MatchStatus.CAUTIONED, MatchStatus.SUSPENDED, MatchStatus.BLOCKED, MatchStatus.UNCLEAR)
WORKED_THROUGH = "Worked through before, yet not below the threshold: decide at the review whether to take it up again."


def check_coverage(
    readings: tuple[ImpairmentReading, ...], placements: dict[str, Placement], general: tuple[GeneralReading, ...], prepared: Prepared
) -> tuple[Coverage, ...]:
    """One answer for each impairment of the profile, in its order."""
    threshold = prepared.knowledge.policy.plan.indicated_from.value - 0.5
    return tuple(_answer(reading, threshold, placements, prepared) for reading in readings)


def _answer(reading: ImpairmentReading, threshold: float, placements: dict[str, Placement], prepared: Prepared) -> Coverage:
    treating = prepared.treating[reading.id]
    if reading.level is None:
        return Coverage(reading.id, CoverageStatus.UNKNOWN, (), "Nothing is known of it yet.")
    if reading.level < threshold:
        text = f"{reading.word.capitalize()}: below the threshold for a module."
        return Coverage(reading.id, CoverageStatus.BELOW_THRESHOLD, tuple(_with(treating, placements, ANSWERED_OR_DONE)), text)
    now = [*_with(treating, placements, ANSWERED_NOW), *prepared.general_for[reading.id]]
    if now:
        return Coverage(reading.id, CoverageStatus.NOW, tuple(now), "Answered now.")
    later = _with(treating, placements, ANSWERED_LATER)
    if later:
        return Coverage(reading.id, CoverageStatus.LATER, tuple(later), "Planned: " + _first_reason(placements[later[0]]))
    done = _with(treating, placements, (MatchStatus.DONE,))
    if done:
        return Coverage(reading.id, CoverageStatus.DEFERRED, tuple(done), WORKED_THROUGH)
    refused = [name for name in treating if placements[name].declined]
    if refused:
        return Coverage(reading.id, CoverageStatus.REFUSED, tuple(refused), "The module that treats it was declined; ask again at the review.")
    closed = _with(treating, placements, DEFERRED)
    if closed:
        return Coverage(reading.id, CoverageStatus.DEFERRED, tuple(closed), "Deferred: " + _first_reason(placements[closed[0]]))
    text = "No module answers it as things stand: decide with the patient."
    return Coverage(reading.id, CoverageStatus.DEFERRED, treating, f"{text} {_first_reason(placements[treating[0]])}" if treating else text)


def _with(names: tuple[str, ...], placements: dict[str, Placement], statuses: tuple[MatchStatus, ...]) -> list[str]:
    return [name for name in names if placements[name].status in statuses and not placements[name].declined]


def _first_reason(placement: Placement) -> str:
    against = [reason.text for reason in placement.because if not reason.supports]
    return against[0] if against else "in its phase."
