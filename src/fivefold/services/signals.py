"""Raising signals, passing them on, and letting them pass: what the program does by itself, in the transaction of whoever saw something.

What people do with a signal is in ``signal_acts``. Here nobody acts: a positive answer comes from a patient, a report is late, a
measure does not move. Every step is a row that stays; ``SignalState`` follows the last of them.
"""

import json
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from fivefold.concepts.progress import Sureness
from fivefold.concepts.signals import LONGEST_MARK, TOLD_ELSEWHERE, Closing, NotJudged, SeenMatter, SignalRule, Watch
from fivefold.records import clock
from fivefold.records.models import (
    CareRelation,
    CaseloadRow,
    Clinic,
    ClinicalFact,
    Membership,
    Patient,
    PlanReview,
    RiskConversation,
    Role,
    Signal,
    SignalEvent,
    SignalState,
    User,
)
from fivefold.services import audit
from fivefold.services.knowledge import knowledge, knowledge_of
from fivefold.services.notices import write_down
from fivefold.services.risk_questions import questions_of
from fivefold.services.working_hours import OpeningHours, opening_hours

log = logging.getLogger("fivefold.services")
Row = TypeVar("Row")
TREATS, COVERS, LEADS = 0, 1, 2
SAFETY_NEED = 10_000
TOLD_STEPS = ("raised", "again")
# How a signal stands once it is closed.
CLOSED: dict[str, Any] = {"status": "closed", "is_open": False, "due_at": None, "snoozed_until": None}
# So many signals that nobody has seen in time are passed on whenever somebody looks; the command for it passes on all.
PASSED_ON_AT_ONCE = 100


# After care has ended the course of treatment is told no more. Danger that stands open is, until somebody has answered it.
STILL_TOLD = Q(kind="safety") | Q(patient__closed_at__isnull=True)


class Origin(StrEnum):
    """Who or what saw it first."""

    PROGRAM = "program"
    PATIENT = "patient"
    STAFF = "staff"


@dataclass(frozen=True)
class RiskAnswer:
    """A positive answer to a risk item: of which instrument, which item (from 1), and what it asks about ("": as the base says)."""

    instrument: str
    item: int
    about: str = ""


@dataclass(frozen=True)
class Shown:
    """What was seen, as it is kept with a signal and shown: in words, from how many values up to which day, how sure, what to do."""

    seen: str
    why: str
    action: str
    on: date
    n: int
    sure: Sureness | None
    doubts: tuple[str, ...]

    def stored(self) -> str:
        """As it is sealed."""
        values = {"seen": self.seen, "why": self.why, "action": self.action, "on": self.on.isoformat(), "n": self.n, "doubts": list(self.doubts)}
        return json.dumps({**values, "sure": self.sure.value if self.sure else None}, ensure_ascii=False)

    @classmethod
    def read(cls, text: str) -> "Shown":
        """From what was sealed."""
        kept: dict[str, Any] = json.loads(text)
        sure = Sureness(kept["sure"]) if kept["sure"] else None
        return cls(kept["seen"], kept["why"], kept["action"], date.fromisoformat(kept["on"]), kept["n"], sure, tuple(kept["doubts"]))


# ---- Raising -------------------------------------------------------------------------------------------------------------


def raise_risk_answers(
    patient: Patient, answers: Sequence[RiskAnswer], *, on: date, mark: str, origin: Origin = Origin.PATIENT, note: str = ""
) -> Signal | None:
    """Raise the safety signal for positive risk answers, in the caller's transaction; None where there are none.

    Call it when an answer is stored, not when a form is complete. It needs no member of staff. ``mark`` names the answers for good (the
    id of the response, the day and the item): sent twice with the same mark it is one signal and one step, and with another mark the
    open signal is told anew, so that somebody has to look again. ``note`` is a sentence that goes with it.
    """
    if not answers:
        return None
    with knowledge_of(patient.clinic):
        rule = knowledge().signals.watching(Watch.POSITIVE_RISK_ITEM)
        said = [_in_words(one) for one in answers]
        seen = " ".join(filter(None, ("Answered positively: " + "; ".join(said) + ".", note)))
        return raise_signal(patient, SeenMatter(rule, "", seen, mark, on, len(said)), origin=origin)


