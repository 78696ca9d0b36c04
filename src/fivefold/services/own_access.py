"""Acts that give a patient a sign-in of their own and take it away: inviting, joining, ending, and how it stands.

Nothing is sent: the link is shown once, to be handed over in the room. What a patient signs in with is kept as its blind index, so
that nobody who reads the database learns who is in treatment here.
"""

import hashlib
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from fivefold.concepts.errors import FivefoldError
from fivefold.records import clock
from fivefold.records.models import Membership, Patient, PatientAccount, PatientInvitation, Role, User
from fivefold.services import audit
from fivefold.services.access import Actor, Permission, clinical_act, patient_for, reaches
from fivefold.services.own_accounts import NEVER_AN_ADDRESS, close_accounts, sign_in_name
from fivefold.services.patients import NotAcceptable, record_consent

INVITATION_DAYS = 7
# A link that signs in is for the hour in which it is made, or the way home.
SIGN_IN_HOURS = 24
SHORTEST_NAME, LONGEST_NAME = 6, 100
# What a patient is asked about before the link is made; without the first there is no account.
ASKED = ("own_pages", "offline_copy", "messages")


class LinkOver(FivefoldError):
    """The link was used, has expired, or never existed. For the patient at the screen."""

    def __init__(self) -> None:
        super().__init__(_("This link does not work any more. Each link works once, and not for long. Ask your therapist for a new one."))


class NoConsent(FivefoldError):
    """A link was wanted for somebody who did not agree to have pages of their own. For the person at the screen."""

    def __init__(self) -> None:
        super().__init__(_("There are own pages only for whoever has agreed to them. Talk it through, and tick that they agreed."))


class NoOwnPages(FivefoldError):
    """A link to sign in was wanted for somebody who has no own pages. For the person at the screen."""

    def __init__(self) -> None:
        super().__init__(_("There are no own pages to sign in to yet. Open them together first."))


class CareIsOver(FivefoldError):
    """A link was wanted for somebody whose care has ended. For the person at the screen."""

    def __init__(self) -> None:
        super().__init__(_("Care has ended, so there are no own pages to open. Take up care again first, on the page of the record."))


@dataclass(frozen=True)
class OwnAccess:
    """How a patient's sign-in stands: since when it runs (None without one), when it was used last, and until when an open link works."""

    patient: Patient
    since: datetime | None
    last_signed_in: datetime | None
    link_until: datetime | None
    ended: tuple[tuple[datetime, str], ...]
    may_change: bool


def is_patients_name(typed: str) -> bool:
    """Whether a patient signs in with this."""
    return User.objects.filter(email=sign_in_name(typed)).exists()


def name_to_count(typed: str) -> str:
    """A name under which failed tries are counted: an address of staff as it is, everything else as a patient's name is kept."""
    is_known = typed.endswith(f"@{NEVER_AN_ADDRESS}") or User.objects.filter(email__iexact=typed).exists()
    return typed if is_known else sign_in_name(typed)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


# ---- The therapist's side ------------------------------------------------------------------------------------------------


@clinical_act(Permission.SEE_RECORD, view=True)
def see_own_access(actor: Actor, *, patient_id: uuid.UUID) -> OwnAccess:
    """Whether the patient has a sign-in, and whether a link waits."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    accounts = list(PatientAccount.objects.filter(clinic=actor.clinic, patient=patient).select_related("user").order_by("-started_at"))
    running = next((one for one in accounts if one.ended_at is None), None)
    link = _open_links(actor, patient).order_by("-created_at").first()
    return OwnAccess(
        patient=patient,
        since=running.started_at if running else None,
        last_signed_in=running.user.last_login if running else None,
        link_until=link.expires_at if link else None,
        ended=tuple((one.ended_at, one.ended_why) for one in accounts if one.ended_at is not None),
        may_change=reaches(actor, patient, Permission.CHANGE_RECORD),
    )


def _open_links(actor: Actor, patient: Patient) -> QuerySet[PatientInvitation]:
    return PatientInvitation.objects.filter(clinic=actor.clinic, patient=patient, used_at__isnull=True, expires_at__gt=clock.now())


@clinical_act(Permission.CHANGE_RECORD)
def invite_patient(actor: Actor, *, patient_id: uuid.UUID, agreed: Mapping[str, bool]) -> str:
    """Make the link with which a patient opens their own pages; gives its token, which is kept nowhere.

    ``agreed`` says for each purpose of ``ASKED`` whether the patient agreed just now; each answer is recorded as a consent. An earlier
    link stops working. Raises NoConsent without the first, CareIsOver when care has ended.
    """
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    if patient.closed_at is not None:
        raise CareIsOver
    if not agreed.get("own_pages"):
        raise NoConsent
    for purpose in ASKED:
        if purpose in agreed:
            record_consent(actor, patient_id=patient_id, purpose=purpose, given=bool(agreed[purpose]), on=clock.today())
    return _make_link(actor, patient, good_for=timedelta(days=INVITATION_DAYS), signs_in=False)


@clinical_act(Permission.CHANGE_RECORD)
def make_own_sign_in_link(actor: Actor, *, patient_id: uuid.UUID) -> str:
    """Make a link with which the patient signs in once, where name and password are not at hand; gives its token, which is kept nowhere.

    The patient sees under their data who made it and when it was used. Raises NoOwnPages without an account, CareIsOver when care has ended.
    """
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    if patient.closed_at is not None:
        raise CareIsOver
    if not PatientAccount.objects.filter(clinic=actor.clinic, patient=patient, ended_at__isnull=True).exists():
        raise NoOwnPages
    return _make_link(actor, patient, good_for=timedelta(hours=SIGN_IN_HOURS), signs_in=True)


def _make_link(actor: Actor, patient: Patient, *, good_for: timedelta, signs_in: bool) -> str:
    """A new link in the place of an open one."""
    token, now = secrets.token_urlsafe(32), clock.now()
    _open_links(actor, patient).update(expires_at=now)
    made = {"token_hash": _hash(token), "signs_in": signs_in, "invited_by": actor.user, "expires_at": now + good_for}
    PatientInvitation.objects.create(clinic=actor.clinic, patient=patient, **made)
    return token


@clinical_act(Permission.CHANGE_RECORD)
def withdraw_link(actor: Actor, *, patient_id: uuid.UUID) -> None:
    """Make an open link worthless."""
    _open_links(actor, patient_for(actor, patient_id, Permission.CHANGE_RECORD)).update(expires_at=clock.now())


@clinical_act(Permission.CHANGE_RECORD)
def end_own_access(actor: Actor, *, patient_id: uuid.UUID) -> None:
    """Close the patient's own pages: from their next request on the account reaches nothing. What they wrote stays in the record."""
    close_accounts(patient_for(actor, patient_id, Permission.CHANGE_RECORD), "team")


