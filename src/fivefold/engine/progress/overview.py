"""All that an assessment's dated scores say of change, one entry for each scale."""

from dataclasses import dataclass

from fivefold.concepts.assessment import Assessment
from fivefold.concepts.instrument import Instrument, Scale, ScoringMethod
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.progress import Change, DatedValue, DoesNotKnow, MeasurementError, Series, Sign
from fivefold.concepts.rules import ProgressFile
from fivefold.concepts.scores import ScaleScore
from fivefold.concepts.vocabulary import Direction
from fivefold.engine.progress.alliance import below_own_mean, fallen_rating, low_rating
from fivefold.engine.progress.measurement import measurement_error
from fivefold.engine.progress.on_track import TrackReading, read_track
from fivefold.engine.progress.percent_of_baseline import PercentOfBaseline, percent_of_baseline
from fivefold.engine.progress.reliable_change import change_between_ends
from fivefold.engine.progress.sudden_shift import SuddenShift, find_sudden_shifts
from fivefold.engine.progress.volatile import change_of_means, is_volatile
from fivefold.engine.scoring import score_assessment

# The instruments whose ratings are about the alliance, not about symptoms.
ALLIANCE = ("srs", "waisr")
NOT_A_SYMPTOM = DoesNotKnow("Ratings of the alliance have no course that is expected of them.")


@dataclass(frozen=True)
class ScaleProgress:
    """One scale over time; ``as_means`` tells that means of three are compared, ``undated`` how many scores had no day."""

    series: Series
    as_means: bool
    change: Change | DoesNotKnow
    percent: PercentOfBaseline | DoesNotKnow
    shifts: tuple[SuddenShift, ...] | DoesNotKnow
    signs: tuple[Sign, ...]
    track: TrackReading | DoesNotKnow
    undated: int


def read_progress(assessment: Assessment, knowledge: KnowledgeBase, scored: tuple[ScaleScore, ...] | None = None) -> tuple[ScaleProgress, ...]:
    """What every scale with a dated score says of change, in the order of the assessment.

    A measure that is given weekly is read as means of three as soon as there are enough scores, as two single scores before,
    which says so among its doubts. Scales without a better end are left out, and so are risk screens: a lower triage is no
    change for the better and clears nothing. Scores without a day are counted and not used. ``scored`` are the scores of this
    assessment where they have been worked out already.
    """
    found: dict[tuple[str, str], list[ScaleScore]] = {}
    for score in scored if scored is not None else score_assessment(assessment, knowledge):
        found.setdefault((score.instrument, score.scale), []).append(score)
    read = []
    for (name, scale_id), scores in found.items():
        scale = knowledge.instruments[name].scale(scale_id)
        if scale is not None and scale.direction is not Direction.NEITHER and scale.method is not ScoringMethod.TRIAGE:
            read.append(_scale_progress(knowledge.instruments[name], scale, scores, assessment.treatment.weeks_in_treatment, knowledge.progress))
    return tuple(one for one in read if one.series.values)


def series_of(scores: list[ScaleScore]) -> Series:
    """The dated results of one scale as a series, oldest first; an unscored result keeps its place as a gap."""
    first = scores[0]
    dated = [(score.on, score.value, len(score.missing) if score.value is None else 0) for score in scores if score.on is not None]
    values = tuple(DatedValue(*entry) for entry in sorted(dated, key=lambda entry: entry[0]))
    return Series(first.instrument, first.scale, first.unit, first.minimum, first.maximum, first.direction, values)


def _scale_progress(instrument: Instrument, scale: Scale, scores: list[ScaleScore], weeks: float | None, rules: ProgressFile) -> ScaleProgress:
    series = series_of(scores)
    error = measurement_error(scale, rules)
    means = change_of_means(series, scale, rules) if is_volatile(instrument, rules) else None
    change = means if isinstance(means, Change) else change_between_ends(series, scale, rules)
    is_alliance = instrument.id in ALLIANCE
    return ScaleProgress(
        series=series,
        as_means=isinstance(means, Change),
        change=change,
        percent=percent_of_baseline(series, rules),
        shifts=find_sudden_shifts(series, error, rules) if isinstance(error, MeasurementError) else error,
        signs=_signs(series, error, rules) if is_alliance else (),
        track=NOT_A_SYMPTOM if is_alliance else read_track(series, scale, change, weeks, rules),
        undated=sum(score.on is None for score in scores),
    )


def _signs(series: Series, error: MeasurementError | DoesNotKnow, rules: ProgressFile) -> tuple[Sign, ...]:
    looked = (low_rating(series, rules), fallen_rating(series, error, rules), below_own_mean(series, rules))
    return tuple(sign for sign in looked if isinstance(sign, Sign))
