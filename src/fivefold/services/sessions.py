"""Acts about sessions: what prepares one, signing what happened, and what stands beside a signed note.

Nothing is typed twice: what was ticked and written in the hour becomes the note, the stages of the modules, the state of the general
modules, the events and the attendance of the record, all in one transaction.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from fivefold.concepts.errors import FivefoldError
from fivefold.concepts.plan import GeneralReading, ModuleMatch, PhasedPlan
from fivefold.concepts.treatment_module import OutlineStep, SpecificModule
from fivefold.concepts.vocabulary import WORKING_STAGES, GeneralState, MatchStatus, StageId
from fivefold.engine.change_stages import proposed_stage
from fivefold.records import clock
from fivefold.records.models import (
    BEGAN_BY,
    CAME,
    CONTACTS,
    MEETINGS,
    WENT,
    Contact,
    Homework,
    HomeworkLook,
    Patient,
    SessionAddition,
    SessionDeviation,
    TreatmentSession,
)
from fivefold.services.access import Actor, Permission, ReasonMissing, clinical_act, patient_for, reaches
from fivefold.services.assessments import add_facts
from fivefold.services.chains import SeenChain, chains_of
from fivefold.services.clinic import note_style
from fivefold.services.diary_summary import DiaryLook, look_at_diary
from fivefold.services.formulation_replies import SeenReply, newest_of_each, replies_of
from fivefold.services.goals import SeenGoal, goals_of
from fivefold.services.knowledge import knowledge
from fivefold.services.measure_due import DueMeasure, due_measures
from fivefold.services.measure_states import PositiveAnswer, RequestState, open_risk_of, positive_answers, request_states
from fivefold.services.own_goal_course import SeenOwnGoal, shared_goals
from fivefold.services.patients import NotAcceptable
from fivefold.services.plans import work_out
from fivefold.services.record_file import KnownFact, NewFact
from fivefold.services.review_day import review_day_of
from fivefold.services.risk_conversations import FollowUp, follow_up_of
from fivefold.services.session_note import ClinicStyle, ModuleWork, Origin, Safety, SessionContent, SessionReport, read_content
from fivefold.services.session_words import lines_of

LONGEST_TEXT, LONGEST_HOMEWORK = 4000, 400
SHORTEST_REASON = 10
MOST_MINUTES = 600
# What can be told as having happened since the last session; other events are entered on the assessment page.
EVENTS = ("suicidal_communication", "self_harm", "suicide_attempt", "crisis", "emergency_visit", "violence")
# R10 looks at so many planned sessions.
SESSIONS_OF_ATTENDANCE = 4
NOT_HELD_BY_PATIENT = ("missed", "cancelled_by_patient")
# An hour that was given up in good time was not planned any more: it is neither attended nor missed, whoever gave it up.
CANCELLED = ("cancelled_by_patient", "cancelled_by_us")
# Earlier sessions that are read for what has been done of a module.
LOOKED_BACK_AT = 40


class NoSuchSession(FivefoldError):
    """There is no such session in this record. For the person at the screen."""

    def __init__(self) -> None:
        super().__init__(_("There is no such session in this record. Load the list of sessions again and choose one of those shown."))


class OwnSignature(FivefoldError):
    """Somebody wanted to co-sign their own note. For the person at the screen."""

    def __init__(self) -> None:
        super().__init__(_("A note is co-signed by somebody else than its author. Ask the supervisor of this care to do it."))


# ---- Before: what there is to do ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OpenHomework:
    """Homework that nobody has looked at yet, or that went only partly."""

    id: uuid.UUID
    words: str
    module: str
    set_on: date


@dataclass(frozen=True)
class WorkBlock:
    """A module under way, or one that may begin: where it stands, the steps of its outline there, and what was done of them before.

    ``proposed`` is the next stage once every sign of this one has been seen since it was reached; a clinician moves it.
    """

    match: ModuleMatch
    module: SpecificModule
    stage: StageId
    has_begun: bool
    outline: tuple[OutlineStep, ...]
    done: frozenset[str]
    signs_seen: frozenset[str]
    proposed: StageId | None


@dataclass(frozen=True)
class SeenSession:
    """A signed session: its row, what it says, who signed it, what was added later, and the homework that was set.

    ``chains`` are the chain analyses made in it and ``style`` is how the clinic arranges its notes, where one session is looked at.
    """

    row: TreatmentSession
    content: SessionContent
    author: str
    additions: tuple["SeenAddition", ...]
    homework: tuple[str, ...]
    chains: tuple[SeenChain, ...] = ()
    style: ClinicStyle = field(default_factory=ClinicStyle)

    @property
    def cosigned_by(self) -> str:
        """Who co-signed it last; "" when nobody has."""
        return next((one.author for one in reversed(self.additions) if one.kind == "cosigned"), "")


@dataclass(frozen=True)
class SeenAddition:
    """An amendment with its reason, or a second signature; ``origin`` says whose words the text holds."""

    kind: str
    origin: Origin
    text: str
    reason: str
    author: str
    at: datetime


@dataclass(frozen=True)
class Workspace:
    """Everything that a session needs on one screen. ``last`` is the newest session that took place, ``number`` that of the next.

    ``chains`` are chain analyses made in the session that is not signed yet, ``replies`` what the patient says of the formulation.
    """

    patient: Patient
    today: date
    plan: PhasedPlan
    number: int
    last: SeenSession | None
    missed_since: int
    homework: tuple[OpenHomework, ...]
    blocks: tuple[WorkBlock, ...]
    general: tuple[GeneralReading, ...]
    goals: tuple[SeenGoal, ...]
    own_goals: tuple[SeenOwnGoal, ...]
    replies: tuple[SeenReply, ...]
    chains: tuple[SeenChain, ...]
    diary: DiaryLook
    follow_up: FollowUp | None
    review_on: date | None
    measures: tuple[DueMeasure, ...]
    positive: tuple[PositiveAnswer, ...]
    open_risk: tuple[RequestState, ...]
    may_change: bool


@clinical_act(Permission.SEE_RECORD, view=True)
def see_workspace(actor: Actor, *, patient_id: uuid.UUID) -> Workspace:
    """What there is to know and to do in the next session."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    known = work_out(patient, protocols=())
    plan = known.plan
    rows = _rows(patient)
    read = sessions_read(patient, rows)
    held = next((place for place, row in enumerate(rows) if row.came == "came"), None)
    number = _next_number(patient)
    states = request_states(patient)
    return Workspace(
        patient=patient,
        today=clock.today(),
        plan=plan,
        number=number,
        last=_seen([rows[held]])[0] if held is not None else None,
        missed_since=sum(row.came in NOT_HELD_BY_PATIENT for row in rows[: len(rows) if held is None else held]),
        homework=open_homework(patient),
        blocks=_blocks(plan, read, known.facts.counting()),
        general=plan.general_modules,
        goals=tuple(goals_of(patient)),
        own_goals=shared_goals(patient),
        replies=newest_of_each(replies_of(patient)),
        chains=chains_of(patient, number),
        diary=look_at_diary(patient),
        follow_up=follow_up_of(patient),
        review_on=review_day_of(patient),
        measures=tuple(due_measures(patient, clock.today(), states)),
        open_risk=open_risk_of(states),
        positive=tuple(positive_answers(patient)),
        may_change=reaches(actor, patient, Permission.CHANGE_RECORD),
    )


