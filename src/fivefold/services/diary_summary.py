"""What the diary says before a session, read beforehand: what stood out against what is usual for this person, danger first.

A usual level of urges stands out no more than any other, but what speaks of intent, or was done, is always told. Nothing here is
shown to the patient.
"""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fivefold.concepts.own_pages import ORDERS, SCALED, STRONGEST, DiaryItem
from fivefold.concepts.progress import DatedValue, DoesNotKnow, Series, Sign
from fivefold.concepts.vocabulary import Direction
from fivefold.engine.progress.baseline import early_warning, jump_above_baseline
from fivefold.records import clock
from fivefold.records.models import BroughtUp, Patient, TreatmentSession, UsualUrge
from fivefold.services.access import Actor, Permission, clinical_act, patient_for, reaches
from fivefold.services.diary import SeenEntry, brought_up_since_last, card_of, entries_of, usual_of
from fivefold.services.diary_content import NO, Card
from fivefold.services.diary_risk import Usual, level_of, open_questions
from fivefold.services.knowledge import knowledge

LONGEST_LOOK = 28
ENTRIES_SHOWN = 60
BETTER_HIGH = ("joy",)


@dataclass(frozen=True)
class StoodOut:
    """One line: what it is about, in which order it is looked at, what was seen, and whether it speaks of danger."""

    order: str
    words: str
    why: str
    is_danger: bool


@dataclass(frozen=True)
class DiaryLook:
    """The time since the last session: from which day, how many entries on how many days, how many were late, and what stood out."""

    since: date
    entries: int
    days: int
    late: int
    stood_out: tuple[StoodOut, ...]
    brought: tuple[str, ...]
    has_card: bool


@dataclass(frozen=True)
class SeenDiary:
    """The diary beside the record: the card, what is usual, the look before the session, and the entries."""

    patient: Patient
    today: date
    card: Card | None
    card_number: int
    usual: tuple[tuple[DiaryItem, Usual, str], ...]
    usual_version: int
    look: DiaryLook
    entries: tuple[SeenEntry, ...]
    total: int
    brought: tuple[BroughtUp, ...]
    may_change: bool


