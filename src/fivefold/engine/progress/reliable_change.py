"""Reliable and clinically significant change between two scores: the clinical default, Jacobson and Truax."""

from fivefold.concepts.instrument import Scale
from fivefold.concepts.progress import Change, ChangeWord, ClinicalCutoff, DoesNotKnow, Grounds, MeasurementError, Score, Series
from fivefold.concepts.rules import ProgressFile
from fivefold.engine.progress.clinical_cutoff import clinical_cutoff
from fivefold.engine.progress.measurement import measurement_error

TWO_SCORES = "Two single scores are compared; single weeks swing."


def change_between_ends(series: Series, scale: Scale, rules: ProgressFile) -> Change | DoesNotKnow:
    """The change from the first to the last score of a series, gaps left out.

    Use it for measures that are stable from week to week; ``volatile.change_of_means`` is for the others. Needs two scores,
    and a measurement error for the scale.
    """
    scores = series.scores
    if len(scores) < 2:
        return DoesNotKnow("A change needs two scores.", ("another score",), len(scores), series.last)
    error = measurement_error(scale, rules)
    if isinstance(error, DoesNotKnow):
        return DoesNotKnow(error.because, error.settled_by, len(scores), series.last)
    return change_from(series, scores[0].value, scores[-1].value, error, clinical_cutoff(scale, rules), (TWO_SCORES,))


def change_from(
    series: Series, before: float, now: float, error: MeasurementError, cutoff: ClinicalCutoff | DoesNotKnow, doubts: tuple[str, ...] = ()
) -> Change:
    """The word for a difference between two values of a series, with its numbers.

    Index = (now - before) / (SEM * sqrt(2)), reliable from z either way: Jacobson and Truax 1991. Improved and deteriorated
    mean a reliable change; recovered, a reliable change for the better that has crossed the clinical cut-off. Without a
    cut-off nobody is called recovered.
    """
    worse = series.worse_by(before, now)
    word = _word(worse, error.reliable_from, series, before, now, cutoff)
    possible = _word(worse, error.possible_from, series, before, now, cutoff) if error.possible_from is not None else word
    scores: tuple[Score, ...] = series.scores
    low, high = error.band(now)
    return Change(
        word=word,
        before=before,
        now=now,
        difference=round(now - before, 6),
        index=round((now - before) * error.z / error.reliable_from, 6),
        reliable_from=round(error.reliable_from, 6),
        possible=possible if possible is not word else None,
        band=(round(low, 6), round(high, 6)),
        cutoff=cutoff,
        grounds=Grounds(
            n=len(scores),
            last=scores[-1].on,
            doubts=(*doubts, *error.doubts, *(cutoff.doubts if isinstance(cutoff, ClinicalCutoff) else ())),
            basis=(*error.basis, *(cutoff.basis if isinstance(cutoff, ClinicalCutoff) else ())),
        ),
    )


def is_clinical(series: Series, value: float, cutoff: ClinicalCutoff) -> bool:
    """Whether a value lies on the clinical side of a cut-off. It describes the score; it is never a diagnosis."""
    return series.worse_by(cutoff.value, value) >= 0


def _word(worse: float, reliable_from: float, series: Series, before: float, now: float, cutoff: ClinicalCutoff | DoesNotKnow) -> ChangeWord:
    # Rounded as scores are, so that a difference of exactly the criterion is one.
    if round(worse - reliable_from, 6) >= 0:
        return ChangeWord.DETERIORATED
    if round(-worse - reliable_from, 6) < 0:
        return ChangeWord.UNCHANGED
    crossed = isinstance(cutoff, ClinicalCutoff) and is_clinical(series, before, cutoff) and not is_clinical(series, now, cutoff)
    return ChangeWord.RECOVERED if crossed else ChangeWord.IMPROVED
