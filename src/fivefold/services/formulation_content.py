"""What a formulation says: nodes, links between them, and how two versions differ. Values only; kept as sealed JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum


class NodeKind(StrEnum):
    """What a node is in the formulation."""

    PROBLEM = "problem"
    CAUSE = "cause"
    TRIGGER = "trigger"
    LOOP = "loop"
    STRENGTH = "strength"


@dataclass(frozen=True)
class Node:
    """One thing in the formulation. ``impairment`` is the part of the profile it stands for, "" for none; ``modules`` work on it.

    ``id`` stays the same from version to version, so that comments stay attached to the node they were written on. ``source`` is the key
    of what the record offered (``diary.sleep_hurt``, ``chain.3-prompt``) where that can be read further, "" otherwise.
    """

    id: str
    kind: NodeKind
    words: str
    impairment: str = ""
    modules: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True)
class Link:
    """What one node does to another, in words such as "leads to": a sentence of start, words and end."""

    start: str
    end: str
    words: str


@dataclass(frozen=True)
class FormulationContent:
    """Nodes and links of one version, in the order in which they were written."""

    nodes: tuple[Node, ...] = ()
    links: tuple[Link, ...] = ()

    @classmethod
    def read(cls, stored: str) -> "FormulationContent":
        """A version as it is kept; nothing kept is a formulation with nothing in it."""
        kept = json.loads(stored or "{}")
        nodes = tuple(
            Node(one["id"], NodeKind(one["kind"]), one["words"], one["impairment"], tuple(one["modules"]), one.get("source", ""))
            for one in kept.get("nodes", [])
        )
        return cls(nodes, tuple(Link(one["from"], one["to"], one["words"]) for one in kept.get("links", [])))

    def stored(self) -> str:
        """As it is kept and exported."""
        links = [{"from": link.start, "to": link.end, "words": link.words} for link in self.links]
        return json.dumps({"nodes": [asdict(node) for node in self.nodes], "links": links}, ensure_ascii=False)

    def of_kind(self, kind: NodeKind) -> tuple[Node, ...]:
        return tuple(node for node in self.nodes if node.kind is kind)

    def node(self, name: str) -> Node | None:
        """The node with this id, None when this version has none."""
        return next((node for node in self.nodes if node.id == name), None)

    def sentences(self) -> tuple[tuple[str, str, str], ...]:
        """Every link as start, words and end."""
        words = {node.id: node.words for node in self.nodes}
        return tuple((words[link.start], link.words, words[link.end]) for link in self.links)

    @property
    def treated_by(self) -> frozenset[str]:
        """The modules that point at a node."""
        return frozenset(module for node in self.nodes for module in node.modules)


@dataclass(frozen=True)
class FormulationDifference:
    """What differs between two versions; a node is the same one when its id is. Links are sentences of start, words and end."""

    added: tuple[Node, ...]
    gone: tuple[Node, ...]
    changed: tuple[tuple[Node, Node], ...]
    links_added: tuple[tuple[str, str, str], ...]
    links_gone: tuple[tuple[str, str, str], ...]
    lines: tuple[str, str] | None

    @property
    def is_empty(self) -> bool:
        """Whether both say the same."""
        return not (self.added or self.gone or self.changed or self.links_added or self.links_gone or self.lines)


def difference(before: FormulationContent, after: FormulationContent, lines: Sequence[str]) -> FormulationDifference:
    """What differs; ``lines`` are the patient's lines before and after."""
    old, new = {node.id: node for node in before.nodes}, {node.id: node for node in after.nodes}
    return FormulationDifference(
        added=tuple(node for name, node in new.items() if name not in old),
        gone=tuple(node for name, node in old.items() if name not in new),
        changed=tuple((old[name], node) for name, node in new.items() if name in old and old[name] != replace(node, source=old[name].source)),
        links_added=_without(after, before),
        links_gone=_without(before, after),
        lines=(lines[0], lines[1]) if lines[0] != lines[1] else None,
    )


def _without(one: FormulationContent, other: FormulationContent) -> tuple[tuple[str, str, str], ...]:
    """The links of one that the other has not; a node that was worded anew still has the link."""
    kept = set(other.links)
    return tuple(sentence for link, sentence in zip(one.links, one.sentences(), strict=True) if link not in kept)
