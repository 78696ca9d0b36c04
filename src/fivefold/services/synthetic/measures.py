"""What questionnaires say of a hidden course: true level to score along the knowledge base's own map, with error."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np

from fivefold.concepts.instrument import Instrument
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.services.synthetic.story import Told
from fivefold.services.synthetic.trajectory import HiddenCourse, worst_of

# The impairment each questionnaire hears, and every how many weeks it is filled in.
HEARS = {
    "bsl23": "emotion_regulation", "phq9": "depression", "gad7": "anxiety", "ders16": "emotion_regulation", "waisr": "alliance_problem",
    "wsas": "constricted_life_role", "pcl5": "ptsd", "isi": "sleep", "audit": "substance_use", "des2": "dissociation",
}  # fmt: skip
EVERY_WEEKS = {"bsl23": 2, "phq9": 4, "gad7": 8, "ders16": 12, "waisr": 6, "wsas": 12, "pcl5": 6, "isi": 8, "audit": 12, "des2": 12, "pdsicd11": 26, "brs": 26}
SEVERITY_POINTS = ((0.0, 2.0), (1.0, 10.0), (1.6, 13.0), (2.2, 17.0), (2.8, 21.0), (4.0, 31.0))
RESILIENCE_BRS = {"low": 2.2, "moderate": 3.1, "high": 4.4}
ERROR = 0.3  # standard deviation of a score's error, in levels
MISSED_ITEM = 0.02


@dataclass
class Questionnaires:
    """The questionnaires one patient fills in, each on its own days."""

    course: HiddenCourse
    knowledge: KnowledgeBase
    rng: np.random.Generator

    def filled_in(self, since: date | None, day: date) -> list[Told | tuple[date, Told]]:
        """Results from after ``since`` up to the day of a visit; those filled in at home carry their own day."""
        found: list[Told | tuple[date, Told]] = []
        for name in self.course.story.measures:
            found.extend(self._results(name, since, day))
        return found

    def _results(self, name: str, since: date | None, day: date) -> list[Told | tuple[date, Told]]:
        every = timedelta(weeks=EVERY_WEEKS[name])
        if since is None:
            return [self.result(name, day)]
        due = self._next_due(name, since, every)
        results: list[Told | tuple[date, Told]] = []
        while due <= day:
            results.append((due, self.result(name, due)))
            due += every
        return results

    def _next_due(self, name: str, since: date, every: timedelta) -> date:
        passed = (since - self.course.began) // every
        return self.course.began + (passed + 1) * every

    def result(self, name: str, day: date) -> Told:
        """One result on a day."""
        value = {"instrument": name, **self._answer(name, day)}
        return Told("score", name, value)

    def _answer(self, name: str, day: date) -> dict[str, Any]:
        instrument = self.knowledge.instruments[name]
        if name == "brs":
            mean = RESILIENCE_BRS[self.course.story.resilience] + 0.15 * min(1.0, (day - self.course.began).days / 365) + self.rng.normal(0, 0.15)
            return {"value": round(round(float(np.clip(mean, 1, 5)) * 6) / 6, 2)}
        level = self._heard(name, day) + float(self.rng.normal(0, ERROR))
        points = SEVERITY_POINTS if name == "pdsicd11" else _points(self.knowledge, name)
        score = score_at(points, float(np.clip(level, 0, 4)))
        if name == "phq9":
            return {"items": self._phq_items(score, self.course.level("suicidality", day))}
        return {"value": _as_given(instrument, score)}

    def _heard(self, name: str, day: date) -> float:
        if name == "pdsicd11":
            return worst_of(self.course.level(part, day) for part in sorted(self.course.story.levels)) * 0.85
        return self.course.distress(day) if name == "bsl23" else self.course.level(HEARS[name], day)

    def _phq_items(self, total: float, suicidality: float) -> list[int | None]:
        """Nine answers that add up to about the total; the ninth follows suicidality and is never guessed."""
        ninth = int(np.clip(round(suicidality - 0.6), 0, 3))
        wanted = int(np.clip(round(total) - ninth, 0, 24))
        items = [0] * 8
        while sum(items) < wanted:
            items[int(self.rng.choice([place for place in range(8) if items[place] < 3]))] += 1
        answers: list[int | None] = [*items, ninth]
        if self.rng.random() < MISSED_ITEM:
            answers[int(self.rng.integers(8))] = None
        return answers


def _points(knowledge: KnowledgeBase, instrument: str) -> tuple[tuple[float, float], ...]:
    """The map of the first impairment that reads the instrument's total."""
    for indicator in knowledge.impairments[HEARS[instrument]].indicators:
        if indicator.instrument == instrument and indicator.scale == "total":
            return indicator.points
    raise LookupError(f"no impairment reads the total of {instrument}")


def score_at(points: tuple[tuple[float, float], ...], level: float) -> float:
    """The score at which a piecewise linear map gives a level; the nearest end outside."""
    ordered = sorted((part_level, score) for score, part_level in points)
    if level <= ordered[0][0]:
        return ordered[0][1]
    for (low, first), (high, second) in pairwise(ordered):
        if level <= high and high > low:
            return first + (level - low) / (high - low) * (second - first)
    return ordered[-1][1]


def _as_given(instrument: Instrument, score: float) -> float:
    """The score as the instrument gives it: whole points, or a mean of its items, within the range."""
    scale = instrument.scale("total")
    assert scale is not None  # every instrument used here has a total
    clipped = float(np.clip(score, scale.range.min, scale.range.max))
    if scale.range.unit.startswith("mean") and instrument.items is not None:
        return round(round(clipped * instrument.items.count) / instrument.items.count, 2)
    return float(round(clipped))
