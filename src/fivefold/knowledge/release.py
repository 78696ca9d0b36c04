"""Releases of the knowledge base: what identifies one, and whether a folder is fit to become the next."""

import re
from dataclasses import dataclass
from pathlib import Path

from fivefold.concepts.errors import Problem, shorten
from fivefold.concepts.knowledge_base import KnowledgeRelease
from fivefold.knowledge.decoding import INVALID
from fivefold.knowledge.differences import BaseChange, BaseDiff, diff_bases
from fivefold.knowledge.file_kinds import ReleaseFile
from fivefold.knowledge.loader import content_hash, read_file, read_files

__all__ = ["BaseChange", "BaseDiff", "ChangelogEntry", "check_release", "diff_bases", "read_changelog", "read_release"]

HEADING = re.compile(r"^## (\d+\.\d+\.\d+) \((\d{4}-\d{2}-\d{2})\)\s*$")
LABELS = ("Type", "Areas", "Who is affected", "Source")


@dataclass(frozen=True)
class ChangelogEntry:
    """One entry of the knowledge changelog: version, date, line of its heading, and its text."""

    version: str
    date: str
    line: int
    text: str


def read_release(folder: Path) -> KnowledgeRelease:
    """Version, content hash and number of files of a folder, whether or not the base in it is valid.

    The version is empty when ``release.yaml`` cannot be read.
    """
    loaded, _ = read_files(folder)
    versions = [file.value.version for file in loaded if file.type is ReleaseFile and file.value is not INVALID]
    return KnowledgeRelease(versions[0] if versions else "", content_hash(loaded), len(loaded))


def read_changelog(folder: Path) -> tuple[ChangelogEntry, ...]:
    """The entries of ``CHANGELOG.md``, newest first as they stand there; none when there is no such file."""
    path = folder / "CHANGELOG.md"
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    starts = [index for index, line in enumerate(lines) if line.startswith("## ")]
    found = []
    for index, end in zip(starts, [*starts, len(lines)][1:], strict=True):
        heading = HEADING.match(lines[index])
        if heading:
            found.append(ChangelogEntry(heading[1], heading[2], index + 1, "\n".join(lines[index + 1 : end]).strip()))
    return tuple(found)


def check_release(folder: Path, previous: KnowledgeRelease | None = None) -> list[Problem]:
    """What keeps a folder from being released after ``previous`` (None: it is the first release).

    The version moves up whenever the content changes, and the changelog says under that version what changed, for whom,
    and from which source. Whether the knowledge itself is valid, the linter says.
    """
    now = read_release(folder)
    written = read_file(folder / "release.yaml", "release.yaml", ReleaseFile)
    if written.value is INVALID:
        return list(written.run.problems)
    line = written.run.line_of("version")
    problems = _version_problems(now, previous, line) if previous is not None else []
    return problems + _changelog_problems(folder, written.value, line)


def _version_problems(now: KnowledgeRelease, previous: KnowledgeRelease, line: int) -> list[Problem]:
    if now.content_hash == previous.content_hash:
        return []
    if _number(now.version) > _number(previous.version):
        return []
    remedy = "Move the first number if plans may differ for safety or phase, the second if otherwise, the third if only words or sources changed."
    expected = f"a version above {previous.version}, because the content has changed"
    return [Problem("release.yaml", line, "version", repr(now.version), expected, remedy)]


def _changelog_problems(folder: Path, release: ReleaseFile, line: int) -> list[Problem]:
    entries = read_changelog(folder)
    mine = [entry for entry in entries if entry.version == release.version]
    heading = f"## {release.version} ({release.date.isoformat()})"
    if not mine:
        remedy = f"Write what changed under {heading!r}, with " + ", ".join(LABELS) + "."
        return [Problem("release.yaml", line, "version", repr(release.version), "an entry for this version in CHANGELOG.md", remedy)]
    entry = mine[0]
    problems = []
    if entry is not entries[0] or len(mine) > 1:
        newest = f"the newest entry is {entries[0].version}"
        problems.append(Problem("CHANGELOG.md", entry.line, "", newest, f"one entry for {release.version}, on top", "Put the entries in order, newest first."))
    if entry.date != release.date.isoformat():
        remedy = "Correct one of the two dates."
        problems.append(Problem("CHANGELOG.md", entry.line, "", entry.date, f"{release.date.isoformat()}, the date in release.yaml", remedy))
    for label in LABELS:
        if f"**{label}:**" not in entry.text:
            remedy = f"Add a line that begins with **{label}:**"
            problems.append(Problem("CHANGELOG.md", entry.line, "", shorten(entry.text, 40) or "no text", f"an entry that says {label.lower()}", remedy))
    return problems


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
