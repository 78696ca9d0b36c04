"""Whom to call in danger: the numbers of the clinic's place, and those the clinic adds, each with the day it was looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from fivefold.concepts.own_pages import CrisisContact
from fivefold.records import clock
from fivefold.records.models import Clinic
from fivefold.services.access import Actor, Permission, clinical_act
from fivefold.services.knowledge import knowledge
from fivefold.services.patients import NotAcceptable
from fivefold.services.plans import ChangedMeanwhile
from fivefold.services.safety_plan_content import NUMBER

MOST_OWN, LONGEST_NAME, LONGEST_OPEN = 12, 80, 80


@dataclass(frozen=True)
class ShownContact:
    """A number as it is shown: of which place ("" for the clinic's own), when somebody answers, and whether it was looked at lately."""

    name: str
    number: str
    open: str
    note: str
    place: str
    reviewed_on: date
    is_old: bool

    @property
    def dialled(self) -> str:
        """As a telephone takes it."""
        return "".join(sign for sign in self.number if sign in "+0123456789")


@dataclass(frozen=True)
class ClinicContacts:
    """The place a clinic has chosen ("" for none yet), the numbers of it, its own, and the version of the settings."""

    place: str
    places: tuple[tuple[str, str], ...]
    contacts: tuple[ShownContact, ...]
    own: tuple[ShownContact, ...]
    version: int


def contacts_of(clinic: Clinic, today: date | None = None) -> tuple[ShownContact, ...]:
    """The clinic's own numbers and those of its place. While no place is chosen, the emergency number of every place, with its name."""
    day = today or clock.today()
    file = knowledge().crisis_contacts
    chosen = file.place(str(clinic.settings.get("crisis_place", "")))
    if chosen is None:
        return (*(_shown(place.contacts[0], place.name, day) for place in file.places), *_own(clinic, day))
    emergency, *others = (_shown(one, "", day) for one in chosen.contacts)
    return (emergency, *_own(clinic, day), *others)


def contacts_elsewhere(clinic: Clinic, today: date) -> tuple[ShownContact, ...]:
    """The emergency number of every place but the clinic's, for whoever is travelling; none while no place is chosen, when all are shown."""
    file, chosen = knowledge().crisis_contacts, str(clinic.settings.get("crisis_place", ""))
    if file.place(chosen) is None:
        return ()
    return tuple(_shown(place.contacts[0], place.name, today) for place in file.places if place.id != chosen)


def _shown(one: CrisisContact, place: str, today: date) -> ShownContact:
    is_old = today > one.reviewed_on + timedelta(days=knowledge().crisis_contacts.good_for.value)
    return ShownContact(one.name, one.number, one.open, one.note, place, one.reviewed_on, is_old)


def _own(clinic: Clinic, today: date) -> tuple[ShownContact, ...]:
    good_for = timedelta(days=knowledge().crisis_contacts.good_for.value)
    kept: list[dict[str, Any]] = clinic.settings.get("crisis_contacts", [])
    days = [date.fromisoformat(one["reviewed_on"]) for one in kept]
    return tuple(ShownContact(one["name"], one["number"], one["open"], "", "", on, today > on + good_for) for one, on in zip(kept, days, strict=True))


@clinical_act(Permission.SEE_CLINIC, view=True)
def see_contacts(actor: Actor) -> ClinicContacts:
    """What patients of the clinic are shown, and what can be changed of it."""
    clinic = Clinic.objects.get(pk=actor.clinic.pk)
    places = tuple((place.id, place.name) for place in knowledge().crisis_contacts.places)
    today = clock.today()
    return ClinicContacts(
        str(clinic.settings.get("crisis_place", "")), places, contacts_of(clinic, today), _own(clinic, today), int(clinic.settings.get("version", 0))
    )


@clinical_act(Permission.MANAGE_SETTINGS)
def change_contacts(actor: Actor, *, place: str, own: Sequence[Mapping[str, str]], version: int) -> int:
    """Choose the place and write down the clinic's own numbers; all of them count as looked at today. Gives the new version.

    ``own`` holds name, number and opening times. Raises ChangedMeanwhile, and NotAcceptable for what nobody could call.
    """
    if knowledge().crisis_contacts.place(place) is None:
        raise NotAcceptable("Place", _("one of the places shown"))
    kept = [_checked(one) for one in own if any(part.strip() for part in one.values())]
    if len(kept) > MOST_OWN:
        raise NotAcceptable("Contacts", _("at most %(most)s numbers of your own") % {"most": MOST_OWN})
    clinic = Clinic.objects.select_for_update(no_key=True).get(pk=actor.clinic.pk)
    now = int(clinic.settings.get("version", 0))
    if now != version:
        theirs = {one.name: one.number for one in _own(clinic, clock.today())}
        raise ChangedMeanwhile({"place": str(clinic.settings.get("crisis_place", "")), **theirs}, now, what=_("these settings"))
    clinic.settings = {**clinic.settings, "crisis_place": place, "crisis_contacts": kept, "version": version + 1}
    clinic.save(update_fields=["settings"])
    return version + 1


def _checked(one: Mapping[str, str]) -> dict[str, str]:
    name, number, hours = (" ".join(str(one.get(part, "")).split()) for part in ("name", "number", "open"))
    if not name or len(name) > LONGEST_NAME or not hours or len(hours) > LONGEST_OPEN:
        raise NotAcceptable("Contacts", _("a name, a number, and when somebody answers it, for each line"))
    if not NUMBER.fullmatch(number):
        raise NotAcceptable("Contacts", _("a telephone number in digits, found %(found)s") % {"found": number[:40]})
    return {"name": name, "number": number, "open": hours, "reviewed_on": clock.today().isoformat()}
