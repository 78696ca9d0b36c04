"""How far the library answers what the patients in reach need: read from the caseload, about nobody by name."""

from collections.abc import Collection
from dataclasses import dataclass

from fivefold.concepts.vocabulary import CoverageStatus
from fivefold.engine.relevance import Needs, RelevanceMap, map_relevance
from fivefold.records.models import CaseloadRow
from fivefold.services.access import Actor, Permission, clinical_act, patients_of
from fivefold.services.knowledge import knowledge


@dataclass(frozen=True)
class SeenRelevance:
    """The map of the patients in reach whose care goes on. ``chosen`` are the specific modules it was made with.

    ``patients`` counts all of them, ``not_yet`` those whose needs have not been worked out since the caseload keeps them.
    """

    map: RelevanceMap
    chosen: frozenset[str]
    patients: int
    not_yet: int


@clinical_act(Permission.SEE_CASELOAD, view=True)
def see_relevance(actor: Actor, *, modules: Collection[str] | None = None) -> SeenRelevance:
    """What the caseload needs and how far these specific modules answer it, all of the library's when None; unknown ones are left out."""
    base = knowledge()
    chosen = frozenset(base.modules if modules is None else base.modules.keys() & set(modules))
    kept = CaseloadRow.objects.filter(patient__in=patients_of(actor).filter(closed_at__isnull=True)).values_list("patient_id", "needs")
    rows = list(kept)
    needs: Needs = {
        str(patient): {name: CoverageStatus(status) for name, status in stored.items() if name in base.impairments}
        for patient, stored in rows
        if stored is not None
    }
    treats = {name: frozenset(base.modules[name].treats) for name in base.modules if name in chosen}
    ground = frozenset(impairment for module in base.general_modules.values() for impairment in module.treats)
    return SeenRelevance(map_relevance(needs, treats, ground & base.impairments.keys()), chosen, len(rows), len(rows) - len(needs))
