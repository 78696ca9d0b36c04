"""``fivefold plan``: one assessment or many, to a screen, a file or a folder."""

from datetime import date
from pathlib import Path

import click

from fivefold.cli.common import (
    DONE,
    WITHHELD,
    as_of_option,
    chosen_format,
    load,
    paper,
    plain_paper,
    read_case,
    refuses_in_words,
    write_bytes,
    write_text,
)
from fivefold.cli.rendering import COPIES, FOR_PATIENTS, FORMATS, render_plan


@click.command(
    epilog="""\b
Examples:
  fivefold plan my-case.yaml
  fivefold plan my-case.yaml --output my-plan.html
  fivefold plan my-case.yaml --copy patient --output for-you.pdf
  fivefold plan cases/ --format html --output plans/
  cat my-case.yaml | fivefold plan - --format json

Exit codes: 0 a plan, 3 withheld for a hard reason (safety is shown), 2 the file was refused, 1 something unexpected.
"""
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True), metavar="FILE...")
@click.option("--format", "form", type=click.Choice(FORMATS), help="Otherwise by the ending of --output, or text.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write here; a folder when there are several files.")
@as_of_option
@click.option("--copy", type=click.Choice(COPIES), default="clinician", help="For whom: the patient's copy has plain words (html, pdf).")
@click.option("--no-draws", is_flag=True, help="Leave out how sure the advice is under measurement error; faster.")
@refuses_in_words
def plan(files: tuple[Path, ...], form: str | None, output: Path | None, as_of: date | None, copy: str, no_draws: bool) -> None:
    """Make the phased plan of an assessment: safety first, where the person is, what to do now, next and later, and why.

    FILE is YAML or JSON; - reads standard input. Several files or a folder are done one after the other: a line for each
    on standard output, the plans into the folder of --output. In a folder, files named *.assessment.yaml are taken where
    there are any, all .yaml, .yml and .json files otherwise.

    The plan is a proposal. A clinician decides.
    """
    if copy == "patient":
        form = form or (chosen_format(None, output, FORMATS) if output else None)
        if form not in FOR_PATIENTS:
            raise click.UsageError("The patient's copy is a page or a document: add --format html or --format pdf.")
    if len(files) > 1 or files[0].is_dir():
        from fivefold.cli.batch import plan_many

        code = plan_many(files, form=form, output=output, as_of=as_of, copy=copy, draws=0 if no_draws else None)
    else:
        code = _plan_one(files[0], chosen_format(form, output, FORMATS), output, as_of, copy, 0 if no_draws else None)
    raise click.exceptions.Exit(code)


def _plan_one(file: Path, form: str, output: Path | None, as_of: date | None, copy: str, draws: int | None) -> int:
    from fivefold import library

    if output is not None and output.is_dir():
        raise click.UsageError(f"{output} is a folder. Name a file, for instance {output / 'plan.html'}.")
    knowledge = load()
    proposal = library.plan(read_case(file, knowledge, as_of), knowledge, draws=draws)
    content = render_plan(proposal, knowledge, form, copy, plain_paper() if output else paper())
    if output is None and form != "pdf":
        write_text(content.decode())
    else:
        write_bytes(content, output)
    return WITHHELD if proposal.withheld else DONE
