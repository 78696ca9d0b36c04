"""The whole access matrix: every page with every method and every act, by every role in every relation to one record.

The pages come from the table of addresses, the acts from their register, and what may be from the two tables below, which
are written by hand and know nothing of the code. Each role in each relation is a person of their own, and all of them are
made once for this file.
"""

import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.http import Http404, HttpRequest
from django.test import Client, override_settings
from django.urls import resolve
from django.utils import timezone
from tests.support.acts import all_acts
from tests.support.clinic import Cast, make_cast, open_own_pages
from tests.support.forms import Form, each_once, read_forms
from tests.support.full_record import full_record
from tests.support.routes import address_of, every_route

from fivefold.records.models import AuditEntry, BreakGlass, CareRelation, Membership, PatientAccount, User
from fivefold.services import access
from fivefold.services.access import ABOUT_A_PATIENT, ACTS, AccessDenied, Actor, NoSuchPatient, Permission, break_glass, patient_for
from fivefold.services.patients import add_patient
from fivefold.web.pages import Open

pytestmark = pytest.mark.django_db

# Who, in which relation to Sam's record, may do what with it: y yes, s there is no such patient for them, r not in their role.
COLUMNS = (
    Permission.SEE_RECORD,
    Permission.CHANGE_RECORD,
    Permission.SIGN_PLAN,
    Permission.COSIGN,
    Permission.PROCESS_NOTES,
    Permission.EXPORT_RECORD,
    Permission.CARE_TEAM,
    Permission.ERASE_RECORD,
    Permission.SUPERVISE,
    Permission.OWN_PAGES,
    Permission.OWN_ENTRIES,
)
WITH_A_RECORD = """
    therapist      treats             y y y r y y r r s r r
    therapist      covers             y y y r y y r r s r r
    therapist      supervises         y s s r s s r r y r r
    therapist      none               s s s r s s r r s r r
    therapist      former             s s s r s s r r s r r
    therapist      break-glass        y s s r s s r r s r r
    therapist      over-glass         s s s r s s r r s r r
    therapist      elsewhere          s s s r s s r r s r r
    therapist      elsewhere-treats   s s s r s s r r s r r
    supervisor     treats             y r r y r r r r s r r
    supervisor     covers             y r r y r r r r s r r
    supervisor     supervises         y r r y r r r r y r r
    supervisor     none               s r r s r r r r s r r
    supervisor     former             s r r s r r r r s r r
    supervisor     break-glass        y r r s r r r r s r r
    supervisor     over-glass         s r r s r r r r s r r
    supervisor     elsewhere          s r r s r r r r s r r
    supervisor     elsewhere-treats   s r r s r r r r s r r
    lead           treats             y r r r r r y y r r r
    lead           covers             y r r r r r y y r r r
    lead           supervises         y r r r r r y y r r r
    lead           none               y r r r r r y y r r r
    lead           former             y r r r r r y y r r r
    lead           break-glass        y r r r r r y y r r r
    lead           over-glass         y r r r r r y y r r r
    lead           elsewhere          s r r r r r s s r r r
    lead           elsewhere-treats   s r r r r r s s r r r
    administrator  treats             r r r r r r r r r r r
    administrator  covers             r r r r r r r r r r r
    administrator  supervises         r r r r r r r r r r r
    administrator  none               r r r r r r r r r r r
    administrator  former             r r r r r r r r r r r
    administrator  break-glass        r r r r r r r r r r r
    administrator  over-glass         r r r r r r r r r r r
    administrator  elsewhere          r r r r r r r r r r r
    administrator  elsewhere-treats   r r r r r r r r r r r
    auditor        treats             r r r r r r r r r r r
    auditor        covers             r r r r r r r r r r r
    auditor        supervises         r r r r r r r r r r r
    auditor        none               r r r r r r r r r r r
    auditor        former             r r r r r r r r r r r
    auditor        break-glass        r r r r r r r r r r r
    auditor        over-glass         r r r r r r r r r r r
    auditor        elsewhere          r r r r r r r r r r r
    auditor        elsewhere-treats   r r r r r r r r r r r
    patient        self               r r r r r r r r r y y
    patient        other              r r r r r r r r r s s
    patient        elsewhere          r r r r r r r r r s s
    patient        ended              r r r r r r r r r s s
"""
# What a role may do that is about no record.
WITHOUT = {
    "therapist": {Permission.SEE_CASELOAD, Permission.ADD_PATIENT, Permission.BREAK_GLASS, Permission.SEE_LIBRARY, Permission.SEE_SUPERVISION},
    "supervisor": {Permission.SEE_CASELOAD, Permission.BREAK_GLASS, Permission.SEE_LIBRARY, Permission.WRITE_CLINIC_NOTES, Permission.SEE_SUPERVISION},
    "lead": {
        Permission.SEE_CASELOAD,
        Permission.SEE_CLINIC,
        Permission.MANAGE_PEOPLE,
        Permission.MANAGE_SETTINGS,
        Permission.CHOOSE_KNOWLEDGE,
        Permission.BREAK_GLASS,
        Permission.SEE_LIBRARY,
        Permission.WRITE_CLINIC_NOTES,
    },
    "administrator": {Permission.SEE_CLINIC, Permission.MANAGE_PEOPLE, Permission.MANAGE_SETTINGS, Permission.SEE_LIBRARY},
    "auditor": {Permission.SEE_AUDIT, Permission.SEE_LIBRARY},
    "patient": set[Permission](),
}
READING = ("GET", "HEAD")
# What the tables say of a page, and whether it is only read, against how it may answer (see ``ask``).
ALLOWED = {
    ("y", True): "ym",
    ("y", False): "ymrs",  # whoever comes in may still not do everything there
    ("reads", True): "yms",
    ("reads", False): "yms",
    ("s", True): "sm",
    ("s", False): "smr",
    ("r", True): "r",
    ("r", False): "r",
}
# Own pages that touch no record: a file for the phone's calendar, and whose phone it is.
TOUCH_NOTHING = ("my/data/remind", "my/data/phone")
ACT_ON_SIGHT = {
    *("see_signal", "assign_signal"),
    *("comment_formulation", "end_decision", "rate_session"),
    *("make_document", "make_case_pack", "sign_document", "withdraw_document"),
    *("begin_meeting", "draw_sample"),  # of supervision, and about no single record
    *("record_attempt", "share_attempt"),  # one's own training
}
ROOT = Path(__file__).parents[2]
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
CANARY = "Sam Canary"
REASON = "Somebody called in an emergency"


