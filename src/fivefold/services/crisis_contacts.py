"""Whom to call in danger: the numbers of the place where a patient lives, and those the clinic adds, each with the day it was looked at.

Where a patient lives is said by themselves or by those who treat them; while nobody has, it is the place of the clinic.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from fivefold.concepts.own_pages import CrisisContact, CrisisPlace
from fivefold.records import clock
from fivefold.records.models import Clinic, Patient, PatientPlace
from fivefold.services.access import Actor, Permission, clinical_act, patient_for
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


@dataclass(frozen=True)
class LivingPlace:
    """Where a patient lives ("" for where the clinic is), who said so ("" while nobody has), and what can be chosen.

    ``clinic_place`` is the name of the clinic's place, "" for none.
    """

    place: str
    name: str
    author: str
    clinic_place: str
    places: tuple[tuple[str, str], ...]
    version: int


def contacts_of(clinic: Clinic, today: date | None = None, place: str = "") -> tuple[ShownContact, ...]:
    """The clinic's own numbers and those of a place, the clinic's when none is named. Without any, the emergency numbers of every place."""
    day = today or clock.today()
    chosen = _chosen(clinic, place)
    if chosen is None:
        return (*_emergencies(knowledge().crisis_contacts.places, day), *_own(clinic, day))
    emergency, *others = (_shown(one, "", day) for one in chosen.contacts)
    return (emergency, *_own(clinic, day), *others)


def crisis_words_of(clinic: Clinic) -> str:
    """Whom people can reach at night and at weekends, in the clinic's own words; "" where it has written none."""
    return str(clinic.settings.get("crisis_words", ""))


def contacts_for(patient: Patient, today: date | None = None) -> tuple[ShownContact, ...]:
    """The numbers that a patient is shown, for where they live."""
    return contacts_of(patient.clinic, today, _said_place(patient))


def contacts_elsewhere(patient: Patient, today: date) -> tuple[ShownContact, ...]:
    """The emergency numbers of other places, for whoever is travelling; none while no place is chosen, when all are shown."""
    chosen = _chosen(patient.clinic, _said_place(patient))
    if chosen is None:
        return ()
    here = chosen.contacts[0].number
    found = _emergencies((place for place in knowledge().crisis_contacts.places if place.contacts[0].number != here), today)
    return tuple(sorted(found, key=lambda one: one.place))


def _said_place(patient: Patient) -> str:
    return PatientPlace.objects.filter(clinic_id=patient.clinic_id, patient=patient).values_list("lives_in", flat=True).first() or ""


def _chosen(clinic: Clinic, place: str) -> CrisisPlace | None:
    """The place whose numbers are shown. One that a later release no longer has is none: the clinic's counts then."""
    file = knowledge().crisis_contacts
    return file.place(place) or file.place(str(clinic.settings.get("crisis_place", "")))


def _emergencies(places: Iterable[CrisisPlace], today: date) -> tuple[ShownContact, ...]:
    """Each emergency number once, with the names of all places that have it."""
    having: dict[str, list[CrisisPlace]] = {}
    for place in places:
        having.setdefault(place.contacts[0].number, []).append(place)
    return tuple(_shown(same[0].contacts[0], ", ".join(sorted(place.name for place in same)), today) for same in having.values())


def _shown(one: CrisisContact, place: str, today: date) -> ShownContact:
    is_old = today > one.reviewed_on + timedelta(days=knowledge().crisis_contacts.good_for.value)
    return ShownContact(one.name, one.number, one.open, one.note, place, one.reviewed_on, is_old)


def _own(clinic: Clinic, today: date) -> tuple[ShownContact, ...]:
    good_for = timedelta(days=knowledge().crisis_contacts.good_for.value)
    kept: list[dict[str, Any]] = clinic.settings.get("crisis_contacts", [])
    days = [date.fromisoformat(one["reviewed_on"]) for one in kept]
    return tuple(ShownContact(one["name"], one["number"], one["open"], "", "", on, today > on + good_for) for one, on in zip(kept, days, strict=True))


# ---- Where a patient lives -----------------------------------------------------------------------------------------------


def living_place_of(patient: Patient) -> LivingPlace:
    """Where a patient lives, for acts that have checked access already."""
    file = knowledge().crisis_contacts
    row = PatientPlace.objects.filter(clinic_id=patient.clinic_id, patient=patient).select_related("author").first()
    said, clinics = file.place(row.lives_in if row else ""), file.place(str(patient.clinic.settings.get("crisis_place", "")))
    return LivingPlace(
        place=said.id if said else "",
        name=said.name if said else "",
        author=row.author.name if row else "",
        clinic_place=clinics.name if clinics else "",
        places=tuple((place.id, place.name) for place in file.places),
        version=row.version if row else 0,
    )


@clinical_act(Permission.OWN_ENTRIES)
def say_my_place(actor: Actor, *, patient_id: uuid.UUID, place: str, version: int) -> None:
    """Say where one lives; "" for where the clinic is. Raises ChangedMeanwhile, NotAcceptable."""
    _keep_place(actor, patient_for(actor, patient_id, Permission.OWN_ENTRIES), place, version)


@clinical_act(Permission.CHANGE_RECORD)
def set_place(actor: Actor, *, patient_id: uuid.UUID, place: str, version: int) -> None:
    """Write down where a patient lives, as they said it. Raises ChangedMeanwhile, NotAcceptable."""
    _keep_place(actor, patient_for(actor, patient_id, Permission.CHANGE_RECORD), place, version)


def _keep_place(actor: Actor, patient: Patient, place: str, version: int) -> None:
    if place and knowledge().crisis_contacts.place(place) is None:
        raise NotAcceptable("Place", _("one of the places shown"))
    now = living_place_of(patient)
    if now.version != version:
        raise ChangedMeanwhile({"place": now.name or _("where the clinic is")}, now.version, _("where this patient lives"), now.author)
    kept = {"lives_in": place, "author": actor.user, "version": version + 1, "changed_at": clock.now()}
    PatientPlace.objects.update_or_create(clinic=actor.clinic, patient=patient, defaults=kept)


# ---- What the clinic sets ------------------------------------------------------------------------------------------------


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
