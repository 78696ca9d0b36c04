"""``fivefold schema``: the JSON Schemas of both ends, for editors and for other programs."""

import json
from pathlib import Path

import click

from fivefold.cli.common import REFUSED, load, note, output_option, write_text

KINDS = ("assessment", "plan")
PUBLISHED = Path("docs/reference")


@click.command(
    epilog="""\b
Examples:
  fivefold schema assessment --output assessment.schema.json
  fivefold schema plan --check

An editor that knows YAML uses the first when the file begins with
  # yaml-language-server: $schema=assessment.schema.json
"""
)
@click.argument("kind", type=click.Choice(KINDS))
@output_option
@click.option("--check", is_flag=True, help="Only say whether the file is up to date (exit code 2 if not).")
def schema(kind: str, output: Path | None, check: bool) -> None:
    """Write the JSON Schema of the assessment file, or of the plan as fivefold plan --format json writes it.

    --check compares with --output, or with docs/reference/ in the folder of the project.
    """
    text = json.dumps(_schema(kind), indent=2, ensure_ascii=False) + "\n"
    if not check:
        write_text(text, output)
        return
    file = output or PUBLISHED / f"{kind}.schema.json"
    if not file.is_file() or file.read_text(encoding="utf-8") != text:
        note(f"{file} is not up to date. Write it anew: fivefold schema {kind} --output {file}")
        raise click.exceptions.Exit(REFUSED)
    note(f"{file} is up to date.")


def _schema(kind: str) -> dict[str, object]:
    if kind == "plan":
        from fivefold.exchange.plan_schema import plan_schema

        return plan_schema()
    from fivefold.exchange.assessment_schema import assessment_schema

    return assessment_schema(load())
