"""What happens in the hour and between hours: signed sessions, homework, contacts. Nothing of it is changed afterwards."""

from typing import ClassVar

from django.db import models

from fivefold.records.models.base import AppendOnly, Sealed
from fivefold.records.models.people import Patient, User

MEETINGS = ("in_person", "video", "telephone", "with_family", "group")
CAME = ("came", "missed", "cancelled_by_patient", "cancelled_by_us")
WENT = ("done", "partly", "not_done", "dropped")
CONTACTS = ("call", "message", "crisis", "third_party")
BEGAN_BY = ("patient", "us", "third_party")


class TreatmentSession(AppendOnly):
    """One session as its therapist signed it, or one that was planned and did not take place.

    ``content`` is sealed: the lines of the note with who said each, and the coded parts they come from. It is locked with the
    signature; what is added later stands beside it (``SessionAddition``).
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="sessions")
    number = models.PositiveIntegerField()
    on = models.DateField()
    meeting = models.CharField(max_length=20)
    came = models.CharField(max_length=20)
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    phase = models.CharField(max_length=2, blank=True)
    modules = models.JSONField(default=list)
    content = Sealed()
    content_sealed = models.BinaryField(default=b"")
    next_on = models.DateField(null=True, blank=True)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["clinic", "patient", "number"], name="one_session_for_each_number")]
        indexes: ClassVar = [models.Index(fields=["clinic", "patient", "-on"], name="sessions_of_patient")]


class SessionAddition(AppendOnly):
    """What stands beside a signed session: an amendment with its reason, or the signature of a supervisor.

    ``origin`` says whose words the text holds, as the lines of the note do.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="session_additions")
    session = models.ForeignKey(TreatmentSession, on_delete=models.PROTECT, related_name="additions")
    kind = models.CharField(max_length=12, choices=[("amended", "amended"), ("cosigned", "co-signed")])
    origin = models.CharField(max_length=10, default="clinician")
    text = Sealed()
    text_sealed = models.BinaryField(default=b"")
    reason = Sealed()
    reason_sealed = models.BinaryField(default=b"")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")


class Homework(AppendOnly):
    """Something to try until the next session, in plain words."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="homework")
    session = models.ForeignKey(TreatmentSession, on_delete=models.PROTECT, related_name="homework")
    module = models.CharField(max_length=4, blank=True)
    words = Sealed()
    words_sealed = models.BinaryField(default=b"")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")


class HomeworkLook(AppendOnly):
    """Homework that was looked at in a later session, and how it went. Not done is news, not a fault."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="homework_looks")
    homework = models.ForeignKey(Homework, on_delete=models.PROTECT, related_name="looks")
    session = models.ForeignKey(TreatmentSession, on_delete=models.PROTECT, related_name="homework_looks")
    went = models.CharField(max_length=12)
    words = Sealed()
    words_sealed = models.BinaryField(default=b"")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")


class Contact(AppendOnly):
    """A contact between sessions: a call, a message, a crisis, somebody else who was spoken with."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="contacts")
    on = models.DateField()
    how = models.CharField(max_length=20)
    began_by = models.CharField(max_length=20)
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    words = Sealed()
    words_sealed = models.BinaryField(default=b"")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
