"""The assessment: what somebody answers counts at once, only what changed is recorded, nothing is ever overwritten."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.support.clinic import Cast

from fivefold.records.models import ClinicalFact
from fivefold.services.assessments import ReassessmentNeeded, answer_risk, change_facts, clear_override, overrule_override, record_facts, see_assessment
from fivefold.services.plans import ChangedMeanwhile
from fivefold.services.record_file import NewFact

SignIn = Callable[[str], Client]
PARTS = ("", "/safety", "/ratings", "/scores", "/scores/phq9", "/criteria", "/events", "/context")


def at(cast: Cast, part: str = "") -> str:
    return f"/patients/{cast.rosa.pk}/assessment{part}"


def facts_of(kind: str, key: str | None = None) -> list[ClinicalFact]:
    found = ClinicalFact.objects.filter(kind=kind).order_by("recorded_at")
    return list(found if key is None else found.filter(key=key))


def tell(cast: Cast, *facts: NewFact) -> list[ClinicalFact]:
    return record_facts(cast.amina, patient_id=cast.rosa.pk, facts=facts)


def status_of(cast: Cast, code: str) -> str | None:
    plan = see_assessment(cast.amina, patient_id=cast.rosa.pk).plan
    return next((override.status.value for override in plan.overrides if override.code == code), None)


def today() -> Any:
    return timezone.localdate()


# ---- Who may come here -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", PARTS)
def test_every_part_opens_for_who_treats_and_who_supervises(sign_in: SignIn, cast: Cast, part: str) -> None:
    assert sign_in("amina").get(at(cast, part)).status_code == 200
    assert sign_in("bruno").get(at(cast, part)).status_code == 200


@pytest.mark.parametrize("part", PARTS)
def test_colleague_without_a_relation_and_somebody_from_elsewhere_find_nothing(sign_in: SignIn, cast: Cast, part: str) -> None:
    assert sign_in("teo").get(at(cast, part)).status_code == 404
    assert sign_in("chidi").get(at(cast, part)).status_code == 404


def test_supervisor_reads_and_cannot_record(sign_in: SignIn, cast: Cast) -> None:
    answer = sign_in("bruno").post(at(cast, "/safety"), {"only": "risk.imminent", "risk.imminent": "yes"})

    assert answer.status_code == 403
    assert facts_of("risk") == []
    assert "main" not in re.findall(r'<button class="(\w+)"', sign_in("bruno").get(at(cast, "/ratings")).content.decode())


# ---- Safety ------------------------------------------------------------------------------------------------------------------------


def test_one_yes_counts_at_once_though_the_rest_is_left_open(sign_in: SignIn, cast: Cast) -> None:
    client = sign_in("amina")

    answer = client.post(at(cast, "/safety"), {"only": "risk.imminent", "risk.imminent": "yes", "risk.psychosis": "no"}, follow=True)

    page = answer.content.decode()
    assert [fact.key for fact in facts_of("risk")] == ["imminent"]
    assert "Same-day contact with a person who can assess" in page
    assert "within 24 hours" in page
    assert "Safety first" in client.get(at(cast)).content.decode()


def test_no_to_all_answers_the_open_questions_of_one_rule_alone(sign_in: SignIn, cast: Cast) -> None:
    sign_in("amina").post(at(cast, "/safety"), {"none": "R3"})

    assert {fact.key: fact.value for fact in facts_of("risk")} == dict.fromkeys(("psychosis", "mania", "delirium", "intoxication", "severe_withdrawal"), False)


def test_no_to_several_says_how_many_where_another_question_stays_open_and_the_page_is_not_done_before_it(sign_in: SignIn, cast: Cast) -> None:
    browser = sign_in("amina")
    assert "No to the first 2" in browser.get(at(cast, "/safety")).content.decode()

    for code in ("R1", "R2", "R3", "R4", "R5", "R12"):
        browser.post(at(cast, "/safety"), {"none": code})
    before = browser.get(at(cast)).content.decode()
    browser.post(at(cast, "/safety"), {"only": "dependants.present", "dependants.present": "no"})
    after = browser.get(at(cast)).content.decode()

    assert "14 of 15 answered" in before and "Go on: Safety questions" in before
    assert "15 of 15 answered" in after and "Begin: Ratings" in after


def test_list_of_questionnaires_leads_on_and_the_overview_to_the_plan(sign_in: SignIn, cast: Cast) -> None:
    browser, plan = sign_in("amina"), f'href="/patients/{cast.rosa.pk}/plan">See the plan so far'

    listed, seen = browser.get(at(cast, "/scores")).content.decode(), browser.get(at(cast)).content.decode()

    assert f'href="{at(cast, "/events")}">Go on: Events' in listed and "A first plan needs no questionnaire." in listed
    assert plan in seen
    assert "Go on: Events" not in sign_in("bruno").get(at(cast, "/scores")).content.decode()


def test_yes_is_not_taken_back_by_another_answer(cast: Cast) -> None:
    answer_risk(cast.amina, patient_id=cast.rosa.pk, answers={"imminent": True}, on=today())

    with pytest.raises(ReassessmentNeeded, match="reassessment with its reason"):
        answer_risk(cast.amina, patient_id=cast.rosa.pk, answers={"imminent": False}, on=today())

    assert status_of(cast, "R1") == "active"


def test_reassessment_without_a_reason_is_refused_and_what_was_written_stays(sign_in: SignIn, cast: Cast) -> None:
    answer_risk(cast.amina, patient_id=cast.rosa.pk, answers={"imminent": True}, on=today())

    answer = sign_in("amina").post(at(cast, "/safety"), {"decide": "clear", "code": "R1", "reason": "fine"})

    assert answer.status_code == 422
    assert "you wrote 4 characters" in answer.content.decode()
    assert ">fine</textarea>" in answer.content.decode()
    assert status_of(cast, "R1") == "active"


def test_reassessment_with_a_reason_clears_and_a_new_yes_of_the_same_day_opens_again(sign_in: SignIn, cast: Cast) -> None:
    answer_risk(cast.amina, patient_id=cast.rosa.pk, answers={"imminent": True}, on=today())

    sign_in("amina").post(at(cast, "/safety"), {"decide": "clear", "code": "R1", "reason": "Asked again with her sister; no intent, means are away."})
    cleared = status_of(cast, "R1")
    answer_risk(cast.amina, patient_id=cast.rosa.pk, answers={"new_plan_or_means": True}, on=today())

    assert cleared == "cleared"
    assert status_of(cast, "R1") == "active"


def test_screener_after_the_reassessment_opens_again_only_when_positive(cast: Cast) -> None:
    answer_risk(cast.amina, patient_id=cast.rosa.pk, answers={"imminent": True}, on=today())
    clear_override(cast.amina, patient_id=cast.rosa.pk, code="R1", reason="Asked again; no intent, means are away.")
    first = tell(cast, NewFact("score", "cssrs", {"instrument": "cssrs", "items": [1, 0, 0, 0, 0, 0, 0]}, today()))[0]
    after_denial = status_of(cast, "R1")

    tell(cast, NewFact("score", "cssrs", {"instrument": "cssrs", "items": [1, 1, 1, 1, 0, 0, 0]}, today(), corrects=str(first.pk)))

    assert after_denial == "cleared"
    assert status_of(cast, "R1") == "active"


def test_hard_rule_cannot_be_overruled_and_an_advisory_one_can(cast: Cast) -> None:
    from fivefold.services.patients import NotAcceptable

    answer_risk(cast.amina, patient_id=cast.rosa.pk, answers={"imminent": True, "leave_taking": True}, on=today())

    with pytest.raises(NotAcceptable, match="one of R6"):
        overrule_override(cast.amina, patient_id=cast.rosa.pk, code="R1", reason="Because I know her well.")
    overrule_override(cast.amina, patient_id=cast.rosa.pk, code="R12", reason="She moves house; the gifts are part of it.")

    assert status_of(cast, "R12") == "overruled"


def test_same_answer_of_the_same_day_is_recorded_once(sign_in: SignIn, cast: Cast) -> None:
    client = sign_in("amina")
    for _ in range(2):
        client.post(at(cast, "/safety"), {"only": "risk.mania", "risk.mania": "no"})

    assert len(facts_of("risk", "mania")) == 1


def test_answer_that_still_counts_is_not_asked_again(sign_in: SignIn, cast: Cast) -> None:
    tell(cast, *(NewFact("risk", name, False, today() - timedelta(days=3)) for name in ("psychosis", "mania", "delirium", "intoxication", "severe_withdrawal")))

    page = sign_in("amina").get(at(cast, "/safety")).content.decode()

    group = page.split('id="group-R3"')[1].split("</section>")[0]
    assert "the answers still count" in group
    assert "checked" not in group


def test_no_that_has_run_out_has_no_tick_and_what_is_to_be_asked_again_is_not_folded_away(sign_in: SignIn, cast: Cast) -> None:
    named = ("imminent", "new_plan_or_means", "acute_on_chronic")
    tell(cast, *(NewFact("risk", name, False, today() - timedelta(days=400)) for name in named))
    browser = sign_in("amina")

    def group() -> str:
        return browser.get(at(cast, "/safety")).content.decode().split('id="group-R1"')[1].split("</section>")[0]

    assert "ask again" in group() and "mark-done" not in group().split('class="known"', 1)[1]

    tell(cast, *(NewFact("risk", name, False, today()) for name in named))
    assert "mark-done" in group().split('class="known"', 1)[1]
    # A risk item of a questionnaire that is answered positively asks for them again.
    tell(cast, NewFact("rating", "suicidality", {"severity": 3}, today()))
    assert ("to ask" in group()) == ("the answers still count" not in group())


def test_day_ahead_is_refused_and_the_answer_stays(sign_in: SignIn, cast: Cast) -> None:
    ahead = (today() + timedelta(days=2)).isoformat()

    answer = sign_in("amina").post(at(cast, "/safety"), {"on": ahead, "risk.mania": "no"})

    assert answer.status_code == 422
    assert f"you entered {ahead}. Expected today or earlier" in answer.content.decode()
    assert re.search(r'id="risk-mania-no" value="no" checked', answer.content.decode())


# ---- Ratings -----------------------------------------------------------------------------------------------------------------------


def test_only_changed_ratings_are_recorded(sign_in: SignIn, cast: Cast) -> None:
    old = tell(cast, NewFact("rating", "self_harm", {"severity": 2}, today(), note="weekly"), NewFact("rating", "anger", {"severity": 1}, today()))
    was = {f"was.rating.{row.key}": str(row.pk) for row in old}

    sign_in("amina").post(
        at(cast, "/ratings"),
        {**was, "rating.self_harm": "2", "note.rating.self_harm": "weekly", "rating.anger": "3", "was.rating.sleep": "", "rating.sleep": "unknown"},
    )

    assert [row.value for row in facts_of("rating", "self_harm")] == [{"severity": 2}]
    assert [row.value for row in facts_of("rating", "anger")] == [{"severity": 1}, {"severity": 3}]
    assert [row.value for row in facts_of("rating", "sleep")] == [{"severity": "unknown"}]


def test_note_and_the_mark_that_it_decides_are_a_change(sign_in: SignIn, cast: Cast) -> None:
    old = tell(cast, NewFact("rating", "anger", {"severity": 2}, today()))[0]

    sign_in("amina").post(
        at(cast, "/ratings"), {"was.rating.anger": str(old.pk), "rating.anger": "2", "note.rating.anger": "shouts at her mother", "decides.rating.anger": "yes"}
    )

    newest = facts_of("rating", "anger")[-1]
    assert (newest.value, newest.note) == ({"severity": 2, "decides": True}, "shouts at her mother")


def test_rating_on_a_page_that_a_colleague_has_overtaken_is_laid_beside_theirs(sign_in: SignIn, cast: Cast) -> None:
    shown = tell(cast, NewFact("rating", "anger", {"severity": 1}, today()))[0]
    tell(cast, NewFact("rating", "anger", {"severity": 4}, today()))

    answer = sign_in("amina").post(at(cast, "/ratings"), {"was.rating.anger": str(shown.pk), "rating.anger": "2"})

    assert answer.status_code == 409
    assert len(facts_of("rating", "anger")) == 2


def test_untouched_rating_that_a_colleague_has_changed_is_left_alone(sign_in: SignIn, cast: Cast) -> None:
    shown = tell(cast, NewFact("rating", "anger", {"severity": 1}, today()))[0]
    tell(cast, NewFact("rating", "anger", {"severity": 4}, today()))

    answer = sign_in("amina").post(at(cast, "/ratings"), {"was.rating.anger": str(shown.pk), "rating.anger": "1", "was.rating.sleep": "", "rating.sleep": "2"})

    assert answer.status_code == 302
    assert facts_of("rating", "anger")[-1].value == {"severity": 4}


def test_sending_a_form_twice_records_once(sign_in: SignIn, cast: Cast) -> None:
    client, form = sign_in("amina"), {"once": uuid.uuid4().hex, "was.rating.sleep": "", "rating.sleep": "2"}

    client.post(at(cast, "/ratings"), form)
    client.post(at(cast, "/ratings"), form)

    assert len(facts_of("rating", "sleep")) == 1


# ---- Scores ------------------------------------------------------------------------------------------------------------------------


def test_pasted_row_with_a_gap_is_scored_by_the_missing_rule_and_raises_its_risk_item(sign_in: SignIn, cast: Cast) -> None:
    answer = sign_in("amina").post(at(cast, "/scores/phq9"), {"row": "2 1 - 2 1 1 0 0 1", "look": "yes"})

    page = answer.content.decode()
    assert "pro-rated; items 3 missing" in page
    assert "A risk item was answered positively" in page
    assert facts_of("score") == []


@pytest.mark.parametrize("row", ["212211001", "2,1,2,2,1,1,0,0,1", "2\t1\t2\t2\t1\t1\t0\t0\t1", "2; 1; 2; 2; 1; 1; 0; 0; 1", "2\n1\n2\n2\n1\n1\n0\n0\n1"])
def test_row_may_be_pasted_in_any_usual_form(sign_in: SignIn, cast: Cast, row: str) -> None:
    answer = sign_in("amina").post(at(cast, "/scores/phq9"), {"row": row, "save": "yes"})

    assert answer["Location"].endswith("/safety")
    assert facts_of("score")[0].value["items"] == [2, 1, 2, 2, 1, 1, 0, 0, 1]


def test_refused_answer_names_item_value_and_range_and_stays_typed(sign_in: SignIn, cast: Cast) -> None:
    answers = {f"item{number}": "1" for number in range(1, 24)} | {"item4": "7", "save": "yes"}

    answer = sign_in("amina").post(at(cast, "/scores/bsl23"), answers)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Item 4: found 7, expected a whole number from 0 to 4" in page
    assert 'name="item4" value="7"' in page
    assert facts_of("score") == []


def test_total_beyond_its_range_is_refused_with_the_range(sign_in: SignIn, cast: Cast) -> None:
    answer = sign_in("amina").post(at(cast, "/scores/gad7"), {"total": "40", "save": "yes"})

    assert answer.status_code == 422
    assert "Total: found 40, expected 0 to 21" in answer.content.decode()


def test_text_that_is_no_number_is_refused_in_words(sign_in: SignIn, cast: Cast) -> None:
    answer = sign_in("amina").post(at(cast, "/scores/gad7"), {"total": "<b>high</b>", "save": "yes"})

    assert answer.status_code == 422
    assert "<b>high</b>" not in answer.content.decode()


def test_two_ways_of_entering_one_result_are_refused(sign_in: SignIn, cast: Cast) -> None:
    answer = sign_in("amina").post(at(cast, "/scores/gad7"), {"total": "10", "band": "moderate", "save": "yes"})

    assert answer.status_code == 422
    assert "more than one way" in answer.content.decode()


def test_items_without_a_permission_are_numbers_and_never_texts(sign_in: SignIn, cast: Cast) -> None:
    page = sign_in("amina").get(at(cast, "/scores/bsl23")).content.decode()

    assert "has recorded no permission" in page
    assert page.count('class="box"') == 23


def test_instrument_nobody_knows_is_not_found(sign_in: SignIn, cast: Cast) -> None:
    assert sign_in("amina").get(at(cast, "/scores/nothing")).status_code == 404


def test_corrected_score_replaces_the_old_one_which_stays_readable(sign_in: SignIn, cast: Cast) -> None:
    old = tell(cast, NewFact("score", "gad7", {"instrument": "gad7", "value": 20}, today()))[0]
    client = sign_in("amina")

    client.post(at(cast, "/scores/gad7"), {"total": "12", "save": "yes", "corrects": str(old.pk), "on": today().isoformat()})

    known = see_assessment(cast.amina, patient_id=cast.rosa.pk).assessment.scores
    history = client.get(at(cast, f"/facts/{old.pk}")).content.decode()
    assert [entry.value for entry in known] == [12]
    assert "corrected since" in history


# ---- Lists, frame, one fact --------------------------------------------------------------------------------------------------------


def test_event_weeks_ago_gets_a_day_that_does_not_move(sign_in: SignIn, cast: Cast) -> None:
    sign_in("amina").post(at(cast, "/events"), {"event-what": "self_harm", "event-weeks_ago": "3", "event-assessed": "yes", "event-note": "after the call"})

    told = facts_of("event")[0]
    assert told.value == {"kind": "self_harm", "date": (today() - timedelta(days=21)).isoformat(), "assessed": True}
    assert told.note == "after the call"


def test_event_with_two_times_is_refused_and_kept_on_the_form(sign_in: SignIn, cast: Cast) -> None:
    answer = sign_in("amina").post(at(cast, "/events"), {"event-what": "crisis", "event-weeks_ago": "2", "event-unknown": "on", "event-note": "at work"})

    assert answer.status_code == 422
    assert "more than once" in answer.content.decode()
    assert "at work" in answer.content.decode()
    assert facts_of("event") == []


def test_event_nobody_knows_the_day_of_is_unknown(sign_in: SignIn, cast: Cast) -> None:
    sign_in("amina").post(at(cast, "/events"), {"event-what": "suicide_attempt", "event-unknown": "on", "event-assessed": "no"})

    event = see_assessment(cast.amina, patient_id=cast.rosa.pk).assessment.events[0]
    assert (event.kind, event.days_ago_from, event.assessed) == ("suicide_attempt", None, False)


def test_criteria_diagnosis_and_frame_reach_the_assessment(sign_in: SignIn, cast: Cast) -> None:
    client = sign_in("amina")

    client.post(
        at(cast, "/criteria"),
        {"criterion.5": "yes", "was.criterion.5": "", "diagnosis-code": "other", "diagnosis-status": "suspected", "diagnosis-text": "migraine"},
    )
    client.post(
        at(cast, "/context"),
        {
            "context.agreement": "yes", "context.hours_of_role": "12", "general_module.G2": "red", "resilience.level": "low",
            "treatment.sessions_per_week": "2",
            "treatment.formats": ["group", "individual"], "preference.priorities": ["ptsd", "", "sleep"], "planned": "4", "missed": "1",
            "course.": "fluctuating",
            "medication-drug_class": "ssri", "medication-target": "mood", "history-treatment": "group therapy", "history-outcome": "unchanged",
            "adaptation.older_adult": "yes",
            "previous.": "P2", "setting.": "outpatient",
        },
    )  # fmt: skip

    known = see_assessment(cast.amina, patient_id=cast.rosa.pk).assessment
    assert (known.criteria, known.diagnoses[0].text) == ({5: True}, "migraine")
    assert (known.context, known.hours_of_role, known.general_modules["G2"].value) == ({"agreement": True}, 12, "red")
    assert (known.treatment.sessions_per_week, known.treatment.formats, known.priorities) == (2, ("group", "individual"), ("ptsd", "sleep"))
    assert (known.missed_sessions, known.course, known.medication[0].target if known.medication else "") == (1, "fluctuating", "mood")
    assert (known.history[0].outcome, known.patient.adaptations, known.previous_phase, known.setting) == ("unchanged", ("older_adult",), "P2", "outpatient")


def test_number_out_of_range_is_named_and_nothing_is_recorded(sign_in: SignIn, cast: Cast) -> None:
    answer = sign_in("amina").post(at(cast, "/context"), {"context.hours_of_role": "500", "context.agreement": "yes"})

    assert answer.status_code == 422
    assert "You entered 500. Expected 0 to 168 hours" in answer.content.decode()
    assert facts_of("context") == []


def test_what_cannot_be_true_together_is_refused_with_what_was_typed(sign_in: SignIn, cast: Cast) -> None:
    answer = sign_in("amina").post(at(cast, "/context"), {"carers.available": "no", "carers.consent": "yes"})

    assert answer.status_code == 422
    assert "no consent where no carers are available" in answer.content.decode()
    assert facts_of("carers") == []


def test_emptied_number_is_unknown_again(sign_in: SignIn, cast: Cast) -> None:
    old = tell(cast, NewFact("treatment", "sessions_per_week", 2, today()))[0]

    sign_in("amina").post(at(cast, "/context"), {"was.treatment.sessions_per_week": str(old.pk), "treatment.sessions_per_week": ""})

    assert see_assessment(cast.amina, patient_id=cast.rosa.pk).assessment.treatment.sessions_per_week is None


def test_withdrawing_needs_a_reason_and_keeps_the_entry_readable(sign_in: SignIn, cast: Cast) -> None:
    told = tell(cast, NewFact("event", "crisis", {"kind": "crisis", "date": today().isoformat()}, today()))[0]
    client, place = sign_in("amina"), at(cast, f"/facts/{told.pk}")

    refused = client.post(place, {"do": "withdraw", "reason": "oops"})
    client.post(place, {"do": "withdraw", "reason": "It was another patient's call."})

    page = client.get(place).content.decode()
    assert refused.status_code == 422
    assert "It was another patient" in page
    assert "withdrawn" in page
    assert see_assessment(cast.amina, patient_id=cast.rosa.pk).assessment.events == ()


def test_correcting_points_at_the_old_entry(sign_in: SignIn, cast: Cast) -> None:
    told = tell(cast, NewFact("rating", "anger", {"severity": 4}, today()))[0]

    sign_in("amina").post(at(cast, f"/facts/{told.pk}"), {"do": "correct", "rating.anger": "2", "on": today().isoformat()})

    newest = facts_of("rating", "anger")[-1]
    assert (newest.value, newest.corrects_id) == ({"severity": 2}, told.pk)


def test_correcting_an_event_fills_the_form_with_it(sign_in: SignIn, cast: Cast) -> None:
    told = tell(cast, NewFact("event", "loss", {"kind": "loss", "date": today().isoformat(), "assessed": False}, today(), note="her aunt"))[0]
    client, place = sign_in("amina"), at(cast, f"/facts/{told.pk}")
    assert "her aunt" in client.get(place).content.decode()

    client.post(place, {"do": "correct", "entry-what": "loss", "entry-day": today().isoformat(), "entry-assessed": "yes", "entry-note": "her aunt"})

    assert see_assessment(cast.amina, patient_id=cast.rosa.pk).assessment.events[0].assessed is True


def test_fact_of_another_record_is_not_found(sign_in: SignIn, cast: Cast) -> None:
    from fivefold.services.patients import add_patient

    other = add_patient(cast.amina, name="Other", birth_year=1990)
    told = record_facts(cast.amina, patient_id=other.pk, facts=[NewFact("rating", "anger", {"severity": 4}, today())])[0]

    assert sign_in("amina").get(at(cast, f"/facts/{told.pk}")).status_code == 404


def test_change_on_what_nobody_shows_any_more_is_refused(cast: Cast) -> None:
    tell(cast, NewFact("criterion", "5", True, today()))

    with pytest.raises(ChangedMeanwhile):
        change_facts(cast.amina, patient_id=cast.rosa.pk, facts=[NewFact("criterion", "5", False, today())], seen={("criterion", "5"): ""})


# ---- Overview ----------------------------------------------------------------------------------------------------------------------


def test_overview_says_what_is_known_how_sure_and_from_whom(sign_in: SignIn, cast: Cast) -> None:
    tell(cast, NewFact("rating", "anger", {"severity": 3}, today() - timedelta(days=4)))

    page = sign_in("amina").get(at(cast)).content.decode()

    row = page.split('<th scope="row"')[1]
    assert "4 days" in row
    assert "rated by Amina Okafor" in row
    assert "Not known:" in page


@pytest.mark.parametrize(("instrument", "words"), [("brs", "1 min"), ("phq9", "3 min")])
def test_page_of_an_instrument_says_how_long_it_takes(sign_in: SignIn, cast: Cast, instrument: str, words: str) -> None:
    head = sign_in("amina").get(at(cast, f"/scores/{instrument}")).content.decode().split("</h1>")[1].split("</p>")[0]

    assert f" · {words}" in head
    assert "minutes" not in head


@pytest.mark.parametrize("minutes", [5, 10, 20])
def test_battery_never_takes_longer_than_there_is_and_decides_more_with_time(cast: Cast, minutes: int) -> None:
    from fivefold.engine.battery import choose_battery

    measures = see_assessment(cast.amina, patient_id=cast.rosa.pk).plan.next_best_measures
    chosen, shorter = choose_battery(measures, minutes), choose_battery(measures, minutes / 2)

    named = [module for measure in chosen.measures for module in measure.decides]
    assert 0 < chosen.used <= minutes
    assert len(named) == len(set(named)) == chosen.decides
    assert chosen.decides >= shorter.decides


def test_number_of_queries_does_not_grow_with_the_record(sign_in: SignIn, cast: Cast, django_assert_max_num_queries: Any) -> None:
    client = sign_in("amina")
    client.get(at(cast))
    tell(
        cast,
        *(
            NewFact("event", "crisis", {"kind": "crisis", "date": (today() - timedelta(days=day)).isoformat()}, today() - timedelta(days=day))
            for day in range(40)
        ),
    )

    with django_assert_max_num_queries(20):
        client.get(at(cast))
