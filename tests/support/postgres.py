"""A PostgreSQL of the tests' own: made in a folder that is thrown away, on a socket in that folder, gone at the end.

A measurement may keep its server's folder for the next time.
"""

import atexit
import os
import pwd
import shutil
import subprocess
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg

SUPERUSER = "fivefold"
# For a server of which nothing is kept when its machine stops: it does not wait for the disk. Its own crash loses nothing all the same.
FORGETFUL = "-c fsync=off -c full_page_writes=off"


def find_program(name: str) -> str:
    """The newest server program of this machine."""
    # Debian's own place first: what it puts in the path is a wrapper that goes by its name.
    places = [*sorted(map(str, Path("/usr/lib/postgresql").glob(f"*/bin/{name}")), reverse=True), shutil.which(name)]
    for place in places:
        if place:
            return str(Path(place).resolve())
    raise FileNotFoundError(f"{name}: install Debian's package postgresql to run these tests")


@dataclass(frozen=True)
class Server:
    """A server in its folder; it can be crashed and started again."""

    folder: Path
    run_as: dict[str, Any]
    options: str = ""

    @classmethod
    def make(cls, options: str = "") -> "Server":
        """A new server that runs, until this process ends; ``options`` are more of its own."""
        server = replace(cls._in(Path(tempfile.mkdtemp(prefix="fivefold-pg-"))), options=options)
        server._set_up()
        server.start()
        atexit.register(_remove, server, os.getpid())
        return server

    @classmethod
    def keep(cls, folder: Path) -> "Server":
        """The server of a folder that stays, made where there is none yet; it runs until this process ends."""
        folder.mkdir(parents=True, exist_ok=True)
        server = cls._in(folder)
        if not (folder / "data").exists():
            server._set_up()
        server.start()
        atexit.register(_stop, server, os.getpid())
        return server

    @classmethod
    def _in(cls, folder: Path) -> "Server":
        if os.geteuid() != 0:
            return cls(folder, {})
        owner = pwd.getpwnam("postgres")  # PostgreSQL does not run as root
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        return cls(folder, {"user": owner.pw_uid, "group": owner.pw_gid})

    def _set_up(self) -> None:
        self._call("initdb", "-A", "trust", "-U", SUPERUSER, "-E", "UTF8", "--no-sync", "-D", self.folder / "data")

    @property
    def address(self) -> str:
        """Its address as DATABASE_URL wants it."""
        return f"postgresql://{SUPERUSER}@/postgres?host={self.folder}"

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        self._control("-l", self.folder / "log", "-o", f"-c listen_addresses='' -k {self.folder} {self.options}", "start")

    def stop(self) -> None:
        """Stop it in order, as an operator does."""
        self._control("-m", "fast", "stop")

    def crash(self) -> None:
        """Stop it at once, in the middle of whatever it does."""
        self._control("-m", "immediate", "stop")

    def keep_log(self) -> None:
        """Keep every piece of its log, as an operator does with ``archive_command``; starts it anew."""
        kept = self._own_folder("kept")
        with (self.folder / "data" / "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.write(f"\narchive_mode = on\narchive_command = 'cp %p {kept}/%f'\nwal_level = replica\n")
        self.crash()
        self.start()

    def copy_whole(self) -> Path:
        """A copy of the running server's data, to which the kept log can be played."""
        copy = self.folder / "copy"
        self._call("pg_basebackup", "-h", self.folder, "-U", SUPERUSER, "-D", copy, "-X", "none", "--checkpoint=fast", "--no-sync")
        return copy

    def keep_all_so_far(self) -> None:
        """Close the piece of the log that is being written and wait until it is kept: pieces are kept a moment after they are closed."""
        pause = threading.Event()
        with psycopg.connect(self.address, autocommit=True) as connection:
            closed = connection.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone()
            assert closed is not None
            for _ in range(3000):
                kept = connection.execute("SELECT coalesce(max(last_archived_wal), '') FROM pg_stat_archiver").fetchone()
                if kept is not None and kept[0] >= closed[0]:
                    return
                pause.wait(0.01)
        raise TimeoutError("the log was not kept in half a minute")

    def go_back_to(self, copy: Path, moment: str) -> None:
        """Put a copy in the place of the data, play the kept log up to a named moment, and start."""
        shutil.rmtree(self.folder / "data")
        copy.rename(self.folder / "data")
        with (self.folder / "data" / "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.write(f"\nrestore_command = 'cp {self.folder}/kept/%f %p'\nrecovery_target_name = '{moment}'\nrecovery_target_action = promote\n")
        (self.folder / "data" / "recovery.signal").touch()
        self._own(self.folder / "data" / "recovery.signal")
        self.start()
        self._wait_until_played()

    def _wait_until_played(self) -> None:
        """It takes readers while it still plays the log; writers only afterwards."""
        pause = threading.Event()
        with psycopg.connect(self.address, autocommit=True) as connection:
            for _ in range(3000):
                playing = connection.execute("SELECT pg_is_in_recovery()").fetchone()
                if playing == (False,):
                    return
                pause.wait(0.01)
        raise TimeoutError("the log was not played in half a minute")

    def _own_folder(self, name: str) -> Path:
        path = self.folder / name
        path.mkdir()
        self._own(path)
        return path

    def _own(self, path: Path) -> None:
        """Give it to whoever the server runs as."""
        if self.run_as:
            os.chown(path, self.run_as["user"], self.run_as["group"])

    def _control(self, *arguments: object) -> None:
        self._call("pg_ctl", "-D", self.folder / "data", "-w", *arguments)

    def _call(self, program: str, *arguments: object) -> None:
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "cwd": self.folder, **self.run_as}
        subprocess.run([find_program(program), *map(str, arguments)], check=True, **quiet)


def start_server(options: str = "") -> str:
    """Start a server and give its address."""
    return Server.make(options).address


def _remove(server: Server, made_by: int) -> None:
    if os.getpid() == made_by:
        with suppress(subprocess.CalledProcessError):  # it may not run any more
            server.crash()
        shutil.rmtree(server.folder, ignore_errors=True)


def _stop(server: Server, made_by: int) -> None:
    if os.getpid() == made_by:
        server.stop()
