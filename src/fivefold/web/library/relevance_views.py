"""What the patients in reach need, and how far the modules of the library answer it."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from fivefold.concepts.vocabulary import CoverageStatus
from fivefold.documents.book_pages import PagedBook
from fivefold.engine.relevance import NeededImpairment
from fivefold.services import library
from fivefold.services.access import Permission
from fivefold.services.relevance import SeenRelevance, see_relevance
from fivefold.web.library import shelf
from fivefold.web.pages import PageRequest, page

# How plans answer a need, with the mark that stands for it.
ANSWERS: dict[CoverageStatus, tuple[str, str | Promise]] = {
    CoverageStatus.NOW: ("now", _("now")),
    CoverageStatus.LATER: ("later", _("later")),
    CoverageStatus.DEFERRED: ("parked", _("deferred with a reason")),
    CoverageStatus.REFUSED: ("blocked", _("refused by the patient")),
}


@page(Permission.SEE_CASELOAD)
@require_safe
def relevance(request: PageRequest) -> HttpResponseBase:
    """The map; with ``with`` in the address only for the modules that are named there. An address names modules and nobody."""
    asked = request.GET.getlist("with")
    seen = see_relevance(request.actor, modules=asked or None)
    book = library.open_book(request.actor)
    context = {
        "part": "library",
        "tab": "caseload",
        "seen": seen,
        "is_part": bool(asked),
        "rows": [_row(one, book) for one in seen.map.impairments],
        "uncovered": [book.knowledge.impairments[one.impairment].name for one in seen.map.uncovered],
        "steps": [(_module(one.module, book), one.needs, one.patients) for one in seen.map.steps],
        "groups": _groups(seen, book),
        "release": book.knowledge.release,
    }
    return render(request, "library/caseload.html", context)


def _row(one: NeededImpairment, book: PagedBook) -> dict[str, Any]:
    """An impairment in words: how many need it, how their plans answer it, and the modules that treat it."""
    return {
        "name": book.knowledge.impairments[one.impairment].name,
        "url": shelf.url_at(book, f"impairment-{one.impairment}"),
        "patients": one.patients,
        "plans": [(*ANSWERS[status], count) for status, count in one.plans.items()],
        "modules": [_module(name, book) for name in one.modules],
        "by_ground": one.by_ground,
        "is_answerable": one.is_answerable,
    }


def _module(name: str, book: PagedBook) -> shelf.Tile:
    return shelf.Tile(name, book.knowledge.modules[name].short_name, "", shelf.url_at(book, name))


def _groups(seen: SeenRelevance, book: PagedBook) -> Iterable[tuple[str, list[tuple[shelf.Tile, bool]]]]:
    """All specific modules by domain, each with whether the map was made with it."""
    return [(group.name, [(tile, tile.code in seen.chosen) for tile in group.tiles]) for group in shelf.domains(book, frozenset())]
