"""Single results as text: problems of a file, scores, profile, phase, matches, differences, programmes and lists."""

from collections.abc import Sequence

from fivefold.concepts.errors import Problem
from fivefold.concepts.instrument import Instrument
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.phase import CriterionReading, PhaseReading
from fivefold.concepts.plan import Alternative, ModuleMatch, PlanRevision, Profile
from fivefold.concepts.scores import Evidence, ScaleScore
from fivefold.concepts.vocabulary import Direction, MatchStatus
from fivefold.documents.html.words import GROUP_NAMES, MATCH_WORDS
from fivefold.documents.text_layout import Paper, table
from fivefold.documents.text_names import Names, counted, level_words, main_reason, number, reading_words, span
from fivefold.documents.text_plan import ANSWER_MARKS, phase_strip

DIRECTIONS = {Direction.HIGHER_IS_WORSE: "higher is worse", Direction.HIGHER_IS_BETTER: "higher is better", Direction.NEITHER: ""}


def finish(paper: Paper, lines: Sequence[str]) -> str:
    """Lines as one text that ends with a line break."""
    return paper.letters("\n".join(lines).lstrip("\n") + "\n")


def render_problems(problems: Sequence[Problem], paper: Paper, what: str = "No plan is made from it.") -> str:
    """Every problem of refused files: where, what was found, what was expected, and what to do; ``what`` says what follows."""
    lines: list[str] = []
    for file in dict.fromkeys(problem.file for problem in problems):
        found = [problem for problem in problems if problem.file == file]
        lines += ["", f"{paper.strong('REFUSED')}  {file}: {counted(len(found), 'problem')}. {what}"]
        for problem in found:
            lines += _problem(problem, paper)
    return finish(paper, lines)


def _problem(problem: Problem, paper: Paper) -> list[str]:
    place = f"line {problem.line}" if problem.line else "whole file"
    lines = ["", f"  {paper.strong(place)}{'  ' + problem.key if problem.key else ''}"]
    for name, text in (("found", problem.value), ("expected", problem.expected), ("do", problem.remedy)):
        lines += paper.wrap(text, f"    {name:<10}") if text else []
    return lines


def render_scores(scores: Sequence[ScaleScore], knowledge: KnowledgeBase, paper: Paper) -> str:
    """Scale scores with range, band, error and age; the unscored with what is missing."""
    if not scores:
        return finish(paper, ["No scores: the assessment holds no questionnaire."])
    lines = paper.heading("SCORES")
    for score in scores:
        band = f"{score.band}, " if score.band else ""
        lines += paper.ends(f"  {paper.strong(_scale_name(score, knowledge))}", f"{band}{_value(score)}").split("\n")
        remarks = _remarks(score)
        lines += [paper.quiet(line) for line in paper.wrap(remarks, "      ")] if remarks else []
    return finish(paper, lines)


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


def render_profile(profile: Profile, knowledge: KnowledgeBase, paper: Paper) -> str:
    """Each known impairment with its bar and every piece of evidence behind it; then what is not known."""
    names, lines = Names(knowledge), paper.heading("PROFILE", "0 none, 1 mild, 2 moderate, 3 severe, 4 extreme")
    for domain in knowledge.domains.values():
        known = [reading for reading in profile.impairments if reading.domain is domain.id and reading.level is not None]
        lines += ["", f"  {paper.strong(domain.name)}"] if known else []
        for reading in known:
            assert reading.level is not None
            bar = paper.accent(paper.bar(reading.level))
            lines.append(f"    {names.impairment(reading.id):<33} {bar} {reading_words(reading)}")
            for piece in reading.evidence:
                lines += paper.wrap(_evidence(piece), "      - ", "        ")
            if reading.discordant:
                lines += paper.wrap("The evidence disagrees by more than one level: look at it together.", "      ! ", "        ")
    unknown = [names.impairment(reading.id) for reading in profile.impairments if not reading.is_known]
    lines += ["", *paper.wrap(f"Not known: {'; '.join(unknown)}.", "  ")] if unknown else []
    severity = f"{profile.severity_band} ({profile.severity_basis})" if profile.severity_band else "not known"
    lines += ["", *paper.wrap(f"Severity of the personality difficulty: {severity}.", "  ")]
    lines += paper.wrap(f"Resilience: {profile.resilience.level.value}. {profile.resilience.text}", "  ")
    return finish(paper, lines)


def _evidence(piece: Evidence) -> str:
    """One piece of evidence; a rating has said its level itself."""
    level = "" if piece.kind == "rating" else f": {level_words(piece.level)}"
    age = f", {counted(piece.age_days, 'day')} old" if piece.age_days else ""
    return f"{piece.text}{level}{age}{' (decides)' if piece.decides else ''}"


def render_phase(reading: PhaseReading, knowledge: KnowledgeBase, paper: Paper) -> str:
    """Where the person is, why, by domain, and every entry and exit criterion."""
    names = Names(knowledge)
    lines = [*paper.heading(f"PHASE  {names.phase(reading.overall)}"), *phase_strip(knowledge, reading.overall, paper), ""]
    lines += paper.wrap(knowledge.phases[reading.overall].summary, "  ")
    for reason in reading.because:
        lines += paper.wrap(reason, "  ")
    rows = [(knowledge.domains[domain].name, names.phase(phase)) for domain, phase in reading.by_domain.items()]
    lines += [*paper.heading("BY DOMAIN", "the lowest sets the priority"), *table(paper, (), rows)]
    for title, criteria in (("HOW ONE COMES HERE", reading.entry), ("WHAT OPENS THE NEXT PHASE", reading.exit)):
        lines += [*paper.heading(title, "[x] met, [ ] not met, [?] not known"), *_criteria(criteria, names, paper)] if criteria else []
    if reading.resume:
        lines += [*paper.heading("GO BACK TO"), *paper.wrap(f"{'; '.join(map(names.module, reading.resume))}. {reading.resume_text}", "  ")]
    return finish(paper, lines)


