"""The plan as text: safety first, 80 columns, plain letters when nobody can see colour, every id with its name."""

import re
from dataclasses import replace
from functools import cache

import pytest
from tests.support.plan_samples import bare_plan, sample_plan, withheld_plan

from fivefold import load_knowledge, plan, read_assessment
from fivefold.concepts.errors import Problem
from fivefold.concepts.vocabulary import MatchStatus, PhaseId
from fivefold.documents.explanation_sheet import explained, explanation_sheet
from fivefold.documents.markdown_plan import escape, render_markdown
from fivefold.documents.text_layout import RED, RESET, Paper, table, visible
from fivefold.documents.text_names import Names
from fivefold.documents.text_plan import phase_strip, render_text
from fivefold.documents.text_problems import render_problems
from fivefold.documents.text_sheet import print_text
from fivefold.documents.text_summary import SummaryRow, render_summary
from fivefold.exchange.cases import find_case, worked_cases

KNOWLEDGE = load_knowledge()
MODULE = re.compile(r"\b([SG]\d{1,2})\b(?! ?to\b)")


@cache
def plan_of(name):
    return plan(read_assessment(find_case(name).assessment, KNOWLEDGE), KNOWLEDGE, draws=0)


@pytest.mark.parametrize("case", worked_cases(), ids=lambda case: case.id)
@pytest.mark.parametrize("width", [78, 80, 100])
def test_no_line_is_wider_than_asked_for_and_all_is_plain_letters(case, width):
    text = render_text(plan_of(case.id), KNOWLEDGE, width=width)

    assert max(map(len, text.splitlines())) <= width
    assert text.isascii()
    assert text == text.rstrip() + "\n"
    assert not any(line != line.rstrip() for line in text.splitlines())


@pytest.mark.parametrize("case", worked_cases(), ids=lambda case: case.id)
def test_colour_only_adds_to_what_the_words_say(case):
    plain = render_text(plan_of(case.id), KNOWLEDGE)

    coloured = render_text(plan_of(case.id), KNOWLEDGE, colour=True, drawing=False)

    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_red_is_kept_for_safety():
    coloured = render_text(sample_plan(KNOWLEDGE), KNOWLEDGE, colour=True)

    red = re.findall(re.escape(RED) + "(.*?)" + re.escape(RESET), coloured)

    assert red[0] == "SAFETY FIRST"
    assert all(text == "SAFETY FIRST" or text.startswith(("  ! R", "    ")) for text in red)


@pytest.mark.parametrize("make", [sample_plan, withheld_plan, bare_plan], ids=lambda make: make.__name__)
def test_safety_and_first_questions_stand_above_everything_else(make):
    lines = render_text(make(KNOWLEDGE), KNOWLEDGE).splitlines()
    headings = [line.split("  ")[0] for line in lines if line[:1].isupper() and line.split("  ")[0].isupper()]

    assert headings[1] == "SAFETY FIRST"
    if "ASK FIRST" in headings:
        assert headings[2] == "ASK FIRST"


def test_silence_on_risk_is_not_called_an_all_clear():
    text = render_text(bare_plan(KNOWLEDGE), KNOWLEDGE)

    assert "That is no all-clear" in text
    assert "low risk" not in text.lower() and "no risk" not in text.lower().replace("no risk rule", "")


def test_a_withheld_plan_says_why_what_is_needed_and_that_the_rest_is_information():
    text = " ".join(render_text(withheld_plan(KNOWLEDGE), KNOWLEDGE).split())

    assert "! No automatic plan is made: signs of psychosis and a pregnancy need another pathway first." in text
    assert "Perinatal mental health service" in text
    assert "what is not safety or general work stands here as information only" in text


def test_every_module_is_named_once_with_its_reason():
    plan = sample_plan(KNOWLEDGE)
    text = " ".join(render_text(plan, KNOWLEDGE).split())

    for match in plan.modules:
        assert f"{match.id} {match.short_name}" in text or f"{match.id} {match.name}" in text, match.id
    for match in plan.with_status(MatchStatus.NOW, MatchStatus.NEXT):
        reason = next(reason.text for reason in match.because if reason.supports)
        assert " ".join(reason.split()) in text


@pytest.mark.parametrize("case", worked_cases(), ids=lambda case: case.id)
def test_every_id_in_a_list_stands_beside_its_name(case):
    text = render_text(plan_of(case.id), KNOWLEDGE, width=100)
    listed = text[text.index("\nWHERE") :]

    names = {**KNOWLEDGE.modules, **KNOWLEDGE.general_modules}
    for line in listed.splitlines():
        for found in MODULE.finditer(line):
            rest = line[found.end() :].lstrip(" :")
            if found.group(1) in names and rest and rest[0].isupper():
                known = names[found.group(1)]
                assert rest.startswith(known.short_name.split()[0]) or rest.startswith(known.name.split()[0]), line


@pytest.mark.parametrize("phase", PhaseId)
@pytest.mark.parametrize("width", [60, 80, 100])
def test_the_phase_strip_marks_one_place_in_words_and_brackets(phase, width):
    lines = phase_strip(KNOWLEDGE, phase, Paper(width))
    text = "\n".join(lines)

    assert text.count("[P") == 1 and f"[{phase.value} {KNOWLEDGE.phases[phase].short_name}]" in text
    assert text.count("you are here") == 1
    assert max(map(len, lines)) <= width


def test_the_mark_stands_under_its_phase():
    strip, mark = phase_strip(KNOWLEDGE, PhaseId.P3, Paper(80, drawing=True))

    assert strip[mark.index("▲") :].startswith("P3")


