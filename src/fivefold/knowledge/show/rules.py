"""Risk rules, gates and the other rules as text."""

from fivefold.concepts.fidelity import FidelityFile
from fivefold.concepts.measure_plan import BatteryFile, MeasureBattery, rhythm_words
from fivefold.concepts.rules import (
    ActionRule,
    AdaptationRule,
    GateFile,
    GateRule,
    OverrideRule,
    PhaseReadingRules,
    PolicyFile,
    PrincipleFile,
    ProgressFile,
    ProgressRule,
    ReadingRule,
    SelectionRule,
    TailoringRule,
)
from fivefold.concepts.vocabulary import OverrideKind
from fivefold.knowledge.show.page import Page

KIND_WORDS = {
    OverrideKind.HARD: "Hard rule: it redirects care and outranks every score.",
    OverrideKind.ADVISORY: "Advisory rule: a clinician may overrule it with a recorded reason.",
}


def show_override(page: Page, rules: tuple[OverrideRule, ...]) -> None:
    """One risk rule; R14 has two parts."""
    page.title(f"{rules[0].code} {'; '.join(rule.name for rule in rules)}", "Risk rule, read before anything is matched.")
    for rule in rules:
        page.section(rule.name)
        page.text(KIND_WORDS[rule.kind], rule.basis)
        page.condition("Holds when", rule.trigger)
        page.condition("If that is not known, asked when", rule.ask_when)
        page.fact("Question", rule.question)
        page.fact("Decides", rule.decides)
        page.fact("Effect", rule.effect)
        for action in rule.actions:
            page.fact("To do", _action(page, action))
        page.fact("Cleared by", rule.cleared_by)
        page.fact("A recorded reassessment answers for", page.quantity(rule.clearance_answers_for) if rule.clearance_answers_for.value else "")
        for note in rule.notes:
            page.fact("Note", note.text, note.basis)


def show_adaptation(page: Page, rule: AdaptationRule) -> None:
    """What an adaptation means."""
    page.title(f"{rule.name} ({rule.id})", "Adaptation (risk rule R14).")
    page.text("No automatic plan is made." if rule.withholds else "The plan is made; the adaptation is listed with it.")
    page.fact("Needed", rule.needs, rule.basis)


def show_gate(page: Page, rule: GateRule) -> None:
    """One gate."""
    phase = page.knowledge.phases[rule.phase]
    page.title(f"{rule.id}: gate of {phase.id} {phase.name}")
    _gate(page, rule)


def show_gates(page: Page, rules: GateFile) -> None:
    """All gates, the pauses, and the questions that settle an unknown condition."""
    page.title("Gates by phase", "What the general modules must be like before specific modules of a phase begin. P1 and P2 never wait.")
    for gate in rules.gates:
        page.section(f"{gate.phase} {page.knowledge.phases[gate.phase].name}")
        _gate(page, gate)
    page.section("When a general module is lost")
    page.text(f"Work of {' and '.join(rules.red_pauses)} pauses; P1 and P2 go on.", rules.red_pauses_basis)
    page.lines("Questions", [f"{page.name(name)}: {question}" for name, question in rules.questions.items()])


def _gate(page: Page, rule: GateRule) -> None:
    page.text(rule.text, rule.basis)
    for need in rule.needs:
        page.bullet(f"{page.name(need.module)}: at least {need.at_least.value.replace('_', ' ')}")
    for name in rule.not_red:
        page.bullet(f"{page.name(name)}: not lost")


def show_selection(page: Page, rule: SelectionRule) -> None:
    """How modules that may start now are put in order."""
    page.title(f"{rule.id}: order of modules that may start")
    page.text(rule.text, rule.basis)
    for name in ("severity_weight", "severity_centre", "severity_spread", "priority_points", "phase_fit_same", "phase_fit_earlier"):
        page.fact(name.replace("_", " ").capitalize(), page.quantity(getattr(rule, name)))
    for name in ("enabling_maximum", "burden_weight", "alternatives_shown"):
        page.fact(name.replace("_", " ").capitalize(), page.quantity(getattr(rule, name)))


def show_tailoring(page: Page, rule: TailoringRule) -> None:
    """The resilience composite, and what each level changes."""
    page.title(f"{rule.id}: dose and style by resilience", "Resilience sets dose and style, never access to safety work.")
    page.section("The composite")
    for part in rule.components:
        page.bullet(f"{part.name}: {part.text}{' Ask: ' + part.question if part.question else ''}", part.basis)
    page.fact("Levels", "; ".join(f"{band.level} from {band.start:g}{page.mark(band.basis)}" for band in rule.bands))
    page.fact("At least", page.quantity(rule.minimum_components))
    page.text(rule.assumed_text)
    page.section("What each level changes")
    for numbers, name in ((rule.concurrent_modules, "At once"), (rule.pace, "Pace")):
        page.bullet(f"{name}: low {numbers.low:g}, moderate {numbers.moderate:g}, high {numbers.high:g} {numbers.unit}", numbers.basis)
    for row in rule.settings:
        page.bullet(f"{row.name}: low, {row.low}; moderate, {row.moderate}; high, {row.high}", row.basis)
    page.claims("Cautions", rule.cautions)


