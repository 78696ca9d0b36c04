"""Scoring: answers in, scale values out, with the missing-item rule beside them."""

import math
from datetime import date

from fivefold.concepts.assessment import Assessment, ScoreEntry
from fivefold.concepts.errors import InstrumentMismatch
from fivefold.concepts.instrument import Instrument, MissingRule, Reliability, Scale, ScoringMethod
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.scores import RiskSign, ScaleScore

PREFERRED_RELIABILITY = ("retest", "icc", "alpha", "interrater")


def score_assessment(assessment: Assessment, knowledge: KnowledgeBase) -> tuple[ScaleScore, ...]:
    """Every score of an assessment, by instrument and date, in the order of each instrument's scales."""
    return tuple(score for entry in _by_date(assessment) for score in score_entry(entry, knowledge.instruments[entry.instrument], assessment.as_of))


def _by_date(assessment: Assessment) -> list[ScoreEntry]:
    """The results of a file in an order that does not depend on the file."""
    return sorted(assessment.scores, key=lambda entry: (entry.instrument, entry.on or assessment.as_of))


def score_entry(entry: ScoreEntry, instrument: Instrument, as_of: date) -> tuple[ScaleScore, ...]:
    """The scores one entry gives: computed from items, or as entered.

    A scale with more missing answers than its rule allows has value None, with the items named; the other scales are
    still scored. A published band without a value gives the band and no value. Raises InstrumentMismatch when the entry
    belongs to another instrument.
    """
    if entry.instrument != instrument.id:
        raise InstrumentMismatch(entry.instrument, instrument.id)
    if entry.items is not None:
        return tuple(_scored(scale, instrument, entry, as_of) for scale in instrument.scales if scale.items)
    if entry.band is not None:
        scale = main_scale(instrument)
        band = next((band for band in scale.bands if band.name == entry.band), None)
        return (_result(scale, instrument, entry, as_of, value=None, band=(entry.band, band.severity if band else None)),)
    entered: dict[str, float | None] = {**entry.scales} if entry.scales else {main_scale(instrument).id: entry.value}
    return tuple(_result(scale, instrument, entry, as_of, value=entered[scale.id]) for scale in instrument.scales if scale.id in entered)


def main_scale(instrument: Instrument) -> Scale:
    """The scale a bare total speaks of: ``total`` where there is one, else the first."""
    return instrument.scale("total") or instrument.scales[0]


def risk_signs(assessment: Assessment, knowledge: KnowledgeBase) -> tuple[RiskSign, ...]:
    """Positive answers to risk items, of each item the newest; they count in incomplete forms, too."""
    signs: list[RiskSign] = []
    newest: dict[tuple[str, int], int] = {}
    for entry in _by_date(assessment):
        for risk in knowledge.instruments[entry.instrument].risk_items if entry.items is not None else ():
            answer = entry.items[risk.item - 1] if entry.items and risk.item <= len(entry.items) else None
            if answer is None:
                continue
            age = (assessment.as_of - entry.on).days if entry.on else 0
            newest[(entry.instrument, risk.item)] = min(age, newest.get((entry.instrument, risk.item), age))
            if answer >= risk.at_least:
                signs.append(RiskSign(entry.instrument, risk.item, risk.text, entry.on, age))
    return tuple(sign for sign in signs if sign.age_days == newest[(sign.instrument, sign.item)])


def _scored(scale: Scale, instrument: Instrument, entry: ScoreEntry, as_of: date) -> ScaleScore:
    assert instrument.items is not None and entry.items is not None
    answers: dict[int, float | None] = {number: entry.items[number - 1] for number in scale.items}
    missing = tuple(number for number, answer in answers.items() if answer is None)
    if scale.method is ScoringMethod.TRIAGE:
        return _triage(scale, instrument, entry, as_of, answers, missing)
    allowed = scale.missing.max if scale.missing else 0
    prorates = scale.missing is not None and scale.missing.rule is MissingRule.PRORATE
    if len(missing) > allowed or (missing and not prorates) or len(missing) == len(scale.items):
        return _result(scale, instrument, entry, as_of, value=None, missing=missing)
    keyed = {number: _keyed(scale, instrument, number, answer) for number, answer in answers.items() if answer is not None}
    value = _combined(scale, keyed)
    return _result(scale, instrument, entry, as_of, value=value, missing=missing, prorated=bool(missing))


