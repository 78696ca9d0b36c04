"""Getting back in: no link of a colleague opens an account by itself, and nobody gets one unnoticed."""

import re
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from click.testing import CliRunner
from django.test import Client
from tests.support.clinic import PASSWORD, Cast

from fivefold.records.models import AuditEntry, Invitation, Membership
from fivefold.services import people, sign_in_links
from fivefold.services.access import Actor, ReasonMissing
from fivefold.services.patients import NotAcceptable

SignIn = Callable[[str], Client]
NEW = {"password1": "seven green boats drift", "password2": "seven green boats drift"}
REASON = "Her telephone was stolen; I called her back on the number we know."


def give_factor(actor: Actor) -> None:
    """A second factor that can be used."""
    Authenticator.objects.create(user=actor.user, type=Authenticator.Type.TOTP, data={"secret": "sealed"})


def membership_of(actor: Actor) -> int:
    return Membership.objects.get(user=actor.user, clinic=actor.clinic).pk


def told(client: Client) -> list[str]:
    """What the notices on the start page say."""
    page = client.get("/account").content.decode()
    return [" ".join(re.sub(r"<[^>]+>", " ", notice).split()) for notice in re.findall(r'role="status" action="/account/notices.*?</form>', page, re.DOTALL)]


# ---- What a link opens ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["lea", "adrian"])
def test_link_for_a_lost_password_leaves_the_second_factor_and_lets_nobody_in_without_it(cast: Cast, sign_in: SignIn, who: str) -> None:
    give_factor(cast.amina)
    manager, thief = sign_in(who), Client()
    manager.post(f"/clinic/people/{membership_of(cast.amina)}/link")
    link = re.search(r"http://testserver(/join/[^\"]+)", manager.get("/clinic").content.decode())
    assert link

    answer = thief.post(link[1], NEW)

    assert answer["Location"] == "/sign-in"
    assert thief.get("/caseload").status_code == 302
    assert thief.post("/sign-in", {"login": "amina@clinic.example", "password": NEW["password1"]})["Location"].startswith("/sign-in/second-factor")
    assert thief.get(f"/patients/{cast.rosa.pk}/map").status_code == 302
    assert Authenticator.objects.filter(user=cast.amina.user).exists()


def test_link_for_a_lost_second_factor_takes_it_away_and_needs_a_reason(cast: Cast, sign_in: SignIn) -> None:
    give_factor(cast.amina)
    lea, address = sign_in("lea"), f"/clinic/people/{membership_of(cast.amina)}/second-factor"

    refused = lea.post(address, {"reason": "lost"})
    assert refused.status_code == 422
    assert not Invitation.objects.exists()
    with pytest.raises(ReasonMissing):
        sign_in_links.reset_second_factor(cast.lea, membership_id=membership_of(cast.amina), reason=" lost     ")

    assert lea.post(address, {"reason": REASON}).status_code == 302
    link = re.search(r"http://testserver(/join/[^\"]+)", lea.get("/clinic").content.decode())
    assert link
    amina = Client()
    assert amina.post(link[1], NEW)["Location"] == "/"
    assert not Authenticator.objects.filter(user=cast.amina.user).exists()


def test_reason_lies_sealed(cast: Cast) -> None:
    sign_in_links.reset_second_factor(cast.lea, membership_id=membership_of(cast.amina), reason=REASON)

    row = Invitation.objects.get()
    assert row.reason == REASON
    assert b"telephone" not in bytes(row.reason_sealed)
    assert "telephone" not in str(list(AuditEntry.objects.values()))


def test_invitation_to_a_second_clinic_does_not_go_around_the_second_factor(cast: Cast, client: Client) -> None:
    """A lead elsewhere who knows the password of somebody with a second factor is not let in by inviting them."""
    give_factor(cast.chidi)
    token = people.invite(cast.lea, email="chidi@clinic.example", name="Chidi", role="supervisor")

    answer = client.post(f"/join/{token}", {"password1": PASSWORD, "password2": PASSWORD})

    assert answer["Location"] == "/sign-in"
    assert client.get("/caseload").status_code == 302


def test_account_that_opens_records_of_another_clinic_is_renewed_by_neither(cast: Cast) -> None:
    people.accept_invitation(people.invite(cast.lea, email="chidi@clinic.example", name="Chidi", role="supervisor"), password=PASSWORD)
    here = Membership.objects.get(user=cast.chidi.user, clinic=cast.lea.clinic).pk

    for act in (sign_in_links.renew_access, lambda actor, **at: sign_in_links.reset_second_factor(actor, **at, reason=REASON)):
        with pytest.raises(sign_in_links.WorksElsewhere, match="fivefold admin new-link"):
            act(cast.lea, membership_id=here)


def test_newer_link_makes_the_one_before_it_worthless(cast: Cast) -> None:
    first = sign_in_links.renew_access(cast.lea, membership_id=membership_of(cast.amina))
    sign_in_links.renew_access(cast.lea, membership_id=membership_of(cast.amina))

    with pytest.raises(people.InvitationOver):
        people.open_invitation(first)


