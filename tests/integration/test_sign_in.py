"""Signing in and out, invitations, the second factor, and what happens to typed text when a session ends."""

import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from tests.support.clinic import PASSWORD, Cast

from fivefold.records.models import AuditEntry, CareRelation, DoneOnce, FormDraft, Invitation, Membership, User
from fivefold.services import drafts, people, sign_in_links
from fivefold.services.access import AccessDenied, actor_of
from fivefold.services.own_accounts import sign_in_name
from fivefold.services.patients import NotAcceptable

SignIn = Callable[[str], Client]
NEW = "seven green boats drift"


def send(client: Client, email: str, password: str, **extra: Any) -> Any:
    return client.post("/sign-in", {"login": email, "password": password}, **extra)


# ---- Password ------------------------------------------------------------------------------------------------------------


def test_right_password_opens_and_gives_a_new_session(client: Client, cast: Cast) -> None:
    client.get("/sign-in")
    client.session["planted"] = "by somebody else"
    before = client.session.session_key

    answer = send(client, "Amina@clinic.example", PASSWORD)

    assert answer.status_code == 302
    assert client.session.session_key != before
    assert client.get("/account").status_code == 200


def test_wrong_password_and_unknown_address_get_the_same_words(client: Client, cast: Cast) -> None:
    wrong = send(client, "amina@clinic.example", "not the password")
    unknown = send(client, "nobody@clinic.example", "not the password")

    def said(answer: Any) -> list[str]:
        return [str(error) for errors in answer.context["form"].errors.values() for error in errors]

    assert said(wrong) == said(unknown) == ["This address or name and this password do not belong together. Type both again."]


def test_what_was_typed_stays_when_signing_in_fails(client: Client, cast: Cast) -> None:
    answer = send(client, "amina@clinic.example", "not the password")

    assert 'value="amina@clinic.example"' in answer.content.decode()
    assert "not the password" not in answer.content.decode()


def test_many_failures_lock_the_account_there_and_nowhere_else(cast: Cast) -> None:
    here, elsewhere = Client(REMOTE_ADDR="192.0.2.7"), Client(REMOTE_ADDR="192.0.2.8")
    for _ in range(5):
        last = send(here, "amina@clinic.example", "not the password")

    assert last.status_code == 429
    assert send(here, "Amina@Clinic.example", PASSWORD).status_code == 429
    assert send(here, "teo@clinic.example", PASSWORD).status_code == 302
    assert send(elsewhere, "amina@clinic.example", PASSWORD).status_code == 302


def test_nobody_can_sign_themselves_up(client: Client, db: None) -> None:
    for path in ("/sign-up", "/signup", "/accounts/signup/", "/account/signup"):
        assert client.post(path, {"email": "x@x.example", "password1": NEW, "password2": NEW}).status_code == 404
    assert not User.objects.exists()


def test_address_to_go_on_to_is_one_of_ours(client: Client, cast: Cast) -> None:
    answer = client.post("/sign-in?next=https://evil.example/", {"login": "amina@clinic.example", "password": PASSWORD, "next": "https://evil.example/"})

    assert answer["Location"] == "/"


def test_password_change_ends_every_other_session(cast: Cast, sign_in: SignIn) -> None:
    here, there = sign_in("amina"), sign_in("amina")

    answer = here.post("/account/password", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})

    assert answer.status_code == 302
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302


@pytest.mark.parametrize("weak", ["short", "password12345", "123456789012", "aminaokafor1", "            "])
def test_weak_password_is_refused_with_the_reason(cast: Cast, sign_in: SignIn, weak: str) -> None:
    answer = sign_in("amina").post("/account/password", {"oldpassword": PASSWORD, "password1": weak, "password2": weak})

    assert answer.status_code == 200
    assert answer.context["form"].errors


def test_signing_out_ends_the_session_on_the_server(cast: Cast) -> None:
    browser = Client()
    send(browser, "amina@clinic.example", PASSWORD)
    stolen = browser.cookies["fivefold"].value

    browser.post("/sign-out")

    thief = Client()
    thief.cookies["fivefold"] = stolen
    assert thief.get("/account").status_code == 302


