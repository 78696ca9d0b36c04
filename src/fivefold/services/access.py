"""The only door to a patient's record: who may do what, to whom, now.

Access is role and relationship. A person of another clinic, a patient somebody has no relation to, and a patient who
does not exist give the same answer. Deny is the default: an act without a declared permission cannot be registered.
"""

import hashlib
import logging
import uuid
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from fivefold.concepts.errors import FivefoldError
from fivefold.records import clock
from fivefold.records.models import BreakGlass, CareRelation, Clinic, DoneOnce, Membership, Patient, PatientAccount, Role, User
from fivefold.services import audit, waiting_entries
from fivefold.services.knowledge import knowledge_of
from fivefold.services.outages import little_patience

BREAK_GLASS_HOURS = 4
LONGEST_KEY = 64


class Permission(StrEnum):
    """What an act needs. Those about a patient need a relationship as well."""

    SEE_CASELOAD = "see_caseload"
    ADD_PATIENT = "add_patient"
    SEE_RECORD = "see_record"
    CHANGE_RECORD = "change_record"
    SIGN_PLAN = "sign_plan"
    COSIGN = "cosign"
    PROCESS_NOTES = "process_notes"
    EXPORT_RECORD = "export_record"
    ERASE_RECORD = "erase_record"
    BREAK_GLASS = "break_glass"
    CARE_TEAM = "care_team"
    SEE_CLINIC = "see_clinic"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_SETTINGS = "manage_settings"
    CHOOSE_KNOWLEDGE = "choose_knowledge"
    SEE_AUDIT = "see_audit"
    SEE_LIBRARY = "see_library"
    WRITE_CLINIC_NOTES = "write_clinic_notes"
    SEE_SUPERVISION = "see_supervision"
    SUPERVISE = "supervise"
    OWN_PAGES = "own_pages"
    OWN_ENTRIES = "own_entries"


ABOUT_A_PATIENT = {
    Permission.SEE_RECORD,
    Permission.CHANGE_RECORD,
    Permission.SIGN_PLAN,
    Permission.COSIGN,
    Permission.PROCESS_NOTES,
    Permission.EXPORT_RECORD,
    Permission.ERASE_RECORD,
    Permission.CARE_TEAM,
    Permission.SUPERVISE,
    Permission.OWN_PAGES,
    Permission.OWN_ENTRIES,
}

ROLE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.THERAPIST: frozenset(
        {
            Permission.SEE_CASELOAD,
            Permission.ADD_PATIENT,
            Permission.SEE_RECORD,
            Permission.CHANGE_RECORD,
            Permission.SIGN_PLAN,
            Permission.PROCESS_NOTES,
            Permission.EXPORT_RECORD,
            Permission.BREAK_GLASS,
            Permission.SEE_LIBRARY,
            Permission.SEE_SUPERVISION,
            Permission.SUPERVISE,
        }
    ),
    Role.SUPERVISOR: frozenset(
        {
            Permission.SEE_CASELOAD,
            Permission.SEE_RECORD,
            Permission.COSIGN,
            Permission.BREAK_GLASS,
            Permission.SEE_LIBRARY,
            Permission.WRITE_CLINIC_NOTES,
            Permission.SEE_SUPERVISION,
            Permission.SUPERVISE,
        }
    ),
    Role.LEAD: frozenset(
        {
            Permission.SEE_CASELOAD,
            Permission.SEE_RECORD,
            Permission.CARE_TEAM,
            Permission.SEE_CLINIC,
            Permission.MANAGE_PEOPLE,
            Permission.MANAGE_SETTINGS,
            Permission.CHOOSE_KNOWLEDGE,
            Permission.BREAK_GLASS,
            Permission.ERASE_RECORD,
            Permission.SEE_LIBRARY,
            Permission.WRITE_CLINIC_NOTES,
        }
    ),
    Role.ADMINISTRATOR: frozenset({Permission.SEE_CLINIC, Permission.MANAGE_PEOPLE, Permission.MANAGE_SETTINGS, Permission.SEE_LIBRARY}),
    Role.AUDITOR: frozenset({Permission.SEE_AUDIT, Permission.SEE_LIBRARY}),
    # A patient sees and adds to what is theirs, and nothing that staff do is among it.
    Role.PATIENT: frozenset({Permission.OWN_PAGES, Permission.OWN_ENTRIES}),
}
# Whom a role reaches: those in a relation with them, or everybody of the clinic.
SEES_WHOLE_CLINIC = {Role.LEAD}


# What is seen in the care of a patient is seen even when the database cannot take its entry: that waits beside it (``waiting_entries``).
GOES_ON_UNWRITTEN = {Permission.SEE_CASELOAD, Permission.SEE_RECORD, Permission.OWN_PAGES}

log = logging.getLogger("fivefold.services")


class AccessDenied(FivefoldError):
    """The role does not include this act. For the person at the screen."""

    def __init__(self, permission: Permission) -> None:
        super().__init__(_("Your role does not include this. The clinic lead or an administrator can say who may do it."))
        self.permission = permission


