"""Reading an assessment: what each key means, what is unknown, and what a later day changes."""

from datetime import date
from pathlib import Path

import pytest
from tests.support.readings import HEAD, knowledge, problems_in, read

from fivefold.concepts.assessment import (
    Clearance,
    DiagnosisRecord,
    EarlierTreatment,
    EventRecord,
    ExpectedReport,
    MedicationRecord,
    ModuleRecord,
    OtherResult,
    PauseRecord,
    Rating,
    RiskAnswer,
    ScoreEntry,
    TreatmentFrame,
    UpcomingRecord,
)
from fivefold.concepts.errors import InputRefused
from fivefold.concepts.vocabulary import GeneralState, PhaseId, ResilienceLevel, StageId
from fivefold.exchange.assessment_reader import read_assessment, read_assessment_bytes, read_assessment_text

DAY = date(2026, 11, 22)
LATER = date(2026, 12, 20)


def keys_in(text: str, as_of: date | None = None) -> list[str]:
    return [problem.key for problem in problems_in(text, as_of=as_of)]


# ---- The shortest file, and what is absent ---------------------------------------------------------------------------


def test_day_and_patient_are_enough_and_all_else_is_unknown() -> None:
    found = read_assessment_text("as_of: 2026-11-22\npatient: {}\n", knowledge())

    assert (found.as_of, found.patient.age, found.setting, found.course, found.medication) == (DAY, None, None, None, None)
    assert (found.ratings, found.risk, found.context, found.criteria, found.general_modules) == ({}, {}, {}, {}, {})


def test_unknown_and_absent_are_the_same_and_neither_is_no() -> None:
    said_unknown = read("risk: {imminent: unknown}\ncontext: {role: unknown}\ncourse: unknown\nsetting: unknown\ngeneral_modules: {G1: unknown}\n")

    assert said_unknown == read("")


def test_no_medication_is_known_and_absent_medication_is_not() -> None:
    assert read("medication: []\n").medication == ()
    assert read("").medication is None


def test_rated_as_unknown_keeps_its_note_and_differs_from_not_rated() -> None:
    found = read('ratings: {identity: unknown, anger: {severity: unknown, note: "not asked", date: 2026-11-20}}\n')

    assert found.ratings == {"anger": Rating(None, "not asked", "clinician", date(2026, 11, 20)), "identity": Rating(None)}


# ---- Words and numbers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("word", "answer"), [("yes", True), ("no", False), ("true", True), ("false", False)])
def test_bare_yes_and_no_are_answers(word: str, answer: bool) -> None:
    assert read(f"risk: {{imminent: {word}}}\n").risk == {"imminent": RiskAnswer(answer)}


def test_norwegian_is_a_language_and_no_answer() -> None:
    found = read_assessment_text("as_of: 2026-11-22\npatient: {age: 31, language: no}\n", knowledge())

    assert found.patient.language == "no"


def test_id_keeps_its_zeros() -> None:
    assert read("id: 007\n").id == "007"


def test_rating_is_a_number_between_words_too() -> None:
    assert read("ratings: {anger: 2.5, sleep: 0}\n").ratings == {"sleep": Rating(0.0), "anger": Rating(2.5)}


def test_answer_to_a_risk_question_may_carry_its_day_and_author() -> None:
    found = read("risk: {imminent: {value: no, date: 2026-11-21, by: clinician}, mania: {value: unknown, by: nurse}}\n")

    assert found.risk == {"imminent": RiskAnswer(False, date(2026, 11, 21), "clinician")}


@pytest.mark.parametrize("age", ["age: 28", "age: 28.5", "age: unknown", "age_from: 20, age_to: 30", "age_from: 18", "age: unknown, age_to: 17"])
def test_age_is_exact_a_range_or_unknown(age: str) -> None:
    found = read_assessment_text(f"as_of: 2026-11-22\npatient: {{{age}}}\n", knowledge()).patient

    assert [found.age, found.age_from, found.age_to].count(None) <= 3


# ---- Criteria, diagnoses, results ------------------------------------------------------------------------------------


