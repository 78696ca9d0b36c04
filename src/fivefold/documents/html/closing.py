"""After the plan itself: coverage, next measures, other programmes, review, honesty, sources and release."""

import re

from fivefold.concepts.plan import Alternative, Coverage
from fivefold.concepts.vocabulary import CoverageStatus
from fivefold.documents.html import icons
from fivefold.documents.html.formats import day, listing, minutes_words, range_words
from fivefold.documents.html.markup import NOTHING, Html, bullets, card, fill, join, note
from fivefold.documents.html.view import View
from fivefold.documents.html.words import COVERAGE_WORDS

_COVERAGE = (
    '<table class="plain coverage"><thead><tr><th scope="col">Impairment</th><th scope="col">Answered</th><th scope="col">By</th>'
    '<th scope="col">Because</th></tr></thead><tbody>{}</tbody></table>'
)
FOLDED = (CoverageStatus.BELOW_THRESHOLD, CoverageStatus.UNKNOWN)
_DOI = re.compile(r"^https?://(?:dx\.)?doi\.org/")
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://(?:www\.)?")


def coverage_section(view: View) -> Html:
    """How the plan answers each impairment; what is below threshold or unknown stands folded behind."""
    if not view.plan.coverage:
        return NOTHING
    order = list(CoverageStatus)
    open_rows = sorted((item for item in view.plan.coverage if item.status not in FOLDED), key=lambda item: order.index(item.status))
    signed = "Every impairment that needs an answer has one." if view.plan.can_be_signed else "Something still needs an answer before this plan can be signed."
    table = fill(_COVERAGE, [_coverage_row(view, item) for item in open_rows]) if open_rows else None
    return card("coverage", "Coverage", note(signed), table, [_folded(view, status) for status in FOLDED])


def _coverage_row(view: View, item: Coverage) -> Html:
    return fill(
        '<tr><th scope="row">{}</th><td class="nowrap">{}{}</td><td>{}</td><td>{}</td></tr>',
        view.impairment_name(item.impairment), icons.COVERAGE_ICONS[item.status], COVERAGE_WORDS[item.status],
        join((view.module_link(key) for key in item.by), ", "), item.because,
    )  # fmt: skip


def _folded(view: View, status: CoverageStatus) -> Html:
    items = [item for item in view.plan.coverage if item.status is status]
    lines = [fill("{}{}", view.impairment_name(item.impairment), f": {item.because}" if item.because else None) for item in items]
    summary = f"{COVERAGE_WORDS[status].capitalize()} ({len(items)})"
    return fill("<details><summary>{}</summary>{}</details>", summary, bullets("<ul>{}</ul>", lines)) if items else NOTHING


def measures_section(view: View) -> Html:
    """Instruments that would decide most, with the minutes they take."""
    lines = [
        fill(
            "<p><b>{}</b> {}</p>{}", item.name, minutes_words(item.minutes),
            note(
                f"would help to decide: {listing(view.module_name(key) for key in item.decides)}" if item.decides else None,
                " · enter the score only: the items are not ours to show" if item.score_entry_only else None,
            ),
        )
        for item in view.plan.next_best_measures
    ]  # fmt: skip
    return card("measures", "Next best measures", bullets('<ul class="stack">{}</ul>', lines)) if lines else NOTHING


def alternatives_section(view: View) -> Html:
    """Other programmes beside this one."""
    cards = [_alternative(view, item) for item in view.plan.alternatives]
    words = note("Information, never a ranking: nobody knows which treatment suits whom.")
    return card("alternatives", "Other programmes, side by side", words, fill('<div class="side">{}</div>', cards)) if cards else NOTHING


def _alternative(view: View, item: Alternative) -> Html:
    rows = (
        ("Covers", listing(view.impairment_name(key) for key in item.covers)), ("Leaves out", listing(view.impairment_name(key) for key in item.leaves_out)),
        ("Sessions", range_words(item.sessions)), ("Weeks", range_words(item.weeks)), ("Needs", bullets("<ul>{}</ul>", item.needs)),
        ("Parts chosen", bullets("<ul>{}</ul>", item.chosen_components)), ("Notes", bullets("<ul>{}</ul>", item.notes)),
    )  # fmt: skip
    return fill('<div class="other"><h3>{}</h3><dl>{}</dl></div>', item.name, [fill("<dt>{}</dt><dd>{}</dd>", term, text) for term, text in rows if text])


def review_section(view: View) -> Html:
    """When the plan is looked at again, and why then."""
    review = view.plan.review
    when = fill('<p class="lead-small">{}</p>', day(review.next_on))
    return card("review", "Review", when, note(review.because, f" At most every {review.every_days} days."))


def honesty_section(view: View) -> Html:
    """The limits of the plan in its own words."""
    return card("honesty", "What this plan cannot claim", bullets("<ul>{}</ul>", view.plan.limits)) if view.plan.limits else NOTHING


def sources_section(view: View) -> Html:
    """The literature behind everything above; to be written last, when all that is cited has been cited."""
    lines = [_source(view, key) for key in sorted(view.cited, key=lambda key: (len(key.rstrip("abcd")), key))]
    return card("sources", "Sources", fill('<ul class="sources">{}</ul>', lines)) if lines else NOTHING


def _source(view: View, key: str) -> Html:
    known = view.knowledge.sources.get(key)
    if known is None:
        return fill('<li id="src-{}"><b>{}</b> not in the list of sources</li>', key, key)
    parts = (_address(known.link), f"read: {known.seen.replace('_', ' ')}", known.note)
    return fill('<li id="src-{}"><b>{}</b> {} <small>{}</small></li>', key, key, known.citation, " · ".join(filter(None, parts)))


def _address(link: str) -> str:
    """Where to find a source, as words: the page itself points to no other place."""
    return _SCHEME.sub("", _DOI.sub("doi ", link))


def footer(view: View) -> Html:
    plan = view.plan
    return fill(
        "<footer><p>Fivefold supports clinicians. It is no medical device and replaces no judgement. A plan is a proposal until a clinician signs it.</p>"
        '<p>Knowledge base {} <span class="hash">{}</span> · engine {} · {}</p></footer>',
        plan.knowledge_version, plan.knowledge_hash, plan.engine_version, day(plan.as_of),
    )  # fmt: skip
