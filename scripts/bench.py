"""How fast Fivefold is, as ratios against a reference in the same run: ``make bench``.

Machines differ and are shared, so every figure stands beside the time of a fixed piece of plain Python (making and
sorting small frozen values) measured in turn with it. Medians are reported; nothing here is a test. The app with a full
clinic takes longer and is measured by itself: ``make bench-app``, or ``--only app``.
"""

import argparse
import gc
import math
import os
import platform
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from fivefold.concepts.assessment import Assessment, EventRecord, Rating, RiskAnswer, ScoreEntry
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.vocabulary import RISK_QUESTIONS, GeneralState
from fivefold.documents.html_plan import render_html
from fivefold.documents.pdf_plan import render_pdf
from fivefold.documents.text_plan import render_text
from fivefold.engine.comparing import compare_protocols
from fivefold.engine.coverage import check_coverage
from fivefold.engine.facts import gather_facts
from fivefold.engine.flipping import flips_of, make_board
from fivefold.engine.grounding import read_general_modules
from fivefold.engine.matching import make_frame, match_modules
from fivefold.engine.measures import next_best_measures
from fivefold.engine.phasing import read_phase
from fivefold.engine.planning import PlanOptions, make_plan, understand
from fivefold.engine.prepared import prepare
from fivefold.engine.profiling import build_readings, worst_levels
from fivefold.engine.replanning import what_if
from fivefold.engine.safety import find_overrides
from fivefold.engine.scoring import score_assessment, score_entry
from fivefold.engine.scoring_batch import score_batch
from fivefold.engine.sequencing import sequence_plan
from fivefold.exchange.plan_json import plan_to_json
from fivefold.knowledge.cache import cache_file, load_cached
from fivefold.knowledge.loader import KNOWLEDGE_FOLDER, load_base
from fivefold.library import load_knowledge, read_assessment

ROOT = Path(__file__).resolve().parent.parent
CASE = KNOWLEDGE_FOLDER / "cases/published/02-scored-break-ups.assessment.yaml"
WITHOUT_DRAWS = PlanOptions(with_stability=False)
AS_OF = date(2026, 11, 22)


@dataclass(frozen=True, order=True)
class _Small:
    key: int
    text: str


def reference() -> None:
    """The yardstick: 2,000 small frozen values made and sorted."""
    sorted(_Small(number * 7919 % 2003, f"value {number}") for number in range(2000))


def medians(work: Callable[[], object], repetitions: int) -> tuple[float, float]:
    """Median milliseconds of the work and the median ratio to the reference, measured in turn."""
    times, ratios = [], []
    for _ in range(repetitions):
        start = time.perf_counter()
        reference()
        middle = time.perf_counter()
        work()
        end = time.perf_counter()
        times.append((end - middle) * 1000)
        ratios.append((end - middle) / (middle - start))
    return statistics.median(times), statistics.median(ratios)


def line(name: str, value: str, goal: str, ratio: float | None = None) -> None:
    shown = f"{ratio:8.2f} x reference" if ratio is not None else ""
    print(f"{name:52} {value:>16}   goal {goal:18} {shown}", flush=True)


def full_case(knowledge: KnowledgeBase) -> Assessment:
    """An assessment in which every impairment, general module and risk answer is known."""
    generator = random.Random(1)
    return replace(
        read_assessment(CASE, knowledge),
        ratings={name: Rating(float(generator.randint(0, 4)), "seen this week") for name in knowledge.impairments},
        general_modules={f"G{number}": GeneralState.ATTAINED for number in range(1, 7)},
        risk={name: RiskAnswer(False) for name in RISK_QUESTIONS},
    )


def generated(knowledge: KnowledgeBase, count: int, seed: int) -> Iterator[Assessment]:
    """Assessments of every shape, one after the other; nothing is kept."""
    generator = random.Random(seed)
    names = list(knowledge.impairments)
    base = read_assessment(CASE, knowledge)
    states = [state for state in GeneralState if state is not GeneralState.UNKNOWN]
    for number in range(count):
        known = generator.sample(names, generator.randint(5, len(names)))
        yield replace(
            base,
            id=f"generated-{number}",
            ratings={name: Rating(float(generator.randint(0, 4))) for name in names if name in known},
            general_modules={f"G{part}": generator.choice(states) for part in range(1, 7) if generator.random() < 0.7},
            risk={name: RiskAnswer(generator.random() < 0.03) for name in RISK_QUESTIONS if generator.random() < 0.8},
            events=(EventRecord("self_harm", 1, days := generator.randint(0, 200), days),) if generator.random() < 0.5 else (),
        )


