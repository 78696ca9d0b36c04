"""The doors of the safety drills: every way in which an answer about danger comes in, each with every answer pattern.

A door takes the drill's patient (``drills._Patient``) and the pattern, and gives whether help was shown at once; None where a member of the
staff types it in and there is nobody to show help to.
"""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any


def tap(one: Any, item: int, value: float | None, *, client: str = "", request: Any = None) -> bool:
    from fivefold.services.measure_answers import save_item

    row = request or one.request
    return save_item(row.pk, item=item, value=value, form_hash=row.form_hash, client_id=client or uuid.uuid4().hex).needs_help


def _questionnaire(one: Any, pattern: str) -> bool:
    """A questionnaire, item by item, at home, on the clinic's tablet or in the room."""
    from fivefold.services.measure_answers import finish

    risk = RISK[pattern]
    if pattern in ("the whole form", "nothing positive", "the question left out"):
        for item in range(1, 9):
            tap(one, item, 1)
    helped = tap(one, 9, risk, client="nine") if risk is not None else False
    if pattern == "sent twice":
        tap(one, 9, risk, client="nine")
    if pattern == "taken back":
        tap(one, 9, 0)
    if pattern == "said again, worse":
        tap(one, 9, 3)
    if pattern in ("the whole form", "nothing positive", "the question left out", "taken back"):
        finish(one.request.pk)
    return helped


def _refused(one: Any, pattern: str) -> bool:
    """Answers to another wording, or to a form that has ended: refused, and what they say about danger is told all the same, as the page does."""
    from datetime import UTC, datetime

    from fivefold.records.models import MeasureRequest
    from fivefold.services.measure_answers import FormChanged, NotOpen, save_item, tell_what_was_refused

    risk, why, wording = RISK[pattern], "wording", "of another wording"
    if one.drill.door == "a link that has ended":
        why, wording = "ended", one.request.form_hash
        MeasureRequest._base_manager.filter(pk=one.request.pk).update(expires_at=datetime(2026, 1, 1, tzinfo=UTC))
    helped = False
    for turn in range(2 if pattern in ("sent twice", "said again, worse") else 1):
        value = 3 if turn and pattern == "said again, worse" else risk
        try:
            save_item(one.request.pk, item=9, value=value, form_hash=wording, client_id=f"nine {value}")
        except (FormChanged, NotOpen):
            helped = tell_what_was_refused(one.request.pk, item=9, value=value, client_id=f"nine {value}", why=why) or helped
    return helped


def _diary(one: Any, pattern: str, *, refused: bool = False) -> bool:
    """The diary on one's own phone; with a slip in the day it is refused and told all the same."""
    from django.utils import timezone

    from fivefold.records import clock
    from fivefold.services import diary
    from fivefold.services.patients import NotAcceptable

    today = timezone.localdate(clock.now())
    about_on = today + timedelta(days=40) if refused else today
    risk = RISK[pattern]
    answers = {"sadness": "3", **({} if risk is None else {"attempt": "yes" if risk == 3 else "no", "urge_die": "0" if risk == 0 else "5"})}
    helped = False
    times = {"sent twice": 2, "said again, worse": 2}.get(pattern, 1)
    key = uuid.uuid4()
    for turn in range(times):
        client = key if pattern == "sent twice" else uuid.uuid4() if turn else key
        entry = diary.NewEntry(client_id=client, card=1, about_on=about_on, made_on=today, made_at=clock.now(), answers=answers)
        try:
            helped = diary.record_entry(one.own, entry=entry, **one.named).needs_help or helped
        except NotAcceptable:
            helped = diary.tell_what_was_refused(one.own, entry=entry, **one.named) or helped
    return helped


def _items(pattern: str) -> list[float | None]:
    return [*[1.0] * 8, RISK[pattern]]


def _paper(one: Any, pattern: str) -> None:
    """A paper form that was given out and is typed in; nobody to show help to sits there."""
    from fivefold.services.measures import enter_paper

    enter_paper(one.clinic.treats, request_id=one.request.pk, answers=_items(pattern), **one.named)


def _entered(one: Any, pattern: str) -> None:
    """A result that is entered with its items."""
    from fivefold.records import clock
    from fivefold.services.assessments import record_facts
    from fivefold.services.record_file import NewFact

    record_facts(one.clinic.treats, facts=[NewFact("score", "phq9", {"instrument": "phq9", "items": _items(pattern)}, clock.today())], **one.named)


def _imported(one: Any, pattern: str) -> None:
    """A table from another system."""
    from fivefold.records import clock
    from fivefold.services.measure_import import import_results

    heading = ",".join(["instrument", "date", *(f"item_{number}" for number in range(1, 10))])
    cells = ",".join("" if value is None else f"{value:g}" for value in _items(pattern))
    import_results(one.clinic.treats, text=f"{heading}\nphq9,{clock.today().isoformat()},{cells}\n", **one.named)


# The answer to the question about danger (0 to 3) in each pattern; None: left without an answer.
RISK: dict[str, float | None] = {
    "the least that counts": 1, "the highest": 3, "the whole form": 2, "taken back": 2, "sent twice": 2, "said again, worse": 1,
    "nothing positive": 0, "the question left out": None,
}  # fmt: skip
NEGATIVE = ("nothing positive", "the question left out")
POSITIVE = tuple(name for name in RISK if name not in NEGATIVE)
DOORS: dict[str, Callable[[Any, str], bool | None]] = {
    "a link at home": _questionnaire,
    "the tablet": _questionnaire,
    "the room": _questionnaire,
    "another wording": _refused,
    "a link that has ended": _refused,
    "the diary": _diary,
    "a diary with a slip": lambda one, pattern: _diary(one, pattern, refused=True),
    "paper": _paper,
    "entered": _entered,
    "another system": _imported,
}
ROUTES = {"the tablet": "kiosk", "the room": "room", "paper": "paper"}
STAFF = ("paper", "entered", "another system")
