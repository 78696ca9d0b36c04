"""Check the safety log in ``docs/safety`` and write its summary; with ``--check`` only say what is wrong or out of date.

Refused: a hazard or peer failure that is missing or there twice; a state that its entry does not bear out (controlled without
a control, partly without saying what is missing, a control without a place or without a test); a place in the code that does
not exist; a test that does not exist or is skipped. Tests are looked for in the text of the test files: none is run here,
and none is asked for its result. ``make test`` runs them all.
"""

import ast
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent
SUMMARY = "docs/safety/README.md"
HAZARD_IDS = [f"H{number:02}" for number in range(1, 40)]
PEER_IDS = [f"P{number:02}" for number in range(1, 46)] + [f"L{number:02}" for number in range(1, 11)]
CHAPTERS = [f"V{number}" for number in range(1, 18)]
HAZARD_STATES = ("controlled", "partly", "not yet")
PEER_STATES = ("tested", "partly", "no such part", "not yet")
ASVS_STATES = ("pass", "partly", "not yet", "not applicable")
NEVER_RUN = ("skip", "xfail")
Entry = dict[str, Any]


def read_log(root: Path = ROOT) -> tuple[list[Entry], list[Entry], list[Entry]]:
    """Hazards, peer failures and ASVS chapters."""
    hazards, peers, chapters = (yaml.safe_load((root / "docs" / "safety" / name).read_text(encoding="utf-8")) for name in FILES)
    return hazards, peers, chapters


FILES = ("hazards.yaml", "peer-failures.yaml", "asvs.yaml")


def find_problems(hazards: list[Entry], peers: list[Entry], chapters: list[Entry], root: Path = ROOT) -> list[str]:
    """Everything wrong with the log, one line each."""
    problems = [*_missing_or_twice("hazard", hazards, HAZARD_IDS), *_missing_or_twice("peer failure", peers, PEER_IDS)]
    if [chapter.get("chapter") for chapter in chapters] != CHAPTERS:
        problems.append("asvs.yaml: expected the chapters V1 to V17, once each and in this order")
    for entry in hazards:
        problems += [f"{entry.get('id')}: {what}" for what in _wrong_with_hazard(entry, root)]
    for entry in peers:
        problems += [f"{entry.get('id')}: {what}" for what in _wrong_with_peer(entry, root)]
    for chapter in chapters:
        problems += [
            f"{chapter.get('chapter')}, {topic.get('topic')}: {what}" for topic in chapter.get("topics", []) for what in _wrong_with_topic(topic, root)
        ]
    return problems


def _missing_or_twice(kind: str, entries: list[Entry], expected: list[str]) -> Iterator[str]:
    found = [str(entry.get("id")) for entry in entries]
    yield from (f"{one}: this {kind} is missing" for one in expected if one not in found)
    yield from (
        f"{one}: expected a {kind} from {expected[0]} to {expected[-1]}, once each" for one, many in Counter(found).items() if many > 1 or one not in expected
    )


# ---- Entries -------------------------------------------------------------------------------------------------------------


def _wrong_with_hazard(entry: Entry, root: Path) -> Iterator[str]:
    state, controls = entry.get("status"), entry.get("controls", [])
    yield from _unknown_keys(entry, "id", "hazard", "applies", "part", "status", "missing", "controls")
    if state not in HAZARD_STATES:
        yield f"status {state!r}; expected one of {', '.join(HAZARD_STATES)}"
    if entry.get("applies") not in ("now", "later"):
        yield f"applies {entry.get('applies')!r}; expected now or later"
    if entry.get("applies") == "later" and not entry.get("part"):
        yield "applies later; say with which part"
    if state in ("controlled", "partly") and not controls:
        yield f"{state}, but no control is named"
    if state == "not yet" and controls:
        yield "not yet, but controls are named"
    if state != "controlled" and not entry.get("missing"):
        yield f"{state}; say what is missing"
    for control in controls:
        yield from _unknown_keys(control, "what", "where", "tests")
        if not control.get("where") or not control.get("tests"):
            yield f"the control {control.get('what')!r} needs a place and a test"
        yield from _places_that_do_not_exist(control, root)
        yield from _tests_that_do_not_exist(control, root)