def test_criteria_as_a_list_are_met_and_the_rest_unknown() -> None:
    assert read("criteria: [7, 1, 5]\n").criteria == {1: True, 5: True, 7: True}


def test_criteria_as_a_mapping_say_met_not_met_or_unknown() -> None:
    assert read("criteria: {8: no, 1: yes, 6: unknown}\n").criteria == {1: True, 6: None, 8: False}


def test_diagnosis_is_current_unless_it_says_otherwise() -> None:
    found = read('diagnoses: [{code: ptsd}, {code: other, status: suspected, text: "tic disorder"}]\n')

    assert found.diagnoses == (DiagnosisRecord("ptsd"), DiagnosisRecord("other", "suspected", "", "tic disorder"))


def test_result_is_a_total_scale_values_answers_or_a_band() -> None:
    found = read(
        "scores:\n"
        "- {instrument: phq9, date: 2026-11-20, items: [2, 2, 3, 2, null, 2, 1, 0, 1]}\n"
        "- {instrument: gad7, date: 2026-11-20, band: severe}\n"
        "- {instrument: ders16, date: 2026-11-20, scales: {total: 58, clarity: 8}}\n"
        "- {instrument: bsl23, value: 2.41}\n"
    )

    assert found.scores == (
        ScoreEntry("bsl23", value=2.41),
        ScoreEntry("ders16", date(2026, 11, 20), scales={"clarity": 8.0, "total": 58.0}),
        ScoreEntry("gad7", date(2026, 11, 20), band="severe"),
        ScoreEntry("phq9", date(2026, 11, 20), items=(2, 2, 3, 2, None, 2, 1, 0, 1)),
    )


@pytest.mark.parametrize(("instrument", "lowest", "highest"), [("bsl23", 0, 4), ("phq9", 0, 27), ("ders16", 16, 80), ("lpfssr", -5, 10)])
def test_both_ends_of_a_range_are_possible_and_beyond_them_nothing(instrument: str, lowest: float, highest: float) -> None:
    assert keys_in(f"scores: [{{instrument: {instrument}, value: {lowest}}}]") == []
    assert keys_in(f"scores: [{{instrument: {instrument}, value: {highest}}}]") == []
    assert keys_in(f"scores: [{{instrument: {instrument}, value: {lowest - 0.01}}}]") == ["scores[0].value"]
    assert keys_in(f"scores: [{{instrument: {instrument}, value: {highest + 0.01}}}]") == ["scores[0].value"]


def test_same_instrument_on_two_days_is_a_course_and_on_one_day_a_mistake() -> None:
    assert keys_in("scores: [{instrument: phq9, date: 2026-11-20, value: 9}, {instrument: phq9, date: 2026-11-13, value: 12}]") == []
    assert keys_in("scores: [{instrument: phq9, value: 9}, {instrument: phq9, value: 12}]") == ["scores[1]"]


def test_answers_measured_on_a_line_may_have_decimals_and_chosen_ones_may_not() -> None:
    assert keys_in("scores: [{instrument: srs, items: [8.7, 9.1, 9, 7.5]}]") == []
    assert keys_in("scores: [{instrument: gad7, items: [1.5, 0, 0, 0, 0, 0, 0]}]") == ["scores[0].items[0]"]


def test_every_instrument_refuses_one_answer_too_few_or_has_no_key() -> None:
    for instrument in knowledge().instruments.values():
        count = instrument.items.count - 1 if instrument.items else 3
        lowest = instrument.items.minimum if instrument.items else 0

        found = problems_in(f"scores: [{{instrument: {instrument.id}, items: {[lowest] * count}}}]")

        assert [problem.key for problem in found] == ["scores[0].items"], instrument.id
        assert (f"{count + 1} answers" in found[0].expected) == instrument.can_score_items


def test_other_result_is_kept_as_a_number_or_a_word() -> None:
    found = read('other_results: [{name: "Beck inventory", value: 12, date: 2026-10-01}, {name: "Clinician\'s view", value: "mild"}]\n')

    assert found.other_results == (OtherResult("Beck inventory", 12.0, date(2026, 10, 1)), OtherResult("Clinician's view", "mild"))


