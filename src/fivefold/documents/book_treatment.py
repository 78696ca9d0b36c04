"""The first half of the book: how to read it, the principles, the phases, and every module in full."""

from collections import Counter

from fivefold.concepts.basis import Basis, BasisKind
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.phase import Phase, PhaseCriterion
from fivefold.concepts.treatment_module import (
    AgreementPart,
    ChangeStages,
    Dialogue,
    EvidenceClaim,
    GeneralModule,
    Intervention,
    MeasureUse,
    OutlineStep,
    PatientWords,
    SpecificModule,
)
from fivefold.concepts.vocabulary import EVIDENCE_WORDS
from fivefold.concepts.walking import walk
from fivefold.documents import pdf_words as words
from fivefold.documents.book_blocks import Block, Bullets, Conversation, Line, Paragraph, Pen, Section, Span, Table, filled, joined, plain

BASIS_MEANINGS = {
    BasisKind.SOURCE: "a source of the list at the end, with the place in it where we know one (shown as L with a number)",
    BasisKind.GENERAL_KNOWLEDGE: "known in the field and not traced to a text that was seen; to be checked by a clinician",
    BasisKind.PROPOSAL: "ours: a working value or rule that a clinic may change",
    BasisKind.COMPUTED: "follows from other values of this book",
}


def reading_chapter(knowledge: KnowledgeBase, pen: Pen) -> Section:
    """How to read the book, and what may not be claimed."""
    return Section("reading", "How to read this book", (
        Paragraph(pen.text("This book is printed from the knowledge base that the program itself reads: what stands here is what it uses. Codes are "
                           "links: P for a phase, G for a general module, S for a specific module, R for a safety rule, L for a source.")),
        Section("honesty", "What is known, and what is not", (pen.claims(knowledge.principles.honesty),)),
        Section("basis", "Basis words", (
            Paragraph(pen.text("Each claim and each number is followed by its basis in brackets.")),
            Table(("Basis", "Meaning", "How often here"), tuple(_basis_rows(knowledge)), (1, 3, 1)),
        )),
        Section("evidence", "Evidence classes", (
            Paragraph(pen.text("A class says how an intervention has been tested. It says nothing of how well it will work for one person.")),
            Table(("Class", "Meaning"), tuple((plain(code.value), plain(text)) for code, text in EVIDENCE_WORDS.items()), (1, 4)),
        )),
        Section("care", "Care in use", (
            Paragraph(pen.text("The book supports clinicians. It is no medical device, makes no diagnosis and takes no decision. A skill that is "
                               "borrowed from a therapy is called adapted from it, and is not that therapy. Nobody named in a worked example exists.")),
        )),
    ))  # fmt: skip


def _basis_rows(knowledge: KnowledgeBase) -> list[tuple[Line, ...]]:
    counts = Counter(part.kind for _, part in walk(knowledge) if isinstance(part, Basis))
    total = sum(counts.values())
    return [
        (plain(kind.value.replace("_", " ")), plain(meaning), plain(f"{counts[kind]} of {total}"))
        for kind, meaning in BASIS_MEANINGS.items()
    ]  # fmt: skip


def principles_chapter(knowledge: KnowledgeBase, pen: Pen) -> Section:
    """The principles that the rules encode."""
    return Section("principles", "Principles", (pen.claims(knowledge.principles.principles),))


# -- phases --------------------------------------------------------------------------------------------------------------


def phases_chapter(knowledge: KnowledgeBase, pen: Pen) -> Section:
    """The five phases."""
    intro = Paragraph(pen.text("A phase says where a person is now. It is not elapsed time; going back is normal and no verdict."))
    return Section("phases", "The five phases", (intro, *(_phase(phase, pen) for phase in knowledge.phases.values())))


