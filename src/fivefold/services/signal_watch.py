"""Holding the rules of signals against one record: what is seen is raised, what is no longer seen passes. For acts and for time."""

from django.utils import timezone

from fivefold.concepts.assessment import Assessment
from fivefold.concepts.signals import NotJudged, SeenMatter, Watch
from fivefold.engine.progress.course import Course, LookBackDue, course_from
from fivefold.engine.progress.signals import read_signals
from fivefold.records.models import Patient, PlanReview, PlanVersion, SignalState, TreatmentSession
from fivefold.services.knowledge import knowledge
from fivefold.services.signals import Origin, let_pass, raise_signal


def watch(patient: Patient, assessment: Assessment, signed: PlanVersion | None) -> tuple[SeenMatter | NotJudged, ...]:
    """Hold every rule against a record that has been read, raise what is seen, and let pass what is no longer; in the caller's transaction."""
    judged = read_signals(course_of(patient, assessment, signed), knowledge())
    for matter in judged:
        if isinstance(matter, SeenMatter) and not _is_told(patient, matter):
            raise_signal(patient, matter, origin=Origin.PROGRAM)
    let_pass(patient, judged)
    return judged


def course_of(patient: Patient, assessment: Assessment, signed: PlanVersion | None) -> Course:
    """What the rules look at: the record with its sessions, and how long treatment has lasted."""
    rows = TreatmentSession.objects.filter(clinic_id=patient.clinic_id, patient=patient, on__lte=assessment.as_of).order_by("on", "number")
    return course_from(assessment, knowledge(), list(rows.values_list("on", "came")), signed.review_on if signed else None, look_backs_of(patient))


def look_backs_of(patient: Patient) -> tuple[LookBackDue, ...]:
    """Look-backs that were agreed and have not been answered."""
    rows = PlanReview.objects.filter(clinic_id=patient.clinic_id, patient=patient, look_back_on__isnull=False, look_back__isnull=True)
    return tuple(LookBackDue(str(key), on) for key, on in rows.order_by("number").values_list("pk", "look_back_on") if on is not None)


def _is_told(patient: Patient, matter: SeenMatter) -> bool:
    """Whether a positive answer that stands in the record has been told already, on its day or later, by whoever stored it.

    What a patient answers is told at once, with a mark of its own; the same answer is then found in the record.
    """
    if matter.rule.watch is not Watch.POSITIVE_RISK_ITEM:
        return False
    last = SignalState.objects.filter(patient=patient, matter=matter.matter).order_by("-told_at").values_list("told_at", flat=True).first()
    return last is not None and timezone.localdate(last) >= matter.on
