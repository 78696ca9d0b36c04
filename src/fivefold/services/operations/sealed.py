"""Where sealed texts lie: found from the models themselves, so that a new one is never forgotten."""

import base64
import binascii
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from django.apps import apps
from django.db import DatabaseError, models
from django.db.models import Q

from fivefold.records.crypto import KeyFileMissing, Keyring, Ring, key_name, keyring
from fivefold.records.models import FormDraft, ProcessNote
from fivefold.records.models.base import Sealed, SealingModel
from fivefold.records.models.clinic import PROCESS_NOTES_PAGE

SECOND_FACTOR = "secret second factor"


def sealed_models() -> list[tuple[type[SealingModel], tuple[str, ...]]]:
    """Every model with sealed texts, and their names."""
    found = []
    for model in apps.get_app_config("records").get_models():
        names = tuple(sorted({name for base in model.__mro__ for name, value in vars(base).items() if isinstance(value, Sealed)}))
        if names and issubclass(model, SealingModel):
            found.append((model, names))
    return found


def rows_with_texts(model: type[SealingModel], names: tuple[str, ...], using: str = "default") -> "models.QuerySet[Any]":
    """The rows of a model that hold at least one sealed text, by id."""
    filled = Q()
    for name in names:
        filled |= ~Q(**{f"{name}_sealed": b""})
    return model._base_manager.using(using).filter(filled).order_by("pk")


def second_factors() -> "models.QuerySet[Any] | None":
    """Rows in which the sign-in keeps secrets that we seal for it; None where it is not installed."""
    if not apps.is_installed("allauth.mfa"):
        return None
    rows: models.QuerySet[Any] = apps.get_model("mfa", "Authenticator")._base_manager.order_by("pk")
    return rows


def sealed_strings(data: Any) -> Iterator[str]:
    """Every text in a row of ``second_factors`` that one of our keys has sealed."""
    if isinstance(data, str) and key_name(as_sealed(data)).startswith("k"):
        yield data
    elif isinstance(data, dict | list):
        for part in data.values() if isinstance(data, dict) else data:
            yield from sealed_strings(part)


def as_sealed(text: str) -> bytes:
    """The sealed bytes behind a text as other libraries keep it; nothing when it holds none."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def keys_in_use() -> Counter[str]:
    """How many values each key has sealed, over the whole database."""
    found: Counter[str] = Counter()
    for model, names in sealed_models():
        for name in names:
            column = f"{name}_sealed"
            values = model._base_manager.exclude(**{column: b""}).values_list(column, flat=True)
            found.update(key_name(value) for value in values.iterator(chunk_size=5000))
    for row in second_factors() or ():
        found.update(key_name(as_sealed(text)) for text in sealed_strings(row.data))
    return found


def notes_need_their_keys() -> bool:
    """Whether a process note, or a draft of one, is sealed with keys of their own; False where there is no database yet."""
    try:
        notes = ProcessNote._base_manager.values_list("text_sealed", flat=True)
        drafts = FormDraft._base_manager.filter(page__contains=PROCESS_NOTES_PAGE).values_list("fields_sealed", flat=True)
        return any(key_name(bytes(value)).startswith(Ring.PROCESS_NOTES) for value in (*notes.iterator(), *drafts))
    except DatabaseError:
        return False


def rings_at_hand() -> dict[Ring, Keyring]:
    """The rings whose key file can be read; without that of process notes the rest of the record works."""
    found = {Ring.RECORD: keyring()}
    with suppress(KeyFileMissing):
        found[Ring.PROCESS_NOTES] = keyring(Ring.PROCESS_NOTES)
    return found


def keys_at_hand() -> set[str]:
    """The names of all keys that can be read."""
    return {name for ring in rings_at_hand().values() for name in ring.keys}
