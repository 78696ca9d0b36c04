"""One time axis for everything that is drawn on the page: places in a drawing of 1000 units across, and the days that are named."""

from dataclasses import dataclass
from datetime import date, timedelta

from fivefold.concepts.progress import Change, ClinicalCutoff, Series
from fivefold.concepts.vocabulary import Direction
from fivefold.engine.progress.overview import ScaleProgress
from fivefold.services.expected_courses import Expected

WIDTH, LEFT, RIGHT = 1000, 8, 8
HEIGHT, EDGE = 96, 10
MOST_TICKS = 8
SHORTEST_DAYS = 28


@dataclass(frozen=True)
class Axis:
    """The time from ``first`` to ``last``."""

    first: date
    last: date

    def x(self, on: date) -> float:
        """Where a day lies; a day outside lies on the edge."""
        share = (on - self.first).days / max(1, (self.last - self.first).days)
        return round(LEFT + (WIDTH - LEFT - RIGHT) * min(1.0, max(0.0, share)), 1)

    @property
    def ticks(self) -> list[tuple[float, date]]:
        """Where the first of some months lies, at most eight of them."""
        months = _firsts_of_months(self.first, self.last)
        step = -(-len(months) // MOST_TICKS) or 1
        return [(self.x(day), day) for day in months[::step]]


def axis_over(days: list[date], today: date) -> Axis:
    """From the earliest of the days to today, four weeks at least."""
    return Axis(min([*days, today - timedelta(days=SHORTEST_DAYS)]), today)


def _firsts_of_months(first: date, last: date) -> list[date]:
    found, day = [], date(first.year, first.month, 1)
    while day <= last:
        if day >= first:
            found.append(day)
        day = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return found


@dataclass(frozen=True)
class Curve:
    """One scale as drawn: pieces of line without the gaps, a path of its points, the cut-off, and the error around the newest value.

    Heights count from the top, as in every drawing; the better end lies at the bottom, so that every curve that falls is good
    news. ``cutoff`` and ``error`` are None where they are not known.
    """

    pieces: tuple[str, ...]
    points: str
    cutoff: float | None
    error: tuple[float, float, float] | None
    top: str
    bottom: str
    expected: str = ""
    band: str = ""


def draw(measure: ScaleProgress, axis: Axis, expected: Expected | None = None) -> Curve:
    """The series of a measure on the axis, with the course that was expected of it if there is one."""
    series, change = measure.series, measure.change
    known = change if isinstance(change, Change) else None
    error = None
    if known is not None and series.scores:
        low, high = (height_of(series, min(series.maximum, max(series.minimum, value))) for value in known.band)
        error = (axis.x(series.scores[-1].on), min(low, high), max(low, high))
    ends = (series.maximum, series.minimum)
    worst, best = ends if series.direction is Direction.HIGHER_IS_WORSE else ends[::-1]
    cutoff = height_of(series, known.cutoff.value) if known is not None and isinstance(known.cutoff, ClinicalCutoff) else None
    line, band = _course(series, axis, expected)
    return Curve(_pieces(series, axis), _dots(series, axis), cutoff, error, f"{worst:g}", f"{best:g}", line, band)


def draw_series(series: Series, axis: Axis) -> Curve:
    """A series alone on the axis, of which no change is told."""
    ends = (series.maximum, series.minimum)
    worst, best = ends if series.direction is Direction.HIGHER_IS_WORSE else ends[::-1]
    return Curve(_pieces(series, axis), _dots(series, axis), None, None, f"{worst:g}", f"{best:g}")


def _course(series: Series, axis: Axis, expected: Expected | None) -> tuple[str, str]:
    """The expected course as a line, and the interval around it as an outline; nothing where there is none, or a single session."""
    points = expected.points if expected is not None else ()
    if len(points) < 2:
        return "", ""

    def at(on: date, value: float) -> str:
        return f"{axis.x(on)},{height_of(series, min(series.maximum, max(series.minimum, value)))}"

    there = [at(on, worse) for on, _middle, worse, _better in points]
    back = [at(on, better) for on, _middle, _worse, better in reversed(points)]
    return " ".join(at(on, middle) for on, middle, _worse, _better in points), " ".join([*there, *back])


def _dots(series: Series, axis: Axis) -> str:
    """Every value as a dot, in one path."""
    return "".join(f"M{axis.x(score.on)} {height_of(series, score.value)}h.01" for score in series.scores)


def height_of(series: Series, value: float) -> float:
    """How far from the top of the drawing a value lies."""
    return round(EDGE + (HEIGHT - 2 * EDGE) * (1 - series.burden(value) / (series.maximum - series.minimum)), 1)


def _pieces(series: Series, axis: Axis) -> tuple[str, ...]:
    """A line for each run of values without a gap between them."""
    runs: list[list[str]] = [[]]
    for entry in series.values:
        if entry.value is None:
            runs.append([])
        else:
            runs[-1].append(f"{axis.x(entry.on)},{height_of(series, entry.value)}")
    return tuple(" ".join(run) for run in runs if len(run) > 1)
