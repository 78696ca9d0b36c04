"""One module, general module, risk rule or impairment explained to the last reason."""

from collections.abc import Iterator, Sequence

from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.plan import GeneralReading, ModuleMatch, Override, PhasedPlan, Reason
from fivefold.concepts.scores import ImpairmentReading
from fivefold.concepts.vocabulary import EVIDENCE_WORDS, MatchStatus, OverrideKind
from fivefold.documents.html.words import COVERAGE_WORDS, GENERAL_WORDS, MATCH_WORDS, OVERRIDE_WORDS, STAGE_WORDS
from fivefold.documents.sheets import BULLET, TAKE_CARE, Block, Fact, Grid, Heading, Line, Name, Sheet, Tone, listed
from fivefold.documents.text_names import Names, level_words, number, reading_words, span

NO_SINGLE_CHANGE = "No change of one input alone: more than one thing holds it where it is."

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


def explanation_sheet(plan: PhasedPlan, found: Explained, knowledge: KnowledgeBase) -> Sheet:
    """Everything that explains the place of one part in its plan."""
    text = _Explanation(plan, knowledge)
    match found:
        case ModuleMatch():
            return Sheet.of(f"{found.id} {found.name}", text.module(found))
        case GeneralReading():
            return Sheet.of(f"{found.id} {found.name}", text.general(found))
        case ImpairmentReading():
            return Sheet.of(text.names.impairment(found.id), text.impairment(found))
        case _:
            return Sheet.of(f"{found[0].code} {found[0].name}", (block for override in found for block in text.override(override)))


