"""A patient answers: each item kept the moment it comes, risk looked at with each, and the finished answers as a result of the record.

Nothing here asks who opened the form. Whoever calls has opened a door first: a signed link, the code of a kiosk, a screen that was handed
over, or the patient's own sign-in. A caller gives the id of the questionnaire and draws ``measures/_form.html`` with what ``open_form``
returns; the addresses for saving and finishing are its own. All functions run in the name of the clinic of the questionnaire.
"""

import logging
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fivefold.concepts.errors import FivefoldError, InputRefused
from fivefold.records import clock
from fivefold.records.models import OWN, ClinicalFact, MeasureAnswer, MeasureRequest, MeasureStep, Patient, User
from fivefold.services import audit, caseload
from fivefold.services.access import Actor
from fivefold.services.assessments import add_facts
from fivefold.services.crisis_contacts import ShownContact, contacts_for, crisis_words_of
from fivefold.services.expected_reports import report_came
from fivefold.services.knowledge import knowledge, knowledge_of
from fivefold.services.measure_forms import FormItem, QuestionForm, form_for
from fivefold.services.measure_states import UNFINISHED, RequestState, latest_answers, local_day, state_of
from fivefold.services.record_file import NewFact
from fivefold.services.refused_answers import keep_refused
from fivefold.services.signals import RiskAnswer, raise_risk_answers

LONGEST_CLIENT_ID = 64
# A device whose answer is older than this when it comes had no connection.
LATE_AFTER = timedelta(minutes=10)
log = logging.getLogger("fivefold.services")


class NotOpen(FivefoldError):
    """A questionnaire that does not exist, has ended or has expired: the same answer for all, so that nobody learns which.

    For the person at the screen.
    """

    def __init__(self) -> None:
        super().__init__(_("This questionnaire is not open. It may have been sent already, or its days have passed. Ask your therapist for a new one."))


class FormChanged(FivefoldError):
    """Answers to another wording than the present one. For the person at the screen."""

    def __init__(self) -> None:
        super().__init__(_("The questions have been changed since this page was opened. What you answered is kept. Load the page again to go on."))


class NoSuchAnswer(FivefoldError):
    """An answer that is none of the possible ones. For the person at the screen."""

    def __init__(self, item: int, value: object, expected: str) -> None:
        words = _("Question %(item)s: found %(value)s, expected %(expected)s. Choose one of the answers shown.")
        super().__init__(words % {"item": item, "value": str(value)[:20] or "–", "expected": expected})
        self.item = item


class NothingAnswered(FivefoldError):
    """A questionnaire without a single answer was to be sent. For the person at the screen."""

    def __init__(self) -> None:
        super().__init__(_("No question is answered yet. Answer at least one, or close the page and come back later."))


@dataclass(frozen=True)
class Help:
    """Whom to reach in need: the clinic's own words, and numbers."""

    crisis_words: str
    contacts: tuple[ShownContact, ...]


@dataclass(frozen=True)
class OpenForm:
    """A questionnaire as a patient meets it: the form, what was answered so far, until when it is open, and whom to reach in need."""

    request_id: uuid.UUID
    form: QuestionForm
    answers: Mapping[int, float | None]
    expires_at: datetime
    route: str
    clinic_name: str
    crisis_words: str
    contacts: tuple[ShownContact, ...]
    needs_help: bool

    @property
    def answered(self) -> int:
        return sum(value is not None for value in self.answers.values())


@dataclass(frozen=True)
class Saved:
    """What became of one answer: it is kept; ``needs_help`` when it is a risk sign, so that help is shown at once."""

    item: int
    needs_help: bool


@dataclass(frozen=True)
class Finished:
    """A finished questionnaire: the items without an answer, and whether the result stands in the record."""

    request_id: uuid.UUID
    missing: tuple[int, ...]
    open_risk: tuple[int, ...]
    fact_id: uuid.UUID | None
    needs_help: bool


# ---- Opening ---------------------------------------------------------------------------------------------------------------------


def open_form(request_id: uuid.UUID) -> OpenForm:
    """The questionnaire to fill in, with the answers so far; raises NotOpen. It may be closed and opened again until its last day."""
    with _in_its_clinic(request_id) as (request, state):
        if not state.is_open:
            raise NotOpen
        form = form_for(request.clinic, request.patient, request.instrument)
        answers = latest_answers(_answers_to(request, form))
        return OpenForm(
            request_id=request.pk,
            form=form,
            answers=answers,
            expires_at=request.expires_at,
            route=request.route,
            clinic_name=request.clinic.name,
            crisis_words=crisis_words_of(request.clinic),
            contacts=contacts_for(request.patient),
            needs_help=bool(state.risk_answers),
        )


