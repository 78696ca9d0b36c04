"""Acts about whom a patient gives their safety plan to: named by them, handed over by them, withdrawn by them. Nothing is sent from here."""

import uuid
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from fivefold.concepts.errors import FivefoldError
from fivefold.records import clock
from fivefold.records.models import Patient, SafetyPlanShare
from fivefold.services.access import Actor, Permission, clinical_act, patient_for
from fivefold.services.patients import NotAcceptable

HOW = ("card", "together", "copy")
LONGEST_PERSON, MOST_SHARES = 120, 20


class NoSuchShare(FivefoldError):
    """There is nobody under this id to whom the plan is given. For the person at the screen."""

    def __init__(self) -> None:
        super().__init__(_("This person is not on the list any more. Load the page again."))


@dataclass(frozen=True)
class SeenShare:
    """Somebody who has the plan: who, how, since when, and since when no longer (None while it holds)."""

    id: uuid.UUID
    person: str
    how: str
    on: date
    ended_on: date | None


@dataclass(frozen=True)
class MyShares:
    """Everybody to whom the plan was given, those who still have it first."""

    patient: Patient
    shares: tuple[SeenShare, ...]


@clinical_act(Permission.OWN_PAGES, view=True)
def see_my_shares(actor: Actor, *, patient_id: uuid.UUID) -> MyShares:
    """Whom I have given my plan to."""
    patient = patient_for(actor, patient_id, Permission.OWN_PAGES)
    return MyShares(patient, shares_of(patient))


@clinical_act(Permission.OWN_ENTRIES)
def share_my_plan(actor: Actor, *, patient_id: uuid.UUID, person: str, how: str) -> SafetyPlanShare:
    """Write down that somebody gets the plan from me, from today on."""
    patient = patient_for(actor, patient_id, Permission.OWN_ENTRIES)
    if not person.strip() or len(person) > LONGEST_PERSON:
        raise NotAcceptable("Person", _("who gets it, at most %(most)s letters and signs") % {"most": LONGEST_PERSON})
    if how not in HOW:
        raise NotAcceptable("How", _("one of the ways shown"))
    if sum(one.ended_on is None for one in shares_of(patient)) >= MOST_SHARES:
        raise NotAcceptable("People", _("at most %(most)s people at a time") % {"most": MOST_SHARES})
    row = SafetyPlanShare(clinic=actor.clinic, patient=patient, how=how, on=clock.today(), author=actor.user)
    row.person = person.strip()
    row.save()
    return row


@clinical_act(Permission.OWN_ENTRIES)
def withdraw_my_share(actor: Actor, *, patient_id: uuid.UUID, share_id: uuid.UUID) -> SafetyPlanShare:
    """Say that somebody should have the plan no longer; that they had it stays on the list. Raises NoSuchShare."""
    patient = patient_for(actor, patient_id, Permission.OWN_ENTRIES)
    running = {one.id for one in shares_of(patient) if one.ended_on is None}
    if share_id not in running:
        raise NoSuchShare
    old = SafetyPlanShare.objects.get(clinic=actor.clinic, patient=patient, pk=share_id)
    row = SafetyPlanShare(clinic=actor.clinic, patient=patient, how=old.how, on=clock.today(), withdrawn=True, replaces=old, author=actor.user)
    row.person = old.person
    row.save()
    return row


def shares_of(patient: Patient) -> tuple[SeenShare, ...]:
    """Everybody to whom the plan was given; for acts that have checked access already."""
    rows = list(SafetyPlanShare.objects.filter(clinic_id=patient.clinic_id, patient=patient).order_by("recorded_at", "pk"))
    ended = {row.replaces_id: row.on for row in rows if row.withdrawn}
    found = [SeenShare(row.pk, row.person, row.how, row.on, ended.get(row.pk)) for row in rows if not row.withdrawn]
    return tuple(sorted(found, key=lambda one: one.ended_on is not None))
