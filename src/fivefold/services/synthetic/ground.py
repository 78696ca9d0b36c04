"""What goes on between visits: the ground of general modules, the stages of running work, and what happens by chance."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.vocabulary import ResilienceLevel, StageId
from fivefold.services.synthetic.story import Story, Told, Turn, event
from fivefold.services.synthetic.trajectory import HiddenCourse

# From which week on each general module usually stands where.
GROUND: dict[str, tuple[tuple[float, str], ...]] = {
    "G1": ((0, "started"), (3, "attained")),
    "G2": ((0, "started"), (4, "provisional"), (16, "attained")),
    "G3": ((1, "started"), (8, "provisional"), (22, "attained")),
    "G4": ((0, "started"), (8, "provisional"), (20, "attained")),
    "G5": ((0, "not_started"), (8, "started"), (24, "provisional"), (44, "attained")),
    "G6": ((0, "not_started"), (3, "started"), (10, "provisional"), (28, "attained")),
}
STEPS = (StageId.RECOGNITION, StageId.EXPLORATION, StageId.ALTERNATIVES, StageId.GENERALISATION, StageId.MAINTAINED)
STUCK_BELOW = 0.25  # with less response than this, work does not get beyond exploration


def ground_on(story: Story, began: date, today: date, day: date) -> dict[str, str]:
    """The state of the general modules on a day: as usual for its week, unless a turn of the story says otherwise."""
    weeks = (day - began).days / 7 * story.trust
    states = {}
    for name, steps in GROUND.items():
        reached = [state for start, state in steps if start <= weeks]
        if reached:
            states[name] = reached[-1]
    for turn in story.turns:
        if _lasts(turn, (today - day).days, turn.general_weeks):
            states.update(turn.general)
    return states


def _lasts(turn: Turn, days_ago: int, weeks: int) -> bool:
    return turn.days_ago - 7 * weeks < days_ago <= turn.days_ago


@dataclass
class Work:
    """The specific modules of one patient: which run, since when, and how far they have come."""

    story: Story
    knowledge: KnowledgeBase
    stages: dict[str, StageId] = field(default_factory=dict)
    started: dict[str, date] = field(default_factory=dict)
    resting: set[str] = field(default_factory=set)
    just_done: set[str] = field(default_factory=set)

    def bring(self, day: date) -> list[Told]:
        """What was reached in an earlier treatment."""
        for name, stage in self.story.brings.items():
            self.stages[name] = StageId(stage)
        return [self._told(name, day) for name in self.story.brings]

    def start(self, name: str, day: date) -> Told:
        """Begin a module."""
        self.stages[name], self.started[name] = STEPS[0], day
        return self._told(name, day)

    def move_on(self, day: date) -> list[Told]:
        """Let running modules reach the stage that their time allows; gives those that have changed."""
        changed = []
        self.just_done = set()
        for name, began in self.started.items():
            if name in self.resting:
                continue
            stage = STEPS[min(self._most_steps(), int(4 * self._share(name, began, day)))]
            if stage is not self.stages[name]:
                self.stages[name] = stage
                changed.append(self._told(name, day))
                if stage in (StageId.GENERALISATION, StageId.MAINTAINED):
                    self.just_done.add(name)
        return changed

    def has_room(self) -> bool:
        """Whether something has come to its end lately, or nothing has begun, so that another module may start."""
        return not self.started or bool(self.just_done)

    def rest(self, name: str, reason: str, day: date) -> Told:
        """Let a module rest where it stands."""
        self.resting.add(name)
        told = self._told(name, self.started.get(name, day))
        return Told("module", name, {**told.value, "paused": {"reason": reason, "since": day.isoformat()}})

    def _most_steps(self) -> int:
        return 1 if self.story.response < STUCK_BELOW else len(STEPS) - 1

    def _share(self, name: str, began: date, day: date) -> float:
        pace = self.knowledge.tailoring.pace.at(ResilienceLevel(self.story.resilience))
        usual = self.knowledge.modules[name].dose.weeks.usual * pace / self.story.tempo
        return (day - began).days / 7 / max(1.0, usual)

    def _told(self, name: str, day: date) -> Told:
        return Told("module", name, {"id": name, "stage": self.stages[name].value, "since": day.isoformat()})


def chance_events(course: HiddenCourse, since: date, day: date, rng: np.random.Generator) -> list[tuple[date, Told]]:
    """Self-harm, crises and missed sessions after ``since`` and up to ``day``, as likely as the levels make them."""
    found = []
    week = since + timedelta(days=7)
    while week <= day:
        for kind, chance in _chances(course, week):
            if rng.random() < chance:
                on = week - timedelta(days=int(rng.integers(0, 7)))
                found.append((max(on, course.began), event(kind)))
        week += timedelta(days=7)
    return sorted(found, key=lambda pair: (pair[0], pair[1].key))


def _chances(course: HiddenCourse, week: date) -> list[tuple[str, float]]:
    harm, crisis, alliance = (course.level(name, week) for name in ("self_harm", "crisis", "alliance_problem"))
    return [
        ("self_harm", float(np.clip((harm - 1.1) * 0.13, 0, 0.4))),
        ("crisis", float(np.clip((crisis - 1.3) * 0.07, 0, 0.15))),
        ("missed_session", float(np.clip(0.03 + (alliance - 1.2) * 0.08, 0.02, 0.3))),
    ]
