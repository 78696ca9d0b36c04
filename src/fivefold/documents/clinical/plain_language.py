"""Whether a text for a patient is plain and kind: its reading age, and words that hurt, promise or need a dictionary.

The grade is that of Flesch and Kincaid; syllables are counted by the letters. Counts by ear (a dictionary of spoken English) and by
letters are held together by a test on every patient text of the knowledge base.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

# School grade by Flesch and Kincaid: 7 is an age of about twelve. Proposal, as for the texts of the knowledge base.
HARDEST_GRADE = 7.0
LONGEST_SENTENCE = 20
# Fewer words give no grade that means anything.
FEWEST_WORDS = 8

JARGON = re.compile(
    r"\b(borderline|bpd|disorder\w*|diagnos\w*|patholog\w*|symptom\w*|comorbid\w*|dysregulat\w*|maladaptive|schemas?|modes?|mentali[sz]\w*|dissociat\w*|"
    r"impulsivity|ideation|parasuicid\w*|interventions?|modules?|phases?|attachment|transference|affect\w*|psychoeducation|formulation|titrat\w*|resilience|"
    r"containment|modulation|integration|exploration|cognit\w*|regulation|interpersonal|narrative)\b",
    re.IGNORECASE,
)
BLAME = re.compile(
    r"\b(manipulat\w*|attention[- ]seeking|compl(?:y|iant|iance)|non-?compliant|resist\w*|fail\w*|refus\w*|lazy|selfish|dramatic|overreact\w*|difficult|"
    r"you should|you must|you have to|you need to|only self-harm)\b",
    re.IGNORECASE,
)
PROMISE = re.compile(
    r"\b(cure\w*|guarantee\w*|(?:we|I) promise|low risk|no risk|safe from|will (?:get|be|feel) (?:better|well|fine|happy|safe)|always works|proven)\b",
    re.IGNORECASE,
)
SHOUTING = re.compile("!")

SENTENCE = re.compile(r"[^.?!:]+[.?!:]*")
WORD = re.compile(r"[A-Za-z0-9]+(?:['’][A-Za-z]+)?")
VOWELS = re.compile(r"[aeiouy]+")
SILENT_END = re.compile(r"(?<![aeiouyl])(?:e|es|ed)$|(?<=[aeiouy]l)e[sd]?$")
SOUNDED_END = re.compile(r"(?:[td]ed|[sxzcg]es|[sc]hes|[^aeiouy]les?)$")
TWO_VOWELS = re.compile(r"i[ao](?!us|n)|[^q]u[ao]|eing|ying|[^aeiou]ier|[aeiouy]ing")


class Trouble(StrEnum):
    """What is wrong with a text for a patient. Words that blame or promise are refused; the rest is told and may stay."""

    BLAME = "blame"
    PROMISE = "promise"
    SHOUTING = "shouting"
    JARGON = "jargon"
    LONG_SENTENCE = "long_sentence"
    HARD = "hard"

    @property
    def refuses(self) -> bool:
        return self in (Trouble.BLAME, Trouble.PROMISE, Trouble.SHOUTING)


@dataclass(frozen=True)
class Finding:
    """One thing at fault: which part it stands in, what is wrong, and the very words. ``grade`` is given for a text that is too hard."""

    part: str
    trouble: Trouble
    words: str
    grade: float | None = None


def words_of(text: str) -> list[str]:
    """The words of a text."""
    return WORD.findall(text)


def sentences_of(text: str) -> list[str]:
    """The sentences of a text; what follows a colon counts as a sentence of its own."""
    return [part for part in SENTENCE.findall(text) if words_of(part)]


def syllables(word: str) -> int:
    """How many syllables a word has, counted by its letters; at least one."""
    plain = word.lower().partition("'")[0].partition("’")[0]
    count = len(VOWELS.findall(plain)) + len(TWO_VOWELS.findall(plain))
    if SILENT_END.search(plain) and not SOUNDED_END.search(plain):
        count -= 1
    return max(1, count)


def grade(text: str) -> float | None:
    """School grade of a text by Flesch and Kincaid, None for too few words to say."""
    found = words_of(text)
    if len(found) < FEWEST_WORDS:
        return None
    return 0.39 * len(found) / len(sentences_of(text)) + 11.8 * sum(map(syllables, found)) / len(found) - 15.59


def check(texts: Iterable[tuple[str, str]]) -> tuple[Finding, ...]:
    """What is at fault in texts for a patient, each with the part it stands in; empty when nothing is."""
    found: list[Finding] = []
    for part, text in texts:
        for trouble, pattern in ((Trouble.BLAME, BLAME), (Trouble.PROMISE, PROMISE), (Trouble.SHOUTING, SHOUTING), (Trouble.JARGON, JARGON)):
            found += [Finding(part, trouble, match.group()) for match in pattern.finditer(text)]
        found += [Finding(part, Trouble.LONG_SENTENCE, one.strip()) for one in sentences_of(text) if len(words_of(one)) > LONGEST_SENTENCE]
        level = grade(text)
        if level is not None and level > HARDEST_GRADE and len(words_of(text)) > LONGEST_SENTENCE:
            found.append(Finding(part, Trouble.HARD, text, round(level, 1)))
    return tuple(dict.fromkeys(found))
