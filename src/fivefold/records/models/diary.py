"""The diary: cards that are set up together, entries by the patient, what is usual for them, and what they want to bring up."""

from typing import ClassVar

from django.db import models

from fivefold.records.models.base import AppendOnly, Sealed
from fivefold.records.models.people import Patient, User


class DiaryCard(AppendOnly):
    """What the diary asks, in versions; the newest counts. ``content`` is sealed: items with their words, and whether it is for a hard time."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="diary_cards")
    number = models.PositiveIntegerField()
    content = Sealed()
    content_sealed = models.BinaryField(default=b"")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["clinic", "patient", "number"], name="one_diary_card_for_each_number")]


class DiaryEntry(AppendOnly):
    """One entry as it came: about which day, made when on which day of the device, received when (``recorded_at``).

    ``client_id`` is chosen by the device, so that an entry that is sent twice is kept once. ``corrects`` is the client id of the entry whose
    place it takes, known here or not yet; ``withdrawn`` says that the other should not have been written. ``content`` is sealed.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="diary_entries")
    client_id = models.UUIDField()
    card = models.ForeignKey(DiaryCard, on_delete=models.PROTECT, related_name="entries")
    about_on = models.DateField()
    made_on = models.DateField()
    made_at = models.DateTimeField()
    content = Sealed()
    content_sealed = models.BinaryField(default=b"")
    corrects = models.UUIDField(null=True, blank=True)
    withdrawn = models.BooleanField(default=False)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["clinic", "patient", "client_id"], name="one_diary_entry_for_each_key")]
        indexes: ClassVar = [models.Index(fields=["clinic", "patient", "-about_on"], name="diary_of_patient")]


class UsualUrge(AppendOnly):
    """The level of an urge that a clinician calls usual for this patient, with a reason, until a day. No ``level`` ends it."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="usual_urges")
    item = models.CharField(max_length=40)
    level = models.PositiveSmallIntegerField(null=True)
    until = models.DateField(null=True)
    reason = Sealed()
    reason_sealed = models.BinaryField(default=b"")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")


class BroughtUp(AppendOnly):
    """Something the patient wants to bring up in the next session, in their words."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="brought_up")
    words = Sealed()
    words_sealed = models.BinaryField(default=b"")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
