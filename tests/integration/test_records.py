"""Facts are added and never changed: corrections stand beside what they correct, and any earlier day can be read again."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.support.clinic import Cast

from fivefold.concepts.errors import FivefoldError, InputRefused
from fivefold.records.models import AuditEntry, ClinicalFact, ClinicNote, Consent, ErasureStep, Goal, InstrumentPermission, PlanVersion, ProcessNote
from fivefold.records.models.base import AppendOnly, NeverChanged
from fivefold.services import assessments, goals
from fivefold.services.assessments import NoSuchFact
from fivefold.services.record_file import NewFact, counting_facts, read_facts, read_record, record_file


def today() -> date:
    return timezone.localdate()


def ago(days: int) -> date:
    return today() - timedelta(days=days)


def record(cast: Cast, *facts: NewFact) -> list[ClinicalFact]:
    return assessments.record_facts(cast.amina, patient_id=cast.rosa.pk, facts=facts)


def rated(severity: float, on: date, note: str = "", **more: Any) -> NewFact:
    return NewFact("rating", "anger", {"severity": severity}, on, note=note, **more)


def anger(cast: Cast, on: date) -> float | None:
    rating = read_record(cast.rosa, on).ratings.get("anger")
    return rating.severity if rating else None


# ---- Added, never changed ------------------------------------------------------------------------------------------------


def test_every_clinical_model_is_append_only() -> None:
    from django.apps import apps

    added_only = {model for model in apps.get_app_config("records").get_models() if issubclass(model, AppendOnly)}

    assert {ClinicalFact, PlanVersion, Goal, Consent, ProcessNote, ErasureStep, InstrumentPermission, ClinicNote} <= added_only


def test_fact_can_be_neither_changed_nor_deleted_alone_or_with_others(cast: Cast) -> None:
    (fact,) = record(cast, rated(2, today(), note="loud on Monday"))
    again = ClinicalFact.objects.get(pk=fact.pk)
    own = ClinicalFact.objects.filter(patient=cast.rosa)

    for forbidden in (
        again.save,
        again.delete,
        own.delete,
        lambda: own.update(value={"severity": 0}),
        lambda: ClinicalFact.objects.bulk_update([again], ["value"]),
        lambda: cast.rosa.facts.all().delete(),
    ):
        with pytest.raises(NeverChanged):
            forbidden()

    assert ClinicalFact.objects.get(pk=fact.pk).value == {"severity": 2}


def test_facts_are_recorded_together_or_not_at_all(cast: Cast) -> None:
    with pytest.raises(InputRefused) as caught:
        record(cast, rated(2, today()), NewFact("rating", "nonsense", {"severity": 9}, today()))

    assert len(caught.value.problems) >= 1
    assert not ClinicalFact.objects.exists()


def test_what_cannot_be_true_beside_what_is_known_is_refused(cast: Cast) -> None:
    score = NewFact("score", "phq9", {"instrument": "phq9", "value": 12}, today())
    record(cast, score)

    with pytest.raises(InputRefused):
        record(cast, NewFact("score", "phq9", {"instrument": "phq9", "value": 3}, today()))

    assert ClinicalFact.objects.count() == 1


def test_same_key_sent_twice_is_recorded_once(cast: Cast) -> None:
    for _ in range(3):
        assessments.record_facts(cast.amina, patient_id=cast.rosa.pk, facts=[rated(2, today())], once="form-1")

    assert ClinicalFact.objects.count() == 1


# ---- Corrections ---------------------------------------------------------------------------------------------------------


def test_correction_counts_and_the_old_entry_stays_readable(cast: Cast) -> None:
    (old,) = record(cast, rated(3, ago(5), note="heard wrong"))

    (new,) = record(cast, rated(1, ago(5), note="it was the neighbour", corrects=str(old.pk)))

    assert anger(cast, today()) == 1
    assert [fact.id for fact in counting_facts(cast.rosa)] == [str(new.pk)]
    assert ClinicalFact.objects.get(pk=old.pk).note == "heard wrong"
    assert ClinicalFact.objects.get(pk=new.pk).corrects_id == old.pk


def test_correction_of_a_correction_counts_alone(cast: Cast) -> None:
    (first,) = record(cast, rated(3, ago(5)))
    (second,) = record(cast, rated(1, ago(5), corrects=str(first.pk)))
    (third,) = record(cast, rated(2, ago(5), corrects=str(second.pk)))

    assert anger(cast, today()) == 2
    assert [fact.id for fact in counting_facts(cast.rosa)] == [str(third.pk)]


def test_correction_gives_a_result_of_the_same_day_a_new_value(cast: Cast) -> None:
    (wrong,) = record(cast, NewFact("score", "phq9", {"instrument": "phq9", "value": 21}, ago(2)))

    record(cast, NewFact("score", "phq9", {"instrument": "phq9", "value": 12}, ago(2), corrects=str(wrong.pk)))

    assert [score.value for score in read_record(cast.rosa, today()).scores] == [12]


@pytest.mark.parametrize("whose", ["another patient", "nobody", "no id at all"])
def test_correction_names_an_entry_of_the_same_record(cast: Cast, whose: str) -> None:
    from fivefold.services import patients

    other = patients.add_patient(cast.amina, name="Ines K.", birth_year=1990)
    (theirs,) = assessments.record_facts(cast.amina, patient_id=other.pk, facts=[rated(3, today())])
    named = {"another patient": str(theirs.pk), "nobody": str(uuid.uuid4()), "no id at all": "x"}[whose]

    with pytest.raises(NoSuchFact):
        record(cast, rated(1, today(), corrects=named))

    assert anger(cast, today()) is None


def test_withdrawn_entry_no_longer_counts_and_stays_readable_with_the_reason(cast: Cast) -> None:
    (wrong,) = record(cast, rated(4, ago(3), note="of another patient"))

    row = assessments.withdraw_fact(cast.amina, patient_id=cast.rosa.pk, fact_id=wrong.pk, reason="written into the wrong record")

    assert anger(cast, today()) is None and counting_facts(cast.rosa) == []
    assert ClinicalFact.objects.get(pk=wrong.pk).note == "of another patient"
    assert (row.corrects_id, row.withdrawn, row.note) == (wrong.pk, True, "written into the wrong record")


def test_withdrawing_lets_the_entry_before_count_again(cast: Cast) -> None:
    record(cast, rated(2, ago(30)))
    (later,) = record(cast, rated(4, ago(3)))

    assessments.withdraw_fact(cast.amina, patient_id=cast.rosa.pk, fact_id=later.pk, reason="written into the wrong record")

    assert anger(cast, today()) == 2


def test_entry_of_another_record_cannot_be_withdrawn(cast: Cast) -> None:
    with pytest.raises(NoSuchFact):
        assessments.withdraw_fact(cast.amina, patient_id=cast.rosa.pk, fact_id=uuid.uuid4(), reason="written into the wrong record")


# ---- Reading at an earlier day -------------------------------------------------------------------------------------------


def test_each_day_is_read_with_what_was_true_then(cast: Cast) -> None:
    for severity, days in ((3, 90), (2, 60), (1, 30)):
        record(cast, rated(severity, ago(days)))

    assert [anger(cast, ago(days)) for days in (91, 90, 61, 60, 31, 30, 0)] == [None, 3, 3, 2, 2, 1, 1]


def test_entry_added_late_takes_its_place_in_time(cast: Cast) -> None:
    record(cast, rated(1, ago(10)))

    record(cast, rated(4, ago(40)))

    assert anger(cast, today()) == 1
    assert anger(cast, ago(20)) == 4


def test_late_entry_is_looked_at_in_its_place_before_it_is_recorded(cast: Cast) -> None:
    record(cast, rated(1, ago(10)))

    ahead = read_record(cast.rosa, today(), [rated(4, ago(40))])

    assert ahead.ratings["anger"].severity == 1


def test_correction_shows_on_earlier_days_as_we_know_now(cast: Cast) -> None:
    (old,) = record(cast, rated(3, ago(20)))
    record(cast, rated(1, ago(20), corrects=str(old.pk)))

    assert anger(cast, ago(15)) == 1


def test_record_can_be_read_as_it_was_known_at_a_moment(cast: Cast) -> None:
    (old,) = record(cast, rated(3, ago(20)))
    before = timezone.now()
    record(cast, rated(1, ago(20), corrects=str(old.pk)), NewFact("rating", "sleep", {"severity": 2}, ago(20)))

    then = record_file(read_facts(cast.rosa), today(), known_at=before).written["ratings"]
    now = record_file(read_facts(cast.rosa), today()).written["ratings"]

    assert {name: rating["severity"] for name, rating in then.items()} == {"anger": 3}
    assert {name: rating["severity"] for name, rating in now.items()} == {"anger": 1, "sleep": 2}


def test_announcement_that_has_passed_does_not_close_the_record(cast: Cast) -> None:
    coming = {"kind": "end_of_treatment", "date": (today() + timedelta(days=3)).isoformat()}
    record(cast, NewFact("upcoming", "end_of_treatment", coming, today()), rated(2, today()))

    assert len(read_record(cast.rosa, today()).upcoming) == 1
    assert read_record(cast.rosa, today() + timedelta(days=4)).upcoming == ()


def test_record_says_when_and_by_whom_beside_what_was_true(cast: Cast) -> None:
    record(cast, rated(2, ago(7), note="loud on Monday"))

    (fact,) = assessments.see_record(cast.amina, patient_id=cast.rosa.pk).facts

    assert (fact.true_on, fact.author_id, fact.note) == (ago(7), cast.amina.user.pk, "loud on Monday")
    assert (timezone.now() - fact.recorded_at).total_seconds() < 60


# ---- Goals ---------------------------------------------------------------------------------------------------------------

LEVELS = ("never", "once", "twice", "most times", "always")


def test_changed_goal_takes_the_place_of_the_old_one_which_stays(cast: Cast) -> None:
    first = goals.set_goal(cast.amina, patient_id=cast.rosa.pk, words="sleep at night", levels=LEVELS)
    second = goals.set_goal(cast.amina, patient_id=cast.rosa.pk, words="sleep six hours", levels=LEVELS, replaces=first.pk)

    seen = goals.see_goals(cast.amina, patient_id=cast.rosa.pk)

    assert [(goal.words, goal.levels) for goal in seen] == [("sleep six hours", LEVELS)]
    goals.close_goal(cast.amina, patient_id=cast.rosa.pk, goal_id=second.pk)
    assert goals.see_goals(cast.amina, patient_id=cast.rosa.pk) == []
    assert Goal.objects.count() == 3


@pytest.mark.parametrize("wrong", [{"words": " "}, {"levels": LEVELS[:4]}, {"levels": (*LEVELS[:4], " ")}, {"weight": 5}, {"replaces": uuid.uuid4()}])
def test_goal_that_cannot_be_worked_with_is_refused(cast: Cast, wrong: dict[str, Any]) -> None:
    asked = {"words": "sleep at night", "levels": LEVELS, **wrong}

    with pytest.raises(FivefoldError):
        goals.set_goal(cast.amina, patient_id=cast.rosa.pk, **asked)

    assert not Goal.objects.exists()


def test_every_act_on_the_record_is_audited(cast: Cast) -> None:
    (fact,) = record(cast, rated(2, today()))
    assessments.withdraw_fact(cast.amina, patient_id=cast.rosa.pk, fact_id=fact.pk, reason="written into the wrong record")
    goals.see_goals(cast.bruno, patient_id=cast.rosa.pk)

    acts = list(AuditEntry.objects.filter(patient_id=cast.rosa.pk).order_by("number").values_list("act", flat=True))

    assert acts[-3:] == ["record_facts", "withdraw_fact", "see_goals"]
