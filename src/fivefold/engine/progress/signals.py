"""What of a record somebody should act on: every rule of ``rules/signals.yaml`` held against what is known, on one day.

Each watch has one function, which says what it saw, or that it cannot be judged, or nothing where it was judged and not seen. Only
the main scale of an instrument that is given again and again is watched, so that many scales do not make many alarms. Nothing here is a
diagnosis, lowers a risk, or is meant for a patient.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta

from fivefold.concepts.assessment import Assessment, ExpectedReport
from fivefold.concepts.criteria import Stated
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.progress import Change, ChangeWord, DoesNotKnow, Sign
from fivefold.concepts.rules import ActionRule
from fivefold.concepts.signals import LONGEST_MARK, NotJudged, SeenMatter, SignalRule, Watch
from fivefold.concepts.vocabulary import OverrideKind, OverrideStatus
from fivefold.engine.criteria import leaves
from fivefold.engine.planning import CRISIS_PHASES
from fivefold.engine.progress.alliance import high_and_flat, low_rating
from fivefold.engine.progress.attendance import ExpectedStatus, TimetableReading, dose_check, dropout_watch, read_timetable
from fivefold.engine.progress.course import Course
from fivefold.engine.progress.expected_course import CourseReading, CourseStatus
from fivefold.engine.progress.on_track import TrackReading, TrackStatus
from fivefold.engine.progress.overview import ALLIANCE, ScaleProgress
from fivefold.engine.progress.sudden_shift import ShiftKind, SuddenShift
from fivefold.engine.scoring import main_scale

BETTER = (ChangeWord.IMPROVED, ChangeWord.RECOVERED)
Judged = SeenMatter | NotJudged


def read_signals(course: Course, knowledge: KnowledgeBase) -> tuple[Judged, ...]:
    """Everything that is seen on this day or cannot be judged, by the rules of the base, in their order."""
    main = tuple(measure for measure in course.measures if _is_watched(measure, knowledge))
    return tuple(judged for rule in knowledge.signals.signals for judged in _WATCHES[rule.watch](rule, course, main, knowledge))


def _is_watched(measure: ScaleProgress, knowledge: KnowledgeBase) -> bool:
    instrument = knowledge.instruments[measure.series.instrument]
    return instrument.every.value is not None and main_scale(instrument).id == measure.series.scale and instrument.id not in ALLIANCE


Main = tuple[ScaleProgress, ...]
Watching = Callable[[SignalRule, Course, Main, KnowledgeBase], Iterable[Judged]]

# ---- Danger --------------------------------------------------------------------------------------------------------------


def _positive_risk_item(rule: SignalRule, course: Course, _main: Main, knowledge: KnowledgeBase) -> Iterator[Judged]:
    """Positive answers that are newer than the clinician's own questions about it; the newest day tells them all."""
    asked = asked_on(rule, course.assessment, knowledge)
    signs = [sign for sign in course.signs if asked is None or sign.on is None or sign.on > asked]
    if not signs:
        return
    on = max(sign.on or course.today for sign in signs)
    said = [f"{knowledge.instruments[sign.instrument].name}, question {sign.item}: {sign.text}" for sign in signs]
    mark = " ".join(sorted(f"{sign.instrument}.{sign.item}:{sign.on}" for sign in signs))
    yield SeenMatter(rule, "", "Answered positively: " + "; ".join(said) + ".", mark, on, len(signs))


def _incomplete_risk_screen(rule: SignalRule, course: Course, _main: Main, knowledge: KnowledgeBase) -> Iterator[Judged]:
    """A risk item without an answer in the newest form of its instrument, until a clinician has asked."""
    asked = asked_on(rule, course.assessment, knowledge)
    newest: dict[str, tuple[date, tuple[int, ...]]] = {}
    for entry in course.assessment.scores:
        instrument = knowledge.instruments[entry.instrument]
        on = entry.on or course.today
        if not instrument.risk_items or entry.items is None or on < newest.get(entry.instrument, (date.min, ()))[0]:
            continue
        left_out = tuple(risk.item for risk in instrument.risk_items if risk.item > len(entry.items) or entry.items[risk.item - 1] is None)
        newest[entry.instrument] = (on, left_out)
    for name, (on, left_out) in newest.items():
        if left_out and (asked is None or on > asked):
            numbers = ", ".join(map(str, left_out))
            words = f"{knowledge.instruments[name].name}: question {numbers} was left without an answer."
            yield SeenMatter(rule, name, words, f"{name} {on} {numbers}", on, len(left_out))


