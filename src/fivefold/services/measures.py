"""Acts about measures: what is planned, giving a questionnaire out, taking it back, typing in a paper one, and the patient's own questions."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from fivefold.concepts.errors import FivefoldError
from fivefold.concepts.measure_plan import ProposedMeasure, Rhythm
from fivefold.records import clock
from fivefold.records.models import (
    OWN,
    ROUTES,
    CareRelation,
    MeasureAnswer,
    MeasureRequest,
    MeasureSchedule,
    MeasureStep,
    OwnItem,
    Patient,
    PatientAccount,
    User,
)
from fivefold.services import measure_answers
from fivefold.services.access import Actor, Permission, clinical_act, patient_for, reaches
from fivefold.services.expected_reports import expect_no_more, expect_report
from fivefold.services.instruments import permissions_of
from fivefold.services.knowledge import knowledge
from fivefold.services.measure_answers import Finished, NotOpen
from fivefold.services.measure_doors import kiosk_code, kiosk_code_hash
from fivefold.services.measure_due import DueMeasure, due_measures, proposed_measures
from fivefold.services.measure_forms import NoFormHere, QuestionForm, form_for, may_be_shown, own_items
from fivefold.services.measure_states import (
    PositiveAnswer,
    RequestState,
    latest_answers,
    open_risk_of,
    own_item_of,
    positive_answers,
    request_states,
    standing_schedules,
)
from fivefold.services.patients import NotAcceptable
from fivefold.services.plans import ChangedMeanwhile

MOST_OWN_ITEMS = 5
LONGEST_WORDS = 200
LONGEST_RHYTHM = 400
# By which a patient answers by themselves: these need items that may be shown.
ANSWERED_BY_PATIENT = ("room", "kiosk", "link", "paper", "portal")
# How long a screen that was handed over, or a code at the kiosk, stays open. Proposals of ours.
ROOM_HOURS = 3


@dataclass(frozen=True)
class SeenMeasures:
    """Everything about the measures of one patient: what is due, what is planned and proposed, what was given out, and who sees it."""

    patient: Patient
    today: date
    due: tuple[DueMeasure, ...]
    proposed: tuple[ProposedMeasure, ...]
    requests: tuple[RequestState, ...]
    positive: tuple[PositiveAnswer, ...]
    own: tuple[OwnItem, ...]
    showable: frozenset[str]
    readers: tuple[tuple[str, str], ...]
    may_change: bool
    has_own_pages: bool

    @property
    def open_risk(self) -> tuple[RequestState, ...]:
        """Questionnaires with a risk question that nobody has answered."""
        return open_risk_of(self.requests)


@clinical_act(Permission.SEE_RECORD, view=True)
def see_measures(actor: Actor, *, patient_id: uuid.UUID) -> SeenMeasures:
    """What is measured of a patient, as it stands now."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    today = clock.today()
    states = request_states(patient)
    due = due_measures(patient, today, states)
    permissions = permissions_of(actor.clinic)
    names = {*knowledge().instruments, OWN}
    return SeenMeasures(
        patient=patient,
        today=today,
        due=tuple(due),
        proposed=proposed_measures(patient, [one.schedule.instrument for one in due]),
        requests=tuple(states),
        positive=tuple(positive_answers(patient)),
        own=tuple(own_items(patient)),
        showable=frozenset(name for name in names if may_be_shown(actor.clinic, name, permissions)),
        readers=_readers(patient),
        may_change=reaches(actor, patient, Permission.CHANGE_RECORD),
        has_own_pages=has_own_pages(patient),
    )


def has_own_pages(patient: Patient) -> bool:
    """Whether the patient has a sign-in of their own, behind which a questionnaire can wait."""
    return PatientAccount.objects.filter(clinic_id=patient.clinic_id, patient=patient, ended_at__isnull=True).exists()


def _readers(patient: Patient) -> tuple[tuple[str, str], ...]:
    """Who sees the answers: those in a relation with the patient, by kind of relation and name."""
    rows = CareRelation.objects.filter(clinic_id=patient.clinic_id, patient=patient, ended_at__isnull=True).select_related("user")
    return tuple((row.kind, row.user.name) for row in rows.order_by("started_at", "id"))


# ---- What is planned -------------------------------------------------------------------------------------------------------------


