"""Reading an assessment: a file in, an ``Assessment`` out, or all of its problems at once."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from fivefold.concepts.assessment import (
    Assessment,
    Clearance,
    DiagnosisRecord,
    EarlierTreatment,
    EventRecord,
    ExpectedReport,
    MedicationRecord,
    ModuleRecord,
    OtherResult,
    PatientFacts,
    PauseRecord,
    Rating,
    ResilienceStatement,
    RiskAnswer,
    ScoreEntry,
    TreatmentFrame,
    UpcomingRecord,
)
from fivefold.concepts.errors import InputRefused, Problem
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.vocabulary import RISK_QUESTIONS, GeneralState
from fivefold.exchange.assessment_checks import AssessmentChecks
from fivefold.exchange.assessment_file import AssessmentFile, EventPart, RatingPart, ScorePart
from fivefold.exchange.changes import apply_changes
from fivefold.knowledge.decoding import INVALID, Run, decode
from fivefold.knowledge.strict_yaml import Node, decode_text, parse_tree, read_bytes, tree_of_values


def read_assessment(path: str | Path, knowledge: KnowledgeBase, as_of: date | None = None, changes: Sequence[str] = ()) -> Assessment:
    """The assessment in a file, judged at ``as_of`` when given instead of the file's own date, with ``changes`` made first.

    Raises InputRefused with every problem of the file: its line, the value, what was expected and what to do.
    """
    raw, problems = read_bytes(Path(path))
    if raw is None:
        raise InputRefused(problems)
    return read_assessment_bytes(raw, knowledge, file=str(path), as_of=as_of, changes=changes)


def read_assessment_bytes(raw: bytes, knowledge: KnowledgeBase, file: str = "input", as_of: date | None = None, changes: Sequence[str] = ()) -> Assessment:
    """As ``read_assessment``, from the bytes themselves."""
    text, problems = decode_text(raw, file)
    if text is None:
        raise InputRefused(problems)
    return read_assessment_text(text, knowledge, file=file, as_of=as_of, changes=changes)


def read_assessment_text(text: str, knowledge: KnowledgeBase, file: str = "input", as_of: date | None = None, changes: Sequence[str] = ()) -> Assessment:
    """As ``read_assessment``, from text."""
    return _read_tree(*parse_tree(text, file), knowledge, file=file, as_of=as_of, changes=changes)


def read_assessment_values(written: dict[str, Any], knowledge: KnowledgeBase, file: str = "input", changes: Sequence[str] = ()) -> Assessment:
    """As ``read_assessment``, from the values a file would hold (what ``json.loads`` gives), held to the same checks; each stands on line 1."""
    return _read_tree(*tree_of_values(written, file), knowledge, file=file, as_of=None, changes=changes)


def _read_tree(node: Node | None, problems: list[Problem], knowledge: KnowledgeBase, *, file: str, as_of: date | None, changes: Sequence[str]) -> Assessment:
    run = Run(file, keep_going=True)
    run.problems.extend(problems)
    if node is not None and changes:
        run.problems.extend(apply_changes(node, changes, file))
    written: Any = decode(run, node, AssessmentFile) if node is not None else INVALID
    if written is not INVALID and not run.is_full:
        AssessmentChecks(run, written, knowledge, as_of).everything()
    if run.is_full:
        run.problem(0, "", "so many problems that reading stopped", "a file with fewer", "Correct these; the next run shows the rest.")
    if run.problems:
        told_once = dict.fromkeys(run.problems)
        raise InputRefused(sorted(told_once, key=lambda problem: problem.line or 10**9))
    return to_assessment(written, as_of or written.as_of, knowledge)


# ---- From the written form to the concept ---------------------------------------------------------------------------


def to_assessment(written: AssessmentFile, as_of: date, knowledge: KnowledgeBase) -> Assessment:
    """The assessment that a valid file states, seen from ``as_of``.

    Seen from a later day than the file's own, "five weeks ago" is longer ago, and what has no date was recorded on the
    file's day.
    """
    recorded = None if as_of == written.as_of else written.as_of
    risk, context = written.risk, written.context
    components = written.resilience.components
    return Assessment(
        as_of=as_of,
        patient=PatientFacts(
            written.patient.age.value, written.patient.age_from, written.patient.age_to, written.patient.language, written.patient.adaptations
        ),
        id=written.id,
        setting=None if written.setting == "unknown" else written.setting,
        diagnoses=tuple(DiagnosisRecord(part.code, part.status, part.source, part.text) for part in written.diagnoses),
        criteria=dict(sorted(written.criteria.answers.items())),
        ratings={name: _rating(written.ratings[name], recorded) for name in knowledge.impairments if name in written.ratings},
        scores=tuple(sorted((_score_entry(part, recorded) for part in written.scores), key=lambda entry: (entry.instrument, entry.on or date.min))),
        other_results=tuple(OtherResult(part.name, part.value, part.date) for part in written.other_results),
        events=_events(written, as_of),
        upcoming=tuple(
            sorted(
                (UpcomingRecord(part.kind, (part.date - as_of).days if part.date else None, part.note) for part in written.upcoming),
                key=lambda part: (part.kind, part.days_ahead if part.days_ahead is not None else -1),
            )
        ),
        expected_reports=tuple(
            sorted(
                (ExpectedReport(part.instrument, part.due, part.received, part.due <= as_of) for part in written.expected_reports),
                key=lambda part: (part.instrument, part.due),
            )
        ),
        risk={
            name: RiskAnswer(answer.value, answer.date or recorded, answer.by)
            for name in RISK_QUESTIONS
            if (answer := getattr(risk, name)) is not None and answer.value is not None
        },
        cleared=tuple(Clearance(part.code, part.date, part.by, part.reason) for part in risk.cleared),
        overruled=tuple(Clearance(part.code, part.date, part.by, part.reason) for part in risk.overruled),
        readiness=_known_answers(written.trauma_readiness),
        resilience=ResilienceStatement(
            written.resilience.level,
            {name: value.value for name, value in vars(components).items() if value.value is not None} if components else {},
        ),
        context={name: value for name, value in _known_answers(context).items() if name != "hours_of_role"},
        hours_of_role=context.hours_of_role.value,
        carers=_known_answers(written.carers),
        dependants=_known_answers(written.dependants),
        medication=None
        if written.medication is None
        else tuple(MedicationRecord(part.drug_class, part.target or "", part.since, part.stopped) for part in written.medication),
        planned_sessions=written.attendance.planned if written.attendance else None,
        missed_sessions=written.attendance.missed if written.attendance else None,
        general_modules={name: state for name, state in vars(written.general_modules).items() if state is not GeneralState.UNKNOWN},
        previous_phase=written.previous.phase if written.previous else None,
        previous_since=written.previous.since if written.previous else None,
        modules=_modules(written),
        history=tuple(
            EarlierTreatment(part.treatment, part.sessions, part.weeks, None if part.outcome == "unknown" else part.outcome) for part in written.history
        ),
        course=None if written.course.value == "unknown" else written.course.value,
        priorities=written.preferences.priorities,
        not_wanted=tuple(sorted(written.preferences.not_wanted)),
        treatment=TreatmentFrame(
            written.treatment.protocol,
            written.treatment.sessions_per_week,
            written.treatment.sessions_available,
            written.treatment.session_minutes,
            written.treatment.weeks_in_treatment,
            tuple(sorted(written.treatment.formats)),
        ),
    )


def _known_answers(part: Any) -> dict[str, Any]:
    return {name: value for name, value in vars(part).items() if value is not None}


def _rating(part: RatingPart, recorded: date | None) -> Rating:
    return Rating(part.severity, part.note, part.source, part.date or recorded, part.decides)


def _score_entry(part: ScorePart, recorded: date | None) -> ScoreEntry:
    return ScoreEntry(part.instrument, part.date or recorded, part.value, dict(sorted(part.scales.items())), part.items, part.band)


def _events(written: AssessmentFile, as_of: date) -> tuple[EventRecord, ...]:
    records = [_event(part, written.as_of, as_of) for part in written.events]
    return tuple(sorted(records, key=lambda event: (event.kind, event.days_ago_from if event.days_ago_from is not None else 10**6, event.count, event.note)))


def _event(part: EventPart, written_on: date, as_of: date) -> EventRecord:
    since = (as_of - written_on).days
    earliest = latest = None
    if part.date is not None:
        earliest = latest = (as_of - part.date).days
    elif part.days_ago is not None:
        earliest = latest = part.days_ago + since
    elif part.weeks_ago is not None:
        # "Five weeks ago" is as exact as the person who said it: the day is taken as given.
        earliest = latest = round(part.weeks_ago * 7) + since
    elif part.within_weeks is not None:
        earliest, latest = since, round(part.within_weeks * 7) + since
    return EventRecord(part.kind, part.count, earliest, latest, part.assessed, part.note)


def _modules(written: AssessmentFile) -> dict[str, ModuleRecord]:
    records = {}
    for part in sorted(written.modules, key=lambda part: part.id):
        paused = PauseRecord(part.paused.reason, part.paused.since) if part.paused else None
        records[part.id] = ModuleRecord(part.id, part.stage, part.since, paused, part.declined_by_patient, part.declined_by_clinician, part.deferred_reason)
    return records


def problem_lines(problems: list[Problem]) -> str:
    """Problems as lines for a terminal."""
    return "\n".join(str(problem) for problem in problems)
