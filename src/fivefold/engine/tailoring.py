"""Resilience and severity: how much structure, how many modules at once, and at what pace. Never whether to be safe."""

from fivefold.concepts.assessment import Assessment
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.plan import ResilienceReading
from fivefold.concepts.rules import ResilienceComponent, TailoringRule
from fivefold.concepts.scores import ScaleScore
from fivefold.concepts.vocabulary import ResilienceLevel

MAXIMUM_POINTS = 2.0


def read_resilience(assessment: Assessment, scores: tuple[ScaleScore, ...], knowledge: KnowledgeBase) -> ResilienceReading:
    """The level of resilience: as the clinician set it, else from the composite, else assumed and said so."""
    rule = knowledge.tailoring
    components = _components(assessment, scores, rule)
    total = _total(components, rule)
    stated = assessment.resilience.level
    if stated is not None:
        return ResilienceReading(stated, False, True, total, components, f"Set to {stated.value} in the assessment.", rule.basis)
    if total is None:
        return ResilienceReading(rule.assumed_level, True, False, None, components, rule.assumed_text, rule.basis)
    level = _band(total, rule)
    text = f"Composite {total:g} of 10 from {len(components)} of {len(rule.components)} components: {level.value}."
    return ResilienceReading(level, False, False, total, components, text, rule.basis)


def _components(assessment: Assessment, scores: tuple[ScaleScore, ...], rule: TailoringRule) -> dict[str, float]:
    found: dict[str, float] = {}
    for component in rule.components:
        stated = assessment.resilience.components.get(component.id)
        points = stated if stated is not None else _from_scores(component, scores)
        if points is None and component.id == "supports_and_assets":
            points = _supports(assessment)
        if points is not None:
            found[component.id] = points
    return found


def _from_scores(component: ResilienceComponent, scores: tuple[ScaleScore, ...]) -> float | None:
    values = [score for score in scores if score.instrument == component.instrument and score.scale == component.scale and score.value is not None]
    if not values:
        return None
    newest = min(values, key=lambda score: score.age_days)
    reached = [points for start, points in component.points if newest.value is not None and newest.value >= start]
    return reached[-1] if reached else component.points[0][1]


def _supports(assessment: Assessment) -> float | None:
    answers = [assessment.context.get("confidant"), assessment.context.get("role")]
    if None in answers:
        return None
    return float(sum(bool(answer) for answer in answers))


def _total(components: dict[str, float], rule: TailoringRule) -> float | None:
    """The sum scaled to 0-10, or None with too few components."""
    if len(components) < rule.minimum_components.value:
        return None
    return round(sum(components.values()) / (len(components) * MAXIMUM_POINTS) * 10, 2)


def _band(total: float, rule: TailoringRule) -> ResilienceLevel:
    reached = [band.level for band in rule.bands if total >= band.start]
    return reached[-1]


def settings_for(level: ResilienceLevel, rule: TailoringRule) -> dict[str, str]:
    """The row of the dose and style table for one level, by the name of each setting."""
    return {setting.name: str(getattr(setting, level.value)) for setting in rule.settings}


def read_severity(scores: tuple[ScaleScore, ...], assessment: Assessment) -> tuple[str | None, str]:
    """The severity band of the personality difficulty and where it comes from; never derived from a single symptom score."""
    found = [score for score in scores if score.instrument == "pdsicd11" and score.scale == "total" and score.band is not None]
    if found:
        newest = min(found, key=lambda score: score.age_days)
        return newest.band, f"PDS-ICD-11 total {newest.value:g}" if newest.value is not None else "PDS-ICD-11 band"
    points = assessment.resilience.components.get("personality_severity")
    if points is not None:
        words = {0.0: "severe", 0.5: "moderate", 1.0: "mild", 2.0: "difficulty"}
        return words.get(points), "clinician's ICD-11 rating"
    return None, "not known"