def _rows(patient: Patient) -> list[TreatmentSession]:
    """All sessions, the latest first."""
    return list(TreatmentSession.objects.filter(clinic_id=patient.clinic_id, patient=patient).select_related("author").order_by("-on", "-number"))


def _next_number(patient: Patient) -> int:
    found = TreatmentSession.objects.filter(clinic_id=patient.clinic_id, patient=patient).aggregate(last=Max("number"))["last"]
    return (found or 0) + 1


def open_homework(patient: Patient) -> tuple[OpenHomework, ...]:
    """Homework that nobody has looked at yet, or that went only partly, the earliest first."""
    looked_at = HomeworkLook.objects.filter(clinic_id=patient.clinic_id, patient=patient).exclude(went="partly").values("homework_id")
    rows = Homework.objects.filter(clinic_id=patient.clinic_id, patient=patient).exclude(pk__in=looked_at).select_related("session").order_by("recorded_at")
    return tuple(OpenHomework(row.pk, row.words, row.module, row.session.on) for row in rows)


def sessions_read(patient: Patient, rows: Sequence[TreatmentSession] | None = None) -> list[tuple[TreatmentSession, SessionContent]]:
    """The newest sessions with what they say, the latest first; a part of acts that have checked access."""
    return [(row, read_content(row.content)) for row in (_rows(patient) if rows is None else rows)[:LOOKED_BACK_AT]]


