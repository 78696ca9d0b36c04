"""A choice for a worked case beside the keyings and the engine: what counts as agreed, what as missed, and what is said first."""

from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path

import pytest

from fivefold.concepts.errors import KnowledgeRefused
from fivefold.concepts.plan import PhasedPlan
from fivefold.concepts.training import CaseChoice, Demand, Keying, Raised, TrainingPlace
from fivefold.concepts.vocabulary import MatchStatus, OverrideStatus, PhaseId
from fivefold.engine.training import (
    InSpiteOf,
    Outcome,
    Practice,
    Statement,
    Subject,
    choice_of,
    compare_with_key,
    give_feedback,
    next_case,
    place_beside,
    practised_modules,
    practised_phases,
    practised_rules,
    rule_beside,
    sentences_about,
)
from fivefold.exchange.cases import find_case, worked_cases
from fivefold.exchange.keyings import read_keying, read_keyings
from fivefold.library import load_knowledge, plan, read_assessment

KEY = Keying("A", (PhaseId.P2, PhaseId.P1), False, ("S03",), ("S19",), ("S27",), ("R1", "R6"), ("R6",), ("R14",), notes="S19 waits. S27 is later; R6 holds.")
NOW, NEXT, LATER, NOT_NOW = TrainingPlace
GOOD = choice_of(KEY)
DAY = date(2026, 11, 26)


@lru_cache
def crisis() -> tuple[PhasedPlan, tuple[Keying, ...]]:
    """The plan and the keyings of a crisis in the middle of good work."""
    knowledge, case = load_knowledge(), find_case("v04")
    return plan(read_assessment(case.assessment, knowledge), knowledge, draws=0), read_keyings(case)


def statement(choice: CaseChoice, subject: Subject, name: str, demand: Demand) -> Outcome:
    (found,) = [one for one in compare_with_key(choice, KEY).about(subject, name) if one.demand is demand]
    return found.outcome


# ---- One keying ----------------------------------------------------------------------------------------------------------


def test_choice_made_from_a_key_agrees_with_all_of_it() -> None:
    assert compare_with_key(GOOD, KEY).is_full
    assert compare_with_key(GOOD, KEY).agreed == len(compare_with_key(GOOD, KEY).statements) == 9


@pytest.mark.parametrize(
    ("said", "active", "raised"),
    [
        (Raised.ACTIVE, Outcome.AGREED, Outcome.AGREED),
        (Raised.TO_ASK, Outcome.MISSED_SAFETY, Outcome.AGREED),
        (Raised.NOT_RAISED, Outcome.MISSED_SAFETY, Outcome.MISSED_SAFETY),
    ],
)
def test_rule_that_is_active_must_be_called_active_and_one_to_raise_may_be_asked(said: Raised, active: Outcome, raised: Outcome) -> None:
    choice = replace(GOOD, raised={"R6": said})

    assert statement(choice, Subject.RULE, "R6", Demand.ACTIVE) is active
    assert statement(choice, Subject.RULE, "R6", Demand.RAISED) is raised


def test_rule_that_is_never_active_may_be_asked_and_not_called_active() -> None:
    outcomes = [statement(replace(GOOD, raised={"R14": said}), Subject.RULE, "R14", Demand.NEVER_ACTIVE) for said in Raised]

    assert outcomes == [Outcome.IN_SPITE, Outcome.AGREED, Outcome.AGREED]


@pytest.mark.parametrize(
    ("module", "demand", "outcomes"),
    [
        ("S03", Demand.NOW, [Outcome.AGREED, Outcome.ELSEWHERE, Outcome.ELSEWHERE, Outcome.MISSED]),
        ("S19", Demand.PLAN, [Outcome.AGREED, Outcome.AGREED, Outcome.AGREED, Outcome.MISSED]),
        ("S27", Demand.NOT_NOW, [Outcome.IN_SPITE, Outcome.AGREED, Outcome.AGREED, Outcome.AGREED]),
    ],
)
def test_each_place_of_a_module_beside_each_demand(module: str, demand: Demand, outcomes: list[Outcome]) -> None:
    found = [statement(replace(GOOD, places={module: place}), Subject.MODULE, module, demand) for place in TrainingPlace]

    assert found == outcomes
    assert statement(replace(GOOD, places={}), Subject.MODULE, module, demand) is outcomes[-1], "what is left out is not for now"


def test_another_phase_that_the_key_accepts_agrees_and_any_other_does_not() -> None:
    found = {phase: statement(replace(GOOD, phase=phase), Subject.PHASE, "phase", Demand.PHASE) for phase in PhaseId}

    assert [phase for phase, outcome in found.items() if outcome is Outcome.AGREED] == [PhaseId.P1, PhaseId.P2]


