"""The page of progress: measures above, modules and marks below, on one time axis, each with its table."""

import uuid
from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.template.defaultfilters import floatformat
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from fivefold.concepts.progress import Change, ChangeWord, ClinicalCutoff, DatedValue, DoesNotKnow, Series, Sureness
from fivefold.concepts.protocol import ExpectedChange
from fivefold.concepts.vocabulary import EVENT_WORDS, Direction, OverrideKind, PhaseId
from fivefold.engine.progress.attendance import ExpectedStatus
from fivefold.engine.progress.baseline import PersonalBaseline
from fivefold.engine.progress.expected_course import CourseStatus
from fivefold.engine.progress.nearest import NeighbourBand
from fivefold.engine.progress.other_methods import MethodComparison
from fivefold.engine.progress.overview import ScaleProgress
from fivefold.engine.progress.percent_of_baseline import PercentOfBaseline
from fivefold.engine.progress.sudden_shift import ShiftKind, SuddenShift
from fivefold.services.access import Permission
from fivefold.services.diary_trends import DailyCourse
from fivefold.services.expected_courses import Expected
from fivefold.services.knowledge import knowledge
from fivefold.services.progress import MARKED_EVENTS, RATED, Mark, SeenProgress, see_progress, series_key, series_name
from fivefold.web.pages import PageRequest, page
from fivefold.web.progress.axis import HEIGHT, WIDTH, Axis, axis_over, draw, draw_series
from fivefold.web.progress.counted import counted
from fivefold.web.progress.looking_down import done_before, done_between
from fivefold.web.progress.readings import Surroundings, read_curve, read_marks, score_words, week_words
from fivefold.web.ui.templatetags.ui import day

GOAL_ATTAINMENT = "gas"
# A day named further right would not fit.
LAST_LABEL = 0.93
CHANGE_WORDS: dict[ChangeWord, tuple[str, str | Promise]] = {
    ChangeWord.RECOVERED: ("done", gettext_lazy("recovered")),
    ChangeWord.IMPROVED: ("done", gettext_lazy("better")),
    ChangeWord.UNCHANGED: ("none", gettext_lazy("within error")),
    ChangeWord.DETERIORATED: ("watch", gettext_lazy("worse")),
}
NEWS = (ChangeWord.DETERIORATED, ChangeWord.RECOVERED, ChangeWord.IMPROVED, ChangeWord.UNCHANGED)
SURE_WORDS: dict[Sureness, str | Promise] = {
    Sureness.FIRM: gettext_lazy("firm"),
    Sureness.FAIR: gettext_lazy("fairly sure"),
    Sureness.TENTATIVE: gettext_lazy("tentative"),
}
MARK_WORDS: dict[str, str | Promise] = {
    **{kind: gettext_lazy(EVENT_WORDS[kind]) for kind in MARKED_EVENTS},
    "review_change": gettext_lazy("review: the plan is changed"),
    "review_keep": gettext_lazy("review: the plan is kept"),
    "review_wait": gettext_lazy("review: decided later"),
    "look_back": gettext_lazy("look-back at a review"),
    "session": gettext_lazy("session"),
    "no_session": gettext_lazy("session that did not take place"),
}
STATUS_WORDS: dict[CourseStatus, str | Promise] = {
    CourseStatus.WITHIN: gettext_lazy("At session %(session)d about %(expected)s was expected; this score lies within the expected course."),
    CourseStatus.BEHIND: gettext_lazy("At session %(session)d about %(expected)s was expected; less has changed than in most."),
    CourseStatus.NOT_ON_TRACK: gettext_lazy("At session %(session)d about %(expected)s was expected; this score lies beyond the line of %(line)s."),
}
MARKED = (*MARKED_EVENTS, "review_change", "review_keep", "review_wait", "look_back")
# A session that did not take place is a stub beside one that did.
SESSION_TOPS = {"session": 4, "no_session": 9}
# The sign of a phase takes so much of the width; two that lie closer are written side by side.
SIGN_WIDTH = 70
DANGERS = ("self_harm", "suicide_attempt", "suicidal_communication", "crisis", "admission", "emergency_visit")