@dataclass(frozen=True)
class Row:
    """One person: their role, their relation to Sam's record, and what the tables say."""

    actor: Actor
    relation: str
    cells: dict[Permission, str]

    @property
    def name(self) -> str:
        return f"{self.actor.role} {self.relation}"

    def says(self, permission: Permission) -> str:
        if permission in self.cells:
            return self.cells[permission]
        return "y" if permission in WITHOUT[self.actor.role] else "r"


@dataclass(frozen=True)
class World:
    """Two clinics, Sam's record with something on every page, and a person for each line of the table."""

    cast: Cast
    parts: dict[str, object]
    rows: list[Row]

    @property
    def sam(self) -> Any:
        return self.parts["patient_id"]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    without_limits = {"FIVEFOLD_LIMITS": _Endless(), "ACCOUNT_RATE_LIMITS": False}
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(**without_limits):
        # Whatever is imported while a test watches the door would keep the watched one.
        assert all_acts() and list(every_route())
        cast = make_cast()
        sam, parts = full_record(cast, name=CANARY)
        lines = [line.split() for line in WITH_A_RECORD.split("\n") if line.strip()]
        rows = [Row(_person(cast, sam, role, relation), relation, dict(zip(COLUMNS, cells, strict=True))) for role, relation, *cells in lines]
        yield World(cast, parts, rows)
        transaction.set_rollback(True)


class _Endless(dict[str, tuple[int, int]]):
    def __missing__(self, name: str) -> tuple[int, int]:
        return 1_000_000, 60


def _person(cast: Cast, sam: Any, role: str, relation: str) -> Actor:
    """Somebody in this role and in this one relation to Sam's record."""
    if role == "patient":
        return _patient(cast, sam, relation)
    clinic, now = (cast.vera if relation.startswith("elsewhere") else cast.lea).clinic, timezone.now()
    user = User.objects.create_user(f"{role}-{relation}@matrix.example", None, name=f"{role} {relation}")
    Membership.objects.create(clinic=clinic, user=user, role=role)
    kind = relation.removeprefix("elsewhere-")
    if kind in ("treats", "covers", "supervises", "former"):
        # A row that points into the other clinic cannot come about; if it did, it must open nothing.
        ended, kind = (now - timedelta(minutes=1), "treats") if kind == "former" else (None, kind)
        CareRelation.objects.create(clinic=clinic, patient=sam, user=user, kind=kind, ended_at=ended)
    if kind in ("break-glass", "over-glass"):
        BreakGlass(clinic=clinic, patient=sam, user=user, until=now + timedelta(hours=1 if kind == "break-glass" else -1)).save()
    return Actor(user, clinic, role)


