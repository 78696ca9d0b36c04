"""Entries as readable text."""

import pytest
from tests.support.readings import knowledge

from fivefold.concepts.errors import UnknownThing
from fivefold.knowledge.entries import entries, find_entry
from fivefold.knowledge.show import show_entry

IDS = [entry.id for entry in entries(knowledge())]
# A source is looked for in the whole base each time: a few stand for all.
SHOWN = [entry for entry in entries(knowledge()) if entry.kind != "source" or entry.id in ("L1", "L54", "L61b")]


def test_every_entry_has_an_id_of_its_own_in_any_case() -> None:
    assert len({name.lower() for name in IDS}) == len(IDS)


def test_every_entry_is_shown_in_eighty_columns_with_its_basis() -> None:
    pages = {entry.id: show_entry(knowledge(), entry.id) for entry in SHOWN}

    assert [name for name, page in pages.items() if max(map(len, page.splitlines())) > 80] == []
    assert [name for name, page in pages.items() if ": None" in page or "Basis(" in page or "object at" in page] == []
    assert [entry.id for entry in SHOWN if entry.kind != "source" and "Where this comes from" not in pages[entry.id]] == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("S04", "S04 Self-harm reduction by chain analysis\n"),
        ("s04", "Burden: 1, from 0 light to 2 heavy for the patient [proposal]"),
        ("S04", "Therapist: Thank you for marking it"),
        ("G2", "Signs that it is lost"),
        ("R6", "Holds when: self-harm, suicide attempt or overdose in the last 61 days [L54, two\n  months]"),
        ("rule.override.R6", "R6 Self-harm within two months"),
        ("R14", "An adaptation to keep in mind"),
        ("P3", "Uses skills unprompted. [proposal]"),
        ("D2", "Emotion regulation (emotion_regulation)"),
        ("phq9", "9. Thoughts that you would be better off dead"),
        ("bsl23", "[L61, corrected bands]"),
        ("self_harm", "Treated by"),
        ("gpm", "Expected change"),
        ("L54", "What leans on it"),
        ("rule.gate.P4", "G5 Self-reflection: not lost"),
        ("pregnancy", "No automatic plan is made."),
        ("rule.progress.goal_attainment", "Rho: 0.3 correlation [L85]"),
    ],
)
def test_entry_is_found_by_its_id(name: str, words: str) -> None:
    assert words in show_entry(knowledge(), name)


def test_text_says_what_its_marks_mean() -> None:
    page = show_entry(knowledge(), "S04")

    assert "[proposal] our proposal, editable" in page
    assert "[L46] Linehan 2015" in page
    assert "RCT-P  whole package tested in trials" in page


def test_items_of_a_licensed_questionnaire_are_not_shown() -> None:
    page = show_entry(knowledge(), "bsl23")

    assert "23 items, each 0 to 4." in page
    assert "\n1. " not in page


@pytest.mark.parametrize(("name", "near"), [("S99", "S09"), ("phq", "phq9"), ("selfharm", "self_harm"), ("", "S04")])
def test_unknown_id_is_answered_with_near_ones(name: str, near: str) -> None:
    with pytest.raises(UnknownThing, match=near):
        find_entry(knowledge(), name)
