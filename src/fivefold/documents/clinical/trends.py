"""Measured change in documents: charts, the words for them, and the same in a table. Two versions, of which the patient's says less."""

from collections.abc import Iterable, Sequence
from datetime import date

from fivefold.concepts.progress import Change, ChangeWord, ClinicalCutoff, DatedValue, DoesNotKnow, Sureness
from fivefold.concepts.vocabulary import Direction
from fivefold.documents import pdf_words as words
from fivefold.documents.clinical.blocks import Block, Chart, Paragraph, Table
from fivefold.documents.clinical.sources import DocumentSources
from fivefold.documents.language import say, to_say
from fivefold.engine.progress.on_track import TrackReading
from fivefold.engine.progress.overview import ALLIANCE, ScaleProgress

MOST_CHARTS, MOST_CHARTS_OF_PATIENT = 4, 2
MOST_DAYS, MOST_DAYS_OF_PATIENT = 12, 6
MOST_VALUES, MOST_VALUES_OF_PATIENT = 18, 24
CHANGE_WORDS = {
    ChangeWord.RECOVERED: to_say("recovered"),
    ChangeWord.IMPROVED: to_say("better"),
    ChangeWord.UNCHANGED: to_say("no reliable change"),
    ChangeWord.DETERIORATED: to_say("worse"),
}
SURE_WORDS = {Sureness.FIRM: to_say("firm"), Sureness.FAIR: to_say("fairly sure"), Sureness.TENTATIVE: to_say("tentative")}
NEWS = (ChangeWord.DETERIORATED, ChangeWord.RECOVERED, ChangeWord.IMPROVED, ChangeWord.UNCHANGED)


def several(sources: DocumentSources) -> list[ScaleProgress]:
    """Measures with two results and more: what is worse first, then what is better, what is within error, and what is not known."""
    found = [measure for measure in sources.measures if len(measure.series.scores) > 1]
    return sorted(found, key=lambda measure: NEWS.index(measure.change.word) if isinstance(measure.change, Change) else len(NEWS))


def name_of(sources: DocumentSources, measure: ScaleProgress) -> str:
    """The instrument, with its scale where it has several."""
    instrument = sources.knowledge.instruments[measure.series.instrument]
    scale = instrument.scale(measure.series.scale)
    return instrument.name if len(instrument.scales) == 1 or scale is None else f"{instrument.name}, {scale.name}"


# ---- For clinicians ------------------------------------------------------------------------------------------------------


def for_clinicians(sources: DocumentSources, *, with_signs: bool = True) -> list[Block]:
    """At most four charts, and every measure in a table with its word, how sure that is, n and the last day."""
    measures = several(sources)
    if not measures:
        return [Paragraph(say("No measure has two dated results, so that nothing can be said of change."))]
    found: list[Block] = [_chart(sources, measure) for measure in measures[:MOST_CHARTS]]
    header = (say("Measure"), say("First and last"), say("Change"), say("Results, last on"))
    found.append(Table(header, tuple(_row(sources, measure) for measure in measures), (3, 4, 8, 4)))
    signs = [text for measure in measures for text in _signs(measure)] if with_signs else []
    found += [Paragraph(text) for text in dict.fromkeys(signs)]
    found.append(Paragraph(say("A better score clears no safety rule, and no word here is a diagnosis."), "note"))
    return found


def _row(sources: DocumentSources, measure: ScaleProgress) -> tuple[str, ...]:
    series, change = measure.series, measure.change
    counted = say("{n}, {on}", n=len(series.scores), on=words.day(series.scores[-1].on))
    if isinstance(change, DoesNotKnow):
        ends = say("{a} to {b}", a=words.number(series.scores[0].value), b=words.number(series.scores[-1].value))
        return name_of(sources, measure), ends, say("not known: {why}", why=change.because), counted
    means = say(" (means of three)") if measure.as_means else ""
    ends = say("{a} to {b}", a=words.number(change.before), b=words.number(change.now)) + means
    word = f"{say(CHANGE_WORDS[change.word])}, {say(SURE_WORDS[change.grounds.sure])}"
    counts = say("counts from {size}", size=words.number(change.reliable_from))
    return name_of(sources, measure), ends, f"{word}; {counts}", counted


def _signs(measure: ScaleProgress) -> Iterable[str]:
    """What asks for a look: for clinicians alone."""
    if isinstance(measure.track, TrackReading) and measure.track.seen:
        yield say("{seen} This asks for: {what}.", seen=" ".join(measure.track.seen), what=measure.track.status.value)
    yield from (f"{sign.seen} {sign.action}" for sign in measure.signs)


def _chart(sources: DocumentSources, measure: ScaleProgress) -> Chart:
    change = measure.change if isinstance(measure.change, Change) else None
    cutoff = change.cutoff if change is not None and isinstance(change.cutoff, ClinicalCutoff) else None
    return _drawn(
        measure,
        name_of(sources, measure),
        word=say(CHANGE_WORDS[change.word]) if change else say("change not known"),
        cutoff=cutoff.value if cutoff else None,
        band=change.band if change else None,
    )