def _phase(phase: Phase, pen: Pen) -> Section:
    key = phase.id.value
    return Section(key, f"{key} {phase.name}", filled(
        Paragraph(pen.text(phase.summary), "lead"),
        Paragraph(pen.labelled("Duration", pen.claim(phase.duration))),
        Section(f"{key}-goals", "Goals", filled(pen.claims(phase.goals))),
        Section(f"{key}-belongs", "What belongs here", filled(pen.claims(phase.belongs))),
        Section(f"{key}-entry", "Entry", filled(_criteria(phase.entry, pen))),
        Section(f"{key}-exit", "Exit", filled(_criteria(phase.exit, pen))),
        Section(f"{key}-avoid", "What to avoid", filled(pen.claims(phase.avoid))),
        Section(f"{key}-patient", "In the patient's words", (
            Paragraph((Span(phase.patient.name + ". ", "strong"), *pen.text(f"{phase.patient.where_you_are} {phase.patient.what_helps_now}"))),
        )),
        Section(f"{key}-notes", "Notes", filled(pen.claims(phase.notes))),
    ))  # fmt: skip


def _criteria(criteria: tuple[PhaseCriterion, ...], pen: Pen) -> Table:
    """Entry or exit criteria with the rule the program applies and how an unknown one is settled."""
    rows = tuple((pen.say(one.text, one.basis), pen.criterion(one.when), _settling(one, pen)) for one in criteria)
    return Table(("Criterion", "As the program reads it", "When it is not known"), rows, (2, 2, 1.6))


def _settling(criterion: PhaseCriterion, pen: Pen) -> Line:
    measures = joined(pen.instrument(key) for key in criterion.settle_with)
    question = pen.text(criterion.question)
    return (*measures, Span(". "), *question) if measures and question else measures or question


# -- general modules -----------------------------------------------------------------------------------------------------


def general_chapter(knowledge: KnowledgeBase, pen: Pen) -> Section:
    """The six general modules."""
    intro = Paragraph(pen.text("General modules are conditions of treatment: always there, attained, lost and repaired. They gate specific work."))
    return Section("general-modules", "The six general modules", (intro, *(_general(one, pen) for one in knowledge.general_modules.values())))


def _general(module: GeneralModule, pen: Pen) -> Section:
    key = module.id
    emphasis = tuple((*pen.criterion(rule.when), Span(" "), *pen.text(rule.because), *pen.basis(rule.weight.basis)) for rule in module.emphasis_when)
    return Section(key, f"{key} {module.name}", filled(
        Paragraph(pen.text(module.summary), "lead"),
        Paragraph(pen.labelled("Target", pen.claim(module.target))),
        Paragraph(pen.labelled("Also answers", pen.impairments(module.treats))) if module.treats else None,
        Section(f"{key}-goals", "Goals", filled(pen.claims(module.goals))),
        Section(f"{key}-interventions", "Interventions", filled(_interventions(module.interventions, pen))),
        Section(f"{key}-attained", "Signs that it holds", filled(pen.claims(module.attained))),
        Section(f"{key}-red", "Signs that it is lost", filled(pen.claims(module.red_flags))),
        Section(f"{key}-failures", "How it fails", filled(pen.texts(module.failures))),
        Section(f"{key}-repair", "Repair", filled(Bullets(tuple(pen.claim(one) for one in module.repair_steps), ordered=True))),
        Section(f"{key}-check", "The question after each session", (Paragraph(pen.text(module.session_check)),)),
        Section(f"{key}-emphasis", "When it deserves emphasis", filled(Bullets(emphasis))),
        Section(f"{key}-stance", "Stance", filled(pen.texts(module.stance))),
        _dialogue(key, module.dialogue),
        Section(f"{key}-measures", "Measures", filled(_measures(module.measures, pen))),
        Section(f"{key}-evidence", "Evidence", filled(evidence(module.evidence, pen))),
        _patient(key, module.patient, pen),
        _agreement(key, module.agreement, pen),
    ), own_page=True)  # fmt: skip


def _agreement(key: str, parts: tuple[AgreementPart, ...], pen: Pen) -> Section | None:
    """The words of an agreement: both sides sign them."""
    if not parts:
        return None
    return Section(
        f"{key}-agreement",
        "The agreement in words",
        tuple(Section(f"{key}-agreement-{n}", one.title, (pen.claims(one.points),)) for n, one in enumerate(parts, 1)),
    )


# -- specific modules ----------------------------------------------------------------------------------------------------


