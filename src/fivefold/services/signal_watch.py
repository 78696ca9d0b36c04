"""Holding the rules of signals against one record: what is seen is raised, what is no longer seen passes. For acts and for time."""

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from fivefold.concepts.assessment import Assessment
from fivefold.concepts.errors import InputRefused
from fivefold.concepts.signals import TOLD_ELSEWHERE, NotJudged, SeenMatter, SignalKind, Watch
from fivefold.engine.progress.course import Course, Curves, LookBackDue, course_from
from fivefold.engine.progress.signals import read_signals
from fivefold.records import clock
from fivefold.records.models import Clinic, Patient, PlanReview, PlanVersion, SignalEvent, SignalState, TreatmentSession
from fivefold.services.deadlines import crisis_days, late_rules
from fivefold.services.expected_courses import curves_of
from fivefold.services.knowledge import knowledge, knowledge_of
from fivefold.services.notice_delivery import Sent, send_notices
from fivefold.services.passed_hours import TELLING
from fivefold.services.record_file import ReadFacts, read_facts_of, read_record
from fivefold.services.review_day import review_day_of, with_review_day
from fivefold.services.signals import LastClosed, Origin, let_pass, may_return, pass_on, raise_signal, settle_reassessed

log = logging.getLogger("fivefold.services")
# So many records are read at once.
READ_AT_ONCE = 200
Done = TypeVar("Done")


def watch(patient: Patient, assessment: Assessment, review_on: date | None, *, read: ReadFacts | None = None) -> tuple[SeenMatter | NotJudged, ...]:
    """Hold every rule against a record that has been read, raise what is seen, and let pass what is no longer; in the caller's transaction."""
    judged = read_signals(course_of(patient, assessment, review_on, read=read), knowledge())
    _raise_and_let_pass(patient, judged)
    return judged


def _raise_and_let_pass(patient: Patient, judged: Sequence[SeenMatter | NotJudged]) -> None:
    for matter in judged:
        if isinstance(matter, SeenMatter) and not _is_told(patient, matter):
            raise_signal(patient, matter, origin=Origin.PROGRAM)
    let_pass(patient, judged)
    settle_reassessed(patient)


@dataclass(frozen=True)
class Watched:
    """How many records were held against the rules, how many signals are open now, and where it could not be done.

    ``failed`` are records, by id, that are refused; ``clinics`` those, by number, in which something else went wrong.
    """

    patients: int
    open: int
    failed: tuple[str, ...]
    clinics: tuple[int, ...] = ()


@dataclass(frozen=True)
class PassedOn:
    """How many signals were passed on, in which clinics, by number, it went wrong, and how many messages were sent and given up."""

    signals: int
    clinics: tuple[int, ...] = ()
    sent: int = 0
    failed: int = 0


def watch_all(clinic: Clinic) -> Watched:
    """Hold the rules against every open record of a clinic: what time alone has made true is raised, what has passed is closed.

    Records are read many at a time; only where something is to be raised or let pass is anything locked or written.
    """
    failed: list[str] = []
    keys = list(Patient.objects.filter(clinic=clinic, closed_at__isnull=True, erased_at__isnull=True).order_by("pk").values_list("pk", flat=True))
    with knowledge_of(clinic):
        for start in range(0, len(keys), READ_AT_ONCE):
            failed += _watch_some(clinic, keys[start : start + READ_AT_ONCE])
    return Watched(len(keys), SignalState.objects.filter(clinic=clinic, is_open=True).count(), tuple(failed))


def watch_everywhere() -> Watched:
    """``watch_all`` for every clinic. What goes wrong in one of them stops no other."""
    done, wrong = in_every_clinic(watch_all)
    return Watched(sum(one.patients for one in done), sum(one.open for one in done), tuple(patient for one in done for patient in one.failed), wrong)


def pass_on_everywhere() -> PassedOn:
    """Pass on what nobody has seen in time, in every clinic. What goes wrong in one of them stops no other."""
    done, wrong = in_every_clinic(_tell_and_pass_on)
    return PassedOn(sum(passed for passed, _sent in done), wrong, sum(sent.sent for _passed, sent in done), sum(sent.failed for _passed, sent in done))