def _wrong_with_peer(entry: Entry, root: Path) -> Iterator[str]:
    state = entry.get("status")
    yield from _unknown_keys(entry, "id", "peer", "source", "cause", "status", "here", "missing", "tests")
    yield from (f"{name} is not said" for name in ("peer", "source", "cause") if not entry.get(name))
    if state not in PEER_STATES:
        yield f"status {state!r}; expected one of {', '.join(PEER_STATES)}"
    if state in ("tested", "partly") and not (entry.get("tests") and entry.get("here")):
        yield f"{state}; say what is done here and name a test"
    if state in ("partly", "not yet") and not entry.get("missing"):
        yield f"{state}; say what is missing"
    if state == "no such part" and not entry.get("here"):
        yield "say why this cannot happen here"
    if state == "not yet" and entry.get("tests"):
        yield "not yet, but tests are named"
    yield from _tests_that_do_not_exist(entry, root)


def _wrong_with_topic(topic: Entry, root: Path) -> Iterator[str]:
    yield from _unknown_keys(topic, "topic", "status", "reason", "tests")
    if topic.get("status") not in ASVS_STATES:
        yield f"status {topic.get('status')!r}; expected one of {', '.join(ASVS_STATES)}"
    if not topic.get("reason"):
        yield "say why"
    yield from _tests_that_do_not_exist(topic, root)


def _unknown_keys(entry: Entry, *known: str) -> Iterator[str]:
    yield from (f"unknown key {name!r}; expected {', '.join(known)}" for name in entry if name not in known)


# ---- Places and tests ----------------------------------------------------------------------------------------------------


def _places_that_do_not_exist(control: Entry, root: Path) -> Iterator[str]:
    for place in control.get("where", []):
        path, _, name = str(place).partition("::")
        if not (root / path).exists():
            yield f"there is no {path}"
        elif name and name not in _names_of(root / path):
            yield f"there is no {name} in {path}"


def _tests_that_do_not_exist(entry: Entry, root: Path) -> Iterator[str]:
    tests = entry.get("tests", [])
    yield from (f"the test {test} is named twice" for test, many in Counter(tests).items() if many > 1)
    for test in tests:
        path, _, name = str(test).partition("::")
        if not (root / path).is_file():
            yield f"there is no test file {path}"
        elif not name.rpartition("::")[2].startswith("test_") or name not in _names_of(root / path):
            yield f"there is no test {name} in {path}"
        elif _names_of(root / path)[name]:
            yield f"the test {name} in {path} is never run ({_names_of(root / path)[name]})"


@cache
def _names_of(path: Path) -> dict[str, str]:
    """What a file defines, methods as ``Class::name``; with the mark that keeps a test from running, or nothing."""
    return dict(_definitions(ast.parse(path.read_text(encoding="utf-8")).body)) if path.suffix == ".py" else {}


def _definitions(body: list[ast.stmt], above: str = "") -> Iterator[tuple[str, str]]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield above + node.name, next((mark for one in node.decorator_list for mark in NEVER_RUN if _is_mark(one, mark)), "")
            if isinstance(node, ast.ClassDef):
                yield from _definitions(node.body, f"{above}{node.name}::")
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        yield from ((above + one.id, "") for one in targets if isinstance(one, ast.Name))


def _is_mark(decorator: ast.expr, mark: str) -> bool:
    """``@pytest.mark.skip``, with or without arguments."""
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(called, ast.Attribute) and called.attr == mark


# ---- Summary -------------------------------------------------------------------------------------------------------------