def is_open(request_id: uuid.UUID) -> bool:
    """Whether a questionnaire can be answered now; also when it does not exist, the answer is no."""
    try:
        with _in_its_clinic(request_id) as (_request, state):
            return state.is_open
    except NotOpen:
        return False


# ---- Answering -------------------------------------------------------------------------------------------------------------------


def save_item(
    request_id: uuid.UUID, *, item: int, value: float | None, form_hash: str, client_id: str, device_at: datetime | None = None, by: User | None = None
) -> Saved:
    """Keep one answer; None takes one back. Sent twice under one ``client_id`` it is kept once.

    A positive answer to a risk item reaches the record and the caseload in the same transaction, also while the rest is unanswered.
    Raises NotOpen, FormChanged and NoSuchAnswer. Answers that a device gave before the last day are taken for some days more.
    """
    with _turn(request_id) as (request, state):
        form, found = _checked(request, state, item, value, form_hash, device_at)
        client = _client_id(client_id)
        earlier = MeasureAnswer.objects.filter(clinic_id=request.clinic_id, request=request, client_id=client).first()
        if earlier is not None:
            return Saved(earlier.item, earlier.risk)
        if not _answers(request):
            _note(request, "begun", by)
        answer = _keep(request, found, value, form.hash, client, device_at, by)
        if answer.risk:
            _tell_danger(request, form, answer)
        return Saved(item, answer.risk)


def tell_what_was_refused(request_id: uuid.UUID, *, item: int, value: float | None, client_id: str, why: str) -> bool:
    """Keep a positive answer to a risk question that came too late or to another wording apart; True when help is to be shown.

    It enters no result, and whoever gave it is told why; that it was given counts all the same, also after care has ended. Told once for
    each ``client_id``. ``why`` is a reason of ``RefusedAnswer``.
    """
    with transaction.atomic():
        request = MeasureRequest.objects.filter(pk=request_id, patient__erased_at__isnull=True).select_related("clinic", "patient").first()
        if request is None:
            return False
        Patient.objects.select_for_update(no_key=True).filter(pk=request.patient_id).first()
        with knowledge_of(request.clinic), timezone.override(_zone(request.clinic.time_zone)):
            return _is_positive(request, item, value) and _tell_refused(request, item, f"{value:g}", _client_id(client_id), why)


def help_after_refusal(request_id: uuid.UUID) -> Help:
    """What is shown to somebody who has just spoken of danger on a questionnaire that is not open any more."""
    request = MeasureRequest.objects.select_related("clinic", "patient__clinic").get(pk=request_id)
    with knowledge_of(request.clinic):
        return Help(crisis_words_of(request.clinic), contacts_for(request.patient))


def _is_positive(request: MeasureRequest, item: int, value: float | None) -> bool:
    """Whether an answer is a risk sign by the instrument itself: its form need not be one that may be shown here today."""
    instrument = knowledge().instruments.get(request.instrument)
    return value is not None and instrument is not None and any(risk.item == item and value >= risk.at_least for risk in instrument.risk_items)


def _tell_refused(request: MeasureRequest, item: int, answer: str, client: str, why: str) -> bool:
    if not MeasureAnswer.objects.filter(clinic_id=request.clinic_id, request=request, client_id=client).exists():
        asked, on = RiskAnswer(request.instrument, item), local_day(clock.now())
        if keep_refused(request.patient, [(asked, answer)], source="questionnaire", key=f"{request.pk} {client}", why=why, on=on):
            _audit(request, "positive_risk_answer", None)
            caseload.mark_danger(request.patient)
    return True


def finish(request_id: uuid.UUID, *, by: User | None = None) -> Finished:
    """Close a questionnaire: its answers become one result of the record, with the gaps as gaps. Raises NotOpen, NothingAnswered.

    A questionnaire that is finished already gives the same again.
    """
    with _turn(request_id) as (request, state):
        if state.state == "finished":
            return _outcome(request, state.fact_id)
        if not state.is_open and not _still_arrives(request, clock.now()):
            raise NotOpen
        form = form_for(request.clinic, request.patient, request.instrument)
        answers = _answers_to(request, form)
        given = latest_answers(answers)
        if all(value is None for value in given.values()):
            raise NothingAnswered
        fact = _record_result(request, form, given, max(answer.recorded_at for answer in answers))
        _note(request, "finished", by, fact)
        report_came(request)
        caseload.refresh(request.patient)
        return _outcome(request, fact.pk if fact else None)


