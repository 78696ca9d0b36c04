"""The people of a synthetic clinic and how they sign in. Each installation has a password of its own."""

import hashlib
import hmac
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.db import transaction

from fivefold.concepts.errors import FivefoldError
from fivefold.records.crypto import keyring
from fivefold.records.models import Clinic, Membership, Role, User
from fivefold.services.own_accounts import sign_in_name

NAME = "Practice by the river"
PEOPLE: tuple[tuple[str, str, str], ...] = (
    ("amina", "Amina Okafor", Role.THERAPIST),
    ("jonas", "Jonas Lindqvist", Role.THERAPIST),
    ("mei", "Mei Tanaka", Role.THERAPIST),
    ("samir", "Samir Haddad", Role.THERAPIST),
    ("bruno", "Bruno Keller", Role.SUPERVISOR),
    ("lea", "Lea Winter", Role.LEAD),
    ("adrian", "Adrian Holt", Role.ADMINISTRATOR),
    ("olga", "Olga Reyes", Role.AUDITOR),
)
# What the first invented patient signs in with; of patients it is kept as a blind index, so it stands here alone.
PATIENT = "patient@synthetic.example"
# Plain words that are hard to mishear.
WORDS = (
    "amber", "birch", "cloud", "coral", "delta", "fern", "grove", "harbour",
    "heron", "island", "juniper", "lantern", "maple", "meadow", "pebble", "willow",
)  # fmt: skip


class NotOnAServer(FivefoldError):
    """Demo accounts have a password that is printed. For the operator."""

    def __init__(self) -> None:
        super().__init__("A synthetic clinic with printed passwords is for one PC (FIVEFOLD_MODE=local), never for a server.")


@dataclass(frozen=True)
class DemoAccount:
    """Somebody of the synthetic clinic."""

    email: str
    name: str
    role_name: str


def demo_password() -> str:
    """The password of all demo accounts: derived from this installation's keys, so that no two have the same."""
    digest = hmac.new(keyring().index_key, b"demo password", hashlib.sha256).digest()
    return "-".join([*(WORDS[byte % len(WORDS)] for byte in digest[:3]), str(10 + digest[3] % 90)])


def make_demo_clinic(*, is_server: bool) -> Clinic:
    """The synthetic clinic with its people and no patients; the one that is there, if there is one."""
    if is_server:
        raise NotOnAServer
    with transaction.atomic():
        clinic, _ = Clinic.objects.get_or_create(name=NAME, synthetic=True)
        password = demo_password()
        for key, name, role in PEOPLE:
            address = f"{key}@synthetic.example"
            user = User.objects.filter(email=address).first()
            if user is None:
                user = User.objects.create_user(address, password, name=name)
                EmailAddress.objects.create(user=user, email=address, verified=True, primary=True)
            Membership.objects.get_or_create(clinic=clinic, user=user, role=role)
        return clinic


def demo_accounts() -> list[DemoAccount]:
    """Who can sign in to the synthetic clinics here."""
    rows = (
        Membership.objects.filter(clinic__synthetic=True, clinic__beats_for__isnull=True, ended_at__isnull=True)
        .exclude(role=Role.PATIENT)
        .select_related("user")
        .order_by("id")
    )
    staff = [DemoAccount(row.user.email, row.user.name, str(Role(row.role).label)) for row in rows]
    has_patient = Membership.objects.filter(clinic__synthetic=True, role=Role.PATIENT, ended_at__isnull=True, user__email=sign_in_name(PATIENT)).exists()
    return [*staff, DemoAccount(PATIENT, str(Role.PATIENT.label), str(Role.PATIENT.label))] if has_patient else staff
