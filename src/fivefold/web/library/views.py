"""The library: the readable book of the clinic's knowledge release, with search by a plain description."""

from urllib.parse import urlsplit

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from fivefold.concepts.errors import UnknownThing
from fivefold.documents.book_pages import BookPage, Place
from fivefold.services import clinic_notes, library, training
from fivefold.services.access import Permission
from fivefold.web.errors import page_of_link
from fivefold.web.library import shelf
from fivefold.web.library.forms import SearchForm
from fivefold.web.library.glossary import WORDS
from fivefold.web.limits import limited
from fivefold.web.pages import PageRequest, page

MODULES = ("general-modules", "specific-modules")
# Pages of a record from which a module is looked up, with the words of the way back.
BACK: dict[str, str | Promise] = {"patient_map": _("Back to the map"), "plan": _("Back to the plan")}


@page(Permission.SEE_LIBRARY)
@require_safe
def start(request: PageRequest) -> HttpResponseBase:
    """What the treatment is, in one screen, and the ways in."""
    book = library.open_book(request.actor)
    noted = clinic_notes.modules_with_notes(request.actor)
    base = book.knowledge
    context = {
        "part": "library",
        "tab": "start",
        "form": SearchForm(),
        "treatment": base.protocols.get("imt"),
        "honesty": base.principles.honesty,
        "phases": shelf.phases(book),
        "ground": shelf.ground(book, noted),
        "domains": shelf.domains(book, noted),
        "generalist": base.protocols.get("gpm"),
        "generalist_url": shelf.url_at(book, "protocol-gpm"),
        "chapters": shelf.chapters(),
        "release": base.release,
    }
    return render(request, "library/start.html", context)


@page(Permission.SEE_LIBRARY)
@require_http_methods(["GET", "HEAD", "POST"])
@limited("search")
def find(request: PageRequest) -> HttpResponseBase:
    """Pages that fit a plain description. It is posted, because it may speak of somebody, and stands in no address."""
    form = SearchForm(request.POST if request.method == "POST" else None)
    context = {"part": "library", "tab": "search", "form": form, "asked": ""}
    if form.is_bound and form.is_valid():
        description = form.cleaned_data["description"]
        found = library.find_pages(request.actor, description=description)
        context |= {"asked": description, "results": shelf.results(library.open_book(request.actor), found)}
    return render(request, "library/search.html", context, status=422 if form.errors else 200)


@page(Permission.SEE_LIBRARY)
@require_safe
def glossary(request: PageRequest) -> HttpResponseBase:
    """The words of the field as they are used here."""
    return render(request, "library/glossary.html", {"part": "library", "tab": "glossary", "words": WORDS})


@page(Permission.SEE_LIBRARY)
@require_safe
def chapter(request: PageRequest, chapter: str) -> HttpResponseBase:
    """A whole chapter, or the list of its entries where each has a page of its own."""
    return _show(request, _opened(request, chapter))


@page(Permission.SEE_LIBRARY)
@require_safe
def entry(request: PageRequest, chapter: str, name: str) -> HttpResponseBase:
    """One phase, module, impairment, programme or instrument."""
    return _show(request, _opened(request, chapter, name))


def _opened(request: PageRequest, chapter: str, name: str = "") -> BookPage:
    try:
        return library.open_page(request.actor, chapter=chapter, name=name)
    except UnknownThing:
        raise Http404 from None


def _show(request: PageRequest, seen: BookPage) -> HttpResponseBase:
    book = library.open_book(request.actor)
    place = seen.place
    is_module = place.chapter in MODULES and bool(place.name)
    phase = book.knowledge.modules[place.name].phase.value if place.chapter == "specific-modules" and place.name else ""
    before, after = book.after(place, -1), book.after(place, 1)
    context = {
        "part": "library",
        "tab": place.chapter,
        "page": seen,
        "is_module": is_module,
        "phase": place.name if place.chapter == "phases" else phase,
        "chapter_url": shelf.url_of(Place(place.chapter)) if place.name else "",
        "body": shelf.body(book, seen),
        "sure": shelf.how_sure(seen),
        "tested": shelf.tested(seen),
        "sources": shelf.literature(seen.sources),
        "note": clinic_notes.see_note(request.actor, module=place.name) if is_module else None,
        "before": (before.section.title, shelf.url_of(before.place)) if before else None,
        "after": (after.section.title, shelf.url_of(after.place)) if after else None,
        "back": _way_back(request, place.name) if is_module else None,
        "practice": training.cases_about(request.actor, module=place.name) if place.chapter == "specific-modules" and place.name else None,
        "mark_as": f"{place.chapter}/{place.name}" if training.is_on_path(book, place) else "",
        "read_at": training.read_mark(request.actor, place=place),
        "release": book.knowledge.release,
    }
    return render(request, "library/page.html", context)


def _way_back(request: PageRequest, module: str) -> tuple[str, str | Promise] | None:
    """The way back to the page of a record from which somebody has come: from there alone, so that it never leads to another record."""
    try:
        came_from = resolve(urlsplit(page_of_link(request)).path)
    except Resolver404:
        return None
    words = BACK.get(came_from.url_name or "")
    return (f"{urlsplit(page_of_link(request)).path}#m-{module}", words) if words else None
