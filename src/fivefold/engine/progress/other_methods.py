"""Other methods of reliable change, for research: what they need, what they give, and how they differ.

In the clinic Jacobson and Truax is used (``reliable_change``). These stand beside it so that nobody has to choose after looking.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from fivefold.concepts.progress import ChangeWord, DoesNotKnow, Series
from fivefold.concepts.rules import ProgressFile

RULE = "rule.progress.other_methods"
DEFAULT = "rule.progress.reliable_change"


class Method(StrEnum):
    """The methods, by their authors."""

    JACOBSON_TRUAX = "Jacobson-Truax"
    GULLIKSEN_LORD_NOVICK = "Gulliksen-Lord-Novick"
    HSU_LINN_LORD = "Hsu-Linn-Lord"
    EDWARDS_NUNNALLY = "Edwards-Nunnally"
    NUNNALLY_KOTSCH = "Nunnally-Kotsch"
    HAGEMAN_ARRINDELL = "Hageman-Arrindell"


@dataclass(frozen=True)
class SampleFigures:
    """What is known of the group a person is compared with, in the scale's unit; None where it is not.

    ``correlation`` is that of the scores before with the scores after. Raises ValueError for an SD that is not above 0, a
    reliability outside 0 to 1 (1 excluded), or a correlation outside -1 to 1.
    """

    reliability: float
    sd_before: float
    mean_before: float | None = None
    mean_after: float | None = None
    sd_after: float | None = None
    reliability_after: float | None = None
    correlation: float | None = None

    def __post_init__(self) -> None:
        spreads = [spread for spread in (self.sd_before, self.sd_after) if spread is not None]
        if not all(spread > 0 for spread in spreads):
            raise ValueError(f"standard deviations {spreads}: each must be above 0")
        if not all(0 <= one < 1 for one in (self.reliability, self.reliability_after) if one is not None):
            raise ValueError(f"reliability {self.reliability:g} or {self.reliability_after} does not lie from 0 to below 1")
        if self.correlation is not None and not -1 <= self.correlation <= 1:
            raise ValueError(f"a correlation of {self.correlation:g} does not lie from -1 to 1")

    @property
    def standard_error(self) -> float:
        """SEM = SD * sqrt(1 - r)."""
        return self.sd_before * math.sqrt(1 - self.reliability)


@dataclass(frozen=True)
class MethodResult:
    """One method's index, the quantile from which it is reliable, and the word. None of these methods says recovered."""

    method: Method
    index: float
    critical: float
    word: ChangeWord


@dataclass(frozen=True)
class MethodComparison:
    """Every method for one difference, and the warning that belongs beside them; ``agree`` looks at those that say something."""

    results: dict[Method, MethodResult | DoesNotKnow]
    warning: str

    @property
    def agree(self) -> bool:
        return len({result.word for result in self.results.values() if isinstance(result, MethodResult)}) <= 1


def compare_methods(series: Series, figures: SampleFigures, rules: ProgressFile) -> MethodComparison | DoesNotKnow:
    """The change from the first to the last score by every method, each with what it lacks where it says nothing.

    Formulas (product dossier 3.6; the R package clinicalsignificance names Hsu 1989 and 1995, Speer 1992, Nunnally and Kotsch 1983, and
    Hageman and Arrindell 1999 for them), with r the reliability, M and SD those
    before, SEM = SD sqrt(1 - r), S_pred = SD sqrt(1 - r^2):

    - Jacobson-Truax: (post - pre) / (SEM sqrt 2)
    - Gulliksen-Lord-Novick: ((post - M) - r (pre - M)) / S_pred
    - Hsu-Linn-Lord: ((post - M_post) - r (pre - M)) / S_pred; compares with how the group has changed
    - Edwards-Nunnally: (post - (r (pre - M) + M)) / SEM
    - Nunnally-Kotsch: the same difference / sqrt(r^2 SD^2 (1 - r) + SD^2 (1 - r_post))
    - Hageman-Arrindell: ((post - pre) r_dd + (M_post - M) (1 - r_dd)) / (sqrt(r_dd) SEM sqrt 2), with r_dd the reliability of
      the difference; reliable from 1.65

    Needs two scores. Worked examples: that of Jacobson and Truax 1991, and for all six how many people of two data sets that package
    prints as improved, unchanged and deteriorated; the index of the five for one person is our own arithmetic.
    """
    scores = series.scores
    if len(scores) < 2:
        return DoesNotKnow("A change needs two scores.", ("another score",), len(scores), series.last)
    usual, own = rules.rule(DEFAULT).number("z").value, rules.rule(RULE).number("hageman_arrindell").value
    results: dict[Method, MethodResult | DoesNotKnow] = {}
    for method, index_of in METHODS.items():
        index = index_of(scores[0].value, scores[-1].value, figures)
        if isinstance(index, DoesNotKnow):
            results[method] = index
            continue
        critical = own if method is Method.HAGEMAN_ARRINDELL else usual
        results[method] = MethodResult(method, index, critical, _word(series.worse_by(0, index), critical))
    return MethodComparison(results, rules.rule(RULE).action)


