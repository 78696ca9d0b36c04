"""What a safety plan says: entries by part, each with how likely it is to be done and a number to call where there is one."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from fivefold.services.knowledge import knowledge
from fivefold.services.patients import NotAcceptable

LONGEST_ENTRY, LONGEST_LABEL, MOST_ENTRIES, MOST_LIKELY = 300, 40, 12, 10
NUMBER = re.compile(r"\+?[0-9][0-9 ()/-]{1,28}")


@dataclass(frozen=True)
class PlanEntry:
    """One line: the words, how likely it is to be done at the bad moment (0 to 10, None when nobody asked), a number to call."""

    words: str
    likely: int | None = None
    number: str = ""

    @property
    def dialled(self) -> str:
        """The number as a telephone takes it; empty without one."""
        return re.sub(r"[^0-9+]", "", self.number)


@dataclass(frozen=True)
class PlanContent:
    """All parts of a plan by their id; a part without entries is empty, which is different from done."""

    parts: Mapping[str, tuple[PlanEntry, ...]] = field(default_factory=dict)
    label: str = ""

    @property
    def is_empty(self) -> bool:
        return not any(self.parts.values())

    def stored(self) -> str:
        """As text, for sealing."""
        parts = {name: [{"words": one.words, "likely": one.likely, "number": one.number} for one in entries] for name, entries in self.parts.items()}
        return json.dumps({"label": self.label, "parts": parts}, ensure_ascii=False)


def read_plan(text: str) -> PlanContent:
    """The content as it was stored."""
    stored: dict[str, Any] = json.loads(text)
    parts = {name: tuple(PlanEntry(one["words"], one["likely"], one["number"]) for one in entries) for name, entries in stored["parts"].items()}
    return PlanContent(parts, stored["label"])


def checked_plan(content: PlanContent) -> PlanContent:
    """The content as it is kept: tidied up; raises NotAcceptable with what cannot be kept."""
    form = knowledge().safety_plan
    parts: dict[str, tuple[PlanEntry, ...]] = {}
    for part in form.parts:
        entries = [_checked(entry, part.rated, part.has_number) for entry in content.parts.get(part.id, ()) if entry.words.strip() or entry.number.strip()]
        if len(entries) > MOST_ENTRIES:
            raise NotAcceptable("Safety plan", _("at most %(most)s entries in a part") % {"most": MOST_ENTRIES})
        parts[part.id] = tuple(entries)
    if set(content.parts) - set(parts):
        raise NotAcceptable("Safety plan", _("the parts that are shown. Load the page again"))
    label = " ".join(content.label.split())
    if len(label) > LONGEST_LABEL:
        raise NotAcceptable("Safety plan", _("a name of at most %(most)s characters") % {"most": LONGEST_LABEL})
    return PlanContent(parts, "" if label == form.label else label)


def _checked(entry: PlanEntry, rated: bool, has_number: bool) -> PlanEntry:
    words, number = " ".join(entry.words.split()), " ".join(entry.number.split())
    if not words or len(words) > LONGEST_ENTRY:
        raise NotAcceptable("Safety plan", _("words of at most %(most)s characters for each entry") % {"most": LONGEST_ENTRY})
    if number and (not has_number or not NUMBER.fullmatch(number)):
        raise NotAcceptable("Safety plan", _("a telephone number in digits, found %(found)s") % {"found": number[:40]})
    if entry.likely is not None and (not rated or not 0 <= entry.likely <= MOST_LIKELY):
        raise NotAcceptable("Safety plan", _("how likely it is, from 0 to 10"))
    return PlanEntry(words, entry.likely, number)
