"""The safety questions as the page asks them, and what follows from a yes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from fivefold.concepts.plan import Override, PlannedAction
from fivefold.concepts.vocabulary import OverrideStatus
from fivefold.documents.html.formats import days_in_words
from fivefold.exchange.assessment_file import ADVISORY, CLEARABLE
from fivefold.services.assessments import SeenAssessment
from fivefold.services.risk_questions import RiskGroup, risk_groups
from fivefold.web.assessment import questions, rows
from fivefold.web.assessment.rows import Row

ASKED_HERE = ("R1", "R2", "R3", "R4", "R5", "R12")
SIGNS = {"active": ("safety", "watch"), "to_ask": ("open", "open"), "cleared": ("done", "done"), "overruled": ("none", "none")}
ANSWERS = {"yes": True, "no": False, "unknown": None}


@dataclass(frozen=True)
class AskedRow:
    """A question with its row, and how its last answer stands."""

    row: Row
    name: str
    stands: bool
    counts: bool
    counts_until: date | None
    fact_id: str


@dataclass(frozen=True)
class Group:
    """A risk rule as the page shows it."""

    code: str
    name: str
    question: str
    rows: tuple[AskedRow, ...]
    others: tuple[Row, ...]
    open: int
    state: str
    mark: str
    word: str
    is_hard: bool
    override: Override | None
    because: tuple[str, ...]
    actions: tuple[tuple[str, str], ...]
    cleared_by: str
    may_clear: bool
    may_overrule: bool
    reason: str
    is_asked: bool
    is_folded: bool


def groups(seen: SeenAssessment, typed: Mapping[str, Any] | None, reasons: Mapping[str, str]) -> list[Group]:
    """The rules with their questions, in the order of the rules; others follow when they are active."""
    found = [_group(group, seen, typed, reasons) for group in risk_groups(seen.facts, seen.plan)]
    return [group for group in found if group.is_asked or group.state == "active"]


def _group(group: RiskGroup, seen: SeenAssessment, typed: Mapping[str, Any] | None, reasons: Mapping[str, str]) -> Group:
    rule, override = group.rule, group.override
    is_hard = rule.kind.value == "hard"
    state = override.status.value if override else "quiet"
    asked = tuple(_asked(question, seen, typed) for question in group.questions) if rule.code in ASKED_HERE else ()
    others = _dependants(seen, typed) if rule.code == "R2" else ()
    active = state == OverrideStatus.ACTIVE.value
    open_ones = group.open_questions
    still_open = open_ones + sum(row.known is None for row in others)
    return Group(
        code=rule.code, name=rule.name, question=rule.question, rows=asked, others=others, open=open_ones, state=state,
        mark=SIGNS[state][0 if is_hard else 1] if override else ("done" if not still_open else "open"), word=_word(state, still_open),
        is_hard=is_hard, override=override, because=override.because if override else (), actions=tuple(_action(action) for action in group.actions),
        cleared_by=rule.cleared_by, may_clear=active and rule.code in CLEARABLE, may_overrule=active and rule.code in ADVISORY,
        reason=reasons.get(rule.code, ""), is_asked=rule.code in ASKED_HERE,
        is_folded=bool(asked) and not still_open and state not in (OverrideStatus.ACTIVE.value, OverrideStatus.TO_ASK.value) and typed is None,
    )  # fmt: skip


def _dependants(seen: SeenAssessment, typed: Mapping[str, Any] | None) -> tuple[Row, ...]:
    """Whether somebody depends on the patient, and only then whether they are safe."""
    present, safe = rows.rows_of(questions.dependant_questions(), seen, typed)
    return (present, safe) if present.value == "yes" or safe.known is not None else (present,)


def _action(action: PlannedAction) -> tuple[str, str]:
    return action.what, days_in_words(action.by_when)


def _word(state: str, open_ones: int) -> str:
    if state == "quiet":
        return _("asked, nothing raised") if not open_ones else _("to ask")
    return {"active": _("active"), "to_ask": _("to ask"), "cleared": _("cleared by reassessment"), "overruled": _("overruled with a reason")}[state]


def _asked(question: Any, seen: SeenAssessment, typed: Mapping[str, Any] | None) -> AskedRow:
    asked = questions.risk_question(question.name)
    row = rows.rows_of([asked], seen, typed)[0]
    if typed is None and (question.fact is None or question.fact.true_on != seen.today or not question.counts):
        # What was said on another day stands beside the question and is not taken for an answer of today.
        row = replace(row, choices=tuple(replace(choice, chosen=choice.chosen and question.stands) for choice in row.choices))
    return AskedRow(row, question.name, question.stands, question.counts, question.counts_until, question.fact.id if question.fact else "")


def answers(typed: Mapping[str, Any], seen: SeenAssessment) -> dict[str, bool | None]:
    """The answers of a form: one alone, "no" to all that is open in a group, or all that were chosen."""
    only, none = str(typed.get("only", "")), str(typed.get("none", ""))
    every = {question.name: (group, question) for group in risk_groups(seen.facts, seen.plan) if group.rule.code in ASKED_HERE for question in group.questions}
    if none:
        return {name: False for name, (group, question) in every.items() if group.rule.code == none and question.is_open}
    names = [name for name in every if not only or only == f"risk.{name}"]
    given = {name: ANSWERS[value] for name in names if (value := str(typed.get(f"risk.{name}", ""))) in ANSWERS}
    return {name: answer for name, answer in given.items() if not (every[name][1].stands and answer is True)}


def danger(seen: SeenAssessment) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    """Hard rules that are active, with what is to be done; shown on every page."""
    found = []
    for group in risk_groups(seen.facts, seen.plan):
        if group.override is not None and group.override.status is OverrideStatus.ACTIVE and group.rule.kind.value == "hard":
            found.append((group.rule.name, tuple(_action(action) for action in group.actions)))
    return found
