"""The readable book of the knowledge release that a clinic uses: its pages, and search by a plain description.

Reading it is no act on a record: nothing here is about a patient, and nothing is written down of who reads or looks for what.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from fivefold.concepts.errors import UnknownThing
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.documents.book_pages import BookPage, PagedBook, Place, write_pages
from fivefold.knowledge.search import FoundWord, Hit, search
from fivefold.services.access import Actor, Permission, require
from fivefold.services.knowledge import knowledge, knowledge_of

LONGEST_DESCRIPTION = 400
MOST_HITS, MOST_FOUND = 60, 15


@dataclass(frozen=True)
class Found:
    """One page that fits a description: where it speaks of it, the words there, and those of the description that led to it.

    ``anchor`` is the place on the page; ``part`` names an intervention of a module when it is that which fits.
    """

    page: BookPage
    kind: str
    anchor: str
    field: str
    excerpt: str
    words: tuple[FoundWord, ...]
    part: str = ""


@dataclass(frozen=True)
class _Release:
    """A knowledge base that is known again by what it contains."""

    content_hash: str
    knowledge: KnowledgeBase = field(compare=False)


@lru_cache(maxsize=4)
def _written(release: _Release) -> PagedBook:
    return write_pages(release.knowledge)


def open_book(actor: Actor) -> PagedBook:
    """The book of the clinic's release. It is written once in a process for each release and kept."""
    require(actor, Permission.SEE_LIBRARY)
    with knowledge_of(actor.clinic):
        base = knowledge()
    return _written(_Release(base.release.content_hash, base))


def open_page(actor: Actor, *, chapter: str, name: str = "") -> BookPage:
    """One page of the book; raises UnknownThing."""
    book = open_book(actor)
    place = Place(chapter, name)
    if place not in book.pages:
        raise UnknownThing("page of the library", f"{chapter}/{name}", [other.name for other in book.pages if other.chapter == chapter])
    return book.pages[place]


def find_pages(actor: Actor, *, description: str) -> tuple[Found, ...]:
    """The pages that fit a plain description best, best first, each once."""
    book = open_book(actor)
    return tuple(_each_page_once(book, search(book.knowledge, description[:LONGEST_DESCRIPTION], limit=MOST_HITS)))[:MOST_FOUND]


def _each_page_once(book: PagedBook, hits: Iterable[Hit]) -> list[Found]:
    found: dict[tuple[Place, str], Found] = {}
    for hit in hits:
        anchor = _anchor(book, hit)
        place = book.places.get(anchor)
        if place is not None:
            # On the page of a whole chapter each place is a result of its own: its rules have little to do with each other.
            key = (place, "" if place.name else anchor)
            part = hit.name if hit.kind == "intervention" or not place.name else ""
            found.setdefault(key, Found(book.pages[place], hit.kind, anchor, hit.field, hit.excerpt, hit.words, part))
    return list(found.values())


def _anchor(book: PagedBook, hit: Hit) -> str:
    """Where a hit is told: its own anchor, or that of its kind."""
    for anchor in (hit.id, f"impairment-{hit.id}", f"instrument-{hit.id}", f"protocol-{hit.id}", f"domain-{hit.id}"):
        if anchor in book.places:
            return anchor
    return {"adaptation": "adaptations", "gate": "gates"}.get(hit.kind, "")
