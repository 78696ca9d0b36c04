"""Expected courses from a clinic's own treatments: when one is drawn, with which words, and when nothing is said."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from tests.support.clinic import Cast

from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.signals import Watch
from fivefold.records import clock
from fivefold.records.models import Clinic, Consent, ExpectedCourse, PastScores, Patient, TreatmentSession, User
from fivefold.services import expected_courses
from fivefold.services import knowledge as services_knowledge
from fivefold.services.access import Actor
from fivefold.services.assessments import record_facts
from fivefold.services.expected_courses import curves_of, make_courses
from fivefold.services.operations.rebuild import courses_are_old
from fivefold.services.operations.rows import remove_rows_of
from fivefold.services.record_file import NewFact
from fivefold.services.signal_watch import _curves
from fivefold.services.simulator import bulk_clinic


@pytest.fixture
def many(db: None) -> Clinic:
    """A clinic of invented people with two years of sessions and measures: 110 of them, ten more than the least."""
    return bulk_clinic(110, 110 * 12, sessions=110 * 12, therapists=1)


def opened(patient: Patient) -> str:
    client = Client()
    client.force_login(therapist_of(patient.clinic), backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.get(f"/patients/{patient.pk}/progress")
    assert answer.status_code == 200
    return answer.content.decode()


def switch_on(monkeypatch: pytest.MonkeyPatch) -> KnowledgeBase:
    """The base with the rule of the expected course in use."""
    base = services_knowledge.knowledge()
    rules = [
        replace(rule, parameters=tuple(replace(one, value=1.0) if one.id == "in_use" else one for one in rule.parameters)) for rule in base.signals.signals
    ]
    changed = replace(base, signals=replace(base.signals, signals=tuple(rules)))
    monkeypatch.setattr("fivefold.services.signal_watch.knowledge", lambda: changed)
    return changed


def therapist_of(clinic: Clinic) -> User:
    return User.objects.get(email__startswith=f"load{clinic.pk}.")


def test_course_of_a_clinics_own_treatments_is_drawn_with_its_people_its_error_and_those_who_began_alike(
    many: Clinic, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = Patient.objects.filter(clinic=many).order_by("pk")[3]
    assert 'class="band"' not in opened(patient)

    made = make_courses(many)

    text = opened(patient)
    assert made == ExpectedCourse.objects.filter(clinic=many).count() > 0
    assert text.count('class="band"') >= 1
    assert re.search(r"At session \d+ about [\d.]+ was expected", text)
    assert "holds eight of ten people of this clinic who began alike (110 people); it is no forecast for one person." in text
    assert re.search(r"Half of the \d+ people most alike at the start lay between", text)
    assert re.search(r"For 110 people who were left out when it was made, it was off by [\d.]+ points on average", text)
    # The research view stands folded beside it, each method with its word, and how they differ.
    assert "For research: what each method says" in text and "compared with 109 other people of this clinic" in text
    assert all(
        method in text for method in ("Jacobson-Truax", "Gulliksen-Lord-Novick", "Hsu-Linn-Lord", "Edwards-Nunnally", "Nunnally-Kotsch", "Hageman-Arrindell")
    )
    assert "between 2.5 and 27.5 percent deteriorated" in text
    # Another clinic has none of it, and the rule of signals reads no curve until somebody turns it on.
    assert curves_of(cast.amina.clinic) == {}
    assert _curves(many) == {}
    switch_on(monkeypatch)
    assert _curves(many) != {}


def test_refusal_of_research_leaves_somebody_out_and_then_too_few_people_say_nothing(many: Clinic) -> None:
    patients = list(Patient.objects.filter(clinic=many).order_by("pk"))
    for one in patients[:11]:
        Consent(clinic=many, patient=one, purpose="research", given=False, on=clock.today(), author=therapist_of(many)).save()

    make_courses(many)

    assert ExpectedCourse.objects.filter(clinic=many).exists() and not PastScores.objects.filter(patient__in=patients[:11]).exists()
    text = opened(patients[20])
    assert "No course is expected: Only 99 people stand behind the expected course; 100 are asked for." in text
    assert 'class="band"' not in text

    # Of somebody who is erased nothing stays in a curve, whether it was made before or is being made just then.
    remove_rows_of(patients[20].pk, erased_at=clock.now())
    assert not ExpectedCourse.objects.filter(clinic=many).exists()


def test_nobody_waits_while_courses_are_worked_out_and_who_is_erased_meanwhile_is_in_none(many: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = Patient.objects.filter(clinic=many).order_by("pk")[7]
    held: list[list[str]] = []

    def fit(*_: object) -> None:
        held.append(list(connection.savepoint_ids))
        remove_rows_of(gone.pk, erased_at=clock.now())

    monkeypatch.setattr(expected_courses, "_expected_course", fit)
    assert courses_are_old()

    make_courses(many)

    assert held and not any(held), "the database is not kept while something is worked out"
    assert PastScores.objects.filter(clinic=many).exists() and not PastScores.objects.filter(patient=gone).exists()


def test_score_beyond_the_line_raises_the_rule_where_it_is_in_use(many: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    from fivefold.records.models import SignalState

    make_courses(many)
    base = switch_on(monkeypatch)
    patient = Patient.objects.filter(clinic=many).order_by("pk")[5]
    therapist = Actor(therapist_of(many), many, "therapist")
    names = {instrument for instrument, _scale in curves_of(many)}
    name = "phq9" if "phq9" in names else sorted(names)[0]
    top = base.instruments[name].scales[0].range.max
    today = clock.today()
    assert TreatmentSession.objects.filter(patient=patient, on__lte=today - timedelta(days=1)).exists()

    record_facts(therapist, patient_id=patient.pk, facts=[NewFact("score", name, {"instrument": name, "value": top}, today)])

    rule = base.signals.watching(Watch.EXPECTED_COURSE)
    assert rule is not None
    raised = SignalState.objects.filter(patient=patient, rule=rule.id)
    assert raised.count() == 1 and raised.get().kind == "progress"
