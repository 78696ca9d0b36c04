"""How far two independent keyings of the worked cases agree with each other and with the program.

The keys were written from the clinical texts alone, before the program was run on a case. Disagreements are listed, not
averaged away. ``python scripts/agreement.py --write`` renews docs/reference/agreement.md, ``--check`` says whether it is fresh.
"""

import argparse
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.plan import PhasedPlan
from fivefold.concepts.training import Keying
from fivefold.concepts.vocabulary import MatchStatus, OverrideStatus
from fivefold.engine.agreement import agreement_of, demand_on_module, demand_on_rule
from fivefold.exchange.keyings import read_keying
from fivefold.library import load_knowledge, plan, read_assessment

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "src/fivefold/knowledge_base/cases"
REPORT = ROOT / "docs/reference/agreement.md"
RAISED = (OverrideStatus.ACTIVE, OverrideStatus.TO_ASK)
IN_PLAN = (MatchStatus.NOW, MatchStatus.NEXT, MatchStatus.LATER, MatchStatus.CAUTIONED, MatchStatus.SUSPENDED, MatchStatus.DONE)
CODES = [f"R{number}" for number in range(1, 15)]


@dataclass(frozen=True)
class WorkedCase:
    """One case: its plan, and its keys by keyer, as they are written and as they are read."""

    name: str
    plan: PhasedPlan
    keys: dict[str, dict[str, Any]]
    keyings: dict[str, Keying]


def load_later(knowledge: KnowledgeBase, folder: Path) -> list[WorkedCase]:
    """The cases of a folder that got their second key later, with the first key as "first" and the second as "D"."""
    cases = []
    for path in sorted(folder.glob("*.key-b.yaml")):
        stem = path.name.removesuffix(".key-b.yaml")
        first = next(one for ending in ("expected", "key-a") if (one := folder / f"{stem}.{ending}.yaml").is_file())
        paths = {"first": first, "D": path}
        keys = {keyer: yaml.safe_load(one.read_text(encoding="utf-8")) for keyer, one in paths.items()}
        result = plan(read_assessment(folder / f"{stem}.assessment.yaml", knowledge), knowledge, draws=0)
        cases.append(WorkedCase(stem, result, keys, {keyer: read_keying(one) for keyer, one in paths.items()}))
    return cases


def load_cases(knowledge: KnowledgeBase, folder: Path = CASES / "vignettes") -> list[WorkedCase]:
    """Every vignette with both keys and the program's plan."""
    cases = []
    for path in sorted(folder.glob("*.assessment.yaml")):
        stem = path.name.removesuffix(".assessment.yaml")
        paths = {letter.upper(): folder / f"{stem}.key-{letter}.yaml" for letter in "ab"}
        keys = {letter: yaml.safe_load(one.read_text(encoding="utf-8")) for letter, one in paths.items()}
        keyings = {letter: read_keying(one) for letter, one in paths.items()}
        cases.append(WorkedCase(stem, plan(read_assessment(path, knowledge), knowledge, draws=0), keys, keyings))
    return cases


def key_phase(key: dict[str, Any]) -> str:
    return str(key["phase"]["primary"])


# ---- Statements of one key held against one plan ---------------------------------------------------------------------


def broken_statements(case: WorkedCase, letter: str) -> list[str]:
    """Every statement of a key that the plan does not fulfil, as a sentence."""
    key, result = case.keys[letter], case.plan
    found = []
    phases = [key_phase(key), *key["phase"].get("alternates", [])]
    if result.phase.overall.value not in phases:
        found.append(f"phase {' or '.join(phases)}, program {result.phase.overall.value}")
    if (key["withheld"] == "yes") is not (result.withheld is not None):
        found.append(f"withheld {key['withheld']}, program {'yes' if result.withheld else 'no'}")
    status = {match.id: match.status for match in result.modules}
    checks: list[tuple[str, Callable[[MatchStatus], bool]]] = [
        ("must_now", lambda word: word is MatchStatus.NOW),
        ("must_plan", lambda word: word in IN_PLAN),
        ("must_not_now", lambda word: word is not MatchStatus.NOW),
    ]
    for name, holds in checks:
        found += [f"{name.replace('_', ' ')} {module}, program {status[module].value}" for module in key.get(name, []) if not holds(status[module])]
    return found + _broken_overrides(key, result)


def _broken_overrides(key: dict[str, Any], result: PhasedPlan) -> list[str]:
    words: dict[str, OverrideStatus] = {}
    for override in result.overrides:
        if words.get(override.code) is not OverrideStatus.ACTIVE:
            words[override.code] = override.status
    found = [f"{code} raised, program {_word(words, code)}" for code in key.get("overrides_required", []) if words.get(code) not in RAISED]
    found += [f"{code} active, program {_word(words, code)}" for code in key.get("overrides_active", []) if words.get(code) is not OverrideStatus.ACTIVE]
    forbidden = key.get("overrides_forbidden", [])
    return found + [f"{code} never active, program active" for code in forbidden if words.get(code) is OverrideStatus.ACTIVE]