def asked_on(rule: SignalRule, assessment: Assessment, knowledge: KnowledgeBase) -> date | None:
    """The day by which a clinician had answered every question of the rule's risk rule; None where one is open."""
    rules = [one for one in knowledge.overrides if one.code == rule.code]
    names = {leaf.name for one in rules for leaf in leaves(one.trigger) if isinstance(leaf, Stated) and leaf.group == "risk"}
    given = [assessment.risk.get(name) for name in sorted(names)]
    cleared = max((one.on for one in assessment.cleared if one.code == rule.code), default=None)
    days = [one.on or assessment.as_of for one in given if one is not None and one.value is not None]
    asked = min(days) if names and len(days) == len(names) else None
    return max((day for day in (asked, cleared) if day is not None), default=None)


def _told_elsewhere(_rule: SignalRule, _course: Course, _main: Main, _knowledge: KnowledgeBase) -> Iterator[Judged]:
    """Nothing: an agreed contact or a reminder is due by the hour and is no part of an assessment; whoever keeps it tells of it."""
    yield from ()


def _missed_deadline(rule: SignalRule, course: Course, _main: Main, _knowledge: KnowledgeBase) -> Iterator[Judged]:
    """A safety rule that an event or a rating has made active and whose first time has passed; a yes is told by the hour by whoever keeps it."""
    for late in course.late:
        if late.due < course.today:
            words = f"{late.name}: active since {late.since.isoformat()}, and nothing has been recorded of it since. Due was: {late.what}."
            yield SeenMatter(rule, late.code, words, f"since {late.since.isoformat()}", late.since)


def _missing_report(rule: SignalRule, course: Course, _main: Main, knowledge: KnowledgeBase) -> Iterator[Judged]:
    """A report that is due and has not been seen, at a risky time: in danger, or in safety or containment.

    At any other time a report that did not come is told by its risk rule (R13), which is advisory.
    """
    danger = any(one.status is OverrideStatus.ACTIVE and one.kind is OverrideKind.HARD for one in course.overrides)
    if not danger and course.phase.overall not in CRISIS_PHASES:
        return
    late: dict[str, list[ExpectedReport]] = {}
    for report in course.assessment.expected_reports:
        if report.overdue and report.received is not True:
            late.setdefault(report.instrument, []).append(report)
    for name_of, reports in late.items():
        # Several reports of one kind are one matter: told one after the other, they would be told for ever.
        instrument = knowledge.instruments.get(name_of)
        name = instrument.name if instrument else name_of
        come = "has not come" if all(one.received is False for one in reports) else "nobody knows whether it has come"
        days = sorted(one.due for one in reports)
        said = f"{name} was due on {', '.join(one.isoformat() for one in days)}, and {come}."
        yield SeenMatter(rule, name_of, said, _short(" ".join(map(str, days))), days[-1])


# ---- Measures ------------------------------------------------------------------------------------------------------------


def _deterioration(rule: SignalRule, course: Course, main: Main, knowledge: KnowledgeBase) -> Iterator[Judged]:
    """One matter for all measures that are reliably worse: it is one review."""
    yield from _together(rule, main, knowledge, [one for one in main if _word(one) is ChangeWord.DETERIORATED], lambda one: "reliably worse than at the start")


