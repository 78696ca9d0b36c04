"""What a clinic keeps about itself and its people's work: permissions for instruments, and forms not yet sent."""

from typing import ClassVar

from django.db import models

from fivefold.records.crypto import Ring
from fivefold.records.models.base import AppendOnly, ClinicScoped, Sealed
from fivefold.records.models.people import User


class InstrumentPermission(AppendOnly):
    """A clinic's permission to use an instrument's items: its own statement, with its own copy of the items if it loads one.

    A change or the end of a permission is a new row; the newest of an instrument counts.
    """

    instrument = models.CharField(max_length=40)
    given = models.BooleanField()
    licence = models.TextField(blank=True)
    valid_until = models.DateField(null=True, blank=True)
    items = models.JSONField(default=list, blank=True)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["clinic", "instrument"], name="permission_of_instrument")]


class ClinicNote(AppendOnly):
    """How a clinic does things at one module of the knowledge base, in its own words. About no patient, and therefore not sealed.

    A change is a new row with the next number; the newest of a module counts, and one without text takes the note away.
    """

    module = models.CharField(max_length=8)
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["clinic", "module", "number"], name="one_clinic_note_for_each_number")]


# How the address of the page for process notes ends. What is typed there and not yet sent is as confidential as what is.
PROCESS_NOTES_PAGE = "/process-notes"


class FormDraft(ClinicScoped):
    """What somebody had typed into a form that was not sent: theirs alone, sealed, and thrown away after a week."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    page = models.CharField(max_length=200)
    fields = Sealed()
    fields_sealed = models.BinaryField(default=b"")
    kept_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["clinic", "user", "page"], name="one_draft_for_each_page")]

    def place(self, name: str) -> str:
        return f"{self._meta.db_table} {name} {self.pk} {self.user_id}"

    def ring(self) -> Ring:
        return Ring.PROCESS_NOTES if self.is_of_process_notes else Ring.RECORD

    @property
    def is_of_process_notes(self) -> bool:
        """Whether it is a process note that was begun: its words are on no page but its own."""
        return PROCESS_NOTES_PAGE in self.page
