"""Matching: for every specific module one status, with its reasons.

The order of decisions is fixed: what is done or declined; hard overrides; indication; advisory overrides; phase; gates
and prerequisites; and last the number of modules that can run at once. Nothing later can undo what came earlier.
"""

from dataclasses import dataclass, field, replace
from datetime import timedelta

from fivefold.concepts.assessment import ModuleRecord
from fivefold.concepts.basis import PROPOSAL, Basis
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.plan import Override, Reason, SelectionTerms
from fivefold.concepts.rules import OverrideRule
from fivefold.concepts.scores import level_word
from fivefold.concepts.vocabulary import (
    GENERAL_STATE_ORDER,
    STAGE_ORDER,
    Answer,
    GeneralState,
    MatchStatus,
    OverrideKind,
    OverrideStatus,
    PhaseId,
    StageId,
)
from fivefold.engine.criteria import evaluate
from fivefold.engine.facts import Facts
from fivefold.engine.prepared import Prepared, PreparedModule, as_sentence
from fivefold.engine.safety import active_rules

SUICIDALITY_RESPONSE = "S01"
# The reason of a module whose work is done.
FINISHED = "rule.match.done"
SAFETY_PLAN = "S02"
IN_PLAN = (MatchStatus.NOW, MatchStatus.NEXT, MatchStatus.LATER, MatchStatus.CAUTIONED, MatchStatus.SUSPENDED)


@dataclass
class Placement:
    """A module's status while it is worked out, with everything that explains it; a trial is not ``explained``."""

    status: MatchStatus
    record: ModuleRecord | None = None
    because: list[Reason] = field(default_factory=list)
    waits_for: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    running: bool = False
    pulled: bool = False
    declined: bool = False
    explained: bool = True
    selection: SelectionTerms | None = None
    rank: int | None = None


@dataclass(frozen=True)
class Frame:
    """What holds for all modules of one patient: facts, phase, and what the overrides forbid, caution, pause and bring.

    ``missing`` names, for modules that need others, the specific modules which come before them and have not come far enough.
    Built only from overrides: there is no way to match without having looked for them.
    """

    facts: Facts
    quiet: Facts
    phase: PhaseId
    suspended: dict[PhaseId, tuple[OverrideRule, ...]]
    blocked: dict[str, tuple[OverrideRule, ...]]
    cautioned: dict[str, tuple[OverrideRule, ...]]
    to_ask: dict[str, tuple[OverrideRule, ...]]
    paused: dict[PhaseId, tuple[OverrideRule, ...]]
    red: tuple[str, ...]
    brought: dict[str, tuple[OverrideRule, ...]]
    unwanted: frozenset[str]
    missing: dict[str, tuple[str, ...]]
    limit: int


def make_frame(facts: Facts, overrides: tuple[Override, ...], phase: PhaseId, prepared: Prepared, limit: int) -> Frame:
    """The frame of one patient; ``overrides`` is required and comes from ``safety.find_overrides``."""
    active = active_rules(overrides, prepared.knowledge)
    asking = active_rules(overrides, prepared.knowledge, OverrideStatus.TO_ASK)
    suspended: dict[PhaseId, list[OverrideRule]] = {}
    paused: dict[PhaseId, list[OverrideRule]] = {}
    blocked: dict[str, list[OverrideRule]] = {}
    cautioned: dict[str, list[OverrideRule]] = {}
    brought: dict[str, list[OverrideRule]] = {}
    to_ask: dict[str, list[OverrideRule]] = {}
    for rule in active:
        for part in rule.effects.suspends_phases:
            suspended.setdefault(part, []).append(rule)
        for part in rule.effects.pauses_phases:
            paused.setdefault(part, []).append(rule)
        for name in rule.effects.blocks:
            blocked.setdefault(name, []).append(rule)
        for name in rule.effects.cautions:
            cautioned.setdefault(name, []).append(rule)
        for name in rule.effects.brings:
            brought.setdefault(name, []).append(rule)
    for rule in asking:
        for name in rule.effects.cautions:
            to_ask.setdefault(name, []).append(rule)
    return Frame(
        facts=facts,
        quiet=replace(facts, quiet=True),
        phase=phase,
        suspended={key: tuple(rules) for key, rules in suspended.items()},
        blocked={key: tuple(rules) for key, rules in blocked.items()},
        cautioned={key: tuple(rules) for key, rules in cautioned.items()},
        to_ask={key: tuple(rules) for key, rules in to_ask.items()},
        paused={key: tuple(rules) for key, rules in paused.items()},
        red=_red(facts),
        brought={key: tuple(rules) for key, rules in brought.items()},
        unwanted=_unwanted_modules(set(facts.assessment.not_wanted), prepared),
        missing=_missing(facts, prepared),
        limit=limit,
    )


