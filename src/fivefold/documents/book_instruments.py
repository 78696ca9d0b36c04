"""Every instrument on a page of its own: what it measures, its licence, how it is scored, its bands, and what it is used for."""

from fivefold.concepts.impairment import Impairment
from fivefold.concepts.instrument import Boundary, Instrument, Scale, ScoringMethod
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.treatment_module import GeneralModule, SpecificModule
from fivefold.concepts.vocabulary import Direction, Severity
from fivefold.documents import pdf_words as words
from fivefold.documents.book_blocks import Bullets, Line, Paragraph, Pen, Section, Span, Table, filled, instrument_anchor, plain
from fivefold.documents.book_rules import LICENCE_MEANINGS

METHOD_WORDS = {
    ScoringMethod.SUM: "the answers added up",
    ScoringMethod.MEAN: "the mean of the answers",
    ScoringMethod.MEAN_TIMES_TEN: "the mean of the answers, times ten",
    ScoringMethod.WEIGHTED: "the answers added up, each with its own weight",
    ScoringMethod.TRIAGE: "a group by certain answers, no number",
    ScoringMethod.GAS_T: "goal attainment as a T score",
}
DIRECTION_WORDS = {
    Direction.HIGHER_IS_WORSE: "higher is worse",
    Direction.HIGHER_IS_BETTER: "higher is better",
    Direction.NEITHER: "neither end is better",
}


def instrument_chapter(knowledge: KnowledgeBase, pen: Pen) -> Section:
    """All instruments in full, by who answers them. The book itself has them in one table."""
    classes = tuple(((Span(letter, "strong"),), plain(meaning)) for letter, meaning in LICENCE_MEANINGS.items())
    by_name = sorted(knowledge.instruments.values(), key=lambda one: one.name.lower())
    own = tuple(_instrument(one, knowledge, pen) for one in by_name if one.respondent == "patient")
    others = tuple(_instrument(one, knowledge, pen) for one in by_name if one.respondent != "patient")
    return Section("instruments", "Instruments", (
        Paragraph(pen.text("Items stand in the program only where the licence allows it. A clinic that has its own permission loads its own items.")),
        Table(("Licence class", "Meaning"), classes, (1, 4)),
        Section("instruments-patient", "Answered by the patient", own),
        Section("instruments-clinician", "Filled in by a clinician, or together", others),
    ))  # fmt: skip


def _instrument(instrument: Instrument, knowledge: KnowledgeBase, pen: Pen) -> Section:
    key = instrument_anchor(instrument.id)
    title = instrument.name if instrument.name == instrument.full_name else f"{instrument.name}: {instrument.full_name}"
    return Section(key, title, filled(
        Paragraph(pen.text(f"{instrument.measures[:1].upper()}{instrument.measures[1:]}"), "lead"),
        _card(instrument, pen),
        Section(f"{key}-licence", "Licence", _licence(instrument, pen)),
        Section(f"{key}-scoring", "Scoring and bands", tuple(_scale(key, one, pen) for one in instrument.scales)),
        Section(f"{key}-risk", "Answers that are a risk sign by themselves", filled(
            Bullets(tuple(pen.say(f"item {one.item} from {words.number(one.at_least)}: {one.text}", one.basis) for one in instrument.risk_items)),
        )),
        Section(f"{key}-use", "What it is used for", filled(_speaks_for(instrument, knowledge, pen), _tracks(instrument, knowledge, pen))),
        Section(f"{key}-notes", "Notes", filled(pen.claims(instrument.notes))),
    ))  # fmt: skip


def _card(instrument: Instrument, pen: Pen) -> Bullets:
    lines = [
        pen.labelled("Answered by", pen.text(instrument.respondent.replace("_", " "))),
        pen.labelled("Takes", pen.quantity(instrument.minutes)),
        pen.labelled("How often", pen.say(instrument.every.text, instrument.every.basis)),
    ]
    if instrument.recall or instrument.recall_text:
        lines.append(pen.labelled("Looks back", pen.quantity(instrument.recall) if instrument.recall else pen.text(instrument.recall_text)))
    if instrument.items:
        lines.append(pen.labelled("Items", plain(f"{instrument.items.count}, answered {instrument.items.minimum} to {instrument.items.maximum}")))
    return Bullets(tuple(lines))


