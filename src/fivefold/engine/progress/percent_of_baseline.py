"""How much of the distance from the best end of a scale is left."""

from dataclasses import dataclass

from fivefold.concepts.progress import DoesNotKnow, Grounds, Series
from fivefold.concepts.rules import ProgressFile

RULE = "rule.progress.percent_of_baseline"
SAYS_NOTHING_OF_ERROR = "A percentage says nothing of measurement error; read it beside the reliable change."


@dataclass(frozen=True)
class PercentOfBaseline:
    """What is left, in percent of the start: 100 as at the start, 0 at the best end, above 100 worse."""

    percent: float
    grounds: Grounds

    @property
    def nearer(self) -> int:
        """By how many percent of the start it is nearer to the best end than then; below 0 further from it."""
        return round(100 - self.percent)


def percent_of_baseline(series: Series, rules: ProgressFile) -> PercentOfBaseline | DoesNotKnow:
    """The present score's distance from the best end of the scale, in percent of the first score's distance.

    100 * burden(now) / burden(first), where burden is the distance from the best end, so that scales that do not begin at 0,
    or on which more is better, give the same figure as their mirror. Worked example: how many of forty people the R package
    clinicalsignificance (cs_percentage) prints with half or less left. Needs two scores, and a first one off the best end.
    """
    scores = series.scores
    if len(scores) < 2:
        return DoesNotKnow("A percentage of the start needs two scores.", ("another score",), len(scores), series.last)
    start = series.burden(scores[0].value)
    if start <= 0:
        return DoesNotKnow("The first score lies at the best end of the scale, so that nothing is a share of it.", (), len(scores), series.last)
    percent = round(100 * series.burden(scores[-1].value) / start, 6)
    return PercentOfBaseline(percent, Grounds(len(scores), scores[-1].on, (SAYS_NOTHING_OF_ERROR,), (rules.rule(RULE).basis,)))
