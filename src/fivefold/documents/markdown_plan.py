"""The plan as Markdown: the same order and words as the text, for a record system, a wiki or a letter."""

import re
from collections.abc import Iterable, Sequence

from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.plan import ModuleMatch, PhasedPlan
from fivefold.concepts.vocabulary import CoverageStatus, MatchStatus, OverrideKind, OverrideStatus, PhaseId
from fivefold.documents.html.words import COVERAGE_WORDS, GENERAL_WORDS, GROUP_NAMES, MET_WORDS, STAGE_WORDS
from fivefold.documents.text_names import Names, day, main_reason, number, reading_words, span
from fivefold.documents.text_plan import DUE, HONESTY, answer_last, now_words, rule_short, settling_words

# What Markdown or HTML inside it would read as more than a letter.
SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")


def render_markdown(plan: PhasedPlan, knowledge: KnowledgeBase) -> str:
    """The plan as Markdown (CommonMark with tables); nothing from the assessment is read as markup."""
    parts = _MarkdownPlan(plan, knowledge).parts()
    return "\n".join(part.rstrip() for part in parts) + "\n"


def escape(text: str) -> str:
    """Text that stands for itself in Markdown."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))


def table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines of a table after an empty one; nothing where there is no row."""
    body = ["| " + " | ".join(escape(cell) for cell in row) + " |" for row in rows]
    return ["", "| " + " | ".join(titles) + " |", "|" + "---|" * len(titles), *body] if body else []


