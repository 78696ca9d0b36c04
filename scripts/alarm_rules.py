"""How often each rule of signals is right, on simulated treatments whose truth is known: ``python -m scripts.alarm_rules --write``.

The simulator knows what really happens to each person (whether they get better, when a jump or a rupture comes, when they stop
coming) and hands the rules only what a record would hold: weekly scores that swing, session ratings, attendance, forms with gaps. Every
assumption is ours and stands on the page that this writes; the figures say how the rules behave under them, not how patients do.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from fivefold.concepts.assessment import Assessment, ExpectedReport, PatientFacts, RiskAnswer, ScoreEntry, TreatmentFrame
from fivefold.concepts.basis import Basis, BasisKind
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.signals import SeenMatter, Watch
from fivefold.engine.progress.course import NO_CURVES, Curves, LookBackDue, course_from
from fivefold.engine.progress.expected_course import GrowthCurve, by_session
from fivefold.engine.progress.growth import PastCourse, fit_growth, published_slope
from fivefold.engine.progress.overview import read_progress
from fivefold.engine.progress.signals import read_signals
from fivefold.engine.scoring import main_scale
from fivefold.library import load_knowledge

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/reference/alarm-rules.md"
SEED, PEOPLE, OTHERS, FORMS, WEEKS = 20261126, 400, 200, 2_000, 24
BEGAN = date(2026, 1, 5)
# The simulated person: BSL-23 from 0 to 4. A swing within a week of this SD is seen in every single score.
START, START_SD, SWING = 2.2, 0.6, 0.35
KINDS = {"better": 0.5, "unchanged": 0.25, "worse": 0.1, "sudden loss": 0.075, "sudden gain": 0.075}
JUMP = 1.2
PHQ_PER_BSL = 6.0  # points of the PHQ-9 for one point of the BSL-23, and its own swing
PHQ_SWING = 2.0
ALLIANCE, ALLIANCE_SWING, RUPTURE = 37.5, 1.2, 9.0
RUPTURES, PLEASING, STOPPING, LOW_DOSE = 0.25, 0.1, 0.2, 0.2
REALLY = 0.5  # a latent change of the BSL-23 from which somebody is really better or worse, in points
DECIDED = (
    Watch.POSITIVE_RISK_ITEM,
    Watch.INCOMPLETE_RISK_SCREEN,
    Watch.MISSING_REPORT,
    Watch.REVIEW_OVERDUE,
    Watch.PHASE_REACHED,
    Watch.LOOK_BACK,
)


@dataclass(frozen=True)
class Person:
    """One simulated treatment: the latent course and everything that a record would hold of it, by week."""

    kind: str
    level: np.ndarray  # latent BSL-23 by week
    bsl: np.ndarray
    phq: np.ndarray
    srs: np.ndarray
    came: tuple[bool, ...]
    jump: int | None
    rupture: int | None
    pleasing: bool
    stops: int | None
    low_dose: bool


def simulate(rng: np.random.Generator) -> Person:
    """Draw one treatment of 24 weekly sessions."""
    kind = str(rng.choice(list(KINDS), p=list(KINDS.values())))
    weeks = np.arange(WEEKS)
    start = float(np.clip(rng.normal(START, START_SD), 1.0, 3.6))
    jump = int(rng.integers(6, 18)) if kind.startswith("sudden") else None
    drift = {"better": -float(rng.uniform(0.6, 1.4)), "worse": float(rng.uniform(0.6, 1.2))}.get(kind, 0.0)
    level = start + drift * np.log1p(weeks) / np.log1p(WEEKS - 1)
    if jump is not None:
        level = level + np.where(weeks >= jump, JUMP if kind == "sudden loss" else -JUMP, 0.0)
    level = np.clip(level, 0.0, 4.0)
    pleasing = bool(rng.random() < PLEASING)
    rupture = int(rng.integers(5, 20)) if not pleasing and rng.random() < RUPTURES else None
    srs = rng.normal(ALLIANCE, ALLIANCE_SWING, WEEKS)
    if rupture is not None:
        srs[rupture : rupture + 3] -= RUPTURE * np.array([1.0, 0.8, 0.5])
    if pleasing:
        srs = 39.5 + 0.5 * rng.random(WEEKS)
    low_dose = bool(rng.random() < LOW_DOSE)
    stops = int(rng.integers(4, 18)) if rng.random() < STOPPING else None
    misses = np.full(WEEKS, 0.55 if low_dose else 0.08)
    if stops is not None:
        misses[max(0, stops - 4) : stops] = 0.6
        misses[stops:] = 1.0
    return Person(
        kind=kind,
        level=level,
        bsl=np.round(np.clip(level + rng.normal(0, SWING, WEEKS), 0, 4), 2),
        phq=np.round(np.clip(PHQ_PER_BSL * level + rng.normal(0, PHQ_SWING, WEEKS), 0, 27)),
        srs=np.round(np.clip(srs, 0, 40), 1),
        came=tuple(bool(one) for one in rng.random(WEEKS) >= misses),
        jump=jump,
        rupture=rupture,
        pleasing=pleasing,
        stops=stops,
        low_dose=low_dose,
    )


def record_of(person: Person, week: int) -> tuple[Assessment, list[tuple[date, str]]]:
    """What a record holds at the end of a week: scores of the weeks in which the person came, and the sessions."""
    scores: list[ScoreEntry] = []
    for past in range(week + 1):
        on = BEGAN + timedelta(weeks=past)
        if person.stops is not None and past >= person.stops:
            break
        scores.append(ScoreEntry("bsl23", on, float(person.bsl[past])))
        if past % 2 == 0:
            scores.append(ScoreEntry("phq9", on, float(person.phq[past])))
        if person.came[past]:
            scores.append(ScoreEntry("srs", on, float(person.srs[past])))
    sessions = [(BEGAN + timedelta(weeks=past), "came" if person.came[past] else "missed") for past in range(week + 1)]
    frame = TreatmentFrame("gpm", sessions_per_week=1, weeks_in_treatment=week)
    return Assessment(BEGAN + timedelta(weeks=week), PatientFacts(age=30), scores=tuple(scores), treatment=frame), sessions


def switched_on(knowledge: KnowledgeBase) -> KnowledgeBase:
    """The base with the rule of the expected course in use: it is measured here, though it is off."""
    rules = [
        replace(rule, parameters=tuple(replace(one, value=1.0) if one.id == "in_use" else one for one in rule.parameters)) for rule in knowledge.signals.signals
    ]
    return replace(knowledge, signals=replace(knowledge.signals, signals=tuple(rules)))


def curves_of_others(knowledge: KnowledgeBase) -> Curves:
    """The expected course of the BSL-23 from other simulated people, as a clinic would make it of its own treatments."""
    rng = np.random.default_rng(SEED + 2)
    cases = []
    for _ in range(OTHERS):
        assessment, sessions = record_of(simulate(rng), WEEKS - 1)
        held_on = [on for on, came in sessions if came == "came"]
        series = next(one.series for one in read_progress(assessment, knowledge) if one.series.instrument == "bsl23")
        cases.append(PastCourse(by_session(series, held_on)))
    curve = fit_growth(cases, Basis(BasisKind.COMPUTED), published_slope(main_scale(knowledge.instruments["bsl23"]), knowledge.progress))
    assert isinstance(curve, GrowthCurve), curve
    return {("bsl23", main_scale(knowledge.instruments["bsl23"]).id): curve}


def alarms_of(person: Person, knowledge: KnowledgeBase, curves: Curves = NO_CURVES) -> dict[Watch, list[int]]:
    """In which weeks each rule saw something, looking once a week while the person is in treatment."""
    found: dict[Watch, list[int]] = {}
    last = WEEKS if person.stops is None else person.stops
    for week in range(1, last):
        assessment, sessions = record_of(person, week)
        for one in read_signals(course_from(assessment, knowledge, sessions, curves=curves), knowledge):
            if isinstance(one, SeenMatter):
                found.setdefault(one.rule.watch, []).append(week)
    return found


@dataclass
class Matrix:
    """Right and wrong alarms of one rule; the median of how many weeks after the event a right one came."""

    hits: int = 0
    misses: int = 0
    false_alarms: int = 0
    right_silence: int = 0
    delays: list[int] = field(default_factory=list)

    def count(self, truth: bool, alarm: bool, delay: int | None = None) -> None:
        """Add one case."""
        if truth and alarm:
            self.hits += 1
            if delay is not None:
                self.delays.append(delay)
        elif truth:
            self.misses += 1
        elif alarm:
            self.false_alarms += 1
        else:
            self.right_silence += 1

    @property
    def row(self) -> list[str]:
        """The counts, sensitivity, specificity, the share of alarms that are right, and the delay."""
        delay = f"{np.median(self.delays):.0f}" if self.delays else "–"
        return [
            *map(str, (self.hits, self.misses, self.false_alarms, self.right_silence)),
            _share(self.hits, self.hits + self.misses),
            _share(self.right_silence, self.right_silence + self.false_alarms),
            _share(self.hits, self.hits + self.false_alarms),
            delay,
        ]


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "–"


TRUTHS: dict[Watch, str] = {
    Watch.NOT_ON_TRACK: "after 24 weeks (or at the end) the latent level is not better than at the start by half a point of the BSL-23",
    Watch.EXPECTED_COURSE: "the same; the rule is off, and measured here with a curve of 200 other simulated people",
    Watch.DETERIORATION: "the latent level is at some time worse than at the start by half a point",
    Watch.SUDDEN_LOSS: "a latent jump of 1.2 points for the worse between two weeks",
    Watch.SUDDEN_GAIN: "a latent jump of 1.2 points for the better between two weeks",
    Watch.ALLIANCE: "a rupture that lowers the session rating for three sessions",
    Watch.HIGH_AND_FLAT: "somebody rates near the best end whatever happens, and the latent level becomes worse by half a point",
    Watch.DROPOUT: "the person stops coming; alarms count before the stop",
    Watch.DOSE: "somebody comes to less than half of the sessions as a habit",
    Watch.TIMETABLE: "distress or behaviour has not got better by half a point when the GPM timetable asks",
}


def truth_of(watch: Watch, person: Person) -> tuple[bool, int | None]:
    """Whether the matter is really there, and since which week where it has one."""
    last = WEEKS if person.stops is None else person.stops
    level = person.level[:last]
    change = level - level[0]
    worse = np.flatnonzero(change >= REALLY)
    since_worse = int(worse[0]) if worse.size else None
    has_jump = person.jump is not None and person.jump < last - 1
    match watch:
        case Watch.NOT_ON_TRACK | Watch.EXPECTED_COURSE:
            return bool(last > 6 and change[-1] > -REALLY and since_worse is None), 6
        case Watch.DETERIORATION:
            return since_worse is not None, since_worse
        case Watch.SUDDEN_LOSS | Watch.SUDDEN_GAIN:
            wanted = "sudden loss" if watch is Watch.SUDDEN_LOSS else "sudden gain"
            return has_jump and person.kind == wanted, person.jump
        case Watch.ALLIANCE:
            return person.rupture is not None and person.rupture < last and any(person.came[person.rupture : min(last, person.rupture + 2)]), person.rupture
        case Watch.HIGH_AND_FLAT:
            return person.pleasing and since_worse is not None, since_worse
        case Watch.DROPOUT:
            return person.stops is not None, None
        case Watch.DOSE:
            return person.low_dose and last > 8, 8
        case _:
            return bool(last > 3 and change[min(last - 1, 4)] > -REALLY), 3


def matrices(knowledge: KnowledgeBase, people: int = PEOPLE) -> dict[Watch, Matrix]:
    """Every rule about the course on the simulated cohort."""
    rng, in_use, curves = np.random.default_rng(SEED), switched_on(knowledge), curves_of_others(knowledge)
    found = {watch: Matrix() for watch in TRUTHS}
    for _ in range(people):
        person = simulate(rng)
        alarms = alarms_of(person, in_use, curves)
        for watch, matrix in found.items():
            truth, since = truth_of(watch, person)
            weeks = alarms.get(watch, [])
            matrix.count(truth, bool(weeks), weeks[0] - since if weeks and since is not None and weeks[0] >= since else None)
    return found


# ---- Rules that are decided by what is written, with nothing to guess ----------------------------------------------------------


def decided(knowledge: KnowledgeBase, forms: int = FORMS) -> dict[Watch, Matrix]:
    """Rules about danger and about dates, each on random records: every one must be seen, and nothing else."""
    rng = np.random.default_rng(SEED + 1)
    found = {watch: Matrix() for watch in DECIDED}
    for _ in range(forms):
        for watch, truth, seen in _cases(rng, knowledge):
            found[watch].count(truth, seen)
    return found


def _cases(rng: np.random.Generator, knowledge: KnowledgeBase) -> Iterator[tuple[Watch, bool, bool]]:
    today = BEGAN + timedelta(days=100)
    items = [None if rng.random() < 0.1 else float(rng.integers(0, 4)) for _ in range(9)]
    given = today - timedelta(days=int(rng.integers(0, 30)))
    asked_on = today - timedelta(days=int(rng.integers(0, 30))) if rng.random() < 0.3 else None
    risk = {name: RiskAnswer(False, asked_on) for name in ("imminent", "new_plan_or_means", "acute_on_chronic")} if asked_on else {}
    danger = bool(rng.random() < 0.3)
    if danger:
        risk["imminent"] = RiskAnswer(True, today)
    received = (True, False, None)[int(rng.integers(0, 3))]
    due = today - timedelta(days=int(rng.integers(-5, 6)))
    review_on, look_on = (today - timedelta(days=int(rng.integers(-10, 11))) for _ in range(2))
    assessment = Assessment(
        today,
        PatientFacts(age=30),
        scores=(ScoreEntry("phq9", given, items=tuple(items)),),
        risk=risk,
        expected_reports=(ExpectedReport("phq9", due, received, due <= today),),
    )
    course = course_from(assessment, knowledge, review_on=review_on, look_backs=(LookBackDue("one", look_on),))
    seen = {one.rule.watch for one in read_signals(course, knowledge) if isinstance(one, SeenMatter)}
    unasked = asked_on is None or given > asked_on
    yield Watch.POSITIVE_RISK_ITEM, items[8] is not None and items[8] >= 1 and unasked, Watch.POSITIVE_RISK_ITEM in seen
    yield Watch.INCOMPLETE_RISK_SCREEN, items[8] is None and unasked, Watch.INCOMPLETE_RISK_SCREEN in seen
    yield Watch.MISSING_REPORT, danger and due <= today and received is not True, Watch.MISSING_REPORT in seen
    yield Watch.REVIEW_OVERDUE, review_on < today, Watch.REVIEW_OVERDUE in seen
    yield Watch.LOOK_BACK, look_on <= today, Watch.LOOK_BACK in seen
    met = [one.met for one in course.phase.exit]
    yield Watch.PHASE_REACHED, bool(met) and all(one is True for one in met), Watch.PHASE_REACHED in seen


# ---- The page ------------------------------------------------------------------------------------------------------------------


HEAD = ["Rule", "Seen and there", "There, not seen", "Seen, not there", "Neither", "Sensitivity", "Specificity", "Right of its alarms", "Weeks after (median)"]


def page_text(knowledge: KnowledgeBase) -> str:
    """The whole page."""
    rules = {rule.watch: rule for rule in knowledge.signals.signals}
    course, certain = matrices(knowledge), decided(knowledge)
    lines = [
        "# How often the rules of signals are right",
        "",
        "<!-- Made by `python -m scripts.alarm_rules --write`; `make bench` works the figures out again. Do not edit this page. -->",
        "",
        f"Knowledge {knowledge.release.version}, seed {SEED}. **These people are simulated, and every assumption about them is ours.** The figures say how",
        "the rules behave when the world is like the simulator, and which rule cries wolf under it. They are no evidence about patients, and no rule is",
        "better for a good figure here. How a rule serves in a clinic is counted there (page *Clinic, Signals*): raised, seen, acted on, of use.",
        "",
        "## The course of treatment",
        "",
        f"{PEOPLE} treatments of {WEEKS} weekly sessions, looked at every week. A person is counted once for each rule: was it ever raised?",
        "",
        _row(HEAD),
        _row(["---"] + ["--:"] * (len(HEAD) - 1)),
        *(_row([rules[watch].name, *matrix.row]) for watch, matrix in course.items()),
        "",
        "What counts as there:",
        "",
        *(f"- **{rules[watch].name}**: {words}." for watch, words in TRUTHS.items()),
        "",
        "### What is simulated",
        "",
        f"- The latent level of the BSL-23 (0 to 4) starts at {START} (SD {START_SD}). Kinds: "
        + ", ".join(f"{name} {100 * share:g} %" for name, share in KINDS.items())
        + ". Better and worse follow the logarithm of the week.",
        f"- Every single score swings by an SD of {SWING} around the latent level; the PHQ-9 is {PHQ_PER_BSL:g} points for each point of it,",
        f"  with a swing of {PHQ_SWING:g}.",
        f"- Session ratings (SRS) lie around {ALLIANCE} (SD {ALLIANCE_SWING}). {100 * RUPTURES:g} % have one rupture of {RUPTURE:g} points that",
        f"  fades over three sessions; {100 * PLEASING:g} % rate near the best end whatever happens.",
        f"- {100 * STOPPING:g} % stop coming, after four weeks in which they miss more than half; {100 * LOW_DOSE:g} % come to less than half",
        "  as a habit. Others miss 8 %.",
        "",
        "### What the figures show",
        "",
        *_readings(course),
        "",
        "## Danger, dates and criteria",
        "",
        f"Here nothing has to be guessed: {FORMS:,} random records with gaps, each rule against what is written in them. Anything but 100 % is a defect.",
        "",
        _row(HEAD[:-1]),
        _row(["---"] + ["--:"] * (len(HEAD) - 2)),
        *(_row([rules[watch].name, *matrix.row[:-1]]) for watch, matrix in certain.items()),
        "",
    ]
    return "\n".join(lines)


def _readings(course: dict[Watch, Matrix]) -> list[str]:
    """The rules whose alarms are more often wrong than right, and those that miss more than half; in words, from the figures."""
    wolf = [watch for watch, one in course.items() if one.hits + one.false_alarms and one.hits < one.false_alarms]
    blind = [watch for watch, one in course.items() if one.hits + one.misses and one.hits < one.misses]
    names = {watch: watch.value.replace("_", " ") for watch in course}
    said = [f"- More often wrong than right: {', '.join(names[one] for one in wolf) or 'none'}."]
    said.append(f"- Misses more than half: {', '.join(names[one] for one in blind) or 'none'}.")
    said.append("- A rule that is sensitive at a price is acceptable where one look costs little, and not where many come at once: the digest shows five.")
    return said


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the page anew")
    text = page_text(load_knowledge())
    if parser.parse_args().write:
        PAGE.write_text(text, encoding="utf-8")
    elif not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != text:
        sys.exit(f"stale: {PAGE.relative_to(ROOT)}. Run: python -m scripts.alarm_rules --write")
    print(text)


if __name__ == "__main__":
    main()