def test_plan_held_back_without_need_and_need_not_seen_are_told_apart() -> None:
    held = replace(KEY, withheld=True)
    needless = statement(replace(GOOD, withheld=True), Subject.WITHHELD, "withheld", Demand.NOT_WITHHELD)
    (missed,) = compare_with_key(GOOD, held).about(Subject.WITHHELD, "withheld")

    assert (needless, missed) == (Outcome.IN_SPITE, Statement(Subject.WITHHELD, "withheld", Demand.WITHHELD, Outcome.MISSED))


def test_missed_rule_stands_before_any_number_of_agreed_modules() -> None:
    careless = compare_with_key(replace(GOOD, raised={"R1": Raised.TO_ASK}), KEY)
    careful = compare_with_key(CaseChoice(PhaseId.P5, True, GOOD.raised, {"S27": NOW}), KEY)

    assert careless.missed_rules == ("R6",) and careful.missed_rules == ()
    assert careless.agreed > careful.agreed and careless.standing < careful.standing


# ---- The engine ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "spite"),
    [
        (MatchStatus.NEXT, InSpiteOf.GATE),
        (MatchStatus.LATER, InSpiteOf.GATE),
        (MatchStatus.BLOCKED, InSpiteOf.OVERRIDE),
        (MatchStatus.SUSPENDED, InSpiteOf.OVERRIDE),
        (MatchStatus.CAUTIONED, InSpiteOf.OVERRIDE),
        (MatchStatus.UNCLEAR, InSpiteOf.UNKNOWN),
        (MatchStatus.DONE, InSpiteOf.DONE),
        (MatchStatus.NOT_INDICATED, InSpiteOf.NO_INDICATION),
    ],
)
def test_module_chosen_for_now_says_in_spite_of_what(status: MatchStatus, spite: InSpiteOf) -> None:
    match = replace(crisis()[0].match("S03"), status=status)

    assert place_beside(NOW, match) == (Outcome.IN_SPITE, spite)
    assert place_beside(NOW, replace(match, status=MatchStatus.NOW)) == (Outcome.AGREED, None)


@pytest.mark.parametrize(
    ("status", "outcome"), [(MatchStatus.NEXT, Outcome.MISSED), (MatchStatus.CAUTIONED, Outcome.MISSED), (MatchStatus.LATER, Outcome.ELSEWHERE)]
)
def test_module_left_out_is_missed_where_it_is_due_and_only_elsewhere_where_it_is_for_later(status: MatchStatus, outcome: Outcome) -> None:
    assert place_beside(NOT_NOW, replace(crisis()[0].match("S03"), status=status)) == (outcome, None)


def test_modules_that_a_key_speaks_of_come_before_those_of_the_engine_alone() -> None:
    items = [item for item in give_feedback(GOOD, [KEY], crisis()[0]).items if item.subject is Subject.MODULE]
    keyed = [item.is_keyed for item in items]

    assert keyed == sorted(keyed, reverse=True) and not all(keyed)


def test_module_that_the_engine_would_do_now_is_missed_or_put_elsewhere() -> None:
    match = crisis()[0].match("S03")

    assert match.status is MatchStatus.NOW
    assert [place_beside(place, match)[0] for place in (NEXT, LATER, NOT_NOW)] == [Outcome.ELSEWHERE, Outcome.ELSEWHERE, Outcome.MISSED]


@pytest.mark.parametrize(
    ("status", "outcomes"),
    [
        (OverrideStatus.ACTIVE, [Outcome.AGREED, Outcome.MISSED_SAFETY, Outcome.MISSED_SAFETY]),
        (OverrideStatus.TO_ASK, [Outcome.IN_SPITE, Outcome.AGREED, Outcome.MISSED_SAFETY]),
        (OverrideStatus.CLEARED, [Outcome.IN_SPITE, Outcome.ELSEWHERE, Outcome.AGREED]),
        (None, [Outcome.IN_SPITE, Outcome.ELSEWHERE, Outcome.AGREED]),
    ],
)
def test_rule_beside_the_engine(status: OverrideStatus | None, outcomes: list[Outcome]) -> None:
    assert [rule_beside(said, status) for said in Raised] == outcomes


# ---- Feedback ------------------------------------------------------------------------------------------------------------


def test_feedback_says_a_missed_rule_before_everything_else() -> None:
    found, _keys = crisis()
    feedback = give_feedback(CaseChoice(PhaseId.P4, places={"S27": NOW}), [KEY, replace(KEY, keyer="B", raised=(), active=())], found)

    assert [item.name for item in feedback.items[:2]] == ["R1", "R6"]
    assert {"R1", "R6"} <= set(feedback.missed_rules)
    assert not feedback.agrees_with_all


