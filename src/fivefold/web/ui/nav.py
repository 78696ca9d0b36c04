"""The navigation: which pages there are, and for whom."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fivefold.services.access import Actor, Permission


@dataclass(frozen=True)
class Entry:
    """One word of the navigation."""

    name: str | Promise
    url: str
    part: str


MAIN: tuple[tuple[str | Promise, str, Permission], ...] = (
    (_("Caseload"), "caseload", Permission.SEE_CASELOAD),
    (_("Signals"), "digest", Permission.SEE_CASELOAD),
    (_("Supervision"), "supervision", Permission.SEE_SUPERVISION),
    (_("Clinic"), "clinic", Permission.SEE_CLINIC),
    (_("Audit"), "audit", Permission.SEE_AUDIT),
    (_("Library"), "library", Permission.SEE_LIBRARY),
    (_("Training"), "training", Permission.SEE_LIBRARY),
    (_("Today"), "my_today", Permission.OWN_PAGES),
)
# The bar below the patient's own pages.
MINE: tuple[tuple[str | Promise, str], ...] = (
    (_("Today"), "my_today"),
    (_("My map"), "my_map"),
    (_("Skills"), "my_skills"),
    (_("My plan"), "my_plan"),
    (_("My data"), "my_data"),
)


def my_entries() -> list[Entry]:
    """The patient's own pages, in the order of the bar."""
    return [Entry(name, reverse(route), route) for name, route in MINE]


def entries(actor: Actor) -> list[Entry]:
    """What somebody finds in the navigation, by the permissions of their role."""
    found = []
    for name, route, permission in MAIN:
        if actor.may(permission):
            try:
                found.append(Entry(name, reverse(route), route))
            except NoReverseMatch:
                continue
    return found


PATIENT: tuple[tuple[str | Promise, str, Permission], ...] = (
    (_("Map"), "patient_map", Permission.SEE_RECORD),
    (_("Session"), "session", Permission.SEE_RECORD),
    (_("Progress"), "progress", Permission.SEE_RECORD),
    (_("Measures"), "measures", Permission.SEE_RECORD),
    (_("Signals"), "signals", Permission.SEE_RECORD),
    (_("Assessment"), "assessment", Permission.SEE_RECORD),
    (_("Profile"), "patient_profile", Permission.SEE_RECORD),
    (_("Formulation"), "formulation", Permission.SEE_RECORD),
    (_("Plan"), "plan", Permission.SEE_RECORD),
    (_("Goals"), "goals", Permission.SEE_RECORD),
    (_("Supervision"), "patient_supervision", Permission.SEE_RECORD),
    (_("Documents"), "documents", Permission.SEE_RECORD),
    (_("Record"), "record", Permission.SEE_RECORD),
    (_("Team"), "patient_team", Permission.SEE_RECORD),
    (_("Diary"), "diary", Permission.SEE_RECORD),
    (_("Safety plan"), "safety_plan", Permission.SEE_RECORD),
    (_("Own pages"), "own_side", Permission.SEE_RECORD),
)


def patient_entries(actor: Actor, patient_id: object) -> list[Entry]:
    """The pages of one patient's record that somebody may see."""
    found = []
    for name, route, permission in PATIENT:
        if actor.may(permission):
            try:
                found.append(Entry(name, reverse(route, kwargs={"patient_id": patient_id}), route))
            except NoReverseMatch:
                continue
    return found


def patient_url(route: str, patient_id: object) -> str:
    """The address of a patient's page; their map in place of a page that does not exist."""
    try:
        return reverse(route, kwargs={"patient_id": patient_id})
    except NoReverseMatch:
        return reverse("patient_map", kwargs={"patient_id": patient_id})


def module_url(module: str) -> str:
    """The page of the library about a general or specific module."""
    chapter = "general-modules" if module.startswith("G") else "specific-modules"
    return reverse("library_page", kwargs={"chapter": chapter, "name": module})
