"""The two kinds of database as places that can be dumped, filled and opened: a SQLite file, or a PostgreSQL database."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, connections

from fivefold.concepts.errors import FivefoldError
from fivefold.config import read_database_url
from fivefold.services.operations.tables import TableMark, postgres_marks, sqlite_marks

Settings = dict[str, Any]
ALIAS = "fivefold_other_place"


class PlaceIsTaken(FivefoldError):
    """A restore was to go where something lies already. For the operator."""

    def __init__(self, place: str) -> None:
        super().__init__(f"There is something at {place} already, and a restore never writes over anything. Move it away first, or name an empty place.")


class ProgramFailed(FivefoldError):
    """A program of PostgreSQL did not do its work. For the operator."""

    def __init__(self, name: str, said: str) -> None:
        super().__init__(f"{name} failed: {said.strip().splitlines()[-1] if said.strip() else 'it said nothing'}")


def settings_of(into: Path | str, base: Settings | None = None) -> Settings:
    """Django's settings of another database: a file, or a postgresql:// address. The rest is as in the installation's own."""
    own = dict(base or connection.settings_dict)
    if isinstance(into, Path):
        return {**own, "NAME": str(into)}
    address = read_database_url(into)
    parts = {"NAME": address.name, "USER": address.user, "PASSWORD": address.password, "HOST": address.host, "PORT": address.port}
    return {**own, **parts, "OPTIONS": {**own.get("OPTIONS", {}), **address.options}}


@contextmanager
def opened(settings: Settings) -> Iterator[str]:
    """Open another database beside the installation's own; gives the name under which queries reach it."""
    connections.databases[ALIAS] = settings
    try:
        connections[ALIAS].connect()
        yield ALIAS
    finally:
        connections[ALIAS].close()
        del connections[ALIAS]
        del connections.databases[ALIAS]


# ---- SQLite --------------------------------------------------------------------------------------------------------------


def dump_sqlite(source: Path, target: Path) -> dict[str, TableMark]:
    """Copy a database while it is in use, as it is at one moment, and give the marks of that moment."""
    with closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True, isolation_level=None)) as running:
        running.execute("BEGIN")  # everything below sees this moment
        marks = sqlite_marks(running)
        with closing(sqlite3.connect(target)) as copy:
            running.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, whole without its neighbours
        running.execute("COMMIT")
    _sync(target)
    return marks


def fill_sqlite(dump: Path, into: Path) -> None:
    """Put a dump in an empty place; raises PlaceIsTaken."""
    if any(Path(f"{into}{end}").exists() for end in ("", "-wal", "-shm", "-journal")):
        raise PlaceIsTaken(into.name)
    into.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = into.with_name(f"{into.name}.part")
    shutil.copyfile(dump, part)
    part.chmod(0o600)
    _sync(part)
    part.rename(into)
    _sync(into.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def marks_of_sqlite(path: Path) -> dict[str, TableMark]:
    """The marks of a database file, and with them that every page can be read."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as source:
        return sqlite_marks(source)


def soundness_of_sqlite(path: Path) -> str:
    """``ok``, or what SQLite finds wrong with a file."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as source:
        return str(source.execute("PRAGMA integrity_check(1)").fetchone()[0])


# ---- PostgreSQL ----------------------------------------------------------------------------------------------------------


def dump_postgres(settings: Settings, target: Path) -> dict[str, TableMark]:
    """Dump a database while it is in use, as it is at one moment, and give the marks of that moment."""
    with closing(_connected(settings)) as running, running.transaction():
        with running.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            moment = cursor.fetchone()[0]
        _run("pg_dump", settings, "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={moment}", f"--file={target}")
        marks = postgres_marks(running)
    target.chmod(0o600)
    _sync(target)
    return marks


def fill_postgres(dump: Path, settings: Settings) -> None:
    """Put a dump in an empty database, all of it or nothing; raises PlaceIsTaken."""
    if marks_of_postgres(settings):
        raise PlaceIsTaken(f"database {settings['NAME']}")
    _run("pg_restore", settings, "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", f"--dbname={settings['NAME']}", str(dump))


def marks_of_postgres(settings: Settings) -> dict[str, TableMark]:
    """The marks of a database."""
    with closing(_connected(settings)) as source, source.transaction():
        return postgres_marks(source)


@contextmanager
def empty_postgres(settings: Settings, name: str) -> Iterator[Settings]:
    """A database of its own on the same server, gone afterwards; the role needs the right to make one."""
    with closing(_connected(settings, autocommit=True)) as server:
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        try:
            yield {**settings, "NAME": name}
        finally:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _connected(settings: Settings, *, autocommit: bool = False) -> Any:
    import psycopg  # noqa: PLC0415  # installations on SQLite do without

    parts = {"dbname": settings["NAME"], "user": settings["USER"], "password": settings["PASSWORD"], "host": settings["HOST"], "port": settings["PORT"]}
    options: dict[str, Any] = {name: value for name, value in settings.get("OPTIONS", {}).items() if isinstance(value, str | int)}
    return psycopg.connect(autocommit=autocommit, **{name: value for name, value in parts.items() if value}, **options)


def _run(name: str, settings: Settings, *arguments: str) -> None:
    done = subprocess.run([_program(name), *arguments], env=_environment(settings), capture_output=True, text=True, check=False)
    if done.returncode:
        raise ProgramFailed(name, done.stderr)


def _environment(settings: Mapping[str, Any]) -> dict[str, str]:
    """How the programs of PostgreSQL reach the database; a password never stands on a command line."""
    options = settings.get("OPTIONS", {})
    values = {
        "PGDATABASE": settings["NAME"],
        "PGUSER": settings["USER"],
        "PGPASSWORD": settings["PASSWORD"],
        "PGHOST": settings["HOST"],
        "PGPORT": settings["PORT"],
        "PGSSLMODE": options.get("sslmode", ""),
        "PGSSLROOTCERT": options.get("sslrootcert", ""),
    }
    return {**os.environ, **{name: str(value) for name, value in values.items() if value}}


def _program(name: str) -> str:
    places = [*sorted(map(str, Path("/usr/lib/postgresql").glob(f"*/bin/{name}")), reverse=True), shutil.which(name)]
    found = next((place for place in places if place), None)
    if found is None:
        raise ProgramFailed(name, "it is not installed (Debian's package postgresql-client)")
    return found
