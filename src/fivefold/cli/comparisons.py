"""``fivefold compare`` and ``fivefold revise``: programmes beside the plan, and plans beside each other."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fivefold.cli.common import as_of_option, file_argument, load, note, output_option, read_case, read_input, refuses_in_words, unknown
from fivefold.cli.sheets import any_format_option, show

if TYPE_CHECKING:
    from fivefold.concepts.knowledge_base import KnowledgeBase
    from fivefold.concepts.plan import PhasedPlan

FILE_KIND = click.Path(path_type=Path, allow_dash=True)


@click.command(epilog="\b\nExamples:\n  fivefold compare my-case.yaml\n  fivefold compare my-case.yaml gpm dbt\n")
@file_argument
@click.argument("protocols", nargs=-1, metavar="[PROGRAMME]...")
@any_format_option
@output_option
@as_of_option
@refuses_in_words
def compare(file: Path, protocols: tuple[str, ...], form: str | None, output: Path | None, as_of: date | None) -> None:
    """Lay other programmes beside the plan: what each answers, leaves out, costs and needs for this patient.

    All of them unless some are named (gpm, dbt, mbt, tfp, sft, ...). Information, never a ranking: the specialised
    therapies do not differ in outcome.
    """
    from fivefold import library
    from fivefold.documents.reading_sheets import alternatives_sheet

    knowledge = load()
    for name in protocols:
        if name not in knowledge.protocols:
            unknown("programme", name, list(knowledge.protocols))
    case = read_case(file, knowledge, as_of)
    others = library.compare(case, knowledge, protocols or list(knowledge.protocols))
    rules = library.safety(case, knowledge)
    show(others, lambda: alternatives_sheet(others, knowledge), knowledge, form, output, of=(case.id, case.as_of), rules=rules)


@click.command(epilog="\b\nExamples:\n  fivefold revise in-may.yaml in-november.yaml\n  fivefold revise signed-plan.json in-november.yaml\n")
@click.argument("before", type=FILE_KIND, metavar="BEFORE")
@click.argument("after", type=FILE_KIND, metavar="AFTER")
@any_format_option
@output_option
@refuses_in_words
def revise(before: Path, after: Path, form: str | None, output: Path | None) -> None:
    """Show the difference between two plans of one patient, with reasons; "no change" is an answer, too.

    BEFORE and AFTER are assessments, or plans as fivefold plan --format json has written them. A plan that was signed
    is never changed: this is a proposal of what to change.
    """
    from fivefold.documents.reading_sheets import revision_sheet
    from fivefold.engine.replanning import propose_revision

    if str(before) == str(after) == "-":
        raise click.UsageError("Only one of the two can come from standard input.")
    knowledge = load()
    first, second = _plan_of(before, knowledge), _plan_of(after, knowledge)
    if first.assessment_id != second.assessment_id:
        note("The two have different ids: make sure that both are of one patient.")
    revision = propose_revision(first, second)
    show(
        revision, lambda: revision_sheet(revision, knowledge, second.withheld), knowledge, form, output,
        of=(second.assessment_id, second.as_of), rules=second.overrides,
    )  # fmt: skip


def _plan_of(file: Path, knowledge: "KnowledgeBase") -> "PhasedPlan":
    """The plan of an assessment, or a plan that was written earlier."""
    from fivefold import library
    from fivefold.exchange.assessment_reader import read_assessment_bytes
    from fivefold.exchange.plan_json import looks_like_a_plan, plan_from_json

    raw, name = read_input(file)
    if looks_like_a_plan(raw):
        return plan_from_json(raw.decode(), file=name)
    return library.plan(read_assessment_bytes(raw, knowledge, file=name), knowledge, draws=0)
