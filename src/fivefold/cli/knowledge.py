"""``fivefold knowledge``: check, read, search and compare the clinical knowledge, and print its book."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from fivefold.cli.common import (
    DONE,
    REFUSED,
    chosen_format,
    knowledge_folder,
    load,
    note,
    output_option,
    problems_json,
    show_problems,
    write_bytes,
    write_text,
)
from fivefold.cli.sheets import FORMATS, any_format_option, show_entry_as
from fivefold.cli.sheets import show as show_as
from fivefold.concepts.errors import UnknownThing

if TYPE_CHECKING:
    from fivefold.concepts.knowledge_base import KnowledgeBase

FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)


@click.group(epilog="\b\nExamples:\n  fivefold knowledge show S04\n  fivefold knowledge search fear of being left\n  fivefold knowledge lint my-base/\n")
def knowledge() -> None:
    """Check, read, search and compare the clinical knowledge: plain text files with their own version and changelog."""


@knowledge.command(short_help="Check a whole knowledge base.", epilog="\b\nExamples:\n  fivefold knowledge lint\n  fivefold knowledge lint my-base/\n")
@click.argument("folder", required=False, type=FOLDER, metavar="[FOLDER]")
@any_format_option
@output_option
def lint(folder: Path | None, form: str | None, output: Path | None) -> None:
    """Check a whole knowledge base at once: every problem with its file, line, value, what was expected and what to do.

    Exit code 2 when there are problems.
    """
    from fivefold.documents.knowledge_sheets import lint_sheet
    from fivefold.knowledge.loader import read_knowledge

    base, problems = read_knowledge(folder or knowledge_folder())
    chosen = chosen_format(form, output, FORMATS)
    if chosen == "json":
        write_text(problems_json(problems), output)
    elif chosen != "text" or not problems:
        show_as(problems, lambda: lint_sheet(base, problems), base, form, output)
    if problems:
        show_problems(problems, what="No knowledge is read from it.")
        raise click.exceptions.Exit(REFUSED)


@knowledge.command(
    short_help="Show one entry with the basis of all it says.",
    epilog="\b\nExamples:\n  fivefold knowledge show S04\n  fivefold knowledge show R6\n  fivefold knowledge show phq9\n",
)
@click.argument("name", metavar="NAME")
@any_format_option
@output_option
def show(name: str, form: str | None, output: Path | None) -> None:
    """Show one entry with all its claims and their basis.

    NAME is a module (S04, G2), a phase (P3), a domain (D2), a risk rule (R6), an impairment (anger), a questionnaire
    (phq9), a programme (gpm), a source (L54) or a rule (rule.gate.P4).
    """
    from fivefold.knowledge.entries import find_entry

    base = load()
    try:
        entry = find_entry(base, name)
    except UnknownThing as error:
        raise click.UsageError(str(error)) from None
    show_entry_as(name, entry.value, base, form, output)


@knowledge.command(
    short_help="Find entries by describing what is needed.",
    epilog="\b\nExamples:\n  fivefold knowledge search fear of being left\n  fivefold knowledge search --kind instrument anger\n",
)
@click.argument("words", nargs=-1, required=True, metavar="WORDS...")
@click.option("--kind", "kinds", multiple=True, metavar="KIND", help="Only entries of this kind, for instance instrument or intervention.")
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True, help="How many results.")
@any_format_option
@output_option
def search(words: tuple[str, ...], kinds: tuple[str, ...], limit: int, form: str | None, output: Path | None) -> None:
    """Find modules, interventions, questionnaires and rules by describing in plain words what is needed."""
    from fivefold.documents.knowledge_sheets import hits_sheet
    from fivefold.knowledge.search import hits_text
    from fivefold.knowledge.search import search as find

    base, description = load(), " ".join(words)
    hits = find(base, description, limit=limit, kinds=kinds)
    if chosen_format(form, output, FORMATS) == "text":
        write_text(hits_text(hits, description), output)
    else:
        show_as(hits, lambda: hits_sheet(hits, description), base, form, output)


@knowledge.command(short_help="Show what differs between two bases, in words.", epilog="\b\nExample:\n  fivefold knowledge diff old-base/ new-base/ --impact\n")
@click.argument("old", type=FOLDER, metavar="OLD")
@click.argument("new", required=False, type=FOLDER, metavar="[NEW]")
@click.option("--impact", is_flag=True, help="Also say which plans of the worked cases would change.")
@any_format_option
@output_option
def diff(old: Path, new: Path | None, impact: bool, form: str | None, output: Path | None) -> None:
    """Show what differs between two knowledge bases, in words: previously ..., now .... NEW is the one in use otherwise."""
    from fivefold.documents.knowledge_sheets import differences_sheet
    from fivefold.knowledge.release import diff_bases
    from fivefold.library import load_knowledge

    before, after = load_knowledge(old), load_knowledge(new) if new else load()
    found = diff_bases(before, after)
    told = _impact(before, after) if impact else []
    if chosen_format(form, output, FORMATS) == "text":
        lines = [str(change) for change in found.changes] or ["No difference."]
        write_text("\n".join([*lines, *(["", *told] if told else [])]) + "\n", output)
    else:
        show_as(found, lambda: differences_sheet(found.changes, told), after, form, output)


def _impact(before: "KnowledgeBase", after: "KnowledgeBase") -> list[str]:
    """Which worked cases would get another plan."""
    from fivefold import library
    from fivefold.exchange.cases import worked_cases

    cases = [library.read_assessment(case.assessment, before) for case in worked_cases()]
    result = library.impact(cases, before, after)
    lines = [f"{len(result.changed)} of {result.assessments} worked cases get another plan."]
    return [*lines, *(f"  {name}: {revision.summary}" for name, revision in result.changed.items())]


@knowledge.command(
    short_help="Write the JSON Schemas of the files.", epilog="\b\nExamples:\n  fivefold knowledge schema\n  fivefold knowledge schema --check\n"
)
@click.argument("folder", required=False, type=FOLDER, metavar="[FOLDER]")
@click.option("--check", is_flag=True, help="Only say whether they are up to date (exit code 2 if not).")
def schema(folder: Path | None, check: bool) -> None:
    """Write the JSON Schemas of the knowledge files into the folder schema/ of a knowledge base, for editors."""
    from fivefold.knowledge.schema import schemas_are_fresh, write_schemas

    chosen = folder or knowledge_folder()
    if not check:
        changed = write_schemas(chosen)
        note("\n".join(f"wrote {path}" for path in changed) or "The schemas are up to date.")
    elif not schemas_are_fresh(chosen):
        note("The schemas are not up to date. Write them anew: fivefold knowledge schema")
        raise click.exceptions.Exit(REFUSED)


@knowledge.command(
    short_help="Say which release it is, and whether it is fit to be one.",
    epilog="\b\nExamples:\n  fivefold knowledge release\n  fivefold knowledge release my-base/ --after released-base/\n",
)
@click.argument("folder", required=False, type=FOLDER, metavar="[FOLDER]")
@click.option("--after", type=FOLDER, metavar="FOLDER", help="The base that was released last; otherwise this is the first release.")
@any_format_option
@output_option
def release(folder: Path | None, after: Path | None, form: str | None, output: Path | None) -> None:
    """Say which release a knowledge base is, and check that version and changelog are fit for a release.

    Exit code 2 when they are not.
    """
    from fivefold.documents.knowledge_sheets import release_sheet
    from fivefold.knowledge.release import check_release, read_release

    chosen = folder or knowledge_folder()
    found = read_release(chosen)
    show_as(found, lambda: release_sheet(found), None, form, output)
    problems = check_release(chosen, read_release(after) if after else None)
    if problems:
        show_problems(problems, what="It is not fit for a release.")
    raise click.exceptions.Exit(REFUSED if problems else DONE)


@knowledge.command(short_help="Print the knowledge as a readable book.", epilog="\b\nExample:\n  fivefold knowledge book --output book.html\n")
@click.option("--format", "form", type=click.Choice(("html", "pdf")), help="Otherwise by the ending of --output, or html.")
@output_option
def book(form: str | None, output: Path | None) -> None:
    """Print the knowledge base as a readable book: phases, modules, rules, programmes, questionnaires, sources, indexes."""
    from fivefold.documents.book import book_html, book_pdf

    base = load()
    if (form or chosen_format(None, output, ("pdf",))) == "pdf":
        write_bytes(book_pdf(base), output)
    else:
        write_text(book_html(base), output)
