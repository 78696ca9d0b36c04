"""Acts about the people of a clinic: inviting, joining, changing roles, leaving; and who somebody is when they sign in."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from fivefold.concepts.errors import FivefoldError
from fivefold.records.models import CareRelation, Clinic, FormDraft, Invitation, Membership, Patient, Role, User
from fivefold.services import audit
from fivefold.services.access import Actor, Permission, actor_of, clinical_act
from fivefold.services.patients import NotAcceptable, checked_address, plain_name

INVITATION_DAYS = 7
# Roles that a person can be invited to; patients come with their own side of the app.
STAFF_ROLES = (Role.THERAPIST, Role.SUPERVISOR, Role.LEAD, Role.ADMINISTRATOR, Role.AUDITOR)
MANAGING_ROLES = (Role.LEAD, Role.ADMINISTRATOR)


class InvitationOver(FivefoldError):
    """The link was used, has expired, or never existed. For the person at the screen."""

    def __init__(self) -> None:
        super().__init__(_("This link does not work any more: each one works once and for seven days. Ask whoever invited you for a new one."))


class LastOfTheirKind(FivefoldError):
    """Nobody would be left to manage the clinic. For the person at the screen."""

    def __init__(self) -> None:
        super().__init__(_("You cannot end the last membership that manages people here. Invite another lead or administrator first."))


@dataclass(frozen=True)
class Colleague:
    """Somebody of the clinic as the people page shows them."""

    membership_id: int
    name: str
    email: str
    role: str
    role_name: str
    since: datetime
    patients: int
    overdue_reviews: int
    safety_signals: int
    has_second_factor: bool
    last_signed_in: datetime | None
    is_you: bool


@dataclass(frozen=True)
class OpenInvitation:
    """An invitation that waits to be accepted."""

    id: str
    name: str
    email: str
    role_name: str
    expires_at: datetime
    renews: bool
    resets_factor: bool


# ---- Who somebody is -----------------------------------------------------------------------------------------------------


def actor_for(user: AbstractBaseUser | AnonymousUser) -> Actor | None:
    """The signed-in user as an actor, or None without a running membership."""
    return actor_of(user) if isinstance(user, User) else None


def has_second_factor(user: User) -> bool:
    """Whether the person signs in with more than a password."""
    return bool(Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).exists())


def forget_old_failures() -> None:
    """Throw away failed sign-ins of more than a day ago, so that made-up names do not fill the database."""
    AccessAttempt.objects.filter(attempt_time__lt=timezone.now() - timedelta(days=1)).delete()


# ---- Inviting and joining ------------------------------------------------------------------------------------------------


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@clinical_act(Permission.MANAGE_PEOPLE)
def invite(actor: Actor, *, email: str, name: str, role: str) -> str:
    """Invite somebody to the clinic; gives the token of the link, which is kept nowhere."""
    address = checked_address("E-mail", email.strip().casefold(), _("an address such as name@clinic.example"))
    if role not in STAFF_ROLES:
        raise NotAcceptable("Role", _("one of %(names)s") % {"names": ", ".join(str(Role(one).label).lower() for one in STAFF_ROLES)})
    known_as = plain_name(name)
    if not known_as:
        raise NotAcceptable("Name", _("the name colleagues know the person by"))
    if Membership.objects.filter(clinic=actor.clinic, user__email__iexact=address, ended_at__isnull=True).exists():
        raise NotAcceptable("E-mail", _("somebody who does not work here yet; this address already does"))
    leads_alone_make_leads(actor, role)
    return make_link(actor, email=address, name=known_as, role=role)


def first_link(lead: Actor) -> str:
    """The link of a clinic's first lead, whom nobody can have invited and nobody has to tell; for the command that founds the clinic."""
    token = make_link(lead, email=lead.user.email, name=lead.user.name, role=lead.role, renews=True)
    Invitation.objects.filter(token_hash=_hash(token)).update(owner_saw_at=timezone.now())
    return token


def make_link(by: Actor, *, email: str, name: str, role: str, reason: str = "", **kind: bool) -> str:
    """Write a link down by its hash alone and give its token; what was made for this address before works no more."""
    token = secrets.token_urlsafe(32)
    now = timezone.now()
    Invitation.objects.filter(clinic=by.clinic, email__iexact=email, used_at__isnull=True, expires_at__gt=now).update(expires_at=now)
    link = Invitation(clinic=by.clinic, invited_by=by.user, token_hash=_hash(token), expires_at=now + timedelta(days=INVITATION_DAYS))
    link.email, link.name, link.role, link.reason = email, name, role, reason
    link.renews, link.resets_factor = kind.get("renews", False), kind.get("resets_factor", False)
    link.save()
    return token