# ---- Whoever manages accounts gets no records by it ------------------------------------------------------------------------


def test_administrator_makes_nobody_a_lead_and_gets_into_no_account_of_one(cast: Cast) -> None:
    own, lead = membership_of(cast.adrian), membership_of(cast.lea)

    for act in (
        lambda: people.change_role(cast.adrian, membership_id=own, role="lead"),
        lambda: people.invite(cast.adrian, email="new@clinic.example", name="N", role="lead"),
        lambda: sign_in_links.renew_access(cast.adrian, membership_id=lead),
        lambda: sign_in_links.reset_second_factor(cast.adrian, membership_id=lead, reason=REASON),
    ):
        with pytest.raises(NotAcceptable, match="only a lead"):
            act()

    assert people.change_role(cast.lea, membership_id=own, role="lead") == "lead"


# ---- Being told ----------------------------------------------------------------------------------------------------------


def test_owner_and_lead_are_told_of_a_link_until_each_has_seen_it(cast: Cast, sign_in: SignIn) -> None:
    give_factor(cast.amina)
    sign_in_links.reset_second_factor(cast.adrian, membership_id=membership_of(cast.amina), reason=REASON)

    amina, lea = sign_in("amina"), sign_in("lea")
    assert len(told(amina)) == len(told(lea)) == 1
    assert "Adrian Holt made it" in told(amina)[0] and REASON in told(amina)[0] and "takes the second factor away" in told(amina)[0]
    assert "Amina Okafor" in told(lea)[0] and "has not been used" in told(lea)[0]
    assert [told(sign_in(who)) for who in ("teo", "bruno", "adrian", "olga", "chidi", "vera")] == [[]] * 6

    amina.post(f"/account/notices/{Invitation.objects.get().pk}/seen")
    assert told(amina) == []
    assert len(told(lea)) == 1
    lea.post(f"/account/notices/{Invitation.objects.get().pk}/seen")
    assert told(lea) == []


def test_notice_for_somebody_else_cannot_be_put_away(cast: Cast, sign_in: SignIn) -> None:
    sign_in_links.renew_access(cast.adrian, membership_id=membership_of(cast.amina))

    for who in ("teo", "adrian", "chidi", "vera"):
        sign_in(who).post(f"/account/notices/{Invitation.objects.get().pk}/seen")

    assert len(told(sign_in("amina"))) == len(told(sign_in("lea"))) == 1


def test_notice_says_that_the_link_was_used(cast: Cast, sign_in: SignIn) -> None:
    people.accept_invitation(sign_in_links.renew_access(cast.adrian, membership_id=membership_of(cast.amina)), password=NEW["password1"])

    assert "It was used on" in told(sign_in("lea"))[0]


def test_whose_account_it_was_is_in_the_trail(cast: Cast) -> None:
    sign_in_links.renew_access(cast.lea, membership_id=membership_of(cast.amina))

    assert AuditEntry.objects.filter(act="make_sign_in_link", user_id=cast.lea.user.pk, target=f"user {cast.amina.user.pk}").exists()


# ---- Nobody left who could make a link --------------------------------------------------------------------------------------


def new_link(*arguments: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """What the command prints, run in this process and on this database."""
    from types import SimpleNamespace

    from fivefold.cli import operations

    monkeypatch.setattr(operations, "start_app", lambda: SimpleNamespace(public_url="https://record.example", port=8000))
    done = CliRunner().invoke(operations.new_link, list(arguments))
    return f"{done.exit_code} {done.output}{done.exception or ''}"


def test_sole_lead_who_has_lost_everything_gets_back_in_by_the_command(cast: Cast, monkeypatch: pytest.MonkeyPatch, sign_in: SignIn) -> None:
    give_factor(cast.vera)

    printed = new_link("Vera@clinic.example", "--second-factor", monkeypatch=monkeypatch)

    path = re.search(r"https://record\.example(/join/\S+)", printed)
    assert path, printed
    vera = Client()
    assert vera.post(path[1], NEW)["Location"] == "/"
    assert vera.get("/clinic").status_code == 200
    assert "on the machine itself" in told(vera)[0]
    entry = AuditEntry.objects.get(clinic=cast.vera.clinic, act="link_from_the_machine")
    assert (entry.user_id, entry.detail) == (None, {"user": cast.vera.user.pk, "resets_factor": True})


def test_command_leaves_the_second_factor_unless_it_is_told_to_take_it(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    give_factor(cast.vera)
    path = re.search(r"/join/\S+", new_link("vera@clinic.example", monkeypatch=monkeypatch))
    assert path

    assert Client().post(path[0], NEW)["Location"] == "/sign-in"
    assert Authenticator.objects.filter(user=cast.vera.user).exists()


def test_command_says_when_nobody_has_this_address(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    printed = new_link("nobody@clinic.example", monkeypatch=monkeypatch)

    assert printed.startswith("1 ")
    assert "Check the spelling" in printed
    assert not Invitation.objects.exists()
