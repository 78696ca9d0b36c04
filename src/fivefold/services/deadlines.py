"""Since when risk rules are active, so that what is due by a time is due on the same day whenever somebody looks.

Nothing is stored for it: the record is append-only, and what was known on an earlier day can be asked of it again. So no
view, no entry and no rebuilding of the caseload can move a deadline. A process remembers an answer for as long as nothing that
it follows from has changed, because each page of a patient asks anew.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from fivefold.concepts.assessment import Assessment
from fivefold.concepts.errors import InputRefused
from fivefold.concepts.plan import PhasedPlan
from fivefold.engine.planning import PlanOptions, make_plan, understand
from fivefold.engine.safety import active_rules
from fivefold.exchange.assessment_reader import read_assessment_values
from fivefold.records.models import Patient
from fivefold.services.knowledge import knowledge
from fivefold.services.record_file import ID, RECORDED_AT, ReadFacts, read_facts, record_file

# What has been active for longer than this is overdue by any rule's deadline; looking further back would change nothing.
FURTHEST_BACK = timedelta(days=60)
# Days with entries that are looked at. Beyond them a rule counts as active from the earliest day looked at.
MOST_DAYS = 8
_ANSWERED: dict[tuple[object, ...], dict[str, date]] = {}
MOST_REMEMBERED = 5_000


def dated_plan(patient: Patient, assessment: Assessment, options: PlanOptions, *, read: ReadFacts | None = None) -> PhasedPlan:
    """The plan of an assessment of the patient, its deadlines counted from the day each rule became active.

    ``read`` spares reading the facts once more.
    """
    codes = _active(assessment)
    since = tuple(sorted(active_since(patient, codes, assessment.as_of, read=read).items())) if codes else ()
    return make_plan(assessment, knowledge(), replace(options, active_since=since))


def active_since(patient: Patient, codes: Iterable[str], today: date, *, read: ReadFacts | None = None) -> dict[str, date]:
    """For each rule that is active today, the first day from which on it has been so without a break.

    A day is judged by what was known at its end. A rule that time alone made active (a report that did not come) dates from
    the day it did.
    """
    since = dict.fromkeys(codes, today)
    facts = read or read_facts(patient)
    question = _question(facts, frozenset(since), today)
    answer = _ANSWERED.get(question)
    if answer is None:
        if len(_ANSWERED) >= MOST_REMEMBERED:
            _ANSWERED.clear()
        answer = _ANSWERED[question] = _look_back(facts, since, today)
    return dict(answer)


def _question(facts: ReadFacts, codes: frozenset[str], today: date) -> tuple[object, ...]:
    """Everything the answer follows from. Facts are never changed, so their ids say what the record holds."""
    ids = hashlib.sha256(b"".join(row[ID].bytes for row in facts.rows)).digest()
    person = facts.patient.pk, facts.patient.birth_year, facts.patient.language
    return person, ids, codes, today, timezone.get_current_timezone_name(), knowledge().release.content_hash


def _look_back(facts: ReadFacts, since: dict[str, date], today: date) -> dict[str, date]:
    still = frozenset(since)
    later = today
    for day in _days_with_entries(facts, today)[:MOST_DAYS]:
        active = still & _active_on(facts, day)
        for code in still - active:
            since[code] = _turned(facts, code, day, later)
        since.update(dict.fromkeys(active, day))
        still, later = active, day
        if not still:
            break
    return since


def _days_with_entries(facts: ReadFacts, today: date) -> list[date]:
    """The days before today on which something was recorded, the latest first."""
    first = _end_of(today - FURTHEST_BACK)
    moments = [row[RECORDED_AT] for row in facts.rows if row[RECORDED_AT] > first]
    return sorted({day for moment in moments if (day := timezone.localdate(moment)) < today}, reverse=True)


def _turned(facts: ReadFacts, code: str, quiet: date, active: date) -> date:
    """The first day on which a rule was active, between a day on which it was not and a later one on which it was."""
    if code not in _active_on(facts, active - timedelta(days=1)):
        return active
    while (active - quiet).days > 1:
        middle = quiet + (active - quiet) // 2
        if code in _active_on(facts, middle):
            active = middle
        else:
            quiet = middle
    return active


def _active_on(facts: ReadFacts, day: date) -> frozenset[str]:
    """The rules with deadlines that were active on a day by what was known at its end; none where the record was refused."""
    written = record_file(facts, day, known_at=_end_of(day)).written
    try:
        assessment = read_assessment_values(written, knowledge(), file="record")
    except InputRefused:
        return frozenset()
    return _active(assessment)


def _active(assessment: Assessment) -> frozenset[str]:
    rules = active_rules(understand(assessment, knowledge()).overrides, knowledge())
    return frozenset(rule.code for rule in rules if rule.actions)


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.max))
