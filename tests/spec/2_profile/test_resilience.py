"""Resilience and severity: how much at once and at what pace; never whether to be safe."""

import pytest
from tests.support.builders import a_score, an_assessment, plan_of, settled, status

from fivefold.concepts.assessment import ResilienceStatement
from fivefold.concepts.plan import PhasedPlan
from fivefold.concepts.vocabulary import MatchStatus, ResilienceLevel

COMPONENTS = ("bounce_back", "personality_severity", "crisis_recovery", "functioning", "supports_and_assets")


def with_components(**points: float) -> PhasedPlan:
    return plan_of(an_assessment(resilience=ResilienceStatement(components=points)))


def test_unknown_resilience_is_taken_as_moderate_and_said_to_be_assumed() -> None:
    found = plan_of(an_assessment()).profile.resilience

    assert (found.level, found.assumed, found.total) == (ResilienceLevel.MODERATE, True, None)
    assert "not known" in found.text


def test_level_set_by_the_clinician_stands_above_the_composite() -> None:
    components = dict.fromkeys(COMPONENTS, 0.0)

    found = plan_of(an_assessment(resilience=ResilienceStatement(ResilienceLevel.HIGH, components))).profile.resilience

    assert (found.level, found.set_by_clinician, found.total) == (ResilienceLevel.HIGH, True, 0)


def test_two_components_are_too_few_and_three_are_enough() -> None:
    assert with_components(bounce_back=0, functioning=0).profile.resilience.assumed
    assert with_components(bounce_back=0, functioning=0, crisis_recovery=0).profile.resilience.level is ResilienceLevel.LOW


@pytest.mark.parametrize(
    ("points", "level"),
    [((0, 0.5, 1, 1, 0.5), "low"), ((0.5, 1, 1, 0.5, 0.5), "moderate"), ((1, 1, 1, 1.5, 2), "moderate"), ((1, 1, 1, 2, 2), "high")],
)
def test_composite_of_ten_is_read_in_three_bands(points: tuple[float, ...], level: str) -> None:
    found = with_components(**dict(zip(COMPONENTS, points, strict=True))).profile.resilience

    assert found.level.value == level


def test_confidant_and_role_count_as_supports() -> None:
    found = plan_of(an_assessment(context={"confidant": True, "role": False})).profile.resilience

    assert found.components == {"supports_and_assets": 1}


def test_unknown_role_leaves_the_supports_unknown() -> None:
    assert plan_of(an_assessment(context={"confidant": True})).profile.resilience.components == {}


@pytest.mark.parametrize(("mean", "points"), [(2.99, 0), (3.0, 1), (4.3, 1), (4.31, 2)])
def test_brs_gives_points_by_its_published_bands(mean: float, points: float) -> None:
    assert plan_of(an_assessment(scores=(a_score("brs", mean),))).profile.resilience.components == {"bounce_back": points}


def test_newest_measure_of_severity_counts() -> None:
    plan = plan_of(an_assessment(scores=(a_score("pdsicd11", 20, ago=400), a_score("pdsicd11", 13, ago=3))))

    assert plan.profile.severity_band == "mild"
    assert plan.profile.resilience.components == {"personality_severity": 1}


@pytest.mark.parametrize(("level", "limit"), [("low", 1), ("moderate", 2), ("high", 3)])
def test_resilience_sets_how_many_modules_run_at_once(level: str, limit: int) -> None:
    work = {"anger": 3, "attention_rumination": 3, "dissociation": 3, "depression": 3, "emotion_awareness": 3}

    plan = plan_of(settled(resilience=level, ratings=work, modules={"S09": "maintained", "S07": "maintained"}))

    running = [match.id for match in plan.with_status(MatchStatus.NOW)]
    assert (plan.concurrent_limit, len(running)) == (limit, limit)


def test_low_resilience_doubles_the_time() -> None:
    low, moderate = (plan_of(settled(resilience=level, ratings={"anger": 3})).match("S15").dose for level in ("low", "moderate"))

    assert low.weeks.usual == 2 * moderate.weeks.usual


@pytest.mark.parametrize("level", ["low", "moderate", "high"])
def test_resilience_never_withholds_safety_work(level: str) -> None:
    urgent = settled(resilience=level, risk={"imminent": True}, ratings={"sleep": 3, "substance_use": 3, "crisis": 3})

    assert {status(urgent, name) for name in ("S01", "S02", "S16")} == {MatchStatus.NOW}