# ---- Parts -------------------------------------------------------------------------------------------------------------


def bench_planning(knowledge: KnowledgeBase) -> None:
    case = full_case(knowledge)
    before = make_plan(case, knowledge)
    changed = replace(case, ratings={**case.ratings, "anger": Rating(3.0)})
    line("full plan with explanations, warm", *_ms(medians(lambda: make_plan(case, knowledge, WITHOUT_DRAWS), 200), "at most 2 ms"))
    with_draws = medians(lambda: make_plan(case, knowledge), 60)[0]
    without = medians(lambda: make_plan(case, knowledge, WITHOUT_DRAWS), 60)[0]
    line("1,000 stability draws", f"{with_draws - without:.1f} ms", "at most 60 ms")
    line("a what-if change with its difference", *_ms(medians(lambda: what_if(before, changed, knowledge), 200), "at most 5 ms"))


def _ms(measured: tuple[float, float], goal: str) -> tuple[str, str, float]:
    return f"{measured[0]:.2f} ms", goal, measured[1]


def bench_loading() -> None:
    load_cached()
    line("knowledge base from the compiled cache", *_ms(medians(load_cached, 20), "at most 60 ms"))
    line("knowledge base from YAML, validated", *_ms(medians(load_base, 7), "at most 500 ms"))
    print(f"{'':52} {cache_file(KNOWLEDGE_FOLDER).stat().st_size / 1e6:>13.1f} MB   compiled")


def bench_cold_start() -> None:
    """The whole process: start, read, plan, print; elapsed seconds and peak memory of the child."""
    command = [sys.executable, "-m", "fivefold.cli.main", "plan", str(CASE)]
    subprocess.run(command, capture_output=True, check=True)
    times, bare = [], []
    for _ in range(11):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", "pass"], check=True)
        middle = time.perf_counter()
        subprocess.run(command, capture_output=True, check=True)
        bare.append(middle - start)
        times.append(time.perf_counter() - middle)
    measure = "import resource,subprocess,sys; subprocess.run(sys.argv[1:], capture_output=True); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    memory = subprocess.run([sys.executable, "-c", measure, *command], capture_output=True, text=True, check=True)
    line("fivefold plan FILE, whole process", f"{statistics.median(times):.3f} s", "at most 0.5 s")
    print(f"{'':52} {statistics.median(times) / statistics.median(bare):>14.1f} x   a bare Python")
    line("its peak memory", f"{int(memory.stdout) / 1024:.0f} MB", "at most 120 MB")