@clinical_act(Permission.SEE_RECORD, view=True)
def see_diary(actor: Actor, *, patient_id: uuid.UUID) -> SeenDiary:
    """The diary of a patient, for whoever cares for them."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    today, found, entries = clock.today(), card_of(patient), entries_of(patient)
    return SeenDiary(
        patient=patient,
        today=today,
        card=found[1] if found else None,
        card_number=found[0].number if found else 0,
        usual=tuple(_usual_lines(patient, today)),
        usual_version=UsualUrge.objects.filter(clinic_id=patient.clinic_id, patient=patient).count(),
        look=_look(patient, entries, today, found is not None),
        entries=tuple(entries[:ENTRIES_SHOWN]),
        total=len(entries),
        brought=brought_up_since_last(patient),
        may_change=reaches(actor, patient, Permission.CHANGE_RECORD),
    )


def _usual_lines(patient: Patient, today: date) -> Iterator[tuple[DiaryItem, Usual, str]]:
    reasons = {row.item: row.reason for row in UsualUrge.objects.filter(clinic_id=patient.clinic_id, patient=patient).order_by("recorded_at")}
    for name, usual in usual_of(patient, today).items():
        item = knowledge().diary.item(name)
        if item is not None:
            yield item, usual, reasons.get(name, "")


def look_at_diary(patient: Patient) -> DiaryLook:
    """The look before a session, as a part of acts that have checked access already."""
    return _look(patient, entries_of(patient), clock.today(), card_of(patient) is not None)


def _look(patient: Patient, entries: Sequence[SeenEntry], today: date, has_card: bool) -> DiaryLook:
    since = _since(patient, today)
    new = [entry for entry in entries if entry.about_on >= since]
    order = {name: place for place, name in enumerate(ORDERS)}
    lines = sorted(_stood_out(entries, new, today), key=lambda line: (order[line.order], not line.is_danger))
    brought = tuple(row.words for row in brought_up_since_last(patient))
    return DiaryLook(since, len(new), len({entry.about_on for entry in new}), sum(entry.is_late for entry in new), tuple(lines), brought, has_card)


def _since(patient: Patient, today: date) -> date:
    """The day of the last session that took place, at most four weeks ago."""
    last = TreatmentSession.objects.filter(clinic_id=patient.clinic_id, patient=patient, came="came", on__lte=today).order_by("-on").first()
    earliest = today - timedelta(days=LONGEST_LOOK)
    return max(last.on, earliest) if last is not None else earliest


def _stood_out(entries: Sequence[SeenEntry], new: Sequence[SeenEntry], today: date) -> Iterator[StoodOut]:
    items = {item.id: item for entry in new for item in entry.card.items}
    for item in items.values():
        answered = [(entry, entry.answers.values[item.id]) for entry in new if item.id in entry.answers.values]
        if not answered:
            continue
        if item.kind in SCALED:
            yield from _scaled(item, answered, entries, today)
        elif item.risk or item.order == "therapy":
            yield from _happened(item, answered)
    yield from _incomplete(new)


def _scaled(item: DiaryItem, answered: Sequence[tuple[SeenEntry, int | float | str]], entries: Iterable[SeenEntry], today: date) -> Iterator[StoodOut]:
    highest = max(float(value) for _entry, value in answered)
    rule = knowledge().diary.rule(item.risk) if item.risk else None
    series = series_of_item(item, entries)
    signs = [read(series, today, knowledge().progress) for read in (jump_above_baseline, early_warning)]
    found = [sign.seen for sign in signs if isinstance(sign, Sign)]
    unknown = next((sign.because for sign in signs if isinstance(sign, DoesNotKnow)), "")
    reaches_rule = rule is not None and highest >= rule.signal_from.value
    if found or reaches_rule:
        said = _("%(words)s: up to %(highest)g of %(most)s") % {"words": item.words, "highest": highest, "most": STRONGEST}
        yield StoodOut(item.order, said, " ".join(found) or unknown or _("It lies within what is usual for them."), reaches_rule)


def series_of_item(item: DiaryItem, entries: Iterable[SeenEntry]) -> Series:
    """The answers to one item as a series, the oldest first; two on a day stand in the order in which they were made."""
    rows = sorted((entry for entry in entries if item.id in entry.answers.values), key=lambda entry: (entry.about_on, entry.made_at))
    values = tuple(DatedValue(entry.about_on, float(entry.answers.values[item.id])) for entry in rows)
    direction = Direction.HIGHER_IS_BETTER if item.id in BETTER_HIGH else Direction.HIGHER_IS_WORSE
    return Series("diary", item.id, "points", 0, STRONGEST, direction, values)


def _happened(item: DiaryItem, answered: Sequence[tuple[SeenEntry, int | float | str]]) -> Iterator[StoodOut]:
    days = sorted({entry.about_on for entry, value in answered if level_of(item, value) > 0})
    if not days:
        return
    total = sum(level_of(item, value) for _entry, value in answered)
    on_days = ngettext("on %(n)d day", "on %(n)d days", len(days)) % {"n": len(days)}
    often = ngettext("%(n)d time", "%(n)d times", round(total)) % {"n": round(total)}
    said = ": ".join((item.words, f"{often}, {on_days}" if item.kind == "count" else on_days))
    unknown = [entry for entry, value in answered if item.kind == "intent" and value not in (NO, "yes")]
    why = _("They did not know on %(days)s of them.") % {"days": len(unknown)} if unknown else _("Last on %(day)s.") % {"day": date_format(days[-1], "j M")}
    yield StoodOut(item.order, said, why, bool(item.risk))


def _incomplete(new: Sequence[SeenEntry]) -> Iterator[StoodOut]:
    """Entries in which a question about danger was left open beside another that was answered above zero."""
    left = [(entry, item) for entry in new for item in open_questions(entry.card, entry.answers)]
    if left:
        names = ", ".join(dict.fromkeys(item.words for _entry, item in left))
        why = _("Not answered is not no. Ask: %(names)s.") % {"names": names}
        many = len({entry.client_id for entry, _item in left})
        said = ngettext("Questions about danger were left open in %(n)d entry", "Questions about danger were left open in %(n)d entries", many)
        yield StoodOut("life", said % {"n": many}, why, False)
