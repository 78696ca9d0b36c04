"""``fivefold explain`` and ``fivefold what-if``: why, and what would change it."""

from datetime import date
from pathlib import Path

import click

from fivefold.cli.common import WITHHELD, as_of_option, file_argument, load, output_option, read_case, read_input, refuses_in_words, unknown
from fivefold.cli.sheets import any_format_option, show


@click.command(
    epilog="""\b
Examples:
  fivefold explain my-case.yaml S27
  fivefold explain my-case.yaml R6
  fivefold explain my-case.yaml anger
"""
)
@file_argument
@click.argument("name", metavar="NAME")
@any_format_option
@output_option
@as_of_option
@click.option("--no-draws", is_flag=True, help="Leave out how sure the advice is under measurement error; faster.")
@refuses_in_words
def explain(file: Path, name: str, form: str | None, output: Path | None, as_of: date | None, no_draws: bool) -> None:
    """Explain one part of a plan: every rule, what it read, where it comes from, and the smallest change that would move it.

    NAME is a specific module (S27), a general module (G2), a risk rule (R6) or an impairment (anger).
    """
    from fivefold import library
    from fivefold.documents.explanation_sheet import explained, explanation_sheet

    knowledge = load()
    case = read_case(file, knowledge, as_of)
    proposal = library.plan(case, knowledge, draws=0 if no_draws else None)
    try:
        found = explained(proposal, name)
    except KeyError:
        rules = {rule.code for rule in knowledge.overrides}
        if name.upper() in rules:
            raise click.UsageError(f"{name.upper()} is not present for this patient: nothing speaks for it and nothing waits to be asked.") from None
        unknown("module, risk rule or impairment", name, [*knowledge.modules, *knowledge.general_modules, *sorted(rules), *knowledge.impairments])
    show(
        found, lambda: explanation_sheet(proposal, found, knowledge), knowledge, form, output,
        of=(case.id, case.as_of), rules=proposal.overrides,
    )  # fmt: skip


@click.command(
    "what-if",
    epilog="""\b
Examples:
  fivefold what-if my-case.yaml ratings.anger=3 resilience.level=high
  fivefold what-if my-case.yaml --decline S19
""",
)
@file_argument
@click.argument("changes", nargs=-1, metavar="[KEY=VALUE]...")
@click.option("--decline", multiple=True, metavar="MODULE", help="The patient says no to this module.")
@any_format_option
@output_option
@as_of_option
@refuses_in_words
def what_if(file: Path, changes: tuple[str, ...], decline: tuple[str, ...], form: str | None, output: Path | None, as_of: date | None) -> None:
    """Show what a change of the assessment would change in the plan. The file stays as it is.

    KEY=VALUE is written as in the file, with points between the keys: ratings.anger=3, general_modules.G2=red,
    risk.ongoing_abuse=no. KEY= takes a value away, so that it is unknown.
    """
    from fivefold.documents.reading_sheets import revision_sheet
    from fivefold.engine.planning import make_plan
    from fivefold.engine.replanning import WITHOUT_DRAWS, propose_revision
    from fivefold.exchange.assessment_reader import read_assessment_bytes
    from fivefold.exchange.changes import decline_change

    wanted = [*changes, *map(decline_change, decline)]
    if not wanted:
        raise click.UsageError("Name a change, for instance ratings.anger=3.")
    knowledge = load()
    raw, name = read_input(file)
    before = make_plan(read_assessment_bytes(raw, knowledge, file=name, as_of=as_of), knowledge, WITHOUT_DRAWS)
    after = make_plan(read_assessment_bytes(raw, knowledge, file=name, as_of=as_of, changes=wanted), knowledge, WITHOUT_DRAWS)
    revision = propose_revision(before, after)
    show(
        revision, lambda: revision_sheet(revision, knowledge, after.withheld), knowledge, form, output,
        of=(after.assessment_id, after.as_of), rules=after.overrides,
    )  # fmt: skip
    if after.withheld is not None:
        raise click.exceptions.Exit(WITHHELD)
