"""The safety log is true as far as a script can tell, and the script finds what is not."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from scripts.check_safety_log import CHAPTERS, HAZARD_IDS, PEER_IDS, ROOT, SUMMARY, find_problems, read_log, summary

from fivefold.cli.admin import admin
from fivefold.cli.asvs import read_statement

TESTS = """
import pytest

def test_here(): ...

@pytest.mark.skip(reason="later")
def test_skipped(): ...

class TestGroup:
    def test_inside(self): ...
"""
Entry = dict[str, Any]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with one place and one test file."""
    (tmp_path / "src").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "src" / "door.py").write_text("LIMIT = 3\n\nclass Door:\n    def open(self): ...\n")
    (tmp_path / "tests" / "test_door.py").write_text(TESTS)
    return tmp_path


def a_hazard(name: str = "H01", **changed: object) -> Entry:
    control = {"what": "a door", "where": ["src/door.py::Door::open"], "tests": ["tests/test_door.py::test_here"]}
    return {"id": name, "hazard": "somebody falls", "applies": "now", "status": "controlled", "controls": [control], **changed}


def with_control(**changed: object) -> Entry:
    hazard = a_hazard()
    hazard["controls"][0] |= changed
    return hazard


def a_peer(name: str = "P01", **changed: object) -> Entry:
    told = {"peer": "Others", "source": "a report", "cause": "a mistake", "here": "a door"}
    return {"id": name, **told, "status": "tested", "tests": ["tests/test_door.py::TestGroup::test_inside"], **changed}


def problems_of(root: Path, *, hazard: Entry | None = None, peer: Entry | None = None, topic: Entry | None = None) -> list[str]:
    """What is found in a log that is whole but for the given entries."""
    hazards = [hazard or a_hazard(), *(a_hazard(name) for name in HAZARD_IDS[1:])]
    peers = [peer or a_peer(), *(a_peer(name) for name in PEER_IDS[1:])]
    chapters = [{"chapter": name, "topics": [topic or {"topic": "doors", "status": "pass", "reason": "there is one"}]} for name in CHAPTERS]
    return find_problems(hazards, peers, chapters, root)


def test_log_of_this_project_holds_and_its_summary_is_fresh() -> None:
    log = read_log()

    assert find_problems(*log) == []
    assert (ROOT / SUMMARY).read_text(encoding="utf-8") == summary(*log)


def test_whole_log_has_no_problem(root: Path) -> None:
    assert problems_of(root) == []


@pytest.mark.parametrize(
    ("hazard", "told"),
    [
        (a_hazard("H02"), "H01: this hazard is missing"),
        (a_hazard("H99"), "H99: expected a hazard from H01 to H39"),
        (a_hazard(status="fine"), "status 'fine'"),
        (a_hazard(applies="soon"), "applies 'soon'"),
        (a_hazard(applies="later"), "say with which part"),
        (a_hazard(controls=[]), "controlled, but no control is named"),
        (a_hazard(status="partly"), "say what is missing"),
        (a_hazard(status="not yet", missing="all of it"), "not yet, but controls are named"),
        (a_hazard(status="not yet", controls=[]), "say what is missing"),
        (a_hazard(colour="red"), "unknown key 'colour'"),
        (with_control(tests=[]), "needs a place and a test"),
        (with_control(where=[]), "needs a place and a test"),
        (with_control(where=["src/window.py"]), "there is no src/window.py"),
        (with_control(where=["src/door.py::Window"]), "there is no Window in src/door.py"),
        (with_control(tests=["tests/test_window.py::test_here"]), "there is no test file tests/test_window.py"),
        (with_control(tests=["tests/test_door.py::test_gone"]), "there is no test test_gone"),
        (with_control(tests=["tests/test_door.py"]), "there is no test"),
        (with_control(tests=["tests/test_door.py::TestGroup"]), "there is no test TestGroup"),
        (with_control(tests=["tests/test_door.py::test_skipped"]), "is never run (skip)"),
        (with_control(tests=["tests/test_door.py::test_here"] * 2), "is named twice"),
    ],
)
def test_hazard_that_does_not_hold_is_found(root: Path, hazard: Entry, told: str) -> None:
    assert any(told in problem for problem in problems_of(root, hazard=deepcopy(hazard)))


@pytest.mark.parametrize(
    ("peer", "told"),
    [
        (a_peer("P02"), "P01: this peer failure is missing"),
        (a_peer(source=""), "source is not said"),
        (a_peer(status="fine"), "status 'fine'"),
        (a_peer(tests=[]), "name a test"),
        (a_peer(status="partly"), "say what is missing"),
        (a_peer(status="not yet", missing="all of it"), "not yet, but tests are named"),
        (a_peer(status="no such part", here=""), "say why this cannot happen here"),
        (a_peer(tests=["tests/test_door.py::TestGroup::test_gone"]), "there is no test TestGroup::test_gone"),
    ],
)
def test_peer_failure_that_does_not_hold_is_found(root: Path, peer: Entry, told: str) -> None:
    assert any(told in problem for problem in problems_of(root, peer=peer))


@pytest.mark.parametrize(
    ("topic", "told"),
    [
        ({"topic": "doors", "status": "pass"}, "V17, doors: say why"),
        ({"topic": "doors", "status": "good", "reason": "there is one"}, "status 'good'"),
        ({"topic": "doors", "status": "pass", "reason": "there is one", "tests": ["tests/test_door.py::test_gone"]}, "there is no test test_gone"),
    ],
)
def test_statement_that_does_not_hold_is_found(root: Path, topic: Entry, told: str) -> None:
    assert any(told in problem for problem in problems_of(root, topic=topic))


def test_names_of_values_and_methods_are_places(root: Path) -> None:
    assert problems_of(root, hazard=with_control(where=["src/door.py::LIMIT", "src/door.py::Door", "src"])) == []


def test_command_prints_every_chapter_and_topic_with_its_state() -> None:
    done = CliRunner().invoke(admin, ["asvs", "--tests"])

    assert done.exit_code == 0
    text = " ".join(done.output.split())
    for chapter in read_statement():
        assert f"{chapter['chapter']} {chapter['name']}" in text
        for topic in chapter["topics"]:
            assert f"{topic['status']} {topic['topic']}" in text
            assert all(test in text for test in topic.get("tests", []))
    assert max(len(line) for line in done.output.splitlines() if "::" not in line) <= 80


def test_statement_in_the_documentation_is_the_one_that_is_installed() -> None:
    documented = ROOT / "docs" / "safety" / "asvs.yaml"

    assert documented.resolve() == (ROOT / "src" / "fivefold" / "cli" / "asvs.yaml").resolve()
