"""``fivefold new``: the assessment as a conversation, which may be left and taken up again."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fivefold.cli.common import Day, load, paper, refuses_in_words
from fivefold.concepts.errors import InputRefused, Problem

if TYPE_CHECKING:
    from fivefold.cli.interview.document import AssessmentDocument, AssessmentPlace
    from fivefold.concepts.knowledge_base import KnowledgeBase


@click.command(
    epilog="""\b
Examples:
  fivefold new my-case.yaml
  fivefold new my-case.yaml          again later: goes on where you left
  fivefold plan my-case.yaml         at any time, with what is known so far
"""
)
@click.argument("file", required=False, type=click.Path(path_type=Path), metavar="[FILE]")
@click.option("--as-of", type=Day(), metavar="DATE", help="The day of a new assessment; today otherwise.")
@refuses_in_words
def new(file: Path | None, as_of: date | None) -> None:
    """Ask the questions of an assessment step by step, safety first, and write the file.

    Enter means not known, and that is a good answer. ? explains a question, b goes back, s skips a part, q leaves. Every
    answer is saved at once, so nothing is lost; the same command goes on where you left and never asks what the file
    already says. A new file can be read by you alone. Never type a real name.
    """
    from fivefold.cli.interview.dialogue import HOW_TO, Interview, unused_name, use_line_editing
    from fivefold.cli.interview.document import AssessmentPlace
    from fivefold.cli.interview.script import questions

    today = as_of or date.today()
    path = file or Path(unused_name(today))
    if path.suffix.lower() not in (".yaml", ".yml"):
        raise click.UsageError(f"The conversation writes YAML: name the file {path.with_suffix('.yaml')}.")
    knowledge = load()
    place = AssessmentPlace(path)
    document = _opened(place, today, knowledge)
    use_line_editing()
    interview = Interview(place, document, questions(knowledge, _day_of(document)), knowledge, paper())
    interview.say(f"{path}, seen on {_day_of(document).isoformat()}. Never put a real name into it.", "")
    interview.say(HOW_TO, "")
    try:
        finished = interview.run()
    except KeyboardInterrupt:
        finished = False
    click.echo()
    interview.say("Everything has been asked." if finished else f"Saved. fivefold new {path} goes on where you left.", "")
    interview.say(f"The plan: fivefold plan {path}", "")


def _opened(place: "AssessmentPlace", today: date, knowledge: "KnowledgeBase") -> "AssessmentDocument":
    """The document in its place, or a new one there. A file that cannot be read as an assessment is left alone."""
    from fivefold.cli.interview.document import AssessmentDocument
    from fivefold.exchange.assessment_reader import read_assessment

    try:
        if place.path.exists() and not place.path.is_file():
            raise InputRefused([Problem(str(place.path), 0, "", "no ordinary file", "a file", "Choose another name.")])
        if place.path.exists():
            read_assessment(place.path, knowledge)
        document = place.read()
        if document is None:
            document = AssessmentDocument.blank(today)
            place.write(document)
    except OSError as error:
        remedy = "Choose another place for the file."
        raise InputRefused([Problem(str(place.path), 0, "", error.strerror or "unreadable", "a file that can be written", remedy)]) from None
    return document


def _day_of(document: "AssessmentDocument") -> date:
    return date.fromisoformat(str(document.value(("as_of",))))
