"""What every message by e-mail shares: where in the app it leads, how it is sent, and how it ended.

What the server says while it is handed over is known here. A message that it takes and that comes back later is not: it goes to the mailbox
of the sender, which the app has no way to read.
"""

import logging

from django.conf import settings
from django.core.mail import EmailMessage

from fivefold.records import clock
from fivefold.records.models.outgoing import Outgoing

log = logging.getLogger("fivefold.services")
# An address that a mail server refuses for good is answered with a number from here on.
REFUSED_FOR_GOOD = 500


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


def is_refused_for_good(problem: OSError) -> bool:
    """Whether the server has said that this address will never do, so that another try is time lost."""
    answers = getattr(problem, "recipients", None) or {}
    return bool(answers) and all(code >= REFUSED_FOR_GOOD for code, _said in answers.values())


def end(row: Outgoing, state: str, why: str = "") -> str:
    """Write down how a message ended; gives the state."""
    type(row)._default_manager.filter(pk=row.pk).update(state=state, why=why[:60], ended_at=clock.now())
    return state
