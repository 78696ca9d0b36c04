"""How questionnaires that were given out stand: read from their steps, their answers and the clock, never stored twice."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max, QuerySet
from django.utils import timezone

from fivefold.records import clock
from fivefold.records.models import OWN, ClinicalFact, MeasureAnswer, MeasureRequest, MeasureSchedule, MeasureStep, OwnItem, Patient
from fivefold.services.knowledge import knowledge
from fivefold.services.risk_questions import SIGNED_RULE, questions_of

# So many questionnaires are shown of one patient: two years of a weekly one.
MOST_SHOWN = 120
# The source of a result that holds nothing but the risk answers of a questionnaire nobody has finished.
UNFINISHED = "unfinished"


@dataclass(frozen=True)
class RequestState:
    """One questionnaire: ``sent``, ``begun``, ``finished``, ``cancelled`` or ``missed`` (its last day has passed), and what was answered.

    ``open_risk`` numbers the risk items nobody has answered although it was begun; ``risk_answers`` those answered positively at
    least once, also where another answer followed.
    """

    row: MeasureRequest
    state: str
    answered: int
    open_risk: tuple[int, ...]
    risk_answers: tuple[int, ...]
    late: bool
    ended_at: datetime | None
    fact_id: uuid.UUID | None
    reason: str

    @property
    def is_open(self) -> bool:
        """Whether it can be answered now."""
        return self.state in ("sent", "begun")


def request_states(patient: Patient, *, rows: Sequence[MeasureRequest] | None = None) -> list[RequestState]:
    """Every questionnaire of a patient, the newest first, in three queries."""
    found = rows if rows is not None else list(_requests(patient).select_related("author")[:MOST_SHOWN])
    ids = [row.pk for row in found]
    steps: dict[uuid.UUID, list[MeasureStep]] = {}
    for step in MeasureStep.objects.filter(clinic_id=patient.clinic_id, patient=patient, request__in=ids).order_by("recorded_at", "pk"):
        steps.setdefault(step.request_id, []).append(step)
    answers: dict[uuid.UUID, list[MeasureAnswer]] = {}
    for answer in MeasureAnswer.objects.filter(clinic_id=patient.clinic_id, patient=patient, request__in=ids).order_by("recorded_at", "pk"):
        answers.setdefault(answer.request_id, []).append(answer)
    now = clock.now()
    return [state_of(row, steps.get(row.pk, ()), answers.get(row.pk, ()), now) for row in found]


def _requests(patient: Patient) -> QuerySet[MeasureRequest]:
    return MeasureRequest.objects.filter(clinic_id=patient.clinic_id, patient=patient).order_by("-recorded_at", "-pk")


def state_of(row: MeasureRequest, steps: Sequence[MeasureStep], answers: Sequence[MeasureAnswer], now: datetime) -> RequestState:
    """How one questionnaire stands at a moment."""
    end = next((step for step in steps if step.step in ("finished", "cancelled")), None)
    given = latest_answers(answers)
    begun = bool(given) or any(step.step == "begun" for step in steps)
    state = end.step if end is not None else "missed" if now > row.expires_at else "begun" if begun else "sent"
    risks = risk_items(row.instrument)
    return RequestState(
        row=row,
        state=state,
        answered=sum(value is not None for value in given.values()),
        open_risk=tuple(number for number in risks if given.get(number) is None) if begun else (),
        risk_answers=tuple(sorted({answer.item for answer in answers if answer.risk})),
        late=any(answer.late for answer in answers),
        ended_at=end.recorded_at if end else None,
        fact_id=end.fact_id if end else None,
        reason=end.reason if end else "",
    )


def latest_answers(answers: Iterable[MeasureAnswer]) -> dict[int, float | None]:
    """The answer to each item that counts: of several, the one that came last. ``answers`` in the order in which they came."""
    return {answer.item: answer.value for answer in answers}


def risk_items(instrument: str) -> tuple[int, ...]:
    """The numbers of an instrument's risk items; the patient's own questions have none."""
    known = knowledge().instruments.get(instrument)
    return tuple(risk.item for risk in known.risk_items) if known is not None else ()


def open_risk_of(states: Sequence[RequestState]) -> tuple[RequestState, ...]:
    """Questionnaires that ended, or whose days have passed, with a risk question nobody has answered; of each instrument the newest."""
    newest: dict[str, RequestState] = {}
    for one in states:
        if one.state not in ("cancelled", "sent"):
            newest.setdefault(one.row.instrument, one)
    return tuple(one for one in newest.values() if one.open_risk and not one.is_open)


# ---- Answers that somebody has to look at ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PositiveAnswer:
    """A positive answer to a risk item that nobody has followed up yet, with the questionnaire it was given in."""

    request_id: uuid.UUID
    instrument: str
    item: int
    at: datetime
    taken_back: bool


def positive_answers(patient: Patient) -> list[PositiveAnswer]:
    """Positive answers to risk items after which no clinician has answered the question about suicide or reassessed it.

    They count whether or not the questionnaire was finished, and although another answer to the same item followed: what was
    answered once is taken back by a person who has asked, never by a tap.
    """
    rows = list(
        MeasureAnswer.objects.filter(clinic_id=patient.clinic_id, patient=patient, risk=True)
        .order_by("-recorded_at", "-pk")
        .values_list("request_id", "request__instrument", "item", "recorded_at")[:MOST_SHOWN]
    )
    if not rows:
        return []
    asked = last_asked(patient)
    open_rows = [row for row in rows if asked is None or row[3] > asked]
    if not open_rows:
        return []
    newest: dict[tuple[uuid.UUID, int], bool] = {}
    for request_id, item, risk in (
        MeasureAnswer.objects.filter(clinic_id=patient.clinic_id, patient=patient, request__in={row[0] for row in open_rows})
        .order_by("recorded_at", "pk")
        .values_list("request_id", "item", "risk")
    ):
        newest[(request_id, item)] = risk
    found: dict[tuple[uuid.UUID, int], PositiveAnswer] = {}
    for request_id, instrument, item, at in open_rows:
        found.setdefault((request_id, item), PositiveAnswer(request_id, instrument, item, at, not newest[(request_id, item)]))
    return list(found.values())


def last_asked(patient: Patient) -> datetime | None:
    """When a clinician last answered a question of the rule that positive answers give reason to ask, or decided on it."""
    rule = next(rule for rule in knowledge().overrides if rule.code == SIGNED_RULE)
    facts = ClinicalFact.objects.filter(clinic_id=patient.clinic_id, patient=patient, source="clinician", withdrawn=False)
    asked = facts.filter(kind="risk", key__in=questions_of(rule)) | facts.filter(kind="cleared", key=SIGNED_RULE)
    return asked.order_by("-recorded_at").values_list("recorded_at", flat=True).first()


# ---- Schedules and own questions -------------------------------------------------------------------------------------------------


def standing_schedules(patient: Patient, on: date) -> list[MeasureSchedule]:
    """What is planned to be measured on a day, the oldest first."""
    rows = list(MeasureSchedule.objects.filter(clinic_id=patient.clinic_id, patient=patient).select_related("author").order_by("recorded_at", "pk"))
    replaced = {row.replaces_id for row in rows}
    return [row for row in rows if row.pk not in replaced and not row.ended and (row.until is None or row.until >= on)]


def results_by_instrument(patient: Patient) -> dict[str, date]:
    """The day of the newest result of each instrument, and of the patient's own questions."""
    rows = ClinicalFact.objects.filter(clinic_id=patient.clinic_id, patient=patient, kind__in=("score", "own_rating"), corrected_by__isnull=True)
    newest = rows.filter(withdrawn=False).exclude(source=UNFINISHED).values("kind", "key").annotate(last=Max("true_on")).order_by("last")
    return {OWN if row["kind"] == "own_rating" else row["key"]: row["last"] for row in newest}


def local_day(moment: datetime) -> date:
    """The day of a moment where the clinic is."""
    return timezone.localtime(moment).date()


def own_item_of(patient: Patient, item_id: uuid.UUID) -> OwnItem | None:
    """One question in the patient's words."""
    return OwnItem.objects.filter(clinic_id=patient.clinic_id, patient=patient, pk=item_id).first()
