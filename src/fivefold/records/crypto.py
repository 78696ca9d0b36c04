"""Sealing of free text and identifiers: AES-256-GCM with named, rotating keys that live outside the database.

A sealed value is bound to the table, field, row, patient and format version it was written for: moved anywhere else, it
does not open. Psychotherapy process notes have keys of their own, in a file of their own: the keys of the record do not
open them, nor the other way round. Reading and writing the key file is the only contact with the outside.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
import stat
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from fivefold.concepts.errors import FivefoldError

FORMAT = 1
KEY_BYTES = 32
NONCE_BYTES = 12
NOTES_FILE = "process-notes.keys"


class Ring(StrEnum):
    """Whose keys seal a text. The value is the first letter of the names of its keys, so that sealed bytes tell their ring."""

    RECORD = "k"
    PROCESS_NOTES = "n"


class SealBroken(FivefoldError):
    """A sealed value does not open here: wrong key, wrong place, or changed bytes. For the operator."""

    def __init__(self) -> None:
        super().__init__("A sealed value could not be opened: the key is missing, or the row was changed or moved. Run `fivefold admin doctor`.")


class KeyFileMissing(FivefoldError):
    """There is no usable key file. For the operator."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"The key file {path.name} cannot be used: {why}. Restore it from its own backup, or run `fivefold admin init` for a new clinic.")


class KeyInUse(FivefoldError):
    """A key that still seals something was to be taken away. For the operator."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Key {name} is still in use and stays. Run `fivefold admin rotate-keys` to the end first.")


@dataclass(frozen=True)
class Keyring:
    """Named keys; ``current`` seals, all open."""

    current: str
    keys: dict[str, bytes]
    index_key: bytes

    @cached_property
    def _ciphers(self) -> dict[str, AESGCM]:
        return {name: AESGCM(key) for name, key in self.keys.items()}

    @cached_property
    def _openers(self) -> dict[bytes, AESGCM]:
        """Each cipher by the bytes with which everything it has sealed begins: a search opens every name of a clinic."""
        return {_head(name): cipher for name, cipher in self._ciphers.items()}

    def seal(self, text: str, place: str) -> bytes:
        """Seal a text for one place (table, field, row, patient)."""
        nonce = os.urandom(NONCE_BYTES)
        body = self._ciphers[self.current].encrypt(nonce, text.encode(), _bound(place))
        return _head(self.current) + nonce + body

    def open(self, sealed: bytes, place: str) -> str:
        """Open a sealed text where it was sealed; raises SealBroken anywhere else."""
        raw = bytes(sealed)
        try:
            start = 2 + raw[1]
            body = start + NONCE_BYTES
            return self._openers[raw[:start]].decrypt(raw[start:body], raw[body:], _bound(place)).decode()
        except (IndexError, KeyError, ValueError, InvalidTag):
            raise SealBroken from None

    def is_current(self, sealed: bytes) -> bool:
        """Whether a value was sealed with the current key."""
        return key_name(sealed) == self.current

    def blind_index(self, text: str, purpose: str) -> str:
        """A keyed hash under which equal texts are found without being readable; composed and decomposed letters are equal."""
        written = unicodedata.normalize("NFC", " ".join(text.split()).casefold())
        return hmac.new(self.index_key, f"{purpose}\0{written}".encode(), hashlib.sha256).hexdigest()[:40]

    def device_key(self, place: str) -> bytes:
        """A key for what one person's browser keeps on the device for a while: 32 bytes, the same whenever it is asked for."""
        return hmac.new(self.index_key, f"fivefold device {place}".encode(), hashlib.sha256).digest()

    def chain_hash(self, content: bytes) -> str:
        """The hash of one entry of the audit chain: only who holds the key can make one, so a forged chain shows."""
        audit_key = hmac.new(self.index_key, b"fivefold audit chain", hashlib.sha256).digest()
        return hmac.new(audit_key, content, hashlib.sha256).hexdigest()


def key_name(sealed: bytes) -> str:
    """The name of the key a value was sealed with; empty when the bytes hold none."""
    raw = bytes(sealed)
    return raw[2 : 2 + raw[1]].decode(errors="replace") if len(raw) > 2 else ""


