"""Components: small pictures with words, form fields, the way to a reason. Colour never speaks alone."""

import re
import uuid
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from fivefold.concepts.basis import Basis
from fivefold.documents.html import formats
from fivefold.services import spelling
from fivefold.services.own_look import Look
from fivefold.web.ui.nav import module_url, patient_entries
from fivefold.web.ui.terms import LICENCES, TERMS
from fivefold.web.ui.tour import steps_of

register = template.Library()

# Shapes on a field of 16 x 16; each state has a shape of its own, so that it is told apart without colour.
MARKS = {
    "done": '<path d="M3 8.500l3.500 3.500L13 4.500" class="line"/>',
    "good": '<circle cx="8" cy="8" r="5.500" class="full"/>',
    "part": '<circle cx="8" cy="8" r="5.500" class="line"/><path d="M8 2.500a5.500 5.500 0 0 1 0 11z" class="full"/>',
    "open": '<circle cx="8" cy="8" r="5.500" class="line"/>',
    "unknown": '<path d="M5.500 6a2.500 2.500 0 1 1 3.600 2.300c-.8.4-1.100.8-1.100 1.700M8 12.700v.1" class="line"/>',
    "watch": '<path d="M8 2l6.300 11.500H1.700z" class="full"/>',
    "safety": '<path d="M8 1.500l5.500 2v4.200c0 3.600-2.400 5.500-5.500 6.800-3.100-1.300-5.500-3.200-5.500-6.800V3.500z" class="line"/>'
    '<path d="M8 5v3.200M8 10.800v.1" class="line"/>',
    "blocked": '<circle cx="8" cy="8" r="5.500" class="line"/><path d="M4.200 11.800l7.600-7.600" class="line"/>',
    "parked": '<path d="M5.500 3.500v9M10.500 3.500v9" class="line"/>',
    "next": '<path d="M3 8h9M8.500 4.500L12 8l-3.500 3.500" class="line"/>',
    "later": '<path d="M2.500 8h1.600M7.200 8h1.600M11.900 8h1.600" class="line"/>',
    "now": '<path d="M4.500 2.800v10.400L13 8z" class="full"/>',
    "none": '<path d="M4 8h8" class="line"/>',
}
CODES_IN_BRACKETS = re.compile(r" \((?:[A-Z]+\d+(?:, )?)+\)")
PHASES = ("P1", "P2", "P3", "P4", "P5")
# The signs of the five phases on a field of 22 x 22: shield, anchor, wave, compass, two strands.
PHASE_SIGNS = {
    "P1": '<path d="M11 2l8 3v6c0 5-3.500 7.600-8 9-4.500-1.400-8-4-8-9V5z"/>',
    "P2": '<circle cx="11" cy="5" r="2.500"/><path d="M11 8v11M4 13c0 4 3 6 7 6s7-2 7-6"/>',
    "P3": '<path d="M2 11c2.500-6 4.500-6 6.500 0s4 6 6 0 3.500-5 5-2"/>',
    "P4": '<circle cx="11" cy="11" r="8.500"/><path d="M14.500 7.500l-2 5-5 2 2-5z" class="full"/>',
    "P5": '<path d="M2 15c4 0 5-8 9-8s5 8 9 8M2 7c4 0 5 8 9 8s5-8 9-8"/>',
}


@register.simple_tag
def mark(kind: str, word: str = "") -> SafeString:
    """A state as shape, word and colour: ``{% mark "watch" "dipped last week" %}``. Without a word the shape is decoration."""
    shape = mark_safe(MARKS.get(kind, MARKS["none"]))  # our own constants
    return format_html(
        '<span class="mark mark-{}"><svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">{}</svg>{}</span>',
        kind if kind in MARKS else "none",
        shape,
        format_html("<span>{}</span>", word) if word else "",
    )


