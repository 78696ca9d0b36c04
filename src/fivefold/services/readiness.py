"""Whether the next phase is within reach: what is met, not met and not known, and the step that a clinician confirms.

The program reads a phase from what is known; a clinician confirms the step, forward or back, with a reason. Both are kept, and neither is
a judgement of the person. What rests because of a crisis or a detour is listed with its way back.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from fivefold.concepts.errors import FivefoldError
from fivefold.concepts.phase import CriterionReading, PhaseReading
from fivefold.concepts.treatment_module import SpecificModule
from fivefold.concepts.vocabulary import WORKING_STAGES, OverrideKind, OverrideStatus, PhaseId, StageId
from fivefold.engine.change_stages import proposed_stage
from fivefold.engine.criteria import evaluate
from fivefold.engine.planning import understand
from fivefold.records import clock
from fivefold.records.models import ClinicalFact, Patient, User
from fivefold.services.access import Actor, Permission, clinical_act, patient_for, reaches
from fivefold.services.assessments import add_facts
from fivefold.services.knowledge import knowledge
from fivefold.services.patients import NotAcceptable
from fivefold.services.plans import ChangedMeanwhile, checked_reason
from fivefold.services.record_file import KnownFact, NewFact, read_facts, read_record
from fivefold.services.sessions import Earlier, sessions_read, signs_since, stage_since


@dataclass(frozen=True)
class PhaseStep:
    """A phase that a clinician confirmed, with the day, the reason and who."""

    phase: PhaseId
    on: date
    reason: str
    author: str
    fact_id: str


@dataclass(frozen=True)
class Parked:
    """A module that rests: why, in whose words, since when, at which stage it is taken up again, and by which way."""

    module: SpecificModule
    reason: str
    words: str
    since: date | None
    stage: str
    way_back: str


@dataclass(frozen=True)
class StageSigns:
    """A module under way at its stage of change, with the signs by which the stage is complete, those seen since it was reached, and the
    stage that is proposed once all are."""

    module: SpecificModule
    stage: StageId
    signs: tuple[tuple[str, bool], ...]
    proposed: StageId | None


@dataclass(frozen=True)
class Readiness:
    """What the program reads, what was confirmed last, and what stands between here and the next phase.

    ``is_crisis``: whether what rests after a step back now rests because of a crisis (``rule.phase.crisis_return``, or a hard danger).
    ``to_ask`` names the risk rules of which nobody knows yet: without it a page without dangers would read like an answer.
    """

    patient: Patient
    today: date
    reading: PhaseReading
    next_phase: PhaseId | None
    confirmed: tuple[PhaseStep, ...]
    dangers: tuple[str, ...]
    is_crisis: bool
    to_ask: tuple[str, ...]
    parked: tuple[Parked, ...]
    stages: tuple[StageSigns, ...]
    may_change: bool

    @property
    def met(self) -> tuple[CriterionReading, ...]:
        """Criteria for leaving the phase that are met."""
        return tuple(one for one in self.reading.exit if one.met is True)

    @property
    def not_met(self) -> tuple[CriterionReading, ...]:
        """Criteria that are not met."""
        return tuple(one for one in self.reading.exit if one.met is False)

    @property
    def not_known(self) -> tuple[CriterionReading, ...]:
        """Criteria of which nobody knows, each with what would settle it."""
        return tuple(one for one in self.reading.exit if one.met is None)

    @property
    def seen(self) -> str:
        """The confirmed step that is shown as the last, for noticing that somebody took another meanwhile."""
        return self.confirmed[0].fact_id if self.confirmed else ""


class NotForward(FivefoldError):
    """No step forward while a hard safety rule is active. For the person at the screen."""

    def __init__(self, names: tuple[str, ...]) -> None:
        words = _("No step forward is confirmed while a hard safety rule is active: %(names)s. Record a reassessment first.")
        super().__init__(words % {"names": "; ".join(names)})


@clinical_act(Permission.SEE_RECORD, view=True)
def see_readiness(actor: Actor, *, patient_id: uuid.UUID) -> Readiness:
    """Where the patient is, and what would open the next phase."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    return _readiness(patient, reaches(actor, patient, Permission.CHANGE_RECORD))


def _readiness(patient: Patient, may_change: bool) -> Readiness:
    today = clock.today()
    read = read_facts(patient)
    assessment = read_record(patient, today, read=read)
    known = understand(assessment, knowledge())
    facts = read.counting()
    dangers = tuple(one.name for one in known.overrides if one.status is OverrideStatus.ACTIVE and one.kind is OverrideKind.HARD)
    return Readiness(
        patient=patient,
        today=today,
        reading=known.phase,
        next_phase=_next(known.phase.overall),
        confirmed=_confirmed(facts),
        dangers=dangers,
        is_crisis=bool(dangers) or evaluate(knowledge().phase_reading.crisis_return.when, known.facts) is True,
        to_ask=tuple(one.name for one in known.overrides if one.status is OverrideStatus.TO_ASK),
        parked=tuple(_parked(facts)),
        stages=tuple(_stages(facts, sessions_read(patient))),
        may_change=may_change,
    )


def _next(phase: PhaseId) -> PhaseId | None:
    return next((one for one in PhaseId if one.order == phase.order + 1), None)