def with_facts(frame: Frame, facts: Facts, prepared: Prepared) -> Frame:
    """The frame with other facts of the same patient, overrides and phase as they were: for what-ifs of one answer or level."""
    return replace(frame, facts=facts, quiet=replace(facts, quiet=True), red=_red(facts), missing=_missing(facts, prepared))


def _red(facts: Facts) -> tuple[str, ...]:
    return tuple(sorted([name for name, state in facts.assessment.general_modules.items() if state is GeneralState.RED]))


def _missing(facts: Facts, prepared: Prepared) -> dict[str, tuple[str, ...]]:
    recorded = risk_assessment_recorded(facts, prepared.knowledge)
    return {name: _missing_prerequisites(part, facts, recorded) for name, part in prepared.modules.items() if part.needs}


def _unwanted_modules(wishes: set[str], prepared: Prepared) -> frozenset[str]:
    """The modules that the patient's wishes name, by their own id or by everything they treat."""
    if not wishes:
        return frozenset()
    return frozenset(name for name, part in prepared.modules.items() if name in wishes or wishes.issuperset(part.module.treats))


def risk_assessment_recorded(facts: Facts, knowledge: KnowledgeBase) -> bool:
    """Whether a risk assessment of this contact is on record: R1 cleared today, an act of today assessed, or R1's questions
    answered, no longer ago than an answer to them holds.
    """
    assessment = facts.assessment
    holds = max(rule.clearance_answers_for.value for rule in knowledge.overrides if rule.code == "R1")
    oldest = assessment.as_of - timedelta(days=holds)
    if any(record.code == "R1" and record.on == assessment.as_of for record in assessment.cleared):
        return True
    kinds = ("suicidal_communication", "suicide_attempt", "self_harm", "crisis")
    if any(event.kind in kinds and event.assessed is True and event.days_ago_to == 0 for event in assessment.events):
        return True
    given = [assessment.risk.get(name) for name in ("imminent", "new_plan_or_means", "acute_on_chronic")]
    return all(answer is not None and answer.value is not None and (answer.on or assessment.as_of) >= oldest for answer in given)


# ---- Indication -----------------------------------------------------------------------------------------------------


def indication(part: PreparedModule, frame: Frame) -> Answer:
    """Whether the module is indicated for the patient of a frame."""
    return indicated_by(part, frame.facts, frame.quiet)


def indicated_by(part: PreparedModule, facts: Facts, quiet: Facts) -> Answer:
    """Whether the module is indicated.

    Where every impairment it treats is known, signs that nobody has mentioned do not leave the question open: the known
    level decides. Where one is unknown, they stay unknown, so that silence never reads as absence. A positive answer
    to any risk item indicates the suicidality response, whatever the scores say. ``quiet`` are the same facts, quiet.
    """
    if facts.signs and part.module.id == SUICIDALITY_RESPONSE:
        return True
    answer = evaluate(part.module.indicated_when, facts)
    if answer is None and all(name in facts.levels for name in part.module.treats):
        answer = evaluate(part.module.indicated_when, quiet)
    if answer is False and evidence_disputes(part, facts):
        return None
    return answer


def evidence_disputes(part: PreparedModule, facts: Facts) -> bool:
    """Whether the worst evidence for an impairment on which the evidence disagrees would indicate the module.

    A form filled in to look well must not remove what a clinician sees; the question stays open until one of them decides.
    """
    if not facts.disputed:
        return False
    touched = {name: level for name, level in facts.disputed.items() if any(found.impairment == name for found in part.leaves)}
    return bool(touched) and evaluate(part.module.indicated_when, replace(facts, levels={**facts.levels, **touched})) is True


