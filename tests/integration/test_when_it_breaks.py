"""What people and operators see when the database is gone, is newer than the program, or the program was replaced."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import OperationalError
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from fivefold.records.crypto import make_key_file
from fivefold.services import installation
from fivefold.services.operations.backups import BackupUnusable, make_backup
from fivefold.services.operations.restoring import restore
from fivefold.web.logs import OneLine

SignIn = Callable[[str], Client]


def test_without_the_database_a_page_still_says_what_to_do(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    browser = sign_in("amina")
    browser.raise_request_exception = False

    def gone(store: SessionStore) -> None:
        raise OperationalError("canary: the row of a patient")

    monkeypatch.setattr(SessionStore, "load", gone)
    answer = browser.get("/caseload")

    text = answer.content.decode()
    assert answer.status_code == 500
    assert "The record cannot be reached at the moment" in text
    assert answer["X-Request-ID"] in text
    lines = [OneLine().format(record) for record in caplog.records if record.name.startswith("fivefold")]
    assert any('"error": "OperationalError"' in line for line in lines)
    assert "canary" not in text + "".join(lines)


@pytest.mark.django_db
def test_database_of_a_newer_program_is_not_worked_with(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(MigrationRecorder, "applied_migrations", lambda recorder: {("records", "9999_of_tomorrow"): None})

    said = [(finding.state, finding.what) for finding in installation.diagnose(tmp_path)]

    assert ("bad", "The database is newer than the program.") in said
    assert installation.readiness()["migrations"] is False


@pytest.mark.django_db
def test_upgrade_renews_the_files_of_the_pages(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path / "static"
    settings.FIVEFOLD_RELEASES = tmp_path / "knowledge"

    installation.upgrade()

    assert (tmp_path / "static" / "fivefold" / "fivefold.css").exists()
    assert list((tmp_path / "knowledge").iterdir())


@pytest.mark.django_db(transaction=True)
def test_restore_with_other_keys_is_refused_before_anything_is_put_anywhere(settings: Any, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    settings.FIVEFOLD_BACKUPS = tmp_path / "backups"
    settings.FIVEFOLD_KEY_FILE = tmp_path / "first.keys"
    make_key_file(settings.FIVEFOLD_KEY_FILE)
    request.getfixturevalue("cast")  # with a patient whose name is sealed
    backup = make_backup()

    settings.FIVEFOLD_KEY_FILE = tmp_path / "second.keys"
    make_key_file(settings.FIVEFOLD_KEY_FILE)
    with pytest.raises(BackupUnusable, match="the key file at hand lacks"):
        restore(backup.folder, tmp_path / "place" / "record.sqlite3")

    assert not (tmp_path / "place").exists()
