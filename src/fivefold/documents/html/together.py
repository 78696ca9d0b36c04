"""The sections that differ when therapist and patient look together: plain words, no codes, no predictions, no scores."""

from fivefold.concepts.phase import PhaseReading
from fivefold.concepts.plan import Alternative, ModuleMatch
from fivefold.concepts.scores import NOT_SEEN, ImpairmentReading
from fivefold.concepts.vocabulary import DomainId, MatchStatus, severity_of
from fivefold.documents.html import icons
from fivefold.documents.html.formats import count_words, day, listing, minutes_words, number
from fivefold.documents.html.gates import domains_table, next_phase_id
from fivefold.documents.html.markup import NOTHING, Html, bullets, calm_card, card, fill, join, note
from fivefold.documents.html.modules import unfolding_card
from fivefold.documents.html.path import stage_bars
from fivefold.documents.html.profile import plain_bar
from fivefold.documents.html.view import View
from fivefold.documents.html.words import GROUP_NAMES_TOGETHER, HOW_MUCH, NOT_SPOKEN_OF, PACE

SOMETHING_FIRST = "Something else needs care first. Your therapist will talk it through with you. The map below can wait."
SAFETY_FIRST = (
    "Your safety comes first, always. If you have made a safety plan, use it, and the people on it. "
    "Nobody reads this page: if you are in danger, call your local emergency number."
)
YOU_KNOW_BEST = "How much trouble each of these gives you, as it looks from here. You know it best: say where it is wrong."
CANNOT_DO = (
    "This page does not know you. It knows only what was asked and answered.",
    "It can be wrong. You may say no to any part, and nothing bad follows.",
    "Nobody can promise that this plan will help. We watch together how it goes.",
    "Nobody reads this page at night or between our meetings.",
)
_TABLE = (
    '<table class="profile plain-profile"><caption class="unseen">How things are at present</caption><thead class="unseen"><tr><th scope="col">What</th>'
    '<th scope="col">Bar</th><th scope="col">How much trouble</th></tr></thead>{}</table>'
)
OWN_VOICE = ("I ", "I'", "My ", "We ")


def opening(view: View) -> Html:
    """Date, where we are in one sentence, and a kind line on safety."""
    patient = view.phase(view.plan.phase.overall).patient
    return fill(
        '<div class="person"><h1>Our map</h1><p>{}</p><span class="tag">we look at it again by {}</span></div>'
        '<p class="proposal">A suggestion to talk about. You decide together.</p><p class="lead">{} {}</p>{}{}',
        day(view.plan.as_of), day(view.plan.review.next_on), patient.where_you_are, f"What helps now: {_lower(patient.what_helps_now)}", _no_plan_today(view),
        calm_card("safety", icons.CALM_SHIELD, "If it gets hard", SAFETY_FIRST),
    )  # fmt: skip


def _lower(text: str) -> str:
    return text if text.startswith(("I ", "I'")) else text[:1].lower() + text[1:]


def _no_plan_today(view: View) -> Html:
    return calm_card("withheld", icons.CALM_SHIELD, "Today is not the day for a full plan", SOMETHING_FIRST) if view.plan.withheld else NOTHING


def gates_section(view: View) -> Html:
    """What is there already for the next part of the way, where the four areas are, and steps outside."""
    names = [domain.plain_name for domain in view.knowledge.domains.values()]
    table = domains_table(view, names, "Where each part of life is now")
    where = card("why-phase", "Not everything moves at once", table, note("Going back a step is normal."))
    left = fill('<div class="column">{}{}</div>', _on_the_way(view), _small_steps(view))
    return fill('<div class="pair-2">{}{}</div>', left, where) if table else left


def _on_the_way(view: View) -> Html:
    following = next_phase_id(view)
    heading = f"Towards: {view.phase_name(following)}" if following else "Towards standing on your own feet"
    return card("next-phase", heading, bullets('<ul class="checks">{}</ul>', _counted(view.plan.phase)), note("We look at each of these together."))


def _counted(reading: PhaseReading) -> list[Html]:
    lines = ((True, "{} there already"), (False, "{} still to come"), (None, "{} we do not know yet"))
    counts = [(answer, text, sum(item.met is answer for item in reading.exit)) for answer, text in lines]
    return [fill("{}<p>{}</p>", icons.MET_ICONS[answer], text.format(count_words(count, "step", "steps"))) for answer, text, count in counts if count]


def _small_steps(view: View) -> Html:
    lines = [fill("{}<span>{}</span>", icons.LEAF, goal.text) for goal in view.plan.life_goals]
    return card("life", "Small steps in your life outside", bullets('<ul class="checks">{}</ul>', lines)) if lines else NOTHING


def modules_section(view: View) -> Html:
    """Every part of the plan in the patient's words, each with why it may help and what we do."""
    return unfolding_card("What we do, and why", [_group(view, status) for status in GROUP_NAMES_TOGETHER], _all_the_time(view))


def _group(view: View, status: MatchStatus) -> Html:
    matches = sorted(view.plan.with_status(status), key=lambda match: (not match.running, match.rank is None, match.rank or 0))
    name, meaning = GROUP_NAMES_TOGETHER[status]
    rows = [_module(view, match) for match in matches]
    return fill('<h3 class="group">{}{} <small>{}</small></h3>{}', view.match_icon(status), name, meaning, rows) if rows else NOTHING


