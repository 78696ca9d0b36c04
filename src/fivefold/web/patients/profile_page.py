"""The impairment profile as the page shows it: bars with error, the evidence behind each, and what would settle the rest."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from fivefold.concepts.plan import PhasedPlan, ResilienceReading
from fivefold.concepts.scores import Evidence, ImpairmentReading, ScaleScore, level_word
from fivefold.documents.html.formats import age_words, basis_words, day, listing, minutes_words, number
from fivefold.documents.html.profile import level_bar
from fivefold.documents.html.view import View

MOST_SETTLING = 2
KIND_WORDS = {
    "rating": gettext_noop("rating"),
    "criterion": gettext_noop("criterion"),
    "diagnosis": gettext_noop("diagnosis"),
    "band": gettext_noop("band"),
    "score": gettext_noop("score"),
}


@dataclass(frozen=True)
class Bar:
    """One known impairment."""

    id: str
    name: str
    plain_name: str
    drawing: SafeString
    word: str
    level: str
    low: str
    high: str
    age: str
    is_discordant: bool
    disagreement: str
    evidence: tuple["Piece", ...]


@dataclass(frozen=True)
class Piece:
    """One piece of evidence."""

    text: str
    kind: str
    level: str
    error: str
    weight: int
    age: str
    decides: bool
    basis: str


@dataclass(frozen=True)
class Group:
    """A domain with what is known and what is not."""

    name: str
    bars: tuple[Bar, ...]
    unknown: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Component:
    """One component of resilience, from 0 to 2 points, or not known."""

    name: str
    text: str
    points: str
    drawing: SafeString | None
    question: str


@dataclass(frozen=True)
class Settling:
    """An instrument that would settle something, with the minutes it takes."""

    name: str
    minutes: str
    decides: str
    score_only: bool


@dataclass(frozen=True)
class ScoreLine:
    """One scored scale."""

    name: str
    value: str
    span: str
    band: str
    when: str
    missing: str
    basis: str


def groups(view: View) -> list[Group]:
    """The four domains in their order."""
    readings = view.plan.profile.impairments
    return [_group(view, domain.name, [item for item in readings if item.domain is key]) for key, domain in view.knowledge.domains.items()]


def _group(view: View, name: str, readings: list[ImpairmentReading]) -> Group:
    known = sorted((item for item in readings if item.level is not None), key=lambda item: (-(item.level or 0), item.id))
    unknown = tuple((view.impairment_name(item.id), _settle(view, item.id)) for item in readings if item.level is None)
    return Group(name, tuple(_bar(view, item) for item in known), unknown)


def _bar(view: View, item: ImpairmentReading) -> Bar:
    level = item.level or 0.0
    low, high = item.likely_range or (level, level)
    newest = min((piece.age_days for piece in item.evidence if piece.has_age), default=None)
    return Bar(
        id=item.id,
        name=view.impairment_name(item.id),
        plain_name=view.plain_impairment_name(item.id) or "",
        drawing=mark_safe(level_bar(level, low, high)),  # numbers only
        word=_(item.word),
        level=number(level),
        low=number(low),
        high=number(high),
        age=age_words(newest) if newest is not None else _("holds until changed"),
        is_discordant=item.discordant,
        disagreement=_disagreement(item) if item.discordant else "",
        evidence=tuple(_piece(piece, share) for piece, share in _shares(item.evidence)),
    )


def _age(piece: Evidence) -> str:
    return age_words(piece.age_days) if piece.has_age else _("holds until changed")


def _disagreement(item: ImpairmentReading) -> str:
    """The two pieces that lie furthest apart."""
    low, high = min(item.evidence, key=lambda piece: piece.level), max(item.evidence, key=lambda piece: piece.level)
    return _("“%(high)s” (%(high_age)s) speaks for %(more)s, “%(low)s” (%(low_age)s) for %(less)s.") % {
        "high": high.text,
        "high_age": _age(high),
        "more": _(level_word(item.id, high.level)),
        "low": low.text,
        "low_age": _age(low),
        "less": _(level_word(item.id, low.level)),
    }


def _shares(evidence: Sequence[Evidence]) -> list[tuple[Evidence, float]]:
    """Each piece with its share in the level, the largest first; where a clinician's rating decides, all others have none."""
    used = [piece for piece in evidence if piece.decides] or evidence
    total = sum(piece.weight for piece in used)
    shares = [(piece, piece.weight / total if piece in used else 0.0) for piece in evidence]
    return sorted(shares, key=lambda one: (-one[1], -one[0].weight))


