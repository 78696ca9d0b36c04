"""The plan as text for a terminal: safety first, then where the person is, what to do, why, and how sure that is."""

from collections.abc import Iterable

from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.plan import ModuleMatch, Override, PhasedPlan
from fivefold.concepts.scores import ImpairmentReading
from fivefold.concepts.vocabulary import CoverageStatus, DomainId, MatchStatus, OverrideKind, OverrideStatus, PhaseId
from fivefold.documents.html.words import COVERAGE_WORDS, GENERAL_WORDS, GROUP_NAMES, STAGE_WORDS
from fivefold.documents.text_layout import NARROWEST, Paper, table, way_strip
from fivefold.documents.text_names import Names, counted, day, joined, main_reason, number, reading_words, span

OPENS = "opens "
# Below this share of agreeing draws the reader should know that a little more or less would change the advice.
CLOSE_CALL = 0.9
DUE = (MatchStatus.NOW, MatchStatus.CAUTIONED, MatchStatus.NEXT, MatchStatus.SUSPENDED, MatchStatus.BLOCKED)
INFORMATION = "No automatic plan is made: what is not safety or general work stands here as information only."
ANSWER_MARKS = {True: "[x]", False: "[ ]", None: "[?]"}
HONESTY = "A proposal for a clinician to check. Fivefold supports clinicians, is no medical device and decides nothing; no part of it replaces asking."


def render_text(plan: PhasedPlan, knowledge: KnowledgeBase, *, colour: bool = False, width: int = 80, drawing: bool | None = None) -> str:
    """The plan as text of ``width`` characters; drawing characters stand where there is colour, or as ``drawing`` says."""
    paper = Paper(max(width, NARROWEST), colour, colour if drawing is None else drawing)
    return paper.letters("\n".join(_PlanText(plan, knowledge, paper).lines()) + "\n")


