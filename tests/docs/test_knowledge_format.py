"""The reference of the knowledge format names everything that the files can hold."""

import dataclasses
import re
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fivefold.concepts.criteria import Criterion
from fivefold.concepts.vocabulary import NUMBER_FACTS
from fivefold.knowledge.criteria_form import FORMS, decode_criterion
from fivefold.knowledge.decoding import Run, field_plans
from fivefold.knowledge.file_kinds import FILE_KINDS
from fivefold.knowledge.lint import WORD_LISTS
from fivefold.knowledge.strict_yaml import parse_tree

REFERENCE = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "knowledge-format.md").read_text(encoding="utf-8")
# Rows of the table of criteria: the form in the first column, several forms in one row.
CRITERIA = re.findall(r"`(\{[^`]+\})`", REFERENCE.split("### Criteria")[1].split("## 2.")[0])


def types_in(type_: Any) -> Iterator[Any]:
    """A type with every class that its files can hold."""
    if isinstance(type_, type) and dataclasses.is_dataclass(type_) and type_ is not Criterion:
        yield type_
        for plan in field_plans(type_):
            yield from types_in(plan.type)
    for part in typing.get_args(type_):
        yield from types_in(part)


KEYS = sorted({(part.__name__, plan.key) for kind in FILE_KINDS for part in types_in(kind.type) for plan in field_plans(part)})


@pytest.mark.parametrize(("owner", "key"), KEYS, ids=str)
def test_every_key_is_in_the_reference(owner: str, key: str) -> None:
    assert re.search(rf"\b{key}\b", REFERENCE), f"{key} of {owner} is not described"


def test_every_form_of_a_criterion_is_in_the_reference_and_can_be_read() -> None:
    problems: list[str] = []
    heads = set()
    for example in CRITERIA:
        text = example.replace("{...}", "{risk: mania}").replace("[...]", "[{risk: mania}]")
        run = Run("reference")
        node, found = parse_tree(f"when: {text}", "reference")
        assert node is not None and not found, example
        when = node.value["when"][1]
        heads |= set(when.value) & set(FORMS)
        decode_criterion(run, when, "when")
        problems += [f"{example}: {problem}" for problem in run.problems]

    assert problems == []
    assert set(FORMS) <= heads


@pytest.mark.parametrize("fact", NUMBER_FACTS)
def test_every_number_a_criterion_may_ask_for_is_in_the_reference(fact: str) -> None:
    assert re.search(rf"\b{fact}\b", REFERENCE)


@pytest.mark.parametrize("words", WORD_LISTS.values(), ids=lambda words: words[0])
def test_every_closed_list_is_in_the_reference(words: tuple[str, ...]) -> None:
    assert [word for word in words if not re.search(rf"\b{word}\b", REFERENCE)] == []


def test_every_file_and_every_schema_is_in_the_reference() -> None:
    assert [kind.pattern for kind in FILE_KINDS if kind.pattern.rpartition("/")[2].removesuffix(".yaml") not in REFERENCE and "*" not in kind.pattern] == []
    assert [kind.name for kind in FILE_KINDS if kind.name not in REFERENCE] == []
