"""What a chain analysis says: one occurrence of a behaviour, from what made it likelier to what came of it. Values; kept as sealed JSON."""

import json
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import NamedTuple


class ChainLinkKind(StrEnum):
    """What a link of a chain is."""

    THOUGHT = "thought"
    FEELING = "feeling"
    SENSATION = "sensation"
    ACTION = "action"
    EVENT = "event"


@dataclass(frozen=True)
class ChainLink:
    """One link, in order. ``strength`` is 0 to 100 as the patient says it, None when not asked; ``instead`` what could be done here."""

    kind: ChainLinkKind
    words: str
    strength: int | None = None
    instead: str = ""


class SeenNode(NamedTuple):
    """A node of the formulation that this chain shows again: its id, and its words as they were then."""

    id: str
    words: str


@dataclass(frozen=True)
class ChainContent:
    """One chain. ``kind`` is that of the event which the behaviour is, "" for any other; ``shows`` are nodes of the formulation."""

    behaviour: str
    prompt: str
    kind: str = ""
    vulnerability: str = ""
    links: tuple[ChainLink, ...] = ()
    short_term: str = ""
    long_term: str = ""
    repair: str = ""
    pattern: str = ""
    shows: tuple[SeenNode, ...] = ()

    @classmethod
    def read(cls, stored: str) -> "ChainContent":
        """A chain as it is kept."""
        kept = json.loads(stored)
        links = tuple(ChainLink(ChainLinkKind(one["kind"]), one["words"], one["strength"], one["instead"]) for one in kept["links"])
        texts = {field.name: kept[field.name] for field in fields(cls) if field.name not in ("links", "shows")}
        return cls(links=links, shows=tuple(SeenNode(one["id"], one["words"]) for one in kept["shows"]), **texts)

    def stored(self) -> str:
        """As it is kept and exported."""
        kept = asdict(self) | {"shows": [one._asdict() for one in self.shows]}
        return json.dumps(kept, ensure_ascii=False)

    @property
    def instead(self) -> tuple[str, ...]:
        """What could be done at the links, in their order."""
        return tuple(link.instead for link in self.links if link.instead)
