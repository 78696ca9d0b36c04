"""Keeping the caseload rows: derived from record and plan in the same transaction that changes them."""

from contextlib import suppress
from datetime import UTC, date, datetime, time
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from fivefold.concepts.assessment import Assessment
from fivefold.concepts.errors import FivefoldError
from fivefold.concepts.plan import Override, PhasedPlan
from fivefold.concepts.signals import Watch
from fivefold.concepts.vocabulary import CoverageStatus, MatchStatus, OverrideKind, OverrideStatus
from fivefold.engine.planning import PlanOptions
from fivefold.records import clock
from fivefold.records.models import CaseloadRow, ClinicalFact, Patient, SignalState, TreatmentSession
from fivefold.services.deadlines import dated_plan
from fivefold.services.knowledge import knowledge
from fivefold.services.measure_states import positive_answers
from fivefold.services.record_file import read_facts, read_record
from fivefold.services.review_day import review_day_of
from fivefold.services.signal_watch import watch
from fivefold.services.signals import open_safety, rule_of

NO_DANGER = ("R14",)
TO_LOOK_AT = ("R10", "R12", "R13")
# What rows say is stored in English and shown in the reader's language: pages hand it to gettext, and the catalogue has it.
REVIEW_OVERDUE = gettext_noop("Review overdue")
REVIEW_THE_PLAN = gettext_noop("Review the plan")
DUE_BY_A_TIME = gettext_noop("Something is due by a time")
NO_SIGNED_PLAN = gettext_noop("No signed plan yet")
BEGIN = gettext_noop("Begin the assessment: safety questions first")
ASK_THEN_PLAN = gettext_noop("Ask the safety questions, then make the first plan")
FIRST_PLAN = gettext_noop("Make and sign the first plan")
ASK_FIRST = gettext_noop("Ask the questions that come first")
GO_ON = gettext_noop("Go on with the plan")
NO_NEED = (CoverageStatus.BELOW_THRESHOLD, CoverageStatus.UNKNOWN)
SPARK_INSTRUMENTS = ("bsl23", "phq9", "core10")
WITHOUT_DRAWS = PlanOptions(with_stability=False, protocols=())
# So many rows of an earlier day are worked out anew when a caseload is opened: what one page shows, in well under a second.
RENEWED_AT_ONCE = 25
LONG_AGO = datetime(1970, 1, 2, tzinfo=UTC)
# What only time makes of importance: a report that does not come, a day that draws near or has passed.
DUE_BY_TIME = ("expected_report", "event", "upcoming")


def refresh(patient: Patient, today: date | None = None, *, assessment: Assessment | None = None) -> CaseloadRow:
    """Work out one patient's row anew; ``assessment`` spares reading the record of the day once more."""
    day = today or clock.today()
    read = read_facts(patient)
    assessment = assessment or read_record(patient, day, read=read)
    plan = dated_plan(patient, assessment, WITHOUT_DRAWS, read=read)
    review_on = review_day_of(patient)
    if day == clock.today():
        watch(patient, assessment, review_on, read=read)
    signal, text = _signal(plan, review_on, day, open_safety(patient))
    if signal != "safety" and positive_answers(patient):
        signal, text = "safety", positive_answer()
    action, next_page = (ASK_FIRST, "assessment_safety") if text == positive_answer() else _next_action(plan, review_on, day)
    values: dict[str, Any] = {
        "clinic_id": patient.clinic_id,
        "phase": plan.phase.overall.value,
        "running": _running(plan),
        "signal": signal,
        "signal_text": text,
        "next_action": action,
        "next_page": next_page,
        "last_contact": read.last_day,
        "next_contact": _next_contact(patient, day),
        "review_on": review_on,
        "spark": _spark(assessment),
        "needs": {one.impairment: one.status.value for one in plan.coverage if one.status not in NO_NEED},
        "need": _need(plan, signal, review_on, day),
    }
    row = CaseloadRow(patient=patient, **values)
    # Written as an update, so that the row is dated by the clock of acts.
    if not CaseloadRow.objects.filter(patient=patient).update(**values, updated_at=clock.now()):
        row.save(force_insert=True)
    return row


def positive_answer() -> str:
    """What a row says of a positive answer to a risk question: the name of its signal, whether that is open or the answer alone stands."""
    rule = knowledge().signals.watching(Watch.POSITIVE_RISK_ITEM)
    return rule.name


def mark_danger(patient: Patient) -> None:
    """Say on the caseload that a risk question was answered positively, where the record itself cannot be worked out."""
    values = {"signal": "safety", "signal_text": positive_answer(), "next_action": ASK_FIRST, "next_page": "assessment_safety", "need": 10_000}
    CaseloadRow.objects.filter(clinic_id=patient.clinic_id, patient=patient).update(**values, updated_at=clock.now())


