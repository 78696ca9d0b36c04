"""The second half of the book: impairments, every rule of the program, the programmes, the instruments."""

import dataclasses
from collections.abc import Iterator
from typing import Any

from fivefold.concepts.basis import Quantity
from fivefold.concepts.criteria import AnyOf
from fivefold.concepts.impairment import Impairment, ImpairmentDomain
from fivefold.concepts.instrument import Instrument
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.measure_plan import MeasureBattery, rhythm_words
from fivefold.concepts.protocol import ConditionalClaim, ExpectedChange, Protocol, ProtocolComponent, ProtocolStage
from fivefold.concepts.rules import OverrideRule, ProgressRule, ReadingRule
from fivefold.concepts.vocabulary import DIAGNOSES, Severity
from fivefold.documents import pdf_words as words
from fivefold.documents.book_blocks import (
    Bullets,
    Line,
    Paragraph,
    Pen,
    Section,
    Span,
    Table,
    filled,
    impairment_anchor,
    instrument_anchor,
    joined,
    plain,
    protocol_anchor,
)
from fivefold.documents.book_treatment import evidence
from fivefold.documents.html.words import GENERAL_WORDS

LICENCE_MEANINGS = {
    "A": "may be shown and reproduced",
    "A*": "may be shown with the attribution given, where the terms below allow it",
    "B": "scores may be entered; items only with a permission that the clinic records",
    "C": "scores may be entered; use in software asks for a licence of its own",
}
COMORBIDITY_WORDS = {"bpd_first": "personality disorder first", "other_first": "the other first", "unclear": "unclear which first"}


# -- impairments ---------------------------------------------------------------------------------------------------------


def impairments_chapter(knowledge: KnowledgeBase, pen: Pen) -> Section:
    """Every impairment by domain, with the anchors of a clinician's rating."""
    intro = Paragraph(pen.text("A level runs from 0 none to 4 extreme. The anchors say what a clinician's rating means. Scores, criteria and diagnoses "
                               "speak for a level with an error; none of them is the level, and none makes a diagnosis."))  # fmt: skip
    domains = sorted(knowledge.domains.values(), key=lambda domain: domain.order)
    return Section("impairments", "Impairments, by domain", (intro, *(_domain(domain, knowledge, pen) for domain in domains)))


def _domain(domain: ImpairmentDomain, knowledge: KnowledgeBase, pen: Pen) -> Section:
    inside = [one for key, one in knowledge.impairments.items() if knowledge.domain_of[key] is domain.id]
    return Section(f"domain-{domain.id.value}", f"{domain.name}", (
        Paragraph(pen.say(domain.summary, domain.basis)),
        Paragraph(pen.labelled("For patients", pen.text(domain.plain_name))),
        *(_impairment(one, knowledge, pen) for one in inside),
    ))  # fmt: skip


def _impairment(impairment: Impairment, knowledge: KnowledgeBase, pen: Pen) -> Section:
    anchors = tuple(((Span(f"{level} {Severity(level).word}", "strong"),), pen.text(text)) for level, text in sorted(impairment.anchors.items()))
    return Section(impairment_anchor(impairment.id), impairment.name, filled(
        Paragraph(pen.text(impairment.summary)),
        Paragraph(pen.labelled("For patients", pen.text(f"{impairment.plain_name}. {impairment.plain_summary}"))),
        Table(("Rating", "What it means"), anchors, (1, 5)),
        Paragraph((Span("Anchors", "note"), *pen.basis(impairment.anchors_basis)), "note"),
        pen.claims(impairment.clinical_signals),
        _indicators(impairment, pen),
        _answers(impairment, knowledge, pen),
        Paragraph(pen.labelled("Evidence counts half after", pen.quantity(impairment.half_life))),
    ))  # fmt: skip


def _answers(impairment: Impairment, knowledge: KnowledgeBase, pen: Pen) -> Bullets:
    """The modules whose work it is, and those that help with it besides."""
    specific, general = knowledge.modules.values(), knowledge.general_modules.values()
    treating = [*(one.id for one in specific if impairment.id in one.treats), *(one.id for one in general if impairment.id in one.treats)]
    helping = [one.id for one in specific if impairment.id in one.also_helps]
    found = (("Treated by", treating), ("Also helped by", helping))
    return Bullets(tuple(pen.labelled(label, pen.modules(keys)) for label, keys in found if keys))