def _word(worse: float, critical: float) -> ChangeWord:
    if abs(worse) < critical:
        return ChangeWord.UNCHANGED
    return ChangeWord.DETERIORATED if worse > 0 else ChangeWord.IMPROVED


def _lacks(*missing: str) -> DoesNotKnow:
    return DoesNotKnow("The method needs figures that are not stated.", missing)


def _jacobson_truax(pre: float, post: float, sample: SampleFigures) -> float | DoesNotKnow:
    return (post - pre) / (sample.standard_error * math.sqrt(2))


def _gulliksen_lord_novick(pre: float, post: float, sample: SampleFigures) -> float | DoesNotKnow:
    mean = sample.mean_before
    if mean is None:
        return _lacks("the mean before")
    return ((post - mean) - sample.reliability * (pre - mean)) / _prediction_error(sample)


def _hsu_linn_lord(pre: float, post: float, sample: SampleFigures) -> float | DoesNotKnow:
    if sample.mean_before is None or sample.mean_after is None:
        return _lacks("the mean before", "the mean after")
    return ((post - sample.mean_after) - sample.reliability * (pre - sample.mean_before)) / _prediction_error(sample)


def _edwards_nunnally(pre: float, post: float, sample: SampleFigures) -> float | DoesNotKnow:
    if sample.mean_before is None:
        return _lacks("the mean before")
    return (post - _true_score(pre, sample.mean_before, sample.reliability)) / sample.standard_error


def _nunnally_kotsch(pre: float, post: float, sample: SampleFigures) -> float | DoesNotKnow:
    if sample.mean_before is None or sample.reliability_after is None:
        return _lacks("the mean before", "the reliability after")
    error = math.sqrt((sample.reliability * sample.standard_error) ** 2 + sample.sd_before**2 * (1 - sample.reliability_after))
    return (post - _true_score(pre, sample.mean_before, sample.reliability)) / error


def _hageman_arrindell(pre: float, post: float, sample: SampleFigures) -> float | DoesNotKnow:
    if sample.mean_before is None or sample.mean_after is None or sample.sd_after is None or sample.correlation is None:
        return _lacks("means before and after", "the SD after", "the correlation of before and after")
    reliability = _reliability_of_difference(sample.sd_before, sample.sd_after, sample.correlation, sample.standard_error)
    if reliability <= 0:
        return DoesNotKnow("In this group a difference between two scores is nothing but error.")
    true = (post - pre) * reliability + (sample.mean_after - sample.mean_before) * (1 - reliability)
    return true / (math.sqrt(reliability) * sample.standard_error * math.sqrt(2))


def _prediction_error(sample: SampleFigures) -> float:
    return sample.sd_before * math.sqrt(1 - sample.reliability**2)


def _true_score(pre: float, mean: float, reliability: float) -> float:
    """A score drawn towards the mean of its group by what is error in it."""
    return reliability * (pre - mean) + mean


def _reliability_of_difference(before: float, after: float, correlation: float, error: float) -> float:
    """The share of the variance of differences that is not error, 0 where there is none: one SEM stands for both occasions."""
    variance = before**2 + after**2 - 2 * before * after * correlation
    return (variance - 2 * error**2) / variance if variance > 0 else 0.0


METHODS: dict[Method, Callable[[float, float, SampleFigures], float | DoesNotKnow]] = {
    Method.JACOBSON_TRUAX: _jacobson_truax,
    Method.GULLIKSEN_LORD_NOVICK: _gulliksen_lord_novick,
    Method.HSU_LINN_LORD: _hsu_linn_lord,
    Method.EDWARDS_NUNNALLY: _edwards_nunnally,
    Method.NUNNALLY_KOTSCH: _nunnally_kotsch,
    Method.HAGEMAN_ARRINDELL: _hageman_arrindell,
}