def _plan_many(arguments: tuple[int, int]) -> tuple[int, int]:
    seed, count = arguments
    knowledge = load_knowledge()
    gc.freeze()
    early = 0
    for number, case in enumerate(generated(knowledge, count, seed)):
        make_plan(case, knowledge, WITHOUT_DRAWS)
        if number == count // 10:
            early = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return early, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def bench_batch(total: int) -> None:
    workers = os.cpu_count() or 1
    start = time.perf_counter()
    with ProcessPoolExecutor(workers) as pool:
        memory = list(pool.map(_plan_many, [(seed, total // workers) for seed in range(workers)]))
    rate = total / (time.perf_counter() - start)
    line(f"batch of {total:,} generated assessments", f"{rate:,.0f} plans/s", "at least 800/s")
    growth = max(late - early for early, late in memory) / 1024
    line("memory growth from 10 % to the end", f"{growth:.1f} MB", "flat")


def bench_alarms() -> None:
    """How often the rules of signals are right, worked out again; the pages that say it must say the same."""
    for module, page in (("scripts.alarm_rules", "docs/reference/alarm-rules.md"), ("scripts.real_data", "docs/reference/real-data.md")):
        found = subprocess.run([sys.executable, "-m", module], cwd=ROOT, capture_output=True, text=True, check=False)
        line(f"{page}, worked out again", "the same" if found.returncode == 0 else "STALE", "the same")
        for text in found.stdout.splitlines() if found.returncode == 0 else [found.stderr.strip()]:
            if text.startswith("| ") or found.returncode:
                print(f"    {text}")


def bench_growth(knowledge: KnowledgeBase) -> None:
    """Exponents of cost: patients at a fixed base, and modules at a fixed patient."""
    patients = [250, 500, 1000, 2000]
    seconds = []
    for count in patients:
        start = time.perf_counter()
        for case in generated(knowledge, count, 7):
            make_plan(case, knowledge, WITHOUT_DRAWS)
        seconds.append(time.perf_counter() - start)
    line("exponent of cost in patients", f"{exponent(patients, seconds):.3f}", "1")
    sizes, times = [], []
    case = full_case(knowledge)
    for factor in (1, 2, 4, 8):
        larger = multiplied(knowledge, factor)
        make_plan(case, larger, WITHOUT_DRAWS)
        sizes.append(len(larger.modules) + len(larger.general_modules))
        times.append(medians(lambda larger=larger: make_plan(case, larger, WITHOUT_DRAWS), 40)[0])  # type: ignore[misc]
    shown = ", ".join(f"{size}: {ms:.1f} ms" for size, ms in zip(sizes, times, strict=True))
    line("exponent of cost in modules", f"{exponent(sizes, times):.3f}", "at most 1")
    print(f"{'':52} {shown}")


def exponent(sizes: list[int], times: list[float]) -> float:
    """Slope of the least-squares line through the logarithms."""
    xs, ys = [math.log(size) for size in sizes], [math.log(value) for value in times]
    mean_x, mean_y = statistics.fmean(xs), statistics.fmean(ys)
    return sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / sum((x - mean_x) ** 2 for x in xs)


def multiplied(knowledge: KnowledgeBase, factor: int) -> KnowledgeBase:
    """The base with its modules repeated under new ids, general modules included in the count only once more each time."""
    modules = dict(knowledge.modules)
    general = dict(knowledge.general_modules)
    for copy in range(1, factor):
        renamed = {name: f"{name}x{copy}" for name in knowledge.modules}
        for module in knowledge.modules.values():
            needs = tuple(replace(need, module=renamed.get(need.module, need.module)) for need in module.prerequisites)
            modules[renamed[module.id]] = replace(module, id=renamed[module.id], prerequisites=needs)
        for part in knowledge.general_modules.values():
            general[f"{part.id}x{copy}"] = replace(part, id=f"{part.id}x{copy}")
    questions = {**knowledge.gates.questions, **dict.fromkeys(general, "?")}
    return replace(knowledge, modules=modules, general_modules=general, gates=replace(knowledge.gates, questions=questions))


def bench_stages(knowledge: KnowledgeBase) -> None:
    """Where the time of one plan goes, step by step: the best of many runs, in milliseconds and as a share."""
    case, prepared = full_case(knowledge), prepare(knowledge)
    known = understand(case, knowledge)
    scores = score_assessment(case, knowledge)
    worst = gather_facts(case, scores)
    worst.levels = worst_levels(known.readings)
    frame = make_frame(known.facts, known.overrides, known.phase.overall, prepared, 2)
    placements = match_modules(frame, prepared)
    board = make_board(frame, placements, prepared)
    doses = {name: part.matches[known.resilience.level].dose for name, part in prepared.modules.items()}
    general = read_general_modules(known.facts, known.overrides, knowledge)
    steps: dict[str, Callable[[], object]] = {
        "profile: evidence and levels": lambda: build_readings(case, scores, knowledge),
        "safety: overrides": lambda: find_overrides(worst, scores, knowledge, prepared.describer),
        "phase": lambda: read_phase(known.facts, known.overrides, knowledge, prepared.describer),
        "matching: 35 modules with reasons": lambda: match_modules(frame, prepared),
        "smallest changes (flips_if)": lambda: [flips_of(name, board) for name in placements],
        "sequence": lambda: sequence_plan(placements, doses, frame, prepared),
        "general modules": lambda: read_general_modules(known.facts, known.overrides, knowledge),
        "coverage": lambda: check_coverage(known.readings, placements, general, prepared),
        "next best measures": lambda: next_best_measures(placements, known.facts, prepared),
        "comparison with GPM": lambda: compare_protocols(known.facts, known.readings, prepared, ("gpm",), "imt"),
    }
    whole = best(lambda: make_plan(case, knowledge, WITHOUT_DRAWS))
    print(f"one plan: {whole:.2f} ms (best of many)")
    for name, step in steps.items():
        time_of = best(step)
        print(f"  {name:36} {time_of:6.3f} ms  {time_of / whole:5.0%}")


def best(work: Callable[[], object], repetitions: int = 300) -> float:
    """The shortest of many runs in milliseconds: what the work itself costs, without what else the machine did."""
    shortest = math.inf
    for _ in range(repetitions):
        start = time.perf_counter()
        work()
        shortest = min(shortest, time.perf_counter() - start)
    return shortest * 1000


def bench_files(knowledge: KnowledgeBase) -> None:
    """Reading, JSON and documents."""

    result = make_plan(read_assessment(CASE, knowledge), knowledge)
    line("reading and checking an assessment file", *_ms(medians(lambda: read_assessment(CASE, knowledge), 60), ""))
    line("plan as JSON", *_ms(medians(lambda: plan_to_json(result), 60), ""))
    line("plan as text", *_ms(medians(lambda: render_text(result, knowledge, colour=False), 60), ""))
    line("plan as HTML", *_ms(medians(lambda: render_html(result, knowledge), 30), ""))
    line("plan as PDF, clinician", *_ms(medians(lambda: render_pdf(result, knowledge), 11), "at most 100 ms"))


RESPONSES = 1_000_000
SCORED_AT_ONCE = (("phq9", "total"), ("bsl23", "total"), ("audit", "total"), ("rfq8", "total"), ("cssrs", "triage"))


def bench_scoring(knowledge: KnowledgeBase) -> None:
    """A million questionnaires at once on one core, gaps among them, and the same by the path for one, compared on every one."""
    for name, scale_id in SCORED_AT_ONCE:
        instrument = knowledge.instruments[name]
        scale, known = instrument.scale(scale_id) or instrument.scales[0], instrument.items
        assert known is not None
        rng = np.random.default_rng(5)
        lows, highs = [known.minimum] * known.count, [known.maximum_of(number) for number in range(1, known.count + 1)]
        answers = rng.integers(lows, np.array(highs) + 1, size=(RESPONSES, known.count)).astype(float)
        for number, allowed in known.item_options.items():
            answers[:, number - 1] = rng.choice(allowed, size=RESPONSES)
        answers[rng.random(answers.shape) < 0.02] = np.nan
        times = []
        for _ in range(3):
            start = time.process_time()
            values = score_batch(instrument, scale, answers)
            times.append(time.process_time() - start)
        line(f"{RESPONSES:,} x {name} at once", f"{RESPONSES / statistics.median(times) / 1e6:.2f} million/s", "at least 0.2 million/s")
        only = replace(instrument, scales=(scale,))
        start, differ = time.process_time(), 0
        for row, value in zip(answers.tolist(), values.tolist(), strict=True):
            entry = ScoreEntry(name, items=tuple(None if answer != answer else answer for answer in row))
            one = score_entry(entry, only, AS_OF)[0].value
            differ += one != value if one is not None else value == value
        line("  the same one by one", f"{RESPONSES / (time.process_time() - start) / 1e3:.0f} thousand/s", "")
        line("  of which differ", f"{differ}", "0")


def bench_documents() -> None:
    """Documents of plans, measured by a program of their own: it starts fresh processes."""
    subprocess.run([sys.executable, "-m", "scripts.bench_documents"], cwd=ROOT, check=True)


def bench_by_itself(name: str) -> int:
    """A part that needs the whole app, in a program and on a database of its own; gives its exit code."""
    return subprocess.run([sys.executable, "-m", f"scripts.bench_{name}"], cwd=ROOT, check=False).returncode


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batch", type=int, default=100_000, help="assessments in the batch")
    parts_of_it = ("planning", "stages", "loading", "cold", "batch", "growth", "files", "scoring", "alarms", "documents", "signals", "progress", "app")
    parser.add_argument("--only", choices=parts_of_it, help="one part")
    chosen = parser.parse_args()
    if chosen.only in ("app", "signals", "progress"):
        raise SystemExit(bench_by_itself(chosen.only))
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, load {os.getloadavg()[0]:.2f}\n")
    knowledge = load_knowledge()
    parts: dict[str, Callable[[], None]] = {
        "planning": lambda: bench_planning(knowledge),
        "stages": lambda: bench_stages(knowledge),
        "loading": bench_loading,
        "cold": bench_cold_start,
        "files": lambda: bench_files(knowledge),
        "scoring": lambda: bench_scoring(knowledge),
        "documents": bench_documents,
        "growth": lambda: bench_growth(knowledge),
        "alarms": bench_alarms,
        "batch": lambda: bench_batch(chosen.batch),
    }
    for name, part in parts.items():
        if chosen.only in (None, name):
            part()
    if chosen.only is None and any([bench_by_itself("progress"), bench_by_itself("signals")]):
        raise SystemExit("A part of it failed; it says above what.")


if __name__ == "__main__":
    main()
