"""Releases: identity, version and changelog."""

import shutil
from pathlib import Path

import pytest
from tests.support.readings import knowledge

from fivefold.concepts.knowledge_base import KnowledgeRelease
from fivefold.knowledge.loader import KNOWLEDGE_FOLDER
from fivefold.knowledge.release import check_release, read_changelog, read_release


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small knowledge folder: what a release needs, and one file of knowledge."""
    for name in ("release.yaml", "CHANGELOG.md", "sources.yaml"):
        shutil.copy(KNOWLEDGE_FOLDER / name, tmp_path / name)
    return tmp_path


def change(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")


def change_content(folder: Path) -> None:
    (folder / "sources.yaml").write_text((folder / "sources.yaml").read_text(encoding="utf-8") + "# another byte\n", encoding="utf-8")


def test_shipped_base_is_fit_for_its_release() -> None:
    assert check_release(KNOWLEDGE_FOLDER) == []


def test_release_is_known_by_version_hash_and_number_of_files() -> None:
    assert read_release(KNOWLEDGE_FOLDER) == knowledge().release


def test_hash_changes_with_every_byte_of_a_knowledge_file_and_with_no_other(folder: Path) -> None:
    before = read_release(folder)
    change(folder, "CHANGELOG.md", "# Changelog", "# The changelog")
    same = read_release(folder)
    change_content(folder)
    after = read_release(folder)

    assert same == before
    assert after.content_hash != before.content_hash


def test_changed_content_needs_a_higher_version(folder: Path) -> None:
    before = read_release(folder)
    change_content(folder)

    (problem,) = check_release(folder, before)

    assert (problem.file, problem.line, problem.key, problem.value) == ("release.yaml", 1, "version", "'1.0.0'")
    assert "above 1.0.0" in problem.expected


def test_same_content_needs_no_new_version(folder: Path) -> None:
    assert check_release(folder, read_release(folder)) == []


@pytest.mark.parametrize(("version", "accepted"), [("0.9.9", False), ("1.0.0", False), ("1.0.1", True), ("1.0.10", True), ("2.0.0", True)])
def test_version_is_compared_number_by_number(folder: Path, version: str, accepted: bool) -> None:
    previous = KnowledgeRelease("1.0.0", "another content", 3)
    change(folder, "release.yaml", '"1.0.0"', f'"{version}"')
    change(folder, "CHANGELOG.md", "## 1.0.0 (", f"## {version} (")

    assert (check_release(folder, previous) == []) is accepted


def test_version_without_an_entry_in_the_changelog_is_refused(folder: Path) -> None:
    change(folder, "release.yaml", '"1.0.0"', '"1.1.0"')

    (problem,) = check_release(folder)

    assert problem.file == "release.yaml"
    assert "'## 1.1.0 (2026-11-25)'" in problem.remedy


def test_entry_below_another_is_refused(folder: Path) -> None:
    entry = "## 1.1.0 (2026-12-01)\n\n- **Type:** new. **Areas:** x. **Who is affected:** x. **Source:** x.\n\n"
    change(folder, "CHANGELOG.md", "## 1.0.0 (", entry + "## 1.0.0 (")

    (problem,) = check_release(folder)

    assert problem.value == "the newest entry is 1.1.0"


def test_entry_of_another_day_is_refused(folder: Path) -> None:
    change(folder, "CHANGELOG.md", "## 1.0.0 (2026-11-25)", "## 1.0.0 (2026-11-26)")

    (problem,) = check_release(folder)

    assert (problem.file, problem.value) == ("CHANGELOG.md", "2026-11-26")


@pytest.mark.parametrize("label", ["Type", "Areas", "Who is affected", "Source"])
def test_entry_says_what_for_whom_and_from_which_source(folder: Path, label: str) -> None:
    change(folder, "CHANGELOG.md", f"**{label}:**", "And:")

    (problem,) = check_release(folder)

    assert problem.expected == f"an entry that says {label.lower()}"


def test_release_without_a_changelog_or_a_readable_release_file_is_refused(folder: Path) -> None:
    (folder / "CHANGELOG.md").unlink()
    without_changelog = check_release(folder)
    (folder / "release.yaml").write_text("version: 1\n", encoding="utf-8")
    without_release = check_release(folder)

    assert [problem.expected for problem in without_changelog] == ["an entry for this version in CHANGELOG.md"]
    assert without_release and all(problem.file == "release.yaml" for problem in without_release)


def test_changelog_entries_are_read_with_their_lines() -> None:
    entries = read_changelog(KNOWLEDGE_FOLDER)
    lines = (KNOWLEDGE_FOLDER / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()

    assert entries
    assert all(lines[entry.line - 1] == f"## {entry.version} ({entry.date})" for entry in entries)