def _in_words(answer: RiskAnswer) -> str:
    instrument = knowledge().instruments.get(answer.instrument)
    known = next((risk.text for risk in instrument.risk_items if risk.item == answer.item), "") if instrument else ""
    about = answer.about or known
    return f"{instrument.name if instrument else answer.instrument}, question {answer.item}" + (f": {about}" if about else "")


def raise_signal(patient: Patient, matter: SeenMatter, *, origin: Origin = Origin.PROGRAM) -> Signal | None:
    """Raise a signal, or tell an open one anew where something new was seen; in the caller's transaction, and once for each matter.

    None where nothing is to be raised: what was seen has been closed already, or the matter is to be quiet for a while. Danger is never
    quiet: new evidence always raises it. Call it before you write an audit entry of your own, as acts do: it waits for its turn with the
    record first.
    """
    with transaction.atomic():
        Patient.objects.select_for_update(no_key=True).filter(pk=patient.pk).first()
        state = SignalState.objects.select_related("signal").filter(patient=patient, matter=matter.matter, is_open=True).first()
        if state is not None:
            return _tell_again(state, matter) if state.mark != matter.mark else state.signal
        last = SignalState.objects.filter(patient=patient, matter=matter.matter).order_by("-closed_at").select_related("signal").first()
        if last is not None and not may_return(_last_closed(last), matter, clock.now()):
            return None
        return _raise(patient, matter, origin, last.signal.number + 1 if last is not None else 1)


def raise_in_turn(patient: Patient, find: Callable[[], SeenMatter | None]) -> bool:
    """Raise what time alone has made true of one record, in a transaction of its own; whether it was raised.

    Nobody is waited for: where somebody is changing the record just now it is looked at the next time. ``find`` looks again, now that it
    is our turn: what was read before may have been taken up since.
    """
    with transaction.atomic():
        if not Patient.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=patient.pk).exists():
            return False
        matter = find()
        return matter is not None and raise_signal(patient, matter) is not None


@dataclass(frozen=True)
class LastClosed:
    """How a matter ended that was closed last: on which evidence, when, and whether it passed by itself."""

    mark: str
    closed: datetime
    passed: bool


def _last_closed(last: SignalState) -> LastClosed:
    passed = SignalEvent.objects.filter(signal_id=last.signal_id, number=last.version, outcome="passed").exists()
    return LastClosed(last.mark, last.closed_at or last.told_at, passed)


def may_return(last: LastClosed, matter: SeenMatter, now: datetime) -> bool:
    """Whether a matter that was closed is raised again: with something new, and after its quiet time.

    What passed by itself and is seen again has no quiet time: nobody had decided anything about it.
    """
    if matter.rule.is_safety:
        return last.mark != matter.mark
    if last.passed:
        return True
    is_new = last.mark != matter.mark or matter.on > timezone.localdate(last.closed)
    return is_new and now >= last.closed + timedelta(days=matter.rule.quiet.value)


def _raise(patient: Patient, matter: SeenMatter, origin: Origin, number: int) -> Signal:
    now = clock.now()
    signal = Signal(clinic_id=patient.clinic_id, patient=patient, kind=matter.rule.kind.value, rule=matter.rule.id, matter=matter.matter, number=number)
    signal.origin = origin.value
    signal.save()
    owner = owner_of(patient)
    state = SignalState(
        signal=signal,
        clinic_id=patient.clinic_id,
        patient=patient,
        kind=signal.kind,
        rule=signal.rule,
        matter=signal.matter,
        owner=owner,
        level=TREATS if owner is not None else LEADS,
        raised_at=now,
        told_at=now,
        version=0,
    )
    state.save(force_insert=True)
    _tell(state, matter, "raised", now)
    audit.record_system(patient.clinic, "raise_signal", patient_id=patient.pk, rule=signal.rule, origin=origin.value, signal=str(signal.pk))
    return signal


def _tell_again(state: SignalState, matter: SeenMatter) -> Signal:
    """Something new on an open matter. Danger has to be seen anew; the course of treatment keeps where it stands."""
    _tell(state, matter, "again", clock.now())
    audit.record_system(state.signal.clinic, "raise_signal", patient_id=state.patient_id, rule=state.rule, again=True, signal=str(state.signal_id))
    return state.signal


