"""A plan comes back from JSON as it was, whatever texts and numbers stand in it."""

from dataclasses import replace
from functools import cache

from hypothesis import given
from hypothesis import strategies as st
from tests.support.builders import knowledge

from fivefold import plan, read_assessment
from fivefold.concepts.plan import PhasedPlan
from fivefold.exchange.cases import WorkedCase, worked_cases
from fivefold.exchange.plan_json import plan_from_json, plan_to_json


@cache
def plan_of(case: WorkedCase) -> PhasedPlan:
    return plan(read_assessment(case.assessment, knowledge()), knowledge(), draws=0)


@given(case=st.sampled_from(worked_cases()), text=st.text(max_size=40), number=st.floats(allow_nan=False, allow_infinity=False))
def test_any_text_and_number_in_a_plan_comes_back(case: WorkedCase, text: str, number: float) -> None:
    made = plan_of(case)
    first = made.modules[0]
    reasons = tuple(reason._replace(text=text) for reason in first.because)
    changed = replace(first, name=text, agreement=number, goals=(text, text), waits_for=(), because=reasons)
    made = replace(made, assessment_id=text, modules=(changed, *made.modules[1:]), settings={text: text})

    assert plan_from_json(plan_to_json(made)) == made