# ---- Events, and what lies ahead -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "bounds"),
    [
        ("date: 2026-11-12", (10, 10)),
        ("date: 2026-11-22", (0, 0)),
        ("days_ago: 3", (3, 3)),
        ("weeks_ago: 5", (35, 35)),
        ("weeks_ago: 0.5", (4, 4)),
        ("within_weeks: 104", (0, 728)),
        ("when: unknown", (None, None)),
        ("note: some time", (None, None)),
    ],
)
def test_event_lies_between_two_days(when: str, bounds: tuple[int | None, int | None]) -> None:
    [event] = read(f"events: [{{kind: self_harm, count: 3, {when}}}]\n").events

    assert (event.count, event.days_ago_from, event.days_ago_to) == (3, *bounds)


def test_later_day_makes_events_older_however_they_were_dated() -> None:
    text = "".join(f"- {{kind: self_harm, {when}}}\n" for when in ("date: 2026-11-12", "days_ago: 3", "weeks_ago: 5", "within_weeks: 8", "when: unknown"))

    ages = {(event.days_ago_from, event.days_ago_to) for event in read("events:\n" + text, as_of=LATER).events}

    assert ages == {(38, 38), (31, 31), (63, 63), (28, 84), (None, None)}


def test_seen_from_a_later_day_what_has_no_date_was_recorded_on_the_day_of_the_file() -> None:
    text = "ratings: {anger: 2}\nscores: [{instrument: phq9, value: 9}]\nrisk: {imminent: no}\n"

    today, later = read(text), read(text, as_of=LATER)

    assert (today.ratings["anger"].on, today.scores[0].on, today.risk["imminent"].on) == (None, None, None)
    assert (later.ratings["anger"].on, later.scores[0].on, later.risk["imminent"].on) == (DAY, DAY, DAY)
    assert later.as_of == LATER


def test_day_before_the_file_was_written_is_refused_as_such() -> None:
    assert keys_in("events: [{kind: self_harm, date: 2026-11-12}]\n", as_of=date(2026, 11, 1)) == ["as_of"]


def test_announced_event_whose_day_has_passed_by_the_later_day_is_asked_about() -> None:
    text = "upcoming: [{kind: discharge, date: 2026-11-30}]\n"

    assert keys_in(text) == []
    assert keys_in(text, as_of=LATER) == ["upcoming[0].date"]


def test_announced_events_may_be_undated_and_today_counts_as_ahead() -> None:
    found = read("upcoming: [{kind: leave}, {kind: discharge, date: 2026-11-22}, {kind: court_date, date: 2026-12-02}]\n")

    assert found.upcoming == (UpcomingRecord("court_date", 10), UpcomingRecord("discharge", 0), UpcomingRecord("leave", None))


def test_report_is_overdue_from_its_day_on() -> None:
    found = read("expected_reports: [{instrument: phq9, due: 2026-11-22, received: no}, {instrument: gad7, due: 2026-11-23}]\n")

    assert found.expected_reports == (
        ExpectedReport("gad7", date(2026, 11, 23), None, overdue=False),
        ExpectedReport("phq9", DAY, False, overdue=True),
    )


def test_order_of_entries_in_the_file_does_not_matter() -> None:
    one, two = "- {kind: self_harm, weeks_ago: 3, assessed: yes}\n", "- {kind: crisis, date: 2026-11-20}\n"

    assert read("events:\n" + one + two) == read("events:\n" + two + one)
    assert read("events:\n" + one).events == (EventRecord("self_harm", 1, 21, 21, True),)


# ---- Risk ------------------------------------------------------------------------------------------------------------


def test_clearing_keeps_day_author_and_reason() -> None:
    found = read('risk: {cleared: [{code: R1, date: 2026-11-21, by: clinician, reason: "seen, safe plan"}]}\n')

    assert found.cleared == (Clearance("R1", date(2026, 11, 21), "clinician", "seen, safe plan"),)


