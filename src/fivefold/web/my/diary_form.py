"""The questions of a diary card as rows of a page: native fields, large answers, nothing chosen beforehand."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from fivefold.concepts.own_pages import MOST_HOURS, MOST_TIMES, SCALED, STRONGEST, DiaryItem
from fivefold.services.diary_content import Answers, Card
from fivefold.services.knowledge import knowledge


@dataclass(frozen=True)
class CardRow:
    """One question: its choices (value and word) or the highest number, the answer so far, and from which answer on help is shown."""

    item: DiaryItem
    choices: tuple[tuple[str, str], ...]
    most: int
    step: str
    answer: str
    help_from: str


def card_rows(card: Card, answers: Answers, typed: Mapping[str, str]) -> list[CardRow]:
    """The rows of a card, with what was typed or answered."""
    return [_row(item, str(typed.get(item.id, answers.values.get(item.id, "")))) for item in card.items]


def _row(item: DiaryItem, answer: str) -> CardRow:
    rule = knowledge().diary.rule(item.risk) if item.risk else None
    help_from = f"{rule.help_from.value:g}" if rule else ""
    choices: tuple[tuple[str, str], ...] = ()
    if item.kind in SCALED:
        choices = tuple((str(number), str(number)) for number in range(STRONGEST + 1))
    elif item.kind == "intent":
        choices = (("no", _("no")), ("yes", _("yes")), ("unknown", _("I do not know")))
    elif item.kind in ("yes_no", "skill"):
        choices = (("yes", _("yes")), ("no", _("no")))
    return CardRow(item, choices, MOST_HOURS if item.kind == "hours" else MOST_TIMES, "0.5" if item.kind == "hours" else "1", answer, help_from)