def _indicators(impairment: Impairment, pen: Pen) -> Bullets:
    lines: list[Line] = []
    for score in impairment.indicators:
        points = ", ".join(f"{words.number(value)} is {words.number(level)}" for value, level in score.points)
        scale = "" if score.scale == "total" else f" {score.scale.replace('_', ' ')}"
        lines.append((*pen.instrument(score.instrument), Span(f"{scale}: a score of {points} ({score.unit})"), *pen.basis(score.basis)))
    for met in impairment.criteria:
        text = f"DSM-5 criterion {met.dsm5} met speaks for {words.number(met.level)}, error {words.number(met.error)}"
        lines.append(pen.say(text, met.basis))
    for diagnosis in impairment.diagnoses:
        text = f"{DIAGNOSES[diagnosis.code]} speaks for {words.number(diagnosis.level)}, error {words.number(diagnosis.error)}"
        lines.append(pen.say(text, diagnosis.basis))
    return Bullets(tuple(lines))


# -- safety, gates, selection, tailoring, phase reading ------------------------------------------------------------------


def safety_chapter(knowledge: KnowledgeBase, pen: Pen) -> Section:
    """The risk rules, and what withholds a plan."""
    intro = Paragraph(pen.text("These rules are read before anything is matched. A score never clears one: only a clinician's recorded reassessment "
                               "does, and no rule ever calls a person safe."))  # fmt: skip
    rows = tuple(
        ((Span(one.name, "strong"),), plain("no automatic plan" if one.withholds else "the plan is adapted"), pen.say(one.needs, one.basis))
        for one in knowledge.adaptations.values()
    )
    adaptations = Section(
        "adaptations", "Circumstances that withhold or adapt the plan", (Table(("Circumstance", "Effect", "What is needed"), rows, (1, 1, 3)),)
    )
    return Section("safety-rules", "Safety rules", (intro, *_overrides(knowledge.overrides, pen), adaptations))


def _overrides(rules: tuple[OverrideRule, ...], pen: Pen) -> Iterator[Section]:
    """One section each. Two rules may share a code (one withholds, one adapts): a link leads to the first."""
    told: set[str] = set()
    for rule in rules:
        yield _override(rule, rule.id if rule.code in told else rule.code, pen)
        told.add(rule.code)


def _override(rule: OverrideRule, anchor: str, pen: Pen) -> Section:
    actions = tuple(
        (*pen.text(f"{one.what}, within "), *pen.text(one.text or f"{words.number(one.within.value)} {one.within.unit}"), *pen.basis(one.within.basis))
        for one in rule.actions
    )
    # What holds for one of many reasons is read as a list, and not as one sentence with five times "or".
    several = rule.trigger.of if isinstance(rule.trigger, AnyOf) and len(rule.trigger.of) > 1 else ()
    lines = [
        pen.labelled("Kind", plain("hard: cannot be overruled" if rule.kind.value == "hard" else "advisory: may be overruled with a recorded reason")),
        *([] if several else [pen.labelled("Holds when", pen.criterion(rule.trigger))]),
        pen.labelled("Question", pen.text(rule.question)),
        pen.labelled("It decides", pen.text(rule.decides)),
        pen.labelled("Effect", pen.say(rule.effect, rule.basis)),
        pen.labelled("Cleared by", pen.text(rule.cleared_by)),
        pen.labelled("A clearance answers for", pen.quantity(rule.clearance_answers_for)),
    ]
    if rule.ask_when:
        lines.append(pen.labelled("Asked when", pen.criterion(rule.ask_when)))
    return Section(anchor, f"{rule.code} {rule.name}", filled(
        Bullets(tuple(lines)),
        Section(f"{anchor}-when", "Holds when one of these is so", filled(Bullets(tuple(pen.criterion(part) for part in several)))),
        Section(f"{anchor}-actions", "To do", filled(Bullets(actions))),
        Section(f"{anchor}-notes", "Notes", filled(pen.claims(rule.notes))),
    ))  # fmt: skip


