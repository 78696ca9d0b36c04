"""What all commands share: options, reading the input, refusing it in words, and writing the output."""

import functools
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from fivefold.concepts.errors import InputRefused, Problem

if TYPE_CHECKING:
    from fivefold.concepts.assessment import Assessment
    from fivefold.concepts.knowledge_base import KnowledgeBase
    from fivefold.documents.text_layout import Paper

DONE, UNEXPECTED, REFUSED, WITHHELD = 0, 1, 2, 3
STANDARD_INPUT = "-"
WIDEST = 100
SUFFIXES = {".txt": "text", ".json": "json", ".html": "html", ".htm": "html", ".pdf": "pdf", ".md": "markdown"}
ENDINGS = {"text": ".txt", "json": ".json", "html": ".html", "pdf": ".pdf", "markdown": ".md"}
Command = Callable[..., Any]


class Day(click.ParamType[date]):
    """A calendar date, year-month-day."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no date. Write year-month-day, for instance 2026-11-22.", param, ctx)


def as_of_option(command: Command) -> Command:
    return click.option("--as-of", type=Day(), metavar="DATE", help="See the assessment from this day, not from its own.")(command)


def format_option(*formats: str) -> Callable[[Command], Command]:
    return click.option("--format", "form", type=click.Choice(formats), help="Otherwise by the ending of --output, or text.")


def output_option(command: Command) -> Command:
    kind = click.Path(path_type=Path)
    return click.option("-o", "--output", type=kind, metavar="FILE", help="Write here; standard output otherwise.")(command)


def file_argument(command: Command) -> Command:
    return click.argument("file", type=click.Path(path_type=Path, allow_dash=True), metavar="FILE")(command)


def chosen_format(form: str | None, output: Path | None, formats: Sequence[str]) -> str:
    """The format that was asked for, or that the ending of the output names, or text."""
    by_ending = SUFFIXES.get(output.suffix.lower(), "text") if output else "text"
    found = form or (by_ending if by_ending in formats else "text")
    return found


# ---- Reading ---------------------------------------------------------------------------------------------------------


def knowledge_folder() -> Path:
    """The folder of the knowledge base in use: the one of --knowledge, or the one that comes with Fivefold."""
    from fivefold.knowledge.loader import KNOWLEDGE_FOLDER

    chosen: Path | None = click.get_current_context().find_root().params.get("knowledge_folder")
    return chosen or KNOWLEDGE_FOLDER


def load() -> "KnowledgeBase":
    """The clinical knowledge in use."""
    from fivefold.library import load_knowledge

    return load_knowledge(knowledge_folder())


def read_input(file: Path) -> tuple[bytes, str]:
    """The bytes of a file or of standard input, and the name by which messages speak of them."""
    from fivefold.knowledge.strict_yaml import MAX_BYTES, read_bytes

    if str(file) == STANDARD_INPUT:
        return sys.stdin.buffer.read(MAX_BYTES + 1), "standard input"
    raw, problems = read_bytes(file)
    if raw is None:
        raise InputRefused(problems)
    return raw, str(file)


def read_case(file: Path, knowledge: "KnowledgeBase", as_of: date | None, changes: Sequence[str] = ()) -> "Assessment":
    """The assessment of a file or of standard input; raises InputRefused."""
    from fivefold.exchange.assessment_reader import read_assessment_bytes

    raw, name = read_input(file)
    return read_assessment_bytes(raw, knowledge, file=name, as_of=as_of, changes=changes)


# ---- Refusing --------------------------------------------------------------------------------------------------------


def refuses_in_words(command: Command) -> Command:
    """Show the problems of a refused input: in words on standard error, as JSON on standard output when JSON was asked for."""

    @functools.wraps(command)
    def guarded(*args: Any, **options: Any) -> Any:
        try:
            return command(*args, **options)
        except InputRefused as refused:
            refuse(refused, options.get("form"))

    return guarded


def refuse(refused: InputRefused, form: str | None) -> NoReturn:
    """Show all problems and leave with exit code 2."""
    if form == "json":
        write_text(problems_json(refused.problems))
    show_problems(refused.problems)
    raise click.exceptions.Exit(REFUSED)


def problems_json(problems: Sequence[Problem]) -> str:
    """Problems as a program reads them."""
    from fivefold.exchange.plan_json import lines_of_json
    from fivefold.exchange.written_form import write

    return lines_of_json({"refused": True, "problems": write(tuple(problems))}, ("problems",))


def show_problems(problems: Sequence[Problem], what: str = "No plan is made from it.") -> None:
    """Every problem with its place, what was found, what was expected and what to do, on standard error."""
    from fivefold.documents.text_layout import Paper
    from fivefold.documents.text_problems import render_problems

    colour = _may_colour(sys.stderr)
    click.echo(render_problems(problems, Paper(_terminal_width(sys.stderr), colour, colour), what), err=True, nl=False, color=colour)


def unknown(kind: str, name: str, known: Sequence[str]) -> NoReturn:
    """A wrong id in a call: said with the nearest known one."""
    from fivefold.knowledge.decoding import nearest

    hint = nearest(name, known) or f" Known: {', '.join(list(known)[:12])}{', ...' if len(known) > 12 else ''}."
    raise click.UsageError(f"There is no {kind} {name!r}.{hint}")


# ---- Writing ---------------------------------------------------------------------------------------------------------


def paper() -> "Paper":
    """What standard output can show: colour and drawing on a terminal only, and its width."""
    from fivefold.documents.text_layout import Paper

    colour = _may_colour(sys.stdout)
    return Paper(_terminal_width(sys.stdout), colour, colour and _can_draw())


def plain_paper() -> "Paper":
    """What a file gets: plain letters in 80 columns."""
    from fivefold.documents.text_layout import Paper

    return Paper()


def _may_colour(stream: Any) -> bool:
    return bool(stream.isatty()) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _can_draw() -> bool:
    return (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"


def _terminal_width(stream: Any) -> int:
    if not stream.isatty():
        return 80
    from fivefold.documents.text_layout import NARROWEST

    with suppress(OSError, ValueError):
        return max(NARROWEST, min(WIDEST, os.get_terminal_size(stream.fileno()).columns))
    return 80


def write_text(text: str, output: Path | None = None) -> None:
    """Text to a file, or to standard output whatever letters that can take."""
    if output is not None:
        write_bytes(text.encode(), output)
        return
    with suppress(AttributeError, ValueError):
        sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # absent where a test has replaced the stream
    sys.stdout.write(text)


def write_bytes(content: bytes, output: Path | None) -> None:
    """Bytes to a file, beside its place first so that nobody ever reads half of it; or to standard output."""
    if output is None:
        if sys.stdout.isatty():
            raise click.UsageError("A PDF is not for a terminal: add --output plan.pdf.")
        sys.stdout.buffer.write(content)
        return
    output = output.resolve()
    # A device or a pipe is written to as it is; putting a file in its place would destroy it.
    is_file = output.is_file() or not output.exists()
    part = output.with_name(f".{output.name}.part") if is_file else output
    try:
        part.write_bytes(content)
        if is_file:
            part.replace(output)
    except OSError as error:
        with suppress(OSError):
            if is_file:
                part.unlink(missing_ok=True)
        raise click.UsageError(f"{output} cannot be written ({error.strerror}). Choose another place for --output.") from None


def note(text: str) -> None:
    """A remark for the person at the terminal, never mixed into the output."""
    click.echo(text, err=True)
