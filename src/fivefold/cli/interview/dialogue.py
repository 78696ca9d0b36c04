"""The way through the questions: asking, explaining, going back, saving after every answer, leaving at any time."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import click

from fivefold.cli.interview.answers import NotUnderstood
from fivefold.cli.interview.document import AssessmentDocument, AssessmentPlace, CannotEdit
from fivefold.cli.interview.script import SAFETY, Question
from fivefold.concepts.errors import InputRefused
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.vocabulary import OverrideKind, OverrideStatus
from fivefold.documents.text_layout import Paper

LISTS = ("diagnoses", "events", "upcoming", "scores", "medication", "modules")
EXPLAIN, BACK, SKIP, LEAVE = "?", "b", "s", "q"
HOW_TO = "Enter: not known.   ? explains.   b goes back.   s skips this part.   q saves and leaves."


@dataclass
class Interview:
    """One conversation about one file."""

    place: AssessmentPlace
    document: AssessmentDocument
    questions: Sequence[Question]
    knowledge: KnowledgeBase
    paper: Paper
    skipped: frozenset[str] = frozenset()
    # What was before each answer of this conversation, so that b can undo it.
    before: list[tuple[AssessmentDocument, frozenset[str]]] = field(default_factory=list)
    told: set[str] = field(default_factory=set)

    def run(self) -> bool:
        """Ask what is open until it is answered or the person leaves; whether everything was asked."""
        section = ""
        self._tell_what_comes_first()
        while (question := self.next_question()) is not None:
            if question.section != section:
                section = question.section
                self._show_section(question)
            typed = self._ask(question)
            if typed is None or typed == LEAVE:
                return False
            self._take(question, typed)
        return not self.skipped

    def next_question(self) -> Question | None:
        """The first open question: not answered, not in a part that is skipped, and called for by earlier answers."""
        document = self.document
        return next((part for part in self.questions if part.section not in self.skipped and part.when(document) and not part.is_answered(document)), None)

    # ---- One answer --------------------------------------------------------------------------------------------------

    def _take(self, question: Question, typed: str) -> None:
        if typed == EXPLAIN:
            self._explain(question)
        elif typed == BACK:
            self._go_back()
        elif typed == SKIP and question.section == SAFETY:
            self.say("Safety is asked first and in full: press Enter where it is not known, or q to leave.")
        elif typed == SKIP:
            self.before.append((self.document, self.skipped))
            self.skipped |= {question.section}
        else:
            self._record(question, typed)

    def _record(self, question: Question, typed: str) -> None:
        """Put the answer into the file, if the file may say that; otherwise say what is wrong and ask again."""
        try:
            changed = self._changed(question, typed)
            self._check(changed)
        except (NotUnderstood, CannotEdit) as error:
            self.say(str(error))
            return
        except InputRefused as refused:
            problem = refused.problems[0]
            self.say(f"Expected {problem.expected}. {problem.remedy}")
            return
        self.before.append((self.document, self.skipped))
        self._save(changed)
        self._tell_what_comes_first()

    def _changed(self, question: Question, typed: str) -> AssessmentDocument:
        if typed:
            changed = question.answer(self.document, question.read(typed))
            return changed if question.repeats else self._noted(changed, question)
        if question.on_enter is not None:
            return question.answer(self.document, question.on_enter)
        return self._noted(self.document, question, always=True)

    def _noted(self, document: AssessmentDocument, question: Question, *, always: bool = False) -> AssessmentDocument:
        """The document with a note that this was asked, where the file itself has no place to say so."""
        if question.on_enter is not None and not always:
            return document
        return document.with_asked(tuple(dict.fromkeys([*(document.asked or ()), question.key])))

    def _check(self, document: AssessmentDocument) -> None:
        from fivefold.exchange.assessment_reader import read_assessment_text

        read_assessment_text(document.text, self.knowledge, file=str(self.place.path))

    def _save(self, document: AssessmentDocument) -> None:
        if document.asked is None:
            # Lists that somebody has written by hand are complete as far as we know: they are not asked about again.
            document = document.with_asked(tuple(name for name in LISTS if self.document.value((name,)) is not None))
        self.place.write(document)
        self.document = document

    def _go_back(self) -> None:
        if not self.before:
            self.say("This is where this conversation began; what was in the file before stays. Change it with an editor.")
            return
        document, self.skipped = self.before.pop()
        if document.text != self.document.text:
            self.place.write(document)
            self.document = document

    # ---- What is seen ------------------------------------------------------------------------------------------------

    def _ask(self, question: Question) -> str | None:
        """What was typed, without blanks around it; None at the end of input."""
        click.echo()
        for line in self.paper.wrap(question.text):
            self._echo(self.paper.strong(line))
        if question.choices:
            # A number and its word stay on one line.
            shown = [f"{number} {label}".replace(" ", "\u00a0") for number, label in enumerate(question.choices, 1)]
            self._echo("\n".join(self.paper.wrap("   ".join(shown), "  ")).replace("\u00a0", " "))
        try:
            typed = input(f"  ({question.hint}) > " if question.hint else "  > ").strip()
            typed.encode()
        except EOFError:
            return None
        except UnicodeEncodeError:
            self.say("Some letters could not be read. Type the answer again.")
            return EXPLAIN
        return typed

    def _explain(self, question: Question) -> None:
        for text in question.help or ("There is no more to say about this one.",):
            self.say(text)
        self.say(HOW_TO)

    def _show_section(self, question: Question) -> None:
        same = [part for part in self.questions if part.section == question.section and part.when(self.document)]
        still_open = [part for part in same if not part.is_answered(self.document)]
        click.echo()
        title = f"-- {question.section} --"
        self._echo(self.paper.ends(self.paper.strong(title), self.paper.quiet(f"{len(still_open)} of {len(same)} open")))

    def _tell_what_comes_first(self) -> None:
        """Every hard risk rule as soon as an answer makes it active, with what it asks for now."""
        from fivefold import library
        from fivefold.exchange.assessment_reader import read_assessment_text

        found = library.safety(read_assessment_text(self.document.text, self.knowledge), self.knowledge)
        active = [part for part in found if part.status is OverrideStatus.ACTIVE and part.kind is OverrideKind.HARD]
        new = [part for part in active if part.rule not in self.told]
        self.told = {part.rule for part in active}
        if not new:
            return
        click.echo()
        self._echo(self.paper.alarm("This comes first:"))
        rules = {rule.id: rule for rule in self.knowledge.overrides}
        for override in new:
            self.say(f"{override.code} {override.name}. {override.effect}", "  ! ")
            for action in rules[override.rule].actions:
                self.say(f"{action.what} (within {action.within.value:g} {action.within.unit})", "    - ")
        self.say(f"q saves and leaves; fivefold plan {self.place.path} shows what to do. Or go on.")

    def say(self, text: str, first: str = "  ") -> None:
        self._echo("\n".join(self.paper.wrap(text, first)))

    def _echo(self, text: str) -> None:
        click.echo(self.paper.letters(text), color=self.paper.colour)


def unused_name(as_of: date) -> str:
    """A file name for somebody who has given none."""
    from pathlib import Path

    name, number = f"assessment-{as_of.isoformat()}.yaml", 2
    while Path(name).exists():
        name, number = f"assessment-{as_of.isoformat()}-{number}.yaml", number + 1
    return name


def use_line_editing() -> None:
    """Arrow keys and corrections in a terminal, where the system has them."""
    if sys.stdin.isatty():
        try:
            import readline  # noqa: F401  (using it is enough)
        except ImportError:
            return
