"""The impairment profile: one row per impairment with its bar, how sure it is, and the evidence; what is unknown says so."""

from datetime import date

from fivefold.concepts.basis import COMPUTED
from fivefold.concepts.plan import ResilienceReading
from fivefold.concepts.scores import Evidence, ImpairmentReading, ScaleScore
from fivefold.concepts.vocabulary import DomainId, Severity
from fivefold.documents.html import icons
from fivefold.documents.html.formats import age_words, count_words, day, listing, number
from fivefold.documents.html.markup import NOTHING, Html, bullets, card, fill, note
from fivefold.documents.html.view import View

TOP = 4.0
NINETY_FIVE = 1.96
HOW_TO_READ = (
    "0 none, 1 mild, 2 moderate, 3 severe, 4 extreme. The line across a bar is the range that measurement error leaves "
    "(1.96 standard errors either way). A score is never a diagnosis."
)
_TABLE = (
    '<table class="profile"><caption class="unseen">Impairment profile, levels 0 to 4</caption><thead><tr><th scope="col">Impairment</th>'
    '<th scope="col"><span class="unseen">Bar</span>{}</th><th scope="col">Level</th><th scope="col">Evidence</th></tr></thead>{}</table>'
)
_SCORES = (
    "<details><summary>Scores behind the profile ({})</summary>"
    '<div class="scroll" tabindex="0" role="region" aria-label="Scores behind the profile"><table class="plain"><thead><tr><th scope="col">Scale</th>'
    '<th scope="col">Score</th><th scope="col">Band</th><th scope="col">When</th><th scope="col">Missing</th></tr></thead><tbody>{}</tbody></table></div>'
    "</details>"
)
_BAR = '<rect class="back" width="100%" height="10" y="4" rx="5"/><rect class="bar" width="{}%" height="10" y="4" rx="5"/>'
_GRID = [fill('<line class="grid" x1="{}%" x2="{}%" y1="4" y2="14"/>', at, at) for at in (25, 50, 75)]
_STEP = '<rect class="{}" x="{}%" y="4" width="23.5%" height="10" rx="5"/>'


def profile_section(view: View) -> Html:
    """Known impairments by domain, the unknown ones below, and the scores behind both."""
    known = [reading for reading in view.plan.profile.impairments if reading.level is not None]
    bodies = [_domain(view, domain, [item for item in known if item.domain is domain]) for domain in view.knowledge.domains]
    table = fill(_TABLE, _axis(), bodies) if known else None
    return card(
        "profile", "Impairment profile", note(HOW_TO_READ, fill(' <small class="basis">{}</small>', COMPUTED.words)), table, _unknown(view), _scores(view)
    )


def _axis() -> Html:
    anchors = ("start", "middle", "middle", "middle", "end")
    marks = [fill('<text x="{}%" y="12" text-anchor="{}">{}</text>', level * 25, anchor, level) for level, anchor in enumerate(anchors)]
    return fill('<svg class="axis" aria-hidden="true">{}</svg>', marks)


def _domain(view: View, domain: DomainId, readings: list[ImpairmentReading]) -> Html:
    if not readings:
        return NOTHING
    ordered = sorted(readings, key=lambda reading: (-(reading.level or 0), reading.id))
    heading = fill('<tr class="domain"><th colspan="4" scope="rowgroup">{}</th></tr>', view.knowledge.domains[domain].name)
    return fill("<tbody>{}{}</tbody>", heading, [_row(view, reading) for reading in ordered])


def _row(view: View, reading: ImpairmentReading) -> Html:
    level, error = reading.level or 0.0, reading.standard_error or 0.0
    low, high = max(0.0, level - NINETY_FIVE * error), min(TOP, level + NINETY_FIVE * error)
    discordant = fill('<span class="discordant">{}evidence disagrees</span>', icons.DISCORDANT) if reading.discordant else None
    return fill(
        '<tr><th scope="row">{}{}</th><td class="chart">{}</td><td class="level"><b>{}</b> {} <small>{} to {}</small></td><td class="evidence">{}</td></tr>',
        view.impairment_name(reading.id), discordant, level_bar(level, low, high), reading.word, number(level), number(low), number(high),
        _evidence(view, reading),
    )  # fmt: skip


def level_bar(level: float, low: float, high: float) -> Html:
    """A bar from 0 to ``level`` with an error line from ``low`` to ``high``."""
    end, left, right = (f"{100 * value / TOP:.1f}" for value in (level, low, high))
    return fill('<svg class="levels" aria-hidden="true">{}{}{}</svg>', fill(_BAR, end), _GRID, _whisker(left, right) if low < high else None)


def plain_bar(severity: Severity) -> Html:
    """Four steps, as many filled as the word says."""
    steps = [fill(_STEP, "on" if place < severity else "off", place * 25.5) for place in range(4)]
    return fill('<svg class="steps" aria-hidden="true">{}</svg>', steps)