def match_modules(frame: Frame, prepared: Prepared) -> dict[str, Placement]:
    """One placement for every specific module, in the order of the knowledge base."""
    indicated = {name: indication(part, frame) for name, part in prepared.modules.items()}
    for name in frame.brought:
        indicated[name] = True
    pulled = _pull_prerequisites(indicated, frame, prepared)
    placements: dict[str, Placement] = {}
    for name in prepared.order:
        placements[name] = place_module(prepared.modules[name], indicated[name], pulled.get(name), frame, placements)
    ordered = {name: placements[name] for name in prepared.modules}
    _select(ordered, frame, prepared)
    _put_back_waiting(ordered, prepared)
    _rank(ordered, prepared)
    return ordered


def _pull_prerequisites(indicated: dict[str, Answer], frame: Frame, prepared: Prepared) -> dict[str, list[str]]:
    """Modules that are not indicated themselves but come before one that is, with the modules that need them."""
    pulled: dict[str, list[str]] = {}
    queue = [name for name, part in prepared.modules.items() if (indicated[name] is True or is_running(frame, name)) and not is_declined(frame, name)]
    while queue:
        name = queue.pop(0)
        for need in frame.missing.get(name, ()):
            if indicated[need] is True or is_running(frame, need):
                continue
            if need not in pulled and not is_declined(frame, need):
                queue.append(need)
            pulled.setdefault(need, []).append(name)
    return pulled


def is_running(frame: Frame, name: str) -> bool:
    """Whether the module is under way and not resting."""
    return _is_under_way(frame.facts.assessment.modules.get(name))


def _is_under_way(record: ModuleRecord | None) -> bool:
    return record is not None and record.paused is None and not _record_declined(record) and _stage_order(record) in (1, 2, 3, 4)


def _stage_order(record: ModuleRecord) -> int:
    return STAGE_ORDER[record.stage] if record.stage is not None else 0


def is_declined(frame: Frame, name: str) -> bool:
    """Whether patient or clinician has declined the module, or the patient wants neither it nor work on anything it treats.

    Asking about suicide cannot be declined, nor can safety work that a hard rule brings.
    """
    record = frame.facts.assessment.modules.get(name)
    if name not in frame.unwanted and (record is None or not _record_declined(record)):
        return False
    return name != SUICIDALITY_RESPONSE and not any(rule.kind is OverrideKind.HARD for rule in frame.brought.get(name, ()))


def _record_declined(record: ModuleRecord) -> bool:
    return record.declined_by_patient or record.declined_by_clinician or record.stage is StageId.ABANDONED


def _missing_prerequisites(part: PreparedModule, facts: Facts, risk_recorded: bool) -> tuple[str, ...]:
    """Specific modules that come before this one, apply to this patient, and have not come far enough."""
    return tuple(
        [
            need.module
            for need in part.needs
            if (need.when is None or evaluate(need.when, facts) is True) and not _prerequisite_met(need.module, facts, risk_recorded)
        ]
    )


def _prerequisite_met(name: str, facts: Facts, risk_recorded: bool) -> bool:
    """Whether a specific module has come far enough for what waits for it."""
    if name == SUICIDALITY_RESPONSE:
        return risk_recorded
    record = facts.assessment.modules.get(name)
    if record is None or _record_declined(record):
        return False
    least = STAGE_ORDER[StageId.ALTERNATIVES] if name == SAFETY_PLAN else STAGE_ORDER[StageId.GENERALISATION]
    return _stage_order(record) >= least


# ---- Placing one module -------------------------------------------------------------------------------------------------