def _outcome(request: MeasureRequest, fact_id: uuid.UUID | None) -> Finished:
    form = form_for(request.clinic, request.patient, request.instrument)
    answers = _answers(request)
    given = latest_answers(_answers_to(request, form))
    missing = tuple(item.number for item in form.items if given.get(item.number) is None)
    open_risk = tuple(item.number for item in form.items if item.risk_from is not None and given.get(item.number) is None)
    return Finished(request.pk, missing, open_risk, fact_id, any(answer.risk for answer in answers))


# ---- Parts -----------------------------------------------------------------------------------------------------------------------


@contextmanager
def _in_its_clinic(request_id: uuid.UUID) -> Iterator[tuple[MeasureRequest, RequestState]]:
    """The questionnaire and how it stands, with the knowledge release and the time zone of its clinic; raises NotOpen."""
    request = MeasureRequest.objects.filter(pk=request_id).select_related("clinic", "patient", "author").first()
    if request is None or request.patient.erased_at is not None or request.patient.closed_at is not None:
        raise NotOpen
    with knowledge_of(request.clinic), timezone.override(_zone(request.clinic.time_zone)):
        steps = list(MeasureStep.objects.filter(clinic_id=request.clinic_id, request=request).order_by("recorded_at", "pk"))
        yield request, state_of(request, steps, _answers(request), clock.now())


@contextmanager
def _turn(request_id: uuid.UUID) -> Iterator[tuple[MeasureRequest, RequestState]]:
    """As above, in one transaction, one change of the record at a time."""
    with transaction.atomic():
        known = MeasureRequest.objects.filter(pk=request_id).values_list("patient_id", flat=True).first()
        if known is None:
            raise NotOpen
        Patient.objects.select_for_update(no_key=True).filter(pk=known).first()
        with _in_its_clinic(request_id) as found:
            yield found


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _answers(request: MeasureRequest) -> list[MeasureAnswer]:
    return list(MeasureAnswer.objects.filter(clinic_id=request.clinic_id, request=request).order_by("recorded_at", "pk"))


def _answers_to(request: MeasureRequest, form: QuestionForm) -> list[MeasureAnswer]:
    """The answers that belong to this wording. Own questions have no numbers of their own: mended or ended ones would shift the answers."""
    return [answer for answer in _answers(request) if request.instrument != OWN or answer.form_hash == form.hash]


def _checked(
    request: MeasureRequest, state: RequestState, item: int, value: float | None, form_hash: str, device_at: datetime | None
) -> tuple[QuestionForm, FormItem]:
    """The form and the item, if this answer may be taken now."""
    in_time = device_at is not None and device_at <= request.expires_at and _still_arrives(request, clock.now())
    if not state.is_open and not (state.state == "missed" and in_time):
        raise NotOpen
    form = form_for(request.clinic, request.patient, request.instrument)
    if form_hash != form.hash:
        raise FormChanged
    found = form.item(item)
    if found is None:
        raise NoSuchAnswer(item, value, _("a question from 1 to %d") % len(form.items))
    if value is not None and not found.allows(value):
        expected = ", ".join(str(choice.value) for choice in found.choices) or _("a whole number from %(low)s to %(high)s") % {
            "low": found.low,
            "high": found.high,
        }
        raise NoSuchAnswer(item, f"{value:g}", expected)
    return form, found


def _still_arrives(request: MeasureRequest, now: datetime) -> bool:
    """Whether answers that were given in time are still taken."""
    return now <= request.expires_at + timedelta(days=knowledge().batteries.late_days.value)


def _client_id(given: str) -> str:
    wanted = given.strip()
    return wanted[:LONGEST_CLIENT_ID] if wanted else uuid.uuid4().hex


def _keep(
    request: MeasureRequest, item: FormItem, value: float | None, form_hash: str, client: str, device_at: datetime | None, by: User | None
) -> MeasureAnswer:
    now = clock.now()
    late = now > request.expires_at or (device_at is not None and now - device_at > LATE_AFTER)
    answer = MeasureAnswer(
        clinic_id=request.clinic_id, patient=request.patient, request=request, item=item.number, value=value, form_hash=form_hash,
        client_id=client, device_at=device_at, late=late, risk=item.is_risk(value), entered_by=by,
    )  # fmt: skip
    answer.save()
    return answer


def _note(request: MeasureRequest, step: str, by: User | None, fact: ClinicalFact | None = None) -> None:
    """One step of the questionnaire, and its entry in the audit trail: by the patient unless somebody of the staff typed it in."""
    MeasureStep(clinic_id=request.clinic_id, patient=request.patient, request=request, step=step, author=by, fact=fact).save()
    _audit(request, f"{step}_measure", by)


