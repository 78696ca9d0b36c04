"""Psychotherapy process notes: what a therapist thinks to themselves. They are in no copy, search, document or analysis."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from fivefold.records.models import Patient, ProcessNote
from fivefold.services.access import Actor, Permission, clinical_act, patient_for
from fivefold.services.patients import NotAcceptable

LONGEST = 20_000


@dataclass(frozen=True)
class OwnNotes:
    """The process notes that somebody wrote about a patient themselves, the latest first: when, and what."""

    patient: Patient
    notes: tuple[tuple[datetime, str], ...]


@clinical_act(Permission.PROCESS_NOTES, view=True)
def see_process_notes(actor: Actor, *, patient_id: uuid.UUID) -> OwnNotes:
    """One's own notes and nobody else's: not even how many others have written."""
    patient = patient_for(actor, patient_id, Permission.PROCESS_NOTES)
    rows = ProcessNote.objects.filter(clinic=actor.clinic, patient=patient, author=actor.user).order_by("-recorded_at")
    return OwnNotes(patient, tuple((row.recorded_at, row.text) for row in rows))


@clinical_act(Permission.PROCESS_NOTES)
def write_process_note(actor: Actor, *, patient_id: uuid.UUID, text: str) -> str:
    """Write one down; gives its id."""
    patient = patient_for(actor, patient_id, Permission.PROCESS_NOTES)
    if not text.strip() or len(text) > LONGEST:
        raise NotAcceptable("Note", _("what you want to remember, at most %(most)s characters") % {"most": LONGEST})
    note = ProcessNote(clinic=actor.clinic, patient=patient, author=actor.user)
    note.text = text.strip()
    note.save()
    return str(note.pk)
