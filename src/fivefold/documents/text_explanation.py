"""One module, general module, risk rule or impairment explained to the last reason, as text."""

from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.plan import GeneralReading, ModuleMatch, Override, PhasedPlan, Reason
from fivefold.concepts.scores import ImpairmentReading
from fivefold.concepts.vocabulary import EVIDENCE_WORDS, OverrideKind
from fivefold.documents.html.words import COVERAGE_WORDS, GENERAL_WORDS, MATCH_WORDS, OVERRIDE_WORDS, STAGE_WORDS
from fivefold.documents.text_layout import Paper, table
from fivefold.documents.text_names import Names, level_words, number, reading_words, span
from fivefold.documents.text_readings import finish

Explained = ModuleMatch | GeneralReading | ImpairmentReading | tuple[Override, ...]


def explained(plan: PhasedPlan, name: str) -> Explained:
    """What a plan holds under a name: a module, a general module, the readings of a risk rule, or an impairment.

    Raises KeyError when it holds nothing of that name.
    """
    upper = name.upper()
    for general in plan.general_modules:
        if general.id == upper:
            return general
    for reading in plan.profile.impairments:
        if reading.id == name.lower():
            return reading
    rules = tuple(override for override in plan.overrides if override.code == upper)
    return rules or plan.match(upper)


def render_explanation(plan: PhasedPlan, found: Explained, knowledge: KnowledgeBase, paper: Paper) -> str:
    """Everything that explains the place of one part in its plan."""
    text = _Explanation(plan, knowledge, paper)
    match found:
        case ModuleMatch():
            return finish(paper, text.module(found))
        case GeneralReading():
            return finish(paper, text.general(found))
        case ImpairmentReading():
            return finish(paper, text.impairment(found))
        case _:
            return finish(paper, [line for override in found for line in text.override(override)])


