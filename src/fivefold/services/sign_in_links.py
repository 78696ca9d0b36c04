"""Links with which somebody gets back in: made by a colleague, written down, and told to the owner of the account and a lead.

Such a link sets a password. It leaves a second factor in place, so that it opens no account by itself; only one that was made
for a lost second factor, with a reason, takes it away.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from fivefold.concepts.errors import FivefoldError
from fivefold.records import clock
from fivefold.records.models import Invitation, Membership, Role
from fivefold.services import audit
from fivefold.services.access import Actor, Permission, ReasonMissing, clinical_act
from fivefold.services.people import leads_alone_make_leads, make_link, running_membership

SHORTEST_REASON = 10
DAYS_TOLD = 30


class WorksElsewhere(FivefoldError):
    """The account opens records of another clinic too. For the person at the screen."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This person works in another clinic of this installation as well, so no clinic alone may open their account. "
                "Ask whoever looks after the installation: `fivefold admin new-link` makes the link there."
            )
        )


class NobodyHere(FivefoldError):
    """No such account works in any clinic. For the operator."""

    def __init__(self) -> None:
        super().__init__("Nobody with this address works in a clinic here. Check the spelling; `fivefold admin init` founds a clinic with a new lead.")


@dataclass(frozen=True)
class Notice:
    """A link that was made for an account: for whom, by whom ("" by the command of the machine), when, what it takes, and whether it was used."""

    id: str
    name: str
    by: str
    made_at: datetime
    resets_factor: bool
    used_at: datetime | None
    reason: str
    is_own: bool


@clinical_act(Permission.MANAGE_PEOPLE)
def renew_access(actor: Actor, *, membership_id: int) -> str:
    """A link with which a colleague sets a new password; gives its token. A second factor stays and is asked for."""
    return _link_for(actor, _account(actor, membership_id))


@clinical_act(Permission.MANAGE_PEOPLE)
def reset_second_factor(actor: Actor, *, membership_id: int, reason: str) -> str:
    """A link that also takes a lost second factor away; gives its token. The owner and a lead are told, with the reason."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise ReasonMissing
    return _link_for(actor, _account(actor, membership_id), reason=reason.strip(), resets_factor=True)


def _account(actor: Actor, membership_id: int) -> Membership:
    membership = running_membership(actor, membership_id)
    leads_alone_make_leads(actor, membership.role)
    if Membership.objects.filter(user=membership.user, ended_at__isnull=True).exclude(clinic=actor.clinic).exists():
        raise WorksElsewhere
    return membership


def _link_for(by: Actor, membership: Membership, *, reason: str = "", resets_factor: bool = False) -> str:
    user = membership.user
    audit.record(by, "make_sign_in_link", target=f"user {user.pk}", resets_factor=resets_factor)
    return make_link(by, email=user.email, name=user.name, role=membership.role, reason=reason, renews=True, resets_factor=resets_factor)


def link_from_the_machine(email: str, *, resets_factor: bool) -> str:
    """The link of somebody whom nobody else can let in, such as a sole lead; for the command. Raises NobodyHere.

    Every clinic in which they work has it in its audit trail.
    """
    running = Membership.objects.filter(user__email__iexact=email.strip(), user__is_active=True, ended_at__isnull=True)
    memberships = list(running.select_related("user", "clinic").order_by("pk"))
    if not memberships:
        raise NobodyHere
    with transaction.atomic():
        for membership in memberships:
            audit.record_system(membership.clinic, "link_from_the_machine", user=membership.user_id, resets_factor=resets_factor)
        first, user = memberships[0], memberships[0].user
        by = Actor(user, first.clinic, first.role)
        return make_link(by, email=user.email, name=user.name, role=first.role, renews=True, resets_factor=resets_factor)


# ---- Being told ----------------------------------------------------------------------------------------------------------


def see_notices(actor: Actor) -> list[Notice]:
    """Links for one's own account and, for a lead, those that others made for colleagues, until they have been seen."""
    rows = _untold(actor).select_related("invited_by").order_by("created_at")
    return [
        Notice(
            id=str(row.pk),
            name=row.name,
            by="" if row.invited_by.email == row.email else row.invited_by.name,
            made_at=row.created_at,
            resets_factor=row.resets_factor,
            used_at=row.used_at,
            reason=row.reason,
            is_own=row.email == actor.user.email,
        )
        for row in rows
    ]


def _untold(actor: Actor) -> QuerySet[Invitation]:
    wanted = Q(email=actor.user.email, owner_saw_at__isnull=True)
    if actor.role == Role.LEAD:
        wanted |= Q(clinic=actor.clinic, lead_saw_at__isnull=True) & ~Q(email=actor.user.email) & ~Q(invited_by=actor.user)
    return Invitation.objects.filter(wanted, renews=True, created_at__gt=clock.now() - timedelta(days=DAYS_TOLD))


def confirm_notice(actor: Actor, *, notice_id: uuid.UUID) -> None:
    """Say that one has seen a notice; it is not shown again. One that is not for this person stays as it is."""
    with transaction.atomic():
        row = _untold(actor).filter(pk=notice_id).first()
        if row is not None:
            seen = {"owner_saw_at" if row.email == actor.user.email else "lead_saw_at": clock.now()}
            Invitation.objects.filter(pk=row.pk).update(**seen)
            audit.record(actor, "confirm_notice", target=f"invitation {row.pk}")
