"""The caseload: by need, quick with many patients, and silent about everybody else's."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from tests.support.clinic import Cast

SignIn = Callable[[str], Client]


def add_patients(cast: Cast, count: int) -> None:
    """Patients of Amina with rows as the services leave them, made at once."""
    from fivefold.records import clock
    from fivefold.records.crypto import keyring
    from fivefold.records.models import CareRelation, CaseloadRow, Patient

    today = clock.today()
    for number in range(count):
        patient = Patient(clinic=cast.amina.clinic, birth_year=1990, name_index=keyring().blind_index(f"Person {number}", "patient name"))
        patient.name = f"Person {number}"
        patient.save()
        CareRelation.objects.create(clinic=cast.amina.clinic, patient=patient, user=cast.amina.user, kind="treats")
        CaseloadRow.objects.create(
            patient=patient, clinic=cast.amina.clinic, need=number, signal=("none", "watch", "safety")[number % 3], phase=f"P{number % 5 + 1}",
            running=[{"id": "S04", "name": "Self-harm"}], next_action="Go on with the plan", next_page="patient_map",
            review_on=today + timedelta(days=20), spark=[3.0, 2.0, 1.0],
        )  # fmt: skip


def rows(text: str) -> list[str]:
    import re

    return re.findall(r'class="name" href="[^"]+">([^<]+)<', text)


# ---- What it shows ------------------------------------------------------------------------------------------------------


def test_rows_stand_by_need_with_one_action_each(sign_in: SignIn, cast: Cast) -> None:
    add_patients(cast, 4)

    text = sign_in("amina").get("/caseload").content.decode()

    assert rows(text) == ["Rosa D.", "Person 3", "Person 2", "Person 1", "Person 0"]
    assert text.count('class="do"') == 5


def test_row_names_three_modules_and_counts_the_others(sign_in: SignIn, cast: Cast) -> None:
    from fivefold.records.models import CaseloadRow

    add_patients(cast, 1)
    names = ["Safety plan", "Self-harm", "Sleep", "Anger", "Shame"]
    CaseloadRow.objects.filter(need=0).update(running=[{"id": f"S0{number}", "name": name} for number, name in enumerate(names)])

    text = sign_in("amina").get("/caseload").content.decode()

    assert "<small>Safety plan\u00a0· Self-harm\u00a0· Sleep <span" in text
    assert '<span title="Anger, Shame">and 2 more</span><span class="hidden">: Anger, Shame</span>' in text


def test_review_that_became_overdue_since_the_row_was_made_is_seen(sign_in: SignIn, cast: Cast) -> None:
    from fivefold.records import clock
    from fivefold.records.models import CaseloadRow

    add_patients(cast, 2)
    CaseloadRow.objects.filter(need=0).update(review_on=clock.today() - timedelta(days=1))

    text = sign_in("amina").get("/caseload").content.decode()

    assert rows(text)[0] == "Person 0"
    assert "Review overdue" in text
    assert rows(sign_in("amina").get("/caseload?signal=watch").content.decode()) == ["Person 0", "Person 1"]


@pytest.mark.parametrize(("when", "marked"), [("overdue since 2026-11-20", True), ("by 2026-11-30", False)])
def test_step_whose_time_has_passed_has_a_mark(sign_in: SignIn, cast: Cast, when: str, marked: bool) -> None:
    from fivefold.records.models import CaseloadRow

    add_patients(cast, 1)
    CaseloadRow.objects.filter(need=0).update(next_action=f"Telephone (within 48 hours, {when})", signal="watch")

    row = sign_in("amina").get("/caseload").content.decode().split("Person 0</a>")[1]

    step = row.split("Telephone")[1].split("</td>")[0]
    assert "within 48 hours" in step and "2026-" not in step and "November" not in step  # a day as it stands in the other columns
    assert ("mark-watch" in step) is marked


def test_signal_has_shape_and_word_and_red_is_for_safety_alone(sign_in: SignIn, cast: Cast) -> None:
    add_patients(cast, 3)

    text = sign_in("amina").get("/caseload").content.decode()

    table = text[text.index("<tbody>") :]
    assert table.count("mark-safety") == 1
    assert "Look here" in table
    assert "Nothing flagged" in table
    assert "no risk" not in table.lower()


def test_recorded_danger_moves_a_patient_to_the_top(sign_in: SignIn, cast: Cast) -> None:
    from fivefold.records import clock
    from fivefold.services.assessments import record_facts
    from fivefold.services.record_file import NewFact

    add_patients(cast, 3)
    record_facts(cast.amina, patient_id=cast.rosa.pk, facts=[NewFact("risk", "imminent", True, clock.today())])

    text = sign_in("amina").get("/caseload?signal=safety").content.decode()

    assert rows(text)[0] == "Rosa D."


def test_another_service_needed_is_no_danger(cast: Cast) -> None:
    from fivefold.records import clock
    from fivefold.records.models import CaseloadRow
    from fivefold.services.assessments import record_facts
    from fivefold.services.record_file import NewFact

    record_facts(cast.amina, patient_id=cast.rosa.pk, facts=[NewFact("adaptation", "pregnancy", True, clock.today())])

    assert CaseloadRow.objects.get(patient=cast.rosa).signal == "watch"


# ---- Filters, search, pages ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked, expected", [("signal=watch", 4), ("phase=P1", 2), ("signal=watch&phase=P2", 1), ("signal=x&phase=9&page=-3", 11)])
def test_filters_leave_what_fits_and_ignore_what_does_not_exist(sign_in: SignIn, cast: Cast, asked: str, expected: int) -> None:
    add_patients(cast, 10)

    assert len(rows(sign_in("amina").get(f"/caseload?{asked}").content.decode())) in (expected, expected - 1)


@pytest.mark.parametrize("search, expected", [("person 1", ["Person 1"]), ("ROSA", ["Rosa D."]), ("erson", ["Person 1", "Person 0"]), ("zzz", [])])
def test_search_finds_whole_names_and_parts(sign_in: SignIn, cast: Cast, search: str, expected: list[str]) -> None:
    add_patients(cast, 2)

    text = sign_in("amina").post("/caseload", {"q": search}).content.decode()

    assert rows(text) == expected
    assert f'value="{search}"' in text


def test_name_that_is_searched_for_never_stands_in_an_address(sign_in: SignIn, cast: Cast) -> None:
    text = sign_in("amina").get("/caseload").content.decode()

    assert 'id="filter" class="filter" method="post"' in text
    assert 'class="jump" role="search" method="post"' in text


def test_pages_hold_everybody_once(sign_in: SignIn, cast: Cast) -> None:
    add_patients(cast, 60)
    client = sign_in("amina")

    seen = [name for page in (1, 2, 3) for name in rows(client.get(f"/caseload?page={page}").content.decode())]

    assert len(seen) == 61
    assert len(set(seen)) == 61
    assert rows(client.get("/caseload?page=99").content.decode()) == rows(client.get("/caseload?page=3").content.decode())


def test_jump_offers_patients_in_reach_and_pages(sign_in: SignIn, cast: Cast) -> None:
    found = sign_in("amina").post("/jump", {"q": "ros"}).json()
    page = sign_in("amina").post("/jump", {"q": "casel"}).json()
    foreign = sign_in("teo").post("/jump", {"q": "ros"}).json()

    assert [entry["name"] for entry in found["entries"]] == ["Rosa D."]
    assert found["entries"][0]["url"] == f"/patients/{cast.rosa.pk}/map"
    assert [entry["url"] for entry in page["entries"]] == ["/caseload"]
    assert foreign["entries"] == []


# ---- Who sees whom ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name, sees", [("amina", True), ("bruno", True), ("lea", True), ("teo", False), ("chidi", False), ("vera", False)])
def test_only_those_in_reach_are_on_the_caseload(sign_in: SignIn, cast: Cast, name: str, sees: bool) -> None:
    assert ("Rosa D." in sign_in(name).get("/caseload").content.decode()) is sees


def test_supervisor_sees_who_treats_and_takes_nobody_on(sign_in: SignIn, cast: Cast) -> None:
    text = sign_in("bruno").get("/caseload").content.decode()

    assert "Amina Okafor" in text
    assert "/patients/new" not in text


@pytest.mark.parametrize("name, words", [("teo", "Nobody is on your caseload yet"), ("vera", "This clinic has no patients yet")])
def test_empty_caseload_says_what_to_do(sign_in: SignIn, cast: Cast, name: str, words: str) -> None:
    text = sign_in(name).get("/caseload").content.decode()

    assert words in text
    assert text.count('class="btn main"') == 1


# ---- Speed --------------------------------------------------------------------------------------------------------------


def test_number_of_queries_stays_the_same_with_three_hundred_patients(sign_in: SignIn, cast: Cast) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries(name: str) -> int:
        client = sign_in(name)
        client.get("/caseload")
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/caseload").status_code == 200
        return len(captured)

    add_patients(cast, 3)
    few = {name: queries(name) for name in ("amina", "lea")}
    add_patients(cast, 297)

    assert {name: queries(name) for name in ("amina", "lea")} == few


# ---- What only time has changed -------------------------------------------------------------------------------------------


def leave_behind(cast: Cast) -> None:
    """Every row as if it had been worked out yesterday."""
    from fivefold.records import clock
    from fivefold.records.models import CaseloadRow

    CaseloadRow.objects.filter(clinic=cast.amina.clinic).update(updated_at=clock.now() - timedelta(days=1))


def expect_report(cast: Cast, patient_id: object, due: date, on: date) -> None:
    from fivefold.services.assessments import record_facts
    from fivefold.services.record_file import NewFact

    report = {"instrument": "phq9", "due": due.isoformat(), "received": False}
    record_facts(cast.amina, patient_id=patient_id, facts=[NewFact("expected_report", "", report, on)])


def test_report_that_did_not_come_reaches_the_caseload_by_itself(cast: Cast) -> None:
    from fivefold.records import clock
    from fivefold.records.models import Clinic
    from fivefold.services.caseload_list import see_caseload

    Clinic.objects.filter(pk=cast.amina.clinic.pk).update(synthetic=True)
    cast.amina.clinic.refresh_from_db()
    with clock.acting_at(datetime(2026, 3, 2, 9, tzinfo=UTC)):
        expect_report(cast, cast.rosa.pk, due=date(2026, 3, 7), on=date(2026, 3, 2))
        before = see_caseload(cast.amina).rows[0]
    with clock.acting_at(datetime(2026, 3, 14, 9, tzinfo=UTC)):
        after = see_caseload(cast.amina).rows[0]

    assert (before.signal, after.signal) == ("new", "watch")
    assert "missing report" in after.next_action
    assert "overdue since" in after.next_action


@pytest.mark.parametrize(
    ("typed", "is_told"),
    [("Rosa D.", True), ("rosa d", True), ("D., Rosá", True), ("Rosa B.", True), ("Rosalind Dahl", False), ("Sam K.", False), ("???", False)],
)
def test_name_that_is_here_already_is_told_before_a_second_record_is_begun(cast: Cast, sign_in: SignIn, typed: str, is_told: bool) -> None:
    from fivefold.records.models import Patient

    client, sent = sign_in("amina"), {"name": typed, "language": "en", "once": "a"}

    first = client.post("/patients/new", sent)
    told = first.content.decode()

    assert (first.status_code, Patient.objects.count() - 1) == ((422, 0) if is_told else (302, 1))
    if is_told:
        assert f"/patients/{cast.rosa.pk}/map" in told and "This is somebody else" in told and f'value="{typed}"' in told
        assert client.post("/patients/new", {**sent, "is_other": "on", "once": "b"}).status_code == 302
        assert Patient.objects.count() == 2


def test_name_of_a_record_out_of_reach_is_told_to_nobody(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in("teo").post("/patients/new", {"name": "Rosa D.", "language": "en", "once": "a"})

    assert answer.status_code == 302  # that she is a patient here is none of his business


def test_closed_records_in_reach_are_listed_and_open_danger_is_said(cast: Cast, sign_in: SignIn) -> None:
    from fivefold.records import clock
    from fivefold.records.models import Patient
    from fivefold.services.patients import end_care
    from fivefold.services.signals import RiskAnswer, raise_risk_answers

    add_patients(cast, 1)
    before = sign_in("amina").get("/caseload/ended").content.decode()
    raise_risk_answers(cast.rosa, [RiskAnswer("phq9", 9)], on=clock.today(), mark="r1")
    end_care(cast.amina, patient_id=cast.rosa.pk, on=clock.today(), reason="completed")

    lists = {who: sign_in(who).get("/caseload/ended").content.decode() for who in ("amina", "lea", "teo")}

    assert "Rosa D." not in before and "None of the records that you can open is closed" in before
    assert Patient.objects.filter(closed_at__isnull=True).exists() and "Person 0" not in lists["amina"]
    for who in ("amina", "lea"):
        assert f"/patients/{cast.rosa.pk}/map" in lists[who] and "Danger stands open" in lists[who]
    assert "Rosa D." not in lists["teo"]
    assert "/caseload/ended" in sign_in("amina").get("/caseload").content.decode()


def test_contact_that_has_passed_stands_in_danger_on_the_first_page_though_no_timer_runs(cast: Cast) -> None:
    from fivefold.records import clock
    from fivefold.records.models import Clinic, SignalState
    from fivefold.services.assessments import answer_risk
    from fivefold.services.caseload_list import open_caseload
    from fivefold.services.knowledge import knowledge
    from fivefold.services.risk_questions import SIGNED_RULE, questions_of

    Clinic.objects.filter(pk=cast.amina.clinic.pk).update(synthetic=True)
    cast.amina.clinic.refresh_from_db()
    asked = next(name for rule in knowledge().overrides if rule.code == SIGNED_RULE for name in questions_of(rule))
    with clock.acting_at(datetime(2026, 3, 2, 9, tzinfo=UTC)):
        answer_risk(cast.amina, patient_id=cast.rosa.pk, answers={asked: True}, on=date(2026, 3, 2))
        before = SignalState.objects.filter(matter="missed_contact", is_open=True).count()
    with clock.acting_at(datetime(2026, 3, 9, 9, tzinfo=UTC)):
        row = open_caseload(cast.amina).rows[0]

    assert before == 0
    assert SignalState.objects.filter(matter="missed_contact", is_open=True, patient=cast.rosa).exists()
    assert row.signal == "safety"


def test_caseload_opens_though_what_has_passed_cannot_be_told(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from fivefold.services import passed_hours
    from fivefold.services.caseload_list import open_caseload

    monkeypatch.setattr(passed_hours, "TELLING", (lambda clinic: 1 // 0,))

    assert [row.name for row in open_caseload(cast.amina).rows]


def test_opening_brings_up_to_date_a_bounded_number_and_says_what_is_left(sign_in: SignIn, cast: Cast) -> None:
    from fivefold.services.caseload import RENEWED_AT_ONCE

    add_patients(cast, RENEWED_AT_ONCE + 4)
    leave_behind(cast)
    client = sign_in("amina")

    first, second = (client.get("/caseload").content.decode() for _ in range(2))

    assert "5 patients are shown as of an earlier day" in first
    assert "of an earlier day" not in second


def test_what_is_due_by_time_is_brought_up_to_date_first(cast: Cast) -> None:
    from fivefold.records import clock
    from fivefold.records.models import CaseloadRow, Patient
    from fivefold.services.caseload import RENEWED_AT_ONCE, behind
    from fivefold.services.caseload_list import see_caseload

    add_patients(cast, RENEWED_AT_ONCE + 4)
    last = Patient.objects.get(caseload__need=0)
    expect_report(cast, last.pk, due=clock.today() + timedelta(days=5), on=clock.today())
    CaseloadRow.objects.filter(patient=last).update(need=-1)
    leave_behind(cast)

    see_caseload(cast.amina)

    assert last not in behind(Patient.objects.all(), clock.today())


def test_nothing_out_of_reach_is_brought_up_to_date(cast: Cast) -> None:
    from fivefold.records import clock
    from fivefold.records.models import Patient
    from fivefold.services.caseload import behind
    from fivefold.services.caseload_list import see_caseload

    leave_behind(cast)

    assert see_caseload(cast.teo).behind == 0
    assert list(behind(Patient.objects.all(), clock.today())) == [cast.rosa]


def test_record_that_is_refused_keeps_its_row_and_the_page_opens(sign_in: SignIn, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from fivefold.concepts.errors import InputRefused
    from fivefold.services import caseload

    def refuse(*_: object, **__: object) -> None:
        raise InputRefused([])

    leave_behind(cast)
    monkeypatch.setattr(caseload, "read_record", refuse)

    text = sign_in("amina").get("/caseload").content.decode()

    assert rows(text) == ["Rosa D."]
    assert "1 patient is shown as of an earlier day" in text


# ---- A new patient ------------------------------------------------------------------------------------------------------


def test_new_patient_leads_to_the_safety_questions(sign_in: SignIn, cast: Cast) -> None:
    from django.urls import NoReverseMatch, reverse

    from fivefold.records.models import Patient

    answer = sign_in("teo").post("/patients/new", {"name": "Lin W.", "birth_year": "1990", "language": "en"})

    patient = Patient.objects.latest("created_at")
    assert patient.name == "Lin W."
    try:
        expected = reverse("assessment_safety", kwargs={"patient_id": patient.pk})
    except NoReverseMatch:  # until the assessment has its pages
        expected = f"/patients/{patient.pk}/map"
    assert answer["Location"] == expected
    assert rows(sign_in("teo").get("/caseload").content.decode()) == ["Lin W."]


def test_new_patient_sent_twice_is_taken_on_once(sign_in: SignIn, cast: Cast) -> None:
    from fivefold.records.models import Patient

    client, given = sign_in("teo"), {"name": "Lin W.", "language": "en", "once": "a-key"}

    first, second = client.post("/patients/new", given), client.post("/patients/new", given)

    assert first["Location"] == second["Location"]
    assert Patient.objects.count() == 2  # Rosa and Lin


@pytest.mark.parametrize("year", ["1850", "2090", "abcd", "19"])
def test_impossible_year_keeps_the_name_and_says_what_is_expected(sign_in: SignIn, cast: Cast, year: str) -> None:
    answer = sign_in("teo").post("/patients/new", {"name": "Lin W.", "birth_year": year, "language": "en"})

    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="Lin W."' in text
    assert f'value="{year}"' in text
    assert "xpected a year" in text


@pytest.mark.parametrize("name", ["bruno", "lea", "adrian", "olga"])
def test_only_therapists_take_somebody_on(sign_in: SignIn, name: str) -> None:
    assert sign_in(name).get("/patients/new").status_code == 403


# ---- Without a relation, by name ----------------------------------------------------------------------------------------


def test_exact_name_and_reason_open_a_record_and_a_wrong_name_leaves_a_trace(sign_in: SignIn, cast: Cast) -> None:
    from fivefold.records.models import AuditEntry

    given = {"name": "Rosa", "reason": "She stands at the desk and Amina is away.", "hours": "1"}

    wrong = sign_in("teo").post("/patients/without-relation", given)
    right = sign_in("teo").post("/patients/without-relation", {**given, "name": "rosa d."})

    assert wrong.status_code == 422
    assert "no record of this clinic with exactly this name" in wrong.content.decode()
    assert right["Location"] == f"/patients/{cast.rosa.pk}/map"
    assert AuditEntry.objects.filter(act="open_by_name").count() == 2


def test_several_of_one_name_are_told_apart_by_the_year(sign_in: SignIn, cast: Cast) -> None:
    from fivefold.services.patients import add_patient

    add_patient(cast.amina, name="Rosa D.", birth_year=1960)
    given = {"name": "Rosa D.", "reason": "She stands at the desk and Amina is away.", "hours": "1"}

    unclear = sign_in("teo").post("/patients/without-relation", given)
    clear = sign_in("teo").post("/patients/without-relation", {**given, "birth_year": "1997"})

    assert unclear.status_code == 422
    assert "several people here bear this name" in unclear.content.decode()
    assert clear["Location"] == f"/patients/{cast.rosa.pk}/map"