def summary(hazards: list[Entry], peers: list[Entry], chapters: list[Entry]) -> str:
    """The page that sums the log up."""
    topics = [topic for chapter in chapters for topic in chapter["topics"]]
    tests = {test for entry in [*peers, *topics] for test in entry.get("tests", [])}
    tests |= {test for hazard in hazards for control in hazard.get("controls", []) for test in control["tests"]}
    controls = sum(len(hazard.get("controls", [])) for hazard in hazards)
    now = [hazard for hazard in hazards if hazard["applies"] == "now"]
    return PAGE.format(
        hazards=len(hazards),
        now=len(now),
        later=len(hazards) - len(now),
        controls=controls,
        tests=len(tests),
        of_now=_counts(now, HAZARD_STATES),
        of_later=_counts([hazard for hazard in hazards if hazard["applies"] == "later"], HAZARD_STATES),
        of_peers=_counts([entry for entry in peers if entry["id"].startswith("P")], PEER_STATES),
        of_libraries=_counts([entry for entry in peers if entry["id"].startswith("L")], PEER_STATES),
        of_asvs=_counts(topics, ASVS_STATES),
        hazard_rows="".join(_hazard_row(hazard) for hazard in hazards),
        peer_rows="".join(_peer_row(entry) for entry in peers),
    )


def _counts(entries: list[Entry], states: tuple[str, ...]) -> str:
    found = Counter(entry["status"] for entry in entries)
    return ", ".join(f"{found[state]} {state}" for state in states if found[state])


def _hazard_row(hazard: Entry) -> str:
    many = len({test for control in hazard.get("controls", []) for test in control["tests"]})
    part = "" if hazard["applies"] == "now" else f"; comes with {hazard['part']}"
    return f"| {hazard['id']} | {hazard['hazard']}{part} | {hazard['status']} | {many or '–'} | {_line(hazard.get('missing', ''))} |\n"


def _peer_row(entry: Entry) -> str:
    what, many = f"{entry['peer']}, {entry['source']}: {entry['cause']}", len(entry.get("tests", []))
    return f"| {entry['id']} | {_line(what)} | {entry['status']} | {many or '–'} | {_line(entry.get('missing', ''))} |\n"


def _line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


PAGE = """# Safety and security

What could harm people, what keeps it from happening, and what does not yet. This page is written by
`scripts/check_safety_log.py` from the data beside it; `make check` fails when a control, a place in the code or a test that
the data name does not exist. Whether the tests pass, `make test` says.

| | |
|---|---|
| [hazards.yaml](hazards.yaml) | {hazards} clinical hazards, {now} of them for what there is now: {of_now}. {later} come with later parts: {of_later} |
| | {controls} controls, each with its place in the code and its tests |
| [peer-failures.yaml](peer-failures.yaml) | failures of other programs: {of_peers}; of libraries: {of_libraries} |
| [asvs.yaml](asvs.yaml) | what we state about OWASP ASVS 5.0, by topic: {of_asvs}; `fivefold admin asvs` prints it |
| [threat-model.md](threat-model.md) | who could attack what, and where the data go |
| [SECURITY.md](../../SECURITY.md) | how to tell us about a hole |

{tests} different tests stand behind these. *Partly* and *not yet* are meant as they are written: read the last column before
you rely on a row.

**What this is not.** It is no safety case of a manufacturer and no certificate. A clinic that uses Fivefold needs a clinical
safety officer of its own who reads this log, adds the hazards of the place, and decides.

## Hazards

| | Hazard | State | Tests | What is missing |
|---|---|---|---|---|
{hazard_rows}
## Failures of others

| | What happened | State | Tests | What is missing |
|---|---|---|---|---|
{peer_rows}"""


def main(arguments: list[str]) -> int:
    """Print the problems; 0 when there are none, else 1."""
    log = read_log()
    problems = find_problems(*log)
    page = ROOT / SUMMARY
    if not problems and "--check" in arguments and (not page.exists() or page.read_text(encoding="utf-8") != summary(*log)):
        problems.append(f"{SUMMARY} is not up to date: run .venv/bin/python scripts/check_safety_log.py")
    if not problems and "--check" not in arguments:
        page.write_text(summary(*log), encoding="utf-8")
    for problem in problems:
        print(problem, file=sys.stderr)
    return int(bool(problems))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
