"""Facts in words: lists of entries, and one fact with its history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from fivefold.concepts.vocabulary import DIAGNOSES
from fivefold.documents.html.formats import days_in_words
from fivefold.services.assessments import FactEntry, SeenAssessment, SeenFact
from fivefold.services.knowledge import knowledge
from fivefold.services.record_file import NO_DRUG, KnownFact
from fivefold.web.assessment import questions, words
from fivefold.web.assessment.rows import word_of


@dataclass(frozen=True)
class Entry:
    """One entry of a list in words."""

    id: str
    what: str
    when: str
    on: date
    note: str
    author: str
    recorded_on: date
    mark: str = "none"


@dataclass(frozen=True)
class Line:
    """One line of a fact's history."""

    id: str
    says: str
    note: str
    true_on: date
    recorded_at: datetime
    author: str
    state: str
    mark: str
    word: str


STATES = {
    "counts": ("good", "counts"),
    "corrected": ("none", "corrected since"),
    "withdrawn": ("blocked", "withdrawn"),
    "withdrawal": ("blocked", "withdraws the entry below"),
}


def entries(facts: Sequence[KnownFact], seen: SeenAssessment) -> list[Entry]:
    """Facts of a list as the page shows them."""
    return [_entry(fact, seen) for fact in facts]


def _entry(fact: KnownFact, seen: SeenAssessment) -> Entry:
    what, note = value_words(fact.kind, fact.key, fact.value), fact.note
    if fact.kind == "other_result":
        what, note = f"{note}: {what}", ""
    return Entry(fact.id, what, _when(fact), fact.true_on, note, seen.authors.get(fact.author_id, ""), fact.recorded_at.date(), _mark(fact))


def _mark(fact: KnownFact) -> str:
    if fact.kind == "event" and isinstance(fact.value, dict):
        return "done" if fact.value.get("assessed") is True else "open"
    if fact.kind == "expected_report" and isinstance(fact.value, dict):
        return "done" if fact.value.get("received") is True else "open"
    return "none"


def _when(fact: KnownFact) -> str:
    value = fact.value if isinstance(fact.value, dict) else {}
    if value.get("when") == "unknown":
        return _("day not known")
    if fact.kind == "upcoming":
        return days_in_words(str(value["date"])) if value.get("date") else _("day not known")
    return ""


def value_words(kind: str, key: str, value: Any) -> str:
    """What a fact says, in words."""
    question = questions.question_for(kind, key)
    if question is not None:
        labels = {choice: str(label) for choice, label in question.choices}
        written = word_of(question, KnownFact("", kind, key, value, "", date.min, None, 0))
        said = ", ".join(labels.get(part, part) for part in written.split(",")) + (f" {question.unit}" if question.unit and written not in labels else "")
        return said + (", " + _("decides") if isinstance(value, dict) and value.get("decides") else "")
    described = DESCRIBED.get(kind)
    return days_in_words(described(value) if described is not None and isinstance(value, dict) else _plainly(value))


def fact_name(kind: str, key: str) -> str:
    """What a fact is about."""
    question = questions.question_for(kind, key)
    if question is not None:
        return question.text
    if kind == "score" and key in knowledge().instruments:
        return knowledge().instruments[key].name
    return f"{words.KINDS[kind]}{': ' + key.replace('_', ' ') if key and not key.isdigit() else ''}"


def _plainly(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name.replace('_', ' ')} {_plainly(part)}" for name, part in value.items())
    if isinstance(value, list):
        return ", ".join(map(_plainly, value))
    return {True: _("yes"), False: _("no"), None: _("not known")}.get(value, "") if isinstance(value, bool) or value is None else str(value)


def _event(value: dict[str, Any]) -> str:
    kind = str(dict(words.EVENTS).get(str(value.get("kind")), value.get("kind")))
    count = f" x {value['count']}" if value.get("count", 1) != 1 else ""
    looked = (
        _("looked at with the patient")
        if value.get("assessed") is True
        else _("not yet looked at")
        if value.get("assessed") is False
        else _("not known whether looked at")
    )
    return f"{kind}{count}, {looked}"


def _upcoming(value: dict[str, Any]) -> str:
    return str(dict(words.UPCOMING).get(str(value.get("kind")), value.get("kind")))


def _report(value: dict[str, Any]) -> str:
    name = knowledge().instruments[value["instrument"]].name if value.get("instrument") in knowledge().instruments else str(value.get("instrument"))
    state = {True: _("received"), False: _("not received")}.get(value.get("received", ""), _("not known whether received"))
    return _("%(name)s, due %(due)s, %(state)s") % {"name": name, "due": value.get("due"), "state": state}


def _diagnosis(value: dict[str, Any]) -> str:
    status = str(dict(words.STATUSES).get(str(value.get("status", "current")), ""))
    source = str(dict(words.SOURCES).get(str(value.get("source", "")), value.get("source", "")))
    return f"{_(DIAGNOSES.get(str(value.get('code')), str(value.get('code'))))}, {status}" + (f" ({source})" if source else "")


def _drug(value: dict[str, Any]) -> str:
    if value.get("class") == NO_DRUG:
        return str(words.NO_DRUG[0][1])
    parts = [str(dict(words.MEDICATION).get(str(value.get("class")), value.get("class")))]
    parts.append(_("for %s") % value["target"] if value.get("target") else _("no target recorded"))
    parts += [_("since %s") % value["since"]] if value.get("since") else []
    parts += [_("stopped %s") % value["stopped"]] if value.get("stopped") else []
    return ", ".join(parts)


def _other(value: dict[str, Any]) -> str:
    found = value.get("value")
    return f"{found:g}" if isinstance(found, int | float) else str(found)


def _treatment(value: dict[str, Any]) -> str:
    parts = [str(value.get("treatment", ""))]
    parts += [_("%s sessions") % value["sessions"]] if value.get("sessions") else []
    parts += [_("%s weeks") % value["weeks"]] if value.get("weeks") else []
    parts.append(str(dict(words.OUTCOMES).get(str(value.get("outcome") or "unknown"), "")))
    return ", ".join(parts)


def _score(value: dict[str, Any]) -> str:
    if value.get("items"):
        return _("answers: %s") % " ".join("–" if answer is None else f"{answer:g}" for answer in value["items"])
    if value.get("scales"):
        return ", ".join(f"{name.replace('_', ' ')} {number:g}" for name, number in value["scales"].items())
    return str(value.get("band") or f"{value.get('value', 0):g}")


DESCRIBED = {
    "event": _event, "upcoming": _upcoming, "expected_report": _report, "diagnosis": _diagnosis, "medication": _drug, "history": _treatment, "score": _score,
    "other_result": _other,
}  # fmt: skip


def history(fact: SeenFact) -> tuple[list[Line], list[Line]]:
    """The lines of one fact, and what else was recorded under the same name."""
    return [_line(fact, entry) for entry in fact.chain], [_line(fact, entry) for entry in fact.others]


def _line(fact: SeenFact, entry: FactEntry) -> Line:
    mark, word = STATES[entry.state]
    return Line(
        entry.id, value_words(fact.kind, fact.key, entry.value), entry.note, entry.true_on, entry.recorded_at, entry.author, entry.state, mark, _(word)
    )  # fmt: skip