@pytest.mark.parametrize(
    "risk",
    [
        "imminent: yes, cleared: [{code: R1, date: 2026-11-21, by: a, reason: b}]",
        "imminent: no, cleared: [{code: R1, date: 2026-11-22, by: a, reason: b}]",
        "imminent: {value: yes, date: 2026-11-20}, cleared: [{code: R1, date: 2026-11-22, by: a, reason: b}]",
        "imminent: yes, cleared: [{code: R2, date: 2026-11-22, by: a, reason: b}]",
    ],
)
def test_sign_and_clearing_do_not_contradict_when_the_order_is_plain(risk: str) -> None:
    assert keys_in(f"risk: {{{risk}}}\n") == []


def test_sign_of_today_and_clearing_of_today_contradict_on_any_later_day_too() -> None:
    text = "risk: {imminent: yes, cleared: [{code: R1, date: 2026-11-22, by: a, reason: b}]}\n"

    assert keys_in(text) == ["risk.imminent"]
    assert keys_in(text, as_of=LATER) == ["risk.imminent"]


@pytest.mark.parametrize("number", range(1, 15))
def test_all_codes_but_r14_can_be_cleared_and_only_advisory_ones_overruled(number: int) -> None:
    entry = f"[{{code: R{number}, date: 2026-11-21, by: a, reason: b}}]"

    assert (keys_in(f"risk: {{cleared: {entry}}}\n") == []) == (number <= 13)
    assert (keys_in(f"risk: {{overruled: {entry}}}\n") == []) == (6 <= number <= 13)


@pytest.mark.parametrize(
    "text",
    [
        "dependants: {present: no, safe: unknown}",
        "dependants: {present: yes, safe: no}",
        "carers: {available: unknown, consent: yes}",
        "context: {role: no, hours_of_role: 0}",
        "context: {role: unknown, hours_of_role: 20}",
        "attendance: {planned: 4, missed: 4}",
        "medication: [{class: ssri, since: 2026-05-01, stopped: 2026-05-01}]",
        "preferences: {priorities: [anger], not_wanted: [S15]}",
    ],
)
def test_what_only_just_fits_together_is_read(text: str) -> None:
    assert keys_in(text + "\n") == []


# ---- Modules, resilience, frame --------------------------------------------------------------------------------------


def test_paused_module_may_lack_its_stage_and_the_phase_its_day() -> None:
    found = read("previous: {phase: P4}\nmodules: [{id: S19, paused: {reason: crisis}}, {id: S04, stage: exploration, since: 2026-09-01}]\n")

    assert (found.previous_phase, found.previous_since) == (PhaseId.P4, None)
    assert found.modules == {
        "S04": ModuleRecord("S04", StageId.EXPLORATION, date(2026, 9, 1)),
        "S19": ModuleRecord("S19", paused=PauseRecord("crisis")),
    }


def test_general_modules_keep_their_state() -> None:
    assert read("general_modules: {G6: red, G1: attained}\n").general_modules == {"G1": GeneralState.ATTAINED, "G6": GeneralState.RED}


@pytest.mark.parametrize("text", ["{level: low, components: {bounce_back: 0.5}}", "{level: low, bounce_back: 0.5, functioning: unknown}"])
def test_resilience_has_a_level_and_components_in_either_place(text: str) -> None:
    found = read(f"resilience: {text}\n").resilience

    assert (found.level, found.components) == (ResilienceLevel.LOW, {"bounce_back": 0.5})


@pytest.mark.parametrize("text", ["moderate", "{level: moderate}"])
def test_resilience_may_be_one_word(text: str) -> None:
    assert read(f"resilience: {text}\n").resilience.level is ResilienceLevel.MODERATE


def test_drug_needs_its_class_only() -> None:
    found = read("medication: [{class: ssri, target: null, stopped: null}, {class: other, target: sleep, since: 2025-01-10}]\n")

    assert found.medication == (MedicationRecord("ssri"), MedicationRecord("other", "sleep", date(2025, 1, 10)))