def _tell_and_pass_on(clinic: Clinic) -> tuple[int, Sent]:
    """First what an hour alone has made true, then what nobody has seen in time, then the messages about it."""
    try:
        for tell in TELLING:
            tell(clinic)
    finally:  # what cannot be told holds up nothing that was
        passed = pass_on(clinic, most=None)
    return passed, send_notices(clinic)


def in_every_clinic(do: Callable[[Clinic], Done]) -> tuple[list[Done], tuple[int, ...]]:
    """What ``do`` gives for each clinic, and the numbers of those in which it failed; the log names the kind of error alone."""
    done, wrong = [], []
    for clinic in Clinic.objects.order_by("pk"):
        try:
            done.append(do(clinic))
        except Exception as error:  # whatever it is, the other clinics' signals are not to wait for it
            log.error("the signals of a clinic could not be worked through", extra={"event": f"{type(error).__name__} in clinic {clinic.pk}"})
            wrong.append(clinic.pk)
    return done, tuple(wrong)


def _watch_some(clinic: Clinic, keys: Sequence[UUID]) -> list[str]:
    """Some records at once; gives those that are refused."""
    today = clock.today()
    patients = list(Patient.objects.filter(clinic=clinic, pk__in=keys).select_related("clinic").order_by("pk"))
    sessions: dict[UUID, list[tuple[date, str]]] = {key: [] for key in keys}
    rows = TreatmentSession.objects.filter(clinic=clinic, patient__in=keys, on__lte=today).order_by("on", "number")
    for key, on, came in rows.values_list("patient_id", "on", "came"):
        sessions[key].append((on, came))
    signed = PlanVersion.objects.filter(clinic=clinic, patient__in=keys)
    review_on = dict(with_review_day(signed).order_by("number").values_list("patient_id", "review_day"))
    due: dict[UUID, list[LookBackDue]] = {key: [] for key in keys}
    for row in _open_look_backs(clinic).filter(patient__in=keys).only("patient_id", "look_back_on"):
        if row.look_back_on is not None:
            due[row.patient_id].append(LookBackDue(str(row.pk), row.look_back_on))
    standing = _standing(clinic, keys)
    now = clock.now()
    failed, curves = [], _curves(clinic)
    for patient, facts in zip(patients, read_facts_of(patients), strict=True):
        try:
            assessment = read_record(patient, today, read=facts)
        except InputRefused:
            failed.append(str(patient.pk))
            continue
        course = course_from(assessment, knowledge(), sessions[patient.pk], review_on.get(patient.pk), due[patient.pk], curves)
        judged = read_signals(_with_history(course, patient, facts), knowledge())
        if _is_news(standing[patient.pk], judged, now):
            _watch_one(patient, today)
    return failed


def _watch_one(patient: Patient, today: date) -> None:
    """One record anew, now that it is our turn with it: what was read before may have been changed since."""
    with transaction.atomic():
        Patient.objects.select_for_update(no_key=True).filter(pk=patient.pk).first()
        with suppress(InputRefused):
            watch(patient, read_record(patient, today), review_day_of(patient))


@dataclass(frozen=True)
class _Standing:
    """How a matter of one record stands: its open signal (kind, origin, status, mark), its last end, and when it was told last."""

    told_at: datetime
    kind: str = ""
    origin: str = ""
    status: str = ""
    mark: str = ""
    ended: LastClosed | None = None

    @property
    def is_open(self) -> bool:
        return self.status != ""


def _standing(clinic: Clinic, keys: Sequence[UUID]) -> dict[UUID, dict[str, _Standing]]:
    """How every matter of some records stands, in two queries."""
    found: dict[UUID, dict[str, _Standing]] = {key: {} for key in keys}
    states = SignalState.objects.filter(clinic=clinic, patient__in=keys).order_by("told_at")
    passed = set(SignalEvent.objects.filter(clinic=clinic, patient__in=keys, outcome="passed").values_list("signal_id", flat=True))
    columns = ("pk", "patient_id", "matter", "is_open", "kind", "signal__origin", "status", "mark", "told_at", "closed_at")
    for pk, key, matter, is_open, kind, origin, status, mark, told_at, closed_at in states.values_list(*columns):
        before = found[key].get(matter)
        told = max(told_at, before.told_at) if before else told_at
        if is_open:
            found[key][matter] = _Standing(told, kind, origin, status, mark, before.ended if before else None)
            continue
        ended = LastClosed(mark, closed_at or told_at, pk in passed)
        if before is not None and before.ended is not None and before.ended.closed > ended.closed:
            ended = before.ended
        found[key][matter] = replace(before, told_at=told, ended=ended) if before else _Standing(told, ended=ended)
    return found


