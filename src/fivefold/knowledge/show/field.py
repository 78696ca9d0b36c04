"""Phases, domains, impairments, protocols and sources as text."""

from fivefold.concepts.impairment import Impairment, ImpairmentDomain
from fivefold.concepts.knowledge_base import KnownSource
from fivefold.concepts.phase import Phase, PhaseCriterion
from fivefold.concepts.protocol import ExpectedChange, Protocol, ProtocolComponent, ProtocolStage
from fivefold.concepts.vocabulary import Severity
from fivefold.concepts.walking import walk
from fivefold.knowledge.entries import entries
from fivefold.knowledge.show.page import Page

ORDER_WORDS = {"bpd_first": "borderline personality disorder first", "other_first": "the other condition first", "unclear": "order not clear"}


def show_phase(page: Page, phase: Phase) -> None:
    """A phase: goals, what belongs, how it begins and ends."""
    page.title(f"{phase.id} {phase.name}", "Phase of treatment: where the person is now. It may go back, and that is no verdict.")
    page.text(phase.summary)
    page.fact("Lasts", phase.duration.text, phase.duration.basis)
    page.claims("Goals", phase.goals)
    page.claims("What belongs here", phase.belongs)
    page.claims("What to leave for later", phase.avoid)
    for name, criteria in (("Begins", phase.entry), ("Ends", phase.exit)):
        page.section(name)
        for part in criteria:
            _phase_criterion(page, part)
    modules = [f"{module.id} {module.name}" for module in page.knowledge.modules.values() if module.phase is phase.id]
    page.lines("Modules", modules)
    page.claims("Notes", phase.notes)
    page.section("For the patient")
    page.text(phase.patient.name)
    page.text(phase.patient.where_you_are)
    page.text(phase.patient.what_helps_now)


def _phase_criterion(page: Page, part: PhaseCriterion) -> None:
    page.bullet(part.text, part.basis)
    page.bullet(f"Holds when {page.criterion(part.when)}", mark=" ")
    if part.question:
        page.bullet(f"Ask: {part.question}", mark=" ")
    if part.settle_with:
        page.bullet(f"Measure: {page.named(part.settle_with)}", mark=" ")


def show_domain(page: Page, domain: ImpairmentDomain) -> None:
    """A domain of impairment with its parts."""
    page.title(f"{domain.id} {domain.name}", f"Domain of impairment, place {domain.order} from most to least changeable. For the patient: {domain.plain_name}.")
    page.text(domain.summary, domain.basis)
    known = page.knowledge
    parts = [known.impairments[name] for name, owner in known.domain_of.items() if owner is domain.id]
    page.lines("Impairments", [f"{part.name} ({part.id}): {part.summary}" for part in parts])
    page.lines("Modules", [f"{module.id} {module.name}" for module in known.modules.values() if module.domain is domain.id])


def show_impairment(page: Page, impairment: Impairment) -> None:
    """An impairment: what each level means, what speaks for it, what treats it."""
    known = page.knowledge
    domain = known.domains[known.domain_of[impairment.id]]
    page.title(f"{impairment.name} ({impairment.id})", f"Impairment of domain {domain.id} {domain.name}. For the patient: {impairment.plain_name}.")
    page.text(impairment.summary)
    page.text(f"In plain words: {impairment.plain_summary}")
    page.section("What a clinician's rating means")
    for level, words in sorted(impairment.anchors.items()):
        page.bullet(words, mark=f"{level} {Severity(level).word}:")
    page.text(f"Evidence counts half after {page.quantity(impairment.half_life)}; anchors{page.mark(impairment.anchors_basis)}")
    page.claims("Clinical signs", impairment.clinical_signals)
    speaks = [
        f"{page.name(indicator.instrument)}, {indicator.scale}: "
        + ", ".join(f"{score:g} speaks for {level:g}" for score, level in indicator.points)
        + page.mark(indicator.basis)
        for indicator in impairment.indicators
    ]
    speaks += [f"DSM-5 criterion {part.dsm5} met: {part.level:g} (error {part.error:g}){page.mark(part.basis)}" for part in impairment.criteria]
    speaks += [f"Diagnosis {part.code}: {part.level:g} (error {part.error:g}){page.mark(part.basis)}" for part in impairment.diagnoses]
    page.lines("What speaks for which level (0 to 4)", speaks)
    general = [f"{one.id} {one.name}" for one in known.general_modules.values() if impairment.id in one.treats]
    page.lines("Treated by", [*general, *(f"{one.id} {one.name}" for one in known.modules.values() if impairment.id in one.treats)])
    page.lines("Also helped by", [f"{one.id} {one.name}" for one in known.modules.values() if impairment.id in one.also_helps])