class _PlanText:
    """One plan being written; each method gives the lines of one part."""

    def __init__(self, plan: PhasedPlan, knowledge: KnowledgeBase, paper: Paper) -> None:
        self.plan, self.knowledge, self.paper = plan, knowledge, paper
        self.names = Names(knowledge)
        self.weeks = {entry.module: entry for entry in plan.timeline}

    def lines(self) -> list[str]:
        """Everything in the order in which it matters."""
        return [
            *self.title(), *self.safety(), *self.first_questions(), *self.lead(), *self.place(), *self.work(), *self.general(), *self.profile(),
            *self.coverage(), *self.measures(), *self.alternatives(), *self.review(), *self.honesty(),
        ]  # fmt: skip

    def title(self) -> list[str]:
        plan, paper = self.plan, self.paper
        name = f"PLAN  {plan.assessment_id}" if plan.assessment_id else "PLAN"
        protocol = self.knowledge.protocols.get(plan.protocol)
        return [
            *paper.ends(paper.strong(name), day(plan.as_of)).split("\n"),
            paper.quiet(f"{protocol.name if protocol else plan.protocol}. A proposal: a clinician decides."),
            paper.rule(),
        ]

    # ---- Safety ------------------------------------------------------------------------------------------------------

    def safety(self) -> list[str]:
        """What must be done first; always there, also when there is nothing to say, because silence is not an all-clear."""
        plan = self.plan
        active = [override for override in plan.overrides if override.status is OverrideStatus.ACTIVE]
        lines = ["", self.paper.alarm("SAFETY FIRST")]
        if plan.withheld is not None:
            lines += self._withheld()
        for override in active:
            lines += self._override(override)
        if not active and plan.withheld is None:
            lines += self.paper.wrap("No risk rule is active by what the file says. That is no all-clear: ask at every contact.", "  ")
        for sign in plan.risk_signs:
            lines += self.paper.wrap(f"A risk item was answered: {self.names.instrument(sign.instrument)} item {sign.item}, {sign.text}", "  - ", "    ")
        lines += self._actions()
        return [*lines, *self._settled()]

    def _withheld(self) -> list[str]:
        withheld = self.plan.withheld
        assert withheld is not None
        lines = self.paper.wrap(withheld.message, "  ! ", "    ")
        lines[0] = self.paper.alarm(lines[0])
        for need in withheld.needs:
            if need not in withheld.message:
                lines += self.paper.wrap(need, "    - ", "      ")
        return lines

    def _override(self, override: Override) -> list[str]:
        kind = "hard rule" if override.kind is OverrideKind.HARD else "advisory rule"
        head = self.paper.wrap(f"{override.code} {override.name}: active ({kind})", "  ! ", "    ")
        lines = [self.paper.alarm(line) for line in head]
        if override.because:
            lines += self.paper.wrap(f"Because: {'; '.join(dict.fromkeys(map(answer_last, override.because)))}.", "    ")
        withheld = self.plan.withheld
        if withheld is None or override.effect not in withheld.message:
            lines += self.paper.wrap(override.effect, "    ")
        return lines

    def _actions(self) -> list[str]:
        if not self.plan.actions:
            return []
        rows = [(action.by_when, f"{action.what} ({rule_short(action.rule)}).") for action in self.plan.actions]
        return ["", self.paper.strong("  To do by a time"), *table(self.paper, ("by when", "what"), rows, most=32)]

    def _settled(self) -> list[str]:
        """Cleared and overruled rules, so that nobody looks for them in vain."""
        lines = []
        for status, word in ((OverrideStatus.CLEARED, "Cleared"), (OverrideStatus.OVERRULED, "Overruled")):
            found = [f"{override.code} {override.name}" for override in self.plan.overrides if override.status is status]
            if found:
                lines += self.paper.wrap(f"{word} by a clinician: {joined(found)}.", "  ")
        return lines

    def first_questions(self) -> list[str]:
        plan = self.plan
        if not plan.ask_first:
            return []
        lines = self.paper.heading("ASK FIRST", "what nobody has asked yet, or nobody has written down")
        for position, question in enumerate(plan.ask_first, start=1):
            lines += self.paper.wrap(f"{question.question} ({', '.join(question.because)})", f"  {position}. ", "     ")
            lines += [self.paper.quiet(line) for line in self.paper.wrap(settling_words(question.decides, self.names), "     ")] if question.decides else []
        return lines

    def lead(self) -> list[str]:
        return ["", *(self.paper.strong(line) for line in self.paper.wrap(self.plan.summary))]

    # ---- Where the person is -----------------------------------------------------------------------------------------

    def place(self) -> list[str]:
        reading = self.plan.phase
        lines = [*self.paper.heading("WHERE"), *phase_strip(self.knowledge, reading.overall, self.paper)]
        for reason in reading.because:
            lines += self.paper.wrap(reason, "  ")
        other = {domain: phase for domain, phase in reading.by_domain.items() if phase is not reading.overall}
        if other:
            words = [f"{self.knowledge.domains[domain].name.lower()} {phase.value}" for domain, phase in other.items()]
            lines += self.paper.wrap(f"By domain: {joined(words)}; the lowest sets the priority.", "  ")
        if reading.resume:
            lines += self.paper.wrap(f"Go back to {joined([self.names.module(name) for name in reading.resume])}. {reading.resume_text}", "  ")
        return [*lines, *self._exit()]

    def _exit(self) -> list[str]:
        criteria = self.plan.phase.exit
        if not criteria:
            return []
        met = sum(criterion.met is True for criterion in criteria)
        lines = self.paper.wrap(f"What opens the next phase: {met} of {len(criteria)} met ([x] met, [ ] not met, [?] not known)", "  ")
        for criterion in criteria:
            ask = f" Ask: {criterion.question}" if criterion.met is None and criterion.question else ""
            lines += self.paper.wrap(f"{criterion.text}{ask}", f"    {ANSWER_MARKS[criterion.met]} ", "        ")
        return lines

    # ---- What to do --------------------------------------------------------------------------------------------------

    def work(self) -> list[str]:
        """Now, next, later and the rest, each module once: what is due with its reasons, the rest in a line each."""
        lines: list[str] = []
        for status in DUE:
            lines += self._due(status)
        return [*lines, *self._later(), *self._undecided(), *self._done(), *self._not_indicated(), *self._life_goals()]

    def _title(self, status: MatchStatus) -> list[str]:
        title, meaning = GROUP_NAMES[status]
        return self.paper.heading(title.upper(), meaning.rstrip("."))

    def _due(self, status: MatchStatus) -> list[str]:
        matches = self.plan.with_status(status)
        if not matches:
            return []
        lines = self._title(status)
        if status is MatchStatus.NOW:
            lines += self.paper.wrap(now_words(self.plan), "  ")
        for match in matches:
            lines += self._module(match)
        questions = dict.fromkeys(way.question for match in matches for way in match.settle_with if not way.instrument)
        if status is MatchStatus.NEXT and questions:
            lines.append("  To open the way, ask:")
            for question in questions:
                lines += self.paper.wrap(question, "    - ", "      ")
        return lines

    def _module(self, match: ModuleMatch) -> list[str]:
        lines = self._head(match)
        for reason in self._reasons(match):
            lines += self.paper.wrap(reason, "      ")
        if match.waits_for:
            lines += self.paper.wrap(f"Waits for {self.names.waits(match)}.", "      ")
        if match.agreement is not None and match.agreement < CLOSE_CALL:
            lines += self.paper.wrap(f"A close call: the same in {match.agreement:.0%} of draws within measurement error.", "      ")
        return lines

    def _head(self, match: ModuleMatch) -> list[str]:
        running = match.running and match.change_stage is not None
        facts = [f"running: {STAGE_WORDS[match.change_stage]}"] if running and match.change_stage else []
        if match.declined:
            facts.append("declined by the patient")
        if not running:
            facts.append(counted(round(match.dose.sessions.usual), "session"))
        if match.id in self.weeks:
            facts.append(f"weeks {self._weeks(match.id)}")
        right = "; ".join(facts)
        name = match.name if len(match.name) + len(right) + 9 <= self.paper.width else match.short_name
        return self.paper.ends(f"  {self.paper.strong(f'{match.id} {name}')}", self.paper.quiet(right)).split("\n")

    def _weeks(self, module: str) -> str:
        entry = self.weeks[module]
        return f"{round(entry.from_week.usual)}-{round(entry.to_week.usual)}"

    def _reasons(self, match: ModuleMatch) -> list[str]:
        """A line for, and where something stands against the module, a line for that."""
        reason, against = main_reason(match), main_reason(match, supports=False)
        shown = [_sentence(reason.text)] if reason else []
        if against and match.status not in (MatchStatus.NOW, MatchStatus.NEXT):
            shown.append(_sentence(against.text))
        return shown

    def _later(self) -> list[str]:
        """What belongs to a later phase, by phase, or waits for its turn in this one."""
        matches = self.plan.with_status(MatchStatus.LATER)
        if not matches:
            return []
        lines = self._title(MatchStatus.LATER)
        for phase in PhaseId:
            rows = [(f"{match.id} {match.short_name}", self._later_note(match)) for match in matches if match.phase is phase]
            if rows:
                lines += [f"  {self.paper.strong(self.names.phase(phase))}", *table(self.paper, (), rows, indent="    ", most=36)]
        return lines

    def _later_note(self, match: ModuleMatch) -> str:
        reason = main_reason(match)
        opens = [text for text in match.waits_for if text not in PhaseId.__members__]
        waits = f" Waits for {'; '.join(map(self.names.waiting, opens))}." if opens else ""
        return f"{_sentence(reason.text) if reason else ''}{waits}".strip()

    def _undecided(self) -> list[str]:
        matches = self.plan.with_status(MatchStatus.UNCLEAR)
        rows = [(f"{match.id} {match.short_name}", self._settling(match)) for match in matches]
        return [*self._title(MatchStatus.UNCLEAR), *table(self.paper, ("module", "ask or measure"), rows, most=36)] if rows else []

    def _settling(self, match: ModuleMatch) -> str:
        """The shortest way to settle it, and how many more there are."""
        if not match.settle_with:
            return "Look at it together."
        more = len(match.settle_with) - 1
        return self.names.settling(match.settle_with[0]) + (f", or {more} more" if more else "")

    def _done(self) -> list[str]:
        names = [f"{match.id} {match.short_name}" for match in self.plan.with_status(MatchStatus.DONE)]
        return [*self._title(MatchStatus.DONE), *self.paper.wrap("; ".join(names) + ".", "  ")] if names else []

    def _not_indicated(self) -> list[str]:
        names = [f"{match.id} {match.short_name}" for match in self.plan.with_status(MatchStatus.NOT_INDICATED)]
        if not names:
            return []
        return [*self.paper.heading("NOT INDICATED", "fivefold explain FILE MODULE says why"), *self.paper.wrap("; ".join(names) + ".", "  ")]

    def _life_goals(self) -> list[str]:
        lines = []
        for goal in self.plan.life_goals:
            lines += self.paper.wrap(f"{goal.text} ({self.names.module(goal.from_module)})", "  ")
        return [*self.paper.heading("OUTSIDE TREATMENT", "small, and from the start"), *lines] if lines else []

    def general(self) -> list[str]:
        """The six conditions of treatment, those that need care now first in words."""
        rows = [
            (reading.id, reading.name, GENERAL_WORDS[reading.state], self._general_note(reading.id))
            for reading in self.plan.general_modules
        ]  # fmt: skip
        return [*self.paper.heading("GENERAL MODULES", "the ground under all phases"), *table(self.paper, ("", "", "state", "care now"), rows)]

    def _general_note(self, module: str) -> str:
        reading = next(reading for reading in self.plan.general_modules if reading.id == module)
        because = _sentence(reading.because[0].text) if reading.because else ""
        repair = f" Repair: {reading.repair[0]}" if reading.repair else ""
        return f"Yes. {because}{repair}" if reading.emphasis else repair.strip()

    # ---- How sure ----------------------------------------------------------------------------------------------------

    def profile(self) -> list[str]:
        plan, profile = self.plan, self.plan.profile
        note = "0 none, 1 mild, 2 moderate, 3 severe, 4 extreme"
        lines = self.paper.heading("PROFILE", note)
        for domain, known in self._known_by_domain():
            lines.append(f"  {self.paper.strong(self.knowledge.domains[domain].name)}")
            lines += [self._reading(reading) for reading in known]
        if any(reading.discordant for reading in profile.impairments):
            lines += self.paper.wrap("* The evidence disagrees by more than one level: fivefold profile FILE shows it.", "  ")
        unknown = [self.names.impairment(reading.id) for reading in profile.impairments if not reading.is_known]
        if unknown:
            lines += self.paper.wrap(f"Not known: {'; '.join(unknown)}.", "  ")
        severity = f"Severity of the personality difficulty: {profile.severity_band} ({profile.severity_basis}). " if profile.severity_band else ""
        resilience = f"Resilience: {profile.resilience.level.value}. {profile.resilience.text}"
        lines += self.paper.wrap(severity + resilience, "  ")
        for adaptation in plan.adaptations:
            lines += self.paper.wrap(f"Adapt: {adaptation}", "  ")
        return lines

    def _known_by_domain(self) -> Iterable[tuple[DomainId, list[ImpairmentReading]]]:
        for domain in self.knowledge.domains:
            known = [reading for reading in self.plan.profile.impairments if reading.domain is domain and reading.is_known]
            if known:
                yield domain, known

    def _reading(self, reading: ImpairmentReading) -> str:
        assert reading.level is not None
        name = self.names.impairment(reading.id)
        conflict = " *" if reading.discordant else ""
        return f"    {name:<33} {self.paper.accent(self.paper.bar(reading.level))} {reading_words(reading)}{conflict}"

    def coverage(self) -> list[str]:
        """How each impairment of at least moderate level is answered, and how many are not known."""
        shown = [entry for entry in self.plan.coverage if entry.status not in (CoverageStatus.BELOW_THRESHOLD, CoverageStatus.UNKNOWN)]
        rows = [
            (self.names.impairment(entry.impairment), COVERAGE_WORDS[entry.status], "; ".join(map(self.names.module, entry.by)) or entry.because)
            for entry in shown
        ]
        unknown = sum(entry.status is CoverageStatus.UNKNOWN for entry in self.plan.coverage)
        lines = [*self.paper.heading("COVERAGE", "is everything that needs an answer answered?"), *table(self.paper, ("impairment", "answered", "by"), rows)]
        if unknown:
            lines += self.paper.wrap(f"{counted(unknown, 'impairment')} not known: nothing is said about {'it' if unknown == 1 else 'them'}.", "  ")
        return lines

    def measures(self) -> list[str]:
        rows = [
            (f"{measure.name} ({measure.instrument})", f"{number(measure.minutes)} min", "; ".join(map(self.names.module, measure.decides)))
            for measure in self.plan.next_best_measures
        ]
        if not rows:
            return []
        heading = self.paper.heading("WHAT TO MEASURE NEXT", "most decided for the fewest minutes")
        return [*heading, *table(self.paper, ("instrument", "takes", "decides"), rows)]

    def alternatives(self) -> list[str]:
        lines: list[str] = []
        for other in self.plan.alternatives:
            total = len(other.covers) + len(other.leaves_out)
            leaves = f"; leaves out {joined([self.names.impairment(name) for name in other.leaves_out])}" if other.leaves_out else ""
            cost = f"{span(other.sessions, 'sessions')}; {span(other.weeks, 'weeks')}"
            lines += self.paper.wrap(f"{other.name} ({other.protocol}): answers {len(other.covers)} of {total} impairments{leaves}. {cost}.", "  ")
            for note in other.notes:
                lines += self.paper.wrap(note, "    - ", "      ")
        if not lines:
            return []
        lines.append(self.paper.quiet("  fivefold compare FILE lays more beside it."))
        return [*self.paper.heading("WHAT ELSE THERE IS", "information, never a ranking"), *lines]

    def review(self) -> list[str]:
        review = self.plan.review
        text = f"{day(review.next_on)}. {review.because} At the latest every {review.every_days} days."
        return [*self.paper.heading("REVIEW"), *self.paper.wrap(text, "  ")]

    def honesty(self) -> list[str]:
        plan, paper = self.plan, self.paper
        lines = ["", paper.rule(), *paper.wrap(HONESTY)]
        for limit in plan.limits:
            lines += paper.wrap(limit, "- ")
        lines.append(f"Knowledge {plan.knowledge_version} ({plan.knowledge_hash[:12]}), program {plan.engine_version}.")
        return [*lines[:2], *(paper.quiet(line) for line in lines[2:])]