Earlier = Sequence[tuple[TreatmentSession, SessionContent]]


def _blocks(plan: PhasedPlan, earlier: Earlier, facts: Sequence[KnownFact]) -> tuple[WorkBlock, ...]:
    """The modules of now, those under way first. Where no plan is made, safety work and what is under way already: the rest is information."""
    now = [match for match in plan.with_status(MatchStatus.NOW) if not plan.is_information(match)]
    matches = sorted(now, key=lambda match: not match.running)
    return tuple(_block(match, knowledge().modules[match.id], earlier, facts) for match in matches)


def _block(match: ModuleMatch, module: SpecificModule, earlier: Earlier, facts: Sequence[KnownFact]) -> WorkBlock:
    rests_at = _rests_at(facts, module.id)
    has_begun = match.running or rests_at is not None
    stage = rests_at or (match.change_stage if match.change_stage is not None and has_begun else StageId.RECOGNITION)
    work = [one for _row, content in earlier for one in content.work if one.module == match.id]
    signs = signs_since(module.id, stage_since(facts, module.id), earlier)
    return WorkBlock(
        match=match,
        module=module,
        stage=stage,
        has_begun=has_begun,
        outline=tuple(step for step in module.outline if step.stage is stage),
        done=frozenset(step for one in work for step in one.steps),
        signs_seen=signs,
        proposed=proposed_stage(module, stage, signs) if has_begun else None,
    )


def _rests_at(facts: Sequence[KnownFact], module: str) -> StageId | None:
    """The stage at which a module that rests is taken up again; None where it does not rest."""
    _newest, told = _newest_module(facts, module)
    return StageId(told["stage"]) if told.get("paused") and told.get("stage") in WORKING_STAGES else None


def _newest_module(facts: Sequence[KnownFact], module: str) -> tuple[KnownFact | None, Mapping[str, Any]]:
    """The newest fact about a module and what it tells; nothing where there is none."""
    newest = next((fact for fact in reversed(facts) if fact.kind == "module" and fact.key == module), None)
    return newest, newest.value if newest is not None and isinstance(newest.value, dict) else {}


def stage_since(facts: Sequence[KnownFact], module: str) -> date | None:
    """Since which day a module has been at its stage, by the facts that count, oldest first; None where none names it."""
    since, stage = None, None
    for fact in facts:
        if fact.kind == "module" and fact.key == module and isinstance(fact.value, dict) and fact.value.get("stage") != stage:
            since, stage = fact.true_on, fact.value.get("stage")
    return since


def signs_since(module: str, since: date | None, earlier: Earlier) -> frozenset[str]:
    """The signs that were seen in sessions after the one in which the stage was reached: what came before it speaks of another stage."""
    own = (one for row, content in earlier if since is None or row.on >= since for one in content.work if one.module == module)
    return frozenset(sign for one in own for sign in one.signs)


# ---- After: signing -----------------------------------------------------------------------------------------------------