class _MarkdownPlan:
    """One plan being written; each method gives the lines of one part."""

    def __init__(self, plan: PhasedPlan, knowledge: KnowledgeBase) -> None:
        self.plan, self.knowledge, self.names = plan, knowledge, Names(knowledge)

    def parts(self) -> list[str]:
        return [
            *self.title(), *self.safety(), *self.questions(), "", f"**{escape(self.plan.summary)}**", *self.place(), *self.work(),
            *self.general(), *self.profile(), *self.coverage(), *self.measures(), *self.alternatives(), *self.end(),
        ]  # fmt: skip

    def title(self) -> list[str]:
        plan = self.plan
        protocol = self.knowledge.protocols.get(plan.protocol)
        name = f"Plan: {escape(plan.assessment_id)}" if plan.assessment_id else "Plan"
        return [f"# {name}", "", f"{day(plan.as_of)}. {escape(protocol.name if protocol else plan.protocol)}. A proposal: a clinician decides."]

    def safety(self) -> list[str]:
        plan = self.plan
        lines = ["", "## Safety first", ""]
        active = [override for override in plan.overrides if override.status is OverrideStatus.ACTIVE]
        if plan.withheld is not None:
            lines += [f"- **{escape(plan.withheld.message)}**", *(f"  - {escape(need)}" for need in plan.withheld.needs if need not in plan.withheld.message)]
        for override in active:
            kind = "hard rule" if override.kind is OverrideKind.HARD else "advisory rule"
            because = f" Because: {escape('; '.join(dict.fromkeys(map(answer_last, override.because))))}." if override.because else ""
            lines.append(f"- **{override.code} {escape(override.name)}: active ({kind}).**{because} {escape(override.effect)}")
        if not active and plan.withheld is None:
            lines.append("No risk rule is active by what the file says. That is no all-clear: ask at every contact.")
        for sign in plan.risk_signs:
            lines.append(f"- A risk item was answered: {escape(self.names.instrument(sign.instrument))} item {sign.item}, {escape(sign.text)}")
        for status, word in ((OverrideStatus.CLEARED, "Cleared"), (OverrideStatus.OVERRULED, "Overruled")):
            found = [f"{override.code} {override.name}" for override in plan.overrides if override.status is status]
            lines += [f"- {word} by a clinician: {escape('; '.join(found))}"] if found else []
        return [*lines, *table(("By when", "What", "Rule"), [(action.by_when, action.what, rule_short(action.rule)) for action in plan.actions])]

    def questions(self) -> list[str]:
        lines = ["", "## Ask first", ""] if self.plan.ask_first else []
        for position, question in enumerate(self.plan.ask_first, start=1):
            decides = f" {escape(settling_words(question.decides, self.names))}" if question.decides else ""
            lines.append(f"{position}. {escape(question.question)} ({escape(', '.join(question.because))}){decides}")
        return lines

    def place(self) -> list[str]:
        reading = self.plan.phase
        steps = [f"**{self.names.phase(phase)} (you are here)**" if phase is reading.overall else self.names.phase(phase) for phase in PhaseId]
        lines = ["", "## Where", "", " → ".join(steps), "", *(escape(text) for text in reading.because)]
        if any(phase is not reading.overall for phase in reading.by_domain.values()):
            places = [(self.knowledge.domains[domain].name, self.names.phase(phase)) for domain, phase in reading.by_domain.items()]
            lines += table(("Domain", "Phase"), places)
        if reading.resume:
            lines += ["", escape(f"Go back to {'; '.join(map(self.names.module, reading.resume))}. {reading.resume_text}")]
        rows = [(criterion.text, MET_WORDS[criterion.met], criterion.question if criterion.met is None else "") for criterion in reading.exit]
        return [*lines, *table(("What opens the next phase", "Met?", "Ask"), rows)]

    def work(self) -> list[str]:
        lines: list[str] = []
        for status in (*DUE, MatchStatus.LATER, MatchStatus.UNCLEAR, MatchStatus.DONE):
            title, meaning = GROUP_NAMES[status]
            matches = self.plan.with_status(status)
            if matches:
                lines += ["", f"## {title}", "", self._meaning(status, meaning), ""]
                lines += [self._module(match) for match in matches]
        outside = [f"{match.id} {match.short_name}" for match in self.plan.with_status(MatchStatus.NOT_INDICATED)]
        lines += ["", "## Not indicated", "", escape("; ".join(outside)) + "."] if outside else []
        goals = [f"- {escape(goal.text)} ({escape(self.names.module(goal.from_module))})" for goal in self.plan.life_goals]
        return [*lines, *(["", "## Outside treatment", "", *goals] if goals else [])]

    def _meaning(self, status: MatchStatus, meaning: str) -> str:
        return now_words(self.plan) if status is MatchStatus.NOW else meaning

    def _module(self, match: ModuleMatch) -> str:
        facts = [span(match.dose.sessions, "sessions")]
        if match.running and match.change_stage:
            facts.insert(0, f"running: {STAGE_WORDS[match.change_stage]}")
        if match.declined:
            facts.insert(0, "declined by the patient")
        reason, against = main_reason(match), main_reason(match, supports=False)
        told = [reason.text if reason else "", against.text if against and match.status not in (MatchStatus.NOW, MatchStatus.NEXT, MatchStatus.LATER) else ""]
        told.append(f"Waits for {self.names.waits(match)}." if match.waits_for else "")
        if match.status is MatchStatus.UNCLEAR and match.settle_with:
            told.append(f"To settle it: {self.names.settling(match.settle_with[0])}.".replace("..", "."))
        return f"- **{escape(f'{match.id} {match.name}')}** ({escape('; '.join(facts))}). {escape(' '.join(text for text in told if text))}"

    def general(self) -> list[str]:
        rows = [
            (reading.id, reading.name, GENERAL_WORDS[reading.state], "; ".join(reason.text for reason in reading.because[:1]) if reading.emphasis else "")
            for reading in self.plan.general_modules
        ]
        return ["", "## General modules", *table(("", "Module", "State", "Care now, because"), rows)]

    def profile(self) -> list[str]:
        profile = self.plan.profile
        known = [reading for reading in profile.impairments if reading.is_known]
        rows = [
            (self.names.impairment(reading.id), reading_words(reading), "no" if reading.discordant else "",
             "; ".join(piece.text for piece in reading.evidence))
            for reading in known
        ]  # fmt: skip
        unknown = [self.names.impairment(reading.id) for reading in profile.impairments if not reading.is_known]
        lines = [
            "",
            "## Profile",
            "",
            "0 none, 1 mild, 2 moderate, 3 severe, 4 extreme.",
            *table(("Impairment", "Level", "Pieces agree", "Evidence"), rows),
        ]
        lines += ["", f"Not known: {escape('; '.join(unknown))}."] if unknown else []
        return [*lines, "", escape(f"Resilience: {profile.resilience.level.value}. {profile.resilience.text}")]

    def coverage(self) -> list[str]:
        shown = [entry for entry in self.plan.coverage if entry.status not in (CoverageStatus.BELOW_THRESHOLD, CoverageStatus.UNKNOWN)]
        rows = [
            (self.names.impairment(entry.impairment), COVERAGE_WORDS[entry.status], "; ".join(map(self.names.module, entry.by)) or entry.because)
            for entry in shown
        ]
        return ["", "## Coverage", *table(("Impairment", "Answered", "By"), rows)] if rows else []

    def measures(self) -> list[str]:
        rows = [
            (f"{measure.name} ({measure.instrument})", f"{number(measure.minutes)} min", "; ".join(map(self.names.module, measure.decides)))
            for measure in self.plan.next_best_measures
        ]
        return ["", "## What to measure next", *table(("Instrument", "Takes", "Decides"), rows)] if rows else []

    def alternatives(self) -> list[str]:
        rows = [
            (f"{other.name} ({other.protocol})", f"{len(other.covers)} of {len(other.covers) + len(other.leaves_out)}",
             "; ".join(map(self.names.impairment, other.leaves_out)), span(other.sessions, "sessions"))
            for other in self.plan.alternatives
        ]  # fmt: skip
        return ["", "## What else there is", "", "Information, never a ranking.", *table(("Programme", "Answers", "Leaves out", "Cost"), rows)] if rows else []

    def end(self) -> list[str]:
        plan = self.plan
        review = f"{day(plan.review.next_on)}. {plan.review.because} At the latest every {plan.review.every_days} days."
        release = f"Knowledge {plan.knowledge_version} ({plan.knowledge_hash[:12]}), program {plan.engine_version}."
        limits = [f"- {escape(limit)}" for limit in plan.limits]
        return ["", "## Review", "", escape(review), "", "---", "", escape(HONESTY), "", *limits, "", escape(release)]
