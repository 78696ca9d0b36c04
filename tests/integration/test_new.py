"""``fivefold new`` at a real terminal: asked step by step, left, killed and taken up again without loss."""

import os
import re
import stat
from dataclasses import replace
from datetime import date

import pytest
from tests.support.command_line import Terminal, fivefold

from fivefold import load_knowledge, read_assessment
from fivefold.cli.interview.answers import NotUnderstood, quoted, read_age, read_any_event, read_score, read_severity, when_words
from fivefold.cli.interview.document import AssessmentDocument, AssessmentPlace, CannotEdit, ChangedMeanwhile
from fivefold.cli.interview.script import SAFETY, questions
from fivefold.exchange.assessment_reader import read_assessment_text
from fivefold.exchange.cases import worked_cases

KNOWLEDGE = load_knowledge()
DAY = date(2026, 11, 22)
PROMPT = " > "


def text_of(path):
    return path.read_text(encoding="utf-8")


# ---- At a terminal ---------------------------------------------------------------------------------------------------


def test_safety_is_asked_first_and_every_answer_is_in_the_file_at_once(tmp_path):
    file = tmp_path / "case.yaml"
    terminal = Terminal("new", "case.yaml", "--as-of", "2026-11-22", cwd=tmp_path)

    assert "Safety first" in terminal.wait_for(PROMPT)
    for answer, line in (("no", "imminent: no"), ("yes", "new_plan_or_means: yes"), ("", "acute_on_chronic: unknown")):
        terminal.type(answer)
        terminal.wait_for(PROMPT)
        assert line in text_of(file)
    terminal.type("q")

    assert terminal.finish() == 0
    assert "fivefold new case.yaml goes on where you left" in terminal.seen


def test_killed_in_the_middle_nothing_is_lost_and_nothing_is_asked_again(tmp_path):
    terminal = Terminal("new", "case.yaml", cwd=tmp_path)
    asked = [terminal.wait_for(PROMPT)]
    for answer in ("no", "no", "no"):
        terminal.type(answer)
        asked.append(terminal.wait_for(PROMPT))
    terminal.kill()
    before = text_of(tmp_path / "case.yaml")

    again = Terminal("new", "case.yaml", cwd=tmp_path)
    first = again.wait_for(PROMPT)

    assert again.interrupt(farewell="goes on where you left") == 0
    assert text_of(tmp_path / "case.yaml") == before
    assert list(tmp_path.iterdir()) == [tmp_path / "case.yaml"]
    assert "threatened or harmed" in first and "threatened or harmed" in asked[-1]
    assert fivefold("plan", "case.yaml", "--no-draws", cwd=tmp_path).code == 0


def test_a_question_explains_itself_and_can_be_taken_back(tmp_path):
    file = tmp_path / "case.yaml"
    terminal = Terminal("new", "case.yaml", cwd=tmp_path)
    terminal.wait_for(PROMPT)

    terminal.type("?")
    assert "the patient means to act" in " ".join(terminal.wait_for(PROMPT).split())
    terminal.type("yes")
    terminal.wait_for(PROMPT)
    assert "imminent: yes" in text_of(file)
    terminal.type("b")
    assert "intent to die" in terminal.wait_for(PROMPT)
    assert "imminent" not in text_of(file)
    terminal.type("b")
    assert "where this conversation began" in " ".join(terminal.wait_for(PROMPT).split())
    terminal.type("q")

    assert terminal.finish() == 0


def test_a_yes_on_safety_says_at_once_what_comes_first(tmp_path):
    terminal = Terminal("new", "case.yaml", cwd=tmp_path)
    terminal.wait_for(PROMPT)
    terminal.type("yes")

    told = " ".join(terminal.wait_for(PROMPT).split())
    terminal.type("no")
    after = terminal.wait_for(PROMPT)
    terminal.type("q")
    terminal.finish()

    assert "This comes first:" in told and "R1 Suicide risk, newly raised" in told and "(within " in told
    assert "This comes first:" not in after


def test_an_answer_that_is_none_is_asked_again(tmp_path):
    terminal = Terminal("new", "case.yaml", cwd=tmp_path)
    terminal.wait_for(PROMPT)
    terminal.type("maybe")

    told = terminal.wait_for(PROMPT)
    terminal.type("q")
    terminal.finish()

    assert "Type yes or no" in told and "intent to die" in told


# ---- Through a pipe: the whole conversation --------------------------------------------------------------------------


