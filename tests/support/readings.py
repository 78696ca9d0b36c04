"""Short ways to read an assessment in a test."""

from functools import cache

from fivefold.concepts.assessment import Assessment
from fivefold.concepts.errors import InputRefused, Problem
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.exchange.assessment_reader import read_assessment_text
from fivefold.knowledge.loader import load_base

HEAD = "as_of: 2026-11-22\npatient: {age: 31}\n"


@cache
def knowledge() -> KnowledgeBase:
    """The shipped knowledge base, read once for all tests of a process."""
    return load_base()


def read(text: str, **options: object) -> Assessment:
    """The assessment of a patient of 31 on 2026-11-22 with these further lines."""
    return read_assessment_text(HEAD + text, knowledge(), **options)  # type: ignore[arg-type]


def problems_in(text: str, **options: object) -> list[Problem]:
    """The problems of such a file, in their order; none when it can be read."""
    try:
        read(text, **options)
    except InputRefused as refused:
        return list(refused.problems)
    return []
