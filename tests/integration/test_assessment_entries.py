"""Entries the file format knows and a page now takes: no medication, other results, another year of birth."""

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.support.clinic import Cast

SignIn = Callable[[str], Client]


def today() -> date:
    from fivefold.records import clock

    return clock.today()


def assessment(cast: Cast) -> Any:
    from fivefold.services.assessments import see_record

    return see_record(cast.amina, patient_id=cast.rosa.pk).assessment


def send(client: Client, cast: Cast, **given: str) -> Any:
    return client.post(f"/patients/{cast.rosa.pk}/assessment/context", {"stay": "1", "once": uuid.uuid4().hex, **given})


def page(client: Client, cast: Cast, name: str = "assessment/context") -> str:
    return client.get(f"/patients/{cast.rosa.pk}/{name}").content.decode()


# ---- No medication ------------------------------------------------------------------------------------------------------


def test_nothing_entered_about_drugs_is_not_known_and_none_taken_is_known(sign_in: SignIn, cast: Cast) -> None:
    amina = sign_in("amina")
    assert assessment(cast).medication is None

    answer = send(amina, cast, **{"medication-drug_class": "none"})

    assert answer.status_code == 302
    assert assessment(cast).medication == ()
    assert "takes no psychotropic drug" in page(amina, cast)


def test_drug_that_is_entered_later_is_the_list_again(sign_in: SignIn, cast: Cast) -> None:
    amina = sign_in("amina")
    send(amina, cast, **{"medication-drug_class": "none"})

    send(amina, cast, **{"medication-drug_class": "ssri", "medication-target": "depression"})

    assert [drug.drug_class for drug in assessment(cast).medication] == ["ssri"]


def test_none_taken_is_refused_beside_a_drug_that_is_still_taken(sign_in: SignIn, cast: Cast) -> None:
    amina = sign_in("amina")
    send(amina, cast, **{"medication-drug_class": "mood_stabiliser"})

    answer = send(amina, cast, **{"medication-drug_class": "none"})

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Give the day on which it was stopped (mood stabiliser)" in text
    assert '<option value="none" selected' in text
    assert [drug.drug_class for drug in assessment(cast).medication] == ["mood_stabiliser"]


def test_none_taken_stands_beside_a_drug_that_was_stopped_which_stays_on_record(sign_in: SignIn, cast: Cast) -> None:
    amina = sign_in("amina")
    stopped = (today() - timedelta(days=9)).isoformat()
    send(amina, cast, **{"medication-drug_class": "ssri", "medication-stopped": stopped})

    answer = send(amina, cast, **{"medication-drug_class": "none"})

    assert answer.status_code == 302
    assert [drug.drug_class for drug in assessment(cast).medication] == ["ssri"]
    assert "takes no psychotropic drug" in page(amina, cast)


@pytest.mark.parametrize(("name", "value"), [("target", "sleep"), ("since", "2026-01-05"), ("stopped", "2026-01-05")])
def test_none_taken_has_no_target_and_no_days(sign_in: SignIn, cast: Cast, name: str, value: str) -> None:
    answer = send(sign_in("amina"), cast, **{"medication-drug_class": "none", f"medication-{name}": value})

    assert answer.status_code == 422
    assert "expected nothing where no drug is taken" in answer.content.decode()
    assert assessment(cast).medication is None


def test_none_taken_that_was_a_mistake_is_withdrawn_to_not_known(sign_in: SignIn, cast: Cast) -> None:
    from fivefold.records.models import ClinicalFact
    from fivefold.services.assessments import withdraw_fact

    send(sign_in("amina"), cast, **{"medication-drug_class": "none"})

    withdraw_fact(cast.amina, patient_id=cast.rosa.pk, fact_id=ClinicalFact.objects.get(kind="medication").pk, reason="of another patient")

    assert assessment(cast).medication is None


