"""Our scoring held against somebody else's: PHQ-9, GAD-7 and the Rosenberg scale as the package ``hippocrates`` scores them.

It shares no code and no key with us. It is no dependency: put it into a folder of its own and run

    .venv/bin/uv pip install --target build/other hippocrates==0.4.0 pick tabulate --no-deps
    PYTHONPATH=build/other .venv/bin/python -m scripts.scoring_beside_another

Complete answer sets alone are compared, because it counts unanswered items as nothing, which we refuse. Prints, for each instrument, how
many totals differ for another reason than a question that is keyed the other way there, and which those are; ends with 1 when any does.
"""

import importlib
import random
import re
import sys
from datetime import date
from difflib import SequenceMatcher
from typing import Any

from fivefold.concepts.assessment import ScoreEntry
from fivefold.engine.scoring import score_entry
from fivefold.library import load_knowledge

SETS = 20_000
AS_OF = date(2026, 11, 1)
# Our instrument, the module that holds theirs, and the class in it.
COMPARED = (
    ("phq9", "hippocrates.questionnaires.phq9.assessment", "PHQ9Assessment"),
    ("gad7", "hippocrates.questionnaires.gad7.assessment", "GAD7Assessment"),
    ("rses", "hippocrates.questionnaires.rosenberg_self_esteem.assessment", "RosenbergSelfEsteemAssessment"),
)


def letters(text: str) -> str:
    """A text without what spellings differ in."""
    return re.sub(r"[^a-z]", "", text.lower())


def compare(name: str, theirs: Any) -> tuple[int, list[str]]:
    """How many totals differ that no question keyed the other way explains, and those questions with other remarks, in words."""
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
    wrong = 0
    for name, module, kind in COMPARED:
        differ, remarks = compare(name, getattr(importlib.import_module(module), kind)())
        wrong += differ
        print(f"{name}: {SETS:,} complete answer sets, {differ} totals differ{''.join(f'; {remark}' for remark in remarks)}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
