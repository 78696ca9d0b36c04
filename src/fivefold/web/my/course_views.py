"""How it went: the curves of the patient's own answers that their team has released, drawn as on the page of progress, and nothing else of it."""

from typing import Any

from django.http import HttpResponseBase
from django.template.defaultfilters import floatformat
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from fivefold.concepts.progress import DatedValue, Series
from fivefold.services.access import Permission, own_record
from fivefold.services.measure_forms import OWN
from fivefold.services.own_course import MyCourse, OwnCurve, see_my_course
from fivefold.web.my.views import show
from fivefold.web.pages import PageRequest, page
from fivefold.web.progress.axis import HEIGHT, WIDTH, Axis, axis_over, draw_series
from fivefold.web.progress.readings import Surroundings, read_curve
from fivefold.web.ui.templatetags.ui import day


@page(Permission.OWN_PAGES)
@require_safe
def course(request: PageRequest) -> HttpResponseBase:
    """How it went, as far as the team has released it."""
    return show(request, "course", "my_map", shown_course(see_my_course(request.actor, patient_id=own_record(request.actor))))


def shown_course(seen: MyCourse) -> dict[str, Any]:
    """The curves on one time, each with what is said of it and its table."""
    axis = axis_over([one.on for curve in seen.curves for one in curve.series.values], seen.today)
    curves = [_shown(place, curve, axis) for place, curve in enumerate(seen.curves)]
    return {"seen": seen, "curves": curves, "axis": axis, "width": WIDTH, "height": HEIGHT, "grid": "".join(f"M{x} 0V{HEIGHT}" for x, _on in axis.ticks)}


def _shown(place: int, curve: OwnCurve, axis: Axis) -> dict[str, Any]:
    said = _said_of_week if curve.of_weeks else _said
    reads = read_curve(f"c{place}", curve.name, curve.series, axis, said, Surroundings([], {}, ()))
    return {
        "name": curve.name,
        "is_questionnaire": not curve.of_weeks and curve.series.instrument != OWN,
        "curve": draw_series(curve.series, axis),
        "reads": reads,
        "words": _words(curve),
        "rows": _rows(curve.series),
    }


def _words(curve: OwnCurve) -> str:
    """What is said beside a curve, "" for nothing. One that has become worse is not called so: that is talked about, not read alone."""
    return _("It has become easier since %(on)s.") % {"on": day(curve.series.scores[0].on)} if curve.is_easier else ""


def _rows(series: Series) -> SafeString:
    """The table twin, the newest first; a gap stays a gap."""
    cells = ((day(one.on), "–" if one.value is None else _number(one.value)) for one in reversed(series.values))
    return format_html_join("", '<tr><th scope="row">{}</th><td class="number">{}</td></tr>', cells)


def _number(value: float) -> str:
    return str(floatformat(value, -1))


def _said(one: DatedValue, on: str) -> str:
    if one.value is None:
        return _("%(on)s: no number, because some answers were left open.") % {"on": on}
    return _("%(on)s: %(value)s.") % {"on": on, "value": _number(one.value)}


def _said_of_week(one: DatedValue, on: str) -> str:
    """The middle of what was written in a week, which stands on the day of its last entry."""
    if one.value is None:
        return _("Week from %(on)s: nothing written.") % {"on": on}
    return _("Week up to %(on)s: mostly %(value)s.") % {"on": on, "value": _number(one.value)}
