"""A chart as SVG, drawn from its values: a line with dots, the cut-off, the band of error, the days at both ends. No script, no style."""

from datetime import date
from html import escape

from fivefold.documents import pdf_words as words
from fivefold.documents.clinical.blocks import Chart

WIDTH, HEIGHT = 360, 150
LEFT, RIGHT, TOP, BOTTOM = 62, 12, 26, 24
INK, MUTED, FAINT, LINE, BAND = "#1f2a33", "#4f5a64", "#e2dccf", "#2a5d84", "#dfe7ee"
FONT = "Figtree"


def draw_svg(chart: Chart) -> str:
    """The picture; the worse end lies at the top, so that a line that falls is good news on every scale."""
    days = [date.fromisoformat(on) for on, _value in chart.points]
    first, last = days[0], days[-1]
    span = max(1, (last - first).days)
    places = [(_x((on - first).days / span), None if value is None else _y(chart, value)) for on, (_day, value) in zip(days, chart.points, strict=True)]
    pieces = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img"',
        f' aria-label="{escape(chart.alt)}">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="8" fill="#ffffff"/>',
        _text(10, 17, chart.name, INK, 12, weight=600),
        *_frame(chart),
        *_band(chart),
        *_cutoff(chart),
        *(f'<path d="{path}" fill="none" stroke="{LINE}" stroke-width="2" stroke-linejoin="round" stroke-linecap="round"/>' for path in _lines(places)),
        *(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{LINE}"/>' for x, y in places if y is not None),
        _text(LEFT, HEIGHT - 7, words.day(first), MUTED, 10),
        _text(WIDTH - RIGHT, HEIGHT - 7, words.day(last), MUTED, 10, anchor="end") if last != first else "",
        "</svg>",
    ]
    return "".join(pieces)


def _x(share: float) -> float:
    return LEFT + 6 + (WIDTH - LEFT - RIGHT - 12) * share


def _y(chart: Chart, value: float) -> float:
    share = (value - chart.minimum) / (chart.maximum - chart.minimum)
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - share if chart.lower_is_better else share)


def _frame(chart: Chart) -> list[str]:
    return [
        *(f'<path d="M{LEFT} {y}H{WIDTH - RIGHT}" stroke="{FAINT}" stroke-width="1"/>' for y in (TOP, HEIGHT - BOTTOM)),
        _text(LEFT - 6, TOP + 4, chart.worst, MUTED, 10, anchor="end"),
        _text(LEFT - 6, HEIGHT - BOTTOM + 4, chart.best, MUTED, 10, anchor="end"),
    ]


def _band(chart: Chart) -> list[str]:
    """Where error leaves the newest value possible, as a bar at its end."""
    if chart.band is None:
        return []
    ends = sorted(_y(chart, value) for value in chart.band)
    return [f'<rect x="{WIDTH - RIGHT - 12}" y="{ends[0]:.1f}" width="12" height="{ends[1] - ends[0]:.1f}" fill="{BAND}"/>']


def _cutoff(chart: Chart) -> list[str]:
    if chart.cutoff is None:
        return []
    y = _y(chart, chart.cutoff)
    line = f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="{MUTED}" stroke-width="1" stroke-dasharray="4 4"/>'
    return [line, _text(LEFT + 4, y - 4, chart.cutoff_word, MUTED, 9)]


def _lines(places: list[tuple[float, float | None]]) -> list[str]:
    """Pieces of line; a gap parts them."""
    paths: list[str] = []
    running = ""
    for x, y in places:
        if y is None:
            paths, running = [*paths, running], ""
        else:
            running += f"{'L' if running else 'M'}{x:.1f} {y:.1f}"
    return [path for path in [*paths, running] if "L" in path]


def _text(x: float, y: float, text: str, colour: str, size: int, *, anchor: str = "start", weight: int = 400) -> str:
    look = f'font-family="{FONT}" font-size="{size}" font-weight="{weight}" fill="{colour}" text-anchor="{anchor}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {look}>{escape(text)}</text>'