@clinical_act(Permission.CHANGE_RECORD)
def plan_measure(
    actor: Actor,
    *,
    patient_id: uuid.UUID,
    instrument: str,
    rhythm: str,
    every_days: int | None = None,
    route: str,
    since: date | None = None,
    until: date | None = None,
    basis: str = "own",
    replaces: uuid.UUID | None = None,
) -> MeasureSchedule:
    """Plan one measure, or plan it otherwise (``replaces``: the plan that was shown). Raises ChangedMeanwhile, NotAcceptable."""
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    begins = since or clock.today()
    days = _checked_rhythm(rhythm, every_days)
    _checked_route(actor, instrument, route)
    if until is not None and until < begins:
        raise NotAcceptable("Until", _("the first day or a later one"))
    standing = [row for row in standing_schedules(patient, clock.today()) if row.instrument == instrument]
    old = standing[0] if standing else None
    if (old.pk if old else None) != replaces:
        theirs = {_name(instrument): _plan_words(old) if old else _("no longer planned")}
        raise ChangedMeanwhile(theirs, 0, _("the plan of this measure"), old.author.name if old else "")
    row = MeasureSchedule(
        clinic=actor.clinic, patient=patient, instrument=instrument, rhythm=rhythm, every_days=days, route=route, since=begins, until=until,
        basis=basis[:60], author=actor.user, replaces=old,
    )  # fmt: skip
    row.save()
    return row


@clinical_act(Permission.CHANGE_RECORD)
def end_measure(actor: Actor, *, patient_id: uuid.UUID, schedule_id: uuid.UUID) -> MeasureSchedule:
    """A measure is no longer planned; what was measured stays. Raises ChangedMeanwhile when it was planned otherwise meanwhile."""
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    old = next((row for row in standing_schedules(patient, clock.today()) if row.pk == schedule_id), None)
    if old is None:
        raise ChangedMeanwhile({}, 0, _("the plan of this measure"))
    row = MeasureSchedule(
        clinic=actor.clinic, patient=patient, instrument=old.instrument, rhythm=old.rhythm, every_days=old.every_days, route=old.route, since=old.since,
        until=clock.today(), basis=old.basis, ended=True, author=actor.user, replaces=old,
    )  # fmt: skip
    row.save()
    return row


@clinical_act(Permission.CHANGE_RECORD)
def take_proposed(actor: Actor, *, patient_id: uuid.UUID, instruments: Sequence[str]) -> int:
    """Plan what the batteries propose, as far as it is named; gives how many. Items that may not be shown are planned as score entry."""
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    planned = [row.instrument for row in standing_schedules(patient, clock.today())]
    wanted = [one for one in proposed_measures(patient, planned) if one.instrument in instruments]
    permissions = permissions_of(actor.clinic)
    for one in wanted:
        route = "room" if may_be_shown(actor.clinic, one.instrument, permissions) else "score"
        MeasureSchedule(
            clinic=actor.clinic, patient=patient, instrument=one.instrument, rhythm=one.rhythm.value, every_days=one.days, route=route,
            since=clock.today(), basis=one.batteries[0], author=actor.user,
        ).save()  # fmt: skip
    return len(wanted)


def _checked_rhythm(rhythm: str, every_days: int | None) -> int | None:
    if rhythm not in [one.value for one in Rhythm]:
        raise NotAcceptable("How often", _("every session, every few days, before a review, or once"))
    if rhythm != Rhythm.EVERY:
        return None
    if every_days is None or not 1 <= every_days <= LONGEST_RHYTHM:
        raise NotAcceptable("Days", _("a number from 1 to %d") % LONGEST_RHYTHM)
    return every_days


def _checked_route(actor: Actor, instrument: str, route: str) -> None:
    if route not in ROUTES:
        raise NotAcceptable("How it is given", _("one of the ways shown"))
    if instrument != OWN and instrument not in knowledge().instruments:
        raise NotAcceptable("Measure", _("one of the instruments of the library"))
    if route in ANSWERED_BY_PATIENT and not may_be_shown(actor.clinic, instrument):
        raise NoFormHere(_name(instrument))
    if route == "score" and instrument == OWN:
        raise NotAcceptable("How it is given", _("a way by which the patient answers: own questions have no score"))


def _name(instrument: str) -> str:
    known = knowledge().instruments.get(instrument)
    return known.name if known else _("Own questions")


def _plan_words(row: MeasureSchedule) -> str:
    return f"{row.rhythm.replace('_', ' ')} {row.every_days or ''} {row.route}".replace("  ", " ").strip()


