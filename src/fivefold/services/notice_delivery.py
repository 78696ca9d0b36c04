"""Sending messages about signals (``notices``): at once beside the page that raised them, and by the timer what did not get through.

A message says that something waits, and where: no name, no clinic, no word of what it is. A try that fails is made again; when the last
has failed, or the server has said that the address will never do, that is a step of the signal, and whoever would have been told next is told
at once.

That a message was sent is no receipt. The receipt is that somebody opens the signal (``signal_acts.see_signal``); until then it is passed on.
"""

import logging
import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from fivefold.records import clock
from fivefold.records.models import Clinic, Membership, Patient, Role, SignalNotice, SignalState
from fivefold.services import audit, mail
from fivefold.services.knowledge import knowledge_of
from fivefold.services.notices import route_of
from fivefold.services.signals import LEADS, pass_on_one, take_step

log = logging.getLogger("fivefold.services")
# After each try that failed, how long until the next; after the last the next person is told instead.
WAITS = (timedelta(minutes=2), timedelta(minutes=5))
# Whoever tries a message has it for so long; a process that died with it leaves it to the next.
LEASE = timedelta(minutes=3)


@dataclass(frozen=True)
class Sent:
    """How many messages were sent, not needed any more, and given up."""

    sent: int = 0
    not_needed: int = 0
    failed: int = 0


_wanted, _turn = threading.Event(), threading.Lock()


def send_beside() -> None:
    """Send what waits in every clinic, in a thread of its own; of many that are asked for at once, one does it and looks again afterwards."""
    _wanted.set()
    while _wanted.is_set() and _turn.acquire(blocking=False):
        try:
            _wanted.clear()
            _send_everywhere()
        finally:
            _turn.release()


def _send_everywhere() -> None:
    try:
        for clinic in Clinic.objects.filter(pk__in=SignalNotice.objects.filter(state="waiting").values("clinic_id")):
            send_notices(clinic)
    except Exception as error:  # the timer comes after it, and says so
        log.error("messages about signals were not sent at once", extra={"event": type(error).__name__})
    finally:
        connection.close()


def send_notices(clinic: Clinic) -> Sent:
    """Send what is due in a clinic. Each try is written down before it is made, so that two who send at once send it once."""
    due = SignalNotice.objects.filter(clinic=clinic, state="waiting", next_try_at__lte=clock.now()).order_by("next_try_at", "pk")
    with knowledge_of(clinic), timezone.override(clinic.time_zone):
        ends = [_take_on(clinic, key) for key in list(due.values_list("pk", flat=True))]
    return Sent(ends.count("sent"), ends.count("not_needed"), ends.count("failed"))


def _take_on(clinic: Clinic, key: UUID) -> str:
    row = _claim(key)
    if row is None:
        return ""
    to = _address(clinic, row)
    if not to or row.signal.state.status not in ("raised", "seen", "snoozed"):
        return mail.end(row, "not_needed")
    problem = _send(to, row)
    if problem is None:
        return _arrived(clinic, row)
    if row.tries <= len(WAITS) and not mail.is_refused_for_good(problem):
        SignalNotice.objects.filter(pk=row.pk).update(why=type(problem).__name__, next_try_at=clock.now() + WAITS[row.tries - 1])
        return "waiting"
    return _given_up(clinic, row, type(problem).__name__)


def _claim(key: UUID) -> SignalNotice | None:
    """Have a message for a while; None where somebody else has it, or it has ended."""
    with transaction.atomic():
        row = SignalNotice.objects.select_for_update(skip_locked=True, of=("self",)).select_related("signal", "signal__state", "to")
        found = row.filter(pk=key, state="waiting", next_try_at__lte=clock.now()).first()
        if found is not None:
            found.tries += 1
            SignalNotice.objects.filter(pk=key).update(tries=found.tries, next_try_at=clock.now() + LEASE)
        return found


def _address(clinic: Clinic, row: SignalNotice) -> str:
    """Where a message goes now; "" where nobody is to be written to any more: they have left, or the clinic has ended the route."""
    route = route_of(clinic)
    if not route.by_mail:
        return ""
    if row.to is None:
        return route.duty
    works = Membership.objects.filter(clinic=clinic, user=row.to, ended_at__isnull=True, user__is_active=True).exclude(role=Role.PATIENT)
    return row.to.email if works.exists() else ""


def _send(to: str, row: SignalNotice) -> OSError | None:
    words = _(
        "Something that should not wait was noted at %(time)s. Open the page of today's signals to read it:\n%(where)s\n\n"
        "On purpose this message does not say about whom, or what. Nobody reads answers to it.\n"
    ) % {"time": f"{timezone.localtime(row.made_at):%H:%M}", "where": mail.app_address(reverse("digest"))}
    return mail.send(row, to, _("Something waits for you"), words, failing="a message about a signal was not sent")


def _step(row: SignalNotice, step: str, stands: dict[str, Any]) -> SignalState:
    """A step of the signal, when it is the record's turn; ``stands`` is how it stands afterwards."""
    Patient.objects.select_for_update(no_key=True).filter(pk=row.patient_id).first()
    state = SignalState.objects.select_related("signal", "clinic").get(pk=row.signal_id)
    take_step(state, step, stands if state.is_open else {}, to=row.to)
    return state


def _arrived(clinic: Clinic, row: SignalNotice) -> str:
    with transaction.atomic():
        _step(row, "sent", {})
        audit.record_system(clinic, "send_notice", patient_id=row.patient_id, signal=str(row.signal_id))
        return mail.end(row, "sent")


def _given_up(clinic: Clinic, row: SignalNotice, why: str) -> str:
    """Nobody was reached by this message: a step of the signal, and whoever comes next is told now and not only when its time has passed."""
    with transaction.atomic():
        state = _step(row, "not_sent", {"due_at": clock.now()} if _waits_unseen(row) else {})
        audit.record_system(clinic, "give_up_notice", patient_id=row.patient_id, signal=str(row.signal_id), why=why)
        ended = mail.end(row, "failed", why)
    if state.is_open and state.level < LEADS:
        pass_on_one(clinic, row.signal_id, row.patient_id)
    return ended


def _waits_unseen(row: SignalNotice) -> bool:
    """Whether nobody has looked at the signal yet, and somebody else can be told."""
    return SignalState.objects.filter(pk=row.signal_id, is_open=True, status="raised", level__lt=LEADS).exists()
