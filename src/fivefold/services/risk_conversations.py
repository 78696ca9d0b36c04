"""Acts about conversations about suicide: what was asked and found, what was decided and why, and contact until a clinician clears it.

Structure for a conversation, no score and no forecast: nothing here says how likely anything is. The three questions go to the safety rules
as answers; a reassessment that clears is the recorded act that exists for it, with the reasons written here.
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from fivefold.records import clock
from fivefold.records.models import Patient, RiskConversation
from fivefold.services.access import Actor, Permission, clinical_act, patient_for, reaches
from fivefold.services.assessments import answer_risk, clear_override
from fivefold.services.missed_contacts import answer_missed_contact
from fivefold.services.patients import NotAcceptable
from fivefold.services.risk_questions import SIGNED_RULE, contact_within

# Asked each time; each goes to the safety rules as an answer of today.
QUESTIONS = ("imminent", "new_plan_or_means", "acute_on_chronic")
# What is written down, in the order of the conversation; those of ASKED_FOR are never left out.
PARTS = ("usual", "now", "drivers", "means", "protects", "reasons", "told")
ASKED_FOR = ("usual", "now", "means", "reasons")
DECISIONS = ("as_before", "closer", "crisis_team", "emergency", "admission")
LONGEST_PART = 4000


@dataclass(frozen=True)
class NewConversation:
    """What was found: parts in words, the three answers (None for not known), the decision, and whether a reassessment clears the follow-up."""

    parts: Mapping[str, str]
    answers: Mapping[str, bool | None]
    decision: str
    next_contact_at: datetime | None
    clears: bool = False


@dataclass(frozen=True)
class SeenConversation:
    """One conversation as it was written down. ``open_questions`` are those nobody could answer: the conversation is incomplete then."""

    number: int
    parts: Mapping[str, str]
    answers: Mapping[str, bool | None]
    decision: str
    clears: bool
    next_contact_at: datetime | None
    author: str
    at: datetime

    @property
    def open_questions(self) -> tuple[str, ...]:
        return tuple(name for name in QUESTIONS if self.answers.get(name) is None)


@dataclass(frozen=True)
class FollowUp:
    """Contact that was agreed and is not cleared: by when, since which conversation, and whether that moment has passed."""

    by: datetime
    since: datetime
    is_past: bool


@dataclass(frozen=True)
class ConversationSheet:
    """All conversations, the newest first; the follow-up that is open; and within how many hours the next contact is booked."""

    patient: Patient
    conversations: tuple[SeenConversation, ...]
    follow_up: FollowUp | None
    hours: float
    hours_basis: str
    now: datetime
    may_change: bool


@clinical_act(Permission.SEE_RECORD, view=True)
def see_risk_conversations(actor: Actor, *, patient_id: uuid.UUID) -> ConversationSheet:
    """What was found and decided so far, and what is agreed until it is cleared."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    rows = RiskConversation.objects.filter(clinic=actor.clinic, patient=patient).select_related("author").order_by("-number")
    hours, basis = contact_within()
    may_change = reaches(actor, patient, Permission.CHANGE_RECORD)
    return ConversationSheet(patient, tuple(_seen(row) for row in rows), follow_up_of(patient), hours, basis, clock.now(), may_change)


def follow_up_of(patient: Patient) -> FollowUp | None:
    """The contact that is agreed and that no clinician has cleared; for acts that have checked access already."""
    last = RiskConversation.objects.filter(clinic_id=patient.clinic_id, patient=patient).order_by("-number").first()
    if last is None or last.clears or last.next_contact_at is None:
        return None
    return FollowUp(last.next_contact_at, last.recorded_at, last.next_contact_at < clock.now())


def _seen(row: RiskConversation) -> SeenConversation:
    kept = json.loads(row.content)
    return SeenConversation(row.number, kept["parts"], kept["answers"], kept["decision"], row.clears, row.next_contact_at, row.author.name, row.recorded_at)


@clinical_act(Permission.CHANGE_RECORD)
def record_risk_conversation(actor: Actor, *, patient_id: uuid.UUID, new: NewConversation) -> RiskConversation:
    """Write a conversation down: its answers reach the safety rules and signals, and contact is agreed unless a reassessment clears it.

    All of it or nothing. Raises NotAcceptable for what is missing, ReassessmentNeeded where a yes that stands would be taken back unsaid.
    """
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    _check(new)
    reasons = new.parts["reasons"].strip()
    if new.clears:
        clear_override(actor, patient_id=patient_id, code=SIGNED_RULE, reason=reasons)
    answer_risk(actor, patient_id=patient_id, answers={name: new.answers.get(name) for name in QUESTIONS}, on=clock.today())
    number = RiskConversation.objects.filter(clinic=actor.clinic, patient=patient).count() + 1
    at = None if new.clears else new.next_contact_at
    row = RiskConversation(clinic=actor.clinic, patient=patient, number=number, clears=new.clears, next_contact_at=at, author=actor.user)
    parts = {name: new.parts.get(name, "").strip() for name in PARTS}
    row.content = json.dumps({"parts": parts, "answers": {name: new.answers.get(name) for name in QUESTIONS}, "decision": new.decision}, ensure_ascii=False)
    row.save()
    answer_missed_contact(patient, actor.user)
    return row


def _check(new: NewConversation) -> None:
    missing = [name for name in ASKED_FOR if len(new.parts.get(name, "").strip()) < 3]
    if missing:
        raise NotAcceptable("Conversation", _("what is usual, what is different now, means, and the reasons. Write that it could not be asked, if so"))
    if any(len(text) > LONGEST_PART for text in new.parts.values()):
        raise NotAcceptable("Words", _("at most %(most)s characters in each field") % {"most": LONGEST_PART})
    if new.decision not in DECISIONS:
        raise NotAcceptable("Decision", _("one of the decisions shown"))
    if new.clears:
        _check_clearing(new)
        return
    hours, _basis = contact_within()
    now = clock.now()
    if new.next_contact_at is None or not now <= new.next_contact_at <= now + timedelta(hours=hours):
        last = timezone.localtime(now + timedelta(hours=hours))
        raise NotAcceptable("Next contact", _("a moment from now to %(last)s, or a reassessment that clears it") % {"last": f"{last:%Y-%m-%d %H:%M}"})


def _check_clearing(new: NewConversation) -> None:
    """A reassessment clears only where every question was answered, and with no."""
    if any(new.answers.get(name) is not False for name in QUESTIONS):
        raise NotAcceptable("Reassessment", _("all three questions answered with no. Until then contact is agreed"))
