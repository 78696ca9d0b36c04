"""Program: let a process do real acts, kill it at a moment drawn by chance, look at the database, and begin again.

Usage: python -m tests.integration.power_cut.kill_writer 60 1  (cycles, seed); prints JSON.
"""

import json
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

from tests.integration.power_cut.real_acts import Act, act_on, found_practice, start_app, what_is_wrong

LONGEST = 0.2  # seconds a writer may live after its first acknowledged act


def write_until_killed(pipe: int, actor: Any, patient_id: Any, first: int) -> None:
    """In the process that will be killed: do acts and say so, each before the next begins."""
    for act in act_on(actor, patient_id, first):
        os.write(pipe, (json.dumps([act.number, act.rows]) + "\n").encode())


def one_cycle(actor: Any, patient_id: Any, first: int, chance: Random) -> list[Act]:
    """Start a writer, kill it, and give the acts it had acknowledged."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            write_until_killed(writing, actor, patient_id, first)
        finally:
            os._exit(1)
    os.close(writing)
    said = os.read(reading, 65536)
    time.sleep(chance.random() * LONGEST)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    while part := os.read(reading, 65536):
        said += part
    os.close(reading)
    if not os.WIFSIGNALED(status):
        raise RuntimeError("the writer ended by itself")
    whole = said.decode().rpartition("\n")[0].splitlines()
    return [Act(number, tuple((table, key) for table, key in rows)) for number, rows in map(json.loads, whole)]


def main(cycles: int, seed: int) -> None:
    chance, results, acts = Random(seed), Counter[str](), list[Act]()
    with tempfile.TemporaryDirectory(prefix="fivefold-kill-") as name:
        folder = Path(name)
        start_app(folder)
        actor, patient_id = found_practice(folder)
        from django.db import connections

        from fivefold.services.knowledge import knowledge

        knowledge()
        connections.close_all()  # nothing of the database is shared with the writers
        for cycle in range(cycles):
            acts += one_cycle(actor, patient_id, len(acts) + cycle, chance)  # beyond the one that may be done and not acknowledged
            wrong = what_is_wrong(folder / "record.sqlite3", acts, len(acts))
            kinds = Counter(text.partition(":")[0] for text in wrong)
            results.update({"kills": 1, **{f"kills with {kind}": 1 for kind in kinds}})
    print(json.dumps({"acts": len(acts), "results": results}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