def test_enter_through_everything_gives_a_valid_file_that_knows_nothing(tmp_path):
    done = fivefold("new", "case.yaml", given="\n" * 300, cwd=tmp_path)

    assert done.code == 0 and "Everything has been asked." in done.out
    assert fivefold("plan", "case.yaml", "--no-draws", cwd=tmp_path).code == 0
    case = read_assessment(tmp_path / "case.yaml", KNOWLEDGE)
    assert not case.risk and not case.events and not case.diagnoses
    assert all(rating.severity is None for rating in case.ratings.values())
    assert case.medication is None
    again = fivefold("new", "case.yaml", cwd=tmp_path)
    assert PROMPT not in again.out and "Everything has been asked." in again.out


ANSWERS = {
    "risk.imminent": "no", "risk.ongoing_abuse": "y", "id": "case 7", "patient.age": "25-30", "patient.adaptations": "older adult",
    "setting": "1", "diagnoses.borderline_pd": "current", "diagnoses": "generalised", "criteria.5": "yes",
    "ratings.self_harm": '3 weekly cutting: "since August" # again', "ratings.anger": "2,5", "events.self_harm": "2 weeks",
    "events": "job_loss 2 months", "upcoming": "discharge 2026-12-05", "scores": "phq9 2 2 3 2 1 2 1 0 1", "resilience.crisis_recovery": "2",
    "context.role": "yes", "context.hours_of_role": "20", "medication": "ssri depression", "attendance": "4 1", "course": "unchanged",
    "general_modules.G1": "holds for now", "modules": "S04 exploration", "preferences.priorities": "anger, sleep",
    "preferences.not_wanted": "group, s29", "treatment.sessions_per_week": "1", "treatment.formats": "1, telephone",
}  # fmt: skip


def test_a_whole_conversation_ends_in_the_assessment_it_was_about(tmp_path):
    path = tmp_path / "case.yaml"
    document = AssessmentDocument.blank(DAY)
    given = []
    said = dict(ANSWERS)
    script = questions(KNOWLEDGE, DAY)
    while (question := next((part for part in script if part.when(document) and not part.is_answered(document)), None)) is not None:
        answer = said.pop(question.key, "")
        given.append(answer)
        if answer:
            document = question.answer(document, question.read(answer))
            document = document if question.repeats or question.on_enter else document.with_asked((*(document.asked or ()), question.key))
        else:
            document = question.answer(document, question.on_enter) if question.on_enter else document.with_asked((*(document.asked or ()), question.key))

    done = fivefold("new", "case.yaml", "--as-of", "2026-11-22", given="\n".join(given) + "\n", cwd=tmp_path)

    assert not said, f"never asked: {said}"
    assert done.code == 0 and "Everything has been asked." in done.out
    case = read_assessment(path, KNOWLEDGE)
    assert case == read_assessment_text(document.text, KNOWLEDGE)
    assert (case.patient.age_from, case.patient.age_to, case.patient.adaptations) == (25, 30, ("older_adult",))
    assert case.ratings["self_harm"].note == 'weekly cutting: "since August" # again'
    assert case.ratings["anger"].severity == 2.5
    assert [event.kind for event in case.events] == ["job_loss", "self_harm"]
    assert case.scores[0].items == (2, 2, 3, 2, 1, 2, 1, 0, 1)
    assert (case.priorities, case.not_wanted) == (("anger", "sleep"), ("S29", "group"))
    assert case.risk["ongoing_abuse"].value is True


@pytest.mark.parametrize("case", worked_cases(), ids=lambda case: case.id)
def test_what_a_file_says_already_is_never_asked_and_never_disturbed(case):
    document = AssessmentDocument(text_of(case.assessment))
    before = read_assessment(case.assessment, KNOWLEDGE)
    asked = []
    for question in questions(KNOWLEDGE, before.as_of):
        if question.when(document) and not question.is_answered(document):
            asked.append(question.key)
            document = question.answer(document, question.on_enter) if question.on_enter else document.with_asked((*(document.asked or ()), question.key))

    assert read_assessment_text(document.text, KNOWLEDGE) == before or _only_unknown_added(before, read_assessment_text(document.text, KNOWLEDGE))
    assert not {f"ratings.{name}" for name in before.ratings} & set(asked)
    assert not {f"risk.{name}" for name in before.risk} & set(asked)
    comments = re.findall(r"#.*", text_of(case.assessment))
    assert all(comment in document.text for comment in comments)


def _only_unknown_added(before, after):
    """Ratings that say unknown may have come; everything known is as it was."""
    known = {name: rating for name, rating in after.ratings.items() if rating.severity is not None or name in before.ratings}
    criteria = {number: answer for number, answer in after.criteria.items() if answer is not None or number in before.criteria}
    return replace(after, ratings=known, criteria=criteria) == before


