"""A diary of many days for measurements: rows as they would be kept, which cannot all be written as late entries."""

import uuid
from datetime import timedelta

import numpy as np

from fivefold.records import clock
from fivefold.records.models import DiaryCard, DiaryEntry, Patient
from fivefold.services import diary
from fivefold.services.access import Actor
from fivefold.services.diary_content import checked_answers, read_card

ITEMS = ["sadness", "shame", "anger", "fear", "joy", "urge_die", "intent", "urge_hurt", "hurt", "urge_quit", "sleep"]


def keep_diary(actor: Actor, patient: Patient, days: int) -> int:
    """An entry for each of so many days until yesterday, with no answer about intent; gives how many there are then."""
    diary.set_card(actor, patient_id=patient.pk, items=ITEMS, own=[], is_for_crisis=False, version=0)
    card = DiaryCard.objects.get(patient=patient)
    known, rng = read_card(card.content), np.random.default_rng(2)
    for day in range(days):
        on = clock.today() - timedelta(days=days - day)
        typed = {name: str(int(rng.integers(0, 4))) for name in ITEMS} | {"intent": "no", "sleep": "7"}
        row = DiaryEntry(
            clinic=actor.clinic, patient=patient, client_id=uuid.uuid4(), card=card, about_on=on, made_on=on, made_at=clock.now(), author=actor.user
        )
        row.content = checked_answers(known, typed, "").stored()
        row.save()
    return DiaryEntry.objects.filter(patient=patient).count()
