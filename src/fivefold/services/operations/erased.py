"""The list of erased records: kept beside the backups, so that what was erased is erased again after a restore."""

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from fivefold.services.operations.backups import backup_folder
from fivefold.services.operations.rows import remove_rows_of

LIST = "erased-records.jsonl"


@dataclass(frozen=True)
class Erased:
    """One erased record, by its id alone."""

    patient_id: UUID
    at: datetime


def remember_erased(patient_id: UUID) -> None:
    """Add a record to the list; it holds ids and moments and nothing about anybody."""
    folder = backup_folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    line = json.dumps({"patient": str(patient_id), "at": datetime.now(UTC).isoformat()}) + "\n"
    handle = os.open(folder / LIST, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(handle, "a", encoding="utf-8") as stream:
        stream.write(line)
        stream.flush()
        os.fsync(stream.fileno())


def read_erased(folder: Path | None = None) -> list[Erased]:
    """Every erased record on the list, the oldest first."""
    path = (folder or backup_folder()) / LIST
    if not path.exists():
        return []
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [Erased(UUID(line["patient"]), datetime.fromisoformat(line["at"])) for line in lines]


def erase_again(since: datetime, using: str) -> int:
    """Erase in a restored database what had been erased after ``since``; gives the number of records."""
    again = [one for one in read_erased() if one.at >= since]
    return sum(remove_rows_of(one.patient_id, using=using, erased_at=one.at) is not None for one in again)