def test_a_part_can_be_skipped_and_comes_back_another_time(tmp_path):
    safety = "\n" * 13

    done = fivefold("new", "case.yaml", given=f"{safety}s\nq\n", cwd=tmp_path)
    again = fivefold("new", "case.yaml", given="q\n", cwd=tmp_path)

    assert "The patient" in done.out and "Diagnosis" in done.out
    assert "A label for this assessment" in again.out and "Safety first" not in again.out


def test_safety_cannot_be_skipped(tmp_path):
    done = fivefold("new", "case.yaml", given="s\nq\n", cwd=tmp_path)

    assert "Safety is asked first and in full" in done.out
    assert "A label for this assessment" not in done.out


def test_a_wrong_number_of_answers_is_refused_with_the_right_one(tmp_path):
    (tmp_path / "case.yaml").write_text(f"as_of: {DAY}\npatient: {{}}\n")
    skip = "\n" * 13 + "s\n" * 8

    done = fivefold("new", "case.yaml", given=f"{skip}phq9 1 2\nphq9 99\nphq9 14\n\nq\n", cwd=tmp_path)

    assert "Expected 9 answers for phq9" in done.out
    assert "Expected 0 to 27" in done.out
    assert "- {instrument: phq9, value: 14}" in text_of(tmp_path / "case.yaml")


def test_a_file_that_cannot_be_read_is_left_alone(tmp_path):
    (tmp_path / "case.yaml").write_text("as_of: yesterday\n")

    done = fivefold("new", "case.yaml", given="no\n", cwd=tmp_path)

    assert done.code == 2 and "REFUSED" in done.err
    assert text_of(tmp_path / "case.yaml") == "as_of: yesterday\n"


def test_somebody_elses_change_is_not_overwritten(tmp_path):
    terminal = Terminal("new", "case.yaml", cwd=tmp_path)
    terminal.wait_for(PROMPT)
    with (tmp_path / "case.yaml").open("a") as stream:
        stream.write("course: improved\n")

    terminal.type("no")

    assert terminal.finish() == 2
    assert "changed by another program meanwhile" in " ".join(terminal.seen.split())
    assert text_of(tmp_path / "case.yaml").endswith("course: improved\n")


def test_a_new_file_is_for_its_owner_only_and_an_old_one_keeps_its_mode(tmp_path):
    (tmp_path / "old.yaml").write_text(f"as_of: {DAY}\npatient: {{}}\n")
    (tmp_path / "old.yaml").chmod(0o640)

    fivefold("new", "new.yaml", given="no\n", cwd=tmp_path)
    fivefold("new", "old.yaml", given="no\n", cwd=tmp_path)

    assert stat.S_IMODE(os.stat(tmp_path / "new.yaml").st_mode) == 0o600
    assert stat.S_IMODE(os.stat(tmp_path / "old.yaml").st_mode) == 0o640


@pytest.mark.parametrize(("name", "code"), [("case.json", 2), ("no/such/folder/case.yaml", 2), ("", 0)], ids=["json", "no folder", "no name"])
def test_the_place_of_the_file(tmp_path, name, code):
    done = fivefold("new", *([name] if name else ["--as-of", "2026-11-22"]), given="q\n", cwd=tmp_path)

    assert done.code == code and "Traceback" not in done.err
    assert bool(list(tmp_path.glob("assessment-2026-11-22.yaml"))) == (not name)


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real.yaml").write_text(f"as_of: {DAY}\npatient: {{}}\n")
    (tmp_path / "link.yaml").symlink_to("real.yaml")

    fivefold("new", "link.yaml", given="no\n", cwd=tmp_path)

    assert (tmp_path / "link.yaml").is_symlink()
    assert "imminent: no" in text_of(tmp_path / "real.yaml")


# ---- The document ----------------------------------------------------------------------------------------------------