def specific_chapter(knowledge: KnowledgeBase, pen: Pen) -> Section:
    """The specific modules, all with everything."""
    intro = Paragraph(pen.text("A specific module is a connected series of interventions with one target. It is chosen for an impairment, has its "
                               "place in a phase, and goes through the four change stages."))  # fmt: skip
    modules = tuple(_specific(module, knowledge, pen) for module in knowledge.modules.values())
    return Section("specific-modules", f"The {len(modules)} specific modules", (intro, *modules))


def _specific(module: SpecificModule, knowledge: KnowledgeBase, pen: Pen) -> Section:
    key = module.id
    return Section(key, f"{key} {module.name}", filled(
        Paragraph(pen.text(module.summary), "lead"),
        _card(module, knowledge, pen),
        Section(f"{key}-indications", "Indications", filled(pen.claims(module.indications), _as_read(module, pen))),
        Section(f"{key}-cautions", "Cautions", filled(pen.claims(module.cautions))),
        Section(f"{key}-before", "What comes first", filled(_prerequisites(module, pen), _openings(module, knowledge, pen))),
        Section(f"{key}-interventions", "Interventions", filled(_interventions(module.interventions, pen))),
        Section(f"{key}-stages", "The four change stages", filled(_stages(module.change_stages, pen))),
        Section(f"{key}-outline", "Session by session", filled(_outline(module.outline, pen))),
        Section(f"{key}-stance", "Stance", filled(pen.texts(module.stance))),
        _dialogue(key, module.dialogue),
        Section(f"{key}-homework", "Homework ideas", filled(pen.texts(module.homework_ideas))),
        Section(f"{key}-materials", "Materials", filled(pen.texts(module.materials))),
        Section(f"{key}-pitfalls", "Pitfalls", filled(pen.texts(module.pitfalls))),
        Section(f"{key}-dose", "Dose", filled(_dose(module, pen))),
        Section(f"{key}-tailoring", "Tailoring to resilience", filled(_tailoring(module, pen))),
        Section(f"{key}-goals", "Goals", filled(pen.texts(module.goals))),
        Section(f"{key}-exit", "Exit", filled(Paragraph(pen.text(module.exit.text)), pen.claims(module.exit.criteria))),
        Section(f"{key}-measures", "Measures", filled(_measures(module.measures, pen))),
        Section(f"{key}-evidence", "Evidence", filled(evidence(module.evidence, pen))),
        _patient(key, module.patient, pen),
    ), own_page=True)  # fmt: skip


def _card(module: SpecificModule, knowledge: KnowledgeBase, pen: Pen) -> Bullets:
    """The module at a glance."""
    phase, domain = knowledge.phases[module.phase], knowledge.domains[module.domain]
    lines = [
        pen.labelled("Target", pen.claim(module.target)),
        pen.labelled("Phase", (Span(f"{module.phase.value} {phase.name}", anchor=module.phase.value),)),
        pen.labelled("Domain", plain(domain.name)),
        pen.labelled("Treats", pen.impairments(module.treats)),
    ]
    if module.also_helps:
        lines.append(pen.labelled("Also helps with", pen.impairments(module.also_helps)))
    if module.gate_exempt:
        lines.append(pen.labelled("Gates", plain("never waits for general modules")))
    lines.append(pen.labelled("Burden", pen.quantity(module.burden)))
    lines.append(pen.labelled("State of this text", plain(f"{module.status}, version {module.version}")))
    return Bullets(tuple(lines))


def _as_read(module: SpecificModule, pen: Pen) -> Paragraph:
    return Paragraph(pen.labelled("As the program reads it", pen.criterion(module.indicated_when)), "note")


def _prerequisites(module: SpecificModule, pen: Pen) -> Bullets:
    lines = []
    for one in module.prerequisites:
        condition = (Span(" Only when: ", "note"), *pen.criterion(one.when)) if one.when else ()
        lines.append((*pen.module(one.module), Span(": "), *pen.text(one.because), *condition))
    return Bullets(tuple(lines))


