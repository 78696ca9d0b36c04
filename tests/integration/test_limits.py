"""Limits beside the lock-out: guessing at links, reading through names, floods of documents. Nobody else is slowed by them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings
from django.conf import settings as app
from django.test import Client
from tests.support.clinic import Cast, open_own_pages

from fivefold.records.models import BreakGlass, Invitation, Membership
from fivefold.services import people

SignIn = Callable[[str], Client]
ASKED = {
    "search": ("amina", "teo", "/jump", {"q": "ro"}),
    "draft": ("amina", "teo", "/drafts", {"page": "/somewhere", "fields": '[["words", "kept words"]]'}),
    "what_if": ("amina", "bruno", "/patients/{rosa}/plan/try", {"sessions_per_week": "2"}),
    "download": ("amina", "lea", "/patients/{rosa}/record/copy/json", {}),
    "invite": ("lea", "adrian", "/clinic/invite", {"name": "Nadia", "email": "nadia@clinic.example", "role": "therapist"}),
    "open_record": ("teo", "bruno", "/patients/without-relation", {"name": "Nobody", "reason": "She called the ward at night.", "hours": "1"}),
}


@pytest.mark.parametrize("name", ASKED)
def test_too_often_is_answered_with_when_to_go_on_and_stops_nobody_else(cast: Cast, sign_in: SignIn, settings: LazySettings, name: str) -> None:
    settings.FIVEFOLD_LIMITS = {**app.FIVEFOLD_LIMITS, name: (3, 60)}
    who, other, address, form = ASKED[name]
    address = address.format(rosa=cast.rosa.pk)
    browser = sign_in(who)

    answers = [browser.post(address, form) for _ in range(4)]

    assert [answer.status_code == 429 for answer in answers] == [False, False, False, True]
    assert answers[-1]["Retry-After"] == "60"
    assert all(str(value) in answers[-1].content.decode() for key, value in form.items() if key in ("q", "name", "reason"))
    assert sign_in(other).post(address, form).status_code != 429


# Doors that stand open to whoever has a link or sits before a screen of the clinic.
DOORS = {"questionnaire": "/q/guessed", "answer": "/q/guessed/answer", "kiosk_code": "/kiosk", "leave": "/answer/leave"}


@pytest.mark.django_db
@pytest.mark.parametrize("name", DOORS)
def test_door_is_not_knocked_at_too_often_from_one_place(client: Client, settings: LazySettings, name: str) -> None:
    settings.FIVEFOLD_LIMITS = {**app.FIVEFOLD_LIMITS, name: (3, 60)}

    statuses = [client.post(DOORS[name], {"code": "0000"}, REMOTE_ADDR="192.0.2.7").status_code for _ in range(4)]

    assert [status == 429 for status in statuses] == [False, False, False, True]
    assert client.post(DOORS[name], {"code": "0000"}, REMOTE_ADDR="192.0.2.8").status_code != 429


def test_entries_of_one_patient_are_counted_for_them_alone(cast: Cast, sign_in: SignIn, settings: LazySettings) -> None:
    settings.FIVEFOLD_LIMITS = {**app.FIVEFOLD_LIMITS, "entries": (3, 60)}
    open_own_pages(cast)
    mine = sign_in("self")

    statuses = [mine.post("/my/today/bring-up", {"words": f"my mother {number}"}).status_code for number in range(4)]

    assert [status == 429 for status in statuses] == [False, False, False, True]
    assert mine.get("/my/today").status_code == 200


def test_every_limit_is_tried_or_has_a_test_of_its_own() -> None:
    assert {*ASKED, *DOORS, "join", "link", "entries"} == set(app.FIVEFOLD_LIMITS)


def test_documents_are_counted_though_they_are_only_read(cast: Cast, sign_in: SignIn, settings: LazySettings) -> None:
    settings.FIVEFOLD_LIMITS = {**app.FIVEFOLD_LIMITS, "download": (2, 60)}
    browser = sign_in("amina")

    statuses = [browser.get(f"/patients/{cast.rosa.pk}/plan/versions/1/patient.pdf").status_code for _ in range(3)]

    assert statuses == [404, 404, 429]


def test_pages_are_not_counted_as_searches(cast: Cast, sign_in: SignIn, settings: LazySettings) -> None:
    settings.FIVEFOLD_LIMITS = {**app.FIVEFOLD_LIMITS, "search": (1, 60)}
    browser = sign_in("amina")

    assert {browser.get("/caseload").status_code for _ in range(5)} == {200}


# ---- Links ---------------------------------------------------------------------------------------------------------------


def post(client: Client, token: str, **extra: Any) -> int:
    return client.post(f"/join/{token}", {"password1": "seven green boats drift", "password2": "seven green boats drift"}, **extra).status_code


@pytest.mark.django_db
def test_links_are_not_guessed_at_from_one_place(client: Client) -> None:
    statuses = [post(client, f"guess{number}", REMOTE_ADDR="192.0.2.7") for number in range(21)]

    assert statuses == [410] * 20 + [429]
    assert post(client, "guess", REMOTE_ADDR="192.0.2.8") == 410


def test_password_of_somebody_from_elsewhere_is_not_guessed_through_their_invitation(cast: Cast, client: Client) -> None:
    """Whoever invited them holds the link as well; from however many places, it takes ten tries an hour."""
    token = people.invite(cast.lea, email="chidi@clinic.example", name="Chidi", role="supervisor")

    statuses = [post(client, token, REMOTE_ADDR=f"192.0.2.{number}") for number in range(11)]

    assert statuses == [422] * 10 + [429]
    assert not Membership.objects.filter(user=cast.chidi.user, clinic=cast.lea.clinic).exists()


def test_nothing_is_done_by_what_came_too_often(cast: Cast, sign_in: SignIn, settings: LazySettings) -> None:
    settings.FIVEFOLD_LIMITS = {**app.FIVEFOLD_LIMITS, "invite": (0, 60), "open_record": (0, 60)}

    sign_in("lea").post("/clinic/invite", {"name": "Nadia", "email": "nadia@clinic.example", "role": "therapist"})
    sign_in("teo").post("/patients/without-relation", {"name": "Rosa D.", "reason": "She called the ward at night.", "hours": "1"})

    assert not Invitation.objects.exists()
    assert not BreakGlass.objects.exists()
