"""Small drawings. Every one stands beside a word, so all are hidden from screen readers."""

from fivefold.concepts.vocabulary import CoverageStatus, GeneralState, MatchStatus, OverrideStatus, PhaseId
from fivefold.documents.html.markup import Html, fill

_PHASE = '<svg class="icon-phase" viewBox="0 0 22 22" aria-hidden="true">{}</svg>'
_SMALL = '<svg class="icon {}" viewBox="0 0 16 16" aria-hidden="true">{}</svg>'

_PHASE_SHAPES = {
    PhaseId.P1: '<path class="stroke" d="M11 2.5l7.500 2.800v5.500c0 5-3.300 7.300-7.500 8.700-4.200-1.400-7.500-3.700-7.500-8.700V5.300z"/>',
    PhaseId.P2: (
        '<circle class="stroke" cx="11" cy="5" r="2.400"/>'
        '<path class="stroke" d="M11 7.500v11.500M7.500 11h7M4 13.500c.4 3.500 3.200 5.500 7 5.500s6.600-2 7-5.500"/>'
    ),
    PhaseId.P3: '<path class="stroke" d="M2 11.500c2.300-6.500 4.300-6.500 6.300 0s4 6.500 6 0 3.400-5 5.700-2.500"/>',
    PhaseId.P4: '<circle class="stroke" cx="11" cy="11" r="8.300"/><path class="solid" d="M15 7l-2.300 5.700L7 15l2.300-5.700z"/>',
    PhaseId.P5: '<path class="stroke" d="M2 15c4.500 0 5-8 9-8s5 8 9 8M2 7c4.500 0 5 8 9 8s5-8 9-8"/>',
}
_RING = '<circle class="stroke" cx="8" cy="8" r="6"/>'
_DOT = '<circle class="solid" cx="8" cy="8" r="6.800"/>'
_CHECK = '<path class="stroke" d="M2.800 8.600l3.500 3.600 7-8"/>'
_QUESTION = '<path class="stroke" d="M4.600 5.600c0-4.600 6.800-4.400 6.800-.2 0 2.600-3.400 2.700-3.400 5M8 14v.1"/>'
_SMALL_QUESTION = '<path class="stroke" d="M6.400 6.300c0-2.200 3.200-2.200 3.200-.2 0 1.300-1.600 1.300-1.600 2.400M8 10.700v.1"/>'
_TRIANGLE = '<path class="solid" d="M8 1.500l7 12.500H1z"/><path class="gap" d="M8 6v3.800M8 11.900v.1"/>'
_SHIELD = '<path class="stroke" d="M8 1.500l5.500 2v4.300c0 3.600-2.400 5.400-5.500 6.500-3.100-1.100-5.500-2.900-5.500-6.500V3.500z"/>'
_PAUSE = '<path class="stroke" d="M5.500 3.500v9M10.500 3.500v9"/>'
_LOCK = '<rect class="stroke" x="3" y="7" width="10" height="7" rx="1.500"/><path class="stroke" d="M5.300 7V5a2.700 2.700 0 0 1 5.400 0v2"/>'
_ARROW = '<path class="stroke" d="M2.500 8h10.500M9 4l4 4-4 4"/>'
_PLAY = '<path class="solid" d="M4.500 2.500l9 5.500-9 5.500z"/>'
_CLOCK = '<circle class="stroke" cx="8" cy="8" r="6"/><path class="stroke" d="M8 4.500V8l2.500 1.700"/>'
_DASH = '<path class="stroke" d="M3.500 8h9"/>'
_HALF = '<path class="solid" d="M8 2a6 6 0 0 1 0 12z"/><circle class="stroke" cx="8" cy="8" r="6"/>'
_QUARTER = '<path class="solid" d="M8 8V2a6 6 0 0 1 6 6z"/><circle class="stroke" cx="8" cy="8" r="6"/>'
_DIAMOND = '<path class="stroke" d="M8 1.800L14.200 8 8 14.200 1.800 8z"/><path class="stroke" d="M5.800 8h4.400"/>'


def _small(colour: str, shape: str) -> Html:
    return fill(_SMALL, colour, Html(shape))


PHASE_ICONS = {phase: fill(_PHASE, Html(shape)) for phase, shape in _PHASE_SHAPES.items()}
MATCH_ICONS = {
    MatchStatus.NOW: _small("", _PLAY),
    MatchStatus.NEXT: _small("", _ARROW),
    MatchStatus.LATER: _small("quiet", _RING),
    MatchStatus.UNCLEAR: _small("quiet", _QUESTION),
    MatchStatus.BLOCKED: _small("quiet", _LOCK),
    MatchStatus.SUSPENDED: _small("quiet", _PAUSE),
    MatchStatus.CAUTIONED: _small("watch", _TRIANGLE),
    MatchStatus.DONE: _small("good", _CHECK),
    MatchStatus.NOT_INDICATED: _small("quiet", _DASH),
}
GENERAL_ICONS = {
    GeneralState.RED: _small("watch", _TRIANGLE),
    GeneralState.NOT_STARTED: _small("quiet", _RING),
    GeneralState.STARTED: _small("quiet", _QUARTER),
    GeneralState.PROVISIONAL: _small("good", _HALF),
    GeneralState.ATTAINED: _small("good", _DOT),
    GeneralState.UNKNOWN: _small("quiet", _QUESTION),
}
OVERRIDE_ICONS = {
    OverrideStatus.ACTIVE: _small("safety-red", _SHIELD + '<path class="stroke" d="M8 5v3.200M8 10.600v.1"/>'),
    OverrideStatus.TO_ASK: _small("watch", _SHIELD + _SMALL_QUESTION),
    OverrideStatus.CLEARED: _small("good", _SHIELD + '<path class="stroke" d="M5.500 7.700l1.900 1.900 3.300-3.600"/>'),
    OverrideStatus.OVERRULED: _small("quiet", _SHIELD + '<path class="stroke" d="M3 13.500l10-11"/>'),
}
COVERAGE_ICONS = {
    CoverageStatus.NOW: MATCH_ICONS[MatchStatus.NOW],
    CoverageStatus.LATER: MATCH_ICONS[MatchStatus.LATER],
    CoverageStatus.DEFERRED: MATCH_ICONS[MatchStatus.SUSPENDED],
    CoverageStatus.REFUSED: MATCH_ICONS[MatchStatus.NOT_INDICATED],
    CoverageStatus.BELOW_THRESHOLD: _small("quiet", '<path class="stroke" d="M8 2.500v10M4 8.800l4 4 4-4"/>'),
    CoverageStatus.UNKNOWN: MATCH_ICONS[MatchStatus.UNCLEAR],
}
MET_ICONS = {True: _small("good", _CHECK), False: _small("quiet", _RING), None: _small("quiet", _QUESTION)}
QUESTION = _small("watch", _QUESTION)
CLOCK = _small("safety-red", _CLOCK)
WATCH = _small("watch", _TRIANGLE)
DISCORDANT = _small("watch", _DIAMOND)
CALM_SHIELD = _small("calm", _SHIELD)
QUIET_SHIELD = _small("quiet", _SHIELD)
LEAF = _small("good", '<path class="stroke" d="M3 13c0-7 4-10 10.500-10.500C13.500 9.500 10 13 3 13zM3 13l5.500-5.500"/>')