@clinical_act(Permission.CHANGE_RECORD)
def sign_session(actor: Actor, *, patient_id: uuid.UUID, report: SessionReport) -> TreatmentSession:
    """Sign what happened in a session: the note is locked, and what it says of modules, events and attendance goes into the record.

    Raises NotAcceptable for what cannot be used, and InputRefused where the record would contradict itself; nothing is saved then.
    """
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    _check(report, clock.today())
    known = work_out(patient, protocols=())
    _check_work(report, known.plan)
    homework = {str(one.id): one for one in open_homework(patient)}
    _check_links(report, homework, {str(goal.row.pk) for goal in goals_of(patient)})
    number = _next_number(patient)
    chains = {one.number: one for one in chains_of(patient, number)}
    if not chains.keys() >= set(report.chains):
        raise NotAcceptable("Chain analyses", _("chain analyses of this session. Load the page again"))
    lines = lines_of(report, homework, [chains[name] for name in report.chains])
    content = SessionContent(lines, report.safety, dict(report.pulse), report.work, report.goals)
    session = TreatmentSession(
        clinic=actor.clinic,
        patient=patient,
        number=number,
        on=report.on,
        meeting=report.meeting,
        came=report.came,
        minutes=report.minutes,
        phase=known.plan.phase.overall.value,
        modules=[work.module for work in report.work],
        next_on=report.next_on,
        author=actor.user,
    )
    session.content = content.stored()
    session.save()
    _save_homework(actor, session, report)
    if report.departure is not None:
        row = SessionDeviation(clinic=actor.clinic, patient=patient, session=session, kind=report.departure.kind, author=actor.user)
        row.reason = report.departure.reason.strip()
        row.save()
    add_facts(actor, patient, _facts(patient, known.facts.counting(), report))
    return session


def _check(report: SessionReport, today: date) -> None:
    """What can be said of a report by itself."""
    if report.on > today:
        raise NotAcceptable("Day", _("a day that is not ahead, found %(found)s. Sign the session when it has been") % {"found": report.on.isoformat()})
    if report.meeting not in MEETINGS or report.came not in CAME:
        raise NotAcceptable("Session", _("how you met, and whether the patient came"))
    if report.minutes is not None and not 1 <= report.minutes <= MOST_MINUTES:
        raise NotAcceptable("Minutes", _("a number from 1 to %(most)s, found %(found)s") % {"most": MOST_MINUTES, "found": report.minutes})
    if report.came == "came" and report.safety is None:
        raise NotAcceptable("Suicide and self-harm", _("whether you asked today; that you did not is an answer, too"))
    if report.came != "came" and (report.work or report.pulse or report.chains or report.safety is not None):
        raise NotAcceptable("Session", _("no work and no answers in a session that did not take place; write what you did about it instead"))
    if report.safety is Safety.SOMETHING_NEW and not report.events:
        raise NotAcceptable("Something new", _("what it is: tick it below, with its day, so that the safety rules see it"))
    for kind, on in report.events:
        if kind not in EVENTS or on > report.on:
            raise NotAcceptable(
                "Since last time",
                _("one of the events shown, on a day up to that of the session, found %(kind)s on %(found)s") % {"kind": kind, "found": on.isoformat()},
            )
    if report.next_on is not None and report.next_on <= report.on:
        raise NotAcceptable("Next session", _("a day after the session, found %(found)s") % {"found": report.next_on.isoformat()})
    _check_departure(report)
    _check_texts(report)


def _check_departure(report: SessionReport) -> None:
    if report.departure is None:
        return
    if report.came != "came" or report.departure.kind not in {one.id for one in knowledge().fidelity.deviations}:
        raise NotAcceptable("Other than planned", _("one of the kinds shown, in a session that took place"))
    if len(report.departure.reason.strip()) < SHORTEST_REASON:
        raise NotAcceptable("Why", _("the reason in a sentence, at least %(least)s characters") % {"least": SHORTEST_REASON})