def test_bars_grow_with_the_level_and_unknown_ones_have_none():
    text = render_text(sample_plan(KNOWLEDGE), KNOWLEDGE)
    bars = dict(re.findall(r"^    (\S.*?) +\|(#*)\.*\| ", text, re.MULTILINE))

    assert len(bars["Emotion regulation"]) > len(bars["Anger"]) > len(bars["Low motivation for change"])
    assert "Dissociation" not in bars
    assert "Not known: Substance use; Eating problems; Anxiety; Dissociation;" in " ".join(text.split())


def test_discordant_evidence_is_pointed_out():
    text = render_text(sample_plan(KNOWLEDGE), KNOWLEDGE)

    assert re.search(r"Anger .* 2\.2 moderate \+-0\.9 \*", text)
    assert "* The evidence disagrees by more than one level" in text


def test_a_close_call_is_said():
    plan = sample_plan(KNOWLEDGE)
    first = replace(plan.with_status(MatchStatus.NOW)[0], agreement=0.61)
    plan = replace(plan, modules=tuple(first if match.id == first.id else match for match in plan.modules))

    assert "A close call: the same in 61% of draws within measurement error." in " ".join(render_text(plan, KNOWLEDGE).split())


@pytest.mark.parametrize("name", ["S27", "s27", "G2", "R6", "anger"])
def test_everything_in_a_plan_can_be_explained(name):
    made = sample_plan(KNOWLEDGE)

    text = print_text(explanation_sheet(made, explained(made, name), KNOWLEDGE), Paper())

    assert max(map(len, text.splitlines())) <= 80
    assert text.isascii()


def test_an_explanation_names_rules_inputs_and_their_basis():
    made = plan_of("01-claire-physician")

    text = " ".join(print_text(explanation_sheet(made, explained(made, "S03"), KNOWLEDGE), Paper()).split())

    assert "rule.match.S03; our proposal, editable; reads Crises" in text
    assert "WAITS FOR - S01 Suicidality: ask and respond" in text


def test_an_explanation_says_the_smallest_change_that_would_move_the_module():
    made = plan_of("01-claire-physician")
    match = next(match for match in made.modules if match.flips_if)

    text = " ".join(print_text(explanation_sheet(made, match, KNOWLEDGE), Paper()).split())

    assert f"WHAT WOULD CHANGE IT - {Names(KNOWLEDGE).flip(match.flips_if[0])}" in text
    assert "makes it" in Names(KNOWLEDGE).flip(match.flips_if[0])


def test_an_explanation_says_when_no_single_change_would_move_the_module():
    made = plan_of("01-claire-physician")
    match = next(match for match in made.modules if not match.flips_if and match.status is not MatchStatus.DONE)

    text = " ".join(print_text(explanation_sheet(made, match, KNOWLEDGE), Paper()).split())

    assert "WHAT WOULD CHANGE IT - No change of one input alone" in text


def test_what_a_plan_does_not_hold_cannot_be_explained():
    with pytest.raises(KeyError):
        explained(sample_plan(KNOWLEDGE), "S99")


def test_what_crisis_work_asks_for_by_a_time_is_said_without_an_id():
    knowledge = load_knowledge()
    made = sample_plan(knowledge)
    actions = (replace(made.actions[0], what="Review the crisis", rule=knowledge.phase_reading.containment.id),)

    text = render_markdown(replace(made, actions=actions), knowledge)

    assert "Review the crisis | crisis work |" in text and "rule.phase" not in text.split("Review the crisis")[1].split("##")[0]


def test_problems_name_place_value_expectation_and_remedy():
    problems = [Problem("a.yaml", 3, "ratings.anger", "7", "a number from 0 to 4", "Correct the number."), Problem("a.yaml", 0, "", "", "text", "Mend it.")]

    text = render_problems(problems, Paper())

    assert text.startswith("REFUSED  a.yaml: 2 problems. No plan is made from it.\n")
    assert "  line 3  ratings.anger\n    found     7\n    expected  a number from 0 to 4\n    do        Correct the number.\n" in text
    assert "  whole file\n" in text


def test_the_summary_of_a_batch_has_one_line_for_each_file():
    rows = [
        SummaryRow("one", "P3", "", ("S01 Suicidality: ask and respond", "S02 Safety plan", "S04 Self-harm: chain analysis")),
        SummaryRow("two-with-a-name-longer-than-anybody-needs", "", "refused: 2 problems in the input", ()),
    ]

    lines = render_summary(rows, "2 files", Paper()).splitlines()

    assert len(lines) == 4 and max(map(len, lines)) <= 80
    assert "S01 Suicidality: ask and respond" in lines[0] and "+" in lines[0]
    assert lines[1].endswith("refused: 2 problems in the input")


def test_a_table_wraps_its_last_column_and_keeps_the_others():
    lines = table(Paper(40), ("id", "text"), [("a", "one two three four five six seven eight nine ten")])

    assert lines[0] == "  id  text"
    assert all(len(line) <= 40 for line in lines)
    assert lines[2].startswith("      ")


def test_colour_is_not_counted_as_width():
    assert visible(Paper(80, colour=True).strong("four")) == 4


@pytest.mark.parametrize("case", worked_cases(), ids=lambda case: case.id)
def test_markdown_holds_every_module_of_the_plan(case):
    text = render_markdown(plan_of(case.id), KNOWLEDGE)

    assert all(f"{match.id} " in text for match in plan_of(case.id).modules)
    assert text.index("## Safety first") < text.index("## Where") < text.index("## Review")


def test_nothing_from_an_assessment_is_read_as_markup():
    made = replace(plan_of("01-claire-physician"), assessment_id="<script>|[x](javascript:y)*")

    first = render_markdown(made, KNOWLEDGE).splitlines()[0]

    assert first == r"# Plan: \<script\>\|\[x\](javascript:y)\*"
    assert escape("a\nb") == "a b"
