"""Programmes side by side: the same rows for each, in no order of worth."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from fivefold.concepts.plan import Alternative, Spread
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
    sessions: str
    weeks: str
    needs: tuple[str, ...]
    parts: tuple[str, ...]
    notes: tuple[str, ...]
    summary: str


@dataclass(frozen=True)
class CoverRow:
    """One impairment: whether each programme speaks to it."""

    name: str
    answers: tuple[tuple[str, bool], ...]


def columns(seen: Beside, view: View) -> list[Programme]:
    """The plan first, then what was asked for in the order asked."""
    return [_programme(view, seen, item) for item in (seen.own, *seen.others)]


def _programme(view: View, seen: Beside, item: Alternative) -> Programme:
    known = view.knowledge.protocols[item.protocol]
    return Programme(
        item.protocol,
        item.name,
        known.short_name,
        item is seen.own,
        _place(seen, item),
        seen.may_change and item.protocol in seen.treatments and item.protocol != seen.holds,
        len(item.covers),
        tuple(view.impairment_name(name) for name in item.leaves_out),
        range_words(item.sessions, _("sessions")),
        range_words(Spread(round(item.weeks.min), round(item.weeks.usual), round(item.weeks.max)), _("weeks")),
        item.needs,
        item.chosen_components,
        item.notes,
        known.summary,
    )


def _place(seen: Beside, item: Alternative) -> str:
    if item is seen.own:
        return _("the plan as it stands") if seen.holds == item.protocol else _("the modules of the plan as it stands")
    return _("chosen for this patient") if seen.holds == item.protocol else _("laid beside it")


def rows(seen: Beside, view: View) -> list[CoverRow]:
    """Every impairment that is present, in the order of the profile."""
    all_columns = (seen.own, *seen.others)
    present = {name for item in all_columns for name in (*item.covers, *item.leaves_out)}
    named = [reading.id for reading in seen.plan.profile.impairments if reading.id in present]
    return [
        CoverRow(view.impairment_name(name), tuple((view.knowledge.protocols[item.protocol].short_name, name in item.covers) for item in all_columns))
        for name in named
    ]
