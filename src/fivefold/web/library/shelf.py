"""What the pages of the library show: parts of the book with addresses of this app, and words through gettext around them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fivefold.concepts.basis import BasisKind
from fivefold.concepts.knowledge_base import KnownSource
from fivefold.concepts.vocabulary import EVIDENCE_WORDS
from fivefold.documents.book_html import render_blocks
from fivefold.documents.book_pages import BookPage, PagedBook, Place
from fivefold.knowledge.search import FoundWord, How
from fivefold.services.library import Found

BASIS_WORDS: dict[BasisKind, str | Promise] = {
    BasisKind.SOURCE: gettext_lazy("from a source named there"),
    BasisKind.GENERAL_KNOWLEDGE: gettext_lazy("known in the field, not traced to a text: to be checked by a clinician"),
    BasisKind.PROPOSAL: gettext_lazy("our proposal, a clinic may change it"),
    BasisKind.COMPUTED: gettext_lazy("follows from other values"),
}
SEEN_WORDS: dict[str, str | Promise] = {
    "full": gettext_lazy("read in full"),
    "partial": gettext_lazy("read in part"),
    "abstract": gettext_lazy("abstract read"),
    "summary": gettext_lazy("a summary read"),
    "secondary": gettext_lazy("known from others"),
}
KIND_WORDS: dict[str, str | Promise] = {
    "specific module": gettext_lazy("specific module"),
    "general module": gettext_lazy("general module"),
    "intervention": gettext_lazy("intervention"),
    "impairment": gettext_lazy("impairment"),
    "domain of impairment": gettext_lazy("domain of impairment"),
    "instrument": gettext_lazy("instrument"),
    "protocol": gettext_lazy("programme"),
    "phase": gettext_lazy("phase"),
    "risk rule": gettext_lazy("safety rule"),
    "source": gettext_lazy("source"),
}
CHAPTERS = (
    ("impairments", gettext_lazy("Impairments"), gettext_lazy("what can be hard, by domain, with what speaks for a level")),
    ("instruments", gettext_lazy("Instruments"), gettext_lazy("licence, scoring, bands, and what each is used for")),
    ("safety-rules", gettext_lazy("Safety rules"), gettext_lazy("R1 to R14: read before anything else")),
    ("rules", gettext_lazy("Gates and selection"), gettext_lazy("what waits for what, and in which order")),
    ("progress", gettext_lazy("Progress"), gettext_lazy("measured change, ruptures, being stuck")),
    ("protocols", gettext_lazy("Programmes"), gettext_lazy("other treatments side by side, never ranked")),
    ("principles", gettext_lazy("Principles"), gettext_lazy("what the rules come from")),
    ("index-therapies", gettext_lazy("Source therapies"), gettext_lazy("what was adapted from which")),
    ("sources", gettext_lazy("Sources"), gettext_lazy("the literature, and how much of it was read")),
    ("reading", gettext_lazy("How to read it"), gettext_lazy("basis words, evidence classes, honest limits")),
)


@dataclass(frozen=True)
class Tile:
    """A link with a name and one line; ``code`` is what the field calls it by."""

    code: str
    name: str
    line: str
    url: str
    has_note: bool = False


@dataclass(frozen=True)
class Group:
    """Tiles under a heading."""

    name: str
    line: str
    tiles: tuple[Tile, ...]


@dataclass(frozen=True)
class Part:
    """How many of a page's statements are of one kind: its share from 0 to 1, and in words."""

    share: float
    count: int
    total: int
    words: str

    @property
    def label(self) -> str:
        """The share for those who do not see the bar."""
        return _("%(n)d of %(all)d") % {"n": self.count, "all": self.total}


@dataclass(frozen=True)
class Result:
    """One found page as it is shown: where it leads, what it is, where it speaks of it, and which words led to it."""

    url: str
    code: str
    name: str
    kind: str
    part: str
    field: str
    excerpt: str
    why: tuple[str, ...]


