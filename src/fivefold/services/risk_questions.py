"""The risk questions as they stand: which rule asks them, whether the last answer still counts, whether a yes stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fivefold.concepts.criteria import Stated
from fivefold.concepts.plan import Override, PhasedPlan, PlannedAction
from fivefold.concepts.rules import OverrideRule
from fivefold.concepts.vocabulary import RISK_QUESTIONS, OverrideKind, OverrideStatus
from fivefold.engine.criteria import leaves
from fivefold.services.knowledge import knowledge
from fivefold.services.record_file import KnownFact

# The rule that a positive risk item in a questionnaire gives reason to ask.
SIGNED_RULE = "R1"
# Its action that says how soon somebody is to speak with the patient again.
BOOK_WITHIN = "Book the next contact"


@dataclass(frozen=True)
class RiskQuestion:
    """One question: the last answer, whether it still counts today and until when, and whether it is a yes that stands."""

    name: str
    fact: KnownFact | None
    counts: bool
    counts_until: date | None
    stands: bool

    @property
    def is_open(self) -> bool:
        """Whether it is to be asked: nothing counts, or nobody knew."""
        return not self.counts


@dataclass(frozen=True)
class RiskGroup:
    """A risk rule with its questions and, when it is active, waits or was decided on, how it stands."""

    rule: OverrideRule
    questions: tuple[RiskQuestion, ...]
    override: Override | None
    actions: tuple[PlannedAction, ...]

    @property
    def open_questions(self) -> int:
        return sum(question.is_open for question in self.questions)


def questions_of(rule: OverrideRule) -> tuple[str, ...]:
    """The risk questions that a rule reads, in its own order."""
    return tuple(dict.fromkeys(leaf.name for leaf in leaves(rule.trigger) if isinstance(leaf, Stated) and leaf.group == "risk" and leaf.name in RISK_QUESTIONS))


def contact_within() -> tuple[float, str]:
    """Within how many hours the next contact is booked after danger was raised, and what that rests on: as the safety rule says it."""
    rule = next(rule for rule in knowledge().overrides if rule.code == SIGNED_RULE)
    within = next(action.within for action in rule.actions if action.what == BOOK_WITHIN)
    return within.value, within.basis.words


def codes_of(question: str) -> tuple[str, ...]:
    """The codes of the rules that read a question."""
    return tuple(rule.code for rule in knowledge().overrides if question in questions_of(rule))


def standing_answer(question: str, facts: Sequence[KnownFact]) -> KnownFact | None:
    """A yes that no recorded reassessment of its rule has followed; ``facts`` are those that count, in their order."""
    last = next((fact for fact in reversed(facts) if fact.kind == "risk" and fact.key == question), None)
    if last is None or last.value not in (True, "yes"):
        return None
    codes = codes_of(question)
    decisions = [fact for fact in facts if fact.kind == "cleared" and fact.key in codes]
    return None if any((fact.true_on, fact.recorded_at) > (last.true_on, last.recorded_at) for fact in decisions) else last


def risk_groups(facts: Sequence[KnownFact], plan: PhasedPlan) -> tuple[RiskGroup, ...]:
    """Every rule with risk questions of its own, and every other rule that is active, in the order of the rules."""
    states = {override.rule: override for override in plan.overrides}
    found = []
    for rule in knowledge().overrides:
        names, override = questions_of(rule), states.get(rule.id)
        if names or (override is not None and override.status.value != "to_ask"):
            questions = tuple(_question(name, rule, facts, plan.as_of) for name in names)
            found.append(RiskGroup(rule, questions, override, tuple(action for action in plan.actions if action.rule == rule.code)))
    return tuple(found)


def hard_rules_first(facts: Sequence[KnownFact], plan: PhasedPlan) -> tuple[str, ...]:
    """Codes of the hard rules that are active, or have a question without an answer that counts today.

    A rule without risk questions of its own (whether another service is needed) is open as long as the engine asks it, and so is
    one whose sign in a questionnaire is newer than the answers.
    """
    states = {override.rule: override for override in plan.overrides}
    return tuple(
        dict.fromkeys(rule.code for rule in knowledge().overrides if rule.kind is OverrideKind.HARD and _comes_first(rule, states.get(rule.id), facts, plan))
    )


def _comes_first(rule: OverrideRule, override: Override | None, facts: Sequence[KnownFact], plan: PhasedPlan) -> bool:
    if override is not None and override.status is OverrideStatus.ACTIVE:
        return True
    questions = [_question(name, rule, facts, plan.as_of) for name in questions_of(rule)]
    if any(question.is_open for question in questions):
        return True
    if override is None or override.status is not OverrideStatus.TO_ASK:
        return False
    return not questions or _has_newer_sign(rule, questions, plan)


def _has_newer_sign(rule: OverrideRule, questions: Sequence[RiskQuestion], plan: PhasedPlan) -> bool:
    """Whether a positive risk item in a questionnaire, which speaks for the question about suicide, came after its answers."""
    answered = min(question.fact.true_on for question in questions if question.fact is not None)
    return rule.code == SIGNED_RULE and any(sign.on is None or sign.on > answered for sign in plan.risk_signs)


def _question(name: str, rule: OverrideRule, facts: Sequence[KnownFact], today: date) -> RiskQuestion:
    last = next((fact for fact in reversed(facts) if fact.kind == "risk" and fact.key == name), None)
    if last is None or last.value in (None, "unknown"):
        return RiskQuestion(name, last, False, None, False)
    stands = standing_answer(name, facts) is not None
    until = last.true_on + timedelta(days=rule.clearance_answers_for.value)
    return RiskQuestion(name, last, stands or until >= today, None if stands else until, stands)
