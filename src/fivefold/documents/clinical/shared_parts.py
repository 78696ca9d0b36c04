"""Parts that several kinds of document have in common."""

from collections import Counter
from collections.abc import Iterable, Sequence

from fivefold.concepts.plan import ModuleMatch, PhasedPlan
from fivefold.concepts.vocabulary import MatchStatus, OverrideKind, OverrideStatus
from fivefold.documents import pdf_words as words
from fivefold.documents.clinical.blocks import Block, Bullets, Heading, Paragraph, Rows, Table
from fivefold.documents.clinical.sources import DocumentSources, KnownGoal
from fivefold.documents.language import say, to_say

VIEW_WORDS = {
    "agrees": to_say("The patient agrees."),
    "partly": to_say("The patient agrees in part."),
    "disagrees": to_say("The patient disagrees."),
    "not_asked": to_say("The patient was not asked yet."),
}
PURPOSE_WORDS = {
    "treatment": to_say("treatment and its record"),
    "carers": to_say("involving carers"),
    "supervision": to_say("supervision"),
    "letters": to_say("letters to other professionals"),
    "research": to_say("de-identified research"),
    "messages": to_say("messages and reminders"),
}
STATUS_WORDS = {"current": to_say("current"), "past": to_say("past"), "suspected": to_say("suspected"), "ruled_out": to_say("ruled out")}
NODE_WORDS = {
    "problem": to_say("Problem"),
    "cause": to_say("Cause"),
    "trigger": to_say("Trigger"),
    "loop": to_say("Loop"),
    "strength": to_say("Strength"),
}


def person_rows(sources: DocumentSources) -> Rows:
    """Who it is about: name, reference and year of birth, as far as they are known."""
    person = sources.person
    rows = [(say("Patient"), person.name), (say("Reference"), person.reference), (say("Year of birth"), str(person.born or ""))]
    return Rows(tuple(row for row in rows if row[1]))


def synthetic_note(sources: DocumentSources) -> tuple[str, ...]:
    """That a person of a synthetic clinic is invented, for the foot of every document."""
    return (say("This person is invented: the record belongs to a synthetic clinic."),) if sources.person.is_synthetic else ()


def diagnoses(sources: DocumentSources) -> list[Block]:
    """Each diagnosis with its source; that none is recorded is said, and none is made here."""
    rows = tuple(
        (
            one.name,
            say(STATUS_WORDS.get(one.status, one.status)),
            "; ".join(part for part in (say("recorded by {who}, {on}", who=one.by, on=words.day(one.on)), one.source.replace("_", " "), one.text) if part),
        )
        for one in sources.diagnoses
    )
    if not rows:
        return [Paragraph(say("No diagnosis is recorded."))]
    note = Paragraph(say("Each was made by a person. No diagnosis is made or taken from a score."), "note")
    return [Table((say("Diagnosis"), say("Status"), say("Source")), rows, (3, 2, 4)), note]


def formulation(sources: DocumentSources, *, with_nodes: bool) -> list[Block]:
    """The patient's five lines, and where wanted the nodes and what they do to each other."""
    known = sources.formulation
    if known is None:
        return [Paragraph(say("No formulation is written yet."))]
    found: list[Block] = [Paragraph("\n".join(known.lines), "words") if known.lines else Paragraph(say("The patient's five lines are not written yet."))]
    if with_nodes:
        rows = tuple((say(NODE_WORDS.get(kind, kind)), text) for kind, text in known.nodes)
        found.append(Table((say("Kind"), say("Words")), rows, (1, 5)))
        if known.links:
            found.append(Bullets(tuple(f"{start} – {link} – {end}" for start, link, end in known.links)))
    version = say("Version {n}, written by {who} on {on}.", n=known.number, who=known.author, on=words.day(known.on))
    return [*found, Paragraph(version, "note")]


def goals(chosen: Sequence[KnownGoal], *, with_levels: bool) -> list[Block]:
    """Goals in the patient's words with their five levels; no goal gives a sentence that says so."""
    found: list[Block] = []
    for goal in chosen:
        found.append(Paragraph(goal.words, "words"))
        if with_levels:
            rows = tuple((f"{level:+d}" if level else "0", text) for level, text in zip(range(-2, 3), goal.levels, strict=False))
            found.append(Table((say("Level"), say("What one would see")), rows, (1, 8)))
        found.append(Paragraph(_reached(goal), "note"))
    return found or [Paragraph(say("No goal is written down yet."))]


def _reached(goal: KnownGoal) -> str:
    worked = say("Worked on with {module}. ", module=goal.module) if goal.module else ""
    if goal.reached is None:
        return worked + say("Not rated yet.")
    level, meaning, on = goal.reached
    return worked + say("Last rated {level} on {on}: {meaning}", level=f"{level:+d}" if level else "0", on=words.day(on), meaning=meaning)


def goal_table(chosen: Sequence[KnownGoal]) -> list[Block]:
    """Goals on one line each, with the last level that counts."""
    if not chosen:
        return [Paragraph(say("No goal is written down yet."))]
    return [Table((say("Goal"), say("Last rated")), tuple((goal.words, _rated(goal)) for goal in chosen), (1, 1))]


