"""Signals as somebody sees them: the digest of the day, the signals of one patient, and how each rule has served the clinic."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from django.db.models import Q, QuerySet

from fivefold.concepts.signals import SignalRule
from fivefold.records import clock
from fivefold.records.models import CaseloadRow, Patient, Role, Signal, SignalEvent, SignalState
from fivefold.services.access import Actor, Permission, clinical_act, patient_for, patients_of, reaches, require
from fivefold.services.feedback import Release, release_of
from fivefold.services.feedback_use import note_look
from fivefold.services.knowledge import knowledge
from fivefold.services.passed_hours import catch_up
from fivefold.services.safety_net_sheet import NetSheet, net_sheet
from fivefold.services.signal_acts import USEFUL, can_own
from fivefold.services.signals import COVERS, LEADS, STILL_TOLD, TOLD_STEPS, Shown, hours_of, rule_of, what_is_missing

COUNTED_DAYS = 365
# Of the closed signals of a patient so many are shown: the copy of the record has all.
MOST_CLOSED = 30


@dataclass(frozen=True)
class SeenStep:
    """One step on a signal; ``author`` is empty where the program or the patient took it."""

    step: str
    word: str
    at: datetime
    author: str
    note: str
    outcome: str
    to: str
    until: date | None


@dataclass(frozen=True)
class SeenSignal:
    """A signal as it is shown; ``missing`` says what must be on record before it can be closed ("" where nothing is missing)."""

    id: uuid.UUID
    patient_id: uuid.UUID
    patient_name: str
    rule: SignalRule
    shown: Shown
    status: str
    owner: str
    raised_at: datetime
    due_at: datetime | None
    level: int
    snoozed_until: date | None
    closed_at: datetime | None
    version: int
    number: int
    origin: str
    missing: str
    steps: tuple[SeenStep, ...] = ()

    @property
    def is_safety(self) -> bool:
        """Whether it is about danger."""
        return self.rule.is_safety

    @property
    def is_open(self) -> bool:
        """Whether it has not been closed."""
        return self.status != "closed"


@dataclass(frozen=True)
class StandingDanger:
    """Somebody whom this person treats, for whom a rule about danger is active while no signal about danger waits; and what it is called."""

    patient_id: uuid.UUID
    patient_name: str
    text: str


@dataclass(frozen=True)
class Digest:
    """What one person has to read today: danger whole, then at most so many matters of the course; the rest is counted.

    ``standing`` is danger that no signal tells. ``in_hand`` are signals that somebody has acted on, ``put_off`` those that rest until a day.
    ``net`` is how the safety net stands, for whoever leads the clinic. ``elsewhere`` counts patients in reach whose caseload shows danger
    that others have to see: told to them, or theirs to ask about.
    """

    safety: tuple[SeenSignal, ...]
    standing: tuple[StandingDanger, ...]
    course: tuple[SeenSignal, ...]
    more: int
    in_hand: int
    put_off: int
    is_open_now: bool
    next_opening: datetime
    out_of_hours: str
    net: NetSheet | None = None
    elsewhere: int = 0

    @property
    def grouped(self) -> list[tuple[uuid.UUID, str, list[SeenSignal]]]:
        """The course of treatment by patient, in the order of the first matter of each."""
        found: dict[uuid.UUID, list[SeenSignal]] = {}
        for one in self.course:
            found.setdefault(one.patient_id, []).append(one)
        return [(key, ones[0].patient_name, ones) for key, ones in found.items()]


def open_digest(actor: Actor) -> Digest:
    """The signals that are meant for this person now. What nobody has seen in time is passed on first, after what an hour has made true.

    Each of these steps is committed on its own before the page is made: a page that fails takes none of them back.
    """
    require(actor, Permission.SEE_CASELOAD)
    catch_up(actor.clinic)
    return see_digest(actor)


@clinical_act(Permission.SEE_CASELOAD, view=True)
def see_digest(actor: Actor) -> Digest:
    """The signals that are meant for this person, as they stand; nothing is passed on by it."""
    today = clock.today()
    found = list(_told_to(actor).select_related("signal", "owner", "patient"))
    waiting = [state for state in found if _waits(state, today)]
    order = {rule.id: place for place, rule in enumerate(knowledge().signals.signals)}
    waiting.sort(key=lambda state: (order.get(state.rule, len(order)), state.raised_at, str(state.pk)))
    safety = [state for state in waiting if state.kind == "safety"]
    course = [state for state in waiting if state.kind == "progress"]
    most = int(knowledge().signals.digest.most.value)
    hours = hours_of(actor.clinic)
    now = clock.now()
    standing = _standing(actor, {state.patient_id for state in safety})
    return Digest(
        safety=_seen(safety),
        standing=standing,
        course=_seen(course[:most]),
        more=len(course[most:]),
        in_hand=sum(state.status == "acted" for state in found),
        put_off=sum(state.status == "snoozed" for state in found) - sum(state.status == "snoozed" for state in waiting),
        is_open_now=hours.is_open_at(now),
        next_opening=hours.next_opening(now),
        out_of_hours=str(actor.clinic.settings.get("out_of_hours", "")),
        net=net_sheet(actor.clinic, days=0) if actor.role == Role.LEAD else None,
        elsewhere=_elsewhere(actor, {state.patient_id for state in safety} | {one.patient_id for one in standing}),
    )


def _standing(actor: Actor, told: set[uuid.UUID]) -> tuple[StandingDanger, ...]:
    """Danger on the caseload of whoever treats that no waiting signal tells: of a rule of the plan, or of a signal that is in hand."""
    treated = patients_of(actor, Permission.CHANGE_RECORD) if actor.may(Permission.CHANGE_RECORD) and actor.role != Role.LEAD else Patient.objects.none()
    rows = CaseloadRow.objects.filter(clinic=actor.clinic, signal="safety", patient__in=treated.filter(closed_at__isnull=True))
    kept = rows.exclude(patient__in=told).select_related("patient").order_by("-need", "pk")
    return tuple(StandingDanger(row.patient_id, row.patient.name, row.signal_text) for row in kept)


def _elsewhere(actor: Actor, shown: set[uuid.UUID]) -> int:
    reached = patients_of(actor).filter(closed_at__isnull=True)
    return CaseloadRow.objects.filter(clinic=actor.clinic, signal="safety", patient__in=reached).exclude(patient__in=shown).count()


def waits_for(actor: Actor) -> set[uuid.UUID]:
    """The signals that this person has to read now, by id; for the heart-beat, which passes on nobody else's."""
    return {state.pk for state in _told_to(actor) if _waits(state, clock.today())}