@register.simple_tag
def phase_sign(phase: str, size: int = 22) -> SafeString:
    """The sign of a phase; its name stands beside it in words."""
    sign = mark_safe(PHASE_SIGNS.get(phase, ""))  # our own constants
    return format_html('<svg class="sign" viewBox="0 0 22 22" width="{0}" height="{0}" aria-hidden="true">{1}</svg>', size, sign)


@register.simple_tag
def phase_strip(phase: str, name: str = "") -> SafeString:
    """Five pieces of a way with the present one filled: for rows of the caseload. ``name`` is said to screen readers."""
    here = PHASES.index(phase) if phase in PHASES else -1
    pieces = format_html_join("", '<rect class="p{}{}" x="{}" y="{}" width="21" height="{}" rx="3"/>', [_piece(number, here) for number in range(len(PHASES))])
    said = _("Phase %(number)s of 5: %(name)s") % {"number": here + 1, "name": name} if here >= 0 else _("Phase not known")
    return format_html('<svg class="phase-strip" viewBox="0 0 122 18" width="122" height="18" role="img" aria-label="{}">{}</svg>', said, pieces)


def _piece(number: int, here: int) -> tuple[int, str, int, int, int]:
    """Number, state, place and height of one piece: the present one is higher than the others."""
    state = " here" if number == here else " past" if number < here else ""
    return number + 1, state, 2 + number * 24, 3 if number == here else 6, 12 if number == here else 6


