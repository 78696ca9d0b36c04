"""Prepares a measurement of the app: two clinics of invented rows, every page of the URL table, and the queries of each.

Part of ``scripts/bench_app.py``, which sets the environment. Writes into the data folder what it measures from outside: addresses,
cookies, and how many queries each page made in the small and in the large clinic.
"""

import argparse
import json
import secrets
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from fivefold.bootstrap import start

CONFIG = start()

from django.conf import settings  # noqa: E402  # Django is there from here on
from django.db import connection  # noqa: E402
from django.db.models import Max, Min  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from tests.support.routes import address_of, every_route  # noqa: E402

from fivefold.concepts.vocabulary import RISK_QUESTIONS  # noqa: E402
from fivefold.records import clock  # noqa: E402
from fivefold.records.models import CareRelation, Clinic, ClinicalFact, Membership, Patient, Role, SupervisionMeeting, TreatmentSession, User  # noqa: E402
from fivefold.services import (  # noqa: E402
    assessments,
    documents,
    fidelity,
    formulation,
    goals,
    installation,
    measures,
    own_access,
    own_formulation,
    plan_board,
    plans,
    supervision,
)
from fivefold.services.access import Actor, actor_of  # noqa: E402
from fivefold.services.formulation_content import FormulationContent, Link, Node, NodeKind  # noqa: E402
from fivefold.services.measure_doors import link_token  # noqa: E402
from fivefold.services.plan_choices import Choice, How  # noqa: E402
from fivefold.services.record_file import NewFact  # noqa: E402
from fivefold.services.simulator import bulk_clinic  # noqa: E402
from scripts.daily_diary import keep_diary  # noqa: E402

FOUND = "bench.json"
SIDES = "bench-sides.json"
HOST = "localhost"
SMALL = 100
# The others reach what the first does not: whoever comes first opens a page.
ROLES = (Role.THERAPIST, Role.LEAD, Role.AUDITOR, Role.SUPERVISOR)
DIARY_DAYS = 365
FORMULATED = FormulationContent(
    (Node("0000000a", NodeKind.PROBLEM, "shouts", "anger"), Node("0000000b", NodeKind.TRIGGER, "an argument")), (Link("0000000b", "0000000a", "sets off"),)
)
RATED = 8
LEVELS = ["as now", "a little better", "as hoped", "better than hoped", "much better"]


# What is posted and changes nothing: route, who, what it is, and the form.
WHAT_IF = {"sessions_per_week": "2", "rated": "anger", "level": "4"}
POSTED: tuple[tuple[str, Role, str, dict[str, str]], ...] = (
    ("patients/<uuid:patient_id>/plan/try", Role.THERAPIST, "what-if", WHAT_IF),
    ("caseload", Role.THERAPIST, "page", {"q": "1"}),
    ("jump", Role.THERAPIST, "page", {"q": "1"}),
    ("library/search", Role.THERAPIST, "page", {"description": "panic when left alone"}),
    ("caseload", Role.LEAD, "page", {"q": "1"}),
    ("caseload", Role.LEAD, "page", {}),
)