def _keyed(scale: Scale, instrument: Instrument, number: int, answer: float) -> float:
    """An answer as the scale counts it: recoded, reversed, or as given."""
    items = instrument.items
    assert items is not None
    recoded = instrument.recode.get(scale.id, {}).get(number)
    if recoded is not None:
        return recoded[int(answer)]
    if number in scale.reversed:
        return items.minimum + items.maximum_of(number) - answer
    return answer


def _combined(scale: Scale, keyed: dict[int, float]) -> float:
    total = math.fsum(keyed.values())
    mean = total / len(keyed)
    if scale.method is ScoringMethod.MEAN:
        return _tidy(mean)
    if scale.method is ScoringMethod.MEAN_TIMES_TEN:
        return _tidy(mean * 10)
    if scale.method is ScoringMethod.WEIGHTED:
        weight = dict(zip(scale.items, scale.weights, strict=True))
        share = math.fsum(weight[number] for number in keyed) / math.fsum(scale.weights)
        return _tidy(math.fsum(weight[number] * value for number, value in keyed.items()) / share)
    # A pro-rated sum is the mean of the answered items times the number of items.
    return _tidy(total if len(keyed) == len(scale.items) else mean * len(scale.items))


def _tidy(value: float) -> float:
    """Without the noise of binary fractions, so that the same answers always give the same text."""
    return round(value, 6)


def _triage(scale: Scale, instrument: Instrument, entry: ScoreEntry, as_of: date, answers: dict[int, float | None], missing: tuple[int, ...]) -> ScaleScore:
    """The published triage of the six-question screener; a gap that could raise the level makes it incomplete."""
    yes = {number for number, answer in answers.items() if answer}
    unknown = set(missing)
    if yes & {4, 5, 7}:
        level: float | None = 3.0
    elif 6 in yes and 7 in unknown:
        # Behaviour at an unknown time is handled as recent until somebody has asked.
        level = 3.0
    elif unknown:
        level = None
    elif yes & {3, 6}:
        level = 2.0
    else:
        level = 1.0 if yes & {1, 2} else 0.0
    return _result(scale, instrument, entry, as_of, value=level, missing=missing)


def preferred_reliability(scale: Scale) -> Reliability | None:
    """The coefficient that stands for the error between two occasions, None when none is stated or the only one is 1."""
    known = [one for kind in PREFERRED_RELIABILITY for one in scale.reliability if one.kind == kind and one.value < 1]
    return known[0] if known else None


def standard_error_of(scale: Scale) -> float | None:
    """Standard error of measurement in the scale's unit: from SD and reliability, else from the reliable change.

    SEM = SD * sqrt(1 - r); a stated reliable change is 1.96 * sqrt(2) * SEM.
    """
    reliability = preferred_reliability(scale)
    if reliability is not None and scale.sd is not None:
        return scale.sd.value * math.sqrt(1 - reliability.value)
    if scale.reliable_change is not None:
        return scale.reliable_change.value / (1.96 * math.sqrt(2))
    return None


def _result(
    scale: Scale,
    instrument: Instrument,
    entry: ScoreEntry,
    as_of: date,
    *,
    value: float | None,
    missing: tuple[int, ...] = (),
    prorated: bool = False,
    band: tuple[str, int | None] | None = None,
) -> ScaleScore:
    found = scale.band_of(value) if value is not None else None
    if band is None and found is not None:
        band = (found.name, found.severity)
    return ScaleScore(
        instrument=instrument.id,
        scale=scale.id,
        value=value,
        minimum=scale.range.min,
        maximum=scale.range.max,
        unit=scale.range.unit,
        direction=scale.direction,
        band=band[0] if band else None,
        band_severity=band[1] if band else None,
        prorated=prorated,
        missing=missing,
        missing_rule=scale.missing.text if scale.missing else "no rule stated: every item must be answered",
        standard_error=standard_error_of(scale),
        on=entry.on,
        age_days=(as_of - entry.on).days if entry.on else 0,
        basis=scale.bands_basis or scale.range.basis,
    )