def _piece(piece: Evidence, share: float) -> Piece:
    return Piece(
        piece.text, _(KIND_WORDS.get(piece.kind, piece.kind)), number(piece.level), number(piece.standard_error), round(100 * share), _age(piece),
        piece.decides, basis_words(piece.basis),
    )  # fmt: skip


def _settle(view: View, impairment_id: str) -> str:
    """The shortest instruments that speak for an impairment; none means a rating of one's own."""
    names = dict.fromkeys(indicator.instrument for indicator in view.knowledge.impairments[impairment_id].indicators)
    known = sorted((view.knowledge.instruments[name] for name in names if name in view.knowledge.instruments), key=lambda one: (one.minutes.value, one.name))
    return listing(f"{one.name} ({minutes_words(one.minutes.value)})" for one in known[:MOST_SETTLING])


def unknown_count(plan: PhasedPlan) -> int:
    """How many impairments nobody has said anything about."""
    return sum(not item.is_known for item in plan.profile.impairments)


def settling(view: View) -> list[Settling]:
    """The next best measures: what would decide most for the patient's minutes."""
    return [
        Settling(item.name, minutes_words(item.minutes), listing(view.module_name(name) for name in item.decides), item.score_entry_only)
        for item in view.plan.next_best_measures
    ]


# ---- Resilience and severity ---------------------------------------------------------------------------------------------


def resilience_word(reading: ResilienceReading) -> str:
    """The level of resilience in a word."""
    return _(reading.level.value)


def how_known(reading: ResilienceReading) -> str:
    """Whether the level was set, worked out, or assumed because nothing is known."""
    if reading.set_by_clinician:
        return _("set by a clinician")
    if reading.assumed:
        return _("assumed, because it is not known")
    return _("%(points)s of 10 points") % {"points": number(reading.total)} if reading.total is not None else _("known")


def components(view: View) -> list[Component]:
    """The components of resilience, the unknown ones with their question."""
    known = view.plan.profile.resilience.components
    return [
        Component(one.name, one.text, _points(known.get(one.id)), _points_bar(known.get(one.id)), "" if one.id in known else one.question)
        for one in view.knowledge.tailoring.components
    ]


def _points(points: float | None) -> str:
    return _("not known") if points is None else _("%(points)s of 2") % {"points": number(points)}


def _points_bar(points: float | None) -> SafeString | None:
    if points is None:
        return None
    return mark_safe(level_bar(2 * points, 2 * points, 2 * points))  # drawn on the same scale of four


def changes(view: View) -> list[tuple[str, str]]:
    """What the level of resilience changes in the treatment."""
    names = {setting.id: setting.name for setting in view.knowledge.tailoring.settings}
    return [(names.get(key, key), text) for key, text in view.plan.settings.items()]


# ---- Scores --------------------------------------------------------------------------------------------------------------


def scores(view: View) -> list[ScoreLine]:
    """Every scored scale behind the profile, the newest first."""
    return [_score(view, score) for score in sorted(view.plan.scores, key=lambda score: (score.age_days, score.instrument))]


def _score(view: View, score: ScaleScore) -> ScoreLine:
    scale = f" {score.scale.replace('_', ' ')}" if score.scale != "total" else ""
    error = _(", standard error %(error)s") % {"error": f"{score.standard_error:.2g}"} if score.standard_error is not None else ""
    return ScoreLine(
        name=view.instrument_name(score.instrument) + scale,
        value=_("not scored") if score.value is None else f"{score.value:g}",
        span=_("of %(low)g to %(high)g") % {"low": score.minimum, "high": score.maximum}
        + f" {score.unit}{error}"
        + (_(", pro-rated") if score.prorated else ""),
        band=score.band or _("no band"),
        when=f"{day(score.on)}, {age_words(score.age_days)}" if score.on else age_words(score.age_days),
        missing=_missing(score.missing, score.missing_rule),
        basis=basis_words(score.basis),
    )


def _of(score: ScaleScore) -> str:
    return _("of %(low)g to %(high)g") % {"low": score.minimum, "high": score.maximum}


def _missing(items: Iterable[int], rule: str) -> str:
    names = listing(map(str, items))
    return _("items %(items)s; %(rule)s") % {"items": names, "rule": rule} if names else _("none")