def url_of(place: Place) -> str:
    """The address of a page."""
    if place.name:
        return reverse("library_page", kwargs={"chapter": place.chapter, "name": place.name})
    return reverse("library_chapter", kwargs={"chapter": place.chapter})


def url_at(book: PagedBook, anchor: str) -> str:
    """The address of a place in the book, its page alone where the page begins there; empty when it is nowhere."""
    place = book.places.get(anchor)
    if place is None:
        return ""
    return url_of(place) if book.pages[place].section.anchor == anchor else f"{url_of(place)}#{anchor}"


def body(book: PagedBook, page: BookPage) -> SafeString:
    """The text of a page as HTML; what the book holds has been escaped on the way."""
    return mark_safe(render_blocks(page.section.blocks, 2, partial(url_at, book)))  # built by the book's own printer


# ---- The start page ------------------------------------------------------------------------------------------------------


def phases(book: PagedBook) -> list[Tile]:
    """The five phases in order."""
    return [Tile(key.value, phase.name, phase.summary, url_at(book, key.value)) for key, phase in book.knowledge.phases.items()]


def ground(book: PagedBook, noted: frozenset[str]) -> list[Tile]:
    """The general modules, which carry all phases."""
    return [Tile(key, one.name, one.summary, url_at(book, key), key in noted) for key, one in book.knowledge.general_modules.items()]


def domains(book: PagedBook, noted: frozenset[str]) -> list[Group]:
    """The specific modules by domain, in the order in which change usually comes."""
    found = []
    for domain in sorted(book.knowledge.domains.values(), key=lambda one: one.order):
        inside = [one for one in book.knowledge.modules.values() if one.domain is domain.id]
        tiles = tuple(Tile(one.id, one.short_name, one.phase.value, url_at(book, one.id), one.id in noted) for one in inside)
        found.append(Group(domain.name, domain.summary, tiles))
    return found


def chapters() -> list[Tile]:
    """The other chapters."""
    return [Tile("", str(name), str(line), url_of(Place(key))) for key, name, line in CHAPTERS]


# ---- One page ------------------------------------------------------------------------------------------------------------


def how_sure(page: BookPage) -> list[Part]:
    """The statements of a page by their basis, most frequent first."""
    total = sum(count for _kind, count in page.bases)
    return [Part(count / total, count, total, str(BASIS_WORDS[kind])) for kind, count in page.bases]


def tested(page: BookPage) -> list[tuple[str, int, str]]:
    """How the interventions and claims of a page have been tested: class, how many, and what the class means."""
    return [(code.value, count, _(EVIDENCE_WORDS[code])) for code, count in page.evidence]


def literature(sources: Iterable[KnownSource]) -> list[tuple[KnownSource, str]]:
    """Sources with how much of each was read, in words."""
    return [(one, str(SEEN_WORDS.get(one.seen, one.seen.replace("_", " ")))) for one in sources]


# ---- Search --------------------------------------------------------------------------------------------------------------


def results(book: PagedBook, found: Iterable[Found]) -> list[Result]:
    """What was found, best first."""
    return [
        Result(
            url_at(book, one.anchor),
            one.page.place.name if one.page.place.chapter in ("phases", "general-modules", "specific-modules") else "",
            _name(one),
            str(KIND_WORDS.get(one.kind, one.kind)),
            one.part if one.page.place.name else "",
            one.field,
            one.excerpt,
            tuple(_why(word) for word in one.words),
        )
        for one in found
    ]


def _name(found: Found) -> str:
    """The title of a page without its code; on the page of a chapter the name of the place."""
    if not found.page.place.name:
        return found.part
    return found.page.section.title.removeprefix(f"{found.page.place.name} ")


def _why(word: FoundWord) -> str:
    if word.how is How.NEAR:
        return _("“%(said)s” read as “%(found)s”") % {"said": word.said, "found": word.found}
    if word.how is How.MEANT or word.said != word.found:
        return _("“%(said)s”: %(found)s") % {"said": word.said, "found": word.found}
    return _("“%(said)s”") % {"said": word.said}
