"""The law of the safety net: every positive answer to a risk question stands in exactly one of a closed list of states, with somebody named.

It is read from what is kept, apart from the code that raises signals, so that an error there shows here. An answer that nobody was told
of is told by ``mend``, and a signal that waits with nobody or for nothing goes to the lead. Nothing here names a person: records are named
by their ids.
"""

import uuid
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from fivefold.concepts.errors import FivefoldError
from fivefold.concepts.signals import Watch
from fivefold.engine.progress.signals import asked_on
from fivefold.records import clock
from fivefold.records.models import (
    AuditEntry,
    Clinic,
    ClinicalFact,
    DiaryEntry,
    MeasureAnswer,
    Membership,
    Patient,
    RefusedAnswer,
    Role,
    SignalEvent,
    SignalState,
    UsualUrge,
)
from fivefold.services import audit
from fivefold.services.diary import attempts_of, usual_by
from fivefold.services.diary_content import Card, read_answers, read_card
from fivefold.services.diary_risk import risk_of
from fivefold.services.entered_answers import ENTERED_BY, positive_items
from fivefold.services.knowledge import knowledge, knowledge_of
from fivefold.services.notices import undelivered_of
from fivefold.services.record_file import read_record
from fivefold.services.refused_answers import answers_of
from fivefold.services.signals import (
    LEADS,
    TOLD_STEPS,
    Origin,
    RiskAnswer,
    hand_to_lead,
    needs_more_than_an_act,
    raise_risk_answers,
    rule_of,
    what_is_missing,
)

# Answers are told in the transaction that keeps them: a step so soon after an answer, and before the next one, is its own.
WITHIN = timedelta(seconds=30)
# The timer passes on every few minutes; what is late by more than this nobody passes on.
LATE_BY = timedelta(hours=1)
COUNTED_DAYS = 35
MENDED = "tell_what_was_lost"


class Stand(StrEnum):
    """Where a positive answer stands: the whole list."""

    UNSEEN = "unseen"
    SEEN = "seen"
    ACTED = "acted"
    CLOSED = "closed"
    ASKED = "asked"


class Wrong(StrEnum):
    """What breaks the law."""

    NOT_TOLD = "not_told"
    NOBODY = "nobody"
    CLOSED_BY_NOBODY = "closed_by_nobody"
    NOT_PASSED_ON = "not_passed_on"
    STUCK = "stuck"
    UNREACHED = "unreached"


@dataclass(frozen=True)
class Positive:
    """One positive answer: of which record, kept when and as which row, and what would be told of it."""

    patient_id: uuid.UUID
    at: datetime
    source: str
    key: str
    answers: tuple[RiskAnswer, ...]
    on: date


@dataclass(frozen=True)
class Breach:
    """One breach, by the id of the record and of the row (an answer, or a signal)."""

    wrong: Wrong
    patient_id: uuid.UUID
    source: str
    key: str
    answer: Positive | None = None


@dataclass(frozen=True)
class SafetyNet:
    """What was looked at in one clinic: how many answers since when, how many stand where, and every breach."""

    clinic: int
    since: datetime
    answers: int
    stands: dict[Stand, int]
    breaches: tuple[Breach, ...] = field(default=())

    @property
    def holds(self) -> bool:
        """Whether nothing breaks the law."""
        return not self.breaches

    @property
    def by_kind(self) -> dict[Wrong, int]:
        """How many breaches there are of each kind."""
        return dict(Counter(one.wrong for one in self.breaches))


def look_at(clinic: Clinic, *, days: int = COUNTED_DAYS) -> SafetyNet:
    """Hold the law against a clinic: every answer of so many days, and every open signal about danger however old."""
    since = clock.now() - timedelta(days=days)
    with knowledge_of(clinic):
        answers = list(_positive_answers(clinic, since))
        breaches = list(_open_signals(clinic))
        stands: Counter[Stand] = Counter()
        for answer, stand in _stands(clinic, answers, since):
            if isinstance(stand, Stand):
                stands[stand] += 1
            else:
                breaches.append(Breach(stand, answer.patient_id, answer.source, answer.key, answer))
    return SafetyNet(clinic.pk, since, len(answers), {one: stands[one] for one in Stand}, tuple(breaches))


def mend(clinic: Clinic, net: SafetyNet) -> int:
    """Tell the care team of answers that nobody was told of, and the lead of signals that wait with nobody or for nothing; gives how many.

    Each is told once, and the audit trail says that it was lost.
    """
    with knowledge_of(clinic):
        return sum(_mend(clinic, breach) for breach in net.breaches)


