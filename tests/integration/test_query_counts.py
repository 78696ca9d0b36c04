"""No page asks the database more often because a clinic is larger or a record longer: every route of the URL table, at two sizes."""

from typing import Any

import pytest
from django.db import connection
from scripts.bench_pages import find_pages, make_side

from fivefold.records.models import ClinicalFact, Patient
from fivefold.services.simulator import bulk_clinic
from fivefold.web.assessment.questions import CONTEXT_KINDS, context_questions


def test_queries_of_every_page_are_the_same_in_a_clinic_twelve_times_as_large(db: None, settings: Any) -> None:
    settings.FIVEFOLD_SECOND_FACTOR = False
    small = make_side(bulk_clinic(5, 50, sessions=10, therapists=1), 2)
    large = make_side(bulk_clinic(60, 3_000, sessions=600, therapists=3), 2)

    pages = list(find_pages(small, large))

    assert len(pages) >= 50
    assert {"what-if", "page", "document"} == {page.kind for page in pages}
    assert [(page.route, page.role, page.queries) for page in pages if len(set(page.queries.values())) != 1] == []


def test_every_question_of_the_context_is_found_for_its_fact(db: None) -> None:
    asked = {question.kind for group in context_questions().values() for question in group}

    assert asked - {"risk"} == set(CONTEXT_KINDS)


def test_facts_that_do_not_count_are_found_without_reading_the_whole_table(db: None) -> None:
    """Where nothing was corrected yet, and the database has counted its rows, SQLite thought that reading them all was as good."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL joins the few rows of one patient by their hash")
    clinic = bulk_clinic(60, 3_000, sessions=0, therapists=1)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    own = ClinicalFact.objects.filter(clinic=clinic, patient=Patient.objects.filter(clinic=clinic).first(), corrected_by__isnull=True)

    plan = own.explain()

    assert "facts_that_correct" in plan and "SCAN" not in plan
