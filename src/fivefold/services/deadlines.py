"""Since when risk rules are active, so that what is due by a time is due on the same day whenever somebody looks.

Nothing is stored for it: the record is append-only, and what was known on an earlier day can be asked of it again. So no
view, no entry and no rebuilding of the caseload can move a deadline. What was known at the end of a past day stays as it was, so
a process works each such day out once, however far back it lies, and remembers an answer while nothing it follows from has changed.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from fivefold.concepts.assessment import Assessment
from fivefold.concepts.errors import InputRefused
from fivefold.concepts.plan import Override, PhasedPlan
from fivefold.concepts.rules import OverrideRule
from fivefold.concepts.signals import Watch
from fivefold.concepts.vocabulary import OverrideKind, PhaseId
from fivefold.engine.planning import CRISIS_PHASES, CRISIS_REVIEW, CRISIS_WORK, TEAM_REVIEW, PlanOptions, make_plan, understand
from fivefold.engine.progress.course import Course, CrisisDays, LateRule
from fivefold.engine.safety import active_rules
from fivefold.exchange.assessment_reader import read_assessment_values
from fivefold.records.models import Patient, PlanReview, RiskConversation, SignalState, TreatmentSession
from fivefold.services.knowledge import knowledge
from fivefold.services.record_file import ID, RECORDED_AT, ReadFacts, read_facts, record_file
from fivefold.services.risk_questions import SIGNED_RULE, questions_of
from fivefold.services.session_note import Safety, read_content

_ANSWERED: dict[tuple[object, ...], dict[str, date]] = {}
MOST_REMEMBERED = 5_000
_PAST: dict[tuple[object, ...], frozenset[str] | None] = {}
DAYS_REMEMBERED = 20_000
# So many sessions are opened to find the last that asked about danger.
MOST_SESSIONS = 12


def dated_plan(patient: Patient, assessment: Assessment, options: PlanOptions, *, read: ReadFacts | None = None) -> PhasedPlan:
    """The plan of an assessment of the patient, its deadlines counted from the day each rule became active.

    ``read`` spares reading the facts once more.
    """
    codes = _active(assessment)
    facts = read or read_facts(patient)
    since = active_since(patient, codes, assessment.as_of, read=facts) if codes else {}
    if PhaseId.P2 in since:
        since[CRISIS_REVIEW] = max(since[PhaseId.P2], _last_review(patient, assessment.as_of) or since[PhaseId.P2])
        since[TEAM_REVIEW] = _team_review_from(facts, since[CRISIS_WORK], assessment.as_of)
    return make_plan(assessment, knowledge(), replace(options, active_since=tuple(sorted(since.items()))))


def crisis_days(patient: Patient, course: Course, *, read: ReadFacts | None = None) -> CrisisDays:
    """From which days the reviews of a crisis count, for a patient whose record reads like this today."""
    phase, today = course.phase.overall, course.today
    if phase not in CRISIS_PHASES:
        return CrisisDays()
    facts = read or read_facts(patient)
    since = active_since(patient, _codes(course.overrides, phase), today, read=facts)
    review = since[phase.value] if phase is PhaseId.P2 else None
    if review is not None and (_last_review(patient, today) or review) > review:
        review = None
    return CrisisDays(review, _team_review_from(facts, since[CRISIS_WORK], today))


def late_rules(patient: Patient, course: Course, *, read: ReadFacts | None = None) -> tuple[LateRule, ...]:
    """Hard rules that are active today without a standing yes to one of their questions, with the day by which something was due.

    The rule about suicide is followed elsewhere where somebody has written a conversation down since, by its next contact, and where a
    positive answer in a questionnaire is told already.
    """
    rules = [rule for rule in active_rules(course.overrides, knowledge()) if rule.kind is OverrideKind.HARD and rule.actions and questions_of(rule)]
    rules = [rule for rule in rules if not _has_a_yes(rule, course.assessment)]
    if not rules:
        return ()
    since = active_since(patient, _codes(course.overrides, course.phase.overall), course.today, read=read)
    found = [_late(rule, since[rule.code]) for rule in rules]
    return tuple(late for late in found if late.code != SIGNED_RULE or not _is_followed(patient, late.since))


def _is_followed(patient: Patient, since: date) -> bool:
    """Whether danger of suicide is followed by a conversation since a day, or by an open signal of a positive answer."""
    own = {"clinic_id": patient.clinic_id, "patient": patient}
    if RiskConversation.objects.filter(recorded_at__gte=_start_of(since), **own).exists():
        return True
    return SignalState.objects.filter(matter=Watch.POSITIVE_RISK_ITEM.value, is_open=True, **own).exists()


def _has_a_yes(rule: OverrideRule, assessment: Assessment) -> bool:
    return any((given := assessment.risk.get(name)) is not None and given.value is True for name in questions_of(rule))


def _late(rule: OverrideRule, since: date) -> LateRule:
    first = min(rule.actions, key=lambda action: timedelta(**{action.within.unit: action.within.value}))
    return LateRule(rule.code, rule.name, first.what, since, since + timedelta(**{first.within.unit: first.within.value}))


def _team_review_from(facts: ReadFacts, begun: date, today: date) -> date:
    """From which day the team's review counts: the last review since the work began that decided something, else its beginning.

    At a second return it is due on the day of the return, and not only when the work has lasted for its time.
    """
    patient = facts.patient
    rows = PlanReview.objects.filter(clinic_id=patient.clinic_id, patient=patient, on__gte=begun, on__lte=today).exclude(decision="wait")
    held = rows.order_by("-on").values_list("on", flat=True).first()
    if held is not None:
        return held
    rule = knowledge().phase_reading.crisis_team_review
    return begun - timedelta(days=rule.within.value) if _is_second_return(facts, begun) else begun


def _is_second_return(facts: ReadFacts, returned: date) -> bool:
    """Whether safety or containment work had ended not long before this return to it, by what was known at the end of each day."""
    first = returned - timedelta(days=knowledge().phase_reading.second_return.value)
    ended = returned
    for day in _days_with_entries(facts, returned):
        known = _active_on(facts, day)
        if known is None:
            continue
        if CRISIS_WORK not in known:
            ended = day
        elif ended < returned:
            return ended >= first  # it had lasted until that day
        if ended < first:
            return False
    return False


def _last_review(patient: Patient, today: date) -> date | None:
    """The day of the newest session that took place and asked about danger: that is how a crisis is looked at with the patient."""
    rows = TreatmentSession.objects.filter(clinic_id=patient.clinic_id, patient=patient, came="came", on__lte=today).order_by("-on", "-number")
    asked = (row.on for row in rows[:MOST_SESSIONS] if read_content(row.content).safety is not Safety.NOT_ASKED)
    return next(asked, None)


def active_since(patient: Patient, codes: Iterable[str], today: date, *, read: ReadFacts | None = None) -> dict[str, date]:
    """For each of these that is so today (a rule, containment (P2), CRISIS_WORK) the first day from which on it has been so without a break.

    A day is judged by what was known at its end. A rule that time alone made active (a report that did not come) dates from
    the day it did. A day whose record can no longer be read breaks nothing: not known is not absent.
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
    for day in _days_with_entries(facts, today):
        known = _active_on(facts, day)
        if known is None:
            continue
        active = still & known
        for code in still - active:
            since[code] = _turned(facts, code, day, later)
        since.update(dict.fromkeys(active, day))
        still, later = active, day
        if not still:
            break
    return since


