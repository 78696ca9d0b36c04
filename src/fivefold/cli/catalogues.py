"""``fivefold measures`` and ``fivefold cases``: what there is to measure with, and to learn from."""

from pathlib import Path

import click

from fivefold.cli.common import chosen_format, format_option, load, output_option, paper, plain_paper, unknown, write_text
from fivefold.concepts.errors import UnknownThing

FORMATS = ("text", "json")


@click.command(epilog="\b\nExamples:\n  fivefold measures\n  fivefold measures phq9\n")
@click.argument("name", required=False, metavar="[ID]")
@format_option(*FORMATS)
@output_option
def measures(name: str | None, form: str | None, output: Path | None) -> None:
    """List the questionnaires and ratings with their ids, or show one of them with its scales, bands and licence.

    A result of any other questionnaire belongs to other_results of the assessment file.
    """
    from fivefold import library
    from fivefold.documents.text_readings import render_measures
    from fivefold.exchange.plan_json import written_json
    from fivefold.knowledge.show import show_entry

    knowledge = load()
    if name is not None and name.lower() not in knowledge.instruments:
        unknown("instrument", name, list(knowledge.instruments))
    instruments = library.measures(knowledge) if name is None else (knowledge.instruments[name.lower()],)
    if chosen_format(form, output, FORMATS) == "json":
        write_text(written_json(instruments), output)
    elif name is None:
        write_text(render_measures(instruments, plain_paper() if output else paper()), output)
    else:
        write_text(show_entry(knowledge, name), output)


@click.command(epilog="\b\nExamples:\n  fivefold cases\n  fivefold cases 01\n  fivefold cases 01 --assessment | fivefold plan -\n")
@click.argument("name", required=False, metavar="[ID]")
@click.option("--assessment", is_flag=True, help="Write the assessment file of the case, to plan it or to start from it.")
@output_option
def cases(name: str | None, assessment: bool, output: Path | None) -> None:
    """List the worked cases, tell one of them, or write its assessment file. The beginning of an ID is enough."""
    from fivefold.documents.text_cases import render_case, render_cases
    from fivefold.exchange.cases import find_case, worked_cases

    if name is None:
        if assessment:
            raise click.UsageError("Name a case: fivefold cases lists them.")
        write_text(render_cases(worked_cases(), plain_paper() if output else paper()), output)
        return
    try:
        case = find_case(name)
    except UnknownThing:
        unknown("worked case", name, [case.id for case in worked_cases()])
    if assessment:
        write_text(case.assessment.read_text(encoding="utf-8"), output)
    else:
        write_text(render_case(case, plain_paper() if output else paper()), output)
