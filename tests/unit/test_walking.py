"""Walking through a value."""

from dataclasses import dataclass, field

from fivefold.concepts.basis import PROPOSAL, Claim
from fivefold.concepts.criteria import AllOf, ImpairmentAtLeast, NotOf
from fivefold.concepts.vocabulary import PhaseId, Severity
from fivefold.concepts.walking import walk


@dataclass(frozen=True)
class Page:
    """A value with every kind of part."""

    title: str
    claims: tuple[Claim, ...]
    by_phase: dict[PhaseId, str]
    start: str = field(default="", metadata={"key": "from"})
    number: int = 3


def test_every_part_comes_with_its_path_outermost_and_first_first() -> None:
    page = Page("A", (Claim("B", PROPOSAL),), {PhaseId.P1: "C"}, "D")

    paths = [path for path, _ in walk(page)]

    assert paths == ["", "title", "claims[0]", "claims[0].text", "claims[0].basis", "by_phase.P1", "from"]


def test_basis_is_one_line_and_has_no_parts() -> None:
    assert list(walk(PROPOSAL, "basis")) == [("basis", PROPOSAL)]


def test_words_of_closed_lists_and_numbers_are_no_texts() -> None:
    assert list(walk((PhaseId.P1, 3, None, True))) == []


def test_parts_of_a_criterion_have_the_keys_of_the_file() -> None:
    inner = ImpairmentAtLeast("anger", Severity.MODERATE)

    found = [path for path, _ in walk(AllOf((inner, NotOf(inner))), "when") if path]

    assert found == ["when", "when.all[0]", "when.all[0].impairment", "when.all[1]", "when.all[1].not", "when.all[1].not.impairment"]
