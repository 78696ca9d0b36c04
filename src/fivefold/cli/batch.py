"""Many assessments in one go: a bar for the person, a line for each file, and the worst exit code at the end."""

import gc
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fivefold.cli.common import (
    DONE,
    ENDINGS,
    REFUSED,
    UNEXPECTED,
    WITHHELD,
    chosen_format,
    load,
    note,
    paper,
    plain_paper,
    read_case,
    show_problems,
    write_bytes,
    write_text,
)
from fivefold.cli.rendering import FORMATS, render_plan
from fivefold.concepts.errors import InputRefused, Problem
from fivefold.concepts.vocabulary import MatchStatus

if TYPE_CHECKING:
    from fivefold.concepts.knowledge_base import KnowledgeBase
    from fivefold.concepts.plan import PhasedPlan
ENDINGS_READ = (".yaml", ".yml", ".json")
# From the least to the worst: a withheld plan is a result, a refused file is none, and the unexpected is our mistake.
FROM_BEST_TO_WORST = (DONE, WITHHELD, REFUSED, UNEXPECTED)


@dataclass(frozen=True)
class Case:
    """One file of a batch and the name of its output without ending."""

    file: Path
    name: str


@dataclass(frozen=True)
class Outcome:
    """What came of one file, as much as the summary tells."""

    file: str
    code: int
    phase: str = ""
    now: tuple[str, ...] = ()
    reason: str = ""
    problems: tuple[Problem, ...] = ()


def plan_many(files: Sequence[Path], *, form: str | None, output: Path | None, as_of: date | None, copy: str, draws: int | None) -> int:
    """Plan every file, keep going after a refused one, and give back the worst exit code."""
    cases = list(find_cases(files))
    if not cases:
        raise click.UsageError("There is no .yaml, .yml or .json file in this folder.")
    if output is None and form not in (None, "text", "json"):
        raise click.UsageError(f"Several plans as {form} need a folder: add --output FOLDER.")
    if output is not None:
        _make_folder(output)
    knowledge = load()
    gc.enable()
    written = chosen_format(form, None, FORMATS)
    outcomes = []
    for case in _with_bar(cases):
        outcome, proposal = _plan_case(case, knowledge, as_of, draws)
        if proposal is not None and output is not None:
            write_bytes(render_plan(proposal, knowledge, written, copy, plain_paper()), output / f"{case.name}.plan{ENDINGS[written]}")
        outcomes.append(outcome)
    _show(outcomes, form, knowledge)
    return max((outcome.code for outcome in outcomes), key=FROM_BEST_TO_WORST.index)


def find_cases(files: Iterable[Path]) -> Iterator[Case]:
    """Every file, those of folders in order of their names; two of one name get different outputs."""
    taken: set[str] = set()
    for file in files:
        found = _in_folder(file) if file.is_dir() else [file]
        for path in found:
            name = stem = _stem(path)
            number = 2
            while name in taken:
                name, number = f"{stem}-{number}", number + 1
            taken.add(name)
            yield Case(path, name)


def _in_folder(folder: Path) -> list[Path]:
    files = sorted(path for path in folder.rglob("*") if path.suffix in ENDINGS_READ and path.is_file() and not path.name.startswith("."))
    named = [path for path in files if path.stem.endswith(".assessment")]
    return named or files


def _stem(path: Path) -> str:
    return "input" if str(path) == "-" else path.name.removesuffix(path.suffix).removesuffix(".assessment")


def _make_folder(output: Path) -> None:
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise click.UsageError(f"{output} cannot be used as a folder ({error.strerror}). Choose another place for --output.") from None


def _with_bar(cases: list[Case]) -> Iterator[Case]:
    """The cases, with a bar on standard error where a person is looking."""
    if not sys.stderr.isatty():
        yield from cases
        return
    with click.progressbar(cases, label="Planning", file=sys.stderr, show_pos=True) as bar:
        yield from bar


def _plan_case(case: Case, knowledge: "KnowledgeBase", as_of: date | None, draws: int | None) -> "tuple[Outcome, PhasedPlan | None]":
    from fivefold import library

    try:
        proposal = library.plan(read_case(case.file, knowledge, as_of), knowledge, draws=draws)
    except InputRefused as refused:
        return Outcome(str(case.file), REFUSED, reason=str(refused), problems=refused.problems), None
    except Exception as error:  # one file that Fivefold cannot do must not cost the others their plans
        note(f"fivefold: {case.file}: something unexpected happened ({type(error).__name__}). This is a mistake in Fivefold, not in the file.")
        return Outcome(str(case.file), UNEXPECTED, reason=type(error).__name__), None
    now = tuple(match.id for match in proposal.with_status(MatchStatus.NOW))
    withheld = ", ".join(proposal.withheld.reason_codes) if proposal.withheld else ""
    return Outcome(str(case.file), WITHHELD if withheld else DONE, proposal.phase.overall.value, now, withheld), proposal


def _show(outcomes: list[Outcome], form: str | None, knowledge: "KnowledgeBase") -> None:
    if form == "json":
        write_text(_summary_json(outcomes))
    else:
        from fivefold.documents.text_names import Names
        from fivefold.documents.text_summary import SummaryRow, render_summary

        names = Names(knowledge)
        rows = [SummaryRow(_short_name(outcome.file), outcome.phase, _remark(outcome), tuple(map(names.module, outcome.now))) for outcome in outcomes]
        write_text(render_summary(rows, _counts(outcomes), paper()))
    refused = [problem for outcome in outcomes for problem in outcome.problems]
    if refused:
        show_problems(refused)


def _short_name(file: str) -> str:
    return Path(file).name.removesuffix(".yaml").removesuffix(".assessment")


def _remark(outcome: Outcome) -> str:
    words = {DONE: "" if outcome.now else "no module now", WITHHELD: "withheld ({})", REFUSED: "refused: {}", UNEXPECTED: "unexpected: {}"}
    return words[outcome.code].format(outcome.reason)


def _counts(outcomes: list[Outcome]) -> str:
    words = {DONE: "planned", WITHHELD: "withheld", REFUSED: "refused", UNEXPECTED: "unexpected"}
    counts = {code: sum(outcome.code == code for outcome in outcomes) for code in words}
    return f"{len(outcomes)} files: " + ", ".join(f"{counts[code]} {word}" for code, word in words.items() if counts[code])


def _summary_json(outcomes: list[Outcome]) -> str:
    from fivefold.exchange.plan_json import lines_of_json
    from fivefold.exchange.written_form import write

    rows = [write(outcome) for outcome in outcomes]
    return lines_of_json({"files": rows}, ("files",))