def _days_with_entries(facts: ReadFacts, today: date) -> list[date]:
    """The days before today on which something was recorded, the latest first."""
    return sorted({day for row in facts.rows if (day := timezone.localdate(row[RECORDED_AT])) < today}, reverse=True)


def _turned(facts: ReadFacts, code: str, quiet: date, active: date) -> date:
    """The first day on which a rule was active, between a day on which it was not and a later one on which it was."""
    if code not in (_active_on(facts, active - timedelta(days=1)) or ()):
        return active
    while (active - quiet).days > 1:
        middle = quiet + (active - quiet) // 2
        if code in (_active_on(facts, middle) or ()):
            active = middle
        else:
            quiet = middle
    return active


def _active_on(facts: ReadFacts, day: date) -> frozenset[str] | None:
    """The rules with deadlines, and the crisis work, that were active by what was known at the end of a day; None where the record is refused.

    A past day is worked out once for the facts that were there at its end.
    """
    end = _end_of(day)
    question = _question(ReadFacts(facts.patient, [row for row in facts.rows if row[RECORDED_AT] <= end]), frozenset(), day)
    if question not in _PAST:
        if len(_PAST) >= DAYS_REMEMBERED:
            _PAST.clear()
        _PAST[question] = _work_out(facts, day, end)
    return _PAST[question]


def _work_out(facts: ReadFacts, day: date, end: datetime) -> frozenset[str] | None:
    written = record_file(facts, day, known_at=end).written
    try:
        assessment = read_assessment_values(written, knowledge(), file="record")
    except InputRefused:
        return None
    return _active(assessment)


def _active(assessment: Assessment) -> frozenset[str]:
    known = understand(assessment, knowledge())
    return _codes(known.overrides, known.phase.overall)


def _codes(overrides: tuple[Override, ...], phase: PhaseId) -> frozenset[str]:
    codes = {rule.code for rule in active_rules(overrides, knowledge()) if rule.actions}
    return frozenset(codes | {phase.value, CRISIS_WORK} if phase in CRISIS_PHASES else codes)


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.max))
