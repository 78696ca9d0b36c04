"""In which language documents speak: in English by themselves. The app puts its translation in place of it (``speak``).

Documents know no framework, so what they say goes through here and not through Django. A text is whole, with named places
for what is filled in: word order differs between languages. ``scripts/catalogue.py`` finds the texts by these calls.
"""

from collections.abc import Callable

Translate = Callable[[str], str]
TranslateNumber = Callable[[str, str, int], str]


def _as_it_is(text: str) -> str:
    return text


def _by_number(one: str, many: str, number: int) -> str:
    return one if number == 1 else many


_translate: Translate = _as_it_is
_translate_number: TranslateNumber = _by_number


def speak(translate: Translate = _as_it_is, translate_number: TranslateNumber = _by_number) -> None:
    """Let documents speak through a translation from now on; without arguments in English again."""
    global _translate, _translate_number  # one translation for a process, set when it starts
    _translate, _translate_number = translate, translate_number


def say(text: str, **values: object) -> str:
    """A text in the reader's language, its ``{places}`` filled."""
    said = _translate(text)
    return said.format(**values) if values else said


def say_number(one: str, many: str, count: int, **values: object) -> str:
    """A text for one or for several of something; ``{count}`` is the number."""
    return _translate_number(one, many, count).format(count=count, **values)


def to_say(text: str) -> str:
    """Marks a text that is said later, with ``say``; gives it as it is."""
    return text
