"""What a plan says of itself: how sure it is under measurement error, and which single change would alter it."""

import re
from dataclasses import replace
from random import Random

from hypothesis import assume, example, given
from tests.support.builders import a_decision, declined, knowledge, plan_of, settled, with_changes
from tests.support.strategies import assessments, chances

from fivefold.concepts.assessment import Assessment, Rating, RiskAnswer
from fivefold.concepts.plan import Flip, PhasedPlan
from fivefold.concepts.vocabulary import MatchStatus
from fivefold.engine.matching import IN_PLAN, counts, make_frame, match_modules, with_facts
from fivefold.engine.planning import understand
from fivefold.engine.prepared import prepare
from fivefold.engine.stability import CODE, draw_levels, match_draws

NOW = MatchStatus.NOW


# ---- Stability: all draws at once are the same as each by itself ---------------------------------------------------------


@given(assessments())
@example(settled(previous="P4", ratings={"intimacy": 3, "anger": 1.4}, modules=(declined("S10"),)))
@example(settled(resilience="low", ratings={"anger": 2, "emotion_regulation": 4, "impulsivity": 2, "depression": 1.5}, modules={"S07": "maintained"}))
def test_draws_matched_together_equal_each_draw_matched_by_itself(assessment: Assessment) -> None:
    prepared = prepare(knowledge())
    known = understand(assessment, knowledge())
    readings = [reading for reading in known.readings if reading.level is not None]
    assume(readings)
    limit = int(knowledge().tailoring.concurrent_modules.at(known.resilience.level))
    frame = make_frame(known.facts, known.overrides, known.phase.overall, prepared, limit)
    levels = draw_levels(readings, 40)

    together = match_draws({reading.id: levels[:, index] for index, reading in enumerate(readings)}, frame, prepared)

    for draw in range(40):
        drawn = {reading.id: float(levels[draw, index]) for index, reading in enumerate(readings)}
        alone = match_modules(with_facts(frame, replace(frame.facts, levels=drawn), prepared), prepared)
        found = {name: (int(together[name][draw]), CODE[placement.status]) for name, placement in alone.items()}
        assert {name: pair for name, pair in found.items() if pair[0] != pair[1]} == {}


# ---- Flips: the change that is named does what it says -------------------------------------------------------------------


def after_flip(assessment: Assessment, flip: Flip) -> Assessment | None:
    """The assessment with the named change made; None where the change is not of one of these kinds."""
    group, _, name = flip.input.partition(".")
    if group == "impairment":
        edge = float(re.findall(r"[\d.]+", flip.to)[0])
        level = edge if "or more" in flip.to else edge - 0.01
        return with_changes(assessment, ratings={name: Rating(level, decides=True)})
    if group == "general_modules":
        return with_changes(assessment, general={name: flip.to})
    if group == "risk":
        return with_changes(assessment, risk={name: RiskAnswer(flip.to == "yes")})
    if group in ("readiness", "context", "carers", "dependants"):
        return with_changes(assessment, **{group: {name: flip.to == "yes"}})
    if group == "criteria":
        return with_changes(assessment, criteria={int(name): flip.to == "yes"})
    if group == "override":
        return replace(assessment, overruled=(*assessment.overruled, a_decision(name)))
    return None


@given(assessments(), chances())
def test_named_change_gives_the_status_that_was_said(assessment: Assessment, chance: Random) -> None:
    before = plan_of(assessment)
    flips = [(match.id, flip) for match in before.modules for flip in match.flips_if]
    chance.shuffle(flips)

    for name, flip in flips[:3]:
        changed = after_flip(assessment, flip)
        if changed is not None:
            after = plan_of(changed)
            assert after.match(name).status is flip.becomes or is_moved_further(name, flip, before, after), (name, flip, after.match(name).because)


def is_moved_further(name: str, flip: Flip, before: PhasedPlan, after: PhasedPlan) -> bool:
    """Whether the change has a second effect that a flip leaves out: on who gets one of the few places, the phase, or a question."""
    becomes = after.match(name).status
    counted = [match for match in after.modules if match.status is NOW and counts(prepare(knowledge()), match.id)]
    if {becomes, flip.becomes} == {NOW, MatchStatus.NEXT} and len(counted) >= after.concurrent_limit:
        return True
    moved = before.phase.overall is not after.phase.overall
    asked = {(part.rule, part.status) for part in before.overrides} != {(part.rule, part.status) for part in after.overrides}
    return (moved or asked) and (becomes in IN_PLAN) is (flip.becomes in IN_PLAN)
