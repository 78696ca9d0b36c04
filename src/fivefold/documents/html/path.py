"""The map: five phases as a way with one place marked, specific modules as tiles, general modules as the ground."""

from itertools import groupby

from fivefold.concepts.plan import GeneralReading, ModuleMatch
from fivefold.concepts.vocabulary import WORKING_STAGES, MatchStatus, PhaseId, StageId
from fivefold.documents.html import icons
from fivefold.documents.html.markup import NOTHING, Html, fill, join
from fivefold.documents.html.view import View
from fivefold.documents.language import say

TILE_ORDER = (
    MatchStatus.NOW,
    MatchStatus.CAUTIONED,
    MatchStatus.NEXT,
    MatchStatus.UNCLEAR,
    MatchStatus.SUSPENDED,
    MatchStatus.BLOCKED,
    MatchStatus.LATER,
    MatchStatus.DONE,
)
_FOLD = '<button class="fold" type="button" aria-expanded="false" aria-controls="body-{}">{}</button>'
_BAR = '<rect class="{}" x="{}%" y="0" width="23.5%" height="5" rx="2.5"/>'
QUIET = (MatchStatus.UNCLEAR, MatchStatus.SUSPENDED, MatchStatus.LATER)
MOST_QUIET = 3
SLIM = (MatchStatus.LATER, MatchStatus.DONE)


def map_section(view: View) -> Html:
    """The whole map, the ground included."""
    return fill(
        '<section class="path" id="map" aria-labelledby="map-h"><h2 class="unseen" id="map-h">{}</h2><ol class="phases at-{}">{}</ol>{}{}</section>',
        say(view.title), view.plan.phase.overall, [_phase(view, phase) for phase in PhaseId], _ground(view), _outside(view),
    )  # fmt: skip


def _phase(view: View, phase: PhaseId) -> Html:
    here = phase is view.plan.phase.overall
    tiles = sorted(
        (match for match in view.plan.modules if match.phase is phase and match.status is not MatchStatus.NOT_INDICATED),
        key=lambda match: (TILE_ORDER.index(match.status), not match.running),
    )
    body = _tiles(view, tiles) if tiles else fill('<p class="none">{}</p>', say(view.empty_words))
    return fill(
        '<li class="phase {} {}"{}>{}<div class="way"><span class="node">{}</span>{}</div><h3>{}</h3><p class="place">{}</p>'
        '{}<div class="phase-body" id="body-{}">{}</div></li>',
        phase.lower(), "here" if here else "earlier" if phase.order < view.plan.phase.overall.order else "ahead",
        Html(' aria-current="step"') if here else None, fill('<p class="here-tag">{}</p>', say(view.here)) if here else None,
        icons.PHASE_ICONS[phase], _trail(view, phase), view.phase_name(phase), view.phase_place(phase),
        fill(_FOLD, phase, view.parts(len(tiles))) if tiles else None, phase, body,
    )  # fmt: skip


def _tiles(view: View, tiles: list[ModuleMatch]) -> Html:
    """Tiles of a phase; a crowd of the same quiet status stands folded behind its number, so that the work stays in view."""
    parts = []
    for status, group in groupby(tiles, key=lambda match: match.status):
        matches = list(group)
        shown = _list(view, matches)
        if status in QUIET and len(matches) > MOST_QUIET:
            shown = fill('<details class="more"><summary>{}</summary>{}</details>', say(view.quiet_words[status], count=len(matches)), shown)
        parts.append(shown)
    return join(parts)


def _list(view: View, matches: list[ModuleMatch]) -> Html:
    return fill('<ul class="tiles">{}</ul>', [_tile(view, match) for match in matches])


def _trail(view: View, phase: PhaseId) -> Html:
    """The stretch of the way behind a phase: walked, walked in part, or ahead (dashed)."""
    reading = view.plan.phase
    walked = 100.0 if phase.order < reading.overall.order else 0.0
    if phase is reading.overall and reading.exit:
        walked = 100 * sum(criterion.met is True for criterion in reading.exit) / len(reading.exit)
    return fill(
        '<svg class="trail" aria-hidden="true"><line class="rest" x1="0" x2="100%" y1="4" y2="4"/>{}</svg>',
        fill('<line class="gone" x1="0" x2="{}%" y1="4" y2="4"/>', round(walked)) if walked else None,
    )


def _tile(view: View, match: ModuleMatch) -> Html:
    kinds = [f"is-{match.status}", *(["slim"] if match.status in SLIM else []), *(["running"] if match.running else [])]
    note = view.tile_note(match)
    return fill(
        '<li><a class="tile {}" href="{}"><span class="tile-name">{}</span>'
        '<span class="tile-state">{}<span><span class="word">{}</span>{}</span></span>{}</a></li>',
        " ".join(kinds), view.module_address(match.id), view.match_name(match), view.match_icon(match.status), view.status_word(match),
        f" · {note}" if note else None, stage_bars(match.change_stage) if match.running else None,
    )  # fmt: skip


def stage_bars(stage: StageId | None) -> Html:
    """Four short bars, those behind and the present one filled; the stage is named beside them in words."""
    if stage not in WORKING_STAGES:
        return NOTHING
    reached = WORKING_STAGES.index(stage) + 1
    bars = [fill(_BAR, "on" if place < reached else "off", place * 25.5) for place in range(len(WORKING_STAGES))]
    return fill('<svg class="stages" aria-hidden="true">{}</svg><span class="unseen">{}</span>', bars, say("stage {number} of 4", number=reached))


def _ground(view: View) -> Html:
    return fill(
        '<div class="ground"><h3>{}</h3><ul class="strips">{}</ul></div>',
        say(view.ground_title),
        [_strip(view, reading) for reading in view.plan.general_modules],
    )


def _strip(view: View, reading: GeneralReading) -> Html:
    return fill(
        '<li><a class="strip{}" href="{}">{}<span><span class="strip-name">{}</span><span class="strip-state">{}</span></span></a></li>',
        " focus" if reading.emphasis else "", view.module_address(reading.id), icons.GENERAL_ICONS[reading.state],
        view.general_name(reading), view.general_word(reading),
    )  # fmt: skip


def _outside(view: View) -> Html:
    """Modules that are not part of the plan, folded: quiet, but never without their reasons."""
    count = len(view.plan.with_status(MatchStatus.NOT_INDICATED))
    if not count:
        return NOTHING
    return fill('<details class="outside"><summary>{}</summary><ul class="reasons-quiet">{}</ul></details>', view.outside(count), view.not_planned())