def now_words(plan: PhasedPlan) -> str:
    """What stands over the modules that are due now."""
    return INFORMATION if plan.withheld else f"At most {counted(plan.concurrent_limit, 'module')} at once; safety and containment work does not count."


def rule_short(rule: str) -> str:
    """Which rule asks for something by a time: a safety rule by its code, what the phase asks for in words."""
    return rule if rule.startswith("R") else "crisis work"


def settling_words(decides: str, names: Names) -> str:
    """What a question decides; the modules that it opens by their names."""
    if not decides.startswith(OPENS):
        return f"Decides {decides}."
    return f"Opens {'; '.join(map(names.module, decides.removeprefix(OPENS).split(', ')))}."


def phase_strip(knowledge: KnowledgeBase, here: PhaseId, paper: Paper) -> list[str]:
    """The five phases as a way, with the place marked."""
    return way_strip(stations(knowledge), here.order - 1, paper)


def stations(knowledge: KnowledgeBase) -> tuple[str, ...]:
    """The five phases with code and short name, in order."""
    return tuple(f"{phase.value} {knowledge.phases[phase].short_name}" for phase in PhaseId)


def _sentence(text: str) -> str:
    """A reason as a sentence that ends."""
    return text if text.endswith((".", "?", ":")) else f"{text}."


def answer_last(text: str) -> str:
    """``no: strong emotion can be tolerated`` as ``strong emotion can be tolerated: no``."""
    return f"{text.removeprefix('no: ')}: no" if text.startswith("no: ") else text
