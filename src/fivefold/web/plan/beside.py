"""Programmes side by side: the same rows for each, in no order of worth."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from fivefold.concepts.plan import Alternative, Spread
from fivefold.concepts.vocabulary import CoverageStatus
from fivefold.documents.html.formats import range_words
from fivefold.documents.html.view import View
from fivefold.services.plan_board import Beside

BY_DEFAULT = ("gpm",)
MOST = 4


@dataclass(frozen=True)
class Programme:
    """One column; ``place`` says what it is for this patient, ``may_choose`` whether it can be chosen now."""

    id: str
    name: str
    short_name: str
    is_own: bool
    place: str
    may_choose: bool
    covers: int
    leaves_out: tuple[str, ...]
    waits: tuple[str, ...]
    sessions: str
    weeks: str
    needs: tuple[str, ...]
    parts: tuple[str, ...]
    notes: tuple[str, ...]
    summary: str


@dataclass(frozen=True)
class CoverRow:
    """One impairment: for each programme ``speaks``, ``leaves out``, or ``waits`` where the plan defers it."""

    name: str
    answers: tuple[tuple[str, str], ...]


def columns(seen: Beside, view: View) -> list[Programme]:
    """The plan first, then what was asked for in the order asked."""
    return [_programme(view, seen, item) for item in (seen.own, *seen.others)]


def _programme(view: View, seen: Beside, item: Alternative) -> Programme:
    known = view.knowledge.protocols[item.protocol]
    waiting = _waiting(seen, item)
    return Programme(
        item.protocol,
        item.name,
        known.short_name,
        item is seen.own,
        _place(seen, item),
        seen.may_change and item.protocol in seen.treatments and item.protocol != seen.holds,
        len(item.covers),
        tuple(view.impairment_name(name) for name in item.leaves_out if name not in waiting),
        tuple(view.impairment_name(name) for name in item.leaves_out if name in waiting),
        range_words(item.sessions, _("sessions")) if item.sessions.max else _("by the usual dose nothing is left of what can be done now"),
        _weeks(item, item is seen.own) if item.sessions.max else "",
        item.needs,
        item.chosen_components,
        item.notes,
        known.summary,
    )


def _weeks(item: Alternative, is_own: bool) -> str:
    """How long it takes; of the plan itself by the usual time of its modules, several at once where they may be."""
    told = range_words(Spread(round(item.weeks.min), round(item.weeks.usual), round(item.weeks.max)), _("weeks"))
    return _("%(weeks)s by the usual time of the modules, some side by side") % {"weeks": told} if is_own else told


def _waiting(seen: Beside, item: Alternative) -> set[str]:
    """What the plan itself defers: it has an answer, later. Of another programme nobody knows."""
    return {entry.impairment for entry in seen.plan.coverage if entry.status is CoverageStatus.DEFERRED} if item is seen.own else set()


def _place(seen: Beside, item: Alternative) -> str:
    if item is seen.own:
        return _("the plan as it stands") if seen.holds == item.protocol else _("the modules of the plan as it stands")
    return _("chosen for this patient") if seen.holds == item.protocol else _("laid beside it")


def rows(seen: Beside, view: View) -> list[CoverRow]:
    """Every impairment that is present, in the order of the profile."""
    all_columns = (seen.own, *seen.others)
    present = {name for item in all_columns for name in (*item.covers, *item.leaves_out)}
    named = [reading.id for reading in seen.plan.profile.impairments if reading.id in present]
    return [CoverRow(view.impairment_name(name), tuple(_answer(seen, view, item, name) for item in all_columns)) for name in named]


def _answer(seen: Beside, view: View, item: Alternative, name: str) -> tuple[str, str]:
    """How one programme answers one impairment, under its short name."""
    answer = "speaks" if name in item.covers else "waits" if name in _waiting(seen, item) else "leaves out"
    return view.knowledge.protocols[item.protocol].short_name, answer
