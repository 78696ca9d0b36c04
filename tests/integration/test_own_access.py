"""A patient's own sign-in: by a link that works once, for one record, closed to everything of staff, and leaving nothing behind."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.utils import timezone
from tests.support.acts import all_acts
from tests.support.clinic import OWN_NAME, OWN_PASSWORD, Cast, open_own_pages
from tests.support.routes import address_of, every_route

from fivefold.concepts.errors import FivefoldError
from fivefold.records.models import AuditEntry, Consent, Patient, PatientAccount, PatientInvitation, User
from fivefold.services import own_access, people, sign_in_links
from fivefold.services.access import ABOUT_A_PATIENT, ACTS, AccessDenied, NoSuchPatient, Permission, actor_of, own_record, patient_for
from fivefold.services.operations.rows import remove_rows_of
from fivefold.services.own_accounts import NEVER_AN_ADDRESS
from fivefold.services.patients import NotAcceptable, add_patient, end_care, record_consent, take_up_care_again
from fivefold.web.pages import Open

SignIn = Callable[[str], Client]
OWN = (Permission.OWN_PAGES, Permission.OWN_ENTRIES)
AGREED = {"own_pages": True, "offline_copy": False, "messages": False}


def link(cast: Cast) -> str:
    return own_access.invite_patient(cast.amina, patient_id=cast.rosa.pk, agreed=AGREED)


# ---- The link ------------------------------------------------------------------------------------------------------------


def test_link_opens_once_and_the_consents_are_written_down(cast: Cast) -> None:
    token = link(cast)

    user = own_access.join_as_patient(token, name=OWN_NAME, password=OWN_PASSWORD)

    actor = actor_of(user)
    assert actor is not None
    assert own_record(actor) == cast.rosa.pk
    assert dict(Consent.objects.filter(patient=cast.rosa).values_list("purpose", "given")) == AGREED
    with pytest.raises(own_access.LinkOver):
        own_access.join_as_patient(token, name="another-name", password=OWN_PASSWORD)


@pytest.mark.parametrize("how", ["expired", "withdrawn", "newer", "care ended", "made up"])
def test_link_that_is_over_opens_nothing(cast: Cast, client: Client, how: str) -> None:
    token = link(cast)
    if how == "expired":
        PatientInvitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif how == "withdrawn":
        own_access.withdraw_link(cast.amina, patient_id=cast.rosa.pk)
    elif how == "newer":
        link(cast)
    elif how == "care ended":
        end_care(cast.amina, patient_id=cast.rosa.pk, on=timezone.localdate(), reason="completed")
    else:
        token = "made-up"

    answer = client.post(f"/my/open/{token}", {"name": OWN_NAME, "password1": OWN_PASSWORD, "password2": OWN_PASSWORD})

    assert answer.status_code == 410
    assert not PatientAccount.objects.exists()


def test_without_consent_there_is_no_link(cast: Cast) -> None:
    with pytest.raises(own_access.NoConsent):
        own_access.invite_patient(cast.amina, patient_id=cast.rosa.pk, agreed={**AGREED, "own_pages": False})

    assert not Consent.objects.filter(patient=cast.rosa).exists()


@pytest.mark.parametrize("who", ["teo", "bruno", "lea", "adrian", "olga", "chidi", "vera"])
def test_only_who_treats_makes_the_link(cast: Cast, who: str) -> None:
    with pytest.raises((AccessDenied, NoSuchPatient)):
        own_access.invite_patient(cast.people[who], patient_id=cast.rosa.pk, agreed=AGREED)


def test_link_is_shown_once_as_letters_and_picture(cast: Cast, sign_in: SignIn) -> None:
    browser, address = sign_in("amina"), f"/patients/{cast.rosa.pk}/own-pages"

    shown = browser.post(address, {"own_pages": "on"}, follow=True)
    again = browser.get(address)

    assert "/my/open/" in shown.content.decode()
    assert "data:image/svg+xml" in shown.content.decode()
    assert "/my/open/" not in again.content.decode()
    assert browser.post(address, {}).status_code == 422


def test_weak_password_is_refused_and_the_link_still_works(cast: Cast) -> None:
    token = link(cast)

    with pytest.raises(ValidationError):
        own_access.join_as_patient(token, name=OWN_NAME, password="password")
    with pytest.raises(NotAcceptable):
        own_access.join_as_patient(token, name="a b", password=OWN_PASSWORD)

    assert own_access.join_as_patient(token, name=OWN_NAME, password=OWN_PASSWORD).pk


def test_name_that_is_taken_is_refused_without_telling_by_whom(cast: Cast) -> None:
    open_own_pages(cast)
    other = add_patient(cast.amina, name="Other", birth_year=1990)
    token = own_access.invite_patient(cast.amina, patient_id=other.pk, agreed=AGREED)

    said = []
    for name in (OWN_NAME, OWN_NAME.upper(), "amina@clinic.example"):
        with pytest.raises(NotAcceptable) as refused:
            own_access.join_as_patient(token, name=name, password=OWN_PASSWORD)
        said.append(str(refused.value))

    assert len(set(said)) == 1


def test_new_link_gives_the_same_record_another_way_in_and_closes_the_old_one(cast: Cast, client: Client) -> None:
    first = open_own_pages(cast)

    again = own_access.join_as_patient(link(cast), name="green-lantern", password="four red kites circle")

    assert again.pk == first.user.pk
    assert client.post("/sign-in", {"login": OWN_NAME, "password": OWN_PASSWORD}).status_code == 200
    assert client.post("/sign-in", {"login": "green-lantern", "password": "four red kites circle"}).status_code == 302


# ---- Signing in once -----------------------------------------------------------------------------------------------------


def test_link_signs_in_once_without_a_password_and_the_patient_sees_it(cast: Cast, client: Client, sign_in: SignIn) -> None:
    me = open_own_pages(cast)
    shown = sign_in("amina").post(f"/patients/{cast.rosa.pk}/own-pages/sign-in-link", follow=True).content.decode()
    path = re.search(r"/my/enter/[\w-]+", shown)
    assert path is not None

    looked = [client.get(path[0]).status_code for _time in range(2)]  # looking uses nothing up
    entered = client.post(path[0])
    data = client.get("/my/data").content.decode()

    assert looked == [200, 200] and (entered.status_code, entered["Location"]) == (302, "/my/today")
    assert "made by Amina Okafor" in data and ", used " in data and 'data-offline="unknown"' in data
    assert [Client().get(path[0]).status_code, Client().post(path[0]).status_code] == [410, 410]
    assert AuditEntry.objects.filter(act="sign_in_by_link", user_id=me.user.pk, patient_id=cast.rosa.pk).count() == 1
    assert Client().post("/sign-in", {"login": OWN_NAME, "password": OWN_PASSWORD}).status_code == 302  # name and password stay


@pytest.mark.parametrize("how", ["expired", "withdrawn", "newer", "closed", "an invitation"])
def test_link_to_sign_in_that_is_over_lets_nobody_in(cast: Cast, client: Client, how: str) -> None:
    open_own_pages(cast)
    token = own_access.make_own_sign_in_link(cast.amina, patient_id=cast.rosa.pk)
    if how == "expired":
        PatientInvitation.objects.filter(signs_in=True).update(expires_at=timezone.now() - timedelta(seconds=1))
    elif how == "withdrawn":
        own_access.withdraw_link(cast.amina, patient_id=cast.rosa.pk)
    elif how == "newer":
        own_access.make_own_sign_in_link(cast.amina, patient_id=cast.rosa.pk)
    elif how == "closed":
        own_access.end_own_access(cast.amina, patient_id=cast.rosa.pk)
    else:
        token = link(cast)  # it asks for a name and a password first

    assert client.post(f"/my/enter/{token}").status_code == 410
    assert client.get("/my/today").status_code == 302


def test_link_to_sign_in_opens_no_other_door_and_is_made_by_those_who_treat(cast: Cast, client: Client) -> None:
    with pytest.raises(own_access.NoOwnPages):
        own_access.make_own_sign_in_link(cast.amina, patient_id=cast.rosa.pk)
    open_own_pages(cast)
    token = own_access.make_own_sign_in_link(cast.amina, patient_id=cast.rosa.pk)

    assert client.post(f"/my/open/{token}", {"name": "green-lantern", "password1": OWN_PASSWORD, "password2": OWN_PASSWORD}).status_code == 410
    for who in ("bruno", "lea", "adrian", "chidi", "self"):
        with pytest.raises((AccessDenied, NoSuchPatient)):
            own_access.make_own_sign_in_link(cast.people[who], patient_id=cast.rosa.pk)


# ---- What is kept --------------------------------------------------------------------------------------------------------


def test_database_does_not_tell_who_signs_in(cast: Cast, client: Client) -> None:
    open_own_pages(cast, name="rosa.d@mail.example")
    client.post("/sign-in", {"login": "Rosa.D@mail.example", "password": "not the password"})

    answer = client.post("/sign-in", {"login": "Rosa.D@mail.example", "password": OWN_PASSWORD})

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/", follow=True).redirect_chain[-1][0] == "/my/today"
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            assert "rosa.d@" not in repr(cursor.fetchall()).casefold(), table


def test_name_of_nobody_and_wrong_password_get_the_same_words(cast: Cast, client: Client) -> None:
    open_own_pages(cast)

    wrong = client.post("/sign-in", {"login": OWN_NAME, "password": "not the password"})
    unknown = client.post("/sign-in", {"login": "nobody-here", "password": "not the password"})

    assert wrong.context["form"].errors == unknown.context["form"].errors != {}


def test_many_failures_lock_a_patients_name_like_any_other(cast: Cast, client: Client, settings: Any) -> None:
    open_own_pages(cast)
    settings.ACCOUNT_RATE_LIMITS = False

    answers = [client.post("/sign-in", {"login": OWN_NAME, "password": "not the password"}).status_code for _ in range(settings.AXES_FAILURE_LIMIT)]

    assert answers[-1] == 429
    assert client.post("/sign-in", {"login": OWN_NAME, "password": OWN_PASSWORD}).status_code == 429


# ---- Reach ---------------------------------------------------------------------------------------------------------------


def test_patient_reaches_themselves_alone_and_only_with_own_permissions(cast: Cast) -> None:
    other = add_patient(cast.amina, name="Other", birth_year=1990)
    actor = open_own_pages(cast)

    for permission in OWN:
        assert patient_for(actor, cast.rosa.pk, permission) == cast.rosa
        for foreign in (other.pk, uuid4()):
            with pytest.raises(NoSuchPatient):
                patient_for(actor, foreign, permission)
    for permission in set(Permission) - set(OWN):
        with pytest.raises(AccessDenied):
            patient_for(actor, cast.rosa.pk, permission)


def test_no_role_of_staff_has_what_is_the_patients_own(cast: Cast) -> None:
    assert [who for who, actor in cast.people.items() for permission in OWN if actor.may(permission)] == []


def test_every_act_is_refused_to_a_patient_for_anybody_but_themselves(cast: Cast) -> None:
    other = add_patient(cast.amina, name="Other", birth_year=1990)
    actor = open_own_pages(cast)
    ran = []
    for name, act in all_acts().items():
        own = ACTS[name] in OWN
        assert not own or ACTS[name] in ABOUT_A_PATIENT
        try:
            act(actor, patient_id=other.pk)
        except (AccessDenied, NoSuchPatient) as refused:
            ran += [name] if isinstance(refused, NoSuchPatient) and not own else []
        except Exception as error:
            ran.append(f"{name}: {type(error).__name__}")
        else:
            ran.append(name)

    assert ran == []


def test_pages_of_staff_are_closed_to_a_patient_their_own_record_included(cast: Cast, sign_in: SignIn) -> None:
    open_own_pages(cast)
    browser, opened = sign_in("self"), []
    for route, view in every_route():
        if view.needs in (*OWN, Open.TO_ALL, Open.TO_SIGNED_IN):
            continue
        for method in ("get", "post"):
            answer = getattr(browser, method)(address_of(route, patient_id=cast.rosa.pk))
            if answer.status_code != 403 or b"Rosa" in answer.content:
                opened.append((route, method, answer.status_code))

    assert opened == []


def test_what_is_open_to_everybody_signed_in_is_about_ones_own_account_alone() -> None:
    assert {route.partition("/")[0] for route, view in every_route() if view.needs is Open.TO_SIGNED_IN} == {"", "account"}


def test_who_manages_people_reaches_no_account_of_a_patient(cast: Cast) -> None:
    membership = open_own_pages(cast).user.memberships.get()

    for act in (sign_in_links.renew_access, people.end_membership):
        with pytest.raises(NotAcceptable):
            act(cast.lea, membership_id=membership.pk)
    with pytest.raises(NotAcceptable):
        people.change_role(cast.lea, membership_id=membership.pk, role="lead")


# ---- The end -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["team", "care", "consent", "patient", "erased"])
def test_whoever_ends_it_the_next_request_reaches_nothing(cast: Cast, sign_in: SignIn, client: Client, how: str) -> None:
    actor = open_own_pages(cast)
    browser = sign_in("self")
    assert browser.get("/my/today").status_code == 200
    today = timezone.localdate()

    if how == "team":
        own_access.end_own_access(cast.amina, patient_id=cast.rosa.pk)
    elif how == "care":
        end_care(cast.amina, patient_id=cast.rosa.pk, on=today, reason="completed")
        take_up_care_again(cast.amina, patient_id=cast.rosa.pk)
    elif how == "consent":
        record_consent(cast.amina, patient_id=cast.rosa.pk, purpose="own_pages", given=False, on=today)
    elif how == "patient":
        assert browser.post("/my/data/close").status_code == 302
    else:
        remove_rows_of(cast.rosa.pk, erased_at=timezone.now())

    assert browser.get("/my/today").status_code in (302, 403)
    assert client.post("/sign-in", {"login": OWN_NAME, "password": OWN_PASSWORD}).status_code == 200
    with pytest.raises(FivefoldError):
        own_record(actor)
    left = User.objects.get(pk=actor.user.pk)
    assert (left.email, left.is_active, left.has_usable_password()) == (f"ended-{left.pk}@{NEVER_AN_ADDRESS}", False, False)


def test_account_of_another_clinic_stays_when_one_is_closed(cast: Cast) -> None:
    foreign = add_patient(cast.chidi, name="Foreign", birth_year=1990)
    token = own_access.invite_patient(cast.chidi, patient_id=foreign.pk, agreed=AGREED)
    theirs = own_access.join_as_patient(token, name="far-away", password=OWN_PASSWORD)
    open_own_pages(cast)

    own_access.end_own_access(cast.amina, patient_id=cast.rosa.pk)

    kept = actor_of(User.objects.get(pk=theirs.pk))
    assert kept is not None
    assert own_record(kept) == foreign.pk


def test_patient_has_one_running_account(cast: Cast) -> None:
    actor = open_own_pages(cast)
    own_access.end_own_access(cast.amina, patient_id=cast.rosa.pk)

    again = open_own_pages(cast)

    assert again.user.pk != actor.user.pk
    assert PatientAccount.objects.filter(patient=cast.rosa, ended_at__isnull=True).count() == 1


# ---- The phone -----------------------------------------------------------------------------------------------------------


def test_on_a_shared_phone_a_short_rest_ends_the_session_and_the_browser_is_told_to_forget(cast: Cast, sign_in: SignIn, settings: Any) -> None:
    open_own_pages(cast)
    browser = sign_in("self")
    browser.get("/my/today")
    session = browser.session
    session["seen_at"] -= settings.FIVEFOLD_IDLE_SECONDS + 1
    session.save()

    answer = browser.get("/my/today")

    assert answer.status_code == 302
    assert answer["Clear-Site-Data"] == '"cache", "storage"'


def test_on_a_phone_of_ones_own_the_way_in_stays_open_for_two_weeks(cast: Cast, sign_in: SignIn, settings: Any) -> None:
    open_own_pages(cast)
    browser = sign_in("self")
    browser.post("/my/data/phone", {"phone": "own"})
    found = []
    for seconds in (settings.FIVEFOLD_IDLE_SECONDS + 1, settings.FIVEFOLD_OWN_PHONE_SECONDS - 60, settings.FIVEFOLD_OWN_PHONE_SECONDS + 60):
        session = browser.session
        session["seen_at"] = session["began_at"] = session["seen_at"] - seconds
        session.save()
        found.append(browser.get("/my/today").status_code)

    assert found[0] == 200
    assert found[-1] == 302


def test_leaving_tells_the_browser_to_forget_and_for_staff_it_does_not(cast: Cast, sign_in: SignIn) -> None:
    open_own_pages(cast)

    assert sign_in("self").post("/sign-out")["Clear-Site-Data"] == '"cache", "storage"'
    assert "Clear-Site-Data" not in sign_in("amina").post("/sign-out").headers
    assert sign_in("self").post("/my/data/phone", {"phone": "shared"})["Clear-Site-Data"] == '"cache", "storage"'


def test_second_factor_of_staff_is_not_asked_of_a_patient(cast: Cast, sign_in: SignIn, settings: Any) -> None:
    settings.FIVEFOLD_SECOND_FACTOR = True
    open_own_pages(cast)

    assert sign_in("self").get("/my/today").status_code == 200
    assert sign_in("amina").get("/caseload").status_code == 302


def test_quick_way_out_shows_nothing_of_anybody(cast: Cast, sign_in: SignIn) -> None:
    open_own_pages(cast)
    page = sign_in("self").get("/my/away").content.decode()

    assert not any(word in page for word in ("Rosa", "Fivefold", "therap", "clinic", "Practice"))


def test_trail_says_who_opened_what_with_the_patient_as_who(cast: Cast) -> None:
    actor = open_own_pages(cast)

    entry = AuditEntry.objects.get(act="join_as_patient")

    assert (entry.user_id, entry.role, entry.patient_id) == (actor.user.pk, "patient", cast.rosa.pk)
    assert Patient.objects.get(pk=cast.rosa.pk).name not in str(entry.detail)
