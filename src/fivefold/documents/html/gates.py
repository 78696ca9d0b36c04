"""Under the map: what opens the next phase, why this phase, and the small goals for life outside."""

from fivefold.concepts.phase import CriterionReading
from fivefold.concepts.vocabulary import PhaseId
from fivefold.documents.html import icons
from fivefold.documents.html.formats import listing, minutes_words
from fivefold.documents.html.markup import NOTHING, Html, bullets, card, fill, note
from fivefold.documents.html.view import View
from fivefold.documents.html.words import MET_WORDS


def gates_section(view: View) -> Html:
    """What comes and the goals outside on the left, why this phase on the right."""
    return fill('<div class="pair-2"><div class="column">{}{}</div>{}</div>', _next_phase(view), life_goals(view), _why_here(view))


def next_phase_id(view: View) -> PhaseId | None:
    """The phase after the present one, None from the last."""
    return next((phase for phase in PhaseId if phase.order == view.plan.phase.overall.order + 1), None)


def _next_phase(view: View) -> Html:
    following = next_phase_id(view)
    heading = f"What opens the next phase: {view.phase_name(following)}" if following else "What brings treatment to its end"
    criteria = bullets('<ul class="checks">{}</ul>', [criterion_line(view, item) for item in view.plan.phase.exit])
    return card("next-phase", heading, criteria or note("No exit criterion is stated for this phase."), note("Going back is normal and no verdict."))


def criterion_line(view: View, item: CriterionReading) -> Html:
    """One criterion: shape and word, why, and for an unknown one what settles it."""
    return fill(
        '{}<div><p>{} <b class="word">{}</b></p><p class="note">{}{}</p>{}</div>',
        icons.MET_ICONS[item.met], item.text, MET_WORDS[item.met], f"{view.spell(item.because)} · " if item.because else None, view.basis(item.basis),
        fill('<p class="settle">Settle it: {}</p>', _settling(view, item)) if item.met is None else None,
    )  # fmt: skip


def _settling(view: View, item: CriterionReading) -> str:
    instruments = [view.knowledge.instruments[key] for key in item.settle_with if key in view.knowledge.instruments]
    measures = listing(f"{instrument.name} ({minutes_words(instrument.minutes.value)})" for instrument in instruments)
    if measures and item.question:
        return f"{measures}, or ask: {item.question}"
    return measures or item.question or "no measure is named"


def _why_here(view: View) -> Html:
    reading = view.plan.phase
    entry = bullets('<h3>Entry</h3><ul class="checks">{}</ul>', [criterion_line(view, item) for item in reading.entry])
    rules = fill('<p><small class="basis">rules: {}</small></p>', listing(reading.rules)) if reading.rules else None
    domains = domains_table(view, [domain.name for domain in view.knowledge.domains.values()], "Phase by domain")
    return card(
        "why-phase", f"Why {view.phase(reading.overall).name}", bullets("<ul>{}</ul>", reading.because), domains, _severity(view), _resume(view),
        fill("<details><summary>Entry and rules</summary>{}{}</details>", entry, rules),
    )  # fmt: skip


def _severity(view: View) -> Html:
    profile = view.plan.profile
    known = fill('{} <small class="basis">{}</small>', profile.severity_band, profile.severity_basis) if profile.severity_band else "not known."
    return note("Severity of the personality difficulty: ", known)


def domains_table(view: View, names: list[str], caption: str) -> Html:
    """Where each domain stands: phases overlap by domain, the lowest sets the priority of sessions."""
    by_domain = view.plan.phase.by_domain
    rows = [
        fill('<tr><th scope="row">{}</th><td>{}<span>{}</span></td></tr>', name, _mini_way(by_domain[domain]), view.phase_name(by_domain[domain]))
        for domain, name in zip(view.knowledge.domains, names, strict=True)
        if domain in by_domain
    ]
    return fill('<table class="domains"><caption>{}</caption><tbody>{}</tbody></table>', caption, rows) if rows else NOTHING


def _mini_way(phase: PhaseId) -> Html:
    places = [("on", 4.5) if place is phase else ("off", 3) for place in PhaseId]
    dots = [fill('<circle class="{}" cx="{}" cy="5" r="{}"/>', kind, 5 + 14 * at, radius) for at, (kind, radius) in enumerate(places)]
    return fill('<svg class="mini {}" viewBox="0 0 66 10" aria-hidden="true"><path d="M5 5H61"/>{}</svg>', phase.lower(), dots)


def _resume(view: View) -> Html:
    reading = view.plan.phase
    if not reading.resume and not reading.resume_text:
        return NOTHING
    links = [view.module_link(module_id) for module_id in reading.resume]
    return fill('<p class="resume"><b>Afterwards, go back to</b> {} {}</p>', [fill("{} ", link) for link in links], reading.resume_text)


def life_goals(view: View) -> Html:
    """Small goals for life outside treatment, there from the start."""
    lines = [fill("{}<span>{} <small>{}</small></span>", icons.LEAF, goal.text, view.module_name(goal.from_module)) for goal in view.plan.life_goals]
    return card("life", "A life outside, from the start", bullets('<ul class="checks">{}</ul>', lines)) if lines else NOTHING