def _not_on_track(rule: SignalRule, course: Course, main: Main, knowledge: KnowledgeBase) -> Iterator[Judged]:
    """One matter for all measures together: none moves as it should, and as many signs were seen as the rule asks for.

    A single sign at one measure is frequent in people who get better (see the page of alarm rules), so it raises nothing. What is
    reliably worse is told by its own rule, and where one measure is reliably better, something moves.
    """
    if any(_word(one) in (ChangeWord.DETERIORATED, *BETTER) for one in main):
        return
    judged = [one for one in main if isinstance(one.track, TrackReading)]
    slow = [one for one in judged if isinstance(one.track, TrackReading) and one.track.status is not TrackStatus.NOTHING_SEEN]
    signs = {sign for one in slow if isinstance(one.track, TrackReading) for sign in one.track.seen}
    if slow and (len(slow) < len(judged) or len(signs) < rule.number("signs").value):
        return
    yield from _together(rule, main, knowledge, slow, lambda one: " ".join(one.track.seen).rstrip(".").lower() if isinstance(one.track, TrackReading) else "")


def _expected_course(rule: SignalRule, course: Course, main: Main, knowledge: KnowledgeBase) -> Iterator[Judged]:
    """One matter for every measure whose newest score lies beyond the line of the expected course; nothing where the rule is not in use."""
    if not rule.number("in_use").value:
        return
    since = course.today - timedelta(days=rule.number("newest_days").value)
    read = [(one, found) for one, found in course.expected if one in main and one.series.last is not None and one.series.last >= since]
    beyond = [(one, found) for one, found in read if isinstance(found, CourseReading) and found.status is CourseStatus.NOT_ON_TRACK]
    if beyond:
        said = "; ".join(
            f"{_name(one, knowledge)}: {one.series.scores[-1].value:.4g} at session {found.session}, expected {found.expected:.4g}, "
            f"line {found.not_on_track_line:.4g}, from {found.cases} people"
            for one, found in beyond
        )
        on = max(one.series.scores[-1].on for one, _ in beyond)
        mark = " ".join(one.series.instrument for one, _ in beyond)
        yield SeenMatter(rule, "", f"{said}.", _short(mark), on, min(len(one.series.scores) for one, _ in beyond))
    elif not any(isinstance(found, CourseReading) for _, found in read):
        because = next((found.because for _, found in read if isinstance(found, DoesNotKnow)), "There is no expected course of these measures.")
        yield NotJudged(rule, "", because, ("more treatments with the same measure and with sessions",))


def _word(measure: ScaleProgress) -> ChangeWord | None:
    return measure.change.word if isinstance(measure.change, Change) else None


def _together(rule: SignalRule, main: Main, knowledge: KnowledgeBase, seen: list[ScaleProgress], words: Callable[[ScaleProgress], str]) -> Iterator[Judged]:
    if not seen:
        unknown = [one for one in main if isinstance(one.track, DoesNotKnow) or isinstance(one.change, DoesNotKnow)]
        if unknown and len(unknown) == len(main):
            first = unknown[0].change if isinstance(unknown[0].change, DoesNotKnow) else unknown[0].track
            assert isinstance(first, DoesNotKnow), "one of the two is not known"
            yield NotJudged(rule, "", first.because, first.settled_by)
        return
    changes = [one.change for one in seen if isinstance(one.change, Change)]
    said = "; ".join(f"{_name(one, knowledge)}: {words(one)} ({_numbers(one)})" for one in seen)
    better = [_name(one, knowledge) for one in main if _word(one) in BETTER]
    doubts = tuple(dict.fromkeys(doubt for change in changes for doubt in change.grounds.doubts))
    doubts += (f"Reliably better at the same time: {', '.join(better)}.",) if better else ()
    mark = " ".join(sorted(f"{one.series.instrument}.{one.series.scale}:{words(one)}" for one in seen))
    weakest = min(changes, key=lambda change: change.grounds.n)
    yield SeenMatter(
        rule, "", f"{said[0].upper()}{said[1:]}.", _short(mark), max(change.grounds.last for change in changes), weakest.grounds.n, weakest.grounds.sure, doubts
    )


def _numbers(measure: ScaleProgress) -> str:
    change = measure.change
    assert isinstance(change, Change), "only measures with a change are told"
    how = "means of three" if measure.as_means else "single scores"
    return f"{change.before:.4g} to {change.now:.4g}, {how}, a difference counts from {change.reliable_from:.3g}"