def test_none_taken_is_corrected_to_a_drug_on_its_own_page(sign_in: SignIn, cast: Cast) -> None:
    from fivefold.records.models import ClinicalFact

    amina = sign_in("amina")
    send(amina, cast, **{"medication-drug_class": "none"})
    address = f"/patients/{cast.rosa.pk}/assessment/facts/{ClinicalFact.objects.get(kind='medication').pk}"

    answer = amina.post(address, {"do": "correct", "entry-drug_class": "ssri", "on": today().isoformat()})

    assert answer.status_code == 302
    assert [drug.drug_class for drug in assessment(cast).medication] == ["ssri"]


# ---- Other results ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("written", "kept"), [("12", 12.0), ("12,5", 12.5), ("two <b>spikes</b>", "two <b>spikes</b>"), ("nan", "nan")])
def test_other_result_is_kept_as_a_note_and_scores_nothing(sign_in: SignIn, cast: Cast, written: str, kept: object) -> None:
    amina, on = sign_in("amina"), today() - timedelta(days=30)

    answer = send(amina, cast, **{"other_result-name": "Beck <inventory>", "other_result-value": written, "other_result-day": on.isoformat()})

    assert answer.status_code == 302
    found = assessment(cast)
    assert [(one.name, one.value, one.on) for one in found.other_results] == [("Beck <inventory>", kept, on)]
    assert found.scores == ()
    text = page(amina, cast)
    assert "Beck &lt;inventory&gt;: " in text
    assert "never scored" in text


def test_other_results_stand_beside_each_other(sign_in: SignIn, cast: Cast) -> None:
    amina = sign_in("amina")

    for value in ("1", "2"):
        send(amina, cast, **{"other_result-name": "Sleep diary", "other_result-value": value})

    assert [one.value for one in assessment(cast).other_results] == [1, 2]


def test_other_result_without_its_result_or_of_a_day_to_come_is_refused_and_kept_in_the_form(sign_in: SignIn, cast: Cast) -> None:
    amina, tomorrow = sign_in("amina"), (today() + timedelta(days=1)).isoformat()

    empty = send(amina, cast, **{"other_result-name": "Sleep diary"})
    early = send(amina, cast, **{"other_result-name": "Sleep diary", "other_result-value": "3", "other_result-day": tomorrow})

    assert (empty.status_code, early.status_code) == (422, 422)
    assert "Expected the result, as a number or in a few words" in empty.content.decode()
    assert tomorrow in early.content.decode()
    assert 'value="Sleep diary"' in early.content.decode()
    assert assessment(cast).other_results == ()


def test_name_of_another_result_lies_sealed_in_the_database(sign_in: SignIn, cast: Cast) -> None:
    from fivefold.records.models import ClinicalFact

    send(sign_in("amina"), cast, **{"other_result-name": "canary name", "other_result-value": "1"})

    row = ClinicalFact.objects.filter(kind="other_result").values().get()
    assert "canary" not in str({name: bytes(value) if isinstance(value, memoryview) else value for name, value in row.items()})


def test_other_result_is_corrected_on_its_own_page(sign_in: SignIn, cast: Cast) -> None:
    from fivefold.records.models import ClinicalFact

    amina = sign_in("amina")
    send(amina, cast, **{"other_result-name": "Sleep diary", "other_result-value": "1"})
    address = f"/patients/{cast.rosa.pk}/assessment/facts/{ClinicalFact.objects.get(kind='other_result').pk}"
    assert 'value="Sleep diary"' in amina.get(address).content.decode()

    amina.post(address, {"do": "correct", "entry-name": "Sleep diary", "entry-value": "7", "on": today().isoformat()})

    assert [one.value for one in assessment(cast).other_results] == [7]


# ---- Year of birth ------------------------------------------------------------------------------------------------------


def correct(client: Client, cast: Cast, year: str, seen: str = "1997") -> Any:
    return client.post(f"/patients/{cast.rosa.pk}/record/birth-year", {"birth_year": year, "seen": seen, "once": uuid.uuid4().hex})


