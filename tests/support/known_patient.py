"""A patient of whom enough is known for a plan that can be signed."""

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fivefold.records.models import Patient
    from fivefold.services.access import Actor


def known_patient(actor: "Actor", name: str = "Sam T.") -> "Patient":
    """Taken on by the actor, with ratings, answered safety questions and one session a week."""
    from fivefold.concepts.vocabulary import RISK_QUESTIONS
    from fivefold.records import clock
    from fivefold.services.assessments import record_facts
    from fivefold.services.patients import add_patient
    from fivefold.services.record_file import NewFact

    patient = add_patient(actor, name=name, birth_year=1990)
    day = clock.today() - timedelta(days=3)
    facts = [
        NewFact("rating", "self_harm", {"severity": 3}, day),
        NewFact("rating", "anger", {"severity": 2}, day),
        NewFact("treatment", "sessions_per_week", 1, day),
        *(NewFact("general_module", name, "attained", day) for name in ("G1", "G2", "G3", "G4", "G5", "G6")),
        *(NewFact("risk", name, False, day) for name in RISK_QUESTIONS),
    ]
    record_facts(actor, patient_id=patient.pk, facts=facts)
    return patient
