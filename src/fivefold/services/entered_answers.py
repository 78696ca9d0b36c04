"""Positive answers to risk questions that the staff enters: from paper, from another system, from a conversation.

What a patient answers here is told item by item (``measure_answers``, ``diary``). What is entered is told when it is entered.
"""

from collections.abc import Sequence
from datetime import date

from fivefold.concepts.assessment import Assessment
from fivefold.concepts.signals import Watch
from fivefold.engine.progress.signals import asked_on
from fivefold.records.models import ClinicalFact, Patient
from fivefold.services.knowledge import knowledge
from fivefold.services.signals import Origin, RiskAnswer, raise_risk_answers

# Whose answers are told here; those of patients have been told by the form they were given in.
ENTERED_BY = "clinician"


def tell_entered(patient: Patient, rows: Sequence[ClinicalFact], known: Assessment) -> None:
    """Raise the safety signal for positive risk answers among new facts, in the caller's transaction, whatever was told that day before.

    An answer of a day after which a clinician has asked the questions tells nothing new. ``known`` is the record with the new facts.
    """
    rule = knowledge().signals.watching(Watch.POSITIVE_RISK_ITEM)
    asked = asked_on(rule, known, knowledge())
    told = [row for row in rows if row.kind == "score" and row.source == ENTERED_BY and not row.withdrawn and (asked is None or row.true_on >= asked)]
    found = [(row, answer) for row in told for answer in positive_items(row)]
    if found:
        on: date = max(row.true_on for row, _answer in found)
        raise_risk_answers(patient, [answer for _row, answer in found], on=on, mark=f"entered {found[-1][0].pk}", origin=Origin.STAFF)


def positive_items(row: ClinicalFact) -> list[RiskAnswer]:
    """The positive risk answers of one result; none where only its value was entered."""
    items = row.value.get("items") if isinstance(row.value, dict) else None
    instrument = knowledge().instruments.get(row.key)
    if not items or instrument is None:
        return []
    given = [(risk, items[risk.item - 1]) for risk in instrument.risk_items if risk.item <= len(items)]
    return [RiskAnswer(row.key, risk.item) for risk, answer in given if answer is not None and answer >= risk.at_least]
