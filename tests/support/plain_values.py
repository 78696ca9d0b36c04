"""YAML files as the plain values that a JSON Schema judges: as an editor with YAML 1.2 sees them."""

from typing import Any

from fivefold.knowledge.decoding import NUMBER
from fivefold.knowledge.strict_yaml import Node, parse_tree


def plain_values(text: str, name: str) -> Any:
    """The values of a file; dates and the words yes and no stay texts."""
    root, problems = parse_tree(text, name)
    assert root is not None and not problems, problems
    return _plain(root)


def _plain(node: Node) -> Any:
    if isinstance(node.value, dict):
        return {key: _plain(part) for key, (_, part) in node.value.items()}
    if isinstance(node.value, list):
        return [_plain(part) for part in node.value]
    if node.is_null:
        return None
    if node.plain and NUMBER.fullmatch(node.value):
        number = float(node.value)
        return int(number) if "." not in node.value and number.is_integer() else number
    return {"true": True, "false": False}.get(node.value, node.value) if node.plain else node.value
