"""Single results as sheets: scores, profile, phase, matches, differences, programmes and lists."""

from collections.abc import Iterator, Sequence

from fivefold.concepts.instrument import Instrument
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.phase import CriterionReading, PhaseReading
from fivefold.concepts.plan import Alternative, ModuleMatch, PhasedPlan, PlanRevision, Profile, Withheld
from fivefold.concepts.scores import Evidence, ScaleScore
from fivefold.concepts.vocabulary import Direction, MatchStatus
from fivefold.documents.html.words import GROUP_NAMES, MATCH_WORDS
from fivefold.documents.sheets import BULLET, TAKE_CARE, Block, Entry, Grid, Heading, Level, Line, Name, Sheet, Tone, Way
from fivefold.documents.text_names import Names, counted, level_words, main_reason, number, reading_words, span
from fivefold.documents.text_plan import ANSWER_MARKS, stations

DIRECTIONS = {Direction.HIGHER_IS_WORSE: "higher is worse", Direction.HIGHER_IS_BETTER: "higher is better", Direction.NEITHER: ""}


# ---- Scores ----------------------------------------------------------------------------------------------------------


def scores_sheet(scores: Sequence[ScaleScore], knowledge: KnowledgeBase) -> Sheet:
    """Scale scores with range, band, error and age; the unscored with what is missing."""
    return Sheet.of("Scores", _scores(scores, knowledge))


def _scores(scores: Sequence[ScaleScore], knowledge: KnowledgeBase) -> Iterator[Block]:
    if not scores:
        yield Line("No scores: the assessment holds no questionnaire.", depth=0)
        return
    yield Heading("Scores")
    for score in scores:
        band = f"{score.band}, " if score.band else ""
        yield Entry(_scale_name(score, knowledge), f"{band}{_value(score)}")
        if remarks := _remarks(score):
            yield Line(remarks, depth=3, tone=Tone.QUIET)


def _scale_name(score: ScaleScore, knowledge: KnowledgeBase) -> str:
    instrument = knowledge.instruments[score.instrument]
    scale = instrument.scale(score.scale)
    part = "" if len(instrument.scales) == 1 or scale is None else f", {scale.name}"
    return f"{instrument.name}{part} ({score.instrument} {score.scale})"


def _value(score: ScaleScore) -> str:
    if score.value is None:
        return "not scored"
    error = f" ±{number(score.standard_error)}" if score.standard_error else ""
    return f"{number(score.value)}{error} (range {number(score.minimum)} to {number(score.maximum)})"


def _remarks(score: ScaleScore) -> str:
    words = [DIRECTIONS[score.direction]] if score.value is not None else []
    if score.value is None:
        words.append(f"Missing items {', '.join(map(str, score.missing))}. {score.missing_rule}")
    if score.prorated:
        words.append(f"filled up for missing items {', '.join(map(str, score.missing))}")
    if score.age_days:
        words.append(f"{counted(score.age_days, 'day')} old")
    return "; ".join(word for word in words if word)


# ---- Profile ---------------------------------------------------------------------------------------------------------


def profile_sheet(profile: Profile, knowledge: KnowledgeBase) -> Sheet:
    """Each known impairment with its bar and every piece of evidence behind it; then what is not known."""
    return Sheet.of("Profile", _profile(profile, knowledge))


def _profile(profile: Profile, knowledge: KnowledgeBase) -> Iterator[Block]:
    names = Names(knowledge)
    yield Heading("Profile", "0 none, 1 mild, 2 moderate, 3 severe, 4 extreme")
    for domain in knowledge.domains.values():
        known = [reading for reading in profile.impairments if reading.domain is domain.id and reading.level is not None]
        if known:
            yield Name(domain.name, depth=1, apart=True)
        for reading in known:
            assert reading.level is not None
            yield Level(names.impairment(reading.id), reading.level, reading_words(reading))
            yield from (Line(_evidence(reading.id, piece), BULLET, depth=3) for piece in reading.evidence)
            if reading.discordant:
                yield Line("The evidence disagrees by more than one level: look at it together.", TAKE_CARE, depth=3)
    unknown = [names.impairment(reading.id) for reading in profile.impairments if not reading.is_known]
    if unknown:
        yield Line(f"Not known: {'; '.join(unknown)}.", apart=True)
    severity = f"{profile.severity_band} ({profile.severity_basis})" if profile.severity_band else "not known"
    yield Line(f"Severity of the personality difficulty: {severity}.", apart=True)
    yield Line(f"Resilience: {profile.resilience.level.value}. {profile.resilience.text}")