def _waits(state: SignalState, today: date) -> bool:
    return state.status in ("raised", "seen") or (state.status == "snoozed" and state.snoozed_until is not None and state.snoozed_until <= today)


def _told_to(actor: Actor) -> QuerySet[SignalState]:
    """Open signals of those whom this person treats, and those that have been passed on as far as them."""
    states = SignalState.objects.filter(STILL_TOLD, clinic=actor.clinic, is_open=True)
    seen = patients_of(actor).values("pk")
    if actor.role == Role.LEAD:
        return states.filter(patient__in=seen, level__gte=LEADS)
    if actor.role == Role.SUPERVISOR:
        return states.filter(patient__in=seen, level__gte=COVERS)
    treated = patients_of(actor, Permission.CHANGE_RECORD).values("pk")
    return states.filter(Q(patient__in=treated) | Q(owner=actor.user, patient__in=seen))


@clinical_act(Permission.SEE_CASELOAD, view=True)
def count_signals(actor: Actor) -> tuple[int, int]:
    """How many signals wait for this person: about danger, and about the course of treatment."""
    waiting = _told_to(actor).filter(Q(status__in=("raised", "seen")) | Q(status="snoozed", snoozed_until__lte=clock.today()))
    kinds = list(waiting.values_list("kind", flat=True))
    return kinds.count("safety"), kinds.count("progress")


# ---- One patient ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SignalSheet:
    """The signals of one patient: open ones with danger first, closed ones newest first; to whom they can be handed."""

    patient: Patient
    open: tuple[SeenSignal, ...]
    closed: tuple[SeenSignal, ...]
    can_own: tuple[tuple[int, str], ...]
    release: Release
    may_change: bool
    out_of_hours: str
    danger: str  # what stands first on the caseload while a rule about danger is active: no signal need be open for it


@clinical_act(Permission.SEE_RECORD, view=True)
def see_signals(actor: Actor, *, patient_id: uuid.UUID) -> SignalSheet:
    """Every open signal of a patient with its steps, and the newest that were closed."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    note_look(actor, patient, "signals")
    states = SignalState.objects.filter(clinic=actor.clinic, patient=patient).select_related("signal", "owner", "patient")
    still = list(states.filter(is_open=True).order_by("-kind", "raised_at"))
    ended = list(states.filter(is_open=False).order_by("-closed_at")[:MOST_CLOSED])
    shown = {one.id: one for one in _seen([*still, *ended], with_steps=True)}
    row = CaseloadRow.objects.filter(clinic=actor.clinic, patient=patient, signal="safety").first()
    return SignalSheet(
        patient=patient,
        open=tuple(shown[state.pk] for state in still if state.pk in shown),
        closed=tuple(shown[state.pk] for state in ended if state.pk in shown),
        can_own=tuple((user.pk, user.name) for user in can_own(patient)),
        release=release_of(patient),
        may_change=reaches(actor, patient, Permission.CHANGE_RECORD),
        out_of_hours=str(actor.clinic.settings.get("out_of_hours", "")),
        danger=row.signal_text if row else "",
    )


def signals_in_words(states: Sequence[SignalState]) -> tuple[SeenSignal, ...]:
    """Signals with what was seen last; for acts that have checked access."""
    return _seen(states)


def _seen(states: Sequence[SignalState], *, with_steps: bool = False) -> tuple[SeenSignal, ...]:
    """Signals with what was seen last. One whose rule the clinic's release no longer has is told by its old id."""
    ids = [state.pk for state in states]
    events: dict[uuid.UUID, list[SignalEvent]] = {}
    rows = SignalEvent.objects.filter(signal_id__in=ids).select_related("author", "to").order_by("number")
    for event in rows if with_steps else rows.filter(step__in=TOLD_STEPS):
        events.setdefault(event.signal_id, []).append(event)
    return tuple(_one(state, rule_of(state), events[state.pk], with_steps) for state in states)


