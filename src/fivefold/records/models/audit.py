"""The audit trail: every view and change of clinical data, chained by hashes.

Read by investigators, and by a patient who asks who has looked; no other feature reads it.
"""

from typing import Any, ClassVar

from django.db import models

from fivefold.records.models.base import AddedOnly, NeverChanged
from fivefold.records.models.people import Clinic


class AuditEntry(models.Model):
    """One entry of a clinic's chain. It names people and things by id only: no names, no answers, no texts."""

    id = models.BigAutoField(primary_key=True)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    user_id = models.BigIntegerField(null=True)
    role = models.CharField(max_length=20, blank=True)
    act = models.CharField(max_length=60)
    patient_id = models.UUIDField(null=True, db_index=True)
    target = models.CharField(max_length=120, blank=True)
    detail = models.JSONField(default=dict)
    before_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = AddedOnly.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["clinic", "number"], name="one_entry_for_each_number")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise NeverChanged("AuditEntry")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise NeverChanged("AuditEntry")


class AuditHead(models.Model):
    """The end of a clinic's chain; locked while an entry is added."""

    clinic = models.OneToOneField(Clinic, on_delete=models.PROTECT, primary_key=True, related_name="+")
    number = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)
