"""What the pages of chain analyses call their parts, and a chain in words in its order."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fivefold.concepts.vocabulary import EVENT_WORDS
from fivefold.services.chain_content import ChainContent, ChainLinkKind
from fivefold.services.chains import BEHAVIOURS

LINK_WORDS: dict[ChainLinkKind, str | Promise] = {
    ChainLinkKind.THOUGHT: gettext_lazy("Thought"),
    ChainLinkKind.FEELING: gettext_lazy("Feeling"),
    ChainLinkKind.SENSATION: gettext_lazy("Body"),
    ChainLinkKind.ACTION: gettext_lazy("Action"),
    ChainLinkKind.EVENT: gettext_lazy("Event"),
}


@dataclass(frozen=True)
class ChainStep:
    """One step of a chain as it is drawn and said: what it is, its words, its strength (0 to 100, None when not asked), what to do instead."""

    part: str
    name: str
    words: str
    strength: int | None = None
    instead: str = ""


def steps_of(content: ChainContent) -> list[ChainStep]:
    """The whole chain in its order; what was left open is left out."""
    return [step for step in _steps(content) if step.words]


def _steps(content: ChainContent) -> Iterator[ChainStep]:
    yield ChainStep("vulnerability", _("What made it likelier"), content.vulnerability)
    yield ChainStep("prompt", _("What set it off"), content.prompt)
    for link in content.links:
        yield ChainStep("link", str(LINK_WORDS[link.kind]), link.words, link.strength, link.instead)
    kind = f" ({_(EVENT_WORDS[content.kind])})" if content.kind in BEHAVIOURS else ""
    yield ChainStep("behaviour", f"{_('Behaviour')}{kind}", content.behaviour)
    yield ChainStep("after", _("What came of it at once"), content.short_term)
    yield ChainStep("after", _("What came of it later"), content.long_term)
    yield ChainStep("repair", _("Repair"), content.repair)