def _one(state: SignalState, rule: SignalRule, events: Sequence[SignalEvent], with_steps: bool) -> SeenSignal:
    told = [event for event in events if event.step in TOLD_STEPS]
    return SeenSignal(
        id=state.pk,
        patient_id=state.patient_id,
        patient_name=state.patient.name,
        rule=rule,
        shown=Shown.read(told[-1].content),
        status=state.status,
        owner=state.owner.name if state.owner else "",
        raised_at=state.raised_at,
        due_at=state.due_at,
        level=state.level,
        snoozed_until=state.snoozed_until,
        closed_at=state.closed_at,
        version=state.version,
        number=state.signal.number,
        origin=state.signal.origin,
        missing=what_is_missing(state.patient, state) if state.is_open and with_steps else "",
        steps=tuple(_step(event) for event in events) if with_steps else (),
    )


def _step(event: SignalEvent) -> SeenStep:
    return SeenStep(
        step=event.step,
        word=event.get_step_display(),
        at=event.recorded_at,
        author=event.author.name if event.author else "",
        note=event.note,
        outcome=event.get_outcome_display() if event.outcome else "",
        to=event.to.name if event.to else "",
        until=event.until,
    )


# ---- Which rule cries wolf -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RuleCount:
    """How one rule has served the clinic in a year: raised, seen by somebody, acted on, of use, nothing to act on, passed by itself.

    ``hours_to_seen`` is the median from raised to seen, None where none was seen.
    """

    rule: SignalRule
    raised: int
    seen: int
    acted: int
    useful: int
    false_alarms: int
    passed: int
    passed_on: int
    open: int
    hours_to_seen: float | None

    @property
    def is_judged(self) -> int:
        """How many were closed by somebody with a word about their use."""
        return self.useful + self.false_alarms


@clinical_act(Permission.SEE_CLINIC, view=True)
def see_rule_counts(actor: Actor) -> list[RuleCount]:
    """Every rule with how often it was raised, read and of use within a year: feedback helps only where it is used."""
    since = clock.now() - timedelta(days=COUNTED_DAYS)
    signals = dict(Signal.objects.filter(clinic=actor.clinic, recorded_at__gte=since).values_list("pk", "rule"))
    rows = SignalEvent.objects.filter(clinic=actor.clinic, recorded_at__gte=since, signal__recorded_at__gte=since)
    events: dict[uuid.UUID, list[tuple[str, str, datetime]]] = {key: [] for key in signals}
    for key, step, outcome, at in rows.order_by("number").values_list("signal_id", "step", "outcome", "recorded_at"):
        events[key].append((step, outcome, at))
    by_rule: dict[str, list[list[tuple[str, str, datetime]]]] = {}
    for key, rule in signals.items():
        by_rule.setdefault(rule, []).append(events[key])
    return [_count(rule, by_rule.get(rule.id, [])) for rule in knowledge().signals.signals]


def _count(rule: SignalRule, signals: Sequence[Sequence[tuple[str, str, datetime]]]) -> RuleCount:
    closed = [outcome for steps in signals for step, outcome, _ in steps if step == "closed"]
    waits = [seen for steps in signals if (seen := _hours_to_seen(steps)) is not None]
    return RuleCount(
        rule=rule,
        raised=len(signals),
        seen=_with(signals, ("seen", "acted", "assigned")),
        acted=_with(signals, ("acted",)),
        useful=sum(outcome in USEFUL for outcome in closed),
        false_alarms=closed.count("false_alarm"),
        passed=closed.count("passed"),
        passed_on=_with(signals, ("escalated",)),
        open=len(signals) - len(closed),
        hours_to_seen=median(waits) if waits else None,
    )


def _with(signals: Iterable[Sequence[tuple[str, str, datetime]]], wanted: tuple[str, ...]) -> int:
    return sum(any(step in wanted for step, _, _ in steps) for steps in signals)


def _hours_to_seen(steps: Sequence[tuple[str, str, datetime]]) -> float | None:
    raised = next((at for step, _, at in steps if step == "raised"), None)
    seen = next((at for step, _, at in steps if step in ("seen", "acted")), None)
    return (seen - raised).total_seconds() / 3600 if raised is not None and seen is not None else None
