"""Texts of the knowledge base say names where they hold ids."""

import pytest

from fivefold.services.knowledge import knowledge
from fivefold.services.spelling import spelled


def test_a_module_is_called_by_its_short_name() -> None:
    name = knowledge().modules["S08"].short_name
    assert spelled("Review what S08 gave.") == f"Review what “{name}” gave."


def test_a_general_module_is_called_by_its_short_name() -> None:
    assert spelled("Repair G2 first.") == f"Repair “{knowledge().general_modules['G2'].short_name}” first."


def test_a_phase_is_called_by_its_name() -> None:
    assert spelled("The work now is P3.") == "The work now is regulation and modulation."


def test_a_rule_that_brings_a_module_is_a_safety_rule() -> None:
    assert spelled("R8 brings it: dependence.") == "A safety rule brings it: dependence."


def test_a_rule_in_a_sentence_is_called_by_its_name() -> None:
    name = next(rule.name for rule in knowledge().overrides if rule.code == "R6")
    assert spelled("Keep R6.") == f"Keep “{name}”."


@pytest.mark.parametrize("text", ["", "PCL-5 and ISO9001", "S99 is no module", "Criterion 5 (R8)", "AS08B"])
def test_anything_else_stays(text: str) -> None:
    assert spelled(text) == text


def test_no_step_of_a_module_shows_an_id() -> None:
    steps = [step for module in knowledge().modules.values() for part in module.outline for step in part.steps]
    ids = {*knowledge().modules, *knowledge().general_modules}
    assert any(name in step for step in steps for name in ids)
    assert not [step for step in steps if any(name in spelled(step).split() for name in ids)]
