"""The command line as a new user meets it: real processes, exit codes, formats, batches, broken input, help that works."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from tests.support.command_line import PROGRAM, Terminal, environment, fivefold

from fivefold import load_knowledge, plan, read_assessment
from fivefold.cli.main import COMMANDS
from fivefold.exchange.cases import find_case
from fivefold.exchange.plan_json import plan_from_json

CLAIRE = find_case("01").assessment
EMERGENCY = find_case("v08").assessment
BROKEN = "as_of: 2026-11-22\npatient: {age: thirty}\nratings:\n  angre: 2\n  anger: 7\n"
MANY = [name for name in COMMANDS if name not in ("new", "admin")]


@pytest.fixture
def folder(tmp_path):
    """Three files: one that can be planned, one that is withheld, one that is refused."""
    (tmp_path / "a.assessment.yaml").write_bytes(CLAIRE.read_bytes())
    (tmp_path / "b.assessment.yaml").write_bytes(EMERGENCY.read_bytes())
    (tmp_path / "c.assessment.yaml").write_text(BROKEN)
    (tmp_path / "notes.yaml").write_text("nothing: to plan\n")
    return tmp_path


# ---- Exit codes ------------------------------------------------------------------------------------------------------


def test_a_plan_exits_0_and_says_nothing_on_standard_error():
    done = fivefold("plan", CLAIRE)

    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("PLAN  01-claire-physician")


def test_a_withheld_plan_exits_3_and_still_shows_safety():
    done = fivefold("plan", EMERGENCY)

    assert done.code == 3
    assert "No automatic plan is made" in done.out
    assert "Medical assessment (R4)" in done.out
    assert "S01 Suicidality assessment and crisis response" in done.out


def test_a_refused_file_exits_2_with_every_problem_and_nothing_on_standard_output(tmp_path):
    (tmp_path / "bad.yaml").write_text(BROKEN)

    done = fivefold("plan", "bad.yaml", cwd=tmp_path)

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("REFUSED  bad.yaml: 3 problems.")
    assert "line 2  patient.age" in done.err and "line 4  ratings.angre" in done.err and "line 5  ratings.anger" in done.err
    assert "expected  a number from 0 to 4" in done.err
    assert "Did you mean anger?" in " ".join(done.err.split())
    assert "Traceback" not in done.err


def test_problems_are_json_when_json_was_asked_for(tmp_path):
    (tmp_path / "bad.yaml").write_text(BROKEN)

    done = fivefold("plan", "bad.yaml", "--format", "json", cwd=tmp_path)

    assert done.code == 2
    problems = json.loads(done.out)["problems"]
    assert [problem["key"] for problem in problems] == ["patient.age", "ratings.angre", "ratings.anger"]
    assert all(set(problem) == {"file", "line", "key", "value", "expected", "remedy"} for problem in problems)


@pytest.mark.parametrize("name", ["absent.yaml", "folder/absent.yaml"])
def test_a_file_that_is_not_there_is_refused_in_words(tmp_path, name):
    done = fivefold("plan", name, cwd=tmp_path)

    assert done.code == 2
    assert "a readable file" in done.err and "Traceback" not in done.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["plam"], "Did you mean plan?"),
        (["plan"], "Missing argument 'FILE...'"),
        (["plan", CLAIRE, "--as-of", "tomorrow"], "'tomorrow' is no date"),
        (["plan", CLAIRE, "--format", "word"], "'word' is not one of"),
        (["plan", CLAIRE, "--output", "no/such/folder/plan.html"], "Choose another place for --output"),
        (["plan", CLAIRE, "--copy", "patient"], "--format html or --format pdf"),
        (["explain", CLAIRE, "S99"], "There is no module, risk rule or impairment 'S99'"),
        (["explain", CLAIRE, "angre"], "Did you mean anger?"),
        (["what-if", CLAIRE], "Name a change"),
        (["compare", CLAIRE, "gpmm"], "Did you mean gpm?"),
        (["measures", "phq"], "There is no instrument 'phq'"),
        (["cases", "nobody"], "There is no worked case 'nobody'"),
        (["knowledge", "show", "S99"], "S99"),
        (["--knowledge", "/no/such/folder", "plan", CLAIRE], "does not exist"),
    ],
    ids=str,
)
def test_a_wrong_call_exits_2_and_says_what_would_be_right(tmp_path, arguments, words):
    done = fivefold(*arguments, cwd=tmp_path)

    assert (done.code, done.out) == (2, "")
    assert words in " ".join(done.err.split())
    assert "Traceback" not in done.err


def test_the_unexpected_exits_1_without_a_traceback_and_without_words_of_the_file(tmp_path):
    (tmp_path / "sitecustomize.py").write_text("import fivefold.library as l\ndef plan(*a, **k): raise RuntimeError('secret')\nl.plan = plan\n")

    done = fivefold("plan", CLAIRE, env={"PYTHONPATH": str(tmp_path)})

    assert (done.code, done.out) == (1, "")
    assert "mistake in Fivefold, not in your file" in done.err
    assert "secret" not in done.err and "Traceback" not in done.err


def test_a_reader_who_leaves_is_no_error():
    reader = subprocess.run(
        f"{' '.join(PROGRAM)} plan {CLAIRE} | head -1", shell=True, capture_output=True, text=True, env=environment(), timeout=60, check=False
    )

    assert reader.stdout.startswith("PLAN") and reader.stderr == ""


def test_a_full_disk_and_a_closed_output_are_no_mistake_of_the_program():
    full = subprocess.run(
        f"{' '.join(PROGRAM)} plan --no-draws {CLAIRE} >/dev/full", shell=True, capture_output=True, text=True, env=environment(), check=False
    )
    closed = subprocess.run(f"{' '.join(PROGRAM)} plan --no-draws {CLAIRE} >&-", shell=True, capture_output=True, text=True, env=environment(), check=False)

    assert full.returncode == 1 and "the system refused (No space left on device)" in full.stderr
    assert (closed.returncode, closed.stderr) == (0, "")


def test_a_pipe_as_output_stays_a_pipe(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    reader = subprocess.Popen(["cat", tmp_path / "pipe"], stdout=subprocess.PIPE)

    done = fivefold("plan", "--no-draws", CLAIRE, "--output", tmp_path / "pipe")

    assert done.code == 0 and reader.communicate(timeout=60)[0].startswith(b"PLAN")
    assert (tmp_path / "pipe").is_fifo()


# ---- Input and output ------------------------------------------------------------------------------------------------


def test_standard_input_gives_the_same_plan_as_the_file():
    assert fivefold("plan", "-", given=CLAIRE.read_bytes()).out == fivefold("plan", CLAIRE).out


def test_problems_of_standard_input_are_told_by_that_name():
    assert fivefold("plan", "-", given=BROKEN).err.startswith("REFUSED  standard input: 3 problems.")


def test_json_is_the_plan_of_the_library_to_the_last_byte(tmp_path):
    knowledge = load_knowledge()

    first, second = fivefold("plan", CLAIRE, "--format", "json"), fivefold("plan", CLAIRE, "--output", tmp_path / "plan.json")

    assert first.out == (tmp_path / "plan.json").read_text()
    assert second.out == ""
    assert plan_from_json(first.out) == plan(read_assessment(CLAIRE, knowledge), knowledge)


@pytest.mark.parametrize(
    ("ending", "beginning"),
    [(".html", b"<!doctype html>"), (".pdf", b"%PDF-"), (".md", b"# Plan"), (".json", b'{\n"assessment"'), (".txt", b"PLAN  "), (".out", b"PLAN  ")],
)
def test_the_ending_of_the_output_chooses_the_format(tmp_path, ending, beginning):
    done = fivefold("plan", CLAIRE, "--output", tmp_path / f"plan{ending}", "--no-draws")

    assert (done.code, done.out, done.err) == (0, "", "")
    assert (tmp_path / f"plan{ending}").read_bytes().lower().startswith(beginning.lower())
    assert [path.name for path in tmp_path.iterdir()] == [f"plan{ending}"]


def test_the_patients_copy_has_no_codes(tmp_path):
    page, paper = fivefold("plan", CLAIRE, "--copy", "patient", "--format", "html"), fivefold("plan", CLAIRE, "--copy", "patient", "-o", tmp_path / "a.pdf")

    assert (page.code, paper.code) == (0, 0)
    shown = re.sub(r"<[^>]*>", " ", page.out.split("<body")[1])
    assert not re.search(r"\bR\d{1,2}\b", shown)
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF-")


def test_as_of_sees_the_same_file_from_a_later_day():
    done = fivefold("plan", CLAIRE, "--as-of", "2027-03-01", "--format", "json", "--no-draws")

    assert json.loads(done.out)["assessment"]["as_of"] == "2027-03-01"
    assert fivefold("plan", CLAIRE, "--as-of", "2020-01-01").code == 2


def test_draws_can_be_left_out():
    with_draws, without = (json.loads(fivefold("plan", CLAIRE, "--format", "json", *more).out) for more in ([], ["--no-draws"]))

    assert all(module["agreement"] is not None for module in with_draws["modules"])
    assert all(module["agreement"] is None for module in without["modules"])


def test_output_survives_a_terminal_of_few_letters():
    case = CLAIRE.read_text().replace("id: 01-claire-physician", 'id: "Zoë ♥"')

    done = fivefold("plan", "-", "--no-draws", given=case, env={"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"})

    assert done.code == 0 and done.out.startswith("PLAN  Zo? ?")


def test_draws_alone_need_arrays_and_no_plan_needs_a_drawing_library():
    code = (
        "import sys; from fivefold.cli.main import run; code = run(sys.argv[1:]); "
        "sys.stderr.write(str([name for name in ('numpy', 'rich', 'typst', 'jsonschema') if name in sys.modules])); sys.exit(code)"
    )
    loaded = {}
    for more in ("--no-draws", "--as-of=2026-11-22"):
        done = subprocess.run([PROGRAM[0], "-c", code, "plan", str(CLAIRE), more], capture_output=True, text=True, env=environment(), timeout=60, check=True)
        loaded[more] = done.stderr

    assert loaded == {"--no-draws": "[]", "--as-of=2026-11-22": "['numpy']"}


# ---- A terminal ------------------------------------------------------------------------------------------------------


def test_a_terminal_gets_colour_and_drawing_and_a_pipe_does_not():
    terminal = Terminal("plan", CLAIRE)
    assert terminal.finish() == 0

    assert "\x1b[1;31mSAFETY FIRST\x1b[0m" in terminal.seen
    assert "█" in terminal.seen and "▲ you are here" in terminal.seen
    assert fivefold("plan", CLAIRE).out.isascii()


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=str)
def test_a_terminal_may_ask_for_no_colour(env):
    terminal = Terminal("plan", CLAIRE, "--no-draws", env=env)
    assert terminal.finish() == 0

    assert "\x1b[" not in terminal.seen


# ---- Batches ---------------------------------------------------------------------------------------------------------


def test_a_folder_is_planned_file_by_file_past_a_refused_one(folder):
    done = fivefold("plan", folder, "--no-draws", "--format", "html", "--output", folder / "plans")

    assert done.code == 2
    assert re.search(r"^a +P2  S01 Suicidality: ask and respond", done.out, re.MULTILINE)
    assert re.search(r"^b +P3  withheld \(R4\)", done.out, re.MULTILINE)
    assert re.search(r"^c +refused: 3 problems", done.out, re.MULTILINE)
    assert done.out.endswith("\n3 files: 1 planned, 1 withheld, 1 refused\n")
    assert "line 5  ratings.anger" in done.err
    assert sorted(path.name for path in (folder / "plans").iterdir()) == ["a.plan.html", "b.plan.html"]


def test_a_batch_exits_with_its_worst_code(folder):
    a, b, c = (folder / f"{name}.assessment.yaml" for name in "abc")

    codes = [fivefold("plan", "--no-draws", *files).code for files in ([a, a], [a, b], [a, b, c])]

    assert codes == [0, 3, 2]


def test_the_summary_of_a_batch_can_be_json(folder):
    done = fivefold("plan", folder, "--no-draws", "--format", "json")

    files = json.loads(done.out)["files"]
    assert [(Path(file["file"]).name[0], file["code"], file["phase"]) for file in files] == [("a", 0, "P2"), ("b", 3, "P3"), ("c", 2, "")]
    assert files[2]["problems"][0]["key"] == "patient.age"


def test_two_files_of_one_name_get_two_plans(folder):
    (folder / "other").mkdir()
    (folder / "other" / "a.assessment.yaml").write_bytes(CLAIRE.read_bytes())

    fivefold("plan", "--no-draws", folder / "a.assessment.yaml", folder / "other" / "a.assessment.yaml", "--format", "json", "--output", folder / "plans")

    assert sorted(path.name for path in (folder / "plans").iterdir()) == ["a-2.plan.json", "a.plan.json"]


def test_several_documents_need_a_folder(folder):
    done = fivefold("plan", folder, "--format", "pdf")

    assert done.code == 2 and "add --output FOLDER" in done.err


def test_a_bar_is_shown_only_to_a_person(folder):
    terminal = Terminal("plan", "--no-draws", folder / "a.assessment.yaml", folder / "b.assessment.yaml")
    assert terminal.finish() == 3

    assert "Planning" in terminal.seen
    assert "Planning" not in fivefold("plan", "--no-draws", folder / "a.assessment.yaml", folder / "b.assessment.yaml").err


# ---- The other commands ----------------------------------------------------------------------------------------------


# Each with the formats asked of it here: every reading takes all five, and every printer has several readings to print.
READINGS = {
    ("score", "v25"): "json html", ("progress", "v25"): "json pdf", ("profile", "v25"): "json html pdf md", ("phase", "v25"): "json md",
    ("match", "v25"): "json html", ("explain", "v25", "S10"): "html pdf md", ("compare", "v25"): "json pdf", ("what-if", "v25", "ratings.anger=3"): "json md",
    ("revise", "v25", "v25"): "json html", ("measures",): "json pdf", ("measures", "phq9"): "html", ("cases",): "json html", ("cases", "v25"): "json pdf",
    ("knowledge", "show", "R6"): "json html pdf md", ("knowledge", "search", "fear of being left"): "json html",
    ("knowledge", "diff", "src/fivefold/knowledge_base"): "json md", ("knowledge", "lint"): "json pdf", ("knowledge", "release"): "json html",
}  # fmt: skip
BEGINS = {"json": (b"{", b"["), "html": b"<!doctype html>", "pdf": b"%PDF-", "md": b"# "}


def _call(reading):
    """The reading with the paths of the worked cases it names, wherever a file is asked for."""
    takes_file = reading[0] not in ("measures", "cases", "knowledge")
    return [find_case(word).assessment if takes_file and word == "v25" else word for word in reading]


@pytest.mark.parametrize("reading", READINGS, ids=" ".join)
def test_every_reading_is_text_json_page_pdf_and_markdown(reading, tmp_path):
    text = fivefold(*_call(reading))
    made = {ending: fivefold(*_call(reading), "--output", tmp_path / f"out.{ending}") for ending in READINGS[reading].split()}

    assert (text.code, {done.code for done in made.values()}) == (0, {0}), text.err
    assert text.out.strip() and all(len(line) <= 80 or " " not in line.strip() for line in text.out.splitlines())  # a path is never broken
    assert all((tmp_path / f"out.{ending}").read_bytes().startswith(BEGINS[ending]) for ending in made)


@pytest.mark.parametrize(("command", "form"), [
    ("score", "text"), ("progress", "text"), ("profile", "html"), ("phase", "markdown"), ("match", "text"), ("compare", "html"),
])  # fmt: skip
def test_active_risk_rules_stand_before_everything_else_that_is_read(command, form):
    done = fivefold(command, EMERGENCY, "--format", form)

    told = re.sub(r"<style>.*?</style>|<[^>]+>", " ", done.out, flags=re.DOTALL)
    assert done.code in (0, 3)
    assert re.search(r"R\d+ [^:\n]+: active\.", told[:600]), told[:600]


def test_score_says_what_is_missing():
    case = "as_of: 2026-11-22\npatient: {}\nscores: [{instrument: phq9, items: [2, null, null, null, null, 1, 0, 1, 0]}]\n"

    done = fivefold("score", "-", given=case)

    assert done.code == 0
    assert "not scored" in done.out and "Missing items 2, 3, 4, 5" in " ".join(done.out.split())


def test_matches_of_a_withheld_plan_exit_3_and_are_called_information():
    done = fivefold("match", EMERGENCY)

    assert done.code == 3 and "information only" in " ".join(done.out.split())


@pytest.mark.parametrize("name", ["S27", "G1", "R1", "anger"])
def test_modules_rules_and_impairments_can_be_explained(name):
    text, made = fivefold("explain", CLAIRE, name, "--no-draws"), fivefold("explain", CLAIRE, name, "--no-draws", "--format", "json")

    assert text.code == made.code == 0
    assert json.loads(made.out)


def test_what_if_shows_the_difference_and_leaves_the_file_alone():
    before = CLAIRE.read_bytes()

    done = fivefold("what-if", CLAIRE, "risk.imminent=yes")

    assert done.code == 0
    assert "The phase moves from P2 to P1." in done.out
    assert CLAIRE.read_bytes() == before


def test_a_wrong_change_is_refused_like_a_wrong_file():
    done = fivefold("what-if", CLAIRE, "ratings.anger=9")

    assert done.code == 2 and "a number from 0 to 4" in done.err


def test_a_revision_compares_assessments_and_written_plans(tmp_path):
    fivefold("plan", CLAIRE, "--output", tmp_path / "signed.json")
    later = tmp_path / "later.yaml"
    later.write_text(CLAIRE.read_text().replace("crisis: {severity: 2", "crisis: {severity: 0"))

    same, changed = fivefold("revise", tmp_path / "signed.json", CLAIRE), fivefold("revise", tmp_path / "signed.json", later)

    assert same.code == 0 and same.out.endswith("\nNo change.\n")
    assert all(line.startswith("! ") for line in same.out.splitlines()[:-1])  # risk rules stay in sight though nothing changes
    assert "Crises: 2.0 (moderate) to 0.0 (none)" in changed.out


def test_programmes_are_laid_side_by_side_without_a_winner():
    done = fivefold("compare", CLAIRE, "gpm", "dbt")

    assert done.code == 0 and "never a ranking" in done.out
    assert re.search(r"gpm GPM +\d+ of \d+", done.out)


def test_a_worked_case_can_be_planned_through_a_pipe():
    written = fivefold("cases", "01", "--assessment")

    assert fivefold("plan", "-", "--no-draws", given=written.out).code == 0


def test_another_knowledge_base_can_be_used(tmp_path):
    done = fivefold("--knowledge", tmp_path, "plan", CLAIRE)

    assert done.code == 2
    assert "problems in the knowledge base" in done.err and "Traceback" not in done.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["lint"], "No problems in"),
        (["show", "S04"], "Self-harm"),
        (["search", "fear", "of", "being", "left"], "abandonment_rejection_sensitivity"),
        (["release"], "Knowledge "),
        (["diff", "src/fivefold/knowledge_base", "--impact"], "No difference."),
    ],
    ids=str,
)
def test_the_knowledge_can_be_read_and_checked(arguments, words):
    done = fivefold("knowledge", *arguments)

    assert done.code == 0, done.err
    assert words in done.out


def test_a_broken_knowledge_base_is_refused_with_its_problems(tmp_path):
    (tmp_path / "release.yaml").write_text("version: 1\n")

    done = fivefold("knowledge", "lint", tmp_path)

    assert done.code == 2 and "REFUSED  release.yaml" in done.err

    page = fivefold("knowledge", "lint", tmp_path, "--format", "html")
    assert page.code == 2 and "<h2>release.yaml</h2>" in page.out


def test_the_book_is_a_page(tmp_path):
    done = fivefold("knowledge", "book", "--output", tmp_path / "book.html")

    assert done.code == 0
    assert (tmp_path / "book.html").read_text().lower().startswith("<!doctype html>")


# ---- Help, schema, completion ----------------------------------------------------------------------------------------


def _examples(command):
    """The example lines of a command's help."""
    text = fivefold(*command.split(), "--help").out
    return [line.strip() for line in text.splitlines() if re.match(r"  +(cat .*\| )?fivefold ", line)]


