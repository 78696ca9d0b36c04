"""Numbers, dates and lists in words."""

import re
from collections.abc import Iterable
from datetime import date

from fivefold.concepts.plan import Spread

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_ISO_DAY = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")


def days_in_words(text: str) -> str:
    """Text with every ISO date in it written out."""
    return _ISO_DAY.sub(_day_words, text)


def _day_words(found: re.Match[str]) -> str:
    year, month, of_month = map(int, found.groups())
    return f"{of_month} {MONTHS[month - 1]} {year}" if 1 <= month <= 12 else found[0]


def number(value: float) -> str:
    """A number with at most one decimal; -0 and trailing zeros never show."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text.replace("-", "−")


def day(value: date) -> str:
    """A date in words, for instance ``25 November 2026``."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def minutes_words(minutes: float) -> str:
    return f"{number(minutes)} min"


def age_words(days: int) -> str:
    """How old something is, for instance ``5 days old``."""
    if days <= 0:
        return "today"
    if days < 60:
        return "1 day old" if days == 1 else f"{days} days old"
    return f"{round(days / 30.4)} months old"


def range_words(spread: Spread, unit: str = "") -> str:
    """A range with its usual value, for instance ``12 to 24 sessions, usually 16``."""
    unit = f" {unit}" if unit else ""
    if spread.min == spread.max:
        return f"{number(spread.usual)}{unit}"
    return f"{number(spread.min)} to {number(spread.max)}{unit}, usually {number(spread.usual)}"


def count_words(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def listing(words: Iterable[str]) -> str:
    """Words as a list in a sentence: ``a, b and c``."""
    parts = list(words)
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1] if parts else ""
