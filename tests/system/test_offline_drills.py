"""Every entry made on a phone is stored exactly once, whatever becomes of network, app and clock: a sample; ``make offline-drills`` runs all."""

import os
import time
from typing import TYPE_CHECKING

import pytest
from django.conf import LazySettings
from django.test import Client
from scripts.offline_drills import MOST_ENTRIES, ZONES, drill, report, stored_notes
from tests.support.clinic import Cast, open_own_pages

from fivefold.services import diary

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SESSIONS, SEED = int(os.environ.get("OFFLINE_DRILL_SESSIONS", "24")), int(os.environ.get("OFFLINE_DRILL_SEED", "7"))


@pytest.fixture
def rosa(cast: Cast, settings: LazySettings) -> Cast:
    """Rosa with a diary on a phone of her own; nothing slows down what is sent often."""
    settings.FIVEFOLD_LIMITS = dict.fromkeys(settings.FIVEFOLD_LIMITS, (10_000_000, 60))
    open_own_pages(cast)
    diary.set_card(cast.amina, patient_id=cast.rosa.pk, items=["sadness"], own=[], is_for_crisis=False, version=0)
    return cast


def test_every_entry_is_stored_exactly_once_whatever_network_app_and_clock_do(rosa: Cast, chromium: "Browser") -> None:
    client = Client()
    client.force_login(rosa.people["self"].user, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.post("/my/data/phone", {"phone": "own"})
    began = time.monotonic()

    tally = drill(chromium, client, stored_notes(rosa.rosa), SESSIONS, SEED, say=lambda line: print(f"seed {SEED}: {line}", flush=True))

    report(tally, time.monotonic() - began)
    assert tally.sessions == SESSIONS // len(ZONES) * len(ZONES) > 0
    assert tally.told > tally.sessions // 2 and tally.entries <= tally.sessions * MOST_ENTRIES
    assert min(tally.requests[fault] for fault in ("lost", "answer_lost", "twice", "late", "overtaken", "copy_overtaken")) > 0
    assert tally.wrong == []
    # What is counted on the page is what was entered.
    page = client.get("/my/diary").content.decode()
    assert f'data-count="{sum(stored_notes(rosa.rosa)().values())}"' in page
