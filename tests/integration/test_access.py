"""The door to the record: what it answers, when it is closed, and that an act is whole or nothing. Who reaches what: ``test_access_matrix.py``."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from tests.support.clinic import Cast
from tests.support.routes import address_of, every_route

from fivefold.concepts.errors import FivefoldError
from fivefold.records.models import AuditEntry, CareRelation, Membership
from fivefold.services.access import ACTS, Actor, NoSuchPatient, Permission, actor_of, clinical_act, patient_for

SignIn = Callable[[str], Client]


def test_relation_to_an_erased_patient_reaches_nothing(cast: Cast) -> None:
    type(cast.rosa).objects.filter(pk=cast.rosa.pk).update(erased_at=timezone.now())

    with pytest.raises(NoSuchPatient):
        patient_for(cast.amina, cast.rosa.pk, Permission.SEE_RECORD)


@pytest.mark.parametrize("wrong", ["", "x", "'; drop table records_patient; --", "0" * 400, "0b9d1f0e-3a7c-4e55-9d0a-6f2f7f1c2d3e"])
def test_patient_id_that_is_none_gives_the_same_answer_as_a_foreign_one(cast: Cast, wrong: str) -> None:
    with pytest.raises(NoSuchPatient) as unknown:
        patient_for(cast.amina, wrong, Permission.SEE_RECORD)
    with pytest.raises(NoSuchPatient) as foreign:
        patient_for(cast.chidi, cast.rosa.pk, Permission.SEE_RECORD)

    assert str(unknown.value) == str(foreign.value)


def test_refused_act_leaves_no_trace_but_may_not_be_audited_as_done(cast: Cast) -> None:
    before = AuditEntry.objects.count()

    with pytest.raises(NoSuchPatient):
        from fivefold.services.assessments import see_record

        see_record(cast.teo, patient_id=cast.rosa.pk)

    assert AuditEntry.objects.count() == before


def test_membership_that_ended_makes_nobody_an_actor(cast: Cast) -> None:
    assert actor_of(cast.amina.user) == cast.amina
    Membership.objects.filter(user=cast.amina.user).update(ended_at=timezone.now())

    assert actor_of(cast.amina.user) is None


def test_user_who_is_switched_off_is_no_actor(cast: Cast) -> None:
    cast.amina.user.is_active = False

    assert actor_of(cast.amina.user) is None


def test_act_that_fails_leaves_nothing_and_no_audit_entry(cast: Cast) -> None:
    class Failed(FivefoldError):
        pass

    @clinical_act(Permission.CHANGE_RECORD)
    def half_done(actor: Actor, *, patient_id: object) -> None:
        CareRelation.objects.create(clinic=actor.clinic, patient=cast.rosa, user=cast.teo.user)
        raise Failed

    ACTS.pop(f"{__name__}.half_done")
    before = AuditEntry.objects.count()

    with pytest.raises(Failed):
        half_done(cast.amina, patient_id=cast.rosa.pk)

    assert not CareRelation.objects.filter(user=cast.teo.user).exists()
    assert AuditEntry.objects.count() == before


def test_act_sent_twice_is_done_once(cast: Cast) -> None:
    from fivefold.services.patients import add_patient

    add_patient(cast.amina, name="Twice", birth_year=1990, once="key-1")
    add_patient(cast.amina, name="Twice", birth_year=1990, once="key-1")

    assert type(cast.rosa).objects.filter(clinic=cast.amina.clinic).count() == 2


# ---- Pages -----------------------------------------------------------------------------------------------------------------


def record_routes() -> list[str]:
    return sorted(route for route, _ in every_route() if "patient_id" in route)


def test_foreign_record_and_one_that_does_not_exist_give_the_same_page(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in("chidi")
    told_apart = []
    for route in record_routes():
        foreign = browser.get(address_of(route, patient_id=cast.rosa.pk))
        unknown = browser.get(address_of(route, patient_id=uuid4()))
        if (foreign.status_code, _without_chance(foreign.content)) != (unknown.status_code, _without_chance(unknown.content)):
            told_apart.append(route)

    assert told_apart == []


def _without_chance(page: bytes) -> bytes:
    import re

    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]+"', b"", page)


def test_nobody_signed_out_reaches_any_page_that_is_not_open_to_all(client: Client, cast: Cast) -> None:
    from fivefold.web.pages import Open

    opened = []
    for route, view in every_route():
        if view.needs is Open.TO_ALL:
            continue
        answer = client.get(address_of(route, patient_id=cast.rosa.pk))
        if answer.status_code != 302 or not answer["Location"].startswith("/sign-in?next="):
            opened.append((route, answer.status_code))

    assert opened == []


def test_form_without_its_token_changes_nothing(cast: Cast) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.lea.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    taken = []
    for route, _ in every_route():
        answer = browser.post(address_of(route, patient_id=cast.rosa.pk), {"name": "x"})
        if answer.status_code < 400:
            taken.append((route, answer.status_code))

    assert taken == []
