"""When modules are expected to run, in weeks as ranges; the bars stand in the table that says the same in words."""

from fivefold.concepts.plan import Spread, TimelineEntry
from fivefold.documents.html.formats import number
from fivefold.documents.html.markup import NOTHING, Html, card, fill, note
from fivefold.documents.html.view import View

STEPS = (1, 2, 4, 8, 13, 26, 52, 104)
MOST_MARKS = 8
HOW_TO_READ = (
    "Weeks from the date of the plan, always as ranges: pale from the earliest start to the latest end, full for the usual course. An expectation, no deadline."
)
_TABLE = (
    '<table class="timeline"><caption class="unseen">Expected weeks of each module</caption><thead><tr><th scope="col">Module</th>'
    '<th scope="col"><span class="unseen">Bar</span>{}</th><th scope="col">Starts</th><th scope="col">Ends</th></tr></thead><tbody>{}</tbody></table>'
)


def timeline_section(view: View) -> Html:
    """One row per entry: earliest start to latest end as a pale bar, usual start to usual end as a full one."""
    entries = view.plan.timeline
    if not entries:
        return NOTHING
    end = max(1.0, *(entry.to_week.max for entry in entries))
    step = next((step for step in STEPS if end / step <= MOST_MARKS), STEPS[-1])
    marks = [step * count for count in range(int(end // step) + 1)]
    table = fill(_TABLE, _axis(marks, end), [_row(view, entry, marks, end) for entry in entries])
    return card("timeline", "Timeline", note(HOW_TO_READ, fill(' <small class="basis">{}</small>', "computed from dose and pace")), table)


def _axis(marks: list[int], end: float) -> Html:
    texts = [fill('<text x="{}%" y="12" text-anchor="{}">{}</text>', _place(mark, end), "middle" if mark else "start", mark) for mark in marks]
    return fill('<svg class="axis" aria-hidden="true">{}</svg>', texts)


def _place(week: float, end: float) -> str:
    return f"{100 * week / end:.1f}"


def _row(view: View, entry: TimelineEntry, marks: list[int], end: float) -> Html:
    grid = [fill('<line class="grid" x1="{}%" x2="{}%" y1="0" y2="22"/>', _place(mark, end), _place(mark, end)) for mark in marks]
    pale = _bar("pale", entry.from_week.min, entry.to_week.max, end)
    full = _bar("full", entry.from_week.usual, entry.to_week.usual, end)
    return fill(
        '<tr class="{}"><th scope="row">{}<small>{}</small></th><td class="chart"><svg class="weeks" aria-hidden="true">{}{}{}</svg></td>'
        '<td><span class="unseen">starts </span>{}</td><td><span class="unseen">ends </span>{}</td></tr>',
        entry.phase.lower(), view.module_link(entry.module), view.phase(entry.phase).short_name, grid, pale, full, _week(entry.from_week), _week(entry.to_week),
    )  # fmt: skip


def _bar(kind: str, start: float, stop: float, end: float) -> Html:
    width = f"{max(0.6, 100 * (stop - start) / end):.1f}"
    return fill('<rect class="{}" x="{}%" y="6" width="{}%" height="10" rx="5"/>', kind, _place(start, end), width)


def _week(spread: Spread) -> Html:
    if spread.min == spread.max:
        return fill("week {}", number(spread.usual))
    return fill("week {} <small>{} to {}</small>", number(spread.usual), number(spread.min), number(spread.max))