def _word(words: dict[str, OverrideStatus], code: str) -> str:
    return words[code].value if code in words else "not raised"


def statements(key: dict[str, Any]) -> int:
    """How many things a key demands."""
    names = ("must_now", "must_plan", "must_not_now", "overrides_required", "overrides_active", "overrides_forbidden")
    return 2 + sum(len(key.get(name, [])) for name in names)


# ---- The report --------------------------------------------------------------------------------------------------------


def report(cases: list[WorkedCase], later: dict[str, list[WorkedCase]], knowledge: KnowledgeBase, known: dict[str, Any]) -> str:
    lines = [
        "# Agreement on the worked cases",
        "",
        "Generated by `python scripts/agreement.py --write`. Each vignette was keyed twice from the clinical texts alone, before the",
        "program was run on it. Both keyers were language-model sessions that could not see each other's keys: this is no substitute for",
        "two clinicians, and it says so. Kappa is Cohen's; it is not defined where nothing varies.",
        "",
        "| Compared | Unit | Pairs | Agreement | Kappa |",
        "|---|---|---|---|---|",
    ]
    lines += [_row(name, unit, list(pairs)) for name, unit, pairs in _comparisons(cases, knowledge)]
    for letter in "AB":
        demanded = sum(statements(case.keys[letter]) for case in cases)
        broken = sum(len(broken_statements(case, letter)) for case in cases)
        lines.append(f"| key {letter} and program | every statement of the key | {demanded} | {1 - broken / demanded:.3f} | |")
    lines += [
        "",
        "The figures above are those after the changes below: the first comparison found the keys right where the program was not, and the",
        "program was changed. They therefore show that the program does what the keys say, not how it would do on new cases.",
        "",
        "## What the comparison changed",
        "",
    ]
    lines += [f"- **{entry['case']}**, {entry['statement']}. {entry['change'].strip()}" for entry in known["settled"]]
    lines += ["", "## Disagreements between a key and the program that stand, and why", ""]
    lines += _standing(cases, known["standing"]) or ["None at present."]
    lines += ["", "## Where the two keyers differ, and why", "", *_between_keys(cases, knowledge)]
    return "\n".join([*lines, *_later_lines(later, knowledge, known["later"])]) + "\n"


def _later_lines(later: dict[str, list[WorkedCase]], knowledge: KnowledgeBase, reasons: dict[str, str]) -> list[str]:
    """What the second keys of the other cases show, apart from the figures above; nothing where there is none."""
    everything = [case for cases in later.values() for case in cases]
    if not everything:
        return []
    lines = ["", "## Cases that got their second key later", ""]
    lines += ["These stand in no figure above. The second keyer (D) is a reader of this project, no clinician, who saw neither the first key nor"]
    lines += ["what the program says. Each key says itself what its reader knew beforehand. The first key of a published case is a reduction of its"]
    lines += ["expected plan, and names far less of what must wait than a key does. No key was changed to agree.", ""]
    lines += ["| Cases | Unit | Pairs | Agreement | Kappa |", "|---|---|---|---|---|"]
    for name, cases in (*later.items(), ("all of these", everything)):
        lines += [_row(name, unit, list(pairs)) for unit, pairs in _between_pairs(cases, knowledge, "first", "D")]
    lines += ["", "### Where the second key and the program differ", ""]
    lines += _standing(everything, reasons, "D") or ["Nowhere at present."]
    lines += ["", "### Where the first and the second key differ", ""]
    return [*lines, *_between_keys(everything, knowledge, "first", "D")]


# What the two keyers said differently of the same module or rule, as a pair of words, and why that is so.
BETWEEN_KEYS = {
    ("not now", "no demand"): "one keyer wrote down what must wait, the other only what must be done: silence is no statement",
    ("in the plan", "no demand"): "one keyer demanded what the other left open",
    ("now", "no demand"): "one keyer demanded at once what the other left open",
    ("in the plan", "not now"): "both can hold: a module may belong to the plan and not be due yet",
    ("in the plan", "now"): "one keyer named the time, the other only that it belongs to the plan",
    ("now", "not now"): "a contradiction: no plan can keep both",
    ("not demanded", "raised"): "one keyer wanted the question asked, the other did not speak of it",
    ("active", "not demanded"): "one keyer held the rule to be active, the other did not speak of it",
    ("active", "raised"): "one keyer held the rule to be active, the other wanted it asked first",
}


