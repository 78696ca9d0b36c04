"""The program ``fivefold``: finds the command, loads only that, and turns what goes wrong into words and an exit code.

Exit codes: 0 done, 1 something unexpected, 2 the input or the call was refused, 3 a plan was withheld for a hard reason.
"""

import gc
import os
import sys
from importlib import import_module
from pathlib import Path

import click

from fivefold import __version__

UNEXPECTED, REFUSED, INTERRUPTED, PIPE_CLOSED = 1, 2, 130, 141
DEBUG = "FIVEFOLD_DEBUG"
# Each command with its module and its one line in the list, so that the list needs no command to be loaded.
COMMANDS = {
    "plan": ("fivefold.cli.plan:plan", "The phased plan of an assessment, with reasons."),
    "new": ("fivefold.cli.new:new", "Ask step by step, safety first, and write the assessment file."),
    "explain": ("fivefold.cli.explain:explain", "Why a module stands where it stands, and what would change that."),
    "what-if": ("fivefold.cli.explain:what_if", "What a change of the assessment would change in the plan."),
    "score": ("fivefold.cli.readings:score", "Score the questionnaires of an assessment."),
    "progress": ("fivefold.cli.readings:progress", "What dated scores say of change, or why they say nothing."),
    "profile": ("fivefold.cli.readings:profile", "The impairment profile with the evidence behind each level."),
    "phase": ("fivefold.cli.readings:phase", "Where the person is now, and what opens the next phase."),
    "match": ("fivefold.cli.readings:match", "Every specific module once, with its status and reason."),
    "compare": ("fivefold.cli.comparisons:compare", "Other programmes laid beside the plan; never a ranking."),
    "revise": ("fivefold.cli.comparisons:revise", "The difference between two plans of one patient."),
    "measures": ("fivefold.cli.catalogues:measures", "The questionnaires and ratings that can be used."),
    "cases": ("fivefold.cli.catalogues:cases", "The worked cases to learn from."),
    "knowledge": ("fivefold.cli.knowledge:knowledge", "Check, read, search and compare the clinical knowledge."),
    "schema": ("fivefold.cli.schema:schema", "The JSON Schema of the assessment file or of the plan."),
    "admin": ("fivefold.cli.admin:admin", "Set up, run and look after the app for a clinic."),
    "completion": ("fivefold.cli.completion:completion", "Completion of commands and options for your shell."),
}
# These run for a moment and make many small objects, none of them garbage: looking for it is a tenth of their time.
ONE_PATIENT = ("plan", "explain", "what-if", "score", "progress", "profile", "phase", "match", "compare", "revise")


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        if cmd_name in ONE_PATIENT:
            gc.disable()
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        name = click.utils.make_str(args[0])
        if name not in COMMANDS and not name.startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(name, COMMANDS, n=1)
            ctx.fail(f"There is no command {name!r}." + (f" Did you mean {near[0]}?" if near else " fivefold --help lists them."))
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="fivefold %(version)s")
@click.option(
    "--knowledge",
    "knowledge_folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="FOLDER",
    help="Another knowledge base, for instance an edited copy.",
)
def cli(knowledge_folder: Path | None) -> None:
    """From an assessment to a reasoned, phased treatment plan for borderline personality disorder.

    Fivefold supports clinicians. It is no medical device and decides nothing: it proposes, and a clinician decides.

    \b
    Start here:
      fivefold new my-case.yaml        asks step by step, safety first
      fivefold plan my-case.yaml       the plan
      fivefold cases                   worked cases to try it with
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the program and leave with its exit code."""
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None) -> int:
    """Run one command; whatever goes wrong becomes words on standard error and an exit code."""
    from fivefold.concepts.errors import FivefoldError

    _open_closed_streams()
    try:
        code = cli.main(arguments, prog_name="fivefold", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader has left, for instance `| head`; without this Python would complain once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except FivefoldError as error:
        _show_refusal(error)
        return REFUSED
    except OSError as error:
        click.echo(f"fivefold: the system refused ({error.strerror or error}). Check the space on the disk and the permissions.", err=True)
        return UNEXPECTED
    except Exception as error:
        return _unexpected(error)
    finally:
        gc.enable()


def _open_closed_streams() -> None:
    """A stream that the caller has closed takes what is written and forgets it."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115  # lives as long as the program


def _show_refusal(error: Exception) -> None:
    """A refusal that no command has shown in its own way."""
    for problem in getattr(error, "problems", ()):
        click.echo(str(problem), err=True)
    click.echo(f"fivefold: {error}", err=True)


def _unexpected(error: Exception) -> int:
    """An error of ours: said in one sentence without what the patient's file holds; the details only when asked for."""
    if os.environ.get(DEBUG):
        import traceback

        traceback.print_exc()
    else:
        click.echo(
            f"fivefold: something unexpected happened ({type(error).__name__}). This is a mistake in Fivefold, not in your file. "
            f"{DEBUG}=1 shows the details, which may contain words of your file.",
            err=True,
        )
    return UNEXPECTED


if __name__ == "__main__":
    main()