def _check_texts(report: SessionReport) -> None:
    why = report.departure.reason if report.departure else ""
    texts = (why, report.brought, report.seen, report.went, report.agreed, *(work.words for work in report.work), *(one.words for one in report.reviews))
    if any(len(text) > LONGEST_TEXT for text in texts):
        raise NotAcceptable("Words", _("at most %(most)s characters in each field") % {"most": LONGEST_TEXT})
    if any(not one.words.strip() or len(one.words) > LONGEST_HOMEWORK for one in report.homework):
        raise NotAcceptable("Homework", _("what to try, in at most %(most)s characters") % {"most": LONGEST_HOMEWORK})


def _check_work(report: SessionReport, plan: PhasedPlan) -> None:
    """Only modules of now are worked on, with steps, interventions and signs that are theirs."""
    now = {match.id for match in plan.with_status(MatchStatus.NOW)}
    for work in report.work:
        if work.module not in now:
            raise NotAcceptable(
                "Module",
                _("one of the modules of now, found %(found)s. Others are begun on the plan page, where their gates are seen") % {"found": work.module},
            )
        module = knowledge().modules[work.module]
        known = {step for part in module.outline for step in part.steps} | {one.name for one in module.interventions}
        known |= {sign.text for _stage, part in module.change_stages.each() for sign in part.signs_of_completion}
        if not known.issuperset((*work.steps, *work.interventions, *work.signs)):
            raise NotAcceptable(
                "Module", _("steps, interventions and signs of %(module)s. Load the page again: the knowledge may have changed") % {"module": module.short_name}
            )
        if work.stage is not None and work.stage not in (*WORKING_STAGES, StageId.MAINTAINED):
            raise NotAcceptable("Stage", _("one of the four stages of change, or kept up"))
    if not set(report.pulse) <= set(knowledge().general_modules) or GeneralState.UNKNOWN in report.pulse.values():
        raise NotAcceptable("General modules", _("the six general modules, each with a state"))


def _check_links(report: SessionReport, homework: dict[str, OpenHomework], goals: set[str]) -> None:
    if any(review.homework_id not in homework or review.went not in WENT for review in report.reviews):
        raise NotAcceptable("Homework", _("homework that is still open, and how it went. Load the page again"))
    if not set(report.goals) <= goals:
        raise NotAcceptable("Goals", _("goals that are worked on. Load the page again"))
    if any(one.module and one.module not in knowledge().modules for one in report.homework):
        raise NotAcceptable("Homework", _("one of the modules, or none"))


def _save_homework(actor: Actor, session: TreatmentSession, report: SessionReport) -> None:
    for one in report.homework:
        row = Homework(clinic=actor.clinic, patient_id=session.patient_id, session=session, module=one.module, author=actor.user)
        row.words = one.words.strip()
        row.save()
    for review in report.reviews:
        look = HomeworkLook(
            clinic=actor.clinic, patient_id=session.patient_id, session=session, homework_id=review.homework_id, went=review.went, author=actor.user
        )
        look.words = review.words.strip()
        look.save()


def _facts(patient: Patient, known: Sequence[KnownFact], report: SessionReport) -> list[NewFact]:
    """What the session adds to the ``known`` facts of the record, in the words of the assessment file."""
    facts = [NewFact("event", kind, {"kind": kind, "date": on.isoformat()}, on) for kind, on in report.events]
    facts += [NewFact("general_module", name, state.value, report.on) for name, state in report.pulse.items()]
    facts += [fact for work in report.work if (fact := _stage_fact(known, work, report.on))]
    if report.came not in CANCELLED:
        facts.append(_attendance(patient, known, report.on))
    return facts


def _stage_fact(known: Sequence[KnownFact], work: ModuleWork, on: date) -> NewFact | None:
    """Where a module stands now, at rest no longer; None when nothing has changed or a later entry says it already."""
    newest, told = _newest_module(known, work.module)
    stage = work.stage or (StageId.RECOGNITION if told.get("stage") in (None, StageId.QUEUED) else StageId(told["stage"]))
    if (told.get("stage") == stage and not told.get("paused")) or (newest is not None and newest.true_on > on):
        return None
    value = {name: part for name, part in told.items() if name not in ("paused", "deferred_reason")}
    return NewFact("module", work.module, {**value, "id": work.module, "stage": stage.value, "since": value.get("since", on.isoformat())}, on)