def _evidence(impairment: str, piece: Evidence) -> str:
    """One piece of evidence; a rating has said its level itself."""
    level = "" if piece.kind == "rating" else f": {level_words(piece.level, of=impairment)}"
    age = f", {counted(piece.age_days, 'day')} old" if piece.age_days else ""
    return f"{piece.text}{level}{age}{' (decides)' if piece.decides else ''}"


# ---- Phase -----------------------------------------------------------------------------------------------------------


def phase_sheet(reading: PhaseReading, knowledge: KnowledgeBase) -> Sheet:
    """Where the person is, why, by domain, and every entry and exit criterion."""
    return Sheet.of("Phase", _phase(reading, knowledge))


def _phase(reading: PhaseReading, knowledge: KnowledgeBase) -> Iterator[Block]:
    names = Names(knowledge)
    yield Heading("Phase", about=names.phase(reading.overall))
    yield Way(stations(knowledge), reading.overall.order - 1)
    yield Line(knowledge.phases[reading.overall].summary)
    yield from (Line(reason) for reason in reading.because)
    yield Heading("By domain", "the lowest sets the priority")
    yield Grid(("domain", "phase"), tuple((knowledge.domains[domain].name, names.phase(phase)) for domain, phase in reading.by_domain.items()))
    for title, criteria in (("How one comes here", reading.entry), ("What opens the next phase", reading.exit)):
        if criteria:
            yield Heading(title, "[x] met, [ ] not met, [?] not known", has_key=True)
            for criterion in criteria:
                yield from _criterion(criterion, names)
    if reading.resume:
        yield Heading("Go back to")
        yield Line(f"{'; '.join(map(names.module, reading.resume))}. {reading.resume_text}")


def _criterion(criterion: CriterionReading, names: Names) -> Iterator[Block]:
    yield Line(f"{criterion.text} ({criterion.basis.words})", ANSWER_MARKS[criterion.met])
    if criterion.because:
        yield Line(criterion.because, depth=3)
    if criterion.met is None and criterion.question:
        ways = f" Or measure: {'; '.join(f'{names.instrument(name)} ({name})' for name in criterion.settle_with)}." if criterion.settle_with else ""
        yield Line(f"Ask: {criterion.question}{ways}", depth=3)


# ---- Matches ---------------------------------------------------------------------------------------------------------


def matches_sheet(plan: PhasedPlan, knowledge: KnowledgeBase) -> Sheet:
    """Every specific module once, by status, each with its reason in a line; information only where no plan may be made."""
    return Sheet.of("Matches", (*_withheld(plan.withheld), *_matches(plan.modules, knowledge)))


def _withheld(withheld: Withheld | None) -> Iterator[Block]:
    """Why no automatic plan is made, before what is information only."""
    if withheld is not None:
        yield Line(f"{withheld.message} What follows is information only.", TAKE_CARE, depth=0)


def _matches(matches: Sequence[ModuleMatch], knowledge: KnowledgeBase) -> Iterator[Block]:
    groups = {**{status: title for status, (title, _) in GROUP_NAMES.items()}, MatchStatus.NOT_INDICATED: "Not indicated"}
    for status, title in groups.items():
        rows = tuple((f"{match.id} {match.short_name}", _match_reason(match, knowledge)) for match in matches if match.status is status)
        if rows:
            yield Heading(title)
            yield Grid(("module", "reason"), rows, most=36)


