"""How long it takes to hold every record of a clinic against the rules of signals, one record after one new score, and to make what is expected.

``python -m scripts.bench_signals``, or ``scripts/bench.py --only signals``. The clinic is invented (``services/synthetic/bulk.py``) and lies
in a database of its own that is thrown away. Nothing here is a test.
"""

import argparse
import shutil
import statistics
import time
from datetime import timedelta

from scripts.throwaway import begin

FOLDER = begin("signals")  # Django is there from here on

from fivefold.records import clock  # noqa: E402
from fivefold.records.models import CareRelation, Clinic, SignalState  # noqa: E402
from fivefold.services import assessments, installation  # noqa: E402
from fivefold.services.access import Actor  # noqa: E402
from fivefold.services.expected_courses import make_courses  # noqa: E402
from fivefold.services.record_file import NewFact  # noqa: E402
from fivefold.services.signal_watch import watch_all  # noqa: E402
from fivefold.services.simulator import bulk_clinic  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, default=10_000)
    parser.add_argument("--scores", type=int, default=26, help="results of each patient: half a year of weekly measures")
    asked = parser.parse_args()
    try:
        installation.prepare(FOLDER)
        clinic = bulk_clinic(asked.patients, asked.patients * asked.scores, sessions=asked.patients * 12)
        bench_all(clinic)
        bench_one(clinic)
        bench_courses(clinic)
    finally:
        shutil.rmtree(FOLDER)


def bench_all(clinic: Clinic) -> None:
    """Every record, once with everything to raise, and once with nothing new."""
    for what, goal in (("everything to raise", ""), ("nothing new", "goal at most 60 s")):
        begun, worked = time.perf_counter(), time.process_time()
        done = watch_all(clinic)
        line(f"all signals of {done.patients:,} records, {what}", f"{time.perf_counter() - begun:.1f} s", goal)
        # On a machine that others use, too, this tells more than the clock.
        line("  of it time of the processor", f"{time.process_time() - worked:.1f} s")
    line("signals that are open then", f"{SignalState.objects.filter(is_open=True).count():,}")


def bench_one(clinic: Clinic) -> None:
    """One more score of one patient, with everything that follows from it in the same act."""
    relation = CareRelation.objects.filter(clinic=clinic).select_related("user").first()
    assert relation is not None, "the clinic has patients"
    actor, times = Actor(relation.user, clinic, "therapist"), []
    for number in range(20):
        fact = NewFact("score", "gad7", {"instrument": "gad7", "value": number % 20}, clock.today() - timedelta(days=number))
        begun = time.perf_counter()
        assessments.record_facts(actor, patient_id=relation.patient_id, facts=[fact])
        times.append((time.perf_counter() - begun) * 1000)
    line("one new score: recorded, plan, caseload and signals", f"{statistics.median(times):.1f} ms")


def bench_courses(clinic: Clinic) -> None:
    """The expected courses of the clinic, as every night makes them anew."""
    begun, worked = time.perf_counter(), time.process_time()
    made = make_courses(clinic)
    line(f"expected courses, of {made} measures", f"{time.perf_counter() - begun:.1f} s")
    line("  of it time of the processor", f"{time.process_time() - worked:.1f} s", "goal at most 120 s")


def line(name: str, value: str, goal: str = "") -> None:
    print(f"{name:60} {value:>12}   {goal}", flush=True)


if __name__ == "__main__":
    main()
