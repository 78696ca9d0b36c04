"""One plain paragraph on top: how things are and what the work is. Words before numbers."""

from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.plan import PhasedPlan
from fivefold.concepts.vocabulary import MatchStatus, OverrideStatus, PhaseId


def summarise(plan: PhasedPlan, knowledge: KnowledgeBase) -> str:
    """The lead sentence of a plan; never longer than a few sentences, never a promise."""
    parts = [_safety(plan), _place(plan, knowledge), _work(plan), _next(plan), _unknown(plan)]
    return " ".join(part for part in parts if part)


def _safety(plan: PhasedPlan) -> str:
    if plan.withheld is not None:
        return f"No automatic plan is made ({', '.join(plan.withheld.reason_codes)})."
    active = [override.code for override in plan.overrides if override.status is OverrideStatus.ACTIVE]
    if plan.phase.overall is PhaseId.P1:
        return f"Safety comes first today ({', '.join(active)})."
    return ""


def _place(plan: PhasedPlan, knowledge: KnowledgeBase) -> str:
    phase = knowledge.phases[plan.phase.overall]
    return f"The phase read now is {phase.name.lower()}."


def _names(plan: PhasedPlan, status: MatchStatus, most: int) -> str:
    names = [_lower(match.short_name) for match in plan.with_status(status)]
    if not names:
        return ""
    shown = names[:most]
    rest = len(names) - len(shown)
    return "; ".join(shown) + (f"; and {rest} more" if rest > 0 else "")


def _lower(name: str) -> str:
    """Lower case for running text, but names in capitals stay."""
    return name if name[:2].isupper() else name[0].lower() + name[1:]


def _work(plan: PhasedPlan) -> str:
    if plan.withheld is not None:
        return _safety_work(plan)
    now = _names(plan, MatchStatus.NOW, 4)
    return f"The work now: {now}." if now else "No specific module can start yet."


def _safety_work(plan: PhasedPlan) -> str:
    """Where no plan is made: what is done all the same, and what the rest is."""
    safe = [_lower(match.short_name) for match in plan.with_status(MatchStatus.NOW) if match.phase is PhaseId.P1]
    named = f"Safety work: {'; '.join(safe)}. " if safe else ""
    return f"{named}Other modules are shown as information only."


def _next(plan: PhasedPlan) -> str:
    if plan.withheld is not None:
        return ""
    coming = _names(plan, MatchStatus.NEXT, 3)
    return f"Next, as soon as the way is open: {coming}." if coming else ""


def _unknown(plan: PhasedPlan) -> str:
    count = len(plan.ask_first)
    return f"{count} question{'s' if count != 1 else ''} come{'s' if count == 1 else ''} first." if count else ""
