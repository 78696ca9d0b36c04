"""Risk overrides R1-R14: computed before anything is matched, and a required argument of everything that follows.

An override is cleared only by a clinician's recorded reassessment that lies on or after what raised it; a better score
never clears one, and something new after the clearing reopens it.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from fivefold.concepts.assessment import Assessment, Clearance
from fivefold.concepts.criteria import Stated
from fivefold.concepts.criterion_words import Describer
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.plan import FirstQuestion, Override, PlannedAction, Withheld
from fivefold.concepts.rules import ActionRule, OverrideRule
from fivefold.concepts.scores import RiskSign, ScaleScore
from fivefold.concepts.vocabulary import Answer, OverrideKind, OverrideStatus
from fivefold.engine.criteria import evaluate, leaves
from fivefold.engine.facts import Facts, facts_after, facts_at_worst, recorded_adaptations, withholding_adaptations

ALWAYS_FIRST = ("R1", "R2", "R3", "R4", "R5")
QUESTION_THOUGH_ACTIVE = ("R12", "R13")


def find_overrides(facts: Facts, scores: tuple[ScaleScore, ...], knowledge: KnowledgeBase, describer: Describer) -> tuple[Override, ...]:
    """Every risk rule that is active, waits to be asked, or has been cleared or overruled; absent ones are not listed.

    ``facts.levels`` must hold the worst piece of evidence for each impairment, not the fused level. Of repeated forms the
    hard rules read the worst, so that a better one never takes away what an earlier one raised.
    """
    found = []
    read = {OverrideKind.HARD: facts_at_worst(facts, scores), OverrideKind.ADVISORY: facts}
    # Most rules let a "no" answer for the same number of days: the facts are reduced once for each number, not once for each rule.
    reduced: dict[tuple[OverrideKind, float], Facts] = {}
    for rule in knowledge.overrides:
        known = rule.kind, rule.clearance_answers_for.value
        if known not in reduced:
            reduced[known] = _without_old_denials(read[rule.kind], days=rule.clearance_answers_for.value)
        status, because = _status(rule, reduced[known], scores, describer)
        if status is not None:
            found.append(Override(rule.code, rule.id, rule.name, status, rule.kind, because, rule.effect, rule.cleared_by, rule.basis))
    return tuple(found)


def _status(rule: OverrideRule, facts: Facts, scores: tuple[ScaleScore, ...], describer: Describer) -> tuple[OverrideStatus | None, tuple[str, ...]]:
    """Where a rule stands by facts from which the denials that are too old for it have been taken."""
    assessment = facts.assessment
    answer = _holds(rule, facts)
    if answer is False:
        return None, ()
    cleared = _latest(assessment.cleared, rule.code)
    if answer is True:
        because = _because(rule, facts, describer, answer)
        if cleared is not None and not _holds_since(rule, cleared, cleared.on, facts, scores):
            return OverrideStatus.CLEARED, (*because, _clearance_words("Cleared", cleared))
        return _or_overruled(OverrideStatus.ACTIVE, rule, facts, scores, because)
    if cleared is not None and _answers_until(rule, cleared) >= assessment.as_of:
        return OverrideStatus.CLEARED, (_clearance_words("Cleared", cleared),)
    if rule.ask_when is None or evaluate(rule.ask_when, facts) is True:
        return _or_overruled(OverrideStatus.TO_ASK, rule, facts, scores, _because(rule, facts, describer, answer))
    return None, ()


def _or_overruled(
    status: OverrideStatus, rule: OverrideRule, facts: Facts, scores: tuple[ScaleScore, ...], because: tuple[str, ...]
) -> tuple[OverrideStatus, tuple[str, ...]]:
    """Advisory rules may be overruled; what came after the decision reopens them."""
    decision = _latest(facts.assessment.overruled, rule.code) if rule.kind is OverrideKind.ADVISORY else None
    if decision is None or _holds_since(rule, decision, _answers_until(rule, decision), facts, scores):
        return status, because
    return OverrideStatus.OVERRULED, (*because, _clearance_words("Overruled", decision))


def _holds(rule: OverrideRule, facts: Facts) -> Answer:
    """Whether the trigger holds. Once the rule's own questions have all been answered today, silence on its other signs is
    no reason to ask again; an act of unknown date and an unknown level still are.
    """
    answer = evaluate(rule.trigger, facts)
    if answer is None and _asked_today(rule, facts):
        return evaluate(rule.trigger, replace(facts, quiet=True))
    return answer


def _asked_today(rule: OverrideRule, facts: Facts) -> bool:
    for part, questions in rule.asking_parts:
        if evaluate(part, facts) is not False or not all(_is_of_today(leaf, facts) for leaf in questions):
            return False
    return bool(rule.asking_parts)


def _is_of_today(question: Stated, facts: Facts) -> bool:
    given = facts.assessment.risk.get(question.name) if question.group == "risk" else None
    return given is None or given.on in (None, facts.assessment.as_of)


def _without_old_denials(facts: Facts, *, days: float) -> Facts:
    """A "no" answers a risk question for these days, as long as a recorded reassessment would; after that it is not known. A "yes" stands."""
    assessment = facts.assessment
    oldest = assessment.as_of - timedelta(days=days)
    if facts.oldest_denial is None or facts.oldest_denial >= oldest:
        return facts
    kept = {name: answer for name, answer in assessment.risk.items() if answer.value is not False or answer.on is None or answer.on >= oldest}
    if len(kept) == len(assessment.risk):
        return facts
    return replace(facts, assessment=replace(assessment, risk=kept))


def _holds_since(rule: OverrideRule, decision: Clearance, undated_until: date, facts: Facts, scores: tuple[ScaleScore, ...]) -> bool:
    """Whether the trigger holds by what came after a decision alone."""
    later = facts_after(facts, decision.on, scores, undated_until=undated_until)
    return evaluate(rule.trigger, facts_at_worst(later, scores) if rule.kind is OverrideKind.HARD else later) is True


def _answers_until(rule: OverrideRule, decision: Clearance) -> date:
    return decision.on + timedelta(days=rule.clearance_answers_for.value)


def _latest(records: tuple[Clearance, ...], code: str) -> Clearance | None:
    if not records:
        return None
    return max((record for record in records if record.code == code), key=lambda record: (record.on, record.by, record.reason), default=None)


def _clearance_words(word: str, record: Clearance) -> str:
    return f"{word} by {record.by or 'a clinician'} on {record.on.isoformat()}: {record.reason}"


def _because(rule: OverrideRule, facts: Facts, describer: Describer, answer: Answer) -> tuple[str, ...]:
    texts = tuple(dict.fromkeys([describer.describe(leaf) for leaf in leaves(rule.trigger) if evaluate(leaf, facts) is answer]))
    if rule.code == "R14" and answer is True:
        names = withholding_adaptations(facts.assessment) if "withhold" in rule.id else recorded_adaptations(facts.assessment)
        texts = tuple(name.replace("_", " ") for name in names) or texts
    return texts if answer is True else tuple([f"not known: {text}" for text in texts])


def active_codes(overrides: tuple[Override, ...]) -> dict[str, OverrideStatus]:
    """Status by code; where a code stands twice (R14), the more serious status wins."""
    order = (OverrideStatus.OVERRULED, OverrideStatus.CLEARED, OverrideStatus.TO_ASK, OverrideStatus.ACTIVE)
    found: dict[str, OverrideStatus] = {}
    for override in overrides:
        current = found.get(override.code)
        if current is None or order.index(override.status) > order.index(current):
            found[override.code] = override.status
    return found


def active_rules(overrides: tuple[Override, ...], knowledge: KnowledgeBase, *statuses: OverrideStatus) -> tuple[OverrideRule, ...]:
    """The rules behind overrides with one of these statuses (active when none is named)."""
    wanted = statuses or (OverrideStatus.ACTIVE,)
    ids = {override.rule for override in overrides if override.status in wanted}
    return tuple(rule for rule in knowledge.overrides if rule.id in ids)


def withholding(overrides: tuple[Override, ...], assessment: Assessment, knowledge: KnowledgeBase) -> Withheld | None:
    """Why no automatic plan may be made, or None."""
    rules = [rule for rule in active_rules(overrides, knowledge) if rule.effects.withholds]
    if not rules:
        return None
    codes = tuple(dict.fromkeys(rule.code for rule in rules))
    needs = tuple(f"{knowledge.adaptations[name].name}: {knowledge.adaptations[name].needs}" for name in withholding_adaptations(assessment))
    message = "No automatic plan is made. " + " ".join(rule.effect for rule in rules)
    return Withheld(codes, message, tuple(rule.effect for rule in rules if rule.code != "R14") + needs)


def planned_actions(overrides: tuple[Override, ...], as_of: date, knowledge: KnowledgeBase, since: Mapping[str, date]) -> tuple[PlannedAction, ...]:
    """What must be done by when, from the active overrides, the soonest first; ``since`` says by code when a rule became active."""
    found: dict[tuple[str, str], tuple[float, PlannedAction]] = {}
    for rule in active_rules(overrides, knowledge):
        for action in rule.actions:
            hours, words = deadline(action, as_of, since.get(rule.code))
            found.setdefault((action.what, words), (hours, PlannedAction(action.what, words, rule.code, action.within.basis)))
    return tuple(action for _, action in sorted(found.values(), key=lambda entry: (entry[0], entry[1].rule, entry[1].what)))


def deadline(action: ActionRule, as_of: date, since: date | None = None) -> tuple[float, str]:
    """A deadline in hours from the day of the assessment (negative: past) and in words with the day it ends.

    It counts from the day its rule became active, so that looking again does not move it; where that is not known, from the
    day of the assessment.
    """
    value, unit = action.within.value, action.within.unit
    span = action.text if action.text and "hours" in action.text else f"{value:g} {unit}"
    hours = value if unit == "hours" else value * 24
    begun = min(since or as_of, as_of)
    last = begun + timedelta(hours=hours)
    left = hours - 24 * (as_of - begun).days
    return left, f"within {span}, {'overdue since' if last < as_of else 'by'} {last.isoformat()}"


def sign_overrides(overrides: tuple[Override, ...], signs: tuple[RiskSign, ...]) -> tuple[Override, ...]:
    """Positive risk items are named with R1 where it waits to be asked: they are the reason to ask first."""
    if not signs:
        return overrides
    texts = tuple(f"{sign.instrument} item {sign.item} was answered positively" for sign in signs)
    return tuple(
        override._replace(because=texts + override.because) if override.code == "R1" and override.status is OverrideStatus.TO_ASK else override
        for override in overrides
    )


def first_questions(overrides: tuple[Override, ...], knowledge: KnowledgeBase, gate_questions: tuple[FirstQuestion, ...]) -> tuple[FirstQuestion, ...]:
    """What must be asked before anything else: the hard rules first, then signs, then what decides most."""
    limit = int(knowledge.policy.plan.questions_first.value)
    rules = {rule.id: rule for rule in knowledge.overrides}
    hard: list[FirstQuestion] = []
    signs: list[FirstQuestion] = []
    rest: list[FirstQuestion] = []
    for override in overrides:
        rule = rules[override.rule]
        question = FirstQuestion(rule.question, (override.code,), rule.decides)
        if override.status is OverrideStatus.TO_ASK:
            (hard if override.code in ALWAYS_FIRST else rest).append(question)
        elif override.status is OverrideStatus.ACTIVE and override.code in QUESTION_THOUGH_ACTIVE:
            signs.append(question)
    # The suicide question stays first; recorded signs come before the other hard questions.
    leading = 1 if hard and hard[0].because == ("R1",) else 0
    ordered = [*hard[:leading], *signs, *hard[leading:], *rest, *gate_questions]
    return tuple(ordered[:limit])
