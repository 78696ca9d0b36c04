"""The golden thread: from a goal to the impairment behind it, its evidence, the modules, every session, the measures and the decisions.

Nothing is kept for it. It is read from what is there, so that a goal that nothing works on shows as one.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from fivefold.concepts.assessment import ScoreEntry
from fivefold.concepts.plan import ModuleMatch, PhasedPlan
from fivefold.concepts.scores import ImpairmentReading
from fivefold.engine.scoring import score_entry
from fivefold.records.models import Goal, Patient, PlanVersion, TreatmentSession
from fivefold.services.access import Actor, Permission, clinical_act, patient_for
from fivefold.services.goal_course import SeenRating, Wordings, ratings_of, wordings_of
from fivefold.services.goals import NoSuchGoal
from fivefold.services.knowledge import knowledge
from fivefold.services.plan_choices import Choice
from fivefold.services.plans import signed_choices, work_out
from fivefold.services.session_note import Line, read_content


@dataclass(frozen=True)
class Worked:
    """A session that worked on a goal, and the lines of its note that belong to it."""

    session: TreatmentSession
    author: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Measured:
    """The results of a measure that tracks a module, the earliest first: day and value."""

    instrument: str
    name: str
    values: tuple[tuple[date, float], ...]


@dataclass(frozen=True)
class Decided:
    """What a signed plan decided about a module: in which plan, when it was signed, by whom, and the choice."""

    number: int
    signed_on: date
    signed_by: str
    choice: Choice


@dataclass(frozen=True)
class GoldenThread:
    """Everything that hangs on one goal.

    ``modules`` are those the goal names or that its sessions worked on, as today's plan has them; ``impairments`` are what these
    modules treat, as far as anything is known of them.
    """

    patient: Patient
    goal_id: uuid.UUID
    words: str
    module: str
    is_closed: bool
    modules: tuple[ModuleMatch, ...]
    impairments: tuple[ImpairmentReading, ...]
    sessions: tuple[Worked, ...]
    ratings: tuple[SeenRating, ...]
    measures: tuple[Measured, ...]
    decisions: tuple[Decided, ...]


@clinical_act(Permission.SEE_RECORD, view=True)
def see_thread(actor: Actor, *, patient_id: uuid.UUID, goal_id: uuid.UUID) -> GoldenThread:
    """The thread of one goal, by any of its wordings; raises NoSuchGoal."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    rows = Goal.objects.filter(clinic=actor.clinic, patient=patient).select_related("author").order_by("recorded_at", "id")
    goals = wordings_of(rows)
    goal = next((one for one in goals if any(row.pk == goal_id for row in one.rows)), None)
    if goal is None:
        raise NoSuchGoal
    sessions = _sessions(patient, goal)
    known = work_out(patient, protocols=())
    modules = _modules(known.plan, goal, sessions)
    return GoldenThread(
        patient=patient,
        goal_id=goal.newest.pk,
        words=goal.written.words,
        module=goal.written.module,
        is_closed=goal.newest.closed,
        modules=modules,
        impairments=_impairments(known.plan, modules),
        sessions=sessions,
        ratings=tuple(one for one in ratings_of(patient, goals)[goal.newest.pk] if one.state == "counts"),
        measures=_measures(known.plan, known.record.scores, modules),
        decisions=_decisions(patient, {match.id for match in modules}),
    )


def _sessions(patient: Patient, goal: Wordings) -> tuple[Worked, ...]:
    """The sessions that worked on a goal, by a mark on it or by its module, the latest first."""
    names = {str(row.pk) for row in goal.rows}
    module = goal.written.module
    rows = TreatmentSession.objects.filter(clinic_id=patient.clinic_id, patient=patient).select_related("author").order_by("-on", "-number")
    found = []
    for row in rows:
        lines = tuple(line for line in read_content(row.content).lines if names.intersection(line.goals) or (module and line.module == module))
        if lines:
            found.append(Worked(row, row.author.name, lines))
    return tuple(found)


def _modules(plan: PhasedPlan, goal: Wordings, sessions: Sequence[Worked]) -> tuple[ModuleMatch, ...]:
    names = dict.fromkeys((goal.written.module, *(line.module for one in sessions for line in one.lines)))
    matches = {match.id: match for match in plan.modules}
    return tuple(matches[name] for name in names if name in matches)


def _impairments(plan: PhasedPlan, modules: Iterable[ModuleMatch]) -> tuple[ImpairmentReading, ...]:
    treated = {name for match in modules for name in match.treats}
    return tuple(reading for reading in plan.profile.impairments if reading.id in treated and reading.is_known)


def _measures(plan: PhasedPlan, scores: Sequence[ScoreEntry], modules: Iterable[ModuleMatch]) -> tuple[Measured, ...]:
    """The results of the instruments that track these modules, as far as there are any; those given as answers are scored first."""
    known = knowledge()
    wanted = dict.fromkeys(use.instrument for match in modules for use in known.modules[match.id].measures if use.instrument)
    found = []
    for name in wanted:
        entries = [entry for entry in scores if entry.instrument == name]
        values = [(entry.on or plan.as_of, value) for entry in entries if (value := _whole(entry, plan.as_of)) is not None]
        if values:
            found.append(Measured(name, known.instruments[name].name, tuple(sorted(values))))
    return tuple(found)


def _whole(entry: ScoreEntry, as_of: date) -> float | None:
    """The total of one result, or its first scale where the instrument has no total; None when too much is missing to score it."""
    scored = score_entry(entry, knowledge().instruments[entry.instrument], as_of)
    whole = next((one for one in scored if one.scale == "total"), scored[0] if scored else None)
    return whole.value if whole else None


def _decisions(patient: Patient, modules: set[str]) -> tuple[Decided, ...]:
    """What signed plans decided about these modules beside the proposal, the latest plan first."""
    rows = PlanVersion.objects.filter(clinic_id=patient.clinic_id, patient=patient).select_related("signed_by").order_by("-number")
    return tuple(Decided(row.number, row.as_of, row.signed_by.name, choice) for row in rows for choice in signed_choices(row).all() if choice.target in modules)
