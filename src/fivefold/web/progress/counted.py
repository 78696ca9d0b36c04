"""Events as counts by week or month: a bar for each time that somebody asked about, a dot at the bottom for none, nothing where nobody knows."""

from collections.abc import Callable
from typing import Any

from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fivefold.concepts.progress import DatedValue
from fivefold.engine.progress.event_counts import EventCount
from fivefold.web.progress.axis import EDGE, HEIGHT, Axis, draw_series, height_of
from fivefold.web.progress.readings import Say, Surroundings, read_curve


def counted(name: str, one: EventCount, axis: Axis, around: Surroundings, number: Callable[[float], str]) -> dict[str, Any]:
    """One kind of event: its bars, what is said of each, the table twin, and what stands in no bar."""
    bars = "".join(f"M{axis.x(score.on)} {HEIGHT - EDGE}V{height_of(one.series, score.value)}" for score in one.series.scores)
    cells = ((around.written(value.on), _("not known") if value.value is None else number(value.value)) for value in reversed(one.series.values))
    return {
        "name": name,
        "curve": draw_series(one.series, axis),
        "bars": bars,
        "reads": read_curve(f"events-{one.kind}", name, one.series, axis, _say(one.by, number), around) if one.series.values else None,
        "words": " ".join(_words(one)),
        "rows": format_html_join("", '<tr><th scope="row">{}</th><td class="number">{}</td></tr>', cells),
    }


def _words(one: EventCount) -> list[str]:
    month = one.by == "month"
    gaps = sum(value.value is None for value in one.series.values)
    said = [
        ngettext("One in all, counted by %(by)s.", "%(n)d in all, counted by %(by)s.", one.total) % {"n": one.total, "by": _("month") if month else _("week")}
    ]
    if one.running:
        said.append((_("This month so far: %(n)d.") if month else _("This week so far: %(n)d.")) % {"n": one.running})
    if gaps:
        of_months = ngettext("For one month nobody asked.", "For %(n)d months nobody asked.", gaps)
        of_weeks = ngettext("For one week nobody asked.", "For %(n)d weeks nobody asked.", gaps)
        said.append((of_months if month else of_weeks) % {"n": gaps})
    if one.unplaced:
        words = ngettext("One has no day that is known well enough to be drawn.", "%(n)d have no day that is known well enough to be drawn.", one.unplaced)
        said.append(words % {"n": one.unplaced})
    return said


def _say(by: str, number: Callable[[float], str]) -> Say:
    """A count with the last day of its time; a gap says that nobody asked."""
    counts = _("Month up to %(on)s: %(value)s.") if by == "month" else _("Week up to %(on)s: %(value)s.")
    none = _("Month up to %(on)s: not known, nobody asked.") if by == "month" else _("Week up to %(on)s: not known, nobody asked.")

    def say(value: DatedValue, on: str) -> str:
        return none % {"on": on} if value.value is None else counts % {"on": on, "value": number(value.value)}

    return say