def _tell(state: SignalState, matter: SeenMatter, step: str, now: datetime) -> None:
    stands: dict[str, Any] = {"mark": matter.mark[:LONGEST_MARK], "told_at": now}
    if step == "raised" or matter.rule.is_safety:
        due_at = hours_of(state.clinic).after(now, matter.rule.seen_within)
        # Told again it is due no later than before: answers that keep coming must not put off that somebody else is told.
        stands |= {"status": "raised", "snoozed_until": None, "due_at": min(due_at, state.due_at or due_at)}
    take_step(state, step, stands, content=shown(matter).stored())
    if matter.rule.is_safety:
        show_in_caseload(state.patient_id, matter.rule)


def shown(matter: SeenMatter) -> Shown:
    """What is kept of a matter that was seen."""
    return Shown(matter.seen, matter.rule.why, matter.to_do, matter.on, matter.n, matter.sure, matter.doubts)


def take_step(
    state: SignalState, step: str, stands: dict[str, Any], *, content: str = "", note: str = "", author: User | None = None, **more: Any
) -> SignalEvent:
    """Add a step to a signal; ``stands`` is how it stands afterwards. Of two who take the next step at once, one is refused."""
    event = SignalEvent(clinic_id=state.clinic_id, patient_id=state.patient_id, signal_id=state.signal_id, number=state.version + 1, step=step, author=author)
    for name, value in more.items():
        setattr(event, name, value)
    event.content, event.note = content, note
    event.save()
    for name, value in stands.items():
        setattr(state, name, value)
    state.version = event.number
    SignalState.objects.filter(pk=state.pk).update(version=event.number, **stands)
    write_down(state, event, lambda: told_by(state, event))
    return event


def told_by(state: SignalState, event: SignalEvent) -> list[User]:
    """Whom a step tells: whom it is handed to; by being passed on, those of the new level; otherwise everybody up to where it has come."""
    if event.step == "assigned":
        return [event.to] if event.to is not None else []
    levels = (state.level,) if event.step == "escalated" else range(state.level + 1)
    return list(dict.fromkeys(person for level in levels for person in _people_at(state.patient, level)))


def _people_at(patient: Patient, level: int) -> list[User]:
    if level == LEADS:
        leads = Membership.objects.filter(clinic_id=patient.clinic_id, role=Role.LEAD, ended_at__isnull=True, user__is_active=True)
        return [membership.user for membership in leads.select_related("user").order_by("pk")]
    if level == COVERS:
        others = running_care(patient).filter(kind__in=("covers", "supervises")).select_related("user").order_by("started_at", "pk")
        return [relation.user for relation in others]
    owner = owner_of(patient)
    return [owner] if owner is not None else []


def show_in_caseload(patient_id: Any, rule: SignalRule) -> None:
    """Put an open safety signal at the top of the caseload at once; working the row out anew comes to the same."""
    need = Case(When(need__lt=SAFETY_NEED, then=F("need") + Value(SAFETY_NEED)), default=F("need"))
    CaseloadRow.objects.filter(patient_id=patient_id).exclude(signal="safety").update(signal="safety", signal_text=rule.name, need=need)


def open_safety(patient: Patient) -> SignalState | None:
    """The oldest open signal about danger on which nobody has recorded yet what its rule asks for."""
    found = SignalState.objects.filter(clinic_id=patient.clinic_id, patient=patient, is_open=True, kind="safety").order_by("raised_at")
    return next((state for state in found if what_is_missing(patient, state)), None)


def settle_reassessed(patient: Patient) -> int:
    """Say of danger that somebody has seen, and that was answered since as its rule asks, that it was acted on; gives how many.

    It waits then for its closing word, and no longer for somebody to act. What nobody has seen yet goes on waiting to be seen.
    """
    found = SignalState.objects.select_related("signal").filter(clinic_id=patient.clinic_id, patient=patient, is_open=True, kind="safety", status="seen")
    done = [state for state in found if needs_more_than_an_act(rule_of(state)) and not what_is_missing(patient, state)]
    for state in done:
        take_step(state, "acted", {"status": "acted", "due_at": None})
    return len(done)


def rule_of(state: SignalState) -> SignalRule:
    """The rule of a signal.

    Where the clinic's release no longer has it, it is read as the rule that watches the same now, or as the first of its kind, under
    its old id: what was raised once does not vanish with a release.
    """
    rules = knowledge().signals.signals
    known = next((rule for rule in rules if rule.id == state.rule), None)
    if known is not None:
        return known
    watched = state.matter.partition(":")[0]
    like = next((rule for rule in rules if rule.watch == watched), None) or next(rule for rule in rules if rule.kind == state.kind)
    return replace(like, id=state.rule, name=state.rule)


