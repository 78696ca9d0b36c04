"""Messages by e-mail that danger waits in the app: who is told by a step is written to as well, where the clinic has set it.

A row is made in the transaction of the step, for everybody whom that step tells. Sending comes after it (``notice_delivery``), so that no
answer waits for a mail server.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import transaction

from fivefold.records import clock
from fivefold.records.models import Clinic, SignalEvent, SignalNotice, SignalState, User
from fivefold.services.working_hours import opening_hours

# Steps by which somebody is told.
WRITTEN_STEPS = ("raised", "again", "assigned", "escalated")


@dataclass(frozen=True)
class Route:
    """How a clinic wants danger to be told beyond the app: by e-mail or not, and whom to write to outside its hours ("" for nobody)."""

    by_mail: bool
    duty: str


def route_of(clinic: Clinic) -> Route:
    """The route that a clinic has set; none where this installation has no mail server."""
    kept = clinic.settings
    return Route(bool(settings.EMAIL_HOST) and bool(kept.get("signals_by_mail")), str(kept.get("duty_mail", "")))


def write_down(state: SignalState, event: SignalEvent, told: Callable[[], Sequence[User]]) -> int:
    """Note whom a step about danger tells, in its transaction; gives how many messages are to be sent.

    ``told`` finds those whom the step tells. Outside opening hours whoever is on duty is written to as well.
    """
    if state.kind != "safety" or event.step not in WRITTEN_STEPS or not route_of(state.clinic).by_mail:
        return 0
    route, hours = route_of(state.clinic), opening_hours(state.clinic.settings, state.clinic.time_zone)
    to: list[User | None] = list(told())
    to += [None] if route.duty and not hours.is_open_at(clock.now()) else []
    # One message for each person is under way at a time: what is sent says nothing of how many wait.
    waiting = set(SignalNotice.objects.filter(signal_id=state.pk, state="waiting").values_list("to", flat=True))
    made = {"clinic_id": state.clinic_id, "patient_id": state.patient_id, "signal_id": state.pk, "step": event.number}
    rows = [SignalNotice(**made, to=person, next_try_at=clock.now()) for person in to if (person.pk if person else None) not in waiting]
    SignalNotice.objects.bulk_create(rows)
    if rows:
        transaction.on_commit(_send_soon)
    return len(rows)


def _send_soon() -> None:
    """Send what waits, beside whoever is answered just now; what does not get through here the timer takes up."""
    if settings.FIVEFOLD_SENDS_AT_ONCE:
        from fivefold.services.notice_delivery import send_beside  # noqa: PLC0415  # it takes steps of signals, and those are written down here

        threading.Thread(target=send_beside, daemon=True).start()


def undelivered_of(clinic: Clinic) -> set[UUID]:
    """The open signals of which the newest message was given up."""
    ended = SignalNotice.objects.filter(clinic=clinic, signal__state__is_open=True, state__in=("sent", "failed")).order_by("ended_at")
    last = dict(ended.values_list("signal_id", "state"))
    return {signal for signal, state in last.items() if state == "failed"}