def show_protocol(page: Page, protocol: Protocol) -> None:
    """A programme in full."""
    page.title(f"{protocol.name} ({protocol.id})", f"Protocol, {protocol.kind.replace('_', ' ')}. Version {protocol.version}, {protocol.status}.")
    page.text(protocol.summary)
    page.claims("When it is useful", protocol.when_useful)
    page.claims("Limits", protocol.limits)
    page.section("Stages")
    for stage in protocol.stages:
        _protocol_stage(page, stage)
    page.section("Parts")
    for part in protocol.components:
        _component(page, part)
    page.section("Dose")
    page.text(protocol.dose.text)
    page.fact("Sessions", page.spread(protocol.dose.sessions))
    page.fact("Weeks", page.spread(protocol.dose.weeks))
    page.fact("At least", page.quantity(protocol.minimum_weeks))
    for name, conditions in (("Begins when", protocol.entry), ("Stop rules", protocol.stop_rules)):
        page.lines(name, [part.text + page.mark(part.basis) for part in conditions])
    page.claims("Ends when", protocol.exit)
    page.lines("What a service needs", protocol.needs)
    page.lines("Roles", [f"{part.role}: {part.does}" for part in protocol.roles])
    for name, claims in (("Stance", protocol.stance), ("Safety", protocol.safety), ("Medication", protocol.medication)):
        page.claims(name, claims)
    order = [f"{part.condition.replace('_', ' ')}: {ORDER_WORDS[part.order]}. {part.text}{page.mark(part.basis)}" for part in protocol.comorbidity]
    page.lines("What comes first", order)
    page.lines("Expected change", [_change(page, change) for change in protocol.expected_change])
    page.lines("Measures", [page.name(name) for name in protocol.instruments])
    page.lines("Checklist", protocol.adherence)
    page.lines("Evidence", [f"{page.evidence(claim.code)}: {claim.text}{page.mark(claim.basis)}" for claim in protocol.evidence])
    if protocol.borrowed_by_imt is not None:
        page.section("What IMT takes from it")
        page.text(protocol.borrowed_by_imt.text)
        page.fact("Modules", page.named(protocol.borrowed_by_imt.modules))
    page.lines("Numbers a clinic may set", [f"{part.id}: {part.value:g} {part.unit}. {part.text}{page.mark(part.basis)}" for part in protocol.parameters])
    page.claims("Notes", protocol.notes)


def _protocol_stage(page: Page, stage: ProtocolStage) -> None:
    page.bullet(f"{stage.name}. {stage.goal}", stage.basis)
    for label, text in (("Begins", stage.entry), ("Ends", stage.exit), ("Weeks", page.spread(stage.weeks) if stage.weeks else "")):
        if text:
            page.bullet(f"{label}: {text}", mark=" ")


def _component(page: Page, part: ProtocolComponent) -> None:
    page.bullet(f"{part.name} ({part.kind.replace('_', ' ')}). {part.text}", part.basis)
    if part.when is not None:
        page.bullet(f"Chosen when {page.criterion(part.when)}", mark=" ")
    if part.modules:
        page.bullet(f"The same work as {page.named(part.modules)}", mark=" ")
    if part.minutes is not None:
        often = f"; {page.quantity(part.per_week)} a week" if part.per_week is not None else ""
        page.bullet(page.spread(part.minutes) + often, mark=" ")


def _change(page: Page, change: ExpectedChange) -> str:
    start = f"from {page.quantity(change.start)} " if change.start is not None else ""
    return f"{change.target}: {start}by {page.quantity(change.by)}. Through {change.mechanism} If not: {change.if_not}{page.mark(change.basis)}"


def show_source(page: Page, source: KnownSource) -> None:
    """A source of the literature, and where the base leans on it."""
    page.title(f"{source.id} {source.citation}")
    page.fact("Seen", source.seen)
    page.fact("Link", source.link)
    page.fact("Note", source.note)
    leaning = [
        entry.label
        for entry in entries(page.knowledge)
        if entry.kind != "source" and any(getattr(part, "source", None) == source.id for _, part in walk(entry.value))
    ]
    page.lines("What leans on it", leaning)