def place_module(
    part: PreparedModule, indicated: Answer, pulled_by: list[str] | None, frame: Frame, placed: dict[str, Placement], *, explained: bool = True
) -> Placement:
    """The place of one module, before the number at once is applied; ``placed`` holds what comes before it.

    A trial, of which only the status is wanted, need not be ``explained``: it is then placed by the same decisions.
    """
    module = part.module
    record = frame.facts.assessment.modules.get(module.id)
    running = _is_under_way(record)
    placement = Placement(MatchStatus.NOT_INDICATED, record, running=running, pulled=bool(pulled_by), explained=explained)
    if indicated is True and explained:
        placement.because.extend(_indication_reasons(part, frame))
    if pulled_by and indicated is not True:
        names = ", ".join(pulled_by)
        placement.because.append(Reason("rule.match.prerequisite", f"Not indicated by itself: it comes before {names}.", tuple(pulled_by), PROPOSAL))
    if running:
        placement.because.append(Reason("rule.match.running", "Already under way.", (f"modules.{module.id}",), PROPOSAL))
    wanted: Answer = True if (running or pulled_by) else indicated
    for decide in (_hard, _finished, _unwanted, _undecided, _advised_against, _paused, _by_phase, _by_gates):
        status = decide(part, placement, wanted, frame, placed)
        if status is not None:
            placement.status = status
            return placement
    placement.status = MatchStatus.NOW
    return placement


def _indication_reasons(part: PreparedModule, frame: Frame) -> list[Reason]:
    facts, module = frame.facts, part.module
    reasons = [
        Reason(rule.id, f"{rule.code} brings it: {rule.name[0].lower()}{rule.name[1:]}.", (f"override.{rule.code}",), rule.basis)
        for rule in frame.brought.get(module.id, ())
    ]
    for found in part.leaves:
        if evaluate(found.leaf, facts) is True:
            level = facts.levels.get(found.impairment)
            text = found.sentence if level is None else f"{found.said}: it is {level_word(found.impairment, level)} ({level:.1f} of 4)."
            reasons.append(Reason(part.rule, text, found.inputs, found.basis))
    if module.id == SUICIDALITY_RESPONSE:
        told = {name for reason in reasons for name in reason.inputs}
        for sign in facts.signs:
            if (item := f"item.{sign.instrument}.{sign.item}") not in told:
                text = f"{sign.instrument} item {sign.item} was answered positively: {sign.text}"
                reasons.append(Reason(part.rule, as_sentence(text), (item,), PROPOSAL))
    return reasons


def _hard(part: PreparedModule, placement: Placement, wanted: Answer, frame: Frame, placed: dict[str, Placement]) -> MatchStatus | None:
    module = part.module
    blocking = frame.blocked.get(module.id)
    if blocking:
        placement.because.extend(_rule_reasons(blocking))
        return MatchStatus.BLOCKED
    suspending = frame.suspended.get(module.phase)
    if suspending and not module.gate_exempt:
        record = placement.record
        if record is not None and record.stage is StageId.MAINTAINED:
            return None
        if wanted is True or (record is not None and record.paused is not None):
            placement.because.extend(_rule_reasons(suspending))
            return MatchStatus.SUSPENDED
    return None


def _rule_reasons(rules: tuple[OverrideRule, ...]) -> list[Reason]:
    return [Reason(rule.id, f"{rule.code}: {rule.effect}", (f"override.{rule.code}",), rule.basis, supports=False) for rule in rules]


def _finished(part: PreparedModule, placement: Placement, wanted: Answer, frame: Frame, placed: dict[str, Placement]) -> MatchStatus | None:
    record = placement.record
    if record is None or record.stage is not StageId.MAINTAINED:
        return None
    if part.module.id in frame.brought or (part.module.id == SUICIDALITY_RESPONSE and wanted is True):
        # Safety work that is done returns with each new sign.
        placement.because.append(Reason("rule.match.returns", "Done before; it returns with each new sign.", (), PROPOSAL))
        return None
    placement.because.append(Reason(FINISHED, "Maintained: its work is done and stays available.", (f"modules.{part.module.id}",), PROPOSAL))
    return MatchStatus.DONE


