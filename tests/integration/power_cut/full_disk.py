"""Program: people work until the disk is full, go on reading, and write again when there is room.

Usage: python -m tests.integration.power_cut.full_disk shim FOLDER    every write is refused, as by a full disk, from a moment on
       python -m tests.integration.power_cut.full_disk real FOLDER    FOLDER is a small disk of its own, and is filled
Prints JSON.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.integration.power_cut.real_acts import Act, act_on, found_practice, start_app, what_is_wrong
from tests.integration.power_cut.recording_vfs import RecordingVfs

WORDS = "She says that the evenings are easier now."
LEVELS = {"much_less": "every day", "less": "most days", "hoped": "some days", "more": "one day", "much_more": "never"}
MOST_ACTS = 400  # the log of SQLite has room of its own that is used up first


def use_shim() -> tuple[Callable[[], None], Callable[[], None]]:
    """How the disk gets full, and how it gets room again."""
    layer = RecordingVfs()
    layer.install()

    def fill() -> None:
        layer.is_full = True

    def make_room() -> None:
        layer.is_full = False

    return fill, make_room


def use_disk(folder: Path) -> tuple[Callable[[], None], Callable[[], None]]:
    """The same by a file that takes every byte that is left."""
    rest = folder / "rest"

    def fill() -> None:
        with rest.open("wb", buffering=0) as stream:
            for size in (1 << 16, 1 << 12, 1 << 9, 1):
                try:
                    while stream.write(b"x" * size):
                        pass
                except OSError:
                    continue

    return fill, rest.unlink


def browser_of(actor: Any) -> Any:
    """A browser in which the actor is signed in; an error is a page, as for people."""
    from django.test import Client

    client = Client(raise_request_exception=False)
    client.force_login(actor.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def act_until_full(actor: Any, patient_id: Any, first: int) -> tuple[list[Act], str]:
    """Acts that were acknowledged before one was refused, and the kind of the refusal."""
    done: list[Act] = []
    try:
        for act in act_on(actor, patient_id, first):
            done.append(act)
            if len(done) == MOST_ACTS:
                return done, "never"
    except Exception as error:  # which one it is, is what is asked
        return done, type(error).__name__
    raise AssertionError("acts have no end")


def write(browser: Any, patient_id: Any) -> dict[str, tuple[int, bool]]:
    """What people send, with the status of the answer and whether it gives back what they wrote."""
    forms = {
        f"/patients/{patient_id}/goals": {"words": WORDS, **LEVELS, "weight": "1"},
        f"/patients/{patient_id}/assessment/ratings": {"rating.anger": "3", "note.rating.anger": WORDS, "was.rating.anger": _shown(patient_id)},
        f"/patients/{patient_id}/assessment/safety": {"only": "risk.imminent", "risk.imminent": "yes", "note": WORDS},
        f"/patients/{patient_id}/record": {"purpose": "letters", "given": "yes", "on": "2026-01-01", "note": WORDS},
        "/patients/new": {"name": WORDS, "birth_year": "1990", "language": "en"},
        "/drafts": {"page": "/patients/new", "fields": json.dumps([["name", WORDS]])},
    }
    answers = {address.rsplit("/", 1)[-1]: browser.post(address, form) for address, form in forms.items()}
    return {name: (answer.status_code, WORDS in answer.content.decode()) for name, answer in answers.items()}


def _shown(patient_id: Any) -> str:
    from fivefold.records.models import ClinicalFact

    return str(ClinicalFact.objects.filter(patient_id=patient_id, kind="rating", key="anger").order_by("true_on", "recorded_at").last().pk)


def read(browser: Any, patient_id: Any) -> dict[str, int]:
    """What people look at."""
    pages = ("map", "profile", "plan", "goals", "assessment", "assessment/safety", "team", "record")
    addresses = ["/caseload", *(f"/patients/{patient_id}/{page}" for page in pages), "/drafts?page=/kept"]
    return {address.rsplit("/", 1)[-1]: browser.get(address).status_code for address in addresses}


def main(kind: str, folder: Path) -> None:
    start_app(folder)
    fill, make_room = use_shim() if kind == "shim" else use_disk(folder)
    from django.conf import settings
    from django.db import connections
    from django.test.utils import setup_test_environment

    setup_test_environment()
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    actor, patient_id = found_practice(folder)
    from fivefold.records.models import AuditEntry
    from fivefold.services import audit, waiting_entries

    waiting_entries.keep_room()
    browser = browser_of(actor)
    begun = act_on(actor, patient_id)
    before = [next(begun) for _ in range(4)]
    browser.post("/drafts", {"page": "/kept", "fields": json.dumps([["words", WORDS]])})
    session = browser.session
    session["seen_at"] = session["seen_at"] - 60  # the next click is one that would be written
    session.save()

    fill()
    acts, refusal = act_until_full(actor, patient_id, len(before))
    found = {"refusal": refusal, "written": write(browser, patient_id), "read": read(browser, patient_id)}
    waits = len(waiting_entries.see_waiting().entries)
    draft = browser.get("/drafts", {"page": "/kept"})
    found["draft"] = draft.status_code == 200 and [one["fields"] for one in draft.json()["drafts"]] == [[["words", WORDS]]]
    database, known = folder / "record.sqlite3", [*before, *acts]
    make_room()
    found["wrong"] = what_is_wrong(database, known, len(known))
    found["written after"] = write(browser, patient_id)
    found["trail"] = [problem.what for problem in audit.verify(actor.clinic)]
    late = sum(audit.written_later(entry) is not None for entry in AuditEntry.objects.all())
    found["views"] = {"waited": waits, "in the trail": late, "wait still": len(waiting_entries.see_waiting().entries)}
    connections.close_all()  # before the layer under them goes
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
