"""The picture at the head of a printed plan: five phases as a path, modules as tiles, the general modules as the ground.

The picture says everything in words as well: its alternative text is the same content as a sentence.
"""

from typing import Any

from fivefold.concepts.errors import shorten
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.plan import PhasedPlan
from fivefold.concepts.vocabulary import MatchStatus, PhaseId
from fivefold.documents import pdf_words as words
from fivefold.documents.html.words import GENERAL_WORDS, MATCH_WORDS
from fivefold.documents.language import say, say_number, to_say

SHOWN = (
    MatchStatus.NOW, MatchStatus.NEXT, MatchStatus.LATER, MatchStatus.CAUTIONED, MatchStatus.SUSPENDED, MatchStatus.BLOCKED, MatchStatus.DONE,
)  # fmt: skip


def draw_map(plan: PhasedPlan, knowledge: KnowledgeBase) -> dict[str, Any]:
    """The five phases with their tiles, the ground under them, and the alternative text."""
    phases = [
        {
            "number": phase.order,
            "name": knowledge.phases[phase].name,
            "here": phase is plan.phase.overall,
            "passed": phase.order < plan.phase.overall.order,
            "tiles": _tiles(plan, phase),
            "unclear": _unclear(plan, phase),
        }
        for phase in words.PHASES
    ]
    ground = [
        {"name": _short_name(knowledge, one.id, one.name), "mark": words.STATE_MARKS[one.state], "state": say(GENERAL_WORDS[one.state])}
        for one in plan.general_modules
    ]
    used = {match.status for match in plan.modules}
    legend = [words.status_words(status) for status in SHOWN if status in used]
    return {"phases": phases, "ground": ground, "legend": "   ".join(legend), "here": say("you are here"), "alt": _alternative(phases, ground)}


def _tiles(plan: PhasedPlan, phase: PhaseId) -> list[dict[str, str]]:
    """Modules of one phase, those of now first; what is not indicated or not clear yet is no tile."""
    return [
        {"name": shorten(match.short_name), "mark": words.STATUS_MARKS[status], "word": say(MATCH_WORDS[status]), "kind": status.value}
        for status in SHOWN
        for match in plan.with_status(status)
        if match.phase is phase
    ]


def _unclear(plan: PhasedPlan, phase: PhaseId) -> str:
    """How many modules of one phase nobody can judge yet: early on they are many, and tiles would hide what is known."""
    amount = sum(match.phase is phase for match in plan.with_status(MatchStatus.UNCLEAR))
    return say_number("{count} module not clear yet", "{count} modules not clear yet", amount) if amount else ""


def _short_name(knowledge: KnowledgeBase, key: str, name: str) -> str:
    found = knowledge.general_modules.get(key)
    return found.short_name if found else name


def _alternative(phases: list[dict[str, Any]], ground: list[dict[str, str]]) -> str:
    """The picture in words, for people who hear it."""
    parts = []
    for phase in phases:
        tiles = "; ".join([*(f"{tile['name']}, {tile['word']}" for tile in phase["tiles"]), *([phase["unclear"]] if phase["unclear"] else [])])
        line = to_say("{number} {name} (the treatment is here): {modules}.") if phase["here"] else to_say("{number} {name}: {modules}.")
        parts.append(say(line, number=phase["number"], name=phase["name"], modules=tiles or say("no module")))
    below = "; ".join(f"{one['name']}, {one['state']}" for one in ground)
    return say("The treatment as a path of five phases. {phases} The ground under every phase: {ground}.", phases=" ".join(parts), ground=below)
