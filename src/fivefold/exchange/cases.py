"""The worked cases that come with the knowledge base: published ones as tutorials, fictional vignettes, and some to practise on."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fivefold.concepts.errors import UnknownThing
from fivefold.knowledge.loader import KNOWLEDGE_FOLDER
from fivefold.knowledge.strict_yaml import Node, parse_tree

ENDING = ".assessment.yaml"


@dataclass(frozen=True)
class WorkedCase:
    """One case: where its assessment lies, what it is about, and what it leaves open; ``published`` with its source."""

    id: str
    kind: str
    title: str
    story: str
    left_open: str
    source: str
    assessment: Path


def worked_cases(folder: Path = KNOWLEDGE_FOLDER) -> tuple[WorkedCase, ...]:
    """All worked cases, the published ones first, in the order of their ids."""
    return tuple(_cases(folder / "cases"))


def find_case(name: str, folder: Path = KNOWLEDGE_FOLDER) -> WorkedCase:
    """The case whose id is or begins with ``name``; raises UnknownThing where none or several do."""
    known = worked_cases(folder)
    found = [case for case in known if case.id == name] or [case for case in known if case.id.startswith(name)]
    if len(found) != 1:
        raise UnknownThing("worked case", name, [case.id for case in known])
    return found[0]


def _cases(folder: Path) -> Iterator[WorkedCase]:
    for kind in ("published", "vignettes", "practice"):
        for path in sorted((folder / kind).glob(f"*{ENDING}")):
            name = path.name.removesuffix(ENDING)
            told = _told(path.with_name(f"{name}.story.yaml")) or _told(path.with_name(f"{name}.yaml"))
            yield WorkedCase(
                id=name,
                kind="published" if kind == "published" else "fictional",
                title=told.get("title", name),
                story=told.get("story") or told.get("summary", ""),
                left_open=told.get("left_open") or told.get("ambiguity", ""),
                source=told.get("citation.source", ""),
                assessment=path,
            )


def _told(path: Path) -> dict[str, str]:
    """The texts of a story file by key, one level deep."""
    if not path.is_file():
        return {}
    root, _ = parse_tree(path.read_text(encoding="utf-8"), path.name)
    return dict(_texts(root)) if root is not None else {}


def _texts(root: Node, prefix: str = "") -> Iterator[tuple[str, str]]:
    if not isinstance(root.value, dict):
        return
    for key, (_, part) in root.value.items():
        if isinstance(part.value, str):
            yield prefix + key, " ".join(part.value.split())
        elif not prefix:
            yield from _texts(part, f"{key}.")