@pytest.mark.parametrize("command", [*MANY, *(f"knowledge {name}" for name in ("lint", "show", "search", "diff", "schema", "release", "book"))])
def test_every_example_in_the_help_works(command, tmp_path):
    (tmp_path / "my-case.yaml").write_bytes(CLAIRE.read_bytes())
    (tmp_path / "in-may.yaml").write_bytes(CLAIRE.read_bytes())
    (tmp_path / "in-november.yaml").write_bytes(CLAIRE.read_bytes())
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "one.yaml").write_bytes(CLAIRE.read_bytes())
    for name in ("my-base", "old-base", "new-base", "released-base"):
        (tmp_path / name).symlink_to(Path("src/fivefold/knowledge_base").resolve())
    (tmp_path / "docs" / "reference").mkdir(parents=True)
    for schema in Path("docs/reference").glob("*.schema.json"):
        (tmp_path / "docs" / "reference" / schema.name).write_bytes(schema.read_bytes())
    (tmp_path / "signed-plan.json").write_text(fivefold("plan", CLAIRE, "--format", "json", "--no-draws").out)
    program = tmp_path / "bin" / "fivefold"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {" ".join(PROGRAM)} "$@"\n')
    program.chmod(0o755)

    examples = [re.sub(r"  +(?:[(\[]|again|at|with|the|asks).*", "", line) for line in _examples(command)]

    assert examples, f"{command} shows no example"
    surroundings = environment(PATH=f"{program.parent}:{os.environ['PATH']}")
    for line in examples:
        if "~" not in line and " new " not in line:
            done = subprocess.run(line, shell=True, cwd=tmp_path, capture_output=True, text=True, env=surroundings, timeout=120, check=False)
            assert done.returncode == 0, f"{line}\n{done.stderr}"