# ---- Giving it out ---------------------------------------------------------------------------------------------------------------


@clinical_act(Permission.CHANGE_RECORD)
def give_out(actor: Actor, *, patient_id: uuid.UUID, instrument: str, route: str) -> MeasureRequest:
    """Give one questionnaire out by a route on which the patient answers. An open one by the same route is given again, not doubled.

    Raises NoFormHere where its items may not be shown, CareHasEnded where nobody is in treatment any more.
    """
    return new_request(patient_for(actor, patient_id, Permission.CHANGE_RECORD), instrument, route, actor.user)


def new_request(patient: Patient, instrument: str, route: str, author: User) -> MeasureRequest:
    """``give_out``, as a part of acts that have checked access and hold the turn with the record."""
    if route not in ANSWERED_BY_PATIENT:
        raise NotAcceptable("How it is given", _("one of the ways shown"))
    if patient.closed_at is not None:
        raise NobodyToAsk
    if route == "portal" and not has_own_pages(patient):
        raise NotAcceptable("How it is given", _("another way, as long as the patient has no sign-in of their own"))
    form = form_for(patient.clinic, patient, instrument)
    if not form.items:
        raise NotAcceptable("Own questions", _("at least one question in the patient's words"))
    for one in request_states(patient):
        if one.is_open and (one.row.instrument, one.row.route, one.row.form_hash) == (instrument, route, form.hash):
            return one.row
    schedule = next((row for row in standing_schedules(patient, clock.today()) if row.instrument == instrument), None)
    row = MeasureRequest(
        clinic_id=patient.clinic_id, patient=patient, schedule=schedule, instrument=instrument, form_hash=form.hash, route=route, due_on=clock.today(),
        expires_at=_last_moment(route), author=author,
    )  # fmt: skip
    if route == "kiosk":
        row.code = kiosk_code_hash(patient.clinic_id, kiosk_code(row.pk))
    row.save()
    expect_report(row)
    return row


def _last_moment(route: str) -> datetime:
    """Until when a questionnaire may be answered: a handed-over screen for hours, a code for the day, the others as the knowledge base says."""
    now = clock.now()
    if route == "room":
        return now + timedelta(hours=ROOM_HOURS)
    days = 0 if route == "kiosk" else int(knowledge().batteries.answer_days.value)
    return timezone.make_aware(datetime.combine(timezone.localtime(now).date() + timedelta(days=days), time(23, 59, 59)))


class NobodyToAsk(FivefoldError):
    """A questionnaire was to be given to somebody whose care has ended. For the person at the screen."""

    def __init__(self) -> None:
        super().__init__(_("Care has ended. Take it up again on the page of the record before you give out a questionnaire."))


class NoSuchRequest(FivefoldError):
    """There is no such questionnaire in this record. For the person at the screen."""

    def __init__(self) -> None:
        super().__init__(_("There is no such questionnaire in this record. Load the page of measures again and choose one of those shown."))


@dataclass(frozen=True)
class SeenRequest:
    """One questionnaire that was given out, with its form (None where it may not be shown any more) and the answers that count."""

    patient: Patient
    state: RequestState
    form: QuestionForm | None
    answers: Mapping[int, float | None]
    corrections: int
    code: str
    may_change: bool