def _patient(cast: Cast, sam: Any, relation: str) -> Actor:
    if relation == "self":
        return open_own_pages(cast, sam, key="self", name="quiet-harbour")
    if relation == "other":
        return open_own_pages(cast, cast.rosa, key="other", name="green-teapot")
    if relation == "elsewhere":
        foreign = add_patient(cast.chidi, name="Far Away", birth_year=1990)
        return open_own_pages(cast, foreign, key="foreign", name="far-lantern", by="chidi")
    user = User.objects.create_user("ended@matrix.example", None, name="ended")
    Membership.objects.create(clinic=sam.clinic, user=user, role="patient")
    PatientAccount.objects.create(clinic=sam.clinic, patient=sam, user=user, ended_at=timezone.now() - timedelta(minutes=1))
    return Actor(user, sam.clinic, "patient")


def _told(cells: int, began: float, what: str) -> None:
    print(f"access matrix: {cells:,} cells of {what} in {time.process_time() - began:.1f} s of work")


# ---- The door and the acts -----------------------------------------------------------------------------------------------


def _verdict(call: Any) -> str:
    try:
        call()
    except AccessDenied:
        return "r"
    except NoSuchPatient:
        return "s"
    return "y"


def test_table_has_every_role_permission_and_kind_of_relation(world: World) -> None:
    relations = {row.relation for row in world.rows if row.actor.role != "patient"}

    assert set(COLUMNS) == ABOUT_A_PATIENT
    assert set(WITHOUT) == set(access.ROLE_PERMISSIONS)
    assert Counter(row.actor.role for row in world.rows) == {**dict.fromkeys(set(WITHOUT) - {"patient"}, len(relations)), "patient": 4}
    assert {kind for kind, _ in CareRelation._meta.get_field("kind").flatchoices} <= relations


def test_role_and_relation_decide_together(world: World) -> None:
    wrong = [
        (row.name, permission, found)
        for row in world.rows
        for permission in COLUMNS
        if (found := _verdict(lambda row=row, permission=permission: patient_for(row.actor, world.sam, permission))) != row.says(permission)
    ]

    assert wrong == []


def test_every_act_opens_to_whom_the_tables_say_and_to_nobody_else(world: World) -> None:
    began, wrong, cells = time.process_time(), [], 0
    for name, act in all_acts().items():
        for row in world.rows:
            cells += 1
            with suppress(TypeError):  # the door was open, and the act complains of the argument
                found = "y"
                found = _verdict(lambda act=act, row=row: act(row.actor, patient_id=world.sam, no_such_argument=1))
            if found != row.says(ACTS[name]):
                wrong.append((name.rpartition(".")[2], row.name, found))

    _told(cells, began, "acts")
    assert wrong == []
    assert cells > 8_000


def test_acts_that_write_and_ask_for_no_more_than_sight_are_these(world: World) -> None:
    """The tables cannot see an act that declares too little: whoever declares another of these says here why.

    Signals are seen and handed on by whoever sees the record; supervision comments, rates and agrees; a document's own rules say who
    makes, signs and withdraws it.
    """
    found = set()
    for path in (ROOT / "src/fivefold/services").rglob("*.py"):
        written = path.read_text(encoding="utf-8")
        found |= set(re.findall(r"^@clinical_act\(Permission\.SEE_(?:RECORD|CASELOAD|CLINIC|AUDIT|LIBRARY|SUPERVISION)\)\ndef (\w+)", written, re.MULTILINE))

    assert found == ACT_ON_SIGHT


def test_record_is_opened_without_a_relation_in_the_own_clinic_alone(world: World) -> None:
    found = {}
    for row in world.rows:
        with transaction.atomic():
            found[row.name] = _verdict(lambda row=row: break_glass(row.actor, patient_id=world.sam, reason=REASON))
            transaction.set_rollback(True)

    may = {row.name: row.says(Permission.BREAK_GLASS) for row in world.rows}
    assert found == {name: "s" if cell == "y" and "elsewhere" in name else cell for name, cell in may.items()}


