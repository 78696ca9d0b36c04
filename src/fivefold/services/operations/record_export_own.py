"""The parts of an exported record that come from the patient's own pages."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from fivefold.records.models import (
    BroughtUp,
    CrisisCarePlan,
    DiaryCard,
    DiaryEntry,
    FormulationReply,
    OwnGoal,
    OwnGoalRating,
    OwnLook,
    OwnReminder,
    PatientAccount,
    PatientInvitation,
    PatientPlace,
    RefusedAnswer,
    Reminder,
    ReminderWish,
    RiskConversation,
    SafetyPlan,
    SafetyPlanShare,
    SafetyPlanUse,
    SignalNotice,
    UsualUrge,
)
from fivefold.services.reminders import ABOUT

People = dict[int, str]


def name_of(people: People, user_id: int) -> str:
    """Who wrote something, by name where the clinic still knows it."""
    return people.get(user_id) or _("somebody who no longer works here")


def at_of(moment: datetime) -> str:
    """A moment by the clinic's clock, with how far that is from UTC: its day is the one that people lived through."""
    return timezone.localtime(moment).isoformat()


def written_by_whom(row: Any, people: People) -> dict[str, str]:
    """By whom and when a row was written."""
    return {"author": name_of(people, row.author_id), "recorded_at": at_of(row.recorded_at)}


def _safety_plan(row: SafetyPlan, people: People) -> dict[str, Any]:
    return {"id": str(row.pk), "number": row.number, "content": json.loads(row.content), "written_by": row.written_by, **written_by_whom(row, people)}


def _plan_use(row: SafetyPlanUse, people: People) -> dict[str, Any]:
    return {
        "plan": str(row.plan_id),
        "kind": row.kind,
        "on": row.on.isoformat(),
        "words": row.words,
        "written_by": row.written_by,
        **written_by_whom(row, people),
    }


def _share(row: SafetyPlanShare, people: People) -> dict[str, Any]:
    ends = str(row.replaces_id) if row.replaces_id else None
    return {
        "id": str(row.pk),
        "person": row.person,
        "how": row.how,
        "on": row.on.isoformat(),
        "withdrawn": row.withdrawn,
        "ends": ends,
        **written_by_whom(row, people),
    }


def _care_plan(row: CrisisCarePlan, people: People) -> dict[str, Any]:
    return {"number": row.number, "content": json.loads(row.content), "review_on": row.review_on.isoformat(), **written_by_whom(row, people)}


def _conversation(row: RiskConversation, people: People) -> dict[str, Any]:
    by = at_of(row.next_contact_at) if row.next_contact_at else None
    return {"number": row.number, "content": json.loads(row.content), "clears": row.clears, "next_contact_at": by, **written_by_whom(row, people)}


def _refused(row: RefusedAnswer, people: People) -> dict[str, Any]:
    return {"id": str(row.pk), "source": row.source, "why": row.why, "content": json.loads(row.content), "recorded_at": at_of(row.recorded_at)}


def _notice(row: SignalNotice, people: People) -> dict[str, Any]:
    to = name_of(people, row.to_id) if row.to_id else _("whoever is on duty")
    ended = at_of(row.ended_at) if row.ended_at else None
    return {"signal": str(row.signal_id), "step": row.step, "to": to, "state": row.state, "recorded_at": at_of(row.made_at), "ended_at": ended}


def _card(row: DiaryCard, people: People) -> dict[str, Any]:
    return {"id": str(row.pk), "number": row.number, "content": json.loads(row.content), **written_by_whom(row, people)}


def _entry(row: DiaryEntry, people: People) -> dict[str, Any]:
    return {
        "id": str(row.client_id),
        "card": str(row.card_id),
        "about_on": row.about_on.isoformat(),
        "made_on": row.made_on.isoformat(),
        "made_at": at_of(row.made_at),
        "content": json.loads(row.content),
        "corrects": str(row.corrects) if row.corrects else None,
        "withdrawn": row.withdrawn,
        **written_by_whom(row, people),
    }


def _usual(row: UsualUrge, people: People) -> dict[str, Any]:
    return {"item": row.item, "level": row.level, "until": row.until.isoformat() if row.until else None, "reason": row.reason, **written_by_whom(row, people)}


def _brought(row: BroughtUp, people: People) -> dict[str, Any]:
    return {"words": row.words, **written_by_whom(row, people)}


