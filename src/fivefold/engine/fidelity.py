"""The checklist of one session, put together from the stance items and what the knowledge base says of its modules; and its score."""

from collections.abc import Mapping, Sequence

from fivefold.concepts.basis import Basis, BasisKind
from fivefold.concepts.fidelity import ChecklistItem, FidelityFile, FidelityScore, ItemKind
from fivefold.concepts.protocol import Protocol
from fivefold.concepts.treatment_module import SpecificModule
from fivefold.concepts.vocabulary import StageId

PROPOSAL = Basis(BasisKind.PROPOSAL)


def checklist(rules: FidelityFile, worked_on: Sequence[tuple[SpecificModule, StageId | None]], programme: Protocol | None = None) -> tuple[ChecklistItem, ...]:
    """What is rated of a session: the stance, then for each module worked on its stance and the work of its change stage.

    With another ``programme``, such as GPM, its own stance comes after the common one. Where the stage is not one of the four (None, or
    kept up) only the module's stance is asked for. That lines of a module or programme serve as items is a proposal, whatever the
    lines themselves rest on.
    """
    items = [ChecklistItem(f"stance.{item.id}", ItemKind.STANCE, item.general, item.text, item.basis) for item in rules.stance]
    if programme is not None:
        lines = enumerate(programme.stance, start=1)
        items += [ChecklistItem(f"{programme.id}.stance.{place}", ItemKind.PROGRAMME_STANCE, programme.id, one.text, PROPOSAL) for place, one in lines]
    for module, stage in worked_on:
        items += [
            ChecklistItem(f"{module.id}.stance.{place}", ItemKind.MODULE_STANCE, module.id, text, PROPOSAL) for place, text in enumerate(module.stance, start=1)
        ]
        work = next((part.therapist_work for name, part in module.change_stages.each() if name is stage), ())
        items += [ChecklistItem(f"{module.id}.{stage}.{place}", ItemKind.MODULE_WORK, module.id, text, PROPOSAL) for place, text in enumerate(work, start=1)]
    return tuple(items)


def score(rules: FidelityFile, answers: Mapping[str, int | None]) -> FidelityScore:
    """The mean of the answers that are a point of the scale; None stands for an item that did not apply. Raises ValueError for other points."""
    rated = [value for value in answers.values() if value is not None]
    if any(not 0 <= value <= rules.highest for value in rated):
        raise ValueError(f"a rating is 0 to {rules.highest}, or does not apply")
    return FidelityScore(sum(rated) / len(rated) if rated else None, len(rated), len(answers) - len(rated))
