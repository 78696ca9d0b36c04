"""Program: do real acts on the recording layer, cut the power at many moments, and say what was lost.

Usage: python -m tests.integration.power_cut.cut_power FULL 300 1  (durability, cuts, seed); prints JSON.
"""

import json
import sys
import tempfile
from collections import Counter
from pathlib import Path
from random import Random

from tests.integration.power_cut.disk import Disk
from tests.integration.power_cut.real_acts import Act, act_on, found_practice, start_app, what_is_wrong
from tests.integration.power_cut.recording_vfs import RecordingVfs

ACTS = 48
CHECKPOINT_PAGES = 60  # so that the log is written back many times within one recording
DATABASE = "record.sqlite3"


def record(folder: Path, synchronous: str, layer: RecordingVfs) -> tuple[dict[str, bytes], list[Act]]:
    """Set a practice up, note what is on the disk then, and do the acts."""
    from itertools import islice

    from django.db import connection

    start_app(folder, synchronous, checkpoint_pages=CHECKPOINT_PAGES)
    actor, patient_id = found_practice(folder)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = {path.name: path.read_bytes() for path in folder.glob(f"{DATABASE}*") if not path.name.endswith("-shm")}
    layer.is_on = True
    acts = []
    for act in islice(act_on(actor, patient_id), ACTS):
        acts.append(act)
        layer.note("acknowledged", len(acts))
    layer.is_on = False
    connection.close()
    layer.remove()
    return before, acts


def cut(before: dict[str, bytes], acts: list[Act], layer: RecordingVfs, cuts: int, chance: Random) -> Counter[str]:
    """Cut the power at moments drawn from the whole recording and look at what is found each time."""
    moments = Counter(chance.randrange(1, len(layer.steps) + 1) for _ in range(cuts))
    disk, acknowledged, results = Disk.holding(before), 0, Counter[str]()
    for place, step in enumerate(layer.steps, start=1):
        disk.take(step)
        acknowledged = step.number if step.kind == "acknowledged" else acknowledged
        for _ in range(moments[place]):
            results.update(look(disk.after_power_cut(chance), acts, acknowledged))
    return results


def look(contents: dict[str, bytes], acts: list[Act], acknowledged: int) -> Counter[str]:
    """One cut: what is wrong afterwards, counted by kind."""
    with tempfile.TemporaryDirectory(prefix="fivefold-cut-") as name:
        for file, content in contents.items():
            (Path(name) / file).write_bytes(content)
        wrong = what_is_wrong(Path(name) / DATABASE, acts, acknowledged)
    kinds = Counter(text.partition(":")[0] for text in wrong)
    return Counter({"cuts": 1, "acts lost": kinds["lost"], **{f"cuts with {kind}": 1 for kind in kinds}})


def main(synchronous: str, cuts: int, seed: int) -> None:
    layer = RecordingVfs()
    layer.install()
    with tempfile.TemporaryDirectory(prefix="fivefold-power-") as name:
        before, acts = record(Path(name), synchronous, layer)
        kinds = Counter(step.kind for step in layer.steps)
        results = cut(before, acts, layer, cuts, Random(seed))
    written = {file: sum(step.file == file and step.kind == "write" for step in layer.steps) for file in (DATABASE, f"{DATABASE}-wal")}
    print(json.dumps({"synchronous": synchronous, "acts": len(acts), "steps": kinds, "written": written, "results": results}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
