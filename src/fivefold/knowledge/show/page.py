"""A page of plain text: headings, paragraphs and lists in 80 columns, each claim with the mark of its basis.

A mark is short ("[L54]", "[proposal]"); what the marks mean stands once at the end.
"""

import textwrap
from collections.abc import Iterable
from typing import NamedTuple

from fivefold.concepts.basis import BASIS_WORDS, Basis, BasisKind, Claim, Quantity, SpreadQuantity
from fivefold.concepts.criteria import AllOf, AnyOf, Criterion
from fivefold.concepts.criterion_words import Describer
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.vocabulary import EVIDENCE_WORDS, EvidenceClass

WIDTH = 80
MARKS = {BasisKind.GENERAL_KNOWLEDGE: "general knowledge", BasisKind.PROPOSAL: "proposal", BasisKind.COMPUTED: "computed"}


class Piece(NamedTuple):
    """One piece of a page before it is fitted to a width: ``kind`` is title, section, text or bullet; ``level`` counts from 0."""

    kind: str
    text: str
    mark: str = ""
    level: int = 0


class Page:
    """Collects lines, and the same as pieces; every method adds to the end."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self.knowledge = knowledge
        self._describer = Describer(knowledge)
        self._lines: list[str] = []
        self._pieces: list[Piece] = []
        self._bases: dict[Basis, None] = {}
        self._evidence: dict[EvidenceClass, None] = {}

    # ---- Words for values ------------------------------------------------------------------------------------------

    def mark(self, basis: Basis | None) -> str:
        """The mark of a basis with a space before it, remembered for the end of the page; nothing without a basis."""
        if basis is None:
            return ""
        self._bases.setdefault(basis)
        return f" [{basis if basis.source else MARKS[basis.kind]}]"

    def evidence(self, code: EvidenceClass) -> str:
        """A class of evidence, explained at the end of the page."""
        self._evidence.setdefault(code)
        return code.value

    def criterion(self, node: Criterion) -> str:
        """A criterion in words, with the marks of its thresholds."""
        bases = dict.fromkeys(_bases_in(node))
        return self._describer.describe(node) + "".join(self.mark(basis) for basis in bases)

    def quantity(self, quantity: Quantity) -> str:
        """A number with unit, remark and mark."""
        remark = f" ({quantity.text})" if quantity.text else ""
        return f"{quantity.value:g} {quantity.unit}{remark}{self.mark(quantity.basis)}"

    def spread(self, spread: SpreadQuantity) -> str:
        """A range with its usual value, unit and mark."""
        return f"{spread.min:g} to {spread.max:g}, usually {spread.usual:g} {spread.unit}{self.mark(spread.basis)}"

    def named(self, names: Iterable[str]) -> str:
        """Ids of modules, impairments or instruments with their names."""
        return "; ".join(self.name(name) for name in names)

    def name(self, name: str) -> str:
        """One id with the name it is called by."""
        known = self.knowledge
        if name in known.impairments:
            return f"{known.impairments[name].name} ({name})"
        if name in known.instruments:
            return f"{known.instruments[name].name} ({name})"
        found = known.name_of(name)
        return name if found == name else f"{name} {found}"

    # ---- Lines -----------------------------------------------------------------------------------------------------

    def title(self, text: str, *under: str) -> None:
        """The first lines of a page."""
        self._wrap(text, kind="title")
        self._lines.append("=" * min(WIDTH, max(map(len, self._lines))))
        for line in under:
            self._wrap(line)

    def section(self, name: str) -> None:
        """A heading with a free line before it."""
        self._lines += ["", name, "-" * len(name)]
        self._pieces.append(Piece("section", name))

    def text(self, text: str, basis: Basis | None = None) -> None:
        """A paragraph."""
        self._wrap(text + self.mark(basis))

    def bullet(self, text: str, basis: Basis | None = None, *, mark: str = "-", level: int = 0) -> None:
        """One line of a list."""
        indent = "  " * level
        self._wrap(text + self.mark(basis), first=f"{indent}{mark} ", rest=indent + " " * (len(mark) + 1), kind="bullet", level=level)

    def fact(self, label: str, text: str, basis: Basis | None = None) -> None:
        """A label with what belongs to it; nothing is written when there is nothing."""
        if text:
            self._wrap(f"{label}: {text}{self.mark(basis)}", rest="  ")

    def condition(self, label: str, node: Criterion | None) -> None:
        """A label with a criterion, its parts on lines of their own where there are several."""
        if isinstance(node, AllOf | AnyOf) and len(node.of) > 1:
            self._wrap(f"{label} {'all' if isinstance(node, AllOf) else 'any'} of these:")
            for part in node.of:
                self.bullet(self.criterion(part), level=1)
        elif node is not None:
            self._wrap(f"{label}: {self.criterion(node)}", rest="  ")

    def claims(self, name: str, claims: Iterable[Claim]) -> None:
        """A section of claims; no section without any."""
        self.lines(name, [claim.text + self.mark(claim.basis) for claim in claims])

    def lines(self, name: str, lines: Iterable[str]) -> None:
        """A section of lines; no section without any."""
        found = list(lines)
        if found:
            self.section(name)
        for line in found:
            self.bullet(line)

    def finish(self) -> str:
        """The whole page, with what its marks mean."""
        if self._evidence:
            self.section("Classes of evidence")
        for code in self._evidence:
            self._wrap(f"{code}  {EVIDENCE_WORDS[code]}", rest="    ")
        if self._bases:
            self.section("Where this comes from")
        for kind, mark in MARKS.items():
            if any(basis.kind is kind for basis in self._bases):
                self._wrap(f"[{mark}] {BASIS_WORDS[kind]}", rest="    ")
        for source_id in sorted({basis.source for basis in self._bases if basis.source}, key=_source_order):
            source = self.knowledge.sources.get(source_id)
            if source is not None:
                self._wrap(f"[{source_id}] {source.citation}. Seen: {source.seen}.", rest="    ")
        return "\n".join(self._lines) + "\n"

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """What was written so far; complete after ``finish``."""
        return tuple(self._pieces)

    def _wrap(self, text: str, *, first: str = "", rest: str = "", kind: str = "text", level: int = 0) -> None:
        self._pieces.append(Piece(kind, text, first.strip(), level))
        self._lines += textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False) or [""]


def _bases_in(node: Criterion) -> list[Basis]:
    parts = getattr(node, "of", ())
    inner = parts if isinstance(parts, tuple) else (parts,)
    own = [basis] if isinstance(basis := getattr(node, "basis", None), Basis) else []
    return own + [basis for part in inner for basis in _bases_in(part)]


def _source_order(source: str) -> tuple[int, str]:
    digits = "".join(character for character in source if character.isdigit())
    return int(digits), source
