"""Words that stand in process notes and must be nowhere else: a thousand of them, each made by chance."""

import re
import secrets
from collections.abc import Sequence

from fivefold.records.models import Patient, ProcessNote
from fivefold.services.access import Actor

MANY = 1_000
CANARY = re.compile(rb"qz[0-9a-f]{12}zq")


def new_canary() -> str:
    """A word that nobody writes by chance."""
    return f"qz{secrets.token_hex(6)}zq"


def plant_canaries(actor: Actor, patients: Sequence[Patient]) -> set[str]:
    """A thousand process notes of this person, shared out among the patients; gives the word that each holds."""
    planted = {new_canary() for _ in range(MANY)}
    notes = []
    for number, canary in enumerate(planted):
        note = ProcessNote(clinic=actor.clinic, patient=patients[number % len(patients)], author=actor.user)
        note.text = f"What it does to me: {canary}, again."
        note.seal_texts()
        notes.append(note)
    ProcessNote._base_manager.bulk_create(notes)
    return planted


def canaries_in(content: str | bytes) -> set[str]:
    """Every such word that a page, a file or a line of a log holds."""
    return {found.decode() for found in CANARY.findall(content.encode() if isinstance(content, str) else content)}