# ---- The patient's side --------------------------------------------------------------------------------------------------


def open_link(token: str, *, signs_in: bool = False) -> PatientInvitation:
    """The invitation behind a link, or with ``signs_in`` what signs in once; raises LinkOver, for one of the other kind as for none."""
    found = PatientInvitation.objects.select_related("clinic", "patient").filter(token_hash=_hash(token), used_at__isnull=True, expires_at__gt=clock.now())
    invitation = found.filter(signs_in=signs_in).first()
    if invitation is None or invitation.patient.closed_at is not None or invitation.patient.erased_at is not None:
        raise LinkOver
    return invitation


def join_as_patient(token: str, *, name: str, password: str) -> User:
    """Open one's own pages with a name and password of one's own choice; the link is used up.

    Who has a sign-in already (and has lost the way in) gets a new name and password with it, and earlier keys no longer count.
    Raises LinkOver, NotAcceptable for a name that is taken or too short, ValidationError for a weak password.
    """
    typed = name.strip()
    if not SHORTEST_NAME <= len(typed) <= LONGEST_NAME or any(character.isspace() for character in typed):
        raise NotAcceptable("Name", _("6 to 100 letters or signs, without spaces"))
    with transaction.atomic():
        invitation = PatientInvitation.objects.select_for_update().get(pk=open_link(token).pk)
        if invitation.used_at is not None:
            raise LinkOver
        account = PatientAccount.objects.filter(patient=invitation.patient, ended_at__isnull=True).select_related("user").first()
        user = account.user if account else User()
        way_in = {"email": _free_name(user, typed), "password": make_password(password)}
        validate_password(password, User(email=typed))
        if account is None:
            user = User.objects.create(name=_("the patient"), **way_in)
        else:
            User.objects.filter(pk=user.pk).update(**way_in)
            user.refresh_from_db()
        EmailAddress.objects.filter(user=user).delete()
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        _bind(invitation, user, account)
        PatientInvitation.objects.filter(pk=invitation.pk).update(used_at=clock.now())
        audit.record(Actor(user, invitation.clinic, Role.PATIENT), "join_as_patient", patient_id=invitation.patient_id, again=account is not None)
        return user


def sign_in_by_link(token: str) -> User:
    """The patient whom a link signs in, once; raises LinkOver, also where their pages were closed meanwhile."""
    with transaction.atomic():
        link = PatientInvitation.objects.select_for_update(of=("self",)).select_related("clinic", "patient").get(pk=open_link(token, signs_in=True).pk)
        account = PatientAccount.objects.filter(patient=link.patient, ended_at__isnull=True, user__is_active=True).select_related("user").first()
        if link.used_at is not None or account is None:
            raise LinkOver
        PatientInvitation.objects.filter(pk=link.pk).update(used_at=clock.now())
        audit.record(Actor(account.user, link.clinic, Role.PATIENT), "sign_in_by_link", patient_id=link.patient_id)
        return account.user


def _free_name(user: User, typed: str) -> str:
    """A name as it is kept. Raises NotAcceptable when somebody else signs in with it; the words do not tell who."""
    kept = sign_in_name(typed)
    if User.objects.filter(email__in=(kept, typed.casefold())).exclude(pk=user.pk).exists() or User.objects.filter(email__iexact=typed).exists():
        raise NotAcceptable("Name", _("another name; this one cannot be used here"))
    return kept


def _bind(invitation: PatientInvitation, user: User, account: PatientAccount | None) -> None:
    if account is not None:
        Authenticator.objects.filter(user=user).delete()
        PatientAccount.objects.filter(pk=account.pk).update(renewed_at=clock.now())
        return
    PatientAccount.objects.create(clinic=invitation.clinic, patient=invitation.patient, user=user)
    Membership.objects.create(clinic=invitation.clinic, user=user, role=Role.PATIENT)


@clinical_act(Permission.OWN_ENTRIES)
def end_my_pages(actor: Actor, *, patient_id: uuid.UUID) -> None:
    """Give up one's own pages; treatment goes on, and what was written stays in the record."""
    close_accounts(patient_for(actor, patient_id, Permission.OWN_ENTRIES), "patient")