def _own_goal(row: OwnGoal, people: People) -> dict[str, Any]:
    replaced = str(row.replaces_id) if row.replaces_id else None
    return {"id": str(row.pk), "words": row.words, "private": row.private, "closed": row.closed, "replaces": replaced, **written_by_whom(row, people)}


def _own_goal_rating(row: OwnGoalRating, people: People) -> dict[str, Any]:
    return {"goal": str(row.goal_id), "on": row.on.isoformat(), "level": row.level, "words": row.words, **written_by_whom(row, people)}


def _reply(row: FormulationReply, people: People) -> dict[str, Any]:
    of = ("", *row.formulation.lines.splitlines())[row.line]
    return {"formulation": str(row.formulation_id), "line": of, "fits": row.fits, "words": row.words, **written_by_whom(row, people)}


def _own_reminder(row: OwnReminder, people: People) -> dict[str, Any]:
    of = [name for name in ABOUT if getattr(row, name)]
    return {"recorded_at": at_of(row.changed_at), "of": of, "days": row.days, "at": f"{row.at:%H:%M}"}


def _own_look(row: OwnLook, people: People) -> dict[str, Any]:
    return {"recorded_at": at_of(row.changed_at), "name": row.name, "picture": row.picture}


def _living_place(row: PatientPlace, people: People) -> dict[str, Any]:
    return {"recorded_at": at_of(row.changed_at), "place": row.lives_in, "author": name_of(people, row.author_id)}


def _account(row: PatientAccount, people: People) -> dict[str, Any]:
    return {
        "recorded_at": at_of(row.started_at),
        "renewed_at": at_of(row.renewed_at) if row.renewed_at else None,
        "ended_at": at_of(row.ended_at) if row.ended_at else None,
        "ended_why": row.ended_why,
    }


def _link(row: PatientInvitation, people: People) -> dict[str, Any]:
    return {
        "recorded_at": at_of(row.created_at),
        "author": name_of(people, row.invited_by_id),
        "signs_in": row.signs_in,
        "expires_at": at_of(row.expires_at),
        "used_at": at_of(row.used_at) if row.used_at else None,
    }


def _wish(row: ReminderWish, people: People) -> dict[str, Any]:
    return {
        "wanted": row.wanted,
        "of": [name for name in ABOUT if getattr(row, name)],
        "address": row.address,
        "quiet_from": row.quiet_from.isoformat("minutes"),
        "quiet_until": row.quiet_until.isoformat("minutes"),
        "paused_until": row.paused_until.isoformat() if row.paused_until else None,
        "author": name_of(people, row.author_id),
        "changed_at": at_of(row.changed_at),
    }


def _reminder(row: Reminder, people: People) -> dict[str, Any]:
    ended = at_of(row.ended_at) if row.ended_at else None
    return {
        "questionnaire": str(row.request_id) if row.request_id else None,
        "on": row.on.isoformat() if row.on else None,
        "occasion": row.occasion,
        "state": row.state,
        "tries": row.tries,
        "why": row.why,
        "made_at": at_of(row.made_at),
        "ended_at": ended,
    }


OWN_SECTIONS: dict[type[Model], tuple[str, Callable[[Any, People], dict[str, Any]]]] = {
    SafetyPlan: ("safety_plans", _safety_plan),
    SafetyPlanShare: ("safety_plan_shares", _share),
    CrisisCarePlan: ("crisis_care_plans", _care_plan),
    RiskConversation: ("risk_conversations", _conversation),
    SafetyPlanUse: ("safety_plan_uses", _plan_use),
    SignalNotice: ("signal_notices", _notice),
    RefusedAnswer: ("refused_answers", _refused),
    DiaryCard: ("diary_cards", _card),
    DiaryEntry: ("diary", _entry),
    UsualUrge: ("usual_urges", _usual),
    BroughtUp: ("brought_up", _brought),
    OwnGoal: ("own_goals", _own_goal),
    OwnGoalRating: ("own_goal_ratings", _own_goal_rating),
    FormulationReply: ("formulation_replies", _reply),
    ReminderWish: ("reminder_wish", _wish),
    Reminder: ("reminders", _reminder),
    OwnReminder: ("own_reminders", _own_reminder),
    OwnLook: ("own_looks", _own_look),
    PatientPlace: ("living_places", _living_place),
    PatientAccount: ("own_accounts", _account),
    PatientInvitation: ("own_links", _link),
}
