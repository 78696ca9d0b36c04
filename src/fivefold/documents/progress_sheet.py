"""Measured change as a sheet: one measure after the other, its word with its numbers, and what remains doubtful."""

from collections.abc import Iterator, Sequence

from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.progress import Change, ChangeWord, ClinicalCutoff, DoesNotKnow, Series, Sureness
from fivefold.concepts.vocabulary import EVENT_WORDS
from fivefold.documents.reading_sheets import DIRECTIONS
from fivefold.documents.sheets import ASKS_FOR, Block, Entry, Heading, Line, Sheet, Tone
from fivefold.documents.text_names import counted, day, joined, number
from fivefold.engine.progress.event_counts import EventCount
from fivefold.engine.progress.on_track import TrackReading
from fivefold.engine.progress.overview import ScaleProgress
from fivefold.engine.progress.percent_of_baseline import PercentOfBaseline
from fivefold.engine.progress.sudden_shift import SuddenShift

CLEARS_NOTHING = "A better score clears no risk rule, and no word here is a diagnosis."
SURENESS = {Sureness.FIRM: "firm", Sureness.FAIR: "fair", Sureness.TENTATIVE: "tentative"}


def progress_sheet(measures: Sequence[ScaleProgress], knowledge: KnowledgeBase, events: Sequence[EventCount] = ()) -> Sheet:
    """Every measure with at least two dated scores, the others named in one sentence; then the events that can be counted."""
    return Sheet.of("Progress", (*_progress(measures, knowledge), *_events(events), Line(CLEARS_NOTHING, tone=Tone.QUIET, apart=True)))


def _progress(measures: Sequence[ScaleProgress], knowledge: KnowledgeBase) -> Iterator[Block]:
    several = [measure for measure in measures if len(measure.series.values) > 1]
    once = [_name(measure.series, knowledge) for measure in measures if len(measure.series.values) < 2]
    doubts = list(dict.fromkeys(doubt for measure in several if isinstance(measure.change, Change) for doubt in measure.change.grounds.doubts))
    yield Heading("Progress")
    for measure in several:
        yield from _measure(measure, doubts, knowledge)
    if not several:
        yield Line("No measure has two dated scores, so that nothing can be said of change.")
    if once:
        yield Line(f"One dated score each, which is no change yet: {joined(once)}.", apart=True)
    if doubts:
        # Said once for all measures: the same few doubts stand behind most of them.
        yield Heading("Doubts", "none: firm, one: fair, more: tentative")
        yield from (Line(doubt, f"{index} ") for index, doubt in enumerate(doubts, 1))


def _events(events: Sequence[EventCount]) -> Iterator[Block]:
    if not events:
        return
    yield Heading("Events", "counted; a time of which nobody asked is not a zero")
    for one in events:
        yield Entry(EVENT_WORDS[one.kind], f"{one.total} in all", apart=True)
        known = [f"{day(value.on)}: {number(value.value)}" for value in one.series.values if value.value is not None]
        if known:
            yield Line(f"By {one.by}, up to {'; '.join(known)}.", depth=3)
        gaps = len(one.series.values) - len(known)
        if gaps:
            yield Line(f"Of {counted(gaps, one.by)} nobody knows.", depth=3)
        if one.running:
            yield Line(f"This {one.by} so far: {one.running}.", depth=3)
        if one.unplaced:
            yield Line(f"{one.unplaced} without a day that is known well enough.", depth=3)


def _name(series: Series, knowledge: KnowledgeBase) -> str:
    instrument = knowledge.instruments[series.instrument]
    scale = instrument.scale(series.scale)
    return instrument.name if len(instrument.scales) == 1 or scale is None else f"{instrument.name}, {scale.name}"


def _measure(measure: ScaleProgress, doubts: list[str], knowledge: KnowledgeBase) -> Iterator[Block]:
    series, change = measure.series, measure.change
    yield Entry(_name(series, knowledge), _word(change) if isinstance(change, Change) else "not known", apart=True)
    for text in (*_counts(measure), *(_said(measure, doubts) if isinstance(change, Change) else _unknown(change))):
        yield Line(text, depth=3)
    if not isinstance(measure.shifts, DoesNotKnow):
        yield from (Line(_shift(shift), depth=3) for shift in measure.shifts)
    if isinstance(measure.track, TrackReading) and measure.track.seen:
        yield Line(f"{' '.join(measure.track.seen)} This asks for: {measure.track.status.value}.", ASKS_FOR, depth=3)
    # Two signs of one rule ask for one action, said once.
    for action in dict.fromkeys(sign.action for sign in measure.signs):
        seen = " ".join(sign.seen for sign in measure.signs if sign.action == action)
        yield Line(f"{seen} {action}", ASKS_FOR, depth=3)


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


def _distance(nearer: int) -> str:
    """How far it is from the best value, beside the start; a reader is not to work out what above a hundred means."""
    if not nearer:
        return "as far from the best value as at the start"
    return f"{abs(nearer)} percent {'nearer to' if nearer > 0 else 'further from'} the best value than at the start"


def _said(measure: ScaleProgress, doubts: list[str]) -> list[str]:
    change = measure.change
    assert isinstance(change, Change), "only known changes are told"
    what = "Mean of three, first and last" if measure.as_means else "First and last score"
    low, high = (max(measure.series.minimum, change.band[0]), min(measure.series.maximum, change.band[1]))
    left = f", {_distance(measure.percent.nearer)}" if isinstance(measure.percent, PercentOfBaseline) else ""
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