def code_of(state: SignalState, rule: SignalRule) -> str:
    """The risk rule whose questions a signal asks for: that which its matter names, or that of its rule."""
    named = state.matter.partition(":")[2]
    return named if named in {override.code for override in knowledge().overrides} else rule.code


def needs_more_than_an_act(rule: SignalRule) -> bool:
    """Whether that something was done ends nothing: the questions have to be asked, or the patient has to be reached."""
    return rule.closing is Closing.REASSESSMENT or rule.watch is Watch.MISSED_CONTACT


def what_is_missing(patient: Patient, state: SignalState) -> str:
    """What must be on record before a signal may be closed, as a code of ``StaysOpen``; "" where nothing is missing."""
    rule = rule_of(state)
    if rule.watch is Watch.LOOK_BACK:
        return "look_back" if _is_look_back_open(patient, state) else ""
    if rule.closing is Closing.REASSESSMENT:
        return "" if _is_reassessed(patient, state, code_of(state, rule)) else "reassess"
    if rule.watch is Watch.MISSED_CONTACT:
        return "" if _is_reached(patient, state, rule.code) else "contact"
    if rule.closing is Closing.ACT:
        acted = SignalEvent.objects.filter(signal_id=state.signal_id, step="acted", recorded_at__gte=state.told_at).exists()
        return "" if acted else "act"
    return ""


def _is_look_back_open(patient: Patient, state: SignalState) -> bool:
    """Whether the review that the matter names waits for its look-back to be answered."""
    _watch, _colon, review = state.matter.partition(":")
    due = PlanReview.objects.filter(clinic_id=patient.clinic_id, patient=patient, look_back_on__isnull=False, look_back__isnull=True)
    return any(str(key) == review for key in due.values_list("pk", flat=True))


def _is_reassessed(patient: Patient, state: SignalState, code: str) -> bool:
    """Whether a clinician has cleared the rule, or answered each of its questions with yes or no, since the signal was last told.

    What they found has to hold for a day no earlier than the evidence's: a talk of last week that is written down today clears nothing
    of this week.
    """
    own = ClinicalFact.objects.filter(clinic_id=patient.clinic_id, patient=patient, source="clinician")
    # What was taken back later, or corrected, clears nothing: its row stays, and another one points at it.
    facts = own.filter(recorded_at__gte=state.told_at, true_on__gte=_evidence_day(state), withdrawn=False, corrected_by__isnull=True)
    if facts.filter(kind="cleared", key=code).exists():
        return True
    asked = {name for rule in knowledge().overrides if rule.code == code for name in questions_of(rule)}
    answered = {fact.key for fact in facts.filter(kind="risk", key__in=asked) if fact.value in (True, False, "yes", "no")}
    return bool(asked) and asked <= answered


def _is_reached(patient: Patient, state: SignalState, code: str) -> bool:
    """Whether a conversation was written down, or the rule cleared, since the signal was last told: contact goes on until a clinician clears it."""
    own = {"clinic_id": patient.clinic_id, "patient": patient, "recorded_at__gte": state.told_at}
    if RiskConversation.objects.filter(**own).exists():
        return True
    return ClinicalFact.objects.filter(kind="cleared", key=code, source="clinician", withdrawn=False, corrected_by__isnull=True, **own).exists()


def _evidence_day(state: SignalState) -> date:
    """The latest day of which something was told."""
    told = SignalEvent.objects.filter(signal_id=state.signal_id, step__in=TOLD_STEPS)
    return max(Shown.read(event.content).on for event in told)


# ---- Who is told, and when somebody else is ------------------------------------------------------------------------------


def hours_of(clinic: Clinic) -> OpeningHours:
    """When somebody works in a clinic."""
    return opening_hours(clinic.settings, clinic.time_zone)


def owner_of(patient: Patient) -> User | None:
    """Who is asked first: whoever treats the patient, for the longest time; None where nobody does any more."""
    running = running_care(patient).filter(kind="treats").order_by("started_at", "pk").select_related("user").first()
    return running.user if running is not None else None


