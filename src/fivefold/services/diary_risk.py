"""What an entry says about danger: from which answer on help is shown, and from which the care team is told.

A level that a clinician has called usual for this patient raises no signal each time, where the question about acting on it was answered
with no; intent and acts are never usual, and a question that was left out is no answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from fivefold.concepts.own_pages import SCALED, DiaryItem, DiaryRiskRule
from fivefold.services.diary_content import NO, Answers, Card
from fivefold.services.knowledge import knowledge


@dataclass(frozen=True)
class Usual:
    """The level of an urge that counts as usual, and until which day."""

    level: int
    until: date


@dataclass(frozen=True)
class RiskSeen:
    """An answer that speaks of danger: whether help is shown and whether the care team is told."""

    item: DiaryItem
    rule: DiaryRiskRule
    answer: str
    shows_help: bool
    tells: bool


def risk_of(card: Card, answers: Answers, usual: Mapping[str, Usual], on: date) -> tuple[RiskSeen, ...]:
    """Every answer with a rule of risk that reaches at least the point where help is shown."""
    found = []
    for item in card.items:
        rule = knowledge().diary.rule(item.risk) if item.risk else None
        if rule is None or item.id not in answers.values:
            continue
        level = level_of(item, answers.values[item.id])
        tells = level >= told_from(rule, usual.get(item.id) if _is_asked_with(item, card, answers) else None, on)
        shows = tells or level >= rule.help_from.value
        if shows:
            found.append(RiskSeen(item, rule, str(answers.values[item.id]), shows, tells))
    return tuple(found)


def _is_asked_with(item: DiaryItem, card: Card, answers: Answers) -> bool:
    """Whether what is asked along with an item was answered with no: an urge is as usual only while nobody means to act on it."""
    return all(answers.values.get(one.id) == NO for one in card.items if one.goes_with == item.id)


def level_of(item: DiaryItem, answer: int | float | str) -> float:
    """An answer as a number: the level, the count, 1 for yes and for not known, 0 for no."""
    if isinstance(answer, str):
        return 0.0 if answer == NO else 1.0
    return float(answer)


def told_from(rule: DiaryRiskRule, usual: Usual | None, on: date) -> float:
    """From which level on the care team is told: the rule's, or above what is usual while that has not expired."""
    if usual is None or not rule.may_have_usual or on > usual.until:
        return rule.signal_from.value
    return max(rule.signal_from.value, usual.level + 1)


def open_questions(card: Card, answers: Answers) -> tuple[DiaryItem, ...]:
    """Questions about danger without an answer, where another of them was answered above zero: the screen is incomplete."""
    risky = [item for item in card.items if item.risk]
    positive = any(level_of(item, answers.values[item.id]) > 0 for item in risky if item.id in answers.values and item.kind in (*SCALED, "count", "yes_no"))
    return tuple(item for item in risky if positive and item.id not in answers.values)
