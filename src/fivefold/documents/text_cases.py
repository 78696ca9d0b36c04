"""The worked cases as text: the list, and one case told."""

from collections.abc import Sequence

from fivefold.documents.text_layout import Paper, table
from fivefold.documents.text_readings import finish
from fivefold.exchange.cases import WorkedCase


def render_cases(cases: Sequence[WorkedCase], paper: Paper) -> str:
    """All worked cases with id and title."""
    lines: list[str] = []
    for kind, title, remark in (
        ("published", "PUBLISHED CASES", "coded from the text that could be seen"),
        ("fictional", "VIGNETTES", "invented, each keyed twice before the program saw it"),
    ):
        rows = [(case.id, case.title) for case in cases if case.kind == kind]
        lines += [*paper.heading(title, remark), *table(paper, (), rows, most=32)] if rows else []
    return finish(paper, [*lines, "", "  fivefold cases ID tells one.", "  fivefold cases ID --assessment | fivefold plan -  plans it."])


def render_case(case: WorkedCase, paper: Paper) -> str:
    """One case: its story, what it leaves open, and where its assessment lies."""
    lines = [paper.strong(line) for line in paper.wrap(case.title)]
    lines += ["", *paper.wrap(case.story)] if case.story else []
    lines += [*paper.heading("WHAT THE TEXT LEAVES OPEN"), *paper.wrap(case.left_open, "  ")] if case.left_open else []
    lines += [*paper.heading("SOURCE"), *paper.wrap(case.source, "  ")] if case.source else []
    return finish(paper, [*lines, *paper.heading("ASSESSMENT FILE"), f"  {case.assessment}"])