def _unwanted(part: PreparedModule, placement: Placement, wanted: Answer, frame: Frame, placed: dict[str, Placement]) -> MatchStatus | None:
    if not is_declined(frame, part.module.id):
        return None
    record = placement.record
    by_clinician = record is not None and record.declined_by_clinician
    placement.declined = True
    who = "the clinician" if by_clinician else "the patient"
    reason = f" Reason: {record.deferred_reason}" if record is not None and record.deferred_reason else ""
    placement.because.append(
        Reason("rule.match.declined", f"Declined by {who}; ask again at the review.{reason}", (f"modules.{part.module.id}",), PROPOSAL, supports=False)
    )
    return MatchStatus.LATER if wanted is True else _without_indication(part, placement, wanted, frame)


def _undecided(part: PreparedModule, placement: Placement, wanted: Answer, frame: Frame, placed: dict[str, Placement]) -> MatchStatus | None:
    record = placement.record
    if wanted is True or (record is not None and record.paused is not None):
        return None
    return _without_indication(part, placement, wanted, frame)


def _without_indication(part: PreparedModule, placement: Placement, wanted: Answer, frame: Frame) -> MatchStatus:
    if not placement.explained:
        return MatchStatus.UNCLEAR if wanted is None else MatchStatus.NOT_INDICATED
    if wanted is None and evidence_disputes(part, frame.facts):
        names = [name for name in frame.facts.disputed if any(found.impairment == name for found in part.leaves)]
        text = "The evidence disagrees, and the worst of it would indicate this: settle it, or mark one piece as deciding."
        placement.because.append(Reason("rule.profile.discordant", text, tuple(f"impairment.{name}" for name in names), PROPOSAL, supports=False))
        return MatchStatus.UNCLEAR
    if wanted is None:
        unknown = [found for found in part.leaves if evaluate(found.leaf, frame.facts) is None]
        texts = "; ".join(dict.fromkeys(found.text for found in unknown))
        inputs = tuple(dict.fromkeys(found.input for found in unknown))
        placement.because.append(Reason(part.rule, f"Not known: {texts}.", inputs, PROPOSAL, supports=False))
        return MatchStatus.UNCLEAR
    levels = frame.facts.levels
    known = [
        f"{found.text}: it is {level_word(found.impairment, level)} ({level:.1f} of 4)"
        for found in part.leaves
        if (level := levels.get(found.impairment)) is not None and evaluate(found.leaf, frame.facts) is not True  # what holds is not what is missing
    ]
    text = "None of its indications holds." + (f" Asked for: {'; '.join(known)}." if known else "")
    placement.because.append(Reason(part.rule, text, tuple(found.input for found in part.leaves), PROPOSAL, supports=False))
    return MatchStatus.NOT_INDICATED


def _advised_against(part: PreparedModule, placement: Placement, wanted: Answer, frame: Frame, placed: dict[str, Placement]) -> MatchStatus | None:
    rules = frame.cautioned.get(part.module.id)
    if not rules:
        return None
    placement.because.extend(_rule_reasons(rules))
    placement.because.append(
        Reason(
            "rule.match.advisory",
            "Not started without a recorded reason to overrule.",
            tuple(f"override.{rule.code}" for rule in rules),
            PROPOSAL,
            supports=False,
        )
    )
    placement.waits_for.extend(rule.code for rule in rules)
    return MatchStatus.CAUTIONED


def _paused(part: PreparedModule, placement: Placement, wanted: Answer, frame: Frame, placed: dict[str, Placement]) -> MatchStatus | None:
    """Active R10 and R11 and a general module in the red pause exploratory and integrating work, and nothing else."""
    module = part.module
    rules = frame.paused.get(module.phase, ())
    red = frame.red if part.red_pauses else ()
    if not (rules or red) or module.gate_exempt:
        return None
    placement.because.extend(_rule_reasons(rules))
    if red:
        placement.because.append(
            Reason(
                "rule.gate.red",
                f"Paused while {', '.join(red)} is in the red: repair comes first.",
                tuple(f"general_modules.{name}" for name in red),
                PROPOSAL,
                supports=False,
            )
        )
    placement.waits_for.extend([*(rule.code for rule in rules), *red])
    return MatchStatus.SUSPENDED if placement.running else MatchStatus.LATER


