"""Program: while another writer holds the database, let a process read records and kill it; then let one take the entries in, and kill that.

Usage: python -m tests.integration.power_cut.kill_reader 30 1  (cycles, seed); prints JSON.
"""

import json
import os
import signal
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

from tests.integration.power_cut.real_acts import found_practice, start_app

LONGEST = 0.1  # seconds a process may live after what it has said first


def until_killed(work: Callable[[], object], chance: Random) -> int:
    """Let a process do one thing again and again and say each time that it is done; kill it; give how often it had said so."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            while True:
                work()
                os.write(writing, b".")
        finally:
            os._exit(1)
    os.close(writing)
    said = len(os.read(reading, 65536))
    time.sleep(chance.random() * LONGEST)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while part := os.read(reading, 65536):
        said += len(part)
    os.close(reading)
    return said


def main(cycles: int, seed: int) -> None:
    chance, read = Random(seed), 0
    with tempfile.TemporaryDirectory(prefix="fivefold-kill-") as name:
        folder = Path(name)
        start_app(folder)
        actor, patient_id = found_practice(folder)
        from django.conf import settings
        from django.db import connections

        from fivefold.records.models import AuditEntry
        from fivefold.services import audit, goals, waiting_entries

        settings.DATABASES["default"]["OPTIONS"]["timeout"] = 0.001
        connections["default"].settings_dict["OPTIONS"]["timeout"] = 0.001
        look: Any = lambda: goals.see_goals(actor, patient_id=patient_id)  # noqa: E731
        look()
        ordinary = AuditEntry.objects.count()
        for _ in range(cycles):
            connections.close_all()  # nothing of the database is shared with the processes that are killed
            with closing(sqlite3.connect(folder / "record.sqlite3", isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                read += until_killed(look, chance)
                other.execute("ROLLBACK")
            until_killed(waiting_entries.take_in, chance)
        waiting_entries.take_in()
        kept = [entry.detail[audit.WAITED] for entry in AuditEntry.objects.all() if audit.WAITED in entry.detail]
        print(
            json.dumps(
                {
                    "read": read,
                    "kept": len(kept),
                    "twice": len(kept) - len(set(kept)),
                    "others": AuditEntry.objects.exclude(detail__has_key=audit.WAITED).count() - ordinary,
                    "trail": [problem.what for problem in audit.verify(actor.clinic)],
                    "waits": waiting_entries.anything_waits(),
                }
            )
        )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
