"""The cast: Amina treats Rosa, Bruno supervises, Lea leads, Adrian administers, Olga audits; Chidi works elsewhere.

Fixtures for everything that has a database. Import nothing here: ``tests/conftest.py`` makes them known.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from fivefold.records.models import Patient
    from fivefold.services.access import Actor

PASSWORD = "four calm words here"
CAST = {
    "amina": ("here", "Amina Okafor", "therapist"),
    "teo": ("here", "Teo Brandt", "therapist"),
    "bruno": ("here", "Bruno Keller", "supervisor"),
    "lea": ("here", "Lea Winter", "lead"),
    "adrian": ("here", "Adrian Holt", "administrator"),
    "olga": ("here", "Olga Reyes", "auditor"),
    "chidi": ("elsewhere", "Chidi Eze", "therapist"),
    "vera": ("elsewhere", "Vera Lang", "lead"),
}


@dataclass
class Cast:
    """Everybody by name, and the patient Rosa, whom Amina treats and Bruno supervises."""

    people: "dict[str, Actor]"
    rosa: "Patient"

    def __getattr__(self, name: str) -> "Actor":
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None


@pytest.fixture(scope="session", autouse=True)
def key_files() -> None:
    """Keys of the tests' own, made once for each process."""
    from fivefold.records.crypto import Ring, key_file, make_key_file

    for ring in Ring:
        if not key_file(ring).exists():
            make_key_file(key_file(ring), ring)


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """Limits on the number of tries count anew in every test."""
    from django.core.cache import cache

    cache.clear()


@pytest.fixture
def cast(db: None) -> Cast:
    """Two clinics with their people, and Rosa."""
    return make_cast()


def make_cast() -> Cast:
    """The same, for a file that makes its people once."""
    from fivefold.records.models import CareRelation, Clinic, Membership, User
    from fivefold.services.access import Actor
    from fivefold.services.patients import add_patient

    clinics = {"here": Clinic.objects.create(name="Practice by the river"), "elsewhere": Clinic.objects.create(name="Practice on the hill")}
    people = {}
    for key, (where, name, role) in CAST.items():
        user = User.objects.create_user(f"{key}@clinic.example", PASSWORD, name=name)
        Membership.objects.create(clinic=clinics[where], user=user, role=role)
        people[key] = Actor(user, clinics[where], role)
    rosa = add_patient(people["amina"], name="Rosa D.", birth_year=1997)
    CareRelation.objects.create(clinic=clinics["here"], patient=rosa, user=people["bruno"].user, kind="supervises")
    return Cast(people, rosa)


@pytest.fixture
def sign_in(cast: Cast) -> "Callable[[str], Client]":
    """Gives a browser in which somebody of the cast is signed in: ``sign_in("amina").get("/caseload")``."""
    from django.test import Client

    def as_somebody(name: str) -> Client:
        client = Client()
        client.force_login(cast.people[name].user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return as_somebody


def add_lead(cast: Cast, key: str = "noor", name: str = "Noor Haddad") -> "Actor":
    """A second lead of Rosa's clinic: erasing a record takes two."""
    from fivefold.records.models import Membership, User
    from fivefold.services.access import Actor

    clinic = cast.lea.clinic
    user = User.objects.create_user(f"{key}@clinic.example", PASSWORD, name=name)
    Membership.objects.create(clinic=clinic, user=user, role="lead")
    cast.people[key] = Actor(user, clinic, "lead")
    return cast.people[key]


OWN_NAME, OWN_PASSWORD = "quiet-harbour", "nine slow lanterns drift"


def open_own_pages(cast: Cast, patient: "Patient | None" = None, *, key: str = "self", name: str = OWN_NAME, by: str = "amina") -> "Actor":
    """A patient (Rosa when none is named) with a sign-in of their own, as an actor; ``sign_in("self")`` gives their browser."""
    from fivefold.services.access import actor_of
    from fivefold.services.own_access import invite_patient, join_as_patient

    token = invite_patient(cast.people[by], patient_id=(patient or cast.rosa).pk, agreed={"own_pages": True, "offline_copy": True, "messages": False})
    actor = actor_of(join_as_patient(token, name=name, password=OWN_PASSWORD))
    assert actor is not None
    cast.people[key] = actor
    return actor
