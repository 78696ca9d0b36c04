"""The hidden course of one patient: true levels 0-4 that work lowers, blows raise, and weeks make waver."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.vocabulary import StageId
from fivefold.services.synthetic.story import Story, Turn

# Trouble that anybody who comes has a little of, when the story says nothing.
USUAL = {"depression": 1.3, "anxiety": 1.3, "sleep": 1.1, "constricted_life_role": 1.4, "emotion_regulation": 1.4, "alliance_problem": 0.9}
HURTS = ("depression", "emptiness", "self_harm", "suicidality", "crisis", "shame_self_criticism")
REST = 0.4
# The share of the possible change that has come by the time a module stands at a stage.
CHANGE_AT = {
    StageId.RECOGNITION: 0.1,
    StageId.EXPLORATION: 0.3,
    StageId.ALTERNATIVES: 0.55,
    StageId.GENERALISATION: 0.8,
    StageId.MAINTAINED: 1.0,
}
FIRST_HELP = 0.25  # being in treatment helps with everything, by this share of the possible change, over its first half year
WAVER, KEPT = 0.22, 0.6  # standard deviation of a week's wavering, and how much of it is still there a week later


@dataclass
class HiddenCourse:
    """Levels as they truly are; measures see them with error."""

    story: Story
    began: date
    today: date
    knowledge: KnowledgeBase
    rng: np.random.Generator
    stages: dict[str, StageId] = field(default_factory=dict)
    _waver: dict[str, float] = field(default_factory=dict)
    _at: date | None = None

    def level(self, impairment: str, day: date) -> float:
        """The true level of an impairment on a day; days are asked for in order."""
        self._move_to(day)
        start = self.story.levels.get(impairment, USUAL.get(impairment, REST))
        share = self.story.response * max(self._worked_on(impairment), FIRST_HELP * min(1.0, (day - self.began).days / 182))
        return float(np.clip(start * (1 - share) + self._blow(impairment, day) + self._waver.get(impairment, 0.0), 0, 4))

    def distress(self, day: date) -> float:
        """What a broad questionnaire of distress hears: regulation, and the worst of what hurts."""
        worst = max(self.level(name, day) for name in HURTS)
        return 0.6 * self.level("emotion_regulation", day) + 0.4 * worst

    def _worked_on(self, impairment: str) -> float:
        """How far work on an impairment has come; work that only helps counts half."""
        best = 0.0
        for name, stage in self.stages.items():
            module = self.knowledge.modules[name]
            part = 1.0 if impairment in module.treats else 0.5 if impairment in module.also_helps else 0.0
            best = max(best, part * CHANGE_AT.get(stage, 0.0))
        return best

    def _blow(self, impairment: str, day: date) -> float:
        return sum(_height(turn, impairment, (self.today - day).days) for turn in self.story.turns)

    def _move_to(self, day: date) -> None:
        weeks = 1 if self._at is None else (day - self._at).days / 7
        if weeks <= 0:
            return
        self._at = day
        kept = KEPT**weeks
        spread = WAVER * float(np.sqrt(1 - kept**2))
        for name in sorted({*self.story.levels, *USUAL}):
            self._waver[name] = self._waver.get(name, 0.0) * kept + float(self.rng.normal(0, spread))


def _height(turn: Turn, impairment: str, days_ago: int) -> float:
    """What is left of a blow: all of it on its day, nothing after its weeks, a straight line between."""
    since = turn.days_ago - days_ago
    if since < 0 or impairment not in turn.raises:
        return 0.0
    return turn.raises[impairment] * max(0.0, 1 - since / (7 * turn.for_weeks))


def worst_of(levels: Iterable[float], count: int = 4) -> float:
    """The mean of the highest few levels: how severe a personality difficulty looks from outside."""
    highest = sorted(levels, reverse=True)[:count]
    return sum(highest) / len(highest) if highest else 0.0
