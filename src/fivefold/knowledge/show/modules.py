"""General and specific modules as text."""

from fivefold.concepts.treatment_module import ChangeStage, Dialogue, EvidenceClaim, GeneralModule, Intervention, MeasureUse, PatientWords, SpecificModule
from fivefold.knowledge.show.page import Page


def show_specific_module(page: Page, module: SpecificModule) -> None:
    """A specific module with everything a therapist needs to use it."""
    known = page.knowledge
    phase, domain = known.phases[module.phase], known.domains[module.domain]
    exempt = ", never waits for general modules" if module.gate_exempt else ""
    page.title(f"{module.id} {module.name}", f"Specific module, phase {phase.id} {phase.name}{exempt}; domain {domain.id} {domain.name}. {_edition(module)}")
    page.section("In short")
    page.text(module.summary)
    page.fact("Target", module.target.text, module.target.basis)
    page.fact("Treats", page.named(module.treats))
    page.fact("Also helps", page.named(module.also_helps))
    page.fact("Burden", f"{module.burden.value:g}, from {module.burden.unit}", module.burden.basis)
    _when(page, module)
    _interventions(page, module.interventions)
    page.section("Change stages")
    for name, stage in module.change_stages.each():
        _stage(page, name.value, stage)
    page.section("Session by session")
    for step in module.outline:
        numbered = "Session" if step.sessions == "1" else "Sessions" if step.sessions[0].isdigit() else ""
        page.text(f"{f'{numbered} {step.sessions}'.strip().capitalize()} ({step.stage.value}): {step.focus}")
        for line in step.steps:
            page.bullet(line, level=1)
        if step.homework:
            page.bullet(f"Homework: {step.homework}", level=1)
    page.lines("Stance", module.stance)
    _dialogue(page, module.dialogue)
    page.lines("Homework ideas", module.homework_ideas)
    page.lines("Materials", module.materials)
    page.lines("Pitfalls", module.pitfalls)
    _dose(page, module)
    page.section("When the work is done")
    page.text(module.exit.text)
    for claim in module.exit.criteria:
        page.bullet(claim.text, claim.basis)
    page.lines("Goals", module.goals)
    _measures(page, module.measures)
    _evidence(page, module.evidence)
    _patient(page, module.patient)


def show_general_module(page: Page, module: GeneralModule) -> None:
    """A general module: what it is for, how it is kept, how it is lost and repaired."""
    page.title(f"{module.id} {module.name}", f"General module: a condition of treatment that can be attained and lost. {_edition(module)}")
    page.section("In short")
    page.text(module.summary)
    page.fact("Target", module.target.text, module.target.basis)
    page.fact("Treats", page.named(module.treats))
    page.claims("Goals", module.goals)
    _interventions(page, module.interventions)
    page.claims("Signs that it holds", module.attained)
    page.claims("Signs that it is lost", module.red_flags)
    page.claims("Repair, step by step", module.repair_steps)
    page.lines("How therapists get it wrong", module.failures)
    page.section("Question to oneself after each session")
    page.text(module.session_check)
    page.lines("Stance", module.stance)
    _dialogue(page, module.dialogue)
    _measures(page, module.measures)
    _evidence(page, module.evidence)
    page.lines(
        "When it deserves emphasis", [f"{rule.because} If {page.criterion(rule.when)}. Weight: {page.quantity(rule.weight)}" for rule in module.emphasis_when]
    )
    _patient(page, module.patient)


def _edition(module: SpecificModule | GeneralModule) -> str:
    return f"Version {module.version}, {module.status}."


def _when(page: Page, module: SpecificModule) -> None:
    page.claims("Indications", module.indications)
    page.section("Indicated")
    page.condition("When", module.indicated_when)
    page.claims("Cautions", module.cautions)
    needs = [
        f"{page.name(need.module)}{f', when {page.criterion(need.when)}' if need.when is not None else ''}: {need.because}" for need in module.prerequisites
    ]
    page.lines("Comes after", needs)
    conditions = [f"{page.criterion(condition.when)}{page.mark(condition.basis)}. Ask: {condition.question}" for condition in module.start_conditions]
    page.lines("Begins only when", conditions)


def _interventions(page: Page, interventions: tuple[Intervention, ...]) -> None:
    page.section("Interventions")
    for one in interventions:
        origin = ", ".join(one.adapted_from)
        page.bullet(f"{one.name}. {one.do}")
        stages = f"; {', '.join(one.stages)}" if one.stages else ""
        page.bullet(f"adapted from {origin}; {page.evidence(one.evidence)}{stages}", one.basis, mark=" ")


def _stage(page: Page, name: str, stage: ChangeStage) -> None:
    share = stage.share_of_sessions
    page.text(f"{name.capitalize()}, about {share.value:.0%} of the sessions{page.mark(share.basis)}")
    page.bullet(f"The patient: {stage.patient_state}", level=1)
    for line in stage.therapist_work:
        page.bullet(line, level=1)
    for claim in stage.signs_of_completion:
        page.bullet(f"Done when: {claim.text}", claim.basis, level=1)


def _dialogue(page: Page, dialogue: Dialogue) -> None:
    page.section("Worked example")
    page.text(dialogue.setting)
    for turn in dialogue.turns:
        page.bullet(turn.says, mark=f"{turn.who.capitalize()}:")
    page.text(f"What it shows: {dialogue.shows}")


def _dose(page: Page, module: SpecificModule) -> None:
    page.section("Dose")
    page.text(module.dose.text)
    page.fact("Sessions", page.spread(module.dose.sessions))
    page.fact("Minutes of a session", page.spread(module.dose.minutes))
    page.fact("Weeks", page.spread(module.dose.weeks))
    for level in ("low", "moderate", "high"):
        claim = getattr(module.tailoring, level)
        page.fact(f"With {level} resilience", claim.text, claim.basis)


def _measures(page: Page, measures: tuple[MeasureUse, ...]) -> None:
    page.lines("Measures", [f"{page.name(use.instrument) if use.instrument else f'Diary: {use.diary}'}: {use.use}" for use in measures])


def _evidence(page: Page, claims: tuple[EvidenceClaim, ...]) -> None:
    page.lines("Evidence", [f"{page.evidence(claim.code)}: {claim.text}{page.mark(claim.basis)}" for claim in claims])


def _patient(page: Page, words: PatientWords) -> None:
    page.section("For the patient")
    page.text(words.name)
    for line in (words.why, words.what_we_do, words.how_long):
        if line:
            page.text(line)