def _rated(goal: KnownGoal) -> str:
    if goal.reached is None:
        return say("not rated yet")
    level, meaning, on = goal.reached
    return f"{f'{level:+d}' if level else '0'}, {words.day(on)}: {meaning}"


def safety(plan: PhasedPlan) -> list[Block]:
    """The safety rules that speak; that none does is never told as safety."""
    active = [rule for rule in plan.overrides if rule.status is OverrideStatus.ACTIVE]
    found: list[Block] = []
    if plan.withheld is not None:
        found.append(Paragraph(plan.withheld.message, "lead"))
    if active:
        rows = tuple((f"{rule.code} {rule.name}", "; ".join(rule.because), rule.effect) for rule in active)
        found.append(Table((say("Rule"), say("Because"), say("What follows")), rows, (2, 2, 3)))
    if plan.ask_first:
        found.append(Heading(say("Ask first")))
        found.append(Bullets(tuple(one.question for one in plan.ask_first), numbered=True))
    if plan.risk_signs:
        found.append(Bullets(tuple(sign.text for sign in plan.risk_signs)))
    if not found:
        found.append(Paragraph(say("No safety rule speaks on what has been recorded. That never means that there is no danger: ask at each contact.")))
    return found


def hard_rules(plan: PhasedPlan) -> tuple[str, ...]:
    """The names of hard safety rules that are active."""
    return tuple(rule.name for rule in plan.overrides if rule.kind is OverrideKind.HARD and rule.status is OverrideStatus.ACTIVE)


def module_name(sources: DocumentSources, name: str) -> str:
    """A module's readable name without its id."""
    return sources.knowledge.name_of(name)


def modules_of(plan: PhasedPlan, *statuses: MatchStatus) -> tuple[ModuleMatch, ...]:
    """Modules of these statuses that the patient has not declined."""
    return tuple(match for match in plan.with_status(*statuses) if not match.declined)


def names_of(matches: Iterable[ModuleMatch]) -> str:
    """Short names in a sentence."""
    return words.joined([match.short_name for match in matches])


def phase_name(sources: DocumentSources, plan: PhasedPlan) -> str:
    return sources.knowledge.phases[plan.phase.overall].name


def course(sources: DocumentSources) -> list[Block]:
    """How many sessions there were and since when, as far as they are signed here."""
    hours = sources.hours
    if not hours.held:
        return [Paragraph(say("No session is signed here yet."))]
    rows = [
        (say("Sessions that took place"), str(hours.held)),
        (say("Missed"), str(hours.missed)),
        (say("Cancelled by the patient in good time"), str(hours.cancelled or "")),
        (say("First signed here"), words.day(hours.first) if hours.first else ""),
        (say("Last"), words.day(hours.last) if hours.last else ""),
        (say("Next"), words.day(hours.next) if hours.next and hours.next >= sources.on else ""),
    ]
    return [Rows(tuple(row for row in rows if row[1]))]


def course_line(sources: DocumentSources) -> list[Block]:
    """Sessions and modules in two sentences, for reports that are to fit on a page."""
    hours, parts = sources.hours, list[str]()
    if hours.held:
        parts.append(say("Sessions signed here: {held}, missed: {missed}.", held=hours.held, missed=hours.missed))
        parts += [say("Cancelled by the patient in good time: {count}.", count=hours.cancelled)] if hours.cancelled else []
        parts += [say("The last on {on}.", on=words.day(hours.last))] if hours.last else []
        parts += [say("The next on {on}.", on=words.day(hours.next))] if hours.next and hours.next >= sources.on else []
    running = [say("{name} since {on}", name=module_name(sources, one.module), on=words.day(one.since)) for one in sources.under_way if one.until is None]
    earlier = dict.fromkeys(module_name(sources, one.module) for one in sources.under_way if one.until is not None)
    told = [say("Under way: {names}.", names="; ".join(running))] if running else []
    told += [say("Earlier: {names}.", names="; ".join(earlier))] if earlier else []
    found: list[Block] = [Paragraph(" ".join(parts) or say("No session is signed here yet."))]
    return [*found, *(Paragraph(text) for text in told)]


def under_way(sources: DocumentSources) -> Table | None:
    """Modules that have been worked on, with their days; None when there is none."""
    if not sources.under_way:
        return None
    rows = tuple((module_name(sources, one.module), words.day(one.since), words.day(one.until) if one.until else say("goes on")) for one in sources.under_way)
    return Table((say("Module"), say("From"), say("To")), rows, (3, 2, 2))


def usual(values: Sequence[int]) -> int | None:
    """The value that is there most often, None for none."""
    return Counter(values).most_common(1)[0][0] if values else None


def lines(text: str) -> list[Block]:
    """What somebody typed, a paragraph for each line that is not empty."""
    return [Paragraph(" ".join(line.split())) for line in text.splitlines() if line.strip()]
