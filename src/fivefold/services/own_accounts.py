"""Closing the sign-in of a patient: what the end of care, the care team, the patient and erasure have in common."""

from collections.abc import Iterable

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from fivefold.records import clock
from fivefold.records.crypto import keyring
from fivefold.records.models import Membership, Patient, PatientAccount, PatientInvitation, Role, User

NEVER_AN_ADDRESS = "patient.invalid"


def sign_in_name(typed: str) -> str:
    """What is kept of what a patient signs in with: the same for the same letters, and telling nothing to whoever reads it."""
    return f"{keyring().blind_index(typed.strip().casefold(), 'sign-in of a patient')}@{NEVER_AN_ADDRESS}".lower()


def close_accounts(patient: Patient, why: str) -> None:
    """End the sign-in of a patient and every open link; a part of acts that have checked access already."""
    now = clock.now()
    running = PatientAccount.objects.filter(clinic_id=patient.clinic_id, patient=patient, ended_at__isnull=True)
    users = list(running.values_list("user_id", flat=True))
    running.update(ended_at=now, ended_why=why)
    PatientInvitation.objects.filter(clinic_id=patient.clinic_id, patient=patient, used_at__isnull=True, expires_at__gt=now).update(expires_at=now)
    forget_sign_ins(users)


def forget_sign_ins(users: Iterable[int], using: str = "default") -> None:
    """Take away what these users signed in with; their rows stay, because entries name them."""
    known = list(users)
    Membership.objects.using(using).filter(user_id__in=known, role=Role.PATIENT, ended_at__isnull=True).update(ended_at=clock.now())
    Authenticator.objects.using(using).filter(user_id__in=known).delete()
    EmailAddress.objects.using(using).filter(user_id__in=known).delete()
    for user in User.objects.using(using).filter(pk__in=known):
        user.email, user.is_active = f"ended-{user.pk}@{NEVER_AN_ADDRESS}", False
        user.set_unusable_password()
        user.save(using=using, update_fields=["email", "is_active", "password"])
