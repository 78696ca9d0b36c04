"""What every message by e-mail shares: where in the app it leads, how it is sent, and how it ended."""

import logging

from django.conf import settings
from django.core.mail import EmailMessage

from fivefold.records import clock
from fivefold.records.models.outgoing import Outgoing

log = logging.getLogger("fivefold.services")


def app_address(path: str) -> str:
    """Where a page of the app is for somebody outside of it: only the path where the operator has named no public address."""
    return settings.FIVEFOLD_PUBLIC_URL.rstrip("/") + path


def send(row: Outgoing, to: str, subject: str, words: str, *, failing: str) -> OSError | None:
    """Send a message; gives what went wrong. Every trouble of a mail server or of the way to it is an OSError.

    ``failing`` is what the log says then; the address and the words are in no log.
    """
    message = EmailMessage(subject, words, to=[to], headers={"Auto-Submitted": "auto-generated"})
    try:
        message.send()
    except OSError as problem:
        log.warning(failing, extra={"event": f"{type(problem).__name__} in clinic {row.clinic_id}"})
        return problem
    return None


def end(row: Outgoing, state: str, why: str = "") -> str:
    """Write down how a message ended; gives the state."""
    type(row)._default_manager.filter(pk=row.pk).update(state=state, why=why[:60], ended_at=clock.now())
    return state
