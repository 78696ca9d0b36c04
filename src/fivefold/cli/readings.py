"""``fivefold score|progress|profile|phase|match``: one step of the main job at a time."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import click

from fivefold.cli.common import (
    WITHHELD,
    as_of_option,
    chosen_format,
    file_argument,
    format_option,
    load,
    output_option,
    paper,
    plain_paper,
    read_case,
    refuses_in_words,
    write_text,
)

FORMATS = ("text", "json")


def reading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """FILE, --format, --output and --as-of, as every reading has them."""
    return file_argument(format_option(*FORMATS)(output_option(as_of_option(refuses_in_words(command)))))


def show(value: Any, render: Callable[..., str], knowledge: Any, form: str | None, output: Path | None) -> None:
    """A result as text or as JSON."""
    if chosen_format(form, output, FORMATS) == "json":
        from fivefold.exchange.plan_json import written_json

        write_text(written_json(value), output)
    else:
        write_text(render(value, knowledge, plain_paper() if output else paper()), output)


@click.command(epilog="\b\nExample:\n  fivefold score my-case.yaml\n")
@reading_options
def score(file: Path, form: str | None, output: Path | None, as_of: date | None) -> None:
    """Score every questionnaire of an assessment: value, range, band, error, and what is missing."""
    from fivefold import library
    from fivefold.documents.text_readings import render_scores

    knowledge = load()
    show(library.score(read_case(file, knowledge, as_of), knowledge), render_scores, knowledge, form, output)


@click.command(epilog="\b\nExample:\n  fivefold progress my-case.yaml\n")
@reading_options
def progress(file: Path, form: str | None, output: Path | None, as_of: date | None) -> None:
    """Show how every measure with dated scores has changed, how sure that is, and why nothing is said where nothing is.

    Active risk rules come first: a better score clears none of them.
    """
    from fivefold import library
    from fivefold.documents.text_progress import render_progress

    knowledge = load()
    case = read_case(file, knowledge, as_of)
    rules = library.safety(case, knowledge)
    show(library.progress(case, knowledge), lambda found, base, sheet: render_progress(found, rules, base, sheet), knowledge, form, output)


@click.command(epilog="\b\nExample:\n  fivefold profile my-case.yaml\n")
@reading_options
def profile(file: Path, form: str | None, output: Path | None, as_of: date | None) -> None:
    """Show the impairment profile: each level with its error, and every piece of evidence behind it."""
    from fivefold import library
    from fivefold.documents.text_readings import render_profile

    knowledge = load()
    show(library.profile(read_case(file, knowledge, as_of), knowledge), render_profile, knowledge, form, output)


@click.command(epilog="\b\nExample:\n  fivefold phase my-case.yaml\n")
@reading_options
def phase(file: Path, form: str | None, output: Path | None, as_of: date | None) -> None:
    """Show where the person is now, why, and which criteria open the next phase."""
    from fivefold import library
    from fivefold.documents.text_readings import render_phase

    knowledge = load()
    show(library.phase(read_case(file, knowledge, as_of), knowledge), render_phase, knowledge, form, output)


@click.command(epilog="\b\nExample:\n  fivefold match my-case.yaml\n")
@reading_options
def match(file: Path, form: str | None, output: Path | None, as_of: date | None) -> None:
    """Show every specific module once, with its status and reason, those left out included.

    Exit code 3 where no automatic plan may be made; the matches are information only then.
    """
    from fivefold import library
    from fivefold.documents.text_readings import render_matches

    knowledge = load()
    proposal = library.plan(read_case(file, knowledge, as_of), knowledge, draws=0)
    if proposal.withheld is not None and form != "json":
        click.echo(f"! {proposal.withheld.message} What follows is information only.\n", err=True)
    show(proposal.modules, render_matches, knowledge, form, output)
    if proposal.withheld is not None:
        raise click.exceptions.Exit(WITHHELD)
