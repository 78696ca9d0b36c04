"""Now, next, later: every module of the plan unfolds into its reasons, conditions, dose, goals and methods."""

from collections.abc import Iterable

from fivefold.concepts.plan import Flip, GeneralReading, ModuleMatch, PlannedIntervention, Reason, SelectionTerms
from fivefold.concepts.vocabulary import EVIDENCE_WORDS, MatchStatus
from fivefold.documents.html import icons
from fivefold.documents.html.formats import count_words, listing, number, range_words
from fivefold.documents.html.markup import NOTHING, Html, Value, bullets, fill, join, note
from fivefold.documents.html.path import stage_bars
from fivefold.documents.html.view import View
from fivefold.documents.html.words import GROUP_NAMES, MATCH_WORDS
from fivefold.documents.language import say

THERAPY_WORDS = {"standard_care": "standard care", "IMT": "IMT itself"}


def modules_section(view: View) -> Html:
    """The groups in the order of attention, and the general modules that run all the time."""
    limit = count_words(view.plan.concurrent_limit, "specific module", "specific modules")
    groups = [_group(view, status) for status in GROUP_NAMES]
    return unfolding_card("Now, next, later", note(f"At most {limit} at a time. Each opens its reasons."), groups, _all_the_time(view))


def unfolding_card(heading: str, *content: Value) -> Html:
    """The section of modules, with the button that unfolds all of them (shown only where scripts run)."""
    shape = (
        '<section class="card" id="modules" aria-labelledby="modules-h"><div class="section-head"><h2 id="modules-h">{}</h2>'
        '<button class="quiet" type="button" id="unfold" hidden>Unfold all</button></div>{}</section>'
    )
    return fill(shape, heading, content)


def _group(view: View, status: MatchStatus) -> Html:
    matches = view.plan.with_status(status)
    if not matches:
        return NOTHING
    name, meaning = GROUP_NAMES[status]
    rows = [_module(view, match) for match in sorted(matches, key=lambda match: (not match.running, match.rank is None, match.rank or 0))]
    return fill('<h3 class="group">{}{} <small>{}</small></h3>{}', icons.MATCH_ICONS[status], name, meaning, rows)


def _module(view: View, match: ModuleMatch) -> Html:
    return fill(
        '<details class="mod {} is-{}" id="m-{}"><summary><span class="mod-name">{}</span><span class="mod-state">{}{}</span></summary>'
        '<div class="mod-body"><div>{}</div><div>{}</div></div>{}</details>',
        match.phase.lower(), match.status, match.id, match.name, icons.MATCH_ICONS[match.status], _state(view, match),
        _why(view, match), _how(view, match), _methods(view, match),
    )  # fmt: skip


def _state(view: View, match: ModuleMatch) -> str:
    """The second line of a row: what is under way says its stage and dose, the rest what it waits for or why."""
    parts = [view.status_word(match), view.phase(match.phase).short_name, view.tile_note(match)]
    if match.status is MatchStatus.NOW:
        parts.append(range_words(match.dose.sessions, "sessions"))
    return " · ".join(part for part in parts if part)


def _part(heading: str, content: Html) -> Html:
    return fill("<h4>{}</h4>{}", heading, content) if content else NOTHING


def _why(view: View, match: ModuleMatch) -> Html:
    """What it is for, reasons for and against, what it waits for, what would change it, how sure it is."""
    return join((
        _part("Goals", bullets("<ul>{}</ul>", match.goals)),
        _part("For", _reasons(view, match.because, True)),
        _part("Against", _reasons(view, match.because, False)),
        _part("Waits for", bullets("<ul>{}</ul>", map(view.spell, match.waits_for))),
        _part("What would settle it", bullets("<ul>{}</ul>", [view.settle_words(measure) for measure in match.settle_with])),
        _part("It would change if", bullets("<ul>{}</ul>", [_flip(view, flip) for flip in match.flips_if])),
        _part("How sure", _agreement(match)),
        _part("Place in the order", _terms(match.selection)),
    ))  # fmt: skip


def _reasons(view: View, reasons: tuple[Reason, ...], supports: bool) -> Html:
    icon = icons.MET_ICONS[True] if supports else icons.MATCH_ICONS[MatchStatus.NOT_INDICATED]
    return bullets('<ul class="checks">{}</ul>', [fill("{}<div>{}</div>", icon, reason_line(view, item)) for item in reasons if item.supports is supports])


def reason_line(view: View, reason: Reason) -> Html:
    """A reason with its basis, its rule and the inputs it read."""
    inputs = listing(view.input_name(name) for name in reason.inputs)
    trail = f" · {reason.rule}" + (f" · reads {inputs}" if inputs else "")
    return fill('<span>{}</span><span class="trace">{}<small class="basis">{}</small></span>', reason.text, view.basis(reason.basis), trail)


