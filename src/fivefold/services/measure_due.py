"""What is due of the measures of a patient, worked out at the moment it is shown: nothing is reminded of that is no longer needed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fivefold.concepts.measure_plan import ProposedMeasure, Rhythm
from fivefold.concepts.vocabulary import WORKING_STAGES, PhaseId
from fivefold.engine.measure_plan import next_due, propose_measures
from fivefold.records.models import CaseloadRow, ClinicalFact, MeasureSchedule, Patient, TreatmentSession
from fivefold.services.knowledge import knowledge
from fivefold.services.measure_states import RequestState, results_by_instrument, standing_schedules
from fivefold.services.protocols import MODULAR, chosen_protocols
from fivefold.services.review_day import review_day_of

# What becomes due within so many days is shown as coming.
COMING_DAYS = 7


@dataclass(frozen=True)
class DueMeasure:
    """One planned measure: when it is due (None: not yet known, or answered), since when it was answered last, and what is open.

    ``state`` is ``due``, ``coming``, ``open`` (given out and awaited), ``missed`` (given out, its days have passed, and it is still
    needed) or ``later``.
    """

    schedule: MeasureSchedule
    due_on: date | None
    last: date | None
    state: str
    request: RequestState | None

    @property
    def is_due(self) -> bool:
        """Whether somebody has to do something about it now."""
        return self.state in ("due", "missed")


def due_measures(patient: Patient, today: date, states: Sequence[RequestState]) -> list[DueMeasure]:
    """Every planned measure of a patient with when it is due; what is due comes first. ``states``: of ``request_states``."""
    schedules = standing_schedules(patient, today)
    if not schedules:
        return []
    results = results_by_instrument(patient)
    session = _sessions(patient, today)
    review = review_day_of(patient)
    rules = knowledge().batteries
    found = []
    for schedule in schedules:
        last = results.get(schedule.instrument)
        due_on = next_due(
            Rhythm(schedule.rhythm), days=schedule.every_days, since=schedule.since, last=last, last_session=session[0], next_session=session[1],
            review_on=review, before_review=int(rules.before_review.value), early_share=rules.early_share.value, today=today,
        )  # fmt: skip
        if due_on is not None and schedule.until is not None and due_on > schedule.until:
            due_on = None
        found.append(_due(schedule, due_on, last, today, states))
    order = ("missed", "due", "open", "coming", "later")
    return sorted(found, key=lambda one: (order.index(one.state), one.due_on or date.max, one.schedule.instrument))


def _due(schedule: MeasureSchedule, due_on: date | None, last: date | None, today: date, states: Sequence[RequestState]) -> DueMeasure:
    newest = next((one for one in states if one.row.instrument == schedule.instrument and one.state != "cancelled"), None)
    if newest is not None and newest.is_open:
        return DueMeasure(schedule, due_on, last, "open", newest)
    if due_on is None or due_on > today + timedelta(days=COMING_DAYS):
        return DueMeasure(schedule, due_on, last, "later", None)
    if due_on > today:
        return DueMeasure(schedule, due_on, last, "coming", None)
    if newest is not None and newest.state == "missed":
        return DueMeasure(schedule, due_on, last, "missed", newest)
    return DueMeasure(schedule, due_on, last, "due", None)


def _sessions(patient: Patient, today: date) -> tuple[date | None, date | None]:
    """The day of the newest session that took place, and of the next one that was agreed."""
    rows = TreatmentSession.objects.filter(clinic_id=patient.clinic_id, patient=patient).order_by("-on", "-number").values_list("on", "came", "next_on")[:12]
    found = list(rows)
    last = next((on for on, came, _next in found if came == "came"), None)
    agreed = found[0][2] if found else None
    return last, agreed if agreed is not None and agreed >= today else None


def proposed_measures(patient: Patient, schedules: Mapping[str, object] | Sequence[str]) -> tuple[ProposedMeasure, ...]:
    """What the batteries propose for this patient today beyond what is planned already (``schedules``: ids of instruments)."""
    chosen = next(iter(chosen_protocols(patient)), None)
    phase = CaseloadRow.objects.filter(clinic_id=patient.clinic_id, patient=patient).values_list("phase", flat=True).first()
    proposed = propose_measures(
        knowledge().batteries.batteries,
        protocol=chosen.id if chosen else MODULAR,
        phase=PhaseId(phase) if phase else None,
        modules=running_modules(patient),
    )
    return tuple(one for one in proposed if one.instrument not in schedules)


def running_modules(patient: Patient) -> frozenset[str]:
    """The modules that are under way by the newest entry of each."""
    rows = ClinicalFact.objects.filter(clinic_id=patient.clinic_id, patient=patient, kind="module", corrected_by__isnull=True, withdrawn=False)
    newest = dict(rows.order_by("true_on", "recorded_at").values_list("key", "value"))
    return frozenset(name for name, value in newest.items() if isinstance(value, dict) and value.get("stage") in WORKING_STAGES and not value.get("paused"))
