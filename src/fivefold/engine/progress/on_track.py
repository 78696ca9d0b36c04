"""Whether treatment moves a measure as soon as it should: the rational default, which needs no data of other people.

The rule is our own, and so are its examples.
"""

from dataclasses import dataclass
from enum import StrEnum

from fivefold.concepts.instrument import Band, Scale
from fivefold.concepts.progress import Change, ChangeWord, ClinicalCutoff, DoesNotKnow, Grounds, Series
from fivefold.concepts.rules import ProgressFile
from fivefold.engine.progress.reliable_change import is_clinical

RULE = "rule.progress.rational_default"


class TrackStatus(StrEnum):
    """What the signs ask for. All three are shown without red, which is for safety alone."""

    NOTHING_SEEN = "nothing"
    LOOK = "a look at alliance, motivation and stressors"
    REVIEW = "a review of the plan"


@dataclass(frozen=True)
class TrackReading:
    """The signs that were seen, and what could not be judged."""

    status: TrackStatus
    seen: tuple[str, ...]
    not_judged: tuple[str, ...]
    grounds: Grounds


def read_track(series: Series, scale: Scale, change: Change | DoesNotKnow, weeks: float | None, rules: ProgressFile) -> TrackReading | DoesNotKnow:
    """The change of one measure after some weeks of treatment against the rational default (clinical dossier 7.2, our proposal).

    Signs: by week 6 no move for the better of 0.3 SD; by week 12 no reliable change for the better; a reliable deterioration; a
    worse band than at the start. Who lies in the ordinary range of the scale need not move, where a clinical cut-off tells. One
    sign asks for a look, two or a deterioration for a review. A sign that was seen counts whatever else is unknown; where none was
    seen and one could not be judged, nothing is known.
    """
    if isinstance(change, DoesNotKnow):
        return change
    seen, not_judged = [], []
    slow = () if _is_ordinary(series, change) else (_early(series, scale, change, weeks, rules), _late(change, weeks, rules))
    for sign in (*slow, _worse(change), _band_up(series, scale, change)):
        if isinstance(sign, DoesNotKnow):
            not_judged.append(sign.because)
        elif sign:
            seen.append(sign)
    if not seen and not_judged:
        return DoesNotKnow(" ".join(dict.fromkeys(not_judged)), (), change.grounds.n, change.grounds.last)
    status = (TrackStatus.NOTHING_SEEN, TrackStatus.LOOK, TrackStatus.REVIEW)[min(2, len(seen))]
    if change.word is ChangeWord.DETERIORATED:
        status = TrackStatus.REVIEW
    return TrackReading(status, tuple(seen), tuple(dict.fromkeys(not_judged)), change.grounds)


NO_WEEKS = DoesNotKnow("How long treatment has lasted is not known.", ("weeks in treatment",))


def _is_ordinary(series: Series, change: Change) -> bool:
    return isinstance(change.cutoff, ClinicalCutoff) and not is_clinical(series, change.now, change.cutoff)


def _early(series: Series, scale: Scale, change: Change, weeks: float | None, rules: ProgressFile) -> str | DoesNotKnow:
    rule = rules.rule(RULE)
    week, move = rule.number("early_week").value, rule.number("early_move").value
    if weeks is None:
        return NO_WEEKS
    if weeks < week:
        return ""
    if scale.sd is None:
        return DoesNotKnow("The standard deviation of the scale is not known.", ("a standard deviation",))
    moved = -series.worse_by(change.before, change.now)
    return "" if round(moved - move * scale.sd.value, 6) >= 0 else f"Less than {move:g} SD for the better by week {week:g}."


def _late(change: Change, weeks: float | None, rules: ProgressFile) -> str | DoesNotKnow:
    week = rules.rule(RULE).number("late_week").value
    if weeks is None:
        return NO_WEEKS
    late = weeks >= week and change.word not in (ChangeWord.IMPROVED, ChangeWord.RECOVERED)
    return f"No reliable change for the better by week {week:g}." if late else ""


def _worse(change: Change) -> str:
    return "A reliable deterioration." if change.word is ChangeWord.DETERIORATED else ""


def _band_up(series: Series, scale: Scale, change: Change) -> str:
    before, now = _band(scale, change.before), _band(scale, change.now)
    if before is None or now is None or before is now or series.worse_by(change.before, change.now) <= 0:
        return ""
    return f"A worse band: {now.name}, after {before.name}."


def _band(scale: Scale, value: float) -> Band | None:
    return scale.band_of(value) if scale.bands else None