@clinical_act(Permission.MANAGE_PEOPLE)
def withdraw_invitation(actor: Actor, *, invitation_id: str) -> None:
    """Make a link worthless before it is used."""
    Invitation.objects.filter(clinic=actor.clinic, pk=invitation_id, used_at__isnull=True).update(expires_at=timezone.now())


def open_invitation(token: str) -> Invitation:
    """The invitation behind a link; raises InvitationOver."""
    invitation = (
        Invitation.objects.select_related("clinic", "invited_by").filter(token_hash=_hash(token), used_at__isnull=True, expires_at__gt=timezone.now()).first()
    )
    if invitation is None:
        raise InvitationOver
    return invitation


def begins_a_clinic(invitation: Invitation) -> bool:
    """Whether it is the link of a clinic's first lead, who made it for themselves by a command and has never been in."""
    by = invitation.invited_by
    return invitation.renews and by.email == invitation.email and by.last_login is None


def accept_invitation(token: str, *, password: str) -> User:
    """Join the clinic, or get back in, with a password of one's own; the link is used up.

    Somebody who already has a sign-in from another clinic proves it with the password they have. A second factor stays,
    and is asked for, unless the link is one that takes it away.
    """
    with transaction.atomic():
        found = open_invitation(token)
        invitation = Invitation.objects.select_for_update().get(pk=found.pk)
        if invitation.used_at is not None:
            raise InvitationOver
        user = User.objects.filter(email__iexact=invitation.email).first()
        if user is None or invitation.renews:
            user = _with_password(user or User(email=invitation.email, name=invitation.name), password, forget_second_factor=invitation.resets_factor)
        elif not user.check_password(password):
            raise NotAcceptable("Password", _("the one you already sign in with, because this address has an account"))
        if not invitation.renews:
            Membership.objects.update_or_create(clinic=invitation.clinic, user=user, role=invitation.role, defaults={"ended_at": None})
        Invitation.objects.filter(pk=invitation.pk).update(used_at=timezone.now())
        audit.record(Actor(user, invitation.clinic, invitation.role), "accept_invitation", renews=invitation.renews, resets_factor=invitation.resets_factor)
        return user


def _with_password(user: User, password: str, *, forget_second_factor: bool) -> User:
    """Raises ValidationError when the password is too weak. Sessions begun with an old password end by themselves."""
    validate_password(password, user)
    user.set_password(password)
    user.save()
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    if forget_second_factor:
        Authenticator.objects.filter(user=user).delete()
    return user


# ---- Roles and leaving ---------------------------------------------------------------------------------------------------


def _memberships(actor: Actor) -> QuerySet[Membership]:
    """The running roles of staff; whoever manages people has nothing to do with the accounts of patients."""
    return Membership.objects.filter(clinic=actor.clinic, ended_at__isnull=True).exclude(role=Role.PATIENT)


def running_membership(by: Actor, membership_id: int) -> Membership:
    """A membership that is about to change. Of a clinic one at a time, so that two who manage it cannot end each other."""
    Clinic.objects.select_for_update(no_key=True).get(pk=by.clinic.pk)
    membership = _memberships(by).filter(pk=membership_id).select_related("user").first()
    if membership is None:
        raise NotAcceptable("Person", _("somebody who works in this clinic"))
    return membership


def leads_alone_make_leads(by: Actor, role: str) -> None:
    """A lead sees every record: whoever manages accounts cannot become one, make one, or get into the account of one."""
    if role == Role.LEAD and by.role != Role.LEAD:
        raise NotAcceptable("Role", _("another role than clinic lead, which only a lead gives or renews"))


def _keep_one_manager(actor: Actor, leaving: Membership) -> None:
    if leaving.role in MANAGING_ROLES and not _memberships(actor).filter(role__in=MANAGING_ROLES).exclude(pk=leaving.pk).exists():
        raise LastOfTheirKind


@clinical_act(Permission.MANAGE_PEOPLE)
def change_role(actor: Actor, *, membership_id: int, role: str) -> str:
    """Give a colleague another role, from their next request on; gives the role."""
    if role not in STAFF_ROLES:
        raise NotAcceptable("Role", _("one of the roles of a clinic"))
    membership = running_membership(actor, membership_id)
    if role != membership.role:
        leads_alone_make_leads(actor, role)
    if role not in MANAGING_ROLES:
        _keep_one_manager(actor, membership)
    if role != membership.role:
        Membership.objects.filter(pk=membership.pk).update(ended_at=timezone.now())
        Membership.objects.update_or_create(clinic=actor.clinic, user=membership.user, role=role, defaults={"ended_at": None})
    return role


