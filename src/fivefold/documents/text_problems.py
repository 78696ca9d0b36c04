"""The problems of refused files as text."""

from collections.abc import Sequence

from fivefold.concepts.errors import Problem
from fivefold.documents.text_layout import Paper
from fivefold.documents.text_names import counted
from fivefold.documents.text_sheet import finish


def render_problems(problems: Sequence[Problem], paper: Paper, what: str = "No plan is made from it.") -> str:
    """Every problem of refused files: where, what was found, what was expected, and what to do; ``what`` says what follows."""
    lines: list[str] = []
    for file in dict.fromkeys(problem.file for problem in problems):
        found = [problem for problem in problems if problem.file == file]
        lines += ["", f"{paper.strong('REFUSED')}  {file}: {counted(len(found), 'problem')}. {what}"]
        for problem in found:
            lines += _problem(problem, paper)
    return finish(paper, lines)


def _problem(problem: Problem, paper: Paper) -> list[str]:
    place = f"line {problem.line}" if problem.line else "whole file"
    lines = ["", f"  {paper.strong(place)}{'  ' + problem.key if problem.key else ''}"]
    for name, text in (("found", problem.value), ("expected", problem.expected), ("do", problem.remedy)):
        lines += paper.wrap(text, f"    {name:<10}") if text else []
    return lines