def show_reading_rule(page: Page, rule: ReadingRule) -> None:
    """One rule of the phase reading."""
    page.title(rule.id, "Rule of the reading of the phase.")
    page.text(rule.text, rule.basis)
    page.condition("Holds when", rule.when)


def show_phase_reading(page: Page, rules: PhaseReadingRules) -> None:
    """How the phase is read."""
    page.title("Reading of the phase", "R1 and R2 move to safety by their own effect, before any of these.")
    for rule in (rules.containment, rules.back_to_regulation, rules.exploration, rules.integration):
        page.section(rule.id)
        page.text(rule.text, rule.basis)
        page.condition("Holds when", rule.when)
    page.section("Otherwise")
    page.text(f"{rules.floor} {page.knowledge.phases[rules.floor].name}. {rules.floor_text}", rules.basis)
    page.section("After a crisis")
    page.bullet(_action(page, rules.crisis_review))
    page.bullet(_action(page, rules.crisis_team_review))
    page.text(rules.crisis_return.text, rules.crisis_return.basis)
    page.condition("Holds when", rules.crisis_return.when)
    page.bullet(f"A second return within {page.quantity(rules.second_return)}: the team review is due at once.")
    page.bullet(rules.resume_text)


def show_policy(page: Page, rules: PolicyFile) -> None:
    """Numbers of the profile and of the plan."""
    page.title("rule.policy: numbers of profile and plan")
    for name, part in (("Profile", rules.profile), ("Plan", rules.plan)):
        page.section(name)
        for field, value in vars(part).items():
            words = ", ".join(value) if isinstance(value, tuple) else page.quantity(value)
            page.fact(field.replace("_", " ").capitalize(), words)


def show_progress_rule(page: Page, rule: ProgressRule) -> None:
    """One rule of measured change."""
    page.title(rule.id, f"Rule of measured change ({rule.kind}).")
    _progress(page, rule)


def show_progress(page: Page, rules: ProgressFile) -> None:
    """All rules of measured change, and what is published about courses and ruptures."""
    page.title("Measured change")
    for rule in rules.rules:
        page.section(rule.id)
        _progress(page, rule)
    page.claims("Published courses", rules.trajectories)
    page.claims("Ruptures", rules.ruptures)


def _progress(page: Page, rule: ProgressRule) -> None:
    page.text(rule.name)
    page.fact("Condition", rule.condition, rule.basis)
    page.fact("Action", rule.action)
    for number in rule.parameters:
        remark = f" ({number.text})" if number.text else ""
        page.fact(number.id.replace("_", " ").capitalize(), f"{number.value:g} {number.unit}{remark}", number.basis)
    for note in rule.notes:
        page.fact("Note", note.text, note.basis)


def show_fidelity(page: Page, rules: FidelityFile) -> None:
    """The scale, the stance items, kinds of deviations, and what is said beside ratings."""
    page.title("What is rated of a session", "A proposal, not a tested scale.")
    page.section("Scale")
    for value, point in enumerate(rules.points):
        page.bullet(f"{value} {point.name}: {point.anchor}", rules.basis)
    page.section("Stance, in every session")
    for item in rules.stance:
        page.bullet(f"{page.name(item.general)}: {item.text}", item.basis)
    page.section("Modules")
    page.text(rules.module_items.text, rules.module_items.basis)
    page.section("Deviations that are told with their reason")
    for kind in rules.deviations:
        page.bullet(kind.name, rules.basis)
    page.section("Beside every rating")
    page.text(rules.inflated.text, rules.inflated.basis)
    page.fact("Sessions both must have rated before agreement is told", page.quantity(rules.least_sessions))
    page.fact("Sessions of a drawn sample", page.quantity(rules.sample_sessions))
    page.fact("Interval around the agreement", page.quantity(rules.interval))


def show_battery(page: Page, battery: MeasureBattery) -> None:
    """What is measured in a programme, a phase or while a module is under way."""
    page.title(battery.id, battery.name)
    _battery(page, battery)


def show_batteries(page: Page, rules: BatteryFile) -> None:
    """All batteries, and the days that every questionnaire shares."""
    page.title("What is measured when", "A proposal: the schedule of a patient is set by a clinician.")
    for name in ("answer_days", "late_days", "before_review", "early_share", "remind_before"):
        page.fact(name.replace("_", " ").capitalize(), page.quantity(getattr(rules, name)))
    for battery in rules.batteries:
        page.section(battery.id)
        page.text(battery.name)
        _battery(page, battery)


def _battery(page: Page, battery: MeasureBattery) -> None:
    for label, names in (("Programmes", battery.protocols), ("Phases", battery.phases), ("Modules", battery.modules)):
        page.fact(label, ", ".join(page.name(str(name)) for name in names), battery.basis)
    for measure in battery.measures:
        page.bullet(f"{page.name(measure.instrument)}: {rhythm_words(measure.rhythm, measure.days)}; {measure.because}", measure.basis)


def show_principles(page: Page, rules: PrincipleFile) -> None:
    """Principles, and what may and may not be claimed."""
    page.title("Principles and honest limits")
    page.claims("Principles", rules.principles)
    page.claims("What may and may not be claimed", rules.honesty)


def _action(page: Page, action: ActionRule) -> str:
    remark = f" ({action.text})" if action.text else ""
    return f"{action.what}, within {page.quantity(action.within)}{remark}"
