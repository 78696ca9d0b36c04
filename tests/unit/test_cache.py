"""The compiled copy of the knowledge base: the same value, sooner, and never an old one."""

import os
from pathlib import Path

import pytest
from tests.support.readings import knowledge

from fivefold.concepts.errors import KnowledgeRefused
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.knowledge import cache


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A knowledge folder with one file, and a cache folder of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "knowledge_base").mkdir()
    (tmp_path / "knowledge_base" / "sources.yaml").write_text("sources: []\n", encoding="utf-8")
    return tmp_path / "knowledge_base"


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders whose YAML was read; each reading gives the shipped base."""
    found: list[Path] = []

    def read(folder: Path) -> KnowledgeBase:
        found.append(folder)
        return knowledge()

    monkeypatch.setattr(cache, "load_base", read)
    return found


def copies() -> list[Path]:
    return sorted(cache.cache_folder().glob("*.pickle"))


def test_copy_is_the_same_value_and_spares_the_yaml(folder: Path, readings: list[Path]) -> None:
    first, second = cache.load_cached(folder), cache.load_cached(folder)

    assert first == second == knowledge()
    assert second is not first
    assert readings == [folder]


def test_copy_is_made_anew_when_a_file_changes_or_comes(folder: Path, readings: list[Path]) -> None:
    cache.load_cached(folder)
    (folder / "sources.yaml").write_text("sources: [ ]\n", encoding="utf-8")
    cache.load_cached(folder)
    (folder / "release.yaml").write_text("version: x\n", encoding="utf-8")
    cache.load_cached(folder)

    assert len(readings) == 3


def test_each_folder_has_a_copy_of_its_own(folder: Path, readings: list[Path]) -> None:
    other = folder.parent / "other"
    folder.rename(other)
    os.utime(other / "sources.yaml", ns=(1, 1))
    cache.load_cached(other)
    folder.mkdir()
    (other / "sources.yaml").rename(folder / "sources.yaml")
    cache.load_cached(folder)

    assert readings == [other, folder]


@pytest.mark.parametrize("damage", [b"", b"not a pickle", b"\x80\x05N."], ids=["empty", "text", "another value"])
def test_damaged_copy_only_costs_time(folder: Path, readings: list[Path], damage: bytes) -> None:
    cache.load_cached(folder)
    copies()[0].write_bytes(damage)

    assert cache.load_cached(folder) == knowledge()
    assert len(readings) == 2


def test_copy_of_another_user_is_not_opened(folder: Path, readings: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    cache.load_cached(folder)
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    cache.load_cached(folder)

    assert len(readings) == 2


def test_place_that_cannot_be_written_does_not_matter(folder: Path, readings: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "sources.yaml"))

    assert cache.load_cached(folder) == knowledge()


def test_old_copies_are_cleared_away(folder: Path, readings: list[Path]) -> None:
    for number in range(8):
        (folder / "sources.yaml").write_text("sources: []\n" + "\n" * number, encoding="utf-8")
        cache.load_cached(folder)

    assert len(readings) == 8
    assert len(copies()) <= 5


def test_broken_base_leaves_no_copy(folder: Path) -> None:
    with pytest.raises(KnowledgeRefused):
        cache.load_cached(folder)

    assert copies() == []