@clinical_act(Permission.SEE_RECORD, view=True)
def see_request(actor: Actor, *, patient_id: uuid.UUID, request_id: uuid.UUID) -> SeenRequest:
    """One questionnaire: how it stands, what was answered, and what is needed to give it out again."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    row = request_row(patient, request_id)
    [state] = request_states(patient, rows=[row])
    answers = list(MeasureAnswer.objects.filter(clinic=actor.clinic, patient=patient, request=row).order_by("recorded_at", "pk"))
    try:
        form: QuestionForm | None = form_for(actor.clinic, patient, row.instrument)
    except FivefoldError:
        form = None
    given = latest_answers(answers)
    code = kiosk_code(row.pk) if row.route == "kiosk" and state.is_open else ""
    return SeenRequest(patient, state, form, given, len(answers) - len(given), code, reaches(actor, patient, Permission.CHANGE_RECORD))


def request_row(patient: Patient, request_id: uuid.UUID) -> MeasureRequest:
    """One questionnaire of this patient, as a part of acts that have checked access already; raises NoSuchRequest."""
    row = MeasureRequest.objects.filter(clinic_id=patient.clinic_id, patient=patient, pk=request_id).select_related("author").first()
    if row is None:
        raise NoSuchRequest
    return row


@clinical_act(Permission.CHANGE_RECORD)
def hand_over(actor: Actor, *, patient_id: uuid.UUID, request_id: uuid.UUID) -> None:
    """Hand the screen over to the patient for one questionnaire: noted in the audit trail, because nobody is signed in on it afterwards."""
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    [state] = request_states(patient, rows=[request_row(patient, request_id)])
    if not state.is_open:
        raise NotOpen


@clinical_act(Permission.CHANGE_RECORD)
def cancel_request(actor: Actor, *, patient_id: uuid.UUID, request_id: uuid.UUID, reason: str = "") -> None:
    """Take a questionnaire back: it cannot be answered any more, and a missed one is no longer asked about. What was answered stays."""
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    row = request_row(patient, request_id)
    [state] = request_states(patient, rows=[row])
    if state.state in ("finished", "cancelled"):
        raise NotOpen
    step = MeasureStep(clinic=actor.clinic, patient=patient, request=row, step="cancelled", author=actor.user)
    step.reason = reason.strip()[:LONGEST_WORDS]
    step.save()
    expect_no_more(row, step.reason)


@clinical_act(Permission.CHANGE_RECORD)
def enter_paper(actor: Actor, *, patient_id: uuid.UUID, request_id: uuid.UUID, answers: Sequence[float | None]) -> Finished:
    """Type in a questionnaire that was filled in on paper: every answer with its own row, then the result. All of it or nothing.

    Raises NoSuchAnswer for an answer that is none of the possible ones, with the number of the question.
    """
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    row = request_row(patient, request_id)
    form = form_for(actor.clinic, patient, row.instrument)
    if len(answers) != len(form.items):
        raise NotAcceptable("Answers", _("%(wanted)s answers in order; these are %(found)s") % {"wanted": len(form.items), "found": len(answers)})
    for item, value in zip(form.items, answers, strict=True):
        if value is not None:
            client = f"paper-{item.number}-{value:g}"
            measure_answers.save_item(row.pk, item=item.number, value=value, form_hash=form.hash, client_id=client, by=actor.user)
    return measure_answers.finish(row.pk, by=actor.user)


# ---- The patient's own questions ---------------------------------------------------------------------------------------------------


@clinical_act(Permission.CHANGE_RECORD)
def set_own_item(actor: Actor, *, patient_id: uuid.UUID, words: str, low: str, high: str, better: str, replaces: uuid.UUID | None = None) -> OwnItem:
    """A question in the patient's own words, with what 0 and 10 mean; ``replaces`` mends the wording of one and keeps its line."""
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    for field, text in (("Question", words), ("0 means", low), ("10 means", high)):
        if not text.strip() or len(text) > LONGEST_WORDS:
            raise NotAcceptable(field, _("words of the patient, at most %d characters") % LONGEST_WORDS)
    if better not in ("low", "high"):
        raise NotAcceptable("Better is", _("0 or 10"))
    old = _own(patient, replaces) if replaces is not None else None
    if old is None and len(own_items(patient)) >= MOST_OWN_ITEMS:
        raise NotAcceptable("Own questions", _("at most %d at a time: end one before you add another") % MOST_OWN_ITEMS)
    row = OwnItem(clinic=actor.clinic, patient=patient, better=better, author=actor.user, replaces=old)
    row.series = old.series if old is not None else row.pk
    row.words, row.low, row.high = words.strip(), low.strip(), high.strip()
    row.save()
    return row


@clinical_act(Permission.CHANGE_RECORD)
def end_own_item(actor: Actor, *, patient_id: uuid.UUID, item_id: uuid.UUID) -> None:
    """An own question is no longer asked; what was answered stays in Progress."""
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    old = _own(patient, item_id)
    row = OwnItem(clinic=actor.clinic, patient=patient, series=old.series, better=old.better, ended=True, author=actor.user, replaces=old)
    row.words, row.low, row.high = old.words, old.low, old.high
    row.save()


def _own(patient: Patient, item_id: uuid.UUID) -> OwnItem:
    row = own_item_of(patient, item_id)
    if row is None or row.pk not in {one.pk for one in own_items(patient)}:
        raise ChangedMeanwhile({}, 0, _("this question"))
    return row
