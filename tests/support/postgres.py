"""A PostgreSQL of the tests' own: made in a folder that is thrown away, on a socket in that folder, gone at the end."""

import atexit
import os
import pwd
import shutil
import subprocess
import tempfile
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


def start_server() -> str:
    """Start the server and give its address as DATABASE_URL wants it."""
    folder = Path(tempfile.mkdtemp(prefix="fivefold-pg-"))
    run_as: dict[str, Any] = {}
    if os.geteuid() == 0:  # PostgreSQL does not run as root
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        run_as = {"user": owner.pw_uid, "group": owner.pw_gid}
    data = folder / "data"
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "cwd": folder, **run_as}
    control = find_program("pg_ctl")
    subprocess.run([find_program("initdb"), "-A", "trust", "-U", SUPERUSER, "-E", "UTF8", "--no-sync", "-D", data], check=True, **quiet)
    subprocess.run([control, "-D", data, "-w", "-l", folder / "log", "-o", f"-c listen_addresses='' -k {folder}", "start"], check=True, **quiet)
    atexit.register(_stop, control, data, folder, run_as, os.getpid())
    return f"postgresql://{SUPERUSER}@/postgres?host={folder}"


def _stop(control: str, data: Path, folder: Path, run_as: dict[str, Any], made_by: int) -> None:
    if os.getpid() == made_by:
        subprocess.run([control, "-D", data, "-w", "-m", "immediate", "stop"], stdout=subprocess.DEVNULL, check=False, cwd="/", **run_as)
        shutil.rmtree(folder, ignore_errors=True)
