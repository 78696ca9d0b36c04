"""Program: people write while the PostgreSQL under them crashes and comes back, and send again what was not answered.

Usage: python -m tests.integration.power_cut.restart_postgres; prints JSON.
"""

import json
import os
import tempfile
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.integration.power_cut.real_acts import found_practice
from tests.support.postgres import Server

WRITERS, LONGEST = 3, 30
TOKEN = "a" * 32  # of the forms: the same in the cookie and in the field
LEVELS = {"much_less": "every day", "less": "most days", "hoped": "some days", "more": "one day", "much_more": "never"}


@dataclass
class Writer:
    """Somebody who writes goal after goal, and sends each again until it is answered."""

    name: str
    send: Any
    stop: threading.Event
    said: list[tuple[int, str]] = field(default_factory=list)

    @property
    def acknowledged(self) -> list[str]:
        return [words for status, words in self.said if status == 302]

    @property
    def refused(self) -> int:
        return sum(status != 302 for status, _ in self.said)

    def run(self) -> None:
        number = 0
        while not self.stop.is_set():
            words = f"goal {number} of {self.name}"
            status = self.send({"words": words, **LEVELS, "weight": "1", "once": words})
            self.said.append((status, words))
            number += status == 302


def sender(address: str, session: str) -> Any:
    """What a form sent to an address is answered with, through the app as a server calls it: with begin and end of a request."""
    from django.core.handlers.wsgi import WSGIHandler
    from django.test import RequestFactory

    application = WSGIHandler()

    def send(form: dict[str, str]) -> int:
        body = urlencode({**form, "csrfmiddlewaretoken": TOKEN})
        asked = RequestFactory(HTTP_HOST="localhost").post(address, body, content_type="application/x-www-form-urlencoded")
        environ = {**asked.environ, "HTTP_COOKIE": f"fivefold={session}; csrftoken={TOKEN}"}
        answer = application(environ, lambda *_: None)
        status = int(answer.status_code)
        answer.close()
        return status

    return send


def wait_until(holds: Any) -> bool:
    """Whether it came true in time."""
    pause, left = threading.Event(), LONGEST * 100
    while not holds() and left:
        pause.wait(0.01)
        left -= 1
    return bool(left)


def write_through_a_crash(server: Server, send: Any) -> tuple[list[Writer], list[bool]]:
    """Writers at work, a crash in the middle, refusals, a start, and work again."""
    stop = threading.Event()
    writers = [Writer(f"writer {number}", send, stop) for number in range(WRITERS)]
    threads = [threading.Thread(target=writer.run) for writer in writers]
    for thread in threads:
        thread.start()
    came_true = [wait_until(lambda: all(len(writer.acknowledged) > 3 for writer in writers))]
    server.crash()
    came_true.append(wait_until(lambda: all(writer.refused for writer in writers)))
    server.start()
    done = [len(writer.acknowledged) for writer in writers]
    came_true.append(wait_until(lambda: all(len(writer.acknowledged) > before + 3 for writer, before in zip(writers, done, strict=True))))
    stop.set()
    for thread in threads:
        thread.join()
    return writers, came_true


def main() -> None:
    server = Server.make()
    with tempfile.TemporaryDirectory(prefix="fivefold-restart-") as name:
        os.environ |= {"DATABASE_URL": server.address, "FIVEFOLD_DATA": name, "DJANGO_SETTINGS_MODULE": "fivefold.web.settings.local"}
        import django

        django.setup()
        from django.test import Client

        from fivefold.records.models import Goal
        from fivefold.services import audit

        actor, patient_id = found_practice(Path(name))
        client = Client()
        client.force_login(actor.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        send = sender(f"/patients/{patient_id}/goals", client.cookies["fivefold"].value)

        writers, came_true = write_through_a_crash(server, send)
        idle = {"words": "after an idle time", **LEVELS, "weight": "1", "once": "idle"}
        first = send({**idle, "words": "before an idle time", "once": "before"})
        server.crash()  # nobody notices: nothing is asked meanwhile
        server.start()
        found = {
            "came true": came_true,
            "refusals": sorted(Counter(status for writer in writers for status, _ in writer.said if status != 302)),
            "after an idle time": [first, send(idle)],
            "lost": sorted({words for writer in writers for words in writer.acknowledged} - {goal.words for goal in Goal.objects.all()}),
            "twice": [words for words, many in Counter(goal.words for goal in Goal.objects.all()).items() if many > 1],
            "acknowledged": sum(len(writer.acknowledged) for writer in writers),
            "trail": [problem.what for problem in audit.verify(actor.clinic)],
        }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