def _sudden(kind: ShiftKind) -> Watching:
    def watch(rule: SignalRule, course: Course, main: Main, knowledge: KnowledgeBase) -> Iterator[Judged]:
        """The newest sudden shift of each measure, while it is recent and has not been taken back."""
        since = course.today - timedelta(days=rule.number("recent").value)
        for one in main:
            if isinstance(one.shifts, DoesNotKnow):
                yield NotJudged(rule, one.series.instrument, one.shifts.because, one.shifts.settled_by)
                continue
            found = [shift for shift in one.shifts if shift.kind is kind and shift.after.on >= since and shift.reversed_on is None]
            if found:
                yield _shift_matter(rule, one, found[-1], knowledge)

    return watch


def _shift_matter(rule: SignalRule, measure: ScaleProgress, shift: SuddenShift, knowledge: KnowledgeBase) -> SeenMatter:
    before, after = shift.before, shift.after
    words = f"{_name(measure, knowledge)}: from {before.value:.4g} on {before.on.isoformat()} to {after.value:.4g} on {after.on.isoformat()}."
    grounds = shift.grounds
    return SeenMatter(rule, measure.series.instrument, words, str(shift.after.on), shift.after.on, grounds.n, grounds.sure, grounds.doubts)


# ---- Alliance and attendance ---------------------------------------------------------------------------------------------


def _alliance(rule: SignalRule, course: Course, _main: Main, knowledge: KnowledgeBase) -> Iterator[Judged]:
    """One matter for all signs of the newest ratings, while these are recent: as many signs together as the rule asks for, or low twice.

    One low rating alone is frequent where ratings are a little lower as a rule, so it raises nothing by itself.
    """
    since = course.today - timedelta(days=rule.number("recent").value)
    rated = [one for one in course.measures if one.series.instrument in ALLIANCE]
    fresh = [one for one in rated if one.series.last is not None and one.series.last >= since]
    signs = [(one, sign) for one in fresh for sign in _strain(one, int(rule.number("signs").value), knowledge)]
    if not signs:
        if not fresh:
            yield NotJudged(rule, "", "There is no rating of the last weeks.", ("a rating of the next session",))
        return
    said = " ".join(dict.fromkeys(f"{_name(one, knowledge)}: {sign.seen}" for one, sign in signs))
    on = max(sign.grounds.last for _, sign in signs)
    yield SeenMatter(rule, "", said, str(on), on, max(sign.grounds.n for _, sign in signs), signs[0][1].grounds.sure)


def _strain(measure: ScaleProgress, least: int, knowledge: KnowledgeBase) -> tuple[Sign, ...]:
    """The signs of one scale where there are enough: so many rules at once, or the mark of the scale passed at the rating before as well."""
    if len({sign.rule for sign in measure.signs}) >= least or len(measure.signs) >= least:
        return measure.signs
    two = (measure.series, replace(measure.series, values=measure.series.values[:-1]))
    return measure.signs if all(isinstance(low_rating(series, knowledge.progress), Sign) for series in two) else ()


def _high_and_flat(rule: SignalRule, course: Course, main: Main, knowledge: KnowledgeBase) -> Iterator[Judged]:
    changes = [one.change for one in main]
    known = [change for change in changes if isinstance(change, Change)]
    worse = next((change for change in known if change.word is ChangeWord.DETERIORATED), None)
    # A possible change is too frequent in scores that swing to ask about the ratings because of it.
    other = replace(known[0], possible=None) if known else next(iter(changes), DoesNotKnow("No symptom measure is given.", ("a measure of symptoms",)))
    symptoms: Change | DoesNotKnow = worse or other
    for one in course.measures:
        instrument = knowledge.instruments[one.series.instrument]
        if instrument.id in ALLIANCE and main_scale(instrument).id == one.series.scale:
            yield from _sign(rule, one.series.instrument, high_and_flat(one.series, symptoms, knowledge.progress), course)


def _dropout(rule: SignalRule, course: Course, _main: Main, knowledge: KnowledgeBase) -> Iterator[Judged]:
    yield from _sign(rule, "", dropout_watch(course.feedback, course.attended, course.planned, course.today, knowledge.progress), course)


