"""Restoring a backup into an empty place, and the drill that proves that it can be done."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader

from fivefold.concepts.errors import FivefoldError
from fivefold.records.crypto import Ring, keyring
from fivefold.records.models import CaseloadRow, Clinic
from fivefold.services import audit
from fivefold.services.operations.backups import Backup, BackupUnusable, checksum, read_backup
from fivefold.services.operations.databases import (
    Settings,
    empty_postgres,
    fill_postgres,
    fill_sqlite,
    marks_of_postgres,
    marks_of_sqlite,
    opened,
    settings_of,
    soundness_of_sqlite,
)
from fivefold.services.operations.erased import erase_again
from fivefold.services.operations.sealed import keys_at_hand, rows_with_texts, sealed_models
from fivefold.services.operations.tables import TableMark

SAMPLE = 5


@dataclass(frozen=True)
class Restored:
    """What a restore brought back, and what it cannot bring back."""

    made_at: datetime
    rows: int
    erased_again: int
    safety_signals: int
    notes_closed: bool

    @property
    def words(self) -> str:
        """What the team has to know."""
        return (
            f"The record is back as it was at {self.made_at:%Y-%m-%d %H:%M} UTC. Whatever was recorded later is missing: go through notes, mail and calls "
            f"since then, and speak first with the {self.safety_signals} patients who had a safety signal at that time."
            + (" Process notes do not open: put their key file of that time in its place." if self.notes_closed else "")
        )


def restore(folder: Path, into: Path | str | None = None) -> Restored:
    """Put a backup into an empty place: a file, a postgresql:// address, or where the installation's own database should be.

    Nothing is ever written over (PlaceIsTaken), and records erased after the backup was made are erased again.
    """
    backup = read_backup(folder)
    _refuse_changed(backup)
    _refuse_other_keys(backup)
    place = settings_of(into) if into is not None else dict(connection.settings_dict)
    if into is None:
        connection.close()
    _fill(backup, place)
    with opened(place) as alias:
        gone = erase_again(backup.made_at, alias)
        for clinic in Clinic.objects.using(alias).order_by("pk"):
            audit.record_system(clinic, "restore_backup", made_at=backup.made_at.isoformat(), erased_again=gone)
        signals = CaseloadRow.objects.using(alias).filter(signal="safety", patient__closed_at__isnull=True).count()
    closed = any(name.startswith(Ring.PROCESS_NOTES) for name in set(backup.keys) - keys_at_hand())
    return Restored(backup.made_at, sum(mark.rows for mark in backup.tables.values()), gone, signals, closed)


def _refuse_changed(backup: Backup) -> None:
    if backup.vendor != connection.vendor:
        raise BackupUnusable(backup.folder, f"it is of {backup.vendor} and this installation runs on {connection.vendor}")
    if not backup.dump.exists() or checksum(backup.dump) != backup.sha256:
        raise BackupUnusable(backup.folder, "its file was changed after it was made")


def _refuse_other_keys(backup: Backup) -> None:
    """Without its keys nothing of a backup can be read or written on: said before anything is put anywhere.

    Process notes have keys of their own. A record comes back without them as well: patients must not wait for notes.
    """
    missing = sorted(name for name in set(backup.keys) - set(keyring().keys) if not name.startswith(Ring.PROCESS_NOTES))
    if missing:
        raise BackupUnusable(backup.folder, f"the key file at hand lacks {', '.join(missing)}; put the key file of that time in its place")


def _fill(backup: Backup, place: Settings) -> None:
    if backup.vendor == "sqlite":
        fill_sqlite(backup.dump, Path(str(place["NAME"])))
    else:
        fill_postgres(backup.dump, place)


# ---- The drill -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Check:
    """One thing the drill looked at."""

    what: str
    holds: bool
    detail: str


@dataclass(frozen=True)
class Drill:
    """What a drill found; a backup is good when every check holds."""

    folder: Path
    checks: tuple[Check, ...]
    seconds: float

    @property
    def holds(self) -> bool:
        """Whether the backup restores."""
        return all(check.holds for check in self.checks)


def drill(folder: Path) -> Drill:
    """Prove that a backup restores: put it into a place of its own, compare it with its manifest, and throw the place away."""
    started = time.monotonic()
    checks = tuple(_checks(folder))
    return Drill(folder, checks, round(time.monotonic() - started, 2))


def _checks(folder: Path) -> Iterator[Check]:
    try:
        backup = read_backup(folder)
        _refuse_changed(backup)
    except BackupUnusable as error:
        yield Check("file", False, str(error))
        return
    yield Check("file", True, f"{backup.bytes:,} bytes, checksum as in the manifest")
    try:
        with _restored_apart(backup) as place:
            yield from _content_checks(backup, place)
            with opened(place) as alias:
                yield _migrations(backup)
                yield _audit_chain(backup, alias)
                yield _sealed_texts(alias)
    except (FivefoldError, DatabaseError, OSError) as error:
        yield Check("restore", False, f"{type(error).__name__}: {error}")


@contextmanager
def _restored_apart(backup: Backup) -> Iterator[Settings]:
    """The backup restored where nobody works, gone afterwards."""
    if backup.vendor == "sqlite":
        folder = Path(tempfile.mkdtemp(prefix="fivefold-drill-", dir=backup.folder.parent))
        try:
            place = settings_of(folder / "record.sqlite3")
            _fill(backup, place)
            yield place
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    else:
        with empty_postgres(dict(connection.settings_dict), f"fivefold_drill_{uuid4().hex[:12]}") as place:
            _fill(backup, place)
            yield place


def _content_checks(backup: Backup, place: Settings) -> Iterator[Check]:
    if backup.vendor == "sqlite":
        path = Path(str(place["NAME"]))
        said = soundness_of_sqlite(path)
        yield Check("integrity", said == "ok", said)
        found = marks_of_sqlite(path)
    else:
        found = marks_of_postgres(place)
    yield _rows(backup.tables, found)
    yield _hashes(backup.tables, found)


def _rows(expected: dict[str, TableMark], found: dict[str, TableMark]) -> Check:
    wrong = [name for name in sorted({*expected, *found}) if _count(expected, name) != _count(found, name)]
    total = sum(mark.rows for mark in found.values())
    return Check("rows", not wrong, f"{total:,} rows in {len(found)} tables" + (f"; not as they were: {', '.join(wrong)}" if wrong else ", as they were"))


def _count(marks: dict[str, TableMark], name: str) -> int | None:
    return marks[name].rows if name in marks else None


def _hashes(expected: dict[str, TableMark], found: dict[str, TableMark]) -> Check:
    wrong = [name for name, mark in sorted(expected.items()) if name not in found or found[name].hash != mark.hash]
    return Check("content", not wrong, f"changed: {', '.join(wrong)}" if wrong else f"every row of {len(expected)} tables as it was")


def _migrations(backup: Backup) -> Check:
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    newer = [name for name in backup.migrations if name not in known and not name.startswith("records.__")]
    return Check("version", not newer, f"made by a newer program: {', '.join(newer)}" if newer else "this program can use it")


def _audit_chain(backup: Backup, alias: str) -> Check:
    anchors = {anchor.clinic_id: anchor for anchor in backup.anchors}
    problems: list[Any] = []
    clinics = list(Clinic.objects.using(alias).order_by("pk"))
    for clinic in clinics:
        problems.extend(audit.verify(clinic, anchors.get(clinic.pk)))
    first = f"; first: clinic {problems[0].clinic_id}, entry {problems[0].number}: {problems[0].what}" if problems else ""
    return Check("audit trail", not problems, f"{len(clinics)} chains, {len(problems)} problems{first}")


def _sealed_texts(alias: str) -> Check:
    """Whether the keys at hand open some texts of every kind; the texts themselves are not kept."""
    opened_texts = closed = 0
    for model, names in sealed_models():
        for row in rows_with_texts(model, names, alias)[:SAMPLE]:
            for name in names:
                try:
                    opened_texts += bool(getattr(row, name))
                except FivefoldError:
                    closed += 1
    return Check(
        "keys",
        not closed,
        f"{opened_texts} sealed texts opened" + (f", {closed} do not open: the key files are not those they were sealed with" if closed else ""),
    )
