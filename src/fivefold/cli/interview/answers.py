"""From what a person types to what the file says: every kind of answer, read strictly and forgivingly about form."""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta

from fivefold.knowledge.decoding import nearest

YES = ("y", "yes", "true", "j", "ja")
NO = ("n", "no", "false", "nein")
PLAIN_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
TIME_AGO = re.compile(r"(?:about |ca\.? )?(\d{1,4}(?:\.\d+)?)\s*(day|week|month|year)s?(?: ago)?")
DAYS_IN = {"day": 1, "week": 7, "month": 30, "year": 365}
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
UNKNOWN = "unknown"
Read = Callable[[str], str]


class NotUnderstood(ValueError):
    """What was typed is no answer to the question; says what would be one."""


def quoted(text: str) -> str:
    """A text as it may stand in the file."""
    return text if PLAIN_WORD.fullmatch(text) and text.lower() not in (*YES, *NO, "on", "off", "null", UNKNOWN) else json.dumps(text, ensure_ascii=False)


def read_yes_no(typed: str) -> str:
    word = typed.lower()
    if word in YES:
        return "yes"
    if word in NO:
        return "no"
    raise NotUnderstood("Type yes or no, or press Enter when it is not known.")


def read_number(low: float, high: float, unit: str = "") -> Read:
    """A number within limits."""

    def read(typed: str) -> str:
        try:
            value = float(typed.replace(",", "."))
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            raise NotUnderstood(f"Type a number from {low:g} to {high:g}{' ' + unit if unit else ''}, or press Enter when it is not known.")
        return f"{value:g}"

    return read


def read_choice(words: Sequence[str], labels: Sequence[str] = ()) -> Read:
    """One of a few words, by its number or its beginning."""

    def read(typed: str) -> str:
        return pick(typed, words, labels or words)

    return read


def pick(typed: str, words: Sequence[str], labels: Sequence[str]) -> str:
    """The word that a number, a word or the beginning of a label means."""
    if typed.isdigit() and 1 <= int(typed) <= len(words):
        return words[int(typed) - 1]
    wanted = typed.lower().replace("-", "_").replace(" ", "_")
    if wanted in words:
        return wanted
    found = [word for word, label in zip(words, labels, strict=True) if label.lower().startswith(typed.lower()) or word.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    hint = f" That could be {', '.join(found[:6])}." if found else nearest(typed, words)
    raise NotUnderstood(f"Type one of the words or its number.{hint}")


def read_severity(typed: str) -> str:
    """``3`` or ``3 weekly cutting since August``: a level, and a note behind it."""
    level, _, remark = typed.partition(" ")
    number = read_number(0, 4)(level)
    return f"{{severity: {number}, note: {quoted(remark.strip())}}}" if remark.strip() else number


def read_age(typed: str) -> str:
    """An age, or a range such as 25-30, as the patient part of the file."""
    low, dash, high = typed.partition("-")
    if not dash:
        return read_number(0, 120, "years")(typed)
    return f"{read_number(0, 120)(low.strip())}-{read_number(0, 120)(high.strip())}"


def read_day(as_of: date) -> Read:
    """A calendar day, today or yesterday."""

    def read(typed: str) -> str:
        words = {"today": as_of, "yesterday": as_of - timedelta(days=1)}
        if typed.lower() in words:
            return words[typed.lower()].isoformat()
        try:
            return date.fromisoformat(typed).isoformat()
        except ValueError:
            raise NotUnderstood("Type a day as year-month-day, for instance 2026-11-22.") from None

    return read


def when_words(typed: str, as_of: date) -> str:
    """When something happened, as keys of an event: a date, ``3 weeks``, ``yesterday`` or ``unknown``."""
    text = typed.lower().strip()
    if text in ("", UNKNOWN, "?"):
        return "when: unknown"
    found = TIME_AGO.fullmatch(text)
    if found and found.group(2) == "week":
        return f"weeks_ago: {float(found.group(1)):g}"
    if found:
        return f"days_ago: {round(float(found.group(1)) * DAYS_IN[found.group(2)])}"
    try:
        return f"date: {read_day(as_of)(text)}"
    except NotUnderstood:
        raise NotUnderstood("Say when: a date such as 2026-11-10, 3 days, 5 weeks, 2 months, yesterday, or unknown.") from None


def read_event(kind: str, as_of: date) -> Read:
    """When something of a known kind happened, as an entry of the list of events."""
    return lambda typed: f"{{kind: {kind}, {when_words(typed, as_of)}}}"


def read_any_event(kinds: Sequence[str], as_of: date) -> Read:
    """``crisis 3 weeks``: a kind and when it happened."""

    def read(typed: str) -> str:
        kind, _, when = typed.partition(" ")
        return f"{{kind: {pick(kind, kinds, kinds)}, {when_words(when, as_of)}}}"

    return read


def read_upcoming(kinds: Sequence[str], as_of: date) -> Read:
    """``discharge 2026-12-05``: a kind and its day, which may be left out."""

    def read(typed: str) -> str:
        kind, _, day = typed.partition(" ")
        chosen = pick(kind, kinds, kinds)
        return f"{{kind: {chosen}, date: {read_day(as_of)(day.strip())}}}" if day.strip() else f"{{kind: {chosen}}}"

    return read


def read_coded(codes: Iterable[str], labels: Iterable[str], template: str) -> Read:
    """One of many codes, found by any part of its name."""
    known = dict(zip(codes, labels, strict=True))

    def read(typed: str) -> str:
        return template.format(find_code(typed, known))

    return read


def find_code(typed: str, known: dict[str, str]) -> str:
    """The code whose id or name holds what was typed; an exact id wins."""
    wanted = typed.lower().strip().replace(" ", "_")
    if wanted in known:
        return wanted
    found = [code for code, label in known.items() if typed.lower().strip() in label.lower() or wanted in code]
    if len(found) == 1:
        return found[0]
    if found:
        raise NotUnderstood(f"That could be {', '.join(found[:8])}{', ...' if len(found) > 8 else ''}. Type one of them.")
    raise NotUnderstood(f"Nothing here is called that.{nearest(typed, known)} Type ? for the list.")


def read_score(known: Sequence[str], as_of: date) -> Read:
    """``phq9 14``, ``bsl23 2.41 2026-11-20`` or ``phq9 2 2 3 2 1 2 1 0 1`` (all answers, - for one not given)."""

    def read(typed: str) -> str:
        name, *parts = typed.replace(",", " ").split()
        instrument = find_code(name, {item: item for item in known})
        day = f", date: {parts.pop()}" if parts and ISO_DAY.fullmatch(parts[-1]) else ""
        if not parts:
            raise NotUnderstood(f"Type the value behind it, for instance {instrument} 14, or all answers in their order.")
        values = ["null" if part in ("-", "null") else read_number(-1000, 100000)(part) for part in parts]
        result = f"value: {values[0]}" if len(values) == 1 and values[0] != "null" else f"items: [{', '.join(values)}]"
        return f"{{instrument: {instrument}{day}, {result}}}"

    return read
