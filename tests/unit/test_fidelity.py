"""The checklist of a session comes from the knowledge base, and its score counts only what applied."""

import pytest

from fivefold import load_knowledge
from fivefold.concepts.fidelity import ItemKind
from fivefold.concepts.vocabulary import StageId
from fivefold.engine.fidelity import checklist, score

KNOWLEDGE = load_knowledge()
RULES = KNOWLEDGE.fidelity


def test_stance_is_rated_in_every_session_and_shows_all_six_general_modules() -> None:
    items = checklist(RULES, ())

    assert {item.kind for item in items} == {ItemKind.STANCE}
    assert {item.about for item in items} == set(KNOWLEDGE.general_modules)


def test_module_adds_its_stance_and_the_work_of_its_stage() -> None:
    module = KNOWLEDGE.modules["S04"]
    items = [item for item in checklist(RULES, ((module, StageId.EXPLORATION),)) if item.about == "S04"]

    assert [item.text for item in items] == [*module.stance, *module.change_stages.exploration.therapist_work]
    assert len({item.id for item in items}) == len(items)
    assert {str(item.basis) for item in items} == {"proposal"}


def test_other_programme_adds_its_own_stance_after_the_common_one() -> None:
    gpm = KNOWLEDGE.protocols["gpm"]
    items = checklist(RULES, (), gpm)

    assert [item.text for item in items if item.about == "gpm"] == [one.text for one in gpm.stance] and gpm.stance
    assert items[: len(RULES.stance)] == checklist(RULES, ())


@pytest.mark.parametrize("stage", [None, StageId.MAINTAINED])
def test_module_at_no_working_stage_adds_its_stance_alone(stage: StageId | None) -> None:
    module = KNOWLEDGE.modules["S04"]

    assert [item.text for item in checklist(RULES, ((module, stage),)) if item.about == "S04"] == list(module.stance)


def test_every_item_of_every_module_has_an_id_of_its_own() -> None:
    items = checklist(RULES, [(module, stage) for module in KNOWLEDGE.modules.values() for stage, _ in module.change_stages.each()])
    told = {item.id: item.text for item in items}

    assert all(told[item.id] == item.text for item in items)


def test_item_that_did_not_apply_counts_neither_as_zero_nor_at_all() -> None:
    assert score(RULES, {"a": 3, "b": None, "c": 1}).mean == 2
    assert score(RULES, {"a": 0, "b": None}).mean == 0
    nothing = score(RULES, {"a": None})
    assert (nothing.mean, nothing.rated, nothing.not_applicable) == (None, 0, 1)


@pytest.mark.parametrize("wrong", [-1, 4])
def test_rating_off_the_scale_is_refused(wrong: int) -> None:
    with pytest.raises(ValueError, match="0 to 3"):
        score(RULES, {"a": wrong})