def _by_phase(part: PreparedModule, placement: Placement, wanted: Answer, frame: Frame, placed: dict[str, Placement]) -> MatchStatus | None:
    module = part.module
    if module.phase.order <= frame.phase.order or module.gate_exempt:
        record = placement.record
        if record is not None and record.paused is not None:
            text = f"Was paused ({record.paused.reason}): go back to it with a chain analysis of what interrupted it."
            placement.because.append(Reason("rule.phase.resume", text, (f"modules.{module.id}",), PROPOSAL))
        return None
    if placement.explained:
        text = f"Belongs to a later phase ({module.phase.value}); the work now is {frame.phase.value}."
        if placement.running:
            text = f"Parked while the work is {frame.phase.value}; it resumes afterwards."
        placement.because.append(Reason("rule.match.phase", text, ("phase",), PROPOSAL, supports=False))
    placement.waits_for.append(module.phase.value)
    return MatchStatus.LATER


def _by_gates(part: PreparedModule, placement: Placement, wanted: Answer, frame: Frame, placed: dict[str, Placement]) -> MatchStatus | None:
    unknown, unmet = _gate_states(part, frame)
    missing = frame.missing.get(part.module.id, ())
    asked = _start_questions(part, placement, frame)
    codes = [rule.code for rule in rules] if (rules := frame.to_ask.get(part.module.id)) else []
    if placement.running or not (unknown or unmet or missing or asked or codes):
        return None
    placement.waits_for.extend([*missing, *unmet, *unknown, *codes])
    if placement.explained:
        _explain_waiting(part, placement, unknown, unmet, missing, codes, frame)
    if missing and (unmet or any(placed[name].status not in (MatchStatus.NOW, MatchStatus.DONE) for name in missing)):
        return MatchStatus.LATER
    return MatchStatus.NEXT


def _gate_states(part: PreparedModule, frame: Frame) -> tuple[list[str], list[str]]:
    """General modules that are unknown, and those known not to be far enough, of what this module waits for."""
    states = frame.facts.assessment.general_modules
    unknown, unmet = [], []
    for gate in part.gates:
        state = states.get(gate.module)
        if state is None:
            unknown.append(gate.module)
        elif GENERAL_STATE_ORDER[state] < GENERAL_STATE_ORDER[gate.state]:
            unmet.append(gate.module)
    if frame.red:
        unmet.extend(name for name in part.not_red if name in frame.red)
    return unknown, unmet


def _start_questions(part: PreparedModule, placement: Placement, frame: Frame) -> bool:
    open_ = False
    for condition in part.module.start_conditions:
        answer = evaluate(condition.when, frame.facts)
        if answer is not True:
            open_ = True
            placement.questions.append(condition.question)
            text = "Waits for an answer: " if answer is None else "Not yet: "
            placement.because.append(Reason("rule.match.start", text + condition.question, (), condition.basis, supports=False))
    return open_


def _explain_waiting(
    part: PreparedModule, placement: Placement, unknown: list[str], unmet: list[str], missing: tuple[str, ...], codes: list[str], frame: Frame
) -> None:
    def add(rule: str, text: str, inputs: list[str], basis: Basis) -> None:
        placement.because.append(Reason(rule, text, tuple(inputs), basis, supports=False))

    if unknown:
        add(part.gate_rule, f"The state of {', '.join(unknown)} is not known.", [f"general_modules.{name}" for name in unknown], part.gate_basis)
    if unmet:
        add(part.gate_rule, f"{', '.join(unmet)} not far enough yet.", [f"general_modules.{name}" for name in unmet], part.gate_basis)
    if missing:
        reasons = {need.module: need.because for need in part.needs}
        text = "Comes after " + "; ".join(f"{name} ({reasons[name].rstrip('.')})" if reasons[name] else name for name in missing) + "."
        add("rule.match.prerequisite", text, [f"modules.{name}" for name in missing], PROPOSAL)
    if codes:
        add("rule.match.to_ask", f"{', '.join(codes)} must be asked first.", [f"override.{code}" for code in codes], PROPOSAL)


# ---- How many at once, and in which order ------------------------------------------------------------------------------