def running_care(patient: Patient) -> Any:
    """Care relations that have not ended, of people who work in the clinic."""
    now = clock.now()
    relations = CareRelation.objects.filter(clinic_id=patient.clinic_id, patient=patient).filter(Q(ended_at__isnull=True) | Q(ended_at__gt=now))
    working = Q(user__memberships__clinic_id=patient.clinic_id, user__memberships__ended_at__isnull=True)
    return relations.filter(working, user__is_active=True).exclude(user__memberships__role=Role.PATIENT).distinct()


def pass_on(clinic: Clinic, *, most: int | None = PASSED_ON_AT_ONCE) -> int:
    """Pass on every open signal that nobody has looked at or acted on in time; gives how many. Safety comes first.

    Level by level: from who treats to who covers or supervises as well, and on to the clinic lead. At the last level it stays: it goes
    to nobody else, and the page says since when it waits. Where one cannot be passed on, the others are all the same; then the error is raised.
    """
    late = SignalState.objects.filter(STILL_TOLD, clinic=clinic, is_open=True, due_at__lte=clock.now()).order_by("-kind", "due_at", "pk")
    with knowledge_of(clinic):
        rows = list(late.values_list("pk", "patient_id")[:most])
        return one_by_one(rows, lambda row: pass_on_one(clinic, *row))


def one_by_one(rows: Iterable[Row], do: Callable[[Row], bool]) -> int:
    """Do something with each, and give with how many it was done; what fails holds up none of the others, and is raised at the end."""
    done, trouble = 0, None
    for row in rows:
        try:
            done += do(row)
        except Exception as error:  # whatever it is, nobody else's danger is to wait for it
            log.error("a step of a signal failed", extra={"event": type(error).__name__})
            trouble = error
    if trouble is not None:
        raise trouble
    return done


def pass_on_one(clinic: Clinic, key: UUID, patient_id: UUID) -> bool:
    """Pass one signal on; False where somebody is changing its record just now or has looked at it meanwhile: the next look finds it.

    Each in a transaction of its own that takes its turn with the record first, as answers do.
    """
    with transaction.atomic():
        if Patient.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=patient_id).first() is None:
            return False
        now = clock.now()
        state = SignalState.objects.select_related("signal").filter(pk=key, is_open=True, due_at__lte=now).first()
        if state is None:
            return False
        level = min(LEADS, state.level + 1)
        due_at = None if level == LEADS else hours_of(clinic).after(now, rule_of(state).seen_within)
        take_step(state, "escalated", {"level": level, "due_at": due_at})
        audit.record_system(clinic, "pass_signal_on", patient_id=patient_id, rule=state.rule, level=state.level, signal=str(key))
    return True


def hand_open_danger_to_lead(patient: Patient, author: User, note: str) -> int:
    """Tell the clinic lead of danger that stands open while care ends; gives how many. It has to be seen anew, and keeps its owner."""
    found = SignalState.objects.select_related("signal").filter(clinic_id=patient.clinic_id, patient=patient, is_open=True, kind="safety")
    left = [state for state in found if what_is_missing(patient, state)]
    for state in left:
        hand_to_lead(state, note, author)
    return len(left)


def hand_to_lead(state: SignalState, note: str, author: User | None = None) -> None:
    """Tell the clinic lead of a signal at once, whatever level it was at; in the caller's transaction, when it is the record's turn."""
    due_at = hours_of(state.clinic).after(clock.now(), rule_of(state).seen_within)
    take_step(state, "escalated", {"status": "raised", "level": LEADS, "due_at": due_at}, author=author, note=note)


# ---- What is no longer seen ----------------------------------------------------------------------------------------------


def let_pass(patient: Patient, judged: Sequence[SeenMatter | NotJudged]) -> int:
    """Close signals about the course of treatment that were judged and are no longer seen; gives how many.

    A matter that could not be judged stays, and so does danger: that is closed by what a clinician has recorded, never by a better
    score or by silence. What somebody has begun to work on stays with them.
    """
    here = {*(one.matter for one in judged), *TOLD_ELSEWHERE}
    states = SignalState.objects.select_related("signal").filter(clinic_id=patient.clinic_id, patient=patient, is_open=True, kind="progress")
    gone = [state for state in states if state.matter not in here and state.status != "acted" and state.signal.origin == Origin.PROGRAM]
    for state in gone:
        take_step(state, "closed", CLOSED | {"closed_at": clock.now()}, outcome="passed")
    return len(gone)