def _between_keys(cases: list[WorkedCase], knowledge: KnowledgeBase, one: str = "A", two: str = "B") -> list[str]:
    """Every difference between the two keyers, case by case, under the reason of its kind."""
    found: dict[tuple[str, str], list[str]] = {}
    for case in cases:
        a, b = case.keyings[one], case.keyings[two]
        pairs = [(name, demand_on_module(a, name), demand_on_module(b, name)) for name in knowledge.modules]
        pairs += [(code, demand_on_rule(a, code), demand_on_rule(b, code)) for code in CODES]
        pairs += [("phase", key_phase(case.keys[one]), key_phase(case.keys[two]))]
        kinds = sorted({(min(said, other), max(said, other)) for _, said, other in pairs if said != other})
        for first, second in kinds:
            ways = [(first, second, [name for name, *both in pairs if both == [first, second]])]
            ways.append((second, first, [name for name, *both in pairs if both == [second, first]]))
            differing = "; ".join(f"{one} “{said}”, {two} “{other}”: {', '.join(names)}" for said, other, names in ways if names)
            found.setdefault((first, second), []).append(f"- **{case.name}**: {differing}")
    lines = ["Nothing is smoothed over: each difference stands, grouped by what was said.", ""]
    for kind, told in sorted(found.items()):
        reason = _reason_of(kind)
        lines += [f"### “{kind[0]}” and “{kind[1]}”", "", f"{reason[0].upper()}{reason[1:]}.", "", *told, ""]
    return lines[:-1]


def _reason_of(kind: tuple[str, str]) -> str:
    named = {(min(pair), max(pair)): reason for pair, reason in BETWEEN_KEYS.items()}
    return named.get(kind, "open: to be looked at by a clinician")


def _standing(cases: list[WorkedCase], reasons: dict[str, str], letters: str = "AB") -> list[str]:
    lines = []
    for case in cases:
        for letter in letters:
            for text in broken_statements(case, letter):
                reason = reasons.get(f"{case.name} {letter} {text}", "open: to be looked at by a clinician")
                lines.append(f"- **{case.name}**, key {letter}: {text}. {reason[0].upper()}{reason[1:]}.")
    return lines


def _comparisons(cases: list[WorkedCase], knowledge: KnowledgeBase) -> Iterable[tuple[str, str, Iterable[tuple[str, str]]]]:
    for unit, pairs in _between_pairs(cases, knowledge, "A", "B"):
        yield "key A and key B", unit, pairs
    for letter in "AB":
        yield f"key {letter} and program", "phase", ((key_phase(case.keys[letter]), case.plan.phase.overall.value) for case in cases)
        yield f"key {letter} and program", "now or not now, where the key says", (pair for case in cases for pair in _now_pairs(case, letter))
        yield f"key {letter} and program", "override active or not, where the key says", (pair for case in cases for pair in _active_pairs(case, letter))


def _between_pairs(cases: list[WorkedCase], knowledge: KnowledgeBase, one: str, two: str) -> Iterable[tuple[str, Iterable[tuple[str, str]]]]:
    both = [(case.keys[one], case.keys[two]) for case in cases]
    read = [(case.keyings[one], case.keyings[two]) for case in cases]
    yield "phase", ((key_phase(a), key_phase(b)) for a, b in both)
    yield "plan withheld", ((a["withheld"], b["withheld"]) for a, b in both)
    yield "demand on each module", ((demand_on_module(a, m), demand_on_module(b, m)) for a, b in read for m in knowledge.modules)
    yield "each override", ((demand_on_rule(a, code), demand_on_rule(b, code)) for a, b in read for code in CODES)


def _now_pairs(case: WorkedCase, letter: str) -> Iterable[tuple[str, str]]:
    key = case.keys[letter]
    status = {match.id: match.status for match in case.plan.modules}
    for name, word in (("must_now", "now"), ("must_not_now", "not now")):
        for module in key.get(name, []):
            yield word, "now" if status[module] is MatchStatus.NOW else "not now"


def _active_pairs(case: WorkedCase, letter: str) -> Iterable[tuple[str, str]]:
    key = case.keys[letter]
    active = {override.code for override in case.plan.overrides if override.status is OverrideStatus.ACTIVE}
    for name, word in (("overrides_active", "active"), ("overrides_forbidden", "not active")):
        for code in key.get(name, []):
            yield word, "active" if code in active else "not active"


def _row(name: str, unit: str, pairs: list[tuple[str, str]]) -> str:
    value, observed, total = agreement_of(pairs)
    return f"| {name} | {unit} | {total} | {observed:.3f} | {'not defined' if value is None else f'{value:.3f}'} |"


def read_disagreements() -> dict[str, Any]:
    """What earlier comparisons have changed, and why other disagreements stand; written by hand."""
    return dict(yaml.safe_load((CASES / "disagreements.yaml").read_text(encoding="utf-8")))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--check", action="store_true")
    chosen = parser.parse_args()
    knowledge = load_knowledge()
    later = {"published": load_later(knowledge, CASES / "published"), "to practise on": load_later(knowledge, CASES / "practice")}
    text = report(load_cases(knowledge), later, knowledge, read_disagreements())
    if chosen.write:
        REPORT.write_text(text, encoding="utf-8")
    elif chosen.check:
        fresh = REPORT.exists() and REPORT.read_text(encoding="utf-8") == text
        print("agreement.md is fresh" if fresh else "agreement.md is stale: run python scripts/agreement.py --write")
        return 0 if fresh else 1
    else:
        print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