def _drawn(
    measure: ScaleProgress,
    name: str,
    *,
    word: str = "",
    cutoff: float | None = None,
    band: tuple[float, float] | None = None,
    ends: tuple[str, str] | None = None,
) -> Chart:
    series = measure.series
    lower = series.direction is Direction.HIGHER_IS_WORSE
    first, last = series.scores[0], series.scores[-1]
    said = say(
        "{name} from {a} on {start} to {b} on {end}.",
        name=name, a=words.number(first.value), start=words.day(first.on), b=words.number(last.value), end=words.day(last.on),
    )  # fmt: skip
    values = (words.number(series.minimum), words.number(series.maximum))
    best, worst = values if lower else values[::-1]
    good, bad = ends or (say("best {value}"), say("worst {value}"))
    low, high = band or (None, None)
    return Chart(
        name=name,
        points=tuple((entry.on.isoformat(), entry.value) for entry in series.values),
        minimum=series.minimum,
        maximum=series.maximum,
        lower_is_better=lower,
        best=good.format(value=best),
        worst=bad.format(value=worst),
        alt=f"{said} {word}".strip(),
        cutoff=cutoff,
        cutoff_word=say("cut-off {value}", value=words.number(cutoff)) if cutoff is not None else "",
        band=(max(series.minimum, low), min(series.maximum, high)) if low is not None and high is not None else None,
    )


def values(sources: DocumentSources, measures: Sequence[ScaleProgress] | None = None, *, plain: bool = False) -> list[Block]:
    """The values behind the charts: day by day, the latest first, or of a long course all values of a measure in one row.

    Of what is older than a row holds the number is told.
    """
    chosen = list(measures if measures is not None else several(sources)[:MOST_CHARTS])
    if not chosen:
        return []
    days = sorted({entry.on for measure in chosen for entry in measure.series.values}, reverse=True)
    names = [_plain_name(sources, measure) if plain else name_of(sources, measure) for measure in chosen]
    if len(days) <= (MOST_DAYS_OF_PATIENT if plain else MOST_DAYS):
        rows = tuple((words.day(on), *(_on(measure, on) for measure in chosen)) for on in days)
        return [Table((say("Day"), *names), rows, (2, *(2 for _ in chosen)))]
    most = MOST_VALUES_OF_PATIENT if plain else MOST_VALUES
    told = tuple((name, _in_a_row(measure.series.values[-most:])) for name, measure in zip(names, chosen, strict=True))
    found: list[Block] = [Table((say("Measure"), say("Values, the oldest first")), told, (1, 5))]
    older = sum(max(0, len(measure.series.values) - most) for measure in chosen)
    return [*found, *([Paragraph(say("{n} earlier values stand in the record.", n=older), "note")] if older else [])]


def _in_a_row(values: Sequence[DatedValue]) -> str:
    """Values with their days, the year where it changes: ``2025: 24 Nov 17, 24 Dec 16; 2026: 23 Jan 15``."""
    years: dict[int, list[str]] = {}
    for entry in values:
        value = "–" if entry.value is None else words.number(entry.value)
        years.setdefault(entry.on.year, []).append(f"{words.short_day(entry.on)} {value}")
    return "; ".join(f"{year}: {', '.join(told)}" for year, told in years.items())


def _on(measure: ScaleProgress, on: date) -> str:
    found = [entry.value for entry in measure.series.values if entry.on == on]
    return ", ".join("–" if value is None else words.number(value) for value in found)


# ---- For patients --------------------------------------------------------------------------------------------------------


def own_measures(sources: DocumentSources) -> list[ScaleProgress]:
    """At most two: those with the most results, so that fewer lines stay fewer; what is about the alliance is left for the talk."""
    found = [measure for measure in several(sources) if measure.series.instrument not in ALLIANCE]
    return sorted(found, key=lambda measure: -len(measure.series.scores))[:MOST_CHARTS_OF_PATIENT]


def for_patients(sources: DocumentSources) -> list[Block]:
    """The person's own values as a line, first and last in words. No forecast, no percentile, no cut-off, no word on the track."""
    measures = own_measures(sources)
    if not measures:
        return [Paragraph(say("There are too few answers for a picture yet. We fill in the same page again in some weeks."))]
    named = [(measure, _plain_name(sources, measure)) for measure in measures]
    found: list[Block] = [_drawn(measure, name, ends=(say("good {value}"), say("hard {value}"))) for measure, name in named]
    found += [Paragraph(_told(measure, name)) for measure, name in named]
    found.append(Paragraph(say("A line shows a part of you, and not all of you. Hard weeks happen to many people here. We look at it together."), "note"))
    return found


def _plain_name(sources: DocumentSources, measure: ScaleProgress) -> str:
    instrument = sources.knowledge.instruments[measure.series.instrument]
    return say("My {name}", name=instrument.name)


def _told(measure: ScaleProgress, name: str) -> str:
    series, change = measure.series, measure.change
    a, b = words.number(series.scores[0].value), words.number(series.scores[-1].value)
    good = say("Lower is better here.") if series.direction is Direction.HIGHER_IS_WORSE else say("Higher is better here.")
    said = say("{name}: at first {a}, now {b}.", name=name, a=a, b=b)
    clear = isinstance(change, Change) and change.word in (ChangeWord.IMPROVED, ChangeWord.RECOVERED)
    return " ".join([said, good, *([say("That is a clear step.")] if clear else [])])
