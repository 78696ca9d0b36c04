"""Views whose entry the database could not take: kept beside it, and given their place in the audit trail as soon as it can be written.

What is read in the care of a patient is read on while the database is busy or the disk is full, and it is audited all the same: before
the page is answered, its entry is written to a file of the data folder and has reached the disk. That file was filled with zeros while
there was room, so that a full disk has nothing against an entry. Each is sealed with the key of the audit chain, names people and things
by their ids alone like the trail itself, and keeps the time at which it was seen.
"""

import fcntl
import hmac
import json
import logging
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, transaction

from fivefold.concepts.errors import FivefoldError
from fivefold.records import clock
from fivefold.records.crypto import keyring
from fivefold.records.models import Clinic
from fivefold.services import audit
from fivefold.services.audit import Seen

# One entry for each sector of a disk: of a sector a power cut leaves all or nothing.
SECTOR = 512
# Entries there is room for on a full disk: a working day of a clinic whose forty therapists look at a hundred pages each. A proposal of ours.
ROOM = 4096
SOMETHING_WAITS = b"1"

log = logging.getLogger("fivefold.services")


@dataclass(frozen=True)
class Waiting:
    """What waits: the entries by their place in the file, the oldest first, and the places whose seal does not hold."""

    entries: dict[int, Seen]
    spoilt: tuple[int, ...]


def waiting_file() -> Path:
    """Where entries wait."""
    return Path(settings.FIVEFOLD_WAITING_ENTRIES)


def has_room() -> bool:
    """Whether entries will find room on a full disk."""
    path = waiting_file()
    return path.exists() and path.stat().st_size >= SECTOR * (ROOM + 1)


def keep_room() -> None:
    """Fill the file with zeros where it is missing or short. Without room for that, entries are kept as long as there is any."""
    try:
        with _open():
            pass
    except OSError as error:
        log.error("no room is kept for entries of the trail", exc_info=error)


def keep_waiting(seen: Seen) -> None:
    """Keep an entry until the database can take it; when this ends it has reached the disk. Raises OSError when it cannot be kept."""
    with _open() as handle:
        place = _free_place(handle)
        # The mark first: an entry that nobody looks for would wait for ever.
        for content, at in ((SOMETHING_WAITS, 0), (_written(seen), place)):
            if os.pwrite(handle, content, at) != len(content):
                raise OSError("an entry of the trail was written in part")
        os.fsync(handle)


def anything_waits() -> bool:
    """Whether something may wait: one byte is read, because this is asked at every act."""
    try:
        with waiting_file().open("rb", buffering=0) as stream:
            return stream.read(1) == SOMETHING_WAITS
    except OSError:
        return False


def see_waiting() -> Waiting:
    """Everything that waits."""
    if not anything_waits():
        return Waiting({}, ())
    with _open() as handle:
        found = {place: _read(raw) for place, raw in _places(handle) if raw[0]}
    good = sorted(((place, seen) for place, seen in found.items() if seen is not None), key=lambda one: one[1].at)
    return Waiting(dict(good), tuple(place for place, seen in found.items() if seen is None))


def take_in() -> int:
    """Give what waits its place in the trail; gives the number of entries. What cannot be written yet goes on waiting.

    Killed between the database and the file, an entry is found again, and is in the trail already: it is taken in once. One of a clinic
    that has been removed goes as its trail has gone.
    """
    if not anything_waits() or connection.in_atomic_block or clock.is_moved():
        return 0
    try:
        waiting = see_waiting()
        for clinic in Clinic.objects.filter(pk__in={seen.clinic_id for seen in waiting.entries.values()}).order_by("pk"):
            audit.add_seen(clinic, [seen for seen in waiting.entries.values() if seen.clinic_id == clinic.pk])
        if waiting.spoilt:
            _tell_of_spoilt(len(waiting.spoilt))
        _free([*waiting.entries, *waiting.spoilt])
    except (OSError, FivefoldError, DatabaseError, InterfaceError) as error:
        log.error("entries of the trail go on waiting", exc_info=error)
        return 0
    return len(waiting.entries)


def _tell_of_spoilt(places: int) -> None:
    """An entry that was changed while it waited, or was half written: that there was one is in the trail of every clinic it may be of."""
    with transaction.atomic():
        for clinic in Clinic.objects.order_by("pk"):
            audit.record_system(clinic, "waiting_entry_spoilt", places=places)


# ---- The file ------------------------------------------------------------------------------------------------------------


@contextmanager
def _open() -> Iterator[int]:
    """The file, for one process and thread at a time; made, or made longer, where room is missing."""
    path = waiting_file()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        missing = SECTOR * (ROOM + 1) - os.fstat(handle).st_size
        if missing > 0:
            _fill(handle, missing)
        yield handle
    finally:
        os.close(handle)


def _fill(handle: int, missing: int) -> None:
    """Bytes that are really written: a hole, or space that is only promised, may be refused when the disk is full."""
    size = os.fstat(handle).st_size
    try:
        os.pwrite(handle, bytes(missing), size)
        os.fsync(handle)
    except OSError as error:  # the entry itself may still find a place
        log.warning("too little room for entries of the trail", exc_info=error)


def _places(handle: int) -> Iterator[tuple[int, bytes]]:
    """Each place with what stands there; the first sector is that of the mark."""
    size = os.fstat(handle).st_size
    content = os.pread(handle, size, 0)
    for place in range(SECTOR, size - SECTOR + 1, SECTOR):
        yield place, content[place : place + SECTOR]


def _free_place(handle: int) -> int:
    """The first place that is free, or a new one at the end."""
    free = next((place for place, raw in _places(handle) if not raw[0]), None)
    return free if free is not None else max(SECTOR, os.fstat(handle).st_size // SECTOR * SECTOR)


def _free(places: list[int]) -> None:
    """Clear places whose entries are in the trail; the mark goes when nothing else waits."""
    with _open() as handle:
        for place in places:
            os.pwrite(handle, bytes(SECTOR), place)
        os.fsync(handle)
        if not any(raw[0] for _place, raw in _places(handle)):
            os.pwrite(handle, bytes(1), 0)
            os.fsync(handle)


def _written(seen: Seen) -> bytes:
    """An entry as it stands in its place, with its seal."""
    said = [seen.id, seen.clinic_id, audit.plain(seen.at), seen.user_id, seen.role, seen.act, audit.plain(seen.patient_id) if seen.patient_id else None]
    raw = json.dumps([*said, _seal(said)], separators=(",", ":")).encode()
    if len(raw) > SECTOR:
        raise OSError("an entry of the trail is longer than its place")
    return raw.ljust(SECTOR)


def _read(raw: bytes) -> Seen | None:
    """The entry of a place, or None where its seal does not hold."""
    try:
        *said, seal = json.loads(raw)
        if not hmac.compare_digest(_seal(said), seal):
            return None
        key, clinic, at, user, role, act, patient = said
    except (ValueError, TypeError):
        return None
    return Seen(key, clinic, datetime.fromisoformat(at).astimezone(UTC), user, role, act, uuid.UUID(patient) if patient else None)


def _seal(said: list[object]) -> str:
    return keyring().chain_hash(b"waiting " + json.dumps(said, separators=(",", ":")).encode())