@page(Permission.SEE_RECORD)
@require_safe
def progress(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """What has changed, how sure that is, and what was done meanwhile."""
    seen = see_progress(request.actor, patient_id=patient_id)
    days = [entry.on for measure in seen.measures for entry in measure.series.values]
    counts = (*seen.events, *(count for _words, count in seen.diary_counts))
    days += [entry.on for one in (*(daily.weeks for daily in seen.daily), *(count.series for count in counts)) for entry in one.values]
    axis = axis_over([*days, *(stretch.since for stretch in seen.modules), *(mark.on for mark in seen.marks)], seen.today)
    around = Surroundings([mark for mark in seen.marks if mark.kind in (*MARKED, "plan")], MARK_WORDS, DANGERS)
    # Goal attainment is told once: where goals are rated here, the same number entered as a score stands beside it.
    told_with_goals = [measure for measure in seen.measures if seen.attained and measure.series.instrument == GOAL_ATTAINMENT]
    measures = [measure for measure in seen.measures if measure not in told_with_goals]
    several = sorted((measure for measure in measures if len(measure.series.values) > 1), key=_news)
    told: set[str] = set()
    panels = _told_once([_measure(measure, axis, seen, around) for measure in several])
    context = {
        "tab": "progress",
        "part": "caseload",
        "patient": seen.patient,
        "seen": seen,
        "lead": _lead(several),
        "measures": [panel for panel in panels if not panel["is_rated"]],
        "rated": [panel for panel in panels if panel["is_rated"]],
        "once": [series_name(measure.series, seen.own_names) for measure in measures if len(measure.series.values) == 1],
        "daily": [_daily(place, one, axis, around, told) for place, one in enumerate(seen.daily)],
        "events": [
            *(counted(_(EVENT_WORDS[one.kind]), one, axis, around, _as_in_table()) for one in seen.events),
            *(counted(_("%(words)s (diary)") % {"words": words}, one, axis, around, _as_in_table()) for words, one in seen.diary_counts),
        ],
        "programme": _programme(seen),
        "grid": "".join(f"M{x} 0V{HEIGHT}" for x, _on in axis.ticks),
        "labels": [(round(100 * x / WIDTH, 1), on) for x, on in axis.ticks if x < WIDTH * LAST_LABEL],
        "width": WIDTH,
        "height": HEIGHT,
        "middle": HEIGHT // 2,
        "bars": list(_bars(seen, axis)),
        "marks": [_mark(mark, axis) for mark in seen.marks if mark.kind in MARKED],
        "plans": list(_plans(seen, axis)),
        "phases": _phases(seen, axis),
        "sessions": [(kind, "".join(f"M{axis.x(mark.on)} {top}V12" for mark in seen.marks if mark.kind == kind)) for kind, top in SESSION_TOPS.items()],
        "axis_reads": read_marks([mark for mark in seen.marks if mark.on <= axis.last], axis, MARK_WORDS),
        "happened": bool(seen.marks or seen.modules),
        "dangers": [rule.name for rule in seen.active if rule.kind is OverrideKind.HARD],
        "gas": told_with_goals[0].series.values[-1] if told_with_goals else None,
        "attained": seen.attained[0] if seen.attained else None,
        "goals_drawn": _goals(seen, axis, around) if len(seen.attained) > 1 else None,
    }
    return render(request, "progress/progress.html", context)


def _news(measure: ScaleProgress) -> int:
    """What is worse comes first, then what is better, what is within error, and what is not known."""
    change = measure.change
    return NEWS.index(change.word) if isinstance(change, Change) else len(NEWS)


def _lead(measures: list[ScaleProgress]) -> str:
    """How many measures have changed, in one sentence."""
    known = [measure.change for measure in measures if isinstance(measure.change, Change)]
    if not known:
        return _("Nothing can be said of change yet: it takes two dated results of one measure, and what is known of its error.")
    better = sum(change.word in (ChangeWord.RECOVERED, ChangeWord.IMPROVED) for change in known)
    worse = sum(change.word is ChangeWord.DETERIORATED for change in known)
    counted = {"better": better, "worse": worse, "same": len(known) - better - worse, "all": len(known)}
    words = ngettext(
        "One measure can show change: %(better)d better, %(worse)d worse, %(same)d within measurement error.",
        "%(all)d measures can show change: %(better)d better, %(worse)d worse, %(same)d within measurement error.",
        len(known),
    )
    return words % counted


def _told_once(panels: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Where nothing can be said of change for one and the same reason, the first panel says it and the others point at it."""
    told: set[str] = set()
    for panel in panels:
        if panel["word"][0] == "unknown" and panel["said"]:
            words = " ".join(panel["said"])
            panel["said"] = [_("For the reason given above.")] if words in told else panel["said"]
            told.add(words)
    return panels


def _measure(measure: ScaleProgress, axis: Axis, seen: SeenProgress, around: Surroundings) -> dict[str, Any]:
    """One panel: the drawing, the word with its numbers, the expected course, the doubts, and the table of values."""
    change = measure.change
    expected = seen.expected.get((measure.series.instrument, measure.series.scale))
    name, key = series_name(measure.series, seen.own_names), f"{measure.series.instrument}-{measure.series.scale}"
    instrument = knowledge().instruments.get(measure.series.instrument)
    say = score_words(instrument.scale(measure.series.scale) if instrument else None, _as_in_table())
    return {
        "name": name,
        "id": key,
        "curve": draw(measure, axis, expected),
        "reads": read_curve(key, name, measure.series, axis, say, around),
        "expected": list(_expected(expected)) if expected is not None else [],
        "methods": _methods(expected.methods) if expected is not None and isinstance(expected.methods, MethodComparison) else [],
        "warning": expected.methods.warning if expected is not None and isinstance(expected.methods, MethodComparison) else "",
        "compared": expected.compared_with if expected is not None else 0,
        "word": _word(change) if isinstance(change, Change) else ("unknown", _("whether it changed is not known")),
        "said": list(_said(measure)),
        "doubts": list(change.grounds.doubts) if isinstance(change, Change) else [],
        "basis": [one.words for one in dict.fromkeys(change.grounds.basis)] if isinstance(change, Change) else [],
        "shifts": [_shift(shift, seen) for shift in measure.shifts] if not isinstance(measure.shifts, DoesNotKnow) else [],
        "done": done_between(seen, measure.series.scores[0].on, measure.series.scores[-1].on, MARK_WORDS) if isinstance(change, Change) else [],
        "signs": [(sign.seen, sign.action) for sign in measure.signs],
        "rows": _rows(measure.series, _("no score"), around),
        "undated": measure.undated,
        "key": series_key(measure.series),
        "is_rated": measure.series.instrument == RATED,
    }


def _rows(series: Series, empty: str, around: Surroundings) -> SafeString:
    """The rows of the table twin, the newest first; put together here, because a page of three years has a thousand of them."""
    language, row = get_language() or "", '<tr><th scope="row">{}</th><td class="number">{}</td></tr>'
    cells = ((around.written(one.on), empty if one.value is None else _number(one.value, language)) for one in reversed(series.values))
    return format_html_join("", row, cells)


@lru_cache(maxsize=4096)
def _number(value: float, _language: str) -> str:
    """At most two places; kept, because the same few numbers come again and again."""
    return str(floatformat(value, -2))


def _as_in_table() -> Callable[[float], str]:
    """How a value is written, in the language of this page."""
    language = get_language() or ""
    return lambda value: _number(value, language)


def _word(change: Change) -> tuple[str, str]:
    mark, word = CHANGE_WORDS[change.word]
    return mark, _("%(word)s, %(sure)s") % {"word": word, "sure": SURE_WORDS[change.grounds.sure]}


def _said(measure: ScaleProgress) -> Iterable[str]:
    """What the change rests on, in sentences with numbers."""
    change = measure.change
    if isinstance(change, DoesNotKnow):
        yield change.because
        if change.settled_by:
            yield _("It would take: %(what)s.") % {"what": ", ".join(change.settled_by)}
        return
    least, moved = round(change.reliable_from, 2), round(abs(change.difference), 2)
    numbers = {"before": f"{round(change.before, 2):g}", "now": f"{round(change.now, 2):g}", "n": change.grounds.n, "on": day(change.grounds.last)}
    if measure.as_means:
        yield _("From %(before)s to %(now)s, the means of the first three and the last three of %(n)d values; the last is of %(on)s.") % numbers
    else:
        yield _("From %(before)s to %(now)s; %(n)d values, the last on %(on)s.") % numbers
    yield _("A difference counts from %(from)s on; this one is %(is)s.") % {"from": f"{least:g}", "is": f"{moved:g}"}
    if isinstance(change.cutoff, ClinicalCutoff):
        yield _("The dashed line is the cut-off, %(value)s.") % {"value": f"{change.cutoff.value:.4g}"}
    elif change.word is ChangeWord.IMPROVED:
        yield _("Whether this is a recovery is not known: %(why)s") % {"why": change.cutoff.because}
    if isinstance(measure.percent, PercentOfBaseline):
        yield _distance(measure.percent.nearer)


def _distance(nearer: int) -> str:
    """How far it is from the best value, beside the start; a reader is not to work out what above a hundred means."""
    if not nearer:
        return _("It is as far from the best value as at the start.")
    if nearer > 0:
        return _("It is %(n)d percent nearer to the best value than at the start.") % {"n": nearer}
    return _("It is %(n)d percent further from the best value than at the start.") % {"n": -nearer}


def _expected(expected: Expected) -> Iterable[str]:
    """What was expected of a measure, how far such a course is off, and whom it comes from; or why nothing is said."""
    reading, errors, near = expected.reading, expected.errors, expected.neighbours
    if isinstance(reading, DoesNotKnow):
        yield _("No course is expected: %(why)s") % {"why": reading.because}
        return
    numbers = {"session": reading.session, "expected": f"{reading.expected:.3g}", "line": f"{reading.not_on_track_line:.3g}", "n": reading.cases}
    yield STATUS_WORDS[reading.status] % numbers
    yield _("The grey band holds eight of ten people of this clinic who began alike (%(n)d people); it is no forecast for one person.") % numbers
    if isinstance(near, NeighbourBand):
        found = {"n": near.n, "low": f"{near.lower:.3g}", "high": f"{near.upper:.3g}"}
        yield _("Half of the %(n)d people most alike at the start lay between %(low)s and %(high)s then.") % found
    else:
        yield _("Nobody is compared one by one: %(why)s") % {"why": near.because}
    if errors.from_start is not None and errors.last is not None:
        off = {"curve": f"{errors.from_start:.2g}", "last": f"{errors.last:.2g}", "n": errors.n}
        words = _("For %(n)d people who were left out when it was made, it was off by %(curve)s points on average; the score before, carried on, by %(last)s.")
        yield words % off


def _goals(seen: SeenProgress, axis: Axis, around: Surroundings) -> dict[str, Any]:
    """The T-score of the goals over time; drawn from 20 to 80, where nearly everything lies, and told as it is."""
    ratings = list(reversed(seen.attained))
    series = Series("goals", "t", "T", 20, 80, Direction.HIGHER_IS_BETTER, tuple(DatedValue(one.on, min(80.0, max(20.0, one.t))) for one in ratings))
    told = Series("goals", "t", "T", 0, 100, Direction.HIGHER_IS_BETTER, tuple(DatedValue(one.on, min(100.0, max(0.0, one.t))) for one in ratings))
    # What is said of a rating is its own T-score, also where the drawing ends below it.
    exact, say = {one.on: one for one in told.values}, score_words(None, _as_in_table())
    reads = read_curve("goals", _("Goal attainment, T-score"), series, axis, lambda one, on: say(exact[one.on], on), around)
    return {"curve": draw_series(series, axis), "rows": _rows(told, _("no score"), around), "n": len(seen.attained), "reads": reads}


def _daily(place: int, one: DailyCourse, axis: Axis, around: Surroundings, told: set[str]) -> dict[str, Any]:
    """One urge or mood of the diary: its weeks drawn, what is usual now, and what stands out against that; why it is not known is ``told`` once."""
    numbers = {"n": one.entries}
    if isinstance(one.usual, PersonalBaseline):
        found = numbers | {"usual": f"{one.usual.usual:g}", "up": f"{one.usual.usual_up_to:g}", "four": one.usual.grounds.n}
        words = _("Usual in the last four weeks: %(usual)s, and up to %(up)s (%(four)d entries). In all %(n)d entries, drawn as medians of weeks.") % found
    else:
        why = _("What is usual is not known: %(why)s") % {"why": one.usual.because}
        words = " ".join([*([] if why in told else [why]), _("In all %(n)d entries, drawn as medians of weeks.") % numbers])
        told.add(why)
    return {
        "name": one.words, "curve": draw_series(one.weeks, axis), "words": words, "signs": [(sign.seen, sign.action) for sign in one.signs],
        "rows": _rows(one.weeks, _("no entry"), around), "reads": read_curve(f"daily-{place}", one.words, one.weeks, axis, week_words(_as_in_table()), around),
        "key": series_key(one.weeks),
    }  # fmt: skip


def _methods(comparison: MethodComparison) -> list[tuple[str, str, str]]:
    """Each method with its index and its word, or what it lacks."""
    rows = []
    for method, result in comparison.results.items():
        if isinstance(result, DoesNotKnow):
            rows.append((method.value, "–", result.because))
        else:
            rows.append((method.value, f"{result.index:.2f}", str(CHANGE_WORDS[result.word][1])))
    return rows


def _shift(shift: SuddenShift, seen: SeenProgress) -> tuple[str, list[str]]:
    """A sudden shift in a sentence, and what was done and happened around it."""
    said = {"from": day(shift.before.on), "to": day(shift.after.on), "size": f"{shift.size:.3g}"}
    words = _("Sudden gain of %(size)s between %(from)s and %(to)s: ask what happened.") if shift.kind is ShiftKind.GAIN else ""
    words = words or _("Sudden loss of %(size)s between %(from)s and %(to)s: ask what happened.")
    return words % said, done_before(seen, shift.before.on, shift.after.on, MARK_WORDS)


STANDS: dict[ExpectedStatus, tuple[str, str | Promise]] = {
    ExpectedStatus.MOVED: ("done", gettext_lazy("has moved")),
    ExpectedStatus.NOT_DUE: ("later", gettext_lazy("not due yet")),
    ExpectedStatus.NOT_MOVED: ("watch", gettext_lazy("due, has not moved")),
    ExpectedStatus.UNKNOWN: ("unknown", gettext_lazy("due, not known")),
}


def _programme(seen: SeenProgress) -> dict[str, Any]:
    """What the programme expects by when, a line for each change, and how many of the planned sessions took place."""
    told = seen.programme
    lines = [(*STANDS[one.status], one.expected.target, _expected_when(one.expected), one.action) for one in told.timetable]
    held = ""
    if told.planned is not None and told.held is not None:
        # More than was planned, as in a crisis or in the first days, is no share of it.
        words = (
            _("Since the first session signed here, %(held)d of %(planned)d planned sessions were held.")
            if told.held <= told.planned
            else _("Sessions held since the first one signed here: %(held)d; planned until now: %(planned)d.")
        )
        held = words % {"held": told.held, "planned": told.planned}
    return {"name": told.name, "weeks": told.weeks, "lines": lines, "held": held, "signs": [(sign.seen, sign.action) for sign in told.signs]}


def _expected_when(expected: ExpectedChange) -> str:
    """From when to when a change is expected, as the programme says it."""
    by = {"by": f"{expected.by.value:g}", "unit": expected.by.unit}
    if expected.start is None:
        return _("by %(by)s %(unit)s") % by
    return _("%(from)s to %(by)s %(unit)s") % {"from": f"{expected.start.value:g}", **by}


def _bars(seen: SeenProgress, axis: Axis) -> Iterable[dict[str, Any]]:
    """One line for each module, with every stretch in which it was under way."""
    names = dict.fromkeys(stretch.module for stretch in seen.modules)
    for name in names:
        stretches = [one for one in seen.modules if one.module == name]
        module = knowledge().modules.get(name)
        pieces = [(axis.x(one.since), max(3.0, axis.x(one.until or seen.today) - axis.x(one.since))) for one in stretches]
        words = "; ".join(_("%(from)s to %(to)s") % {"from": day(one.since), "to": day(one.until) if one.until else _("now")} for one in stretches)
        yield {"name": stretches[0].name, "phase": module.phase.value.lower() if module else "", "pieces": pieces, "words": words}


def _plans(seen: SeenProgress, axis: Axis) -> Iterable[tuple[float, date, str, str]]:
    """Place, day, phase and class of every signed plan; one that leaves the phase as it was is drawn more quietly."""
    before = ""
    for mark in seen.marks:
        if mark.kind == "plan":
            yield axis.x(mark.on), mark.on, knowledge().phases[PhaseId(mark.words)].name, mark.words.lower() + (" same" if mark.words == before else "")
            before = mark.words


def _phases(seen: SeenProgress, axis: Axis) -> list[tuple[float, str]]:
    """The sign of each phase where it begins, in percent of the width, so that paper tells the phases apart without colour."""
    signs: list[tuple[float, str]] = []
    for x, _on, _phase, kind in _plans(seen, axis):
        sign = kind.upper()
        if kind.endswith(" same"):
            continue
        if signs and x - signs[-1][0] < SIGN_WIDTH * (1 + signs[-1][1].count(" ")):
            signs[-1] = (signs[-1][0], f"{signs[-1][1]} {sign}")
        else:
            signs.append((x, sign))
    return [(round(100 * x / WIDTH, 1), sign) for x, sign in signs]


def _mark(mark: Mark, axis: Axis) -> dict[str, Any]:
    return {"x": axis.x(mark.on), "on": mark.on, "words": MARK_WORDS[mark.kind], "is_danger": mark.kind in DANGERS}