def _mend(clinic: Clinic, breach: Breach) -> bool:
    with transaction.atomic():
        patient = Patient.objects.select_for_update(no_key=True).get(clinic=clinic, pk=breach.patient_id)
        if breach.wrong is Wrong.NOT_TOLD and breach.answer is not None:
            raise_risk_answers(patient, breach.answer.answers, on=breach.answer.on, mark=f"found {breach.key}", origin=Origin.PROGRAM)
        elif not (breach.wrong in (Wrong.NOBODY, Wrong.STUCK) and _to_lead(clinic, breach)):
            return False
        audit.record_system(clinic, MENDED, patient_id=patient.pk, row=breach.key)
        return True


def _to_lead(clinic: Clinic, breach: Breach) -> bool:
    """Hand a signal that waits with nobody, or for nothing, to the lead; False where that is done already or nobody leads."""
    state = SignalState.objects.select_related("signal").filter(clinic=clinic, pk=uuid.UUID(breach.key), is_open=True, level__lt=LEADS).first()
    if state is None or not _people(clinic)[1]:
        return False
    hand_to_lead(state, _("Nobody was left who would have been told of it."))
    return True


# ---- The answers -----------------------------------------------------------------------------------------------------------------


def _positive_answers(clinic: Clinic, since: datetime) -> Iterator[Positive]:
    # Nothing of an erased record is left to be asked about. Joined with the patients, SQLite reads the results of every one of them.
    here = {"clinic": clinic, "recorded_at__gte": since}
    for row in MeasureAnswer.objects.filter(risk=True, **here).select_related("request"):
        asked = RiskAnswer(row.request.instrument, row.item)
        yield Positive(row.patient_id, row.recorded_at, "questionnaire", str(row.pk), (asked,), timezone.localdate(row.recorded_at))
    # Of the thousands of results of a month only those with answers to items that ask of danger are read.
    asking = [instrument for instrument, known in knowledge().instruments.items() if known.risk_items]
    facts = ClinicalFact.objects.filter(kind="score", source=ENTERED_BY, withdrawn=False, key__in=asking, value__has_key="items", **here)
    for fact in facts.only("patient_id", "recorded_at", "true_on", "key", "value"):
        answers = tuple(positive_items(fact))
        if answers:
            yield Positive(fact.patient_id, fact.recorded_at, "entered", str(fact.pk), answers, fact.true_on)
    for refused in RefusedAnswer.objects.filter(**here):
        yield Positive(refused.patient_id, refused.recorded_at, "refused", str(refused.pk), answers_of(refused), timezone.localdate(refused.recorded_at))
    yield from _diary(clinic, list(DiaryEntry.objects.filter(withdrawn=False, **here).select_related("card")))


def _diary(clinic: Clinic, entries: Sequence[DiaryEntry]) -> Iterator[Positive]:
    """Entries of which the care team is to be told, by what counted as usual when they came."""
    usual: dict[uuid.UUID, list[UsualUrge]] = {}
    for urge in UsualUrge.objects.filter(clinic=clinic, patient__in={entry.patient_id for entry in entries}).order_by("recorded_at"):
        usual.setdefault(urge.patient_id, []).append(urge)
    attempts = attempts_of(clinic.pk, usual)
    cards: dict[uuid.UUID, Card] = {}
    for entry in entries:
        card = cards.get(entry.card_id)
        if card is None:
            card = cards[entry.card_id] = read_card(entry.card.content)
        on = timezone.localdate(entry.recorded_at)
        said = [urge for urge in usual.get(entry.patient_id, ()) if urge.recorded_at <= entry.recorded_at]
        counts = usual_by(said, [at for at in attempts.get(entry.patient_id, ()) if at < entry.recorded_at], on)
        told = [one for one in risk_of(card, read_answers(entry.content), counts, on) if one.tells]
        if told:
            answers = tuple(RiskAnswer("diary", number, one.rule.about) for number, one in enumerate(told, start=1))
            yield Positive(entry.patient_id, entry.recorded_at, "diary", str(entry.client_id), answers, on)


# ---- Where they stand ------------------------------------------------------------------------------------------------------------


