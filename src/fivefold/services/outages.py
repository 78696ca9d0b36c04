"""When the database takes nothing more: the disk is full, its server restarts, another writer does not end.

Nothing is half saved, because every act is one transaction. What somebody wanted to save is shown to them again; what is only
read in the care of a patient goes on, because a safety plan is needed most on such a day.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from fivefold.services.waiting_entries import anything_waits

log = logging.getLogger("fivefold.services")
# Whatever can be wrong with a database, an outage or not.
DatabaseTrouble = (DatabaseError, InterfaceError)


def is_outage(error: BaseException) -> bool:
    """Whether an error says that the database does not answer or takes nothing, and not that something is wrong with what was sent."""
    return isinstance(error, OperationalError | InterfaceError)


# How long what is needed now waits for another writer, by the words of each database, and how the usual patience comes back.
LITTLE = {"sqlite": "PRAGMA busy_timeout = 500", "postgresql": "SET lock_timeout = '500ms'"}
USUAL = {"sqlite": "PRAGMA busy_timeout = {}", "postgresql": "RESET lock_timeout"}


@contextmanager
def little_patience() -> Iterator[None]:
    """Give up soon when the database is held by somebody else, if others have waited for it in vain: what they saw waits to be written."""
    if connection.in_atomic_block or not anything_waits():
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(LITTLE[connection.vendor])
    try:
        yield
    finally:
        usual = USUAL[connection.vendor].format(1000 * int(connection.settings_dict["OPTIONS"].get("timeout", 5)))
        with suppress(*DatabaseTrouble), connection.cursor() as cursor:
            cursor.execute(usual)


class SessionStore(db.SessionStore):
    """Sessions in the database. That the time of the last click cannot be written ends no page; it ends the session early at most."""

    def save(self, must_create: bool = False) -> None:
        """Write it down. A new session must be written: without it nobody is signed in."""
        try:
            with little_patience():
                super().save(must_create)
        except UpdateError as error:  # what Django makes of every trouble with a session that is there
            if error.__context__ is None or not is_outage(error.__context__):
                raise
            log.error("session not written", exc_info=error.__context__)