def selection_terms(part: PreparedModule, frame: Frame, planned: set[str], prepared: Prepared) -> SelectionTerms:
    """The terms of the selection rule for one module; all in points."""
    rule, module = prepared.knowledge.selection, part.module
    known = frame.facts.levels
    levels = [known[name] for name in module.treats if name in known]
    severity = rule.severity_weight.value * (max(levels) - rule.severity_centre.value) / rule.severity_spread.value if levels else 0.0
    priority = _priority_points(part, frame, rule.priority_points.value)
    fit = rule.phase_fit_same.value if module.phase is frame.phase else (rule.phase_fit_earlier.value if module.phase.order < frame.phase.order else 0.0)
    enabling = min(rule.enabling_maximum.value, float(sum(name in planned for name in part.unlocks))) if part.unlocks else 0.0
    total = round(severity + priority + fit + enabling - part.burden, 4)
    return SelectionTerms(round(severity, 4), priority, fit, enabling, part.burden, total)


def _priority_points(part: PreparedModule, frame: Frame, first: float) -> float:
    for index, name in enumerate(frame.facts.assessment.priorities):
        if name == part.module.id or name in part.module.treats:
            return max(1.0, first - index)
    return 0.0


def _select(placements: dict[str, Placement], frame: Frame, prepared: Prepared) -> None:
    """Let at most ``frame.limit`` modules that count run at once, those under way first and the others by the selection rule."""
    planned = {name for name, placement in placements.items() if placement.status in IN_PLAN}
    for name in planned:
        placements[name].selection = selection_terms(prepared.modules[name], frame, planned, prepared)
    candidates = [name for name in placements if placements[name].status is MatchStatus.NOW and counts(prepared, name)]
    candidates.sort(key=lambda name: _order_key(name, placements))
    for name in candidates[frame.limit :]:
        placement = placements[name]
        if placement.running:
            continue
        placement.status = MatchStatus.NEXT
        text = f"Could start now, but {frame.limit} at once is the most at this level of resilience; it follows in rank."
        placement.because.append(Reason("rule.tailoring", text, ("resilience.level",), PROPOSAL, supports=False))


def _rank(placements: dict[str, Placement], prepared: Prepared) -> None:
    """Number everything in the plan: by status, and within it by the selection rule."""
    planned = [name for name, placement in placements.items() if placement.status in IN_PLAN]
    planned.sort(key=lambda name: (_STATUS_ORDER[placements[name].status], _plan_key(name, placements, prepared)))
    for rank, name in enumerate(planned, start=1):
        placements[name].rank = rank


def counts(prepared: Prepared, name: str) -> bool:
    """Whether a module counts against the number at once; safety and containment work never does."""
    return not prepared.modules[name].module.gate_exempt


def _plan_key(name: str, placements: dict[str, Placement], prepared: Prepared) -> tuple[bool, int, tuple[bool, float, float, str]]:
    """Safety and containment work first and in its own order, the rest by the selection rule."""
    module = prepared.modules[name].module
    if module.gate_exempt:
        return False, module.phase.order, (False, 0.0, 0.0, name)
    return True, 0, _order_key(name, placements)


_STATUS_ORDER = {
    MatchStatus.NOW: 0,
    MatchStatus.NEXT: 1,
    MatchStatus.LATER: 2,
    MatchStatus.CAUTIONED: 3,
    MatchStatus.SUSPENDED: 4,
}


def _order_key(name: str, placements: dict[str, Placement]) -> tuple[bool, float, float, str]:
    placement = placements[name]
    terms = placement.selection
    total, priority = (terms.total, terms.priority) if terms else (0.0, 0.0)
    return (not placement.running, -total, -priority, name)


def _put_back_waiting(placements: dict[str, Placement], prepared: Prepared) -> None:
    """A module that waits only for modules which run now is next; the limit may have moved one of those to next."""
    for name in prepared.order:
        placement = placements[name]
        missing = [other for other in placement.waits_for if other in placements]
        if placement.status is MatchStatus.NEXT and missing and not all(placements[other].status in (MatchStatus.NOW, MatchStatus.DONE) for other in missing):
            placement.status = MatchStatus.LATER
