"""Looks each text of the program up once in each language.

A page asks for a thousand texts and more, and Django looks for each of them in the catalogues of every installed part, one after the other.
What a text is in a language does not change while a process runs.
"""

from functools import lru_cache

from django.conf import settings
from django.utils.translation import trans_real

# More than the program has; a text beyond them is looked up again.
MOST_KEPT = 20_000


def keep_texts() -> None:
    """Keep what the catalogues say, for as long as this process runs. For a server, before its first request."""
    for language, _name in settings.LANGUAGES:
        catalogue = trans_real.translation(language)
        catalogue.gettext = lru_cache(MOST_KEPT)(catalogue.gettext)  # type: ignore[method-assign]
