"""Backups of a running installation, each with a manifest that says what must be found in it again.

A backup holds the database and not the keys: those have a backup of their own, kept elsewhere.
"""

import json
import shutil
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from fivefold import __version__
from fivefold.concepts.errors import FivefoldError
from fivefold.records.models import Clinic
from fivefold.services import audit, waiting_entries
from fivefold.services.operations.databases import dump_postgres, dump_sqlite
from fivefold.services.operations.sealed import keys_in_use
from fivefold.services.operations.tables import TableMark

FORMAT = 1
PREFIX = "fivefold-"
MANIFEST = "manifest.json"
HEADROOM = 1.2


class BackupUnusable(FivefoldError):
    """A folder is no backup, or its content is not what its manifest says. For the operator."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path.name} cannot be used as a backup: {why}. Take another one; `fivefold admin drill` tells which are good.")


class NoRoom(FivefoldError):
    """There is not enough room for a backup. For the operator."""

    def __init__(self, needed: int, free: int) -> None:
        super().__init__(f"A backup needs about {needed // 1_000_000} MB, and {free // 1_000_000} MB are free. Make room, or name a folder on another disk.")


@dataclass(frozen=True)
class Backup:
    """One backup: its folder and what its manifest says."""

    folder: Path
    made_at: datetime
    vendor: str
    program: str
    migrations: tuple[str, ...]
    keys: tuple[str, ...]
    tables: dict[str, TableMark]
    anchors: tuple[audit.Anchor, ...]
    file: str
    bytes: int
    sha256: str

    @property
    def dump(self) -> Path:
        """The file with the database in it."""
        return self.folder / self.file


def backup_folder() -> Path:
    """Where backups are kept unless another place is named."""
    return Path(settings.FIVEFOLD_BACKUPS)


def make_backup(into: Path | None = None, *, keep: int | None = None) -> Backup:
    """Back the running installation up as it is at one moment; with ``keep``, older backups beyond that number go."""
    waiting_entries.take_in()  # what waits for the trail belongs into the copy
    parent = into or backup_folder()
    parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    made_at = datetime.now(UTC)
    final = _free_name(parent, made_at)
    part = final.with_name(f".{final.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700)
    try:
        backup = _fill(part, made_at)
        (part / MANIFEST).write_text(_as_manifest(backup), encoding="utf-8")
        part.rename(final)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    if keep is not None:
        _drop_old(parent, keep)
    return read_backup(final)


def _free_name(parent: Path, made_at: datetime) -> Path:
    base = f"{PREFIX}{made_at:%Y%m%d-%H%M%S}"
    names = (base if number == 1 else f"{base}-{number}" for number in range(1, 1000))
    return next(parent / name for name in names if not (parent / name).exists())


def _fill(part: Path, made_at: datetime) -> Backup:
    # The anchors are taken first: what is audited while the copy is made comes after them, in the copy or not.
    anchors = tuple(audit.make_anchor(clinic) for clinic in Clinic.objects.order_by("pk"))
    if connection.vendor == "sqlite":
        source = Path(str(connection.settings_dict["NAME"]))
        _look_for_room(source, part)
        dump = part / "record.sqlite3"
        marks = dump_sqlite(source, dump)
        dump.chmod(0o600)
    else:
        dump = part / "record.dump"
        marks = dump_postgres(connection.settings_dict, dump)
    applied = MigrationRecorder(connection).applied_migrations()
    return Backup(
        folder=part,
        made_at=made_at,
        vendor=connection.vendor,
        program=__version__,
        migrations=tuple(sorted(f"{app}.{name}" for app, name in applied)),
        keys=tuple(sorted(keys_in_use())),
        tables=marks,
        anchors=anchors,
        file=dump.name,
        bytes=dump.stat().st_size,
        sha256=checksum(dump),
    )


def _look_for_room(source: Path, target: Path) -> None:
    needed, free = int(source.stat().st_size * HEADROOM), shutil.disk_usage(target).free
    if free < needed:
        raise NoRoom(needed, free)


def checksum(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def _as_manifest(backup: Backup) -> str:
    written = {name: value for name, value in asdict(backup).items() if name != "folder"}
    return json.dumps({"format": FORMAT, **written, "made_at": backup.made_at.isoformat()}, indent=1)


def read_backup(folder: Path) -> Backup:
    """A backup by its folder; raises BackupUnusable when it is none."""
    try:
        written: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if written.pop("format") != FORMAT:
            raise BackupUnusable(folder, "it was made by another version of the program")
        return Backup(
            **{
                **written,
                "folder": folder,
                "made_at": datetime.fromisoformat(written["made_at"]),
                "migrations": tuple(written["migrations"]),
                "keys": tuple(written["keys"]),
                "tables": {name: TableMark(**mark) for name, mark in written["tables"].items()},
                "anchors": tuple(audit.Anchor(**anchor) for anchor in written["anchors"]),
            }
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackupUnusable(folder, f"its manifest cannot be read ({type(error).__name__})") from None


def list_backups(parent: Path | None = None) -> list[Backup]:
    """The complete backups of a folder, the newest first; what is no backup is left out."""
    found = []
    for folder in (parent or backup_folder()).glob(f"{PREFIX}*"):
        try:
            found.append(read_backup(folder))
        except BackupUnusable:
            continue
    return sorted(found, key=lambda backup: backup.made_at, reverse=True)


def keys_of_backups(parent: Path) -> set[str]:
    """The keys that some backup of a folder needs."""
    return {name for backup in list_backups(parent) for name in backup.keys}


def _drop_old(parent: Path, keep: int) -> None:
    for backup in list_backups(parent)[max(1, keep) :]:
        shutil.rmtree(backup.folder)
