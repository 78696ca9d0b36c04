"""What people do with a signal: see it, hand it on, act on it, put it off, close it. Each is a step that stays.

A signal about danger is never put off, and is closed only once a clinician has recorded what its rule asks for.
"""

import uuid
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from fivefold.concepts.errors import FivefoldError
from fivefold.concepts.signals import SignalKind
from fivefold.records import clock
from fivefold.records.models import OPEN_STATES, OUTCOMES, Membership, Patient, Role, SignalEvent, SignalState, User
from fivefold.services import caseload
from fivefold.services.access import AccessDenied, Actor, Permission, clinical_act, patient_for, reaches
from fivefold.services.knowledge import knowledge
from fivefold.services.patients import NotAcceptable
from fivefold.services.plans import ChangedMeanwhile, checked_reason
from fivefold.services.signals import CLOSED, COVERS, LEADS, TREATS, hours_of, rule_of, running_care, take_step, what_is_missing

LONGEST_NOTE = 2000
# What somebody says of a signal when they close it; "passed" is said by the program alone.
SAID_OUTCOMES = tuple(name for name, _words in OUTCOMES if name != "passed")
# Outcomes that tell that a signal was of use.
USEFUL = ("settled", "plan_changed")


class NoSuchSignal(FivefoldError):
    """There is no such signal in this record. For the person at the screen."""

    def __init__(self) -> None:
        super().__init__(_("There is no such signal in this record. Choose one from the list of signals."))


class StaysOpen(FivefoldError):
    """A signal cannot be put off or closed yet; ``code`` says why. For the person at the screen.

    ``never_put_off`` (it is about danger), ``reassess`` (the safety questions have not been asked since), ``contact`` (the patient has
    not been spoken with since), ``act`` (nobody has written down what was done), ``look_back`` (the look-back has no answer yet),
    ``closed`` (it is closed already).
    """

    def __init__(self, code: str) -> None:
        self.code = code
        words = {
            "never_put_off": _("This signal is about danger: it is never put off. Do what it asks for, or hand it to somebody who can."),
            "reassess": _("This signal is about danger. Ask the safety questions and record the answers first; then it can be closed."),
            "contact": _("This signal is about danger. Write down the conversation first, with the next contact or a reassessment; then it can be closed."),
            "act": _("Write down first what was done about it; then this signal can be closed."),
            "look_back": _("This signal asks for an answer. Answer the look-back on its review; that closes the signal by itself."),
            "closed": _("This signal is closed. If the matter comes up again, it is raised anew."),
        }
        super().__init__(words[code])


@clinical_act(Permission.SEE_RECORD)
def see_signal(actor: Actor, *, patient_id: uuid.UUID, signal_id: uuid.UUID) -> bool:
    """Note that this person has seen the signal, where they are among those who are told; gives whether it was noted."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    state = _state(patient, signal_id)
    if state.status != "raised" or not is_told(state, patient, actor):
        return False
    due_at = hours_of(actor.clinic).after(clock.now(), rule_of(state).acted_within)
    take_step(state, "seen", {"status": "seen", "due_at": due_at}, author=actor.user)
    return True


def is_told(state: SignalState, patient: Patient, actor: Actor) -> bool:
    """Whether a signal is meant for this person now: whoever may change the record, and with time who supervises, and the lead."""
    if state.owner_id == actor.user.pk or reaches(actor, patient, Permission.CHANGE_RECORD):
        return True
    if actor.role == Role.LEAD:
        return state.level >= LEADS
    return actor.role == Role.SUPERVISOR and state.level >= COVERS


@clinical_act(Permission.SEE_RECORD)
def assign_signal(actor: Actor, *, patient_id: uuid.UUID, signal_id: uuid.UUID, to: int, version: int, note: str = "") -> SignalEvent:
    """Hand an open signal to somebody who can act on it; they have its whole time from now. Raises NotAcceptable for anybody else."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    state = _open(patient, signal_id, version)
    if not is_told(state, patient, actor) and actor.role not in (Role.LEAD, Role.SUPERVISOR):
        raise AccessDenied(Permission.CHANGE_RECORD)
    person = next((user for user in can_own(patient) if user.pk == to), None)
    if person is None:
        raise NotAcceptable("Hand to", _("somebody who treats or covers for this patient"))
    rule, is_mine = rule_of(state), person == actor.user
    due_at = hours_of(actor.clinic).after(clock.now(), rule.acted_within if is_mine else rule.seen_within)
    stands = {"owner": person, "level": TREATS, "status": "seen" if is_mine else "raised", "snoozed_until": None, "due_at": due_at}
    return take_step(state, "assigned", stands, author=actor.user, to=person, note=_note(note))


def can_own(patient: Patient) -> list[User]:
    """Who can act on a patient's signals: those who treat them or cover for them, and work here as therapists."""
    people = [relation.user for relation in running_care(patient).filter(kind__in=("treats", "covers")).select_related("user").order_by("started_at", "pk")]
    here = set(Membership.objects.filter(clinic_id=patient.clinic_id, role=Role.THERAPIST, ended_at__isnull=True).values_list("user_id", flat=True))
    return [user for user in dict.fromkeys(people) if user.pk in here]


