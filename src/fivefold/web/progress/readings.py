"""What a curve says where somebody points at it: one sentence for each value, with what happened near it.

The sentences are made here and not in the browser, so that they are translated and worded like the rest of the page. The drawing is
read by pointer, finger or keys with ``curves.js``; without it the tables say the same.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fivefold.concepts.instrument import Scale
from fivefold.concepts.progress import DatedValue, Series
from fivefold.concepts.vocabulary import PhaseId
from fivefold.services.knowledge import knowledge
from fivefold.services.progress import Mark
from fivefold.web.progress.axis import Axis, height_of
from fivefold.web.ui.templatetags.ui import day

# So many days either side count as near: measures that are given every four weeks then leave no mark between two values untold.
NEAR = timedelta(days=14)
# More than so many are counted and not told one by one, so that a sentence stays one.
MOST_TOLD = 3
SESSIONS = ("session", "no_session")
# Place across and from the top in the drawing (no height for a gap), and what is said there.
Reading = tuple[float, float | None, str]
# A value and its day as it is written, as a sentence.
Say = Callable[[DatedValue, str], str]


@dataclass(frozen=True)
class Reads:
    """A drawing that can be read value by value: its id in the page, its name in words, and its readings, oldest first."""

    id: str
    label: str
    readings: tuple[Reading, ...]


@dataclass(frozen=True)
class Happening:
    """A mark in words; of several near one value a danger is told first, then a change of phase, then the rest."""

    on: date
    words: str
    rank: int


class Surroundings:
    """What happened near a day, of all that is marked on the time axis but for sessions."""

    def __init__(self, marks: Sequence[Mark], words: Mapping[str, str | Promise], dangers: Iterable[str]) -> None:
        self._all = list(_happenings([mark for mark in marks if mark.kind not in SESSIONS], words, frozenset(dangers)))
        self._days = [one.on for one in self._all]
        # Kept, because several measures are given on the same days, and a page of three years has thousands of values.
        self._near: dict[date, tuple[str, str]] = {}

    def near(self, on: date) -> tuple[str, str]:
        """The day as it is written, and what happened near it in a sentence, empty when nothing is marked within two weeks."""
        found = self._near.get(on)
        if found is None:
            found = self._near[on] = (day(on), self._sentence(on))
        return found

    def written(self, on: date) -> str:
        """The day as it is written."""
        return self.near(on)[0]

    def _sentence(self, on: date) -> str:
        found = self._all[bisect_left(self._days, on - NEAR) : bisect_right(self._days, on + NEAR)]
        if not found:
            return ""
        told = sorted(found, key=lambda one: (one.rank, abs((one.on - on).days)))[:MOST_TOLD]
        said = [_("%(what)s (%(on)s)") % {"what": one.words, "on": day(one.on)} for one in sorted(told, key=lambda one: one.on)]
        more = len(found) - len(told)
        if more:
            said.append(ngettext("one more", "%(n)d more", more) % {"n": more})
        return _("Within two weeks: %(what)s.") % {"what": ", ".join(said)}


def _happenings(marks: Iterable[Mark], words: Mapping[str, str | Promise], dangers: frozenset[str]) -> Iterator[Happening]:
    phase = ""
    for mark in marks:
        if mark.kind == "plan":
            name = {"name": knowledge().phases[PhaseId(mark.words)].name}
            changes = bool(phase) and phase != mark.words
            phase = mark.words
            yield Happening(mark.on, (_("change to phase %(name)s") if changes else _("plan signed, phase %(name)s")) % name, 1 if changes else 2)
        else:
            yield Happening(mark.on, str(words[mark.kind]), 0 if mark.kind in dangers else 2)


def read_curve(id: str, name: str, drawn: Series, axis: Axis, say: Say, around: Surroundings) -> Reads:
    """Every value of a series as drawn, also the gaps, with what ``say`` says of it and what happened near."""
    readings = []
    for one in drawn.values:
        on, near = around.near(one.on)
        said = say(one, on)
        height = None if one.value is None else height_of(drawn, one.value)
        readings.append((axis.x(one.on), height, f"{said} {near}" if near else said))
    n = len(drawn.values)
    ends = {"name": name, "n": n, "from": day(drawn.values[0].on), "to": day(drawn.values[-1].on)}
    label = ngettext("Curve of %(name)s: one value, %(from)s", "Curve of %(name)s: %(n)d values, %(from)s to %(to)s", n) % ends
    return Reads(f"r-{id}", label, tuple(readings))


def read_marks(marks: Sequence[Mark], axis: Axis, words: Mapping[str, str | Promise]) -> Reads | None:
    """The time axis with its marks, a day at a time; None when nothing is marked."""
    said = [(mark, _plan_or_event(mark, words)) for mark in marks]
    days = [(on, "; ".join(dict.fromkeys(what for _mark, what in some))) for on, some in groupby(said, key=lambda one: one[0].on)]
    if not days:
        return None
    ends = {"n": len(days), "from": day(days[0][0]), "to": day(days[-1][0])}
    label = ngettext("Time axis: one day with marks, %(from)s", "Time axis: %(n)d days with marks, %(from)s to %(to)s", len(days)) % ends
    return Reads("r-axis", label, tuple((axis.x(on), None, _("%(on)s: %(what)s.") % {"on": day(on), "what": what}) for on, what in days))


def _plan_or_event(mark: Mark, words: Mapping[str, str | Promise]) -> str:
    if mark.kind == "plan":
        return _("plan signed, phase %(name)s") % {"name": knowledge().phases[PhaseId(mark.words)].name}
    return str(words[mark.kind])


def score_words(scale: Scale | None, number: Callable[[float], str]) -> Say:
    """A score with the word of its band where the scale has bands; a gap says how many items are missing, where that is known."""

    # Translated once and filled in many times.
    with_band, bare = _("%(on)s: %(value)s, %(band)s."), _("%(on)s: %(value)s.")

    def say(one: DatedValue, on: str) -> str:
        if one.value is None:
            return _no_score(one, on)
        band = scale.band_of(one.value) if scale is not None else None
        told = {"on": on, "value": number(one.value), "band": band.name if band else ""}
        return (with_band if told["band"] else bare) % told

    return say


def week_words(number: Callable[[float], str]) -> Say:
    """The median of a week of the diary, which stands on the day of its last entry."""

    median, none = _("Week up to %(on)s: median %(value)s."), _("Week from %(on)s: no entry.")

    def say(one: DatedValue, on: str) -> str:
        told = {"on": on, "value": "" if one.value is None else number(one.value)}
        return (none if one.value is None else median) % told

    return say


def _no_score(one: DatedValue, on: str) -> str:
    if not one.missing:
        return _("%(on)s: no score.") % {"on": on}
    words = ngettext("%(on)s: no score, one item is missing.", "%(on)s: no score, %(n)d items are missing.", one.missing)
    return words % {"on": on, "n": one.missing}
