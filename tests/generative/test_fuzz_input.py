"""Ten thousand damaged assessment files: each is read or refused with reasons; nothing else ever happens."""

import datetime
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.support.mutations import LEVELS, damaged_tree, tree_of, written
from tests.support.readings import knowledge

import fivefold
from fivefold.concepts.assessment import Assessment
from fivefold.concepts.errors import InputRefused, Problem
from fivefold.concepts.plan import PhasedPlan
from fivefold.documents.text_plan import render_text
from fivefold.exchange.assessment_reader import read_assessment_bytes
from fivefold.library import plan

CASES = Path(fivefold.__file__).parent / "knowledge_base" / "cases"
EXAMPLE = Path(__file__).parent / "example.assessment.yaml"
ROUNDS = range(10)
PER_ROUND = 250
FIRST_DAY = datetime.date(1900, 1, 1)

# Each is wrong on 2026-11-22, whatever else a file says.
DEFECTS = (
    "ratings: {anger: 7}",
    "scores: [{instrument: bsl23, date: 2026-11-20, value: 55}]",
    "scores: [{instrument: phq9, date: 2026-11-20, items: [1, 2]}]",
    "scores: [{instrument: phq9, date: 2026-11-23, value: 5}]",
    "events: [{kind: self_harm, date: 2027-01-01}]",
    "events: [{kind: self_harm, count: 0}]",
    "upcoming: [{kind: discharge, date: 2026-11-21}]",
    "risk: {imminent: perhaps}",
    "risk: {imminent: yes, cleared: [{code: R1, date: 2026-11-22, by: a, reason: b}]}",
    "risk: {overruled: [{code: R1, date: 2026-11-21, by: a, reason: b}]}",
    "dependants: {present: no, safe: no}",
    "modules: [{id: S04}, {id: S04}]",
    "attendance: {planned: 1, missed: 2}",
    "criteria: [10]",
    "colour: blue",
    "medication: [{class: ssri, since: 2026-05-01, stopped: 2026-04-01}]",
    "treatment: {protocol: psychoanalysis}",
    "preferences: {priorities: [peace]}",
    "resilience: {level: medium}",
    "patient: {age: 28, age_from: 20}",
)


@cache
def valid_files() -> tuple[str, ...]:
    return tuple(path.read_text(encoding="utf-8") for path in (EXAMPLE, *sorted(CASES.rglob("*.assessment.yaml"))))


@pytest.mark.parametrize("number", range(len(valid_files())))
def test_undamaged_file_is_read(number: int) -> None:
    read = read_assessment_bytes(valid_files()[number].encode(), knowledge())

    assert broken_promises(read) == []


@pytest.mark.parametrize("round_", ROUNDS)
@pytest.mark.parametrize("level", LEVELS)
def test_damaged_file_is_read_or_refused_with_reasons(level: str, round_: int) -> None:
    chance = Random(f"fivefold {level} {round_}")

    for number in range(PER_ROUND):
        raw = LEVELS[level](chance, chance.choice(valid_files()), chance.choice(valid_files()))
        found = faults_of(raw)
        assert found == [], f"{level} {round_}/{number}: {found}\n{raw!r}"


@pytest.mark.parametrize("level", LEVELS)
def test_damage_reaches_both_sides_of_the_door(level: str) -> None:
    chance = Random(f"fivefold both sides {level}")

    fates = Counter(is_read(LEVELS[level](chance, chance.choice(valid_files()), chance.choice(valid_files()))) for _ in range(200))

    assert fates[True] >= 10
    assert fates[False] >= 40


@pytest.mark.parametrize("defect", DEFECTS)
def test_known_defect_is_told_whatever_else_is_damaged(defect: str) -> None:
    chance = Random(f"fivefold {defect}")
    section = defect.partition(":")[0]

    for _ in range(100):
        tree = damaged_tree(chance, chance.choice(valid_files()), chance.choice(valid_files()))
        raw = written(chance, tree | {"as_of": "2026-11-22"} | tree_of(defect))
        with pytest.raises(InputRefused) as refused:
            read_assessment_bytes(raw, knowledge())
        assert any(problem.key.startswith(section) for problem in refused.value.problems), raw


def faults_of(raw: bytes) -> list[str]:
    """What is wrong with the answer to a file, whether it is read or refused."""
    try:
        read = read_assessment_bytes(raw, knowledge(), file="damaged.yaml")
    except InputRefused as refused:
        untold = [f"not told in full: {problem}" for problem in refused.problems if not is_told(problem, raw)]
        return untold if refused.problems else ["refused without a problem"]
    return broken_promises(read) or unplanned(read)