def _dose(rule: SignalRule, course: Course, _main: Main, knowledge: KnowledgeBase) -> Iterator[Judged]:
    yield from _sign(rule, "", dose_check(course.planned, course.held, course.weeks, course.today, knowledge.progress), course)


def _sign(rule: SignalRule, key: str, sign: Sign | DoesNotKnow | None, course: Course) -> Iterator[Judged]:
    if isinstance(sign, DoesNotKnow):
        yield NotJudged(rule, key, sign.because, sign.settled_by)
    elif sign is not None:
        # Counts move with every session; the matter stays the same until the newest session is another one.
        newest = course.session_days[-1] if course.session_days else sign.grounds.last
        yield SeenMatter(rule, key, sign.seen, str(min(newest, sign.grounds.last)), sign.grounds.last, sign.grounds.n, sign.grounds.sure, sign.grounds.doubts)


# ---- Plan and phase ------------------------------------------------------------------------------------------------------


def _timetable(rule: SignalRule, course: Course, main: Main, knowledge: KnowledgeBase) -> Iterator[Judged]:
    """Each expected change of the programme whose time has come; what has not moved asks for what the programme names."""
    protocol = knowledge.protocols.get(course.assessment.treatment.protocol)
    if protocol is None:
        return
    for reading in timetable_of(course, knowledge):
        target = reading.expected.target
        key = f"{protocol.id}.{protocol.expected_change.index(reading.expected) + 1}"
        by = f"{reading.expected.by.value:g} {reading.expected.by.unit}"
        if reading.status is ExpectedStatus.NOT_MOVED:
            words = f"{protocol.short_name} expects this to move within {by}, and no measure of it has begun to: {target[0].lower()}{target[1:]}."
            yield SeenMatter(rule, key, words, f"{protocol.id} {by}", course.today, len(main), action=reading.action)
        elif reading.status is ExpectedStatus.UNKNOWN:
            yield NotJudged(
                rule, key, f"Whether this has moved is not known: {target[0].lower()}{target[1:]}.", _settling(reading.expected.impairments, knowledge)
            )


def timetable_of(course: Course, knowledge: KnowledgeBase) -> tuple[TimetableReading, ...]:
    """Every change that the programme of a record expects, with where it stands; () where it names none, or nobody knows since when it runs."""
    protocol = knowledge.protocols.get(course.assessment.treatment.protocol)
    if protocol is None or course.weeks is None:
        return ()
    main = tuple(measure for measure in course.measures if _is_watched(measure, knowledge))
    return read_timetable(protocol, course.weeks, {change.target: _moved(change.impairments, main, knowledge) for change in protocol.expected_change})


def _moved(impairments: Iterable[str], main: Main, knowledge: KnowledgeBase) -> bool | None:
    """Whether a measure of one of these impairments has begun to move, by the share of an SD of the rational default; None where none tells."""
    speaking = {(part.instrument, part.scale) for name in impairments if name in knowledge.impairments for part in knowledge.impairments[name].indicators}
    moves = [_has_begun(one, knowledge) for one in main if (one.series.instrument, one.series.scale) in speaking]
    known = [move for move in moves if move is not None]
    return any(known) if known else None


def _has_begun(measure: ScaleProgress, knowledge: KnowledgeBase) -> bool | None:
    scale = knowledge.instruments[measure.series.instrument].scale(measure.series.scale)
    if not isinstance(measure.change, Change) or scale is None or scale.sd is None:
        return None
    least = knowledge.progress.rule("rule.progress.rational_default").number("early_move").value * scale.sd.value
    return round(-measure.series.worse_by(measure.change.before, measure.change.now) - least, 6) >= 0


def _settling(impairments: Iterable[str], knowledge: KnowledgeBase) -> tuple[str, ...]:
    parts = (part for name in impairments if name in knowledge.impairments for part in knowledge.impairments[name].indicators)
    return tuple(dict.fromkeys(knowledge.instruments[part.instrument].name for part in parts))[:3]