class _Explanation:
    def __init__(self, plan: PhasedPlan, knowledge: KnowledgeBase, paper: Paper) -> None:
        self.plan, self.knowledge, self.paper = plan, knowledge, paper
        self.names = Names(knowledge)

    def module(self, match: ModuleMatch) -> list[str]:
        """One specific module, from its status to its sources."""
        return [*self._title(match), *self._why(match), *self._work(match), *self._ground(match)]

    def _title(self, match: ModuleMatch) -> list[str]:
        facts = [MATCH_WORDS[match.status]]
        if match.running and match.change_stage:
            facts.append(f"running: {STAGE_WORDS[match.change_stage]}")
        if match.declined:
            facts.append("declined by the patient")
        status = "; ".join(facts)
        lines = [self.paper.strong(f"{match.id} {match.name}"), f"Status: {self.paper.strong(status)}", *self._place(match)]
        if self.plan.withheld is not None:
            lines += self.paper.wrap(f"! {self.plan.withheld.message} What follows is information only.")
        return lines

    def _place(self, match: ModuleMatch) -> list[str]:
        place = f"Belongs to {self.names.phase(match.phase)}, domain {self.knowledge.domains[match.domain].name.lower()}."
        treats = f" Treats {'; '.join(map(self.names.impairment, match.treats))}."
        return self.paper.wrap(place + treats)

    def _why(self, match: ModuleMatch) -> list[str]:
        lines = []
        for title, supports in (("FOR", True), ("AGAINST", False)):
            reasons = [reason for reason in match.because if reason.supports is supports]
            lines += self._reasons(title, reasons) if reasons else []
        lines += self._list("WAITS FOR", [self.names.waiting(text) for text in match.waits_for])
        lines += self._list("WHAT WOULD SETTLE IT", [self.names.settling(way) for way in match.settle_with])
        lines += self._list("WHAT WOULD CHANGE IT", [self.names.flip(flip) for flip in match.flips_if])
        return [*lines, *self._agreement(match)]

    def _reasons(self, title: str, reasons: list[Reason]) -> list[str]:
        lines = self.paper.heading(title)
        for reason in reasons:
            lines += self.paper.wrap(reason.text, "  - ", "    ")
            read = f"; reads {', '.join(map(self.names.input, reason.inputs))}" if reason.inputs else ""
            lines += [self.paper.quiet(line) for line in self.paper.wrap(f"{reason.rule}; {reason.basis.words}{read}", "    ")]
        return lines

    def _agreement(self, match: ModuleMatch) -> list[str]:
        lines = []
        if match.agreement is not None:
            text = f"In {match.agreement:.0%} of the draws within measurement error the status is the same."
            lines += [*self.paper.heading("HOW SURE"), *self.paper.wrap(text, "  ")]
        if match.selection is not None:
            terms = match.selection
            parts = {"severity": terms.severity, "wish of the patient": terms.priority, "fit of the phase": terms.phase_fit,
                     "opens others": terms.enabling, "burden": terms.burden, "sum": terms.total}  # fmt: skip
            words = ", ".join(f"{name} {number(value)}" for name, value in parts.items())
            lines += [*self.paper.heading("ORDER AMONG MODULES", "points; all weights are proposals"), *self.paper.wrap(words + ".", "  ")]
        return lines

    def _work(self, match: ModuleMatch) -> list[str]:
        dose = f"{span(match.dose.sessions, 'sessions')}; {span(match.dose.weeks, 'weeks')} ({match.dose.basis.words})."
        lines = [*self.paper.heading("DOSE"), *self.paper.wrap(match.dose.text, "  "), *self.paper.wrap(f"Here: {dose}", "  ")]
        lines += self.paper.wrap(f"At this level of resilience: {match.tailoring}", "  ") if match.tailoring else []
        lines += self._list("GOALS", list(match.goals))
        lines += self.paper.heading("WHAT THE THERAPIST DOES") if match.interventions else []
        for item in match.interventions:
            lines += self.paper.wrap(f"{item.name}: {item.text}", "  - ", "    ")
            origin = f"adapted from {', '.join(item.adapted_from).replace('_', ' ')}; {EVIDENCE_WORDS[item.evidence]}; {item.basis.words}"
            lines += [self.paper.quiet(line) for line in self.paper.wrap(origin, "    ")]
        return [*lines, *self._list("TAKE CARE", list(match.cautions))]

    def _ground(self, match: ModuleMatch) -> list[str]:
        lines = [*self.paper.heading("FOR THE PATIENT", match.patient_name), *self.paper.wrap(match.patient_words, "  ")]
        cited = [self.knowledge.sources[name] for name in match.sources if name in self.knowledge.sources]
        return [*lines, *self._list("SOURCES", [f"{source.id} {source.citation}" for source in cited])]

    def _list(self, title: str, texts: list[str]) -> list[str]:
        lines = self.paper.heading(title) if texts else []
        for text in texts:
            lines += self.paper.wrap(text, "  - ", "    ")
        return lines

    def general(self, reading: GeneralReading) -> list[str]:
        """One general module: its state, why it needs care, how it is repaired."""
        lines = [self.paper.strong(f"{reading.id} {reading.name}"), f"State: {GENERAL_WORDS[reading.state]}"]
        lines += [f"Care now: {'yes' if reading.emphasis else 'no more than always'}"]
        lines += self._reasons("WHY", list(reading.because)) if reading.because else []
        lines += self._list("TO REPAIR IT", list(reading.repair))
        lines += self._list("ASK", [reading.question] if reading.question else [])
        waiting = [f"{match.id} {match.short_name} ({MATCH_WORDS[match.status]})" for match in self.plan.modules if reading.id in match.waits_for]
        return [*lines, *self._list("MODULES THAT WAIT FOR IT", waiting)]

    def override(self, override: Override) -> list[str]:
        """One risk rule as it stands."""
        kind = "hard: cannot be overruled" if override.kind is OverrideKind.HARD else "advisory: may be overruled with a recorded reason"
        lines = ["", self.paper.strong(f"{override.code} {override.name}"), f"Status: {OVERRIDE_WORDS[override.status]} ({kind})"]
        lines += self._list("BECAUSE", list(override.because))
        lines += self._list("WHAT IT DOES", [override.effect])
        lines += self._list("WHAT CLEARS IT", [override.cleared_by])
        return [*lines, *self._list("BASIS", [f"{override.rule}; {override.basis.words}"])]

    def impairment(self, reading: ImpairmentReading) -> list[str]:
        """One impairment: its level, the evidence, and how the plan answers it."""
        lines = [self.paper.strong(self.names.impairment(reading.id)), f"Level: {reading_words(reading)}"]
        whole = sum(piece.weight for piece in reading.evidence)
        rows = [(piece.text, f"{level_words(piece.level)}; weighs {piece.weight / whole:.0%}; {piece.basis.words}") for piece in reading.evidence]
        lines += [*self.paper.heading("EVIDENCE"), *table(self.paper, ("what", "speaks for"), rows, most=40)] if rows else []
        answers = [entry for entry in self.plan.coverage if entry.impairment == reading.id]
        for entry in answers:
            by = f" by {'; '.join(map(self.names.module, entry.by))}" if entry.by else ""
            lines += self._list("IN THE PLAN", [f"{COVERAGE_WORDS[entry.status]}{by}. {entry.because}".strip()])
        anchors = self.knowledge.impairments[reading.id].anchors
        return [*lines, *self._list("WHAT THE LEVELS MEAN", [f"{level}: {text}" for level, text in sorted(anchors.items())])]
