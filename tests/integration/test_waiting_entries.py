"""What is read while the database takes nothing is read, and is in the audit trail afterwards: once, unchanged, with its own time."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client
from tests.integration.test_metrics import TOKEN, scrape, value
from tests.support.clinic import Cast

from fivefold.records import clock
from fivefold.records.models import AuditEntry, AuditHead, CaseloadRow
from fivefold.services import assessments, audit, caseload_list, goals, installation, waiting_entries
from fivefold.services.access import NoSuchPatient

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[str], Client]
HOLD = {"sqlite": "BEGIN IMMEDIATE", "postgresql": f"BEGIN; LOCK TABLE {AuditHead._meta.db_table}"}
SOON = {"sqlite": "PRAGMA busy_timeout = 20", "postgresql": "SET lock_timeout = '50ms'"}

ASK = {"sqlite": "PRAGMA busy_timeout", "postgresql": "SHOW lock_timeout"}
LONG = {"sqlite": "PRAGMA busy_timeout = 20000", "postgresql": "SET lock_timeout = '20s'"}


@contextmanager
def busy_database() -> Iterator[None]:
    """Somebody else writes and does not come to an end; who waits for them gives up after a moment."""
    other: Any = connection.copy()
    with connection.cursor() as own:
        own.execute(SOON[connection.vendor])
    try:
        with other.cursor() as cursor:
            cursor.execute(HOLD[connection.vendor])
        yield
        with other.cursor() as cursor:
            cursor.execute("ROLLBACK")
    finally:
        other.close()


@pytest.fixture(autouse=True)
def own_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(settings, "FIVEFOLD_WAITING_ENTRIES", tmp_path / "audit-waiting")


@pytest.fixture
def read_meanwhile(cast: Cast) -> Cast:
    """Bruno has looked at Rosa's record and Amina at her caseload while nothing could be written."""
    with busy_database():
        assert assessments.see_record(cast.bruno, patient_id=cast.rosa.pk)
        caseload_list.see_caseload(cast.amina)
    return cast


def waited(cast: Cast) -> list[AuditEntry]:
    return [entry for entry in AuditEntry.objects.filter(clinic=cast.amina.clinic).order_by("number") if audit.written_later(entry)]


def test_reading_goes_on_and_its_entries_are_taken_into_the_chain_with_their_own_time(read_meanwhile: Cast) -> None:
    cast, waiting = read_meanwhile, list(waiting_entries.see_waiting().entries.values())
    assert [(seen.act, seen.user_id, seen.patient_id) for seen in waiting] == [
        ("see_record", cast.bruno.user.pk, cast.rosa.pk),
        ("see_caseload", cast.amina.user.pk, None),
    ]
    assert waited(cast) == []

    goals.see_goals(cast.amina, patient_id=cast.rosa.pk)

    found = waited(cast)
    assert [(entry.act, entry.user_id, entry.role, entry.patient_id, entry.at) for entry in found] == [
        (seen.act, seen.user_id, seen.role, seen.patient_id, seen.at) for seen in waiting
    ]
    assert all(entry.detail["view"] is True for entry in found)
    assert list(audit.verify(cast.amina.clinic)) == []
    assert not waiting_entries.anything_waits()


