"""What differs between two bases, in words."""

import dataclasses
from typing import Any

import pytest
from tests.support.readings import knowledge

from fivefold.concepts.basis import GENERAL_KNOWLEDGE, Basis, BasisKind
from fivefold.concepts.criteria import EventWithin
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.vocabulary import GeneralState
from fivefold.knowledge.differences import BaseChange, diff_bases


def with_module(**changes: Any) -> KnowledgeBase:
    """The base with a changed S04."""
    base = knowledge()
    return dataclasses.replace(base, modules={**base.modules, "S04": dataclasses.replace(base.modules["S04"], **changes)})


def changes_to(base: KnowledgeBase) -> list[BaseChange]:
    return list(diff_bases(knowledge(), base).changes)


def test_a_base_does_not_differ_from_itself() -> None:
    diff = diff_bases(knowledge(), knowledge())

    assert diff.is_empty
    assert "the same files" in str(diff)


def test_added_and_removed_entries_are_named() -> None:
    base = knowledge()
    fewer = dataclasses.replace(base, protocols={name: part for name, part in base.protocols.items() if name != "mit"})

    (removed,) = diff_bases(base, fewer).changes
    (added,) = diff_bases(fewer, base).changes

    assert str(removed) == "Protocol mit Metacognitive Interpersonal Therapy removed."
    assert str(added) == "Protocol mit Metacognitive Interpersonal Therapy added."


def test_number_says_previously_and_now_with_unit_and_basis() -> None:
    dose = knowledge().modules["S04"].dose
    sessions = dataclasses.replace(dose.sessions, usual=14)

    (change,) = changes_to(with_module(dose=dataclasses.replace(dose, sessions=sessions)))

    assert (change.sort, change.part) == ("number", "dose, sessions")
    assert change.before == "12 to 24, usually 16 sessions (general knowledge, to be checked by a clinician)"
    assert change.now == "12 to 24, usually 14 sessions (general knowledge, to be checked by a clinician)"


def test_basis_alone_is_a_change_of_its_own() -> None:
    burden = knowledge().modules["S04"].burden

    (change,) = changes_to(with_module(burden=dataclasses.replace(burden, basis=GENERAL_KNOWLEDGE)))

    assert change.sort == "basis"
    assert "our proposal, editable" in change.before and "general knowledge" in change.now


def test_criterion_is_said_in_words() -> None:
    rule = EventWithin(("self_harm",), 182, 1, False, Basis(BasisKind.PROPOSAL))

    (change,) = changes_to(with_module(indicated_when=rule))

    assert (change.sort, change.what) == ("criterion", "specific module")
    assert change.before == "if Self-harm at least moderate or self-harm in the last 13 weeks"
    assert change.now == "if self-harm in the last 26 weeks"


def test_entry_of_a_list_is_added_removed_or_changed_in_its_place() -> None:
    pitfalls = knowledge().modules["S04"].pitfalls

    (added,) = changes_to(with_module(pitfalls=(*pitfalls, "Reading the card aloud like a list of faults.")))
    (removed,) = changes_to(with_module(pitfalls=pitfalls[1:]))
    (changed,) = changes_to(with_module(pitfalls=("Demanding that it stop.", *pitfalls[1:])))

    assert str(added) == 'S04 Self-harm reduction by chain analysis, pitfalls: added "Reading the card aloud like a list of faults."'
    assert (removed.kind, removed.before) == ("removed", f'"{pitfalls[0]}"')
    assert (changed.kind, changed.now) == ("changed", '"Demanding that it stop."')


def test_part_with_a_name_is_found_under_its_name() -> None:
    first, *others = knowledge().modules["S04"].interventions

    (change,) = changes_to(with_module(interventions=(dataclasses.replace(first, do="Agree a card."), *others)))

    assert change.part == "interventions, Daily card of urges and acts, what the therapist does"


def test_order_of_named_parts_is_a_change() -> None:
    first, second, *others = knowledge().modules["S04"].interventions

    (change,) = changes_to(with_module(interventions=(second, first, *others)))

    assert change.part == "interventions, order"


@pytest.mark.parametrize(
    ("field", "rule_id", "words"),
    [("gates", "rule.gate.P3", "at least: previously started; now provisional"), ("overrides", "R6", "in the last 61 days; now if")],
)
def test_rule_is_named_by_its_id(field: str, rule_id: str, words: str) -> None:
    base = knowledge()
    if field == "gates":
        gate = base.gates.gates[0]
        needs = tuple(dataclasses.replace(need, at_least=GeneralState.PROVISIONAL) if need.module == "G4" else need for need in gate.needs)
        changed: Any = dataclasses.replace(base.gates, gates=(dataclasses.replace(gate, needs=needs), *base.gates.gates[1:]))
    else:
        changed = tuple(
            dataclasses.replace(rule, trigger=EventWithin(("self_harm",), 90, 1, False, rule.basis)) if rule.code == "R6" else rule for rule in base.overrides
        )

    (change,) = changes_to(dataclasses.replace(base, **{field: changed}))

    assert change.entry == rule_id
    assert words in str(change)
