"""What somebody has practised and read: of the learner, about no patient, and theirs alone unless they share an attempt."""

from typing import ClassVar

from django.db import models

from fivefold.records.models.base import AppendOnly, Sealed
from fivefold.records.models.people import User


class TrainingAttempt(AppendOnly):
    """One go at a case of the knowledge base. ``content`` is sealed: what was chosen, and the learner's own words about it."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    case = models.CharField(max_length=60)
    knowledge_version = models.CharField(max_length=40)
    content = Sealed()
    content_sealed = models.BinaryField(default=b"")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["clinic", "user", "recorded_at"], name="attempts_of_learner")]

    def place(self, name: str) -> str:
        return f"{self._meta.db_table} {name} {self.pk} {self.user_id}"


class TrainingShare(AppendOnly):
    """An attempt that its learner shares with a supervisor, or no longer does: the newest row of the two counts."""

    attempt = models.ForeignKey(TrainingAttempt, on_delete=models.PROTECT, related_name="shares")
    with_user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    given = models.BooleanField()


class ReadingMark(AppendOnly):
    """A page of the library that somebody says they have read, or takes that back: the newest row of a page counts."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    chapter = models.CharField(max_length=40)
    name = models.CharField(max_length=60, blank=True)
    read = models.BooleanField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["clinic", "user"], name="reading_of_learner")]
