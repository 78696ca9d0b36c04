"""Signals: what was seen that somebody should act on, every step taken on it, and where it stands."""

from typing import ClassVar

from django.db import models

from fivefold.records.models.base import AppendOnly, Sealed
from fivefold.records.models.outgoing import Outgoing
from fivefold.records.models.people import Patient, User

SIGNAL_KINDS = [("safety", "safety"), ("progress", "progress")]
ORIGINS = [("program", "the program"), ("patient", "the patient"), ("staff", "a member of staff")]
SIGNAL_STEPS = [
    ("raised", "raised"),
    ("again", "seen again, with something new"),
    ("seen", "seen"),
    ("assigned", "assigned"),
    ("acted", "acted on"),
    ("snoozed", "put off"),
    ("escalated", "passed on, because nobody had seen it in time"),
    ("sent", "a message was sent that something waits"),
    ("not_sent", "a message could not be delivered"),
    ("closed", "closed"),
]
OUTCOMES = [
    ("settled", "acted on and settled"),
    ("plan_changed", "the plan was changed"),
    ("known_before", "known and in hand before"),
    ("false_alarm", "there was nothing to act on"),
    ("passed", "no longer seen"),
]
# Why an answer could not be kept where it was meant to be.
WHY_REFUSED = [
    ("ended", "it came after its questionnaire had ended"),
    ("wording", "it was given to another wording"),
    ("entry", "its diary entry could not be kept"),
    ("closed", "its diary entry came after the own pages or care had ended"),
]
OPEN_STATES = ("raised", "seen", "acted", "snoozed")


class Signal(AppendOnly):
    """One matter that somebody should act on: by which rule, about what, since when. ``number`` counts its returns, from 1."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="signals")
    kind = models.CharField(max_length=10, choices=SIGNAL_KINDS)
    rule = models.CharField(max_length=80)
    matter = models.CharField(max_length=120)
    number = models.PositiveIntegerField()
    origin = models.CharField(max_length=10, choices=ORIGINS)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["clinic", "patient", "matter", "number"], name="one_signal_for_each_return")]


class SignalEvent(AppendOnly):
    """One step on a signal, numbered from 1; nobody is its author where the program or the patient took it.

    ``content`` is sealed: what was seen, as it was shown. ``note`` is sealed: the words of who took the step.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="signal_events")
    signal = models.ForeignKey(Signal, on_delete=models.PROTECT, related_name="events")
    number = models.PositiveIntegerField()
    step = models.CharField(max_length=10, choices=SIGNAL_STEPS)
    content = Sealed()
    content_sealed = models.BinaryField(default=b"")
    note = Sealed()
    note_sealed = models.BinaryField(default=b"")
    outcome = models.CharField(max_length=12, choices=OUTCOMES, blank=True)
    until = models.DateField(null=True, blank=True)
    to = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["signal", "number"], name="one_step_for_each_number")]


class SignalState(models.Model):
    """Where a signal stands, as the last of its steps left it; a copy for speed, and the guard that a matter is open once.

    ``mark`` says which evidence was seen last. ``due_at`` is when somebody else is told, None when that is not to happen.
    ``level`` is who is told: 0 who treats, 1 who covers or supervises as well, 2 the clinic lead as well.
    """

    signal = models.OneToOneField(Signal, on_delete=models.CASCADE, primary_key=True, related_name="state")
    clinic = models.ForeignKey("records.Clinic", on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="signal_states")
    kind = models.CharField(max_length=10, choices=SIGNAL_KINDS)
    rule = models.CharField(max_length=80)
    matter = models.CharField(max_length=120)
    mark = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=10, default="raised")
    is_open = models.BooleanField(default=True)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    level = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)
    snoozed_until = models.DateField(null=True, blank=True)
    raised_at = models.DateTimeField()
    told_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clinic", "patient", "matter"], condition=models.Q(is_open=True), name="one_open_signal_for_each_matter")
        ]
        indexes: ClassVar = [
            models.Index(fields=["clinic", "is_open", "due_at"], name="open_signals_by_time"),
            models.Index(fields=["patient", "matter", "-closed_at"], name="signals_of_matter"),
        ]


class RefusedAnswer(AppendOnly):
    """A positive answer to a risk question that could not be kept where it was meant to be: that it was given counts all the same.

    ``key`` names what was sent, so that it is kept once however often it comes. ``content`` is sealed: the questions and the answers.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="refused_answers")
    source = models.CharField(max_length=16, choices=[("questionnaire", "a questionnaire"), ("diary", "the diary")])
    key = models.CharField(max_length=120)
    why = models.CharField(max_length=10, choices=WHY_REFUSED)
    content = Sealed()
    content_sealed = models.BinaryField(default=b"")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["clinic", "patient", "source", "key"], name="a_refused_answer_counts_once")]


class SignalNotice(Outgoing):
    """A message to somebody that danger waits in the app, and by which step of which signal.

    ``to`` is None for whoever is on duty outside the clinic's hours.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="signal_notices")
    signal = models.ForeignKey(Signal, on_delete=models.PROTECT, related_name="notices")
    step = models.PositiveIntegerField()
    to = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["clinic", "state", "next_try_at"], name="notices_to_send")]
