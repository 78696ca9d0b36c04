"""Our scoring held against somebody else's: as the packages ``hippocrates`` and ``biopsykit`` score the same instruments.

They share no code and no key with us. They are no dependencies (the second needs a whole laboratory): put them into a folder of their own and run

    .venv/bin/uv pip install --target build/other hippocrates==0.4.0 biopsykit==0.14.0 pytz pick tabulate --no-deps
    PYTHONPATH=build/other .venv/bin/python -m scripts.scoring_beside_another

What was looked for, and what else there is, stands in docs/reference/independent-scoring.md. Complete answer sets alone are compared, because the
first counts unanswered items as nothing, which we refuse. Prints, for each instrument, how many totals differ for another reason than a question
that is keyed the other way there, and which those are; ends with 1 when any does.
"""

import argparse
import importlib
import importlib.util
import json
import random
import re
import sys
import types
from datetime import date
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from fivefold.concepts.assessment import ScoreEntry
from fivefold.engine.scoring import score_entry
from fivefold.library import load_knowledge

SETS = 20_000
# What they said of so many of them is kept, so that every run of CI holds our keys against it without their packages.
KEPT = 200
FILE = Path(__file__).resolve().parent.parent / "tests/knowledge/independent_totals.json"
Kept = dict[str, list[tuple[str, int]]]
AS_OF = date(2026, 11, 1)
# Our instrument, the module that holds theirs, and the class in it.
COMPARED = (
    ("phq9", "hippocrates.questionnaires.phq9.assessment", "PHQ9Assessment"),
    ("gad7", "hippocrates.questionnaires.gad7.assessment", "GAD7Assessment"),
    ("rses", "hippocrates.questionnaires.rosenberg_self_esteem.assessment", "RosenbergSelfEsteemAssessment"),
)
# Our instrument, and the function of biopsykit that scores it; all three count answers from 0 as we do.
FUNCTIONS = (("phq9", "phq"), ("cesd", "cesd"), ("rses", "rse"))


def compare_function(name: str, theirs: Any, kept: Kept) -> int:
    """How many totals differ from those of a function that takes a table of answers; ``kept`` takes what it said of the first ones."""
    import pandas  # noqa: PLC0415  # takes a second

    instrument = load_knowledge().instruments[name]
    known, scale = instrument.items, instrument.scale("total") or instrument.scales[0]
    assert known is not None
    chance = random.Random(6)
    sets = [[chance.randrange(known.minimum, known.maximum + 1) for _ in range(known.count)] for _ in range(SETS)]
    totals = theirs(pandas.DataFrame(sets, columns=[f"item{number}" for number in range(known.count)])).iloc[:, 0]
    kept[f"{name} biopsykit"] = [("".join(map(str, chosen)), int(total)) for chosen, total in zip(sets[:KEPT], totals, strict=False)]
    ours = (score_entry(ScoreEntry(name, items=tuple(map(float, chosen))), instrument, AS_OF) for chosen in sets)
    return sum(next(score.value for score in scores if score.scale == scale.id) != total for scores, total in zip(ours, totals, strict=True))


def functions_of_biopsykit() -> Any:
    """The module of questionnaires alone: the package as a whole wants the tools of a laboratory."""
    place = importlib.util.find_spec("biopsykit")
    if place is None or not place.submodule_search_locations:
        sys.exit("biopsykit is not here: see the head of this file.")
    for part in ("biopsykit", "biopsykit.questionnaires", "biopsykit.utils"):
        package = types.ModuleType(part)
        package.__path__ = [str(Path(place.submodule_search_locations[0], *part.split(".")[1:]))]
        sys.modules[part] = package
    return importlib.import_module("biopsykit.questionnaires.questionnaires")


def letters(text: str) -> str:
    """A text without what spellings differ in."""
    return re.sub(r"[^a-z]", "", text.lower())


def compare(name: str, theirs: Any, kept: Kept) -> tuple[int, list[str]]:
    """How many totals differ that no question keyed the other way explains, and those questions with other remarks, in words.

    ``kept`` takes what it said of the first sets, where no question is keyed the other way.
    """
    instrument = load_knowledge().instruments[name]
    known, scale = instrument.items, instrument.scale("total") or instrument.scales[0]
    assert known is not None
    order = [question_for(text, theirs) for text in known.texts]
    if len({id(question) for question in order}) != known.count or len(theirs.question_set) != known.count:
        return 1, ["its questions are not ours"]
    other_key = [number for number, question in enumerate(order, start=1) if is_reversed(question) != (number in scale.reversed)]
    chance, differ = random.Random(5), 0
    for _ in range(SETS):
        chosen = [chance.randrange(known.minimum, known.maximum + 1) for _ in range(known.count)]
        for place, question in enumerate(order):
            question.answer = option_for(question, known.options[chosen[place] - known.minimum])
        ours = score_entry(ScoreEntry(name, items=tuple(float(value) for value in chosen)), instrument, AS_OF)
        total = next(score.value for score in ours if score.scale == scale.id)
        turned = sum(known.maximum - 2 * chosen[number - 1] if number in scale.reversed else 2 * chosen[number - 1] - known.maximum for number in other_key)
        differ += total != theirs.total_score() + turned
        if not other_key and len(said := kept.setdefault(f"{name} hippocrates", [])) < KEPT:
            said.append(("".join(map(str, chosen)), int(theirs.total_score())))
    starts = {band.start for band in scale.bands}
    remarks = [f"question {number} is keyed the other way there: {known.texts[number - 1]!r}" for number in other_key]
    return differ, [*remarks, *(f"a band begins at {one.min} there" for one in theirs.results if scale.bands and float(one.min) not in starts)]


def question_for(text: str, theirs: Any) -> Any:
    """Their question that reads most like ours; wordings and order differ between editions."""
    return max(theirs.question_set, key=lambda one: SequenceMatcher(None, letters(one.question.text), letters(text)).ratio())


def is_reversed(question: Any) -> bool:
    """Whether more agreement counts less, by the order of their values."""
    values = {letters(option.text): option.value for option in question.answer_options}
    return bool(values.get("stronglyagree", 1) < values.get("stronglydisagree", 0))


def option_for(question: Any, words: str) -> Any:
    """Their answer with these words."""
    return next(option for option in question.answer_options if letters(option.text) == letters(words))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"keep what they said of the first {KEPT} sets for the tests of every run of CI")
    asked = parser.parse_args()
    wrong = 0
    kept: Kept = {}
    for name, module, kind in COMPARED:
        differ, remarks = compare(name, getattr(importlib.import_module(module), kind)(), kept)
        wrong += differ
        print(f"{name}: {SETS:,} complete answer sets, {differ} totals differ{''.join(f'; {remark}' for remark in remarks)}")
    questionnaires = functions_of_biopsykit()
    for name, function in FUNCTIONS:
        differ = compare_function(name, getattr(questionnaires, function), kept)
        wrong += differ
        print(f"{name}: {SETS:,} complete answer sets, {differ} totals differ (biopsykit)")
    if asked.write and not wrong:
        FILE.write_text(json.dumps(kept, indent=None, separators=(",", ":")).replace('],"', '],\n"') + "\n", encoding="utf-8")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