def _module(view: View, match: ModuleMatch) -> Html:
    words = view.knowledge.modules[match.id].patient if match.id in view.knowledge.modules else None
    own_goals = [goal for goal in match.goals if goal.startswith(OWN_VOICE)]
    note = view.tile_note(match)
    body = join((
        fill("<h4>Why this may help you</h4><p>{}</p>", match.patient_words) if match.patient_words else NOTHING,
        fill("<h4>What we do</h4><p>{}</p>", words.what_we_do) if words else NOTHING,
        fill("<h4>How long</h4><p>{}</p>", words.how_long) if words and words.how_long else NOTHING,
        bullets("<h4>What you may notice when it works</h4><ul>{}</ul>", own_goals),
    ))  # fmt: skip
    return fill(
        '<details class="mod {} is-{}" id="m-{}"><summary><span class="mod-name">{}</span><span class="mod-state">{}{}{}</span>{}</summary>'
        '<div class="mod-body one">{}</div></details>',
        match.phase.lower(), match.status, match.id, match.patient_name, view.match_icon(match.status), view.status_word(match),
        f" · {note}" if note else None, stage_bars(match.change_stage) if match.running else None, body,
    )  # fmt: skip


def _all_the_time(view: View) -> Html:
    rows = [
        fill(
            '<details class="mod ground-mod" id="m-{}"><summary><span class="mod-name">{}</span><span class="mod-state">{}{}</span></summary>'
            '<div class="mod-body one">{}</div></details>',
            reading.id, reading.patient_name, icons.GENERAL_ICONS[reading.state], view.general_word(reading), _general_words(view, reading.id),
        )
        for reading in view.plan.general_modules
    ]  # fmt: skip
    return fill('<h3 class="group">{}All the time <small>What carries us in every part.</small></h3>{}', icons.LEAF, rows) if rows else NOTHING


def _general_words(view: View, module_id: str) -> Html:
    module = view.knowledge.general_modules.get(module_id)
    if module is None:
        return NOTHING
    return fill("<h4>Why</h4><p>{}</p><h4>What we do</h4><p>{}</p>", module.patient.why, module.patient.what_we_do)


def profile_section(view: View) -> Html:
    """What is hard at present, in words; what nobody has asked about yet is said so."""
    impairments = view.plan.profile.impairments
    groups = [_domain(view, domain, [item for item in impairments if item.domain is domain]) for domain in view.knowledge.domains]
    unknown = view.plain_impairment_names(item.id for item in impairments if item.level is None)
    chips = bullets('<div class="unknown"><h3>What we have not talked about yet</h3><ul class="chips">{}</ul></div>', unknown)
    return card("profile", "How things are for you", note(YOU_KNOW_BEST), fill(_TABLE, groups) if any(groups) else None, chips)


def _how_much(item: ImpairmentReading) -> str:
    """How much trouble, in plain words; of a danger that was not seen nobody says that there is none."""
    return NOT_SPOKEN_OF if item.word == NOT_SEEN else HOW_MUCH[severity_of(item.level or 0)]


def _domain(view: View, domain: DomainId, readings: list[ImpairmentReading]) -> Html:
    known = sorted((item for item in readings if item.level is not None), key=lambda item: (-(item.level or 0), item.id))
    rows = [
        fill(
            '<tr><th scope="row">{}</th><td class="chart">{}</td><td class="level">{}</td></tr>',
            view.plain_impairment_name(item.id), plain_bar(severity_of(item.level or 0)), _how_much(item),
        )
        for item in known
    ]  # fmt: skip
    heading = '<tbody><tr class="domain"><th colspan="3" scope="rowgroup">{}</th></tr>{}</tbody>'
    return fill(heading, view.knowledge.domains[domain].plain_name, rows) if rows else NOTHING


def pace_section(view: View) -> Html:
    """How fast we go; the level itself is no word for a person."""
    needs = note("We also take care of what you need to take part.") if view.plan.adaptations else None
    return card("resilience", "Our pace", fill("<p>{}</p>", PACE[view.plan.profile.resilience.level]), needs)


def measures_section(view: View) -> Html:
    """Questionnaires as what they are for the patient: minutes, and what they help to decide."""
    lines = [
        fill("<p>A questionnaire of about {}{}</p>", minutes_words(item.minutes), f", to see if this would help you: {listing(names)}" if names else None)
        for item, names in ((item, view.plain_module_names(item.decides)) for item in view.plan.next_best_measures)
    ]
    heading = "Questions that would help us decide"
    return card("measures", heading, bullets('<ul class="stack">{}</ul>', lines), note("You choose if and when.")) if lines else NOTHING


def alternatives_section(view: View) -> Html:
    """Other treatments in a sentence each. Rules that only select modules by cut-offs are no treatment one could choose."""
    protocols = view.knowledge.protocols
    treatments = [item for item in view.plan.alternatives if item.protocol not in protocols or protocols[item.protocol].kind != "selector"]
    cards = [_alternative(view, item) for item in treatments]
    words = note("There are other good ways. Nobody knows which one suits whom best.")
    return card("alternatives", "Other ways to work", words, fill('<div class="side">{}</div>', cards)) if cards else NOTHING


def _alternative(view: View, item: Alternative) -> Html:
    covers = view.plain_impairment_names(item.covers)
    sessions = f"About {number(item.sessions.min)} to {number(item.sessions.max)} meetings."
    looks_at = fill("<p>It would look at: {}.</p>", listing(covers)) if covers else None
    return fill('<div class="other"><h3>{}</h3><p>{}</p>{}</div>', item.name, sessions, looks_at)


def honesty_section() -> Html:
    """What the page cannot do, said to the person it is about."""
    return card("honesty", "What this page cannot do", bullets("<ul>{}</ul>", CANNOT_DO))


def footer(view: View) -> Html:
    return fill(
        "<footer><p>Fivefold supports the people who treat you. It does not decide.</p><p>Knowledge base {} · engine {} · {}</p></footer>",
        view.plan.knowledge_version, view.plan.engine_version, day(view.plan.as_of),
    )  # fmt: skip
