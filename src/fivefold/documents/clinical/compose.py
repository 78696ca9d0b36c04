"""From the record to a document: the parts of a kind, in order, each made by one function. The same sources give the same document."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import partial

from fivefold.documents import pdf_words as words
from fivefold.documents.clinical import shared_parts as shared
from fivefold.documents.clinical.blocks import Composed, Part, texts_of, with_texts
from fivefold.documents.clinical.colleague_documents import CASE_PACK, LETTER, PROGRESS_REPORT
from fivefold.documents.clinical.kinds import KINDS, Category, DocumentKind
from fivefold.documents.clinical.name_forms import name_finder, word_finder
from fivefold.documents.clinical.patient_documents import AGREEMENT, PLAIN_PLAN, PROGRESS_PATIENT
from fivefold.documents.clinical.plain_language import Finding, check
from fivefold.documents.clinical.plan_documents import PAYER_PLAN, TREATMENT_PLAN, Maker
from fivefold.documents.clinical.sources import DocumentSources, Words
from fivefold.documents.language import say, to_say

MAKERS: dict[str, dict[str, Maker]] = {
    "treatment_plan": TREATMENT_PLAN,
    "payer_plan": PAYER_PLAN,
    "plain_plan": PLAIN_PLAN,
    "agreement": AGREEMENT,
    "letter": LETTER,
    "progress_report": PROGRESS_REPORT,
    "progress_patient": PROGRESS_PATIENT,
    "case_pack": CASE_PACK,
}
LEADS = {
    "plain_plan": to_say("This is for us to talk about. You can say no to any part."),
    "agreement": to_say("We made these rules together, in a quiet hour. They hold for both of us."),
    "progress_patient": to_say("This is what I filled in, and what we did. We look at it together."),
}
DIGITS_OF_A_REFERENCE = 5
LEFT_OUT = to_say("[left out]")


def compose(kind: DocumentKind, sources: DocumentSources, typed: Words, chosen: frozenset[str], *, hide_name: bool = False) -> Composed:
    """The document of a kind with the optional parts ``chosen``; parts of which nothing is known are left out.

    With ``hide_name`` a made-up name stands for the patient's wherever it occurs, and neither reference nor year of birth is told.
    """
    lead = say(LEADS[kind.id]) if kind.id in LEADS else ""
    opening = " ".join(typed.get("opening", "").split()) if kind.is_for_patient else ""
    parts = tuple(Part(part.id, say(part.name), tuple(blocks)) for part in kind.shown(chosen) if (blocks := MAKERS[kind.id][part.id](sources, typed)))
    numbered = kind.id == "treatment_plan"
    document = Composed(
        kind=kind.id,
        title=say(kind.name),
        lead=f"{lead} {opening}".strip(),
        about=sources.person.name,
        on=sources.on,
        head=() if kind.is_for_patient else ((say("Made on"), words.day(sources.on)), (say("By"), f"{sources.author}, {sources.clinic}")),
        parts=tuple(Part(part.id, f"{_place(kind, part.id)} {part.title}", part.blocks) for part in parts) if numbered else parts,
        foot=shared.synthetic_note(sources),
        plain=kind.is_for_patient,
    )
    return disguised(document, sources)[0] if hide_name else document


def _place(kind: DocumentKind, part: str) -> int:
    """The number of a part, which it keeps when another is left out."""
    return [one.id for one in kind.parts].index(part) + 1


def disclosed(kind: DocumentKind, chosen: frozenset[str], *, hide_name: bool = False) -> tuple[Category, ...]:
    """The categories of data that a document with these optional parts discloses, each once, in the order of the table of categories."""
    found = {category for part in kind.shown(chosen) for category in part.discloses}
    found |= {Category.TYPED} if kind.typed else set()
    if hide_name:
        found.discard(Category.NAME)
    return tuple(category for category in Category if category in found)


def findings(document: Composed) -> tuple[Finding, ...]:
    """What is at fault in a document for a patient; what patients said themselves and names are theirs and not judged."""
    if not KINDS[document.kind].is_for_patient:
        return ()
    names = {document.about}
    return check((part, text) for part, text in texts_of(document, own_words=False) if text not in names)


@dataclass(frozen=True)
class Found:
    """Something that is hidden in a document: as it was written, how often, and what stands there instead."""

    words: str
    times: int
    instead: str


def disguised(document: Composed, sources: DocumentSources) -> tuple[Composed, tuple[Found, ...]]:
    """The document told without the name, and what was hidden in it, what occurs most often first."""
    disguise = Disguise(sources)
    told = with_texts(document, disguise.put_on)
    return told, tuple(Found(words, times, instead) for (words, instead), times in disguise.found.most_common())


class Disguise:
    """Hides in texts who the patient is: ``put_on`` gives a text without it, ``found`` counts what was hidden and what stands instead.

    The made-up name stands for the patient's name, every part of it with the endings of a case, and the reference; so it does for other
    names that a clinician has listed. What else was listed is left out, and the text says so. That comes first, so that a street that
    is called like the patient goes as a whole.
    """

    def __init__(self, sources: DocumentSources) -> None:
        person = sources.person
        self.found: Counter[tuple[str, str]] = Counter()
        self._steps = (
            (word_finder(sources.hidden.words), say(LEFT_OUT)),
            (word_finder(sources.hidden.names), person.stand_in),
            (name_finder(person.name, _telling(person.reference or "")), person.stand_in),
        )

    def put_on(self, text: str) -> str:
        for find, instead in self._steps:
            text = find(text, partial(self._hide, instead))
        return text

    def _hide(self, instead: str, words: str) -> str:
        self.found[" ".join(words.split()), instead] += 1
        return instead


def _telling(reference: str) -> str:
    """A reference that tells who it is. One that could as well be a score or a year does not: a value that is lost would be worse."""
    tells = re.search(r"[^\W\d]", reference) or len(re.findall(r"\d", reference)) >= DIGITS_OF_A_REFERENCE
    return reference if tells else ""
