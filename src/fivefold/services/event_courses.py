"""Events of a record counted over time, with what the sessions tell of when somebody asked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fivefold.concepts.assessment import Assessment, EventRecord
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.engine.progress.event_counts import RULE, EventCount, Look, count_events
from fivefold.records.models import Patient, TreatmentSession
from fivefold.services.session_note import Safety, read_content

# What the answer about danger speaks of, and what else stands under "since last time" in every session.
ABOUT_DANGER = ("self_harm", "suicide_attempt", "suicidal_communication")
SINCE_LAST_TIME = ("crisis", "emergency_visit", "violence")


@dataclass(frozen=True)
class HeldOrNot:
    """A session as far as it says when somebody asked: its day, whether it took place or why not, and whether danger was asked about."""

    on: date
    came: str
    asked: bool


def sessions_of(patient: Patient) -> tuple[HeldOrNot, ...]:
    """Every session, the oldest first."""
    rows = TreatmentSession.objects.filter(clinic_id=patient.clinic_id, patient=patient).order_by("on", "number")
    return tuple(
        HeldOrNot(row.on, row.came, row.came == "came" and read_content(row.content).safety in (Safety.NOTHING_NEW, Safety.SOMETHING_NEW)) for row in rows
    )


def event_courses(assessment: Assessment, sessions: Sequence[HeldOrNot], base: KnowledgeBase) -> tuple[EventCount, ...]:
    """How often what happened, as a part of acts that have checked access already. Missed sessions come from the sessions themselves."""
    missed = [EventRecord("missed_session", days_ago_from=ago, days_ago_to=ago) for ago in _missed_ago(assessment.as_of, sessions)]
    told = [event for event in assessment.events if not (missed and event.kind == "missed_session")]
    return count_events((*told, *missed), assessment.as_of, base.progress, tuple(_looks(sessions, base)))


def _missed_ago(as_of: date, sessions: Sequence[HeldOrNot]) -> list[int]:
    return [(as_of - one.on).days for one in sessions if one.came == "missed" and one.on <= as_of]


def _looks(sessions: Sequence[HeldOrNot], base: KnowledgeBase) -> Iterator[Look]:
    """Which time each session answers for: back to the last one that took place, and no further than the rule says."""
    reach = timedelta(days=base.progress.rule(RULE).number("covers_back").value)
    held = planned = None
    for one in sessions:
        if planned is not None:
            yield Look(max(planned, one.on - reach), one.on, ("missed_session",))
        planned = one.on
        if one.came != "came":
            continue
        since = one.on if held is None else max(held, one.on - reach)
        yield Look(since, one.on, (*ABOUT_DANGER, *SINCE_LAST_TIME) if one.asked else SINCE_LAST_TIME)
        held = one.on
