"""Where a chain analysis begins in the diary: the day, what the patient entered, and what they did if they entered it. Nothing is saved."""

import uuid
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from fivefold.services.access import Actor, Permission, clinical_act, patient_for
from fivefold.services.chains import BEHAVIOURS
from fivefold.services.diary import NoSuchEntry, SeenEntry, entries_of
from fivefold.services.diary_risk import level_of
from fivefold.services.knowledge import knowledge


@dataclass(frozen=True)
class ChainStart:
    """What stands in the form at the beginning: the day, the act and which event it is ("" where none was entered), and the entry in words."""

    on: date
    behaviour: str
    kind: str
    entered: str


@clinical_act(Permission.SEE_RECORD, view=True)
def see_diary_start(actor: Actor, *, patient_id: uuid.UUID, client_id: uuid.UUID) -> ChainStart:
    """The beginning of a chain from an entry that counts; raises NoSuchEntry."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    entry = next((one for one in entries_of(patient) if one.client_id == client_id), None)
    if entry is None:
        raise NoSuchEntry
    behaviour, kind = _act(entry)
    return ChainStart(entry.about_on, behaviour, kind, _entered(entry))


def _act(entry: SeenEntry) -> tuple[str, str]:
    """What was done, if the entry says so: the first act that is an event of the record, in the order of the card."""
    for item in entry.card.items:
        rule = knowledge().diary.rule(item.risk) if item.risk else None
        if rule is not None and rule.event in BEHAVIOURS and level_of(item, entry.answers.values.get(item.id, 0)) > 0:
            return f"{item.words}: {_answer(entry.answers.values[item.id])}", rule.event
    return "", ""


def _entered(entry: SeenEntry) -> str:
    answers = [f"{item.words}: {_answer(entry.answers.values[item.id])}" for item in entry.card.items if item.id in entry.answers.values]
    said = "; ".join([*answers, *([f"“{entry.answers.note}”"] if entry.answers.note else [])])
    late = _(" (written later, on %(day)s)") % {"day": date_format(entry.made_on, "j M Y")} if entry.is_late else ""
    return _("Diary of %(day)s, entered by the patient%(late)s: %(said)s") % {"day": date_format(entry.about_on, "j M Y"), "late": late, "said": said}


def _answer(value: int | float | str) -> str:
    words = {"yes": _("yes"), "no": _("no"), "unknown": _("I do not know")}
    return words.get(value, value) if isinstance(value, str) else f"{value:g}"