@register.simple_tag
def sparkline(values: Sequence[float | None], label: str = "", *, width: int = 110, height: int = 28) -> SafeString:
    """The last values as a thin line; a missing one leaves a gap. The numbers are said to screen readers."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return format_html('<span class="muted">{}</span>', _("too few values") if known else _("no values yet"))
    low, high = min(known), max(known)
    step = (width - 8) / max(1, len(values) - 1)
    points = [
        None if value is None else (4 + index * step, height - 5 - (height - 10) * ((value - low) / (high - low) if high > low else 0.5))
        for index, value in enumerate(values)
    ]
    last = next(point for point in reversed(points) if point is not None)
    said = f"{label}: " + ", ".join("–" if value is None else f"{value:g}" for value in values)
    return format_html(
        '<svg class="sparkline" viewBox="0 0 {0} {1}" width="{0}" height="{1}" role="img" aria-label="{2}">'
        '<path d="{3}"/><circle cx="{4}" cy="{5}" r="2.600"/></svg>',
        width,
        height,
        said,
        _path(points),
        round(last[0], 1),
        round(last[1], 1),
    )


def _path(points: Sequence[tuple[float, float] | None]) -> str:
    parts, drawing = [], False
    for point in points:
        if point is not None:
            parts.append(f"{'L' if drawing else 'M'}{point[0]:.1f} {point[1]:.1f}")
        drawing = point is not None
    return " ".join(parts)


@register.simple_tag
def level_bar(level: float | None, error: float | None = None, label: str = "", *, highest: float = 4, width: int = 180) -> SafeString:
    """A level from 0 to ``highest`` as a bar with its error; not known is drawn as such, never as zero."""
    if level is None:
        return format_html(
            '<svg class="level-bar" viewBox="0 0 {0} 16" width="{0}" height="16" role="img" aria-label="{1}">'
            '<rect class="unknown" x="1" y="3" width="{2}" height="10" rx="5"/></svg>',
            width,
            _("%(label)s: not known") % {"label": label},
            width - 2,
        )
    scale = (width - 2) / highest
    spread = error or 0.0
    said = _("%(label)s: %(level).1f of %(highest)g, give or take %(error).1f") % {"label": label, "level": level, "highest": highest, "error": spread}
    left, right = 1 + max(0.0, level - spread) * scale, 1 + min(highest, level + spread) * scale
    return format_html(
        '<svg class="level-bar" viewBox="0 0 {0} 16" width="{0}" height="16" role="img" aria-label="{1}">'
        '<rect class="track" x="1" y="5" width="{2}" height="6" rx="3"/><rect class="value" x="1" y="5" width="{3}" height="6" rx="3"/>'
        '<path class="error" d="M{4} 8H{5}M{4} 4v8M{5} 4v8"/></svg>',
        width,
        said,
        width - 2,
        round(level * scale, 1),
        round(left, 1),
        round(right, 1),
    )


@register.simple_tag
def share_bar(share: float, label: str = "", *, width: int = 160) -> SafeString:
    """A share from 0 to 1 as a thin bar; the words stand in ``label``."""
    filled = max(0.0, min(1.0, share)) * width
    return format_html(
        '<svg class="share-bar" viewBox="0 0 {0} 6" width="{0}" height="6" role="img" aria-label="{1}">'
        '<rect class="track" width="{0}" height="6" rx="3"/><rect class="value" width="{2}" height="6" rx="3"/></svg>',
        width,
        label,
        round(filled, 1),
    )


@register.simple_tag
def stages(done: int, label: str = "") -> SafeString:
    """The four change stages of a module, the reached ones filled."""
    pieces = format_html_join("", '<i class="{}"></i>', [("on" if number < done else "",) for number in range(4)])
    return format_html('<span class="stages" role="img" aria-label="{}">{}</span>', label or _("stage %(n)s of 4") % {"n": done}, pieces)


@register.simple_block_tag
def why(content: str, summary: str = "") -> SafeString:
    """What stands behind a statement, opened on request: ``{% why "Why?" %}...{% endwhy %}``."""
    return format_html('<details class="why"><summary>{}</summary><div>{}</div></details>', summary or _("Why?"), content)


@register.simple_block_tag
def card(content: str, title: str = "", kind: str = "") -> SafeString:
    """A card with a heading: ``{% card "Next session" %}...{% endcard %}``."""
    heading = format_html("<h2>{}</h2>", title) if title else ""
    return format_html('<section class="card {}">{}{}</section>', kind, heading, content)


@register.simple_block_tag
def safety(content: str) -> SafeString:
    """The one red banner, for safety alone."""
    return format_html('<div class="safety" role="status">{}<div>{}</div></div>', mark("safety"), content)


@register.simple_tag
def field(bound: BoundField) -> str:
    """A form field with label, help and error; what was typed stays in it."""
    widget = bound.field.widget
    grouped = isinstance(widget, RadioSelect | CheckboxSelectMultiple)
    described = [f"{bound.auto_id}_help"] if bound.help_text else []
    described += [f"{bound.auto_id}_error"] if bound.errors else []
    extra: dict[str, Any] = {"aria-describedby": " ".join(described)} if described else {}
    if bound.errors:
        extra["aria-invalid"] = "true"
    context = {"field": bound, "grouped": grouped, "ticked": isinstance(widget, CheckboxInput), "widget": bound.as_widget(attrs=extra)}
    return render_to_string("ui/field.html", context)


@register.simple_tag(takes_context=True)
def patient_tabs(context: dict[str, Any], patient: Any, tab: str = "") -> SafeString:
    """The pages of one record side by side; ``tab`` is the route of the present one.

    On a phone they are a sheet behind one button, beside the way to the safety plan: seventeen words would fill the first screen.
    """
    pages = patient_entries(context["actor"], patient.pk)
    links = format_html_join(
        "",
        '<a href="{}"{}>{}</a>',
        [(entry.url, mark_safe(' aria-current="page"') if entry.part == tab else "", entry.name) for entry in pages],
    )
    now = next((entry.name for entry in pages if entry.part == tab), _("Pages"))
    safety = next((entry.url for entry in pages if entry.part == "safety_plan"), "")
    return format_html(
        '<div class="pages-line"><button type="button" class="pages-button" popovertarget="record-pages">{now}<span class="hidden"> ({open})</span></button>'
        '{safety}</div><nav class="tabs" id="record-pages" popover aria-label="{record}">{links}</nav>',
        now=now,
        open=_("all pages of this record"),
        safety=format_html('<a href="{}">{}</a>', safety, _("Safety plan")) if safety and tab != "safety_plan" else "",
        record=_("Record"),
        links=links,
    )


@register.simple_tag
def in_the_library(module: str, name: str) -> SafeString:
    """The way from a module on a patient's page to its page in the library, which leads back again."""
    return format_html('<p class="in-library"><a href="{}">{}<span class="hidden">: {}</span></a></p>', module_url(module), _("In the library"), name)