def test_entry_that_waited_for_days_is_no_clock_set_back_and_another_one_is(read_meanwhile: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now() + timedelta(days=3)
    monkeypatch.setattr(clock, "now", lambda: now)
    assert waiting_entries.take_in() == 2
    assert list(audit.verify(read_meanwhile.amina.clinic)) == []

    monkeypatch.undo()
    audit.record(read_meanwhile.amina, "early")
    assert [problem.what for problem in audit.verify(read_meanwhile.amina.clinic)] == ["its time lies before that of the entry before it"]


def test_busy_database_lets_nobody_in_takes_no_change_and_shows_the_caseload_of_the_day_before(cast: Cast) -> None:
    CaseloadRow.objects.filter(patient=cast.rosa).update(updated_at=clock.now() - timedelta(days=2))

    with busy_database():
        for act in (assessments.see_record, goals.see_goals):
            with pytest.raises(NoSuchPatient):
                act(cast.chidi, patient_id=cast.rosa.pk)
        with pytest.raises(OperationalError):
            assessments.answer_risk(cast.amina, patient_id=cast.rosa.pk, answers={"imminent": True}, on=clock.today())
        assert waiting_entries.see_waiting().entries == {}
        seen = caseload_list.see_caseload(cast.amina)

    assert [row.id for row in seen.rows] == [cast.rosa.pk]
    assert [one.act for one in waiting_entries.see_waiting().entries.values()] == ["see_caseload"]


def test_who_looks_next_does_not_wait_as_long_again(cast: Cast) -> None:
    with busy_database():
        goals.see_goals(cast.amina, patient_id=cast.rosa.pk)
        with connection.cursor() as own:
            own.execute(LONG[connection.vendor])
        begun = time.monotonic()
        goals.see_goals(cast.amina, patient_id=cast.rosa.pk)
        assert time.monotonic() - begun < 10
        with connection.cursor() as own:
            own.execute(ASK[connection.vendor])
            assert own.fetchone()[0] in (20_000, "20s")  # the usual patience is back

    assert waiting_entries.take_in() == 2


def test_killed_between_database_and_file_an_entry_is_taken_in_once(read_meanwhile: Cast) -> None:
    before = waiting_entries.waiting_file().read_bytes()
    with busy_database():
        assert waiting_entries.take_in() == 0  # it goes on waiting
    assert waiting_entries.take_in() == 2
    waiting_entries.waiting_file().write_bytes(before)  # as it stands when the process ends before the places are cleared

    waiting_entries.take_in()

    assert len(waited(read_meanwhile)) == 2
    assert not waiting_entries.anything_waits()


CHANGES = {"act": (b"see_record", b"see_goals!"), "role": (b'"supervisor"', b'"therapist "'), "form": (b"[", b"{")}


def test_entry_changed_while_it_waited_is_not_believed_and_that_is_in_the_trail(read_meanwhile: Cast) -> None:
    file, clinic = waiting_entries.waiting_file(), read_meanwhile.amina.clinic
    whole = file.read_bytes()
    for number, (found, put) in enumerate(CHANGES.values(), 1):
        file.write_bytes(whole.replace(found, put, 1))
        said = [(finding.state, finding.what) for finding in installation.diagnose(file.parent)]

        waiting_entries.take_in()

        assert ("bad", "1 entry that waits for the audit trail was changed or half written.") in said
        assert AuditEntry.objects.filter(clinic=clinic, act="waiting_entry_spoilt", detail__places=1).count() == number
        assert not waiting_entries.anything_waits()
    assert [entry.act for entry in waited(read_meanwhile)] == ["see_caseload"]
    assert list(audit.verify(clinic)) == []


def test_doctor_metrics_and_the_page_of_the_trail_tell_of_them(read_meanwhile: Cast, monkeypatch: pytest.MonkeyPatch, sign_in: SignIn) -> None:
    monkeypatch.setattr(settings, "FIVEFOLD_METRICS_TOKEN", TOKEN)
    said = [finding.what for finding in installation.diagnose(waiting_entries.waiting_file().parent)]
    number, kept = value(scrape(), "fivefold_audit_entries_waiting"), waiting_entries.waiting_file().read_bytes()

    text = sign_in("olga").get("/audit").content.decode()

    assert waiting_entries.waiting_file().stat().st_mode & 0o077 == 0
    assert b"see_record" in kept and not any(name in kept for name in (b"Rosa", b"Bruno", b"Amina"))
    assert any(what.startswith("2 views wait to be written in the audit trail, the oldest of ") for what in said)
    assert number == 2
    assert text.count("the database could not take it before") == 2
    assert value(scrape(), "fivefold_audit_entries_waiting") == 0
    assert not any("wait" in finding.what for finding in installation.diagnose(waiting_entries.waiting_file().parent))


def test_more_entries_than_there_was_room_for_are_all_kept(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting_entries, "ROOM", 2)
    with busy_database():
        for _ in range(5):
            goals.see_goals(cast.amina, patient_id=cast.rosa.pk)

    assert waiting_entries.take_in() == 5
    assert len(waited(cast)) == 5