class NoSuchPatient(FivefoldError):
    """There is no such patient for this person: unknown, of another clinic, or without a care relation."""

    def __init__(self) -> None:
        super().__init__(_("There is no such patient among those you care for. Check the link, or ask to be added to the care team."))


class SentTwice(FivefoldError):
    """An act came again while its first run has not ended. For the person at the screen."""

    def __init__(self) -> None:
        super().__init__(_("This is being saved already. Wait a moment and look at the page again."))


@dataclass(frozen=True)
class Actor:
    """Somebody signed in, in one clinic and one role."""

    user: User
    clinic: Clinic
    role: str

    @property
    def role_name(self) -> str:
        """The role in words."""
        return str(Role(self.role).label)

    @property
    def permissions(self) -> frozenset[Permission]:
        return ROLE_PERMISSIONS.get(self.role, frozenset())

    def may(self, permission: Permission) -> bool:
        """Whether the role includes the permission; for patients the relationship is still to be checked."""
        return permission in self.permissions


def actor_of(user: User, now: datetime | None = None) -> Actor | None:
    """The person as they may act now, or None without a running membership."""
    moment = now or timezone.now()
    running = Membership.objects.filter(user=user).filter(Q(ended_at__isnull=True) | Q(ended_at__gt=moment))
    membership = running.select_related("clinic").order_by("id").first()
    return Actor(user, membership.clinic, membership.role) if membership and user.is_active else None


def require(actor: Actor, permission: Permission) -> None:
    """Raise AccessDenied unless the role includes the permission."""
    if not actor.may(permission):
        raise AccessDenied(permission)


def patients_of(actor: Actor, permission: Permission = Permission.SEE_RECORD) -> QuerySet[Patient]:
    """Patients this person reaches with this permission, of their own clinic alone; erased ones are gone."""
    require(actor, permission)
    own = Patient.objects.filter(clinic=actor.clinic, erased_at__isnull=True)
    if actor.role in SEES_WHOLE_CLINIC:
        return own
    now = timezone.now()
    if actor.role == Role.PATIENT:
        # Themselves, while their account runs and care goes on.
        running = PatientAccount.objects.filter(clinic=actor.clinic, user=actor.user).filter(Q(ended_at__isnull=True) | Q(ended_at__gt=now))
        return own.filter(closed_at__isnull=True, pk__in=running.values("patient_id"))
    related = CareRelation.objects.filter(clinic=actor.clinic, user=actor.user).filter(Q(ended_at__isnull=True) | Q(ended_at__gt=now))
    if permission is Permission.SUPERVISE:
        related = related.filter(kind="supervises")
    elif permission is not Permission.SEE_RECORD and actor.role == Role.THERAPIST:
        related = related.exclude(kind="supervises")
    broken = BreakGlass.objects.filter(clinic=actor.clinic, user=actor.user, until__gt=now)
    reach = Q(pk__in=related.values("patient_id"))
    if permission is Permission.SEE_RECORD:
        reach |= Q(pk__in=broken.values("patient_id"))
    return own.filter(reach)


def patient_for(actor: Actor, patient_id: uuid.UUID | str, permission: Permission) -> Patient:
    """The patient, if this person may do this with them now; raises AccessDenied or NoSuchPatient."""
    try:
        wanted = patient_id if isinstance(patient_id, uuid.UUID) else uuid.UUID(str(patient_id))
    except ValueError:
        raise NoSuchPatient from None
    found = patients_of(actor, permission).filter(pk=wanted).first()
    if found is None:
        raise NoSuchPatient
    return found


def own_record(actor: Actor) -> uuid.UUID:
    """The id of the one record that a signed-in patient reaches, their own; raises AccessDenied or NoSuchPatient."""
    found = patients_of(actor, Permission.OWN_PAGES).values_list("pk", flat=True).first()
    if found is None:
        raise NoSuchPatient
    return found


def reaches(actor: Actor, patient: Patient, permission: Permission) -> bool:
    """Whether this person may do this with the patient now, for pages that offer it only then."""
    return actor.may(permission) and patients_of(actor, permission).filter(pk=patient.pk).exists()


# ---- Clinical acts -------------------------------------------------------------------------------------------------------

P = ParamSpec("P")
R = TypeVar("R")
ACTS: dict[str, Permission] = {}