def test_earlier_treatment_of_unknown_outcome_has_none() -> None:
    found = read('history: [{treatment: "GPM, brief", sessions: 10, outcome: unknown}, {treatment: DBT, weeks: 52, outcome: improved}]\n')

    assert found.history == (EarlierTreatment("GPM, brief", sessions=10.0), EarlierTreatment("DBT", weeks=52.0, outcome="improved"))


def test_frame_and_wishes_are_read() -> None:
    found = read(
        "preferences: {priorities: [sleep, anger], not_wanted: [group, S27]}\n"
        "treatment: {protocol: dbt, sessions_per_week: 1, session_minutes: 50, formats: [individual, group]}\n"
    )

    assert (found.priorities, found.not_wanted) == (("sleep", "anger"), ("S27", "group"))
    assert found.treatment == TreatmentFrame("dbt", 1.0, None, 50.0, None, ("group", "individual"))


# ---- The form of the file --------------------------------------------------------------------------------------------


def test_json_says_the_same_as_yaml() -> None:
    yaml_text = HEAD + 'id: "Zoë 😀"\nratings: {anger: {severity: 3, note: "shouts/slams"}}\nrisk: {imminent: no, mania: unknown}\ncriteria: {1: yes}\n'
    json_text = (
        '{"as_of": "2026-11-22", "patient": {"age": 31}, "id": "Zo\\u00eb \\ud83d\\ude00", "risk": {"imminent": false, "mania": null},\n'
        '\t"ratings": {"anger": {"severity": 3, "note": "shouts\\/slams"}}, "criteria": {"1": true}}'
    )

    assert read_assessment_text(json_text, knowledge(), file="a.json") == read_assessment_text(yaml_text, knowledge())


@pytest.mark.parametrize("change", [lambda raw: b"\xef\xbb\xbf" + raw, lambda raw: raw.replace(b"\n", b"\r\n"), lambda raw: b"---\n" + raw + b"...\n"])
def test_byte_order_mark_line_ends_and_document_markers_change_nothing(change) -> None:  # type: ignore[no-untyped-def]
    raw = (HEAD + "ratings:\n  anger: 3\n").encode()

    assert read_assessment_bytes(change(raw), knowledge()) == read_assessment_bytes(raw, knowledge())


def test_line_of_a_problem_is_that_of_the_editor_with_windows_line_ends_too() -> None:
    raw = (HEAD + "ratings:\n  anger: 9\n").replace("\n", "\r\n").encode()

    with pytest.raises(InputRefused) as refused:
        read_assessment_bytes(raw, knowledge())

    assert [problem.line for problem in refused.value.problems] == [4]


def test_problem_names_the_file_as_it_was_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "absent.yaml"

    with pytest.raises(InputRefused) as refused:
        read_assessment(path, knowledge())

    assert [(problem.file, problem.line) for problem in refused.value.problems] == [(str(path), 0)]


def test_problems_come_in_the_order_of_lines_with_those_of_the_whole_file_last() -> None:
    found = problems_in("colour: blue\nevents: [{kind: self_harm, date: 2027-01-01}]\nratings: {angr: 3}\nratings: {anger: 3}\n")

    assert [(problem.line, problem.key) for problem in found] == [(3, "colour"), (4, "events[0].date"), (5, "ratings.angr"), (6, "ratings")]


def test_wrong_word_in_one_entry_does_not_hide_what_is_wrong_elsewhere_in_it() -> None:
    found = keys_in("scores: [{instrument: phq9, date: 2027-01-01, value: 99, note: [x]}]\nmodules: [{id: S99, since: 2027-01-01}]\n")

    assert sorted(found) == ["modules[0].id", "modules[0].since", "scores[0].date", "scores[0].note", "scores[0].value"]


def test_missing_day_hides_only_what_depends_on_it() -> None:
    with pytest.raises(InputRefused) as refused:
        read_assessment_text("patient: {age: 31}\nratings: {angr: 2}\nevents: [{kind: self_harm, date: 2027-01-01}]\n", knowledge())

    assert [problem.key for problem in refused.value.problems] == ["as_of", "ratings.angr"]