def test_year_of_birth_is_corrected_and_the_one_before_stays_readable(sign_in: SignIn, cast: Cast) -> None:
    amina = sign_in("amina")

    answer = correct(amina, cast, "1990")

    assert answer.status_code == 302
    cast.rosa.refresh_from_db()
    assert cast.rosa.birth_year == 1990
    assert assessment(cast).patient.age_to == today().year - 1990
    text = " ".join(page(amina, cast, "record/birth-year").split())
    assert "Born 1990." in text
    assert "From 1997 to 1990" in text
    assert "Amina Okafor" in text


def test_year_under_eighteen_withholds_the_plan_and_the_caseload_says_so(sign_in: SignIn, cast: Cast) -> None:
    from fivefold.records.models import CaseloadRow
    from fivefold.services.plan_board import see_board

    correct(sign_in("amina"), cast, str(today().year - 15))

    assert see_board(cast.amina, patient_id=cast.rosa.pk).plan.withheld is not None
    assert CaseloadRow.objects.get(patient=cast.rosa).signal == "watch"


def test_year_can_be_said_not_to_be_known_and_be_found_out_again(sign_in: SignIn, cast: Cast) -> None:
    amina = sign_in("amina")

    correct(amina, cast, "")
    assert assessment(cast).patient.age_from is None
    assert assessment(cast).patient.age_to is None
    assert "Not known." in page(amina, cast, "record/birth-year")
    correct(amina, cast, "1991", seen="")

    cast.rosa.refresh_from_db()
    assert cast.rosa.birth_year == 1991
    assert "From not known to 1991" in " ".join(page(amina, cast, "record/birth-year").split())


@pytest.mark.parametrize(("year", "expected"), [("1850", "a year from"), ("3000", "a year from"), ("ninety", "a year in four digits")])
def test_year_nobody_was_born_in_is_refused_and_stays_in_the_form(sign_in: SignIn, cast: Cast, year: str, expected: str) -> None:
    answer = correct(sign_in("amina"), cast, year)

    assert answer.status_code == 422
    assert expected in answer.content.decode()
    assert f'value="{year}"' in answer.content.decode()


def test_year_that_contradicts_an_adaptation_is_refused_and_nothing_is_kept(sign_in: SignIn, cast: Cast) -> None:
    from fivefold.services.assessments import record_facts
    from fivefold.services.record_file import NewFact

    amina = sign_in("amina")
    correct(amina, cast, "")
    record_facts(cast.amina, patient_id=cast.rosa.pk, facts=[NewFact("adaptation", "under_18", True, today())])

    answer = correct(amina, cast, "1980", seen="")

    assert answer.status_code == 422
    assert "Correct the age or the adaptation" in answer.content.decode()
    cast.rosa.refresh_from_db()
    assert cast.rosa.birth_year is None


def test_two_who_correct_the_year_lose_nothing(sign_in: SignIn, cast: Cast) -> None:
    correct(sign_in("amina"), cast, "1990")

    answer = correct(sign_in("amina"), cast, "1991")

    assert answer.status_code == 409
    assert "1990" in answer.content.decode()
    assert "1991" in answer.content.decode()
    cast.rosa.refresh_from_db()
    assert cast.rosa.birth_year == 1990


def test_correcting_the_year_is_no_contact_with_the_patient(sign_in: SignIn, cast: Cast) -> None:
    from fivefold.records.models import CaseloadRow

    amina = sign_in("amina")

    correct(amina, cast, "1990")

    assert CaseloadRow.objects.get(patient=cast.rosa).last_contact is None
    assert "Nobody has asked yet." in page(amina, cast, "map")


def test_supervisor_reads_the_year_and_changes_nothing(sign_in: SignIn, cast: Cast) -> None:
    bruno = sign_in("bruno")

    assert "Born 1997" in page(bruno, cast, "record/birth-year")
    assert "Save the year" not in page(bruno, cast, "record/birth-year")
    assert correct(bruno, cast, "1990").status_code == 403