@pytest.mark.parametrize("command", MANY)
def test_help_fits_80_columns_and_says_what_the_command_does(command):
    done = fivefold(command, "--help")

    assert done.code == 0
    assert max(map(len, done.out.splitlines())) <= 80
    assert len(done.out.splitlines()) > 5


@pytest.mark.parametrize("kind", ["assessment", "plan"])
def test_the_published_schemas_are_fresh(kind):
    assert fivefold("schema", kind, "--check").code == 0
    assert fivefold("schema", kind).out == Path(f"docs/reference/{kind}.schema.json").read_text()


def test_a_stale_schema_is_found(tmp_path):
    (tmp_path / "old.json").write_text("{}")

    done = fivefold("schema", "plan", "--check", "--output", tmp_path / "old.json")

    assert done.code == 2 and "Write it anew" in done.err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_knows_the_commands(shell):
    script = fivefold("completion", shell)
    asked = {"bash": {"COMP_WORDS": "fivefold pl", "COMP_CWORD": "1"}, "zsh": {"COMP_WORDS": "fivefold pl", "COMP_CWORD": "1"}}
    words = asked.get(shell, {"COMP_WORDS": "fivefold pl", "COMP_CWORD": "pl"})

    found = fivefold(env={"_FIVEFOLD_COMPLETE": f"{shell}_complete", **words})

    assert script.code == 0 and "_FIVEFOLD_COMPLETE" in script.out
    assert "plan" in found.out and "profile" not in found.out
