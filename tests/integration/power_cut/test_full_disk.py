"""On a full disk nothing new is taken, nothing is half written, and what is known can still be read."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.integration.power_cut.test_power_cut import run

pytestmark = pytest.mark.skipif(os.environ.get("FIVEFOLD_TEST_POSTGRES") == "1", reason="about SQLite; runs with the other databases' tests")
SIZE = "24m"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a few megabytes; only root may have one."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(place)], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("only root can mount a disk; the same is tried with a layer under SQLite")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def stands(found: dict[str, Any]) -> None:
    """What must hold on every full disk."""
    assert found["refusal"] == "OperationalError"
    assert {name: status for name, (status, _) in found["written"].items()} == dict.fromkeys(found["written"], 503)
    assert [name for name, (_, given_back) in found["written"].items() if not given_back and name != "drafts"] == []
    assert found["read"] == dict.fromkeys(found["read"], 200)
    assert found["draft"] is True
    assert found["wrong"] == found["trail"] == []
    assert {status for status, _ in found["written after"].values()} == {204, 302}
    # One's own draft is no view of a record; the forms that were given back show the record as well.
    assert found["views"]["waited"] >= len(found["read"]) - 1
    assert found["views"] == {"waited": found["views"]["waited"], "in the trail": found["views"]["waited"], "wait still": 0}


def test_full_disk_takes_nothing_half_gives_back_what_was_typed_and_is_read_on(tmp_path: Path) -> None:
    stands(run("full_disk", "shim", tmp_path / "data"))


def test_disk_that_is_really_full_does_the_same(small_disk: Path) -> None:
    stands(run("full_disk", "real", small_disk))