# ---- The pages -----------------------------------------------------------------------------------------------------------


class Entered(BaseException):
    """The door has opened: what the page would show from here on, other tests look at."""


def ask(view: Any, method: str, actor: Actor | None, **parts: object) -> str:
    """How a page answers somebody: y the door opened or there was none, r and s refused, m no such method, i to the sign-in page."""
    request = HttpRequest()
    request.method, request.path, request.path_info = method, "/somewhere", "/somewhere"
    request.META |= {"SERVER_NAME": "testserver", "SERVER_PORT": "80", "REQUEST_METHOD": method}
    request.user = actor.user if actor else AnonymousUser()
    request.actor = actor  # type: ignore[attr-defined]
    request.session = {}  # type: ignore[assignment]
    try:
        answer = view(request, **parts)
    except AccessDenied:
        return "r"
    except (NoSuchPatient, Http404):
        return "s"
    except Entered:
        return "y"
    if answer.status_code == 405:
        return "m"
    return "i" if answer.status_code == 302 and answer["Location"].startswith("/sign-in") else "y"


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real door of every act; whoever has come through is told apart from whoever has not."""

    def opened(*asked: Any) -> None:
        patient_for(*asked)
        raise Entered

    monkeypatch.setattr(access, "patient_for", opened)


def parts_of(world: World, route: str) -> dict[str, object]:
    """What fills an address, as its view gets it."""
    own = {"name": "map"} if "own-pages/preview" in route else {}
    return dict(resolve(address_of(route, **world.parts, **own)).kwargs)


def expected(row: Row, route: str, needs: Any) -> str:
    """What the tables say of a page."""
    if needs is Open.TO_STAFF:
        return "r" if row.actor.role == "patient" else "y"
    if isinstance(needs, Open):
        return "y"
    about_self = row.actor.role == "patient" and "patient_id" not in route and row.relation != "ended" and row.says(needs) == "s"
    return "y" if about_self else row.says(needs)


@pytest.mark.usefixtures("door")
def test_every_page_of_a_record_with_every_method_opens_to_whom_the_tables_say(world: World) -> None:
    began, wrong, cells, opened = time.process_time(), [], 0, Counter[str]()
    for route, view in every_route():
        if "patient_id" not in route or view.needs is Permission.BREAK_GLASS:
            continue
        parts = parts_of(world, route)
        for row in world.rows:
            says = expected(row, route, view.needs)
            # Whoever may read and no more is shown what others change, and is refused when they try (see the forms below).
            says = "reads" if says == "s" and row.says(Permission.SEE_RECORD) == "y" else says
            for method in METHODS:
                cells += 1
                found = ask(view, method, row.actor, **parts)
                opened[route] += found == "y"
                if found not in ALLOWED[says, method in READING]:
                    wrong.append((route, method, row.name, f"{found} for {says}"))

    _told(cells, began, "pages of a record")
    assert wrong == []
    assert cells > 30_000
    assert [route for route, times in opened.items() if not times] == []


@pytest.mark.usefixtures("door")
def test_every_other_page_with_every_method_is_refused_to_the_roles_that_it_is_not_for(world: World) -> None:
    began, wrong, cells = time.process_time(), [], 0
    for route, view in every_route():
        if "patient_id" in route:
            continue
        parts = parts_of(world, route)
        for row in world.rows:
            says = expected(row, route, view.needs)
            if says == "y" or (says == "s" and route in TOUCH_NOTHING):
                continue  # which of these shows what of a record is looked at below
            cells += len(METHODS)
            found = {method: ask(view, method, row.actor, **parts) for method in METHODS}
            wrong += [(route, row.name, method, f"{one} for {says}") for method, one in found.items() if one not in ALLOWED[says, True]]

    _told(cells, began, "other pages")
    assert wrong == []
    assert cells > 15_000


def test_nobody_signed_out_comes_in_with_any_method(world: World) -> None:
    wrong, cells = [], 0
    for route, view in every_route():
        if view.needs is not Open.TO_ALL:
            cells += len(METHODS)
            found = {method: ask(view, method, None, **parts_of(world, route)) for method in METHODS}
            wrong += [(route, method, one) for method, one in found.items() if one != "i"]

    assert wrong == []
    assert cells > 1_300


# ---- What the answers say, over HTTP ---------------------------------------------------------------------------------------


def browser_of(row: Row) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(row.actor.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


# One of each way not to be allowed to see the record.
SEES_NOTHING = ("therapist none", "therapist former", "therapist elsewhere", "supervisor none", "lead elsewhere", "administrator none", "auditor none")


def test_no_answer_to_whoever_may_not_see_a_record_holds_a_word_of_it(world: World) -> None:
    """Every page of the record, and every page that lists patients, goals, sessions or people."""
    began, wrong, cells = time.process_time(), [], 0
    for row in world.rows:
        if row.name not in (*SEES_NOTHING, "patient other", "patient ended"):
            continue
        assert row.says(Permission.SEE_RECORD) != "y"
        browser = browser_of(row)
        for route, view in every_route():
            if isinstance(view.needs, Open) or view.needs is Permission.SEE_LIBRARY:
                continue
            cells += 1
            answer = browser.get(address_of(route, **world.parts))
            opened = "patient_id" in route and answer.status_code not in (403, 404, 405) and view.needs is not Permission.BREAK_GLASS
            if opened or CANARY in answer.content.decode(errors="replace") or answer.status_code >= 500:
                wrong.append((row.name, route, answer.status_code))
        found = browser.post("/jump", {"q": CANARY})
        wrong += [(row.name, "jump", found.status_code)] if str(world.sam) in found.content.decode() + found.get("Location", "") else []

    _told(cells, began, "answers")
    assert wrong == []
    assert cells > 1_200


# Of whom the forms are read, and who then sends them.
WRITERS = ("therapist treats", "supervisor supervises", "lead none")
READERS = ("therapist supervises", "therapist break-glass", "supervisor supervises", "supervisor break-glass", "lead none")
# What may be written by whoever has no right to a change: that a page was seen, and what they have typed so far.
TRACES = {"records_auditentry", "records_audithead", "records_formdraft", "records_doneonce"}
WRITING = re.compile(r'^(?:INSERT INTO|UPDATE|DELETE FROM) "(records_\w+)"')


def test_no_form_of_a_record_writes_anything_for_whoever_may_only_read_it(world: World) -> None:
    """Each form as those who may send it fill it in, sent by those who see the record: what is written is an act that is theirs."""
    rows = {row.name: row for row in world.rows}
    needed: dict[str, set[Permission]] = {}
    for name, permission in ACTS.items():
        needed.setdefault(name.rpartition(".")[2], set()).add(permission)
    forms = each_once(form for writer in WRITERS for form in _forms_of_the_record(world, browser_of(rows[writer])))
    began, wrong, sent, theirs = time.process_time(), [], 0, Counter[str]()
    for row in (rows[name] for name in READERS):
        browser = browser_of(row)
        for form in forms:
            sent += 1
            status, written, acts = _send(browser, form)
            theirs[row.name] += bool(acts)
            if status >= 500 or (written and not acts) or any(row.says(permission) != "y" for act in acts for permission in needed[act]):
                wrong.append((row.name, form.action, status, sorted(written), acts))

    _told(sent, began, "forms")
    assert wrong == []
    assert len(forms) > 40
    assert all(theirs[name] for name in READERS if "break-glass" not in name)  # some forms are theirs: the test sees what is written


def _forms_of_the_record(world: World, browser: Client) -> Iterator[Form]:
    for route, _ in every_route():
        if "patient_id" in route:
            answer = browser.get(address_of(route, **world.parts))
            if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
                yield from (form for form in read_forms(address_of(route, **world.parts), answer.content.decode()) if str(world.sam) in form.action)


def _send(browser: Client, form: Form) -> tuple[int, set[str], list[str]]:
    """Send a form and take back what it did; gives the status, the tables that were written, and the acts in the trail."""
    written: set[str] = set()

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        found = WRITING.match(sql)
        written.update({found[1]} - TRACES if found else ())
        return execute(sql, *rest)

    with transaction.atomic(), connection.execute_wrapper(note):
        last = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        answer = browser.post(form.action, form.filled(), HTTP_REFERER=f"http://testserver{form.page}")
        acts = [entry.act for entry in AuditEntry.objects.filter(pk__gt=last) if not entry.detail.get("view")]
        transaction.set_rollback(True)
    return answer.status_code, written, acts