def _openings(module: SpecificModule, knowledge: KnowledgeBase, pen: Pen) -> Bullets:
    """What else must hold before the module starts: its own conditions, and the gates of its phase unless it never waits for them."""
    lines = [(*pen.labelled("Starts when", pen.criterion(one.when)), Span(" "), *pen.say(one.question, one.basis)) for one in module.start_conditions]
    if not module.gate_exempt:
        lines += [pen.labelled("Gate", pen.say(rule.text, rule.basis)) for rule in knowledge.gates.gates if rule.phase is module.phase]
        if module.phase in knowledge.gates.red_pauses:
            lines.append(pen.labelled("Paused", pen.say("while a general module is lost", knowledge.gates.red_pauses_basis)))
    return Bullets(tuple(lines))


def _interventions(interventions: tuple[Intervention, ...], pen: Pen) -> Table:
    rows = tuple(((Span(one.name, "strong"),), pen.text(one.do), _origin(one, pen)) for one in interventions)
    return Table(("Intervention", "What to do", "Source therapy, evidence"), rows, (1.1, 2.6, 1.2))


def _origin(intervention: Intervention, pen: Pen) -> Line:
    """Where an intervention comes from, and how it has been tested."""
    names = intervention.adapted_from
    origin = Span(f"adapted from {words.therapies(names)}; " if names else "our own; ")
    return (origin, Span(intervention.evidence.value, "code"), *pen.basis(intervention.basis))


def _stages(stages: ChangeStages, pen: Pen) -> Table:
    rows = tuple(
        (
            (Span(stage.value, "strong"), Span(f" {part.share_of_sessions.value:.0%} of the sessions", "note"), *pen.basis(part.share_of_sessions.basis)),
            pen.text(part.patient_state),
            pen.texts(part.therapist_work),
            pen.claims(part.signs_of_completion),
        )
        for stage, part in stages.each()
    )
    return Table(("Stage", "The patient", "The therapist's work", "Signs of completion"), rows, (1, 1.2, 1.8, 1.4))


def _outline(steps: tuple[OutlineStep, ...], pen: Pen) -> Table:
    rows = tuple(
        (
            (Span(one.sessions, "strong"), Span(f" {one.stage.value}", "note")),
            pen.text(one.focus),
            pen.texts(one.steps, ordered=True),
            pen.text(one.homework),
        )
        for one in steps
    )
    return Table(("Sessions", "Focus", "Steps", "Homework"), rows, (0.8, 1, 2.4, 1.2))


def _dialogue(key: str, dialogue: Dialogue) -> Section:
    turns = tuple((turn.who, turn.says) for turn in dialogue.turns)
    return Section(f"{key}-dialogue", "A worked example", (Conversation(dialogue.setting, turns, dialogue.shows),))


def _dose(module: SpecificModule, pen: Pen) -> Bullets:
    dose = module.dose
    return Bullets((pen.text(dose.text), pen.spread(dose.sessions), pen.spread(dose.minutes), pen.spread(dose.weeks)))


def _tailoring(module: SpecificModule, pen: Pen) -> Table:
    levels = (("low", module.tailoring.low), ("moderate", module.tailoring.moderate), ("high", module.tailoring.high))
    return Table(("Resilience", "What changes"), tuple(((Span(name, "strong"),), pen.claim(claim)) for name, claim in levels), (1, 5))


def _measures(measures: tuple[MeasureUse, ...], pen: Pen) -> Bullets:
    lines = []
    for one in measures:
        name = pen.instrument(one.instrument) if one.instrument else plain(f"Diary or count ({one.diary})")
        lines.append((*name, Span(": "), *pen.text(one.use)))
    return Bullets(tuple(lines))


def evidence(claims: tuple[EvidenceClaim, ...], pen: Pen) -> Bullets:
    """What is known, each with its class before it."""
    return Bullets(tuple((Span(f"{one.code.value}: ", "strong"), *pen.say(one.text, one.basis)) for one in claims))


def _patient(key: str, patient: PatientWords, pen: Pen) -> Section:
    blocks: list[Block] = [Paragraph((Span(patient.name + ". ", "strong"), *pen.text(patient.why))), Paragraph(pen.text(patient.what_we_do))]
    if patient.how_long:
        blocks.append(Paragraph(pen.text(patient.how_long)))
    return Section(f"{key}-patient", "In the patient's words", tuple(blocks))
