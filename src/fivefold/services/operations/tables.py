"""Marks of a database's content: rows and a hash for every table, the same for the same content, taken inside one snapshot."""

import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class TableMark:
    """How many rows a table has, and a hash over all of them in the order of their keys."""

    rows: int
    hash: str


def sqlite_marks(source: sqlite3.Connection) -> dict[str, TableMark]:
    """The marks of all tables as this connection sees them."""
    names = [name for (name,) in source.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")]
    return {name: _mark(_sqlite_rows(source, name)) for name in names}


def _sqlite_rows(source: sqlite3.Connection, table: str) -> Iterator[bytes]:
    keys = [column[1] for column in sorted(source.execute(f'PRAGMA table_info("{table}")'), key=lambda column: column[5]) if column[5]]
    order = ", ".join(f'"{key}"' for key in keys) or "rowid"
    for row in source.execute(f'SELECT * FROM "{table}" ORDER BY {order}'):
        yield repr(row).encode()


def postgres_marks(connection: Any) -> dict[str, TableMark]:
    """The marks of all tables as this psycopg connection sees them in its transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        names = [name for (name,) in cursor.fetchall()]
    return {name: _mark(_postgres_rows(connection, name)) for name in names}


def _postgres_rows(connection: Any, table: str) -> Iterator[bytes]:
    with connection.cursor(name="fivefold_marks") as cursor:
        cursor.itersize = 5000
        cursor.execute(f'SELECT t::text FROM "{table}" AS t ORDER BY t::text COLLATE "C"')
        for (row,) in cursor:
            yield row.encode()


def _mark(rows: Iterator[bytes]) -> TableMark:
    digest, count = hashlib.sha256(), 0
    for row in rows:
        digest.update(len(row).to_bytes(4, "big"))
        digest.update(row)
        count += 1
    return TableMark(count, digest.hexdigest())
