"""Writing many rows at once, past the models: for load tests, never for what people have said."""

import os
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, models
from django.utils import timezone


def insert_rows(model: type[models.Model], rows: Iterable[dict[str, Any]]) -> None:
    """Write rows given as database values by column; what a row leaves out has the model's default, and a new id."""
    columns = [str(field.column) for field in model._meta.concrete_fields]
    defaults = {str(field.column): _as_stored(field) for field in model._meta.concrete_fields if not field.primary_key}
    key = str(model._meta.pk.column)
    values = [tuple((row.get(key) or _new_id()) if name == key else row.get(name, defaults.get(name)) for name in columns) for row in rows]
    table = connection.ops.quote_name(model._meta.db_table)
    named = ", ".join(connection.ops.quote_name(name) for name in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({named}) FROM STDIN") as stream:
                for one in values:
                    stream.write_row(one)
        else:
            cursor.executemany(f"INSERT INTO {table} ({named}) VALUES ({', '.join(['%s'] * len(columns))})", values)


def _as_stored(field: "models.Field[Any, Any]") -> Any:
    value = field.get_default()
    if isinstance(value, datetime):
        return timezone.localtime(value, timezone.get_default_timezone()).isoformat()
    return value


def _new_id() -> str:
    return os.urandom(16).hex()