@clinical_act(Permission.MANAGE_PEOPLE)
def end_membership(actor: Actor, *, membership_id: int) -> list[str]:
    """Somebody leaves: from their next request on they reach nothing. Gives the ids of patients nobody else treats now."""
    membership = running_membership(actor, membership_id)
    _keep_one_manager(actor, membership)
    now = timezone.now()
    Membership.objects.filter(clinic=actor.clinic, user=membership.user, ended_at__isnull=True).update(ended_at=now)
    FormDraft.objects.filter(clinic=actor.clinic, user=membership.user).delete()
    own = CareRelation.objects.filter(clinic=actor.clinic, user=membership.user, ended_at__isnull=True)
    patients = list(own.filter(kind="treats", patient__closed_at__isnull=True).values_list("patient_id", flat=True))
    own.update(ended_at=now)
    still = set(CareRelation.objects.filter(patient_id__in=patients, kind="treats", ended_at__isnull=True).values_list("patient_id", flat=True))
    return [str(patient) for patient in patients if patient not in still]


# ---- Seeing --------------------------------------------------------------------------------------------------------------


@clinical_act(Permission.SEE_CLINIC, view=True)
def see_people(actor: Actor) -> tuple[list[Colleague], list[OpenInvitation]]:
    """Everybody who works in the clinic with the size of their caseload, and the invitations that wait."""
    memberships = list(_memberships(actor).select_related("user").order_by("user__name", "id"))
    sizes = _caseload_sizes(actor.clinic)
    factors = Authenticator.objects.filter(user_id__in=[one.user_id for one in memberships]).exclude(type=Authenticator.Type.RECOVERY_CODES)
    secured = set(factors.values_list("user_id", flat=True))
    people = [_colleague(actor, one, sizes.get(one.user_id, {}), one.user_id in secured) for one in memberships]
    waiting = Invitation.objects.filter(clinic=actor.clinic, used_at__isnull=True, expires_at__gt=timezone.now()).order_by("expires_at")
    return people, [_waiting(one) for one in waiting]


def _waiting(link: Invitation) -> OpenInvitation:
    return OpenInvitation(str(link.pk), link.name, link.email, str(Role(link.role).label), link.expires_at, link.renews, link.resets_factor)


def _caseload_sizes(clinic: Clinic) -> dict[int, dict[str, int]]:
    """Open patients of each person, and how many of them wait for a review or show a safety signal."""
    treats = CareRelation.objects.filter(clinic=clinic, kind="treats", ended_at__isnull=True, patient__closed_at__isnull=True, patient__erased_at__isnull=True)
    rows = treats.values("user_id").annotate(
        patients=Count("patient_id", distinct=True),
        overdue=Count("patient_id", distinct=True, filter=Q(patient__caseload__review_on__lt=timezone.localdate())),
        safety=Count("patient_id", distinct=True, filter=Q(patient__caseload__signal="safety")),
    )
    return {row["user_id"]: {name: row[name] for name in ("patients", "overdue", "safety")} for row in rows}


def _colleague(actor: Actor, membership: Membership, sizes: dict[str, int], secured: bool) -> Colleague:
    return Colleague(
        membership_id=membership.pk,
        name=membership.user.name,
        email=membership.user.email,
        role=membership.role,
        role_name=str(Role(membership.role).label),
        since=membership.started_at,
        patients=sizes.get("patients", 0),
        overdue_reviews=sizes.get("overdue", 0),
        safety_signals=sizes.get("safety", 0),
        has_second_factor=secured,
        last_signed_in=membership.user.last_login,
        is_you=membership.user_id == actor.user.pk,
    )


@clinical_act(Permission.SEE_CLINIC, view=True)
def clinic_in_numbers(actor: Actor) -> dict[str, int]:
    """How many patients the clinic has, and how many wait: without a plan, for a review, with a safety signal, with nobody treating them."""
    treated = CareRelation.objects.filter(clinic=actor.clinic, kind="treats", ended_at__isnull=True).values("patient_id")
    patients = Patient.objects.filter(clinic=actor.clinic, closed_at__isnull=True, erased_at__isnull=True, caseload__clinic=actor.clinic)
    return patients.aggregate(
        patients=Count("pk"),
        without_plan=Count("pk", filter=Q(caseload__review_on__isnull=True)),
        overdue=Count("pk", filter=Q(caseload__review_on__lt=timezone.localdate())),
        safety=Count("pk", filter=Q(caseload__signal="safety")),
        without_therapist=Count("pk", filter=~Q(pk__in=treated)),
    )
