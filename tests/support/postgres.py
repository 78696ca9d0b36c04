"""A PostgreSQL of the tests' own: made in a folder that is thrown away, on a socket in that folder, gone at the end."""

import atexit
import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SUPERUSER = "fivefold"


def find_program(name: str) -> str:
    """The newest server program of this machine."""
    places = [shutil.which(name), *sorted(map(str, Path("/usr/lib/postgresql").glob(f"*/bin/{name}")), reverse=True)]
    for place in places:
        if place:
            return str(Path(place).resolve())
    raise FileNotFoundError(f"{name}: install Debian's package postgresql to run these tests")


@dataclass(frozen=True)
class Server:
    """A server in its folder; it can be crashed and started again."""

    folder: Path
    run_as: dict[str, Any]

    @classmethod
    def make(cls) -> "Server":
        """A new server that runs, until this process ends."""
        folder = Path(tempfile.mkdtemp(prefix="fivefold-pg-"))
        run_as: dict[str, Any] = {}
        if os.geteuid() == 0:  # PostgreSQL does not run as root
            owner = pwd.getpwnam("postgres")
            os.chown(folder, owner.pw_uid, owner.pw_gid)
            run_as = {"user": owner.pw_uid, "group": owner.pw_gid}
        server = cls(folder, run_as)
        server._call("initdb", "-A", "trust", "-U", SUPERUSER, "-E", "UTF8", "--no-sync", "-D", folder / "data")
        server.start()
        atexit.register(_remove, server, os.getpid())
        return server

    @property
    def address(self) -> str:
        """Its address as DATABASE_URL wants it."""
        return f"postgresql://{SUPERUSER}@/postgres?host={self.folder}"

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        self._control("-l", self.folder / "log", "-o", f"-c listen_addresses='' -k {self.folder}", "start")

    def crash(self) -> None:
        """Stop it at once, in the middle of whatever it does."""
        self._control("-m", "immediate", "stop")

    def _control(self, *arguments: object) -> None:
        self._call("pg_ctl", "-D", self.folder / "data", "-w", *arguments)

    def _call(self, program: str, *arguments: object) -> None:
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "cwd": self.folder, **self.run_as}
        subprocess.run([find_program(program), *map(str, arguments)], check=True, **quiet)


def start_server() -> str:
    """Start a server and give its address."""
    return Server.make().address


def _remove(server: Server, made_by: int) -> None:
    if os.getpid() == made_by:
        with suppress(subprocess.CalledProcessError):  # it may not run any more
            server.crash()
        shutil.rmtree(server.folder, ignore_errors=True)
