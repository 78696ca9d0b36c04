"""``fivefold score|progress|profile|phase|match``: one step of the main job at a time."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import click

from fivefold.cli.common import WITHHELD, as_of_option, file_argument, load, output_option, read_case, refuses_in_words
from fivefold.cli.sheets import any_format_option, show


def reading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """FILE, --format, --output and --as-of, as every reading has them."""
    return file_argument(any_format_option(output_option(as_of_option(refuses_in_words(command)))))


@click.command(epilog="\b\nExample:\n  fivefold score my-case.yaml\n")
@reading_options
def score(file: Path, form: str | None, output: Path | None, as_of: date | None) -> None:
    """Score every questionnaire of an assessment: value, range, band, error, and what is missing."""
    from fivefold import library
    from fivefold.documents.reading_sheets import scores_sheet

    knowledge = load()
    case = read_case(file, knowledge, as_of)
    found, rules = library.score(case, knowledge), library.safety(case, knowledge)
    show(found, lambda: scores_sheet(found, knowledge), knowledge, form, output, of=(case.id, case.as_of), rules=rules)


@click.command(epilog="\b\nExample:\n  fivefold progress my-case.yaml\n")
@reading_options
def progress(file: Path, form: str | None, output: Path | None, as_of: date | None) -> None:
    """Show how every measure with dated scores has changed, how sure that is, and why nothing is said where nothing is; and events, counted.

    Active risk rules come first: a better score clears none of them.
    """
    from fivefold import library
    from fivefold.documents.progress_sheet import progress_sheet

    knowledge = load()
    case = read_case(file, knowledge, as_of)
    found, events, rules = library.progress(case, knowledge), library.events(case, knowledge), library.safety(case, knowledge)
    show(
        {"measures": found, "events": events}, lambda: progress_sheet(found, knowledge, events), knowledge, form, output, of=(case.id, case.as_of), rules=rules
    )


@click.command(epilog="\b\nExample:\n  fivefold profile my-case.yaml\n")
@reading_options
def profile(file: Path, form: str | None, output: Path | None, as_of: date | None) -> None:
    """Show the impairment profile: each level with its error, and every piece of evidence behind it."""
    from fivefold import library
    from fivefold.documents.reading_sheets import profile_sheet

    knowledge = load()
    case = read_case(file, knowledge, as_of)
    found, rules = library.profile(case, knowledge), library.safety(case, knowledge)
    show(found, lambda: profile_sheet(found, knowledge), knowledge, form, output, of=(case.id, case.as_of), rules=rules)


@click.command(epilog="\b\nExample:\n  fivefold phase my-case.yaml\n")
@reading_options
def phase(file: Path, form: str | None, output: Path | None, as_of: date | None) -> None:
    """Show where the person is now, why, and which criteria open the next phase."""
    from fivefold import library
    from fivefold.documents.reading_sheets import phase_sheet

    knowledge = load()
    case = read_case(file, knowledge, as_of)
    found, rules = library.phase(case, knowledge), library.safety(case, knowledge)
    show(found, lambda: phase_sheet(found, knowledge), knowledge, form, output, of=(case.id, case.as_of), rules=rules)


@click.command(epilog="\b\nExample:\n  fivefold match my-case.yaml\n")
@reading_options
def match(file: Path, form: str | None, output: Path | None, as_of: date | None) -> None:
    """Show every specific module once, with its status and reason, those left out included.

    Exit code 3 where no automatic plan may be made; the matches are information only then.
    """
    from fivefold import library
    from fivefold.documents.reading_sheets import matches_sheet

    knowledge = load()
    case = read_case(file, knowledge, as_of)
    proposal = library.plan(case, knowledge, draws=0)
    show(
        proposal.modules, lambda: matches_sheet(proposal, knowledge), knowledge, form, output,
        of=(case.id, case.as_of), rules=proposal.overrides,
    )  # fmt: skip
    if proposal.withheld is not None:
        raise click.exceptions.Exit(WITHHELD)
