"""The worked cases as sheets: the list, and one case told."""

from collections.abc import Iterator, Sequence

from fivefold.documents.sheets import Block, Grid, Heading, Line, Sheet, Tone, Verbatim
from fivefold.exchange.cases import WorkedCase


def cases_sheet(cases: Sequence[WorkedCase]) -> Sheet:
    """All worked cases with id and title."""
    return Sheet.of("Worked cases", _cases(cases))


def _cases(cases: Sequence[WorkedCase]) -> Iterator[Block]:
    for kind, title, remark in (
        ("published", "Published cases", "coded from the text that could be seen"),
        ("fictional", "Vignettes", "invented, keyed by readers who did not see what the program says"),
    ):
        rows = tuple((case.id, case.title) for case in cases if case.kind == kind)
        if rows:
            yield Heading(title, remark)
            yield Grid(("id", "title"), rows, most=32)
    yield Verbatim(("fivefold cases ID tells one.", "fivefold cases ID --assessment | fivefold plan -  plans it."), apart=True)


def case_sheet(case: WorkedCase) -> Sheet:
    """One case: its story, what it leaves open, and where its assessment lies."""
    return Sheet.of(case.title, _case(case))


def _case(case: WorkedCase) -> Iterator[Block]:
    yield Line(case.title, depth=0, tone=Tone.STRONG)
    if case.story:
        yield Line(case.story, depth=0, apart=True)
    for title, text in (("What the text leaves open", case.left_open), ("Source", case.source)):
        if text:
            yield Heading(title)
            yield Line(text)
    yield Heading("Assessment file")
    yield Verbatim((str(case.assessment),))
