"""How a clinic does things at a module, in its own words: beside the knowledge base, never a part of it. About no patient."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from fivefold.concepts.errors import UnknownThing
from fivefold.records.models import Clinic, ClinicNote
from fivefold.services.access import Actor, Permission, clinical_act, require
from fivefold.services.knowledge import knowledge, knowledge_of
from fivefold.services.patients import NotAcceptable
from fivefold.services.plans import ChangedMeanwhile

LONGEST = 6000


@dataclass(frozen=True)
class SeenNote:
    """One version of a note: its number from 1, the text (empty when it was taken away), by whom and when."""

    number: int
    text: str
    author: str
    at: datetime


def see_note(actor: Actor, *, module: str) -> SeenNote | None:
    """The note that counts at a module of this clinic's release, None when there never was one; raises UnknownThing."""
    versions = see_versions(actor, module=module, most=1)
    return versions[0] if versions else None


def see_versions(actor: Actor, *, module: str, most: int | None = None) -> list[SeenNote]:
    """All versions of a note, newest first; raises UnknownThing. Like the book itself they are read without an entry in the trail."""
    require(actor, Permission.SEE_LIBRARY)
    with knowledge_of(actor.clinic):
        _check(module)
    rows = ClinicNote.objects.filter(clinic=actor.clinic, module=module).select_related("author").order_by("-number")[:most]
    return [SeenNote(row.number, row.text, row.author.name, row.recorded_at) for row in rows]


def modules_with_notes(actor: Actor) -> frozenset[str]:
    """The modules beside which a note stands."""
    require(actor, Permission.SEE_LIBRARY)
    newest: dict[str, str] = {}
    for module, text in ClinicNote.objects.filter(clinic=actor.clinic).order_by("number").values_list("module", "text"):
        newest[module] = text
    return frozenset(module for module, text in newest.items() if text)


@clinical_act(Permission.WRITE_CLINIC_NOTES)
def write_note(actor: Actor, *, module: str, text: str, version: int) -> int:
    """Write the next version of a note; ``version`` is the number it was written upon, 0 for the first. Gives the new number.

    No text takes the note away; earlier versions stay readable. Raises UnknownThing, NotAcceptable and ChangedMeanwhile.
    """
    _check(module)
    words = text.replace("\r\n", "\n").strip()
    if len(words) > LONGEST:
        raise NotAcceptable("Note", _("at most %(most)d characters; these are %(found)d") % {"most": LONGEST, "found": len(words)})
    # Whoever writes waits here until another has: the number that is read next is the newest there is.
    Clinic.objects.select_for_update(no_key=True).get(pk=actor.clinic.pk)
    newest = ClinicNote.objects.filter(clinic=actor.clinic, module=module).select_related("author").order_by("-number").first()
    number = newest.number if newest else 0
    if number != version:
        theirs = {"text": newest.text if newest else ""}
        raise ChangedMeanwhile(theirs, number, what="this note", who=newest.author.name if newest else "")
    if words == (newest.text if newest else ""):
        return number
    ClinicNote(clinic=actor.clinic, module=module, number=number + 1, text=words, author=actor.user).save()
    return number + 1


def _check(module: str) -> None:
    base = knowledge()
    known = [*base.general_modules, *base.modules]
    if module not in known:
        raise UnknownThing("module", module, known)