def _head(name: str) -> bytes:
    """How a sealed value begins: the format, and the name of its key."""
    written = name.encode()
    return bytes([FORMAT, len(written)]) + written


def _bound(place: str) -> bytes:
    return f"fivefold {FORMAT} {place}".encode()


def key_file(ring: Ring = Ring.RECORD) -> Path:
    """Where the keys lie: outside the database, in a file that only its owner can read."""
    if ring is Ring.PROCESS_NOTES:
        return Path(settings.FIVEFOLD_NOTES_KEY_FILE or key_file().with_name(NOTES_FILE))
    return settings.FIVEFOLD_KEY_FILE  # as it is: asked for at every sealed text, it is not put together again each time


def make_key_file(path: Path, ring: Ring = Ring.RECORD) -> None:
    """Write a new key file, readable by its owner alone; never over an existing one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    first = _new_name(ring)
    content = {"current": first, "keys": {first: _fresh()}, "since": {first: _this_moment()}, "index_key": _fresh()}
    _write(content, os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    _sync_folder(path.parent)


def add_key(path: Path) -> str:
    """Add a new current key to a key file; the old ones stay until nothing is sealed with them."""
    content = json.loads(path.read_text(encoding="utf-8"))
    name = _new_name(Ring(content["current"][0]))
    content["keys"][name] = _fresh()
    content.setdefault("since", {})[name] = _this_moment()
    content["current"] = name
    _replace(path, content)
    return name


def retire_keys(path: Path, names: Iterable[str]) -> None:
    """Take keys out of a key file for good. The caller has made sure that nothing is sealed with them."""
    content = json.loads(path.read_text(encoding="utf-8"))
    for name in names:
        if name == content["current"]:
            raise KeyInUse(name)
        content["keys"].pop(name, None)
        content.get("since", {}).pop(name, None)
    _replace(path, content)


def current_since(path: Path) -> datetime | None:
    """When the current key was made; None in a key file that does not say so."""
    content = json.loads(path.read_text(encoding="utf-8"))
    written = content.get("since", {}).get(content["current"])
    return datetime.fromisoformat(written) if written else None


def _replace(path: Path, content: dict[str, Any]) -> None:
    """Put a new key file in the place of the old one: at every moment one of the two is there, whole."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    _write(content, os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    part.replace(path)
    _sync_folder(path.parent)


def _write(content: dict[str, Any], handle: int) -> None:
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        json.dump(content, stream, indent=1)
        stream.flush()
        os.fsync(stream.fileno())


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _new_name(ring: Ring) -> str:
    return f"{ring}{secrets.token_hex(4)}"


def _this_moment() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _fresh() -> str:
    return base64.b64encode(os.urandom(KEY_BYTES)).decode()


@lru_cache(maxsize=4)
def _read(path: Path, mode: int, _stamp: tuple[int, int, int]) -> Keyring:
    """The keys of a file; read again when its stamp says that another process has changed it."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        keys = {name: base64.b64decode(value) for name, value in content["keys"].items()}
        ring = Keyring(content["current"], keys, base64.b64decode(content["index_key"]))
    except OSError as error:
        raise KeyFileMissing(path, error.strerror or "unreadable") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise KeyFileMissing(path, "it does not hold keys") from None
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        raise KeyFileMissing(path, "others may read it (use chmod 600)")
    if ring.current not in ring.keys or any(len(key) != KEY_BYTES for key in (*ring.keys.values(), ring.index_key)):
        raise KeyFileMissing(path, "its current key is missing or has the wrong length")
    return ring


def read_keyring(path: Path) -> Keyring:
    """The keys of a named file; raises KeyFileMissing with what is wrong with it."""
    try:
        found = path.stat()
    except OSError as error:
        raise KeyFileMissing(path, error.strerror or "unreadable") from None
    return _read(path, found.st_mode, (found.st_ino, found.st_mtime_ns, found.st_size))


def keyring(ring: Ring = Ring.RECORD) -> Keyring:
    """The keys in use; raises KeyFileMissing with what is wrong with their file."""
    return read_keyring(key_file(ring))
