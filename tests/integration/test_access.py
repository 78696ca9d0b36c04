"""Who reaches what: every permission by every relation, every act, and every page of a record by everybody who may not."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from tests.support.clinic import Cast
from tests.support.routes import address_of, every_route

from fivefold.concepts.errors import FivefoldError
from fivefold.records.models import AuditEntry, BreakGlass, CareRelation, Membership
from fivefold.services.access import ABOUT_A_PATIENT, ACTS, AccessDenied, Actor, NoSuchPatient, Permission, actor_of, clinical_act, patient_for
from fivefold.services.operations.rows import count_rows_of

SignIn = Callable[[str], Client]

# Who, in which relation to Rosa, may do what with her record: y yes, s no such patient for them, r not in their role.
COLUMNS = (Permission.SEE_RECORD, Permission.CHANGE_RECORD, Permission.SIGN_PLAN, Permission.EXPORT_RECORD, Permission.CARE_TEAM, Permission.ERASE_RECORD)
TABLE = """
    amina   treats       y y y y r r
    teo     none         s s s s r r
    teo     treats       y y y y r r
    teo     covers       y y y y r r
    teo     supervises   y s s s r r
    teo     former       s s s s r r
    teo     break-glass  y s s s r r
    teo     over-glass   s s s s r r
    bruno   supervises   y r r r r r
    bruno   former       s r r r r r
    lea     none         y r r r y y
    adrian  none         r r r r r r
    adrian  treats       r r r r r r
    olga    none         r r r r r r
    olga    treats       r r r r r r
    chidi   none         s s s s r r
    chidi   treats       s s s s r r
    vera    none         s r r r s s
"""
CELLS = [
    (who, relation, permission, cell)
    for who, relation, *cells in (line.split() for line in TABLE.split("\n") if line.strip())
    for permission, cell in zip(COLUMNS, cells, strict=True)
]


def relate(cast: Cast, who: Actor, relation: str) -> None:
    """Put somebody in the relation and in no other."""
    now = timezone.now()
    CareRelation.objects.filter(user=who.user).delete()
    if relation in ("treats", "covers", "supervises", "former"):
        kind, ended = ("treats", now - timedelta(minutes=1)) if relation == "former" else (relation, None)
        CareRelation.objects.create(clinic=who.clinic, patient=cast.rosa, user=who.user, kind=kind, ended_at=ended)
    if relation in ("break-glass", "over-glass"):
        until = now + timedelta(hours=1) if relation == "break-glass" else now - timedelta(seconds=1)
        BreakGlass(clinic=who.clinic, patient=cast.rosa, user=who.user, until=until).save()


@pytest.mark.parametrize(("who", "relation", "permission", "cell"), CELLS)
def test_role_and_relation_decide_together(cast: Cast, who: str, relation: str, permission: Permission, cell: str) -> None:
    actor = cast.people[who]
    relate(cast, actor, relation)

    if cell == "y":
        assert patient_for(actor, cast.rosa.pk, permission) == cast.rosa
    else:
        with pytest.raises(NoSuchPatient if cell == "s" else AccessDenied):
            patient_for(actor, cast.rosa.pk, permission)


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


def all_acts() -> dict[str, Callable[..., object]]:
    """Every registered act, found where it was declared."""
    from importlib import import_module

    for module in {name.rpartition(".")[0] for name in ACTS}:
        import_module(module)
    return {name: getattr(import_module(name.rpartition(".")[0]), name.rpartition(".")[2]) for name in ACTS if name.startswith("fivefold.")}


@pytest.mark.parametrize("who", ["teo", "bruno", "lea", "adrian", "olga", "chidi", "vera"])
def test_every_act_is_refused_to_whom_its_permission_does_not_reach(cast: Cast, who: str) -> None:
    actor = cast.people[who]
    if who == "bruno":
        relate(cast, actor, "none")
    ran = []
    for name, act in all_acts().items():
        permission = ACTS[name]
        reaches = actor.may(permission) and (permission not in ABOUT_A_PATIENT or who == "lea")
        if reaches:
            continue
        try:
            act(actor, patient_id=cast.rosa.pk)
        except (AccessDenied, NoSuchPatient):
            continue
        except Exception as error:  # an act that was entered complains of missing arguments
            ran.append(f"{name}: {type(error).__name__}")
        else:
            ran.append(name)

    assert ran == []


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


# ---- Pages ---------------------------------------------------------------------------------------------------------------


def record_routes() -> list[str]:
    return sorted(route for route, _ in every_route() if "patient_id" in route)


def is_way_around(route: str) -> bool:
    """The page on which somebody opens a record without a relation is for those who have none; it says nothing about it."""
    return dict(every_route())[route].needs is Permission.BREAK_GLASS


@pytest.mark.parametrize("who", ["teo", "adrian", "olga", "chidi", "vera"])
def test_no_page_of_a_record_opens_or_says_anything_to_whom_it_does_not_belong(cast: Cast, sign_in: SignIn, who: str) -> None:
    browser = sign_in(who)
    opened = []
    for route, method in product(record_routes(), ("get", "post", "put", "delete", "patch", "options", "head")):
        answer = getattr(browser, method)(address_of(route, patient_id=cast.rosa.pk))
        says = b"Rosa" in answer.content
        if (answer.status_code not in (403, 404, 405) and not is_way_around(route)) or says:
            opened.append((route, method, answer.status_code, says))

    assert opened == []


@pytest.mark.parametrize(("who", "relation"), [("teo", "former"), ("teo", "over-glass"), ("teo", "break-glass")])
def test_every_page_of_a_record_keeps_to_the_table_for_whoever_has_left_or_came_in_an_emergency(cast: Cast, sign_in: SignIn, who: str, relation: str) -> None:
    """Own patients, colleagues' and other roles: the tests around this one. Whoever only reads gets forms back and changes nothing."""
    relate(cast, cast.people[who], relation)
    browser, reads = sign_in(who), (who, relation, Permission.SEE_RECORD, "y") in CELLS
    before, opened = count_rows_of(cast.rosa.pk), []
    for route, method in product(record_routes(), ("get", "post")):
        status = getattr(browser, method)(address_of(route, patient_id=cast.rosa.pk)).status_code
        if not (reads or is_way_around(route) or status in (403, 404, 405)) or status >= 500:
            opened.append((route, method, status))

    assert opened == []
    assert count_rows_of(cast.rosa.pk) == before
    assert browser.get(f"/patients/{cast.rosa.pk}/map").status_code == (200 if reads else 404)


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


@pytest.mark.parametrize("who", ["amina", "teo", "bruno", "lea", "adrian", "olga", "chidi", "vera"])
def test_page_opens_only_to_roles_that_it_names(cast: Cast, sign_in: SignIn, who: str) -> None:
    from fivefold.web.pages import Open

    browser = sign_in(who)
    opened = []
    for route, view in every_route():
        if isinstance(view.needs, Open) or cast.people[who].may(view.needs):
            continue
        answer = browser.get(address_of(route, patient_id=cast.rosa.pk))
        if answer.status_code != 403:
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