# ---- Sessions ------------------------------------------------------------------------------------------------------------


def fall_asleep(browser: Client, seconds: int) -> None:
    session = browser.session
    session["seen_at"] = int(time.time()) - seconds
    session.save()


def test_idle_session_ends_and_a_busy_one_does_not(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in("amina")
    browser.get("/account")
    fall_asleep(browser, 19 * 60)
    assert browser.get("/account").status_code == 200
    fall_asleep(browser, 20 * 60 + 2)

    answer = browser.get("/account")

    assert answer.status_code == 302
    assert answer["Location"] == "/sign-in?next=/account"
    assert "waiting for you" in browser.get("/sign-in").content.decode()


def drafts_on(page: str, browser: Any) -> list[Any]:
    return [one["fields"] for one in browser.get("/drafts", {"page": page}).json()["drafts"]]


def test_form_that_came_too_late_is_kept_for_whoever_typed_it(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in("lea")
    browser.get("/account")
    fall_asleep(browser, 3600)

    answer = browser.post("/clinic/settings", {"name": "A long new name", "crisis_words": "", "once": "x", "csrfmiddlewaretoken": "y"})

    assert answer["Location"] == "/sign-in?next=/clinic/settings"
    assert drafts_on("/clinic/settings", sign_in("lea")) == [[["name", "A long new name"]]]
    assert drafts_on("/clinic/settings", sign_in("adrian")) == []


def test_draft_that_came_too_late_is_kept_as_the_draft_it_is(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in("amina")
    browser.get("/account")
    page = f"/patients/{cast.rosa.pk}/session"
    fall_asleep(browser, 3600)

    browser.post("/drafts", {"page": page, "once": "k", "fields": json.dumps([["brought", "the last words"]])}, HTTP_REFERER=f"http://testserver{page}")

    assert drafts_on(page, sign_in("amina")) == [[["brought", "the last words"]]]


def test_draft_that_arrives_after_its_form_was_taken_is_none(cast: Cast, sign_in: SignIn) -> None:
    browser, page = sign_in("amina"), f"/patients/{cast.rosa.pk}/goals"
    DoneOnce.objects.create(clinic=cast.amina.clinic, user=cast.amina.user, act="add_goal", key="k1", result={"value": ""})

    assert browser.post("/drafts", {"page": page, "once": "k1", "fields": '[["words", "late"]]'}).status_code == 409
    assert browser.post("/drafts", {"page": page, "once": "k2", "fields": '[["words", "next"]]'}).status_code == 204

    assert drafts_on(page, browser) == [[["words", "next"]]]


def test_draft_of_another_writing_is_set_aside_and_goes_only_when_it_is_thrown_away_or_sent(cast: Cast, sign_in: SignIn) -> None:
    browser, page = sign_in("amina"), f"/patients/{cast.rosa.pk}/session"
    first, second = "a" * 32, "b" * 32
    for writing, words in ((first, "the first evening"), (second, "something"), (second, "something else"), (first, "the first evening, and on")):
        browser.post("/drafts", {"page": page, "writing": writing, "fields": json.dumps([["brought", words]])})
    assert drafts_on(page, browser) == [[["brought", "the first evening, and on"]], [["brought", "something else"]]]
    listed = browser.get("/account/unsent").content.decode()
    assert "the first evening, and on" in listed and "something else" in listed

    drafts.drop_draft(cast.amina, page=page, writing=second)

    assert drafts_on(page, browser) == [[["brought", "the first evening, and on"]]]
    browser.post("/drafts", {"page": page, "writing": first, "fields": "[]"})
    assert drafts_on(page, browser) == []


def test_key_for_the_device_is_ones_own_and_says_nothing_of_the_page(cast: Cast, sign_in: SignIn) -> None:
    page = f"/patients/{cast.rosa.pk}/session"
    browser = sign_in("amina")
    mine, again, other = (one.get("/drafts", {"page": page}).json() for one in (browser, sign_in("amina"), sign_in("bruno")))

    assert mine["key"] == again["key"] != other["key"]
    assert mine["slot"] == again["slot"] not in (other["slot"], browser.get("/drafts", {"page": f"{page}s"}).json()["slot"])
    assert str(cast.rosa.pk) not in mine["slot"]


def test_answer_to_a_form_that_was_taken_says_whose_draft_is_over(cast: Cast, sign_in: SignIn) -> None:
    browser, page = sign_in("lea"), "/clinic/settings"
    slot = browser.get("/drafts", {"page": page}).json()["slot"]

    refused = browser.post(page, {"name": ""}, HTTP_REFERER=f"http://testserver{page}")
    away = browser.post("/sign-out", HTTP_REFERER=f"http://testserver{page}")

    assert "fivefold-taken" not in refused.cookies
    assert away.cookies["fivefold-taken"].value == slot


def test_form_that_came_too_late_changes_nothing(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in("lea")
    browser.get("/account")
    fall_asleep(browser, 3600)

    browser.post("/clinic/invite", {"name": "N", "email": "new@clinic.example", "role": "therapist"})

    assert not Invitation.objects.exists()


def test_draft_is_sealed_and_thrown_away_when_empty(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in("amina")
    browser.post("/drafts", {"page": "/somewhere", "fields": json.dumps([["note", "canary of a draft"]])})
    row = FormDraft.objects.get()
    assert b"canary" not in bytes(row.fields_sealed)

    browser.post("/drafts", {"page": "/somewhere", "fields": "[]"})

    assert not FormDraft.objects.exists()


@pytest.mark.parametrize("fields", ["", "{", "5", '{"a": 1}', "[[1, 2, 3]]", '["ab"]', "null"])
def test_draft_in_another_shape_is_refused(cast: Cast, sign_in: SignIn, fields: str) -> None:
    answer = sign_in("amina").post("/drafts", {"page": "/somewhere", "fields": fields})

    assert answer.status_code in (204, 400)
    assert FormDraft.objects.count() <= 1


def test_draft_that_is_too_long_or_too_old_is_not_given_back(cast: Cast) -> None:
    assert drafts.keep_draft(cast.amina, page="/p", fields=[("note", "x" * 300_000)]) is drafts.Kept.TOO_LONG
    drafts.keep_draft(cast.amina, page="/p", fields=[("note", "old")])
    FormDraft.objects.update(kept_at=timezone.now() - timedelta(days=8))

    assert drafts.see_draft(cast.amina, page="/p") == []


# ---- Invitations ---------------------------------------------------------------------------------------------------------


def test_invitation_is_accepted_once_and_opens_the_role(cast: Cast, client: Client) -> None:
    token = people.invite(cast.lea, email="New@clinic.example", name="Nadia", role="therapist")
    assert token not in str(list(Invitation.objects.values()))

    page = client.get(f"/join/{token}")
    answer = client.post(f"/join/{token}", {"password1": NEW, "password2": NEW})

    assert "Nadia" in page.content.decode()
    assert answer.status_code == 302
    actor = actor_of(User.objects.get(email="new@clinic.example"))
    assert actor is not None
    assert (actor.role, actor.clinic) == ("therapist", cast.lea.clinic)
    assert client.get("/account").status_code == 200
    assert Client().post(f"/join/{token}", {"password1": NEW, "password2": NEW}).status_code == 410


def test_invitation_that_has_expired_or_never_was_gives_the_same_page(cast: Cast, client: Client) -> None:
    token = people.invite(cast.lea, email="new@clinic.example", name="Nadia", role="therapist")
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    expired, unknown = client.get(f"/join/{token}"), client.get("/join/none")

    assert expired.status_code == unknown.status_code == 410
    assert expired.content == unknown.content


def test_second_invitation_makes_the_first_link_worthless(cast: Cast) -> None:
    first = people.invite(cast.lea, email="new@clinic.example", name="Nadia", role="therapist")
    people.invite(cast.lea, email="new@clinic.example", name="Nadia", role="supervisor")

    with pytest.raises(people.InvitationOver):
        people.open_invitation(first)


def test_first_lead_is_greeted_as_who_begins_the_clinic_and_later_as_somebody_known(cast: Cast, client: Client) -> None:
    first = people.first_link(cast.lea)
    assert "Practice by the river begins with you, as its clinic lead." in client.get(f"/join/{first}").content.decode()

    people.accept_invitation(first, password=NEW)
    cast.lea.user.last_login = timezone.now()
    cast.lea.user.save()

    assert "Choose a new password." in client.get(f"/join/{people.first_link(cast.lea)}").content.decode()


def test_weak_password_does_not_use_the_invitation_up(cast: Cast, client: Client) -> None:
    token = people.invite(cast.lea, email="new@clinic.example", name="Nadia", role="therapist")

    answer = client.post(f"/join/{token}", {"password1": "short", "password2": "short"})

    assert answer.status_code == 422
    assert "12" in answer.content.decode()
    assert people.open_invitation(token)


def test_somebody_with_an_account_elsewhere_proves_it(cast: Cast) -> None:
    token = people.invite(cast.lea, email="chidi@clinic.example", name="Chidi", role="supervisor")

    with pytest.raises(NotAcceptable):
        people.accept_invitation(token, password=NEW)
    people.accept_invitation(token, password=PASSWORD)

    assert Membership.objects.filter(user=cast.chidi.user, clinic=cast.lea.clinic, role="supervisor").exists()
    cast.chidi.user.refresh_from_db()
    assert cast.chidi.user.check_password(PASSWORD)


@pytest.mark.parametrize(
    ("email", "name", "role"),
    [
        ("no address", "N", "therapist"),
        ("a@b.example", " ", "therapist"),
        ("a@b.example", "N", "patient"),
        ("a@b.example", "N", "god"),
        ("amina@clinic.example", "N", "lead"),
    ],
)
def test_invitation_that_cannot_be_is_refused(cast: Cast, email: str, name: str, role: str) -> None:
    with pytest.raises(NotAcceptable):
        people.invite(cast.lea, email=email, name=name, role=role)


@pytest.mark.parametrize("who", ["amina", "bruno", "olga"])
def test_only_those_who_manage_people_invite(cast: Cast, who: str) -> None:
    with pytest.raises(AccessDenied):
        people.invite(cast.people[who], email="a@b.example", name="N", role="therapist")


def test_lead_of_another_clinic_can_end_no_membership_here(cast: Cast) -> None:
    membership = Membership.objects.get(user=cast.amina.user)

    with pytest.raises(NotAcceptable):
        people.end_membership(cast.vera, membership_id=membership.pk)
    with pytest.raises(NotAcceptable):
        sign_in_links.renew_access(cast.vera, membership_id=membership.pk)


def test_new_link_takes_password_and_sessions_away(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in("amina")
    token = sign_in_links.renew_access(cast.lea, membership_id=Membership.objects.get(user=cast.amina.user).pk)

    people.accept_invitation(token, password=NEW)

    assert browser.get("/account").status_code == 302
    assert send(Client(), "amina@clinic.example", PASSWORD).status_code == 200
    assert send(Client(), "amina@clinic.example", NEW).status_code == 302


def test_weak_password_is_refused_by_the_service_too(cast: Cast) -> None:
    token = people.invite(cast.lea, email="new@clinic.example", name="Nadia", role="therapist")

    with pytest.raises(ValidationError):
        people.accept_invitation(token, password="nadia")


def test_end_of_a_membership_names_patients_nobody_treats_now(cast: Cast) -> None:
    left = people.end_membership(cast.lea, membership_id=Membership.objects.get(user=cast.amina.user).pk)

    assert left == [str(cast.rosa.pk)]
    assert not CareRelation.objects.filter(user=cast.amina.user, ended_at__isnull=True).exists()


def test_last_who_manages_people_cannot_leave_or_be_changed(cast: Cast) -> None:
    people.end_membership(cast.lea, membership_id=Membership.objects.get(user=cast.adrian.user).pk)
    own = Membership.objects.get(user=cast.lea.user)

    with pytest.raises(people.LastOfTheirKind):
        people.end_membership(cast.lea, membership_id=own.pk)
    with pytest.raises(people.LastOfTheirKind):
        people.change_role(cast.lea, membership_id=own.pk, role="therapist")


def test_role_that_changes_counts_from_the_next_request_on(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in("teo")
    assert browser.get("/clinic").status_code == 403
    people.change_role(cast.lea, membership_id=Membership.objects.get(user=cast.teo.user).pk, role="administrator")

    assert browser.get("/clinic").status_code == 200


def test_every_act_about_people_is_audited_without_names(cast: Cast) -> None:
    people.invite(cast.lea, email="new@clinic.example", name="Nadia", role="therapist")

    entry = AuditEntry.objects.order_by("-number").first()

    assert entry is not None
    assert (entry.act, entry.user_id) == ("invite", cast.lea.user.pk)
    assert "Nadia" not in str(vars(entry))


# ---- Second factor -------------------------------------------------------------------------------------------------------


def set_up_app(user: User) -> str:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return str(secret)


def code_now(secret: str) -> str:
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))


def test_password_alone_does_not_open_an_account_with_a_second_factor(cast: Cast) -> None:
    secret = set_up_app(cast.amina.user)
    browser = Client()

    answer = send(browser, "amina@clinic.example", PASSWORD)

    assert answer["Location"].startswith("/sign-in/second-factor")
    assert browser.get("/account").status_code == 302
    wrong = browser.post("/sign-in/second-factor", {"code": "000000"})
    assert wrong.status_code == 200
    assert "the app shows now" in wrong.content.decode()
    assert "Use a key instead" not in wrong.content.decode()  # there is none
    assert browser.post("/sign-in/second-factor", {"code": code_now(secret)}).status_code == 302
    assert browser.get("/account").status_code == 200


def test_seed_of_the_app_lies_sealed_in_the_database(cast: Cast) -> None:
    from allauth.mfa.models import Authenticator

    secret = set_up_app(cast.amina.user)

    assert secret not in json.dumps(Authenticator.objects.get().data)


def test_where_a_second_factor_is_asked_for_nothing_opens_without_one(cast: Cast, sign_in: SignIn, settings: Any) -> None:
    settings.FIVEFOLD_SECOND_FACTOR = True
    browser = sign_in("lea")

    refused = browser.get("/clinic")
    set_up_app(cast.lea.user)

    assert (refused.status_code, refused["Location"]) == (302, "/account/second-factor")
    assert browser.get("/clinic").status_code == 200


def test_pages_of_the_second_factor_open(cast: Cast) -> None:
    browser = Client()
    send(browser, "amina@clinic.example", PASSWORD)
    asked = browser.get("/account/second-factor/app")
    browser.post("/account/confirm", {"password": PASSWORD})
    before = [browser.get(f"/account/{path}").status_code for path in ("second-factor", "second-factor/app", "passkeys/add", "confirm")]
    set_up_app(cast.amina.user)
    after = [browser.get(f"/account/{path}").status_code for path in ("second-factor", "second-factor/app/remove", "second-factor/codes/new", "passkeys")]

    assert asked["Location"] == "/account/confirm?next=%2Faccount%2Fsecond-factor%2Fapp"
    assert before == [200] * 4
    assert after == [200] * 4


# ---- What is left behind -------------------------------------------------------------------------------------------------


def test_failed_sign_in_leaves_no_password_behind_and_is_forgotten(cast: Cast, client: Client) -> None:
    from axes.models import AccessAttempt

    send(client, "amina@clinic.example", "canary password")
    left = str(list(AccessAttempt.objects.values()))
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(days=2))
    send(client, "Other@clinic.example", "canary password")

    assert "canary" not in left
    # What may be a patient's name is counted as it is kept, so that nobody reads it there.
    assert list(AccessAttempt.objects.values_list("username", flat=True)) == [sign_in_name("other@clinic.example")]


def test_draft_about_a_patient_goes_with_the_relation(cast: Cast, sign_in: SignIn) -> None:
    browser, page = sign_in("amina"), f"/patients/{cast.rosa.pk}/assessment"
    assert browser.post("/drafts", {"page": page, "fields": '[["note", "text"]]'}).status_code == 204
    CareRelation.objects.update(ended_at=timezone.now())

    assert browser.get("/drafts", {"page": page}).status_code == 404
    assert browser.post("/drafts", {"page": page, "fields": '[["note", "text"]]'}).status_code == 404
