"""A reminder as a file for the phone's own calendar: made here, kept there. Nothing is sent, and nobody learns that it exists."""

import uuid
from collections.abc import Iterator
from datetime import date, datetime, time

from django.utils import timezone

# Nobody is reminded at night, whatever is asked.
EARLIEST, LATEST = time(7), time(21, 30)
HOURS = tuple(f"{hour:02d}:{minute:02d}" for hour in range(EARLIEST.hour, LATEST.hour + 1) for minute in (0, 30))
RULES = {"daily": "FREQ=DAILY", "weekdays": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "weekly": "FREQ=WEEKLY"}
COUNTS = {"daily": 182, "weekdays": 130, "weekly": 26}
LONGEST_TITLE, LONGEST_LINE = 40, 75


def calendar_file(title: str, at: str, often: str, on: date) -> str:
    """An entry that comes again, in the form of RFC 5545: at a time of the place where the phone is, so that no change of the clock moves it.

    It ends by itself after half a year. Raises ValueError for a time or rhythm that is not offered.
    """
    if at not in HOURS or often not in RULES:
        raise ValueError(at)
    begins = datetime.combine(on, time.fromisoformat(at))
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//notes//EN",
        "BEGIN:VEVENT",
        f"UID:{uuid.uuid4()}",
        f"DTSTAMP:{timezone.now():%Y%m%dT%H%M%SZ}",
        f"DTSTART:{begins:%Y%m%dT%H%M%S}",
        "DURATION:PT5M",
        f"RRULE:{RULES[often]};COUNT={COUNTS[often]}",
        f"SUMMARY:{_escaped(title)}",
        "TRANSP:TRANSPARENT",
        "CLASS:PRIVATE",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "TRIGGER:PT0S",
        f"DESCRIPTION:{_escaped(title)}",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _escaped(text: str) -> str:
    """A text on one line, without what would end it or begin another property."""
    plain = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def _folded(line: str) -> Iterator[str]:
    """A line in parts of at most 75 bytes, a letter never cut in two; each further one begins with a space."""
    part, size = "", 0
    for letter in line:
        length = len(letter.encode())
        if size + length > LONGEST_LINE:
            yield part
            part, size = " ", 1
        part, size = part + letter, size + length
    yield part
