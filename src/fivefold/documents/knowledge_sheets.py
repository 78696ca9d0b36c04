"""Entries, search results and differences of the knowledge base as sheets, for a page, a PDF or Markdown."""

from collections.abc import Iterable, Iterator, Sequence

from fivefold.concepts.errors import Problem
from fivefold.concepts.knowledge_base import KnowledgeBase, KnowledgeRelease
from fivefold.documents.sheets import BULLET, Block, Entry, Heading, Line, Sheet, Verbatim, listed
from fivefold.knowledge.search import Hit, read_otherwise
from fivefold.knowledge.show import entry_pieces


def entry_sheet(knowledge: KnowledgeBase, name: str) -> Sheet:
    """One entry with the basis of all it says. Raises UnknownThing."""
    title, *pieces = entry_pieces(knowledge, name)
    blocks: list[Block] = []
    for piece in pieces:
        if piece.kind == "section":
            blocks.append(Heading(piece.text))
        elif piece.kind == "bullet":
            blocks.append(Line(piece.text, piece.mark if piece.mark.rstrip(".").isdigit() else BULLET, depth=1 + piece.level))
        else:
            blocks.append(Line(piece.text, depth=0))
    return Sheet.of(title.text, blocks)


def hits_sheet(hits: Sequence[Hit], description: str) -> Sheet:
    """What speaks of a description: each entry, and where the words stand."""
    return Sheet.of(f"Search: {description}", _hits(hits, description))


def _hits(hits: Sequence[Hit], description: str) -> Iterator[Block]:
    if not hits:
        yield Line(f"Nothing in the knowledge base speaks of {description!r}. Try other words, fewer, or the name of a feeling or behaviour.")
    yield from (Line(f"{said!r} is not known here and read as {other!r}.") for said, other in dict.fromkeys(read_otherwise(hits)))
    for hit in hits:
        yield Entry(str(hit), hit.field)
        yield Line(hit.excerpt, depth=3)


def differences_sheet(changes: Iterable[object], impact: Sequence[str] = ()) -> Sheet:
    """What differs between two knowledge bases, in words, and what that means for the worked cases."""
    found = [Line(str(change), BULLET) for change in changes]
    return Sheet.of("Differences of two knowledge bases", [*(found or [Line("No difference.")]), *listed("What it means for plans", impact)])


def lint_sheet(base: KnowledgeBase | None, problems: Sequence[Problem]) -> Sheet:
    """What is wrong with a whole knowledge base, file by file; ``base`` is there where nothing is."""
    return Sheet.of("Check of a knowledge base", _lint(base, problems))


def _lint(base: KnowledgeBase | None, problems: Sequence[Problem]) -> Iterator[Block]:
    if base is not None and not problems:
        release = base.release
        yield Line(f"No problems in {release.files} files: knowledge {release.version} ({release.content_hash[:12]}).", depth=0)
    for file in dict.fromkeys(problem.file for problem in problems):
        yield Heading(file)
        for problem in problems:
            if problem.file == file:
                yield Entry(problem.key or "the whole file", f"line {problem.line}" if problem.line else "")
                told = (("Found", problem.value), ("Expected", problem.expected), ("Do", problem.remedy))
                yield from (Line(f"{word}: {text}", depth=2) for word, text in told if text)


def release_sheet(release: KnowledgeRelease) -> Sheet:
    """Which release a knowledge base is."""
    said = (f"Knowledge {release.version or '(no version)'}, {release.files} files", f"content {release.content_hash}")
    return Sheet.of("Release of a knowledge base", (Verbatim(said, depth=0),))