class _Explanation:
    def __init__(self, plan: PhasedPlan, knowledge: KnowledgeBase) -> None:
        self.plan, self.knowledge = plan, knowledge
        self.names = Names(knowledge)

    # ---- A specific module -------------------------------------------------------------------------------------------

    def module(self, match: ModuleMatch) -> Iterator[Block]:
        """One specific module, from its status to its sources."""
        yield from self._title(match)
        yield from self._why(match)
        yield from self._work(match)
        yield from self._ground(match)

    def _title(self, match: ModuleMatch) -> Iterator[Block]:
        facts = [MATCH_WORDS[match.status]]
        if match.running and match.change_stage:
            facts.append(f"running: {STAGE_WORDS[match.change_stage]}")
        if match.declined:
            facts.append("declined by the patient")
        yield Name(f"{match.id} {match.name}")
        yield Fact("Status", "; ".join(facts), is_strong=True)
        place = f"Belongs to {self.names.phase(match.phase)}, domain {self.knowledge.domains[match.domain].name.lower()}."
        yield Line(f"{place} Treats {'; '.join(map(self.names.impairment, match.treats))}.", depth=0)
        if self.plan.withheld is not None:
            yield Line(f"{self.plan.withheld.message} What follows is information only.", TAKE_CARE, depth=0)

    def _why(self, match: ModuleMatch) -> Iterator[Block]:
        for title, supports in (("For", True), ("Against", False)):
            yield from self._reasons(title, [reason for reason in match.because if reason.supports is supports])
        yield from listed("Waits for", [self.names.waiting(text) for text in match.waits_for])
        yield from listed("What would settle it", [self.names.settling(way) for way in match.settle_with])
        changes = [self.names.flip(flip) for flip in match.flips_if]
        yield from listed("What would change it", changes or ([] if match.status is MatchStatus.DONE else [NO_SINGLE_CHANGE]))
        yield from self._agreement(match)

    def _reasons(self, title: str, reasons: Sequence[Reason]) -> Iterator[Block]:
        if reasons:
            yield Heading(title)
        for reason in reasons:
            yield Line(reason.text, BULLET)
            read = f"; reads {', '.join(map(self.names.input, reason.inputs))}" if reason.inputs else ""
            yield Line(f"{reason.rule}; {reason.basis.words}{read}", depth=2, tone=Tone.QUIET)

    def _agreement(self, match: ModuleMatch) -> Iterator[Block]:
        if match.agreement is not None:
            yield Heading("How sure")
            yield Line(f"In {match.agreement:.0%} of the draws within measurement error the status is the same.")
        if match.selection is not None:
            terms = match.selection
            parts = {"severity": terms.severity, "wish of the patient": terms.priority, "fit of the phase": terms.phase_fit,
                     "opens others": terms.enabling, "burden": terms.burden, "sum": terms.total}  # fmt: skip
            yield Heading("Order among modules", "points; all weights are proposals")
            yield Line(", ".join(f"{name} {number(value)}" for name, value in parts.items()) + ".")

    def _work(self, match: ModuleMatch) -> Iterator[Block]:
        yield Heading("Dose")
        yield Line(match.dose.text)
        yield Line(f"Here: {span(match.dose.sessions, 'sessions')}; {span(match.dose.weeks, 'weeks')} ({match.dose.basis.words}).")
        if match.tailoring:
            yield Line(f"At this level of resilience: {match.tailoring}")
        yield from listed("Goals", match.goals)
        if match.interventions:
            yield Heading("What the therapist does")
        for item in match.interventions:
            yield Line(f"{item.name}: {item.text}", BULLET)
            origin = f"adapted from {', '.join(item.adapted_from).replace('_', ' ')}; {EVIDENCE_WORDS[item.evidence]}; {item.basis.words}"
            yield Line(origin, depth=2, tone=Tone.QUIET)
        yield from listed("Take care", match.cautions)

    def _ground(self, match: ModuleMatch) -> Iterator[Block]:
        yield Heading("For the patient", match.patient_name)
        yield Line(match.patient_words)
        cited = [self.knowledge.sources[name] for name in match.sources if name in self.knowledge.sources]
        yield from listed("Sources", [f"{source.id} {source.citation}" for source in cited])

    # ---- What else can be explained ----------------------------------------------------------------------------------

    def general(self, reading: GeneralReading) -> Iterator[Block]:
        """One general module: its state, why it needs care, how it is repaired."""
        yield Name(f"{reading.id} {reading.name}")
        yield Fact("State", GENERAL_WORDS[reading.state])
        yield Fact("Care now", "yes" if reading.emphasis else "no more than always")
        yield from self._reasons("Why", reading.because)
        yield from listed("To repair it", reading.repair)
        yield from listed("Ask", [reading.question] if reading.question else [])
        waiting = [f"{match.id} {match.short_name} ({MATCH_WORDS[match.status]})" for match in self.plan.modules if reading.id in match.waits_for]
        yield from listed("Modules that wait for it", waiting)

    def override(self, override: Override) -> Iterator[Block]:
        """One risk rule as it stands."""
        kind = "hard: cannot be overruled" if override.kind is OverrideKind.HARD else "advisory: may be overruled with a recorded reason"
        yield Name(f"{override.code} {override.name}", apart=True)
        yield Fact("Status", f"{OVERRIDE_WORDS[override.status]} ({kind})")
        yield from listed("Because", override.because)
        yield from listed("What it does", [override.effect])
        yield from listed("What clears it", [override.cleared_by])
        yield from listed("Basis", [f"{override.rule}; {override.basis.words}"])

    def impairment(self, reading: ImpairmentReading) -> Iterator[Block]:
        """One impairment: its level, the evidence, and how the plan answers it."""
        yield Name(self.names.impairment(reading.id))
        yield Fact("Level", reading_words(reading))
        whole = sum(piece.weight for piece in reading.evidence)
        rows = tuple(
            (piece.text, f"{level_words(piece.level, of=reading.id)}; weighs {piece.weight / whole:.0%}; {piece.basis.words}") for piece in reading.evidence
        )
        if rows:
            yield Heading("Evidence")
            yield Grid(("what", "speaks for"), rows, most=40, is_titled=True)
        for entry in self.plan.coverage:
            if entry.impairment == reading.id:
                by = f" by {'; '.join(map(self.names.module, entry.by))}" if entry.by else ""
                yield from listed("In the plan", [f"{COVERAGE_WORDS[entry.status]}{by}. {entry.because}".strip()])
        anchors = self.knowledge.impairments[reading.id].anchors
        yield from listed("What the levels mean", [f"{level}: {text}" for level, text in sorted(anchors.items())])