def clinical_act(permission: Permission, *, view: bool = False) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a service function an act: permission declared, one transaction, one audit entry; one change of a record at a time.

    The first argument is the actor; an act about a patient names the patient's id as ``patient_id``. With the keyword
    ``once`` (a key the client has chosen) an act that has been done gives its earlier result again.
    """

    def wrap(act: Callable[P, R]) -> Callable[P, R]:
        ACTS[f"{act.__module__}.{act.__name__}"] = permission

        @wraps(act)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            actor: Any = args[0]
            require(actor, permission)
            patient_id: Any = kwargs.get("patient_id")
            once = _short(kwargs.pop("once", None))
            if permission is Permission.SEE_AUDIT:
                waiting_entries.take_in()  # whoever looks at the trail sees what waited for it
            try:
                with knowledge_of(actor.clinic), little_patience() if view else nullcontext(), transaction.atomic():
                    if permission in ABOUT_A_PATIENT:
                        patient_for(actor, patient_id, permission)
                        if not view:
                            _wait_for_turn(patient_id)
                    earlier = _earlier(actor, act.__name__, once) if once else None
                    if earlier is not None:
                        return earlier.result.get("value")  # type: ignore[no-any-return]
                    result = act(*args, **kwargs)
                    audit.record(actor, act.__name__, patient_id=patient_id, is_view=view)
                    if once:
                        _remember(actor, act.__name__, once, result)
                waiting_entries.take_in()  # an entry has just been written: those that wait can be, too
                return result
            except IntegrityError:
                # Two of the same came at once: the other was first, and what this one did has been undone.
                earlier = _earlier(actor, act.__name__, once) if once else None
                if earlier is None:
                    raise
                return earlier.result.get("value")  # type: ignore[no-any-return]
            except OperationalError as error:
                if not view or permission not in GOES_ON_UNWRITTEN or connection.in_atomic_block:
                    raise
                log.error("seen while no entry could be written", exc_info=error, extra={"event": act.__name__})
                with knowledge_of(actor.clinic):
                    if permission in ABOUT_A_PATIENT:
                        patient_for(actor, patient_id, permission)
                    result = act(*args, **kwargs)
                _keep_waiting(actor, act.__name__, patient_id)
                return result

        return run

    return wrap


def _keep_waiting(actor: Actor, act: str, patient_id: Any) -> None:
    """Keep the entry of what was seen until it can be written. Where even that fails the log tells it, and what is needed is still seen."""
    patient = uuid.UUID(str(patient_id)) if patient_id is not None else None
    try:
        waiting_entries.keep_waiting(audit.Seen(uuid.uuid4().hex, actor.clinic.pk, clock.now(), actor.user.pk, actor.role, act, patient))
    except OSError as error:
        log.critical("seen without an entry in the trail", exc_info=error, extra={"event": act})


def _wait_for_turn(patient_id: uuid.UUID) -> None:
    """Wait until whoever is changing the record has done so: what an act checks then still holds when it commits.

    SQLite lets one writer in at a time by itself. The lock is not the one of a changed key: rows that point at the patient go in.
    """
    Patient.objects.select_for_update(no_key=True).filter(pk=patient_id).first()


def _short(key: Any) -> str:
    """A key as it is kept: one that is longer than the keys of our own pages by its hash."""
    given = str(key or "")
    return given if len(given) <= LONGEST_KEY else hashlib.sha256(given.encode()).hexdigest()


def _earlier(actor: Actor, act: str, key: str) -> DoneOnce | None:
    return DoneOnce.objects.filter(clinic=actor.clinic, user=actor.user, act=act, key=key).first()


def is_done(actor: Actor, act: str, once: str | None) -> bool:
    """Whether this person has done an act under this key already: a page that is sent twice is not to be asked anything new."""
    return once is not None and _earlier(actor, act, _short(once)) is not None


def _remember(actor: Actor, act: str, key: str, result: object) -> None:
    value = result if isinstance(result, str | int | float | bool | type(None)) else str(getattr(result, "pk", ""))
    DoneOnce.objects.create(clinic=actor.clinic, user=actor.user, act=act, key=key, result={"value": value})


@clinical_act(Permission.BREAK_GLASS)
def break_glass(actor: Actor, *, patient_id: uuid.UUID, reason: str, hours: int = BREAK_GLASS_HOURS) -> datetime:
    """Open one record of the own clinic for a few hours without a care relation; the reason is kept and the team told."""
    if not 1 <= hours <= BREAK_GLASS_HOURS:
        raise TooLong(hours)
    if len(reason.strip()) < 10:
        raise ReasonMissing
    patient = Patient.objects.filter(clinic=actor.clinic, pk=patient_id, erased_at__isnull=True).first()
    if patient is None:
        raise NoSuchPatient
    until = clock.now() + timedelta(hours=hours)
    opened = BreakGlass(clinic=actor.clinic, patient=patient, user=actor.user, until=until)
    opened.reason = reason.strip()
    opened.save()
    return until


class ReasonMissing(FivefoldError):
    """A reason of at least a few words is needed. For the person at the screen."""

    def __init__(self) -> None:
        super().__init__(_("Write the reason in a sentence (at least 10 characters): the care team will read it."))


class TooLong(FivefoldError):
    """A record is opened without a relation for a few hours only. For the person at the screen."""

    def __init__(self, hours: int) -> None:
        words = _("A record is opened for 1 to %(most)s hours, not for %(hours)s. Choose one of these; it can be opened again.")
        super().__init__(words % {"most": BREAK_GLASS_HOURS, "hours": hours})