@dataclass
class MeasuredPage:
    """A page with who opens it, its addresses in the large clinic, the form that is sent if any, and its queries in both."""

    route: str
    role: str
    kind: str
    addresses: list[str]
    form: dict[str, str] = field(default_factory=dict)
    queries: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Side:
    """One of the two clinics: who opens pages there, and of whom."""

    clinic: Clinic
    actors: dict[str, Actor]
    patients: list[dict[str, object]]

    def stored(self) -> dict[str, Any]:
        """What is kept of it beside the database, so that it can be measured again."""
        patients = [{name: str(value) if isinstance(value, UUID) else value for name, value in known.items()} for known in self.patients]
        return {"clinic": self.clinic.pk, "actors": {role: actor.user.pk for role, actor in self.actors.items()}, "patients": patients}

    @classmethod
    def read(cls, stored: dict[str, Any]) -> "Side":
        """From what was kept."""
        actors = {role: _actor(User.objects.get(pk=pk)) for role, pk in stored["actors"].items()}
        return cls(Clinic.objects.get(pk=stored["clinic"]), actors, stored["patients"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, required=True)
    parser.add_argument("--scores", type=int, required=True)
    parser.add_argument("--sessions", type=int, required=True)
    parser.add_argument("--therapists", type=int, required=True)
    parser.add_argument("--looked-at", type=int, required=True, help="patients of one therapist whose pages are opened")
    parser.add_argument("--prepare-only", action="store_true")
    asked = parser.parse_args()
    installation.prepare(CONFIG.folder)
    if not (CONFIG.folder / SIDES).exists():
        small, large = make_sides(asked)
        (CONFIG.folder / SIDES).write_text(json.dumps([small.stored(), large.stored()]), encoding="utf-8")
    if asked.prepare_only:
        return
    small, large = map(Side.read, json.loads((CONFIG.folder / SIDES).read_text(encoding="utf-8")))
    pages = list(find_pages(small, large))
    found = {"pages": [asdict(page) for page in pages], "cookies": _cookies(large), "cookie": settings.SESSION_COOKIE_NAME, "clicks": _clicks(large)}
    (CONFIG.folder / FOUND).write_text(json.dumps(found), encoding="utf-8")


def make_sides(asked: argparse.Namespace) -> tuple["Side", "Side"]:
    """The small clinic and the large one, written anew."""
    share = SMALL / asked.patients
    few = max(1, round(asked.therapists * share))
    small = make_side(bulk_clinic(SMALL, round(asked.scores * share), therapists=few, sessions=round(asked.sessions * share)), 2)
    started = time.perf_counter()
    clinic = bulk_clinic(asked.patients, asked.scores, therapists=asked.therapists, sessions=asked.sessions)
    _gather_statistics()
    facts = ClinicalFact.objects.filter(clinic=clinic).count()
    print(f"  {asked.patients:,} patients, {facts:,} facts, written in {time.perf_counter() - started:.0f} s", flush=True)
    return small, make_side(clinic, asked.looked_at)


def _gather_statistics() -> None:
    """What autovacuum does on PostgreSQL after a while, and ``admin rebuild`` on SQLite."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


# ---- Two clinics -----------------------------------------------------------------------------------------------------------


def make_side(clinic: Clinic, looked_at: int) -> Side:
    """One person of each role in the clinic, and so many patients of the therapist with signed plans and a goal."""
    first = User.objects.filter(memberships__clinic=clinic).order_by("pk")[0]
    first.set_password(secrets.token_urlsafe())  # the account pages of somebody without a password are others
    first.save()
    actors = {str(Role.THERAPIST): _actor(first)}
    for role in ROLES[1:]:
        user = User.objects.create_user(f"{role}{clinic.pk}@demo.example", secrets.token_urlsafe(), name=f"The {role}")
        Membership.objects.create(clinic=clinic, user=user, role=role)
        actors[str(role)] = _actor(user)
    treated = list(Patient.objects.filter(care_team__user=first).order_by("created_at", "pk")[:looked_at])
    CareRelation.objects.bulk_create(
        CareRelation(clinic=clinic, patient=patient, user=actors[str(Role.SUPERVISOR)].user, kind="supervises")
        for patient in Patient.objects.filter(care_team__user=first, care_team__kind="treats")
    )
    meeting = supervision.begin_meeting(actors[str(Role.SUPERVISOR)], on=clock.today(), present=[first.pk])
    _rate(actors[str(Role.SUPERVISOR)], first)
    known = [_fill(actors[str(Role.THERAPIST)], patient) | _supervised(actors, patient, meeting) for patient in treated]
    actors[str(Role.PATIENT)] = _own_side(actors[str(Role.THERAPIST)], treated[0])
    return Side(clinic, actors, known)


def _own_side(therapist: Actor, patient: Patient) -> Actor:
    """The patient themselves, with pages of their own and a diary of a year."""
    agreed = dict.fromkeys(own_access.ASKED, True)
    token = own_access.invite_patient(therapist, patient_id=patient.pk, agreed=agreed)
    user = own_access.join_as_patient(token, name=secrets.token_hex(8), password=secrets.token_urlsafe())
    keep_diary(therapist, patient, DIARY_DAYS)
    return _actor(user)


def _rate(observer: Actor, therapist: User) -> None:
    """A sample of sessions that an observer has rated, so that the pages of fidelity have something to show."""
    held = TreatmentSession.objects.filter(author=therapist, came="came", patient__care_team__user=observer.user)
    days = held.aggregate(first=Min("on"), last=Max("on"))
    if days["first"] is None:
        return
    since = max(days["first"], clock.today() - fidelity.LONGEST_TIME)
    sample = fidelity.draw_sample(observer, user_id=therapist.pk, since=since, until=clock.today(), count=RATED)
    for drawn in sample.sessions.all():
        known = {"patient_id": drawn.patient_id, "session_id": drawn.session_id}
        items = fidelity.see_rating(observer, **known).items
        fidelity.rate_session(observer, **known, answers={item.id: 2 for item in items}, seen_by="recording")


def _supervised(actors: dict[str, Actor], patient: Patient, meeting: SupervisionMeeting) -> dict[str, object]:
    """A question and an agreement; gives what the addresses of supervision need."""
    therapist, supervisor = actors[str(Role.THERAPIST)], actors[str(Role.SUPERVISOR)]
    supervision.ask_question(therapist, patient_id=patient.pk, text="What do I miss?")
    agreed = {"text": "Look again", "by": therapist.user.pk, "until": None, "where": "session"}
    supervision.record_decision(supervisor, patient_id=patient.pk, meeting_id=meeting.pk, **agreed)
    return {"meeting_id": meeting.pk, "user_id": therapist.user.pk}


def _actor(user: User) -> Actor:
    actor = actor_of(user)
    assert actor is not None
    return actor


def _fill(actor: Actor, patient: Patient) -> dict[str, object]:
    """Two signed plans, a formulation in two versions and a goal, by the acts of the app; gives what the addresses of the patient's pages need."""
    told = [NewFact("risk", name, False, patient.created_at.date()) for name in RISK_QUESTIONS]
    fact = assessments.record_facts(actor, patient_id=patient.pk, facts=told)[0]
    goal = goals.set_goal(actor, patient_id=patient.pk, words="to sleep through", levels=LEVELS)
    for _ in range(2):
        _sign(actor, patient)
    for version in range(2):
        formulation.save_formulation(actor, patient_id=patient.pk, content=FORMULATED, lines=f"as told the {version + 1}. time", version=version)
    own_formulation.share_formulation(actor, patient_id=patient.pk, number=2)
    paper = documents.make_document(actor, patient_id=patient.pk, kind="treatment_plan")
    relation = CareRelation.objects.filter(patient=patient).first()
    session = TreatmentSession.objects.filter(patient=patient).first()
    measures.plan_measure(actor, patient_id=patient.pk, instrument="phq9", rhythm="every", every_days=14, route="link")
    asked = measures.give_out(actor, patient_id=patient.pk, instrument="phq9", route="link")
    return {
        "patient_id": patient.pk,
        "request_id": asked.pk,
        "token": link_token(asked.pk),
        "session_id": session and session.pk,
        "fact_id": fact.pk,
        "goal_id": goal.pk,
        "document_id": paper.pk,
        "kind": "progress_report",
        "number": 2,
        "earlier": 1,
        "later": 2,
        "relation_id": relation and relation.pk,
    }


def _sign(actor: Actor, patient: Patient) -> None:
    seen = plan_board.see_board(actor, patient_id=patient.pk)
    version = seen.draft_version
    for hole in seen.holes:
        choice = Choice(hole.impairment, How.LEAVE_OPEN, "looked at again later")
        version = plans.change_choice(actor, patient_id=patient.pk, choice=choice, version=version)
    plans.sign_plan(actor, patient_id=patient.pk, version=version, patient_view="agrees")


# ---- Pages -----------------------------------------------------------------------------------------------------------------


def find_pages(small: Side, large: Side) -> Iterator[MeasuredPage]:
    """Every route that answers with a page or a document to the first role that it answers, and what is posted without saving."""
    browsers = {role: (browser_of(small.actors[role]), browser_of(large.actors[role])) for role in small.actors}
    for route, _ in every_route():
        for role, (in_small, _) in browsers.items():
            kind = _kind(in_small.get(_address(small, role, 0, route)))
            if kind:
                yield _measured(MeasuredPage(route, role, kind, _addresses(large, role, route)), small, browsers[role])
                break
    for route, role, kind, form in POSTED:
        yield _measured(MeasuredPage(route, role, kind, _addresses(large, role, route), form), small, browsers[role])


def browser_of(actor: Actor) -> Client:
    """A browser in which somebody has just signed in with a password."""
    client = Client(headers={"host": HOST, "x-forwarded-proto": "https"})
    client.force_login(actor.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session.save()
    return client


def _kind(answer: Any) -> str:
    """What came back: a page, a document, or nothing to measure (a redirect, a refusal, or only for forms)."""
    if answer.status_code != 200:
        return ""
    return "page" if answer["Content-Type"].startswith(("text/html", "application/json", "text/plain")) else "document"


def _address(side: Side, role: str, place: int, route: str) -> str:
    own = Membership.objects.get(clinic=side.clinic, user=side.actors[role].user)
    return address_of(route, **side.patients[place], membership_id=own.pk, copy="clinician")


def _addresses(side: Side, role: str, route: str) -> list[str]:
    """The page of each patient looked at, or the one address there is; to patients their own."""
    many = 1 if role == Role.PATIENT else len(side.patients)
    return list(dict.fromkeys(_address(side, role, place, route) for place in range(many)))


def _measured(page: MeasuredPage, small: Side, browsers: tuple[Client, Client]) -> MeasuredPage:
    """The page with its queries in both clinics."""
    page.queries = {
        "small": _queries(browsers[0], page, _addresses(small, page.role, page.route)[-1]),
        "large": _queries(browsers[1], page, page.addresses[-1]),
    }
    return page


def _queries(client: Client, page: MeasuredPage, address: str) -> int:
    """The fewest of two times: what is done once in a while (noting that somebody is still here) is not the page's own."""
    found = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            answer = client.post(address, page.form) if page.form else client.get(address)
            assert answer.status_code == 200, f"{page.route}: {answer.status_code}"
            b"".join(answer) if answer.streaming else None
        found.append(len(captured))
    return min(found)


# ---- For the measurement from outside --------------------------------------------------------------------------------------


def _cookies(large: Side) -> dict[str, str]:
    return {role: browser_of(actor).cookies[settings.SESSION_COOKIE_NAME].value for role, actor in large.actors.items()}


def _clicks(large: Side) -> list[dict[str, Any]]:
    """For each therapist a session of their own, and the patients they treat."""
    users = User.objects.filter(memberships__clinic=large.clinic, memberships__role=Role.THERAPIST).order_by("pk")
    return [{"cookie": browser_of(_actor(user)).cookies[settings.SESSION_COOKIE_NAME].value, "patients": _treated(user)} for user in users]


def _treated(user: User) -> list[str]:
    return [str(pk) for pk in CareRelation.objects.filter(user=user).order_by("pk").values_list("patient_id", flat=True)[:20]]


if __name__ == "__main__":
    main()