@clinical_act(Permission.CHANGE_RECORD)
def act_on_signal(actor: Actor, *, patient_id: uuid.UUID, signal_id: uuid.UUID, note: str, version: int) -> SignalEvent:
    """Write down what was done about a signal. It stays open until somebody closes it, and is passed on to nobody meanwhile.

    Except where danger still asks for a reassessment or a conversation: that somebody phoned and nobody answered ends nothing. Such a
    signal stays among those to be read, and is passed on when its time has passed again without one.
    """
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    state = _open(patient, signal_id, version)
    stands: dict[str, object] = {"status": "acted", "due_at": None, "owner": actor.user, "snoozed_until": None}
    if what_is_missing(patient, state) in ("reassess", "contact"):
        stands |= {"status": "seen", "due_at": hours_of(actor.clinic).after(clock.now(), rule_of(state).acted_within)}
    return take_step(state, "acted", stands, author=actor.user, note=checked_reason(_note(note)))


@clinical_act(Permission.CHANGE_RECORD)
def snooze_signal(actor: Actor, *, patient_id: uuid.UUID, signal_id: uuid.UUID, until: date, reason: str, version: int) -> SignalEvent:
    """Put a signal about the course of treatment off until a day, with a reason. Raises StaysOpen for one about danger."""
    state = _open(patient_for(actor, patient_id, Permission.CHANGE_RECORD), signal_id, version)
    if state.kind == SignalKind.SAFETY:
        raise StaysOpen("never_put_off")
    today, longest = clock.today(), int(knowledge().signals.digest.longest_snooze.value)
    if not today < until <= today + timedelta(days=longest):
        raise NotAcceptable("Until", _("a day after today, at most %(days)d days ahead") % {"days": longest})
    return put_off(state, until, actor.user, checked_reason(_note(reason)))


@clinical_act(Permission.CHANGE_RECORD)
def close_signal(actor: Actor, *, patient_id: uuid.UUID, signal_id: uuid.UUID, outcome: str, note: str, version: int) -> SignalEvent:
    """Close a signal with what came of it. Raises StaysOpen where its rule asks for something that is not on record yet."""
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    state = _open(patient, signal_id, version)
    if outcome not in SAID_OUTCOMES:
        raise NotAcceptable("What came of it", _("one of the answers of this page"))
    hindrance = what_is_missing(patient, state)
    if hindrance:
        raise StaysOpen(hindrance)
    words = checked_reason(_note(note)) if state.kind == SignalKind.SAFETY else _note(note)
    event = take_step(state, "closed", CLOSED | {"closed_at": clock.now()}, author=actor.user, outcome=outcome, note=words)
    caseload.refresh(patient)
    return event


def put_off(state: SignalState, until: date, author: User, reason: str) -> SignalEvent:
    """Let a signal rest until a day on which it comes back among those to be read; unread then, it is passed on in its rule's time."""
    hours = hours_of(state.clinic)
    due_at = hours.after(datetime.combine(until, time(), ZoneInfo(hours.zone)), rule_of(state).seen_within)
    return take_step(state, "snoozed", {"status": "snoozed", "snoozed_until": until, "due_at": due_at}, author=author, until=until, note=reason)


def _state(patient: Patient, signal_id: uuid.UUID) -> SignalState:
    found = SignalState.objects.select_related("signal", "owner").filter(clinic_id=patient.clinic_id, patient=patient, signal_id=signal_id).first()
    if found is None:
        raise NoSuchSignal
    return found


def _open(patient: Patient, signal_id: uuid.UUID, version: int) -> SignalState:
    """An open signal as it was shown; raises ChangedMeanwhile where somebody took a step since, and StaysOpen where it is closed.

    That it was merely looked at, passed on or told again is no change of what was decided, except that something new was seen.
    """
    state = _state(patient, signal_id)
    since = steps_since(signal_id, version)
    if since:
        last = since[-1]
        who = last.author.name if last.author else ""
        theirs = {"step": last.get_step_display(), "note": last.note, "outcome": last.get_outcome_display() if last.outcome else ""}
        raise ChangedMeanwhile({name: words for name, words in theirs.items() if words}, state.version, _("this signal"), who)
    if state.status not in OPEN_STATES:
        raise StaysOpen("closed")
    return state


def steps_since(signal_id: uuid.UUID, version: int) -> list[SignalEvent]:
    """Steps that change what somebody decides upon who saw the signal at this version: all but being looked at, passed on and written about."""
    rows = SignalEvent.objects.filter(signal_id=signal_id, number__gt=version).exclude(step__in=("seen", "escalated", "sent", "not_sent"))
    return list(rows.select_related("author").order_by("number"))


def _note(text: str) -> str:
    words = text.strip()
    if len(words) > LONGEST_NOTE:
        raise NotAcceptable("Words", _("at most %(most)d characters; found %(found)d") % {"most": LONGEST_NOTE, "found": len(words)})
    return words