def _whisker(low: str, high: str) -> Html:
    return fill(
        '<g class="whisker"><line x1="{}%" x2="{}%" y1="9" y2="9"/><line x1="{}%" x2="{}%" y1="5" y2="13"/><line x1="{}%" x2="{}%" y1="5" y2="13"/></g>',
        low, high, low, low, high, high,
    )  # fmt: skip


def _evidence(view: View, reading: ImpairmentReading) -> Html:
    if not reading.evidence:
        return NOTHING
    newest = age_words(min(item.age_days for item in reading.evidence))
    pieces = count_words(len(reading.evidence), "piece", "pieces")
    lines = [_piece(view, item) for item in reading.evidence]
    return fill("<details><summary>{}, {}</summary>{}</details>", pieces, newest, bullets("<ul>{}</ul>", lines))


def _piece(view: View, item: Evidence) -> Html:
    decides = " · decides" if item.decides else ""
    numbers = f"{item.kind}, speaks for {number(item.level)}, standard error {number(item.standard_error)}, weight {round(100 * item.weight)} of 100, "
    return fill("{} <small>{}{}{}</small> {}", item.text, numbers, age_words(item.age_days), decides, view.basis(item.basis))


def _unknown(view: View) -> Html:
    names = [view.impairment_name(reading.id) for reading in view.plan.profile.impairments if reading.level is None]
    heading = f"Not known yet: {len(names)}"
    shape = '<div class="unknown"><h3>{}</h3><p class="note">Unknown is not absent.</p>'
    return fill("{}{}</div>", fill(shape, heading), bullets('<ul class="chips">{}</ul>', names)) if names else NOTHING


def _scores(view: View) -> Html:
    rows = [_score(view, score) for score in view.plan.scores]
    return fill(_SCORES, len(rows), rows) if rows else NOTHING


def _score(view: View, score: ScaleScore) -> Html:
    value = "not scored" if score.value is None else f"{score.value:g}"
    error = f", standard error {score.standard_error:.2g}" if score.standard_error is not None else ""
    scale = f" {score.scale}" if score.scale != "total" else ""
    span = f"of {score.minimum:g} to {score.maximum:g} {score.unit}{error}{', pro-rated' if score.prorated else ''}"
    missing = f"items {listing(map(str, score.missing))}; {score.missing_rule}" if score.missing else "none"
    return fill(
        '<tr><th scope="row">{}{}</th><td>{} <small>{}</small></td><td>{} {}</td><td>{}</td><td>{}</td></tr>',
        view.instrument_name(score.instrument), scale, value, span, score.band or "no band", view.basis(score.basis), _when(score.on, score.age_days), missing,
    )  # fmt: skip


def _when(on: date | None, age_days: int) -> str:
    return f"{day(on)}, {age_words(age_days)}" if on else age_words(age_days)


def resilience_section(view: View) -> Html:
    """The level of resilience with its components, whether it is known, and what it changes."""
    reading = view.plan.profile.resilience
    names = {setting.id: setting.name for setting in view.knowledge.tailoring.settings}
    changes = [fill("<b>{}:</b> {}", names.get(key, key), text) for key, text in view.plan.settings.items()]
    return card(
        "resilience", "Resilience", fill("<p><b>{}</b> · {}</p>", reading.level.capitalize(), _how_known(reading)),
        note(reading.text, " ", view.basis(reading.basis)), _components(view, reading),
        bullets("<details><summary>What it changes</summary><ul>{}</ul></details>", changes), _adaptations(view),
    )  # fmt: skip


def _how_known(reading: ResilienceReading) -> str:
    if reading.set_by_clinician:
        return "set by the clinician"
    if reading.assumed:
        return "assumed: it is not known"
    return f"known: {number(reading.total)} of 10" if reading.total is not None else "known"


def _components(view: View, reading: ResilienceReading) -> Html:
    if reading.set_by_clinician and not reading.components:
        return NOTHING
    rows = [
        fill('<tr><th scope="row">{}</th><td>{}</td></tr>', component.name, _points(reading.components.get(component.id)))
        for component in view.knowledge.tailoring.components
    ]
    return fill('<table class="plain"><caption class="unseen">Components of resilience, 0 to 2 points each</caption><tbody>{}</tbody></table>', rows)


def _points(points: float | None) -> Html:
    if points is None:
        return fill('{}<span class="note">not known</span>', icons.MET_ICONS[None])
    bar = fill(_BAR, round(50 * points))
    return fill('<svg class="levels short" aria-hidden="true">{}</svg><span class="nowrap">{} of 2</span>', bar, number(points))


def _adaptations(view: View) -> Html:
    known = view.knowledge.adaptations
    lines = [fill("<b>{}:</b> {}", known[key].name, known[key].needs) if key in known else fill("{}", key) for key in view.plan.adaptations]
    return bullets("<h3>Adapted for</h3><ul>{}</ul>", lines)
