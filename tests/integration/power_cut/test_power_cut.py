"""What was acknowledged survives a power cut and a killed process; and the harness can see it when it does not."""

import json
import os
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.integration.power_cut.disk import Disk
from tests.integration.power_cut.recording_vfs import Step

# The programs run on SQLite whatever the other tests run on: once is enough.
pytestmark = pytest.mark.skipif(os.environ.get("FIVEFOLD_TEST_POSTGRES") == "1", reason="about SQLite; runs with the other databases' tests")
ROOT = Path(__file__).parents[3]
CUTS, KILLS, CYCLES = 300, 60, 8


def run(program: str, *arguments: object) -> Any:
    """Run one of the programs beside this file in a process of its own and give what it found."""
    command = [sys.executable, "-m", f"tests.integration.power_cut.{program}", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    print(done.stdout)
    return json.loads(done.stdout)


def test_wal_with_full_sync_loses_no_acknowledged_act_and_damages_nothing() -> None:
    """Settings, schema and acts are those of the app; 48 acts, the log written back many times, the power cut 300 times."""
    found = run("cut_power", "FULL", CUTS, 1)

    assert found["results"] == {"cuts": CUTS, "acts lost": 0}
    assert found["acts"] == found["steps"]["acknowledged"] == 48
    assert all(count > 100 for count in found["written"].values())  # the log and the database itself were both written


def test_harness_fails_with_normal_sync() -> None:
    """With synchronous=NORMAL the same acts and the same cuts lose what was acknowledged: the test above can see."""
    found = run("cut_power", "NORMAL", CUTS, 1)

    assert found["results"]["cuts with lost"] > CUTS / 4
    assert "cuts with damaged" not in found["results"] and "cuts with half-done" not in found["results"]


def test_harness_sees_damage_without_any_sync() -> None:
    found = run("cut_power", "OFF", CUTS, 1)

    assert found["results"]["cuts with damaged"] > 0
    assert found["steps"].get("sync", 0) == 0


def test_killed_writer_loses_nothing_and_leaves_nothing_half_done() -> None:
    found = run("kill_writer", KILLS, 1)

    assert found["results"] == {"kills": KILLS}
    assert found["acts"] >= KILLS


def test_killed_reader_has_its_view_in_the_trail_once() -> None:
    """Another writer holds the database: what was seen waits beside it. Then the process that takes it in is killed as well."""
    found = run("kill_reader", CYCLES, 1)

    assert found["read"] >= CYCLES
    # One may be kept whose answer was cut off; none that was answered is missing.
    assert found["read"] <= found["kept"] <= found["read"] + CYCLES
    assert (found["twice"], found["others"], found["trail"], found["waits"]) == (0, 0, [], False)


# ---- The disk ------------------------------------------------------------------------------------------------------------


def cuts_of(disk: Disk, number: int = 200) -> set[bytes]:
    chance = Random(1)
    return {disk.after_power_cut(chance).get("a", b"") for _ in range(number)}


def test_synced_bytes_survive_every_cut() -> None:
    disk = Disk.holding({"a": b"0000"})
    for step in (Step("write", "a", 0, b"1111"), Step("sync", "a")):
        disk.take(step)

    assert cuts_of(disk) == {b"1111"}


def test_of_bytes_not_synced_any_part_may_survive_in_any_order() -> None:
    disk = Disk.holding({"a": b"0000"})
    for step in (Step("write", "a", 0, b"1"), Step("write", "a", 2, b"2"), Step("truncate", "a", 1), Step("write", "a", 3, b"3")):
        disk.take(step)

    found = cuts_of(disk)

    assert {b"0000", b"1020", b"0", b"1\x00\x003"} <= found and len(found) > 6


def test_long_write_may_be_torn_at_sectors() -> None:
    disk = Disk.holding({"a": bytes(4096)})
    disk.take(Step("write", "a", 0, b"x" * 4096))

    found = cuts_of(disk)

    assert len(found) > 20
    assert all(len(set(content[start : start + 512])) == 1 for content in found for start in range(0, 4096, 512))


def test_sync_of_one_file_says_nothing_of_another() -> None:
    disk = Disk.holding({"a": b"0"})
    for step in (Step("write", "a", 0, b"1"), Step("write", "b", 0, b"1"), Step("sync", "b")):
        disk.take(step)

    assert cuts_of(disk) == {b"0", b"1"}


@pytest.mark.parametrize("synced", [True, False])
def test_deleted_file_is_gone(synced: bool) -> None:
    disk = Disk.holding({"a": b"0"})
    disk.take(Step("delete", "a", number=int(synced)))

    assert disk.after_power_cut(Random(1)) == {}
