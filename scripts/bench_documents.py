"""How fast documents of plans are, each plan another one: ``python scripts/bench.py --only documents``.

The same document again comes out of the typesetter's memory and says nothing; here every plan differs. Composing and setting are
measured together, as a download does both but for reading the record.
"""

import multiprocessing
import os
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date

from fivefold.documents.clinical.compose import compose
from fivefold.documents.clinical.kinds import KINDS
from fivefold.documents.clinical.printing import print_pdf
from fivefold.documents.clinical.sources import DocumentSources, Hours, KnownFormulation, KnownGoal, Person, SignedPlan
from fivefold.engine.planning import make_plan
from fivefold.library import load_knowledge
from scripts.bench import AS_OF, WITHOUT_DRAWS, generated, line

PLANS, CORES, EACH = 80, 2, 60
STATE = "Version 1, 22 November 2026. Signed by A. Clinician on 22 November 2026"
LINES = ("It gets loud", "nobody asked", "no answer to a message", "then the shame comes", "one friend who stays")


def plans(count: int, seed: int) -> Iterator[DocumentSources]:
    """What documents are made from, for plans of every shape."""
    knowledge = load_knowledge()
    goal = KnownGoal("To get through a bad evening", ("as now", "a little", "as hoped", "more", "much more"), "", True, (0, "as hoped", AS_OF))
    for number, case in enumerate(generated(knowledge, count, seed)):
        plan = make_plan(case, knowledge, WITHOUT_DRAWS)
        signed = SignedPlan(1, plan, (), "A. Clinician", AS_OF, date(2027, 2, 20), "agrees", f"Plan {number} is mine")
        yield DocumentSources(
            knowledge=knowledge, on=AS_OF, clinic="Practice", author="A. Clinician", person=Person(f"Person {number}", f"R-{number}", 1990, "Case Ash"),
            team=(("Treats", "A. Clinician"),), consents={}, diagnoses=(), now=plan, signed=signed,
            formulation=KnownFormulation(1, LINES, (), (), "A. Clinician", AS_OF), goals=(goal,), measures=(), under_way=(),
            hours=Hours(12, 1, 50, AS_OF, AS_OF), per_week=1, agreed_on=None,
        )  # fmt: skip


def printed(sources: DocumentSources, kind: str) -> int:
    """One document, composed and set; gives its size in bytes."""
    return len(print_pdf(compose(KINDS[kind], sources, {}, KINDS[kind].usual), STATE))


def _one_core(seed: int) -> float:
    """Seconds of one process for its share of plans, after the first, which sets everything up."""
    first, *others = plans(EACH + 1, seed)
    printed(first, "treatment_plan")
    started = time.perf_counter()
    for sources in others:
        printed(sources, "treatment_plan")
    return time.perf_counter() - started


def bench_documents() -> None:
    """The 95th percentile of one plan as PDF, and plans a second on two cores."""
    for kind, goal in (("treatment_plan", "p95 at most 100 ms"), ("plain_plan", ""), ("payer_plan", "")):
        first, *others = plans(PLANS + 1, 1)
        printed(first, kind)
        times, busy = [], []
        for sources in others:
            started, worked = time.perf_counter(), time.process_time()
            printed(sources, kind)
            times.append((time.perf_counter() - started) * 1000)
            busy.append((time.process_time() - worked) * 1000)
        p95 = statistics.quantiles(times, n=20)[-1]
        line(f"{KINDS[kind].name} as PDF, {PLANS} different ones", f"{statistics.median(times):.0f}, p95 {p95:.0f} ms", goal)
        # On a machine that others use as well, the time of the processor tells more than the clock.
        line("  of it the processor's time, median", f"{statistics.median(busy):.0f} ms", "")
    started = time.perf_counter()
    # Fresh processes: the typesetter has threads of its own, which a copied process would wait for in vain.
    with ProcessPoolExecutor(CORES, mp_context=multiprocessing.get_context("spawn")) as pool:
        slowest = max(pool.map(_one_core, range(2, 2 + CORES)))
    line(f"treatment plans as PDF on {CORES} processes", f"{CORES * EACH / slowest:.0f} a second", "20 a second")
    print(f"{'':52} {time.perf_counter() - started:>13.1f} s    with set-up, load {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    bench_documents()