def unplanned(read: Assessment) -> list[str]:
    """What is wrong with the plan of what was read: it is made, for this assessment, and can be printed; a crash is a crash of the test."""
    made = plan(read, knowledge(), draws=0)
    return [] if made.assessment_id == read.id and print_plan(made) else ["no plan of what was read"]


def print_plan(made: PhasedPlan) -> str:
    return render_text(made, knowledge())


def is_told(problem: Problem, raw: bytes) -> bool:
    # The parser counts more line ends than an editor: a carriage return and three of Unicode's.
    last_line = len(raw.decode("utf-8", "replace").splitlines()) + 1
    return bool(problem.value and problem.expected and problem.remedy) and str(problem).isprintable() and 0 <= problem.line <= last_line


def is_read(raw: bytes) -> bool:
    try:
        read_assessment_bytes(raw, knowledge())
    except InputRefused:
        return False
    return True


def broken_promises(read: Assessment) -> list[str]:
    """What a read assessment promises and this one does not keep."""
    promises = {
        "no day lies after the assessment or before 1900": all(FIRST_DAY <= day <= read.as_of for day in recorded_days(read)),
        "events lie in the past": all(event.days_ago_from is None or 0 <= event.days_ago_from <= (event.days_ago_to or 0) for event in read.events),
        "events are counted": all(event.count >= 1 for event in read.events),
        "what is announced lies ahead": all(coming.days_ahead is None or coming.days_ahead >= 0 for coming in read.upcoming),
        "severities are 0 to 4": all(rating.severity is None or 0 <= rating.severity <= 4 for rating in read.ratings.values()),
        "impairments are known": set(read.ratings) <= set(knowledge().impairments),
        "scores are possible": all(is_possible(entry) for entry in read.scores),
        "an instrument has one result a day": len({(entry.instrument, entry.on) for entry in read.scores}) == len(read.scores),
        "criteria are 1 to 9": set(read.criteria) <= set(range(1, 10)),
        "missed sessions were planned": (read.missed_sessions or 0) <= (read.planned_sessions or 0),
        "ages are human": all(0 <= age <= 120 for age in (read.patient.age, read.patient.age_from, read.patient.age_to) if age is not None),
        "modules are known": set(read.modules) <= set(knowledge().modules),
        "clearances have an author and a reason": all(entry.by and entry.reason for entry in read.cleared + read.overruled),
        "hard codes are not overruled": all(int(entry.code[1:]) >= 6 for entry in read.overruled),
        "R14 is not cleared": all(entry.code != "R14" for entry in read.cleared + read.overruled),
        "the protocol is known": read.treatment.protocol in knowledge().protocols,
        "no control character is kept": all(is_harmless(text) for text in texts_in(read)),
    }
    return [promise for promise, kept in promises.items() if not kept]


def is_possible(entry: Any) -> bool:
    instrument = knowledge().instruments[entry.instrument]
    main = instrument.scale("total") or instrument.scales[0]
    values = {main.id: entry.value} if entry.value is not None else entry.scales
    ranges = {scale.id: scale.range for scale in instrument.scales}
    if entry.items is not None:
        answers = list(enumerate(entry.items, start=1))
        return len(answers) == instrument.items.count and all(answer is None or instrument.items.allows(number, answer) for number, answer in answers)
    if entry.band is not None:
        return entry.band in {band.name for band in main.bands}
    return bool(values) and all(ranges[name].min <= value <= ranges[name].max for name, value in values.items())


def is_harmless(text: str) -> bool:
    return not any((ord(letter) < 32 and letter not in "\n\t") or (127 <= ord(letter) < 160 and letter != "\x85") for letter in text)


def values_in(value: Any) -> Iterator[Any]:
    """Every plain value inside a value."""
    if is_dataclass(value):
        for part in fields(value):
            yield from values_in(getattr(value, part.name))
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from values_in(key)
            yield from values_in(inner)
    elif isinstance(value, tuple):
        for inner in value:
            yield from values_in(inner)
    else:
        yield value


def recorded_days(read: Assessment) -> Iterator[datetime.date]:
    due = {report.due for report in read.expected_reports}
    return (value for value in values_in(read) if isinstance(value, datetime.date) and value not in due)


def texts_in(read: Assessment) -> Iterator[str]:
    return (value for value in values_in(read) if isinstance(value, str))