def _audit(request: MeasureRequest, act: str, by: User | None) -> None:
    if by is None:
        audit.record_system(request.clinic, act, patient_id=request.patient_id, route=request.route)
    else:
        audit.record(Actor(by, request.clinic, "therapist"), act, patient_id=request.patient_id, route=request.route)


# ---- Danger ----------------------------------------------------------------------------------------------------------------------


def _tell_danger(request: MeasureRequest, form: QuestionForm, answer: MeasureAnswer) -> None:
    """A positive answer to a risk item: into the record, onto the caseload and into the audit trail, in the transaction that keeps it.

    Each positive answer is told anew: a worse one on the same questionnaire, days later, is news.

    Whatever else is wrong with the record, the answer is kept and the caseload says so.
    """
    _audit(request, "positive_risk_answer", None)
    given = latest_answers(_answers(request))
    positive = [RiskAnswer(request.instrument, item.number) for item in form.items if item.is_risk(given.get(item.number))]
    raise_risk_answers(request.patient, positive, on=local_day(clock.now()), mark=f"{request.pk} {answer.item} {answer.pk}")
    try:
        with transaction.atomic():
            _record_fragment(request, form)
            caseload.refresh(request.patient)
    except FivefoldError as error:
        log.error("a positive answer is kept, but the record could not be worked out", extra={"event": type(error).__name__})
        caseload.mark_danger(request.patient)


def _record_fragment(request: MeasureRequest, form: QuestionForm) -> None:
    """The risk answers so far as a result of their own: it gives no score, and lets the safety rules speak before the rest is answered."""
    given = latest_answers(_answers(request))
    items = [given.get(item.number) if item.is_risk(given.get(item.number)) else None for item in form.items]
    on = local_day(clock.now())
    standing = _standing(request, on)
    if standing is not None and standing.source != UNFINISHED:
        return  # a result of that day stands in the record; the answer itself is on the caseload
    value = {"instrument": request.instrument, "items": items}
    if standing is not None and standing.value == value:
        return
    corrects = str(standing.pk) if standing is not None else None
    add_facts(_asked_by(request), request.patient, [NewFact("score", request.instrument, value, on, corrects=corrects, source=UNFINISHED)])


def _standing(request: MeasureRequest, on: date) -> ClinicalFact | None:
    """The result of the instrument on a day that counts now: one day has one."""
    facts = ClinicalFact.objects.filter(clinic_id=request.clinic_id, patient=request.patient, kind="score", key=request.instrument, true_on=on)
    return facts.filter(withdrawn=False, corrected_by__isnull=True).order_by("-recorded_at").first()


def _asked_by(request: MeasureRequest) -> Actor:
    """In whose name the answers enter the record: of the person who asked for them."""
    return Actor(request.author, request.clinic, "therapist")


# ---- The result ------------------------------------------------------------------------------------------------------------------


def _record_result(request: MeasureRequest, form: QuestionForm, given: Mapping[int, float | None], last: datetime) -> ClinicalFact | None:
    """The answers as one result of the record, dated by the day of the last; None when a result of that day may not be replaced."""
    on = local_day(last)
    if request.instrument == OWN:
        facts = [NewFact("own_rating", item.series, given[item.number], on, source="patient") for item in form.items if given.get(item.number) is not None]
        return add_facts(_asked_by(request), request.patient, facts)[0]
    items = [given.get(item.number) for item in form.items]
    standing = _standing(request, on)
    if standing is not None and standing.source != UNFINISHED and _loses_a_risk_answer(standing, items, form):
        return None
    corrects = str(standing.pk) if standing is not None else None
    fact = NewFact("score", request.instrument, {"instrument": request.instrument, "items": items}, on, corrects=corrects, source="patient")
    try:
        return add_facts(_asked_by(request), request.patient, [fact])[0]
    except InputRefused as error:
        log.error("answers are kept, but the record refuses their result", extra={"event": type(error).__name__})
        return None


def _loses_a_risk_answer(standing: ClinicalFact, items: list[float | None], form: QuestionForm) -> bool:
    """Whether another result of the same day holds a positive risk answer that the new one does not: a person decides which counts."""
    held = standing.value.get("items") if isinstance(standing.value, dict) else None
    if not held:
        return False
    return any(item.is_risk(held[item.number - 1]) and not item.is_risk(items[item.number - 1]) for item in form.items if item.number <= len(held))
