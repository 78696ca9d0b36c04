"""Questionnaires as they are put before a patient: texts, choices, what counts as a risk answer, and a hash over all of it.

Items are shown only where the instrument's licence allows it or the clinic has its own permission. The hash is kept with every
answer, so that nobody has to guess later which wording was answered.
"""

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from fivefold.concepts.errors import FivefoldError
from fivefold.concepts.instrument import Instrument
from fivefold.records import models as records
from fivefold.records.models import Clinic, InstrumentPermission, OwnItem, Patient
from fivefold.services.instruments import texts_for
from fivefold.services.knowledge import knowledge

# Stands where the id of an instrument stands, for the questions in the patient's own words.
OWN = records.OWN
OWN_LOW, OWN_HIGH = 0, 10
MOST_CHOICES = 11


class NoFormHere(FivefoldError):
    """An instrument whose items may not be shown in this clinic was to be answered. For the person at the screen."""

    def __init__(self, name: str) -> None:
        words = _("The questions of %(name)s may not be shown here: enter its score, or let a clinic lead load the items under the clinic's permission.")
        super().__init__(words % {"name": name})


@dataclass(frozen=True)
class FormChoice:
    """One possible answer: its value, and the words for it (the number itself where the instrument has none)."""

    value: int
    label: str

    @property
    def has_words(self) -> bool:
        return self.label != str(self.value)


@dataclass(frozen=True)
class FormItem:
    """One question. ``risk_from``: from this answer upwards it is a risk sign, None where no answer is."""

    number: int
    text: str
    choices: tuple[FormChoice, ...]
    low: int
    high: int
    risk_from: float | None = None
    low_words: str = ""
    high_words: str = ""
    series: str = ""

    def allows(self, value: float) -> bool:
        """Whether the value is one of the possible answers."""
        return any(value == choice.value for choice in self.choices) if self.choices else float(value).is_integer() and self.low <= value <= self.high

    def is_risk(self, value: float | None) -> bool:
        """Whether this answer is a risk sign. No answer is none, and no all-clear either."""
        return value is not None and self.risk_from is not None and value >= self.risk_from


@dataclass(frozen=True)
class QuestionForm:
    """A whole questionnaire; ``window`` is the time it asks about, ``attribution`` what its licence wants said."""

    instrument: str
    name: str
    window: str
    minutes: int
    items: tuple[FormItem, ...]
    attribution: str
    hash: str

    def item(self, number: int) -> FormItem | None:
        """The question with this number, or None."""
        return self.items[number - 1] if 1 <= number <= len(self.items) else None

    @property
    def asks_risk(self) -> bool:
        """Whether an answer can be a risk sign."""
        return any(item.risk_from is not None for item in self.items)


def form_for(clinic: Clinic, patient: Patient, instrument: str) -> QuestionForm:
    """The form of an instrument as this clinic may show it, or of the patient's own questions; raises NoFormHere."""
    if instrument == OWN:
        return own_form(own_items(patient))
    known = knowledge().instrument(instrument)
    texts = texts_for(clinic, known)
    if not texts or known.items is None or not known.can_score_items:
        raise NoFormHere(known.name)
    return instrument_form(known, texts)


def may_be_shown(clinic: Clinic, instrument: str, rows: dict[str, InstrumentPermission] | None = None) -> bool:
    """Whether the items of an instrument may be shown in this clinic; ``rows`` spares asking for the permissions once more."""
    if instrument == OWN:
        return True
    known = knowledge().instruments.get(instrument)
    return known is not None and known.can_score_items and bool(texts_for(clinic, known, rows))


def instrument_form(instrument: Instrument, texts: Sequence[str]) -> QuestionForm:
    """The form of an instrument with these texts for its items, in order."""
    known = instrument.items
    assert known is not None  # the caller has looked
    risks = {risk.item: risk.at_least for risk in instrument.risk_items}
    items = tuple(_item(instrument, number, text, risks.get(number)) for number, text in enumerate(texts, start=1))
    window = instrument.recall_text
    return QuestionForm(
        instrument.id, instrument.name, window, math.ceil(instrument.minutes.value), items, instrument.licence.attribution,
        _hash([instrument.id, instrument.version, window], items),
    )  # fmt: skip


def _item(instrument: Instrument, number: int, text: str, risk_from: float | None) -> FormItem:
    known = instrument.items
    assert known is not None  # as above
    high = known.maximum_of(number)
    allowed = known.item_options.get(number) or tuple(range(known.minimum, high + 1))
    labels = known.options if len(known.options) == len(allowed) else ()
    few = tuple(FormChoice(value, labels[place] if labels else str(value)) for place, value in enumerate(allowed)) if len(allowed) <= MOST_CHOICES else ()
    return FormItem(number, text, few, known.minimum, high, risk_from)


def own_items(patient: Patient) -> list[OwnItem]:
    """The patient's own questions that are asked now, the oldest first."""
    rows = list(OwnItem.objects.filter(clinic_id=patient.clinic_id, patient=patient).order_by("recorded_at", "pk"))
    replaced = {row.replaces_id for row in rows}
    return [row for row in rows if row.pk not in replaced and not row.ended]


def own_form(rows: Sequence[OwnItem]) -> QuestionForm:
    """The patient's own questions as a form."""
    choices = tuple(FormChoice(value, str(value)) for value in range(OWN_LOW, OWN_HIGH + 1))
    items = tuple(
        FormItem(number, row.words, choices, OWN_LOW, OWN_HIGH, low_words=row.low, high_words=row.high, series=str(row.series))
        for number, row in enumerate(rows, start=1)
    )
    return QuestionForm(OWN, _("Your own questions"), _("today"), max(1, math.ceil(len(items) / 4)), items, "", _hash([OWN], items))


def _hash(head: list[object], items: Sequence[FormItem]) -> str:
    """A hash over everything a reader of the form sees and over what its answers may be."""
    said = [*head, [[one.number, one.text, one.low, one.high, one.low_words, one.high_words, [[c.value, c.label] for c in one.choices]] for one in items]]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
