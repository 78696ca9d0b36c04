"""Failures of other programs, tried on this one while it runs. Each test names where it happened."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.support.clinic import Cast
from tests.support.routes import address_of, every_route

from fivefold.records.models import AuditEntry, CareRelation, ClinicalFact, Goal, Patient
from fivefold.services.access import AccessDenied, NoSuchPatient, patients_of
from fivefold.services.assessments import record_facts, see_record
from fivefold.services.goals import set_goal
from fivefold.services.operations.rows import models_about_patients
from fivefold.services.patients import add_patient
from fivefold.services.record_file import NewFact

SignIn = Callable[[str], Client]
LEVELS = {"much_less": "every day", "less": "most days", "hoped": "some days", "more": "one day", "much_more": "never"}


@pytest.fixture
def sam(cast: Cast) -> Patient:
    """A second patient of Amina's, with a rating and a goal."""
    from fivefold.records import clock

    patient = add_patient(cast.amina, name="Sam T.", birth_year=1990)
    record_facts(cast.amina, patient_id=patient.pk, facts=[NewFact("rating", "anger", {"severity": 2}, clock.today())])
    set_goal(cast.amina, patient_id=patient.pk, words="Sleep through", levels=list(LEVELS.values()))
    return patient


def rows_about(patient: Patient) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table about a patient."""
    own = {"Patient": list(Patient.objects.filter(pk=patient.pk).values())}
    return own | {model.__name__: list(model._base_manager.filter(patient=patient).order_by("pk").values()) for model in models_about_patients()}


def test_openemr_2026_25744_ids_in_a_form_reach_no_other_record(cast: Cast, sign_in: SignIn, sam: Patient) -> None:
    browser, before = sign_in("amina"), rows_about(sam)
    fact, goal = ClinicalFact.objects.get(patient=sam), Goal.objects.get(patient=sam)
    foreign = {"patient_id": sam.pk, "patient": sam.pk, "pk": fact.pk, "id": fact.pk, "goal": goal.pk, "replaces": goal.pk, "clinic": cast.chidi.clinic.pk}

    browser.post(f"/patients/{cast.rosa.pk}/assessment/ratings", {**foreign, "was.rating.anger": "", "rating.anger": "3"})
    browser.post(f"/patients/{cast.rosa.pk}/goals", {**foreign, "words": "Eat breakfast", **LEVELS, "weight": "1"})
    browser.post(f"/patients/{cast.rosa.pk}/plan/choose", {**foreign, "target": "S04", "how": "later", "reason": "not before the holiday", "version": 0})

    assert rows_about(sam) == before
    assert ClinicalFact.objects.get(patient=cast.rosa).value == {"severity": 3}
    assert Goal.objects.get(patient=cast.rosa).replaces is None
    assert set(Goal.objects.values_list("clinic_id", flat=True)) == {cast.amina.clinic.pk}


def test_openemr_2026_25745_parts_of_one_record_are_not_reached_through_another(cast: Cast, sign_in: SignIn, sam: Patient) -> None:
    browser, before = sign_in("amina"), rows_about(sam)
    parts = {"fact_id": ClinicalFact.objects.get(patient=sam).pk, "goal_id": Goal.objects.get(patient=sam).pk}
    parts["relation_id"] = CareRelation.objects.get(patient=sam).pk
    forms = ({"do": "withdraw", "reason": "It was another patient's."}, {"do": "correct", "rating.anger": "1"}, {"words": "x", **LEVELS, "weight": "1"})
    routes = [route for route, _ in every_route() if "patient_id" in route and any(f":{name}>" in route for name in parts)]

    answers = [browser.post(address_of(route, patient_id=cast.rosa.pk, **parts), form) for route in routes for form in forms]

    assert len(routes) >= 4
    assert {answer.status_code for answer in answers} <= {403, 404, 405, 422}
    assert rows_about(sam) == before
    assert not any(b"Sam T." in answer.content for answer in answers)


def test_openemr_2025_67645_a_form_changes_no_field_that_it_does_not_show(cast: Cast, sign_in: SignIn) -> None:
    hidden = {"legal_hold": "on", "erased_at": "2020-01-01", "closed_at": "2020-01-01", "synthetic": "on", "clinic": cast.chidi.clinic.pk, "role": "lead"}

    sign_in("amina").post("/patients/new", {"name": "Lin W.", "birth_year": "1990", "language": "en", **hidden})
    sign_in("lea").post("/clinic/settings", {"name": "The practice", "synthetic": "on", "settings": "{}", "knowledge_version": "9", **hidden})

    lin = Patient.objects.latest("created_at")
    assert (lin.clinic, lin.legal_hold, lin.erased_at, lin.closed_at, lin.synthetic) == (cast.amina.clinic, False, None, None, False)
    clinic = type(cast.amina.clinic).objects.get(pk=cast.amina.clinic.pk)
    assert (clinic.synthetic, clinic.knowledge_version) == (False, cast.amina.clinic.knowledge_version)


@pytest.mark.parametrize("extra", ["skip_timeout_reset=1", "skipTimeoutReset=1", "keep_alive=1", "seen_at=9999999999"])
def test_openemr_2026_25476_nothing_in_a_request_keeps_an_idle_session(cast: Cast, sign_in: SignIn, extra: str) -> None:
    browser = sign_in("amina")
    browser.get("/account")
    session = browser.session
    session["seen_at"] -= 20 * 60 + 5
    session.save()

    answer = browser.get(f"/patients/{cast.rosa.pk}/map?{extra}")

    assert answer["Location"].startswith("/sign-in")
    assert "_auth_user_id" not in browser.session


def test_openemr_3659_two_tabs_with_two_patients_never_mix(cast: Cast, sign_in: SignIn, sam: Patient) -> None:
    browser = sign_in("amina")
    own, other = {cast.rosa.pk: b"Rosa D.", sam.pk: b"Sam T."}, {cast.rosa.pk: b"Sam T.", sam.pk: b"Rosa D."}

    # Each page is opened after one of the other patient, as in two tabs; each form is sent after the other tab was looked at.
    for step, severity in enumerate(("1", "2", "3", "4")):
        here, there = (cast.rosa, sam) if step % 2 else (sam, cast.rosa)
        for page in ("map", "profile", "team", "assessment", "assessment/ratings", "plan", "goals", "record"):
            browser.get(f"/patients/{there.pk}/{page}")
            text = browser.get(f"/patients/{here.pk}/{page}").content
            assert own[here.pk] in text
            assert other[here.pk] not in text
        browser.get(f"/patients/{there.pk}/assessment/ratings")
        browser.post(f"/patients/{here.pk}/assessment/ratings", {"was.rating.sleep": last_sleep(here), "rating.sleep": severity})

    assert [row.value["severity"] for row in ratings_of_sleep(sam)] == [1, 3]
    assert [row.value["severity"] for row in ratings_of_sleep(cast.rosa)] == [2, 4]


def ratings_of_sleep(patient: Patient) -> list[ClinicalFact]:
    return list(ClinicalFact.objects.filter(patient=patient, kind="rating", key="sleep").order_by("recorded_at"))


def last_sleep(patient: Patient) -> str:
    found = ratings_of_sleep(patient)
    return str(found[-1].pk) if found else ""


HOSTILE = [
    "'; DROP TABLE records_patient; --",
    "name) DESC; --",
    "../../etc/passwd",
    "\x00",
    "<script>alert(1)</script>",
    "9" * 400,
    "-1",
    "\u202e",
    "%",
    "NaN",
]
PARAMETERS = ("signal", "phase", "page", "q", "_sort", "sort", "order", "act", "person", "patient", "on", "before", "shared", "minutes", "earlier", "next")


def test_openemr_2026_24908_hostile_parameters_break_no_page(cast: Cast, sign_in: SignIn) -> None:
    lists = {"amina": ["/caseload", f"/patients/{cast.rosa.pk}/assessment", f"/patients/{cast.rosa.pk}/map"], "lea": ["/clinic"], "olga": ["/audit"]}
    broken = []

    for who, pages in lists.items():
        browser = sign_in(who)
        for page in pages:
            for value in HOSTILE:
                answer = browser.get(page, dict.fromkeys(PARAMETERS, value))
                if answer.status_code >= 500 or b"<script>alert" in answer.content:
                    broken.append((page, value))

    assert broken == []
    assert Patient.objects.filter(pk=cast.rosa.pk).exists()


@pytest.mark.parametrize("who", ["amina", "teo", "bruno", "lea", "adrian", "olga", "chidi", "vera"])
def test_medplum_7641_every_way_of_reading_gives_the_same_answer(cast: Cast, sign_in: SignIn, who: str) -> None:
    actor, browser = cast.people[who], sign_in(who)
    try:
        see_record(actor, patient_id=cast.rosa.pk)
        reaches = True
    except (AccessDenied, NoSuchPatient):
        reaches = False

    pages = {page: browser.get(f"/patients/{cast.rosa.pk}/{page}").status_code for page in ("map", "profile", "plan", "goals", "assessment", "team")}
    listed, found = browser.get("/caseload"), browser.post("/jump", {"q": "rosa"})

    assert {status == 200 for status in pages.values()} == {reaches}
    if listed.status_code == 200:
        assert (b"Rosa D." in listed.content, b"Rosa D." in found.content) == (reaches, reaches)
        assert patients_of(actor).filter(pk=cast.rosa.pk).exists() is reaches
    else:
        assert not reaches


def test_limesurvey_20711_what_was_pasted_is_shown_as_text_in_its_complaint(cast: Cast, sign_in: SignIn) -> None:
    attack = '"><script>alert(1)</script>'
    browser = sign_in("amina")

    refused = [
        browser.post(f"/patients/{cast.rosa.pk}/assessment/scores/phq9", {"row": f"1 2 {attack}", "save": "yes"}),
        browser.post(f"/patients/{cast.rosa.pk}/assessment/scores/gad7", {"total": attack, "save": "yes"}),
        browser.post("/patients/new", {"name": attack, "birth_year": attack, "language": attack}),
        browser.post(f"/patients/{cast.rosa.pk}/plan/choose", {"target": attack, "how": "later", "reason": attack, "version": "0"}),
    ]

    assert {answer.status_code for answer in refused} <= {200, 400, 404, 422}
    assert not any(b"<script>alert" in answer.content for answer in refused)


@pytest.mark.django_db
def test_gnu_health_2016_1_made_up_names_do_not_fill_the_database(client: Client) -> None:
    from axes.models import AccessAttempt, AccessLog

    from fivefold.services.people import forget_old_failures

    for number in range(60):
        client.post("/sign-in", {"login": f"nobody{number}@nowhere.example", "password": "wrong wrong wrong"}, REMOTE_ADDR="10.0.0.9")
    kept = AccessAttempt.objects.count()
    AccessAttempt.objects.update(attempt_time="2020-01-01T00:00:00Z")
    forget_old_failures()

    assert kept == 30  # as many as one place may try in a minute
    assert (AccessAttempt.objects.count(), AccessLog.objects.count()) == (0, 0)


def test_openmrs_f5c0350_signals_of_a_patient_are_seen_by_those_who_reach_the_patient(cast: Cast, sign_in: SignIn) -> None:
    from fivefold.records import clock

    record_facts(cast.amina, patient_id=cast.rosa.pk, facts=[NewFact("risk", "imminent", True, clock.today())])

    seen = {who: b"Suicide risk" in sign_in(who).get("/caseload").content for who in ("amina", "bruno", "lea", "teo", "chidi", "vera")}

    assert seen == {"amina": True, "bruno": True, "lea": True, "teo": False, "chidi": False, "vera": False}


def test_refused_reading_is_not_audited_as_reading(cast: Cast, sign_in: SignIn) -> None:
    before = AuditEntry.objects.filter(patient_id=cast.rosa.pk).count()

    assert sign_in("teo").get(f"/patients/{cast.rosa.pk}/map").status_code == 404

    assert AuditEntry.objects.filter(patient_id=cast.rosa.pk).count() == before
