"""How long the page of progress takes for a patient with three years of weekly measures, sessions and a daily diary.

``python -m scripts.bench_progress``, or ``scripts/bench.py --only progress``. The rows are invented and lie in a database of their own that
is thrown away; the page is asked for as a browser does, through every middleware, in this process. Nothing here is a test.
"""

import argparse
import shutil
import statistics
import time
from datetime import timedelta

from scripts.throwaway import begin

FOLDER = begin("progress")  # Django is there from here on

import numpy as np  # noqa: E402
from django.test import Client  # noqa: E402

from fivefold.records import clock  # noqa: E402
from fivefold.records.models import CareRelation, ClinicalFact, Patient, User  # noqa: E402
from fivefold.services import installation  # noqa: E402
from fivefold.services.access import Actor  # noqa: E402
from fivefold.services.assessments import record_facts  # noqa: E402
from fivefold.services.expected_courses import make_courses  # noqa: E402
from fivefold.services.record_file import NewFact  # noqa: E402
from fivefold.services.simulator import bulk_clinic  # noqa: E402
from scripts.daily_diary import keep_diary  # noqa: E402

WEEKS = 156


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=20)
    asked = parser.parse_args()
    try:
        installation.prepare(FOLDER)
        # A clinic of its size beside the patient, so that a course is expected of the measures.
        clinic = bulk_clinic(150, 150 * 24, sessions=150 * WEEKS, therapists=1)
        relation = CareRelation.objects.filter(clinic=clinic).select_related("user", "patient").first()
        assert relation is not None, "the clinic has patients"
        actor = Actor(relation.user, clinic, "therapist")
        measured(actor, relation.patient)
        kept = keep_diary(actor, relation.patient, 7 * WEEKS)
        make_courses(clinic)
        bench(relation.user, relation.patient, asked.times, kept)
    finally:
        shutil.rmtree(FOLDER)


def measured(actor: Actor, patient: Patient) -> None:
    """Two weekly measures and a rating of each session, over three years, instead of what the bulk rows hold."""
    rows = ClinicalFact._base_manager.filter(patient=patient, kind="score")
    rows._raw_delete(rows.db)
    rng, facts = np.random.default_rng(1), []
    for week in range(WEEKS):
        on = clock.today() - timedelta(days=7 * (WEEKS - week))
        for name, value in (("bsl23", round(float(rng.uniform(1, 3)), 2)), ("phq9", int(rng.integers(5, 20))), ("srs", round(float(rng.uniform(34, 40)), 1))):
            facts.append(NewFact("score", name, {"instrument": name, "value": value}, on))
    record_facts(actor, patient_id=patient.pk, facts=facts)


def bench(user: User, patient: Patient, times: int, kept: int) -> None:
    client, taken, used = Client(SERVER_NAME="localhost"), [], []
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    for turn in range(times + 2):
        begun, processor = time.perf_counter(), time.process_time()
        answer = client.get(f"/patients/{patient.pk}/progress")
        if turn >= 2:
            taken.append((time.perf_counter() - begun) * 1000)
            used.append((time.process_time() - processor) * 1000)
        assert answer.status_code == 200 and b"daily-h" in answer.content, answer.status_code
    print(f"three years: {3 * WEEKS} scores, {kept:,} diary entries, {len(answer.content):,} characters", flush=True)
    line("page of progress, median", f"{statistics.median(taken):.0f} ms", "goal at most 150 ms")
    line("the processor's time of it, median", f"{statistics.median(used):.0f} ms")


def line(name: str, value: str, goal: str = "") -> None:
    print(f"{name:60} {value:>12}   {goal}", flush=True)


if __name__ == "__main__":
    main()
