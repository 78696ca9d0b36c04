"""Since when risk rules are active, so that what is due by a time is due on the same day whenever somebody looks.

Nothing is stored for it: the record is append-only, and what was known on an earlier day can be asked of it again. So no
view, no entry and no rebuilding of the caseload can move a deadline.
"""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from fivefold.concepts.assessment import Assessment
from fivefold.concepts.errors import InputRefused
from fivefold.concepts.plan import PhasedPlan
from fivefold.engine.planning import PlanOptions, make_plan, understand
from fivefold.engine.safety import active_rules
from fivefold.exchange.assessment_reader import read_assessment_text
from fivefold.records.models import ClinicalFact, Patient
from fivefold.services.knowledge import knowledge
from fivefold.services.record_file import record_file

# What has been active for longer than this is overdue by any rule's deadline; looking further back would change nothing.
FURTHEST_BACK = timedelta(days=60)
# Days with entries that are looked at. Beyond them a rule counts as active from the earliest day looked at.
MOST_DAYS = 8


def dated_plan(patient: Patient, assessment: Assessment, options: PlanOptions) -> PhasedPlan:
    """The plan of an assessment of the patient, its deadlines counted from the day each rule became active."""
    codes = _active(assessment)
    since = tuple(sorted(active_since(patient, codes, assessment.as_of).items())) if codes else ()
    return make_plan(assessment, knowledge(), replace(options, active_since=since))


def active_since(patient: Patient, codes: Iterable[str], today: date) -> dict[str, date]:
    """For each rule that is active today, the first day from which on it has been so without a break.

    A day is judged by what was known at its end. A rule that time alone made active (a report that did not come) dates from
    the day it did.
    """
    since = dict.fromkeys(codes, today)
    still = frozenset(since)
    later = today
    for day in _days_with_entries(patient, today)[:MOST_DAYS]:
        active = still & _active_on(patient, day)
        for code in still - active:
            since[code] = _turned(patient, code, day, later)
        since.update(dict.fromkeys(active, day))
        still, later = active, day
        if not still:
            break
    return since


def _days_with_entries(patient: Patient, today: date) -> list[date]:
    """The days before today on which something was recorded, the latest first."""
    first = _end_of(today - FURTHEST_BACK)
    moments = ClinicalFact.objects.filter(clinic_id=patient.clinic_id, patient=patient, recorded_at__gt=first).values_list("recorded_at", flat=True)
    return sorted({day for moment in moments if (day := timezone.localdate(moment)) < today}, reverse=True)


def _turned(patient: Patient, code: str, quiet: date, active: date) -> date:
    """The first day on which a rule was active, between a day on which it was not and a later one on which it was."""
    if code not in _active_on(patient, active - timedelta(days=1)):
        return active
    while (active - quiet).days > 1:
        middle = quiet + (active - quiet) // 2
        if code in _active_on(patient, middle):
            active = middle
        else:
            quiet = middle
    return active


def _active_on(patient: Patient, day: date) -> frozenset[str]:
    """The rules with deadlines that were active on a day by what was known at its end; none where the record was refused."""
    written = record_file(patient, day, known_at=_end_of(day)).written
    try:
        assessment = read_assessment_text(json.dumps(written, ensure_ascii=False), knowledge(), file="record")
    except InputRefused:
        return frozenset()
    return _active(assessment)


def _active(assessment: Assessment) -> frozenset[str]:
    rules = active_rules(understand(assessment, knowledge()).overrides, knowledge())
    return frozenset(rule.code for rule in rules if rule.actions)


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.max))
