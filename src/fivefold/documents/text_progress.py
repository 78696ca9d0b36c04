"""Measured change as text: one measure after the other, its word with its numbers, and what remains doubtful."""

from collections.abc import Sequence

from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.plan import Override
from fivefold.concepts.progress import Change, ChangeWord, ClinicalCutoff, DoesNotKnow, Series, Sureness
from fivefold.concepts.vocabulary import OverrideStatus
from fivefold.documents.text_layout import Paper
from fivefold.documents.text_names import counted, day, joined, number
from fivefold.documents.text_readings import DIRECTIONS, finish
from fivefold.engine.progress.on_track import TrackReading
from fivefold.engine.progress.overview import ScaleProgress
from fivefold.engine.progress.percent_of_baseline import PercentOfBaseline
from fivefold.engine.progress.sudden_shift import SuddenShift

CLEARS_NOTHING = "A better score clears no risk rule, and no word here is a diagnosis."
SURENESS = {Sureness.FIRM: "firm", Sureness.FAIR: "fair", Sureness.TENTATIVE: "tentative"}


def render_progress(measures: Sequence[ScaleProgress], rules: Sequence[Override], knowledge: KnowledgeBase, paper: Paper) -> str:
    """Active risk rules, then every measure with at least two dated scores; the others are named in one sentence."""
    lines = []
    for rule in rules:
        if rule.status is OverrideStatus.ACTIVE:
            lines += [paper.alarm(line) for line in paper.wrap(f"{rule.code} {rule.name}: active.", "! ")]
    several = [measure for measure in measures if len(measure.series.values) > 1]
    once = [_name(measure.series, knowledge) for measure in measures if len(measure.series.values) < 2]
    doubts = list(dict.fromkeys(doubt for measure in several if isinstance(measure.change, Change) for doubt in measure.change.grounds.doubts))
    lines += paper.heading("PROGRESS")
    for measure in several:
        lines += _measure(measure, doubts, knowledge, paper)
    if not several:
        lines += paper.wrap("No measure has two dated scores, so that nothing can be said of change.", "  ")
    if once:
        lines += ["", *paper.wrap(f"One dated score each, which is no change yet: {joined(once)}.", "  ")]
    if doubts:
        # Said once for all measures: the same few doubts stand behind most of them.
        lines += paper.heading("DOUBTS", "none: firm, one: fair, more: tentative")
        for index, doubt in enumerate(doubts, 1):
            lines += paper.wrap(doubt, f"  {index}  ")
    return finish(paper, [*lines, "", *(paper.quiet(line) for line in paper.wrap(CLEARS_NOTHING, "  "))])


def _name(series: Series, knowledge: KnowledgeBase) -> str:
    instrument = knowledge.instruments[series.instrument]
    scale = instrument.scale(series.scale)
    return instrument.name if len(instrument.scales) == 1 or scale is None else f"{instrument.name}, {scale.name}"


def _measure(measure: ScaleProgress, doubts: list[str], knowledge: KnowledgeBase, paper: Paper) -> list[str]:
    series, change = measure.series, measure.change
    word = _word(change) if isinstance(change, Change) else "not known"
    lines = ["", *paper.ends(f"  {paper.strong(_name(series, knowledge))}", word).split("\n")]
    for text in (*_counts(measure), *(_said(measure, doubts) if isinstance(change, Change) else _unknown(change))):
        lines += paper.wrap(text, "      ")
    if not isinstance(measure.shifts, DoesNotKnow):
        for shift in measure.shifts:
            lines += paper.wrap(_shift(shift), "      ")
    if isinstance(measure.track, TrackReading) and measure.track.seen:
        lines += paper.wrap(f"{' '.join(measure.track.seen)} This asks for: {measure.track.status.value}.", "      > ", "        ")
    # Two signs of one rule ask for one action, said once.
    for action in dict.fromkeys(sign.action for sign in measure.signs):
        seen = " ".join(sign.seen for sign in measure.signs if sign.action == action)
        lines += paper.wrap(f"{seen} {action}", "      > ", "        ")
    return lines


def _counts(measure: ScaleProgress) -> list[str]:
    scores = measure.series.scores
    gaps = len(measure.series.values) - len(scores)
    parts = [counted(len(scores), "score")]
    parts += [f"the last on {day(scores[-1].on)}"] if scores else []
    parts += [f"{counted(gaps, 'occasion')} without a score"] if gaps else []
    parts += [f"{measure.undated} without a date, not used"] if measure.undated else []
    return [f"{', '.join(parts)}; {DIRECTIONS[measure.series.direction]}."]


def _word(change: Change) -> str:
    possible = f", possibly {change.possible.value}" if change.possible is not None else ""
    return f"{change.word.value}{possible} ({SURENESS[change.grounds.sure]})"


def _said(measure: ScaleProgress, doubts: list[str]) -> list[str]:
    change = measure.change
    assert isinstance(change, Change), "only known changes are told"
    what = "Mean of three, first and last" if measure.as_means else "First and last score"
    low, high = (max(measure.series.minimum, change.band[0]), min(measure.series.maximum, change.band[1]))
    left = f", {number(measure.percent.percent)} percent of the start is left" if isinstance(measure.percent, PercentOfBaseline) else ""
    lines = [
        f"{what}: {number(change.before)} and {number(change.now)}{left}. Error leaves {number(low)} to {number(high)} possible.",
        f"A difference is reliable from {number(change.reliable_from)}; this one is {number(abs(change.difference))}.",
    ]
    if isinstance(change.cutoff, DoesNotKnow) and change.word is ChangeWord.IMPROVED:
        lines.append(f"{change.cutoff.because} Whether this is a recovery is not known.")
    if isinstance(change.cutoff, ClinicalCutoff):
        lines.append(f"Clinical cut-off: {number(change.cutoff.value)} [{change.cutoff.basis[0]}].")
    lines.append(f"Rests on: {', '.join(dict.fromkeys(basis.words for basis in change.grounds.basis))}.")
    own = [str(place) for place in sorted(doubts.index(doubt) + 1 for doubt in change.grounds.doubts)]
    return [*lines, f"{'Doubt' if len(own) == 1 else 'Doubts'} {joined(own)}, below."] if own else lines


def _unknown(why: DoesNotKnow) -> list[str]:
    settled = f" It would take: {joined(why.settled_by)}." if why.settled_by else ""
    return [why.because + settled]


def _shift(shift: SuddenShift) -> str:
    back = f" Half of it was lost again by {day(shift.reversed_on)}." if shift.reversed_on else ""
    return f"Sudden {shift.kind.value} of {number(shift.size)} between {day(shift.before.on)} and {day(shift.after.on)}: ask what happened.{back}"