def _attendance(patient: Patient, known: Sequence[KnownFact], on: date) -> NewFact:
    """How many of the last four planned sessions the patient did not come to, dated by the latest of them.

    Where fewer than four are signed here, what was entered before the first of them stands for the rest, at its worst.
    """
    planned = TreatmentSession.objects.filter(clinic_id=patient.clinic_id, patient=patient).exclude(came__in=CANCELLED).order_by("-on", "-number")
    last = list(planned.values_list("came", "on")[:SESSIONS_OF_ATTENDANCE])
    missed = sum(came == "missed" for came, _day in last)
    room = SESSIONS_OF_ATTENDANCE - len(last)
    before, missed_before = _entered_before(patient, known) if room else (0, 0)
    value = {"planned": len(last) + min(room, before), "missed": missed + min(room, missed_before)}
    return NewFact("attendance", "", value, max([on, *(day for _came, day in last)]))


def _entered_before(patient: Patient, known: Sequence[KnownFact]) -> tuple[int, int]:
    """Planned and missed sessions as they were entered before the first session was signed here; (0, 0) when nothing was."""
    first = TreatmentSession.objects.filter(clinic_id=patient.clinic_id, patient=patient).order_by("recorded_at").values_list("recorded_at", flat=True)[0]
    value = next((fact.value for fact in reversed(known) if fact.kind == "attendance" and fact.recorded_at < first), None)
    return (int(value["planned"]), int(value["missed"])) if value else (0, 0)


# ---- Reading what was signed ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SeenContact:
    """A contact between sessions."""

    row: Contact
    words: str
    author: str


@dataclass(frozen=True)
class SessionList:
    """All sessions and the contacts between them, the latest first."""

    patient: Patient
    today: date
    sessions: tuple[SeenSession, ...]
    contacts: tuple[SeenContact, ...]
    may_change: bool
    may_cosign: bool


@clinical_act(Permission.SEE_RECORD, view=True)
def see_sessions(actor: Actor, *, patient_id: uuid.UUID) -> SessionList:
    """The sessions of a record and the contacts between them."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    contacts = Contact.objects.filter(clinic=actor.clinic, patient=patient).select_related("author").order_by("-on", "-recorded_at")
    return SessionList(
        patient=patient,
        today=clock.today(),
        sessions=tuple(_seen(_rows(patient))),
        contacts=tuple(SeenContact(row, row.words, row.author.name) for row in contacts),
        may_change=reaches(actor, patient, Permission.CHANGE_RECORD),
        may_cosign=reaches(actor, patient, Permission.COSIGN),
    )


def _seen(rows: Sequence[TreatmentSession]) -> list[SeenSession]:
    keys = [row.pk for row in rows]
    additions = SessionAddition.objects.filter(session_id__in=keys).select_related("author").order_by("recorded_at")
    homework = Homework.objects.filter(session_id__in=keys).order_by("recorded_at")
    beside: dict[uuid.UUID, list[SeenAddition]] = {key: [] for key in keys}
    tasks: dict[uuid.UUID, list[str]] = {key: [] for key in keys}
    for one in additions:
        beside[one.session_id].append(SeenAddition(one.kind, Origin(one.origin), one.text, one.reason, one.author.name, one.recorded_at))
    for task in homework:
        tasks[task.session_id].append(task.words)
    return [SeenSession(row, read_content(row.content), row.author.name, tuple(beside[row.pk]), tuple(tasks[row.pk])) for row in rows]


def _session(actor: Actor, patient_id: uuid.UUID, session_id: uuid.UUID) -> TreatmentSession:
    found = TreatmentSession.objects.filter(clinic=actor.clinic, patient_id=patient_id, pk=session_id).select_related("author", "patient").first()
    if found is None:
        raise NoSuchSession
    return found


@clinical_act(Permission.SEE_RECORD, view=True)
def see_session(actor: Actor, *, patient_id: uuid.UUID, session_id: uuid.UUID) -> SeenSession:
    """One signed session with everything that stands beside it."""
    row = _session(actor, patient_id, session_id)
    return replace(_seen([row])[0], chains=chains_of(row.patient, row.number), style=note_style(actor.clinic))


# ---- Beside a signed note ------------------------------------------------------------------------------------------------


@clinical_act(Permission.CHANGE_RECORD)
def amend_session(actor: Actor, *, patient_id: uuid.UUID, session_id: uuid.UUID, text: str, reason: str, origin: Origin = Origin.CLINICIAN) -> SessionAddition:
    """Write something beside a signed note, in the clinician's words or as the patient said it; the note itself stays as it was signed."""
    session = _session(actor, patient_id, session_id)
    if not text.strip() or len(text) > LONGEST_TEXT:
        raise NotAcceptable("Amendment", _("what you want to add, at most %(most)s characters") % {"most": LONGEST_TEXT})
    if len(reason.strip()) < SHORTEST_REASON:
        raise ReasonMissing
    if origin is Origin.COMPUTED:
        raise NotAcceptable("Whose words", _("the clinician's or the patient's"))
    return _add(actor, session, "amended", text.strip(), reason.strip(), origin)