def test_rule_that_the_engine_alone_asks_is_missed_too_and_comes_after_those_of_the_keys() -> None:
    found, _keys = crisis()
    asked = [override.code for override in found.overrides if override.status is OverrideStatus.TO_ASK]
    feedback = give_feedback(GOOD if not asked else replace(GOOD, raised={}), [KEY], found)

    assert set(asked) <= set(feedback.missed_rules) and asked
    assert [item.name for item in feedback.items[:2]] == ["R1", "R6"]


def test_item_on_which_the_keys_differ_says_so_and_the_gravest_outcome_counts() -> None:
    other = replace(KEY, keyer="B", must_now=(), must_not_now=("S03", "S27"))
    feedback = give_feedback(GOOD, [KEY, other], crisis()[0])
    items = {item.name: item for item in feedback.items}

    assert items["S03"].differ and items["S03"].outcome is Outcome.IN_SPITE
    assert not items["S19"].differ and items["S19"].outcome is Outcome.AGREED


def test_reasons_are_the_engines_own_and_the_sentences_of_the_keyer() -> None:
    found, _keys = crisis()
    items = {item.name: item for item in give_feedback(GOOD, [KEY], found).items}

    assert items["S19"].reasons == tuple(found.match("S19").because) != ()
    assert items["S19"].keyers[0].reasons == ("S19 waits.",)
    assert sentences_about(KEY.notes, "R6") == ("R6 holds.",)
    assert sentences_about("S1 and S10. S1.", "S10") == ("S1 and S10.",)


# ---- Practice ------------------------------------------------------------------------------------------------------------


def test_practice_counts_attempts_and_those_that_agreed_with_every_key_that_speaks_of_it() -> None:
    stricter = replace(KEY, keyer="B", phases=(PhaseId.P2,), must_now=("S16",), raised=(), active=())
    both = [KEY, stricter]
    attempts = [
        Practice(replace(GOOD, places=GOOD.places | {"S16": NOW}), both, DAY),
        Practice(CaseChoice(PhaseId.P1), both, DAY.replace(day=20)),
    ]

    assert (practised_rules(attempts).attempts, practised_rules(attempts).agreed) == (2, 1)
    assert [(one.name, one.attempts, one.agreed, one.last) for one in practised_phases(attempts)] == [("P2", 2, 1, DAY)]
    assert {one.name: (one.attempts, one.agreed) for one in practised_modules(attempts)} == {
        "S03": (2, 1), "S16": (2, 1), "S19": (2, 1), "S27": (2, 2),
    }  # fmt: skip
    assert practised_rules([]).last is None and practised_phases([]) == practised_modules([]) == ()


def test_next_case_is_one_never_tried_of_the_phase_practised_least() -> None:
    late = replace(KEY, phases=(PhaseId.P5,))
    cases: list[tuple[str, list[Keying]]] = [("a", [KEY]), ("b", [KEY]), ("c", [late]), ("unkeyed", [])]

    assert next_case(cases, []) == "a"
    assert next_case(cases, [("a", GOOD)]) == "c"
    assert next_case(cases, [("a", GOOD), ("c", choice_of(late))]) == "b"


def test_when_all_were_tried_the_one_seen_differently_longest_ago_comes_again() -> None:
    cases = [("a", [KEY]), ("b", [KEY])]
    other = replace(GOOD, phase=PhaseId.P5)

    assert next_case(cases, [("a", other), ("b", other)]) == "a"
    assert next_case(cases, [("a", other), ("b", other), ("a", other)]) == "b"
    assert next_case(cases, [("a", other), ("b", other), ("a", GOOD), ("b", GOOD)]) is None


# ---- The keys that come with the program ---------------------------------------------------------------------------------


def test_every_case_has_two_keyings_and_each_can_be_agreed_with_whole() -> None:
    keyed = {case.id: read_keyings(case) for case in worked_cases()}

    letters = {"v": ["A", "B"], "p": ["C", "D"]}
    found = {name: [key.keyer for key in keys] for name, keys in keyed.items()}
    assert {name: keyers for name, keyers in found.items() if keyers != letters.get(name[0], ["", "D"])} == {}
    assert [name for name, keys in keyed.items() for key in keys if key.keyer == "D" and "no clinician" not in key.reader] == []
    assert [name for name, keys in keyed.items() for key in keys if not compare_with_key(choice_of(key), key).is_full] == []


def test_key_is_read_with_everything_it_says(tmp_path: Path) -> None:
    _plan, (first, second) = crisis()

    assert (first.keyer, first.phases, first.withheld, first.must_now, first.emphasis) == ("A", (PhaseId.P2,), False, ("S16",), ("G4",))
    assert second.never_active[:2] == ("R1", "R2") and second.confidence == "high" and second.notes.startswith("A rated and dated crisis")
    broken = tmp_path / "x.key-a.yaml"
    broken.write_text("phase: [unclosed\n", encoding="utf-8")
    with pytest.raises(KnowledgeRefused):
        read_keying(broken)
