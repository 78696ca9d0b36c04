"""What holds for every choice beside every keying: nothing makes up for a safety rule that was missed."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from tests.support.builders import knowledge

from fivefold.concepts.training import CaseChoice, Keying, Raised, TrainingPlace
from fivefold.concepts.vocabulary import PhaseId
from fivefold.engine.training import Practice, choice_of, compare_with_key, practised_modules, practised_phases, practised_rules

RULES = sorted({rule.code for rule in knowledge().overrides})
MODULES = sorted(knowledge().modules)


@st.composite
def keyings(draw: st.DrawFn) -> Keying:
    """Keyings that do not contradict themselves, as the tests of the knowledge base demand of ours."""
    rules = draw(st.lists(st.sampled_from(RULES), unique=True, max_size=8))
    active, raised = draw(st.integers(0, len(rules))), draw(st.integers(0, len(rules)))
    modules = draw(st.lists(st.sampled_from(MODULES), unique=True, max_size=14))
    now, not_now = draw(st.integers(0, len(modules))), draw(st.integers(0, len(modules)))
    phases = draw(st.lists(st.sampled_from(list(PhaseId)), unique=True, min_size=1, max_size=3))
    first = min(active, raised)
    return Keying(
        keyer="A",
        phases=tuple(phases),
        withheld=draw(st.booleans()),
        must_now=tuple(modules[:now]),
        must_plan=tuple(draw(st.lists(st.sampled_from(MODULES), unique=True, max_size=6))),
        must_not_now=tuple(modules[max(now, not_now) :]),
        raised=tuple(rules[:raised]),
        active=tuple(rules[:first]),
        never_active=tuple(code for code in RULES if code not in rules)[: draw(st.integers(0, 6))],
    )


choices = st.builds(
    CaseChoice,
    phase=st.sampled_from(list(PhaseId)),
    withheld=st.booleans(),
    raised=st.dictionaries(st.sampled_from(RULES), st.sampled_from(list(Raised))),
    places=st.dictionaries(st.sampled_from(MODULES), st.sampled_from(list(TrainingPlace))),
)


@given(key=keyings())
def test_choice_made_from_any_key_agrees_with_all_of_it(key: Keying) -> None:
    found = compare_with_key(choice_of(key), key)

    assert found.is_full and found.missed_rules == ()


@given(key=keyings(), choice=choices)
def test_no_choice_stands_nearer_to_a_key_than_the_one_made_from_it(key: Keying, choice: CaseChoice) -> None:
    assert compare_with_key(choice, key).standing <= compare_with_key(choice_of(key), key).standing


@given(key=keyings(), choice=choices, place=st.integers(0, 20))
def test_missing_a_demanded_rule_never_scores_better(key: Keying, choice: CaseChoice, place: int) -> None:
    demanded = [*key.active, *key.raised]
    if not demanded:
        return
    code = demanded[place % len(demanded)]
    seen = replace(choice, raised={**choice.raised, code: Raised.ACTIVE})
    missed = replace(choice, raised={**choice.raised, code: Raised.NOT_RAISED})

    with_it, without = compare_with_key(seen, key), compare_with_key(missed, key)

    assert without.standing < with_it.standing and without.agreed < with_it.agreed
    assert code in without.missed_rules and not without.is_full


@given(key=keyings(), choice=choices, other=choices)
def test_choice_that_missed_more_rules_stands_behind_whatever_else_was_chosen(key: Keying, choice: CaseChoice, other: CaseChoice) -> None:
    one, two = compare_with_key(choice, key), compare_with_key(other, key)

    if len(one.missed_rules) > len(two.missed_rules):
        assert one.standing < two.standing


@given(pairs=st.lists(st.tuples(choices, st.lists(keyings(), min_size=1, max_size=2)), max_size=5))
def test_practice_never_counts_more_agreement_than_attempts(pairs: list[tuple[CaseChoice, list[Keying]]]) -> None:
    attempts = [Practice(choice, keys, date(2026, 11, 26)) for choice, keys in pairs]

    for found in (practised_rules(attempts), *practised_phases(attempts), *practised_modules(attempts)):
        assert 0 <= found.agreed <= found.attempts <= len(attempts)