def rules_chapter(knowledge: KnowledgeBase, pen: Pen) -> Section:
    """Gates, phase reading, selection, tailoring, and the remaining numbers."""
    return Section("rules", "Gates, selection, tailoring", (
        _gates(knowledge, pen),
        _phase_reading(knowledge, pen),
        _selection(knowledge, pen),
        _resilience(knowledge, pen),
        _tailoring(knowledge, pen),
        Section("numbers", "Other numbers of the program", (Bullets(tuple(_numbers(knowledge.policy, pen))),)),
    ))  # fmt: skip


def _gates(knowledge: KnowledgeBase, pen: Pen) -> Section:
    gates = knowledge.gates
    rows = tuple(
        (
            (Span(rule.phase.value, anchor=rule.phase.value),),
            pen.say(rule.text, rule.basis),
            joined((*pen.module(need.module), Span(f" at least: {GENERAL_WORDS[need.at_least]}")) for need in rule.needs),
            pen.modules(rule.not_red),
        )
        for rule in gates.gates
    )
    questions = tuple((pen.module(key), pen.text(question)) for key, question in gates.questions.items())
    paused = joined((Span(phase.value, anchor=phase.value),) for phase in gates.red_pauses)
    return Section("gates", "Gates", (
        Table(("Work of", "Gate", "Needs", "Not lost"), rows, (0.5, 2, 2, 1)),
        Paragraph((Span("A general module that is lost pauses work of "), *paused, *pen.basis(gates.red_pauses_basis))),
        Table(("General module", "Question when its state is not known"), questions, (1, 2)),
    ))  # fmt: skip


def _phase_reading(knowledge: KnowledgeBase, pen: Pen) -> Section:
    reading = knowledge.phase_reading
    rules = [value for value in _fields(reading) if isinstance(value, ReadingRule)]
    rows = tuple((pen.say(rule.text, rule.basis), pen.criterion(rule.when)) for rule in rules)
    return Section("phase-reading", "How the phase is read", (
        Table(("Rule, in the order in which it is tried", "As the program reads it"), rows, (1, 1.4)),
        Paragraph((*pen.text(f"{reading.floor_text} "), Span("After a crisis: "), *pen.say(reading.resume_text, reading.basis))),
    ))  # fmt: skip


def _selection(knowledge: KnowledgeBase, pen: Pen) -> Section:
    rule = knowledge.selection
    return Section("selection", "Selection", (Paragraph(pen.say(rule.text, rule.basis)), Bullets(tuple(_numbers(rule, pen)))))


def _resilience(knowledge: KnowledgeBase, pen: Pen) -> Section:
    rule = knowledge.tailoring
    rows = tuple(((Span(one.name, "strong"),), pen.say(one.text, one.basis), pen.text(one.question)) for one in rule.components)
    bands = tuple(pen.say(f"{band.level.value} from {words.number(band.start)}", band.basis) for band in rule.bands)
    return Section("resilience", "Resilience", filled(
        Table(("Component", "Points, 0 to 2", "Question"), rows, (1, 2, 1.4)),
        Bullets(bands),
        Paragraph(pen.labelled("Components needed", pen.quantity(rule.minimum_components))),
        Paragraph(pen.text(rule.assumed_text)),
    ))  # fmt: skip


def _tailoring(knowledge: KnowledgeBase, pen: Pen) -> Section:
    rule = knowledge.tailoring
    rows = tuple(((Span(one.name, "strong"), *pen.basis(one.basis)), pen.text(one.low), pen.text(one.moderate), pen.text(one.high)) for one in rule.settings)
    levels = (("Modules at once", rule.concurrent_modules), ("Pace", rule.pace))
    numbers = tuple(
        ((Span(f"{name} ({part.unit})", "strong"), *pen.basis(part.basis)), *(plain(words.number(value)) for value in (part.low, part.moderate, part.high)))
        for name, part in levels
    )
    return Section("tailoring", "Dose and style by resilience", filled(
        Table(("Setting", "Low", "Moderate", "High"), rows + numbers, (1.2, 1, 1, 1)), pen.claims(rule.cautions),
    ))  # fmt: skip


