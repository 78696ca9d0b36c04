"""From scores, ratings, criteria and diagnoses to an impairment profile.

Each piece of evidence speaks for a level 0-4 with a standard error. Pieces are fused by inverse variance. The weight of
a score rests on the mean slope of its map, not on the local one: with the local slope a worse score could get so much
more weight that the fused level falls (see docs/adr/0005). The standard error shown uses the local slope.
"""

import math
from itertools import pairwise

from fivefold.concepts.assessment import Assessment
from fivefold.concepts.basis import PROPOSAL
from fivefold.concepts.impairment import Impairment, Indicator
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.rules import ProfileRules
from fivefold.concepts.scores import Evidence, ImpairmentReading, ScaleScore
from fivefold.concepts.vocabulary import DomainId

CURRENT = ("current", "suspected")


def build_readings(assessment: Assessment, scores: tuple[ScaleScore, ...], knowledge: KnowledgeBase) -> tuple[ImpairmentReading, ...]:
    """One reading for each impairment of the knowledge base, in its order; unknown where nothing speaks for it.

    Of each scale the newest result counts: earlier ones tell of progress, and would dispute today's level for years.
    """
    by_scale = _newest_of_each(scores)
    diagnoses = {record.code for record in assessment.diagnoses if record.status in CURRENT}
    rules, domains = knowledge.policy.profile, knowledge.domain_of
    return tuple(
        [
            _read(impairment, domains[name], _evidence(impairment, assessment, by_scale, diagnoses, knowledge), rules)
            for name, impairment in knowledge.impairments.items()
        ]
    )


def _newest_of_each(scores: tuple[ScaleScore, ...]) -> dict[tuple[str, str], ScaleScore]:
    newest: dict[tuple[str, str], ScaleScore] = {}
    for score in scores:
        key = (score.instrument, score.scale)
        says_something = score.value is not None or score.band_severity is not None
        if says_something and (key not in newest or score.age_days <= newest[key].age_days):
            newest[key] = score
    return newest


def worst_levels(readings: tuple[ImpairmentReading, ...]) -> dict[str, float]:
    """The worst single piece of evidence for each known impairment: what safety rules read.

    A reassuring score must never average away a clinician's alarm, so the fused level is not used there.
    """
    return {reading.id: max([piece.level for piece in reading.evidence]) for reading in readings if reading.evidence}


def disputed_levels(readings: tuple[ImpairmentReading, ...]) -> dict[str, float]:
    """The worst piece of evidence for the impairments whose pieces disagree and of which none decides."""
    return {
        reading.id: max(piece.level for piece in reading.evidence)
        for reading in readings
        if reading.discordant and not any(piece.decides for piece in reading.evidence)
    }


def known_levels(readings: tuple[ImpairmentReading, ...]) -> dict[str, float]:
    """The fused levels of the known impairments."""
    return {reading.id: reading.level for reading in readings if reading.level is not None}


def _evidence(
    impairment: Impairment, assessment: Assessment, by_scale: dict[tuple[str, str], ScaleScore], diagnoses: set[str], knowledge: KnowledgeBase
) -> tuple[Evidence, ...]:
    found = []
    rating = assessment.ratings.get(impairment.id)
    if rating is not None and rating.severity is not None:
        age = (assessment.as_of - rating.on).days if rating.on else 0
        error = _aged(knowledge.policy.profile.rating_error.value, age, impairment.half_life.value)
        note = f": {rating.note}" if rating.note else ""
        text = f"Rated {rating.severity:g} by {rating.source or 'a clinician'}{note}"
        found.append(Evidence("rating", text, rating.severity, error, 1 / error**2, age, rating.decides, PROPOSAL))
    for indicator in impairment.indicators if by_scale else ():
        score = by_scale.get((indicator.instrument, indicator.scale))
        piece = _from_score(indicator, score, knowledge, impairment.half_life.value) if score is not None else None
        if piece is not None:
            found.append(piece)
    for met in impairment.criteria:
        if assessment.criteria.get(met.dsm5) is True:
            found.append(Evidence("criterion", f"DSM-5 criterion {met.dsm5} met", met.level, met.error, 1 / met.error**2, 0, False, met.basis))
    for diagnosis in impairment.diagnoses:
        if diagnosis.code in diagnoses:
            text = f"Diagnosis recorded: {diagnosis.code.replace('_', ' ')}"
            found.append(Evidence("diagnosis", text, diagnosis.level, diagnosis.error, 1 / diagnosis.error**2, 0, False, diagnosis.basis))
    return tuple(found)


