"""Choosing another programme: with a reason, added to the record and never overwritten, told on map and plan, taken back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.support.clinic import Cast

SignIn = Callable[[str], Client]
GPM, IMT = "Good Psychiatric Management", "Integrated Modular Treatment"


@pytest.fixture
def known(cast: Cast) -> Cast:
    """Rosa with ratings and answered safety questions: a plan that can be signed."""
    from fivefold.concepts.vocabulary import RISK_QUESTIONS
    from fivefold.records import clock
    from fivefold.services.assessments import record_facts
    from fivefold.services.record_file import NewFact

    day = clock.today() - timedelta(days=1)
    ratings = [NewFact("rating", name, {"severity": 2}, day) for name in ("self_harm", "anger", "depression")]
    record_facts(cast.amina, patient_id=cast.rosa.pk, facts=[*ratings, *(NewFact("risk", name, False, day) for name in RISK_QUESTIONS)])
    return cast


def choose(client: Client, cast: Cast, protocol: str, reason: str = "no group for skills <b>here</b>", seen: str = "") -> Any:
    return client.post(f"/patients/{cast.rosa.pk}/plan/programme", {"protocol": protocol, "reason": reason, "seen": seen, "with": ["gpm", "dbt"]})


def holding(cast: Cast) -> Any:
    from fivefold.services.protocols import chosen_protocols

    return next(iter(chosen_protocols(cast.rosa)), None)


def page(client: Client, cast: Cast, name: str) -> str:
    return client.get(f"/patients/{cast.rosa.pk}/{name}").content.decode()


def test_chosen_programme_stands_with_reason_author_and_day_on_map_plan_and_side_by_side(sign_in: SignIn, known: Cast) -> None:
    amina = sign_in("amina")

    answer = choose(amina, known, "gpm")

    assert answer.status_code == 302
    for name in ("map", "plan", "plan/compare", "plan/sign"):
        text = page(amina, known, name)
        assert GPM in text
        assert "no group for skills &lt;b&gt;here&lt;/b&gt;" in text
        assert "Amina Okafor" in text


def test_choice_changes_no_module_and_no_safety_rule(known: Cast) -> None:
    from fivefold.services.assessments import choose_protocol
    from fivefold.services.plan_board import see_board

    before = see_board(known.amina, patient_id=known.rosa.pk).plan

    choose_protocol(known.amina, patient_id=known.rosa.pk, protocol="dbt", reason="a team is here", seen="")

    after = see_board(known.amina, patient_id=known.rosa.pk).plan
    assert after.protocol == "dbt"
    assert (after.modules, after.overrides, after.coverage) == (before.modules, before.overrides, before.coverage)


def test_every_choice_stays_and_going_back_is_a_choice_of_its_own(sign_in: SignIn, known: Cast) -> None:
    from fivefold.records.models import ClinicalFact

    amina = sign_in("amina")
    choose(amina, known, "gpm", "first reason")

    choose(amina, known, "imt", "second reason", seen=holding(known).fact_id)

    rows = ClinicalFact.objects.filter(patient=known.rosa, kind="treatment", key="protocol").order_by("recorded_at")
    assert [(row.value, row.note) for row in rows] == [("gpm", "first reason"), ("imt", "second reason")]
    assert holding(known).id == "imt"
    text = page(amina, known, "plan/compare")
    assert "1 earlier choice" in text
    assert "first reason" in text


def test_chosen_programme_is_laid_beside_the_modules_of_the_plan(known: Cast) -> None:
    from fivefold.services.assessments import choose_protocol
    from fivefold.services.plan_board import see_beside

    choose_protocol(known.amina, patient_id=known.rosa.pk, protocol="gpm", reason="one therapist alone", seen="")

    seen = see_beside(known.amina, patient_id=known.rosa.pk, protocols=("dbt",))

    assert seen.own.protocol == "imt"
    assert [item.protocol for item in seen.others] == ["gpm", "dbt"]
    assert seen.others[0].chosen_components


@pytest.mark.parametrize("reason", ["", "  ", "x"])
def test_without_a_reason_nothing_is_chosen_and_the_page_says_what_is_expected(sign_in: SignIn, known: Cast, reason: str) -> None:
    answer = choose(sign_in("amina"), known, "dbt", reason)

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "expected a reason in a few words" in text
    assert '<details class="take" open>' in text
    assert holding(known) is None


@pytest.mark.parametrize(
    ("protocol", "expected"), [("imt", "another programme"), ("bpdcompass", "one of the treatment programmes"), ("nonsense", "one of the")]
)
def test_what_holds_already_or_treats_nobody_cannot_be_chosen(known: Cast, protocol: str, expected: str) -> None:
    from fivefold.services.assessments import choose_protocol
    from fivefold.services.patients import NotAcceptable

    with pytest.raises(NotAcceptable, match=expected):
        choose_protocol(known.amina, patient_id=known.rosa.pk, protocol=protocol, reason="a good reason", seen="")


def test_two_people_who_choose_at_once_see_both_and_lose_nothing(sign_in: SignIn, known: Cast) -> None:
    choose(sign_in("amina"), known, "gpm", "first of the two")

    answer = choose(sign_in("amina"), known, "dbt", "second of the two")

    text = answer.content.decode()
    assert answer.status_code == 409
    assert "first of the two" in text
    assert "second of the two" in text
    assert holding(known).id == "gpm"


def test_sent_twice_chooses_once(known: Cast) -> None:
    from fivefold.records.models import ClinicalFact
    from fivefold.services.assessments import choose_protocol

    for _ in range(2):
        choose_protocol(known.amina, patient_id=known.rosa.pk, protocol="gpm", reason="one reason", seen="", once="key")  # type: ignore[call-arg]

    assert ClinicalFact.objects.filter(kind="treatment", key="protocol").count() == 1


def test_reason_lies_sealed_in_the_database(known: Cast) -> None:
    from fivefold.records.models import ClinicalFact
    from fivefold.services.assessments import choose_protocol

    choose_protocol(known.amina, patient_id=known.rosa.pk, protocol="gpm", reason="canary reason", seen="")

    row = ClinicalFact.objects.filter(key="protocol").values().get()
    assert "canary" not in str({name: bytes(value) if isinstance(value, memoryview) else value for name, value in row.items()})


def test_supervisor_sees_the_choice_and_no_way_to_another(sign_in: SignIn, known: Cast) -> None:
    choose(sign_in("amina"), known, "gpm", "one reason")
    bruno = sign_in("bruno")

    text = page(bruno, known, "plan/compare")

    assert "one reason" in text
    assert 'class="take"' not in text
    assert choose(bruno, known, "dbt").status_code == 403


def test_programme_is_asked_for_nowhere_without_a_reason(sign_in: SignIn, known: Cast) -> None:
    amina = sign_in("amina")
    choose(amina, known, "gpm", "one reason")

    assert 'name="treatment.protocol"' not in page(amina, known, "assessment/context")
    history = f"assessment/facts/{holding(known).fact_id}"
    assert GPM in page(amina, known, history)
    assert 'value="correct"' not in page(amina, known, history)
    amina.post(f"/patients/{known.rosa.pk}/{history}", {"do": "correct", "treatment.protocol": "dbt", "was.treatment.protocol": holding(known).fact_id})
    assert holding(known).id == "gpm"


def test_withdrawn_choice_gives_way_to_the_one_before(known: Cast) -> None:
    from fivefold.services.assessments import choose_protocol, withdraw_fact
    from fivefold.services.plan_board import see_board

    fact = choose_protocol(known.amina, patient_id=known.rosa.pk, protocol="gpm", reason="one reason", seen="")

    withdraw_fact(known.amina, patient_id=known.rosa.pk, fact_id=fact.pk, reason="of another patient")

    assert holding(known) is None
    assert see_board(known.amina, patient_id=known.rosa.pk).plan.protocol == "imt"


def test_signed_plan_keeps_the_programme_with_its_reason_and_versions_tell_the_difference(sign_in: SignIn, known: Cast) -> None:
    from fivefold.services.plans import sign_plan

    amina = sign_in("amina")
    sign_plan(known.amina, patient_id=known.rosa.pk, version=0, patient_view="agrees")
    choose(amina, known, "gpm", "the reason of then")
    assert f"Programme: {IMT} → {GPM}" in page(amina, known, "map")
    sign_plan(known.amina, patient_id=known.rosa.pk, version=0, patient_view="agrees")
    choose(amina, known, "imt", "the reason of now", seen=holding(known).fact_id)

    kept = page(amina, known, "plan/versions/2")

    assert "the reason of then" in kept
    assert "the reason of now" not in kept
    assert f"The programme goes from {IMT} to {GPM}." in page(amina, known, "plan/versions/1/2")
