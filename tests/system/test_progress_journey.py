"""Progress in a real browser: accessible at every width, with its tables, and never wider than the window."""

from datetime import timedelta

import pytest
from tests.support.browser import UNFOLD, Open, page_problems
from tests.support.clinic import Cast


@pytest.fixture
def measured(cast: Cast) -> Cast:
    """Rosa with two measures over half a year, a module, a crisis, and a danger that no score clears."""
    from fivefold.records import clock
    from fivefold.services.assessments import record_facts
    from fivefold.services.record_file import NewFact

    today = clock.today()
    facts = [NewFact("risk", "new_plan_or_means", True, today), NewFact("module", "S08", {"id": "S08", "stage": "exploration"}, today - timedelta(days=90))]
    facts.append(NewFact("event", "crisis", {"kind": "crisis", "date": (today - timedelta(days=40)).isoformat()}, today - timedelta(days=40)))
    for place, (phq9, alliance) in enumerate(((22, 40), (18, 44), (9, 52), (6, 55))):
        on = today - timedelta(days=160 - 50 * place)
        facts.append(NewFact("score", "phq9", {"instrument": "phq9", "value": phq9}, on))
        facts.append(NewFact("score", "waisr", {"instrument": "waisr", "value": alliance}, on))
    record_facts(cast.amina, patient_id=cast.rosa.pk, facts=facts)
    return cast


def test_progress_is_accessible_and_fits(visit: Open, measured: Cast) -> None:
    page = visit(f"/patients/{measured.rosa.pk}/progress", "amina")
    page.evaluate(UNFOLD)

    assert page_problems(page) == []
    assert page.locator(".panel .curve").count() == 2
    assert page.locator(".safety").count() == 1