def _numbers(rules: Any, pen: Pen) -> Iterator[Line]:
    """Every quantity directly inside a rule, however deep, with the name it has in its file."""
    for field in dataclasses.fields(rules):
        value = getattr(rules, field.name)
        if isinstance(value, Quantity):
            yield pen.labelled(field.name.replace("_", " ").capitalize(), pen.quantity(value))
        elif dataclasses.is_dataclass(value) and not isinstance(value, type):
            yield from _numbers(value, pen)


def _fields(value: Any) -> Iterator[Any]:
    return (getattr(value, field.name) for field in dataclasses.fields(value))


# -- progress ------------------------------------------------------------------------------------------------------------


def progress_chapter(knowledge: KnowledgeBase, pen: Pen) -> Section:
    """Rules of measured change, ruptures, and what is published about change."""
    progress = knowledge.progress
    return Section("progress", "Progress rules", filled(
        *(_progress(rule, pen) for rule in progress.rules),
        Section("ruptures", "Ruptures of the alliance", filled(pen.claims(progress.ruptures))),
        Section("fidelity", "What is rated of a session", _fidelity(knowledge, pen)),
        Section("batteries", "What is measured when", tuple(_battery(one, pen) for one in knowledge.batteries.batteries)),
        Section("trajectories", "Published figures of change", filled(pen.claims(progress.trajectories))),
    ))  # fmt: skip


def _progress(rule: ProgressRule, pen: Pen) -> Section:
    parameters = tuple(
        pen.say(f"{one.id.replace('_', ' ')}: {words.number(one.value)} {one.unit}{f', {one.text}' if one.text else ''}", one.basis)
        for one in rule.parameters
    )  # fmt: skip
    return Section(rule.id, rule.name, filled(
        Paragraph(pen.say(rule.condition, rule.basis)),
        Paragraph(pen.labelled("Then", pen.text(rule.action))),
        Bullets(parameters),
        pen.claims(rule.notes),
    ))  # fmt: skip


def _fidelity(knowledge: KnowledgeBase, pen: Pen) -> tuple[Any, ...]:
    """The scale, the stance items and the deviations; and that a rating of oneself is too high."""
    rules = knowledge.fidelity
    return (
        Paragraph(pen.say(rules.inflated.text, rules.inflated.basis)),
        Bullets(tuple(pen.say(f"{value} {point.name}: {point.anchor}", rules.basis) for value, point in enumerate(rules.points))),
        Bullets(tuple(pen.labelled(knowledge.general_modules[item.general].short_name, pen.say(item.text, item.basis)) for item in rules.stance)),
        Paragraph(pen.say(rules.module_items.text, rules.module_items.basis)),
        Bullets(tuple(pen.labelled("Told with its reason", pen.say(kind.name, rules.basis)) for kind in rules.deviations)),
        Paragraph(pen.say(
            f"Agreement of two observers is told from {rules.least_sessions.value:g} sessions on that both have rated, as ICC(2,1) with its "
            f"{rules.interval.value:.0%} interval; a sample has {rules.sample_sessions.value:g} sessions unless somebody says otherwise.",
            rules.least_sessions.basis,
        )),
    )  # fmt: skip


def _battery(battery: MeasureBattery, pen: Pen) -> Section:
    """What is measured in a programme, a phase or while a module is under way: a proposal, like every schedule."""
    phases = [pen.knowledge.phases[phase].name for phase in battery.phases]
    protocols = [pen.knowledge.protocols[name].name for name in battery.protocols]
    return Section(battery.id, battery.name, filled(
        Bullets(tuple(pen.labelled(label, line) for label, line in (
            ("Programmes", plain(", ".join(protocols))), ("Phases", plain(", ".join(phases))), ("Modules", pen.modules(battery.modules)),
        ) if line and any(span.text for span in line))),
        Bullets(tuple(
            pen.instrument(one.instrument) + pen.say(f": {rhythm_words(one.rhythm, one.days)}; {one.because}", one.basis) for one in battery.measures
        )),
    ))  # fmt: skip


# -- programmes ----------------------------------------------------------------------------------------------------------


def protocols_chapter(knowledge: KnowledgeBase, pen: Pen) -> Section:
    """Every programme in full."""
    intro = Paragraph(pen.text("Programmes laid side by side: information for a talk, never a ranking. Nobody knows which suits whom."))
    return Section("protocols", "Programmes", (intro, *(_protocol(one, pen) for one in knowledge.protocols.values())))


