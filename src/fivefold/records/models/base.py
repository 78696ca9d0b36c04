"""What all records share: a clinic in every row, sealed texts, and facts that are added but never changed."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar, TypeVar

from django.db import models
from django.db.models import Max

from fivefold.concepts.errors import FivefoldError
from fivefold.records import clock
from fivefold.records.crypto import Ring, keyring

# A clock is set back by less than this. One that had been ahead for longer was wrong, and time goes on without it.
LONGEST_STEP_BACK = timedelta(days=1)


class NeverChanged(FivefoldError):
    """A wrong call: a fact was to be changed or deleted. For the developer."""

    def __init__(self, model: str) -> None:
        super().__init__(f"{model} is only ever added to: record a new fact that corrects the old one.")


class Sealed:
    """A text that is sealed when the row is written and opened when it is read; kept in ``<name>_sealed``."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name
        self.column = f"{name}_sealed"

    def __get__(self, row: Any, owner: type | None = None) -> Any:
        if row is None:
            return self
        plain = row.__dict__.get(f"_plain_{self.name}")
        if plain is not None:
            return plain
        sealed = getattr(row, self.column)
        if not sealed:
            return ""
        text = keyring(row.ring()).open(sealed, row.place(self.name))
        row.__dict__[f"_plain_{self.name}"] = text
        return text

    def __set__(self, row: Any, text: str) -> None:
        row.__dict__[f"_plain_{self.name}"] = text
        row.__dict__.setdefault("_to_seal", set()).add(self.name)


class SealingModel(models.Model):
    """A row with a readable-nowhere-else id and sealed texts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sealed_names: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True

    def place(self, name: str) -> str:
        """Where a sealed text belongs: table, field, row and patient."""
        return f"{self._meta.db_table} {name} {self.pk} {getattr(self, 'patient_id', '') or ''}"

    def ring(self) -> Ring:
        """Whose keys seal the texts of this row."""
        return Ring.RECORD

    def seal_texts(self) -> None:
        """Seal what was set since the row was read."""
        for name in sorted(self.__dict__.pop("_to_seal", ())):
            text = self.__dict__[f"_plain_{name}"]
            setattr(self, f"{name}_sealed", keyring(self.ring()).seal(text, self.place(name)) if text else b"")

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.seal_texts()
        super().save(*args, **kwargs)


class ClinicScoped(SealingModel):
    """A row of one clinic."""

    clinic = models.ForeignKey("records.Clinic", on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


M_co = TypeVar("M_co", bound=models.Model, covariant=True)


class AddedOnly(models.QuerySet[M_co]):
    """Rows that are added and read: changing or deleting many at once is refused like changing or deleting one."""

    def update(self, **_: Any) -> int:
        raise NeverChanged(self.model.__name__)

    def bulk_update(self, *_: Any, **__: Any) -> int:
        raise NeverChanged(self.model.__name__)

    def delete(self) -> tuple[int, dict[str, int]]:
        raise NeverChanged(self.model.__name__)


class AppendOnly(ClinicScoped):
    """A row that is written once. Erasure and key rotation go through their own functions and say so."""

    recorded_at = models.DateTimeField(default=clock.now, db_index=True, editable=False)
    objects = AddedOnly.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise NeverChanged(type(self).__name__)
        keep_order([self])
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise NeverChanged(type(self).__name__)


def keep_order(rows: Sequence[AppendOnly]) -> None:
    """Date new rows of one patient (or clinic) after those that are there, although the clock was set back meanwhile.

    What was said last counts, and last is what was recorded last, whatever the clock said.
    """
    if not rows or clock.is_moved():
        return
    first = rows[0]
    scope = {"patient_id": first.patient_id} if hasattr(first, "patient_id") else {"clinic_id": first.clinic_id}
    last = type(first)._base_manager.filter(**scope).aggregate(last=Max("recorded_at"))["last"]
    behind = last - first.recorded_at if last is not None else timedelta(-1)
    if timedelta() <= behind <= LONGEST_STEP_BACK:
        for row in rows:
            row.recorded_at += behind + clock.TICK
