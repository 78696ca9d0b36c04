"""Every defect of a knowledge base is refused, at its place, with what was expected and what to do.

Each file of ``broken/`` is one defect: a small change of the shipped base and every problem it must give, no more.
"""

import shutil
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from fivefold.concepts.errors import KnowledgeRefused, Problem
from fivefold.knowledge.loader import KNOWLEDGE_FOLDER, LoadedFile, check_files, load_base, read_file, read_files, read_knowledge

FOLDER = Path(__file__).parent / "broken"
DEFECTS = sorted(FOLDER.glob("*.yaml"))
PLACES_OF_CHECKS = ("form", "word", "id", "ref", "order", "criterion", "instrument", "impairment", "module", "file")


@cache
def shipped() -> tuple[LoadedFile, ...]:
    """The files of the shipped base, read once."""
    return tuple(read_files(KNOWLEDGE_FOLDER)[0])


def changed_texts(defect: dict[str, Any]) -> dict[str, str]:
    """The text of every file that the defect changes."""
    texts: dict[str, str] = {}
    for change in defect.get("change", ()):
        name = change["file"]
        text = texts.get(name) or (KNOWLEDGE_FOLDER / name).read_text(encoding="utf-8")
        assert change["replace"] in text, f"{name} has changed: {change['replace']!r} is no longer in it"
        texts[name] = text.replace(change["replace"], change["with"], 1)
    return texts


def problems_of_texts(texts: dict[str, str], folder: Path) -> list[Problem]:
    """The problems of the shipped base with these texts in the place of its own."""
    for name, text in texts.items():
        (folder / Path(name).name).write_text(text, encoding="utf-8")
    files = [read_file(folder / Path(file.name).name, file.name, file.type) if file.name in texts else file for file in shipped()]
    return [problem for file in files for problem in file.run.problems] + check_files(files)[1]


def problems_of_folder(defect: dict[str, Any], folder: Path) -> list[Problem]:
    """The problems of a copy of the shipped base with a file more or less."""
    copy = folder / "knowledge_base"
    shutil.copytree(KNOWLEDGE_FOLDER, copy, ignore=shutil.ignore_patterns("cases", "schema"))
    if "add_file" in defect:
        (copy / defect["add_file"]).write_text("id: S36\n", encoding="utf-8")
    if "remove_file" in defect:
        (copy / defect["remove_file"]).unlink()
    return read_knowledge(copy)[1]


def line_text(problem: Problem, texts: dict[str, str]) -> str:
    """The text on the line that a problem names, or nothing when it names none."""
    if not problem.line:
        return ""
    text = texts.get(problem.file) or (KNOWLEDGE_FOLDER / problem.file).read_text(encoding="utf-8")
    return text.splitlines()[problem.line - 1].strip()


def as_written(problem: Problem, wanted: dict[str, str], texts: dict[str, str]) -> dict[str, str]:
    """A problem in the form of the defect file; its line and expectation as far as they are written there."""
    line = line_text(problem, texts)
    expected = problem.expected
    return {
        "file": problem.file,
        "on_the_line": wanted["on_the_line"] if wanted["on_the_line"] and line.startswith(wanted["on_the_line"]) else line,
        "key": problem.key,
        "found": problem.value,
        "expected": wanted["expected"] if expected.startswith(wanted["expected"]) else expected,
        "remedy": problem.remedy,
    }


@pytest.mark.parametrize("path", DEFECTS, ids=lambda path: path.stem)
def test_defect_is_refused_with_its_place_and_its_remedy(path: Path, tmp_path: Path) -> None:
    defect = yaml.safe_load(path.read_text(encoding="utf-8"))
    texts = changed_texts(defect)

    problems = problems_of_texts(texts, tmp_path) if texts else problems_of_folder(defect, tmp_path)

    assert len(problems) == len(defect["problems"]), [str(problem) for problem in problems]
    assert [as_written(problem, wanted, texts) for problem, wanted in zip(problems, defect["problems"], strict=True)] == defect["problems"]


def test_every_kind_of_check_has_broken_bases() -> None:
    kinds = {path.stem.partition("_")[0] for path in DEFECTS}

    assert kinds == set(PLACES_OF_CHECKS)
    assert len(DEFECTS) >= 100


def test_all_problems_are_shown_at_once_also_beside_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    names = ("form_unknown_key", "word_hurtful", "ref_gate", "ref_protocol_stage", "instrument_range", "criterion_score_above_scale")
    defects = [yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8")) for name in names]
    together = {"change": [change for defect in defects for change in defect["change"] if change["file"] != "modules/specific/S04_self_harm.yaml"]}
    together["change"] += defects[0]["change"]

    problems = problems_of_texts(changed_texts(together), tmp_path)

    assert [problem.key for problem in problems] == ["homwork_ideas", "scales[0].range", "components[1].stage", "gates[0].needs[2].module"]


def test_a_file_that_cannot_be_read_does_not_make_those_who_name_it_wrong(tmp_path: Path) -> None:
    defect = yaml.safe_load((FOLDER / "form_key_missing.yaml").read_text(encoding="utf-8"))

    problems = problems_of_texts(changed_texts(defect), tmp_path)

    assert [(problem.file, problem.key) for problem in problems] == [("modules/specific/S04_self_harm.yaml", "burden")]


def test_a_broken_base_is_never_loaded(tmp_path: Path) -> None:
    copy = tmp_path / "knowledge_base"
    shutil.copytree(KNOWLEDGE_FOLDER, copy, ignore=shutil.ignore_patterns("cases", "schema"))
    (copy / "rules" / "gates.yaml").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(KnowledgeRefused) as refused:
        load_base(copy)

    assert [problem.file for problem in refused.value.problems] == ["rules/gates.yaml"]
