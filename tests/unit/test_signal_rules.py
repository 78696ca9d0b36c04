"""Every rule of signals: where it fires, where it just does not, and where it abstains. And never a diagnosis."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.builders import AS_OF, a_decision, a_report, a_score, an_answer, answers, asked_and_clear, days_ago, knowledge, settled
from tests.support.builders import an_assessment as plain_assessment

from fivefold.concepts.assessment import TreatmentFrame
from fivefold.concepts.basis import Basis, BasisKind
from fivefold.concepts.progress import Sureness
from fivefold.concepts.signals import NotJudged, SeenMatter, Watch
from fivefold.concepts.vocabulary import DIAGNOSES, PhaseId
from fivefold.engine.progress.course import CrisisDays, LookBackDue, course_from
from fivefold.engine.progress.expected_course import GrowthCurve
from fivefold.engine.progress.signals import read_signals

KB = knowledge()
NAMES = re.compile("|".join(rf"\b{re.escape(name.replace('_', ' '))}\b" for name in (*DIAGNOSES, *DIAGNOSES.values())), re.IGNORECASE)


def an_assessment(*, weeks: float | None = None, per_week: float | None = None, protocol: str = "imt", **said: Any) -> Any:
    """An assessment in which only this is said, with the frame of treatment."""
    return plain_assessment(treatment=TreatmentFrame(protocol, sessions_per_week=per_week, weeks_in_treatment=weeks), **said)


def weekly_scores(instrument: str, *values: float | None, last_ago: int = 0) -> tuple[Any, ...]:
    """One score each week, the last one ``last_ago`` days back; None is a week without a score."""
    days = [last_ago + 7 * back for back in range(len(values) - 1, -1, -1)]
    return tuple(a_score(instrument, value, ago=day) for value, day in zip(values, days, strict=True) if value is not None)


def sessions(*came: str, every: int = 7, last_ago: int = 1) -> list[tuple[date, str]]:
    """Sessions a week apart, the last one ``last_ago`` days back."""
    return [(days_ago(last_ago + every * back), word) for back, word in zip(range(len(came) - 1, -1, -1), came, strict=True)]


def judged(assessment: Any, watch: Watch, **more: Any) -> list[SeenMatter | NotJudged]:
    """What one rule says of an assessment."""
    return [one for one in read_signals(course_from(assessment, KB, **more), KB) if one.rule.watch is watch]


def seen(assessment: Any, watch: Watch, **more: Any) -> list[SeenMatter]:
    return [one for one in judged(assessment, watch, **more) if isinstance(one, SeenMatter)]


def abstains(assessment: Any, watch: Watch, **more: Any) -> bool:
    found = judged(assessment, watch, **more)
    return bool(found) and all(isinstance(one, NotJudged) for one in found)


def phq9(item_9: float | None, ago: int = 0) -> Any:
    return answers("phq9", *[1] * 8, item_9, ago=ago)


# ---- Danger ---------------------------------------------------------------------------------------------------------------


def test_positive_risk_item_is_told_until_a_clinician_has_asked_since() -> None:
    positive = {"scores": (phq9(1, ago=3),)}
    asked = {name: an_answer(False, ago=3) for name in ("imminent", "new_plan_or_means", "acute_on_chronic")}
    earlier = {name: an_answer(False, ago=4) for name in asked}

    [matter] = seen(an_assessment(**positive), Watch.POSITIVE_RISK_ITEM)

    assert matter.rule.is_safety and "PHQ-9, question 9" in matter.seen and matter.on == days_ago(3)
    assert seen(an_assessment(**positive, risk=earlier), Watch.POSITIVE_RISK_ITEM)
    assert not seen(an_assessment(**positive, risk=asked), Watch.POSITIVE_RISK_ITEM)
    assert not seen(an_assessment(**positive, cleared=(a_decision("R1", ago=3),)), Watch.POSITIVE_RISK_ITEM)
    assert not seen(an_assessment(scores=(phq9(0, ago=3),)), Watch.POSITIVE_RISK_ITEM)


def test_one_question_that_was_not_asked_leaves_a_positive_item_told() -> None:
    two_of_three = {"imminent": an_answer(False), "new_plan_or_means": an_answer(False), "acute_on_chronic": an_answer(None)}

    assert seen(an_assessment(scores=(phq9(2, ago=1),), risk=two_of_three), Watch.POSITIVE_RISK_ITEM)


def test_risk_item_without_an_answer_is_its_own_matter_and_never_a_no() -> None:
    [matter] = seen(an_assessment(scores=(phq9(None, ago=2),)), Watch.INCOMPLETE_RISK_SCREEN)

    assert matter.rule.is_safety and matter.key == "phq9" and "question 9" in matter.seen
    assert not seen(an_assessment(scores=(phq9(None, ago=9), phq9(0, ago=2))), Watch.INCOMPLETE_RISK_SCREEN)
    assert not seen(an_assessment(scores=(a_score("phq9", 12, ago=2),)), Watch.INCOMPLETE_RISK_SCREEN)  # a total tells of no item


def test_report_that_did_not_come_is_told_at_a_risky_time_alone() -> None:
    risky = {"imminent": an_answer(True)}

    for received in (False, None):
        [matter] = seen(asked_and_clear(risk=risky, expected_reports=(a_report(1, received),)), Watch.MISSING_REPORT)
        assert matter.rule.is_safety and matter.key == "phq9"
    [matter] = seen(asked_and_clear(risk=risky, expected_reports=(a_report(8, False), a_report(1, None))), Watch.MISSING_REPORT)
    assert matter.mark == "2026-11-14 2026-11-21"  # two days in one matter: told one after the other they would be told for ever
    assert not seen(asked_and_clear(risk=risky, expected_reports=(a_report(1, True),)), Watch.MISSING_REPORT)
    assert not seen(settled(expected_reports=(a_report(1, False),)), Watch.MISSING_REPORT)


# ---- Measures -------------------------------------------------------------------------------------------------------------


def test_what_has_not_moved_by_two_signs_is_not_on_track_and_one_sign_alone_is_not_told() -> None:
    still = (2.4, 2.5, 2.4, 2.5, 2.4, 2.4, 2.5)
    slow = an_assessment(scores=weekly_scores("bsl23", *still), weeks=12)
    one_sign = an_assessment(scores=weekly_scores("bsl23", *still), weeks=7)
    fast = an_assessment(scores=weekly_scores("bsl23", 2.4, 2.4, 2.3, 1.9, 1.8, 1.7, 1.6), weeks=12)

    [matter] = seen(slow, Watch.NOT_ON_TRACK)

    assert matter.rule.opens_review and not matter.rule.is_safety
    assert "less than 0.3 sd for the better by week 6" in matter.seen.lower() and matter.n == 7 and matter.on == AS_OF
    assert not judged(one_sign, Watch.NOT_ON_TRACK) and not judged(fast, Watch.NOT_ON_TRACK)


def test_who_is_reliably_better_on_one_measure_or_moves_on_another_is_not_called_not_on_track() -> None:
    still = weekly_scores("bsl23", 2.4, 2.5, 2.4, 2.5, 2.4, 2.4, 2.5)

    assert not judged(an_assessment(scores=(*still, *weekly_scores("phq9", 18, 9)), weeks=12), Watch.NOT_ON_TRACK)
    assert not judged(an_assessment(scores=(*still, *weekly_scores("gad7", 14, 11)), weeks=8), Watch.NOT_ON_TRACK)


def test_too_few_scores_or_no_weeks_abstain() -> None:
    assert abstains(an_assessment(scores=weekly_scores("bsl23", 2.4), weeks=12), Watch.NOT_ON_TRACK)
    assert abstains(an_assessment(scores=weekly_scores("bsl23", 2.4, 2.4, 2.3, 2.4, 2.4, 2.4)), Watch.NOT_ON_TRACK)


def test_reliable_worsening_is_one_matter_and_is_not_told_as_not_on_track_as_well() -> None:
    worse = an_assessment(scores=(*weekly_scores("phq9", 10, 19, 20), *weekly_scores("bsl23", 1.5, 1.5, 1.6, 3.0, 3.1, 3.2, 3.2)), weeks=7)

    [matter] = seen(worse, Watch.DETERIORATION)

    assert "PHQ-9" in matter.seen and "BSL-23" in matter.seen and not judged(worse, Watch.NOT_ON_TRACK)
    assert not seen(an_assessment(scores=weekly_scores("phq9", 10, 13, 13), weeks=7), Watch.DETERIORATION)


def test_what_is_better_at_the_same_time_makes_it_less_sure() -> None:
    mixed = an_assessment(scores=(*weekly_scores("phq9", 10, 19), *weekly_scores("gad7", 18, 4)), weeks=7)

    [matter] = seen(mixed, Watch.DETERIORATION)

    assert matter.sure is Sureness.TENTATIVE and any("Reliably better at the same time" in doubt for doubt in matter.doubts)


def test_subscales_and_measures_given_once_raise_nothing() -> None:
    """Many scales would make many false alarms: only the main scale of what is given again is watched."""
    course = course_from(an_assessment(scores=(*weekly_scores("dappbq", None), *weekly_scores("phq9", 10, 20))), KB)

    matters = [one for one in read_signals(course, KB) if isinstance(one, SeenMatter) and not one.rule.is_safety]

    assert [one.rule.watch for one in matters] == [Watch.DETERIORATION]


def test_sudden_loss_and_gain_are_told_while_recent_and_not_once_reversed() -> None:
    loss = (8, 9, 8, 17, 18, 17)
    told = [len(seen(an_assessment(scores=weekly_scores("phq9", *loss, last_ago=ago)), Watch.SUDDEN_LOSS)) for ago in (0, 13, 15)]

    assert told == [1, 1, 0]  # the loss lies two weeks before the last score, and 28 days count
    assert seen(an_assessment(scores=weekly_scores("phq9", *reversed(loss))), Watch.SUDDEN_GAIN)
    assert not seen(an_assessment(scores=weekly_scores("phq9", *loss, 9)), Watch.SUDDEN_LOSS)
    assert abstains(an_assessment(scores=weekly_scores("phq9", 8, 17)), Watch.SUDDEN_LOSS)


# ---- Alliance and attendance ----------------------------------------------------------------------------------------------


def test_strained_alliance_is_one_matter_while_the_rating_is_recent() -> None:
    low = weekly_scores("srs", 38, 38, 30)

    [matter] = seen(an_assessment(scores=low), Watch.ALLIANCE)

    assert "under 36" in matter.seen and "8 below the one before" in matter.seen
    assert not judged(an_assessment(scores=weekly_scores("srs", 38, 38, 38)), Watch.ALLIANCE)
    assert not judged(an_assessment(scores=weekly_scores("srs", 38, 38, 36)), Watch.ALLIANCE)  # once, and a little
    assert seen(an_assessment(scores=weekly_scores("srs", 38, 36, 35.5)), Watch.ALLIANCE)  # twice in a row
    assert abstains(an_assessment(scores=weekly_scores("srs", 38, 38, 30, last_ago=29)), Watch.ALLIANCE) and abstains(an_assessment(), Watch.ALLIANCE)


def test_high_and_flat_is_told_while_symptoms_worsen_alone() -> None:
    flat = weekly_scores("srs", 39.5, 40, 39.5, 40, 40)

    assert seen(an_assessment(scores=(*flat, *weekly_scores("phq9", 8, 17))), Watch.HIGH_AND_FLAT)
    assert not judged(an_assessment(scores=(*flat, *weekly_scores("phq9", 17, 16))), Watch.HIGH_AND_FLAT)
    assert abstains(an_assessment(scores=flat), Watch.HIGH_AND_FLAT)


def test_two_of_four_missed_is_dropout_watch_and_a_session_we_cancelled_is_not_missed() -> None:
    def told(*came: str) -> list[SeenMatter]:
        return seen(an_assessment(), Watch.DROPOUT, sessions=sessions(*came))

    assert "2 of the last 4" in told("came", "came", "missed", "came", "missed")[0].seen
    assert not told("came", "came", "came", "came", "missed") and not told("came", "came", "came", "cancelled_by_us", "cancelled_by_us")
    assert not told("came", "missed", "came", "cancelled_by_patient", "came", "cancelled_by_patient")
    assert abstains(an_assessment(), Watch.DROPOUT)


def test_silence_counts_only_where_ratings_are_in_use() -> None:
    """Without a single rating nobody knows whether they were asked for."""
    hours = sessions(*["came"] * 5)

    assert not seen(an_assessment(), Watch.DROPOUT, sessions=hours)
    late = an_assessment(scores=(a_score("srs", 38, ago=1),))
    assert "no feedback at the first 3 sessions" in seen(late, Watch.DROPOUT, sessions=hours)[0].seen


def test_dose_is_checked_from_week_eight_on() -> None:
    def told(held: int, weeks: int, **more: Any) -> list[SeenMatter | NotJudged]:
        came = ["came", *["missed"] * (weeks - held), *["came"] * (held - 1)]
        return judged(an_assessment(**more), Watch.DOSE, sessions=sessions(*came, last_ago=7))

    assert isinstance(told(4, 8, per_week=1)[0], SeenMatter)
    assert not told(5, 8, per_week=1) and not told(3, 7, per_week=1)
    assert isinstance(told(4, 8)[0], NotJudged)  # how many were planned is not known


# ---- Plan, phase, programme -----------------------------------------------------------------------------------------------


def test_timetable_of_the_programme_asks_for_what_it_names() -> None:
    still = an_assessment(protocol="gpm", weeks=4, scores=weekly_scores("phq9", 16, 16, 16))
    moved = an_assessment(protocol="gpm", weeks=4, scores=weekly_scores("phq9", 18, 10, 9))

    matters = seen(still, Watch.TIMETABLE)

    assert [one.key for one in matters] == ["gpm.1"] and matters[0].to_do.startswith("Check safety, the effect of medication")
    assert not seen(moved, Watch.TIMETABLE) and not seen(an_assessment(protocol="gpm", weeks=2, scores=weekly_scores("phq9", 16, 16)), Watch.TIMETABLE)
    unknown = [one for one in judged(an_assessment(protocol="gpm", weeks=30), Watch.TIMETABLE) if isinstance(one, NotJudged)]
    assert {one.key for one in unknown} == {"gpm.1", "gpm.2"} and unknown[0].settled_by


def test_review_is_overdue_the_day_after_its_day() -> None:
    assert seen(an_assessment(), Watch.REVIEW_OVERDUE, review_on=days_ago(1))
    assert not judged(an_assessment(), Watch.REVIEW_OVERDUE, review_on=AS_OF) and not judged(an_assessment(), Watch.REVIEW_OVERDUE)


@pytest.mark.parametrize(("watch", "given", "days"), [(Watch.CRISIS_REVIEW, "review", 3), (Watch.TEAM_REVIEW, "team_review", 14)])
def test_reviews_of_a_crisis_are_late_the_day_after_their_time_and_where_none_goes_on_never(watch: Watch, given: str, days: int) -> None:
    def told(ago: int) -> list[Any]:
        crisis = CrisisDays(**{given: days_ago(ago)})
        return [one for one in read_signals(replace(course_from(an_assessment(), KB), crisis=crisis), KB) if one.rule.watch is watch]

    [matter] = told(days + 1)

    assert matter.on == days_ago(1) and matter.mark == str(days_ago(1)) and not matter.rule.is_safety
    assert not told(days) and not judged(an_assessment(), watch)
    assert told(days + 2)[0].mark != matter.mark  # another crisis is another matter


def test_look_back_is_due_on_its_day() -> None:
    assert [one.key for one in seen(an_assessment(), Watch.LOOK_BACK, look_backs=(LookBackDue("a", AS_OF), LookBackDue("b", days_ago(-1))))] == ["a"]


def test_next_phase_is_offered_when_every_criterion_is_met_and_not_while_one_is_unknown() -> None:
    course = course_from(settled(), KB)
    exits = course.phase.exit
    assert course.phase.overall is PhaseId.P4 and exits

    def offered(*met: bool | None) -> list[Any]:
        from dataclasses import replace

        phase = replace(course.phase, exit=tuple(one._replace(met=answer) for one, answer in zip(exits, met, strict=True)))
        return [one for one in read_signals(replace(course, phase=phase), KB) if one.rule.watch is Watch.PHASE_REACHED]

    rest = [True] * (len(exits) - 1)
    assert isinstance(offered(True, *rest)[0], SeenMatter) and isinstance(offered(None, *rest)[0], NotJudged)
    assert not offered(False, *rest)


# ---- The expected course ---------------------------------------------------------------------------------------------------

# 18 points at the start, 3 less for each unit of ln(session), SD 3 at every session: at session 8 the 80 percent line lies at 15.6.
CURVE = GrowthCurve(18, -3, 0, 0, 0, 9, cases=150, sessions=(1, 20), starts=(0, 27), basis=Basis(BasisKind.COMPUTED))
IN_USE = replace(
    KB,
    signals=replace(
        KB.signals,
        signals=tuple(
            replace(rule, parameters=tuple(replace(one, value=1.0) if one.id == "in_use" else one for one in rule.parameters)) for rule in KB.signals.signals
        ),
    ),
)


def behind(*scores: float, curve: GrowthCurve = CURVE, last_ago: int = 0, base: Any = IN_USE) -> list[SeenMatter | NotJudged]:
    """What the rule says of weekly scores of the PHQ-9, each at a session."""
    assessment = an_assessment(scores=weekly_scores("phq9", *scores, last_ago=last_ago), weeks=len(scores))
    course = course_from(assessment, base, sessions(*["came"] * len(scores), last_ago=last_ago), curves={("phq9", "total"): curve})
    return [one for one in read_signals(course, base) if one.rule.watch is Watch.EXPECTED_COURSE]


def test_score_beyond_the_line_of_the_expected_course_is_told_and_one_within_is_not() -> None:
    told = behind(18, 18, 18, 18, 18, 18, 18, 16)

    assert len(told) == 1 and isinstance(told[0], SeenMatter) and not told[0].rule.is_safety
    assert "16 at session 8, expected 11.76, line 15.61, from 150 people" in told[0].seen
    assert behind(18, 18, 18, 18, 18, 18, 18, 15) == []


def test_rule_of_the_expected_course_is_off_as_it_comes() -> None:
    assert behind(18, 18, 18, 18, 18, 18, 18, 27, base=KB) == []


@pytest.mark.parametrize(
    "curve", [replace(CURVE, cases=99), replace(CURVE, cases=None), replace(CURVE, sessions=(1, 7)), replace(CURVE, starts=(0, 10))], ids=str
)
def test_expected_course_abstains_below_its_cases_and_outside_its_data(curve: GrowthCurve) -> None:
    assert all(isinstance(one, NotJudged) for one in behind(18, 18, 18, 18, 18, 18, 18, 27, curve=curve))
    assert behind(18, 18, 18, 18, 18, 18, 18, 27, curve=curve)


def test_old_score_is_not_held_against_the_expected_course() -> None:
    assert not [one for one in behind(18, 18, 18, 18, 18, 18, 18, 27, last_ago=29) if isinstance(one, SeenMatter)]


# ---- What holds for all ---------------------------------------------------------------------------------------------------


def test_nothing_known_raises_nothing() -> None:
    assert not [one for one in read_signals(course_from(an_assessment(), KB), KB) if isinstance(one, SeenMatter)]


MEASURES = [name for name, instrument in KB.instruments.items() if instrument.every.value is not None]


@settings(deadline=None)
@given(st.sampled_from(MEASURES), st.lists(st.floats(0, 1), min_size=1, max_size=12), st.integers(0, 40))
def test_no_path_leads_from_a_score_to_a_diagnosis(name: str, shares: Sequence[float], weeks: int) -> None:
    """Whatever is measured: no signal names a disorder, none is about danger, each stands on values that are there."""
    from fivefold.engine.scoring import main_scale

    scale = main_scale(KB.instruments[name])
    values = [round(scale.range.min + share * (scale.range.max - scale.range.min), 2) for share in shares]
    entries = tuple(a_score(name, ago=7 * back, **{scale.id: value}) for back, value in zip(range(len(values) - 1, -1, -1), values, strict=True))
    assessment = an_assessment(scores=entries, weeks=weeks)

    curve = replace(CURVE, start=scale.range.min, starts=(scale.range.min, scale.range.max))
    course = course_from(assessment, IN_USE, sessions=sessions(*["came"] * len(values)), curves={(name, scale.id): curve})
    for one in read_signals(course, IN_USE):
        said = one.seen + one.to_do + " ".join(one.doubts) if isinstance(one, SeenMatter) else one.because
        said = said.replace(KB.instruments[name].name, "")
        assert not NAMES.search(said) and "diagnos" not in said.lower(), said
        assert not (isinstance(one, SeenMatter) and one.rule.is_safety)
        assert not isinstance(one, SeenMatter) or (one.on <= AS_OF and one.n >= 0)
    assert not assessment.diagnoses
