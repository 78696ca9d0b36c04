"""Which programme a clinician has chosen for a patient, why and when; without a choice the modular one holds."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from fivefold.records.models import ClinicalFact, Patient
from fivefold.services.knowledge import knowledge

# What an assessment file says when it names no programme: the plan's own modules, phases and rules are this one's.
MODULAR = "imt"
SELECTOR = "selector"
PLACE = {"kind": "treatment", "key": "protocol"}


@dataclass(frozen=True)
class ChosenProtocol:
    """One choice of a programme; ``reason`` is empty where none was recorded."""

    fact_id: str
    id: str
    name: str
    reason: str
    author: str
    on: date

    @property
    def is_told(self) -> bool:
        """Whether there is something to tell: another programme than the plan's own, or a reason to stay with it."""
        return bool(self.reason) or self.id != MODULAR

    def stored(self) -> dict[str, str]:
        """The choice as a signed plan keeps it."""
        return {"name": self.name, "reason": self.reason, "author": self.author, "on": self.on.isoformat()}


def treatment_protocols() -> frozenset[str]:
    """Programmes that treat; a scheme that only selects among others is laid beside a plan, never chosen."""
    return frozenset(name for name, item in knowledge().protocols.items() if item.kind != SELECTOR)


def chosen_protocols(patient: Patient) -> tuple[ChosenProtocol, ...]:
    """Every choice that was not withdrawn, the one that holds first; for acts that have checked access already."""
    rows = ClinicalFact.objects.filter(clinic_id=patient.clinic_id, patient=patient, corrected_by__isnull=True, withdrawn=False, **PLACE)
    return tuple(_chosen(row) for row in rows.select_related("author").order_by("-true_on", "-recorded_at"))


def _chosen(row: Any) -> ChosenProtocol:
    known = knowledge().protocols.get(str(row.value))
    return ChosenProtocol(str(row.pk), str(row.value), known.name if known else str(row.value), row.note, row.author.name, row.true_on)
