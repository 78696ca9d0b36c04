"""What a diary card asks and what an entry answers: read, checked, and written as they are sealed."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from fivefold.concepts.own_pages import MOST_HOURS, MOST_TIMES, ORDERS, SCALED, STRONGEST, DiaryItem
from fivefold.services.knowledge import knowledge
from fivefold.services.patients import NotAcceptable

LONGEST_ITEM, LONGEST_NOTE = 80, 2000
OWN_KINDS = ("emotion", "urge", "count", "yes_no", "skill")
YES, NO, NOT_KNOWN = "yes", "no", "unknown"


@dataclass(frozen=True)
class Card:
    """What the diary asks, in order; ``is_for_crisis`` for a hard time with few questions."""

    items: tuple[DiaryItem, ...]
    is_for_crisis: bool = False

    def item(self, name: str) -> DiaryItem | None:
        """The item with this id, or None."""
        return next((item for item in self.items if item.id == name), None)

    def stored(self) -> str:
        """As text, for sealing."""
        return json.dumps({"items": [asdict(item) for item in self.items], "is_for_crisis": self.is_for_crisis}, ensure_ascii=False)


def read_card(text: str) -> Card:
    """A card as it was stored."""
    stored: dict[str, Any] = json.loads(text)
    return Card(tuple(DiaryItem(**item) for item in stored["items"]), stored["is_for_crisis"])


def checked_card(names: Sequence[str], own: Sequence[tuple[str, str]], *, is_for_crisis: bool) -> Card:
    """A card of known items by id and of own ones by kind and words; raises NotAcceptable.

    Whatever is asked always together is added: no question about danger is left out because it was not ticked.
    """
    diary = knowledge().diary
    chosen = set(names)
    if unknown := chosen - {item.id for item in diary.items}:
        raise NotAcceptable("Diary card", _("questions that are shown, found %(found)s. Load the page again") % {"found": ", ".join(sorted(unknown))[:80]})
    items = [item for item in diary.items if item.id in chosen or (item.goes_with and item.goes_with in chosen)]
    items += [_own_item(number, kind, words) for number, (kind, words) in enumerate(own) if words.strip()]
    least, most = (diary.least_in_crisis.value, diary.most_in_crisis.value) if is_for_crisis else (1, diary.most_items.value)
    if not least <= len(items) <= most:
        raise NotAcceptable("Diary card", _("%(least)g to %(most)g questions, found %(found)s") % {"least": least, "most": most, "found": len(items)})
    return Card(tuple(items), is_for_crisis)


def _own_item(number: int, kind: str, words: str) -> DiaryItem:
    said = " ".join(words.split())
    if kind not in OWN_KINDS or len(said) > LONGEST_ITEM:
        raise NotAcceptable("Diary card", _("own questions of at most %(most)s characters, with a kind") % {"most": LONGEST_ITEM})
    return DiaryItem(f"own_{number}", kind, said, ORDERS[-1])


@dataclass(frozen=True)
class Answers:
    """What an entry says: answers by item, and a note. An item without an answer was not answered, which is not a zero."""

    values: Mapping[str, int | float | str] = field(default_factory=dict)
    note: str = ""

    def stored(self) -> str:
        """As text, for sealing."""
        return json.dumps({"values": dict(self.values), "note": self.note}, ensure_ascii=False, sort_keys=True)


def read_answers(text: str) -> Answers:
    """Answers as they were stored."""
    stored: dict[str, Any] = json.loads(text)
    return Answers(stored["values"], stored["note"])


def checked_answers(card: Card, given: Mapping[str, Any], note: str) -> Answers:
    """Answers to a card; raises NotAcceptable, naming the question and what can be answered. Empty ones are left out."""
    values: dict[str, int | float | str] = {}
    for name, value in given.items():
        if value in (None, ""):
            continue
        item = card.item(name)
        if item is None:
            raise NotAcceptable("Diary", _("answers to the questions of the card. Load the page again"))
        values[name] = _checked(item, value)
    said = note.strip()
    if len(said) > LONGEST_NOTE:
        raise NotAcceptable("Diary", _("a note of at most %(most)s characters") % {"most": LONGEST_NOTE})
    if not values and not said:
        raise NotAcceptable("Diary", _("at least one answer or a note"))
    return Answers(values, said)


def valid_answers(card: Card, given: Mapping[str, Any]) -> Answers:
    """Those answers that hold by themselves, of an entry that as a whole cannot be kept."""
    values: dict[str, int | float | str] = {}
    for item in card.items:
        with suppress(NotAcceptable):
            values |= checked_answers(card, {item.id: given.get(item.id)}, "").values
    return Answers(values, "")


def _checked(item: DiaryItem, value: Any) -> int | float | str:
    if item.kind in ("yes_no", "skill", "intent"):
        allowed = (YES, NO, NOT_KNOWN) if item.kind == "intent" else (YES, NO)
        if value in allowed:
            return str(value)
        raise NotAcceptable("Diary", _("%(question)s: one of the answers shown") % {"question": item.words})
    highest = STRONGEST if item.kind in SCALED else MOST_HOURS if item.kind == "hours" else MOST_TIMES
    try:
        number = float(str(value)[:12])
    except ValueError:
        number = -1.0
    if 0 <= number <= highest and (item.kind == "hours" or number == int(number)):
        return number if number != int(number) else int(number)
    raise NotAcceptable("Diary", _("%(question)s: a number from 0 to %(most)s") % {"question": item.words, "most": highest})