def _protocol(protocol: Protocol, pen: Pen) -> Section:
    key = protocol_anchor(protocol.id)
    short = f" ({protocol.short_name})" if protocol.short_name not in protocol.name else ""
    return Section(key, f"{protocol.name}{short}", filled(
        Paragraph(pen.text(protocol.summary), "lead"),
        Paragraph(pen.labelled("Kind", plain(protocol.kind.replace("_", " ")))),
        Section(f"{key}-useful", "When it is useful", filled(pen.claims(protocol.when_useful))),
        Section(f"{key}-limits", "Limits", filled(pen.claims(protocol.limits))),
        Section(f"{key}-entry", "Entry", filled(_conditional(protocol.entry, pen))),
        Section(f"{key}-needs", "What it needs", filled(pen.texts(protocol.needs))),
        Section(f"{key}-roles", "Who does what", filled(Bullets(tuple(pen.labelled(one.role, pen.text(one.does)) for one in protocol.roles)))),
        Section(f"{key}-stages", "Stages", filled(_protocol_stages(protocol.stages, pen))),
        Section(f"{key}-components", "Components", filled(_components(protocol.components, pen))),
        Section(f"{key}-stance", "Stance", filled(pen.claims(protocol.stance))),
        Section(f"{key}-safety", "Safety", filled(pen.claims(protocol.safety))),
        Section(f"{key}-medication", "Medication", filled(pen.claims(protocol.medication))),
        Section(f"{key}-comorbidity", "Other conditions", filled(_comorbidity(protocol, pen))),
        Section(f"{key}-dose", "Dose", filled(_protocol_dose(protocol, pen))),
        Section(f"{key}-change", "Expected change", filled(_expected(protocol.expected_change, pen))),
        Section(f"{key}-parameters", "Numbers a clinic may set", filled(_parameters(protocol, pen))),
        Section(f"{key}-exit", "Ending", filled(pen.claims(protocol.exit))),
        Section(f"{key}-stop", "Stop rules", filled(_conditional(protocol.stop_rules, pen))),
        Section(f"{key}-adherence", "Signs that it is this programme", filled(pen.texts(protocol.adherence))),
        Section(f"{key}-instruments", "Measures", filled(Paragraph(joined(pen.instrument(one) for one in protocol.instruments)))),
        Section(f"{key}-evidence", "Evidence", filled(evidence(protocol.evidence, pen))),
        Section(f"{key}-borrowed", "What Integrated Modular Treatment takes from it", filled(*_borrowed(protocol, pen))),
        Section(f"{key}-notes", "Notes", filled(pen.claims(protocol.notes))),
    ), own_page=True)  # fmt: skip


def _conditional(claims: tuple[ConditionalClaim, ...], pen: Pen) -> Bullets:
    return Bullets(tuple(
        (*pen.say(one.text, one.basis), *((Span(" As the program reads it: ", "note"), *pen.criterion(one.when)) if one.when else ())) for one in claims
    ))  # fmt: skip


def _protocol_stages(stages: tuple[ProtocolStage, ...], pen: Pen) -> Table:
    rows = tuple(
        (
            (Span(one.name, "strong"),), pen.say(one.goal, one.basis), pen.text(one.entry), pen.text(one.exit),
            pen.spread(one.weeks) if one.weeks else plain("–"),
        )
        for one in stages
    )  # fmt: skip
    return Table(("Stage", "Goal", "Entry", "Exit", "Length"), rows, (1, 2, 1.2, 1.2, 1))


def _components(components: tuple[ProtocolComponent, ...], pen: Pen) -> Table:
    rows = tuple(
        (
            (Span(one.name, "strong"), Span(f" {one.kind.replace('_', ' ')}", "note")),
            (*pen.say(one.text, one.basis), *((Span(" Chosen when: ", "note"), *pen.criterion(one.when)) if one.when else ())),
            joined((Span(key, anchor=key),) for key in one.modules),
            _frequency(one, pen),
        )
        for one in components
    )
    return Table(("Component", "What it is", "Same work as", "Time"), rows, (1.1, 2.6, 0.8, 1.1))