def _from_score(indicator: Indicator, score: ScaleScore, knowledge: KnowledgeBase, half_life: float) -> Evidence | None:
    rules = knowledge.policy.profile
    instrument = knowledge.instruments[score.instrument]
    scale = "" if score.scale == "total" else f" {score.scale.replace('_', ' ')}"
    if score.value is None:
        if score.band is None or score.band_severity is None:
            return None
        error = _aged(rules.band_error.value, score.age_days, half_life)
        text = f"{instrument.name}{scale}: band {score.band}"
        return Evidence("band", text, float(score.band_severity), error, 1 / error**2, score.age_days, False, score.basis)
    level, local, mean = interpolate(indicator, score.value)
    shown = f"{instrument.name}{scale} {score.value:g} {score.unit}" + (f" ({score.band})" if score.band else "")
    error = _score_error(score, local, rules)
    weight = 1 / _aged(_score_error(score, mean, rules), score.age_days, half_life) ** 2
    return Evidence("score", shown, level, _aged(error, score.age_days, half_life), weight, score.age_days, False, indicator.basis)


def _score_error(score: ScaleScore, slope: float, rules: ProfileRules) -> float:
    """The standard error of measurement carried through a slope (levels for each point of the scale), and what no reliability covers:
    that the scale is not the impairment.
    """
    if score.standard_error is None:
        return math.hypot(rules.score_error.value, rules.validity_error.value)
    return min(rules.largest_error.value, math.hypot(slope * score.standard_error, rules.validity_error.value))


def interpolate(indicator: Indicator, score: float) -> tuple[float, float, float]:
    """Level of a score on the piecewise linear map, with the local slope and the mean slope (levels for each point)."""
    points = indicator.points
    mean = (points[-1][1] - points[0][1]) / (points[-1][0] - points[0][0])
    if score <= points[0][0]:
        return points[0][1], _slope(points[0], points[1]), mean
    for left, right in pairwise(points):
        if score <= right[0]:
            share = (score - left[0]) / (right[0] - left[0])
            return left[1] + share * (right[1] - left[1]), _slope(left, right), mean
    return points[-1][1], _slope(points[-2], points[-1]), mean


def _slope(left: tuple[float, float], right: tuple[float, float]) -> float:
    return (right[1] - left[1]) / (right[0] - left[0])


def _aged(error: float, age_days: int, half_life: float) -> float:
    """Old evidence is less sure: after one half-life its variance has doubled, so that it weighs half."""
    return error * math.sqrt(2 ** (age_days / half_life)) if age_days > 0 else error


def _read(impairment: Impairment, domain: DomainId, evidence: tuple[Evidence, ...], rules: ProfileRules) -> ImpairmentReading:
    if not evidence:
        return ImpairmentReading(impairment.id, domain, None, None, False, ())
    if len(evidence) == 1:
        (only,) = evidence
        error = min(rules.largest_error.value, max(rules.smallest_error.value, only.standard_error))
        return ImpairmentReading(impairment.id, domain, round(only.level, 4), round(error, 4), False, evidence)
    deciding = tuple(piece for piece in evidence if piece.decides)
    used = deciding or evidence
    total = math.fsum(piece.weight for piece in used)
    level = math.fsum(piece.weight * piece.level for piece in used) / total
    error = 1 / math.sqrt(math.fsum(1 / piece.standard_error**2 for piece in used))
    levels = [piece.level for piece in evidence]
    discordant = max(levels) - min(levels) > rules.discordant_from.value
    if discordant and not deciding:
        error *= rules.discordant_widening.value
    error = min(rules.largest_error.value, max(rules.smallest_error.value, error))
    return ImpairmentReading(impairment.id, domain, round(level, 4), round(error, 4), discordant, evidence)
