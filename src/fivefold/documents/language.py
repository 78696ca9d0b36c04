"""In which language documents speak: in English by themselves. The app puts its translation in place of it (``speak``).

Documents know no framework, so what they say goes through here and not through Django. A text is whole, with named places
for what is filled in: word order differs between languages. ``scripts/catalogue.py`` finds the texts by these calls.
"""

from collections.abc import Callable

Translate = Callable[[str], str]
TranslateNumber = Callable[[str, str, int], str]
Language = Callable[[], str | None]


def _as_it_is(text: str) -> str:
    return text


def _by_number(one: str, many: str, number: int) -> str:
    return one if number == 1 else many


def _english() -> str:
    return "en"


_translate: Translate = _as_it_is
_translate_number: TranslateNumber = _by_number
_language: Language = _english


def speak(translate: Translate = _as_it_is, translate_number: TranslateNumber = _by_number, language: Language = _english) -> None:
    """Let documents speak through a translation from now on; without arguments in English again.

    ``language`` gives the tag of the reader's language (``en-gb``) at the time, None when there is none.
    """
    global _translate, _translate_number, _language  # one translation for a process, set when it starts
    _translate, _translate_number, _language = translate, translate_number, language


def language() -> str:
    """The language documents are written in now, without its country (``en``): what a document says of itself to a screen reader."""
    return (_language() or _english()).partition("-")[0].lower()


def say(text: str, /, **values: object) -> str:
    """A text in the reader's language, its ``{places}`` filled."""
    said = _translate(text)
    return said.format(**values) if values else said


def say_number(one: str, many: str, count: int, /, **values: object) -> str:
    """A text for one or for several of something; ``{count}`` is the number."""
    return _translate_number(one, many, count).format(count=count, **values)


def to_say(text: str) -> str:
    """Marks a text that is said later, with ``say``; gives it as it is."""
    return text