def _licence(instrument: Instrument, pen: Pen) -> tuple[Paragraph, ...]:
    licence = instrument.licence
    letter = licence.letter.value
    meaning = Paragraph(pen.labelled(f"Class {letter}", plain(f"{LICENCE_MEANINGS[letter]}.")))
    terms = (Paragraph(pen.say(licence.text, licence.basis)),) if licence.text else ()
    return (meaning, *terms, Paragraph(plain(licence.attribution), "note")) if licence.attribution else (meaning, *terms)


def _scale(key: str, scale: Scale, pen: Pen) -> Section:
    """How one scale is worked out and read."""
    limits = f"{words.number(scale.range.min)} to {words.number(scale.range.max)} {scale.range.unit}"
    lines = [pen.say(f"{METHOD_WORDS[scale.method]}; {limits}; {DIRECTION_WORDS[scale.direction]}", scale.range.basis)]
    if scale.items:
        lines.append(pen.labelled("Items", plain(", ".join(map(str, scale.items)))))
    if scale.reversed:
        lines.append(pen.labelled("Reversed", plain(", ".join(map(str, scale.reversed)))))
    if scale.missing:
        lines.append(pen.labelled("Missing answers", pen.say(scale.missing.text, scale.missing.basis)))
    if scale.rule:
        lines.append(pen.claim(scale.rule))
    lines += [pen.labelled("Cut-off", pen.say(f"{_threshold(one.at_least, one.at_most)} {one.means} {one.group}".strip(), one.basis)) for one in scale.cutoffs]
    if scale.reliable_change:
        lines.append(pen.labelled("Reliable change", pen.quantity(scale.reliable_change)))
    lines += [pen.labelled("Reliability", pen.say(f"{one.kind} {words.number(one.value)} {one.text}".strip(), one.basis)) for one in scale.reliability]
    lines += [pen.labelled("Reference group", pen.say(one.text, one.basis)) for one in scale.norms]
    edge = "A score on an edge belongs to the higher band." if scale.boundary is Boundary.UPPER else "A score on an edge belongs to the lower band."
    remark = Paragraph((Span(edge, "note"), *(pen.basis(scale.bands_basis) if scale.bands_basis else ())), "note") if scale.bands else None
    return Section(f"{key}-{scale.id}", scale.name, filled(Bullets(tuple(lines)), _bands(scale), remark))


def _threshold(at_least: float | None, at_most: float | None) -> str:
    return f"from {words.number(at_least)}:" if at_least is not None else f"up to {words.number(at_most or 0)}:"


def _bands(scale: Scale) -> Table:
    rows = tuple(
        ((Span(words.number(one.start), "strong"),), plain(one.name), plain("–" if one.severity is None else f"{one.severity} {Severity(one.severity).word}"))
        for one in scale.bands
    )
    return Table(("From", "Band", "Level it stands for"), rows, (1, 3, 2))


def _speaks_for(instrument: Instrument, knowledge: KnowledgeBase, pen: Pen) -> Bullets:
    found = [one for one in knowledge.impairments.values() if any(score.instrument == instrument.id for score in one.indicators)]
    return Bullets(tuple(_speaking(one, pen) for one in found))


def _speaking(impairment: Impairment, pen: Pen) -> Line:
    return pen.labelled("Speaks for", pen.impairment(impairment.id))


def _tracks(instrument: Instrument, knowledge: KnowledgeBase, pen: Pen) -> Bullets:
    """The modules whose course it follows."""
    modules: tuple[GeneralModule | SpecificModule, ...] = (*knowledge.general_modules.values(), *knowledge.modules.values())
    uses = [(one.id, measure.use) for one in modules for measure in one.measures if measure.instrument == instrument.id]
    return Bullets(tuple((Span("Follows ", "strong"), *pen.module(key), Span(": "), *pen.text(use)) for key, use in uses))
