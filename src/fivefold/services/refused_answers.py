"""Positive answers to risk questions that could not be kept where they were meant to be: kept apart, and told like every other.

A questionnaire had ended, its wording was another, a diary entry named a day that cannot be or came after the end: an answer is no less true. The row
is what the law of the safety net counts (``safety_net``).
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import date

from fivefold.records.models import Patient, RefusedAnswer
from fivefold.services.signals import RiskAnswer, raise_risk_answers

WHY_WORDS = {
    "ended": "The questionnaire had ended when it came, so that it is in no result.",
    "wording": "It was given to another wording, so that it is in no result.",
    "entry": "The diary entry itself could not be kept.",
    "closed": "The diary entry came after the own pages or care had ended, so that it is not in the diary.",
}


def keep_refused(patient: Patient, answers: Sequence[tuple[RiskAnswer, str]], *, source: str, key: str, why: str, on: date) -> bool:
    """Keep refused answers with what was answered, and tell the care team, in the caller's transaction; False where they are kept already.

    ``key`` names what was sent. The same key with other answers is something else, and is told anew.
    """
    content = json.dumps([{"of": one.instrument, "item": one.item, "about": one.about, "answer": answer} for one, answer in answers], ensure_ascii=False)
    named = f"{key[:85]} {hashlib.sha256(content.encode()).hexdigest()[:32]}"
    known = RefusedAnswer.objects.filter(clinic_id=patient.clinic_id, patient=patient, source=source, key=named)
    if not answers or known.exists():
        return False
    row = RefusedAnswer(clinic_id=patient.clinic_id, patient=patient, source=source, key=named, why=why)
    row.content = content
    row.save()
    raise_risk_answers(patient, [one for one, _answer in answers], on=on, mark=f"refused {row.pk}", note=WHY_WORDS[why])
    return True


def answers_of(row: RefusedAnswer) -> tuple[RiskAnswer, ...]:
    """The answers of a kept row, as they were told."""
    return tuple(RiskAnswer(one["of"], one["item"], one["about"]) for one in json.loads(row.content))
