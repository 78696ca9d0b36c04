"""Questions with one answer each, as rows of a form: what is known stands in them, and only what was changed is recorded."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from fivefold.services.assessments import SeenAssessment
from fivefold.services.record_file import KnownFact, NewFact
from fivefold.web.assessment.words import Choices

UNKNOWN = "unknown"
ANSWERS = {True: "yes", False: "no", None: UNKNOWN}
CODED: dict[str, Any] = {"yes": True, "no": False}
RADIO, NUMBER, SELECT, TICKS, ORDERED = "radio", "number", "select", "ticks", "ordered"
SEVERAL = (TICKS, ORDERED)


@dataclass(frozen=True)
class Question:
    """One question: where its answer goes (``kind`` and ``key``), how it is asked, and what may be answered."""

    kind: str
    key: str
    text: str
    help: str = ""
    choices: Choices = ()
    widget: str = RADIO
    unit: str = ""
    low: float = 0
    high: float = 0
    whole: bool = False
    anchors: tuple[str, ...] = ()
    digits: bool = False

    @property
    def name(self) -> str:
        """Name of the form field."""
        return f"{self.kind}.{self.key}"

    @property
    def step(self) -> str:
        return "1" if self.whole else "any"


@dataclass(frozen=True)
class Known:
    """The answer that counts, in words: day, age, author, and the fact behind it."""

    id: str
    word: str
    on: date
    days: int
    author: str
    note: str


@dataclass(frozen=True)
class Choice:
    """One answer to choose; ``title`` explains it."""

    value: str
    label: str
    chosen: bool
    title: str = ""


@dataclass(frozen=True)
class Row:
    """A question as the page shows it; ``value`` is what is known, or what was typed."""

    question: Question
    value: str
    choices: tuple[Choice, ...]
    known: Known | None
    note: str = ""
    decides: bool = False
    again: bool = False
    error: str = ""
    values: tuple[str, ...] = ()

    @property
    def places(self) -> tuple[str, ...]:
        """Three places for ordered wishes, the taken ones first."""
        return (*self.values, "", "", "")[: max(3, len(self.values))]

    @property
    def id(self) -> str:
        """Of the form field and of the place on the page."""
        return self.question.name.replace(".", "-").replace("_", "-")


@dataclass
class Entered:
    """What a form brings: new facts, what they rest on, facts to withdraw, and errors by field."""

    facts: list[NewFact] = field(default_factory=list)
    seen: dict[tuple[str, str], str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def word_of(question: Question, fact: KnownFact | None) -> str:
    """The answer of a fact as the form writes it; empty when nothing is known."""
    if fact is None:
        return ""
    value = fact.value
    if question.kind == "rating" and isinstance(value, dict):
        value = value.get("severity")
    if question.kind == "previous" and isinstance(value, dict):
        value = value.get("phase")
    if question.widget in SEVERAL:
        return ",".join(value) if isinstance(value, list) else ""
    if isinstance(value, bool) or value is None:
        return ANSWERS[value]
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def rows_of(questions: Iterable[Question], seen: SeenAssessment, typed: Mapping[str, Any] | None = None, errors: Mapping[str, str] | None = None) -> list[Row]:
    """The questions as rows; with ``typed`` what somebody has typed stays in them."""
    return [_row(question, seen, typed, (errors or {}).get(question.name, "")) for question in questions]


def _row(question: Question, seen: SeenAssessment, typed: Mapping[str, Any] | None, error: str) -> Row:
    fact = seen.known(question.kind, question.key)
    value = word_of(question, fact)
    note, decides, again = fact.note if fact else "", _decides(fact), False
    if typed is not None:
        value = _typed(question, typed)
        note, decides, again = typed.get(f"note.{question.name}", note), bool(typed.get(f"decides.{question.name}")), bool(typed.get(f"again.{question.name}"))
    values = tuple(value.split(",")) if question.widget in SEVERAL and value else ()
    titles = dict(zip((choice for choice, _label in question.choices), question.anchors, strict=False))
    chosen = {value, *values}
    choices = tuple(Choice(name, str(label), name in chosen, titles.get(name, "")) for name, label in question.choices)
    return Row(question, value, choices, known_words(question, fact, seen), note, decides, again, error, values)


def _decides(fact: KnownFact | None) -> bool:
    return fact is not None and isinstance(fact.value, dict) and bool(fact.value.get("decides"))


def known_words(question: Question, fact: KnownFact | None, seen: SeenAssessment) -> Known | None:
    """What is known of a question, when, and from whom."""
    if fact is None:
        return None
    labels = {value: str(label) for value, label in question.choices}
    written = word_of(question, fact)
    word = ", ".join(labels.get(part, part) for part in written.split(",")) if question.widget in SEVERAL else labels.get(written, written)
    if question.unit and written not in labels:
        word = f"{word} {question.unit}"
    return Known(fact.id, word, fact.true_on, (seen.today - fact.true_on).days, seen.authors.get(fact.author_id, ""), fact.note)


def row_of_fact(row: Row, question: Question, fact: KnownFact) -> Row:
    """The row with the answer of one fact, which need not be the newest."""
    value = word_of(question, fact)
    values = tuple(value.split(",")) if question.widget in SEVERAL and value else ()
    choices = tuple(replace(choice, chosen=choice.value in (value, *values)) for choice in row.choices)
    return replace(row, value=value, values=values, choices=choices, note=fact.note, decides=_decides(fact), known=None)


# ---- From the form to facts --------------------------------------------------------------------------------------------------


def _typed(question: Question, typed: Mapping[str, Any]) -> str:
    if question.widget in SEVERAL:
        return ",".join(dict.fromkeys(part for part in typed.getlist(question.name) if part)) if hasattr(typed, "getlist") else ""
    return str(typed.get(question.name, "")).strip()


def changes(questions: Sequence[Question], seen: SeenAssessment, typed: Mapping[str, Any], on: date) -> Entered:
    """The facts that a form changes, against the facts that were shown on it (``was.<name>``)."""
    entered = Entered()
    for question in questions:
        if question.name in typed or f"was.{question.name}" in typed:
            _change(question, seen, typed, on, entered)
    return entered


def _change(question: Question, seen: SeenAssessment, typed: Mapping[str, Any], on: date, entered: Entered) -> None:
    shown = str(typed.get(f"was.{question.name}", ""))
    base = seen.by_id(shown)
    written = _typed(question, typed)
    problem = _problem(question, written)
    if problem:
        entered.errors[question.name] = problem
    elif not _is_same(question, written, base, typed):
        entered.seen[(question.kind, question.key)] = shown
        entered.facts.append(_fact(question, written, base, typed, on))


def _is_same(question: Question, written: str, base: KnownFact | None, typed: Mapping[str, Any]) -> bool:
    if typed.get(f"again.{question.name}") and written:
        return False
    if question.kind == "rating":
        note, decides = str(typed.get(f"note.{question.name}", "")).strip(), bool(typed.get(f"decides.{question.name}"))
        if written and (note, decides) != (base.note if base else "", _decides(base)):
            return False
    return written == word_of(question, base)


def _fact(question: Question, written: str, base: KnownFact | None, typed: Mapping[str, Any], on: date) -> NewFact:
    if not written and base is not None and question.widget not in SEVERAL:
        # A field that was emptied takes the entry back.
        return NewFact(base.kind, base.key, base.value, base.true_on, corrects=base.id, withdrawn=True, note=_("emptied on the form"))
    note = str(typed.get(f"note.{question.name}", "")).strip()
    return NewFact(question.kind, question.key, coded(question, written, decides=bool(typed.get(f"decides.{question.name}"))), on, note=note)


def coded(question: Question, written: str, *, decides: bool = False) -> Any:
    """An answer in the words of the assessment file."""
    if question.widget in SEVERAL:
        return [part for part in written.split(",") if part]
    if question.kind == "previous":
        return {"phase": written}
    if question.kind == "rating":
        level = UNKNOWN if written == UNKNOWN else _number(written, whole=False)
        return {"severity": level, "decides": True} if decides else {"severity": level}
    if question.widget == NUMBER or question.digits:
        return UNKNOWN if written == UNKNOWN else _number(written, whole=question.whole)
    return CODED.get(written, written)


def _number(written: str, *, whole: bool) -> float:
    number = float(written.replace(",", "."))
    return int(number) if whole or number.is_integer() else number


def _problem(question: Question, written: str) -> str:
    """What is wrong with an answer: what was entered, and what is expected."""
    if not written:
        return ""
    if question.widget == NUMBER:
        return _number_problem(question, written)
    allowed = [value for value, _label in question.choices]
    wrong = [part for part in (written.split(",") if question.widget in SEVERAL else [written]) if part not in allowed]
    if wrong:
        return _("You sent “%(value)s”. Expected one of the answers shown. Choose again.") % {"value": wrong[0][:40]}
    return ""


def _number_problem(question: Question, written: str) -> str:
    expected = {"value": written[:40], "low": f"{question.low:g}", "high": f"{question.high:g}", "unit": question.unit}
    try:
        number = float(written.replace(",", "."))
    except ValueError:
        return _("You entered “%(value)s”. Expected a number from %(low)s to %(high)s %(unit)s. Correct it or empty the field.") % expected
    if not question.low <= number <= question.high or (question.whole and not number.is_integer()):
        return _("You entered %(value)s. Expected %(low)s to %(high)s %(unit)s. Correct it or empty the field.") % expected
    return ""
