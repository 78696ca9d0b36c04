"""Rotating the keys: everything is sealed anew in small steps while people work, and an old key goes only when nothing needs it."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from fivefold.concepts.errors import FivefoldError
from fivefold.records.crypto import Keyring, Ring, add_key, current_since, key_file, keyring, retire_keys
from fivefold.records.models.base import SealingModel
from fivefold.services.operations.backups import backup_folder, keys_of_backups
from fivefold.services.operations.sealed import SECOND_FACTOR, as_sealed, keys_in_use, rows_with_texts, sealed_models, sealed_strings, second_factors

BATCH = 500
# A process that read the old key a moment ago may still seal one text with it.
REST = timedelta(hours=1)


class NotSealedAnew(FivefoldError):
    """A value does not open with the new key after it was sealed anew; nothing was stored. For the operator."""

    def __init__(self, table: str) -> None:
        super().__init__(f"A value of {table} did not open after it was sealed anew; the old one was kept. Run `fivefold admin doctor`, then try again.")


@dataclass
class Rotation:
    """What a rotation did: the keys in use (of the record, of process notes), how many values were sealed anew, which old keys went or stayed and why."""

    current: str
    notes: str
    resumed: bool
    sealed_anew: int = 0
    retired: list[str] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)


def rotate_keys(*, batch: int = BATCH, rest: timedelta = REST, new_key: bool = True, report: Callable[[int], object] | None = None) -> Rotation:
    """Seal every text with a new key of its ring, in batches that each stand for themselves.

    Interrupted, it goes on where it stopped when it is called again: as long as a text is sealed with an older key no
    further key is made. With ``new_key`` off only this and the clearing up are done.
    """
    before = {keyring(ring).current for ring in Ring}
    unfinished = any(name not in before for name in keys_in_use())
    if new_key and not unfinished:
        for ring in Ring:
            add_key(key_file(ring))
    rotation = Rotation(keyring().current, keyring(Ring.PROCESS_NOTES).current, unfinished)
    for model, names in sealed_models():
        _seal_model_anew(model, names, batch, rotation, report)
    _seal_second_factors_anew(rotation)
    for ring in Ring:
        _retire_what_is_unused(ring, rotation, rest)
    return rotation


def _seal_model_anew(model: type[SealingModel], names: tuple[str, ...], batch: int, rotation: Rotation, report: Callable[[int], object] | None) -> None:
    last: Any = None
    while True:
        with transaction.atomic():
            rows = rows_with_texts(model, names).select_for_update()
            found = list((rows.filter(pk__gt=last) if last is not None else rows)[:batch])
            for name in names:
                rotation.sealed_anew += _store_anew(model, name, found)
        if report:
            report(rotation.sealed_anew)
        if len(found) < batch:
            return
        last = found[-1].pk


def _store_anew(model: type[SealingModel], name: str, rows: list[Any]) -> int:
    """Seal one text of each row anew, look that it opens, and store them in one go."""
    column = f"{name}_sealed"
    key = model._meta.pk
    changed = [
        (_sealed_anew(keyring(row.ring()), bytes(sealed), row.place(name), model._meta.db_table), key.get_db_prep_value(row.pk, connection))
        for row in rows
        if (sealed := getattr(row, column)) and not keyring(row.ring()).is_current(sealed)
    ]
    if changed:
        quote = connection.ops.quote_name
        with connection.cursor() as cursor:
            cursor.executemany(f"UPDATE {quote(model._meta.db_table)} SET {quote(column)} = %s WHERE {quote(str(key.column))} = %s", changed)
    return len(changed)


def _sealed_anew(ring: Keyring, sealed: bytes, place: str, table: str) -> bytes:
    text = ring.open(sealed, place)
    anew = ring.seal(text, place)
    if ring.open(anew, place) != text:
        raise NotSealedAnew(table)
    return anew


def _seal_second_factors_anew(rotation: Rotation) -> None:
    rows = second_factors()
    if rows is None:
        return
    for pk in list(rows.values_list("pk", flat=True)):
        with transaction.atomic():
            row = rows.select_for_update().get(pk=pk)
            texts = {text: _text_anew(text) for text in sealed_strings(row.data) if not keyring().is_current(as_sealed(text))}
            if texts:
                row.data = _replaced(row.data, texts)
                row.save(update_fields=["data"])
                rotation.sealed_anew += len(texts)


def _text_anew(text: str) -> str:
    return base64.b64encode(_sealed_anew(keyring(), as_sealed(text), SECOND_FACTOR, "second factors")).decode()


def _replaced(data: Any, texts: dict[str, str]) -> Any:
    if isinstance(data, str):
        return texts.get(data, data)
    if isinstance(data, dict):
        return {name: _replaced(part, texts) for name, part in data.items()}
    return [_replaced(part, texts) for part in data] if isinstance(data, list) else data


# ---- Clearing up ---------------------------------------------------------------------------------------------------------


def _retire_what_is_unused(kind: Ring, rotation: Rotation, rest: timedelta) -> None:
    ring, used, backed_up = keyring(kind), keys_in_use(), keys_of_backups(backup_folder())
    since, retired = current_since(key_file(kind)), []
    for name in sorted(set(ring.keys) - {ring.current}):
        if used[name]:
            rotation.kept[name] = f"{used[name]} values are still sealed with it"
        elif since is None or datetime.now(UTC) - since < rest:
            rotation.kept[name] = "it was in use until a moment ago; run the command again later"
        elif name in backed_up:
            rotation.kept[name] = "a backup needs it; it can go when that backup has gone"
        else:
            retired.append(name)
    if retired:
        retire_keys(key_file(kind), retired)
    rotation.retired += retired
