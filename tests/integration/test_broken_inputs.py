"""Every broken input is refused with all its problems at once, in bounded time and memory, and never with a traceback."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.support.broken_inputs import BUILT, write_built
from tests.support.readings import knowledge

from fivefold.concepts.errors import InputRefused, Problem
from fivefold.exchange.assessment_reader import read_assessment

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).parent / "broken_inputs"
INDEX = yaml.safe_load((FOLDER / "broken.yaml").read_text(encoding="utf-8"))
EXPECTED: dict[str, dict[str, Any]] = INDEX["written"] | INDEX["built"]
COMMAND_LINE = ROOT / "src" / "fivefold" / "cli" / "main.py"

# Reads every file named on the command line in one process; prints seconds, peak memory and problems of each.
READ_EACH = """
import json, resource, sys, time
from pathlib import Path
from fivefold.concepts.errors import InputRefused
from fivefold.exchange.assessment_reader import read_assessment
from fivefold.knowledge.loader import load_base

base = load_base()
resource.setrlimit(resource.RLIMIT_AS, (1_000_000_000, 1_000_000_000))
for name in sys.argv[1:]:
    start = time.perf_counter()
    try:
        read_assessment(Path(name), base)
        count = 0
    except InputRefused as refused:
        count = len(refused.problems)
    # The kernel's own mark, in kB: what getrusage says still holds the size of the process that started this one.
    peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) / 1000
    print(json.dumps([Path(name).name, time.perf_counter() - start, peak, count]))
"""

# Runs `python -m fivefold.cli.main plan FILE` for every file in one process, the knowledge read once for all.
PLAN_EACH = """
import contextlib, functools, io, json, runpy, sys, traceback
from fivefold.knowledge import loader

loader.load_base = functools.cache(loader.load_base)
for name in sys.argv[1:]:
    sys.argv = ["fivefold", "plan", name]
    out, err, code = io.StringIO(), io.StringIO(), 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            runpy.run_module("fivefold.cli.main", run_name="__main__", alter_sys=False)
        except SystemExit as leave:
            code = leave.code
        except BaseException:
            code = traceback.format_exc()
    sys.stdout.write(json.dumps([name, code, out.getvalue(), err.getvalue()]) + "\\n")
"""


@pytest.fixture
def broken_file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A broken input by its name: as it stands in the folder, or built for this test."""
    return write_built(request.param, tmp_path) if request.param in BUILT else FOLDER / request.param


@pytest.fixture(scope="module")
def all_broken_files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("built")
    return [write_built(name, folder) if name in BUILT else FOLDER / name for name in EXPECTED]


def problems_of(path: Path) -> list[Problem]:
    with pytest.raises(InputRefused) as refused:
        read_assessment(path, knowledge())
    return list(refused.value.problems)


def in_order(problems: list[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: (problem.line or 10**9, problem.key))


def test_every_broken_file_is_in_the_index_and_every_entry_has_its_file() -> None:
    written = {path.name for path in FOLDER.iterdir()} - {"broken.yaml"}

    assert written == set(INDEX["written"])
    assert set(BUILT) == set(INDEX["built"])
    assert len(EXPECTED) >= 70


@pytest.mark.parametrize("broken_file", EXPECTED, indirect=True)
def test_broken_file_is_refused_with_exactly_its_problems(broken_file: Path) -> None:
    entry = EXPECTED[broken_file.name]
    expected = sorted(entry["problems"], key=lambda problem: (problem["line"] or 10**9, problem["key"]))

    found = in_order(problems_of(broken_file))

    shown = "\n".join(map(str, found[:10]))
    compared = found[: len(expected)] if "count" in entry else found
    assert [(problem.line, problem.key) for problem in compared] == [(part["line"], part["key"]) for part in expected], shown
    assert len(found) == entry.get("count", len(expected)), shown
    for problem, part in zip(compared, expected, strict=True):
        assert part["contains"] in str(problem)


@pytest.mark.parametrize("broken_file", EXPECTED, indirect=True)
def test_each_problem_says_where_what_was_expected_and_what_to_do(broken_file: Path) -> None:
    for problem in problems_of(broken_file):
        assert problem.file == str(broken_file)
        assert problem.value
        assert problem.expected
        assert problem.remedy.endswith((".", "?"))


@pytest.mark.parametrize("broken_file", EXPECTED, indirect=True)
def test_no_problem_is_longer_than_a_reader_can_take_or_carries_control_characters(broken_file: Path) -> None:
    for problem in problems_of(broken_file):
        assert len(str(problem)) < 1_000 + len(problem.file)
        assert str(problem).isprintable()


def test_hostile_files_cost_little_time_and_memory(all_broken_files: list[Path]) -> None:
    hostile = [str(path) for path in all_broken_files if path.name in BUILT]

    run = subprocess.run([sys.executable, "-c", READ_EACH, *hostile], capture_output=True, text=True, timeout=120, check=False)

    assert run.stderr == ""
    read = [json.loads(line) for line in run.stdout.splitlines()]
    assert [name for name, *_ in read] == list(INDEX["built"])
    assert [name for name, _, _, count in read if count == 0] == []
    assert [(name, seconds) for name, seconds, _, _ in read if seconds > 10] == []
    assert [(name, peak) for name, _, peak, _ in read if peak > 300] == []


@pytest.mark.skipif(not COMMAND_LINE.exists(), reason="the command line is not written yet")
def test_the_command_line_answers_every_broken_file_with_exit_code_2_and_all_problems(all_broken_files: list[Path]) -> None:
    names = [str(path) for path in all_broken_files]

    run = subprocess.run([sys.executable, "-c", PLAN_EACH, *names], capture_output=True, text=True, timeout=600, check=False)

    answers = [json.loads(line) for line in run.stdout.splitlines()]
    assert [name for name, *_ in answers] == names, run.stderr
    for name, code, out, err in answers:
        assert code == 2, f"{name}: {code}\n{err}"
        assert out == "", f"{name}: a plan, or part of one, was printed"
        assert "Traceback" not in err
        assert all(flat(part["contains"]) in flat(err) for part in EXPECTED[Path(name).name]["problems"]), f"{name}:\n{err}"


@pytest.mark.skipif(not COMMAND_LINE.exists(), reason="the command line is not written yet")
@pytest.mark.parametrize("broken_file", ["many_problems_at_once.yaml", "picture.yaml", "fifty_megabytes.yaml", "billion_laughs.yaml"], indirect=True)
def test_the_real_command_exits_2_without_a_traceback(broken_file: Path) -> None:
    command = [sys.executable, "-m", "fivefold.cli.main", "plan", str(broken_file)]

    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert run.returncode == 2
    assert run.stdout == ""
    assert "Traceback" not in run.stderr


def flat(text: str) -> str:
    """Text without the line breaks and columns that a terminal may make of it."""
    return "".join(re.sub(r"\n +do  +", ". ", text).replace(",", " ").split())