def _stands(clinic: Clinic, answers: Sequence[Positive], since: datetime) -> Iterator[tuple[Positive, Stand | Wrong]]:
    told: dict[uuid.UUID, list[tuple[datetime, uuid.UUID]]] = {}
    watched = Q(signal__matter=Watch.POSITIVE_RISK_ITEM.value)
    rows = SignalEvent.objects.filter(watched, clinic=clinic, step__in=TOLD_STEPS, recorded_at__gte=since - WITHIN).order_by("recorded_at")
    for patient_id, at, signal_id in rows.values_list("patient_id", "recorded_at", "signal_id"):
        told.setdefault(patient_id, []).append((at, signal_id))
    states = {state.pk: state for state in SignalState.objects.filter(pk__in={key for steps in told.values() for _at, key in steps})}
    closers = dict(SignalEvent.objects.filter(signal_id__in=states, step="closed").order_by("number").values_list("signal_id", "author_id"))
    mended = {str(detail.get("row")) for detail in AuditEntry.objects.filter(clinic=clinic, act=MENDED, at__gte=since).values_list("detail", flat=True)}
    for answer, until in _with_next(answers):
        key = _told_by(answer, told.get(answer.patient_id, ()), None if answer.key in mended else until)
        if key is not None:
            yield answer, _of_signal(states[key], closers)
        else:
            yield answer, Stand.ASKED if answer.source == "entered" and _was_asked(answer) else Wrong.NOT_TOLD


def _with_next(answers: Sequence[Positive]) -> Iterator[tuple[Positive, datetime]]:
    """Each answer with the moment before which its own step must have come: at the latest when the next answer of the record came.

    What was entered together was told together.
    """
    by_record: dict[uuid.UUID, list[Positive]] = {}
    for answer in sorted(answers, key=lambda one: one.at):
        by_record.setdefault(answer.patient_id, []).append(answer)
    for ones in by_record.values():
        for place, answer in enumerate(ones):
            later = (one.at for one in ones[place + 1 :] if not one.source == answer.source == "entered")
            yield answer, min(answer.at + WITHIN, next(later, answer.at + WITHIN))


def _told_by(answer: Positive, steps: Sequence[tuple[datetime, uuid.UUID]], until: datetime | None) -> uuid.UUID | None:
    """The signal that told an answer: the first step from then on, before ``until`` (None: whenever, where it was lost and told later)."""
    place = bisect_left(steps, answer.at, key=lambda step: step[0])
    if place < len(steps) and (until is None or steps[place][0] < until):
        return steps[place][1]
    return None


def _of_signal(state: SignalState, closers: Mapping[uuid.UUID, int | None]) -> Stand | Wrong:
    if not state.is_open:
        return Stand.CLOSED if closers.get(state.pk) is not None else Wrong.CLOSED_BY_NOBODY
    return {"raised": Stand.UNSEEN, "seen": Stand.SEEN, "acted": Stand.ACTED}.get(state.status, Wrong.STUCK)


def _was_asked(answer: Positive) -> bool:
    """Whether a clinician has asked the questions for a later day than the answer's: then there was nothing to tell."""
    rule = knowledge().signals.watching(Watch.POSITIVE_RISK_ITEM)
    patient = Patient.objects.select_related("clinic").get(pk=answer.patient_id)
    try:
        known = read_record(patient, max(clock.today(), answer.on))
    except FivefoldError:
        return False
    asked = asked_on(rule, known, knowledge())
    return asked is not None and asked > answer.on


# ---- The open signals ------------------------------------------------------------------------------------------------------------


def _open_signals(clinic: Clinic) -> Iterator[Breach]:
    """Open signals about danger of which nobody is named, or that would wait for ever."""
    now, here, undelivered = clock.now(), _people(clinic), undelivered_of(clinic)
    states = SignalState.objects.filter(clinic=clinic, is_open=True, kind="safety").select_related("signal", "patient")
    for state in states:
        for wrong in _wrong_with(state, now, *here):
            yield Breach(wrong, state.patient_id, "signal", str(state.pk))
        if state.status == "raised" and state.pk in undelivered:
            yield Breach(Wrong.UNREACHED, state.patient_id, "signal", str(state.pk))


def _people(clinic: Clinic) -> tuple[set[int], bool]:
    """Who works in a clinic, and whether somebody leads it."""
    rows = Membership.objects.filter(clinic=clinic, ended_at__isnull=True, user__is_active=True).exclude(role=Role.PATIENT).values_list("user_id", "role")
    people = list(rows)
    return {user for user, _role in people}, any(role == Role.LEAD for _user, role in people)


def _wrong_with(state: SignalState, now: datetime, here: set[int], is_led: bool) -> Iterable[Wrong]:
    is_named = state.owner_id in here or (state.level >= LEADS and is_led)
    if not is_named:
        yield Wrong.NOBODY
    if state.due_at is not None and state.due_at < now - LATE_BY:
        yield Wrong.NOT_PASSED_ON
    asks = needs_more_than_an_act(rule_of(state))
    waits = state.status in ("raised", "seen") or (asks and bool(what_is_missing(state.patient, state)))
    # At the last level it stays with the lead: there is nobody else to tell.
    if waits and state.due_at is None and state.level < LEADS:
        yield Wrong.STUCK
