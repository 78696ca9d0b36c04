"""What stands on the patient's copy of the plan: plain words, no codes, no scores, no predictions.

Names and reasons are the patient words of the knowledge base. Text written for clinicians never comes here.
"""

from typing import Any

from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.plan import ModuleMatch, PhasedPlan
from fivefold.concepts.vocabulary import MatchStatus
from fivefold.documents import pdf_words as words

FEW = 4
NOT_YET = (MatchStatus.BLOCKED, MatchStatus.SUSPENDED, MatchStatus.CAUTIONED)


def patient_content(plan: PhasedPlan, knowledge: KnowledgeBase) -> dict[str, Any]:
    """All parts of the patient's copy."""
    here = knowledge.phases[plan.phase.overall].patient
    return {
        "date": words.day(plan.as_of),
        "withheld": plan.withheld is not None,
        "where": {"name": here.name, "text": here.where_you_are, "helps": here.what_helps_now},
        "path": _path(plan, knowledge),
        "now": [_module(match, knowledge) for match in plan.with_status(MatchStatus.NOW) if not match.declined],
        "ground": [{"name": one.patient_name, "why": _general_why(one.id, knowledge)} for one in plan.general_modules],
        "next": _names(plan, MatchStatus.NEXT),
        "later": _names(plan, MatchStatus.LATER),
        "not_yet": _names(plan, *NOT_YET),
        "unclear": _few(_names(plan, MatchStatus.UNCLEAR)),
        "more": len(_names(plan, MatchStatus.UNCLEAR)) > FEW,
        "declined": [match.patient_name for match in plan.modules if match.declined],
        "done": _names(plan, MatchStatus.DONE),
        "life_goals": [goal.text for goal in plan.life_goals],
        "review": words.day(plan.review.next_on),
    }


def _few(names: list[str]) -> list[str]:
    """The names when they are few; a long list of maybes helps nobody who is in distress."""
    return names if len(names) <= FEW else []


def _path(plan: PhasedPlan, knowledge: KnowledgeBase) -> dict[str, Any]:
    """The five places of the path in plain names, and the same as a sentence."""
    stops = [{"number": phase.order, "name": knowledge.phases[phase].patient.name, "here": phase is plan.phase.overall} for phase in words.PHASES]
    names = [f"{stop['name']}{' (you are here)' if stop['here'] else ''}" for stop in stops]
    return {"stops": stops, "alt": f"A path with five places: {words.joined(names)}. People go back and forth on it."}


def _module(match: ModuleMatch, knowledge: KnowledgeBase) -> dict[str, str]:
    """What we work on now, and why."""
    rule = knowledge.modules.get(match.id)
    return {
        "name": match.patient_name,
        "why": match.patient_words,
        "what": rule.patient.what_we_do if rule else "",
        "long": rule.patient.how_long if rule else "",
    }


def _general_why(key: str, knowledge: KnowledgeBase) -> str:
    found = knowledge.general_modules.get(key)
    return found.patient.why if found else ""


def _names(plan: PhasedPlan, *statuses: MatchStatus) -> list[str]:
    """Plain names of the modules with one of these statuses; what the patient has declined is listed apart."""
    return [match.patient_name for match in plan.with_status(*statuses) if not match.declined]
