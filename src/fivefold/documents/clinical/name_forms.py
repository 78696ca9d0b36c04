"""The forms in which a person's name may stand in a text: its parts, short ones, other spellings, and the endings of a case.

Told generously: a word too many that is hidden costs a reader a moment, a name that is told costs the patient more. Endings are those
of the languages of our clinics as far as they follow a rule (German and Polish, and the Slavic ones near it); what follows none, a
nickname or an irregular form, is found where a clinician has listed it (``word_finder``). Whoever makes the pack reads it before it leaves.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable

SHORTEST_IN_ANY_CASE = 3
# After a consonant (Jan, Jana, Janowi; Annas) and in place of a last vowel (Anna, Anny, Annie, Annę; Kowalska, Kowalskiej).
AFTER = ("s", "es", "a", "u", "y", "i", "owi", "em", "iem", "ie", "om", "ami", "ach")
INSTEAD = ("y", "i", "ie", "ę", "ą", "o", "u", "ej", "iej", "ego", "iego", "emu", "iemu", "ym", "im", "ych", "ich", "ě", "ou")
VOWELS = "aeiouyąęó"
# The consonant changes before the ending: Marta, Marcie; Magda, Magdzie; Monika, Monice; Barbara, Barbarze; Michał, Michale.
SOFTENED = {"t": "cie", "d": "dzie", "k": "ce", "g": "dze", "r": "rze", "ł": "le", "s": "sie", "n": "nie"}
SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
# Short names that are words as well count as a name within a sentence alone, where nobody would write the word with a capital.
SHORT_WORDS = frozenset((
    "ad", "am", "an", "as", "at", "be", "by", "da", "do", "du", "ed", "er", "es", "go", "he", "if", "in", "is", "it", "la", "le", "me", "mi", "my",
    "no", "of", "on", "or", "so", "to", "tu", "um", "up", "us", "we", "za", "że",
))  # fmt: skip
BEGINS = r"(?:^|[.!?:;\n][\"'”»)]*\s*|[“„«(\"]\s*)"


# Puts something for each form that it finds in a text: what, is asked with the form found.
Finder = Callable[[str, Callable[[str], str]], str]


def name_finder(name: str, reference: str = "") -> Finder:
    """A finder of every form of a name.

    Parts from three letters on are found in any case of letters; shorter ones, and names with an ending, with a capital alone.
    """
    parts = list(dict.fromkeys(form for part in _parts(name) for form in _spellings(part)))
    long = [part for part in parts if len(part) >= SHORTEST_IN_ANY_CASE]
    short = [part for part in parts if len(part) < SHORTEST_IN_ANY_CASE]
    anyhow = _one_of([name, *long, *([reference] if reference else [])], re.IGNORECASE)
    exact = _one_of([*(form for part in parts for form in _inflected(part)), *(_capital(part) for part in short if part.casefold() not in SHORT_WORDS)])
    within = [_capital(part) for part in short if part.casefold() in SHORT_WORDS]
    anywhere = _finder(anyhow, exact)
    if not within:
        return anywhere
    inside = re.compile(f"({BEGINS})?" + _one_of(within).pattern)

    def hide(text: str, stand_in: Callable[[str], str]) -> str:
        return inside.sub(lambda found: found[0] if found[1] is not None else stand_in(found[0]), anywhere(text, stand_in))

    return hide


def word_finder(listed: Iterable[str]) -> Finder:
    """A finder of words that somebody has listed: as they are, in any case of letters, single ones with the endings of a case as well."""
    words = [" ".join(one.split()) for one in listed]
    endings = [form for one in words if len(one) >= SHORTEST_IN_ANY_CASE and " " not in one for form in _inflected(one)]
    return _finder(_one_of([form for one in words for form in _spellings(one)], re.IGNORECASE), _one_of(endings))


def _finder(*patterns: re.Pattern[str]) -> Finder:
    """A finder of what any of the patterns finds, one after the other."""

    def hide(text: str, stand_in: Callable[[str], str]) -> str:
        for pattern in patterns:
            text = pattern.sub(lambda found: stand_in(found[0]), text)
        return text

    return hide


def _one_of(forms: list[str], flags: int = 0) -> re.Pattern[str]:
    """Any of the forms as a whole word, the longest first; for none, what is nowhere."""
    told = sorted({form for form in forms if form.strip()}, key=len, reverse=True)
    written = "|".join(re.escape(form).replace(r"\ ", r"\s+") for form in told)
    return re.compile(rf"(?<!\w)(?:{written})(?!\w)" if told else r"(?!)", flags)


def _parts(name: str) -> list[str]:
    """Every word of a name, and both halves of a double one; a single letter is none."""
    whole = re.findall(r"[\w'’-]+", name)
    return [part for word in whole for part in dict.fromkeys((word, *re.split(r"['’-]", word))) if len(part) > 1]


def _spellings(part: str) -> tuple[str, ...]:
    """As it is written, with German vowels written out, and without any sign above or below a letter."""
    bare = "".join(letter for letter in unicodedata.normalize("NFD", part) if not unicodedata.combining(letter)).replace("ł", "l").replace("Ł", "L")
    return part, part.translate(SPELLED), bare


def _inflected(part: str) -> list[str]:
    """The part with the endings of a case, with a capital."""
    part = _capital(part)
    if len(part) < SHORTEST_IN_ANY_CASE:
        return [f"{part}s"] if part[-1].casefold() in VOWELS and part.casefold() not in SHORT_WORDS else []
    if part[-1].casefold() in VOWELS:
        stem = part[:-1]
        return [f"{part}s", *(stem + ending for ending in INSTEAD), *_softened(stem)]
    # Marek, Marka; Pawel, Pawla: the last e is left out before an ending.
    short = part[:-2] + part[-1] if part[-2].casefold() == "e" and len(part) > SHORTEST_IN_ANY_CASE else part
    return [stem + ending for stem in dict.fromkeys((part, short)) for ending in AFTER] + _softened(short)


def _softened(stem: str) -> list[str]:
    return [stem[:-1] + SOFTENED[stem[-1].casefold()]] if stem[-1].casefold() in SOFTENED else []


def _capital(part: str) -> str:
    return part[:1].upper() + part[1:]