def _confirmed(facts: list[KnownFact]) -> tuple[PhaseStep, ...]:
    """Phases as they were recorded, the newest first."""
    told = [fact for fact in facts if fact.kind == "previous" and isinstance(fact.value, dict) and fact.value.get("phase")]
    names = dict(User.objects.filter(pk__in={fact.author_id for fact in told}).values_list("pk", "name"))
    steps = [PhaseStep(PhaseId(fact.value["phase"]), fact.true_on, fact.note, names.get(fact.author_id, ""), fact.id) for fact in told]
    return tuple(reversed(steps))


def _newest_modules(facts: list[KnownFact]) -> dict[str, KnownFact]:
    return {fact.key: fact for fact in facts if fact.kind == "module" and isinstance(fact.value, dict) and fact.key in knowledge().modules}


def _parked(facts: list[KnownFact]) -> list[Parked]:
    """Every module that rests and was not declined: a detour has a way back, which is told with it."""
    found = []
    for name, fact in _newest_modules(facts).items():
        pause = fact.value.get("paused")
        if not pause or fact.value.get("declined"):
            continue
        module = knowledge().modules[name]
        reason, since = (pause.get("reason", ""), pause.get("since", "")) if isinstance(pause, dict) else (str(pause), "")
        stage = str(fact.value.get("stage") or "").replace("_", " ")
        found.append(
            Parked(
                module,
                str(reason).replace("_", " "),
                fact.note,
                date.fromisoformat(str(since)) if since else None,
                stage,
                knowledge().phase_reading.resume_text,
            )
        )
    return found


def _stages(facts: list[KnownFact], earlier: Earlier) -> list[StageSigns]:
    """Modules under way with the signs that complete their stage: a stage moves when these are seen, not with time."""
    found = []
    for name, fact in _newest_modules(facts).items():
        stage = fact.value.get("stage")
        if stage in WORKING_STAGES and not fact.value.get("paused"):
            module = knowledge().modules[name]
            signs = next((part.signs_of_completion for place, part in module.change_stages.each() if place == stage), ())
            seen = signs_since(name, stage_since(facts, name), earlier)
            told = tuple((sign.text, sign.text in seen) for sign in signs)
            found.append(StageSigns(module, StageId(stage), told, proposed_stage(module, StageId(stage), seen)))
    return found


@clinical_act(Permission.CHANGE_RECORD)
def confirm_phase(actor: Actor, *, patient_id: uuid.UUID, phase: str, reason: str, seen: str) -> ClinicalFact:
    """Confirm the step to a phase, forward or back, with a reason; it is dated today and stays.

    Modules under way that belong to a later phase rest from today, each at its stage, until its phase has come again.

    One phase forward at most from where the program reads the patient, any number back. Raises NotForward while a hard rule is active,
    ChangedMeanwhile when another step was confirmed since, NotAcceptable otherwise.
    """
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    now = _readiness(patient, may_change=True)
    if now.seen != seen:
        last = now.confirmed[0] if now.confirmed else None
        theirs = {"phase": knowledge().phases[last.phase].name, "reason": last.reason} if last else {"phase": _("none")}
        raise ChangedMeanwhile(theirs, 0, _("the phase"), last.author if last else "")
    here = now.reading.overall
    allowed = [one.value for one in PhaseId if one.order <= here.order + 1]
    if phase not in allowed:
        raise NotAcceptable("Phase", _("the next phase, this one, or an earlier one"))
    if PhaseId(phase).order > here.order and now.dangers:
        raise NotForward(now.dangers)
    value = {"phase": phase, "since": now.today.isoformat()}
    step = NewFact("previous", "", value, now.today, note=checked_reason(reason))
    return add_facts(actor, patient, [step, *_rest(read_facts(patient).counting(), PhaseId(phase), now)])[0]


@clinical_act(Permission.CHANGE_RECORD)
def take_detour(actor: Actor, *, patient_id: uuid.UUID, module: str, words: str) -> ClinicalFact:
    """Let a module under way rest from today because something else has to be seen to first, said in words.

    Its stage stays, and its way back stands with it: it is taken up again where it is worked on in a session, which the plan goes on
    offering. Safety and containment work never rests. Raises NotAcceptable.
    """
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    fact = _newest_modules(read_facts(patient).counting()).get(module)
    if fact is None or fact.value.get("stage") not in WORKING_STAGES or fact.value.get("paused") or knowledge().modules[module].gate_exempt:
        raise NotAcceptable("Module", _("a module under way that is no safety or containment work"))
    today = clock.today()
    pause = {"reason": "interference", "since": today.isoformat()}
    rests = NewFact("module", module, {**fact.value, "id": module, "paused": pause}, today, note=checked_reason(words))
    return add_facts(actor, patient, [rests])[0]


def _rest(facts: list[KnownFact], phase: PhaseId, now: Readiness) -> Iterator[NewFact]:
    """Every module under way that has to wait for its phase, as resting since today; what may run in any phase runs on."""
    pause = {"reason": "crisis" if now.is_crisis else "step_back", "since": now.today.isoformat()}
    for name, fact in _newest_modules(facts).items():
        module = knowledge().modules[name]
        if fact.value.get("stage") in WORKING_STAGES and not fact.value.get("paused") and not module.gate_exempt and module.phase.order > phase.order:
            yield NewFact("module", name, {**fact.value, "id": name, "paused": pause}, now.today)
