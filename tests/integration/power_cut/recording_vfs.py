"""A file layer under SQLite that notes every write and every sync, in pure Python: SQLite's own VFS interface through ctypes.

It is laid under the very SQLite library that Python's ``sqlite3`` uses, as the default layer, so that Django and the app
run on it unchanged. Files are opened, read, written and locked by the layer below; what is noted is the order in which
bytes were handed over and asked to be made durable.
"""

import _sqlite3
import ctypes
import sqlite3
from collections.abc import Callable
from ctypes import CFUNCTYPE, POINTER, Structure, byref, c_char_p, c_int, c_int64, c_void_p, cast
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

OK, FULL = 0, 13
IO_NAMES = (
    "xClose", "xRead", "xWrite", "xTruncate", "xSync", "xFileSize", "xLock", "xUnlock", "xCheckReservedLock", "xFileControl",
    "xSectorSize", "xDeviceCharacteristics", "xShmMap", "xShmLock", "xShmBarrier", "xShmUnmap", "xFetch", "xUnfetch",
)  # fmt: skip
VFS_CALLS = (
    "xOpen", "xDelete", "xAccess", "xFullPathname", "xDlOpen", "xDlError", "xDlSym", "xDlClose", "xRandomness", "xSleep",
    "xCurrentTime", "xGetLastError", "xCurrentTimeInt64", "xSetSystemCall", "xGetSystemCall", "xNextSystemCall",
)  # fmt: skip


class IoMethods(Structure):
    """``sqlite3_io_methods``."""

    _fields_ = [("iVersion", c_int), *((name, c_void_p) for name in IO_NAMES)]  # ctypes asks for a list


class File(Structure):
    """``sqlite3_file``."""

    _fields_ = [("pMethods", POINTER(IoMethods))]


class Vfs(Structure):
    """``sqlite3_vfs``."""

    _fields_ = [
        ("iVersion", c_int), ("szOsFile", c_int), ("mxPathname", c_int), ("pNext", c_void_p), ("zName", c_char_p), ("pAppData", c_void_p),
        *((name, c_void_p) for name in VFS_CALLS),
    ]  # fmt: skip


OPEN = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)
DELETE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int)
CLOSE = CFUNCTYPE(c_int, c_void_p)
WRITE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
TRUNCATE = CFUNCTYPE(c_int, c_void_p, c_int64)
SYNC = CFUNCTYPE(c_int, c_void_p, c_int)


@dataclass(frozen=True)
class Step:
    """One thing that reached the file layer, or a word of our own (``acknowledged``) between two of them."""

    kind: str
    file: str = ""
    offset: int = 0
    content: bytes = b""
    number: int = 0


@dataclass
class RecordingVfs:
    """The layer; ``steps`` grows while ``is_on``, and nothing more is taken while ``is_full``."""

    steps: list[Step] = field(default_factory=list)
    is_on: bool = False
    is_full: bool = False
    _names: dict[int, str] = field(default_factory=dict)
    _below: dict[int, IoMethods] = field(default_factory=dict)
    _ours: dict[int, IoMethods] = field(default_factory=dict)
    _kept: list[Any] = field(default_factory=list)

    def install(self) -> None:
        """Lay it under every connection that is opened from now on."""
        library = ctypes.CDLL(_sqlite3.__file__)
        library.sqlite3_libversion.restype = c_char_p
        if library.sqlite3_libversion().decode() != sqlite3.sqlite_version:
            raise RuntimeError("the SQLite library that was found is not the one that Python uses")
        library.sqlite3_vfs_find.restype = POINTER(Vfs)
        self._library, self._real = library, library.sqlite3_vfs_find(None)
        copy = Vfs.from_buffer_copy(self._real.contents)
        copy.zName = b"recording"
        copy.xOpen = self._call(OPEN, self._open)
        copy.xDelete = self._call(DELETE, self._delete)
        self._kept.append(copy)
        if library.sqlite3_vfs_register(byref(copy), 1) != OK:
            raise RuntimeError("SQLite did not take the recording layer")
        self._copy = copy

    def remove(self) -> None:
        """Take it away again; every connection that was opened on it must have been closed."""
        self._library.sqlite3_vfs_register(self._real, 1)
        self._library.sqlite3_vfs_unregister(byref(self._copy))

    def note(self, kind: str, number: int) -> None:
        """Write a word of our own between the steps."""
        if self.is_on:
            self.steps.append(Step(kind, number=number))

    def _call(self, shape: Any, function: Callable[..., int]) -> int | None:
        made = shape(function)
        self._kept.append(made)
        return cast(made, c_void_p).value

    # ---- What SQLite calls ---------------------------------------------------------------------------------------------

    def _open(self, _: int, name: int | None, file: int, flags: int, out: int) -> int:
        code: int = OPEN(self._real.contents.xOpen)(ctypes.addressof(self._real.contents), name, file, flags, out)
        if code == OK and name:
            opened = cast(file, POINTER(File)).contents
            below = ctypes.addressof(opened.pMethods.contents)
            self._names[file] = Path(ctypes.string_at(name).decode()).name
            if below not in self._ours:
                self._below[below], self._ours[below] = opened.pMethods.contents, self._wrapped(opened.pMethods.contents)
            opened.pMethods = ctypes.pointer(self._ours[below])
        return code

    def _wrapped(self, below: IoMethods) -> IoMethods:
        ours = IoMethods.from_buffer_copy(below)
        close, write, truncate = CLOSE(below.xClose), WRITE(below.xWrite), TRUNCATE(below.xTruncate)

        def on_close(file: int) -> int:
            self._names.pop(file, None)
            return int(close(file))

        def on_write(file: int, content: int, size: int, offset: int) -> int:
            if self.is_full:
                return FULL
            code: int = write(file, content, size, offset)
            if self.is_on and code == OK:
                self.steps.append(Step("write", self._names[file], offset, ctypes.string_at(content, size)))
            return code

        def on_truncate(file: int, size: int) -> int:
            code: int = truncate(file, size)
            if self.is_on and code == OK:
                self.steps.append(Step("truncate", self._names[file], size))
            return code

        def on_sync(file: int, _: int) -> int:
            if self.is_on:  # the machine itself never loses power here, so nothing is really synced
                self.steps.append(Step("sync", self._names[file]))
            return OK

        ours.xClose, ours.xWrite = self._call(CLOSE, on_close), self._call(WRITE, on_write)
        ours.xTruncate, ours.xSync = self._call(TRUNCATE, on_truncate), self._call(SYNC, on_sync)
        return ours

    def _delete(self, _: int, name: int, sync_folder: int) -> int:
        code: int = DELETE(self._real.contents.xDelete)(ctypes.addressof(self._real.contents), name, sync_folder)
        if self.is_on and code == OK:
            self.steps.append(Step("delete", Path(ctypes.string_at(name).decode()).name, number=sync_folder))
        return code
