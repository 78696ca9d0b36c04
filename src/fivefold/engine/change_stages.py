"""Stages of change inside a module move by their signs of completion, not with time: what is proposed once all of them have been seen."""

from collections.abc import Collection

from fivefold.concepts.treatment_module import SpecificModule
from fivefold.concepts.vocabulary import StageId


def proposed_stage(module: SpecificModule, stage: StageId, signs_seen: Collection[str]) -> StageId | None:
    """The stage after this one when every sign of it has been seen; None while one is missing, or where it names none.

    After the last stage the module is kept up. It is a proposal: a clinician moves the stage.
    """
    stages = module.change_stages.each()
    for place, (one, content) in enumerate(stages):
        if one is stage:
            signs = [sign.text for sign in content.signs_of_completion]
            if not signs or not set(signs) <= set(signs_seen):
                return None
            return stages[place + 1][0] if place + 1 < len(stages) else StageId.MAINTAINED
    return None
