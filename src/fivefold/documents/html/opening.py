"""The top of the page: who and when, the lead sentence, what is withheld, safety, questions and deadlines."""

from fivefold.concepts.plan import FirstQuestion, Override, PlannedAction
from fivefold.concepts.scores import RiskSign
from fivefold.concepts.vocabulary import OverrideStatus
from fivefold.documents.html import icons
from fivefold.documents.html.formats import age_words, count_words, day
from fivefold.documents.html.markup import NOTHING, Html, bullets, calm_card, card, fill, join
from fivefold.documents.html.view import View
from fivefold.documents.html.words import OVERRIDE_KIND_WORDS, OVERRIDE_WORDS

MOST_TO_ASK = 3
FEW_QUESTIONS = 4
NOTHING_FOUND = "Nothing in this assessment sets off a safety rule. That says nothing about what was not asked or not told: keep asking."
MANY_QUESTIONS = '<ol class="questions many">{}</ol>'


def opening(view: View) -> Html:
    """Everything above the map, in the order of urgency."""
    return join((header(view), withheld_banner(view), safety_banner(view), first_things(view)))


def header(view: View) -> Html:
    """Id, date and protocol, what kind of paper this is, and the plan in one sentence."""
    plan = view.plan
    return fill(
        '<div class="person"><h1>{}</h1><p>{} · {}</p><span class="tag">review by {}</span></div>'
        '<p class="proposal">Proposal for a clinician to decide on</p><p class="lead">{}</p>',
        plan.assessment_id, day(plan.as_of), view.protocol_name(), day(plan.review.next_on), plan.summary,
    )  # fmt: skip


def withheld_banner(view: View) -> Html:
    """What is not planned, why, and what is needed instead; nothing when the plan is whole."""
    withheld = view.plan.withheld
    if withheld is None:
        return NOTHING
    columns = fill(
        '<div class="columns"><div><h3>Why</h3>{}</div><div><h3>What is needed</h3>{}</div></div>',
        bullets("<ul>{}</ul>", [_reason_name(view, code) for code in withheld.reason_codes]), bullets("<ul>{}</ul>", withheld.needs),
    )  # fmt: skip
    return card("withheld", (icons.WATCH, "No automatic plan"), fill("<p>{}</p>", withheld.message), columns, kind="card withheld")


def _reason_name(view: View, code: str) -> str:
    adaptation = view.knowledge.adaptations.get(code)
    return adaptation.name if adaptation else view.spell(code)


def safety_banner(view: View) -> Html:
    """Every override as it stands. It never says that there is none to fear: only what was found and what was not."""
    overrides, signs = view.plan.overrides, view.plan.risk_signs
    if not overrides and not signs:
        return calm_card("safety", icons.QUIET_SHIELD, "Safety", NOTHING_FOUND)
    to_ask = [item for item in overrides if item.status is OverrideStatus.TO_ASK]
    folded = to_ask if len(to_ask) > MOST_TO_ASK else []
    ordered = sorted((item for item in overrides if item not in folded), key=lambda item: list(OverrideStatus).index(item.status))
    active = any(item.status is OverrideStatus.ACTIVE for item in overrides)
    return fill(
        '<section class="safety{}" id="safety" aria-labelledby="safety-h"><div class="safety-head">{}<h2 id="safety-h">Safety</h2><p>{}</p></div>'
        "{}{}{}</section>",
        "" if active else " safety-quiet", icons.OVERRIDE_ICONS[OverrideStatus.ACTIVE if active else OverrideStatus.TO_ASK], _count(overrides),
        _override_list(view, ordered), _to_ask(view, folded), _signs(view, signs),
    )  # fmt: skip


def _count(overrides: tuple[Override, ...]) -> str:
    counts = [(sum(item.status is status for item in overrides), word) for status, word in OVERRIDE_WORDS.items()]
    return ", ".join(f"{count} {word}" for count, word in counts if count)


def _override_list(view: View, overrides: list[Override]) -> Html:
    return fill('<ul class="overrides">{}</ul>', [_override(view, item) for item in overrides]) if overrides else NOTHING


def _to_ask(view: View, overrides: list[Override]) -> Html:
    """Many open rules at once: their names in one line, the rest one click away."""
    if not overrides:
        return NOTHING
    names = join((fill('{} <span class="code">{}</span>', item.name, item.code) for item in overrides), " · ")
    return fill(
        '<div class="to-ask"><p>{}<span><b class="word">to ask</b> {}</span></p>'
        "<details><summary>Why each is asked, and who clears it</summary>{}</details></div>",
        icons.OVERRIDE_ICONS[OverrideStatus.TO_ASK], names, _override_list(view, overrides),
    )  # fmt: skip


def _override(view: View, item: Override) -> Html:
    return fill(
        '<li class="override is-{}"><p>{}<span><b class="word">{}</b> {} <span class="code">{}</span></span></p>{}'
        "<details><summary>Why, and who clears it</summary>{}<p>{}</p><p>{}</p><p>{}{}</p></details></li>",
        item.status, icons.OVERRIDE_ICONS[item.status], OVERRIDE_WORDS[item.status], item.name, item.code,
        fill('<p class="effect">{}</p>', item.effect) if item.status is OverrideStatus.ACTIVE else None, bullets("<ul>{}</ul>", map(view.spell, item.because)),
        item.effect if item.status is not OverrideStatus.ACTIVE else None, item.cleared_by, OVERRIDE_KIND_WORDS[item.kind] + " ", view.basis(item.basis),
    )  # fmt: skip


def _signs(view: View, signs: tuple[RiskSign, ...]) -> Html:
    lines = [fill("{} <small>{}, item {}, {}</small>", sign.text, view.instrument_name(sign.instrument), sign.item, age_words(sign.age_days)) for sign in signs]
    return bullets('<div class="signs"><h3>Answers that count as risk signs</h3><ul>{}</ul></div>', lines)


def first_things(view: View) -> Html:
    """Questions that come before anything else, beside what must be done by a time."""
    parts = [part for part in (_questions(view, view.plan.ask_first), _deadlines(view)) if part]
    return fill('<div class="pair pair-{}">{}</div>', len(parts), parts) if parts else NOTHING


def _questions(view: View, questions: tuple[FirstQuestion, ...]) -> Html:
    lines = [
        fill(
            '<p class="question">{}</p><details><summary>{}</summary>{}</details>',
            item.question, _what_it_decides(view, item), bullets("<ul>{}</ul>", map(view.spell, item.because)),
        )
        for item in questions
    ]  # fmt: skip
    if not lines:
        return NOTHING
    heading = fill("{}Ask first <small>{}</small>", icons.QUESTION, count_words(len(lines), "question", "questions"))
    return card("ask-first", heading, bullets(MANY_QUESTIONS if len(lines) > FEW_QUESTIONS else '<ol class="questions">{}</ol>', lines))


def _what_it_decides(view: View, item: FirstQuestion) -> str:
    words = view.spell(item.decides).rstrip(".")
    return f"Decides {words}" if words.startswith("whether ") else words[:1].upper() + words[1:]


def _deadlines(view: View) -> Html:
    lines = [_deadline(view, action) for action in view.plan.actions]
    return card("actions", (icons.CLOCK, "To do by a time"), bullets("<ul>{}</ul>", lines), kind="card deadlines") if lines else NOTHING


def _deadline(view: View, action: PlannedAction) -> Html:
    return fill(
        '<p class="question">{}</p><p><b class="by-when">{}</b></p><p><small class="basis">{}</small> {}</p>',
        action.what, view.spell(action.by_when), view.spell(action.rule), view.basis(action.basis),
    )  # fmt: skip
