"""Change of measures that swing within a week: means of three weekly scores instead of single ones."""

import math
from dataclasses import dataclass, replace
from datetime import date

from fivefold.concepts.instrument import Instrument, Scale
from fivefold.concepts.progress import Change, ChangeWord, DoesNotKnow, Score, Series
from fivefold.concepts.rules import ProgressFile
from fivefold.engine.progress.clinical_cutoff import clinical_cutoff
from fivefold.engine.progress.measurement import measurement_error
from fivefold.engine.progress.reliable_change import change_from

RULE = "rule.progress.three_week_mean"
UNCONFIRMED = "The change has not been confirmed by the mean before."


@dataclass(frozen=True)
class WindowMean:
    """The mean of scores in a row, from the day of the first to the day of the last."""

    start: date
    end: date
    mean: float
    n: int


def is_volatile(instrument: Instrument, rules: ProgressFile) -> bool:
    """Whether an instrument is given so often, weekly or more, that its scores are compared as means."""
    most = rules.rule(RULE).number("volatile_up_to").value
    return instrument.every.value is not None and instrument.every.unit == "days" and instrument.every.value <= most


def means_of_three(series: Series, rules: ProgressFile) -> tuple[WindowMean, ...]:
    """Rolling means of three scores in a row, oldest first; overlapping, one ending at each score from the third.

    Scores in a row are those that are there; three that lie too far apart give no mean, so that a gap stays a gap. The
    number of scores and the longest span are the rule's (``rule.progress.three_week_mean``, our proposal).
    """
    rule = rules.rule(RULE)
    size, longest = int(rule.number("weeks").value), rule.number("longest_span").value
    scores = series.scores
    windows = (scores[index : index + size] for index in range(len(scores) - size + 1))
    return tuple(_mean(window) for window in windows if (window[-1].on - window[0].on).days <= longest)


def change_of_means(series: Series, scale: Scale, rules: ProgressFile) -> Change | DoesNotKnow:
    """The change from the mean of the first three scores to the mean of the last three.

    The criterion is that of two single scores, which is cautious: the mean of three has less error. A change counts after
    two means in a row have shown it; before, the word is *unchanged* and ``possible`` holds what the newest mean shows. The
    first and the last three may not overlap, so six scores are the least. The rule is our proposal, and its example our own arithmetic: nobody
    was found who prints one. Risk never waits for any of this.
    """
    scores = series.scores
    size = int(rules.rule(RULE).number("weeks").value)
    if len(scores) < 2 * size:
        return DoesNotKnow(f"Means of {size} scores are compared, and there are {len(scores)} scores.", (f"{2 * size} scores",), len(scores), series.last)
    first, windows = scores[:size], means_of_three(series, rules)
    if not windows or windows[0].start != first[0].on or windows[-1].end != scores[-1].on:
        return DoesNotKnow("The first or the last scores lie too far apart for a mean.", ("weekly scores in a row",), len(scores), series.last)
    error = measurement_error(scale, rules)
    if isinstance(error, DoesNotKnow):
        return DoesNotKnow(error.because, error.settled_by, len(scores), series.last)
    cutoff = clinical_cutoff(scale, rules)
    later = [window for window in windows if window.start >= scores[size].on]
    needed = int(rules.rule(RULE).number("confirmations").value)
    latest = [change_from(series, windows[0].mean, window.mean, error, cutoff) for window in later[-needed:]]
    return _confirmed(latest, needed)


def _mean(window: tuple[Score, ...]) -> WindowMean:
    return WindowMean(window[0].on, window[-1].on, round(math.fsum(score.value for score in window) / len(window), 6), len(window))


def _confirmed(latest: list[Change], needed: int) -> Change:
    """The newest change; its word goes no further than as many means in a row as needed have shown."""
    newest = latest[-1]
    agreed = len(latest) >= needed and len({_way(change) for change in latest}) == 1
    if newest.word is ChangeWord.UNCHANGED:
        return newest
    if not agreed:
        return _held_back(newest, ChangeWord.UNCHANGED)
    if newest.word is ChangeWord.RECOVERED and any(change.word is ChangeWord.IMPROVED for change in latest):
        return _held_back(newest, ChangeWord.IMPROVED)
    return newest


def _way(change: Change) -> ChangeWord:
    """Which way a change goes: recovery is improvement."""
    return ChangeWord.IMPROVED if change.word is ChangeWord.RECOVERED else change.word


def _held_back(change: Change, word: ChangeWord) -> Change:
    grounds = replace(change.grounds, doubts=(UNCONFIRMED, *change.grounds.doubts))
    return replace(change, word=word, possible=change.word, grounds=grounds)