def _crisis_review(rule: SignalRule, course: Course, _main: Main, knowledge: KnowledgeBase) -> Iterator[Judged]:
    yield from _late_review(rule, course, course.crisis.review, knowledge.phase_reading.crisis_review)


def _team_review(rule: SignalRule, course: Course, _main: Main, knowledge: KnowledgeBase) -> Iterator[Judged]:
    yield from _late_review(rule, course, course.crisis.team_review, knowledge.phase_reading.crisis_team_review)


def _late_review(rule: SignalRule, course: Course, counts_from: date | None, asked: ActionRule) -> Iterator[Judged]:
    """A review of a crisis whose last day has passed."""
    last = counts_from + timedelta(**{asked.within.unit: asked.within.value}) if counts_from is not None else None
    if last is not None and last < course.today:
        yield SeenMatter(rule, "", f"This was due by {last.isoformat()}, and has not been recorded: {asked.what[0].lower()}{asked.what[1:]}.", str(last), last)


def _review_overdue(rule: SignalRule, course: Course, _main: Main, _knowledge: KnowledgeBase) -> Iterator[Judged]:
    if course.review_on is not None and course.review_on < course.today:
        yield SeenMatter(rule, "", f"The plan was to be looked at again by {course.review_on.isoformat()}.", str(course.review_on), course.today)


def _phase_reached(rule: SignalRule, course: Course, _main: Main, knowledge: KnowledgeBase) -> Iterator[Judged]:
    """Every criterion for leaving the phase is met; one that is not known keeps the question open."""
    phase = knowledge.phases[course.phase.overall]
    answers = [one.met for one in course.phase.exit]
    if not answers or False in answers:
        return
    if None in answers:
        unknown = [one for one in course.phase.exit if one.met is None]
        yield NotJudged(rule, phase.id.value, unknown[0].because, unknown[0].settle_with)
        return
    words = f"All {len(answers)} criteria for leaving this phase are met: {phase.name.lower()}."
    yield SeenMatter(rule, phase.id.value, words, phase.id.value, course.today, len(answers))


def _look_back(rule: SignalRule, course: Course, _main: Main, _knowledge: KnowledgeBase) -> Iterator[Judged]:
    for due in course.look_backs:
        if due.on <= course.today:
            yield SeenMatter(rule, due.review, f"A look-back was agreed for {due.on.isoformat()}.", due.review, due.on)


_WATCHES: Mapping[Watch, Watching] = {
    Watch.POSITIVE_RISK_ITEM: _positive_risk_item,
    Watch.INCOMPLETE_RISK_SCREEN: _incomplete_risk_screen,
    Watch.MISSING_REPORT: _missing_report,
    Watch.MISSED_CONTACT: _told_elsewhere,
    Watch.MISSED_DEADLINE: _missed_deadline,
    Watch.NOT_ON_TRACK: _not_on_track,
    Watch.EXPECTED_COURSE: _expected_course,
    Watch.DETERIORATION: _deterioration,
    Watch.SUDDEN_LOSS: _sudden(ShiftKind.LOSS),
    Watch.SUDDEN_GAIN: _sudden(ShiftKind.GAIN),
    Watch.ALLIANCE: _alliance,
    Watch.HIGH_AND_FLAT: _high_and_flat,
    Watch.DROPOUT: _dropout,
    Watch.DOSE: _dose,
    Watch.TIMETABLE: _timetable,
    Watch.CRISIS_REVIEW: _crisis_review,
    Watch.TEAM_REVIEW: _team_review,
    Watch.REVIEW_OVERDUE: _review_overdue,
    Watch.PHASE_REACHED: _phase_reached,
    Watch.LOOK_BACK: _look_back,
    Watch.UNDELIVERED_REMINDER: _told_elsewhere,
}


def _name(measure: ScaleProgress, knowledge: KnowledgeBase) -> str:
    return knowledge.instruments[measure.series.instrument].name


def _short(mark: str) -> str:
    """A mark that fits its column, and stays another one when its end differs."""
    return mark if len(mark) <= LONGEST_MARK else f"{mark[:80]} {sum(map(ord, mark))}"