def _match_reason(match: ModuleMatch, knowledge: KnowledgeBase) -> str:
    for_it = match.status in (MatchStatus.NOW, MatchStatus.NEXT, MatchStatus.LATER, MatchStatus.DONE)
    reason = main_reason(match, supports=for_it) or main_reason(match, supports=not for_it)
    waits = f" Waits for {Names(knowledge).waits(match)}." if match.waits_for and match.status in (MatchStatus.NEXT, MatchStatus.LATER) else ""
    return f"{reason.text if reason else ''}{waits}".strip()


# ---- Differences and programmes --------------------------------------------------------------------------------------


def revision_sheet(revision: PlanRevision, knowledge: KnowledgeBase, withheld: Withheld | None = None) -> Sheet:
    """A difference with its reasons; "no change" is said, too. ``withheld``: why the plan after the change may not be made."""
    return Sheet.of("Revision", (*_withheld(withheld), *_revision(revision, knowledge)))


def _revision(revision: PlanRevision, knowledge: KnowledgeBase) -> Iterator[Block]:
    names = Names(knowledge)
    yield Line(revision.summary, depth=0, tone=Tone.STRONG)
    if revision.phase_before is not revision.phase_after:
        yield Line(f"Phase: from {names.phase(revision.phase_before)} to {names.phase(revision.phase_after)}.")
    for word, codes in (("New", revision.overrides_added), ("No longer there", revision.overrides_gone)):
        if codes:
            yield Line(f"{word}: {'; '.join(_rule_status(names, text) for text in codes)}.")
    if revision.changes:
        yield Heading("Modules that change")
    for change in revision.changes:
        yield Entry(names.module(change.module), f"{MATCH_WORDS[change.before]} -> {MATCH_WORDS[change.after]}")
        yield Line(change.because, depth=3)
    if revision.levels_changed:
        yield Heading("Levels that change")
    for text in revision.levels_changed:
        name, _, rest = text.partition(": ")
        yield Line(f"{names.impairment(name)}: {rest}")


def _rule_status(names: Names, text: str) -> str:
    """``R6 active`` with the rule's name."""
    code, _, status = text.partition(" ")
    return f"{names.rule(code)} ({status})"


def alternatives_sheet(others: Sequence[Alternative], knowledge: KnowledgeBase) -> Sheet:
    """Programmes side by side for this patient, and then each with what it leaves out and needs."""
    return Sheet.of("Programmes beside the plan", _alternatives(others, knowledge))


def _alternatives(others: Sequence[Alternative], knowledge: KnowledgeBase) -> Iterator[Block]:
    names = Names(knowledge)
    rows = tuple(
        (f"{other.protocol} {knowledge.protocols[other.protocol].short_name}", f"{len(other.covers)} of {len(other.covers) + len(other.leaves_out)}",
         span(other.sessions, "sessions"))
        for other in others
    )  # fmt: skip
    yield Heading("Programmes beside the plan", "information, never a ranking")
    yield Grid(("programme", "answers", "cost"), rows, most=40, is_titled=True)
    for other in others:
        yield Name(f"{other.protocol} {other.name}", depth=1, apart=True)
        yield Line(f"{span(other.sessions, 'sessions')}; {span(other.weeks, 'weeks')}.", depth=2)
        yield Line(f"Answers: {'; '.join(map(names.impairment, other.covers)) or 'none of what is known'}.", depth=2)
        if other.leaves_out:
            yield Line(f"Leaves out: {'; '.join(map(names.impairment, other.leaves_out))}.", depth=2)
        if other.needs:
            yield Line(f"Needs: {'; '.join(other.needs)}.", depth=2)
        yield from (Line(remark, BULLET, depth=2) for remark in other.notes)


def measures_sheet(instruments: Sequence[Instrument]) -> Sheet:
    """The instruments: id, name, minutes, what it measures; a star where single answers can be entered."""
    rows = tuple((f"{item.id}{' *' if item.can_score_items else ''}", item.name, f"{number(item.minutes.value)} min", item.measures) for item in instruments)
    return Sheet.of(
        "Measures",
        (
            Heading("Measures", "fivefold measures ID shows one"),
            Grid(("id", "name", "takes", "measures"), rows, most=20, is_titled=True),
            Line(f"{counted(len(rows), 'instrument')}. * Single answers can be entered, not only values.", apart=True),
        ),
    )
