"""``fivefold measures`` and ``fivefold cases``: what there is to measure with, and to learn from."""

from pathlib import Path

import click

from fivefold.cli.common import load, output_option, unknown, write_text
from fivefold.cli.sheets import any_format_option, show, show_entry_as
from fivefold.concepts.errors import UnknownThing


@click.command(epilog="\b\nExamples:\n  fivefold measures\n  fivefold measures phq9\n")
@click.argument("name", required=False, metavar="[ID]")
@any_format_option
@output_option
def measures(name: str | None, form: str | None, output: Path | None) -> None:
    """List the questionnaires and ratings with their ids, or show one of them with its scales, bands and licence.

    A result of any other questionnaire belongs to other_results of the assessment file.
    """
    from fivefold import library
    from fivefold.documents.reading_sheets import measures_sheet

    knowledge = load()
    if name is not None and name.lower() not in knowledge.instruments:
        unknown("instrument", name, list(knowledge.instruments))
    if name is None:
        instruments = library.measures(knowledge)
        show(instruments, lambda: measures_sheet(instruments), knowledge, form, output)
    else:
        show_entry_as(knowledge.instruments[name.lower()].id, (knowledge.instruments[name.lower()],), knowledge, form, output)


@click.command(epilog="\b\nExamples:\n  fivefold cases\n  fivefold cases 01\n  fivefold cases 01 --assessment | fivefold plan -\n")
@click.argument("name", required=False, metavar="[ID]")
@click.option("--assessment", is_flag=True, help="Write the assessment file of the case, to plan it or to start from it.")
@any_format_option
@output_option
def cases(name: str | None, assessment: bool, form: str | None, output: Path | None) -> None:
    """List the worked cases, tell one of them, or write its assessment file. The beginning of an ID is enough."""
    from fivefold.documents.case_sheets import case_sheet, cases_sheet
    from fivefold.exchange.cases import find_case, worked_cases

    if name is None:
        if assessment:
            raise click.UsageError("Name a case: fivefold cases lists them.")
        known = worked_cases()
        show(known, lambda: cases_sheet(known), load(), form, output)
        return
    try:
        case = find_case(name)
    except UnknownThing:
        unknown("worked case", name, [case.id for case in worked_cases()])
    if assessment:
        write_text(case.assessment.read_text(encoding="utf-8"), output)
    else:
        show(case, lambda: case_sheet(case), load(), form, output)
