"""The keys of the worked cases: two of each, written by readers who did not see each other's."""

from pathlib import Path
from typing import Any

from fivefold.concepts.errors import KnowledgeRefused
from fivefold.concepts.training import Keying
from fivefold.concepts.vocabulary import PhaseId
from fivefold.exchange.cases import ENDING, WorkedCase
from fivefold.knowledge.strict_yaml import Node, parse_tree


def read_keyings(case: WorkedCase) -> tuple[Keying, ...]:
    """Every key that lies beside a case, the first key first; raises KnowledgeRefused for one that cannot be read."""
    name, folder = case.assessment.name.removesuffix(ENDING), case.assessment.parent
    paths = [*folder.glob(f"{name}.expected.yaml"), *sorted(folder.glob(f"{name}.key-*.yaml"))]
    return tuple(read_keying(path) for path in paths)


def read_keying(path: Path) -> Keying:
    """One key; raises KnowledgeRefused for one that cannot be read."""
    root, problems = parse_tree(path.read_text(encoding="utf-8"), path.name)
    if root is None or problems:
        raise KnowledgeRefused(problems)
    told: dict[str, Any] = _plain(root)
    return Keying(
        keyer=told.get("keyed_by", ""),
        phases=tuple(PhaseId(name) for name in (told["phase"]["primary"], *told["phase"]["alternates"])),
        withheld=told["withheld"] == "yes",
        must_now=_names(told, "must_now"),
        must_plan=_names(told, "must_plan"),
        must_not_now=_names(told, "must_not_now"),
        raised=_names(told, "overrides_required"),
        active=_names(told, "overrides_active"),
        never_active=_names(told, "overrides_forbidden"),
        emphasis=_names(told, "general_emphasis"),
        confidence=told["confidence"],
        notes=" ".join(told["notes"].split()),
        reader=told.get("reader", ""),
    )


def _names(told: dict[str, Any], part: str) -> tuple[str, ...]:
    return tuple(told.get(part, ()))


def _plain(node: Node) -> Any:
    if isinstance(node.value, dict):
        return {key: _plain(part) for key, (_line, part) in node.value.items()}
    return [_plain(part) for part in node.value] if isinstance(node.value, list) else node.value
