"""The generated schemas of the knowledge files."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from fivefold.knowledge.decoding import INTEGER, NUMBER
from fivefold.knowledge.file_kinds import FILE_KINDS
from fivefold.knowledge.loader import KNOWLEDGE_FOLDER
from fivefold.knowledge.schema import knowledge_schemas, schemas_are_fresh, write_schemas
from fivefold.knowledge.strict_yaml import Node, parse_tree


def plain(node: Node) -> Any:
    """A file as an editor reads it: numbers are numbers, yes and no stay words."""
    if isinstance(node.value, dict):
        return {key: plain(part) for key, (_, part) in node.value.items()}
    if isinstance(node.value, list):
        return [plain(part) for part in node.value]
    if node.plain and NUMBER.fullmatch(node.value):
        return int(node.value) if INTEGER.fullmatch(node.value) else float(node.value)
    return None if node.is_null else node.value


@cache
def schemas() -> dict[str, str]:
    return knowledge_schemas()


@cache
def validator(name: str) -> jsonschema.Draft202012Validator:
    schema = json.loads(schemas()[f"{name}.schema.json"])
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def read(path: Path) -> Any:
    node, problems = parse_tree(path.read_text(encoding="utf-8"), path.name)
    assert node is not None and not problems
    return plain(node)


def test_shipped_schemas_are_what_would_be_written_now() -> None:
    assert schemas_are_fresh(KNOWLEDGE_FOLDER)


@pytest.mark.parametrize("kind", FILE_KINDS, ids=lambda kind: kind.name)
def test_shipped_files_are_valid_by_their_schema(kind: Any) -> None:
    check = validator(kind.name)
    # Of the larger kinds a few: validating all takes a minute, and the linter reads every file anyway.
    paths = sorted(KNOWLEDGE_FOLDER.glob(kind.pattern))[:3]

    found = {path.name: [f"{error.json_path}: {error.message[:100]}" for error in check.iter_errors(read(path))] for path in paths}

    assert paths and found == {path.name: [] for path in paths}


@pytest.mark.parametrize(
    ("key", "value"),
    [("phase", "P9"), ("homwork", []), ("treats", "self_harm"), ("burden", {"value": 1, "unit": "points"}), ("status", "final"), ("version", "one")],
)
def test_schema_marks_what_the_linter_refuses(key: str, value: Any) -> None:
    module = read(KNOWLEDGE_FOLDER / "modules/specific/S04_self_harm.yaml")

    assert list(validator("specific_module").iter_errors({**module, key: value}))


def test_schemas_are_written_once_and_old_ones_go(tmp_path: Path) -> None:
    (tmp_path / "schema").mkdir()
    (tmp_path / "schema" / "old.schema.json").write_text("{}", encoding="utf-8")

    assert not schemas_are_fresh(tmp_path)
    first, second = write_schemas(tmp_path), write_schemas(tmp_path)

    assert len(first) == len(FILE_KINDS) + 1
    assert second == ()
    assert schemas_are_fresh(tmp_path)