@register.simple_tag
def term(name: str) -> SafeString:
    """What a term means, a click or key away: ``{% term "Phase" %}`` beside the word; no script is needed."""
    key = f"term-{uuid.uuid4().hex[:8]}"
    return format_html(
        '<button type="button" class="term" popovertarget="{0}" aria-label="{1}">?</button><span class="term-words" id="{0}" popover><b>{2}</b> {3}.</span>',
        key,
        _("What “%(term)s” means") % {"term": TERMS[name].name},
        TERMS[name].name,
        TERMS[name].meaning,
    )


@register.inclusion_tag("ui/tour.html", takes_context=True)
def tour(context: dict[str, Any], folded: object = False) -> dict[str, Any]:
    """The first steps of somebody's role, until they have put them away; folded to one line where danger has to be seen first."""
    actor = context["actor"]
    return {"steps": () if actor.user.has_ended_tour else steps_of(actor), "folded": folded, "csrf_token": context.get("csrf_token")}


@register.simple_tag
def look_picture(look: Look, size: int = 0) -> str:
    """The address of the picture of a look: as it was drawn, or as PNG of a size that is kept (``scripts/draw_looks.py``)."""
    return static(f"fivefold/look/{look.picture}-{size}.png" if size else f"fivefold/look/{look.picture}.svg")


@register.simple_tag
def once() -> SafeString:
    """A hidden key with which a form that is sent twice is done once; pass it on as ``once=request.POST["once"]``."""
    return format_html('<input type="hidden" name="once" value="{}">', uuid.uuid4().hex)


@register.filter
def day(value: date | datetime | None) -> str:
    """A day as people write it: ``20 Nov``, with the year when it is another one; nothing known is a dash."""
    if value is None:
        return "–"
    on = timezone.localtime(value).date() if isinstance(value, datetime) else value
    return _day(on, on.year != timezone.localdate().year, get_language() or "")


@lru_cache(maxsize=4096)
def _day(on: date, with_year: bool, _language: str) -> str:
    """Kept, because a page of three years names the same days again and again; the language is what the words depend on."""
    # Translators: how a day is written without and with its year, in Django's letters for dates, for instance "20 Nov".
    return date_format(on, _("j M Y") if with_year else _("j M"))


@register.filter
def basis_words(basis: Basis) -> str:
    """What a value rests on: ``{{ reason.basis|basis_words }}``."""
    return formats.basis_words(basis)


@register.filter
def spelled(text: object) -> str:
    """A sentence of the knowledge base or the engine with names for ids, and days as people write them: ``{{ step|spelled }}``."""
    return formats.days_in_words(spelling.spelled(str(text)))


@register.filter
def without_codes(text: str) -> str:
    """A lead sentence without the codes of rules in brackets; their names stand right below it: ``{{ plan.summary|without_codes }}``."""
    return CODES_IN_BRACKETS.sub("", text)


@register.simple_tag
def licence_key() -> SafeString:
    """What the letters of the licences mean, below a list of instruments that shows them."""
    lines = format_html_join("; ", "<b>{}</b> {}", LICENCES.items())
    return format_html('<p class="muted licence-key">{} {}.</p>', _("Licence:"), lines)


@register.filter
def may(actor: Any, permission: str) -> bool:
    """Whether the actor's role includes a permission: ``{% if actor|may:"sign_plan" %}``."""
    return actor is not None and permission in {str(one) for one in actor.permissions}
