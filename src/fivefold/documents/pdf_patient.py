"""What stands on the patient's copy of the plan: plain words, no codes, no scores, no predictions.

Names and reasons are the patient words of the knowledge base. Text written for clinicians never comes here.
"""

from typing import Any

from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.plan import ModuleMatch, PhasedPlan
from fivefold.concepts.vocabulary import MatchStatus
from fivefold.documents import pdf_words as words
from fivefold.documents.language import say

FEW = 4
NOT_YET = (MatchStatus.BLOCKED, MatchStatus.SUSPENDED, MatchStatus.CAUTIONED)


def patient_content(plan: PhasedPlan, knowledge: KnowledgeBase) -> dict[str, Any]:
    """All parts of the patient's copy."""
    here = knowledge.phases[plan.phase.overall].patient
    return {
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
        "running_title": say("My treatment plan · {day}", day=words.day(plan.as_of)),
        "review": say("We look at this plan again together by *{day}*, or earlier if you wish.", day=words.day(plan.review.next_on)),
        "words": _fixed_words(),
    }


def _fixed_words() -> dict[str, str | list[str]]:
    """What the paper says by itself: headings, standing sentences, labels of empty lines."""
    return {
        "title": say("My treatment plan"),
        "description": say("The plan in plain words"),
        "lead": say("This is a suggestion to talk about. Nothing in it is fixed, and you can say no to any part."),
        "names": [say("My name"), say("The person I work with")],
        "first_things": say("First things first"),
        "withheld": say(
            "Something else comes before a plan right now. The person you work with will tell you what it is and why, and what helps today."
            " What you read here is for later, and for the moments in between."
        ),
        "where": say("Where I am now"),
        "here": say("you are here"),
        "helps": say("What helps now:"),
        "back_and_forth": say(
            "People go forward and back on this path. Going back is not a step down: it means that something needs care first."
        ),
        "now": say("What we work on now, and why"),
        "beginning": say("We begin with getting to know each other and agreeing how we work."),
        "ground": say("What is always there"),
        "next": say("What comes next"),
        "soon": say("Soon, when a first thing is in place:"),
        "later": say("Later, when you are ready:"),
        "not_yet": say("Kept for a calmer time:"),
        "unclear": say("We will find out together if this would help:"),
        "more": say("There is more that could help. We find out together, a little at a time."),
        "declined": say("You have said no to this for now, and that is fine:"),
        "done": say("We have already done:"),
        "life": say("What I want for my life"),
        "ideas": say("Some ideas:"),
        "life_lines": [say("One small thing I want to have or do, outside treatment"), say("How I will notice that things are better")],
        "hard": say("If things get hard"),
        "hard_how": say("My safety plan comes first. I keep it at hand. These people can help as well:"),
        "hard_lines": [
            say("Someone I can call, and the number"),
            say("Someone else, and the number"),
            say("My clinic in the daytime"),
            say("At night and at weekends"),
            say("Emergency number where I live"),
            say("What has helped me before"),
        ],
        "cut_out": say("You can cut this part out or take a photo of it."),
        "limits": say("What this paper cannot do"),
        "cannot": [
            say("Nobody reads it at night. It cannot call anyone. If you are in danger, call the emergency number or go to an emergency department."),
            say("A computer program made the first draft from what you and others have told. It can be wrong. People decide."),
            say("It cannot say how you will be. Nobody can. Many people find that things get easier with time and help."),
            say("It does not know everything about you. What is missing, you can add."),
        ],
        "say": say("What I want to say about it"),
        "say_line": say("What fits, what does not, what I want changed"),
        "signatures": [say("Signed by me, on"), say("Signed by the person I work with, on")],
    }  # fmt: skip


def _few(names: list[str]) -> list[str]:
    """The names when they are few; a long list of maybes helps nobody who is in distress."""
    return names if len(names) <= FEW else []


def _path(plan: PhasedPlan, knowledge: KnowledgeBase) -> dict[str, Any]:
    """The five places of the path in plain names, and the same as a sentence."""
    stops, names = list[dict[str, Any]](), list[str]()
    for phase in words.PHASES:
        name, here = knowledge.phases[phase].patient.name, phase is plan.phase.overall
        stops.append({"number": phase.order, "name": name, "here": here})
        names.append(say("{place} (you are here)", place=name) if here else name)
    return {"stops": stops, "alt": say("A path with five places: {places}. People go back and forth on it.", places=words.joined(names))}


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