def _criteria(criteria: Sequence[CriterionReading], names: Names, paper: Paper) -> list[str]:
    lines = []
    for criterion in criteria:
        lines += paper.wrap(f"{criterion.text} ({criterion.basis.words})", f"  {ANSWER_MARKS[criterion.met]} ", "      ")
        if criterion.because:
            lines += paper.wrap(criterion.because, "      ")
        if criterion.met is None and criterion.question:
            ways = f" Or measure: {'; '.join(f'{names.instrument(name)} ({name})' for name in criterion.settle_with)}." if criterion.settle_with else ""
            lines += paper.wrap(f"Ask: {criterion.question}{ways}", "      ")
    return lines


def render_matches(matches: Sequence[ModuleMatch], knowledge: KnowledgeBase, paper: Paper) -> str:
    """Every specific module once, by status, each with its reason in a line."""
    lines: list[str] = []
    groups = {**{status: title for status, (title, _) in GROUP_NAMES.items()}, MatchStatus.NOT_INDICATED: "Not indicated"}
    for status, title in groups.items():
        rows = [(f"{match.id} {match.short_name}", _match_reason(match, knowledge)) for match in matches if match.status is status]
        lines += [*paper.heading(title.upper()), *table(paper, (), rows, most=36)] if rows else []
    return finish(paper, lines)


def _match_reason(match: ModuleMatch, knowledge: KnowledgeBase) -> str:
    for_it = match.status in (MatchStatus.NOW, MatchStatus.NEXT, MatchStatus.LATER, MatchStatus.DONE)
    reason = main_reason(match, supports=for_it) or main_reason(match, supports=not for_it)
    waits = f" Waits for {Names(knowledge).waits(match)}." if match.waits_for and match.status in (MatchStatus.NEXT, MatchStatus.LATER) else ""
    return f"{reason.text if reason else ''}{waits}".strip()


def render_revision(revision: PlanRevision, knowledge: KnowledgeBase, paper: Paper) -> str:
    """A difference with its reasons; "no change" is said, too."""
    names = Names(knowledge)
    lines = [paper.strong(line) for line in paper.wrap(revision.summary)]
    if revision.phase_before is not revision.phase_after:
        lines += paper.wrap(f"Phase: from {names.phase(revision.phase_before)} to {names.phase(revision.phase_after)}.", "  ")
    for word, codes in (("New", revision.overrides_added), ("No longer there", revision.overrides_gone)):
        lines += paper.wrap(f"{word}: {'; '.join(_rule_status(names, text) for text in codes)}.", "  ") if codes else []
    if revision.changes:
        lines += paper.heading("MODULES THAT CHANGE")
    for change in revision.changes:
        step = f"{MATCH_WORDS[change.before]} -> {MATCH_WORDS[change.after]}"
        lines += paper.ends(f"  {paper.strong(names.module(change.module))}", step).split("\n")
        lines += paper.wrap(change.because, "      ")
    if revision.levels_changed:
        lines += paper.heading("LEVELS THAT CHANGE")
    for text in revision.levels_changed:
        name, _, rest = text.partition(": ")
        lines += paper.wrap(f"{names.impairment(name)}: {rest}", "  ")
    return finish(paper, lines)


def _rule_status(names: Names, text: str) -> str:
    """``R6 active`` with the rule's name."""
    code, _, status = text.partition(" ")
    return f"{names.rule(code)} ({status})"


def render_alternatives(others: Sequence[Alternative], knowledge: KnowledgeBase, paper: Paper) -> str:
    """Programmes side by side for this patient, and then each with what it leaves out and needs."""
    names = Names(knowledge)
    rows = [
        (f"{other.protocol} {knowledge.protocols[other.protocol].short_name}", f"{len(other.covers)} of {len(other.covers) + len(other.leaves_out)}",
         span(other.sessions, "sessions"))
        for other in others
    ]  # fmt: skip
    lines = [*paper.heading("PROGRAMMES BESIDE THE PLAN", "information, never a ranking"), *table(paper, ("programme", "answers", "cost"), rows, most=40)]
    for other in others:
        lines += ["", f"  {paper.strong(f'{other.protocol} {other.name}')}"]
        lines += paper.wrap(f"{span(other.sessions, 'sessions')}; {span(other.weeks, 'weeks')}.", "    ")
        lines += paper.wrap(f"Answers: {'; '.join(map(names.impairment, other.covers)) or 'none of what is known'}.", "    ")
        lines += paper.wrap(f"Leaves out: {'; '.join(map(names.impairment, other.leaves_out))}.", "    ") if other.leaves_out else []
        lines += paper.wrap(f"Needs: {'; '.join(other.needs)}.", "    ") if other.needs else []
        for remark in other.notes:
            lines += paper.wrap(remark, "    - ", "      ")
    return finish(paper, lines)


def render_measures(instruments: Sequence[Instrument], paper: Paper) -> str:
    """The instruments: id, name, minutes, what it measures; a star where single answers can be entered."""
    rows = [
        (f"{item.id}{' *' if item.can_score_items else ''}", item.name, f"{number(item.minutes.value)} min", item.measures)
        for item in instruments
    ]  # fmt: skip
    lines = [*paper.heading("MEASURES", "fivefold measures ID shows one"), *table(paper, ("id", "name", "takes", "measures"), rows, most=20)]
    return finish(paper, [*lines, "", f"  {counted(len(rows), 'instrument')}. * Single answers can be entered, not only values."])
