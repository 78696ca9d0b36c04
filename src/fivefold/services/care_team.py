"""Acts about who cares for a patient: seeing the team, changing it, and opening a record without a relation."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from fivefold.records.crypto import keyring
from fivefold.records.models import BreakGlass, CareRelation, Membership, Patient, Role
from fivefold.services.access import Actor, Permission, break_glass, clinical_act, patient_for
from fivefold.services.caseload_list import Opening, openings_as_seen
from fivefold.services.patients import NotAcceptable

KINDS = ("treats", "supervises", "covers")
# Whom a kind of relation makes sense for; leads see every record of their clinic and need none.
ROLES_OF_A_TEAM = (Role.THERAPIST, Role.SUPERVISOR, Role.LEAD)


@dataclass(frozen=True)
class Member:
    """Somebody in relation with the patient, now or in the past."""

    relation_id: uuid.UUID
    name: str
    role_name: str
    kind: str
    since: datetime
    until: datetime | None
    is_you: bool


@dataclass(frozen=True)
class SeenTeam:
    """The care team of one patient: those who care now, those who did, openings without relation, and who could join."""

    patient: Patient
    now: tuple[Member, ...]
    earlier: tuple[Member, ...]
    openings: tuple[Opening, ...]
    candidates: tuple[tuple[int, str], ...]

    @property
    def has_therapist(self) -> bool:
        """Whether somebody treats the patient now."""
        return any(member.kind == "treats" for member in self.now)


@clinical_act(Permission.SEE_RECORD, view=True)
def see_team(actor: Actor, *, patient_id: uuid.UUID) -> SeenTeam:
    """The care team; those who could join it are named for people who may change it."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    roles = _roles(actor)
    relations = list(CareRelation.objects.filter(clinic=actor.clinic, patient=patient).select_related("user").order_by("started_at", "id"))
    members = [_member(actor, relation, roles) for relation in relations]
    now = tuple(member for member in members if member.until is None)
    opened = BreakGlass.objects.filter(clinic=actor.clinic, patient=patient).select_related("patient", "user").order_by("-recorded_at")
    candidates = _candidates(actor) if actor.may(Permission.CARE_TEAM) else ()
    return SeenTeam(patient, now, tuple(member for member in reversed(members) if member.until is not None), openings_as_seen(actor, opened), candidates)


def _roles(actor: Actor) -> dict[int, str]:
    rows = Membership.objects.filter(clinic=actor.clinic, ended_at__isnull=True).values_list("user_id", "role")
    return {user: str(Role(role).label) for user, role in rows}


def _member(actor: Actor, relation: CareRelation, roles: dict[int, str]) -> Member:
    is_you = relation.user_id == actor.user.pk
    return Member(relation.pk, relation.user.name, roles.get(relation.user_id, ""), relation.kind, relation.started_at, relation.ended_at, is_you)


def _candidates(actor: Actor) -> tuple[tuple[int, str], ...]:
    rows = Membership.objects.filter(clinic=actor.clinic, ended_at__isnull=True, role__in=ROLES_OF_A_TEAM).select_related("user").order_by("user__name")
    return tuple((row.user_id, f"{row.user.name}, {str(Role(row.role).label).lower()}") for row in rows)


@clinical_act(Permission.CARE_TEAM)
def add_member(actor: Actor, *, patient_id: uuid.UUID, user_id: int, kind: str) -> str:
    """Give somebody who works here a care relation with the patient; gives their name. Twice the same is once."""
    patient = patient_for(actor, patient_id, Permission.CARE_TEAM)
    if kind not in KINDS:
        raise NotAcceptable("Relation", _("one of %(names)s") % {"names": ", ".join(KINDS)})
    running = Membership.objects.filter(clinic=actor.clinic, user_id=user_id, ended_at__isnull=True, role__in=ROLES_OF_A_TEAM)
    member = running.select_related("user").first()
    if member is None:
        raise NotAcceptable("Person", _("a therapist, supervisor or lead who works in this clinic"))
    CareRelation.objects.get_or_create(clinic=actor.clinic, patient=patient, user=member.user, kind=kind, ended_at=None)
    return member.user.name


@clinical_act(Permission.BREAK_GLASS)
def open_by_name(actor: Actor, *, name: str, birth_year: int | None, reason: str, hours: int) -> uuid.UUID | None:
    """Open the one record of the own clinic with exactly this name (and year of birth, when given); None when there is none.

    Whoever asks must know the name: nothing is suggested, and a wrong one leaves a trace as well. Raises NotAcceptable when
    several people bear it.
    """
    found = Patient.objects.filter(clinic=actor.clinic, erased_at__isnull=True, name_index=keyring().blind_index(name.strip(), "patient name"))
    if birth_year is not None:
        found = found.filter(birth_year=birth_year)
    ids = list(found.values_list("pk", flat=True)[:2])
    if len(ids) > 1:
        raise NotAcceptable("Year of birth", _("the year of birth, because several people here bear this name"))
    if ids:
        break_glass(actor, patient_id=ids[0], reason=reason, hours=hours)
    return ids[0] if ids else None