def is_danger(override: Override) -> bool:
    """Whether an override stands for danger now. That another service is needed (R14) is no danger, so it is never red."""
    return override.status is OverrideStatus.ACTIVE and override.kind is OverrideKind.HARD and override.code not in NO_DANGER


def _signal(plan: PhasedPlan, review_on: date | None, day: date, told: SignalState | None) -> tuple[str, str]:
    """One signal for each row: safety before attention before information."""
    danger = [override.name for override in plan.overrides if is_danger(override)]
    if danger:
        return "safety", danger[0]
    if told is not None:
        return "safety", rule_of(told).name
    active = [override for override in plan.overrides if override.status is OverrideStatus.ACTIVE]
    noticed = [override.name for override in active if override.code in TO_LOOK_AT or override.kind is OverrideKind.HARD]
    if noticed:
        return "watch", noticed[0]
    if plan.actions:
        return "watch", DUE_BY_A_TIME
    if review_on is None:
        return "new", NO_SIGNED_PLAN
    if review_on < day:
        return "watch", REVIEW_OVERDUE
    return "none", ""


def _running(plan: PhasedPlan) -> list[dict[str, str]]:
    return [{"id": match.id, "name": match.short_name} for match in plan.modules if match.running or match.status is MatchStatus.NOW][:4]


def _next_action(plan: PhasedPlan, review_on: date | None, day: date) -> tuple[str, str]:
    """The one thing to do next, and the page on which it is done."""
    if plan.actions:
        return f"{plan.actions[0].what} ({plan.actions[0].by_when})"[:200], "patient_map"
    if review_on is None and plan.ask_first:
        return ASK_THEN_PLAN, "assessment_safety"
    if review_on is None:
        return FIRST_PLAN, "plan"
    if review_on < day:
        return REVIEW_THE_PLAN, "plan"
    if plan.ask_first:
        return ASK_FIRST, "assessment_safety"
    return GO_ON, "patient_map"


def _spark(assessment: Assessment) -> list[float]:
    """The last twelve values of the first distress measure there is."""
    for name in SPARK_INSTRUMENTS:
        values = [(entry.on or assessment.as_of, entry.value) for entry in assessment.scores if entry.instrument == name and entry.value is not None]
        if values:
            return [value for _, value in sorted(values)][-12:]
    return []


def _need(plan: PhasedPlan, signal: str, review_on: date | None, day: date) -> int:
    """A number that only orders rows: safety, then attention, then missing or overdue plans, then earlier phases."""
    overdue = (day - review_on).days if review_on is not None and review_on < day else 0
    return {"safety": 10_000, "watch": 1_000}.get(signal, 0) + (500 if review_on is None else 0) + min(300, overdue) + 10 * (5 - plan.phase.overall.order)


def _next_contact(patient: Patient, day: date) -> date | None:
    """The next session as it was agreed in the newest one; None when none is agreed or its day has passed."""
    newest = TreatmentSession.objects.filter(clinic_id=patient.clinic_id, patient=patient).order_by("-on", "-number").values_list("next_on", flat=True).first()
    return newest if newest is not None and newest >= day else None


def behind(patients: QuerySet[Patient], today: date) -> QuerySet[Patient]:
    """Those of the patients whose row was worked out on an earlier day: time alone may have changed what it should say."""
    return patients.filter(is_behind(today))


def is_behind(today: date) -> Q:
    """Says of a patient that their row was worked out on an earlier day."""
    return Q(caseload__updated_at__lt=timezone.make_aware(datetime.combine(today, time.min)))


def leave_behind(patients: QuerySet[Patient]) -> None:
    """Mark the rows of these patients as of an earlier day, so that they are worked out anew when they are opened."""
    CaseloadRow.objects.filter(patient__in=patients).update(updated_at=LONG_AGO)


def renew(patients: QuerySet[Patient], today: date, most: int = RENEWED_AT_ONCE) -> None:
    """Work out anew the rows that are behind, at most so many: first where something is due by time, then by need.

    A record that somebody is changing is left to them: their row is the newer one. A record that is refused keeps its row, which
    stays behind. So do all of them outside a transaction: there the caseload is read while nothing can be written.
    """
    if not connection.in_atomic_block:
        return
    timed = ClinicalFact.objects.filter(clinic_id=OuterRef("clinic_id"), patient_id=OuterRef("pk"), kind__in=DUE_BY_TIME)
    # Of equals the row of the latest day comes first, so that one that is refused each time does not keep others waiting.
    first = behind(patients, today).annotate(timed=Exists(timed)).order_by("-timed", "-caseload__need", "-caseload__updated_at", "pk")
    wanted = list(first.values_list("pk", flat=True)[:most])
    if not wanted:
        return
    # Held before the record is read, so that no newer signal is written over by one that was worked out before it.
    held = Patient.objects.select_for_update(no_key=True, skip_locked=True, of=("self",)).filter(pk__in=wanted)
    for patient in behind(held, today):
        with suppress(FivefoldError):
            refresh(patient, today)
