"""What of a record the rules of signals look at: measures, risk, phase, and the sessions with who came."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from fivefold.concepts.assessment import Assessment
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.phase import PhaseReading
from fivefold.concepts.plan import Override
from fivefold.concepts.progress import DoesNotKnow
from fivefold.concepts.scores import RiskSign
from fivefold.engine.planning import understand
from fivefold.engine.progress.expected_course import CourseReading, GrowthCurve, by_session, read_course, updated_curve
from fivefold.engine.progress.overview import ALLIANCE, ScaleProgress, read_progress

Sessions = Sequence[tuple[date, str]]
# A growth curve for a scale of an instrument.
Curves = Mapping[tuple[str, str], GrowthCurve]
NO_CURVES: Curves = {}


@dataclass(frozen=True)
class LookBackDue:
    """A changed or confirmed plan to look back at: the review it came from, and the day that was agreed."""

    review: str
    on: date


@dataclass(frozen=True)
class CrisisDays:
    """The days from which the reviews of safety and containment work count.

    ``review`` is the first one with the patient, None once it has been held or where the work is about danger, whose rules have times of
    their own; ``team_review`` the team's, None where no such work goes on.
    """

    review: date | None = None
    team_review: date | None = None


@dataclass(frozen=True)
class LateRule:
    """A hard safety rule that something else than a yes has made active: since when, and the day by which its first action was due."""

    code: str
    name: str
    what: str
    since: date
    due: date


@dataclass(frozen=True)
class Course:
    """What of a record the rules look at, seen from ``assessment.as_of``.

    ``attended`` and ``feedback`` are by session, oldest first, None where nobody knows; ``session_days`` are the days of those
    sessions; ``planned`` and ``held`` count sessions up to the day. ``review_on`` is the review day of the newest signed plan.
    ``expected`` holds each measure that has a curve with its newest score against what was expected when the first was known.
    """

    assessment: Assessment
    measures: tuple[ScaleProgress, ...]
    overrides: tuple[Override, ...]
    signs: tuple[RiskSign, ...]
    phase: PhaseReading
    attended: tuple[bool | None, ...] = ()
    session_days: tuple[date, ...] = ()
    feedback: tuple[bool | None, ...] = ()
    planned: int | None = None
    held: int | None = None
    weeks: float | None = None
    review_on: date | None = None
    look_backs: tuple[LookBackDue, ...] = field(default=())
    expected: tuple[tuple[ScaleProgress, CourseReading | DoesNotKnow], ...] = ()
    crisis: CrisisDays = CrisisDays()
    late: tuple[LateRule, ...] = ()

    @property
    def today(self) -> date:
        """The day from which everything is seen."""
        return self.assessment.as_of


def course_from(
    assessment: Assessment,
    knowledge: KnowledgeBase,
    sessions: Sessions = (),
    review_on: date | None = None,
    look_backs: Iterable[LookBackDue] = (),
    curves: Curves = NO_CURVES,
) -> Course:
    """The course of an assessment with its sessions (day, and "came" or why not), oldest first.

    Weeks and counts come from the sessions where there are any, else from the assessment.
    """
    held_on = [on for on, came in sessions if came == "came"]
    weeks = (assessment.as_of - held_on[0]).days / 7 if held_on else assessment.treatment.weeks_in_treatment
    timed = replace(assessment, treatment=replace(assessment.treatment, weeks_in_treatment=weeks))
    known = understand(timed, knowledge)
    per_week = assessment.treatment.sessions_per_week
    planned: float | None = per_week * weeks if held_on and per_week and weeks is not None else assessment.planned_sessions
    held: float | None = len(held_on) if held_on else _held(assessment)
    # A session that nobody came to, or that was cancelled too late, is missed; one that was cancelled in good time was not planned any more.
    planned_days = [(on, came) for on, came in sessions if came in ("came", "missed")]
    measures = read_progress(timed, knowledge, known.scores)
    return Course(
        assessment=timed,
        measures=measures,
        overrides=known.overrides,
        signs=known.signs,
        phase=known.phase,
        attended=tuple(came == "came" for _on, came in planned_days),
        session_days=tuple(on for on, _came in planned_days),
        feedback=_feedback(assessment, held_on),
        planned=round(planned) if planned is not None else None,
        held=round(held) if held is not None else None,
        weeks=weeks,
        review_on=review_on,
        look_backs=tuple(look_backs),
        expected=tuple(against_curves(measures, held_on, curves, knowledge)),
    )


def against_curves(
    measures: Iterable[ScaleProgress], held_on: Sequence[date], curves: Curves, knowledge: KnowledgeBase
) -> Iterable[tuple[ScaleProgress, CourseReading | DoesNotKnow]]:
    """Each measure that has a curve, with its newest score against the course that was expected from its first score."""
    for one in measures:
        curve = curves.get((one.series.instrument, one.series.scale))
        if curve is not None:
            scores = by_session(one.series, held_on)
            yield one, read_course(updated_curve(curve, scores[:1]), scores, one.series.direction, knowledge.progress)


def _held(assessment: Assessment) -> float | None:
    if assessment.planned_sessions is None or assessment.missed_sessions is None:
        return None
    return assessment.planned_sessions - assessment.missed_sessions


def _feedback(assessment: Assessment, held_on: Sequence[date]) -> tuple[bool | None, ...]:
    """Whether a session was rated, by session. Where no session ever was, ratings may not be in use: then nobody knows."""
    rated = {entry.on for entry in assessment.scores if entry.instrument in ALLIANCE}
    return tuple(day in rated if rated else None for day in held_on)
