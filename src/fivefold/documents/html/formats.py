"""Numbers, dates and lists in words."""

import re
from collections.abc import Callable, Iterable
from datetime import date

from fivefold.concepts.basis import BASIS_WORDS, Basis
from fivefold.concepts.plan import Spread
from fivefold.documents.language import say, say_number

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_ISO_DAY = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")


def days_in_words(text: str) -> str:
    """Text with every ISO date in it written out."""
    return with_days(text, day)


def with_days(text: str, written: Callable[[date], str]) -> str:
    """Text with every ISO date in it as ``written`` says it; what is no day of the calendar stays as it is."""

    def words(found: re.Match[str]) -> str:
        try:
            return written(date.fromisoformat(found[0]))
        except ValueError:
            return found[0]

    return _ISO_DAY.sub(words, text)


def _day_in_words(year: int, month: int, of_month: int) -> str:
    return say("{day} {month} {year}", day=of_month, month=say(MONTHS[month - 1]), year=year)


def number(value: float) -> str:
    """A number with at most one decimal; -0 and trailing zeros never show."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text.replace("-", "−")


def day(value: date) -> str:
    """A date in words, for instance ``25 November 2026``."""
    return _day_in_words(value.year, value.month, value.day)


def basis_words(basis: Basis) -> str:
    """The ground of a value in words, as ``Basis.words`` says it, in the reader's language."""
    if basis.source is None:
        return say(BASIS_WORDS[basis.kind])
    return say("source {id} ({place})", id=basis.source, place=basis.locator) if basis.locator else say("source {id}", id=basis.source)


def minutes_words(minutes: float) -> str:
    return say("{number} min", number=number(minutes))


def age_words(days: int) -> str:
    """How old something is, for instance ``5 days old``."""
    if days <= 0:
        return say("today")
    if days < 60:
        return say_number("{count} day old", "{count} days old", days)
    return say_number("{count} month old", "{count} months old", round(days / 30.4))


def range_words(spread: Spread, unit: str = "") -> str:
    """A range with its usual value, for instance ``12 to 24 sessions, usually 16``."""
    unit = f" {unit}" if unit else ""
    if spread.min == spread.max:
        return f"{number(spread.usual)}{unit}"
    return say("{low} to {high}{unit}, usually {usual}", low=number(spread.min), high=number(spread.max), unit=unit, usual=number(spread.usual))


def count_words(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def listing(words: Iterable[str]) -> str:
    """Words as a list in a sentence: ``a, b and c``."""
    parts = list(words)
    return say("{before} and {last}", before=", ".join(parts[:-1]), last=parts[-1]) if len(parts) > 1 else "".join(parts)
