"""What a formulation asks of a plan when it is signed, and what the clinician said: an answer, or left open with their name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from fivefold.concepts.plan import ModuleMatch, PhasedPlan
from fivefold.records.models import Formulation, Patient
from fivefold.services.formulation_content import FormulationContent
from fivefold.services.formulation_questions import open_questions
from fivefold.services.patients import NotAcceptable

LONGEST_ANSWER = 500


@dataclass(frozen=True)
class AskedModules:
    """Modules of now and next that treat nothing in the formulation ``number`` (0: none is written, and nothing is asked)."""

    number: int
    modules: tuple[ModuleMatch, ...]


@dataclass(frozen=True)
class SaidOfFormulation:
    """What was said at the signature about modules that the formulation ``number`` questioned: words for some, the others left open."""

    number: int = 0
    answers: Mapping[str, str] = field(default_factory=dict)
    left: tuple[str, ...] = ()

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "SaidOfFormulation":
        """As a signed plan keeps it; a plan signed without a formulation keeps nothing."""
        return cls(int(stored["version"]), dict(stored["answers"]), tuple(stored["left"])) if stored else cls()


def asked_at_signing(patient: Patient, plan: PhasedPlan) -> AskedModules:
    """What the newest formulation asks of a plan; for acts that have checked access already."""
    newest = Formulation.objects.filter(clinic_id=patient.clinic_id, patient=patient).order_by("-number").first()
    if newest is None:
        return AskedModules(0, ())
    return AskedModules(newest.number, open_questions(plan, FormulationContent.read(newest.content)).modules)


def kept_answers(asked: AskedModules, answers: Mapping[str, str]) -> dict[str, Any]:
    """Answers as they are kept with the signature, empty when nothing was asked; raises NotAcceptable for one that is too long."""
    if not asked.modules:
        return {}
    said = {match.id: " ".join(answers.get(match.id, "").split()) for match in asked.modules}
    for match in asked.modules:
        if len(said[match.id]) > LONGEST_ANSWER:
            words = _("an answer of at most %(most)d characters; found %(found)d") % {"most": LONGEST_ANSWER, "found": len(said[match.id])}
            raise NotAcceptable(match.short_name, words)
    given = {name: words for name, words in said.items() if words}
    return {"formulation": {"version": asked.number, "answers": given, "left": [name for name in said if name not in given]}}