def _frequency(component: ProtocolComponent, pen: Pen) -> Line:
    parts: list[Line] = []
    if component.minutes:
        parts.append(pen.spread(component.minutes))
    if component.per_week:
        rate = component.per_week
        parts.append(pen.say(f"{words.number(rate.value)} {rate.unit} a week", rate.basis))
    return joined(parts, "; ")


def _comorbidity(protocol: Protocol, pen: Pen) -> Table:
    rows = tuple(
        (
            plain(DIAGNOSES.get(one.condition, one.condition.replace("_", " "))),
            plain(COMORBIDITY_WORDS.get(one.order, one.order)),
            pen.say(one.text, one.basis),
        )
        for one in protocol.comorbidity
    )
    return Table(("Condition", "Order", "What to do"), rows, (1.2, 1, 3))


def _protocol_dose(protocol: Protocol, pen: Pen) -> Bullets:
    dose = protocol.dose
    shortest = pen.labelled("Shortest that still is this programme", pen.quantity(protocol.minimum_weeks))
    return Bullets((pen.text(dose.text), pen.spread(dose.sessions), pen.spread(dose.weeks), shortest))


def _expected(changes: tuple[ExpectedChange, ...], pen: Pen) -> Table:
    rows = tuple(
        (
            (Span(one.target, "strong"), *pen.basis(one.basis)),
            plain(f"{f'{words.number(one.start.value)} to ' if one.start else 'by '}{words.number(one.by.value)} {one.by.unit}"),
            pen.text(one.mechanism),
            pen.text(one.if_not),
        )
        for one in changes
    )
    return Table(("What should move", "When", "By what", "If it does not"), rows, (1.4, 0.8, 1.3, 1.6))


def _parameters(protocol: Protocol, pen: Pen) -> Bullets:
    return Bullets(tuple(pen.say(f"{words.number(one.value)} {one.unit}: {one.text}", one.basis) for one in protocol.parameters))


def _borrowed(protocol: Protocol, pen: Pen) -> tuple[Paragraph, ...]:
    borrowed = protocol.borrowed_by_imt
    return (Paragraph(pen.text(borrowed.text)), Paragraph(pen.modules(borrowed.modules))) if borrowed else ()


# -- instruments ---------------------------------------------------------------------------------------------------------


def instruments_chapter(knowledge: KnowledgeBase, pen: Pen) -> Section:
    """One row for each instrument with its licence class."""
    classes = tuple(((Span(letter, "strong"),), plain(meaning)) for letter, meaning in LICENCE_MEANINGS.items())
    return Section("instruments", "Instruments", (
        Paragraph(pen.text("Items stand in the program only where the licence allows it. A clinic that has its own permission loads its own items.")),
        Table(("Licence class", "Meaning"), classes, (1, 4)),
        *(_instrument_table(domain, knowledge, pen) for domain in ("patient", "clinician")),
    ))  # fmt: skip


def _instrument_table(respondent: str, knowledge: KnowledgeBase, pen: Pen) -> Section:
    inside = [one for one in knowledge.instruments.values() if (one.respondent == "patient") == (respondent == "patient")]
    title = "Answered by the patient" if respondent == "patient" else "Filled in by a clinician, or together"
    rows = tuple(_instrument_row(one, pen) for one in sorted(inside, key=lambda one: one.name.lower()))
    header = ("Instrument", "Measures", "Scales", "Minutes, how often", "Licence")
    return Section(f"instruments-{respondent}", title, (Table(header, rows, (1.3, 1.2, 1.5, 0.9, 2.3)),))


def _instrument_row(instrument: Instrument, pen: Pen) -> tuple[Line, ...]:
    licence = instrument.licence
    name = (Span(instrument.name, "strong", anchor=f"={instrument_anchor(instrument.id)}"), Span(f" {instrument.full_name}"))
    terms = pen.say(f": {licence.text}", licence.basis)
    return (
        name,
        pen.text(instrument.measures),
        plain("; ".join(f"{scale.name}, {words.number(scale.range.min)} to {words.number(scale.range.max)}" for scale in instrument.scales)),
        plain(f"{words.number(instrument.minutes.value)} min; {instrument.every.text}"),
        (Span(licence.letter.value, "strong"), *terms, Span(f" {licence.attribution}", "note")),
    )