@clinical_act(Permission.COSIGN)
def cosign_session(actor: Actor, *, patient_id: uuid.UUID, session_id: uuid.UUID, words: str = "") -> SessionAddition:
    """A supervisor's signature under somebody else's note, with a remark if wanted."""
    session = _session(actor, patient_id, session_id)
    if session.author_id == actor.user.pk:
        raise OwnSignature
    if len(words) > LONGEST_TEXT:
        raise NotAcceptable("Remark", _("at most %(most)s characters") % {"most": LONGEST_TEXT})
    return _add(actor, session, "cosigned", words.strip(), "", Origin.CLINICIAN)


def _add(actor: Actor, session: TreatmentSession, kind: str, text: str, reason: str, origin: Origin) -> SessionAddition:
    row = SessionAddition(clinic=actor.clinic, patient_id=session.patient_id, session=session, kind=kind, origin=origin.value, author=actor.user)
    row.text, row.reason = text, reason
    row.save()
    return row


# ---- Between sessions ----------------------------------------------------------------------------------------------------


@clinical_act(Permission.CHANGE_RECORD)
def record_contact(
    actor: Actor, *, patient_id: uuid.UUID, on: date, how: str, began_by: str, words: str, minutes: int | None = None, is_danger: bool = False
) -> Contact:
    """Write a contact between sessions down. With ``is_danger`` suicidal communication goes into the record, and the rules see it."""
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    if on > clock.today() or on < clock.today() - timedelta(days=3650):
        raise NotAcceptable("Day", _("a day that is not ahead, found %(found)s") % {"found": on.isoformat()})
    if how not in CONTACTS or began_by not in BEGAN_BY:
        raise NotAcceptable("Contact", _("how you were in contact, and who began it"))
    if not words.strip() or len(words) > LONGEST_TEXT:
        raise NotAcceptable("Contact", _("what it was about, at most %(most)s characters") % {"most": LONGEST_TEXT})
    if minutes is not None and not 1 <= minutes <= MOST_MINUTES:
        raise NotAcceptable("Minutes", _("a number from 1 to %(most)s, found %(found)s") % {"most": MOST_MINUTES, "found": minutes})
    row = Contact(clinic=actor.clinic, patient=patient, on=on, how=how, began_by=began_by, minutes=minutes, author=actor.user)
    row.words = words.strip()
    row.save()
    facts = [NewFact("event", "crisis", {"kind": "crisis", "date": on.isoformat()}, on)] if how == "crisis" else []
    if is_danger:
        facts.append(NewFact("event", "suicidal_communication", {"kind": "suicidal_communication", "date": on.isoformat()}, on))
    if facts:
        add_facts(actor, patient, facts)
    return row
