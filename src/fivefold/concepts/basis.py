"""Where a number or a claim comes from.

Most of what makes Integrated Modular Treatment computable is not in the literature: the texts give goals and
principles, hardly ever a threshold. So every clinical number carries its basis from the file to the screen.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

SOURCE_PATTERN = re.compile(r"^(L\d{1,3}[a-d]?)(?:,\s*(.+))?$")


class BasisKind(StrEnum):
    """How sure a number or claim is, from a source that was seen to a rule of our own."""

    SOURCE = "source"
    GENERAL_KNOWLEDGE = "general_knowledge"
    PROPOSAL = "proposal"
    COMPUTED = "computed"


BASIS_WORDS = {
    BasisKind.GENERAL_KNOWLEDGE: "general knowledge, to be checked by a clinician",
    BasisKind.PROPOSAL: "our proposal, editable",
    BasisKind.COMPUTED: "computed",
}


@dataclass(frozen=True)
class Basis:
    """The ground a value stands on; ``source`` is an id of ``sources.yaml`` and set only for sources."""

    kind: BasisKind
    source: str | None = None
    locator: str | None = None

    def __post_init__(self) -> None:
        if (self.kind is BasisKind.SOURCE) != (self.source is not None):
            raise ValueError(f"a basis of kind {self.kind!r} with source {self.source!r}")

    def __str__(self) -> str:
        if self.source is None:
            return self.kind.value
        return f"{self.source}, {self.locator}" if self.locator else self.source

    @property
    def words(self) -> str:
        """The basis as a reader should see it, for instance ``source L61 (corrected bands)``."""
        if self.source is None:
            return BASIS_WORDS[self.kind]
        return f"source {self.source} ({self.locator})" if self.locator else f"source {self.source}"


@lru_cache(maxsize=4096)
def parse_basis(text: str) -> Basis:
    """Read the one-line form of a basis: ``L61, locator``, ``general_knowledge``, ``proposal`` or ``computed``.

    Raises ValueError with the accepted forms when the text is none of them.
    """
    match = SOURCE_PATTERN.match(text.strip())
    if match:
        return Basis(BasisKind.SOURCE, match.group(1), match.group(2))
    try:
        return Basis(BasisKind(text.strip()))
    except ValueError:
        raise ValueError("expected L<number> with an optional locator, general_knowledge, proposal or computed") from None


PROPOSAL = Basis(BasisKind.PROPOSAL)
COMPUTED = Basis(BasisKind.COMPUTED)
GENERAL_KNOWLEDGE = Basis(BasisKind.GENERAL_KNOWLEDGE)


@dataclass(frozen=True)
class Claim:
    """One statement with its basis."""

    text: str
    basis: Basis


@dataclass(frozen=True)
class Quantity:
    """One number with its unit and basis."""

    value: float
    unit: str
    basis: Basis
    text: str = ""


@dataclass(frozen=True)
class SpreadQuantity:
    """A range with its usual value; ``min <= usual <= max``, all in ``unit``."""

    min: float
    usual: float
    max: float
    unit: str
    basis: Basis

    def __post_init__(self) -> None:
        if not self.min <= self.usual <= self.max:
            raise ValueError(f"min {self.min:g}, usual {self.usual:g} and max {self.max:g} are not in ascending order")

    def scaled(self, factor: float) -> "SpreadQuantity":
        """The same range times ``factor``, now computed."""
        return SpreadQuantity(self.min * factor, self.usual * factor, self.max * factor, self.unit, COMPUTED)