def _flip(view: View, flip: Flip) -> str:
    return f"{view.input_name(flip.input)} goes from {flip.start} to {flip.to}: then {MATCH_WORDS[flip.becomes]}"


def _agreement(match: ModuleMatch) -> Html:
    if match.agreement is None:
        return NOTHING
    text = f"The same in {round(100 * match.agreement)} of 100 draws of the profile within its measurement error."
    return fill('<p>{} <small class="basis">computed</small></p>', text)


def _terms(terms: SelectionTerms | None) -> Html:
    if terms is None:
        return NOTHING
    parts = (
        ("severity", terms.severity), ("priority", terms.priority), ("fits the phase", terms.phase_fit), ("opens others", terms.enabling),
        ("burden", terms.burden),
    )  # fmt: skip
    shown = ", ".join(f"{name} {number(points)}" for name, points in parts)
    return fill('<p>{} points: {} <small class="basis">our proposal, editable</small></p>', number(terms.total), shown)


def _how(view: View, match: ModuleMatch) -> Html:
    """Dose, stage, style and cautions."""
    return join((
        _part("Dose", _dose(view, match)),
        _part("Change stage", _stage(view, match)),
        _part("Tailored", fill("<p>{}</p>", match.tailoring) if match.tailoring else NOTHING),
        _part("Cautions", bullets('<ul class="checks">{}</ul>', [fill("{}<div>{}</div>", icons.WATCH, text) for text in match.cautions])),
        _part("Treats", fill("<p>{}</p>", listing(view.impairment_name(key) for key in match.treats)) if match.treats else NOTHING),
    ))  # fmt: skip


def _dose(view: View, match: ModuleMatch) -> Html:
    dose = match.dose
    pace = f" Pace {number(dose.pace)} times the usual." if dose.pace != 1 else ""
    amounts = (range_words(dose.sessions, "sessions"), range_words(dose.minutes, "minutes each"), range_words(dose.weeks, "weeks"))
    return fill("{}<p>{}{} {}</p>", bullets("<ul>{}</ul>", amounts), dose.text, pace, view.basis(dose.basis))


def _stage(view: View, match: ModuleMatch) -> Html:
    stage = match.change_stage
    if stage is None:
        return NOTHING
    if match.status is MatchStatus.NOW and not match.running:
        return fill("<p>begins with {}</p>", view.stage_word(stage))
    return fill('<p class="stage-line">{}</p>{}', view.stage_word(stage), stage_bars(stage))


def _methods(view: View, match: ModuleMatch) -> Html:
    """What the therapist does, each with the therapy it is adapted from, and the sources."""
    methods = bullets('<h4>What the therapist does</h4><ul class="methods">{}</ul>', [_method(view, item) for item in match.interventions])
    sources = join((view.source(key) for key in dict.fromkeys(match.sources)), ", ")
    return fill('<div class="mod-foot">{}{}</div>', methods, fill('<p class="note">Evidence: {} · {}</p>', sources, match.id) if sources else None)


def _method(view: View, item: PlannedIntervention) -> Html:
    return fill(
        '<p><b>{}</b> {}</p><p class="note">adapted from {} · {} {}</p>',
        item.name, item.text, therapies(item.adapted_from), EVIDENCE_WORDS[item.evidence], view.basis(item.basis),
    )  # fmt: skip


def therapies(names: Iterable[str]) -> str:
    """Source therapies in words; a borrowed skill is never called by its brand alone."""
    return listing(say(THERAPY_WORDS.get(name, name)) for name in names) or say("no named therapy")


def _all_the_time(view: View) -> Html:
    rows = [_general(view, reading) for reading in view.plan.general_modules]
    heading = '<h3 class="group">{}All the time <small>The general modules: conditions that can be lost and repaired.</small></h3>{}'
    return fill(heading, icons.GENERAL_ICONS[view.plan.general_modules[0].state], rows) if rows else NOTHING


def _general(view: View, reading: GeneralReading) -> Html:
    body = join((
        _part("Why", bullets("<ul>{}</ul>", [reason_line(view, reason) for reason in reading.because])),
        _part("Ask", fill("<p>{}</p>", reading.question) if reading.question else NOTHING),
        _part("Repair, step by step", bullets("<ol>{}</ol>", reading.repair)),
    ))  # fmt: skip
    return fill(
        '<details class="mod ground-mod" id="m-{}"><summary><span class="mod-name">{}</span><span class="mod-state">{}{}</span></summary>'
        '<div class="mod-body"><div>{}</div></div></details>',
        reading.id, reading.name, icons.GENERAL_ICONS[reading.state], view.general_word(reading),
        body or fill("<p>{}</p>", "Nothing speaks for or against its state yet."),
    )  # fmt: skip