LAYOUTS = {
    "block": "as_of: 2026-11-22  # the day\npatient:\n  age: 30  # years\nrisk:\n  imminent: no  # asked\n\n# the end\n",
    "flow": "as_of: 2026-11-22\npatient: {age: 30}\nrisk: {imminent: no}  # asked\n",
    "flow, comma": "as_of: 2026-11-22\npatient: {age: 30,}\nrisk: {imminent: no, }\n",
    "one line": "{as_of: 2026-11-22, patient: {age: 30}, risk: {imminent: no}}\n",
    "json": '{"as_of": "2026-11-22",\n "patient": {"age": 30},\n "risk": {"imminent": false}\n}\n',
    "indented": "as_of: 2026-11-22\npatient:\n      age: 30\nrisk:\n      imminent: no\n",
    "nothing yet": "as_of: 2026-11-22\npatient: {age: 30}\nrisk:\nevents:\n",
    "no line end": "as_of: 2026-11-22\npatient: {age: 30}\nrisk:\n  imminent: no",
    "long text": "as_of: 2026-11-22\npatient: {age: 30}\nhistory:\n  - treatment: >-\n      GPM for\n      two years\nrisk:\n  imminent: no\n",
    "windows": "as_of: 2026-11-22\r\npatient: {age: 30}\r\nrisk:\r\n  imminent: no\r\n",
}  # fmt: skip


@pytest.mark.parametrize("text", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_answers_find_their_place_in_every_layout(text):
    document = AssessmentDocument(text)

    changed = (
        document.with_value(("risk", "mania"), "unknown")
        .with_value(("ratings", "anger"), "{severity: 3}")
        .with_value(("resilience", "components", "functioning"), "1")
    )
    changed = changed.with_entry("events", "{kind: crisis, weeks_ago: 2}").with_entry("events", "{kind: loss, weeks_ago: 3}").with_asked(("events",))

    case = read_assessment_text(changed.text, KNOWLEDGE)
    assert (case.patient.age, case.ratings["anger"].severity, case.resilience.components) == (30, 3, {"functioning": 1})
    assert [event.kind for event in case.events] == ["crisis", "loss"]
    assert all(comment in changed.text for comment in re.findall(r"# .*", text))
    assert changed.asked == ("events",)


def test_a_value_is_replaced_where_it_stands():
    document = AssessmentDocument(LAYOUTS["block"]).with_value(("risk", "imminent"), "yes")

    assert "  imminent: yes  # asked\n" in document.text


def test_what_cannot_be_edited_in_place_is_left_alone():
    with pytest.raises(CannotEdit):
        AssessmentDocument("as_of: 2026-11-22\npatient: {}\nratings:\n  - a\n  - b\n").with_value(("ratings", "anger"), "2")


def test_the_place_notices_a_change_by_somebody_else(tmp_path):
    place = AssessmentPlace(tmp_path / "a.yaml")
    place.write(AssessmentDocument.blank(DAY))
    place.path.write_text("as_of: 2026-11-22\npatient: {age: 9}\n")

    with pytest.raises(ChangedMeanwhile):
        place.write(AssessmentDocument.blank(DAY))


# ---- What is typed ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("2026-11-10", "date: 2026-11-10"), ("yesterday", "date: 2026-11-21"), ("3 days", "days_ago: 3"), ("5 weeks ago", "weeks_ago: 5"),
        ("2 months", "days_ago: 60"), ("about 1 year", "days_ago: 365"), ("unknown", "when: unknown"), ("", "when: unknown"),
    ],
)  # fmt: skip
def test_times_are_understood(typed, written):
    assert when_words(typed, DAY) == written


@pytest.mark.parametrize("typed", ["soon", "3", "2026-13-01", "weeks"])
def test_times_that_are_none_are_asked_again(typed):
    with pytest.raises(NotUnderstood):
        when_words(typed, DAY)


@pytest.mark.parametrize(
    ("read", "typed"),
    [
        (read_severity, "5"), (read_severity, "nan"), (read_severity, "severe"), (read_age, "young"), (read_age, "-3"),
        (read_score(["phq9"], DAY), "phq9"), (read_score(["phq9"], DAY), "gad9 3"), (read_score(["phq9"], DAY), "phq9 a b"),
        (read_any_event(["crisis", "loss"], DAY), "party 3 weeks"),
    ],
)  # fmt: skip
def test_answers_out_of_bounds_are_asked_again(read, typed):
    with pytest.raises(NotUnderstood):
        read(typed)


@pytest.mark.parametrize("text", ["yes", "on", "null", "unknown", "a: b", "# no", '"', "'", "{", "[x]", "12", "Zoë", "back\\slash", "- a", "a\tb"])
def test_any_text_reads_back_as_it_was_typed(text):
    document = AssessmentDocument.blank(DAY).with_value(("id",), quoted(text))

    assert read_assessment_text(document.text, KNOWLEDGE).id == text


def test_the_questions_begin_with_safety_and_have_one_name_each():
    script = questions(KNOWLEDGE, DAY)

    assert script[0].section == SAFETY
    assert len({question.key for question in script}) == len(script)
    assert {f"ratings.{name}" for name in KNOWLEDGE.impairments} <= {question.key for question in script}