def _is_news(standing: Mapping[str, _Standing], judged: Sequence[SeenMatter | NotJudged], now: datetime) -> bool:
    """Whether holding the rules against a record would take a step: raise something, tell it again, let it pass, or settle it."""
    if any(_is_to_tell(standing.get(one.matter), one, now) for one in judged if isinstance(one, SeenMatter)):
        return True
    here = {*(one.matter for one in judged), *TOLD_ELSEWHERE}
    return any(_may_end(one, matter in here) for matter, one in standing.items() if one.is_open)


def _is_to_tell(stands: _Standing | None, matter: SeenMatter, now: datetime) -> bool:
    if stands is None:
        return True
    if matter.rule.watch is Watch.POSITIVE_RISK_ITEM and timezone.localdate(stands.told_at) >= matter.on:
        return False
    if stands.is_open:
        return stands.mark != matter.mark
    return stands.ended is None or may_return(stands.ended, matter, now)


def _may_end(stands: _Standing, is_here: bool) -> bool:
    """Whether an open signal may pass, or may turn out to be settled: what was seen of danger is asked of its record each time."""
    if stands.kind == SignalKind.SAFETY:
        return stands.status == "seen"
    return not is_here and stands.status != "acted" and stands.origin == Origin.PROGRAM


def course_of(patient: Patient, assessment: Assessment, review_on: date | None, *, read: ReadFacts | None = None) -> Course:
    """What the rules look at: the record with its sessions, and how long treatment has lasted; ``read`` spares reading the facts once more."""
    rows = TreatmentSession.objects.filter(clinic_id=patient.clinic_id, patient=patient, on__lte=assessment.as_of).order_by("on", "number")
    course = course_from(assessment, knowledge(), list(rows.values_list("on", "came")), review_on, look_backs_of(patient), _curves(patient.clinic))
    return _with_history(course, patient, read)


def _with_history(course: Course, patient: Patient, read: ReadFacts | None) -> Course:
    """With what follows from the whole record, and not from what is known today: since when a crisis goes on, and which safety rules are late."""
    return replace(course, crisis=crisis_days(patient, course, read=read), late=late_rules(patient, course, read=read))


def _curves(clinic: Clinic) -> Curves:
    """The expected courses of a clinic, where the rule that reads them is in use."""
    rule = knowledge().signals.watching(Watch.EXPECTED_COURSE)
    return curves_of(clinic) if rule.number("in_use").value else {}


def look_backs_of(patient: Patient) -> tuple[LookBackDue, ...]:
    """Look-backs that were agreed and have not been answered."""
    rows = _open_look_backs(patient.clinic).filter(patient=patient).order_by("number").values_list("pk", "look_back_on")
    return tuple(LookBackDue(str(key), on) for key, on in rows if on is not None)


def _open_look_backs(clinic: Clinic) -> QuerySet[PlanReview]:
    return PlanReview.objects.filter(clinic=clinic, look_back_on__isnull=False, look_back__isnull=True)


def _is_told(patient: Patient, matter: SeenMatter) -> bool:
    """Whether a positive answer that stands in the record has been told already, on its day or later, by whoever stored it.

    What a patient answers is told at once, with a mark of its own; the same answer is then found in the record.
    """
    if matter.rule.watch is not Watch.POSITIVE_RISK_ITEM:
        return False
    last = SignalState.objects.filter(patient=patient, matter=matter.matter).order_by("-told_at").values_list("told_at", flat=True).first()
    return last is not None and timezone.localdate(last) >= matter.on
